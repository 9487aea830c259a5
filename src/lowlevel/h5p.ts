/** Property lists. C: `H5P`. h5py: `h5py.h5p`. */
import { libraryError, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, toName } from "./arguments.ts";
import { FILE_ACCESS_DEFAULTS } from "./file-access.ts";
import { CREATABLE_CLASSES } from "./prop-classes.ts";
import { OBJECT_COPYING_DEFAULTS, PropCopyID, PropTCID } from "./prop-copy.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID } from "./prop-dapl.ts";
import { DATASET_CREATION_DEFAULTS, PropDCID } from "./prop-dcpl.ts";
import { PropDXID, TRANSFER_DEFAULTS } from "./prop-dxpl.ts";
import { decodeList, encodedListType } from "./prop-encoding.ts";
import { PropFAID } from "./prop-fapl.ts";
import { FILE_CREATION_DEFAULTS, PropFCID } from "./prop-fcpl.ts";
import { GROUP_CREATION_DEFAULTS, PropGCID } from "./prop-gcpl.ts";
import {
  FILE_MOUNTING_DEFAULTS,
  LINK_ACCESS_DEFAULTS,
  LINK_CREATION_DEFAULTS,
  PropAAID,
  PropACID,
  PropFMID,
  PropGAID,
  PropLAID,
  PropLCID,
  PropSCID,
  PropTAID,
  STRING_CREATION_DEFAULTS,
} from "./prop-links.ts";
import { OBJECT_CREATION_DEFAULTS, PropOCID } from "./prop-ocpl.ts";
import { PropClassID, type PropInstanceID, PropUserID } from "./property-list.ts";

export {
  ATTRIBUTE_ACCESS,
  ATTRIBUTE_CREATE,
  DATASET_ACCESS,
  DATASET_CREATE,
  DATASET_XFER,
  DATATYPE_ACCESS,
  DATATYPE_CREATE,
  FILE_ACCESS,
  FILE_CREATE,
  FILE_MOUNT,
  GROUP_ACCESS,
  GROUP_CREATE,
  LINK_ACCESS,
  LINK_CREATE,
  NO_CLASS,
  OBJECT_COPY,
  OBJECT_CREATE,
  ROOT,
  STRING_CREATE,
} from "./prop-classes.ts";
export { PropCopyID, PropTCID } from "./prop-copy.ts";
export { PropDAID } from "./prop-dapl.ts";
export { PropDCID } from "./prop-dcpl.ts";
export { PropDXID } from "./prop-dxpl.ts";
export { PropFAID } from "./prop-fapl.ts";
export { RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS } from "./prop-fapl-tuning.ts";
export { PropFCID } from "./prop-fcpl.ts";
export { PropGCID } from "./prop-gcpl.ts";
export { PropAAID, PropACID, PropFMID, PropGAID, PropLAID, PropLCID, PropSCID, PropTAID } from "./prop-links.ts";
export { CRT_ORDER_INDEXED, CRT_ORDER_TRACKED, PropOCID } from "./prop-ocpl.ts";
export { PropClassID, PropCreateID, PropID, PropInstanceID, PropUserID } from "./property-list.ts";

/** Stands for a list of defaults wherever one is taken. C: `H5P_DEFAULT`. */
export const DEFAULT = null;

/** The class of list that each class of property lists creates. */
interface ListOf {
  "attribute access": PropAAID;
  "attribute create": PropACID;
  "data transfer": PropDXID;
  "dataset access": PropDAID;
  "dataset create": PropDCID;
  "datatype access": PropTAID;
  "datatype create": PropTCID;
  "file access": PropFAID;
  "file create": PropFCID;
  "file mount": PropFMID;
  "group access": PropGAID;
  "group create": PropGCID;
  "link access": PropLAID;
  "link create": PropLCID;
  "object copy": PropCopyID;
  "object create": PropOCID;
  "string create": PropSCID;
}

