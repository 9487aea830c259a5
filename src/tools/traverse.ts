/**
 * Walks over everything that can be reached from a file's root by hard links, in the order the C tools do.
 *
 * Reference implementation: h5trav.c over `H5Lvisit_by_name`.
 */
import { isHdf5Error } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Link } from "../format/link.ts";

export interface LinkOrder {
  readonly by: "name" | "creation order";
  readonly descending: boolean;
}

export const BY_NAME: LinkOrder = { by: "name", descending: false };

/** The links of a group in the order asked for; by name where the group does not track their creation. */
export function orderedLinks(group: GroupObject, order: LinkOrder): readonly Link[] {
  return ordered(group.links(), order, group.tracksCreationOrder);
}

/** Sorts what comes by name: by creation order if that is tracked and wanted, backwards if wanted; equals stay as they come. */
export function ordered<T extends { readonly creationOrder: number | undefined }>(
  byName: readonly T[],
  order: LinkOrder,
  isTracked: boolean,
): readonly T[] {
  if (order.by === "creation order" && isTracked) {
    const sign = order.descending ? -1 : 1;
    return byName.toSorted((a, b) => sign * ((a.creationOrder ?? 0) - (b.creationOrder ?? 0)));
  }
  return order.descending ? byName.toReversed() : byName;
}

export interface Visitor {
  /** @param seenAs - The path under which an object with several hard links was visited before. */
  object?(path: string, object: EngineObject, seenAs: string | undefined): void;
  link?(path: string, link: Link, group: GroupObject): void;
  /** An object that is damaged, or its visitor's failure; the walk goes on. Without this it ends with the error. */
  broken?(path: string, error: Error): void;
}

/** Runs `visit`; damage goes to `broken` if it is there. @returns undefined then. */
function guardedVisit<T>(visitor: Visitor, path: string, visit: () => T): T | undefined {
  try {
    return visit();
  } catch (error) {
    if (visitor.broken === undefined || !isHdf5Error(error)) throw error;
    visitor.broken(path, error);
    return undefined;
  }
}

interface Pending {
  readonly links: readonly Link[];
  readonly group: GroupObject;
  readonly path: string;
  next: number;
}

export interface Start {
  readonly object: EngineObject;
  readonly path: string;
  /** Whether groups below are entered. */
  readonly recurse: boolean;
  /** Whether the start itself is visited. */
  readonly visitStart: boolean;
}

/** Visits the root, or another object to start from, and what is below it, each group before its members. */
export function traverse(
  file: H5File,
  visitor: Visitor,
  order: LinkOrder = BY_NAME,
  start: Start = { object: file.root(), path: "/", recurse: true, visitStart: true },
): void {
  const { object: from, path: fromPath } = start;
  if (start.visitStart) visitor.object?.(fromPath, from, undefined);
  if (!(from instanceof GroupObject)) return;
  const seen = new Map<number, string>();
  if (from.linkCount > 1) seen.set(from.address, fromPath);
  // A start with a single link counts as not seen: whoever comes to it again, by way of the root, enters it again.
  const entered = new Set<number>(seen.keys());
  // A stack of our own: groups may nest deeper than calls can.
  const stack: Pending[] = [
    { links: orderedLinks(from, order), group: from, path: fromPath.replace(/\/+$/, ""), next: 0 },
  ];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const link = top.links[top.next++];
    if (link === undefined) {
      stack.pop();
      continue;
    }
    const path = `${top.path}/${link.name}`;
    if (link.target.kind !== "hard") {
      visitor.link?.(path, link, top.group);
      continue;
    }
    const { objectHeaderAddress } = link.target;
    const below = guardedVisit(visitor, path, () => {
      const object = file.object(objectHeaderAddress);
      let seenAs: string | undefined;
      if (object.linkCount > 1) {
        seenAs = seen.get(object.address);
        if (seenAs === undefined) seen.set(object.address, path);
      }
      visitor.object?.(path, object, seenAs);
      if (!start.recurse || !(object instanceof GroupObject) || entered.has(object.address)) return undefined;
      entered.add(object.address);
      return { links: orderedLinks(object, order), group: object, path, next: 0 };
    });
    if (below !== undefined) stack.push(below);
  }
}
