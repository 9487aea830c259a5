/**
 * References: what they lead to, and making them.
 *
 * Reference implementation: H5R.c, H5Rint.c, H5Rdeprec.c.
 */
import { type Address, isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { ReferenceType } from "../format/datatype.ts";
import { referenceSize } from "../format/predefined-datatypes.ts";
import {
  decodeClassicRegion,
  decodeHeapReference,
  decodeRevisedElement,
  decodeRevisedHeapObject,
  encodeClassicRegion,
  encodeHeapReference,
  encodeRevisedElement,
  encodeRevisedHeapObject,
  type HeapReference,
  type StoredReference,
} from "../format/reference.ts";
import { DatasetObject } from "./dataset-object.ts";
import type { EngineObject } from "./engine-object.ts";
import type { H5File } from "./h5-file.ts";
import type { Selection } from "./selection/selection.ts";
import { selectionFromStored, storedSelectionOf } from "./selection/stored-selection.ts";

export type ReferenceKind = ReferenceType["kind"];

function cursorOver({ storage }: H5File, bytes: Uint8Array, structure: string): Cursor {
  return new Cursor(bytes, { structure, widths: storage.widths, limits: storage.limits });
}

function heapCursor(file: H5File, { collectionAddress, objectIndex }: HeapReference): Cursor {
  return cursorOver(file, file.globalHeap.read(collectionAddress, objectIndex), "Reference in the global heap");
}

const NOTHING_MORE = { fileName: undefined, selection: undefined, attributeName: undefined } as const;

/**
 * What an element of a reference type names; undefined for a null reference. Nothing is opened.
 *
 * @throws FormatError for bytes that are no reference.
 */
export function readReference(file: H5File, kind: ReferenceKind, bytes: Uint8Array): StoredReference | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  const cursor = cursorOver(file, bytes, "Reference");
  if (kind === "object") {
    const objectHeaderAddress = cursor.addressValue("Object Address");
    return isDefined(objectHeaderAddress) ? { ...NOTHING_MORE, objectHeaderAddress } : undefined;
  }
  if (kind === "region") {
    const heap = decodeHeapReference(cursor);
    return heap.collectionAddress === 0 ? undefined : decodeClassicRegion(heapCursor(file, heap));
  }
  const element = decodeRevisedElement(cursor);
  const { target } = element;
  if (typeof target === "number") return { ...NOTHING_MORE, objectHeaderAddress: target };
  return decodeRevisedHeapObject(heapCursor(file, target), element);
}

/** What a reference leads to. */
export interface Referenced {
  readonly object: EngineObject;
  /** Of a dataset, over its current extent. */
  readonly selection: Selection | undefined;
  readonly attributeName: string | undefined;
}

/**
 * Opens what a reference names, in another file where it says so; undefined for a null reference.
 *
 * @throws FormatError when there is no object at its address; NotFoundError when the other file cannot be opened.
 *
 * C: `H5Ropen_object`, `H5Ropen_region`, `H5Rdereference2`.
 */
export function dereference(file: H5File, kind: ReferenceKind, bytes: Uint8Array): Referenced | undefined {
  const reference = readReference(file, kind, bytes);
  if (reference === undefined) return undefined;
  const { fileName, objectHeaderAddress, selection, attributeName } = reference;
  const home = fileName === undefined ? file : file.otherFiles.linked(fileName, "links");
  const object = home.object(objectHeaderAddress);
  if (selection === undefined) return { object, selection: undefined, attributeName };
  if (!(object instanceof DatasetObject)) throw new HDF5Error("format", "not a dataset", { address: object.address });
  return { object, selection: selectionFromStored(selection.stored, object.dims), attributeName };
}

function encoded({ storage }: H5File, encode: (writer: Writer) => void, byteLength?: number): Uint8Array {
  const writer = new Writer(storage.widths);
  encode(writer);
  if (byteLength !== undefined) writer.zeros(byteLength - writer.position);
  return writer.copy();
}

function inHeap(file: H5File, bytes: Uint8Array): HeapReference {
  file.requireWritable();
  const { address, index } = file.globalHeap.insert(bytes);
  return { collectionAddress: address, objectIndex: index };
}

/** A classic object reference, as an element holds it. C: `H5Rcreate` with `H5R_OBJECT`. */
export function createObjectReference(file: H5File, address: Address): Uint8Array {
  file.tellAddress(address);
  return encoded(file, (writer) => writer.addressValue(address));
}

/**
 * A classic reference to elements of a dataset; it puts an object into the heap of `file`.
 *
 * C: `H5Rcreate` with `H5R_DATASET_REGION`.
 */
export function createRegionReference(file: H5File, address: Address, selection: Selection): Uint8Array {
  const stored = storedSelectionOf(selection, file);
  file.tellAddress(address);
  const heap = inHeap(
    file,
    encoded(file, (writer) => encodeClassicRegion(writer, address, stored)),
  );
  return encoded(file, (writer) => encodeHeapReference(writer, heap));
}

/** What a revised reference is to name. */
export interface RevisedTarget {
  readonly objectHeaderAddress: Address;
  readonly fileName?: string;
  readonly selection?: Selection;
  readonly attributeName?: string;
}

/**
 * A revised reference to an object, to elements of a dataset (`selection`) or to an attribute. All but an object of the
 * same file puts an object into the heap of `file`. C: `H5Rcreate_object`, `H5Rcreate_region`, `H5Rcreate_attr`.
 */
export function createRevisedReference(file: H5File, target: RevisedTarget): Uint8Array {
  const { objectHeaderAddress, fileName, selection, attributeName } = target;
  const kind = selection !== undefined ? "region" : attributeName !== undefined ? "attribute" : "object";
  const byteLength = referenceSize("standard-object", file.storage.widths);
  const otherFile = fileName !== undefined;
  if (kind === "object" && !otherFile) {
    const element = { kind, otherFile, target: objectHeaderAddress } as const;
    return encoded(file, (writer) => encodeRevisedElement(writer, element, 0), byteLength);
  }
  const stored: StoredReference = {
    objectHeaderAddress,
    fileName,
    attributeName,
    selection: selection && { rank: selection.dims.length, stored: storedSelectionOf(selection, file) },
  };
  const rest = encoded(file, (writer) => encodeRevisedHeapObject(writer, stored));
  const element = { kind, otherFile, target: inHeap(file, rest) } as const;
  return encoded(file, (writer) => encodeRevisedElement(writer, element, rest.length), byteLength);
}
