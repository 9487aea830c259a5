import fc from "fast-check";
import { expect, test } from "vitest";
import { product } from "../../../src/base/bits.ts";
import { type Selection, selectBox, selectedCount } from "../../../src/engine/selection/selection.ts";
import { slabsOf } from "../../../src/engine/selection/slabs.ts";
import { bitsWhere, indexesOf } from "./bitmap.ts";

/** Rows so wide that a slab holds a few of them. */
const ELEMENT = 1 << 18;

const box = fc
  .array(fc.record({ before: fc.nat(3), size: fc.integer({ min: 1, max: 9 }), behind: fc.nat(3) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((axes) => ({
    dims: axes.map(({ before, size, behind }) => before + size + behind),
    start: axes.map(({ before }) => before),
    count: axes.map(({ size }) => size),
  }));

/** Elements of a slab, which is a box. */
function bits(slab: Selection): Uint8Array {
  if (slab.kind !== "regular") throw new Error(`a slab is a box, not ${slab.kind}`);
  const { start, block } = slab.given;
  return bitsWhere(slab.dims, (at) =>
    at.every((x, d) => x >= (start[d] as number) && x < (start[d] as number) + (block[d] as number)),
  );
}

test("slabs are together the box, each element once, and none is larger than a mebibyte or one row", () => {
  fc.assert(
    fc.property(box, ({ dims, start, count }) => {
      const slabs = [...slabsOf(dims, ELEMENT, start, count)];
      const times = new Uint8Array(product(dims));
      for (const slab of slabs) for (const i of indexesOf(bits(slab))) times[i] = (times[i] as number) + 1;
      expect(times).toEqual(bits(selectBox(dims, start, count)));
      const most = Math.max(product(count.slice(1)), 2 ** 20 / ELEMENT);
      for (const slab of slabs) expect(selectedCount(slab)).toBeLessThanOrEqual(most);
    }),
  );
});

test("a scalar is one slab, an empty dataset none", () => {
  expect([...slabsOf([], 8)].map(selectedCount)).toEqual([1]);
  expect([...slabsOf([0, 5], 8)]).toEqual([]);
  // More rows than anyone can count, of nothing.
  expect([...slabsOf([2 ** 44, 0], 8)]).toEqual([]);
});
