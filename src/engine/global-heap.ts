/**
 * The global heap of a file: variable-length data, region references, virtual dataset mappings.
 *
 * Specification: III.E. Reference implementation: H5HG.c. Collections are found only through the heap IDs that point
 * into them. Those with free space that were used last are remembered, and get the next objects.
 */
import { type Address, isDefined } from "../base/address.ts";
import { formatError, HDF5Error } from "../base/errors.ts";
import {
  collectionSizeFor,
  decodeGlobalHeapSize,
  globalHeapHeaderBytes,
  LEAST_COLLECTION_BYTES,
  sizeOfGlobalHeapObject,
} from "../format/global-heap.ts";
import type { HeapPlace } from "./conversion/element-context.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import { HeapCollection } from "./heap-collection.ts";
import type { HeapJournal } from "./heap-journal.ts";
import { StagedObjects } from "./staged-objects.ts";
import type { StructureCodec } from "./structure-cache.ts";

const STRUCTURE = "Global heap collection";
/** Collections with free space that are tried for a new object. C: `H5F_MAX_CWFS`-like list. */
const REMEMBERED = 16;
const EMPTY = new Uint8Array(0);

/** Bytes that a range of far addresses can be long: see `FarAddresses`. */
const FAR_RANGE_BYTES = 2 ** 48;

/** An object's ID. */
type HeapId = { readonly address: Address; readonly index: number };

/** Objects that others may take the room of. */
interface Leaving {
  /** Bytes that each collection will lose. */
  readonly bytes: ReadonlyMap<Address, number>;
  /** Collections of which no new object got any of it yet, the last one first. */
  readonly untried: Address[];
  /** New objects. */
  readonly arrived: HeapId[];
}

export class GlobalHeap {
  private readonly storage: FileStorage;
  /** Addresses of collections with room, the one used last at the end. */
  private roomy: Address[] = [];
  /** Those of them that have lost all objects, and get the next ones, or go with the next flush. */
  private readonly vacant = new Set<Address>();
  /** Bytes of other files, under an address that no collection can have. */
  private readonly lent: Uint8Array[] = [];
  private readonly lentAddress: Address;
  /** Bytes of elements that are on their way into the file, under another such address. */
  private readonly staged = new StagedObjects();
  private readonly stagedAddress: Address;
  private stagings = 0;
  /** Learns of every object that is stored. */
  private journal: HeapJournal | undefined;
  private leaving: Leaving | undefined;
  private lastCodec: StructureCodec<HeapCollection> | undefined;
  private readonly place: HeapPlace = { bytes: EMPTY, start: 0, end: 0 };

  constructor(storage: FileStorage) {
    this.storage = storage;
    const { sizeOfOffsets, farAddresses } = storage.widths;
    const greatest = Math.min(Number.MAX_SAFE_INTEGER, 256 ** sizeOfOffsets - 2);
    const lastRange = farAddresses?.at(-1);
    // Where addresses stand for others, the last one that does.
    this.lentAddress = lastRange === undefined ? greatest : lastRange.address + FAR_RANGE_BYTES - 1;
    this.stagedAddress = this.lentAddress - 1;
  }

  private codec(byteLength: number): StructureCodec<HeapCollection> {
    // Most are of one size. What waits to be written is recognized by its codec.
    if (byteLength === this.lastCodec?.byteLength) return this.lastCodec;
    this.lastCodec = {
      structure: STRUCTURE,
      byteLength,
      decode: (cursor) => HeapCollection.decode(cursor, byteLength),
      encode: (writer, collection) => collection.encode(writer),
    };
    return this.lastCodec;
  }

  private store(address: Address, collection: HeapCollection): void {
    this.storage.store(address, this.codec(collection.collectionSize), collection);
  }

  private collection(address: Address): HeapCollection {
    const known = this.storage.cached<HeapCollection>(address, STRUCTURE);
    if (known !== undefined) return known;
    const start = this.storage.readMetadata(address, globalHeapHeaderBytes(this.storage.widths), STRUCTURE);
    const byteLength = decodeGlobalHeapSize(this.storage.cursor(start, STRUCTURE, address));
    const collection = this.storage.load(address, this.codec(byteLength));
    this.loaded(address, collection);
    return collection;
  }

  /** What another session has left free is used before new collections are made. */
  private loaded(address: Address, collection: HeapCollection): void {
    const { roomy, storage } = this;
    if (!storage.writable || collection.freeBytes === 0) return;
    if (roomy.length < REMEMBERED && !roomy.includes(address)) roomy.unshift(address);
  }

