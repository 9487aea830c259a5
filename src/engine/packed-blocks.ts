/**
 * The blocks at the end of a file laid anew, the largest first: where the last of them finds no room, since nothing that is free
 * before it is as large, those before it may, and it follows them.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { FileStorage } from "./file-storage.ts";
import type { MovableBlock } from "./movable-blocks.ts";

/** So many are looked at, one behind the other. */
const MOST_BLOCKS = 64;
/** Addresses of no file fit into fields of this size. */
const LEAST_OFFSET_BYTES = 8;

/** The last blocks of a file, from the last one on, and where the file would end without each of them and those behind. */
interface Tail {
  readonly blocks: readonly MovableBlock[];
  readonly ends: readonly Address[];
}

/** Lays so many of the last blocks anew that the file ends as early as it can. In files with pages nothing happens. */
export function packLast(storage: FileStorage, movable: readonly MovableBlock[]): void {
  const { allocator, widths } = storage;
  if (allocator.unitByteLength > 1 || widths.sizeOfOffsets < LEAST_OFFSET_BYTES) return;
  const tail = tailOf(storage, movable);
  const count = bestCount(storage, tail);
  const blocks = tail.blocks.slice(0, count);
  if (blocks.every(isReady)) layAnew(storage, blocks);
}

function tailOf({ allocator }: FileStorage, movable: readonly MovableBlock[]): Tail {
  const blockByEnd = new Map(movable.map((block) => [block.address + block.byteLength, block]));
  const freeByEnd = new Map(allocator.freeSections().map(({ address, byteLength }) => [address + byteLength, address]));
  const blocks: MovableBlock[] = [];
  const ends: Address[] = [];
  for (let end = allocator.endOfAllocation; blocks.length < MOST_BLOCKS; ) {
    const block = blockByEnd.get(end);
    if (block === undefined) break;
    end = block.address;
    for (let before = freeByEnd.get(end); before !== undefined; before = freeByEnd.get(end)) end = before;
    blocks.push(block);
    ends.push(end);
  }
  return { blocks, ends };
}

/** How many of the last blocks are to be laid anew. */
function bestCount({ allocator }: FileStorage, { blocks, ends }: Tail): number {
  const sections = allocator.freeSections();
  let best = 0;
  let bestEnd = allocator.endOfAllocation;
  for (let count = 1; count <= blocks.length; count++) {
    const end = ends[count - 1] as Address;
    const holes = sections.filter(({ address }) => address < end).map(({ byteLength }) => byteLength);
    const found = end + unfitting(holes, blocks.slice(0, count));
    if (found >= bestEnd) continue;
    best = count;
    bestEnd = found;
  }
  return best;
}

/** Bytes of the blocks that find no hole, the largest first, each in the smallest hole that it fits into. */
function unfitting(holes: number[], blocks: readonly MovableBlock[]): number {
  let left = 0;
  for (const { byteLength } of largestFirst(blocks)) {
    let at = -1;
    for (let i = 0; i < holes.length; i++) {
      const hole = holes[i] as number;
      if (hole >= byteLength && (at < 0 || hole < (holes[at] as number))) at = i;
    }
    if (at < 0) left += byteLength;
    else holes[at] = (holes[at] as number) - byteLength;
  }
  return left;
}

function largestFirst<T extends { readonly byteLength: number }>(blocks: readonly T[]): T[] {
  return [...blocks].sort((a, b) => b.byteLength - a.byteLength);
}

/** All are taken up first: one may come to lie where another was. */
function layAnew(storage: FileStorage, blocks: readonly MovableBlock[]): void {
  const lifted: { readonly block: MovableBlock; readonly byteLength: number; readonly address: Address }[] = [];
  for (const block of blocks) {
    const address = storage.moves.lift(block);
    if (address === undefined) continue;
    block.repoint(address);
    lifted.push({ block, byteLength: block.byteLength, address });
  }
  storage.allocator.trim();
  for (const { block, address } of largestFirst(lifted)) block.repoint(storage.moves.lay(address, block));
  storage.allocator.trim();
}

/** What cannot be read stays where it is. */
export function isReady({ prepare }: MovableBlock): boolean {
  try {
    prepare?.();
    return true;
  } catch (cause) {
    if (!isHdf5Error(cause)) throw cause;
    return false;
  }
}
