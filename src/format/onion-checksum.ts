/** The checksum at the end of each structure of an onion file. Reference implementation: H5FDonion_header.c and others. */
import { fletcher32 } from "../base/checksum.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Reads the checksum of the bytes from `start` to here. @throws FormatError when it is another. */
export function checkFletcher32(cursor: Cursor, start = 0): void {
  const computed = fletcher32(cursor.bytes.subarray(start, cursor.position));
  const stored = cursor.u32("Checksum");
  if (stored !== computed) throw cursor.error(`expected ${computed}, found ${stored}`, "Checksum");
}

/** Writes the checksum of the bytes from `start` to here. */
export function writeFletcher32(writer: Writer, start: number): void {
  writer.u32(fletcher32(writer.toBytes().subarray(start)));
}
