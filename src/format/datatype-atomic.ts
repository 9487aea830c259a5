/**
 * Datatypes without other datatypes inside: numbers, time, strings, bit fields, opaque data and references.
 *
 * Specification: IV.A.2.d, classes 0 to 5 and 7. Reference implementation: H5Odtype.c.
 *
 * Each function reads or writes what follows the {@link DatatypeHeader}; the class bit field is part of the header.
 *
 * | class             | class bit field                                               | properties                   |
 * | ----------------- | ------------------------------------------------------------- | ---------------------------- |
 * | 0 fixed-point     | 0 byte order, 1 low pad, 2 high pad, 3 signed                 | offset 2, precision 2        |
 * | 1 floating-point  | 0 and 6 byte order, 1-3 pads, 4-5 normalization, 8-15 sign    | offset 2, precision 2,       |
 * |                   |                                                               | exponent location and size   |
 * |                   |                                                               | 1 each, mantissa 1 each,     |
 * |                   |                                                               | exponent bias 4              |
 * | 2 time            | 0 byte order                                                  | precision 2                  |
 * | 3 string          | 0-3 padding, 4-7 character set                                | none                         |
 * | 4 bit field       | 0 byte order, 1 low pad, 2 high pad                           | offset 2, precision 2        |
 * | 5 opaque          | 0-7 length of the tag                                         | tag, NUL-padded to 8 bytes   |
 * | 7 reference       | 0-3 kind, 4-7 encoding version of the revised kinds           | none                         |
 */
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error, limitError, UnsupportedError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import type {
  BitfieldType,
  BitPad,
  ByteOrder,
  CharacterSet,
  FixedPointType,
  FloatingPointType,
  OpaqueType,
  ReferenceType,
  StringPad,
  StringType,
  TimeType,
} from "./datatype.ts";
import { type DatatypeHeader, encodeDatatypeHeader } from "./datatype-header.ts";

const STRING_PADS: readonly StringPad[] = ["null-terminate", "null-pad", "space-pad"];
const CHARACTER_SETS: readonly CharacterSet[] = ["ascii", "utf-8"];
const NORMALIZATIONS = ["none", "msb-set", "implied"] as const;
const REFERENCE_KINDS = [
  "object",
  "region",
  "standard-object",
  "standard-region",
  "standard-attribute",
] as const satisfies readonly ReferenceType["kind"][];
/** The only encoding of the revised references so far. C: `H5R_ENCODE_VERSION`. */
const REFERENCE_ENCODING_VERSION = 1;
/** A longer tag does not fit: its length, rounded up to eight, is one byte. */
const MAX_TAG_BYTES = 248;

const CLASS_BITS = "Class Bit Field";

function decodePad(classBits: number, bit: number): BitPad {
  return (classBits >> bit) & 1 ? "one" : "zero";
}

function encodePad(pad: BitPad, bit: number): number {
  if (pad === "background") throw new UnsupportedError('Datatype message: bit padding "background" has no encoding');
  return pad === "one" ? 1 << bit : 0;
}

function encodeByteOrder(order: ByteOrder): number {
  return order === "big-endian" ? 1 : 0;
}

function decodeByteOrder(classBits: number): ByteOrder {
  return classBits & 1 ? "big-endian" : "little-endian";
}

/** A quadruple: no number of a real file is larger. */
const LARGEST_NUMBER_BYTES = 16;

/** What numbers and bit fields have in common. Bit Offset and Bit Precision must stay within the element. */
function decodeBits(cursor: Cursor, { version, size, classBits }: DatatypeHeader): Omit<BitfieldType, "class"> {
  const bitOffset = cursor.u16("Bit Offset");
  const bitPrecision = cursor.u16("Bit Precision");
  if (bitPrecision === 0) throw cursor.error("a precision of 0 bits", "Bit Precision");
  if (bitOffset + bitPrecision > size * 8) {
    throw cursor.error(
      `bits ${bitOffset} to ${bitOffset + bitPrecision} of an element of ${size} bytes`,
      "Bit Precision",
    );
  }
  if (size > LARGEST_NUMBER_BYTES && size * 8 > cursor.limits.maxNumberPadding * (bitOffset + bitPrecision)) {
    const problem = `${bitPrecision} bits in ${size} bytes, limit maxNumberPadding is ${cursor.limits.maxNumberPadding}`;
    throw limitError(problem, cursor.place("Bit Precision"));
  }
  return {
    version,
    size,
    byteOrder: decodeByteOrder(classBits),
    lowPad: decodePad(classBits, 1),
    highPad: decodePad(classBits, 2),
    bitOffset,
    bitPrecision,
  };
}

