import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  Dataset,
  Datatype,
  ExternalLink,
  File,
  Group,
  HardLink,
  h5f,
  h5o,
  h5t,
  type NDArray,
  type ReferenceValue,
  SoftLink,
} from "../../src/index.ts";
import { expectFailure, inFolder, newFile, reopened } from "./helpers.ts";

function samples(): File {
  const f = newFile();
  f.set("data", Int8Array.from({ length: 100 }));
  f.createDataset("ch", { shape: [10, 10], dtype: "f4", chunks: [5, 5], maxshape: [null, 10] });
  f.createGroup("g");
  f.set("soft", new SoftLink("/nowhere/at/all"));
  f.set("ext", new ExternalLink("nofile.h5", "/x"));
  f.set("type", h5t.STD_I16LE);
  return f;
}

describe("getting", () => {
  test("leads along paths, from the group or the root", () => {
    const f = newFile();
    f.set("a/b/c", 1);
    const b = f.getGroup("a/b");
    expect(b.get("c").name).toBe("/a/b/c");
    expect(b.get("/a/b/c").read()).toBe(1);
    expect(f.get("a/./b//c/").read()).toBe(1);
    expect(f.get<Group>("/").equals(f)).toBe(true);
  });

  test("gives the class of what is there", () => {
    const f = samples();
    expect(f.get<Group>("g")).toBeInstanceOf(Group);
    expect(f.get("data")).toBeInstanceOf(Dataset);
    expect(f.get<Datatype>("type")).toBeInstanceOf(Datatype);
    expect(["g", "data", "type"].map((name) => f.get(name, { getclass: true }))).toEqual([Group, Dataset, Datatype]);
  });

  test("gives links when asked for them", () => {
    const f = samples();
    expect(f.get("data", { getlink: true })).toBeInstanceOf(HardLink);
    expect(f.get("soft", { getlink: true })).toEqual(new SoftLink("/nowhere/at/all"));
    expect(f.get("ext", { getlink: true })).toEqual(new ExternalLink("nofile.h5", "/x"));
    const classes = ["data", "soft", "ext"].map((name) => f.get(name, { getlink: true, getclass: true }));
    expect(classes).toEqual([HardLink, SoftLink, ExternalLink]);
    expect(inspect(new SoftLink("/x"))).toBe('<SoftLink to "/x">');
    expect(String(new ExternalLink("a", "b"))).toBe('<ExternalLink to "b" in file "a">');
  });

  test("gives a default for what is missing", () => {
    const f = samples();
    expect(f.get("nope", { default: null })).toBe(null);
    expect(f.get("soft", { default: 3 })).toBe(3);
    expect(f.get("nope", { getlink: true })).toBe(undefined);
    expect(f.get("nope", { getclass: true, default: 1 })).toBe(1);
  });

  test.each([
    ["nope", "KeyError", "Unable to open object (object 'nope' doesn't exist)"],
    ["g/nope", "KeyError", "Unable to open object (object 'nope' doesn't exist)"],
    ["nope/deeper", "KeyError", "Unable to open object (component not found)"],
    ["", "ValueError", "Name parameter cannot be an empty string (name parameter cannot be an empty string)"],
    ["data/x", "KeyError", "Unable to open object (message type not found)"],
    ["soft", "KeyError", "Unable to open object (component not found)"],
    [
      "ext",
      "KeyError",
      "Unable to open object (unable to open file, file name = 'nofile.h5', temp_file_name = 'nofile.h5')",
    ],
    [1, "TypeError", "Accessing a group is done with bytes or str,  not number"],
    [null, "TypeError", "Accessing a group is done with bytes or str,  not object"],
  ])("%j is a %s", (name, error, message) => {
    expectFailure(() => samples().get(name as string), error, message);
  });

  test("getGroup and getDataset check the class", () => {
    const f = samples();
    expectFailure(() => f.getGroup("data"), "KeyError", "Unable to open group (not a group)");
    expectFailure(() => f.getDataset("g"), "KeyError", "Unable to open dataset (not a dataset)");
    expect(f.getDataset("data").shape).toEqual([100]);
  });

  test("a handle of something else is refused", () => {
    const f = samples();
    expect(() => new Group(f.get("data").id as never)).toThrow(/is not a GroupID/);
    expect(() => new Datatype(f.get("data").id as never)).toThrow(/is not a TypeID/);
  });

  test("external links are followed to files beside", () => {
    inFolder((path) => {
      const other = new File(path("other.h5"), "w");
      other.set("x", 42);
      other.close();
      const f = new File(path("a.h5"), "w");
      f.set("there", new ExternalLink("other.h5", "/x"));
      expect(f.get("there").read()).toBe(42);
      f.close();
    });
  });
});

