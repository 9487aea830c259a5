/** What h5py does in corners that random programs came to (`test/peer/programs`). */
import { describe, expect, test } from "vitest";
import {
  arrayDtype,
  complexCompatDtype,
  compoundDtype,
  Empty,
  ExternalLink,
  File,
  MultiBlockSlice,
  regionrefDtype,
  SoftLink,
  slice,
  stringDtype,
} from "../../src/index.ts";

/** The class and the words of what is thrown. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  return "nothing";
}

const numbers = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe("selections", () => {
  const f = File.inMemory();
  const d = f.createDataset("d", { data: { data: numbers(12), shape: [3, 4] } });
  const row = f.createDataset("row", { data: numbers(4) });

  test("a list with an index out of range is refused as that, be it in order or not", () => {
    expect(refusal(() => d.read([[0, 2, -9]]))).toBe("IndexError: Fancy indexing out of range for (0-2)");
    expect(refusal(() => d.read([[2, 0]]))).toBe("TypeError: Indexing elements must be in increasing order");
  });

  test("the index behind the last is refused only where something is selected", () => {
    expect(refusal(() => d.read([[2, 3], slice(0, 1)]))).toMatch(/selection \+ offset not within extent/);
    expect(d.read([[2, 3], slice(1, 1)]).shape).toEqual([2, 0]);
  });

  test("blocks of which none fits are told as h5py does", () => {
    expect(refusal(() => row.read([new MultiBlockSlice({ start: 3, stride: 2, block: 2 })]))).toBe(
      "ValueError: No full blocks can be selected using MultiBlockSlice(start=3, stride=2, count=None, block=2) on " +
        "dimension of length 4",
    );
  });

  test("a mask of the only dimension takes any array of as many elements", () => {
    const copy = f.createDataset("copy", { data: numbers(4) });
    copy.write([[true, false, true, false]], { data: Int32Array.of(7, 8), shape: [1, 2] });
    expect([...copy.read().data]).toEqual([7, 1, 8, 3]);
  });

  test("a region takes any array of as many elements", () => {
    const copy = f.createDataset("region", { data: { data: numbers(12), shape: [3, 4] } });
    copy.write(copy.regionRef([[true, false, true], 1]), Int32Array.of(70, 80));
    expect([...copy.read(":, 1").data]).toEqual([70, 5, 80]);
  });

  test("a region of nothing has no dimensions, but everything of what has no elements has them", () => {
    const empty = f.createDataset("empty", { shape: [2, 0, 3], dtype: "<i4" });
    expect(empty.regionref.selection(empty.regionRef(":"))).toEqual([0, 0, 0]);
    expect(empty.regionref.selection(empty.regionRef("..."))).toEqual([2, 0, 3]);
  });

  test("what is written to a scalar, or to a member of what is no compound, is refused in the words of writing", () => {
    const scalar = f.createDataset("scalar", { data: 1 });
    expect(refusal(() => scalar.write([slice(null)], 2))).toBe("ValueError: 1 indexing arguments for 0 dimensions");
    expect(refusal(() => d.write(["x"], 2))).toBe("TypeError: Illegal slicing argument (not a compound dataset)");
  });

  test("a member comes before an index that is written alike, and no text names none", () => {
    const records = f.createDataset("records", { data: [[1, 2.5]], dtype: "[('0', '<i4'), ('1:2', '<f8')]" });
    expect([records.read("0"), records.read("1:2")].map(({ data }) => data)).toEqual([
      Int32Array.of(1),
      Float64Array.of(2.5),
    ]);
    expect(refusal(() => d.read(""))).toBe("ValueError: Field names only allowed for compound types");
    expect(refusal(() => records.read(""))).toBe("ValueError: Field  does not appear in this type.");
    expect(refusal(() => d.write("", 1))).toBe("TypeError: Illegal slicing argument (not a compound dataset)");
  });

  test("a list is out of range of an empty dimension", () => {
    const empty = f.createDataset("e", { shape: [0], dtype: "<i4" });
    expect(refusal(() => empty.read([[-1]]))).toBe("IndexError: Fancy indexing out of range for empty dimension");
  });

  test("no rows, chunks or elements of what has no dimensions are those of nothing", () => {
    const nothing = f.createDataset("null", { dtype: "<f8" });
    expect(refusal(() => [...nothing])).toBe("TypeError: object of type 'NoneType' has no len()");
    expect(refusal(() => [...nothing.iterChunks()])).toBe("TypeError: object of type 'NoneType' has no len()");
    expect(refusal(() => row.readDirect({ data: new Int32Array(1), shape: [] }))).toBe(
      "TypeError: Can't broadcast 4 to scalar",
    );
  });

  test("no members, and members of a dataset without elements, are refused", () => {
    const table = f.createDataset("table", { shape: [2], dtype: compoundDtype({ a: "<i4", b: "<f8" }) });
    expect(refusal(() => table.fields([]).read())).toBe("ValueError: Size must be positive (size must be positive)");
    const nothing = f.createDataset("nothing", { data: new Empty(compoundDtype({ a: "<i4" })) });
    expect(refusal(() => nothing.read("a"))).toBe("ValueError: Empty datasets cannot be sliced");
    expect(String(f.createDataset("none", { dtype: "<f8" }).astype("<i2").read<Empty>().dtype)).toBe("<f8");
  });
});

describe("storage", () => {
  const f = File.inMemory();

  test("szip's options are told as they are given", () => {
    const options = { shape: [8, 8], dtype: "<i4", compression: "szip" } as const;
    expect(f.createDataset("nn", options).compressionOpts).toEqual(["nn", 8]);
    expect(f.createDataset("ec", { ...options, compressionOpts: ["ec", 4] }).compressionOpts).toEqual(["ec", 4]);
  });

  test("a dataset like another keeps filters that nothing is said of", () => {
    const model = f.createDataset("m", { shape: [8], dtype: "<i4", compression: "gzip", compressionOpts: 7 });
    const like = f.createDatasetLike("like", model, { fletcher32: true });
    expect([like.compression, like.compressionOpts, like.fletcher32]).toEqual(["gzip", 7, true]);
    expect(f.createDatasetLike("lzf", model, { compression: "lzf" }).compression).toBe("lzf");
    expect(f.createDatasetLike("same", model, { compression: "gzip" }).compressionOpts).toBe(7);
  });

  test("chunks are guessed by numpy's size of an element", () => {
    const names = f.createDataset("names", { shape: [2, 0], dtype: stringDtype(), chunks: true });
    expect(names.chunks).toEqual([1, 1024]);
  });

  test("an empty chunk shape of a scalar is none", () => {
    expect(f.createDataset("s", { data: 1, chunks: [], maxshape: [] }).shape).toEqual([]);
  });

  test("a dataset of complex numbers, or of longer strings, will do for what is required", () => {
    f.createDataset("c", { shape: [2], dtype: complexCompatDtype() });
    f.createDataset("t", { shape: [2], dtype: "S5" });
    expect(f.requireDataset("c", { shape: [2], dtype: "<i4" }).shape).toEqual([2]);
    expect(f.requireDataset("t", { shape: [2], dtype: "S3" }).shape).toEqual([2]);
    expect(refusal(() => f.requireDataset("t", { shape: [2], dtype: "S9" }))).toMatch(/cannot be safely cast/);
  });

  test("arrays of references are printed with numpy's size", () => {
    const regions = f.createDataset("r", { shape: [], dtype: arrayDtype(regionrefDtype, [3]) });
    expect(String(regions)).toBe('<HDF5 dataset "r": shape (), type "|V24">');
  });
});

describe("links", () => {
  test("paths are kept without repeated and last slashes", () => {
    const f = File.inMemory();
    f.set("soft", new SoftLink("//a///b/"));
    f.set("external", new ExternalLink("x.h5", "//a/"));
    expect(f.get("soft", { getlink: true })).toMatchObject({ path: "/a/b" });
    expect(f.get("external", { getlink: true })).toMatchObject({ path: "/a" });
  });

  test("a group on the way to a copy is not in the copy", () => {
    const f = File.inMemory();
    f.set("x", 1);
    f.copy("/", "new/copy");
    expect(f.getGroup("new/copy").keys()).toEqual(["x"]);
    expect(f.keys()).toEqual(["new", "x"]);
    expect(refusal(() => f.copy("/", "x/copy"))).toMatch(/^RuntimeError: Unable to copy object/);
  });

  test("a dataset that was made without elements is copied once it has some, be its chunks larger than it can get", () => {
    const f = File.inMemory();
    const d = f.createDataset("d", { shape: [0], maxshape: [2], dtype: "<i4", chunks: true });
    d.resize([1]);
    d.write(null, 7);
    f.copy("d", "e");
    expect([f.get("e").chunks, f.get("e").read().data]).toEqual([d.chunks, Int32Array.of(7)]);
  });

  test("what is copied into a group is looked up for its name", () => {
    const f = File.inMemory();
    f.set("d", 1);
    const g = f.createGroup("g");
    expect(refusal(() => f.copy("none", g))).toMatch(/^KeyError: Unable to open object/);
    expect(refusal(() => f.copy("/", g))).toMatch(/^ValueError: No destination name specified/);
    expect(refusal(() => f.copy("d", f.get("d") as never))).toBe("TypeError: Destination must be path or Group object");
  });

  test("a walk comes back to where it began, if that has one link alone", () => {
    const f = File.inMemory();
    f.createGroup("g").set("up", f.getGroup("/"));
    f.set("g/z", 1);
    const found: string[] = [];
    f.getGroup("g").visit((name) => void found.push(name));
    expect(found).toEqual(["up", "up/g", "up/g/z", "z"]);
  });

  test("the name of what a reference leads to is the first on the way down", () => {
    const f = File.inMemory();
    const x = f.createGroup("a").createDataset("x", { data: 1 });
    f.createGroup("b").set("x", x);
    f.createGroup("c").set("x", x);
    expect(f.get(x.ref).name).toBe("/a/x");
    const latest = new File("x", "w", { driver: "core", backingStore: false, libver: "latest" });
    const y = latest.createDataset("y", { data: 1 });
    latest.set("a", y);
    expect(latest.get(y.ref).name).toBe("/y");
  });

  test("the root and names without any are refused in the C library's words", () => {
    const f = File.inMemory();
    f.set("d", 1);
    const calls: readonly (readonly [() => unknown, string])[] = [
      [() => f.get("/", { getlink: true }), "RuntimeError: Unable to get link info (name doesn't exist)"],
      [() => f.delete("/"), "KeyError: Couldn't delete link (group doesn't exist)"],
      [() => f.delete(""), "ValueError: No name (no name)"],
      [() => f.move("/", "q"), "ValueError: Unable to move link (the name of a link must be supplied to move or copy)"],
      [() => f.move("d", "/"), "ValueError: Unable to move link (an object with that name already exists)"],
      [() => f.move("", "q"), "ValueError: No current name specified (no current name specified)"],
      [() => f.move("d", ""), "ValueError: No destination name specified (no destination name specified)"],
      [() => f.copy("", "q"), "ValueError: No source name specified (no source name specified)"],
      [() => f.copy("d", ""), "ValueError: No destination name specified (no destination name specified)"],
      [() => f.copy("none", "d"), "RuntimeError: Unable to copy object (destination object already exists)"],
      [
        () => f.set("", new SoftLink("x")),
        "ValueError: Link_name parameter cannot be an empty string (link_name parameter cannot be an empty string)",
      ],
      [() => f.set("", new ExternalLink("x", "y")), "ValueError: No link name specified (no link name specified)"],
      [() => f.set("", f.get("d")), "ValueError: No name specified (no name specified)"],
    ];
    expect(calls.map(([call]) => refusal(call))).toEqual(calls.map(([, words]) => words));
  });
});

test("a scale that becomes one by being attached is named one last", () => {
  const f = File.inMemory();
  const d = f.createDataset("d", { shape: [2], dtype: "<i4" });
  const scale = f.createDataset("s", { shape: [2], dtype: "<i4", trackOrder: true });
  d.dims.get(0).attachScale(scale);
  expect(scale.attrs.keys()).toEqual(["REFERENCE_LIST", "CLASS"]);
});

test("a label that is set again keeps the place of the attribute", () => {
  using f = File.inMemory();
  const dataset = f.createDataset("labelled", { shape: [2], dtype: "<f4", trackOrder: true });
  dataset.dims.get(0).label = "a";
  dataset.attrs.set("unit", "m");
  dataset.dims.get(0).label = "another one";
  expect([...dataset.attrs.keys()]).toEqual(["DIMENSION_LABELS", "unit"]);
  expect(dataset.dims.get(0).label).toBe("another one");
});
