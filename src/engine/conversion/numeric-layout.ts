/**
 * Which datatypes are, byte for byte, the elements of a typed array, and moving such elements in bulk.
 */
import { LITTLE_ENDIAN_HOST } from "../../base/host.ts";
import { allocated } from "../../base/memory.ts";
import type { BitfieldType, ByteOrder, Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import { float } from "../../format/predefined-datatypes.ts";

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
  const from = source.byteOffset + sourceOffset;
  const to = destination.byteOffset + destinationOffset;
  const byteLength = count * size;
  if (size === 2 && from % 2 === 0 && to % 2 === 0) {
    const a = new Uint16Array(source.buffer, from, count);
    const b = new Uint16Array(destination.buffer, to, count);
    for (let i = 0; i < count; i++) {
      const v = a[i] as number;
      b[i] = (v << 8) | (v >>> 8);
    }
  } else if (size === 4 && from % 4 === 0 && to % 4 === 0) {
    swapWords(new Uint32Array(source.buffer, from, count), new Uint32Array(destination.buffer, to, count));
  } else if (size === 8 && from % 4 === 0 && to % 4 === 0) {
    swapPairs(new Uint32Array(source.buffer, from, count * 2), new Uint32Array(destination.buffer, to, count * 2));
  } else {
    if (source !== destination || sourceOffset !== destinationOffset) {
      destination.set(source.subarray(sourceOffset, sourceOffset + byteLength), destinationOffset);
    }
    reverseEach(destination, destinationOffset, size, count);
  }
}

function swapWords(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < a.length; i++) {
    const v = a[i] as number;
    b[i] = (v << 24) | ((v << 8) & 0xff0000) | ((v >>> 8) & 0xff00) | (v >>> 24);
  }
}

function swapPairs(a: Uint32Array, b: Uint32Array): void {
  for (let i = 0; i < a.length; i += 2) {
    const v = a[i] as number;
    const w = a[i + 1] as number;
    b[i] = (w << 24) | ((w << 8) & 0xff0000) | ((w >>> 8) & 0xff00) | (w >>> 24);
    b[i + 1] = (v << 24) | ((v << 8) & 0xff0000) | ((v >>> 8) & 0xff00) | (v >>> 24);
  }
}

function reverseEach(bytes: Uint8Array, offset: number, size: number, count: number): void {
  for (let i = 0, start = offset; i < count; i++, start += size) {
    for (let a = start, b = start + size - 1; a < b; a++, b--) {
      const v = bytes[a] as number;
      bytes[a] = bytes[b] as number;
      bytes[b] = v;
    }
  }
}
