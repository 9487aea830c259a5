/**
 * Records of version 2 B-trees, types 1 to 11.
 *
 * Specification: III.A.2, "Version 2 B-tree, Type 1..11 Record Layout". Reference implementation: H5HFbtree2.c (1 to 4),
 * H5Gbtree2.c (5, 6), H5SM.c (7), H5Abtree2.c (8, 9), H5Dbtree2.c (10, 11).
 *
 * | type | records                     | fields                                                              |
 * | ---- | --------------------------- | ------------------------------------------------------------------- |
 * | 1    | huge objects, indirect      | address O, length L, id L                                           |
 * | 2    | the same, filtered          | address O, length L, filter mask 4, size in memory L, id L          |
 * | 3    | huge objects, direct        | address O, length L                                                 |
 * | 4    | the same, filtered          | address O, length L, filter mask 4, size in memory L                |
 * | 5    | link names                  | hash 4, heap id 7                                                   |
 * | 6    | link creation order         | order 8, heap id 7                                                  |
 * | 7    | shared messages             | see `shared-message-record.ts`                                      |
 * | 8    | attribute names             | heap id 8, message flags 1, order 4, hash 4                         |
 * | 9    | attribute creation order    | heap id 8, message flags 1, order 4                                 |
 * | 10   | chunks                      | address O, scaled offset 8 for each dimension                       |
 * | 11   | filtered chunks             | address O, chunk bytes (1 to 8), filter mask 4, scaled offsets      |
 *
 * O stands for Size of Offsets bytes, L for Size of Lengths.
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** How one type of record is read and written. */
export interface RecordCodec<T> {
  /** The type of the tree, 1 to 11, in its header. */
  readonly recordType: number;
  /** The header's Record Size. */
  readonly byteLength: number;
  /** Reads a record, which fills the cursor. @throws FormatError. */
  decode(cursor: Cursor): T;
  /** Writes a record. @throws RangeError for values that a field cannot hold. */
  encode(writer: Writer, record: T): void;
}

/** Types 1 and 3: a huge object of a fractal heap. Type 3 has no `id`. */
export interface HugeObjectRecord {
  /** Where the object is. */
  readonly address: Address;
  /** Bytes in the file. */
  readonly byteLength: number;
}

/** Type 1: a huge object of a fractal heap, found by a number. */
export interface IndirectHugeObjectRecord extends HugeObjectRecord {
  /** What the object's heap ID holds. */
  readonly id: number;
}

/** Types 2 and 4. */
export interface FilteredHugeObjectRecord extends HugeObjectRecord {
  /** Bit i is set when filter i of the heap's pipeline was left out. */
  readonly filterMask: number;
  /** Bytes before filtering. */
  readonly memoryByteLength: number;
}

/** Type 2: the same behind filters. */
export interface IndirectFilteredHugeObjectRecord extends FilteredHugeObjectRecord {
  /** The number that heap IDs name it by. */
  readonly id: number;
}

/** Type 5: a link of a dense group, found by its name. */
export interface LinkNameRecord {
  /** lookup3 of the name without NUL. */
  readonly hash: number;
  /** 7 bytes. */
  readonly heapId: Uint8Array;
}

/** Type 6: a link of a dense group, found by its creation order. */
export interface LinkOrderRecord {
  /** The link's place in that order, from 0. */
  readonly creationOrder: number;
  /** Where its message is in the group's fractal heap. */
  readonly heapId: Uint8Array;
}

/** Type 9: an attribute in dense storage, found by its creation order. */
export interface AttributeOrderRecord {
  /** 8 bytes; in the shared message heap of attributes when flag "shared" is set, else in the object's own. */
  readonly heapId: Uint8Array;
  /** Bits of `MESSAGE_FLAG`. */
  readonly messageFlags: number;
  /** The attribute's place in that order, from 0. */
  readonly creationOrder: number;
}

/** Type 8: an attribute in dense storage, found by its name. */
export interface AttributeNameRecord extends AttributeOrderRecord {
  /** lookup3 of the name without NUL. */
  readonly hash: number;
}

/** Type 10: a chunk without filters. */
export interface ChunkRecord {
  /** Where the chunk is. */
  readonly address: Address;
  /** Chunk coordinates: offsets in elements divided by the chunk's dims, slowest dimension first. */
  readonly scaledOffsets: readonly number[];
}

/** Type 11: a chunk behind filters. */
export interface FilteredChunkRecord extends ChunkRecord {
  /** Bytes in the file. */
  readonly byteLength: number;
  /** Bit i is set when filter i of the pipeline was left out. */
  readonly filterMask: number;
}

