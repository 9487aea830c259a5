/**
 * Where the chunks of a dataset are: what all chunk indexes have in common.
 *
 * A chunk is named by its scaled coordinates: the number of the chunk along each dimension. Specification: III.A.1 and
 * Appendix C.
 */
import type { Address } from "../../base/address.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import type { FileStorage } from "../file-storage.ts";
import type { FreedBlocks } from "../freed-blocks.ts";

/** What chunk indexes and the chunk store ask of a file. */
export type ChunkStorage = Pick<
  FileStorage,
  | "widths"
  | "limits"
  | "load"
  | "cached"
  | "store"
  | "forget"
  | "writeBefore"
  | "readRaw"
  | "writeRaw"
  | "writeOrKeep"
  | "writeKept"
  | "expectRaw"
  | "allocate"
  | "release"
  | "requireUsed"
  | "isSeen"
  | "available"
  | "answersLate"
  | "cursor"
  | "readEach"
  | "isChanging"
  | "attemptRaw"
  | "smallBuffers"
>;

/** One stored chunk. */
export interface ChunkRecord {
  readonly address: Address;
  /** Bytes as stored, behind all filters. */
  readonly byteLength: number;
  /** Bit i is set when filter i of the pipeline was left out for this chunk. */
  readonly filterMask: number;
}

export interface ChunkIndex {
  /** For the data layout message: what it says of the index beside the address. */
  readonly indexing: ChunkIndexing;
  /** For the data layout message; undefined until the first chunk is inserted, for indexes made that late. */
  readonly rootAddress: Address;
  lookup(scaled: readonly number[]): ChunkRecord | undefined;
  /** Loads what lookups of these chunks will need, with as few requests to the file as its structure allows. */
  prefetch(chunks: readonly (readonly number[])[]): void;
  /**
   * Makes the block that the layout message leads to, if there is none yet: the C library does before it allocates the first
   * chunk, so that the index does not come to lie behind space set aside for small chunks.
   */
  prepare?(): void;
  /** Adds a chunk or replaces its record. */
  insert(scaled: readonly number[], record: ChunkRecord): void;
  /** Removes a chunk's record; its space is the caller's to release. Nothing happens if there is none. */
  remove(scaled: readonly number[]): void;
  /** Visits all stored chunks, in the order of the index. The index must not be changed meanwhile. */
  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void;
  /** Number of stored chunks. */
  count(): number;
  /** Bytes of all stored chunks together. C: `H5Dget_storage_size`. */
  storageSize(): number;
  /** The blocks of the index go, which is not to be used any more then. The chunks are the caller's to free. */
  deleteAll(freed: FreedBlocks): void;
  /**
   * An index with this method says itself where chunks lie: nobody else allocates or releases their space, and all that can
   * exist do. It is called before the first chunk is written, and allocates them all; nothing happens the second time.
   */
  reserve?(writeNew?: (address: Address) => void): void;
  /** The dataset has other dimensions now. */
  resized?(dims: readonly number[]): void;
}
