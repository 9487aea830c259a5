/**
 * The predefined datatypes, and makers of others, with exactly the fields that the C library writes.
 *
 * Everything here is in the lowest version of the message that can hold it; `withVersion` gives what a file wants.
 * C: H5Tpublic.h, H5T.c. h5py: the constants of `h5py.h5t`.
 */
import { DEFAULT_WIDTHS, type FileWidths } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type {
  ArrayType,
  BitfieldType,
  ByteOrder,
  CharacterSet,
  ComplexType,
  CompoundMember,
  CompoundType,
  Datatype,
  EnumMember,
  EnumType,
  FixedPointType,
  FloatingPointType,
  OpaqueType,
  ReferenceType,
  StringPad,
  StringType,
  TimeType,
  VariableLengthType,
} from "./datatype.ts";
import { specialNames } from "./special-names.ts";

/** An integer of `size` bytes that uses all of its bits. */
export function fixedPoint(size: number, signed: boolean, byteOrder: ByteOrder = "little-endian"): FixedPointType {
  return {
    class: "fixed-point",
    version: 1,
    size,
    byteOrder,
    lowPad: "zero",
    highPad: "zero",
    signed,
    bitOffset: 0,
    bitPrecision: size * 8,
  };
}

/** Bits of `size` bytes, all significant. */
export function bitfield(size: number, byteOrder: ByteOrder = "little-endian"): BitfieldType {
  return {
    class: "bitfield",
    version: 1,
    size,
    byteOrder,
    lowPad: "zero",
    highPad: "zero",
    bitOffset: 0,
    bitPrecision: size * 8,
  };
}

/** The layout of an IEEE-like float: sign, exponent and mantissa from the top bit down, implied leading 1. */
export function floatLayout(
  exponentSize: number,
  mantissaSize: number,
  byteOrder: ByteOrder = "little-endian",
  exponentBias: number = 2 ** (exponentSize - 1) - 1,
): FloatingPointType {
  const bitPrecision = 1 + exponentSize + mantissaSize;
  return {
    class: "floating-point",
    version: 1,
    size: bitPrecision / 8,
    byteOrder,
    lowPad: "zero",
    highPad: "zero",
    internalPad: "zero",
    mantissaNormalization: "implied",
    signLocation: bitPrecision - 1,
    bitOffset: 0,
    bitPrecision,
    exponentLocation: mantissaSize,
    exponentSize,
    mantissaLocation: 0,
    mantissaSize,
    exponentBias,
  };
}

/** IEEE 754 half (2 bytes), single (4), double (8) or quadruple (16). */
export function float(size: 2 | 4 | 8 | 16, byteOrder: ByteOrder = "little-endian"): FloatingPointType {
  const exponentSize = { 2: 5, 4: 8, 8: 11, 16: 15 }[size];
  return floatLayout(exponentSize, size * 8 - 1 - exponentSize, byteOrder);
}

/** x87 extended precision in 16 bytes, of which 80 bits count; the leading 1 is stored. C: `long double` on x86-64. */
export const X87_EXTENDED: FloatingPointType = {
  ...floatLayout(15, 64),
  size: 16,
  mantissaNormalization: "none",
  signLocation: 79,
  bitPrecision: 80,
};

function vaxFloat(exponentSize: number, mantissaSize: number): FloatingPointType {
  const exponentBias = 2 ** (exponentSize - 1) + 1;
  return { ...floatLayout(exponentSize, mantissaSize), version: 3, byteOrder: "vax", exponentBias };
}

function time(size: 4 | 8, byteOrder: ByteOrder): TimeType {
  return { class: "time", version: 1, size, byteOrder, bitPrecision: size * 8 };
}

/** A string of `size` bytes (not characters). */
export function fixedString(
  size: number,
  padding: StringPad = "null-terminate",
  characterSet: CharacterSet = "ascii",
): StringType {
  return { class: "string", version: 1, size, padding, characterSet };
}

/** Bytes of a variable-length element on disk: count, address of a heap collection, index in it. */
export function variableLengthSize(widths: FileWidths): number {
  return 4 + widths.sizeOfOffsets + 4;
}

