/** From a place in a file and a name to another place, links followed, also into other files. */
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { topFile } from "../engine/mounts.ts";
import { isPlainName, pathComponents } from "../engine/names.ts";
import { asGroup, type LinkLocation, lookupLink, resolveObject } from "../engine/resolve.ts";
import type { Link } from "../format/link.ts";
import type { ObjectPlace } from "./open-object.ts";

/**
 * A path from the root; `base` null or an empty `name` leave nothing to say.
 *
 * @param base - A path that was made here.
 */
export function joinPath(base: string | null, name: string): string | null {
  if (base !== null && isPlainName(name)) return base === "/" ? `/${name}` : `${base}/${name}`;
  const components = pathComponents(name);
  if (name.startsWith("/")) return `/${components.join("/")}`;
  if (base === null) return null;
  return `/${[...pathComponents(base), ...components].join("/")}`;
}

/** A place in a file of the same kind. */
type Reached<O extends EngineObject, P extends ObjectPlace> = ObjectPlace<O, P["file"]>;

/** The place of an object reached from `start`; one in another file keeps that file open for as long as it is. */
export function placeOf<O extends EngineObject, P extends ObjectPlace>(
  start: P,
  object: O,
  path: string | null,
): Reached<O, P> {
  if (object.file === start.file.engine) return { file: start.file, object, path };
  // Names go through mount points as if all were one file.
  const isMounted = topFile(object.file) === topFile(start.file.engine);
  return { file: start.file.another(object.file), object, path: isMounted ? path : null };
}

/**
 * The object that a name leads to.
 *
 * @throws NotFoundError in the C library's words.
 */
export function resolvePlace<P extends ObjectPlace>(start: P, name: string): Reached<EngineObject, P> {
  // Files that an earlier name led into, and whose objects nobody kept.
  start.file.closeUnused?.();
  return placeOf(start, resolveObject(start.object, name), joinPath(start.path, name));
}

export interface LinkPlace<P extends ObjectPlace> {
  /** The group that has the link, or would have it. */
  readonly group: GroupObject;
  readonly name: string;
  readonly link: Link | undefined;
  readonly path: string | null;
  readonly place: Reached<EngineObject, P>;
}

/** Where the last component of a name is, or would be, a link. The link is not followed. */
export function linkPlace<P extends ObjectPlace>(start: P, name: string): LinkPlace<P> {
  if (isPlainName(name)) {
    const group = asGroup(start.object);
    return { group, name, link: group.link(name), path: joinPath(start.path, name), place: start };
  }
  return placedLink(start, name, lookupLink(start.object, name));
}

/** Where a link is that the engine has found, or would be. @param path - From `start`. */
export function placedLink<P extends ObjectPlace>(start: P, path: string, found: LinkLocation): LinkPlace<P> {
  const { group, name, link } = found;
  return { group, name, link, path: joinPath(start.path, path), place: placeOf(start, group, null) };
}
