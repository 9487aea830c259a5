/**
 * The bytes of an open file as the engine sees them: decoded metadata by address, raw data, space.
 *
 * It joins the decoded structures ({@link StructureCache}), the reads ({@link FileReads}) and the space, and has what changed
 * reach the file in order: a child before the parent that points at it. Addresses are relative to the base address. Reads may throw a `PageFault`;
 * nothing here catches it.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { SharedMemory } from "../base/memory.ts";
import type { BlockCacheStatistics } from "../io/block-cache.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { BlockMoves } from "./block-moves.ts";
import { cutTo, setEnds } from "./file-ends.ts";
import { FileReads } from "./file-reads.ts";
import type { FileStorageOptions } from "./file-storage-options.ts";
import { FlushedPart } from "./flushed-part.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import { ReadAttempts } from "./read-attempts.ts";
import { ReadersView } from "./readers-view.ts";
import { SmallWrites } from "./small-writes.ts";
import { beyondReach, reaches } from "./space/address-reach.ts";
import type { MemoryType, SpaceAllocator } from "./space/space-allocator.ts";
import { StructureCache, type StructureCacheStatistics, type StructureCodec } from "./structure-cache.ts";
import { UnplacedBlocks } from "./unplaced-blocks.ts";
import { UnseenBlocks } from "./unseen-blocks.ts";
import { type Addresses, dependenciesOf, orderByRank } from "./write-order.ts";
import { type WriteBytes, writeForReaders, writeOrRestore } from "./write-out.ts";

/** Memory that small chunks of a file share. */
const MOST_SHARED_BYTES = 1 << 13;

/** Something whose sizes are known only when it is written. */
export interface Unsettled {
  /** Stores its structures, in places that fit. */
  settle(): void;
  /** Blocks of it that wait to be written and may lie elsewhere, once it is settled. */
  movableBlocks?(): MovableBlock[];
}

export class FileStorage {
  readonly widths: FileWidths;
  readonly limits: Limits;
  readonly allocator: SpaceAllocator;
  /**
   * Whether another process writes to the file meanwhile. Bytes of metadata are then never kept, only what they were decoded
   * to; a structure is read after the one that leads to it, and so is never older.
   */
  readonly isChanging: boolean;
  /** Whether reads of the source may fault, so that announcing them is worth the planning. */
  readonly answersLate: boolean;
  readonly attempts: ReadAttempts;
  /** For small chunks in memory, whatever dataset they are of: most have few. */
  readonly smallBuffers = new SharedMemory(MOST_SHARED_BYTES);
  private readonly smallWrites = new SmallWrites((address, bytes) => {
    this.writeThrough(this.requireWritable(), address, bytes);
  });
  private readonly source: ByteSource;
  private readonly target: ByteTarget | undefined;
  private readonly baseAddress: number;
  private readonly reads: FileReads;
  private readonly structures: StructureCache;
  private readonly unsettledThings = new Map<Address, Unsettled>();
  private readonly unplaced = new UnplacedBlocks();
  private rounds = 0;
  /** The end that the superblock recorded when it was last read again. */
  private grownEnd: Address = 0;
  private readonly flushedPart: FlushedPart;
  private readonly unseen: UnseenBlocks;
  /** While others read along. */
  private readersView: ReadersView | undefined;

