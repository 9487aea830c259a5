/**
 * External data files message (0x0007): a contiguous dataset's bytes are in other files.
 *
 * Specification: IV.A.2.h, "The Data Storage - External Data Files Message". Reference implementation: H5Oefl.c.
 *
 * | field                     | bytes                                             |
 * | ------------------------- | ------------------------------------------------- |
 * | Version                   | 1, here 1                                         |
 * | Reserved                  | 3                                                 |
 * | Allocated Slots           | 2                                                 |
 * | Used Slots                | 2                                                 |
 * | Heap Address              | Size of Offsets                                   |
 * | for each used slot:       |                                                   |
 * | Name Offset in Local Heap | Size of Lengths                                   |
 * | Offset in External File   | Size of Lengths                                   |
 * | Data Size                 | Size of Lengths, all ones if unlimited (last slot) |
 */
import { type Address, type FileWidths, UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** A part of a file outside. */
export interface ExternalFileSlot {
  /** Byte offset of the file's name within the local heap. */
  readonly nameHeapOffset: number;
  /** Byte offset of the data within the external file. */
  readonly fileOffset: number;
  /** Bytes reserved there; `UNLIMITED` for a last slot without bound. */
  readonly byteLength: number;
}

/**
 * Where the bytes of a contiguous dataset are. Specification: IV.A.2.h, "The Data Storage - External Data Files
 * Message".
 */
export interface ExternalFiles {
  /** The local heap with the files' names. */
  readonly localHeapAddress: Address;
  /** One part after the other. */
  readonly slots: readonly ExternalFileSlot[];
}

const VERSION = 1;

export function sizeOfExternalFiles(files: ExternalFiles, widths: FileWidths): number {
  return 8 + widths.sizeOfOffsets + 3 * widths.sizeOfLengths * files.slots.length;
}

export function decodeExternalFiles(cursor: Cursor): ExternalFiles {
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const allocated = cursor.u16("Allocated Slots");
  const used = cursor.u16("Used Slots");
  if (used > allocated) throw cursor.error(`${used} of ${allocated} allocated slots`, "Used Slots");
  const localHeapAddress = cursor.addressValue("Heap Address");
  cursor.count(used, 3 * cursor.widths.sizeOfLengths, "Used Slots");
  const slots: ExternalFileSlot[] = [];
  for (let i = 0; i < used; i++) slots.push(decodeSlot(cursor));
  return { localHeapAddress, slots };
}

function decodeSlot(cursor: Cursor): ExternalFileSlot {
  const nameHeapOffset = cursor.lengthValue("Name Offset in Local Heap");
  const fileOffset = cursor.lengthValue("Offset in External Data File");
  if (nameHeapOffset === UNLIMITED || fileOffset === UNLIMITED) throw cursor.error("an offset is all ones", "Slot");
  return { nameHeapOffset, fileOffset, byteLength: cursor.lengthValue("Data Size in External File") };
}

/** Like the C library, this allocates no more slots than are used. */
export function encodeExternalFiles(writer: Writer, files: ExternalFiles): void {
  const used = files.slots.length;
  writer.u8(VERSION).zeros(3).u16(used).u16(used).addressValue(files.localHeapAddress);
  for (const slot of files.slots) {
    writer.lengthValue(slot.nameHeapOffset).lengthValue(slot.fileOffset).lengthValue(slot.byteLength);
  }
}
