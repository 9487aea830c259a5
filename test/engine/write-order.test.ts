import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderForWriting } from "../../src/engine/write-order.ts";

describe("order of writing", () => {
  test("every dirty structure once, and a child before its parent wherever that is possible", () => {
    // Edges from lower to higher numbers make no circle.
    const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(edges, fc.uniqueArray(fc.integer({ min: 0, max: 30 })), (pairs, addresses) => {
        const before = new Map<number, Set<number>>();
        for (const [a, b] of pairs) {
          if (a === b) continue;
          const child = Math.min(a, b);
          before.set(child, (before.get(child) ?? new Set()).add(Math.max(a, b)));
        }
        const dirty = new Set(addresses);
        const order = orderForWriting(dirty, before);
        expect(order.flat().sort((a, b) => a - b)).toEqual([...dirty].sort((a, b) => a - b));
        const groupOf = new Map(order.flatMap((group, i) => group.map((address) => [address, i] as const)));
        for (const [child, parents] of before) {
          for (const parent of parents) {
            if (!dirty.has(child) || !dirty.has(parent)) continue;
            expect(groupOf.get(child) as number).toBeLessThan(groupOf.get(parent) as number);
          }
        }
      }),
    );
  });

  test("a circle is broken, nothing is lost", () => {
    const before = new Map([
      [1, new Set([2])],
      [2, new Set([3])],
      [3, new Set([1])],
    ]);
    expect(
      orderForWriting(new Set([1, 2, 3]), before)
        .flat()
        .sort(),
    ).toEqual([1, 2, 3]);
  });
});
