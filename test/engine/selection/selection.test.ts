import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../../src/base/address.ts";
import { blockCount, blocks, elements } from "../../../src/engine/selection/blocks.ts";
import { combine, selectHyperslab } from "../../../src/engine/selection/hyperslab-algebra.ts";
import { selectAxes, selectBoxes } from "../../../src/engine/selection/hyperslab-spans.ts";
import {
  appendPoints,
  bounds,
  isRegular,
  isWithinExtent,
  prependPoints,
  regularParameters,
  type Selection,
  selectAll,
  selectedCount,
  selectNone,
  selectPoints,
  selectRegular,
  withExtent,
  withOffset,
} from "../../../src/engine/selection/selection.ts";
import { clipToExtent } from "../../../src/engine/selection/unlimited.ts";
import {
  anyDims,
  anySelection,
  anySteps,
  applySteps,
  bitsOf,
  bitsWhere,
  combineBits,
  indexesOf,
  linearOf,
} from "./bitmap.ts";

function linearElements(selection: Selection): number[] {
  const rank = selection.dims.length;
  const flat = elements(selection);
  return Array.from({ length: flat.length / rank }, (_, i) =>
    linearOf(flat.subarray(i * rank, (i + 1) * rank), selection.dims),
  );
}

describe("hyperslab algebra", () => {
  test("selects what the same operations on bitmaps leave, in row-major order", () => {
    const anyCase = anyDims().chain((dims) => fc.tuple(fc.constant(dims), fc.boolean(), anySteps(dims)));
    fc.assert(
      fc.property(anyCase, ([dims, all, steps]) => {
        const first = all ? selectAll(dims) : selectNone(dims);
        let bits = bitsWhere(dims, () => all);
        for (const step of steps) bits = combineBits(step.operation, bits, bitsOf(dims, step));
        const selection = applySteps(first, steps);
        expect(linearElements(selection)).toEqual(indexesOf(bits));
        expect(selectedCount(selection)).toBe(indexesOf(bits).length);
        expect(selection.kind === "none").toBe(!bits.includes(1));
      }),
      { numRuns: 1500 },
    );
  });

  test("combines two selections as bitmaps would", () => {
    const anyCase = anyDims().chain((dims) =>
      fc.tuple(fc.constant(dims), anySteps(dims), anySteps(dims), fc.constantFrom("or", "and", "xor", "notb", "nota")),
    );
    fc.assert(
      fc.property(anyCase, ([dims, one, other, operation]) => {
        const a = applySteps(selectNone(dims), one);
        const b = applySteps(selectNone(dims), other);
        const name = operation as "or";
        const expected = combineBits(name, toBits(a), toBits(b));
        expect(linearElements(combine(a, name, b))).toEqual(indexesOf(expected));
      }),
      { numRuns: 500 },
    );
  });

  test("combines selections that share parts of each other", () => {
    const anyCase = anyDims().chain((dims) =>
      fc.tuple(
        fc.constant(dims),
        anySteps(dims),
        anySteps(dims, 2),
        fc.constantFrom("or", "and", "xor", "notb", "nota"),
      ),
    );
    fc.assert(
      fc.property(anyCase, ([dims, one, more, operation]) => {
        const a = applySteps(selectNone(dims), one);
        const b = applySteps(a, more);
        const name = operation as "or";
        const expected = combineBits(name, toBits(a), toBits(b));
        expect(linearElements(combine(a, name, b))).toEqual(indexesOf(expected));
      }),
      { numRuns: 500 },
    );
  });

  test("gives equal values for equal sets of elements, however they came about", () => {
    const anyCase = anyDims().chain((dims) => fc.tuple(fc.constant(dims), anySteps(dims, 4)));
    fc.assert(
      fc.property(anyCase, ([dims, steps]) => {
        const selection = applySteps(selectNone(dims), steps);
        const points = linearElements(selection);
        const single = points.map((_, i) => {
          const low = [...elements(selection).subarray(i * dims.length, (i + 1) * dims.length)];
          return { low, high: low };
        });
        const rebuilt = selectBoxes(dims, single.reverse());
        expect(rebuilt.kind).toBe(selection.kind);
        if (rebuilt.kind === "irregular" && selection.kind === "irregular") {
          expect(rebuilt.spans.equals(selection.spans)).toBe(true);
        }
        expect(linearElements(rebuilt)).toEqual(points);
      }),
    );
  });

  test("lists blocks that cover the selection once", () => {
    fc.assert(
      fc.property(anySelection, (selection) => {
        if (selection.kind !== "regular" && selection.kind !== "irregular") return;
        const bits = new Uint8Array(toBits(selection).length);
        const list = blocks(selection);
        expect(list.length).toBe(blockCount(selection));
        let covered = 0;
        for (const { low, high } of list) {
          const inside = bitsWhere(selection.dims, (at) =>
            at.every((value, d) => value >= (low[d] as number) && value <= (high[d] as number)),
          );
          for (const i of indexesOf(inside)) {
            bits[i] = 1;
            covered++;
          }
        }
        expect(bits).toEqual(toBits(selection));
        expect(covered).toBe(selectedCount(selection));
        expect(blocks(selection, 1, 2)).toEqual(list.slice(1, 3));
      }),
    );
  });

  test("finds the bounds", () => {
    fc.assert(
      fc.property(anySelection, (selection) => {
        const rank = selection.dims.length;
        const flat = elements(selection);
        const box = bounds(selection);
        if (flat.length === 0) {
          expect(box).toBeUndefined();
          return;
        }
        for (let d = 0; d < rank; d++) {
          const along = flat.filter((_, i) => i % rank === d);
          expect(box?.low[d]).toBe(Math.min(...along));
          expect(box?.high[d]).toBe(Math.max(...along));
        }
      }),
    );
  });

  test("joins ten thousand separate rows without growing slow", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => i * 3 + (i % 2));
    const selection = selectAxes(
      [40_000, 8],
      [
        { starts: rows, ends: rows.map((row) => row + 1) },
        { starts: [0, 5], ends: [2, 6] },
      ],
    );
    expect(selectedCount(selection)).toBe(30_000);
    expect(isRegular(selection)).toBe(false);
    const boxes = rows.map((row) => ({ low: [row, 0], high: [row, 1] }));
    expect(selectedCount(selectBoxes([40_000, 8], boxes))).toBe(20_000);
  });

  test("does not multiply the work of shared lists", () => {
    const dims = [1000, 1000, 1000, 1000];
    const odd = selectRegular(dims, [0, 0, 0, 0], [500, 500, 500, 500], [2, 2, 2, 2]);
    const both = selectHyperslab(odd, "or", [1, 1, 1, 1], [333, 333, 333, 333], [3, 3, 3, 3]);
    // Inclusion and exclusion: coordinates of both kinds leave remainder 4 by 6.
    expect(selectedCount(both)).toBe(500 ** 4 + 333 ** 4 - 166 ** 4);
  });
});