  /**
   * The object of a heap ID, a view that must not be modified; empty for an ID that was never written (address 0 or
   * undefined).
   *
   * @throws FormatError when the collection has no such object.
   */
  read(address: Address, objectIndex: number): Uint8Array {
    const { place } = this;
    this.locate(address, objectIndex, place);
    const { bytes, start, end } = place;
    place.bytes = EMPTY;
    return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  }

  /** Where the bytes are that {@link read} gives; valid until something is stored or removed. @throws as {@link read}. */
  locate(address: Address, objectIndex: number, place: HeapPlace): void {
    if (address === 0 || !isDefined(address)) setPlace(place, EMPTY);
    else if (address === this.lentAddress) setPlace(place, this.lent[objectIndex] ?? EMPTY);
    else if (address === this.stagedAddress) this.staged.locate(objectIndex, place);
    else if (!this.collection(address).locate(objectIndex, place)) {
      throw formatError(`no object with index ${objectIndex}`, { structure: STRUCTURE, address });
    }
  }

  /**
   * An ID under which a copy of bytes of another file can be read here as long as the file is open; nothing is stored. Elements of a
   * virtual dataset point to their sources' heaps so.
   */
  lend(bytes: Uint8Array): HeapId {
    return { address: this.lentAddress, index: this.lent.push(bytes.slice()) - 1 };
  }

  /**
   * Runs `use`, within which {@link stage} holds bytes of elements that are written before it ends. So nothing is stored
   * for values that are refused, and what is stored is stored once for each element.
   */
  staging<T>(use: () => T): T {
    this.stagings++;
    try {
      return use();
    } finally {
      this.stagings--;
      if (this.stagings === 0) this.staged.clear();
    }
  }

  /** An ID under which bytes can be read until the outermost {@link staging} ends. As {@link StagedObjects.add}. */
  stage(bytes: Uint8Array): HeapId {
    return { address: this.stagedAddress, index: this.staged.add(bytes) };
  }

  /** Runs `use`, and tells `journal` which objects it stores. */
  recording(journal: HeapJournal, use: () => void): void {
    const outer = this.journal;
    this.journal = journal;
    try {
      use();
    } finally {
      this.journal = outer;
      if (outer !== undefined) outer.addAll(journal);
    }
  }

  /** Stores a copy of `bytes`, from `start` to `end`, and gives its heap ID. */
  insert(bytes: Uint8Array, start = 0, end: number = bytes.length): HeapId {
    const id = this.insertInKnown(bytes, start, end) ?? this.insertInNew(bytes, start, end);
    this.leaving?.arrived.push(id);
    return id;
  }

  /** Bytes that new objects may take of a collection. */
  private roomIn(address: Address, collection: HeapCollection): number {
    return collection.freeBytes + (this.leaving?.bytes.get(address) ?? 0);
  }

