/**
 * One chunk from the file and back: its place through the index, its bytes through the filter pipeline.
 *
 * It keeps no chunk. C: H5Dchunk.c, `H5D__chunk_lock` and `H5D__chunk_flush_entry`, their half that touches the file.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { FilterError, FormatError, LimitError } from "../../base/errors.ts";
import { allocateBytes } from "../../base/memory.ts";
import { Scratch, ScratchRoom } from "../../base/scratch.ts";
import type { PipelineFilter } from "../../filters/filter.ts";
import { decodePipeline, encodePipeline } from "../../filters/pipeline.ts";
import { allocateFor } from "../space/allocate-for.ts";
import type { ChunkTransfer } from "./chunk-cache.ts";
import { currentCoder, type Placement, type StoredChunk } from "./chunk-coder.ts";
import type { ChunkFormat } from "./chunk-format.ts";
import { cellsToLastInside, chunkOffset, isPartialEdge } from "./chunk-geometry.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "./chunk-index.ts";
import { ChunkPieces } from "./chunk-pieces.ts";
import { currentChunkTransfer } from "./chunk-transfer.ts";
import { fillWith } from "./fill-pattern.ts";
import { ReadAhead } from "./read-ahead.ts";

/** Of buffers that wait for the next chunks, unless there is one alone. */
const SPARE_BYTES = 1 << 16;

/** Chunks of up to so many bytes share memory. */
const SMALL_BYTES = 512;

/** A stored chunk until it is decoded, and one that is encoded until it is stored. */
const storedBytes = new Scratch();
const encodedBytes = new Scratch();
const NO_BYTES = new Uint8Array(0);

const NO_FILTERS: readonly PipelineFilter[] = [];

function moved(bytes: Uint8Array, destination: Uint8Array): Uint8Array {
  destination.set(bytes);
  return destination;
}

export class ChunkIo implements ChunkTransfer {
  readonly index: ChunkIndex;
  readonly chunkByteLength: number;
  /** Which chunks are partial edge chunks depends on them. */
  dims: readonly number[];
  private readonly storage: ChunkStorage;
  private readonly format: ChunkFormat;
  /** Buffers kept for the next chunks: allocating and clearing one costs as much as reading it. */
  private readonly spares: Uint8Array[] = [];
  /** No more chunks than this are stored: so many when they were last counted, and those that came since. */
  mostStored = Number.POSITIVE_INFINITY;
  /** Counts changes of the index. */
  changes = 0;
  /** For the operation that is going on. */
  readonly ahead: ReadAhead;
  /** Whether chunks are never in memory as a whole. */
  private readonly inPieces: boolean;
  /** What all chunks that are not there are read as, once one was. */
  private fillChunk: Uint8Array | undefined;

  constructor(
    storage: ChunkStorage,
    index: ChunkIndex,
    format: ChunkFormat,
    chunkByteLength: number,
    dims: readonly number[],
    inPieces = false,
  ) {
    this.inPieces = inPieces;
    this.storage = storage;
    this.index = index;
    this.ahead = new ReadAhead(storage);
    this.format = format;
    this.chunkByteLength = chunkByteLength;
    this.dims = dims;
  }

  /** The filters that a chunk goes through, which for partial edge chunks may be none. */
  filtersOf(scaled: readonly number[], dims = this.dims): readonly PipelineFilter[] {
    const { filters, dontFilterPartialChunks, chunkDims } = this.format;
    return dontFilterPartialChunks && filters.length > 0 && isPartialEdge(scaled, chunkDims, dims)
      ? NO_FILTERS
      : filters;
  }

  describe(scaled: readonly number[]): string {
    return `Chunk at offset (${chunkOffset(scaled, this.format.chunkDims).join(", ")})`;
  }

  /** @param dims - When the chunk was stored, if the dataset had other dimensions then. */
  decode(scaled: readonly number[], dims = this.dims): Uint8Array | undefined {
    const record = this.index.lookup(scaled);
    if (record === undefined) return undefined;
    if (this.format.filters.length > 0) {
      const filters = this.filtersOf(scaled, dims);
      if (filters.length > 0) return this.decodeFiltered(scaled, record, filters, () => this.buffer());
    }
    this.requireWholeChunk(scaled, record);
    const bytes = this.buffer();
    this.ahead.read(record.address, bytes);
    return bytes;
  }

