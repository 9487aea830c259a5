import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { File, slice } from "../../../src/index.ts";
import {
  earlyAllocation,
  makeRankedFile,
  RankedFile,
  removeRankRecords,
  reportOnRanks,
  shareOf,
} from "../../../src/parallel/index.ts";
import { pathsInFolder } from "./folder.ts";

const at = pathsInFolder();
const ROWS = 10;

function create(path: string): void {
  using file = new File(path, "w");
  file.createDataset("x", { shape: [ROWS, 3], dtype: "<i4", fillvalue: -1, dcpl: earlyAllocation() });
}

const rankOf = (rank: number, size = 3, run = "run") => ({ rank, size, run });

const shareSelection = (ranked: RankedFile) => {
  const { start, stop } = shareOf(ROWS, ranked.rank);
  return [slice(start, stop)] as const;
};

async function joinAll(path: string, size = 3, run = "run"): Promise<RankedFile[]> {
  const ranks = Array.from({ length: size }, (_, rank) => rankOf(rank, size, run));
  // Rank 0 last: the others wait for it.
  return Promise.all(ranks.reverse().map((rank) => RankedFile.join(path, { rank, create, timeout: 5 }))).then((all) =>
    all.reverse(),
  );
}

function write(ranked: RankedFile): void {
  using file = new File(ranked.open());
  file.getDataset("x").write(shareSelection(ranked), ranked.rank.rank);
}

describe("a file that several ranks write", () => {
  test("is made by rank 0, waited for, declared, written, complete", async () => {
    const path = at("whole.h5");
    const all = await joinAll(path);
    await Promise.all(
      all.map((ranked) => ranked.declare([{ dataset: "x", selection: shareSelection(ranked) }], { together: true })),
    );
    for (const ranked of all) write(ranked);
    expect(all[0]?.report().isComplete).toBe(false);
    for (const ranked of all) ranked.complete();
    const report = await all[0]?.waitForAll();
    expect(String(report)).toBe(`${path}: 3 of 3 ranks are complete`);
    using file = new File(path);
    const { data } = file.getDataset("x").read<{ data: Int32Array }>();
    expect([...data]).toEqual([...Array(12).fill(0), ...Array(9).fill(1), ...Array(9).fill(2)]);
    removeRankRecords(path, 3);
    expect(existsSync(`${path}.ranks`)).toBe(false);
    expect(existsSync(`${path}.rank-1`)).toBe(false);
  });

  test("refuses a rank what another has declared, before it has written anything", async () => {
    const path = at("overlap.h5");
    const [first, second] = await joinAll(path, 2);
    await first?.declare([{ dataset: "x", selection: [slice(0, 6)] }]);
    await expect(second?.declare([{ dataset: "x", selection: [slice(5, 10)] }])).rejects.toThrow(
      "ranks 1 and 0 both write x [5, 0:3]",
    );
    expect(() => second?.open()).toThrow("rank 1 has not declared what it writes");
    expect(String(reportOnRanks(path))).toMatch(/rank 1 gave up .*: ranks 1 and 0 both write x/);
    // It may think again.
    await second?.declare([{ dataset: "x", selection: [slice(6, 10)] }]);
  });

  test("made anew knows nothing of what ranks told of the one before", async () => {
    const path = at("anew.h5");
    for (const ranked of await joinAll(path, 2)) {
      await ranked.declare([{ dataset: "x", selection: shareSelection(ranked) }]);
      ranked.complete();
    }
    expect(reportOnRanks(path).isComplete).toBe(true);
    // Who looks while it is made finds nothing of the one before.
    const left = () => ["ranks", "rank-0", "rank-1"].filter((ending) => existsSync(`${path}.${ending}`));
    expect(left().length).toBe(3);
    await makeRankedFile(path, 2, (name) => {
      expect(left()).toEqual([]);
      create(name);
    });
    expect(left()).toEqual(["ranks"]);
    expect(String(reportOnRanks(path))).toContain("0 of 2 ranks are complete");
  });

  test("of a single rank needs no name of the run, and is made at every start", async () => {
    const path = at("single.h5");
    let made = 0;
    const makeOne = (name: string) => {
      made++;
      create(name);
    };
    const options = { rank: { rank: 0, size: 1 }, create: makeOne };
    for (const count of [1, 2]) {
      await RankedFile.join(path, options);
      expect(made).toBe(count);
    }
    await expect(RankedFile.join(path, { ...options, rank: { rank: 0, size: 2 } })).rejects.toThrow("H5TS_RUN");
  });

  test("refuses a rank what it has not declared itself", async () => {
    const path = at("undeclared.h5");
    const [first] = await joinAll(path, 2);
    await first?.declare([{ dataset: "x", selection: [slice(0, 5)] }]);
    if (first === undefined) return;
    using file = new File(first.open());
    file.getDataset("x").write([slice(1, 3)], 5);
    expect(() => file.getDataset("x").write([slice(4, 6)], 5)).toThrow("elements that this rank did not declare");
    expect(file.getDataset("x").read([4, 0])).toBe(-1);
  });

  test("refuses plans that cannot be written in place, with the reason", async () => {
    const path = at("filters.h5");
    await makeRankedFile(path, 1, (name) => {
      using file = new File(name, "w");
      file.createDataset("z", { shape: [4], chunks: [2], compression: "gzip", dcpl: earlyAllocation() });
    });
    const ranked = await RankedFile.join(path, { rank: { rank: 0, size: 1 } });
    await expect(ranked.declare([{ dataset: "z" }])).rejects.toMatchObject({ code: "read-only" });
  });

  test("made in a step before is there for ranks that start at any time, and again", async () => {
    const path = at("before.h5");
    await makeRankedFile(path, 2, create);
    for (const rank of [1, 0, 1]) {
      const ranked = await RankedFile.join(path, { rank: { rank, size: 2 } });
      await ranked.declare([{ dataset: "x", selection: shareSelection(ranked) }]);
      write(ranked);
      ranked.complete();
    }
    expect(reportOnRanks(path).isComplete).toBe(true);
    await expect(RankedFile.join(path, { rank: { rank: 0, size: 3 } })).rejects.toThrow(
      "was made for 2 ranks, not for 3",
    );
  });

  test("is made once a run: rank 0 that starts again finds it", async () => {
    const path = at("again.h5");
    const [first] = await joinAll(path, 2);
    await first?.declare([{ dataset: "x", selection: [slice(0, 2)] }]);
    if (first !== undefined) {
      using file = new File(first.open());
      file.getDataset("x").write([0], 77);
    }
    await RankedFile.join(path, { rank: rankOf(0, 2), create });
    using file = new File(path);
    expect(file.getDataset("x").read([0, 0])).toBe(77);
  });

  test("of an earlier run is not taken for this one's, nor are its ranks", async () => {
    const path = at("earlier.h5");
    const before = await joinAll(path, 2, "before");
    for (const ranked of before) {
      await ranked.declare([{ dataset: "x" }].slice(ranked.rank.rank));
      ranked.complete();
    }
    const late = RankedFile.join(path, { rank: rankOf(1, 2, "now"), create, timeout: 0.2 });
    await expect(late).rejects.toThrow("rank 1: ");
    const [first] = await joinAll(path, 2, "now");
    expect(first?.report().ranks.map(({ state }) => state)).toEqual(["absent", "absent"]);
  });

  test("that could not be made is reported to all ranks, with the reason", async () => {
    const path = at("unmade.h5");
    const fails = () => {
      throw new Error("no such luck");
    };
    const waiting = RankedFile.join(path, { rank: rankOf(1), create: fails, timeout: 5 });
    await expect(RankedFile.join(path, { rank: rankOf(0), create: fails })).rejects.toThrow("no such luck");
    await expect(waiting).rejects.toThrow(`${path} could not be made: no such luck`);
    expect(() => reportOnRanks(path)).toThrow("no such luck");
  });

  test("needs a name for the run where rank 0 makes it", async () => {
    await expect(RankedFile.join(at("unnamed.h5"), { rank: { rank: 0, size: 2 }, create })).rejects.toThrow(
      "set H5TS_RUN",
    );
    vi.stubEnv("H5TS_RUN", "named");
    await RankedFile.join(at("unnamed.h5"), { rank: { rank: 0, size: 2 }, create });
    vi.unstubAllEnvs();
    const other = RankedFile.join(at("unnamed.h5"), { rank: rankOf(1, 2, "another"), create, timeout: 0.1 });
    await expect(other).rejects.toThrow("waited for rank 0");
    await RankedFile.join(at("unnamed.h5"), { rank: rankOf(1, 2, "named"), create, timeout: 5 });
  });
});

