/**
 * The messages of an object header's blocks, still undecoded.
 *
 * Specification: IV.A.1.a and IV.A.1.b, "Version 1/2 Data Object Header Prefix", the fields named "Header Message #n".
 * Reference implementation: H5Ocache.c (`H5O__chunk_deserialize`), H5Oalloc.c.
 *
 * | field                  | version 1           | version 2                            |
 * | ---------------------- | ------------------- | ------------------------------------ |
 * | Message Type           | 2                   | 1                                    |
 * | Size of Message Data   | 2, a multiple of 8  | 2                                    |
 * | Message Flags          | 1                   | 1                                    |
 * | Reserved               | 3                   | none                                 |
 * | Creation Order         | none                | 2, when attribute order is tracked   |
 * | Message Data           | as said             | as said                              |
 */
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { MESSAGE, MESSAGE_FLAG } from "./message-types.ts";

/** A message as its block has it, undecoded. Specification: IV.A.1.a, IV.A.1.b, "Header Message #n". */
export interface HeaderMessage {
  /** One of {@link MESSAGE}, or a type this version does not know. */
  readonly type: number;
  /** Bits of {@link MESSAGE_FLAG}. */
  readonly flags: number;
  /** Position among the object's attributes, in a header that tracks it; 0 for messages other than attributes. */
  readonly creationOrder?: number | undefined;
  /** The body; of a decoded message a view, in version 1 with the padding at its end. */
  readonly data: Uint8Array;
}

/** A message as found in a block. */
export interface LocatedMessage extends HeaderMessage {
  readonly creationOrder: number | undefined;
  /** Where `data` starts, in bytes from the start of the block (its prefix included). */
  readonly offset: number;
}

/** How messages look in a header; every `ObjectHeader` is one. */
export interface MessageFormat {
  readonly version: 1 | 2;
  /** Whether messages have a creation index, in version 2. */
  readonly attributeCreationOrderTracked: boolean;
}

/** The messages of one block, which they fill but for the gap. */
export interface MessageBlock<M extends HeaderMessage = HeaderMessage> {
  /** In the order of the block. */
  readonly messages: readonly M[];
  /**
   * Bytes at the end, too few for a message. In version 1 the specification has none, and the library refuses them from
   * 2.0 on; earlier ones leave them where they copy a header with a NIL message that has no data, and read them.
   */
  readonly gap: number;
}

/** Message data in version 1 has sizes that are multiples of this. */
const V1_ALIGNMENT = 8;
const MAX_DATA_BYTES = 0xffff;

const SHAREABLE_TYPES: ReadonlySet<number> = new Set([
  MESSAGE.DATASPACE,
  MESSAGE.DATATYPE,
  MESSAGE.FILL_VALUE_OLD,
  MESSAGE.FILL_VALUE,
  MESSAGE.FILTER_PIPELINE,
  MESSAGE.ATTRIBUTE,
]);
/** The "bogus" message exists to be unknown. */
const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(MESSAGE).filter((type) => type !== MESSAGE.BOGUS));

/** Bytes before a message's data: 8 in version 1, 4 or 6 in version 2. */
export function messageHeaderBytes(format: MessageFormat): number {
  if (format.version === 1) return 8;
  return format.attributeCreationOrderTracked ? 6 : 4;
}

/** Bytes of a message with `dataByteLength` bytes of data, header and padding included. */
export function sizeOfMessage(format: MessageFormat, dataByteLength: number): number {
  const padded = format.version === 1 ? alignUp(dataByteLength, V1_ALIGNMENT) : dataByteLength;
  return messageHeaderBytes(format) + padded;
}

/** The most data a message of this format can hold. */
export function maxMessageDataBytes(format: MessageFormat): number {
  return format.version === 1 ? MAX_DATA_BYTES - (MAX_DATA_BYTES % V1_ALIGNMENT) : MAX_DATA_BYTES;
}

