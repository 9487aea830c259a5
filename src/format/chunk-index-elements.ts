/**
 * Elements of fixed and extensible arrays, the chunk indexes: one a chunk, in columns.
 *
 * Specification: Appendix C, "Types of Indexes for Dataset Chunks"; VII.C, VII.D (elements of client ID 0 and 1). Reference
 * implementation: H5Dfarray.c, H5Dearray.c.
 *
 * | field       | bytes                                |
 * | ----------- | ------------------------------------ |
 * | Address     | Size of Offsets                      |
 * | Chunk Size  | {@link chunkSizeFieldBytes}, filtered chunks only |
 * | Filter Mask | 4, filtered chunks only              |
 */
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../base/address.ts";
import { floorLog2 } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Columns of equal length. An index of a million chunks is a few arrays, not a million objects. */
export interface ChunkIndexElements {
  /** `UNDEFINED_ADDRESS` for chunks that do not exist. */
  readonly addresses: Float64Array;
  /** Filtered chunks only: bytes in the file, and the mask of skipped filters. */
  readonly filtered: { readonly byteLengths: Float64Array; readonly filterMasks: Uint32Array } | undefined;
}

/** How the elements of an array of chunks are encoded. */
export interface ChunkElementFormat {
  /** Whether each has the size and filter mask of its chunk, too. */
  readonly filtered: boolean;
  /** Bytes of an element, as the array's header says. */
  readonly elementSize: number;
}

const FILTER_MASK_BYTES = 4;
/** Of fixed and extensible arrays and of their blocks. */
const VERSION = 0;

/**
 * Bytes of the field "Chunk Size" in indexes of filtered chunks.
 *
 * @param chunkByteLength - Bytes of an unfiltered chunk.
 * @param layoutVersion - Of the data layout message: from 5 on the field has Size of Lengths bytes.
 */
export function chunkSizeFieldBytes(chunkByteLength: number, layoutVersion: number, widths: FileWidths): number {
  if (layoutVersion >= 5) return widths.sizeOfLengths;
  return Math.min(8, 1 + Math.floor((floorLog2(chunkByteLength) + 8) / 8));
}

/** The format of elements for an array's header; also what a new array stores in it. */
export function chunkElementFormat(chunkSizeBytes: number | undefined, widths: FileWidths): ChunkElementFormat {
  if (chunkSizeBytes === undefined) return { filtered: false, elementSize: widths.sizeOfOffsets };
  return { filtered: true, elementSize: widths.sizeOfOffsets + chunkSizeBytes + FILTER_MASK_BYTES };
}

/** What all structures of both arrays begin with. @returns Whether the elements are those of filtered chunks. */
function decodeStart(cursor: Cursor, signature: string): boolean {
  cursor.signature(signature);
  cursor.version([VERSION]);
  return cursor.within(0, 1, "Client ID") === 1;
}

export function encodeArrayStart(writer: Writer, signature: string, format: ChunkElementFormat): Writer {
  return writer
    .signature(signature)
    .u8(VERSION)
    .u8(format.filtered ? 1 : 0);
}

/** The beginning of an array's header, up to the size of an element. */
export function decodeArrayHeaderStart(cursor: Cursor, signature: string): ChunkElementFormat {
  const filtered = decodeStart(cursor, signature);
  const elementSize = cursor.u8("Element Size");
  const rest = elementSize - cursor.widths.sizeOfOffsets;
  const chunkSizeBytes = rest - FILTER_MASK_BYTES;
  const valid = filtered ? chunkSizeBytes >= 1 && chunkSizeBytes <= 8 : rest === 0;
  if (!valid) throw cursor.error(`${elementSize} bytes for an element`, "Element Size");
  return { filtered, elementSize };
}

/** The beginning of a block. @returns The address of the array's header. */
export function decodeArrayBlockStart(cursor: Cursor, signature: string, format: ChunkElementFormat): Address {
  if (decodeStart(cursor, signature) !== format.filtered) throw cursor.error("not that of the header", "Client ID");
  return cursor.addressValue("Header Address");
}

/** `count` elements that do not exist. */
export function noElements(count: number, filtered: boolean): ChunkIndexElements {
  return {
    addresses: new Float64Array(count).fill(UNDEFINED_ADDRESS),
    filtered: filtered ? { byteLengths: new Float64Array(count), filterMasks: new Uint32Array(count) } : undefined,
  };
}

export function decodeChunkElements(cursor: Cursor, format: ChunkElementFormat, count: number): ChunkIndexElements {
  cursor.count(count, format.elementSize, "Elements");
  const elements = noElements(count, format.filtered);
  const { addresses, filtered } = elements;
  if (filtered === undefined) {
    cursor.addressValues(addresses, "Address");
    return elements;
  }
  const chunkSizeBytes = format.elementSize - cursor.widths.sizeOfOffsets - FILTER_MASK_BYTES;
  for (let i = 0; i < count; i++) {
    addresses[i] = cursor.addressValue("Address");
    filtered.byteLengths[i] = cursor.uint(chunkSizeBytes, "Chunk Size");
    filtered.filterMasks[i] = cursor.u32("Filter Mask");
  }
  return elements;
}

/** One element, for who needs but a few of them. */
export interface ChunkIndexElement {
  /** `UNDEFINED_ADDRESS` for a chunk that does not exist. */
  readonly address: number;
  /** Filtered chunks only. */
  readonly byteLength: number | undefined;
  /** Bit i is set when filter i of the pipeline was left out. */
  readonly filterMask: number;
}

/** The element that starts at the cursor's position. */
export function decodeChunkElement(cursor: Cursor, format: ChunkElementFormat): ChunkIndexElement {
  const address = cursor.addressValue("Address");
  if (!format.filtered) return { address, byteLength: undefined, filterMask: 0 };
  const chunkSizeBytes = format.elementSize - cursor.widths.sizeOfOffsets - FILTER_MASK_BYTES;
  const byteLength = cursor.uint(chunkSizeBytes, "Chunk Size");
  return { address, byteLength, filterMask: cursor.u32("Filter Mask") };
}

export function encodeChunkElements(writer: Writer, format: ChunkElementFormat, elements: ChunkIndexElements): void {
  const { addresses, filtered } = elements;
  if ((filtered !== undefined) !== format.filtered) {
    throw new RangeError("elements of filtered chunks in an array of unfiltered ones, or the reverse");
  }
  const chunkSizeBytes = format.elementSize - writer.widths.sizeOfOffsets - FILTER_MASK_BYTES;
  for (let i = 0; i < addresses.length; i++) {
    writer.addressValue(addresses[i] as number);
    if (filtered !== undefined) {
      writer.uint(filtered.byteLengths[i] as number, chunkSizeBytes).u32(filtered.filterMasks[i] as number);
    }
  }
}
