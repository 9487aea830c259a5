/**
 * Datatypes and dataspaces in HDF5's data description language.
 *
 * Reference implementation: `h5tools_print_datatype`, `h5tools_print_dataspace`, `h5tools_print_enum` in h5tools_dump.c.
 */
import { type Dataspace, maxDimTexts } from "../format/dataspace.ts";
import type {
  BitfieldType,
  ByteOrder,
  CharacterSet,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  StringPad,
} from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { PREDEFINED } from "../format/predefined-datatypes.ts";
import { byteText } from "./byte-text.ts";
import { integerReader } from "./number-reader.ts";
import type { Sheet } from "./sheet.ts";

const STANDARD_NAMES: readonly (readonly [string, Datatype])[] = Object.entries(PREDEFINED).filter(([name]) =>
  /^(STD_[IUB]\d|IEEE_F|VAX_F)/.test(name),
);

/** The name of the standard datatype that equals `type`, as `H5T_STD_I32BE`. One-byte types are big-endian first. */
function standardName(type: Datatype): string | undefined {
  const names = STANDARD_NAMES.filter(([, standard]) => datatypesEqual(standard, type)).map(([name]) => name);
  return names[0] === undefined ? undefined : `H5T_${names.find((name) => name.endsWith("BE")) ?? names[0]}`;
}

function orderText(type: FixedPointType | FloatingPointType): string {
  if (type.size <= 1) return "";
  const texts: Readonly<Record<ByteOrder | "vax", string>> = {
    "little-endian": " little-endian",
    "big-endian": " big-endian",
    vax: " mixed-endian",
  };
  return texts[type.byteOrder];
}

function numberText(type: FixedPointType | FloatingPointType | BitfieldType): string {
  const standard = standardName(type);
  if (standard !== undefined) return standard;
  const bits = 8 * type.size;
  switch (type.class) {
    case "fixed-point": {
      const sign = type.signed ? "" : " unsigned";
      return `${bits}-bit${orderText(type)}${sign} integer ${type.bitPrecision}-bit precision`;
    }
    case "floating-point":
      return `${bits}-bit${orderText(type)} floating-point ${type.bitPrecision}-bit precision`;
    case "bitfield":
      return "undefined bitfield";
  }
}

const PAD_NAMES: Readonly<Record<StringPad, string>> = {
  "null-terminate": "H5T_STR_NULLTERM",
  "null-pad": "H5T_STR_NULLPAD",
  "space-pad": "H5T_STR_SPACEPAD",
};
const CHARACTER_SET_NAMES: Readonly<Record<CharacterSet, string>> = {
  ascii: "H5T_CSET_ASCII",
  "utf-8": "H5T_CSET_UTF8",
};

const REFERENCE_NAMES = {
  object: "H5T_STD_REF_OBJECT",
  region: "H5T_STD_REF_DSETREG",
  "standard-object": "H5T_STD_REF",
  "standard-region": "H5T_STD_REF",
  "standard-attribute": "H5T_STD_REF",
} as const;

function stringText(
  sheet: Sheet,
  pending: string,
  size: string,
  padding: StringPad,
  characterSet: CharacterSet,
): string {
  sheet.put(`${pending}H5T_STRING {`);
  sheet.indented(() => {
    sheet.line(`STRSIZE ${size};`);
    sheet.line(`STRPAD ${PAD_NAMES[padding]};`);
    sheet.line(`CSET ${CHARACTER_SET_NAMES[characterSet]};`);
    sheet.line("CTYPE H5T_C_S1;");
  });
  sheet.layout.needPrefix = true;
  return "}";
}

/**
 * Prints a datatype but for the end of its text, which is returned: what follows it belongs on the same line.
 *
 * @param pending - Text that stands before the datatype on its line and is not printed yet.
 */
export function datatypeDdl(sheet: Sheet, pending: string, type: Datatype): string {
  const { layout } = sheet;
  switch (type.class) {
    case "fixed-point":
    case "floating-point":
    case "bitfield":
      return pending + numberText(type);
    case "time":
      return `${pending}H5T_TIME: not yet implemented`;
    case "string":
      return stringText(sheet, pending, String(type.size), type.padding, type.characterSet);
    case "opaque":
      sheet.put(`${pending}H5T_OPAQUE {`);
      sheet.indented(() => sheet.line(`OPAQUE_TAG "${byteText(type.tag)}";`));
      layout.needPrefix = true;
      return "}";
    case "compound":
      sheet.put(`${pending}H5T_COMPOUND {`);
      sheet.indented(() => {
        for (const member of type.members) {
          layout.needPrefix = true;
          sheet.put(`${datatypeDdl(sheet, "", member.type)} "${byteText(member.name)}";`);
        }
      });
      layout.needPrefix = true;
      return "}";
    case "reference":
      return `${pending}H5T_REFERENCE { ${REFERENCE_NAMES[type.kind]} }`;
    case "enum":
      sheet.put(`${pending}H5T_ENUM {`);
      sheet.indented(() => {
        layout.needPrefix = true;
        sheet.put(`${datatypeDdl(sheet, "", type.base)};`);
        for (const line of enumLines(type)) sheet.begunLine(line);
      });
      layout.needPrefix = true;
      return "}";
    case "variable-length":
      if (type.kind === "string") return stringText(sheet, pending, "H5T_VARIABLE", type.padding, type.characterSet);
      return `${datatypeDdl(sheet, `${pending}H5T_VLEN { `, type.base)} }`;
    case "array": {
      const dims = type.dims.map((dim) => `[${dim}]`).join("");
      return `${datatypeDdl(sheet, `${pending}H5T_ARRAY { ${dims} `, type.base)} }`;
    }
    case "complex":
      return `${pending}unknown datatype`;
  }
}

function enumLines(type: EnumType): string[] {
  const { base } = type;
  return type.members.map(({ name, value }) => {
    const text = byteText(name);
    return `"${text}"${" ".repeat(Math.max(0, 16 - text.length))} ${enumValueText(base, value)};`;
  });
}

/** An enumeration's value: a decimal number, or its bytes when it is wider than 64 bits or no integer. */
export function enumValueText(base: Datatype, value: Uint8Array): string {
  if (base.class !== "fixed-point" || base.size > 8) {
    return `0x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
  return String(integerReader(base)(new DataView(value.buffer, value.byteOffset, value.byteLength), 0));
}

/** ` SIMPLE { ( 4, 6 ) / ( 4, H5S_UNLIMITED ) }` and its like, with the leading space that stands there. */
export function dataspaceDdl(space: Dataspace): string {
  switch (space.kind) {
    case "scalar":
      return " SCALAR";
    case "null":
      return " NULL";
    case "simple":
      return ` SIMPLE { ( ${space.dims.join(", ")} ) / ( ${maxDimTexts(space, "H5S_UNLIMITED").join(", ")} ) }`;
  }
}
