/**
 * Properties of chunked storage in the data layout message (0x0008).
 *
 * Specification: IV.A.2.i, "The Data Layout Message", "Chunked Storage Property Description". Reference implementation:
 * H5Olayout.c.
 *
 * | field             | version 3        | versions 4 and 5                                                    |
 * | ----------------- | ---------------- | ------------------------------------------------------------------- |
 * | Flags             |                  | 1: bit 0 partial edge chunks unfiltered, 1 single chunk filtered    |
 * | Dimensionality    | 1, rank + 1      | 1, rank + 1                                                         |
 * | Address           | Size of Offsets  |                                                                     |
 * | Encoded Length    |                  | 1, bytes of a dimension                                             |
 * | Dimension Sizes   | 4 each           | Encoded Length each; the last one is the element's size in bytes    |
 * | Chunk Index Type  |                  | 1: 1 single, 2 implicit, 3 fixed, 4 extensible array, 5 B-tree v2   |
 * | Index Information |                  | see {@link ChunkIndexing}                                           |
 * | Address           |                  | Size of Offsets                                                     |
 */
import type { Address, FileWidths } from "../base/address.ts";
import { bytesForLimit } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { MAX_RANK } from "./dataspace.ts";

/** Versions of the data layout message. */
export type LayoutVersion = 1 | 2 | 3 | 4 | 5;

/**
 * What finds the chunks, with what its message says of it. Specification: IV.A.2.i, and Appendix C, "Types of Indexes
 * for Dataset Chunks".
 */
export type ChunkIndexing =
  | { readonly type: "b-tree-v1" }
  | {
      readonly type: "single-chunk";
      /** Present when layout flag bit 1 is set: the stored bytes and filter mask of a filtered chunk. */
      readonly filtered?: { readonly byteLength: number; readonly filterMask: number };
    }
  | { readonly type: "implicit" }
  | { readonly type: "fixed-array"; readonly pageBits: number }
  | {
      readonly type: "extensible-array";
      readonly maxBits: number;
      readonly indexElements: number;
      readonly minPointers: number;
      readonly minElements: number;
      readonly pageBits: number;
    }
  | {
      readonly type: "b-tree-v2";
      readonly nodeSize: number;
      readonly splitPercent: number;
      readonly mergePercent: number;
    };

/** Chunked storage. Specification: IV.A.2.i, "Chunked Storage Property Description". */
export interface ChunkedLayout {
  readonly kind: "chunked";
  readonly version: LayoutVersion;
  /** Elements a dimension, without the extra last one of the message (see `elementSize`). */
  readonly chunkDims: readonly number[];
  /** The last dimension of the message: bytes of one element. */
  readonly elementSize: number;
  /** Layout flag bit 0 (version 4 on): partial edge chunks are stored unfiltered. */
  readonly dontFilterPartialChunks: boolean;
  /** What finds the chunks. */
  readonly indexing: ChunkIndexing;
  /** Address of the index (or of the single chunk); undefined when nothing is allocated. */
  readonly address: Address;
}

const DONT_FILTER_PARTIAL_CHUNKS = 0x01;
const SINGLE_CHUNK_FILTERED = 0x02;
const ALL_FLAGS = 0x03;

const INDEX_TYPES = ["b-tree-v1", "single-chunk", "implicit", "fixed-array", "extensible-array", "b-tree-v2"] as const;

interface ChunkDimensions {
  readonly chunkDims: readonly number[];
  readonly elementSize: number;
}

/** Bytes of the widest dimension. C: `enc_bytes_per_dim`. */
function bytesPerDimension(layout: ChunkedLayout): number {
  return bytesForLimit(Math.max(...layout.chunkDims, layout.elementSize));
}

function sizeOfIndexing(indexing: ChunkIndexing, widths: FileWidths): number {
  switch (indexing.type) {
    case "single-chunk":
      return indexing.filtered === undefined ? 0 : widths.sizeOfLengths + 4;
    case "b-tree-v1":
    case "implicit":
      return 0;
    case "fixed-array":
      return 1;
    case "extensible-array":
      return 5;
    case "b-tree-v2":
      return 6;
    default:
      return indexing satisfies never;
  }
}

/** Bytes of the properties, after version and class. */
export function sizeOfChunked(layout: ChunkedLayout, version: 3 | 4 | 5, widths: FileWidths): number {
  const dimensionality = layout.chunkDims.length + 1;
  if (version === 3) return 1 + widths.sizeOfOffsets + 4 * dimensionality;
  const dims = dimensionality * bytesPerDimension(layout);
  return 4 + dims + sizeOfIndexing(layout.indexing, widths) + widths.sizeOfOffsets;
}

/** Chunk dims of `byteLength` bytes each; the last of the `dimensionality` is the size of an element. */
export function decodeDimensions(cursor: Cursor, dimensionality: number, byteLength: number): ChunkDimensions {
  cursor.within(2, MAX_RANK + 1, "Dimensionality", dimensionality);
  const chunkDims: number[] = [];
  for (let i = 0; i < dimensionality; i++) {
    const dim = cursor.uint(byteLength, "Dimension Size");
    if (dim === 0) throw cursor.error("a chunk dimension is 0", "Dimension Size");
    chunkDims.push(dim);
  }
  const elementSize = chunkDims.pop() as number;
  return { chunkDims, elementSize };
}

