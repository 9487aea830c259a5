/** Datatypes as callers name them, and as numpy prints them. */
import { product } from "../base/bits.ts";
import { complexPartOf } from "../engine/conversion/complex-conversion.ts";
import { parseDtype } from "../engine/conversion/dtype-parse.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import { typedArrayTypeOf } from "../engine/conversion/native-type.ts";
import { numpyTimeType, parseNumpyTime, TAG_PREFIX } from "../engine/conversion/numpy-times.ts";
import type { Datatype, OpaqueType } from "../format/datatype.ts";
import { datatypesEqual, isBooleanEnum, isVariableString } from "../format/datatype-questions.ts";
import { opaque } from "../format/predefined-datatypes.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { isTypeHandle } from "../lowlevel/open-object.ts";
import { TypeID } from "../lowlevel/type-id.ts";

/** Something that has a handle of a datatype, such as a committed one. */
interface TypeHolder {
  readonly id: TypeID;
}

/** numpy's text (`"<f8"`, `"int16"`, `"S10"`, `"str"`, `"[('x', '<i4')]"`), a handle, a named type, or a datatype's value. */
export type DtypeLike = string | TypeID | TypeHolder | Datatype;

/** @throws TypeError in numpy's words for a text that is no dtype. */
export function datatypeFrom(dtype: DtypeLike): Datatype {
  if (typeof dtype === "string") return parseDtype(dtype);
  const handle = handleWithin(dtype);
  if (isTypeHandle(handle)) return handle.datatype();
  if (typeof dtype === "object" && dtype !== null && "class" in dtype && "size" in dtype) return dtype;
  throw plainError("TypeError", `data type '${String(dtype)}' not understood`);
}

/**
 * A datatype for h5py's way to keep what HDF5 has no class for: opaque elements, tagged with numpy's name.
 *
 * `opaqueDtype("<M8[ms]")` holds Dates (also `datetime64[us]`, `M8[25ns]`, …), which h5py reads as `datetime64[ms]`;
 * `opaqueDtype("<m8[s]")` holds spans as bigints. An invalid Date is NaT, and a Date between two units is refused.
 * `read(…, { numpyTimes: "date" })` gives Dates back. h5py: `opaque_dtype`.
 *
 * @param dtype - A time, or any dtype without members whose bytes are to be opaque.
 * @throws TypeError in h5py's words for others.
 */
export function opaqueDtype(dtype: string): OpaqueType {
  if (typeof dtype !== "string") throw plainError("TypeError", `data type '${String(dtype)}' not understood`);
  const time = parseNumpyTime(dtype);
  if (time !== undefined) return numpyTimeType(time);
  const type = parseDtype(dtype);
  const text = dtypeText(type);
  if (text === "|O") throw plainError("TypeError", "Cannot store numpy object arrays as opaque data");
  if (type.class === "array") throw plainError("TypeError", "Cannot store numpy sub-array dtype as opaque data");
  if (text.startsWith("[")) throw plainError("TypeError", "Cannot store numpy structured arrays as opaque data");
  return opaque(type.size, TAG_PREFIX + text);
}

/** The handle of a datatype: what was given, or what that has. */
function handleWithin(dtype: Exclude<DtypeLike, string>): unknown {
  if (typeof dtype !== "object" || dtype === null) return undefined;
  if ("handle" in dtype) return dtype.handle;
  return isTypeHandle(dtype) ? dtype : (dtype as Partial<TypeHolder>).id;
}

/** The handle in what was given for a datatype, which may be a committed one. */
export function typeIdWithin(dtype: DtypeLike): TypeID | undefined {
  if (dtype instanceof TypeID) return dtype;
  if (typeof dtype === "object" && dtype !== null && "id" in dtype && dtype.id instanceof TypeID) return dtype.id;
  return undefined;
}

/** Bytes of an element in the C library's memory, where a variable-length string is a pointer. */
function memorySize(type: Datatype): number {
  if (isVariableString(type)) return 8;
  return type.class === "variable-length" ? 16 : sizeOfParts(type, memorySize);
}

/** Bytes of an element in numpy's arrays, where what has no bytes of its own is a pointer. numpy: `dtype.itemsize`. */
export function itemSize(type: Datatype): number {
  return type.class === "variable-length" || type.class === "reference" ? 8 : sizeOfParts(type, itemSize);
}

function sizeOfParts(type: Datatype, sizeOf: (type: Datatype) => number): number {
  if (type.class === "array") return product(type.dims) * sizeOf(type.base);
  if (type.class !== "compound") return type.size;
  return type.members.reduce((size, member) => size + sizeOf(member.type) - member.type.size, type.size);
}

/** The short form, `numpy.dtype.str`: compounds and arrays are `|V` and their size. */
export function dtypeCode(type: Datatype): string {
  const text = dtypeText(type);
  const isStructured =
    type.class === "array" || (type.class === "compound" && text.startsWith("[")) || text.startsWith("{");
  if (!isStructured) return text;
  return `|V${type.class === "array" ? itemSize(type) : memorySize(type)}`;
}

const KIND_NAMES: Readonly<Record<string, string>> = { i: "int", u: "uint", f: "float", c: "complex" };

/** numpy's name of a datatype as its messages have it: `int8`, `float64`, `bool`, `object`. */
export function dtypeName(type: Datatype): string {
  const text = dtypeText(type);
  if (text === "|b1") return "bool";
  if (text === "|O") return "object";
  const [, kind = "", size = ""] = /^[<>|]([iufc])(\d+)$/.exec(text) ?? [];
  if (kind === "" || text.startsWith(">")) return text;
  return `${KIND_NAMES[kind]}${8 * Number(size)}`;
}

/** Of what two of make up a complex number. */
function partOf(type: Datatype): Datatype | undefined {
  if (type.class === "complex") return type.base;
  return type.class === "compound" ? complexPartOf(type) : undefined;
}

/** Whether every value of `from` has its like in `to`. numpy: `can_cast(..., "safe")`. */
export function canCast(from: Datatype, to: Datatype): boolean {
  if (datatypesEqual(from, to)) return true;
  if (from.class === "string" && to.class === "string") return to.size >= from.size;
  const part = partOf(to);
  if (part !== undefined) return canCast(partOf(from) ?? from, part);
  const target = isBooleanEnum(to) ? undefined : typedArrayTypeOf(to);
  if (target === undefined) return false;
  if (isBooleanEnum(from)) return true;
  const source = typedArrayTypeOf(from);
  if (source === undefined) return false;
  const fromFloat = source.class === "floating-point";
  if (target.class === "floating-point") {
    return fromFloat ? to.size >= from.size : to.size >= Math.min(8, 2 * from.size);
  }
  if (fromFloat || source.class !== "fixed-point" || target.class !== "fixed-point") return false;
  if (source.signed === target.signed) return to.size >= from.size;
  return target.signed && to.size > from.size;
}
