import { describe, expect, test } from "vitest";
import { File, h5a } from "../../src/index.ts";
import { KnownPaths, type PathHolder } from "../../src/lowlevel/known-paths.ts";

class Holder implements PathHolder {
  valid = true;
  fileReference: WeakRef<PathHolder> | undefined;
  path: string | null;

  constructor(path: string | null) {
    this.path = path;
  }

  pathInFile(): string | null {
    return this.path;
  }
}

function take(known: KnownPaths<Holder>, path: string, list: () => Holder[]): (string | null)[] {
  return known.take(path, list).map((holder) => holder.path);
}

const none = () => [];

describe("known paths", () => {
  test("are looked up when somebody asks, and not again while few are added", () => {
    const known = new KnownPaths<Holder>();
    known.add(new Holder("/not/counted"));
    let lists = 0;
    const list = () => {
      lists++;
      return ["/a/b/c", null, "/", "/a/b", "/a/bc"].map((path) => new Holder(path));
    };
    expect(take(known, "/a/b/c/d", list)).toEqual([]);
    expect(take(known, "/a/b", list)).toEqual(["/a/b", "/a/b/c"]);
    expect(take(known, "/a/b", list)).toEqual([]);
    expect(take(known, "/not", list)).toEqual([]);
    known.add(new Holder("/x/y"));
    expect(take(known, "/x", list)).toEqual(["/x/y"]);
    expect(take(known, "/a", list)).toEqual(["/a/bc"]);
    expect(take(known, "/", list)).toEqual(["/"]);
    expect(lists).toBe(1);
  });

  test("are those of holders that are there: of some the file knows but a reference, others were closed", () => {
    const known = new KnownPaths<Holder>();
    const holders = Array.from({ length: 4 }, () => new Holder("/a"));
    const [kept, referred, closed, ended] = holders as [Holder, Holder, Holder, Holder];
    referred.fileReference = new WeakRef(referred);
    known.take("/", none);
    for (const holder of holders) known.add(holder);
    known.remove(closed);
    known.remove(referred);
    known.add(referred);
    ended.valid = false;
    expect(known.take("/a", none)).toEqual([kept, referred]);
  });

  test("are looked up anew once many were added", () => {
    const known = new KnownPaths<Holder>();
    let lists = 0;
    const list = () => {
      lists++;
      return [new Holder("/a")];
    };
    expect(take(known, "/b", list)).toEqual([]);
    for (let i = 0; i < 2000; i++) known.add(new Holder(`/many/${i}`));
    expect(take(known, "/many", list)).toEqual([]);
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
