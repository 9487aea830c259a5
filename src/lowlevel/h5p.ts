/** Property lists. C: `H5P`. h5py: `h5py.h5p`. */
import { plainError } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";
import { OBJECT_COPYING_DEFAULTS, PropCopyID, PropTCID } from "./prop-copy.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID, PropDXID } from "./prop-dapl.ts";
import { DATASET_CREATION_DEFAULTS, PropDCID } from "./prop-dcpl.ts";
import { FILE_ACCESS_DEFAULTS, PropFAID } from "./prop-fapl.ts";
import { FILE_CREATION_DEFAULTS, PropFCID } from "./prop-fcpl.ts";
import { GROUP_CREATION_DEFAULTS, PropGCID } from "./prop-gcpl.ts";
import {
  LINK_ACCESS_DEFAULTS,
  LINK_CREATION_DEFAULTS,
  PropACID,
  PropLAID,
  PropLCID,
  PropSCID,
  STRING_CREATION_DEFAULTS,
} from "./prop-links.ts";
import { OBJECT_CREATION_DEFAULTS, PropOCID } from "./prop-ocpl.ts";
import { PropClassID } from "./property-list.ts";

export {
  ATTRIBUTE_CREATE,
  DATASET_ACCESS,
  DATASET_CREATE,
  DATASET_XFER,
  DATATYPE_CREATE,
  FILE_ACCESS,
  FILE_CREATE,
  GROUP_CREATE,
  LINK_ACCESS,
  LINK_CREATE,
  NO_CLASS,
  OBJECT_COPY,
  OBJECT_CREATE,
  STRING_CREATE,
} from "./prop-classes.ts";
export { PropCopyID, PropTCID } from "./prop-copy.ts";
export { PropDAID, PropDXID } from "./prop-dapl.ts";
export { PropDCID } from "./prop-dcpl.ts";
export { PropFAID } from "./prop-fapl.ts";
export { PropFCID } from "./prop-fcpl.ts";
export { PropGCID } from "./prop-gcpl.ts";
export { PropACID, PropLAID, PropLCID, PropSCID } from "./prop-links.ts";
export { CRT_ORDER_INDEXED, CRT_ORDER_TRACKED, PropOCID } from "./prop-ocpl.ts";
export { PropClassID, PropCreateID, PropID, PropInstanceID } from "./property-list.ts";

/** Stands for a list of defaults wherever one is taken. C: `H5P_DEFAULT`. */
export const DEFAULT = null;

/** The class of list that each class of property lists creates. */
interface ListOf {
  "attribute create": PropACID;
  "data transfer": PropDXID;
  "dataset access": PropDAID;
  "dataset create": PropDCID;
  "datatype create": PropTCID;
  "file access": PropFAID;
  "file create": PropFCID;
  "group create": PropGCID;
  "link access": PropLAID;
  "link create": PropLCID;
  "object copy": PropCopyID;
  "object create": PropOCID;
  "string create": PropSCID;
}

const MAKERS: { readonly [N in keyof ListOf]: () => ListOf[N] } = {
  "attribute create": () => new PropACID(STRING_CREATION_DEFAULTS),
  "data transfer": () => new PropDXID({}),
  "dataset access": () => new PropDAID(DATASET_ACCESS_DEFAULTS),
  "dataset create": () => new PropDCID(DATASET_CREATION_DEFAULTS),
  "datatype create": () => new PropTCID(OBJECT_CREATION_DEFAULTS),
  "file access": () => new PropFAID(FILE_ACCESS_DEFAULTS),
  "file create": () => new PropFCID(FILE_CREATION_DEFAULTS),
  "group create": () => new PropGCID(GROUP_CREATION_DEFAULTS),
  "link access": () => new PropLAID(LINK_ACCESS_DEFAULTS),
  "link create": () => new PropLCID(LINK_CREATION_DEFAULTS),
  "object copy": () => new PropCopyID(OBJECT_COPYING_DEFAULTS),
  "object create": () => new PropOCID(OBJECT_CREATION_DEFAULTS),
  "string create": () => new PropSCID(STRING_CREATION_DEFAULTS),
};

/** A new list of a class, with the defaults of HDF5 1.10. C: `H5Pcreate`. */
export function create<N extends keyof ListOf>(cls: PropClassID<N>): ListOf[N] {
  expectInstance(cls, PropClassID, "cls");
  const make = MAKERS[cls.className];
  if (make === undefined) throw plainError("ValueError", `No class found for ID ${cls.id}`);
  return make();
}
