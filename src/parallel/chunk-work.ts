/** The chunks of running operations, on their way through a pool. */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import {
  type ChunkCoder,
  type ChunkToStore,
  type StoredChunk,
  type WriteSteps,
  withChunkCoder,
} from "../engine/chunks/chunk-coder.ts";
import { place } from "../engine/dataset-io/placement.ts";
import type { PipelineFilter } from "../filters/filter.ts";
import { encodePipeline } from "../filters/pipeline.ts";
import { isPredefinedFilter } from "../filters/registry.ts";
import { type FaultingSource, PageFault } from "../io/page-fault.ts";
import type { CancelSignal } from "../io/retry-driver.ts";
import { type Batch, batchesOf, readStored, storedLength } from "./batches.ts";
import type { ChunkResult, WorkerPool } from "./pool.ts";
import { sharedBytes } from "./shared-bytes.ts";
import { Staging } from "./staging.ts";

/** What is told while chunks are worked on. */
export interface ChunkProgress {
  /** Chunks that are done. */
  readonly chunks: number;
  /** Bytes of these chunks, decoded. */
  readonly byteLength: number;
}

export interface ChunkWorkOptions {
  readonly onProgress?: ((progress: ChunkProgress) => void) | undefined;
  /** When it fires, no further chunk is begun. */
  readonly signal?: CancelSignal | undefined;
}

interface Encoding {
  readonly chunk: ChunkToStore;
  readonly bytes: Uint8Array;
  /** Undefined for what the pool could not do. */
  readonly result: Promise<ChunkResult | undefined>;
}

/** Tasks for each worker that are read, or waited for, at a time. */
const AHEAD = 4;
/** Tasks for the thread that has the pool. */
const OWN = 2;
/** Bytes that are on their way to be stored, of chunks so small that they are more than {@link AHEAD}. */
const BYTES_AHEAD = 16 << 20;

export class ChunkWork implements ChunkCoder, FaultingSource {
  readonly name = "chunks at workers";
  readonly #pool: WorkerPool;
  readonly #options: ChunkWorkOptions;
  readonly #staging = new Staging();
  readonly #results: { readonly key: string; readonly memory: ArrayBufferView }[] = [];
  /** Which of the results the operation asks for next. */
  #nextResult = 0;
  /** Chunks by where they are stored, and the memory in which each has its place. */
  readonly #placed = new Map<object, Map<Address, ArrayBufferLike>>();
  readonly #memoryWithPlaced = new Set<ArrayBufferLike>();
  readonly #decoded = new Map<object, Map<Address, Uint8Array>>();
  #wanted: StoredChunk[] = [];
  /** Whether something was refused: what is not decoded by then is the core's, whose errors tell which chunk it is. */
  #isLeftToCore = false;
  #encoding: Encoding[] = [];
  #encodingBytes = 0;
  #write: WriteSteps | undefined;
  #finish: () => void = () => undefined;
  #mayDefer = false;
  #chunks = 0;
  #byteLength = 0;

  constructor(pool: WorkerPool, options: ChunkWorkOptions = {}) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Begins an operation, or begins it anew. */
  run<T>(operation: () => T): T {
    this.#nextResult = 0;
    return withChunkCoder(this, operation);
  }

  result<T extends ArrayBufferView>(key: string, allocate: () => T): T {
    const at = this.#nextResult++;
    const known = this.#results[at];
    // The key tells the kind of array.
    if (known?.key === key) return known.memory as T;
    const memory = allocate();
    this.#results[at] = { key, memory };
    return memory;
  }

  keeps({ buffer }: Uint8Array): boolean {
    return this.#results.some(({ memory }) => memory.buffer === buffer);
  }

