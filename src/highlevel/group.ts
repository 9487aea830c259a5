/** A group: a mapping from names to objects. h5py: `Group`. */

import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { argumentError, isClosedError, plainError } from "../lowlevel/api-error.ts";
import { wrongType } from "../lowlevel/arguments.ts";
import type { GroupID } from "../lowlevel/group-id.ts";
import {
  hasLink,
  linksBelow,
  linkTotal,
  namedLink,
  namesOf,
  objectAt,
  openDataset,
  openGroup,
  openObject,
} from "../lowlevel/group-reading.ts";
import * as h5g from "../lowlevel/h5g.ts";
import * as h5o from "../lowlevel/h5o.ts";
import { pathsBelow } from "../lowlevel/object-visit.ts";
import { isDatasetHandle, isGroupHandle, isTypeHandle, type OpenObject } from "../lowlevel/open-object.ts";
import type { PropLAID } from "../lowlevel/prop-links.ts";
import { openReferred } from "../lowlevel/reference-reading.ts";
import { TypeID } from "../lowlevel/type-id.ts";
import { entriesOf, requireFlags, requireFunction } from "./argument-checks.ts";
import { COPY_OPTIONS, type CopyObjectOptions, copyObject } from "./copy-object.ts";
import { DATASET_OPTIONS, type DatasetOptions, makeDataset } from "./create-dataset.ts";
import { Dataset } from "./dataset.ts";
import { accessChanges, DATASET_ACCESS_OPTIONS, type DatasetAccessOptions } from "./dataset-access.ts";
import type { DtypeOfOptions, Rank, RankOfOptions } from "./dtype-types.ts";
import {
  filterOptionsLike,
  GROUP_OPTIONS,
  type GroupOptions,
  groupCreationList,
  LINKED_FILE_OPTIONS,
  type LinkedFileOptions,
  linkAccessList,
  optionsLike,
  withIntermediateGroups,
} from "./group-options.ts";
import { baseName, HLObject, parentPath } from "./hl-object.ts";
import { isReferenceValue } from "./infer-type.ts";
import { type NoOthers, type OptionNames, requireKnown } from "./known-options.ts";
import { ExternalLink, type Link, type LinkClass, linkOf, SoftLink } from "./link-classes.ts";
import { Datatype } from "./named-type.ts";
import { checkRequired, REQUIRE_OPTIONS, type RequireDatasetOptions } from "./require-dataset.ts";
import { hasFilterOption } from "./storage-options.ts";
import {
  LAYOUT_OPTIONS,
  NEW_VIRTUAL_OPTIONS,
  type NewVirtualOptions,
  VirtualLayout,
  type VirtualLayoutOptions,
} from "./virtual-layout.ts";
import { firstResult, type ItemVisitor, type LinkVisitor, type Visitor } from "./visitors.ts";

/** An object that a name leads to. */
export type Member = Group | Dataset | Datatype;
/** The class of an object that a name leads to. */
export type MemberClass = typeof Group | typeof Dataset | typeof Datatype;

/** What is copied, and under which name. */
export interface CopyOptions extends CopyObjectOptions {
  /** The name of the copy in the group that gets it. */
  readonly name?: string;
}

const COPY_NAMES: OptionNames<CopyOptions> = { ...COPY_OPTIONS, name: true };

/** What `get` gives instead of the object. */
export interface GetOptions<D> extends LinkedFileOptions {
  /** The class of object or, with `getlink`, of link. */
  readonly getclass?: boolean;
  /** The link itself, not what it leads to. */
  readonly getlink?: boolean;
  /** Returned when there is nothing of that name; without it that is an error, but for `getclass` and `getlink`. */
  readonly default?: D;
}

const GET_OPTIONS: OptionNames<GetOptions<unknown>> = {
  ...LINKED_FILE_OPTIONS,
  getclass: true,
  getlink: true,
  default: true,
};

const BUILD_OPTIONS: OptionNames<VirtualLayoutOptions & NewVirtualOptions> = {
  ...LAYOUT_OPTIONS,
  ...NEW_VIRTUAL_OPTIONS,
};

const NO_OPTIONS = {};

