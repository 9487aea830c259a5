/** Selections of small extents for property tests. */
import fc from "fast-check";
import { combine } from "../../../src/engine/selection/hyperslab-algebra.ts";
import { type Selection, selectAll, selectPoints, selectRegular } from "../../../src/engine/selection/selection.ts";

export function anyRegular(dims: readonly number[]): fc.Arbitrary<Selection> {
  const axis = (size: number) =>
    fc
      .record({ start: fc.nat(size - 1), block: fc.integer({ min: 1, max: 3 }), gap: fc.nat(2), count: fc.nat(4) })
      .map(({ start, block, gap, count }) => {
        const whole = Math.min(block, size - start);
        const stride = whole + gap;
        return {
          start,
          block: whole,
          stride,
          count: Math.max(1, Math.min(count, Math.floor((size - start - whole) / stride) + 1)),
        };
      });
  return fc.tuple(...dims.map(axis)).map((axes) =>
    selectRegular(
      dims,
      axes.map(({ start }) => start),
      axes.map(({ count }) => count),
      axes.map(({ stride }) => stride),
      axes.map(({ block }) => block),
    ),
  );
}

export function anyHyperslab(dims: readonly number[]): fc.Arbitrary<Selection> {
  const regular = anyRegular(dims);
  return fc.oneof(
    fc.constant(selectAll(dims)),
    regular,
    fc.tuple(regular, regular).map(([a, b]) => combine(a, "or", b)),
    fc.tuple(regular, regular).map(([a, b]) => combine(a, "xor", b)),
  );
}

export function anyPoints(dims: readonly number[]): fc.Arbitrary<Selection> {
  const point = fc.tuple(...dims.map((size) => fc.nat(size - 1)));
  return fc.array(point, { minLength: 1, maxLength: 12 }).map((points) => selectPoints(dims, points.flat()));
}
