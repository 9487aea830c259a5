import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS, type FileWidths } from "../../src/base/address.ts";
import { lookup3 } from "../../src/base/checksum.ts";
import type { Cursor } from "../../src/base/cursor.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type BTreeV2Header,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  decodeBTreeV2Leaf,
  encodeBTreeV2Header,
  encodeBTreeV2Internal,
  sizeOfBTreeV2Header,
} from "../../src/format/b-tree-v2.ts";
import { filteredHugeObjectRecords, hugeObjectRecords } from "../../src/format/b-tree-v2-records.ts";
import { chunkSizeFieldBytes, noElements } from "../../src/format/chunk-index-elements.ts";
import {
  DEFAULT_EXTENSIBLE_ARRAY,
  decodeExtensibleArrayHeader,
  encodeExtensibleArrayHeader,
  locateElement,
  sizeOfExtensibleArrayHeader,
  superBlockShape,
} from "../../src/format/extensible-array.ts";
import {
  decodeFixedArrayDataBlock,
  decodeFixedArrayHeader,
  encodeFixedArrayDataBlock,
  encodeFixedArrayHeader,
  isPageWritten,
  sizeOfFixedArrayHeader,
  withPageWritten,
} from "../../src/format/fixed-array.ts";
import {
  decodeFractalHeapHeader,
  encodeFractalHeapHeader,
  type FractalHeapHeader,
  sizeOfFractalHeapHeader,
} from "../../src/format/fractal-heap.ts";
import {
  decodeIndirectBlock,
  encodeIndirectBlock,
  type FractalHeapIndirectBlock,
} from "../../src/format/fractal-heap-blocks.ts";
import {
  decodeFractalHeapId,
  decodeManagedId,
  encodeFractalHeapId,
  maxTinyBytes,
} from "../../src/format/fractal-heap-id.ts";
import {
  decodeFreeSpaceHeader,
  decodeFreeSpaceSectionList,
  encodeFreeSpaceHeader,
  encodeFreeSpaceSectionList,
  type FreeSpaceHeader,
  sizeOfFreeSpaceHeader,
} from "../../src/format/free-space.ts";
import { decodeSharedMessageRecord, encodeSharedMessageRecord } from "../../src/format/shared-message-record.ts";
import { decodeSharedMessageTable, encodeSharedMessageTable } from "../../src/format/shared-message-table.ts";
import { anyAddress, anyLength, anyWidths, cursorOver } from "./header-messages.ts";

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

const anyTreeHeader: fc.Arbitrary<BTreeV2Header> = fc.record({
  recordType: fc.integer({ min: 1, max: 11 }),
  nodeSize: fc.integer({ min: 512, max: 4096 }),
  recordSize: fc.integer({ min: 1, max: 60 }),
  depth: fc.integer({ min: 0, max: 6 }),
  splitPercent: u8,
  mergePercent: u8,
  rootAddress: fc.integer({ min: 0, max: 0xfffe }),
  rootRecordCount: u16,
  totalRecordCount: anyLength,
});

const anyPipeline = fc.constant({
  version: 1 as const,
  filters: [{ id: 1, name: "deflate", optional: false, flags: 0, clientData: [6] }],
});

const anyHeapHeader: fc.Arbitrary<FractalHeapHeader> = fc.record({
  idLength: fc.integer({ min: 1, max: 60 }),
  hugeIdsWrapped: fc.boolean(),
  directBlocksChecksummed: fc.boolean(),
  maxManagedObjectSize: fc.integer({ min: 1, max: 65536 }),
  nextHugeId: anyLength,
  hugeBTreeAddress: anyAddress,
  freeSpace: anyLength,
  freeSpaceManagerAddress: anyAddress,
  managedSpace: anyLength,
  allocatedManagedSpace: anyLength,
  allocationIteratorOffset: anyLength,
  managedObjectCount: anyLength,
  hugeObjectSize: anyLength,
  hugeObjectCount: anyLength,
  tinyObjectSize: anyLength,
  tinyObjectCount: anyLength,
  table: fc.record({
    width: fc.constantFrom(1, 4, 16),
    startingBlockSize: fc.constantFrom(128, 512, 1024),
    maxDirectBlockSize: fc.constantFrom(1024, 4096, 32768),
    maxHeapBits: fc.integer({ min: 20, max: 64 }),
  }),
  startingRootRows: u16,
  rootAddress: anyAddress,
  currentRootRows: fc.integer({ min: 0, max: 5 }),
  filters: fc.oneof(
    fc.constant(undefined),
    fc.record({ filteredRootByteLength: anyLength, rootFilterMask: u32, pipeline: anyPipeline }),
  ),
});

