import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileWidths } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { HDF5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import {
  createObjectReference,
  createRegionReference,
  createRevisedReference,
  dereference,
  readReference,
} from "../../src/engine/references.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { elements } from "../../src/engine/selection/blocks.ts";
import { selectPoints, selectRegular } from "../../src/engine/selection/selection.ts";
import {
  decodeRevisedElement,
  decodeRevisedHeapObject,
  encodeRevisedElement,
  encodeRevisedHeapObject,
  type StoredReference,
} from "../../src/format/reference.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function cursor(bytes: Uint8Array, widths?: FileWidths): Cursor {
  return new Cursor(bytes, { structure: "Reference", ...(widths === undefined ? {} : { widths }) });
}

/** Elements and heap objects of HDF5 1.12 (trefer_attr.h5, trefer_ext2.h5, trefer_reg_1d.h5 of its tests). */
const ATTRIBUTE = ["040010000000680d00000000000003000000", "08200300000000000005004174747232"] as const;
const EXTERNAL = [
  "040120000000480800000000000001000000",
  "0890070000000000000e007472656665725f657874312e683505004174747231",
] as const;
const POINTS = [
  "030051000000880800000000000002000000",
  "08c3000000000000002300000001000000010000000200000002010000000a00100016002600290034003f0046005900610003000000",
] as const;

function decodeHeap(element: string, heap: string): StoredReference {
  return decodeRevisedHeapObject(cursor(fromHex(heap)), decodeRevisedElement(cursor(fromHex(element))));
}

describe("revised references", () => {
  test.each([
    ["of an attribute", ATTRIBUTE],
    ["into another file", EXTERNAL],
  ])("%s encode to the bytes they came from", (_, [element, heap]) => {
    const writer = new Writer();
    encodeRevisedHeapObject(writer, decodeHeap(element, heap));
    expect(writer.toBytes().slice()).toEqual(fromHex(heap));
    const own = new Writer();
    encodeRevisedElement(own, decodeRevisedElement(cursor(fromHex(element))), fromHex(heap).length);
    expect(own.toBytes().slice()).toEqual(fromHex(element));
  });

  test("say what they name", () => {
    expect(decodeHeap(...ATTRIBUTE)).toMatchObject({ objectHeaderAddress: 800, attributeName: "Attr2" });
    expect(decodeHeap(...EXTERNAL)).toMatchObject({ objectHeaderAddress: 1936, fileName: "trefer_ext1.h5" });
    const { objectHeaderAddress, selection } = decodeHeap(...POINTS);
    expect(objectHeaderAddress).toBe(195);
    expect(selection?.rank).toBe(1);
    const coordinates = Float64Array.of(16, 22, 38, 41, 52, 63, 70, 89, 97, 3);
    expect(selection?.stored).toMatchObject({ kind: "points", coordinates });
  });

  test("decode what they encode, for every size of offsets", () => {
    const anyReference: fc.Arbitrary<StoredReference> = fc.record({
      objectHeaderAddress: fc.nat(0xfffe),
      fileName: fc.constantFrom(undefined, "other.h5"),
      selection: fc.constant(undefined),
      attributeName: fc.constantFrom(undefined, "größe"),
    });
    fc.assert(
      fc.property(anyReference, fc.constantFrom(2, 4, 8), (reference, sizeOfOffsets) => {
        const widths = { sizeOfOffsets, sizeOfLengths: 8 };
        const writer = new Writer(widths);
        encodeRevisedHeapObject(writer, reference);
        const kind = reference.attributeName === undefined ? "object" : "attribute";
        const otherFile = reference.fileName !== undefined;
        const bytes = writer.toBytes().slice();
        expect(decodeRevisedHeapObject(cursor(bytes, widths), { kind, otherFile })).toEqual(reference);
        expect(() => decodeRevisedHeapObject(cursor(bytes.subarray(0, -1), widths), { kind, otherFile })).toThrow(
          HDF5Error,
        );
      }),
    );
  });
});

describe("references in a file", () => {
  function open(): H5File {
    const bytes = readFileSync(new URL("../fixtures/files/layouts-earliest.h5", import.meta.url));
    return H5File.open(new MemoryTarget(bytes), { writable: true });
  }

  function anyDataset(file: H5File): DatasetObject {
    for (const { name } of file.root().links()) {
      const object = resolveObject(file.root(), name);
      if (object instanceof DatasetObject && object.dims.length > 0) return object;
    }
    throw new Error("no dataset");
  }

  test("lead to what they were made for", () => {
    const file = open();
    const dataset = anyDataset(file);
    const { dims, address } = dataset;
    const objects = [
      ["object", createObjectReference(file, address)],
      ["standard-object", createRevisedReference(file, { objectHeaderAddress: address })],
    ] as const;
    for (const [kind, bytes] of objects) expect(dereference(file, kind, bytes)?.object.address).toBe(address);
    const zero = dims.map(() => 0);
    const ones = dims.map(() => 1);
    for (const selection of [selectRegular(dims, zero, ones), selectPoints(dims, [...zero, ...zero])]) {
      const regions = [
        ["region", createRegionReference(file, address, selection)],
        ["standard-object", createRevisedReference(file, { objectHeaderAddress: address, selection })],
      ] as const;
      for (const [kind, bytes] of regions) {
        const found = dereference(file, kind, bytes);
        expect(found?.object.address).toBe(address);
        expect(found?.selection && elements(found.selection)).toEqual(elements(selection));
      }
    }
    const attribute = createRevisedReference(file, { objectHeaderAddress: address, attributeName: "units" });
    expect(attribute.length).toBe(18);
    expect(dereference(file, "standard-attribute", attribute)?.attributeName).toBe("units");
    file.close();
  });

  test("null references lead nowhere, dangling ones to an error, files that are missing to another", () => {
    const file = open();
    expect(readReference(file, "object", new Uint8Array(8))).toBeUndefined();
    expect(readReference(file, "object", new Uint8Array(8).fill(0xff))).toBeUndefined();
    expect(readReference(file, "region", new Uint8Array(12))).toBeUndefined();
    expect(() => dereference(file, "object", createObjectReference(file, 12))).toThrow(HDF5Error);
    const elsewhere = createRevisedReference(file, { objectHeaderAddress: 96, fileName: "gone.h5" });
    expect(() => dereference(file, "standard-object", elsewhere)).toThrow("unable to open file, file name = 'gone.h5'");
    file.close();
  });

  test("cannot be made with a heap object in a file open for reading", () => {
    const bytes = readFileSync(new URL("../fixtures/files/layouts-earliest.h5", import.meta.url));
    const file = H5File.open(new MemorySource(bytes));
    const { dims, address } = anyDataset(file);
    const selection = selectRegular(
      dims,
      dims.map(() => 0),
      dims.map(() => 1),
    );
    expect(() => createRegionReference(file, address, selection)).toThrow("no write intent on file");
    file.close();
  });
});
