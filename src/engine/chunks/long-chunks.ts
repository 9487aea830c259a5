/**
 * Chunks behind filters that no array holds: of 4 GiB and more. One of them at a time is decoded, into pages of memory, or only
 * as far as is asked for where the filters allow it.
 */
import { FilterError, LimitError } from "../../base/errors.ts";
import { forEachPart, type LongBytes, PagedBytes } from "../../base/long-bytes.ts";
import { decodeLong, encodeLong } from "../../filters/long-pipeline.ts";
import type { LinearBytes } from "../dataset-io/linear-bytes.ts";
import type { ChunkFormat } from "./chunk-format.ts";
import type { ChunkRecord, ChunkStorage } from "./chunk-index.ts";
import type { ChunkIo } from "./chunk-io.ts";
import { currentChunkTransfer } from "./chunk-transfer.ts";
import { FILL_PIECE_BYTES, fillPiece, fillWith } from "./fill-pattern.ts";

/** Bytes of a page, unless an element has more. */
const PAGE_BYTES = 1 << 24;

interface HeldChunk {
  readonly scaled: readonly number[];
  bytes: LongBytes;
  /** The same, once it may be changed. */
  pages: PagedBytes | undefined;
  isChanged: boolean;
}

/** A chunk for transfers. */
class ChunkRegion implements LinearBytes {
  readonly byteLength: number;
  readonly answersLate = false;
  private readonly bytes: LongBytes;
  private readonly pages: PagedBytes | undefined;

  constructor(bytes: LongBytes, pages?: PagedBytes) {
    this.bytes = bytes;
    this.byteLength = bytes.byteLength;
    this.pages = pages;
  }

  view(): undefined {
    return undefined;
  }

  read(offset: number, destination: Uint8Array): void {
    this.bytes.read(offset, destination);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.pages?.write(offset, bytes);
  }

  expect(): void {}
}

/** A chunk in the file. */
class FileBytes implements LongBytes {
  readonly byteLength: number;
  private readonly storage: ChunkStorage;
  private readonly address: number;

  constructor(storage: ChunkStorage, { address, byteLength }: ChunkRecord) {
    this.storage = storage;
    this.address = address;
    this.byteLength = byteLength;
  }

  read(offset: number, destination: Uint8Array): void {
    this.storage.readRaw(this.address + offset, destination);
  }
}

export class LongChunks {
  private readonly storage: ChunkStorage;
  private readonly io: ChunkIo;
  private readonly format: ChunkFormat;
  /** Whether a decoded chunk is kept from one operation to the next. */
  private readonly keeps: boolean;
  private readonly pageBytes: number;
  private held: HeldChunk | undefined;

  /** @param pageBytes - About as many bytes of a chunk are in one array. */
  constructor(storage: ChunkStorage, io: ChunkIo, format: ChunkFormat, keeps: boolean, pageBytes: number) {
    this.storage = storage;
    this.io = io;
    this.format = format;
    this.keeps = keeps;
    const elements = Math.max(1, Math.floor(Math.min(pageBytes, PAGE_BYTES) / format.elementSize));
    this.pageBytes = elements * format.elementSize;
  }

  /** The decoded chunk, until the next call; undefined when it is not allocated. */
  forRead(scaled: readonly number[]): LinearBytes | undefined {
    const held = this.heldAt(scaled) ?? this.hold(scaled);
    return held && new ChunkRegion(held.bytes);
  }

  /**
   * The decoded chunk, to be changed before the next call.
   *
   * @param whole - All elements will be set, so that nothing is decoded.
   * @throws LimitError where elements own heap objects.
   */
  forWrite(scaled: readonly number[], whole: boolean): LinearBytes {
    this.requireNoHeap(scaled);
    const held = this.heldAt(scaled) ?? (whole ? undefined : this.hold(scaled)) ?? this.holdNew(scaled);
    held.pages ??= this.pagesOf(held.bytes);
    held.bytes = held.pages;
    held.isChanged = true;
    return new ChunkRegion(held.bytes, held.pages);
  }

  private requireNoHeap(scaled: readonly number[]): void {
    if (this.format.heap === undefined) return;
    const structure = this.io.describe(scaled);
    throw new LimitError(`${structure}: chunks of 4 GiB and more of variable length are not written through filters`, {
      structure,
    });
  }

  private heldAt(scaled: readonly number[]): HeldChunk | undefined {
    const { held } = this;
    return held?.scaled.every((coordinate, d) => coordinate === scaled[d]) === true ? held : undefined;
  }

  private hold(scaled: readonly number[]): HeldChunk | undefined {
    this.finish();
    // One chunk's memory at a time.
    this.held = undefined;
    const decoded = this.decode(scaled);
    if (decoded === undefined) return undefined;
    // The place in the file may be another one's by the next operation.
    const bytes = this.keeps ? this.pagesOf(decoded) : decoded;
    const pages = bytes instanceof PagedBytes ? bytes : undefined;
    this.held = { scaled: scaled.slice(), bytes, pages, isChanged: false };
    return this.held;
  }

  private holdNew(scaled: readonly number[]): HeldChunk {
    this.finish();
    const pages = this.filledBytes(this.format.newElement);
    this.held = { scaled: scaled.slice(), bytes: pages, pages, isChanged: false };
    return this.held;
  }

  /** A chunk that is held and was changed goes to the file. */
  private finish(): void {
    const { held } = this;
    if (held?.pages === undefined || !held.isChanged) return;
    this.held = undefined;
    this.encode(held.scaled, held.pages, this.io.dims);
    held.isChanged = false;
    this.held = held;
  }

