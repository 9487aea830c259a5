/** Links of a group. C: `H5L`. h5py: `GroupID.links`. */
import { HDF5Error } from "../base/errors.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { isLinkClassRegistered } from "../engine/link-classes.ts";
import { normalizedPath, pathComponents } from "../engine/names.ts";
import type { LinkTarget } from "../format/link.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { type Name, requireName, type Size, toInt, toName, toSize } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { CANNOT_VISIT } from "./group-reading.ts";
import { type LinkFollowing, withLinkAccessList } from "./link-access-list.ts";
import {
  createRenamed,
  type GroupLink,
  groupAt,
  groupPlaceAt,
  type LinkInfo,
  linkInfoOf,
  linkValueOf,
  moveLink,
  orderedLinks,
  orderedNames,
  requiredLink,
  TYPE_MAX,
  TYPE_UD_MIN,
  unlink,
  type WalkedLink,
  walkLinks,
} from "./link-operations.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLink, hardTarget } from "./new-link.ts";
import type { Ordering } from "./ordering.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import type { PropLAID, PropLCID } from "./prop-links.ts";

/** Its length is stored in 16 bits. */
const MAX_USER_DATA = 0xffff;

/** How links are walked; see the functions that take it. */
export interface LinkIteration extends Ordering, LinkFollowing {
  /** The group to start in. Default ".". */
  readonly objName?: Name;
  /** Whether the callback gets the link's `LinkInfo` too. Default false. */
  readonly info?: boolean;
  /** Where to start. Default 0. */
  readonly idx?: Size;
}

/** What a position counts by, and how the group is found. */
export interface LinkAtIndex extends Ordering, LinkFollowing {}

/** Called for each link; anything but undefined and null ends the walk. */
export type LinkVisitor<T> = (name: string, info?: LinkInfo) => T;

function requireText(where: string, parameter: string, text: string): string {
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", `${parameter} parameter cannot be an empty string`);
  return text;
}

interface IndexedLink extends GroupLink {
  readonly place: Place<GroupObject>;
}

function orderedGroupLinks(group: GroupObject, ordering: Ordering): GroupLink[] {
  return orderedLinks(group, ordering).map((link) => ({ group, link }));
}

/** The links of a group, `GroupID.links`. h5py: `LinkProxy`. */
export class LinkProxy {
  private readonly owner: LocationID<GroupObject>;

  constructor(owner: LocationID<GroupObject>) {
    this.owner = owner;
  }

  private start(): Place {
    return this.owner.location();
  }

  /**
   * Another name for an object of the same file.
   *
   * @throws OSError "Unable to create link (…)"; ValueError for an empty name. C: `H5Lcreate_hard`.
   */
  createHard(
    newName: Name,
    curLoc: LocationID,
    curName: Name,
    lcpl: PropLCID | null = null,
    lapl: PropLAID | null = null,
  ): void {
    const from = requireText("H5Lcreate_hard", "cur_name", toName(curName));
    const to = requireText("H5Lcreate_hard", "new_name", toName(newName));
    guarded(record("H5Lcreate_hard", "LINK", "CANTCREATE", "unable to create link"), () => {
      const start = this.start();
      withLinkAccessList(lapl, () => {
        const { object } = resolvePlace(curLoc.location(), from);
        createLink(start, to, hardTarget(object, start), lcpl);
      });
    });
  }

  /**
   * A name that stands for a path, which need not exist.
   *
   * @throws OSError "Unable to create soft link (…)"; ValueError for an empty path. C: `H5Lcreate_soft`.
   */
  createSoft(newName: Name, target: Name, lcpl: PropLCID | null = null, lapl: PropLAID | null = null): void {
    const path = requireText("H5Lcreate_soft", "link_target", toName(target));
    requireText("H5Lcreate_soft", "link_name", toName(newName));
    guarded(record("H5Lcreate_soft", "LINK", "CANTCREATE", "unable to create soft link"), () =>
      this.create(newName, { kind: "soft", path: normalizedPath(path) }, lcpl, lapl),
    );
  }

