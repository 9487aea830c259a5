/** A dataset for the time of one call. */
import type { Name } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { open } from "./h5d.ts";
import type { LocationID } from "./location-id.ts";

/** Opens a dataset, calls, and closes it. @throws KeyError when there is none of that name. */
export function withDataset<T>(loc: LocationID, name: Name, use: (dataset: DatasetID) => T): T {
  const dataset = open(loc, name);
  try {
    return use(dataset);
  } finally {
    dataset.close();
  }
}
