/** Dataspaces. C: `H5S`. h5py: `h5py.h5s`. */
import { type Size, toInt } from "./arguments.ts";
import { decodeSpace } from "./space-encoding.ts";
import { extentOfClass, simpleExtent } from "./space-extent.ts";
import { SpaceID } from "./space-id.ts";

export { UNLIMITED } from "../base/address.ts";
export { NULL, SCALAR, SIMPLE } from "./space-extent.ts";
export {
  SEL_ALL,
  SEL_HYPERSLABS,
  SEL_NONE,
  SEL_POINTS,
  SELECT_AND,
  SELECT_APPEND,
  SELECT_NOTA,
  SELECT_NOTB,
  SELECT_OR,
  SELECT_PREPEND,
  SELECT_SET,
  SELECT_XOR,
  SpaceID,
} from "./space-id.ts";
export {
  SEL_ITER_GET_SEQ_LIST_SORTED,
  SEL_ITER_SHARE_WITH_DATASPACE,
  SelectionIterator,
  selIterCreate,
} from "./space-iterator.ts";

/**
 * What stands for no class, selection or operation. C: `H5S_NO_CLASS`, `H5S_SEL_ERROR`, `H5S_SELECT_NOOP`,
 * `H5S_SELECT_INVALID`.
 */
export const NO_CLASS = -1;
export const SEL_ERROR = -1;
export const SELECT_NOOP = -1;
export const SELECT_INVALID = 8;

/** Stands for the whole dataspace of a dataset wherever a dataspace is taken. C: `H5S_ALL`. */
export const ALL: SpaceID = new SpaceID(extentOfClass(0)).lock();

/** A new dataspace of a class: `SCALAR`, `NULL`, or `SIMPLE` without an extent as yet. C: `H5Screate`. */
export function create(classCode: Size): SpaceID {
  return new SpaceID(extentOfClass(toInt(classCode)));
}

/**
 * A new dataspace of given dims; `maxDims` (default: `dims`) holds `null` or `UNLIMITED` where it may grow for ever.
 *
 * C: `H5Screate_simple`.
 */
export function createSimple(dims: readonly Size[], maxDims: readonly (Size | null)[] | null = null): SpaceID {
  return new SpaceID(simpleExtent("H5Screate_simple", dims, maxDims, "maxdims is smaller than dims"));
}

/** The dataspace that `SpaceID.encode` gave. @throws RuntimeError "Can't decode object (…)". C: `H5Sdecode`. */
export function decode(bytes: Uint8Array): SpaceID {
  const { extent, selection } = decodeSpace(bytes);
  return new SpaceID(extent, selection);
}