  /**
   * A name that stands for a path in another file, neither of which need exist.
   *
   * @throws RuntimeError "Unable to create external link (…)"; ValueError for an empty name. C: `H5Lcreate_external`.
   */
  createExternal(
    linkName: Name,
    fileName: Name,
    objName: Name,
    lcpl: PropLCID | null = null,
    lapl: PropLAID | null = null,
  ): void {
    const where = "H5Lcreate_external";
    const file = toName(fileName);
    const path = toName(objName);
    if (file === "") throw argumentError(where, "ARGS", "BADVALUE", "no file name specified");
    if (path === "") throw argumentError(where, "ARGS", "BADVALUE", "no object name specified");
    requireName(where, linkName, "no link name specified");
    guarded(record(where, "LINK", "CANTINIT", "unable to create external link"), () =>
      this.create(linkName, { kind: "external", file, path: normalizedPath(path) }, lcpl, lapl),
    );
  }

  /**
   * A link of a class that was registered with `h5l.register`, with `data` (at most 65535 bytes) for it to know where
   * it leads.
   *
   * @throws RuntimeError for a class that is not registered; ValueError for a number that is none of a class, or longer
   *   `data`. C: `H5Lcreate_ud`.
   */
  createUserDefined(
    name: Name,
    linkType: Size,
    data: Uint8Array,
    lcpl: PropLCID | null = null,
    lapl: PropLAID | null = null,
  ): void {
    const where = "H5Lcreate_ud";
    const type = toInt(linkType);
    if (type < TYPE_UD_MIN || type > TYPE_MAX) throw argumentError(where, "ARGS", "BADVALUE", "invalid link class");
    if (data.length > MAX_USER_DATA) throw argumentError(where, "ARGS", "BADVALUE", "link value is too long");
    guarded(record(where, "LINK", "CANTINIT", "unable to create link"), () => {
      if (!isLinkClassRegistered(type)) {
        throw new HDF5Error("argument", "link class has not been registered with library");
      }
      this.create(name, { kind: "user", linkType: type, data: data.slice() }, lcpl, lapl);
    });
  }

  private create(name: Name, target: LinkTarget, lcpl: PropLCID | null, lapl: PropLAID | null): void {
    withLinkAccessList(lapl, () => createLink(this.start(), toName(name), target, lcpl));
  }

  /**
   * The bytes that a user-defined link holds, or an external one (see `h5l.unpackElinkVal`).
   *
   * @throws TypeError for hard and soft links. C: `H5Lget_val`.
   */
  getUserData(name: Name, lapl: PropLAID | null = null): Uint8Array {
    const { link } = this.required("H5Lget_val", name, lapl);
    if (link.target.kind === "user" || link.target.kind === "external") return linkValueOf(link);
    throw plainError("TypeError", "Link must be a user-defined one");
  }

  /**
   * The path of a soft link, or `[file, path]` of an external one.
   *
   * @throws TypeError for another link, RuntimeError when there is none. C: `H5Lget_val`, `H5Lunpack_elink_val`.
   */
  getVal(name: Name, lapl: PropLAID | null = null): string | [string, string] {
    const { target } = this.required("H5Lget_info", name, lapl).link;
    if (target.kind === "soft") return target.path;
    if (target.kind === "external") return [target.file, target.path];
    throw plainError("TypeError", "Link must be either a soft or external link");
  }

  private required(where: string, name: Name, lapl: PropLAID | null): GroupLink {
    const path = requireName(where, name, "no name specified");
    return guarded(record(where, "LINK", "CANTGET", "unable to get link info"), () =>
      withLinkAccessList(lapl, () => requiredLink(this.start(), path)),
    );
  }

