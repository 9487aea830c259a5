/**
 * References: what they name, and making them.
 *
 * Specification: VIII.D, "Region reference"; IV.B, reference datatypes. Classic object references are an address, classic
 * region references a heap ID; those of HDF5 1.12 start with type and flags, and keep what does not fit in the heap.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { storedSelectionOf } from "../engine/selection/stored-selection.ts";
import { decodeSelection, encodeSelection, type StoredSelection } from "../format/selection.ts";

/** C: `H5R_type_t`. */
export const OBJECT = 0;
export const DATASET_REGION = 1;

/** A reference to an object. It is null until the library makes it one to something. */
export class Reference implements ReferenceValue {
  readonly kind: ReferenceValue["kind"];
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(8), kind: ReferenceValue["kind"] = "object") {
    this.kind = kind;
    this.bytes = bytes;
  }

  /** `h5r.OBJECT` or `h5r.DATASET_REGION`. */
  get typecode(): number {
    return isRegion(this) ? DATASET_REGION : OBJECT;
  }

  /** Whether it names nothing. h5py: `not reference`. */
  get isNull(): boolean {
    return isNullReference(this);
  }

  toString(): string {
    return `<HDF5 object reference${this.isNull ? " (null)" : ""}>`;
  }
}

/** A reference to selected elements of a dataset. */
export class RegionReference extends Reference {
  constructor(bytes: Uint8Array = new Uint8Array(12), kind: ReferenceValue["kind"] = "region") {
    super(bytes, kind);
  }

  override toString(): string {
    return `<HDF5 region reference${this.isNull ? " (null)" : ""}>`;
  }
}

export function isRegion(reference: ReferenceValue): boolean {
  return reference.kind === "region" || reference.kind === "standard-region";
}

/** All zeros; the library also writes the undefined address for an object reference to nothing. */
export function isNullReference({ kind, bytes }: ReferenceValue): boolean {
  return bytes.every((byte) => byte === 0) || (kind === "object" && bytes.every((byte) => byte === 0xff));
}

/** What a reference names. */
export interface ReferenceTarget {
  readonly objectHeaderAddress: Address;
  readonly selection: StoredSelection | undefined;
  readonly attribute: string | undefined;
}

const IN_OTHER_FILE = 0x01;
const REVISED_TYPE = { OBJECT: 2, REGION: 3, ATTRIBUTE: 4 } as const;

function cursorOver(file: H5File, bytes: Uint8Array, structure: string): Cursor {
  return new Cursor(bytes, { structure, widths: file.storage.widths, limits: file.storage.limits });
}

/** The heap object of a heap ID at the cursor. */
function heapObject(file: H5File, cursor: Cursor): Cursor {
  const address = cursor.addressValue("Heap collection address");
  const index = cursor.u32("Heap object index");
  return cursorOver(file, file.globalHeap.read(address, index), "Reference in the global heap");
}

/** @throws FormatError for bytes that are no reference; HDF5Error "unsupported" for one into another file. */
export function referenceTarget(file: H5File, reference: ReferenceValue): ReferenceTarget {
  const cursor = cursorOver(file, reference.bytes, "Reference");
  const nothing = { selection: undefined, attribute: undefined };
  switch (reference.kind) {
    case "object":
      return { ...nothing, objectHeaderAddress: cursor.addressValue("Address") };
    case "region": {
      const rest = heapObject(file, cursor);
      const objectHeaderAddress = rest.addressValue("Dataset address");
      return { ...nothing, objectHeaderAddress, selection: decodeSelection(rest) };
    }
    default:
      return revisedTarget(file, cursor);
  }
}

function revisedTarget(file: H5File, cursor: Cursor): ReferenceTarget {
  const type = cursor.version([REVISED_TYPE.OBJECT, REVISED_TYPE.REGION, REVISED_TYPE.ATTRIBUTE], "Reference type");
  const flags = cursor.u8("Flags");
  if ((flags & IN_OTHER_FILE) !== 0) throw new HDF5Error("unsupported", "references into other files");
  let rest = cursor;
  if (type !== REVISED_TYPE.OBJECT) {
    cursor.skip(4, "Size");
    rest = heapObject(file, cursor);
  }
  const token = rest.take(rest.u8("Token size"), "Token");
  const objectHeaderAddress = cursorOver(file, token, "Object token").addressValue("Address");
  if (type === REVISED_TYPE.ATTRIBUTE) {
    const attribute = rest.text(rest.u16("Attribute name length"), "Attribute name");
    return { objectHeaderAddress, selection: undefined, attribute };
  }
  if (type === REVISED_TYPE.OBJECT) return { objectHeaderAddress, selection: undefined, attribute: undefined };
  rest.skip(8, "Region size and rank");
  return { objectHeaderAddress, selection: decodeSelection(rest), attribute: undefined };
}

/** A reference to the object at an address. */
export function objectReference(file: H5File, address: Address): Reference {
  return new Reference(new Writer(file.storage.widths).addressValue(address).toBytes().slice());
}

/** A reference to elements of the dataset at an address; it puts an object into the file's heap. */
export function regionReference(file: H5File, address: Address, selection: Selection): RegionReference {
  const writer = new Writer(file.storage.widths).addressValue(address);
  encodeSelection(writer, storedSelectionOf(selection, file));
  const id = file.globalHeap.insert(writer.toBytes().slice());
  return new RegionReference(new Writer(file.storage.widths).addressValue(id.address).u32(id.index).toBytes().slice());
}

/** The address an object reference holds, or undefined for a null one. */
export function addressOf(file: H5File, reference: ReferenceValue): Address | undefined {
  if (isNullReference(reference)) return undefined;
  const { objectHeaderAddress } = referenceTarget(file, reference);
  return objectHeaderAddress === UNDEFINED_ADDRESS ? undefined : objectHeaderAddress;
}
