/**
 * Writing while others read: what starting and ending it asks of a file (SWMR, "single writer, multiple readers").
 *
 * Reference implementation: H5F.c, `H5F__start_swmr_write`. What is written in which order: engine/write-out.ts and
 * spec-notes/swmr.md.
 */
import { HDF5Error } from "../base/errors.ts";
import { FILE_CONSISTENCY_FLAG, type Superblock } from "../format/superblock.ts";
import { isSwmrWritten } from "./superblock-access.ts";

const { OPEN_FOR_WRITING, SWMR_WRITING } = FILE_CONSISTENCY_FLAG;

/** From this version on a superblock has flags by which readers know of the writer. */
export const LEAST_SWMR_SUPERBLOCK = 3;

/** The superblock with both flags. @throws HDF5Error "state" in the C library's words. */
export function withSwmrFlags(superblock: Superblock): Superblock {
  if (superblock.version < LEAST_SWMR_SUPERBLOCK) {
    throw new HDF5Error("state", "file superblock version - should be at least 3");
  }
  if (isSwmrWritten(superblock)) throw new HDF5Error("state", "file already in SWMR writing mode");
  return { ...superblock, fileConsistencyFlags: OPEN_FOR_WRITING | SWMR_WRITING };
}
