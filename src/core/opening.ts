/**
 * Opening a file that is read for itself: nothing is looked for in other files.
 *
 * Reference implementation: H5Fsuper.c, `H5F__super_read`.
 */
import { UnsupportedError } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { H5File } from "../engine/h5-file.ts";
import { driverInfoOf } from "../engine/member-files.ts";
import { ReadAttempts } from "../engine/read-attempts.ts";
import { DEFAULT_FILE_SPACE } from "../engine/space/file-space.ts";
import { FixedSpace } from "../engine/space/fixed-space.ts";
import {
  checkConsistencyFlags,
  readSuperblock,
  requireSuperblock,
  requireWholeFile,
} from "../engine/superblock-access.ts";
import { readableExtension, withCacheImage } from "../engine/superblock-extension.ts";
import type { ByteSource } from "../io/source.ts";

function refuseLink(_: GroupObject, file: string): never {
  throw new UnsupportedError(`external link to '${file}'`);
}

/**
 * @throws HDF5Error "format" ("file signature not found", "truncated file: ..."), also for one member of a family;
 *   UnsupportedError for the first member of a multi or split file.
 */
export function openSource(source: ByteSource): H5File {
  const limits = DEFAULT_LIMITS;
  const start = requireSuperblock(source);
  const attempts = new ReadAttempts(1);
  const superblock = readSuperblock(source, limits, attempts, start);
  requireWholeFile(source, superblock, start.end);
  checkConsistencyFlags(superblock, "read");
  const extension = readableExtension(source, superblock, limits);
  if (driverInfoOf(source, superblock, extension, limits)?.kind === "multi") {
    throw new UnsupportedError("a file of several members");
  }
  return H5File.ofParts({
    source: extension === undefined ? source : withCacheImage(source, superblock, extension, false),
    superblock,
    options: { externalResolver: refuseLink },
    fileSpace: DEFAULT_FILE_SPACE,
    allocator: new FixedSpace(superblock.endOfFileAddress - superblock.baseAddress),
    attempts,
    driverRecord: undefined,
  });
}
