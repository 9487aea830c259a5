/** Memory in which chunks go to workers and come back, used again and again: new memory costs more than what is copied there. */
import { sharedBytes } from "./shared-bytes.ts";

/** Buffers have the lengths of powers of two from this on, so that one serves many. */
const LEAST_BYTES = 1 << 16;

export class Staging {
  readonly #free: Uint8Array[] = [];

  /** Memory that workers share, where there is some, with any content. */
  take(byteLength: number): Uint8Array {
    const at = this.#free.findIndex(({ length }) => length >= byteLength && length <= roomFor(byteLength));
    const [buffer] = at < 0 ? [] : this.#free.splice(at, 1);
    return (buffer ?? newBytes(roomFor(byteLength))).subarray(0, byteLength);
  }

  /** The same; undefined where workers share no memory. */
  takeShared(byteLength: number): Uint8Array | undefined {
    return sharedBytes(0) === undefined ? undefined : this.take(byteLength);
  }

  /** Takes back what {@link take} gave. */
  give({ buffer }: Uint8Array): void {
    this.#free.push(new Uint8Array(buffer));
  }
}

function roomFor(byteLength: number): number {
  return Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(byteLength)));
}

function newBytes(byteLength: number): Uint8Array {
  return sharedBytes(byteLength) ?? new Uint8Array(byteLength);
}
