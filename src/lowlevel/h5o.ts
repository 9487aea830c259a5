/** Objects of any kind. C: `H5O`. h5py: `h5py.h5o`. */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { copyObject } from "../engine/object-copy.ts";
import { argumentError, guarded, plainError, record, wrapError } from "./api-error.ts";
import { type Name, type Size, toInt, toName } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { type GroupID, kindOf } from "./group-id.ts";
import { groupAt, linkExists, orderedLinks } from "./link-proxy.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLink, createLinked, hardTarget } from "./new-link.ts";
import type { Ordering } from "./ordering.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import { OBJECT_COPYING_DEFAULTS, type PropCopyID } from "./prop-copy.ts";
import type { PropLCID } from "./prop-links.ts";
import type { TypeID } from "./type-id.ts";
import { objectIdOf } from "./wrap-object.ts";

/** Kinds of objects. C: `H5O_type_t`. */
export const TYPE_GROUP = 0;
export const TYPE_DATASET = 1;
export const TYPE_NAMED_DATATYPE = 2;

export {
  SHMESG_ALL_FLAG,
  SHMESG_ATTR_FLAG,
  SHMESG_DTYPE_FLAG,
  SHMESG_FILL_FLAG,
  SHMESG_NONE_FLAG,
  SHMESG_PLINE_FLAG,
  SHMESG_SDSPACE_FLAG,
} from "./prop-fcpl.ts";

/** How to copy. C: `H5O_COPY_…`. */
export const COPY_SHALLOW_HIERARCHY_FLAG = 1;
export const COPY_EXPAND_SOFT_LINK_FLAG = 2;
export const COPY_EXPAND_EXT_LINK_FLAG = 4;
export const COPY_EXPAND_REFERENCE_FLAG = 8;
export const COPY_WITHOUT_ATTR_FLAG = 16;
/** Null messages of object headers are never kept here, so this has no effect. */
export const COPY_PRESERVE_NULL_FLAG = 32;
/** Committed datatypes of the destination stand in for equal ones of the source. */
export const COPY_MERGE_COMMITTED_DTYPE_FLAG = 64;

/** Opens the object of a name, whatever it is. @throws KeyError. C: `H5Oopen`. */
export function open(loc: LocationID, name: Name): GroupID | DatasetID | TypeID {
  const path = toName(name);
  if (path === "") throw argumentError("H5Oopen", "ARGS", "BADVALUE", "name parameter cannot be an empty string");
  return guarded(record("H5Oopen", "OHDR", "CANTOPENOBJ", "unable to open object"), () => {
    return objectIdOf(resolvePlace(loc.location(), path));
  });
}

