/**
 * Fractal heap header. Blocks are in `fractal-heap-blocks.ts`, object IDs in `fractal-heap-id.ts`.
 *
 * Specification: III.G, "Fractal Heap". Reference implementation: H5HFcache.c, H5HFhdr.c.
 *
 * | field                                    | bytes                             |
 * | ---------------------------------------- | --------------------------------- |
 * | Signature                                | 4, "FRHP"                         |
 * | Version                                  | 1, here 0                         |
 * | Heap ID Length                           | 2                                 |
 * | I/O Filters' Encoded Length              | 2                                 |
 * | Flags                                    | 1: bit 0 IDs wrapped, bit 1 direct blocks checksummed |
 * | Maximum Size of Managed Objects          | 4                                 |
 * | Next Huge Object ID                      | L                                 |
 * | v2 B-tree Address of Huge Objects        | O                                 |
 * | Amount of Free Space in Managed Blocks   | L                                 |
 * | Address of Managed Block Free Space Manager | O                              |
 * | Amount of Managed Space in Heap          | L                                 |
 * | Amount of Allocated Managed Space in Heap | L                                |
 * | Offset of Direct Block Allocation Iterator | L                               |
 * | Number of Managed Objects                | L                                 |
 * | Size, Number of Huge Objects             | L, L                              |
 * | Size, Number of Tiny Objects             | L, L                              |
 * | Table Width                              | 2                                 |
 * | Starting Block Size                      | L                                 |
 * | Maximum Direct Block Size                | L                                 |
 * | Maximum Heap Size                        | 2, in bits                        |
 * | Starting # of Rows in Root Indirect Block | 2                                |
 * | Address of Root Block                    | O                                 |
 * | Current # of Rows in Root Indirect Block | 2                                 |
 * | Size of Filtered Root Direct Block       | L, if there are filters           |
 * | I/O Filter Mask                          | 4, if there are filters           |
 * | I/O Filter Information                   | as said, a filter pipeline message |
 * | Checksum                                 | 4                                 |
 *
 * O stands for Size of Offsets bytes, L for Size of Lengths.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { isPowerOfTwo } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeFilterPipeline,
  encodeFilterPipeline,
  type FilterPipeline,
  sizeOfFilterPipeline,
} from "./filter-pipeline.ts";
import { type DoublingTable, maxRootRows } from "./fractal-heap-doubling-table.ts";

/** Filters of a heap's blocks and huge objects. */
export interface FractalHeapFilters {
  /** Stored bytes of the root, where that is a direct block. */
  readonly filteredRootByteLength: number;
  /** Of a root that is a direct block: bit i is set when filter i was left out. */
  readonly rootFilterMask: number;
  /** What direct blocks and huge objects go through. */
  readonly pipeline: FilterPipeline;
}

/** What holds for a heap, and where its root is. Specification: III.G, "Fractal Heap". */
export interface FractalHeapHeader {
  /** Bytes of an object ID. */
  readonly idLength: number;
  /** IDs of huge objects have wrapped around. */
  readonly hugeIdsWrapped: boolean;
  /** Whether direct blocks have a checksum. */
  readonly directBlocksChecksummed: boolean;
  /** Larger objects are huge. */
  readonly maxManagedObjectSize: number;
  /** The number that the next huge object gets. */
  readonly nextHugeId: number;
  /** The version 2 B-tree of huge objects; undefined without any. */
  readonly hugeBTreeAddress: Address;
  /** Free bytes within the managed blocks. */
  readonly freeSpace: number;
  /** The manager of free space in managed blocks; undefined without any. */
  readonly freeSpaceManagerAddress: Address;
  /** Bytes of the heap's address space that blocks could take, up to the end of the root block. */
  readonly managedSpace: number;
  /** Bytes of the blocks that exist. */
  readonly allocatedManagedSpace: number;
  /** Heap offset where the next direct block goes. */
  readonly allocationIteratorOffset: number;
  /** Objects in managed blocks. */
  readonly managedObjectCount: number;
  /** Bytes of all huge objects. */
  readonly hugeObjectSize: number;
  /** Objects too large for managed blocks. */
  readonly hugeObjectCount: number;
  /** Bytes of all tiny objects. */
  readonly tinyObjectSize: number;
  /** Objects that are in their IDs. */
  readonly tinyObjectCount: number;
  /** How large blocks are. */
  readonly table: DoublingTable;
  /** Rows of the first indirect root block. */
  readonly startingRootRows: number;
  /** Undefined for a heap without managed objects. */
  readonly rootAddress: Address;
  /** 0 when the root is a direct block, or there is none. */
  readonly currentRootRows: number;
  /** What blocks and huge objects go through; undefined for nothing. */
  readonly filters: FractalHeapFilters | undefined;
}

