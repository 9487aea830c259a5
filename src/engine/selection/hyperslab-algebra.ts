/**
 * Hyperslab algebra: combining what is selected with another hyperslab.
 *
 * Reference implementation: H5Shyper.c (`H5S_select_hyperslab`, `H5S__combine_select`).
 */
import { product } from "../../base/bits.ts";
import { hyperslabOfSpans, spansOf } from "./hyperslab-spans.ts";
import {
  type Bounds,
  type RegularSelection,
  type Selection,
  selectionError,
  selectNone,
  selectRegular,
} from "./selection.ts";
import { combineSpans, type SpanOperation } from "./span-algebra.ts";
import { clipUnlimited } from "./unlimited.ts";

/**
 * What a second hyperslab does to the first: `set` replaces it, `or` joins, `and` intersects, `xor` keeps what is in one
 * of them alone, `notb` takes the second away from the first, `nota` the first from the second.
 */
export type SelectionOperation = "set" | "or" | "and" | "xor" | "notb" | "nota";

const OPERATIONS: Readonly<Record<Exclude<SelectionOperation, "set">, SpanOperation>> = {
  or: { onlyFirst: true, onlySecond: true, both: true },
  and: { onlyFirst: false, onlySecond: false, both: true },
  xor: { onlyFirst: true, onlySecond: true, both: false },
  notb: { onlyFirst: true, onlySecond: false, both: false },
  nota: { onlyFirst: false, onlySecond: true, both: false },
};

/**
 * Combines the selection with a regular hyperslab. The offset of the selection stays.
 *
 * @throws HDF5Error "argument" in the library's words: "invalid selection operation", "invalid stride==0 value", "hyperslab
 *   blocks overlap", "unsupported operation on unlimited selection", ...
 *
 * C: `H5Sselect_hyperslab`.
 */
export function selectHyperslab(
  selection: Selection,
  operation: SelectionOperation,
  start: readonly number[],
  count: readonly number[],
  stride?: readonly number[],
  block?: readonly number[],
): Selection {
  if (operation !== "set" && !Object.hasOwn(OPERATIONS, operation)) throw selectionError("invalid selection operation");
  const { dims, offset } = selection;
  const added = selectRegular(dims, start, count, stride, block, offset);
  if (operation === "set") return added;
  if (selection.kind === "points" && added.kind !== "none") throw selectionError("invalid selection operation");
  // As in the library: nothing is left when everything is taken away, even of a hyperslab that reaches over the extent.
  if (selection.kind === "all" && operation === "nota") return selectNone(dims, offset);
  return apply(selection, operation, added);
}

/**
 * Combines two selections, neither of them points, over extents of one rank. The extent and the offset are the first's.
 *
 * @throws HDF5Error "argument" for points and for extents that differ in rank.
 *
 * C: `H5Scombine_select`, `H5Smodify_select`.
 */
export function combine(first: Selection, operation: SelectionOperation, second: Selection): Selection {
  if (operation !== "set" && !Object.hasOwn(OPERATIONS, operation)) throw selectionError("invalid selection operation");
  if (first.kind === "points" || second.kind === "points") {
    throw selectionError("dataspace doesn't have hyperslab selection");
  }
  if (first.dims.length !== second.dims.length) throw selectionError("dataspaces not same rank");
  const moved = { ...second, dims: first.dims, offset: first.offset };
  return operation === "set" ? moved : apply(first, operation, moved);
}

function apply(first: Selection, name: Exclude<SelectionOperation, "set">, second: Selection): Selection {
  const operation = OPERATIONS[name];
  if (first.kind === "none") return operation.onlySecond ? second : first;
  if (second.kind === "none") return operation.onlyFirst ? first : selectNone(first.dims, first.offset);
  // As in the library: everything stays everything, and within everything a hyperslab stays as it was given.
  if (first.kind === "all" && name === "or") return first;
  if (first.kind === "all" && name === "and") return second;
  if (first.kind === "regular" && first.unlimitedDim >= 0) return applyToUnlimited(first, name, second);
  if (second.kind === "regular" && second.unlimitedDim >= 0) {
    if (name !== "and" && name !== "notb") throw selectionError("unsupported operation with unlimited selection");
    const clipped = clipUnlimited(second, upperEnd(first, second.unlimitedDim));
    return apply(first, name, clipped);
  }
  if (name === "and") {
    const box = intersectBoxes(first, second);
    if (box !== undefined) return box;
  }
  const a = spansOf(first);
  const b = spansOf(second);
  if (a === undefined || b === undefined) {
    const left = a === undefined ? (operation.onlySecond ? b : undefined) : operation.onlyFirst ? a : undefined;
    return hyperslabOfSpans(first.dims, left, first.offset);
  }
  const combined = combineSpans(a, b, operation);
  // What adds nothing leaves the parameters as they were given.
  if (name === "or" && combined?.equals(a)) return first;
  return hyperslabOfSpans(first.dims, combined, first.offset);
}

function applyToUnlimited(
  first: RegularSelection,
  name: Exclude<SelectionOperation, "set">,
  second: Selection,
): Selection {
  const limited = second.kind !== "regular" || second.unlimitedDim < 0;
  if ((name !== "and" && name !== "nota") || !limited) {
    throw selectionError("unsupported operation on unlimited selection");
  }
  return apply(clipUnlimited(first, upperEnd(second, first.unlimitedDim)), name, second);
}

/** The coordinate after the last selected one of a dimension, offsets aside. */
function upperEnd(selection: Selection, dim: number): number {
  if (selection.kind === "all") return selection.dims[dim] as number;
  const spans = spansOf(selection);
  return spans === undefined ? 0 : (spans.bounds(selection.dims.length).high[dim] as number) + 1;
}

/** The common box of two boxes, where both are boxes. */
function intersectBoxes(first: Selection, second: Selection): Selection | undefined {
  const a = boxOf(first);
  const b = boxOf(second);
  if (a === undefined || b === undefined) return undefined;
  const start = a.low.map((value, d) => Math.max(value, b.low[d] as number));
  const block = start.map((value, d) => Math.min(a.high[d] as number, b.high[d] as number) - value + 1);
  if (block.some((size) => size <= 0)) return selectNone(first.dims, first.offset);
  const ones = start.map(() => 1);
  return selectRegular(first.dims, start, ones, ones, block, first.offset);
}

function boxOf(selection: Selection): Bounds | undefined {
  if (selection.kind === "all") {
    return { low: selection.dims.map(() => 0), high: selection.dims.map((dim) => dim - 1) };
  }
  if (selection.kind !== "regular" || product(selection.joined.count) !== 1) return undefined;
  const { start, block } = selection.joined;
  return { low: start, high: start.map((value, d) => value + (block[d] as number) - 1) };
}
