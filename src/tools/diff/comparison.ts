/** Two files, or two objects in them, compared. Reference implementation: h5diff.c. */
import { isHdf5Error } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { DatatypeObject } from "../../engine/datatype-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { lookupLink } from "../../engine/resolve.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import type { Link } from "../../format/link.ts";
import { parseSubset, type Subset } from "../data/subset.ts";
import {
  contentsOf,
  type Entry,
  type EntryKind,
  exclusion,
  linkKind,
  type Match,
  matched,
  targetOf,
} from "./contents.ts";
import { baseName, compareAttributes, compareDatasets, presenceLine } from "./objects.ts";
import type { DiffState } from "./state.ts";

const KIND_NAMES: Readonly<Record<EntryKind, string>> = {
  dataset: "H5G_DATASET",
  group: "H5G_GROUP",
  datatype: "H5G_TYPE",
  link: "H5G_LINK",
  "user link": "H5G_UDLINK",
};

/** One of the two things that are compared. */
interface Named {
  readonly file: H5File;
  readonly fileName: string;
  readonly path: string;
  readonly subset: Subset | undefined;
}

/** A name on the command line, as found. */
interface Found {
  readonly entry: Entry;
  /** A link that leads nowhere. */
  readonly dangles: boolean;
  readonly isLink: boolean;
}

export class Comparison {
  private readonly state: DiffState;
  private readonly one: Named;
  private readonly two: Named;

  constructor(file1: H5File, file2: H5File, state: DiffState) {
    const { options } = state;
    this.state = state;
    this.one = named(file1, options.file1, options.object1);
    this.two = named(file2, options.file2, options.object2);
  }

  /** Differences found. */
  run(): number {
    const { state, one, two } = this;
    const { options } = state;
    const first = this.find(one);
    if (first === undefined) return 0;
    const second = this.find(two);
    if (second === undefined) return 0;
    if (options.followLinks && (first.dangles || second.dangles)) {
      const found = this.dangling(first, second);
      if (found !== undefined) return found;
    }
    const tells = options.verbose || options.report;
    if (!tells && !first.dangles && !second.dangles && sameObject(target(one, first), target(two, second))) return 0;
    const entry1 = options.followLinks ? followed(one, first) : first.entry;
    const entry2 = options.followLinks ? followed(two, second) : second.entry;
    const areGroups = entry1.kind === "group" && entry2.kind === "group";
    const list1 = areGroups ? contentsOf(entry1.object as EngineObject, one.path, state) : [entry1];
    const list2 = areGroups ? contentsOf(entry2.object as EngineObject, two.path, state) : [entry2];
    const isExcluded = exclusion(options.excludedPaths);
    const matches = matched(list1, one.path, list2, two.path, isExcluded);
    if (areGroups && options.verbose) this.list(matches);
    if (options.excludedPaths.length === 0 && list1.length !== list2.length) state.contentsDiffer = true;
    return this.compareAll(matches);
  }

  private find({ file, fileName, path }: Named): Found | undefined {
    if (path === "/") return { entry: { path, kind: "group", object: file.root() }, dangles: false, isLink: false };
    const place = linkAt(file, path);
    if (place?.link === undefined) {
      this.state.write(`Object <${path}> could not be found in <${fileName}>\n`);
      this.state.failed = true;
      return undefined;
    }
    const { link, group } = place;
    if (link.target.kind === "hard") {
      const object = file.object(link.target.objectHeaderAddress);
      return { entry: { path, kind: object.kind, object }, dangles: false, isLink: false };
    }
    const dangles = targetOf(group, link) === undefined;
    return { entry: { path, kind: linkKind(link), object: undefined }, dangles, isLink: true };
  }

