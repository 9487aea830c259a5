/**
 * Object reference count message (0x0016): the link count of an object with a version 2 header, when it is not 1.
 *
 * Specification: IV.A.2.w, "The Object Reference Count Message". Reference implementation: H5Orefcount.c.
 *
 * | field           | bytes     |
 * | --------------- | --------- |
 * | Version         | 1, here 0 |
 * | Reference count | 4         |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

const VERSION = 0;

/** Bytes of the message. */
export const REFERENCE_COUNT_BYTES = 5;

export function decodeReferenceCount(cursor: Cursor): number {
  cursor.version([VERSION]);
  return cursor.u32("Reference count");
}

export function encodeReferenceCount(writer: Writer, count: number): void {
  writer.u8(VERSION).u32(count);
}
