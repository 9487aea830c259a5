/**
 * The extent of a chunked dataset changes: chunks are dropped, cut and filled, and edges filtered anew.
 *
 * C: `H5D__chunk_prune_by_extent`, `H5D__chunk_update_old_edge_chunks`.
 */
import { product } from "../../base/bits.ts";
import type { ChunkCache } from "./chunk-cache.ts";
import type { ChunkFormat } from "./chunk-format.ts";
import {
  cellsInside,
  chunkCounts,
  forEachNewChunk,
  forEachRunOutside,
  isInside,
  isPartialEdge,
} from "./chunk-geometry.ts";
import type { ChunkIo } from "./chunk-io.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { CutOrder } from "./cut-order.ts";
import { fillWith } from "./fill-pattern.ts";

/** So many places are looked into for chunks before it is known how many there are. */
const FEW_PLACES = 16;

export class ChunkExtent {
  private readonly store: ChunkStore;
  private readonly format: ChunkFormat;
  private readonly io: ChunkIo;
  private readonly cache: ChunkCache;

  constructor(store: ChunkStore, format: ChunkFormat, io: ChunkIo, cache: ChunkCache) {
    this.store = store;
    this.format = format;
    this.io = io;
    this.cache = cache;
  }

  /** As {@link ChunkStore.setExtent}. */
  change(newDims: readonly number[]): void {
    const oldDims = this.io.dims;
    const { chunkDims } = this.format;
    // The C library rounds down here, but up when a dataset is opened; slots follow from it.
    const counts = new Array<number>(newDims.length);
    let isOther = false;
    let isCut = false;
    for (let d = 0; d < newDims.length; d++) {
      const size = newDims[d] as number;
      const before = oldDims[d] as number;
      counts[d] = Math.floor(size / (chunkDims[d] as number));
      if (size !== before) isOther = true;
      if (size < before) isCut = true;
    }
    if (!isOther) return;
    this.store.settle();
    this.refilterEdges(oldDims, newDims);
    this.io.dims = newDims.slice();
    try {
      this.cache.rehash(counts);
      if (isCut) this.cutTo(oldDims, newDims);
      this.io.index.resized?.(newDims);
      if (this.io.index.reserve !== undefined) this.fillNew(oldDims, newDims);
    } catch (error) {
      // So that it can be tried again. What was dropped and refilled by then stays so, and is stored as the new extent has it first.
      try {
        this.refilterEdges(newDims, oldDims);
      } finally {
        this.io.dims = oldDims;
        this.io.index.resized?.(oldDims);
      }
      throw error;
    }
  }

  /** Chunks that are where they always were, but begin to exist. */
  private fillNew(oldDims: readonly number[], newDims: readonly number[]): void {
    const { chunkDims } = this.format;
    const writeNew = this.io.newChunks("blank");
    forEachNewChunk(chunkCounts(oldDims, chunkDims), chunkCounts(newDims, chunkDims), (scaled) => {
      const record = this.io.index.lookup(scaled);
      if (record !== undefined) writeNew(record.address);
    });
  }

  /** Chunks are gone through as the C library does it, on which it depends what the cache evicts in between. */
  private cutTo(oldDims: readonly number[], newDims: readonly number[]): void {
    const { chunkDims } = this.format;
    const order = new CutOrder(oldDims, newDims, chunkDims);
    const cut = (scaled: readonly number[]): void => {
      if (!this.store.has(scaled)) return;
      if (isInside(scaled, chunkDims, newDims)) this.refill(scaled, newDims);
      else this.store.drop(scaled);
    };
    const { mostStored } = this.io;
    if (order.count() <= (mostStored === Number.POSITIVE_INFINITY ? FEW_PLACES : mostStored)) order.forEach(cut);
    else for (const scaled of order.of(this.existingChunks())) cut(scaled);
    this.store.settle();
  }

  private existingChunks(): (readonly number[])[] {
    const all: (readonly number[])[] = [];
    this.io.index.forEach((scaled) => {
      all.push(scaled.slice());
    });
    this.io.mostStored = all.length;
    return all.concat(this.cache.chunks().filter((scaled) => this.io.index.lookup(scaled) === undefined));
  }

  private refill(scaled: readonly number[], dims: readonly number[]): void {
    const { chunkDims, elementSize, fillElement, heap } = this.format;
    if (this.store.isDirect) {
      const address = this.store.directAddressForWrite(scaled, false);
      const pieces = this.io.pieces();
      forEachRunOutside(scaled, chunkDims, dims, (start, end) => pieces.refill(address, start, end));
      return;
    }
    if (this.store.long !== undefined) {
      this.store.long.refill(scaled, (visit) => forEachRunOutside(scaled, chunkDims, dims, visit));
      return;
    }
    const cells = product(chunkDims) - cellsInside(scaled, chunkDims, dims);
    const bytes = this.store.forWrite(scaled, cells * elementSize, false);
    if (heap === undefined) {
      forEachRunOutside(scaled, chunkDims, dims, (start, end) => {
        fillWith(bytes, fillElement, start * elementSize, end * elementSize);
      });
      return;
    }
    const forEachRun = (visit: (run: Uint8Array) => void): void => {
      forEachRunOutside(scaled, chunkDims, dims, (start, end) => {
        visit(bytes.subarray(start * elementSize, end * elementSize));
      });
    };
    heap.release(forEachRun, () => forEachRun((run) => fillWith(run, fillElement)));
  }

  /** Chunks that become or cease to be partial edge chunks change between stored as they are and filtered. */
  private refilterEdges(oldDims: readonly number[], newDims: readonly number[]): void {
    const { chunkDims, dontFilterPartialChunks, filters } = this.format;
    if (!dontFilterPartialChunks || filters.length === 0) return;
    this.cache.clear();
    const changing: (readonly number[])[] = [];
    this.io.index.forEach((scaled) => {
      if (!isInside(scaled, chunkDims, newDims) || !isInside(scaled, chunkDims, oldDims)) return;
      if (isPartialEdge(scaled, chunkDims, oldDims) !== isPartialEdge(scaled, chunkDims, newDims)) {
        changing.push(scaled.slice());
      }
    });
    let done = 0;
    try {
      for (; done < changing.length; done++) this.refilter(changing[done] as readonly number[], oldDims, newDims);
    } catch (error) {
      for (const scaled of changing.slice(0, done)) this.refilter(scaled, newDims, oldDims);
      throw error;
    }
  }

  private refilter(scaled: readonly number[], oldDims: readonly number[], newDims: readonly number[]): void {
    const { long } = this.store;
    if (long !== undefined) {
      long.refilter(scaled, oldDims, newDims);
      return;
    }
    const bytes = this.io.decode(scaled, oldDims);
    if (bytes === undefined) return;
    try {
      this.io.encodeWithin(scaled, bytes, newDims);
    } catch (error) {
      // The index may lead to the new form already.
      this.io.encodeWithin(scaled, bytes, oldDims);
      throw error;
    }
  }
}
