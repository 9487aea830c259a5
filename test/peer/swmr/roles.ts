/** Starting the processes of a stream: a writer or a reader, by h5ts or by h5py. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pythonWithH5py } from "../peers.ts";
import type { RoleArguments } from "./record-stream.ts";

export type Role = "ours-writer" | "ours-reader" | "h5py-writer" | "h5py-reader";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let folder: string | undefined;
const built = new Map<Role, Promise<string>>();

/** A role of ours in one file that Node runs: it is not to wait for sources to be compiled. */
function builtRole(role: Role): Promise<string> {
  folder ??= mkdtempSync(join(tmpdir(), "h5ts-swmr-"));
  const outfile = join(folder, `${role}.mjs`);
  const known = built.get(role);
  if (known !== undefined) return known;
  const result = build({
    entryPoints: [here(`${role}.ts`)],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
    logLevel: "error",
  }).then(() => outfile);
  built.set(role, result);
  return result;
}

export async function commandOf(role: Role): Promise<readonly string[]> {
  return role.startsWith("h5py") ? [pythonWithH5py(), here(`${role}.py`)] : [process.execPath, await builtRole(role)];
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
  /** What it printed at its end; undefined if it did not come so far. */
  readonly report: Readonly<Record<string, unknown>> | undefined;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

export async function startRole(role: Role, { path, records, batch, options }: RoleArguments): Promise<Running> {
  const [command, ...args] = await commandOf(role);
  const child = spawn(command as string, [...args, path, String(records), String(batch), JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => {
      const report = output.trim() === "" ? undefined : JSON.parse(output);
      resolve({ status, signal, errors, report });
    });
  });
  return { process: child, ended };
}
