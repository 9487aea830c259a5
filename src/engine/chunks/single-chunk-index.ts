/**
 * Chunk index of a dataset that is one chunk: the data layout message itself.
 *
 * Specification: VII.A, "The Single Chunk Index". Reference implementation: H5Dsingle.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import type { ChunkIndex, ChunkRecord } from "./chunk-index.ts";

type SingleChunkIndexing = Extract<ChunkIndexing, { readonly type: "single-chunk" }>;

export interface SingleChunkIndexOptions {
  readonly indexing: SingleChunkIndexing;
  /** Of the chunk; undefined when it does not exist. */
  readonly rootAddress: Address;
  readonly rank: number;
  /** Of a whole decoded chunk. */
  readonly chunkByteLength: number;
}

export class SingleChunkIndex implements ChunkIndex {
  private current: SingleChunkIndexing;
  private address: Address;
  private readonly rank: number;
  private readonly chunkByteLength: number;

  constructor(options: SingleChunkIndexOptions) {
    this.current = options.indexing;
    this.address = options.rootAddress;
    this.rank = options.rank;
    this.chunkByteLength = options.chunkByteLength;
  }

  get rootAddress(): Address {
    return this.address;
  }

  get indexing(): ChunkIndexing {
    return this.current;
  }

  private record(): ChunkRecord | undefined {
    const { address, current, chunkByteLength } = this;
    if (!isDefined(address)) return undefined;
    return { address, ...(current.filtered ?? { byteLength: chunkByteLength, filterMask: 0 }) };
  }

  lookup(scaled: readonly number[]): ChunkRecord | undefined {
    return scaled.every((coordinate) => coordinate === 0) ? this.record() : undefined;
  }

  prefetch(): void {}

  insert(scaled: readonly number[], record: ChunkRecord): void {
    if (scaled.some((coordinate) => coordinate !== 0)) throw new LimitError("a second chunk in an index of one chunk");
    const { address, byteLength, filterMask } = record;
    if (this.current.filtered !== undefined) {
      this.current = { type: "single-chunk", filtered: { byteLength, filterMask } };
    } else if (byteLength !== this.chunkByteLength || filterMask !== 0) {
      throw new LimitError(`chunk stored as ${byteLength} bytes in an index of unfiltered chunks`);
    }
    this.address = address;
  }

  remove(scaled: readonly number[]): void {
    if (this.lookup(scaled) !== undefined) this.address = UNDEFINED_ADDRESS;
  }

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    const record = this.record();
    if (record !== undefined) visit(new Array<number>(this.rank).fill(0), record);
  }

  count(): number {
    return isDefined(this.address) ? 1 : 0;
  }

  storageSize(): number {
    return this.record()?.byteLength ?? 0;
  }

  /** There is no block but the chunk. */
  deleteAll(): void {}
}