describe("a group's names", () => {
  test("are listed, counted and looked up", () => {
    const f = samples();
    const names = ["ch", "data", "ext", "g", "soft", "type"];
    expect([...f]).toEqual(names);
    expect(f.keys()).toEqual(names);
    expect(f.length).toBe(6);
    expect([...f.items()].map(([name, member]) => [name, member === undefined])).toEqual([
      ["ch", false],
      ["data", false],
      ["ext", true],
      ["g", false],
      ["soft", true],
      ["type", false],
    ]);
    expect([...f.values()].length).toBe(6);
    expect(["data", "soft", "nope", "g/nope", "nope/x", "", "/", "data/x"].map((name) => f.has(name))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  test("may be what JavaScript has other uses for", () => {
    const f = newFile();
    for (const name of ["__proto__", "constructor", "then", "größe 🌊"]) f.set(name, name);
    const again = reopened(f);
    expect(again.keys().sort()).toEqual(["__proto__", "constructor", "größe 🌊", "then"]);
    for (const name of again) expect(again.get(name).read()).toBe(name);
  });

  test("print as h5py prints them", () => {
    const f = samples();
    expect(String(f.getGroup("g"))).toBe('<HDF5 group "/g" (0 members)>');
    expect(inspect(f.getGroup("/"))).toBe('<HDF5 group "/" (6 members)>');
    expect(inspect(f.get("type"))).toBe('<HDF5 named type "type" (dtype <i2)>');
  });
});

describe("setting", () => {
  test("gives an object one more name", () => {
    const f = samples();
    f.set("again/here", f.get("data"));
    expect(f.get("again/here").equals(f.get("data"))).toBe(true);
    expect(f.get("again/here").name).toBe("/again/here");
    f.delete("data");
    expect(reopened(f).get("again/here").shape).toEqual([100]);
  });

  test("refuses a name that is taken, whatever is set", () => {
    const f = samples();
    const taken = ["OSError", "Unable to create link (name already exists)"] as const;
    expectFailure(() => f.set("data", 1), ...taken);
    expectFailure(() => f.set("data", f.get("ch")), ...taken);
    expectFailure(() => f.createGroup("g"), "ValueError", "Unable to create group (name already exists)");
    expectFailure(() => f.createGroup("data/sub"), "ValueError", "Unable to create group (message type not found)");
  });

  test("makes groups on the way", () => {
    const f = newFile();
    f.set("a/b/c", 1);
    f.createGroup("d/e");
    f.createDataset("/f/g/h", { data: 2 });
    f.set("i/j", new SoftLink("/a"));
    const paths: string[] = [];
    f.visit((path) => {
      paths.push(path);
      return undefined;
    });
    expect(paths).toEqual(["a", "a/b", "a/b/c", "d", "d/e", "f", "f/g", "f/g/h", "i"]);
    expect(f.get("i/j/b/c").read()).toBe(1);
  });
});

describe("deleting and moving", () => {
  test("take links out, and the object with the last", () => {
    const f = samples();
    f.delete("data");
    f.delete("soft");
    expect(f.has("data")).toBe(false);
    const words = "Couldn't delete link (callback link pointer is NULL (specified link may be '.' or not exist))";
    expectFailure(() => f.delete("nope"), "KeyError", words);
  });

  test("give a link another name; open objects follow", () => {
    const f = samples();
    const d = f.get("data");
    f.move("data", "g/moved");
    f.move("soft", "new/soft");
    f.move("g", "g");
    expect(d.name).toBe("/g/moved");
    const [near, below] = [f.createGroup("g2"), f.get("g/moved")];
    f.move("g", "other");
    expect([near.name, below.name]).toEqual(["/g2", "/other/moved"]);
    f.move("other", "g");
    expect(f.get("new/soft", { getlink: true })).toEqual(new SoftLink("/nowhere/at/all"));
    expectFailure(() => f.move("nope", "q"), "ValueError", "Unable to move link (name doesn't exist)");
    const taken = "Unable to move link (an object with that name already exists)";
    expectFailure(() => f.move("ch", "g"), "ValueError", taken);
  });

  test("copy objects by path and by handle, within a file and to another", () => {
    const f = samples();
    f.copy("data", "new/copy");
    expect(f.get("new/copy").read()).toEqual(f.get("data").read());
    const other = samples();
    f.copy("data", other.createGroup("there"));
    f.copy(f.getGroup("g"), other, { name: "named" });
    expect([other.has("there/data"), other.has("named")]).toEqual([true, true]);
    expectFailure(
      () => f.copy("data", "ch"),
      "RuntimeError",
      "Unable to copy object (destination object already exists)",
    );
  });

  test("copy what is there, named as it is there, and leave nothing open", () => {
    const f = samples();
    const home = f.getGroup("g");
    const missing = "(object 'nope' doesn't exist)";
    expectFailure(() => f.copy("nope", home), "KeyError", `Unable to open object ${missing}`);
    expectFailure(() => f.copy("nope", home, { name: "x" }), "RuntimeError", `Unable to copy object ${missing}`);
    const count = h5f.getObjCount(f.id, h5f.OBJ_ALL);
    f.copy("data", home);
    expect([h5f.getObjCount(f.id, h5f.OBJ_ALL), [...home.keys()]]).toEqual([count, ["data"]]);
  });

  test("copy what references name, or use the datatypes that are there, if that is wanted", () => {
    const f = newFile();
    f.set("type", h5t.STD_I16BE);
    f.createDataset("d", { data: [7], dtype: f.get<Datatype>("type") });
    f.set("refs", [f.get("d").ref]);
    const typesOf = (mergeDatatypes: boolean) => {
      const other = newFile();
      other.set("type", h5t.STD_I16BE);
      f.copy("d", other, { mergeDatatypes });
      return h5o.getInfo(other.get<Datatype>("type").id).rc;
    };
    expect([typesOf(false), typesOf(true)]).toEqual([1, 2]);
    const referred = (expandRefs: boolean) => {
      const other = newFile();
      f.copy("refs", other, { expandRefs });
      const [reference] = other.get("refs").read<NDArray<ReferenceValue[]>>().data as [ReferenceValue];
      return reference.bytes.every((byte) => byte === 0) ? null : other.get(reference).read().data;
    };
    expect([referred(false), referred(true)]).toEqual([null, Int16Array.of(7)]);
  });

  test("are refused in a file open for reading", () => {
    const f = reopened(samples());
    const refused = "no write intent on file";
    expectFailure(() => f.createGroup("x"), "ValueError", `Unable to create group (${refused})`);
    expectFailure(() => f.set("x", 1), "ValueError", `Unable to create dataset (${refused})`);
    expectFailure(() => f.set("x", "text"), "ValueError", `Unable to create dataset (${refused})`);
    expectFailure(() => f.delete("data"), "KeyError", `Couldn't delete link (${refused})`);
    expectFailure(() => f.move("data", "e"), "ValueError", `Unable to move link (${refused})`);
  });
});

describe("requiring", () => {
  test("gives what is there and makes what is missing", () => {
    const f = samples();
    expect(f.requireGroup("g").equals(f.getGroup("g"))).toBe(true);
    expect(f.requireGroup("x/y").name).toBe("/x/y");
    const options = { shape: [100], dtype: "i1" };
    expect(f.requireDataset("data", options).equals(f.get("data"))).toBe(true);
    expect(f.requireDataset("data", { ...options, exact: true }).equals(f.get("data"))).toBe(true);
    expect(f.requireDataset("new", options).shape).toEqual([100]);
    expect(f.requireDataset("data", { shape: 100, dtype: "bool" }).dtype).toBe("|i1");
  });

  test.each([
    ["requireGroup of a dataset", (f) => f.requireGroup("data"), "Incompatible object (Dataset) already exists"],
    [
      "requireDataset of a group",
      (f) => f.requireDataset("g", { shape: [1], dtype: "i1" }),
      "Incompatible object (Group) already exists",
    ],
    [
      "another shape",
      (f) => f.requireDataset("data", { shape: [99], dtype: "i1" }),
      "Shapes do not match (existing (100,) vs new (99,))",
    ],
    [
      "fewer dimensions",
      (f) => f.requireDataset("ch", { shape: [10], dtype: "f4" }),
      "Shapes do not match (existing (10, 10) vs new (10,))",
    ],
    [
      "more dimensions",
      (f) => f.requireDataset("ch", { shape: [10, 10, 4], dtype: "f4" }),
      "Shapes do not match (existing (10, 10) vs new (10, 10, 4))",
    ],
    [
      "a datatype that does not fit",
      (f) => f.requireDataset("data", { shape: [100], dtype: "f8" }),
      "Datatypes cannot be safely cast (existing int8 vs new f8)",
    ],
    [
      "a datatype that is another",
      (f) => f.requireDataset("data", { shape: [100], dtype: "i2", exact: true }),
      "Datatypes do not exactly match (existing int8 vs new i2)",
    ],
  ] as [string, (f: File) => unknown, string][])("%s is a TypeError", (_, use, message) => {
    expectFailure(() => use(samples()), "TypeError", message);
  });
});

/** What numpy casts to what safely. */
const SAFE_CASTS: Record<string, string> = {
  "?": "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16",
  i1: "i1 i2 i4 i8 f2 f4 f8 c8 c16",
  u1: "u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16",
  i2: "i2 i4 i8 f4 f8 c8 c16",
  u2: "u2 i4 u4 i8 u8 f4 f8 c8 c16",
  i4: "i4 i8 f8 c16",
  u4: "u4 i8 u8 f8 c16",
  i8: "i8 f8 c16",
  u8: "u8 f8 c16",
  f2: "f2 f4 f8 c8 c16",
  f4: "f4 f8 c8 c16",
  f8: "f8 c16",
  c8: "c8 c16",
  c16: "c16",
};

test("a dataset will do for what is safely cast to its datatype, as numpy has it", () => {
  const f = newFile();
  const dtypes = Object.keys(SAFE_CASTS);
  for (const dtype of dtypes) f.createDataset(dtype, { shape: [1], dtype });
  const isFit = (name: string, dtype: string) => {
    try {
      f.requireDataset(name, { shape: [1], dtype });
      return true;
    } catch {
      return false;
    }
  };
  const fits = dtypes.map((dtype) => [dtype, dtypes.filter((name) => isFit(name, dtype))]);
  expect(fits).toEqual(dtypes.map((dtype) => [dtype, SAFE_CASTS[dtype]?.split(" ")]));
});

describe("visiting", () => {
  test("comes to every object once and ends with a value", () => {
    const f = newFile();
    f.set("a/x", 1);
    f.set("a/again", f.get("a/x"));
    f.getGroup("a").set("loop", f.getGroup("a"));
    const seen: string[] = [];
    const result = f.visitItems((name, object) => {
      seen.push(`${name} ${object instanceof Dataset}`);
      return undefined;
    });
    expect(result).toBe(null);
    expect(seen).toEqual(["a false", "a/again true"]);
    expect(f.visit((name) => (name.includes("again") ? name : undefined))).toBe("a/again");
    expect(f.visit((name) => (name.includes("again") ? name : null))).toBe("a/again");
  });
});

test("names end where they end", () => {
  const f = newFile();
  expectFailure(() => f.createGroup("a\0b"), "ValueError", "Unable to create group (embedded null byte)");
  expectFailure(() => f.set("a\0b", 1), "OSError", "Unable to create link (embedded null byte)");
  expect(f.keys()).toEqual([]);
});
