/** What h5py's page about datasets shows. */
import { describe, expect, test } from "vitest";
import { type Dataset, File, h5d, MultiBlockSlice, mask, slice } from "../../src/index.ts";
import { expectFailure, inFolder } from "../highlevel/helpers.ts";

const counted = (length: number) => Int32Array.from({ length }, (_, i) => i);

test("datasets are made of a shape, or of data", () => {
  using f = File.inMemory();
  expect(f.createDataset("default", { shape: [100] }).dtype).toBe("<f4");
  expect(f.createDataset("ints", { shape: [100], dtype: "i8" }).dtype).toBe("<i8");
  const dset = f.createDataset("init", { data: counted(100) });
  expect([dset.dtype, dset.shape, dset.size, dset.ndim, dset.nbytes]).toEqual(["<i4", [100], 100, 1, 400]);
});

describe("reading and writing", () => {
  test("go by numbers, slices, ellipses and names of fields", () => {
    using f = File.inMemory();
    const dset = f.createDataset("MyDataset", { shape: [10, 10, 10], dtype: "f" });
    expect(dset.read<number>([0, 0, 0])).toBe(0);
    const shapeOf = (selection: Parameters<typeof dset.read>[0]) => (dset as Dataset).read(selection).shape;
    expect(shapeOf("0, 2:10, 1:9:3")).toEqual([8, 3]);
    expect(shapeOf(":, ::2, 5")).toEqual([10, 5]);
    expect([shapeOf(0), shapeOf([1, 5]), shapeOf("0, ..., 0"), shapeOf("...")]).toEqual([
      [10, 10],
      [10],
      [10],
      [10, 10, 10],
    ]);
    const records = f.createDataset("records", { data: [{ FieldA: 1, FieldB: 2 }] });
    expect(records.read("FieldA").data).toEqual(Float64Array.of(1));
    records.write("FieldA", 7);
    expect(records.read().data).toEqual([{ FieldA: 7, FieldB: 2 }]);
  });

  test("broadcast what is written", () => {
    using f = File.inMemory();
    const dset = f.createDataset("b", { shape: [2, 3], dtype: "<i4" });
    dset.write("0, :", [1, 2, 3]);
    dset.write([slice(null), 2], 9);
    expect(dset.read().data).toEqual(Int32Array.of(1, 2, 9, 0, 0, 9));
    const message = "Can't broadcast (2,) -> (3,)";
    expectFailure(() => dset.write(0, [1, 2]), "TypeError", message);
  });

  test("take blocks", () => {
    using f = File.inMemory();
    f.set("x", counted(12));
    const blocks = new MultiBlockSlice({ start: 1, count: 3, stride: 4, block: 2 });
    expect(f.get("x").read(blocks).data).toEqual(Int32Array.of(1, 2, 5, 6, 9, 10));
  });

  test("take lists of indexes and masks", () => {
    using f = File.inMemory();
    const dset = f.createDataset("d", { data: { data: counted(100), shape: [10, 10] } });
    expect(dset.read<{ shape: number[] }>([0, [1, 3, 8]]).shape).toEqual([3]);
    expect(dset.read<{ shape: number[] }>([slice(null), [1, 3, 8]]).shape).toEqual([10, 3]);
    const sorted = "Indexing elements must be in increasing order";
    expectFailure(() => dset.read([0, [8, 3]]), "TypeError", sorted);
    const big = mask(
      counted(100).map((value) => Number(value > 96)),
      [10, 10],
    );
    expect(dset.read(big).data).toEqual(Int32Array.of(97, 98, 99));
  });

  test("have a length, and rows", () => {
    using f = File.inMemory();
    const dset = f.createDataset("d", { data: { data: counted(6), shape: [3, 2] } });
    expect(dset.len()).toBe(3);
    expect([...dset].map((row) => (row as { data: Int32Array }).data[0])).toEqual([0, 2, 4]);
  });
});

