/**
 * Shared message record: type 7 of version 2 B-trees, and what a shared message list (`SMLI`) holds.
 *
 * Specification: III.A.2, "Version 2 B-tree, Type 7 Record Layout"; III.I, "Shared Object Header Message Table". Reference
 * implementation: H5SM.c, H5SMmessage.c. DIFF: both forms take the room of the larger one.
 *
 * | field            | in the heap       | in an object header |
 * | ---------------- | ----------------- | ------------------- |
 * | Message Location | 1, 0              | 1, 1                |
 * | Hash             | 4                 | 4                   |
 * | Reference Count  | 4                 |                     |
 * | Heap ID          | 8                 |                     |
 * | Reserved         |                   | 1                   |
 * | Message Type     |                   | 1                   |
 * | Creation Index   |                   | 2                   |
 * | Header Address   |                   | Size of Offsets     |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import type { RecordCodec } from "./b-tree-v2-records.ts";

/**
 * A message that is kept once for several objects: in a fractal heap, or in an object's header. Specification: III.A.2,
 * "Version 2 B-tree, Type 7 Record Layout".
 */
export type SharedMessageRecord =
  | {
      readonly location: "heap";
      /** lookup3 of the encoded message. */
      readonly hash: number;
      readonly referenceCount: number;
      /** 8 bytes. */
      readonly heapId: Uint8Array;
    }
  | {
      /** Not yet shared: the only user keeps it in its header. */
      readonly location: "object-header";
      readonly hash: number;
      readonly messageType: number;
      readonly creationIndex: number;
      readonly objectHeaderAddress: Address;
    };

const IN_HEAP = 0;
const IN_OBJECT_HEADER = 1;
const HEAP_ID_BYTES = 8;

/** Location and hash, then the larger of 12 and 4 + Size of Offsets. */
export function sizeOfSharedMessageRecord(widths: FileWidths): number {
  return 5 + Math.max(4 + HEAP_ID_BYTES, 4 + widths.sizeOfOffsets);
}

export function decodeSharedMessageRecord(cursor: Cursor): SharedMessageRecord {
  const end = cursor.position + sizeOfSharedMessageRecord(cursor.widths);
  const location = cursor.u8("Message Location");
  const hash = cursor.u32("Hash");
  if (location === IN_HEAP) {
    const referenceCount = cursor.u32("Reference Count");
    const heapId = cursor.take(HEAP_ID_BYTES, "Fractal Heap ID");
    cursor.skip(end - cursor.position);
    return { location: "heap", hash, referenceCount, heapId };
  }
  if (location !== IN_OBJECT_HEADER) throw cursor.error(`expected 0 or 1, found ${location}`, "Message Location");
  cursor.skip(1, "Reserved");
  const messageType = cursor.u8("Message Type");
  const creationIndex = cursor.u16("Creation Index");
  const objectHeaderAddress = cursor.addressValue("Object Header Address");
  cursor.skip(end - cursor.position);
  return { location: "object-header", hash, messageType, creationIndex, objectHeaderAddress };
}

export function encodeSharedMessageRecord(writer: Writer, record: SharedMessageRecord): void {
  const end = writer.position + sizeOfSharedMessageRecord(writer.widths);
  if (record.location === "heap") {
    if (record.heapId.length !== HEAP_ID_BYTES) {
      throw new RangeError(`heap ID of ${record.heapId.length} bytes, expected ${HEAP_ID_BYTES}`);
    }
    writer.u8(IN_HEAP).u32(record.hash).u32(record.referenceCount).bytes(record.heapId);
  } else {
    writer.u8(IN_OBJECT_HEADER).u32(record.hash).u8(0).u8(record.messageType).u16(record.creationIndex);
    writer.addressValue(record.objectHeaderAddress);
  }
  writer.zeros(end - writer.position);
}

/** Type 7, ordered by hash, then by the message itself. */
export function sharedMessageRecords(widths: FileWidths): RecordCodec<SharedMessageRecord> {
  return {
    recordType: 7,
    byteLength: sizeOfSharedMessageRecord(widths),
    decode: decodeSharedMessageRecord,
    encode: encodeSharedMessageRecord,
  };
}
