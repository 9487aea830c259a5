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

const DATATYPES = new Map<unknown, Datatype>([
  [Int8Array, PREDEFINED.NATIVE_INT8],
  [Uint8Array, PREDEFINED.NATIVE_UINT8],
  [Uint8ClampedArray, PREDEFINED.NATIVE_UINT8],
  [Int16Array, PREDEFINED.NATIVE_INT16],
  [Uint16Array, PREDEFINED.NATIVE_UINT16],
  [Int32Array, PREDEFINED.NATIVE_INT32],
  [Uint32Array, PREDEFINED.NATIVE_UINT32],
  [Float32Array, PREDEFINED.NATIVE_FLOAT],
  [Float64Array, PREDEFINED.NATIVE_DOUBLE],
  [BigInt64Array, PREDEFINED.NATIVE_INT64],
  [BigUint64Array, PREDEFINED.NATIVE_UINT64],
]);

type Float16ArrayConstructor = new (length: number) => ArrayBufferView & Record<number, number>;

/** `Float16Array`, where the runtime has it. */
export function float16ArrayClass(): Float16ArrayConstructor | undefined {
  return (globalThis as { readonly Float16Array?: Float16ArrayConstructor }).Float16Array;
}

/** The datatype whose elements a typed array holds, or undefined for what is no such array. */
export function datatypeOfArray(array: unknown): Datatype | undefined {
  if (!ArrayBuffer.isView(array)) return undefined;
  const known = DATATYPES.get(array.constructor);
  if (known !== undefined) return known;
  const float16Array = float16ArrayClass();
  if (float16Array !== undefined && array instanceof float16Array) return PREDEFINED.IEEE_F16LE;
  // A class of the user's or the runtime's, such as Buffer.
  for (const [type, datatype] of DATATYPES) if (array instanceof (type as typeof Int8Array)) return datatype;
  return undefined;
}

/** The bytes behind a typed array or a DataView: a view, not a copy. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(array)) throw plainError("TypeError", "Array must be C-contiguous and writable");
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A buffer's bytes and the datatype of its elements. */
export interface MemoryBuffer {
  readonly bytes: Uint8Array;
  readonly datatype: Datatype;
}

function isNumber(type: Datatype): boolean {
  return type.class === "fixed-point" || type.class === "floating-point" || type.class === "enum";
}

/**
 * The buffer of a transfer. Its datatype is `mtype`, else that of a typed array; bytes for a dataset that is not of
 * numbers are in the datatype of the file.
 */
export function memoryBuffer(array: ArrayBufferView, fileType: Datatype, mtype?: Datatype): MemoryBuffer {
  if (!ArrayBuffer.isView(array)) throw plainError("TypeError", "Array must be C-contiguous and writable");
  const own = datatypeOfArray(array);
  const raw = own === undefined || (array instanceof Uint8Array && !isNumber(fileType));
  return { bytes: bytesOf(array), datatype: mtype ?? (raw ? fileType : (own as Datatype)) };
}
