/** What is done with links once their places are known. Reference implementation: H5L.c, H5Lint.c. */
import type { Address } from "../base/address.ts";
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { isAbsolutePath, pathComponents } from "../engine/names.ts";
import type { Link, LinkTarget } from "../format/link.ts";
import { guarded } from "./api-error.ts";
import type { ErrorRecord } from "./error-codes.ts";
import type { Place } from "./location-id.ts";
import { createLink } from "./new-link.ts";
import type { ObjectPlace } from "./open-object.ts";
import { INDEX_CRT_ORDER, ITER_DEC, type Ordering, ordered } from "./ordering.ts";
import { joinPath, linkPlace, resolvePlace } from "./places.ts";
import type { PropLCID } from "./prop-links.ts";

/** Classes of links. C: `H5L_type_t`. */
export const TYPE_HARD = 0;
export const TYPE_SOFT = 1;
export const TYPE_EXTERNAL = 64;
/** Numbers of user-defined classes; the first is that of external links. */
export const TYPE_UD_MIN = 64;
export const TYPE_MAX = 255;

/** What a link is. C: `H5L_info_t`. */
export interface LinkInfo {
  /** One of `h5l.TYPE_…`, or the number of a user-defined class. */
  readonly type: number;
  /** Whether {@link corder} counts: the group keeps the order in which links were made. */
  readonly corderValid: boolean;
  /** The link's place in that order, from 0. */
  readonly corder: number;
  /** `h5t.CSET_…` of the name. */
  readonly cset: number;
  /** The object's address for a hard link, else bytes of the link's value. */
  readonly u: number;
}

const UNTRACKED = "creation order not tracked for links in group";

function typeOf(link: Link): number {
  switch (link.target.kind) {
    case "hard":
      return TYPE_HARD;
    case "soft":
      return TYPE_SOFT;
    case "external":
      return TYPE_EXTERNAL;
    case "user":
      return link.target.linkType;
    default:
      return link.target satisfies never;
  }
}

function valueSize(link: Link): number {
  const { target } = link;
  switch (target.kind) {
    case "hard":
      return target.objectHeaderAddress;
    case "soft":
      return encodeUtf8(target.path).length + 1;
    case "external":
      return 1 + encodeUtf8(target.file).length + 1 + encodeUtf8(target.path).length + 1;
    case "user":
      return target.data.length;
    default:
      return target satisfies never;
  }
}

/** A link, and the group that has it. */
export interface GroupLink {
  readonly group: GroupObject;
  readonly link: Link;
}

/** What a link is. An object whose address is told keeps it. */
export function linkInfoOf({ group, link }: GroupLink): LinkInfo {
  if (link.target.kind === "hard") group.file.tellAddress(link.target.objectHeaderAddress);
  return {
    type: typeOf(link),
    corderValid: link.creationOrder !== undefined,
    corder: link.creationOrder ?? 0,
    cset: link.characterSet === "utf-8" ? 1 : 0,
    u: valueSize(link),
  };
}

/** What a link holds beside its name, as the C library gives it: a path, or the bytes of a link class. */
export function linkValueOf({ name, target }: Link): Uint8Array {
  switch (target.kind) {
    case "hard":
      throw new HDF5Error("argument", "object is not a symbolic or user-defined link", { path: name });
    case "soft":
      return encodeUtf8(`${target.path}\0`);
    case "external":
      return encodeUtf8(`\0${target.file}\0${target.path}\0`);
    case "user":
      return target.data.slice();
    default:
      return target satisfies never;
  }
}

/** The links of a group in the order asked for. @throws HDF5Error when creation was to count and is not tracked. */
export function orderedLinks(group: GroupObject, ordering: Ordering): Link[] {
  if (ordering.idxType === INDEX_CRT_ORDER && !group.tracksCreationOrder) throw new HDF5Error("argument", UNTRACKED);
  return ordered(group.links(), ordering, UNTRACKED);
}

/** Their names only, at less cost. */
export function orderedNames(group: GroupObject, ordering: Ordering): string[] {
  const names = group.linkNames(ordering.idxType === INDEX_CRT_ORDER ? "creation" : "name");
  return ordering.order === ITER_DEC ? names.reverse() : names;
}

