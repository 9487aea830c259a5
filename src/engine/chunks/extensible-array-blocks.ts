/**
 * The blocks of one extensible array in the file: loading, storing, creating, counting them in the header.
 *
 * Specification: VII.D, "The Extensible Array Index". Reference implementation: H5EA.c, H5EAiblock.c, H5EAsblock.c,
 * H5EAdblock.c, H5EAdblkpage.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { FormatError } from "../../base/errors.ts";
import {
  type ChunkElementFormat,
  type ChunkIndexElement,
  type ChunkIndexElements,
  noElements,
} from "../../format/chunk-index-elements.ts";
import {
  decodeExtensibleArrayHeader,
  type ExtensibleArrayHeader,
  type ExtensibleArrayParameters,
  encodeExtensibleArrayHeader,
  indexBlockDataPointers,
  indexBlockSuperPointers,
  type SuperBlockShape,
  sizeOfExtensibleArrayHeader,
  superBlockShape,
} from "../../format/extensible-array.ts";
import {
  decodeExtensibleArrayDataBlock,
  decodeExtensibleArrayDataBlockHead,
  decodeExtensibleArrayIndexBlock,
  decodeExtensibleArraySuperBlock,
  type ExtensibleArrayDataBlock,
  type ExtensibleArrayIndexBlock,
  type ExtensibleArraySuperBlock,
  encodeExtensibleArrayDataBlock,
  encodeExtensibleArrayIndexBlock,
  encodeExtensibleArraySuperBlock,
  extensibleArrayDataBlockPrefixBytes,
  extensibleArrayPageBytes,
  sizeOfExtensibleArrayDataBlock,
  sizeOfExtensibleArrayIndexBlock,
  sizeOfExtensibleArraySuperBlock,
  superBlockBitmapBytes,
  superBlockPageNumber,
} from "../../format/extensible-array-blocks.ts";
import { decodeArrayPage, encodeArrayPage, isPageWritten, withPageWritten } from "../../format/fixed-array.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import type { StructureCodec } from "../structure-cache.ts";
import type { ChunkStorage } from "./chunk-index.ts";
import { type EncodedPage, elementOf, elementOfPage, encodedPageCodec, isInMemory } from "./encoded-page.ts";

export const INDEX_BLOCK = "Extensible array index block";
export const SUPER_BLOCK = "Extensible array super block";
export const DATA_BLOCK = "Extensible array data block";
export const PAGE = "Extensible array data block page";
const HEADER = "Extensible array header";

export interface Extent {
  readonly address: Address;
  readonly byteLength: number;
}

function headerCodec(storage: ChunkStorage): StructureCodec<ExtensibleArrayHeader> {
  const byteLength = sizeOfExtensibleArrayHeader(storage.widths);
  return { structure: HEADER, byteLength, decode: decodeExtensibleArrayHeader, encode: encodeExtensibleArrayHeader };
}

/** The header of a new array without elements. */
export function createExtensibleArrayHeader(
  storage: ChunkStorage,
  format: ChunkElementFormat,
  parameters: ExtensibleArrayParameters,
): Address {
  const codec = headerCodec(storage);
  const address = storage.allocate("object-header", codec.byteLength);
  const { maxBits, indexElements, minElements, minPointers, pageBits } = parameters;
  storage.store(address, codec, {
    filtered: format.filtered,
    elementSize: format.elementSize,
    maxBits,
    indexElements,
    minElements,
    minPointers,
    pageBits,
    superBlockCount: 0,
    superBlocksByteLength: 0,
    dataBlockCount: 0,
    dataBlocksByteLength: 0,
    maxIndexSet: 0,
    realizedElements: 0,
    indexBlockAddress: UNDEFINED_ADDRESS,
  });
  return address;
}

