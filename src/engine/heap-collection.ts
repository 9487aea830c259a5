/**
 * A global heap collection in memory: its bytes as the file has them, and where its objects are in them.
 *
 * Specification: III.E. Reference implementation: H5HG.c.
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { allocateBytes } from "../base/memory.ts";
import type { Writer } from "../base/writer.ts";
import {
  encodeGlobalHeapFreeSpace,
  encodeGlobalHeapHeader,
  globalHeapHeaderBytes,
  MAX_GLOBAL_HEAP_INDEX,
  objectHeaderBytes,
  repeatedIndex,
  sizeOfGlobalHeapObject,
  walkGlobalHeapCollection,
} from "../format/global-heap.ts";
import type { HeapPlace } from "./conversion/element-context.ts";

/** Objects of which places are held from the start on, where nothing is known. */
const FIRST_SLOTS = 32;
const SLOT_GROWTH = 4;
/** The index of an object that is gone. */
const GONE = 0;
/** How much longer bytes get than they have to, where a collection holds more than there is room for. */
const GROWTH = 1.25;

export class HeapCollection {
  readonly collectionSize: number;
  private readonly widths: FileWidths;
  /** Longer than the collection while it holds more than there is room for. */
  private bytes: Uint8Array;
  /** Whether `bytes` may be changed; else they are a view of what was read. */
  private isOwn: boolean;
  /** Of each object in the order they are stored in; not there while each index is one more than its slot. */
  private indexes: Uint16Array | undefined;
  /** Offset of its data and their length, one behind the other. */
  private places: Float64Array;
  private slots = 0;
  /** Slots by index, once an index was not that of its slot. */
  private slotOf: Map<number, number> | undefined;
  private objectCount = 0;
  private greatestIndex = 0;
  /** Where the next object goes. */
  private end: number;
  private free: number;

  private constructor(collectionSize: number, bytes: Uint8Array, widths: FileWidths, isOwn: boolean, slots: number) {
    this.collectionSize = collectionSize;
    this.bytes = bytes;
    this.widths = widths;
    this.isOwn = isOwn;
    this.end = globalHeapHeaderBytes(widths);
    this.free = collectionSize - this.end;
    this.places = new Float64Array(2 * slots);
  }

  /** @param expected - How many objects it will most likely hold. */
  static empty(collectionSize: number, widths: FileWidths, expected = 0): HeapCollection {
    const slots = Math.max(FIRST_SLOTS, expected);
    return new HeapCollection(collectionSize, allocateBytes(collectionSize), widths, true, slots);
  }

  /** The cursor starts with the collection and holds all of it; its bytes are kept, and not changed. */
  static decode(cursor: Cursor, collectionSize: number): HeapCollection {
    const collection = new HeapCollection(collectionSize, cursor.bytes, cursor.widths, false, FIRST_SLOTS);
    walkGlobalHeapCollection(cursor, (index, _referenceCount, dataOffset, dataByteLength) => {
      if (collection.find(index) !== undefined) throw repeatedIndex(cursor, index);
      collection.add(index, dataOffset, dataByteLength);
    });
    return collection;
  }

  get count(): number {
    return this.objectCount;
  }

  /** Bytes that no object takes. */
  get freeBytes(): number {
    return this.free;
  }

  private find(index: number): number | undefined {
    // Objects that came one after the other are in the order of their indexes, which begin at 1.
    if (index > 0 && index <= this.slots && this.indexAt(index - 1) === index) return index - 1;
    if (this.slotOf === undefined) return undefined;
    return this.slotOf.get(index);
  }

  private indexAt(slot: number): number {
    return this.indexes === undefined ? slot + 1 : (this.indexes[slot] as number);
  }

  /** Indexes that need not be those of the slots. */
  private ownIndexes(): Uint16Array {
    this.indexes ??= Uint16Array.from({ length: this.places.length / 2 }, (_, slot) => slot + 1);
    return this.indexes;
  }

  has(index: number): boolean {
    return this.find(index) !== undefined;
  }

  /** Where an object is; valid until the collection changes. @returns false when there is none. */
  locate(index: number, place: HeapPlace): boolean {
    const slot = this.find(index);
    if (slot === undefined) return false;
    const start = this.places[2 * slot] as number;
    place.bytes = this.bytes;
    place.start = start;
    place.end = start + (this.places[2 * slot + 1] as number);
    return true;
  }

  /** Bytes that an object takes, header and padding included; none for one that is not there. */
  sizeOf(index: number): number {
    const slot = this.find(index);
    return slot === undefined ? 0 : this.slotSize(slot);
  }

  private slotSize(slot: number): number {
    return sizeOfGlobalHeapObject(this.places[2 * slot + 1] as number, this.widths);
  }

  /** Whether one of these is an object here. */
  hasAny(indexes: ReadonlySet<number>): boolean {
    for (const index of indexes) if (this.has(index)) return true;
    return false;
  }

  /** Whether all objects are among these. */
  isWithin(indexes: ReadonlySet<number>): boolean {
    for (let slot = 0; slot < this.slots; slot++) {
      const index = this.indexAt(slot);
      if (index !== GONE && !indexes.has(index)) return false;
    }
    return true;
  }

