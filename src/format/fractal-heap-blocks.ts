/**
 * Direct and indirect blocks of a fractal heap.
 *
 * Specification: III.G, "Fractal Heap Direct Block", "Fractal Heap Indirect Block". Reference implementation: H5HFcache.c.
 *
 * | direct block field  | bytes                 | indirect block field       | bytes                              |
 * | ------------------- | --------------------- | -------------------------- | ---------------------------------- |
 * | Signature           | 4, "FHDB"             | Signature                  | 4, "FHIB"                          |
 * | Version             | 1, here 0             | Version                    | 1, here 0                          |
 * | Heap Header Address | Size of Offsets       | Heap Header Address        | Size of Offsets                    |
 * | Block Offset        | by Maximum Heap Size  | Block Offset               | by Maximum Heap Size               |
 * | Checksum            | 4, if the header says | Child Direct Block Address | Size of Offsets each               |
 * | Object Data         | the rest              | Size of Filtered Block     | Size of Lengths each, if filtered  |
 * |                     |                       | Filter Mask                | 4 each, if filtered                |
 * |                     |                       | Child Indirect Block Address | Size of Offsets each             |
 * |                     |                       | Checksum                   | 4                                  |
 *
 * Heap offsets count a block's prefix: the object at heap offset x lies at byte x - Block Offset of its block.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { lookup3 } from "../base/checksum.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import type { FractalHeapHeader } from "./fractal-heap.ts";
import { heapOffsetBytes, maxDirectRows } from "./fractal-heap-doubling-table.ts";

/** A block with objects. Specification: III.G, "Fractal Heap Direct Block". */
export interface FractalHeapDirectBlock {
  /** The heap it belongs to. */
  readonly heapHeaderAddress: Address;
  /** Heap offset of byte 0 of `bytes`. */
  readonly blockOffset: number;
  /** The whole block, prefix included, after its filters are undone. */
  readonly bytes: Uint8Array;
}

/** Where a direct block is, and what its filters made of it. */
export interface DirectBlockPointer {
  /** Undefined for a block that does not exist. */
  readonly address: Address;
  /** In a heap with filters only. */
  readonly filtered?: { readonly byteLength: number; readonly filterMask: number };
}

/** A block of addresses. Specification: III.G, "Fractal Heap Indirect Block". */
export interface FractalHeapIndirectBlock {
  /** The heap it belongs to. */
  readonly heapHeaderAddress: Address;
  /** Heap offset of its first block. */
  readonly blockOffset: number;
  /** Row by row. */
  readonly directChildren: readonly DirectBlockPointer[];
  /** Row by row, after the rows of direct blocks. */
  readonly indirectChildren: readonly Address[];
}

const DIRECT_SIGNATURE = "FHDB";
const INDIRECT_SIGNATURE = "FHIB";
const VERSION = 0;

/** Bytes of a direct block before its first object. */
export function directBlockPrefixBytes(header: FractalHeapHeader, widths: FileWidths): number {
  const checksumBytes = header.directBlocksChecksummed ? 4 : 0;
  return 5 + widths.sizeOfOffsets + heapOffsetBytes(header.table) + checksumBytes;
}

function childCounts(header: FractalHeapHeader, rows: number): { direct: number; indirect: number } {
  const directRows = Math.min(rows, maxDirectRows(header.table));
  return { direct: directRows * header.table.width, indirect: (rows - directRows) * header.table.width };
}

export function sizeOfIndirectBlock(header: FractalHeapHeader, rows: number, widths: FileWidths): number {
  const { direct, indirect } = childCounts(header, rows);
  const filteredBytes = header.filters === undefined ? 0 : widths.sizeOfLengths + 4;
  return (
    9 +
    widths.sizeOfOffsets +
    heapOffsetBytes(header.table) +
    direct * (widths.sizeOfOffsets + filteredBytes) +
    indirect * widths.sizeOfOffsets
  );
}

