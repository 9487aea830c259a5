import { expect, test } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5 from "../../src/lowlevel/h5.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

test("groups tell how their links are stored", () => {
  const fid = sampleFile();
  expect(h5g.getInfo(fid)).toEqual({
    storageType: h5g.STORAGE_TYPE_COMPACT,
    nlinks: 8,
    maxCorder: 0,
    mounted: false,
  });
  expect(h5g.getInfo(fid, "g")).toMatchObject({ storageType: h5g.STORAGE_TYPE_SYMBOL_TABLE, nlinks: 1 });
  // The external link made it one of messages. By name: ch, data, empty, ext, g.
  expect(h5g.getInfo(fid, null, 4)).toEqual(h5g.getInfo(fid, "g"));
  const gcpl = h5p.create(h5p.GROUP_CREATE);
  gcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED);
  using group = h5g.create(fid, "tracked", null, gcpl);
  for (let i = 0; i < 3; i++) h5g.create(group, `${i}`).close();
  group.links.delete("2");
  expect(h5g.getInfo(group)).toEqual({
    storageType: h5g.STORAGE_TYPE_COMPACT,
    nlinks: 2,
    maxCorder: 3,
    mounted: false,
  });
  for (let i = 10; i < 20; i++) h5g.create(group, `${i}`).close();
  expect(h5g.getInfo(group)).toMatchObject({ storageType: h5g.STORAGE_TYPE_DENSE, nlinks: 12, maxCorder: 13 });
  expect(h5g.getInfo(fid, null, 1, { objName: "tracked", order: h5.ITER_DEC }).nlinks).toBe(0);

  using dataset = h5d.open(fid, "data");
  expectError(() => h5g.getInfo(dataset), "ValueError", "Invalid argument (invalid argument)");
  expectError(() => h5g.getInfo(fid, "data"), "RuntimeError", "Can't retrieve group info (message type not found)");
  expectError(
    () => h5g.getInfo(fid, "nope"),
    "RuntimeError",
    "Can't retrieve group info (object 'nope' doesn't exist)",
  );
  expectError(() => h5g.getInfo(fid, ""), "ValueError", "No name (no name)");
  expectError(() => h5g.getInfo(fid, null, 99), "RuntimeError", "Can't retrieve group info (index out of bound)");
  expectError(() => h5g.getInfo(fid, "g", 1), "TypeError", "At most one of name or index may be specified");
});

test("the old calls make links and tell of objects", () => {
  const fid = sampleFile();
  fid.link("data", "g/hard");
  fid.link("/data", "soft link", h5g.LINK_SOFT);
  expect(fid.getLinkval("soft link")).toBe("/data");
  using group = h5g.open(fid, "g");
  fid.link("scalar", "there", h5g.LINK_HARD, group);
  const stat = h5g.getObjinfo(fid, "g/there");
  expect([stat.fileno, stat.nlink, stat.type]).toEqual([fid.fileno, 2, h5g.DATASET]);
  expect(Math.abs(stat.mtime - Date.now() / 1000)).toBeLessThan(60);
  expect([...group]).toEqual(["hard", "sub", "there"]);
  expectError(() => fid.link("nope", "x"), "ValueError", /^Couldn't create link/);
});

test("attributes are found by position and come as an iterator", () => {
  const fid = h5f.create(new MemoryTarget());
  for (const name of ["b", "c", "a"]) h5a.create(fid, name, h5t.STD_I32LE, h5s.createSimple([2])).close();
  expect(h5a.getNameByIdx(fid, 0)).toBe("a");
  expect(h5a.getNameByIdx(fid, 0, { order: h5.ITER_DEC })).toBe("c");
  expectError(() => h5a.getNameByIdx(fid, 3), "KeyError", "Can't open attribute (invalid index specified)");
  expect([...h5a.entries(fid)].map(([name, { dataSize }]) => [name, dataSize])).toEqual([
    ["a", 8],
    ["b", 8],
    ["c", 8],
  ]);
  expect([...h5a.entries(fid, 2)].map(([name]) => name)).toEqual(["c"]);
  for (const [name] of h5a.entries(fid, 0, { order: h5.ITER_DEC })) {
    expect(name).toBe("c");
    break;
  }
  using attribute = h5a.open(fid, "b");
  expect(attribute.getName()).toBe("b");
  expect(attribute.getSpace().shape).toEqual([2]);
  expect(attribute.getCreatePlist().getCharEncoding()).toBe(h5t.CSET_ASCII);
  h5a.create(fid, "ä", h5t.STD_I32LE, h5s.createSimple([2])).close();
  expect(h5a.open(fid, "ä").getCreatePlist().getCharEncoding()).toBe(h5t.CSET_UTF8);
});
