/** Selections as sets of elements: what they have in common, and what one leaves of another. */
import { product } from "../../base/bits.ts";
import { blocks } from "../../engine/selection/blocks.ts";
import { combine } from "../../engine/selection/hyperslab-algebra.ts";
import { selectBoxes } from "../../engine/selection/hyperslab-spans.ts";
import {
  type Bounds,
  bounds,
  type PointSelection,
  type Selection,
  selectAll,
  selectedCount,
  selectNone,
  selectRegular,
} from "../../engine/selection/selection.ts";

/** The selected elements without an order and without an offset: everything, a hyperslab or nothing. */
export function asSet(selection: Selection): Selection {
  const { dims, offset } = selection;
  switch (selection.kind) {
    case "none":
      return selectNone(dims);
    case "all":
      return product(dims) === 0 ? selectNone(dims) : selectAll(dims);
    case "points":
      return setOfPoints(selection);
    case "regular": {
      if (offset === undefined) return selection;
      const { start, stride, count, block } = selection.given;
      const moved = start.map((first, d) => first + (offset[d] as number));
      return selectRegular(dims, moved, count, stride, block);
    }
    case "irregular":
      return offset === undefined ? selection : selectBoxes(dims, blocks(selection).map(movedBy(offset)));
    default:
      return selection satisfies never;
  }
}

function movedBy(offset: readonly number[]): (box: Bounds) => Bounds {
  const move = (corner: readonly number[]): number[] => corner.map((value, d) => value + (offset[d] as number));
  return ({ low, high }) => ({ low: move(low), high: move(high) });
}

function setOfPoints({ dims, coordinates, offset }: PointSelection): Selection {
  const rank = dims.length;
  const boxes: Bounds[] = [];
  for (let i = 0; i < coordinates.length; i += rank) {
    const at = Array.from(coordinates.subarray(i, i + rank), (value, d) => value + (offset?.[d] ?? 0));
    boxes.push({ low: at, high: at });
  }
  return selectBoxes(dims, boxes);
}

/** Elements that both sets have, of one extent; undefined when there are none. */
export function commonElements(first: Selection, second: Selection): Selection | undefined {
  const a = bounds(first);
  const b = bounds(second);
  if (a === undefined || b === undefined) return undefined;
  const apart = a.low.some((low, d) => low > (b.high[d] as number) || (b.low[d] as number) > (a.high[d] as number));
  if (apart) return undefined;
  const both = combine(first, "and", second);
  return selectedCount(both) === 0 ? undefined : both;
}

/** What is left of a set without another of the same extent; undefined when nothing is. */
export function elementsWithout(first: Selection, second: Selection): Selection | undefined {
  if (selectedCount(first) === 0) return undefined;
  if (selectedCount(second) === 0) return first;
  const rest = combine(first, "notb", second);
  return selectedCount(rest) === 0 ? undefined : rest;
}

/** All elements of sets over one extent. */
export function unionOf(dims: readonly number[], sets: readonly Selection[]): Selection {
  return sets.reduce((all, set) => combine(all, "or", set), selectNone(dims));
}

/** Whether every selected element is one of the set. */
export function isWithin(selection: Selection, set: Selection): boolean {
  if (selectedCount(selection) === 0 || set.kind === "all") return true;
  return elementsWithout(asSet(selection), set) === undefined;
}

/** `[0:4, 8]`, of a set that is one block, or the box around it with the number of elements in it. */
export function selectionText(selection: Selection): string {
  const box = bounds(selection);
  if (box === undefined) return "[]";
  if (selection.dims.length === 0) return "[()]";
  const ranges = box.low.map((low, d) => {
    const high = box.high[d] as number;
    return low === high ? `${low}` : `${low}:${high + 1}`;
  });
  const text = `[${ranges.join(", ")}]`;
  const inBox = box.low.reduce((count, low, d) => count * ((box.high[d] as number) - low + 1), 1);
  const count = selectedCount(selection);
  return count === inBox ? text : `${count} elements in ${text}`;
}