export function decodeFixedPoint(cursor: Cursor, header: DatatypeHeader): FixedPointType {
  return { class: "fixed-point", ...decodeBits(cursor, header), signed: (header.classBits & 8) !== 0 };
}

export function encodeFixedPoint(writer: Writer, type: FixedPointType): void {
  const pads = encodePad(type.lowPad, 1) | encodePad(type.highPad, 2);
  encodeDatatypeHeader(writer, type, encodeByteOrder(type.byteOrder) | pads | (type.signed ? 8 : 0));
  writer.u16(type.bitOffset).u16(type.bitPrecision);
}

export function decodeBitfield(cursor: Cursor, header: DatatypeHeader): BitfieldType {
  return { class: "bitfield", ...decodeBits(cursor, header) };
}

export function encodeBitfield(writer: Writer, type: BitfieldType): void {
  const pads = encodePad(type.lowPad, 1) | encodePad(type.highPad, 2);
  encodeDatatypeHeader(writer, type, encodeByteOrder(type.byteOrder) | pads);
  writer.u16(type.bitOffset).u16(type.bitPrecision);
}

/** Bit 6 counts from version 3 on only: 0 and 6 clear, 0 alone, or both (VAX). */
function decodeFloatByteOrder(cursor: Cursor, header: DatatypeHeader): FloatingPointType["byteOrder"] {
  const big = (header.classBits & 0x01) !== 0;
  const vax = header.version >= 3 && (header.classBits & 0x40) !== 0;
  if (vax && !big) throw cursor.error("byte order bit 6 is set without bit 0", CLASS_BITS);
  return vax ? "vax" : big ? "big-endian" : "little-endian";
}

/**
 * The bits of sign, exponent and mantissa must lie within the element and apart from each other. Their locations count
 * from bit 0 of the element, not from Bit Offset.
 */
function checkFloatFields(cursor: Cursor, type: FloatingPointType): void {
  const { signLocation, exponentLocation, exponentSize, mantissaLocation, mantissaSize } = type;
  const bits = type.size * 8;
  if (signLocation >= bits) throw cursor.error(`sign bit ${signLocation} of ${bits} bits`, CLASS_BITS);
  if (exponentSize === 0 || exponentLocation + exponentSize > bits) {
    throw cursor.error(`${exponentSize} bits at ${exponentLocation} of ${bits}`, "Exponent Size");
  }
  if (mantissaSize === 0 || mantissaLocation + mantissaSize > bits) {
    throw cursor.error(`${mantissaSize} bits at ${mantissaLocation} of ${bits}`, "Mantissa Size");
  }
  const signIn = (location: number, size: number): boolean =>
    signLocation >= location && signLocation < location + size;
  if (
    signIn(exponentLocation, exponentSize) ||
    signIn(mantissaLocation, mantissaSize) ||
    (exponentLocation < mantissaLocation + mantissaSize && mantissaLocation < exponentLocation + exponentSize)
  ) {
    throw cursor.error("sign, exponent and mantissa overlap", "Mantissa Location");
  }
}

export function decodeFloatingPoint(cursor: Cursor, header: DatatypeHeader): FloatingPointType {
  const { classBits } = header;
  const byteOrder = decodeFloatByteOrder(cursor, header);
  const type: FloatingPointType = {
    class: "floating-point",
    ...decodeBits(cursor, header),
    byteOrder,
    internalPad: decodePad(classBits, 3),
    mantissaNormalization: cursor.oneOf(NORMALIZATIONS, `${CLASS_BITS}, normalization`, (classBits >> 4) & 3),
    signLocation: (classBits >> 8) & 0xff,
    exponentLocation: cursor.u8("Exponent Location"),
    exponentSize: cursor.u8("Exponent Size"),
    mantissaLocation: cursor.u8("Mantissa Location"),
    mantissaSize: cursor.u8("Mantissa Size"),
    exponentBias: cursor.u32("Exponent Bias"),
  };
  checkFloatFields(cursor, type);
  return type;
}