  /** Ends an operation: what was changed goes to the file. */
  settle(): void {
    this.finish();
    if (!this.keeps) this.held = undefined;
  }

  /** Forgets a chunk, changed or not. */
  discard(scaled: readonly number[]): void {
    if (this.heldAt(scaled) !== undefined) this.held = undefined;
  }

  forget(): void {
    this.held = undefined;
  }

  /** The decoded chunk; undefined when it is not allocated. */
  private decode(scaled: readonly number[], dims = this.io.dims): LongBytes | undefined {
    const { io, storage } = this;
    const record = io.index.lookup(scaled);
    if (record === undefined) return undefined;
    const filters = io.filtersOf(scaled, dims);
    if (filters.length === 0) {
      io.requireWholeChunk(scaled, record);
      return new FileBytes(storage, record);
    }
    return storage.attemptRaw(record.address, record.byteLength, () => this.decodeOnce(scaled, record, dims));
  }

  private decodeOnce(scaled: readonly number[], record: ChunkRecord, dims: readonly number[]): LongBytes {
    const { io, storage } = this;
    io.requireInFile(scaled, record);
    try {
      const decoded = decodeLong(
        io.filtersOf(scaled, dims),
        new FileBytes(storage, record),
        record.filterMask,
        io.chunkByteLength,
        {
          limits: storage.limits,
          verifies: currentChunkTransfer().verifiesChecksums,
          leastByteLength: () => io.leastByteLength(scaled),
          newBytes: () => new PagedBytes(this.pageBytes),
        },
      );
      if (decoded.byteLength < io.chunkByteLength) return this.padded(decoded);
      // What others write meanwhile is not to be read as decoded before.
      return storage.isChanging ? this.pagesOf(decoded) : decoded;
    } catch (cause) {
      if (!(cause instanceof FilterError)) throw cause;
      throw new FilterError(cause.filterId, cause.message, {
        cause,
        structure: io.describe(scaled),
        address: record.address,
      });
    }
  }

  private padded(decoded: LongBytes): PagedBytes {
    const pages = this.filledBytes(this.format.fillElement);
    forEachPart(decoded, (part, offset) => pages.write(offset, part));
    const { elementSize } = this.format;
    const rest = decoded.byteLength % elementSize;
    if (rest > 0) pages.write(decoded.byteLength - rest, fillPiece(this.format.fillElement, elementSize, elementSize));
    return pages;
  }

  private pagesOf(bytes: LongBytes): PagedBytes {
    if (bytes instanceof PagedBytes) return bytes;
    const pages = new PagedBytes(this.pageBytes);
    forEachPart(bytes, (part) => pages.append(part));
    return pages;
  }

  private filledBytes(element: Uint8Array | undefined): PagedBytes {
    return new PagedBytes(this.pageBytes, this.io.chunkByteLength, (page) => fillWith(page, element));
  }

  /**
   * Stores a chunk as one of a dataset of these dimensions. What cannot be encoded is forgotten; what cannot be written is held,
   * to be tried again, for the index may lead to its place already.
   */
  private encode(scaled: readonly number[], pages: PagedBytes, dims: readonly number[]): void {
    const { storage, io } = this;
    const { bytes, filterMask } = encodeLong(io.filtersOf(scaled, dims), pages, () => new PagedBytes(this.pageBytes));
    try {
      storage.writeKept();
      io.place(scaled, bytes.byteLength, filterMask, (address) => {
        forEachPart(bytes, (part, offset) => storage.writeRaw(address + offset, part));
      });
    } catch (error) {
      this.held = { scaled: scaled.slice(), bytes: pages, pages, isChanged: true };
      throw error;
    }
  }

  /** A new chunk of fill values. */
  writeFilled(scaled: readonly number[]): void {
    this.requireNoHeap(scaled);
    this.finish();
    this.encode(scaled, this.filledBytes(this.format.fillElement), this.io.dims);
  }

  /** Some cells, from `start` up to `end` each, become fill values again. */
  refill(scaled: readonly number[], forEachRun: (visit: (start: number, end: number) => void) => void): void {
    const { elementSize, fillElement } = this.format;
    const chunk = this.forWrite(scaled, false);
    forEachRun((start, end) => {
      const piece = fillPiece(fillElement, elementSize, (end - start) * elementSize);
      for (let at = start * elementSize; at < end * elementSize; at += piece.length) {
        chunk.write(at, piece.subarray(0, Math.min(piece.length, end * elementSize - at)));
      }
    });
  }

  /** A chunk that was stored in a dataset of other dimensions is stored anew. */
  refilter(scaled: readonly number[], oldDims: readonly number[], newDims: readonly number[]): void {
    const decoded = this.decode(scaled, oldDims);
    if (decoded === undefined) return;
    const bytes = this.pagesOf(decoded);
    try {
      this.encode(scaled, bytes, newDims);
    } catch (error) {
      // The index may lead to the new form already.
      this.encode(scaled, bytes, oldDims);
      throw error;
    }
  }

  /** Shows the elements of a chunk. @param visit - Must not keep them. */
  show(scaled: readonly number[], visit: (elements: Uint8Array) => void): void {
    const { elementSize } = this.format;
    const bytes = this.decode(scaled);
    if (bytes === undefined) return;
    forEachPart(bytes, visit, Math.max(1, Math.floor(FILL_PIECE_BYTES / elementSize)) * elementSize);
  }
}
