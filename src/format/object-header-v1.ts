/**
 * Version 1 object header: prefix and first block; the messages of a continuation block.
 *
 * Specification: IV.A.1.a, "Version 1 Data Object Header Prefix". Reference implementation: H5Ocache.c.
 *
 * | field                           | bytes                                        |
 * | ------------------------------- | -------------------------------------------- |
 * | Version                         | 1, here 1                                    |
 * | Reserved                        | 1                                            |
 * | Total Number of Header Messages | 2                                            |
 * | Object Reference Count          | 4                                            |
 * | Object Header Size              | 4, bytes of the messages that follow         |
 * | (padding)                       | 4, so that messages start at a multiple of 8 |
 * | Header Messages                 | Object Header Size                           |
 *
 * A continuation block is messages and nothing else.
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeMessages,
  encodeMessages,
  type HeaderMessage,
  type LocatedMessage,
  sizeOfMessageBlock,
} from "./object-header-message.ts";

/** The first block of a version 1 header. Specification: IV.A.1.a, "Version 1 Data Object Header Prefix". */
export interface ObjectHeaderV1<M extends HeaderMessage = HeaderMessage> {
  readonly version: 1;
  readonly attributeCreationOrderTracked: false;
  /** Of all blocks, NIL and continuation messages included. Libraries of today refuse a wrong one. */
  readonly totalMessages: number;
  /** Hard links to the object. */
  readonly objectReferenceCount: number;
  /** Messages of the first block. */
  readonly messages: readonly M[];
  /** See {@link MessageBlock.gap}; 0 but for some headers that the library has copied. */
  readonly gap: number;
}

const VERSION = 1;
const PADDING_BYTES = 4;
/** How messages look in version 1. */
export const V1_FORMAT = { version: VERSION, attributeCreationOrderTracked: false } as const;

/** Bytes before the first message. */
export const OBJECT_HEADER_V1_PREFIX_BYTES = 16;
/** Where Object Reference Count stands. */
export const OBJECT_REFERENCE_COUNT_OFFSET = 4;

export function sizeOfObjectHeaderV1(header: ObjectHeaderV1): number {
  return OBJECT_HEADER_V1_PREFIX_BYTES + sizeOfMessageBlock(header, header);
}

interface Prefix {
  readonly totalMessages: number;
  readonly objectReferenceCount: number;
  readonly objectHeaderSize: number;
}

/** The fields before the messages; the messages need not be there. */
export function decodeObjectHeaderV1Prefix(cursor: Cursor): Prefix {
  cursor.version([VERSION]);
  cursor.skip(1, "Reserved");
  const totalMessages = cursor.u16("Total Number of Header Messages");
  const objectReferenceCount = cursor.u32("Object Reference Count");
  const objectHeaderSize = cursor.u32("Object Header Size");
  cursor.skip(PADDING_BYTES, "padding");
  if (objectHeaderSize > 0 && totalMessages === 0) {
    throw cursor.error(`${objectHeaderSize} bytes for no messages`, "Object Header Size");
  }
  return { totalMessages, objectReferenceCount, objectHeaderSize };
}

/** @param count - Messages of the first block. */
export function checkMessageCount(cursor: Cursor, count: number, totalMessages: number): void {
  if (count <= totalMessages) return;
  throw cursor.error(`${totalMessages}, but the first block has ${count}`, "Total Number of Header Messages");
}

export function decodeObjectHeaderV1(cursor: Cursor): ObjectHeaderV1<LocatedMessage> {
  const { totalMessages, objectReferenceCount, objectHeaderSize } = decodeObjectHeaderV1Prefix(cursor);
  cursor.need(objectHeaderSize, "Object Header Size");
  const { messages, gap } = decodeMessages(cursor, V1_FORMAT, cursor.position + objectHeaderSize);
  checkMessageCount(cursor, messages.length, totalMessages);
  return { ...V1_FORMAT, totalMessages, objectReferenceCount, messages, gap };
}

export function encodeObjectHeaderV1(writer: Writer, header: ObjectHeaderV1): void {
  writer.u8(VERSION).u8(0).u16(header.totalMessages).u32(header.objectReferenceCount);
  writer.u32(sizeOfMessageBlock(header, header)).zeros(PADDING_BYTES);
  encodeMessages(writer, header, header);
}
