/**
 * Inflating the chunks of a file whose bytes arrive later with the runtime's streams, each as its bytes come.
 *
 * Where a runtime has no zlib that can be called (browsers, edges), `DecompressionStream` inflates a chunk of 64 KiB and more
 * two to three times as fast as the bundled decoder, and a read as a whole is 1.2 to 1.9 times as fast (Chromium, a Blob,
 * 16 MiB); below that it is not worth its promises. What a stream refuses is left to the core, which says what is wrong with
 * it, or is more lenient.
 */
import type { Address } from "../base/address.ts";
import { FilterError } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { type ChunkCoder, type StoredChunk, withChunkCoder } from "../engine/chunks/chunk-coder.ts";
import { DEFLATE_ID } from "../filters/deflate.ts";
import { decodePipeline, sizesBetween } from "../filters/pipeline.ts";
import { type FaultingSource, PageFault } from "../io/page-fault.ts";
import { platformZlib } from "../io/platform-zlib.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";

const LEAST_CHUNK_BYTES = 64 << 10;
/** Decoded chunks wait in memory for the operation; one that needs more than this has them decoded by the core. */
const MOST_BYTES = 256 << 20;
/** Chunks inflated at a time. */
const LANES = 4;
/** An operation that finds other objects each time it starts over would otherwise never end. */
const MOST_ROUNDS = 100;

/** How many bytes the deflate stream of a chunk holds; undefined for a chunk that no stream is to be used for. */
function inflatedByteLength({ filters, filterMask, byteLength, chunkByteLength }: StoredChunk): number | undefined {
  const last = filters.length - 1;
  if (chunkByteLength < LEAST_CHUNK_BYTES || filters[last]?.id !== DEFLATE_ID || (filterMask >>> last) & 1)
    return undefined;
  const inflated = sizesBetween(filters, filterMask, chunkByteLength)[last];
  return inflated !== undefined && inflated <= byteLength * DEFAULT_LIMITS.maxInflateRatio ? inflated : undefined;
}

/** @returns undefined for bytes that are no zlib stream of that length. */
async function inflate(stored: Uint8Array<ArrayBuffer>, byteLength: number): Promise<Uint8Array | undefined> {
  const inflated = new Uint8Array(byteLength);
  let end = 0;
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  // What fails fails in the reader, too.
  writer.write(stored).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return end === byteLength ? inflated : undefined;
      if (end + value.length > byteLength) break;
      inflated.set(value, end);
      end += value.length;
    }
  } catch {
    // The stream's own error, of no class that all runtimes agree on; the core tells what is wrong.
    return undefined;
  }
  reader.cancel().catch(() => undefined);
  return undefined;
}

/** The chunks of one operation. */
export class LateChunks implements ChunkCoder, FaultingSource {
  readonly name = "chunks to inflate";
  readonly #retry: RetryOptions;
  /** Undefined for those that are left to the core. */
  readonly #decoded = new Map<object, Map<Address, Uint8Array | undefined>>();
  #wanted: readonly StoredChunk[] = [];
  #bring: () => void = () => undefined;
  #byteLength = 0;
  #rounds = 0;

  constructor(retry: RetryOptions) {
    this.#retry = retry;
  }

  expect(chunks: readonly StoredChunk[], bring: () => void): readonly StoredChunk[] {
    const wanted = chunks.filter((chunk) => !this.#known(chunk) && inflatedByteLength(chunk) !== undefined);
    const byteLength = wanted.reduce((sum, { chunkByteLength }) => sum + chunkByteLength, this.#byteLength);
    if (wanted.length > 0 && byteLength <= MOST_BYTES && this.#rounds < MOST_ROUNDS) {
      this.#byteLength = byteLength;
      this.#wanted = wanted;
      this.#bring = bring;
      throw new PageFault(this, []);
    }
    return chunks.filter(({ storage, address }) => this.#decoded.get(storage)?.get(address) === undefined);
  }

  #known({ storage, address }: StoredChunk): boolean {
    return this.#decoded.get(storage)?.has(address) === true;
  }

  /** A copy: the operation may start over, and what reads a chunk keeps its buffer. */
  decoded(storage: object, address: Address): Uint8Array | undefined {
    return this.#decoded.get(storage)?.get(address)?.slice();
  }

  /** Files whose bytes arrive later are not written. */
  encode(): boolean {
    return false;
  }

  /** Has all bytes fetched together, and each chunk inflated when its own are there. */
  async fetch(): Promise<boolean> {
    const [wanted, bring] = [this.#wanted, this.#bring];
    this.#wanted = [];
    this.#rounds++;
    const lanes = new Lanes(LANES);
    const all = runWithRetry(bring, this.#retry);
    await Promise.all([all, ...wanted.map((chunk) => this.#decode(chunk, lanes))]);
    return wanted.length > 0;
  }

  async #decode(chunk: StoredChunk, lanes: Lanes): Promise<void> {
    const { storage, address } = chunk;
    const stored = await runWithRetry(() => chunk.readStored(), this.#retry);
    const bytes = await lanes.run(() => decoded(chunk, stored));
    const ready = this.#decoded.get(storage) ?? new Map<Address, Uint8Array | undefined>();
    this.#decoded.set(storage, ready.set(address, bytes));
  }
}

async function decoded(chunk: StoredChunk, stored: Uint8Array): Promise<Uint8Array | undefined> {
  const { filters, filterMask, chunkByteLength } = chunk;
  const byteLength = inflatedByteLength(chunk);
  const inflated = byteLength === undefined ? undefined : await inflate(stored as Uint8Array<ArrayBuffer>, byteLength);
  if (inflated === undefined) return undefined;
  try {
    return decodePipeline(filters.slice(0, -1), inflated, filterMask, chunkByteLength, DEFAULT_LIMITS);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return undefined;
  }
}

/** So many at a time. */
class Lanes {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Makes operations of functions: with the chunks inflated by streams where the runtime has these, but no zlib to call. */
export function lateDecoding(retry: RetryOptions): <R>(run: () => R) => () => R {
  if (typeof DecompressionStream !== "function" || platformZlib() !== undefined) return (run) => run;
  return (run) => {
    const chunks = new LateChunks(retry);
    return () => withChunkCoder(chunks, run);
  };
}
