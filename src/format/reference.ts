/**
 * References as elements hold them, and what they keep in the global heap.
 *
 * Specification: Appendix D, "Encoding for Dataspace and Reference"; IV.A.2.d, class 7. Reference implementation: H5Rint.c, H5T ref
 * conversions. Classic ones name an object by its address; the revised ones of HDF5 1.12 by a token, which is the address in
 * Size of Offsets bytes.
 *
 * | classic object | bytes           | classic region            | bytes           |
 * | -------------- | --------------- | ------------------------- | --------------- |
 * | Object Address | Size of Offsets | Heap Collection Address   | Size of Offsets |
 * |                |                 | Heap Object Index         | 4               |
 * |                |                 | in the heap: Dataset Address | Size of Offsets |
 * |                |                 | in the heap: Selection    | see `selection.ts` |
 *
 * | revised            | bytes                                                          |
 * | ------------------ | -------------------------------------------------------------- |
 * | Type               | 1: 2 object, 3 region, 4 attribute                             |
 * | Flags              | 1: bit 0 object of another file                                |
 * | object, same file  | Token Size 1, Token                                            |
 * | otherwise          | Size 4, Heap Collection Address, Heap Object Index 4           |
 * | in the heap:       | Token Size 1, Token                                            |
 * | - of another file  | File Name Length 2, File Name                                  |
 * | - region           | Region Size 4 (of the selection alone), Rank 4, Selection      |
 * | - attribute        | Attribute Name Length 2, Attribute Name                        |
 */
import type { Address } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import { decodeSelection, encodeSelection, type StoredSelection, sizeOfSelection } from "./selection.ts";

/** What a reference names. */
export interface StoredReference {
  readonly objectHeaderAddress: Address;
  /** The file with the object, where it is another one. */
  readonly fileName: string | undefined;
  /** Of a dataset, with the rank that is stored beside it from revised references on. */
  readonly selection: { readonly rank: number | undefined; readonly stored: StoredSelection } | undefined;
  readonly attributeName: string | undefined;
}

/** A global heap ID. */
export interface HeapReference {
  readonly collectionAddress: Address;
  readonly objectIndex: number;
}

export interface RevisedElement {
  readonly kind: "object" | "region" | "attribute";
  readonly otherFile: boolean;
  /** The object's address where it is kept inline, else where the rest is. */
  readonly target: Address | HeapReference;
}

const TYPES = ["object", "region", "attribute"] as const;
/** Classic kinds have the types before. */
const FIRST_TYPE = 2;
const OTHER_FILE = 0x01;

export function decodeHeapReference(cursor: Cursor): HeapReference {
  const collectionAddress = cursor.addressValue("Heap Collection Address");
  return { collectionAddress, objectIndex: cursor.u32("Heap Object Index") };
}

export function encodeHeapReference(writer: Writer, { collectionAddress, objectIndex }: HeapReference): void {
  writer.addressValue(collectionAddress).u32(objectIndex);
}

/** The heap object of a classic region reference. */
export function decodeClassicRegion(cursor: Cursor): StoredReference {
  const objectHeaderAddress = cursor.addressValue("Dataset Address");
  const selection = { rank: undefined, stored: decodeSelection(cursor) };
  return { objectHeaderAddress, fileName: undefined, selection, attributeName: undefined };
}

export function encodeClassicRegion(writer: Writer, address: Address, selection: StoredSelection): void {
  writer.addressValue(address);
  encodeSelection(writer, selection);
}

/** An element of a revised reference type, padding behind it left alone. */
export function decodeRevisedElement(cursor: Cursor): RevisedElement {
  const kind = cursor.oneOf(TYPES, "Reference Type", cursor.u8("Reference Type"), FIRST_TYPE);
  const flags = cursor.flags(OTHER_FILE);
  const otherFile = (flags & OTHER_FILE) !== 0;
  if (kind === "object" && !otherFile) return { kind, otherFile, target: decodeToken(cursor) };
  cursor.skip(4, "Size");
  return { kind, otherFile, target: decodeHeapReference(cursor) };
}

/** @param heapBytes - Bytes of the heap object; 0 for a target kept inline. */
export function encodeRevisedElement(writer: Writer, element: RevisedElement, heapBytes: number): void {
  writer.u8(TYPES.indexOf(element.kind) + FIRST_TYPE).u8(element.otherFile ? OTHER_FILE : 0);
  if (typeof element.target === "number") {
    encodeToken(writer, element.target);
    return;
  }
  writer.u32(heapBytes);
  encodeHeapReference(writer, element.target);
}

function decodeToken(cursor: Cursor): Address {
  const token = cursor.take(cursor.u8("Token Size"), "Token");
  const { structure, address, widths, limits } = cursor;
  return new Cursor(token, { structure, address, widths, limits }).addressValue("Token");
}

function encodeToken(writer: Writer, address: Address): void {
  writer.u8(writer.widths.sizeOfOffsets).addressValue(address);
}

/** The heap object of a revised reference. */
export function decodeRevisedHeapObject(
  cursor: Cursor,
  { kind, otherFile }: Pick<RevisedElement, "kind" | "otherFile">,
): StoredReference {
  const objectHeaderAddress = decodeToken(cursor);
  const fileName = otherFile ? cursor.text(cursor.u16("File Name Length"), "File Name") : undefined;
  const common = { objectHeaderAddress, fileName, selection: undefined, attributeName: undefined };
  if (kind === "object") return common;
  if (kind === "attribute") {
    return { ...common, attributeName: cursor.text(cursor.u16("Attribute Name Length"), "Attribute Name") };
  }
  const byteLength = cursor.u32("Region Size");
  const rank = cursor.u32("Rank");
  return {
    ...common,
    selection: { rank, stored: decodeSelection(cursor.sub(byteLength, cursor.structure, "Region")) },
  };
}

/** The kind follows from what the reference names. */
export function encodeRevisedHeapObject(writer: Writer, reference: StoredReference): void {
  encodeToken(writer, reference.objectHeaderAddress);
  if (reference.fileName !== undefined) encodeText(writer, reference.fileName);
  if (reference.attributeName !== undefined) encodeText(writer, reference.attributeName);
  if (reference.selection === undefined) return;
  const { rank, stored } = reference.selection;
  writer.u32(sizeOfSelection(stored)).u32(rank ?? rankOf(stored));
  encodeSelection(writer, stored);
}

function encodeText(writer: Writer, text: string): void {
  const bytes = encodeUtf8(text);
  writer.u16(bytes.length).bytes(bytes);
}

function rankOf(selection: StoredSelection): number {
  switch (selection.kind) {
    case "points":
    case "blocks":
      return selection.rank;
    case "regular":
      return selection.start.length;
    default:
      throw new RangeError(`the rank of the extent is needed for a selection of ${selection.kind}`);
  }
}
