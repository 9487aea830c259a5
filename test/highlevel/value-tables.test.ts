/** The rows of docs/values.md. */
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  compoundDtype,
  type DtypeLike,
  Empty,
  enumDtype,
  fromColumns,
  h5t,
  type NDArray,
  opaqueDtype,
  type ReadOptions,
  type ReferenceValue,
  slice,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

/** What comes out of a new file for what went in, as a dataset and as an attribute. */
function roundTrip(value: unknown, dtype?: DtypeLike, options: ReadOptions = {}): { dtype: string; value: unknown } {
  const f = newFile();
  const typed = dtype === undefined ? {} : { dtype };
  f.createDataset("v", { data: value, ...typed });
  f.attrs.create("v", value, typed);
  const again = reopened(f);
  const read = again.get("v").read<unknown>(undefined, options);
  expect(again.attrs.get("v", options)).toEqual(read);
  return { dtype: again.get("v").dtype, value: read };
}

const flat = (data: ArrayLike<unknown>) => ({ data, shape: [data.length], stride: [1] });
const bytesView = (...bytes: number[]) => new DataView(Uint8Array.of(...bytes).buffer);

/** Stands in for a runtime's `Float16Array`: the bits of the numbers, which the tests leave alone. */
class HalfArray extends Uint16Array {}

afterEach(() => void vi.unstubAllGlobals());

describe("in, without a datatype", () => {
  test.each<[string, unknown, string, unknown]>([
    ["number", 1.5, "<f8", 1.5],
    ["bigint", 7n, "<i8", 7n],
    ["boolean", true, "|b1", true],
    ["string", "größe", "|O", "größe"],
    ["typed array", Int16Array.of(1, -2), "<i2", flat(Int16Array.of(1, -2))],
    ["typed array of bigints", BigUint64Array.of(1n), "<u8", flat(BigUint64Array.of(1n))],
    ["clamped bytes", Uint8ClampedArray.of(1, 2), "|u1", flat(Uint8Array.of(1, 2))],
    ["DataView", bytesView(1, 2, 3), "|u1", flat(Uint8Array.of(1, 2, 3))],
    ["ArrayBuffer", Uint8Array.of(4, 5).buffer, "|u1", flat(Uint8Array.of(4, 5))],
    ["array of numbers", [1, 2], "<f8", flat(Float64Array.of(1, 2))],
    ["array of booleans", [true, false], "|b1", flat([true, false])],
    ["array of strings", ["a", ""], "|O", flat(["a", ""])],
    ["arrays in arrays", [[1n], [2n]], "<i8", { data: BigInt64Array.of(1n, 2n), shape: [2, 1], stride: [1, 1] }],
    [
      "arrays of typed arrays",
      [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
      "|u1",
      { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], stride: [2, 1] },
    ],
    [
      "data with its shape",
      { data: Float32Array.of(1, 2), shape: [1, 2] },
      "<f4",
      { data: Float32Array.of(1, 2), shape: [1, 2], stride: [2, 1] },
    ],
    [
      "a DataView with its shape",
      { data: bytesView(1, 2), shape: [2, 1] },
      "|u1",
      { data: Uint8Array.of(1, 2), shape: [2, 1], stride: [1, 1] },
    ],
    ["plain object", { a: 1, b: "x" }, "[('a', '<f8'), ('b', 'O')]", { a: 1, b: "x" }],
    ["Map", new Map([["a", 1n]]), "[('a', '<i8')]", { a: 1n }],
    [
      "columns",
      fromColumns({ a: [1, 2], b: [true, false] }),
      "[('a', '<f8'), ('b', '?')]",
      flat([
        { a: 1, b: true },
        { a: 2, b: false },
      ]),
    ],
    ["null", null, "<f8", new Empty("<f8")],
    ["Empty", new Empty("<i2"), "<i2", new Empty("<i2")],
  ])("%s", (_, value, dtype, result) => {
    expect(roundTrip(value)).toEqual({ dtype, value: result });
  });

  test("references", () => {
    const f = newFile();
    f.set("d", [1, 2, 3]);
    f.set("refs", [f.get("d").ref, f.ref]);
    f.set("region", f.get("d").regionRef(slice(1, 3)));
    const again = reopened(f);
    const [first] = again.get("refs").read<NDArray<ReferenceValue[]>>().data;
    expect(first?.kind).toBe("object");
    expect(first && again.get(first).name).toBe("/d");
    expect(again.get("d").read(again.get("region").read<ReferenceValue>()).data).toEqual(Float64Array.of(2, 3));
  });

  test("half floats, where the runtime has them", () => {
    vi.stubGlobal("Float16Array", HalfArray);
    const half = new HalfArray([0x3c00, 0x4000]);
    expect(roundTrip(half)).toEqual({ dtype: "<f2", value: flat(half) });
    expect(roundTrip(half, undefined, { float16: "float32" }).value).toEqual(flat(Float32Array.of(1, 2)));
    vi.unstubAllGlobals();
    expect(roundTrip([1, 2], "<f2").value).toEqual(flat(Float32Array.of(1, 2)));
  });

  test.each<[string, unknown]>([
    ["a Date", new Date(0)],
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["an instance of a class", new (class Point {})()],
    ["an empty object", {}],
    ["numbers beside bigints", [1, 2n]],
    ["an array with a hole of undefined", [undefined]],
  ])("%s is refused", (_, value) => {
    const message = "Object dtype dtype('O') has no native HDF5 equivalent";
    expectFailure(() => newFile().set("v", value), "TypeError", message);
    expectFailure(() => newFile().attrs.set("v", value), "TypeError", message);
  });

  test("rows of different length are refused", () => {
    expect(() => newFile().set("v", [[1], [2, 3]])).toThrow("inhomogeneous shape after 1 dimensions");
  });
});

