/** Dimension scales. C: `H5DS`. h5py: `h5py.h5ds`. */
import type { DatasetObject } from "../engine/dataset-object.ts";
import { unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { LocationID } from "./location-id.ts";
import {
  dimensionLabels,
  dimensionList,
  hasDimensionList,
  isScale as isScaleObject,
  makeScale,
  type ScaleUse,
  scaleUses,
  setDimensionLabels,
  setDimensionList,
  setScaleName,
  setScaleUses,
} from "./scale-attributes.ts";
import { calling, datasetOf, dimensionOf, scales } from "./scale-reading.ts";

export { getLabel, getNumScales, getScaleName, isScale } from "./scale-reading.ts";

/** Makes a dataset a scale, with a name. @throws RuntimeError for a dataset that has scales itself. C: `H5DSset_scale`. */
export function setScale(dset: DatasetID, dimname: Name = ""): void {
  const where = "H5DSset_scale";
  const dataset = datasetOf(dset, "dset");
  const name = toName(dimname);
  calling(where, () => {
    dataset.file.requireWritable();
    if (hasDimensionList(dataset)) throw unspecifiedError(where);
    makeScale(dataset);
    setScaleName(dataset, name);
  });
}

/**
 * Ties a scale to a dimension, counted from 0. A plain dataset becomes a scale by it; a tie that is there stays.
 *
 * @throws RuntimeError for a dataset that is a scale, a scale that has scales, a dimension that is not there. C:
 *   `H5DSattach_scale`.
 */
export function attachScale(dset: DatasetID, dscale: DatasetID, idx: Size): void {
  const where = "H5DSattach_scale";
  const dataset = datasetOf(dset, "dset");
  const scale = datasetOf(dscale, "dscale");
  const dimension = dimensionOf(where, dataset, idx);
  calling(where, () => {
    dataset.file.requireWritable();
    const impossible =
      dataset === scale || dataset.file !== scale.file || isScaleObject(dataset) || hasDimensionList(scale);
    if (impossible) throw unspecifiedError(where);
    const lists = dimensionList(dataset);
    const list = lists[dimension] as number[];
    if (!list.includes(scale.address)) {
      list.push(scale.address);
      setDimensionList(dataset, lists);
    }
    const uses = scaleUses(scale);
    if (!uses.some((use) => use.dataset === dataset.address && use.dimension === dimension)) {
      setScaleUses(scale, [...uses, { dataset: dataset.address, dimension }]);
    }
    if (!isScaleObject(scale)) makeScale(scale);
  });
}

/**
 * Whether a scale is tied to a dimension, at both ends.
 *
 * @throws RuntimeError for a dataset that is a scale itself, or the very scale. C: `H5DSis_attached`.
 */
export function isAttached(dset: DatasetID, dscale: DatasetID, idx: Size): boolean {
  const where = "H5DSis_attached";
  const dataset = datasetOf(dset, "dset");
  const scale = datasetOf(dscale, "dscale");
  const dimension = dimensionOf(where, dataset, idx);
  return calling(where, () => {
    if (dataset === scale || isScaleObject(dataset)) throw unspecifiedError(where);
    return isTied(dataset, scale, dimension);
  });
}

function isTied(dataset: DatasetObject, scale: DatasetObject, dimension: number): boolean {
  return (
    (dimensionList(dataset)[dimension]?.includes(scale.address) ?? false) &&
    scaleUses(scale).some((use) => use.dataset === dataset.address && use.dimension === dimension)
  );
}

/** Unties a scale from a dimension. @throws RuntimeError when it is not tied to it. C: `H5DSdetach_scale`. */
export function detachScale(dset: DatasetID, dscale: DatasetID, idx: Size): void {
  const where = "H5DSdetach_scale";
  const dataset = datasetOf(dset, "dset");
  const scale = datasetOf(dscale, "dscale");
  const dimension = dimensionOf(where, dataset, idx);
  calling(where, () => {
    dataset.file.requireWritable();
    if (!isTied(dataset, scale, dimension)) throw unspecifiedError(where);
    const lists = dimensionList(dataset);
    lists[dimension] = without(lists[dimension] as number[], (address) => address === scale.address);
    setDimensionList(dataset, lists);
    const isThis = (use: ScaleUse) => use.dataset === dataset.address && use.dimension === dimension;
    setScaleUses(scale, without(scaleUses(scale), isThis));
  });
}

/** The list without the item found; the last one takes its place, as in the C library. */
function without<T>(items: readonly T[], isWanted: (item: T) => boolean): T[] {
  const rest = items.slice(0, -1);
  const place = items.findIndex(isWanted);
  if (place < rest.length) rest[place] = items[items.length - 1] as T;
  return rest;
}

/**
 * Gives a dimension, counted from 0, a label.
 *
 * @throws RuntimeError when there is no such dimension. C: `H5DSset_label`.
 */
export function setLabel(dset: DatasetID, idx: Size, label: Name): void {
  const where = "H5DSset_label";
  const dataset = datasetOf(dset, "dset");
  const dimension = dimensionOf(where, dataset, idx);
  calling(where, () => {
    dataset.file.requireWritable();
    const labels = dimensionLabels(dataset);
    labels[dimension] = toName(label);
    setDimensionLabels(dataset, labels);
  });
}

/**
 * Calls `func` for the scales of a dimension from `startidx` on until it returns something, which is the result; else null.
 *
 * @throws RuntimeError when there is no scale of number `startidx`, thus also for a dimension without any. C: `H5DSiterate_scales`.
 */
export function iterate<T>(
  dset: DatasetID,
  dim: Size,
  func: (scale: DatasetID) => T,
  startidx: Size = 0,
): NonNullable<T> | null {
  for (const scale of scales(dset, dim, startidx)) {
    const result = func(scale as DatasetID);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}

/** Whether scales are tied by revised references, which they never are in a file of HDF5. C: `H5DSwith_new_ref`. */
export function withNewRef(obj: LocationID): boolean {
  expectInstance(obj, LocationID, "obj");
  obj.location();
  return false;
}
