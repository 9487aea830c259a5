/**
 * Datatypes that have no name in numpy's words: text, sequences, enumerations, references. h5py: `string_dtype` and its like.
 *
 * ```ts
 * f.createDataset("names", { shape: [3], dtype: stringDtype() });
 * f.createDataset("ragged", { shape: [3], dtype: vlenDtype("<i4") });
 * f.createDataset("colour", { shape: [3], dtype: enumDtype({ RED: 0, GREEN: 1 }) });
 * ```
 */

import { pyComplexPartOf } from "../engine/conversion/complex-conversion.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { integerCodec, MAX_NUMBER_PRECISION } from "../engine/conversion/integer-codec.ts";
import { TAG_PREFIX } from "../engine/conversion/numpy-times.ts";
import { printed } from "../engine/selection/index-errors.ts";
import type { Datatype } from "../format/datatype.ts";
import { isBooleanEnum, isVariableString } from "../format/datatype-questions.ts";
import {
  arrayOf,
  enumeration,
  fixedString,
  packedCompound,
  reference,
  variableSequence,
  variableString,
} from "../format/predefined-datatypes.ts";
import { specialNames } from "../format/special-names.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { Reference, RegionReference } from "../lowlevel/reference.ts";
import { requireRecord } from "./argument-checks.ts";
import { type DtypeLike, datatypeFrom } from "./dtype.ts";
import type { ArrayOf, TypedDtype } from "./dtype-types.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";

type Encoding = "utf-8" | "ascii";

/** What strings a datatype has. */
export interface StringDtypeOptions {
  /** Default `"utf-8"`. Text beyond ASCII is refused by `"ascii"` (UnicodeEncodeError); bytes are stored as they are. */
  readonly encoding?: Encoding;
  /** Bytes of each string, filled up with NULs; null, the default, for strings of any length. */
  readonly length?: number | null;
}

const ENCODING_NAMES: Readonly<Record<string, string>> = {
  utf8: "utf-8",
  "utf-8": "utf-8",
  ascii: "ascii",
  latin1: "iso8859-1",
  "latin-1": "iso8859-1",
  "iso-8859-1": "iso8859-1",
};

const STRING_OPTIONS: OptionNames<StringDtypeOptions> = { encoding: true, length: true };

/** Text. @throws ValueError for another encoding, TypeError for a length that is none. h5py: `string_dtype`. */
export function stringDtype(options: StringDtypeOptions = {}): TypedDtype<string[]> {
  requireKnown(options, STRING_OPTIONS, "stringDtype");
  const { encoding = "utf-8", length = null } = options;
  const name = ENCODING_NAMES[String(encoding).toLowerCase()] ?? String(encoding);
  if (name !== "utf-8" && name !== "ascii") {
    throw plainError("ValueError", `Invalid encoding (${printed(name)}); 'utf-8' or 'ascii' allowed`);
  }
  if (length === null) return variableString(name);
  if (!Number.isSafeInteger(length) || length < 1) {
    throw plainError("TypeError", `length must be integer or None (got ${printed(length)})`);
  }
  return fixedString(length, "null-pad", name);
}

/** Sequences of elements of a dtype, each of its own length. h5py: `vlen_dtype`. */
export function vlenDtype<const D extends DtypeLike>(base: D): TypedDtype<ArrayOf<D>[]> {
  return variableSequence(datatypeFrom(base));
}

/**
 * An enumeration: elements are integers, which have names.
 *
 * @param values - What each name stands for.
 * @param basetype - Default `"u1"`.
 * @throws TypeError "Only integer types can be used as enums", or for values that are no integers; OverflowError for a value that the base cannot hold.
 *   h5py: `enum_dtype`.
 */
