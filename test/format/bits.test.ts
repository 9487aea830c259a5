import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floorLog2, isPowerOfTwo, powerOfTwo, unboxed } from "../../src/base/bits.ts";

describe("arithmetic of fields", () => {
  test("powers of two are those of the operator, whatever their size", () => {
    for (let exponent = 0; exponent < 1024; exponent++) expect(powerOfTwo(exponent)).toBe(2 ** exponent);
  });

  test("a number is a power of two if it is one", () => {
    const powers = new Set(Array.from({ length: 53 }, (_, exponent) => 2 ** exponent));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(isPowerOfTwo(value)).toBe(powers.has(value));
        if (value > 0) expect(2 ** floorLog2(value) <= value && value < 2 ** (floorLog2(value) + 1)).toBe(true);
      }),
    );
    for (const power of powers) expect(isPowerOfTwo(power)).toBe(true);
  });

  test("a number without a box is the same number", () => {
    const any = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()).filter((value) => !Object.is(value, -0));
    fc.assert(
      fc.property(any, (value) => {
        expect(unboxed(value)).toBe(value);
      }),
    );
    for (const value of [2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31), -(2 ** 31) - 1, 0.5]) {
      expect(unboxed(value)).toBe(value);
    }
  });
});
