/**
 * What the blocks of a fractal heap say, counted anew from the file's bytes: nothing here comes from the engine, and the
 * doubling table's arithmetic is done by adding up.
 */
import { type Address, isDefined } from "../../../src/base/address.ts";
import type { FileStorage } from "../../../src/engine/file-storage.ts";
import { decodePipeline } from "../../../src/filters/pipeline.ts";
import {
  decodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfUnfilteredFractalHeapHeader,
} from "../../../src/format/fractal-heap.ts";
import { decodeIndirectBlock, sizeOfIndirectBlock } from "../../../src/format/fractal-heap-blocks.ts";
import {
  decodeFreeSpaceHeader,
  decodeFreeSpaceSectionList,
  type FreeSpaceHeader,
  sizeOfFreeSpaceHeader,
} from "../../../src/format/free-space.ts";

export interface CountedBlock {
  readonly offset: number;
  readonly size: number;
  readonly address: Address;
  readonly storedBytes: number;
}

export interface Recount {
  readonly header: FractalHeapHeader;
  readonly blocks: readonly CountedBlock[];
  /** Bytes in the file: blocks, indirect blocks, header, free-space manager. */
  readonly extents: readonly { readonly address: Address; readonly byteLength: number }[];
  readonly managedSpace: number;
  readonly allocated: number;
  /** Bytes for objects, in all blocks up to the managed space whether they exist or not. */
  readonly capacity: number;
  readonly lastBlockEnd: number;
  /** Free bytes in blocks, by the section list: start and length. */
  readonly singles: readonly { readonly start: number; readonly byteLength: number }[];
  /** Direct blocks that the section list has as missing: start and length. */
  readonly missing: readonly { readonly start: number; readonly byteLength: number }[];
  readonly manager: FreeSpaceHeader | undefined;
  /** Sections as the library has them in memory: singles, and each row of missing blocks. */
  readonly sectionCount: number;
  readonly sectionBytes: number;
  read(heapOffset: number, byteLength: number): Uint8Array;
}

class Counter {
  readonly blocks: CountedBlock[] = [];
  readonly extents: { address: Address; byteLength: number }[] = [];
  readonly singles: { start: number; byteLength: number }[] = [];
  readonly missing: { start: number; byteLength: number }[] = [];
  rowSections = 0;
  rowBytes = 0;
  readonly storage: FileStorage;
  readonly header: FractalHeapHeader;
  readonly overhead: number;

  constructor(storage: FileStorage, header: FractalHeapHeader) {
    this.storage = storage;
    this.header = header;
    this.overhead =
      5 +
      storage.widths.sizeOfOffsets +
      Math.ceil(header.table.maxHeapBits / 8) +
      (header.directBlocksChecksummed ? 4 : 0);
  }

  sizeOfRow(row: number): number {
    let size = this.header.table.startingBlockSize;
    for (let i = 1; i < row; i++) size *= 2;
    return size;
  }

  rowStart(row: number): number {
    let start = 0;
    for (let i = 0; i < row; i++) start += this.header.table.width * this.sizeOfRow(i);
    return start;
  }

  isDirect(row: number): boolean {
    return this.sizeOfRow(row) <= this.header.table.maxDirectBlockSize;
  }

  /** Rows of an indirect block that covers `size` bytes. */
  rowsFor(size: number): number {
    let rows = 0;
    while (this.rowStart(rows) < size) rows++;
    return rows;
  }

  capacityOfRow(row: number): number {
    if (this.isDirect(row)) return this.header.table.width * (this.sizeOfRow(row) - this.overhead);
    return this.header.table.width * this.capacity(this.rowsFor(this.sizeOfRow(row)));
  }

  capacity(rows: number): number {
    let total = 0;
    for (let row = 0; row < rows; row++) total += this.capacityOfRow(row);
    return total;
  }

