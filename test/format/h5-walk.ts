/** A walk over the structures of a file of the C library, which decodes each and encodes it back to the same bytes. */
import { readFileSync } from "node:fs";
import { gunzipSync, inflateSync } from "node:zlib";
import { expect } from "vitest";
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type BTreeV2Header,
  type BTreeV2Shape,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  decodeBTreeV2Leaf,
  encodeBTreeV2Header,
  encodeBTreeV2Internal,
  encodeBTreeV2Leaf,
  sizeOfBTreeV2Header,
} from "../../src/format/b-tree-v2.ts";
import {
  decodeFractalHeapHeader,
  encodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfFractalHeapHeader,
} from "../../src/format/fractal-heap.ts";
import {
  type DirectBlockPointer,
  decodeDirectBlock,
  decodeIndirectBlock,
  encodeDirectBlock,
  encodeIndirectBlock,
  sizeOfIndirectBlock,
} from "../../src/format/fractal-heap-blocks.ts";
import {
  indirectBlockRows,
  maxDirectRows,
  rowBlockSize,
  rowOffset,
} from "../../src/format/fractal-heap-doubling-table.ts";
import { toHex } from "./header-messages.ts";

export interface HeapBlock {
  readonly blockOffset: number;
  readonly bytes: Uint8Array;
}

export class StoredFile {
  /** A Node `Buffer`, whose `slice` does not copy: decoding must not change it all the same. */
  readonly bytes: Uint8Array;
  readonly widths: FileWidths;

  /** @param name - A file of `test/fixtures/heaps-and-indexes`, without `.h5.gz`. */
  constructor(name: string) {
    this.bytes = gunzipSync(readFileSync(new URL(`../fixtures/heaps-and-indexes/${name}.h5.gz`, import.meta.url)));
    this.widths = { sizeOfOffsets: this.bytes[9] as number, sizeOfLengths: this.bytes[10] as number };
  }

  /** Where a signature stands. */
  addressesOf(signature: string): Address[] {
    const buffer = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const found: Address[] = [];
    for (let at = buffer.indexOf(signature); at >= 0; at = buffer.indexOf(signature, at + 1)) found.push(at);
    return found;
  }

  cursor(address: Address, byteLength: number, structure: string): Cursor {
    return this.cursorOver(this.bytes.subarray(address, address + byteLength), structure, address);
  }

  cursorOver(bytes: Uint8Array, structure: string, address?: Address): Cursor {
    return new Cursor(bytes, { structure, address, widths: this.widths });
  }

  /** Decodes `byteLength` bytes, and expects encoding to give them again. */
  roundTrip<T>(
    address: Address,
    byteLength: number,
    decode: (cursor: Cursor) => T,
    encode: (writer: Writer, value: T) => void,
  ): T {
    return this.roundTripBytes(this.bytes.subarray(address, address + byteLength), decode, encode);
  }

  roundTripBytes<T>(bytes: Uint8Array, decode: (cursor: Cursor) => T, encode: (writer: Writer, value: T) => void): T {
    const value = decode(this.cursorOver(bytes, "sample"));
    const writer = new Writer(this.widths);
    encode(writer, value);
    expect(toHex(writer.toBytes())).toBe(toHex(bytes));
    return value;
  }

  heapHeader(address: Address): FractalHeapHeader {
    const byteLength = fractalHeapHeaderByteLength(this.cursor(address, 100, "Fractal heap header"));
    const header = this.roundTrip(address, byteLength, decodeFractalHeapHeader, encodeFractalHeapHeader);
    expect(sizeOfFractalHeapHeader(header, this.widths)).toBe(byteLength);
    return header;
  }

  /** All direct blocks of a heap, in order of their offsets. */
  heapBlocks(headerAddress: Address, header: FractalHeapHeader): HeapBlock[] {
    const { rootAddress, currentRootRows, table, filters } = header;
    if (rootAddress === UNDEFINED_ADDRESS) return [];
    if (currentRootRows > 0) return this.indirectBlock(headerAddress, header, rootAddress, currentRootRows, 0);
    const filtered =
      filters === undefined
        ? undefined
        : { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask };
    const pointer: DirectBlockPointer =
      filtered === undefined ? { address: rootAddress } : { address: rootAddress, filtered };
    return [this.directBlock(headerAddress, header, pointer, table.startingBlockSize, 0)];
  }

