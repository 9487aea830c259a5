/**
 * The chunks of one open dataset: index, cache and filters together.
 *
 * Chunks are named by scaled coordinates (the number of the chunk along each dimension) and always whole: an edge chunk
 * has as many bytes as any other. An operation asks for one chunk after the other and ends with {@link ChunkStore.settle}.
 * C: H5Dchunk.c.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { HDF5Error, isDamage, LimitError } from "../../base/errors.ts";
import { MAX_BUFFER_BYTES } from "../../base/memory.ts";
import type { BoxPieces } from "../dataset-io/box-reader.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import { allocateFor } from "../space/allocate-for.ts";
import { ChunkCache } from "./chunk-cache.ts";
import type { ChunkCacheSettings, ChunkCacheStatistics } from "./chunk-cache-settings.ts";
import { currentCoder, type Placement, type StoredChunk } from "./chunk-coder.ts";
import { ChunkExtent } from "./chunk-extent.ts";
import type { ChunkFormat } from "./chunk-format.ts";
import { chunkCounts, chunkOffset, forEachNewChunk } from "./chunk-geometry.ts";
import type { ChunkIndex, ChunkStorage } from "./chunk-index.ts";
import { ChunkIo } from "./chunk-io.ts";
import { type ChunkInfo, ChunkList } from "./chunk-list.ts";
import { LongChunks } from "./long-chunks.ts";

export interface ChunkStoreOptions extends ChunkFormat {
  readonly storage: ChunkStorage;
  readonly index: ChunkIndex;
  /** Current dimensions of the dataset, in elements. */
  readonly dims: readonly number[];
  readonly cache: ChunkCacheSettings;
  /** Chunks above this are not held in one buffer. Default 4 GiB - 1: arrays of some runtimes end there. */
  readonly maxBufferBytes?: number;
}

/** A chunk that will be read. */
export interface ExpectedChunk {
  readonly scaled: readonly number[];
  /** Where what is selected of it goes, where whoever decodes it may put it there. */
  readonly placement?: Placement | undefined;
}

export class ChunkStore implements BoxPieces {
  /** Bytes of a decoded chunk. */
  readonly chunkByteLength: number;
  /**
   * Chunks are read and written in place, only the bytes asked for: those without filters that are larger than the cache or,
   * when their elements own heap objects, than a buffer.
   * Such datasets use {@link directAddress} and {@link directAddressForWrite} instead of {@link forRead} and {@link forWrite}.
   */
  readonly isDirect: boolean;
  /** Chunks behind filters that are larger than a buffer, instead of {@link forRead} and {@link forWrite}. */
  readonly long: LongChunks | undefined;
  /** Whether chunks that are read stay in the cache. */
  readonly keeps: boolean;
  private readonly storage: ChunkStorage;
  private readonly format: ChunkFormat;
  private readonly io: ChunkIo;
  private readonly cache: ChunkCache;
  private list: ChunkList | undefined;

  constructor(options: ChunkStoreOptions) {
    const { storage, index, chunkDims, elementSize, dims, cache, maxBufferBytes = MAX_BUFFER_BYTES } = options;
    this.storage = storage;
    this.format = options;
    this.chunkByteLength = product(chunkDims) * elementSize;
    if (!(this.chunkByteLength >= 1 && this.chunkByteLength <= Number.MAX_SAFE_INTEGER)) {
      throw new LimitError(`chunk of ${this.chunkByteLength} bytes: expected 1 to ${Number.MAX_SAFE_INTEGER}`);
    }
    const most = options.heap === undefined ? Math.min(cache.nbytes, maxBufferBytes) : maxBufferBytes;
    const hasFilters = options.filters.length > 0;
    this.isDirect = !hasFilters && this.chunkByteLength > most;
    const isLong = hasFilters && this.chunkByteLength > maxBufferBytes;
    this.io = new ChunkIo(storage, index, options, this.chunkByteLength, dims, this.isDirect || isLong);
    this.cache = new ChunkCache(cache, this.chunkByteLength, chunkCounts(dims, chunkDims), this.io);
    this.keeps = this.cache.holdsChunks;
    if (isLong) this.long = new LongChunks(storage, this.io, options, this.keeps, maxBufferBytes);
  }

  get dims(): readonly number[] {
    return this.io.dims;
  }

  get index(): ChunkIndex {
    return this.io.index;
  }

