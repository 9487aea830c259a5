import { describe, expect, test } from "vitest";
import { selectHyperslab } from "../../../src/engine/selection/hyperslab-algebra.ts";
import {
  type Selection,
  selectAll,
  selectBox,
  selectNone,
  selectPoints,
  selectRegular,
} from "../../../src/engine/selection/selection.ts";
import { selectionShapeSame } from "../../../src/engine/selection/shape-same.ts";

const pair = selectRegular([9, 9], [1, 1], [1, 2]);
const lattice = selectHyperslab(selectRegular([9, 9], [0, 0], [2, 2], [3, 3]), "or", [1, 1], [1, 1]);
const moved = selectHyperslab(selectRegular([20, 20], [5, 4], [2, 2], [3, 3]), "or", [6, 5], [1, 1]);
const inPlane = selectHyperslab(
  selectRegular([4, 20, 20], [2, 5, 4], [1, 2, 2], [1, 3, 3]),
  "or",
  [2, 6, 5],
  [1, 1, 1],
);

/** Measured with H5Sselect_shape_same of 1.10.8. */
const cases: [string, Selection, Selection, boolean][] = [
  ["rank 2 and its elements in a row", selectAll([2, 3]), selectAll([6]), false],
  ["a dimension of 1 in front", selectAll([2, 3]), selectAll([1, 2, 3]), true],
  ["a dimension of 1 behind", selectAll([2, 3]), selectAll([2, 3, 1]), false],
  ["a scalar and one element", selectAll([]), selectAll([1]), true],
  ["a box and everything", selectBox([9, 9], [1, 1], [2, 3]), selectAll([2, 3]), true],
  ["adjoining blocks and everything", selectRegular([9, 9], [1, 1], [2, 3]), selectAll([2, 3]), true],
  ["neighbouring points and a block of both", selectPoints([9, 9], [3, 3, 3, 4]), pair, false],
  [
    "points and blocks of one element",
    selectPoints([9, 9], [3, 3, 3, 5]),
    selectRegular([9, 9], [1, 1], [1, 2], [1, 2]),
    true,
  ],
  ["one point and one element", selectPoints([9, 9], [3, 3]), selectRegular([9, 9], [1, 1], [1, 1]), true],
  ["points elsewhere", selectPoints([9, 9], [3, 3, 3, 5]), selectPoints([9, 9], [1, 1, 1, 3]), true],
  ["points in another order", selectPoints([9, 9], [3, 3, 3, 5]), selectPoints([9, 9], [1, 3, 1, 1]), false],
  ["points in a plane and in a row", selectPoints([9, 9], [3, 3, 3, 5]), selectPoints([9], [1, 3]), true],
  ["points in two planes", selectPoints([9, 9], [3, 3, 4, 5]), selectPoints([9], [1, 3]), false],
  ["a point that comes twice", selectPoints([9], [3, 3]), selectPoints([9], [1, 1]), true],
  ["all elements as points", selectPoints([9], [0, 1, 2, 3, 4, 5]), selectAll([6]), false],
  ["nothing and nothing", selectNone([6]), selectNone([2, 3]), true],
  ["nothing and everything", selectNone([6]), selectAll([6]), false],
  ["an irregular pattern elsewhere", lattice, moved, true],
  ["an irregular pattern in a plane", lattice, inPlane, true],
  ["two planes and one", selectRegular([4, 20, 20], [0, 5, 4], [2, 2, 2], [1, 3, 3]), lattice, false],
  ["other strides of one block", selectRegular([20], [3], [1], [2]), selectRegular([20], [3], [1], [7]), true],
  ["extents without elements", selectAll([0]), selectAll([0, 3]), false],
];

describe("selections of the same shape", () => {
  test.each(cases)("%s", (_, first, second, same) => {
    expect(selectionShapeSame(first, second)).toBe(same);
    expect(selectionShapeSame(second, first)).toBe(same);
  });

  test("an irregular pattern with one element moved is another", () => {
    const other = selectHyperslab(selectRegular([9, 9], [0, 0], [2, 2], [3, 3]), "or", [1, 2], [1, 1]);
    expect(selectionShapeSame(lattice, other)).toBe(false);
  });
});
