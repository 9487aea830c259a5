/**
 * The global heap of a file: variable-length data, region references, virtual dataset mappings.
 *
 * Specification: III.E. Reference implementation: H5HG.c. Collections are found only through the heap IDs that point
 * into them. Those with free space that were used last are remembered, and get the next objects.
 */
import { type Address, type FileWidths, isDefined } from "../base/address.ts";
import { formatError, HDF5Error } from "../base/errors.ts";
import {
  collectionSizeFor,
  decodeGlobalHeapCollection,
  decodeGlobalHeapSize,
  encodeGlobalHeapCollection,
  type GlobalHeapCollection,
  type GlobalHeapObject,
  globalHeapFreeBytes,
  globalHeapHeaderBytes,
  LEAST_COLLECTION_BYTES,
  MAX_GLOBAL_HEAP_INDEX,
  sizeOfGlobalHeapObject,
} from "../format/global-heap.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import type { HeapJournal } from "./heap-journal.ts";
import type { StructureCodec } from "./structure-cache.ts";

const STRUCTURE = "Global heap collection";
/** Collections with free space that are tried for a new object. C: `H5F_MAX_CWFS`-like list. */
const REMEMBERED = 16;
const EMPTY = new Uint8Array(0);

/** A collection in memory: its objects by index, and what is left. */
class LivingCollection {
  readonly collectionSize: number;
  readonly byIndex = new Map<number, GlobalHeapObject>();
  private knownFreeBytes: number | undefined;
  private nextIndex: number | undefined;

  constructor({ collectionSize, objects }: GlobalHeapCollection) {
    this.collectionSize = collectionSize;
    for (const object of objects) this.byIndex.set(object.index, object);
  }

  contents(): GlobalHeapCollection {
    return { collectionSize: this.collectionSize, objects: [...this.byIndex.values()] };
  }

  freeBytes(widths: FileWidths): number {
    this.knownFreeBytes ??= globalHeapFreeBytes(this.contents(), widths);
    return this.knownFreeBytes;
  }

  set(object: GlobalHeapObject, widths: FileWidths): void {
    const free = this.freeBytes(widths);
    this.byIndex.set(object.index, object);
    this.knownFreeBytes = free - sizeOfGlobalHeapObject(object.data.length, widths);
  }

  delete(object: GlobalHeapObject, widths: FileWidths): void {
    const free = this.freeBytes(widths);
    this.byIndex.delete(object.index);
    this.knownFreeBytes = free + sizeOfGlobalHeapObject(object.data.length, widths);
  }

