/**
 * The datatype in memory that values of a file datatype are read into.
 *
 * C: `H5Tget_native_type`, ascending, on a little-endian 64-bit host.
 */
import { alignUp, product } from "../../base/bits.ts";
import type {
  CompoundMember,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
} from "../../format/datatype.ts";
import { bitfield, compound, fixedPoint, float, PREDEFINED } from "../../format/predefined-datatypes.ts";
import { integerCodec } from "./integer-codec.ts";

/**
 * The little-endian, full-precision counterpart of `type`: integers and bit fields by precision, floats by size, members
 * of compounds in their order, aligned as a C compiler would. Times, which the C library refuses, stay as they are, and
 * so do variable-length elements and references, whose bytes in memory are those of the file here.
 */
export function nativeTypeOf(type: Datatype): Datatype {
  switch (type.class) {
    case "fixed-point":
      return nativeInteger(type);
    case "bitfield":
      return bitfield(bytesForPrecision(type.bitPrecision));
    case "floating-point":
      return nativeFloat(type);
    case "enum":
      return nativeEnum(type);
    case "compound":
      return nativeCompound(type);
    case "array": {
      const base = nativeTypeOf(type.base);
      return { ...type, size: base.size * product(type.dims), base };
    }
    case "variable-length":
      return { ...type, base: nativeTypeOf(type.base) };
    case "complex": {
      const base = nativeFloat(type.base as FloatingPointType);
      return { ...type, size: 2 * base.size, base };
    }
    default:
      return type;
  }
}

/** 1, 2, 4 or 8; what is longer than 64 bits goes into 8 bytes too. */
export function bytesForPrecision(precision: number): 1 | 2 | 4 | 8 {
  return precision <= 8 ? 1 : precision <= 16 ? 2 : precision <= 32 ? 4 : 8;
}

function nativeInteger(type: FixedPointType): FixedPointType {
  return fixedPoint(bytesForPrecision(type.bitPrecision), type.signed);
}

/** bfloat16 has a wider exponent than the half and so becomes a single. */
export function nativeFloat(type: FloatingPointType): FloatingPointType {
  if (type.size <= 2 && type.exponentSize <= 5 && type.mantissaSize <= 10) return float(2);
  if (type.size <= 4) return float(4);
  return type.size <= 8 ? float(8) : PREDEFINED.NATIVE_LDOUBLE;
}

function nativeEnum(type: EnumType): EnumType {
  if (type.base.class !== "fixed-point") return type;
  const base = nativeInteger(type.base);
  const from = integerCodec(type.base);
  const to = integerCodec(base);
  const members = type.members.map(({ name, value }) => {
    const bytes = new Uint8Array(base.size);
    to.write(bytes, 0, from.read(value, 0));
    return { name, value: bytes };
  });
  return { ...type, size: base.size, base, members };
}

function nativeCompound(type: CompoundType): CompoundType {
  let end = 0;
  let alignment = 1;
  const members = type.members.map((member): CompoundMember => {
    const memberType = nativeTypeOf(member.type);
    const memberAlignment = alignmentOf(memberType);
    const byteOffset = alignUp(end, memberAlignment);
    end = byteOffset + memberType.size;
    alignment = Math.max(alignment, memberAlignment);
    return { name: member.name, byteOffset, type: memberType };
  });
  return compound(members, alignUp(end, alignment));
}

function alignmentOf(type: Datatype): number {
  switch (type.class) {
    case "string":
    case "opaque":
    case "time":
      return 1;
    case "compound":
      return type.members.reduce((greatest, member) => Math.max(greatest, alignmentOf(member.type)), 1);
    case "array":
    case "complex":
      return alignmentOf(type.base);
    case "reference":
    case "variable-length":
      return 8;
    default:
      return type.size;
  }
}

/**
 * The datatype of the typed array that holds the values of a numeric `type`, or undefined when it is not numeric.
 *
 * Integers, enumerations and bit fields as in {@link nativeTypeOf}. Floats are 32-bit where every value of `type` is
 * exact in that, otherwise 64-bit, to which longer ones are rounded.
 */
export function typedArrayTypeOf(type: Datatype): Datatype | undefined {
  switch (type.class) {
    case "fixed-point":
      return nativeInteger(type);
    case "bitfield":
      return fixedPoint(bytesForPrecision(type.bitPrecision), false);
    case "enum":
      return typedArrayTypeOf(type.base);
    case "floating-point": {
      const fits = type.exponentSize <= 8 && type.mantissaSize <= 23 && type.byteOrder !== "vax";
      return float(fits ? 4 : 8);
    }
    default:
      return undefined;
  }
}
