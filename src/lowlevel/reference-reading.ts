/** What references lead to, whatever handles the file is open by. */
import { HDF5Error } from "../base/errors.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { dereference as openReferenced } from "../engine/references.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { guarded, plainError, record } from "./api-error.ts";
import { type Name, toName, wrongType } from "./arguments.ts";
import type { SelectedSpace } from "./dataset-reading.ts";
import type { ObjectPlace, OpenObject } from "./open-object.ts";
import { placeOf, resolvePlace } from "./places.ts";
import { isNullReference, isRegion, objectReference, type Reference } from "./reference.ts";

export const CANNOT_CREATE = record("H5Rcreate", "REFERENCE", "WRITEERROR", "unable to create reference");

/** A reference to the object of a name. */
export function referenceTo(loc: OpenObject, name: Name): Reference {
  return guarded(CANNOT_CREATE, () => {
    const { file, object } = resolvePlace(loc.location(), toName(name));
    return objectReference(file.engine, object.address);
  });
}

type Target<P extends ObjectPlace> = ObjectPlace<EngineObject, P["file"]> & {
  readonly selection: Selection | undefined;
  readonly attributeName: string | undefined;
};

/** Where a reference leads, be it into another file. */
export function targetOf<P extends ObjectPlace>({ kind, bytes }: ReferenceValue, loc: { location(): P }): Target<P> {
  const start = loc.location();
  const found = openReferenced(start.file.engine, kind, bytes);
  if (found === undefined) throw new HDF5Error("argument", "null reference");
  return { ...placeOf(start, found.object, null), ...found };
}

/** Opens what a reference leads to, also in another file; null for a null reference. */
export function openReferred(reference: ReferenceValue, loc: OpenObject): OpenObject | null {
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rdereference2", "REFERENCE", "CANTINIT", "unable to dereference object"), () => {
    const target = targetOf(reference, loc);
    return target.file.handleOf(target);
  });
}

/** Whether a reference leads to this object. */
export function refersTo(reference: ReferenceValue, loc: OpenObject): boolean {
  if (isNullReference(reference)) return false;
  return guarded(record("H5Rdereference2", "REFERENCE", "CANTINIT", "unable to dereference object"), () => {
    const { object } = targetOf(reference, loc);
    const own = loc.location().object;
    return object.file === own.file && object.address === own.address;
  });
}

/** What a region reference selects, and of what extent; null for a null one. */
export function regionOf(reference: ReferenceValue, loc: OpenObject): SelectedSpace | null {
  if (typeof reference !== "object" || reference === null || !("kind" in reference)) {
    throw wrongType(reference, "RegionReference", "ref");
  }
  if (!isRegion(reference)) {
    const text = "Argument 'ref' has incorrect type (expected RegionReference, got Reference)";
    throw plainError("TypeError", text);
  }
  if (isNullReference(reference)) return null;
  return guarded(record("H5Rget_region", "REFERENCE", "CANTINIT", "unable to retrieve region"), () => {
    const { object, selection } = targetOf(reference, loc);
    if (!(object instanceof DatasetObject) || selection === undefined) throw new HDF5Error("format", "not a dataset");
    return { extent: object.dataspace, selection };
  });
}
