/** The classes of property lists, which `h5p` exports. C: `H5P_FILE_CREATE`, … */
import type { AnySpec } from "./prop-codec.ts";
import { DATASET_ACCESS_PROPERTIES, DATASET_CREATE_PROPERTIES, DATASET_XFER_PROPERTIES } from "./prop-specs-dataset.ts";
import { FILE_ACCESS_PROPERTIES, FILE_CREATE_PROPERTIES } from "./prop-specs-file.ts";
import {
  FILE_MOUNT_PROPERTIES,
  GROUP_CREATE_PROPERTIES,
  LINK_ACCESS_PROPERTIES,
  LINK_CREATE_PROPERTIES,
  OBJECT_COPY_PROPERTIES,
  OBJECT_CREATE_PROPERTIES,
  STRING_CREATE_PROPERTIES,
} from "./prop-specs-object.ts";
import { PropClassID, type PropClassName } from "./property-class.ts";

function libraryClass<N extends PropClassName>(
  name: N,
  type: number,
  parent?: PropClassID,
  properties: readonly AnySpec[] = [],
): PropClassID<N> {
  return new PropClassID(name, parent, { type, properties });
}

/** The library's classes of property lists, for `h5p.create`. C: `H5P_FILE_CREATE`, … */
export const NO_CLASS = libraryClass("no class", 0);
export const ROOT = libraryClass("root", 1);
export const OBJECT_CREATE = libraryClass("object create", 2, ROOT, OBJECT_CREATE_PROPERTIES);
export const GROUP_CREATE = libraryClass("group create", 9, OBJECT_CREATE, GROUP_CREATE_PROPERTIES);
export const FILE_CREATE = libraryClass("file create", 3, GROUP_CREATE, FILE_CREATE_PROPERTIES);
export const DATASET_CREATE = libraryClass("dataset create", 5, OBJECT_CREATE, DATASET_CREATE_PROPERTIES);
export const DATATYPE_CREATE = libraryClass("datatype create", 11, OBJECT_CREATE);
export const STRING_CREATE = libraryClass("string create", 13, ROOT, STRING_CREATE_PROPERTIES);
export const ATTRIBUTE_CREATE = libraryClass("attribute create", 14, STRING_CREATE);
export const LINK_CREATE = libraryClass("link create", 16, STRING_CREATE, LINK_CREATE_PROPERTIES);
export const LINK_ACCESS = libraryClass("link access", 17, ROOT, LINK_ACCESS_PROPERTIES);
export const GROUP_ACCESS = libraryClass("group access", 10, LINK_ACCESS);
export const DATATYPE_ACCESS = libraryClass("datatype access", 12, LINK_ACCESS);
export const ATTRIBUTE_ACCESS = libraryClass("attribute access", 18, LINK_ACCESS);
export const DATASET_ACCESS = libraryClass("dataset access", 6, LINK_ACCESS, DATASET_ACCESS_PROPERTIES);
export const FILE_ACCESS = libraryClass("file access", 4, ROOT, FILE_ACCESS_PROPERTIES);
export const FILE_MOUNT = libraryClass("file mount", 8, ROOT, FILE_MOUNT_PROPERTIES);
export const DATASET_XFER = libraryClass("data transfer", 7, ROOT, DATASET_XFER_PROPERTIES);
export const OBJECT_COPY = libraryClass("object copy", 15, ROOT, OBJECT_COPY_PROPERTIES);

/** The library's classes that lists are made of, for what decodes them. */
export const CREATABLE_CLASSES = [
  OBJECT_CREATE,
  GROUP_CREATE,
  FILE_CREATE,
  DATASET_CREATE,
  DATATYPE_CREATE,
  STRING_CREATE,
  ATTRIBUTE_CREATE,
  LINK_CREATE,
  LINK_ACCESS,
  GROUP_ACCESS,
  DATATYPE_ACCESS,
  ATTRIBUTE_ACCESS,
  DATASET_ACCESS,
  FILE_ACCESS,
  FILE_MOUNT,
  DATASET_XFER,
  OBJECT_COPY,
] as const;
