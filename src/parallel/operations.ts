/** Reading and writing datasets with the chunks decoded and encoded by workers. */
import type { OptionNames } from "../base/known-options.ts";
import { type CancelSignal, runWithRetry } from "../io/retry-driver.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import type { NumericArray } from "../lowlevel/memory-type.ts";
import { type ChunkProgress, ChunkWork } from "./chunk-work.ts";
import { requireKnown } from "./known-options.ts";
import type { WorkerPool } from "./pool.ts";

/** Who works, and how an operation is called off and watched. */
export interface ParallelOptions {
  /** The workers. They are started when there is work for them. */
  readonly pool: WorkerPool;
  /** When it fires, no further chunk is begun and the promise rejects with its reason; what is being stored still is. */
  readonly signal?: CancelSignal;
  /** Told of each chunk that is done. */
  readonly onProgress?: (progress: ChunkProgress) => void;
}

/** The same for what goes on chunk by chunk. */
export interface StreamOptions extends ParallelOptions {
  /** Chunks, or pieces that are written, in memory at a time; four for each worker by default. */
  readonly maxChunks?: number;
}

const PARALLEL_OPTIONS: OptionNames<ParallelOptions> = { pool: true, signal: true, onProgress: true };
const STREAM_OPTIONS: OptionNames<StreamOptions> = { ...PARALLEL_OPTIONS, maxChunks: true };

/** Before anything is begun. */
function requireOptions(options: ParallelOptions, known: Readonly<Record<string, unknown>>, func: string): void {
  requireKnown(options, known, func);
  const { pool }: { readonly pool?: Partial<WorkerPool> | null } = options;
  if (typeof pool?.start !== "function") throw new TypeError(`${func}() needs a WorkerPool as its option 'pool'`);
}

/** A dataset of the facade, as far as it is read here. */
export interface ReadableDataset<S, T> {
  /** Selected elements; see `Dataset.read`. */
  read(selection?: S): T;
}

/** What `read` gives for more than one element; the dataset's own type does not tell it to who reads with a pool. */
export interface ReadArray {
  /** All elements, flat, row-major. */
  readonly data: NumericArray | unknown[];
  /** Elements a dimension. */
  readonly shape: readonly number[];
  /** By how many elements the next index of each dimension is further on in `data`. */
  readonly stride: readonly number[];
}

/** `T` where it is known; otherwise an array, which is not checked. */
export type ReadValue<T> = unknown extends T ? ReadArray : T;

/** A dataset whose bytes arrive later. */
export interface LateDataset<S, T> {
  /** Runs an operation until no bytes are missing; see `AsyncDataset.run`. */
  run<R>(operation: (dataset: ReadableDataset<S, T>) => R, retry?: { signal?: CancelSignal }): Promise<R>;
}

/** A dataset of the facade, as far as it is written here. */
export interface WritableDataset<S> {
  /** The low-level handle. */
  readonly id: DatasetID;
  /** See `Dataset.write`. */
  write(selection: S, value: unknown): void;
}

/** A dataset of the facade that can be walked over chunk by chunk. */
export interface ChunkedDataset<S, T> extends ReadableDataset<S, T> {
  /** Selections, each of a chunk. */
  iterChunks(selection?: S): Iterable<S>;
}

const retryOf = ({ signal }: ParallelOptions): { signal?: CancelSignal } => (signal === undefined ? {} : { signal });

function throwIfAborted({ signal }: ParallelOptions): void {
  if (signal?.aborted) throw signal.reason;
}

/**
 * As `dataset.read(selection)`, with the chunks decoded by the pool: any dataset, any selection, the same result. Chunks
 * without filters, or with filters that workers do not have, are read as ever.
 *
 * @throws what `read` throws; HDF5Error `"state"` when workers died of a chunk; TypeError for an option that there is none of.
 */
export async function readParallel<S, T>(
  dataset: ReadableDataset<S, T> | LateDataset<S, T>,
  selection: S | undefined,
  options: ParallelOptions,
): Promise<ReadValue<T>> {
  requireOptions(options, PARALLEL_OPTIONS, "readParallel");
  return readWith(dataset, selection, options);
}

function readWith<S, T>(
  dataset: ReadableDataset<S, T> | LateDataset<S, T>,
  selection: S | undefined,
  options: ParallelOptions,
): Promise<ReadValue<T>> {
  options.pool.start();
  const work = new ChunkWork(options.pool, options);
  const read = (each: ReadableDataset<S, T>) => work.run(() => each.read(selection)) as ReadValue<T>;
  return "run" in dataset ? dataset.run(read, retryOf(options)) : runWithRetry(() => read(dataset), retryOf(options));
}

