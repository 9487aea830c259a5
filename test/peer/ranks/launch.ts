/** Ranks started by mpirun, and by nobody but ourselves. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Task } from "./program.ts";

const project = fileURLToPath(new URL("../../..", import.meta.url));

/** What the program writes, and what h5py finds: differences by rank of the first dimension, in four shares. */
export const CHECK = `
with h5py.File(args[0], 'r') as f:
    data = f['data'][...]
    rows, columns = data.shape
    expected = (np.arange(rows * columns, dtype=np.uint64) * 2654435761 & 0xffffffff).astype(np.uint32).reshape(rows, columns)
    wrong = data != expected
    bounds = [r * (rows // 4) + min(r, rows % 4) for r in range(5)]
    print([int(wrong[a:b].sum()) for a, b in zip(bounds, bounds[1:])], int(data[wrong].max()) if wrong.any() else 0)
`;

/** The program as one file that a process can run. */
export async function builtProgram(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "h5ts-rank-program-")), "program.mjs");
  await build({
    entryPoints: [join(project, "test/peer/ranks/program.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    alias: { h5ts: join(project, "src/index.ts"), "h5ts/parallel": join(project, "src/parallel/index.ts") },
    outfile,
  });
  return outfile;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command under `mpirun -n ranks`. */
export function mpirun(ranks: number, command: readonly string[]): Ended {
  const args = ["-n", `${ranks}`, "--oversubscribe", "--allow-run-as-root", ...command];
  const { error, status, stdout, stderr } = spawnSync("mpirun", args, { encoding: "utf8", timeout: 90_000 });
  if (error !== undefined) throw new Error(`the peer suite needs mpirun: ${error.message}`);
  return { status, stdout, stderr };
}

/** A Python whose h5py was built with MPI. */
export function pythonWithMpi(): string {
  const env = { ...process.env, H5PY_ALWAYS_USE_MPI: "1" };
  const code = "import mpi4py, h5py; assert h5py.get_config().mpi";
  const candidates = ["python3", "/usr/bin/python3", "/usr/local/bin/python3"];
  const found = candidates.find((candidate) => spawnSync(candidate, ["-c", code], { env }).status === 0);
  if (found === undefined)
    throw new Error(`the peer suite needs parallel h5py; there is none in ${candidates.join(", ")}`);
  return found;
}

/** What each rank printed, in the order of ranks. */
export function linesOf({
  stdout,
}: Ended): { readonly rank: number; readonly size: number; readonly launcher: string; readonly report?: string }[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line)).sort((a, b) => a.rank - b.rank);
}

/** Starts ranks with nothing but variables of the environment, none of which ends when another does. */
export function startAlone(program: string, ranks: number, task: Task): Promise<Ended[]> {
  const run = `${process.pid}-${performance.now()}`;
  const starting = Array.from({ length: ranks }, (_, rank) => {
    const env = { ...process.env, H5TS_RANK: `${rank}`, H5TS_SIZE: `${ranks}`, H5TS_RUN: run };
    return ended(spawn(process.execPath, [program, JSON.stringify(task)], { env }));
  });
  return Promise.all(starting);
}

function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
    child.stderr?.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
