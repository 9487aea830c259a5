/** Links of a group. C: `H5L`. h5py: `GroupID.links`. */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import { GroupObject } from "../engine/group-object.ts";
import { isLinkClassRegistered } from "../engine/link-classes.ts";
import { isAbsolutePath, pathComponents } from "../engine/names.ts";
import type { Link } from "../format/link.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { type Name, type Size, toInt, toName } from "./arguments.ts";
import { INDEX_CRT_ORDER, ITER_DEC } from "./h5.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLink, hardTarget } from "./new-link.ts";
import { type Ordering, ordered } from "./ordering.ts";
import { joinPath, linkPlace, resolvePlace } from "./places.ts";
import type { PropLCID } from "./prop-links.ts";

/** C: `H5L_type_t`. */
export const TYPE_HARD = 0;
export const TYPE_SOFT = 1;
export const TYPE_EXTERNAL = 64;
/** Numbers of user-defined classes; the first is that of external links. */
export const TYPE_UD_MIN = 64;
export const TYPE_MAX = 255;

/** Its length is stored in 16 bits. */
const MAX_USER_DATA = 0xffff;

/** C: `H5L_info_t`. */
export interface LinkInfo {
  /** One of `h5l.TYPE_…`, or the number of a user-defined class. */
  readonly type: number;
  readonly corderValid: boolean;
  readonly corder: number;
  /** `h5t.CSET_…` of the name. */
  readonly cset: number;
  /** The object's address for a hard link, else bytes of the link's value. */
  readonly u: number;
}

/** How links are walked; see the functions that take it. */
export interface LinkIteration extends Ordering {
  /** The group to start in. Default ".". */
  readonly objName?: Name;
  /** Whether the callback gets the link's `LinkInfo` too. Default false. */
  readonly info?: boolean;
  /** Where to start. Default 0. */
  readonly idx?: Size;
}

/** Called for each link; anything but undefined and null ends the walk. */
export type LinkVisitor<T> = (name: string, info?: LinkInfo) => T;

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

