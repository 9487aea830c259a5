/**
 * Datatypes as numpy writes them.
 *
 * `'<i4'`, `'|b1'`, `'|S10'`, `'|O'` for variable-length data and references, `"[('a', '<i4'), ('b', '>f8')]"` for
 * compounds. h5py: what `Dataset.dtype` prints.
 */
import type { CompoundType, Datatype, FloatingPointType } from "../../format/datatype.ts";
import { isBooleanEnum } from "../../format/datatype-questions.ts";
import { printedShape } from "../selection/index-errors.ts";
import { pyComplexPartOf } from "./complex-conversion.ts";
import { bytesForPrecision, nativeFloat } from "./native-type.ts";
import { numpyTimeOf, numpyTimeText } from "./numpy-times.ts";

/** The text of `numpy.dtype(...).str`, or for compounds and arrays of `str(numpy.dtype(...))`. */
export function dtypeText(type: Datatype): string {
  switch (type.class) {
    case "compound":
      return isPyComplex(type) ? complexText(type.members[0]?.type as FloatingPointType) : compoundText(type);
    case "array":
      return `(${memberFormat(type.base)}, ${printedShape(type.dims)})`;
    default:
      return scalarText(type);
  }
}

function scalarText(type: Datatype): string {
  switch (type.class) {
    case "fixed-point":
      return numberText(type.signed ? "i" : "u", bytesForPrecision(type.bitPrecision), type.byteOrder);
    case "bitfield":
      return numberText("u", bytesForPrecision(type.bitPrecision), type.byteOrder);
    case "floating-point":
      return numberText("f", nativeFloat(type).size, type.byteOrder);
    case "complex":
      return complexText(type.base as FloatingPointType);
    case "enum":
      return isBooleanEnum(type) ? "|b1" : dtypeText(type.base);
    case "string":
      return `|S${type.size}`;
    case "variable-length":
    case "reference":
      return "|O";
    default:
      return timeText(type) ?? `|V${type.size}`;
  }
}

/** Of opaque elements that hold one of numpy's times. */
function timeText(type: Datatype): string | undefined {
  const time = numpyTimeOf(type);
  return time === undefined ? undefined : numpyTimeText(time);
}

function numberText(kind: string, size: number, byteOrder: FloatingPointType["byteOrder"]): string {
  const order = size === 1 ? "|" : byteOrder === "big-endian" ? ">" : "<";
  return `${order}${kind}${size}`;
}

function complexText(part: FloatingPointType): string {
  return numberText("c", nativeFloat(part).size * 2, part.byteOrder);
}

/** h5py takes a compound for a complex number when its members are called exactly r and i; see `specialNames`. */
function isPyComplex(type: CompoundType): boolean {
  return pyComplexPartOf(type) !== undefined;
}

/** A Python string literal. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

/** Within compounds and arrays numpy leaves the byte order of single bytes out, and a boolean is `?`. */
function memberFormat(type: Datatype): string {
  const text = dtypeText(type);
  if (text.startsWith("[") || text.startsWith("{") || text.startsWith("(")) return text;
  return quoted(text === "|b1" ? "?" : text.replace("|", ""));
}

function compoundText(type: CompoundType): string {
  let end = 0;
  let packed = true;
  for (const { byteOffset, type: memberType } of type.members) {
    packed &&= byteOffset === end;
    end = byteOffset + memberType.size;
  }
  if (packed && end === type.size) {
    return `[${type.members.map(({ name, type: memberType }) => `(${quoted(name)}, ${fieldFormat(memberType)})`).join(", ")}]`;
  }
  const list = (items: readonly string[]): string => `[${items.join(", ")}]`;
  const names = list(type.members.map(({ name }) => quoted(name)));
  const formats = list(type.members.map((member) => memberFormat(member.type)));
  const offsets = list(type.members.map(({ byteOffset }) => String(byteOffset)));
  return `{'names': ${names}, 'formats': ${formats}, 'offsets': ${offsets}, 'itemsize': ${type.size}}`;
}

/** In the list form an array is the base and the shape as two items of the tuple. */
function fieldFormat(type: Datatype): string {
  return type.class === "array" ? `${memberFormat(type.base)}, ${printedShape(type.dims)}` : memberFormat(type);
}
