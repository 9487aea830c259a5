/** From selections to span lists and back: what every operation that is not plain arithmetic goes through. */
import { UnsupportedError } from "../../base/errors.ts";
import {
  type Bounds,
  type HyperslabSelection,
  joinedBlocks,
  type NoneSelection,
  type Selection,
  selectionError,
  selectNone,
  selectRegular,
} from "./selection.ts";
import { spansOfBoxes } from "./span-algebra.ts";
import { type AxisSpans, regularOfSpans, type SpanList, spansOfAxes, spansOfRegular } from "./span-list.ts";

/** The span list of anything but points and unlimited hyperslabs, its offset aside; undefined for nothing. */
export function spansOf(selection: Selection): SpanList | undefined {
  switch (selection.kind) {
    case "none":
      return undefined;
    case "all":
      return selection.dims.includes(0) ? undefined : spansOfRegular(joinedBlocks(selection));
    case "regular":
      if (selection.unlimitedDim >= 0) throw selectionError("unsupported operation on unlimited selection");
      return spansOfRegular(selection.joined);
    case "irregular":
      return selection.spans;
    case "points":
      throw new UnsupportedError("spans of a point selection");
  }
}

/** The selection of a span list: regular wherever it can be, nothing for undefined. */
export function hyperslabOfSpans(
  dims: readonly number[],
  spans: SpanList | undefined,
  offset?: readonly number[],
): HyperslabSelection | NoneSelection {
  if (spans === undefined) return selectNone(dims, offset);
  const regular = regularOfSpans(spans);
  if (regular === undefined) return { kind: "irregular", dims, offset, spans };
  return selectRegular(dims, regular.start, regular.count, regular.stride, regular.block, offset);
}

/**
 * The union of boxes, which may overlap and come in any order.
 *
 * @param boxes - Least and greatest coordinate a dimension, both included.
 * @throws HDF5Error "argument" for a box of another rank or one that ends before it starts.
 */
export function selectBoxes(dims: readonly number[], boxes: readonly Bounds[]): HyperslabSelection | NoneSelection {
  for (const { low, high } of boxes) {
    if (low.length !== dims.length || high.length !== dims.length) throw selectionError("block of another rank");
    if (low.some((value, d) => value > (high[d] as number))) throw selectionError("block ends before it starts");
  }
  return hyperslabOfSpans(dims, spansOfBoxes(boxes));
}

/** The elements whose every coordinate is in its dimension's spans. */
export function selectAxes(
  dims: readonly number[],
  axes: readonly AxisSpans[],
  offset?: readonly number[],
): HyperslabSelection | NoneSelection {
  if (axes.length !== dims.length) throw selectionError("spans of every dimension are needed");
  return hyperslabOfSpans(dims, spansOfAxes(axes), offset);
}