  expect(chunks: readonly StoredChunk[], bring: () => void): readonly StoredChunk[] {
    bring();
    if (this.#isLeftToCore) return [];
    const missing = chunks.filter(({ storage, address, filters, placement }) => {
      if (!this.#canTravel(filters) || this.#decoded.get(storage)?.has(address)) return false;
      return placement === undefined || !this.isPlaced(storage, address, placement.memory);
    });
    if (missing.length === 0) return [];
    this.#wanted = missing;
    throw new PageFault(this, []);
  }

  hasPlaced({ buffer }: Uint8Array): boolean {
    return this.#memoryWithPlaced.has(buffer);
  }

  isPlaced(storage: object, address: Address, { buffer }: Uint8Array): boolean {
    return this.#placed.get(storage)?.get(address) === buffer;
  }

  /** The bytes are the caller's from now on. */
  decoded(storage: object, address: Address): Uint8Array | undefined {
    const ready = this.#decoded.get(storage);
    const bytes = ready?.get(address);
    if (bytes !== undefined) ready?.delete(address);
    return bytes;
  }

  /** Has all decoded that the fault was about, until something is refused. @throws when workers died, or the pool is closed. */
  async fetch(): Promise<boolean> {
    const batches = batchesOf(this.#wanted);
    this.#wanted = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < batches.length && !this.#options.signal?.aborted) {
        const batch = batches[next++];
        if (batch === undefined) return;
        try {
          await this.#decode(batch);
        } catch (error) {
          next = batches.length;
          if (!isHdf5Error(error) || isOfPool(error)) throw error;
          this.#isLeftToCore = true;
        }
      }
    };
    await Promise.all(Array.from({ length: AHEAD * this.#pool.size + OWN }, lane));
    return batches.length > 0;
  }

  async #decode(batch: Batch): Promise<void> {
    const { first, chunks } = batch;
    const { filters, chunkByteLength } = first;
    const stored = this.#staging.take(storedLength(batch));
    readStored(batch, stored);
    const decodedLength = chunks.length * chunkByteLength;
    // Bytes without a place are the operation's afterwards.
    const isPassing = chunks.every(({ placement }) => placement !== undefined);
    const output = isPassing ? this.#staging.takeShared(decodedLength) : sharedBytes(decodedLength);
    const bytes = await this.#pool.decode({
      kind: "decode",
      filters,
      stored,
      lengths: chunks.map(({ byteLength }) => byteLength),
      filterMasks: chunks.map(({ filterMask }) => filterMask),
      chunkByteLength,
      output,
    });
    chunks.forEach((chunk, i) => {
      this.#take(chunk, bytes.subarray(i * chunkByteLength, (i + 1) * chunkByteLength));
      this.#report(chunkByteLength);
    });
    this.#staging.give(stored);
    if (isPassing && output !== undefined) this.#staging.give(output);
  }

  #take({ storage, address, placement }: StoredChunk, bytes: Uint8Array): void {
    if (placement === undefined) {
      inner(this.#decoded, storage).set(address, bytes);
    } else {
      place(placement, bytes);
      inner(this.#placed, storage).set(address, placement.memory.buffer);
      this.#memoryWithPlaced.add(placement.memory.buffer);
    }
  }

  encode(chunk: ChunkToStore): boolean {
    const { filters, bytes } = chunk;
    if (!this.#canTravel(filters)) return false;
    const copy = this.#staging.take(bytes.length);
    copy.set(bytes);
    const task = { kind: "encode", filters, bytes: copy } as const;
    const result = this.#pool.encode(task).catch(() => undefined);
    this.#encoding.push({ chunk, bytes: copy, result });
    this.#encodingBytes += copy.length;
    return true;
  }

  defer(write: WriteSteps): boolean {
    if (!this.#mayDefer || this.#write !== undefined) return false;
    this.#write = write;
    return true;
  }

  /**
   * Begins a write that {@link written} goes on with. It may be begun anew.
   *
   * @param finish - To be run when all of it is gathered.
   */
  runWrite(operation: () => void, finish: () => void): void {
    this.#mayDefer = true;
    this.#write = undefined;
    this.#finish = finish;
    try {
      this.run(operation);
    } finally {
      this.#mayDefer = false;
    }
  }

  /**
   * Goes on with a write: chunks are gathered while those before them are encoded and stored, no more than workers need.
   *
   * @throws the first error of a chunk or a filter, or the signal's reason, when what was taken is stored.
   */
  async written(): Promise<void> {
    let isOver = false;
    const failures: unknown[] = [];
    while (!isOver || this.#encoding.length > 0) {
      try {
        if (!isOver) isOver = this.#advance();
        await this.#storeNext();
      } catch (error) {
        isOver = true;
        failures.push(error);
      }
    }
    this.#write = undefined;
    if (failures.length > 0) throw failures[0];
  }

  /** Gathers as long as there is room. @returns whether the write is at its end. @throws the signal's reason. */
  #advance(): boolean {
    const { signal } = this.#options;
    if (signal?.aborted) throw signal.reason;
    const write = this.#write;
    return this.run(() => {
      try {
        while (write?.next() === true) if (!this.#hasRoom()) return false;
      } finally {
        write?.settle();
      }
      this.#finish();
      return true;
    });
  }

  #hasRoom(): boolean {
    return this.#encoding.length < AHEAD * this.#pool.size || this.#encodingBytes < BYTES_AHEAD;
  }

  /**
   * Waits until what was taken so far is stored.
   *
   * @throws the first error of a filter, when all others are stored.
   */
  async stored(): Promise<void> {
    const failures: unknown[] = [];
    for (let left = this.#encoding.length; left > 0; left--) {
      await this.#storeNext().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Stores a chunk when it is encoded. All are stored in the order in which they were taken, so that a file does not depend
   * on who is how fast. What workers could not encode is encoded here: nothing is lost because they died, and errors are the
   * core's.
   */
  async #storeNext(): Promise<void> {
    const next = this.#encoding.shift();
    if (next === undefined) return;
    const { chunk, bytes, result } = next;
    const encoded = await result;
    this.#encodingBytes -= bytes.length;
    if (encoded !== undefined) chunk.store(encoded.bytes, encoded.filterMask);
    else encodeHere(chunk, bytes);
    this.#report(bytes.length);
    this.#staging.give(bytes);
  }

  /** Workers have the predefined filters, and those that their own script registers. */
  #canTravel(filters: readonly PipelineFilter[]): boolean {
    return filters.every(({ id }) => isPredefinedFilter(id) || this.#pool.filters.has(id));
  }

  #report(byteLength: number): void {
    this.#chunks++;
    this.#byteLength += byteLength;
    this.#options.onProgress?.({ chunks: this.#chunks, byteLength: this.#byteLength });
  }
}

function inner<V>(map: Map<object, Map<Address, V>>, storage: object): Map<Address, V> {
  const known = map.get(storage);
  if (known !== undefined) return known;
  const made = new Map<Address, V>();
  map.set(storage, made);
  return made;
}

function isOfPool(error: unknown): boolean {
  return isHdf5Error(error, "state") || isHdf5Error(error, "closed");
}

/** @throws what the core throws of a chunk that it cannot encode. */
function encodeHere({ filters, store }: ChunkToStore, bytes: Uint8Array): void {
  const encoded = encodePipeline(filters, bytes);
  store(encoded.bytes, encoded.filterMask);
}
