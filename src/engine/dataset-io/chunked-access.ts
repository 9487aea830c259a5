/**
 * Transfers from and to a chunked dataset: chunk by chunk in row-major order, through the chunk cache.
 *
 * Reference implementation: H5Dchunk.c, `H5D__chunk_read` and `H5D__chunk_write`.
 */
import type { Address } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { FormatError } from "../../base/errors.ts";
import { currentCoder, type WriteSteps } from "../chunks/chunk-coder.ts";
import type { ExpectedChunk } from "../chunks/chunk-store.ts";
import type { LongChunks } from "../chunks/long-chunks.ts";
import { type GridParts, partsInGrid } from "../selection/grid-parts.ts";
import { type Selection, selectedCount } from "../selection/selection.ts";
import { putFill, readFill } from "./fill.ts";
import { putRun, readRuns, takeRuns, windowRanges, writeRuns } from "./linear-access.ts";
import { FileRegion, type LinearBytes } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";
import { copiesOf } from "./placement.ts";
import type { ChunkTransferStore, RawDataAccess, RawDataOwner } from "./raw-data-owner.ts";

/** A selection whose chunks are sparse: so many were missed, and at most this part of that found. */
const MISSING_OF_SPARSE = 256;
const FOUND_OF_SPARSE = 1 / 8;

/** The memory, if it stays when the operation starts over, so that chunks decoded elsewhere are put there at once. */
function placedIn({ packed }: MemorySide): Uint8Array | undefined {
  return packed !== undefined && currentCoder()?.keeps?.(packed) === true ? packed : undefined;
}

export class ChunkedAccess implements RawDataAccess {
  private readonly owner: RawDataOwner;
  private readonly store: ChunkTransferStore;
  private readonly chunkDims: readonly number[];
  private readonly chunkElements: number;

  /** @throws FormatError when the chunks' element size is not the datatype's. */
  constructor(owner: RawDataOwner, chunkDims: readonly number[]) {
    this.owner = owner;
    this.store = owner.chunkStore();
    this.chunkDims = chunkDims;
    this.chunkElements = product(chunkDims);
    if (this.chunkElements * owner.elementSize !== this.store.chunkByteLength) {
      const structure = "Data layout message";
      const problem = `chunks of ${this.store.chunkByteLength} bytes for ${this.chunkElements} elements of ${owner.elementSize}`;
      throw new FormatError(`${structure}, field "Dataset Element Size": ${problem}`, { structure });
    }
  }

  expect(selection: Selection): void {
    if (this.store.exists) this.announce(selection, this.owner.elementSize, () => true);
  }

  read(selection: Selection, memory: MemorySide): void {
    const { fill } = this.owner;
    if (!this.store.exists) {
      readFill(selection, memory, fill);
      return;
    }
    const placed = placedIn(memory);
    const isLeft = this.announce(selection, memory.elementSize, () => true, placed);
    if (placed !== undefined && !isLeft) return;
    try {
      if (this.readParts(selection, memory, placed)) return;
      // What the cache keeps of chunks that were found may lie in the memory that is filled now.
      this.store.settle();
      readFill(selection, memory, fill);
      this.readExisting(selection, memory);
    } finally {
      this.store.settle();
    }
  }

  /**
   * @param placed - Memory in which some chunks may have their place already.
   * @returns False when so few of the chunks exist that filling everything before comes to less.
   */
  private readParts(selection: Selection, memory: MemorySide, placed: Uint8Array | undefined): boolean {
    const { store, owner } = this;
    const { element, onRead } = owner.fill;
    const parts = partsInGrid(selection, this.chunkDims);
    let found = 0;
    let missing = 0;
    while (parts.next()) {
      if (placed !== undefined && store.isPlaced(parts.scaled, placed)) continue;
      const isFilled = this.readPart(parts, memory);
      if (!isFilled && onRead) putFill(parts.runs(), memory, element);
      if (isFilled && (this.isInPieces || !store.wasMissing)) found++;
      else if (onRead && ++missing === MISSING_OF_SPARSE && found <= missing * FOUND_OF_SPARSE) {
        if (placed === undefined) return false;
      }
    }
    return true;
  }

  /** The others are as they are to be. They do not enter the cache, either: there are too many of them. */
  private readExisting(selection: Selection, memory: MemorySide): void {
    const { store } = this;
    const parts = partsInGrid(selection, this.chunkDims);
    while (parts.next()) {
      if (!store.has(parts.scaled)) continue;
      this.readPart(parts, memory);
    }
  }

  /** Whether chunks are never in memory in one piece. */
  private get isInPieces(): boolean {
    return this.store.isDirect || this.store.long !== undefined;
  }

  /** False when the chunk is not allocated. */
  private readPart(parts: GridParts, memory: MemorySide): boolean {
    if (!this.isInPieces) return this.readChunk(parts, memory);
    const bytes = this.piecesForRead(parts.scaled);
    if (bytes === undefined) return false;
    readRuns(bytes, parts.runs(true), memory);
    return true;
  }

  private piecesForRead(scaled: readonly number[]): LinearBytes | undefined {
    const { store } = this;
    if (store.long !== undefined) return store.long.forRead(scaled);
    const address = store.directAddress(scaled);
    return address === undefined ? undefined : this.region(address);
  }

