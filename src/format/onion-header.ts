/**
 * Header of an onion file, which keeps the revisions of another file.
 *
 * No specification has it. Reference implementation: H5FDonion_header.c. Checksums of onion files are Fletcher's.
 *
 * | field                       | bytes                                              |
 * | --------------------------- | -------------------------------------------------- |
 * | Signature                   | 4, "OHDH"                                          |
 * | Version                     | 1, here 1                                          |
 * | Flags                       | 3: bit 0 write lock, 1 divergent history, 2 aligned to pages |
 * | Page Size                   | 4, a power of two                                  |
 * | End of the Original         | 8                                                  |
 * | Address of the History      | 8                                                  |
 * | Size of the History         | 8                                                  |
 * | Checksum                    | 4                                                  |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { checkFletcher32, writeFletcher32 } from "./onion-checksum.ts";

/** Bits of the header's flags. */
export const ONION_FLAG = { WRITE_LOCK: 1, DIVERGENT_HISTORY: 2, PAGE_ALIGNMENT: 4 } as const;

/** The start of an onion file. No specification has it. */
export interface OnionHeader {
  /** Bits of {@link ONION_FLAG}. */
  readonly flags: number;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Bytes of the file before its first revision. */
  readonly originalEnd: number;
  /** Where the history is, in bytes from the start of the onion file. */
  readonly historyAddress: number;
  /** Bytes of the history. */
  readonly historyByteLength: number;
}

const SIGNATURE = "OHDH";
const VERSION = 1;

/** Bytes of the header. */
export const ONION_HEADER_BYTES = 40;

/** A page size, checked. */
export function decodeOnionPageSize(cursor: Cursor): number {
  const pageSize = cursor.u32("Page Size");
  if (pageSize === 0 || 2 ** Math.round(Math.log2(pageSize)) !== pageSize) {
    throw cursor.error(`${pageSize} is no power of two`, "Page Size");
  }
  return pageSize;
}

export function decodeOnionHeader(cursor: Cursor): OnionHeader {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  const flags = cursor.u24("Flags");
  const pageSize = decodeOnionPageSize(cursor);
  const originalEnd = cursor.u64("End of the Original");
  const historyAddress = cursor.u64("Address of the History");
  const historyByteLength = cursor.u64("Size of the History");
  checkFletcher32(cursor);
  return { flags, pageSize, originalEnd, historyAddress, historyByteLength };
}

export function encodeOnionHeader(writer: Writer, header: OnionHeader): void {
  const start = writer.position;
  writer.signature(SIGNATURE).u8(VERSION).u24(header.flags).u32(header.pageSize);
  writer.u64(header.originalEnd).u64(header.historyAddress).u64(header.historyByteLength);
  writeFletcher32(writer, start);
}