  /**
   * Gives a link another name, in another group if asked.
   *
   * @throws ValueError "Unable to move link (…)". C: `H5Lmove`.
   */
  move(
    srcName: Name,
    dstLoc: LocationID,
    dstName: Name,
    lcpl: PropLCID | null = null,
    lapl: PropLAID | null = null,
  ): void {
    const from = requireName("H5Lmove", srcName, "no current name specified");
    const to = requireName("H5Lmove", dstName, "no destination name specified");
    guarded(record("H5Lmove", "LINK", "CANTMOVE", "unable to move link"), () =>
      withLinkAccessList(lapl, () => moveLink(this.start(), from, dstLoc.location(), to, lcpl)),
    );
  }

  /**
   * Whether there is a link of that name, whatever it leads to.
   *
   * @throws RuntimeError when a group on the way is missing. C: `H5Lexists`.
   */
  exists(name: Name, lapl: PropLAID | null = null): boolean {
    const path = requireText("H5Lexists", "name", toName(name));
    return guarded(record("H5Lexists", "LINK", "CANTGET", "unable to get link info"), () => {
      const start = this.start();
      if (pathComponents(path).length === 0) return true;
      return withLinkAccessList(lapl, () => linkPlace(start, path).link !== undefined);
    });
  }

  /**
   * What a link is: of that name or, with `index`, the one at a position in the group of that name.
   *
   * @throws RuntimeError when there is none; ValueError for an empty name. C: `H5Lget_info`.
   */
  getInfo(name: Name, index: Size = -1, options: LinkAtIndex = {}): LinkInfo {
    const position = toInt(index);
    if (position < 0) return linkInfoOf(this.required("H5Lget_info", name, options.lapl ?? null));
    const where = record("H5Lget_info_by_idx", "LINK", "CANTGET", "unable to get link info");
    return linkInfoOf(this.atIndex(where, name, position, options));
  }

  private atIndex(outer: ErrorRecord, name: Name, index: number, options: LinkAtIndex): IndexedLink {
    return guarded(outer, () => {
      const place = withLinkAccessList(options.lapl ?? null, () => groupPlaceAt(this.start(), toName(name)));
      const link = orderedLinks(place.object, options)[index];
      if (link === undefined) throw new HDF5Error("not-found", "index out of bound");
      return { place, group: place.object, link };
    });
  }

  /**
   * The name of the link at a position in the group of that name.
   *
   * @throws RuntimeError "Unable to get link name (…)". C: `H5Lget_name_by_idx`.
   */
  getNameByIdx(groupName: Name, index: Size, options: LinkAtIndex = {}): string {
    const outer = record("H5Lget_name_by_idx", "LINK", "CANTGET", "unable to get link name");
    return this.atIndex(outer, groupName, toSize(index), options).link.name;
  }

  /**
   * What the link at a position in the group of that name holds: of a soft link its path, of an external one `[file, path]`, of a
   * user-defined one its bytes.
   *
   * @throws RuntimeError for hard links. C: `H5Lget_val_by_idx`.
   */
  getValByIdx(groupName: Name, index: Size, options: LinkAtIndex = {}): string | [string, string] | Uint8Array {
    const outer = record("H5Lget_val_by_idx", "LINK", "CANTGET", "unable to get link value for");
    const { link } = this.atIndex(outer, groupName, toSize(index), options);
    if (link.target.kind === "soft") return link.target.path;
    if (link.target.kind === "external") return [link.target.file, link.target.path];
    return guarded(outer, () => linkValueOf(link));
  }

  /**
   * A second link to what one leads to, or with what one holds.
   *
   * @throws ValueError "Unable to copy link (…)" when there is none, or the new name is taken. C: `H5Lcopy`.
   */
  copy(
    srcName: Name,
    dstLoc: LocationID,
    dstName: Name,
    lcpl: PropLCID | null = null,
    lapl: PropLAID | null = null,
  ): void {
    guarded(record("H5Lcopy", "LINK", "CANTMOVE", "unable to copy link"), () => {
      withLinkAccessList(lapl, () => {
        const { target } = requiredLink(this.start(), toName(srcName)).link;
        createRenamed(target, dstLoc.location(), toName(dstName), lcpl);
      });
    });
  }

