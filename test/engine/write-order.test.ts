import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dependenciesOf, orderByRank, orderForWriting } from "../../src/engine/write-order.ts";

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

  test("of those that need not wait, the lowest rank is first", () => {
    const edges = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 40 });
    fc.assert(
      fc.property(
        edges,
        fc.uniqueArray(fc.nat(20)),
        fc.array(fc.nat(3), { minLength: 21, maxLength: 21 }),
        (pairs, all, ranks) => {
          const before = new Map<number, Set<number>>();
          for (const [a, b] of pairs) {
            if (a !== b) before.set(Math.min(a, b), (before.get(Math.min(a, b)) ?? new Set()).add(Math.max(a, b)));
          }
          const dirty = new Set(all);
          const rankOf = (address: number) => ranks[address] as number;
          const left = new Set(dirty);
          for (const group of orderByRank(dirty, before, rankOf)) {
            const waits = (address: number) => [...left].some((child) => before.get(child)?.has(address));
            const free = [...left].filter((address) => !waits(address));
            const lowest = Math.min(...free.map(rankOf));
            expect(group.toSorted()).toEqual(free.filter((address) => rankOf(address) === lowest).toSorted());
            for (const address of group) left.delete(address);
          }
          expect(left.size).toBe(0);
        },
      ),
    );
  });

  test("circles among ranks are broken, nothing is lost", () => {
    const before = new Map([
      [1, 2],
      [2, 1],
    ]);
    const order = orderByRank(new Set([1, 2, 3]), before, (address) => address);
    expect(order.flat().toSorted()).toEqual([1, 2, 3]);
  });

  test("what must be written before something is found through what need not be written", () => {
    const before = new Map<number, number | Set<number>>([
      [1, 2],
      [2, new Set([3, 4])],
      [5, 4],
    ]);
    expect([...dependenciesOf([3], new Set([1, 3, 5]), before)].toSorted()).toEqual([1, 3]);
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
