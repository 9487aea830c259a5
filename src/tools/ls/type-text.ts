/** Datatypes as h5ls describes them. Reference implementation: `print_type` and its like in h5ls.c. */
import type {
  BitfieldType,
  BitPad,
  ByteOrder,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  StringPad,
} from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import { PREDEFINED } from "../../format/predefined-datatypes.ts";
import { byteText, isPrintable, STRING_ESCAPES } from "../byte-text.ts";
import { enumValueText } from "../datatype-ddl.ts";

const NATIVE_NAMES: readonly (readonly [Datatype, string])[] = [
  [PREDEFINED.NATIVE_SCHAR, "native signed char"],
  [PREDEFINED.NATIVE_UCHAR, "native unsigned char"],
  [PREDEFINED.NATIVE_INT, "native int"],
  [PREDEFINED.NATIVE_UINT, "native unsigned int"],
  [PREDEFINED.NATIVE_SHORT, "native short"],
  [PREDEFINED.NATIVE_USHORT, "native unsigned short"],
  [PREDEFINED.NATIVE_LONG, "native long"],
  [PREDEFINED.NATIVE_ULONG, "native unsigned long"],
  [PREDEFINED.NATIVE_FLOAT16, "native _Float16"],
  [PREDEFINED.NATIVE_FLOAT, "native float"],
  [PREDEFINED.NATIVE_DOUBLE, "native double"],
  [PREDEFINED.NATIVE_B8, "native 8-bit field"],
  [PREDEFINED.NATIVE_B16, "native 16-bit field"],
  [PREDEFINED.NATIVE_B32, "native 32-bit field"],
  [PREDEFINED.NATIVE_B64, "native 64-bit field"],
];

const IEEE_NAMES: readonly (readonly [Datatype, string])[] = [
  [PREDEFINED.IEEE_F16BE, "IEEE 16-bit big-endian float"],
  [PREDEFINED.IEEE_F16LE, "IEEE 16-bit little-endian float"],
  [PREDEFINED.IEEE_F32BE, "IEEE 32-bit big-endian float"],
  [PREDEFINED.IEEE_F32LE, "IEEE 32-bit little-endian float"],
  [PREDEFINED.IEEE_F64BE, "IEEE 64-bit big-endian float"],
  [PREDEFINED.IEEE_F64LE, "IEEE 64-bit little-endian float"],
];

function nameIn(names: readonly (readonly [Datatype, string])[], type: Datatype): string | undefined {
  return names.find(([known]) => datatypesEqual(known, type))?.[1];
}

/** A name with escape sequences, as h5ls prints names; spaces too if asked for. */
export function listedName(text: string, escapesSpaces: boolean): string {
  let escaped = "";
  for (const character of text) {
    if (character === " ") escaped += escapesSpaces ? "\\ " : " ";
    else if (isPrintable(character.charCodeAt(0))) escaped += STRING_ESCAPES[character] ?? character;
    else escaped += STRING_ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  }
  return escaped;
}

function orderText(type: FixedPointType | FloatingPointType | BitfieldType): string {
  if (type.size <= 1) return "";
  const texts: Readonly<Record<ByteOrder | "vax", string>> = {
    "little-endian": " little-endian",
    "big-endian": " big-endian",
    vax: " mixed-endian",
  };
  return texts[type.byteOrder];
}

const PAD_WORDS: Readonly<Record<BitPad, string>> = { zero: "zero", one: "one", background: "bkg" };

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The lines about the bits that count, when not all of them do. */
function precisionText(type: FixedPointType | FloatingPointType | BitfieldType, indent: string): string {
  const { bitPrecision, bitOffset } = type;
  const bits = 8 * type.size;
  if (bitPrecision === bits) return "";
  let text = `\n${indent}(${counted(bitPrecision, "bit")} of precision beginning at bit ${bitOffset})`;
  const parts: string[] = [];
  if (bitOffset > 0) parts.push(`${counted(bitOffset, `${PAD_WORDS[type.lowPad]} bit`)} at bit 0`);
  const above = bits - bitOffset - bitPrecision;
  if (above > 0) parts.push(`${counted(above, `${PAD_WORDS[type.highPad]} bit`)} at bit ${bits - above}`);
  if (parts.length > 0) text += `\n${indent}(${parts.join(", ")})`;
  return text;
}

const NORMALIZATION_WORDS = { implied: "msb implied", "msb-set": "msb always set", none: "no normalization" } as const;

