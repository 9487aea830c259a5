/**
 * Integers of the scale-offset filter: each is the least one plus its code.
 *
 * Sums and differences are modulo the element's width, so signs matter only to find the least and the greatest.
 */
import { LITTLE_ENDIAN_HOST } from "../base/host.ts";
import { bitsFor, type ScaledCodes, type ScaleOffsetParameters } from "./scale-offset-codes.ts";

/** Which of an eight-byte element's two words is the low one, in memory. */
const LOW = LITTLE_ENDIAN_HOST ? 0 : 1;
const HIGH = 1 - LOW;
const SIGN = 0x8000_0000;

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Elements in the host's byte order, from codes, which are overwritten. */
export function decodeIntegers(
  parameters: ScaleOffsetParameters,
  scaled: ScaledCodes & { readonly codes: Uint32Array },
): Uint8Array | Uint16Array | Uint32Array {
  const { codes } = scaled;
  if (parameters.size === 8) {
    addWide(codes, scaled.bits, scaled.minimum, parameters.fill);
    return codes;
  }
  const minimum = scaled.minimum[0];
  if (parameters.fill === undefined) {
    for (let i = 0; i < codes.length; i++) codes[i] = (codes[i] as number) + minimum;
  } else {
    const fill = parameters.fill[0];
    const ones = 2 ** scaled.bits - 1;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] as number;
      codes[i] = code === ones ? fill : code + minimum;
    }
  }
  // Narrowing keeps the low bytes.
  return parameters.size === 1 ? new Uint8Array(codes) : parameters.size === 2 ? new Uint16Array(codes) : codes;
}

/** Adds the minimum to pairs of words, and puts them into the host's order. */
function addWide(
  words: Uint32Array,
  bits: number,
  minimum: readonly [number, number],
  fill: readonly [number, number] | undefined,
): void {
  const onesLow = bits >= 32 ? 0xffff_ffff : 2 ** bits - 1;
  const onesHigh = bits > 32 ? 2 ** (bits - 32) - 1 : 0;
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i] as number;
    const high = words[i + 1] as number;
    if (fill !== undefined && low === onesLow && high === onesHigh) {
      words[i + LOW] = fill[0];
      words[i + HIGH] = fill[1];
      continue;
    }
    const sum = low + minimum[0];
    words[i + LOW] = sum;
    words[i + HIGH] = high + minimum[1] + (sum > 0xffff_ffff ? 1 : 0);
  }
}

/** @param bytes - The elements in the host's byte order, from the start of their buffer. */
export function encodeIntegers(parameters: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  return parameters.size === 8 ? encodeWide(parameters, bytes) : encodeNarrow(parameters, bytes);
}

/** The elements as words, sign-extended if they have a sign. */
function widened({ size, signed }: ScaleOffsetParameters, buffer: ArrayBufferLike): Uint32Array {
  if (size === 1) return new Uint32Array(signed ? new Int8Array(buffer) : new Uint8Array(buffer));
  if (size === 2) return new Uint32Array(signed ? new Int16Array(buffer) : new Uint16Array(buffer));
  return new Uint32Array(buffer);
}

function fillWord({ size, signed, fill }: ScaleOffsetParameters): number {
  const word = fill?.[0] ?? 0;
  if (size === 4) return word;
  const unused = 32 - 8 * size;
  return signed ? ((word << unused) >> unused) >>> 0 : (word << unused) >>> unused;
}

function encodeNarrow(parameters: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  const words = widened(parameters, bytes.buffer);
  const hasFill = parameters.fill !== undefined;
  const fill = fillWord(parameters);
  const { low, high } = rangeOf(words, hasFill, fill, parameters.signed ? SIGN : 0);
  let bits = parameters.factor;
  if (bits === 0) {
    const span = (high - low) >>> 0;
    // So wide a range leaves no code for the fill value.
    if (span > 2 ** (8 * parameters.size) - 3) return unscaled(parameters, [0, 0]);
    bits = bitsFor(BigInt(span) + (hasFill ? 2n : 1n));
  }
  const minimum = [low, parameters.signed && low >= SIGN ? 0xffff_ffff : 0] as const;
  if (bits === 8 * parameters.size) return unscaled(parameters, minimum);
  const ones = 2 ** bits - 1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    words[i] = hasFill && word === fill ? ones : word - low;
  }
  return { bits, minimum, codes: words };
}

function unscaled({ size }: ScaleOffsetParameters, minimum: readonly [number, number]): ScaledCodes {
  return { bits: 8 * size, minimum, codes: undefined };
}

/** Least and greatest word other than the fill value; `flip` is the sign bit where there are signs. Zeros if there is none. */
function rangeOf(words: Uint32Array, hasFill: boolean, fill: number, flip: number): Range {
  // Compared as signed words, which are small integers.
  const turn = (flip ^ SIGN) | 0;
  let low = 0x7fff_ffff;
  let high = -0x8000_0000;
  const skipped = hasFill ? fill : -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    if (word === skipped) continue;
    const ordered = word ^ turn;
    low = Math.min(low, ordered);
    high = Math.max(high, ordered);
  }
  return low <= high ? { low: (low ^ turn) >>> 0, high: (high ^ turn) >>> 0 } : { low: 0, high: 0 };
}

function encodeWide(parameters: ScaleOffsetParameters, bytes: Uint8Array): ScaledCodes {
  const { fill, signed, factor } = parameters;
  const words = new Uint32Array(bytes.buffer);
  const range = wideRangeOf(words, fill, signed ? SIGN : 0);
  const low = range?.low ?? ([0, 0] as const);
  const high = range?.high ?? ([0, 0] as const);
  let bits = factor;
  if (bits === 0) {
    const span = BigInt.asUintN(64, toBigInt(high) - toBigInt(low));
    if (span > 2n ** 64n - 3n) return unscaled(parameters, [0, 0]);
    bits = bitsFor(span + (fill === undefined ? 1n : 2n));
  }
  if (bits === 64) return unscaled(parameters, low);
  for (let i = 0; i < words.length; i += 2) {
    const lowWord = words[i + LOW] as number;
    const highWord = words[i + HIGH] as number;
    if (fill !== undefined && lowWord === fill[0] && highWord === fill[1]) {
      // Packing keeps as many ones as a code has bits.
      words[i] = 0xffff_ffff;
      words[i + 1] = 0xffff_ffff;
      continue;
    }
    words[i] = lowWord - low[0];
    words[i + 1] = highWord - low[1] - (lowWord < low[0] ? 1 : 0);
  }
  return { bits, minimum: low, codes: words };
}

function toBigInt([low, high]: readonly [number, number]): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function wideRangeOf(
  words: Uint32Array,
  fill: readonly [number, number] | undefined,
  flip: number,
): { readonly low: readonly [number, number]; readonly high: readonly [number, number] } | undefined {
  let lowLow = 0xffff_ffff;
  let lowHigh = 0xffff_ffff;
  let highLow = 0;
  let highHigh = 0;
  let found = false;
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i + LOW] as number;
    const high = words[i + HIGH] as number;
    if (fill !== undefined && low === fill[0] && high === fill[1]) continue;
    const ordered = (high ^ flip) >>> 0;
    found = true;
    if (ordered < lowHigh || (ordered === lowHigh && low < lowLow)) {
      lowHigh = ordered;
      lowLow = low;
    }
    if (ordered > highHigh || (ordered === highHigh && low > highLow)) {
      highHigh = ordered;
      highLow = low;
    }
  }
  if (!found) return undefined;
  return { low: [lowLow, (lowHigh ^ flip) >>> 0], high: [highLow, (highHigh ^ flip) >>> 0] };
}