/** Bytes of the messages and gap of a block. */
export function sizeOfMessageBlock(format: MessageFormat, block: MessageBlock): number {
  let byteLength = block.gap;
  for (const message of block.messages) byteLength += sizeOfMessage(format, message.data.length);
  return byteLength;
}

/**
 * What is wrong with opening an object that has a message of a type this version does not know; `undefined` when the
 * message may be skipped.
 */
export function unknownMessageProblem(
  message: Pick<HeaderMessage, "type" | "flags">,
  forWriting: boolean,
): string | undefined {
  if (KNOWN_TYPES.has(message.type)) return undefined;
  const refused =
    (message.flags & MESSAGE_FLAG.FAIL_IF_UNKNOWN) !== 0 ||
    (forWriting && (message.flags & MESSAGE_FLAG.FAIL_IF_UNKNOWN_AND_WRITING) !== 0);
  if (!refused) return undefined;
  return `message of unknown type ${message.type} forbids opening the object${forWriting ? " for writing" : ""}`;
}

/**
 * The message with its "was unknown" flag set, if it is of an unknown type and asks for that of whoever changes the
 * object; otherwise the message itself.
 */
export function markIfUnknown<M extends HeaderMessage>(message: M): M {
  if (KNOWN_TYPES.has(message.type) || (message.flags & MESSAGE_FLAG.MARK_IF_UNKNOWN) === 0) return message;
  return { ...message, flags: message.flags | MESSAGE_FLAG.WAS_UNKNOWN };
}

function checkFlags(cursor: Cursor, type: number, flags: number): void {
  const { SHARED, DONT_SHARE, WAS_UNKNOWN, FAIL_IF_UNKNOWN_AND_WRITING, MARK_IF_UNKNOWN, SHAREABLE } = MESSAGE_FLAG;
  const contradictory =
    (flags & (SHARED | DONT_SHARE)) === (SHARED | DONT_SHARE) ||
    ((flags & WAS_UNKNOWN) !== 0 && ((flags & FAIL_IF_UNKNOWN_AND_WRITING) !== 0 || (flags & MARK_IF_UNKNOWN) === 0));
  if (contradictory) throw cursor.error(`contradictory flags 0x${flags.toString(16)}`, "Header Message Flags");
  if ((flags & SHAREABLE) !== 0 && KNOWN_TYPES.has(type) && !SHAREABLE_TYPES.has(type)) {
    throw cursor.error(`a message of type ${type} cannot be shared`, "Header Message Flags");
  }
}

/** Gets what stands before a message's data, and where in the cursor those `byteLength` bytes start. */
export type MessageVisitor = (
  type: number,
  flags: number,
  creationOrder: number | undefined,
  offset: number,
  byteLength: number,
) => void;

/** Looks at each message up to `end`, an offset in the cursor, which comes to stand there. */
export function scanMessages(
  cursor: Cursor,
  format: MessageFormat,
  end: number,
  visit: MessageVisitor,
): { readonly count: number; readonly gap: number } {
  const headerBytes = messageHeaderBytes(format);
  let count = 0;
  for (; end - cursor.position >= headerBytes; count++) scanMessage(cursor, format, end, visit);
  const gap = end - cursor.position;
  cursor.skip(gap, "Gap");
  return { count, gap };
}

function scanMessage(cursor: Cursor, format: MessageFormat, end: number, visit: MessageVisitor): void {
  const isV1 = format.version === 1;
  const type = isV1 ? cursor.u16("Header Message Type") : cursor.u8("Header Message Type");
  const dataBytes = cursor.u16("Size of Header Message Data");
  const flags = cursor.u8("Header Message Flags");
  if (flags > MESSAGE_FLAG.CONSTANT) checkFlags(cursor, type, flags);
  let creationOrder: number | undefined;
  if (isV1) cursor.skip(3, "Reserved");
  else if (format.attributeCreationOrderTracked) creationOrder = cursor.u16("Header Message Creation Order");
  if (isV1 && dataBytes % V1_ALIGNMENT !== 0) {
    throw cursor.error(`${dataBytes} bytes, not a multiple of ${V1_ALIGNMENT}`, "Size of Header Message Data");
  }
  const offset = cursor.position;
  if (dataBytes > end - offset) {
    throw cursor.error(`${dataBytes} bytes, ${end - offset} left in the block`, "Size of Header Message Data");
  }
  cursor.skip(dataBytes, "Header Message Data");
  visit(type, flags, creationOrder, offset, dataBytes);
}