/** C: `H5O_info_t`. */
export interface ObjInfo {
  /** Number of the open file. */
  readonly fileno: number;
  /** Address of the object header: the object's identity in its file. */
  readonly addr: number;
  /** One of `h5o.TYPE_…`. */
  readonly type: number;
  /** Hard links that lead to the object. */
  readonly rc: number;
  /** Seconds since 1970; 0 where the file does not tell. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
  readonly btime: number;
  readonly numAttrs: number;
  readonly hdr: { readonly version: number; readonly flags: number };
}

function infoOf(place: Place): ObjInfo {
  const { object, file } = place;
  const { fields } = object.header;
  const changed = object.modificationTime() ?? 0;
  const times = fields.version === 2 ? fields.times : undefined;
  const tracked = fields.attributeCreationOrderTracked ? 0x04 : 0;
  const indexed = fields.version === 2 && fields.attributeCreationOrderIndexed ? 0x08 : 0;
  return {
    fileno: file.number,
    addr: object.address,
    type: kindOf(object),
    rc: object.linkCount,
    atime: times?.accessTime ?? 0,
    mtime: times?.modificationTime ?? 0,
    ctime: changed,
    btime: times?.birthTime ?? 0,
    numAttrs: object.attributeCount,
    hdr: { version: fields.version, flags: tracked | indexed },
  };
}

/** What an object is: the location itself, one by name, or one by position in the group `objName`. */
export interface ObjectChoice extends Ordering {
  readonly objName?: Name;
}

/** @throws RuntimeError "Can't get info for object: 'name' (…)". C: `H5Oget_info`, `…_by_name`, `…_by_idx`. */
export function getInfo(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: ObjectChoice = {},
): ObjInfo {
  const position = toInt(index);
  if (name !== null && position >= 0) throw plainError("TypeError", "At most one of name or index may be specified");
  const text = name === null ? "" : `: '${toName(name)}'`;
  return guarded(record("H5Oget_info", "OHDR", "CANTGET", `can't get info for object${text}`), () => {
    const start = loc.location();
    if (position >= 0) return infoOf(placeAtIndex(start, position, options));
    return infoOf(name === null ? start : placeByName(start, toName(name)));
  });
}

/** An object that "doesn't exist" is, to functions by name, a name that doesn't. */
function placeByName(start: Place, name: string): Place {
  try {
    return resolvePlace(start, name);
  } catch (error) {
    if (error instanceof NotFoundError && error.message.startsWith("object '")) {
      throw new NotFoundError("name doesn't exist", { path: name });
    }
    throw error;
  }
}

function placeAtIndex(start: Place, index: number, options: ObjectChoice): Place {
  const group = groupAt(start, toName(options.objName ?? "."));
  const link = orderedLinks(group, options)[index];
  if (link === undefined) throw new HDF5Error("argument", "index out of bound");
  return resolvePlace({ file: start.file, object: group, path: null }, link.name);
}

/** Whether a name leads to an object: false for a dangling link. @throws RuntimeError for a name that is no link. C: `H5Oexists_by_name`. */
export function existsByName(loc: LocationID, name: Name): boolean {
  const path = toName(name);
  const outer = record("H5Oexists_by_name", "OHDR", "CANTGET", `unable to determine if '${path}' exists`);
  const start = loc.location();
  try {
    resolvePlace(start, path);
    return true;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw wrapError(outer, error);
  }
  const found = guarded(outer, () => linkPlace(start, path).link);
  if (found === undefined) {
    throw wrapError(outer, new NotFoundError(`unable to determine if '${path}' exists`, { path }));
  }
  return false;
}

/** Gives an object a name. C: `H5Olink`. */
export function link(obj: LocationID, loc: LocationID, name: Name, lcpl: PropLCID | null = null): void {
  guarded(record("H5Olink", "LINK", "CANTCREATE", "unable to create link"), () => {
    const start = loc.location();
    createLink(start, toName(name), hardTarget(obj.location().object, start), lcpl);
  });
}

/** Gives an object a comment; an empty one removes it. C: `H5Oset_comment`, `H5Oset_comment_by_name`. */
export function setComment(loc: LocationID, comment: Name, options: { readonly objName?: Name } = {}): void {
  const name = options.objName === undefined ? null : toName(options.objName);
  guarded(record("H5Oset_comment", "OHDR", "CANTSET", commentText("set", name)), () => {
    const { object } = name === null ? loc.location() : placeByName(loc.location(), name);
    object.file.requireWritable();
    object.setComment(toName(comment));
  });
}

/** An object's comment; empty if it has none. C: `H5Oget_comment`, `H5Oget_comment_by_name`. */
export function getComment(loc: LocationID, options: { readonly objName?: Name } = {}): string {
  const name = options.objName === undefined ? null : toName(options.objName);
  return guarded(record("H5Oget_comment", "OHDR", "CANTGET", commentText("get", name)), () => {
    const { object } = name === null ? loc.location() : placeByName(loc.location(), name);
    return object.comment() ?? "";
  });
}

function commentText(verb: "get" | "set", name: string | null): string {
  return `can't ${verb} comment for object${name === null ? "" : `: '${name}'`}`;
}

/** Called for each object; anything but undefined and null ends the walk. */
export type ObjectVisitor<T> = (name: string, info?: ObjInfo) => T;

export interface ObjectVisit extends Ordering {
  /** Where to start. Default ".". */
  readonly objName?: Name;
  /** Whether the callback gets the object's `ObjInfo` too. Default false. */
  readonly info?: boolean;
}

/**
 * Calls `func` for every object below a location, once each, by its path from there, until it returns something. Soft and
 * external links are not followed, and the location itself is left out.
 *
 * C: `H5Ovisit`, `H5Ovisit_by_name`.
 */
export function visit<T>(loc: LocationID, func: ObjectVisitor<T>, options: ObjectVisit = {}): NonNullable<T> | null {
  const outer = record("H5Ovisit", "OHDR", "BADITER", "object iteration failed");
  const { file, object: root } = guarded(outer, () => resolvePlace(loc.location(), toName(options.objName ?? ".")));
  const seen = new Set([root.address]);
  const levels = [childrenOf(root, options, "", outer)];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const child = level.next();
    if (child.done) {
      levels.pop();
      continue;
    }
    const { path, address } = child.value;
    if (seen.has(address)) continue;
    seen.add(address);
    const object = guarded(outer, () => root.file.object(address));
    const result = options.info
      ? func(
          path,
          guarded(outer, () => infoOf({ file, object, path: null })),
        )
      : func(path);
    if (result !== undefined && result !== null) return result;
    levels.push(childrenOf(object, options, `${path}/`, outer));
  }
  return null;
}

