/** The files of one run of a tool: those named on the command line, and those that they name. */
import { isHdf5Error } from "../base/errors.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import { H5File } from "../engine/h5-file.ts";
import { openPath } from "../io/path-source.ts";
import type { Platform } from "./platform.ts";

export class OpenFiles {
  private readonly opener: FileOpener;
  private readonly byPath = new Map<string, H5File>();

  constructor(platform: Platform) {
    this.opener = {
      open: (path) => whereFound(() => this.open(path)),
      openBytes: (path, mode) => (mode === "read" ? whereFound(() => openPath(path, "r")) : undefined),
      environment: (name) => platform.environment(name),
    };
  }

  /** @throws HDF5Error when there is no such file, or it is no HDF5 file. */
  open(path: string): H5File {
    const known = this.byPath.get(path);
    if (known !== undefined) return known;
    const file = H5File.open(openPath(path, "r"), { opener: this.opener });
    this.byPath.set(path, file);
    return file;
  }

  closeAll(): void {
    for (const file of this.byPath.values()) file.close();
    this.byPath.clear();
  }
}

/** What `open` gives, or undefined where it finds nothing. */
function whereFound<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}
