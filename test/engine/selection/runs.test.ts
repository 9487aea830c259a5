import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { partsInGrid } from "../../../src/engine/selection/grid-parts.ts";
import { intersectBox, runsOf } from "../../../src/engine/selection/runs.ts";
import {
  isWithinExtent,
  type Selection,
  selectAll,
  selectedCount,
  selectPoints,
  selectRegular,
  withOffset,
} from "../../../src/engine/selection/selection.ts";
import { anySelection, coordinateOf, linearOf, spellOut } from "./bitmap.ts";

function expectedOffsets(selection: Selection): number[] {
  const rank = selection.dims.length;
  const flat = elements(selection);
  return Array.from({ length: flat.length / rank }, (_, i) =>
    linearOf(flat.subarray(i * rank, (i + 1) * rank), selection.dims),
  );
}

const anyMoved = fc
  .tuple(anySelection, fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }))
  .map(([selection, by]) => {
    const moved = withOffset(selection, by.slice(0, selection.dims.length));
    return isWithinExtent(moved) ? moved : selection;
  });

describe("runs", () => {
  test("visit every selected element once, at its place in the sequence, in order", () => {
    fc.assert(
      fc.property(anyMoved, (selection) => {
        const visited = spellOut(runsOf(selection));
        expect([...visited.keys()]).toEqual([...visited.keys()].sort((a, b) => a - b));
        expect([...visited.values()]).toEqual(expectedOffsets(selection));
      }),
      { numRuns: 1500 },
    );
  });

  test("are one for everything, and one for whole rows", () => {
    const whole = runsOf(selectAll([7, 5, 3]));
    expect([whole.next(), whole.offset, whole.length, whole.repeat, whole.next()]).toEqual([true, 0, 105, 1, false]);
    const rows = runsOf(selectRegular([7, 5, 3], [2, 0, 0], [3, 5, 3]));
    expect([rows.next(), rows.offset, rows.length, rows.repeat, rows.next()]).toEqual([true, 30, 45, 1, false]);
    const scalar = runsOf(selectAll([]));
    expect([scalar.next(), scalar.offset, scalar.length, scalar.next()]).toEqual([true, 0, 1, false]);
  });

  test("of a strided or partial selection are one group", () => {
    const strided = runsOf(selectRegular([1000], [1], [333], [3]));
    expect([strided.next(), strided.length, strided.repeat, strided.offsetStride]).toEqual([true, 1, 333, 3]);
    expect(strided.next()).toBe(false);
    const columns = runsOf(selectRegular([100, 10, 4], [0, 2, 0], [100, 3, 4]));
    expect([columns.next(), columns.length, columns.repeat, columns.offsetStride]).toEqual([true, 12, 100, 40]);
    expect(columns.next()).toBe(false);
  });

  test("stay exact in extents near 2^53 elements", () => {
    const runs = runsOf(selectRegular([2 ** 30, 2 ** 22], [2 ** 30 - 1, 5], [1, 3]));
    expect(runs.next()).toBe(true);
    expect(runs.offset).toBe((2 ** 30 - 1) * 2 ** 22 + 5);
  });

  test("refuse a selection that reaches out of the extent", () => {
    expect(() => runsOf(selectPoints([4], [4]))).toThrow("selection + offset not within extent");
    expect(() => partsInGrid(selectRegular([4], [0], [5]), [2])).toThrow("selection + offset not within extent");
  });
});

describe("parts in a grid of boxes", () => {
  const anyCase = anyMoved.chain((selection) =>
    fc.tuple(fc.constant(selection), fc.tuple(...selection.dims.map(() => fc.integer({ min: 1, max: 5 })))),
  );

  test("together are the selection, each box once in row-major order", () => {
    fc.assert(
      fc.property(anyCase, ([selection, boxDims]) => {
        const parts = partsInGrid(selection, boxDims);
        const offsets = new Map<number, number>();
        const boxes: number[][] = [];
        while (parts.next()) {
          boxes.push([...parts.scaled]);
          const before = offsets.size;
          for (const [position, offset] of spellOut(parts.runs())) {
            const at = coordinateOf(offset, boxDims).map((value, d) => {
              return value + (parts.scaled[d] as number) * (boxDims[d] as number);
            });
            expect(offsets.has(position)).toBe(false);
            offsets.set(position, linearOf(at, selection.dims));
          }
          expect(offsets.size - before).toBe(parts.elementCount);
          expect(parts.elementCount).toBeGreaterThan(0);
        }
        const expected = expectedOffsets(selection);
        expect(expected.map((_, position) => offsets.get(position))).toEqual(expected);
        expect(offsets.size).toBe(selectedCount(selection));
        const grid = selection.dims.map(() => 8);
        const order = boxes.map((scaled) => linearOf(scaled, grid));
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
      }),
      { numRuns: 1500 },
    );
  });

  test("agree with the intersection of each box", () => {
    fc.assert(
      fc.property(anyCase, ([selection, boxDims]) => {
        const parts = partsInGrid(selection, boxDims);
        let total = 0;
        while (parts.next()) {
          const start = parts.scaled.map((scaled, d) => scaled * (boxDims[d] as number));
          const part = intersectBox(selection, start, boxDims);
          expect(part?.elementCount).toBe(parts.elementCount);
          if (part !== undefined) expect(spellOut(part.runs())).toEqual(spellOut(parts.runs()));
          total += parts.elementCount;
        }
        expect(total).toBe(selectedCount(selection));
      }),
    );
  });

  test("skip the boxes between far-apart elements without visiting them", () => {
    const sparse = partsInGrid(selectRegular([2 ** 50], [3], [4], [2 ** 48]), [10]);
    const seen: number[] = [];
    while (sparse.next()) seen.push(sparse.scaled[0] as number);
    expect(seen).toEqual([0, 1, 2, 3].map((i) => Math.floor((3 + i * 2 ** 48) / 10)));
    const points = partsInGrid(selectPoints([2 ** 50, 2 ** 50], [2 ** 49, 7, 1, 1, 2 ** 49, 8]), [10, 10]);
    expect([points.next(), points.scaled, points.elementCount]).toEqual([true, [0, 0], 1]);
    expect([points.next(), points.scaled, points.elementCount]).toEqual([true, [Math.floor(2 ** 49 / 10), 0], 2]);
    expect(points.next()).toBe(false);
  });

  test("give one run where a chunk is as wide as the extent", () => {
    const parts = partsInGrid(selectAll([100, 8]), [10, 8]);
    parts.next();
    parts.next();
    const runs = parts.runs();
    expect([runs.next(), runs.offset, runs.position, runs.length, runs.next()]).toEqual([true, 0, 80, 80, false]);
  });
});
