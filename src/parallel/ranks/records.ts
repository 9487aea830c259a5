/**
 * What each rank tells of itself, in a small file of its own beside the data: `data.h5.rank-2`. Nobody else writes to it, it
 * is there whoever dies, and every file system that ranks share has such files.
 */
import { processExists, thisProcess } from "../../io/platform.ts";
import type { Rank } from "./launchers.ts";
import { addLine, readLines, removeFile, writeLines } from "./line-file.ts";
import { type ResolvedWrite, type StoredWrite, storedWrite, writeFromStored } from "./plans.ts";

/**
 * How far a rank is:
 *
 * - `absent`: it has not begun, as far as is known
 * - `writing`: it has declared what it writes
 * - `complete`: all of that is in the file
 * - `failed`: it gave up and said so
 * - `dead`: its process, on this machine, is gone, and never said that it was complete
 */
export type RankState = "absent" | "writing" | "complete" | "failed" | "dead";

/** How far a rank is. */
export interface RankStatus {
  /** Which rank it is, from 0. */
  readonly rank: number;
  /** How far it is, as it last told. */
  readonly state: RankState;
  /** What it declared to write; empty while it is absent, or when it writes a file of its own. */
  readonly writes: readonly ResolvedWrite[];
  /** Of its work, 0 to 1, as it last told. */
  readonly progress: number;
  /** Number of its process on {@link host}; undefined while it is absent. */
  readonly process: number | undefined;
  /** Name of the machine it runs on; undefined while it is absent. */
  readonly host: string | undefined;
  /** Why it gave up. */
  readonly error: string | undefined;
  /** How much it has told; a number that grows is a sign of life. */
  readonly lines: number;
}

interface FirstLine {
  /** Which file, or run, this is about: records of others are left over. */
  readonly of: string;
  readonly rank: number;
  readonly size: number;
  readonly process?: number;
  readonly host?: string;
  readonly writes: readonly StoredWrite[];
}

type LaterLine =
  | { readonly state: "complete" }
  | { readonly state: "failed"; readonly error: string }
  | { readonly progress: number };

function recordPath(path: string, rank: number): string {
  return `${path}.rank-${rank}`;
}

/** Deletes the records of ranks, those of earlier runs too. */
export function removeRecords(path: string, size: number): void {
  for (let rank = 0; rank < size; rank++) removeFile(recordPath(path, rank));
}

/** Begins the record of a rank, in place of any it had. */
export function beginRecord(path: string, of: string, { rank, size }: Rank, writes: readonly ResolvedWrite[]): void {
  const first: FirstLine = { of, rank, size, ...thisProcess(), writes: writes.map(storedWrite) };
  writeLines(recordPath(path, rank), [first]);
}

export function addToRecord(path: string, rank: number, line: LaterLine): void {
  addLine(recordPath(path, rank), line, "state" in line);
}

function isFirstLine(line: unknown): line is FirstLine {
  return typeof line === "object" && line !== null && "of" in line && "rank" in line && "writes" in line;
}

function isLaterLine(line: unknown): line is LaterLine {
  return typeof line === "object" && line !== null && ("state" in line || "progress" in line);
}

/** What a rank has told of its part in `of`. */
export function readRecord(path: string, of: string, rank: number): RankStatus {
  const [first, ...later] = readLines(recordPath(path, rank)) ?? [];
  const status = { rank, writes: [], progress: 0, process: undefined, host: undefined, error: undefined };
  if (!isFirstLine(first) || first.of !== of) return { ...status, state: "absent", lines: 0 };
  const { process, host } = first;
  let state: RankState = "writing";
  let error: string | undefined;
  let progress = 0;
  for (const line of later) {
    if (!isLaterLine(line)) continue;
    if ("progress" in line) progress = line.progress;
    else state = line.state;
    if ("error" in line) error = line.error;
  }
  if (state === "writing" && isGone(first)) state = "dead";
  if (state === "complete") progress = 1;
  const writes = first.writes.map(writeFromStored);
  return { rank, state, writes, progress, process, host, error, lines: 1 + later.length };
}

function isGone({ process, host }: FirstLine): boolean {
  if (process === undefined || host === undefined || host === "" || host !== thisProcess()?.host) return false;
  return processExists(process) === false;
}
