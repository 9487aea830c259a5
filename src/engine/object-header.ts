/**
 * An object header in use: its messages, wherever its blocks lie, and room for more.
 *
 * Specification: IV.A.1. Reference implementation: H5Oalloc.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import type { ContiguousLayout } from "../format/data-layout.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import {
  continuationOverhead,
  type ObjectHeader as HeaderFields,
  objectHeaderOverhead,
} from "../format/object-header.ts";
import { maxMessageDataBytes, sizeOfMessage } from "../format/object-header-message.ts";
import type { ObjectTimes } from "../format/object-header-v2.ts";
import { encodeReferenceCount } from "../format/reference-count.ts";
import type { FileStorage } from "./file-storage.ts";
import { type BlockOwner, HeaderBlock } from "./header-block.ts";
import { condense } from "./header-condensing.ts";
import { type HeaderMessage, type NewMessage, toHeaderMessage } from "./header-message.ts";
import { HeaderPlan, requireMessageSize } from "./header-plan.ts";
import { headerError, OBJECT_HEADER, readHeader } from "./header-reading.ts";
import { type HeaderInUse, leadsTo, makeRoom, repoint } from "./header-room.ts";
import { encodeBody } from "./header-values.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import type { StructureCodec } from "./structure-cache.ts";

const NO_BLOCKS: readonly HeaderBlock[] = [];

function ofType(messages: readonly HeaderMessage[], type: number): HeaderMessage | undefined {
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i] as HeaderMessage;
    if (message.type === type) return message;
  }
  return undefined;
}

/** Of what the storage keeps and writes it stands for its first block, of which most headers have nothing but the plan. */
export class ObjectHeader implements HeaderInUse, BlockOwner, StructureCodec<ObjectHeader> {
  private firstAddress: Address;
  readonly storage: FileStorage;
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
  /** Of a new header whose address nobody was told. */
  private isSecret = false;

  private constructor(storage: FileStorage, address: Address, prefix: HeaderFields) {
    this.storage = storage;
    this.firstAddress = address;
    this.prefix = prefix;
    this.objectReferenceCount = prefix.version === 1 ? prefix.objectReferenceCount : 1;
  }

  /** The header whose first block is in memory: it waits to be written, or was since it was read. */
  static waiting(storage: FileStorage, address: Address): ObjectHeader | undefined {
    const held = storage.cached<unknown>(address, OBJECT_HEADER);
    return held instanceof ObjectHeader ? held : undefined;
  }

  /** Reads the header at an address with all its continuation blocks. Throws as {@link readHeader} does. */
  static read(storage: FileStorage, address: Address): ObjectHeader {
    const { prefix, blocks } = readHeader(storage, address);
    const header = new ObjectHeader(storage, address, prefix);
    header.list = blocks.map(({ address: at, byteLength, messages }, i) => {
      const overhead = i === 0 ? objectHeaderOverhead(prefix) : continuationOverhead(prefix);
      return new HeaderBlock(header, at, byteLength, byteLength - overhead, messages);
    });
    return header;
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
    header.isSecret = true;
    header.storeFirst();
    return header;
  }

  /** Of the first block. It is the object's identity in its file, and changes only as the file is closed. */
  get address(): Address {
    return this.firstAddress;
  }