export function decodeChunkedVersion3(cursor: Cursor): ChunkedLayout {
  const dimensionality = cursor.u8("Dimensionality");
  const address = cursor.addressValue("Address");
  const { chunkDims, elementSize } = decodeDimensions(cursor, dimensionality, 4);
  const indexing: ChunkIndexing = { type: "b-tree-v1" };
  return { kind: "chunked", version: 3, chunkDims, elementSize, dontFilterPartialChunks: false, indexing, address };
}

export function decodeChunkedVersion4(cursor: Cursor, version: 4 | 5): ChunkedLayout {
  const flags = cursor.flags(ALL_FLAGS);
  const dimensionality = cursor.u8("Dimensionality");
  const byteLength = cursor.within(1, 8, "Dimension Size Encoded Length");
  const { chunkDims, elementSize } = decodeDimensions(cursor, dimensionality, byteLength);
  const indexing = decodeIndexing(cursor, flags);
  const address = cursor.addressValue("Address");
  const dontFilterPartialChunks = (flags & DONT_FILTER_PARTIAL_CHUNKS) !== 0;
  return { kind: "chunked", version, chunkDims, elementSize, dontFilterPartialChunks, indexing, address };
}

function decodeIndexing(cursor: Cursor, flags: number): ChunkIndexing {
  const code = cursor.u8("Chunk Indexing Type");
  const type = INDEX_TYPES[code];
  switch (type) {
    case "single-chunk": {
      if ((flags & SINGLE_CHUNK_FILTERED) === 0) return { type };
      const byteLength = cursor.finiteLength("Size of Filtered Chunk");
      return { type, filtered: { byteLength, filterMask: cursor.u32("Filters for Chunk") } };
    }
    case "implicit":
      return { type };
    case "fixed-array":
      return { type, pageBits: positive(cursor, "Page Bits") };
    case "extensible-array":
      return {
        type,
        maxBits: positive(cursor, "Max Bits"),
        indexElements: positive(cursor, "Index Elements"),
        minPointers: positive(cursor, "Min Pointers"),
        minElements: positive(cursor, "Min Elements"),
        pageBits: positive(cursor, "Page Bits"),
      };
    case "b-tree-v2":
      return {
        type,
        nodeSize: cursor.u32("Node Size"),
        splitPercent: cursor.u8("Split Percent"),
        mergePercent: cursor.u8("Merge Percent"),
      };
    default:
      throw cursor.error(`expected 1 to 5, found ${code}`, "Chunk Indexing Type");
  }
}

function positive(cursor: Cursor, field: string): number {
  const value = cursor.u8(field);
  if (value === 0) throw cursor.error("is 0", field);
  return value;
}

export function encodeChunked(writer: Writer, layout: ChunkedLayout, version: 3 | 4 | 5): void {
  const { chunkDims, elementSize, indexing, address } = layout;
  const dimensionality = chunkDims.length + 1;
  if ((version === 3) !== (indexing.type === "b-tree-v1")) {
    throw new RangeError(`chunk index "${indexing.type}" in version ${version} of the data layout message`);
  }
  if (version === 3) {
    if (layout.dontFilterPartialChunks)
      throw new RangeError("unfiltered edge chunks need version 4 of the data layout message");
    writer.u8(dimensionality).addressValue(address);
    for (const dim of chunkDims) writer.u32(dim);
    writer.u32(elementSize);
    return;
  }
  const filtered = indexing.type === "single-chunk" && indexing.filtered !== undefined;
  const byteLength = bytesPerDimension(layout);
  writer.u8((layout.dontFilterPartialChunks ? DONT_FILTER_PARTIAL_CHUNKS : 0) | (filtered ? SINGLE_CHUNK_FILTERED : 0));
  writer.u8(dimensionality).u8(byteLength);
  for (const dim of chunkDims) writer.uint(dim, byteLength);
  writer.uint(elementSize, byteLength);
  encodeIndexing(writer, indexing);
  writer.addressValue(address);
}

function encodeIndexing(writer: Writer, indexing: ChunkIndexing): void {
  writer.u8(INDEX_TYPES.indexOf(indexing.type));
  switch (indexing.type) {
    case "single-chunk":
      if (indexing.filtered !== undefined) {
        writer.lengthValue(indexing.filtered.byteLength).u32(indexing.filtered.filterMask);
      }
      return;
    case "b-tree-v1":
    case "implicit":
      return;
    case "fixed-array":
      writer.u8(indexing.pageBits);
      return;
    case "extensible-array":
      writer.u8(indexing.maxBits).u8(indexing.indexElements).u8(indexing.minPointers);
      writer.u8(indexing.minElements).u8(indexing.pageBits);
      return;
    case "b-tree-v2":
      writer.u32(indexing.nodeSize).u8(indexing.splitPercent).u8(indexing.mergePercent);
      return;
    default:
      indexing satisfies never;
  }
}
