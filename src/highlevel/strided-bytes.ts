/** Moving elements between rows and columns. */
import { allocateBytes } from "../base/memory.ts";
import { copyRuns } from "../engine/dataset-io/copy-runs.ts";

/** Equally spaced elements. */
export interface Strided {
  readonly bytes: Uint8Array;
  /** Where the first element starts. */
  readonly byteOffset: number;
  /** Bytes from the start of one element to that of the next. */
  readonly stride: number;
  readonly count: number;
}

/** Elements of `size` bytes, packed: a view where they are, else a copy. */
export function gather({ bytes, byteOffset, stride, count }: Strided, size: number): Uint8Array {
  if (stride === size) return bytes.subarray(byteOffset, byteOffset + count * size);
  const packed = allocateBytes(count * size);
  copyRuns(packed, 0, size, bytes, byteOffset, stride, size, count);
  return packed;
}