  decodeInto(scaled: readonly number[], destination: Uint8Array): boolean {
    const record = this.index.lookup(scaled);
    if (record === undefined) return false;
    const filters = this.filtersOf(scaled);
    if (filters.length > 0) {
      const decoded = this.decodeFiltered(scaled, record, filters, () => destination);
      if (decoded !== destination) destination.set(decoded);
      return true;
    }
    this.requireWholeChunk(scaled, record);
    this.ahead.read(record.address, destination);
    return true;
  }

  private decodeFiltered(
    scaled: readonly number[],
    record: ChunkRecord,
    filters: readonly PipelineFilter[],
    destination: () => Uint8Array,
  ): Uint8Array {
    const ready = currentCoder()?.decoded(this.storage, record.address);
    if (ready !== undefined) return ready;
    // One that kept its size may have been written in place, and a reader may meet it half written.
    const { address, byteLength } = record;
    return this.storage.attemptRaw(address, byteLength, () => this.decodeOnce(scaled, record, filters, destination));
  }

  private decodeOnce(
    scaled: readonly number[],
    record: ChunkRecord,
    filters: readonly PipelineFilter[],
    destination: () => Uint8Array,
  ): Uint8Array {
    this.requireInFile(scaled, record);
    const stored = storedBytes.take(record.byteLength);
    let decoded = stored;
    try {
      this.ahead.read(record.address, stored);
      decoded = this.decodeStored(scaled, record, filters, stored, destination);
      if (decoded.buffer === stored.buffer) decoded = moved(decoded, destination());
    } finally {
      decoded = storedBytes.release(stored, decoded);
    }
    return decoded;
  }

  private decodeStored(
    scaled: readonly number[],
    record: ChunkRecord,
    filters: readonly PipelineFilter[],
    stored: Uint8Array,
    destination: () => Uint8Array,
  ): Uint8Array {
    const { chunkByteLength, storage } = this;
    try {
      const decoded = decodePipeline(filters, stored, record.filterMask, chunkByteLength, storage.limits, {
        destination,
        verifies: currentChunkTransfer().verifiesChecksums,
        leastByteLength: () => this.leastByteLength(scaled),
      });
      return decoded.length === chunkByteLength ? decoded : this.padded(decoded, destination());
    } catch (cause) {
      if (!(cause instanceof FilterError)) throw cause;
      const details = { cause, structure: this.describe(scaled), address: record.address };
      throw new FilterError(cause.filterId, cause.message, details);
    }
  }

  /**
   * Writers that encode chunks themselves may leave away what lies outside the dataset, which nobody reads. The C library
   * compares no lengths.
   */
  leastByteLength(scaled: readonly number[]): number {
    const { chunkDims, elementSize } = this.format;
    return cellsToLastInside(scaled, chunkDims, this.dims) * elementSize;
  }

  /** @param chunk - Memory of a whole chunk, which `decoded` may be in. */
  private padded(decoded: Uint8Array, chunk: Uint8Array): Uint8Array {
    const { elementSize, fillElement } = this.format;
    chunk.set(decoded);
    fillWith(chunk, fillElement, decoded.length - (decoded.length % elementSize));
    return chunk;
  }

  /** A chunk for whoever decodes it elsewhere; undefined for one that has no filters. */
  storedChunk(
    scaled: readonly number[],
    record: ChunkRecord,
    placement: Placement | undefined,
  ): StoredChunk | undefined {
    const filters = this.filtersOf(scaled);
    // Elsewhere checksums are always compared, and a chunk is an array.
    if (filters.length === 0 || this.inPieces || !currentChunkTransfer().verifiesChecksums) return undefined;
    this.requireInFile(scaled, record);
    const { storage, chunkByteLength } = this;
    const { address, byteLength, filterMask } = record;
    const readStored = (): Uint8Array => this.readStored(scaled, record);
    return { storage, address, byteLength, filters, filterMask, chunkByteLength, readStored, placement };
  }

  /** Whether somebody else has put what is selected of a chunk where it belongs. */
  isPlaced(scaled: readonly number[], memory: Uint8Array): boolean {
    const record = this.index.lookup(scaled);
    return record !== undefined && currentCoder()?.isPlaced?.(this.storage, record.address, memory) === true;
  }

  /** The bytes of a chunk as they are in the file. */
  readStored(scaled: readonly number[], record: ChunkRecord): Uint8Array {
    this.requireInFile(scaled, record);
    const stored = allocateBytes(record.byteLength);
    this.ahead.read(record.address, stored);
    return stored;
  }

