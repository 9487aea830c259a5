/** Identifiers of the predefined datatypes: constants that cannot be changed or closed. C: `H5T_STD_I8LE`, … */
import type { Datatype } from "../format/datatype.ts";
import { float, PREDEFINED } from "../format/predefined-datatypes.ts";
import { TypeBitfieldID, TypeFloatID, TypeIntegerID, TypeTimeID } from "./type-atomic.ts";
import type { TypeID } from "./type-id.ts";
import { TypeComplexID, TypeOpaqueID, TypeReferenceID, TypeStringID } from "./type-simple.ts";

function constant<I extends TypeID>(make: new (type: never) => I, type: Datatype): I {
  return new make(type as never).lock();
}

/**
 * Predefined datatypes, by the C library's names without `H5T_`: `STD_` and `IEEE_` ones are the same everywhere,
 * `NATIVE_` ones those of 64-bit Linux on a little-endian machine. They are locked: what would change one throws
 * TypeError "Datatype is read-only (…)"; `copy` it first. C: `H5T_STD_I8LE`, …
 */
export const STD_I8LE = constant(TypeIntegerID, PREDEFINED.STD_I8LE);
export const STD_I8BE = constant(TypeIntegerID, PREDEFINED.STD_I8BE);
export const STD_I16LE = constant(TypeIntegerID, PREDEFINED.STD_I16LE);
export const STD_I16BE = constant(TypeIntegerID, PREDEFINED.STD_I16BE);
export const STD_I32LE = constant(TypeIntegerID, PREDEFINED.STD_I32LE);
export const STD_I32BE = constant(TypeIntegerID, PREDEFINED.STD_I32BE);
export const STD_I64LE = constant(TypeIntegerID, PREDEFINED.STD_I64LE);
export const STD_I64BE = constant(TypeIntegerID, PREDEFINED.STD_I64BE);
export const STD_U8LE = constant(TypeIntegerID, PREDEFINED.STD_U8LE);
export const STD_U8BE = constant(TypeIntegerID, PREDEFINED.STD_U8BE);
export const STD_U16LE = constant(TypeIntegerID, PREDEFINED.STD_U16LE);
export const STD_U16BE = constant(TypeIntegerID, PREDEFINED.STD_U16BE);
export const STD_U32LE = constant(TypeIntegerID, PREDEFINED.STD_U32LE);
export const STD_U32BE = constant(TypeIntegerID, PREDEFINED.STD_U32BE);
export const STD_U64LE = constant(TypeIntegerID, PREDEFINED.STD_U64LE);
export const STD_U64BE = constant(TypeIntegerID, PREDEFINED.STD_U64BE);
export const STD_B8LE = constant(TypeBitfieldID, PREDEFINED.STD_B8LE);
export const STD_B8BE = constant(TypeBitfieldID, PREDEFINED.STD_B8BE);
export const STD_B16LE = constant(TypeBitfieldID, PREDEFINED.STD_B16LE);
export const STD_B16BE = constant(TypeBitfieldID, PREDEFINED.STD_B16BE);
export const STD_B32LE = constant(TypeBitfieldID, PREDEFINED.STD_B32LE);
export const STD_B32BE = constant(TypeBitfieldID, PREDEFINED.STD_B32BE);
export const STD_B64LE = constant(TypeBitfieldID, PREDEFINED.STD_B64LE);
export const STD_B64BE = constant(TypeBitfieldID, PREDEFINED.STD_B64BE);
export const IEEE_F16LE = constant(TypeFloatID, PREDEFINED.IEEE_F16LE);
export const IEEE_F16BE = constant(TypeFloatID, PREDEFINED.IEEE_F16BE);
export const IEEE_F32LE = constant(TypeFloatID, PREDEFINED.IEEE_F32LE);
export const IEEE_F32BE = constant(TypeFloatID, PREDEFINED.IEEE_F32BE);
export const IEEE_F64LE = constant(TypeFloatID, PREDEFINED.IEEE_F64LE);
export const IEEE_F64BE = constant(TypeFloatID, PREDEFINED.IEEE_F64BE);
export const FLOAT_BFLOAT16LE = constant(TypeFloatID, PREDEFINED.FLOAT_BFLOAT16LE);
export const FLOAT_BFLOAT16BE = constant(TypeFloatID, PREDEFINED.FLOAT_BFLOAT16BE);
export const FLOAT_F8E4M3 = constant(TypeFloatID, PREDEFINED.FLOAT_F8E4M3);
export const FLOAT_F8E5M2 = constant(TypeFloatID, PREDEFINED.FLOAT_F8E5M2);
export const VAX_F32 = constant(TypeFloatID, PREDEFINED.VAX_F32);
export const VAX_F64 = constant(TypeFloatID, PREDEFINED.VAX_F64);
export const COMPLEX_IEEE_F16LE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F16LE);
export const COMPLEX_IEEE_F16BE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F16BE);
export const COMPLEX_IEEE_F32LE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F32LE);
export const COMPLEX_IEEE_F32BE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F32BE);
export const COMPLEX_IEEE_F64LE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F64LE);
export const COMPLEX_IEEE_F64BE = constant(TypeComplexID, PREDEFINED.COMPLEX_IEEE_F64BE);
export const UNIX_D32LE = constant(TypeTimeID, PREDEFINED.UNIX_D32LE);
export const UNIX_D32BE = constant(TypeTimeID, PREDEFINED.UNIX_D32BE);
export const UNIX_D64LE = constant(TypeTimeID, PREDEFINED.UNIX_D64LE);
export const UNIX_D64BE = constant(TypeTimeID, PREDEFINED.UNIX_D64BE);
export const C_S1 = constant(TypeStringID, PREDEFINED.C_S1);
export const FORTRAN_S1 = constant(TypeStringID, PREDEFINED.FORTRAN_S1);
export const STD_REF_OBJ = constant(TypeReferenceID, PREDEFINED.STD_REF_OBJ);
export const STD_REF_DSETREG = constant(TypeReferenceID, PREDEFINED.STD_REF_DSETREG);
export const STD_REF = constant(TypeReferenceID, PREDEFINED.STD_REF);
export const NATIVE_CHAR = constant(TypeIntegerID, PREDEFINED.NATIVE_CHAR);
export const NATIVE_SCHAR = constant(TypeIntegerID, PREDEFINED.NATIVE_SCHAR);
export const NATIVE_UCHAR = constant(TypeIntegerID, PREDEFINED.NATIVE_UCHAR);
export const NATIVE_SHORT = constant(TypeIntegerID, PREDEFINED.NATIVE_SHORT);
export const NATIVE_USHORT = constant(TypeIntegerID, PREDEFINED.NATIVE_USHORT);
export const NATIVE_INT = constant(TypeIntegerID, PREDEFINED.NATIVE_INT);
export const NATIVE_UINT = constant(TypeIntegerID, PREDEFINED.NATIVE_UINT);
export const NATIVE_LONG = constant(TypeIntegerID, PREDEFINED.NATIVE_LONG);
export const NATIVE_ULONG = constant(TypeIntegerID, PREDEFINED.NATIVE_ULONG);
export const NATIVE_LLONG = constant(TypeIntegerID, PREDEFINED.NATIVE_LLONG);
export const NATIVE_ULLONG = constant(TypeIntegerID, PREDEFINED.NATIVE_ULLONG);
export const NATIVE_INT8 = constant(TypeIntegerID, PREDEFINED.NATIVE_INT8);
export const NATIVE_UINT8 = constant(TypeIntegerID, PREDEFINED.NATIVE_UINT8);
export const NATIVE_INT16 = constant(TypeIntegerID, PREDEFINED.NATIVE_INT16);
export const NATIVE_UINT16 = constant(TypeIntegerID, PREDEFINED.NATIVE_UINT16);
export const NATIVE_INT32 = constant(TypeIntegerID, PREDEFINED.NATIVE_INT32);
export const NATIVE_UINT32 = constant(TypeIntegerID, PREDEFINED.NATIVE_UINT32);
export const NATIVE_INT64 = constant(TypeIntegerID, PREDEFINED.NATIVE_INT64);
export const NATIVE_UINT64 = constant(TypeIntegerID, PREDEFINED.NATIVE_UINT64);
export const NATIVE_FLOAT16 = constant(TypeFloatID, PREDEFINED.NATIVE_FLOAT16);
export const NATIVE_FLOAT = constant(TypeFloatID, PREDEFINED.NATIVE_FLOAT);
export const NATIVE_DOUBLE = constant(TypeFloatID, PREDEFINED.NATIVE_DOUBLE);
export const NATIVE_LDOUBLE = constant(TypeFloatID, PREDEFINED.NATIVE_LDOUBLE);
export const NATIVE_B8 = constant(TypeBitfieldID, PREDEFINED.NATIVE_B8);
export const NATIVE_B16 = constant(TypeBitfieldID, PREDEFINED.NATIVE_B16);
export const NATIVE_B32 = constant(TypeBitfieldID, PREDEFINED.NATIVE_B32);
export const NATIVE_B64 = constant(TypeBitfieldID, PREDEFINED.NATIVE_B64);
export const NATIVE_OPAQUE = constant(TypeOpaqueID, PREDEFINED.NATIVE_OPAQUE);
export const NATIVE_HADDR = constant(TypeIntegerID, PREDEFINED.NATIVE_HADDR);
export const NATIVE_HSIZE = constant(TypeIntegerID, PREDEFINED.NATIVE_HSIZE);
export const NATIVE_HSSIZE = constant(TypeIntegerID, PREDEFINED.NATIVE_HSSIZE);
export const NATIVE_HERR = constant(TypeIntegerID, PREDEFINED.NATIVE_HERR);
export const NATIVE_HBOOL = constant(TypeIntegerID, PREDEFINED.NATIVE_HBOOL);