  get structure(): string {
    return OBJECT_HEADER;
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
  get blocks(): readonly HeaderBlock[] {
    const { plan } = this;
    if (plan !== undefined && this.list.length === 0) this.list = [this.blockOfPlan(plan, plan.messages)];
    return this.list;
  }

  /** Whether messages of the header lie in continuation blocks, too. */
  get hasFurtherBlocks(): boolean {
    return this.list.length > 1;
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

  /** Whether its messages are still those of other new headers, none of which leads to the global heap. */
  get isAsPlanned(): boolean {
    return this.plan !== undefined;
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

  /** The first of a type that is wanted. */
  firstOf(type: number, isWanted: (message: HeaderMessage) => boolean): HeaderMessage | undefined {
    this.own();
    for (const { messages } of this.blocks) {
      for (const message of messages) if (message.type === type && isWanted(message)) return message;
    }
    return undefined;
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
    if (count === 1) {
      if (message !== undefined) this.remove(message);
      return;
    }
    const data = encodeBody(this.storage, count, encodeReferenceCount);
    if (message !== undefined) this.replace(message, data);
    else this.add({ type: MESSAGE.REFERENCE_COUNT, flags: MESSAGE_FLAG.DONT_SHARE, data });
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
  replace(
    message: HeaderMessage,
    data: Uint8Array,
    decoded?: unknown,
    flags = message.flags & ~MESSAGE_FLAG.SHARED,
  ): void {
    this.checkSize(data.length);
    const block = this.blockOf(message);
    const fits = data.length <= message.data.length;
    message.data = data;
    message.flags = flags;
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
   * @param encode - From what they mean, without failing; undefined where the message waits for the same already.
   * @param decoded - What the bytes mean.
   */
  replaceLater(message: HeaderMessage, encode: ((decoded: unknown) => Uint8Array) | undefined, decoded: unknown): void {
    this.changed(this.blockOf(message));
    if (encode !== undefined) message.setLater(encode);
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
      leadsTo(this, message, address),
    );
    this.list = blocks;
    for (const { address, byteLength } of removed) {
      storage.forget(address);
      storage.release("object-header", address, byteLength);
    }
    for (const block of changed) this.changed(block);
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
    this.deleted();
  }

  /** Its blocks were freed. */
  deleted(): void {
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
    throw headerError(this.address, "the message is not of this header");
  }

  private freeBytes(block: HeaderBlock): number {
    return block.freeBytes(this.prefix);
  }

  /** An object can be deleted while somebody still has it. */
  private requireLiving(): void {
    if (this.plan !== undefined || this.list.length > 0) return;
    throw new HDF5Error("state", "the object was deleted", { structure: OBJECT_HEADER, address: this.address });
  }

  private place(message: HeaderMessage): void {
    this.requireLiving();
    const block = makeRoom(this, sizeOfMessage(this.prefix, message.data.length));
    block.add(message);
    this.changed(block);
  }

  /** A further block behind the others. */
  append(block: HeaderBlock): void {
    this.list = [...this.blocks, block];
  }

  /** Whether the object may lie elsewhere once the file is closed: nobody was told its address, or can have seen it. */
  get mayMove(): boolean {
    return this.isSecret && this.storage.isUnseen(this.address);
  }

  /** The address for who may keep it, or has a reference hold it: from now on the object stays where it is. */
  tellAddress(): Address {
    this.isSecret = false;
    return this.firstAddress;
  }

  /** The first block, without the links that lead to it. */
  movableFirst(): MovableBlock {
    const { address, byteLength } = this;
    const repoint = (to: Address): void => {
      this.firstAddress = to;
      const first = this.list[0];
      if (first !== undefined) first.address = to;
    };
    return { type: "object-header", address, byteLength, prepare: () => this.storeFirst(), repoint };
  }

  /** The continuation blocks. */
  movableBlocks(): MovableBlock[] {
    return this.list.slice(1).map((block): MovableBlock => {
      const { address, byteLength } = block;
      const prepare = (): void => this.changed(block);
      return { type: "object-header", address, byteLength, prepare, repoint: (to) => this.moved(block, to) };
    });
  }

  private moved(block: HeaderBlock, to: Address): void {
    const { address } = block;
    block.address = to;
    repoint(this, block, address);
    this.changed(block);
  }

  /** The first block has grown by as much. */
  widenFirst(sizeOfChunk0Width: 1 | 2 | 4 | 8): void {
    if (this.prefix.version === 2) this.prefix = { ...this.prefix, sizeOfChunk0Width };
  }

  /** The block is written at the next flush. */
  changed(block: HeaderBlock): void {
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
}
