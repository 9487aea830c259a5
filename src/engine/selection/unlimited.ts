/**
 * Hyperslabs with an unlimited count or block: what virtual datasets map, and what becomes of them at a given size.
 *
 * Reference implementation: H5Shyper.c, `H5S_hyper_clip_unlim`.
 */
import { UNLIMITED } from "../../base/address.ts";
import { selectAxes } from "./hyperslab-spans.ts";
import { type RegularSelection, type Selection, selectNone, selectRegular } from "./selection.ts";
import { type AxisSpans, axesOfRegular } from "./span-list.ts";

/**
 * The part of an unlimited hyperslab below `size` in its unlimited dimension. A block that reaches over is cut off, which
 * leaves the selection irregular if there are whole ones before it.
 *
 * @param size - Elements, in the hyperslab's own coordinates (its offset aside).
 */
export function clipUnlimited(selection: RegularSelection, size: number): Selection {
  const { dims, offset, joined, given, unlimitedDim } = selection;
  const start = joined.start[unlimitedDim] as number;
  const room = size - start;
  if (room <= 0) return selectNone(dims, offset);
  const count = [...given.count];
  const block = [...given.block];
  const stride = given.stride[unlimitedDim] as number;
  if (joined.block[unlimitedDim] === UNLIMITED) {
    count[unlimitedDim] = 1;
    block[unlimitedDim] = room;
    return selectRegular(dims, given.start, count, given.stride, block, offset);
  }
  const blocks = Math.ceil(room / stride);
  const lastRoom = room - (blocks - 1) * stride;
  count[unlimitedDim] = blocks;
  const partial = lastRoom < (given.block[unlimitedDim] as number);
  if (partial && blocks === 1) block[unlimitedDim] = lastRoom;
  const whole = selectRegular(dims, given.start, count, given.stride, block, offset);
  if (!partial || blocks === 1 || whole.kind === "none") return whole;
  const axes = axesOfRegular(whole.joined);
  const { starts, ends } = axes[unlimitedDim] as AxisSpans;
  axes[unlimitedDim] = { starts, ends: Array.from(ends, (end) => Math.min(end, size)) };
  return selectAxes(dims, axes, offset);
}

/** The selection as it stands with its extent: an unlimited hyperslab ends where the extent does. */
export function clipToExtent(selection: Selection): Selection {
  if (selection.kind !== "regular" || selection.unlimitedDim < 0) return selection;
  const moved = selection.offset?.[selection.unlimitedDim] ?? 0;
  return clipUnlimited(selection, (selection.dims[selection.unlimitedDim] as number) - moved);
}
