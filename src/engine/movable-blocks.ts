/**
 * Blocks that move towards the start of the file before it is closed, so that it ends earlier.
 *
 * What lies last holds all free space before it in the file, and a file that keeps no account of that never gets it back. Only
 * blocks of structures move that wait to be written anyway; headers of objects and raw data only where they are new and nobody was
 * told their addresses.
 */
import type { Address } from "../base/address.ts";
import { B_TREE_V2_HEADER, MovableTree } from "./b-tree-v2-nodes.ts";
import { ChunkNode } from "./chunks/b-tree-v1-node.ts";
import { type DenseHolder, denseHolders } from "./dense-holders.ts";
import type { FileStorage } from "./file-storage.ts";
import type { HardLinks } from "./hard-links.ts";
import { HeaderBlock } from "./header-block.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import type { MovableData } from "./movable-data.ts";
import { ObjectHeader } from "./object-header.ts";
import { isReady, packLast } from "./packed-blocks.ts";
import { SHARED_MESSAGE_LIST } from "./shared-message-index.ts";
import type { SharedMessages } from "./shared-messages.ts";
import type { MemoryType } from "./space/space-allocator.ts";
import type { WaitingStructure } from "./structure-cache.ts";
import { GROUP_NODE } from "./symbol-table-nodes.ts";

export interface MovableBlock {
  readonly type: MemoryType;
  readonly address: Address;
  /** Bytes. */
  readonly byteLength: number;
  /** Reads the block, and has it wait to be written; not needed where it does so already. */
  readonly prepare?: () => void;
  /** Whether a link info or attribute info message leads to it, which is still to be repointed then. */
  readonly ofMessage?: boolean;
  /** Has what leads to the block lead to its new place, where it is by then. */
  repoint(to: Address): void;
}

/** A file that is being closed. */
export interface ClosingFile {
  readonly storage: FileStorage;
  /** Headers in memory, those that were written since they changed among them. */
  readonly known: () => Iterable<ObjectHeader>;
  readonly shared: SharedMessages;
  /** What can be moved of those of the headers that may move. */
  readonly newObjects: (headers: ReadonlySet<ObjectHeader>) => NewObjects;
}

export interface NewObjects {
  /** Links to them. */
  readonly links: HardLinks;
  readonly data: MovableData;
}

/** What can move of it. */
interface MovingFile extends NewObjects {
  readonly storage: FileStorage;
  readonly known: ReadonlySet<ObjectHeader>;
  readonly shared: SharedMessages;
}

/** Changed in place: it waits to be written. */
interface GroupNode {
  readonly nodeLevel: number;
  readonly children: Address[];
}

/** Least part of a file that is free, and least bytes, for anything to move. In a large one much is to be looked through. */
const FREE_SHARE = 0.01;
const LARGE_FILE_BYTES = 1 << 20;
const FREE_SHARE_OF_LARGE_FILE = 0.03;
const LEAST_FREE_BYTES = 32;
const MOST_PASSES = 8;

/** Moves blocks at the end of the file into free space before them, as long as the end follows. Everything is settled. */
export function shortenByMoving(closing: ClosingFile): void {
  const { storage } = closing;
  const { allocator } = storage;
  if (storage.servesReaders) return;
  allocator.trim();
  const { freeBytes, endOfAllocation } = allocator;
  const share = endOfAllocation < LARGE_FILE_BYTES ? FREE_SHARE : FREE_SHARE_OF_LARGE_FILE;
  if (freeBytes <= Math.max(LEAST_FREE_BYTES, share * endOfAllocation)) return;
  // What is read to find what leads to a block is there when it moves.
  storage.holding(() => moveAsFarAsPossible(movingFile(closing)));
}

function movingFile({ storage, known, shared, newObjects }: ClosingFile): MovingFile {
  const byAddress = new Map<Address, ObjectHeader>();
  const add = (header: unknown): void => {
    // Those that were deleted have no block.
    if (header instanceof ObjectHeader && header.byteLength > 0) byAddress.set(header.address, header);
  };
  for (const header of known()) add(header);
  for (const { value } of storage.moves.waitingStructures()) add(value instanceof HeaderBlock ? value.owner : value);
  const headers = new Set(byAddress.values());
  return { storage, known: headers, shared, ...newObjects(headers) };
}

