/**
 * Lengths of 8 bytes above 2^53 - 1, which numbers do not hold exactly: of dimensions, and of storage that nobody has
 * allocated. They are kept beside the closest number, so that they are written as they were read.
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Whether such a length comes next; all ones, which say something else, are none. */
export function isHugeLength({ bytes, position, widths }: Cursor): boolean {
  const high = bytes[position + 7] as number;
  if (widths.sizeOfLengths !== 8 || !(high > 0 || (bytes[position + 6] as number) >= 0x20)) return false;
  return bytes.length >= position + 8 && bytes.subarray(position, position + 8).some((byte) => byte !== 0xff);
}

/** @param exact - Is written in place of `value` where that is the closest number to it. */
export function encodeLength(writer: Writer, value: number, exact: bigint | undefined): void {
  if (exact !== undefined && Number(exact) === value && writer.widths.sizeOfLengths === 8) writer.u64big(exact);
  else writer.lengthValue(value);
}
