/** What `h5ts stat` says of datasets. Reference implementation: `print_dataset_info`, `print_dset_dtype_meta` in h5stat.c. */
import { DEFAULT_WIDTHS } from "../../base/address.ts";
import type { Datatype } from "../../format/datatype.ts";
import { sizeOfDatatype } from "../../format/datatype-message.ts";
import { withVersion } from "../../format/datatype-version.ts";
import { memoryType } from "../memory-type.ts";
import { type Print, printCounts, printDecades } from "./counts.ts";
import type { FileStatistics } from "./statistics.ts";

/** Filters with a line of their own, by number. */
const FILTERS: readonly (readonly [filter: number, name: string])[] = [
  [1, "GZIP"],
  [2, "SHUFFLE"],
  [3, "FLETCHER32"],
  [4, "SZIP"],
  [5, "NBIT"],
  [6, "SCALEOFFSET"],
];
/** From here on filters share a line. */
const FIRST_OTHER_FILTER = 7;

/** The library's encoding of a datatype starts with two bytes of its own. C: `H5Tencode`. */
const ENCODING_PREFIX_BYTES = 2;

/** Prints nothing in a file without datasets. */
export function printDatasets(statistics: FileStatistics, print: Print): void {
  if (statistics.datasets === 0) return;
  printExtents(statistics, print);
  const { layouts } = statistics;
  print("Dataset storage information:");
  print(`\tTotal raw data size: ${statistics.rawBytes}`);
  print(`\tTotal external raw data size: ${statistics.externalRawBytes}`);
  print("Dataset layout information:");
  print(`\tDataset layout counts[COMPACT]: ${layouts.compact}`);
  print(`\tDataset layout counts[CONTIG]: ${layouts.contiguous}`);
  print(`\tDataset layout counts[CHUNKED]: ${layouts.chunked}`);
  print(`\tDataset layout counts[VIRTUAL]: ${layouts.virtual}`);
  print(`\tNumber of external files : ${statistics.externalFiles}`);
  printFilters(statistics, print);
}

function printExtents({ maxRank, ranks, sizeTally, options }: FileStatistics, print: Print): void {
  print("Dataset dimension information:");
  print(`\tMax. rank of datasets: ${maxRank}`);
  print("\tDataset ranks:");
  ranks.forEach((count, rank) => {
    print(`\t\t# of dataset with rank ${rank}: ${count}`);
  });
  print("1-D Dataset information:");
  print(`\tMax. dimension size of 1-D datasets: ${sizeTally.max}`);
  print(`\tSmall 1-D datasets (with dimension sizes 0 to ${options.sizeThreshold - 1}):`);
  const small = sizeTally
    .small()
    .map(([size, count]) => [`\t\t# of datasets with dimension sizes ${size}`, count] as const);
  print(`\t\tTotal # of small datasets: ${printCounts(small, print)}`);
  if (sizeTally.isEmpty) return;
  print("\t1-D Dataset dimension bins:");
  if (sizeTally.zeros > 0) print(`\t\t# of datasets with dimension size 0: ${sizeTally.zeros}`);
  const total = printDecades(sizeTally, (from, to) => `\t\t# of datasets with dimension size ${from} - ${to}`, print);
  print(`\t\tTotal # of datasets: ${sizeTally.zeros + total}`);
}

function printFilters({ unfiltered, filters }: FileStatistics, print: Print): void {
  print("Dataset filters information:");
  print("\tNumber of datasets with:");
  print(`\t\tNO filter: ${unfiltered}`);
  for (const [filter, name] of FILTERS) print(`\t\t${name} filter: ${filters.get(filter) ?? 0}`);
  let others = 0;
  for (const [filter, count] of filters) if (filter >= FIRST_OTHER_FILTER) others += count;
  print(`\t\tUSER-DEFINED filter: ${others}`);
}

/**
 * Arrays that version 1 of the datatype message keeps as dimensions of a compound's member become datatypes of their own when
 * they are read, which takes version 2.
 */
function asRead(type: Datatype): Datatype {
  return type.version === 1 ? withVersion(type, "earliest") : type;
}

/** Prints nothing in a file without datasets. */
export function printDatatypes({ datatypeUses, datasets }: FileStatistics, print: Print): void {
  if (datatypeUses.length === 0) return;
  print("Dataset datatype information:");
  print(`\t# of unique datatypes used by datasets: ${datatypeUses.length}`);
  datatypeUses.forEach(({ type, count, committed }, i) => {
    print(`\tDataset datatype #${i}:`);
    print(`\t\tCount (total/named) = (${count}/${committed})`);
    const inMemory = memoryType(asRead(type));
    const byteLength = ENCODING_PREFIX_BYTES + sizeOfDatatype(inMemory, DEFAULT_WIDTHS);
    print(`\t\tSize (desc./elmt) = (${byteLength}/${inMemory.size})`);
  });
  print(`\tTotal dataset datatype count: ${datasets}`);
}
