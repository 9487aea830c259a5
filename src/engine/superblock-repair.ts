/**
 * Changes to the superblock alone, of a file that cannot be opened: a writer died with it open, or its end is elsewhere
 * than stored. Reference implementation: h5clear.c, and in H5Fsuper.c what the properties of files that it sets do.
 */
import { DEFAULT_WIDTHS } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { Writer } from "../base/writer.ts";
import { encodeSuperblock, FILE_CONSISTENCY_FLAG, type Superblock } from "../format/superblock.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { farAddressesOf, readSuperblock } from "./superblock-access.ts";

/** Where a file ends by its superblock (EOA), and where it does end (EOF): bytes, user block included. */
export interface FileEnds {
  readonly endOfAllocation: number;
  readonly endOfFile: number;
}

const WRITER_FLAGS = FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING | FILE_CONSISTENCY_FLAG.SWMR_WRITING;

/** Whether a writer has the file open, or had when it died. */
export function isMarkedOpen(source: ByteSource): boolean {
  const { version, fileConsistencyFlags } = readSuperblock(source, DEFAULT_LIMITS);
  return version === 3 && (fileConsistencyFlags & WRITER_FLAGS) !== 0;
}

/** @throws HDF5Error "format" when there is no superblock. */
export function fileEnds(source: ByteSource): FileEnds {
  const { endOfFileAddress } = readSuperblock(source, DEFAULT_LIMITS);
  return { endOfAllocation: endOfFileAddress, endOfFile: source.byteLength() };
}

/** Takes the marks of a writer away. C: `h5clear -s`. */
export function clearConsistencyFlags(target: ByteTarget): void {
  const superblock = readSuperblock(target, DEFAULT_LIMITS);
  if (superblock.version === 3) writeSuperblock(target, { ...superblock, fileConsistencyFlags: 0 });
}

/**
 * Has the file end `increment` bytes behind all that it has, by its superblock and in fact. C: `h5clear --increment`.
 *
 * @throws HDF5Error "state" while the file is marked as open for writing.
 */
export function extendFile(target: ByteTarget, increment: number): void {
  const superblock = readSuperblock(target, DEFAULT_LIMITS);
  if (isMarkedOpen(target)) throw new HDF5Error("state", "file is already open for write", { path: target.name });
  const end = Math.max(superblock.endOfFileAddress, target.byteLength()) + increment;
  target.truncate(end);
  writeSuperblock(target, { ...superblock, endOfFileAddress: end });
}

function writeSuperblock(target: ByteTarget, superblock: Superblock): void {
  const writer = new Writer({ ...DEFAULT_WIDTHS, farAddresses: farAddressesOf(target) });
  encodeSuperblock(writer, superblock);
  target.write(superblock.baseAddress, writer.copy());
  target.sync();
}
