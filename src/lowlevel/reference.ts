/**
 * References: what they name, and making them.
 *
 * Classic object references are an address, classic region references a heap ID; those of HDF5 1.12 start with type and
 * flags, and keep what does not fit in the heap (see engine/references.ts).
 */

import type { Address } from "../base/address.ts";
import { Printable } from "../base/printable.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { H5File } from "../engine/h5-file.ts";
import { createObjectReference, createRegionReference, readReference } from "../engine/references.ts";
import type { Selection } from "../engine/selection/selection.ts";
import type { StoredReference } from "../format/reference.ts";

/** Kinds of references. C: `H5R_type_t`. */
export const OBJECT = 0;
export const DATASET_REGION = 1;

/** A reference to an object; a new one is null. h5py: `Reference`. */
export class Reference extends Printable implements ReferenceValue {
  /** What it leads to, and in which of the file's forms it is stored. */
  readonly kind: ReferenceValue["kind"];
  /** The element's own bytes: 8 for an object, 12 for a region, with the usual addresses. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(8), kind: ReferenceValue["kind"] = "object") {
    super();
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

  /** `<HDF5 object reference>`, or with "(null)". */
  override toString(): string {
    return `<HDF5 object reference${this.isNull ? " (null)" : ""}>`;
  }
}

/** A reference to selected elements of a dataset; a new one is null. h5py: `RegionReference`. */
export class RegionReference extends Reference {
  constructor(bytes: Uint8Array = new Uint8Array(12), kind: ReferenceValue["kind"] = "region") {
    super(bytes, kind);
  }

  override toString(): string {
    return `<HDF5 region reference${this.isNull ? " (null)" : ""}>`;
  }
}

/** Type byte of a revised reference to a region. C: `H5R_DATASET_REGION2`. */
const REVISED_REGION = 3;

/** The type of revised references is one for all of them: the element says what it names. */
export function isRegion({ kind, bytes }: ReferenceValue): boolean {
  return kind === "region" || (kind.startsWith("standard-") && bytes[0] === REVISED_REGION);
}

/** All zeros; the library also writes the undefined address for an object reference to nothing. */
export function isNullReference({ kind, bytes }: ReferenceValue): boolean {
  return bytes.every((byte) => byte === 0) || (kind === "object" && bytes.every((byte) => byte === 0xff));
}

/** What a reference names; undefined for a null one. @throws FormatError for bytes that are no reference. */
export function referenceTarget(file: H5File, { kind, bytes }: ReferenceValue): StoredReference | undefined {
  return readReference(file, kind, bytes);
}

/** A reference to the object at an address. */
export function objectReference(file: H5File, address: Address): Reference {
  return new Reference(createObjectReference(file, address));
}

/** A reference to elements of the dataset at an address; it puts an object into the file's heap. */
export function regionReference(file: H5File, address: Address, selection: Selection): RegionReference {
  return new RegionReference(createRegionReference(file, address, selection));
}

/** The address an object reference holds, or undefined for a null one. */
export function addressOf(file: H5File, reference: ReferenceValue): Address | undefined {
  return isNullReference(reference) ? undefined : referenceTarget(file, reference)?.objectHeaderAddress;
}
