/**
 * Symbol table message (0x0011): where an old-style group keeps its links.
 *
 * Specification: IV.A.2.r, "The Symbol Table Message". Reference implementation: H5Ostab.c.
 *
 * | field              | bytes           |
 * | ------------------ | --------------- |
 * | B-tree Address     | Size of Offsets |
 * | Local Heap Address | Size of Offsets |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Where an old-style group keeps its links. Specification: IV.A.2.r, "The Symbol Table Message". */
export interface SymbolTableMessage {
  /** Version 1 B-tree of node type 0. */
  readonly bTreeAddress: Address;
  /** The local heap with their names. */
  readonly localHeapAddress: Address;
}

export function sizeOfSymbolTableMessage(widths: FileWidths): number {
  return 2 * widths.sizeOfOffsets;
}

export function decodeSymbolTableMessage(cursor: Cursor): SymbolTableMessage {
  const bTreeAddress = cursor.addressValue("B-tree Address");
  const localHeapAddress = cursor.addressValue("Local Heap Address");
  return { bTreeAddress, localHeapAddress };
}

export function encodeSymbolTableMessage(writer: Writer, message: SymbolTableMessage): void {
  writer.addressValue(message.bTreeAddress).addressValue(message.localHeapAddress);
}
