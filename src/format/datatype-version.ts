/**
 * The form of a datatype that a file wants: the version of its message, and the sizes that follow from the file's widths.
 *
 * C: `H5T_set_version`, `H5T_upgrade_version`, `H5T_set_loc`.
 */
import type { FileWidths } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { CompoundMember, CompoundType, Datatype, DatatypeVersion } from "./datatype.ts";
import { type LibraryVersion, requireVersion, type VersionBounds, versionOfBound } from "./library-version.ts";
import { referenceSize, variableLengthSize } from "./predefined-datatypes.ts";

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
  let version = bound;
  let members: CompoundMember[] = [];
  for (const member of type.members) {
    const added = versioned(member.type, bound);
    members.push({ ...member, type: added });
    if (added.version > version) {
      version = added.version;
      members = members.map((present) => ({ ...present, type: raised(present.type, added.version) }));
    }
  }
  return { ...type, version, members };
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

/**
 * `type` with the sizes that variable-length data and references have in a file of these widths; what contains them
 * grows or shrinks with them, the gaps between members of a compound staying as they are.
 */
export function withWidths(type: Datatype, widths: FileWidths): Datatype {
  switch (type.class) {
    case "variable-length":
      return { ...type, size: variableLengthSize(widths), base: withWidths(type.base, widths) };
    case "reference":
      return { ...type, size: referenceSize(type.kind, widths) };
    case "array": {
      const base = withWidths(type.base, widths);
      return { ...type, size: base.size * product(type.dims), base };
    }
    case "compound":
      return compoundWithWidths(type, widths);
    default:
      return type;
  }
}

function compoundWithWidths(type: CompoundType, widths: FileWidths): CompoundType {
  const moved = new Map<CompoundMember, CompoundMember>();
  let growth = 0;
  for (const member of [...type.members].sort((a, b) => a.byteOffset - b.byteOffset)) {
    const memberType = withWidths(member.type, widths);
    moved.set(member, { ...member, byteOffset: member.byteOffset + growth, type: memberType });
    growth += memberType.size - member.type.size;
  }
  return { ...type, size: type.size + growth, members: type.members.map((member) => moved.get(member) ?? member) };
}
