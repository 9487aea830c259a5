import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../../src/base/cursor.ts";
import { findConversion } from "../../../src/engine/conversion/convert.ts";
import type { ElementContext } from "../../../src/engine/conversion/element-context.ts";
import { decodeElement, decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { encodeElements } from "../../../src/engine/conversion/element-encoder.ts";
import { bytesOf } from "../../../src/engine/conversion/numeric-layout.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import { decodeDatatype } from "../../../src/format/datatype-message.ts";
import { datatypesEqual } from "../../../src/format/datatype-questions.ts";
import {
  arrayOf,
  complex,
  compound,
  fixedPoint,
  fixedString,
  float,
  PREDEFINED,
  packedCompound,
  variableSequence,
  variableString,
} from "../../../src/format/predefined-datatypes.ts";

type Row = [source: string, destination: string, input: string, background: string, output: string | null];

/** A member name of the enumerations in the measurements. */
const ENUM_RED = "524544";

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function measured(version: string): Row[] {
  const file = new URL(`../../fixtures/conversion/conversions-${version}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

function typeOf(hex: string): Datatype {
  return decodeDatatype(new Cursor(fromHex(hex), { structure: "Datatype message" }));
}

/**
 * Where the C library's answer is not taken over, by element. Most are undefined behaviour of C (a cast of a float that
 * no integer of the size can hold) or the software rounding that it uses for foreign byte orders only.
 */
function isKnownDeviation(from: Datatype, to: Datatype, element: Uint8Array, ours: Uint8Array): boolean {
  if (from.class !== "floating-point") return false;
  const value = decodeElement(from, element) as number;
  if (to.class === "fixed-point") {
    const foreign = from.size === 2 || from.size === 16;
    const justAboveMaximum = [31, 32, 63, 64].includes(Math.log2(value));
    const undefinedCast = Number.isNaN(value) || !Number.isFinite(value) || value < 0;
    const oddPrecision = to.bitPrecision !== to.size * 8 && value === Number.NEGATIVE_INFINITY;
    return justAboveMaximum || oddPrecision || (foreign && undefinedCast);
  }
  if (to.class !== "floating-point") return false;
  if (Number.isNaN(value) && Number.isNaN(decodeElement(to, ours) as number)) return true;
  // Ties to even and overflow beyond the largest float, in every byte order and from every source.
  const tie = Math.abs(value) < 2 && (value * 2 ** 11) % 1 === 0;
  const tie32 = Math.abs(value) < 2 && (value * 2 ** 24) % 1 === 0;
  const overflows = to.size === 2 ? Math.abs(value) > 65504 : Math.abs(value) > 3.4028234663852886e38;
  if (to.size === 2 && to.exponentSize === 5) return tie || overflows;
  return to.size === 4 && to.exponentSize === 8 && (tie32 || overflows) && to.byteOrder !== "vax";
}

function checkRow([sourceHex, destinationHex, inputHex, background, output]: Row): string[] {
  const source = typeOf(sourceHex);
  const destination = typeOf(destinationHex);
  const label = `${sourceHex} to ${destinationHex}`;
  const conversion = findConversion(source, destination);
  if (conversion === undefined || output === null) {
    return (conversion === undefined) === (output === null) ? [] : [`${label}: path`];
  }
  const input = fromHex(inputHex);
  const count = input.length / source.size;
  const converted = fromHex(background);
  conversion.convert(input, 0, converted, 0, count);
  const problems: string[] = [];
  // The C library leaves what it finds in the six unused bytes of an x87 number.
  const meaningful = datatypesEqual(destination, PREDEFINED.NATIVE_LDOUBLE) ? 10 : destination.size;
  for (let i = 0; i < count; i++) {
    const at = i * destination.size;
    const ours = converted.slice(at, at + destination.size);
    const theirs = output.slice(at * 2, (at + meaningful) * 2);
    if (toHex(ours.subarray(0, meaningful)) === theirs) continue;
    const element = input.slice(i * source.size, (i + 1) * source.size);
    if (!isKnownDeviation(source, destination, element, ours)) {
      problems.push(`${label}: ${toHex(element)} became ${toHex(ours)}, in the C library ${theirs}`);
    }
  }
  return problems;
}

describe("conversions measured with the C library", () => {
  const isVax = (row: Row): boolean => row[0].startsWith("316") || row[1].startsWith("316");
  const isEnum = (row: Row): boolean => typeOf(row[0]).class === "enum" || row[0].includes(ENUM_RED);

  test("2.0.0 and these agree", () => {
    // 2.0.0 writes VAX numbers in little-endian order, and mistakes the members of enumerations.
    const rows = measured("2.0.0").filter((row) => !isVax(row) && !isEnum(row));
    expect(rows.length).toBeGreaterThan(600);
    expect(rows.flatMap(checkRow)).toEqual([]);
  });

  test("1.10.8 and these agree on enumerations", () => {
    const rows = measured("1.10.8").filter(isEnum);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flatMap(checkRow)).toEqual([]);
  });

  test("1.10.8 and these agree on VAX numbers in its normal range", () => {
    const rows = measured("1.10.8").filter(isVax);
    expect(rows.length).toBeGreaterThan(10);
    const problems = rows.flatMap(checkRow);
    // Numbers below the normal range, which a VAX does not have.
    const subnormal = /became 0000|: 6a954dbf68f8|: 00000200|: 04000a5b/;
    expect(problems.filter((problem) => !subnormal.test(problem))).toEqual([]);
  });
});

function convertAll(source: Datatype, destination: Datatype, values: unknown[]): unknown[] {
  const input = encodeElements(source, values);
  const output = new Uint8Array(values.length * destination.size);
  findConversion(source, destination)!.convert(input, 0, output, 0, values.length);
  return decodeElements(destination, output, values.length);
}

function clamp(value: bigint, least: bigint, greatest: bigint): bigint {
  if (value < least) return least;
  return value > greatest ? greatest : value;
}

const NATIVE = [
  fixedPoint(1, true),
  fixedPoint(1, false),
  fixedPoint(2, true),
  fixedPoint(2, false),
  fixedPoint(4, true),
  fixedPoint(4, false),
  fixedPoint(8, true),
  fixedPoint(8, false),
  float(4),
  float(8),
];

describe("conversion of numbers", () => {
  test("gives the same for any alignment and byte order, over more than one block", () => {
    for (const source of NATIVE) {
      for (const destination of NATIVE) {
        const count = 5000;
        const input = new Uint8Array(count * source.size);
        for (let i = 0; i < input.length; i++) input[i] = (i * 7919) >> 3;
        const expected = new Uint8Array(count * destination.size);
        findConversion(source, destination)!.convert(input, 0, expected, 0, count);

        const shifted = new Uint8Array(input.length + 1);
        shifted.set(input, 1);
        const unaligned = new Uint8Array(expected.length + 3);
        findConversion(source, destination)!.convert(shifted, 1, unaligned, 3, count);
        expect(Buffer.compare(unaligned.subarray(3), expected)).toBe(0);

        const big = { ...destination, byteOrder: "big-endian" as const };
        const swapped = new Uint8Array(expected.length);
        findConversion(destination, big)!.convert(expected, 0, swapped, 0, count);
        const back = new Uint8Array(expected.length);
        findConversion(big, destination)!.convert(swapped, 0, back, 0, count);
        expect(Buffer.compare(back, expected)).toBe(0);
      }
    }
  });

  test("saturates integers, keeping 64 bits exact", () => {
    const i64 = fixedPoint(8, true);
    const u64 = fixedPoint(8, false);
    expect(convertAll(i64, u64, [-1n, 2n ** 63n - 1n, 9007199254740993n])).toEqual([
      0n,
      2n ** 63n - 1n,
      9007199254740993n,
    ]);
    expect(convertAll(u64, i64, [2n ** 64n - 1n, 2n ** 63n - 1n])).toEqual([2n ** 63n - 1n, 2n ** 63n - 1n]);
    expect(convertAll(i64, fixedPoint(1, true), [-1000n, 1000n, -5n])).toEqual([-128, 127, -5]);
    expect(convertAll(fixedPoint(4, false), u64, [0xffff_ffff])).toEqual([0xffff_ffffn]);
    expect(convertAll(fixedPoint(4, true), i64, [-1])).toEqual([-1n]);
  });

  test("cuts fractions off and saturates", () => {
    expect(convertAll(float(8), fixedPoint(1, false), [-0.9, 1.9, 255.9, 256, 1e300, -1e300])).toEqual([
      0, 1, 255, 255, 255, 0,
    ]);
    expect(convertAll(float(8), fixedPoint(8, true), [1e30, -1e30, 2 ** 53, -1.5])).toEqual([
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 53n,
      -1n,
    ]);
  });

  test("makes of NaN what the C library does on x86", () => {
    const nan = [Number.NaN];
    expect(convertAll(float(8), fixedPoint(4, true), nan)).toEqual([-(2 ** 31)]);
    expect(convertAll(float(4), fixedPoint(8, true), nan)).toEqual([-(2n ** 63n)]);
    expect(convertAll(float(8), fixedPoint(8, false), nan)).toEqual([2n ** 63n]);
    expect(convertAll(float(8), fixedPoint(2, true), nan)).toEqual([0]);
    expect(convertAll(float(8), fixedPoint(4, true, "big-endian"), nan)).toEqual([0]);
    expect(convertAll(float(8, "big-endian"), fixedPoint(4, true), nan)).toEqual([0]);
  });

  test("rounds a long integer to a single once", () => {
    const tie = 2n ** 62n + 2n ** 38n;
    expect(convertAll(fixedPoint(8, true), float(4), [tie, tie + 1n, -tie - 1n])).toEqual([
      2 ** 62,
      2 ** 62 + 2 ** 39,
      -(2 ** 62 + 2 ** 39),
    ]);
  });

  test("of integers of any layout keeps every value that fits", () => {
    const anyLayout = fc
      .record({
        size: fc.constantFrom(1, 2, 3, 4, 5, 8, 12),
        signed: fc.boolean(),
        byteOrder: fc.constantFrom("little-endian" as const, "big-endian" as const),
        low: fc.nat({ max: 7 }),
        high: fc.nat({ max: 7 }),
      })
      .map(({ size, signed, byteOrder, low, high }) => {
        const cut = size === 1 && low + high > 6 ? 0 : 1;
        const bitPrecision = size * 8 - cut * (low + high);
        return { ...fixedPoint(size, signed, byteOrder), bitOffset: cut * low, bitPrecision };
      });
    fc.assert(
      fc.property(anyLayout, anyLayout, fc.bigInt(-(2n ** 90n), 2n ** 90n), (a, b, seed) => {
        const limit = (bits: number, signed: boolean): readonly [bigint, bigint] =>
          signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
        const [low, high] = limit(a.bitPrecision, a.signed);
        const value = clamp(seed, low, high);
        const [least, greatest] = limit(b.bitPrecision, b.signed);
        const expected = clamp(value, least, greatest);
        fc.pre(a.byteOrder === b.byteOrder || a.signed === b.signed);
        expect(BigInt(convertAll(a, b, [value])[0] as bigint)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("is exact between halves and doubles and back", () => {
    const half = float(2);
    const bits = new Uint16Array(65536).map((_, i) => i);
    const doubles = new Float64Array(65536);
    findConversion(half, float(8))!.convert(bytesOf(bits), 0, bytesOf(doubles), 0, 65536);
    const back = new Uint16Array(65536);
    findConversion(float(8), half)!.convert(bytesOf(doubles), 0, bytesOf(back), 0, 65536);
    for (let i = 0; i < 65536; i++) {
      if (Number.isNaN(doubles[i])) expect(back[i]! & 0x7c00).toBe(0x7c00);
      else expect(back[i]).toBe(i);
    }
  });
});

describe("noop conversions", () => {
  test("are those between datatypes that mean the same", () => {
    expect(findConversion(fixedPoint(4, true), { ...fixedPoint(4, true), version: 3 })?.noop).toBe(true);
    expect(findConversion(fixedPoint(1, true), fixedPoint(1, true, "big-endian"))?.noop).toBe(true);
    expect(findConversion(fixedPoint(2, true), fixedPoint(2, true, "big-endian"))?.noop).toBe(false);
    expect(findConversion(arrayOf(float(4), [3]), arrayOf(float(4), [3]))?.noop).toBe(true);
    expect(findConversion(PREDEFINED.UNIX_D32LE, PREDEFINED.UNIX_D32LE)?.noop).toBe(true);
  });
});

describe("conversion of complex numbers", () => {
  const single = complex(float(4));
  const pair = (re: string, im: string, part: Datatype): Datatype =>
    packedCompound([
      { name: re, type: part },
      { name: im, type: part },
    ]);

  test("converts parts, and to and from real numbers", () => {
    const values = [
      { re: 1.5, im: -2 },
      { re: -3.5, im: 0.25 },
    ];
    expect(convertAll(single, PREDEFINED.COMPLEX_IEEE_F64BE, values)).toEqual(values);
    expect(convertAll(single, float(8), values)).toEqual([1.5, -3.5]);
    expect(convertAll(single, fixedPoint(4, true), values)).toEqual([1, -3]);
    expect(convertAll(fixedPoint(2, true), single, [7, -8])).toEqual([
      { re: 7, im: 0 },
      { re: -8, im: 0 },
    ]);
  });

  test("takes pairs of the same part only, as the C library does", () => {
    expect(findConversion(single, pair("r", "i", float(4)))?.noop).toBe(true);
    expect(findConversion(pair("real", "imag", float(4)), single)?.noop).toBe(true);
    expect(findConversion(single, arrayOf(float(4), [2]))?.noop).toBe(true);
    expect(findConversion(single, arrayOf(float(4), [1, 2]))?.noop).toBe(true);
    for (const other of [
      pair("r", "i", float(8)),
      pair("Re", "Im", float(4)),
      pair("i", "r", float(4)),
      arrayOf(float(4), [3]),
      arrayOf(float(8), [2]),
      fixedString(8),
    ]) {
      expect(findConversion(single, other)).toBeUndefined();
      expect(findConversion(other, single)).toBeUndefined();
    }
    const gap = compound(
      [
        { name: "r", byteOffset: 0, type: float(4) },
        { name: "i", byteOffset: 8, type: float(4) },
      ],
      12,
    );
    expect(findConversion(gap, single)).toBeUndefined();
  });
});

describe("conversion of variable-length data", () => {
  function heap(): ElementContext & { objects: Uint8Array[] } {
    const objects: Uint8Array[] = [];
    return {
      objects,
      widths: { sizeOfOffsets: 8, sizeOfLengths: 8 },
      readHeapObject: (_address, index) => objects[index - 1]!,
      writeHeapObject: (bytes) => ({ address: 4096, index: objects.push(bytes.slice()) }),
    };
  }

  test("converts the items, with a heap to keep them", () => {
    const context = heap();
    const source = variableSequence(fixedPoint(2, true, "big-endian"));
    const destination = variableSequence(float(8));
    const input = encodeElements(source, [[1, -2, 3], []], context);
    const output = new Uint8Array(input.length);
    findConversion(source, destination, context)!.convert(input, 0, output, 0, 2);
    expect(decodeElements(destination, output, 2, context)).toEqual([Float64Array.of(1, -2, 3), new Float64Array(0)]);
  });

  test("exists neither without a heap nor between strings and sequences or character sets", () => {
    expect(findConversion(variableSequence(float(4)), variableSequence(float(8)))).toBeUndefined();
    expect(findConversion(variableString(), fixedString(10), heap())).toBeUndefined();
    expect(findConversion(variableString("ascii"), variableString("utf-8"), heap())).toBeUndefined();
    expect(findConversion(variableString(), variableSequence(fixedPoint(1, false)), heap())).toBeUndefined();
    expect(findConversion(variableString(), variableString())?.noop).toBe(true);
  });
});
