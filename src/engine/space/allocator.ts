/**
 * Space of a file that is not paged: free lists, aggregators, and the end of the file.
 *
 * Reference implementation: H5MF.c, H5MFaggr.c, H5FDspace.c. Small blocks of metadata come out of one block of a few
 * kilobytes, small raw data out of another, so that neither is scattered among the other. Blocks are not aligned, unless
 * that was asked for.
 */
import type { Address } from "../../base/address.ts";
import { Aggregator, DEFAULT_BLOCK_BYTES, FIRST_BLOCK_BYTES, LARGEST_GROWN_BYTES } from "./aggregator.ts";
import { type AllocatorSettings, BaseAllocator } from "./base-allocator.ts";
import { FreeList } from "./free-list.ts";
import { FreeSections, type Section } from "./free-sections.ts";
import { isRawSpace, isWrittenAtOnce, type ListedSection, type MemoryType } from "./space-allocator.ts";

export interface AggregatingSettings extends AllocatorSettings {
  /** Whether free sections are remembered. Default true. C: `H5F_HAVE_FREE_SPACE_MANAGER`. */
  readonly keepsFreeSections?: boolean;
  /** Whether small blocks come out of larger ones. Default true. C: not `H5F_FSPACE_STRATEGY_NONE`. */
  readonly aggregates?: boolean;
  /** Bytes of a block for metadata. Default 2048. C: `H5Pset_meta_block_size`. */
  readonly metaBlockBytes?: number;
  /** Bytes of a block for small raw data. Default 2048. C: `H5Pset_small_data_block_size`. */
  readonly smallDataBlockBytes?: number;
  /** Blocks of at least `alignmentThreshold` bytes start at a multiple of this. Default 1. C: `H5Pset_alignment`. */
  readonly alignment?: number;
  readonly alignmentThreshold?: number;
}

/** A block at the end of the file grows into its aggregator if it asks for no more than this part of it. */
const EXTEND_SHARE = 0.1;

/** Bytes of the largest section for raw data that metadata gets. Larger ones wait for raw data, which may need all of them. */
const MOST_LENT_BYTES = 4096;

/** Bytes that one read from afar brings, wherever metadata and raw data lie in them. */
const SMALL_FILE_BYTES = 1 << 16;

/** A list of free sections and the aggregator beside it. */
interface Pool {
  readonly list: FreeList;
  readonly aggregator: Aggregator;
}

function aggregatorOf(blockBytes: number, beginsSmall: boolean): Aggregator {
  return beginsSmall && blockBytes === DEFAULT_BLOCK_BYTES
    ? new Aggregator(blockBytes, FIRST_BLOCK_BYTES, LARGEST_GROWN_BYTES)
    : new Aggregator(blockBytes);
}

export class Allocator extends BaseAllocator {
  protected override readonly lists: readonly FreeList[];
  private readonly metadata: Pool;
  private readonly raw: Pool;
  /** Bytes of metadata that were freed since the last flush, some of which may be used again. */
  private readonly freedMetadata = new FreeSections();
  /** What the strategy does not give out again: it only goes when it lies last. */
  private readonly forgotten = new FreeSections();
  private readonly keepsFreeSections: boolean;
  private readonly aggregates: boolean;
  private readonly alignment: number;
  private readonly alignmentThreshold: number;
  /** Where the first block for metadata of a new file ends, however often it is flushed before: the C library's begins at 0. */
  private readonly firstBlockEnd: Address;

  constructor(settings: AggregatingSettings) {
    super(settings);
    this.keepsFreeSections = settings.keepsFreeSections ?? true;
    this.aggregates = settings.aggregates ?? true;
    this.alignment = settings.alignment ?? 1;
    this.alignmentThreshold = settings.alignmentThreshold ?? 1;
    const { metaBlockBytes = DEFAULT_BLOCK_BYTES, smallDataBlockBytes = DEFAULT_BLOCK_BYTES } = settings;
    // The metadata of a new file lies together before all data, so that one read from afar brings it.
    const isNew = settings.end < DEFAULT_BLOCK_BYTES;
    this.metadata = { list: new FreeList("metadata"), aggregator: aggregatorOf(metaBlockBytes, !isNew) };
    this.firstBlockEnd = isNew ? metaBlockBytes : 0;
    this.raw = { list: new FreeList("raw"), aggregator: aggregatorOf(smallDataBlockBytes, true) };
    this.lists = [this.metadata.list, this.raw.list];
  }

