/**
 * Decoded structures of a file by address: clean ones up to a bound, changed ones until they are written.
 *
 * C: the metadata cache, `H5C`.
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { Addresses, WaitingParents } from "./write-order.ts";
import type { WriteBytes } from "./write-out.ts";

/** How one structure is decoded and encoded at an address. */
export interface StructureCodec<T> {
  /** The specification's name of the structure. */
  readonly structure: string;
  /** Bytes on disk. */
  readonly byteLength: number;
  decode(cursor: Cursor): T;
  encode(writer: Writer, value: T): void;
}

/** A structure that is to be written. */
export interface WaitingStructure {
  readonly address: Address;
  readonly value: unknown;
  readonly structure: string;
  /** On disk. */
  readonly byteLength: number;
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

/** Part of the limit that an eviction leaves in use. */
const EVICTED_TO = 3 / 4;

/** Neighbours are encoded together up to so many bytes. */
const PIECE_BYTES = 1 << 16;

interface Entry {
  readonly codec: StructureCodec<unknown>;
  /** Bytes on disk when they were last counted: some structures grow. */
  byteLength: number;
  value: unknown;
  /** Second chance: set by a use, cleared when the evicting hand passes. */
  used: boolean;
}

export class StructureCache {
  private clean = new Map<Address, Entry>();
  /** These wait to be written; none of them is among the clean ones. */
  private changed = new Map<Address, Entry>();
  /** child -> parents that wait for it. */
  private readonly before: WaitingParents = new Map();
  private cacheLimit: number;
  private loads = 0;
  private hits = 0;
  /** Of clean entries; dirty ones stay until a flush, whatever they take. */
  private cleanBytes = 0;
  /** How many operations need what they have read to stay. */
  private holders = 0;
  private changeCount = 0;
  /** What is encoded goes here, unless it is longer than a piece. */
  private buffer = new Uint8Array(0);

  /** @param maxByteLength - Bound of clean structures, in bytes on disk. */
  constructor(maxByteLength: number) {
    this.cacheLimit = maxByteLength;
  }

  /** Counts changes: what was found out of structures holds until there are more. */
  get changes(): number {
    return this.changeCount;
  }

  /** A structure that waits to be written has changed in place. */
  changedInPlace(): void {
    this.changeCount++;
  }

  /** Addresses of the structures that wait to be written. */
  get dirty(): Addresses {
    return this.changed;
  }

  /** For each child the parents that are written after it. */
  get waiting(): WaitingParents {
    return this.before;
  }

  /** The name of the structure that is held of an address. */
  structureAt(address: Address): string | undefined {
    return this.entryAt(address)?.codec.structure;
  }

  /** Whether anything waits to be written. */
  private get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  private entryAt(address: Address): Entry | undefined {
    return (this.hasChanged ? this.changed.get(address) : undefined) ?? this.clean.get(address);
  }

  *waitingStructures(): Generator<WaitingStructure> {
    for (const [address, { value, codec }] of this.changed) {
      yield { address, value, structure: codec.structure, byteLength: codec.byteLength };
    }
  }

  /** Bytes on disk of a structure that waits to be written. */
  waitingByteLength(address: Address): number | undefined {
    return this.changed.get(address)?.codec.byteLength;
  }

  /** What is held of an address, if it is that structure; undefined stands for nothing. Counted. */
  find<T>(address: Address, structure: string): T | undefined {
    this.loads++;
    const entry = this.entryAt(address);
    if (entry === undefined || entry.codec.structure !== structure) return undefined;
    this.hits++;
    entry.used = true;
    return entry.value as T;
  }

  /** As {@link find}, not counted. */
  peek<T>(address: Address, structure: string): T | undefined {
    const entry = this.entryAt(address);
    if (entry === undefined || entry.codec.structure !== structure) return undefined;
    entry.used = true;
    return entry.value as T;
  }

  /** Keeps a new or changed value until it is written. */
  change<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    this.changeCount++;
    if (this.replace(address, codec, value)) return;
    this.dropClean(address);
    this.changed.set(address, entryOf(codec, value));
  }

  /** Another value of what waits to be written. @returns Whether anything does at that address. */
  private replace<T>(address: Address, codec: StructureCodec<T>, value: T): boolean {
    const old = this.changed.get(address);
    if (old === undefined) return false;
    if (old.codec === codec) {
      old.value = value;
      old.used = true;
    } else {
      this.changed.set(address, entryOf(codec, value));
    }
    return true;
  }

  private dropClean(address: Address): boolean {
    const entry = this.clean.get(address);
    if (entry === undefined) return false;
    this.cleanBytes -= entry.byteLength;
    return this.clean.delete(address);
  }

  forget(address: Address): void {
    this.changeCount++;
    if (this.changed.delete(address) || this.dropClean(address)) this.before.delete(address);
  }

  /** What waits at one address waits at another from now on. */
  move(from: Address, to: Address): void {
    const entry = this.entryAt(from);
    if (entry === undefined) return;
    this.forget(from);
    this.changed.set(to, entry);
  }

  forgetClean(): void {
    for (const address of this.clean.keys()) this.forget(address);
  }

  clear(): void {
    this.clean.clear();
    this.changed.clear();
  }

  /** At a flush `child` reaches the file before `parent`. */
  writeBefore(child: Address, parent: Address): void {
    const parents = this.before.get(child);
    if (parents === parent) return;
    if (parents === undefined) this.before.set(child, parent);
    else if (typeof parents === "number") this.before.set(child, new Set([parents, parent]));
    else parents.add(parent);
  }

