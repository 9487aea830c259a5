/**
 * Link info message (0x0002): how a new-style group keeps its links.
 *
 * Specification: IV.A.2.c, "The Link Info Message". Reference implementation: H5Olinfo.c.
 *
 * | field                        | bytes                                    |
 * | ---------------------------- | ---------------------------------------- |
 * | Version                      | 1, here 0                                |
 * | Flags                        | 1: bit 0 order tracked, bit 1 indexed    |
 * | Maximum Creation Index       | 8, if tracked                            |
 * | Fractal Heap Address         | Size of Offsets                          |
 * | Name Index B-tree Address    | Size of Offsets                          |
 * | Creation Order B-tree Address | Size of Offsets, if indexed             |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** How a group keeps its links. Specification: IV.A.2.c, "The Link Info Message". */
export interface LinkInfo {
  /** The creation order that the next link gets; it never decreases. Absent when creation order is not tracked. */
  readonly maximumCreationIndex: number | undefined;
  /** Undefined address: links are link messages of the group's header. */
  readonly fractalHeapAddress: Address;
  /** Version 2 B-tree of record type 5. */
  readonly nameIndexAddress: Address;
  /** Version 2 B-tree of record type 6 (an undefined address while links are messages); absent when not indexed. */
  readonly creationOrderIndexAddress: Address | undefined;
}

const VERSION = 0;
const TRACKED = 0x01;
const INDEXED = 0x02;
const ALL_FLAGS = 0x03;

export function sizeOfLinkInfo(info: LinkInfo, widths: FileWidths): number {
  const addresses = info.creationOrderIndexAddress === undefined ? 2 : 3;
  return 2 + (info.maximumCreationIndex === undefined ? 0 : 8) + addresses * widths.sizeOfOffsets;
}

export function decodeLinkInfo(cursor: Cursor): LinkInfo {
  cursor.version([VERSION]);
  const flags = cursor.flags(ALL_FLAGS);
  const maximumCreationIndex = (flags & TRACKED) === 0 ? undefined : cursor.u64("Maximum Creation Index");
  const fractalHeapAddress = cursor.addressValue("Fractal Heap Address");
  const nameIndexAddress = cursor.addressValue("Name Index B-tree Address");
  const creationOrderIndexAddress =
    (flags & INDEXED) === 0 ? undefined : cursor.addressValue("Creation Order B-tree Address");
  return { maximumCreationIndex, fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress };
}

export function encodeLinkInfo(writer: Writer, info: LinkInfo): void {
  const { maximumCreationIndex, creationOrderIndexAddress } = info;
  const tracked = maximumCreationIndex === undefined ? 0 : TRACKED;
  const indexed = creationOrderIndexAddress === undefined ? 0 : INDEXED;
  writer.u8(VERSION).u8(tracked | indexed);
  if (maximumCreationIndex !== undefined) writer.u64(maximumCreationIndex);
  writer.addressValue(info.fractalHeapAddress).addressValue(info.nameIndexAddress);
  if (creationOrderIndexAddress !== undefined) writer.addressValue(creationOrderIndexAddress);
}
