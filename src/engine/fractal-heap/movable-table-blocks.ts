/** The header, the root of a fractal heap, and direct blocks one step below it, which may lie elsewhere. */
import { type Address, isDefined } from "../../base/address.ts";
import { sizeOfFractalHeapHeader } from "../../format/fractal-heap.ts";
import type { DirectBlockPointer } from "../../format/fractal-heap-blocks.ts";
import type { MovableBlock } from "../movable-blocks.ts";
import { HeapBlocks } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";
import { changePointer } from "./table-edit.ts";

/** Blocks that are written anew when the header moves, since each of them says where that is. */
const MOST_CLAIMED = 8;

/**
 * Of a heap that is settled, and whose header waits to be written. What filters have made is left where it is, unless it waits,
 * too.
 */
export function movableTableBlocks(blocks: HeapBlocks, geometry: HeapGeometry): MovableBlock[] {
  const { rootAddress, currentRootRows: rows, filters } = blocks.header;
  if (rows === 0) {
    const filtered = filters && { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask };
    const repoint = (to: Address): void => repointRoot(blocks, to);
    const root = directBlock(blocks, geometry, { address: rootAddress, ...(filtered && { filtered }) }, 0, repoint);
    return [...heapHeader(blocks, geometry), ...root];
  }
  const root = blocks.knownIndirect(rootAddress);
  if (root === undefined) return [];
  const children = root.directChildren.flatMap((pointer, entry) => {
    const repoint = (to: Address): void =>
      changePointer(blocks, geometry, geometry.entryOffset(entry), { ...pointer, address: to });
    return directBlock(blocks, geometry, pointer, entry, repoint);
  });
  const isFlat = !root.indirectChildren.some(isDefined) && children.length <= MOST_CLAIMED;
  return [...(isFlat ? heapHeader(blocks, geometry) : []), indirectRoot(blocks, rootAddress, rows), ...children];
}

/** Of a heap whose direct blocks all hang at its root. */
function heapHeader(blocks: HeapBlocks, geometry: HeapGeometry): MovableBlock[] {
  const { header, storage, address } = blocks;
  if (header.filters !== undefined) return [];
  const prepare = (): void => {
    forEachDirect(blocks, geometry, (pointer, blockSize, offset) => {
      awaitDirect(blocks, pointer, blockSize, offset);
    });
    const { rootAddress, currentRootRows: rows } = blocks.header;
    if (rows > 0) awaitIndirect(blocks, rootAddress, rows);
  };
  const repoint = (to: Address): void => {
    blocks.headerMoved(to);
    forEachDirect(blocks, geometry, (pointer, blockSize) => blocks.claimDirect(pointer, blockSize));
    const { rootAddress, currentRootRows: rows, freeSpaceManagerAddress } = blocks.header;
    if (rows > 0) blocks.claimIndirect(rootAddress, rows);
    if (isDefined(freeSpaceManagerAddress)) storage.writeBefore(freeSpaceManagerAddress, to);
  };
  const byteLength = sizeOfFractalHeapHeader(header, storage.widths);
  return [{ type: "object-header", address, byteLength, prepare, repoint, ofMessage: true }];
}

function forEachDirect(
  blocks: HeapBlocks,
  geometry: HeapGeometry,
  visit: (pointer: DirectBlockPointer, blockSize: number, heapOffset: number) => void,
): void {
  const { rootAddress, currentRootRows: rows } = blocks.header;
  const pointers = rows === 0 ? [{ address: rootAddress }] : blocks.indirect(rootAddress, rows).directChildren;
  pointers.forEach((pointer, entry) => {
    if (!isDefined(pointer.address)) return;
    visit(pointer, geometry.blockSize(geometry.rowOf(entry)), geometry.entryOffset(entry));
  });
}

/** Has a block that was not changed wait to be written all the same. */
function awaitDirect(blocks: HeapBlocks, pointer: DirectBlockPointer, blockSize: number, heapOffset: number): void {
  if (blocks.storage.isDirty(pointer.address)) return;
  blocks.directForWriting(pointer, blockSize, blocks.direct(pointer, blockSize, heapOffset));
}

function awaitIndirect(blocks: HeapBlocks, address: Address, rows: number): void {
  if (!blocks.storage.isDirty(address)) blocks.storeIndirect(address, rows, blocks.indirect(address, rows));
}

function indirectRoot(blocks: HeapBlocks, address: Address, rows: number): MovableBlock {
  const { storage } = blocks;
  return {
    type: "local-heap",
    address,
    byteLength: blocks.indirectByteLength(rows),
    prepare: () => awaitIndirect(blocks, address, rows),
    repoint: (to) => {
      repointRoot(blocks, to);
      for (const { address: child } of blocks.indirect(to, rows).directChildren) {
        if (isDefined(child) && storage.isDirty(child)) storage.writeBefore(child, to);
      }
    },
  };
}

function repointRoot(blocks: HeapBlocks, to: Address): void {
  blocks.storeHeader({ ...blocks.header, rootAddress: to });
  blocks.storage.writeBefore(to, blocks.address);
}

function directBlock(
  blocks: HeapBlocks,
  geometry: HeapGeometry,
  pointer: DirectBlockPointer,
  entry: number,
  repoint: (to: Address) => void,
): MovableBlock[] {
  const { address, filtered } = pointer;
  if (!isDefined(address) || (filtered !== undefined && !blocks.storage.isDirty(address))) return [];
  const blockSize = geometry.blockSize(geometry.rowOf(entry));
  const byteLength = HeapBlocks.storedByteLength(pointer, blockSize);
  const prepare = (): void => awaitDirect(blocks, pointer, blockSize, geometry.entryOffset(entry));
  return [{ type: "local-heap", address, byteLength, prepare, repoint }];
}
