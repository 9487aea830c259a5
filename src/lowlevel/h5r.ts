/** References. C: `H5R`. h5py: `h5py.h5r`. */
import { HDF5Error } from "../base/errors.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import { createRevisedReference, type RevisedTarget } from "../engine/references.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, toName } from "./arguments.ts";
import { AttrID } from "./attr-id.ts";
import type { DatasetID } from "./dataset-id.ts";
import { findPath } from "./find-path.ts";
import { type GroupID, kindOf } from "./group-id.ts";
import type { LocationID } from "./location-id.ts";
import { resolvePlace } from "./places.ts";
import {
  DATASET_REGION,
  isNullReference,
  isRegion,
  OBJECT,
  Reference,
  RegionReference,
  referenceTarget,
  regionReference,
} from "./reference.ts";
import { CANNOT_CREATE, openReferred, referenceTo, regionOf, targetOf } from "./reference-reading.ts";
import { SpaceID } from "./space-id.ts";
import type { TypeID } from "./type-id.ts";
import { objectIdOf } from "./wrap-object.ts";

export { DATASET_REGION, OBJECT, Reference, RegionReference } from "./reference.ts";

/**
 * A reference to the object of a name or, with `DATASET_REGION`, to what `space` selects of it.
 *
 * @throws OSError "Unable to create reference (…)" when there is no such object; ValueError for another type, or a
 *   region without `space`. C: `H5Rcreate`.
 */
export function create(loc: LocationID, name: Name, refType: typeof OBJECT): Reference;
export function create(loc: LocationID, name: Name, refType: typeof DATASET_REGION, space: SpaceID): RegionReference;
export function create(loc: LocationID, name: Name, refType: number, space?: SpaceID | null): Reference;
export function create(loc: LocationID, name: Name, refType: number, space: SpaceID | null = null): Reference {
  if (refType !== OBJECT && refType !== DATASET_REGION) throw plainError("ValueError", "Unknown reference typecode");
  if (refType === DATASET_REGION && space === null) {
    throw plainError("ValueError", "Dataspace required for region reference");
  }
  if (space === null || refType === OBJECT) return referenceTo(loc, name);
  return guarded(CANNOT_CREATE, () => {
    const { file, object } = resolvePlace(loc.location(), toName(name));
    expectInstance(space, SpaceID, "space");
    file.engine.requireWritable();
    return regionReference(file.engine, object.address, space.selection);
  });
}

/** What a reference made for the file of `holder` names: an object in the same file, or in another. */
function referencedFrom(loc: LocationID, name: Name, holder: LocationID): { file: H5File; target: RevisedTarget } {
  const { object } = resolvePlace(loc.location(), toName(name));
  const { engine } = holder.location().file;
  const objectHeaderAddress = object.toldAddress;
  if (object.file === engine) return { file: engine, target: { objectHeaderAddress } };
  return { file: engine, target: { objectHeaderAddress, fileName: object.file.name } };
}

function createRevised(
  where: string,
  refs: { readonly loc: LocationID; readonly name: Name; readonly holder: LocationID },
  more: Pick<RevisedTarget, "selection" | "attributeName">,
): Uint8Array {
  return guarded(record(where, "REFERENCE", "CANTCREATE", "unable to create reference"), () => {
    const { file, target } = referencedFrom(refs.loc, refs.name, refs.holder);
    return createRevisedReference(file, { ...target, ...more });
  });
}

/**
 * A reference of HDF5 1.12 and later (`h5t.STD_REF`) to the object of a name.
 *
 * @param holder - Where the reference is to be stored: in another file than the object's, it names that file.
 * C: `H5Rcreate_object`.
 */
export function createObject(loc: LocationID, name: Name, holder: LocationID = loc): Reference {
  return new Reference(createRevised("H5Rcreate_object", { loc, name, holder }, {}), "standard-object");
}

/** The same to what `space` selects of a dataset. C: `H5Rcreate_region`. */
export function createRegion(loc: LocationID, name: Name, space: SpaceID, holder: LocationID = loc): RegionReference {
  expectInstance(space, SpaceID, "space");
  const bytes = createRevised("H5Rcreate_region", { loc, name, holder }, { selection: space.selection });
  return new RegionReference(bytes, "standard-region");
}

/** The same to an attribute of the object of a name. C: `H5Rcreate_attr`. */
export function createAttr(loc: LocationID, name: Name, attrName: Name, holder: LocationID = loc): Reference {
  const attributeName = toName(attrName);
  const bytes = createRevised("H5Rcreate_attr", { loc, name, holder }, { attributeName });
  return new Reference(bytes, "standard-attribute");
}

/**
 * Opens what a reference leads to, also in another file; null for a null reference.
 *
 * @throws ValueError "Unable to dereference object (…)". C: `H5Rdereference2`.
 */
export function dereference(reference: ReferenceValue, loc: LocationID): GroupID | DatasetID | TypeID | null {
  return openReferred(reference, loc) as GroupID | DatasetID | TypeID | null;
}

/**
 * The dataset's extent with the elements selected that a region reference names; null for a null one.
 *
 * @throws TypeError for a reference to an object. C: `H5Rget_region`.
 */
export function getRegion(reference: ReferenceValue, loc: LocationID): SpaceID | null {
  const region = regionOf(reference, loc);
  return region === null ? null : new SpaceID(region.extent, region.selection);
}