function floatText(type: FloatingPointType, indent: string): string {
  const lines = [
    `(significant for ${counted(type.mantissaSize, "bit")} at bit ${type.mantissaLocation}, ${NORMALIZATION_WORDS[type.mantissaNormalization]})`,
    `(exponent for ${counted(type.exponentSize, "bit")} at bit ${type.exponentLocation}, bias is 0x${type.exponentBias.toString(16)})`,
    `(sign bit at ${type.signLocation})`,
  ];
  if (1 + type.exponentSize + type.mantissaSize < type.bitPrecision) {
    lines.push(`(internal padding bits are ${PAD_WORDS[type.internalPad]})`);
  }
  const head = `${8 * type.size}-bit${orderText(type)} floating-point${precisionText(type, indent)}`;
  return head + lines.map((line) => `\n${indent}${line}`).join("");
}

const STRING_PADS: Readonly<Record<StringPad, string>> = {
  "null-terminate": "null-terminated",
  "null-pad": "null-padded",
  "space-pad": "space-padded",
};

/** A few columns that continue a type's lines under the text they belong to. */
const STEP = 4;

class TypeText {
  /** Plain descriptions instead of the C types of this machine. */
  private readonly isPortable: boolean;

  constructor(isPortable: boolean) {
    this.isPortable = isPortable;
  }

  describe(type: Datatype, columns: number): string {
    const indent = " ".repeat(columns);
    const known = (this.isPortable ? undefined : nameIn(NATIVE_NAMES, type)) ?? nameIn(IEEE_NAMES, type);
    if (known !== undefined) return known;
    switch (type.class) {
      case "fixed-point": {
        const sign = type.signed ? "" : " unsigned";
        return `${8 * type.size}-bit${orderText(type)}${sign} integer${precisionText(type, indent)}`;
      }
      case "floating-point":
        return floatText(type, indent);
      case "compound":
        return this.compound(type, columns);
      case "enum":
        return this.enumeration(type, columns);
      case "string":
      case "variable-length": {
        if (type.class === "variable-length" && type.kind === "sequence") {
          return `variable length of\n${" ".repeat(columns + STEP)}${this.describe(type.base, columns + STEP)}`;
        }
        const size = type.class === "string" ? `${type.size}-byte` : "variable-length";
        return `${size} ${STRING_PADS[type.padding]} ${type.characterSet === "ascii" ? "ASCII" : "UTF-8"} string`;
      }
      case "reference":
        if (type.kind === "object") return "object reference";
        return type.kind === "region" ? "dataset region reference" : "standard reference";
      case "array":
        return `[${type.dims.join(",")}] ${this.describe(type.base, columns + STEP)}`;
      case "opaque":
        return `${type.size}-byte opaque type\n${indent}(tag = "${listedName(byteText(type.tag), false)}")`;
      case "bitfield":
        return `${8 * type.size}-bit${orderText(type)} bitfield${precisionText(type, indent)}`;
      case "time":
        return `${type.size}-byte class-2 unknown`;
      case "complex":
        return `${type.size}-byte class-11 unknown`;
    }
  }

  private compound(type: CompoundType, columns: number): string {
    let text = "struct {";
    for (const member of type.members) {
      const name = listedName(byteText(member.name), false);
      const gap = " ".repeat(Math.max(0, 16 - name.length));
      const offset = String(member.byteOffset).padEnd(4);
      text += `\n${" ".repeat(columns + STEP)}"${name}"${gap} +${offset} ${this.describe(member.type, columns + STEP)}`;
    }
    return `${text}\n${" ".repeat(columns)}} ${counted(type.size, "byte")}`;
  }

  private enumeration(type: EnumType, columns: number): string {
    let text = `enum ${this.describe(type.base, columns + STEP)} {`;
    const indent = `\n${" ".repeat(columns + STEP)}`;
    for (const { name, value } of type.members) {
      const listed = listedName(byteText(name), true);
      text += `${indent}${listed.padEnd(16)} = ${enumValueText(type.base, value)}`;
    }
    if (type.members.length === 0) text += `${indent} <empty>`;
    return `${text}\n${" ".repeat(columns)}}`;
  }
}

/**
 * The description of a datatype, further lines of which are indented by `columns`.
 *
 * @param isPortable - Whether types are described by their bits even where this machine has a name for them.
 */
export function typeText(type: Datatype, columns: number, isPortable: boolean): string {
  return new TypeText(isPortable).describe(type, columns);
}
