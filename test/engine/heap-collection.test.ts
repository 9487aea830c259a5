/** Global heap collections that are changed are, encoded, what the format says of the same objects. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import { Writer } from "../../src/base/writer.ts";
import { HeapCollection } from "../../src/engine/heap-collection.ts";
import {
  decodeGlobalHeapCollection,
  encodeGlobalHeapCollection,
  type GlobalHeapObject,
  globalHeapFreeBytes,
  sizeOfGlobalHeapObject,
} from "../../src/format/global-heap.ts";

const COLLECTION_BYTES = 4096;
const anyWidths = fc.constantFrom(2, 4, 8).map((size) => ({ sizeOfOffsets: size, sizeOfLengths: size }));
const anyBytes = fc.uint8Array({ maxLength: 300 });
const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("put" as const), data: anyBytes }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), which: fc.nat() }) },
  fc.record({ kind: fc.constant("encode" as const) }),
  fc.record({ kind: fc.constant("decode" as const) }),
);

function encoded(collection: HeapCollection, widths: { sizeOfOffsets: number; sizeOfLengths: number }): Uint8Array {
  const writer = new Writer(widths);
  collection.encode(writer);
  return writer.copy();
}

function dataOf(collection: HeapCollection, index: number): Uint8Array | undefined {
  const place = { bytes: new Uint8Array(0), start: 0, end: 0 };
  return collection.locate(index, place) ? place.bytes.subarray(place.start, place.end) : undefined;
}

describe("a heap collection", () => {
  test("holds after any edits what the objects that are left are encoded to", () => {
    fc.assert(
      fc.property(anyWidths, fc.array(anyStep, { maxLength: 60 }), (widths, steps) => {
        let collection = HeapCollection.empty(COLLECTION_BYTES, widths);
        const objects = new Map<number, GlobalHeapObject>();
        for (const step of steps) {
          if (step.kind === "put") {
            if (collection.freeBytes < sizeOfGlobalHeapObject(step.data.length, widths)) continue;
            const index = collection.unusedIndex() as number;
            expect(objects.has(index)).toBe(false);
            collection.put(index, step.data);
            objects.set(index, { index, referenceCount: 0, data: step.data });
          } else if (step.kind === "delete") {
            const index = [...objects.keys()][step.which % Math.max(1, objects.size)] ?? 77;
            expect(collection.delete(index)).toBe(objects.delete(index));
          } else {
            const bytes = encoded(collection, widths);
            if (step.kind === "decode") {
              const before = bytes.slice();
              collection = HeapCollection.decode(new Cursor(bytes, { structure: "c", widths }), COLLECTION_BYTES);
              // What is decoded is a view of bytes that are another's: changes go to a copy.
              collection.put(collection.unusedIndex() as number, new Uint8Array(0));
              collection.delete([...Array(400).keys()].find((i) => !objects.has(i) && collection.has(i)) as number);
              expect(bytes).toEqual(before);
            }
          }
          const contents = { collectionSize: COLLECTION_BYTES, objects: [...objects.values()] };
          expect(collection.count).toBe(objects.size);
          expect(collection.freeBytes).toBe(globalHeapFreeBytes(contents, widths));
          expect(collection.isWithin(new Set(objects.keys()))).toBe(true);
          for (const { index, data } of objects.values()) {
            expect(dataOf(collection, index)).toEqual(data);
            expect(collection.sizeOf(index)).toBe(sizeOfGlobalHeapObject(data.length, widths));
          }
        }
        const writer = new Writer(widths);
        encodeGlobalHeapCollection(writer, { collectionSize: COLLECTION_BYTES, objects: [...objects.values()] });
        expect(encoded(collection, widths)).toEqual(writer.copy());
      }),
      { numRuns: 50 },
    );
  });

  test("leaves views of objects as they are when others come and go", () => {
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    const collection = HeapCollection.empty(COLLECTION_BYTES, widths);
    for (let index = 1; index <= 4; index++) collection.put(index, new Uint8Array(900).fill(index));
    const view = dataOf(collection, 3) as Uint8Array;
    collection.delete(1);
    collection.put(5, new Uint8Array(1200).fill(5));
    encoded(collection, widths);
    expect(view).toEqual(new Uint8Array(900).fill(3));
    expect(dataOf(collection, 3)).toEqual(view);
  });

  test("may hold more than there is room for, but not be written then", () => {
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    const collection = HeapCollection.empty(COLLECTION_BYTES, widths);
    collection.put(1, new Uint8Array(3000).fill(1));
    collection.put(2, new Uint8Array(3000).fill(2));
    expect(collection.freeBytes).toBeLessThan(0);
    expect(() => encoded(collection, widths)).toThrow(/objects need \d+ bytes more than the 4096 there are/);
    collection.delete(1);
    const { objects } = decodeGlobalHeapCollection(new Cursor(encoded(collection, widths), { structure: "c", widths }));
    expect(objects).toEqual([{ index: 2, referenceCount: 0, data: new Uint8Array(3000).fill(2) }]);
  });

  test("finds objects whose indexes are in no order, and refuses two with one index", () => {
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    const bytesOf = (indexes: readonly number[]): Uint8Array => {
      const writer = new Writer(widths);
      const objects = indexes.map((index) => ({ index: 100 + index, referenceCount: 1, data: Uint8Array.of(index) }));
      encodeGlobalHeapCollection(writer, { collectionSize: COLLECTION_BYTES, objects });
      const bytes = writer.copy();
      // The encoder would not write an index twice.
      for (let i = 0, at = 16; i < indexes.length; i++, at += 24) bytes[at] = indexes[i] as number;
      for (let i = 0, at = 17; i < indexes.length; i++, at += 24) bytes[at] = 0;
      return bytes;
    };
    const decode = (bytes: Uint8Array) =>
      HeapCollection.decode(new Cursor(bytes, { structure: "c", widths }), COLLECTION_BYTES);
    const collection = decode(bytesOf([9, 1, 40, 2]));
    for (const index of [9, 1, 40, 2]) expect(dataOf(collection, index)).toEqual(Uint8Array.of(index));
    expect(collection.has(3)).toBe(false);
    expect(collection.unusedIndex()).toBe(41);
    const repeated = bytesOf([9, 1, 40, 2]);
    repeated[16 + 2 * 24] = 9;
    expect(() => decode(repeated)).toThrow("two objects have index 9");
  });
});
