/** The classes of property lists, which `h5p` exports. C: `H5P_FILE_CREATE`, … */
import { PropClassID } from "./property-list.ts";

export const NO_CLASS = new PropClassID("no class");
export const OBJECT_CREATE = new PropClassID("object create");
export const GROUP_CREATE = new PropClassID("group create", OBJECT_CREATE);
export const FILE_CREATE = new PropClassID("file create", GROUP_CREATE);
export const DATASET_CREATE = new PropClassID("dataset create", OBJECT_CREATE);
export const DATATYPE_CREATE = new PropClassID("datatype create", OBJECT_CREATE);
export const STRING_CREATE = new PropClassID("string create");
export const ATTRIBUTE_CREATE = new PropClassID("attribute create", STRING_CREATE);
export const LINK_CREATE = new PropClassID("link create", STRING_CREATE);
export const LINK_ACCESS = new PropClassID("link access");
export const FILE_ACCESS = new PropClassID("file access");
export const DATASET_ACCESS = new PropClassID("dataset access", LINK_ACCESS);
export const DATASET_XFER = new PropClassID("data transfer");
export const OBJECT_COPY = new PropClassID("object copy");
