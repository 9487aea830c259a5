/**
 * Conversions between integers and floats of any layout.
 *
 * C: `H5T__conv_i_i`, `H5T__conv_f_f`, `H5T__conv_i_f`, `H5T__conv_f_i` and their native counterparts. Integers saturate;
 * floats are cut off towards zero and saturate.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { type Conversion, copyConversion } from "./conversion.ts";
import { smallFloatTable } from "./float-codec.ts";
import { integerCodec } from "./integer-codec.ts";
import { integerConversion, longSignConversion } from "./integer-words.ts";
import { typedArrayTypeOf } from "./native-type.ts";
import {
  doubleLoader,
  doubleStorer,
  isNumeric,
  type LoadDoubles,
  MAX_ROUNDED_MANTISSA,
  roundingLoader,
} from "./numeric-endpoints.ts";
import {
  allocateNumeric,
  BLOCK,
  bytesOf,
  HOST_BYTE_ORDER,
  isHostOrder,
  type NumericArray,
  type NumericLayout,
  numericLayoutOf,
  swapElements,
  viewNumeric,
} from "./numeric-layout.ts";

type NumericType = FixedPointType | FloatingPointType;

export function numericConversion(source: NumericType, destination: NumericType): Conversion {
  const from = numericLayoutOf(source);
  const to = numericLayoutOf(destination);
  if (from !== undefined && to !== undefined && (from.kind === to.kind || isSwapOfIntegers(from, to))) {
    const swap = from.byteOrder !== to.byteOrder && from.size > 1;
    return swap ? swapConversion(from.size) : copyConversion(from.size);
  }
  if (from !== undefined && to !== undefined && isInteger(from) && isInteger(to) && !widens(from, to)) {
    return from.size === 8 && to.size === 8 ? longSignConversion(from, to) : integerConversion(from, to);
  }
  if (losesBits(source) && !toleratesDoubles(destination)) {
    return exactConversion(source as FixedPointType, destination);
  }
  const through = conversionThroughDoubles(source, destination, doubleLoader(source));
  if (from?.kind === "float16" && to?.kind === "float32") return halfConversion(source as FloatingPointType, through);
  return from !== undefined && to !== undefined && widens(from, to) ? directConversion(from, to, through) : through;
}

/** Between integers of another byte order the C library exchanges bytes without a look at the sign: nothing saturates. */
function isSwapOfIntegers(from: NumericLayout, to: NumericLayout): boolean {
  return isInteger(from) && isInteger(to) && from.size === to.size && from.byteOrder !== to.byteOrder;
}

function isInteger(layout: NumericLayout): boolean {
  return !layout.kind.startsWith("float");
}

function swapConversion(size: number): Conversion {
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      swapElements(size, source, sourceOffset, destination, destinationOffset, count);
    },
  };
}

/** An integer that a double may round. */
function losesBits(type: NumericType): boolean {
  return type.class === "fixed-point" && type.bitPrecision > 53;
}

/** Whether rounding to a double first gives the same: for short integers, since they saturate, and for the double. */
function toleratesDoubles(type: NumericType): boolean {
  return type.class === "fixed-point" ? type.bitPrecision <= 53 : type.mantissaSize === 52;
}

function conversionThroughDoubles(source: NumericType, destination: NumericType, load: LoadDoubles): Conversion {
  const from = numericLayoutOf(source);
  const to = numericLayoutOf(destination);
  const store = doubleStorer(destination, from?.byteOrder === "little-endian");
  const doubles = new Float64Array(BLOCK);
  return {
    noop: false,
    convert(input, sourceOffset, output, destinationOffset, count) {
      for (let done = 0; done < count; done += BLOCK) {
        const block = Math.min(BLOCK, count - done);
        const at = sourceOffset + done * source.size;
        const end = destinationOffset + done * destination.size;
        const given = viewOfDoubles(from, input, at, block);
        const taken = given ?? viewOfDoubles(to, output, end, block);
        if (given === undefined) load(input, at, taken ?? doubles, block);
        if (given !== undefined || taken === undefined) store(given ?? doubles, output, end, block);
      }
    },
  };
}

/** Doubles that need not be copied. */
function viewOfDoubles(
  layout: NumericLayout | undefined,
  bytes: Uint8Array,
  offset: number,
  count: number,
): Float64Array | undefined {
  if (layout?.kind !== "float64" || !isHostOrder(layout)) return undefined;
  return viewNumeric("float64", bytes, offset, count) as Float64Array | undefined;
}