function toBits(selection: Selection): Uint8Array {
  const bits = bitsWhere(selection.dims, () => false);
  for (const i of linearElements(selection)) bits[i] = 1;
  return bits;
}

describe("hyperslab parameters", () => {
  test("are refused in the C library's words", () => {
    expect(() => selectRegular([20], [0], [1], [0], [1])).toThrow("invalid stride==0 value");
    expect(() => selectRegular([20], [0], [2], [1], [2])).toThrow("hyperslab blocks overlap");
    expect(() => selectRegular([20], [0], [UNLIMITED], [1], [UNLIMITED])).toThrow("hyperslab blocks overlap");
    expect(() => selectRegular([20, 20], [0], [5])).toThrow("start must be a tuple of size 2.");
    expect(() => selectRegular([], [], [])).toThrow("hyperslab doesn't support H5S_SCALAR space");
    expect(() => selectRegular([9, 9], [0, 0], [UNLIMITED, UNLIMITED])).toThrow("more than one unlimited dimension");
    expect(() => selectHyperslab(selectPoints([4], [1]), "or", [0], [1])).toThrow("invalid selection operation");
    expect(() => blockCount(selectAll([4]))).toThrow("not a hyperslab selection");
    expect(() => regularParameters(selectAll([4]))).toThrow("not a hyperslab selection");
  });

  test("come back as they were given, while adjoining blocks count apart", () => {
    const selection = selectRegular([20], [0], [3], [2], [2]);
    expect(regularParameters(selection)).toEqual({ start: [0], stride: [2], count: [3], block: [2] });
    expect(blocks(selection)).toEqual([
      { low: [0], high: [1] },
      { low: [2], high: [3] },
      { low: [4], high: [5] },
    ]);
    expect(regularParameters(selectRegular([20], [5], [1], [7]))).toEqual({
      start: [5],
      stride: [7],
      count: [1],
      block: [1],
    });
  });

  test("a zero count or block selects nothing, and joined to something changes nothing", () => {
    expect(selectRegular([20], [0], [0]).kind).toBe("none");
    expect(selectRegular([20], [0], [1], [1], [0]).kind).toBe("none");
    const one = selectRegular([20], [15], [1]);
    expect(selectHyperslab(one, "or", [3], [0])).toBe(one);
    expect(selectHyperslab(one, "and", [3], [0]).kind).toBe("none");
  });

  test("a joined result is regular again where it can be", () => {
    const three = selectRegular([20], [0], [3], [5]);
    const wider = selectHyperslab(three, "or", [1], [3], [5]);
    expect(regularParameters(wider)).toEqual({ start: [0], stride: [5], count: [3], block: [2] });
    const fewer = selectHyperslab(three, "notb", [10], [1]);
    expect(regularParameters(fewer)).toEqual({ start: [0], stride: [5], count: [2], block: [1] });
  });

  test("joining to everything leaves everything, whatever is joined", () => {
    expect(selectHyperslab(selectAll([20]), "or", [1], [1], [1], [30]).kind).toBe("all");
  });
});

