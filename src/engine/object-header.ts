/**
 * An object header in use: its messages, wherever its blocks lie, and room for more.
 *
 * Specification: IV.A.1. Reference implementation: H5Oalloc.c. A block is a list of messages and the free bytes behind
 * them; NIL messages and gaps are only how those free bytes are written, so they are not kept.
 */
import type { Address } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { FormatError, HDF5Error, LimitError, UnsupportedError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { decodeContinuation, encodeContinuation, sizeOfContinuation } from "../format/continuation.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import {
  continuationOverhead,
  decodeObjectHeaderStart,
  encodeContinuationBlock,
  encodeObjectHeader,
  fillContinuationBlock,
  fillObjectHeader,
  type ObjectHeader as HeaderFields,
  objectHeaderOverhead,
  scanContinuationBlock,
  scanObjectHeader,
} from "../format/object-header.ts";
import {
  fillMessageBlock,
  type MessageVisitor,
  markIfUnknown,
  maxMessageDataBytes,
  sizeOfMessage,
  unknownMessageProblem,
} from "../format/object-header-message.ts";
import { leastChunk0Width, type ObjectTimes } from "../format/object-header-v2.ts";
import type { FileStorage, StructureCodec } from "./file-storage.ts";

const STRUCTURE = "Object header";
/** Read at first: the whole of most headers. */
const PROBE_BYTES = 320;
/** A message may hold at most this many bytes; in a version 1 header, whose messages are padded, a few less. */
export const MAX_MESSAGE_BYTES = 65535;
/** Least message area of a new continuation block. */
const MIN_CONTINUATION_BYTES = 128;

export class HeaderMessage {
  readonly type: number;
  flags: number;
  /** In headers that track the creation order of attributes. */
  creationOrder: number;
  /** What `data` means, kept by whoever decoded it. */
  decoded: unknown;
  /** Holds the data from `start` to `end`. Most messages of an object are never looked at, so the view of it comes later. */
  private bytes: Uint8Array;
  private start: number;
  private end: number;

  constructor(type: number, flags: number, creationOrder: number, bytes: Uint8Array, start = 0, end = bytes.length) {
    this.type = type;
    this.flags = flags;
    this.creationOrder = creationOrder;
    this.decoded = undefined;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** Bytes of the message as stored; replaced, never modified. */
  get data(): Uint8Array {
    if (this.end - this.start !== this.bytes.length) this.data = this.bytes.subarray(this.start, this.end);
    return this.bytes;
  }

  set data(bytes: Uint8Array) {
    this.bytes = bytes;
    this.start = 0;
    this.end = bytes.length;
  }

  /** A byte of the data; 0 behind its end. */
  byteAt(offset: number): number {
    return offset < this.end - this.start ? (this.bytes[this.start + offset] as number) : 0;
  }
}

export interface NewMessage {
  readonly type: number;
  readonly flags?: number | undefined;
  readonly creationOrder?: number | undefined;
  readonly data: Uint8Array;
  /** False for one that is kept out of the file's shared message table. Default true. */
  readonly isShareable?: boolean;
  /** What `data` means, where whoever made it knows: see {@link HeaderMessage.decoded}. */
  readonly decoded?: unknown;
}

interface Block {
  readonly address: Address;
  /** Bytes on disk, prefix, signature and checksum included. */
  byteLength: number;
  /** Bytes for messages and what is free. */
  capacity: number;
  messages: HeaderMessage[];
  /** Whether {@link markIfUnknown} was asked for all of them. */
  isMarked?: boolean;
  /** Made with the first change. */
  codec?: StructureCodec<Block> | undefined;
}

export class ObjectHeader {
  readonly address: Address;
  private readonly storage: FileStorage;
  /** Prefix fields; its own messages are those of `blocks`. */
  private prefix: HeaderFields;
  private readonly blocks: Block[] = [];

  private constructor(storage: FileStorage, address: Address, prefix: HeaderFields) {
    this.storage = storage;
    this.address = address;
    this.prefix = prefix;
  }