  /** Whether there ever was a chunk: in the file, or in the cache, though it may be gone from there. */
  get exists(): boolean {
    return isDefined(this.index.rootAddress) || this.cache.wasWritten || this.cache.statistics().entries > 0;
  }

  /**
   * Whether chunks that are not there are read as fill values, {@link forRead} and {@link readWhole} always having something, and
   * several of them need not be announced.
   */
  get hasAll(): boolean {
    if (this.storage.answersLate) return false;
    return this.keeps && this.format.fillsOnRead && isDefined(this.index.rootAddress);
  }

  /** Whether elements own heap objects. */
  get hasHeap(): boolean {
    return this.format.heap !== undefined;
  }

  get cacheSettings(): ChunkCacheSettings {
    return this.cache.settings;
  }

  statistics(): ChunkCacheStatistics {
    return this.cache.statistics();
  }

  /**
   * The decoded chunk, to read `byteCount` bytes of it; `undefined` when it is not allocated, which means fill values.
   *
   * The bytes are not to be changed, and valid until the next call.
   * @throws FilterError when the chunk cannot be decoded; FormatError when it is not where the index says.
   */
  forRead(scaled: readonly number[], byteCount: number): Uint8Array | undefined {
    return this.cache.read(scaled, byteCount);
  }

  /**
   * Reads a whole chunk into `destination` ({@link chunkByteLength} bytes), without a copy in between if it has no filters.
   * `false` when it is not allocated. `destination` must not be changed by anybody until {@link settle}.
   */
  readWhole(scaled: readonly number[], destination: Uint8Array): boolean {
    return this.cache.readWhole(scaled, destination);
  }

  /** Whether there was no such chunk in the file when {@link forRead} or {@link readWhole} last looked. */
  get wasMissing(): boolean {
    return this.cache.wasMissing;
  }

  /** Whether there is such a chunk, in the file or in the cache. */
  has(scaled: readonly number[]): boolean {
    return this.cache.has(scaled) || this.index.lookup(scaled) !== undefined;
  }

  /**
   * The decoded chunk, to change `byteCount` bytes of it before the next call.
   *
   * @param whole - Every byte will be set, so that nothing is decoded and the content is arbitrary. Otherwise a chunk that
   *   is not allocated starts as fill values.
   */
  forWrite(scaled: readonly number[], byteCount: number, whole: boolean): Uint8Array {
    return this.cache.write(scaled, byteCount, whole);
  }

  /** Ends an operation: what {@link forWrite} gave out is final, what {@link readWhole} filled is its owner's again. */
  settle(): void {
    // Others may write what was read ahead.
    this.io.ahead.forget();
    this.cache.settle();
    this.long?.settle();
  }

  /** Undoes a {@link forWrite} of a whole chunk that could not be finished. */
  abandon(scaled: readonly number[]): void {
    this.cache.abandon(scaled);
    this.long?.discard(scaled);
  }

  /** Where an unfiltered chunk lies, for reading in place; `undefined` when it is not allocated. */
  directAddress(scaled: readonly number[]): Address | undefined {
    const record = this.index.lookup(scaled);
    if (record === undefined) return undefined;
    this.io.requireWholeChunk(scaled, record);
    return record.address;
  }

  /** Where an unfiltered chunk lies, for writing in place. A new one is filled first, unless `whole` of it will be written. */
  directAddressForWrite(scaled: readonly number[], whole: boolean): Address {
    const address = this.directAddress(scaled);
    if (address !== undefined) return address;
    if (this.io.reserve(true)) return this.io.reservedPlace(scaled);
    return this.allocateNew(scaled, (allocated) => {
      if (!whole) this.io.pieces().fillNew(allocated, this.format.newElement);
    });
  }

