/**
 * Metadata cache image message (0x0018) of the superblock extension. No specification describes it.
 *
 * Reference implementation: H5Ocache_image.c.
 *
 * | field   | bytes           |
 * | ------- | --------------- |
 * | Version | 1, here 0       |
 * | Address | Size of Offsets |
 * | Length  | Size of Lengths |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Where an image of the metadata cache is. No specification describes it. */
export interface CacheImageMessage {
  /** Address of the `MDCI` block. */
  readonly address: Address;
  /** Bytes of the image. */
  readonly byteLength: number;
}

const VERSION = 0;

export function sizeOfCacheImageMessage(widths: FileWidths): number {
  return 1 + widths.sizeOfOffsets + widths.sizeOfLengths;
}

export function decodeCacheImageMessage(cursor: Cursor): CacheImageMessage {
  cursor.version([VERSION]);
  const address = cursor.addressValue("Address");
  const byteLength = cursor.finiteLength("Length");
  return { address, byteLength };
}

export function encodeCacheImageMessage(writer: Writer, message: CacheImageMessage): void {
  writer.u8(VERSION).addressValue(message.address).lengthValue(message.byteLength);
}