export function encodeFloatingPoint(writer: Writer, type: FloatingPointType): void {
  if (type.byteOrder === "vax" && type.version < 3) {
    throw new UnsupportedError(`Datatype message: VAX byte order in version ${type.version}, possible from version 3`);
  }
  const order = type.byteOrder === "vax" ? 0x41 : encodeByteOrder(type.byteOrder);
  const pads = encodePad(type.lowPad, 1) | encodePad(type.highPad, 2) | encodePad(type.internalPad, 3);
  const normalization = NORMALIZATIONS.indexOf(type.mantissaNormalization) << 4;
  encodeDatatypeHeader(writer, type, order | pads | normalization | (type.signLocation << 8));
  writer.u16(type.bitOffset).u16(type.bitPrecision);
  writer.u8(type.exponentLocation).u8(type.exponentSize).u8(type.mantissaLocation).u8(type.mantissaSize);
  writer.u32(type.exponentBias);
}

export function decodeTime(cursor: Cursor, header: DatatypeHeader): TimeType {
  const { version, size, classBits } = header;
  return {
    class: "time",
    version,
    size,
    byteOrder: decodeByteOrder(classBits),
    bitPrecision: cursor.u16("Bit Precision"),
  };
}

export function encodeTime(writer: Writer, type: TimeType): void {
  encodeDatatypeHeader(writer, type, encodeByteOrder(type.byteOrder));
  writer.u16(type.bitPrecision);
}

/** How text is stored in elements. */
export interface StringEncoding {
  /** What follows the text. */
  readonly padding: StringPad;
  /** How characters are written. */
  readonly characterSet: CharacterSet;
}

/** Padding in the lower four bits, character set in the next: at bit 0 for strings, at bit 4 for variable-length ones. */
export function decodeStringEncoding(cursor: Cursor, bits: number): StringEncoding {
  const padding = cursor.oneOf(STRING_PADS, `${CLASS_BITS}, padding`, bits & 0x0f);
  return { padding, characterSet: cursor.oneOf(CHARACTER_SETS, `${CLASS_BITS}, character set`, (bits >> 4) & 0x0f) };
}

export function encodeStringEncoding(encoding: StringEncoding): number {
  return STRING_PADS.indexOf(encoding.padding) | (CHARACTER_SETS.indexOf(encoding.characterSet) << 4);
}

export function decodeString(cursor: Cursor, header: DatatypeHeader): StringType {
  const { version, size, classBits } = header;
  return { class: "string", version, size, ...decodeStringEncoding(cursor, classBits) };
}

export function encodeString(writer: Writer, type: StringType): void {
  encodeDatatypeHeader(writer, type, encodeStringEncoding(type));
}

export function decodeOpaque(cursor: Cursor, header: DatatypeHeader): OpaqueType {
  const { version, size, classBits } = header;
  return { class: "opaque", version, size, tag: cursor.text(classBits & 0xff, "ASCII Tag") };
}

/** @throws HDF5Error "argument" for a tag above 248 bytes. */
export function encodeOpaque(writer: Writer, type: OpaqueType): void {
  const tag = encodeUtf8(type.tag);
  if (tag.length > MAX_TAG_BYTES) {
    throw new HDF5Error("argument", `opaque tag of ${tag.length} bytes, at most ${MAX_TAG_BYTES} can be stored`);
  }
  const padded = Math.ceil(tag.length / 8) * 8;
  encodeDatatypeHeader(writer, type, padded);
  writer.bytes(tag).zeros(padded - tag.length);
}

/** The revised kinds belong to version 4, but occur in version 1, which the C library reads. */
export function decodeReference(cursor: Cursor, header: DatatypeHeader): ReferenceType {
  const { version, size, classBits } = header;
  const kind = cursor.oneOf(REFERENCE_KINDS, `${CLASS_BITS}, reference kind`, classBits & 0x0f);
  if (isRevisedReference(kind)) {
    cursor.version([REFERENCE_ENCODING_VERSION], `${CLASS_BITS}, reference encoding`, (classBits >> 4) & 0x0f);
  }
  return { class: "reference", version, size, kind };
}

export function encodeReference(writer: Writer, type: ReferenceType): void {
  const revised = isRevisedReference(type.kind);
  encodeDatatypeHeader(
    writer,
    type,
    REFERENCE_KINDS.indexOf(type.kind) | (revised ? REFERENCE_ENCODING_VERSION << 4 : 0),
  );
}

function isRevisedReference(kind: ReferenceType["kind"]): boolean {
  return kind !== "object" && kind !== "region";
}
