import { describe, expect, test } from "vitest";
import { guessChunk } from "../../src/highlevel/chunk-guess.ts";
import {
  arrayDtype,
  compoundDtype,
  Dataset,
  type DatasetOptions,
  type File,
  h5p,
  h5z,
  type IndexArguments,
  slice,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

/** The objects that the measured errors are about. */
function samples(): File {
  const f = newFile();
  f.set(
    "data",
    Int8Array.from({ length: 100 }, (_, i) => i),
  );
  f.createDataset("ch", { shape: [10, 10], dtype: "f4", chunks: [5, 5], maxshape: [null, 10] });
  f.createGroup("g");
  f.set("cmp", [
    { a: 1, b: "x" },
    { a: 2, b: "y" },
  ]);
  f.set("scalar", 5);
  f.set("empty", null);
  return f;
}

describe("reading", () => {
  test("takes selections as numpy does", () => {
    const dset = samples().get("data");
    const data = (selection: IndexArguments) => Array.from(dset.read(selection).data as ArrayLike<number>);
    expect(data(slice(10, 13))).toEqual([10, 11, 12]);
    expect(data("-3:")).toEqual([97, 98, 99]);
    expect(data([slice(null, null, 50)])).toEqual([0, 50]);
    expect(data([[3, 5, 8]])).toEqual([3, 5, 8]);
    expect(data(slice(10, 5))).toEqual([]);
    expect(dset.read<number>(7)).toBe(7);
    expect(dset.read<number>([-1])).toBe(99);
    expect(data(Uint8Array.from([1, 2]))).toEqual([1, 2]);
  });

  test("leaves out dimensions indexed by a number", () => {
    const f = newFile();
    f.set("d", { data: Int16Array.from({ length: 24 }, (_, i) => i), shape: [2, 3, 4] });
    const dset = f.get("d");
    expect(dset.read([1, slice(0, 2)])).toEqual({
      data: Int16Array.of(12, 13, 14, 15, 16, 17, 18, 19),
      shape: [2, 4],
      stride: [4, 1],
    });
    expect(dset.read("..., 0").shape).toEqual([2, 3]);
    expect(dset.read<number>("1, 2, 3")).toBe(23);
  });

  test("converts to another datatype when asked", () => {
    const dset = samples().get("data");
    expect(dset.read(slice(0, 2), { dtype: "f4" }).data).toEqual(Float32Array.of(0, 1));
    expectFailure(() => dset.read(null, { dtype: "bogus" }), "TypeError", "data type 'bogus' not understood");
    const words = "Can't read data (no appropriate function for conversion path)";
    expectFailure(() => dset.read(null, { dtype: "S5" }), "OSError", words);
  });

  test("goes through rows", () => {
    const f = newFile();
    f.set("d", [
      [1, 2],
      [3, 4],
    ]);
    expect([...f.get("d")].map((row) => (row as { data: Float64Array }).data)).toEqual([
      Float64Array.of(1, 2),
      Float64Array.of(3, 4),
    ]);
    expect(f.get("d").len()).toBe(2);
  });

  test("gives members of a compound, or some of them", () => {
    const dset = samples().get("cmp");
    expect(dset.read("a").data).toEqual(Float64Array.of(1, 2));
    expect(dset.read(["b", 1])).toBe("y");
    expect(dset.read([0, "b", "a"])).toEqual({ b: "x", a: 1 });
    expect(dset.read([slice(1, null), "a"]).data).toEqual(Float64Array.of(2));
  });

  test.each([
    ["data", 100, "IndexError", "Index (100) out of range for (0-99)"],
    ["data", -101, "IndexError", "Index (-1) out of range for (0-99)"],
    ["data", [0, 0], "ValueError", "2 indexing arguments for 1 dimensions"],
    ["data", "::-1", "ValueError", "Step must be >= 1 (got -1)"],
    ["data", [[3, 1]], "TypeError", "Indexing elements must be in increasing order"],
    ["data", 1.5, "TypeError", "Simple selection can't process 1.5"],
    ["data", "field", "ValueError", "Field names only allowed for compound types"],
    ["cmp", "nofield", "ValueError", "Field nofield does not appear in this type."],
    ["scalar", 0, "ValueError", "Illegal slicing argument for scalar dataspace"],
    ["empty", 0, "ValueError", "Empty datasets cannot be sliced"],
  ] as [string, IndexArguments, string, string][])("%s[%j] is an %s", (name, selection, error, message) => {
    expectFailure(() => samples().get(name).read(selection), error, message);
  });

  test.each([
    ["len of a scalar", "scalar", (d) => d.len(), "Attempt to take len() of scalar dataset"],
    ["len of nothing", "empty", (d) => d.len(), "object of type 'NoneType' has no len()"],
    ["rows of a scalar", "scalar", (d) => [...d], "Can't iterate over a scalar dataset"],
  ] as [string, string, (dataset: Dataset) => unknown, string][])("%s is a TypeError", (_, name, use, message) => {
    expectFailure(() => use(samples().get(name)), "TypeError", message);
  });
});

describe("writing", () => {
  test("repeats what has one element, as numpy does", () => {
    const f = newFile();
    const dset = f.createDataset("d", { shape: [2, 3], dtype: "i2" });
    const rows = () => Array.from(dset.read().data as Int16Array);
    dset.write(null, 7);
    expect(rows()).toEqual([7, 7, 7, 7, 7, 7]);
    dset.write(null, [1, 2, 3]);
    expect(rows()).toEqual([1, 2, 3, 1, 2, 3]);
    dset.write(null, [[8], [9]]);
    expect(rows()).toEqual([8, 8, 8, 9, 9, 9]);
    dset.write([slice(null), 0], [4, 5]);
    expect(rows()).toEqual([4, 8, 8, 5, 9, 9]);
    dset.write([1, [0, 2]], [0, 1]);
    expect(rows()).toEqual([4, 8, 8, 0, 9, 1]);
    dset.write(["...", slice(1, 1)], [[], []]);
    expect(rows()).toEqual([4, 8, 8, 0, 9, 1]);
  });

  test("gives one value of an array member to all records that are selected, and none to arrays themselves", () => {
    const f = newFile();
    const d = f.createDataset("d", { shape: [3], dtype: compoundDtype({ a: "<i4", b: arrayDtype("<f8", [2]) }) });
    d.write(["b"], [1, 2]);
    d.write(["b", slice(1, 3)], Float64Array.of(3, 4));
    expect(d.read("b")).toMatchObject({ data: Float64Array.of(1, 2, 3, 4, 3, 4), shape: [3, 2] });
    const arrays = f.createDataset("arrays", { shape: [3], dtype: arrayDtype("<f8", [2]) });
    const message = "Scalar broadcasting is not supported for array dtypes";
    expectFailure(() => arrays.write("...", [1, 2]), "TypeError", message);
  });

  test("writes one member of a compound and leaves the others", () => {
    const f = samples();
    f.get("cmp").write("a", [10, 20]);
    f.get("cmp").write([1, "b"], "z");
    expect(reopened(f).get("cmp").read().data).toEqual([
      { a: 10, b: "x" },
      { a: 20, b: "z" },
    ]);
  });

  test("writes strings, booleans and bigints over others", () => {
    const f = newFile();
    f.set("s", ["one", "two"]);
    f.set("b", [true, false]);
    f.set("i", [1n, 2n]);
    f.get("s").write(1, "a longer text");
    f.get("b").write(0, false);
    f.get("i").write(0, 5);
    const again = reopened(f);
    expect(again.get("s").read().data).toEqual(["one", "a longer text"]);
    expect(again.get("b").read().data).toEqual([false, false]);
    expect(again.get("i").read().data).toEqual(BigInt64Array.of(5n, 2n));
  });

  test.each([
    ["data", slice(0, 3), [1, 2], "TypeError", "Can't broadcast (2,) -> (3,)"],
    ["data", 100, 1, "IndexError", "Index (100) out of range for (0-99)"],
    ["cmp", "nofield", 1, "ValueError", "No such field for indexing: nofield"],
  ] as [string, IndexArguments, unknown, string, string][])(
    "%s[%j] = %j is an error",
    (name, at, value, error, text) => {
      expectFailure(() => samples().get(name).write(at, value), error, text);
    },
  );

  test("does nothing to a dataset without elements", () => {
    samples().get("empty").write(null, 1);
  });

  test("is refused in a file open for reading", () => {
    const f = reopened(samples());
    const words = "Can't write data (no write intent on file)";
    expectFailure(() => f.get("data").write(0, 1), "OSError", words);
    const resize = "Unable to set dataset extent (no write intent on file)";
    expectFailure(() => f.get("ch").resize(9, 0), "RuntimeError", resize);
  });
});

describe("what a dataset is", () => {
  test("is told as h5py tells it", () => {
    const f = newFile();
    f.createDataset("d", {
      shape: [20, 30],
      dtype: "<i4",
      chunks: true,
      maxshape: [null, 60],
      compression: "gzip",
      shuffle: true,
      fletcher32: true,
      fillvalue: 42,
    });
    const d = reopened(f).get("d");
    const { shape, dtype, size, ndim, nbytes, maxshape, chunks } = d;
    expect({ shape, dtype, size, ndim, nbytes, maxshape, chunks }).toEqual({
      shape: [20, 30],
      dtype: "<i4",
      size: 600,
      ndim: 2,
      nbytes: 2400,
      maxshape: [null, 60],
      chunks: [20, 30],
    });
    expect([d.compression, d.compressionOpts, d.shuffle, d.fletcher32, d.fillvalue, d.scaleoffset]).toEqual([
      "gzip",
      4,
      true,
      true,
      42,
      null,
    ]);
    expect(d.filterIds).toEqual([h5z.FILTER_SHUFFLE, h5z.FILTER_DEFLATE, h5z.FILTER_FLETCHER32]);
    expect(Array.from(d.read([0, slice(0, 2)]).data as Int32Array)).toEqual([42, 42]);
  });

  test("without options nothing of that is there", () => {
    const d = samples().get("data");
    expect([d.chunks, d.compression, d.compressionOpts, d.shuffle, d.fletcher32, d.fillvalue]).toEqual([
      null,
      null,
      null,
      false,
      false,
      0,
    ]);
    expect(d.maxshape).toEqual([100]);
    const empty = samples().get("empty");
    expect([empty.shape, empty.maxshape, empty.size, empty.nbytes, empty.ndim]).toEqual([null, null, null, 0, 0]);
  });

  test("prints as h5py prints it", () => {
    const f = samples();
    f.set("t", "text");
    f.set("nested/deep", true);
    f.set("rec", [{ a: 1, s: "x" }]);
    f.createDataset("arr", { shape: [3], dtype: "('<i2', (2, 3))" });
    f.createDataset("cx", { shape: [3], dtype: "c16" });
    const names = ["data", "scalar", "empty", "t", "nested/deep", "rec", "arr", "cx"];
    expect(names.map((name) => String(f.get(name)))).toEqual([
      '<HDF5 dataset "data": shape (100,), type "|i1">',
      '<HDF5 dataset "scalar": shape (), type "<f8">',
      '<HDF5 dataset "empty": shape None, type "<f8">',
      '<HDF5 dataset "t": shape (), type "|O">',
      '<HDF5 dataset "deep": shape (), type "|b1">',
      '<HDF5 dataset "rec": shape (1,), type "|V16">',
      '<HDF5 dataset "arr": shape (3,), type "|V12">',
      '<HDF5 dataset "cx": shape (3,), type "<c16">',
    ]);
    const anonymous = f.createDataset(null, { data: [1] });
    expect(String(anonymous)).toBe('<HDF5 dataset ("anonymous"): shape (1,), type "<f8">');
    expectFailure(() => anonymous.parent, "ValueError", "Parent of an anonymous object is undefined");
  });

  test("a handle of something else is refused", () => {
    const f = samples();
    expect(() => new Dataset(f.getGroup("g").id as never)).toThrow(/is not a DatasetID/);
  });
});

describe("resizing", () => {
  test("grows with fill values and cuts off", () => {
    const f = newFile();
    const d = f.createDataset("d", { data: [1, 2, 3], maxshape: [null], fillvalue: -1 });
    d.resize(5, 0);
    expect(d.read().data).toEqual(Float64Array.of(1, 2, 3, -1, -1));
    d.resize([2]);
    d.resize([4]);
    expect(reopened(f).get("d").read().data).toEqual(Float64Array.of(1, 2, -1, -1));
  });

  test.each([
    ["data", [200], undefined, "TypeError", "Only chunked datasets can be resized"],
    [
      "ch",
      [5, 20],
      undefined,
      "RuntimeError",
      "Unable to set dataset extent (dimension cannot exceed the existing maximal size (new: 20 max: 10))",
    ],
    ["ch", 5, 9, "ValueError", "Invalid axis (0 to 1 allowed)"],
    ["ch", [5], undefined, "TypeError", "New shape length (1) must match dataset rank (2)"],
    ["ch", [5], 0, "TypeError", "Argument must be a single int if axis is specified"],
  ] as [string, number | number[], number | undefined, string, string][])(
    "%s to %j along %s is refused",
    (name, size, axis, error, message) => {
      expectFailure(() => samples().get(name).resize(size, axis), error, message);
    },
  );
});

describe("createDataset", () => {
  test("chunks are guessed as h5py guesses them", () => {
    const measured: [number[], number, number[]][] = [
      [[100], 1, [100]],
      [[20, 30], 4, [20, 30]],
      [[1000, 1000], 8, [63, 63]],
      [[0], 8, [1024]],
      [[0, 30], 4, [256, 8]],
      [[1000000], 1, [15625]],
      [[3, 4, 5, 6], 8, [3, 4, 5, 6]],
      [[1000000, 1000], 4, [7813, 8]],
      [[2], 3000000, [1]],
      [[7, 1048576], 8, [1, 8192]],
      [[1024, 1024, 1024], 2, [32, 32, 64]],
    ];
    for (const [shape, size, chunks] of measured) expect(guessChunk(shape, size)).toEqual(chunks);
  });

  test("a shape alone is of 32-bit floats, a dtype alone has no elements", () => {
    const f = newFile();
    expect(String(f.createDataset("a", { shape: 3 }))).toBe('<HDF5 dataset "a": shape (3,), type "<f4">');
    expect(String(f.createDataset("b", { dtype: "i2" }))).toBe('<HDF5 dataset "b": shape None, type "<i2">');
    expect(f.createDataset("c", { shape: [], dtype: "i2" }).read()).toBe(0);
  });

  test("a shape that holds the data may differ from it", () => {
    const d = newFile().createDataset("d", { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] });
    expect(d.read().shape).toEqual([2, 3]);
  });

  test("fill values are of the dataset's datatype", () => {
    const f = newFile();
    f.createDataset("s", { shape: [2], dtype: "S3", fillvalue: "abc" });
    f.createDataset("v", { shape: [2], dtype: "str", fillvalue: "none" });
    f.createDataset("b", { shape: [2], dtype: "bool", fillvalue: true });
    f.createDataset("big", { shape: [1], dtype: "i8", fillvalue: 2n ** 60n });
    const again = reopened(f);
    expect([...again].map((name) => again.get(name).fillvalue)).toEqual([true, 2n ** 60n, "abc", "none"]);
    expect(again.get("s").read().data).toEqual(["abc", "abc"]);
    expect(again.get("v").read().data).toEqual(["none", "none"]);
    expect(again.get("b").read().data).toEqual([true, true]);
  });

  test("a level alone means gzip", () => {
    const f = newFile();
    expect(f.createDataset("a", { data: [1, 2], compression: 9 }).compressionOpts).toBe(9);
    expect(f.createDataset("b", { data: [1, 2], compression: true }).compressionOpts).toBe(4);
    expect(f.createDataset("c", { data: [1, 2], compression: "gzip", compressionOpts: 0 }).compressionOpts).toBe(0);
  });

  test("trackTimes and trackOrder are off unless asked for", () => {
    const f = newFile({ libver: "latest" });
    const plain = f.createDataset("a", { data: 1 }).id.getCreatePlist();
    const tracked = f.createDataset("b", { data: 1, trackTimes: true, trackOrder: true });
    expect(plain.getObjTrackTimes()).toBe(false);
    expect(tracked.id.getCreatePlist().getObjTrackTimes()).toBe(true);
    for (const name of ["z", "a"]) tracked.attrs.set(name, 1);
    expect(tracked.attrs.keys()).toEqual(["z", "a"]);
  });

  const shape = [10];
  test.each([
    [{}, "TypeError", "One of data, shape or dtype must be specified"],
    [{ shape: [3], data: [0, 0, 0, 0] }, "ValueError", "Shape tuple is incompatible with data"],
    [
      { shape, chunks: [20] },
      "ValueError",
      "Chunk shape must not be greater than data shape in any dimension. (20,) is not compatible with (10,)",
    ],
    [{ shape: [10, 10], chunks: [5] }, "ValueError", '"chunks" must have same rank as dataset shape'],
    [
      { shape, chunks: [0] },
      "ValueError",
      "All chunk dimensions must be positive (all chunk dimensions must be positive)",
    ],
    [{ shape: [], chunks: true }, "TypeError", "Scalar datasets don't support chunk/filter options"],
    [{ shape: [], compression: "gzip" }, "TypeError", "Scalar datasets don't support chunk/filter options"],
    [{ shape: [], maxshape: [null] }, "TypeError", "Scalar datasets cannot be extended"],
    [{ data: null, chunks: true }, "TypeError", "Empty datasets don't support chunk/filter options"],
    [{ shape, compression: "bogus" }, "ValueError", 'Compression filter "bogus" is unavailable'],
    [{ shape, compression: 40000 }, "ValueError", "Unknown compression filter number: 40000"],
    [
      { shape, compression: "gzip", compressionOpts: 11 },
      "ValueError",
      "GZIP setting must be an integer from 0-9, not 11",
    ],
    [{ shape, compression: 3, compressionOpts: 1 }, "TypeError", "Conflict in compression options"],
    [{ shape, compressionOpts: 4 }, "TypeError", "Compression method must be specified"],
    [{ shape, scaleoffset: -1, dtype: "i4" }, "ValueError", "scale factor must be >= 0"],
    [
      { shape, scaleoffset: true, dtype: "f4" },
      "ValueError",
      "integer scaleoffset must be provided for floating point types",
    ],
    [
      { shape, scaleoffset: 2, fletcher32: true, dtype: "f4" },
      "ValueError",
      "fletcher32 cannot be used with potentially lossy scale/offset filter",
    ],
    [
      { shape, scaleoffset: 2, dtype: "S4" },
      "TypeError",
      "scale/offset filter only supported for integer and floating-point types",
    ],
    [{ shape, maxshape: [5] }, "ValueError", "Maxdims is smaller than dims (maxdims is smaller than dims)"],
    [{ shape, maxshape: [null, null] }, "ValueError", '"maxshape" must have same rank as dataset shape'],
    [{ shape, chunks: false, maxshape: [null] }, "ValueError", "Chunked format required for given storage options"],
    [{ shape, chunks: false, compression: "gzip" }, "ValueError", "Chunked format required for given storage options"],
    [{ shape: [-1] }, "OverflowError", "can't convert negative value to hsize_t"],
    [{ shape, dtype: "c7" }, "TypeError", "data type 'c7' not understood"],
  ] as [DatasetOptions, string, string][])("%j is a %s", (options, error, message) => {
    const f = newFile();
    expectFailure(() => f.createDataset("n", options), error, message);
    expect(f.keys()).toEqual([]);
  });

  test("a name that is taken is a ValueError", () => {
    const words = "Unable to create dataset (name already exists)";
    expectFailure(() => samples().createDataset("data", { shape: [3] }), "ValueError", words);
  });
});