  private poolOf(type: MemoryType): Pool {
    return isRawSpace(type) ? this.raw : this.metadata;
  }

  override get freeBytes(): number {
    return super.freeBytes + this.metadata.aggregator.byteLength + this.raw.aggregator.byteLength;
  }

  /** What is forgotten after the flush is not used again then either. */
  override get pendingBytes(): number {
    if (!this.keepsFreeSections) return 0;
    // Of the metadata that was freed some may be used again.
    return super.pendingBytes + Math.min(this.freedMetadata.byteLength, this.metadata.list.free.byteLength);
  }

  override freeSections(): readonly ListedSection[] {
    const setAside = [this.metadata, this.raw].flatMap(({ list, aggregator: { address, byteLength } }) =>
      byteLength === 0 ? [] : [{ list: list.kind, address, byteLength }],
    );
    return [...super.freeSections(), ...setAside].sort((a, b) => a.address - b.address);
  }

  protected override overlapsFree(address: Address, byteLength: number): boolean {
    const isSetAside = ({ aggregator }: Pool) =>
      aggregator.byteLength > 0 && aggregator.address < address + byteLength && address < aggregator.end;
    const isForgotten = this.forgotten.overlaps(address, byteLength);
    return isForgotten || isSetAside(this.metadata) || isSetAside(this.raw) || super.overlapsFree(address, byteLength);
  }

  private alignmentOf(byteLength: number): number {
    return byteLength >= this.alignmentThreshold ? this.alignment : 1;
  }

  protected override find(type: MemoryType, byteLength: number): Address {
    const pool = this.poolOf(type);
    if (this.keepsFreeSections) {
      const waits = !isWrittenAtOnce(type);
      const reused = pool.list.take(byteLength, waits, this.alignmentOf(byteLength), this.baseAddress);
      if (reused !== undefined) return reused;
      const lent = this.isNearlyOut(pool, byteLength) ? this.borrow(pool, waits, byteLength) : undefined;
      if (lent !== undefined) return lent;
    }
    return this.aggregates ? this.fromAggregator(pool, byteLength) : this.atEnd(pool, byteLength);
  }

  override readonly unitByteLength = 1;

