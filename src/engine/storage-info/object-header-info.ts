/**
 * What an object header is made of.
 *
 * Reference implementation: `H5O__get_hdr_info_real`. C: `H5O_hdr_info_t`, part of `H5Oget_native_info`.
 */
import { MESSAGE, MESSAGE_FLAG } from "../../format/message-types.ts";
import {
  continuationOverhead,
  decodeContinuationBlock,
  decodeObjectHeader,
  objectHeaderOverhead,
} from "../../format/object-header.ts";
import {
  type HeaderMessage,
  type MessageBlock,
  messageHeaderBytes,
  sizeOfMessage,
} from "../../format/object-header-message.ts";
import type { EngineObject } from "../engine-object.ts";
import { settle } from "./settle.ts";

const STRUCTURE = "Object header";

/** Messages of types that this version does not know count as one of this number. C: `H5O_UNKNOWN_ID`. */
const UNKNOWN_TYPE = 25;
const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(MESSAGE));

export interface ObjectHeaderInfo {
  readonly version: 1 | 2;
  /** NIL messages and continuations included; NIL messages in a row are one. */
  readonly messageCount: number;
  /** Blocks: the first one and its continuations. */
  readonly blockCount: number;
  /** Bytes. */
  readonly space: {
    readonly total: number;
    /** Prefix, signatures, checksums, the messages' own headers and continuation messages. */
    readonly metadata: number;
    /** Bodies of messages. */
    readonly messages: number;
    /** NIL messages with their own headers, and gaps. */
    readonly free: number;
  };
  /** Bit n is set when there is a message of type n. */
  readonly typesPresent: number;
  /** Bit n is set when a message of type n is shared. */
  readonly typesShared: number;
}

/** The blocks of an object's header as they are in the file; changes are flushed first. */
export function objectHeaderInfo(object: EngineObject): ObjectHeaderInfo {
  settle(object.file);
  const { storage } = object.file;
  const { extents, fields } = object.header;
  const count = new HeaderCount(fields);
  let total = 0;
  extents.forEach(({ address, byteLength }, i) => {
    total += byteLength;
    const cursor = storage.cursor(storage.readMetadata(address, byteLength, STRUCTURE), STRUCTURE, address);
    count.add(i === 0 ? decodeObjectHeader(cursor) : decodeContinuationBlock(cursor, fields));
  });
  const { free, messages, messageCount, typesPresent, typesShared } = count;
  const overhead = objectHeaderOverhead(fields) + (extents.length - 1) * continuationOverhead(fields);
  return {
    version: fields.version,
    messageCount,
    blockCount: extents.length,
    space: { total, metadata: overhead + count.metadata, messages, free },
    typesPresent,
    typesShared,
  };
}

class HeaderCount {
  private readonly format: EngineObject["header"]["fields"];
  messageCount = 0;
  messages = 0;
  metadata = 0;
  free = 0;
  typesPresent = 0;
  typesShared = 0;

  constructor(format: EngineObject["header"]["fields"]) {
    this.format = format;
  }

  add(block: MessageBlock): void {
    this.free += block.gap;
    let afterNil = false;
    for (const message of block.messages) {
      const isNil = message.type === MESSAGE.NIL;
      if (!(isNil && afterNil)) this.messageCount++;
      afterNil = isNil;
      this.addMessage(message);
    }
  }

  private addMessage({ type, flags, data }: HeaderMessage): void {
    const bit = 1 << (KNOWN_TYPES.has(type) ? type : UNKNOWN_TYPE);
    this.typesPresent |= bit;
    if ((flags & MESSAGE_FLAG.SHARED) !== 0) this.typesShared |= bit;
    const byteLength = sizeOfMessage(this.format, data.length);
    const ownHeader = messageHeaderBytes(this.format);
    if (type === MESSAGE.NIL) this.free += byteLength;
    else if (type === MESSAGE.CONTINUATION) this.metadata += byteLength;
    else {
      this.metadata += ownHeader;
      this.messages += byteLength - ownHeader;
    }
  }
}
