/**
 * Small reads of metadata, served from aligned blocks of the file.
 *
 * Structures are a few dozen bytes each and lie close together, so a system call for each would cost more than decoding
 * it. What has been handed out is never modified: a write replaces the blocks it touches.
 */
import { SharedMemory } from "../base/memory.ts";
import { checkRange } from "./range-check.ts";
import type { ByteSource } from "./source.ts";

/** How much is kept, and in which pieces. */
export interface BlockCacheOptions {
  /** Bytes of a block; 8192 by default. */
  readonly blockByteLength?: number;
  /** Bytes of all blocks together; 1 MiB by default. 0 keeps nothing. */
  readonly maxByteLength?: number;
  /** Whether structures that lie alone are read in whole blocks, too: those are pages of the file. Default false. */
  readonly wholeBlocks?: boolean;
  /** Bytes of the source when it was asked last. Default 0: it is asked for them. */
  readonly knownByteLength?: number;
}

/** What a cache has done so far, and what it holds. */
export interface BlockCacheStatistics {
  /** Reads served from blocks in memory alone. */
  readonly hits: number;
  /** The other reads. */
  readonly misses: number;
  /** Reads of the source. */
  readonly sourceReads: number;
  /** Blocks dropped for others. */
  readonly evictions: number;
  /** Reads that were too large to be kept. */
  readonly bypasses: number;
  /** Bytes held. */
  readonly byteLength: number;
}

/**
 * Walking 2000 groups that the C library wrote costs 0.40 µs a structure with blocks of 4 KiB, 0.28 with 8, 0.21 with 16,
 * and 5.6 without any (Node 20); but the longer a block, the more a write has to copy.
 */
const DEFAULT_BLOCK_BYTE_LENGTH = 8192;
const DEFAULT_MAX_BYTE_LENGTH = 1 << 20;
/** A read of more than this part of the cache goes past it, rather than push everything else out. */
const LARGEST_PART = 1 / 16;
/**
 * Reads that go forward through the file soon fetch as many blocks at a time as this: a group of 100,000 members then takes
 * 150 reads in place of 4700.
 */
const MOST_BLOCKS_AHEAD = 32;
/** Blocks that such reads may leave out. */
const WIDEST_STEP = 2;
/**
 * A structure of this size is read alone if it is far from those before it: searches of a large index meet one such node or
 * page after the other, and the rest of its blocks would be read for nothing.
 */
const LONELY_BYTES = 1024;
/** Where no read ends, and no next one begins. */
const FAR_AWAY = -(2 ** 30);
/** Structures of up to so many bytes share memory when they are read alone. */
const LARGEST_SHARED = 4096;

/** Keeps blocks of a source; the least recently used go first. */
export class BlockCache {
  private readonly source: ByteSource;
  private readonly blockByteLength: number;
  private readonly maxByteLength: number;
  private readonly wholeBlocks: boolean;
  /** By block number, the least recently used first. The last block of a file may be short. */
  private readonly blocks = new Map<number, Uint8Array>();
  private byteLength = 0;
  /** The block used last, which spares the look-up and reordering for the many reads that follow one another. */
  private lastNumber = -1;
  private last: Uint8Array | undefined;
  /** The block that a write has replaced since the last read, hence nobody else has: further writes go into it. */
  private ownNumber = -1;
  private readonly small = new SharedMemory(4 * LARGEST_SHARED);
  /** The block behind those fetched last, and how many the next fetch takes if it goes on there. */
  private fetchedTo = Number.POSITIVE_INFINITY;
  private blocksAhead = 1;
  /** The end of the last read that could have gone past the cache. */
  private lonelyEnd = FAR_AWAY;
  /** Bytes of the source when it was asked last: asking is a system call. */
  private knownByteLength: number;
  private hits = 0;
  private misses = 0;
  private sourceReads = 0;
  private evictions = 0;
  private bypasses = 0;

  constructor(source: ByteSource, options: BlockCacheOptions = {}) {
    this.source = source;
    this.blockByteLength = options.blockByteLength ?? DEFAULT_BLOCK_BYTE_LENGTH;
    this.knownByteLength = options.knownByteLength ?? 0;
    this.wholeBlocks = options.wholeBlocks ?? false;
    const maxByteLength = options.maxByteLength ?? DEFAULT_MAX_BYTE_LENGTH;
    // A cache without room for one block could not serve a second read.
    this.maxByteLength = maxByteLength < this.blockByteLength ? 0 : maxByteLength;
  }

