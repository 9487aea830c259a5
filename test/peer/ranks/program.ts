/**
 * What each rank runs: fills its share of a dataset of known elements, in one file for all or in a file of its own.
 *
 * Prints a line of JSON: what this rank was, and the time it took. The same program fills the dataset alone, as ever.
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { File, type IndexArgument, slice } from "h5ts";
import {
  earlyAllocation,
  joinRankFiles,
  RankedFile,
  RankPart,
  type RankReport,
  rankFromEnvironment,
  shareOf,
} from "h5ts/parallel";

export interface Task {
  readonly path: string;
  /** `serial`: one process writes the file as ever, which is to hold the same bytes as with `one-file`. */
  readonly way: "serial" | "one-file" | "files";
  readonly rows: number;
  readonly columns: number;
  /** Chunks instead of one stretch; of files of ranks with gzip and shuffle. */
  readonly chunks?: readonly number[];
  /** The dimension that is shared. */
  readonly axis: 0 | 1;
  /** Which rank kills itself when half of its share is written. */
  readonly killed?: number;
  /** Rank 0 waits for all, and joins the files. */
  readonly waits?: boolean;
}

const PIECE_BYTES = 1 << 22;

/** Element `i` of the whole is `i` times Knuth's number, modulo 2^32. */
function fill(data: Uint32Array, width: number, first: readonly [row: number, column: number], columns: number): void {
  for (let start = 0, row = first[0]; start < data.length; start += width, row++) {
    let value = Math.imul(row * columns + first[1], 2654435761);
    for (let i = start; i < start + width; i++) {
      data[i] = value;
      value = (value + 2654435761) | 0;
    }
  }
}

interface Writable {
  write(selection: readonly IndexArgument[], value: unknown): void;
}

/** The box of rows and columns that a rank has. */
function shareOfTask({ rows, columns, axis }: Task, rank: { rank: number; size: number }) {
  const { start, stop } = shareOf(axis === 0 ? rows : columns, rank);
  return axis === 0
    ? { rows: [start, stop] as const, columns: [0, columns] as const }
    : { rows: [0, rows] as const, columns: [start, stop] as const };
}

/** Writes a box, some rows at a time. @param origin - What of the box is the dataset's first element. */
function writeBox(
  dataset: Writable,
  task: Task,
  box: ReturnType<typeof shareOfTask>,
  origin: readonly [number, number],
  told: (done: number) => void,
): void {
  const [from, to] = box.rows;
  const [left, right] = box.columns;
  const width = right - left;
  const step = Math.max(1, Math.floor(PIECE_BYTES / (4 * Math.max(1, width))));
  for (let row = from; row < to; row += step) {
    const end = Math.min(to, row + step);
    const data = new Uint32Array((end - row) * width);
    fill(data, width, [row, left], task.columns);
    const selection = [slice(row - origin[0], end - origin[0]), slice(left - origin[1], right - origin[1])];
    dataset.write(selection, { data, shape: [end - row, width] });
    told((end - from) / (to - from));
  }
}

function create(path: string, { rows, columns, chunks }: Task): void {
  using file = new File(path, "w");
  const layout = chunks === undefined ? {} : ({ chunks, fillTime: "never" } as const);
  file.createDataset("data", { shape: [rows, columns], dtype: "<u4", dcpl: earlyAllocation(), ...layout });
}

function killAtHalf(task: Task, rank: number, done: number): void {
  if (task.killed === rank && done >= 0.5) process.kill(process.pid, "SIGKILL");
}

async function oneFile(task: Task): Promise<RankReport | undefined> {
  const ranked = await RankedFile.join(task.path, { create: (path) => create(path, task), timeout: 30 });
  const { rank } = ranked;
  const box = shareOfTask(task, rank);
  await ranked.declare([{ dataset: "data", selection: [slice(...box.rows), slice(...box.columns)] }], {
    together: true,
  });
  {
    using file = new File(ranked.open());
    writeBox(file.getDataset("data"), task, box, [0, 0], (done) => {
      ranked.tellProgress(done);
      killAtHalf(task, rank.rank, done);
    });
  }
  ranked.complete();
  return task.waits && rank.rank === 0 ? ranked.waitForAll({ timeout: 30 }) : undefined;
}

async function files(task: Task): Promise<RankReport | undefined> {
  const part = RankPart.begin(task.path);
  const { rank } = part;
  const box = shareOfTask(task, rank);
  const [height, width] = [box.rows[1] - box.rows[0], box.columns[1] - box.columns[0]];
  {
    using file = new File(part.file, "w");
    const storage =
      task.chunks === undefined ? {} : ({ chunks: task.chunks, compression: "gzip", shuffle: true } as const);
    const dataset = file.createDataset("data", { shape: [height, width], dtype: "<u4", ...storage });
    writeBox(dataset, task, box, [box.rows[0], box.columns[0]], (done) => {
      part.tellProgress(done);
      killAtHalf(task, rank.rank, done);
    });
  }
  part.complete();
  if (!task.waits || rank.rank !== 0) return undefined;
  const report = await part.waitForAll({ timeout: 30 });
  joinRankFiles(task.path, { size: rank.size, datasets: [{ dataset: "data", axis: task.axis }] });
  return report;
}

function serial(task: Task): void {
  create(task.path, task);
  {
    using file = new File(task.path, "r+");
    writeBox(file.getDataset("data"), task, shareOfTask(task, { rank: 0, size: 1 }), [0, 0], () => undefined);
  }
  // Ranks see to it that their share has reached the device before they are complete.
  const descriptor = openSync(task.path, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

const task = JSON.parse(process.argv[2] ?? "{}") as Task;
const started = performance.now();
let report: RankReport | undefined;
if (task.way === "serial") serial(task);
else report = task.way === "files" ? await files(task) : await oneFile(task);
const { user, system } = process.cpuUsage();
const seconds = { wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
console.log(JSON.stringify({ ...rankFromEnvironment(), ...seconds, report: report?.toString() }));