/**
 * A group: a mapping from names to objects; iterating gives the names. h5py: `Group`.
 *
 * Once the group or its file is closed, what needs the file throws ValueError `"closed"` ("Not a file id (Not a file
 * id)"). What changes a file that is open for reading only throws with `code` `"read-only"`, in h5py's class: KeyError
 * from `delete`, ValueError from `createGroup` and `createDataset`, RuntimeError from `copy`.
 */
export class Group<I extends GroupID = GroupID> extends HLObject<I, OpenObject<GroupObject>> {
  /** @throws ValueError for a handle that is not of a group. */
  constructor(id: I | OpenObject<GroupObject>) {
    if (!isGroupHandle(id)) throw plainError("ValueError", `${String(id)} is not a GroupID`);
    super(id);
  }

  private named(name: unknown): string {
    this.requireOpen();
    if (typeof name === "string") return name;
    throw plainError("TypeError", `Accessing a group is done with bytes or str,  not ${typeof name}`);
  }

  /**
   * The object of a path: relative to this group or, with a leading slash, to the root. Links are followed.
   *
   * A reference read from the file leads to what it was made of. `T` says which class the caller expects, a dataset by default; `getGroup` and `getDataset` check it.
   *
   * @throws KeyError "Unable to open object (object 'x' doesn't exist)" unless a `default` is given; TypeError for an option
   *   that there is none of.
   */
  get<T extends Member = Dataset>(path: string | ReferenceValue, options?: LinkedFileOptions): T;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink: true }): LinkClass | D;
  get<D = undefined>(path: string, options: GetOptions<D> & { getlink: true; getclass?: false }): Link | D;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink?: false }): MemberClass | D;
  get<T extends Member, D>(
    path: string,
    options: LinkedFileOptions & { default: D; getclass?: false; getlink?: false },
  ): T | D;
  get(path: string | ReferenceValue, options: GetOptions<unknown> = NO_OPTIONS): unknown {
    if (options !== NO_OPTIONS) {
      requireKnown(options, GET_OPTIONS, "get");
      requireFlags(options, "getclass", "getlink");
    }
    if (isReferenceValue(path)) return this.referred(path);
    const name = this.named(path);
    const { getclass, getlink } = options;
    if (getclass || getlink) {
      if (!this.has(name)) return options.default;
      if (!getlink) return this.classOf(name);
      const link = this.link(name);
      return getclass ? link.constructor : link;
    }
    const lapl = linkAccessList(options);
    if (!("default" in options)) return wrapMember(openObject(this.handle, name, lapl));
    return this.tryOpen(name, lapl) ?? options.default;
  }

  private referred(reference: ReferenceValue): Member {
    this.requireOpen();
    const id = openReferred(reference, this.handle);
    if (id === null) throw plainError("ValueError", "Invalid HDF5 object reference");
    return wrapMember(id);
  }

  private tryOpen(name: string, lapl: PropLAID | null = null): Member | undefined {
    try {
      return wrapMember(openObject(this.handle, name, lapl));
    } catch (error) {
      if (error instanceof Error && error.name === "KeyError" && !isClosedError(error)) return undefined;
      throw error;
    }
  }

  private classOf(name: string): MemberClass {
    const object = objectAt(this.handle, name);
    if (object instanceof GroupObject) return Group;
    return object instanceof DatasetObject ? Dataset : Datatype;
  }

  private link(name: string): Link {
    return linkOf(namedLink(this.handle, name).target);
  }

  /**
   * The dataset of a path.
   *
   * @typeParam D - The dtype that the caller expects, which is not checked.
   * @throws KeyError when there is none, or something else. h5py: `open_dset`.
   */
  getDataset<D = string, S extends Rank = "array">(
    path: string,
    options: DatasetAccessOptions = NO_OPTIONS,
  ): Dataset<D, S> {
    if (options !== NO_OPTIONS) requireKnown(options, DATASET_ACCESS_OPTIONS, "getDataset");
    const name = this.named(path);
    const { access } = this.handle.location().file;
    return new Dataset(openDataset(this.handle, name, { dapl: options.dapl, changes: accessChanges(options, access) }));
  }

  /** The group of a path. @throws KeyError when there is none, or something else. C: `H5Gopen2`. */
  getGroup(path: string): Group {
    return new Group(openGroup(this.handle, this.named(path)));
  }

  /**
   * Stores something under a name that must be free; missing groups on the way are made.
   *
   * A link becomes a link, an object of this file gets one more name, a datatype handle is committed, and everything
   * else becomes a dataset (see `createDataset`).
   *
   * @throws OSError "Unable to create link (name already exists)"; TypeError for what HDF5 has no datatype for.
   */
  set(path: string, value: unknown): void {
    const name = this.named(path);
    const lcpl = withIntermediateGroups();
    if (value instanceof HLObject) h5o.link(value.id, this.id, name, lcpl);
    else if (value instanceof SoftLink) this.id.links.createSoft(name, value.path, lcpl);
    else if (value instanceof ExternalLink) this.id.links.createExternal(name, value.filename, value.path, lcpl);
    else if (value instanceof TypeID) {
      const type = value.copy();
      type.commit(this.id, name, lcpl);
      type.close();
    } else {
      if (name === "") throw argumentError("H5Olink", "ARGS", "BADVALUE", "no name specified");
      const id = makeDataset(this.id, null, { data: value === undefined ? Symbol("undefined") : value }, null);
      try {
        h5o.link(id, this.id, name, lcpl);
      } finally {
        id.close();
      }
    }
  }

  /**
   * Takes the link of a path out. The object goes with its last link.
   *
   * @throws KeyError "Couldn't delete link (…)" when there is none. C: `H5Ldelete`.
   */
  delete(path: string): void {
    this.id.unlink(this.named(path));
  }

  /** Whether there is a link of that path, be it dangling. False when the group is closed. */
  has(path: string): boolean {
    return this.isOpen && typeof path === "string" && hasLink(this.handle, path);
  }

  /** Number of links. */
  get length(): number {
    this.requireOpen();
    return linkTotal(this.handle);
  }

  /** Names: in order of creation where the group tracks it, else in byte order. */
  keys(): string[] {
    this.requireOpen();
    return namesOf(this.handle);
  }

  /** The objects of {@link keys}; undefined for a link that leads nowhere. */
  *values(): Generator<Member | undefined> {
    for (const name of this.keys()) yield this.tryOpen(name);
  }

  /** The pairs of {@link keys} and {@link values}. */
  *items(): Generator<[string, Member | undefined]> {
    for (const name of this.keys()) yield [name, this.tryOpen(name)];
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  /** Names from the last to the first. h5py: `reversed(group)`. */
  reversed(): string[] {
    return this.keys().reverse();
  }

  /**
   * Takes the link of a path out and gives the object it led to, which lives as long as it is open.
   *
   * @throws KeyError when there is none, or a link that leads nowhere, unless a `default` is given: such a link stays.
   */
  pop<D = never>(path: string, ...fallback: [D?]): Member | D {
    const found = fallback.length > 0 ? this.tryOpen(this.named(path)) : this.get<Member>(path);
    if (found === undefined) return fallback[0] as D;
    this.delete(path);
    return found;
  }

  /** The same with the first of {@link keys}, and its name. @throws KeyError for a group without links. */
  popItem(): [string, Member] {
    const [name] = this.keys();
    if (name === undefined) throw plainError("KeyError", "the group is empty");
    return [name, this.pop(name)];
  }

  /** Takes all links out. @throws as {@link delete}; links before the failing one are gone then. */
  clear(): void {
    for (const name of this.keys()) this.delete(name);
  }

  /**
   * As {@link set} for each name of an object, a Map or a list of pairs, one after the other; the names must be free.
   */
  update(values: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]>): void {
    for (const [name, value] of entriesOf(values)) this.set(name, value);
  }

  /**
   * The object of a path, made from `value` as by {@link set} if there is none.
   *
   * @throws as {@link get}, {@link set}.
   */
  setDefault(path: string, value: unknown): Member {
    const found = this.tryOpen(this.named(path));
    if (found !== undefined) return found;
    this.set(path, value);
    return this.get<Member>(path);
  }

  /**
   * Makes a group; missing groups on the way are made, too.
   *
   * @param path - Null for a group that nothing links to.
   * @throws ValueError "Unable to create group (name already exists)". C: `H5Gcreate2`.
   */
  createGroup(path: string | null, options: GroupOptions = {}): Group {
    const name = path === null ? null : this.named(path);
    this.requireOpen();
    requireKnown(options, GROUP_OPTIONS, "createGroup");
    return new Group(h5g.create(this.id, name, withIntermediateGroups(), groupCreationList(options)));
  }

  /** The group of a path, made if it is missing. @throws TypeError when something else has the name. */
  requireGroup(path: string): Group {
    if (!this.has(this.named(path))) return this.createGroup(path);
    const found = this.get<Member>(path);
    if (found instanceof Group) return found;
    throw plainError("TypeError", `Incompatible object (${classNameOf(found)}) already exists`);
  }

  /**
   * Makes a dataset; missing groups on the way are made, too.
   *
   * @param path - Null for a dataset that nothing links to.
   * @throws ValueError when the name is taken; TypeError, ValueError in h5py's words for what makes no sense,
   *   TypeError for an option that there is none of.
   */
  createDataset<const O extends DatasetOptions>(
    path: string | null,
    options: O & NoOthers<O, DatasetOptions>,
  ): Dataset<DtypeOfOptions<O>, RankOfOptions<O>> {
    this.requireOpen();
    requireKnown(options, DATASET_OPTIONS, "createDataset");
    const { parent, name } = this.placeOf(path);
    return new Dataset(makeDataset(parent, name, options, null));
  }

  /**
   * A dataset like another: of its shape, datatype, chunks, filters and fill value, without its data and attributes. Other
   * files that hold its data, or sources of it, are not taken over.
   *
   * @param path - Null for a dataset that nothing links to.
   * @param options - Take the place of what `other` has.
   * @throws TypeError, ValueError in h5py's words when the two do not go together. h5py: `create_dataset_like`.
   */
  createDatasetLike(path: string | null, other: Dataset, options: DatasetOptions = {}): Dataset {
    this.requireOpen();
    requireKnown(options, DATASET_OPTIONS, "createDatasetLike");
    if (!(other instanceof Dataset)) throw wrongType(other, "Dataset", "other");
    const model = other.id.getCreatePlist();
    const { parent, name } = this.placeOf(path);
    const filters = hasFilterOption(options) ? filterOptionsLike(other, options) : {};
    return new Dataset(
      makeDataset(parent, name, { ...optionsLike(other, model), ...filters, ...options }, null, model),
    );
  }

  /** The group that something new goes into, made if it is missing, and its name there. */
  private placeOf(path: string | null): { readonly parent: GroupID; readonly name: string | null } {
    if (path === null) return { parent: this.id, name: null };
    const name = this.named(path);
    if (!name.includes("/") || !name.replace(/^\/+/, "").includes("/")) return { parent: this.id, name };
    return { parent: this.requireGroup(parentPath(name)).id, name: baseName(name) };
  }

  /**
   * Makes a dataset whose elements are those of other datasets; missing groups on the way are made, too.
   *
   * @param path - Null for a dataset that nothing links to.
   * @param options - `fillvalue`: what elements are that no source has.
   * @throws ValueError "Unable to create dataset (…)"; ValueError when the layout was made for another file.
   */
  createVirtualDataset(path: string | null, layout: VirtualLayout, options: NewVirtualOptions = {}): Dataset {
    this.requireOpen();
    requireKnown(options, NEW_VIRTUAL_OPTIONS, "createVirtualDataset");
    if (!(layout instanceof VirtualLayout)) throw wrongType(layout, "VirtualLayout", "layout");
    const { parent, name } = this.placeOf(path);
    return new Dataset(layout.makeDataset(parent, name, options));
  }

  /**
   * The same for a layout that `build` maps the sources into.
   *
   * ```ts
   * f.buildVirtualDataset("all", { shape: [2, 100], dtype: "<f8" }, (layout) => {
   *   layout.set(0, new VirtualSource("one.h5", { name: "data", shape: [100] }));
   * });
   * ```
   */
  buildVirtualDataset(
    path: string | null,
    options: VirtualLayoutOptions & NewVirtualOptions,
    build: (layout: VirtualLayout) => void,
  ): Dataset {
    this.requireOpen();
    requireKnown(options, BUILD_OPTIONS, "buildVirtualDataset");
    requireFunction(build);
    const { shape, dtype, maxshape } = options;
    const growth = maxshape === undefined ? {} : { maxshape };
    const layout = new VirtualLayout({ shape, dtype, ...growth, filename: this.id.location().file.name });
    build(layout);
    const { parent, name } = this.placeOf(path);
    return new Dataset(layout.makeDataset(parent, name, options));
  }

  /**
   * The dataset of a path, made if it is missing.
   *
   * @throws TypeError when shape or datatype of the one that is there do not fit, or it is no dataset.
   */
  requireDataset<const O extends RequireDatasetOptions>(
    path: string,
    options: O & NoOthers<O, RequireDatasetOptions>,
  ): Dataset<DtypeOfOptions<O>, RankOfOptions<O>> {
    requireKnown(options, REQUIRE_OPTIONS, "requireDataset");
    if (!this.has(this.named(path))) {
      const { parent, name } = this.placeOf(path);
      return new Dataset(makeDataset(parent, name, options, null));
    }
    const found = this.get<Member>(path);
    if (!(found instanceof Dataset)) {
      throw plainError("TypeError", `Incompatible object (${classNameOf(found)}) already exists`);
    }
    checkRequired(found, options);
    return found;
  }

  /**
   * Gives a link another name; missing groups on the way are made.
   *
   * @throws ValueError "Unable to move link (…)" when there is no `source` or `destination` is taken. C: `H5Lmove`.
   */
  move(source: string, destination: string): void {
    const [from, to] = [this.named(source), this.named(destination)];
    if (from === to) return;
    const isGroupMissing = to.includes("/") && !this.has(parentPath(to));
    this.id.links.move(from, this.id, to, isGroupMissing ? withIntermediateGroups() : null);
  }

  /**
   * Copies an object, with all that is in it if it is a group: `dest` is the path of the copy from here, or the group
   * that gets it under the name `options.name`, by default the name of the source. The group may be of another file.
   *
   * @throws RuntimeError "Unable to copy object (…)" when there is no such source or the name is taken; TypeError for
   *   another `dest`. C: `H5Ocopy`.
   */
  copy(source: string | Member, dest: string | Group, options: CopyOptions = {}): void {
    requireKnown(options, COPY_NAMES, "copy");
    const from = source instanceof HLObject ? { object: source } : { object: this, path: this.named(source) };
    if (dest instanceof Group) copyObject(from, dest, options.name, options);
    else if (typeof dest === "string") copyObject(from, this, dest, options);
    else throw plainError("TypeError", "Destination must be path or Group object");
  }

  /**
   * Calls `func` with the path of every object below, once each, relative to this group, until it returns something,
   * which is the result; null when it never does.
   *
   * @throws TypeError when `func` is no function. C: `H5Ovisit`.
   */
  visit<T>(func: Visitor<T>): T | null {
    this.requireOpen();
    requireFunction(func);
    return firstResult(pathsBelow(this.handle), func);
  }

  /** As {@link visit}, with the object. */
  visitItems<T>(func: ItemVisitor<T>): T | null {
    this.requireOpen();
    requireFunction(func);
    return firstResult(pathsBelow(this.handle), (name) => func(name, this.get<Member>(name)));
  }

  /**
   * Calls `func` with the path of every link below, once each, until it returns something. Links are not followed. C:
   * `H5Lvisit`.
   */
  visitLinks<T>(func: Visitor<T>): T | null {
    this.requireOpen();
    requireFunction(func);
    return firstResult(linksBelow(this.handle), ({ path }) => func(path));
  }

  /** As {@link visitLinks}, with the link. */
  visitItemsLinks<T>(func: LinkVisitor<T>): T | null {
    this.requireOpen();
    requireFunction(func);
    return firstResult(linksBelow(this.handle), ({ path }) => func(path, this.link(path)));
  }

  /** `<HDF5 group "/g" (1 members)>`, as h5py prints it. */
  override toString(): string {
    if (!this.isOpen) return "<Closed HDF5 group>";
    const { name } = this;
    return `<HDF5 group ${name === null ? "(anonymous)" : `"${name}"`} (${this.length} members)>`;
  }
}

/** Spelled out, since a bundler may give classes other names. */
function classNameOf(member: Member): string {
  if (member instanceof Dataset) return "Dataset";
  return member instanceof Group ? "Group" : "Datatype";
}

/** The class for a handle. */
export function wrapMember(handle: OpenObject): Member {
  if (isDatasetHandle(handle)) return new Dataset(handle);
  return isTypeHandle(handle) ? new Datatype(handle) : new Group(handle as OpenObject<GroupObject>);
}