const anyFixedArrayHeader = fc.record({
  pageBits: fc.integer({ min: 1, max: 20 }),
  elementCount: fc.integer({ min: 1, max: 60 }),
  dataBlockAddress: anyAddress,
});

const anyExtensibleArrayHeader = fc.record({
  maxBits: fc.integer({ min: 20, max: 64 }),
  indexElements: u8,
  minElements: fc.constantFrom(1, 16, 32),
  minPointers: fc.constantFrom(1, 4, 8),
  pageBits: fc.integer({ min: 5, max: 20 }),
  superBlockCount: anyLength,
  superBlocksByteLength: anyLength,
  dataBlockCount: anyLength,
  dataBlocksByteLength: anyLength,
  maxIndexSet: anyLength,
  realizedElements: anyLength,
  indexBlockAddress: anyAddress,
});

const anyFreeSpaceHeader: fc.Arbitrary<FreeSpaceHeader> = fc.record({
  client: fc.constantFrom("fractal-heap" as const, "file" as const),
  totalSpace: anyLength,
  sectionCount: anyLength,
  serializedSectionCount: anyLength,
  ghostSectionCount: anyLength,
  sectionClassCount: u16,
  shrinkPercent: u16,
  expandPercent: u16,
  addressBits: fc.integer({ min: 16, max: 64 }),
  maxSectionSize: fc.bigInt({ min: 0xffffn, max: 0xffffn }),
  sectionListAddress: anyAddress,
  usedByteLength: anyLength,
  allocatedByteLength: anyLength,
});

function bytesOf(widths: FileWidths, encode: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(widths);
  encode(writer);
  return new Uint8Array(writer.toBytes());
}

function roundTrip<T>(
  value: T,
  widths: FileWidths,
  decode: (cursor: Cursor) => T,
  encode: (writer: Writer, value: T) => void,
): number {
  const bytes = bytesOf(widths, (writer) => encode(writer, value));
  const cursor = cursorOver(bytes, "structure", widths);
  expect(decode(cursor)).toEqual(value);
  expect(cursor.remaining).toBe(0);
  return bytes.length;
}

