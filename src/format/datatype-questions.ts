/** Questions about datatypes: equality by meaning, and what is inside. */
import type {
  CompoundMember,
  CompoundType,
  Datatype,
  DatatypeClass,
  EnumType,
  FloatingPointType,
  VariableLengthType,
} from "./datatype.ts";
import { specialNames } from "./special-names.ts";

/**
 * Whether two datatypes mean the same elements byte for byte; versions and the order of members do not count, nor do
 * padding and character set of variable-length strings.
 *
 * C: `H5Tequal`.
 */
export function datatypesEqual(a: Datatype, b: Datatype): boolean {
  return equalTypes(a, b, false);
}

/**
 * Whether elements of the one may be taken for elements of the other: the datatypes are equal, and so are the character
 * sets of variable-length strings in them, between which the C library does not convert although it calls them equal.
 */
export function elementsInterchangeable(a: Datatype, b: Datatype): boolean {
  return equalTypes(a, b, true);
}

function equalTypes(a: Datatype, b: Datatype, byCharacterSet: boolean): boolean {
  if (a === b) return true;
  if (a.class !== b.class || a.size !== b.size) return false;
  switch (a.class) {
    case "fixed-point": {
      const other = b as typeof a;
      return a.signed === other.signed && equalBits(a, other);
    }
    case "bitfield":
      return equalBits(a, b as typeof a);
    case "floating-point":
      return equalFloats(a, b as typeof a);
    case "time": {
      const other = b as typeof a;
      return a.byteOrder === other.byteOrder && a.bitPrecision === other.bitPrecision;
    }
    case "string": {
      const other = b as typeof a;
      return a.padding === other.padding && a.characterSet === other.characterSet;
    }
    case "opaque":
      return a.tag === (b as typeof a).tag;
    case "reference":
      return a.kind === (b as typeof a).kind;
    case "compound":
      return equalCompounds(a, b as typeof a, byCharacterSet);
    case "enum":
      return equalEnums(a, b as typeof a);
    case "variable-length": {
      const other = b as typeof a;
      if (a.kind !== other.kind || (byCharacterSet && a.characterSet !== other.characterSet)) return false;
      return equalTypes(a.base, other.base, byCharacterSet);
    }
    case "array": {
      const { dims, base } = b as typeof a;
      const equalDims = dims.length === a.dims.length && a.dims.every((dim, i) => dim === dims[i]);
      return equalDims && equalTypes(a.base, base, byCharacterSet);
    }
    case "complex": {
      const other = b as typeof a;
      return a.homogeneous === other.homogeneous && a.form === other.form && equalTypes(a.base, other.base, false);
    }
    default:
      return a satisfies never;
  }
}

type BitLayout = Pick<FloatingPointType, "byteOrder" | "lowPad" | "highPad" | "bitOffset" | "bitPrecision">;

function equalBits(a: BitLayout, b: BitLayout): boolean {
  return (
    a.byteOrder === b.byteOrder &&
    a.bitOffset === b.bitOffset &&
    a.bitPrecision === b.bitPrecision &&
    a.lowPad === b.lowPad &&
    a.highPad === b.highPad
  );
}

function equalFloats(a: FloatingPointType, b: FloatingPointType): boolean {
  return (
    equalBits(a, b) &&
    a.internalPad === b.internalPad &&
    a.mantissaNormalization === b.mantissaNormalization &&
    a.signLocation === b.signLocation &&
    a.exponentLocation === b.exponentLocation &&
    a.exponentSize === b.exponentSize &&
    a.mantissaLocation === b.mantissaLocation &&
    a.mantissaSize === b.mantissaSize &&
    a.exponentBias === b.exponentBias
  );
}

function equalCompounds(a: CompoundType, b: CompoundType, byCharacterSet: boolean): boolean {
  if (a.members.length !== b.members.length) return false;
  const byName = new Map<string, CompoundMember>();
  for (const member of b.members) byName.set(member.name, member);
  return a.members.every((member) => {
    const other = byName.get(member.name);
    if (other === undefined || member.byteOffset !== other.byteOffset) return false;
    return equalTypes(member.type, other.type, byCharacterSet);
  });
}

function equalEnums(a: EnumType, b: EnumType): boolean {
  if (a.members.length !== b.members.length || !equalTypes(a.base, b.base, false)) return false;
  const byName = new Map(b.members.map((member) => [member.name, member.value]));
  return a.members.every(({ name, value }) => byName.get(name)?.every((byte, i) => byte === value[i]) ?? false);
}

/** Whether `type` is, or has anywhere inside, a datatype for which `test` holds. */
export function containsType(type: Datatype, test: (type: Datatype) => boolean): boolean {
  if (test(type)) return true;
  switch (type.class) {
    case "compound":
      return type.members.some((member) => containsType(member.type, test));
    case "array":
    case "enum":
    case "complex":
      return containsType(type.base, test);
    case "variable-length":
      return type.kind === "sequence" && containsType(type.base, test);
    default:
      return false;
  }
}

/**
 * Whether `type` is of class `datatypeClass` or contains one that is. A variable-length string counts as a string and
 * not as variable-length data.
 *
 * C: `H5Tdetect_class`.
 */
export function containsClass(type: Datatype, datatypeClass: DatatypeClass): boolean {
  return containsType(type, (inner) => (isVariableString(inner) ? "string" : inner.class) === datatypeClass);
}

/** Whether elements are text of any length. */
export function isVariableString(type: Datatype): type is VariableLengthType & { readonly kind: "string" } {
  return type.class === "variable-length" && type.kind === "string";
}

/** Whether elements are, or hold, sequences or strings of variable length. */
export function hasVariableLength(type: Datatype): boolean {
  if (type.class === "fixed-point" || type.class === "floating-point") return false;
  return containsType(type, (inner) => inner.class === "variable-length");
}

/** Whether elements keep data in the global heap: variable-length data, and references that do not fit inline. */
export function usesHeap(type: Datatype): boolean {
  return containsType(
    type,
    (inner) => inner.class === "variable-length" || (inner.class === "reference" && inner.kind !== "object"),
  );
}

/** Whether elements hold heap IDs or addresses. */
export function holdsPlaces(type: Datatype): boolean {
  return containsType(type, (inner) => inner.class === "variable-length" || inner.class === "reference");
}

/** Whether h5py takes this for a boolean: an enumeration, of any integer, of exactly FALSE = 0 and TRUE = 1; see `specialNames`. */
export function isBooleanEnum(type: Datatype): boolean {
  if (type.class !== "enum" || type.members.length !== 2 || type.base.class !== "fixed-point") return false;
  const lowByte = type.base.byteOrder === "little-endian" ? 0 : type.size - 1;
  const holds = (name: string, expected: number): boolean => {
    const value = type.members.find((member) => member.name === name)?.value;
    return value?.every((byte, i) => byte === (i === lowByte ? expected : 0)) ?? false;
  };
  const [no, yes] = specialNames.booleans;
  return holds(no, 0) && holds(yes, 1);
}
