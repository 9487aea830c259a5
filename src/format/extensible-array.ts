/**
 * Extensible array, the index of chunks of a dataset with one unlimited dimension: header and arithmetic. Its blocks are in
 * `extensible-array-blocks.ts`.
 *
 * Specification: VII.D, "The Extensible Array Index". Reference implementation: H5EAcache.c, H5EAhdr.c.
 *
 * | field                              | bytes           |
 * | ---------------------------------- | --------------- |
 * | Signature                          | 4, "EAHD"       |
 * | Version                            | 1, here 0       |
 * | Client ID                          | 1               |
 * | Element Size                       | 1               |
 * | Max Nelmts Bits                    | 1               |
 * | Index Blk Elmts                    | 1               |
 * | Data Blk Min Elmts                 | 1               |
 * | Secondary Blk Min Data Ptrs        | 1               |
 * | Max Data Blk Page Nelmts Bits      | 1               |
 * | Num Secondary Blks, their size     | Size of Lengths each |
 * | Num Data Blks, their size          | Size of Lengths each |
 * | Max Index Set                      | Size of Lengths |
 * | Num Elements                       | Size of Lengths |
 * | Index Block Address                | Size of Offsets |
 * | Checksum                           | 4               |
 *
 * The first elements are in the index block, the others in data blocks, which belong to super blocks: super block u has
 * 2^floor(u/2) data blocks of minElements * 2^ceil(u/2) elements. The first super blocks exist only in the arithmetic; their
 * data blocks' addresses are in the index block.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { floorLog2, isPowerOfTwo } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { type ChunkElementFormat, decodeArrayHeaderStart, encodeArrayStart } from "./chunk-index-elements.ts";

/** What holds for all blocks of an array. Specification: VII.D, "The Extensible Array Index". */
export interface ExtensibleArrayHeader extends ChunkElementFormat {
  /** log2 of the most elements the array may have. */
  readonly maxBits: number;
  /** Elements in the index block. */
  readonly indexElements: number;
  /** Elements of the smallest data block; a power of two. */
  readonly minElements: number;
  /** Data block pointers of the smallest real super block; a power of two. */
  readonly minPointers: number;
  /** log2 of a page's elements. */
  readonly pageBits: number;
  /** Super blocks there are. */
  readonly superBlockCount: number;
  /** Bytes of all super blocks. */
  readonly superBlocksByteLength: number;
  /** Data blocks there are. */
  readonly dataBlockCount: number;
  /** Bytes of all data blocks. */
  readonly dataBlocksByteLength: number;
  /** One more than the highest index ever set: elements from here on do not exist. */
  readonly maxIndexSet: number;
  /** Elements for which there is space. */
  readonly realizedElements: number;
  /** Undefined until a chunk is written. */
  readonly indexBlockAddress: Address;
}

/** The parameters that the arithmetic needs; a header or a data layout message has them. */
export interface ExtensibleArrayParameters {
  /** Bits of the greatest number of elements. */
  readonly maxBits: number;
  /** Elements in the index block. */
  readonly indexElements: number;
  /** Elements of the smallest data block. */
  readonly minElements: number;
  /** Data blocks of the smallest super block that is stored. */
  readonly minPointers: number;
  /** Bits of the number of elements of a page. */
  readonly pageBits: number;
}

/** Where an element is that is not in the index block. */
export interface ExtensibleArrayPosition {
  /** Number of the super block, from 0. */
  readonly superBlock: number;
  /** Number of the data block within its super block. */
  readonly dataBlock: number;
  /** Number of the element within its data block. */
  readonly element: number;
}

/** What follows from the parameters for one super block. */
export interface SuperBlockShape {
  /** Data blocks that it has room for. */
  readonly dataBlockCount: number;
  /** Elements of each. */
  readonly elementsPerDataBlock: number;
  /** Number of its first element, not counting those in the index block. */
  readonly firstElement: number;
  /** Number of its first data block in the whole array. */
  readonly firstDataBlock: number;
  /** Pages of each data block; 0 when these are not paged. */
  readonly pagesPerDataBlock: number;
}

const SIGNATURE = "EAHD";
const MAX_BITS = 64;

/** What libhdf5 uses. C: `H5D_EARRAY_*`. */
export const DEFAULT_EXTENSIBLE_ARRAY: ExtensibleArrayParameters = {
  maxBits: 32,
  indexElements: 4,
  minElements: 16,
  minPointers: 4,
  pageBits: 10,
};

export function sizeOfExtensibleArrayHeader(widths: FileWidths): number {
  return 16 + 6 * widths.sizeOfLengths + widths.sizeOfOffsets;
}

