import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Tally } from "../../../src/tools/stat/tally.ts";

describe("tally", () => {
  test("puts values between the powers of ten around them", () => {
    const tally = new Tally(3);
    for (const value of [0, 1, 2, 2, 9, 10, 99, 100, 2 ** 53 - 1]) tally.add(value);
    expect(tally.zeros).toBe(1);
    expect(tally.max).toBe(2 ** 53 - 1);
    expect(tally.small(1)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(tally.decades()).toEqual([
      { from: "1", to: "9", count: 4 },
      { from: "10", to: "99", count: 2 },
      { from: "100", to: "999", count: 1 },
      { from: "1000000000000000", to: "9999999999999999", count: 1 },
    ]);
  });

  test("counts every value once", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), (values) => {
        const tally = new Tally(10);
        for (const value of values) tally.add(value);
        const counted = tally.decades().reduce((sum, { count }) => sum + count, tally.zeros);
        expect(counted).toBe(values.length);
        expect(tally.isEmpty).toBe(values.length === 0);
      }),
    );
  });
});
