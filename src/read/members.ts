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
  readonly file: File;
  readonly parent: Group;
  readonly attrs: AttributeManager;
}

/** An object that a name leads to. */
export type Member = Group | Dataset | Datatype;

/** As `Group` of the whole package. */
export interface Group extends FileObject, Pick<WholeGroup, "has" | "length" | "keys" | "reversed"> {
  get<T extends Member = Dataset>(path: string | ReferenceValue): T;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink: true }): LinkClass | D;
  get<D = undefined>(path: string, options: GetOptions<D> & { getlink: true; getclass?: false }): Link | D;
  get<T extends Member, D>(path: string, options: { default: D; getclass?: false; getlink?: false }): T | D;
  getDataset<D = string, S extends Rank = "array">(path: string, options?: DatasetAccessOptions): Dataset<D, S>;
  getGroup(path: string): Group;
  values(): Generator<Member | undefined>;
  items(): Generator<[string, Member | undefined]>;
  visit<T>(func: (name: string) => T | null | undefined): T | null;
  visitItems<T>(func: (name: string, object: Member) => T | null | undefined): T | null;
  visitLinks<T>(func: (name: string) => T | null | undefined): T | null;
  visitItemsLinks<T>(func: (name: string, link: Link) => T | null | undefined): T | null;
  [Symbol.iterator](): Iterator<string>;
}

/** What is selected of a dataset. */
export type Space = Pick<
  SpaceID,
  "shape" | "getSelectType" | "getSelectNpoints" | "getSelectBounds" | "isRegularHyperslab" | "getRegularHyperslab"
>;

/** As `Dataset` of the whole package. */
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
  readonly shape: number[] | null;
  virtualSources(): (Pick<VirtualMap, "fileName" | "dsetName"> & {
    readonly vspace: Space;
    readonly srcSpace: Space;
  })[];
  astype<const T extends DtypeLike>(dtype: T): Pick<AsTypeView<ReadResult<T, S, object>>, "read" | "dtype" | "shape">;
  asstr(encoding?: string, errors?: DecodeErrors): Pick<AsStrView, "read" | "dtype" | "shape">;
  fields(names: string | readonly string[]): Pick<FieldsView, "read" | "dtype" | "shape">;
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
