/**
 * The other files that an open file reaches: found where the C library looks, as far as the file may reach.
 *
 * Reference implementation: H5Fint.c, `H5F_prefix_open_file`; H5Defl.c.
 */
import { HDF5Error, isHdf5Error, NotFoundError } from "../base/errors.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { DatasetObject } from "./dataset-object.ts";
import { mayReach } from "./external-policy.ts";
import { linkedFileCandidates, rawDataFilePath, type SearchOrigin } from "./external-search.ts";
import type { ExternalAccess, ExternalFolders, FileOpener } from "./file-opener.ts";
import type { H5File } from "./h5-file.ts";
import { currentLinkAccess } from "./link-access.ts";
import { resolveObject } from "./resolve.ts";

/** Environment variables and properties by what leads to the other file. */
const ENVIRONMENT = {
  links: "HDF5_EXT_PREFIX",
  virtualSources: "HDF5_VDS_PREFIX",
  rawData: "HDF5_EXTFILE_PREFIX",
} as const;

export interface OtherFilesOptions {
  readonly opener?: FileOpener | undefined;
  readonly externalAccess?: ExternalAccess | undefined;
  readonly externalFolders?: ExternalFolders | undefined;
}

export class OtherFiles {
  private readonly file: H5File;
  private readonly opener: FileOpener;
  private readonly access: ExternalAccess;
  private readonly folders: ExternalFolders;
  /** Raw data files that are open, by path. */
  private readonly rawData = new Map<string, ByteSource>();

  constructor(file: H5File, options: OtherFilesOptions) {
    this.file = file;
    this.opener = options.opener ?? {};
    this.access = options.externalAccess ?? "anywhere";
    this.folders = options.externalFolders ?? {};
  }

  /**
   * The file that an external link or a virtual dataset names.
   *
   * @param folder - In place of the file's own setting.
   * @throws NotFoundError in the C library's words when no candidate can be opened.
   */
  linked(name: string, reason: "links" | "virtualSources", folder?: string): H5File {
    let cause: unknown;
    const property = folder ?? (reason === "links" ? currentLinkAccess().folder : undefined);
    for (const path of linkedFileCandidates(name, this.origin(), this.prefixes(reason, property))) {
      if (!this.isAllowed(path)) continue;
      try {
        const found = this.opener.open?.(path, this.file);
        if (found !== undefined) return found;
      } catch (error) {
        if (!isHdf5Error(error)) throw error;
        cause ??= error;
      }
    }
    throw new NotFoundError(`unable to open file, file name = '${name}', temp_file_name = '${name}'`, {
      path: name,
      cause,
    });
  }

  /** The dataset at a path of a file; undefined when there is none. */
  datasetIn(file: H5File, path: string): DatasetObject | undefined {
    try {
      const object = resolveObject(file.root(), path);
      return object instanceof DatasetObject ? object : undefined;
    } catch (error) {
      if (isHdf5Error(error, "not-found")) return undefined;
      throw error;
    }
  }

  /** The source of a virtual dataset; undefined when file or dataset is missing. */
  sourceDataset(fileName: string, path: string, folder?: string): DatasetObject | undefined {
    let file: H5File;
    try {
      file = this.linked(fileName, "virtualSources", folder);
    } catch (error) {
      if (isHdf5Error(error, "not-found")) return undefined;
      throw error;
    }
    return this.datasetIn(file, path);
  }

  /**
   * An external raw data file, which stays open with this file.
   *
   * @throws NotFoundError ("unable to open external raw data file") when it is not there to be read.
   */
  rawDataFile(name: string, mode: "read" | "write", folder?: string): ByteSource {
    const path = rawDataFilePath(name, this.origin(), this.prefixes("rawData", folder));
    const known = this.rawData.get(path);
    if (known !== undefined && (mode === "read" || "write" in known)) return known;
    known?.close();
    this.rawData.delete(path);
    const source = this.isAllowed(path) ? this.openRawData(path, mode) : undefined;
    if (source === undefined) throw new NotFoundError("unable to open external raw data file", { path });
    if (mode === "write" && !("write" in source)) {
      throw new HDF5Error("read-only", "external raw data file cannot be written to", { path });
    }
    this.rawData.set(path, source);
    return source;
  }

  private openRawData(path: string, mode: "read" | "write"): ByteSource | undefined {
    try {
      return this.opener.openBytes?.(path, mode);
    } catch (cause) {
      if (!isHdf5Error(cause)) throw cause;
      throw new NotFoundError("unable to open external raw data file", { path, cause });
    }
  }

  private origin(): SearchOrigin {
    const { name } = this.file;
    return { name, realName: name === "" ? undefined : this.opener.realPath?.(name) };
  }

  private prefixes(reason: keyof typeof ENVIRONMENT, folder: string | undefined) {
    return { environment: this.opener.environment?.(ENVIRONMENT[reason]), property: folder || this.folders[reason] };
  }

  /** Whether the file may reach to a path. */
  private isAllowed(path: string): boolean {
    return mayReach(path, this.access, this.opener);
  }

  /** What was written to raw data files reaches the device. */
  sync(): void {
    for (const source of this.rawData.values()) if ("write" in source) (source as ByteTarget).sync();
  }

  close(): void {
    for (const source of this.rawData.values()) source.close();
    this.rawData.clear();
  }
}
