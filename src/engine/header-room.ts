/**
 * Room for a message in the blocks of an object header: in one that has it, in one made larger, in a further one.
 *
 * Specification: IV.A.1, IV.A.2.q (continuations). Reference implementation: H5Oalloc.c.
 */
import type { Address } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { decodeContinuation, encodeContinuation, sizeOfContinuation } from "../format/continuation.ts";
import { MESSAGE } from "../format/message-types.ts";
import { continuationOverhead, type ObjectHeader as HeaderFields } from "../format/object-header.ts";
import { sizeOfMessage } from "../format/object-header-message.ts";
import { leastChunk0Width } from "../format/object-header-v2.ts";
import type { FileStorage } from "./file-storage.ts";
import { type BlockOwner, HeaderBlock } from "./header-block.ts";
import { type HeaderMessage, toHeaderMessage } from "./header-message.ts";

/** Least size of a new continuation block. C: `H5O_MIN_SIZE`. */
const MIN_CONTINUATION_BYTES = 22;

/** A header as its blocks see it. */
export interface HeaderInUse extends BlockOwner {
  readonly storage: FileStorage;
  readonly address: Address;
  /** Fields of the prefix. */
  readonly fields: HeaderFields;
  /** The first block first. */
  readonly blocks: readonly HeaderBlock[];
  append(block: HeaderBlock): void;
  /** The field "Size of Chunk #0" of a version 2 header gets another width. */
  widenFirst(sizeOfChunk0Width: 1 | 2 | 4 | 8): void;
  changed(block: HeaderBlock): void;
}

/**
 * @param needed - Bytes of a message with its own header and padding.
 * @returns A block with so many free bytes.
 * @throws HDF5Error "state" where not even the pointer to a further block finds room.
 */
export function makeRoom(header: HeaderInUse, needed: number): HeaderBlock {
  const { blocks, fields } = header;
  return (
    blocks.find((block) => block.freeBytes(fields) >= needed) ??
    blocks.find((block) => grow(header, block, needed)) ??
    addBlock(header, needed)
  );
}

/** Whether a message is the continuation message of the block at an address. */
export function leadsTo(header: HeaderInUse, { type, data }: HeaderMessage, address: Address): boolean {
  if (type !== MESSAGE.CONTINUATION) return false;
  const cursor = header.storage.cursor(data, "Object header continuation message", header.address);
  return decodeContinuation(cursor).address === address;
}

/** Messages of version 1 have sizes in multiples of 8, and their blocks have no gaps. C: `H5O_ALIGN_OH`. */
function aligned(byteLength: number, { version }: HeaderFields): number {
  return version === 1 ? alignUp(byteLength, 8) : byteLength;
}

/** Makes a block larger, if what is behind it in the file is free. C: `H5O__alloc_extend_chunk`. */
function grow(header: HeaderInUse, block: HeaderBlock, needed: number): boolean {
  const { storage, fields, blocks } = header;
  const { address, byteLength } = block;
  const extra = aligned(needed - block.freeBytes(fields), fields);
  const isFirst = block === blocks[0];
  const width = isFirst && fields.version === 2 ? leastChunk0Width(block.capacity + extra) : 1;
  const wider = isFirst && fields.version === 2 ? Math.max(0, width - fields.sizeOfChunk0Width) : 0;
  if (!storage.extend("object-header", address, byteLength, byteLength + extra + wider)) return false;
  block.byteLength += extra + wider;
  block.capacity += extra;
  if (wider > 0) header.widenFirst(width);
  if (!isFirst) repoint(header, block, address);
  return true;
}

/** The continuation message that leads to a block says where it is now, and how large. @param from - What it says so far. */
export function repoint(header: HeaderInUse, { address, byteLength }: HeaderBlock, from: Address): void {
  for (const parent of header.blocks) {
    const pointer = parent.messages.find((message) => leadsTo(header, message, from));
    if (pointer === undefined) continue;
    pointer.data = continuationTo(header, address, byteLength);
    header.changed(parent);
  }
}

