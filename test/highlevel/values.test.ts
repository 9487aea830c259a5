import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Empty, h5t, type NDArray, type ShapedData } from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

/** What comes out of a file for what went in, closed and opened in between. */
function roundTrip(value: unknown): { dtype: string; shape: number[] | null; value: unknown } {
  const f = newFile();
  f.set("v", value);
  const dset = reopened(f).get("v");
  return { dtype: dset.dtype, shape: dset.shape, value: dset.read<unknown>() };
}

const array = (data: unknown, shape: number[], stride: number[]) => ({ data, shape, stride });

describe("the datatype follows the JavaScript type", () => {
  test.each([
    ["a number", 3, "<f8", 3],
    ["a fraction", -0.5, "<f8", -0.5],
    ["a bigint", 2n ** 62n, "<i8", 2n ** 62n],
    ["true", true, "|b1", true],
    ["false", false, "|b1", false],
    ["a string", "größe 🌊", "|O", "größe 🌊"],
    ["an empty string", "", "|O", ""],
  ])("%s is a scalar", (_, value, dtype, result) => {
    expect(roundTrip(value)).toEqual({ dtype, shape: [], value: result });
  });

  test.each([
    ["numbers", [1, 2.5, -3], "<f8", Float64Array.of(1, 2.5, -3)],
    ["bigints", [1n, -2n], "<i8", BigInt64Array.of(1n, -2n)],
    ["booleans", [true, false], "|b1", [true, false]],
    ["strings", ["a", "", "long text"], "|O", ["a", "", "long text"]],
  ])("%s in an array", (_, value, dtype, data) => {
    expect(roundTrip(value)).toEqual({ dtype, shape: [value.length], value: array(data, [value.length], [1]) });
  });

  test.each([
    [Int8Array.of(-128, 127), "|i1"],
    [Uint8Array.of(0, 255), "|u1"],
    [Int16Array.of(-32768, 32767), "<i2"],
    [Uint16Array.of(0, 65535), "<u2"],
    [Int32Array.of(-1, 2 ** 31 - 1), "<i4"],
    [Uint32Array.of(0, 2 ** 32 - 1), "<u4"],
    [BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n), "<i8"],
    [BigUint64Array.of(0n, 2n ** 64n - 1n), "<u8"],
    [Float32Array.of(0.5, Number.NaN), "<f4"],
    [Float64Array.of(-0, Number.POSITIVE_INFINITY), "<f8"],
  ])("%o keeps its own", (data, dtype) => {
    expect(roundTrip(data)).toEqual({ dtype, shape: [2], value: array(data, [2], [1]) });
  });

  test("clamped bytes are bytes", () => {
    expect(roundTrip(Uint8ClampedArray.of(1, 2)).value).toEqual(array(Uint8Array.of(1, 2), [2], [1]));
  });

  test("a typed array without elements has a dimension of 0", () => {
    expect(roundTrip(new Int16Array(0))).toEqual({
      dtype: "<i2",
      shape: [0],
      value: array(new Int16Array(0), [0], [1]),
    });
    expect(roundTrip([])).toEqual({ dtype: "<f8", shape: [0], value: array(new Float64Array(0), [0], [1]) });
  });

  test("rows of typed arrays of several classes are numbers, none of them cut to the first row's class", () => {
    expect(roundTrip([Int8Array.of(1), Float64Array.of(0.5)])).toEqual({
      dtype: "<f8",
      shape: [2, 1],
      value: array(Float64Array.of(1, 0.5), [2, 1], [1, 1]),
    });
  });

  test("a text beside an array of as many elements is no array", () => {
    expect(() => roundTrip(["ab", [1, 2]])).toThrow("inhomogeneous shape after 1 dimensions");
  });

  test("a record may be an object without a prototype, and lacks no field that the first one has", () => {
    const bare = Object.assign(Object.create(null), { a: 1, b: 2 });
    expect(roundTrip([bare, { a: 3, b: 4 }]).value).toEqual(
      array(
        [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
        [2],
        [1],
      ),
    );
    expectFailure(() => roundTrip([{ a: 1, b: 2 }, { a: 1 }]), "ValueError", "no field of name b");
  });

  test("references of several kinds or sizes are none", () => {
    const message = "Object dtype dtype('O') has no native HDF5 equivalent";
    const object = { kind: "object", bytes: new Uint8Array(8) };
    for (const other of [
      { kind: "region", bytes: new Uint8Array(8) },
      { kind: "object", bytes: new Uint8Array(4) },
    ]) {
      expectFailure(() => roundTrip([object, other]), "TypeError", message);
    }
  });

  test("a view of a part of a buffer stores that part", () => {
    const all = Int32Array.of(1, 2, 3, 4);
    expect(roundTrip(all.subarray(1, 3)).value).toEqual(array(Int32Array.of(2, 3), [2], [1]));
  });

  test("nested arrays give dimensions", () => {
    const value = [[[1, 2, 3]], [[4, 5, 6]]];
    const expected = array(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 1, 3], [3, 3, 1]);
    expect(roundTrip(value)).toEqual({ dtype: "<f8", shape: [2, 1, 3], value: expected });
    expect(roundTrip([["a"], ["b"]]).value).toEqual(array(["a", "b"], [2, 1], [1, 1]));
    expect(roundTrip([Int8Array.of(1, 2), Int8Array.of(3, 4)])).toEqual({
      dtype: "|i1",
      shape: [2, 2],
      value: array(Int8Array.of(1, 2, 3, 4), [2, 2], [2, 1]),
    });
  });

  test("{ data, shape } tells the shape, and what is read can be written", () => {
    const value: ShapedData = { data: Int16Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] };
    const { value: result } = roundTrip(value);
    expect(result).toEqual(array(value.data, [3, 2], [2, 1]));
    expect(roundTrip(result).value).toEqual(result);
    const words = "cannot reshape array of size 6 into shape (4,)";
    expectFailure(() => roundTrip({ data: value.data, shape: [4] }), "ValueError", words);
  });

  test("null and Empty have no elements", () => {
    const { dtype, shape, value } = roundTrip(null);
    expect([dtype, shape, String(value)]).toEqual(["<f8", null, "Empty(dtype=dtype('<f8'))"]);
    const empty = new Empty("i2");
    const result = roundTrip(empty).value;
    expect(result).toBeInstanceOf(Empty);
    expect(empty.equals(result)).toBe(true);
    expect(empty.equals(new Empty("i4"))).toBe(false);
  });

  test("records are compounds of what their properties are", () => {
    const records = [
      { x: 1, name: "a", on: true, at: [1n, 2n], bytes: Uint8Array.of(1), inner: { y: 0.5 } },
      { x: 2, name: "b", on: false, at: [3n, 4n], bytes: Uint8Array.of(2), inner: { y: 1.5 } },
    ];
    const { dtype, value } = roundTrip(records);
    const fields = "('x', '<f8'), ('name', 'O'), ('on', '?'), ('at', '<i8', (2,)), ('bytes', 'u1', (1,))";
    expect(dtype).toBe(`[${fields}, ('inner', [('y', '<f8')])]`);
    const expected = records.map((record) => ({ ...record, bytes: [...record.bytes] }));
    expect(value).toEqual(array(expected, [2], [1]));
    expect(roundTrip(records[0]).value).toEqual(expected[0]);
  });

  test("a member named __proto__ is a property like any other", () => {
    const record = JSON.parse('{"__proto__": 1, "constructor": 2}');
    const { value } = roundTrip(record);
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test.each([
    ["rows of other lengths", [[1], [2, 3]], 1, "(2,)"],
    ["a number beside an array", [1, [2]], 1, "(2,)"],
    [
      "deeper rows",
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      2,
      "(2, 2)",
    ],
    ["typed arrays of other lengths", [Int8Array.of(1), Int8Array.of(1, 2)], 1, "(2,)"],
  ])("%s are refused in numpy's words", (_, value, depth, shape) => {
    const message =
      `setting an array element with a sequence. The requested array has an inhomogeneous shape after ${depth} ` +
      `dimensions. The detected shape was ${shape} + inhomogeneous part.`;
    expectFailure(() => newFile().set("bad", value), "ValueError", message);
  });

  test.each([
    ["an object without properties", {}],
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["numbers and bigints", [1, 1n]],
    ["numbers and strings", [1, "1"]],
    ["records and numbers", [{ x: 1 }, 1]],
    ["an array of null", [null]],
  ])("%s is refused, and nothing is made", (_, value) => {
    const f = newFile();
    expectFailure(() => f.set("bad", value), "TypeError", "Object dtype dtype('O') has no native HDF5 equivalent");
    expect(f.keys()).toEqual([]);
  });

  test("bigints beyond 64 bits are refused", () => {
    expect(() => newFile().set("bad", [2n ** 63n])).toThrow(/out of bounds for int64/);
  });
});

