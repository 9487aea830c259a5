/**
 * The eight bytes in front of every datatype, nested ones included.
 *
 * Specification: IV.A.2.d, "The Datatype Message". Reference implementation: H5Odtype.c.
 *
 * | field             | bytes                                    |
 * | ----------------- | ---------------------------------------- |
 * | Class and Version | 1: class in bits 0-3, version in 4-7     |
 * | Class Bit Field   | 3, little-endian                         |
 * | Size              | 4, bytes of one element                  |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import type { Datatype, DatatypeClass, DatatypeVersion } from "./datatype.ts";

/** Bytes of the header. */
export const DATATYPE_HEADER_BYTES = 8;

/** What stands before each datatype. Specification: IV.A.2.d, "The Datatype Message". */
export interface DatatypeHeader {
  readonly class: DatatypeClass;
  readonly version: DatatypeVersion;
  /** The 24 bits whose meaning depends on the class. */
  readonly classBits: number;
  /** Bytes of an element. */
  readonly size: number;
}

/** Decodes or encodes one whole datatype; handed to the classes that contain other datatypes. */
export type DecodeDatatype = (cursor: Cursor) => Datatype;
/** Writes a whole datatype, its header included. @throws RangeError for values that a field cannot hold. */
export type EncodeDatatype = (writer: Writer, type: Datatype) => void;

/** Class numbers of the format, in order. C: `H5T_class_t`. */
export const DATATYPE_CLASSES: readonly DatatypeClass[] = [
  "fixed-point",
  "floating-point",
  "time",
  "string",
  "bitfield",
  "opaque",
  "compound",
  "reference",
  "enum",
  "variable-length",
  "array",
  "complex",
];

export function decodeDatatypeHeader(cursor: Cursor): DatatypeHeader {
  const classAndVersion = cursor.u8("Class and Version");
  const version = cursor.within(1, 5, "Class and Version, version", classAndVersion >> 4);
  const datatypeClass = cursor.oneOf(DATATYPE_CLASSES, "Class and Version, class", classAndVersion & 0x0f);
  const classBits = cursor.u24("Class Bit Field");
  const size = cursor.u32("Size");
  if (size === 0) throw cursor.error("an element of 0 bytes", "Size");
  return { class: datatypeClass, version: version as DatatypeVersion, classBits, size };
}

export function encodeDatatypeHeader(writer: Writer, type: Datatype, classBits: number): void {
  writer.u8(DATATYPE_CLASSES.indexOf(type.class) | (type.version << 4));
  writer.u24(classBits).u32(type.size);
}