describe("a dataset like another", () => {
  const options = {
    shape: [10, 6],
    dtype: ">i4",
    chunks: [5, 3],
    maxshape: [null, 6],
    fillvalue: 7,
    shuffle: true,
  } as const;

  test("has its shape, datatype, storage and fill value, and no data", () => {
    const f = newFile();
    const model = f.createDataset("a", { ...options, compression: "gzip", compressionOpts: 2, fletcher32: true });
    model.write(null, 1);
    const like = f.createDatasetLike("g/b", model);
    expect([like.shape, like.dtype, like.chunks, like.maxshape]).toEqual([[10, 6], ">i4", [5, 3], [null, 6]]);
    expect([like.filterIds, like.compressionOpts, like.fillvalue]).toEqual([model.filterIds, 2, 7]);
    expect(like.read([0, 0])).toBe(7);
  });

  test("keeps times and the order of attributes as the other does", () => {
    const f = newFile({ libver: "latest" });
    const tracks = (name: string, set: boolean) => {
      const model = f.createDataset(name, { shape: [1], dtype: "i1", trackTimes: set, trackOrder: set });
      const list = f.createDatasetLike(`like ${name}`, model).id.getCreatePlist();
      return [list.getObjTrackTimes(), list.getAttrCreationOrder()];
    };
    expect([tracks("with", true), tracks("without", false)]).toEqual([
      [true, h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED],
      [false, 0],
    ]);
  });

  test("takes what the caller says instead", () => {
    const f = newFile();
    const model = f.createDataset("a", options);
    const plain = f.createDatasetLike("plain", model, { shuffle: false, dtype: "<f8", shape: [20, 6], fillvalue: 0.5 });
    expect([plain.filterIds, plain.dtype, plain.shape, plain.read([19, 5])]).toEqual([[], "<f8", [20, 6], 0.5]);
    const contiguous = f.createDatasetLike("flat", f.createDataset("b", { shape: [4], dtype: "S3" }));
    expect([contiguous.chunks, contiguous.maxshape, contiguous.dtype]).toEqual([null, [4], "|S3"]);
    expectFailure(
      () => f.createDatasetLike("c", f.createDataset("d", { ...options, maxshape: [10, 6] }), { chunks: false }),
      "ValueError",
      "Chunked format required for given storage options",
    );
    expect(f.has("c")).toBe(false);
  });
});
