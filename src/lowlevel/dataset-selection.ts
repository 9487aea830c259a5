/** Selections of elements of a dataset. */
import type { DatasetObject } from "../engine/dataset-object.ts";
import { isWithinExtent, type Selection, selectNone, withExtent } from "../engine/selection/selection.ts";
import { clipToExtent } from "../engine/selection/unlimited.ts";
import { libraryError, record } from "./api-error.ts";

/**
 * What a selection selects of the dataset's current extent.
 *
 * @throws ValueError for one that does not fit.
 */
export function selectionIn(
  dataset: DatasetObject,
  selection: Selection,
  isEmpty = selection.dims.includes(0),
): Selection {
  const { dims, kind } = dataset.dataspace;
  if (kind === "null" || isEmpty) return selectNone(dims.length === 0 ? [0] : dims);
  const rebased = selection.dims.length === dims.length ? clipToExtent(withExtent(selection, dims)) : selection;
  if (rebased !== selection && isWithinExtent(rebased)) return rebased;
  throw libraryError([
    record("H5D__get_space", "ARGS", "BADTYPE", "could not get a validated dataspace from file_space_id"),
    record("H5S_get_validated_dataspace", "DATASPACE", "BADRANGE", "selection + offset not within extent"),
  ]);
}
