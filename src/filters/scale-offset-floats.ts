/**
 * Floating-point numbers of the scale-offset filter: the least one plus a code divided by 10 to the power of the factor.
 *
 * Every step is rounded to the width of the element, as the C library does, so that both decode to the same bits.
 */
import { LITTLE_ENDIAN_HOST } from "../base/host.ts";
import { bitsFor, type ScaledCodes, type ScaleOffsetParameters } from "./scale-offset-codes.ts";

type Words = readonly [number, number];

/** Decimal text is rounded once; `Math.pow` need not be. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

function floatOf(words: Words): number {
  return new Float32Array(Uint32Array.of(words[0]).buffer)[0] as number;
}

function doubleOf([low, high]: Words): number {
  const words = LITTLE_ENDIAN_HOST ? Uint32Array.of(low, high) : Uint32Array.of(high, low);
  return new Float64Array(words.buffer)[0] as number;
}

function wordsOfFloat(value: number): Words {
  return [new Uint32Array(Float32Array.of(value).buffer)[0] as number, 0];
}

function wordsOfDouble(value: number): Words {
  const [first, second] = new Uint32Array(Float64Array.of(value).buffer) as unknown as [number, number];
  return LITTLE_ENDIAN_HOST ? [first, second] : [second, first];
}

/** Halves go away from zero. */
function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/** Elements in the host's byte order. */
export function decodeFloats(
  parameters: ScaleOffsetParameters,
  scaled: ScaledCodes & { readonly codes: Uint32Array },
): Float32Array | Float64Array {
  return parameters.size === 4 ? decodeSingles(parameters, scaled) : decodeDoubles(parameters, scaled);
}

function decodeSingles(
  { factor, fill }: ScaleOffsetParameters,
  { bits, minimum, codes }: ScaledCodes & { readonly codes: Uint32Array },
): Float32Array {
  const out = new Float32Array(codes.length);
  const divisor = Math.fround(powerOfTen(factor));
  const least = floatOf(minimum);
  const ones = fill === undefined ? -1 : 2 ** bits - 1;
  const fillValue = fill === undefined ? 0 : floatOf(fill);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    out[i] = code === ones ? fillValue : Math.fround(Math.fround(code) / divisor) + least;
  }
  return out;
}

function decodeDoubles(
  { factor, fill }: ScaleOffsetParameters,
  { bits, minimum, codes }: ScaledCodes & { readonly codes: Uint32Array },
): Float64Array {
  const out = new Float64Array(codes.length / 2);
  const divisor = powerOfTen(factor);
  const least = doubleOf(minimum);
  const onesLow = fill === undefined ? -1 : bits >= 32 ? 0xffff_ffff : 2 ** bits - 1;
  const onesHigh = bits > 32 ? 2 ** (bits - 32) - 1 : 0;
  const fillValue = fill === undefined ? 0 : doubleOf(fill);
  for (let i = 0; i < out.length; i++) {
    const low = codes[2 * i] as number;
    const high = codes[2 * i + 1] as number;
    out[i] = low === onesLow && high === onesHigh ? fillValue : (high * 0x1_0000_0000 + low) / divisor + least;
  }
  return out;
}

/** @param bytes - The elements in the host's byte order, from the start of their buffer. */
export function encodeFloats(parameters: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  return parameters.size === 4 ? encodeSingles(parameters, bytes) : encodeDoubles(parameters, bytes);
}

interface Range {
  readonly least: number;
  readonly greatest: number;
}

/** Bits of codes for this many values beyond the least; `undefined` when there are too many, or the range is not finite. */
function bitsOfSpan(span: number, size: 4 | 8, hasFill: boolean): number | undefined {
  const steps = round(span);
  return steps <= 2 ** (8 * size - 1) ? bitsFor(BigInt(steps) + (hasFill ? 2n : 1n)) : undefined;
}

function encodeSingles({ factor, fill }: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  const values = new Float32Array(bytes.buffer);
  const power = Math.fround(powerOfTen(factor));
  const fillValue = fill === undefined ? Number.NaN : floatOf(fill);
  const { least, greatest } = rangeOfSingles(values, fillValue, powerOfTen(-factor));
  const scaledLeast = Math.fround(least * power);
  const span = Math.fround(Math.fround(greatest * power) - scaledLeast);
  const bits = bitsOfSpan(span, 4, fill !== undefined);
  if (bits === undefined) return { bits: 32, minimum: [0, 0], codes: undefined };
  const minimum = wordsOfFloat(least);
  if (bits === 32) return { bits, minimum, codes: undefined };
  const codes = new Uint32Array(values.length);
  const near = Math.fround(powerOfTen(-factor));
  const ones = 2 ** bits - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const isFill = Math.abs(Math.fround(value - fillValue)) < near;
    codes[i] = isFill ? ones : round(Math.fround(Math.fround(value * power) - scaledLeast));
  }
  return { bits, minimum, codes };
}

function encodeDoubles({ factor, fill }: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  const values = new Float64Array(bytes.buffer);
  const power = powerOfTen(factor);
  const fillValue = fill === undefined ? Number.NaN : doubleOf(fill);
  const near = powerOfTen(-factor);
  const { least, greatest } = rangeOfDoubles(values, fillValue, near);
  const scaledLeast = least * power;
  const bits = bitsOfSpan(greatest * power - scaledLeast, 8, fill !== undefined);
  if (bits === undefined) return { bits: 64, minimum: [0, 0], codes: undefined };
  const minimum = wordsOfDouble(least);
  if (bits === 64) return { bits, minimum, codes: undefined };
  const codes = new Uint32Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(value - fillValue) < near) {
      // Packing keeps as many ones as a code has bits.
      codes[2 * i] = 0xffff_ffff;
      codes[2 * i + 1] = 0xffff_ffff;
      continue;
    }
    const code = round(value * power - scaledLeast);
    const high = Math.floor(code / 0x1_0000_0000);
    codes[2 * i] = code - high * 0x1_0000_0000;
    codes[2 * i + 1] = high;
  }
  return { bits, minimum, codes };
}

/** Values within `near` of the fill value count as it; without one it is NaN, which nothing is near. */
function rangeOfSingles(values: Float32Array, fillValue: number, near: number): Range {
  let first = 0;
  while (first < values.length && Math.abs(Math.fround((values[first] as number) - fillValue)) < near) first++;
  if (first === values.length) return { least: 0, greatest: 0 };
  let least = values[first] as number;
  let greatest = least;
  for (let i = first + 1; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(Math.fround(value - fillValue)) < near) continue;
    if (value > greatest) greatest = value;
    if (value < least) least = value;
  }
  return { least, greatest };
}

function rangeOfDoubles(values: Float64Array, fillValue: number, near: number): Range {
  let first = 0;
  while (first < values.length && Math.abs((values[first] as number) - fillValue) < near) first++;
  if (first === values.length) return { least: 0, greatest: 0 };
  let least = values[first] as number;
  let greatest = least;
  for (let i = first + 1; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(value - fillValue) < near) continue;
    if (value > greatest) greatest = value;
    if (value < least) least = value;
  }
  return { least, greatest };
}
