/**
 * Shared message table message (0x000F) of the superblock extension: the file's shared message indexes.
 *
 * Specification: IV.A.2.p, "The Shared Message Table Message". Reference implementation: H5Oshmesg.c.
 *
 * | field                              | bytes           |
 * | ---------------------------------- | --------------- |
 * | Version                            | 1, here 0       |
 * | Shared Object Header Message Table Address | Size of Offsets |
 * | Number of Indices                  | 1               |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Where the file's table of shared messages is. Specification: IV.A.2.p, "The Shared Message Table Message". */
export interface SharedMessageTableMessage {
  /** Address of the `SMTB` block. */
  readonly tableAddress: Address;
  /** Indexes in the table. */
  readonly indexCount: number;
}

/** C: `H5O_SHMESG_MAX_NINDEXES`. */
const MAX_INDEXES = 8;
const VERSION = 0;

export function sizeOfSharedMessageTableMessage(widths: FileWidths): number {
  return 2 + widths.sizeOfOffsets;
}

export function decodeSharedMessageTableMessage(cursor: Cursor): SharedMessageTableMessage {
  cursor.version([VERSION]);
  const tableAddress = cursor.addressValue("Shared Object Header Message Table Address");
  const indexCount = cursor.within(0, MAX_INDEXES, "Number of Indices");
  return { tableAddress, indexCount };
}

export function encodeSharedMessageTableMessage(writer: Writer, message: SharedMessageTableMessage): void {
  writer.u8(VERSION).addressValue(message.tableAddress).u8(message.indexCount);
}
