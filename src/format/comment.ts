/**
 * Object comment message (0x000D): NUL-terminated text.
 *
 * Specification: IV.A.2.n, "The Object Comment Message". Reference implementation: H5Oname.c.
 */
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";

export function sizeOfComment(comment: string): number {
  return encodeUtf8(comment).length + 1;
}

export function decodeComment(cursor: Cursor): string {
  return cursor.nulTerminated("Comment");
}

/** @throws RangeError for a comment that holds a NUL. */
export function encodeComment(writer: Writer, comment: string): void {
  if (comment.includes("\0")) throw new RangeError("a comment cannot hold a NUL");
  writer.bytes(encodeUtf8(comment)).u8(0);
}