  statistics(): StructureCacheStatistics {
    let byteLength = this.cleanBytes;
    for (const { codec } of this.changed.values()) byteLength += codec.byteLength;
    const { loads, hits, cacheLimit, clean, changed } = this;
    return { loads, hits, byteLength, maxByteLength: cacheLimit, entries: clean.size + changed.size };
  }

  resetCounts(): void {
    this.loads = 0;
    this.hits = 0;
  }

  set maxByteLength(byteLength: number) {
    this.cacheLimit = byteLength;
    this.shrink();
  }

  /** Has no more clean structures than its bound allows, unless somebody holds them. */
  shrink(): void {
    if (this.cleanBytes > this.cacheLimit && this.holders === 0) this.evict();
  }

  /** Runs `use`, within which nothing leaves that was read. */
  holding(use: () => void): void {
    this.holders++;
    try {
      use();
    } finally {
      this.holders--;
      this.shrink();
    }
  }

  /** Keeps a value that was read. */
  keep<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    if (this.hasChanged && this.replace(address, codec, value)) return;
    const old = this.clean.get(address);
    const entry = entryOf(codec, value);
    this.cleanBytes += entry.byteLength - (old?.byteLength ?? 0);
    this.clean.set(address, entry);
    if (this.cleanBytes > this.cacheLimit && this.holders === 0) this.evict();
  }

  /** Rounds of the clock: those that were not used since the hand passed them last go. */
  private evict(): void {
    for (const [address, entry] of this.clean) {
      // More than is needed, so that the next entries find room without another round.
      if (this.cleanBytes <= this.cacheLimit * EVICTED_TO) return;
      if (entry.used) {
        entry.used = false;
        this.clean.delete(address);
        this.clean.set(address, entry);
        continue;
      }
      this.forget(address);
    }
  }

  /**
   * Encodes structures with no order among them.
   *
   * @param write - Gets their bytes, neighbours in one piece. They are good until it returns.
   */
  encode(addresses: readonly Address[], widths: FileWidths, write: WriteBytes): void {
    // No typed array: what is read from one is a number in a box, and so would be all that follows from it.
    const sorted = [...addresses].sort((a, b) => a - b);
    const entries = this.entriesAt(sorted);
    const writer = new Writer(widths);
    for (let from = 0; from < sorted.length; ) {
      const to = endOfPiece(sorted, entries, from);
      const start = sorted[from] as Address;
      const byteLength = (sorted[to - 1] as Address) + (entries[to - 1] as Entry).codec.byteLength - start;
      const bytes = this.room(byteLength);
      encodePiece(sorted, entries, from, to, bytes, writer);
      if (byteLength > 0) write(start, bytes.subarray(0, byteLength));
      from = to;
    }
  }

  private room(byteLength: number): Uint8Array {
    if (byteLength <= this.buffer.length) return this.buffer;
    if (byteLength > PIECE_BYTES) return new Uint8Array(byteLength);
    this.buffer = new Uint8Array(Math.min(2 * byteLength, PIECE_BYTES));
    return this.buffer;
  }

  private entriesAt(addresses: readonly Address[]): Entry[] {
    return addresses.map((address) => {
      const entry = this.entryAt(address);
      if (entry === undefined) throw new HDF5Error("state", `nothing to be written at address ${address}`, { address });
      return entry;
    });
  }

  /** These have reached the file. */
  written(addresses: Addresses): void {
    if (addresses === this.changed) {
      this.allWritten();
      return;
    }
    for (const address of addresses.keys()) {
      const entry = this.changed.get(address);
      this.changed.delete(address);
      this.before.delete(address);
      if (entry === undefined) continue;
      this.countClean(entry);
      this.clean.set(address, entry);
    }
  }

  private allWritten(): void {
    const { clean, changed } = this;
    changed.forEach((entry) => {
      this.countClean(entry);
    });
    // The smaller table goes into the larger one.
    const isSmaller = clean.size < changed.size;
    const [from, into] = isSmaller ? [clean, changed] : [changed, clean];
    for (const [address, entry] of from) into.set(address, entry);
    from.clear();
    this.clean = into;
    this.changed = from;
    this.before.clear();
  }

  private countClean(entry: Entry): void {
    entry.byteLength = entry.codec.byteLength;
    this.cleanBytes += entry.byteLength;
  }
}

function entryOf<T>(codec: StructureCodec<T>, value: T): Entry {
  return { codec: codec as StructureCodec<unknown>, byteLength: codec.byteLength, value, used: true };
}

// Loops of thousands have functions of their own here: one that is compiled while it runs is compiled with all that is around it.

/** Where a piece ends that begins with the structure at `from`: as long as one lies behind the other, and all fit in. */
function endOfPiece(addresses: readonly Address[], entries: readonly Entry[], from: number): number {
  const start = addresses[from] as Address;
  let end = start;
  let to = from;
  for (; to < addresses.length && addresses[to] === end; to++) {
    const next = end + (entries[to] as Entry).codec.byteLength;
    if (to > from && next - start > PIECE_BYTES) break;
    end = next;
  }
  return to;
}

function encodePiece(
  addresses: readonly Address[],
  entries: readonly Entry[],
  from: number,
  to: number,
  bytes: Uint8Array,
  writer: Writer,
): void {
  const start = addresses[from] as Address;
  for (let i = from; i < to; i++) encodeOne(addresses[i] as Address, entries[i] as Entry, bytes, start, writer);
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
