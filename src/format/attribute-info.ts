/**
 * Attribute info message (0x0015): how an object with a version 2 header keeps its attributes.
 *
 * Specification: IV.A.2.v, "The Attribute Info Message". Reference implementation: H5Oainfo.c.
 *
 * | field                                  | bytes                                 |
 * | -------------------------------------- | ------------------------------------- |
 * | Version                                | 1, here 0                             |
 * | Flags                                  | 1: bit 0 order tracked, bit 1 indexed |
 * | Maximum Creation Index                 | 2, if tracked                         |
 * | Fractal Heap Address                   | Size of Offsets                       |
 * | Attribute Name B-tree Address          | Size of Offsets                       |
 * | Attribute Creation Order B-tree Address | Size of Offsets, if indexed          |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** How an object keeps its attributes. Specification: IV.A.2.v, "The Attribute Info Message". */
export interface AttributeInfo {
  /** The creation order that the next attribute gets, at most 65535. Absent when creation order is not tracked. */
  readonly maximumCreationIndex: number | undefined;
  /** Undefined address: attributes are messages of the object's header. */
  readonly fractalHeapAddress: Address;
  /** Version 2 B-tree of record type 8. */
  readonly nameIndexAddress: Address;
  /** Version 2 B-tree of record type 9 (an undefined address while attributes are messages); absent when not indexed. */
  readonly creationOrderIndexAddress: Address | undefined;
}

const VERSION = 0;
const TRACKED = 0x01;
const INDEXED = 0x02;
const ALL_FLAGS = 0x03;

export function sizeOfAttributeInfo(info: AttributeInfo, widths: FileWidths): number {
  const addresses = info.creationOrderIndexAddress === undefined ? 2 : 3;
  return 2 + (info.maximumCreationIndex === undefined ? 0 : 2) + addresses * widths.sizeOfOffsets;
}

export function decodeAttributeInfo(cursor: Cursor): AttributeInfo {
  cursor.version([VERSION]);
  const flags = cursor.flags(ALL_FLAGS);
  const maximumCreationIndex = (flags & TRACKED) === 0 ? undefined : cursor.u16("Maximum Creation Index");
  const fractalHeapAddress = cursor.addressValue("Fractal Heap Address");
  const nameIndexAddress = cursor.addressValue("Attribute Name B-tree Address");
  const creationOrderIndexAddress =
    (flags & INDEXED) === 0 ? undefined : cursor.addressValue("Attribute Creation Order B-tree Address");
  return { maximumCreationIndex, fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress };
}

/** @throws RangeError for a creation index above 65535. */
export function encodeAttributeInfo(writer: Writer, info: AttributeInfo): void {
  const { maximumCreationIndex, creationOrderIndexAddress } = info;
  const tracked = maximumCreationIndex === undefined ? 0 : TRACKED;
  const indexed = creationOrderIndexAddress === undefined ? 0 : INDEXED;
  writer.u8(VERSION).u8(tracked | indexed);
  if (maximumCreationIndex !== undefined) writer.u16(maximumCreationIndex);
  writer.addressValue(info.fractalHeapAddress).addressValue(info.nameIndexAddress);
  if (creationOrderIndexAddress !== undefined) writer.addressValue(creationOrderIndexAddress);
}
