// Ranks in each runtime that starts programs: test/peer/ranks/program.ts, four of it under mpirun, and four of which one is killed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program } from "./installed.mjs";

const RANKS = 4;
const shape = { rows: 1003, columns: 601, axis: 0, chunks: [128, 200], waits: true };

/** Who is alive Deno tells only those that may know the machine's name and start processes. */
function deno(script, folder) {
  const allowed = [`--allow-read=${folder},${dirname(script)}`, `--allow-write=${folder}`, "--allow-env"];
  return [program(".bin/deno"), "run", "--no-prompt", "--no-config", ...allowed, "--allow-sys=hostname", "--allow-run"];
}

const commands = {
  "Node 20": () => [program("node20/bin/node")],
  "Node 22": () => [program("node22/bin/node")],
  "Node 24": () => [program("node24/bin/node")],
  "Node 26": () => [program("node26/bin/node")],
  Deno: deno,
  Bun: () => [program(".bin/bun")],
};

function mpirun(ranks, command) {
  const args = ["-n", `${ranks}`, "--oversubscribe", "--allow-run-as-root", ...command];
  return spawnSync("mpirun", args, { encoding: "utf8", timeout: 120_000 });
}

function required({ error, status, stderr }, what) {
  if (error) throw error;
  if (status !== 0) throw new Error(`${what} ended with ${status}: ${stderr}`);
}

/** The checks, by name: each throws when it fails. `run` gives the command for a task. */
const checks = {
  "ranks fill one file, the bytes of which are those of one writer"(run, folder) {
    const digests = ["one-file", "serial"].map((way) => {
      const path = join(folder, `${way}.h5`);
      required(mpirun(way === "serial" ? 1 : RANKS, run({ ...shape, path, way })), way);
      return createHash("sha256").update(readFileSync(path)).digest("hex");
    });
    if (digests[0] !== digests[1]) throw new Error("the bytes differ");
  },
  "ranks fill a file each, which h5dump reads as one"(run, folder) {
    const path = join(folder, "joined.h5");
    required(mpirun(RANKS, run({ ...shape, path, way: "files" })), "mpirun");
    const { error, status, stdout, stderr } = spawnSync("h5dump", ["-d", "data", "-y", "-s", "1002,600", path], {
      encoding: "utf8",
    });
    if (error?.code === "ENOENT") return;
    required({ error, status, stderr }, "h5dump");
    const last = Math.imul(1003 * 601 - 1, 2654435761) >>> 0;
    if (!stdout.includes(`${last}`)) throw new Error(`h5dump does not show the last element, ${last}: ${stdout}`);
  },
  async "a rank that is killed is told of, and the others go on"(run, folder) {
    const task = { path: join(folder, "killed.h5"), way: "one-file", rows: 8000, columns: 2500, axis: 0, killed: 2 };
    const [command, ...args] = run({ ...task, waits: true });
    const runs = Array.from({ length: RANKS }, (_, rank) => {
      const env = { ...process.env, H5TS_RANK: `${rank}`, H5TS_SIZE: `${RANKS}`, H5TS_RUN: folder };
      return ended(spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] }));
    });
    const all = await Promise.all(runs);
    const statuses = all.map(({ status, signal }) => signal ?? status).join();
    if (statuses !== "1,0,SIGKILL,0") throw new Error(`the ranks ended with ${statuses}: ${all[0].stderr}`);
    // A runtime may colour what it prints.
    if (!all[0].stderr.includes("rank 2 died")) throw new Error(`no word of rank 2: ${all[0].stderr}`);
  },
};

function ended(child) {
  return new Promise((resolve, reject) => {
    let stderr = "";
    child.stderr.on("data", (part) => {
      stderr += part;
    });
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, stderr }));
  });
}

/**
 * Runs ranks of a runtime.
 *
 * @param script - The program, built.
 * @returns how many checks passed, and a line for each that did not; nothing for a runtime that starts no programs, and where
 *   there is no mpirun.
 */
export async function checkRanks(name, script) {
  const results = { passed: 0, problems: [] };
  if (commands[name] === undefined || spawnSync("mpirun", ["--version"]).error?.code === "ENOENT") return results;
  for (const [check, holds] of Object.entries(checks)) {
    const folder = mkdtempSync(join(tmpdir(), "h5ts-ranks-"));
    try {
      await holds((task) => [...commands[name](script, folder), script, JSON.stringify(task)], folder);
      results.passed++;
    } catch (error) {
      results.problems.push(`${name}: ${check}: ${error.message}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return results;
}
