/** Dimension scales. C: `H5DS`. h5py: `h5py.h5ds`. */
import { DatasetObject } from "../engine/dataset-object.ts";
import { guarded, record, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName, toUnsigned, wrongType } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { LocationID } from "./location-id.ts";
import { isDatasetHandle, type OpenObject } from "./open-object.ts";
import {
  dimensionLabels,
  dimensionList,
  hasDimensionList,
  isScale as isScaleObject,
  makeScale,
  type ScaleUse,
  scaleName,
  scaleUses,
  setDimensionLabels,
  setDimensionList,
  setScaleName,
  setScaleUses,
} from "./scale-attributes.ts";

/** Runs an operation on datasets; the C library leaves no records when it fails. */
function calling<T>(where: string, operation: () => T): T {
  return guarded(record(where, "INTERNAL", "CANTINIT", `error in ${where}`), operation);
}

/** An open dataset. */
type Dset = OpenObject<DatasetObject>;

function datasetOf(id: Dset, name: string): DatasetObject {
  if (isDatasetHandle(id)) return id.location().object;
  throw wrongType(id, "DatasetID", name);
}

/** The dimension of a dataset. @throws RuntimeError when there is none such. */
function dimensionOf(where: string, dataset: DatasetObject, index: Size): number {
  const dimension = toUnsigned(index);
  if (dimension >= dataset.dims.length) throw unspecifiedError(where);
  return dimension;
}

/** Makes a dataset a scale, with a name. @throws RuntimeError for a dataset that has scales itself. C: `H5DSset_scale`. */
export function setScale(dset: DatasetID, dimname: Name = ""): void {
  const where = "H5DSset_scale";
  const dataset = datasetOf(dset, "dset");
  calling(where, () => {
    dataset.file.requireWritable();
    if (hasDimensionList(dataset)) throw unspecifiedError(where);
    makeScale(dataset);
    setScaleName(dataset, toName(dimname));
  });
}

/** C: `H5DSis_scale`. */
export function isScale(dset: Dset): boolean {
  return calling("H5DSis_scale", () => isScaleObject(datasetOf(dset, "dset")));
}

/** The name of a scale, empty if it has none. @throws RuntimeError for what is no scale. C: `H5DSget_scale_name`. */
export function getScaleName(dscale: Dset): string {
  const where = "H5DSget_scale_name";
  return calling(where, () => {
    const scale = datasetOf(dscale, "dscale");
    if (!isScaleObject(scale)) throw unspecifiedError(where);
    return scaleName(scale) ?? "";
  });
}

/**
 * Ties a scale to a dimension. A plain dataset becomes a scale by it; a tie that is there stays.
 *
 * @throws RuntimeError for a dataset that is a scale, a scale that has scales, a dimension that is not there. C: `H5DSattach_scale`.
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
    if (!isScaleObject(scale)) makeScale(scale);
    if (!list.includes(scale.address)) {
      list.push(scale.address);
      setDimensionList(dataset, lists);
    }
    const uses = scaleUses(scale);
    if (!uses.some((use) => use.dataset === dataset.address && use.dimension === dimension)) {
      setScaleUses(scale, [...uses, { dataset: dataset.address, dimension }]);
    }
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

/** Scales tied to a dimension. C: `H5DSget_num_scales`. */
export function getNumScales(dset: Dset, dim: Size): number {
  const where = "H5DSget_num_scales";
  const dataset = datasetOf(dset, "dset");
  const dimension = dimensionOf(where, dataset, dim);
  return calling(where, () => dimensionList(dataset)[dimension]?.length ?? 0);
}

/** Gives a dimension a label. C: `H5DSset_label`. */
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

/** A dimension's label, empty if it has none. C: `H5DSget_label`. */
export function getLabel(dset: Dset, idx: Size): string {
  const where = "H5DSget_label";
  const dataset = datasetOf(dset, "dset");
  const dimension = dimensionOf(where, dataset, idx);
  return calling(where, () => dimensionLabels(dataset)[dimension] ?? "");
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

/** The scales of a dimension from `startidx` on. @throws as {@link iterate}. */
export function* scales(dset: Dset, dim: Size, startidx: Size = 0): Generator<Dset> {
  const where = "H5DSiterate_scales";
  const dataset = datasetOf(dset, "dset");
  const { file } = dset.location();
  const dimension = dimensionOf(where, dataset, dim);
  const first = toUnsigned(startidx);
  const addresses = calling(where, () => dimensionList(dataset)[dimension] ?? []);
  if (first >= addresses.length) throw unspecifiedError(where);
  for (const address of addresses.slice(first)) {
    const object = calling(where, () => file.engine.object(address));
    if (!(object instanceof DatasetObject)) throw unspecifiedError(where);
    yield file.datasetHandle({ file, object, path: null }, {});
  }
}

/** Whether scales are tied by revised references, which they never are in a file of HDF5. C: `H5DSwith_new_ref`. */
export function withNewRef(obj: LocationID): boolean {
  expectInstance(obj, LocationID, "obj");
  obj.location();
  return false;
}
