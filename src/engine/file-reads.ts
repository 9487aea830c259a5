/**
 * Bytes of an open file by address: metadata through a cache of blocks, raw data past it, neither from behind the file's end.
 *
 * Reads may throw a `PageFault`; nothing here catches it.
 */
import type { Address } from "../base/address.ts";
import { formatError, limitError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { BlockCache, type BlockCacheStatistics } from "../io/block-cache.ts";
import type { ByteRange, ByteSource } from "../io/source.ts";
import type { ReadAttempts } from "./read-attempts.ts";
import type { SmallWrites } from "./small-writes.ts";

/** Bytes of a read that serves several structures, and between two of them: to read so many costs less than a call. */
const LARGEST_JOINED_READ = 1 << 17;
const WIDEST_GAP = 1 << 14;

export interface FileReadsOptions {
  readonly source: ByteSource;
  /** Bytes that the source has at least. */
  readonly sourceEnd: number;
  /** Absolute position of address 0. */
  readonly baseAddress: number;
  readonly limits: Limits;
  readonly attempts: ReadAttempts;
  /** Whether another process writes to the file meanwhile. */
  readonly isChanging: boolean;
  /** Bytes of the cache of blocks, and of one of its blocks. Default 8192. */
  readonly blockCacheBytes: number;
  readonly blockByteLength: number | undefined;
  /** Where the file ends by what it says of itself. */
  readonly recordedEnd: () => Address;
  /** What was written and is still held; undefined in a file that is only read. */
  readonly smallWrites: SmallWrites | undefined;
}

export class FileReads {
  private readonly options: FileReadsOptions;
  private readonly source: ByteSource;
  private readonly baseAddress: number;
  private readonly attempts: ReadAttempts;
  private readonly blocks: BlockCache;
  /** What was read since the current attempt began. */
  private attempted: ByteRange[] = [];
  private knownEnd: Address;
  /** Up to here all is inside, whatever else happens: in a file that is only read, what {@link endFor} found last. */
  private certainEnd: Address = 0;
  private rawReads = 0;
  private scratch: Uint8Array | undefined;

  constructor(options: FileReadsOptions) {
    const { source, sourceEnd, baseAddress, attempts, blockCacheBytes, blockByteLength } = options;
    this.options = options;
    this.source = source;
    this.baseAddress = baseAddress;
    this.attempts = attempts;
    this.knownEnd = sourceEnd - baseAddress;
    this.blocks = new BlockCache(source, {
      maxByteLength: blockCacheBytes,
      knownByteLength: sourceEnd,
      ...(blockByteLength === undefined ? {} : { blockByteLength, wholeBlocks: true }),
    });
  }

  /** As `FileStorage.attempt`. */
  attempt<T>(structure: string, address: Address, read: () => T): T {
    this.attempted = [];
    return this.attempts.metadata(structure, address, read, () => this.renew());
  }

  /** As `FileStorage.attemptRaw`. */
  attemptRaw<T>(address: Address, byteLength: number, read: () => T): T {
    if (!this.options.isChanging) return read();
    const range = { offset: this.baseAddress + address, byteLength };
    return this.attempts.rawData(address, read, () => this.source.renew?.([range]));
  }

  /** Forgets the bytes of an attempt that failed. */
  private renew(): void {
    const ranges = this.attempted;
    this.attempted = [];
    this.forgetEnd();
    for (const { offset, byteLength } of ranges) this.blocks.invalidate(offset, byteLength);
    this.source.renew?.(ranges);
  }

  /** As `FileStorage.readMetadata`. */
  metadata(address: Address, byteLength: number, structure: string): Uint8Array {
    const { maxMetadataBytes } = this.options.limits;
    if (byteLength > maxMetadataBytes) {
      throw limitError(`${byteLength} bytes, limit maxMetadataBytes is ${maxMetadataBytes}`, { structure, address });
    }
    const offset = this.baseAddress + address;
    if (this.attempts.most > 1) this.attempted.push({ offset, byteLength });
    if (address < 0 || address + byteLength > this.certainEnd) this.requireInside(address, byteLength, structure);
    return this.options.isChanging ? this.readAnew(offset, byteLength) : this.blocks.read(offset, byteLength);
  }

  /** A copy: what a view of the source shows may change behind the checksum. */
  private readAnew(offset: number, byteLength: number): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    this.source.readInto(offset, bytes);
    return bytes;
  }

  /** As `FileStorage.readEach`. */
  each(
    addresses: readonly Address[],
    byteLength: number,
    structure: string,
    visit: (bytes: Uint8Array, at: number) => void,
  ): void {
    const { source, baseAddress } = this;
    if (source.view !== undefined || byteLength > LARGEST_JOINED_READ) {
      addresses.forEach((address, at) => {
        visit(this.metadata(address, byteLength, structure), at);
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

  /** Raw data straight into its destination. */
  raw(address: Address, destination: Uint8Array): void {
    this.rawReads++;
    if (this.options.isChanging) {
      this.readSoFar(address, destination);
      return;
    }
    this.options.smallWrites?.flushWithin(address, destination.length);
    const end = address + destination.length;
    if (address < 0 || end > this.certainEnd) this.requireInside(address, destination.length, "Raw data");
    this.source.readInto(this.baseAddress + address, destination);
  }

  /** What a writer has allocated and not yet written may lie behind the end of the file: zeros, as in the C library. */
  private readSoFar(address: Address, destination: Uint8Array): void {
    const available = this.available(address, destination.length);
    if (available > 0) this.source.readInto(this.baseAddress + address, destination.subarray(0, available));
    destination.fill(0, available);
  }

  /** How many bytes of the file follow `address`, up to `wanted`. */
  available(address: Address, wanted: number): number {
    const end = address + wanted;
    return end <= this.certainEnd ? wanted : Math.max(0, Math.min(wanted, this.endFor(end) - address));
  }

  private requireInside(address: Address, byteLength: number, structure: string): void {
    const end = this.endFor(address + byteLength);
    if (address >= 0 && address + byteLength <= end) return;
    throw formatError(`needs ${byteLength} bytes, the file ends at ${end}`, { structure, address });
  }

  /**
   * The end of the file, asked for anew only when `end` is behind the last answer: asking is a system call. What lies behind
   * the end that the superblock records is not part of the file.
   */
  private endFor(end: Address): Address {
    if (end > this.knownEnd) {
      this.options.smallWrites?.flush();
      this.knownEnd = this.source.byteLength() - this.baseAddress;
    }
    const known = Math.min(this.knownEnd, this.options.recordedEnd());
    if (this.options.smallWrites === undefined) this.certainEnd = known;
    return known;
  }

  /** The file may end elsewhere now. */
  forgetEnd(): void {
    this.knownEnd = 0;
    this.certainEnd = 0;
  }

  /** These bytes were written, or the file was cut to `end`; absolute. */
  update(offset: number, bytes: Uint8Array): void {
    this.blocks.update(offset, bytes);
  }

  truncate(end: number): void {
    this.blocks.truncate(end);
    this.forgetEnd();
  }

  /** Forgets all blocks. */
  clear(): void {
    this.blocks.clear();
  }

  statistics(): BlockCacheStatistics & { readonly rawReads: number } {
    return { ...this.blocks.statistics(), rawReads: this.rawReads };
  }

  resetCounts(): void {
    this.rawReads = 0;
    this.blocks.resetStatistics();
  }
}