  /** Reads the header at an address with all its continuation blocks. */
  static read(storage: FileStorage, address: Address): ObjectHeader {
    const probe = storage.readMetadata(address, storage.available(address, PROBE_BYTES), STRUCTURE);
    let cursor = storage.cursor(probe, STRUCTURE, address);
    const start = decodeObjectHeaderStart(cursor);
    const { byteLength } = start;
    if (byteLength > probe.length) {
      const { position } = cursor;
      cursor = storage.cursor(storage.readMetadata(address, byteLength, STRUCTURE), STRUCTURE, address);
      cursor.position = position;
    }
    const header = new ObjectHeader(storage, address, start.header);
    const messages: HeaderMessage[] = [];
    scanObjectHeader(cursor, start, header.collector(cursor.bytes, messages));
    header.addReadBlock(address, byteLength, messages);
    if (messages.some(({ type }) => type === MESSAGE.CONTINUATION)) header.readContinuations(byteLength);
    // Version 1 counts the links in its prefix; the C library refuses a header with two counts.
    if (header.version === 1 && header.first(MESSAGE.REFERENCE_COUNT) !== undefined) {
      throw header.error("object reference count message in a version 1 header");
    }
    return header;
  }

  /** Puts what is in `bytes` into `messages`, but for NIL messages. */
  private collector(bytes: Uint8Array, messages: HeaderMessage[]): MessageVisitor {
    return (type, flags, creationOrder, offset, byteLength) => {
      if (type === MESSAGE.NIL) return;
      const message = new HeaderMessage(type, flags, creationOrder ?? 0, bytes, offset, offset + byteLength);
      this.checkKnown(message);
      messages.push(message);
    };
  }

  private readContinuations(firstByteLength: number): void {
    const { storage, address } = this;
    let totalBytes = firstByteLength;
    const seen = new Set([address]);
    for (let i = 0; i < this.blocks.length; i++) {
      for (const message of (this.blocks[i] as Block).messages) {
        if (message.type !== MESSAGE.CONTINUATION) continue;
        const next = decodeContinuation(storage.cursor(message.data, "Object header continuation message", address));
        if (seen.has(next.address)) throw this.error(`continuation block at ${next.address} is reached twice`);
        seen.add(next.address);
        totalBytes += next.byteLength;
        if (totalBytes > storage.limits.maxHeaderBytes) {
          throw new LimitError(
            `${STRUCTURE} at address ${address}: more than limit maxHeaderBytes, ${storage.limits.maxHeaderBytes}`,
          );
        }
        const bytes = storage.readMetadata(next.address, next.byteLength, STRUCTURE);
        const cursor = storage.cursor(bytes, "Object header continuation block", next.address);
        const messages: HeaderMessage[] = [];
        scanContinuationBlock(cursor, this.prefix, this.collector(bytes, messages));
        this.addReadBlock(next.address, next.byteLength, messages);
      }
    }
  }

  private addReadBlock(address: Address, byteLength: number, messages: HeaderMessage[]): void {
    this.blocks.push({ address, byteLength, capacity: byteLength - this.overhead(this.blocks.length === 0), messages });
  }

  private overhead(first: boolean): number {
    return first ? objectHeaderOverhead(this.prefix) : continuationOverhead(this.prefix);
  }

  /**
   * A new header with its messages in one block.
   *
   * @param prefix - Version, flags and times; its messages are not looked at.
   * @param spareBytes - Room left for further messages.
   */
  static create(
    storage: FileStorage,
    prefix: HeaderFields,
    messages: readonly NewMessage[],
    spareBytes: number,
  ): ObjectHeader {
    const list: HeaderMessage[] = [];
    let used = 0;
    for (const message of messages) {
      list.push(toHeaderMessage(message));
      used += sizeOfMessage(prefix, message.data.length);
    }
    const capacity = prefix.version === 1 ? alignUp(used + spareBytes, 8) : used + spareBytes;
    const sized: HeaderFields =
      prefix.version === 1 ? prefix : { ...prefix, sizeOfChunk0Width: leastChunk0Width(capacity) };
    const byteLength = objectHeaderOverhead(sized) + capacity;
    const header = new ObjectHeader(storage, storage.allocate("object-header", byteLength), sized);
    for (const message of list) header.checkSize(message.data.length);
    header.blocks.push({ address: header.address, byteLength, capacity, messages: list });
    header.changed(header.blocks[0] as Block);
    return header;
  }

  /** Whether changes wait for the next flush. */
  get dirty(): boolean {
    return this.storage.hasDirty && this.blocks.some(({ address }) => this.storage.isDirty(address));
  }

