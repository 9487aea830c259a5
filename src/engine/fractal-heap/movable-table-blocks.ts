/** The root of a fractal heap, and direct blocks one step below it, which may lie elsewhere. */
import { type Address, isDefined } from "../../base/address.ts";
import type { DirectBlockPointer } from "../../format/fractal-heap-blocks.ts";
import type { MovableBlock } from "../movable-blocks.ts";
import { HeapBlocks } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";
import { changePointer } from "./table-edit.ts";

/** Of a heap that is settled, and whose header waits to be written. A block that filters have made is left where it is, unless it waits, too. */
export function movableTableBlocks(blocks: HeapBlocks, geometry: HeapGeometry): MovableBlock[] {
  const { rootAddress, currentRootRows: rows, filters } = blocks.header;
  if (!isDefined(rootAddress)) return [];
  if (rows === 0) {
    const filtered = filters && { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask };
    const repoint = (to: Address): void => repointRoot(blocks, to);
    return directBlock(blocks, geometry, { address: rootAddress, ...(filtered && { filtered }) }, 0, repoint);
  }
  const root = blocks.knownIndirect(rootAddress);
  if (root === undefined) return [];
  const children = root.directChildren.flatMap((pointer, entry) => {
    const repoint = (to: Address): void =>
      changePointer(blocks, geometry, geometry.entryOffset(entry), { ...pointer, address: to });
    return directBlock(blocks, geometry, pointer, entry, repoint);
  });
  return [indirectRoot(blocks, rootAddress, rows), ...children];
}

function indirectRoot(blocks: HeapBlocks, address: Address, rows: number): MovableBlock {
  const { storage } = blocks;
  return {
    type: "local-heap",
    address,
    byteLength: blocks.indirectByteLength(rows),
    prepare: () => {
      if (!storage.isDirty(address)) blocks.storeIndirect(address, rows, blocks.indirect(address, rows));
    },
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
  const prepare = (): void => {
    if (blocks.storage.isDirty(address)) return;
    blocks.directForWriting(pointer, blockSize, blocks.direct(pointer, blockSize, geometry.entryOffset(entry)));
  };
  return [{ type: "local-heap", address, byteLength, prepare, repoint }];
}
