/**
 * The bytes of an open file as the engine sees them: decoded metadata by address, raw data, space.
 *
 * It owns every decoded structure with its dirty mark, and the order in which structures may reach the file: a child
 * before the parent that points at it. Addresses are relative to the base address. Reads may throw a `PageFault`;
 * nothing here catches it.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { FormatError, HDF5Error, LimitError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { Writer } from "../base/writer.ts";
import { BlockCache, type BlockCacheStatistics } from "../io/block-cache.ts";
import type { ByteRange, ByteSource, ByteTarget } from "../io/source.ts";
import { cutTo, setEnds } from "./file-ends.ts";
import { ReadAttempts } from "./read-attempts.ts";
import { ReadersView } from "./readers-view.ts";
import { SmallWrites } from "./small-writes.ts";
import type { MemoryType, SpaceAllocator } from "./space/space-allocator.ts";
import { dependenciesOf, orderByRank, orderForWriting, type WaitingParents } from "./write-order.ts";
import { type EncodedPiece, type WriteBytes, writeForReaders, writeOrRestore } from "./write-out.ts";

/** How one structure is decoded and encoded at an address. */
export interface StructureCodec<T> {
  /** The specification's name of the structure. */
  readonly structure: string;
  /** Bytes on disk. */
  readonly byteLength: number;
  decode(cursor: Cursor): T;
  encode(writer: Writer, value: T): void;
}

/** Something whose sizes are known only when it is written. */
export interface Unsettled {
  /** Stores its structures, in places that fit. */
  settle(): void;
}

/** Bytes of a read that serves several structures, and between two of them: to read so many costs less than a call. */
const LARGEST_JOINED_READ = 1 << 17;
const WIDEST_GAP = 1 << 14;

/** Part of the limit that an eviction leaves in use. */
const EVICTED_TO = 3 / 4;

interface Entry {
  readonly codec: StructureCodec<unknown>;
  /** Bytes on disk when they were last counted: some structures grow. */
  byteLength: number;
  value: unknown;
  dirty: boolean;
  /** Second chance: set by a use, cleared when the evicting hand passes. */
  used: boolean;
}

export interface FileStorageOptions {
  readonly source: ByteSource;
  /** The same object as `source` when the file is open for writing. */
  readonly target: ByteTarget | undefined;
  /** Absolute position of address 0. */
  readonly baseAddress: number;
  readonly widths: FileWidths;
  readonly limits: Limits;
  readonly allocator: SpaceAllocator;
  /** Addresses are those of several member files, each with an end of its own (multi and split drivers). Default false. */
  readonly addressesOfMembers?: boolean;
  /** Bound of clean decoded structures, in bytes on disk. */
  readonly metadataCacheBytes: number;
  /** Bytes of the block cache below the decoded structures. */
  readonly blockCacheBytes: number;
  /** Bytes of a block. Default 8192. */
  readonly blockByteLength?: number | undefined;
  /** Whether another process writes to the file meanwhile. Default false. */
  readonly isChanging?: boolean;
  /** How often a structure is read until its checksum fits. Default once. */
  readonly attempts?: ReadAttempts;
}