export class ExtensibleArrayBlocks {
  readonly address: Address;
  private readonly storage: ChunkStorage;
  private current: ExtensibleArrayHeader;
  private readonly indexCodec: StructureCodec<ExtensibleArrayIndexBlock>;
  private readonly pageCodec: StructureCodec<ChunkIndexElements>;
  private readonly encodedPageCodec: StructureCodec<EncodedPage>;
  /** By the number of the super block that a data block belongs to. */
  private readonly dataCodecs: StructureCodec<ExtensibleArrayDataBlock>[] = [];
  /** Of data blocks without pages. */
  private readonly encodedDataCodecs: StructureCodec<EncodedPage>[] = [];
  private readonly superCodecs: StructureCodec<ExtensibleArraySuperBlock>[] = [];
  private readonly shapes: SuperBlockShape[] = [];

  constructor(storage: ChunkStorage, address: Address) {
    this.storage = storage;
    this.address = address;
    const header = storage.load(address, headerCodec(storage));
    this.current = header;
    this.indexCodec = {
      structure: INDEX_BLOCK,
      byteLength: sizeOfExtensibleArrayIndexBlock(header, storage.widths),
      decode: (cursor) => decodeExtensibleArrayIndexBlock(cursor, header),
      encode: (writer, block) => encodeExtensibleArrayIndexBlock(writer, header, block),
    };
    this.pageCodec = {
      structure: PAGE,
      byteLength: extensibleArrayPageBytes(header),
      decode: (cursor) => decodeArrayPage(cursor, header, 2 ** header.pageBits),
      encode: (writer, elements) => encodeArrayPage(writer, header, elements),
    };
    this.encodedPageCodec = encodedPageCodec(this.pageCodec, header, 2 ** header.pageBits);
  }

  get header(): ExtensibleArrayHeader {
    return this.current;
  }

  private dataCodec(superBlock: number): StructureCodec<ExtensibleArrayDataBlock> {
    const known = this.dataCodecs[superBlock];
    if (known !== undefined) return known;
    const { current: header, storage } = this;
    const codec: StructureCodec<ExtensibleArrayDataBlock> = {
      structure: DATA_BLOCK,
      byteLength: extensibleArrayDataBlockPrefixBytes(header, superBlock, storage.widths),
      decode: (cursor) => decodeExtensibleArrayDataBlock(cursor, header, superBlock),
      encode: (writer, block) => encodeExtensibleArrayDataBlock(writer, header, block),
    };
    this.dataCodecs[superBlock] = codec;
    return codec;
  }

  private encodedDataCodec(superBlock: number): StructureCodec<EncodedPage> {
    const known = this.encodedDataCodecs[superBlock];
    if (known !== undefined) return known;
    const { current: header } = this;
    const { elementsPerDataBlock } = this.shape(superBlock);
    const codec = encodedPageCodec(this.dataCodec(superBlock), header, elementsPerDataBlock, (cursor) => {
      decodeExtensibleArrayDataBlockHead(cursor, header);
    });
    this.encodedDataCodecs[superBlock] = codec;
    return codec;
  }

  private superCodec(superBlock: number): StructureCodec<ExtensibleArraySuperBlock> {
    const known = this.superCodecs[superBlock];
    if (known !== undefined) return known;
    const { current: header, storage } = this;
    const codec: StructureCodec<ExtensibleArraySuperBlock> = {
      structure: SUPER_BLOCK,
      byteLength: sizeOfExtensibleArraySuperBlock(header, superBlock, storage.widths),
      decode: (cursor) => decodeExtensibleArraySuperBlock(cursor, header, superBlock),
      encode: (writer, block) => encodeExtensibleArraySuperBlock(writer, header, block),
    };
    this.superCodecs[superBlock] = codec;
    return codec;
  }

  /** Computing it anew for every question took most of the time of a lookup. */
  shape(superBlock: number): SuperBlockShape {
    const known = this.shapes[superBlock];
    if (known !== undefined) return known;
    const shape = superBlockShape(this.current, superBlock);
    this.shapes[superBlock] = shape;
    return shape;
  }

  private changeHeader(changes: Partial<ExtensibleArrayHeader>): void {
    this.current = { ...this.current, ...changes };
    this.storage.store(this.address, headerCodec(this.storage), this.current);
  }