function moveAsFarAsPossible(file: MovingFile): void {
  const { allocator } = file.storage;
  // What has moved only a little may be the last once more.
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const end = allocator.endOfAllocation;
    moveLast(file);
    packLast(file.storage, movableBlocks(file));
    if (allocator.endOfAllocation === end) return;
  }
}

function moveLast(file: MovingFile): void {
  const { storage } = file;
  const blocks = movableBlocks(file).sort((a, b) => b.address - a.address);
  for (let next = 0; next < blocks.length; ) {
    const last = lastUnit(storage, blocks, next);
    if (last.length === 0 || !moveAll(storage, last)) return;
    next += last.length;
    storage.allocator.trim();
  }
}

function movableBlocks({ storage, known: headers, shared, links, data }: MovingFile): MovableBlock[] {
  const blocks = storage.moves.ofUnsettled();
  for (const waiting of storage.moves.waitingStructures()) {
    const { address, value, structure } = waiting;
    if (value instanceof LivingLocalHeap) blocks.push(...value.movableBlocks());
    else if (structure === B_TREE_V2_HEADER) blocks.push(...new MovableTree(storage, address).blocks());
    else if (value instanceof ChunkNode || structure === SHARED_MESSAGE_LIST) blocks.push(movableRoot(waiting));
    else if (structure === GROUP_NODE) blocks.push(movableRoot(waiting), ...movableLeaves(storage, waiting));
  }
  const isHeld = blocks.some(({ ofMessage }) => ofMessage);
  const holders = new Map(isHeld ? [...denseHolders(headers), ...shared.holders(), ...links.tableHolders()] : []);
  const found = blocks.flatMap((block) => (block.ofMessage ? withHolder(block, holders.get(block.address)) : [block]));
  for (const header of headers) found.push(...header.movableBlocks());
  found.push(...links.movableBlocks(), ...data.movableBlocks());
  return found;
}

/** Of an index that a message leads to, if it is the root; other nodes have no holder. */
function movableRoot({ address, byteLength }: WaitingStructure): MovableBlock {
  return { type: "b-tree", address, byteLength, ofMessage: true, repoint: () => undefined };
}

/** The symbol table nodes below a node of an old-style group's B-tree, where they wait, too. */
function movableLeaves(storage: FileStorage, { address, value }: WaitingStructure): MovableBlock[] {
  const { nodeLevel, children } = value as GroupNode;
  if (nodeLevel > 0) return [];
  return children.flatMap((child, i): MovableBlock[] => {
    const byteLength = storage.moves.waitingByteLength(child);
    if (byteLength === undefined) return [];
    const repoint = (to: Address): void => {
      children[i] = to;
      storage.writeBefore(to, address);
    };
    return [{ type: "b-tree", address: child, byteLength, repoint }];
  });
}

function withHolder(block: MovableBlock, holder: DenseHolder | undefined): MovableBlock[] {
  if (holder === undefined) return [];
  let { address } = block;
  const repoint = (to: Address): void => {
    block.repoint(to);
    holder(address, to);
    address = to;
  };
  return [{ ...block, repoint }];
}

/** The blocks from number `next` on with which the end of the file can move, if there is nothing else. */
function lastUnit(storage: FileStorage, blocks: readonly MovableBlock[], next: number): readonly MovableBlock[] {
  const { endOfAllocation: end, unitByteLength: unit } = storage.allocator;
  const last = blocks[next] as MovableBlock;
  if (unit === 1) return last.address + last.byteLength === end ? [last] : [];
  const start = end - unit;
  const group = blocks.slice(next).filter(({ address }) => address >= start);
  let used = unit;
  for (const { address, byteLength } of storage.allocator.freeSections()) if (address >= start) used -= byteLength;
  return group.reduce((sum, { byteLength }) => sum + byteLength, 0) === used ? group : [];
}

/** @returns Whether each of them has found a place. */
function moveAll(storage: FileStorage, blocks: readonly MovableBlock[]): boolean {
  const limit = storage.allocator.endOfAllocation - storage.allocator.unitByteLength;
  for (const block of blocks) {
    if (!isReady(block)) return false;
    const to = storage.moves.moveBefore(limit, block);
    if (to === undefined) return false;
    block.repoint(to);
  }
  return true;
}
