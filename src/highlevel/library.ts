/** What belongs to no file: whether there is one, versions. h5py: `is_hdf5`, `version`. */
import { MemorySource } from "../io/memory-source.ts";
import * as h5 from "../lowlevel/h5.ts";
import * as h5f from "../lowlevel/h5f.ts";

/** A missing file, a folder, what the system cannot read. */
const NOT_READ = new Set(["FileNotFoundError", "IsADirectoryError", "OSError"]);

/**
 * Whether there is a file of that name, or in these bytes, and it is an HDF5 file: one with a superblock at 0, 512, 1024, …
 * bytes. False for what is missing, a folder, or no file that can be read.
 *
 * @throws PermissionError for a file that this program may not read. h5py: `is_hdf5`. C: `H5Fis_accessible`.
 */
export function isHdf5(name: h5f.FileName | Uint8Array): boolean {
  // To h5py no name is the name of the folder that the process runs in.
  if (name === "") return false;
  try {
    return h5f.isHdf5(name instanceof Uint8Array ? new MemorySource(name) : name);
  } catch (error) {
    if (error instanceof Error && NOT_READ.has(error.name)) return false;
    throw error;
  }
}

/** Versions: of the C library whose behaviour and defaults are followed here. */
export const version = {
  hdf5VersionTuple: h5.getLibversion(),
  hdf5Version: h5.getLibversion().join("."),
} as const;
