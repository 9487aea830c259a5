/** Half floats are stored in bulk as the codec stores them one by one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { floatCodec } from "../../../src/engine/conversion/float-codec.ts";
import { numericConversion } from "../../../src/engine/conversion/numeric-conversion.ts";
import { doubleStorer } from "../../../src/engine/conversion/numeric-endpoints.ts";
import { float } from "../../../src/format/predefined-datatypes.ts";

const HALF = float(2);

function expectSame(values: readonly number[], byteOffset = 0): void {
  for (const byteOrder of ["little-endian", "big-endian"] as const) {
    const type = { ...HALF, byteOrder };
    const codec = floatCodec(type);
    const one = new Uint8Array(byteOffset + 2 * values.length);
    values.forEach((value, i) => {
      codec.write(one, byteOffset + 2 * i, value);
    });
    const bulk = new Uint8Array(one.length);
    doubleStorer(type, true)(Float64Array.from(values), bulk, byteOffset, values.length);
    expect(bulk).toEqual(one);
  }
}

test("are the same around every half, and around every number between two of them", () => {
  const codec = floatCodec(HALF);
  const bytes = new Uint8Array(2);
  const valueOfBits = (bits: number): number => {
    bytes[0] = bits;
    bytes[1] = bits >>> 8;
    return codec.read(bytes, 0);
  };
  for (let start = 0; start < 0x8000; start += 0x80) {
    const values: number[] = [];
    for (let bits = start; bits < start + 0x80; bits++) {
      const value = valueOfBits(bits);
      const middle = (value + valueOfBits(Math.min(bits + 1, 0x7bff))) / 2;
      for (const around of [value, middle]) {
        for (const each of [around, around * (1 + 2 ** -52), around * (1 - 2 ** -53)]) values.push(each, -each);
      }
    }
    expectSame(values);
  }
});

test("are the same of any doubles, at any place", () => {
  const anyDouble = fc.oneof(fc.double(), fc.double({ min: -70000, max: 70000 }), fc.double({ min: -1e-4, max: 1e-4 }));
  fc.assert(fc.property(fc.array(anyDouble, { maxLength: 50 }), fc.nat({ max: 3 }), expectSame));
});

test("of every pattern of bits are the singles that the codec reads, in any order and at any place", () => {
  const count = 65536;
  for (const byteOrder of ["little-endian", "big-endian"] as const) {
    const half = { ...HALF, byteOrder };
    const codec = floatCodec(half);
    for (const [place, target] of [
      [0, 4],
      [1, 4],
      [2, 5],
    ] as const) {
      const bytes = new Uint8Array(place + 2 * count);
      for (let i = 0; i < count; i++) bytes.set([i & 0xff, i >>> 8], place + 2 * i);
      const converted = new Uint8Array(8 + 4 * count);
      numericConversion(half, float(4)).convert(bytes, place, converted, target, count);
      const singles = new Float32Array(converted.slice(target, target + 4 * count).buffer);
      const wrong = singles.findIndex((value, i) => !Object.is(value, codec.read(bytes, place + 2 * i)));
      expect(wrong).toBe(-1);
    }
  }
});

test("of other layouts of one or two bytes are read in bulk as the codec reads them one by one", () => {
  const anyLayout = fc
    .record({
      size: fc.constantFrom(1, 2),
      exponentSize: fc.integer({ min: 1, max: 14 }),
      exponentBias: fc.oneof(fc.nat({ max: 150 }), fc.nat({ max: 20000 })),
      mantissaNormalization: fc.constantFrom("implied" as const, "none" as const, "msb-set" as const),
      spare: fc.nat({ max: 2 }),
    })
    .map(({ size, exponentSize: wanted, spare, ...rest }) => {
      const exponentSize = Math.min(wanted, size * 8 - 3);
      // With spare bits at the top the sign is not the first one.
      const mantissaSize = size * 8 - 1 - exponentSize - Math.min(spare, size * 8 - exponentSize - 2);
      const exponentLocation = mantissaSize;
      const signLocation = exponentLocation + exponentSize;
      return { ...HALF, size, ...rest, exponentSize, mantissaSize, exponentLocation, signLocation };
    });
  fc.assert(
    fc.property(anyLayout, (type) => {
      const codec = floatCodec(type);
      const count = 65536;
      const bytes = new Uint8Array(count * type.size).map((_, i) =>
        type.size === 1 || i % 2 === 0 ? i / type.size : i >>> 9,
      );
      const doubles = new Float64Array(count);
      numericConversion(type, float(8)).convert(bytes, 0, new Uint8Array(doubles.buffer), 0, count);
      expect(doubles.findIndex((value, i) => !Object.is(value, codec.read(bytes, i * type.size)))).toBe(-1);
    }),
    { numRuns: 60 },
  );
});
