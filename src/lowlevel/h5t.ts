/** Datatypes. C: `H5T`. h5py: `h5py.h5t`. */
import { UNLIMITED } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { isHdf5Error, NotFoundError } from "../base/errors.ts";
import { parseDtype } from "../engine/conversion/dtype-parse.ts";
import { DatatypeObject } from "../engine/datatype-object.ts";
import { MAX_RANK } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { arrayOf, complex, compound, enumeration, opaque, variableSequence } from "../format/predefined-datatypes.ts";
import { argumentError, guarded, libraryError, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, requireName, type Size, toInt, toSize, toSizes } from "./arguments.ts";
import type { LocationID } from "./location-id.ts";
import { resolvePlace } from "./places.ts";
import { isInteger, type TypeCompoundID, type TypeEnumID } from "./type-composite.ts";
import { decodeTypeAt, ENCODED_DATATYPE } from "./type-encoding.ts";
import { TypeID } from "./type-id.ts";
import type { TypeArrayID, TypeComplexID, TypeOpaqueID, TypeVlenID } from "./type-simple.ts";
import { typeIdOf } from "./type-wrap.ts";

export {
  CONV_ABORT,
  CONV_HANDLED,
  CONV_UNHANDLED,
  EXCEPT_NAN as CONV_EXCEPT_NAN,
  EXCEPT_NINF as CONV_EXCEPT_NINF,
  EXCEPT_PINF as CONV_EXCEPT_PINF,
  EXCEPT_PRECISION as CONV_EXCEPT_PRECISION,
  EXCEPT_RANGE_HI as CONV_EXCEPT_RANGE_HI,
  EXCEPT_RANGE_LOW as CONV_EXCEPT_RANGE_LOW,
  EXCEPT_TRUNCATE as CONV_EXCEPT_TRUNCATE,
} from "../engine/conversion/watched-conversion.ts";
export { CSET_ASCII, CSET_UTF8 } from "./character-sets.ts";
export {
  NORM_IMPLIED,
  NORM_MSBSET,
  NORM_NONE,
  ORDER_BE,
  ORDER_LE,
  ORDER_NATIVE,
  ORDER_NONE,
  ORDER_VAX,
  PAD_BACKGROUND,
  PAD_ONE,
  PAD_ZERO,
  SGN_2,
  SGN_NONE,
  TypeAtomicID,
  TypeBitfieldID,
  TypeFloatID,
  TypeIntegerID,
  TypeTimeID,
} from "./type-atomic.ts";
export { TypeCompositeID, TypeCompoundID, TypeEnumID } from "./type-composite.ts";
export * from "./type-constants.ts";
export {
  BKG_NO,
  BKG_TEMP,
  BKG_YES,
  type ConversionFunction,
  compilerConv,
  convert,
  find,
  PERS_DONTCARE,
  PERS_HARD,
  PERS_SOFT,
  register,
  unregister,
} from "./type-conversion.ts";
export { TypeID } from "./type-id.ts";
export {
  STR_NULLPAD,
  STR_NULLTERM,
  STR_SPACEPAD,
  TypeArrayID,
  TypeComplexID,
  TypeOpaqueID,
  TypeReferenceID,
  TypeStringID,
  TypeVlenID,
} from "./type-simple.ts";

/** Classes of datatypes. C: `H5T_class_t`. */
export const NO_CLASS = -1;
export const INTEGER = 0;
export const FLOAT = 1;
export const TIME = 2;
export const STRING = 3;
export const BITFIELD = 4;
export const OPAQUE = 5;
export const COMPOUND = 6;
export const REFERENCE = 7;
export const ENUM = 8;
export const VLEN = 9;
export const ARRAY = 10;
export const COMPLEX = 11;

/** Which native datatype is taken where there is a choice. C: `H5T_direction_t`. */
export const DIR_DEFAULT = 0;
export const DIR_ASCEND = 1;
export const DIR_DESCEND = 2;

/** The size of a string of any length. C: `H5T_VARIABLE`. */
export const VARIABLE = UNLIMITED;

/**
 * A new datatype of class `COMPOUND` or `OPAQUE`, `size` bytes an element.
 *
 * @throws ValueError for another class, or a size of 0. C: `H5Tcreate`.
 */
export function create(classCode: typeof COMPOUND, size: Size): TypeCompoundID;
export function create(classCode: typeof OPAQUE, size: Size): TypeOpaqueID;
export function create(classCode: Size, size: Size): TypeCompoundID | TypeOpaqueID;
export function create(classCode: Size, size: Size): TypeID {
  const code = toInt(classCode);
  if (code !== COMPOUND && code !== OPAQUE) throw plainError("ValueError", "Class must be COMPOUND or OPAQUE.");
  const byteLength = toSize(size, "size_t");
  if (byteLength === 0) throw argumentError("H5Tcreate", "ARGS", "BADVALUE", "size must be positive");
  return typeIdOf(code === COMPOUND ? compound([], byteLength) : opaque(byteLength));
}

