/**
 * Fixed array, the index of chunks of a dataset with fixed maximum dims.
 *
 * Specification: VII.C, "The Fixed Array Index". Reference implementation: H5FAcache.c, H5FAdblock.c, H5FAdblkpage.c.
 *
 * | header field       | bytes           | data block field  | bytes                                         |
 * | ------------------ | --------------- | ----------------- | --------------------------------------------- |
 * | Signature          | 4, "FAHD"       | Signature         | 4, "FADB"                                     |
 * | Version            | 1, here 0       | Version           | 1, here 0                                     |
 * | Client ID          | 1               | Client ID         | 1                                             |
 * | Entry Size         | 1               | Header Address    | Size of Offsets                               |
 * | Page Bits          | 1               | Page Bitmap       | a bit a page, most significant first; if paged |
 * | Max Num Entries    | Size of Lengths | Elements          | if not paged                                  |
 * | Data Block Address | Size of Offsets | Checksum          | 4                                             |
 * | Checksum           | 4               | Pages             | elements and checksum (4) each; if paged      |
 *
 * A data block of more elements than a page holds is paged. Pages follow the block's checksum without gaps.
 */
import { type Address, type FileWidths, UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  type ChunkElementFormat,
  type ChunkIndexElements,
  decodeArrayBlockStart,
  decodeArrayHeaderStart,
  decodeChunkElements,
  encodeArrayStart,
  encodeChunkElements,
} from "./chunk-index-elements.ts";

/** What holds for an array, and where its data block is. Specification: VII.C, "The Fixed Array Index". */
export interface FixedArrayHeader extends ChunkElementFormat {
  /** log2 of a page's elements. */
  readonly pageBits: number;
  /** Chunks of the maximum dims. */
  readonly elementCount: number;
  /** Undefined until a chunk is written. */
  readonly dataBlockAddress: Address;
}

/** All elements, or which pages of them there are. Specification: VII.C, "Fixed Array Data Block". */
export interface FixedArrayDataBlock {
  /** The array it belongs to. */
  readonly headerAddress: Address;
  /** The elements, or the bitmap of pages that were written; other pages hold garbage. */
  readonly content:
    | { readonly kind: "elements"; readonly elements: ChunkIndexElements }
    | { readonly kind: "paged"; readonly pageBitmap: Uint8Array };
}

/** How a data block is divided. */
export interface FixedArrayPaging {
  /** 0 when the block is not paged. */
  readonly pageCount: number;
  /** Elements of each page but the last. */
  readonly elementsPerPage: number;
  /** Bytes of the block up to its checksum, that included; with pages, where the first one starts. */
  readonly prefixBytes: number;
  /** Bytes of a page with its checksum; the last may have fewer. */
  readonly pageBytes: number;
}

const HEADER_SIGNATURE = "FAHD";
const DATA_BLOCK_SIGNATURE = "FADB";
const CHECKSUM_BYTES = 4;
/** More would not be exact in a bitmap's arithmetic, and no page is that large. */
const MAX_PAGE_BITS = 31;

/** What libhdf5 uses. C: `H5D_FARRAY_MAX_DBLK_PAGE_NELMTS_BITS`. */
export const DEFAULT_FIXED_ARRAY_PAGE_BITS = 10;

export function sizeOfFixedArrayHeader(widths: FileWidths): number {
  return 8 + widths.sizeOfLengths + widths.sizeOfOffsets + CHECKSUM_BYTES;
}

export function decodeFixedArrayHeader(cursor: Cursor): FixedArrayHeader {
  const start = cursor.position;
  const format = decodeArrayHeaderStart(cursor, HEADER_SIGNATURE);
  const pageBits = cursor.within(1, MAX_PAGE_BITS, "Page Bits");
  const elementCount = cursor.lengthValue("Max Num Entries");
  if (elementCount === 0 || elementCount === UNLIMITED) throw cursor.error(`${elementCount}`, "Max Num Entries");
  const dataBlockAddress = cursor.addressValue("Data Block Address");
  cursor.checksum(start);
  return { ...format, pageBits, elementCount, dataBlockAddress };
}

