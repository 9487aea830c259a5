import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { type Selection, selectAll, withOffset } from "../../../src/engine/selection/selection.ts";
import { locatorOf } from "../../../src/engine/selection/sequence-locator.ts";
import { anyHyperslab, anyPoints } from "./any-selection.ts";

const DIMS = [4, 3, 5];

/** Row-major numbers of the selected elements, one by one. */
function offsetsOf(selection: Selection): number[] {
  const { dims } = selection;
  const flat = elements(selection);
  return Array.from({ length: flat.length / dims.length }, (_, i) =>
    dims.reduce((offset, size, d) => offset * size + (flat[i * dims.length + d] as number), 0),
  );
}

/** What the locator says of each position must be where the element is, and so for all that it calls available. */
function expectLocated(selection: Selection): void {
  const offsets = offsetsOf(selection);
  const locator = locatorOf(selection);
  // From the last on: each is found by itself.
  for (let position = offsets.length - 1; position >= 0; position--) {
    locator.locate(position);
    const { available, offset } = locator;
    expect(available).toBeGreaterThan(0);
    const there = offsets.slice(position, position + available);
    expect(there).toEqual(Array.from({ length: available }, (_, i) => offset + i));
  }
}

describe("the place of an element of a selection", () => {
  test("is where its number leads, with all that follow it at once", () => {
    fc.assert(fc.property(fc.oneof(anyHyperslab(DIMS), anyPoints(DIMS)), expectLocated), { numRuns: 300 });
  });

  test("moves with the selection's offset", () => {
    fc.assert(
      fc.property(fc.oneof(anyHyperslab(DIMS), anyPoints(DIMS)), (selection) => {
        expectLocated(withOffset({ ...selection, dims: DIMS.map((size) => size + 1) }, [1, 0, 1]));
      }),
      { numRuns: 200 },
    );
  });

  test("of a scalar is its one element", () => {
    const locator = locatorOf(selectAll([]));
    locator.locate(0);
    expect([locator.offset, locator.available]).toEqual([0, 1]);
  });
});
