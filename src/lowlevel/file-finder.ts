/** The other files that an open one reaches: in the file system, or wherever a resolver has them. */
import { isHdf5Error } from "../base/errors.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import type { H5File } from "../engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../io/memory-source.ts";
import { openPath, realPathOf } from "../io/path-source.ts";
import { environmentVariable } from "../io/platform.ts";
import type { ByteSource } from "../io/source.ts";

/**
 * Finds a file that another one names: the file of an external link, of a virtual dataset's source or of a reference,
 * external raw data, a member of a file in several. It is asked for each place where the C library would look, in that
 * order, instead of the file system.
 *
 * @param mode - "write" for files that are changed, which must then be targets.
 * @returns a path, the bytes, or a source of them; undefined when there is no such file.
 */
export type FileResolver = (name: string, mode: "read" | "write") => string | Uint8Array | ByteSource | undefined;

/** Opens an HDF5 file for another one. */
export type OpenOther = (found: string | ByteSource, from: H5File) => H5File;

const ENOENT = 2;

/** A file's bytes by path; one that is not there is made for writing, and undefined for reading. */
export function bytesAtPath(path: string, mode: "read" | "write"): ByteSource | undefined {
  try {
    return openPath(path, mode === "read" ? "r" : "r+");
  } catch (error) {
    if (!isHdf5Error(error) || error.errno !== ENOENT) throw error;
    return mode === "read" ? undefined : openPath(path, "x");
  }
}

/** Looks in the file system of the runtime. */
export function fileSystemOpener(openOther: OpenOther): FileOpener {
  return {
    open: openOther,
    openBytes: bytesAtPath,
    realPath: realPathOf,
    environment: environmentVariable,
  };
}

function bytesFrom(resolver: FileResolver, name: string, mode: "read" | "write"): ByteSource | undefined {
  const found = resolver(name, mode);
  if (found === undefined) return undefined;
  if (typeof found === "string") return bytesAtPath(found, mode);
  if (!(found instanceof Uint8Array)) return found;
  return mode === "read" ? new MemorySource(found, name) : new MemoryTarget(found, name);
}

/** Asks a resolver. What it gives for a name is kept for as long as the file made of it is open. */
export function resolvingOpener(resolver: FileResolver, openOther: OpenOther): FileOpener {
  const known = new Map<string, H5File>();
  const bytes = (name: string, mode: "read" | "write") => bytesFrom(resolver, name, mode);
  return {
    open(name, from) {
      const before = known.get(name);
      if (before !== undefined && !before.closed && (before.writable || !from.writable)) return before;
      const found = bytes(name, from.writable ? "write" : "read");
      if (found === undefined) return undefined;
      const file = openOther(found, from);
      known.set(name, file);
      return file;
    },
    openBytes: bytes,
  };
}
