/**
 * Shared object header message table: the file's indexes of shared messages.
 *
 * Specification: III.I, "Shared Object Header Message Table". Reference implementation: H5SMcache.c. DIFF: a bit of Message Type
 * Flags is 1 shifted by the message type's number, not one of bits 0 to 4.
 *
 * | field                | bytes                            |
 * | -------------------- | -------------------------------- |
 * | Signature            | 4, "SMTB"                        |
 * | for each index:      |                                  |
 * | Version              | 1, here 0                        |
 * | Index Type           | 1: 0 list, 1 version 2 B-tree    |
 * | Message Type Flags   | 2                                |
 * | Minimum Message Size | 4                                |
 * | List Cutoff          | 2                                |
 * | v2 B-tree Cutoff     | 2                                |
 * | Number of Messages   | 2                                |
 * | Index Address        | Size of Offsets                  |
 * | Fractal Heap Address | Size of Offsets                  |
 * | Checksum             | 4, once                          |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** One index of shared messages. Specification: III.I, "Shared Object Header Message Table". */
export interface SharedMessageIndex {
  /** Whether it is a list as yet, or a version 2 B-tree. */
  readonly indexType: "list" | "b-tree-v2";
  /** Bit n is set when messages of type n are shared here. */
  readonly messageTypeFlags: number;
  /** Bytes of the smallest message worth sharing. */
  readonly minimumMessageSize: number;
  /** A list of more messages becomes a B-tree; also the records that a list has room for. */
  readonly listCutoff: number;
  /** A B-tree of fewer messages becomes a list. */
  readonly bTreeCutoff: number;
  /** Messages in it. */
  readonly messageCount: number;
  /** Of the list (`SMLI`) or of the B-tree (record type 7). */
  readonly indexAddress: Address;
  /** The fractal heap with the messages. */
  readonly heapAddress: Address;
}

const SIGNATURE = "SMTB";
const VERSION = 0;
const INDEX_TYPES = ["list", "b-tree-v2"] as const;

function indexBytes(widths: FileWidths): number {
  return 14 + 2 * widths.sizeOfOffsets;
}

/** @param indexCount - As the shared message table message says: the table does not know it. */
export function sizeOfSharedMessageTable(indexCount: number, widths: FileWidths): number {
  return 8 + indexCount * indexBytes(widths);
}

export function decodeSharedMessageTable(cursor: Cursor, indexCount: number): readonly SharedMessageIndex[] {
  const start = cursor.position;
  cursor.signature(SIGNATURE);
  cursor.count(indexCount, indexBytes(cursor.widths), "Number of Indices");
  const indexes: SharedMessageIndex[] = [];
  for (let i = 0; i < indexCount; i++) indexes.push(decodeIndex(cursor));
  cursor.checksum(start);
  return indexes;
}

function decodeIndex(cursor: Cursor): SharedMessageIndex {
  cursor.version([VERSION]);
  const indexType = cursor.oneOf(INDEX_TYPES, "Index Type");
  const messageTypeFlags = cursor.u16("Message Type Flags");
  const minimumMessageSize = cursor.u32("Minimum Message Size");
  const listCutoff = cursor.u16("List Cutoff");
  const bTreeCutoff = cursor.u16("v2 B-tree Cutoff");
  const messageCount = cursor.u16("Number of Messages");
  const indexAddress = cursor.addressValue("Index Address");
  const heapAddress = cursor.addressValue("Fractal Heap Address");
  return {
    indexType,
    messageTypeFlags,
    minimumMessageSize,
    listCutoff,
    bTreeCutoff,
    messageCount,
    indexAddress,
    heapAddress,
  };
}

export function encodeSharedMessageTable(writer: Writer, indexes: readonly SharedMessageIndex[]): void {
  const start = writer.position;
  writer.signature(SIGNATURE);
  for (const index of indexes) {
    writer.u8(VERSION).u8(INDEX_TYPES.indexOf(index.indexType)).u16(index.messageTypeFlags);
    writer.u32(index.minimumMessageSize).u16(index.listCutoff).u16(index.bTreeCutoff).u16(index.messageCount);
    writer.addressValue(index.indexAddress).addressValue(index.heapAddress);
  }
  writer.checksum(start);
}
