/**
 * Index, super and data blocks of an extensible array.
 *
 * Specification: VII.D, "Extensible Array Index Block", "... Secondary Block", "... Data Block". Reference implementation:
 * H5EAcache.c, H5EAsblock.c, H5EAdblock.c. DIFF: the page bits of a super block are one string over its data blocks.
 *
 * | index block field    | bytes     | super block field    | bytes     | data block field | bytes            |
 * | -------------------- | --------- | -------------------- | --------- | ---------------- | ---------------- |
 * | Signature            | 4, "EAIB" | Signature            | 4, "EASB" | Signature        | 4, "EADB"        |
 * | Version              | 1, here 0 | Version              | 1, here 0 | Version          | 1, here 0        |
 * | Client ID            | 1         | Client ID            | 1         | Client ID        | 1                |
 * | Header Address       | O         | Header Address       | O         | Header Address   | O                |
 * | Elements             |           | Block Offset         | by bits   | Block Offset     | by bits          |
 * | Data Block Addresses | O each    | Page Bitmap          | if paged  | Elements         | if not paged     |
 * | Super Block Addresses | O each   | Data Block Addresses | O each    | Checksum         | 4                |
 * | Checksum             | 4         | Checksum             | 4         | Pages            | if paged         |
 *
 * O stands for Size of Offsets bytes, "by bits" for `arrayOffsetBytes`. A page is elements and a checksum
 * (`decodeArrayPage` of `fixed-array.ts`); pages follow the data block's checksum without gaps.
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  type ChunkIndexElements,
  decodeArrayBlockStart,
  decodeChunkElements,
  encodeArrayStart,
  encodeChunkElements,
} from "./chunk-index-elements.ts";
import {
  arrayOffsetBytes,
  type ExtensibleArrayHeader,
  indexBlockDataPointers,
  indexBlockSuperPointers,
  type SuperBlockShape,
  superBlockShape,
} from "./extensible-array.ts";

/** The first elements, and where the others are. Specification: VII.D, "Extensible Array Index Block". */
export interface ExtensibleArrayIndexBlock {
  /** The array it belongs to. */
  readonly headerAddress: Address;
  /** The first elements of the array. */
  readonly elements: ChunkIndexElements;
  /** Data blocks of the first super blocks, by their number in the whole array. */
  readonly dataBlockAddresses: readonly Address[];
  /** Of the super blocks after those. */
  readonly superBlockAddresses: readonly Address[];
}

/** Where some data blocks are. Specification: VII.D, "Extensible Array Secondary Block". */
export interface ExtensibleArraySuperBlock {
  /** The array it belongs to. */
  readonly headerAddress: Address;
  /** Number of its first element, not counting those in the index block. */
  readonly blockOffset: number;
  /** Bits of pages that were written, see {@link superBlockPageNumber}; empty when data blocks are not paged. */
  readonly pageBitmap: Uint8Array;
  /** In the order of their elements; undefined for those not there yet. */
  readonly dataBlockAddresses: readonly Address[];
}

/** Elements of the array. Specification: VII.D, "Extensible Array Data Block". */
export interface ExtensibleArrayDataBlock {
  /** The array it belongs to. */
  readonly headerAddress: Address;
  /** Written, and never checked, by the library. */
  readonly blockOffset: number;
  /** `undefined` for a paged block. */
  readonly elements: ChunkIndexElements | undefined;
}

const INDEX_SIGNATURE = "EAIB";
const SUPER_SIGNATURE = "EASB";
const DATA_SIGNATURE = "EADB";
const CHECKSUM_BYTES = 4;
/** Signature, version, client and checksum. */
const BLOCK_OVERHEAD = 6 + CHECKSUM_BYTES;

function decodeAddresses(cursor: Cursor, count: number, field: string): Address[] {
  cursor.count(count, cursor.widths.sizeOfOffsets, field);
  return cursor.addressValues(new Array<Address>(count), field);
}

export function sizeOfExtensibleArrayIndexBlock(header: ExtensibleArrayHeader, widths: FileWidths): number {
  const pointers = indexBlockDataPointers(header) + indexBlockSuperPointers(header);
  return BLOCK_OVERHEAD + header.indexElements * header.elementSize + (1 + pointers) * widths.sizeOfOffsets;
}

export function decodeExtensibleArrayIndexBlock(
  cursor: Cursor,
  header: ExtensibleArrayHeader,
): ExtensibleArrayIndexBlock {
  const start = cursor.position;
  const headerAddress = decodeArrayBlockStart(cursor, INDEX_SIGNATURE, header);
  const elements = decodeChunkElements(cursor, header, header.indexElements);
  const dataBlockAddresses = decodeAddresses(cursor, indexBlockDataPointers(header), "Data Block Addresses");
  const superBlockAddresses = decodeAddresses(cursor, indexBlockSuperPointers(header), "Secondary Block Addresses");
  cursor.checksum(start);
  return { headerAddress, elements, dataBlockAddresses, superBlockAddresses };
}

export function encodeExtensibleArrayIndexBlock(
  writer: Writer,
  header: ExtensibleArrayHeader,
  block: ExtensibleArrayIndexBlock,
): void {
  const start = writer.position;
  encodeArrayStart(writer, INDEX_SIGNATURE, header).addressValue(block.headerAddress);
  encodeChunkElements(writer, header, block.elements);
  for (const address of block.dataBlockAddresses) writer.addressValue(address);
  for (const address of block.superBlockAddresses) writer.addressValue(address);
  writer.checksum(start);
}

