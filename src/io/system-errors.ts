/**
 * Errors of the operating system, told alike on every runtime.
 *
 * Node and Bun give libuv's numbers (negative, and others on Windows), Deno gives classes; all of them give the POSIX
 * name in `code`. Numbers and words here are those of Linux, which h5py's messages show.
 */

const SYSTEM_ERRORS: ReadonlyMap<string, readonly [errno: number, message: string]> = new Map([
  ["EPERM", [1, "Operation not permitted"]],
  ["ENOENT", [2, "No such file or directory"]],
  ["EINTR", [4, "Interrupted system call"]],
  ["EIO", [5, "Input/output error"]],
  ["ENXIO", [6, "No such device or address"]],
  ["EBADF", [9, "Bad file descriptor"]],
  ["EAGAIN", [11, "Resource temporarily unavailable"]],
  ["ENOMEM", [12, "Cannot allocate memory"]],
  ["EACCES", [13, "Permission denied"]],
  ["EBUSY", [16, "Device or resource busy"]],
  ["EEXIST", [17, "File exists"]],
  ["ENODEV", [19, "No such device"]],
  ["ENOTDIR", [20, "Not a directory"]],
  ["EISDIR", [21, "Is a directory"]],
  ["EINVAL", [22, "Invalid argument"]],
  ["ENFILE", [23, "Too many open files in system"]],
  ["EMFILE", [24, "Too many open files"]],
  ["ETXTBSY", [26, "Text file busy"]],
  ["EFBIG", [27, "File too large"]],
  ["ENOSPC", [28, "No space left on device"]],
  ["ESPIPE", [29, "Illegal seek"]],
  ["EROFS", [30, "Read-only file system"]],
  ["ENAMETOOLONG", [36, "File name too long"]],
  ["ELOOP", [40, "Too many levels of symbolic links"]],
  ["EDQUOT", [122, "Disk quota exceeded"]],
] as const);

/** What the operating system said, in POSIX's number and words. */
export interface SystemError {
  /** POSIX name, such as `ENOENT`; "" when there is none. */
  readonly code: string;
  /** POSIX number; `undefined` when the error is not the operating system's. */
  readonly errno: number | undefined;
  readonly message: string;
}

/** Reads what a runtime's file function threw. */
export function systemError(thrown: unknown): SystemError {
  if (!(thrown instanceof Error)) return { code: "", errno: undefined, message: String(thrown) };
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  const known = SYSTEM_ERRORS.get(code);
  if (known !== undefined) return { code, errno: known[0], message: known[1] };
  const number = "errno" in thrown && typeof thrown.errno === "number" ? Math.abs(thrown.errno) : undefined;
  return { code, errno: number, message: thrown.message };
}

/** An error as the operating system would give it, for file systems and test doubles that raise their own. */
export function posixError(code: string): Error & { code: string } {
  return Object.assign(new Error(SYSTEM_ERRORS.get(code)?.[1] ?? code), { code });
}
