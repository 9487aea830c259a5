/** Extents of dataspaces: made, checked, compared. C: `H5Screate_simple`, `H5Sset_extent_simple`, … */
import { type Dataspace, MAX_RANK } from "../format/dataspace.ts";
import { argumentError, plainError } from "./api-error.ts";
import { isUnlimited, type Size, toSizeOrUnlimited, toSizes } from "./arguments.ts";

/** Classes of dataspaces. C: `H5S_class_t`. */
export const SCALAR = 0;
export const SIMPLE = 1;
export const NULL = 2;

/** What `h5s.create(SIMPLE)` gives: no extent as yet, which is stored as a scalar. */
const NO_EXTENT: Dataspace = { kind: "simple", dims: [], maxDims: [], maxDimsStored: false, version: 1 };
const SCALAR_EXTENT: Dataspace = { kind: "scalar", dims: [], maxDims: [], maxDimsStored: false, version: 1 };
export const NULL_EXTENT: Dataspace = { kind: "null", dims: [], maxDims: [], maxDimsStored: false, version: 2 };

/** An extent of given dims; without dims, a scalar's. `null` in `maxDims` is unlimited. */
export function simpleExtent(
  where: string,
  dims: readonly Size[],
  maxDims: readonly (Size | null)[] | null,
  maxDimsTooSmall: string,
): Dataspace {
  if (!Array.isArray(dims)) throw plainError("ValueError", "dims_tpl must be a tuple.");
  if (dims.some(isUnlimited)) {
    const text = "current dimension must have a specific size, not H5S_UNLIMITED";
    throw argumentError(where, "ARGS", "BADVALUE", text);
  }
  const current = toSizes(dims, "dims_tpl");
  if (maxDims !== null && (!Array.isArray(maxDims) || maxDims.length !== current.length)) {
    throw plainError("ValueError", `max_dims_tpl must be a tuple or None of size ${current.length}.`);
  }
  if (current.length > MAX_RANK) throw argumentError(where, "ARGS", "BADVALUE", "dimensionality is too large");
  if (current.length === 0) return SCALAR_EXTENT;
  const greatest = maxDims === null ? current : maxDims.map((dim) => toSizeOrUnlimited(dim));
  if (greatest.some((dim, i) => dim < (current[i] as number))) {
    throw argumentError(where, "ARGS", "BADVALUE", maxDimsTooSmall);
  }
  return { kind: "simple", dims: current, maxDims: greatest, maxDimsStored: true, version: 1 };
}

/** The extent of a class alone. C: `H5Screate`. */
export function extentOfClass(classCode: number): Dataspace {
  switch (classCode) {
    case SCALAR:
      return SCALAR_EXTENT;
    case SIMPLE:
      return NO_EXTENT;
    case NULL:
      return NULL_EXTENT;
    default:
      throw argumentError("H5Screate", "ARGS", "BADVALUE", "invalid dataspace type");
  }
}

/** Whether two extents are of one class and have the same dims, now and at most. */
export function sameExtent(a: Dataspace, b: Dataspace): boolean {
  const same = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length && x.every((dim, i) => dim === y[i]);
  return a.kind === b.kind && same(a.dims, b.dims) && same(a.maxDims, b.maxDims);
}
