/**
 * From a path to an object: hard and soft links are followed, group by group.
 *
 * Reference implementation: H5Gtraverse.c. The errors carry the library's words: "object 'x' doesn't exist" for the last
 * component, "component not found" before it.
 */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import type { Link } from "../format/link.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import { currentLinkAccess } from "./link-access.ts";
import { followUserLink } from "./link-classes.ts";
import { throughMounts, topFile } from "./mounts.ts";
import { isAbsolutePath, pathComponents } from "./names.ts";

/** Follows links that lead out of a file; given by whoever can open files. */
export type ExternalResolver = (from: GroupObject, file: string, path: string) => EngineObject;

/** The group that an object must be for names to be looked up in it. */
export function asGroup(object: EngineObject): GroupObject {
  if (object instanceof GroupObject) return object;
  const kind =
    object instanceof DatasetObject
      ? "a dataset"
      : object instanceof DatatypeObject
        ? "a named datatype"
        : "not a group";
  throw new NotFoundError("message type not found", { structure: `Object header (${kind})`, address: object.address });
}

class Traversal {
  private hopsLeft: number;

  constructor(hops: number) {
    this.hopsLeft = hops;
  }

  /** The object at the end of `path`, soft links followed, the last one too. */
  object(start: EngineObject, path: string): EngineObject {
    let current: EngineObject = isAbsolutePath(path) ? topFile(start.file).root() : start;
    const components = pathComponents(path);
    for (let i = 0; i < components.length; i++) {
      const name = components[i] as string;
      const group = asGroup(current);
      const link = group.link(name);
      if (link === undefined) {
        const last = i === components.length - 1;
        throw new NotFoundError(last ? `object '${name}' doesn't exist` : "component not found", { path });
      }
      current = this.follow(group, link);
    }
    return current;
  }

  /** As {@link reachTowards}. */
  towards(start: EngineObject, path: string, components: readonly string[]): ReachedLink {
    let group = asGroup(isAbsolutePath(path) ? topFile(start.file).root() : start);
    for (let i = 0; ; i++) {
      const name = components[i] as string;
      const link = group.link(name);
      if (link === undefined || i === components.length - 1)
        return { group, name, link, below: components.slice(i + 1) };
      group = asGroup(this.follow(group, link));
    }
  }

  private follow(group: GroupObject, link: Link): EngineObject {
    const { target } = link;
    if (target.kind === "hard") return throughMounts(group.file, target.objectHeaderAddress);
    if (this.hopsLeft-- <= 0) throw new HDF5Error("limit", "too many links", { path: link.name });
    switch (target.kind) {
      case "soft":
        return this.softTarget(group, target.path);
      case "external": {
        const resolver = group.file.externalResolver;
        if (resolver !== undefined) return resolver(group, target.file, target.path);
        return this.object(group.file.otherFiles.linked(target.file, "links").root(), target.path);
      }
      case "user":
        return followUserLink(target.linkType, { name: link.name, group, data: target.data });
    }
  }

  private softTarget(group: GroupObject, path: string): EngineObject {
    try {
      return this.object(group, path);
    } catch (cause) {
      // A dangling soft link is a missing component of the path that led here, not a missing object.
      if (cause instanceof NotFoundError && cause.message.startsWith("object '")) {
        throw new NotFoundError("component not found", { path, cause });
      }
      throw cause;
    }
  }
}

/**
 * The object that `path` names, from `start` or, with a leading slash, from the root group.
 *
 * @throws NotFoundError when a component does not exist or a soft link dangles.
 */
export function resolveObject(start: EngineObject, path: string): EngineObject {
  return new Traversal(mostHops(start)).object(start, path);
}

function mostHops({ file }: EngineObject): number {
  return currentLinkAccess().maxLinkHops ?? file.storage.limits.maxLinkHops;
}

export interface LinkLocation {
  readonly group: GroupObject;
  readonly name: string;
  /** Undefined when the group has no link of that name. */
  readonly link: Link | undefined;
}

/** The group and name that the last component of `path` stands for; the link itself is not followed. */
export function lookupLink(start: EngineObject, path: string): LinkLocation {
  const components = pathComponents(path);
  const name = components.pop();
  if (name === undefined) throw new NotFoundError("no name", { path });
  const parentPath = (isAbsolutePath(path) ? "/" : "") + components.join("/");
  const group = asGroup(parentPath === "" ? start : resolveParent(start, parentPath));
  return { group, name, link: group.link(name) };
}

/** The first link of a path that is missing, or its last one. */
export interface ReachedLink extends LinkLocation {
  /** What follows of the path. */
  readonly below: readonly string[];
}

/** Goes towards the last component of a path as far as there are links. @throws as {@link lookupLink}, but for what is missing. */
export function reachTowards(start: EngineObject, path: string): ReachedLink {
  const components = pathComponents(path);
  if (components.length === 0) throw new NotFoundError("no name", { path });
  return new Traversal(mostHops(start)).towards(start, path, components);
}

/** As {@link resolveObject}, for the way to another component: nothing missing there is "the object". */
function resolveParent(start: EngineObject, path: string): EngineObject {
  try {
    return resolveObject(start, path);
  } catch (cause) {
    if (cause instanceof NotFoundError && cause.message.startsWith("object '")) {
      throw new NotFoundError("component not found", { path, cause });
    }
    throw cause;
  }
}
