import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as whole from "../../src/index.ts";
import * as reader from "../../src/read/index.ts";

const folder = mkdtempSync(join(tmpdir(), "h5ts-reader-files-"));
const at = (name: string) => join(folder, name);

/** Two files with links to each other, and one with a virtual dataset over both. */
beforeAll(() => {
  for (const [name, other] of [
    ["a.h5", "b.h5"],
    ["b.h5", "a.h5"],
  ] as const) {
    using file = new whole.File(at(name), "w");
    file.set("data", Int32Array.of(1, 2, 3, name.charCodeAt(0)));
    file.createGroup("g").attrs.set("name", name);
    file.set("other", new whole.ExternalLink(other, "/"));
    file.set("missing", new whole.ExternalLink("none.h5", "/"));
    file.createDataset("outside", { shape: [4], dtype: "|u1", external: `${name}.raw` });
  }
  writeFileSync(at("a.h5.raw"), Uint8Array.of(9, 8, 7, 6));
  using file = new whole.File(at("v.h5"), "w", { libver: "latest" });
  file.buildVirtualDataset("all", { shape: [2, 4], dtype: "<i4" }, (layout) => {
    layout.set(0, new whole.VirtualSource("a.h5", { name: "data", shape: [4] }));
    layout.set(1, new whole.VirtualSource("b.h5", { name: "data", shape: [4] }));
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TELLS_OPEN_FILES = existsSync("/proc/self/fd");

/** Names of the files of the folder that the process has open. */
function openFiles(): string[] {
  if (!TELLS_OPEN_FILES) return [];
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return targets.flatMap((path) => (path.startsWith(folder) ? [path.slice(folder.length + 1)] : [])).sort();
}

const dataOf = (value: unknown) => [...(value as { data: Iterable<number> }).data];

describe("other files of a reader", () => {
  test("are followed to and fro by external links, each opened once", () => {
    const file = new reader.File(at("a.h5"));
    expect(dataOf(file.get("other/data").read())).toEqual([1, 2, 3, 98]);
    const back = file.get("other/other/data");
    expect(dataOf(back.read())).toEqual([1, 2, 3, 97]);
    expect(back.equals(file.get("data"))).toBe(true);
    expect(back.equals(file.get("other/data"))).toBe(false);
    expect(file.get("other/g").attrs.get("name")).toBe("b.h5");
    expect(file.getGroup("other").file.filename).toBe(at("b.h5"));
    expect(() => file.get("missing")).toThrow("unable to open file, file name = 'none.h5'");
    if (TELLS_OPEN_FILES) expect(openFiles()).toEqual(["a.h5", "b.h5"]);
    file.close();
  });

  test("stay readable while somebody has an object of theirs, whose file closes", () => {
    const file = new reader.File(at("a.h5"));
    const data = file.get("other/data");
    file.close();
    expect(file.isOpen).toBe(false);
    expect(dataOf(data.read())).toEqual([1, 2, 3, 98]);
    data.file.close();
    expect(data.isOpen).toBe(false);
    expect(() => data.read()).toThrow("Not a file id");
  });

  test("of a virtual dataset close with it, as those of external data do", () => {
    const before = openFiles();
    const file = new reader.File(at("v.h5"));
    const all = file.get("all");
    for (let i = 0; i < 2; i++) {
      expect(dataOf(all.read())).toEqual([1, 2, 3, 97, 1, 2, 3, 98]);
      // With each name, files go that nobody uses.
      file.get("all");
    }
    if (TELLS_OPEN_FILES) expect(openFiles()).toEqual(expect.arrayContaining(["a.h5", "b.h5", "v.h5"]));
    const external = new reader.File(at("a.h5"));
    expect(dataOf(external.getDataset("outside", { efilePrefix: folder }).read())).toEqual([9, 8, 7, 6]);
    const added = openFiles().filter((name) => !before.includes(name));
    if (TELLS_OPEN_FILES) expect(added).toContain("a.h5.raw");
    file.close();
    external.close();
    expect(openFiles()).toEqual(before);
  });

  test("are none where they may not be opened, and come from a resolver where there is one", () => {
    using shut = new reader.File(at("a.h5"), "r", { externalAccess: "nowhere" });
    expect(() => shut.get("other")).toThrow("unable to open file, file name = 'b.h5'");
    const asked: string[] = [];
    using resolved = new reader.File(new Uint8Array(readFileSync(at("a.h5"))), "r", {
      resolver: (name) => {
        asked.push(name);
        return name.endsWith("b.h5") ? new Uint8Array(readFileSync(at("b.h5"))) : undefined;
      },
    });
    expect(dataOf(resolved.get("other/data").read())).toEqual([1, 2, 3, 98]);
    expect(resolved.getGroup("other").keys()).toEqual(["data", "g", "missing", "other", "outside"]);
    expect(asked.filter((name) => name.endsWith("b.h5")).length).toBe(1);
  });

  test("settings of one dataset are its own, and hold for who opens it first", () => {
    using file = new reader.File(at("a.h5"), "r", { rdccNslots: 11 });
    expect(() => file.getDataset("data", { rdccW0: 2 })).toThrow("w0 value must be between 0.0 and 1.0");
    const elsewhere = mkdtempSync(join(tmpdir(), "h5ts-raw-"));
    try {
      writeFileSync(join(elsewhere, "b.h5.raw"), Uint8Array.of(4, 3, 2, 1));
      using other = new reader.File(at("b.h5"));
      expect(dataOf(other.getDataset("outside", { efilePrefix: elsewhere }).read())).toEqual([4, 3, 2, 1]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});
