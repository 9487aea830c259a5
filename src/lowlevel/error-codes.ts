/**
 * Major and minor error codes, and the class of h5py's exceptions that they stand for.
 *
 * The codes and texts are those of the C library (`H5E_…` of 1.10.8, its spelling mistakes included). The mapping to
 * exception classes was read from a running h5py: the pair (major, minor) first, then the minor code, else RuntimeError.
 */

/** Text of each major code. C: `H5Eget_msg` of `H5E_ARGS`, … */
export const MAJOR = {
  ARGS: "Invalid arguments to routine",
  ATOM: "Object atom",
  ATTR: "Attribute",
  BTREE: "B-Tree node",
  CACHE: "Object cache",
  CONTEXT: "API Context",
  DATASET: "Dataset",
  DATASPACE: "Dataspace",
  DATATYPE: "Datatype",
  EARRAY: "Extensible Array",
  EFL: "External file list",
  ERROR: "Error API",
  FARRAY: "Fixed Array",
  FILE: "File accessibility",
  FSPACE: "Free Space Manager",
  FUNC: "Function entry/exit",
  HEAP: "Heap",
  INTERNAL: "Internal error (too specific to document in detail)",
  IO: "Low-level I/O",
  LINK: "Links",
  NONE: "No error",
  OHDR: "Object header",
  PAGEBUF: "Page Buffering",
  PLINE: "Data filters",
  PLIST: "Property lists",
  PLUGIN: "Plugin for dynamically loaded library",
  REFERENCE: "References",
  RESOURCE: "Resource unavailable",
  RS: "Reference Counted Strings",
  SLIST: "Skip Lists",
  SOHM: "Shared Object Header Messages",
  STORAGE: "Data storage",
  SYM: "Symbol table",
  TST: "Ternary Search Trees",
  VFL: "Virtual File Layer",
} as const;

