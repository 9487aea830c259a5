/** Whether an object's header tells all that is needed to open it. */
import { isHdf5Error } from "../base/errors.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import { DatatypeObject } from "../engine/datatype-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";

/** What the C library decodes of a dataset when it opens one. */
function datasetParts(dataset: DatasetObject): readonly unknown[] {
  return [dataset.datatype, dataset.dataspace, dataset.layout, dataset.pipeline, dataset.fillValue];
}

/** @throws HDF5Error when something that belongs to the object is damaged or missing. */
export function requireOpenable(object: EngineObject): void {
  if (object instanceof DatasetObject) datasetParts(object);
  else if (object instanceof DatatypeObject) datatypeParts(object);
}

function datatypeParts(object: DatatypeObject): readonly unknown[] {
  return [object.datatype];
}

export function isOpenable(object: EngineObject): boolean {
  try {
    requireOpenable(object);
    return true;
  } catch (error) {
    if (isHdf5Error(error)) return false;
    throw error;
  }
}
