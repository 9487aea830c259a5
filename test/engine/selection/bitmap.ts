/** A selection as the set of its elements, the slow and obvious way; and arbitrary selections. */

import fc from "fast-check";
import { product } from "../../../src/base/bits.ts";
import type { SelectionOperation } from "../../../src/engine/selection/hyperslab-algebra.ts";
import { selectHyperslab } from "../../../src/engine/selection/hyperslab-algebra.ts";
import type { RunGroups } from "../../../src/engine/selection/run-groups.ts";
import {
  type HyperslabParameters,
  type Selection,
  selectAll,
  selectNone,
  selectPoints,
} from "../../../src/engine/selection/selection.ts";

export interface Step extends HyperslabParameters {
  readonly operation: SelectionOperation;
}

export const operations: readonly SelectionOperation[] = ["set", "or", "and", "xor", "notb", "nota"];

export const anyDims = (maxRank = 3, maxDim = 7): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: maxDim }), { minLength: 1, maxLength: maxRank });

/** A regular hyperslab within the extent. */
export function anyHyperslab(dims: readonly number[]): fc.Arbitrary<HyperslabParameters> {
  const along = dims.map((dim) =>
    fc
      .integer({ min: 0, max: dim - 1 })
      .chain((start) =>
        fc
          .integer({ min: 1, max: dim - start })
          .chain((block) =>
            fc
              .integer({ min: block, max: Math.max(block, dim) })
              .chain((stride) =>
                fc
                  .integer({ min: 1, max: Math.floor((dim - start - block) / stride) + 1 })
                  .map((count) => ({ start, stride, count, block })),
              ),
          ),
      ),
  );
  return fc.tuple(...along).map((each) => ({
    start: each.map((one) => one.start),
    stride: each.map((one) => one.stride),
    count: each.map((one) => one.count),
    block: each.map((one) => one.block),
  }));
}

export function anySteps(dims: readonly number[], maxLength = 5): fc.Arbitrary<Step[]> {
  const step = fc
    .tuple(fc.constantFrom(...operations), anyHyperslab(dims))
    .map(([operation, parameters]) => ({ operation, ...parameters }));
  return fc.array(step, { minLength: 1, maxLength });
}

export function applySteps(first: Selection, steps: readonly Step[]): Selection {
  let selection = first;
  for (const { operation, start, stride, count, block } of steps) {
    selection = selectHyperslab(selection, operation, start, count, stride, block);
  }
  return selection;
}

/** Any kind of selection, all elements within the extent. */
export const anySelection: fc.Arbitrary<Selection> = anyDims().chain((dims) =>
  fc.oneof(
    fc.constant<Selection>(selectNone(dims)),
    fc.constant<Selection>(selectAll(dims)),
    anySteps(dims).map((steps) => applySteps(selectNone(dims), steps)),
    anySteps(dims).map((steps) => applySteps(selectAll(dims), steps)),
    fc
      .array(fc.tuple(...dims.map((dim) => fc.integer({ min: 0, max: dim - 1 }))), { minLength: 1, maxLength: 12 })
      .map((points) => selectPoints(dims, points.flat())),
  ),
);

export function bitsOf(dims: readonly number[], { start, stride, count, block }: HyperslabParameters): Uint8Array {
  return bitsWhere(dims, (coordinate) =>
    coordinate.every((value, d) => {
      const from = value - (start[d] as number);
      const index = Math.floor(from / (stride[d] as number));
      return from >= 0 && index < (count[d] as number) && from - index * (stride[d] as number) < (block[d] as number);
    }),
  );
}

export function bitsWhere(dims: readonly number[], selected: (coordinate: number[]) => boolean): Uint8Array {
  const bits = new Uint8Array(product(dims));
  for (let i = 0; i < bits.length; i++) bits[i] = selected(coordinateOf(i, dims)) ? 1 : 0;
  return bits;
}

export function coordinateOf(linear: number, dims: readonly number[]): number[] {
  const coordinate = new Array<number>(dims.length);
  let rest = linear;
  for (let d = dims.length - 1; d >= 0; d--) {
    coordinate[d] = rest % (dims[d] as number);
    rest = Math.floor(rest / (dims[d] as number));
  }
  return coordinate;
}

export function linearOf(coordinate: ArrayLike<number>, dims: readonly number[]): number {
  let linear = 0;
  for (let d = 0; d < dims.length; d++) linear = linear * (dims[d] as number) + (coordinate[d] as number);
  return linear;
}

const bitOperations: Record<SelectionOperation, (a: number, b: number) => number> = {
  set: (_, b) => b,
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  notb: (a, b) => a & ~b,
  nota: (a, b) => b & ~a,
};

export function combineBits(operation: SelectionOperation, a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((first, i) => bitOperations[operation](first, b[i] as number));
}

/** The linear element numbers of set bits, ascending. */
export function indexesOf(bits: Uint8Array): number[] {
  return [...bits.keys()].filter((i) => bits[i] === 1);
}

/** Every run spelled out: for each position the offset visited for it. */
export function spellOut(runs: RunGroups, into = new Map<number, number>()): Map<number, number> {
  while (runs.next()) {
    for (let i = 0; i < runs.repeat; i++) {
      for (let k = 0; k < runs.length; k++) {
        const position = runs.position + i * runs.positionStride + k;
        if (into.has(position)) throw new Error(`position ${position} came twice`);
        into.set(position, runs.offset + i * runs.offsetStride + k);
      }
    }
  }
  return into;
}
