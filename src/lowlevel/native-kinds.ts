/** The numbers of C that functions of `H5LT` are named after, on a 64-bit host: `long` has 64 bits. */
import type { Datatype } from "../format/datatype.ts";
import { PREDEFINED } from "../format/predefined-datatypes.ts";
import { datatypeOfArray, type NumericArray } from "./memory-type.ts";

export interface NativeKind<A extends NumericArray> {
  /** As in the C function's name. */
  readonly name: string;
  readonly datatype: Datatype;
  readonly arrayOf: (length: number) => A;
}

function kind<A extends NumericArray>(name: string, datatype: Datatype, arrayOf: (length: number) => A): NativeKind<A> {
  return { name, datatype, arrayOf };
}

export const CHAR = kind("char", PREDEFINED.NATIVE_CHAR, (length) => new Int8Array(length));
export const UCHAR = kind("uchar", PREDEFINED.NATIVE_UCHAR, (length) => new Uint8Array(length));
export const SHORT = kind("short", PREDEFINED.NATIVE_SHORT, (length) => new Int16Array(length));
export const USHORT = kind("ushort", PREDEFINED.NATIVE_USHORT, (length) => new Uint16Array(length));
export const INT = kind("int", PREDEFINED.NATIVE_INT, (length) => new Int32Array(length));
export const UINT = kind("uint", PREDEFINED.NATIVE_UINT, (length) => new Uint32Array(length));
export const LONG = kind("long", PREDEFINED.NATIVE_LONG, (length) => new BigInt64Array(length));
export const ULONG = kind("ulong", PREDEFINED.NATIVE_ULONG, (length) => new BigUint64Array(length));
export const LONG_LONG = kind("long_long", PREDEFINED.NATIVE_LLONG, (length) => new BigInt64Array(length));
export const ULLONG = kind("ullong", PREDEFINED.NATIVE_ULLONG, (length) => new BigUint64Array(length));
export const FLOAT = kind("float", PREDEFINED.NATIVE_FLOAT, (length) => new Float32Array(length));
export const DOUBLE = kind("double", PREDEFINED.NATIVE_DOUBLE, (length) => new Float64Array(length));

/** Numbers for a kind: a typed array, of its own type, or a list. */
export type Numbers = NumericArray | readonly (number | bigint)[];

/** The datatype that numbers given for a kind are of in memory; lists are encoded as the kind's own. */
export function memoryTypeOf(kindOfNumbers: NativeKind<NumericArray>, numbers: Numbers): Datatype {
  return datatypeOfArray(numbers) ?? kindOfNumbers.datatype;
}
