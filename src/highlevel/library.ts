/** What belongs to no file: whether there is one, versions. h5py: `is_hdf5`, `version`. */
import { MemorySource } from "../io/memory-source.ts";
import * as h5 from "../lowlevel/h5.ts";
import * as h5f from "../lowlevel/h5f.ts";

/** Whether there is a file of that name, or in these bytes, and it is an HDF5 file. */
export function isHdf5(name: h5f.FileName | Uint8Array): boolean {
  try {
    return h5f.isHdf5(name instanceof Uint8Array ? new MemorySource(name) : name);
  } catch (error) {
    if (error instanceof Error && (error.name === "FileNotFoundError" || error.name === "OSError")) return false;
    throw error;
  }
}

/** Versions: of the C library whose behaviour and defaults are followed here. */
export const version = {
  hdf5VersionTuple: h5.getLibversion(),
  hdf5Version: h5.getLibversion().join("."),
} as const;
