/** The files of one run of a tool: those named on the command line, and those that they name. */
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import { openSpread } from "../engine/file-drivers.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import type { CreateFileOptions } from "../engine/file-options.ts";
import { H5File } from "../engine/h5-file.ts";
import { onionNameOf, onionRevisionCount, requireOnion } from "../engine/onion-files.ts";
import type { FileSource } from "../io/file-source.ts";
import { openPath } from "../io/path-source.ts";
import type { ByteSource } from "../io/source.ts";
import { DRIVERS_TO_TRY, SEC2, type ToolDriver } from "./driver-choice.ts";
import type { Platform } from "./platform.ts";

interface Opened {
  readonly file: H5File;
  readonly driver: ToolDriver;
}

export class OpenFiles {
  private readonly opener: FileOpener;
  private readonly chosen: ToolDriver | undefined;
  private readonly byPath = new Map<string, Opened>();
  /** What is open for writing, which may be named by other paths as well. */
  private readonly changing = new Map<string, H5File>();

  /** @param driver - Of the files on the command line; undefined to find out. */
  constructor(platform: Platform, driver?: ToolDriver) {
    this.chosen = driver;
    this.opener = {
      open: (path) => whereFound(() => this.openAs(path, DRIVERS_TO_TRY)),
      openBytes: (path, mode) => (mode === "read" ? this.bytes(path) : whereFound(() => openRawData(path))),
      environment: (name) => platform.environment(name),
    };
  }

  /** @throws HDF5Error when there is no such file, or it is no HDF5 file. */
  open(path: string): H5File {
    return this.openAs(path, this.chosen === undefined ? DRIVERS_TO_TRY : [this.chosen]);
  }

  /** The name of the driver that a file was opened with. */
  driverName(path: string): string {
    return this.byPath.get(path)?.driver.name ?? "sec2";
  }

  /** Revisions that the onion file beside a file has. @throws HDF5Error when there is none. */
  revisionCount(path: string): number {
    const onion = requireOnion(path, this.bytes(onionNameOf(path)));
    try {
      return onionRevisionCount(onion);
    } finally {
      onion.close();
    }
  }

  private bytes(path: string): ByteSource | undefined {
    return whereFound(() => openPath(path, "r"));
  }

  /** Tries drivers in turn; the first one's error counts. */
  private openAs(path: string, drivers: readonly ToolDriver[]): H5File {
    const known = this.byPath.get(path);
    if (known !== undefined) return known.file;
    let problem: unknown;
    for (const driver of drivers) {
      try {
        const file = this.openWith(path, driver);
        this.byPath.set(path, { file, driver });
        return file;
      } catch (error) {
        if (!isHdf5Error(error)) throw error;
        problem ??= error;
      }
    }
    throw isHdf5Error(problem) && problem.path === undefined
      ? new HDF5Error(problem.code, problem.message, { path, cause: problem })
      : problem;
  }

  private openWith(path: string, { spread }: ToolDriver): H5File {
    const source =
      spread === undefined ? openPath(path, "r") : openSpread(path, spread, "read", (name) => this.bytes(name));
    const known = "identity" in source ? this.changing.get((source as FileSource).identity) : undefined;
    if (known !== undefined) {
      source.close();
      return known;
    }
    try {
      const file = H5File.open(source, { opener: this.opener });
      // The engine finds the members around a first one; the tools want to be told the driver.
      if (file.name === source.name) return file;
      file.close();
      throw new HDF5Error("unsupported", "a driver for several files should be used", { path });
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /**
   * Opens a file to change it; opened for reading later by any path, it is the same.
   *
   * @throws HDF5Error when there is no such file, it is no HDF5 file, or may not be changed.
   */
  openForWriting(path: string): H5File {
    const source = openPath(path, "r+");
    try {
      return this.kept(path, source, H5File.open(source, { opener: this.opener, writable: true }));
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /**
   * Makes a new file.
   *
   * @param mode - Whether a file of that name is an error ("x") or is replaced ("w").
   */
  create(path: string, options: CreateFileOptions = {}, mode: "x" | "w" = "x"): H5File {
    const target = openPath(path, mode);
    return this.kept(path, target, H5File.create(target, { ...options, opener: this.opener }));
  }

  private kept(path: string, source: FileSource, file: H5File): H5File {
    this.byPath.set(path, { file, driver: SEC2 });
    if (source.identity !== "") this.changing.set(source.identity, file);
    return file;
  }

  /** @throws HDF5Error when changes to a file cannot be written. */
  closeAll(): void {
    const files = [...this.byPath.values()];
    this.byPath.clear();
    this.changing.clear();
    for (const { file } of files) file.close();
  }
}

/** Raw data goes into a file that is made if need be. */
function openRawData(path: string): ByteSource {
  return whereFound(() => openPath(path, "r+")) ?? openPath(path, "x");
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
