/**
 * Version 2 object header: prefix and first block ("chunk #0"), and its continuation blocks.
 *
 * Specification: IV.A.1.b, "Version 2 Data Object Header Prefix", and IV.A.2.q for the continuation block. Reference
 * implementation: H5Ocache.c.
 *
 * | field                                 | bytes                                |
 * | ------------------------------------- | ------------------------------------ |
 * | Signature                             | 4, "OHDR"                            |
 * | Version                               | 1, here 2                            |
 * | Flags                                 | 1                                    |
 * | Access, Modification, Change, Birth Time | 4 each, if flag bit 5             |
 * | Maximum # of compact attributes       | 2, if flag bit 4                     |
 * | Minimum # of dense attributes         | 2, if flag bit 4                     |
 * | Size of Chunk #0                      | 1, 2, 4 or 8 by flag bits 0 and 1    |
 * | Header Messages, Gap                  | Size of Chunk #0                     |
 * | Checksum                              | 4                                    |
 *
 * | continuation block   | bytes             |
 * | -------------------- | ----------------- |
 * | Signature            | 4, "OCHK"         |
 * | Header Messages, Gap | the rest but four |
 * | Checksum             | 4                 |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeMessages,
  encodeMessages,
  type HeaderMessage,
  type LocatedMessage,
  type MessageBlock,
  type MessageFormat,
  messageHeaderBytes,
  sizeOfMessageBlock,
} from "./object-header-message.ts";

/** In seconds since 1970, UTC. */
export interface ObjectTimes {
  /** Last access, in seconds since 1970. */
  readonly accessTime: number;
  /** Last change of data, in seconds since 1970. */
  readonly modificationTime: number;
  /** Last change of metadata, in seconds since 1970. */
  readonly changeTime: number;
  /** When the object was made, in seconds since 1970. */
  readonly birthTime: number;
}

/** When attributes move from messages to a fractal heap and back. C: `H5Pset_attr_phase_change`. */
export interface AttributePhaseChange {
  /** Attributes up to which all stay in the header. */
  readonly maximumCompact: number;
  /** Attributes below which dense storage goes back to the header. */
  readonly minimumDense: number;
}

/** The first block of a version 2 header. Specification: IV.A.1.b, "Version 2 Data Object Header Prefix". */
export interface ObjectHeaderV2<M extends HeaderMessage = HeaderMessage> {
  readonly version: 2;
  /** Whether attributes keep their order of creation. */
  readonly attributeCreationOrderTracked: boolean;
  /** Whether attributes in dense storage can be found by that order. */
  readonly attributeCreationOrderIndexed: boolean;
  /** Undefined where the header stores none. */
  readonly times: ObjectTimes | undefined;
  /** `undefined` stands for {@link DEFAULT_ATTRIBUTE_PHASE_CHANGE}. */
  readonly attributePhaseChange: AttributePhaseChange | undefined;
  /** Bytes of the field "Size of Chunk #0"; it may be wider than the size needs. */
  readonly sizeOfChunk0Width: 1 | 2 | 4 | 8;
  /** Messages of the first block. */
  readonly messages: readonly M[];
  /** Bytes behind the messages, too few for one. */
  readonly gap: number;
}

/** What a header without its own attribute phase change values uses. */
export const DEFAULT_ATTRIBUTE_PHASE_CHANGE: AttributePhaseChange = { maximumCompact: 8, minimumDense: 6 };

const SIGNATURE = "OHDR";
const CONTINUATION_SIGNATURE = "OCHK";
const VERSION = 2;
/** Bytes of the checksum at the end of each block. */
export const CHECKSUM_BYTES = 4;
const FLAG = { CHUNK0_WIDTH: 0x03, TRACKED: 0x04, INDEXED: 0x08, PHASE_CHANGE: 0x10, TIMES: 0x20 } as const;
const KNOWN_FLAGS = 0x3f;

/** Bytes of a continuation block beside messages and gap. */
export const OBJECT_HEADER_V2_CONTINUATION_OVERHEAD = CONTINUATION_SIGNATURE.length + CHECKSUM_BYTES;

/** The narrowest "Size of Chunk #0" field for that many bytes of messages and gap. */
export function leastChunk0Width(chunk0ByteLength: number): 1 | 2 | 4 | 8 {
  if (chunk0ByteLength <= 0xff) return 1;
  if (chunk0ByteLength <= 0xffff) return 2;
  return chunk0ByteLength <= 0xffff_ffff ? 4 : 8;
}

/** A header without messages, and the bytes of messages and gap that its prefix announces. */
export interface ObjectHeaderV2Prefix {
  /** What the prefix says. */
  readonly header: ObjectHeaderV2<never>;
  /** "Size of Chunk #0". */
  readonly chunk0ByteLength: number;
}

type PrefixFields = Pick<ObjectHeaderV2, "times" | "attributePhaseChange" | "sizeOfChunk0Width">;

/** Bytes of the first block beside messages and gap: prefix and checksum. */
export function objectHeaderV2Overhead(header: PrefixFields): number {
  const timesBytes = header.times === undefined ? 0 : 16;
  const phaseChangeBytes = header.attributePhaseChange === undefined ? 0 : 4;
  return 6 + timesBytes + phaseChangeBytes + header.sizeOfChunk0Width + CHECKSUM_BYTES;
}

