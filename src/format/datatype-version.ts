/**
 * The form of a datatype that a file wants: the version of its message, and the sizes that follow from the file's widths.
 *
 * C: `H5T_set_version`, `H5T_upgrade_version`, `H5T_set_loc`.
 */
import { DEFAULT_WIDTHS, type FileWidths } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { CompoundMember, CompoundType, Datatype, DatatypeVersion, ReferenceType } from "./datatype.ts";
import { type LibraryVersion, requireVersion, type VersionBounds, versionOfBound } from "./library-version.ts";
import { referenceSize, variableLengthSize } from "./predefined-datatypes.ts";

const POINTER_BYTES = 8;

/**
 * `type` with the versions that the C library writes under the low bound `libver`.
 *
 * Compound, array and enumerated datatypes follow the bound, since a later version makes them shorter; all others take
 * the lowest version that can hold them.
 */
export function withVersion(type: Datatype, libver: LibraryVersion): Datatype {
  return versioned(type, versionOfBound("datatype", libver) as DatatypeVersion);
}

/**
 * `type` as a file of these bounds has it.
 *
 * @throws HDF5Error "argument" ("Datatype version out of bounds") when it needs a later version than the high bound allows.
 */
export function withinBounds(type: Datatype, bounds: VersionBounds): Datatype {
  const chosen = withVersion(type, bounds.lowBound);
  requireVersion("datatype", chosen.version, bounds);
  return chosen;
}

function versioned(type: Datatype, bound: DatatypeVersion): Datatype {
  switch (type.class) {
    case "floating-point":
      return { ...type, version: type.byteOrder === "vax" ? 3 : 1 };
    case "reference":
      return { ...type, version: type.kind === "object" || type.kind === "region" ? 1 : 4 };
    case "enum":
      return { ...type, version: bound, base: versioned(type.base, bound) };
    case "array": {
      const base = versioned(type.base, bound);
      return { ...type, version: later(later(2, bound), base.version), base };
    }
    case "variable-length": {
      const base = versioned(type.base, bound);
      return { ...type, version: base.version, base };
    }
    case "complex":
      return { ...type, version: 5, base: versioned(type.base, bound) };
    case "compound":
      return versionedCompound(type, bound);
    default:
      return { ...type, version: 1 };
  }
}

/**
 * A member of a higher version raises the compound and all that is in it up to that member; what follows keeps its own.
 * That is what adding members one by one does in the C library, and what its files show.
 */
function versionedCompound(type: CompoundType, bound: DatatypeVersion): CompoundType {
  let compound: CompoundType = { ...type, version: bound, members: [] };
  for (const member of type.members)
    compound = withMember(compound, { ...member, type: versioned(member.type, bound) });
  return compound;
}

/** The compound with one more member, and what that does to versions. The size stays. C: `H5T__insert`. */
export function withMember(compound: CompoundType, member: CompoundMember): CompoundType {
  const members = [...compound.members, member];
  const { version } = member.type;
  if (version <= compound.version) return { ...compound, members };
  return { ...compound, version, members: members.map((one) => ({ ...one, type: raised(one.type, version) })) };
}

/** `type` with compound, array and enumerated datatypes at least of this version. */
function raised(type: Datatype, version: DatatypeVersion): Datatype {
  switch (type.class) {
    case "compound": {
      const members = type.members.map((member) => ({ ...member, type: raised(member.type, version) }));
      return { ...type, version: later(type.version, version), members };
    }
    case "array":
    case "enum":
      return { ...type, version: later(type.version, version), base: raised(type.base, version) };
    case "variable-length": {
      const base = raised(type.base, version);
      return { ...type, version: later(type.version, base.version), base };
    }
    default:
      return type;
  }
}

function later(a: DatatypeVersion, b: DatatypeVersion): DatatypeVersion {
  return a > b ? a : b;
}

/** Bytes of elements that stand for data elsewhere. */
interface DescriptorSizes {
  readonly variableString: number;
  readonly variableSequence: number;
  reference(kind: ReferenceType["kind"]): number;
}

/**
 * `type` with the sizes that variable-length data and references have in a file of these widths; what contains them
 * grows or shrinks with them, the gaps between members of a compound staying as they are.
 */
export function withWidths(type: Datatype, widths: FileWidths): Datatype {
  const descriptor = variableLengthSize(widths);
  return withSizes(type, {
    variableString: descriptor,
    variableSequence: descriptor,
    reference: (kind) => referenceSize(kind, widths),
  });
}

/** `type` with the sizes that the C library has in memory: a string is a pointer, a sequence a length and a pointer. */
export function withMemorySizes(type: Datatype): Datatype {
  return withSizes(type, {
    variableString: POINTER_BYTES,
    variableSequence: 2 * POINTER_BYTES,
    reference: (kind) => referenceSize(kind, DEFAULT_WIDTHS),
  });
}

function withSizes(type: Datatype, sizes: DescriptorSizes): Datatype {
  switch (type.class) {
    case "variable-length": {
      const size = type.kind === "string" ? sizes.variableString : sizes.variableSequence;
      return { ...type, size, base: withSizes(type.base, sizes) };
    }
    case "reference":
      return { ...type, size: sizes.reference(type.kind) };
    case "array": {
      const base = withSizes(type.base, sizes);
      return { ...type, size: base.size * product(type.dims), base };
    }
    case "compound":
      return compoundWithSizes(type, sizes);
    default:
      return type;
  }
}

function compoundWithSizes(type: CompoundType, sizes: DescriptorSizes): CompoundType {
  const moved = new Map<CompoundMember, CompoundMember>();
  let growth = 0;
  for (const member of [...type.members].sort((a, b) => a.byteOffset - b.byteOffset)) {
    const memberType = withSizes(member.type, sizes);
    moved.set(member, { ...member, byteOffset: member.byteOffset + growth, type: memberType });
    growth += memberType.size - member.type.size;
  }
  return { ...type, size: type.size + growth, members: type.members.map((member) => moved.get(member) ?? member) };
}
