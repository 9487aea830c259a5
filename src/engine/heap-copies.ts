/**
 * Copies of elements of variable length, which get heap objects of their own: two elements never share one, since whoever
 * overwrites an element frees its object.
 *
 * References are another matter: whoever copies one copies its heap ID.
 */
import type { Address } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import type { Datatype, VariableLengthType } from "../format/datatype.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import { findConversion } from "./conversion/convert.ts";
import type { FileStorage } from "./file-storage.ts";
import type { GlobalHeap } from "./global-heap.ts";
import type { H5File } from "./h5-file.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";

export interface HeapOwner {
  readonly storage: FileStorage;
  readonly globalHeap: GlobalHeap;
}

/**
 * Gives packed elements, which are copies of others, heap objects of their own.
 *
 * @param only - Only those that have one of these objects get another.
 */
export function ownCopies(owner: HeapOwner, type: Datatype, bytes: Uint8Array, only?: OwnedHeapObjects): void {
  if (!hasVariableLength(type)) return;
  const { globalHeap, storage } = owner;
  const context = {
    widths: storage.widths,
    readHeapObject: (address: Address, index: number) => globalHeap.read(address, index),
    writeHeapObject: (data: Uint8Array) => globalHeap.insert(data),
    copiesHeapObjects: true,
  };
  const cursor = cursorOver(owner, bytes);
  forEachSequence(type, bytes.length, (part, at) => {
    const { address, index } = heapIdAt(cursor, at);
    if (only !== undefined && !only.has(address, index)) return;
    findConversion(part, part, context)?.convert(bytes.slice(at, at + part.size), 0, bytes, at, 1);
  });
}

/** What gives elements that are filled heap objects of their own, in place of those of the fill value. */
export function ownerOfFills(file: H5File, type: Datatype, fillValue: Uint8Array): (bytes: Uint8Array) => void {
  const shared = OwnedHeapObjects.of(file, type, fillValue);
  return (bytes) => ownCopies(file, type, bytes, shared);
}

function cursorOver({ storage }: HeapOwner, bytes: Uint8Array): Cursor {
  const { widths, limits } = storage;
  return new Cursor(bytes, { structure: "Variable-length element", widths, limits });
}

/** The heap ID of the element of variable length at an offset, behind its count. */
function heapIdAt(cursor: Cursor, at: number): { readonly address: Address; readonly index: number } {
  cursor.position = at + 4;
  return { address: cursor.addressValue("Address"), index: cursor.u32("Index") };
}

/** Visits all parts of variable length of packed elements, not those within one another. */
function forEachSequence(
  type: Datatype,
  byteLength: number,
  visit: (type: VariableLengthType, at: number) => void,
): void {
  const parts: { readonly type: VariableLengthType; readonly offset: number }[] = [];
  collectParts(type, 0, parts);
  for (let at = 0; at + type.size <= byteLength; at += type.size) {
    for (const part of parts) visit(part.type, at + part.offset);
  }
}

function collectParts(type: Datatype, offset: number, parts: { type: VariableLengthType; offset: number }[]): void {
  if (type.class === "variable-length") {
    parts.push({ type, offset });
  } else if (type.class === "compound") {
    for (const member of type.members) collectParts(member.type, offset + member.byteOffset, parts);
  } else if (type.class === "array" && hasVariableLength(type.base)) {
    for (let i = 0; i < type.size; i += type.base.size) collectParts(type.base, offset + i, parts);
  }
}
