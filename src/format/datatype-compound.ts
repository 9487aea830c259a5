/**
 * Compound and enumerated datatypes: lists of named members.
 *
 * Specification: IV.A.2.d, class 6 "Compound" and class 8 "Enumeration". Reference implementation: H5Odtype.c.
 *
 * Compound, the number of members in bits 0-15 of the class bit field; for each member:
 *
 * | version | name                  | offset                     | array part                          | type     |
 * | ------- | --------------------- | -------------------------- | ----------------------------------- | -------- |
 * | 1       | NUL, padded to 8      | 4                          | rank 1, reserved 3, permutation 4,  | datatype |
 * |         |                       |                            | reserved 4, four dimensions 4 each  |          |
 * | 2       | NUL, padded to 8      | 4                          | none                                | datatype |
 * | 3-5     | NUL                   | as few bytes as Size needs | none                                | datatype |
 *
 * Enumeration, the number of members likewise: base datatype, all names (padded as above), all values.
 */
import { bytesForLimit } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import type { ArrayType, CompoundMember, CompoundType, Datatype, EnumMember, EnumType } from "./datatype.ts";
import {
  DATATYPE_HEADER_BYTES,
  type DatatypeHeader,
  type DecodeDatatype,
  type EncodeDatatype,
  encodeDatatypeHeader,
} from "./datatype-header.ts";

const MAX_MEMBERS = 0xffff;
const V1_DIMENSIONS = 4;
/** Rank, reserved, permutation, reserved and four dimensions of a version 1 member. */
const V1_ARRAY_BYTES = 12 + 4 * V1_DIMENSIONS;

function decodeName(cursor: Cursor, version: number): string {
  const start = cursor.position;
  const name = cursor.nulTerminated("Name");
  if (version < 3) cursor.align(8, start, "Name");
  return name;
}

function encodeName(writer: Writer, name: string, version: number): void {
  const start = writer.position;
  const bytes = encodeUtf8(name);
  if (bytes.includes(0)) throw new HDF5Error("argument", "a member name cannot contain a NUL character");
  writer.bytes(bytes).u8(0);
  if (version < 3) writer.align(8, start);
}

/** Bytes of a member's Byte Offset field. */
function offsetBytes(version: number, compoundSize: number): number {
  return version < 3 ? 4 : bytesForLimit(compoundSize);
}

function smallestMember(version: number, compoundSize: number): number {
  const name = version < 3 ? 8 : 1;
  const arrayPart = version === 1 ? V1_ARRAY_BYTES : 0;
  return name + offsetBytes(version, compoundSize) + arrayPart + DATATYPE_HEADER_BYTES;
}

/** The array part of a version 1 member; no dimensions for a plain member. */
function decodeV1Dimensions(cursor: Cursor): number[] {
  const rank = cursor.u8("Dimensionality");
  if (rank > V1_DIMENSIONS) throw cursor.error(`expected at most 4 dimensions, found ${rank}`, "Dimensionality");
  cursor.skip(3 + 4 + 4, "Dimension Permutation");
  const dims: number[] = [];
  for (let i = 0; i < V1_DIMENSIONS; i++) {
    const size = cursor.u32("Dimension Size");
    if (i < rank) dims.push(size);
  }
  return dims;
}

/** An array type for what version 1 keeps in the member; its own version 1 marks it as that. */
function arrayOfMember(cursor: Cursor, dims: readonly number[], base: Datatype): ArrayType {
  let size = base.size;
  for (const dim of dims) size *= dim;
  if (size === 0 || size > 0xffff_ffff) throw cursor.error(`an array member of ${size} bytes`, "Dimension Size");
  return { class: "array", version: 1, size, dims, base };
}