  /**
   * Element `index` is being set.
   *
   * @param block - The block or page that it lies in.
   * @param parent - The super block that points there, if one does.
   */
  noteIndex(index: number, block: Address, parent?: Address): void {
    if (index < this.current.maxIndexSet) return;
    this.changeHeader({ maxIndexSet: index + 1 });
    this.storage.writeBefore(block, this.address);
    if (parent !== undefined) this.storage.writeBefore(parent, this.address);
  }

  indexBlock(): ExtensibleArrayIndexBlock | undefined {
    const { indexBlockAddress } = this.current;
    return isDefined(indexBlockAddress) ? this.storage.load(indexBlockAddress, this.indexCodec) : undefined;
  }

  storeIndexBlock(block: ExtensibleArrayIndexBlock): void {
    this.storage.store(this.current.indexBlockAddress, this.indexCodec, block);
  }

  createIndexBlock(): ExtensibleArrayIndexBlock {
    const { storage, current: header } = this;
    const indexBlockAddress = storage.allocate("object-header", this.indexCodec.byteLength);
    const block: ExtensibleArrayIndexBlock = {
      headerAddress: this.address,
      elements: noElements(header.indexElements, header.filtered),
      dataBlockAddresses: new Array<Address>(indexBlockDataPointers(header)).fill(UNDEFINED_ADDRESS),
      superBlockAddresses: new Array<Address>(indexBlockSuperPointers(header)).fill(UNDEFINED_ADDRESS),
    };
    this.changeHeader({ indexBlockAddress, realizedElements: header.realizedElements + header.indexElements });
    this.storeIndexBlock(block);
    storage.writeBefore(indexBlockAddress, this.address);
    return block;
  }

  superBlock(address: Address, superBlock: number): ExtensibleArraySuperBlock {
    return this.storage.load(address, this.superCodec(superBlock));
  }

  storeSuperBlock(address: Address, superBlock: number, block: ExtensibleArraySuperBlock): void {
    this.storage.store(address, this.superCodec(superBlock), block);
  }

  createSuperBlock(superBlock: number): Address {
    const { storage, current: header } = this;
    const { byteLength } = this.superCodec(superBlock);
    const { dataBlockCount, firstElement } = this.shape(superBlock);
    const address = storage.allocate("b-tree", byteLength);
    this.storeSuperBlock(address, superBlock, {
      headerAddress: this.address,
      blockOffset: firstElement,
      pageBitmap: new Uint8Array(superBlockBitmapBytes(header, superBlock)),
      dataBlockAddresses: new Array<Address>(dataBlockCount).fill(UNDEFINED_ADDRESS),
    });
    this.changeHeader({
      superBlockCount: header.superBlockCount + 1,
      superBlocksByteLength: header.superBlocksByteLength + byteLength,
    });
    storage.writeBefore(address, header.indexBlockAddress);
    return address;
  }

  /** Element `at` of a data block that has no pages; the others stay encoded. */
  elementOfDataBlock(address: Address, superBlock: number, at: number): ChunkIndexElement {
    const changed = this.storage.cached<ExtensibleArrayDataBlock>(address, DATA_BLOCK)?.elements;
    if (changed !== undefined) return elementOf(changed, at);
    return this.storage.load(address, this.encodedDataCodec(superBlock)).elementAt(at);
  }

  /** Elements of a data block that has no pages. */
  dataBlock(address: Address, superBlock: number): ExtensibleArrayDataBlock {
    return this.storage.load(address, this.dataCodec(superBlock));
  }

  storeDataBlock(address: Address, superBlock: number, block: ExtensibleArrayDataBlock): void {
    this.storage.store(address, this.dataCodec(superBlock), block);
  }

