/**
 * The records that a writer appends while readers follow, and how its processes talk.
 *
 * Record i is a row of four 64-bit integers, each of which tells of i in its own way, so that a row that is torn, missing or in
 * another's place cannot look right. After each flush the writer puts the number of records that it flushed into a file beside
 * the data: a reader who sees that number there must find as many in the dataset.
 */
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";

export const DATASET = "records";
export const COLUMNS = 4;
export const CHUNK_ROWS = 32;
const MARK_DIGITS = 16;

export interface StreamOptions {
  /** "ext": an extensible array; "btree": a version 2 B-tree. */
  readonly index: "ext" | "btree";
  readonly filters: readonly ("gzip" | "shuffle" | "fletcher32")[];
  /** Readers that the writer waits for before its first record. Default 0. */
  readonly readers?: number;
  /** Milliseconds that the writer rests after each flush. Default 0. */
  readonly pause?: number;
  /** Milliseconds without a new record after which a reader ends: the writer is dead. Default 20000. */
  readonly patience?: number;
}

/** Command line of every role: FILE RECORDS BATCH OPTIONS. */
export interface RoleArguments {
  readonly path: string;
  readonly records: number;
  /** Records that are written and flushed at once. */
  readonly batch: number;
  readonly options: StreamOptions;
}

export function roleArguments(argv: readonly string[]): RoleArguments {
  const [path, records, batch, options] = argv;
  if (path === undefined || options === undefined) throw new Error("expected FILE RECORDS BATCH OPTIONS");
  return { path, records: Number(records), batch: Number(batch), options: JSON.parse(options) as StreamOptions };
}

/** The maximum dimensions; all else of the dataset is the same for both indexes. */
export function maxshapeOf({ index }: StreamOptions): (number | null)[] {
  return index === "ext" ? [null, COLUMNS] : [null, null];
}

/** Records `from` to `from + count - 1`, one after the other. */
export function recordsFrom(from: number, count: number): BigInt64Array {
  const rows = new BigInt64Array(count * COLUMNS);
  for (let i = 0; i < count; i++) {
    const n = BigInt(from + i);
    rows[i * COLUMNS] = n;
    rows[i * COLUMNS + 1] = (n * 0x9e3779b1n) & 0xffffffffn;
    rows[i * COLUMNS + 2] = ~n;
    rows[i * COLUMNS + 3] = n ^ 0x5555555555n;
  }
  return rows;
}

/** @throws Error for the first row that is not what it has to be. */
export function checkRecords(found: BigInt64Array, from: number): void {
  const count = found.length / COLUMNS;
  const wanted = recordsFrom(from, count);
  for (let i = 0; i < found.length; i++) {
    if (found[i] === wanted[i]) continue;
    const row = Math.floor(i / COLUMNS);
    const shown = (all: BigInt64Array) => all.subarray(row * COLUMNS, (row + 1) * COLUMNS).join(" ");
    throw new Error(`record ${from + row} is ${shown(found)}, expected ${shown(wanted)}`);
  }
}

/** The file in which the writer tells how many records it has flushed. */
export class FlushMark {
  private readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(`${path}.flushed`, "w");
  }

  set(records: number): void {
    writeSync(this.descriptor, String(records).padStart(MARK_DIGITS, "0"), 0);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** A reader has opened the file. */
export function announceReader(path: string): void {
  writeFileSync(`${path}.reader.${process.pid}`, "");
}

/** How many readers have. */
export function readersOf(path: string): number {
  return readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.reader.`)).length;
}

/** What the writer told last; undefined before it has begun. */
export function readMark(path: string): number | undefined {
  try {
    const text = readFileSync(`${path}.flushed`, "utf8");
    return text.length === MARK_DIGITS ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
