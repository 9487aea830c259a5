/**
 * What is below an object, as a list of paths. Links are followed where that is wanted.
 *
 * Reference implementation: h5diff.c, `trav_grp_symlinks`; h5trav.c.
 */
import { isHdf5Error } from "../../base/errors.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import type { GroupObject } from "../../engine/group-object.ts";
import { resolveObject } from "../../engine/resolve.ts";
import type { Link } from "../../format/link.ts";
import { BY_NAME, traverse } from "../traverse.ts";
import type { DiffState } from "./state.ts";

export type EntryKind = "group" | "dataset" | "datatype" | "link" | "user link";

export interface Entry {
  readonly path: string;
  readonly kind: EntryKind;
  /** Undefined for a link that stands for itself. */
  readonly object: EngineObject | undefined;
}

/** The object that a link leads to; undefined where it leads nowhere. */
export function targetOf(group: GroupObject, { name }: Link): EngineObject | undefined {
  try {
    return resolveObject(group, name);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

export function linkKind({ target }: Link): EntryKind {
  return target.kind === "soft" ? "link" : "user link";
}

/** All that is below an object, itself included. */
export function contentsOf(object: EngineObject, path: string, state: DiffState): readonly Entry[] {
  const list: Entry[] = [];
  const visited = new Set<string>();
  const visit = (from: EngineObject, at: string): void => {
    traverse(
      from.file,
      {
        object: (found, entry) => list.push({ path: found, kind: entry.kind, object: entry }),
        link: (found, link, group) => addLink(found, link, group),
      },
      BY_NAME,
      { object: from, path: at, recurse: true, visitStart: true },
    );
  };
  const addLink = (at: string, link: Link, group: GroupObject): void => {
    const target = state.options.followLinks ? targetOf(group, link) : undefined;
    if (target === undefined) {
      if (state.options.followLinks && state.options.noDanglingLinks) state.failed = true;
      list.push({ path: at, kind: linkKind(link), object: undefined });
      return;
    }
    // What several links lead to is listed below the first of them.
    const key = linkTargetKey(link);
    if (visited.has(key)) return;
    visited.add(key);
    visit(target, at);
  };
  visit(object, path);
  return list;
}

function linkTargetKey({ target }: Link): string {
  if (target.kind === "soft") return `soft ${target.path}`;
  return target.kind === "external" ? `external ${target.file}\0${target.path}` : "user";
}

/** Entries of both lists by their paths below where they start. */
export interface Match {
  readonly name: string;
  readonly first: Entry | undefined;
  readonly second: Entry | undefined;
}

/** Lists that are in the order of a walk by names, put side by side. */
export function matched(
  first: readonly Entry[],
  start1: string,
  second: readonly Entry[],
  start2: string,
  isExcluded: (name: string, kind: EntryKind) => boolean,
): readonly Match[] {
  const matches: Match[] = [];
  const name1 = (entry: Entry) => entry.path.slice(start1 === "/" ? 0 : start1.length);
  const name2 = (entry: Entry) => entry.path.slice(start2 === "/" ? 0 : start2.length);
  const add = (name: string, one: Entry | undefined, two: Entry | undefined): void => {
    const kind = (one ?? two)?.kind ?? "link";
    if (!isExcluded(name, kind)) matches.push({ name, first: one, second: two });
  };
  for (let i = 0, j = 0; i < first.length || j < second.length; ) {
    const one = first[i];
    const two = second[j];
    const order = one === undefined ? 1 : two === undefined ? -1 : compareBytes(name1(one), name2(two));
    if (one !== undefined && order <= 0) i++;
    if (two !== undefined && order >= 0) j++;
    const shown = order <= 0 ? one : two;
    if (shown === undefined) break;
    add(order <= 0 ? name1(shown) : name2(shown), order <= 0 ? one : undefined, order >= 0 ? two : undefined);
  }
  return matches;
}

const encoder = new TextEncoder();

/** As C's `strcmp` orders UTF-8. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const [one, two] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < one.length && i < two.length; i++) {
    const difference = (one[i] as number) - (two[i] as number);
    if (difference !== 0) return difference;
  }
  return one.length - two.length;
}

/** Paths that are left out, and, once a group is among them, what is in it. */
export function exclusion(paths: readonly string[]): (name: string, kind: EntryKind) => boolean {
  const groups = new Set<string>();
  return (name, kind) => {
    if (paths.includes(name)) {
      if (kind === "group") groups.add(name);
      return true;
    }
    for (const group of groups) if (name.startsWith(`${group}/`)) return true;
    return false;
  };
}
