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

/** Pages that follow one another in the file and in the onion file, which has their bytes. */
export interface OnionPages {
  /** Of the first page; a multiple of the page size. */
  readonly logicalAddress: number;
  /** Where the first page is, in bytes from the start of the onion file. */
  readonly physicalAddress: number;
  /** Bytes of all of them: a multiple of the page size. */
  readonly byteLength: number;
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
  /** Ascending by logical address; none could be joined with the next. */
  readonly pages: readonly OnionPages[];
  /** Text that was given for it. */
  readonly comment: string;
}

const SIGNATURE = "ORRS";
const VERSION = 1;
const FIXED_BYTES = 68;
const PAGE_BYTES = 20;
const TIME_BYTES = 16;

/** A comment with its NUL, which the empty one has, too. */
function commentBytes(comment: string): Uint8Array {
  return encodeUtf8(`${comment}\0`);
}

function pageCount({ pages, pageSize }: OnionRevisionRecord): number {
  return pages.reduce((count, { byteLength }) => count + byteLength / pageSize, 0);
}

export function sizeOfOnionRevisionRecord(record: OnionRevisionRecord): number {
  return FIXED_BYTES + PAGE_BYTES * pageCount(record) + commentBytes(record.comment).length;
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
  const pages: OnionPages[] = [];
  for (let i = 0; i < count; i++) decodePage(cursor, pageSize, pages);
  const comment = cursor.text(commentByteLength, "Comment").replace(/\0+$/, "");
  checkFletcher32(cursor);
  return { revision, parentRevision, timeOfCreation, logicalEnd, pageSize, pages, comment };
}

/** Reads an entry of the index and adds its page to those before it. */
function decodePage(cursor: Cursor, pageSize: number, pages: OnionPages[]): void {
  const start = cursor.position;
  const logicalAddress = cursor.u64("Logical Address");
  if (logicalAddress % pageSize !== 0) {
    throw cursor.error(`${logicalAddress} is no multiple of the page size ${pageSize}`, "Logical Address");
  }
  const last = pages.at(-1);
  const before = last === undefined ? -1 : last.logicalAddress + last.byteLength - pageSize;
  if (logicalAddress < before) throw cursor.error(`${logicalAddress} follows ${before}`, "Logical Address");
  const physicalAddress = cursor.u64("Physical Address");
  checkFletcher32(cursor, start);
  if (last !== undefined && logicalAddress === before) {
    // HDF5 1.14 and 2.0 lose track of pages that they have written (H5FD__onion_revision_index_resize) and write them again:
    // the later one is what the writer saw in the end.
    if (physicalAddress <= last.physicalAddress + last.byteLength - pageSize) return;
    dropLastPage(pages, pageSize);
  }
  addPage(pages, logicalAddress, physicalAddress, pageSize);
}

function dropLastPage(pages: OnionPages[], pageSize: number): void {
  const last = pages.pop();
  if (last === undefined || last.byteLength === pageSize) return;
  pages.push({ ...last, byteLength: last.byteLength - pageSize });
}

function addPage(pages: OnionPages[], logicalAddress: number, physicalAddress: number, pageSize: number): void {
  const last = pages.at(-1);
  const distance = last === undefined ? 0 : logicalAddress - last.logicalAddress;
  if (last !== undefined && distance === last.byteLength && physicalAddress - last.physicalAddress === distance) {
    pages[pages.length - 1] = { ...last, byteLength: distance + pageSize };
  } else {
    pages.push({ logicalAddress, physicalAddress, byteLength: pageSize });
  }
}

export function encodeOnionRevisionRecord(writer: Writer, record: OnionRevisionRecord): void {
  const start = writer.position;
  const time = encodeUtf8(record.timeOfCreation);
  if (time.length > TIME_BYTES) throw new RangeError(`time of creation "${record.timeOfCreation}" is too long`);
  const comment = commentBytes(record.comment);
  writer.signature(SIGNATURE).u8(VERSION).zeros(3).u64(record.revision).u64(record.parentRevision);
  writer.bytes(time).zeros(TIME_BYTES - time.length);
  const { logicalEnd, pageSize } = record;
  writer.u64(logicalEnd).u32(pageSize).u64(pageCount(record)).u32(comment.length);
  for (const { logicalAddress, physicalAddress, byteLength } of record.pages) {
    for (let at = 0; at < byteLength; at += pageSize) {
      const pageStart = writer.position;
      writer.u64(logicalAddress + at).u64(physicalAddress + at);
      writeFletcher32(writer, pageStart);
    }
  }
  writer.bytes(comment);
  writeFletcher32(writer, start);
}