  private insertInKnown(bytes: Uint8Array, start: number, end: number): HeapId | undefined {
    for (let i = this.roomy.length - 1; i >= 0; i--) {
      const id = this.insertIn(this.roomy[i] as Address, bytes, start, end);
      if (id !== undefined) return id;
    }
    for (let next = this.leaving?.untried.pop(); next !== undefined; next = this.leaving?.untried.pop()) {
      if (this.roomy.includes(next)) continue;
      this.remember(next);
      const id = this.insertIn(next, bytes, start, end);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  private insertIn(address: Address, bytes: Uint8Array, start: number, end: number): HeapId | undefined {
    const collection = this.collection(address);
    if (this.roomIn(address, collection) < sizeOfGlobalHeapObject(end - start, this.storage.widths)) return undefined;
    const index = collection.unusedIndex();
    return index === undefined ? undefined : this.put(address, collection, index, bytes, start, end);
  }

  private insertInNew(bytes: Uint8Array, start: number, end: number): HeapId {
    const { widths } = this.storage;
    const collectionSize = collectionSizeFor(sizeOfGlobalHeapObject(end - start, widths), widths);
    const address = this.storage.allocate("global-heap", collectionSize);
    const last = this.roomy.at(-1);
    const expected = last === undefined ? 0 : (this.collection(last).count * 5) >>> 2;
    const collection = HeapCollection.empty(collectionSize, widths, expected);
    this.remember(address);
    return this.put(address, collection, collection.unusedIndex() ?? 1, bytes, start, end);
  }

  /**
   * Runs `store`, whose new objects may have the room of others that are freed when all is well. Until then collections may hold
   * more than there is room for, and must not be written.
   *
   * @param leaving - Indexes by collection. They stay when `store` throws, and nothing new does.
   * @returns The new objects.
   */
  replacing(leaving: ReadonlyMap<Address, ReadonlySet<number>>, store: () => void): readonly HeapId[] {
    const arrived: HeapId[] = [];
    const bytes = new Map<Address, number>();
    for (const [address, indexes] of leaving) bytes.set(address, this.bytesOf(address, indexes));
    this.leaving = { bytes, untried: [...bytes.keys()].reverse(), arrived };
    try {
      store();
    } catch (cause) {
      this.discardAll(arrived);
      throw cause;
    } finally {
      this.leaving = undefined;
    }
    return arrived;
  }

  /** What a collection gains when it loses these. */
  private bytesOf(address: Address, indexes: ReadonlySet<number>): number {
    const collection = this.collection(address);
    let sum = 0;
    for (const index of indexes) sum += collection.sizeOf(index);
    return sum;
  }

  private put(
    address: Address,
    collection: HeapCollection,
    index: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): HeapId {
    this.journal?.add(address, index);
    this.vacant.delete(address);
    collection.put(index, bytes, start, end);
    this.store(address, collection);
    return { address, index };
  }

  private remember(address: Address): void {
    this.roomy.push(address);
    if (this.roomy.length <= REMEMBERED) return;
    const forgotten = this.roomy.shift() as Address;
    if (this.vacant.has(forgotten)) this.release(forgotten);
  }

  /** Before a flush: the file gets back collections without objects. */
  releaseVacant(): void {
    for (const address of [...this.vacant]) this.release(address);
  }

  private release(address: Address): void {
    const { collectionSize } = this.collection(address);
    this.vacant.delete(address);
    this.roomy = this.roomy.filter((other) => other !== address);
    this.storage.forget(address);
    this.storage.release("global-heap", address, collectionSize);
  }

  /** Whether a collection with room for a new object may be known. */
  get knowsRoom(): boolean {
    return this.roomy.length > 0;
  }

  /** Loads a collection: what there is room for in it finds it there, before a new one is made. */
  expect(address: Address): void {
    if (address !== 0 && isDefined(address)) this.collection(address);
  }

  /** As {@link remove}; nothing happens either when there is no such object. */
  discard(address: Address, objectIndex: number): void {
    if (this.collection(address).has(objectIndex)) this.remove(address, objectIndex);
  }

  discardAll(ids: readonly HeapId[]): void {
    for (const { address, index } of ids) this.discard(address, index);
  }

  /**
   * Objects of a collection are to go; those that are not there are passed over. A collection goes with its last object.
   *
   * @param freed - What takes them out, and reads nothing more.
   */
  prepareRemoval(address: Address, indexes: ReadonlySet<number>, freed: FreedBlocks): void {
    if (address === 0 || !isDefined(address) || address === this.stagedAddress || address === this.lentAddress) return;
    const collection = this.collection(address);
    if (!collection.hasAny(indexes)) return;
    if (!collection.isWithin(indexes)) {
      freed.afterwards(() => this.removeFrom(address, collection, indexes));
      return;
    }
    // So that no object comes into it meanwhile; what was in it is not kept until then, as there may be many.
    this.roomy = this.roomy.filter((other) => other !== address);
    const { collectionSize } = collection;
    if (collectionSize !== LEAST_COLLECTION_BYTES || this.storage.servesReaders) {
      freed.add("global-heap", address, collectionSize);
      return;
    }
    this.storage.requireUsed(address, collectionSize);
    freed.afterwards(() => this.vacate(address, collectionSize));
  }

  /** Nothing is left in a collection of the least size: most get other objects. */
  private vacate(address: Address, collectionSize: number): void {
    this.store(address, HeapCollection.empty(collectionSize, this.storage.widths));
    this.vacant.add(address);
    this.remember(address);
  }

  /**
   * Frees an object. A collection goes with its last one, those of the least size only with the next flush: most get others.
   * Nothing happens for an ID that was never written.
   */
  remove(address: Address, objectIndex: number): void {
    if (address === 0 || !isDefined(address) || address === this.stagedAddress || address === this.lentAddress) return;
    const collection = this.collection(address);
    if (!collection.delete(objectIndex))
      throw new HDF5Error("state", `${STRUCTURE} at address ${address}: no object with index ${objectIndex}`);
    const isEmpty = collection.count === 0;
    if (isEmpty && (collection.collectionSize > LEAST_COLLECTION_BYTES || this.storage.servesReaders)) {
      this.release(address);
      return;
    }
    if (isEmpty) this.vacant.add(address);
    this.store(address, collection);
    if (!this.roomy.includes(address)) this.remember(address);
  }

  private removeFrom(address: Address, collection: HeapCollection, indexes: ReadonlySet<number>): void {
    for (const index of indexes) collection.delete(index);
    this.store(address, collection);
    if (!this.roomy.includes(address)) this.remember(address);
  }
}

function setPlace(place: HeapPlace, bytes: Uint8Array): void {
  place.bytes = bytes;
  place.start = 0;
  place.end = bytes.length;
}