export function enumDtype<const D extends DtypeLike = "u1">(
  values: Readonly<Record<string, number | bigint>>,
  options: { readonly basetype?: D } = {},
): TypedDtype<ArrayOf<D>> {
  requireKnown(options, { basetype: true }, "enumDtype");
  const base = datatypeFrom(options.basetype ?? "u1");
  if (base.class !== "fixed-point") throw plainError("TypeError", "Only integer types can be used as enums");
  requireRecord(values);
  const codec = integerCodec(base);
  const members = Object.entries(values).map(([name, value]) => {
    if (typeof value !== "bigint" && !Number.isInteger(value)) throw plainError("TypeError", "an integer is required");
    const integer = BigInt(value);
    if (integer < codec.minimum || integer > codec.maximum) {
      throw plainError("OverflowError", `integer ${integer} out of bounds for the base of the enumeration`);
    }
    const bytes = new Uint8Array(base.size);
    codec.write(bytes, 0, integer);
    return { name, value: bytes };
  });
  return enumeration(base, members);
}

/** References to objects, 8 bytes each with the usual addresses. h5py: `ref_dtype`. C: `H5T_STD_REF_OBJ`. */
export const refDtype: TypedDtype<ReferenceValue[]> = reference("object");

/**
 * References to elements of datasets, 12 bytes each with the usual addresses. h5py: `regionref_dtype`. C:
 * `H5T_STD_REF_DSETREG`.
 */
export const regionrefDtype: TypedDtype<ReferenceValue[]> = reference("region");

type ElementOf<D> = ArrayOf<D> extends { readonly [n: number]: infer E } ? E : unknown;

/** Records of named members, one after the other without gaps. @throws TypeError for what has no names. numpy: a list of names and dtypes. */
export function compoundDtype<const F extends Readonly<Record<string, DtypeLike>>>(
  fields: F,
): TypedDtype<{ -readonly [K in keyof F]: ElementOf<F[K]> }[]> {
  requireRecord(fields);
  return packedCompound(Object.entries(fields).map(([name, dtype]) => ({ name, type: datatypeFrom(dtype) })));
}

/** Elements that are arrays of fixed dimensions. @throws ValueError for dimensions that are none. numpy: `(base, dims)`. */
export function arrayDtype<const D extends DtypeLike>(base: D, dims: readonly number[]): TypedDtype<ArrayOf<D>> {
  if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw plainError("ValueError", "invalid shape in fixed-type tuple.");
  }
  return arrayOf(datatypeFrom(base), dims);
}

/** The compound of `r` and `i`, or `h5.getConfig().complexNames`, that complex numbers are stored as. h5py: `complex_compat_dtype`. */
export function complexCompatDtype(part: "<f4" | "<f8" | ">f4" | ">f8" = "<f8"): TypedDtype<ComplexRecord[]> {
  const type = datatypeFrom(part);
  return packedCompound(specialNames.complexNumbers.map((name) => ({ name, type })));
}

/** How the compound that stands for a complex number is read. */
export interface ComplexRecord {
  /** The real part. */
  readonly r: number;
  /** The imaginary part. */
  readonly i: number;
}

/** What strings a datatype has. */
export interface StringInfo {
  /** The character set that the datatype names. */
  readonly encoding: Encoding;
  /** Bytes of each string; null for strings of any length. */
  readonly length: number | null;
}

/** What `stringDtype` was given, or null for other dtypes. h5py: `check_string_dtype`. */
export function checkStringDtype(dtype: DtypeLike): StringInfo | null {
  const type = datatypeFrom(dtype);
  if (isVariableString(type)) return { encoding: type.characterSet === "utf-8" ? "utf-8" : "ascii", length: null };
  if (type.class !== "string") return null;
  return { encoding: type.characterSet === "utf-8" ? "utf-8" : "ascii", length: type.size };
}

/** The dtype of what is in the sequences, or null for other dtypes. h5py: `check_vlen_dtype`. */
export function checkVlenDtype(dtype: DtypeLike): Datatype | null {
  const type = datatypeFrom(dtype);
  return type.class === "variable-length" && type.kind === "sequence" ? type.base : null;
}

/** The names of an enumeration and what they stand for, or null for other dtypes and for booleans. h5py: `check_enum_dtype`. */
export function checkEnumDtype(dtype: DtypeLike): Record<string, number | bigint> | null {
  const type = datatypeFrom(dtype);
  if (type.class !== "enum" || type.base.class !== "fixed-point" || isBooleanEnum(type)) return null;
  const codec = integerCodec(type.base);
  const read = type.base.bitPrecision <= MAX_NUMBER_PRECISION ? codec.readNumber : codec.read;
  return Object.fromEntries(type.members.map(({ name, value }) => [name, read(value, 0)]));
}

