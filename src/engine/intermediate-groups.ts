/** Groups on the way to a name. C: `H5Pset_create_intermediate_group`. */
import { createGroup } from "./create-object.ts";
import type { EngineObject } from "./engine-object.ts";
import type { GroupObject } from "./group-object.ts";
import { type LinkLocation, reachTowards } from "./resolve.ts";

/** The group that lacks the first of the groups of a path that are missing; undefined where none is. */
export function groupOfMissing(start: EngineObject, path: string): GroupObject | undefined {
  const { group, link, below } = reachTowards(start, path);
  return link === undefined && below.length > 0 ? group : undefined;
}

/**
 * Makes the groups of a path that are missing, but for its last component.
 *
 * @returns Where that one is, or would be.
 */
export function createIntermediateGroups(start: EngineObject, path: string): LinkLocation {
  const { group, name, link, below } = reachTowards(start, path);
  let place: LinkLocation = { group, name, link };
  // Nothing is in a group that was just made.
  for (const next of below) place = { group: createWithin(place.group, place.name), name: next, link: undefined };
  return place;
}

function createWithin(group: GroupObject, name: string): GroupObject {
  const created = createGroup(group.file, {
    trackLinkOrder: group.tracksCreationOrder,
    indexLinkOrder: group.indexesCreationOrder,
    trackTimes: true,
  });
  group.insertFreeLink(name, created);
  return created;
}