export interface StructureCacheStatistics {
  /** Structures asked for, and those of them that were in memory. */
  readonly loads: number;
  readonly hits: number;
  /** Bytes on disk of what is held, and the bound of what is unchanged of it. */
  readonly byteLength: number;
  readonly maxByteLength: number;
  readonly entries: number;
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
  readonly attempts: ReadAttempts;
  /** What was read since the current attempt began. */
  private attempted: ByteRange[] = [];
  private readonly smallWrites = new SmallWrites((address, bytes) => {
    this.writeThrough(this.requireWritable(), address, bytes);
  });
  private readonly source: ByteSource;
  private readonly target: ByteTarget | undefined;
  private readonly baseAddress: number;
  private readonly blocks: BlockCache;
  private readonly entries = new Map<Address, Entry>();
  private readonly dirty = new Set<Address>();
  /** child -> parents that wait for it. */
  private readonly before: WaitingParents = new Map();
  private readonly unsettledThings = new Map<Address, Unsettled>();
  private cacheLimit: number;
  private rounds = 0;
  private loads = 0;
  private loadsFromCache = 0;
  private rawReads = 0;
  private readonly addressesOfMembers: boolean;
  /** Of clean entries; dirty ones stay until a flush, whatever they take. */
  private cleanBytes = 0;
  private knownEnd: Address = 0;
  /** The end that the superblock recorded when it was last read again. */
  private grownEnd: Address = 0;
  private scratch: Uint8Array | undefined;
  /** Where the file had bytes when the last flush left it. */
  private flushedRanges: ReturnType<SpaceAllocator["ranges"]>;
  /** While others read along. */
  private readersView: ReadersView | undefined;

  constructor(options: FileStorageOptions) {
    this.widths = options.widths;
    this.limits = options.limits;
    this.source = options.source;
    this.target = options.target;
    this.baseAddress = options.baseAddress;
    this.cacheLimit = options.metadataCacheBytes;
    this.addressesOfMembers = options.addressesOfMembers ?? false;
    this.isChanging = options.isChanging ?? false;
    this.attempts = options.attempts ?? new ReadAttempts(1);
    this.allocator = options.allocator;
    this.flushedRanges = options.allocator.ranges();
    this.blocks = new BlockCache(options.source, {
      maxByteLength: options.blockCacheBytes,
      ...(options.blockByteLength === undefined ? {} : { blockByteLength: options.blockByteLength, wholeBlocks: true }),
    });
  }

  /** Counts flushes: what was stored and ordered in this round needs not be again. */
  get round(): number {
    return this.rounds;
  }

  get writable(): boolean {
    return this.target !== undefined;
  }

  /** Whether structures wait to be written. */
  get hasDirty(): boolean {
    return this.dirty.size > 0;
  }

  isDirty(address: Address): boolean {
    return this.dirty.has(address);
  }

  /** Decoded structure at an address, decoded once and cached. Values are immutable. */
  load<T>(address: Address, codec: StructureCodec<T>): T {
    const entry = this.entries.get(address);
    this.loads++;
    if (entry !== undefined && entry.codec.structure === codec.structure) {
      this.loadsFromCache++;
      entry.used = true;
      return entry.value as T;
    }
    // Without a function for those who read once, who are most.
    const value =
      this.attempts.most === 1
        ? this.read(address, codec)
        : this.attempt(codec.structure, address, () => this.read(address, codec));
    this.remember(address, codec, value, false);
    return value;
  }

  private read<T>(address: Address, codec: StructureCodec<T>): T {
    const bytes = this.readMetadata(address, codec.byteLength, codec.structure);
    return codec.decode(this.cursor(bytes, codec.structure, address));
  }

  /**
   * Reads and decodes a structure that {@link load} cannot, as often as its checksum may need.
   *
   * @param read - Reads with {@link readMetadata}; may be called again.
   */
  attempt<T>(structure: string, address: Address, read: () => T): T {
    if (this.attempts.most === 1) return read();
    this.attempted = [];
    return this.attempts.metadata(structure, address, read, () => this.renew());
  }

  /** The same for raw data that its filters found wanting. @param read - Reads `byteLength` bytes with {@link readRaw}. */
  attemptRaw<T>(address: Address, byteLength: number, read: () => T): T {
    if (!this.isChanging) return read();
    const range = { offset: this.baseAddress + address, byteLength };
    return this.attempts.rawData(address, read, () => this.source.renew?.([range]));
  }

  /** Forgets the bytes of an attempt that failed. */
  private renew(): void {
    const ranges = this.attempted;
    this.attempted = [];
    this.knownEnd = 0;
    for (const { offset, byteLength } of ranges) this.blocks.invalidate(offset, byteLength);
    this.source.renew?.(ranges);
  }