describe("a dtype of the caller's", () => {
  function stored(dtype: string, data: unknown): NDArray {
    const f = newFile();
    f.createDataset("d", { dtype, data });
    const dset = reopened(f).get("d");
    expect(dset.dtype).toBe(dtype);
    return dset.read();
  }

  test.each([
    ["<i2", [1, -2, 3.7], Int16Array.of(1, -2, 3)],
    [">u4", [1, 4294967295], Uint32Array.of(1, 4294967295)],
    ["<i8", [1, 2n], BigInt64Array.of(1n, 2n)],
    ["<u8", [2n ** 64n - 1n], BigUint64Array.of(2n ** 64n - 1n)],
    ["<f4", [0.5, 1n], Float32Array.of(0.5, 1)],
    [">f8", [0.1], Float64Array.of(0.1)],
    ["<f2", [0.5], Float32Array.of(0.5)],
    ["|b1", [1, 0], [true, false]],
    ["|S3", ["ab", "abc"], ["ab", "abc"]],
    ["|V2", [Uint8Array.of(1, 2)], [Uint8Array.of(1, 2)]],
  ])("%s", (dtype, data, expected) => {
    expect(stored(dtype, data).data).toEqual(expected);
  });

  test("typed arrays are converted as the library does it", () => {
    expect(stored("<i2", Float64Array.of(1.9, 1e9, Number.NaN)).data).toEqual(Int16Array.of(1, 32767, 0));
    expect(stored(">i4", Int8Array.of(-1, 2)).data).toEqual(Int32Array.of(-1, 2));
    expect(stored("|b1", Uint8Array.of(1, 0)).data).toEqual([true, false]);
  });

  test("lists are refused where they do not fit", () => {
    const refuse = (dtype: string, data: unknown) => () => newFile().createDataset("d", { dtype, data });
    expect(refuse("i1", [128])).toThrow(/integer 128 out of bounds for int8/);
    expect(refuse("u1", [-1])).toThrow(/integer -1 out of bounds for uint8/);
    expect(refuse("i4", [Number.NaN])).toThrow(/cannot convert float NaN to integer/);
    expect(refuse("f8", ["x"])).toThrow(/expected a number, got string/);
    expect(refuse("S4", [1])).toThrow(/expected a string, got number/);
    expectFailure(refuse("bogus", [1]), "TypeError", "data type 'bogus' not understood");
    expectFailure(refuse("U3", ["abc"]), "TypeError", "No conversion path for dtype: dtype('U3')");
  });

  test.each([
    ["u1", 0, 255],
    ["i1", -128, 127],
    ["<u2", 0, 65535],
    ["<i2", -32768, 32767],
    ["<u4", 0, 2 ** 32 - 1],
    ["<i4", -(2 ** 31), 2 ** 31 - 1],
  ])("%s takes fractions up to its bounds, and nothing beyond", (dtype, least, greatest) => {
    const f = newFile();
    const stored = (name: string, value: number) => {
      return f.createDataset(name, { dtype, data: [value] }).read<number>([0]);
    };
    expect([stored("least", least - 0.9), stored("greatest", greatest + 0.9)]).toEqual([least, greatest]);
    for (const value of [least - 1, greatest + 1]) {
      expect(() => f.createDataset(null, { dtype, data: [value] }), String(value)).toThrow(/out of bounds/);
    }
  });

  test("a typed array is repeated where it has one element, and fits otherwise", () => {
    const dset = newFile().createDataset("d", { dtype: "<f8", shape: [3] });
    dset.write(null, Float64Array.of(7));
    expect(dset.read().data).toEqual(Float64Array.of(7, 7, 7));
    for (const length of [0, 2, 4]) {
      const words = `Can't broadcast (${length},) -> (3,)`;
      expectFailure(() => dset.write(null, new Float64Array(length)), "TypeError", words);
    }
  });

  test("no elements are no elements of any datatype", () => {
    const f = newFile();
    f.set("numbers", [1]);
    f.set("text", ["a"]);
    expect(f.get("numbers").read("0:0", { dtype: "S5" }).data).toEqual([]);
    expect(f.get("text").read("0:0", { dtype: "<i4" }).data).toEqual(new Int32Array(0));
    expect(f.get("text").read<DataView>("0:0", { dtype: "<i4", as: "dataview" }).byteLength).toBe(0);
    expect(() => f.get("numbers").read(null, { dtype: "S5" })).toThrow("conversion path");
  });

  test("bytes that are no text come back as they were", () => {
    const f = newFile();
    const bytes = Uint8Array.of(0xff, 0x41);
    const dset = f.createDataset("s", { dtype: "S3", data: [bytes] });
    expect(dset.read(null, { strings: "bytes" }).data).toEqual([bytes]);
  });

  test("packed elements may be a part of a buffer, and are whole and as many as their shape says", () => {
    const dset = newFile().createDataset("d", { dtype: "<i2", shape: [2] });
    const { buffer } = Uint8Array.of(9, 1, 0, 2, 0, 9);
    dset.write(null, new DataView(buffer, 1, 4));
    expect(dset.read().data).toEqual(Int16Array.of(1, 2));
    const part = "buffer size must be a multiple of element size";
    expectFailure(() => dset.write(null, new DataView(buffer, 1, 3)), "ValueError", part);
    const words = "cannot reshape array of size 2 into shape (3,)";
    expectFailure(() => dset.write(null, { data: new DataView(buffer, 1, 4), shape: [3] }), "ValueError", words);
  });

  test("as many records as they have members are no single record", () => {
    const f = newFile();
    const store = (dtype: string, data: unknown[]) => f.createDataset(null, { dtype, data, shape: [2] }).read().data;
    const numbers = "[('x', '<i4'), ('y', '<f8')]";
    const expected = [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ];
    expect(store(numbers, expected)).toEqual(expected);
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(store(numbers, rows)).toEqual(expected);
    const complex = "[('x', '<c16'), ('y', '<c16')]";
    expect(store(complex, [rows, rows])).toEqual([
      { x: { r: 1, i: 2 }, y: { r: 3, i: 4 } },
      { x: { r: 1, i: 2 }, y: { r: 3, i: 4 } },
    ]);
    const three = "[('x', '<c16'), ('y', '<c16'), ('z', '<c16')]";
    const row = [...rows, [5, 6]];
    const record = { x: { r: 1, i: 2 }, y: { r: 3, i: 4 }, z: { r: 5, i: 6 } };
    expect(f.createDataset("three", { dtype: three, data: [row, row, row], shape: [3] }).read().data).toEqual([
      record,
      record,
      record,
    ]);
  });

  test("an array datatype takes the last dimensions", () => {
    const f = newFile();
    const dtype = "('<i2', (2, 3))";
    const data = [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ];
    const dset = f.createDataset("d", { dtype, data });
    expect(dset.shape).toEqual([1]);
    expect(dset.read()).toEqual(array(Int16Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], [6, 3, 1]));
    expect(dset.read([0])).toEqual(array(Int16Array.of(1, 2, 3, 4, 5, 6), [2, 3], [3, 1]));
    const words = "When writing to array types, last N dimensions have to match (got (2,), but should be (2, 3))";
    expectFailure(() => dset.write(null, [1, 2]), "TypeError", words);
  });

  test("sequences take arrays for elements", () => {
    const f = newFile();
    const type = h5t.vlenCreate(h5t.STD_I32LE);
    const dset = f.createDataset("d", { dtype: type, data: [[1, 2, 3], [], Int32Array.of(4)] });
    expect(dset.shape).toEqual([3]);
    const again = reopened(f).get("d");
    expect(again.read().data).toEqual([Int32Array.of(1, 2, 3), new Int32Array(0), Int32Array.of(4)]);
    expect(again.read<Int32Array>([0])).toEqual(Int32Array.of(1, 2, 3));
  });

  test("a committed datatype is kept", () => {
    const f = newFile();
    f.set("type", h5t.STD_I16BE);
    const named = f.get<import("../../src/index.ts").Datatype>("type");
    expect(String(named)).toBe('<HDF5 named type "type" (dtype >i2)>');
    f.createDataset("d", { dtype: named, data: [1, 2] });
    f.attrs.create("a", [3], { dtype: named });
    const again = reopened(f);
    expect(again.get("d").id.getType().committed()).toBe(true);
    expect(again.attrs.getId("a").getType().committed()).toBe(true);
    expect(again.get("d").read().data).toEqual(Int16Array.of(1, 2));
    expect(again.attrs.get<NDArray>("a").data).toEqual(Int16Array.of(3));
  });
});

