/**
 * Floating-point numbers of any layout, by way of the double: half, bfloat16, 8-bit, x87 extended, quadruple, VAX.
 *
 * Specification: IV.A.2.d, class 1. C: `H5T__conv_f_f`, which this follows: an exponent of all ones is infinity or NaN
 * in every layout, ties round away from zero, and a number that fits before rounding never rounds to infinity. The IEEE
 * half rounds ties to even, and to infinity all above 65504, as the C library does where the compiler has that type.
 */
import type { FloatingPointType } from "../../format/datatype.ts";
import { depositBits, extractBits, fillBits, loadElement, storeElement } from "./bit-fields.ts";
import { isExtended, loadExtended, storeExtended } from "./extended-floats.ts";
import { paddingsOf } from "./integer-codec.ts";
import { numericLayoutOf } from "./numeric-layout.ts";

export interface FloatCodec {
  /** The nearest double. */
  read(bytes: Uint8Array, offset: number): number;
  write(bytes: Uint8Array, offset: number, value: number): void;
  /** Reads `count` elements, and writes them. */
  load(bytes: Uint8Array, offset: number, doubles: Float64Array, count: number): void;
  store(doubles: Float64Array, bytes: Uint8Array, offset: number, count: number): void;
}

const DOUBLE_FRACTION_BITS = 52;
const LARGEST_HALF = 65504;

export function floatCodec(type: FloatingPointType): FloatCodec {
  const element = new Uint8Array(type.size);
  const encoder = new FloatEncoder(type, element);
  const read: FloatCodec["read"] = (bytes, offset) => {
    loadElement(type.byteOrder, bytes, offset, element);
    return decodeElement(type, element);
  };
  const write: FloatCodec["write"] = (bytes, offset, value) => {
    encoder.encode(value);
    storeElement(type.byteOrder, element, bytes, offset);
  };
  return isExtended(type) ? extendedCodec(read, write) : elementCodec(type.size, read, write);
}

function elementCodec(size: number, read: FloatCodec["read"], write: FloatCodec["write"]): FloatCodec {
  return {
    read,
    write,
    load(bytes, offset, doubles, count) {
      for (let i = 0; i < count; i++) doubles[i] = read(bytes, offset + i * size);
    },
    store(doubles, bytes, offset, count) {
      for (let i = 0; i < count; i++) write(bytes, offset + i * size, doubles[i] as number);
    },
  };
}

function extendedCodec(read: FloatCodec["read"], write: FloatCodec["write"]): FloatCodec {
  const one = new Float64Array(1);
  return {
    read(bytes, offset) {
      loadExtended(read, bytes, offset, one, 1);
      return one[0] as number;
    },
    write(bytes, offset, value) {
      one[0] = value;
      storeExtended(write, one, bytes, offset, 1);
    },
    load: (bytes, offset, doubles, count) => loadExtended(read, bytes, offset, doubles, count),
    store: (doubles, bytes, offset, count) => storeExtended(write, doubles, bytes, offset, count),
  };
}

/** Bits of the mantissa behind the binary point. */
function fractionBits(type: FloatingPointType): number {
  return type.mantissaNormalization === "implied" ? type.mantissaSize : type.mantissaSize - 1;
}

/** A mantissa longer than a double's is cut to that, its next bit deciding the rounding. */
function decodeElement(type: FloatingPointType, element: Uint8Array): number {
  const { mantissaLocation, mantissaSize } = type;
  const sign = extractBits(element, type.signLocation, 1);
  const exponent = extractBits(element, type.exponentLocation, Math.min(type.exponentSize, 53));
  const most = type.mantissaNormalization === "implied" ? DOUBLE_FRACTION_BITS : DOUBLE_FRACTION_BITS + 1;
  const cut = Math.max(0, mantissaSize - most);
  const high = extractBits(element, mantissaLocation + cut, mantissaSize - cut);
  if (cut === 0) return numberOf(type, sign, exponent, high, 0, false);
  const hasRest = isLast(type, exponent)
    ? !isZero(element, mantissaLocation, cut)
    : extractBits(element, mantissaLocation + cut - 1, 1) === 1;
  return numberOf(type, sign, exponent, high, cut, hasRest);
}

/** Whether it is the exponent of infinity and of what is no number. */
function isLast(type: FloatingPointType, exponent: number): boolean {
  return exponent === 2 ** type.exponentSize - 1;
}

/**
 * @param high - The mantissa without its lowest `cut` bits.
 * @param hasRest - Whether those round it up, or, with the last exponent, are not all 0.
 */
