/** Blocks of local and fractal heaps, and free-space managers. Reference implementation: H5HL.c, H5HF.c, H5FS.c. */
import { type Address, isDefined } from "../../base/address.ts";
import { Cursor } from "../../base/cursor.ts";
import {
  filteredHugeObjectRecords,
  hugeObjectRecords,
  indirectFilteredHugeObjectRecords,
  indirectHugeObjectRecords,
} from "../../format/b-tree-v2-records.ts";
import {
  decodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfUnfilteredFractalHeapHeader,
} from "../../format/fractal-heap.ts";
import { decodeIndirectBlock, sizeOfIndirectBlock } from "../../format/fractal-heap-blocks.ts";
import { indirectBlockRows, maxDirectRows, rowBlockSize, rowOffset } from "../../format/fractal-heap-doubling-table.ts";
import { hugeIdsDirect } from "../../format/fractal-heap-id.ts";
import { decodeFreeSpaceHeader, sizeOfFreeSpaceHeader } from "../../format/free-space.ts";
import { allocatedLocalHeapHeaderBytes, decodeLocalHeap, sizeOfLocalHeap } from "../../format/local-heap.ts";
import type { FileStorage } from "../file-storage.ts";
import { claimTreeV2, decodeAt } from "./map-trees.ts";
import type { SpaceClaims } from "./space-claims.ts";

const LOCAL = "Local heap";
const HEADER = "Fractal heap header";
const INDIRECT = "Fractal heap indirect block";
const FREE_SPACE = "Free-space header";

export function claimLocalHeap(claims: SpaceClaims, storage: FileStorage, address: Address, what: string): void {
  const headerBytes = sizeOfLocalHeap(storage.widths);
  const heap = decodeAt(storage, address, headerBytes, LOCAL, decodeLocalHeap);
  claims.add("local-heap", address, allocatedLocalHeapHeaderBytes(storage.widths), `Header of the local heap, ${what}`);
  const { dataSegmentAddress, dataSegmentSize } = heap;
  claims.add("local-heap-data", dataSegmentAddress, dataSegmentSize, `Data segment of the local heap, ${what}`);
}

/** Header and section list of a free-space manager. */
export function claimFreeSpaceManager(claims: SpaceClaims, storage: FileStorage, address: Address, what: string): void {
  const headerBytes = sizeOfFreeSpaceHeader(storage.widths);
  const header = decodeAt(storage, address, headerBytes, FREE_SPACE, decodeFreeSpaceHeader);
  claims.add("free-space-header", address, headerBytes, `Free-space header, ${what}`);
  // Without sections there is no list, whatever its address says.
  if (header.serializedSectionCount === 0) return;
  const { sectionListAddress, allocatedByteLength } = header;
  claims.add("free-space-sections", sectionListAddress, allocatedByteLength, `Free-space section list, ${what}`);
}

/** Header, blocks, huge objects with their index, and free-space manager. */
export function claimFractalHeap(claims: SpaceClaims, storage: FileStorage, address: Address, what: string): void {
  const least = sizeOfUnfilteredFractalHeapHeader(storage.widths);
  const headerBytes = decodeAt(storage, address, least, HEADER, fractalHeapHeaderByteLength);
  const header = decodeAt(storage, address, headerBytes, HEADER, decodeFractalHeapHeader);
  if (!claims.add("fractal-heap-header", address, headerBytes, `Fractal heap header, ${what}`)) return;
  claimBlocks(claims, storage, header, what);
  claimHugeObjects(claims, storage, header, what);
  if (isDefined(header.freeSpaceManagerAddress)) {
    claimFreeSpaceManager(claims, storage, header.freeSpaceManagerAddress, what);
  }
}

function claimBlocks(claims: SpaceClaims, storage: FileStorage, header: FractalHeapHeader, what: string): void {
  const { table, rootAddress, currentRootRows, filters } = header;
  if (!isDefined(rootAddress)) return;
  const direct = (address: Address, stored: number, heapOffset: number): void => {
    claims.add("fractal-heap-direct", address, stored, `Direct block at heap offset ${heapOffset}, ${what}`);
  };
  if (currentRootRows === 0) {
    direct(rootAddress, filters?.filteredRootByteLength ?? table.startingBlockSize, 0);
    return;
  }
  const directRows = maxDirectRows(table);
  const pending = [{ address: rootAddress, rows: currentRootRows, heapOffset: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { address, rows, heapOffset } = next;
    const byteLength = sizeOfIndirectBlock(header, rows, storage.widths);
    const name = `Indirect block of ${rows} rows at heap offset ${heapOffset}, ${what}`;
    if (!claims.add("fractal-heap-indirect", address, byteLength, name)) continue;
    const block = decodeAt(storage, address, byteLength, INDIRECT, (cursor) =>
      decodeIndirectBlock(cursor, header, rows),
    );
    const placeOf = (i: number, firstRow: number) => {
      const row = firstRow + Math.floor(i / table.width);
      const size = rowBlockSize(table, row);
      return { size, offset: heapOffset + rowOffset(table, row) + (i % table.width) * size };
    };
    block.directChildren.forEach((pointer, i) => {
      const { size, offset } = placeOf(i, 0);
      if (isDefined(pointer.address)) direct(pointer.address, pointer.filtered?.byteLength ?? size, offset);
    });
    block.indirectChildren.forEach((child, i) => {
      const { size, offset } = placeOf(i, directRows);
      if (isDefined(child)) {
        pending.push({ address: child, rows: indirectBlockRows(table, size), heapOffset: offset });
      }
    });
  }
}

function claimHugeObjects(claims: SpaceClaims, storage: FileStorage, header: FractalHeapHeader, what: string): void {
  const { hugeBTreeAddress, filters } = header;
  if (!isDefined(hugeBTreeAddress)) return;
  const { widths, limits } = storage;
  const direct = hugeIdsDirect(header, widths);
  const records =
    filters === undefined
      ? (direct ? hugeObjectRecords : indirectHugeObjectRecords)(widths)
      : (direct ? filteredHugeObjectRecords : indirectFilteredHugeObjectRecords)(widths);
  claimTreeV2(claims, storage, hugeBTreeAddress, `index of huge objects, ${what}`, (bytes) => {
    const structure = "Version 2 B-tree record";
    const { address, byteLength } = records.decode(new Cursor(bytes, { structure, widths, limits }));
    claims.add("huge-object", address, byteLength, `Huge object of the fractal heap, ${what}`);
  });
}