  walk(address: Address, rows: number, base: number): void {
    const byteLength = sizeOfIndirectBlock(this.header, rows, this.storage.widths);
    this.extents.push({ address, byteLength });
    const cursor = this.storage.cursor(this.storage.readMetadata(address, byteLength), "Fractal heap", address);
    const block = decodeIndirectBlock(cursor, this.header, rows);
    if (block.blockOffset !== base) throw new Error(`indirect block at ${block.blockOffset}, expected ${base}`);
    const { width } = this.header.table;
    const children = [...block.directChildren, ...block.indirectChildren.map((child) => ({ address: child }))];
    let count = 0;
    children.forEach((child, entry) => {
      if (!isDefined(child.address)) return;
      count++;
      const row = Math.floor(entry / width);
      const offset = base + this.rowStart(row) + (entry % width) * this.sizeOfRow(row);
      if (!this.isDirect(row)) {
        this.walk(child.address, this.rowsFor(this.sizeOfRow(row)), offset);
        return;
      }
      const filtered = "filtered" in child ? child.filtered : undefined;
      this.addBlock(offset, this.sizeOfRow(row), child.address, filtered?.byteLength);
    });
    if (count === 0) throw new Error(`indirect block at ${base} without blocks`);
  }

  addBlock(offset: number, size: number, address: Address, stored: number | undefined): void {
    const storedBytes = stored ?? size;
    this.blocks.push({ offset, size, address, storedBytes });
    this.extents.push({ address, byteLength: storedBytes });
  }

  /** Entries of the indirect block at `base`; those of indirect rows stand for all blocks below them. */
  addMissing(base: number, first: number, count: number): void {
    const { width } = this.header.table;
    let lastRow = -1;
    for (let entry = first; entry < first + count; entry++) {
      const row = Math.floor(entry / width);
      const start = base + this.rowStart(row) + (entry % width) * this.sizeOfRow(row);
      if (!this.isDirect(row)) {
        this.addMissing(start, 0, width * this.rowsFor(this.sizeOfRow(row)));
        continue;
      }
      this.missing.push({ start, byteLength: this.sizeOfRow(row) });
      if (row === lastRow) continue;
      lastRow = row;
      this.rowSections++;
      this.rowBytes += this.sizeOfRow(row) - this.overhead;
    }
  }

  addManager(): FreeSpaceHeader | undefined {
    const { storage, header } = this;
    const address = header.freeSpaceManagerAddress;
    if (!isDefined(address)) return undefined;
    const byteLength = sizeOfFreeSpaceHeader(storage.widths);
    this.extents.push({ address, byteLength });
    const manager = decodeFreeSpaceHeader(
      storage.cursor(storage.readMetadata(address, byteLength), "Free-space header", address),
    );
    const at = manager.sectionListAddress;
    if (!isDefined(at)) return manager;
    this.extents.push({ address: at, byteLength: manager.allocatedByteLength });
    const list = decodeFreeSpaceSectionList(
      storage.cursor(storage.readMetadata(at, manager.usedByteLength), "Free-space section list", at),
      manager,
    );
    for (const { sectionSize, sections } of list.sets) {
      for (const { offset, indirect } of sections) {
        if (indirect === undefined) this.singles.push({ start: offset, byteLength: sectionSize });
        else
          this.addMissing(
            indirect.blockOffset,
            indirect.row * header.table.width + indirect.column,
            indirect.entryCount,
          );
      }
    }
    return manager;
  }
}

