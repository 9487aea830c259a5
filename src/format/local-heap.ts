/**
 * Local heap: the names of an old-style group, or of an external file list.
 *
 * Specification: III.D, "Disk Format: Level 1D - Local Heaps". Reference implementation: H5HL.c, H5HLcache.c.
 *
 * | field                       | bytes           |
 * | --------------------------- | --------------- |
 * | Signature                   | 4, "HEAP"       |
 * | Version                     | 1, here 0       |
 * | Reserved                    | 3               |
 * | Data Segment Size           | Size of Lengths |
 * | Offset to Head of Free-list | Size of Lengths |
 * | Address of Data Segment     | Size of Offsets |
 *
 * The data segment lies anywhere. Its unused parts form a list, each of them starting with
 *
 * | field                        | bytes           |
 * | ---------------------------- | --------------- |
 * | Offset of Next Free Block    | Size of Lengths |
 * | Size of Free Block           | Size of Lengths |
 */
import { type Address, type FileWidths, UNLIMITED } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { Cursor } from "../base/cursor.ts";
import { decodeUtf8 } from "../base/text.ts";
import { Writer } from "../base/writer.ts";

/** Where a local heap's names and free space are. Specification: III.D, "Local Heaps". */
export interface LocalHeap {
  /** Bytes of the data segment. */
  readonly dataSegmentSize: number;
  /** Byte offset in the data segment, or {@link NO_FREE_BLOCK}. */
  readonly freeListHead: number;
  /** Where the data segment is. */
  readonly dataSegmentAddress: Address;
}

/** A free part of the data segment, in bytes. */
export interface FreeBlock {
  /** Bytes from the start of the data segment. */
  readonly offset: number;
  /** Counts the two fields at its start. */
  readonly size: number;
}

/** An empty free list, and its end. */
export const NO_FREE_BLOCK = -1;

/** What the library writes for {@link NO_FREE_BLOCK}; the specification has all ones, which is accepted. */
const STORED_NO_FREE_BLOCK = 1;

/** Everything in a data segment starts at a multiple of this. */
export const LOCAL_HEAP_ALIGNMENT = 8;

const SIGNATURE = "HEAP";
const SEGMENT = "Local heap data segment";
const VERSION = 0;

export function sizeOfLocalHeap(widths: FileWidths): number {
  return 8 + 2 * widths.sizeOfLengths + widths.sizeOfOffsets;
}

/** Bytes that the library allocates, and frees, for a header: in files of narrow addresses or lengths more than it has. */
export function allocatedLocalHeapHeaderBytes(widths: FileWidths): number {
  return alignUp(sizeOfLocalHeap(widths), LOCAL_HEAP_ALIGNMENT);
}

/** The least free block; what is smaller is lost until the heap is written anew. C: `H5HL_SIZEOF_FREE`. */
export function leastFreeBlockBytes(widths: FileWidths): number {
  return alignUp(2 * widths.sizeOfLengths, LOCAL_HEAP_ALIGNMENT);
}

function decodeFreeOffset(cursor: Cursor, field: string): number {
  const offset = cursor.lengthValue(field);
  return offset === STORED_NO_FREE_BLOCK || offset === UNLIMITED ? NO_FREE_BLOCK : offset;
}

function encodeFreeOffset(writer: Writer, offset: number): void {
  writer.lengthValue(offset === NO_FREE_BLOCK ? STORED_NO_FREE_BLOCK : offset);
}

export function decodeLocalHeap(cursor: Cursor): LocalHeap {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const dataSegmentSize = cursor.lengthValue("Data Segment Size");
  const freeListHead = decodeFreeOffset(cursor, "Offset to Head of Free-list");
  const dataSegmentAddress = cursor.addressValue("Address of Data Segment");
  if (dataSegmentSize > cursor.limits.maxMetadataBytes) {
    throw cursor.error(`${dataSegmentSize} bytes, limit is ${cursor.limits.maxMetadataBytes}`, "Data Segment Size");
  }
  if (freeListHead >= dataSegmentSize) {
    const problem = `${freeListHead} is outside a data segment of ${dataSegmentSize} bytes`;
    throw cursor.error(problem, "Offset to Head of Free-list");
  }
  return { dataSegmentSize, freeListHead, dataSegmentAddress };
}

export function encodeLocalHeap(writer: Writer, heap: LocalHeap): void {
  writer.signature(SIGNATURE).u8(VERSION).zeros(3).lengthValue(heap.dataSegmentSize);
  encodeFreeOffset(writer, heap.freeListHead);
  writer.addressValue(heap.dataSegmentAddress);
}

/**
 * The free blocks of a data segment, in the order of the list.
 *
 * @param context - `address` is that of the segment, for messages.
 * @throws FormatError when a block lies outside the segment, is too small, or the blocks overlap or lead in a circle.
 */
export function decodeFreeBlocks(
  segment: Uint8Array,
  freeListHead: number,
  context: { readonly widths: FileWidths; readonly address?: Address },
): FreeBlock[] {
  const cursor = new Cursor(segment, { structure: SEGMENT, address: context.address, widths: context.widths });
  const leastSize = 2 * context.widths.sizeOfLengths;
  const blocks: FreeBlock[] = [];
  let freeBytes = 0;
  let offset = freeListHead;
  while (offset !== NO_FREE_BLOCK) {
    if (offset > segment.length) {
      throw cursor.error(`${offset} is outside the segment of ${segment.length} bytes`, "Offset of Next Free Block");
    }
    cursor.position = offset;
    const next = decodeFreeOffset(cursor, "Offset of Next Free Block");
    const size = cursor.lengthValue("Size of Free Block");
    if (size < leastSize || offset + size > segment.length) {
      throw cursor.error(`${size} bytes at ${offset} in a segment of ${segment.length}`, "Size of Free Block");
    }
    // Blocks of a sound list are disjoint, so a list that leads in a circle soon holds more bytes than the segment.
    freeBytes += size;
    if (freeBytes > segment.length) throw cursor.error("free blocks overlap", "Offset of Next Free Block");
    blocks.push({ offset, size });
    offset = next;
  }
  return blocks;
}

/**
 * Writes the list of `blocks` into `segment`, in their order, and returns the offset of its head.
 *
 * @param segment - Changed in place: the two fields at the start of each free block.
 */
export function encodeFreeBlocks(segment: Uint8Array, blocks: readonly FreeBlock[], widths: FileWidths): number {
  for (let i = 0; i < blocks.length; i++) {
    const { offset, size } = blocks[i] as FreeBlock;
    if (size < 2 * widths.sizeOfLengths || offset + size > segment.length) {
      throw new RangeError(`free block of ${size} bytes at ${offset} in a segment of ${segment.length}`);
    }
    const writer = new Writer(widths, 16);
    encodeFreeOffset(writer, blocks[i + 1]?.offset ?? NO_FREE_BLOCK);
    segment.set(writer.lengthValue(size).toBytes(), offset);
  }
  return blocks[0]?.offset ?? NO_FREE_BLOCK;
}

/**
 * The NUL-terminated text at `offset` of a data segment.
 *
 * @throws FormatError when the offset is outside, or no NUL follows inside the segment.
 */
export function localHeapText(segment: Uint8Array, offset: number, address?: Address): string {
  const end = offset >= 0 && offset < segment.length ? segment.indexOf(0, offset) : -1;
  if (end < 0) {
    const problem = `no NUL-terminated text at ${offset} in a segment of ${segment.length} bytes`;
    throw new Cursor(segment, { structure: SEGMENT, address }).error(problem);
  }
  return decodeUtf8(segment.subarray(offset, end));
}
