/**
 * Object modification time messages: new (0x0012) and old (0x000E).
 *
 * Specification: IV.A.2.s, "The Object Modification Time Message"; IV.A.2.o, "… (Old) Message". Reference
 * implementation: H5Omtime.c. Both give the whole seconds since 1970-01-01T00:00:00 UTC.
 *
 * | new message | bytes     | old message            | bytes           |
 * | ----------- | --------- | ---------------------- | --------------- |
 * | Version     | 1, here 1 | Year                   | 4 ASCII digits  |
 * | Reserved    | 3         | Month, Day of Month    | 2 ASCII digits  |
 * | Seconds     | 4         | Hour, Minute, Second   | 2 ASCII digits  |
 * |             |           | Reserved               | 2               |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

const VERSION = 1;
const OLD_DIGITS = 14;

/** Bytes of the new message. */
export const MODIFICATION_TIME_BYTES = 8;
/** Bytes of the old message. */
export const MODIFICATION_TIME_OLD_BYTES = 16;

export function decodeModificationTime(cursor: Cursor): number {
  cursor.version([VERSION]);
  return cursor.skip(3, "Reserved").u32("Seconds After UNIX Epoch");
}

/** @throws RangeError for a time before 1970 or from 2106-02-07T06:28:16 on, which 32 bits cannot hold. */
export function encodeModificationTime(writer: Writer, seconds: number): void {
  writer.u8(VERSION).zeros(3).u32(seconds);
}

export function decodeModificationTimeOld(cursor: Cursor): number {
  const digits = cursor.take(OLD_DIGITS, "Date");
  for (const byte of digits) {
    if (byte < 0x30 || byte > 0x39) throw cursor.error(`expected a digit, found byte ${byte}`, "Date");
  }
  const number = (start: number, count: number): number => {
    let value = 0;
    for (let i = start; i < start + count; i++) value = 10 * value + (digits[i] as number) - 0x30;
    return value;
  };
  const date = new Date(0);
  date.setUTCFullYear(number(0, 4), number(4, 2) - 1, number(6, 2));
  date.setUTCHours(number(8, 2), number(10, 2), number(12, 2));
  return date.getTime() / 1000;
}

/** @throws RangeError for a time outside the years 0 to 9999. */
export function encodeModificationTimeOld(writer: Writer, seconds: number): void {
  const iso = new Date(seconds * 1000).toISOString();
  if (iso.length !== "YYYY-MM-DDThh:mm:ss.sssZ".length) throw new RangeError(`year of ${iso} does not fit 4 digits`);
  const digits = iso.slice(0, "YYYY-MM-DDThh:mm:ss".length).replace(/\D/g, "");
  writer.signature(digits).zeros(2);
}
