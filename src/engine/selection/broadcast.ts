/** Writing an array of one shape to a selection of another, by numpy's and h5py's rules. */
import { product } from "../../base/bits.ts";
import { indexError, printedShape } from "./index-errors.ts";
import type { NumpySelection } from "./numpy-selection.ts";

/**
 * The shape of the source with a 1 wherever it is repeated along a dimension of `target.selectedShape`.
 *
 * @throws HDF5Error named TypeError with h5py's words when the shapes do not fit.
 *
 * h5py: `Selection.expand_shape`.
 */
export function expandShape(target: NumpySelection, sourceShape: readonly number[]): number[] {
  const { shape, selectedShape, scalarAxes, kind } = target;
  if (kind === "points") {
    if (product(sourceShape) === 1) return [1];
    if (product(sourceShape) === product(selectedShape)) return [...selectedShape];
    throw indexError("TypeError", "Broadcasting is not supported for point-wise selections");
  }
  if (kind === "fancy") {
    if (product(sourceShape) === 1 && sourceShape.length === 0) return selectedShape.map(() => 1);
    if (sourceShape.length === shape.length && sourceShape.every((size, d) => size === shape[d])) {
      return [...selectedShape];
    }
    throw indexError("TypeError", "Broadcasting is not supported for complex selections");
  }
  const misfit = () => {
    return indexError("TypeError", `Can't broadcast ${printedShape(sourceShape)} -> ${printedShape(shape)}`);
  };
  const rest = [...sourceShape];
  const expanded = new Array<number>(selectedShape.length).fill(1);
  for (let d = selectedShape.length - 1; d >= 0; d--) {
    if (rest.length === 0 || scalarAxes[d]) continue;
    const size = rest.pop() as number;
    if (size !== 1 && size !== selectedShape[d]) throw misfit();
    expanded[d] = size;
  }
  if (rest.some((size) => size > 1)) throw misfit();
  return expanded;
}

/**
 * Checks that what is written to elements is something: behind nothing h5py would write what it finds in memory.
 *
 * @throws HDF5Error named TypeError.
 */
export function requireElements({ shape, selectedShape }: NumpySelection, sourceShape: readonly number[]): void {
  if (product(sourceShape) > 0 || product(selectedShape) === 0) return;
  const text = selectedShape.length === 0 ? `${sourceShape.join(", ")} to scalar` : undefined;
  throw indexError("TypeError", `Can't broadcast ${text ?? `${printedShape(sourceShape)} -> ${printedShape(shape)}`}`);
}

/**
 * Repeats packed elements until they fill the selection.
 *
 * @param expanded - Shape of `bytes`, as {@link expandShape} gave it.
 * @param shape - The selection's, of the same rank.
 * @returns `bytes` themselves when nothing is repeated.
 */
export function repeatElements(
  bytes: Uint8Array,
  elementSize: number,
  expanded: readonly number[],
  shape: readonly number[],
): Uint8Array {
  if (product(shape) === 0) return new Uint8Array(0);
  let current = bytes;
  let inner = elementSize;
  // From the last dimension on: each repetition copies whole blocks of what is inside.
  for (let d = shape.length - 1; d >= 0; d--) {
    const times = shape[d] as number;
    if (expanded[d] === 1 && times !== 1) current = repeatBlocks(current, inner, times);
    inner *= times;
  }
  return current;
}

function repeatBlocks(bytes: Uint8Array, blockBytes: number, times: number): Uint8Array {
  const repeated = new Uint8Array(bytes.length * times);
  for (let from = 0, to = 0; from < bytes.length; from += blockBytes) {
    const block = bytes.subarray(from, from + blockBytes);
    for (let i = 0; i < times; i++, to += blockBytes) repeated.set(block, to);
  }
  return repeated;
}
