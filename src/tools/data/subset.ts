/** Parts of a dataset: `start`, `stride`, `count` and `block` as the command line gives them. */
import type { DatasetObject } from "../../engine/dataset-object.ts";
import { type Selection, selectRegular } from "../../engine/selection/selection.ts";
import { UsageError } from "../option-reader.ts";

export interface Subset {
  readonly start?: readonly number[] | undefined;
  readonly stride?: readonly number[] | undefined;
  readonly count?: readonly number[] | undefined;
  readonly block?: readonly number[] | undefined;
}

/** A subset with a number for every dimension. */
export type FullSubset = { readonly [Part in keyof Subset]-?: readonly number[] };

/** The numbers in a list, whatever stands between them, up to a ";" or "]"; undefined for none. */
export function parseNumberList(text: string): readonly number[] | undefined {
  const list = /^[^;\]]*/.exec(text)?.[0] ?? "";
  const numbers = list.match(/\d+/g)?.map(Number);
  return numbers;
}

/** Splits `/path[start;stride;count;block]`, h5dump's compact form. */
export function parseSubset(text: string): { path: string; subset: Subset | undefined } {
  const bracket = text.lastIndexOf("[");
  if (bracket < 0) return { path: text, subset: undefined };
  const [start, stride, count, block] = text
    .slice(bracket + 1)
    .split(";")
    .map(parseNumberList);
  return { path: text.slice(0, bracket), subset: { start, stride, count, block } };
}

/**
 * Fills in what the subset leaves open: start 0, everything else 1.
 *
 * @throws UsageError for more numbers than dimensions, and for blocks that overlap.
 */
export function completeSubset(subset: Subset, rank: number): FullSubset {
  const fill = (part: keyof Subset, value: number): readonly number[] => {
    const list = subset[part] ?? new Array<number>(rank).fill(value);
    if (list.length > rank)
      throw new UsageError(`number of ${part} dims (${list.length}) exceed dataset dims (${rank})`);
    // A list that is too short goes on with nothing, as in C with zeros.
    return list.length === rank ? list : [...list, ...new Array<number>(rank - list.length).fill(0)];
  };
  const full = { start: fill("start", 0), stride: fill("stride", 1), count: fill("count", 1), block: fill("block", 1) };
  full.count.forEach((count, i) => {
    if (count > 1 && (full.stride[i] as number) < (full.block[i] as number)) {
      throw new UsageError("wrong subset selection; blocks overlap");
    }
  });
  return full;
}

/** One read of a subset: the elements it takes, and where they start. */
export interface SubsetPart {
  readonly selection: Selection;
  /** Number of the first element in the whole dataset, which its line is labelled with. */
  readonly firstElement: number;
  /** Whether no separator follows the part's last element. */
  readonly isLast: boolean;
}

/**
 * The reads in which a subset is printed: for one dimension a single one, else one for each row.
 *
 * The order, and which rows end without a comma, are h5dump's. Reference implementation: `h5tools_display_simple_subset`
 * and `h5tools_print_simple_subset` in h5tools_dump.c.
 */
export function* subsetParts(dataset: DatasetObject, subset: FullSubset): Generator<SubsetPart> {
  const { dims } = dataset.dataspace;
  const rank = dims.length;
  const rowDim = rank === 1 ? 0 : rank - 2;
  const outerDims = rank > 2 ? rank - 2 : 0;
  const start = [...subset.start];
  const stride = [...subset.stride];
  const count = [...subset.count];
  const block = [...subset.block];
  let outerCount = 1;
  for (let i = 0; i < outerDims; i++) {
    outerCount *= subset.count[i] as number;
    count[i] = 1;
  }
  const blockRows = subset.block[rowDim] as number;
  const skippedRows = (subset.stride[rowDim] as number) - blockRows;
  for (let outer = 0; outer < outerCount; outer++) {
    let rows = 1;
    if (rank > 1) {
      rows = (subset.count[rowDim] as number) * blockRows;
      count[rowDim] = 1;
      block[rowDim] = 1;
      if (blockRows > 1) stride[rowDim] = 1;
    }
    for (let row = 0, inBlock = 0; row < rows; row++, inBlock++) {
      if (blockRows > 1 && inBlock === blockRows && skippedRows > 0) {
        start[rowDim] = (start[rowDim] as number) + skippedRows;
        inBlock = 0;
      }
      const selection = selectRegular(dims, start, count, stride, block);
      yield { selection, firstElement: elementNumber(start, dims), isLast: row === rows - 1 };
      start[rowDim] = (start[rowDim] as number) + (stride[rowDim] as number);
    }
    advanceOuter(start, subset, outerDims);
  }
}

function elementNumber(position: readonly number[], dims: readonly number[]): number {
  return position.reduce((number, coordinate, i) => number * (dims[i] as number) + coordinate, 0);
}

/** Steps to the next position of the outer dimensions, the last of them fastest. */
function advanceOuter(start: number[], subset: FullSubset, outerDims: number): void {
  if (outerDims === 0) return;
  for (let i = outerDims; i < start.length; i++) start[i] = subset.start[i] as number;
  for (let i = outerDims - 1; i >= 0; i--) {
    const first = subset.start[i] as number;
    const end = first + (subset.count[i] as number) * (subset.stride[i] as number);
    start[i] = (start[i] as number) + (subset.stride[i] as number);
    if ((start[i] as number) < end) return;
    start[i] = first;
  }
}
