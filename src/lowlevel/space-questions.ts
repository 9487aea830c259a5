/** Questions to what is selected of a dataspace. */
import { bounds, isRegular, regularParameters, type Selection, selectedCount } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import { argumentError, guarded, record } from "./api-error.ts";

/** Kinds of selections. C: `H5S_sel_type`. */
export const SEL_NONE = 0;
export const SEL_POINTS = 1;
export const SEL_HYPERSLABS = 2;
export const SEL_ALL = 3;

/** C: `H5Sget_select_type`. */
export function selectType({ kind }: Selection): number {
  switch (kind) {
    case "none":
      return SEL_NONE;
    case "all":
      return SEL_ALL;
    case "points":
      return SEL_POINTS;
    default:
      return SEL_HYPERSLABS;
  }
}

/** Whether there are any elements to select. */
export function hasElements({ kind, dims }: Dataspace): boolean {
  return kind === "scalar" || (kind === "simple" && dims.length > 0);
}

/** C: `H5Sget_select_npoints`. */
export function selectedPoints(extent: Dataspace, selection: Selection): number {
  return hasElements(extent) ? selectedCount(selection) : 0;
}

/** C: `H5Sget_select_bounds`. */
export function selectionBounds({ dims }: Dataspace, selection: Selection): [number[], number[]] | null {
  const where = "H5Sget_select_bounds";
  if (dims.length === 0) throw argumentError(where, "ARGS", "BADVALUE", "invalid pointer");
  const box = guarded(record(where, "DATASPACE", "CANTGET", "can't get selection bounds"), () => bounds(selection));
  return box === undefined ? null : [[...box.low], [...box.high]];
}

/** @throws ValueError for a selection that is no hyperslab. */
export function requireHyperslab(where: string, selection: Selection): Selection {
  if (selection.kind === "regular" || selection.kind === "irregular") return selection;
  throw argumentError(where, "ARGS", "BADTYPE", "not a hyperslab selection");
}

/** C: `H5Sis_regular_hyperslab`. */
export function isRegularHyperslab(selection: Selection): boolean {
  return isRegular(requireHyperslab("H5Sis_regular_hyperslab", selection));
}

/** C: `H5Sget_regular_hyperslab`. */
export function regularHyperslab(selection: Selection): [number[], number[], number[], number[]] {
  const where = "H5Sget_regular_hyperslab";
  if (!isRegular(requireHyperslab(where, selection))) {
    throw argumentError(where, "ARGS", "BADVALUE", "not a regular hyperslab selection");
  }
  const { start, stride, count, block } = regularParameters(selection);
  return [[...start], [...stride], [...count], [...block]];
}
