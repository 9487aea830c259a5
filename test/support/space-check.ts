/** Whether every byte of a file has exactly one owner. */
import type { H5File } from "../../src/engine/h5-file.ts";
import type { SpaceKind } from "../../src/engine/space-map/space-kinds.ts";
import { type SpaceMap, spaceMap } from "../../src/engine/space-map/space-map.ts";

export function bytesOf({ regions }: SpaceMap, kind: SpaceKind): number {
  return regions.reduce((sum, region) => sum + (region.kind === kind ? region.byteLength : 0), 0);
}

function describe(map: SpaceMap, kind: SpaceKind): string[] {
  return map.regions
    .filter((region) => region.kind === kind)
    .map(({ offset, byteLength, what }) => `${kind}: ${byteLength} bytes at ${offset}: ${what}`);
}

/** What is wrong with the use of space in a file that we wrote and have open: nothing is owned twice, nothing is lost. */
export function spaceProblems(file: H5File): string[] {
  const map = spaceMap(file);
  return [...map.problems, ...describe(map, "doubly-owned"), ...describe(map, "unaccounted")];
}

/** The same for a file of the C library, which loses bytes at times. */
export function overlaps(file: H5File): string[] {
  const map = spaceMap(file);
  return [...map.problems, ...describe(map, "doubly-owned")];
}
