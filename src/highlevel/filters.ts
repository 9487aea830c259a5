/** Filters of datasets, as options and as they are found in property lists. h5py: `h5py.filters`. */
import { filterName } from "../filters/registry.ts";
import type { PropDCID } from "../lowlevel/prop-dcpl.ts";

export { guessChunk } from "./chunk-guess.ts";
export { FilterRefBase, Gzip } from "./filter-refs.ts";
export { creationList as fillDcpl } from "./storage-options.ts";

/** The filters of a property list in order: values by the filter's number. h5py: `get_filters`. */
export function getFilters(plist: PropDCID): Map<number, readonly number[]> {
  return new Map(plist.values().filters.map(({ id, clientData }) => [id, clientData]));
}

/** The name of a filter by its number. h5py: `get_filter_name`. */
export function getFilterName(code: number): string {
  return filterName(code);
}
