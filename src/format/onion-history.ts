/**
 * History of an onion file: where its revision records are, oldest first.
 *
 * No specification has it. Reference implementation: H5FDonion_history.c.
 *
 * | field                 | bytes               |
 * | --------------------- | ------------------- |
 * | Signature             | 4, "OWHS"           |
 * | Version               | 1, here 1           |
 * | Reserved              | 3                   |
 * | Number of Revisions   | 8                   |
 * | Address, Size, Checksum of both | 8, 8, 4 a revision |
 * | Checksum              | 4                   |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { checkFletcher32, writeFletcher32 } from "./onion-checksum.ts";

/** Where a revision record is. */
export interface OnionRecordLocation {
  /** Where the record is, in bytes from the start of the onion file. */
  readonly address: number;
  /** Bytes of the record. */
  readonly byteLength: number;
}

/** The revisions of an onion file. No specification has it. */
export interface OnionHistory {
  /** Oldest first. */
  readonly records: readonly OnionRecordLocation[];
}

const SIGNATURE = "OWHS";
const VERSION = 1;
const FIXED_BYTES = 20;
const LOCATION_BYTES = 20;

export function sizeOfOnionHistory(history: OnionHistory): number {
  return FIXED_BYTES + LOCATION_BYTES * history.records.length;
}

export function decodeOnionHistory(cursor: Cursor): OnionHistory {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const count = cursor.u64("Number of Revisions");
  cursor.need(LOCATION_BYTES * count, "Number of Revisions");
  const records: OnionRecordLocation[] = [];
  for (let i = 0; i < count; i++) {
    const address = cursor.u64("Address of Record");
    const byteLength = cursor.u64("Size of Record");
    // The C library does not look at it either: that of the whole history holds.
    cursor.skip(4, "Checksum of Record");
    records.push({ address, byteLength });
  }
  checkFletcher32(cursor);
  return { records };
}

export function encodeOnionHistory(writer: Writer, { records }: OnionHistory): void {
  const start = writer.position;
  writer.signature(SIGNATURE).u8(VERSION).zeros(3).u64(records.length);
  for (const { address, byteLength } of records) {
    const locationStart = writer.position;
    writer.u64(address).u64(byteLength);
    writeFletcher32(writer, locationStart);
  }
  writeFletcher32(writer, start);
}
