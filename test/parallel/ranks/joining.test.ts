import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { File, slice } from "../../../src/index.ts";
import { h5p } from "../../../src/lowlevel/index.ts";
import {
  type JoinOptions,
  joinRankFiles,
  RankPart,
  rankFileName,
  reportOnRanks,
  shareOf,
} from "../../../src/parallel/index.ts";
import { pathsInFolder } from "./folder.ts";

const at = pathsInFolder();
const SHAPE = [11, 6] as const;
const serial = Float64Array.from({ length: 66 }, (_, i) => i / 3);

/** A file of rows for each rank. */
function writeParts(
  path: string,
  size: number,
  options: { skip?: number; dtype?: (rank: number) => string } = {},
): void {
  for (let rank = 0; rank < size; rank++) {
    if (rank === options.skip) continue;
    const { start, stop } = shareOf(SHAPE[0], { rank, size });
    using file = new File(rankFileName(path, rank), "w");
    file.createGroup("g").createDataset("x", {
      data: { data: serial.subarray(6 * start, 6 * stop), shape: [stop - start, 6] },
      dtype: options.dtype?.(rank) ?? "<f8",
      chunks: [2, 3],
      compression: "gzip",
      shuffle: true,
    });
  }
}

function readJoined(path: string): Float64Array {
  using file = new File(path);
  return file.getDataset("g/x").read<{ data: Float64Array }>().data;
}

