/** Groups. C: `H5G`. h5py: `h5py.h5g`. */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import { createGroup } from "../engine/create-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { isMountPoint } from "../engine/mounts.ts";
import type { GroupOptions } from "../engine/object-creation.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { type Name, requireName, type Size, toInt, toName } from "./arguments.ts";
import { GroupID, kindOf, LINK, UDLINK } from "./group-id.ts";
import { openGroup } from "./group-reading.ts";
import { groupPlaceAt, orderedLinks } from "./link-operations.ts";
import { LinkProxy } from "./link-proxy.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLinked } from "./new-link.ts";
import { ID_TYPE } from "./object-id.ts";
import { linkRequest, objectRequest } from "./object-plist.ts";
import type { Ordering } from "./ordering.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import { GROUP_CREATION_DEFAULTS, type GroupCreation, type PropGCID } from "./prop-gcpl.ts";
import type { PropGAID, PropLCID } from "./prop-links.ts";

export { DATASET, GROUP, GroupID, LINK, LINK_HARD, LINK_SOFT, TYPE, UDLINK, UNKNOWN } from "./group-id.ts";
export { CRT_ORDER_TRACKED } from "./prop-ocpl.ts";
/** No kind of link. C: `H5G_LINK_ERROR`. */
export const LINK_ERROR = -1;

/** Opens a group. @throws KeyError "Unable to open group (…)" when there is none, or something else. C: `H5Gopen2`. */
export function open(loc: LocationID, name: Name, gapl: PropGAID | null = null): GroupID {
  return openGroup(loc, name, gapl) as GroupID;
}

/**
 * Makes a group; with `null` for a name, one that nothing links to yet.
 *
 * @throws ValueError "Unable to create group (…)". C: `H5Gcreate2`, `H5Gcreate_anon`.
 */
export function create(
  loc: LocationID,
  name: Name | null,
  lcpl: PropLCID | null = null,
  gcpl: PropGCID | null = null,
): GroupID {
  const path = name === null ? null : toName(name);
  if (path === "") throw argumentError("H5Gcreate2", "ARGS", "BADVALUE", "no name");
  const request = gcpl === null ? DEFAULT_REQUEST : groupRequest(gcpl.values());
  return guarded(
    CANNOT_CREATE,
    () => new GroupID(createLinked(loc.location(), path, lcpl, (file) => createGroup(file, request))),
  );
}

function groupRequest(creation: GroupCreation): GroupOptions {
  return { ...objectRequest(creation), ...linkRequest(creation) };
}

const DEFAULT_REQUEST = groupRequest(GROUP_CREATION_DEFAULTS);
const CANNOT_CREATE = record("H5Gcreate2", "SYM", "CANTINIT", "unable to create group");

/**
 * Calls `func` with the name of each link from `startidx` on until it returns something, which is the result; else
 * null.
 *
 * @throws RuntimeError "Link iteration failed (…)" for a start behind the last. C: `H5Giterate`.
 */
export function iterate<T>(
  loc: LocationID<GroupObject>,
  func: (name: string) => T,
  startidx: Size = 0,
  options: { readonly objName?: Name } = {},
): NonNullable<T> | null {
  return new LinkProxy(loc).iterate((name) => func(name), { ...options, idx: startidx })[0];
}

/** What a name stands for. C: `H5G_stat_t`. h5py: `GroupStat`. */
export interface GroupStat {
  /** Number of the open file. */
  readonly fileno: number;
  /** Address of the object. */
  readonly objno: number;
  /** Number of hard links that lead to the object. */
  readonly nlink: number;
  /** One of `h5g.GROUP`, `DATASET`, `TYPE`, `LINK`, `UDLINK`. */
  readonly type: number;
  /** Seconds since 1970; 0 where the file does not tell. */
  readonly mtime: number;
  /** Bytes of a soft link's path, its NUL included. */
  readonly linklen: number;
}

/**
 * What a name stands for; with `followLink` false, of a soft link itself.
 *
 * @throws RuntimeError "Cannot stat object (…)". C: `H5Gget_objinfo`.
 */
export function getObjinfo(loc: LocationID, name: Name = ".", followLink = true): GroupStat {
  const path = requireName("H5Gget_objinfo", name, "no name specified");
  return guarded(record("H5Gget_objinfo", "ARGS", "CANTGET", "cannot stat object"), () => {
    const start = loc.location();
    const nothing = { fileno: start.file.number, objno: 0, nlink: 0, mtime: 0, linklen: 0 };
    if (!followLink) {
      const { link } = linkPlace(start, path);
      if (link?.target.kind === "soft") {
        return { ...nothing, type: LINK, linklen: encodeUtf8(link.target.path).length + 1 };
      }
      if (link !== undefined && link.target.kind !== "hard") return { ...nothing, type: UDLINK };
    }
    const { file, object } = statPlace(start, path);
    return {
      fileno: file.number,
      objno: object.toldAddress,
      nlink: object.linkCount,
      type: kindOf(object),
      mtime: object.modificationTime() ?? 0,
      linklen: 0,
    };
  });
}

