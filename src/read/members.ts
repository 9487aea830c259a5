/**
 * What the objects of a file can do that is only read: the members of the whole facade that do not write.
 *
 * The build of `h5ts/read` keeps what these interfaces lead to and leaves out all other members of the classes behind
 * them, so that a program which reads does not carry the writers (`scripts/shaking/live-code.mjs`).
 */
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import type { AttributeManager as WholeAttributes } from "../highlevel/attribute-manager.ts";
import type { Dataset as WholeDataset } from "../highlevel/dataset.ts";
import type { DatasetAccessOptions } from "../highlevel/dataset-access.ts";
import type { VirtualMap } from "../highlevel/dataset-properties.ts";
import type { AsStrView, AsTypeView, FieldsView } from "../highlevel/dataset-views.ts";
import type { DtypeLike } from "../highlevel/dtype.ts";
import type { Rank, ReadResult } from "../highlevel/dtype-types.ts";
import type { File as WholeFile } from "../highlevel/file.ts";
import type { GetOptions, Group as WholeGroup } from "../highlevel/group.ts";
import type { HLObject } from "../highlevel/hl-object.ts";
import type { Link, LinkClass } from "../highlevel/link-classes.ts";
import type { Datatype as WholeDatatype } from "../highlevel/named-type.ts";
import type { DecodeErrors } from "../highlevel/text-codecs.ts";
import type { SpaceID } from "../lowlevel/space-id.ts";

/** Attributes of an object, by name. */
export interface AttributeManager
  extends Pick<WholeAttributes, "get" | "has" | "length" | "keys" | "values" | "items" | "toString"> {
  [Symbol.iterator](): Iterator<string>;
}

/** What groups, datasets and named datatypes have in common. */
interface FileObject extends Pick<HLObject, "isOpen" | "name" | "equals" | "toString"> {
  /** The file that the object is in. @throws ValueError when it is closed. */
  readonly file: File;
  /** The group above. @throws ValueError for an object without a name. */
  readonly parent: Group;
  /** The object's attributes. @throws ValueError when it is closed. */
  readonly attrs: AttributeManager;
}

/** An object that a name leads to. */
export type Member = Group | Dataset | Datatype;

/**
 * A group: a mapping from names to objects; iterating gives the names.
 *
 * Once the file is closed, what needs it throws ValueError `"closed"` ("Not a file id (Not a file id)").
 */
export interface Group extends FileObject, Pick<WholeGroup, "has" | "length" | "keys" | "reversed"> {
  /**
   * The object of a path: relative to this group or, with a leading slash, to the root. Links are followed.
   *
   * A reference read from the file leads to what it was made of. `T` says which class the caller expects, a dataset by
   * default; `getGroup` and `getDataset` check it.
   *
   * @throws KeyError "Unable to open object (object 'x' doesn't exist)" unless a `default` is given.
   */
  get<T extends Member = Dataset>(path: string | ReferenceValue): T;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink: true }): LinkClass | D;
  get<D = undefined>(path: string, options: GetOptions<D> & { getlink: true; getclass?: false }): Link | D;
  get<T extends Member, D>(path: string, options: { default: D; getclass?: false; getlink?: false }): T | D;
  /**
   * The dataset of a path.
   *
   * @typeParam D - The dtype that the caller expects, which is not checked.
   * @throws KeyError when there is none, or something else.
   */
  getDataset<D = string, S extends Rank = "array">(path: string, options?: DatasetAccessOptions): Dataset<D, S>;
  /** The group of a path. @throws KeyError when there is none, or something else. */
  getGroup(path: string): Group;
  /** The objects of {@link keys}; undefined for a link that leads nowhere. */
  values(): Generator<Member | undefined>;
  /** The pairs of {@link keys} and {@link values}. */
  items(): Generator<[string, Member | undefined]>;
  /**
   * Calls `func` with the path of every object below, once each, relative to this group, until it returns something,
   * which is the result; null when it never does.
   */
  visit<T>(func: (name: string) => T | null | undefined): T | null;
  /** As {@link visit}, with the object. */
  visitItems<T>(func: (name: string, object: Member) => T | null | undefined): T | null;
  /** Calls `func` with the path of every link below, once each, until it returns something. Links are not followed. */
  visitLinks<T>(func: (name: string) => T | null | undefined): T | null;
  /** As {@link visitLinks}, with the link. */
  visitItemsLinks<T>(func: (name: string, link: Link) => T | null | undefined): T | null;
  [Symbol.iterator](): Iterator<string>;
}

/** What is selected of a dataset. */
export type Space = Pick<
  SpaceID,
  "shape" | "getSelectType" | "getSelectNpoints" | "getSelectBounds" | "isRegularHyperslab" | "getRegularHyperslab"
>;

/**
 * A dataset: elements of one datatype in an array of any rank. Iterating gives what `read([i])` does, for each `i`.
 *
 * Once the file is closed, what needs it throws ValueError `"closed"` ("Not a file id (Not a file id)").
 */
export interface Dataset<D = string, S extends Rank = "array">
  extends FileObject,
    Pick<
      WholeDataset<D, S>,
      | "read"
      | "readFields"
      | "readColumns"
      | "readColumn"
      | "readDirect"
      | "len"
      | "datatype"
      | "dtype"
      | "ndim"
      | "size"
      | "nbytes"
      | "maxshape"
      | "chunks"
      | "external"
      | "isVirtual"
      | "filterIds"
      | "filterNames"
      | "compression"
      | "compressionOpts"
      | "shuffle"
      | "fletcher32"
      | "scaleoffset"
      | "fillvalue"
      | "isScale"
      | "chunkCacheStatistics"
    > {
  /** Elements a dimension: `[]` of a scalar, null of a dataset without elements. */
  readonly shape: number[] | null;
  /** Which elements come from where. @throws RuntimeError "Not a virtual dataset". */
  virtualSources(): (Pick<VirtualMap, "fileName" | "dsetName"> & {
    readonly vspace: Space;
    readonly srcSpace: Space;
  })[];
  /** A view that reads elements as another datatype. @throws TypeError "data type 'x' not understood". */
  astype<const T extends DtypeLike>(dtype: T): Pick<AsTypeView<ReadResult<T, S, object>>, "read" | "dtype" | "shape">;
  /**
   * A view that reads strings as text in an encoding, by default that of the datatype, and refuses what is no such text
   * unless `errors` has another way.
   *
   * @throws TypeError for a dataset of something else than strings; ValueError for an encoding that is not known.
   */
  asstr(encoding?: string, errors?: DecodeErrors): Pick<AsStrView, "read" | "dtype" | "shape">;
  /**
   * A view of some members of a compound datatype; of a single name, values are the member's.
   *
   * @throws ValueError for a datatype without members, or without one of those.
   */
  fields(names: string | readonly string[]): Pick<FieldsView, "read" | "dtype" | "shape">;
  /**
   * Slices to read chunk by chunk, all of the dataset or what is selected of it by slices.
   *
   * @throws TypeError "Chunked dataset required"; ValueError "Invalid selection - …".
   */
  iterChunks(selection?: IndexArguments): ReturnType<WholeDataset["iterChunks"]>;
  [Symbol.iterator](): Generator<unknown>;
}

/** A datatype that is an object of the file. */
export interface Datatype extends FileObject, Pick<WholeDatatype, "datatype" | "dtype"> {}

/** An open file, which is its root group too. */
export interface File
  extends Group,
    Pick<WholeFile, "filename" | "mode" | "libver" | "userblockSize" | "fileSize" | "toBytes" | "close"> {
  [Symbol.dispose](): void;
}