/** The cursor covers exactly the block; `bytes` is a view of it. */
export function decodeDirectBlock(cursor: Cursor, header: FractalHeapHeader): FractalHeapDirectBlock {
  const bytes = cursor.bytes.subarray(cursor.position);
  cursor.signature(DIRECT_SIGNATURE);
  cursor.version([VERSION]);
  const heapHeaderAddress = cursor.addressValue("Heap Header Address");
  const blockOffset = cursor.uint(heapOffsetBytes(header.table), "Block Offset");
  if (header.directBlocksChecksummed) {
    const stored = cursor.u32("Checksum");
    const computed = directBlockChecksum(bytes, directBlockPrefixBytes(header, cursor.widths) - 4);
    if (computed !== stored) {
      throw cursor.error(`stored 0x${stored.toString(16)}, computed 0x${computed.toString(16)}`, "Checksum");
    }
  }
  cursor.skip(cursor.remaining);
  return { heapHeaderAddress, blockOffset, bytes };
}

/** The checksum of the whole block with its own four bytes taken as zeros. */
function directBlockChecksum(bytes: Uint8Array, checksumAt: number): number {
  // Not `slice`, which does not copy when the bytes are a Node Buffer.
  const block = new Uint8Array(bytes);
  block.fill(0, checksumAt, checksumAt + 4);
  return lookup3(block);
}

/** Writes all of `bytes`, with the prefix made anew. */
export function encodeDirectBlock(writer: Writer, header: FractalHeapHeader, block: FractalHeapDirectBlock): void {
  const start = writer.position;
  writer.signature(DIRECT_SIGNATURE).u8(VERSION).addressValue(block.heapHeaderAddress);
  writer.uint(block.blockOffset, heapOffsetBytes(header.table));
  const checksumAt = writer.position;
  if (header.directBlocksChecksummed) writer.u32(0);
  writer.bytes(block.bytes.subarray(writer.position - start));
  if (header.directBlocksChecksummed) writer.patch(checksumAt, lookup3(writer.toBytes(), start), 4);
}

/** @param rows - Rows of this block: the header's for the root, else `indirectBlockRows` of the size it covers. */
export function decodeIndirectBlock(cursor: Cursor, header: FractalHeapHeader, rows: number): FractalHeapIndirectBlock {
  const start = cursor.position;
  cursor.need(sizeOfIndirectBlock(header, rows, cursor.widths));
  cursor.signature(INDIRECT_SIGNATURE);
  cursor.version([VERSION]);
  const heapHeaderAddress = cursor.addressValue("Heap Header Address");
  const blockOffset = cursor.uint(heapOffsetBytes(header.table), "Block Offset");
  const { direct, indirect } = childCounts(header, rows);
  const directChildren: DirectBlockPointer[] = [];
  for (let i = 0; i < direct; i++) directChildren.push(decodePointer(cursor, header));
  const indirectChildren: Address[] = [];
  for (let i = 0; i < indirect; i++) indirectChildren.push(cursor.addressValue("Child Indirect Block Address"));
  cursor.checksum(start);
  return { heapHeaderAddress, blockOffset, directChildren, indirectChildren };
}

function decodePointer(cursor: Cursor, header: FractalHeapHeader): DirectBlockPointer {
  const address = cursor.addressValue("Child Direct Block Address");
  if (header.filters === undefined) return { address };
  const byteLength = cursor.finiteLength("Size of Filtered Direct Block");
  return { address, filtered: { byteLength, filterMask: cursor.u32("Filter Mask for Direct Block") } };
}

export function encodeIndirectBlock(writer: Writer, header: FractalHeapHeader, block: FractalHeapIndirectBlock): void {
  const start = writer.position;
  writer.signature(INDIRECT_SIGNATURE).u8(VERSION).addressValue(block.heapHeaderAddress);
  writer.uint(block.blockOffset, heapOffsetBytes(header.table));
  for (const { address, filtered } of block.directChildren) {
    writer.addressValue(address);
    if (header.filters !== undefined) writer.lengthValue(filtered?.byteLength ?? 0).u32(filtered?.filterMask ?? 0);
  }
  for (const address of block.indirectChildren) writer.addressValue(address);
  writer.checksum(start);
}
