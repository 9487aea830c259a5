/** New links, to new objects and to those that exist. */
import { HDF5Error } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import { createIntermediateGroups, groupOfMissing } from "../engine/intermediate-groups.ts";
import { isPlainName, pathComponents } from "../engine/names.ts";
import type { CharacterSet } from "../format/datatype.ts";
import type { LinkTarget } from "../format/link.ts";
import { CSET_UTF8 } from "./character-sets.ts";
import type { Place } from "./location-id.ts";
import { linkPlace, placedLink } from "./places.ts";
import type { PropLCID } from "./prop-links.ts";

/** Where a link can be made: its group is there, and its name is free. */
interface FreeLink {
  readonly group: GroupObject;
  readonly name: string;
  readonly path: string | null;
  readonly place: Place;
}

function freeLink(start: Place, path: string, lcpl: PropLCID | null): FreeLink {
  start.file.engine.requireWritable();
  const isPlain = isPlainName(path);
  if (!isPlain && pathComponents(path).length === 0) throw new HDF5Error("exists", "name already exists", { path });
  const found =
    !isPlain && lcpl?.getCreateIntermediateGroup()
      ? placedLink(start, path, createIntermediateGroups(start.object, path))
      : linkPlace(start, path);
  if (found.link !== undefined) throw new HDF5Error("exists", "name already exists", { path });
  return found;
}

/** Makes a soft or external link, or a hard one to an object that exists. */
export function createLink(start: Place, path: string, target: LinkTarget, lcpl: PropLCID | null): void {
  const { group, name } = freeLink(start, path, lcpl);
  group.insertLink(name, target, characterSetOf(lcpl));
}

/** What a link is to say of its name: UTF-8 where that is asked for; a name that is not ASCII says so by itself. */
function characterSetOf(lcpl: PropLCID | null): CharacterSet | undefined {
  return lcpl?.getCharEncoding() === CSET_UTF8 ? "utf-8" : undefined;
}

/** Makes an object and, with a name, a link to it. Nothing is made when the link cannot be. */
export function createLinked<O extends EngineObject>(
  start: Place,
  path: string | null,
  lcpl: PropLCID | null,
  make: (file: H5File) => O,
): Place<O> {
  if (path === null) {
    start.file.engine.requireWritable();
    return { file: start.file, object: make(start.file.engine), path: null };
  }
  const { group, name, place, path: joined } = freeLink(start, path, lcpl);
  const object = make(group.file);
  try {
    group.insertFreeLink(name, object, characterSetOf(lcpl));
  } catch (error) {
    group.file.abandon([object.address]);
    throw error;
  }
  const sameFile = place.file === start.file;
  return { file: place.file, object, path: sameFile ? joined : null };
}

/** The same of a copy, which is made before the groups on the way to it: it may be one of the group that they go into. */
export function createLinkedCopy(
  start: Place,
  path: string,
  lcpl: PropLCID | null,
  make: (file: H5File) => EngineObject,
): void {
  start.file.engine.requireWritable();
  const group = lcpl?.getCreateIntermediateGroup() ? groupOfMissing(start.object, path) : undefined;
  const copied = group && make(group.file);
  createLinked(start, path, lcpl, copied === undefined ? make : () => copied);
}

/** A hard link to an object of the same file. */
export function hardTarget(object: EngineObject, place: Place): LinkTarget {
  if (object.file !== place.file.engine) throw new HDF5Error("argument", "interfile hard links are not allowed");
  return { kind: "hard", objectHeaderAddress: object.address };
}
