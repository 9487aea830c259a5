/**
 * Chunk index: fixed array, for datasets whose maximum dimensions are all limited.
 *
 * Specification: VII.C, "The Fixed Array Index". Reference implementation: H5FA.c, H5Dfarray.c.
 *
 * A header points at one data block. One of more elements than a page holds is a bitmap of the pages that were written,
 * followed by the pages; the others are never read.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import {
  type ChunkElementFormat,
  type ChunkIndexElement,
  type ChunkIndexElements,
  noElements,
} from "../../format/chunk-index-elements.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import {
  decodeArrayPage,
  decodeFixedArrayDataBlock,
  decodeFixedArrayHeader,
  encodeArrayPage,
  encodeFixedArrayDataBlock,
  encodeFixedArrayHeader,
  type FixedArrayDataBlock,
  type FixedArrayHeader,
  type FixedArrayPaging,
  fixedArrayPageElements,
  fixedArrayPaging,
  isPageWritten,
  sizeOfFixedArrayDataBlock,
  sizeOfFixedArrayHeader,
  withPageWritten,
} from "../../format/fixed-array.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import type { StructureCodec } from "../structure-cache.ts";
import { ArrayIndex, type ChunkArray, type ElementSlot } from "./array-index.ts";
import type { ChunkStorage } from "./chunk-index.ts";
import type { ChunkNumbering } from "./chunk-numbers.ts";
import { type EncodedPage, elementOf, elementOfPage, encodedPageCodec, isInMemory } from "./encoded-page.ts";

const HEADER = "Fixed array header";
const DATA_BLOCK = "Fixed array data block";
const PAGE = "Fixed array data block page";

export interface FixedArrayIndexOptions {
  readonly storage: ChunkStorage;
  readonly indexing: Extract<ChunkIndexing, { readonly type: "fixed-array" }>;
  readonly rootAddress: Address;
  readonly numbering: ChunkNumbering;
  readonly chunkByteLength: number;
  /** Of a new array; an existing one has its own. */
  readonly format: ChunkElementFormat;
}

export function fixedArrayIndex(options: FixedArrayIndexOptions): ArrayIndex {
  const { storage, indexing, rootAddress, numbering, chunkByteLength, format } = options;
  return new ArrayIndex({
    indexing,
    rootAddress,
    numbering,
    chunkByteLength,
    sizeOfOffsets: storage.widths.sizeOfOffsets,
    open: (address) => new FixedArray(storage, address, numbering.total),
    create: () => createFixedArray(storage, format, indexing.pageBits, numbering.total),
  });
}

function headerCodec(storage: ChunkStorage): StructureCodec<FixedArrayHeader> {
  const byteLength = sizeOfFixedArrayHeader(storage.widths);
  return { structure: HEADER, byteLength, decode: decodeFixedArrayHeader, encode: encodeFixedArrayHeader };
}

function blockCodec(header: FixedArrayHeader, prefixBytes: number): StructureCodec<FixedArrayDataBlock> {
  return {
    structure: DATA_BLOCK,
    byteLength: prefixBytes,
    decode: (cursor) => decodeFixedArrayDataBlock(cursor, header),
    encode: (writer, block) => encodeFixedArrayDataBlock(writer, header, block),
  };
}

function createFixedArray(
  storage: ChunkStorage,
  format: ChunkElementFormat,
  pageBits: number,
  elementCount: number,
): FixedArray {
  const codec = headerCodec(storage);
  const address = storage.allocate("object-header", codec.byteLength);
  const { filtered, elementSize } = format;
  storage.store(address, codec, { filtered, elementSize, pageBits, elementCount, dataBlockAddress: UNDEFINED_ADDRESS });
  return new FixedArray(storage, address, elementCount);
}