/** IEEE 754 quadruple precision, which the C library does not name; h5py does. */
export const IEEE_F128LE = constant(TypeFloatID, float(16, "little-endian"));
export const IEEE_F128BE = constant(TypeFloatID, float(16, "big-endian"));
/** `long double` of x86-64, in both byte orders. */
export const LDOUBLE_LE = constant(TypeFloatID, PREDEFINED.NATIVE_LDOUBLE);
export const LDOUBLE_BE = constant(TypeFloatID, { ...PREDEFINED.NATIVE_LDOUBLE, byteOrder: "big-endian" });

/** C99's integers of at least so many bits, and the fastest of them on 64-bit Linux. */
export const NATIVE_INT_LEAST8 = NATIVE_INT8;
export const NATIVE_INT_LEAST16 = NATIVE_INT16;
export const NATIVE_INT_LEAST32 = NATIVE_INT32;
export const NATIVE_INT_LEAST64 = NATIVE_INT64;
export const NATIVE_INT_FAST8 = NATIVE_INT8;
export const NATIVE_INT_FAST16 = NATIVE_INT64;
export const NATIVE_INT_FAST32 = NATIVE_INT64;
export const NATIVE_INT_FAST64 = NATIVE_INT64;
export const NATIVE_UINT_LEAST8 = NATIVE_UINT8;
export const NATIVE_UINT_LEAST16 = NATIVE_UINT16;
export const NATIVE_UINT_LEAST32 = NATIVE_UINT32;
export const NATIVE_UINT_LEAST64 = NATIVE_UINT64;
export const NATIVE_UINT_FAST8 = NATIVE_UINT8;
export const NATIVE_UINT_FAST16 = NATIVE_UINT64;
export const NATIVE_UINT_FAST32 = NATIVE_UINT64;
export const NATIVE_UINT_FAST64 = NATIVE_UINT64;
