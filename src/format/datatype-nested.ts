/**
 * Datatypes around one base type: variable-length data, arrays and complex numbers.
 *
 * Specification: IV.A.2.d, classes 9, 10 and 11. Reference implementation: H5Odtype.c.
 *
 * | class              | class bit field                                          | properties                       |
 * | ------------------ | -------------------------------------------------------- | -------------------------------- |
 * | 9 variable-length  | 0-3 kind, 4-7 padding, 8-11 character set (strings only) | base datatype                    |
 * | 10 array, v1 and 2 | none                                                     | rank 1, reserved 3, dimensions   |
 * |                    |                                                          | 4 each, permutation 4 each, base |
 * | 10 array, v3 on    | none                                                     | rank 1, dimensions 4 each, base  |
 * | 11 complex         | 0 homogeneous, 1-2 form                                  | base datatype                    |
 */
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error, UnsupportedError } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import type { ArrayType, ComplexType, VariableLengthType } from "./datatype.ts";
import { decodeStringEncoding, encodeStringEncoding } from "./datatype-atomic.ts";
import {
  type DatatypeHeader,
  type DecodeDatatype,
  type EncodeDatatype,
  encodeDatatypeHeader,
} from "./datatype-header.ts";

const VARIABLE_LENGTH_KINDS = ["sequence", "string"] as const;
const COMPLEX_FORMS = ["rectangular", "polar", "exponential"] as const;
/** C: `H5S_MAX_RANK`. */
const MAX_RANK = 32;
/** Padding and character set of what is not a string, where both fields are zero. */
const NO_STRING = { padding: "null-terminate", characterSet: "ascii" } as const;

export function decodeVariableLength(
  cursor: Cursor,
  header: DatatypeHeader,
  decodeDatatype: DecodeDatatype,
): VariableLengthType {
  const { version, size, classBits } = header;
  const kind = cursor.oneOf(VARIABLE_LENGTH_KINDS, "Class Bit Field, kind", classBits & 0x0f);
  const encoding = kind === "string" ? decodeStringEncoding(cursor, classBits >> 4) : NO_STRING;
  return { class: "variable-length", version, size, kind, ...encoding, base: decodeDatatype(cursor) };
}

export function encodeVariableLength(writer: Writer, type: VariableLengthType, encodeDatatype: EncodeDatatype): void {
  const string = type.kind === "string";
  encodeDatatypeHeader(writer, type, string ? 1 | (encodeStringEncoding(type) << 4) : 0);
  encodeDatatype(writer, type.base);
}

export function decodeArray(cursor: Cursor, header: DatatypeHeader, decodeDatatype: DecodeDatatype): ArrayType {
  const { version, size } = header;
  const rank = cursor.within(1, MAX_RANK, "Dimensionality");
  if (version < 3) cursor.skip(3, "Reserved");
  const dims: number[] = [];
  let elements = 1;
  for (let i = 0; i < rank; i++) {
    const dim = cursor.u32("Dimension Size");
    dims.push(dim);
    elements *= dim;
  }
  if (version < 3) cursor.skip(4 * rank, "Permutation Index");
  const base = decodeDatatype(cursor);
  if (elements * base.size !== size) {
    throw cursor.error(`${elements} elements of ${base.size} bytes in an array of ${size} bytes`, "Dimension Size");
  }
  return { class: "array", version, size, dims, base };
}

export function encodeArray(writer: Writer, type: ArrayType, encodeDatatype: EncodeDatatype): void {
  const { version, dims } = type;
  if (dims.length < 1 || dims.length > MAX_RANK) {
    throw new HDF5Error("argument", `array datatype of ${dims.length} dimensions, 1 to ${MAX_RANK} are possible`);
  }
  encodeDatatypeHeader(writer, type, 0);
  writer.u8(dims.length);
  if (version < 3) writer.zeros(3);
  for (const dim of dims) writer.u32(dim);
  if (version < 3) for (let i = 0; i < dims.length; i++) writer.u32(i);
  encodeDatatype(writer, type.base);
}

export function decodeComplex(cursor: Cursor, header: DatatypeHeader, decodeDatatype: DecodeDatatype): ComplexType {
  const { version, size, classBits } = header;
  if (version < 5) throw cursor.error(`complex datatype in version ${version}`, "Class and Version");
  const homogeneous = (classBits & 1) !== 0;
  const form = cursor.oneOf(COMPLEX_FORMS, "Class Bit Field, form", (classBits >> 1) & 3);
  const base = decodeDatatype(cursor);
  if (base.class !== "floating-point") throw cursor.error(`complex number of class ${base.class}`, "Base Type");
  if (size !== 2 * base.size) throw cursor.error(`${size} bytes, base type has ${base.size}`, "Size");
  return { class: "complex", version, size, homogeneous, form, base };
}

export function encodeComplex(writer: Writer, type: ComplexType, encodeDatatype: EncodeDatatype): void {
  if (type.version < 5) {
    throw new UnsupportedError(`Datatype message: complex number in version ${type.version}, possible from version 5`);
  }
  encodeDatatypeHeader(writer, type, (type.homogeneous ? 1 : 0) | (COMPLEX_FORMS.indexOf(type.form) << 1));
  encodeDatatype(writer, type.base);
}
