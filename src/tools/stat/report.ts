/** The text of `h5ts stat`. Reference implementation: the `print_` functions of h5stat.c. */
import type { FileStorageInfo } from "../../engine/storage-info/file-storage-info.ts";
import { printf } from "../c-printf.ts";
import type { TextOutput } from "../output.ts";
import { type Print, printCounts, printDecades } from "./counts.ts";
import { printDatasets, printDatatypes } from "./dataset-report.ts";
import type { StatPart } from "./options.ts";
import { type FileStatistics, SMALL_SECTION_BYTES } from "./statistics.ts";

const STRATEGIES = {
  "free-space-managers": "H5F_FSPACE_STRATEGY_FSM_AGGR",
  page: "H5F_FSPACE_STRATEGY_PAGE",
  aggregators: "H5F_FSPACE_STRATEGY_AGGR",
  none: "H5F_FSPACE_STRATEGY_NONE",
} as const;

const NOTHING: FileStorageInfo = {
  superblock: { version: 0, byteLength: 0, extensionByteLength: 0 },
  freeSpace: { managersByteLength: 0, totalBytes: 0 },
  sharedMessages: { tableByteLength: 0, indexByteLength: 0, heapByteLength: 0 },
};

/** Each part in the order of the output; the metadata of groups and of datasets only where they were asked for. */
const PARTS: readonly (readonly [StatPart, (statistics: FileStatistics, print: Print) => void])[] = [
  ["file", printFile],
  ["file metadata", printFileMetadata],
  ["groups", printGroups],
  ["group metadata", printGroupMetadata],
  ["datasets", printDatasets],
  ["datatypes", printDatatypes],
  ["dataset metadata", printDatasetMetadata],
  ["attributes", printAttributes],
  ["free space", printFreeSpace],
  ["summary", printSummary],
];
/** These repeat what the metadata of the file says. */
const REPETITIONS: ReadonlySet<StatPart> = new Set(["group metadata", "dataset metadata"]);

export function printStatistics(statistics: FileStatistics, output: TextOutput): void {
  const { parts } = statistics.options;
  const print: Print = (line) => output.write(`${line}\n`);
  for (const [part, printPart] of PARTS) {
    if (parts === undefined ? !REPETITIONS.has(part) : parts.has(part)) printPart(statistics, print);
  }
}

function printFile(statistics: FileStatistics, print: Print): void {
  print("File information");
  print(`\t# of unique groups: ${statistics.groups}`);
  print(`\t# of unique datasets: ${statistics.datasets}`);
  print(`\t# of unique named datatypes: ${statistics.datatypes}`);
  print(`\t# of unique links: ${statistics.links}`);
  print(`\t# of unique other: ${statistics.others}`);
  print(`\tMax. # of links to object: ${statistics.maxLinkCount}`);
  print(`\tMax. # of objects in group: ${statistics.linkTally.max}`);
}

function printFileMetadata(statistics: FileStatistics, print: Print): void {
  const { groupHeaders, datasetHeaders, datatypeHeaders, groupStorage, attributeStorage, datasetStorage } = statistics;
  const { superblock, sharedMessages, freeSpace } = statistics.storage ?? NOTHING;
  print("File space information for file metadata (in bytes):");
  print(`\tSuperblock: ${superblock.byteLength}`);
  print(`\tSuperblock extension: ${superblock.extensionByteLength}`);
  print(`\tUser block: ${statistics.userBlockBytes}`);
  print("\tObject headers: (total/unused)");
  print(`\t\tGroups: ${groupHeaders.total}/${groupHeaders.free}`);
  print(`\t\tDatasets(exclude compact data): ${datasetHeaders.total}/${datasetHeaders.free}`);
  print(`\t\tDatatypes: ${datatypeHeaders.total}/${datatypeHeaders.free}`);
  print("\tGroups:");
  print(`\t\tB-tree/List: ${groupStorage.index}`);
  print(`\t\tHeap: ${groupStorage.heap}`);
  print("\tAttributes:");
  print(`\t\tB-tree/List: ${attributeStorage.index}`);
  print(`\t\tHeap: ${attributeStorage.heap}`);
  print("\tChunked datasets:");
  print(`\t\tIndex: ${datasetStorage.index}`);
  print("\tDatasets:");
  print(`\t\tHeap: ${datasetStorage.heap}`);
  print("\tShared Messages:");
  print(`\t\tHeader: ${sharedMessages.tableByteLength}`);
  print(`\t\tB-tree/List: ${sharedMessages.indexByteLength}`);
  print(`\t\tHeap: ${sharedMessages.heapByteLength}`);
  print("\tFree-space managers:");
  print(`\t\tHeader: ${freeSpace.managersByteLength}`);
  print(`\t\tAmount of free space: ${freeSpace.totalBytes}`);
}