export function decodeExtensibleArrayHeader(cursor: Cursor): ExtensibleArrayHeader {
  const start = cursor.position;
  const format = decodeArrayHeaderStart(cursor, SIGNATURE);
  const parameters = decodeParameters(cursor);
  const superBlockCount = cursor.finiteLength("Num Secondary Blks");
  const superBlocksByteLength = cursor.finiteLength("Secondary Blk Size");
  const dataBlockCount = cursor.finiteLength("Num Data Blks");
  const dataBlocksByteLength = cursor.finiteLength("Data Blk Size");
  const maxIndexSet = cursor.finiteLength("Max Index Set");
  const realizedElements = cursor.finiteLength("Num Elements");
  const indexBlockAddress = cursor.addressValue("Index Block Address");
  cursor.checksum(start);
  return {
    ...format,
    ...parameters,
    superBlockCount,
    superBlocksByteLength,
    dataBlockCount,
    dataBlocksByteLength,
    maxIndexSet,
    realizedElements,
    indexBlockAddress,
  };
}

function decodeParameters(cursor: Cursor): ExtensibleArrayParameters {
  const maxBits = cursor.within(1, MAX_BITS, "Max Nelmts Bits");
  const indexElements = cursor.u8("Index Blk Elmts");
  const minElements = cursor.u8("Data Blk Min Elmts");
  const minPointers = cursor.u8("Secondary Blk Min Data Ptrs");
  const pageBits = cursor.u8("Max Data Blk Page Nelmts Bits");
  if (!isPowerOfTwo(minElements) || floorLog2(minElements) > maxBits) {
    throw cursor.error(`${minElements} is not a power of two, or too large`, "Data Blk Min Elmts");
  }
  if (!isPowerOfTwo(minPointers) || 2 * floorLog2(minPointers) > maxBits - floorLog2(minElements) + 1) {
    throw cursor.error(`${minPointers} is not a power of two, or too large`, "Secondary Blk Min Data Ptrs");
  }
  if (pageBits < floorLog2(minElements) || pageBits > maxBits) {
    throw cursor.error(`${pageBits} bits`, "Max Data Blk Page Nelmts Bits");
  }
  return { maxBits, indexElements, minElements, minPointers, pageBits };
}

export function encodeExtensibleArrayHeader(writer: Writer, header: ExtensibleArrayHeader): void {
  const start = writer.position;
  encodeArrayStart(writer, SIGNATURE, header);
  writer.u8(header.elementSize).u8(header.maxBits).u8(header.indexElements);
  writer.u8(header.minElements).u8(header.minPointers).u8(header.pageBits);
  writer.lengthValue(header.superBlockCount).lengthValue(header.superBlocksByteLength);
  writer.lengthValue(header.dataBlockCount).lengthValue(header.dataBlocksByteLength);
  writer.lengthValue(header.maxIndexSet).lengthValue(header.realizedElements);
  writer.addressValue(header.indexBlockAddress).checksum(start);
}

/** Bytes of "Block Offset" in super and data blocks. */
export function arrayOffsetBytes(array: ExtensibleArrayParameters): number {
  return Math.ceil(array.maxBits / 8);
}

/** Super blocks of a full array, those without a block of their own included. */
export function superBlockTotal(array: ExtensibleArrayParameters): number {
  return 1 + array.maxBits - floorLog2(array.minElements);
}

/** How many of the first super blocks have their data blocks' addresses in the index block. */
export function indexedSuperBlocks(array: ExtensibleArrayParameters): number {
  return 2 * floorLog2(array.minPointers);
}

/** Data block addresses in the index block. */
export function indexBlockDataPointers(array: ExtensibleArrayParameters): number {
  return 2 * (array.minPointers - 1);
}

/** Super block addresses in the index block. */
export function indexBlockSuperPointers(array: ExtensibleArrayParameters): number {
  return superBlockTotal(array) - indexedSuperBlocks(array);
}

/** The shape of super block number `superBlock`, counted from 0. */
export function superBlockShape(array: ExtensibleArrayParameters, superBlock: number): SuperBlockShape {
  const dataBlockCount = 2 ** Math.floor(superBlock / 2);
  const elementsPerDataBlock = array.minElements * 2 ** Math.ceil(superBlock / 2);
  const elementsPerPage = 2 ** array.pageBits;
  return {
    dataBlockCount,
    elementsPerDataBlock,
    // Super block u has minElements * 2^u elements, and its predecessors that many less minElements.
    firstElement: array.minElements * (2 ** superBlock - 1),
    firstDataBlock: firstDataBlock(superBlock),
    pagesPerDataBlock: elementsPerDataBlock > elementsPerPage ? elementsPerDataBlock / elementsPerPage : 0,
  };
}

/** Data blocks before super block u: 1, 1, 2, 2, 4, 4, ... summed up. */
function firstDataBlock(superBlock: number): number {
  const pairs = Math.floor(superBlock / 2);
  return 2 * (2 ** pairs - 1) + (superBlock % 2 === 0 ? 0 : 2 ** pairs);
}

/** Where element `index` is, `index` being at least `indexElements`: lower ones are in the index block. */
export function locateElement(array: ExtensibleArrayParameters, index: number): ExtensibleArrayPosition {
  const number = index - array.indexElements;
  const superBlock = floorLog2(Math.floor(number / array.minElements) + 1);
  const { firstElement, elementsPerDataBlock } = superBlockShape(array, superBlock);
  const within = number - firstElement;
  const dataBlock = Math.floor(within / elementsPerDataBlock);
  return { superBlock, dataBlock, element: within % elementsPerDataBlock };
}
