/**
 * The filters at hand, by identification value.
 *
 * C: `H5Zregister`, `H5Zunregister`, `H5Zfilter_avail`. Numbers of filters made elsewhere are registered with The HDF Group.
 */
import { deflateFilter } from "./deflate.ts";
import type { Filter } from "./filter.ts";
import { fletcher32Filter } from "./fletcher32.ts";
import { lzfFilter } from "./lzf.ts";
import { nbitFilter } from "./nbit.ts";
import { scaleOffsetFilter } from "./scale-offset.ts";
import { shuffleFilter } from "./shuffle.ts";
import { szipFilter } from "./szip.ts";

/** Names of filters that files are known to use, for messages about those that are missing. */
const WELL_KNOWN_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "deflate"],
  [2, "shuffle"],
  [3, "fletcher32"],
  [4, "szip"],
  [5, "nbit"],
  [6, "scaleoffset"],
  [305, "lzo"],
  [307, "bzip2"],
  [32000, "lzf"],
  [32001, "blosc"],
  [32002, "mafisc"],
  [32003, "snappy"],
  [32004, "lz4"],
  [32006, "apax"],
  [32007, "cbf"],
  [32008, "bitshuffle"],
  [32009, "spdp"],
  [32010, "lpc-rice"],
  [32012, "jpeg-xr"],
  [32013, "zfp"],
  [32014, "fpzip"],
  [32015, "zstd"],
  [32016, "b3d"],
  [32017, "sz"],
  [32018, "fcidecomp"],
  [32019, "jpeg"],
  [32022, "bitgroom"],
  [32023, "granular-bitround"],
  [32024, "sz3"],
  [32026, "blosc2"],
  [32028, "htj2k"],
]);

const PREDEFINED = [
  deflateFilter,
  shuffleFilter,
  fletcher32Filter,
  szipFilter,
  nbitFilter,
  scaleOffsetFilter,
  lzfFilter,
] as const satisfies readonly Filter[];

const filters = new Map<number, Filter>(PREDEFINED.map((filter) => [filter.id, filter]));

/** Whether the filter of this id is the one that the package brings. */
export function isPredefinedFilter(id: number): boolean {
  const filter = filters.get(id);
  return PREDEFINED.some((each) => each === filter);
}

/** Gives filters that nobody registered, if they can be found. */
export type FilterFinder = (id: number) => Filter | undefined;

let findElsewhere: FilterFinder | undefined;

/** Where filters are looked for that are not registered; what is found there is registered then. */
export function setFilterFinder(find: FilterFinder | undefined): void {
  findElsewhere = find;
}

/** Makes a filter available to all files, in place of one with the same id. */
export function registerFilter(filter: Filter): void {
  if (!Number.isInteger(filter.id) || filter.id < 1 || filter.id > 65535) {
    throw new RangeError(`filter id ${filter.id}: expected an integer from 1 to 65535`);
  }
  filters.set(filter.id, filter);
}

/** Takes a filter out of use. Returns whether it was there. */
export function unregisterFilter(id: number): boolean {
  return filters.delete(id);
}

export function findFilter(id: number): Filter | undefined {
  const known = filters.get(id);
  if (known !== undefined || findElsewhere === undefined) return known;
  const found = findElsewhere(id);
  if (found !== undefined) registerFilter(found);
  return found;
}

/** Whether data of this filter can be read. C: `H5Zfilter_avail`. */
export function filterAvailable(id: number): boolean {
  return findFilter(id) !== undefined;
}

/** Whether data can also be written with it. C: `H5Z_FILTER_CONFIG_ENCODE_ENABLED` of `H5Zget_filter_info`. */
export function filterCanEncode(id: number): boolean {
  return findFilter(id)?.encode !== undefined;
}

/** The best name for a filter: of the registered codec, as it is generally known, or its number. */
export function filterName(id: number): string {
  return filters.get(id)?.name ?? WELL_KNOWN_NAMES.get(id) ?? `filter ${id}`;
}