  /** Before anything of the size that the index states is allocated. */
  requireInFile(scaled: readonly number[], { address, byteLength }: ChunkRecord): void {
    // Of others' writing, a chunk may be allocated and the file not yet grown; its size is a chunk's and no matter of trust.
    if (this.storage.isChanging && byteLength === this.chunkByteLength && address >= 0) return;
    const available = this.storage.available(address, byteLength);
    if (address < 0 || available < byteLength) {
      const structure = this.describe(scaled);
      const problem = `${byteLength} bytes at address ${address}, where the file has ${available}`;
      throw new FormatError(`${structure}: ${problem}`, { structure, address });
    }
  }

  /** @throws FormatError when an unfiltered chunk is stored in another size than a chunk has. */
  requireWholeChunk(scaled: readonly number[], record: ChunkRecord): void {
    const { address, byteLength } = record;
    const isWhole = byteLength === this.chunkByteLength;
    // As nearly always is so; else there is something to tell.
    if (isWhole && address >= 0 && this.storage.available(address, byteLength) === byteLength) return;
    this.requireInFile(scaled, record);
    if (isWhole) return;
    const structure = this.describe(scaled);
    throw new FormatError(
      `${structure}: stored as ${byteLength} bytes, a chunk without filters has ${this.chunkByteLength}`,
      { structure, address },
    );
  }

  encode(scaled: readonly number[], bytes: Uint8Array): void {
    this.encodeWithin(scaled, bytes, this.dims);
  }

  /** Encodes a chunk as it is to be stored once the dataset has other dimensions. */
  encodeWithin(scaled: readonly number[], bytes: Uint8Array, dims: readonly number[]): void {
    this.format.heap?.own(bytes);
    const filters = this.filtersOf(scaled, dims);
    if (filters.length === 0) {
      this.writeStored(scaled, bytes, 0);
      return;
    }
    if (this.isTaken(scaled, bytes, filters)) return;
    const rooms = new ScratchRoom(encodedBytes);
    try {
      const encoded = encodePipeline(filters, bytes, rooms.room);
      this.writeStored(scaled, encoded.bytes, encoded.filterMask);
    } finally {
      // A chunk that could not be written was copied.
      rooms.release(NO_BYTES);
    }
  }

  /** Whether somebody else encodes the chunk and stores it later, when `scaled` may name another one. */
  private isTaken(scaled: readonly number[], bytes: Uint8Array, filters: readonly PipelineFilter[]): boolean {
    const coder = currentCoder();
    if (coder === undefined) return false;
    const chunk = scaled.slice();
    const store = (stored: Uint8Array, filterMask: number): void => this.writeStored(chunk, stored, filterMask);
    return coder.encode({ filters, bytes, store });
  }

  /** Writes the stored form of a chunk: in place if it has the size it had and nobody may be decoding it, else elsewhere. */
  writeStored(scaled: readonly number[], stored: Uint8Array, filterMask: number): void {
    this.storage.writeKept();
    this.place(scaled, stored.length, filterMask, (address, isNew) => {
      if (isNew) this.storage.writeOrKeep(address, stored);
      else this.storage.writeRaw(address, stored);
    });
  }

  /**
   * Has the stored form of a chunk written.
   *
   * @param write - Writes it to its place. Where that is a new one, the index leads there already, and must whatever happens.
   */
  place(
    scaled: readonly number[],
    byteLength: number,
    filterMask: number,
    write: (address: Address, isNew: boolean) => void,
  ): void {
    const { index, storage } = this;
    const old = index.lookup(scaled);
    const insert = (address: Address): void => this.insert(scaled, { address, byteLength, filterMask });
    if (old === undefined && index.reserve === undefined) {
      this.ahead.forget();
      index.prepare?.();
      write(allocateFor(storage, "draw", byteLength, insert), true);
      return;
    }
    const address = this.placeFor(scaled, old, byteLength);
    this.ahead.forget();
    const same = old?.address === address && old.byteLength === byteLength && old.filterMask === filterMask;
    // The old place is free: from now on the index must lead to the new one, whatever comes of the write.
    if (!same) insert(address);
    write(address, !same);
  }