describe("files of ranks", () => {
  test("are named after the file that joins them", () => {
    expect(rankFileName("data.h5", 2)).toBe("data.rank-2.h5");
    expect(rankFileName("a.b/data", 0)).toBe("a.b/data.rank-0");
    expect(rankFileName("../.hidden", 0)).toBe("../.hidden.rank-0");
  });

  test("joined show what one file would hold, and may move together", () => {
    const path = at("joined.h5");
    writeParts(path, 4);
    joinRankFiles(path, { size: 4, datasets: [{ dataset: "g/x" }] });
    expect(readJoined(path)).toEqual(serial);
    mkdirSync(at("moved"));
    renameSync(path, at("moved/joined.h5"));
    for (let rank = 0; rank < 4; rank++) renameSync(rankFileName(path, rank), at(`moved/joined.rank-${rank}.h5`));
    expect(readJoined(at("moved/joined.h5"))).toEqual(serial);
  });

  test("may have other names, with percent signs, and places of their own", () => {
    const path = at("placed.h5");
    const fileOf = (rank: number) => at(`50%b-${rank}.h5`);
    for (const rank of [0, 1]) {
      using file = new File(fileOf(rank), "w");
      file.createDataset("part", { data: { data: Int16Array.of(10 * rank, 10 * rank + 1), shape: [2] } });
    }
    const place = (rank: number) => [slice(rank, 4, 2)];
    const datasets = [{ dataset: "x", source: "part", shape: [4], place }];
    joinRankFiles(path, { size: 2, datasets, fileOf });
    using file = new File(path);
    expect(file.getDataset("x").read<{ data: Int16Array }>().data).toEqual(Int16Array.of(0, 10, 1, 11));
    const gap = [{ ...datasets[0], dataset: "y", shape: [5], place: (rank: number) => [slice(rank, 4, 2)] }];
    expect(() => joinRankFiles(at("gap.h5"), { size: 2, datasets: gap, fileOf })).toThrow("y: no rank has [4]");
    const over = [{ ...datasets[0], dataset: "y", shape: [3], place: (rank: number) => [slice(rank, rank + 2)] }];
    expect(() => joinRankFiles(at("over.h5"), { size: 2, datasets: over, fileOf })).toThrow(
      "y: ranks 0 and 1 both have [1]",
    );
    const short = [{ ...datasets[0], dataset: "y", shape: [5] }];
    expect(() => joinRankFiles(at("short.h5"), { size: 2, datasets: short, fileOf })).toThrow("y: no rank has [4]");
  });

  test("joined along another dimension", () => {
    const path = at("columns.h5");
    for (const rank of [0, 1]) {
      using file = new File(rankFileName(path, rank), "w");
      const data = Int32Array.from({ length: 6 }, (_, i) => 100 * rank + i);
      file.createDataset("x", { data: { data, shape: [2, 3] } });
    }
    joinRankFiles(path, { size: 2, datasets: [{ dataset: "x", axis: 1 }] });
    using file = new File(path);
    const { data } = file.getDataset("x").read<{ data: Int32Array }>();
    expect([...data]).toEqual([0, 1, 2, 100, 101, 102, 3, 4, 5, 103, 104, 105]);
  });

  test("with counting names may be joined by more of them later", () => {
    const path = at("counted.h5");
    const add = (rank: number): void => {
      using file = new File(rankFileName(path, rank), "w");
      file.createDataset("x", { data: { data: Int32Array.of(rank, rank), shape: [2] } });
    };
    add(0);
    add(1);
    joinRankFiles(path, { size: 2, datasets: [{ dataset: "x" }], numbered: true });
    add(2);
    using file = new File(path);
    expect([...file.getDataset("x").read<{ data: Int32Array }>().data]).toEqual([0, 0, 1, 1, 2, 2]);
    expect(file.getDataset("x").maxshape).toEqual([null]);
    writeParts(at("uneven.h5"), 4);
    const uneven: JoinOptions = { size: 4, datasets: [{ dataset: "g/x" }], numbered: true };
    expect(() => joinRankFiles(at("uneven.h5"), uneven)).toThrow("counting names need parts of one shape");
    // Nothing is made, or replaced, of what is refused.
    expect(existsSync(at("uneven.h5"))).toBe(false);
    for (const rank of [0, 1]) {
      using part = new File(rankFileName(at("turned.h5"), rank), "w");
      part.createDataset("x", { data: { data: new Int32Array(6), shape: [3, 2] } });
    }
    const turned: JoinOptions = { size: 2, datasets: [{ dataset: "x", shape: [4, 3] }], numbered: true };
    expect(() => joinRankFiles(at("turned.h5"), turned)).toThrow("counting names need parts of one shape");
    joinRankFiles(at("turned.h5"), { ...turned, numbered: false });
    const placed = { dataset: "x", shape: [6, 2], place: (rank: number) => [slice(3 - 3 * rank, 6 - 3 * rank)] };
    const problem = "counting names need parts of one shape, one behind the other, in files of the default names";
    expect(() => joinRankFiles(at("turned.h5"), { ...turned, datasets: [placed] })).toThrow(problem);
    const fileOf = (rank: number) => rankFileName(at("turned.h5"), rank);
    const named: JoinOptions = { size: 2, datasets: [{ dataset: "x" }], numbered: true, fileOf };
    expect(() => joinRankFiles(at("turned.h5"), named)).toThrow(problem);
  });

  test("with counting names may have percent signs in them, and in the names of datasets", () => {
    const path = at("50%b of all.h5");
    for (const rank of [0, 1]) {
      using file = new File(rankFileName(path, rank), "w");
      file.createDataset("5%b%%", { data: { data: Int32Array.of(rank), shape: [1] } });
    }
    for (const numbered of [true, false]) {
      joinRankFiles(path, { size: 2, datasets: [{ dataset: "x", source: "5%b%%" }], numbered });
      using file = new File(path);
      expect([...file.getDataset("x").read<{ data: Int32Array }>().data]).toEqual([0, 1]);
    }
  });

  test("may be more than there are elements for", () => {
    const path = at("few.h5");
    for (const rank of [0, 1, 2]) {
      using file = new File(rankFileName(path, rank), "w");
      const { start, stop } = shareOf(2, { rank, size: 3 });
      file.createDataset("x", { shape: [stop - start, 2], dtype: "<i4", fillvalue: rank });
    }
    for (const shape of [undefined, [2, 2]]) {
      joinRankFiles(path, { size: 3, datasets: [shape === undefined ? { dataset: "x" } : { dataset: "x", shape }] });
      using file = new File(path);
      expect([...file.getDataset("x").read<{ data: Int32Array }>().data]).toEqual([0, 0, 1, 1]);
      expect(file.getDataset("x").virtualSources().length).toBe(2);
    }
  });

  test("that are missing are named, or read as fill values until they come", () => {
    const path = at("missing.h5");
    writeParts(path, 3, { skip: 1 });
    const size = 3;
    expect(() => joinRankFiles(path, { size, datasets: [{ dataset: "g/x" }] })).toThrow(
      /^g\/x: rank 1: .*missing.rank-1.h5/,
    );
    expect(existsSync(path)).toBe(false);
    // How long they will be nobody knows.
    const unshaped: JoinOptions = { size, datasets: [{ dataset: "g/x" }], missing: "fill" };
    expect(() => joinRankFiles(path, unshaped)).toThrow(/^g\/x: rank 1: .*missing.rank-1.h5/);
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setFillValue(Float64Array.of(-5));
    joinRankFiles(path, { size, datasets: [{ dataset: "g/x", shape: SHAPE, dcpl }], missing: "fill" });
    const expected = Float64Array.from(serial);
    expected.fill(-5, 24, 48);
    expect(readJoined(path)).toEqual(expected);
    writeParts(path, 3);
    expect(readJoined(path)).toEqual(serial);
  });

  test("that do not fit are refused", () => {
    const path = at("misfit.h5");
    writeParts(path, 2, { dtype: (rank) => (rank === 1 ? "<f4" : "<f8") });
    const datasets = [{ dataset: "g/x" }];
    expect(() => joinRankFiles(path, { size: 2, datasets })).toThrow("ranks 0 and 1 have it in different datatypes");
    writeParts(path, 2);
    expect(() => joinRankFiles(path, { size: 2, datasets: [{ dataset: "g/x", axis: 1 }] })).toThrow(
      "shapes that do not fit",
    );
    expect(() => joinRankFiles(path, { size: 2, datasets: [{ dataset: "g/x", shape: [12, 6] }] })).toThrow(
      "does not fit its place",
    );
    expect(() => joinRankFiles(path, { size: 2, datasets: [{ dataset: "g/x", axis: 2 }] })).toThrow();
    const beyond = [{ dataset: "g/x", axis: 2, shape: SHAPE }];
    expect(() => joinRankFiles(path, { size: 2, datasets: beyond })).toThrow("g/x: no dimension 2");
    const before = [{ dataset: "g/x", axis: -1, shape: SHAPE }];
    expect(() => joinRankFiles(path, { size: 2, datasets: before })).toThrow("g/x: no dimension -1");
    const deeper = new File(rankFileName(path, 1), "w");
    deeper.createDataset("g/x", { shape: [5, 6, 2], dtype: "<f8" });
    deeper.close();
    expect(() => joinRankFiles(path, { size: 2, datasets })).toThrow("shapes that do not fit: (6, 6) and (5, 6, 2)");
    const flat = new File(rankFileName(path, 1), "w");
    flat.createDataset("g/x", { shape: [5], dtype: "<f8" });
    flat.close();
    expect(() => joinRankFiles(path, { size: 2, datasets })).toThrow("shapes that do not fit: (6, 6) and (5)");
    expect(existsSync(path)).toBe(false);
  });

  test("may lie in other folders, whatever they are called there", () => {
    const path = at("joined.h5");
    for (const rank of [0, 1]) {
      mkdirSync(at(`rank${rank}`));
      using file = new File(at(`rank${rank}/part.h5`), "w");
      file.set("x", [rank]);
    }
    joinRankFiles(path, { size: 2, datasets: [{ dataset: "x" }], fileOf: (rank) => at(`rank${rank}/part.h5`) });
    using file = new File(path);
    expect(file.get("x").read().data).toEqual(Float64Array.of(0, 1));
  });

  test("tell how far they are", async () => {
    const path = at("told.h5");
    const parts = [0, 1].map((rank) => RankPart.begin(path, { rank: { rank, size: 2, run: "r" } }));
    writeParts(path, 2);
    parts[0]?.complete();
    expect(String(reportOnRanks(path))).toMatch(
      /1 of 2 ranks are complete\nrank 1 is still writing \(process \d+ on [^)]*\)$/,
    );
    parts[1]?.complete();
    await parts[0]?.waitForAll();
    // Of another run is something else.
    const next = RankPart.begin(path, { rank: { rank: 0, size: 2, run: "s" } });
    expect(next.report().ranks.map(({ state }) => state)).toEqual(["writing", "absent"]);
    expect(reportOnRanks(path).ranks.map(({ state }) => state)).toEqual(["writing", "absent"]);
    expect(() => RankPart.begin(path, { rank: { rank: 0, size: 2 } })).toThrow("set H5TS_RUN");
    rmSync(path, { force: true });
  });
});