function printGroups({ linkTally, options }: FileStatistics, print: Print): void {
  print(`Small groups (with 0 to ${options.linkThreshold - 1} links):`);
  const small = linkTally.small().map(([links, count]) => [`\t# of groups with ${links} link(s)`, count] as const);
  print(`\tTotal # of small groups: ${printCounts(small, print)}`);
  print("Group bins:");
  if (linkTally.zeros > 0) print(`\t# of groups with 0 link: ${linkTally.zeros}`);
  const total = printDecades(linkTally, (from, to) => `\t# of groups with ${from} - ${to} links`, print);
  print(`\tTotal # of groups: ${linkTally.zeros + total}`);
}

function printGroupMetadata({ groupHeaders, groupStorage }: FileStatistics, print: Print): void {
  print("File space information for groups' metadata (in bytes):");
  print(`\tObject headers (total/unused): ${groupHeaders.total}/${groupHeaders.free}`);
  print(`\tB-tree/List: ${groupStorage.index}`);
  print(`\tHeap: ${groupStorage.heap}`);
}

function printDatasetMetadata({ datasetHeaders, datasetStorage }: FileStatistics, print: Print): void {
  print("File space information for datasets' metadata (in bytes):");
  print(`\tObject headers (total/unused): ${datasetHeaders.total}/${datasetHeaders.free}`);
  print(`\tIndex for Chunked datasets: ${datasetStorage.index}`);
  print(`\tHeap: ${datasetStorage.heap}`);
}

function printAttributes({ attributeTally, options }: FileStatistics, print: Print): void {
  print(`Small # of attributes (objects with 1 to ${options.attributeThreshold} attributes):`);
  const small = attributeTally.small(1).map(([n, count]) => [`\t# of objects with ${n} attributes`, count] as const);
  print(`\tTotal # of objects with small # of attributes: ${printCounts(small, print)}`);
  print("Attribute bins:");
  const total = printDecades(attributeTally, (from, to) => `\t# of objects with ${from} - ${to} attributes`, print);
  print(`\tTotal # of objects with attributes: ${total}`);
  print(`\tMax. # of attributes to objects: ${attributeTally.max}`);
}

function printFreeSpace({ fileSpace, sections }: FileStatistics, print: Print): void {
  print(`Free-space persist: ${fileSpace.persist ? "TRUE" : "FALSE"}`);
  print(`Free-space section threshold: ${fileSpace.threshold} bytes`);
  print(`Small size free-space sections (< ${SMALL_SECTION_BYTES} bytes):`);
  const small = sections.small().map(([size, count]) => [`\t# of sections of size ${size}`, count] as const);
  print(`\tTotal # of small size sections: ${printCounts(small, print)}`);
  print("Free-space section bins:");
  const total = printDecades(sections, (from, to) => `\t# of sections of size ${from} - ${to}`, print);
  print(`\tTotal # of sections: ${total}`);
}

/** Bytes of everything but raw data and free space. */
function metadataBytes(statistics: FileStatistics): number {
  const { superblock, sharedMessages, freeSpace } = statistics.storage ?? NOTHING;
  const { groupHeaders, datasetHeaders, datatypeHeaders, groupStorage, attributeStorage, datasetStorage } = statistics;
  let total = superblock.byteLength + superblock.extensionByteLength + statistics.userBlockBytes;
  for (const headers of [groupHeaders, datasetHeaders, datatypeHeaders]) total += headers.total;
  for (const { index, heap } of [groupStorage, attributeStorage, datasetStorage]) total += index + heap;
  const { tableByteLength, indexByteLength, heapByteLength } = sharedMessages;
  return total + tableByteLength + indexByteLength + heapByteLength + freeSpace.managersByteLength;
}

function printSummary(statistics: FileStatistics, print: Print): void {
  const { fileSpace, fileByteLength, rawBytes, storage } = statistics;
  const metadata = metadataBytes(statistics);
  const free = (storage ?? NOTHING).freeSpace.totalBytes;
  const accounted = metadata + rawBytes + free;
  print(`File space management strategy: ${STRATEGIES[fileSpace.strategy]}`);
  print(`File space page size: ${fileSpace.pageSize} bytes`);
  print("Summary of file space information:");
  print(`  File metadata: ${metadata} bytes`);
  print(`  Raw data: ${rawBytes} bytes`);
  print(printf("  Amount/Percent of tracked free space: %s bytes/%3.1f%%", `${free}`, (free / fileByteLength) * 100));
  // Space that several things claim adds to the total as much as space that nothing claims.
  const difference = Math.abs(fileByteLength - accounted);
  if (fileByteLength < accounted) {
    print(`  ??? File has ${difference} more bytes accounted for than its size! ???`);
  } else {
    print(`  Unaccounted space: ${difference} bytes`);
  }
  print(`Total space: ${accounted + difference} bytes`);
  if (statistics.externalFiles > 0) print(`External raw data: ${statistics.externalRawBytes} bytes`);
}
