/** Identifiers. C: `H5I`. h5py: `h5py.h5i`. */
import { argumentError, libraryError, plainError, record, unspecifiedError } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";
import { FileID } from "./file-id.ts";
import { nameOf } from "./find-path.ts";
import { LocationID } from "./location-id.ts";
import { findIdentifier, ID_TYPE, ObjectID } from "./object-id.ts";

export {
  clearType,
  decTypeRef,
  destroyType,
  type FreeObject,
  getTypeRef,
  incTypeRef,
  iterate,
  nmembers,
  objectVerify,
  register,
  registerType,
  removeVerify,
  search,
  typeExists,
  UserID,
} from "./user-id.ts";

/** Types of identifiers. C: `H5I_type_t`. */
export const BADID = ID_TYPE.BADID;
export const FILE = ID_TYPE.FILE;
export const GROUP = ID_TYPE.GROUP;
export const DATATYPE = ID_TYPE.DATATYPE;
export const DATASPACE = ID_TYPE.DATASPACE;
export const DATASET = ID_TYPE.DATASET;
export const ATTR = ID_TYPE.ATTR;
export const REFERENCE = ID_TYPE.REFERENCE;
export const GENPROP_CLS = ID_TYPE.GENPROP_CLS;
export const GENPROP_LST = ID_TYPE.GENPROP_LST;
/** The number of no identifier. C: `H5I_INVALID_HID`. */
export const INVALID_HID = -1;

/** The handle of an identifier's number. @throws ValueError when it is not valid. h5py: `wrap_identifier`. */
export function wrapIdentifier(identifier: number): ObjectID {
  const found = findIdentifier(identifier);
  if (found === undefined) throw plainError("ValueError", "Unrecognized identifier type");
  return found;
}

/** One of `h5i.FILE`, `GROUP`, … @throws RuntimeError for a closed identifier. C: `H5Iget_type`. */
export function getType(obj: ObjectID): number {
  expectInstance(obj, ObjectID, "obj");
  if (!obj.valid) throw unspecifiedError("H5Iget_type");
  return obj.idType;
}

/** Whether a number is that of an open identifier. C: `H5Iis_valid`. */
export function isValid(identifier: number): boolean {
  return findIdentifier(identifier) !== undefined;
}

/** References held. @throws RuntimeError `"closed"` for a closed identifier. C: `H5Iget_ref`. */
export function getRef(obj: ObjectID): number {
  requireKnown(obj, "H5Iget_ref", "CANTGET", "can't get ID ref count");
  return obj.referenceCount;
}

/** One more reference, so that closing once does not end the identifier. @throws as {@link getRef}. C: `H5Iinc_ref`. */
export function incRef(obj: ObjectID): void {
  requireKnown(obj, "H5Iinc_ref", "CANTINC", "can't increment ID ref count");
  obj.retain();
}

/** One reference less; the last one ends the identifier. @throws as {@link getRef}. C: `H5Idec_ref`. */
export function decRef(obj: ObjectID): void {
  requireKnown(obj, "H5Idec_ref", "CANTDEC", "can't decrement ID ref count");
  obj.release();
}

function requireKnown(obj: ObjectID, where: string, minor: "CANTGET" | "CANTINC" | "CANTDEC", text: string): void {
  expectInstance(obj, ObjectID, "obj");
  if (obj.valid) return;
  throw libraryError(
    [record(where, "ATOM", minor, text), record("H5I__find_id", "ATOM", "BADATOM", "can't locate ID")],
    { code: "closed" },
  );
}

/**
 * The path an object was opened by, followed through renames; else any path to it; null where there is none.
 *
 * C: `H5Iget_name`.
 */
export function getName(obj: ObjectID): string | null {
  expectInstance(obj, ObjectID, "obj");
  if (obj instanceof LocationID) return nameOf(obj);
  return obj.valid ? obj.pathInFile() : null;
}

/**
 * The file that an object is in: the identifier that opened it, as long as that is open. It gets no reference of its
 * own, since nothing would give it back.
 *
 * @throws ValueError for an identifier of no file. C: `H5Iget_file_id`.
 */
export function getFileId(obj: ObjectID): FileID {
  expectInstance(obj, ObjectID, "obj");
  if (!(obj instanceof LocationID) || !obj.valid || !obj.isPlaced) throw notInFile();
  const { file } = obj.location();
  for (const id of file.identifiers()) if (id instanceof FileID) return id;
  return new FileID(file);
}

function notInFile() {
  return argumentError("H5Iget_file_id", "ARGS", "BADTYPE", "not an ID of a file object");
}