export class FixedArray implements ChunkArray {
  readonly address: Address;
  private readonly storage: ChunkStorage;
  private readonly paging: FixedArrayPaging;
  private readonly codec: StructureCodec<FixedArrayDataBlock>;
  private readonly fullPageCodec: StructureCodec<ChunkIndexElements>;
  private readonly lastPageCodec: StructureCodec<ChunkIndexElements>;
  private readonly encodedPageCodec: StructureCodec<EncodedPage>;
  private readonly encodedLastPageCodec: StructureCodec<EncodedPage>;
  private header: FixedArrayHeader;

  /**
   * @param elementCount - Chunks that the dataset can have.
   * @throws FormatError when the array has room for fewer.
   */
  constructor(storage: ChunkStorage, address: Address, elementCount: number) {
    this.storage = storage;
    this.address = address;
    const header = storage.load(address, headerCodec(storage));
    if (header.elementCount < elementCount) {
      throw new FormatError(
        `${HEADER} at address ${address}, field "Max Num Entries": ${header.elementCount} for ${elementCount} chunks`,
        { structure: HEADER, address },
      );
    }
    this.header = header;
    this.paging = fixedArrayPaging(header, storage.widths);
    this.codec = blockCodec(header, this.paging.prefixBytes);
    this.fullPageCodec = this.pageCodec(this.paging.elementsPerPage);
    const lastCount = fixedArrayPageElements(header, Math.max(0, this.paging.pageCount - 1));
    this.lastPageCodec = this.pageCodec(lastCount);
    this.encodedPageCodec = encodedPageCodec(this.fullPageCodec, header, this.paging.elementsPerPage);
    this.encodedLastPageCodec = encodedPageCodec(this.lastPageCodec, header, lastCount);
  }

  get format(): ChunkElementFormat {
    return this.header;
  }

  get end(): number {
    return this.header.elementCount;
  }

  private pageCodec(count: number): StructureCodec<ChunkIndexElements> {
    const { header } = this;
    return {
      structure: PAGE,
      byteLength: count * header.elementSize + 4,
      decode: (cursor) => decodeArrayPage(cursor, header, count),
      encode: (writer, elements) => encodeArrayPage(writer, header, elements),
    };
  }

  private codecOfPage(page: number): StructureCodec<ChunkIndexElements> {
    return page === this.paging.pageCount - 1 ? this.lastPageCodec : this.fullPageCodec;
  }

  private addressOfPage(page: number): Address {
    return this.header.dataBlockAddress + this.paging.prefixBytes + page * this.paging.pageBytes;
  }

  private block(): FixedArrayDataBlock | undefined {
    const { dataBlockAddress } = this.header;
    return isDefined(dataBlockAddress) ? this.storage.load(dataBlockAddress, this.codec) : undefined;
  }

  slot(index: number): ElementSlot | undefined {
    const block = this.block();
    if (block === undefined || !(index < this.header.elementCount)) return undefined;
    return this.slotIn(block, index);
  }

  element(index: number): ChunkIndexElement | undefined {
    const block = this.block();
    if (block === undefined || !(index < this.header.elementCount)) return undefined;
    const { content } = block;
    if (content.kind === "elements") return elementOf(content.elements, index);
    const { elementsPerPage, pageCount } = this.paging;
    const page = Math.floor(index / elementsPerPage);
    if (!isPageWritten(content.pageBitmap, page)) return undefined;
    const encoded = page === pageCount - 1 ? this.encodedLastPageCodec : this.encodedPageCodec;
    const at = index - page * elementsPerPage;
    return elementOfPage(this.storage, this.addressOfPage(page), this.codecOfPage(page), encoded, at);
  }

  private slotIn(block: FixedArrayDataBlock, index: number): ElementSlot | undefined {
    const { content } = block;
    if (content.kind === "elements") {
      return { elements: content.elements, at: index, save: () => this.storeBlock(block) };
    }
    const page = Math.floor(index / this.paging.elementsPerPage);
    return isPageWritten(content.pageBitmap, page) ? this.slotInPage(page, index) : undefined;
  }

  private slotInPage(page: number, index: number): ElementSlot {
    const address = this.addressOfPage(page);
    const codec = this.codecOfPage(page);
    const elements = this.storage.load(address, codec);
    const at = index - page * this.paging.elementsPerPage;
    return { elements, at, save: () => this.storage.store(address, codec, elements) };
  }