function statPlace(start: Place, path: string): Place {
  try {
    return resolvePlace(start, path);
  } catch (error) {
    if (error instanceof NotFoundError && error.message === `object '${path}' doesn't exist`) {
      throw new NotFoundError(`'${path}' doesn't exist`, { path });
    }
    throw error;
  }
}

/** How the links of a group are stored. C: `H5G_storage_type_t`. */
export const STORAGE_TYPE_UNKNOWN = -1;
/** In a symbol table: the old style. */
export const STORAGE_TYPE_SYMBOL_TABLE = 0;
/** As messages of the object header. */
export const STORAGE_TYPE_COMPACT = 1;
/** In a heap with indexes. */
export const STORAGE_TYPE_DENSE = 2;

/** What a group is. C: `H5G_info_t`. */
export interface GroupInfo {
  /** One of `h5g.STORAGE_TYPE_…`. */
  readonly storageType: number;
  /** Number of its links. */
  readonly nlinks: number;
  /** The creation order that the next link gets; 0 where it is not tracked. */
  readonly maxCorder: number;
  /** Whether a file is mounted on the group. */
  readonly mounted: boolean;
}

/** Which group is meant: the location itself, one by name, or one by position in the group `objName`. */
export interface GroupChoice extends Ordering {
  /** The group that a position counts in, from the location given. Default ".", the location itself. */
  readonly objName?: Name;
}

function requireGroup(where: string, group: unknown, text: string): GroupID {
  if (group instanceof GroupID && group.idType === ID_TYPE.GROUP) return group;
  throw argumentError(where, "ARGS", "BADTYPE", text);
}

function groupInfoOf({ object }: Place): GroupInfo {
  if (!(object instanceof GroupObject)) throw new NotFoundError("message type not found");
  const kinds = {
    "symbol table": STORAGE_TYPE_SYMBOL_TABLE,
    messages: STORAGE_TYPE_COMPACT,
    dense: STORAGE_TYPE_DENSE,
  } as const;
  return {
    storageType: kinds[object.linkStorage],
    nlinks: object.linkTotal,
    maxCorder: object.nextCreationOrder ?? 0,
    mounted: isMountPoint(object.file, object.address),
  };
}

/**
 * What a group is: the location itself, the one of a name, or the one at a position in the group `objName`.
 *
 * @throws RuntimeError "Can't retrieve group info (…)"; ValueError for a location that is no group. C: `H5Gget_info`, `…_by_name`,
 * `…_by_idx`.
 */
export function getInfo(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: GroupChoice = {},
): GroupInfo {
  const position = toInt(index);
  if (name !== null && position >= 0) throw plainError("TypeError", "At most one of name or index may be specified");
  if (name === null && position < 0 && !(loc instanceof GroupID)) {
    throw argumentError("H5Gget_info", "ARGS", "BADVALUE", "invalid argument");
  }
  const path = name === null ? null : toName(name);
  if (path === "") throw argumentError("H5Gget_info_by_name", "ARGS", "BADVALUE", "no name");
  return guarded(record("H5Gget_info", "SYM", "CANTGET", "can't retrieve group info"), () => {
    const start = loc.location();
    if (position < 0) return groupInfoOf(path === null ? start : resolvePlace(start, path));
    const place = groupPlaceAt(start, toName(options.objName ?? "."));
    const link = orderedLinks(place.object, options)[position];
    if (link === undefined) throw new HDF5Error("not-found", "index out of bound");
    return groupInfoOf(resolvePlace(place, link.name));
  });
}

/** Writes what was changed of a group, with all else of its file. @throws ValueError for anything else. C: `H5Gflush`. */
export function flush(group: GroupID): void {
  const { engine } = requireGroup("H5Gflush", group, "not a group").location().file;
  guarded(record("H5Gflush", "SYM", "CANTFLUSH", "unable to flush group"), () => engine.flush());
}

/** Has a group read again from the file, which another process may have changed. @throws as {@link flush}. C: `H5Grefresh`. */
export function refresh(group: GroupID): void {
  const { object } = requireGroup("H5Grefresh", group, "not a group").location();
  guarded(record("H5Grefresh", "SYM", "CANTLOAD", "unable to refresh group"), () => object.refresh());
}