/** Whether every value of `from` is exact in `to`, or rounds as `TypedArray.set` does it. */
function widens(from: NumericLayout, to: NumericLayout): boolean {
  if (from.size === 8 || to.kind === "int64" || to.kind === "uint64") return false;
  if (from.kind === "float16" || to.kind === "float16") return false;
  if (to.kind === "float64" || to.kind === "float32") return true;
  if (from.kind === "float32" || from.size >= to.size) return false;
  return from.kind.startsWith("u") || to.kind.startsWith("i");
}

/** One `set` where both sides are aligned and in host order. */
function directConversion(from: NumericLayout, to: NumericLayout, otherwise: Conversion): Conversion {
  if (!isHostOrder(from) || !isHostOrder(to)) return otherwise;
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const a = viewNumeric(from.kind, source, sourceOffset, count);
      const b = viewNumeric(to.kind, destination, destinationOffset, count);
      if (a === undefined || b === undefined) {
        otherwise.convert(source, sourceOffset, destination, destinationOffset, count);
      } else {
        (b as Float64Array).set(a as Float64Array);
      }
    },
  };
}

/** Halves are looked up in a table of singles where both sides are aligned and in host order. */
function halfConversion(half: FloatingPointType, otherwise: Conversion): Conversion {
  if (half.byteOrder !== HOST_BYTE_ORDER) return otherwise;
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const halves = viewNumeric("float16", source, sourceOffset, count);
      const singles = viewNumeric("float32", destination, destinationOffset, count);
      const isPlain = halves !== undefined && singles !== undefined;
      const table = isPlain ? smallFloatTable(half, count) : undefined;
      if (table === undefined) otherwise.convert(source, sourceOffset, destination, destinationOffset, count);
      else lookUp(table, halves as Uint16Array, singles as Float32Array);
    },
  };
}

function lookUp(table: Float32Array, halves: Uint16Array, singles: Float32Array): void {
  for (let i = 0; i < halves.length; i++) singles[i] = table[halves[i] as number] as number;
}

/** Long integers to integers or to floats shorter than a double, which must be rounded once. */
function exactConversion(source: FixedPointType, destination: NumericType): Conversion {
  const from = integerCodec(source);
  if (destination.class === "fixed-point") return longIntegersByCodec(source, destination);
  const layout = numericLayoutOf(source);
  if (layout !== undefined && destination.mantissaSize <= MAX_ROUNDED_MANTISSA) {
    return conversionThroughDoubles(source, destination, roundingLoader(layout));
  }
  const load: LoadDoubles = (bytes, offset, doubles, count) => {
    for (let i = 0; i < count; i++) doubles[i] = doubleForRounding(from.read(bytes, offset + i * source.size));
  };
  return conversionThroughDoubles(source, destination, load);
}

/** A double that rounds to any shorter float as `value` itself would: bits it cannot hold are kept as one sticky bit. */
function doubleForRounding(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  let cut = magnitude;
  let factor = 1;
  while (cut >> 53n !== 0n) {
    cut = (cut >> 8n) | ((cut & 0xffn) === 0n ? 0n : 1n);
    factor *= 256;
  }
  return Number(value < 0n ? -cut : cut) * factor;
}

function longIntegersByCodec(source: FixedPointType, destination: FixedPointType): Conversion {
  const from = integerCodec(source);
  const to = integerCodec(destination);
  return {
    noop: false,
    convert(bytes, sourceOffset, out, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const value = from.read(bytes, sourceOffset + i * source.size);
        const limited = saturate(value, to.minimum, to.maximum);
        to.write(out, destinationOffset + i * destination.size, limited);
      }
    },
  };
}

function saturate(value: bigint, minimum: bigint, maximum: bigint): bigint {
  if (value < minimum) return minimum;
  return value > maximum ? maximum : value;
}

/**
 * `count` elements of a numeric datatype as the typed array that holds their values (see `typedArrayTypeOf`). Always a
 * copy.
 */
export function convertToNumericArray(type: Datatype, bytes: Uint8Array, count: number): NumericArray {
  const source = type.class === "enum" ? type.base : type.class === "bitfield" ? unsignedOf(type) : type;
  const destination = typedArrayTypeOf(source);
  const layout = destination === undefined ? undefined : numericLayoutOf(destination);
  if (destination === undefined || layout === undefined || !isNumeric(source) || !isNumeric(destination)) {
    throw new HDF5Error("conversion", `datatype of class ${type.class} is not numeric`);
  }
  const values = allocateNumeric(layout.kind, count);
  numericConversion(source, destination).convert(bytes, 0, bytesOf(values), 0, count);
  return values;
}

/** The unsigned integer in the bits of a bit field. */
function unsignedOf(type: Extract<Datatype, { class: "bitfield" }>): FixedPointType {
  return { ...type, class: "fixed-point", signed: false };
}
