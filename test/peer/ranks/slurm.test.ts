import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joinRankFiles, reportOnRanks } from "../../../src/parallel/index.ts";
import { inFolder, inFolderAsync, runPython } from "../peers.ts";
import { builtProgram, CHECK, linesOf, mpirun } from "./launch.ts";
import type { Task } from "./program.ts";
import { Slurm } from "./slurm.ts";

let program = "";
let slurm: Slurm;
beforeAll(async () => {
  [program, slurm] = await Promise.all([builtProgram(), Slurm.start()]);
}, 60_000);
afterAll(() => slurm?.stop());

const SHAPE = { rows: 1003, columns: 601 } as const;

function commandOf(task: Task): string[] {
  return [process.execPath, program, JSON.stringify(task)];
}

describe("ranks that Slurm starts", () => {
  test("as tasks of srun fill one file, byte for byte the one that a process writes alone", () => {
    inFolder((folder) => {
      const task: Task = { path: join(folder, "ranks.h5"), way: "one-file", ...SHAPE, axis: 0, waits: true };
      const ended = slurm.run("srun", ["--ntasks", "4", ...commandOf(task)]);
      expect(ended.status, ended.stderr).toBe(0);
      const lines = linesOf(ended);
      expect(lines.map(({ rank, size, launcher }) => [rank, size, launcher])).toEqual(
        [0, 1, 2, 3].map((rank) => [rank, 4, "Slurm"]),
      );
      expect(lines[0]?.report).toBe(`${task.path}: 4 of 4 ranks are complete`);
      const alone = { ...task, path: join(folder, "serial.h5"), way: "serial" } as const;
      expect(mpirun(1, commandOf(alone)).status).toBe(0);
      expect(readFileSync(task.path).equals(readFileSync(alone.path))).toBe(true);
      expect(runPython(CHECK, task.path)).toBe("[0, 0, 0, 0] 0\n");
    });
  });

  test("as an array of jobs write a file each, which h5py reads as one", async () => {
    await inFolderAsync(async (folder) => {
      const path = join(folder, "array.h5");
      const task: Task = { path, way: "files", ...SHAPE, axis: 0, chunks: [128, 200] };
      const script = `exec '${process.execPath}' '${program}' '${JSON.stringify(task)}'`;
      const output = join(folder, "array-%a.txt");
      const args = ["--array", "10-16:2", "--output", output, "--chdir", folder, "--wrap", script];
      const submitted = slurm.run("sbatch", args);
      expect(submitted.status, submitted.stderr).toBe(0);
      const told = (): string => [10, 12, 14, 16].map((id) => textOf(output.replace("%a", `${id}`))).join("");
      await expect.poll(() => told().match(/"launcher":"Slurm"/g), { timeout: 60_000, interval: 200 }).toHaveLength(4);
      expect(String(reportOnRanks(path))).toBe(`${path}: 4 of 4 ranks are complete`);
      joinRankFiles(path, { size: 4, datasets: [{ dataset: "data" }] });
      expect(runPython(CHECK, path)).toBe("[0, 0, 0, 0] 0\n");
    });
  });

  test("of which one is killed go on, the report names it, and h5py reads what the others wrote", () => {
    inFolder((folder) => {
      const path = join(folder, "killed.h5");
      const large = { path, way: "one-file", rows: 8000, columns: 2500, axis: 0 } as const;
      const task: Task = { ...large, killed: 2, waits: true };
      const ended = slurm.run("srun", ["--ntasks", "4", "--kill-on-bad-exit=0", ...commandOf(task)]);
      expect(ended.status).not.toBe(0);
      expect(ended.stderr).toMatch(/task 2: Killed/);
      const lost = /3 of 4 ranks are complete\nrank 2 died \(process \d+ on .+\); its share data \[4000:6000, 0:2500\]/;
      expect(ended.stderr).toMatch(lost);
      expect(String(reportOnRanks(path))).toMatch(lost);
      expect(runPython(CHECK, path)).toMatch(/^\[0, 0, [1-9]\d*, 0\] 0$/m);
    });
  });
});

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Slurm makes it when the task begins.
    return "";
  }
}
