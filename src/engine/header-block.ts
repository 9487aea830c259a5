/**
 * A block of an object header in use: a list of messages and the free bytes behind them.
 *
 * Specification: IV.A.1. NIL messages and gaps are only how free bytes are written, so they are not kept. The block is what
 * the storage holds of it, and how that is encoded: one object, where there may be tens of thousands of headers.
 */
import type { Address } from "../base/address.ts";
import type { Writer } from "../base/writer.ts";
import {
  encodeContinuationBlock,
  encodeObjectHeader,
  fillContinuationBlock,
  fillObjectHeader,
  type ObjectHeader as HeaderFields,
  objectHeaderOverhead,
} from "../format/object-header.ts";
import { fillMessageBlock, markIfUnknown, sizeOfMessage } from "../format/object-header-message.ts";
import type { HeaderMessage } from "./header-message.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** Knows where in its header a block stands. */
export interface BlockOwner {
  encodeBlock(block: HeaderBlock, writer: Writer): void;
}

export class HeaderBlock implements StructureCodec<HeaderBlock> {
  address: Address;
  /** Bytes on disk, prefix, signature and checksum included. */
  byteLength: number;
  /** Bytes for messages and what is free. */
  capacity: number;
  messages: HeaderMessage[];
  /** Whether {@link markIfUnknown} was asked for all of them. */
  private isMarked = false;
  readonly owner: BlockOwner;

  constructor(owner: BlockOwner, address: Address, byteLength: number, capacity: number, messages: HeaderMessage[]) {
    this.owner = owner;
    this.address = address;
    this.byteLength = byteLength;
    this.capacity = capacity;
    this.messages = messages;
  }

  get structure(): string {
    return "Object header";
  }

  /** Blocks are read by their header. */
  decode(): HeaderBlock {
    return this;
  }

  encode(writer: Writer): void {
    this.owner.encodeBlock(this, writer);
  }

  freeBytes(prefix: HeaderFields): number {
    let used = 0;
    for (const message of this.messages) used += sizeOfMessage(prefix, message.data.length);
    return this.capacity - used;
  }

  add(message: HeaderMessage): void {
    this.messages.push(message);
    this.isMarked = false;
  }

  take(message: HeaderMessage): void {
    this.messages = this.messages.filter((other) => other !== message);
  }

  /** Messages of unknown types that ask for it say from now on that somebody who does not know them changed the header. */
  markUnknown(): void {
    if (this.isMarked) return;
    for (const message of this.messages) message.flags = markIfUnknown(message).flags;
    this.isMarked = true;
  }

  encodeContinuation(writer: Writer, prefix: HeaderFields): void {
    encodeContinuationBlock(writer, prefix, fillContinuationBlock(prefix, this.messages, this.byteLength));
  }

  /** Messages of a continuation, NIL messages included. */
  messageCount(prefix: HeaderFields): number {
    return fillContinuationBlock(prefix, this.messages, this.byteLength).messages.length;
  }

  /** @param messagesElsewhere - Those of continuations: version 1 counts all of a header. */
  encodeFirst(writer: Writer, prefix: HeaderFields, objectReferenceCount: number, messagesElsewhere: number): void {
    if (prefix.version === 2) {
      encodeObjectHeader(writer, fillObjectHeader(prefix, this.messages, this.byteLength));
      return;
    }
    const { messages, gap } = fillMessageBlock(prefix, this.messages, this.byteLength - objectHeaderOverhead(prefix));
    const { version, attributeCreationOrderTracked } = prefix;
    const totalMessages = messages.length + messagesElsewhere;
    encodeObjectHeader(writer, {
      version,
      attributeCreationOrderTracked,
      totalMessages,
      objectReferenceCount,
      messages,
      gap,
    });
  }
}
