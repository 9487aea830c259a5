import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileWidths } from "../../src/base/address.ts";
import {
  collectionSizeFor,
  decodeGlobalHeapCollection,
  decodeGlobalHeapSize,
  encodeGlobalHeapCollection,
  type GlobalHeapCollection,
  globalHeapFreeBytes,
  globalHeapHeaderBytes,
  sizeOfGlobalHeapObject,
} from "../../src/format/global-heap.ts";
import { decodeHeapReference, encodeHeapReference } from "../../src/format/reference.ts";
import { walkFile } from "./old-file.ts";
import {
  anyAddress,
  anyWidths,
  cursorOn,
  encoded,
  expectDamageErrors,
  expectTruncationErrors,
  findAll,
  NEW_FILES,
  OLD_FILES,
} from "./structure-bytes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };

const anyObjects = fc.uniqueArray(
  fc.record({
    index: fc.integer({ min: 1, max: 0xffff }),
    referenceCount: fc.integer({ min: 0, max: 0xffff }),
    data: fc.uint8Array({ maxLength: 70 }),
  }),
  { maxLength: 12, selector: (object) => object.index },
);

function encode(collection: GlobalHeapCollection, widths: FileWidths): Uint8Array {
  return encoded(widths, (writer) => encodeGlobalHeapCollection(writer, collection));
}

/** A collection with room for exactly `objects` and `freeBytes`. */
function collectionOf(objects: GlobalHeapCollection["objects"], freeBytes: number, widths: FileWidths) {
  let collectionSize = globalHeapHeaderBytes(widths) + freeBytes;
  for (const { data } of objects) collectionSize += sizeOfGlobalHeapObject(data.length, widths);
  return { collectionSize, objects };
}

describe("global heap collection", () => {
  test("decodes what it encodes, for every size of lengths and any free space", () => {
    const anyUnits = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(anyObjects, anyUnits, anyWidths, (objects, freeUnits, widths) => {
        const collection = collectionOf(objects, 8 * freeUnits, widths);
        const bytes = encode(collection, widths);
        expect(bytes.length).toBe(collection.collectionSize);
        const decoded = decodeGlobalHeapCollection(cursorOn(bytes, widths));
        expect(decoded).toEqual(collection);
        expect(globalHeapFreeBytes(decoded, widths)).toBe(8 * freeUnits);
        expect(decodeGlobalHeapSize(cursorOn(bytes.slice(0, globalHeapHeaderBytes(widths)), widths))).toBe(
          bytes.length,
        );
      }),
    );
  });

  test.each([...OLD_FILES, ...NEW_FILES])("of %s, by the C library, comes back as the same bytes", (name) => {
    const { bytes, superblock } = walkFile(name);
    const places = findAll(bytes, "GCOL\x01");
    expect(places.length).toBe(1);
    for (const at of places) {
      const collection = decodeGlobalHeapCollection(cursorOn(bytes.subarray(at), superblock.value));
      const own = bytes.subarray(at, at + collection.collectionSize);
      const again = encode(collection, superblock.value);
      const used = own.length - globalHeapFreeBytes(collection, superblock.value);
      expect(again.subarray(0, used + 16)).toEqual(own.subarray(0, used + 16));
      expect(again.length).toBe(own.length);
      const texts = collection.objects.map(({ data }) => new TextDecoder().decode(data));
      const expected =
        name.startsWith("v2") || name.startsWith("v3") ? ["x".repeat(5000)] : ["", "one", "two and more"];
      expect(texts.map((text) => text.replace(/\0$/, "")).sort()).toEqual(expected);
    }
  });

  test("is at least 4096 bytes, or as large as its objects need", () => {
    expect(collectionSizeFor(16, WIDTHS)).toBe(4096);
    expect(collectionSizeFor(sizeOfGlobalHeapObject(5000, WIDTHS), WIDTHS)).toBe(16 + 16 + 5000);
    const { bytes, superblock } = walkFile("v3.h5");
    const [at] = findAll(bytes, "GCOL");
    expect(decodeGlobalHeapSize(cursorOn(bytes.subarray(at), superblock.value))).toBe(
      collectionSizeFor(sizeOfGlobalHeapObject(5000, WIDTHS), WIDTHS),
    );
  });

  test("refuses indexes used twice, objects beyond the end and free space of a wrong size", () => {
    const object = { index: 1, referenceCount: 0, data: new Uint8Array(8) };
    expect(() => encode(collectionOf([object, object], 0, WIDTHS), WIDTHS)).toThrow(RangeError);
    expect(() => encode({ collectionSize: 32, objects: [object] }, WIDTHS)).toThrow(RangeError);
    const other = { ...object, index: 2 };
    const bytes = encode(collectionOf([object, other], 32, WIDTHS), WIDTHS);
    const decode = (at: number, value: number) => {
      const damaged = bytes.slice();
      damaged[at] = value;
      return () => decodeGlobalHeapCollection(cursorOn(damaged, WIDTHS, "Global heap"));
    };
    expect(decode(40, 1)).toThrow('Global heap, field "Heap Object Index": two objects have index 1');
    expect(decode(48, 41)).toThrow('Global heap, field "Object Size": 41 bytes, 40 left in the collection');
    expect(decode(72, 40)).toThrow('Global heap, field "Object Size": free space of 40 bytes, 32 left');
    expect(decode(72, 0)).toThrow('Global heap, field "Object Size": free space of 0 bytes, 32 left');
    expect(decode(8, 112)).toThrow('Global heap, field "Collection Size": 112 bytes, 96 there');
  });

  test("truncated or damaged gives an error of ours", () => {
    const objects = [3, 1, 2].map((index) => ({ index, referenceCount: 1, data: new Uint8Array(index) }));
    for (const widths of [WIDTHS, { sizeOfOffsets: 4, sizeOfLengths: 4 }]) {
      const bytes = encode(collectionOf(objects, 24, widths), widths);
      const decode = (damaged: Uint8Array) => decodeGlobalHeapCollection(cursorOn(damaged, widths));
      expectTruncationErrors(bytes, decode);
      expectDamageErrors(bytes, decode);
    }
  });
});

describe("global heap ID", () => {
  test("decodes what it encodes, for every size of offsets", () => {
    const anyId = anyWidths.chain((widths) =>
      fc.tuple(
        fc.constant(widths),
        fc.record({ collectionAddress: anyAddress(widths), objectIndex: fc.integer({ min: 0, max: 0xffff_ffff }) }),
      ),
    );
    fc.assert(
      fc.property(anyId, ([widths, id]) => {
        const bytes = encoded(widths, (writer) => encodeHeapReference(writer, id));
        expect(bytes.length).toBe(widths.sizeOfOffsets + 4);
        expect(decodeHeapReference(cursorOn(bytes, widths))).toEqual(id);
      }),
    );
  });
});