describe("points", () => {
  test("keep their order, and what is added goes to either end", () => {
    const points = prependPoints(appendPoints(selectPoints([9, 9], [3, 1, 0, 2]), [3, 1]), [8, 8]);
    expect([...points.coordinates]).toEqual([8, 8, 3, 1, 0, 2, 3, 1]);
    expect(selectedCount(points)).toBe(4);
    expect(bounds(points)).toEqual({ low: [0, 1], high: [8, 8] });
    expect([...appendPoints(selectAll([9]), [4]).coordinates]).toEqual([4]);
  });

  test("may lie outside until they are used", () => {
    expect(isWithinExtent(selectPoints([9, 9], [99, 99]))).toBe(false);
    expect(() => selectPoints([9, 9], [1, 2, 3])).toThrow("Coordinate array must have shape (<npoints>, 2)");
    expect(() => selectPoints([9], [])).toThrow("elements not specified");
    expect(() => selectPoints([], [1])).toThrow("point doesn't support H5S_SCALAR space");
  });
});

describe("offset", () => {
  test("moves bounds and validity, not the blocks", () => {
    const three = selectRegular([20], [0], [3], [5]);
    const moved = withOffset(three, [3]);
    expect(bounds(moved)).toEqual({ low: [3], high: [13] });
    expect(blocks(moved)[0]).toEqual({ low: [0], high: [0] });
    expect(isWithinExtent(moved)).toBe(true);
    expect(isWithinExtent(withOffset(three, [15]))).toBe(false);
    expect(() => bounds(withOffset(three, [-1]))).toThrow("offset moves selection out of bounds");
    expect(bounds(withOffset(selectAll([20]), [15]))).toEqual({ low: [0], high: [19] });
    expect(bounds(selectHyperslab(withOffset(three, [15]), "or", [1], [3], [5]))).toEqual({ low: [15], high: [26] });
  });

  test("is not for scalars", () => {
    expect(() => withOffset(selectAll([]), [])).toThrow("can't set offset on scalar or null dataspace");
  });
});

describe("unlimited hyperslabs", () => {
  test("keep their parameters, count without end, and fit no extent", () => {
    const selection = selectRegular([20], [0], [UNLIMITED], [2]);
    expect(selectedCount(selection)).toBe(UNLIMITED);
    expect(isWithinExtent(selection)).toBe(false);
    expect(regularParameters(selection)).toEqual({ start: [0], stride: [2], count: [UNLIMITED], block: [1] });
  });

  test("combine only where the result has an end", () => {
    const selection = selectRegular([20], [0], [UNLIMITED], [2]);
    expect(() => selectHyperslab(selection, "or", [0], [1])).toThrow("unsupported operation on unlimited selection");
    const limited = selectHyperslab(selection, "and", [0], [5]);
    expect(regularParameters(limited)).toEqual({ start: [0], stride: [2], count: [3], block: [1] });
    const three = selectRegular([20], [0], [3], [2]);
    expect(() => selectHyperslab(three, "or", [0], [UNLIMITED], [2])).toThrow(
      "unsupported operation with unlimited selection",
    );
    expect(selectHyperslab(three, "notb", [0], [UNLIMITED], [2]).kind).toBe("none");
  });

  test("are cut where the extent ends, within a block too", () => {
    const selection = selectRegular([8, 2], [1, 0], [UNLIMITED, 1], [4, 1], [3, 2]);
    expect(blocks(clipToExtent(selection))).toEqual([
      { low: [1, 0], high: [3, 1] },
      { low: [5, 0], high: [7, 1] },
    ]);
    expect(blocks(clipToExtent(withExtent(selection, [7, 2])))).toEqual([
      { low: [1, 0], high: [3, 1] },
      { low: [5, 0], high: [6, 1] },
    ]);
    expect(blocks(clipToExtent(withExtent(selection, [2, 2])))).toEqual([{ low: [1, 0], high: [1, 1] }]);
    expect(clipToExtent(withExtent(selection, [1, 2])).kind).toBe("none");
    const block = selectRegular([8], [3], [1], [1], [UNLIMITED]);
    expect(blocks(clipToExtent(block))).toEqual([{ low: [3], high: [7] }]);
  });
});