describe("in, for a datatype", () => {
  const COLOUR = enumDtype({ RED: 0, GREEN: 1 });
  const POINT = compoundDtype({ x: "<f4", n: "|i1" });

  test.each<[string, DtypeLike, unknown, unknown]>([
    ["integer from numbers, bigints and booleans", "<i2", [1.9, -1.9, 3n, true], flat(Int16Array.of(1, -1, 3, 1))],
    ["integer from a typed array, at its limits", "|u1", Int16Array.of(-5, 300), flat(Uint8Array.of(0, 255))],
    ["float", "<f4", [1, 2n, false], flat(Float32Array.of(1, 2, 0))],
    ["boolean", "bool", [true, 0, "TRUE"], flat([true, false, true])],
    ["enumeration", COLOUR, ["GREEN", 0], flat(Uint8Array.of(1, 0))],
    [
      "string of some bytes",
      stringDtype({ length: 3 }),
      ["abcdef", "aä€", Uint8Array.of(65)],
      flat(["abc", "aä", "A"]),
    ],
    ["string of any length", stringDtype(), ["a", Uint8Array.of(66), null], flat(["a", "B", ""])],
    [
      "sequence",
      vlenDtype("<i2"),
      [[1, 2], Int8Array.of(3), []],
      flat([Int16Array.of(1, 2), Int16Array.of(3), new Int16Array(0)]),
    ],
    [
      "array",
      "(2,)<i2",
      [
        [1, 2],
        [3, 4],
      ],
      { data: Int16Array.of(1, 2, 3, 4), shape: [2, 2], stride: [2, 1] },
    ],
    [
      "compound",
      POINT,
      [
        { x: 1, n: 2 },
        new Map([
          ["x", 3],
          ["n", 4],
        ]),
        [5, 6],
      ],
      flat([
        { x: 1, n: 2 },
        { x: 3, n: 4 },
        { x: 5, n: 6 },
      ]),
    ],
    ["compound from columns", POINT, fromColumns({ n: [2], x: [1] }), flat([{ x: 1, n: 2 }])],
    [
      "complex",
      "c8",
      [{ re: 1, im: 2 }, 3, { r: 5, i: 6 }],
      flat([
        { r: 1, i: 2 },
        { r: 3, i: 0 },
        { r: 5, i: 6 },
      ]),
    ],
    ["opaque", "V2", [Uint8Array.of(1), Uint8Array.of(2, 3)], flat([Uint8Array.of(1, 0), Uint8Array.of(2, 3)])],
    ["packed elements", "<i2", bytesView(1, 0, 0xff, 0xff), flat(Int16Array.of(1, -1))],
    ["packed elements of the other byte order", ">i2", bytesView(0, 1), flat(Int16Array.of(1))],
    ["packed records", POINT, bytesView(0, 0, 0x80, 0x3f, 9), flat([{ x: 1, n: 9 }])],
    [
      "packed elements with their shape",
      "|i1",
      { data: Uint8Array.of(1, 255).buffer, shape: [1, 2] },
      { data: Int8Array.of(1, -1), shape: [1, 2], stride: [2, 1] },
    ],
  ])("%s", (_, dtype, value, result) => {
    expect(roundTrip(value, dtype).value).toEqual(result);
  });

  test("numpy's times", () => {
    const dates = { numpyTimes: "date" } as const;
    const day = new Date("2024-02-29T00:00:00Z");
    expect(roundTrip([day, 1n], opaqueDtype("<M8[D]"), dates).value).toEqual(flat([day, new Date(86400000)]));
    expectFailure(
      () => newFile().createDataset("v", { data: [new Date(1)], dtype: opaqueDtype("<M8[s]") }),
      "ValueError",
      "1970-01-01T00:00:00.001Z is no whole number of datetime64[s]".replace("datetime64", "<M8"),
    );
  });

  test.each<[string, DtypeLike, unknown, string, string]>([
    ["a number out of range", "|i1", [128], "OverflowError", "integer 128 out of bounds for int8"],
    ["a bigint out of range", "<u8", [-1n], "OverflowError", "integer -1 out of bounds for uint64"],
    ["NaN as an integer", "<i4", [Number.NaN], "ValueError", "cannot convert float NaN to integer"],
    ["part of an element", "<i4", bytesView(1, 2, 3), "ValueError", "buffer size must be a multiple of element size"],
    [
      "bytes of variable length",
      stringDtype(),
      bytesView(1),
      "TypeError",
      "elements of variable length have no bytes of their own",
    ],
    [
      "bytes of another shape",
      "|i1",
      { data: bytesView(1, 2), shape: [3] },
      "ValueError",
      "cannot reshape array of size 2 into shape (3,)",
    ],
    [
      "arrays of other dimensions",
      "(2,)<i4",
      [[1, 2, 3]],
      "TypeError",
      "When writing to array types, last N dimensions have to match (got (3,), but should be (2,))",
    ],
  ])("%s is refused", (_, dtype, value, name, message) => {
    expectFailure(() => newFile().createDataset("v", { data: value, dtype }), name, message);
    expectFailure(() => newFile().attrs.create("v", value, { dtype }), name, message);
  });

  test.each<[string, DtypeLike, unknown]>([
    ["a name that is no member", COLOUR, ["BLUE"]],
    ["a member without value", POINT, [{ x: 1 }]],
    ["opaque bytes that are too many", "V2", [Uint8Array.of(1, 2, 3)]],
    ["a NUL in a string of any length", stringDtype(), ["a\0b"]],
    ["text for a number", "<f8", ["x"]],
  ])("%s is refused", (_, dtype, value) => {
    const f = newFile();
    expect(() => f.createDataset("v", { data: value, dtype })).toThrow();
    expect(f.has("v")).toBe(false);
  });

  test("an array is repeated over a selection", () => {
    const f = newFile();
    const dset = f.createDataset("d", { shape: [2, 3], dtype: "<i4" });
    dset.write(null, [1, 2, 3]);
    dset.write([slice(null), 0], 9);
    expect(dset.read().data).toEqual(Int32Array.of(9, 2, 3, 9, 2, 3));
    dset.write(0, bytesView(7, 0, 0, 0));
    expect(dset.read().data).toEqual(Int32Array.of(7, 7, 7, 9, 2, 3));
  });
});

