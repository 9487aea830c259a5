/** How far a file can grow whose addresses are narrow. */
import type { Address, FileWidths } from "../../base/address.ts";
import { HDF5Error } from "../../base/errors.ts";

/**
 * Whether a file with a block up to `end` can be written: its own end, which may be that of a page, is told in the
 * superblock with what lies before the base address.
 *
 * @param unitByteLength - The file ends at a multiple of it.
 */
export function reaches(
  { sizeOfOffsets }: FileWidths,
  baseAddress: number,
  unitByteLength: number,
  end: Address,
): boolean {
  if (sizeOfOffsets >= 7) return true;
  // All ones is the undefined address.
  return baseAddress + Math.ceil(end / unitByteLength) * unitByteLength < 256 ** sizeOfOffsets - 1;
}

/** The error of a block that would lie beyond. */
export function beyondReach(byteLength: number, { sizeOfOffsets }: FileWidths): HDF5Error {
  return new HDF5Error(
    "state",
    `file allocation failed: ${byteLength} bytes more than addresses of ${sizeOfOffsets} bytes reach`,
  );
}
