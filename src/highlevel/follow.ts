/** Waiting for datasets to grow while another process writes to them. */
import { type Slice, slice } from "../engine/selection/index-arguments.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { wrongType } from "../lowlevel/arguments.ts";
import { requireArray, requireNumber, requireSignal } from "./argument-checks.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";
import type { NDArray } from "./ndarray.ts";

/** What is used of a `Dataset` or `AsyncDataset`. */
export interface Followed {
  /** As `Dataset.refresh`. */
  refresh(): void | Promise<void>;
  /** As `Dataset.shape`. */
  readonly shape: number[] | null | Promise<number[] | null>;
  /** The file, which tells whether anybody still writes to it. */
  readonly file: WrittenFile | Promise<WrittenFile>;
  /** As `Dataset.read`. */
  read(selection?: readonly Slice[], options?: object): unknown;
}

interface WrittenFile {
  readonly isBeingWritten: boolean | Promise<boolean>;
}

/** How long to wait, and for what. */
export interface FollowOptions {
  /** Milliseconds between two looks at datasets that have not grown. Default 50. */
  readonly interval?: number;
  /** Milliseconds without growth after which it is over, as it is when the writer has died. Default: never. */
  readonly timeout?: number;
  /** When it fires, it is over. */
  readonly signal?: AbortSignal;
  /** The dimension that grows. Default 0. */
  readonly axis?: number;
  /** The first index along `axis` to be told of; negative from the end that there is at first. Default 0. */
  readonly from?: number;
}

export const FOLLOW_OPTIONS: OptionNames<FollowOptions> = {
  interval: true,
  timeout: true,
  signal: true,
  axis: true,
  from: true,
};

/** Rows that a dataset has got. */
export class Growth<T extends Followed = Followed> {
  /** The dataset that has grown. */
  readonly dataset: T;
  /** Index along `axis` of the first new row. */
  readonly from: number;
  /** Index along `axis` behind the last new row. */
  readonly to: number;
  /** The dimension that grows. */
  readonly axis: number;
  /** Of the dataset, by now. */
  readonly shape: readonly number[];

  constructor(dataset: T, from: number, shape: readonly number[], axis: number) {
    this.dataset = dataset;
    this.from = from;
    this.to = shape[axis] as number;
    this.axis = axis;
    this.shape = shape;
  }

  /** The new rows, to read or write with. */
  get selection(): Slice[] {
    return this.shape.map((size, d) => (d === this.axis ? slice(this.from, this.to) : slice(0, size)));
  }

  /** The new rows: what `dataset.read` gives for {@link selection}. @param options - Those of `Dataset.read`. */
  read<R = NDArray>(options: object = {}): T extends { refresh(): Promise<void> } ? Promise<R> : R {
    return this.dataset.read(this.selection, options) as T extends { refresh(): Promise<void> } ? Promise<R> : R;
  }
}

/** How far one dataset has been told of. */
interface Progress<T> {
  readonly dataset: T;
  from: number;
}

/**
 * Waits for any of several datasets to grow, and tells what is new: first what is there, then what comes.
 *
 * It is over when no dataset has grown for `timeout`, when `signal` fires, and when no writer has the files open any more
 * (`File.isBeingWritten`), after everything that was written has been told. Datasets are looked at between two steps of the loop
 * only, so that rows that come while one is busy are told of together.
 *
 * ```ts
 * for await (const { dataset, from, to } of follow([f.get("a"), f.get("b")], { signal })) {
 *   console.log(`${dataset.name}: rows ${from} to ${to}`);
 * }
 * ```
 *
 * @param datasets - Of `Dataset`s of files opened with `swmr`, or `AsyncDataset`s of such.
 * @throws ValueError for an `axis` or a `from` that a dataset does not have; TypeError for options that are no numbers; whatever reading its header throws.
 */
export async function* follow<T extends Followed>(
  datasets: readonly T[],
  options: FollowOptions = {},
): AsyncGenerator<Growth<T>> {
  requireKnown(options, FOLLOW_OPTIONS, "follow");
  requireArray(datasets);
  for (const dataset of datasets) {
    if (typeof dataset?.refresh !== "function") throw wrongType(dataset, "Dataset", "datasets");
  }
  requireSignal(options.signal);
  const { interval = 50, timeout = Number.POSITIVE_INFINITY, signal, axis = 0, from = 0 } = options;
  for (const value of [interval, timeout, axis, from]) requireNumber(value);
  const all: Progress<T>[] = [];
  for (const dataset of datasets) all.push({ dataset, from: startOf(await extent(dataset, axis), options) });
  let lastGrowth = performance.now();
  for (let isLast = false; signal?.aborted !== true; ) {
    let hasGrown = false;
    for (const progress of all) {
      const shape = await extent(progress.dataset, axis);
      const { from } = progress;
      progress.from = shape[axis] as number;
      if (progress.from <= from) continue;
      hasGrown = true;
      yield new Growth(progress.dataset, from, shape, axis);
      if (signal?.aborted) return;
    }
    if (hasGrown) lastGrowth = performance.now();
    else if (isLast || performance.now() - lastGrowth >= timeout) return;
    else if (await isBeingWritten(datasets)) await rest(interval, signal);
    // What was written between the two looks is still to be told.
    else isLast = true;
  }
}

/** The dimensions, read anew. */
async function extent(dataset: Followed, axis: number): Promise<number[]> {
  await dataset.refresh();
  const shape = await dataset.shape;
  if (shape !== null && axis >= 0 && axis < shape.length) return shape;
  throw plainError("ValueError", `Invalid axis (0 to ${(shape?.length ?? 0) - 1} allowed)`);
}

function startOf(shape: readonly number[], { axis = 0, from = 0 }: FollowOptions): number {
  const size = shape[axis] as number;
  const start = from < 0 ? from + size : from;
  if (Number.isSafeInteger(start) && start >= 0) return start;
  throw plainError("ValueError", `Invalid first row ${from} of ${size}`);
}

async function isBeingWritten(datasets: readonly Followed[]): Promise<boolean> {
  for (const dataset of datasets) {
    const file = await dataset.file;
    if (await file.isBeingWritten) return true;
  }
  return false;
}

/** Lets time pass, less if the signal fires. */
function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
