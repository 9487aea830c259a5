/** Compound and enumerated datatypes. C: the functions of `H5T` on members. */
import type {
  CompoundMember,
  CompoundType,
  Datatype,
  EnumMember,
  EnumType,
  FixedPointType,
} from "../format/datatype.ts";
import { DATATYPE_CLASSES } from "../format/datatype-header.ts";
import { isVariableString } from "../format/datatype-questions.ts";
import { withMember } from "../format/datatype-version.ts";
import { enumeration, packedCompound } from "../format/predefined-datatypes.ts";
import { argumentError, libraryError, plainError, record, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toInt, toName, toSize } from "./arguments.ts";
import { TypeID, wrapType } from "./type-id.ts";

const WIDEST_INTEGER = 8;

/** What compounds and enumerations have in common: members with names, counted from 0. h5py: `TypeCompositeID`. */
abstract class TypeCompositeID<T extends CompoundType | EnumType> extends TypeID<T> {
  /** Number of members. C: `H5Tget_nmembers`. */
  getNmembers(): number {
    return this.datatype().members.length;
  }

  /** The name of a member. @throws ValueError for a number of none. C: `H5Tget_member_name`. */
  getMemberName(member: Size): string {
    const index = memberIndex(member);
    const found = this.datatype().members[index];
    if (found === undefined) {
      throw libraryError([
        record("H5Tget_member_name", "ARGS", "BADVALUE", "unable to get member name"),
        record("H5T__get_member_name", "ARGS", "BADVALUE", "invalid member number"),
      ]);
    }
    return found.name;
  }

  /** @throws RuntimeError when there is no such member. C: `H5Tget_member_index`. */
  getMemberIndex(name: Name): number {
    const text = toName(name);
    const index = this.datatype().members.findIndex((member) => member.name === text);
    if (index < 0) throw unspecifiedError("H5Tget_member_index");
    return index;
  }
}

export { TypeCompositeID };

function memberIndex(member: Size, complaint = "Member index must be non-negative."): number {
  const index = toInt(member);
  if (index < 0) throw plainError("ValueError", complaint);
  return index;
}

/** Records of named members. h5py: `TypeCompoundID`. */
export class TypeCompoundID extends TypeCompositeID<CompoundType> {
  private member(where: string, member: Size): CompoundMember {
    const found = this.datatype().members[memberIndex(member)];
    if (found === undefined) throw argumentError(where, "ARGS", "BADVALUE", "invalid member number");
    return found;
  }

  /**
   * The class of a member, one of `h5t.INTEGER`, … @throws ValueError for a number of none. C: `H5Tget_member_class`.
   */
  getMemberClass(member: Size): number {
    const { type } = this.member("H5Tget_member_class", member);
    return DATATYPE_CLASSES.indexOf(isVariableString(type) ? "string" : type.class);
  }

  /**
   * Bytes from the start of the compound to the member.
   *
   * @throws ValueError for a number of none. C: `H5Tget_member_offset`.
   */
  getMemberOffset(member: Size): number {
    return this.member("H5Tget_member_offset", member).byteOffset;
  }

  /** The datatype of a member, a copy. @throws ValueError for a number of none. C: `H5Tget_member_type`. */
  getMemberType(member: Size): TypeID {
    return wrapType(this.member("H5Tget_member_type", member).type);
  }

  /**
   * Adds a member at a byte offset where nothing else is.
   *
   * @throws ValueError "Unable to insert member (…)" for a name that is taken, bytes that are, or what reaches past the
   *   end. C: `H5Tinsert`.
   */
  insert(name: Name, offset: Size, field: TypeID): void {
    const where = "H5Tinsert";
    const text = toName(name);
    const byteOffset = toSize(offset, "size_t");
    expectInstance(field, TypeID, "field");
    if ((field as unknown) === this) {
      throw argumentError(where, "ARGS", "BADVALUE", "can't insert compound datatype within itself");
    }
    this.requireMutable(where, "BADVALUE", "parent type read-only");
    if (text === "") throw argumentError(where, "ARGS", "BADVALUE", "no member name");
    const { members, size } = this.datatype();
    const type = field.datatype();
    const end = byteOffset + type.size;
    const refuse = (problem: string) =>
      libraryError([
        record(where, "DATATYPE", "CANTINSERT", "unable to insert member"),
        record("H5T__insert", "DATATYPE", "CANTINSERT", problem),
      ]);
    if (members.some((member) => member.name === text)) throw refuse("member name is not unique");
    if (members.some((member) => byteOffset < member.byteOffset + member.type.size && member.byteOffset < end)) {
      throw refuse("member overlaps with another member");
    }
    if (end > size) throw refuse("member extends past end of compound type");
    this.replace(withMember(this.datatype(), { name: text, byteOffset, type }));
  }

  /**
   * Takes the gaps out, also those of compounds inside.
   *
   * @throws TypeError "Unable to pack compound datatype (…)" where there are any in what cannot be changed. C: `H5Tpack`.
   */
  pack(): void {
    const type = this.datatype();
    const dense = packed(type);
    if (dense.size === type.size) return;
    if (this.isFixed) {
      throw libraryError([
        record("H5Tpack", "DATATYPE", "CANTINIT", "unable to pack compound datatype"),
        record("H5T__pack", "ARGS", "BADVALUE", "datatype is read-only"),
      ]);
    }
    this.replace(dense);
  }
}

