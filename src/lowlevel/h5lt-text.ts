/**
 * Datatypes as text, in the data definition language that h5dump prints.
 *
 * Reference implementation: H5LT.c (`H5LT_dtype_to_text`). C: `H5LTdtype_to_text`, `H5LTtext_to_dtype`.
 */
import { DEFAULT_WIDTHS } from "../base/address.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Datatype, EnumType, FixedPointType, StringType, VariableLengthType } from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { withMemorySizes, withWidths } from "../format/datatype-version.ts";
import { PREDEFINED } from "../format/predefined-datatypes.ts";
import { unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toInt, toName } from "./arguments.ts";
import { parseTypeText } from "./h5lt-parse.ts";
import { integerValue } from "./type-composite.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** The languages of the text, of which the first alone is there. C: `H5LT_lang_t`. */
export const LANG_DDL = 0;
export const LANG_C = 1;
export const LANG_FORTRAN = 2;
export const LANG_NO = 3;

const STEP = 3;
/** Characters that names of enumerations and their spaces take at least. */
const ENUM_NAME_WIDTH = 17;
const LEAST_SPACES = 3;

const NUMBERS = [
  "STD_I8BE",
  "STD_I8LE",
  "STD_I16BE",
  "STD_I16LE",
  "STD_I32BE",
  "STD_I32LE",
  "STD_I64BE",
  "STD_I64LE",
  "STD_U8BE",
  "STD_U8LE",
  "STD_U16BE",
  "STD_U16LE",
  "STD_U32BE",
  "STD_U32LE",
  "STD_U64BE",
  "STD_U64LE",
  "IEEE_F32BE",
  "IEEE_F32LE",
  "IEEE_F64BE",
  "IEEE_F64LE",
  "NATIVE_LDOUBLE",
  // Those that came after 1.10.
  "IEEE_F16BE",
  "IEEE_F16LE",
  "FLOAT_BFLOAT16BE",
  "FLOAT_BFLOAT16LE",
  "FLOAT_F8E4M3",
  "FLOAT_F8E5M2",
  "COMPLEX_IEEE_F16BE",
  "COMPLEX_IEEE_F16LE",
  "COMPLEX_IEEE_F32BE",
  "COMPLEX_IEEE_F32LE",
  "COMPLEX_IEEE_F64BE",
  "COMPLEX_IEEE_F64LE",
] as const;

const PADS = { "null-terminate": "NULLTERM", "null-pad": "NULLPAD", "space-pad": "SPACEPAD" } as const;

const blanks = (count: number) => " ".repeat(count);

/** Text in braces: each line of `lines` a step further in than the closing brace. */
function inBraces(keyword: string, lines: readonly string[], indent: number): string {
  const inner = blanks(indent + 2 * STEP);
  return `${keyword} {\n${lines.map((line) => `${inner}${line}\n`).join("")}${blanks(indent + STEP)}}`;
}

function numberText(type: Datatype, otherwise: string): string {
  const name = NUMBERS.find((known) => datatypesEqual(PREDEFINED[known], type));
  return name === undefined ? otherwise : `H5T_${name}`;
}

function stringText(type: StringType | VariableLengthType, indent: number): string {
  const lines = [
    `STRSIZE ${type.class === "string" ? type.size : "H5T_VARIABLE"};`,
    `STRPAD H5T_STR_${PADS[type.padding]};`,
    `CSET H5T_CSET_${type.characterSet === "utf-8" ? "UTF8" : "ASCII"};`,
    "CTYPE H5T_C_S1;",
  ];
  return inBraces("H5T_STRING", lines, indent);
}

function enumText(type: EnumType, indent: number): string {
  if (type.members.length === 0) throw unspecifiedError("H5LTdtype_to_text");
  const base = type.base as FixedPointType;
  const members = type.members.map((member) => {
    const spaces = Math.max(LEAST_SPACES, ENUM_NAME_WIDTH - encodeUtf8(member.name).length);
    return `"${member.name}"${blanks(spaces)}${integerValue(member, base)};`;
  });
  return inBraces("H5T_ENUM", [`${textOf(base, indent)};`, ...members], indent);
}

/** @param indent - Of the line that the text begins on, less one step. */
function textOf(type: Datatype, indent: number): string {
  const inner = indent + STEP;
  switch (type.class) {
    case "fixed-point":
      return numberText(type, "undefined integer");
    case "bitfield":
      return "undefined integer";
    case "floating-point":
    case "complex":
      return numberText(type, "undefined float");
    case "time":
      return "H5T_TIME: not yet implemented";
    case "string":
      return stringText(type, indent);
    case "opaque":
      return inBraces("H5T_OPAQUE", [`OPQ_SIZE ${type.size};`, `OPQ_TAG "${type.tag}";`], indent);
    case "reference":
      return ` H5T_REFERENCE { ${type.kind === "region" ? "H5T_STD_REF_DSETREG" : "H5T_STD_REF_OBJECT"} }`;
    case "enum":
      return enumText(type, indent);
    case "variable-length":
      if (type.kind === "string") return stringText(type, indent);
      return inBraces("H5T_VLEN", [textOf(type.base, inner)], indent);
    case "array": {
      const dims = type.dims.map((dim) => `[${dim}]`).join("");
      return inBraces("H5T_ARRAY", [`${dims} ${textOf(type.base, inner)}`], indent);
    }
    case "compound": {
      // A compound within a compound stands one step further in.
      const members = type.members.map((member) => {
        const step = member.type.class === "compound" ? inner + STEP : inner;
        return `${textOf(member.type, step)} "${member.name}" : ${member.byteOffset};`;
      });
      return inBraces("H5T_COMPOUND", members, indent);
    }
    default:
      return type satisfies never;
  }
}

function requireDdl(lang: Size, where: string): void {
  if (toInt(lang) !== LANG_DDL) throw unspecifiedError(where);
}

/**
 * A datatype as text, for example `H5T_STD_I32LE`.
 *
 * Offsets are those in the memory of the C library, where a string of variable length takes 8 bytes. What has no text reads "undefined integer" (bit fields, integers of odd precision), "undefined float", or "H5T_TIME: not yet
 * implemented", which {@link textToDtype} does not take.
 *
 * @throws RuntimeError for an enumeration without members, and for another language. C: `H5LTdtype_to_text`.
 */
export function dtypeToText(dtype: TypeID, lang: Size = LANG_DDL): string {
  expectInstance(dtype, TypeID, "dtype");
  requireDdl(lang, "H5LTdtype_to_text");
  return textOf(withMemorySizes(dtype.datatype()), 0);
}

/**
 * The datatype that text describes: what {@link dtypeToText} gives, in any layout, and the names of the native datatypes.
 *
 * Members of compounds may have no offset and then follow each other; the size is that of what there is.
 *
 * @throws RuntimeError "Unspecified error in H5LTtext_to_dtype (return value <0)" when the text means nothing. C: `H5LTtext_to_dtype`.
 */
export function textToDtype(text: Name, lang: Size = LANG_DDL): TypeID {
  requireDdl(lang, "H5LTtext_to_dtype");
  return typeIdOf(withWidths(parseTypeText(toName(text)), DEFAULT_WIDTHS));
}
