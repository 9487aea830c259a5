/** What is read of dimension scales, whatever handle a dataset is open by. */
import { DatasetObject } from "../engine/dataset-object.ts";
import { guarded, record, unspecifiedError } from "./api-error.ts";
import { type Size, toUnsigned, wrongType } from "./arguments.ts";
import { isDatasetHandle, type OpenObject } from "./open-object.ts";
import { dimensionLabels, dimensionList, isScale as isScaleObject, scaleName } from "./scale-attributes.ts";

/** Runs an operation on datasets; the C library leaves no records when it fails. */
export function calling<T>(where: string, operation: () => T): T {
  return guarded(record(where, "INTERNAL", "CANTINIT", `error in ${where}`), operation);
}

/** An open dataset. */
export type Dset = OpenObject<DatasetObject>;

export function datasetOf(id: Dset, name: string): DatasetObject {
  if (isDatasetHandle(id)) return id.location().object;
  throw wrongType(id, "DatasetID", name);
}

/** The dimension of a dataset. @throws RuntimeError when there is none such. */
export function dimensionOf(where: string, dataset: DatasetObject, index: Size): number {
  const dimension = toUnsigned(index);
  if (dimension >= dataset.dims.length) throw unspecifiedError(where);
  return dimension;
}

/** Whether a dataset is a dimension scale. C: `H5DSis_scale`. */
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

/** Scales tied to a dimension. C: `H5DSget_num_scales`. */
export function getNumScales(dset: Dset, dim: Size): number {
  const where = "H5DSget_num_scales";
  const dataset = datasetOf(dset, "dset");
  const dimension = dimensionOf(where, dataset, dim);
  return calling(where, () => dimensionList(dataset)[dimension]?.length ?? 0);
}

/** A dimension's label, empty if it has none. C: `H5DSget_label`. */
export function getLabel(dset: Dset, idx: Size): string {
  const where = "H5DSget_label";
  const dataset = datasetOf(dset, "dset");
  const dimension = dimensionOf(where, dataset, idx);
  return calling(where, () => dimensionLabels(dataset)[dimension] ?? "");
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
