/** Selections gone through in parts of bounded size. */
import { product } from "../../base/bits.ts";
import { type Selection, selectAll, selectBox } from "./selection.ts";

const SLAB_BYTES = 1 << 20;

/**
 * A box in slabs of about a mebibyte, cut along the first dimension; a scalar in one, and what has no elements in none.
 *
 * @param start - First element of the box. Default the dataset's.
 * @param count - Elements of the box along each dimension. Default all.
 */
export function* slabsOf(
  dims: readonly number[],
  elementSize: number,
  start: readonly number[] = dims.map(() => 0),
  count: readonly number[] = dims,
): Generator<Selection> {
  // Of rows without elements there may be more than anyone can count.
  if (product(count) === 0) return;
  const [first = 0, ...restStart] = start;
  const [rows = 1, ...rest] = count;
  const step = Math.max(1, Math.floor(SLAB_BYTES / Math.max(1, product(rest) * elementSize)));
  if (dims.length === 0) {
    yield selectAll(dims);
    return;
  }
  for (let row = 0; row < rows; row += step) {
    yield selectBox(dims, [first + row, ...restStart], [Math.min(step, rows - row), ...rest]);
  }
}