/** The link of a name. @throws NotFoundError when there is none. */
export function requiredLink(start: ObjectPlace, name: string): GroupLink {
  const { group, link } = pathComponents(name).length === 0 ? NO_LINK : linkPlace(start, name);
  if (group === undefined || link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
  return { group, link };
}

const NO_LINK = { group: undefined, link: undefined };

export interface WalkedLink extends GroupLink {
  readonly path: string;
}

/**
 * What a walk has come by. The C library remembers only what has more than one link, and so comes back once to where the walk
 * began, and to what is below, when that has one alone.
 */
export class VisitedObjects {
  private readonly times = new Map<Address, number>();

  /** @param root - Where the walk begins. */
  constructor(root: EngineObject) {
    this.times.set(root.address, 1);
  }

  /** Whether an object that the walk comes by is one for it. */
  isNext({ address, linkCount }: EngineObject): boolean {
    const times = this.times.get(address) ?? 0;
    this.times.set(address, times + 1);
    return times < (linkCount > 1 ? 1 : 2);
  }
}

/**
 * Links of a group and of those below, which are entered once; a group's links are read after the link to it was handed out.
 *
 * @param linksOf - Of a group, in the order in which they are wanted.
 */
export function* walkLinks(
  root: GroupObject,
  linksOf: (group: GroupObject) => readonly Link[],
  outer: ErrorRecord,
): Generator<WalkedLink> {
  const visited = new VisitedObjects(root);
  const pending = [{ group: root, links: guarded(outer, () => linksOf(root)), at: 0, prefix: "" }];
  for (let level = pending.at(-1); level !== undefined; level = pending.at(-1)) {
    const link = level.links[level.at++];
    if (link === undefined) {
      pending.pop();
      continue;
    }
    const path = level.prefix + link.name;
    yield { path, group: level.group, link };
    if (link.target.kind !== "hard") continue;
    const { objectHeaderAddress } = link.target;
    const next = guarded(outer, () => {
      const group = root.file.object(objectHeaderAddress);
      return group instanceof GroupObject && visited.isNext(group) ? { group, links: linksOf(group) } : undefined;
    });
    if (next !== undefined) pending.push({ ...next, at: 0, prefix: `${path}/` });
  }
}

/** The group of a name, and where it is. @throws NotFoundError when it is none. */
export function groupPlaceAt<P extends ObjectPlace>(start: P, name: string): ObjectPlace<GroupObject, P["file"]> {
  const { file, object, path } = resolvePlace(start, name);
  if (!(object instanceof GroupObject)) throw new NotFoundError("not a group", { path: name });
  return { file, object, path };
}

/** The group of a name. @throws NotFoundError when it is none. */
export function groupAt(start: ObjectPlace, name: string): GroupObject {
  return groupPlaceAt(start, name).object;
}

function alreadyThere() {
  return new HDF5Error("exists", "an object with that name already exists");
}

/** A link with the target of another. @throws HDF5Error "exists" in the words of moving and copying. */
export function createRenamed(target: LinkTarget, to: Place, newName: string, lcpl: PropLCID | null): void {
  if (pathComponents(newName).length === 0) throw alreadyThere();
  const existing = lcpl?.getCreateIntermediateGroup() ? undefined : linkPlace(to, newName);
  if (existing?.link !== undefined) throw alreadyThere();
  createLink(to, newName, target, lcpl);
}

/** Moves a link; paths of open objects follow. */
export function moveLink(from: Place, name: string, to: Place, newName: string, lcpl: PropLCID | null): void {
  from.file.engine.requireWritable();
  if (pathComponents(name).length === 0) {
    throw new HDF5Error("argument", "the name of a link must be supplied to move or copy", { path: name });
  }
  const source = linkPlace(from, name);
  if (source.link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
  createRenamed(source.link.target, to, newName, lcpl);
  source.group.removeLink(source.name);
  const path = joinPath(from.path, name);
  if (path !== null) from.file.shared.renamePaths(path, joinPath(to.path, newName));
}

/** Takes a link out. The object goes with its last link, once nobody has it open. */
export function unlink(start: Place, name: string): void {
  start.file.engine.requireWritable();
  if (pathComponents(name).length === 0) throw new NotFoundError("group doesn't exist", { path: name });
  const found = linkPlace(start, name);
  if (found.link === undefined) {
    const text = "callback link pointer is NULL (specified link may be '.' or not exist)";
    throw new NotFoundError(text, { path: name });
  }
  found.group.removeLink(found.name);
  if (found.path !== null) start.file.shared.renamePaths(found.path, null);
}

/** Whether a name leads somewhere: each link on the way and, unless it dangles or not, the last one exists. */
export function linkExists(start: ObjectPlace, name: string): boolean {
  if (name === "") return false;
  let prefix = isAbsolutePath(name) ? "/" : "";
  for (const component of pathComponents(name)) {
    prefix += component;
    try {
      if (linkPlace(start, prefix).link === undefined) return false;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
    prefix += "/";
  }
  return true;
}
