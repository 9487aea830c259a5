/** An extent cut into boxes of bounded size, in row-major order. */
import { product } from "../../base/bits.ts";
import { type Selection, selectAll, selectBox } from "./selection.ts";

export interface Box {
  readonly origin: readonly number[];
  readonly size: readonly number[];
}

/**
 * Boxes that cover an extent, each of at most `maxBytes` bytes (or one element, or one `tile`).
 *
 * @param tile - Where given, boxes start at its multiples and are as many whole tiles long as fit, but for the edge.
 */
export function* boxesOf(
  dims: readonly number[],
  elementSize: number,
  maxBytes: number,
  tile?: readonly number[],
): Generator<Box> {
  if (dims.includes(0)) return;
  const unit = tile ?? dims.map(() => 1);
  // As large as possible along the fastest dimensions, then along the next one.
  const steps = dims.map((size, d) => Math.min(size, unit[d] as number));
  for (let d = dims.length - 1; d >= 0; d--) {
    const size = dims[d] as number;
    const step = steps[d] as number;
    const bytes = product(steps) * elementSize;
    const tiles = Math.min(Math.ceil(size / step), Math.max(1, Math.floor(maxBytes / bytes)));
    steps[d] = Math.min(size, tiles * step);
    if (steps[d] !== size) break;
  }
  const origin = dims.map(() => 0);
  for (;;) {
    const size = dims.map((extent, d) => Math.min(steps[d] as number, extent - (origin[d] as number)));
    yield { origin: origin.slice(), size };
    let d = dims.length - 1;
    while (d >= 0) {
      origin[d] = (origin[d] as number) + (steps[d] as number);
      if ((origin[d] as number) < (dims[d] as number)) break;
      origin[d] = 0;
      d--;
    }
    if (d < 0) return;
  }
}

/** The selection of a box. */
export function boxSelection(dims: readonly number[], { origin, size }: Box): Selection {
  return size.every((count, d) => count === dims[d]) ? selectAll(dims) : selectBox(dims, origin, size);
}
