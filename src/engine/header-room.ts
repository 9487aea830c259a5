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
import type { FileStorage } from "./file-storage.ts";
import { type BlockOwner, HeaderBlock } from "./header-block.ts";
import { type HeaderMessage, toHeaderMessage } from "./header-message.ts";

/** Least message area of a new continuation block. C: `H5O_MIN_SIZE`. */
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
    blocks.find((block) => block.freeBytes(fields) >= needed) ?? growBlock(header, needed) ?? addBlock(header, needed)
  );
}

/** Whether a message is the continuation message of the block at an address. */
export function leadsTo(header: HeaderInUse, { type, data }: HeaderMessage, address: Address): boolean {
  if (type !== MESSAGE.CONTINUATION) return false;
  const cursor = header.storage.cursor(data, "Object header continuation message", header.address);
  return decodeContinuation(cursor).address === address;
}

/** The last block or the first, made larger, if what is behind it in the file is free. C: `H5O__alloc_extend_chunk`. */
function growBlock(header: HeaderInUse, needed: number): HeaderBlock | undefined {
  const { blocks } = header;
  const first = blocks[0] as HeaderBlock;
  const last = blocks[blocks.length - 1] as HeaderBlock;
  return grow(header, last, needed) ? last : last !== first && grow(header, first, needed) ? first : undefined;
}

function grow(header: HeaderInUse, block: HeaderBlock, needed: number): boolean {
  const { storage, fields, blocks } = header;
  const { address, byteLength } = block;
  const extra = alignUp(needed - block.freeBytes(fields), 8);
  const isFirst = block === blocks[0];
  const fits = !isFirst || fields.version === 1 || block.capacity + extra < 256 ** fields.sizeOfChunk0Width;
  if (!fits || !storage.extend("object-header", address, byteLength, byteLength + extra)) return false;
  block.byteLength += extra;
  block.capacity += extra;
  if (!isFirst) repoint(header, block);
  return true;
}

/** The continuation message that leads to a block says how large it is now. */
function repoint(header: HeaderInUse, { address, byteLength }: HeaderBlock): void {
  for (const parent of header.blocks) {
    const pointer = parent.messages.find((message) => leadsTo(header, message, address));
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

/** Bytes of a block that are free when all that can move has moved. */
function bytesToClear({ capacity, messages }: HeaderBlock, fields: HeaderFields): number {
  let fixed = 0;
  for (const { type, data } of messages) {
    if (type === MESSAGE.CONTINUATION) fixed += sizeOfMessage(fields, data.length);
  }
  return capacity - fixed;
}

/** A continuation block with at least `needed` free bytes; messages that make room for its pointer move there. */
function addBlock(header: HeaderInUse, needed: number): HeaderBlock {
  const { storage, fields, blocks } = header;
  const pointerBytes = sizeOfMessage(fields, sizeOfContinuation(storage.widths));
  const parent =
    blocks.find((block) => block.freeBytes(fields) >= pointerBytes) ??
    blocks.findLast((block) => bytesToClear(block, fields) >= pointerBytes);
  // The C library makes such headers, of committed datatypes whose message has 8 bytes, and damages them itself here.
  if (parent === undefined)
    throw new HDF5Error("state", "no room for a continuation message", { address: header.address });
  const moved: HeaderMessage[] = [];
  let movedBytes = 0;
  // From the end, so that the messages every reader looks for first stay where they are.
  for (let i = parent.messages.length - 1; i >= 0 && parent.freeBytes(fields) < pointerBytes; i--) {
    const candidate = parent.messages[i] as HeaderMessage;
    if (candidate.type === MESSAGE.CONTINUATION) continue;
    parent.messages.splice(i, 1);
    moved.unshift(candidate);
    movedBytes += sizeOfMessage(fields, candidate.data.length);
  }
  const capacity = alignUp(Math.max(needed + movedBytes, MIN_CONTINUATION_BYTES), 8);
  const byteLength = capacity + continuationOverhead(fields);
  const address = storage.allocate("object-header", byteLength);
  const data = continuationTo(header, address, byteLength);
  parent.messages.push(toHeaderMessage({ type: MESSAGE.CONTINUATION, data }));
  const block = new HeaderBlock(header, address, byteLength, capacity, moved);
  header.append(block);
  storage.writeBefore(address, parent.address);
  header.changed(parent);
  return block;
}
