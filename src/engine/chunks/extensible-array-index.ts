/**
 * Chunk index: extensible array, for datasets with one unlimited dimension.
 *
 * Specification: VII.D, "The Extensible Array Index". Reference implementation: H5EA.c, H5Dearray.c.
 *
 * The path to an element is header, index block, then for most elements a super block, a data block and perhaps a page of
 * it; blocks without any element do not exist. What lies at or beyond "Max Index Set" is no element, whatever the bytes say.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import type { ChunkElementFormat, ChunkIndexElement, ChunkIndexElements } from "../../format/chunk-index-elements.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import {
  type ExtensibleArrayPosition,
  indexedSuperBlocks,
  locateElement,
  superBlockTotal,
} from "../../format/extensible-array.ts";
import type { ExtensibleArrayIndexBlock, ExtensibleArraySuperBlock } from "../../format/extensible-array-blocks.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import { ArrayIndex, type ChunkArray, type ElementSlot } from "./array-index.ts";
import type { ChunkStorage } from "./chunk-index.ts";
import type { ChunkNumbering } from "./chunk-numbers.ts";
import { elementOf } from "./encoded-page.ts";
import {
  createExtensibleArrayHeader,
  DATA_BLOCK,
  ExtensibleArrayBlocks,
  type Extent,
  PAGE,
  SUPER_BLOCK,
} from "./extensible-array-blocks.ts";

export interface ExtensibleArrayIndexOptions {
  readonly storage: ChunkStorage;
  readonly indexing: Extract<ChunkIndexing, { readonly type: "extensible-array" }>;
  readonly rootAddress: Address;
  readonly numbering: ChunkNumbering;
  readonly chunkByteLength: number;
  /** Of a new array; an existing one has its own. */
  readonly format: ChunkElementFormat;
}

export function extensibleArrayIndex(options: ExtensibleArrayIndexOptions): ArrayIndex {
  const { storage, indexing, rootAddress, numbering, chunkByteLength, format } = options;
  return new ArrayIndex({
    indexing,
    rootAddress,
    numbering,
    chunkByteLength,
    sizeOfOffsets: storage.widths.sizeOfOffsets,
    open: (address) => new ExtensibleArray(storage, address),
    create: () => new ExtensibleArray(storage, createExtensibleArrayHeader(storage, format, indexing)),
  });
}

/** A data block that exists, and how it is found. */
interface FoundDataBlock {
  readonly address: Address;
  /** Of the super block; undefined when the index block points at the data block. */
  readonly parent: Address | undefined;
}

export class ExtensibleArray implements ChunkArray {
  private readonly blocks: ExtensibleArrayBlocks;
  /** Super blocks up to here have no block of their own. */
  private readonly indexedSuperBlocks: number;

  constructor(storage: ChunkStorage, address: Address) {
    this.blocks = new ExtensibleArrayBlocks(storage, address);
    this.indexedSuperBlocks = indexedSuperBlocks(this.blocks.header);
  }

  get address(): Address {
    return this.blocks.address;
  }

  get format(): ChunkElementFormat {
    return this.blocks.header;
  }

  get end(): number {
    return this.blocks.header.maxIndexSet;
  }

  element(index: number): ChunkIndexElement | undefined {
    const { blocks } = this;
    const { header } = blocks;
    if (!(index < header.maxIndexSet)) return undefined;
    const indexBlock = blocks.indexBlock();
    if (indexBlock === undefined) return undefined;
    if (index < header.indexElements) return elementOf(indexBlock.elements, index);
    const position = locateElement(header, index);
    const found = this.findDataBlock(indexBlock, position);
    if (found === undefined) return undefined;
    const { superBlock, dataBlock, element } = position;
    if (blocks.shape(superBlock).pagesPerDataBlock === 0) {
      return blocks.elementOfDataBlock(found.address, superBlock, element);
    }
    const perPage = 2 ** header.pageBits;
    const page = Math.floor(element / perPage);
    if (!blocks.isPageWritten(this.pagesOf(found, superBlock), superBlock, dataBlock, page)) return undefined;
    return blocks.elementOfPage(blocks.pageAddress(found.address, superBlock, page), element - page * perPage);
  }

