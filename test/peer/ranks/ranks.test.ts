import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { File, slice } from "../../../src/index.ts";
import { h5p } from "../../../src/lowlevel/index.ts";
import { joinRankFiles, rankFileName, reportOnRanks } from "../../../src/parallel/index.ts";
import { h5dump, inFolder, inFolderAsync, runPython } from "../peers.ts";
import { builtProgram, CHECK, linesOf, mpirun, pythonWithMpi, startAlone } from "./launch.ts";
import type { Task } from "./program.ts";

let program = "";
beforeAll(async () => {
  program = await builtProgram();
});

function runRanks(task: Task) {
  return mpirun(4, [process.execPath, program, JSON.stringify(task)]);
}

const SHAPE = { rows: 1003, columns: 601 } as const;
const CHUNKS = [128, 200] as const;

describe("four ranks under mpirun", () => {
  const layouts: readonly [string, Partial<Task>][] = [
    ["rows of one stretch", { axis: 0 }],
    ["columns of one stretch", { axis: 1 }],
    ["rows of chunks", { axis: 0, chunks: CHUNKS }],
    ["columns of chunks, within which shares end", { axis: 1, chunks: CHUNKS }],
  ];

  test.each(layouts)("fill one file: %s: it is byte for byte the one that a process writes alone", (_, layout) => {
    inFolder((folder) => {
      const task: Task = { path: join(folder, "ranks.h5"), way: "one-file", ...SHAPE, axis: 0, ...layout, waits: true };
      const ended = runRanks(task);
      expect(ended.status, ended.stderr).toBe(0);
      const lines = linesOf(ended);
      expect(lines.map(({ rank, size, launcher }) => [rank, size, launcher])).toEqual(
        [0, 1, 2, 3].map((rank) => [rank, 4, "Open MPI"]),
      );
      expect(lines[0]?.report).toBe(`${task.path}: 4 of 4 ranks are complete`);
      const alone = { ...task, path: join(folder, "serial.h5"), way: "serial" } as const;
      expect(mpirun(1, [process.execPath, program, JSON.stringify(alone)]).status).toBe(0);
      expect(readFileSync(task.path).equals(readFileSync(alone.path))).toBe(true);
      expect(runPython(CHECK, task.path)).toBe("[0, 0, 0, 0] 0\n");
    });
  });

  test.each([
    ["rows, with filters", { axis: 0, chunks: [128, 200] }],
    ["columns, with filters", { axis: 1, chunks: [128, 100] }],
    ["rows, without", { axis: 0 }],
  ] as const)("fill a file each, which h5py reads as one: %s", (_, layout) => {
    inFolder((folder) => {
      const task: Task = { path: join(folder, "joined.h5"), way: "files", ...SHAPE, ...layout, waits: true };
      const ended = runRanks(task);
      expect(ended.status, ended.stderr).toBe(0);
      expect(runPython(CHECK, task.path)).toBe("[0, 0, 0, 0] 0\n");
      const text = h5dump(task.path, "-H", "-p");
      expect(text.match(/MAPPING \d/g)).toHaveLength(4);
      expect(text).toContain('FILE "joined.rank-3.h5"');
    });
  });

  test("leave a file that parallel h5py reads, together and each its share", () => {
    inFolder((folder) => {
      const task: Task = { path: join(folder, "mpio.h5"), way: "one-file", ...SHAPE, axis: 0 };
      expect(runRanks(task).status).toBe(0);
      const code = `
import sys, h5py, numpy as np
from mpi4py import MPI
comm = MPI.COMM_WORLD
with h5py.File(sys.argv[1], 'r', driver='mpio', comm=comm) as f:
    d = f['data']
    rows, columns = d.shape
    start, stop = rows * comm.rank // comm.size, rows * (comm.rank + 1) // comm.size
    expected = (np.arange(start * columns, stop * columns, dtype=np.uint64) * 2654435761 & 0xffffffff).reshape(-1, columns)
    with d.collective:
        assert (d[start:stop] == expected).all()
    assert (d[start:stop] == expected).all()
counts = comm.gather(stop - start)
if comm.rank == 0: print(sum(counts))
`;
      const ended = mpirun(4, [pythonWithMpi(), "-c", code, task.path]);
      expect(ended.status, ended.stderr).toBe(0);
      expect(ended.stdout).toBe(`${SHAPE.rows}\n`);
    });
  });

  test("of which one is killed: the report names it and what is missing, and the file can be read", () => {
    inFolder((folder) => {
      const task: Task = {
        path: join(folder, "killed.h5"),
        way: "one-file",
        rows: 8000,
        columns: 2500,
        axis: 0,
        killed: 2,
        waits: true,
      };
      const ended = runRanks(task);
      expect(ended.status).not.toBe(0);
      expect(ended.stderr + ended.stdout).toMatch(/rank 2 .* exited on signal 9/);
      const report = reportOnRanks(task.path);
      expect(report.isComplete).toBe(false);
      expect(String(report)).toMatch(
        /\nrank 2 died \(process \d+ on .+\); its share data \[4000:6000, 0:2500\] is not complete, \d+ % of it were written/,
      );
      const [, wrong, greatest] = /^\[(.*)\] (\d+)$/m.exec(runPython(CHECK, task.path)) ?? [];
      const counts = (wrong ?? "").split(", ").map(Number);
      // What was not written is zeros, at least the half of the killed rank is there, and all of those that are complete.
      expect(greatest).toBe("0");
      expect(counts[2]).toBeGreaterThan(0);
      expect(counts[2]).toBeLessThanOrEqual(2000 * 2500 * 0.5);
      for (const { rank, state } of report.ranks) if (state === "complete") expect(counts[rank]).toBe(0);
    });
  });
});

