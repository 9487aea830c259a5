import fs, { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { File, slice } from "../../../src/index.ts";
import {
  earlyAllocation,
  joinRankFiles,
  makeRankedFile,
  RankedFile,
  RankPart,
  type RankReport,
  reportOnRanks,
} from "../../../src/parallel/index.ts";
import { waitFor } from "../../../src/parallel/ranks/waiting.ts";
import { pathsInFolder } from "./folder.ts";

const at = pathsInFolder();

function create(path: string): void {
  using file = new File(path, "w");
  file.createDataset("x", { shape: [10, 3], dtype: "<i4", dcpl: earlyAllocation() });
}

/** Ranks that have joined a new file, and declared nothing. */
async function joined(path: string, size: number): Promise<RankedFile[]> {
  await makeRankedFile(path, size, create);
  const ranks = Array.from({ length: size }, (_, rank) => ({ rank, size }));
  return Promise.all(ranks.map((rank) => RankedFile.join(path, { rank })));
}

/** The calls that change files or hold them, in order, with the names of the files. */
function fileCalls(operation: () => void): string[] {
  const calls: string[] = [];
  const names = new Map<number, string>();
  const real = { ...fs };
  const note = (call: string, descriptor: number) => calls.push(`${call} ${names.get(descriptor)}`);
  const open = (...args: Parameters<typeof fs.openSync>) => {
    const descriptor = real.openSync(...args);
    names.set(descriptor, basename(String(args[0])));
    note("open", descriptor);
    return descriptor;
  };
  const write = (descriptor: number, ...args: [Uint8Array]) => {
    note("write", descriptor);
    return real.writeSync(descriptor, ...args);
  };
  const noted = (call: string, run: (descriptor: number) => void) => (descriptor: number) => {
    note(call, descriptor);
    run(descriptor);
  };
  const spies = [
    vi.spyOn(fs, "openSync").mockImplementation(open),
    vi.spyOn(fs, "writeSync").mockImplementation(write as typeof fs.writeSync),
    vi.spyOn(fs, "fsyncSync").mockImplementation(noted("sync", real.fsyncSync)),
    vi.spyOn(fs, "closeSync").mockImplementation(noted("close", real.closeSync)),
  ];
  operation();
  for (const spy of spies) spy.mockRestore();
  return calls;
}

const rows = (start: number, stop: number) => [{ dataset: "x", selection: [slice(start, stop)] }];

describe("waiting", () => {
  test("goes on as long as there are signs of life, and ends when there are none", async () => {
    let asked = 0;
    const ask = () => (asked++ < 10 ? { signOfLife: asked } : { answer: "there" });
    const start = performance.now();
    // Ten times, at growing distances: more than the time without a sign, which no single one of them is.
    expect(await waitFor(ask, { timeout: 0.25 })).toBe("there");
    expect(performance.now() - start).toBeGreaterThan(250);
    expect(await waitFor(() => ({ signOfLife: 1 }), { timeout: 0.1 })).toBeUndefined();
  });

  test("for all ranks ends when the last one is complete", async () => {
    const [first, second] = await joined(at("last.h5"), 2);
    await first?.declare(rows(0, 5));
    first?.complete();
    const told: string[] = [];
    const onProgress = (report: RankReport) => told.push(report.ranks.map(({ state }) => state).join());
    const waiting = first?.waitForAll({ timeout: 10, onProgress });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second?.declare(rows(5, 10));
    await new Promise((resolve) => setTimeout(resolve, 400));
    second?.complete();
    expect((await waiting)?.isComplete).toBe(true);
    expect(told).toEqual(["complete,absent", "complete,writing", "complete,complete"]);
  });
});

describe("what a rank tells", () => {
  test("of its progress are steps of a hundredth, and all of it once it is complete", async () => {
    const [first] = await joined(at("steps.h5"), 2);
    await first?.declare(rows(0, 5));
    const lines = [0.004, 0.01, 0.015, 0.0199, 0.03].map((done) => {
      first?.tellProgress(done);
      return first?.report().ranks[0]?.lines;
    });
    expect(lines).toEqual([1, 2, 2, 2, 3]);
    first?.tellProgress(0.509);
    expect(first?.report().progress).toBe(0.509 / 2);
    expect(String(first?.report())).toContain("50 % of it were written");
    first?.complete();
    expect(first?.report().progress).toBe(0.5);
  });

  test("is that it is complete once its elements have reached the device", async () => {
    const path = at("device.h5");
    const [first] = await joined(path, 1);
    await first?.declare([{ dataset: "x" }]);
    expect(fileCalls(() => first?.complete())).toEqual([
      "open device.h5",
      "sync device.h5",
      "close device.h5",
      "open device.h5.rank-0",
      "write device.h5.rank-0",
      "sync device.h5.rank-0",
      "close device.h5.rank-0",
    ]);
  });

  test("is what a rank of another machine is not known to have died of", async () => {
    const path = at("elsewhere.h5");
    const [first, second] = await joined(path, 2);
    await second?.declare(rows(5, 10));
    const record = readFileSync(`${path}.rank-1`, "utf8");
    // No process has this number, here.
    const gone = record.replace(/"process":\d+/, `"process":${2 ** 30}`);
    writeFileSync(`${path}.rank-1`, gone.replace(/"host":"[^"]*"/, '"host":"another"'));
    expect(first?.report().ranks[1]?.state).toBe("writing");
    writeFileSync(`${path}.rank-1`, gone);
    expect(first?.report().ranks[1]?.state).toBe("dead");
  });

  test("of a mark that says nothing is nothing", () => {
    const path = at("mark.h5");
    for (const mark of ['{"run":"r"}\n', "7\n", '"text"\n', "null\n", "{}\n"]) {
      writeFileSync(`${path}.ranks`, mark);
      expect(() => reportOnRanks(path)).toThrow(`there is no ${path}.ranks`);
    }
  });

  test("counts for as many ranks as there are in the run", () => {
    const path = at("parts.h5");
    for (const size of [2, 3]) {
      RankPart.begin(path, { rank: { rank: 0, size, run: "r" } });
      expect(reportOnRanks(path).ranks.length).toBe(size);
    }
  });
});

describe("declarations", () => {
  test("of a rank that gave up keep nobody from its elements", async () => {
    const [first, second, third] = await joined(at("gave-up.h5"), 3);
    await first?.declare(rows(0, 5));
    await expect(second?.declare(rows(4, 10))).rejects.toThrow("ranks 1 and 0 both write");
    await third?.declare(rows(5, 10));
  });

  test("are looked at again when all are there, if they are made together", async () => {
    const path = at("late.h5");
    const [first] = await joined(path, 2);
    const declared = first?.declare(rows(0, 5), { together: true, timeout: 5 });
    // As a rank that does not see the first one's: files of a network may show late.
    const record = readFileSync(`${path}.rank-0`, "utf8");
    writeFileSync(`${path}.rank-1`, record.replace('"rank":0', '"rank":1'));
    await expect(declared).rejects.toThrow("ranks 0 and 1 both write x [0:5, 0:3]");
  });

  test("of elements in several pieces allow all of them", async () => {
    const [first] = await joined(at("pieces.h5"), 1);
    await first?.declare([...rows(0, 2), ...rows(5, 7)]);
    if (first === undefined) return;
    using file = new File(first.open());
    for (const row of [0, 6]) file.getDataset("x").write([row], row);
    expect(() => file.getDataset("x").write([3], 3)).toThrow("did not declare");
  });
});

test("a scalar is written by the rank that declared it, however often", async () => {
  const path = at("scalar.h5");
  await makeRankedFile(path, 2, (name) => {
    using file = new File(name, "w");
    for (const dataset of ["s", "t"]) file.createDataset(dataset, { shape: [], dtype: "<i4", dcpl: earlyAllocation() });
  });
  const [first, second] = await Promise.all([0, 1].map((rank) => RankedFile.join(path, { rank: { rank, size: 2 } })));
  await first?.declare([{ dataset: "s" }, { dataset: "s", selection: [] }]);
  await expect(second?.declare([{ dataset: "s" }])).rejects.toThrow("ranks 1 and 0 both write s [()]");
  await second?.declare([{ dataset: "t" }]);
  if (first === undefined) return;
  using file = new File(first.open());
  file.getDataset("s").write(null, 7);
  expect(file.getDataset("s").read()).toBe(7);
  expect(() => file.getDataset("t").write(null, 7)).toThrow("did not declare");
});

test("of a dataset that a rank did not declare it writes nothing", async () => {
  const path = at("others.h5");
  await makeRankedFile(path, 1, (name) => {
    using file = new File(name, "w");
    for (const dataset of ["x", "y"]) {
      file.createDataset(dataset, { shape: [4], dtype: "<i4", dcpl: earlyAllocation() });
    }
  });
  const ranked = await RankedFile.join(path, { rank: { rank: 0, size: 1 } });
  await ranked.declare([{ dataset: "x" }]);
  using file = new File(ranked.open());
  file.getDataset("x").write(null, 1);
  expect(() => file.getDataset("y").write([0], 1)).toThrow("a dataset that this rank did not declare");
  expect(file.getDataset("y").read([0])).toBe(0);
});

test("no file stays open of what is asked and told", async () => {
  const path = at("open.h5");
  const [first] = await joined(path, 1);
  await first?.declare([{ dataset: "x" }]);
  const part = RankPart.begin(at("part.h5"), { rank: { rank: 0, size: 1, run: "r" } });
  new File(part.file, "w").set("x", [1]);
  const calls = fileCalls(() => {
    first?.tellProgress(0.5);
    first?.complete();
    reportOnRanks(path);
    expect(() => reportOnRanks(at("none.h5"))).toThrow();
    part.complete();
    joinRankFiles(at("part.h5"), { size: 1, datasets: [{ dataset: "x" }] });
    expect(() => joinRankFiles(at("part.h5"), { size: 1, datasets: [{ dataset: "none" }] })).toThrow("doesn't exist");
  });
  const count = (call: string) => calls.filter((each) => each.startsWith(call)).length;
  expect(count("open")).toBeGreaterThan(8);
  expect(count("close")).toBe(count("open"));
});
