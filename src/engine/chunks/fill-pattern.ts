/** Bytes filled with copies of one element. */

const SHORT = 64;

/** Sets `bytes` from `start` to `end` to copies of `element`, or to zeros without one. The range is a multiple of its size. */
export function fillWith(
  bytes: Uint8Array,
  element: Uint8Array | undefined,
  start = 0,
  end: number = bytes.length,
): void {
  if (element === undefined || element.length === 0 || element.every((byte) => byte === element[0])) {
    const byte = element?.[0] ?? 0;
    // A call of the runtime takes as long as this.
    if (end - start <= SHORT) for (let i = start; i < end; i++) bytes[i] = byte;
    else bytes.fill(byte, start, end);
    return;
  }
  bytes.set(element.subarray(0, Math.min(element.length, end - start)), start);
  // Each step doubles what is there.
  for (let done = element.length; start + done < end; done *= 2) {
    bytes.copyWithin(start + done, start, Math.min(start + done, end - done));
  }
}

/** Bytes of fill values made at a time. */
export const FILL_PIECE_BYTES = 1 << 16;

/** `byteLength` bytes of fill values, or fewer if that is much. Whole elements. */
export function fillPiece(element: Uint8Array | undefined, elementSize: number, byteLength: number): Uint8Array {
  const elements = Math.max(1, Math.floor(Math.min(FILL_PIECE_BYTES, byteLength) / elementSize));
  const piece = new Uint8Array(elements * elementSize);
  if (element !== undefined) fillWith(piece, element);
  return piece;
}
