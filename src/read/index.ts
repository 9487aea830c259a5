/**
 * `h5ts/read`: HDF5 files for reading, without what writes them.
 *
 * The classes are those of the whole package, with the members that read; what they give is the same.
 */

import type { AsyncFile } from "../highlevel/async-file.ts";
import type { AsyncFileLike } from "../highlevel/async-source.ts";
import { Dataset as WholeDataset } from "../highlevel/dataset.ts";
import type { Rank } from "../highlevel/dtype-types.ts";
import { File as WholeFile } from "../highlevel/file.ts";
import { Group as WholeGroup } from "../highlevel/group.ts";
import { Datatype as WholeDatatype } from "../highlevel/named-type.ts";
import { type OpenAsyncOptions, openAsyncAs } from "../highlevel/open-async.ts";
import type { ByteSource } from "../io/source.ts";
import type { FileID } from "../lowlevel/file-id.ts";
import type {
  Dataset as DatasetMembers,
  Datatype as DatatypeMembers,
  File as FileMembers,
  Group as GroupMembers,
} from "./members.ts";
import { openForReading, type ReadingOptions } from "./open-for-reading.ts";

/** A path, the bytes of a file, or a source of bytes. */
export type FileLike = string | Uint8Array | ByteSource;

class ReadingFile extends WholeFile {
  constructor(name: FileLike, _mode?: "r", options: ReadingOptions = {}) {
    super(openForReading(name, options) as FileID);
  }
}

/** A class whose objects come out of files. */
interface ClassOf<T> {
  readonly prototype: T;
  [Symbol.hasInstance](value: unknown): value is T;
}

/**
 * An open file, which is its root group too. Files are open for reading, whatever the mode.
 *
 * ```ts
 * using f = new File("data.h5");
 * const { data, shape } = f.getDataset("image").read("0:10");
 * ```
 *
 * `name` is a path, the bytes of a file, or a source of bytes.
 *
 * @throws FileNotFoundError, OSError "Unable to open file (…)"; TypeError for an option that there is none of.
 */
export const File: ClassOf<File> & (new (name: FileLike, mode?: "r", options?: ReadingOptions) => File) =
  ReadingFile as never;
export type File = FileMembers;

/** A group: a mapping from names to objects; `File` is one. Made by what opens it: `file.getGroup(path)`. */
export const Group = WholeGroup as unknown as ClassOf<Group>;
export type Group = GroupMembers;

/** A dataset: elements of one datatype in an array of any rank. Made by what opens it: `file.getDataset(path)`. */
export const Dataset = WholeDataset as unknown as ClassOf<Dataset>;
export type Dataset<D = string, S extends Rank = "array"> = DatasetMembers<D, S>;

/** A datatype that is an object of the file. Made by what opens it: `file.get(path)`. */
export const Datatype = WholeDatatype as unknown as ClassOf<Datatype>;
export type Datatype = DatatypeMembers;

export { type ErrorCode, HDF5Error, isHdf5Error } from "../base/errors.ts";
export { Mask, MultiBlockSlice, mask, Points, points, Slice, slice } from "../engine/selection/index-arguments.ts";
export { Empty } from "../highlevel/empty.ts";
export { ExternalLink, HardLink, type Link, SoftLink } from "../highlevel/link-classes.ts";
export type { ArrayData, NDArray } from "../highlevel/ndarray.ts";
export { directoryResolver, filesResolver, urlResolver } from "../highlevel/resolvers.ts";
export { HttpSource } from "../io/http-source.ts";
export type { AsyncByteSource, ByteRange, ByteSource } from "../io/source.ts";
export type { AttributeManager, Member, Space } from "./members.ts";
export type { ReadingOptions } from "./open-for-reading.ts";

/**
 * Opens a file whose bytes arrive later: an address (HTTP, by ranges), a Blob, a source of one's own. As `openAsync` of
 * the whole package.
 *
 * ```ts
 * const f = await openAsync("https://example.org/data.h5");
 * const { data } = await (await f.get("image")).read("0:10, ::2");
 * await f.close();
 * ```
 *
 * @throws OSError "Unable to open file (…)" for what is no HDF5 file; NotFoundError for an address that the server
 *   has nothing at (status 404, 410); SourceError when bytes cannot be had; TypeError for an option that there is none of.
 */
export function openAsync(source: AsyncFileLike, options: OpenAsyncOptions = {}): Promise<AsyncFile> {
  return openAsyncAs((bytes, reading) => new ReadingFile(bytes, "r", reading), source, options);
}
