/** Putting decoded chunks where an operation has their elements, by whoever decodes them elsewhere. */
import { COPY_NUMBERS, type Placement } from "../chunks/chunk-coder.ts";
import type { RunGroups } from "../selection/run-groups.ts";
import { copyRuns } from "./copy-runs.ts";

/** What is to be copied for the runs of a chunk, whose elements are packed in memory. */
export function copiesOf(runs: RunGroups, elementSize: number): number[] {
  const copies: number[] = [];
  while (runs.next()) {
    copies.push(runs.position * elementSize, runs.positionStride * elementSize);
    copies.push(runs.offset * elementSize, runs.offsetStride * elementSize);
    copies.push(runs.length * elementSize, runs.repeat);
  }
  return copies;
}

/** Copies what is selected of a decoded chunk to its place. */
export function place({ memory, copies }: Placement, chunk: Uint8Array): void {
  for (let i = 0; i < copies.length; i += COPY_NUMBERS) {
    copyRuns(
      memory,
      copies[i] as number,
      copies[i + 1] as number,
      chunk,
      copies[i + 2] as number,
      copies[i + 3] as number,
      copies[i + 4] as number,
      copies[i + 5] as number,
    );
  }
}
