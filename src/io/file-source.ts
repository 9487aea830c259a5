/** A file of the operating system as a source and as a target, over the calls of whichever runtime there is. */
import { HDF5Error } from "../base/errors.ts";
import type { FileHandle, FileStatus, FileSystem, OpenDisposition, PathMode } from "./file-system.ts";
import { fileCallError, openError, transferError } from "./file-system.ts";
import { checkPosition, closedSource, pastTheEnd } from "./range-check.ts";
import type { ByteSource, ByteTarget } from "./source.ts";
import { posixError, systemError } from "./system-errors.ts";

/** System calls transfer less than 2 GiB at once (Linux: 2^31 - 4096 bytes; Node refuses 2^31). */
const LARGEST_PIECE = 1 << 30;

/** A file open for reading. */
export class FileSource implements ByteSource {
  readonly name: string;
  /** The same for two sources of one file, whatever the paths they were opened by; "" if the system does not tell. */
  readonly identity: string;
  protected readonly descriptor: number;
  private opened: FileHandle | undefined;

  constructor(handle: FileHandle, path: string, identity: string) {
    this.name = path;
    this.identity = identity;
    this.descriptor = handle.descriptor;
    this.opened = handle;
  }

  byteLength(): number {
    const handle = this.handle();
    try {
      return handle.stat().byteLength;
    } catch (thrown) {
      throw fileCallError(thrown, "get file size", this.name);
    }
  }

  readInto(offset: number, destination: Uint8Array): void {
    const handle = this.opened ?? this.handle();
    const total = destination.length;
    checkPosition(this.name, offset, total);
    for (let done = 0; done < total; ) {
      const piece = Math.min(total - done, LARGEST_PIECE);
      let count: number;
      try {
        count = handle.read(destination, done, piece, offset + done);
      } catch (thrown) {
        if (systemError(thrown).code === "EINTR") continue;
        throw this.readError(thrown, destination, piece, offset + done);
      }
      if (count === 0) throw pastTheEnd(this.name, offset, total, this.byteLength());
      done += count;
    }
  }

  close(): void {
    const handle = this.opened;
    this.opened = undefined;
    if (handle === undefined) return;
    try {
      handle.close();
    } catch (thrown) {
      throw fileCallError(thrown, "close file", this.name);
    }
  }

  protected handle(): FileHandle {
    if (this.opened === undefined) throw closedSource(this.name);
    return this.opened;
  }

  private readError(thrown: unknown, destination: Uint8Array, pieceByteLength: number, position: number): unknown {
    const { name: path, descriptor } = this;
    return transferError(thrown, "read", {
      path,
      descriptor,
      totalByteLength: destination.length,
      pieceByteLength,
      position,
    });
  }
}

/** A file open for reading and writing. */
export class FileTarget extends FileSource implements ByteTarget {
  write(offset: number, bytes: Uint8Array): void {
    const handle = this.handle();
    const total = bytes.length;
    checkPosition(this.name, offset, total);
    for (let done = 0; done < total; ) {
      const piece = Math.min(total - done, LARGEST_PIECE);
      done += this.writePiece(handle, bytes, done, piece, offset);
    }
  }

  truncate(byteLength: number): void {
    const handle = this.handle();
    checkPosition(this.name, byteLength, 0);
    try {
      handle.truncate(byteLength);
    } catch (thrown) {
      throw fileCallError(thrown, "set file size", this.name);
    }
  }

  sync(): void {
    const handle = this.handle();
    try {
      handle.sync();
    } catch (thrown) {
      throw fileCallError(thrown, "sync file", this.name);
    }
  }

  private writePiece(handle: FileHandle, bytes: Uint8Array, start: number, byteLength: number, offset: number): number {
    for (;;) {
      try {
        const count = handle.write(bytes, start, byteLength, offset + start);
        if (count === 0) throw posixError("ENOSPC");
        return count;
      } catch (thrown) {
        if (systemError(thrown).code === "EINTR") continue;
        throw transferError(thrown, "write", {
          path: this.name,
          descriptor: this.descriptor,
          totalByteLength: bytes.length,
          pieceByteLength: byteLength,
          position: offset + start,
        });
      }
    }
  }
}

/** What happens between opening a file and cutting it. */
export interface OpenPathOptions {
  /**
   * Called in mode `"w"` when the file is known to be openable and before it loses its contents; what it throws is
   * passed on, and the file stays as it was. `identity` is that of {@link FileSource}.
   */
  readonly beforeTruncate?: (identity: string) => void;
}

const DISPOSITIONS: Readonly<Record<PathMode, OpenDisposition>> = {
  r: "read",
  "r+": "read-write",
  w: "create",
  "w-": "create-new",
  x: "create-new",
};

/**
 * Opens a file of `files`.
 *
 * @throws SourceError with `errno` and the C library's words when the file cannot be opened, or is a directory.
 * @throws HDF5Error `"argument"` when `path` cannot be a file's name.
 */
export function openFile(files: FileSystem, path: string, mode: "r", options?: OpenPathOptions): FileSource;
export function openFile(
  files: FileSystem,
  path: string,
  mode: Exclude<PathMode, "r">,
  options?: OpenPathOptions,
): FileTarget;
export function openFile(files: FileSystem, path: string, mode: PathMode, options?: OpenPathOptions): FileSource;
export function openFile(files: FileSystem, path: string, mode: PathMode, options: OpenPathOptions = {}): FileSource {
  if (path === "") throw new HDF5Error("argument", "invalid file name", { path });
  if (path.includes("\0")) throw new HDF5Error("argument", "invalid file name: embedded null character", { path });
  const handle = openHandle(files, path, mode);
  try {
    const { identity, isDirectory, byteLength } = status(handle, path, mode);
    if (isDirectory) throw directoryError(path, mode, handle.descriptor);
    if (mode === "r") return new FileSource(handle, path, identity);
    const target = new FileTarget(handle, path, identity);
    if (mode === "w") {
      options.beforeTruncate?.(identity);
      // ext4 takes a file cut to nothing for one whose contents are being replaced, and writes it to the disk at its close.
      if (byteLength > 0) target.truncate(0);
    }
    return target;
  } catch (error) {
    handle.close();
    throw error;
  }
}

function openHandle(files: FileSystem, path: string, mode: PathMode): FileHandle {
  try {
    return files.open(path, DISPOSITIONS[mode]);
  } catch (thrown) {
    throw openError(thrown, path, mode);
  }
}

function status(handle: FileHandle, path: string, mode: PathMode): FileStatus {
  try {
    return handle.stat();
  } catch (thrown) {
    throw openError(thrown, path, mode);
  }
}

/** A directory can be opened for reading; the C library finds out when it looks for the signature. */
function directoryError(path: string, mode: PathMode, descriptor: number): HDF5Error {
  if (mode !== "r") return openError(posixError("EISDIR"), path, mode);
  const transfer = { path, descriptor, totalByteLength: 8, pieceByteLength: 8, position: 0 };
  return transferError(posixError("EISDIR"), "read", transfer);
}