/** Text of each minor code. C: `H5Eget_msg` of `H5E_BADATOM`, … */
export const MINOR = {
  ALIGNMENT: "Alignment error",
  ALREADYEXISTS: "Object already exists",
  ALREADYINIT: "Object already initialized",
  BADATOM: "Unable to find atom information (already closed?)",
  BADFILE: "Bad file ID accessed",
  BADGROUP: "Unable to find ID group information",
  BADITER: "Iteration failed",
  BADMESG: "Unrecognized message",
  BADRANGE: "Out of range",
  BADSELECT: "Invalid selection",
  BADSIZE: "Bad size for object",
  BADTYPE: "Inappropriate type",
  BADVALUE: "Bad value",
  CALLBACK: "Callback failed",
  CANAPPLY: "Error from filter 'can apply' callback",
  CANTALLOC: "Can't allocate space",
  CANTAPPEND: "Can't append object",
  CANTATTACH: "Can't attach object",
  CANTCLEAN: "Unable to mark metadata as clean",
  CANTCLIP: "Can't clip hyperslab region",
  CANTCLOSEFILE: "Unable to close file",
  CANTCLOSEOBJ: "Can't close object",
  CANTCOMPARE: "Can't compare objects",
  CANTCOMPUTE: "Can't compute value",
  CANTCONVERT: "Can't convert datatypes",
  CANTCOPY: "Unable to copy object",
  CANTCORK: "Unable to cork an object",
  CANTCOUNT: "Can't count elements",
  CANTCREATE: "Unable to create file",
  CANTDEC: "Unable to decrement reference count",
  CANTDECODE: "Unable to decode value",
  CANTDELETE: "Can't delete message",
  CANTDEPEND: "Unable to create a flush dependency",
  CANTDIRTY: "Unable to mark metadata as dirty",
  CANTENCODE: "Unable to encode value",
  CANTEXPUNGE: "Unable to expunge a metadata cache entry",
  CANTEXTEND: "Can't extend heap's space",
  CANTFILTER: "Filter operation failed",
  CANTFLUSH: "Unable to flush data from cache",
  CANTFREE: "Unable to free object",
  CANTGATHER: "Can't gather data",
  CANTGC: "Unable to garbage collect",
  CANTGET: "Can't get value",
  CANTGETSIZE: "Unable to compute size",
  CANTINC: "Unable to increment reference count",
  CANTINIT: "Unable to initialize object",
  CANTINS: "Unable to insert metadata into cache",
  CANTINSERT: "Unable to insert object",
  CANTLIST: "Unable to list node",
  CANTLOAD: "Unable to load metadata into cache",
  CANTLOCK: "Unable to lock object",
  CANTLOCKFILE: "Unable to lock file",
  CANTMARKCLEAN: "Unable to mark a pinned entry as clean",
  CANTMARKDIRTY: "Unable to mark a pinned entry as dirty",
  CANTMARKSERIALIZED: "Unable to mark an entry as serialized",
  CANTMARKUNSERIALIZED: "Unable to mark an entry as unserialized",
  CANTMERGE: "Can't merge objects",
  CANTMODIFY: "Unable to modify record",
  CANTMOVE: "Can't move object",
  CANTNEXT: "Can't move to next iterator location",
  CANTNOTIFY: "Unable to notify object about action",
  CANTOPENFILE: "Unable to open file",
  CANTOPENOBJ: "Can't open object",
  CANTOPERATE: "Can't operate on object",
  CANTPACK: "Can't pack messages",
  CANTPIN: "Unable to pin cache entry",
  CANTPROTECT: "Unable to protect metadata",
  CANTRECV: "Can't receive data",
  CANTREDISTRIBUTE: "Unable to redistribute records",
  CANTREGISTER: "Unable to register new atom",
  CANTRELEASE: "Unable to release object",
  CANTREMOVE: "Unable to remove object",
  CANTRENAME: "Unable to rename object",
  CANTRESET: "Can't reset object",
  CANTRESIZE: "Unable to resize a metadata cache entry",
  CANTRESTORE: "Can't restore condition",
  CANTREVIVE: "Can't revive object",
  CANTSELECT: "Can't select hyperslab",
  CANTSERIALIZE: "Unable to serialize data from cache",
  CANTSET: "Can't set value",
  CANTSHRINK: "Can't shrink container",
  CANTSORT: "Can't sort objects",
  CANTSPLIT: "Unable to split node",
  CANTSWAP: "Unable to swap records",
  CANTTAG: "Unable to tag metadata in the cache",
  CANTUNCORK: "Unable to uncork an object",
  CANTUNDEPEND: "Unable to destroy a flush dependency",
  CANTUNLOCK: "Unable to unlock object",
  CANTUNLOCKFILE: "Unable to unlock file",
  CANTUNPIN: "Unable to un-pin cache entry",
  CANTUNPROTECT: "Unable to unprotect metadata",
  CANTUNSERIALIZE: "Unable to mark metadata as unserialized",
  CANTUPDATE: "Can't update object",
  CLOSEERROR: "Close failed",
  COMPLEN: "Name component is too long",
  DUPCLASS: "Duplicate class name in parent class",
  EXISTS: "Object already exists",
  FCNTL: "File control (fcntl) failed",
  FILEEXISTS: "File already exists",
  FILEOPEN: "File already open",
  INCONSISTENTSTATE: "Internal states are inconsistent",
  LINKCOUNT: "Bad object header link count",
  LOGFAIL: "old H5E_LOGGING_g (maintained for binary compatibility)",
  LOGGING: "Failure in the cache logging framework",
  MOUNT: "File mount error",
  MPI: "Some MPI function failed",
  MPIERRSTR: "MPI Error String",
  NLINKS: "Too many soft links in path",
  NOENCODER: "Filter present but encoding disabled",
  NOFILTER: "Requested filter is not available",
  NOIDS: "Out of IDs for group",
  NOSPACE: "No space available for allocation",
  NONE: "No error",
  NOTCACHED: "Metadata not currently cached",
  NOTFOUND: "Object not found",
  NOTHDF5: "Not an HDF5 file",
  NOTREGISTERED: "Link class not registered",
  OBJOPEN: "Object is already open",
  OPENERROR: "Can't open directory or file",
  OVERFLOW: "Address overflowed",
  PATH: "Problem with path to object",
  PROTECT: "Protected metadata error",
  READERROR: "Read failed",
  SEEKERROR: "Seek failed",
  SETDISALLOWED: "Disallowed operation",
  SETLOCAL: "Error from filter 'set local' callback",
  SYSERRSTR: "System error message",
  SYSTEM: "Internal error detected",
  TRAVERSE: "Link traversal failure",
  TRUNCATED: "File has been truncated",
  UNINITIALIZED: "Information is uinitialized",
  UNSUPPORTED: "Feature is unsupported",
  VERSION: "Wrong version number",
  WRITEERROR: "Write failed",
} as const;

