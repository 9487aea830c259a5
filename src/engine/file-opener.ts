/**
 * How a file reaches the other files that it names: external links, sources of virtual datasets, external raw data,
 * further members of a family.
 *
 * The engine knows no file system. Whoever has one gives an opener when a file is opened; without one, other files are
 * not found.
 */
import type { ByteSource } from "../io/source.ts";
import type { H5File } from "./h5-file.ts";

export interface FileOpener {
  /**
   * The HDF5 file of that name, or undefined when there is none. It stays the opener's, which closes it when it likes: a
   * file found closed is asked for again. May throw an `HDF5Error` for what is there but cannot be opened, or a
   * `PageFault`.
   */
  open?(name: string, from: H5File): H5File | undefined;
  /**
   * The bytes of that name, or undefined when there is nothing. For "write" they must be a target, made empty when there
   * is none. They become the engine's, which closes them.
   */
  openBytes?(name: string, mode: "read" | "write"): ByteSource | undefined;
  /** A name with symbolic links followed; undefined when there is no such file. */
  realPath?(name: string): string | undefined;
  /** The value of an environment variable. */
  environment?(name: string): string | undefined;
}

/**
 * Which other files may be opened: any, none, or those in a folder. A folder is not left through `..`, absolute names or
 * (where the opener can tell) symbolic links.
 */
export type ExternalAccess = "anywhere" | "nowhere" | { readonly within: string };

/** Folders to look in for other files, as set by access properties. */
export interface ExternalFolders {
  /** C: `H5Pset_elink_prefix`. */
  readonly links?: string;
  /** C: `H5Pset_virtual_prefix`. */
  readonly virtualSources?: string;
  /** C: `H5Pset_efile_prefix`. */
  readonly rawData?: string;
}
