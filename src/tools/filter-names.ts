/** Names of the library's own filters, which newer files do not store. */
import type { FilterDescription } from "../format/filter-pipeline.ts";

const LIBRARY_NAMES: Readonly<Record<number, string>> = {
  1: "deflate",
  2: "shuffle",
  3: "fletcher32",
  4: "szip",
  5: "nbit",
  6: "scaleoffset",
};

/** The filter's name, or "" where nobody knows one. */
export function filterName(filter: FilterDescription): string {
  return filter.name === "" ? (LIBRARY_NAMES[filter.id] ?? "") : filter.name;
}