/** Where something failed: the C library's `H5E_…` without that. C: `H5E_major_t`. */
export type MajorCode = keyof typeof MAJOR;
/** What was wrong: the C library's `H5E_…` without that. C: `H5E_minor_t`. */
export type MinorCode = keyof typeof MINOR;

/** One level of the error stack. C: `H5E_error2_t`. */
export interface ErrorRecord {
  /** The function that reports, by its name in the C library. */
  readonly where: string;
  /** Where it failed. */
  readonly major: MajorCode;
  /** What was wrong. */
  readonly minor: MinorCode;
  /** In words, as the C library's. */
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
  | "UnicodeDecodeError"
  | "UnicodeEncodeError"
  | "ValueError";

type Codes = readonly (MinorCode | `${MajorCode}/${MinorCode}`)[];

/** Minor codes, and the pairs that are told from others with the same minor code, by what h5py makes of them. */
const CODES: Readonly<Partial<Record<ExceptionName, Codes>>> = {
  KeyError: ["CANTDELETE", "CANTOPENOBJ", "NOTFOUND"],
  NotImplementedError: ["UNSUPPORTED"],
  OSError: [
    "CACHE/BADVALUE",
    "RESOURCE/CANTINIT",
    "CALLBACK",
    "CANAPPLY",
    "CANTCLOSEFILE",
    "CANTCREATE",
    "CANTOPENFILE",
    "FILEEXISTS",
    "FILEOPEN",
    "MOUNT",
    "NOENCODER",
    "NOFILTER",
    "NOTHDF5",
    "OVERFLOW",
    "READERROR",
    "SETLOCAL",
    "TRUNCATED",
    "WRITEERROR",
  ],
  TypeError: ["ARGS/CANTINIT", "DATATYPE/CANTINIT", "BADTYPE", "CANTCONVERT"],
  ValueError: [
    "ARGS/BADTYPE",
    "DATASET/CANTINIT",
    "FILE/CANTCONVERT",
    "REFERENCE/CANTINIT",
    "SYM/CANTINIT",
    "ALREADYEXISTS",
    "BADATOM",
    "BADFILE",
    "BADGROUP",
    "BADRANGE",
    "BADSELECT",
    "BADVALUE",
    "CANTINSERT",
    "CANTMOVE",
    "EXISTS",
    "UNINITIALIZED",
  ],
};

const EXCEPTIONS = new Map(
  Object.entries(CODES).flatMap(([name, codes]) => codes.map((code) => [code as string, name as ExceptionName])),
);

const BY_ERRNO: ReadonlyMap<number, ExceptionName> = new Map([
  [1, "PermissionError"],
  [2, "FileNotFoundError"],
  [13, "PermissionError"],
  [17, "FileExistsError"],
  [21, "IsADirectoryError"],
]);

/** The class h5py raises for the outermost record of an error stack. */
export function exceptionNameOf(major: MajorCode, minor: MinorCode, errno?: number): ExceptionName {
  const name = EXCEPTIONS.get(`${major}/${minor}`) ?? EXCEPTIONS.get(minor) ?? "RuntimeError";
  if (name !== "OSError" || errno === undefined) return name;
  return BY_ERRNO.get(errno) ?? name;
}