/**
 * As `dataset.write(selection, value)`, with the chunks encoded by the pool. Neither the value nor the
 * dataset is to be used until the promise is fulfilled.
 *
 * Chunks are taken from the value while those before them are encoded and stored, a few for each worker at a time.
 *
 * @throws what `write` throws, or the signal's reason, when what was taken is stored.
 */
export async function writeParallel<S>(
  dataset: WritableDataset<S>,
  selection: S,
  value: unknown,
  options: ParallelOptions,
): Promise<void> {
  requireOptions(options, PARALLEL_OPTIONS, "writeParallel");
  throwIfAborted(options);
  options.pool.start();
  const work = new ChunkWork(options.pool, options);
  await runWithRetry(() =>
    work.runWrite(
      () => dataset.write(selection, value),
      () => dataset.id.flushChunks(),
    ),
  );
  await work.written().catch((error: unknown) => {
    throw dataset.id.writeError(error);
  });
}

/**
 * Has the chunks that a write changes taken by `work`, all of them: none stays in the cache. Those that are changed in part
 * are decoded first, by workers too; nothing has changed then, and the write starts over.
 */
function taken<S>(dataset: WritableDataset<S>, selection: S, value: unknown, work: ChunkWork): Promise<void> {
  return runWithRetry(() =>
    work.run(() => {
      dataset.write(selection, value);
      dataset.id.flushChunks();
    }),
  );
}

/**
 * Chunks of a dataset in order, decoded ahead of whoever uses them.
 *
 * ```ts
 * for await (const { selection, value } of iterChunksParallel(dataset, undefined, { pool })) …
 * ```
 *
 * @param selection - A slice a dimension, as for `Dataset.iterChunks`. Default: everything.
 * @returns for each chunk its selection, to read or write with, and the elements as {@link readParallel} gives them.
 * @throws as `Dataset.iterChunks` and {@link readParallel}.
 */
export async function* iterChunksParallel<S, T>(
  dataset: ChunkedDataset<S, T>,
  selection: S | undefined,
  options: StreamOptions,
): AsyncGenerator<{ readonly selection: S; readonly value: ReadValue<T> }> {
  requireOptions(options, STREAM_OPTIONS, "iterChunksParallel");
  const most = options.maxChunks ?? 4 * options.pool.size;
  const ahead: { readonly selection: S; readonly value: Promise<ReadValue<T>> }[] = [];
  const rest = dataset.iterChunks(selection)[Symbol.iterator]();
  try {
    for (;;) {
      while (ahead.length < most) {
        const next = rest.next();
        if (next.done) break;
        const value = readWith(dataset, next.value, options);
        // Whoever waits for it sees the failure; should the loop end before, nobody does.
        value.catch(() => undefined);
        ahead.push({ selection: next.value, value });
      }
      const first = ahead.shift();
      if (first === undefined) return;
      yield { selection: first.selection, value: await first.value };
    }
  } finally {
    await Promise.allSettled(ahead.map(({ value }) => value));
  }
}

/**
 * Writes pieces as they come, each a selection and its value, no more than `maxChunks` of them at a time: the source is
 * asked for the next one when there is room. Pieces of whole chunks are the fastest; no two may be of one chunk.
 *
 * @throws what the source throws, or the first error of {@link writeParallel}, when everything else that was taken is stored.
 */
export async function writeStream<S>(
  dataset: WritableDataset<S>,
  pieces: AsyncIterable<readonly [S, unknown]> | Iterable<readonly [S, unknown]>,
  options: StreamOptions,
): Promise<void> {
  requireOptions(options, STREAM_OPTIONS, "writeStream");
  const most = options.maxChunks ?? 4 * options.pool.size;
  const work = new ChunkWork(options.pool, options);
  const under: Promise<void>[] = [];
  const stored = (): Promise<void> =>
    work.stored().catch((error: unknown) => {
      throw dataset.id.writeError(error);
    });
  const storedAfter = async (failure: unknown): Promise<void> => {
    await Promise.allSettled([work.stored()]);
    throw failure;
  };
  let last = Promise.resolve();
  try {
    for await (const [selection, value] of pieces) {
      throwIfAborted(options);
      await taken(dataset, selection, value, work);
      last = last.then(stored, storedAfter);
      last.catch(() => undefined);
      under.push(last);
      if (under.length >= most) await under.shift();
    }
  } finally {
    await Promise.allSettled(under);
    await last;
  }
}