  private indirectBlock(
    headerAddress: Address,
    header: FractalHeapHeader,
    address: Address,
    rows: number,
    offset: number,
  ): HeapBlock[] {
    const { table } = header;
    const block = this.roundTrip(
      address,
      sizeOfIndirectBlock(header, rows, this.widths),
      (cursor) => decodeIndirectBlock(cursor, header, rows),
      (writer, value) => encodeIndirectBlock(writer, header, value),
    );
    expect(block.heapHeaderAddress).toBe(headerAddress);
    expect(block.blockOffset).toBe(offset);
    const blocks: HeapBlock[] = [];
    block.directChildren.forEach((pointer, i) => {
      if (pointer.address === UNDEFINED_ADDRESS) return;
      const row = Math.floor(i / table.width);
      const size = rowBlockSize(table, row);
      const at = offset + rowOffset(table, row) + (i % table.width) * size;
      blocks.push(this.directBlock(headerAddress, header, pointer, size, at));
    });
    block.indirectChildren.forEach((child, i) => {
      if (child === UNDEFINED_ADDRESS) return;
      const row = maxDirectRows(table) + Math.floor(i / table.width);
      const size = rowBlockSize(table, row);
      const at = offset + rowOffset(table, row) + (i % table.width) * size;
      blocks.push(...this.indirectBlock(headerAddress, header, child, indirectBlockRows(table, size), at));
    });
    return blocks;
  }

  private directBlock(
    headerAddress: Address,
    header: FractalHeapHeader,
    pointer: DirectBlockPointer,
    size: number,
    offset: number,
  ): HeapBlock {
    const { address, filtered } = pointer;
    const stored = this.bytes.subarray(address, address + (filtered?.byteLength ?? size));
    const bytes = filtered === undefined || filtered.filterMask !== 0 ? stored : inflateSync(stored);
    expect(bytes.length).toBe(size);
    const block = this.roundTripBytes(
      bytes,
      (cursor) => decodeDirectBlock(cursor, header),
      (writer, value) => encodeDirectBlock(writer, header, value),
    );
    expect(block.heapHeaderAddress).toBe(headerAddress);
    expect(block.blockOffset).toBe(offset);
    return block;
  }

  treeHeader(address: Address): BTreeV2Header {
    const byteLength = sizeOfBTreeV2Header(this.widths);
    return this.roundTrip(address, byteLength, decodeBTreeV2Header, encodeBTreeV2Header);
  }

  /** All records of a tree, in its order. */
  treeRecords(header: BTreeV2Header): Uint8Array[] {
    if (header.rootAddress === UNDEFINED_ADDRESS) return [];
    const shape = bTreeV2Shape(header, this.widths);
    const records = this.treeNode(header, shape, header.rootAddress, header.depth, header.rootRecordCount);
    expect(records.length).toBe(header.totalRecordCount);
    return records;
  }

  private treeNode(
    header: BTreeV2Header,
    shape: BTreeV2Shape,
    address: Address,
    depth: number,
    count: number,
  ): Uint8Array[] {
    // What the library leaves after the checksum is of no account.
    const used = (writer: Writer) => writer.toBytes().subarray(0, this.usedBytes(header, shape, depth, count));
    const stored = this.bytes.subarray(address, address + this.usedBytes(header, shape, depth, count));
    const cursor = this.cursor(address, header.nodeSize, "Version 2 B-tree node");
    const writer = new Writer(this.widths);
    if (depth === 0) {
      const leaf = decodeBTreeV2Leaf(cursor, header, count);
      encodeBTreeV2Leaf(writer, header, leaf);
      expect(toHex(used(writer))).toBe(toHex(stored));
      expect(writer.position).toBe(header.nodeSize);
      return [...leaf.records];
    }
    const node = decodeBTreeV2Internal(cursor, header, shape, depth, count);
    encodeBTreeV2Internal(writer, header, shape, depth, node);
    expect(toHex(used(writer))).toBe(toHex(stored));
    expect(writer.position).toBe(header.nodeSize);
    return node.children.flatMap((child, i) => {
      const below = this.treeNode(header, shape, child.address, depth - 1, child.recordCount);
      expect(below.length).toBe(child.totalRecordCount);
      const record = node.records[i];
      return record === undefined ? below : [...below, record];
    });
  }

  private usedBytes(header: BTreeV2Header, shape: BTreeV2Shape, depth: number, count: number): number {
    const totalBytes = shape.levels[depth]?.totalBytes ?? 0;
    const pointers = depth === 0 ? 0 : (count + 1) * (this.widths.sizeOfOffsets + shape.countBytes + totalBytes);
    return 10 + count * header.recordSize + pointers;
  }
}