  /** From either list: nobody else asks for space before the flush. */
  protected override findBefore(_type: MemoryType, byteLength: number, limit: Address): Address | undefined {
    if (!this.keepsFreeSections || this.alignmentOf(byteLength) > 1) return undefined;
    for (const sections of [this.metadata.list.free, this.raw.list.free, this.raw.list.pending]) {
      const found = sections.takeBefore(byteLength, limit);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether the file would grow, by a block that may begin anywhere. */
  private isNearlyOut({ aggregator }: Pool, byteLength: number): boolean {
    return aggregator.byteLength < byteLength && this.alignmentOf(byteLength) === 1;
  }

  /**
   * Space from the other list, before the file grows. Raw data gets nothing that the file on disk still uses, and a block of it
   * where there is one, so that it is not strewn among metadata piece by piece; metadata gets small sections, whole.
   */
  private borrow(pool: Pool, waits: boolean, byteLength: number): Address | undefined {
    const { metadata, raw, freedMetadata } = this;
    if (pool === raw) {
      const isFree = ({ address, byteLength }: Section) => waits || !freedMetadata.overlaps(address, byteLength);
      const section = metadata.list.free.takeWhole(byteLength, isFree);
      // Who waits for the flush may have what raw data must not touch before.
      return section && (waits ? this.cutFront(section, byteLength) : this.cutBlock(section, byteLength));
    }
    const isSmall = (section: Section) => section.byteLength <= MOST_LENT_BYTES;
    const section = raw.list.pending.takeWhole(byteLength, isSmall);
    if (section === undefined) {
      const free = raw.list.free.takeWhole(byteLength, isSmall);
      return free && this.cutFront(free, byteLength);
    }
    freedMetadata.cover(section.address, section.byteLength);
    return this.cutFront(section, byteLength);
  }

  /** A block for raw data, that of its aggregator from now on. */
  private cutBlock(section: Section, byteLength: number): Address {
    const { aggregator } = this.raw;
    const { blockBytes } = aggregator;
    if (!this.aggregates || byteLength >= blockBytes) return this.cutFront(section, byteLength);
    const left = aggregator.clear();
    const taken = Math.min(section.byteLength, blockBytes);
    aggregator.begin(this.cutFront(section, taken), taken);
    const address = aggregator.cut(byteLength);
    if (left.byteLength > 0) this.putIn(this.raw, left);
    return address;
  }

  /** The rest is free for metadata. */
  private cutFront({ address, byteLength }: Section, used: number): Address {
    if (byteLength > used) this.metadata.list.free.add(address + used, byteLength - used);
    return address;
  }

  /** Bytes from `address` on to the next multiple of the alignment. */
  private gapAt(address: Address, alignment: number): number {
    const past = (address + this.baseAddress) % alignment;
    return past === 0 ? 0 : alignment - past;
  }

  /** A new block at the end; the gap before it is free. */
  private atEnd(pool: Pool, byteLength: number): Address {
    const start = this.end;
    const gap = this.gapAt(start, this.alignmentOf(byteLength));
    this.end = start + gap + byteLength;
    if (gap > 0) this.putIn(pool, { address: start, byteLength: gap });
    return start + gap;
  }

  private fromAggregator(pool: Pool, byteLength: number): Address {
    const { aggregator } = pool;
    const alignment = this.alignmentOf(byteLength);
    const gap = alignment > 1 && aggregator.exists ? this.gapAt(aggregator.address, alignment) : 0;
    const needed = byteLength + gap;
    let address: Address;
    if (needed <= aggregator.byteLength) {
      address = aggregator.cut(needed) + gap;
    } else if (byteLength >= aggregator.blockBytes) {
      if (!(aggregator.exists && aggregator.end === this.end)) {
        this.releaseOther(pool, byteLength);
        return this.atEnd(pool, byteLength);
      }
      this.end += needed;
      aggregator.byteLength += needed;
      aggregator.total += needed;
      address = aggregator.cut(needed) + gap;
    } else if (aggregator.exists && aggregator.end === this.end) {
      const more = Math.max(aggregator.blockBytes, needed);
      this.end += more;
      aggregator.byteLength += more;
      aggregator.total += more;
      address = aggregator.cut(needed) + gap;
    } else {
      return this.fromNewBlock(pool, byteLength);
    }
    if (gap > 0) this.putIn(pool, { address: address - gap, byteLength: gap });
    return address;
  }

  private fromNewBlock(pool: Pool, byteLength: number): Address {
    const { aggregator } = pool;
    this.releaseOther(pool, byteLength);
    const left = aggregator.clear();
    const start = this.end;
    const gap = this.gapAt(start, this.alignmentOf(aggregator.blockBytes));
    const blockBytes = this.newBlockBytes(pool, start + gap, byteLength);
    this.end = start + gap + blockBytes;
    const useGap = this.alignmentOf(byteLength) === 1;
    if (useGap) aggregator.begin(start, gap + blockBytes);
    else aggregator.begin(start + gap, blockBytes);
    const address = aggregator.cut(byteLength);
    if (gap > 0 && !useGap) this.putIn(pool, { address: start, byteLength: gap });
    if (left.byteLength > 0) this.putIn(pool, left);
    return address;
  }

  private newBlockBytes({ aggregator }: Pool, start: Address, needed: number): number {
    const first = aggregator === this.metadata.aggregator ? this.firstBlockEnd - start : 0;
    return first >= needed ? first : aggregator.blockBytes;
  }

  /**
   * The other aggregator, if it stands at the end of the file, has a block's worth behind it, and is in the way. In a small file
   * also one that is hardly used: what it has left would be lost with what lies behind it.
   */
  private releaseOther(pool: Pool, needed: number): void {
    const other = pool === this.raw ? this.metadata : this.raw;
    const { aggregator } = other;
    if (aggregator.byteLength === 0 || aggregator.end !== this.end) return;
    const isSmallFile = this.end + needed <= SMALL_FILE_BYTES;
    if (!isSmallFile && aggregator.total - aggregator.byteLength < aggregator.blockBytes) return;
    this.cutEnd(other, aggregator.clear());
  }

  /** The file ends before a section that was at its end, as far as the last flush allows. */
  private cutEnd({ list }: Pool, { address }: Section): void {
    this.end = Math.max(address, Math.min(this.flushedEnd, this.end));
    if (this.end > address) (this.keepsFreeSections ? list.free : this.forgotten).add(address, this.end - address);
  }

  protected override put(type: MemoryType, address: Address, byteLength: number): void {
    const pool = this.poolOf(type);
    // Metadata is never overwritten before the flush, and raw data gets nothing of what was freed of it.
    const isNew = address >= this.flushedEnd;
    if (pool === this.metadata && !isNew) this.freedMetadata.cover(address, byteLength);
    if (isNew || pool === this.metadata) this.putIn(pool, { address, byteLength });
    else pool.list.pending.add(address, byteLength);
  }

  private putIn(pool: Pool, section: Section): void {
    const { free } = pool.list;
    const { address, byteLength } = section;
    if (!this.keepsFreeSections || (byteLength < this.threshold && !this.joinsAny(pool, section))) {
      if (address + byteLength === this.end) {
        this.cutEnd(pool, section);
        this.followFree();
      } else if (this.aggregates && pool.aggregator.touches(section)) pool.aggregator.absorb(section);
      else this.forgotten.add(address, byteLength);
      return;
    }
    const joined = free.add(address, byteLength);
    if (joined.address + joined.byteLength === this.end) {
      if (joined.address >= this.flushedEnd) {
        free.remove(joined);
        this.end = joined.address;
        this.followFree();
      } else if (this.end > this.flushedEnd) {
        free.remove(joined);
        this.cutEnd(pool, joined);
      }
    } else if (this.aggregates && pool.aggregator.touches(joined)) {
      this.joinAggregator(pool, joined);
    }
  }

  /** Free sections of either kind that are last now go, too. */
  private followFree(): void {
    const { metadata, raw, forgotten } = this;
    while (this.end > this.flushedEnd) {
      const isCut = this.cutLast(metadata, metadata.list.free) || this.cutLast(raw, raw.list.free);
      if (!isCut && !this.cutLast(metadata, forgotten)) return;
    }
  }

  private cutLast(pool: Pool, sections: FreeSections): boolean {
    const last = sections.ending(this.end);
    if (last === undefined) return false;
    sections.remove(last);
    this.cutEnd(pool, last);
    return true;
  }

  private joinsAny({ list: { free } }: Pool, { address, byteLength }: Section): boolean {
    return free.ending(address) !== undefined || free.at(address + byteLength) !== undefined;
  }

  /** What is left of an aggregator and a section behind or before it become one: which, depends on their size. */
  private joinAggregator(pool: Pool, section: Section): void {
    const { list, aggregator } = pool;
    list.free.remove(section);
    if (aggregator.byteLength + section.byteLength < aggregator.blockBytes) {
      aggregator.absorb(section);
      return;
    }
    const left = aggregator.clear();
    const address = Math.min(left.address, section.address);
    this.putIn(pool, { address, byteLength: left.byteLength + section.byteLength });
  }

  protected override grow(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    const end = address + oldByteLength;
    const extra = newByteLength - oldByteLength;
    if (end === this.end) {
      this.end += extra;
      return true;
    }
    const { list, aggregator } = this.poolOf(type);
    if (this.aggregates && aggregator.exists && end === aggregator.address) {
      if (aggregator.end === this.end && extra > EXTEND_SHARE * aggregator.byteLength) {
        const more = Math.max(extra, aggregator.blockBytes);
        this.end += more;
        aggregator.byteLength += more;
        aggregator.total += more;
      }
      if (aggregator.byteLength < extra) return false;
      aggregator.cut(extra);
      return true;
    }
    return this.keepsFreeSections && list.takeAt(end, extra, !isWrittenAtOnce(type));
  }

  override trim(): void {
    const pools = [this.metadata, this.raw].sort((a, b) => b.aggregator.address - a.aggregator.address);
    for (const pool of pools) {
      const left = pool.aggregator.clear();
      if (left.byteLength > 0) this.putIn(pool, left);
    }
    for (;;) {
      const forgotten = this.forgotten.ending(this.end);
      if (forgotten !== undefined) this.forgotten.remove(forgotten);
      const last = forgotten ?? this.metadata.list.takeEnding(this.end) ?? this.raw.list.takeEnding(this.end);
      if (last === undefined) return;
      this.end = last.address;
    }
  }

  protected override settlePending(): void {
    this.freedMetadata.drain();
    for (const pool of [this.metadata, this.raw]) {
      for (const section of pool.list.pending.drain()) this.putIn(pool, section);
    }
  }

  protected override keepCutOff(address: Address, byteLength: number): void {
    this.raw.list.pending.add(address, byteLength);
  }
}