  private add(index: number, dataOffset: number, dataByteLength: number): void {
    const slot = this.slots++;
    if (2 * slot === this.places.length) this.growSlots();
    if (this.indexes !== undefined || index !== slot + 1) this.ownIndexes()[slot] = index;
    this.places[2 * slot] = dataOffset;
    this.places[2 * slot + 1] = dataByteLength;
    if (this.slotOf !== undefined) this.slotOf.set(index, slot);
    else if (index !== slot + 1) this.mapSlots();
    this.objectCount++;
    if (index > this.greatestIndex) this.greatestIndex = index;
    const size = sizeOfGlobalHeapObject(dataByteLength, this.widths);
    this.end = dataOffset - objectHeaderBytes(this.widths) + size;
    this.free -= size;
  }

  private growSlots(): void {
    const { indexes, places } = this;
    if (indexes !== undefined) {
      this.indexes = new Uint16Array(SLOT_GROWTH * indexes.length);
      this.indexes.set(indexes);
    }
    this.places = new Float64Array(SLOT_GROWTH * places.length);
    this.places.set(places);
  }

  private mapSlots(): void {
    this.slotOf = new Map();
    for (let slot = 0; slot < this.slots; slot++) {
      const index = this.indexAt(slot);
      if (index !== GONE) this.slotOf.set(index, slot);
    }
  }

  /** An index that no object has, or undefined when all are taken. */
  unusedIndex(): number | undefined {
    if (this.greatestIndex < MAX_GLOBAL_HEAP_INDEX) return this.greatestIndex + 1;
    for (let index = 1; index <= MAX_GLOBAL_HEAP_INDEX; index++) if (!this.has(index)) return index;
    return undefined;
  }

  /** Stores a copy of `data`, from `from` to `to`, as an object; views of others stay what they are. */
  put(index: number, data: Uint8Array, from = 0, to: number = data.length): void {
    const { widths } = this;
    const byteLength = to - from;
    this.makeRoom(sizeOfGlobalHeapObject(byteLength, widths));
    const { bytes, end } = this;
    // The library writes a reference count of 0 for objects in use. All else is zero.
    bytes[end] = index;
    bytes[end + 1] = index >>> 8;
    let length = byteLength;
    for (let i = 0; i < widths.sizeOfLengths; i++) {
      bytes[end + 8 + i] = length;
      length = Math.floor(length / 256);
    }
    const dataOffset = end + objectHeaderBytes(widths);
    copyInto(bytes, dataOffset, data, from, to);
    this.add(index, dataOffset, byteLength);
  }

  /** Has `bytes` changeable, with zeros where an object of that size goes. */
  private makeRoom(size: number): void {
    if (this.isOwn && this.end + size <= this.bytes.length) return;
    if (this.hasGaps && this.end + size > this.collectionSize) this.condense();
    const { bytes, collectionSize, end } = this;
    const needed = end + size;
    if (this.isOwn && needed <= bytes.length) return;
    this.bytes = allocateBytes(needed <= collectionSize ? collectionSize : Math.ceil(needed * GROWTH));
    this.bytes.set(bytes.subarray(0, end));
    this.isOwn = true;
  }

  /** Whether not all that is free is behind the objects. */
  private get hasGaps(): boolean {
    return this.collectionSize - this.end !== this.free;
  }

  /** Objects one behind the other, without what is gone between them, in bytes of their own. */
  private condense(): void {
    const { bytes, places, slots, widths } = this;
    const indexes = this.ownIndexes();
    this.indexes = undefined;
    this.places = new Float64Array(places.length);
    const headerBytes = objectHeaderBytes(widths);
    const header = globalHeapHeaderBytes(widths);
    const used = this.collectionSize - this.free;
    const condensed = allocateBytes(Math.max(this.collectionSize, used));
    this.bytes = condensed;
    this.isOwn = true;
    this.slots = 0;
    this.slotOf = undefined;
    this.objectCount = 0;
    this.free = this.collectionSize - header;
    this.end = header;
    for (let slot = 0; slot < slots; slot++) {
      const index = indexes[slot] as number;
      if (index === GONE) continue;
      const dataOffset = places[2 * slot] as number;
      const length = places[2 * slot + 1] as number;
      const { end } = this;
      condensed.set(bytes.subarray(dataOffset - headerBytes, dataOffset + length), end);
      this.add(index, end + headerBytes, length);
    }
  }

  /** @returns Whether there was such an object. */
  delete(index: number): boolean {
    const slot = this.find(index);
    if (slot === undefined) return false;
    this.ownIndexes()[slot] = GONE;
    this.slotOf?.delete(index);
    this.objectCount--;
    this.free += this.slotSize(slot);
    return true;
  }

  /** @throws RangeError when the objects need more room than there is. */
  encode(writer: Writer): void {
    const header = globalHeapHeaderBytes(this.widths);
    if (this.hasGaps) this.condense();
    encodeGlobalHeapHeader(writer, this.collectionSize, this.free);
    writer.bytes(this.bytes.subarray(header, this.collectionSize - this.free));
    encodeGlobalHeapFreeSpace(writer, this.free);
  }
}

/** Up to so many bytes a loop takes less time than a call of the runtime. */
const SHORT = 32;

function copyInto(target: Uint8Array, offset: number, source: Uint8Array, from: number, to: number): void {
  const length = to - from;
  if (length > SHORT) target.set(source.subarray(from, to), offset);
  else for (let i = 0; i < length; i++) target[offset + i] = source[from + i] as number;
}