export function sizeOfObjectHeaderV2(header: ObjectHeaderV2): number {
  return objectHeaderV2Overhead(header) + sizeOfMessageBlock(header, header);
}

/** The fields before the messages; the messages need not be there. */
export function decodeObjectHeaderV2Prefix(cursor: Cursor): ObjectHeaderV2Prefix {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  const flags = cursor.flags(KNOWN_FLAGS);
  const times = (flags & FLAG.TIMES) === 0 ? undefined : decodeTimes(cursor);
  const attributePhaseChange = (flags & FLAG.PHASE_CHANGE) === 0 ? undefined : decodePhaseChange(cursor);
  const sizeOfChunk0Width = (1 << (flags & FLAG.CHUNK0_WIDTH)) as 1 | 2 | 4 | 8;
  const chunk0ByteLength = cursor.uint(sizeOfChunk0Width, "Size of Chunk #0");
  const header = {
    version: VERSION,
    attributeCreationOrderTracked: (flags & FLAG.TRACKED) !== 0,
    attributeCreationOrderIndexed: (flags & FLAG.INDEXED) !== 0,
    times,
    attributePhaseChange,
    sizeOfChunk0Width,
    messages: [],
    gap: 0,
  } as const;
  if (chunk0ByteLength > 0 && chunk0ByteLength < messageHeaderBytes(header)) {
    throw cursor.error(`${chunk0ByteLength} bytes are too few for a message`, "Size of Chunk #0");
  }
  return { header, chunk0ByteLength };
}

function decodeTimes(cursor: Cursor): ObjectTimes {
  const accessTime = cursor.u32("Access Time");
  const modificationTime = cursor.u32("Modification Time");
  const changeTime = cursor.u32("Change Time");
  const birthTime = cursor.u32("Birth Time");
  return { accessTime, modificationTime, changeTime, birthTime };
}

function decodePhaseChange(cursor: Cursor): AttributePhaseChange {
  const maximumCompact = cursor.u16("Maximum # of compact attributes");
  const minimumDense = cursor.u16("Minimum # of dense attributes");
  if (maximumCompact < minimumDense) {
    throw cursor.error(`${minimumDense}, above the ${maximumCompact} compact ones`, "Minimum # of dense attributes");
  }
  return { maximumCompact, minimumDense };
}

export function decodeObjectHeaderV2(cursor: Cursor): ObjectHeaderV2<LocatedMessage> {
  const start = cursor.position;
  const { header, chunk0ByteLength } = decodeObjectHeaderV2Prefix(cursor);
  const end = checkedEnd(cursor, start, chunk0ByteLength, "Size of Chunk #0");
  const block = decodeMessages(cursor, header, end);
  cursor.skip(CHECKSUM_BYTES);
  return { ...header, ...block };
}

/** Where the `byteLength` bytes of messages end that the cursor stands at, once the checksum after them is found right. */
export function checkedEnd(cursor: Cursor, start: number, byteLength: number, field: string): number {
  cursor.need(byteLength + CHECKSUM_BYTES, field);
  const from = cursor.position;
  cursor.position = from + byteLength;
  cursor.checksum(start);
  cursor.position = from;
  return from + byteLength;
}

export function encodeObjectHeaderV2(writer: Writer, header: ObjectHeaderV2): void {
  const start = writer.position;
  const { times, attributePhaseChange, sizeOfChunk0Width } = header;
  const flags =
    Math.log2(sizeOfChunk0Width) |
    (header.attributeCreationOrderTracked ? FLAG.TRACKED : 0) |
    (header.attributeCreationOrderIndexed ? FLAG.INDEXED : 0) |
    (attributePhaseChange === undefined ? 0 : FLAG.PHASE_CHANGE) |
    (times === undefined ? 0 : FLAG.TIMES);
  writer.signature(SIGNATURE).u8(VERSION).u8(flags);
  if (times !== undefined) {
    writer.u32(times.accessTime).u32(times.modificationTime).u32(times.changeTime).u32(times.birthTime);
  }
  if (attributePhaseChange !== undefined) {
    writer.u16(attributePhaseChange.maximumCompact).u16(attributePhaseChange.minimumDense);
  }
  writer.uint(sizeOfMessageBlock(header, header), sizeOfChunk0Width);
  encodeMessages(writer, header, header);
  writer.checksum(start);
}

/** Decodes a continuation block, which takes all of the cursor's bytes. */
export function decodeObjectHeaderV2Continuation(cursor: Cursor, format: MessageFormat): MessageBlock<LocatedMessage> {
  const end = continuationEnd(cursor);
  const block = decodeMessages(cursor, format, end);
  cursor.skip(CHECKSUM_BYTES);
  return block;
}

/** Where the messages of a continuation block end; the cursor comes to stand where they start. */
export function continuationEnd(cursor: Cursor): number {
  const start = cursor.position;
  cursor.signature(CONTINUATION_SIGNATURE);
  cursor.need(CHECKSUM_BYTES, "Checksum");
  return checkedEnd(cursor, start, cursor.remaining - CHECKSUM_BYTES, "Checksum");
}

export function encodeObjectHeaderV2Continuation(writer: Writer, format: MessageFormat, block: MessageBlock): void {
  const start = writer.position;
  writer.signature(CONTINUATION_SIGNATURE);
  encodeMessages(writer, format, block);
  writer.checksum(start);
}