function packed(type: CompoundType): CompoundType {
  const members = [...type.members].sort((a, b) => a.byteOffset - b.byteOffset);
  const dense = packedCompound(
    members.map((member) => ({
      name: member.name,
      type: member.type.class === "compound" ? packed(member.type) : member.type,
    })),
  );
  const order = new Map(type.members.map((member, i) => [member.name, i]));
  const given = [...dense.members].sort((a, b) => (order.get(a.name) as number) - (order.get(b.name) as number));
  return { ...dense, members: given };
}

/** Integers with names. h5py: `TypeEnumID`. */
export class TypeEnumID extends TypeCompositeID<EnumType> {
  private base(): FixedPointType {
    return this.datatype().base as FixedPointType;
  }

  /**
   * Adds a name for a value.
   *
   * @throws TypeError for a name or value that is taken; OverflowError for what the base cannot hold. C:
   *   `H5Tenum_insert`.
   */
  enumInsert(name: Name, value: Size): void {
    const where = "H5Tenum_insert";
    const text = toName(name);
    // To the datatype of a dataset the C library adds names, too; to a locked one it should not.
    if (this.locked || this.committed()) this.requireMutable(where);
    if (text === "") throw argumentError(where, "ARGS", "BADVALUE", "no name specified");
    const bytes = integerBytes(value, this.base());
    const { members } = this.datatype();
    const refuse = (problem: string) =>
      libraryError([
        record(where, "DATATYPE", "CANTINIT", "unable to insert new enumeration member"),
        record("H5T__enum_insert", "DATATYPE", "CANTINIT", problem),
      ]);
    if (members.some((member) => member.name === text)) throw refuse("name redefinition");
    if (members.some((member) => sameBytes(member.value, bytes))) throw refuse("value redefinition");
    this.replace(enumeration(this.base(), [...members, { name: text, value: bytes }]));
  }

  /** The name of a value. @throws TypeError for one that has none. C: `H5Tenum_nameof`. */
  enumNameof(value: Size): string {
    const bytes = integerBytes(value, this.base());
    const member = this.datatype().members.find((one) => sameBytes(one.value, bytes));
    if (member === undefined) {
      throw libraryError([
        record("H5Tenum_nameof", "DATATYPE", "CANTINIT", "nameof query failed"),
        record("H5T__enum_nameof", "DATATYPE", "NOTFOUND", "value is currently not defined"),
      ]);
    }
    return member.name;
  }

  /**
   * The value of a name: a number, or a bigint beyond 2^53.
   *
   * @throws TypeError for a name of none. C: `H5Tenum_valueof`.
   */
  enumValueof(name: Name): number | bigint {
    const text = toName(name);
    const member = this.datatype().members.find((one) => one.name === text);
    if (member === undefined) {
      throw libraryError([
        record("H5Tenum_valueof", "DATATYPE", "CANTINIT", "valueof query failed"),
        record("H5T__enum_valueof", "DATATYPE", "NOTFOUND", "string doesn't exist in the enumeration type"),
      ]);
    }
    return integerValue(member, this.base());
  }

  /**
   * The value of a member: a number, or a bigint beyond 2^53.
   *
   * @throws ValueError for a number of none. C: `H5Tget_member_value`.
   */
  getMemberValue(index: Size): number | bigint {
    const member = this.datatype().members[memberIndex(index, "Index must be non-negative.")];
    if (member === undefined) throw argumentError("H5Tget_member_value", "ARGS", "BADVALUE", "invalid member number");
    return integerValue(member, this.base());
  }
}

/** A value in the base type's size and byte order. */
export function integerBytes(value: Size, base: FixedPointType): Uint8Array {
  const bits = BigInt(8 * base.size);
  const integer = BigInt(value);
  const low = base.signed ? -(1n << (bits - 1n)) : 0n;
  const high = base.signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  if (integer < low || integer > high) {
    throw plainError("OverflowError", `value ${integer} does not fit an integer of ${base.size} bytes`);
  }
  const bytes = new Uint8Array(base.size);
  let rest = BigInt.asUintN(Number(bits), integer);
  for (let i = 0; i < base.size; i++) {
    bytes[base.byteOrder === "little-endian" ? i : base.size - 1 - i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

export function integerValue(member: EnumMember, base: FixedPointType): number | bigint {
  let value = 0n;
  for (let i = 0; i < base.size; i++) {
    value = (value << 8n) | BigInt(member.value[base.byteOrder === "little-endian" ? base.size - 1 - i : i] as number);
  }
  if (base.signed) value = BigInt.asIntN(8 * base.size, value);
  const number = Number(value);
  return base.size <= WIDEST_INTEGER && Number.isSafeInteger(number) ? number : value;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Whether enumerations can be made over this datatype. */
export function isInteger(type: Datatype): type is FixedPointType {
  return type.class === "fixed-point";
}