  /** Takes a link out; the object goes with its last link, once nobody has it open. @throws KeyError. C: `H5Ldelete`. */
  delete(name: Name, lapl: PropLAID | null = null): void {
    const path = toName(name);
    if (path === "") throw argumentError("H5Ldelete", "ARGS", "BADVALUE", "no name");
    guarded(record("H5Ldelete", "LINK", "CANTDELETE", "unable to delete link"), () =>
      withLinkAccessList(lapl, () => unlink(this.start(), path)),
    );
  }

  /** Takes out the link at a position in the group of that name. @throws KeyError. C: `H5Ldelete_by_idx`. */
  deleteByIdx(groupName: Name, index: Size, options: LinkAtIndex = {}): void {
    const outer = record("H5Ldelete_by_idx", "LINK", "CANTDELETE", "unable to delete link");
    const { place, link } = this.atIndex(outer, groupName, toSize(index), options);
    guarded(outer, () => unlink(place, link.name));
  }

  /**
   * Calls `func` for the links of a group, from position `idx` on, until it returns something.
   *
   * @returns `[what func returned or null, position after the last link visited]`.
   * @throws RuntimeError for an `idx` behind the last. C: `H5Literate`.
   */
  iterate<T>(func: LinkVisitor<T>, options: LinkIteration = {}): [NonNullable<T> | null, number] {
    const first = toInt(options.idx ?? 0);
    const members = options.info
      ? this.membersFrom(first, options, orderedGroupLinks)
      : this.membersFrom(first, options, orderedNames);
    let position = first;
    for (const member of members) {
      position++;
      const result = typeof member === "string" ? func(member) : func(member.link.name, linkInfoOf(member));
      if (result !== undefined && result !== null) return [result, position];
    }
    return [null, position];
  }

  /** The same as an iterator of names and what the links are, as they were when the first was asked for. C: `H5Literate`. */
  *entries(options: Omit<LinkIteration, "info"> = {}): Generator<[name: string, info: LinkInfo]> {
    for (const member of this.membersFrom(toInt(options.idx ?? 0), options, orderedGroupLinks)) {
      yield [member.link.name, linkInfoOf(member)];
    }
  }

  private groupOf({ objName = ".", lapl = null }: LinkIteration): GroupObject {
    return withLinkAccessList(lapl, () => groupAt(this.start(), toName(objName)));
  }

  private membersFrom<M>(
    first: number,
    options: LinkIteration,
    list: (group: GroupObject, ordering: Ordering) => readonly M[],
  ): readonly M[] {
    return guarded(record("H5Literate", "LINK", "BADITER", "link iteration failed"), () => {
      const all = list(this.groupOf(options), options);
      if (first > 0 && first >= all.length) throw new HDF5Error("not-found", "index out of bound");
      return first > 0 ? all.slice(first) : all;
    });
  }

  /**
   * Calls `func` for every link of a group and of the groups below, by paths from there, until it returns something.
   * Groups are entered once, by hard links only.
   *
   * C: `H5Lvisit`.
   */
  visit<T>(func: LinkVisitor<T>, options: Omit<LinkIteration, "idx"> = {}): NonNullable<T> | null {
    for (const walked of this.walked(options)) {
      const result = options.info ? func(walked.path, linkInfoOf(walked)) : func(walked.path);
      if (result !== undefined && result !== null) return result;
    }
    return null;
  }

  /** The same as an iterator. A group's links are those it has when the walk comes there. C: `H5Lvisit`. */
  *walk(options: Omit<LinkIteration, "idx" | "info"> = {}): Generator<[path: string, info: LinkInfo]> {
    for (const walked of this.walked(options)) yield [walked.path, linkInfoOf(walked)];
  }

  private walked(options: LinkIteration): Generator<WalkedLink> {
    const root = guarded(CANNOT_VISIT, () => this.groupOf(options));
    return walkLinks(root, (group) => orderedLinks(group, options), CANNOT_VISIT);
  }

  /** The same for two handles of one group. */
  hash(): string {
    return `links of ${this.owner.hash()}`;
  }
}