function continuationTo({ storage }: HeaderInUse, address: Address, byteLength: number): Uint8Array {
  const writer = new Writer(storage.widths);
  encodeContinuation(writer, { address, byteLength });
  return writer.copy();
}

/** How soon a message makes room for a pointer: links first, attributes last. C: `H5O__alloc_find_best_nonnull`. */
function movingOrder({ type }: HeaderMessage): number {
  return type === MESSAGE.LINK ? 0 : type === MESSAGE.ATTRIBUTE ? 2 : 1;
}

/** The smallest message in whose place a pointer fits, of those that move soonest. */
function messageToMove(blocks: readonly HeaderBlock[], pointerDataBytes: number): HeaderMessage | undefined {
  let best: HeaderMessage | undefined;
  for (const { messages } of blocks) {
    for (const message of messages) {
      if (message.type === MESSAGE.CONTINUATION || message.data.length < pointerDataBytes) continue;
      const order = best === undefined ? -1 : movingOrder(message) - movingOrder(best);
      if (best === undefined || order < 0 || (order === 0 && message.data.length < best.data.length)) best = message;
    }
  }
  return best;
}

/** Bytes of a block that are free when all that can move has moved. */
function bytesToClear({ capacity, messages }: HeaderBlock, fields: HeaderFields): number {
  let fixed = 0;
  for (const { type, data } of messages) {
    if (type === MESSAGE.CONTINUATION) fixed += sizeOfMessage(fields, data.length);
  }
  return capacity - fixed;
}

/** Takes messages out of a block, the last ones, until so many bytes are free. */
function takeFromEnd(block: HeaderBlock, fields: HeaderFields, byteLength: number): HeaderMessage[] {
  const taken: HeaderMessage[] = [];
  for (let i = block.messages.length - 1; i >= 0 && block.freeBytes(fields) < byteLength; i--) {
    const candidate = block.messages[i] as HeaderMessage;
    if (candidate.type === MESSAGE.CONTINUATION) continue;
    block.messages.splice(i, 1);
    taken.unshift(candidate);
  }
  return taken;
}

/** A continuation block with at least `needed` free bytes; messages that make room for its pointer move there. */
function addBlock(header: HeaderInUse, needed: number): HeaderBlock {
  const { storage, fields, blocks } = header;
  const pointerDataBytes = sizeOfContinuation(storage.widths);
  const pointerBytes = sizeOfMessage(fields, pointerDataBytes);
  const roomy = blocks.find((block) => block.freeBytes(fields) >= pointerBytes);
  const mover = roomy === undefined ? messageToMove(blocks, pointerDataBytes) : undefined;
  const parent =
    roomy ??
    blocks.find(({ messages }) => mover !== undefined && messages.includes(mover)) ??
    blocks.findLast((block) => bytesToClear(block, fields) >= pointerBytes);
  // The C library makes such headers, of committed datatypes whose message has 8 bytes, and damages them itself here.
  if (parent === undefined)
    throw new HDF5Error("state", "no room for a continuation message", { address: header.address });
  const moved = mover === undefined ? takeFromEnd(parent, fields, pointerBytes) : [mover];
  if (mover !== undefined) parent.take(mover);
  const movedBytes = moved.reduce((sum, { data }) => sum + sizeOfMessage(fields, data.length), 0);
  const overhead = continuationOverhead(fields);
  const capacity = aligned(Math.max(needed + movedBytes, MIN_CONTINUATION_BYTES - overhead), fields);
  const byteLength = capacity + overhead;
  const address = storage.allocate("object-header", byteLength);
  const data = continuationTo(header, address, byteLength);
  parent.messages.push(toHeaderMessage({ type: MESSAGE.CONTINUATION, data }));
  const block = new HeaderBlock(header, address, byteLength, capacity, moved);
  header.append(block);
  storage.writeBefore(address, parent.address);
  header.changed(parent);
  return block;
}
