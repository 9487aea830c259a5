import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../../src/base/errors.ts";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { expandShape, repeatElements, requireElements } from "../../../src/engine/selection/broadcast.ts";
import {
  type IndexArguments,
  MultiBlockSlice,
  mask,
  points,
  slice,
} from "../../../src/engine/selection/index-arguments.ts";
import { numpySelection } from "../../../src/engine/selection/numpy-selection.ts";
import { selectedCount } from "../../../src/engine/selection/selection.ts";
import { linearOf } from "./bitmap.ts";

/** Shape and first elements of `arange(product(dims)).reshape(dims)[args]`. */
function read(dims: readonly number[], args?: IndexArguments): [number[], number[]] {
  const { selection, shape } = numpySelection(dims, args);
  const flat = elements(selection);
  const rank = dims.length;
  const count = Math.min(8, selectedCount(selection));
  const values = Array.from({ length: count }, (_, i) => linearOf(flat.subarray(i * rank, (i + 1) * rank), dims));
  expect(shape.reduce((a, b) => a * b, 1)).toBe(selectedCount(selection));
  return [[...shape], values];
}

function complaint(dims: readonly number[] | null, args: unknown): string {
  try {
    numpySelection(dims, args as IndexArguments);
  } catch (error) {
    if (isHdf5Error(error, "argument")) return `${error.name}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("numpy-like indexing", () => {
  test("reads what h5py reads from a vector of 100", () => {
    const cases: [IndexArguments, number[], number[]][] = [
      [undefined, [100], [0, 1, 2, 3, 4, 5, 6, 7]],
      [[], [100], [0, 1, 2, 3, 4, 5, 6, 7]],
      ["...", [100], [0, 1, 2, 3, 4, 5, 6, 7]],
      [["...", 0], [], [0]],
      [[0, "..."], [], [0]],
      [3, [], [3]],
      [-1, [], [99]],
      [3n, [], [3]],
      [true, [], [1]],
      [slice(10, 5), [0], []],
      [slice(-5, null), [5], [95, 96, 97, 98, 99]],
      [slice(5, 1000), [95], [5, 6, 7, 8, 9, 10, 11, 12]],
      [slice(1000, 2000), [0], []],
      [slice(-1000, 5), [5], [0, 1, 2, 3, 4]],
      [slice(3), [3], [0, 1, 2]],
      [slice(null, null, 1000), [1], [0]],
      [[[]], [0], []],
      [[[-1]], [1], [99]],
      [[[0, -1]], [2], [0, 99]],
      [Int32Array.of(1, 2), [2], [1, 2]],
      [BigInt64Array.of(1n, 2n), [2], [1, 2]],
      [mask(new Uint8Array(100)), [0], []],
      ["-5:", [5], [95, 96, 97, 98, 99]],
      ["::20", [5], [0, 20, 40, 60, 80]],
      ["7", [], [7]],
      ["[1, 5]", [2], [1, 5]],
    ];
    for (const [args, shape, values] of cases) expect(read([100], args)).toEqual([shape, values]);
  });

  test("reads what h5py reads from an array of (3, 4, 5)", () => {
    const dims = [3, 4, 5];
    const every7th = new Uint8Array(60).map((_, i) => (i % 7 === 3 ? 1 : 0));
    const cases: [IndexArguments, number[], number[]][] = [
      [0, [4, 5], [0, 1, 2, 3, 4, 5, 6, 7]],
      [-1, [4, 5], [40, 41, 42, 43, 44, 45, 46, 47]],
      [[0, 0, 0], [], [0]],
      [
        [[0, 2], 1],
        [2, 5],
        [5, 6, 7, 8, 9, 45, 46, 47],
      ],
      [
        [0, [1, 3], slice(null, null, 2)],
        [2, 3],
        [5, 7, 9, 15, 17, 19],
      ],
      [
        ["...", [1, 3]],
        [3, 4, 2],
        [1, 3, 6, 8, 11, 13, 16, 18],
      ],
      [
        [[true, false, true], 0],
        [2, 5],
        [0, 1, 2, 3, 4, 40, 41, 42],
      ],
      [
        [true, false, true],
        [2, 4, 5],
        [0, 1, 2, 3, 4, 5, 6, 7],
      ],
      [[null, [false, false, false, false]], [3, 0, 5], []],
      [mask(every7th, dims), [9], [3, 10, 17, 24, 31, 38, 45, 52]],
      [[0, "...", 0], [4], [0, 5, 10, 15]],
      [["...", 0, 0, 0], [], [0]],
      [[slice(0, 0)], [0, 4, 5], []],
      [[[], 0], [0, 5], []],
      [
        [[0], 0],
        [1, 5],
        [0, 1, 2, 3, 4],
      ],
      [
        [[0], slice(1, 2)],
        [1, 1, 5],
        [5, 6, 7, 8, 9],
      ],
      ["0:2, :, ::2", [2, 4, 3], [0, 2, 4, 5, 7, 9, 10, 12]],
      ["..., -1", [3, 4], [4, 9, 14, 19, 24, 29, 34, 39]],
      [["0:1, 2", 3], [1], [13]],
      ["[0, 2], 1,", [2, 5], [5, 6, 7, 8, 9, 45, 46, 47]],
      [
        points([
          [2, 0, 0],
          [0, 0, 1],
          [2, 0, 0],
        ]),
        [3],
        [40, 1, 40],
      ],
    ];
    for (const [args, shape, values] of cases) expect(read(dims, args)).toEqual([shape, values]);
  });

  test("reads blocks and zero-sized extents as h5py does", () => {
    const blocks = new MultiBlockSlice({ start: 0, stride: 2, count: 2, block: 1 });
    expect(read([4, 5], blocks)).toEqual([
      [2, 5],
      [0, 1, 2, 3, 4, 10, 11, 12],
    ]);
    expect(read([4, 5], [blocks, [0, 2]])).toEqual([
      [2, 2],
      [0, 2, 10, 12],
    ]);
    expect(read([0, 4], undefined)).toEqual([[0, 4], []]);
    expect(read([0, 4], [null, 0])).toEqual([[0], []]);
    expect(read([0, 4], [slice(0, 0), 1])).toEqual([[0], []]);
  });

  test("complains in h5py's words", () => {
    const cases: [readonly number[] | null, unknown, string][] = [
      [[100], 100, "IndexError: Index (100) out of range for (0-99)"],
      [[100], -101, "IndexError: Index (-1) out of range for (0-99)"],
      [[100], 2n ** 70n, "IndexError: Index (1180591620717411303424) out of range for (0-99)"],
      [[100], [0, 0], "ValueError: 2 indexing arguments for 1 dimensions"],
      [[100], [0, "...", 0], "ValueError: 2 indexing arguments for 1 dimensions"],
      [[3, 4, 5], ["...", 0, 0, 0, 0], "ValueError: 4 indexing arguments for 3 dimensions"],
      [[100], slice(null, null, -1), "ValueError: Step must be >= 1 (got -1)"],
      [[100], slice(null, null, 0), "ValueError: slice step cannot be zero"],
      [[100], slice(1.5, 3), "TypeError: slice indices must be integers or None or have an __index__ method"],
      [[100], [[3, 1]], "TypeError: Indexing elements must be in increasing order"],
      [[100], [[1, 1]], "TypeError: Indexing elements must be in increasing order"],
      [[100], [[-1, 2]], "TypeError: Indexing elements must be in increasing order"],
      [[100], [[0, 2, 200]], "IndexError: Fancy indexing out of range for (0-99)"],
      [
        [100],
        [[100]],
        "ValueError: Could not get a validated dataspace from file_space_id (selection + offset not within extent)",
      ],
      [[100], [[1.5]], "TypeError: Indexing arrays must have integer dtypes"],
      [[100], [["a"]], "TypeError: Indexing arrays must have integer dtypes"],
      [[100], [[[1, 2]]], "TypeError: Only 1D arrays allowed for fancy indexing"],
      [[100], 1.5, "TypeError: Simple selection can't process 1.5"],
      [[100], [{}], "TypeError: Simple selection can't process {}"],
      [[100], [true, false], "TypeError: boolean index did not match indexed array"],
      [[100], mask([true, true]), "TypeError: Boolean indexing array has incompatible shape"],
      [[3, 4], mask(new Uint8Array(12), [4, 3]), "TypeError: Boolean indexing array has incompatible shape"],
      [[100], ["...", "..."], "ValueError: Only one ellipsis may be used."],
      [
        [3, 4, 5],
        [
          [0, 1],
          [0, 1],
        ],
        "TypeError: Only one indexing vector or array is currently allowed for fancy indexing",
      ],
      // Before what is out of range.
      [
        [3, 4, 5],
        [
          [0, 1],
          [0, 9],
        ],
        "TypeError: Only one indexing vector or array is currently allowed for fancy indexing",
      ],
      [[100], "field", "ValueError: Field names only allowed for compound types"],
      [[100], "1:2:3:4", "ValueError: Field names only allowed for compound types"],
      [[], 0, "ValueError: Illegal slicing argument for scalar dataspace"],
      [[], slice(null), "ValueError: Illegal slicing argument for scalar dataspace"],
      [[], mask([1]), "ValueError: Illegal slicing argument for scalar dataspace"],
      [null, 0, "ValueError: Empty datasets cannot be sliced"],
      [[0, 4], 0, "IndexError: Index (0) out of range for empty dimension"],
      [
        [4, 5],
        [new MultiBlockSlice({ stride: 5, count: 2 }), 0],
        "ValueError: MultiBlockSlice(start=0, stride=5, count=2, block=1) range (0 - 5) extends beyond maximum index (3)",
      ],
      [[100], points([[100]]), "IndexError: Index (100) out of range for (0-99)"],
    ];
    for (const [dims, args, message] of cases) expect(complaint(dims, args)).toBe(message);
  });

  test("of scalars and empty dataspaces takes nothing and the ellipsis", () => {
    expect(numpySelection([]).selection.kind).toBe("all");
    expect(numpySelection([], "...").shape).toEqual([]);
    expect(selectedCount(numpySelection(null).selection)).toBe(0);
  });

  test("agrees with a slice taken element by element, written as values and as text", () => {
    const bound = fc.option(fc.integer({ min: -12, max: 12 }), { nil: undefined });
    const anyCase = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      bound,
      bound,
      fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(anyCase, ([length, start, stop, step]) => {
        const first = start === undefined ? 0 : start < 0 ? Math.max(0, start + length) : start;
        const end = stop === undefined ? length : stop < 0 ? stop + length : Math.min(length, stop);
        const expected: number[] = [];
        for (let i = first; i < end; i += step ?? 1) expected.push(i);
        const values = elements(numpySelection([length], slice(start, stop, step)).selection);
        const text = elements(numpySelection([length], `${start ?? ""}:${stop ?? ""}:${step ?? ""}`).selection);
        expect([...values]).toEqual(expected);
        expect([...text]).toEqual(expected);
      }),
    );
  });

  test("is the same for numbers and slices alone as with an ellipsis behind them, which others take another way", () => {
    const bound = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });
    const step = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
    const anyArgument = fc.oneof(
      fc.integer({ min: -6, max: 6 }),
      fc.double({ min: -2, max: 2 }),
      fc.tuple(bound, bound, step).map((bounds) => slice(...bounds)),
    );
    const dims = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 });
    const result = (extent: readonly number[], args: IndexArguments) => {
      try {
        return numpySelection(extent, args);
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(dims, fc.array(anyArgument, { minLength: 1, maxLength: 3 }), (extent, args) => {
        fc.pre(args.length <= extent.length);
        expect(result(extent, args)).toEqual(result(extent, [...args, "..."]));
      }),
      { numRuns: 2000 },
    );
  });

  test("keeps a whole dimension of any length as one span beside a list", () => {
    const { selection } = numpySelection([2 ** 40, 10], [slice(null), [1, 4, 9]]);
    expect(selectedCount(selection)).toBe(3 * 2 ** 40);
  });
});

describe("broadcasting", () => {
  const shapeFor = (args: IndexArguments, source: number[], dims = [4, 5]) => {
    return expandShape(numpySelection(dims, args), source);
  };

  test("matches the source's dimensions to the selection's from the last on, past scalar axes", () => {
    expect(shapeFor([null, 0], [4])).toEqual([4, 1]);
    expect(shapeFor(["...", 0], [5, 4], [10, 5, 4, 2])).toEqual([1, 5, 4, 1]);
    expect(shapeFor([slice(0, 2), null], [5])).toEqual([1, 5]);
    expect(shapeFor([slice(0, 2), 0], [1, 2])).toEqual([2, 1]);
    expect(shapeFor([slice(0, 2), slice(0, 3)], [2, 1])).toEqual([2, 1]);
    expect(shapeFor([], [])).toEqual([1, 1]);
    expect(shapeFor([slice(0, 0), slice(0, 3)], [0, 3])).toEqual([0, 3]);
    expect(shapeFor([[0, 2], 0], [2])).toEqual([2, 1]);
    expect(shapeFor([[0, 2], 0], [])).toEqual([1, 1]);
  });

  test("refuses what h5py refuses, in its words", () => {
    expect(() => shapeFor([slice(0, 2), 0], [3])).toThrow("Can't broadcast (3,) -> (2,)");
    expect(() => shapeFor([slice(0, 2), 0], [2, 1])).toThrow("Can't broadcast (2, 1) -> (2,)");
    expect(() => shapeFor([slice(0, 2), slice(0, 3)], [2])).toThrow("Can't broadcast (2,) -> (2, 3)");
    expect(() => shapeFor([[0, 2], 0], [3])).toThrow("Broadcasting is not supported for complex selections");
    expect(() => shapeFor([[0, 2], 0], [1, 2])).toThrow("Broadcasting is not supported for complex selections");
    const some = mask(new Uint8Array(20).fill(1), [4, 5]);
    expect(() => shapeFor(some, [5])).toThrow("Broadcasting is not supported for point-wise selections");
    expect(() => expandShape(numpySelection([]), [2])).toThrow("Can't broadcast (2,) -> ()");
    expect(() => requireElements(numpySelection([]), [0])).toThrow("Can't broadcast 0 to scalar");
    expect(() => requireElements(numpySelection([3], [1]), [0])).toThrow("Can't broadcast (0,) -> ()");
    requireElements(numpySelection([3], [slice(0, 0)]), [0]);
  });

  test("repeats elements along the dimensions that are 1", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect([...repeatElements(bytes, 2, [1, 2], [3, 2])]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    expect([...repeatElements(bytes, 2, [2, 1], [2, 2])]).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
    expect([...repeatElements(bytes.subarray(0, 1), 1, [1, 1], [2, 3])]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(repeatElements(bytes, 2, [2], [2])).toBe(bytes);
    expect(repeatElements(bytes, 1, [1], [0]).length).toBe(0);
  });
});

test("blocks know where they are in a dimension, as h5py's do", () => {
  const blocks = new MultiBlockSlice({ start: 1, stride: 3, count: 4, block: 2 });
  expect(blocks.indices(20)).toEqual([1, 3, 4, 2]);
  expect(String(blocks)).toBe("MultiBlockSlice(start=1, stride=3, count=4, block=2)");
  const endless = new MultiBlockSlice({ stride: 4, block: 2 });
  expect(endless.indices(13)).toEqual([0, 4, 3, 2]);
  expect(`${endless}`).toBe("MultiBlockSlice(start=0, stride=4, count=None, block=2)");
  expect(() => blocks.indices(11)).toThrow("extends beyond maximum index (10)");
});