  constructor(options: FileStorageOptions) {
    const { source, baseAddress, allocator, limits, isChanging = false, addressesOfMembers = false } = options;
    this.widths = options.widths;
    this.limits = limits;
    this.source = source;
    this.target = options.target;
    this.baseAddress = baseAddress;
    this.isChanging = isChanging;
    this.answersLate = source.expect !== undefined;
    this.attempts = options.attempts ?? new ReadAttempts(1);
    this.allocator = allocator;
    this.flushedPart = new FlushedPart(allocator);
    this.unseen = new UnseenBlocks(allocator.endOfAllocation);
    this.structures = new StructureCache(options.metadataCacheBytes);
    // A writer tells of a new end later than of what lies before it.
    const hasNoEnd = addressesOfMembers || isChanging;
    this.reads = new FileReads({
      source,
      sourceEnd: options.sourceEnd ?? 0,
      baseAddress,
      limits,
      attempts: this.attempts,
      isChanging,
      blockCacheBytes: options.blockCacheBytes,
      blockByteLength: options.blockByteLength,
      recordedEnd: () => (hasNoEnd ? Number.POSITIVE_INFINITY : Math.max(allocator.endOfAllocation, this.grownEnd)),
      smallWrites: this.target && this.smallWrites,
    });
  }

  /** Counts flushes: what was stored and ordered in this round needs not be again. */
  get round(): number {
    return this.rounds;
  }

  /** Counts changes of structures: what was found out of them holds until there are more. */
  get changes(): number {
    return this.structures.changes;
  }

  /** A structure that waits to be written has changed in place. */
  changedInPlace(): void {
    this.structures.changedInPlace();
  }

  get writable(): boolean {
    return this.target !== undefined;
  }

  /** Whether structures wait to be written. */
  get hasDirty(): boolean {
    return this.structures.dirty.size > 0;
  }

  isDirty(address: Address): boolean {
    return this.structures.dirty.has(address);
  }

  /** Decoded structure at an address, decoded once and cached. Values are immutable. */
  load<T>(address: Address, codec: StructureCodec<T>): T {
    const held = this.structures.find<T>(address, codec.structure);
    if (held !== undefined) return held;
    // Without a function for those who read once, who are most.
    const value =
      this.attempts.most === 1
        ? this.read(address, codec)
        : this.attempt(codec.structure, address, () => this.read(address, codec));
    this.structures.keep(address, codec, value);
    return value;
  }

  private read<T>(address: Address, codec: StructureCodec<T>): T {
    const bytes = this.reads.metadata(address, codec.byteLength, codec.structure);
    return codec.decode(this.cursor(bytes, codec.structure, address));
  }

  /**
   * Reads and decodes a structure that {@link load} cannot, as often as its checksum may need.
   *
   * @param read - Reads with {@link readMetadata}; may be called again.
   */
  attempt<T>(structure: string, address: Address, read: () => T): T {
    return this.attempts.most === 1 ? read() : this.reads.attempt(structure, address, read);
  }

  /** The same for raw data that its filters found wanting. @param read - Reads `byteLength` bytes with {@link readRaw}. */
  attemptRaw<T>(address: Address, byteLength: number, read: () => T): T {
    return this.reads.attemptRaw(address, byteLength, read);
  }

  /** The decoded structure at an address, if it is in memory. */
  cached<T>(address: Address, structure: string): T | undefined {
    return this.structures.peek(address, structure);
  }

