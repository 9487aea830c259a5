/**
 * The doubling table of a fractal heap that grows and shrinks.
 *
 * What is changed is collected on a way from the root (`TableWay`) and stored at the end: nothing was changed when something
 * cannot be read. The header's allocation iterator stands behind the last direct block.
 *
 * Reference implementation: H5HFhdr.c (`H5HF__hdr_update_iter`, `H5HF__hdr_reverse_iter`), H5HFiblock.c, H5HFdblock.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { floorLog2, powerOfTwo } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { FractalHeapHeader } from "../../format/fractal-heap.ts";
import type { DirectBlockPointer } from "../../format/fractal-heap-blocks.ts";
import { HeapBlocks, NO_BLOCK } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";
import { type Level, lastEntry, TableWay } from "./table-way.ts";

/** A stretch of the heap's address space. */
export interface HeapStretch {
  readonly start: number;
  readonly end: number;
}

export interface NewBlock {
  readonly offset: number;
  readonly blockSize: number;
  readonly pointer: DirectBlockPointer;
  readonly header: FractalHeapHeader;
  /** Where blocks were left out. */
  readonly skipped: readonly HeapStretch[];
}

/** The header that comes of it is given back, for the caller to store. */
class TableEdit {
  private readonly blocks: HeapBlocks;
  private readonly geometry: HeapGeometry;
  private readonly way: TableWay;
  private header: FractalHeapHeader;
  private readonly skipped: HeapStretch[] = [];

  constructor(blocks: HeapBlocks, geometry: HeapGeometry) {
    this.blocks = blocks;
    this.geometry = geometry;
    this.way = new TableWay(blocks, geometry);
    this.header = blocks.header;
  }

  /** Goes down to the direct block at a heap offset, through indirect blocks that may be new. */
  goTo(offset: number): void {
    this.way.goTo(offset);
  }

  /** Goes behind the last direct block, to where the next one of at least `blockSize` bytes goes. */
  append(blockSize: number): void {
    if (this.header.currentRootRows === 0) this.makeRoot(blockSize);
    else this.way.goToIterator(this.header.allocationIteratorOffset);
    this.advance(blockSize);
  }

  /** C: `H5HF__man_iblock_root_create`. */
  private makeRoot(blockSize: number): void {
    const { geometry } = this;
    const { rootAddress, filters, startingRootRows, table } = this.header;
    const hasBlock = isDefined(rootAddress);
    const least = 1 + geometry.rowOfSize(blockSize);
    const rows = startingRootRows === 0 ? geometry.maxRootRows : Math.max(startingRootRows, least);
    const level = this.way.newLevel(0, rows);
    if (hasBlock) {
      level.children[0] = {
        address: rootAddress,
        ...(filters && {
          filtered: { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask },
        }),
      };
    }
    level.entry = hasBlock ? 1 : 0;
    this.way.levels.push(level);
    this.header = {
      ...this.header,
      allocationIteratorOffset: hasBlock ? table.startingBlockSize : 0,
      filters: filters && { ...filters, filteredRootByteLength: 0, rootFilterMask: 0 },
    };
    this.setRootRows(rows, hasBlock ? geometry.rowPayload(0) : 0);
    if (blockSize > table.startingBlockSize) this.skip(level, (rows - 1) * geometry.width);
  }

  /** The root covers more of the address space, or less. @param oldPayload - Bytes for objects that it covered. */
  private setRootRows(rows: number, oldPayload: number): void {
    const { geometry } = this;
    this.header = {
      ...this.header,
      currentRootRows: rows,
      managedSpace: geometry.entryOffset(rows * geometry.width),
      freeSpace: this.header.freeSpace + geometry.payloadOfRows(rows) - oldPayload,
    };
  }