/**
 * Elements that are arrays of `base`.
 *
 * @throws ValueError for no dims, more than 32, or one that is 0. C: `H5Tarray_create2`.
 */
export function arrayCreate(base: TypeID, dims: readonly Size[]): TypeArrayID {
  expectInstance(base, TypeID, "base");
  const sizes = toSizes(dims, "dims_tpl");
  const where = "H5Tarray_create2";
  if (sizes.length < 1 || sizes.length > MAX_RANK)
    throw argumentError(where, "ARGS", "BADVALUE", "invalid dimensionality");
  if (sizes.includes(0)) throw argumentError(where, "ARGS", "BADVALUE", "zero-sized dimension specified");
  return typeIdOf(arrayOf(base.datatype(), sizes)) as TypeArrayID;
}

/**
 * Names for values of an integer datatype, without members as yet.
 *
 * @throws ValueError for another base. C: `H5Tenum_create`.
 */
export function enumCreate(base: TypeID): TypeEnumID {
  expectInstance(base, TypeID, "base");
  const type: Datatype = base.datatype();
  if (!isInteger(type)) throw argumentError("H5Tenum_create", "ARGS", "BADTYPE", "not an integer data type");
  return typeIdOf(enumeration(type, [])) as TypeEnumID;
}

/** Sequences of any number of `base` elements. C: `H5Tvlen_create`. */
export function vlenCreate(base: TypeID): TypeVlenID {
  expectInstance(base, TypeID, "base");
  return typeIdOf(variableSequence(base.datatype())) as TypeVlenID;
}

/** The datatype that `TypeID.encode` gave. @throws RuntimeError "Can't decode object (…)". C: `H5Tdecode`. */
export function decode(bytes: Uint8Array): TypeID {
  const outer = record("H5Tdecode", "DATATYPE", "CANTDECODE", "can't decode object");
  if (bytes[0] !== ENCODED_DATATYPE) {
    throw libraryError([outer, record("H5T_decode", "DATATYPE", "BADVALUE", "not an encoded datatype")]);
  }
  return guarded(outer, () => {
    return typeIdOf(decodeTypeAt(new Cursor(bytes, { structure: "Encoded datatype" })));
  });
}

/**
 * Opens a committed datatype.
 *
 * @throws KeyError "Unable to open named datatype (…)"; ValueError for an empty name. C: `H5Topen2`.
 */
export function open(group: LocationID, name: Name): TypeID {
  const path = requireName("H5Topen2", name, "name parameter cannot be an empty string");
  return guarded(record("H5Topen2", "DATATYPE", "CANTOPENOBJ", "unable to open named datatype"), () => {
    const { file, object, path: fullPath } = resolvePlace(group.location(), path);
    if (!(object instanceof DatatypeObject)) throw new NotFoundError("not a named datatype", { path });
    return typeIdOf(object.datatype, { file, object, path: fullPath });
  });
}

/**
 * Complex numbers of two `base` parts, of class `COMPLEX`.
 *
 * @throws ValueError unless `base` is a float. C: `H5Tcomplex_create`.
 */
export function complexCreate(base: TypeID): TypeComplexID {
  expectInstance(base, TypeID, "base");
  const type: Datatype = base.datatype();
  if (type.class !== "floating-point") {
    throw argumentError("H5Tcomplex_create", "DATATYPE", "BADVALUE", "base datatype is not a H5T_FLOAT datatype");
  }
  return typeIdOf(complex(type)) as TypeComplexID;
}

/** An identifier of its own class for a datatype's value, as the engine and the high level have it. h5py: `typewrap`. */
export function typewrap(type: Datatype): TypeID {
  return typeIdOf(type);
}

/**
 * The datatype that numpy writes so: `<i4`, `S10`, `bool`, `[('a', '<i4'), ('b', '>f8')]`, …
 *
 * @param dtype - Such text, or a datatype's value, for example what `stringDtype` or `vlenDtype` of the high level give.
 * @throws TypeError for what has no HDF5 equivalent. h5py: `py_create`.
 */
export function pyCreate(dtype: string | Datatype): TypeID {
  if (typeof dtype !== "string") return typeIdOf(dtype);
  try {
    return typeIdOf(parseDtype(dtype));
  } catch (error) {
    if (isHdf5Error(error)) throw plainError("TypeError", error.message, { cause: error });
    throw error;
  }
}
