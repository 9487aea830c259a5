/**
 * Decoded structures of a file by address: clean ones up to a bound, changed ones until they are written.
 *
 * C: the metadata cache, `H5C`.
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { WaitingParents } from "./write-order.ts";
import type { EncodedPiece } from "./write-out.ts";

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

interface Entry {
  readonly codec: StructureCodec<unknown>;
  /** Bytes on disk when they were last counted: some structures grow. */
  byteLength: number;
  value: unknown;
  dirty: boolean;
  /** Second chance: set by a use, cleared when the evicting hand passes. */
  used: boolean;
}

export class StructureCache {
  private readonly entries = new Map<Address, Entry>();
  private readonly changed = new Set<Address>();
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
  get dirty(): ReadonlySet<Address> {
    return this.changed;
  }

  /** For each child the parents that are written after it. */
  get waiting(): WaitingParents {
    return this.before;
  }

  /** The name of the structure that is held of an address. */
  structureAt(address: Address): string | undefined {
    return this.entries.get(address)?.codec.structure;
  }

  *waitingStructures(): Generator<WaitingStructure> {
    for (const address of this.changed) {
      const entry = this.entries.get(address);
      if (entry === undefined) continue;
      const { value, codec } = entry;
      yield { address, value, structure: codec.structure, byteLength: codec.byteLength };
    }
  }

  /** Bytes on disk of a structure that waits to be written. */
  waitingByteLength(address: Address): number | undefined {
    return this.changed.has(address) ? this.entries.get(address)?.codec.byteLength : undefined;
  }

  /** What is held of an address, if it is that structure; undefined stands for nothing. Counted. */
  find<T>(address: Address, structure: string): T | undefined {
    this.loads++;
    const entry = this.entries.get(address);
    if (entry === undefined || entry.codec.structure !== structure) return undefined;
    this.hits++;
    entry.used = true;
    return entry.value as T;
  }

  /** As {@link find}, not counted. */
  peek<T>(address: Address, structure: string): T | undefined {
    const entry = this.entries.get(address);
    if (entry === undefined || entry.codec.structure !== structure) return undefined;
    entry.used = true;
    return entry.value as T;
  }

  /** Keeps a new or changed value until it is written. */
  change<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    this.changeCount++;
    this.keep(address, codec, value, true);
    this.changed.add(address);
  }

  forget(address: Address): void {
    this.changeCount++;
    const entry = this.entries.get(address);
    if (entry === undefined) return;
    this.entries.delete(address);
    if (!entry.dirty) this.cleanBytes -= entry.byteLength;
    this.changed.delete(address);
    this.before.delete(address);
  }

  /** What waits at one address waits at another from now on. */
  move(from: Address, to: Address): void {
    const entry = this.entries.get(from);
    if (entry === undefined) return;
    this.forget(from);
    this.entries.set(to, entry);
    this.changed.add(to);
  }

  forgetClean(): void {
    for (const [address, entry] of this.entries) if (!entry.dirty) this.forget(address);
  }

  clear(): void {
    this.entries.clear();
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
    for (const address of this.changed) byteLength += this.entries.get(address)?.codec.byteLength ?? 0;
    const { loads, hits, cacheLimit, entries } = this;
    return { loads, hits, byteLength, maxByteLength: cacheLimit, entries: entries.size };
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

  /** Keeps a value that was read, or is `dirty`. */
  keep<T>(address: Address, codec: StructureCodec<T>, value: T, dirty = false): void {
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
    if (this.cleanBytes > this.cacheLimit && this.holders === 0) this.evict();
  }

  /** Rounds of the clock: clean entries that were not used since the hand passed them last go. */
  private evict(): void {
    for (const [address, entry] of this.entries) {
      // More than is needed, so that the next entries find room without another round.
      if (this.cleanBytes <= this.cacheLimit * EVICTED_TO) return;
      if (entry.dirty) continue;
      if (entry.used) {
        entry.used = false;
        this.entries.delete(address);
        this.entries.set(address, entry);
        continue;
      }
      this.forget(address);
    }
  }

  private cleaned(entry: Entry): void {
    entry.dirty = false;
    entry.byteLength = entry.codec.byteLength;
    this.cleanBytes += entry.byteLength;
  }

  /** Encoded bytes of structures with no order among them; neighbours in one piece. */
  encode(addresses: readonly Address[], widths: FileWidths): EncodedPiece[] {
    // Typed arrays sort numbers without asking anyone.
    const sorted = new Float64Array(addresses).sort();
    const entries = this.entriesAt(sorted);
    const pieces: EncodedPiece[] = [];
    const writer = new Writer(widths);
    for (let from = 0; from < sorted.length; ) {
      const to = endOfRun(sorted, entries, from);
      const piece = encodeRun(sorted, entries, from, to, writer);
      if (piece.bytes.length > 0) pieces.push(piece);
      from = to;
    }
    return pieces;
  }

  private entriesAt(addresses: Float64Array): (Entry | undefined)[] {
    const entries: (Entry | undefined)[] = [];
    for (let i = 0; i < addresses.length; i++) entries.push(this.entries.get(addresses[i] as Address));
    return entries;
  }

  /** These have reached the file. */
  written(addresses: ReadonlySet<Address>): void {
    if (addresses === this.changed) {
      for (const entry of this.entries.values()) if (entry.dirty) this.cleaned(entry);
      this.changed.clear();
      this.before.clear();
      return;
    }
    for (const address of addresses) {
      const entry = this.entries.get(address);
      if (entry !== undefined) this.cleaned(entry);
      this.changed.delete(address);
      this.before.delete(address);
    }
  }
}

// Loops of thousands have functions of their own here: one that is compiled while it runs is compiled with all that is around it.

/** Where the structures end that lie one behind the other from the one at `from` on. */
function endOfRun(addresses: Float64Array, entries: readonly (Entry | undefined)[], from: number): number {
  let end = addresses[from] as Address;
  let to = from;
  for (; to < addresses.length && addresses[to] === end; to++) end += entries[to]?.codec.byteLength ?? 0;
  return to;
}

function encodeRun(
  addresses: Float64Array,
  entries: readonly (Entry | undefined)[],
  from: number,
  to: number,
  writer: Writer,
): EncodedPiece {
  const start = addresses[from] as Address;
  const last = addresses[to - 1] as Address;
  const bytes = new Uint8Array(last - start + (entries[to - 1]?.codec.byteLength ?? 0));
  for (let i = from; i < to; i++) {
    const entry = entries[i];
    if (entry !== undefined) encodeOne(addresses[i] as Address, entry, bytes, start, writer);
  }
  return { address: start, bytes };
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
