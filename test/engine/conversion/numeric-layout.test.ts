import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numericLayoutOf, swapElements, toNumericArray } from "../../../src/engine/conversion/numeric-layout.ts";
import {
  bitfield,
  booleanEnum,
  fixedPoint,
  fixedString,
  float,
  floatLayout,
  PREDEFINED,
} from "../../../src/format/predefined-datatypes.ts";

describe("the numeric layout of a datatype", () => {
  test("is that of a typed array, in either byte order", () => {
    expect(numericLayoutOf(fixedPoint(2, true, "big-endian"))).toEqual({
      kind: "int16",
      size: 2,
      byteOrder: "big-endian",
    });
    expect(numericLayoutOf(fixedPoint(8, false))?.kind).toBe("uint64");
    expect(numericLayoutOf(float(2))?.kind).toBe("float16");
    expect(numericLayoutOf({ ...float(4), version: 3 })?.kind).toBe("float32");
    expect(numericLayoutOf(bitfield(4))?.kind).toBe("uint32");
    expect(numericLayoutOf(booleanEnum())?.kind).toBe("int8");
  });

  test("is none for what only resembles one", () => {
    for (const type of [
      { ...fixedPoint(2, true), bitPrecision: 15 },
      fixedPoint(3, true),
      floatLayout(8, 7),
      { ...float(4), exponentBias: 126 },
      PREDEFINED.VAX_F32,
      PREDEFINED.NATIVE_LDOUBLE,
      fixedString(4),
    ]) {
      expect(numericLayoutOf(type)).toBeUndefined();
    }
  });
});

describe("bulk moves", () => {
  test("swap bytes of elements of any size at any alignment, twice giving the original", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4, 8, 16), fc.nat(7), fc.nat(7), fc.nat(20), (size, from, to, count) => {
        const source = new Uint8Array(from + size * count).map((_, i) => i * 7);
        const swapped = new Uint8Array(to + size * count);
        swapElements(size, source, from, swapped, to, count);
        for (let i = 0; i < count; i++) {
          const element = swapped.subarray(to + i * size, to + (i + 1) * size);
          expect([...element].reverse()).toEqual([...source.subarray(from + i * size, from + (i + 1) * size)]);
        }
        swapElements(size, swapped, to, swapped, to, count);
        expect(swapped.subarray(to)).toEqual(source.subarray(from));
      }),
    );
  });

  test("give a view of aligned native elements and a copy of others", () => {
    const bytes = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0);
    const layout = numericLayoutOf(fixedPoint(4, true))!;
    expect(toNumericArray(layout, bytes)).toEqual(Int32Array.of(1, 2));
    expect(toNumericArray(layout, bytes).buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(9).subarray(1);
    shifted.set(bytes);
    expect(toNumericArray(layout, shifted)).toEqual(Int32Array.of(1, 2));
    const big = numericLayoutOf(fixedPoint(4, true, "big-endian"))!;
    expect(toNumericArray(big, bytes)).toEqual(Int32Array.of(0x01000000, 0x02000000));
    expect(bytes[0]).toBe(1);
  });
});
