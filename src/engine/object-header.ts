/**
 * An object header in use: its messages, wherever its blocks lie, and room for more.
 *
 * Specification: IV.A.1. Reference implementation: H5Oalloc.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { FormatError, HDF5Error, LimitError, UnsupportedError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { decodeContinuation, encodeContinuation, sizeOfContinuation } from "../format/continuation.ts";
import type { ContiguousLayout } from "../format/data-layout.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import {
  continuationOverhead,
  decodeObjectHeaderStart,
  type ObjectHeader as HeaderFields,
  objectHeaderOverhead,
  scanContinuationBlock,
  scanObjectHeader,
} from "../format/object-header.ts";
import {
  type MessageVisitor,
  maxMessageDataBytes,
  sizeOfMessage,
  unknownMessageProblem,
} from "../format/object-header-message.ts";
import type { ObjectTimes } from "../format/object-header-v2.ts";
import type { FileStorage } from "./file-storage.ts";
import { type BlockOwner, HeaderBlock } from "./header-block.ts";
import { condense } from "./header-condensing.ts";
import { HeaderMessage, type NewMessage, toHeaderMessage } from "./header-message.ts";
import { HeaderPlan, requireMessageSize } from "./header-plan.ts";
import type { StructureCodec } from "./structure-cache.ts";

const STRUCTURE = "Object header";
/** Read at first: the whole of most headers. */
const PROBE_BYTES = 320;
/** Least message area of a new continuation block. C: `H5O_MIN_SIZE`. */
const MIN_CONTINUATION_BYTES = 22;

const NO_BLOCKS: readonly HeaderBlock[] = [];

function ofType(messages: readonly HeaderMessage[], type: number): HeaderMessage | undefined {
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i] as HeaderMessage;
    if (message.type === type) return message;
  }
  return undefined;
}

/** Of what the storage keeps and writes it stands for its first block, of which most headers have nothing but the plan. */
export class ObjectHeader implements BlockOwner, StructureCodec<ObjectHeader> {
  readonly address: Address;
  private readonly storage: FileStorage;
  /** Prefix fields; its own messages are those of `blocks`. */
  private prefix: HeaderFields;
  private list: readonly HeaderBlock[] = NO_BLOCKS;
  /** The round of the storage in which the first block was last handed over to be written. */
  private storedIn = -1;
  /** Hard links, of a version 1 header: what the prefix says of them is not looked at. */
  private objectReferenceCount: number;
  /** While the messages are those of a plan. */
  private plan: HeaderPlan | undefined;
  /** Of contiguous data that was given a place since. */
  private dataAddress: Address = UNDEFINED_ADDRESS;

  private constructor(storage: FileStorage, address: Address, prefix: HeaderFields) {
    this.storage = storage;
    this.address = address;
    this.prefix = prefix;
    this.objectReferenceCount = prefix.version === 1 ? prefix.objectReferenceCount : 1;
  }