  private storeBlock(block: FixedArrayDataBlock): void {
    this.storage.store(this.header.dataBlockAddress, this.codec, block);
  }

  slotForChange(index: number): ElementSlot {
    if (!(index < this.header.elementCount)) {
      throw new LimitError(`chunk number ${index} in an index of ${this.header.elementCount} chunks`);
    }
    const block = this.block() ?? this.createBlock();
    return this.slotIn(block, index) ?? this.createPage(block, index);
  }

  private createBlock(): FixedArrayDataBlock {
    const { storage, header, address, paging } = this;
    const dataBlockAddress = storage.allocate("local-heap", sizeOfFixedArrayDataBlock(header, storage.widths));
    this.header = { ...header, dataBlockAddress };
    const block: FixedArrayDataBlock = {
      headerAddress: address,
      content:
        paging.pageCount === 0
          ? { kind: "elements", elements: noElements(header.elementCount, header.filtered) }
          : { kind: "paged", pageBitmap: new Uint8Array(Math.ceil(paging.pageCount / 8)) },
    };
    this.storeBlock(block);
    storage.store(address, headerCodec(storage), this.header);
    storage.writeBefore(dataBlockAddress, address);
    return block;
  }

  private createPage(block: FixedArrayDataBlock, index: number): ElementSlot {
    const { content } = block;
    if (content.kind !== "paged") throw new RangeError("not a paged block");
    const { storage, header } = this;
    const page = Math.floor(index / this.paging.elementsPerPage);
    const elements = noElements(fixedArrayPageElements(header, page), header.filtered);
    storage.store(this.addressOfPage(page), this.codecOfPage(page), elements);
    this.storeBlock({ ...block, content: { kind: "paged", pageBitmap: withPageWritten(content.pageBitmap, page) } });
    storage.writeBefore(this.addressOfPage(page), header.dataBlockAddress);
    return this.slotInPage(page, index);
  }

  expect(indices: readonly number[]): void {
    const block = this.block();
    if (block?.content.kind !== "paged") return;
    const { pageBitmap } = block.content;
    const pages = new Set<number>();
    for (const index of indices) {
      const page = Math.floor(index / this.paging.elementsPerPage);
      if (isPageWritten(pageBitmap, page)) pages.add(page);
    }
    this.expectPages(pages);
  }

  private expectPages(pages: Iterable<number>): void {
    const missing: { address: Address; byteLength: number }[] = [];
    for (const page of pages) {
      const address = this.addressOfPage(page);
      if (isInMemory(this.storage, address, PAGE)) continue;
      missing.push({ address, byteLength: this.codecOfPage(page).byteLength });
    }
    if (missing.length > 0) this.storage.expectRaw(missing);
  }

  walk(visit: (first: number, elements: ChunkIndexElements) => void): void {
    const content = this.block()?.content;
    if (content === undefined) return;
    if (content.kind === "elements") {
      visit(0, content.elements);
      return;
    }
    const { pageCount, elementsPerPage } = this.paging;
    const written: number[] = [];
    for (let page = 0; page < pageCount; page++) if (isPageWritten(content.pageBitmap, page)) written.push(page);
    this.expectPages(written);
    for (const page of written) {
      visit(page * elementsPerPage, this.storage.load(this.addressOfPage(page), this.codecOfPage(page)));
    }
  }

  deleteAll(freed: FreedBlocks): void {
    const { storage, header, address } = this;
    const { dataBlockAddress } = header;
    if (isDefined(dataBlockAddress)) {
      for (let page = 0; page < this.paging.pageCount; page++) freed.addPart(this.addressOfPage(page));
      freed.add("local-heap", dataBlockAddress, sizeOfFixedArrayDataBlock(header, storage.widths));
    }
    freed.add("object-header", address, sizeOfFixedArrayHeader(storage.widths));
  }
}
