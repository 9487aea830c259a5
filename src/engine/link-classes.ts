/**
 * Classes of user-defined links: what is found at the end of a link whose meaning its maker alone knows.
 *
 * Reference implementation: H5L.c, `H5L_register`, `H5L_find_class`. Classes are the process's, not a file's.
 */
import { HDF5Error } from "../base/errors.ts";
import type { EngineObject } from "./engine-object.ts";
import type { GroupObject } from "./group-object.ts";

/** The numbers that classes may have. 64 is that of external links. */
export const FIRST_USER_LINK_TYPE = 65;
export const LAST_LINK_TYPE = 255;

export interface UserLink {
  readonly name: string;
  /** The group that the link is in. */
  readonly group: GroupObject;
  /** What its maker stored. */
  readonly data: Uint8Array;
}

/** The object at the end of a link. */
export type LinkTraversal = (link: UserLink) => EngineObject;

const classes = new Map<number, LinkTraversal>();

/** Makes a class known, in place of any of that number. */
export function registerLinkClass(linkType: number, traverse: LinkTraversal): void {
  classes.set(linkType, traverse);
}

/** @throws HDF5Error "argument" in the C library's words for a class that is not known. */
export function unregisterLinkClass(linkType: number): void {
  if (!classes.delete(linkType)) throw new HDF5Error("not-found", "link class is not registered");
}

export function isLinkClassRegistered(linkType: number): boolean {
  return classes.has(linkType);
}

/** @throws HDF5Error "not-found" in the C library's words when nobody registered the class. */
export function followUserLink(linkType: number, link: UserLink): EngineObject {
  const traverse = classes.get(linkType);
  if (traverse === undefined) throw new HDF5Error("not-found", "unable to find link class", { path: link.name });
  return traverse(link);
}
