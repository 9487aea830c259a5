/**
 * The cache of decoded chunks of one dataset, with the rules of the C library (H5Dchunk.c; measured on 1.10.8, see
 * spec-notes/chunk-cache.md). It decides which chunks are decoded and encoded, and when; it knows no bytes of a file.
 *
 * Chunks stand in hash slots, one a slot, and in a list from old to young. Neither is a common "least recently used":
 * two chunks of one slot evict each other, and a hit moves an entry one place only.
 */
import type { ChunkCacheSettings, ChunkCacheStatistics } from "./chunk-cache-settings.ts";
import { ChunkHash } from "./chunk-slot.ts";

/** The way of a chunk from the file and back. */
export interface ChunkTransfer {
  /** The decoded chunk, which the cache then owns; `undefined` when there is none in the file. */
  decode(scaled: readonly number[]): Uint8Array | undefined;
  encode(scaled: readonly number[], bytes: Uint8Array): void;
  /** The decoded chunk straight into `destination`; `false` when there is none in the file. */
  decodeInto(scaled: readonly number[], destination: Uint8Array): boolean;
  /** Whether space was ever allocated: until then, reading makes no entries. */
  hasStorage(): boolean;
  /** What a chunk that is not there is read as, which nobody changes; `undefined` where reading it leaves memory as it is. */
  missing(): Uint8Array | undefined;
  /** A new chunk. */
  blank(): Uint8Array;
  /** A buffer for a whole chunk, with any content. */
  buffer(): Uint8Array;
  /** Takes back a buffer that nobody uses any more. */
  recycle(bytes: Uint8Array): void;
}

interface Entry {
  readonly scaled: number[];
  slot: number;
  bytes: Uint8Array;
  /** `bytes` are not the cache's: in a caller's memory, until {@link ChunkCache.settle}, or those of all missing chunks. */
  borrowed: boolean;
  dirty: boolean;
  /** Bytes still to be read and to be written, counted down from the size of a chunk. */
  unread: number;
  unwritten: number;
  older: Entry | undefined;
  younger: Entry | undefined;
}

/** More slots than this are no array of so many places, but one of those that were ever used. */
const MOST_PLACES = 1 << 16;
/** Places that are made at first: most datasets have few chunks, and a program may hold thousands of such datasets. */
const FIRST_PLACES = 8;