  get version(): 1 | 2 {
    return this.prefix.version;
  }

  /** Prefix fields: times, flags, attribute phase change values. */
  get fields(): HeaderFields {
    return this.prefix;
  }

  /** Blocks of the header on disk, the first one first. */
  get extents(): readonly { readonly address: Address; readonly byteLength: number; readonly freeBytes: number }[] {
    return this.blocks.map((block) => ({
      address: block.address,
      byteLength: block.byteLength,
      freeBytes: this.freeBytes(block),
    }));
  }

  get blockAddresses(): readonly Address[] {
    return this.blocks.map(({ address }) => address);
  }

  private error(problem: string): FormatError {
    return new FormatError(`Object header at address ${this.address}: ${problem}`, {
      structure: "Object header",
      address: this.address,
    });
  }

  private checkKnown(message: HeaderMessage): void {
    const problem = unknownMessageProblem(message, this.storage.writable);
    if (problem === undefined) return;
    const details = { structure: STRUCTURE, address: this.address };
    throw new UnsupportedError(`${STRUCTURE} at address ${this.address}: ${problem}`, details);
  }

  /** Every message but NIL and continuations, in the order of the blocks. */
  *messages(): Generator<HeaderMessage> {
    for (const block of this.blocks) {
      for (const message of block.messages) if (message.type !== MESSAGE.CONTINUATION) yield message;
    }
  }

  first(type: number): HeaderMessage | undefined {
    const { blocks } = this;
    for (let i = 0; i < blocks.length; i++) {
      const { messages } = blocks[i] as Block;
      for (let k = 0; k < messages.length; k++) {
        const message = messages[k] as HeaderMessage;
        if (message.type === type) return message;
      }
    }
    return undefined;
  }

  all(type: number): HeaderMessage[] {
    return this.blocks.flatMap((block) => block.messages.filter((message) => message.type === type));
  }

  /** How many hard links lead here. */
  get linkCount(): number {
    if (this.prefix.version === 1) return this.prefix.objectReferenceCount;
    const message = this.first(MESSAGE.REFERENCE_COUNT);
    if (message === undefined) return 1;
    const cursor = this.storage.cursor(message.data, "Object reference count message", this.address);
    cursor.version([0]);
    return cursor.u32("Reference count");
  }

  setLinkCount(count: number): void {
    if (this.prefix.version === 1) {
      this.requireLiving();
      if (this.prefix.objectReferenceCount === count) return;
      this.prefix = { ...this.prefix, objectReferenceCount: count };
      this.changed(this.blocks[0] as Block);
      return;
    }
    const message = this.first(MESSAGE.REFERENCE_COUNT);
    const data = new Writer(this.storage.widths).u8(0).u32(count).copy();
    if (message === undefined) {
      if (count !== 1) this.add({ type: MESSAGE.REFERENCE_COUNT, flags: MESSAGE_FLAG.DONT_SHARE, data });
    } else if (count === 1) {
      this.remove(message);
    } else {
      this.replace(message, data);
    }
  }

  /** Sets the times of a version 2 header that stores them. Seconds since 1970. */
  setTimes(times: ObjectTimes): void {
    if (this.prefix.version !== 2 || this.prefix.times === undefined) return;
    this.requireLiving();
    this.prefix = { ...this.prefix, times };
    this.changed(this.blocks[0] as Block);
  }

  /**
   * Puts a message where there is room, in a new continuation block if need be.
   *
   * @throws HDF5Error "state" ("object header message is too large") above 65535 bytes, in version 1 above 65528.
   */
  add(spec: NewMessage): HeaderMessage {
    const message = toHeaderMessage(spec);
    this.checkSize(message.data.length);
    this.place(message);
    return message;
  }

  /**
   * New bytes for a message, which is shared no more; it moves when it no longer fits its block.
   *
   * @param decoded - What the bytes mean, for who would decode them again.
   */
  replace(message: HeaderMessage, data: Uint8Array, decoded?: unknown): void {
    this.checkSize(data.length);
    const block = this.blockOf(message);
    const fits = data.length <= message.data.length;
    message.data = data;
    message.flags &= ~MESSAGE_FLAG.SHARED;
    message.decoded = decoded;
    if (fits || this.freeBytes(block) >= 0) {
      this.changed(block);
      return;
    }
    block.messages = block.messages.filter((other) => other !== message);
    this.changed(block);
    this.place(message);
  }

