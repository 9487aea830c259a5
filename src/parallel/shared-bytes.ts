/** Memory that workers share, where the runtime lets them. */

/** Undefined where there is none: browsers have it in pages that are isolated from other origins. */
export function sharedBytes(byteLength: number): Uint8Array | undefined {
  const { SharedArrayBuffer: Shared } = globalThis as {
    SharedArrayBuffer?: new (byteLength: number) => ArrayBufferLike;
  };
  return Shared === undefined ? undefined : new Uint8Array(new Shared(byteLength));
}