  /**
   * @param number - By which "Block Offset" is computed: that of the data block within its super block or, if the index
   *   block points at it, in the whole array. The library does so too, and never looks at the field.
   * @param parent - The block that will point at it.
   */
  createDataBlock(superBlock: number, number: number, parent: Address): Address {
    const { storage, current: header } = this;
    const { elementsPerDataBlock, firstElement, pagesPerDataBlock } = this.shape(superBlock);
    const byteLength = this.dataBlockBytes(superBlock);
    const address = storage.allocate("local-heap", byteLength);
    this.storeDataBlock(address, superBlock, {
      headerAddress: this.address,
      blockOffset: firstElement + number * elementsPerDataBlock,
      elements: pagesPerDataBlock === 0 ? noElements(elementsPerDataBlock, header.filtered) : undefined,
    });
    this.changeHeader({
      dataBlockCount: header.dataBlockCount + 1,
      dataBlocksByteLength: header.dataBlocksByteLength + byteLength,
      realizedElements: header.realizedElements + elementsPerDataBlock,
    });
    storage.writeBefore(address, parent);
    return address;
  }

  dataBlockBytes(superBlock: number): number {
    return sizeOfExtensibleArrayDataBlock(this.current, superBlock, this.storage.widths);
  }

  dataBlockExtent(address: Address, superBlock: number): Extent {
    return { address, byteLength: this.dataCodec(superBlock).byteLength };
  }

  superBlockExtent(address: Address, superBlock: number): Extent {
    return { address, byteLength: this.superCodec(superBlock).byteLength };
  }

  pageAddress(dataBlock: Address, superBlock: number, page: number): Address {
    return dataBlock + this.dataCodec(superBlock).byteLength + page * this.pageCodec.byteLength;
  }

  /** Element `at` of a page, most of which stays encoded. */
  elementOfPage(address: Address, at: number): ChunkIndexElement {
    return elementOfPage(this.storage, address, this.pageCodec, this.encodedPageCodec, at);
  }

  page(address: Address): ChunkIndexElements {
    return this.storage.load(address, this.pageCodec);
  }

  storePage(address: Address, elements: ChunkIndexElements): void {
    this.storage.store(address, this.pageCodec, elements);
  }

  pageExtent(address: Address): Extent {
    return { address, byteLength: this.pageCodec.byteLength };
  }

  isPageWritten(block: ExtensibleArraySuperBlock, superBlock: number, dataBlock: number, page: number): boolean {
    return isPageWritten(block.pageBitmap, superBlockPageNumber(this.shape(superBlock), dataBlock, page));
  }

  /** A page without elements. @param parent - The super block's address. */
  createPage(address: Address, parent: Address, superBlock: number, dataBlock: number, page: number): void {
    this.storePage(address, noElements(2 ** this.current.pageBits, this.current.filtered));
    const block = this.superBlock(parent, superBlock);
    const number = superBlockPageNumber(this.shape(superBlock), dataBlock, page);
    this.storeSuperBlock(parent, superBlock, { ...block, pageBitmap: withPageWritten(block.pageBitmap, number) });
    this.storage.writeBefore(address, parent);
  }

  /** Announces blocks that are not in memory. */
  expect(extents: readonly Extent[], structure: string): void {
    const missing = extents.filter(({ address }) => !isInMemory(this.storage, address, structure));
    if (missing.length > 0) this.storage.expectRaw(missing);
  }

  addSuperBlock(freed: FreedBlocks, address: Address, superBlock: number): void {
    freed.add("b-tree", address, this.superCodec(superBlock).byteLength);
  }

  addDataBlock(freed: FreedBlocks, address: Address, superBlock: number): void {
    const { pagesPerDataBlock } = this.shape(superBlock);
    for (let page = 0; page < pagesPerDataBlock; page++) freed.addPart(this.pageAddress(address, superBlock, page));
    freed.add("local-heap", address, this.dataBlockBytes(superBlock));
  }

  /** The header, and the index block if there is one. */
  addHeader(freed: FreedBlocks): void {
    const { indexBlockAddress } = this.current;
    if (isDefined(indexBlockAddress)) freed.add("object-header", indexBlockAddress, this.indexCodec.byteLength);
    freed.add("object-header", this.address, sizeOfExtensibleArrayHeader(this.storage.widths));
  }

  error(problem: string, address: Address, structure: string): FormatError {
    return new FormatError(`${structure} at address ${address}: ${problem}`, { structure, address });
  }
}
