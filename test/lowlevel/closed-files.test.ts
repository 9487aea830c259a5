/** Files of the system that are let go of, or left alone, when opening or making one fails. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { h5, h5a, h5f, h5p, h5r, h5s, h5t } from "../../src/lowlevel/index.ts";

let folder: string;
const path = (name: string) => `${folder}/${name}`;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/h5ts-closed-`);
});

afterEach(() => {
  h5.close();
  rmSync(folder, { recursive: true });
});

/** How many files of the system stay open behind calls, failing or not. */
function leftOpen(call: () => unknown): number {
  const count = () => readdirSync("/proc/self/fd").length;
  const before = count();
  for (let i = 0; i < 20; i++) {
    try {
      call();
    } catch {
      // Whatever it says.
    }
  }
  return count() - before;
}

function family(): h5p.PropFAID {
  const list = h5p.create(h5p.FILE_ACCESS);
  list.setFaplFamily(1000n);
  return list;
}

describe.runIf(process.platform === "linux")("no file of the system stays open", () => {
  test("that is no HDF5 file, or was only looked at", () => {
    writeFileSync(path("text"), "no HDF5 file, but long enough to look for a superblock in it");
    new File(path("a.h5"), "w").close();
    const calls: Record<string, () => unknown> = {
      open: () => h5f.open(path("text"), h5f.ACC_RDONLY),
      "open for writing": () => h5f.open(path("text")),
      "is HDF5": () => [h5f.isHdf5(path("text")), h5f.isHdf5(path("a.h5"))],
      "is accessible": () => [h5f.isAccessible(path("text")), h5f.isAccessible(path("a.h5"))],
      "make where one is": () => h5f.create(path("a.h5"), { flags: h5f.ACC_EXCL }),
    };
    for (const [name, call] of Object.entries(calls)) expect([name, leftOpen(call)]).toEqual([name, 0]);
  });

  test("of a family", () => {
    h5f.create(path("f%d.h5"), { fapl: family() }).close();
    const again = () => h5f.create(path("f%d.h5"), { flags: h5f.ACC_EXCL, fapl: family() });
    expect(again).toThrow("file exists");
    expect(leftOpen(again)).toBe(0);
    expect(leftOpen(() => h5f.create(path("f%d.h5"), { fapl: family() }).close())).toBe(0);
  });
});

describe("a file made anew", () => {
  test("has nothing left of the one before, whatever the driver", () => {
    const core = h5p.create(h5p.FILE_ACCESS);
    core.setFaplCore(1000, true);
    for (const fapl of [null, core]) {
      const file = new File(path("a.h5"), "w");
      file.set("x", new Float64Array(10_000));
      file.close();
      h5f.create(path("a.h5"), fapl === null ? {} : { fapl }).close();
      expect(statSync(path("a.h5")).size).toBeLessThan(10_000);
    }
    const big = new File(h5f.create(path("f%d.h5"), { fapl: family() }));
    big.set("x", new Float64Array(1000));
    big.close();
    h5f.create(path("f%d.h5"), { fapl: family() }).close();
    const names = readdirSync(folder).filter((name) => name.startsWith("f"));
    const sizes = names.map((name) => readFileSync(path(name)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2000);
  });

  test("and one that shrank in memory is saved as short as it is", () => {
    const file = new File(path("a.h5"), "w");
    file.set("x", new Float64Array(10_000));
    file.close();
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setFaplCore(1000, true);
    const again = new File(h5f.open(path("a.h5"), h5f.ACC_RDWR, fapl));
    again.delete("x");
    again.close();
    expect(statSync(path("a.h5")).size).toBeLessThan(10_000);
  });
});

test("flags of opening that contradict each other are refused", () => {
  new File(path("a.h5"), "w", { libver: "latest" }).close();
  const open = (flags: number) => () => h5f.open(path("a.h5"), flags);
  expect(open(h5f.ACC_RDWR | h5f.ACC_SWMR_READ)).toThrow("SWMR read access on a file open for read-write access");
  expect(open(h5f.ACC_SWMR_WRITE)).toThrow("SWMR write access on a file open for read-only access");
  expect(open(h5f.ACC_TRUNC)).toThrow("invalid file open flags");
});

describe("nothing is changed", () => {
  test("where a name is taken, or leads into another file", () => {
    using f = new File(path("a.h5"), "w");
    using other = new File(path("b.h5"), "w");
    f.attrs.set("one", 1);
    f.attrs.set("two", 2);
    const taken = "attribute with new name already exists";
    expect(() => h5a.rename(f.id, "one", "two")).toThrow(taken);
    expect([f.attrs.get("one"), f.attrs.get("two")]).toEqual([1, 2]);
    const group = other.createGroup("g");
    expect(() => f.id.links.createHard("h", group.id, ".")).toThrow("interfile hard links are not allowed");
    expect(() => f.set("h", group)).toThrow("interfile hard links are not allowed");
    expect(() => h5t.STD_I32LE.commit(f.id, "t")).toThrow("datatype is immutable");
    expect([...f.keys()]).toEqual([]);
  });

  test("in a file that is open for reading", () => {
    const made = new File(path("a.h5"), "w");
    made.set("x", [1]);
    made.attrs.set("a", 1);
    made.close();
    const before = readFileSync(path("a.h5"));
    const f = new File(path("a.h5"), "r");
    const x = f.get("x");
    const space = h5s.createSimple([1]);
    const calls: Record<string, () => unknown> = {
      move: () => f.id.links.move("nope", f.id, "y"),
      write: () => x.id.write(null, null, Float64Array.of(2)),
      region: () => h5r.create(f.id, "x", h5r.DATASET_REGION, space),
      attribute: () => h5a.open(f.id, "a").write(Float64Array.of(2)),
      rename: () => h5a.rename(f.id, "a", "b"),
    };
    for (const [name, call] of Object.entries(calls)) expect(call, name).toThrow(/no write intent|intent/);
    f.close();
    expect(readFileSync(path("a.h5")).equals(before)).toBe(true);
  });
});