  /** The header whose first block is in memory: it waits to be written, or was since it was read. */
  static waiting(storage: FileStorage, address: Address): ObjectHeader | undefined {
    const held = storage.cached<unknown>(address, STRUCTURE);
    return held instanceof ObjectHeader ? held : undefined;
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
      for (const message of (this.blocks[i] as HeaderBlock).messages) {
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
    const capacity = byteLength - this.overhead(this.blocks.length === 0);
    this.list = [...this.blocks, new HeaderBlock(this, address, byteLength, capacity, messages)];
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
    const header = ObjectHeader.of(storage, new HeaderPlan(prefix, messages, spareBytes));
    header.own();
    return header;
  }

  /** A new header with the messages of a plan. */
  static of(storage: FileStorage, plan: HeaderPlan): ObjectHeader {
    const { byteLength, prefix } = plan;
    const header = new ObjectHeader(storage, storage.allocate("object-header", byteLength), prefix);
    header.plan = plan;
    header.storeFirst();
    return header;
  }

  get structure(): string {
    return STRUCTURE;
  }

  /** Bytes on disk of the first block. */
  get byteLength(): number {
    return this.list[0]?.byteLength ?? this.plan?.byteLength ?? 0;
  }

  /** Headers are read by {@link read}. */
  decode(): ObjectHeader {
    return this;
  }

  /** The first block. */
  encode(writer: Writer): void {
    const { plan } = this;
    if (plan === undefined) this.encodeBlock(this.blocks[0] as HeaderBlock, writer);
    else plan.encode(writer, this.objectReferenceCount, this.dataAddress);
  }

  /** The first block first; none once the header is deleted. */
  private get blocks(): readonly HeaderBlock[] {
    const { plan } = this;
    if (plan !== undefined && this.list.length === 0) this.list = [this.blockOfPlan(plan, plan.messages)];
    return this.list;
  }

  private blockOfPlan({ byteLength, capacity }: HeaderPlan, messages: HeaderMessage[]): HeaderBlock {
    return new HeaderBlock(this, this.address, byteLength, capacity, messages);
  }

  /** From now on the messages are the header's alone. */
  private own(): void {
    const { plan } = this;
    if (plan === undefined) return;
    this.plan = undefined;
    this.list = [this.blockOfPlan(plan, plan.ownMessages(this.storage.widths, this.dataAddress))];
  }

  /**
   * Whether {@link placeData} is all there is to do: not where the layout is another than the one that the header was made
   * with, nor once the header has got messages of its own.
   */
  canPlace(layout: ContiguousLayout): boolean {
    return this.plan?.canPlace(layout, this.storage.widths) === true;
  }

  /** Bytes of contiguous data that has no place so far, if {@link placeData} can give it one; else undefined. */
  get unplacedBytes(): number | undefined {
    if (this.plan === undefined || this.dataAddress !== UNDEFINED_ADDRESS) return undefined;
    return this.plan.unplacedBytes(this.storage.widths);
  }

  /** The data layout message of the plan gets this address. */
  placeData(address: Address): void {
    this.dataAddress = address;
    this.storeFirst();
  }

  /** Whether changes wait for the next flush. */
  get dirty(): boolean {
    const { storage, plan } = this;
    if (!storage.hasDirty) return false;
    if (plan !== undefined) return storage.isDirty(this.address);
    for (const { address } of this.list) if (storage.isDirty(address)) return true;
    return false;
  }

  /** Whether the first block is none of those that wait for the next flush. */
  get waitsWithoutFirst(): boolean {
    return this.list.length > 1 && this.dirty && !this.storage.isDirty(this.address);
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
    this.own();
    for (const block of this.blocks) {
      for (const message of block.messages) if (message.type !== MESSAGE.CONTINUATION) yield message;
    }
  }

  first(type: number): HeaderMessage | undefined {
    if (this.plan !== undefined && this.find(type) !== undefined) this.own();
    return this.find(type);
  }

  /** The same for who only looks at it: other headers may have the message, too. */
  look(type: number): HeaderMessage | undefined {
    if (type === MESSAGE.DATA_LAYOUT && this.dataAddress !== UNDEFINED_ADDRESS) this.own();
    return this.find(type);
  }

  private find(type: number): HeaderMessage | undefined {
    const { plan, list } = this;
    if (plan !== undefined) return ofType(plan.messages, type);
    for (let i = 0; i < list.length; i++) {
      const found = ofType((list[i] as HeaderBlock).messages, type);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  all(type: number): HeaderMessage[] {
    this.own();
    return this.blocks.flatMap((block) => block.messages.filter((message) => message.type === type));
  }

  /** How many hard links lead here. */
  get linkCount(): number {
    if (this.prefix.version === 1) return this.objectReferenceCount;
    const message = this.first(MESSAGE.REFERENCE_COUNT);
    if (message === undefined) return 1;
    const cursor = this.storage.cursor(message.data, "Object reference count message", this.address);
    cursor.version([0]);
    return cursor.u32("Reference count");
  }

  setLinkCount(count: number): void {
    if (this.prefix.version === 1) {
      this.requireLiving();
      if (this.objectReferenceCount === count) return;
      this.objectReferenceCount = count;
      if (this.plan === undefined) this.changed(this.blocks[0] as HeaderBlock);
      else this.storeFirst();
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
    this.own();
    this.prefix = { ...this.prefix, times };
    this.changed(this.blocks[0] as HeaderBlock);
  }

  /**
   * Puts a message where there is room, in a new continuation block if need be.
   *
   * @throws HDF5Error "state" ("object header message is too large") above 65535 bytes, in version 1 above 65528.
   */
  add(spec: NewMessage): HeaderMessage {
    this.own();
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
    block.take(message);
    this.changed(block);
    this.place(message);
    this.condense();
  }

  /**
   * New bytes of the same length, encoded when they are asked for.
   *
   * @param encode - Must not fail.
   * @param decoded - What the bytes mean.
   */
  replaceLater(message: HeaderMessage, encode: () => Uint8Array, decoded: unknown): void {
    this.changed(this.blockOf(message));
    message.setLater(encode);
    message.flags &= ~MESSAGE_FLAG.SHARED;
    message.decoded = decoded;
  }

  remove(message: HeaderMessage): void {
    const block = this.blockOf(message);
    block.take(message);
    this.changed(block);
    this.condense();
  }

  /** Gives back continuation blocks that are not needed any more; those that readers may know stay. */
  private condense(): void {
    const { storage } = this;
    if (this.blocks.length === 1 || storage.servesReaders) return;
    const { blocks, changed, removed } = condense(this.blocks, this.prefix, (message, { address }) =>
      this.leadsTo(message, address),
    );
    this.list = blocks;
    for (const { address, byteLength } of removed) {
      storage.forget(address);
      storage.release("object-header", address, byteLength);
    }
    for (const block of changed) this.changed(block);
  }

  /** Whether a message is the continuation message of the block at an address. */
  private leadsTo({ type, data }: HeaderMessage, address: Address): boolean {
    if (type !== MESSAGE.CONTINUATION) return false;
    const cursor = this.storage.cursor(data, "Object header continuation message", this.address);
    return decodeContinuation(cursor).address === address;
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
    this.list = NO_BLOCKS;
    this.plan = undefined;
  }

  /** Whether a message of this header has room for so many bytes. */
  holds(byteLength: number): boolean {
    return byteLength <= maxMessageDataBytes(this.prefix);
  }

  /** @throws HDF5Error "state" ("object header message is too large") for more than a message of this header holds. */
  checkSize(byteLength: number): void {
    requireMessageSize(this.prefix, byteLength, this.address);
  }

  private blockOf(message: HeaderMessage): HeaderBlock {
    for (const block of this.blocks) if (block.messages.includes(message)) return block;
    throw this.error("the message is not of this header");
  }

  private freeBytes(block: HeaderBlock): number {
    return block.freeBytes(this.prefix);
  }

  /** An object can be deleted while somebody still has it. */
  private requireLiving(): void {
    if (this.plan !== undefined || this.list.length > 0) return;
    throw new HDF5Error("state", "the object was deleted", { structure: STRUCTURE, address: this.address });
  }

  private place(message: HeaderMessage): void {
    this.requireLiving();
    const needed = this.messageBytes(message.data.length);
    const block =
      this.blocks.find((candidate) => this.freeBytes(candidate) >= needed) ??
      this.growBlock(needed) ??
      this.addBlock(needed);
    block.add(message);
    this.changed(block);
  }

  /** The last block or the first, made larger, if what is behind it in the file is free. C: `H5O__alloc_extend_chunk`. */
  private growBlock(needed: number): HeaderBlock | undefined {
    const first = this.blocks[0] as HeaderBlock;
    const last = this.blocks[this.blocks.length - 1] as HeaderBlock;
    return this.grow(last, needed) ? last : last !== first && this.grow(first, needed) ? first : undefined;
  }

  private grow(block: HeaderBlock, needed: number): boolean {
    const { storage, prefix } = this;
    const { address, byteLength } = block;
    const extra = alignUp(needed - this.freeBytes(block), 8);
    const isFirst = block === this.blocks[0];
    const fits = !isFirst || prefix.version === 1 || block.capacity + extra < 256 ** prefix.sizeOfChunk0Width;
    if (!fits || !storage.extend("object-header", address, byteLength, byteLength + extra)) return false;
    block.byteLength += extra;
    block.capacity += extra;
    if (!isFirst) this.repoint(block);
    return true;
  }

  /** The continuation message that leads to a block says how large it is now. */
  private repoint({ address, byteLength }: HeaderBlock): void {
    const { storage } = this;
    for (const parent of this.blocks) {
      const pointer = parent.messages.find((message) => this.leadsTo(message, address));
      if (pointer === undefined) continue;
      const writer = new Writer(storage.widths);
      encodeContinuation(writer, { address, byteLength });
      pointer.data = writer.copy();
      this.changed(parent);
    }
  }

  /** Bytes of a block that are free when all that can move has moved. */
  private roomFor({ capacity, messages }: HeaderBlock): number {
    let fixed = 0;
    for (const { type, data } of messages) if (type === MESSAGE.CONTINUATION) fixed += this.messageBytes(data.length);
    return capacity - fixed;
  }

  /**
   * A continuation block with at least `needed` free bytes; messages that make room for its pointer move there.
   *
   * @throws HDF5Error "state" when no block is large enough for the pointer.
   */
  private addBlock(needed: number): HeaderBlock {
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
    const block = new HeaderBlock(this, address, byteLength, capacity, moved);
    this.list = [...this.blocks, block];
    storage.writeBefore(address, parent.address);
    this.changed(parent);
    return block;
  }

  private changed(block: HeaderBlock): void {
    const { storage } = this;
    if (this.plan === undefined) block.markUnknown();
    if (block === this.blocks[0]) {
      this.storeFirst();
      return;
    }
    storage.store(block.address, block, block);
    // The first block of version 1 counts the messages of all.
    if (this.prefix.version === 1) this.storeFirst();
    storage.writeBefore(block.address, this.address);
  }

  private storeFirst(): void {
    const { storage } = this;
    // What was stored in this round waits still.
    if (this.storedIn === storage.round) return;
    storage.store(this.address, this, this);
    this.storedIn = storage.round;
  }

  encodeBlock(block: HeaderBlock, writer: Writer): void {
    const { prefix, list: blocks, objectReferenceCount } = this;
    if (block !== blocks[0]) {
      block.encodeContinuation(writer, prefix);
    } else {
      let elsewhere = 0;
      if (prefix.version === 1)
        for (let i = 1; i < blocks.length; i++) elsewhere += blocks[i]?.messageCount(prefix) ?? 0;
      block.encodeFirst(writer, prefix, objectReferenceCount, elsewhere);
    }
  }

  /** Bytes that a message takes with its own header and padding. */
  private messageBytes(dataLength: number): number {
    return sizeOfMessage(this.prefix, dataLength);
  }
}
