/** Files. C: `H5F`. h5py: `h5py.h5f`. */
import { HDF5Error } from "../base/errors.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import { findSuperblock } from "../engine/superblock-access.ts";
import { MemorySource, MemoryTarget } from "../io/memory-source.ts";
import { removePath } from "../io/path-source.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { expectInstance, type Size, toInt, toUnsigned } from "./arguments.ts";
import { AttrID } from "./attr-id.ts";
import { FILE_ACCESS_DEFAULTS, type FileAccess } from "./file-access.ts";
import { fileSystemOpener } from "./file-finder.ts";
import { FileID } from "./file-id.ts";
import { withMounted } from "./file-mounts.ts";
import { CANNOT_OPEN, checkName } from "./file-name.ts";
import { IDENTIFIERS } from "./id-maker.ts";
import { LocationID, type PlacedState } from "./location-id.ts";
import { ID_TYPE, type ObjectID } from "./object-id.ts";
import { OpenFile } from "./open-file.ts";
import { type FileName, openExisting } from "./open-source.ts";
import type { PropFAID } from "./prop-fapl.ts";
import { FILE_CREATION_DEFAULTS, PropFCID } from "./prop-fcpl.ts";
import { findSharedFile, openSharedFiles, type SharedFile } from "./shared-file.ts";
import {
  ACC_EXCL,
  ACC_RDONLY,
  ACC_RDWR,
  ACC_SWMR_READ,
  ACC_SWMR_WRITE,
  ACC_TRUNC,
  createShared,
  openShared,
} from "./shared-files.ts";
import { objectIdOf } from "./wrap-object.ts";

export { UNLIMITED } from "../base/address.ts";
export { FileID } from "./file-id.ts";
export { mount, unmount } from "./file-mounts.ts";
export type { FileInfo, PageBufferStats, PageStats, RetryInfo } from "./file-tuning.ts";
export {
  LIBVER_EARLIEST,
  LIBVER_LATEST,
  LIBVER_V18,
  LIBVER_V110,
  LIBVER_V112,
  LIBVER_V114,
  LIBVER_V200,
} from "./libver-bounds.ts";
export { CLOSE_DEFAULT, CLOSE_SEMI, CLOSE_STRONG, CLOSE_WEAK } from "./open-file.ts";
export type { FileName } from "./open-source.ts";
export {
  FSPACE_STRATEGY_AGGR,
  FSPACE_STRATEGY_FSM_AGGR,
  FSPACE_STRATEGY_NONE,
  FSPACE_STRATEGY_PAGE,
} from "./prop-fcpl.ts";
export { ACC_EXCL, ACC_RDONLY, ACC_RDWR, ACC_SWMR_READ, ACC_SWMR_WRITE, ACC_TRUNC } from "./shared-files.ts";

/** How far a flush reaches: the file alone, or those that are mounted in it too. C: `H5F_scope_t`. */
export const SCOPE_LOCAL = 0;
export const SCOPE_GLOBAL = 1;

/** Kinds of identifiers to count. C: `H5F_OBJ_…`. */
export const OBJ_FILE = 1;
export const OBJ_DATASET = 2;
export const OBJ_GROUP = 4;
export const OBJ_DATATYPE = 8;
export const OBJ_ATTR = 16;
export const OBJ_ALL = 31;
/** Only those of the very identifier given, not of others that have the same file open. */
export const OBJ_LOCAL = 32;

/** Flag of {@link openFileImage}: the copy is open for writing. C: `H5LT_FILE_IMAGE_OPEN_RW`. */
export const FILE_IMAGE_OPEN_RW = 1;

function accessOf(fapl: PropFAID | null | undefined): FileAccess {
  return fapl?.values() ?? FILE_ACCESS_DEFAULTS;
}

function newFileId(shared: SharedFile, name: FileName, { closeDegree }: FileAccess): FileID {
  const text = typeof name === "string" ? name : name.name;
  return new FileID(new OpenFile(shared, text, closeDegree, IDENTIFIERS));
}

/**
 * Opens a file: a path, or a source of bytes (a target to write to it). One that the process has open already is shared,
 * with the access it was first opened with.
 *
 * @param flags - `ACC_RDWR` (default) or `ACC_RDONLY`; with `ACC_SWMR_WRITE` or `ACC_SWMR_READ`, respectively, to write while
 *   others read, or to read while another writes.
 * @throws FileNotFoundError, OSError, … in h5py's words. C: `H5Fopen`.
 */