describe("out", () => {
  test.each<[string, DtypeLike, unknown, unknown]>([
    ["integers of up to 32 bits", "<u4", [1], Uint32Array.of(1)],
    ["integers of 64 bits", ">i8", [1n], BigInt64Array.of(1n)],
    ["half floats", ">f2", [0.5], Float32Array.of(0.5)],
    ["floats", ">f4", [0.5], Float32Array.of(0.5)],
    ["long floats", "longdouble", [0.5], Float64Array.of(0.5)],
    ["bit fields", h5t.STD_B16LE, [3], Uint16Array.of(3)],
    ["text that is no UTF-8", "S2", [Uint8Array.of(0xff, 65)], ["\udcffA"]],
    ["sequences of text", vlenDtype(stringDtype()), [["a", "b"]], [["a", "b"]]],
    [
      "arrays in records",
      compoundDtype({ m: "(2,2)|i1" }),
      [
        {
          m: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      [
        {
          m: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
    ],
  ])("%s", (_, dtype, value, data) => {
    expect(roundTrip(value, dtype).value).toEqual(flat(data as unknown[]));
  });

  const F = newFile();
  F.createDataset("big", { data: { data: BigInt64Array.of(1n, 2n, 3n, 4n), shape: [2, 2] } });
  F.createDataset("huge", { data: [2n ** 60n] });
  F.createDataset("text", { data: ["ä", ""] });
  F.createDataset("record", { data: [{ n: 1n, s: "x" }] });
  F.createDataset("time", { data: [1n], dtype: opaqueDtype("<M8[s]") });
  F.createDataset("flags", { data: [[true], [false]] });
  F.createDataset("none", { dtype: "<i4" });
  const big = F.get("big");

  test("as nested arrays of any class, in selections too", () => {
    const file = newFile();
    const items = Array.from({ length: 12 }, (_, i) => i);
    for (const [name, data] of Object.entries({
      single: Float32Array.from(items, (i) => i / 4),
      long: BigUint64Array.from(items, BigInt),
      short: Int8Array.from(items),
      text: items.map((i) => `text ${i}`),
      flag: items.map((i) => i % 3 === 0),
    })) {
      const dataset = file.createDataset(name, { data: { data, shape: [2, 3, 2] } });
      const pair = (at: number) => [data[at], data[at + 1]];
      const expected = [0, 6].map((at) => [pair(at), pair(at + 2), pair(at + 4)]);
      expect(dataset.read(null, { as: "nested" })).toStrictEqual(expected);
      expect(dataset.read([1, slice(1, 3)], { as: "nested" })).toStrictEqual([pair(8), pair(10)]);
    }
  });

  test("with options", () => {
    expect(big.read(null, { int64: "number" }).data).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(F.get("record").read(null, { int64: "number" }).data).toEqual([{ n: 1, s: "x" }]);
    const message = `integer ${2n ** 60n} is no exact number; read it as a bigint`;
    expectFailure(() => F.get("huge").read(null, { int64: "number" }), "OverflowError", message);
    expect(big.read(null, { as: "nested" })).toEqual([
      [1n, 2n],
      [3n, 4n],
    ]);
    expect(big.read(null, { as: "nested", int64: "number" })).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(F.get("flags").read(null, { as: "nested" })).toEqual([[true], [false]]);
    expect(big.read<bigint>([0, 1], { as: "nested" })).toBe(2n);
    expect(F.get("text").read(null, { strings: "bytes" }).data).toEqual([Uint8Array.of(0xc3, 0xa4), new Uint8Array(0)]);
    expect(F.get("record").read(null, { strings: "bytes" }).data).toEqual([{ n: 1n, s: Uint8Array.of(120) }]);
    expect(F.get("time").read(null, { numpyTimes: "date" }).data).toEqual([new Date(1000)]);
    expect(F.get("time").read(null, { numpyTimes: "bigint" }).data).toEqual([1n]);
    expect(big.read(null, { dtype: "<i2" }).data).toEqual(Int16Array.of(1, 2, 3, 4));
  });

  test("as the bytes in the file", () => {
    const view = big.read([1], { as: "dataview" });
    expectView(view, [3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
    expectView(big.read<DataView>([0, 0], { as: "dataview", dtype: ">i2" }), [0, 1]);
    const message = "elements of variable length have no bytes of their own";
    expectFailure(() => F.get("text").read(null, { as: "dataview" }), "TypeError", message);
    const copy = F.createDataset("copy", { shape: [2], dtype: "<i8" });
    copy.write(null, view);
    expect(copy.read().data).toEqual(BigInt64Array.of(3n, 4n));
  });

  test("a dataset without elements gives Empty", () => {
    expect(F.get("none").read<Empty>().equals(new Empty("<i4"))).toBe(true);
  });
});

function expectView(view: DataView, bytes: number[]): void {
  expect(view).toBeInstanceOf(DataView);
  expect([...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]).toEqual(bytes);
}
