/**
 * Global heap collection: objects of variable size that elements and messages refer to by collection and index.
 *
 * Specification: III.E, "Disk Format: Level 1E - Global Heap". Reference implementation: H5HG.c, H5HGcache.c.
 *
 * | field           | bytes                                      |
 * | --------------- | ------------------------------------------ |
 * | Signature       | 4, "GCOL"                                  |
 * | Version         | 1, here 1                                  |
 * | Reserved        | 3                                          |
 * | Collection Size | Size of Lengths; all of it, this included  |
 * | (padding)       | to a multiple of 8                         |
 * | Global Heap Objects | see below, one after the other         |
 *
 * | object            | bytes                                              |
 * | ----------------- | -------------------------------------------------- |
 * | Heap Object Index | 2; 0 for the free space, which comes last          |
 * | Reference Count   | 2; the library writes 0 for objects in use         |
 * | Reserved          | 4                                                  |
 * | Object Size       | Size of Lengths; of the free space, header included |
 * | (padding)         | to a multiple of 8                                 |
 * | Object Data       | padded to a multiple of 8                          |
 *
 * Free space too small for an object header has none.
 */
import type { FileWidths } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { FormatError } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";

/** An object of a collection. */
export interface GlobalHeapObject {
  /** 1 to 65535, unique in the collection and the same for as long as the object lives. */
  readonly index: number;
  /** Says nothing about whether the object is in use. */
  readonly referenceCount: number;
  /** A view of the collection's bytes, when decoded. */
  readonly data: Uint8Array;
}

/** Objects that lie together. Specification: III.E, "Global Heap". */
export interface GlobalHeapCollection {
  /** Bytes of the collection, free space included. */
  readonly collectionSize: number;
  /** In the order they are stored in. */
  readonly objects: readonly GlobalHeapObject[];
}

const SIGNATURE = "GCOL";
const VERSION = 1;
const ALIGNMENT = 8;

/** The least collection the library makes. C: `H5HG_MINSIZE`. */
export const LEAST_COLLECTION_BYTES = 4096;
export const MAX_GLOBAL_HEAP_INDEX = 0xffff;

/** Bytes before the first object; enough to learn a collection's size from. */
export function globalHeapHeaderBytes(widths: FileWidths): number {
  return alignUp(8 + widths.sizeOfLengths, ALIGNMENT);
}

/** Bytes of an object before its data. */
export function objectHeaderBytes(widths: FileWidths): number {
  return alignUp(8 + widths.sizeOfLengths, ALIGNMENT);
}

/** Bytes that an object with `dataByteLength` bytes of data takes in a collection. */
export function sizeOfGlobalHeapObject(dataByteLength: number, widths: FileWidths): number {
  return objectHeaderBytes(widths) + alignUp(dataByteLength, ALIGNMENT);
}

/** The size of a new collection for objects of `objectBytes` in all, headers and padding included. */
export function collectionSizeFor(objectBytes: number, widths: FileWidths): number {
  return Math.max(LEAST_COLLECTION_BYTES, alignUp(globalHeapHeaderBytes(widths) + objectBytes, ALIGNMENT));
}

/** Bytes of a collection that no object takes. */
export function globalHeapFreeBytes(collection: GlobalHeapCollection, widths: FileWidths): number {
  let free = collection.collectionSize - globalHeapHeaderBytes(widths);
  for (const object of collection.objects) free -= sizeOfGlobalHeapObject(object.data.length, widths);
  return free;
}

/** Collection Size, from the first {@link globalHeapHeaderBytes} of a collection. */
export function decodeGlobalHeapSize(cursor: Cursor): number {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const collectionSize = cursor.lengthValue("Collection Size");
  const { maxMetadataBytes } = cursor.limits;
  if (collectionSize < globalHeapHeaderBytes(cursor.widths) || collectionSize > maxMetadataBytes) {
    throw cursor.error(`${collectionSize} bytes`, "Collection Size");
  }
  cursor.align(ALIGNMENT);
  return collectionSize;
}

/** Gets the place of an object's data, from the start of the collection, and its length, in bytes. */
type HeapObjectVisitor = (index: number, referenceCount: number, dataOffset: number, dataByteLength: number) => void;

/**
 * Visits the objects of a collection in the order they are stored in. The cursor starts with the collection and holds all of it.
 *
 * @returns Bytes of the collection, free space included.
 */
