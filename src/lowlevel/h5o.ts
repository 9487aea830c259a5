/** Objects of any kind. C: `H5O`. h5py: `h5py.h5o`. */
import { UNLIMITED } from "../base/address.ts";
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { copyObject } from "../engine/object-copy.ts";
import { argumentError, guarded, libraryError, plainError, record, wrapError } from "./api-error.ts";
import { type Name, requireName, type Size, toInt, toName, toSize, toSizeOrUnlimited } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import type { ErrorRecord } from "./error-codes.ts";
import type { GroupID } from "./group-id.ts";
import { openObject, placeByName, suffixOf } from "./group-reading.ts";
import { type LinkFollowing, withLinkAccessList } from "./link-access-list.ts";
import { groupAt, linkExists, orderedLinks } from "./link-operations.ts";
import { LocationID, type Place } from "./location-id.ts";
import { createLink, createLinkedCopy, hardTarget } from "./new-link.ts";
import type { ObjectID } from "./object-id.ts";
import { headerInfoOf, metaSizeOf, type NativeInfo, ObjInfo } from "./object-info.ts";
import { addressOfToken, type ObjectToken } from "./object-token.ts";
import type { Ordering } from "./ordering.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import { OBJECT_COPYING_DEFAULTS, type PropCopyID } from "./prop-copy.ts";
import type { PropLAID, PropLCID } from "./prop-links.ts";
import { TypeID } from "./type-id.ts";
import { objectIdOf } from "./wrap-object.ts";

/** Kinds of objects. C: `H5O_type_t`. */
export const TYPE_GROUP = 0;
export const TYPE_DATASET = 1;
export const TYPE_NAMED_DATATYPE = 2;

export { type HeaderInfo, type IndexHeapSize, type MetaSize, type NativeInfo, ObjInfo } from "./object-info.ts";
export { type ObjectToken, tokenCmp, tokenFromStr, tokenToStr, undefinedToken } from "./object-token.ts";
export { type ObjectVisit, type ObjectVisitor, visit, walk } from "./object-visit.ts";
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

/** Opens the object of a name, whatever it is. @throws KeyError "Unable to open object (…)". C: `H5Oopen`. */
export function open(loc: LocationID, name: Name, lapl: PropLAID | null = null): GroupID | DatasetID | TypeID {
  return openObject(loc, name, lapl) as GroupID | DatasetID | TypeID;
}

/**
 * Opens the object at a position in the group of that name.
 *
 * @throws KeyError "Unable to open object (…)". C: `H5Oopen_by_idx`.
 */
export function openByIdx(
  loc: LocationID,
  groupName: Name,
  index: Size,
  ordering: Ordering = {},
): GroupID | DatasetID | TypeID {
  const position = toSize(index);
  const objName = toName(groupName);
  if (objName === "") throw argumentError("H5Oopen_by_idx", "ARGS", "BADVALUE", "no name specified");
  return guarded(record("H5Oopen_by_idx", "OHDR", "CANTOPENOBJ", "unable to open object"), () => {
    return objectIdOf(placeAtIndex(loc.location(), position, { ...ordering, objName }));
  });
}

function openAt(where: string, loc: LocationID, address: number): GroupID | DatasetID | TypeID {
  return guarded(record(where, "OHDR", "CANTOPENOBJ", "unable to open object"), () => {
    const { file } = loc.location();
    return objectIdOf({ file, object: file.engine.object(address), path: null });
  });
}

/**
 * Opens the object whose header is at an address of the file, as `ObjInfo.addr` gives it.
 *
 * @throws KeyError "Unable to open object (…)" when there is none. C: `H5Oopen_by_addr`.
 */
export function openByAddr(loc: LocationID, addr: Size): GroupID | DatasetID | TypeID {
  if (toSizeOrUnlimited(addr) === UNLIMITED) {
    throw argumentError("H5Oopen_by_addr", "ARGS", "BADVALUE", "no address supplied");
  }
  return openAt("H5Oopen_by_addr", loc, toSize(addr));
}

/** Opens the object of a token, as `ObjInfo.token` gives it. @throws as {@link openByAddr}. C: `H5Oopen_by_token`. */
export function openByToken(loc: LocationID, token: ObjectToken): GroupID | DatasetID | TypeID {
  return openAt("H5Oopen_by_token", loc, addressOfToken("H5Oopen_by_token", token));
}

