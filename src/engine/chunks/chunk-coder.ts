/**
 * Who else may take chunks through their filters: workers, while an operation runs.
 *
 * An operation is synchronous and so is the time in which it has a coder. What a coder has not decoded yet it asks for as
 * a source does for bytes: by a page fault, after which the operation starts over.
 */

import type { Address } from "../../base/address.ts";
import { Running } from "../../base/running.ts";
import type { PipelineFilter } from "../../filters/filter.ts";

/** Where an operation has its elements, as long as it starts over with the same memory. */
export interface Placement {
  readonly memory: Uint8Array;
  /** {@link COPY_NUMBERS} for each group of runs. */
  readonly copies: readonly number[];
}

/** Numbers of a copy: target offset and stride, source offset and stride, bytes of a run, runs. */
export const COPY_NUMBERS = 6;

/** A file, as far as stored chunks are read from it. */
export interface StoredBytes {
  readRaw(address: Address, destination: Uint8Array): void;
}

/** A chunk in its stored form. It is known to lie in the file. */
export interface StoredChunk {
  /** What it is stored in, and where: together they name the chunk. */
  readonly storage: StoredBytes;
  readonly address: Address;
  /** Bytes of the stored chunk. */
  readonly byteLength: number;
  readonly filters: readonly PipelineFilter[];
  readonly filterMask: number;
  /** Bytes of the decoded chunk. */
  readonly chunkByteLength: number;
  /** Reads the stored bytes, which are the caller's then. */
  readStored(): Uint8Array;
  /** Where what is selected of it goes; undefined when the operation asks for the chunk by {@link ChunkCoder.decoded}. */
  readonly placement: Placement | undefined;
}

/** A chunk that is to be stored. */
export interface ChunkToStore {
  readonly filters: readonly PipelineFilter[];
  /** Valid until the call ends. */
  readonly bytes: Uint8Array;
  /** Takes the stored form to its place. To be called once. */
  store(stored: Uint8Array, filterMask: number): void;
}

/** The rest of a write, which goes on chunk by chunk. */
export interface WriteSteps {
  /** Writes the next chunk; false when there is none. */
  next(): boolean;
  /** To be called before anything else is done with the dataset. */
  settle(): void;
}

export interface ChunkCoder {
  /**
   * These will be asked for next.
   *
   * @param bring - Has their bytes fetched, and those of other chunks of the operation. @throws PageFault while some are missing.
   * @returns those that the core is to decode itself, whose bytes it will have fetched.
   * @throws PageFault for what is neither decoded nor placed yet.
   */
  expect(chunks: readonly StoredChunk[], bring: () => void): readonly StoredChunk[];
  /** The decoded bytes, for reading; undefined for a chunk that the core is to decode itself. */
  decoded(storage: object, address: Address): Uint8Array | undefined;
  /** Whether the chunk was taken, to be encoded and stored later. */
  encode(chunk: ChunkToStore): boolean;
  /** Memory for a result: the same, for the same `key` in the same place, when the operation starts over. */
  result?<T extends ArrayBufferView>(key: string, allocate: () => T): T;
  /** Whether memory is that of a result, so that chunks may be placed in it. */
  keeps?(memory: Uint8Array): boolean;
  /** Whether anything was placed in `memory` yet. */
  hasPlaced?(memory: Uint8Array): boolean;
  /** Whether what is selected of a chunk has its place in `memory`. */
  isPlaced?(storage: object, address: Address, memory: Uint8Array): boolean;
  /** Whether a write was taken, to be gone on with when there is room for its chunks; memory and dataset stay as they are until then. */
  defer?(write: WriteSteps): boolean;
}

const running = new Running<ChunkCoder | undefined>(undefined);

/** The coder of the operation that is running. */
export function currentCoder(): ChunkCoder | undefined {
  return running.value;
}

/** Memory for the result of the operation that is running. `key` tells different kinds and lengths apart. */
export function resultMemory<T extends ArrayBufferView>(key: string, allocate: () => T): T {
  return running.value?.result?.(key, allocate) ?? allocate();
}

/** Runs an operation, all of whose chunks go through `coder`. */
export function withChunkCoder<T>(coder: ChunkCoder, operation: () => T): T {
  return running.during(coder, operation);
}
