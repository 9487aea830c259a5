/**
 * What follows from a fractal heap's header alone: where blocks lie in the heap's address space, and how much they hold.
 *
 * Reference implementation: H5HFdtable.c, H5HFhdr.c (`H5HF__hdr_compute_free_space`). Entries of an indirect block are
 * numbered row by row.
 */
import type { FileWidths } from "../../base/address.ts";
import { floorLog2, powerOfTwo } from "../../base/bits.ts";
import type { FractalHeapHeader } from "../../format/fractal-heap.ts";
import { directBlockPrefixBytes } from "../../format/fractal-heap-blocks.ts";
import {
  type DoublingTable,
  indirectBlockRows,
  locateBlock,
  maxDirectRows,
  maxRootRows,
  rowBlockSize,
  rowOffset,
} from "../../format/fractal-heap-doubling-table.ts";

/** An entry of an indirect block. */
export interface EntryPlace {
  readonly entry: number;
  readonly row: number;
  /** Offset of its block from the start of the indirect block. */
  readonly offset: number;
  readonly blockSize: number;
}

export class HeapGeometry {
  readonly table: DoublingTable;
  readonly width: number;
  /** Rows of direct blocks. */
  readonly directRows: number;
  readonly maxRootRows: number;
  /** Bytes of a direct block before its first object. */
  readonly overhead: number;
  private readonly payloads: number[] = [];

  constructor(header: FractalHeapHeader, widths: FileWidths) {
    this.table = header.table;
    this.width = header.table.width;
    this.directRows = maxDirectRows(header.table);
    this.maxRootRows = maxRootRows(header.table);
    this.overhead = directBlockPrefixBytes(header, widths);
  }

  rowOf(entry: number): number {
    return Math.floor(entry / this.width);
  }

  blockSize(row: number): number {
    return rowBlockSize(this.table, row);
  }

  /** Offset of an entry's block from the start of its indirect block; of the end, for the number of entries. */
  entryOffset(entry: number): number {
    const row = this.rowOf(entry);
    return rowOffset(this.table, row) + (entry % this.width) * this.blockSize(row);
  }

  /** The first row whose direct blocks have `byteLength` bytes, a power of two. */
  rowOfSize(byteLength: number): number {
    const { startingBlockSize } = this.table;
    return byteLength <= startingBlockSize ? 0 : floorLog2(byteLength) - floorLog2(startingBlockSize) + 1;
  }

  /** Rows of the indirect blocks in a row. */
  childRows(row: number): number {
    return indirectBlockRows(this.table, this.blockSize(row));
  }

  locate(offset: number): EntryPlace {
    const { row, column, blockOffset, blockSize } = locateBlock(this.table, offset);
    return { entry: row * this.width + column, row, offset: blockOffset, blockSize };
  }

  /** Bytes for objects in a block of a row: in an indirect one, in all blocks below it, whether they exist or not. */
  rowPayload(row: number): number {
    const known = this.payloads[row];
    if (known !== undefined) return known;
    const payload =
      row < this.directRows ? this.blockSize(row) - this.overhead : this.payloadOfRows(this.childRows(row));
    this.payloads[row] = payload;
    return payload;
  }

  payloadOfRows(rows: number): number {
    let total = 0;
    for (let row = 0; row < rows; row++) total += this.width * this.rowPayload(row);
    return total;
  }

  /** Bytes for objects in the direct blocks before `offset`, which is where a direct block starts. */
  payloadBefore(offset: number): number {
    let total = 0;
    let rest = offset;
    while (rest > 0) {
      const place = this.locate(rest);
      total += this.payloadOfRows(place.row) + (place.entry % this.width) * this.rowPayload(place.row);
      rest -= place.offset;
      if (place.row < this.directRows) break;
    }
    return total;
  }

  /** Bytes of the smallest direct block with room for an object. C: `H5HF__man_dblock_new`. */
  blockSizeFor(objectBytes: number): number {
    const { startingBlockSize } = this.table;
    const size = objectBytes < startingBlockSize ? startingBlockSize : powerOfTwo(1 + floorLog2(objectBytes));
    return size - objectBytes < this.overhead ? 2 * size : size;
  }
}