/** Where the hash and the heap ID stand in a record of type 5. */
export const LINK_HASH_OFFSET = 0;
export const LINK_HEAP_ID_OFFSET = 4;
/** Where the hash stands in a record of type 8. */
export const ATTRIBUTE_HASH_OFFSET = 13;
const LINK_HEAP_ID_BYTES = 7;
const ATTRIBUTE_HEAP_ID_BYTES = 8;
const FILTER_MASK_BYTES = 4;
const SCALED_OFFSET_BYTES = 8;

function decodeHugeObject(cursor: Cursor): HugeObjectRecord {
  const address = cursor.addressValue("Huge Object Address");
  return { address, byteLength: cursor.finiteLength("Huge Object Length") };
}

function decodeFilteredHugeObject(cursor: Cursor): FilteredHugeObjectRecord {
  const { address, byteLength } = decodeHugeObject(cursor);
  const filterMask = cursor.u32("Filter Mask");
  return { address, byteLength, filterMask, memoryByteLength: cursor.finiteLength("Huge Object Memory Size") };
}

function encodeHugeObject(writer: Writer, record: HugeObjectRecord): void {
  writer.addressValue(record.address).lengthValue(record.byteLength);
}

function encodeFilteredHugeObject(writer: Writer, record: FilteredHugeObjectRecord): void {
  encodeHugeObject(writer, record);
  writer.u32(record.filterMask).lengthValue(record.memoryByteLength);
}

/** Type 1, ordered by `id`. */
export function indirectHugeObjectRecords(widths: FileWidths): RecordCodec<IndirectHugeObjectRecord> {
  return {
    recordType: 1,
    byteLength: widths.sizeOfOffsets + 2 * widths.sizeOfLengths,
    decode: (cursor) => ({ ...decodeHugeObject(cursor), id: cursor.finiteLength("Huge Object ID") }),
    encode(writer, record) {
      encodeHugeObject(writer, record);
      writer.lengthValue(record.id);
    },
  };
}

/** Type 2, ordered by `id`. */
export function indirectFilteredHugeObjectRecords(widths: FileWidths): RecordCodec<IndirectFilteredHugeObjectRecord> {
  return {
    recordType: 2,
    byteLength: widths.sizeOfOffsets + FILTER_MASK_BYTES + 3 * widths.sizeOfLengths,
    decode: (cursor) => ({ ...decodeFilteredHugeObject(cursor), id: cursor.finiteLength("Huge Object ID") }),
    encode(writer, record) {
      encodeFilteredHugeObject(writer, record);
      writer.lengthValue(record.id);
    },
  };
}

/** Type 3, ordered by address, then length. */
export function hugeObjectRecords(widths: FileWidths): RecordCodec<HugeObjectRecord> {
  const byteLength = widths.sizeOfOffsets + widths.sizeOfLengths;
  return { recordType: 3, byteLength, decode: decodeHugeObject, encode: encodeHugeObject };
}

/** Type 4, ordered by address, then length. */
export function filteredHugeObjectRecords(widths: FileWidths): RecordCodec<FilteredHugeObjectRecord> {
  const byteLength = widths.sizeOfOffsets + FILTER_MASK_BYTES + 2 * widths.sizeOfLengths;
  return { recordType: 4, byteLength, decode: decodeFilteredHugeObject, encode: encodeFilteredHugeObject };
}

function encodeHeapId(writer: Writer, heapId: Uint8Array, byteLength: number): void {
  if (heapId.length !== byteLength) throw new RangeError(`heap ID of ${heapId.length} bytes, expected ${byteLength}`);
  writer.bytes(heapId);
}

/** Type 5, ordered by hash, then by the name itself. */
export const LINK_NAME_RECORDS: RecordCodec<LinkNameRecord> = {
  recordType: 5,
  byteLength: 4 + LINK_HEAP_ID_BYTES,
  decode(cursor) {
    const hash = cursor.u32("Hash of Name");
    return { hash, heapId: cursor.take(LINK_HEAP_ID_BYTES, "ID") };
  },
  encode(writer, record) {
    encodeHeapId(writer.u32(record.hash), record.heapId, LINK_HEAP_ID_BYTES);
  },
};

/** Type 6, ordered by creation order. */
export const LINK_ORDER_RECORDS: RecordCodec<LinkOrderRecord> = {
  recordType: 6,
  byteLength: 8 + LINK_HEAP_ID_BYTES,
  decode(cursor) {
    const creationOrder = cursor.u64("Creation Order");
    return { creationOrder, heapId: cursor.take(LINK_HEAP_ID_BYTES, "ID") };
  },
  encode(writer, record) {
    encodeHeapId(writer.u64(record.creationOrder), record.heapId, LINK_HEAP_ID_BYTES);
  },
};

