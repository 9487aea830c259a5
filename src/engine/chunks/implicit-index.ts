/**
 * Implicit chunk index: all chunks of the maximum dimensions, one after the other in one block.
 *
 * Specification: VII.B, "The Implicit Index". Reference implementation: H5Dnone.c. Chunks have no records and never move;
 * the library makes this index for datasets without filters whose space is allocated at creation.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { formatError, LimitError } from "../../base/errors.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import { allocateFor } from "../space/allocate-for.ts";
import { chunkCounts, forEachChunkOf } from "./chunk-geometry.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "./chunk-index.ts";
import type { ChunkNumbering } from "./chunk-numbers.ts";

const STRUCTURE = "Implicit chunk index";

export interface ImplicitIndexOptions {
  readonly storage: ChunkStorage;
  readonly indexing: ChunkIndexing;
  readonly rootAddress: Address;
  readonly numbering: ChunkNumbering;
  /** Current dimensions of the dataset. */
  readonly dims: readonly number[];
  readonly chunkDims: readonly number[];
  readonly chunkByteLength: number;
}

export class ImplicitIndex implements ChunkIndex {
  readonly indexing: ChunkIndexing;
  private readonly storage: ChunkStorage;
  private readonly numbering: ChunkNumbering;
  private readonly chunkDims: readonly number[];
  private readonly chunkByteLength: number;
  /** Chunks along each dimension. */
  private counts: readonly number[];
  private address: Address;

  constructor(options: ImplicitIndexOptions) {
    this.indexing = options.indexing;
    this.storage = options.storage;
    this.address = options.rootAddress;
    this.numbering = options.numbering;
    this.chunkDims = options.chunkDims;
    this.chunkByteLength = options.chunkByteLength;
    this.counts = chunkCounts(options.dims, options.chunkDims);
  }

  get rootAddress(): Address {
    return this.address;
  }

  private get byteLength(): number {
    return this.numbering.total * this.chunkByteLength;
  }

  /** Only chunks of the current dimensions exist, although there is room for more. */
  resized(dims: readonly number[]): void {
    this.counts = chunkCounts(dims, this.chunkDims);
  }

  reserve(writeNew?: (address: Address) => void): void {
    const { storage, byteLength } = this;
    if (isDefined(this.address) || byteLength === 0) return;
    this.address = allocateFor(storage, "draw", byteLength, (start) => {
      if (writeNew !== undefined) forEachChunkOf(this.counts, (scaled) => writeNew(start + this.offsetOf(scaled)));
      // The file reaches to its end from now on, so that all chunks can be read.
      const last = start + byteLength - 1;
      if (storage.available(last, 1) === 0) storage.writeRaw(last, new Uint8Array(1));
    });
  }

  private offsetOf(scaled: readonly number[]): number {
    return this.numbering.numberOf(scaled) * this.chunkByteLength;
  }

  private recordOf(scaled: readonly number[]): ChunkRecord {
    return { address: this.address + this.offsetOf(scaled), byteLength: this.chunkByteLength, filterMask: 0 };
  }

  lookup(scaled: readonly number[]): ChunkRecord | undefined {
    if (!isDefined(this.address)) return undefined;
    for (let d = 0; d < scaled.length; d++) if (!((scaled[d] as number) < (this.counts[d] as number))) return undefined;
    const { address, numbering, chunkByteLength: byteLength } = this;
    return { address: address + numbering.numberOf(scaled) * byteLength, byteLength, filterMask: 0 };
  }

  prefetch(): void {}

  insert(scaled: readonly number[], record: ChunkRecord): void {
    const place = this.lookup(scaled);
    if (place?.address === record.address && place.byteLength === record.byteLength && record.filterMask === 0) return;
    throw new LimitError("a chunk in another place than an implicit index gives it");
  }

  remove(): void {}

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    if (this.count() === 0) return;
    this.checkEnd();
    forEachChunkOf(this.counts, (scaled) => visit(scaled.slice(), this.recordOf(scaled)));
  }

  /** Chunks that were not in the file would be visited without end. */
  private checkEnd(): void {
    const last = this.recordOf(this.counts.map((count) => count - 1));
    if (this.storage.available(last.address, last.byteLength) === last.byteLength) return;
    const problem = `the last chunk, at address ${last.address}, is not in the file`;
    throw formatError(problem, { structure: STRUCTURE, address: this.address });
  }

  count(): number {
    return isDefined(this.address) ? this.counts.reduce((all, count) => all * count, 1) : 0;
  }

  storageSize(): number {
    return this.count() * this.chunkByteLength;
  }

  /** The chunks are all there is of it. */
  deleteAll(freed: FreedBlocks): void {
    if (isDefined(this.address)) freed.add("draw", this.address, this.byteLength);
  }
}
