/** The identifiers of objects in a file, for those who know only the file. */
import { DatasetID } from "./dataset-id.ts";
import { FileID } from "./file-id.ts";
import type { IdMaker } from "./open-file.ts";
import type { DatasetAccessRequest } from "./open-object.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID } from "./prop-dapl.ts";
import { SpaceID } from "./space-id.ts";
import { objectIdOf } from "./wrap-object.ts";

/** The list that a request stands for; null for the file's own settings. */
function accessListOf({ dapl, changes }: DatasetAccessRequest): PropDAID | null {
  if (changes === undefined) return dapl ?? null;
  const list = dapl?.copy() ?? new PropDAID(DATASET_ACCESS_DEFAULTS);
  list.take(changes);
  return list;
}

export const IDENTIFIERS: IdMaker = {
  file: (opening) => new FileID(opening),
  object: objectIdOf,
  dataset: (place, request) => new DatasetID(place, accessListOf(request)),
  space: (extent, selection) => new SpaceID(extent, selection),
};
