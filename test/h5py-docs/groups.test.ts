/** What h5py's page about groups shows. */
import { describe, expect, test } from "vitest";
import { Dataset, ExternalLink, File, Group, HardLink, SoftLink } from "../../src/index.ts";
import { expectFailure, inFolder } from "../highlevel/helpers.ts";

test("groups are made with the groups above them", () => {
  using f = File.inMemory();
  expect([f.name, f.keys()]).toEqual(["/", []]);
  const grp = f.createGroup("bar");
  expect([grp.name, grp.createGroup("baz").name]).toEqual(["/bar", "/bar/baz"]);
  expect(f.createGroup("/some/long/path").name).toBe("/some/long/path");
  expect(f.getGroup("/some/long").name).toBe("/some/long");
  const nameless = f.createGroup(null);
  expect(nameless.name).toBe(null);
  f.set("later", nameless);
  expect(nameless.name).toBe("/later");
});

describe("members", () => {
  test("are got, missed and deleted by name", () => {
    using f = File.inMemory();
    f.set("MyDS", [1]);
    expect(f.get("MyDS")).toBeInstanceOf(Dataset);
    expectFailure(() => f.get("missing"), "KeyError", "Unable to open object (object 'missing' doesn't exist)");
    expect(f.get("missing", { default: "nothing" })).toBe("nothing");
    f.delete("MyDS");
    expect(f.has("MyDS")).toBe(false);
  });

  test("come in the order of their names, or of their creation where that is kept", () => {
    using f = File.inMemory();
    for (const [group, names] of [
      [f.createGroup("sorted"), ["a", "b"]],
      [f.createGroup("tracked", { trackOrder: true }), ["b", "a"]],
    ] as const) {
      group.set("b", 1);
      group.set("a", 2);
      expect([...group]).toEqual(names);
      expect([...group.items()].map(([name, member]) => [name, member instanceof Dataset])).toEqual(
        names.map((name) => [name, true]),
      );
    }
  });
});

describe("links", () => {
  test("hard ones give an object more names", () => {
    using f = File.inMemory();
    const grp = f.createGroup("bar");
    grp.set("name", Int32Array.of(42));
    const out = grp.get("name");
    expect(String(out)).toBe('<HDF5 dataset "name": shape (1,), type "<i4">');
    grp.set("other name", out);
    expect(String(grp.get("other name"))).toBe('<HDF5 dataset "other name": shape (1,), type "<i4">');
    expect(grp.get("other name").equals(grp.get("name"))).toBe(true);
  });

  test("soft ones hold a path, and may dangle", () => {
    using f = File.inMemory();
    const group = f.createGroup("somegroup");
    f.set("alias", new SoftLink("/somegroup"));
    expect(f.get<Group>("alias").equals(group)).toBe(true);
    f.delete("somegroup");
    const message = "Unable to open object (component not found)";
    expectFailure(() => f.get("alias"), "KeyError", message);
    expect([...f.values()]).toEqual([undefined]);
  });

  test("external ones lead into another file", () => {
    inFolder((path) => {
      {
        using other = new File(path("otherfile.hdf5"), "w");
        other.set("path/to/resource", [1, 2]);
      }
      using f = new File(path("foo.hdf5"), "w");
      f.set("ext link", new ExternalLink("otherfile.hdf5", "/path/to/resource"));
      const found = f.get("ext link");
      expect(found.read().data).toEqual(Float64Array.of(1, 2));
      expect(found.file.filename).toBe(path("otherfile.hdf5"));
      expect(found.parent.name).toBe("/path/to");
    });
  });

  test("are told by kind and class", () => {
    using f = File.inMemory();
    f.createGroup("hard");
    f.set("soft", new SoftLink("/hard"));
    expect(f.get("hard", { getclass: true })).toBe(Group);
    expect(f.get("hard", { getlink: true })).toBeInstanceOf(HardLink);
    expect(f.get("soft", { getlink: true })).toEqual(new SoftLink("/hard"));
    expect(f.get("soft", { getlink: true, getclass: true })).toBe(SoftLink);
  });
});

test("visiting ends with the first answer, and goes by name", () => {
  using f = File.inMemory();
  for (const name of ["b/foo", "a/z", "a/b/c", "some/subgroup/foo"]) f.set(name, 1);
  expect(f.visit((name) => (name.includes("foo") ? name : undefined))).toBe("b/foo");
  const names: string[] = [];
  f.visitItems((name, object) => {
    if (object instanceof Dataset) names.push(name);
    return undefined;
  });
  expect(names).toEqual(["a/b/c", "a/z", "b/foo", "some/subgroup/foo"]);
});

test("objects move and are copied", () => {
  using f = File.inMemory();
  f.set("source/data", [1, 2]);
  f.get("source/data").attrs.set("unit", "m");
  f.move("source/data", "source/moved");
  expect(f.getGroup("source").keys()).toEqual(["moved"]);
  const g = f.createGroup("g");
  f.copy("source/moved", g);
  f.copy("source/moved", g, { name: "bare", withoutAttrs: true });
  expect([g.keys(), g.get("moved").attrs.keys(), g.get("bare").attrs.keys()]).toEqual([
    ["bare", "moved"],
    ["unit"],
    [],
  ]);
  using other = File.inMemory();
  other.copy(f.get("source/moved"), "elsewhere");
  expect(other.get("elsewhere").read().data).toEqual(Float64Array.of(1, 2));
});

test("what is required is made once", () => {
  using f = File.inMemory();
  const dset = f.requireDataset("d", { shape: [2], dtype: "<i4" });
  expect(f.requireDataset("d", { shape: [2], dtype: "<i4" }).equals(dset)).toBe(true);
  expect(f.requireGroup("g").equals(f.requireGroup("g"))).toBe(true);
  const message = "Shapes do not match (existing (2,) vs new (3,))";
  expectFailure(() => f.requireDataset("d", { shape: [3], dtype: "<i4" }), "TypeError", message);
  const like = f.createDatasetLike("like", dset, { chunks: [1] });
  expect([like.shape, like.dtype, like.chunks]).toEqual([[2], "<i4", [1]]);
});
