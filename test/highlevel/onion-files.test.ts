import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { onionRevisionCount } from "../../src/engine/onion-files.ts";
import { File, type FileMode, type FileOptions } from "../../src/index.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { h5fd } from "../../src/lowlevel/index.ts";
import { StumblingTarget } from "../support/stumbling-target.ts";

const FIXTURES = "test/fixtures/onion";
const REVISIONS: Record<string, number[][]> = JSON.parse(readFileSync(`${FIXTURES}/revisions.json`, "utf8"));

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/onion-files-`);
  path = `${folder}/x.h5`;
});

afterEach(() => rmSync(folder, { recursive: true }));

function opened(mode: FileMode, options: FileOptions = {}): File {
  return new File(path, mode, { driver: "onion", ...options });
}

function valuesOf(file: File, name = "a"): number[] {
  return Array.from(file.getDataset(name).read().data as Int32Array);
}

function valuesIn(revision: number | undefined, options: FileOptions = {}): number[] {
  const file = opened("r", revision === undefined ? options : { ...options, revision });
  try {
    return valuesOf(file);
  } finally {
    file.close();
  }
}

/** Changes an element in a new revision. */
function change(index: number, value: number, options: FileOptions = {}): void {
  const file = opened("r+", options);
  file.getDataset("a").write([index], value);
  file.close();
}

function made(options: FileOptions = {}): void {
  const file = opened("w", options);
  file.createDataset("a", { data: Int32Array.of(0, 1, 2, 3) });
  file.close();
}

/** The fixture in the folder. */
function fixture(name: string): number[][] {
  for (const ending of ["", ".onion"]) writeFileSync(path + ending, readFileSync(`${FIXTURES}/${name}.h5${ending}`));
  return REVISIONS[name] as number[][];
}

function revisionsIn(onion: MemoryTarget | undefined): number {
  return onionRevisionCount(new MemorySource(onion?.toBytes() ?? new Uint8Array()));
}

/** Writes through to a target, which stays open when this one is closed. */
class LastingTarget extends StumblingTarget {
  override close(): void {}
}

describe("files that keep their revisions", () => {
  test("are made, changed and read back at each revision", () => {
    made({ onionPageSize: 64, comment: "made" });
    change(1, -1, { comment: "first change" });
    change(2, -2);
    const expected = [
      [0, 1, 2, 3],
      [0, -1, 2, 3],
      [0, -1, -2, 3],
    ];
    expected.forEach((values, i) => void expect(valuesIn(i + 1)).toEqual(values));
    expect(valuesIn(undefined)).toEqual(expected[2]);
    expect(h5fd.onionRevisions(path)).toBe(3);
    expect(readdirSync(folder).sort()).toEqual(["x.h5", "x.h5.onion"]);
    expect(readFileSync(path, "latin1")).toBe("ONIONEOF");
    expect(readFileSync(`${path}.onion`, "latin1")).toContain("first change\0");
  });

  test("of a file that had none leave it as it was", () => {
    const plain = new File(path, "w");
    plain.createDataset("a", { data: Int32Array.of(0, 1, 2, 3) });
    plain.close();
    const bytes = readFileSync(path);
    expect(() => valuesIn(undefined)).toThrow("unable to open onion file");
    change(1, -1);
    expect(readFileSync(path)).toEqual(bytes);
    expect(valuesIn(0)).toEqual([0, 1, 2, 3]);
    expect(valuesIn(1)).toEqual([0, -1, 2, 3]);
  });

  test("begin as any older one", () => {
    made();
    change(1, -1);
    change(2, -2, { revision: 1 });
    expect(valuesIn(2)).toEqual([0, -1, 2, 3]);
    expect(valuesIn(3)).toEqual([0, 1, -2, 3]);
  });

  test("are open for writing once at a time, and not for reading meanwhile; who reads already goes on", () => {
    made();
    const reader = opened("r");
    const writer = opened("r+");
    writer.getDataset("a").write([0], 9);
    writer.flush();
    for (const mode of ["r", "r+", "a"] as const) expect(() => opened(mode)).toThrow("already opened in write-mode");
    expect(() => opened("w")).toThrow("unable to truncate a file which is already open");
    expect(valuesIn(undefined, { forceWriteOpen: true })).toEqual([0, 1, 2, 3]);
    expect(valuesOf(reader)).toEqual([0, 1, 2, 3]);
    writer.close();
    expect(valuesOf(reader)).toEqual([0, 1, 2, 3]);
    reader.close();
    expect(valuesIn(undefined)).toEqual([9, 1, 2, 3]);
  });

  test("are made only where neither file is, if that was asked for", () => {
    made();
    expect(() => opened("x")).toThrow("file exists");
    rmSync(path);
    expect(() => opened("x")).toThrow("file exists");
    rmSync(`${path}.onion`);
    opened("a").close();
    expect(h5fd.onionRevisions(path)).toBe(1);
    opened("a").close();
    expect(h5fd.onionRevisions(path)).toBe(2);
  });

  test("get none of a file that turns out to be no HDF5 file", () => {
    made();
    const before = readFileSync(`${path}.onion`);
    // The first page that the revision has, where its superblock is.
    const broken = new Uint8Array(before);
    broken.set(new Uint8Array(8), before.indexOf("\x89HDF", 0, "latin1"));
    writeFileSync(`${path}.onion`, broken);
    expect(() => opened("r+")).toThrow("file signature not found");
    expect(new Uint8Array(readFileSync(`${path}.onion`))).toEqual(broken);

    writeFileSync(path, "something else");
    rmSync(`${path}.onion`);
    expect(() => opened("r+")).toThrow("file signature not found");
    expect(h5fd.onionRevisions(path)).toBe(0);
    expect(readFileSync(path, "latin1")).toBe("something else");
  });

  test("whose writer died are opened by force", () => {
    made();
    const writer = opened("r+");
    writer.getDataset("a").write([0], 9);
    writer.flush();
    const dead = readFileSync(`${path}.onion`);
    writer.close();
    writeFileSync(`${path}.onion`, dead);
    expect(() => opened("r")).toThrow("already opened in write-mode");
    expect(valuesIn(undefined, { forceWriteOpen: true })).toEqual([0, 1, 2, 3]);
    change(3, 7, { forceWriteOpen: true });
    expect(valuesIn(undefined)).toEqual([0, 1, 2, 7]);
    expect(valuesIn(1)).toEqual([0, 1, 2, 3]);
  });

  test("may be anywhere that a resolver knows", () => {
    const files = new Map<string, Uint8Array>();
    const kept: [string, MemoryTarget][] = [];
    const resolver = (name: string, mode: "read" | "write") => {
      const bytes = files.get(name);
      if (mode === "read") return bytes;
      const target = new MemoryTarget(bytes, name);
      kept.push([name, target]);
      return target;
    };
    const save = () => {
      for (const [name, target] of kept.splice(0)) files.set(name, target.toBytes());
    };
    made({ resolver });
    save();
    change(1, -1, { resolver });
    save();
    expect([...files.keys()].sort()).toEqual([path, `${path}.onion`]);
    expect(valuesIn(1, { resolver })).toEqual([0, 1, 2, 3]);
    expect(valuesIn(2, { resolver })).toEqual([0, -1, 2, 3]);
    expect(existsSync(path)).toBe(false);
  });

  test("are all there, and open for everybody, after any single write has failed", () => {
    made({ onionPageSize: 64 });
    const before = [path, `${path}.onion`].map((name) => new Uint8Array(readFileSync(name)));
    let counts = [0, 0];
    for (let after = 0; ; after++) {
      const files = new Map([path, `${path}.onion`].map((name, i) => [name, new MemoryTarget(before[i], name)]));
      const devices: StumblingTarget[] = [];
      const options: FileOptions = {
        resolver: (name, mode) => {
          const file = files.get(name) as MemoryTarget;
          if (mode === "read") return file.toBytes();
          const device = new LastingTarget(file);
          device.arm("write", after);
          devices.push(device);
          return device;
        },
      };
      const attempt = (what: () => void): void => {
        try {
          what();
        } catch (error) {
          expect(String(error)).toContain("the device stumbles at a write");
        }
      };
      attempt(() => {
        const file = opened("r+", options);
        attempt(() => file.getDataset("a").write([1], -1));
        attempt(() => file.flush());
        attempt(() => void file.createDataset("b", { data: new Float64Array(100).fill(7), chunks: [10] }));
        attempt(() => file.close());
      });
      const count = valuesIn(1, options).length === 4 ? revisionsIn(files.get(`${path}.onion`)) : 0;
      counts = counts.map((n, i) => (count === i + 1 ? n + 1 : n));
      expect(valuesIn(1, options)).toEqual([0, 1, 2, 3]);
      if (count === 2) {
        const file = opened("r", options);
        expect(valuesOf(file).map(Math.abs)).toEqual([0, 1, 2, 3]);
        if (file.has("b")) expect(valuesOf(file, "b").every((value) => value === 7 || value === 0)).toBe(true);
        file.close();
      }
      if (devices.every((device) => device.stumbles === 0)) break;
    }
    // Both happen: no new revision, because it could not be begun or finished, and one that has what could be written.
    expect(Math.min(...counts)).toBeGreaterThan(2);
  });

  test("have settings that only they have, and are refused some", () => {
    expect(() => opened("w", { onionPageSize: 100 })).toThrow("invalid info page size");
    expect(() => opened("w", { comment: "x".repeat(256) })).toThrow("invalid comment");
    expect(() => new File(path, "w", { comment: "x" })).toThrow("'comment' is an invalid keyword argument");
    expect(existsSync(path)).toBe(false);
  });

  test("grow by the pages that change", () => {
    const file = opened("w", { onionPageSize: 4096 });
    file.createDataset("a", { data: new Int32Array(1 << 18) });
    file.close();
    const before = statSync(`${path}.onion`).size;
    change(5, 5);
    // A page of the dataset, a few of metadata, and the record, which has 20 bytes for each page of the file.
    expect(statSync(`${path}.onion`).size - before).toBeLessThan(4 * 4096 + 20 * 260 + 200);
  });
});

describe("onion files of the C library", () => {
  test.each(Object.keys(REVISIONS))("are read as they were when they were closed: %s", (name) => {
    const revisions = fixture(name);
    expect(h5fd.onionRevisions(path)).toBe(revisions.length);
    revisions.forEach((values, i) => void expect(valuesIn(i + 1)).toEqual(values));
    expect(valuesIn(undefined)).toEqual(revisions.at(-1));
  });

  test.each(Object.keys(REVISIONS))("get further revisions: %s", (name) => {
    const revisions = fixture(name);
    change(0, 1000, { comment: "ours" });
    change(1, 1001);
    const newest = revisions.at(-1) as number[];
    const expected = [...revisions, [1000, ...newest.slice(1)], [1000, 1001, ...newest.slice(2)]];
    expected.forEach((values, i) => void expect(valuesIn(i + 1)).toEqual(values));
  });
});
