/** The global heap objects that elements of a datatype point to. Specification: III.E, IV.B, Appendix D. */
import { type Address, isDefined } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { Cursor } from "../base/cursor.ts";
import type { Datatype, ReferenceType, VariableLengthType } from "../format/datatype.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { decodeHeapReference, decodeRevisedElement, type HeapReference } from "../format/reference.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { H5File } from "./h5-file.ts";
import type { Selection } from "./selection/selection.ts";
import { slabsOf } from "./selection/slabs.ts";

export type HeapIdVisitor = (collectionAddress: Address, objectIndex: number, isOwned: boolean) => void;

/**
 * Visits the heap IDs in packed elements, those inside variable-length data included.
 *
 * `isOwned` is false for references, of which several elements may hold copies.
 */
export function forEachHeapId(file: H5File, type: Datatype, bytes: Uint8Array, visit: HeapIdVisitor): void {
  if (!usesHeap(type)) return;
  for (let offset = 0; offset + type.size <= bytes.length; offset += type.size) {
    visitElement(file, type, bytes.subarray(offset, offset + type.size), visit);
  }
}

function visitElement(file: H5File, type: Datatype, bytes: Uint8Array, visit: HeapIdVisitor): void {
  switch (type.class) {
    case "compound":
      for (const { type: member, byteOffset } of type.members) {
        if (usesHeap(member)) visitElement(file, member, bytes.subarray(byteOffset, byteOffset + member.size), visit);
      }
      return;
    case "array":
      forEachHeapId(file, type.base, bytes.subarray(0, product(type.dims) * type.base.size), visit);
      return;
    case "variable-length":
      visitSequence(file, type, bytes, visit);
      return;
    case "reference":
      visitReference(file, type, bytes, visit);
      return;
    default:
      return;
  }
}

function cursorOver({ storage }: H5File, bytes: Uint8Array, structure: string): Cursor {
  return new Cursor(bytes, { structure, widths: storage.widths, limits: storage.limits });
}

/** @returns whether there is a heap object. */
function visitId({ collectionAddress, objectIndex }: HeapReference, isOwned: boolean, visit: HeapIdVisitor): boolean {
  if (collectionAddress === 0 || !isDefined(collectionAddress)) return false;
  visit(collectionAddress, objectIndex, isOwned);
  return true;
}

function visitSequence(file: H5File, type: VariableLengthType, bytes: Uint8Array, visit: HeapIdVisitor): void {
  const cursor = cursorOver(file, bytes, "Variable-length element");
  const count = cursor.u32("Length");
  const id = decodeHeapReference(cursor);
  if (!visitId(id, true, visit) || type.kind === "string" || !usesHeap(type.base)) return;
  const object = file.globalHeap.read(id.collectionAddress, id.objectIndex);
  forEachHeapId(file, type.base, object.subarray(0, count * type.base.size), visit);
}

function visitReference(file: H5File, type: ReferenceType, bytes: Uint8Array, visit: HeapIdVisitor): void {
  if (type.kind === "object" || bytes.every((byte) => byte === 0)) return;
  const cursor = cursorOver(file, bytes, "Reference");
  if (type.kind === "region") visitId(decodeHeapReference(cursor), false, visit);
  else {
    const { target } = decodeRevisedElement(cursor);
    if (typeof target !== "number") visitId(target, false, visit);
  }
}

/** Visits the heap IDs in all stored elements of a dataset whose data is in its own file. */
export function forEachHeapIdOf(dataset: DatasetObject, visit: HeapIdVisitor): void {
  const { file, datatype, dataspace } = dataset;
  if (!usesHeap(datatype) || dataspace.kind === "null") return;
  for (const slab of storedSlabs(dataset)) forEachHeapId(file, datatype, dataset.readBytes(slab), visit);
}

/** The extent may be far larger than what is stored of it: chunks are gone through where there are any. */
function* storedSlabs(dataset: DatasetObject): Generator<Selection> {
  const { layout, dims, elementSize } = dataset;
  if (!dataset.isAllocated) return;
  if (layout.kind !== "chunked") {
    yield* slabsOf(dims, elementSize);
    return;
  }
  for (const { offset } of dataset.chunkStore().chunkInfo()) {
    const count = layout.chunkDims.map((size, d) => Math.min(size, (dims[d] as number) - (offset[d] as number)));
    if (count.every((size) => size > 0)) yield* slabsOf(dims, elementSize, offset, count);
  }
}
