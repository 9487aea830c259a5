/** Objects of the global heap come and go with the elements of variable length that own them. */
import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import { decodeGlobalHeapCollection, decodeGlobalHeapSize } from "../../src/format/global-heap.ts";
import { type Dataset, File, h5d, h5p, h5s, h5t } from "../../src/index.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 } as const;
const VLEN_INT = h5t.vlenCreate(h5t.STD_I32LE);

/** The objects of all heap collections of a file, as text. */
function heapObjects(f: File): string[] {
  f.flush();
  const bytes = f.toBytes();
  const objects: string[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 8) {
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) !== "GCOL") continue;
    const cursor = (part: Uint8Array) => new Cursor(part, { structure: "Global heap collection", widths: WIDTHS });
    const size = decodeGlobalHeapSize(cursor(bytes.subarray(at)));
    for (const { data } of decodeGlobalHeapCollection(cursor(bytes.subarray(at, at + size))).objects) {
      objects.push(new TextDecoder().decode(data));
    }
  }
  return objects.sort();
}

function emptyFile(): File {
  return new File(new Uint8Array(), "w");
}

const STORAGE = [
  ["contiguous", {}],
  ["chunked", { chunks: [2], maxshape: [null] as const }],
  ["filtered", { chunks: [2], maxshape: [null] as const, compression: "gzip" }],
] as const;

describe.each(STORAGE)("variable-length elements in %s storage", (_, storage) => {
  test("give their heap objects back when they are overwritten", () => {
    using f = emptyFile();
    const d = f.createDataset("d", { data: ["one", "two", "three"], ...storage });
    d.write([1], "zwei");
    d.write("1:", ["deux", "trois"]);
    expect(heapObjects(f)).toEqual(["deux", "one", "trois"]);
    expect(d.read().data).toEqual(["one", "deux", "trois"]);
  });

  test("own one each when a value is repeated, or is the fill value", () => {
    using f = emptyFile();
    const d = f.createDataset("d", { shape: [4], dtype: "str", fillvalue: "fill", ...storage });
    d.write([1], "x");
    d.write("2:", "y");
    d.write([3], "z");
    expect(d.read().data).toEqual(["fill", "x", "y", "z"]);
    d.write([0], "w");
    // The fill value has one of its own.
    expect(heapObjects(f)).toEqual(["fill", "w", "x", "y", "z"]);
  });

  test("leave nothing behind when the dataset is deleted, nested ones included", () => {
    using f = emptyFile();
    f.set("kept", "kept");
    const nested = h5t.vlenCreate(h5t.vlenCreate(h5t.STD_I8LE));
    // What is open is deleted when it is closed.
    f.createDataset("d", { data: [[[65, 66], [67]], [[68]]], dtype: nested, ...storage }).id.close();
    const e = f.createDataset("e", { shape: [5], dtype: "str", fillvalue: "fill", ...storage });
    e.write([1], "x");
    e.id.close();
    expect(heapObjects(f).length).toBeGreaterThan(6);
    f.delete("d");
    f.delete("e");
    expect(heapObjects(f)).toEqual(["kept"]);
  });

  test("keep what other fields of a record hold", () => {
    using f = emptyFile();
    const d = f.createDataset("d", {
      data: [
        { a: "a0", b: "b0" },
        { a: "a1", b: "b1" },
      ],
      ...storage,
    });
    d.write(["a", 1], "new");
    expect(d.read().data).toEqual([
      { a: "a0", b: "b0" },
      { a: "new", b: "b1" },
    ]);
    expect(heapObjects(f)).toEqual(["a0", "b0", "b1", "new"]);
  });
});

describe("variable-length elements", () => {
  test("of chunks that are dropped or cut are given back, and fill values own theirs", () => {
    using f = emptyFile();
    const d = f.createDataset("d", { data: ["a", "b", "c", "d", "e"], chunks: [2], maxshape: [null], fillvalue: "-" });
    d.resize(1);
    expect(heapObjects(f)).toEqual(["-", "-", "a"]);
    d.resize(4);
    d.write([1], "B");
    expect(d.read().data).toEqual(["a", "B", "-", "-"]);
    expect(heapObjects(f)).toEqual(["-", "B", "a"]);
  });

  test("early allocated are all of their own", () => {
    using f = emptyFile();
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk([2]);
    dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
    f.createDataset("given", { shape: [1], dtype: "str", fillvalue: "fill" });
    const given = f.get("given").id.getCreatePlist();
    given.setChunk([2]);
    given.setAllocTime(h5d.ALLOC_TIME_EARLY);
    h5d.create(f.id, "early", f.get("given").id.getType(), h5s.createSimple([4]), given).close();
    f.get("early").write([2], "x");
    expect(f.get("early").read().data).toEqual(["fill", "fill", "x", "fill"]);
    expect(heapObjects(f).filter((text) => text === "fill")).toHaveLength(5);
  });

  test("of attributes are given back when these are written, replaced or deleted", () => {
    using f = emptyFile();
    f.attrs.set("a", ["one", "two"]);
    f.attrs.modify("a", ["eins", "zwei"]);
    expect(heapObjects(f)).toEqual(["eins", "zwei"]);
    f.attrs.set("a", "uno");
    expect(heapObjects(f)).toEqual(["uno"]);
    f.attrs.delete("a");
    const d = f.createDataset("d", { data: 1 });
    d.attrs.set("b", "text");
    f.delete("d");
    d.id.close();
    expect(heapObjects(f)).toEqual([]);
  });

  test("that are read as they are and written elsewhere get objects of their own", () => {
    using f = emptyFile();
    const d = f.createDataset("d", { data: ["one", "two"] });
    const type = d.id.getType();
    const raw = new Uint8Array(2 * type.getSize());
    d.id.read(h5s.ALL, h5s.ALL, raw, type);
    const copy: Dataset = f.createDataset("copy", { shape: [2], dtype: "str" });
    copy.id.write(h5s.ALL, h5s.ALL, raw, type);
    // In the same place, too.
    d.id.write(h5s.ALL, h5s.ALL, raw, type);
    d.write([0], "other");
    expect(copy.read().data).toEqual(["one", "two"]);
    expect(heapObjects(f)).toEqual(["one", "other", "two", "two"]);
  });

  test("that cannot be stored leave nothing behind", () => {
    using f = emptyFile();
    const d = f.createDataset("d", { shape: [2], dtype: VLEN_INT });
    expect(() => d.write(null, [[1, 2], [2 ** 40]])).toThrow();
    expect(() => f.createDataset("e", { data: ["a", 5], dtype: "str" })).toThrow();
    expect(() => f.createDataset("g", { data: ["a"], chunks: [5] })).toThrow();
    expect(() => f.attrs.create("a", ["a", "b"], { shape: [3] })).toThrow();
    expect(heapObjects(f)).toEqual([]);
    expect(f.keys()).toEqual(["d"]);
  });
});
