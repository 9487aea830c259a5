import { expect, test } from "vitest";
import { DatasetID } from "../../src/lowlevel/dataset-id.ts";
import * as h5 from "../../src/lowlevel/h5.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5l from "../../src/lowlevel/h5l.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

const BY_NAME = ["ch", "data", "empty", "ext", "g", "nt", "scalar", "soft"];
const DOWN = { order: h5.ITER_DEC };
const BY_CREATION = { idxType: h5.INDEX_CRT_ORDER };

/** `tracked` with the links `c` (hard), `a` (soft), `b` (external), made in this order. */
function trackedFile() {
  const fid = sampleFile();
  const gcpl = h5p.create(h5p.GROUP_CREATE);
  gcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
  using group = h5g.create(fid, "tracked", null, gcpl);
  group.links.createHard("c", fid, "data");
  group.links.createSoft("a", "/data");
  group.links.createExternal("b", "o.h5", "/q");
  return fid;
}

test("links come as an iterator of names and what they are, which may be left early", () => {
  const fid = sampleFile();
  expect([...fid.links.entries()].map(([name]) => name)).toEqual(BY_NAME);
  expect([...fid.links.entries({ ...DOWN, idx: 6 })].map(([name]) => name)).toEqual(["data", "ch"]);
  for (const [name, info] of fid.links.entries({ idx: 3 })) {
    expect([name, info.type, info.u]).toEqual(["ext", h5l.TYPE_EXTERNAL, 1 + 10 + 3]);
    break;
  }
  expectError(() => [...fid.links.entries({ idx: 8 })], "RuntimeError", /^Link iteration failed \(index out of bound/);
});

test("a walk over links goes through groups, once each, and follows the order asked for", () => {
  const fid = trackedFile();
  fid.links.createHard("g/sub/back", fid, "g");
  const paths = [...fid.links.walk({ ...DOWN })].map(([path]) => path);
  expect(paths.slice(0, 4)).toEqual(["tracked", "tracked/c", "tracked/b", "tracked/a"]);
  expect(paths).toContain("g/sub/back");
  expect(paths).not.toContain("g/sub/back/sub");
  const group = h5g.open(fid, "tracked");
  expect([...group.links.walk(BY_CREATION)].map(([path, { corder }]) => [path, corder])).toEqual([
    ["c", 0],
    ["a", 1],
    ["b", 2],
  ]);
  expect(group.links.visit((path) => (path === "a" ? path : null), BY_CREATION)).toBe("a");
  expectError(() => [...fid.links.walk(BY_CREATION)], "RuntimeError", /creation order not tracked/);
});

test("links are found by their position", () => {
  const fid = trackedFile();
  const { links } = fid;
  expect(links.getNameByIdx("tracked", 0, BY_CREATION)).toBe("c");
  expect(links.getNameByIdx("tracked", 0n, { ...BY_CREATION, ...DOWN })).toBe("b");
  expect(links.getInfo("tracked", 1).type).toBe(h5l.TYPE_EXTERNAL);
  expect(links.getValByIdx("tracked", 0)).toBe("/data");
  expect(links.getValByIdx("tracked", 1)).toEqual(["o.h5", "/q"]);
  const noLink = "Unable to get link name (index out of bound)";
  expectError(() => links.getNameByIdx("tracked", 3), "RuntimeError", noLink);
  expectError(() => links.getNameByIdx("data", 0), "RuntimeError", /^Unable to get link name/);
  expectError(() => links.getValByIdx("tracked", 2), "RuntimeError", /object is not a symbolic or user-defined link/);
  h5l.register({ id: 201, traverse: (_, group) => group });
  links.createUserDefined("tracked/user", 201, Uint8Array.of(7, 8));
  expect(links.getValByIdx("tracked", 3)).toEqual(Uint8Array.of(7, 8));
  h5l.unregister(201);
});

test("links are copied: a hard one is one more, others hold the same", () => {
  const fid = trackedFile();
  const before = h5o.getInfo(fid, "data").rc;
  fid.links.copy("data", fid, "g/again");
  expect(h5o.getInfo(fid, "g/again").rc).toBe(before + 1);
  fid.links.copy("tracked/b", fid, "g/outside");
  expect(fid.links.getVal("g/outside")).toEqual(["o.h5", "/q"]);
  const lcpl = h5p.create(h5p.LINK_CREATE);
  lcpl.setCreateIntermediateGroup(true);
  fid.links.copy("soft", fid, "new/group/soft", lcpl);
  expect(fid.links.getVal("new/group/soft")).toBe("/nope");
  const taken = "Unable to copy link (an object with that name already exists)";
  expectError(() => fid.links.copy("data", fid, "g"), "ValueError", taken);
  expectError(() => fid.links.copy("missing", fid, "x"), "ValueError", "Unable to copy link (name doesn't exist)");
});

test("links are deleted by name and by position, and an object with its last", () => {
  const fid = trackedFile();
  fid.links.delete("tracked/c");
  fid.links.deleteByIdx("tracked", 1, BY_CREATION);
  expect([...fid.links.entries({ objName: "tracked" })].map(([name]) => name)).toEqual(["a"]);
  using dataset = h5d.open(fid, "data");
  fid.links.delete("data");
  expect(dataset.shape).toEqual([100]);
  expect(fid.links.exists("data")).toBe(false);
  const missing = "Unable to delete link (callback link pointer is NULL (specified link may be '.' or not exist))";
  expectError(() => fid.links.delete("data"), "KeyError", missing);
  expectError(() => fid.links.delete(""), "ValueError", "No name (no name)");
  expectError(() => fid.links.deleteByIdx("tracked", 5), "KeyError", "Unable to delete link (index out of bound)");
  expect(() => fid.links.deleteByIdx("tracked", 5)).toThrow(expect.objectContaining({ code: "not-found" }));
});

test("what an external link holds is taken apart as the C library does it", () => {
  const fid = trackedFile();
  const bytes = fid.links.getUserData("tracked/b");
  expect(h5l.unpackElinkVal(bytes)).toEqual({ flags: 0, file: "o.h5", path: "/q" });
  expect(h5l.unpackElinkVal(Uint8Array.of(0, 0, 0))).toEqual({ flags: 0, file: "", path: "" });
  const text = (value: string) => new TextEncoder().encode(value);
  const cases: [string, string, string][] = [
    ["", "ValueError", "Not an external link linkval buffer (not an external link linkval buffer)"],
    ["\0ab", "ValueError", "Linkval buffer is not null-terminated (linkval buffer is not NULL-terminated)"],
    ["\0a\0", "ValueError", /an object path/.source],
    ["\x10a\0b\0", "RuntimeError", "Bad version number for external link (bad version number for external link)"],
    ["\x07a\0b\0", "RuntimeError", "Bad flags for external link (bad flags for external link)"],
  ];
  for (const [value, name, message] of cases) {
    expectError(() => h5l.unpackElinkVal(text(value)), name, message.length < 20 ? new RegExp(message) : message);
  }
});

test("proxies of one group hash alike", () => {
  const fid = sampleFile();
  const [first, second] = [h5g.open(fid, "g"), h5g.open(fid, "g")];
  expect(first.links.hash()).toBe(second.links.hash());
  expect(first.links.hash()).not.toBe(fid.links.hash());
  expect(h5o.open(fid, "data")).toBeInstanceOf(DatasetID);
});
