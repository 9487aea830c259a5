/**
 * Symbol table node: a leaf of an old-style group, its entries in byte order of their names.
 *
 * Specification: III.B, "Disk Format: Level 1B - Group Symbol Table Nodes". Reference implementation: H5Gcache.c, H5Gnode.c.
 *
 * | field             | bytes                                    |
 * | ----------------- | ---------------------------------------- |
 * | Signature         | 4, "SNOD"                                |
 * | Version Number    | 1, here 1                                |
 * | Reserved          | 1                                        |
 * | Number of Symbols | 2                                        |
 * | Group Entries     | symbol table entries, room for 2K of them |
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  decodeSymbolTableEntry,
  encodeSymbolTableEntry,
  type SymbolTableEntry,
  sizeOfSymbolTableEntry,
} from "./symbol-table-entry.ts";

/** A leaf of an old-style group. Specification: III.B, "Group Symbol Table Nodes". */
export interface SymbolTableNode {
  /** In byte order of their names. */
  readonly entries: readonly SymbolTableEntry[];
}

const SIGNATURE = "SNOD";
const VERSION = 1;
const HEADER_BYTES = 8;

/** Bytes on disk: a node is allocated for 2K entries, K being the superblock's "Group Leaf Node K". */
export function sizeOfSymbolTableNode(leafK: number, widths: FileWidths): number {
  return HEADER_BYTES + 2 * leafK * sizeOfSymbolTableEntry(widths);
}

/** Leaves the cursor at the first entry. */
function decodeNumberOfSymbols(cursor: Cursor, leafK: number): number {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION], "Version Number");
  cursor.skip(1, "Reserved");
  const numberOfSymbols = cursor.u16("Number of Symbols");
  if (numberOfSymbols > 2 * leafK) {
    throw cursor.error(`${numberOfSymbols} symbols in a node with room for ${2 * leafK}`, "Number of Symbols");
  }
  return numberOfSymbols;
}

export function decodeSymbolTableNode(cursor: Cursor, leafK: number): SymbolTableNode {
  const numberOfSymbols = decodeNumberOfSymbols(cursor, leafK);
  const entries: SymbolTableEntry[] = [];
  for (let i = 0; i < numberOfSymbols; i++) entries.push(decodeSymbolTableEntry(cursor));
  return { entries };
}

/** The "Link Name Offset" of each entry, of which nothing else is looked at. */
export function forEachLinkNameOffset(cursor: Cursor, leafK: number, visit: (linkNameOffset: number) => void): void {
  const numberOfSymbols = decodeNumberOfSymbols(cursor, leafK);
  const entryBytes = sizeOfSymbolTableEntry(cursor.widths);
  const first = cursor.position;
  for (let i = 0; i < numberOfSymbols; i++) {
    cursor.position = first + i * entryBytes;
    cursor.need(entryBytes, "Group Entries");
    visit(cursor.lengthValue("Link Name Offset"));
  }
}

/** Unused entries, which the specification leaves undefined, are zero. */
export function encodeSymbolTableNode(writer: Writer, { entries }: SymbolTableNode, leafK: number): void {
  const end = writer.position + sizeOfSymbolTableNode(leafK, writer.widths);
  if (entries.length > 2 * leafK) {
    throw new RangeError(`${entries.length} symbols do not fit in a node with room for ${2 * leafK}`);
  }
  writer.signature(SIGNATURE).u8(VERSION).u8(0).u16(entries.length);
  // A group of thousands has nearly as many nodes, encoded by code that is not compiled yet, in which iterators are objects.
  for (let i = 0; i < entries.length; i++) encodeSymbolTableEntry(writer, entries[i] as SymbolTableEntry);
  writer.zeros(end - writer.position);
}