describe("files joined by h5ts and read by h5py", () => {
  const READ = "with h5py.File(args[0], 'r') as f: print(f['g/x'][...].tolist(), f['g/x'].maxshape)";
  function part(path: string, rank: number, data: readonly number[]): void {
    using file = new File(rankFileName(path, rank), "w");
    file
      .createGroup("g")
      .createDataset("x", { data: Int32Array.from(data), chunks: [2], compression: "gzip", fletcher32: true });
  }

  test("take turns, row by row, and where one is missing are fill values", () => {
    inFolder((folder) => {
      const path = join(folder, "turns.h5");
      part(path, 0, [0, 3, 6]);
      part(path, 2, [2, 5]);
      const place = (rank: number) => [slice(rank, 8, 3)];
      const dcpl = h5p.create(h5p.DATASET_CREATE);
      dcpl.setFillValue(Int32Array.of(-1));
      const datasets = [{ dataset: "g/x", shape: [8], place, dcpl }];
      joinRankFiles(path, { size: 3, datasets, missing: "fill" });
      expect(runPython(READ, path)).toBe("[0, -1, 2, 3, -1, 5, 6, -1] (8,)\n");
      part(path, 1, [1, 4, 7]);
      expect(runPython(READ, path)).toBe("[0, 1, 2, 3, 4, 5, 6, 7] (8,)\n");
    });
  });

  test("with counting names grow with every file that comes", () => {
    inFolder((folder) => {
      const path = join(folder, "counted.h5");
      part(path, 0, [0, 1, 2]);
      part(path, 1, [3, 4, 5]);
      joinRankFiles(path, { size: 2, datasets: [{ dataset: "g/x" }], numbered: true });
      expect(runPython(READ, path)).toBe("[0, 1, 2, 3, 4, 5] (None,)\n");
      part(path, 2, [6, 7, 8]);
      expect(runPython(READ, path)).toBe("[0, 1, 2, 3, 4, 5, 6, 7, 8] (None,)\n");
      expect(h5dump(path, "-H", "-p")).toContain('"counted.rank-%b.h5"');
    });
  });
});

describe("ranks that nobody starts but ourselves, and of which one is killed", () => {
  test("go on, write all that is theirs in one file, and the first tells what is missing", async () => {
    await inFolderAsync(async (folder) => {
      const path = join(folder, "alone.h5");
      const task: Task = { path, way: "one-file", rows: 8000, columns: 2500, axis: 0, killed: 1, waits: true };
      const all = await startAlone(program, 4, task);
      expect(all.map(({ status }) => status)).toEqual([1, null, 0, 0]);
      expect(all[0]?.stderr).toMatch(
        /3 of 4 ranks are complete\nrank 1 died \(process \d+ on .+\); its share data \[2000:4000, 0:2500\] is not complete/,
      );
      const [, first, missing, ...rest] = /\[(\d+), (\d+), (\d+), (\d+)\] 0/.exec(runPython(CHECK, path)) ?? [];
      expect([first, ...rest]).toEqual(["0", "0", "0"]);
      expect(Number(missing)).toBeGreaterThan(0);
    });
  });

  test("leave files that can be joined all the same", async () => {
    await inFolderAsync(async (folder) => {
      const path = join(folder, "parts.h5");
      const task: Task = { path, way: "files", rows: 8000, columns: 2500, axis: 0, killed: 3, waits: true };
      const all = await startAlone(program, 4, task);
      expect(all.map(({ status }) => status)).toEqual([1, 0, 0, null]);
      expect(all[0]?.stderr).toMatch(/3 of 4 ranks are complete\nrank 3 died/);
      joinRankFiles(path, { size: 4, datasets: [{ dataset: "data", shape: [8000, 2500] }], missing: "fill" });
      expect(runPython(CHECK, path)).toMatch(/^\[0, 0, 0, [1-9]\d*\] 0$/m);
    });
  });
});