export function encodeFixedArrayHeader(writer: Writer, header: FixedArrayHeader): void {
  const start = writer.position;
  encodeArrayStart(writer, HEADER_SIGNATURE, header);
  writer.u8(header.elementSize).u8(header.pageBits).lengthValue(header.elementCount);
  writer.addressValue(header.dataBlockAddress).checksum(start);
}

/** How a data block is cut into pages; no pages where it holds few elements. */
export function fixedArrayPaging(header: FixedArrayHeader, widths: FileWidths): FixedArrayPaging {
  const { elementCount, elementSize } = header;
  const elementsPerPage = 2 ** header.pageBits;
  const pageCount = elementCount > elementsPerPage ? Math.ceil(elementCount / elementsPerPage) : 0;
  const contentBytes = pageCount > 0 ? Math.ceil(pageCount / 8) : elementCount * elementSize;
  return {
    pageCount,
    elementsPerPage,
    prefixBytes: 6 + widths.sizeOfOffsets + contentBytes + CHECKSUM_BYTES,
    pageBytes: elementsPerPage * elementSize + CHECKSUM_BYTES,
  };
}

/** Bytes of the data block with all its pages: what is allocated for it. */
export function sizeOfFixedArrayDataBlock(header: FixedArrayHeader, widths: FileWidths): number {
  const { pageCount, prefixBytes } = fixedArrayPaging(header, widths);
  if (pageCount === 0) return prefixBytes;
  return prefixBytes + header.elementCount * header.elementSize + pageCount * CHECKSUM_BYTES;
}

/** Elements of page `page`: all pages but the last are full. */
export function fixedArrayPageElements(header: FixedArrayHeader, page: number): number {
  const elementsPerPage = 2 ** header.pageBits;
  return Math.min(elementsPerPage, header.elementCount - page * elementsPerPage);
}

/** Whether page `page` was ever written. The bits go from the most significant down. */
export function isPageWritten(pageBitmap: Uint8Array, page: number): boolean {
  return (((pageBitmap[Math.floor(page / 8)] ?? 0) << (page % 8)) & 0x80) !== 0;
}

/** A bitmap like `pageBitmap` with page `page` written. */
export function withPageWritten(pageBitmap: Uint8Array, page: number): Uint8Array {
  const changed = new Uint8Array(pageBitmap);
  const at = Math.floor(page / 8);
  changed[at] = (changed[at] as number) | (0x80 >> (page % 8));
  return changed;
}

/** Decodes the block without its pages: `prefixBytes` of {@link fixedArrayPaging}. */
export function decodeFixedArrayDataBlock(cursor: Cursor, header: FixedArrayHeader): FixedArrayDataBlock {
  const start = cursor.position;
  const headerAddress = decodeArrayBlockStart(cursor, DATA_BLOCK_SIGNATURE, header);
  const { pageCount } = fixedArrayPaging(header, cursor.widths);
  const content: FixedArrayDataBlock["content"] =
    pageCount === 0
      ? { kind: "elements", elements: decodeChunkElements(cursor, header, header.elementCount) }
      : { kind: "paged", pageBitmap: cursor.take(Math.ceil(pageCount / 8), "Page Bitmap") };
  cursor.checksum(start);
  return { headerAddress, content };
}

export function encodeFixedArrayDataBlock(writer: Writer, header: FixedArrayHeader, block: FixedArrayDataBlock): void {
  const start = writer.position;
  encodeArrayStart(writer, DATA_BLOCK_SIGNATURE, header).addressValue(block.headerAddress);
  if (block.content.kind === "elements") encodeChunkElements(writer, header, block.content.elements);
  else writer.bytes(block.content.pageBitmap);
  writer.checksum(start);
}

/** A page of a fixed or extensible array: `count` elements and a checksum. */
export function decodeArrayPage(cursor: Cursor, format: ChunkElementFormat, count: number): ChunkIndexElements {
  const start = cursor.position;
  const elements = decodeChunkElements(cursor, format, count);
  cursor.checksum(start);
  return elements;
}

export function encodeArrayPage(writer: Writer, format: ChunkElementFormat, elements: ChunkIndexElements): void {
  const start = writer.position;
  encodeChunkElements(writer, format, elements);
  writer.checksum(start);
}
