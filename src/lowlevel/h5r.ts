/** References. C: `H5R`. h5py: `h5py.h5r`. */
import { HDF5Error } from "../base/errors.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import { selectionFromStored } from "../engine/selection/stored-selection.ts";
import { guarded, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, toName } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { findPath } from "./find-path.ts";
import { type GroupID, kindOf } from "./group-id.ts";
import type { LocationID, Place } from "./location-id.ts";
import { resolvePlace } from "./places.ts";
import {
  DATASET_REGION,
  isNullReference,
  isRegion,
  OBJECT,
  objectReference,
  type Reference,
  type RegionReference,
  referenceTarget,
  regionReference,
} from "./reference.ts";
import { SpaceID } from "./space-id.ts";
import type { TypeID } from "./type-id.ts";
import { objectIdOf } from "./wrap-object.ts";

export { DATASET_REGION, OBJECT, Reference, RegionReference } from "./reference.ts";

/** A reference to the object of a name or, with `DATASET_REGION`, to what `space` selects of it. C: `H5Rcreate`. */
export function create(loc: LocationID, name: Name, refType: typeof OBJECT): Reference;
export function create(loc: LocationID, name: Name, refType: typeof DATASET_REGION, space: SpaceID): RegionReference;
export function create(loc: LocationID, name: Name, refType: number, space?: SpaceID | null): Reference;
export function create(loc: LocationID, name: Name, refType: number, space: SpaceID | null = null): Reference {
  if (refType !== OBJECT && refType !== DATASET_REGION) throw plainError("ValueError", "Unknown reference typecode");
  if (refType === DATASET_REGION && space === null) {
    throw plainError("ValueError", "Dataspace required for region reference");
  }
  return guarded(record("H5Rcreate", "REFERENCE", "WRITEERROR", "unable to create reference"), () => {
    const { file, object } = resolvePlace(loc.location(), toName(name));
    if (space === null || refType === OBJECT) return objectReference(file.engine, object.address);
    expectInstance(space, SpaceID, "space");
    file.engine.requireWritable();
    return regionReference(file.engine, object.address, space.selection);
  });
}

function targetPlace(reference: ReferenceValue, loc: LocationID): Place {
  const { file } = loc.location();
  const { objectHeaderAddress } = referenceTarget(file.engine, reference);
  return { file, object: file.engine.object(objectHeaderAddress), path: null };
}

/** Opens what a reference leads to; null for a null reference. C: `H5Rdereference2`. */
export function dereference(reference: ReferenceValue, loc: LocationID): GroupID | DatasetID | TypeID | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rdereference2", "REFERENCE", "CANTINIT", "unable to dereference object"), () =>
    objectIdOf(targetPlace(reference, loc)),
  );
}

/** The dataset's extent with the elements selected that a region reference names; null for a null one. C: `H5Rget_region`. */
export function getRegion(reference: ReferenceValue, loc: LocationID): SpaceID | null {
  if (!isRegion(reference)) {
    const text = "Argument 'ref' has incorrect type (expected RegionReference, got Reference)";
    throw plainError("TypeError", text);
  }
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_region", "REFERENCE", "CANTINIT", "unable to retrieve region"), () => {
    const { file } = loc.location();
    const { objectHeaderAddress, selection } = referenceTarget(file.engine, reference);
    const object = file.engine.object(objectHeaderAddress);
    if (!(object instanceof DatasetObject) || selection === undefined) throw new HDF5Error("format", "not a dataset");
    return new SpaceID(object.dataspace, selectionFromStored(selection, object.dims));
  });
}

/** One of `h5g.GROUP`, `DATASET`, `TYPE`; null for a null reference. C: `H5Rget_obj_type2`. */
export function getObjType(reference: ReferenceValue, loc: LocationID): number | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_obj_type2", "REFERENCE", "CANTINIT", "unable to determine object type"), () =>
    kindOf(targetPlace(reference, loc).object),
  );
}

/** A path to what a reference leads to; null for a null one. C: `H5Rget_name`. */
export function getName(reference: ReferenceValue, loc: LocationID): string | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_name", "REFERENCE", "CANTINIT", "unable to determine object path"), () => {
    const { file } = loc.location();
    return findPath(file.engine, referenceTarget(file.engine, reference).objectHeaderAddress);
  });
}