describe("64-bit integers", () => {
  test("are numbers when asked for, unless one is not exact", () => {
    const f = newFile();
    f.set("a", BigInt64Array.of(-5n, 2n ** 53n - 1n));
    f.set("b", BigUint64Array.of(2n ** 53n));
    f.set("r", [{ n: 1n, list: [2n] }]);
    f.set("s", 7n);
    const int64 = "number" as const;
    expect(f.get("a").read(null, { int64 }).data).toEqual(Float64Array.of(-5, 2 ** 53 - 1));
    expect(f.get("s").read<number>(null, { int64 })).toBe(7);
    expect(f.get("r").read(null, { int64 }).data).toEqual([{ n: 1, list: [2] }]);
    const lists = f.createDataset("lists", { dtype: h5t.vlenCreate(h5t.STD_I32LE), data: [[1, 2]] });
    expect(lists.read(null, { int64 }).data).toEqual([Int32Array.of(1, 2)]);
    const words = "integer 9007199254740992 is no exact number; read it as a bigint";
    expectFailure(() => f.get("b").read(null, { int64 }), "OverflowError", words);
    f.attrs.set("a", 4n);
    expect(f.attrs.get("a", { int64 })).toBe(4);
  });
});

describe("values of any shape", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

  function nested(dims: readonly number[], next: () => unknown): unknown {
    const [length, ...inner] = dims;
    return length === undefined ? next() : Array.from({ length }, () => nested(inner, next));
  }

  test("come back as they went in, as datasets and as attributes", () => {
    const property = fc.property(shape, fc.constantFrom("number", "string", "bigint", "boolean"), (dims, kind) => {
      const items: unknown[] = [];
      const value = nested(dims, () => {
        const n = items.length;
        const item =
          kind === "number" ? n / 3 : kind === "string" ? `t${n}` : kind === "bigint" ? BigInt(n) : n % 2 === 0;
        items.push(item);
        return item;
      });
      const f = newFile();
      f.set("v", value);
      f.attrs.set("v", value);
      const again = reopened(f);
      // Where a dimension is 0 there is nothing to tell the inner ones, or the datatype, from.
      const known = dims.includes(0) ? dims.slice(0, dims.indexOf(0) + 1) : dims;
      for (const result of [again.get("v").read<NDArray>(), again.attrs.get<NDArray>("v")]) {
        if (dims.length === 0) expect(result).toBe(items[0]);
        else {
          expect(result.shape).toEqual(known);
          expect(Array.from(result.data as unknown[])).toEqual(items);
        }
      }
    });
    fc.assert(property, { numRuns: 100 });
  });
});
