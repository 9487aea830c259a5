/**
 * HDF5 in pure TypeScript.
 *
 * `File` and what it opens are the high level, after h5py; the namespaces `h5f`, `h5d`, … are the low level below it, and
 * `openAsync` opens what arrives later.
 */
export { type Address, UNLIMITED } from "./base/address.ts";
export { type ErrorCode, HDF5Error, isHdf5Error } from "./base/errors.ts";
export type { ChunkCacheStatistics } from "./engine/chunks/chunk-cache-settings.ts";
export type { ComplexValue, ReferenceValue } from "./engine/conversion/element-decoder.ts";
export type { ExternalAccess } from "./engine/file-opener.ts";
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
export { AsyncAttributes } from "./highlevel/async-attributes.ts";
export { AsyncDataset } from "./highlevel/async-dataset.ts";
export { AsyncDimension, AsyncDimensionManager } from "./highlevel/async-dimensions.ts";
export { AsyncFile, type AsyncStatistics } from "./highlevel/async-file.ts";
export { AsyncGroup, type AsyncMember } from "./highlevel/async-group.ts";
export { AsyncNamedType, AsyncRegionProxy } from "./highlevel/async-object.ts";
export type { AsyncFileResolver } from "./highlevel/async-resolver.ts";
export type { AsyncFileLike, BlobLike } from "./highlevel/async-source.ts";
export { AsyncAsStrView, AsyncAsTypeView, AsyncFieldsView } from "./highlevel/async-views.ts";
export { AttributeManager, type AttributeOptions, type AttributeReadOptions } from "./highlevel/attribute-manager.ts";
export { ChunkIterator } from "./highlevel/chunk-iterator.ts";
export { ColumnData, fromColumns } from "./highlevel/column-data.ts";
export type { Column, ColumnTable, ColumnType } from "./highlevel/columns.ts";
export type { DatasetOptions } from "./highlevel/create-dataset.ts";
export { Dataset, type DatasetReadOptions } from "./highlevel/dataset.ts";
export type { VirtualMap } from "./highlevel/dataset-properties.ts";
export { AbstractView, AsStrView, AsTypeView, FieldsView } from "./highlevel/dataset-views.ts";
export type { ReadOptions } from "./highlevel/decode-value.ts";
export { Dimension, DimensionManager } from "./highlevel/dimensions.ts";
export type { DirectArray, DirectSelections } from "./highlevel/direct-transfer.ts";
export { type DtypeLike, opaqueDtype } from "./highlevel/dtype.ts";
export type { ArrayOf, Rank, ReadResult, TypedDtype } from "./highlevel/dtype-types.ts";
export { Empty } from "./highlevel/empty.ts";
export { File, type FileLike } from "./highlevel/file.ts";
export type {
  DriverName,
  DriverOptions,
  FileMode,
  FileOptions,
  LibraryVersionName,
} from "./highlevel/file-options.ts";
export {
  type BuiltInDriver,
  registerDriver,
  registeredDrivers,
  type SetDriver,
  unregisterDriver,
} from "./highlevel/file-options.ts";
export * as filters from "./highlevel/filters.ts";
export { type Followed, type FollowOptions, follow, Growth } from "./highlevel/follow.ts";
export { type CopyOptions, type GetOptions, Group, type Member } from "./highlevel/group.ts";
export type { GroupOptions } from "./highlevel/group-options.ts";
export { HLObject } from "./highlevel/hl-object.ts";
export { isHdf5, version } from "./highlevel/library.ts";
export { ExternalLink, HardLink, type Link, SoftLink } from "./highlevel/link-classes.ts";
export { Datatype } from "./highlevel/named-type.ts";
export type { ArrayData, NDArray, ShapedData } from "./highlevel/ndarray.ts";
export { type OpenAsyncOptions, openAsync } from "./highlevel/open-async.ts";
export { RegionProxy } from "./highlevel/region-proxy.ts";
export {
  type DirectoryHandleLike,
  directoryResolver,
  filesResolver,
  type NamedBlob,
  urlResolver,
} from "./highlevel/resolvers.ts";
export {
  FancySelection,
  guessShape,
  PointSelection,
  Selection,
  type SelectionArguments,
  SimpleSelection,
  select,
} from "./highlevel/selections.ts";
export {
  arrayDtype,
  type CheckDtypeResult,
  type ComplexRecord,
  checkComplexDtype,
  checkDtype,
  checkEnumDtype,
  checkOpaqueDtype,
  checkRefDtype,
  checkStringDtype,
  checkVlenDtype,
  complexCompatDtype,
  compoundDtype,
  enumDtype,
  refDtype,
  regionrefDtype,
  type SpecialDtypeOptions,
  type StringDtypeOptions,
  type StringInfo,
  specialDtype,
  stringDtype,
  vlenDtype,
} from "./highlevel/special-dtypes.ts";
export type { ExternalEntry, StorageOptions } from "./highlevel/storage-options.ts";
export type { DecodeErrors } from "./highlevel/text-codecs.ts";
export {
  VirtualLayout,
  type VirtualLayoutOptions,
  VirtualSource,
  type VirtualSourceOptions,
} from "./highlevel/virtual-layout.ts";
export { type HttpHeaders, type HttpOptions, type HttpRequestFacts, HttpSource } from "./io/http-source.ts";
export { MemorySource, MemoryTarget } from "./io/memory-source.ts";
export { OpfsTarget, type SyncAccessHandle } from "./io/opfs-target.ts";
export type { AsyncByteSource, ByteRange, ByteSource, ByteTarget } from "./io/source.ts";
export type { FileResolver } from "./lowlevel/file-finder.ts";
export {
  ApiError,
  h5,
  h5a,
  h5d,
  h5ds,
  h5e,
  h5f,
  h5fd,
  h5g,
  h5i,
  h5l,
  h5o,
  h5p,
  h5r,
  h5s,
  h5t,
  h5z,
  ObjectID,
} from "./lowlevel/index.ts";
export { Reference, RegionReference } from "./lowlevel/reference.ts";