  /**
   * Bytes of the file, not to be modified; they keep their values whatever happens to the cache and the file.
   *
   * @throws SourceError when the file ends before; PageFault when the source has yet to fetch them.
   */
  read(offset: number, byteLength: number): Uint8Array {
    const source = this.source;
    if (source.view !== undefined) return source.view(offset, byteLength);
    this.ownNumber = -1;
    const size = this.blockByteLength;
    const first = Math.floor(offset / size);
    const start = offset - first * size;
    const block = first === this.lastNumber ? this.last : this.blocks.has(first) ? this.use(first) : undefined;
    if (block !== undefined && start + byteLength <= block.length) {
      this.hits++;
      return block.subarray(start, start + byteLength);
    }
    const isAlone = byteLength >= LONELY_BYTES && this.isLonely(offset, byteLength, first);
    return isAlone ? this.readPast(offset, byteLength) : this.readSlowly(offset, byteLength);
  }

  /** The file changed here, in a way the cache was not told. */
  invalidate(offset: number, byteLength: number): void {
    const size = this.blockByteLength;
    const end = offset + byteLength;
    const first = Math.floor(offset / size);
    // Whichever is shorter: the range, which may be "to the end", or what is held.
    if ((end - offset) / size < this.blocks.size) {
      for (let number = first; number * size < end; number++) this.drop(number);
    } else {
      for (const number of [...this.blocks.keys()]) {
        if (number >= first && number * size < end) this.drop(number);
      }
    }
  }

  /** These bytes have been written to the file at `offset`. */
  update(offset: number, bytes: Uint8Array): void {
    const size = this.blockByteLength;
    const end = offset + bytes.length;
    if (bytes.length / size > this.blocks.size) {
      this.invalidate(offset, bytes.length);
      return;
    }
    for (let number = Math.floor(offset / size); number * size < end; number++) {
      this.patch(number, offset, bytes);
    }
  }

  /** The file has been cut, or has grown, to this size. */
  truncate(byteLength: number): void {
    this.knownByteLength = 0;
    this.invalidate(byteLength, Number.POSITIVE_INFINITY);
  }

  /** Forgets everything. */
  clear(): void {
    this.blocks.clear();
    this.byteLength = 0;
    this.knownByteLength = 0;
    this.forgetLast();
  }

  /** What was asked for and read so far, and what is held. */
  statistics(): BlockCacheStatistics {
    return {
      hits: this.hits,
      misses: this.misses,
      sourceReads: this.sourceReads,
      evictions: this.evictions,
      bypasses: this.bypasses,
      byteLength: this.byteLength,
    };
  }

  /** Begins to count anew. */
  resetStatistics(): void {
    this.hits = 0;
    this.misses = 0;
    this.sourceReads = 0;
    this.evictions = 0;
    this.bypasses = 0;
  }

  /** A read of several blocks, or of one that is not there. */
  private readSlowly(offset: number, byteLength: number): Uint8Array {
    const size = this.blockByteLength;
    const isPosition = offset >= 0 && byteLength > 0 && Number.isSafeInteger(offset + byteLength);
    const isTooLarge = byteLength > this.maxByteLength * LARGEST_PART && byteLength > size;
    if (this.maxByteLength === 0 || isTooLarge || !isPosition) return this.readPast(offset, byteLength);
    const first = Math.floor(offset / size);
    const end = Math.ceil((offset + byteLength) / size);
    let complete = true;
    const blocks: Uint8Array[] = [];
    for (let number = first; number < end; ) {
      const present = this.use(number);
      if (
        present !== undefined &&
        number * size + present.length >= Math.min((number + 1) * size, offset + byteLength)
      ) {
        blocks.push(present);
        number++;
        continue;
      }
      complete = false;
      let runEnd = number + 1;
      while (runEnd < end && !this.blocks.has(runEnd)) runEnd++;
      blocks.push(...this.fetch(number, runEnd, offset, byteLength));
      number = runEnd;
    }
    if (complete) this.hits++;
    else this.misses++;
    return joined(blocks, offset - first * size, byteLength);
  }

  /** Whether nothing near these bytes was asked for before. */
  private isLonely(offset: number, byteLength: number, first: number): boolean {
    if (this.wholeBlocks || this.source.expect !== undefined) return false;
    const size = this.blockByteLength;
    const step = offset - this.lonelyEnd;
    this.lonelyEnd = offset + byteLength;
    if (step >= -size && step <= WIDEST_STEP * size) return false;
    const last = Math.ceil(this.lonelyEnd / size) - 1;
    return !this.blocks.has(first) && !this.blocks.has(last) && !this.goesOn(first);
  }

  /** Reads neighbouring blocks, which the file may end within, at once, and maybe some behind them. */
  private fetch(first: number, end: number, offset: number, byteLength: number): Uint8Array[] {
    const size = this.blockByteLength;
    const start = first * size;
    const available = this.sourceByteLength(end * size);
    checkRange(this.source.name, offset, byteLength, available);
    const fetchedEnd = this.endAhead(first, end, Math.ceil(available / size));
    const run = new Uint8Array(Math.min(fetchedEnd * size, available) - start);
    this.source.readInto(start, run);
    this.sourceReads++;
    if (fetchedEnd - first === 1) {
      this.keep(first, run);
      return [run];
    }
    const blocks: Uint8Array[] = [];
    // From the last one on: what is asked for comes to be the most recently used.
    for (let number = fetchedEnd - 1; number >= first; number--) {
      // A copy each: a view would keep the whole run in memory for as long as one of its blocks.
      const block = run.slice((number - first) * size, (number - first + 1) * size);
      if (number < end) blocks.unshift(block);
      this.keep(number, block);
    }
    return blocks;
  }

