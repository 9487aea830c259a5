/**
 * Revision record of an onion file: which pages of the file are others than those of the original, all changes of older
 * revisions included.
 *
 * No specification has it. Reference implementation: H5FDonion_index.c.
 *
 * | field                   | bytes                     |
 * | ----------------------- | ------------------------- |
 * | Signature               | 4, "ORRS"                 |
 * | Version                 | 1, here 1                 |
 * | Reserved                | 3                         |
 * | Revision Number         | 8                         |
 * | Number of the Parent    | 8                         |
 * | Time of Creation        | 16, text such as "20220823T160423Z" |
 * | End of the File         | 8                         |
 * | Page Size               | 4                         |
 * | Number of Pages         | 8                         |
 * | Size of the Comment     | 4                         |
 * | Logical Address, Physical Address, Checksum of both | 8, 8, 4 a page |
 * | Comment                 | Size of the Comment, ends in a NUL |
 * | Checksum                | 4                         |
 */
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import { checkFletcher32, writeFletcher32 } from "./onion-checksum.ts";
import { decodeOnionPageSize } from "./onion-header.ts";

/** A page of the file, and where in the onion file its bytes are. */
export interface OnionPage {
  /** A multiple of the page size. */
  readonly logicalAddress: number;
  /** Where the page is, in bytes from the start of the onion file. */
  readonly physicalAddress: number;
}

/** What one revision consists of. No specification has it. */
export interface OnionRevisionRecord {
  /** Counted from 0. */
  readonly revision: number;
  /** The revision that it was made from, from 0. */
  readonly parentRevision: number;
  /** Text of up to 16 characters. */
  readonly timeOfCreation: string;
  /** Bytes of the file. */
  readonly logicalEnd: number;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Ascending by logical address. */
  readonly pages: readonly OnionPage[];
  /** Text that was given for it. */
  readonly comment: string;
}

const SIGNATURE = "ORRS";
const VERSION = 1;
const FIXED_BYTES = 68;
const PAGE_BYTES = 20;
const TIME_BYTES = 16;

/** A comment with its NUL; the empty one is nothing at all. */
function commentBytes(comment: string): Uint8Array {
  return encodeUtf8(comment === "" ? "" : `${comment}\0`);
}

export function sizeOfOnionRevisionRecord(record: OnionRevisionRecord): number {
  return FIXED_BYTES + PAGE_BYTES * record.pages.length + commentBytes(record.comment).length;
}

export function decodeOnionRevisionRecord(cursor: Cursor): OnionRevisionRecord {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const revision = cursor.u64("Revision Number");
  const parentRevision = cursor.u64("Number of the Parent");
  const timeOfCreation = cursor.text(TIME_BYTES, "Time of Creation").replace(/\0+$/, "");
  const logicalEnd = cursor.u64("End of the File");
  const pageSize = decodeOnionPageSize(cursor);
  const count = cursor.u64("Number of Pages");
  const commentByteLength = cursor.u32("Size of the Comment");
  cursor.need(PAGE_BYTES * count + commentByteLength, "Number of Pages");
  const pages: OnionPage[] = [];
  for (let i = 0; i < count; i++) pages.push(decodePage(cursor, pageSize, pages.at(-1)));
  const comment = cursor.text(commentByteLength, "Comment").replace(/\0+$/, "");
  checkFletcher32(cursor);
  return { revision, parentRevision, timeOfCreation, logicalEnd, pageSize, pages, comment };
}

function decodePage(cursor: Cursor, pageSize: number, before: OnionPage | undefined): OnionPage {
  const start = cursor.position;
  const logicalAddress = cursor.u64("Logical Address");
  if (logicalAddress % pageSize !== 0) {
    throw cursor.error(`${logicalAddress} is no multiple of the page size ${pageSize}`, "Logical Address");
  }
  if (before !== undefined && logicalAddress <= before.logicalAddress) {
    throw cursor.error(`${logicalAddress} follows ${before.logicalAddress}`, "Logical Address");
  }
  const physicalAddress = cursor.u64("Physical Address");
  checkFletcher32(cursor, start);
  return { logicalAddress, physicalAddress };
}

export function encodeOnionRevisionRecord(writer: Writer, record: OnionRevisionRecord): void {
  const start = writer.position;
  const time = encodeUtf8(record.timeOfCreation);
  if (time.length > TIME_BYTES) throw new RangeError(`time of creation "${record.timeOfCreation}" is too long`);
  const comment = commentBytes(record.comment);
  writer.signature(SIGNATURE).u8(VERSION).zeros(3).u64(record.revision).u64(record.parentRevision);
  writer.bytes(time).zeros(TIME_BYTES - time.length);
  writer.u64(record.logicalEnd).u32(record.pageSize).u64(record.pages.length).u32(comment.length);
  for (const { logicalAddress, physicalAddress } of record.pages) {
    const pageStart = writer.position;
    writer.u64(logicalAddress).u64(physicalAddress);
    writeFletcher32(writer, pageStart);
  }
  writer.bytes(comment);
  writeFletcher32(writer, start);
}