  /** The decoded structure at an address, if it is in memory. */
  cached<T>(address: Address, structure: string): T | undefined {
    const entry = this.entries.get(address);
    if (entry === undefined || entry.codec.structure !== structure) return undefined;
    entry.used = true;
    return entry.value as T;
  }

  /** A new or changed value of the structure at an address; written at the next flush. */
  store<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    this.requireWritable();
    this.remember(address, codec, value, true);
    this.dirty.add(address);
  }

  /** Drops a structure. Its space is released separately. */
  forget(address: Address): void {
    const entry = this.entries.get(address);
    if (entry === undefined) return;
    this.entries.delete(address);
    if (!entry.dirty) this.cleanBytes -= entry.byteLength;
    this.dirty.delete(address);
    this.before.delete(address);
  }

  /** At a flush `child` reaches the file before `parent`. */
  writeBefore(child: Address, parent: Address): void {
    const parents = this.before.get(child);
    if (parents === parent) return;
    if (parents === undefined) this.before.set(child, parent);
    else if (typeof parents === "number") this.before.set(child, new Set([parents, parent]));
    else parents.add(parent);
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

  /** Has everything stored in its final place; what is changed afterwards is settled anew. */
  settle(): void {
    for (const thing of this.unsettledThings.values()) thing.settle();
  }

  /** What the cache of decoded structures holds and did since it was opened or {@link resetStructureCounts} was called. */
  structureCacheStatistics(): StructureCacheStatistics {
    let byteLength = this.cleanBytes;
    for (const address of this.dirty) byteLength += this.entries.get(address)?.codec.byteLength ?? 0;
    const { loads, loadsFromCache, cacheLimit, entries } = this;
    return { loads, hits: loadsFromCache, byteLength, maxByteLength: cacheLimit, entries: entries.size };
  }

  resetStructureCounts(): void {
    this.loads = 0;
    this.loadsFromCache = 0;
  }

  /** Another bound of clean decoded structures, in bytes on disk. */
  set metadataCacheBytes(byteLength: number) {
    this.cacheLimit = byteLength;
    if (this.cleanBytes > byteLength) this.evict();
  }

  /** What the cache of file blocks did, and how many reads of raw data went past it. */
  blockCacheStatistics(): BlockCacheStatistics & { readonly rawReads: number } {
    return { ...this.blocks.statistics(), rawReads: this.rawReads };
  }

  resetBlockCounts(): void {
    this.rawReads = 0;
    this.blocks.resetStatistics();
  }

  /** Forgets every clean structure and block, so that the next use reads the file again. */
  dropClean(): void {
    for (const [address, entry] of this.entries) if (!entry.dirty) this.forget(address);
    this.blocks.clear();
    // While others write, files only grow.
    if (!this.isChanging) this.knownEnd = 0;
  }

  private remember(
    address: Address,
    codec: StructureCodec<unknown> | StructureCodec<never>,
    value: unknown,
    dirty: boolean,
  ): void {
    const old = this.entries.get(address);
    if (old?.dirty && old.codec === codec) {
      old.value = value;
      old.used = true;
      return;
    }
    if (old !== undefined && !old.dirty) this.cleanBytes -= old.byteLength;
    const { byteLength } = codec;
    const isDirty = dirty || old?.dirty === true;
    const entry = { codec: codec as StructureCodec<unknown>, byteLength, value, dirty: isDirty, used: true };
    this.entries.set(address, entry);
    if (isDirty) return;
    this.cleanBytes += byteLength;
    if (this.cleanBytes > this.cacheLimit) this.evict();
  }

  /** One round of the clock: clean entries that were not used since the last round go. */
  private evict(): void {
    for (const [address, entry] of this.entries) {
      // More than is needed, so that the next entries find room without another round.
      if (this.cleanBytes <= this.cacheLimit * EVICTED_TO) return;
      if (entry.dirty) continue;
      if (entry.used) {
        entry.used = false;
        this.entries.delete(address);
        this.entries.set(address, entry);
        if (this.cacheLimit > 0) continue;
      }
      this.forget(address);
    }
  }

  cursor(bytes: Uint8Array, structure: string, address: Address): Cursor {
    return new Cursor(bytes, { structure, address, widths: this.widths, limits: this.limits });
  }

  /** Bytes of metadata through the block cache: a view that must not be modified. */
  readMetadata(address: Address, byteLength: number, structure = "Metadata"): Uint8Array {
    if (byteLength > this.limits.maxMetadataBytes) {
      throw new LimitError(
        `${structure} at address ${address}: ${byteLength} bytes, limit maxMetadataBytes is ${this.limits.maxMetadataBytes}`,
        {
          structure,
          address,
        },
      );
    }
    const offset = this.baseAddress + address;
    if (this.attempts.most > 1) this.attempted.push({ offset, byteLength });
    this.requireInside(address, byteLength, structure);
    return this.isChanging ? this.readAnew(offset, byteLength) : this.blocks.read(offset, byteLength);
  }

  /** A copy: what a view of the source shows may change behind the checksum. */
  private readAnew(offset: number, byteLength: number): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    this.source.readInto(offset, bytes);
    return bytes;
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
    const { source, baseAddress } = this;
    if (source.view !== undefined || byteLength > LARGEST_JOINED_READ) {
      addresses.forEach((address, at) => {
        visit(this.readMetadata(address, byteLength, structure), at);
      });
      return;
    }
    const scratch = this.takeScratch();
    for (let from = 0; from < addresses.length; ) {
      const start = addresses[from] as Address;
      this.requireInside(start, byteLength, structure);
      let to = from + 1;
      let end = start + byteLength;
      for (; to < addresses.length; to++) {
        const next = addresses[to] as Address;
        if (next < end || next - end > WIDEST_GAP || next + byteLength - start > scratch.length) break;
        this.requireInside(next, byteLength, structure);
        end = next + byteLength;
      }
      source.readInto(baseAddress + start, scratch.subarray(0, end - start));
      for (; from < to; from++) {
        const at = (addresses[from] as Address) - start;
        visit(scratch.subarray(at, at + byteLength), from);
      }
    }
    this.scratch = scratch;
  }

  /** The buffer of joined reads, or a new one while it is in use. */
  private takeScratch(): Uint8Array {
    const scratch = this.scratch ?? new Uint8Array(LARGEST_JOINED_READ);
    this.scratch = undefined;
    return scratch;
  }

  /** How many bytes of the file follow `address`, up to `wanted`. */
  available(address: Address, wanted: number): number {
    const end = Math.min(this.endFor(address + wanted), this.recordedEnd);
    return Math.max(0, Math.min(wanted, end - address));
  }

  /** The end of the file, asked for anew only when `end` is behind the last answer: asking is a system call. */
  private endFor(end: Address): Address {
    if (end > this.knownEnd) {
      this.smallWrites.flush();
      this.knownEnd = this.source.byteLength() - this.baseAddress;
    }
    return this.knownEnd;
  }

  private get recordedEnd(): Address {
    // A writer tells of a new end later than of what lies before it.
    if (this.addressesOfMembers || this.isChanging) return Number.POSITIVE_INFINITY;
    return Math.max(this.allocator.endOfAllocation, this.grownEnd);
  }

  /** The superblock of a file that others write records this end by now. */
  reachesTo(end: Address): void {
    this.grownEnd = end;
  }

  /** Whether reads of this source may fault, so that announcing them is worth the planning. */
  get answersLate(): boolean {
    return this.source.expect !== undefined;
  }

  private requireInside(address: Address, byteLength: number, structure: string): void {
    // What lies behind the end that the superblock records is not part of the file.
    const end = Math.min(this.endFor(address + byteLength), this.recordedEnd);
    if (address >= 0 && address + byteLength <= end) return;
    throw new FormatError(`${structure} at address ${address}: needs ${byteLength} bytes, the file ends at ${end}`, {
      structure,
      address,
    });
  }

  /** Raw data straight into its destination. */
  readRaw(address: Address, destination: Uint8Array): void {
    this.rawReads++;
    if (this.isChanging) {
      this.readSoFar(address, destination);
      return;
    }
    this.smallWrites.flush();
    this.requireInside(address, destination.length, "Raw data");
    this.source.readInto(this.baseAddress + address, destination);
  }

  /** What a writer has allocated and not yet written may lie behind the end of the file: zeros, as in the C library. */
  private readSoFar(address: Address, destination: Uint8Array): void {
    const available = this.available(address, destination.length);
    if (available > 0) this.source.readInto(this.baseAddress + address, destination.subarray(0, available));
    destination.fill(0, available);
  }

  /** Raw data goes to the file at once, or with the small pieces that follow it. */
  writeRaw(address: Address, bytes: Uint8Array): void {
    const target = this.requireWritable();
    if (!this.smallWrites.hold(address, bytes)) this.writeThrough(target, address, bytes);
  }

  private writeThrough(target: ByteTarget, address: Address, bytes: Uint8Array): void {
    target.write(this.baseAddress + address, bytes);
    this.blocks.update(this.baseAddress + address, bytes);
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
    const { sizeOfOffsets } = this.widths;
    // All ones is the undefined address.
    if (sizeOfOffsets < 7 && address + byteLength >= 256 ** sizeOfOffsets - 1) {
      this.allocator.release(type, address, byteLength);
      throw new HDF5Error(
        "state",
        `file allocation failed: ${byteLength} bytes more than addresses of ${sizeOfOffsets} bytes reach`,
      );
    }
    return address;
  }

  /** Grows a block in place, if what is behind it is free, and nobody reads what would have two sizes. */
  extend(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    this.requireWritable();
    if (this.isSeen(address)) return false;
    return this.allocator.extend(type, address, oldByteLength, newByteLength);
  }

  /** Frees a block; one that others may be reading stays as it is, and is nobody's from then on. */
  release(type: MemoryType, address: Address, byteLength: number): void {
    if (this.isSeen(address)) return;
    this.readersView?.released(address);
    this.allocator.release(type, address, byteLength);
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
   * All of it is encoded before the first byte is written. When a write fails, what was overwritten is put back, so that
   * the file is as the last flush left it, unless others read it meanwhile. The structures stay dirty.
   *
   * @param of - Structures that are to be written, with all that they wait for. Default: every one.
   */
  flush(writeSuperblock: (write: WriteBytes) => void, of?: readonly Address[]): void {
    const target = this.requireWritable();
    this.smallWrites.flush();
    this.settle();
    this.allocator.trim();
    const wanted = of === undefined ? this.dirty : dependenciesOf(of, this.dirty, this.before);
    try {
      this.writeAll(target, wanted, writeSuperblock);
    } catch (cause) {
      this.allocator.flushFailed();
      this.readersView?.flushFailed();
      throw cause;
    }
    this.allocator.flushed();
    this.readersView?.flushed(this.dirty);
    this.flushedRanges = this.allocator.ranges();
    if (!this.servesReaders) this.cutEnds();
    if (this.cleanBytes > this.cacheLimit) this.evict();
  }

  /** Shrinking comes last: what lies behind the new end belonged to the file as it was. */
  cutEnds(): void {
    setEnds(
      this.requireWritable(),
      this.flushedRanges.map(({ end }) => this.baseAddress + end),
    );
  }

  private writeAll(
    target: ByteTarget,
    wanted: ReadonlySet<Address>,
    writeSuperblock: (write: WriteBytes) => void,
  ): void {
    const { baseAddress } = this;
    const groups = this.orderOf(wanted).map((addresses) => this.encodeJoined(addresses));
    const newEnds = this.allocator.ranges().map(({ end }) => baseAddress + end);
    const out = { target, baseAddress, groups, newEnds, writeSuperblock };
    try {
      if (this.servesReaders) writeForReaders(out);
      else writeOrRestore(out, (address) => this.flushedRanges.findLast(({ start }) => address >= start)?.end ?? 0);
    } catch (cause) {
      this.blocks.clear();
      this.knownEnd = 0;
      throw cause;
    }
    this.blocks.truncate(Math.max(...newEnds));
    this.knownEnd = 0;
    for (const group of groups)
      for (const { address, bytes } of group) this.blocks.update(baseAddress + address, bytes);
    this.markWritten(wanted);
  }

  private orderOf(wanted: ReadonlySet<Address>): Address[][] {
    const { readersView: view, before, entries } = this;
    if (view === undefined) return orderForWriting(wanted, before);
    return orderByRank(wanted, before, (address) => view.rankOf(address, entries.get(address)?.codec.structure));
  }

  private markWritten(written: ReadonlySet<Address>): void {
    for (const address of written) {
      const entry = this.entries.get(address);
      if (entry === undefined) continue;
      entry.dirty = false;
      entry.byteLength = entry.codec.byteLength;
      this.cleanBytes += entry.byteLength;
    }
    this.rounds++;
    this.unsettledThings.clear();
    if (written === this.dirty) {
      this.dirty.clear();
      this.before.clear();
      return;
    }
    for (const address of written) {
      this.dirty.delete(address);
      this.before.delete(address);
    }
  }

  /** Gives up what was never flushed. @param superblock - Gives its bytes for a file of that size. */
  dropUnflushed(superblock?: (endOfAllocation: Address) => Uint8Array): void {
    const target = this.requireWritable();
    const ends = this.flushedRanges.map(({ end }) => this.baseAddress + end);
    if (!this.servesReaders) cutTo(target, ends);
    if (superblock !== undefined) target.write(this.baseAddress, superblock(this.flushedRanges[0]?.end ?? 0));
  }

  /** Encoded bytes of structures with no order among them; neighbours in one piece. */
  private encodeJoined(addresses: readonly Address[]): EncodedPiece[] {
    // Typed arrays sort numbers without asking anyone.
    const sorted = Float64Array.from(addresses).sort();
    const entries: (Entry | undefined)[] = [];
    for (const address of sorted) entries.push(this.entries.get(address));
    const pieces: EncodedPiece[] = [];
    const writer = new Writer(this.widths);
    for (let from = 0; from < sorted.length; ) {
      const start = sorted[from] as Address;
      let end = start;
      let to = from;
      for (; sorted[to] === end; to++) end += entries[to]?.codec.byteLength ?? 0;
      const bytes = new Uint8Array(end - start);
      for (; from < to; from++) {
        const entry = entries[from];
        if (entry !== undefined) encodeOne(sorted[from] as Address, entry, bytes, start, writer);
      }
      if (bytes.length > 0) pieces.push({ address: start, bytes });
    }
    return pieces;
  }

  close(): void {
    this.entries.clear();
    this.dirty.clear();
    this.blocks.clear();
    this.source.close();
  }
}

/** Into its place in `bytes`, which begin at address `start`. */
function encodeOne(address: Address, { codec, value }: Entry, bytes: Uint8Array, start: Address, writer: Writer): void {
  const { structure, byteLength } = codec;
  writer.begin(bytes, address - start);
  codec.encode(writer, value);
  if (writer.position === byteLength) return;
  throw new HDF5Error(
    "state",
    `${structure} at address ${address}: encoded to ${writer.position} bytes, ${byteLength} are allocated`,
    { structure, address },
  );
}