function numberOf(
  type: FloatingPointType,
  signBit: number,
  exponent: number,
  high: number,
  cut: number,
  hasRest: boolean,
): number {
  const sign = signBit === 1 ? -1 : 1;
  const kept = type.mantissaSize - cut;
  const implied = type.mantissaNormalization === "implied";
  if (isLast(type, exponent)) {
    const fraction = implied ? high : high % 2 ** (kept - 1);
    return fraction === 0 && !hasRest ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  const leading = implied && exponent > 0 ? 2 ** kept : 0;
  const power = Math.max(exponent, 1) - type.exponentBias - fractionBits(type) + cut;
  return sign * scaleByPower(leading + high + (hasRest ? 1 : 0), power);
}

function isZero(element: Uint8Array, position: number, count: number): boolean {
  for (let done = 0; done < count; done += 32) {
    if (extractBits(element, position + done, Math.min(32, count - done)) !== 0) return false;
  }
  return true;
}

/** value * 2^power, where the power alone may be out of a double's range. */
function scaleByPower(value: number, power: number): number {
  if (power > 1000) return value * 2 ** 1000 * 2 ** Math.min(power - 1000, 1023);
  if (power < -1000) return value * 2 ** Math.max(power + 1000, -1074) * 2 ** -1000;
  return value * 2 ** power;
}

const doubleParts = new DataView(new ArrayBuffer(8));

/** Encodes doubles into one element of a layout. */
class FloatEncoder {
  private readonly type: FloatingPointType;
  private readonly element: Uint8Array;
  private readonly half: boolean;
  private readonly maxExponent: number;

  constructor(type: FloatingPointType, element: Uint8Array) {
    this.type = type;
    this.element = element;
    this.half = numericLayoutOf(type)?.kind === "float16";
    this.maxExponent = 2 ** type.exponentSize - 1;
  }

  encode(value: number): void {
    const { type, element } = this;
    const { size, internalPad } = type;
    fillBits(element, 0, size * 8, internalPad === "one");
    for (const { position, count, pad } of paddingsOf(type)) fillBits(element, position, count, pad === "one");
    const negative = value < 0 || Object.is(value, -0);
    depositBits(element, type.signLocation, 1, negative ? 1 : 0);
    if (Number.isNaN(value)) this.putNaN();
    else if (value === 0) this.put(0, 0);
    else if (!Number.isFinite(value) || (this.half && Math.abs(value) > LARGEST_HALF)) this.putInfinity();
    else this.putFinite(Math.abs(value));
  }

  private putNaN(): void {
    const { mantissaLocation, mantissaSize } = this.type;
    depositBits(this.element, this.type.exponentLocation, this.type.exponentSize, this.maxExponent);
    fillBits(this.element, mantissaLocation, mantissaSize, !this.half);
    if (this.half) depositBits(this.element, mantissaLocation + mantissaSize - 1, 1, 1);
  }

  private putInfinity(): void {
    this.put(this.maxExponent, 0);
    const { mantissaNormalization, mantissaLocation, mantissaSize } = this.type;
    if (mantissaNormalization !== "implied") depositBits(this.element, mantissaLocation + mantissaSize - 1, 1, 1);
  }

  /** Exponent field, and the lowest bits of the mantissa field with `mantissa` at its top 53 when it has more. */
  private put(exponent: number, mantissa: number): void {
    const { exponentLocation, exponentSize, mantissaLocation, mantissaSize } = this.type;
    depositBits(this.element, exponentLocation, exponentSize, exponent);
    const extra = Math.max(0, mantissaSize - 53);
    fillBits(this.element, mantissaLocation, extra, false);
    depositBits(this.element, mantissaLocation + extra, mantissaSize - extra, mantissa);
  }

  private putFinite(magnitude: number): void {
    const { type } = this;
    doubleParts.setFloat64(0, magnitude);
    const doubleExponent = doubleParts.getUint32(0) >>> 20;
    // magnitude = significand * 2^(power - 52), a subnormal double being brought to 53 bits too.
    const shifted = doubleExponent === 0 ? magnitude * 2 ** DOUBLE_FRACTION_BITS : magnitude;
    doubleParts.setFloat64(0, shifted);
    const power = (doubleParts.getUint32(0) >>> 20) - 1023 - (doubleExponent === 0 ? DOUBLE_FRACTION_BITS : 0);
    const significand = ((doubleParts.getUint32(0) & 0xfffff) + 0x100000) * 2 ** 32 + doubleParts.getUint32(4);
    const exponent = power + type.exponentBias;
    if (exponent >= this.maxExponent) {
      this.putInfinity();
      return;
    }
    const implied = type.mantissaNormalization === "implied";
    // Bits kept behind the binary point; fewer for what is subnormal in this layout.
    const room = Math.min(fractionBits(type), implied ? 53 : 52);
    const kept = exponent > 0 ? room : room - 1 + exponent;
    this.putRounded(exponent, this.round(significand, DOUBLE_FRACTION_BITS - kept), room, implied);
  }

  /** significand / 2^drop, rounded. */
  private round(significand: number, drop: number): number {
    if (drop <= 0) return significand * 2 ** -drop;
    if (drop > 54) return 0;
    const unit = 2 ** drop;
    const whole = Math.floor(significand / unit);
    const rest = significand - whole * unit;
    const up = rest > unit / 2 || (rest === unit / 2 && (!this.half || whole % 2 === 1));
    return up ? whole + 1 : whole;
  }

  private putRounded(exponent: number, rounded: number, room: number, implied: boolean): void {
    const one = 2 ** room;
    if (exponent <= 0) {
      // Rounding may have made it the smallest normal number.
      const normal = rounded >= one;
      this.put(normal ? 1 : 0, implied && normal ? rounded - one : rounded);
      return;
    }
    let mantissa = rounded;
    let field = exponent;
    if (rounded >= 2 * one) {
      if (exponent + 1 >= this.maxExponent) mantissa = 2 * one - 1;
      else {
        mantissa = one;
        field = exponent + 1;
      }
    }
    this.put(field, implied ? mantissa - one : mantissa);
  }
}

/** From so many elements on, a table of all of them takes less time than one after the other (in a young process, Node 20). */
const WORTH_A_TABLE = 4096;

/** By layout; until there is one, how many elements were asked for. */
const smallTables = new Map<string, Float32Array | number>();

/**
 * The value of every bit pattern of a layout of one or two bytes, in little-endian order.
 *
 * @param count - Elements that it is wanted for.
 * @returns Undefined as long as few were asked for in all, and for layouts whose numbers are not all exact in 32 bits.
 */
export function smallFloatTable(type: FloatingPointType, count: number): Float32Array | undefined {
  if (!isExactInSingles(type)) return undefined;
  const key = [
    type.size,
    type.signLocation,
    type.exponentLocation,
    type.exponentSize,
    type.mantissaLocation,
    type.mantissaSize,
    type.mantissaNormalization,
    type.exponentBias,
  ].join();
  const known = smallTables.get(key) ?? 0;
  if (typeof known !== "number") return known;
  const isWorth = known + count >= WORTH_A_TABLE;
  const next = isWorth ? (isPacked(type) ? packedTable(type) : anyTable(type)) : known + count;
  smallTables.set(key, next);
  return typeof next === "number" ? undefined : next;
}

/** Whether neither the greatest exponent nor the lowest bit is out of a single's range. */
function isExactInSingles(type: FloatingPointType): boolean {
  const greatest = 2 ** type.exponentSize - 2 - type.exponentBias;
  return greatest <= 127 && 1 - type.exponentBias - fractionBits(type) >= -149;
}

/** Whether sign, exponent and mantissa are all there is, in this order, and the first bit of the mantissa is implied. */
function isPacked(type: FloatingPointType): boolean {
  const { exponentLocation, signLocation, mantissaSize } = type;
  const isInOrder = type.mantissaLocation === 0 && exponentLocation === mantissaSize;
  const isWhole = signLocation === exponentLocation + type.exponentSize && signLocation === type.size * 8 - 1;
  return isInOrder && isWhole && type.mantissaNormalization === "implied";
}

/** The numbers of one exponent are equally far apart: a first read waits for the table. */
function packedTable(type: FloatingPointType): Float32Array {
  const half = 2 ** type.signLocation;
  const table = new Float32Array(2 * half);
  const mantissas = 2 ** type.mantissaSize;
  for (let start = 0; start < half; start += mantissas) {
    const exponent = start / mantissas;
    const first = numberOf(type, 0, exponent, 0, 0, false);
    const step = numberOf(type, 0, exponent, 1, 0, false) - first;
    const isLinear = !isLast(type, exponent) && Number.isFinite(step);
    for (let mantissa = 0; mantissa < mantissas; mantissa++) {
      const value = isLinear ? first + mantissa * step : numberOf(type, 0, exponent, mantissa, 0, false);
      table[start + mantissa] = value;
      table[half + start + mantissa] = -value;
    }
  }
  return table;
}

function anyTable(type: FloatingPointType): Float32Array {
  const table = new Float32Array(2 ** (type.size * 8));
  const part = (bits: number, location: number, size: number): number => (bits >>> location) & (2 ** size - 1);
  for (let bits = 0; bits < table.length; bits++) {
    const exponent = part(bits, type.exponentLocation, type.exponentSize);
    const mantissa = part(bits, type.mantissaLocation, type.mantissaSize);
    table[bits] = numberOf(type, part(bits, type.signLocation, 1), exponent, mantissa, 0, false);
  }
  return table;
}
