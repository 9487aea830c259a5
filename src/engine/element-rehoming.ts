/**
 * Elements that are copied to another place: what they keep in the heap is copied too, references are made to fit, and
 * addresses get the size they have in the other file.
 *
 * Reference implementation: H5T.c, `H5T_convert` between two files, and H5Ocopy_ref.c.
 */
import { type Address, isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { Writer } from "../base/writer.ts";
import type { ArrayType, CompoundType, Datatype, ReferenceType, VariableLengthType } from "../format/datatype.ts";
import { holdsPlaces } from "../format/datatype-questions.ts";
import { withWidths } from "../format/datatype-version.ts";
import {
  decodeHeapReference,
  decodeRevisedElement,
  decodeRevisedHeapObject,
  encodeHeapReference,
  encodeRevisedElement,
  encodeRevisedHeapObject,
  type HeapReference,
  type RevisedElement,
  type StoredReference,
} from "../format/reference.ts";
import type { H5File } from "./h5-file.ts";

/** Puts one element of `source` into `target`. */
export type Rehome = (source: Uint8Array, sourceOffset: number, target: Uint8Array, targetOffset: number) => void;

export interface RehomeContext {
  readonly source: H5File;
  readonly destination: H5File;
  /** The address in the destination of an object of the source that a reference names; undefined makes the reference null. */
  readonly addressOf: (address: Address) => Address | undefined;
}

/** The datatype that elements have in another file, whose addresses may be of another size. */
export function rehomedType(type: Datatype, { source, destination }: Pick<RehomeContext, "source" | "destination">) {
  const { widths } = destination.storage;
  return source.storage.widths.sizeOfOffsets === widths.sizeOfOffsets ? type : withWidths(type, widths);
}

/** How an element gets from the one file to the other; undefined when its bytes are right as they are. */
function rehomeOf(from: Datatype, to: Datatype, context: RehomeContext): Rehome | undefined {
  if (!holdsPlaces(from)) return undefined;
  switch (from.class) {
    case "variable-length":
      return rehomeSequence(from, to as VariableLengthType, context);
    case "reference":
      // Within a file a reference is its bytes: copies share what it has in the heap, as in the C library.
      return context.source === context.destination ? undefined : rehomeReference(from, to as ReferenceType, context);
    case "array": {
      const { base } = to as ArrayType;
      const item = rehomeOf(from.base, base, context) ?? plain(from.base.size);
      const count = from.size / from.base.size;
      return (source, sourceOffset, target, targetOffset) => {
        for (let i = 0; i < count; i++) {
          item(source, sourceOffset + i * from.base.size, target, targetOffset + i * base.size);
        }
      };
    }
    case "compound":
      return rehomeCompound(from, to as CompoundType, context);
    default:
      return undefined;
  }
}

function plain(size: number): Rehome {
  return (source, sourceOffset, target, targetOffset) => {
    target.set(source.subarray(sourceOffset, sourceOffset + size), targetOffset);
  };
}

function rehomeCompound(from: CompoundType, to: CompoundType, context: RehomeContext): Rehome {
  const sameSize = from.size === to.size;
  const parts = from.members.flatMap(({ type, byteOffset }, i) => {
    const member = to.members[i] as CompoundType["members"][number];
    const part = rehomeOf(type, member.type, context);
    // In elements of one size all bytes move at once, gaps included.
    if (part === undefined && sameSize) return [];
    return [{ part: part ?? plain(type.size), fromOffset: byteOffset, toOffset: member.byteOffset }];
  });
  const whole = plain(from.size);
  return (source, sourceOffset, target, targetOffset) => {
    if (sameSize) whole(source, sourceOffset, target, targetOffset);
    for (const { part, fromOffset, toOffset } of parts) {
      part(source, sourceOffset + fromOffset, target, targetOffset + toOffset);
    }
  };
}

/** Packed elements as they are in the other file: the same bytes where nothing in them has a place. */
export function rehomeAll(from: Datatype, bytes: Uint8Array, context: RehomeContext): Uint8Array {
  const to = rehomedType(from, context);
  const rehome = rehomeOf(from, to, context);
  if (rehome === undefined) return bytes;
  const count = Math.floor(bytes.length / from.size);
  const out = new Uint8Array(count * to.size);
  for (let i = 0; i < count; i++) rehome(bytes, i * from.size, out, i * to.size);
  return out;
}

function cursorAt(bytes: Uint8Array, offset: number, file: H5File, structure: string): Cursor {
  const { widths, limits } = file.storage;
  const cursor = new Cursor(bytes, { structure, widths, limits });
  cursor.position = offset;
  return cursor;
}

function heapObject({ globalHeap }: H5File, { collectionAddress, objectIndex }: HeapReference): Uint8Array {
  return globalHeap.read(collectionAddress, objectIndex);
}

function inHeap(file: H5File, bytes: Uint8Array): HeapReference {
  const { address, index } = file.globalHeap.insert(bytes);
  return { collectionAddress: address, objectIndex: index };
}

function rehomeSequence(from: VariableLengthType, to: VariableLengthType, context: RehomeContext): Rehome {
  const { source: fromFile, destination } = context;
  const item = from.kind === "sequence" ? rehomeOf(from.base, to.base, context) : undefined;
  return (source, sourceOffset, target, targetOffset) => {
    const cursor = cursorAt(source, sourceOffset, fromFile, "Variable-length element");
    const count = cursor.u32("Length");
    const heap = decodeHeapReference(cursor);
    target.fill(0, targetOffset, targetOffset + to.size);
    if (heap.collectionAddress <= 0) return;
    const stored = heapObject(fromFile, heap);
    const writer = new Writer(destination.storage.widths, 16).u32(count);
    encodeHeapReference(writer, inHeap(destination, item === undefined ? stored : items(item, stored, from, to)));
    target.set(writer.toBytes(), targetOffset);
  };
}

function items(item: Rehome, stored: Uint8Array, from: VariableLengthType, to: VariableLengthType): Uint8Array {
  const count = Math.floor(stored.length / from.base.size);
  const out = new Uint8Array(count * to.base.size);
  for (let i = 0; i < count; i++) item(stored, i * from.base.size, out, i * to.base.size);
  return out;
}

function rehomeReference(from: ReferenceType, to: ReferenceType, context: RehomeContext): Rehome {
  const { source: file, destination } = context;
  const rehomed = from.kind === "object" ? rehomeObject : from.kind === "region" ? rehomeRegion : rehomeRevised;
  return (source, sourceOffset, target, targetOffset) => {
    const isNull = source.subarray(sourceOffset, sourceOffset + from.size).every((byte) => byte === 0);
    target.fill(0, targetOffset, targetOffset + to.size);
    if (isNull) return;
    const bytes = rehomed(cursorAt(source, sourceOffset, file, "Reference"), context, destination);
    if (bytes !== undefined) target.set(bytes, targetOffset);
  };
}

function moved(address: Address, context: RehomeContext): Address | undefined {
  return isDefined(address) && address > 0 ? context.addressOf(address) : undefined;
}

function rehomeObject(cursor: Cursor, context: RehomeContext, { storage }: H5File): Uint8Array | undefined {
  const address = moved(cursor.addressValue("Object Address"), context);
  return address === undefined ? undefined : new Writer(storage.widths, 8).addressValue(address).toBytes();
}

/** The selection behind the dataset's address has no widths. */
function rehomeRegion(cursor: Cursor, context: RehomeContext, destination: H5File): Uint8Array | undefined {
  const heap = decodeHeapReference(cursor);
  if (heap.collectionAddress <= 0) return undefined;
  const stored = heapObject(context.source, heap);
  const inner = cursorAt(stored, 0, context.source, "Region reference");
  const address = moved(inner.addressValue("Dataset Address"), context);
  if (address === undefined) return undefined;
  const { widths } = destination.storage;
  const body = new Writer(widths).addressValue(address).bytes(stored.subarray(inner.position));
  const writer = new Writer(widths, 16);
  encodeHeapReference(writer, inHeap(destination, body.toBytes()));
  return writer.toBytes();
}

/** One that names a file of its own stays as it is, but for its place in the heap. */
function rehomeRevised(cursor: Cursor, context: RehomeContext, destination: H5File): Uint8Array | undefined {
  const element = decodeRevisedElement(cursor);
  const { target, otherFile } = element;
  const stored: StoredReference =
    typeof target === "number"
      ? { objectHeaderAddress: target, fileName: undefined, selection: undefined, attributeName: undefined }
      : decodeRevisedHeapObject(
          cursorAt(heapObject(context.source, target), 0, context.source, "Revised reference"),
          element,
        );
  const { objectHeaderAddress } = stored;
  const address = otherFile ? objectHeaderAddress : moved(objectHeaderAddress, context);
  return address === undefined
    ? undefined
    : encodedRevised(element, { ...stored, objectHeaderAddress: address }, destination);
}

function encodedRevised(element: RevisedElement, stored: StoredReference, destination: H5File): Uint8Array {
  const { widths } = destination.storage;
  const writer = new Writer(widths);
  if (typeof element.target === "number") {
    encodeRevisedElement(writer, { ...element, target: stored.objectHeaderAddress }, 0);
    return writer.toBytes();
  }
  const body = new Writer(widths);
  encodeRevisedHeapObject(body, stored);
  const bytes = body.toBytes();
  encodeRevisedElement(writer, { ...element, target: inHeap(destination, bytes) }, bytes.length);
  return writer.toBytes();
}