function sameChunk(a: readonly number[], b: readonly number[]): boolean {
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

export class ChunkCache {
  readonly settings: ChunkCacheSettings;
  /** Whether chunks of this size enter the cache at all. */
  readonly holdsChunks: boolean;
  private readonly chunkByteLength: number;
  private readonly transfer: ChunkTransfer;
  private hash: ChunkHash;
  /** One place a slot, made as slots are used: for datasets of small chunks a third of the time of a map. */
  private slots: (Entry | undefined)[] = [];
  private entryCount = 0;
  /** The entry that was dropped last, for the next chunk: a dataset of small chunks would make millions of them. */
  private spare: Entry | undefined;
  private oldest: Entry | undefined;
  private youngest: Entry | undefined;
  private borrowed: Entry[] = [];
  /** A chunk that does not enter the cache, handed out to be changed and not encoded yet. */
  private pending: { scaled: readonly number[]; bytes: Uint8Array } | undefined;
  /** Whether a chunk was handed out to be changed, which brings the index into being in the C library. */
  wasWritten = false;
  /** Whether the last chunk that was read is none of the file's, as far as a look into the file told. */
  wasMissing = false;
  private hits = 0;
  private misses = 0;
  private evictions = 0;
  private collisions = 0;

  /**
   * @param chunkByteLength - Of a whole decoded chunk; edge chunks count as whole ones.
   * @param chunkCounts - Number of chunks along each dimension, which the slots depend on.
   */
  constructor(
    settings: ChunkCacheSettings,
    chunkByteLength: number,
    chunkCounts: readonly number[],
    transfer: ChunkTransfer,
  ) {
    this.settings = settings;
    this.chunkByteLength = chunkByteLength;
    this.transfer = transfer;
    this.holdsChunks = settings.nslots > 0 && chunkByteLength <= settings.nbytes;
    this.hash = new ChunkHash(chunkCounts, settings.nslots);
  }

  statistics(): ChunkCacheStatistics {
    const { hits, misses, evictions, collisions } = this;
    return { hits, misses, evictions, collisions, entries: this.entryCount, byteLength: this.byteLength };
  }

  private get byteLength(): number {
    return this.entryCount * this.chunkByteLength;
  }

  has(scaled: readonly number[]): boolean {
    return this.find(scaled) !== undefined;
  }

  private find(scaled: readonly number[]): Entry | undefined {
    if (!this.holdsChunks) return undefined;
    const entry = this.slots[this.hash.slot(scaled)];
    return entry !== undefined && sameChunk(entry.scaled, scaled) ? entry : undefined;
  }

  /**
   * A chunk to read `byteCount` bytes of. One that does not exist enters the cache as fill values, once there is space for any
   * chunk; else the answer is `undefined`. The bytes are valid until the next call and not to be changed.
   */
  read(scaled: readonly number[], byteCount: number): Uint8Array | undefined {
    if (this.pending !== undefined) this.settlePending();
    this.wasMissing = false;
    const slot = this.holdsChunks ? this.hash.slot(scaled) : 0;
    let entry = this.slots[slot];
    if (entry !== undefined && sameChunk(entry.scaled, scaled)) {
      this.touch(entry);
    } else {
      const decoded = this.transfer.decode(scaled);
      this.wasMissing = decoded === undefined;
      const bytes = decoded ?? this.missing();
      if (bytes === undefined) return undefined;
      this.misses++;
      if (!this.holdsChunks) return bytes;
      entry = this.insert(scaled, slot, bytes);
      entry.borrowed = decoded === undefined;
    }
    entry.unread = entry.unread > byteCount ? entry.unread - byteCount : 0;
    return entry.bytes;
  }

  /** What is kept of a chunk that does not exist; `undefined` for nothing. */
  private missing(): Uint8Array | undefined {
    const { transfer } = this;
    return this.holdsChunks && (this.wasWritten || transfer.hasStorage()) ? transfer.missing() : undefined;
  }

  /**
   * Reads a whole chunk into `destination`, without a copy in between where that can be had. `false` where {@link read} gives
   * `undefined`.
   *
   * The cache may look at `destination` until {@link settle}; until then nobody may change it.
   */
  readWhole(scaled: readonly number[], destination: Uint8Array): boolean {
    if (this.pending !== undefined) this.settlePending();
    this.wasMissing = false;
    let entry = this.find(scaled);
    if (entry !== undefined) {
      this.touch(entry);
      destination.set(entry.bytes);
    } else if (!this.transfer.decodeInto(scaled, destination)) {
      this.wasMissing = true;
      const bytes = this.missing();
      if (bytes === undefined) return false;
      this.misses++;
      destination.set(bytes);
      entry = this.insert(scaled, this.hash.slot(scaled), bytes);
      entry.borrowed = true;
    } else {
      this.misses++;
      if (!this.holdsChunks) return true;
      entry = this.insert(scaled, this.hash.slot(scaled), destination);
      entry.borrowed = true;
      this.borrowed.push(entry);
    }
    entry.unread = 0;
    return true;
  }

  /**
   * A chunk to change `byteCount` bytes of, before the next call.
   *
   * @param whole - All bytes of the chunk will be set: it is not decoded, and its content is arbitrary.
   */
  write(scaled: readonly number[], byteCount: number, whole: boolean): Uint8Array {
    this.settlePending();
    this.wasWritten = true;
    let entry = this.find(scaled);
    if (entry !== undefined) {
      this.touch(entry);
      if (entry.borrowed) this.takeOver(entry);
    } else {
      const bytes = whole ? this.transfer.buffer() : this.decodeOrBlank(scaled);
      if (!this.holdsChunks) {
        this.pending = { scaled: scaled.slice(), bytes };
        return bytes;
      }
      entry = this.insert(scaled, this.hash.slot(scaled), bytes);
    }
    entry.dirty = true;
    entry.unwritten = Math.max(0, entry.unwritten - byteCount);
    return entry.bytes;
  }

  private decodeOrBlank(scaled: readonly number[]): Uint8Array {
    const bytes = this.transfer.decode(scaled);
    if (bytes === undefined) return this.transfer.blank();
    this.misses++;
    return bytes;
  }

  /** To be called at the end of an operation: what was handed out is final, destinations belong to their owner again. */
  settle(): void {
    if (this.pending !== undefined) this.settlePending();
    if (this.borrowed.length === 0) return;
    for (const entry of this.borrowed) if (this.slots[entry.slot] === entry) this.takeOver(entry);
    this.borrowed = [];
  }

  private settlePending(): void {
    if (this.pending === undefined) return;
    const { scaled, bytes } = this.pending;
    this.transfer.encode(scaled, bytes);
    this.pending = undefined;
    this.transfer.recycle(bytes);
  }

  private takeOver(entry: Entry): void {
    if (!entry.borrowed) return;
    const own = this.transfer.buffer();
    own.set(entry.bytes);
    entry.bytes = own;
    entry.borrowed = false;
  }

  /** A hit: one place towards the young end. */
  private touch(entry: Entry): void {
    this.hits++;
    const next = entry.younger;
    if (next === undefined) return;
    this.unlink(entry);
    entry.older = next;
    entry.younger = next.younger;
    if (next.younger === undefined) this.youngest = entry;
    else next.younger.older = entry;
    next.younger = entry;
  }

  private insert(scaled: readonly number[], slot: number, bytes: Uint8Array): Entry {
    if (slot >= this.slots.length) this.makePlaces(slot);
    const occupant = this.slots[slot];
    if (occupant !== undefined) {
      this.evict(occupant);
      this.collisions++;
    }
    if (this.lacksRoom()) this.makeRoom();
    const entry = this.newEntry(scaled, slot, bytes);
    if (this.youngest === undefined) this.oldest = entry;
    else this.youngest.younger = entry;
    this.youngest = entry;
    this.slots[slot] = entry;
    this.entryCount++;
    return entry;
  }

  /** Places up to that of a slot at least, and twice as many as there were. */
  private makePlaces(slot: number): void {
    const { nslots } = this.settings;
    if (nslots > MOST_PLACES) return;
    const count = Math.min(nslots, Math.max(FIRST_PLACES, slot + 1, 2 * this.slots.length));
    while (this.slots.length < count) this.slots.push(undefined);
  }

  private newEntry(scaled: readonly number[], slot: number, bytes: Uint8Array): Entry {
    const { spare, chunkByteLength, youngest: older } = this;
    if (spare === undefined) {
      const unread = chunkByteLength;
      const unwritten = unread;
      const own = scaled.slice();
      return { scaled: own, slot, bytes, borrowed: false, dirty: false, unread, unwritten, older, younger: undefined };
    }
    this.spare = undefined;
    for (let d = 0; d < scaled.length; d++) spare.scaled[d] = scaled[d] as number;
    spare.slot = slot;
    spare.bytes = bytes;
    spare.borrowed = false;
    spare.dirty = false;
    spare.unread = chunkByteLength;
    spare.unwritten = chunkByteLength;
    spare.older = older;
    spare.younger = undefined;
    return spare;
  }

  private lacksRoom(): boolean {
    return (this.entryCount + 1) * this.chunkByteLength > this.settings.nbytes;
  }

  /** Nobody is expected to come back to it: each of reading and writing was done for all bytes or not begun. */
  private isFinished({ unread, unwritten }: Entry): boolean {
    const whole = this.chunkByteLength;
    return (unread === 0 && (unwritten === 0 || unwritten === whole)) || (unread === whole && unwritten === 0);
  }

  /**
   * Room for one chunk. One cursor walks from the oldest entry on and drops what is finished; another follows some way
   * behind (w0 of all entries) and drops everything. There may be no room afterwards: the cache then grows.
   */
  private makeRoom(): void {
    let picking = this.oldest;
    let clearing: Entry | undefined;
    let distance = Math.trunc(this.entryCount * this.settings.w0);
    while ((picking !== undefined || clearing !== undefined) && this.lacksRoom()) {
      if (distance-- === 0) clearing = this.oldest;
      const nextPicking = picking?.younger;
      const nextClearing = clearing?.younger;
      // Chunks are equally long: where the second cursor ever starts, one that goes is enough.
      if (picking !== undefined && this.isFinished(picking)) this.evict(picking);
      else if (clearing !== undefined) this.evict(clearing);
      picking = nextPicking;
      clearing = nextClearing;
    }
  }

  private evict(entry: Entry): void {
    this.clean(entry);
    this.remove(entry);
    this.evictions++;
  }

  private clean(entry: Entry): void {
    if (!entry.dirty) return;
    this.transfer.encode(entry.scaled, entry.bytes);
    entry.dirty = false;
  }

  private remove(entry: Entry): void {
    this.unlink(entry);
    this.entryCount--;
    if (this.slots[entry.slot] === entry) this.slots[entry.slot] = undefined;
    if (entry.borrowed) return;
    this.transfer.recycle(entry.bytes);
    this.spare = entry;
  }

  private unlink(entry: Entry): void {
    if (entry.older === undefined) this.oldest = entry.younger;
    else entry.older.younger = entry.younger;
    if (entry.younger === undefined) this.youngest = entry.older;
    else entry.younger.older = entry.older;
  }

  /** Encodes what was changed, from the oldest entry on; the entries stay. */
  flush(): void {
    this.settle();
    for (let entry = this.oldest; entry !== undefined; entry = entry.younger) if (entry.dirty) this.clean(entry);
  }

  /** Encodes one chunk, if it was changed. */
  flushChunk(scaled: readonly number[]): void {
    this.settlePending();
    const entry = this.find(scaled);
    if (entry !== undefined) this.clean(entry);
  }

  /** Flushes and empties the cache. */
  clear(): void {
    this.flush();
    this.slots = [];
    this.entryCount = 0;
    this.oldest = undefined;
    this.youngest = undefined;
  }

  /** Forgets a chunk, changed or not, without encoding it. */
  discard(scaled: readonly number[]): void {
    this.settlePending();
    const entry = this.find(scaled);
    if (entry !== undefined) this.remove(entry);
  }

  /** Forgets a chunk whose new bytes could not all be had: the file keeps what it has. */
  abandon(scaled: readonly number[]): void {
    const { pending } = this;
    if (pending !== undefined && scaled.every((coordinate, d) => coordinate === pending.scaled[d])) {
      this.pending = undefined;
      this.transfer.recycle(pending.bytes);
    } else {
      this.discard(scaled);
    }
  }

  /** The chunks in the cache, from the oldest on. */
  chunks(): (readonly number[])[] {
    const all: (readonly number[])[] = [];
    for (let entry = this.oldest; entry !== undefined; entry = entry.younger) all.push(entry.scaled.slice());
    return all;
  }

  /**
   * The number of chunks has changed, and with it the slots. An entry that moves takes its new slot; whose slot is taken
   * and who does not move on is evicted. C: `H5D__chunk_update_cache`.
   */
  rehash(chunkCounts: readonly number[]): void {
    if (this.hash.isOf(chunkCounts)) return;
    const hash = new ChunkHash(chunkCounts, this.settings.nslots);
    if (!hash.sameAs(this.hash) && this.holdsChunks) this.moveTo(hash);
    this.hash = hash;
  }

  /** Nothing has moved when an entry cannot be encoded. */
  private moveTo(hash: ChunkHash): void {
    const { slots } = this;
    const moved: Entry[] = [];
    const before: number[] = [];
    // Who was displaced first is evicted first.
    const displaced = new Set<Entry>();
    for (let entry = this.oldest; entry !== undefined; entry = entry.younger) {
      const slot = hash.slot(entry.scaled);
      if (slot === entry.slot) continue;
      const occupant = slots[slot];
      if (occupant !== undefined) displaced.add(occupant);
      if (slots[entry.slot] === entry) slots[entry.slot] = undefined;
      else displaced.delete(entry);
      moved.push(entry);
      before.push(entry.slot);
      if (slot >= slots.length) this.makePlaces(slot);
      slots[slot] = entry;
      entry.slot = slot;
    }
    try {
      for (const entry of displaced) this.clean(entry);
    } catch (error) {
      for (const { slot } of moved) slots[slot] = undefined;
      for (let i = 0; i < moved.length; i++) (moved[i] as Entry).slot = before[i] as number;
      for (const entry of [...moved, ...displaced]) slots[entry.slot] = entry;
      throw error;
    }
    for (const entry of displaced) {
      this.evict(entry);
      this.collisions++;
    }
  }
}
