/**
 * HDF5 in pure TypeScript.
 *
 * `File` and what it opens are the high level, after h5py; the namespaces `h5f`, `h5d`, … are the low level below it, and
 * `openAsync` opens what arrives later.
 */
export type { Address } from "./base/address.ts";
export { type ErrorCode, HDF5Error, isHdf5Error } from "./base/errors.ts";
export type { ComplexValue, ReferenceValue } from "./engine/conversion/element-decoder.ts";
export {
  type IndexArgument,
  type IndexArguments,
  Mask,
  MultiBlockSlice,
  mask,
  Points,
  points,
  Slice,
  slice,
} from "./engine/selection/index-arguments.ts";
export {
  AsyncAttributes,
  AsyncDataset,
  AsyncFile,
  AsyncGroup,
  AsyncNamedType,
  openAsync,
} from "./highlevel/async-file.ts";
export { AttributeManager, type AttributeOptions, type AttributeReadOptions } from "./highlevel/attribute-manager.ts";
export type { DatasetOptions } from "./highlevel/create-dataset.ts";
export { Dataset, type DatasetReadOptions } from "./highlevel/dataset.ts";
export type { ReadOptions } from "./highlevel/decode-value.ts";
export type { DtypeLike } from "./highlevel/dtype.ts";
export { Empty } from "./highlevel/empty.ts";
export { File, type FileLike } from "./highlevel/file.ts";
export type { FileMode, FileOptions, LibraryVersionName } from "./highlevel/file-options.ts";
export { type GetOptions, Group, type GroupOptions, type Member } from "./highlevel/group.ts";
export { HLObject } from "./highlevel/hl-object.ts";
export { ExternalLink, HardLink, type Link, SoftLink } from "./highlevel/link-classes.ts";
export { Datatype } from "./highlevel/named-type.ts";
export type { ArrayData, NDArray, ShapedData } from "./highlevel/ndarray.ts";
export type { StorageOptions } from "./highlevel/storage-options.ts";
export { MemorySource, MemoryTarget } from "./io/memory-source.ts";
export type { AsyncByteSource, ByteRange, ByteSource, ByteTarget } from "./io/source.ts";
export * as h5 from "./lowlevel/h5.ts";
export * as h5a from "./lowlevel/h5a.ts";
export * as h5d from "./lowlevel/h5d.ts";
export * as h5e from "./lowlevel/h5e.ts";
export * as h5f from "./lowlevel/h5f.ts";
export * as h5fd from "./lowlevel/h5fd.ts";
export * as h5g from "./lowlevel/h5g.ts";
export * as h5i from "./lowlevel/h5i.ts";
export * as h5l from "./lowlevel/h5l.ts";
export * as h5o from "./lowlevel/h5o.ts";
export * as h5p from "./lowlevel/h5p.ts";
export * as h5s from "./lowlevel/h5s.ts";
export * as h5t from "./lowlevel/h5t.ts";
export * as h5z from "./lowlevel/h5z.ts";