  /** The result of names of which one leads nowhere; undefined where both do, which are compared as they are. */
  private dangling(first: Found, second: Found): number | undefined {
    const { state } = this;
    for (const [found, which] of [[first, "obj1"] as const, [second, "obj2"] as const]) {
      if (!found.dangles) continue;
      const { path } = found.entry;
      if (state.options.noDanglingLinks) {
        if (state.options.verbose) state.write(`Warning: <${path}> is a dangling link.\n`);
        state.failed = true;
        return 0;
      }
      if (state.options.verbose) state.write(`${which} <${path}> is a dangling link.\n`);
      if (first.dangles && second.dangles) continue;
      state.found(1);
      return 1;
    }
    return undefined;
  }

  private list(matches: readonly Match[]): void {
    const { state, one, two } = this;
    if (state.options.verboseLevel > 2) {
      state.write(`file1: ${one.fileName}\nfile2: ${two.fileName}\n`);
    }
    const heading = one.path !== "/" || two.path !== "/" ? "group1   group2" : "file1     file2";
    state.write(`\n${heading}\n${"-".repeat(39)}\n`);
    for (const { name, first, second } of matches) {
      state.write(presenceLine(first !== undefined, second !== undefined, name));
    }
    state.write("\n");
  }

  private compareAll(matches: readonly Match[]): number {
    const { state } = this;
    let found = 0;
    for (const { first, second } of matches) {
      if (first === undefined || second === undefined) {
        state.contentsDiffer = true;
        continue;
      }
      try {
        found += this.compare(first, second);
      } catch (error) {
        if (!isHdf5Error(error)) throw error;
        state.warn(error.message);
        state.failed = true;
      }
    }
    return found;
  }

  private compare(first: Entry, second: Entry): number {
    const { state } = this;
    const links = [first, second].some(({ kind }) => kind === "link" || kind === "user link");
    if (links) {
      const found = this.compareDangling(first, second);
      if (found !== undefined) return found;
    }
    const follows = links && state.options.followLinks;
    const one = follows ? this.resolved(this.one, first) : first;
    const two = follows ? this.resolved(this.two, second) : second;
    if (one.kind !== two.kind) {
      state.obstacle(
        `Not comparable: <${first.path}> is of type ${KIND_NAMES[one.kind]} and <${second.path}> is of type ${KIND_NAMES[two.kind]}\n`,
      );
      return 0;
    }
    if (sameObject(one.object, two.object)) {
      if (state.options.verbose || state.options.report) {
        state.objectNames(one.kind, first.path, second.path);
        state.found(0);
      }
      return 0;
    }
    return this.compareKind(one, two);
  }

  private compareKind(one: Entry, two: Entry): number {
    if (one.object instanceof DatasetObject && two.object instanceof DatasetObject) {
      return this.compareDatasets(one.path, one.object, two.path, two.object);
    }
    if (one.object === undefined || two.object === undefined) return this.compareLinks(one, two);
    return this.compareOthers(one.path, one.object, two.path, two.object);
  }

  private compareDatasets(path1: string, one: DatasetObject, path2: string, two: DatasetObject): number {
    const { state } = this;
    const { subset } = this.one;
    const pair = { one, two, path1, path2, name1: baseName(path1), name2: baseName(path2), subset };
    const tells = state.tellsValues;
    if (tells) state.objectNames("dataset", path1, path2);
    const found = compareDatasets(pair, state);
    if (!tells && found > 0 && !state.options.quiet) state.objectNames("dataset", path1, path2);
    if (tells || (found > 0 && !state.options.quiet)) state.found(found);
    return found + compareAttributes(one, two, path1, path2, state);
  }

  /** Groups differ in their attributes only; what is in them has entries of its own. */
  private compareOthers(path1: string, one: EngineObject, path2: string, two: EngineObject): number {
    const { state } = this;
    const areTypes = one instanceof DatatypeObject && two instanceof DatatypeObject;
    const found = areTypes && !datatypesEqual(one.datatype, two.datatype) ? 1 : 0;
    if (state.tellsObject(found)) state.objectNames(one.kind, path1, path2);
    if (state.options.verbose) state.found(found);
    return found + compareAttributes(one, two, path1, path2, state);
  }