export function walkGlobalHeapCollection(cursor: Cursor, visit: HeapObjectVisitor): number {
  const collectionSize = decodeGlobalHeapSize(cursor);
  if (collectionSize > cursor.length) {
    throw cursor.error(`${collectionSize} bytes, ${cursor.length} there`, "Collection Size");
  }
  const headerBytes = objectHeaderBytes(cursor.widths);
  while (collectionSize - cursor.position >= headerBytes) {
    const start = cursor.position;
    const index = cursor.u16("Heap Object Index");
    const referenceCount = cursor.u16("Reference Count");
    cursor.skip(4, "Reserved");
    const objectSize = cursor.lengthValue("Object Size");
    if (index === 0) {
      skipFreeSpace(cursor, start, objectSize, collectionSize);
      continue;
    }
    const dataOffset = start + headerBytes;
    if (objectSize > collectionSize - dataOffset) {
      throw cursor.error(`${objectSize} bytes, ${collectionSize - dataOffset} left in the collection`, "Object Size");
    }
    visit(index, referenceCount, dataOffset, objectSize);
    cursor.position = Math.min(collectionSize, dataOffset + alignUp(objectSize, ALIGNMENT));
  }
  cursor.position = collectionSize;
  return collectionSize;
}

/** What the cursor says of a collection two of whose objects have the same index. */
export function repeatedIndex(cursor: Cursor, index: number): FormatError {
  return cursor.error(`two objects have index ${index}`, "Heap Object Index");
}

/**
 * The cursor starts with the collection and holds all of it.
 *
 * @throws FormatError also when two objects have the same index.
 */
export function decodeGlobalHeapCollection(cursor: Cursor): GlobalHeapCollection {
  const seen = new Set<number>();
  const objects: GlobalHeapObject[] = [];
  const collectionSize = walkGlobalHeapCollection(cursor, (index, referenceCount, dataOffset, dataByteLength) => {
    if (seen.has(index)) throw repeatedIndex(cursor, index);
    seen.add(index);
    objects.push({ index, referenceCount, data: cursor.bytes.subarray(dataOffset, dataOffset + dataByteLength) });
  });
  return { collectionSize, objects };
}

/** The free space comes last, but like the library this goes on behind it if bytes are left. */
function skipFreeSpace(cursor: Cursor, start: number, objectSize: number, collectionSize: number): void {
  if (objectSize < cursor.position - start || objectSize > collectionSize - start) {
    const problem = `free space of ${objectSize} bytes, ${collectionSize - start} left in the collection`;
    throw cursor.error(problem, "Object Size");
  }
  cursor.position = start + objectSize;
}

/**
 * Encodes a whole collection: its objects in the given order, then the free space.
 *
 * @throws RangeError when the objects do not fit, or an index is 0, too large or used twice.
 */
export function encodeGlobalHeapCollection(writer: Writer, collection: GlobalHeapCollection): void {
  const { widths } = writer;
  const { collectionSize, objects } = collection;
  const start = writer.position;
  const freeBytes = globalHeapFreeBytes(collection, widths);
  encodeGlobalHeapHeader(writer, collectionSize, freeBytes);
  const seen = new Set<number>();
  for (const { index, referenceCount, data } of objects) {
    if (index < 1 || seen.has(index)) throw new RangeError(`global heap object index ${index} is 0 or used twice`);
    seen.add(index);
    writer.u16(index).u16(referenceCount).zeros(4).lengthValue(data.length).align(ALIGNMENT, start);
    writer.bytes(data).align(ALIGNMENT, start);
  }
  encodeGlobalHeapFreeSpace(writer, freeBytes);
}

/**
 * What comes before the objects.
 *
 * @throws RangeError when they leave less than nothing free.
 */
export function encodeGlobalHeapHeader(writer: Writer, collectionSize: number, freeBytes: number): void {
  const start = writer.position;
  if (freeBytes < 0) throw new RangeError(`objects need ${-freeBytes} bytes more than the ${collectionSize} there are`);
  writer.signature(SIGNATURE).u8(VERSION).zeros(3).lengthValue(collectionSize).align(ALIGNMENT, start);
}

/** What comes behind the objects: all that is free. */
export function encodeGlobalHeapFreeSpace(writer: Writer, freeBytes: number): void {
  const end = writer.position + freeBytes;
  if (freeBytes >= objectHeaderBytes(writer.widths)) writer.u16(0).u16(0).zeros(4).lengthValue(freeBytes);
  writer.zeros(end - writer.position);
}
