import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printf, printG } from "../../src/tools/c-printf.ts";
import { binaryFloatOf } from "../../src/tools/decimal-digits.ts";
import { PRINTF_VECTORS } from "./printf-vectors.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe("printf", () => {
  test("prints floating-point numbers as glibc does", () => {
    for (const [format, value, text] of PRINTF_VECTORS) {
      expect([format, value, printf(format, Number(value))]).toEqual([format, value, text]);
    }
  });

  test("rounds ties to the even digit, which JavaScript does not", () => {
    expect(printf("%.0f %.0f %.0f", 0.5, 1.5, 2.5)).toBe("0 2 2");
    expect(printf("%.2f", 0.125)).toBe("0.12");
    expect(printf("%.6f", 2398651298557450.5 / 64)).toBe("37478926539960.164062");
  });

  test("gives the same digits for a double and for its exact value", () => {
    fc.assert(
      fc.property(finite, fc.constantFrom("%g", "%e", "%.3f", "%.15g", "%.0f"), (value, format) => {
        expect(printf(format, value)).toBe(printf(format, binaryFloatOf(value)));
      }),
    );
  });

  test("has a short cut for %g that changes nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          finite,
          fc.float({ noNaN: true }),
          fc.integer(),
          fc.integer().map((n) => n / 64),
        ),
        (value) => {
          expect(printG(value)).toBe(printf("%g", value));
        },
      ),
    );
  });

  test("keeps the zeros of whole numbers that %g rounds to", () => {
    expect(printG(113670.125)).toBe("113670");
    expect(printG(999999.75)).toBe("1e+06");
  });

  test("reads back what %.17g printed", () => {
    fc.assert(
      fc.property(finite, (value) => {
        expect(Number(printf("%.17g", value))).toBe(value);
      }),
    );
  });

  test("shows the sign of a NaN", () => {
    expect(printf("%g", { kind: "nan", negative: true, mantissa: 0n, exponent: 0 })).toBe("-nan");
    expect(printf("%5g|%-5G|%05g", Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe(
      "  nan|INF  | -inf",
    );
  });

  test("prints integers of every radix, width and length", () => {
    expect(printf("%d %i %u %x %X %o %#x %#o", -5, 7, -1, 255, 255, 8, 255, 8)).toBe(
      "-5 7 4294967295 ff FF 10 0xff 010",
    );
    expect(printf("%5d|%-5d|%05d|%+d|% d|%.3d|%.0d|", 42, 42, 42, 42, 42, 7, 0)).toBe(
      "   42|42   |00042|+42| 42|007||",
    );
    expect(printf("%hhd %hd %lld %llu", 200, 40000, -1n, -1n)).toBe("-56 -25536 -1 18446744073709551615");
  });

  test("takes widths and precisions from the arguments", () => {
    expect(printf("%*d|%-*d|%.*f|%*s", 5, 42, 4, 7, 2, 1.005, -4, "ab")).toBe("   42|7   |1.00|ab  ");
  });

  test("prints strings, characters and percent signs", () => {
    expect(printf("%s %.2s %5s %-5s| %c %%", "abc", "abc", "ab", "ab", 65)).toBe("abc ab    ab ab   | A %");
  });
});
