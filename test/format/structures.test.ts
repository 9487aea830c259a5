import { describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { lookup3 } from "../../src/base/checksum.ts";
import { encodeUtf8 } from "../../src/base/text.ts";
import { decodeAttribute } from "../../src/format/attribute.ts";
import {
  ATTRIBUTE_NAME_RECORDS,
  ATTRIBUTE_ORDER_RECORDS,
  chunkRecords,
  filteredChunkRecords,
  indirectFilteredHugeObjectRecords,
  indirectHugeObjectRecords,
  LINK_NAME_RECORDS,
  LINK_ORDER_RECORDS,
  type RecordCodec,
} from "../../src/format/b-tree-v2-records.ts";
import { chunkSizeFieldBytes } from "../../src/format/chunk-index-elements.ts";
import {
  decodeExtensibleArrayHeader,
  type ExtensibleArrayHeader,
  encodeExtensibleArrayHeader,
  indexedSuperBlocks,
  locateElement,
  sizeOfExtensibleArrayHeader,
  superBlockShape,
} from "../../src/format/extensible-array.ts";
import {
  decodeExtensibleArrayDataBlock,
  decodeExtensibleArrayIndexBlock,
  decodeExtensibleArraySuperBlock,
  encodeExtensibleArrayDataBlock,
  encodeExtensibleArrayIndexBlock,
  encodeExtensibleArraySuperBlock,
  extensibleArrayDataBlockPrefixBytes,
  extensibleArrayPageBytes,
  sizeOfExtensibleArrayIndexBlock,
  sizeOfExtensibleArraySuperBlock,
  superBlockPageNumber,
} from "../../src/format/extensible-array-blocks.ts";
import {
  decodeArrayPage,
  decodeFixedArrayDataBlock,
  decodeFixedArrayHeader,
  encodeArrayPage,
  encodeFixedArrayDataBlock,
  encodeFixedArrayHeader,
  fixedArrayPageElements,
  fixedArrayPaging,
  isPageWritten,
  sizeOfFixedArrayHeader,
} from "../../src/format/fixed-array.ts";
import type { FractalHeapHeader } from "../../src/format/fractal-heap.ts";
import { locateBlock } from "../../src/format/fractal-heap-doubling-table.ts";
import { decodeFractalHeapId, encodeFractalHeapId } from "../../src/format/fractal-heap-id.ts";
import {
  decodeFreeSpaceHeader,
  decodeFreeSpaceSectionList,
  encodeFreeSpaceHeader,
  encodeFreeSpaceSectionList,
  sizeOfFreeSpaceHeader,
  sizeOfFreeSpaceSectionList,
} from "../../src/format/free-space.ts";
import { decodeLink } from "../../src/format/link.ts";
import {
  decodeSharedMessageList,
  encodeSharedMessageList,
  sizeOfSharedMessageList,
} from "../../src/format/shared-message-list.ts";
import { type SharedMessageRecord, sharedMessageRecords } from "../../src/format/shared-message-record.ts";
import {
  decodeSharedMessageTable,
  encodeSharedMessageTable,
  sizeOfSharedMessageTable,
} from "../../src/format/shared-message-table.ts";
import { type HeapBlock, StoredFile } from "./h5-walk.ts";
import { toHex } from "./header-messages.ts";

const FILES = [
  "links",
  "attributes",
  "attributes-4-8",
  "chunks",
  "chunks-8-4",
  "shared-list",
  "shared-tree",
  "freed",
] as const;

/** Bytes of a chunk of 4 by 4 elements of 2 bytes. */
const TREE_CHUNK_BYTES = 32;

function recordCodec(file: StoredFile, recordType: number, recordSize: number): RecordCodec<unknown> {
  const { widths } = file;
  const codecs: Record<number, RecordCodec<unknown>> = {
    1: indirectHugeObjectRecords(widths) as RecordCodec<unknown>,
    2: indirectFilteredHugeObjectRecords(widths) as RecordCodec<unknown>,
    5: LINK_NAME_RECORDS as RecordCodec<unknown>,
    6: LINK_ORDER_RECORDS as RecordCodec<unknown>,
    7: sharedMessageRecords(widths) as RecordCodec<unknown>,
    8: ATTRIBUTE_NAME_RECORDS as RecordCodec<unknown>,
    9: ATTRIBUTE_ORDER_RECORDS as RecordCodec<unknown>,
    10: chunkRecords(widths, 2) as RecordCodec<unknown>,
    11: filteredChunkRecords(widths, 2, chunkSizeFieldBytes(TREE_CHUNK_BYTES, 4, widths)) as RecordCodec<unknown>,
  };
  const codec = codecs[recordType];
  if (codec === undefined) throw new Error(`no codec for records of type ${recordType}`);
  expect(codec.byteLength).toBe(recordSize);
  return codec;
}

interface Heap {
  readonly header: FractalHeapHeader;
  readonly blocks: readonly HeapBlock[];
}

function heapsOf(file: StoredFile): Heap[] {
  return file.addressesOf("FRHP").map((address) => {
    const header = file.heapHeader(address);
    return { header, blocks: file.heapBlocks(address, header) };
  });
}

/** The bytes of a managed object; `undefined` where the ID leads nowhere in this heap. */
function managedObject(file: StoredFile, heap: Heap, heapId: Uint8Array): Uint8Array | undefined {
  const id = decodeFractalHeapId(file.cursorOver(heapId, "Heap ID"), heap.header);
  expect(toHex(encodeFractalHeapId(id, heap.header, file.widths))).toBe(toHex(heapId));
  if (id.kind !== "managed") return undefined;
  const block = heap.blocks.find(
    ({ blockOffset, bytes }) => id.heapOffset >= blockOffset && id.heapOffset < blockOffset + bytes.length,
  );
  if (block === undefined) return undefined;
  const start = id.heapOffset - block.blockOffset;
  return block.bytes.subarray(start, start + id.byteLength);
}

describe("files of the C library", () => {
  test.each(FILES)("%s: fractal heaps and all their blocks are encoded to the same bytes", (name) => {
    const heaps = heapsOf(new StoredFile(name));
    expect(heaps.length).toBeGreaterThan(0);
    for (const { header, blocks } of heaps) {
      const total = blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(total).toBe(header.allocatedManagedSpace);
    }
  });

  test.each(FILES)("%s: version 2 B-trees, their nodes and records are encoded to the same bytes", (name) => {
    const file = new StoredFile(name);
    for (const address of file.addressesOf("BTHD")) {
      const header = file.treeHeader(address);
      const codec = recordCodec(file, header.recordType, header.recordSize);
      for (const record of file.treeRecords(header)) file.roundTripBytes(record, codec.decode, codec.encode);
    }
  });

  test("the records of link names lead to links of that hash, in nested blocks and filtered ones", () => {
    const file = new StoredFile("links");
    const heaps = heapsOf(file);
    expect(heaps.some(({ header }) => header.filters !== undefined)).toBe(true);
    let found = 0;
    for (const address of file.addressesOf("BTHD")) {
      const header = file.treeHeader(address);
      if (header.recordType !== LINK_NAME_RECORDS.recordType) continue;
      const records = file
        .treeRecords(header)
        .map((record) => LINK_NAME_RECORDS.decode(file.cursorOver(record, "Record")));
      // Nothing near the tree says which heap it belongs to: it is the one with as many objects.
      const heap = heaps.find(
        (one) => one.header.managedObjectCount + one.header.hugeObjectCount === header.totalRecordCount,
      ) as Heap;
      for (const { hash, heapId } of records) {
        const bytes = managedObject(file, heap, heapId);
        if (bytes === undefined) continue;
        const link = decodeLink(file.cursorOver(bytes, "Link message"));
        expect(lookup3(encodeUtf8(link.name))).toBe(hash);
        found++;
      }
    }
    expect(found).toBe(2666 + 300);
  });

  test("the records of attribute names lead to attributes of that hash", () => {
    for (const name of ["attributes", "attributes-4-8"]) {
      const file = new StoredFile(name);
      const heap = heapsOf(file)[0] as Heap;
      let found = 0;
      for (const address of file.addressesOf("BTHD")) {
        const header = file.treeHeader(address);
        if (header.recordType !== ATTRIBUTE_NAME_RECORDS.recordType) continue;
        for (const record of file.treeRecords(header)) {
          const { hash, heapId } = ATTRIBUTE_NAME_RECORDS.decode(file.cursorOver(record, "Record"));
          const bytes = managedObject(file, heap, heapId);
          if (bytes === undefined) continue;
          const attribute = decodeAttribute(file.cursorOver(bytes, "Attribute message"));
          expect(lookup3(encodeUtf8(attribute.name))).toBe(hash);
          found++;
        }
      }
      expect(found).toBe(60);
    }
  });

  test("the doubling table finds the block of every offset", () => {
    for (const { header, blocks } of heapsOf(new StoredFile("links"))) {
      const { table, currentRootRows } = header;
      if (currentRootRows === 0) continue;
      for (const { blockOffset, bytes } of blocks) {
        for (const offset of [blockOffset, blockOffset + bytes.length - 1]) {
          let position = locateBlock(table, offset);
          let start = position.blockOffset;
          while (position.blockSize > table.maxDirectBlockSize) {
            position = locateBlock(table, offset - start);
            start += position.blockOffset;
          }
          expect(start).toBe(blockOffset);
          expect(position.blockSize).toBe(bytes.length);
        }
      }
    }
  });

  test.each(["chunks", "chunks-8-4"])("%s: fixed arrays, paged or not, are encoded to the same bytes", (name) => {
    const file = new StoredFile(name);
    const pagesWritten: number[] = [];
    const chunks: number[] = [];
    for (const address of file.addressesOf("FAHD")) {
      const size = sizeOfFixedArrayHeader(file.widths);
      const header = file.roundTrip(address, size, decodeFixedArrayHeader, encodeFixedArrayHeader);
      const { prefixBytes, pageBytes, pageCount } = fixedArrayPaging(header, file.widths);
      const { content, headerAddress } = file.roundTrip(
        header.dataBlockAddress,
        prefixBytes,
        (cursor) => decodeFixedArrayDataBlock(cursor, header),
        (writer, block) => encodeFixedArrayDataBlock(writer, header, block),
      );
      expect(headerAddress).toBe(address);
      if (content.kind === "elements") {
        chunks.push(content.elements.addresses.filter((at) => at !== UNDEFINED_ADDRESS).length);
        continue;
      }
      for (let page = 0; page < pageCount; page++) {
        if (!isPageWritten(content.pageBitmap, page)) continue;
        pagesWritten.push(page);
        const count = fixedArrayPageElements(header, page);
        const elements = file.roundTrip(
          header.dataBlockAddress + prefixBytes + page * pageBytes,
          count * header.elementSize + 4,
          (cursor) => decodeArrayPage(cursor, header, count),
          (writer, value) => encodeArrayPage(writer, header, value),
        );
        expect(elements.addresses.filter((at) => at !== UNDEFINED_ADDRESS).length).toBe(1);
      }
    }
    expect(chunks).toEqual([3, 3]);
    expect(pagesWritten).toEqual([0, 2, 0, 2]);
  });

  test.each(["chunks", "chunks-8-4"])(
    "%s: extensible arrays and all their blocks are encoded to the same bytes",
    (name) => {
      const file = new StoredFile(name);
      const sets = [
        [0, 4, 25, 250, 749],
        [0, 140000, 149999],
      ];
      const arrays = file.addressesOf("EAHD");
      expect(arrays.length).toBe(4);
      arrays.forEach((address, i) => {
        const size = sizeOfExtensibleArrayHeader(file.widths);
        const header = file.roundTrip(address, size, decodeExtensibleArrayHeader, encodeExtensibleArrayHeader);
        const expected = sets[i % 2] as number[];
        expect(header.maxIndexSet).toBe((expected.at(-1) as number) + 1);
        for (const index of expected) expect(chunkAddress(file, header, index)).toBeGreaterThan(0);
        expect(chunkAddress(file, header, 1)).toBe(UNDEFINED_ADDRESS);
        expect(chunkAddress(file, header, 26)).toBe(UNDEFINED_ADDRESS);
      });
    },
  );

  test.each(["shared-list", "shared-tree"])("%s: the shared message table is encoded to the same bytes", (name) => {
    const file = new StoredFile(name);
    const [address] = file.addressesOf("SMTB") as [number];
    const [index] = file.roundTrip(
      address,
      sizeOfSharedMessageTable(1, file.widths),
      (cursor) => decodeSharedMessageTable(cursor, 1),
      encodeSharedMessageTable,
    );
    expect(index).toMatchObject({ messageTypeFlags: 0x182a, minimumMessageSize: 1 });
    expect(index?.messageCount).toBeGreaterThan(40);
    if (index?.indexType === "b-tree-v2") {
      expect(file.treeHeader(index.indexAddress).totalRecordCount).toBe(index.messageCount);
    } else if (index !== undefined) {
      const { listCutoff, messageCount } = index;
      const records: readonly SharedMessageRecord[] = file.roundTrip(
        index.indexAddress,
        sizeOfSharedMessageList(listCutoff, file.widths),
        (cursor) => decodeSharedMessageList(cursor, messageCount),
        (writer, value) => encodeSharedMessageList(writer, value, listCutoff),
      );
      expect(new Set(records.map(({ location }) => location))).toEqual(new Set(["heap", "object-header"]));
    }
  });

  test.each(FILES)("%s: free-space managers are encoded to the same bytes", (name) => {
    const file = new StoredFile(name);
    for (const address of file.addressesOf("FSHD")) {
      const size = sizeOfFreeSpaceHeader(file.widths);
      const header = file.roundTrip(address, size, decodeFreeSpaceHeader, encodeFreeSpaceHeader);
      if (header.sectionListAddress === UNDEFINED_ADDRESS) continue;
      const list = file.roundTrip(
        header.sectionListAddress,
        header.usedByteLength,
        (cursor) => decodeFreeSpaceSectionList(cursor, header),
        (writer, value) => encodeFreeSpaceSectionList(writer, header, value),
      );
      expect(sizeOfFreeSpaceSectionList(header, list, file.widths)).toBe(header.usedByteLength);
      expect(list.headerAddress).toBe(address);
      const sections = list.sets.reduce((sum, set) => sum + set.sections.length, 0);
      expect(sections).toBe(header.serializedSectionCount);
    }
  });
});

/** A chunk's address by way of every block that leads there, each encoded back to the same bytes. */
function chunkAddress(file: StoredFile, header: ExtensibleArrayHeader, index: number): number {
  const indexBlock = file.roundTrip(
    header.indexBlockAddress,
    sizeOfExtensibleArrayIndexBlock(header, file.widths),
    (cursor) => decodeExtensibleArrayIndexBlock(cursor, header),
    (writer, block) => encodeExtensibleArrayIndexBlock(writer, header, block),
  );
  if (index < header.indexElements) return indexBlock.elements.addresses[index] as number;
  const { superBlock, dataBlock, element } = locateElement(header, index);
  const shape = superBlockShape(header, superBlock);
  const direct = indexedSuperBlocks(header);
  if (superBlock < direct) {
    const at = indexBlock.dataBlockAddresses[shape.firstDataBlock + dataBlock] as number;
    return at === UNDEFINED_ADDRESS ? at : elementAddress(file, header, superBlock, at, element);
  }
  const superAddress = indexBlock.superBlockAddresses[superBlock - direct] as number;
  if (superAddress === UNDEFINED_ADDRESS) return superAddress;
  const block = file.roundTrip(
    superAddress,
    sizeOfExtensibleArraySuperBlock(header, superBlock, file.widths),
    (cursor) => decodeExtensibleArraySuperBlock(cursor, header, superBlock),
    (writer, value) => encodeExtensibleArraySuperBlock(writer, header, value),
  );
  expect(block.blockOffset).toBe(shape.firstElement);
  const at = block.dataBlockAddresses[dataBlock] as number;
  if (at === UNDEFINED_ADDRESS) return at;
  const page = Math.floor(element / 2 ** header.pageBits);
  if (shape.pagesPerDataBlock > 0) {
    expect(isPageWritten(block.pageBitmap, superBlockPageNumber(shape, dataBlock, page))).toBe(true);
  }
  return elementAddress(file, header, superBlock, at, element);
}

function elementAddress(
  file: StoredFile,
  header: ExtensibleArrayHeader,
  superBlock: number,
  address: number,
  element: number,
): number {
  const prefixBytes = extensibleArrayDataBlockPrefixBytes(header, superBlock, file.widths);
  const block = file.roundTrip(
    address,
    prefixBytes,
    (cursor) => decodeExtensibleArrayDataBlock(cursor, header, superBlock),
    (writer, value) => encodeExtensibleArrayDataBlock(writer, header, value),
  );
  if (block.elements !== undefined) return block.elements.addresses[element] as number;
  const perPage = 2 ** header.pageBits;
  const pageBytes = extensibleArrayPageBytes(header);
  const page = file.roundTrip(
    address + prefixBytes + Math.floor(element / perPage) * pageBytes,
    pageBytes,
    (cursor) => decodeArrayPage(cursor, header, perPage),
    (writer, value) => encodeArrayPage(writer, header, value),
  );
  return page.addresses[element % perPage] as number;
}
