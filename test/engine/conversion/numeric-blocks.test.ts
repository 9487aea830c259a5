/** Blocks of numbers, whose values mostly fit, against the rules, one number at a time. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findConversion } from "../../../src/engine/conversion/convert.ts";
import { decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { encodeElements } from "../../../src/engine/conversion/element-encoder.ts";
import { floatCodec } from "../../../src/engine/conversion/float-codec.ts";
import { BLOCK, bytesOf } from "../../../src/engine/conversion/numeric-layout.ts";
import type { Datatype, EnumType, FixedPointType } from "../../../src/format/datatype.ts";
import { enumeration, fixedPoint, float, PREDEFINED } from "../../../src/format/predefined-datatypes.ts";

const anyOrder = fc.constantFrom("little-endian" as const, "big-endian" as const);
const anyInteger = fc
  .tuple(fc.constantFrom(1, 2, 4, 8), fc.boolean(), anyOrder)
  .map(([size, signed, order]) => fixedPoint(size, signed, order));
/** Lengths around those of unrolled loops and of a block, and places that are aligned and not. */
const anyCount = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: BLOCK - 2, max: BLOCK + 5 }));
const anyOffset = fc.nat({ max: 8 });

function limitsOf({ bitPrecision, signed }: FixedPointType): [bigint, bigint] {
  const bits = BigInt(bitPrecision);
  return signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
}

function clamped(value: bigint, [least, greatest]: readonly [bigint, bigint]): bigint {
  if (value < least) return least;
  return value > greatest ? greatest : value;
}

/** Converts elements that lie `from` bytes into their buffer to `to` bytes into theirs; what is around them stays. */
function convertAt(source: Datatype, destination: Datatype, bytes: Uint8Array, from: number, to: number): Uint8Array {
  const count = bytes.length / source.size;
  const input = new Uint8Array(from + bytes.length + 3);
  input.set(bytes, from);
  const output = new Uint8Array(to + count * destination.size + 3).fill(0xa5);
  findConversion(source, destination)?.convert(input, from, output, to, count);
  const end = to + count * destination.size;
  expect(output.subarray(0, to).every((byte) => byte === 0xa5)).toBe(true);
  expect([...output.subarray(end)]).toEqual([0xa5, 0xa5, 0xa5]);
  return output.slice(to, end);
}

/** Small numbers, and some that are beyond one width or another. */
function integersOf(count: number, rare: readonly bigint[], every: number): bigint[] {
  return Array.from({ length: count }, (_, i) =>
    i % every === every - 1 ? (rare[i % rare.length] as bigint) : BigInt((i * 7) % 100),
  );
}

const anyEdge = fc
  .tuple(
    fc.constantFrom(7n, 8n, 15n, 16n, 31n, 32n, 52n, 53n, 62n, 63n, 64n),
    fc.integer({ min: -2, max: 2 }),
    fc.boolean(),
  )
  .map(([power, near, negative]) => {
    const value = (1n << power) + BigInt(near);
    return negative ? -value : value;
  });
const anyEdges = fc.array(anyEdge, { minLength: 1, maxLength: 6 });
const anyEvery = fc.constantFrom(1, 2, 5, 3000);

function asBigInts(type: FixedPointType, bytes: Uint8Array): bigint[] {
  return decodeElements(type, bytes, bytes.length / type.size).map((value) => BigInt(value as number | bigint));
}

function encoded(type: FixedPointType, values: readonly bigint[]): Uint8Array {
  const asValue = (value: bigint): number | bigint => (type.size === 8 ? value : Number(value));
  return encodeElements(type, values.map(asValue));
}