/** The object behind an identifier. @throws ValueError for identifiers of nothing in a file. */
function objectOf(outer: ErrorRecord, obj: ObjectID): EngineObject {
  if (obj instanceof LocationID && !(obj instanceof TypeID && obj.committedPlace === undefined)) {
    return obj.location().object;
  }
  throw libraryError([outer, record("H5O_get_loc", "ARGS", "BADTYPE", "invalid object type")]);
}

/**
 * One hard link more of an object, without a link: for who keeps its address elsewhere.
 *
 * @throws OSError when the file is not open for writing; ValueError for what is no object. C: `H5Oincr_refcount`.
 */
export function incrRefcount(obj: ObjectID): void {
  const object = objectOf(record("H5Oincr_refcount", "ARGS", "BADTYPE", "invalid location identifier"), obj);
  guarded(record("H5Oincr_refcount", "OHDR", "LINKCOUNT", "modifying object link count failed"), () => {
    object.file.requireWritable();
    object.file.addReference(object.toldAddress);
  });
}

/** One less; with the last the object goes, once nobody has it open. @throws as {@link incrRefcount}. C: `H5Odecr_refcount`. */
export function decrRefcount(obj: ObjectID): void {
  const object = objectOf(record("H5Odecr_refcount", "ARGS", "BADTYPE", "invalid location identifier"), obj);
  guarded(record("H5Odecr_refcount", "OHDR", "LINKCOUNT", "modifying object link count failed"), () => {
    object.file.requireWritable();
    if (object.linkCount === 0) throw new HDF5Error("argument", "link count would be negative");
    object.file.delete((deletion) => deletion.dropReference(object.toldAddress));
  });
}

/** Writes what was changed of an object, with all else of its file (but see `DatasetID.flush`). C: `H5Oflush`. */
export function flush(obj: ObjectID): void {
  const outer = record("H5Oflush", "OHDR", "CANTFLUSH", "unable to flush object");
  const object = objectOf(outer, obj);
  guarded(outer, () => object.file.flushObject(object));
}

/**
 * Has an object read again from the file, which another process may have changed. What was changed here is flushed first.
 *
 * C: `H5Orefresh`.
 */
export function refresh(obj: ObjectID): void {
  const object = objectOf(record("H5Orefresh", "ARGS", "BADTYPE", "not an object"), obj);
  guarded(record("H5Orefresh", "OHDR", "CANTLOAD", "unable to refresh object"), () => object.refresh());
}

/** What an object is: the location itself, one by name, or one by position in the group `objName`. */
export interface ObjectChoice extends Ordering, LinkFollowing {
  /** The group that a position counts in, from the location given. Default ".", the location itself. */
  readonly objName?: Name;
}

/** The place that a name or a position stands for. */
function chosenPlace(loc: LocationID, name: string | null, position: number, options: ObjectChoice): Place {
  const start = loc.location();
  if (position < 0 && name === null) return start;
  return withLinkAccessList(options.lapl ?? null, () => {
    return name === null ? placeAtIndex(start, position, options) : placeByName(start, name);
  });
}

const NO_NAME = "no name";

function choiceOf(name: Name | null, index: Size): [name: string | null, position: number] {
  const position = toInt(index);
  if (name !== null && position >= 0) throw plainError("TypeError", "At most one of name or index may be specified");
  return [name === null ? null : requireName("H5Oget_info_by_name", name, NO_NAME), position];
}

/**
 * What an object is: the location, the one of a name, or the one at a position in the group `objName`.
 *
 * @throws RuntimeError "Can't get info for object: 'name' (…)". C: `H5Oget_info`, `…_by_name`, `…_by_idx`.
 */
export function getInfo(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: ObjectChoice = {},
): ObjInfo {
  const [text, position] = choiceOf(name, index);
  return guarded(record("H5Oget_info", "OHDR", "CANTGET", `can't get info for object${suffixOf(text)}`), () => {
    return new ObjInfo(chosenPlace(loc, text, position, options));
  });
}