  /**
   * Announces chunks that will be read, so that a source that answers late can fetch them all at once. Of direct chunks
   * only the index is fetched; which bytes of them are needed the caller knows.
   */
  expect(chunks: readonly ExpectedChunk[]): void {
    const missing = chunks.filter(({ scaled }) => !this.cache.has(scaled));
    if (missing.length === 0) return;
    if (this.storage.answersLate) this.index.prefetch(missing.map(({ scaled }) => scaled));
    if (this.isDirect) return;
    // Of chunks that may be half written it takes the core to try again.
    const coder = this.storage.isChanging ? undefined : currentCoder();
    const plain: { address: Address; byteLength: number }[] = [];
    const coded: StoredChunk[] = [];
    for (const { scaled, placement } of missing) {
      const record = this.index.lookup(scaled);
      if (record === undefined) continue;
      const chunk = coder && this.io.storedChunk(scaled, record, placement);
      if (chunk === undefined) plain.push({ address: record.address, byteLength: record.byteLength });
      else coded.push(chunk);
    }
    const left = coder?.expect(coded, () => this.storage.expectRaw([...plain, ...coded])) ?? [];
    if (plain.length + left.length > 0) this.storage.expectRaw([...plain, ...left]);
  }

  /** Whether what is selected of a chunk is in `memory` already, by whoever decodes chunks elsewhere. */
  isPlaced(scaled: readonly number[], memory: Uint8Array): boolean {
    return this.io.isPlaced(scaled, memory);
  }

  /**
   * Changes the dimensions. Chunks outside are dropped, and what is cut off of those that stay becomes fill values again.
   *
   * C: `H5Dset_extent`, its part for chunks. The caller allocates new chunks if they are to exist early ({@link allocateAll}).
   */
  setExtent(newDims: readonly number[]): void {
    new ChunkExtent(this, this.format, this.io, this.cache).change(newDims);
  }

  /** Drops a chunk, with the heap objects of its elements. */
  drop(scaled: readonly number[]): void {
    const drop = (): void => {
      this.io.remove(scaled);
      this.discard(scaled);
    };
    const { heap } = this.format;
    if (heap === undefined) drop();
    else heap.release((show) => this.showElements(scaled, show), drop);
  }

  /** What is decoded of a chunk counts no more. */
  private discard(scaled: readonly number[]): void {
    this.cache.discard(scaled);
    this.long?.discard(scaled);
  }

