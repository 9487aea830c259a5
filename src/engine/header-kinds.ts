/** What kind of object a header is of. C: `H5O__obj_class_real`. */
import { MESSAGE } from "../format/message-types.ts";
import type { ObjectHeader } from "./object-header.ts";

export function isDatasetHeader(header: ObjectHeader): boolean {
  return header.look(MESSAGE.DATATYPE) !== undefined && header.look(MESSAGE.DATASPACE) !== undefined;
}

export function isGroupHeader(header: ObjectHeader): boolean {
  return header.look(MESSAGE.SYMBOL_TABLE) !== undefined || header.look(MESSAGE.LINK_INFO) !== undefined;
}

export function isDatatypeHeader(header: ObjectHeader): boolean {
  return header.look(MESSAGE.DATATYPE) !== undefined && !isDatasetHeader(header);
}
