/**
 * The doubling table of a fractal heap: which block holds which heap offset.
 *
 * Specification: III.G, "Fractal Heap", "The Doubling Table". Reference implementation: H5HFdtable.c, H5HFpkg.h. DIFF: the rows
 * of an indirect block depend on the table's width, which the specification leaves out of its formula.
 *
 * Rows have `width` blocks each. Blocks of row 0 and row 1 have the starting size; from then on each row doubles it.
 * Rows up to the largest direct block size hold direct blocks, further rows indirect blocks, which are tables again.
 */
import { floorLog2, powerOfTwo } from "../base/bits.ts";

/** How large the blocks of a heap are. Specification: III.G, "The Doubling Table". */
export interface DoublingTable {
  /** Blocks a row; a power of two. */
  readonly width: number;
  /** Bytes of a block in row 0; a power of two. */
  readonly startingBlockSize: number;
  /** Bytes of the largest direct block; a power of two. */
  readonly maxDirectBlockSize: number;
  /** Bits of the heap's address space. */
  readonly maxHeapBits: number;
}

/** Which block of an indirect block a heap offset lies in. */
export interface BlockPosition {
  /** Number of the row, from 0. */
  readonly row: number;
  /** Number within the row, from 0. */
  readonly column: number;
  /** Where the block starts, in the table's own offsets. */
  readonly blockOffset: number;
  /** Bytes of the block. */
  readonly blockSize: number;
}

/** Bytes of a heap offset in block prefixes and object IDs. */
export function heapOffsetBytes(table: DoublingTable): number {
  return Math.ceil(table.maxHeapBits / 8);
}

/** Rows that hold direct blocks. */
export function maxDirectRows(table: DoublingTable): number {
  return floorLog2(table.maxDirectBlockSize) - floorLog2(table.startingBlockSize) + 2;
}

/** The most rows a root indirect block can have. */
export function maxRootRows(table: DoublingTable): number {
  return Math.max(1, table.maxHeapBits - floorLog2(table.startingBlockSize * table.width) + 1);
}

/** Bytes of each block in a row. */
export function rowBlockSize(table: DoublingTable, row: number): number {
  return row === 0 ? table.startingBlockSize : table.startingBlockSize * powerOfTwo(row - 1);
}

/** Offset of a row's first block. */
export function rowOffset(table: DoublingTable, row: number): number {
  return row === 0 ? 0 : table.width * table.startingBlockSize * powerOfTwo(row - 1);
}

/** Rows of an indirect block that is not the root and covers `blockSize` bytes of the heap. */
export function indirectBlockRows(table: DoublingTable, blockSize: number): number {
  return floorLog2(blockSize) - floorLog2(table.startingBlockSize * table.width) + 1;
}

/** Bytes of the heap that a table of `rows` rows covers. */
export function coveredBytes(table: DoublingTable, rows: number): number {
  return rows === 0 ? 0 : rowOffset(table, rows);
}

/** The block of a table that holds `offset`, an offset in the table's own space. */
export function locateBlock(table: DoublingTable, offset: number): BlockPosition {
  const firstRow = table.width * table.startingBlockSize;
  if (offset < firstRow) {
    const column = Math.floor(offset / table.startingBlockSize);
    return { row: 0, column, blockOffset: column * table.startingBlockSize, blockSize: table.startingBlockSize };
  }
  const power = floorLog2(offset);
  const row = power - floorLog2(firstRow) + 1;
  const blockSize = rowBlockSize(table, row);
  const column = Math.floor((offset - powerOfTwo(power)) / blockSize);
  return { row, column, blockOffset: powerOfTwo(power) + column * blockSize, blockSize };
}