const SIGNATURE = "FRHP";
const VERSION = 0;
const HUGE_IDS_WRAPPED = 0x01;
const CHECKSUM_DIRECT_BLOCKS = 0x02;
const MAX_HEAP_BITS = 64;

/** Bytes of a header without filters; enough to learn from it how many more there are. */
export function sizeOfUnfilteredFractalHeapHeader(widths: FileWidths): number {
  return 26 + 3 * widths.sizeOfOffsets + 12 * widths.sizeOfLengths;
}

export function sizeOfFractalHeapHeader(header: FractalHeapHeader, widths: FileWidths): number {
  const unfiltered = sizeOfUnfilteredFractalHeapHeader(widths);
  if (header.filters === undefined) return unfiltered;
  return unfiltered + widths.sizeOfLengths + 4 + sizeOfFilterPipeline(header.filters.pipeline);
}

/** Bytes of a whole header, from its first {@link sizeOfUnfilteredFractalHeapHeader}; `cursor` ends up after 9 of them. */
export function fractalHeapHeaderByteLength(cursor: Cursor): number {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  cursor.skip(2, "Heap ID Length");
  const filterBytes = cursor.u16("I/O Filters' Encoded Length");
  const unfiltered = sizeOfUnfilteredFractalHeapHeader(cursor.widths);
  return filterBytes === 0 ? unfiltered : unfiltered + cursor.widths.sizeOfLengths + 4 + filterBytes;
}

export function decodeFractalHeapHeader(cursor: Cursor): FractalHeapHeader {
  const start = cursor.position;
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  const idLength = cursor.u16("Heap ID Length");
  if (idLength === 0) throw cursor.error("is 0", "Heap ID Length");
  const filterBytes = cursor.u16("I/O Filters' Encoded Length");
  const flags = cursor.u8("Flags");
  const maxManagedObjectSize = cursor.u32("Maximum Size of Managed Objects");
  const nextHugeId = cursor.finiteLength("Next Huge Object ID");
  const hugeBTreeAddress = cursor.addressValue("v2 B-tree Address of Huge Objects");
  const freeSpace = cursor.finiteLength("Amount of Free Space in Managed Blocks");
  const freeSpaceManagerAddress = cursor.addressValue("Address of Managed Block Free Space Manager");
  const managedSpace = cursor.finiteLength("Amount of Managed Space in Heap");
  const allocatedManagedSpace = cursor.finiteLength("Amount of Allocated Managed Space in Heap");
  const allocationIteratorOffset = cursor.finiteLength("Offset of Direct Block Allocation Iterator");
  const managedObjectCount = cursor.finiteLength("Number of Managed Objects in Heap");
  const hugeObjectSize = cursor.finiteLength("Size of Huge Objects in Heap");
  const hugeObjectCount = cursor.finiteLength("Number of Huge Objects in Heap");
  const tinyObjectSize = cursor.finiteLength("Size of Tiny Objects in Heap");
  const tinyObjectCount = cursor.finiteLength("Number of Tiny Objects in Heap");
  const width = cursor.u16("Table Width");
  const startingBlockSize = cursor.finiteLength("Starting Block Size");
  const maxDirectBlockSize = cursor.finiteLength("Maximum Direct Block Size");
  const table: DoublingTable = {
    width,
    startingBlockSize,
    maxDirectBlockSize,
    maxHeapBits: cursor.u16("Maximum Heap Size"),
  };
  const startingRootRows = cursor.u16("Starting # of Rows in Root Indirect Block");
  const rootAddress = cursor.addressValue("Address of Root Block");
  const currentRootRows = cursor.u16("Current # of Rows in Root Indirect Block");
  const filters = filterBytes === 0 ? undefined : decodeFilters(cursor, filterBytes);
  cursor.checksum(start);
  checkTable(cursor, table, currentRootRows);
  return {
    idLength,
    hugeIdsWrapped: (flags & HUGE_IDS_WRAPPED) !== 0,
    directBlocksChecksummed: (flags & CHECKSUM_DIRECT_BLOCKS) !== 0,
    maxManagedObjectSize,
    nextHugeId,
    hugeBTreeAddress,
    freeSpace,
    freeSpaceManagerAddress,
    managedSpace,
    allocatedManagedSpace,
    allocationIteratorOffset,
    managedObjectCount,
    hugeObjectSize,
    hugeObjectCount,
    tinyObjectSize,
    tinyObjectCount,
    table,
    startingRootRows,
    rootAddress,
    currentRootRows,
    filters,
  };
}