  /** The old place is released first, so that a chunk that grew at the end of the file, or shrank, stays where it is. */
  private placeFor(scaled: readonly number[], old: ChunkRecord | undefined, byteLength: number): Address {
    if (old !== undefined && old.byteLength === byteLength && !this.mustMove(old)) return old.address;
    if (this.reserve(true)) return this.reservedPlace(scaled);
    const { storage } = this;
    if (old === undefined) return storage.allocate("draw", byteLength);
    // Where addresses may not reach, the old place is given up for a new one only.
    const isNarrow = storage.widths.sizeOfOffsets < 7;
    if (!isNarrow) storage.release("draw", old.address, old.byteLength);
    const address = storage.allocate("draw", byteLength);
    if (isNarrow) storage.release("draw", old.address, old.byteLength);
    return address;
  }

  /** A filtered chunk is no use to a reader who meets it half written. The C library writes it in place if its size stays. */
  private mustMove({ address }: ChunkRecord): boolean {
    return this.format.filters.length > 0 && this.storage.isSeen(address);
  }

  /**
   * With an index that says itself where chunks lie, allocates them all and, with `writeFill`, gives them fill values, unless
   * that has been done. `false` for other indexes.
   */
  reserve(writeFill: boolean): boolean {
    const { index } = this;
    if (index.reserve === undefined) return false;
    if (isDefined(index.rootAddress)) return true;
    this.changes++;
    index.reserve(writeFill ? this.newChunks("filled") : undefined);
    return true;
  }

  /** Of a chunk whose index says itself where it lies. */
  reservedPlace(scaled: readonly number[]): Address {
    const record = this.index.lookup(scaled);
    if (record === undefined) throw new LimitError(`${this.describe(scaled)} is outside of the dataset`);
    return record.address;
  }

  /** The index leads to a chunk from now on. */
  insert(scaled: readonly number[], record: ChunkRecord): void {
    this.mostStored++;
    this.changes++;
    this.index.insert(scaled, record);
  }

  /** Drops a chunk from the file. */
  remove(scaled: readonly number[]): void {
    const record = this.index.lookup(scaled);
    if (record === undefined || this.index.reserve !== undefined) return;
    this.mostStored--;
    this.changes++;
    this.index.remove(scaled);
    this.storage.release("draw", record.address, record.byteLength);
  }

  hasStorage(): boolean {
    return isDefined(this.index.rootAddress);
  }

  missing(): Uint8Array | undefined {
    if (this.format.fillsOnRead) this.fillChunk ??= this.filled();
    return this.fillChunk;
  }

  blank(): Uint8Array {
    return this.chunkOf(this.format.newElement);
  }

  /** A chunk of fill values. */
  filled(): Uint8Array {
    return this.chunkOf(this.format.fillElement);
  }

  /** New chunks one after the other: the same bytes for all of them, unless their elements own heap objects. */
  series(kind: "blank" | "filled"): () => Uint8Array {
    const { heap } = this.format;
    if (heap === undefined) {
      const bytes = this[kind]();
      return () => bytes;
    }
    return () => {
      const bytes = this[kind]();
      heap.own(bytes);
      return bytes;
    };
  }

  /** What writes new chunks without filters to the places that they have. */
  newChunks(kind: "blank" | "filled"): (address: Address) => void {
    if (this.inPieces) {
      const element = kind === "blank" ? this.format.newElement : this.format.fillElement;
      return (address) => this.pieces().fillNew(address, element);
    }
    const next = this.series(kind);
    return (address) => this.storage.writeRaw(address, next());
  }

  /** Chunks where they lie, a piece at a time. */
  pieces(): ChunkPieces {
    return new ChunkPieces(this.storage, this.format, this.chunkByteLength);
  }

  private chunkOf(element: Uint8Array | undefined): Uint8Array {
    const bytes = this.buffer();
    fillWith(bytes, element);
    return bytes;
  }

  buffer(): Uint8Array {
    const { chunkByteLength } = this;
    const spare = this.spares.pop();
    if (spare !== undefined) return spare;
    // What filters get is theirs alone.
    if (chunkByteLength > SMALL_BYTES || this.format.filters.length > 0) return allocateBytes(chunkByteLength);
    return this.storage.smallBuffers.take(chunkByteLength);
  }

  recycle(bytes: Uint8Array): void {
    const { chunkByteLength, spares } = this;
    if (bytes.length !== chunkByteLength) return;
    if (spares.length === 0 || (spares.length + 1) * chunkByteLength <= SPARE_BYTES) spares.push(bytes);
  }
}
