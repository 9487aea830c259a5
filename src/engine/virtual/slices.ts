/**
 * Slices of unlimited hyperslabs: the selected coordinates of the unlimited dimension, which grow with the extent.
 *
 * Reference implementation: H5Shyper.c, `H5S__hyper_get_clip_diminfo`, `H5S_hyper_get_clip_extent_match`,
 * `H5S_hyper_get_unlim_block`.
 */
import { UNLIMITED } from "../../base/address.ts";
import { type RegularSelection, type Selection, selectRegular } from "../selection/selection.ts";

interface UnlimitedDim {
  readonly start: number;
  readonly stride: number;
  /** `UNLIMITED` when blocks follow each other without a gap. */
  readonly block: number;
}

function unlimitedDimOf(selection: RegularSelection): UnlimitedDim {
  const d = selection.unlimitedDim;
  const { given } = selection;
  const start = given.start[d] as number;
  const stride = given.stride[d] as number;
  const block = given.block[d] as number;
  return { start, stride, block: block === stride ? UNLIMITED : block };
}

/** How many slices there are below a coordinate of the unlimited dimension. */
export function slicesBelow(selection: RegularSelection, size: number): number {
  const { start, stride, block } = unlimitedDimOf(selection);
  const room = size - start;
  if (room <= 0) return 0;
  if (block === UNLIMITED) return room;
  const whole = Math.floor(room / stride);
  return whole * block + Math.min(room - whole * stride, block);
}

/**
 * The extent in the unlimited dimension that so many slices need.
 *
 * @param trailing - Whether the gap behind the last whole block belongs to it.
 */
export function extentOfSlices(selection: RegularSelection, slices: number, trailing: boolean): number {
  const { start, stride, block } = unlimitedDimOf(selection);
  if (slices === 0) return trailing ? start : 0;
  if (block === UNLIMITED) return start + slices;
  const whole = Math.floor(slices / block);
  const rest = slices - whole * block;
  if (rest > 0) return start + whole * stride + rest;
  return trailing ? start + whole * stride : start + (whole - 1) * stride + block;
}

/** One block of a hyperslab with an unlimited count. */
export function blockOfUnlimited(selection: RegularSelection, index: number): Selection {
  const { dims, given, unlimitedDim, offset } = selection;
  const start = given.start.map((first, d) =>
    d === unlimitedDim ? first + index * (given.stride[d] as number) : first,
  );
  const count = given.count.map((blocks, d) => (d === unlimitedDim ? 1 : blocks));
  return selectRegular(dims, start, count, given.stride, given.block, offset);
}

/** Numbers of the blocks that reach into `[low, high]` of the unlimited dimension: from the first to before the second. */
export function blocksBetween(selection: RegularSelection, low: number, high: number): readonly [number, number] {
  const d = selection.unlimitedDim;
  const start = selection.given.start[d] as number;
  const stride = selection.given.stride[d] as number;
  const block = selection.given.block[d] as number;
  const first = Math.max(0, Math.floor((low - start - block) / stride) + 1);
  return [first, Math.max(first, Math.floor((high - start) / stride) + 1)];
}