/** Bytes reserved for the page bitmap of a super block: a whole number for each data block. */
export function superBlockBitmapBytes(header: ExtensibleArrayHeader, superBlock: number): number {
  const { dataBlockCount, pagesPerDataBlock } = superBlockShape(header, superBlock);
  return dataBlockCount * Math.ceil(pagesPerDataBlock / 8);
}

/** The bit of a page in its super block's bitmap; `isPageWritten` of `fixed-array.ts` reads it. */
export function superBlockPageNumber({ pagesPerDataBlock }: SuperBlockShape, dataBlock: number, page: number): number {
  return dataBlock * pagesPerDataBlock + page;
}

export function sizeOfExtensibleArraySuperBlock(
  header: ExtensibleArrayHeader,
  superBlock: number,
  widths: FileWidths,
): number {
  const { dataBlockCount } = superBlockShape(header, superBlock);
  const bitmapBytes = superBlockBitmapBytes(header, superBlock);
  return BLOCK_OVERHEAD + arrayOffsetBytes(header) + bitmapBytes + (1 + dataBlockCount) * widths.sizeOfOffsets;
}

/** @param superBlock - Its number, counting those without a block of their own. */
export function decodeExtensibleArraySuperBlock(
  cursor: Cursor,
  header: ExtensibleArrayHeader,
  superBlock: number,
): ExtensibleArraySuperBlock {
  const start = cursor.position;
  const headerAddress = decodeArrayBlockStart(cursor, SUPER_SIGNATURE, header);
  const blockOffset = cursor.uint(arrayOffsetBytes(header), "Block Offset");
  const pageBitmap = cursor.take(superBlockBitmapBytes(header, superBlock), "Page Bitmap");
  const { dataBlockCount } = superBlockShape(header, superBlock);
  const dataBlockAddresses = decodeAddresses(cursor, dataBlockCount, "Data Block Addresses");
  cursor.checksum(start);
  return { headerAddress, blockOffset, pageBitmap, dataBlockAddresses };
}

export function encodeExtensibleArraySuperBlock(
  writer: Writer,
  header: ExtensibleArrayHeader,
  block: ExtensibleArraySuperBlock,
): void {
  const start = writer.position;
  encodeArrayStart(writer, SUPER_SIGNATURE, header).addressValue(block.headerAddress);
  writer.uint(block.blockOffset, arrayOffsetBytes(header)).bytes(block.pageBitmap);
  for (const address of block.dataBlockAddresses) writer.addressValue(address);
  writer.checksum(start);
}

/** Bytes of a data block up to its checksum, that included; in a paged block the first page starts there. */
export function extensibleArrayDataBlockPrefixBytes(
  header: ExtensibleArrayHeader,
  superBlock: number,
  widths: FileWidths,
): number {
  const { elementsPerDataBlock, pagesPerDataBlock } = superBlockShape(header, superBlock);
  const elementBytes = pagesPerDataBlock === 0 ? elementsPerDataBlock * header.elementSize : 0;
  return BLOCK_OVERHEAD + widths.sizeOfOffsets + arrayOffsetBytes(header) + elementBytes;
}

/** Bytes of a page of a paged data block, with its checksum. */
export function extensibleArrayPageBytes(header: ExtensibleArrayHeader): number {
  return 2 ** header.pageBits * header.elementSize + CHECKSUM_BYTES;
}

/** Bytes of a data block with all its pages: what is allocated for it. */
export function sizeOfExtensibleArrayDataBlock(
  header: ExtensibleArrayHeader,
  superBlock: number,
  widths: FileWidths,
): number {
  const { pagesPerDataBlock } = superBlockShape(header, superBlock);
  const prefixBytes = extensibleArrayDataBlockPrefixBytes(header, superBlock, widths);
  return prefixBytes + pagesPerDataBlock * extensibleArrayPageBytes(header);
}

/** What is before the elements, or pages, of a data block. */
export function decodeExtensibleArrayDataBlockHead(
  cursor: Cursor,
  header: ExtensibleArrayHeader,
): Omit<ExtensibleArrayDataBlock, "elements"> {
  const headerAddress = decodeArrayBlockStart(cursor, DATA_SIGNATURE, header);
  return { headerAddress, blockOffset: cursor.uint(arrayOffsetBytes(header), "Block Offset") };
}

/** Decodes the block without its pages. */
export function decodeExtensibleArrayDataBlock(
  cursor: Cursor,
  header: ExtensibleArrayHeader,
  superBlock: number,
): ExtensibleArrayDataBlock {
  const start = cursor.position;
  const { headerAddress, blockOffset } = decodeExtensibleArrayDataBlockHead(cursor, header);
  const { elementsPerDataBlock, pagesPerDataBlock } = superBlockShape(header, superBlock);
  const elements = pagesPerDataBlock === 0 ? decodeChunkElements(cursor, header, elementsPerDataBlock) : undefined;
  cursor.checksum(start);
  return { headerAddress, blockOffset, elements };
}

export function encodeExtensibleArrayDataBlock(
  writer: Writer,
  header: ExtensibleArrayHeader,
  block: ExtensibleArrayDataBlock,
): void {
  const start = writer.position;
  encodeArrayStart(writer, DATA_SIGNATURE, header).addressValue(block.headerAddress);
  writer.uint(block.blockOffset, arrayOffsetBytes(header));
  if (block.elements !== undefined) encodeChunkElements(writer, header, block.elements);
  writer.checksum(start);
}