/** A string of any length. h5py's `str` is UTF-8 and NUL-terminated, which is the default. */
export function variableString(
  characterSet: CharacterSet = "utf-8",
  padding: StringPad = "null-terminate",
  widths: FileWidths = DEFAULT_WIDTHS,
): VariableLengthType {
  const size = variableLengthSize(widths);
  const base = fixedPoint(1, false);
  return { class: "variable-length", version: 1, size, kind: "string", padding, characterSet, base };
}

/** A sequence of any number of `base` elements. C: `H5Tvlen_create`. */
export function variableSequence(base: Datatype, widths: FileWidths = DEFAULT_WIDTHS): VariableLengthType {
  return {
    class: "variable-length",
    version: base.version,
    size: variableLengthSize(widths),
    kind: "sequence",
    padding: "null-terminate",
    characterSet: "ascii",
    base,
  };
}

/** `size` bytes an element. */
export function opaque(size: number, tag = ""): OpaqueType {
  return { class: "opaque", version: 1, size, tag };
}

/** Arrays of those dims, in elements of `base`. */
export function arrayOf(base: Datatype, dims: readonly number[]): ArrayType {
  const version = base.version === 1 ? 2 : base.version;
  return { class: "array", version, size: base.size * product(dims), dims, base };
}

/** A compound of `size` bytes; without `size`, one that ends with its last member. */
export function compound(members: readonly CompoundMember[], size?: number): CompoundType {
  let version: CompoundType["version"] = 1;
  let end = 0;
  for (const { type, byteOffset } of members) {
    if (type.version > version) version = type.version;
    end = Math.max(end, byteOffset + type.size);
  }
  return { class: "compound", version, size: size ?? end, members };
}

/** A compound of members one after the other, without gaps. */
export function packedCompound(members: readonly { readonly name: string; readonly type: Datatype }[]): CompoundType {
  let byteOffset = 0;
  return compound(
    members.map(({ name, type }) => {
      const member = { name, byteOffset, type };
      byteOffset += type.size;
      return member;
    }),
  );
}

/** Names for values of an integer datatype. */
export function enumeration(base: FixedPointType, members: readonly EnumMember[]): EnumType {
  return { class: "enum", version: base.version, size: base.size, base, members };
}

/** How h5py stores booleans: an enumeration over int8 of FALSE and TRUE; see `specialNames`. */
export function booleanEnum(): EnumType {
  const members = specialNames.booleans.map((name, i): EnumMember => ({ name, value: Uint8Array.of(i) }));
  return enumeration(fixedPoint(1, true), members);
}

/** A complex number of two `base` values (HDF5 2.0). */
export function complex(base: FloatingPointType): ComplexType {
  return { class: "complex", version: 5, size: 2 * base.size, homogeneous: true, form: "rectangular", base };
}

/** Bytes of a reference on disk: an address, a heap ID, or what the revised kinds keep inline. */
export function referenceSize(kind: ReferenceType["kind"], widths: FileWidths): number {
  const { sizeOfOffsets } = widths;
  if (kind === "object") return sizeOfOffsets;
  if (kind === "region") return sizeOfOffsets + 4;
  // Type and flags, then a size and a heap ID; an inline token of 16 bytes and its size fit in the same 18 at most.
  return 2 + 4 + sizeOfOffsets + 4;
}

/** References of a kind, as large as addresses make them. */
export function reference(kind: ReferenceType["kind"], widths: FileWidths = DEFAULT_WIDTHS): ReferenceType {
  const version = kind === "object" || kind === "region" ? 1 : 4;
  return { class: "reference", version, size: referenceSize(kind, widths), kind };
}

const LE = "little-endian";
const BE = "big-endian";

