/** What h5py's page about dimension scales shows. */
import { expect, test } from "vitest";
import { Dimension, DimensionManager, File } from "../../src/index.ts";

function withScales(): File {
  const f = File.inMemory();
  const data = f.createDataset("data", { data: { data: new Float32Array(24).fill(1), shape: [4, 3, 2] } });
  data.dims.get(0).label = "z";
  data.dims.get(2).label = "x";
  f.update({ x1: [1, 2], x2: [1, 1.1], y1: [0, 1, 2], z1: [0, 1, 4, 9] });
  f.get("x1").makeScale();
  f.get("x2").makeScale("x2 name");
  f.get("y1").makeScale("y1 name");
  f.get("z1").makeScale("z1 name");
  data.dims.get(0).attachScale(f.get("z1"));
  data.dims.get(1).attachScale(f.get("y1"));
  data.dims.get(2).attachScale(f.get("x1"));
  data.dims.get(2).attachScale(f.get("x2"));
  return f;
}

test("dimensions have labels", () => {
  using f = withScales();
  const { dims } = f.get("data");
  expect(dims).toBeInstanceOf(DimensionManager);
  expect([dims.length, [...dims].map((dimension) => dimension.label)]).toEqual([3, ["z", "", "x"]]);
  expect(String(dims)).toBe("<Dimensions of HDF5 object>");
});

test("and scales, by number and name", () => {
  using f = withScales();
  const x = f.get("data").dims.get(2);
  expect(x).toBeInstanceOf(Dimension);
  expect([x.length, x.keys(), [...x]]).toEqual([2, ["", "x2 name"], ["", "x2 name"]]);
  expect(x.get(1).equals(f.get("x2"))).toBe(true);
  expect(x.get("x2 name").equals(f.get("x2"))).toBe(true);
  expect(x.values().map((scale) => scale.name)).toEqual(["/x1", "/x2"]);
  expect(x.items().map(([name, scale]) => [name, scale.isScale])).toEqual([
    ["", true],
    ["x2 name", true],
  ]);
  expect(String(x)).toBe('<"x" dimension 2 of HDF5 dataset>');
});

test("scales are taken off again", () => {
  using f = withScales();
  const x = f.get("data").dims.get(2);
  x.detachScale(f.get("x2"));
  expect(x.keys()).toEqual([""]);
  expect(f.get("data").dims.get(2).equals(x)).toBe(true);
  expect(f.get("data").dims.get(1).equals(x)).toBe(false);
  expect(f.get("data").dims.get(2).hash()).toBe(x.hash());
});

test("the older way to make one", () => {
  using f = withScales();
  f.set("late", [5, 6]);
  f.get("data").dims.createScale(f.get("late"), "late one");
  expect(f.get("late").isScale).toBe(true);
});

test("what has scales cannot be one", () => {
  using f = withScales();
  expect(() => f.get("data").makeScale()).toThrow("Unspecified error in H5DSset_scale (return value <0)");
});