function decodeAttributeOrder(cursor: Cursor): AttributeOrderRecord {
  const heapId = cursor.take(ATTRIBUTE_HEAP_ID_BYTES, "Heap ID");
  const messageFlags = cursor.u8("Message Flags");
  return { heapId, messageFlags, creationOrder: cursor.u32("Creation Order") };
}

function encodeAttributeOrder(writer: Writer, record: AttributeOrderRecord): void {
  encodeHeapId(writer, record.heapId, ATTRIBUTE_HEAP_ID_BYTES);
  writer.u8(record.messageFlags).u32(record.creationOrder);
}

/** Type 8, ordered by hash, then by the name itself. */
export const ATTRIBUTE_NAME_RECORDS: RecordCodec<AttributeNameRecord> = {
  recordType: 8,
  byteLength: ATTRIBUTE_HEAP_ID_BYTES + 9,
  decode: (cursor) => ({ ...decodeAttributeOrder(cursor), hash: cursor.u32("Hash of Name") }),
  encode(writer, record) {
    encodeAttributeOrder(writer, record);
    writer.u32(record.hash);
  },
};

/** Type 9, ordered by creation order. */
export const ATTRIBUTE_ORDER_RECORDS: RecordCodec<AttributeOrderRecord> = {
  recordType: 9,
  byteLength: ATTRIBUTE_HEAP_ID_BYTES + 5,
  decode: decodeAttributeOrder,
  encode: encodeAttributeOrder,
};

function decodeScaledOffsets(cursor: Cursor, rank: number): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < rank; i++) offsets.push(cursor.u64("Dimension Scaled Offset"));
  return offsets;
}

/**
 * Where encoded chunk records stand to the one of `scaled`: below 0 before it, 0 when they are it; NaN for offsets that only
 * decoding tells, or refuses.
 *
 * @param recordBytes - Of a record, at whose end the scaled offsets are.
 * @returns Of a record that begins at `start` in `bytes`, which hold all of it.
 */
export function encodedChunkOrder(
  scaled: readonly number[],
  recordBytes: number,
): (bytes: Uint8Array, start: number) => number {
  const first = recordBytes - SCALED_OFFSET_BYTES * scaled.length;
  return (bytes, start) => {
    for (let d = 0, at = start + first; d < scaled.length; d++, at += SCALED_OFFSET_BYTES) {
      // Numbers of chunks have no more than 32 bits but in a few datasets.
      if (bytes[at + 4] !== 0 || bytes[at + 5] !== 0 || bytes[at + 6] !== 0 || bytes[at + 7] !== 0) return Number.NaN;
      const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
      const difference = low + (bytes[at + 3] as number) * 0x100_0000 - (scaled[d] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function encodeScaledOffsets(writer: Writer, offsets: readonly number[], rank: number): void {
  if (offsets.length !== rank) throw new RangeError(`${offsets.length} scaled offsets for ${rank} dimensions`);
  for (const offset of offsets) writer.u64(offset);
}

/**
 * Type 10, ordered by the scaled offsets, slowest dimension first.
 *
 * @param rank - Dimensions of the dataset.
 */
export function chunkRecords(widths: FileWidths, rank: number): RecordCodec<ChunkRecord> {
  return {
    recordType: 10,
    byteLength: widths.sizeOfOffsets + SCALED_OFFSET_BYTES * rank,
    decode(cursor) {
      const address = cursor.addressValue("Address");
      return { address, scaledOffsets: decodeScaledOffsets(cursor, rank) };
    },
    encode(writer, record) {
      encodeScaledOffsets(writer.addressValue(record.address), record.scaledOffsets, rank);
    },
  };
}

/**
 * Type 11, ordered like type 10.
 *
 * @param chunkSizeBytes - Bytes of the field "Chunk Size": `chunkSizeFieldBytes` of `chunk-index-elements.ts`.
 */
export function filteredChunkRecords(
  widths: FileWidths,
  rank: number,
  chunkSizeBytes: number,
): RecordCodec<FilteredChunkRecord> {
  return {
    recordType: 11,
    byteLength: widths.sizeOfOffsets + chunkSizeBytes + FILTER_MASK_BYTES + SCALED_OFFSET_BYTES * rank,
    decode(cursor) {
      const address = cursor.addressValue("Address");
      const byteLength = cursor.uint(chunkSizeBytes, "Chunk Size");
      const filterMask = cursor.u32("Filter Mask");
      return { address, byteLength, filterMask, scaledOffsets: decodeScaledOffsets(cursor, rank) };
    },
    encode(writer, record) {
      writer.addressValue(record.address).uint(record.byteLength, chunkSizeBytes).u32(record.filterMask);
      encodeScaledOffsets(writer, record.scaledOffsets, rank);
    },
  };
}