/** The predefined datatypes by name, without `H5T_`. Native ones are those of a little-endian 64-bit host. */
export const PREDEFINED = {
  STD_I8LE: fixedPoint(1, true, LE),
  STD_I8BE: fixedPoint(1, true, BE),
  STD_I16LE: fixedPoint(2, true, LE),
  STD_I16BE: fixedPoint(2, true, BE),
  STD_I32LE: fixedPoint(4, true, LE),
  STD_I32BE: fixedPoint(4, true, BE),
  STD_I64LE: fixedPoint(8, true, LE),
  STD_I64BE: fixedPoint(8, true, BE),
  STD_U8LE: fixedPoint(1, false, LE),
  STD_U8BE: fixedPoint(1, false, BE),
  STD_U16LE: fixedPoint(2, false, LE),
  STD_U16BE: fixedPoint(2, false, BE),
  STD_U32LE: fixedPoint(4, false, LE),
  STD_U32BE: fixedPoint(4, false, BE),
  STD_U64LE: fixedPoint(8, false, LE),
  STD_U64BE: fixedPoint(8, false, BE),
  STD_B8LE: bitfield(1, LE),
  STD_B8BE: bitfield(1, BE),
  STD_B16LE: bitfield(2, LE),
  STD_B16BE: bitfield(2, BE),
  STD_B32LE: bitfield(4, LE),
  STD_B32BE: bitfield(4, BE),
  STD_B64LE: bitfield(8, LE),
  STD_B64BE: bitfield(8, BE),
  IEEE_F16LE: float(2, LE),
  IEEE_F16BE: float(2, BE),
  IEEE_F32LE: float(4, LE),
  IEEE_F32BE: float(4, BE),
  IEEE_F64LE: float(8, LE),
  IEEE_F64BE: float(8, BE),
  FLOAT_BFLOAT16LE: floatLayout(8, 7, LE),
  FLOAT_BFLOAT16BE: floatLayout(8, 7, BE),
  FLOAT_F8E4M3: floatLayout(4, 3),
  FLOAT_F8E5M2: floatLayout(5, 2),
  VAX_F32: vaxFloat(8, 23),
  VAX_F64: vaxFloat(11, 52),
  COMPLEX_IEEE_F16LE: complex(float(2, LE)),
  COMPLEX_IEEE_F16BE: complex(float(2, BE)),
  COMPLEX_IEEE_F32LE: complex(float(4, LE)),
  COMPLEX_IEEE_F32BE: complex(float(4, BE)),
  COMPLEX_IEEE_F64LE: complex(float(8, LE)),
  COMPLEX_IEEE_F64BE: complex(float(8, BE)),
  UNIX_D32LE: time(4, LE),
  UNIX_D32BE: time(4, BE),
  UNIX_D64LE: time(8, LE),
  UNIX_D64BE: time(8, BE),
  C_S1: fixedString(1),
  FORTRAN_S1: fixedString(1, "space-pad"),
  STD_REF_OBJ: reference("object"),
  STD_REF_DSETREG: reference("region"),
  STD_REF: reference("standard-object"),
  NATIVE_CHAR: fixedPoint(1, true),
  NATIVE_SCHAR: fixedPoint(1, true),
  NATIVE_UCHAR: fixedPoint(1, false),
  NATIVE_SHORT: fixedPoint(2, true),
  NATIVE_USHORT: fixedPoint(2, false),
  NATIVE_INT: fixedPoint(4, true),
  NATIVE_UINT: fixedPoint(4, false),
  NATIVE_LONG: fixedPoint(8, true),
  NATIVE_ULONG: fixedPoint(8, false),
  NATIVE_LLONG: fixedPoint(8, true),
  NATIVE_ULLONG: fixedPoint(8, false),
  NATIVE_INT8: fixedPoint(1, true),
  NATIVE_UINT8: fixedPoint(1, false),
  NATIVE_INT16: fixedPoint(2, true),
  NATIVE_UINT16: fixedPoint(2, false),
  NATIVE_INT32: fixedPoint(4, true),
  NATIVE_UINT32: fixedPoint(4, false),
  NATIVE_INT64: fixedPoint(8, true),
  NATIVE_UINT64: fixedPoint(8, false),
  NATIVE_FLOAT16: float(2),
  NATIVE_FLOAT: float(4),
  NATIVE_DOUBLE: float(8),
  NATIVE_LDOUBLE: X87_EXTENDED,
  NATIVE_B8: bitfield(1),
  NATIVE_B16: bitfield(2),
  NATIVE_B32: bitfield(4),
  NATIVE_B64: bitfield(8),
  NATIVE_OPAQUE: opaque(1),
  NATIVE_HADDR: fixedPoint(8, false),
  NATIVE_HSIZE: fixedPoint(8, false),
  NATIVE_HSSIZE: fixedPoint(8, true),
  NATIVE_HERR: fixedPoint(4, true),
  NATIVE_HBOOL: fixedPoint(1, false),
} as const satisfies Record<string, Datatype>;
