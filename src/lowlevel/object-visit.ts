/** Walking over all objects below one. C: `H5Ovisit`. */
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { guarded, record } from "./api-error.ts";
import { type Name, toName } from "./arguments.ts";
import { orderedLinks, VisitedObjects, walkLinks } from "./link-operations.ts";
import type { LocationID, Place } from "./location-id.ts";
import { ObjInfo } from "./object-info.ts";
import type { ObjectPlace, OpenObject, PlaceFile } from "./open-object.ts";
import type { Ordering } from "./ordering.ts";
import { resolvePlace } from "./places.ts";

/** Called for each object; anything but undefined and null ends the walk. */
export type ObjectVisitor<T> = (name: string, info?: ObjInfo) => T;

/** Where a walk over objects starts, and in which order it goes. */
export interface ObjectVisit extends Ordering {
  /** Where to start. Default ".". */
  readonly objName?: Name;
  /** Whether the callback gets the object's `ObjInfo` too. Default false. */
  readonly info?: boolean;
}

const FAILED = record("H5Ovisit", "OHDR", "BADITER", "object iteration failed");

function infoOf(place: Place): ObjInfo {
  return guarded(FAILED, () => new ObjInfo(place));
}

/**
 * Calls `func` for every object below a location, once each, by its path from there, until it returns something, which
 * is the result; else null. Soft and external links are not followed, and the location itself is left out.
 *
 * @throws RuntimeError "Object iteration failed (…)" when there is no object `objName`. C: `H5Ovisit`,
 *   `H5Ovisit_by_name`.
 */
export function visit<T>(loc: LocationID, func: ObjectVisitor<T>, options: ObjectVisit = {}): NonNullable<T> | null {
  for (const { path, place } of objectsBelow(loc, options)) {
    const result = options.info ? func(path, infoOf(place)) : func(path);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}

/** The same as an iterator. A group's members are those it has when the walk comes there. C: `H5Ovisit`. */
export function* walk(
  loc: LocationID,
  options: Omit<ObjectVisit, "info"> = {},
): Generator<[path: string, info: ObjInfo]> {
  for (const { path, place } of objectsBelow(loc, options)) yield [path, infoOf(place)];
}

/** The paths of all objects below one. */
export function* pathsBelow(handle: OpenObject): Generator<string> {
  for (const { path } of objectsBelow(handle, {})) yield path;
}

interface Found<F extends PlaceFile> {
  readonly path: string;
  readonly place: ObjectPlace<EngineObject, F>;
}

function objectsBelow<F extends PlaceFile>(
  loc: { location(): ObjectPlace<EngineObject, F> },
  options: ObjectVisit,
): Generator<Found<F>> {
  const start = guarded(FAILED, () => resolvePlace(loc.location(), toName(options.objName ?? ".")));
  return walkObjects(start, options);
}

function* walkObjects<F extends PlaceFile>(
  { file, object: root }: ObjectPlace<EngineObject, F>,
  ordering: Ordering,
): Generator<Found<F>> {
  if (!(root instanceof GroupObject)) return;
  const visited = new VisitedObjects(root);
  for (const { path, link } of walkLinks(root, (group) => orderedLinks(group, ordering), FAILED)) {
    if (link.target.kind !== "hard") continue;
    const { objectHeaderAddress } = link.target;
    const object = guarded(FAILED, () => root.file.object(objectHeaderAddress));
    if (!visited.isNext(object)) continue;
    yield { path, place: { file, object, path: null } };
  }
}