  /** Shows the elements of a chunk, unless it cannot be decoded. */
  private showElements(scaled: readonly number[], show: (bytes: Uint8Array) => void): void {
    try {
      if (this.isDirect) {
        const address = this.directAddress(scaled);
        if (address !== undefined) this.io.pieces().show(address, show);
        return;
      }
      if (this.long !== undefined) {
        this.long.show(scaled, show);
        return;
      }
      const bytes = this.forRead(scaled, 0);
      if (bytes !== undefined) show(bytes);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }

  /**
   * To be asked before all chunks are allocated that an extent has more than another.
   *
   * @throws LimitError for more than `maxCount`: a damaged extent would fill the disk with them.
   */
  requireAllocatable(oldDims: readonly number[], newDims: readonly number[]): void {
    const { chunkDims } = this.format;
    const before = chunkCounts(oldDims, chunkDims);
    const after = chunkCounts(newDims, chunkDims);
    const count = product(after) - product(after.map((size, d) => Math.min(size, before[d] as number)));
    const { maxCount } = this.storage.limits;
    if (count > maxCount) throw new LimitError(`${count} chunks to allocate at once, limit maxCount is ${maxCount}`);
  }

  /**
   * Allocates the chunks of the current extent that do not exist yet. C: `H5D__chunk_allocate`.
   *
   * @param oldDims - Of an extent all of whose chunks were allocated: they are not looked for.
   * @param writeFill - Whether their fill values are written. Chunks with filters are written in any case; the others then
   *   hold what was in their place before.
   */
  allocateAll(writeFill: boolean, oldDims: readonly number[] = this.dims.map(() => 0)): void {
    this.requireAllocatable(oldDims, this.dims);
    if (this.io.reserve(writeFill)) return;
    const writes = writeFill || this.format.filters.length > 0;
    const { long } = this;
    const next = this.isDirect || long !== undefined ? undefined : this.io.series("filled");
    const { chunkDims } = this.format;
    forEachNewChunk(chunkCounts(oldDims, chunkDims), chunkCounts(this.dims, chunkDims), (scaled) => {
      if (this.index.lookup(scaled) !== undefined || this.cache.has(scaled)) return;
      if (!writes) this.allocateUnwritten(scaled);
      else if (long !== undefined) long.writeFilled(scaled);
      else if (next !== undefined) this.io.encode(scaled, next());
      else this.allocateFilled(scaled);
    });
  }

  private allocateFilled(scaled: readonly number[]): void {
    this.allocateNew(scaled, (address) => this.io.pieces().fillNew(address, this.format.fillElement));
  }

  private allocateUnwritten(scaled: readonly number[]): void {
    this.allocateNew(scaled, (address) => {
      // The file reaches to its end from now on, so that the chunk can be read.
      const last = address + this.chunkByteLength - 1;
      if (this.storage.available(last, 1) === 0) this.storage.writeRaw(last, new Uint8Array(1));
    });
  }

  /** Space for a chunk without filters, which is in the index when `prepare` is done with it. */
  private allocateNew(scaled: readonly number[], prepare: (address: Address) => void): Address {
    const byteLength = this.chunkByteLength;
    this.index.prepare?.();
    return allocateFor(this.storage, "draw", byteLength, (address) => {
      prepare(address);
      this.io.insert(scaled, { address, byteLength, filterMask: 0 });
    });
  }

  /** Encodes and writes what was changed. The cache stays. */
  flush(): void {
    this.cache.flush();
    this.long?.settle();
  }

  /** Flushes, and empties the cache: the last handle of the dataset was closed. */
  close(): void {
    this.cache.clear();
    this.long?.forget();
  }

  /** Bytes of all stored chunks, after a flush. C: `H5Dget_storage_size`. */
  storageSize(): number {
    this.flush();
    return this.index.storageSize();
  }

  /** All stored chunks in the order of the index, after a flush. C: `H5Dchunk_iter`. */
  chunkInfo(): ChunkInfo[] {
    this.flush();
    const all: ChunkInfo[] = [];
    this.index.forEach((scaled, record) => {
      all.push({ offset: chunkOffset(scaled, this.format.chunkDims), ...record });
    });
    return all;
  }

  /** Number of stored chunks, after a flush. C: `H5Dget_num_chunks`. */
  chunkCount(): number {
    this.flush();
    return this.index.count();
  }

  /** The stored chunk at a position in the order of the index, after a flush. C: `H5Dget_chunk_info`. */
  chunkInfoOf(position: number): ChunkInfo | undefined {
    this.flush();
    this.list ??= new ChunkList(this.index, this.format.chunkDims);
    return this.list.at(position, this.storage.isChanging ? undefined : this.io);
  }

  /** One stored chunk, after it was flushed. C: `H5Dget_chunk_info_by_coord`. */
  chunkInfoAt(scaled: readonly number[]): ChunkInfo | undefined {
    this.cache.flushChunk(scaled);
    const record = this.index.lookup(scaled);
    return record === undefined ? undefined : { offset: chunkOffset(scaled, this.format.chunkDims), ...record };
  }

  /** A chunk as it is in the file, filters and all; `undefined` when it is not allocated. C: `H5Dread_chunk`. */
  readStored(scaled: readonly number[]): { bytes: Uint8Array; filterMask: number } | undefined {
    this.cache.flushChunk(scaled);
    const record = this.index.lookup(scaled);
    if (record === undefined) return undefined;
    return { bytes: this.io.readStored(scaled, record), filterMask: record.filterMask };
  }

  /**
   * Writes a chunk that is already encoded. What the cache held of it is dropped. C: `H5Dwrite_chunk`.
   *
   * @throws HDF5Error `"argument"` when a chunk without filters has another size.
   */
  writeStored(scaled: readonly number[], stored: Uint8Array, filterMask: number): void {
    if (this.format.filters.length === 0 && stored.length !== this.chunkByteLength) {
      throw new HDF5Error(
        "argument",
        `${this.io.describe(scaled)}: ${stored.length} bytes given, a chunk has ${this.chunkByteLength}`,
      );
    }
    this.discard(scaled);
    this.io.writeStored(scaled, stored, filterMask);
  }

  /**
   * All chunks and the index go: the dataset is deleted.
   *
   * @param show - Gets the elements of all chunks, where they own heap objects.
   */
  deleteAll(freed: FreedBlocks, show: (bytes: Uint8Array) => void): void {
    if (this.format.heap !== undefined) {
      this.flush();
      const stored: (readonly number[])[] = [];
      this.index.forEach((scaled) => {
        stored.push(scaled.slice());
      });
      for (const scaled of stored) this.showElements(scaled, show);
    }
    if (this.index.reserve === undefined) {
      this.index.forEach((_, { address, byteLength }) => {
        freed.add("draw", address, byteLength);
      });
    }
    this.index.deleteAll(freed);
  }
}