  /** Asks the source anew only when `wanted` is behind its last answer. */
  private sourceByteLength(wanted: number): number {
    if (wanted > this.knownByteLength) this.knownByteLength = this.source.byteLength();
    return this.knownByteLength;
  }

  /** Where a fetch of the blocks from `first` to `end` ends if earlier ones went forward through the file. */
  private endAhead(first: number, end: number, sourceEnd: number): number {
    // A source that answers late plans its own fetches.
    this.blocksAhead = this.goesOn(first) && this.source.expect === undefined ? 2 * this.blocksAhead : 1;
    const most = Math.floor(this.maxByteLength / 4 / this.blockByteLength);
    this.blocksAhead = Math.max(1, Math.min(this.blocksAhead, MOST_BLOCKS_AHEAD, most));
    let ahead = end;
    while (ahead < sourceEnd && ahead - first < this.blocksAhead && !this.blocks.has(ahead)) ahead++;
    this.fetchedTo = ahead;
    return ahead;
  }

  /** Whether a fetch from this block on is a step forward from the one before. */
  private goesOn(first: number): boolean {
    return first >= this.fetchedTo && first <= this.fetchedTo + WIDEST_STEP;
  }

  private readPast(offset: number, byteLength: number): Uint8Array {
    const end = offset + byteLength;
    // Of what lies inside for certain, nothing is to be checked.
    if (!(offset >= 0 && end <= this.knownByteLength)) {
      checkRange(this.source.name, offset, byteLength, this.sourceByteLength(end));
    }
    const bytes = byteLength > LARGEST_SHARED ? new Uint8Array(byteLength) : this.small.take(byteLength);
    if (byteLength === 0) return bytes;
    this.source.readInto(offset, bytes);
    this.sourceReads++;
    this.misses++;
    this.bypasses++;
    return bytes;
  }

  /** The block, which becomes the most recently used. */
  private use(number: number): Uint8Array | undefined {
    const block = this.blocks.get(number);
    if (block === undefined) return undefined;
    this.blocks.delete(number);
    this.blocks.set(number, block);
    this.lastNumber = number;
    this.last = block;
    return block;
  }

  private keep(number: number, block: Uint8Array): void {
    this.drop(number);
    this.blocks.set(number, block);
    this.byteLength += block.length;
    // The new one is the last of them, and fits.
    for (const [oldest, bytes] of this.blocks) {
      if (this.byteLength <= this.maxByteLength) break;
      this.blocks.delete(oldest);
      this.byteLength -= bytes.length;
      this.evictions++;
    }
    this.lastNumber = number;
    this.last = block;
  }

  private drop(number: number): void {
    const block = this.blocks.get(number);
    if (block === undefined) return;
    this.blocks.delete(number);
    this.byteLength -= block.length;
    if (number === this.lastNumber) this.forgetLast();
  }

  private forgetLast(): void {
    this.lastNumber = -1;
    this.last = undefined;
  }

  /** Replaces a block by one with the new bytes; a short last block that they go beyond is read anew. */
  private patch(number: number, offset: number, bytes: Uint8Array): void {
    const block = this.blocks.get(number);
    if (block === undefined) return;
    const blockStart = number * this.blockByteLength;
    const from = Math.max(offset, blockStart);
    const to = Math.min(offset + bytes.length, blockStart + this.blockByteLength);
    if (to - blockStart > block.length) {
      this.drop(number);
      return;
    }
    // Neighbours are written one after the other: a copy for each would cost more than all the rest of a flush.
    const isOwn = number === this.ownNumber;
    const patched = isOwn ? block : block.slice();
    patched.set(bytes.subarray(from - offset, to - offset), from - blockStart);
    if (isOwn) return;
    this.ownNumber = number;
    this.blocks.set(number, patched);
    if (number === this.lastNumber) this.last = patched;
  }
}

/** `byteLength` bytes of neighbouring blocks, the first of which starts `start` bytes earlier. */
function joined(blocks: readonly Uint8Array[], start: number, byteLength: number): Uint8Array {
  const first = blocks[0];
  if (first !== undefined && start + byteLength <= first.length) return first.subarray(start, start + byteLength);
  const bytes = new Uint8Array(byteLength);
  let done = 0;
  let skip = start;
  for (const block of blocks) {
    const part = block.subarray(skip, skip + byteLength - done);
    bytes.set(part, done);
    done += part.length;
    skip = 0;
  }
  return bytes;
}