describe("ranks that are missing", () => {
  test("are named when the others wait, with the share that is not complete", async () => {
    const path = at("missing.h5");
    const all = await joinAll(path);
    for (const ranked of all.slice(0, 2)) {
      await ranked.declare([{ dataset: "x", selection: shareSelection(ranked) }]);
      write(ranked);
    }
    all[0]?.complete();
    all[1]?.tellProgress(0.5);
    const seen: number[] = [];
    const waiting = all[0]?.waitForAll({ timeout: 0.3, onProgress: ({ progress }) => seen.push(progress) });
    await expect(waiting).rejects.toThrow(
      /1 of 3 ranks are complete\nrank 1 is still writing \(process \d+ on .*\); its share x \[4:7, 0:3\] is not complete, 50 % of it were written\nrank 2 has not begun$/,
    );
    expect(seen).toEqual([0.5]);
    using file = new File(path);
    expect(file.getDataset("x").read<{ data: Int32Array }>([9]).data).toEqual(Int32Array.of(-1, -1, -1));
  });

  test("are found when all are to declare together", async () => {
    const path = at("together.h5");
    const [first] = await joinAll(path, 2);
    const declared = first?.declare([{ dataset: "x", selection: [0] }], { together: true, timeout: 0.2 });
    await expect(declared).rejects.toThrow("rank 1 has not begun");
  });

  test("are seen to be dead when their process of this machine is gone", async () => {
    const path = at("dead.h5");
    const [first, second] = await joinAll(path, 2);
    for (const ranked of [first, second]) await ranked?.declare([{ dataset: "x", selection: [ranked.rank.rank] }]);
    const record = readFileSync(`${path}.rank-1`, "utf8");
    // No process has this number.
    writeFileSync(`${path}.rank-1`, record.replace(/"process":\d+/, `"process":${2 ** 30}`));
    first?.complete();
    await expect(first?.waitForAll({ timeout: 60 })).rejects.toThrow(
      /rank 1 died \(process 1073741824 on .*\); its share x \[1, 0:3\] is not complete/,
    );
  });

  test("are not complete by what they died of writing", async () => {
    const path = at("half-line.h5");
    const [first] = await joinAll(path, 1);
    await first?.declare([{ dataset: "x" }]);
    appendFileSync(`${path}.rank-0`, '{"state":"complete"}');
    expect(first?.report().isComplete).toBe(false);
    appendFileSync(`${path}.rank-0`, "\n");
    expect(first?.report().isComplete).toBe(true);
  });

  test("waiting ends when it is called off", async () => {
    const path = at("signal.h5");
    const [first] = await joinAll(path, 2);
    await first?.declare([{ dataset: "x" }]);
    const controller = new AbortController();
    const waiting = first?.waitForAll({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