  private compareLinks(first: Entry, second: Entry): number {
    const { state } = this;
    const [one, two] = [linkOf(this.one.file, first.path), linkOf(this.two.file, second.path)];
    const found = sameTarget(one, two) ? 0 : 1;
    if (state.tellsObject(found)) state.objectNames(linkName(one, two), first.path, second.path);
    if (state.options.verbose) state.found(found);
    return found;
  }

  /** Links that lead nowhere are followed by nobody; undefined for those that do lead somewhere. */
  private compareDangling(first: Entry, second: Entry): number | undefined {
    const { state } = this;
    if (!state.options.followLinks) return undefined;
    const dangles1 = first.object === undefined && this.resolved(this.one, first).object === undefined;
    const dangles2 = second.object === undefined && this.resolved(this.two, second).object === undefined;
    if (!dangles1 && !dangles2) return undefined;
    if (state.options.noDanglingLinks) {
      const { path } = dangles1 ? first : second;
      if (state.options.verbose) state.write(`Warning: <${path}> is a dangling link.\n`);
      state.failed = true;
      return 0;
    }
    if (dangles1 && dangles2) {
      if (state.tellsObject(0)) {
        state.objectNames("dangling link", first.path, second.path);
        state.found(0);
      }
      return 0;
    }
    const which = dangles1 ? `obj1 <${first.path}>` : `obj2 <${second.path}>`;
    if (state.options.verbose) state.write(`${which} is a dangling link.\n`);
    if (state.tellsObject(1)) state.found(1);
    return 1;
  }

  private resolved({ file }: Named, entry: Entry): Entry {
    if (entry.object !== undefined) return entry;
    const place = linkAt(file, entry.path);
    const object = place?.link === undefined ? undefined : targetOf(place.group, place.link);
    return object === undefined ? entry : { path: entry.path, kind: object.kind, object };
  }
}

function named(file: H5File, fileName: string, object: string | undefined): Named {
  if (object === undefined) return { file, fileName, path: "/", subset: undefined };
  const { path, subset } = parseSubset(object);
  return { file, fileName, path: path.startsWith("/") ? path : `/${path}`, subset };
}

function linkAt(file: H5File, path: string) {
  try {
    return lookupLink(file.root(), path);
  } catch (error) {
    if (isHdf5Error(error, "not-found")) return undefined;
    throw error;
  }
}

function linkOf(file: H5File, path: string): Link | undefined {
  return linkAt(file, path)?.link;
}

/** The object that a name leads to, through links as well. */
function target({ file }: Named, { entry, isLink }: Found): EngineObject | undefined {
  if (!isLink) return entry.object;
  const place = linkAt(file, entry.path);
  return place?.link === undefined ? undefined : targetOf(place.group, place.link);
}

function followed(side: Named, found: Found): Entry {
  const object = target(side, found);
  return object === undefined ? found.entry : { path: found.entry.path, kind: object.kind, object };
}

function sameObject(one: EngineObject | undefined, two: EngineObject | undefined): boolean {
  return one !== undefined && two !== undefined && one.file === two.file && one.address === two.address;
}

function sameTarget(one: Link | undefined, two: Link | undefined): boolean {
  if (one === undefined || two === undefined || one.target.kind !== two.target.kind) return false;
  const [a, b] = [one.target, two.target];
  if (a.kind === "soft" && b.kind === "soft") return a.path === b.path;
  if (a.kind === "external" && b.kind === "external") return a.file === b.file && a.path === b.path;
  if (a.kind === "user" && b.kind === "user") return a.linkType === b.linkType && a.data.length === b.data.length;
  return false;
}

function linkName(one: Link | undefined, two: Link | undefined): string {
  if (one?.target.kind === "soft") return "link";
  return one?.target.kind === "external" && two?.target.kind === "external" ? "external link" : "user defined link";
}
