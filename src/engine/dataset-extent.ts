/**
 * What extents a dataset can get.
 *
 * Reference implementation: H5Dint.c, `H5D__set_extent`.
 */
import { UNLIMITED } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import type { DatasetObject } from "./dataset-object.ts";
import { checkRoom } from "./outside-storage.ts";

/** @throws HDF5Error "state" for layouts that cannot, "argument" for an extent that does not go with the dataset. */
export function requireExtent(dataset: DatasetObject, dims: readonly number[]): void {
  const { dataspace, layout, virtual } = dataset;
  if (layout.kind === "compact" || (layout.kind === "contiguous" && dataset.externalParts().length === 0)) {
    throw new HDF5Error("state", `dataset has ${layout.kind} storage`);
  }
  if (dims.length !== dataspace.dims.length)
    throw new HDF5Error("argument", "dimensionality of the new extent doesn't match the dataset's");
  for (let d = 0; d < dims.length; d++) {
    const size = dims[d] as number;
    const max = dataspace.maxDims[d] as number;
    if (max !== UNLIMITED && size > max) {
      throw new HDF5Error("argument", `dimension cannot exceed the existing maximal size (new: ${size} max: ${max})`);
    }
  }
  if (virtual !== undefined) checkRoom(virtual.mappings, dims);
}
