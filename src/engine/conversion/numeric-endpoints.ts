/**
 * Numbers of any datatype to and from doubles, a block at a time.
 *
 * Every number but an integer of more than 53 bits is exact in a double (a longer float is rounded to one), so that one
 * loop for each kind of source and one for each kind of destination, instead of one for each pair, convert between all.
 * The loops see one kind of array each and so stay fast, and `TypedArray.set` converts between kinds by itself.
 */
import type { Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { floatCodec, smallFloatTable } from "./float-codec.ts";
import { type IntegerCodec, integerCodec, paddingsOf } from "./integer-codec.ts";
import { longReader, wordStorer } from "./integer-words.ts";
import {
  allocateNumeric,
  BLOCK,
  bytesOf,
  HIGH,
  isHostOrder,
  LOW,
  moveElements,
  type NumericArray,
  type NumericLayout,
  numericLayoutOf,
  sourceArray,
  viewNumeric,
} from "./numeric-layout.ts";

/** Reads `count` elements into `doubles`. */
export type LoadDoubles = (bytes: Uint8Array, offset: number, doubles: Float64Array, count: number) => void;
/** Writes `count` elements from `doubles`. */
export type StoreDoubles = (doubles: Float64Array, bytes: Uint8Array, offset: number, count: number) => void;

type NumericType = FixedPointType | FloatingPointType;

export function isNumeric(type: Datatype): type is NumericType {
  return type.class === "fixed-point" || type.class === "floating-point";
}

export function doubleLoader(type: NumericType): LoadDoubles {
  const layout = numericLayoutOf(type);
  if (layout === undefined) return type.class === "fixed-point" ? oddIntegerLoader(type) : floatLoader(type);
  if (layout.kind === "float16") return floatLoader(type as FloatingPointType);
  if (layout.kind === "int64") return longReader(layout, loadSigned64);
  if (layout.kind === "uint64") return longReader(layout, loadUnsigned64);
  const scratch = allocateNumeric(layout.kind, BLOCK);
  return (bytes, offset, doubles, count) => {
    doubles.set(sourceArray(layout, scratch, bytes, offset, count) as Float64Array);
  };
}

/** A long integer's value. Variables of a module are looked up each time, so that loops do not use them. */
const signedOf = (low: number, high: number): number => high * 0x1_0000_0000 + (low >>> 0);
const unsignedOf = (low: number, high: number): number => (high >>> 0) * 0x1_0000_0000 + (low >>> 0);

function loadSigned64(words: Int32Array, doubles: Float64Array, count: number): void {
  const low = LOW;
  const high = HIGH;
  for (let i = 0, w = 0; i < count; i++, w += 2) {
    doubles[i] = signedOf(words[w + low] as number, words[w + high] as number);
  }
}

function loadUnsigned64(words: Int32Array, doubles: Float64Array, count: number): void {
  const low = LOW;
  const high = HIGH;
  for (let i = 0, w = 0; i < count; i++, w += 2) {
    doubles[i] = unsignedOf(words[w + low] as number, words[w + high] as number);
  }
}

/** Mantissas up to this size are rounded right from what {@link roundingLoader} gives. */
export const MAX_ROUNDED_MANTISSA = 38;

/** Long integers as doubles that round to any shorter float as they themselves would: bits that are cut off leave a sticky one. */
export function roundingLoader(layout: NumericLayout): LoadDoubles {
  const value = layout.kind === "int64" ? signedOf : unsignedOf;
  return longReader(layout, (words, doubles, count) => {
    const lowAt = LOW;
    const highAt = HIGH;
    for (let i = 0, w = 0; i < count; i++, w += 2) {
      const low = words[w + lowAt] as number;
      const high = words[w + highAt] as number;
      // Of magnitudes below 2^52 nothing is cut off.
      const isExact =
        (low & 0x7ff) === 0 || (high >= -0x100000 && high < 0x100000 && (high >= 0 || value === signedOf));
      doubles[i] = value(isExact ? low : (low & ~0x7ff) | 0x800, high);
    }
  });
}

function oddIntegerLoader(type: FixedPointType): LoadDoubles {
  const codec = integerCodec(type);
  const { size } = type;
  if (type.bitPrecision <= 53) {
    return (bytes, offset, doubles, count) => {
      for (let i = 0; i < count; i++) doubles[i] = codec.readNumber(bytes, offset + i * size);
    };
  }
  return (bytes, offset, doubles, count) => {
    for (let i = 0; i < count; i++) doubles[i] = Number(codec.read(bytes, offset + i * size));
  };
}

function floatLoader(type: FloatingPointType): LoadDoubles {
  const { size } = type;
  const { load } = floatCodec(type);
  if (size <= 2 && type.byteOrder !== "vax") {
    const high = size === 1 ? 0 : type.byteOrder === "little-endian" ? 1 : 0;
    const low = size === 1 ? 0 : 1 - high;
    return (bytes, offset, doubles, count) => {
      const table = smallFloatTable(type, count);
      if (table === undefined) {
        load(bytes, offset, doubles, count);
        return;
      }
      for (let i = 0, at = offset; i < count; i++, at += size) {
        const lowByte = bytes[at + low] as number;
        const bits = size === 1 ? lowByte : ((bytes[at + high] as number) << 8) | lowByte;
        doubles[i] = table[bits] as number;
      }
    };
  }
  return load;
}

/** What the C library makes of NaN in an integer: 0, but between native types what an x86 processor answers. */
function nanOf(layout: NumericLayout | undefined, fromNative: boolean): number {
  if (layout === undefined || !fromNative || layout.byteOrder !== "little-endian") return 0;
  if (layout.kind === "int32") return -(2 ** 31);
  if (layout.kind === "int64") return -(2 ** 63);
  return layout.kind === "uint64" ? 2 ** 63 : 0;
}

/**
 * @param fromNative - The source is a little-endian IEEE float, which decides what NaN becomes in an integer.
 */
export function doubleStorer(type: NumericType, fromNative: boolean): StoreDoubles {
  const layout = numericLayoutOf(type);
  if (type.class === "floating-point") {
    return layout === undefined ? floatCodec(type).store : nativeFloatStorer(layout);
  }
  const codec = integerCodec(type);
  if (layout === undefined) return oddIntegerStorer(type, codec);
  const nan = nanOf(layout, fromNative);
  const minimum = Number(codec.minimum);
  const maximum = Number(codec.maximum);
  if (layout.size === 8) return integer64Storer(layout, nan);
  if (layout.size === 4) {
    return throughScratch(layout, (doubles, array) => {
      const words = new Int32Array(array.buffer, array.byteOffset, array.length);
      storeLimited(doubles, words, minimum, maximum, nan);
    });
  }
  const words = new Int32Array(BLOCK);
  const store = wordStorer(layout);
  return (doubles, bytes, offset, count) => {
    const block = words.subarray(0, count);
    storeLimited(doubles, block, minimum, maximum, nan);
    store(block, bytes, offset, count);
  };
}

/** Wraps a loop that fills a typed array, so that the elements may also be swapped or not aligned. */
function throughScratch(
  layout: NumericLayout,
  fill: (doubles: Float64Array, array: NumericArray) => void,
): StoreDoubles {
  const scratch = allocateNumeric(layout.kind, BLOCK);
  return (doubles, bytes, offset, count) => {
    const view = isHostOrder(layout) ? viewNumeric(layout.kind, bytes, offset, count) : undefined;
    if (view !== undefined) {
      fill(doubles, view);
      return;
    }
    fill(doubles, scratch.subarray(0, count));
    moveElements(layout, bytesOf(scratch), 0, bytes, offset, count);
  };
}

/** Cut off and limited, as words: unsigned ones from 2^31 on have the bits of negative ones. */
function storeLimited(doubles: Float64Array, words: Int32Array, minimum: number, maximum: number, nan: number): void {
  let i = 0;
  for (const end = words.length - 3; i < end; i += 4) {
    words[i] = limit(doubles[i] as number, minimum, maximum, nan);
    words[i + 1] = limit(doubles[i + 1] as number, minimum, maximum, nan);
    words[i + 2] = limit(doubles[i + 2] as number, minimum, maximum, nan);
    words[i + 3] = limit(doubles[i + 3] as number, minimum, maximum, nan);
  }
  for (; i < words.length; i++) words[i] = limit(doubles[i] as number, minimum, maximum, nan);
}

function limit(value: number, minimum: number, maximum: number, nan: number): number {
  return value >= minimum ? Math.min(value, maximum) : value < minimum ? minimum : nan;
}

function integer64Storer(layout: NumericLayout, nan: number): StoreDoubles {
  const signed = layout.kind === "int64";
  return throughScratch(layout, (doubles, array) => {
    const words = new Int32Array(array.buffer, array.byteOffset, array.length * 2);
    store64(doubles, words, signed ? -(2 ** 63) : 0, signed ? 2 ** 63 : 2 ** 64, nan);
  });
}

/** @param limit - One above the maximum, which itself is not exact in a double. */
function store64(doubles: Float64Array, words: Int32Array, minimum: number, limit: number, nan: number): void {
  const low = LOW;
  const high = HIGH;
  for (let i = 0, w = 0; w < words.length; i++, w += 2) {
    const value = doubles[i] as number;
    if (value > -1 && value < 0x8000_0000) {
      words[w + low] = value;
      words[w + high] = 0;
    } else if (value >= limit) {
      words[w + low] = -1;
      words[w + high] = minimum === 0 ? -1 : 0x7fff_ffff;
    } else {
      const whole = value >= minimum ? Math.trunc(value) : value < minimum ? minimum : nan;
      const upper = Math.floor(whole * 2 ** -32);
      words[w + low] = whole - upper * 0x1_0000_0000;
      words[w + high] = upper;
    }
  }
}

/** Of up to four bytes, all but the number is the same in all elements, unless the padding is to stay. */
function shortOddStorer(type: FixedPointType, codec: IntegerCodec): StoreDoubles {
  const { size, bitOffset, bitPrecision } = type;
  const kind = size === 1 ? "uint8" : size === 2 ? "uint16" : "uint32";
  const store = wordStorer({ kind, size, byteOrder: type.byteOrder });
  const mask = (2 ** bitPrecision - 1) << bitOffset;
  let padding = 0;
  for (const { position, count, pad } of paddingsOf(type)) {
    if (pad === "one") padding |= (2 ** count - 1) << position;
  }
  const minimum = Number(codec.minimum);
  const maximum = Number(codec.maximum);
  const words = new Int32Array(BLOCK);
  return (doubles, bytes, offset, count) => {
    const block = words.subarray(0, count);
    storeLimited(doubles, block, minimum, maximum, 0);
    for (let i = 0; i < count; i++) block[i] = (((block[i] as number) << bitOffset) & mask) | padding;
    store(block, bytes, offset, count);
  };
}

function oddIntegerStorer(type: FixedPointType, codec: IntegerCodec): StoreDoubles {
  const { size } = type;
  const staysAround = paddingsOf(type).some(({ pad }) => pad === "background");
  if ((size === 1 || size === 2 || size === 4) && !staysAround) return shortOddStorer(type, codec);
  const minimum = Number(codec.minimum);
  const limit = Number(codec.maximum + 1n);
  return (doubles, bytes, offset, count) => {
    for (let i = 0; i < count; i++) {
      const value = doubles[i] as number;
      const at = offset + i * size;
      if (value >= limit) codec.write(bytes, at, codec.maximum);
      else if (value >= minimum) codec.write(bytes, at, BigInt(Math.trunc(value)));
      else codec.write(bytes, at, value < minimum ? codec.minimum : 0n);
    }
  };
}

const MAX_FLOAT32 = 3.4028234663852886e38;

function nativeFloatStorer(layout: NumericLayout): StoreDoubles {
  if (layout.kind === "float64") {
    return throughScratch(layout, (doubles, array) => {
      (array as Float64Array).set(doubles.subarray(0, array.length));
    });
  }
  if (layout.kind === "float16") {
    return throughScratch(layout, (doubles, array) => storeFloat16(doubles, array as Uint16Array));
  }
  return throughScratch(layout, (doubles, array) => storeFloat32(doubles, array as Float32Array));
}

const LARGEST_HALF = 65504;
const HALF_INFINITY = 0x7c00;
const HALF_NAN = 0x7e00;
/** The least exponent of a normal half, as a double has it. */
const LEAST_NORMAL_HALF = 1023 - 14;
/** A double's unit here is 1: what is added to it is rounded to an integer, ties to even. */
const ROUNDING = 2 ** 52;

/** Halves as {@link floatCodec} writes them: ties round to even, all above the largest is infinite. */
function storeFloat16(doubles: Float64Array, array: Uint16Array): void {
  const words = new Uint32Array(doubles.buffer, doubles.byteOffset, 2 * array.length);
  const lowAt = LOW;
  const highAt = HIGH;
  for (let i = 0; i < array.length; i++) {
    const value = doubles[i] as number;
    const high = words[2 * i + highAt] as number;
    const exponent = (high >>> 20) & 0x7ff;
    const sign = (high >>> 16) & 0x8000;
    if (value > LARGEST_HALF || value < -LARGEST_HALF) {
      array[i] = sign | HALF_INFINITY;
    } else if (exponent < LEAST_NORMAL_HALF) {
      array[i] = sign | (Math.abs(value) * 2 ** 24 + ROUNDING - ROUNDING);
    } else if (exponent === 0x7ff) {
      array[i] = HALF_NAN;
    } else {
      // Ten bits are kept of the mantissa; those behind are ten of the high word, and the low word.
      const rest = high & 0x3ff;
      const isUp = rest > 0x200 || (rest === 0x200 && (words[2 * i + lowAt] !== 0 || (high & 0x400) !== 0));
      array[i] = sign | ((((exponent - LEAST_NORMAL_HALF + 1) << 10) | ((high >>> 10) & 0x3ff)) + (isUp ? 1 : 0));
    }
  }
}

/** The high word of the least double that may be too large for a single. */
const MAX_FLOAT32_HIGH = 0x47ef_ffff;

/** The C library compares before it rounds: all above the largest float is infinite, also what would round to it. */
function storeFloat32(doubles: Float64Array, array: Float32Array): void {
  if (areSmall(new Int32Array(doubles.buffer, doubles.byteOffset, 2 * array.length))) {
    array.set(doubles.subarray(0, array.length));
    return;
  }
  const greatest = MAX_FLOAT32;
  for (let i = 0; i < array.length; i++) {
    const value = doubles[i] as number;
    array[i] = value > greatest ? Number.POSITIVE_INFINITY : value < -greatest ? Number.NEGATIVE_INFINITY : value;
  }
}

/** Whether doubles are certainly singles, at most rounded; `set` takes a fraction of the time of a loop that compares. */
function areSmall(words: Int32Array): boolean {
  const greatest = MAX_FLOAT32_HIGH - 1;
  let signs = 0;
  for (let w = HIGH; w < words.length; w += 2) signs |= greatest - ((words[w] as number) & 0x7fff_ffff);
  return signs >= 0;
}
