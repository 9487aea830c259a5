/** Groups on the way to a name. C: `H5Pset_create_intermediate_group`. */
import { createGroup } from "./create-object.ts";
import type { EngineObject } from "./engine-object.ts";
import type { GroupObject } from "./group-object.ts";
import { isAbsolutePath, pathComponents } from "./names.ts";
import { lookupLink } from "./resolve.ts";

/** The group that lacks the first of the groups of a path that are missing; undefined where none is. */
export function groupOfMissing(start: EngineObject, path: string): GroupObject | undefined {
  const components = pathComponents(path).slice(0, -1);
  let prefix = isAbsolutePath(path) ? "/" : "";
  for (const component of components) {
    prefix += component;
    const { group, link } = lookupLink(start, prefix);
    if (link === undefined) return group;
    prefix += "/";
  }
  return undefined;
}

/** Makes the groups of a path that are missing, but for its last component. */
export function createIntermediateGroups(start: EngineObject, path: string): void {
  const components = pathComponents(path).slice(0, -1);
  let prefix = isAbsolutePath(path) ? "/" : "";
  for (const component of components) {
    prefix += component;
    const { group, name, link } = lookupLink(start, prefix);
    if (link === undefined) {
      const created = createGroup(group.file, {
        trackLinkOrder: group.tracksCreationOrder,
        indexLinkOrder: group.indexesCreationOrder,
        trackTimes: true,
      });
      group.insertLink(name, { kind: "hard", objectHeaderAddress: created.address });
    }
    prefix += "/";
  }
}