/**
 * What the header of an object is made of, and what it keeps beside it. Changes of the file are flushed first.
 *
 * @throws RuntimeError as {@link getInfo}. C: `H5Oget_native_info`, `…_by_name`, `…_by_idx`.
 */
export function getNativeInfo(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: ObjectChoice = {},
): NativeInfo {
  const [text, position] = choiceOf(name, index);
  const words = `can't get native file format info for object${suffixOf(text)}`;
  return guarded(record("H5Oget_native_info", "OHDR", "CANTGET", words), () => {
    const { object } = chosenPlace(loc, text, position, options);
    return { hdr: headerInfoOf(object), metaSize: metaSizeOf(object) };
  });
}

function placeAtIndex(start: Place, index: number, options: ObjectChoice): Place {
  const group = groupAt(start, toName(options.objName ?? "."));
  const link = orderedLinks(group, options)[index];
  if (link === undefined) throw new HDF5Error("not-found", "index out of bound");
  return resolvePlace({ file: start.file, object: group, path: null }, link.name);
}

/** Whether a name leads to an object: false for a dangling link. @throws RuntimeError for a name that is no link. C: `H5Oexists_by_name`. */
export function existsByName(loc: LocationID, name: Name, lapl: PropLAID | null = null): boolean {
  const path = requireName("H5Oexists_by_name", name, NO_NAME);
  return withLinkAccessList(lapl, () => leadsToObject(loc, path));
}

function leadsToObject(loc: LocationID, path: string): boolean {
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

/** Gives an object of this file one more name. @throws OSError "Unable to create link (…)". C: `H5Olink`. */
export function link(
  obj: LocationID,
  loc: LocationID,
  name: Name,
  lcpl: PropLCID | null = null,
  lapl: PropLAID | null = null,
): void {
  const path = requireName("H5Olink", name, "no name specified");
  guarded(record("H5Olink", "LINK", "CANTCREATE", "unable to create link"), () => {
    const start = loc.location();
    const target = hardTarget(obj.location().object, start);
    withLinkAccessList(lapl, () => createLink(start, path, target, lcpl));
  });
}

/** Whose comment is meant: the location's, or that of an object by name. */
export interface CommentHolder extends LinkFollowing {
  /** A name of the object, from the location given. Default: the location itself. */
  readonly objName?: Name;
}

function commented(loc: LocationID, name: string | null, { lapl = null }: CommentHolder): EngineObject {
  const start = loc.location();
  return name === null ? start.object : withLinkAccessList(lapl, () => placeByName(start, name)).object;
}

/** Gives an object a comment; an empty one removes it. C: `H5Oset_comment`, `H5Oset_comment_by_name`. */
export function setComment(loc: LocationID, comment: Name, options: CommentHolder = {}): void {
  const name = options.objName === undefined ? null : requireName("H5Oset_comment_by_name", options.objName, NO_NAME);
  guarded(record("H5Oset_comment", "OHDR", "CANTSET", commentText("set", name)), () => {
    const object = commented(loc, name, options);
    object.file.requireWritable();
    object.setComment(toName(comment));
  });
}

/**
 * An object's comment; empty if it has none.
 *
 * @throws RuntimeError when there is no such object. C: `H5Oget_comment`, `H5Oget_comment_by_name`.
 */
export function getComment(loc: LocationID, options: CommentHolder = {}): string {
  const name = options.objName === undefined ? null : requireName("H5Oget_comment_by_name", options.objName, NO_NAME);
  return guarded(record("H5Oget_comment", "OHDR", "CANTGET", commentText("get", name)), () => {
    return commented(loc, name, options).comment() ?? "";
  });
}

function commentText(verb: "get" | "set", name: string | null): string {
  return `can't ${verb} comment for object${name === null ? "" : `: '${name}'`}`;
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
  const source = requireName("H5Ocopy", srcName, "no source name specified");
  const name = requireName("H5Ocopy", dstName, "no destination name specified");
  const start = dstLoc.location();
  guarded(record("H5Ocopy", "OHDR", "CANTCOPY", "unable to copy object"), () => {
    if (linkExists(start, name)) throw new HDF5Error("exists", "destination object already exists");
    const { object } = resolvePlace(srcLoc.location(), source);
    createLinkedCopy(start, name, lcpl, (file) =>
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
