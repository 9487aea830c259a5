/**
 * Object headers of both versions, block by block.
 *
 * Specification: IV.A.1, "Disk Format: Level 2A - Data Object Headers". Reading goes like this: from the first bytes at the
 * header's address ({@link objectHeaderByteLength}) the size of the first block follows; that block is decoded
 * ({@link decodeObjectHeader}); then each continuation message found in it, and in the blocks it leads to, names the next
 * block ({@link decodeContinuationBlock}). Writing fits messages into blocks of a given size
 * ({@link fillObjectHeader}, {@link fillContinuationBlock}).
 */
import type { Cursor } from "../base/cursor.ts";
import { limitError } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeMessages,
  encodeMessages,
  fillMessageBlock,
  type HeaderMessage,
  type LocatedMessage,
  type MessageBlock,
  type MessageFormat,
  type MessageVisitor,
  scanMessages,
} from "./object-header-message.ts";
import {
  checkMessageCount,
  decodeObjectHeaderV1,
  decodeObjectHeaderV1Prefix,
  encodeObjectHeaderV1,
  OBJECT_HEADER_V1_PREFIX_BYTES,
  type ObjectHeaderV1,
  sizeOfObjectHeaderV1,
  V1_FORMAT,
} from "./object-header-v1.ts";
import {
  checkedEnd,
  continuationEnd,
  decodeObjectHeaderV2,
  decodeObjectHeaderV2Continuation,
  decodeObjectHeaderV2Prefix,
  encodeObjectHeaderV2,
  encodeObjectHeaderV2Continuation,
  OBJECT_HEADER_V2_CONTINUATION_OVERHEAD,
  type ObjectHeaderV2,
  objectHeaderV2Overhead,
  sizeOfObjectHeaderV2,
} from "./object-header-v2.ts";

/** The first block of a header. Specification: IV.A.1, "Data Object Headers". */
export type ObjectHeader<M extends HeaderMessage = HeaderMessage> = ObjectHeaderV1<M> | ObjectHeaderV2<M>;

/**
 * Bytes from which the size of any header's first block follows. A small header can be shorter, so at the end of a file
 * fewer bytes will do.
 */
export const OBJECT_HEADER_PROBE_BYTES = 34;

const V2_FIRST_BYTE = 0x4f;

function isVersion2(cursor: Cursor): boolean {
  return cursor.bytes[cursor.position] === V2_FIRST_BYTE;
}

/**
 * Bytes of a header's first block, prefix and checksum included, from its first {@link OBJECT_HEADER_PROBE_BYTES} bytes.
 *
 * @throws FormatError when the bytes start no object header.
 * @throws LimitError when the size passes `limits.maxHeaderBytes`.
 */
export function objectHeaderByteLength(cursor: Cursor): number {
  return decodeObjectHeaderStart(cursor).byteLength;
}

/** What stands before the messages of a header. */
export interface ObjectHeaderStart {
  /** Without messages. */
  readonly header: ObjectHeader<never>;
  /** Bytes of the first block, prefix and checksum included. */
  readonly byteLength: number;
}

/** The fields before the messages, where the cursor comes to stand; otherwise as {@link objectHeaderByteLength}. */
export function decodeObjectHeaderStart(cursor: Cursor): ObjectHeaderStart {
  if (!isVersion2(cursor)) return decodeStartV1(cursor);
  const { header, chunk0ByteLength } = decodeObjectHeaderV2Prefix(cursor);
  return { header, byteLength: checkedByteLength(cursor, objectHeaderV2Overhead(header) + chunk0ByteLength) };
}

function decodeStartV1(cursor: Cursor): ObjectHeaderStart {
  const { totalMessages, objectReferenceCount, objectHeaderSize } = decodeObjectHeaderV1Prefix(cursor);
  const byteLength = checkedByteLength(cursor, OBJECT_HEADER_V1_PREFIX_BYTES + objectHeaderSize);
  const counts = { totalMessages, objectReferenceCount };
  return { header: { ...V1_FORMAT, ...counts, messages: [], gap: 0 }, byteLength };
}

