/** The runs of any selection over its whole extent, and of its part in one box. */
import { product } from "../../base/bits.ts";
import { PointRuns } from "./point-runs.ts";
import { DimPart, RegularRuns } from "./regular-runs.ts";
import { NoRuns, OneRun, pitchesOf, type RunGroups } from "./run-groups.ts";
import {
  type HyperslabParameters,
  type PointSelection,
  placedBlocks,
  requireWithinExtent,
  type Selection,
} from "./selection.ts";
import { countInBox, SpanRuns } from "./span-runs.ts";
import { clipToExtent } from "./unlimited.ts";

/**
 * The runs of the selection in selection order: offsets are row-major element numbers of the extent, positions follow each
 * other from 0 on. A selection of everything is one run.
 *
 * @throws HDF5Error "argument" when the selection reaches out of the extent ("selection + offset not within extent").
 */
export function runsOf(selection: Selection): RunGroups {
  requireWithinExtent(selection);
  const limited = clipToExtent(selection);
  if (limited.kind === "all") {
    const count = product(limited.dims);
    return count === 0 ? new NoRuns() : new OneRun(0, count);
  }
  const start = selection.dims.map(() => 0);
  return runsInBox(limited, start, selection.dims, false);
}

/** The part of a selection in a box. */
export interface BoxPart {
  /** Selected elements in the box. */
  readonly elementCount: number;
  /** A fresh walk: offsets are row-major in the box, positions those in the whole selection. */
  runs(): RunGroups;
}

/**
 * The part of the selection that lies in a box of the extent. Boxes may reach over the end of the extent.
 *
 * Hyperslabs come in no particular order of positions; points come in theirs.
 *
 * @param boxStart - First coordinate of the box in the extent.
 * @returns Undefined when the box holds none of the selected elements.
 */
export function intersectBox(
  selection: Selection,
  boxStart: readonly number[],
  boxDims: readonly number[],
): BoxPart | undefined {
  const limited = clipToExtent(selection);
  const elementCount = countInPart(limited, boxStart, boxDims);
  return elementCount === 0 ? undefined : { elementCount, runs: () => runsInBox(limited, boxStart, boxDims, true) };
}

function runsInBox(
  selection: Selection,
  boxStart: readonly number[],
  boxDims: readonly number[],
  anyOrder: boolean,
): RunGroups {
  switch (selection.kind) {
    case "none":
      return new NoRuns();
    case "all":
    case "regular": {
      const blocks = placedBlocks(selection);
      return new RegularRuns(partsInBox(blocks, boxStart, boxDims), pitchesOf(boxDims), sequencePitches(blocks));
    }
    case "irregular": {
      const origin = selection.dims.map((_, d) => -(selection.offset?.[d] ?? 0));
      return new SpanRuns(selection.spans, movedBack(selection, boxStart), boxDims, selection.dims, origin, anyOrder);
    }
    case "points":
      return pointRuns(selection, boxStart, boxDims);
  }
}

function countInPart(selection: Selection, boxStart: readonly number[], boxDims: readonly number[]): number {
  switch (selection.kind) {
    case "none":
      return 0;
    case "all":
    case "regular":
      return product(partsInBox(placedBlocks(selection), boxStart, boxDims).map((part) => part.selected));
    case "irregular": {
      const low = movedBack(selection, boxStart);
      const high = low.map((value, d) => value + (boxDims[d] as number));
      return countInBox(selection.spans, low, high);
    }
    case "points":
      return pointsInBox(selection, movedBack(selection, boxStart), boxDims).length;
  }
}

/** A coordinate of the extent as the selection's own coordinates have it. */
export function movedBack(selection: Selection, coordinate: readonly number[]): readonly number[] {
  const offset = selection.offset;
  return offset === undefined ? coordinate : coordinate.map((value, d) => value - (offset[d] as number));
}

/** Elements from one selected coordinate to the next of each dimension, in the sequence of selected elements. */
export function sequencePitches({ count, block }: HyperslabParameters): number[] {
  return pitchesOf(count.map((blocks, d) => blocks * (block[d] as number)));
}

/** Makes `part` what the blocks hold of dimension `d` between two coordinates. */
export function setDimPart(
  part: DimPart,
  { start, stride, count, block }: HyperslabParameters,
  d: number,
  low: number,
  high: number,
): void {
  part.set(start[d] as number, stride[d] as number, count[d] as number, block[d] as number, low, high);
}

function partsInBox(blocks: HyperslabParameters, boxStart: readonly number[], boxDims: readonly number[]): DimPart[] {
  return boxStart.map((low, d) => {
    const part = new DimPart();
    setDimPart(part, blocks, d, low, low + (boxDims[d] as number));
    return part;
  });
}

function pointRuns(selection: PointSelection, boxStart: readonly number[], boxDims: readonly number[]): RunGroups {
  const low = movedBack(selection, boxStart);
  const inside = pointsInBox(selection, low, boxDims);
  const all = inside.length === selection.coordinates.length / selection.dims.length;
  return new PointRuns(selection.coordinates, low, boxDims, all ? undefined : inside);
}

function pointsInBox(selection: PointSelection, low: readonly number[], boxDims: readonly number[]): Uint32Array {
  const { coordinates, dims } = selection;
  const rank = dims.length;
  const found = new Uint32Array(coordinates.length / rank);
  let count = 0;
  for (let point = 0; point < found.length; point++) {
    let inside = true;
    for (let d = 0; d < rank && inside; d++) {
      const value = (coordinates[point * rank + d] as number) - (low[d] as number);
      inside = value >= 0 && value < (boxDims[d] as number);
    }
    if (inside) found[count++] = point;
  }
  return found.subarray(0, count);
}