  /** Leaves out the entries up to number `entry`. C: `H5HF__hdr_skip_blocks`. */
  private skip(level: Level, entry: number): void {
    const { geometry } = this;
    const start = level.base + geometry.entryOffset(level.entry);
    const end = level.base + geometry.entryOffset(entry);
    if (end > start) this.skipped.push({ start, end });
    level.entry = entry;
  }

  private advance(blockSize: number): void {
    const { geometry } = this;
    const wantedRow = geometry.rowOfSize(blockSize);
    const first = this.way.deepest;
    const firstRow = geometry.rowOf(first.entry);
    if (wantedRow > firstRow && firstRow < first.rows) {
      this.skip(first, Math.min(wantedRow, first.rows) * geometry.width);
    }
    for (;;) {
      const level = this.way.deepest;
      const row = geometry.rowOf(level.entry);
      if (row >= level.rows) {
        if (this.way.levels.length === 1) {
          this.growRoot(wantedRow);
        } else {
          this.way.levels.pop();
          this.way.deepest.entry++;
        }
      } else if (row >= geometry.directRows) {
        this.enterOrSkip(level, row, wantedRow);
      } else {
        return;
      }
    }
  }

  /** Goes into a new indirect block, unless its blocks are all too small. */
  private enterOrSkip(level: Level, row: number, wantedRow: number): void {
    const { geometry } = this;
    const childRows = geometry.childRows(row);
    if (wantedRow >= childRows) {
      const next = row + (wantedRow + 1 - childRows);
      this.skip(level, Math.min(next, level.rows) * geometry.width);
    } else if (isDefined((level.children[level.entry] as DirectBlockPointer).address)) {
      throw this.blocks.error(`a block behind the allocation iterator, at ${this.header.allocationIteratorOffset}`);
    } else {
      this.skip(this.way.enter(), wantedRow * geometry.width);
    }
  }

  /** C: `H5HF__man_iblock_root_double`. */
  private growRoot(wantedRow: number): void {
    const { geometry } = this;
    const { root } = this.way;
    const skips = root.rows < geometry.directRows && wantedRow > geometry.rowOf(root.entry);
    const rows = Math.max(skips ? wantedRow + 1 : 0, Math.min(2 * root.rows, geometry.maxRootRows));
    if (rows <= root.rows) throw new HDF5Error("state", "fractal heap is full", { address: this.blocks.address });
    const added = (rows - root.rows) * geometry.width;
    const children = [...root.children, ...new Array<DirectBlockPointer>(added).fill(NO_BLOCK)];
    const grown = { ...root, rows, children, isChanged: true };
    this.way.levels[0] = grown;
    this.setRootRows(rows, geometry.payloadOfRows(root.rows));
    if (skips) this.skip(grown, wantedRow * geometry.width);
  }

  /** Makes the direct block that the way leads to. */
  commitNewBlock(): NewBlock {
    const { geometry, blocks, way } = this;
    const { deepest } = way;
    const row = geometry.rowOf(deepest.entry);
    const blockSize = geometry.blockSize(row);
    const offset = deepest.base + geometry.entryOffset(deepest.entry);
    const [address, ...levelAddresses] = this.allocate([blockSize, ...way.newByteLengths()]) as [Address, ...Address[]];
    const pointer = newBlockPointer(this.header, address, blockSize);
    way.pointer = pointer;
    this.store(levelAddresses);
    blocks.storage.writeBefore(address, way.addressOf(deepest));
    const { header } = this;
    return {
      offset,
      blockSize,
      pointer,
      skipped: this.skipped,
      header: {
        ...header,
        allocatedManagedSpace: header.allocatedManagedSpace + blockSize,
        allocationIteratorOffset: Math.max(header.allocationIteratorOffset, offset + blockSize),
      },
    };
  }

  /** All or none. */
  private allocate(sizes: readonly number[]): Address[] {
    const { storage } = this.blocks;
    const addresses: Address[] = [];
    try {
      for (const size of sizes) addresses.push(storage.allocateLater("local-heap", size));
    } catch (cause) {
      addresses.forEach((address, i) => {
        storage.release("local-heap", address, sizes[i] as number);
      });
      throw cause;
    }
    return addresses;
  }

