/**
 * Symbol table entry: one link of an old-style group, and the root group's place in superblocks 0 and 1.
 *
 * Specification: III.C, "Disk Format: Level 1C - Symbol Table Entry". Reference implementation: H5Gent.c.
 *
 * | field                 | bytes                                                       |
 * | --------------------- | ----------------------------------------------------------- |
 * | Link Name Offset      | Size of Lengths (the specification's table says Size of Offsets) |
 * | Object Header Address | Size of Offsets                                             |
 * | Cache Type            | 4                                                           |
 * | Reserved              | 4                                                           |
 * | Scratch-pad Space     | 16                                                          |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

interface EntryFields {
  /** Byte offset of the link's name in the group's local heap. */
  readonly linkNameOffset: number;
  /** Undefined for a soft link. */
  readonly objectHeaderAddress: Address;
}

/** Nothing is cached in the scratch-pad. */
export interface PlainEntry extends EntryFields {
  readonly cacheType: 0;
}

/** The object is a group, and its symbol table message is repeated here. A hint: the object header decides. */
export interface GroupEntry extends EntryFields {
  readonly cacheType: 1;
  /** The B-tree of the group. */
  readonly bTreeAddress: Address;
  /** The local heap with the group's names. */
  readonly nameHeapAddress: Address;
}

/** A soft link, whose path is in the group's local heap. */
export interface SoftLinkEntry extends EntryFields {
  readonly cacheType: 2;
  /** Byte offset of the link's value in the group's local heap. */
  readonly linkValueOffset: number;
}

/** A link of an old-style group. Specification: III.C, "Symbol Table Entry". */
export type SymbolTableEntry = PlainEntry | GroupEntry | SoftLinkEntry;

const SCRATCH_PAD_BYTES = 16;

export function sizeOfSymbolTableEntry(widths: FileWidths): number {
  return widths.sizeOfLengths + widths.sizeOfOffsets + 8 + SCRATCH_PAD_BYTES;
}

export function decodeSymbolTableEntry(cursor: Cursor): SymbolTableEntry {
  const linkNameOffset = cursor.lengthValue("Link Name Offset");
  const objectHeaderAddress = cursor.addressValue("Object Header Address");
  const cacheType = cursor.u32("Cache Type");
  cursor.skip(4, "Reserved");
  cursor.need(SCRATCH_PAD_BYTES, "Scratch-pad Space");
  const end = cursor.position + SCRATCH_PAD_BYTES;
  let entry: SymbolTableEntry;
  switch (cacheType) {
    case 0:
      entry = { linkNameOffset, objectHeaderAddress, cacheType };
      break;
    case 1: {
      const bTreeAddress = cursor.addressValue("Address of B-tree");
      const nameHeapAddress = cursor.addressValue("Address of Name Heap");
      entry = { linkNameOffset, objectHeaderAddress, cacheType, bTreeAddress, nameHeapAddress };
      break;
    }
    case 2: {
      const linkValueOffset = cursor.u32("Offset to Link Value");
      entry = { linkNameOffset, objectHeaderAddress, cacheType, linkValueOffset };
      break;
    }
    default:
      throw cursor.error(`expected 0, 1 or 2, found ${cacheType}`, "Cache Type");
  }
  cursor.position = end;
  return entry;
}

/** What the entry leaves of the scratch-pad is zero. */
export function encodeSymbolTableEntry(writer: Writer, entry: SymbolTableEntry): void {
  writer.lengthValue(entry.linkNameOffset).addressValue(entry.objectHeaderAddress);
  if (entry.cacheType === 0) {
    writer.zeros(8 + SCRATCH_PAD_BYTES);
    return;
  }
  writer.u32(entry.cacheType).zeros(4);
  const end = writer.position + SCRATCH_PAD_BYTES;
  switch (entry.cacheType) {
    case 1:
      writer.addressValue(entry.bTreeAddress).addressValue(entry.nameHeapAddress);
      break;
    case 2:
      writer.u32(entry.linkValueOffset);
      break;
    default:
      entry satisfies never;
  }
  writer.zeros(end - writer.position);
}