/** Paths and addresses of the hard links of a group, as they were when the walk came here. */
function* childrenOf(
  object: EngineObject,
  ordering: Ordering,
  prefix: string,
  outer: ErrorRecord,
): Generator<{ path: string; address: number }> {
  if (!(object instanceof GroupObject)) return;
  for (const { name, target } of guarded(outer, () => orderedLinks(object, ordering))) {
    if (target.kind === "hard") yield { path: prefix + name, address: target.objectHeaderAddress };
  }
}

/**
 * Copies an object, with all that is in it if it is a group, within a file or to another one.
 *
 * Within a file references stay as they are. In another file they become null, or, with `COPY_EXPAND_REFERENCE_FLAG`, lead to
 * copies of what they name. Committed datatypes are copied with what uses them, once each.
 *
 * @throws RuntimeError "Unable to copy object (…)". C: `H5Ocopy`.
 */
export function copy(
  srcLoc: LocationID,
  srcName: Name,
  dstLoc: LocationID,
  dstName: Name,
  copypl: PropCopyID | null = null,
  lcpl: PropLCID | null = null,
): void {
  const { flags, mergePaths, mergeSearch } = copypl?.values() ?? OBJECT_COPYING_DEFAULTS;
  const merge = {
    paths: mergePaths,
    searchFile: mergeSearch === null ? undefined : () => mergeSearch() === "continue",
  };
  const has = (flag: number) => (flags & flag) !== 0;
  guarded(record("H5Ocopy", "OHDR", "CANTCOPY", "unable to copy object"), () => {
    const { object } = resolvePlace(srcLoc.location(), toName(srcName));
    const start = dstLoc.location();
    const name = toName(dstName);
    if (linkExists(start, name)) throw new HDF5Error("exists", "destination object already exists");
    createLinked(start, name, lcpl, (file) =>
      copyObject(object, file, {
        shallow: has(COPY_SHALLOW_HIERARCHY_FLAG),
        expandSoftLinks: has(COPY_EXPAND_SOFT_LINK_FLAG),
        expandExternalLinks: has(COPY_EXPAND_EXT_LINK_FLAG),
        expandReferences: has(COPY_EXPAND_REFERENCE_FLAG),
        withoutAttributes: has(COPY_WITHOUT_ATTR_FLAG),
        ...(has(COPY_MERGE_COMMITTED_DTYPE_FLAG) ? { mergeCommittedTypes: merge } : {}),
      }),
    );
  });
}