const MAKERS: { readonly [N in keyof ListOf]: () => ListOf[N] } = {
  "attribute access": () => new PropAAID(LINK_ACCESS_DEFAULTS),
  "attribute create": () => new PropACID(STRING_CREATION_DEFAULTS),
  "data transfer": () => new PropDXID(TRANSFER_DEFAULTS),
  "dataset access": () => new PropDAID(DATASET_ACCESS_DEFAULTS),
  "dataset create": () => new PropDCID(DATASET_CREATION_DEFAULTS),
  "datatype access": () => new PropTAID(LINK_ACCESS_DEFAULTS),
  "datatype create": () => new PropTCID(OBJECT_CREATION_DEFAULTS),
  "file access": () => new PropFAID(FILE_ACCESS_DEFAULTS),
  "file create": () => new PropFCID(FILE_CREATION_DEFAULTS),
  "file mount": () => new PropFMID(FILE_MOUNTING_DEFAULTS),
  "group access": () => new PropGAID(LINK_ACCESS_DEFAULTS),
  "group create": () => new PropGCID(GROUP_CREATION_DEFAULTS),
  "link access": () => new PropLAID(LINK_ACCESS_DEFAULTS),
  "link create": () => new PropLCID(LINK_CREATION_DEFAULTS),
  "object copy": () => new PropCopyID(OBJECT_COPYING_DEFAULTS),
  "object create": () => new PropOCID(OBJECT_CREATION_DEFAULTS),
  "string create": () => new PropSCID(STRING_CREATION_DEFAULTS),
};

function hasMaker(name: string): name is keyof ListOf {
  return Object.hasOwn(MAKERS, name);
}

/** A new list of a class, with the defaults of HDF5 1.10. C: `H5Pcreate`. */
export function create<N extends keyof ListOf>(cls: PropClassID<N>): ListOf[N];
/** A new list of a program's class, which is one of the library's class that it was made from. */
export function create(cls: PropClassID): PropInstanceID;
export function create(cls: PropClassID): PropInstanceID {
  expectInstance(cls, PropClassID, "cls");
  cls.requireValid();
  let from: PropClassID = cls;
  while (from.library === undefined && from.parent !== undefined) from = from.parent;
  const { className } = from;
  const isRoot = className === "root" && cls.library === undefined;
  if (!isRoot && !hasMaker(className)) throw plainError("ValueError", `No class found for ID ${cls.id}`);
  const list = hasMaker(className) ? MAKERS[className]() : new PropUserID({}, from);
  if (cls.library === undefined) list.becomeOf(cls);
  return list;
}

/**
 * A new class of lists that have what `parent`'s have and what is registered with it.
 *
 * @param parent - `ROOT` for lists of a program's properties alone. C: `H5Pcreate_class`, without its C callbacks.
 */
export function createClass<N extends string>(parent: PropClassID, name: N): PropClassID<N> {
  expectInstance(parent, PropClassID, "parent").requireValid();
  return new PropClassID(toName(name as Name) as N, parent);
}

/** Closes a program's class; lists of it stay as they are. C: `H5Pclose_class`. */
export function closeClass(cls: PropClassID): void {
  expectInstance(cls, PropClassID, "cls").requireValid();
  cls.close();
}

/** Closes a list. C: `H5Pclose`. */
export function close(list: PropInstanceID): void {
  list.requireValid();
  list.close();
}

/** The list that `encode` gave, by ours or by the C library's. @throws RuntimeError "Unable to decode property list (…)". C: `H5Pdecode`. */
export function decode(bytes: Uint8Array): PropInstanceID {
  const type = encodedListType(bytes);
  const cls = CREATABLE_CLASSES.find((one) => one.library?.type === type);
  if (cls === undefined) {
    throw libraryError([
      record("H5Pdecode", "PLIST", "CANTDECODE", "unable to decode property list"),
      record("H5P__decode", "PLIST", "BADRANGE", `bad type of encoded information: ${type}`),
    ]);
  }
  const list: PropInstanceID = MAKERS[cls.className]();
  const { values, names } = decodeList(bytes, cls, list.values());
  list.restore(values, names);
  return list;
}
