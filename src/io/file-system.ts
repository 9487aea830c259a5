/**
 * What this library asks of a runtime's files, and the words of their errors.
 *
 * One adapter a runtime implements {@link FileSystem} (file-node.ts, file-deno.ts, file-bun.ts); what is common to all,
 * such as reading in pieces and telling errors, is in file-source.ts.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import { type SystemError, systemError } from "./system-errors.ts";

/**
 * How a file is opened.
 *
 * - `"r"`: an existing file, for reading
 * - `"r+"`: an existing file, for reading and writing
 * - `"w"`: an empty file; one that exists loses its contents
 * - `"x"`: a new file; one that exists is an error. `"w-"` is the same.
 */
export type PathMode = "r" | "r+" | "w" | "w-" | "x";

/** What is to happen when a file is opened. None of them cuts a file: `"w"` does so once the file is open. */
export type OpenDisposition = "read" | "read-write" | "create" | "create-new";

/** An open file of a runtime. Functions throw what the runtime throws. */
export interface FileHandle {
  /** The operating system's number, for messages; -1 if the runtime does not tell. */
  readonly descriptor: number;
  /** Bytes read, 0 at the end of the file; may be fewer than asked for. */
  read(destination: Uint8Array, start: number, byteLength: number, position: number): number;
  /** Bytes written; may be fewer than asked for. */
  write(bytes: Uint8Array, start: number, byteLength: number, position: number): number;
  /** Size and identity as they are now. */
  stat(): FileStatus;
  /** Sets the size in bytes. */
  truncate(byteLength: number): void;
  /** Returns when what was written has reached the device. */
  sync(): void;
  /** Gives the handle back. */
  close(): void;
}

/** What a runtime tells of an open file. */
export interface FileStatus {
  /** Size in bytes. */
  readonly byteLength: number;
  /** Whether it is a folder, which some systems open. */
  readonly isDirectory: boolean;
  /** The same for two handles of one file, whatever the paths they were opened by; "" if the system does not tell. */
  readonly identity: string;
}

/** The files of a runtime. */
export interface FileSystem {
  /** Opens a file. Throws what the runtime throws. */
  open(path: string, disposition: OpenDisposition): FileHandle;
  /** The path with symbolic links followed. Throws what the runtime throws, also when there is no such file. */
  realPath(path: string): string;
  /** Deletes a file. Throws what the runtime throws. */
  remove(path: string): void;
  /** Gives a file another name, in place of any of that name. Throws what the runtime throws. */
  rename(from: string, to: string): void;
}

/** Access flags of `H5Fopen` / `H5Fcreate` and Linux's `open`, in hexadecimal, as the C library's messages show them. */
const FLAGS_IN_MESSAGES: Readonly<Record<PathMode, string>> = {
  r: "flags = 0, o_flags = 0",
  "r+": "flags = 1, o_flags = 2",
  w: "flags = 13, o_flags = 242",
  x: "flags = 15, o_flags = c2",
  "w-": "flags = 15, o_flags = c2",
};

/** The error of a file that cannot be opened, in the C library's words. */
export function openError(thrown: unknown, path: string, mode: PathMode): HDF5Error {
  if (thrown instanceof HDF5Error) return thrown;
  const { errno, message } = systemError(thrown);
  const number = errno === undefined ? "" : `errno = ${errno}, `;
  return sourceError(
    `unable to open file: name = '${path}', ${number}error message = '${message}', ${FLAGS_IN_MESSAGES[mode]}`,
    { path, errno, cause: thrown },
  );
}

/** What was being read or written when it failed. */
export interface Transfer {
  readonly path: string;
  readonly descriptor: number;
  /** Bytes the caller asked for, and bytes of the piece that failed. */
  readonly totalByteLength: number;
  readonly pieceByteLength: number;
  readonly position: number;
}

/** The error of a failed read or write, in the C library's words. JavaScript has no address of a buffer to show. */
export function transferError(thrown: unknown, action: "read" | "write", transfer: Transfer): HDF5Error {
  if (thrown instanceof HDF5Error) return thrown;
  const { errno, message }: SystemError = systemError(thrown);
  const { path, descriptor, totalByteLength, pieceByteLength, position } = transfer;
  const past = action === "read" ? "read" : "written";
  const text = [
    `file ${action} failed: time = ${timeText(new Date())}`,
    `filename = '${path}'`,
    `file descriptor = ${descriptor}`,
    ...(errno === undefined ? [] : [`errno = ${errno}`]),
    `error message = '${message}'`,
    "buf = 0x0",
    `total ${action} size = ${totalByteLength}`,
    `bytes this sub-${action} = ${pieceByteLength}`,
    // The C library prints the -1 that the system call returned as an unsigned number.
    `bytes actually ${past} = 18446744073709551615`,
    `offset = ${position}`,
  ].join(", ");
  return sourceError(text, { path, errno, cause: thrown });
}

/** The error of another call on an open file, such as one that sets its size. */
export function fileCallError(thrown: unknown, action: string, path: string): HDF5Error {
  if (thrown instanceof HDF5Error) return thrown;
  const { errno, message } = systemError(thrown);
  const number = errno === undefined ? "" : `errno = ${errno}, `;
  return sourceError(`unable to ${action}: name = '${path}', ${number}error message = '${message}'`, {
    path,
    errno,
    cause: thrown,
  });
}

function sourceError(
  message: string,
  details: { path: string; errno: number | undefined; cause: unknown },
): SourceError {
  const { path, errno, cause } = details;
  return new SourceError(message, errno === undefined ? { path, cause } : { path, errno, cause });
}

/** `Sun Nov  1 20:31:25 2026`, as C's `ctime` writes it. */
function timeText(date: Date): string {
  const day = String(date.getDate()).padStart(2, " ");
  const clock = date.toTimeString().slice(0, 8);
  return `${date.toDateString().slice(0, 7)} ${day} ${clock} ${date.getFullYear()}`;
}
