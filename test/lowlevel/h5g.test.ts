import { describe, expect, test } from "vitest";
import * as h5 from "../../src/lowlevel/h5.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5l from "../../src/lowlevel/h5l.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";
import { scratchFolder } from "./scratch.ts";

const at = scratchFolder();
const NAMES = ["ch", "data", "empty", "ext", "g", "nt", "scalar", "soft"];

describe("groups", () => {
  test("list their links by name, either way", () => {
    const fid = sampleFile();
    expect([...fid]).toEqual(NAMES);
    expect(fid.length).toBe(8);
    expect([...{ [Symbol.iterator]: () => fid.reversed() }]).toEqual([...NAMES].reverse());
    expect([fid.getNumObjs(), fid.getObjnameByIdx(1)]).toEqual([8, "data"]);
    expect(NAMES.map((_, i) => fid.getObjtypeByIdx(i))).toEqual([1, 1, 1, 4, 0, 2, 1, 3]);
  });

  test("say what is in them, dangling links included", () => {
    const fid = sampleFile();
    const names = ["data", "nope", "soft", "g/sub", "nope/x", "data/x", "/", ".", ""];
    expect(names.map((name) => fid.has(name))).toEqual([true, false, true, true, false, false, true, true, false]);
  });

  test("in order of creation, where that is tracked", () => {
    const fid = sampleFile();
    const gcpl = h5p.create(h5p.GROUP_CREATE);
    gcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
    const group = h5g.create(fid, "tracked", null, gcpl);
    for (const name of ["z", "a", "m"]) h5g.create(group, name);
    expect([...group]).toEqual(["z", "a", "m"]);
    expect(group.getCreatePlist().getLinkCreationOrder()).toBe(3);
    expect(group.links.getInfo("m")).toMatchObject({ corderValid: true, corder: 2 });
    expect(group.links.iterate((name) => name, { order: h5.ITER_DEC, idxType: h5.INDEX_CRT_ORDER })).toEqual(["m", 1]);
  });

  test("have comments and statistics", () => {
    const fid = sampleFile();
    fid.setComment("data", "hi");
    expect([fid.getComment("data"), fid.getComment("g")]).toEqual(["hi", ""]);
    expect(h5g.getObjinfo(fid, "data")).toMatchObject({
      type: h5g.DATASET,
      nlink: 1,
      objno: h5o.getInfo(fid, "data").addr,
    });
    expect(h5g.getObjinfo(fid, "soft", false)).toMatchObject({ type: h5g.LINK, linklen: 6 });
    expect(h5g.iterate(fid, (name) => (name > "e" ? name : undefined))).toBe("empty");
    expect(h5g.iterate(fid, () => {})).toBeNull();
  });

  test("are made without a name, and linked later", () => {
    const fid = sampleFile();
    const group = h5g.create(fid, null);
    expect(h5i.getName(group)).toBeNull();
    h5o.link(group, fid, "late");
    expect(h5g.open(fid, "late").equals(group)).toBe(true);
  });

  test("make the groups on the way when asked", () => {
    const fid = sampleFile();
    const lcpl = h5p.create(h5p.LINK_CREATE);
    lcpl.setCreateIntermediateGroup(true);
    const group = h5g.create(fid, "a/b/c", lcpl);
    expect(h5i.getName(group)).toBe("/a/b/c");
    expect(fid.has("a/b")).toBe(true);
  });
});