/** Decodes messages up to `end`, an offset in the cursor, which comes to stand there. */
export function decodeMessages(cursor: Cursor, format: MessageFormat, end: number): MessageBlock<LocatedMessage> {
  const messages: LocatedMessage[] = [];
  const { gap } = scanMessages(cursor, format, end, (type, flags, creationOrder, offset, byteLength) => {
    messages.push({ type, flags, creationOrder, offset, data: cursor.bytes.subarray(offset, offset + byteLength) });
  });
  return { messages, gap };
}

/** Writes messages and gap one after the other; data of version 1 is padded with zeros. */
export function encodeMessages(writer: Writer, format: MessageFormat, block: MessageBlock): void {
  const isV1 = format.version === 1;
  if (block.gap >= messageHeaderBytes(format)) {
    throw new RangeError(`a gap of ${block.gap} bytes in a version ${format.version} object header`);
  }
  for (const { type, flags, creationOrder, data } of block.messages) {
    if (isV1) {
      const padded = alignUp(data.length, V1_ALIGNMENT);
      // Type and size, and flags with three reserved bytes: four fields in two words.
      writer
        .u32(type + padded * 0x1_0000)
        .u32(flags)
        .bytes(data);
      if (padded > data.length) writer.zeros(padded - data.length);
    } else {
      writer.u8(type).u16(data.length).u8(flags);
      if (format.attributeCreationOrderTracked) writer.u16(creationOrder ?? 0);
      writer.bytes(data);
    }
  }
  writer.zeros(block.gap);
}

/** By length: most headers are filled up by a few of them. */
const nilMessages = new Map<number, HeaderMessage>();
const MOST_NIL_MESSAGES = 256;

function nilMessage(dataBytes: number): HeaderMessage {
  const known = nilMessages.get(dataBytes);
  if (known !== undefined) return known;
  const message = { type: MESSAGE.NIL, flags: 0, creationOrder: undefined, data: new Uint8Array(dataBytes) };
  if (nilMessages.size < MOST_NIL_MESSAGES && dataBytes <= MOST_NIL_MESSAGES) nilMessages.set(dataBytes, message);
  return message;
}

/**
 * A block of exactly `byteLength` bytes of messages and gap: the given messages without their NIL messages, then new
 * NIL messages for the rest, or a gap where the rest is too small for one. A block never gets both, which the library
 * would refuse; but a version 1 block whose size is not a multiple of 8 keeps the gap that it was read with.
 *
 * @throws RangeError when the messages need more.
 */
export function fillMessageBlock<M extends HeaderMessage>(
  format: MessageFormat,
  messages: readonly M[],
  byteLength: number,
): MessageBlock<M | HeaderMessage> {
  const kept: (M | HeaderMessage)[] = [];
  let left = byteLength;
  for (const message of messages) {
    if (message.type === MESSAGE.NIL) continue;
    kept.push(message);
    left -= sizeOfMessage(format, message.data.length);
  }
  if (left < 0) throw new RangeError(`messages of ${byteLength - left} bytes in a block with room for ${byteLength}`);
  const oddBytes = format.version === 1 ? left % V1_ALIGNMENT : 0;
  left -= oddBytes;
  const headerBytes = messageHeaderBytes(format);
  while (left >= headerBytes) {
    let dataBytes = Math.min(left - headerBytes, maxMessageDataBytes(format));
    const rest = left - headerBytes - dataBytes;
    if (rest > 0 && rest < headerBytes) dataBytes -= headerBytes;
    kept.push(nilMessage(dataBytes));
    left -= headerBytes + dataBytes;
  }
  return { messages: kept, gap: left + oddBytes };
}