  /** @param addresses - Of the levels that move, in their order. */
  private store(addresses: readonly Address[]): void {
    const rootAddress = this.way.store(addresses);
    if (rootAddress !== undefined) this.header = { ...this.header, rootAddress };
  }

  /** Sets the pointer that the way leads to, and stores it. */
  commitPointer(pointer: DirectBlockPointer): void {
    const { deepest } = this.way;
    this.way.pointer = pointer;
    this.store([]);
    this.blocks.storage.writeBefore(pointer.address, deepest.address);
  }

  /** Takes the direct block out that the way leads to, and every indirect block that has no other. */
  commitRemoval(): RemovedBlock {
    const { geometry, blocks } = this;
    const blockSize = geometry.blockSize(geometry.rowOf(this.way.deepest.entry));
    const start = this.way.deepest.base + geometry.entryOffset(this.way.deepest.entry);
    const { pointer } = this.way;
    const discards = [{ address: pointer.address, byteLength: HeapBlocks.storedByteLength(pointer, blockSize) }];
    for (const level of this.detach()) {
      discards.push({ address: level.address, byteLength: blocks.indirectByteLength(level.rows) });
    }
    if (this.way.levels.length > 0) {
      const { header } = this;
      const isLast = start + blockSize === header.allocationIteratorOffset;
      this.header = {
        ...header,
        allocatedManagedSpace: header.allocatedManagedSpace - blockSize,
        allocationIteratorOffset: isLast ? this.way.lastBlockEnd() : header.allocationIteratorOffset,
      };
      this.store(this.shrinkRoot(discards));
    }
    for (const { address, byteLength } of discards) blocks.discard(address, byteLength);
    return { header: this.header, start, end: start + blockSize };
  }

  /** Levels that lost their only block, the deepest first; they are not on the way any more. */
  private detach(): Level[] {
    const emptied: Level[] = [];
    for (;;) {
      const { deepest } = this.way;
      this.way.pointer = NO_BLOCK;
      if (deepest.children.some(({ address }) => isDefined(address))) return emptied;
      emptied.push(deepest);
      this.way.levels.pop();
      if (this.way.levels.length > 0) continue;
      this.header = emptyHeader(this.header);
      return emptied;
    }
  }

  /**
   * A root with one block, at its start, is replaced by that block; one with few is made smaller.
   *
   * @returns Addresses for {@link store}.
   * C: `H5HF__man_iblock_detach`.
   */
  private shrinkRoot(discards: { address: Address; byteLength: number }[]): Address[] {
    const { geometry, blocks } = this;
    const { root } = this.way;
    const last = lastEntry(root.children);
    if (last === 0) {
      discards.push({ address: root.address, byteLength: blocks.indirectByteLength(root.rows) });
      this.revertRoot(root.children[0] as DirectBlockPointer);
      return [];
    }
    const lastRow = geometry.rowOf(last);
    const rows = powerOfTwo(1 + floorLog2(Math.max(lastRow, 1)));
    const isLastGone = this.way.levels.length === 1 && root.entry > last;
    if (!isLastGone || this.header.startingRootRows === 0 || lastRow > root.rows / 2 || rows >= root.rows) return [];
    const addresses = this.allocate([blocks.indirectByteLength(rows)]);
    this.way.levels[0] = { ...root, rows, children: root.children.slice(0, rows * geometry.width), isChanged: true };
    this.setRootRows(rows, geometry.payloadOfRows(root.rows));
    return addresses;
  }