describe("links", () => {
  test("are hard, soft and external", () => {
    const fid = sampleFile();
    const address = h5o.getInfo(fid, "data").addr;
    expect(fid.links.getInfo("data")).toEqual({
      type: h5l.TYPE_HARD,
      corderValid: false,
      corder: 0,
      cset: 0,
      u: address,
    });
    expect(fid.links.getInfo("soft")).toMatchObject({ type: h5l.TYPE_SOFT, u: 6 });
    expect(fid.links.getInfo("ext")).toMatchObject({ type: h5l.TYPE_EXTERNAL, u: 14 });
    expect([fid.links.getVal("soft"), fid.links.getVal("ext")]).toEqual(["/nope", ["nofile.h5", "/x"]]);
    fid.links.createHard("h", fid, "data");
    expect(h5o.getInfo(fid, "data").rc).toBe(2);
    expect([fid.links.exists("h"), fid.links.exists("nope"), fid.links.exists("/")]).toEqual([true, false, true]);
  });

  test("are walked, and the walk ends when something is returned", () => {
    const fid = sampleFile();
    const seen: string[] = [];
    expect(fid.links.iterate((name) => void seen.push(name))).toEqual([null, 8]);
    expect(seen).toEqual(NAMES);
    expect(fid.links.iterate((name) => name)).toEqual(["ch", 1]);
    expect(fid.links.iterate((name) => name, { objName: "g" })).toEqual(["sub", 1]);
    const types: [string, number | undefined][] = [];
    expect(fid.links.visit((name, info) => void types.push([name, info?.type]), { info: true })).toBeNull();
    expect(types).toContainEqual(["g/sub", 0]);
    expect(types).toContainEqual(["ext", 64]);
    expect(fid.links.visit((name) => (name.includes("/") ? name : null))).toBe("g/sub");
  });

  test("that lead in circles end a visit", () => {
    const fid = sampleFile();
    h5g.open(fid, "g/sub").links.createHard("up", fid, "/g");
    const seen: string[] = [];
    fid.links.visit((name) => void seen.push(name));
    expect(seen.filter((name) => name.startsWith("g"))).toEqual(["g", "g/sub", "g/sub/up"]);
  });

  test("move, and open objects learn their new paths", () => {
    const fid = sampleFile();
    const sub = h5g.open(fid, "g/sub");
    fid.links.move("g", fid, "moved");
    expect(h5i.getName(sub)).toBe("/moved/sub");
    expect([...fid]).toContain("moved");
    expect(h5o.getInfo(sub).rc).toBe(1);
    fid.unlink("moved");
    expect(h5i.getName(sub)).toBeNull();
    expect(fid.has("moved")).toBe(false);
  });

  test("that go leave an open object in place until it is closed", () => {
    const fid = sampleFile();
    const data = h5d.open(fid, "data");
    fid.unlink("data");
    const out = new Int8Array(100);
    data.read(null, null, out);
    expect(out[99]).toBe(99);
    const free = fid.getFreespace();
    data.close();
    expect(fid.getFreespace()).toBeGreaterThan(free);
  });

  test("lead into other files, which close when nobody uses them", () => {
    const target = at("target.h5");
    sampleFile(target).close();
    const source = sampleFile(at("source.h5"));
    source.links.createExternal("other", "target.h5", "/data");
    const data = h5d.open(source, "other");
    const out = new Int8Array(100);
    data.read(null, null, out);
    expect(out[42]).toBe(42);
    expect(data.fileno).not.toBe(source.fileno);
    expectError(() => h5f.create(target), "OSError", /already open/);
    data.close();
    expect(h5o.getInfo(source, "other").type).toBe(h5o.TYPE_DATASET);
    source.close();
    h5f.create(target).close();
  });
});

describe("objects", () => {
  test("open as what they are", () => {
    const fid = sampleFile();
    expect(h5o.open(fid, "data")).toBeInstanceOf(h5d.DatasetID);
    expect(h5o.open(fid, "g")).toBeInstanceOf(h5g.GroupID);
    expect(h5o.open(fid, "nt")).toBeInstanceOf(h5t.TypeIntegerID);
    expect(h5o.getInfo(fid, "nt").type).toBe(h5o.TYPE_NAMED_DATATYPE);
    expect(h5o.getInfo(fid, null, 0).type).toBe(h5o.TYPE_DATASET);
    expect([h5o.existsByName(fid, "data"), h5o.existsByName(fid, "soft")]).toEqual([true, false]);
    const data = h5d.open(fid, "data");
    h5o.setComment(data, "yo");
    expect(h5o.getComment(fid, { objName: "data" })).toBe("yo");
  });

  test("are equal when they are the same object", () => {
    const fid = sampleFile();
    const one = h5d.open(fid, "data");
    const two = h5d.open(fid, "/data");
    expect([one.equals(two), one.id === two.id, one.hash() === two.hash()]).toEqual([true, false, true]);
    expect(one.equals(h5d.open(fid, "ch"))).toBe(false);
  });

  test("are visited once each, by hard links only", () => {
    const fid = sampleFile();
    fid.links.createHard("again", fid, "data");
    const seen: string[] = [];
    h5o.visit(fid, (name) => void seen.push(name));
    expect(seen).toEqual(["again", "ch", "empty", "g", "g/sub", "nt", "scalar"]);
    expect(
      h5o.visit(fid, (name, info) => (info?.type === h5o.TYPE_NAMED_DATATYPE ? name : undefined), { info: true }),
    ).toBe("nt");
  });
});

