/** Memory for data, of which a file may have more than any machine. */
import { LimitError } from "./errors.ts";

/**
 * `byteLength` zeros.
 *
 * @throws LimitError when the runtime does not give so many in one piece.
 */
export function allocateBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw allocationError(byteLength, cause);
  }
}

/** What `allocate` gives; the RangeError of typed arrays that are too long becomes a LimitError. */
export function allocated<T>(byteLength: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    throw allocationError(byteLength, cause);
  }
}

function allocationError(byteLength: number, cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  const problem = `unable to allocate ${byteLength} bytes in one piece; a selection reads a part of them`;
  return new LimitError(problem, { cause });
}
