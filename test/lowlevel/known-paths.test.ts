import { describe, expect, test } from "vitest";
import { File, h5a } from "../../src/index.ts";
import { KnownPaths } from "../../src/lowlevel/known-paths.ts";

describe("known paths", () => {
  test("are looked up when somebody asks, and not again while few are added", () => {
    const known = new KnownPaths();
    known.add("/not/counted");
    let lists = 0;
    const list = () => {
      lists++;
      return ["/a/b/c", null, "/"];
    };
    expect(["/a", "/a/b", "/a/b/c", "/a/b/c/d", "/b", "/not"].map((path) => known.mayLeadTo(path, list))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    known.add("/x/y");
    expect(known.mayLeadTo("/x", list)).toBe(true);
    expect(known.mayLeadTo("/a/x", list)).toBe(false);
    expect(lists).toBe(1);
  });

  test("are looked up anew once many were added", () => {
    const known = new KnownPaths();
    let lists = 0;
    const list = () => {
      lists++;
      return ["/a"];
    };
    known.mayLeadTo("/a", list);
    for (let i = 0; i < 2000; i++) known.add(`/many/${i}`);
    expect(known.mayLeadTo("/many", list)).toBe(false);
    expect(lists).toBe(2);
  });
});

test("names of thousands of open objects follow when groups above them are renamed and links go", () => {
  const file = File.inMemory();
  const paths = Array.from({ length: 1200 }, (_, i) => `/g${i % 3}/h/d${i}`);
  const groups = paths.map((path) => file.createGroup(path));
  file.move("g0", "gone");
  file.getGroup("gone").move("h", "k");
  file.delete("g1/h/d1");
  file.move("g2/h/d2", "g1/d2");
  const late = file.createGroup("late/one");
  file.move("late", "later");
  expect(groups[0]?.name).toBe("/gone/k/d0");
  expect(groups[1]?.name).toBe(null);
  expect(groups[2]?.name).toBe("/g1/d2");
  expect(groups[4]?.name).toBe("/g1/h/d4");
  expect(late.name).toBe("/later/one");
  file.delete("g1");
  expect([groups[2]?.name, groups[4]?.name, groups[1199]?.name]).toEqual([null, null, "/g2/h/d1199"]);
  file.close();
});

test("an open attribute follows its new name, after others were replaced and closed", () => {
  const file = File.inMemory(undefined, { libver: "latest" });
  const group = file.createGroup("g");
  for (let i = 0; i < 20; i++) group.attrs.set(`a${i}`, i);
  const held = group.attrs.getId("a3");
  for (let i = 0; i < 20; i++) if (i !== 3) group.attrs.set(`a${i}`, i + 100);
  h5a.rename(group.id, "a3", "b");
  expect(held.name).toBe("b");
  expect([group.attrs.get("b"), group.attrs.get("a4")]).toEqual([3, 104]);
  held.close();
  h5a.rename(group.id, "b", "c");
  expect(group.attrs.keys()).toContain("c");
  file.close();
});