  remove(message: HeaderMessage): void {
    const block = this.blockOf(message);
    block.messages = block.messages.filter((other) => other !== message);
    this.changed(block);
  }

  /** The header was changed in a message's flags. */
  touch(message: HeaderMessage): void {
    this.changed(this.blockOf(message));
  }

  /** Frees every block. What messages point at is freed by whoever knows them. */
  delete(): void {
    for (const { address, byteLength } of this.blocks) {
      this.storage.forget(address);
      this.storage.release("object-header", address, byteLength);
    }
    this.blocks.length = 0;
  }

  /** Whether a message of this header has room for so many bytes. */
  holds(byteLength: number): boolean {
    return byteLength <= maxMessageDataBytes(this.prefix);
  }

  /** @throws HDF5Error "state" ("object header message is too large") for more than a message of this header holds. */
  checkSize(byteLength: number): void {
    if (!this.holds(byteLength))
      throw new HDF5Error("state", "object header message is too large", { address: this.address });
  }

  private blockOf(message: HeaderMessage): Block {
    const block = this.blocks.find(({ messages }) => messages.includes(message));
    if (block === undefined) throw this.error("the message is not of this header");
    return block;
  }

  private freeBytes(block: Block): number {
    let used = 0;
    for (const message of block.messages) used += this.messageBytes(message.data.length);
    return block.capacity - used;
  }

  /** An object can be deleted while somebody still has it. */
  private requireLiving(): void {
    if (this.blocks.length > 0) return;
    throw new HDF5Error("state", "the object was deleted", { structure: STRUCTURE, address: this.address });
  }

  private place(message: HeaderMessage): void {
    this.requireLiving();
    const needed = this.messageBytes(message.data.length);
    const block =
      this.blocks.find((candidate) => this.freeBytes(candidate) >= needed) ??
      this.growBlock(needed) ??
      this.addBlock(needed);
    block.messages.push(message);
    block.isMarked = false;
    this.changed(block);
  }

  /** The last block or the first, made larger, if what is behind it in the file is free. C: `H5O__alloc_extend_chunk`. */
  private growBlock(needed: number): Block | undefined {
    const first = this.blocks[0] as Block;
    const last = this.blocks[this.blocks.length - 1] as Block;
    return this.grow(last, needed) ? last : last !== first && this.grow(first, needed) ? first : undefined;
  }

  private grow(block: Block, needed: number): boolean {
    const { storage, prefix } = this;
    const { address, byteLength } = block;
    const extra = alignUp(needed - this.freeBytes(block), 8);
    const isFirst = block === this.blocks[0];
    const fits = !isFirst || prefix.version === 1 || block.capacity + extra < 256 ** prefix.sizeOfChunk0Width;
    if (!fits || !storage.extend("object-header", address, byteLength, byteLength + extra)) return false;
    block.byteLength += extra;
    block.capacity += extra;
    block.codec = undefined;
    if (!isFirst) this.repoint(block);
    return true;
  }

  /** The continuation message that leads to a block says how large it is now. */
  private repoint({ address, byteLength }: Block): void {
    const { storage } = this;
    for (const parent of this.blocks) {
      const pointer = parent.messages.find(
        ({ type, data }) =>
          type === MESSAGE.CONTINUATION &&
          decodeContinuation(storage.cursor(data, "Object header continuation message", this.address)).address ===
            address,
      );
      if (pointer === undefined) continue;
      const writer = new Writer(storage.widths);
      encodeContinuation(writer, { address, byteLength });
      pointer.data = writer.copy();
      this.changed(parent);
    }
  }

  /** Bytes of a block that are free when all that can move has moved. */
  private roomFor({ capacity, messages }: Block): number {
    let fixed = 0;
    for (const { type, data } of messages) if (type === MESSAGE.CONTINUATION) fixed += this.messageBytes(data.length);
    return capacity - fixed;
  }

