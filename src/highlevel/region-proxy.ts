/** Making and reading region references. h5py: `obj.regionref`. */

import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { keptSelection } from "../engine/selection/kept-selection.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { shapeOf } from "../lowlevel/dataset-reading.ts";
import * as h5r from "../lowlevel/h5r.ts";
import { isDatasetHandle, type OpenObject } from "../lowlevel/open-object.ts";
import type { RegionReference } from "../lowlevel/reference.ts";
import { regionOf } from "../lowlevel/reference-reading.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { isReferenceValue } from "./infer-type.ts";
import { Selection, type SelectionArguments, shapeOfSelected, targetOf } from "./selections.ts";

/** Makes region references to a dataset, and reads those to others of its file. h5py: `RegionProxy`. */
export class RegionProxy {
  readonly #handle: OpenObject;

  constructor(handle: OpenObject) {
    this.#handle = handle;
  }

  /**
   * A reference to selected elements, which can be stored as a value.
   *
   * @param selection - As for `Dataset.read`. Default: everything.
   * @throws TypeError for an object that is no dataset; OSError `"read-only"` when the file is open for reading only:
   *   the file keeps the selection. C: `H5Rcreate`.
   */
  get(selection?: SelectionArguments): RegionReference {
    const handle = this.#handle;
    if (!isDatasetHandle(handle)) throw plainError("TypeError", "Region references can only be made to datasets");
    const { dataspace } = handle.location().object;
    const { selection: target } = targetOf(shapeOf(dataspace), selection, handle);
    const isOther = selection instanceof Selection || isReferenceValue(selection);
    const selected = isOther ? target : keptSelection(dataspace.dims, selection, target);
    return h5r.create(handle as DatasetID, ".", h5r.DATASET_REGION, new SpaceID(dataspace, selected));
  }

  /**
   * The shape of the dataset that a region reference leads to; null for a null reference.
   *
   * @throws TypeError for a reference to an object. C: `H5Rget_region`.
   */
  shape(reference: ReferenceValue): number[] | null {
    const region = regionOf(reference, this.#handle);
    return region === null ? null : shapeOf(region.extent);
  }

  /** The shape of what it selects there; null for a null reference. See {@link guessShape}. */
  selection(reference: ReferenceValue): number[] | null {
    const region = regionOf(reference, this.#handle);
    return region === null ? null : shapeOfSelected(shapeOf(region.extent), region.selection);
  }
}