describe("blocks of integers", () => {
  test("saturate value by value, at any place and in any order", () => {
    fc.assert(
      fc.property(
        anyInteger,
        anyInteger,
        anyCount,
        anyOffset,
        anyOffset,
        anyEdges,
        anyEvery,
        (source, destination, count, from, to, edges, every) => {
          fc.pre(source.size !== destination.size || source.byteOrder === destination.byteOrder);
          const values = integersOf(count, edges, every).map((value) => clamped(value, limitsOf(source)));
          const output = convertAt(source, destination, encoded(source, values), from, to);
          expect(asBigInts(destination, output)).toEqual(values.map((value) => clamped(value, limitsOf(destination))));
        },
      ),
      { numRuns: 600 },
    );
  });

  test("become the nearest floats, ties to even, rounded once", () => {
    fc.assert(
      fc.property(
        anyInteger,
        anyOrder,
        anyCount,
        anyOffset,
        fc.array(fc.bigInt(-(2n ** 63n), 2n ** 64n), { minLength: 1, maxLength: 6 }),
        anyEdges,
        anyEvery,
        (source, order, count, at, large, edges, every) => {
          const rare = [...large, ...edges, 2n ** 62n + 2n ** 38n, 2n ** 62n + 2n ** 38n + 1n];
          const values = integersOf(count, rare, every).map((value) => clamped(value, limitsOf(source)));
          const bytes = encoded(source, values);
          const singles = decodeElements(float(4, order), convertAt(source, float(4, order), bytes, at, 4), count);
          expect([...(singles as ArrayLike<number> & number[])]).toEqual(values.map(nearestSingle));
          const doubles = decodeElements(float(8, order), convertAt(source, float(8, order), bytes, at, 8), count);
          expect([...(doubles as ArrayLike<number> & number[])]).toEqual(values.map(Number));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of odd precision take the padding of their datatype", () => {
    for (const [size, bitPrecision, bitOffset] of [
      [1, 5, 2],
      [2, 12, 4],
      [4, 17, 3],
      [4, 31, 0],
    ] as const) {
      for (const pad of ["zero", "one", "background"] as const) {
        const type = { ...fixedPoint(size, true, "big-endian"), bitPrecision, bitOffset, lowPad: pad, highPad: pad };
        const values = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1, 5, -7];
        const limits = limitsOf(type);
        const output = convertAt(fixedPoint(4, true), type, bytesOf(Int32Array.from(values)), 1, 1);
        expect(asBigInts(type, output)).toEqual(values.map((value) => clamped(BigInt(value), limits)));
        const around =
          pad === "one" ? (1n << BigInt(8 * size)) - 1n : pad === "zero" ? 0n : BigInt(`0x${"a5".repeat(size)}`);
        const mask = ((1n << BigInt(bitPrecision)) - 1n) << BigInt(bitOffset);
        for (let i = 0; i < values.length; i++) {
          const hex = Buffer.from(output.subarray(i * size, (i + 1) * size)).toString("hex");
          expect(BigInt(`0x${hex}`) & ~mask).toBe(around & ~mask);
        }
      }
    }
  });
});

/** Of the singles around, the nearest. */
function nearestSingle(value: bigint): number {
  const near = Math.fround(Number(value));
  const words = new Int32Array(Float32Array.of(near).buffer);
  const bits = words[0] as number;
  const candidates = [bits - 1, bits, bits + 1].map(
    (each) => new Float32Array(Int32Array.of(each).buffer)[0] as number,
  );
  const distance = (single: number): bigint => {
    const difference = BigInt(Number.isFinite(single) ? single : 0) - value;
    return difference < 0n ? -difference : difference;
  };
  return value === 0n || (near === Number(value) && BigInt(near) === value)
    ? near
    : candidates.reduce((best, each) => {
        const [a, b] = [distance(each), distance(best)];
        const isEven = (new Int32Array(Float32Array.of(each).buffer)[0] as number) % 2 === 0;
        return a < b || (a === b && isEven) ? each : best;
      });
}

describe("blocks of floats", () => {
  const edges = [
    ...[0.5, -0.5, 0.9999, -0.9999, 127.9, 128, -128.9, -129, 255.9, 256, 32767.5, 65535.9, 65536, 1e300, -1e300],
    ...[2 ** 31 - 1, 2 ** 31 - 0.5, -(2 ** 31) - 0.5, 2 ** 32 - 0.5, 2 ** 53, -(2 ** 63), 2 ** 63, 2 ** 64, -0],
    ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ];

  test("are cut off and saturate value by value", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(float(4), float(8), float(8, "big-endian")),
        anyInteger,
        anyCount,
        anyOffset,
        anyOffset,
        fc.array(fc.oneof(fc.constantFrom(...edges), fc.double({ noNaN: true })), { minLength: 1, maxLength: 6 }),
        anyEvery,
        (source, destination, count, from, to, rare, every) => {
          const values = Array.from({ length: count }, (_, i) => {
            const value = i % every === every - 1 ? (rare[i % rare.length] as number) : (i % 100) + 0.75;
            return source.size === 4 ? Math.fround(value) : value;
          });
          const output = convertAt(source, destination, encodeElements(source, values), from, to);
          const [least, greatest] = limitsOf(destination);
          const expected = values.map((value) => {
            if (!Number.isFinite(value)) return value > 0 ? greatest : least;
            return clamped(BigInt(Math.trunc(value)), [least, greatest]);
          });
          expect(asBigInts(destination, output)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("of 64 bits are infinite as singles beyond the largest one, rounded or not", () => {
    const largest = 3.4028234663852886e38;
    const beyond = largest * (1 + 2 ** -52);
    const rare = [largest, beyond, -largest, -beyond, Number.NaN, Number.NEGATIVE_INFINITY, largest * (1 - 2 ** -53)];
    for (const count of [1, 2, 3, 5, BLOCK + 3]) {
      for (const special of rare) {
        for (const at of [0, count - 1]) {
          const values = Float64Array.from({ length: count }, (_, i) => (i === at ? special : i / 3));
          const expected = Float32Array.from(values, (value) =>
            Math.abs(value) > largest ? value * Number.POSITIVE_INFINITY : value,
          );
          const output = convertAt(float(8), float(4), bytesOf(values), 0, 4);
          expect(new Float32Array(output.buffer)).toEqual(expected);
        }
      }
    }
  });
});

describe("extended floats", () => {
  const type = PREDEFINED.NATIVE_LDOUBLE;

  function extended(negative: boolean, exponent: number, mantissa: bigint): Uint8Array {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, mantissa, true);
    view.setUint16(8, exponent | (negative ? 0x8000 : 0), true);
    return bytes;
  }

  test("hold every double", () => {
    const anyDoubles = fc.array(fc.double(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyDoubles, anyOffset, anyOffset, (values, from, to) => {
        const doubles = bytesOf(Float64Array.from(values));
        const bytes = convertAt(float(8), type, doubles, from, to);
        expect(new Float64Array(convertAt(type, float(8), bytes, to, from).buffer)).toEqual(Float64Array.from(values));
        const codec = floatCodec(type);
        expect(values.map((_, i) => codec.read(bytes, 16 * i))).toEqual(values);
        const one = new Uint8Array(16).fill(0xa5);
        codec.write(one, 0, values[0] as number);
        expect(one).toEqual(bytes.slice(0, 16));
      }),
    );
  });

  test("are rounded as the processor does it: ties to even", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 15361, max: 17405 }),
        fc.bigInt(2n ** 63n, 2n ** 64n - 1n),
        fc.constantFrom(undefined, 0n, 1023n, 1024n, 1025n),
        (negative, exponent, any, tail) => {
          const mantissa = tail === undefined ? any : ((any >> 11n) << 11n) | tail;
          const magnitude = Number(mantissa) * 2 ** -63 * 2 ** (exponent - 16383);
          const output = convertAt(type, float(8), extended(negative, exponent, mantissa), 0, 0);
          expect(new Float64Array(output.buffer)[0]).toBe(negative ? -magnitude : magnitude);
        },
      ),
    );
  });

  test("become the doubles that HDF5 1.10.8 makes of them", () => {
    const one = 1n << 63n;
    for (const [exponent, mantissa, double] of [
      [16383, one | 1024n, 1],
      [16383, one | 2048n | 1024n, 1 + 2 ** -51],
      [17406, 2n ** 64n - 2048n, Number.MAX_VALUE],
      [17406, 2n ** 64n - 2047n, Number.POSITIVE_INFINITY],
      [17407, one, Number.POSITIVE_INFINITY],
      [16383 - 1075, one, 0],
      [16383 - 1075, one | (one >> 1n), 2 ** -1074],
      [16383 - 1074, one | (one >> 1n), 2 ** -1073],
      [16383 - 1073, one | (one >> 2n), 2 ** -1073],
      [32767, one, Number.POSITIVE_INFINITY],
      [32767, one | (one >> 1n), Number.NaN],
      [0, 0n, 0],
    ] as const) {
      const output = convertAt(type, float(8), extended(false, exponent, mantissa), 0, 0);
      expect(new Float64Array(output.buffer)[0]).toBe(double);
    }
  });
});

test("enumerations of every size go by name, and what is no member becomes ones", () => {
  const typeOf = (size: number, order: "little-endian" | "big-endian"): EnumType => {
    const base = fixedPoint(size, true, order);
    const members = Object.entries({ a: 1n, b: -2n, c: 100n });
    return enumeration(
      base,
      members.map(([name, value]) => ({ name, value: encoded(base, [value]) })),
    );
  };
  for (const size of [1, 2, 4, 8]) {
    for (const order of ["little-endian", "big-endian"] as const) {
      const source = typeOf(size, order);
      const destination = typeOf(size === 2 ? 8 : 2, order === "big-endian" ? "little-endian" : "big-endian");
      const input = encoded(source.base as FixedPointType, [1n, -2n, 100n, 7n, 1n]);
      const output = convertAt(source, destination, input, 1, 3);
      expect(asBigInts(destination.base as FixedPointType, output)).toEqual([1n, -2n, 100n, -1n, 1n]);
    }
  }
});