  slot(index: number): ElementSlot | undefined {
    const { header } = this.blocks;
    if (!(index < header.maxIndexSet)) return undefined;
    const indexBlock = this.blocks.indexBlock();
    if (indexBlock === undefined) return undefined;
    if (index < header.indexElements) return this.slotInIndexBlock(indexBlock, index);
    const position = locateElement(header, index);
    const found = this.findDataBlock(indexBlock, position);
    return found === undefined ? undefined : this.slotInDataBlock(found, position);
  }

  private slotInIndexBlock(block: ExtensibleArrayIndexBlock, index: number): ElementSlot {
    const save = () => {
      this.blocks.storeIndexBlock(block);
      this.blocks.noteIndex(index, this.blocks.header.indexBlockAddress);
    };
    return { elements: block.elements, at: index, save };
  }

  private findDataBlock(
    block: ExtensibleArrayIndexBlock,
    position: ExtensibleArrayPosition,
  ): FoundDataBlock | undefined {
    const { superBlock, dataBlock } = position;
    if (superBlock < this.indexedSuperBlocks) {
      const { firstDataBlock } = this.blocks.shape(superBlock);
      const address = block.dataBlockAddresses[firstDataBlock + dataBlock] as Address;
      return isDefined(address) ? { address, parent: undefined } : undefined;
    }
    const parent = block.superBlockAddresses[superBlock - this.indexedSuperBlocks];
    if (parent === undefined || !isDefined(parent)) return undefined;
    const address = this.blocks.superBlock(parent, superBlock).dataBlockAddresses[dataBlock] as Address;
    return isDefined(address) ? { address, parent } : undefined;
  }

  private slotInDataBlock(found: FoundDataBlock, position: ExtensibleArrayPosition): ElementSlot | undefined {
    const { superBlock, dataBlock, element } = position;
    const { blocks } = this;
    const { address, parent } = found;
    if (blocks.shape(superBlock).pagesPerDataBlock > 0) {
      const page = Math.floor(element / 2 ** blocks.header.pageBits);
      const pages = this.pagesOf(found, superBlock);
      return blocks.isPageWritten(pages, superBlock, dataBlock, page)
        ? this.slotInPage(found, position, page)
        : undefined;
    }
    const block = blocks.dataBlock(address, superBlock);
    const elements = block.elements as ChunkIndexElements;
    const index = this.indexOf(position);
    const save = () => {
      blocks.storeDataBlock(address, superBlock, block);
      blocks.noteIndex(index, address, parent);
    };
    return { elements, at: element, save };
  }

  /** The super block that says which pages were written. */
  private pagesOf({ address, parent }: FoundDataBlock, superBlock: number): ExtensibleArraySuperBlock {
    if (parent === undefined) throw this.blocks.error("has pages, but no super block", address, DATA_BLOCK);
    return this.blocks.superBlock(parent, superBlock);
  }

  private slotInPage(found: FoundDataBlock, position: ExtensibleArrayPosition, page: number): ElementSlot {
    const { blocks } = this;
    const address = blocks.pageAddress(found.address, position.superBlock, page);
    const elements = blocks.page(address);
    const index = this.indexOf(position);
    const save = () => {
      blocks.storePage(address, elements);
      blocks.noteIndex(index, address, found.parent);
    };
    return { elements, at: position.element - page * 2 ** blocks.header.pageBits, save };
  }

  private indexOf({ superBlock, dataBlock, element }: ExtensibleArrayPosition): number {
    const { header } = this.blocks;
    const { firstElement, elementsPerDataBlock } = this.blocks.shape(superBlock);
    return header.indexElements + firstElement + dataBlock * elementsPerDataBlock + element;
  }

  slotForChange(index: number): ElementSlot {
    const { blocks } = this;
    const { header } = blocks;
    const position = index < header.indexElements ? undefined : locateElement(header, index);
    if (!(index < 2 ** header.maxBits) || (position !== undefined && position.superBlock >= superBlockTotal(header))) {
      throw new LimitError(`chunk number ${index} in an index of up to 2^${header.maxBits} chunks`);
    }
    const indexBlock = blocks.indexBlock() ?? blocks.createIndexBlock();
    if (position === undefined) return this.slotInIndexBlock(indexBlock, index);
    const found = this.findDataBlock(indexBlock, position) ?? this.createDataBlock(indexBlock, position);
    return this.slotInDataBlock(found, position) ?? this.createPage(found, position);
  }

