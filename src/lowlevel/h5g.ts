/** Groups. C: `H5G`. h5py: `h5py.h5g`. */
import { NotFoundError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import { createGroup } from "../engine/create-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { type Name, type Size, toName } from "./arguments.ts";
import { GroupID, kindOf, LINK, UDLINK } from "./group-id.ts";
import { LinkProxy } from "./link-proxy.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLinked } from "./new-link.ts";
import { linkRequest, objectRequest } from "./object-plist.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import { GROUP_CREATION_DEFAULTS, type PropGCID } from "./prop-gcpl.ts";
import type { PropLCID } from "./prop-links.ts";

export { DATASET, GROUP, GroupID, LINK, LINK_HARD, LINK_SOFT, TYPE, UDLINK, UNKNOWN } from "./group-id.ts";
export { CRT_ORDER_TRACKED } from "./prop-ocpl.ts";
export const LINK_ERROR = -1;

/** Opens a group. @throws KeyError. C: `H5Gopen2`. */
export function open(loc: LocationID, name: Name): GroupID {
  const path = toName(name);
  if (path === "") throw argumentError("H5Gopen2", "ARGS", "BADVALUE", "no name");
  return guarded(
    record("H5Gopen2", "SYM", "CANTOPENOBJ", "unable to open group"),
    () => new GroupID(groupPlace(loc, path)),
  );
}

function groupPlace(loc: LocationID, path: string): Place<GroupObject> {
  const { file, object, path: fullPath } = resolvePlace(loc.location(), path);
  if (!(object instanceof GroupObject)) throw new NotFoundError("not a group", { path });
  return { file, object, path: fullPath };
}

/** Makes a group; with `null` for a name, one that nothing links to yet. C: `H5Gcreate2`, `H5Gcreate_anon`. */
export function create(
  loc: LocationID,
  name: Name | null,
  lcpl: PropLCID | null = null,
  gcpl: PropGCID | null = null,
): GroupID {
  const path = name === null ? null : toName(name);
  if (path === "") throw argumentError("H5Gcreate2", "ARGS", "BADVALUE", "no name");
  const creation = gcpl?.values() ?? GROUP_CREATION_DEFAULTS;
  return guarded(record("H5Gcreate2", "SYM", "CANTINIT", "unable to create group"), () => {
    const place = createLinked(loc.location(), path, lcpl, (file) =>
      createGroup(file, {
        ...objectRequest(creation),
        ...linkRequest(creation),
      }),
    );
    return new GroupID(place);
  });
}

/** Calls `func` with the name of each link until it returns something, which is the result; else null. C: `H5Giterate`. */
export function iterate<T>(
  loc: LocationID<GroupObject>,
  func: (name: string) => T,
  startidx: Size = 0,
  options: { readonly objName?: Name } = {},
): NonNullable<T> | null {
  return new LinkProxy(loc).iterate((name) => func(name), { ...options, idx: startidx })[0];
}

/** C: `H5G_stat_t`. h5py: `GroupStat`. */
export interface GroupStat {
  /** Number of the open file. */
  readonly fileno: number;
  /** Address of the object. */
  readonly objno: number;
  readonly nlink: number;
  /** One of `h5g.GROUP`, `DATASET`, `TYPE`, `LINK`, `UDLINK`. */
  readonly type: number;
  /** Seconds since 1970; 0 where the file does not tell. */
  readonly mtime: number;
  /** Bytes of a soft link's path, its NUL included. */
  readonly linklen: number;
}

/** What a name stands for; with `followLink` false, of a soft link itself. C: `H5Gget_objinfo`. */
export function getObjinfo(loc: LocationID, name: Name = ".", followLink = true): GroupStat {
  const path = toName(name);
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
      objno: object.address,
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
