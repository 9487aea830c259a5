/** Datatypes of JavaScript's typed arrays, and their bytes. */
import type { Datatype } from "../format/datatype.ts";
import { PREDEFINED } from "../format/predefined-datatypes.ts";
import { plainError } from "./api-error.ts";

/** Arrays that data is read into and written from. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The datatype whose elements a typed array holds, or undefined for what is no such array. */
export function datatypeOfArray(array: unknown): Datatype | undefined {
  if (array instanceof Int8Array) return PREDEFINED.NATIVE_INT8;
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return PREDEFINED.NATIVE_UINT8;
  if (array instanceof Int16Array) return PREDEFINED.NATIVE_INT16;
  if (array instanceof Uint16Array) return PREDEFINED.NATIVE_UINT16;
  if (array instanceof Int32Array) return PREDEFINED.NATIVE_INT32;
  if (array instanceof Uint32Array) return PREDEFINED.NATIVE_UINT32;
  if (array instanceof Float32Array) return PREDEFINED.NATIVE_FLOAT;
  if (array instanceof Float64Array) return PREDEFINED.NATIVE_DOUBLE;
  if (array instanceof BigInt64Array) return PREDEFINED.NATIVE_INT64;
  if (array instanceof BigUint64Array) return PREDEFINED.NATIVE_UINT64;
  return undefined;
}

/** The bytes behind a typed array or a DataView: a view, not a copy. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(array)) throw plainError("TypeError", "Array must be C-contiguous and writable");
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
