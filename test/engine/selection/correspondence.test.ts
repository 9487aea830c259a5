import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { correspondingTo, selectionOfRuns } from "../../../src/engine/selection/correspondence.ts";
import { type Selection, selectedCount, selectRegular } from "../../../src/engine/selection/selection.ts";
import { anyHyperslab, anyPoints, anyRegular } from "./any-selection.ts";

const HERE = [5, 4, 6];
const THERE = [7, 30];

function listed(selection: Selection): string[] {
  const rank = selection.dims.length;
  const flat = elements(selection);
  return Array.from({ length: flat.length / rank }, (_, i) => flat.subarray(i * rank, (i + 1) * rank).join());
}

/** The pairs of place asked for and element found, one by one. */
function expected(request: Selection, here: Selection, there: Selection): [number, string][] {
  const targets = listed(there);
  const byElement = new Map(listed(here).map((element, i) => [element, targets[i]]));
  return listed(request).flatMap((element, position) => {
    const target = byElement.get(element);
    return target === undefined ? [] : [[position, target] as [number, string]];
  });
}

function found(request: Selection, here: Selection, there: Selection): [number, string][] {
  const part = correspondingTo(request, here, there);
  if (part === undefined) return [];
  const positions = elements(part.positions);
  const { dims } = part.positions;
  const targets = listed(part.selection);
  expect(targets.length).toBe(part.elementCount);
  expect(selectedCount(part.positions)).toBe(part.elementCount);
  return targets.map((target, i) => {
    const coordinate = positions.subarray(i * dims.length, (i + 1) * dims.length);
    return [coordinate.reduce((at, value, d) => at * (dims[d] as number) + value, 0), target];
  });
}

describe("elements that correspond through a mapping", () => {
  test("are those of the same number where any of the three is points, of which the later of two counts", () => {
    const any = (dims: readonly number[]) => fc.oneof(anyHyperslab(dims), anyPoints(dims));
    fc.assert(
      fc.property(any(HERE), any(HERE), any(THERE), (request, here, there) => {
        expect(found(request, here, there)).toEqual(expected(request, here, there));
      }),
      { numRuns: 300 },
    );
  });

  test("are those of the same number, for hyperslabs of any shape", () => {
    fc.assert(
      fc.property(anyHyperslab(HERE), anyHyperslab(HERE), anyHyperslab(THERE), (request, here, there) => {
        expect(found(request, here, there)).toEqual(expected(request, here, there));
      }),
      { numRuns: 400 },
    );
  });

  test("are found dimension by dimension where shapes agree", () => {
    fc.assert(
      fc.property(anyHyperslab(HERE), anyRegular(HERE), fc.nat(3), (request, here, shift) => {
        if (here.kind !== "regular") return;
        const { count, block } = here.joined;
        const shape = count.map((blocks, d) => blocks * (block[d] as number));
        const dims = [9, ...shape.map((size) => 2 * size + 3), 2];
        const ones = dims.map(() => 1);
        const there = selectRegular(
          dims,
          [shift, ...shape.map(() => 2), 1],
          [1, ...shape, 1],
          [1, ...shape.map(() => 2), 1].map((n, d) => (d === 0 || d === dims.length - 1 ? 1 : n)),
          ones,
        );
        expect(found(request, here, there)).toEqual(expected(request, here, there));
      }),
      { numRuns: 300 },
    );
  });

  test("are found for points in their order", () => {
    fc.assert(
      fc.property(anyPoints(HERE), anyHyperslab(HERE), anyHyperslab(THERE), (request, here, there) => {
        expect(found(request, here, there)).toEqual(expected(request, here, there));
      }),
    );
  });

  test("runs of an extent become the selection of their elements", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(119), { minLength: 1 }), (numbers) => {
        const sorted = [...numbers].sort((a, b) => a - b);
        const selection = selectionOfRuns(
          HERE,
          sorted,
          sorted.map(() => 1),
        );
        expect(selectedCount(selection)).toBe(sorted.length);
        const flat = elements(selection);
        const back = sorted.map(
          (_, i) => (flat[3 * i] as number) * 24 + (flat[3 * i + 1] as number) * 6 + (flat[3 * i + 2] as number),
        );
        expect(back).toEqual(sorted);
      }),
    );
  });
});
