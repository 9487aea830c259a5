/** How the chunks of a dataset are made up. */
import type { PipelineFilter } from "../../filters/filter.ts";

/** What becomes of the heap objects of elements that own some. */
export interface HeapElements {
  /** Packed elements are to be stored: those that still are the fill value get heap objects of their own. */
  own(bytes: Uint8Array): void;
  /**
   * Packed elements, which `elements` shows, are no more when `change` is done. What cannot be read is met before that, and
   * then nothing has happened.
   */
  release(elements: (show: (bytes: Uint8Array) => void) => void, change: () => void): void;
}

export interface ChunkFormat {
  readonly chunkDims: readonly number[];
  /** Bytes of one element in the file. */
  readonly elementSize: number;
  /** In the order of writing; empty where there is no pipeline. */
  readonly filters: readonly PipelineFilter[];
  /** Chunks that reach over the edge are stored without filters (layout flag bit 0). */
  readonly dontFilterPartialChunks: boolean;
  /** One element, in the file's datatype; zeros where it is undefined. */
  readonly fillElement: Uint8Array | undefined;
  /** Whether elements of a chunk that does not exist are read as fill values; else memory stays as it is. */
  readonly fillsOnRead: boolean;
  /** What a new chunk is made of before it is written to; zeros where the fill time is "never". */
  readonly newElement: Uint8Array | undefined;
  /** For elements of variable length. */
  readonly heap?: HeapElements | undefined;
}
