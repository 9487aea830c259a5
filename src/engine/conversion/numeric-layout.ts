/**
 * Which datatypes are, byte for byte, the elements of a typed array, and moving such elements in bulk.
 */
import { LITTLE_ENDIAN_HOST } from "../../base/host.ts";
import { allocated } from "../../base/memory.ts";
import type { BitfieldType, ByteOrder, Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import { float } from "../../format/predefined-datatypes.ts";

/** The typed arrays that hold numbers of a file. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Elements of typed arrays. "float16" elements are held as the bits in a `Uint16Array`. */
export type NumericKind =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

export interface NumericLayout {
  readonly kind: NumericKind;
  /** Bytes of one element. */
  readonly size: number;
  readonly byteOrder: ByteOrder;
}

export const HOST_BYTE_ORDER: ByteOrder = LITTLE_ENDIAN_HOST ? "little-endian" : "big-endian";

/** Elements converted at a time: small enough for the first-level cache. */
export const BLOCK = 2048;

/** Index of the low half of a 64-bit element within its two 32-bit words. */
export const LOW = LITTLE_ENDIAN_HOST ? 0 : 1;
export const HIGH = 1 - LOW;

type NumericArrayConstructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumericArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumericArray;
};

const ARRAYS: Readonly<Record<NumericKind, NumericArrayConstructor>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
};

const HALF = float(2);
const SINGLE = float(4);
const DOUBLE = float(8);

/** The typed array whose elements `type` has, or undefined. Enumerations are their integers, bit fields are unsigned. */
export function numericLayoutOf(type: Datatype): NumericLayout | undefined {
  switch (type.class) {
    case "fixed-point":
      return integerLayout(type, type.signed);
    case "bitfield":
      return integerLayout(type, false);
    case "enum":
      return numericLayoutOf(type.base);
    case "floating-point":
      return floatLayoutOf(type);
    default:
      return undefined;
  }
}

function integerLayout(type: FixedPointType | BitfieldType, signed: boolean): NumericLayout | undefined {
  const { size, byteOrder } = type;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
  if (type.bitOffset !== 0 || type.bitPrecision !== size * 8) return undefined;
  const bits = (size * 8) as 8 | 16 | 32 | 64;
  return { kind: signed ? `int${bits}` : `uint${bits}`, size, byteOrder };
}

function floatLayoutOf(type: FloatingPointType): NumericLayout | undefined {
  const { size, byteOrder } = type;
  if (byteOrder === "vax") return undefined;
  const ieee = size === 2 ? HALF : size === 4 ? SINGLE : size === 8 ? DOUBLE : undefined;
  if (ieee === undefined || !datatypesEqual(type, { ...ieee, byteOrder })) return undefined;
  return { kind: size === 2 ? "float16" : size === 4 ? "float32" : "float64", size, byteOrder };
}

/** Whether elements of this layout have the host's byte order. */
export function isHostOrder(layout: NumericLayout): boolean {
  return layout.size === 1 || layout.byteOrder === HOST_BYTE_ORDER;
}

export function numericArrayClass(kind: NumericKind): NumericArrayConstructor {
  return ARRAYS[kind];
}

export function allocateNumeric(kind: NumericKind, length: number): NumericArray {
  const array = ARRAYS[kind];
  return allocated(length * array.BYTES_PER_ELEMENT, () => new array(length));
}

/** A typed array over `count` elements at `byteOffset`, or undefined when they are not aligned for one. */
export function viewNumeric(
  kind: NumericKind,
  bytes: Uint8Array,
  byteOffset: number,
  count: number,
): NumericArray | undefined {
  const array = ARRAYS[kind];
  const start = bytes.byteOffset + byteOffset;
  if (start % array.BYTES_PER_ELEMENT !== 0) return undefined;
  return new array(bytes.buffer, start, count);
}

export function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * Elements as a typed array in the host's byte order: a view of `bytes` where that is possible, else a copy.
 *
 * @param bytes - Exactly the elements.
 */
export function toNumericArray(layout: NumericLayout, bytes: Uint8Array): NumericArray {
  const count = Math.floor(bytes.length / layout.size);
  if (isHostOrder(layout)) {
    const view = viewNumeric(layout.kind, bytes, 0, count);
    if (view !== undefined) return view;
  }
  const copy = allocateNumeric(layout.kind, count);
  moveElements(layout, bytes, 0, bytesOf(copy), 0, count);
  return copy;
}

/** Copies elements of `layout` into host order, or from it: both are the same exchange of bytes. */
export function moveElements(
  layout: NumericLayout,
  source: Uint8Array,
  sourceOffset: number,
  destination: Uint8Array,
  destinationOffset: number,
  count: number,
): void {
  if (isHostOrder(layout)) {
    destination.set(source.subarray(sourceOffset, sourceOffset + count * layout.size), destinationOffset);
  } else {
    swapElements(layout.size, source, sourceOffset, destination, destinationOffset, count);
  }
}

/** Up to a block of elements as a typed array in host order, through `scratch` where they are not aligned or swapped. */
export function sourceArray(
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

/**
 * Copies `count` elements of `size` bytes with the bytes of each reversed.
 *
 * Source and destination may be the same bytes, but not overlap otherwise.
 */
export function swapElements(
  size: number,
  source: Uint8Array,
  sourceOffset: number,
  destination: Uint8Array,
  destinationOffset: number,
  count: number,
): void {
  const byteLength = count * size;
  const whole = size === 2 || size === 4 || size === 8 ? byteLength - (byteLength % Math.max(4, size)) : 0;
  const from = new DataView(source.buffer, source.byteOffset + sourceOffset, byteLength);
  const to = new DataView(destination.buffer, destination.byteOffset + destinationOffset, byteLength);
  if (size === 2) swapHalves(from, to, whole);
  else if (size === 4) swapWords(from, to, whole);
  else if (size === 8) swapPairs(from, to, whole);
  if (whole === byteLength) return;
  const rest = destination.subarray(destinationOffset + whole, destinationOffset + byteLength);
  if (source !== destination || sourceOffset !== destinationOffset) {
    rest.set(source.subarray(sourceOffset + whole, sourceOffset + byteLength));
  }
  reverseEach(rest, size);
}

/** Two elements of two bytes at a time. */
function swapHalves(from: DataView, to: DataView, byteLength: number): void {
  for (let at = 0; at < byteLength; at += 4) {
    const word = from.getInt32(at);
    to.setInt32(at, (word << 16) | (word >>> 16), true);
  }
}

/** A view reads in the one order and writes in the other, which is one instruction. */
function swapWords(from: DataView, to: DataView, byteLength: number): void {
  for (let at = 0; at < byteLength; at += 4) to.setInt32(at, from.getInt32(at), true);
}

function swapPairs(from: DataView, to: DataView, byteLength: number): void {
  for (let at = 0; at < byteLength; at += 8) {
    const first = from.getInt32(at);
    to.setInt32(at, from.getInt32(at + 4), true);
    to.setInt32(at + 4, first, true);
  }
}

function reverseEach(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let a = start, b = start + size - 1; a < b; a++, b--) {
      const v = bytes[a] as number;
      bytes[a] = bytes[b] as number;
      bytes[b] = v;
    }
  }
}
