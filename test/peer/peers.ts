/** The other programs of the peer suite: h5dump and h5py. A peer that is missing is a failure, not a reason to skip. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Model, ModelValue } from "../support/fixture-model.ts";
import { PythonForks, type PythonProgram } from "./python-forks.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

interface Output {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function environment() {
  return { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" };
}

export function start(command: string, args: readonly string[], input = ""): Output | undefined {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    input,
    maxBuffer: 1 << 28,
    env: environment(),
  });
  if (error !== undefined && "code" in error && error.code === "ENOENT") return undefined;
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

let python: string | undefined;

/** A Python that has h5py: the first on the path, or the system's. */
export function pythonWithH5py(): string {
  if (python !== undefined) return python;
  const candidates = ["python3", "/usr/bin/python3", "/usr/local/bin/python3", "python"];
  python = candidates.find((candidate) => start(candidate, ["-c", "import h5py"])?.status === 0);
  if (python === undefined) throw new Error(`the peer suite needs h5py; there is none in ${candidates.join(", ")}`);
  return python;
}

let forks: PythonForks | undefined;
let hasForks: boolean | undefined;

/** Runs a Python program, in a process of its own. */
function startPython(program: Omit<PythonProgram, "env">): Output | undefined {
  const command = pythonWithH5py();
  if (hasForks === undefined) {
    forks = PythonForks.start(command);
    hasForks = forks !== undefined;
  }
  if (forks !== undefined) return forks.run({ ...program, env: environment() });
  const { script, code = "", args, input } = program;
  if (script !== undefined) return start(command, [script, ...args], input);
  return start(command, ["-", ...args], `import sys\nimport h5py\nimport numpy as np\nargs = sys.argv[1:]\n${code}`);
}

function mustSucceed(what: string, output: Output | undefined): string {
  if (output === undefined) throw new Error(`the peer suite needs ${what}`);
  if (output.status !== 0) throw new Error(`${what} ended with ${output.status}:\n${output.stderr}${output.stdout}`);
  return output.stdout;
}

/** Runs Python code that has h5py as `h5py`, numpy as `np` and its arguments as `args`; what it prints. */
export function runPython(code: string, ...args: string[]): string {
  return mustSucceed("h5py", startPython({ code, args }));
}

/** What h5py finds in a file, in the schema of the fixtures. */
export function h5pyModel(path: string): Model {
  const script = join(project, "scripts/fixtures/describe.py");
  return JSON.parse(mustSucceed("h5py", startPython({ script, args: [path] })));
}

/** A model in which `{ error }` stands for what cannot be read, or why the file cannot be opened. */
export type ModelOrError = { readonly model: ModelValue } | { readonly error: string };

/** What h5py finds in each file, damaged ones among them. */
export function h5pyModels(paths: readonly string[]): ModelOrError[] {
  const script = join(project, "scripts/fixtures/describe.py");
  const lines = mustSucceed("h5py", startPython({ script, args: ["--each"], input: paths.join("\n") })).trimEnd();
  return lines.split("\n").map((line) => JSON.parse(line) as ModelOrError);
}

/** What h5dump prints; it must find nothing wrong. */
export function h5dump(path: string, ...options: string[]): string {
  const output = start("h5dump", [...options, path]);
  const text = mustSucceed("h5dump", output);
  if (output?.stderr) throw new Error(`h5dump: ${output.stderr}`);
  return text;
}

/** What h5stat prints. */
export function h5stat(path: string, ...options: string[]): string {
  return mustSucceed("h5stat", start("h5stat", [...options, path]));
}

/** Calls with the path of a folder that is gone afterwards. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-peer-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As {@link inFolder}, for what takes its time. */
export async function inFolderAsync<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-peer-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What h5diff says of two files; it must find no difference. */
export function expectNoDifference(first: string, second: string): void {
  const output = start("h5diff", [first, second]);
  if (output === undefined) throw new Error("the peer suite needs h5diff");
  if (output.status !== 0) throw new Error(`h5diff ended with ${output.status}:\n${output.stdout}${output.stderr}`);
}

/** Python code that has the C library of h5py as `C`, for functions that h5py lacks. */
export const C_LIBRARY = `
import ctypes
with open('/proc/self/maps') as maps:
    C = ctypes.CDLL(next(line.split()[-1] for line in maps if '/libhdf5' in line and '_hl' not in line))
`;

export interface SharedMessageSizes {
  readonly table: number;
  readonly indexes: number;
  readonly heaps: number;
}

/** The bytes that h5stat counts for shared messages. */
export function sharedMessageSizes(path: string): SharedMessageSizes {
  const text = mustSucceed("h5stat", start("h5stat", ["-F", "-f", path]));
  const found = /Shared Messages:\s+Header: (\d+)\s+B-tree\/List: (\d+)\s+Heap: (\d+)/.exec(text);
  if (found === null) throw new Error(`h5stat tells nothing of shared messages:\n${text}`);
  const [table, indexes, heaps] = found.slice(1).map(Number) as [number, number, number];
  return { table, indexes, heaps };
}