describe("headers of trees, heaps, arrays and free space", () => {
  test("decode to what was encoded, in as many bytes as they say, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyWidths, anyTreeHeader, anyHeapHeader, anyFreeSpaceHeader, (widths, tree, heap, space) => {
        expect(roundTrip(tree, widths, decodeBTreeV2Header, encodeBTreeV2Header)).toBe(sizeOfBTreeV2Header(widths));
        expect(roundTrip(heap, widths, decodeFractalHeapHeader, encodeFractalHeapHeader)).toBe(
          sizeOfFractalHeapHeader(heap, widths),
        );
        expect(roundTrip(space, widths, decodeFreeSpaceHeader, encodeFreeSpaceHeader)).toBe(
          sizeOfFreeSpaceHeader(widths),
        );
      }),
    );
    fc.assert(
      fc.property(
        anyWidths,
        anyFixedArrayHeader,
        anyExtensibleArrayHeader,
        fc.constantFrom(undefined, 1, 3, 8),
        (widths, fixed, extensible, chunkSizeBytes) => {
          const filtered = chunkSizeBytes !== undefined;
          const elementSize = widths.sizeOfOffsets + (filtered ? chunkSizeBytes + 4 : 0);
          const format = { filtered, elementSize };
          expect(roundTrip({ ...format, ...fixed }, widths, decodeFixedArrayHeader, encodeFixedArrayHeader)).toBe(
            sizeOfFixedArrayHeader(widths),
          );
          expect(
            roundTrip({ ...format, ...extensible }, widths, decodeExtensibleArrayHeader, encodeExtensibleArrayHeader),
          ).toBe(sizeOfExtensibleArrayHeader(widths));
        },
      ),
    );
  });

  test("give errors of this library and no other when they are damaged under a right checksum", () => {
    const elements = { filtered: false, elementSize: 8 };
    fc.assert(
      fc.property(
        fc.tuple(anyTreeHeader, anyHeapHeader, anyFreeSpaceHeader, anyFixedArrayHeader, anyExtensibleArrayHeader),
        fc.array(fc.tuple(fc.nat(), u8), { minLength: 1, maxLength: 4 }),
        ([tree, heap, space, fixed, extensible], damage) => {
          const write = (encode: (writer: Writer) => void) => bytesOf(DEFAULT_WIDTHS, encode);
          const cases: [Uint8Array, (cursor: Cursor) => unknown][] = [
            [write((w) => encodeBTreeV2Header(w, tree)), decodeBTreeV2Header],
            [write((w) => encodeFractalHeapHeader(w, heap)), decodeFractalHeapHeader],
            [write((w) => encodeFreeSpaceHeader(w, space)), decodeFreeSpaceHeader],
            [write((w) => encodeFixedArrayHeader(w, { ...elements, ...fixed })), decodeFixedArrayHeader],
            [write((w) => encodeExtensibleArrayHeader(w, { ...elements, ...extensible })), decodeExtensibleArrayHeader],
          ];
          for (const [bytes, decode] of cases) {
            const covered = bytes.length - 4;
            for (const [at, value] of damage) bytes[at % covered] = value;
            new DataView(bytes.buffer).setUint32(covered, lookup3(bytes, 0, covered), true);
            survives(() => decode(cursorOver(bytes, "structure", DEFAULT_WIDTHS)));
            survives(() => decode(cursorOver(bytes.subarray(0, covered), "structure", DEFAULT_WIDTHS)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("are refused with a wrong checksum", () => {
    const bytes = bytesOf(DEFAULT_WIDTHS, (writer) => encodeSharedMessageTable(writer, []));
    bytes[4] = (bytes[4] as number) ^ 1;
    expect(() => decodeSharedMessageTable(cursorOver(bytes, "Table", DEFAULT_WIDTHS), 0)).toThrow(
      'Table, field "Checksum": stored',
    );
  });
});

function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
  }
}

describe("version 2 B-tree nodes", () => {
  test("of every depth decode to what was encoded", () => {
    fc.assert(
      fc.property(anyTreeHeader, anyWidths, fc.integer({ min: 1, max: 4 }), u8, (tree, widths, depth, byte) => {
        const header = { ...tree, depth: 4 };
        const shape = bTreeV2Shape(header, widths);
        const level = shape.levels[depth];
        const below = shape.levels[depth - 1];
        if (level === undefined || below === undefined) throw new Error("no such depth");
        const count = Math.min(level.capacity, 3);
        const node = {
          records: Array.from({ length: count }, () => new Uint8Array(header.recordSize).fill(byte)),
          children: Array.from({ length: count + 1 }, (_, i) => ({
            address: i,
            recordCount: below.capacity,
            totalRecordCount: depth === 1 ? below.capacity : below.cumulativeCapacity,
          })),
        };
        fc.pre(Number.isSafeInteger(below.cumulativeCapacity));
        const bytes = bytesOf(widths, (writer) => encodeBTreeV2Internal(writer, header, shape, depth, node));
        expect(bytes.length).toBe(header.nodeSize);
        const cursor = cursorOver(bytes, "node", widths);
        expect(decodeBTreeV2Internal(cursor, header, shape, depth, count)).toEqual(node);
      }),
    );
  });

  test("with more records than bytes are refused before anything is allocated", () => {
    const header: BTreeV2Header = {
      recordType: 5,
      nodeSize: 512,
      recordSize: 11,
      depth: 0,
      splitPercent: 100,
      mergePercent: 40,
      rootAddress: 0,
      rootRecordCount: 65535,
      totalRecordCount: 65535,
    };
    const bytes = bytesOf(DEFAULT_WIDTHS, (writer) => writer.signature("BTLF").u8(0).u8(5).zeros(506));
    expect(() => decodeBTreeV2Leaf(cursorOver(bytes, "Leaf", DEFAULT_WIDTHS), header, 65535)).toThrow(
      'Leaf, field "Records": 65535 items of at least 11 bytes, 506 bytes left',
    );
  });

  test("of link names hold as many records as fit beside their pointers", () => {
    const shape = bTreeV2Shape({ nodeSize: 512, recordSize: 11, depth: 3 }, DEFAULT_WIDTHS);
    expect(shape.countBytes).toBe(1);
    expect(shape.levels.map(({ capacity }) => capacity)).toEqual([45, 24, 22, 22]);
    expect(shape.levels.map(({ totalBytes }) => totalBytes)).toEqual([0, 0, 2, 2]);
  });

  test("have records of huge objects, direct or not, filtered or not", () => {
    const object = fc.record({ address: anyAddress, byteLength: anyLength });
    const filtered = fc.record({
      address: anyAddress,
      byteLength: anyLength,
      filterMask: u32,
      memoryByteLength: anyLength,
    });
    fc.assert(
      fc.property(anyWidths, object, filtered, (widths, plain, other) => {
        const direct = hugeObjectRecords(widths);
        expect(roundTrip(plain, widths, direct.decode, direct.encode)).toBe(direct.byteLength);
        const directFiltered = filteredHugeObjectRecords(widths);
        expect(roundTrip(other, widths, directFiltered.decode, directFiltered.encode)).toBe(directFiltered.byteLength);
      }),
    );
  });

  test("have records of shared messages that are as long in the heap as in a header", () => {
    for (const sizeOfOffsets of [2, 4, 8]) {
      const widths = { sizeOfOffsets, sizeOfLengths: 8 };
      const heap = { location: "heap" as const, hash: 1, referenceCount: 2, heapId: new Uint8Array(8).fill(3) };
      const header = {
        location: "object-header" as const,
        hash: 1,
        messageType: 3,
        creationIndex: 4,
        objectHeaderAddress: 5,
      };
      expect(roundTrip(heap, widths, decodeSharedMessageRecord, encodeSharedMessageRecord)).toBe(17);
      expect(roundTrip(header, widths, decodeSharedMessageRecord, encodeSharedMessageRecord)).toBe(17);
    }
  });
});

describe("fractal heap", () => {
  test("IDs of every kind decode to what was encoded", () => {
    fc.assert(
      fc.property(anyHeapHeader, anyWidths, u16, fc.integer({ min: 1, max: 59 }), (heap, widths, number, length) => {
        const header = { ...heap, idLength: Math.max(heap.idLength, 12) };
        const data = new Uint8Array(Math.min(length, maxTinyBytes(header))).fill(7);
        // All ones would be the undefined address where addresses have two bytes.
        const huge = { kind: "huge-direct" as const, address: number % 0xffff, byteLength: 9 };
        const filtered = { filterMask: 1, memoryByteLength: 11 };
        const hugeBytes =
          widths.sizeOfOffsets + widths.sizeOfLengths * (header.filters ? 2 : 1) + (header.filters ? 4 : 0);
        const ids = [
          { kind: "managed" as const, heapOffset: number, byteLength: 200 },
          { kind: "tiny" as const, data },
          hugeBytes < header.idLength
            ? { ...huge, ...(header.filters === undefined ? {} : { filtered }) }
            : { kind: "huge-indirect" as const, key: number },
        ];
        for (const id of ids) {
          const bytes = encodeFractalHeapId(id, header, widths);
          expect(bytes.length).toBe(header.idLength);
          expect(decodeFractalHeapId(cursorOver(bytes, "Heap ID", widths), header)).toEqual(id);
          expect(decodeManagedId(bytes, header)).toEqual(id.kind === "managed" ? id : undefined);
          expect(decodeManagedId(bytes.subarray(0, 2), header)).toBe(undefined);
        }
      }),
    );
  });

  test("IDs of 17 and 18 bytes hold 16 bytes, longer ones all but two", () => {
    const [heap] = fc.sample(anyHeapHeader, 1) as [FractalHeapHeader];
    const tiny = (idLength: number) => maxTinyBytes({ ...heap, idLength });
    expect([8, 17, 18, 19, 40].map(tiny)).toEqual([7, 16, 16, 17, 38]);
  });

  test("IDs of an unknown version or type are refused", () => {
    const [heap] = fc.sample(anyHeapHeader, 1) as [FractalHeapHeader];
    const decode = (byte: number) => () =>
      decodeFractalHeapId(cursorOver(Uint8Array.of(byte), "Heap ID", DEFAULT_WIDTHS), heap);
    expect(decode(0x40)).toThrow("version 1 of a heap ID, expected 0");
    expect(decode(0x30)).toThrow("type 3 of a heap ID, expected 0, 1 or 2");
  });

  test("indirect blocks decode to what was encoded, filtered or not", () => {
    fc.assert(
      fc.property(anyHeapHeader, anyWidths, fc.integer({ min: 1, max: 12 }), (header, widths, rows) => {
        const { width, startingBlockSize, maxDirectBlockSize } = header.table;
        const directRows = Math.min(rows, Math.log2(maxDirectBlockSize / startingBlockSize) + 2);
        const filtered = { byteLength: 5, filterMask: 6 };
        const pointer = header.filters === undefined ? { address: 4 } : { address: 4, filtered };
        const block: FractalHeapIndirectBlock = {
          heapHeaderAddress: 1,
          blockOffset: 2,
          directChildren: new Array(directRows * width).fill(pointer),
          indirectChildren: new Array((rows - directRows) * width).fill(3),
        };
        roundTrip(
          block,
          widths,
          (cursor) => decodeIndirectBlock(cursor, header, rows),
          (writer, value) => encodeIndirectBlock(writer, header, value),
        );
      }),
    );
  });
});

describe("arrays of chunks", () => {
  test("give filtered chunks' sizes the bytes that the C library gives them", () => {
    expect([1, 127, 128, 255, 256, 1000, 65536].map((size) => chunkSizeFieldBytes(size, 4, DEFAULT_WIDTHS))).toEqual([
      2, 2, 2, 2, 3, 3, 4,
    ]);
    expect(chunkSizeFieldBytes(1000, 5, { sizeOfOffsets: 8, sizeOfLengths: 4 })).toBe(4);
  });

  test("of fixed size and without pages decode to what was encoded", () => {
    const elements = noElements(5, true);
    elements.addresses[2] = 4096;
    elements.filtered?.byteLengths.set([77], 2);
    elements.filtered?.filterMasks.set([1], 2);
    const header = { filtered: true, elementSize: 8 + 3 + 4, pageBits: 10, elementCount: 5, dataBlockAddress: 0 };
    const content = { kind: "elements" as const, elements };
    roundTrip(
      { headerAddress: 48, content },
      DEFAULT_WIDTHS,
      (cursor) => decodeFixedArrayDataBlock(cursor, header),
      (writer, block) => encodeFixedArrayDataBlock(writer, header, block),
    );
  });

  test("mark pages from the most significant bit down", () => {
    const bitmap = withPageWritten(withPageWritten(new Uint8Array(2), 0), 9);
    expect(bitmap).toEqual(Uint8Array.of(0x80, 0x40));
    expect(Array.from({ length: 16 }, (_, page) => isPageWritten(bitmap, page)).filter(Boolean).length).toBe(2);
  });

  test("place every element of an extensible array once and in order", () => {
    const array = { ...DEFAULT_EXTENSIBLE_ARRAY, minElements: 4 };
    let expected = { superBlock: 0, dataBlock: 0, element: 0 };
    for (let index = array.indexElements; index < 3000; index++) {
      expect(locateElement(array, index)).toEqual(expected);
      const shape = superBlockShape(array, expected.superBlock);
      const { superBlock, dataBlock, element } = expected;
      if (element + 1 < shape.elementsPerDataBlock) expected = { superBlock, dataBlock, element: element + 1 };
      else if (dataBlock + 1 < shape.dataBlockCount) expected = { superBlock, dataBlock: dataBlock + 1, element: 0 };
      else expected = { superBlock: superBlock + 1, dataBlock: 0, element: 0 };
    }
  });

  test("count data blocks over all super blocks", () => {
    const starts = Array.from({ length: 8 }, (_, u) => superBlockShape(DEFAULT_EXTENSIBLE_ARRAY, u).firstDataBlock);
    expect(starts).toEqual([0, 1, 2, 4, 6, 10, 14, 22]);
  });
});

describe("free-space section list", () => {
  test("of an early version of the library has sizes of 2 bytes in heaps with direct blocks of up to 65,536", () => {
    const [any] = fc.sample(anyFreeSpaceHeader, 1) as [FreeSpaceHeader];
    const header: FreeSpaceHeader = {
      ...any,
      client: "fractal-heap",
      totalSpace: 304,
      serializedSectionCount: 2,
      addressBits: 32,
      maxSectionSize: 65536n,
    };
    // From tfcontents1.h5 of the library's own tests, whose header says 33 bytes.
    const stored = "46535345006017000000000000011200ba00000000011e01e200000000127987e3";
    const decoded = decodeFreeSpaceSectionList(
      cursorOver(Uint8Array.from(Buffer.from(stored, "hex")), "List", DEFAULT_WIDTHS),
      header,
    );
    const sets = [
      { sectionSize: 18, sections: [{ offset: 186, type: 0 }] },
      { sectionSize: 286, sections: [{ offset: 226, type: 0 }] },
    ];
    expect(decoded).toEqual({ headerAddress: 5984, sets });
    const decode = (cursor: Cursor) => decodeFreeSpaceSectionList(cursor, header);
    roundTrip(decoded, DEFAULT_WIDTHS, decode, (writer, value) => encodeFreeSpaceSectionList(writer, header, value));
  });

  test("has class data for the heap's rows and indirect blocks only", () => {
    const [any] = fc.sample(anyFreeSpaceHeader, 1) as [FreeSpaceHeader];
    const header: FreeSpaceHeader = { ...any, client: "fractal-heap", addressBits: 32, serializedSectionCount: 3 };
    const indirect = { blockOffset: 4, row: 1, column: 2, entryCount: 3 };
    const list = {
      headerAddress: 48,
      sets: [
        { sectionSize: 40, sections: [{ offset: 100, type: 0 }] },
        {
          sectionSize: 512,
          sections: [
            { offset: 200, type: 1, indirect },
            { offset: 300, type: 2 },
          ],
        },
      ],
    };
    const decode = (cursor: Cursor) => decodeFreeSpaceSectionList(cursor, header);
    roundTrip(list, DEFAULT_WIDTHS, decode, (writer, value) => encodeFreeSpaceSectionList(writer, header, value));
    const file: FreeSpaceHeader = { ...header, client: "file" };
    const bytes = bytesOf(DEFAULT_WIDTHS, (writer) =>
      encodeFreeSpaceSectionList(writer, file, {
        headerAddress: 48,
        sets: [{ sectionSize: 1, sections: [{ offset: 1, type: 3 }] }],
      }),
    );
    expect(() => decodeFreeSpaceSectionList(cursorOver(bytes, "List", DEFAULT_WIDTHS), file)).toThrow(
      'List, field "Record Type": expected 0 to 2, found 3',
    );
  });
});