  private createDataBlock(indexBlock: ExtensibleArrayIndexBlock, position: ExtensibleArrayPosition): FoundDataBlock {
    const { blocks } = this;
    const { superBlock, dataBlock } = position;
    if (superBlock < this.indexedSuperBlocks) {
      const shape = blocks.shape(superBlock);
      const number = shape.firstDataBlock + dataBlock;
      const address = blocks.createDataBlock(superBlock, number, blocks.header.indexBlockAddress);
      const dataBlockAddresses = indexBlock.dataBlockAddresses.with(number, address);
      blocks.storeIndexBlock({ ...indexBlock, dataBlockAddresses });
      return { address, parent: undefined };
    }
    const parent = this.superBlockFor(indexBlock, superBlock);
    const block = blocks.superBlock(parent, superBlock);
    const address = blocks.createDataBlock(superBlock, dataBlock, parent);
    const dataBlockAddresses = block.dataBlockAddresses.with(dataBlock, address);
    blocks.storeSuperBlock(parent, superBlock, { ...block, dataBlockAddresses });
    return { address, parent };
  }

  private superBlockFor(indexBlock: ExtensibleArrayIndexBlock, superBlock: number): Address {
    const at = superBlock - this.indexedSuperBlocks;
    const known = indexBlock.superBlockAddresses[at] as Address;
    if (isDefined(known)) return known;
    const address = this.blocks.createSuperBlock(superBlock);
    this.blocks.storeIndexBlock({
      ...indexBlock,
      superBlockAddresses: indexBlock.superBlockAddresses.with(at, address),
    });
    return address;
  }

  private createPage(found: FoundDataBlock, position: ExtensibleArrayPosition): ElementSlot {
    const { superBlock, dataBlock, element } = position;
    const { blocks } = this;
    const page = Math.floor(element / 2 ** blocks.header.pageBits);
    const address = blocks.pageAddress(found.address, superBlock, page);
    this.pagesOf(found, superBlock);
    blocks.createPage(address, found.parent as Address, superBlock, dataBlock, page);
    return this.slotInPage(found, position, page);
  }

  /** Level by level: super blocks, then data blocks and pages. */
  expect(indices: readonly number[]): void {
    const { header } = this.blocks;
    const indexBlock = this.blocks.indexBlock();
    if (indexBlock === undefined) return;
    const positions = indices
      .filter((index) => index >= header.indexElements && index < header.maxIndexSet)
      .map((index) => locateElement(header, index));
    this.expectSuperBlocks(indexBlock, new Set(positions.map(({ superBlock }) => superBlock)));
    const dataBlocks = new Map<Address, Extent>();
    const pages = new Map<Address, Extent>();
    for (const position of positions) {
      const found = this.findDataBlock(indexBlock, position);
      if (found === undefined) continue;
      const { superBlock, dataBlock, element } = position;
      if (this.blocks.shape(superBlock).pagesPerDataBlock === 0) {
        dataBlocks.set(found.address, this.blocks.dataBlockExtent(found.address, superBlock));
        continue;
      }
      const page = Math.floor(element / 2 ** header.pageBits);
      if (!this.blocks.isPageWritten(this.pagesOf(found, superBlock), superBlock, dataBlock, page)) continue;
      const address = this.blocks.pageAddress(found.address, superBlock, page);
      pages.set(address, this.blocks.pageExtent(address));
    }
    this.blocks.expect([...dataBlocks.values()], DATA_BLOCK);
    this.blocks.expect([...pages.values()], PAGE);
  }

  private expectSuperBlocks(indexBlock: ExtensibleArrayIndexBlock, superBlocks: Iterable<number>): void {
    const extents: Extent[] = [];
    for (const superBlock of superBlocks) {
      const address = indexBlock.superBlockAddresses[superBlock - this.indexedSuperBlocks];
      if (address !== undefined && isDefined(address)) extents.push(this.blocks.superBlockExtent(address, superBlock));
    }
    this.blocks.expect(extents, SUPER_BLOCK);
  }

  walk(visit: (first: number, elements: ChunkIndexElements) => void): void {
    const { header } = this.blocks;
    const indexBlock = this.blocks.indexBlock();
    if (indexBlock === undefined) return;
    /** Elements from "Max Index Set" on are cut off. */
    const show = (first: number, elements: ChunkIndexElements): void => {
      const count = Math.min(elements.addresses.length, header.maxIndexSet - first);
      if (count > 0) visit(first, count === elements.addresses.length ? elements : firstElements(elements, count));
    };
    show(0, indexBlock.elements);
    this.expectAll(indexBlock);
    this.walkDataBlocks(indexBlock, (found, superBlock, dataBlock) => {
      const first = this.indexOf({ superBlock, dataBlock, element: 0 });
      if (first >= header.maxIndexSet) return;
      if (this.blocks.shape(superBlock).pagesPerDataBlock === 0) {
        show(first, this.blocks.dataBlock(found.address, superBlock).elements as ChunkIndexElements);
        return;
      }
      this.walkPages(found, superBlock, dataBlock, (address, page) => {
        show(first + page * 2 ** header.pageBits, this.blocks.page(address));
      });
    });
  }

