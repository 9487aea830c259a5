import { describe, expect, test } from "vitest";
import { File, fromColumns, h5s, MultiBlockSlice, slice, VirtualLayout, VirtualSource } from "../../src/index.ts";

function fileWithSource(): File {
  const f = new File(new Uint8Array(), "w");
  f.createDataset("source", { data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
  return f;
}

describe("a virtual layout", () => {
  test("shows parts of datasets, and the fill value elsewhere", () => {
    using f = fileWithSource();
    const source = new VirtualSource(f.get("source"));
    const layout = new VirtualLayout({ shape: [4, 3], dtype: "<i2" });
    layout.set("::3", source);
    layout.set([1, slice(0, 2)], source.select([1, [0, 2]]));
    const shown = f.createVirtualDataset("deep/shown", layout, { fillvalue: -1 });
    expect(shown.read().data).toEqual(Int16Array.of(1, 2, 3, 4, 6, -1, -1, -1, -1, 4, 5, 6));
    expect(shown.isVirtual).toBe(true);
    expect(shown.virtualSources().map(({ fileName, dsetName }) => [fileName, dsetName])).toEqual([
      [".", "/source"],
      [".", "/source"],
    ]);
    expect(() => f.get("source").virtualSources()).toThrow("Not a virtual dataset");
  });

  test("shows members that its source lacks as zeros, whichever are read", () => {
    using f = new File(new Uint8Array(), "w");
    const source = f.createDataset("source", { data: fromColumns({ a: Int32Array.of(1, 2), b: Int32Array.of(3, 4) }) });
    const layout = new VirtualLayout({ shape: [2], dtype: "[('a', '<i4'), ('b', '<i4'), ('c', '<i4')]" });
    layout.set(null, new VirtualSource(source));
    const shown = f.createVirtualDataset("shown", layout);
    expect(shown.read("a")).toMatchObject({ data: Int32Array.of(1, 2) });
    expect(shown.read("c")).toMatchObject({ data: Int32Array.of(0, 0) });
    expect(shown.readFields(["c", "b"])).toMatchObject({
      data: [
        { c: 0, b: 3 },
        { c: 0, b: 4 },
      ],
    });
  });

  test("refuses elements that a source shown as a whole has lost, and reads those that are left", () => {
    using f = new File(new Uint8Array(), "w");
    const source = f.createDataset("a", { data: Int8Array.of(1, 2, 3, 4), shape: [2, 2], maxshape: [2, 2] });
    const layout = new VirtualLayout({ shape: [2, 2], dtype: "<i1" });
    layout.set("...", new VirtualSource(source));
    const shown = f.createVirtualDataset("v", layout);
    source.resize([1, 2]);
    expect(shown.read(0)).toMatchObject({ data: Int8Array.of(1, 2) });
    const lost = "Can't read data (insufficient elements in destination selection)";
    expect(() => shown.read()).toThrow(lost);
    expect(() => shown.read(1)).toThrow(lost);
  });

  test("grows with its source, in every dimension but one", () => {
    using f = new File(new Uint8Array(), "w");
    f.createDataset("a", { data: Int8Array.of(1, 2), maxshape: [null] });
    f.buildVirtualDataset("v", { shape: [0, 2], dtype: "<i1", maxshape: [null, 2] }, (layout) => {
      layout.set([slice(0, h5s.UNLIMITED), 1], new VirtualSource(f.get("a")).select(slice(0, h5s.UNLIMITED)));
    });
    expect(f.get("v").shape).toEqual([2, 2]);
    f.get("a").resize(3);
    f.get("a").write([2], 3);
    f.flush();
    const again = new File(f.toBytes());
    expect(again.get("v").read()).toMatchObject({ shape: [3, 2], data: Int8Array.of(0, 1, 0, 2, 0, 3) });
  });

  test("is refused at once where a mapping cannot be", () => {
    using f = fileWithSource();
    const source = new VirtualSource(f.get("source"));
    const layout = new VirtualLayout({ shape: [4], dtype: "<i4" });
    expect(() => layout.set("0:2", source)).toThrow(
      "Invalid mapping selections (virtual and source space selections have different numbers of elements)",
    );
    const blocks = new MultiBlockSlice({ stride: 2, block: 2, count: Number.POSITIVE_INFINITY });
    expect(() => layout.set(blocks, new VirtualSource("x-%b.h5", { name: "d", shape: [3] }))).toThrow(
      "Invalid mapping entry (virtual (single block) and source space selections have different numbers of elements)",
    );
    const other = new VirtualLayout({ shape: [2, 3], dtype: "<i4", filename: "other.h5" });
    other.set(null, source);
    expect(() => f.createVirtualDataset("v", other)).toThrow("other.h5");
    expect(() => new VirtualSource("x.h5")).toThrow("The name parameter is required when specifying a source by path");
    expect(() => new VirtualSource(f.get("source"), { name: "x", shape: 1 })).toThrow(
      "If a Dataset is passed as the first argument then no other arguments may be passed.",
    );
    expect(f.keys()).toEqual(["source"]);
  });

  test("can be resized, but not below what its mappings show", () => {
    using f = fileWithSource();
    const part = new VirtualLayout({ shape: [2, 3], dtype: "<i4", maxshape: [null, 3] });
    part.set("0:1", new VirtualSource(f.get("source")).select([1]));
    const v = f.createVirtualDataset("v", part, { fillvalue: 9 });
    v.resize(3, 0);
    expect(v.read().data).toEqual(Int32Array.of(4, 5, 6, 9, 9, 9, 9, 9, 9));
    expect(() => v.resize(0, 0)).toThrow(
      "Unable to set dataset extent (virtual dataset dimensions not large enough to contain all limited dimensions in all selections)",
    );
    expect(v.shape).toEqual([3, 3]);
  });
});