describe("chunks", () => {
  test("have a shape that is given, or guessed", () => {
    using f = File.inMemory();
    const dset = f.createDataset("chunked", { shape: [1000, 1000], chunks: [100, 100] });
    expect(dset.chunks).toEqual([100, 100]);
    expect(f.createDataset("autochunk", { shape: [1000, 1000], chunks: true }).chunks).toEqual([63, 125]);
    let parts = 0;
    for (const part of dset.iterChunks("0:150, 0:100")) parts += dset.read(part).data.length;
    expect(parts).toBe(15000);
  });

  test("let datasets grow", () => {
    using f = File.inMemory();
    const fixed = f.createDataset("resizable", { shape: [10, 10], maxshape: [500, 20] });
    fixed.resize([20, 20]);
    expect([fixed.shape, fixed.maxshape]).toEqual([
      [20, 20],
      [500, 20],
    ]);
    const unlimited = f.createDataset("unlimited", { shape: [10, 10], maxshape: [null, 10] });
    unlimited.resize(2000, 0);
    expect(unlimited.shape).toEqual([2000, 10]);
    const beyond = "Unable to set dataset extent (dimension cannot exceed the existing maximal size (new: 30 max: 20))";
    expectFailure(() => fixed.resize([20, 30]), "RuntimeError", beyond);
  });
});

describe("filters", () => {
  test("compress, shuffle and check", () => {
    using f = File.inMemory();
    const zipped = f.createDataset("zipped", { shape: [100, 100], compression: "gzip", compressionOpts: 9 });
    expect([zipped.compression, zipped.compressionOpts]).toEqual(["gzip", 9]);
    const zippedShuffled = f.createDataset("shuffled", {
      shape: [100],
      compression: "lzf",
      shuffle: true,
      fletcher32: true,
    });
    expect([zippedShuffled.compression, zippedShuffled.shuffle, zippedShuffled.fletcher32]).toEqual([
      "lzf",
      true,
      true,
    ]);
    const scaled = f.createDataset("scaled", { data: [1.234, 5.678], scaleoffset: 1, chunks: [2] });
    expect(scaled.scaleoffset).toBe(1);
    expect(Array.from(scaled.read().data, (value) => Math.round(value * 10) / 10)).toEqual([1.2, 5.7]);
  });
});

describe("views", () => {
  test("read as another type, as text, or some fields", () => {
    using f = File.inMemory();
    f.set("bigint", Int32Array.of(1, 2, 3));
    expect(f.get("bigint").astype("int16").read().data).toEqual(Int16Array.of(1, 2, 3));
    f.set("text", ["a", "ß"]);
    expect(f.get("text").asstr().read().data).toEqual(["a", "ß"]);
    f.set("table", [{ FieldA: 1, FieldB: 2, FieldC: 3 }]);
    expect(f.get("table").fields("FieldA").read().data).toEqual(Float64Array.of(1));
    expect(f.get("table").fields(["FieldA", "FieldB"]).read().data).toEqual([{ FieldA: 1, FieldB: 2 }]);
  });

  test("or directly into an array", () => {
    using f = File.inMemory();
    f.set("d", { data: counted(100), shape: [10, 10] });
    const part = new Int32Array(50);
    f.get("d").readDirect(part, { source: "0, 0:10", destination: slice(10, 20) });
    expect(part.subarray(9, 21)).toEqual(Int32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0));
    f.get("d").writeDirect(counted(20), { source: slice(10, 20), destination: "9, :" });
    expect(f.get("d").read<number>([9, 3])).toBe(13);
  });
});

test("fill values are what was never written", () => {
  using f = File.inMemory();
  const dset = f.createDataset("filled", { shape: [3], fillvalue: 7, fillTime: "ifset", dtype: "<i4" });
  expect([dset.fillvalue, [...dset.read().data]]).toEqual([7, [7, 7, 7]]);
  expect(dset.id.getCreatePlist().getFillTime()).toBe(h5d.FILL_TIME_IFSET);
});

test("data can be in other files", () => {
  inFolder((path) => {
    using f = new File(path("a.h5"), "w");
    const dset = f.createDataset("outside", {
      shape: [4],
      dtype: "|u1",
      external: [["raw.bin", 2, 4]],
      efilePrefix: path("."),
    });
    dset.write("...", [1, 2, 3, 4]);
    expect(dset.external).toEqual([["raw.bin", 2, 4]]);
    expect(dset.read().data).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});
