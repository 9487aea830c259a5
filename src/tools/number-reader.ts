/**
 * Numbers out of the bytes of elements, as the memory types that C tools would convert them to.
 *
 * C: `H5Tget_native_type`, then conversion. An integer becomes the least of 1, 2, 4 and 8 bytes that has its precision; a
 * floating-point number becomes `_Float16`, `float`, `double` or the 80-bit `long double` by its size; bfloat16 a `float`.
 */
import { nativeFloat } from "../engine/conversion/native-type.ts";
import type { BitfieldType, ByteOrder, FixedPointType, FloatingPointType } from "../format/datatype.ts";
import type { BinaryFloat } from "./decimal-digits.ts";

export type IntegerReader = (view: DataView, offset: number) => number | bigint;

/** Bytes of the native integer with at least `precision` bits. */
export function nativeIntegerSize(precision: number): 1 | 2 | 4 | 8 {
  if (precision <= 8) return 1;
  if (precision <= 16) return 2;
  return precision <= 32 ? 4 : 8;
}

/** All bits of an element as one unsigned number, whatever the byte order. */
function elementBits(view: DataView, offset: number, size: number, order: ByteOrder | "vax"): bigint {
  let bits = 0n;
  for (let i = 0; i < size; i++) {
    // Most significant byte first. VAX keeps 16-bit words in big-endian order, each word little-endian.
    const at = order === "big-endian" ? i : order === "little-endian" ? size - 1 - i : (i & ~1) + (1 - (i & 1));
    bits = (bits << 8n) | BigInt(view.getUint8(offset + at));
  }
  return bits;
}

/** Reads integers: numbers up to 32 bits, `bigint` for 64. */
export function integerReader(type: FixedPointType): IntegerReader {
  const { size, signed } = type;
  const little = type.byteOrder === "little-endian";
  if (type.bitOffset === 0 && type.bitPrecision === size * 8) {
    if (size === 1) return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
    if (size === 2) return signed ? (view, at) => view.getInt16(at, little) : (view, at) => view.getUint16(at, little);
    if (size === 4) return signed ? (view, at) => view.getInt32(at, little) : (view, at) => view.getUint32(at, little);
    if (size === 8)
      return signed ? (view, at) => view.getBigInt64(at, little) : (view, at) => view.getBigUint64(at, little);
  }
  const precision = type.bitPrecision;
  const shift = BigInt(type.bitOffset);
  const isWide = nativeIntegerSize(precision) === 8;
  return (view, at) => {
    const bits = elementBits(view, at, size, type.byteOrder) >> shift;
    let value = signed ? BigInt.asIntN(precision, bits) : BigInt.asUintN(precision, bits);
    if (precision > 64) value = clampTo64Bits(value, signed);
    return isWide ? value : Number(value);
  };
}

function clampTo64Bits(value: bigint, signed: boolean): bigint {
  const max = signed ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  const min = signed ? -(1n << 63n) : 0n;
  return value > max ? max : value < min ? min : value;
}

/** The bytes of a bit field as the native type keeps them: little-endian, bit offset removed. */
export function bitfieldReader(type: BitfieldType): (view: DataView, offset: number) => Uint8Array {
  const size = nativeIntegerSize(type.bitPrecision);
  return (view, at) => {
    let bits = BigInt.asUintN(
      type.bitPrecision,
      elementBits(view, at, type.size, type.byteOrder) >> BigInt(type.bitOffset),
    );
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      bytes[i] = Number(bits & 0xffn);
      bits >>= 8n;
    }
    return bytes;
  };
}

export type NativeFloat = "half" | "single" | "double" | "extended";

export function nativeFloatOf(type: FloatingPointType): NativeFloat {
  const { size } = nativeFloat(type);
  return size === 2 ? "half" : size === 4 ? "single" : size === 8 ? "double" : "extended";
}

const MANTISSA_BITS: Readonly<Record<NativeFloat, number>> = { half: 11, single: 24, double: 53, extended: 64 };
const LEAST_EXPONENT: Readonly<Record<NativeFloat, number>> = {
  half: -24,
  single: -149,
  double: -1074,
  extended: -16445,
};
const GREATEST_EXPONENT: Readonly<Record<NativeFloat, number>> = {
  half: 16,
  single: 128,
  double: 1024,
  extended: 16384,
};

/**
 * Reads floating-point numbers: a double where one holds the native value, else a {@link BinaryFloat} (a NaN, whose sign C
 * prints, and everything of `long double`).
 */