  /**
   * A continuation block with at least `needed` free bytes; messages that make room for its pointer move there.
   *
   * @throws HDF5Error "state" when no block is large enough for the pointer.
   */
  private addBlock(needed: number): Block {
    const { storage } = this;
    const pointerBytes = this.messageBytes(sizeOfContinuation(storage.widths));
    const parent =
      this.blocks.find((block) => this.freeBytes(block) >= pointerBytes) ??
      this.blocks.findLast((block) => this.roomFor(block) >= pointerBytes);
    // The C library makes such headers, of committed datatypes whose message has 8 bytes, and damages them itself here.
    if (parent === undefined)
      throw new HDF5Error("state", "no room for a continuation message", { address: this.address });
    const moved: HeaderMessage[] = [];
    let movedBytes = 0;
    // From the end, so that the messages every reader looks for first stay where they are.
    for (let i = parent.messages.length - 1; i >= 0 && this.freeBytes(parent) < pointerBytes; i--) {
      const candidate = parent.messages[i] as HeaderMessage;
      if (candidate.type === MESSAGE.CONTINUATION) continue;
      parent.messages.splice(i, 1);
      moved.unshift(candidate);
      movedBytes += this.messageBytes(candidate.data.length);
    }
    const capacity = alignUp(Math.max(needed + movedBytes, MIN_CONTINUATION_BYTES), 8);
    const byteLength = capacity + this.overhead(false);
    const address = storage.allocate("object-header", byteLength);
    const pointer = new Writer(storage.widths);
    encodeContinuation(pointer, { address, byteLength });
    parent.messages.push(toHeaderMessage({ type: MESSAGE.CONTINUATION, data: pointer.copy() }));
    const block = { address, byteLength, capacity, messages: moved };
    this.blocks.push(block);
    storage.writeBefore(address, parent.address);
    this.changed(parent);
    return block;
  }

  private changed(block: Block): void {
    const first = this.blocks[0] as Block;
    if (!block.isMarked) this.markUnknown(block);
    this.storage.store(block.address, this.blockCodec(block), block);
    if (block === first) return;
    // The first block of version 1 counts the messages of all.
    if (this.prefix.version === 1) this.storage.store(first.address, this.blockCodec(first), first);
    this.storage.writeBefore(block.address, this.address);
  }

  /** Messages of unknown types that ask for it say from now on that somebody who does not know them changed the header. */
  private markUnknown(block: Block): void {
    for (const message of block.messages) message.flags = markIfUnknown(message).flags;
    block.isMarked = true;
  }

  private blockCodec(block: Block): StructureCodec<Block> {
    block.codec ??= this.newBlockCodec(block);
    return block.codec;
  }

  private newBlockCodec(block: Block): StructureCodec<Block> {
    return {
      structure: STRUCTURE,
      byteLength: block.byteLength,
      decode: () => block,
      encode: (writer) => {
        if (block !== this.blocks[0]) {
          encodeContinuationBlock(
            writer,
            this.prefix,
            fillContinuationBlock(this.prefix, block.messages, block.byteLength),
          );
          return;
        }
        const { prefix } = this;
        if (prefix.version === 2) {
          encodeObjectHeader(writer, fillObjectHeader(prefix, block.messages, block.byteLength));
          return;
        }
        const { messages, gap } = fillMessageBlock(prefix, block.messages, block.byteLength - this.overhead(true));
        const { version, attributeCreationOrderTracked, objectReferenceCount } = prefix;
        const totalMessages = this.totalMessages(messages.length);
        encodeObjectHeader(writer, {
          version,
          attributeCreationOrderTracked,
          totalMessages,
          objectReferenceCount,
          messages,
          gap,
        });
      },
    };
  }

  /** Messages of all blocks, NIL messages included. */
  private totalMessages(inFirstBlock: number): number {
    let total = inFirstBlock;
    for (let i = 1; i < this.blocks.length; i++) {
      const { messages, byteLength } = this.blocks[i] as Block;
      total += fillContinuationBlock(this.prefix, messages, byteLength).messages.length;
    }
    return total;
  }

  /** Bytes that a message takes with its own header and padding. */
  private messageBytes(dataLength: number): number {
    return sizeOfMessage(this.prefix, dataLength);
  }
}

function toHeaderMessage({ type, flags, creationOrder, data, decoded }: NewMessage): HeaderMessage {
  const message = new HeaderMessage(type, flags ?? 0, creationOrder ?? 0, data);
  message.decoded = decoded;
  return message;
}
