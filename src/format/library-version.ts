/**
 * Versions of the library between which a file's format is kept, and what each allows the structures of the file to be.
 *
 * Reference implementation: the arrays of format versions by bound in H5Fsuper.c, H5Oint.c, H5Dlayout.c, H5T.c, H5A.c, H5Ofill.c,
 * H5Opline.c, H5S.c, H5Shyper.c, H5Spoint.c, H5Ofsinfo.c.
 */
import { HDF5Error } from "../base/errors.ts";

/** A version of the library, in h5py's words. C: `H5F_libver_t`. */
export type LibraryVersion = "earliest" | "v108" | "v110" | "v112" | "v114" | "v200";

/** From the oldest to the newest; the place of a version is its `H5F_libver_t`. */
export const LIBRARY_VERSIONS: readonly LibraryVersion[] = ["earliest", "v108", "v110", "v112", "v114", "v200"];

/**
 * The oldest version that shall read the file's new structures at their best (`lowBound`), and the newest that may be
 * needed to read them (`highBound`). C: `H5Pset_libver_bounds`.
 */
export interface VersionBounds {
  /** The oldest version whose format is written. */
  readonly lowBound: LibraryVersion;
  /** The newest version whose format may be needed to read it. */
  readonly highBound: LibraryVersion;
}

/** No limits: the oldest form that can hold what is written, whatever it needs. */
export const WIDEST_BOUNDS: VersionBounds = { lowBound: "earliest", highBound: "v200" };

/** What has a version of its own, by what the C library says when the high bound forbids it. */
const STRUCTURES = {
  superblock: { versions: [0, 2, 3, 3, 3, 3], words: "superblock version out of bounds" },
  objectHeader: { versions: [1, 2, 2, 2, 2, 2], words: "object header version out of bounds" },
  dataspace: { versions: [1, 2, 2, 2, 2, 2], words: "Dataspace version out of bounds" },
  datatype: { versions: [1, 3, 3, 4, 4, 5], words: "Datatype version out of bounds" },
  fillValue: { versions: [2, 3, 3, 3, 3, 3], words: "fill value version out of bounds" },
  layout: { versions: [3, 3, 4, 4, 4, 5], words: "layout version out of bounds" },
  filterPipeline: { versions: [1, 2, 2, 2, 2, 2], words: "Filter pipeline version out of bounds" },
  attribute: { versions: [1, 3, 3, 3, 3, 3], words: "attribute version out of bounds" },
  hyperslab: { versions: [1, 1, 2, 3, 3, 3], words: "Dataspace hyperslab selection version out of bounds" },
  points: { versions: [1, 1, 1, 2, 2, 2], words: "Dataspace point selection version out of bounds" },
  /** Unknown below 1.10. */
  fileSpaceInfo: { versions: [0, 0, 1, 1, 1, 1], words: "File space info message's version out of bounds" },
} as const;

/** Structures whose versions follow from the bounds. */
export type VersionedStructure = keyof typeof STRUCTURES;

/** The version that a bound stands for: the lowest written under it as low bound, the highest as high bound. */
export function versionOfBound(structure: VersionedStructure, bound: LibraryVersion): number {
  return STRUCTURES[structure].versions[LIBRARY_VERSIONS.indexOf(bound)] as number;
}

/** The newest low bound that gives a structure no later version than this; "earliest" where all do. */
export function newestWith(structure: VersionedStructure, version: number): LibraryVersion {
  return LIBRARY_VERSIONS.findLast((bound) => versionOfBound(structure, bound) <= version) ?? "earliest";
}

/** @throws HDF5Error "argument" in the C library's words for a version that the high bound forbids. */
export function requireVersion(structure: VersionedStructure, version: number, { highBound }: VersionBounds): void {
  if (version > versionOfBound(structure, highBound)) throw new HDF5Error("argument", STRUCTURES[structure].words);
}

/**
 * The version that a new structure gets: that of the low bound, or a later one when its content needs it.
 *
 * @param needed - The lowest version that can hold the content.
 * @throws HDF5Error "argument" in the C library's words when the high bound forbids it.
 */
export function chosenVersion(structure: VersionedStructure, needed: number, bounds: VersionBounds): number {
  const version = Math.max(needed, versionOfBound(structure, bounds.lowBound));
  requireVersion(structure, version, bounds);
  return version;
}

/** Whether `a` is at least as new as `b`. */
export function isAtLeast(a: LibraryVersion, b: LibraryVersion): boolean {
  return LIBRARY_VERSIONS.indexOf(a) >= LIBRARY_VERSIONS.indexOf(b);
}

/** The newer one of two versions. */
export function laterVersion(a: LibraryVersion, b: LibraryVersion): LibraryVersion {
  return isAtLeast(a, b) ? a : b;
}

/** The older one of two versions. */
export function earlierVersion(a: LibraryVersion, b: LibraryVersion): LibraryVersion {
  return isAtLeast(a, b) ? b : a;
}
