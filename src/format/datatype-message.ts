/**
 * Datatype message, type 0x0003: all classes, versions 1 to 5.
 *
 * Specification: IV.A.2.d, "The Datatype Message". Reference implementation: H5Odtype.c.
 *
 * A datatype is a {@link DatatypeHeader} and the properties of its class, which may contain further datatypes. An inner
 * datatype may have another version than the outer one.
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { Datatype } from "./datatype.ts";
import {
  decodeBitfield,
  decodeFixedPoint,
  decodeFloatingPoint,
  decodeOpaque,
  decodeReference,
  decodeString,
  decodeTime,
  encodeBitfield,
  encodeFixedPoint,
  encodeFloatingPoint,
  encodeOpaque,
  encodeReference,
  encodeString,
  encodeTime,
} from "./datatype-atomic.ts";
import { decodeCompound, decodeEnum, encodeCompound, encodeEnum } from "./datatype-compound.ts";
import { type DatatypeHeader, decodeDatatypeHeader } from "./datatype-header.ts";
import {
  decodeArray,
  decodeComplex,
  decodeVariableLength,
  encodeArray,
  encodeComplex,
  encodeVariableLength,
} from "./datatype-nested.ts";

/** Bytes on disk. No datatype depends on the widths of the file; they are there as for every structure. */
export function sizeOfDatatype(type: Datatype, widths: FileWidths): number {
  const writer = new Writer(widths);
  encodeDatatype(writer, type);
  return writer.position;
}

/**
 * Decodes one datatype; bytes after it stay unread.
 *
 * @throws FormatError for bytes that contradict the specification, LimitError for nesting beyond `limits.maxDepth`.
 */
export function decodeDatatype(cursor: Cursor): Datatype {
  return cursor.nested(() => decodeProperties(cursor, decodeDatatypeHeader(cursor)));
}

function decodeProperties(cursor: Cursor, header: DatatypeHeader): Datatype {
  switch (header.class) {
    case "fixed-point":
      return decodeFixedPoint(cursor, header);
    case "floating-point":
      return decodeFloatingPoint(cursor, header);
    case "time":
      return decodeTime(cursor, header);
    case "string":
      return decodeString(cursor, header);
    case "bitfield":
      return decodeBitfield(cursor, header);
    case "opaque":
      return decodeOpaque(cursor, header);
    case "compound":
      return decodeCompound(cursor, header, decodeDatatype);
    case "reference":
      return decodeReference(cursor, header);
    case "enum":
      return decodeEnum(cursor, header, decodeDatatype);
    case "variable-length":
      return decodeVariableLength(cursor, header, decodeDatatype);
    case "array":
      return decodeArray(cursor, header, decodeDatatype);
    case "complex":
      return decodeComplex(cursor, header, decodeDatatype);
    default:
      return header.class satisfies never;
  }
}

/**
 * Encodes `type` in the version it carries; see `withVersion` for the version a file wants.
 *
 * @throws UnsupportedError for what the version cannot hold, HDF5Error "argument" for counts and names that no version can.
 */
export function encodeDatatype(writer: Writer, type: Datatype): void {
  switch (type.class) {
    case "fixed-point":
      encodeFixedPoint(writer, type);
      break;
    case "floating-point":
      encodeFloatingPoint(writer, type);
      break;
    case "time":
      encodeTime(writer, type);
      break;
    case "string":
      encodeString(writer, type);
      break;
    case "bitfield":
      encodeBitfield(writer, type);
      break;
    case "opaque":
      encodeOpaque(writer, type);
      break;
    case "compound":
      encodeCompound(writer, type, encodeDatatype);
      break;
    case "reference":
      encodeReference(writer, type);
      break;
    case "enum":
      encodeEnum(writer, type, encodeDatatype);
      break;
    case "variable-length":
      encodeVariableLength(writer, type, encodeDatatype);
      break;
    case "array":
      encodeArray(writer, type, encodeDatatype);
      break;
    case "complex":
      encodeComplex(writer, type, encodeDatatype);
      break;
    default:
      throw new HDF5Error("argument", `unknown datatype class "${(type satisfies never as Datatype).class}"`);
  }
}
