import { describe, expect, test } from "vitest";
import {
  type Dataset,
  File,
  Group,
  h5r,
  h5s,
  type IndexArguments,
  mask,
  type NDArray,
  points,
  type ReferenceValue,
  slice,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

describe("references", () => {
  test("are stored as values and followed", () => {
    const f = newFile();
    f.set("d", [1, 2, 3]);
    f.createGroup("g");
    f.set("refs", [f.get("d").ref, f.getGroup("g").ref]);
    f.attrs.set("one", f.get("d").ref);
    const again = reopened(f);
    const refs = again.get("refs").read<NDArray<ReferenceValue[]>>().data;
    expect(refs.map((ref) => h5r.getName(ref, again.id))).toEqual(["/d", "/g"]);
    expect(again.get(refs[0] as ReferenceValue).read().data).toEqual(Float64Array.of(1, 2, 3));
    expect(again.get<Group>(refs[1] as ReferenceValue)).toBeInstanceOf(Group);
    expect(again.get(again.attrs.get<ReferenceValue>("one")).equals(again.get("d"))).toBe(true);
    expect(again.get("refs").dtype).toBe("|O");
  });

  test("name regions of a dataset", () => {
    const f = newFile();
    f.set("d", { data: Int8Array.from({ length: 20 }, (_, i) => i), shape: [4, 5] });
    f.set("region", f.get("d").regionRef([slice(1, 3), slice(0, 2)]));
    const again = reopened(f);
    const region = again.get("region").read<ReferenceValue>();
    expect(again.get(region).shape).toEqual([4, 5]);
    expect(h5r.getRegion(region, again.id)?.getSelectBounds()).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  test("to regions keep a slice of everything apart from everything, and select nothing where nothing is", () => {
    const f = newFile();
    const d = f.createDataset("d", { shape: [4], dtype: "i1", maxshape: [null] });
    const typeOf = (args: IndexArguments) => h5r.getRegion(d.regionRef(args), f.id)?.getSelectType();
    const nothing = [slice(1, 1), [[]], points([]), mask([false, false, false, false])] as IndexArguments[];
    expect(nothing.map(typeOf)).toEqual(nothing.map(() => h5s.SEL_NONE));
    expect([slice(0, 4), "...", slice(1, 2)].map(typeOf)).toEqual([
      h5s.SEL_HYPERSLABS,
      h5s.SEL_ALL,
      h5s.SEL_HYPERSLABS,
    ]);
  });

  test("to nothing are refused", () => {
    const f = newFile();
    expectFailure(() => f.get(new h5r.Reference()), "ValueError", "Invalid HDF5 object reference");
  });
});

describe("dimensions", () => {
  function withScales(): { d: Dataset; x: Dataset; y: Dataset } {
    const f = newFile();
    f.set("d", [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    f.set("x", [10, 20, 30]);
    f.set("y", [0.5, 1]);
    const [d, x, y] = [f.get("d"), f.get("x"), f.get("y")];
    x.makeScale("x axis");
    y.makeScale();
    d.dims.get(1).attachScale(x);
    d.dims.get(0).attachScale(y);
    d.dims.get(1).label = "across";
    return { d, x, y };
  }

  test("have labels and scales", () => {
    const { d } = withScales();
    const again = reopened(d.file).get("d");
    expect(again.dims.length).toBe(2);
    expect([...again.dims].map(({ label }) => label)).toEqual(["", "across"]);
    expect([...again.dims].map((dimension) => dimension.keys())).toEqual([[""], ["x axis"]]);
    expect(again.dims.get(1).get("x axis").read().data).toEqual(Float64Array.of(10, 20, 30));
    expect(again.dims.get(1).get(0).isScale).toBe(true);
    expect(again.isScale).toBe(false);
    expect(String(again.dims.get(1))).toBe('<"across" dimension 1 of HDF5 dataset>');
  });

  test("let scales go", () => {
    const { d, x } = withScales();
    d.dims.get(1).detachScale(x);
    expect(d.dims.get(1).length).toBe(0);
    expect(d.dims.get(1).values()).toEqual([]);
  });

  test("fail in h5py's words", () => {
    const { d } = withScales();
    expectFailure(() => d.dims.get(5), "IndexError", "Index out of range");
    expectFailure(() => d.dims.get(0).get("noscale"), "KeyError", "noscale");
    expectFailure(() => d.dims.get(0).get(3), "IndexError", "list index out of range");
    const { dims } = d;
    const [dimension] = dims;
    d.file.close();
    expectFailure(() => dims.length, "ValueError", "Not a file id (Not a file id)");
    expectFailure(() => dimension?.label, "ValueError", "Not a file id (Not a file id)");
    expect(String(dims)).toBe("<Dimensions of closed HDF5 dataset>");
  });

  test("lead to objects named by the path that a walk from the root comes by first, as h5py finds it", () => {
    // Groups of the earliest format keep their links by name, those of later ones as they were made.
    for (const [libver, expected] of [
      ["earliest", ["/a/x", "/a/z/y"]],
      ["latest", ["/b", "/a/z/y"]],
    ] as const) {
      const f = new File("names.h5", "w", { driver: "core", backingStore: false, libver });
      const b = f.createDataset("b", { data: 1 });
      f.createGroup("a").set("x", b);
      f.set("a/loop", f.get("/"));
      f.createGroup("c").set("back", f.get("a"));
      const zz = f.createDataset("zz", { data: 2 });
      f.set("c/q", zz);
      f.createGroup("a/z").set("y", zz);
      expect([f.get(b.ref).name, f.get(zz.ref).name]).toEqual(expected);
      f.close();
    }
  });
});