export function floatReader(type: FloatingPointType): (view: DataView, offset: number) => number | BinaryFloat {
  const little = type.byteOrder === "little-endian";
  const exact = exactFloatReader(type);
  if (isIeee(type, 4, 8, 23, 127)) {
    return (view, at) => {
      const value = view.getFloat32(at, little);
      return Number.isNaN(value) ? exact(view, at) : value;
    };
  }
  if (isIeee(type, 8, 11, 52, 1023)) {
    return (view, at) => {
      const value = view.getFloat64(at, little);
      return Number.isNaN(value) ? exact(view, at) : value;
    };
  }
  const native = nativeFloatOf(type);
  return (view, at) => {
    const float = roundTo(exact(view, at), native);
    return native === "extended" || float.kind === "nan" ? float : toDouble(float);
  };
}

function isIeee(
  type: FloatingPointType,
  size: number,
  exponentSize: number,
  mantissaSize: number,
  bias: number,
): boolean {
  return (
    type.size === size &&
    type.byteOrder !== "vax" &&
    type.bitOffset === 0 &&
    type.bitPrecision === size * 8 &&
    type.mantissaNormalization === "implied" &&
    type.signLocation === size * 8 - 1 &&
    type.exponentLocation === mantissaSize &&
    type.exponentSize === exponentSize &&
    type.mantissaLocation === 0 &&
    type.mantissaSize === mantissaSize &&
    type.exponentBias === bias
  );
}

function exactFloatReader(type: FloatingPointType): (view: DataView, offset: number) => BinaryFloat {
  const { exponentSize, mantissaSize, mantissaNormalization } = type;
  const sign = BigInt(type.signLocation);
  const exponentShift = BigInt(type.exponentLocation);
  const mantissaShift = BigInt(type.mantissaLocation);
  const allOnes = 2 ** exponentSize - 1;
  const isImplied = mantissaNormalization === "implied";
  const implied = 1n << BigInt(mantissaSize);
  const leading = mantissaSize > 0 ? 1n << BigInt(mantissaSize - 1) : 0n;
  return (view, at) => {
    const bits = elementBits(view, at, type.size, type.byteOrder);
    const negative = ((bits >> sign) & 1n) === 1n;
    const biased = Number(BigInt.asUintN(exponentSize, bits >> exponentShift));
    const fraction = BigInt.asUintN(mantissaSize, bits >> mantissaShift);
    if (biased === allOnes) {
      const isInfinite = isImplied ? fraction === 0n : (fraction & ~leading) === 0n;
      return { kind: isInfinite ? "infinite" : "nan", negative, mantissa: 0n, exponent: 0 };
    }
    if (!isImplied)
      return {
        kind: "finite",
        negative,
        mantissa: fraction,
        exponent: biased - type.exponentBias - (mantissaSize - 1),
      };
    const mantissa = biased === 0 ? fraction : fraction | implied;
    return {
      kind: "finite",
      negative,
      mantissa,
      exponent: (biased === 0 ? 1 : biased) - type.exponentBias - mantissaSize,
    };
  };
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** Rounds to a native format, ties to even; what is too large becomes infinite. */
function roundTo(float: BinaryFloat, native: NativeFloat): BinaryFloat {
  if (float.kind !== "finite" || float.mantissa === 0n) return float;
  const length = bitLength(float.mantissa);
  let drop = Math.max(length - MANTISSA_BITS[native], LEAST_EXPONENT[native] - float.exponent, 0);
  let { mantissa, exponent } = float;
  if (drop > 0) {
    drop = Math.min(drop, length + 1);
    const dropped = BigInt(drop);
    const rest = BigInt.asUintN(drop, mantissa);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    exponent += drop;
  }
  const isTooLarge = exponent + bitLength(mantissa) > GREATEST_EXPONENT[native];
  return { kind: isTooLarge ? "infinite" : "finite", negative: float.negative, mantissa, exponent };
}

/** The double equal to a value that one holds. */
function toDouble(float: BinaryFloat): number {
  let value = Number.POSITIVE_INFINITY;
  if (float.kind === "finite") {
    // In two steps: a power of two below 2^-1022 times a 53-bit integer would round on the way.
    const first = Math.max(float.exponent, -1000);
    value = Number(float.mantissa) * 2 ** first * 2 ** (float.exponent - first);
  }
  return float.negative ? -value : value;
}
