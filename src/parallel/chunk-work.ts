/** The chunks of running operations, on their way through a pool. */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { ChunkCoder, ChunkToStore, StoredChunk } from "../engine/chunks/chunk-coder.ts";
import type { PipelineFilter } from "../filters/filter.ts";
import { encodePipeline } from "../filters/pipeline.ts";
import { isPredefinedFilter } from "../filters/registry.ts";
import { type FaultingSource, PageFault } from "../io/page-fault.ts";
import type { CancelSignal } from "../io/retry-driver.ts";
import type { ChunkResult, WorkerPool } from "./pool.ts";
import { sharedBytes } from "./shared-bytes.ts";

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
  /** Never rejected: an error is a value, until somebody waits for it. */
  readonly result: Promise<ChunkResult | { readonly error: unknown }>;
}

/** Batches for each worker that are read, or waited for, at a time. */
const AHEAD = 3;
/** Decoded bytes of a batch, but for that of one larger chunk: so many that what it costs to send it does not count. */
const BATCH_BYTES = 1 << 19;

/** Chunks that a worker decodes in one go: of one dataset, so that they have the same filters and size. */
interface Batch {
  readonly first: StoredChunk;
  readonly chunks: StoredChunk[];
}

function batchesOf(chunks: readonly StoredChunk[]): Batch[] {
  const batches: Batch[] = [];
  let last: Batch | undefined;
  for (const chunk of chunks) {
    const { storage, filters, chunkByteLength } = chunk;
    const fits =
      last !== undefined &&
      last.first.storage === storage &&
      last.first.filters === filters &&
      (last.chunks.length + 1) * chunkByteLength <= BATCH_BYTES;
    if (last !== undefined && fits) {
      last.chunks.push(chunk);
    } else {
      last = { first: chunk, chunks: [chunk] };
      batches.push(last);
    }
  }
  return batches;
}

/** Parts one behind the other, in shared memory where there is some. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const byteLength = parts.reduce((sum, { length }) => sum + length, 0);
  const bytes = sharedBytes(byteLength) ?? new Uint8Array(byteLength);
  let start = 0;
  for (const part of parts) {
    bytes.set(part, start);
    start += part.length;
  }
  return bytes;
}

export class ChunkWork implements ChunkCoder, FaultingSource {
  readonly name = "chunks at workers";
  readonly #pool: WorkerPool;
  readonly #options: ChunkWorkOptions;
  readonly #decoded = new Map<object, Map<Address, Uint8Array>>();
  #wanted: StoredChunk[] = [];
  #encoding: Encoding[] = [];
  #chunks = 0;
  #byteLength = 0;

  constructor(pool: WorkerPool, options: ChunkWorkOptions = {}) {
    this.#pool = pool;
    this.#options = options;
  }

  expect(chunks: readonly StoredChunk[], bring: () => void): readonly StoredChunk[] {
    bring();
    const missing = chunks.filter(
      ({ storage, address, filters }) => this.#canTravel(filters) && !this.#decoded.get(storage)?.has(address),
    );
    if (missing.length === 0) return [];
    this.#wanted = missing;
    throw new PageFault(this, []);
  }

  /** The bytes are the caller's from now on. */
  decoded(storage: object, address: Address): Uint8Array | undefined {
    const ready = this.#decoded.get(storage);
    const bytes = ready?.get(address);
    if (bytes !== undefined) ready?.delete(address);
    return bytes;
  }

  /** Has all decoded that the fault was about. @throws the first error; nothing further is begun then. */
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
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: AHEAD * this.#pool.size }, lane));
    return batches.length > 0;
  }

  async #decode({ first, chunks }: Batch): Promise<void> {
    const { storage, filters, chunkByteLength } = first;
    const parts = chunks.map((chunk) => chunk.readStored());
    const bytes = await this.#pool.decode({
      kind: "decode",
      filters,
      stored: joined(parts),
      lengths: parts.map(({ length }) => length),
      filterMasks: chunks.map(({ filterMask }) => filterMask),
      chunkByteLength,
      output: sharedBytes(chunks.length * chunkByteLength),
    });
    const ready = this.#decoded.get(storage) ?? new Map<Address, Uint8Array>();
    this.#decoded.set(storage, ready);
    chunks.forEach(({ address }, i) => {
      ready.set(address, bytes.subarray(i * chunkByteLength, (i + 1) * chunkByteLength));
      this.#report(chunkByteLength);
    });
  }

  encode(chunk: ChunkToStore): boolean {
    const { filters, bytes } = chunk;
    if (!this.#canTravel(filters)) return false;
    const copy = sharedBytes(bytes.length) ?? new Uint8Array(bytes.length);
    copy.set(bytes);
    const task = { kind: "encode", filters, bytes: copy } as const;
    const result = this.#pool.encode(task).catch((error: unknown) => ({ error }));
    this.#encoding.push({ chunk, bytes: copy, result });
    return true;
  }

  /**
   * Waits until everything that was taken to be encoded is stored, in the order in which it was taken, so that a file does
   * not depend on who is how fast. What workers could not encode because they died is encoded here: nothing is lost.
   *
   * @throws the first error of a filter, when all others are stored.
   */
  async stored(): Promise<void> {
    const encoding = this.#encoding;
    this.#encoding = [];
    const failures: unknown[] = [];
    for (const { chunk, bytes, result } of encoding) {
      const encoded = await result;
      try {
        if ("bytes" in encoded) chunk.store(encoded.bytes, encoded.filterMask);
        else this.#encodeHere(chunk, bytes, encoded.error);
        this.#report(bytes.length);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #encodeHere({ filters, store }: ChunkToStore, bytes: Uint8Array, error: unknown): void {
    if (!isHdf5Error(error, "state") && !isHdf5Error(error, "closed")) throw error;
    const encoded = encodePipeline(filters, bytes);
    store(encoded.bytes, encoded.filterMask);
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