  /** Everything that a walk will load. */
  private expectAll(indexBlock: ExtensibleArrayIndexBlock): void {
    const { header } = this.blocks;
    const total = superBlockTotal(header);
    this.expectSuperBlocks(
      indexBlock,
      Array.from({ length: total }, (_, superBlock) => superBlock),
    );
    const dataBlocks: Extent[] = [];
    const pages: Extent[] = [];
    this.walkDataBlocks(indexBlock, (found, superBlock, dataBlock) => {
      if (this.blocks.shape(superBlock).pagesPerDataBlock === 0) {
        dataBlocks.push(this.blocks.dataBlockExtent(found.address, superBlock));
      } else {
        this.walkPages(found, superBlock, dataBlock, (address) => pages.push(this.blocks.pageExtent(address)));
      }
    });
    this.blocks.expect(dataBlocks, DATA_BLOCK);
    this.blocks.expect(pages, PAGE);
  }

  /**
   * The data blocks that exist, in order.
   *
   * A damaged array in which many pointers lead to one block would take very long: it is refused.
   */
  private walkDataBlocks(
    indexBlock: ExtensibleArrayIndexBlock,
    visit: (found: FoundDataBlock, superBlock: number, dataBlock: number) => void,
  ): void {
    const seen = new Set<Address>();
    const once = (address: Address, structure: string): void => {
      if (seen.has(address)) throw this.blocks.error("is reached twice", address, structure);
      seen.add(address);
    };
    const show = (addresses: readonly Address[], superBlock: number, parent: Address | undefined): void => {
      addresses.forEach((address, dataBlock) => {
        if (!isDefined(address)) return;
        once(address, DATA_BLOCK);
        visit({ address, parent }, superBlock, dataBlock);
      });
    };
    for (let superBlock = 0; superBlock < this.indexedSuperBlocks; superBlock++) {
      const { firstDataBlock, dataBlockCount } = this.blocks.shape(superBlock);
      const addresses = indexBlock.dataBlockAddresses.slice(firstDataBlock, firstDataBlock + dataBlockCount);
      show(addresses, superBlock, undefined);
    }
    indexBlock.superBlockAddresses.forEach((parent, i) => {
      if (!isDefined(parent)) return;
      once(parent, SUPER_BLOCK);
      const superBlock = this.indexedSuperBlocks + i;
      show(this.blocks.superBlock(parent, superBlock).dataBlockAddresses, superBlock, parent);
    });
  }

  private walkPages(
    found: FoundDataBlock,
    superBlock: number,
    dataBlock: number,
    visit: (address: Address, page: number) => void,
  ): void {
    const { blocks } = this;
    const block = this.pagesOf(found, superBlock);
    const { pagesPerDataBlock } = blocks.shape(superBlock);
    for (let page = 0; page < pagesPerDataBlock; page++) {
      if (blocks.isPageWritten(block, superBlock, dataBlock, page)) {
        visit(blocks.pageAddress(found.address, superBlock, page), page);
      }
    }
  }

  deleteAll(freed: FreedBlocks): void {
    const { blocks } = this;
    const indexBlock = blocks.indexBlock();
    if (indexBlock !== undefined) {
      this.walkDataBlocks(indexBlock, ({ address }, superBlock) => blocks.addDataBlock(freed, address, superBlock));
      indexBlock.superBlockAddresses.forEach((address, i) => {
        if (isDefined(address)) blocks.addSuperBlock(freed, address, this.indexedSuperBlocks + i);
      });
    }
    blocks.addHeader(freed);
  }
}

function firstElements({ addresses, filtered }: ChunkIndexElements, count: number): ChunkIndexElements {
  return {
    addresses: addresses.subarray(0, count),
    filtered:
      filtered === undefined
        ? undefined
        : {
            byteLengths: filtered.byteLengths.subarray(0, count),
            filterMasks: filtered.filterMasks.subarray(0, count),
          },
  };
}
