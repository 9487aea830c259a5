import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeFreeBlocks,
  decodeLocalHeap,
  encodeFreeBlocks,
  encodeLocalHeap,
  type FreeBlock,
  leastFreeBlockBytes,
  localHeapText,
  NO_FREE_BLOCK,
  sizeOfLocalHeap,
} from "../../src/format/local-heap.ts";
import { walkFile } from "./old-file.ts";
import {
  ALL_WIDTHS,
  anyAddress,
  anyWidths,
  cursorOn,
  encoded,
  expectDamageErrors,
  expectTruncationErrors,
  OLD_FILES,
} from "./structure-bytes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };
const context = { widths: WIDTHS, address: 4096 };

const anyHeap = anyWidths.chain((widths) =>
  fc.record({
    widths: fc.constant(widths),
    heap: fc.integer({ min: 16, max: 60_000 }).chain((dataSegmentSize) =>
      fc.record({
        dataSegmentSize: fc.constant(dataSegmentSize),
        freeListHead: fc.oneof(fc.constant(NO_FREE_BLOCK), fc.integer({ min: 8, max: dataSegmentSize - 1 })),
        dataSegmentAddress: anyAddress(widths),
      }),
    ),
  }),
);

/** Disjoint blocks in any order. */
const anyBlocks = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 2, max: 9 })), { maxLength: 20 })
  .chain((spans) => {
    let end = 8;
    const blocks: FreeBlock[] = spans.map(([before, units]) => {
      const offset = end + 8 * before;
      end = offset + 8 * units;
      return { offset, size: 8 * units };
    });
    return fc.record({
      segmentBytes: fc.constant(end + 8),
      blocks: fc.shuffledSubarray(blocks, { minLength: blocks.length }),
    });
  });

describe("local heap", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyHeap, ({ widths, heap }) => {
        const bytes = encoded(widths, (writer) => encodeLocalHeap(writer, heap));
        expect(bytes.length).toBe(sizeOfLocalHeap(widths));
        expect(decodeLocalHeap(cursorOn(bytes, widths))).toEqual(heap);
      }),
    );
  });

  test("keeps a list of free blocks in the segment, for every size of lengths", () => {
    fc.assert(
      fc.property(anyBlocks, anyWidths, ({ segmentBytes, blocks }, widths) => {
        const segment = new Uint8Array(segmentBytes).fill(0xaa);
        const head = encodeFreeBlocks(segment, blocks, widths);
        expect(decodeFreeBlocks(segment, head, { widths })).toEqual(blocks);
      }),
    );
  });

  test.each(OLD_FILES)("of %s, by the C library, comes back as the same bytes, free list and all", (name) => {
    const { heaps, superblock } = walkFile(name);
    const widths = superblock.value;
    expect(heaps.length).toBe(20);
    for (const { bytes, value, segment } of heaps) {
      expect(encoded(widths, (writer) => encodeLocalHeap(writer, value))).toEqual(bytes);
      const blocks = decodeFreeBlocks(segment, value.freeListHead, { widths });
      const again = segment.slice();
      for (const { offset } of blocks) again.fill(0, offset, offset + 2 * widths.sizeOfLengths);
      expect(encodeFreeBlocks(again, blocks, widths)).toBe(value.freeListHead);
      expect(again).toEqual(segment);
      expect(localHeapText(segment, 0)).toBe("");
    }
  });

  test("writes 1 for an empty free list, and takes all ones for one too", () => {
    for (const widths of ALL_WIDTHS) {
      const heap = { dataSegmentSize: 88, freeListHead: NO_FREE_BLOCK, dataSegmentAddress: 96 };
      const bytes = encoded(widths, (writer) => encodeLocalHeap(writer, heap));
      const head = 8 + widths.sizeOfLengths;
      expect(bytes[head]).toBe(1);
      bytes.fill(0xff, head, head + widths.sizeOfLengths);
      expect(decodeLocalHeap(cursorOn(bytes, widths))).toEqual(heap);
    }
  });

  test("has free blocks of at least two lengths, aligned", () => {
    expect([2, 4, 8].map((sizeOfLengths) => leastFreeBlockBytes({ sizeOfOffsets: 8, sizeOfLengths }))).toEqual([
      8, 8, 16,
    ]);
  });

  test("refuses free lists that leave the segment, overlap or lead in a circle", () => {
    const segment = new Uint8Array(64);
    const free = (head: number) => decodeFreeBlocks(segment, head, context);
    encodeFreeBlocks(segment, [{ offset: 8, size: 16 }], WIDTHS);
    segment[8] = 8;
    expect(() => free(8)).toThrow(
      'Local heap data segment at address 4096, field "Offset of Next Free Block": free blocks overlap',
    );
    segment[8] = 60;
    expect(() => free(8)).toThrow('field "Offset of Next Free Block": needs 8 bytes, 4 left');
    segment[8] = 65;
    expect(() => free(8)).toThrow("65 is outside the segment of 64 bytes");
    segment[8] = 1;
    segment[16] = 57;
    expect(() => free(8)).toThrow('field "Size of Free Block": 57 bytes at 8 in a segment of 64');
    segment[16] = 0;
    expect(() => free(8)).toThrow('field "Size of Free Block": 0 bytes at 8');
    expect(() => encodeFreeBlocks(segment, [{ offset: 56, size: 16 }], WIDTHS)).toThrow(RangeError);
  });

  test("refuses names that leave the segment", () => {
    const segment = new TextEncoder().encode("\0name\0no end");
    expect(localHeapText(segment, 1)).toBe("name");
    expect(localHeapText(segment, 3)).toBe("me");
    for (const offset of [6, segment.length, -1, Number.POSITIVE_INFINITY]) {
      expect(() => localHeapText(segment, offset, 96)).toThrow(
        `Local heap data segment at address 96: no NUL-terminated text at ${offset} in a segment of 12 bytes`,
      );
    }
  });

  test("truncated or damaged gives an error of ours", () => {
    const { heaps, superblock } = walkFile("v0-offsets8-lengths4.h5");
    const { bytes, value, segment } = heaps[0] as (typeof heaps)[number];
    const widths = superblock.value;
    const decode = (damaged: Uint8Array) => decodeLocalHeap(cursorOn(damaged, widths));
    expectTruncationErrors(bytes, decode);
    expectDamageErrors(bytes, decode);
    expectDamageErrors(segment, (damaged) => decodeFreeBlocks(damaged, value.freeListHead, { widths }));
  });
});