export function decodeCompound(cursor: Cursor, header: DatatypeHeader, decodeDatatype: DecodeDatatype): CompoundType {
  const { version, size, classBits } = header;
  const memberCount = cursor.count(classBits & 0xffff, smallestMember(version, size), "Number of Members");
  if (memberCount === 0) throw cursor.error("a compound datatype without members", "Number of Members");
  const members: CompoundMember[] = [];
  for (let i = 0; i < memberCount; i++) {
    const name = decodeName(cursor, version);
    const byteOffset = cursor.uint(offsetBytes(version, size), "Byte Offset of Member");
    const dims = version === 1 ? decodeV1Dimensions(cursor) : [];
    const type = decodeDatatype(cursor);
    members.push({ name, byteOffset, type: dims.length === 0 ? type : arrayOfMember(cursor, dims, type) });
  }
  checkMembers(cursor, members, size);
  return { class: "compound", version, size, members };
}

/** Members in any order of offsets, holes allowed; but within the element, apart, and of different names. */
function checkMembers(cursor: Cursor, members: readonly CompoundMember[], compoundSize: number): void {
  checkDistinct(cursor, members);
  let end = 0;
  for (const member of [...members].sort((a, b) => a.byteOffset - b.byteOffset)) {
    if (member.byteOffset < end)
      throw cursor.error(`member "${member.name}" overlaps another`, "Byte Offset of Member");
    end = member.byteOffset + member.type.size;
    if (end > compoundSize) {
      throw cursor.error(`member "${member.name}" ends at ${end} of ${compoundSize} bytes`, "Byte Offset of Member");
    }
  }
}

function checkDistinct(cursor: Cursor, members: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of members) {
    if (names.has(name)) throw cursor.error(`two members named "${name}"`, "Name");
    names.add(name);
  }
}

function encodeMemberCount(members: readonly unknown[]): number {
  if (members.length > MAX_MEMBERS) {
    throw new HDF5Error("argument", `${members.length} members, a datatype can have ${MAX_MEMBERS}`);
  }
  return members.length;
}

/** The dimensions that version 1 keeps in the member itself, or undefined for a member with a datatype of its own. */
function v1ArrayOf(version: number, type: Datatype): ArrayType | undefined {
  const inMember = version === 1 && type.class === "array" && type.version === 1 && type.dims.length <= V1_DIMENSIONS;
  return inMember ? type : undefined;
}

export function encodeCompound(writer: Writer, type: CompoundType, encodeDatatype: EncodeDatatype): void {
  const { version, size } = type;
  encodeDatatypeHeader(writer, type, encodeMemberCount(type.members));
  for (const member of type.members) {
    encodeName(writer, member.name, version);
    writer.uint(member.byteOffset, offsetBytes(version, size));
    const array = v1ArrayOf(version, member.type);
    if (version === 1) {
      writer.u8(array?.dims.length ?? 0).zeros(3 + 4 + 4);
      for (let i = 0; i < V1_DIMENSIONS; i++) writer.u32(array?.dims[i] ?? 0);
    }
    encodeDatatype(writer, array?.base ?? member.type);
  }
}

export function decodeEnum(cursor: Cursor, header: DatatypeHeader, decodeDatatype: DecodeDatatype): EnumType {
  const { version, size, classBits } = header;
  const base = decodeDatatype(cursor);
  if (base.class !== "fixed-point") throw cursor.error(`enumeration of class ${base.class}`, "Base Type");
  if (base.size !== size) throw cursor.error(`${size} bytes, base type has ${base.size}`, "Size");
  const smallest = (version < 3 ? 8 : 1) + size;
  const memberCount = cursor.count(classBits & 0xffff, smallest, "Number of Members");
  const names: string[] = [];
  for (let i = 0; i < memberCount; i++) names.push(decodeName(cursor, version));
  const members: EnumMember[] = names.map((name) => ({ name, value: cursor.take(size, "Values").slice() }));
  checkDistinct(cursor, members);
  return { class: "enum", version, size, base, members };
}

export function encodeEnum(writer: Writer, type: EnumType, encodeDatatype: EncodeDatatype): void {
  encodeDatatypeHeader(writer, type, encodeMemberCount(type.members));
  encodeDatatype(writer, type.base);
  for (const { name } of type.members) encodeName(writer, name, type.version);
  for (const { name, value } of type.members) {
    if (value.length !== type.size) {
      throw new HDF5Error(
        "argument",
        `value of enumeration member "${name}" has ${value.length} of ${type.size} bytes`,
      );
    }
    writer.bytes(value);
  }
}
