/**
 * Shared message record list: a small index of shared messages.
 *
 * Specification: III.I, "Shared Message Record List". Reference implementation: H5SMcache.c.
 *
 * | field                  | bytes                                       |
 * | ---------------------- | ------------------------------------------- |
 * | Signature              | 4, "SMLI"                                   |
 * | Shared Message Records | `sizeOfSharedMessageRecord` each            |
 * | Checksum               | 4, right after the last record in use       |
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeSharedMessageRecord,
  encodeSharedMessageRecord,
  type SharedMessageRecord,
  sizeOfSharedMessageRecord,
} from "./shared-message-record.ts";

const SIGNATURE = "SMLI";

/** @param listCutoff - Of the index: a list is allocated for that many records. */
export function sizeOfSharedMessageList(listCutoff: number, widths: FileWidths): number {
  return 8 + listCutoff * sizeOfSharedMessageRecord(widths);
}

/** @param messageCount - Of the index: the list does not know how many records it has. */
export function decodeSharedMessageList(cursor: Cursor, messageCount: number): readonly SharedMessageRecord[] {
  const start = cursor.position;
  cursor.signature(SIGNATURE);
  cursor.count(messageCount, sizeOfSharedMessageRecord(cursor.widths), "Shared Message Records");
  const records: SharedMessageRecord[] = [];
  for (let i = 0; i < messageCount; i++) records.push(decodeSharedMessageRecord(cursor));
  cursor.checksum(start);
  return records;
}

/** The rest of the list's space is zeros. */
export function encodeSharedMessageList(
  writer: Writer,
  records: readonly SharedMessageRecord[],
  listCutoff: number,
): void {
  if (records.length > listCutoff) throw new RangeError(`${records.length} records in a list for ${listCutoff}`);
  const start = writer.position;
  writer.signature(SIGNATURE);
  for (const record of records) encodeSharedMessageRecord(writer, record);
  writer.checksum(start);
  writer.zeros(sizeOfSharedMessageList(listCutoff, writer.widths) - (writer.position - start));
}