/** Reads a heap from the file: everything that was changed must have been flushed. */
export function recount(storage: FileStorage, address: Address): Recount {
  const least = sizeOfUnfilteredFractalHeapHeader(storage.widths);
  const byteLength = fractalHeapHeaderByteLength(
    storage.cursor(storage.readMetadata(address, least), "Fractal heap header", address),
  );
  const header = decodeFractalHeapHeader(
    storage.cursor(storage.readMetadata(address, byteLength), "Fractal heap header", address),
  );
  const counter = new Counter(storage, header);
  counter.extents.push({ address, byteLength });
  const { table, rootAddress, currentRootRows, filters } = header;
  let managedSpace = 0;
  let capacity = 0;
  if (isDefined(rootAddress) && currentRootRows === 0) {
    counter.addBlock(0, table.startingBlockSize, rootAddress, filters?.filteredRootByteLength);
    managedSpace = table.startingBlockSize;
    capacity = table.startingBlockSize - counter.overhead;
  } else if (isDefined(rootAddress)) {
    counter.walk(rootAddress, currentRootRows, 0);
    managedSpace = counter.rowStart(currentRootRows);
    capacity = counter.capacity(currentRootRows);
  }
  const manager = counter.addManager();
  const { blocks } = counter;
  return {
    header,
    blocks,
    extents: counter.extents,
    managedSpace,
    allocated: blocks.reduce((sum, { size }) => sum + size, 0),
    capacity,
    lastBlockEnd: blocks.reduce((end, { offset, size }) => Math.max(end, offset + size), 0),
    singles: counter.singles.sort((a, b) => a.start - b.start),
    missing: counter.missing.sort((a, b) => a.start - b.start),
    manager,
    sectionCount: counter.singles.length + counter.rowSections,
    sectionBytes: counter.singles.reduce((sum, single) => sum + single.byteLength, counter.rowBytes),
    read(heapOffset, length) {
      const block = blocks.find(({ offset, size }) => heapOffset >= offset && heapOffset < offset + size);
      if (block === undefined) throw new Error(`no block at ${heapOffset}`);
      const stored = storage.readMetadata(block.address, block.storedBytes);
      const bytes =
        filters === undefined
          ? stored
          : decodePipeline(filters.pipeline.filters, stored, 0, block.size, storage.limits);
      return bytes.subarray(heapOffset - block.offset, heapOffset - block.offset + length);
    },
  };
}

/**
 * Every disagreement between the header, the blocks, the free-space manager and the objects.
 *
 * @param objects - Heap offset and length of every managed object.
 */
export function disagreements(
  count: Recount,
  objects: readonly { readonly start: number; readonly byteLength: number }[],
  overhead: number,
): string[] {
  const found: string[] = [];
  const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) found.push(`${what}: ${actual}, counted ${expected}`);
  };
  const { header, blocks, manager } = count;
  const used = objects.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expectEqual("managed space", header.managedSpace, count.managedSpace);
  expectEqual("allocated", header.allocatedManagedSpace, count.allocated);
  expectEqual("free space", header.freeSpace, count.capacity - used);
  expectEqual("managed objects", header.managedObjectCount, objects.length);
  const end = header.currentRootRows === 0 && header.allocationIteratorOffset === 0 ? 0 : count.lastBlockEnd;
  expectEqual("allocation iterator", header.allocationIteratorOffset, end);
  expectEqual("sections", manager?.sectionCount ?? 0, count.sectionCount);
  expectEqual("space of sections", manager?.totalSpace ?? 0, count.sectionBytes);
  expectEqual("room of the section list", manager?.allocatedByteLength ?? 0, manager?.usedByteLength ?? 0);
  expectEqual(
    "serialized and ghost sections",
    (manager?.serializedSectionCount ?? 0) + (manager?.ghostSectionCount ?? 0),
    count.sectionCount,
  );
  // Prefixes, objects, free bytes and missing blocks fill the heap up to the last block without a gap.
  const parts = [
    ...blocks.map(({ offset }) => ({ start: offset, byteLength: overhead })),
    ...objects,
    ...count.singles,
    ...count.missing,
  ].sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, byteLength } of parts) {
    if (start !== at) found.push(`heap offset ${at}: ${start > at ? "nothing" : "two things"} before ${start}`);
    at = start + byteLength;
  }
  expectEqual("end of what is known", at, count.lastBlockEnd);
  for (let i = 1; i < count.singles.length; i++) {
    const before = count.singles[i - 1];
    if (before !== undefined && before.start + before.byteLength === count.singles[i]?.start) {
      found.push(`free ranges that touch at ${before.start + before.byteLength}`);
    }
  }
  return found;
}
