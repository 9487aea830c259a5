/** Files whose space we and the C library give out in turns, by every strategy, with free space stored and without. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { File, type FileOptions, h5f, h5p } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { runStat } from "../../src/tools/stat/command.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { spaceProblems } from "../support/space-check.ts";
import { TestPlatform } from "../tools/test-platform.ts";
import { h5dump, h5pyModel, h5stat, inFolder, runPython } from "./peers.ts";
import { engineFile } from "./trees/with-h5ts.ts";

/** Makes datasets of a file with sizes of offsets and lengths, and frees some. */
const MAKE_WITH_SIZES = `
from h5py import h5f, h5p
fcpl = h5p.create(h5p.FILE_CREATE)
fcpl.set_sizes(int(args[1]), int(args[2]))
fcpl.set_file_space_strategy(int(args[3]), True, 1)
f = h5py.File(h5f.create(args[0].encode(), h5f.ACC_TRUNC, fcpl))
for i in range(6):
    f[f'd{i}'] = np.full(60 + i, i, 'i2')
f.flush()
del f['d1'], f['d3']
f.close()
`;

const STRATEGIES = ["fsm", "page", "aggregate", "none"] as const;
const GROUPS = 12;

/** The same members in both languages: groups with a small dataset, and datasets in compressed chunks. */
const PYTHON = `
def build(f):
    for i in range(${GROUPS}):
        g = f.create_group("g%d" % i)
        g.create_dataset("d", data=np.arange(40 * (i % 5 + 1), dtype="f8"))
        f.create_dataset("c%d" % i, data=np.arange(3000, dtype="f8") ** (i % 3), chunks=(300,), compression="gzip")
def change(f, turn):
    for i in range(turn, ${GROUPS}, 4):
        for name in ("g%d" % i, "c%d" % i):
            if name in f and i != 7: del f[name]
    for k in range(4):
        f.create_dataset("new %d.%d" % (turn, k), data=np.arange(50 * (k + 1), dtype="f8"))
    c = f["c7"]
    c[...] = np.random.RandomState(turn).rand(3000)
    c.attrs["turn %d" % turn] = np.arange(30 * turn)
`;

function build(file: File): void {
  for (let i = 0; i < GROUPS; i++) {
    const group = file.createGroup(`g${i}`);
    group.createDataset("d", { data: Float64Array.from({ length: 40 * ((i % 5) + 1) }, (_, k) => k) }).id.close();
    group.id.close();
    const data = Float64Array.from({ length: 3000 }, (_, k) => k ** (i % 3));
    file.createDataset(`c${i}`, { data, chunks: [300], compression: "gzip" }).id.close();
  }
}

function change(file: File, turn: number): void {
  for (let i = turn; i < GROUPS; i += 4) {
    for (const name of [`g${i}`, `c${i}`]) if (file.has(name) && i !== 7) file.delete(name);
  }
  for (let k = 0; k < 4; k++) {
    file
      .createDataset(`new ${turn}.${k}`, { data: Float64Array.from({ length: 50 * (k + 1) }, (_, n) => n) })
      .id.close();
  }
}

/** What both sides say of the space of a file must be the same. */
function compareSpace(path: string): { fileSize: number; freeSpace: number } {
  const code = `
import json
f = h5py.File(args[0], "r")
print(json.dumps([f.id.get_filesize(), f.id.get_freespace(), list(f.id.get_create_plist().get_file_space_strategy())]))`;
  const [fileSize, freeSpace, strategy] = JSON.parse(runPython(code, path));
  const file = new File(path);
  expect([file.fileSize, file.freeSpace]).toEqual([fileSize, freeSpace]);
  expect(file.id.getCreatePlist().getFileSpaceStrategy().map(Number)).toEqual(strategy.map(Number));
  const sections = file.id.getFreeSections();
  expect(sections.reduce((sum, { size }) => sum + size, 0)).toBe(freeSpace);
  file.close();
  expect(ourStat(path)).toBe(h5stat(path, "-S"));
  return { fileSize, freeSpace };
}

/** Everything in a file must be read alike. */
function compareContents(path: string): void {
  const engine = H5File.open(openPath(path, "r"));
  const model = modelOfFile(engine);
  engine.close();
  expect(h5pyModel(path)).toEqual(model);
}

function ourStat(path: string): string {
  const platform = new TestPlatform();
  expect(runStat(["-S", path], platform)).toBe(0);
  return platform.output;
}

function theirTurn(path: string, turn: number): void {
  runPython(`${PYTHON}\nf = h5py.File(args[0], "r+")\nchange(f, int(args[1]))\nf.close()`, path, String(turn));
}

function ourTurn(path: string, turn: number): void {
  const file = new File(path, "r+");
  change(file, turn);
  file.close();
}

/** Bytes that nothing accounts for, which h5stat prints. */
function unaccounted(path: string): number {
  return Number(/Unaccounted space: (\d+) bytes/.exec(h5stat(path, "-S"))?.[1]);
}

/** Strategies without lists of free space have none to store. */
const cases = STRATEGIES.flatMap((strategy) =>
  (strategy === "fsm" || strategy === "page" ? [false, true] : [false]).map((persist) => [strategy, persist] as const),
);

