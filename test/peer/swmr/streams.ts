/** A writer and its readers, each a process: whether all of them came to a good end, and what the file holds then. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Dataset, File } from "../../../src/index.ts";
import { runClear } from "../../../src/tools/clear/command.ts";
import { runTool } from "../../tools/test-platform.ts";
import { runPython, start } from "../peers.ts";
import {
  COLUMNS,
  checkRecords,
  DATASET,
  type RoleArguments,
  readersOf,
  readMark,
  recordsFrom,
  type StreamOptions,
} from "./record-stream.ts";
import { type Ended, type Role, type Running, startRole } from "./roles.ts";

export interface Pairing {
  readonly writer: "ours" | "h5py";
  readonly readers: "ours" | "h5py";
}

export interface Stream extends Pairing {
  readonly path: string;
  readonly records: number;
  readonly batch: number;
  readonly readerCount: number;
  readonly options: StreamOptions;
}

export interface StreamResult {
  readonly seconds: number;
  /** Of all readers. */
  readonly refreshes: number;
}

function argumentsOf({ path, records, batch, options, readerCount }: Stream): RoleArguments {
  return { path, records, batch, options: { ...options, readers: readerCount } };
}

async function startReaders(stream: Stream): Promise<Running[]> {
  const role: Role = `${stream.readers}-reader`;
  return Promise.all(Array.from({ length: stream.readerCount }, () => startRole(role, argumentsOf(stream))));
}

function requireGoodEnd(what: string, { status, signal, errors }: Ended): void {
  if (status === 0) return;
  throw new Error(`${what} ended with ${status ?? signal}: ${errors.trim()}`);
}

/** Runs a stream to its end. @throws Error when a process found something wrong, or the file is not what it has to be. */
export async function runStream(stream: Stream): Promise<StreamResult> {
  const began = performance.now();
  const readers = await startReaders(stream);
  const writer = await startRole(`${stream.writer}-writer`, argumentsOf(stream));
  try {
    requireGoodEnd("the writer", await writer.ended);
    let refreshes = 0;
    for (const [i, reader] of readers.entries()) {
      const ended = await reader.ended;
      requireGoodEnd(`reader ${i}`, ended);
      if (ended.report?.seen !== stream.records) throw new Error(`reader ${i} has seen ${ended.report?.seen} records`);
      refreshes += Number(ended.report.refreshes);
    }
    checkFile(stream.path, stream.records, stream.records);
    return { seconds: (performance.now() - began) / 1000, refreshes };
  } finally {
    for (const { process } of [writer, ...readers]) process.kill("SIGKILL");
  }
}

export interface KilledResult {
  /** Records that the writer knew to be flushed. */
  readonly flushed: number;
  /** Records that are in the file. */
  readonly found: number;
}

/**
 * Kills the writer after a while. Readers must go on to read what is there; then the flags are cleared, all flushed records must be
 * in the file, and it must be possible to write on.
 */
export async function runKilledStream(stream: Stream, milliseconds: number, tool: Clearing): Promise<KilledResult> {
  const { path, batch } = stream;
  const writer = await startRole(`${stream.writer}-writer`, argumentsOf(stream));
  const readers = await startReaders(stream);
  try {
    while (readersOf(path) < stream.readerCount && writer.process.exitCode === null) await sleep(2);
    await sleep(milliseconds);
    writer.process.kill("SIGKILL");
    const { signal, status, errors } = await writer.ended;
    if (signal !== "SIGKILL" && status !== 0) throw new Error(`the writer ended with ${status}: ${errors}`);
    for (const [i, reader] of readers.entries()) requireGoodEnd(`reader ${i}`, await reader.ended);
    const flushed = readMark(path) ?? 0;
    clearFlags(path, tool, optionsOfClear(stream.writer));
    const found = checkFile(path, flushed, Math.min(stream.records, flushed + batch));
    writeOn(path, found);
    return { flushed, found };
  } finally {
    for (const { process } of [writer, ...readers]) process.kill("SIGKILL");
  }
}

/** The tool that makes a file with a dead writer one that can be opened again. */
export type Clearing = "h5clear" | "h5ts clear";

/** After a flush of a dataset libhdf5 leaves the superblock as it was: the file is longer than it says. */
function optionsOfClear(writer: Pairing["writer"]): readonly string[] {
  return writer === "ours" ? ["-s"] : ["-s", "--increment=0"];
}

export function clearFlags(path: string, tool: Clearing, options: readonly string[] = ["-s"]): void {
  const output = tool === "h5clear" ? start(tool, [...options, path]) : ranTool(runTool(runClear, ...options, path));
  if (output?.status !== 0) throw new Error(`${tool} ended with ${output?.status}: ${output?.stderr}`);
}

function ranTool({ code, errors }: { readonly code: number; readonly errors: string }) {
  return { status: code, stderr: errors };
}

/** Opens a file as nobody can who minds its flags, with both libraries, and counts the records, which must be right. */
function checkFile(path: string, least: number, most: number): number {
  using file = new File(path);
  const dataset = file.get(DATASET) as Dataset;
  const rows = dataset.len();
  if (rows < least || rows > most) throw new Error(`${rows} records in the file, expected ${least} to ${most}`);
  checkRecords(dataset.read().data as BigInt64Array, 0);
  const code = `
d = h5py.File(args[0])['${DATASET}']
n = np.arange(int(args[1]), dtype=np.int64)
right = np.stack([n, (n * 0x9E3779B1) & 0xFFFFFFFF, ~n, n ^ 0x5555555555], axis=1)
print(d.shape == right.shape and bool((d[:] == right).all()))`;
  if (runPython(code, path, String(rows)).trim() !== "True") throw new Error("h5py reads other records");
  return rows;
}

/** A record more by each library, and once more all of them. */
function writeOn(path: string, rows: number): void {
  {
    using file = new File(path, "r+");
    const dataset = file.get(DATASET) as Dataset;
    dataset.resize([rows + 1, COLUMNS]);
    dataset.write(rows, recordsFrom(rows, 1));
  }
  checkFile(path, rows + 1, rows + 1);
  const code = `
with h5py.File(args[0], 'r+') as f:
    d, n = f['${DATASET}'], int(args[1])
    d.resize(n + 1, axis=0)
    d[n] = [n, (n * 0x9E3779B1) & 0xFFFFFFFF, ~n, n ^ 0x5555555555]`;
  runPython(code, path, String(rows + 1));
  checkFile(path, rows + 2, rows + 2);
}
