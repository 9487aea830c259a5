/** Making and reading region references. h5py: `obj.regionref`. */

import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { DatasetID } from "../lowlevel/dataset-id.ts";
import * as h5r from "../lowlevel/h5r.ts";
import type { LocationID } from "../lowlevel/location-id.ts";
import type { RegionReference } from "../lowlevel/reference.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { guessShape, type SelectionArguments, targetOf } from "./selections.ts";

export class RegionProxy {
  readonly #id: LocationID;

  constructor(id: LocationID) {
    this.#id = id;
  }

  /**
   * A reference to selected elements, which can be stored as a value.
   *
   * @throws TypeError for an object that is no dataset.
   */
  get(selection?: SelectionArguments): RegionReference {
    const id = this.#id;
    if (!(id instanceof DatasetID)) throw plainError("TypeError", "Region references can only be made to datasets");
    const { dataspace } = id.location().object;
    const { selection: selected } = targetOf(id.shape, selection, { id });
    return h5r.create(id, ".", h5r.DATASET_REGION, new SpaceID(dataspace, selected));
  }

  /** The shape of the dataset that a region reference leads to; null for a null reference. */
  shape(reference: ReferenceValue): number[] | null {
    return h5r.getRegion(reference, this.#id)?.shape ?? null;
  }

  /** The shape of what it selects there; null for a null reference. See {@link guessShape}. */
  selection(reference: ReferenceValue): number[] | null {
    const space = h5r.getRegion(reference, this.#id);
    return space === null ? null : guessShape(space);
  }
}