describe("space given out in turns", () => {
  test.each(cases)("strategy %s, persistent %s: ours first", (strategy, persist) => {
    inFolder((folder) => {
      const path = join(folder, "ours.h5");
      const options: FileOptions = { fsStrategy: strategy, fsPersist: persist };
      const file = new File(path, "w", options);
      build(file);
      file.close();
      compareSpace(path);
      let last = { fileSize: 0, freeSpace: 0 };
      for (const turn of [0, 1, 2]) {
        if (turn % 2 === 0) theirTurn(path, turn);
        else ourTurn(path, turn);
        last = compareSpace(path);
      }
      if (strategy === "fsm" || strategy === "page") expect(last.freeSpace > 0).toBe(persist);
      compareContents(path);
      if (strategy === "fsm" && persist) expect(unaccounted(path)).toBe(0);
    });
  });

  test.each(cases)("strategy %s, persistent %s: theirs first", (strategy, persist) => {
    inFolder((folder) => {
      const path = join(folder, "theirs.h5");
      const flag = persist ? "True" : "False";
      const open = `f = h5py.File(args[0], "w", fs_strategy="${strategy}", fs_persist=${flag})`;
      runPython(`${PYTHON}\n${open}\nbuild(f)\nf.close()`, path);
      compareSpace(path);
      for (const turn of [0, 1, 2]) {
        if (turn % 2 === 1) theirTurn(path, turn);
        else ourTurn(path, turn);
        compareSpace(path);
      }
      compareContents(path);
      if (strategy === "fsm" && persist) expect(unaccounted(path)).toBe(0);
    });
  });
});

describe("free space of files with other sizes", () => {
  test.each([
    [8, 4],
    [4, 4],
    [4, 8],
    [2, 2],
  ])("of offsets %i, of lengths %i: is kept, and used again", (sizeOfOffsets, sizeOfLengths) => {
    for (const strategy of [h5f.FSPACE_STRATEGY_FSM_AGGR, h5f.FSPACE_STRATEGY_PAGE]) {
      inFolder((folder) => {
        const path = join(folder, "sizes.h5");
        const fcpl = h5p.create(h5p.FILE_CREATE);
        fcpl.setSizes(sizeOfOffsets, sizeOfLengths);
        fcpl.setFileSpaceStrategy(strategy, true, 1);
        fcpl.setFileSpacePageSize(512);
        {
          using file = new File(h5f.create(path, { fcpl }));
          for (let i = 0; i < 5; i++) file.createDataset(`d${i}`, { data: new Int16Array(60).fill(i) });
          // What a flush has shown stays where it is, and does not fill the gap.
          file.flush();
          file.delete("d1");
        }
        const free = Number(runPython("print(h5py.File(args[0], 'r').id.get_freespace())", path));
        expect(free).toBeGreaterThan(120);
        {
          using file = new File(path, "r+");
          expect(file.id.getFreespace()).toBe(free);
          file.createDataset("again", { data: new Int16Array(50).fill(7) });
          expect(spaceProblems(engineFile(file.id))).toEqual([]);
        }
        const code = "f = h5py.File(args[0], 'r'); print([[n, sorted(set(f[n][...].tolist()))] for n in f])";
        expect(runPython(code, path).replaceAll("'", "").trim()).toBe(
          "[[again, [7]], [d0, [0]], [d2, [2]], [d3, [3]], [d4, [4]]]",
        );
      });
    }
  });

  // The library itself dies when it opens these files again.
  test.each([
    [8, 4],
    [4, 4],
    [2, 4],
    [8, 2],
    [4, 2],
    [2, 2],
  ])("of offsets %i, of lengths %i: stored by the C library is used again, and mended for it", (offsets, lengths) => {
    for (const strategy of [h5f.FSPACE_STRATEGY_FSM_AGGR, h5f.FSPACE_STRATEGY_PAGE]) {
      inFolder((folder) => {
        const path = join(folder, "sizes.h5");
        runPython(MAKE_WITH_SIZES, path, String(offsets), String(lengths), String(strategy));
        const free = Number(runPython("print(h5py.File(args[0], 'r').id.get_freespace())", path));
        {
          using file = new File(path, "r+");
          expect(file.id.getFreespace()).toBe(free);
          file.createDataset("again", { data: new Int16Array(40).fill(7) });
          expect(file.id.getFreespace()).toBeLessThan(free);
          file.delete("d5");
          expect(spaceProblems(engineFile(file.id))).toEqual([]);
        }
        const edit = "f = h5py.File(args[0], 'r+'); f['more'] = np.full(9, 9, 'i2'); del f['d0']; f.close(); ";
        const show = "f = h5py.File(args[0], 'r'); print([[n, sorted(set(f[n][...].tolist()))] for n in f])";
        const expected = "[[again, [7]], [d2, [2]], [d4, [4]], [more, [9]]]";
        expect(
          runPython(edit + show, path)
            .replaceAll("'", "")
            .trim(),
        ).toBe(expected);
        h5dump(path);
      });
    }
  });
});
