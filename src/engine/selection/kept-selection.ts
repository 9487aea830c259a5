/** Selections that outlive the call they were made for: of region references, virtual datasets and `Selection`. */
import type { IndexArguments } from "./index-arguments.ts";
import { regularOf, type Selection } from "./selection.ts";

/**
 * The selection of some arguments as it is kept. Slices that happen to take all there is stay the box that they are, however
 * far the dataset grows; everything is only meant where nothing was said, or an ellipsis.
 *
 * @param selection - What the arguments select of `dims`.
 *
 * h5py: `Selector.apply_args`, which calls `H5Sselect_all` without arguments alone.
 */
export function keptSelection(dims: readonly number[], args: IndexArguments, selection: Selection): Selection {
  if (selection.kind !== "all" || dims.length === 0 || isUnsaid(args)) return selection;
  const ones = dims.map(() => 1);
  return regularOf(dims, { start: dims.map(() => 0), stride: ones, count: dims, block: ones });
}

function isUnsaid(args: IndexArguments): boolean {
  const list: readonly unknown[] = Array.isArray(args) ? args : [args ?? "..."];
  return list.length === 0 || (list.length === 1 && list[0] === "...");
}