describe("what groups and links refuse", () => {
  const fid = sampleFile();
  const int8 = h5t.STD_I8LE;
  const scalar = h5s.create(h5s.SCALAR);
  const cases: [string, () => unknown, string, string][] = [
    ["a group that is a dataset", () => h5g.open(fid, "data"), "KeyError", "Unable to open group (not a group)"],
    ["a missing group", () => h5g.open(fid, "nope"), "KeyError", "Unable to open group (object 'nope' doesn't exist)"],
    ["no name", () => h5g.open(fid, ""), "ValueError", "No name (no name)"],
    ["a taken name", () => h5g.create(fid, "g"), "ValueError", "Unable to create group (name already exists)"],
    ["a missing parent", () => h5g.create(fid, "q/w"), "ValueError", "Unable to create group (component not found)"],
    [
      "a dataset for a parent",
      () => h5g.create(fid, "data/x"),
      "ValueError",
      "Unable to create group (message type not found)",
    ],
    [
      "a missing object",
      () => h5o.open(fid, "nope"),
      "KeyError",
      "Unable to open object (object 'nope' doesn't exist)",
    ],
    [
      "a missing object in a group",
      () => h5o.open(fid, "g/nope"),
      "KeyError",
      "Unable to open object (object 'nope' doesn't exist)",
    ],
    [
      "a missing group on the way",
      () => h5o.open(fid, "nope/deeper"),
      "KeyError",
      "Unable to open object (component not found)",
    ],
    [
      "a path through a dataset",
      () => h5o.open(fid, "data/x"),
      "KeyError",
      "Unable to open object (message type not found)",
    ],
    ["a dangling soft link", () => h5o.open(fid, "soft"), "KeyError", "Unable to open object (component not found)"],
    [
      "a link to a missing file",
      () => h5o.open(fid, "ext"),
      "KeyError",
      "Unable to open object (unable to open file, file name = 'nofile.h5', temp_file_name = 'nofile.h5')",
    ],
    [
      "unlinking nothing",
      () => fid.unlink("nope"),
      "KeyError",
      "Couldn't delete link (callback link pointer is NULL (specified link may be '.' or not exist))",
    ],
    ["moving nothing", () => fid.move("nope", "q"), "ValueError", "Couldn't move link (name doesn't exist)"],
    [
      "moving onto something",
      () => fid.links.move("data", fid, "g"),
      "ValueError",
      "Unable to move link (an object with that name already exists)",
    ],
    [
      "moving a missing link",
      () => fid.links.move("nope", fid, "q"),
      "ValueError",
      "Unable to move link (name doesn't exist)",
    ],
    [
      "what a missing link is",
      () => fid.links.getInfo("nope"),
      "RuntimeError",
      "Unable to get link info (name doesn't exist)",
    ],
    [
      "the value of a hard link",
      () => fid.links.getVal("data"),
      "TypeError",
      "Link must be either a soft or external link",
    ],
    [
      "the value of a missing link",
      () => fid.links.getVal("nope"),
      "RuntimeError",
      "Unable to get link info (name doesn't exist)",
    ],
    [
      "whether a link is in a missing group",
      () => fid.links.exists("nope/deeper"),
      "RuntimeError",
      "Unable to get link info (component not found)",
    ],
    [
      "whether there is a link without a name",
      () => fid.links.exists(""),
      "ValueError",
      "Name parameter cannot be an empty string (name parameter cannot be an empty string)",
    ],
    [
      "a hard link to nothing",
      () => fid.links.createHard("q", fid, "nope"),
      "OSError",
      "Unable to create link (object 'nope' doesn't exist)",
    ],
    [
      "a hard link in the place of another",
      () => fid.links.createHard("g", fid, "data"),
      "OSError",
      "Unable to create link (name already exists)",
    ],
    [
      "a soft link in the place of another",
      () => fid.links.createSoft("g", "/x"),
      "OSError",
      "Unable to create soft link (name already exists)",
    ],
    [
      "an object's link in the place of another",
      () => h5o.link(h5d.open(fid, "data"), fid, "data"),
      "OSError",
      "Unable to create link (name already exists)",
    ],
    [
      "a position without a link",
      () => fid.getObjnameByIdx(999),
      "RuntimeError",
      "Can't get object name (index out of bound)",
    ],
    ["the path of a hard link", () => fid.getLinkval("data"), "ValueError", `"data" is not a symbolic link.`],
    [
      "statistics of nothing",
      () => h5g.getObjinfo(fid, "nope"),
      "RuntimeError",
      "Cannot stat object ('nope' doesn't exist)",
    ],
    [
      "info of nothing",
      () => h5o.getInfo(fid, "nope"),
      "RuntimeError",
      "Can't get info for object: 'nope' (name doesn't exist)",
    ],
    [
      "info beyond the end",
      () => h5o.getInfo(fid, null, 99),
      "RuntimeError",
      "Can't get info for object (index out of bound)",
    ],
    [
      "info of two things",
      () => h5o.getInfo(fid, "data", 0),
      "TypeError",
      "At most one of name or index may be specified",
    ],
    [
      "whether a missing object exists",
      () => h5o.existsByName(fid, "nope"),
      "RuntimeError",
      "Unable to determine if 'nope' exists (unable to determine if 'nope' exists)",
    ],
    [
      "links in an order that is not tracked",
      () => fid.links.iterate(() => {}, { idxType: h5.INDEX_CRT_ORDER }),
      "RuntimeError",
      "Link iteration failed (creation order not tracked for links in group)",
    ],
    [
      "a committed datatype that is a dataset",
      () => h5t.open(fid, "data"),
      "KeyError",
      "Unable to open named datatype (not a named datatype)",
    ],
    [
      "a missing committed datatype",
      () => h5t.open(fid, "nope"),
      "KeyError",
      "Unable to open named datatype (object 'nope' doesn't exist)",
    ],
    [
      "committing twice",
      () => h5t.open(fid, "nt").commit(fid, "x"),
      "TypeError",
      "Unable to commit datatype (datatype is already committed)",
    ],
    [
      "committing to a taken name",
      () => int8.copy().commit(fid, "nt"),
      "TypeError",
      "Unable to commit datatype (name already exists)",
    ],
    [
      "committing a constant",
      () => int8.commit(fid, "nt2"),
      "TypeError",
      "Unable to commit datatype (datatype is immutable)",
    ],
    [
      "changing a committed datatype",
      () => h5t.open(fid, "nt").setSize(5),
      "TypeError",
      "Datatype is read-only (datatype is read-only)",
    ],
    [
      "how an uncommitted datatype was made",
      () => int8.getCreatePlist(),
      "RuntimeError",
      "Unspecified error in H5Tget_create_plist (return value <0)",
    ],
    [
      "a dataset in the place of another",
      () => h5d.create(fid, "data", int8, scalar),
      "ValueError",
      "Unable to create dataset (name already exists)",
    ],
  ];
  test.each(cases)("%s", (_, operation, name, message) => {
    expectError(operation, name, message);
  });

  test("and nothing has changed by it", () => {
    expect([...fid]).toEqual(NAMES);
  });
});