export function linkInfoOf(link: Link): LinkInfo {
  return {
    type: typeOf(link),
    corderValid: link.creationOrder !== undefined,
    corder: link.creationOrder ?? 0,
    cset: link.characterSet === "utf-8" ? 1 : 0,
    u: valueSize(link),
  };
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
function requiredLink(start: Place, name: string): Link {
  const { link } = linkPlace(start, name);
  if (link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
  return link;
}

function requireText(where: string, parameter: string, text: string): string {
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", `${parameter} parameter cannot be an empty string`);
  return text;
}

export class LinkProxy {
  private readonly owner: LocationID<GroupObject>;

  constructor(owner: LocationID<GroupObject>) {
    this.owner = owner;
  }

  private start(): Place {
    return this.owner.location();
  }

  /** Another name for an object of the same file. C: `H5Lcreate_hard`. */
  createHard(newName: Name, curLoc: LocationID, curName: Name, lcpl: PropLCID | null = null): void {
    guarded(record("H5Lcreate_hard", "LINK", "CANTCREATE", "unable to create link"), () => {
      const { object } = resolvePlace(curLoc.location(), toName(curName));
      const start = this.start();
      createLink(start, toName(newName), hardTarget(object, start), lcpl);
    });
  }

  /** A name that stands for a path, which need not exist. C: `H5Lcreate_soft`. */
  createSoft(newName: Name, target: Name, lcpl: PropLCID | null = null): void {
    const path = requireText("H5Lcreate_soft", "link_target", toName(target));
    guarded(record("H5Lcreate_soft", "LINK", "CANTCREATE", "unable to create soft link"), () =>
      createLink(this.start(), toName(newName), { kind: "soft", path }, lcpl),
    );
  }

  /** A name that stands for a path in another file. C: `H5Lcreate_external`. */
  createExternal(linkName: Name, fileName: Name, objName: Name, lcpl: PropLCID | null = null): void {
    const where = "H5Lcreate_external";
    const file = toName(fileName);
    const path = toName(objName);
    if (file === "") throw argumentError(where, "ARGS", "BADVALUE", "no file name specified");
    if (path === "") throw argumentError(where, "ARGS", "BADVALUE", "no object name specified");
    guarded(record(where, "LINK", "CANTINIT", "unable to create external link"), () =>
      createLink(this.start(), toName(linkName), { kind: "external", file, path }, lcpl),
    );
  }

  /**
   * A link of a class that was registered with `h5l.register`, with `data` (at most 65535 bytes) for it to know where it
   * leads. C: `H5Lcreate_ud`.
   */
  createUserDefined(name: Name, linkType: Size, data: Uint8Array, lcpl: PropLCID | null = null): void {
    const where = "H5Lcreate_ud";
    const type = toInt(linkType);
    if (type < TYPE_UD_MIN || type > TYPE_MAX) throw argumentError(where, "ARGS", "BADVALUE", "invalid link class");
    if (data.length > MAX_USER_DATA) throw argumentError(where, "ARGS", "BADVALUE", "link value is too long");
    guarded(record(where, "LINK", "CANTINIT", "unable to create link"), () => {
      if (!isLinkClassRegistered(type)) {
        throw new HDF5Error("argument", "link class has not been registered with library");
      }
      createLink(this.start(), toName(name), { kind: "user", linkType: type, data: data.slice() }, lcpl);
    });
  }

  /** What a user-defined link holds. @throws TypeError for a link of the library's own kinds. C: `H5Lget_val`. */
  getUserData(name: Name): Uint8Array {
    const { target } = this.required("H5Lget_val", toName(name));
    if (target.kind !== "user") throw plainError("TypeError", "Link must be a user-defined one");
    return target.data.slice();
  }

  /** The path of a soft link, or `[file, path]` of an external one. C: `H5Lget_val`, `H5Lunpack_elink_val`. */
  getVal(name: Name): string | [string, string] {
    const { target } = this.required("H5Lget_info", toName(name));
    if (target.kind === "soft") return target.path;
    if (target.kind === "external") return [target.file, target.path];
    throw plainError("TypeError", "Link must be either a soft or external link");
  }

  private required(where: string, name: string): Link {
    return guarded(record(where, "LINK", "CANTGET", "unable to get link info"), () => requiredLink(this.start(), name));
  }

  /** Gives a link another name, in another group if asked. C: `H5Lmove`. */
  move(srcName: Name, dstLoc: LocationID, dstName: Name, lcpl: PropLCID | null = null): void {
    guarded(record("H5Lmove", "LINK", "CANTMOVE", "unable to move link"), () =>
      moveLink(this.start(), toName(srcName), dstLoc.location(), toName(dstName), lcpl),
    );
  }

  /** Whether there is a link of that name, whatever it leads to. The groups on the way must exist. C: `H5Lexists`. */
  exists(name: Name): boolean {
    const path = requireText("H5Lexists", "name", toName(name));
    return guarded(record("H5Lexists", "LINK", "CANTGET", "unable to get link info"), () => {
      const start = this.start();
      return pathComponents(path).length === 0 || linkPlace(start, path).link !== undefined;
    });
  }

  /** What a link is: of that name or, with `index`, the one at a position in the group of that name. C: `H5Lget_info`. */
  getInfo(name: Name, index: Size = -1, ordering: Ordering = {}): LinkInfo {
    const position = toInt(index);
    if (position < 0) return linkInfoOf(this.required("H5Lget_info", toName(name)));
    return guarded(record("H5Lget_info_by_idx", "LINK", "CANTGET", "unable to get link info"), () => {
      const link = orderedLinks(groupAt(this.start(), toName(name)), ordering)[position];
      if (link === undefined) throw new HDF5Error("argument", "index out of bound");
      return linkInfoOf(link);
    });
  }

  /**
   * Calls `func` for the links of a group until it returns something.
   *
   * @returns `[what func returned or null, position after the last link visited]`. C: `H5Literate`.
   */
  iterate<T>(func: LinkVisitor<T>, options: LinkIteration = {}): [NonNullable<T> | null, number] {
    const outer = record("H5Literate", "LINK", "BADITER", "link iteration failed");
    const first = toInt(options.idx ?? 0);
    const members = guarded(outer, () => {
      const group = groupAt(this.start(), toName(options.objName ?? "."));
      const all = options.info ? orderedLinks(group, options) : orderedNames(group, options);
      if (first > 0 && first >= all.length) throw new HDF5Error("argument", "index out of bound");
      return all;
    });
    for (let i = first; i < members.length; i++) {
      const member = members[i] as Link | string;
      const result = typeof member === "string" ? func(member) : func(member.name, linkInfoOf(member));
      if (result !== undefined && result !== null) return [result, i + 1];
    }
    return [null, members.length];
  }

  /**
   * Calls `func` for every link of a group and of the groups below, by paths from there, until it returns something.
   * Groups are entered once, by hard links only.
   *
   * C: `H5Lvisit`.
   */
  visit<T>(func: LinkVisitor<T>, options: Omit<LinkIteration, "idx"> = {}): NonNullable<T> | null {
    const outer = record("H5Lvisit", "LINK", "BADITER", "link visitation failed");
    const root = guarded(outer, () => groupAt(this.start(), toName(options.objName ?? ".")));
    const entered = new Set([root.address]);
    const pending = [guarded(outer, () => orderedLinks(root, options))].map((links) => ({ links, at: 0, prefix: "" }));
    for (let level = pending.at(-1); level !== undefined; level = pending.at(-1)) {
      const link = level.links[level.at++];
      if (link === undefined) {
        pending.pop();
        continue;
      }
      const path = level.prefix + link.name;
      const result = options.info ? func(path, linkInfoOf(link)) : func(path);
      if (result !== undefined && result !== null) return result;
      if (link.target.kind !== "hard" || entered.has(link.target.objectHeaderAddress)) continue;
      const { objectHeaderAddress } = link.target;
      const links = guarded(outer, () => {
        const object = root.file.object(objectHeaderAddress);
        return object instanceof GroupObject ? orderedLinks(object, options) : undefined;
      });
      if (links === undefined) continue;
      entered.add(objectHeaderAddress);
      pending.push({ links, at: 0, prefix: `${path}/` });
    }
    return null;
  }

  /** The same for two handles of one group. */
  hash(): string {
    return `links of ${this.owner.hash()}`;
  }
}

/** The group of a name. @throws NotFoundError when it is none. */
export function groupAt(start: Place, name: string): GroupObject {
  const { object } = resolvePlace(start, name);
  if (!(object instanceof GroupObject)) throw new NotFoundError("not a group", { path: name });
  return object;
}

/** Moves a link; paths of open objects follow. */
export function moveLink(from: Place, name: string, to: Place, newName: string, lcpl: PropLCID | null): void {
  from.file.engine.requireWritable();
  const source = linkPlace(from, name);
  if (source.link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
  const existing = lcpl?.getCreateIntermediateGroup() ? undefined : linkPlace(to, newName);
  if (existing?.link !== undefined) throw new HDF5Error("exists", "an object with that name already exists");
  createLink(to, newName, source.link.target, lcpl);
  source.group.removeLink(source.name);
  const path = joinPath(from.path, name);
  if (path !== null) from.file.shared.renamePaths(path, joinPath(to.path, newName));
}

/** Takes a link out. The object goes with its last link, once nobody has it open. */
export function unlink(start: Place, name: string): void {
  start.file.engine.requireWritable();
  const found = pathComponents(name).length === 0 ? undefined : linkPlace(start, name);
  if (found?.link === undefined) {
    const text = "callback link pointer is NULL (specified link may be '.' or not exist)";
    throw new NotFoundError(text, { path: name });
  }
  found.group.removeLink(found.name);
  if (found.path !== null) start.file.shared.renamePaths(found.path, null);
}

/** Whether a name leads somewhere: each link on the way and, unless it dangles or not, the last one exists. */
export function linkExists(start: Place, name: string): boolean {
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