function decodeFilters(cursor: Cursor, filterBytes: number): FractalHeapFilters {
  const filteredRootByteLength = cursor.finiteLength("Size of Filtered Root Direct Block");
  const rootFilterMask = cursor.u32("I/O Filter Mask");
  const information = cursor.sub(filterBytes, cursor.structure, "I/O Filter Information");
  return { filteredRootByteLength, rootFilterMask, pipeline: decodeFilterPipeline(information) };
}

/** Refuses what the doubling table's arithmetic cannot work with. */
function checkTable(cursor: Cursor, table: DoublingTable, currentRootRows: number): void {
  const { width, startingBlockSize, maxDirectBlockSize, maxHeapBits } = table;
  if (!isPowerOfTwo(width)) throw cursor.error(`${width} is not a power of two`, "Table Width");
  if (!isPowerOfTwo(startingBlockSize)) {
    throw cursor.error(`${startingBlockSize} is not a power of two`, "Starting Block Size");
  }
  if (!isPowerOfTwo(maxDirectBlockSize) || maxDirectBlockSize < startingBlockSize) {
    throw cursor.error(
      `${maxDirectBlockSize} is not a power of two from ${startingBlockSize} on`,
      "Maximum Direct Block Size",
    );
  }
  if (maxHeapBits === 0 || maxHeapBits > MAX_HEAP_BITS) throw cursor.error(`${maxHeapBits} bits`, "Maximum Heap Size");
  if (currentRootRows > maxRootRows(table)) {
    throw cursor.error(
      `${currentRootRows} rows, the heap's size allows ${maxRootRows(table)}`,
      "Current # of Rows in Root Indirect Block",
    );
  }
}

export function encodeFractalHeapHeader(writer: Writer, header: FractalHeapHeader): void {
  const start = writer.position;
  const { table, filters } = header;
  writer.signature(SIGNATURE).u8(VERSION).u16(header.idLength);
  writer.u16(filters === undefined ? 0 : sizeOfFilterPipeline(filters.pipeline));
  writer.u8(
    (header.hugeIdsWrapped ? HUGE_IDS_WRAPPED : 0) | (header.directBlocksChecksummed ? CHECKSUM_DIRECT_BLOCKS : 0),
  );
  writer.u32(header.maxManagedObjectSize).lengthValue(header.nextHugeId).addressValue(header.hugeBTreeAddress);
  writer.lengthValue(header.freeSpace).addressValue(header.freeSpaceManagerAddress);
  writer.lengthValue(header.managedSpace).lengthValue(header.allocatedManagedSpace);
  writer.lengthValue(header.allocationIteratorOffset).lengthValue(header.managedObjectCount);
  writer.lengthValue(header.hugeObjectSize).lengthValue(header.hugeObjectCount);
  writer.lengthValue(header.tinyObjectSize).lengthValue(header.tinyObjectCount);
  writer.u16(table.width).lengthValue(table.startingBlockSize).lengthValue(table.maxDirectBlockSize);
  writer.u16(table.maxHeapBits).u16(header.startingRootRows);
  writer.addressValue(header.rootAddress).u16(header.currentRootRows);
  if (filters !== undefined) {
    writer.lengthValue(filters.filteredRootByteLength).u32(filters.rootFilterMask);
    encodeFilterPipeline(writer, filters.pipeline);
  }
  writer.checksum(start);
}
