/**
 * Who else may take chunks through their filters: workers, while an operation runs.
 *
 * An operation is synchronous and so is the time in which it has a coder. What a coder has not decoded yet it asks for as
 * a source does for bytes: by a page fault, after which the operation starts over.
 */
import type { Address } from "../../base/address.ts";
import type { PipelineFilter } from "../../filters/filter.ts";

/** A chunk in its stored form. */
export interface StoredChunk {
  /** What it is stored in, and where: together they name the chunk. */
  readonly storage: object;
  readonly address: Address;
  /** Bytes that it takes there. */
  readonly byteLength: number;
  readonly filters: readonly PipelineFilter[];
  readonly filterMask: number;
  /** Bytes of the decoded chunk. */
  readonly chunkByteLength: number;
  /** Reads the stored bytes, which are the caller's then. */
  readStored(): Uint8Array;
}

/** A chunk that is to be stored. */
export interface ChunkToStore {
  readonly filters: readonly PipelineFilter[];
  /** Valid until the call ends. */
  readonly bytes: Uint8Array;
  /** Takes the stored form to its place. To be called once. */
  store(stored: Uint8Array, filterMask: number): void;
}

export interface ChunkCoder {
  /**
   * These will be asked for next.
   *
   * @param bring - Has their bytes fetched, and those of other chunks of the operation. @throws PageFault while some are missing.
   * @returns those that the core is to decode itself, whose bytes it will have fetched.
   * @throws PageFault for what is not decoded yet.
   */
  expect(chunks: readonly StoredChunk[], bring: () => void): readonly StoredChunk[];
  /** The decoded bytes, for reading; undefined for a chunk that the core is to decode itself. */
  decoded(storage: object, address: Address): Uint8Array | undefined;
  /** Whether the chunk was taken, to be encoded and stored later. */
  encode(chunk: ChunkToStore): boolean;
}

let current: ChunkCoder | undefined;

/** The coder of the operation that is running. */
export function currentCoder(): ChunkCoder | undefined {
  return current;
}

/** Runs an operation, all of whose chunks go through `coder`. */
export function withChunkCoder<T>(coder: ChunkCoder, operation: () => T): T {
  const outer = current;
  current = coder;
  try {
    return operation();
  } finally {
    current = outer;
  }
}
