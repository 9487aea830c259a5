/** Between which versions of the library what is written stays. C: `H5F_libver_t`. */
import { LIBRARY_VERSIONS, type VersionBounds, WIDEST_BOUNDS } from "../format/library-version.ts";
import { type Size, toInt } from "./arguments.ts";
import type { FileAccess } from "./file-access.ts";
import { badValue } from "./property-list.ts";

/** Versions of the library whose formats may be written. C: `H5F_libver_t`. */
export const LIBVER_EARLIEST = 0;
export const LIBVER_V18 = 1;
export const LIBVER_V110 = 2;
export const LIBVER_V112 = 3;
export const LIBVER_V114 = 4;
export const LIBVER_V200 = 5;
/** The newest format that HDF5 1.10 and all later versions read; what only 1.12, 1.14 or 2.0 read is asked for by name. */
export const LIBVER_LATEST = LIBVER_V110;
const LIBVER_NEWEST = LIBVER_V200;

/** @throws ValueError in the C library's words. */
export function checkLibverBounds(
  where: string,
  low: Size,
  high: Size | "latest",
): Pick<FileAccess, "libverLow" | "libverHigh"> {
  const libverLow = toInt(low);
  const libverHigh = high === "latest" ? high : toInt(high);
  if (libverLow < LIBVER_EARLIEST || libverLow > LIBVER_NEWEST) throw badValue(where, "low bound is not valid");
  if (libverHigh === "latest") return { libverLow, libverHigh };
  if (libverHigh < LIBVER_EARLIEST || libverHigh > LIBVER_NEWEST) throw badValue(where, "high bound is not valid");
  if (libverHigh === LIBVER_EARLIEST || libverLow > libverHigh) {
    throw badValue(where, "Invalid (low,high) combination of library version bound");
  }
  return { libverLow, libverHigh };
}

/** The bounds of a list as the engine has them. */
export function versionBounds({ libverLow, libverHigh }: Pick<FileAccess, "libverLow" | "libverHigh">): VersionBounds {
  const version = (bound: number) => LIBRARY_VERSIONS[bound] ?? WIDEST_BOUNDS.highBound;
  return {
    lowBound: version(libverLow),
    highBound: libverHigh === "latest" ? WIDEST_BOUNDS.highBound : version(libverHigh),
  };
}

/** The bounds as `h5f.LIBVER_…`: "latest" is the newest that all versions read, or the low bound if that is newer. */
export function boundNumbers(low: number, high: FileAccess["libverHigh"]): [number, number] {
  return [low, high === "latest" ? Math.max(low, LIBVER_LATEST) : high];
}
