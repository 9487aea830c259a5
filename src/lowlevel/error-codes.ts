/**
 * Major and minor error codes, and the class of h5py's exceptions that they stand for.
 *
 * The codes are those of the C library (`H5E_…`), of which only what the API floor raises is named here. The mapping to
 * exception classes was read from a running h5py: the pair (major, minor) first, then the minor code, else RuntimeError.
 */

/** Text of each major code. C: `H5Eget_msg` of `H5E_ARGS`, … */
export const MAJOR = {
  ARGS: "Invalid arguments to routine",
  ATOM: "Object atom",
  ATTR: "Attribute",
  CACHE: "Object cache",
  DATASET: "Dataset",
  DATASPACE: "Dataspace",
  DATATYPE: "Datatype",
  EFL: "External file list",
  FILE: "File accessibility",
  FUNC: "Function entry/exit",
  HEAP: "Heap",
  INTERNAL: "Internal error (too specific to document in detail)",
  IO: "Low-level I/O",
  LINK: "Links",
  NONE: "No error",
  OHDR: "Object header",
  PLINE: "Data filters",
  PLIST: "Property lists",
  REFERENCE: "References",
  RESOURCE: "Resource unavailable",
  STORAGE: "Data storage",
  SYM: "Symbol table",
  VFL: "Virtual File Layer",
} as const;

/** Text of each minor code. C: `H5Eget_msg` of `H5E_BADATOM`, … */
export const MINOR = {
  ALREADYEXISTS: "Object already exists",
  BADATOM: "Unable to find atom information (already closed?)",
  BADFILE: "Bad file ID accessed",
  BADGROUP: "Unable to find ID group information",
  BADITER: "Iteration failed",
  BADRANGE: "Out of range",
  BADSELECT: "Invalid selection",
  BADTYPE: "Inappropriate type",
  BADVALUE: "Bad value",
  CALLBACK: "Callback failed",
  CANAPPLY: "Error from filter 'can apply' callback",
  CANTCLOSEFILE: "Unable to close file",
  CANTCLOSEOBJ: "Can't close object",
  CANTCONVERT: "Can't convert datatypes",
  CANTCOPY: "Unable to copy object",
  CANTCREATE: "Unable to create file",
  CANTDEC: "Unable to decrement reference count",
  CANTDECODE: "Unable to decode value",
  CANTDELETE: "Can't delete message",
  CANTENCODE: "Unable to encode value",
  CANTFLUSH: "Unable to flush data from cache",
  CANTGET: "Can't get value",
  CANTINC: "Unable to increment reference count",
  CANTINIT: "Unable to initialize object",
  CANTINSERT: "Unable to insert object",
  CANTLOAD: "Unable to load metadata into cache",
  CANTMOVE: "Can't move object",
  CANTOPENFILE: "Unable to open file",
  CANTOPENOBJ: "Can't open object",
  CANTRENAME: "Unable to rename object",
  CANTSELECT: "Can't select hyperslab",
  CANTSET: "Can't set value",
  EXISTS: "Object already exists",
  FILEEXISTS: "File already exists",
  FILEOPEN: "File already open",
  MOUNT: "File mount error",
  NOENCODER: "Filter present but encoding disabled",
  NOFILTER: "Requested filter is not available",
  NONE: "No error",
  NOTFOUND: "Object not found",
  NOTHDF5: "Not an HDF5 file",
  OVERFLOW: "Address overflowed",
  READERROR: "Read failed",
  SETLOCAL: "Error from filter 'set local' callback",
  TRUNCATED: "File has been truncated",
  UNINITIALIZED: "Information is uinitialized",
  UNSUPPORTED: "Feature is unsupported",
  WRITEERROR: "Write failed",
} as const;

export type MajorCode = keyof typeof MAJOR;
export type MinorCode = keyof typeof MINOR;

/** One level of the error stack. C: `H5E_error2_t`. */
export interface ErrorRecord {
  /** The function that reports, by its name in the C library. */
  readonly where: string;
  readonly major: MajorCode;
  readonly minor: MinorCode;
  readonly text: string;
}

/** The exception classes h5py raises; they are the `name` of an `ApiError`. */
export type ExceptionName =
  | "FileExistsError"
  | "FileNotFoundError"
  | "IndexError"
  | "IsADirectoryError"
  | "KeyError"
  | "NotImplementedError"
  | "OSError"
  | "OverflowError"
  | "PermissionError"
  | "RuntimeError"
  | "TypeError"
  | "ValueError";

const BY_PAIR: ReadonlyMap<string, ExceptionName> = new Map([
  ["ARGS/BADTYPE", "ValueError"],
  ["ARGS/CANTINIT", "TypeError"],
  ["CACHE/BADVALUE", "OSError"],
  ["DATASET/CANTINIT", "ValueError"],
  ["DATATYPE/CANTINIT", "TypeError"],
  ["FILE/CANTCONVERT", "ValueError"],
  ["REFERENCE/CANTINIT", "ValueError"],
  ["RESOURCE/CANTINIT", "OSError"],
  ["SYM/CANTINIT", "ValueError"],
]);

const BY_MINOR: ReadonlyMap<MinorCode, ExceptionName> = new Map([
  ["ALREADYEXISTS", "ValueError"],
  ["BADATOM", "ValueError"],
  ["BADFILE", "ValueError"],
  ["BADGROUP", "ValueError"],
  ["BADRANGE", "ValueError"],
  ["BADSELECT", "ValueError"],
  ["BADTYPE", "TypeError"],
  ["BADVALUE", "ValueError"],
  ["CALLBACK", "OSError"],
  ["CANAPPLY", "OSError"],
  ["CANTCLOSEFILE", "OSError"],
  ["CANTCONVERT", "TypeError"],
  ["CANTCREATE", "OSError"],
  ["CANTDELETE", "KeyError"],
  ["CANTINSERT", "ValueError"],
  ["CANTMOVE", "ValueError"],
  ["CANTOPENFILE", "OSError"],
  ["CANTOPENOBJ", "KeyError"],
  ["EXISTS", "ValueError"],
  ["FILEEXISTS", "OSError"],
  ["FILEOPEN", "OSError"],
  ["MOUNT", "OSError"],
  ["NOENCODER", "OSError"],
  ["NOFILTER", "OSError"],
  ["NOTFOUND", "KeyError"],
  ["NOTHDF5", "OSError"],
  ["OVERFLOW", "OSError"],
  ["READERROR", "OSError"],
  ["SETLOCAL", "OSError"],
  ["TRUNCATED", "OSError"],
  ["UNINITIALIZED", "ValueError"],
  ["UNSUPPORTED", "NotImplementedError"],
  ["WRITEERROR", "OSError"],
]);

/** POSIX error numbers that have a class of their own. */
const BY_ERRNO: ReadonlyMap<number, ExceptionName> = new Map([
  [1, "PermissionError"],
  [2, "FileNotFoundError"],
  [13, "PermissionError"],
  [17, "FileExistsError"],
  [21, "IsADirectoryError"],
]);

/** The class h5py raises for the outermost record of an error stack. */
export function exceptionNameOf(major: MajorCode, minor: MinorCode, errno?: number): ExceptionName {
  const name = BY_PAIR.get(`${major}/${minor}`) ?? BY_MINOR.get(minor) ?? "RuntimeError";
  if (name !== "OSError" || errno === undefined) return name;
  return BY_ERRNO.get(errno) ?? name;
}
