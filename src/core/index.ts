/**
 * `h5ts/core`: the least that reads files, with every chunk index and every predefined filter.
 *
 * What a file holds itself is read as by the whole package, in boxes of one slice a dimension. Other files (external links and
 * data, sources of virtual datasets, members of families) and everything else are matters of `h5ts/read`.
 */
export { type ErrorCode, HDF5Error, isHdf5Error } from "../base/errors.ts";
export type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
export type { NumericArray } from "../engine/conversion/numeric-layout.ts";
export { Slice, slice } from "../engine/selection/index-arguments.ts";
export { type HttpOptions, HttpSource } from "../io/http-source.ts";
export type { PagedSourceOptions } from "../io/paged-source.ts";
export { openPath } from "../io/path-source.ts";
export type { RetryOptions } from "../io/retry-driver.ts";
export type { AsyncByteSource, ByteRange, ByteSource } from "../io/source.ts";
export { Attributes } from "./attributes.ts";
export type { BoxIndex } from "./box.ts";
export { File, LateFile, openAsync } from "./file.ts";
export { Dataset, Datatype, Group, type Member } from "./objects.ts";
export type { NDArray } from "./values.ts";
