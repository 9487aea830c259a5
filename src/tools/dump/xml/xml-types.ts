/** Datatypes and dataspaces in XML. Reference implementation: `xml_print_datatype` in h5dump_xml.c. */
import { type Dataspace, maxDimTexts } from "../../../format/dataspace.ts";
import type { ByteOrder, CharacterSet, Datatype, EnumType, StringPad } from "../../../format/datatype.ts";
import { byteText } from "../../byte-text.ts";
import { enumValueText } from "../../datatype-ddl.ts";
import { escapeXmlName, type XmlWriter } from "./xml-writer.ts";

const ORDERS: Readonly<Record<ByteOrder | "vax", string>> = { "little-endian": "LE", "big-endian": "BE", vax: "VAX" };
const PADS: Readonly<Record<StringPad, string>> = {
  "null-terminate": "H5T_STR_NULLTERM",
  "null-pad": "H5T_STR_NULLPAD",
  "space-pad": "H5T_STR_SPACEPAD",
};

function atomic(writer: XmlWriter, name: string, rest: string): void {
  writer.element("AtomicType", ">", () => writer.open(name, rest));
}

function stringType(writer: XmlWriter, size: string, padding: StringPad, characterSet: CharacterSet): void {
  const set = characterSet === "ascii" ? "H5T_CSET_ASCII" : "unknown_cset";
  atomic(writer, "StringType", ` Cset="${set}" StrSize="${size}" StrPad="${PADS[padding]}"/>`);
}

/** `<DataType>` around a datatype that others are made of. */
function inner(writer: XmlWriter, type: Datatype): void {
  writer.element("DataType", ">", () => xmlDatatype(writer, type));
}

/** The elements that describe a datatype, without the `<DataType>` around them. */
export function xmlDatatype(writer: XmlWriter, type: Datatype): void {
  switch (type.class) {
    case "fixed-point":
      atomic(
        writer,
        "IntegerType",
        ` ByteOrder="${ORDERS[type.byteOrder]}" Sign="${type.signed}" Size="${type.size}" />`,
      );
      break;
    case "floating-point": {
      const { size, signLocation, exponentSize, exponentLocation, mantissaSize, mantissaLocation } = type;
      const exponent = `ExponentBits="${exponentSize}" ExponentLocation="${exponentLocation}"`;
      const mantissa = `MantissaBits="${mantissaSize}" MantissaLocation="${mantissaLocation}"`;
      const head = ` ByteOrder="${ORDERS[type.byteOrder]}" Size="${size}" SignBitLocation="${signLocation}"`;
      atomic(writer, "FloatType", `${head} ${exponent} ${mantissa} />`);
      break;
    }
    case "time":
      writer.element("AtomicType", ">", () => {
        writer.open("TimeType", " />");
        writer.text("<!-- H5T_TIME: not yet implemented -->");
      });
      break;
    case "string":
      stringType(writer, String(type.size), type.padding, type.characterSet);
      break;
    case "bitfield":
      atomic(writer, "BitfieldType", ` ByteOrder="${ORDERS[type.byteOrder]}" Size="${type.size}"/>`);
      break;
    case "opaque":
      atomic(writer, "OpaqueType", ` Tag="${byteText(type.tag)}" Size="${type.size}"/>`);
      break;
    case "compound":
      writer.element("CompoundType", ">", () => {
        for (const member of type.members) {
          const name = escapeXmlName(byteText(member.name));
          writer.element("Field", ` FieldName="${name}">`, () => inner(writer, member.type));
        }
      });
      break;
    case "reference":
      writer.element("AtomicType", ">", () => {
        writer.element("ReferenceType", ">", () => writer.open("ObjectReferenceType", " />"));
      });
      break;
    case "enum":
      writer.element("AtomicType", ">", () => {
        writer.open("EnumType", ` Nelems="${type.members.length}">`);
        enumMembers(writer, type);
        writer.close("EnumType");
      });
      break;
    case "variable-length":
      if (type.kind === "string") stringType(writer, "H5T_VARIABLE", type.padding, type.characterSet);
      else writer.element("VLType", ">", () => inner(writer, type.base));
      break;
    case "array":
      writer.element("ArrayType", ` Ndims="${type.dims.length}">`, () => {
        for (const dim of type.dims) writer.open("ArrayDimension", ` DimSize="${dim}"/>`);
        inner(writer, type.base);
      });
      break;
    case "complex":
      writer.text("<!-- unknown datatype -->");
  }
}

/** The base type stands on the level of the enumeration itself, the members one further in. */
function enumMembers(writer: XmlWriter, type: EnumType): void {
  writer.open("DataType");
  xmlDatatype(writer, type.base);
  writer.close("DataType");
  writer.nested(() => {
    for (const { name, value } of type.members) {
      writer.element("EnumElement", ">", () => writer.text(escapeXmlName(byteText(name))));
      writer.element("EnumValue", ">", () => writer.text(enumValueText(type.base, value)));
    }
  });
}

export function xmlDataspace(writer: XmlWriter, space: Dataspace): void {
  writer.element("Dataspace", ">", () => {
    switch (space.kind) {
      case "scalar":
        writer.open("ScalarDataspace", " />");
        break;
      case "null":
        writer.text("<!-- unknown dataspace -->");
        break;
      case "simple":
        writer.element("SimpleDataspace", ` Ndims="${space.dims.length}">`, () => {
          const greatest = maxDimTexts(space, "UNLIMITED");
          space.dims.forEach((dim, i) => {
            const maxText = space.maxDims[i] === 0 ? String(dim) : greatest[i];
            writer.open("Dimension", `  DimSize="${dim}" MaxDimSize="${maxText}"/>`);
          });
        });
    }
  });
}
