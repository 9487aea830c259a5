/**
 * Numbers of any datatype to and from doubles, a block at a time.
 *
 * Every number but an integer of more than 53 bits is exact in a double (a longer float is rounded to one), so that one
 * loop for each kind of source and one for each kind of destination, instead of one for each pair, convert between all.
 * The loops see one kind of array each and so stay fast, and `TypedArray.set` converts between kinds by itself.
 */
import type { Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { floatCodec, smallFloatTable } from "./float-codec.ts";
import { type IntegerCodec, integerCodec } from "./integer-codec.ts";
import {
  allocateNumeric,
  bytesOf,
  HOST_BYTE_ORDER,
  isHostOrder,
  moveElements,
  type NumericArray,
  type NumericLayout,
  numericLayoutOf,
  viewNumeric,
} from "./numeric-layout.ts";

/** Elements converted at a time: small enough for the first-level cache. */
export const BLOCK = 2048;

/** Reads `count` elements into `doubles`. */
export type LoadDoubles = (bytes: Uint8Array, offset: number, doubles: Float64Array, count: number) => void;
/** Writes `count` elements from `doubles`, which it may change. */
export type StoreDoubles = (doubles: Float64Array, bytes: Uint8Array, offset: number, count: number) => void;

/** Index of the low half of a 64-bit element within its two 32-bit words. */
const LOW = HOST_BYTE_ORDER === "little-endian" ? 0 : 1;
const HIGH = 1 - LOW;
const TWO_32 = 2 ** 32;

type NumericType = FixedPointType | FloatingPointType;

export function isNumeric(type: Datatype): type is NumericType {
  return type.class === "fixed-point" || type.class === "floating-point";
}

/** Runs `use` on the elements as a typed array in host order, through `scratch` where they are not aligned or swapped. */
function sourceArray(
  layout: NumericLayout,
  scratch: NumericArray,
  bytes: Uint8Array,
  offset: number,
  count: number,
): NumericArray {
  const view = isHostOrder(layout) ? viewNumeric(layout.kind, bytes, offset, count) : undefined;
  if (view !== undefined) return view;
  moveElements(layout, bytes, offset, bytesOf(scratch), 0, count);
  return scratch.subarray(0, count);
}

export function doubleLoader(type: NumericType): LoadDoubles {
  const layout = numericLayoutOf(type);
  if (layout === undefined) return type.class === "fixed-point" ? oddIntegerLoader(type) : floatLoader(type);
  if (layout.kind === "float16") return floatLoader(type as FloatingPointType);
  const scratch = allocateNumeric(layout.kind, BLOCK);
  if (layout.kind === "int64" || layout.kind === "uint64") {
    const signed = layout.kind === "int64";
    return (bytes, offset, doubles, count) => {
      const array = sourceArray(layout, scratch, bytes, offset, count);
      const words = new Uint32Array(array.buffer, array.byteOffset, count * 2);
      if (signed) loadSigned64(words, doubles);
      else loadUnsigned64(words, doubles);
    };
  }
  return (bytes, offset, doubles, count) => {
    doubles.set(sourceArray(layout, scratch, bytes, offset, count) as Float64Array);
  };
}

function loadSigned64(words: Uint32Array, doubles: Float64Array): void {
  for (let i = 0, w = 0; w < words.length; i++, w += 2) {
    doubles[i] = ((words[w + HIGH] as number) | 0) * TWO_32 + (words[w + LOW] as number);
  }
}

function loadUnsigned64(words: Uint32Array, doubles: Float64Array): void {
  for (let i = 0, w = 0; w < words.length; i++, w += 2) {
    doubles[i] = (words[w + HIGH] as number) * TWO_32 + (words[w + LOW] as number);
  }
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

/** Tables pay from some thousand elements on; building the one of a 16-bit layout takes a few milliseconds. */
function floatLoader(type: FloatingPointType): LoadDoubles {
  const { size } = type;
  if (size <= 2 && type.byteOrder !== "vax") {
    const high = size === 1 ? 0 : type.byteOrder === "little-endian" ? 1 : 0;
    const low = size === 1 ? 0 : 1 - high;
    return (bytes, offset, doubles, count) => {
      const table = smallFloatTable(type);
      for (let i = 0, at = offset; i < count; i++, at += size) {
        const lowByte = bytes[at + low] as number;
        const bits = size === 1 ? lowByte : ((bytes[at + high] as number) << 8) | lowByte;
        doubles[i] = table[bits] as number;
      }
    };
  }
  const codec = floatCodec(type);
  return (bytes, offset, doubles, count) => {
    for (let i = 0; i < count; i++) doubles[i] = codec.read(bytes, offset + i * size);
  };
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
    return layout === undefined ? floatStorer(type) : nativeFloatStorer(layout);
  }
  const codec = integerCodec(type);
  if (layout === undefined) return oddIntegerStorer(type, codec);
  const nan = nanOf(layout, fromNative);
  const minimum = Number(codec.minimum);
  const maximum = Number(codec.maximum);
  if (layout.size === 8) return integer64Storer(layout, nan);
  return throughScratch(layout, (doubles, array) => {
    storeLimited(doubles, array as Int32Array, minimum, maximum, nan);
  });
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

function storeLimited(doubles: Float64Array, array: Int32Array, minimum: number, maximum: number, nan: number): void {
  for (let i = 0; i < array.length; i++) {
    const value = doubles[i] as number;
    array[i] = value >= minimum ? Math.min(value, maximum) : value < minimum ? minimum : nan;
  }
}

function integer64Storer(layout: NumericLayout, nan: number): StoreDoubles {
  const signed = layout.kind === "int64";
  return throughScratch(layout, (doubles, array) => {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length * 2);
    store64(doubles, words, signed ? -(2 ** 63) : 0, signed ? 2 ** 63 : 2 ** 64, nan);
  });
}

/** @param limit - One above the maximum, which itself is not exact in a double. */
function store64(doubles: Float64Array, words: Uint32Array, minimum: number, limit: number, nan: number): void {
  for (let i = 0, w = 0; w < words.length; i++, w += 2) {
    let value = doubles[i] as number;
    if (value >= limit) {
      words[w + HIGH] = minimum === 0 ? 0xffff_ffff : 0x7fff_ffff;
      words[w + LOW] = 0xffff_ffff;
      continue;
    }
    value = value >= minimum ? Math.trunc(value) : value < minimum ? minimum : nan;
    const high = Math.floor(value / TWO_32);
    words[w + HIGH] = high;
    words[w + LOW] = value - high * TWO_32;
  }
}

function oddIntegerStorer(type: FixedPointType, codec: IntegerCodec): StoreDoubles {
  const { size } = type;
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
  for (let i = 0; i < array.length; i++) {
    const value = doubles[i] as number;
    const high = words[2 * i + HIGH] as number;
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
      const isUp = rest > 0x200 || (rest === 0x200 && (words[2 * i + LOW] !== 0 || (high & 0x400) !== 0));
      array[i] = sign | ((((exponent - LEAST_NORMAL_HALF + 1) << 10) | ((high >>> 10) & 0x3ff)) + (isUp ? 1 : 0));
    }
  }
}

/** The C library compares before it rounds: all above the largest float is infinite, also what would round to it. */
function storeFloat32(doubles: Float64Array, array: Float32Array): void {
  for (let i = 0; i < array.length; i++) {
    const value = doubles[i] as number;
    array[i] = value > MAX_FLOAT32 ? Number.POSITIVE_INFINITY : value < -MAX_FLOAT32 ? Number.NEGATIVE_INFINITY : value;
  }
}

function floatStorer(type: FloatingPointType): StoreDoubles {
  const codec = floatCodec(type);
  const { size } = type;
  return (doubles, bytes, offset, count) => {
    for (let i = 0; i < count; i++) codec.write(bytes, offset + i * size, doubles[i] as number);
  };
}
