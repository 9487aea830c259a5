/**
 * Selections moved, and looked up in one another.
 *
 * Reference implementation: H5Sselect.c, `H5S_select_adjust_s`, `H5S_select_project_intersection`.
 */
import { elements } from "./blocks.ts";
import { correspondingTo, selectionOfRuns } from "./correspondence.ts";
import { hyperslabOfSpans } from "./hyperslab-spans.ts";
import { intersectBox } from "./runs.ts";
import {
  type AllSelection,
  bounds,
  type PointSelection,
  regularOf,
  type Selection,
  selectedCount,
  selectionError,
  selectNone,
  selectPoints,
  selectRegular,
} from "./selection.ts";
import { locatorOf } from "./sequence-locator.ts";
import { SpanList } from "./span-list.ts";

/**
 * The selection with `amount` taken from every coordinate; everything and nothing stay what they are.
 *
 * @throws HDF5Error "argument" when a coordinate would become negative.
 */
export function movedBy(selection: Selection, amount: readonly number[]): Selection {
  const box = bounds({ ...selection, offset: undefined });
  if (box?.low.some((low, d) => low < (amount[d] as number))) {
    throw selectionError("adjustment would move selection below zero offset");
  }
  switch (selection.kind) {
    case "none":
    case "all":
      return selection;
    case "points": {
      const rank = selection.dims.length;
      const coordinates = selection.coordinates.map((value, i) => value - (amount[i % rank] as number));
      return { ...selection, coordinates };
    }
    case "regular": {
      const { dims, given, offset } = selection;
      const start = given.start.map((first, d) => first - (amount[d] as number));
      return selectRegular(dims, start, given.count, given.stride, given.block, offset);
    }
    case "irregular":
      return hyperslabOfSpans(selection.dims, movedSpans(selection.spans, amount, 0), selection.offset);
    default:
      return selection satisfies never;
  }
}

/** Lists that several spans share stay shared. */
function movedSpans(spans: SpanList, amount: readonly number[], dim: number): SpanList {
  const by = amount[dim] as number;
  const moved = new Map<SpanList, SpanList>();
  for (const down of new Set(spans.downs)) moved.set(down, movedSpans(down, amount, dim + 1));
  return new SpanList(
    spans.starts.map((start) => start - by),
    spans.ends.map((end) => end - by),
    spans.downs.map((down) => moved.get(down) as SpanList),
  );
}

/** Whether anything selected lies in the box from `low` to `high`, both included. */
export function meetsBox(selection: Selection, low: readonly number[], high: readonly number[]): boolean {
  return (
    intersectBox(
      selection,
      low,
      high.map((last, d) => last - (low[d] as number) + 1),
    ) !== undefined
  );
}

/**
 * What of `there` corresponds to those elements of `here` that `wanted` selects too.
 *
 * @param here - Selects as many elements as `there`; the first of one is the first of the other, and so on.
 * @param wanted - Over the extent of `here`.
 * @throws HDF5Error "argument" when the numbers of elements differ.
 */
export function projectIntersection(here: Selection, there: Selection, wanted: Selection): Selection {
  if (selectedCount(here) !== selectedCount(there)) {
    throw selectionError("number of points selected in source space does not match that in destination space");
  }
  if (here.kind !== "points" && there.kind !== "points") {
    const { selection } = correspondingTo(wanted, here, there) ?? { selection: selectNone(there.dims) };
    return selection.kind === "all" ? asBlock(selection) : selection;
  }
  const numbers = numbersWithin(here, wanted);
  if (numbers.length === 0) return selectNone(there.dims);
  if (there.kind === "points") return pointsOf(there, numbers);
  const locator = locatorOf(there);
  const offsets = numbers.map((number) => {
    locator.locate(number);
    return locator.offset;
  });
  offsets.sort((a, b) => a - b);
  const distinct = offsets.filter((offset, i) => offset !== offsets[i - 1]);
  return selectionOfRuns(
    there.dims,
    distinct,
    distinct.map(() => 1),
  );
}

/** All elements of an extent with dimensions, as one block of a hyperslab, which is what the C library makes of them. */
function asBlock(selection: AllSelection): Selection {
  const { dims } = selection;
  if (dims.length === 0) return selection;
  const ones = dims.map(() => 1);
  return regularOf(dims, { start: dims.map(() => 0), stride: ones, count: ones, block: dims.slice() });
}

/** Which elements of the one selection, by their numbers in its order, the other selects too. */
function numbersWithin(selection: Selection, wanted: Selection): number[] {
  const rank = selection.dims.length;
  const coordinates = elements(selection);
  const one = selection.dims.map(() => 1);
  const numbers: number[] = [];
  for (let at = 0; at < coordinates.length; at += rank) {
    const point = [...coordinates.subarray(at, at + rank)];
    if (intersectBox(wanted, point, one) !== undefined) numbers.push(at / rank);
  }
  return numbers;
}

function pointsOf(points: PointSelection, numbers: readonly number[]): Selection {
  const { dims, coordinates, offset } = points;
  const rank = dims.length;
  const kept = numbers.flatMap((number) => [...coordinates.subarray(number * rank, (number + 1) * rank)]);
  return selectPoints(dims, kept, offset);
}
