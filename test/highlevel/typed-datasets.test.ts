/** What the compiler knows: `tsc` checks the types here, the tests that they tell the truth. */
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type ArrayData,
  compoundDtype,
  type Dataset,
  enumDtype,
  type NDArray,
  opaqueDtype,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { newFile } from "./helpers.ts";

describe("the array of a dataset follows from its dtype", () => {
  const f = newFile();

  test("in numpy's words", () => {
    const single = f.createDataset("f4", { dtype: "<f4", shape: [3] });
    expectTypeOf(single).toEqualTypeOf<Dataset<"<f4", "array">>();
    expectTypeOf(single.read()).toEqualTypeOf<NDArray<Float32Array>>();
    expect(single.read().data).toBeInstanceOf(Float32Array);

    const big = f.createDataset("i8", { dtype: ">i8", shape: 2 });
    expectTypeOf(big.read()).toEqualTypeOf<NDArray<BigInt64Array>>();
    expect(big.read().data).toBeInstanceOf(BigInt64Array);
    expectTypeOf(big.read(null, { int64: "number" })).toEqualTypeOf<NDArray<Float64Array>>();
    expect(big.read(null, { int64: "number" }).data).toBeInstanceOf(Float64Array);

    const text = f.createDataset("text", { dtype: "S5", shape: [1] });
    expectTypeOf(text.read()).toEqualTypeOf<NDArray<string[]>>();
    expect(text.read().data).toEqual([""]);

    const flags = f.createDataset("flags", { dtype: "bool", shape: [1] });
    expectTypeOf(flags.read()).toEqualTypeOf<NDArray<boolean[]>>();
    expect(flags.read().data).toEqual([false]);

    const bytes = f.createDataset("bytes", { dtype: "V3", shape: [1] });
    expectTypeOf(bytes.read()).toEqualTypeOf<NDArray<Uint8Array[]>>();
    expect(bytes.read().data).toEqual([new Uint8Array(3)]);
  });

  test("for a shape alone, and for a scalar", () => {
    expectTypeOf(f.createDataset("plain", { shape: [2] }).read()).toEqualTypeOf<NDArray<Float32Array>>();
    const scalar = f.createDataset("scalar", { dtype: "<u2", shape: [] });
    expectTypeOf(scalar).toEqualTypeOf<Dataset<"<u2", "scalar">>();
    expectTypeOf(scalar.read()).toEqualTypeOf<number>();
    expect(scalar.read()).toBe(0);
  });

  test("made of other dtypes", () => {
    const names = f.createDataset("names", { dtype: stringDtype(), shape: [1] });
    expectTypeOf(names.read()).toEqualTypeOf<NDArray<string[]>>();
    const ragged = f.createDataset("ragged", { dtype: vlenDtype("<i4"), data: [[1], [2, 3]] });
    expectTypeOf(ragged.read()).toEqualTypeOf<NDArray<Int32Array[]>>();
    expect(ragged.read().data[1]).toEqual(Int32Array.of(2, 3));
    const colours = f.createDataset("colours", { dtype: enumDtype({ RED: 1 }), shape: [1] });
    expectTypeOf(colours.read()).toEqualTypeOf<NDArray<Uint8Array>>();
    expect(colours.read().data).toEqual(Uint8Array.of(0));
    const points = f.createDataset("points", {
      dtype: compoundDtype({ x: "<f8", n: "<i8", s: stringDtype() }),
      shape: [1],
    });
    expectTypeOf(points.read().data).toEqualTypeOf<{ x: number; n: bigint; s: string }[]>();
    expect(points.read().data).toEqual([{ x: 0, n: 0n, s: "" }]);
    const times = f.createDataset("times", { dtype: opaqueDtype("<M8[s]"), shape: [1] });
    expectTypeOf(times.read()).toEqualTypeOf<NDArray<ArrayData>>();
  });

  test("and from the data", () => {
    const bytes = f.createDataset("d1", { data: Int16Array.of(1) });
    expectTypeOf(bytes.read()).toEqualTypeOf<NDArray<Int16Array>>();
    const numbers = f.createDataset("d2", {
      data: [
        [1, 2],
        [3, 4],
      ],
    });
    expectTypeOf(numbers.read()).toEqualTypeOf<NDArray<Float64Array>>();
    expect(numbers.read().data).toEqual(Float64Array.of(1, 2, 3, 4));
    const texts = f.createDataset("d3", { data: ["a"] });
    expectTypeOf(texts.read()).toEqualTypeOf<NDArray<string[]>>();
    const single = f.createDataset("d4", { data: 7n });
    expectTypeOf(single.read()).toEqualTypeOf<bigint>();
    expect(single.read()).toBe(7n);
    const shaped = f.createDataset("d5", { data: { data: Uint8Array.of(1, 2), shape: [2, 1] } });
    expectTypeOf(shaped.read()).toEqualTypeOf<NDArray<Uint8Array>>();
  });

  test("where it is not known, the caller says it", () => {
    expectTypeOf(f.get("f4").read()).toEqualTypeOf<NDArray<ArrayData>>();
    expectTypeOf(f.get<Dataset<"<f4">>("f4").read()).toEqualTypeOf<NDArray<Float32Array>>();
    expectTypeOf(f.getDataset<"<f4">("f4").read()).toEqualTypeOf<NDArray<Float32Array>>();
    expectTypeOf(f.get("f4").read<NDArray<Float32Array>>()).toEqualTypeOf<NDArray<Float32Array>>();
    expectTypeOf(f.get("f4").read<number>([0])).toEqualTypeOf<number>();
    expect(f.get("f4").read<number>([0])).toBe(0);
  });

  test("as another dtype", () => {
    const dset = f.createDataset("as", { dtype: "<f4", shape: [3] });
    expectTypeOf(dset.astype("<i4").read()).toEqualTypeOf<NDArray<Int32Array>>();
    expectTypeOf(dset.read("...", { dtype: "<f8" })).toEqualTypeOf<NDArray<Float64Array>>();
    expect(dset.read("...", { dtype: "<f8" }).data).toBeInstanceOf(Float64Array);
    const required = f.requireDataset("as", { dtype: "<f4", shape: [3] });
    expectTypeOf(required.read()).toEqualTypeOf<NDArray<Float32Array>>();
    const any: Dataset = dset;
    expect(any.equals(dset)).toBe(true);
  });
});
