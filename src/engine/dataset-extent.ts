/**
 * What extents a dataset can get, and how its header gets to know of one.
 *
 * Reference implementation: H5Dint.c, `H5D__set_extent`.
 */
import { type FileWidths, UNLIMITED } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import type { DataLayout } from "../format/data-layout.ts";
import { type Dataspace, encodeDataspace } from "../format/dataspace.ts";
import { MESSAGE_FLAG } from "../format/message-types.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { FileStorage } from "./file-storage.ts";
import type { HeaderMessage } from "./header-message.ts";
import { decodedAs, decodedValue, encodeBody, messageOf } from "./header-values.ts";
import { checkRoom } from "./outside-storage.ts";

/** Whether two extents of one rank are the same. */
export function isSameExtent(a: readonly number[], b: readonly number[]): boolean {
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** @throws HDF5Error "state" for layouts that cannot, "argument" for an extent that does not go with the dataset. */
export function requireExtent(
  dataset: DatasetObject,
  dataspace: Dataspace,
  layout: DataLayout,
  dims: readonly number[],
): void {
  if (layout.kind === "compact" || (layout.kind === "contiguous" && dataset.externalParts().length === 0)) {
    throw new HDF5Error("state", `dataset has ${layout.kind} storage`);
  }
  if (dims.length !== dataspace.dims.length)
    throw new HDF5Error("argument", "dimensionality of the new extent doesn't match the dataset's");
  for (let d = 0; d < dims.length; d++) {
    const size = dims[d] as number;
    const max = dataspace.maxDims[d] as number;
    if (max !== UNLIMITED && size > max) {
      throw new HDF5Error("argument", `dimension cannot exceed the existing maximal size (new: ${size} max: ${max})`);
    }
  }
  if (layout.kind !== "virtual") return;
  const { virtual } = dataset;
  if (virtual !== undefined) checkRoom(virtual.mappings, dims);
}

/**
 * The dataspace message gets another extent of the same rank. One that only its header has is encoded at the next flush: until
 * then the extent may have grown by thousands of rows.
 */
export function storeExtent({ file, header }: DatasetObject, message: HeaderMessage, extent: Dataspace): void {
  const { storage } = file;
  const isOwn = (message.flags & (MESSAGE_FLAG.SHARED | MESSAGE_FLAG.SHAREABLE)) === 0;
  if (isOwn && fits(extent.dims, storage.widths)) {
    header.replaceLater(message, message.isLater ? undefined : extentEncoder(storage), decodedAs(extent));
    return;
  }
  const { data, decoded } = messageOf(storage, extent, encodeDataspace);
  file.sharedMessages.replace(header, message, data, decoded);
}

/** Apart, since what a function needs for those that it makes is made at each of its calls. */
function extentEncoder(storage: FileStorage): (decoded: unknown) => Uint8Array {
  return (decoded) => encodeBody(storage, decodedValue(decoded) as Dataspace, encodeDataspace);
}

/** Whether encoding these cannot fail. */
function fits(dims: readonly number[], { sizeOfLengths }: FileWidths): boolean {
  const greatest = Math.min(Number.MAX_SAFE_INTEGER, 256 ** sizeOfLengths - 1);
  for (const dim of dims) if (!(dim >= 0 && dim <= greatest && Number.isInteger(dim))) return false;
  return true;
}