  /** A new or changed value of the structure at an address; written at the next flush. */
  store<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    this.requireWritable();
    this.structures.change(address, codec, value);
  }

  /**
   * Runs `use`, within which what it has decoded stays in memory: what was read to prepare a change need not be read again when
   * it happens.
   */
  holding(use: () => void): void {
    this.structures.holding(use);
  }

  /** Drops a structure. Its space is released separately. */
  forget(address: Address): void {
    this.structures.forget(address);
  }

  /** At a flush `child` reaches the file before `parent`, as what lies behind the end of the file does anyway. */
  writeBefore(child: Address, parent: Address): void {
    if (this.readersView === undefined && this.flushedPart.isBehind(child)) return;
    this.structures.writeBefore(child, parent);
  }

  /** Whether nobody can have seen a block at that address. */
  isUnseen(address: Address): boolean {
    return this.unseen.has(address);
  }

  /** Somebody asked for a flush. */
  shown(): void {
    this.unseen.seen(this.allocator.endOfAllocation);
  }

  /** The next flush begins with settling this. @param address - By which others find it until then. */
  settleLater(address: Address, thing: Unsettled): void {
    this.unsettledThings.set(address, thing);
  }

  unsettled(address: Address): Unsettled | undefined {
    return this.unsettledThings.get(address);
  }

  /** Takes back {@link settleLater}. */
  settled(address: Address): void {
    this.unsettledThings.delete(address);
  }

  /**
   * Has everything stored in its final place, as a flush begins; what is changed afterwards is settled anew. What was set aside
   * for small blocks, and what is free at the end, is given back before. C: `H5MF_free_aggrs`.
   */
  settle(): void {
    if (this.unsettledThings.size === 0) return;
    this.allocator.trim();
    for (const thing of this.unsettledThings.values()) thing.settle();
  }

  /** What the cache of decoded structures holds and did since it was opened or {@link resetStructureCounts} was called. */
  structureCacheStatistics(): StructureCacheStatistics {
    return this.structures.statistics();
  }

  resetStructureCounts(): void {
    this.structures.resetCounts();
  }

  /** Another bound of clean decoded structures, in bytes on disk. */
  set metadataCacheBytes(byteLength: number) {
    this.structures.maxByteLength = byteLength;
  }

  /** What the cache of file blocks did, and how many reads of raw data went past it. */
  blockCacheStatistics(): BlockCacheStatistics & { readonly rawReads: number } {
    return this.reads.statistics();
  }

  resetBlockCounts(): void {
    this.reads.resetCounts();
  }

  /** Forgets every clean structure and block, so that the next use reads the file again. */
  dropClean(): void {
    this.structures.forgetClean();
    this.reads.clear();
    // While others write, files only grow.
    if (!this.isChanging) this.reads.forgetEnd();
  }

  cursor(bytes: Uint8Array, structure: string, address: Address): Cursor {
    return new Cursor(bytes, { structure, address, widths: this.widths, limits: this.limits });
  }

  /** Bytes of metadata through the block cache: a view that must not be modified. */
  readMetadata(address: Address, byteLength: number, structure = "Metadata"): Uint8Array {
    return this.reads.metadata(address, byteLength, structure);
  }

  /**
   * Bytes of many structures of one size, neighbours in one read. The blocks of the cache stay what they are.
   *
   * @param addresses - Ascending, lest little is joined.
   * @param visit - Gets each, in that order. The bytes are good until it returns.
   */
  readEach(
    addresses: readonly Address[],
    byteLength: number,
    structure: string,
    visit: (bytes: Uint8Array, at: number) => void,
  ): void {
    this.reads.each(addresses, byteLength, structure, visit);
  }

  /** How many bytes of the file follow `address`, up to `wanted`. */
  available(address: Address, wanted: number): number {
    return this.reads.available(address, wanted);
  }

  /** The superblock of a file that others write records this end by now. */
  reachesTo(end: Address): void {
    this.grownEnd = end;
  }

  /** Raw data straight into its destination. */
  readRaw(address: Address, destination: Uint8Array): void {
    this.reads.raw(address, destination);
  }

  /** Raw data goes to the file at once, or with the small pieces that follow it. */
  writeRaw(address: Address, bytes: Uint8Array): void {
    const target = this.requireWritable();
    if (!this.smallWrites.hold(address, bytes)) this.writeThrough(target, address, bytes);
  }

  /**
   * The same for bytes that a structure leads to already: what the device refuses is kept, and goes to the file before anything
   * else is written or read.
   */
  writeOrKeep(address: Address, bytes: Uint8Array): void {
    try {
      this.writeRaw(address, bytes);
    } catch (cause) {
      this.smallWrites.keep(address, bytes);
      throw cause;
    }
  }

  /** To be called before structures change for the next of {@link writeOrKeep}. @throws what the device says. */
  writeKept(): void {
    this.smallWrites.flushKept();
  }

  private writeThrough(target: ByteTarget, address: Address, bytes: Uint8Array): void {
    target.write(this.baseAddress + address, bytes);
    this.reads.update(this.baseAddress + address, bytes);
  }

  /** Announces reads to come, so that a source that answers late fetches all of them at once. */
  expectRaw(ranges: readonly { readonly address: Address; readonly byteLength: number }[]): void {
    this.source.expect?.(ranges.map(({ address, byteLength }) => ({ offset: this.baseAddress + address, byteLength })));
  }

  /** Space for a block. @throws HDF5Error "state" when addresses of this file's width do not reach so far. */
  allocate(type: MemoryType, byteLength: number): Address {
    this.requireWritable();
    const address = this.allocator.allocate(type, byteLength);
    this.readersView?.allocated(address);
    this.allocated(address);
    if (!reaches(this.widths, this.baseAddress, this.allocator.unitByteLength, address + byteLength)) {
      this.allocator.release(type, address, byteLength);
      throw beyondReach(byteLength, this.widths);
    }
    return address;
  }

  private allocated(address: Address): void {
    this.flushedPart.allocated(address);
    this.unseen.allocated(address);
  }

  /** Two blocks of metadata side by side, in one piece of space. @returns Where each of them begins. */
  allocatePair(type: MemoryType, firstByteLength: number, secondByteLength: number): readonly [Address, Address] {
    const first = this.allocate(type, firstByteLength + secondByteLength);
    const second = first + firstByteLength;
    this.readersView?.allocated(second);
    this.allocated(second);
    return [first, second];
  }

  /**
   * An address for a block of metadata until it is settled, which has to {@link place} it before it is written. While others
   * read the file it has its place from the start. C: `H5MF_alloc_tmp`.
   */
  allocateLater(type: MemoryType, byteLength: number): Address {
    if (this.readersView !== undefined) return this.allocate(type, byteLength);
    this.requireWritable();
    return this.unplaced.add(type, byteLength);
  }

  /** Whether a block of {@link allocateLater} has no place yet. */
  get hasUnplaced(): boolean {
    return this.unplaced.size > 0;
  }

  /** Whether an address is one of {@link allocateLater}. */
  isUnplaced(address: Address): boolean {
    return this.unplaced.has(address);
  }

  /** Gives blocks of {@link allocateLater} their places, all or none. @returns Where each of them is now. */
  place(addresses: readonly Address[]): ReadonlyMap<Address, Address> {
    const places = this.unplaced.place(addresses, this);
    for (const [from, to] of places) this.structures.move(from, to);
    return places;
  }

  /** For moving blocks that wait to be written. */
  get moves(): BlockMoves {
    const { allocator, structures, unplaced, flushedPart, unsettledThings } = this;
    return new BlockMoves({ storage: this, allocator, structures, unplaced, flushedPart, unsettledThings });
  }

  /** Grows a block in place, if what is behind it is free, and nobody reads what would have two sizes. */
  extend(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    this.requireWritable();
    const { widths, baseAddress, allocator } = this;
    if (this.isSeen(address)) return false;
    if (!reaches(widths, baseAddress, allocator.unitByteLength, address + newByteLength)) return false;
    return allocator.extend(type, address, oldByteLength, newByteLength);
  }

  /** Frees a block; one that others may be reading stays as it is, and is nobody's from then on. */
  release(type: MemoryType, address: Address, byteLength: number): void {
    if (this.unplaced.delete(address) || this.isSeen(address)) return;
    this.readersView?.released(address);
    this.allocator.release(type, address, byteLength);
  }

  /** @throws FormatError for bytes that {@link release} would refuse. */
  requireUsed(address: Address, byteLength: number): void {
    if (byteLength > 0 && !this.unplaced.has(address) && !this.isSeen(address))
      this.allocator.requireUsed(address, byteLength);
  }

  /**
   * From now on others read the file while it is written: space that they may look at is not used again, and flushes keep
   * to an order that shows them no half of a change. C: `H5F_ACC_SWMR_WRITE`.
   */
  serveReaders(): void {
    this.requireWritable();
    this.readersView ??= new ReadersView();
  }

  get servesReaders(): boolean {
    return this.readersView !== undefined;
  }

  /** Whether others may be reading the block at an address, so that it must not become another's. */
  isSeen(address: Address): boolean {
    return this.readersView?.isSeen(address) ?? false;
  }

  private requireWritable(): ByteTarget {
    if (this.target === undefined) throw new HDF5Error("read-only", "no write intent on file");
    return this.target;
  }

  /**
   * Writes dirty structures, children first, and by `writeSuperblock` the superblock, which has to say how far the file reaches.
   *
   * When a write fails, or a structure cannot be encoded, what was overwritten is put back, so that the file is as the last
   * flush left it, unless others read it meanwhile. The structures stay dirty.
   *
   * @param of - Structures that are to be written, with all that they wait for. Default: every one.
   */
  flush(writeSuperblock: (write: WriteBytes) => void, of?: readonly Address[]): void {
    const target = this.requireWritable();
    this.smallWrites.flush();
    this.settle();
    this.allocator.trim();
    const { dirty, waiting } = this.structures;
    const wanted = of === undefined ? dirty : dependenciesOf(of, dirty, waiting);
    try {
      this.writeAll(target, wanted, writeSuperblock);
    } catch (cause) {
      this.allocator.flushFailed();
      this.readersView?.flushFailed();
      throw cause;
    }
    this.allocator.flushed();
    this.readersView?.flushed(this.structures.dirty);
    this.flushedPart.flushed();
    if (!this.servesReaders) this.cutEnds();
  }

  /** Has no more clean structures in memory than their bound allows: a flush may have made many. */
  shrink(): void {
    this.structures.shrink();
  }

  /** Shrinking comes last: what lies behind the new end belonged to the file as it was. */
  cutEnds(): void {
    setEnds(
      this.requireWritable(),
      this.flushedPart.ranges.map(({ end }) => this.baseAddress + end),
    );
  }

  private writeAll(target: ByteTarget, wanted: Addresses, writeSuperblock: (write: WriteBytes) => void): void {
    const { baseAddress, structures, widths } = this;
    const groups = this.orderOf(wanted);
    const writeStructures = (write: WriteBytes): void => {
      for (const addresses of groups) {
        structures.encode(addresses, widths, (address, bytes) => {
          write(address, bytes);
          this.reads.update(baseAddress + address, bytes);
        });
      }
    };
    const newEnds = this.allocator.ranges().map(({ end }) => baseAddress + end);
    const out = { target, baseAddress, writeStructures, newEnds, writeSuperblock };
    try {
      if (this.servesReaders) writeForReaders(out);
      else writeOrRestore(out, (address) => this.flushedPart.endAt(address));
    } catch (cause) {
      this.reads.clear();
      this.reads.forgetEnd();
      throw cause;
    }
    this.reads.truncate(Math.max(...newEnds));
    structures.written(wanted);
    this.rounds++;
    this.unsettledThings.clear();
  }

  private orderOf(wanted: Addresses): Address[][] {
    const { readersView: view, structures } = this;
    const { waiting } = structures;
    if (view === undefined) return this.flushedPart.newFirst(wanted, waiting);
    return orderByRank(wanted, waiting, (address) => view.rankOf(address, structures.structureAt(address)));
  }

  /** Gives up what was never flushed. @param superblock - Gives its bytes for a file of that size. */
  dropUnflushed(superblock?: (endOfAllocation: Address) => Uint8Array): void {
    const target = this.requireWritable();
    const ends = this.flushedPart.ranges.map(({ end }) => this.baseAddress + end);
    if (!this.servesReaders) cutTo(target, ends);
    if (superblock !== undefined) target.write(this.baseAddress, superblock(this.flushedPart.ranges[0]?.end ?? 0));
  }

  close(): void {
    this.structures.clear();
    this.reads.clear();
    this.source.close();
  }
}