/** Whether it is one of h5py's opaque dtypes (see `opaqueDtype`). h5py: `check_opaque_dtype`. */
export function checkOpaqueDtype(dtype: DtypeLike): boolean {
  const type = datatypeFrom(dtype);
  return type.class === "opaque" && type.tag.startsWith(TAG_PREFIX);
}

/** The class of the references, or null for other dtypes. h5py: `check_ref_dtype`. */
export function checkRefDtype(dtype: DtypeLike): typeof Reference | typeof RegionReference | null {
  const type = datatypeFrom(dtype);
  if (type.class !== "reference") return null;
  return type.kind === "region" || type.kind === "standard-region" ? RegionReference : Reference;
}

/** Whether it is a compound that stands for complex numbers. h5py: `check_complex_dtype`. */
export function checkComplexDtype(dtype: DtypeLike): boolean {
  const type = datatypeFrom(dtype);
  return type.class === "compound" && pyComplexPartOf(type) !== undefined;
}

/** One of these. */
export interface SpecialDtypeOptions {
  /** `String` for text, or a dtype. */
  readonly vlen?: StringConstructor | DtypeLike;
  /** What `enumDtype` takes. */
  readonly enum?: readonly [basetype: DtypeLike, values: Readonly<Record<string, number | bigint>>];
  /** The class of the references. */
  readonly ref?: typeof Reference | typeof RegionReference;
}

function onlyKeyOf(options: object): string {
  const keys = Object.keys(options ?? {});
  const [key = ""] = keys;
  if (keys.length !== 1) throw plainError("TypeError", "Exactly one keyword may be provided");
  return key;
}

/** The older form of the functions above. @throws TypeError "Unknown special type "foo"". h5py: `special_dtype`. */
export function specialDtype(options: SpecialDtypeOptions): Datatype {
  const key = onlyKeyOf(options);
  const { vlen, enum: enumOptions, ref } = options;
  if (vlen !== undefined) return vlen === String ? stringDtype() : vlenDtype(vlen as DtypeLike);
  if (key === "enum") {
    if (!Array.isArray(enumOptions) || enumOptions.length !== 2) {
      throw plainError("TypeError", "Enums must be created from a 2-tuple (basetype, values_dict)");
    }
    const [basetype, values] = enumOptions;
    return enumDtype(values, { basetype });
  }
  if (key === "ref") {
    if (ref === Reference) return refDtype;
    if (ref === RegionReference) return regionrefDtype;
    throw plainError("ValueError", "Ref class must be Reference or RegionReference");
  }
  throw plainError("TypeError", `Unknown special type "${key}"`);
}

/** What each keyword of {@link checkDtype} gives. */
export type CheckDtypeResult =
  | StringConstructor
  | Datatype
  | Readonly<Record<string, number | bigint>>
  | typeof Reference
  | typeof RegionReference
  | boolean
  | null;

/**
 * The older form: what is special about a dtype, `String` for text of any length; null where nothing is.
 *
 * @throws TypeError "Unknown special type "foo"". h5py: `check_dtype`.
 */
export function checkDtype(options: {
  readonly vlen?: DtypeLike;
  readonly enum?: DtypeLike;
  readonly ref?: DtypeLike;
  readonly opaque?: DtypeLike;
}): CheckDtypeResult {
  const key = onlyKeyOf(options);
  const { vlen, enum: enumType, ref, opaque } = options;
  if (vlen !== undefined) return isVariableString(datatypeFrom(vlen)) ? String : checkVlenDtype(vlen);
  if (enumType !== undefined) return checkEnumDtype(enumType);
  if (ref !== undefined) return checkRefDtype(ref);
  if (opaque !== undefined) return checkOpaqueDtype(opaque);
  throw plainError("TypeError", `Unknown special type "${key}"`);
}