export function open(name: FileName, flags: Size = ACC_RDWR, fapl: PropFAID | null = null): FileID {
  const where = "H5Fopen";
  checkName(where, name);
  const bits = toUnsigned(flags);
  if ((bits & ~(ACC_RDWR | ACC_SWMR_READ | ACC_SWMR_WRITE)) !== 0) {
    throw argumentError(where, "ARGS", "BADVALUE", "invalid file open flags");
  }
  if ((bits & ACC_SWMR_WRITE) !== 0 && (bits & ACC_RDWR) === 0) {
    const text = "SWMR write access on a file open for read-only access is not allowed";
    throw argumentError(where, "FILE", "CANTOPENFILE", text);
  }
  if ((bits & ACC_RDWR) !== 0 && (bits & ACC_SWMR_READ) !== 0) {
    const text = "SWMR read access on a file open for read-write access is not allowed";
    throw argumentError(where, "ARGS", "BADVALUE", text);
  }
  return opened(name, bits, accessOf(fapl));
}

/** The same for reading alone, with the values of an access list. */
export function openReadOnly(name: FileName, access: FileAccess): FileID {
  checkName("H5Fopen", name);
  return opened(name, ACC_RDONLY, access);
}

function opened(name: FileName, flags: number, access: FileAccess): FileID {
  return guarded(CANNOT_OPEN, () => newFileId(openShared(name, flags, access), name, access));
}

/** How a file is made. */
export interface CreateOptions {
  /** `ACC_TRUNC` (default) replaces a file, `ACC_EXCL` refuses to. With `ACC_SWMR_WRITE`, others can read it from the start. */
  readonly flags?: Size;
  /** How the file is laid out. Default: the C library's. */
  readonly fcpl?: PropFCID | null;
  /** How the file is accessed. Default: the C library's. */
  readonly fapl?: PropFAID | null;
}

/**
 * Makes a file, at a path or in a target of bytes, and opens it for reading and writing.
 *
 * @throws FileExistsError with `ACC_EXCL` when it is there; OSError "Unable to create file (…)"; ValueError for other
 *   flags. C: `H5Fcreate`.
 */
export function create(name: FileName, options: CreateOptions = {}): FileID {
  const where = "H5Fcreate";
  checkName(where, name);
  const bits = toUnsigned(options.flags ?? ACC_TRUNC);
  if ((bits & ~(ACC_EXCL | ACC_TRUNC | ACC_RDWR | ACC_SWMR_WRITE)) !== 0) {
    throw argumentError(where, "ARGS", "BADVALUE", "invalid flags");
  }
  const truncate = (bits & ACC_TRUNC) !== 0;
  if (truncate && (bits & ACC_EXCL) !== 0) {
    throw argumentError(where, "ARGS", "BADVALUE", "mutually exclusive flags for file creation");
  }
  const fcpl = options.fcpl ?? new PropFCID(FILE_CREATION_DEFAULTS);
  const access = accessOf(options.fapl);
  return guarded(record(where, "FILE", "CANTOPENFILE", "unable to create file"), () =>
    newFileId(createShared(name, { exclusive: !truncate, flags: bits }, fcpl, access), name, access),
  );
}

/**
 * Opens the bytes of a file. With `FILE_IMAGE_OPEN_RW` a copy of them is opened for writing, to be had back with
 * `FileID.getFileImage`; otherwise they are used as they are and must stay so.
 *
 * @throws OSError "Unable to open file (…)". C: `H5LTopen_file_image`.
 */
export function openFileImage(image: Uint8Array, flags: Size = 0, fapl: PropFAID | null = null): FileID {
  expectInstance(image, Uint8Array, "image");
  const writable = (toUnsigned(flags) & FILE_IMAGE_OPEN_RW) !== 0;
  const source = writable ? new MemoryTarget(image) : new MemorySource(image);
  return open(source, writable ? ACC_RDWR : ACC_RDONLY, fapl);
}

/** Whether a file has the signature of HDF5. @throws FileNotFoundError, OSError when it cannot be read. C: `H5Fis_hdf5`. */
export function isHdf5(name: FileName): boolean {
  checkName("H5Fis_hdf5", name);
  return guarded(record("H5Fis_hdf5", "FILE", "NOTHDF5", "unable to determine if file is accessible as HDF5"), () => {
    const { source } = openExisting(name, false, { kind: "sec2" }, {});
    try {
      return findSuperblock(source) !== undefined;
    } finally {
      if (source !== name) source.close();
    }
  });
}

/**
 * Whether a file can be opened with the driver of an access list, as far as its superblock tells.
 *
 * @throws FileNotFoundError, OSError when it cannot be read. C: `H5Fis_accessible`.
 */
export function isAccessible(name: FileName, fapl: PropFAID | null = null): boolean {
  const where = "H5Fis_accessible";
  checkName(where, name);
  return guarded(record(where, "FILE", "NOTHDF5", "unable to determine if file is accessible as HDF5"), () => {
    const { driver } = accessOf(fapl);
    const { source } = openExisting(name, false, driver, fileSystemOpener(refuseOther));
    try {
      return findSuperblock(source) !== undefined;
    } finally {
      if (source !== name) source.close();
    }
  });
}

function refuseOther(): never {
  throw new HDF5Error("state", "no other file is needed");
}