/** One of `h5g.GROUP`, `DATASET`, `TYPE`; null for a null reference. C: `H5Rget_obj_type2`. */
export function getObjType(reference: ReferenceValue, loc: LocationID): number | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_obj_type2", "REFERENCE", "CANTINIT", "unable to determine object type"), () =>
    kindOf(targetOf(reference, loc).object),
  );
}

/** A path to what a reference leads to, in its file; null for a null one. C: `H5Rget_name`, `H5Rget_obj_name`. */
export function getName(reference: ReferenceValue, loc: LocationID): string | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_name", "REFERENCE", "CANTINIT", "unable to determine object path"), () => {
    const { engine } = loc.location().file;
    const target = referenceTarget(engine, reference);
    // Nothing is looked at but links: where an object was that is gone, anything may be, or the file may have ended.
    if (target !== undefined && target.fileName === undefined) return findPath(engine, target.objectHeaderAddress);
    const { object } = targetOf(reference, loc);
    return findPath(object.file, object.address);
  });
}

/** The name of the file that a reference leads into: another one's as it was stored. Null for a null one. C: `H5Rget_file_name`. */
export function getFileName(reference: ReferenceValue, loc: LocationID): string | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_file_name", "REFERENCE", "CANTGET", "unable to retrieve file name"), () => {
    const { file } = loc.location();
    return referenceTarget(file.engine, reference)?.fileName ?? file.name;
  });
}

/** The name of the attribute that a reference leads to; null for another reference. C: `H5Rget_attr_name`. */
export function getAttrName(reference: ReferenceValue, loc: LocationID): string | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_attr_name", "REFERENCE", "CANTGET", "unable to retrieve attribute name"), () => {
    return referenceTarget(loc.location().file.engine, reference)?.attributeName ?? null;
  });
}

/** Kinds of references of HDF5 1.12. C: `H5R_type_t`. */
export const OBJECT2 = 2;
export const DATASET_REGION2 = 3;
export const ATTR = 4;
export const BADTYPE = -1;

/** What a reference of HDF5 1.12 names: `h5r.OBJECT2`, `DATASET_REGION2` or `ATTR`; of a classic one `OBJECT` or `DATASET_REGION`. C: `H5Rget_type`. */
export function getType(reference: ReferenceValue): number {
  const { kind, bytes } = reference;
  if (!kind.startsWith("standard-")) return kind === "region" ? DATASET_REGION : OBJECT;
  const [type = 0] = bytes;
  return type >= OBJECT2 && type <= ATTR ? type : BADTYPE;
}

/** A reference of its own to the same. C: `H5Rcopy`. */
export function copy(reference: ReferenceValue): Reference {
  const { kind, bytes } = reference;
  return isRegion(reference) ? new RegionReference(bytes.slice(), kind) : new Reference(bytes.slice(), kind);
}

/** Whether two references name the same in the same way. C: `H5Requal`. */
export function equal(first: ReferenceValue, second: ReferenceValue): boolean {
  if (getType(first) !== getType(second) || first.bytes.length !== second.bytes.length) return false;
  return first.bytes.every((byte, i) => byte === second.bytes[i]);
}

function requireTarget(where: string, reference: ReferenceValue): void {
  if (isNullReference(reference)) throw argumentError(where, "ARGS", "BADVALUE", "invalid reference pointer");
}

/** Opens the object that a reference leads to, be it to a part of it. @throws ValueError for a null one. C: `H5Ropen_object`. */
export function openObject(reference: ReferenceValue, loc: LocationID): GroupID | DatasetID | TypeID {
  requireTarget("H5Ropen_object", reference);
  return guarded(record("H5Ropen_object", "REFERENCE", "CANTOPENOBJ", "unable to open object"), () =>
    objectIdOf(targetOf(reference, loc)),
  );
}

/** The dataset's extent with the elements selected that a reference names. @throws ValueError for another reference. C: `H5Ropen_region`. */
export function openRegion(reference: ReferenceValue, loc: LocationID): SpaceID {
  requireTarget("H5Ropen_region", reference);
  if (!isRegion(reference)) throw argumentError("H5Ropen_region", "ARGS", "BADVALUE", "invalid reference type");
  return guarded(record("H5Ropen_region", "REFERENCE", "CANTOPENOBJ", "unable to open region"), () => {
    const { object, selection } = targetOf(reference, loc);
    if (!(object instanceof DatasetObject) || selection === undefined) throw new HDF5Error("format", "not a dataset");
    return new SpaceID(object.dataspace, selection);
  });
}

/** Opens the attribute that a reference leads to. @throws ValueError for another reference. C: `H5Ropen_attr`. */
export function openAttr(reference: ReferenceValue, loc: LocationID): AttrID {
  requireTarget("H5Ropen_attr", reference);
  if (getType(reference) !== ATTR) throw argumentError("H5Ropen_attr", "ARGS", "BADVALUE", "invalid reference type");
  return guarded(record("H5Ropen_attr", "REFERENCE", "CANTOPENOBJ", "unable to open attribute"), () => {
    const { file, object, attributeName } = targetOf(reference, loc);
    if (attributeName === undefined || object.attribute(attributeName) === undefined) {
      throw new HDF5Error("not-found", `can't locate attribute: '${attributeName ?? ""}'`);
    }
    return new AttrID({ file, object, path: null }, attributeName);
  });
}