  /** C: `H5HF__man_iblock_root_revert`. */
  private revertRoot(pointer: DirectBlockPointer): void {
    const { geometry, header } = this;
    const { root } = this.way;
    const { startingBlockSize } = header.table;
    const { filters } = header;
    this.way.levels.length = 0;
    this.header = {
      ...header,
      rootAddress: pointer.address,
      currentRootRows: 0,
      managedSpace: startingBlockSize,
      allocationIteratorOffset: startingBlockSize,
      freeSpace: header.freeSpace - geometry.payloadOfRows(root.rows) + geometry.rowPayload(0),
      filters: filters && {
        ...filters,
        filteredRootByteLength: pointer.filtered?.byteLength ?? startingBlockSize,
        rootFilterMask: pointer.filtered?.filterMask ?? 0,
      },
    };
  }
}

export interface RemovedBlock extends HeapStretch {
  readonly header: FractalHeapHeader;
}

function newBlockPointer(header: FractalHeapHeader, address: Address, blockSize: number): DirectBlockPointer {
  return header.filters === undefined ? { address } : { address, filtered: { byteLength: blockSize, filterMask: 0 } };
}

/** C: `H5HF__hdr_empty`. */
export function emptyHeader(header: FractalHeapHeader): FractalHeapHeader {
  const { filters } = header;
  return {
    ...header,
    rootAddress: UNDEFINED_ADDRESS,
    currentRootRows: 0,
    managedSpace: 0,
    allocatedManagedSpace: 0,
    allocationIteratorOffset: 0,
    freeSpace: 0,
    filters: filters && { ...filters, filteredRootByteLength: 0, rootFilterMask: 0 },
  };
}

/** The first block of a heap, which is its root. C: `H5HF__man_dblock_new`. */
function makeRootBlock(blocks: HeapBlocks, geometry: HeapGeometry): NewBlock {
  const { header } = blocks;
  const blockSize = header.table.startingBlockSize;
  // At once, so that what few links or attributes there are lies by their object: readers of far files find it there.
  const address = blocks.storage.allocate("local-heap", blockSize);
  blocks.storage.writeBefore(address, blocks.address);
  const { filters } = header;
  return {
    offset: 0,
    blockSize,
    pointer: newBlockPointer(header, address, blockSize),
    skipped: [],
    header: {
      ...header,
      rootAddress: address,
      managedSpace: blockSize,
      allocatedManagedSpace: blockSize,
      freeSpace: header.freeSpace + geometry.rowPayload(0),
      filters: filters && { ...filters, filteredRootByteLength: blockSize, rootFilterMask: 0 },
    },
  };
}

/**
 * A new direct block of at least `blockSize` bytes behind all others.
 *
 * @throws HDF5Error "state" when the heap's address space is used up.
 */
export function appendBlock(blocks: HeapBlocks, geometry: HeapGeometry, blockSize: number): NewBlock {
  const { rootAddress, table } = blocks.header;
  if (!isDefined(rootAddress) && blockSize === table.startingBlockSize) return makeRootBlock(blocks, geometry);
  const edit = new TableEdit(blocks, geometry);
  edit.append(blockSize);
  return edit.commitNewBlock();
}

/** The direct block at a heap offset before the allocation iterator, which is missing. */
export function makeMissingBlock(blocks: HeapBlocks, geometry: HeapGeometry, offset: number): NewBlock {
  const edit = new TableEdit(blocks, geometry);
  edit.goTo(offset);
  return edit.commitNewBlock();
}

/** Frees the direct block at a heap offset; the root is an indirect block. */
export function removeBlock(blocks: HeapBlocks, geometry: HeapGeometry, offset: number): RemovedBlock {
  const edit = new TableEdit(blocks, geometry);
  edit.goTo(offset);
  return edit.commitRemoval();
}

/** Points at the direct block at a heap offset anew; the root is an indirect block. */
export function changePointer(
  blocks: HeapBlocks,
  geometry: HeapGeometry,
  offset: number,
  pointer: DirectBlockPointer,
): void {
  const edit = new TableEdit(blocks, geometry);
  edit.goTo(offset);
  edit.commitPointer(pointer);
}