  private readChunk(parts: GridParts, memory: MemorySide): boolean {
    const { store } = this;
    const runs = parts.runs();
    if (!runs.next()) return true;
    // An element that is selected several times makes several runs of as many elements as a small chunk has.
    const isOneRun = runs.length === this.chunkElements && parts.elementCount === this.chunkElements;
    const direct = isOneRun ? memory.direct(runs.position, runs.length) : undefined;
    if (direct !== undefined) return store.readWhole(parts.scaled, direct);
    const chunk = store.forRead(parts.scaled, parts.elementCount * memory.elementSize);
    if (chunk === undefined) return false;
    do putRun(runs, chunk, memory);
    while (runs.next());
    return true;
  }

  private region(address: Address): FileRegion {
    return new FileRegion(this.owner.storage, address, this.store.chunkByteLength);
  }

  /** Every element of the chunk will be set, by a selection that visits none twice. */
  private isWhole(parts: GridParts, selection: Selection, memory: MemorySide): boolean {
    if (parts.elementCount !== this.chunkElements) return false;
    const visitsOnce = selection.kind !== "points" || selectedCount(selection) === 1;
    return visitsOnce && !memory.keepsTarget;
  }

  write(selection: Selection, memory: MemorySide): void {
    if (this.owner.storage.answersLate !== false || currentCoder() !== undefined)
      this.writeAnnounced(selection, memory);
    else this.writeParts(partsInGrid(selection, this.chunkDims), selection, memory);
  }

  private writeParts(parts: GridParts, selection: Selection, memory: MemorySide): void {
    try {
      while (parts.next()) this.writePart(parts, memory, this.isWhole(parts, selection, memory));
    } finally {
      this.store.settle();
    }
  }

  private writeAnnounced(selection: Selection, memory: MemorySide): void {
    // Chunks that are changed in part are read first: all of them are found before anything changes.
    this.announce(selection, memory.elementSize, (parts) => !this.isWhole(parts, selection, memory));
    const parts = partsInGrid(selection, this.chunkDims);
    const next = () => {
      if (!parts.next()) return false;
      this.writePart(parts, memory, this.isWhole(parts, selection, memory));
      return true;
    };
    if (!this.isDeferred(memory, next)) this.writeParts(parts, selection, memory);
  }

  /** Whether somebody goes on with the write; nothing that it needs may be missing then, and nothing can fail to convert. */
  private isDeferred(memory: MemorySide, next: WriteSteps["next"]): boolean {
    const coder = currentCoder();
    if (coder?.defer === undefined) return false;
    const { store, owner } = this;
    const isPlain = memory.packed !== undefined && owner.storage.answersLate === false;
    if (!isPlain || this.isInPieces || store.hasHeap) return false;
    return coder.defer({ next, settle: () => store.settle() });
  }

  private writePart(parts: GridParts, memory: MemorySide, whole: boolean): void {
    const { long, isDirect } = this.store;
    if (long !== undefined) this.writeLong(long, parts, memory, whole);
    else if (isDirect) {
      const address = this.store.directAddressForWrite(parts.scaled, whole);
      writeRuns(this.region(address), parts.runs(true), memory);
    } else this.writeChunk(parts, memory, whole);
  }

  private writeLong(long: LongChunks, parts: GridParts, memory: MemorySide, whole: boolean): void {
    const chunk = long.forWrite(parts.scaled, whole);
    try {
      writeRuns(chunk, parts.runs(true), memory);
    } catch (cause) {
      if (whole) long.discard(parts.scaled);
      throw cause;
    }
  }

  private writeChunk(parts: GridParts, memory: MemorySide, whole: boolean): void {
    const bytes = this.store.forWrite(parts.scaled, parts.elementCount * memory.elementSize, whole);
    try {
      takeRuns(parts.runs(), bytes, memory);
    } catch (cause) {
      // The buffer of a whole chunk holds anything before its elements come: it must not reach the file.
      if (whole) this.store.abandon(parts.scaled);
      throw cause;
    }
  }

  /**
   * Announces the chunks that will be read, and of those read in place the bytes.
   *
   * @returns Whether there are any, but for those that have their place in `placed` already.
   */
  private announce(
    selection: Selection,
    elementSize: number,
    isRead: (parts: GridParts) => boolean,
    placed?: Uint8Array,
  ): boolean {
    const { store } = this;
    const coder = currentCoder();
    if (this.owner.storage.answersLate === false && coder === undefined) return true;
    const chunks: ExpectedChunk[] = [];
    const parts = partsInGrid(selection, this.chunkDims);
    const isBegun = placed !== undefined && coder?.hasPlaced?.(placed) === true;
    while (parts.next()) {
      if (!isRead(parts) || (isBegun && store.isPlaced(parts.scaled, placed))) continue;
      const scaled = parts.scaled.slice();
      const placement = placed && { memory: placed, copies: copiesOf(parts.runs(), elementSize) };
      chunks.push({ scaled, placement });
    }
    if (chunks.length === 0) return false;
    store.expect(chunks);
    if (store.isDirect) this.expectInPlace(selection, elementSize, isRead);
    return true;
  }

  private expectInPlace(selection: Selection, elementSize: number, isRead: (parts: GridParts) => boolean): void {
    const ranges: { address: Address; byteLength: number }[] = [];
    const parts = partsInGrid(selection, this.chunkDims);
    while (parts.next()) {
      if (!isRead(parts)) continue;
      const address = this.store.directAddress(parts.scaled);
      if (address === undefined) continue;
      for (const { offset, byteLength } of windowRanges(parts.runs(true), elementSize)) {
        ranges.push({ address: address + offset, byteLength });
      }
    }
    if (ranges.length > 1) this.owner.storage.expectRaw(ranges);
  }
}