/**
 * Deletes a file, all of its members if the driver has several.
 *
 * @throws OSError when it is no HDF5 file or open, FileNotFoundError, … C: `H5Fdelete`.
 */
function deleteFile(name: string, fapl: PropFAID | null = null): void {
  const where = "H5Fdelete";
  checkName(where, name);
  guarded(record(where, "FILE", "WRITEERROR", "unable to delete the file"), () => {
    const members: string[] = [];
    const opener = fileSystemOpener(refuseOther);
    const listing: FileOpener = {
      ...opener,
      openBytes: (member, mode) => {
        const found = opener.openBytes?.(member, mode);
        if (found !== undefined) members.push(member);
        return found;
      },
    };
    const { source, identity } = openExisting(name, false, accessOf(fapl).driver, listing);
    try {
      if (findSuperblock(source) === undefined) throw new HDF5Error("format", "not an HDF5 file", { path: name });
      if (findSharedFile(identity) !== undefined) throw new HDF5Error("state", "file is already open", { path: name });
    } finally {
      source.close();
    }
    for (const member of new Set(members.length === 0 ? [name] : members)) removePath(member);
  });
}

export { deleteFile as delete };

function fileOf(obj: ObjectID, where: string, text: string): OpenFile {
  if (obj instanceof FileID) return obj.openFile;
  if (!(obj instanceof LocationID)) throw argumentError(where, "ARGS", "BADTYPE", text);
  return obj.location().file;
}

/**
 * Writes everything that was changed in the file of an object; with `SCOPE_GLOBAL` also in files mounted in it.
 *
 * @throws ValueError for an identifier of no file; OSError when writing fails. C: `H5Fflush`.
 */
export function flush(obj: ObjectID, scope: Size = SCOPE_LOCAL): void {
  const file = fileOf(obj, "H5Fflush", "not a file or file object");
  const isGlobal = toInt(scope) === SCOPE_GLOBAL;
  guarded(record("H5Fflush", "FILE", "CANTFLUSH", "unable to flush file's cached information"), () => {
    file.throwDeferred();
    for (const shared of isGlobal ? withMounted(file.shared) : [file.shared]) shared.engine.flush();
  });
}

/** The name of the file that an object is in. @throws ValueError for an identifier of no file. C: `H5Fget_name`. */
export function getName(obj: ObjectID): string {
  return fileOf(obj, "H5Fget_name", "not a valid object ID").name;
}

const KIND_OF_TYPE = new Map<number, number>([
  [ID_TYPE.FILE, OBJ_FILE],
  [ID_TYPE.DATASET, OBJ_DATASET],
  [ID_TYPE.GROUP, OBJ_GROUP],
  [ID_TYPE.DATATYPE, OBJ_DATATYPE],
  [ID_TYPE.ATTR, OBJ_ATTR],
]);

function openingsOf(where: FileID | number, types: number): Iterable<OpenFile> {
  if (typeof where === "number") return openSharedFiles().flatMap(({ openings }) => [...openings]);
  if (!(where instanceof FileID)) throw plainError("TypeError", "Location must be a FileID or OBJ_ALL.");
  const { openFile } = where;
  return (types & OBJ_LOCAL) !== 0 ? [openFile] : openFile.shared.openings;
}

function isOneOf(idType: number, types: number): boolean {
  return ((KIND_OF_TYPE.get(idType) ?? 0) & types) !== 0;
}

/** One more handle of a light identifier. */
function handleOf(file: OpenFile, state: PlacedState): ObjectID {
  const { address, path, attributeName } = state;
  const place = { file, object: file.engine.object(address), path, state };
  return attributeName === undefined ? objectIdOf(place) : new AttrID(place, attributeName);
}

/**
 * Identifiers that are open: of a file or, with `OBJ_ALL`, of all files; `types` are `OBJ_…` bits. As in h5py, what is
 * returned may be further handles of them.
 *
 * C: `H5Fget_obj_ids`.
 */
export function getObjIds(where: FileID | number = OBJ_ALL, types: Size = OBJ_ALL): ObjectID[] {
  const bits = toUnsigned(types);
  const found: ObjectID[] = [];
  for (const file of openingsOf(where, bits)) {
    for (const id of file.identifiers()) if (isOneOf(id.idType, bits)) found.push(id);
    for (const state of file.lightStates()) if (isOneOf(state.idType, bits)) found.push(handleOf(file, state));
  }
  return found;
}

/** How many {@link getObjIds} gives. C: `H5Fget_obj_count`. */
export function getObjCount(where: FileID | number = OBJ_ALL, types: Size = OBJ_ALL): number {
  const bits = toUnsigned(types);
  let count = 0;
  for (const file of openingsOf(where, bits)) {
    for (const { idType } of file.identifiers()) if (isOneOf(idType, bits)) count++;
    for (const { idType } of file.lightStates()) if (isOneOf(idType, bits)) count++;
  }
  return count;
}