  /** An index that no object has, or undefined when all are taken. */
  unusedIndex(): number | undefined {
    this.nextIndex ??= this.contents().objects.reduce((next, { index }) => Math.max(next, index + 1), 1);
    if (this.nextIndex <= MAX_GLOBAL_HEAP_INDEX) return this.nextIndex++;
    for (let index = 1; index <= MAX_GLOBAL_HEAP_INDEX; index++) if (!this.byIndex.has(index)) return index;
    return undefined;
  }
}

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
  private readonly lentIndexes = new WeakMap<Uint8Array, number>();
  private readonly lentAddress: Address;
  /** Bytes of elements that are on their way into the file, under another such address. */
  private readonly staged: Uint8Array[] = [];
  private readonly stagedAddress: Address;
  private stagings = 0;
  /** Learns of every object that is stored. */
  private journal: HeapJournal | undefined;
  private leaving: Leaving | undefined;

  constructor(storage: FileStorage) {
    this.storage = storage;
    const { sizeOfOffsets, farAddresses } = storage.widths;
    const greatest = Math.min(Number.MAX_SAFE_INTEGER, 256 ** sizeOfOffsets - 2);
    const lastRange = farAddresses?.at(-1);
    // Where addresses stand for others, the last one that does.
    this.lentAddress = lastRange === undefined ? greatest : lastRange.address + FAR_RANGE_BYTES - 1;
    this.stagedAddress = this.lentAddress - 1;
  }

  private codec(byteLength: number): StructureCodec<LivingCollection> {
    return {
      structure: STRUCTURE,
      byteLength,
      decode: (cursor) => new LivingCollection(decodeGlobalHeapCollection(cursor)),
      encode: (writer, collection) => {
        encodeGlobalHeapCollection(writer, collection.contents());
      },
    };
  }

  private collection(address: Address): LivingCollection {
    const known = this.storage.cached<LivingCollection>(address, STRUCTURE);
    if (known !== undefined) return known;
    const start = this.storage.readMetadata(address, globalHeapHeaderBytes(this.storage.widths), STRUCTURE);
    const byteLength = decodeGlobalHeapSize(this.storage.cursor(start, STRUCTURE, address));
    const collection = this.storage.load(address, this.codec(byteLength));
    this.loaded(address, collection);
    return collection;
  }

  /** What another session has left free is used before new collections are made. */
  private loaded(address: Address, collection: LivingCollection): void {
    const { roomy, storage } = this;
    if (!storage.writable || collection.freeBytes(storage.widths) === 0) return;
    if (roomy.length < REMEMBERED && !roomy.includes(address)) roomy.unshift(address);
  }

  /**
   * The object of a heap ID, a view that must not be modified; empty for an ID that was never written (address 0 or
   * undefined).
   *
   * @throws FormatError when the collection has no such object.
   */
  read(address: Address, objectIndex: number): Uint8Array {
    if (address === 0 || !isDefined(address)) return EMPTY;
    if (address === this.lentAddress) return this.lent[objectIndex] ?? EMPTY;
    if (address === this.stagedAddress) return this.staged[objectIndex] ?? EMPTY;
    const object = this.collection(address).byIndex.get(objectIndex);
    if (object === undefined) {
      throw formatError(`no object with index ${objectIndex}`, { structure: STRUCTURE, address });
    }
    return object.data;
  }

  /**
   * An ID under which bytes of another file can be read here as long as the file is open; nothing is stored. Elements of a
   * virtual dataset point to their sources' heaps so.
   */
  lend(bytes: Uint8Array): HeapId {
    let index = this.lentIndexes.get(bytes);
    if (index === undefined) {
      index = this.lent.push(bytes) - 1;
      this.lentIndexes.set(bytes, index);
    }
    return { address: this.lentAddress, index };
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
      if (this.stagings === 0 && this.staged.length > 0) this.staged.length = 0;
    }
  }

  /** An ID under which bytes can be read until the outermost {@link staging} ends. */
  stage(bytes: Uint8Array): HeapId {
    return { address: this.stagedAddress, index: this.staged.push(bytes) - 1 };
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

  /** Stores a copy of `bytes` and gives its heap ID. */
  insert(bytes: Uint8Array): HeapId {
    const id = this.insertInKnown(bytes) ?? this.insertInNew(bytes);
    this.leaving?.arrived.push(id);
    return id;
  }

  /** Bytes that new objects may take of a collection. */
  private roomIn(address: Address, collection: LivingCollection): number {
    return collection.freeBytes(this.storage.widths) + (this.leaving?.bytes.get(address) ?? 0);
  }

  private insertInKnown(bytes: Uint8Array): HeapId | undefined {
    for (let i = this.roomy.length - 1; i >= 0; i--) {
      const id = this.insertIn(this.roomy[i] as Address, bytes);
      if (id !== undefined) return id;
    }
    for (let next = this.leaving?.untried.pop(); next !== undefined; next = this.leaving?.untried.pop()) {
      if (this.roomy.includes(next)) continue;
      this.remember(next);
      const id = this.insertIn(next, bytes);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  private insertIn(address: Address, bytes: Uint8Array): HeapId | undefined {
    const collection = this.collection(address);
    if (this.roomIn(address, collection) < sizeOfGlobalHeapObject(bytes.length, this.storage.widths)) return undefined;
    const index = collection.unusedIndex();
    return index === undefined ? undefined : this.put(address, collection, index, bytes);
  }

  private insertInNew(bytes: Uint8Array): HeapId {
    const { widths } = this.storage;
    const collectionSize = collectionSizeFor(sizeOfGlobalHeapObject(bytes.length, widths), widths);
    const address = this.storage.allocate("global-heap", collectionSize);
    const collection = new LivingCollection({ collectionSize, objects: [] });
    this.remember(address);
    return this.put(address, collection, collection.unusedIndex() ?? 1, bytes);
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
    const { byIndex } = this.collection(address);
    let sum = 0;
    for (const index of indexes) {
      const object = byIndex.get(index);
      if (object !== undefined) sum += sizeOfGlobalHeapObject(object.data.length, this.storage.widths);
    }
    return sum;
  }

  private put(address: Address, collection: LivingCollection, index: number, bytes: Uint8Array): HeapId {
    // The library writes a reference count of 0 for objects in use.
    this.journal?.add(address, index);
    this.vacant.delete(address);
    collection.set({ index, referenceCount: 0, data: new Uint8Array(bytes) }, this.storage.widths);
    this.storage.store(address, this.codec(collection.collectionSize), collection);
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
    if (this.collection(address).byIndex.has(objectIndex)) this.remove(address, objectIndex);
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
    let left = 0;
    for (const index of collection.byIndex.keys()) if (!indexes.has(index)) left++;
    if (left === collection.byIndex.size) return;
    if (left > 0) {
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
    this.storage.store(address, this.codec(collectionSize), new LivingCollection({ collectionSize, objects: [] }));
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
    const object = collection.byIndex.get(objectIndex);
    if (object === undefined)
      throw new HDF5Error("state", `${STRUCTURE} at address ${address}: no object with index ${objectIndex}`);
    collection.delete(object, this.storage.widths);
    const isEmpty = collection.byIndex.size === 0;
    if (isEmpty && (collection.collectionSize > LEAST_COLLECTION_BYTES || this.storage.servesReaders)) {
      this.release(address);
      return;
    }
    if (isEmpty) this.vacant.add(address);
    this.storage.store(address, this.codec(collection.collectionSize), collection);
    if (!this.roomy.includes(address)) this.remember(address);
  }

  private removeFrom(address: Address, collection: LivingCollection, indexes: ReadonlySet<number>): void {
    const { storage } = this;
    for (const index of indexes) {
      const object = collection.byIndex.get(index);
      if (object !== undefined) collection.delete(object, storage.widths);
    }
    storage.store(address, this.codec(collection.collectionSize), collection);
    if (!this.roomy.includes(address)) this.remember(address);
  }
}