function checkedByteLength(cursor: Cursor, byteLength: number): number {
  const { maxHeaderBytes } = cursor.limits;
  if (byteLength > maxHeaderBytes) {
    throw limitError(`${byteLength} bytes, limit maxHeaderBytes is ${maxHeaderBytes}`, cursor.place());
  }
  return byteLength;
}

/**
 * Looks at the messages of a header's first block, where the cursor stands.
 *
 * @param cursor - Over bytes from the start of the header on, all of the first block and maybe more.
 */
export function scanObjectHeader(
  cursor: Cursor,
  { header, byteLength }: ObjectHeaderStart,
  visit: MessageVisitor,
): void {
  const messageBytes = byteLength - objectHeaderOverhead(header);
  if (header.version === 2) {
    scanMessages(cursor, header, checkedEnd(cursor, 0, messageBytes, "Size of Chunk #0"), visit);
    return;
  }
  cursor.need(messageBytes, "Object Header Size");
  const count = scanMessages(cursor, header, cursor.position + messageBytes, visit).count;
  checkMessageCount(cursor, count, header.totalMessages);
}

/** Looks at the messages of a continuation block; the cursor covers exactly the bytes that the continuation message names. */
export function scanContinuationBlock(cursor: Cursor, format: MessageFormat, visit: MessageVisitor): void {
  scanMessages(cursor, format, format.version === 1 ? cursor.length : continuationEnd(cursor), visit);
}

/** Decodes prefix and first block of a header of either version. */
export function decodeObjectHeader(cursor: Cursor): ObjectHeader<LocatedMessage> {
  return isVersion2(cursor) ? decodeObjectHeaderV2(cursor) : decodeObjectHeaderV1(cursor);
}

/** Encodes prefix and first block. */
export function encodeObjectHeader(writer: Writer, header: ObjectHeader): void {
  if (header.version === 1) encodeObjectHeaderV1(writer, header);
  else encodeObjectHeaderV2(writer, header);
}

/** Bytes of prefix and first block. */
export function sizeOfObjectHeader(header: ObjectHeader): number {
  return header.version === 1 ? sizeOfObjectHeaderV1(header) : sizeOfObjectHeaderV2(header);
}

/** Bytes of the first block beside messages and gap. */
export function objectHeaderOverhead(header: ObjectHeader): number {
  return header.version === 1 ? OBJECT_HEADER_V1_PREFIX_BYTES : objectHeaderV2Overhead(header);
}

/** Bytes of a continuation block beside messages and gap. */
export function continuationOverhead(format: MessageFormat): number {
  return format.version === 1 ? 0 : OBJECT_HEADER_V2_CONTINUATION_OVERHEAD;
}

/** Decodes a continuation block; the cursor covers exactly the bytes that the continuation message names. */
export function decodeContinuationBlock(cursor: Cursor, format: MessageFormat): MessageBlock<LocatedMessage> {
  return format.version === 1
    ? decodeMessages(cursor, format, cursor.length)
    : decodeObjectHeaderV2Continuation(cursor, format);
}

export function encodeContinuationBlock(writer: Writer, format: MessageFormat, block: MessageBlock): void {
  if (format.version === 1) encodeMessages(writer, format, block);
  else encodeObjectHeaderV2Continuation(writer, format, block);
}

/**
 * `header` with `messages` in its first block, filled up so that prefix and block take exactly `byteLength` bytes.
 *
 * A version 1 header's `totalMessages` counts the messages of all blocks: it is the caller's to set, once all are filled.
 *
 * @throws RangeError when the messages do not fit.
 */
export function fillObjectHeader<T extends ObjectHeader>(
  header: T,
  messages: readonly HeaderMessage[],
  byteLength: number,
): T {
  return { ...header, ...fillMessageBlock(header, messages, byteLength - objectHeaderOverhead(header)) };
}

/** The block of a continuation of exactly `byteLength` bytes, signature and checksum included, that holds `messages`. */
export function fillContinuationBlock(
  format: MessageFormat,
  messages: readonly HeaderMessage[],
  byteLength: number,
): MessageBlock {
  return fillMessageBlock(format, messages, byteLength - continuationOverhead(format));
}
