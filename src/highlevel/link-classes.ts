/** Links as values: what `set` makes links from and `get` with `getlink` gives. h5py: the classes of these names. */

import { Printable } from "../base/printable.ts";
import type { LinkTarget } from "../format/link.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { requireText } from "./argument-checks.ts";

/** A link to an object of the same file: what every object has at least one of. */
export class HardLink extends Printable {
  /** `<HardLink>`. */
  override toString(): string {
    return "<HardLink>";
  }
}

/** A link to whatever has a path, which need not exist. */
export class SoftLink extends Printable {
  /** Where it leads: from the root with a leading slash, else from the group that the link is in. */
  readonly path: string;

  /** @throws TypeError for a path that is no string. */
  constructor(path: string) {
    super();
    requireText(path);
    this.path = path;
  }

  /** `<SoftLink to "/path">`. */
  override toString(): string {
    return `<SoftLink to "${this.path}">`;
  }
}

/** A link to a path in another file. */
export class ExternalLink extends Printable {
  /** The other file: an absolute path, or one from the folder of this file, else from where the process runs. */
  readonly filename: string;
  /** Path of the object in the other file, from its root. */
  readonly path: string;

  /** @throws TypeError for names that are no strings. */
  constructor(filename: string, path: string) {
    super();
    requireText(filename);
    requireText(path);
    this.filename = filename;
    this.path = path;
  }

  /** `<ExternalLink to "/path" in file "name">`. */
  override toString(): string {
    return `<ExternalLink to "${this.path}" in file "${this.filename}">`;
  }
}

/** What `Group.get` gives with `getlink`. */
export type Link = HardLink | SoftLink | ExternalLink;
export type LinkClass = typeof HardLink | typeof SoftLink | typeof ExternalLink;

/** The object that stands for what a link holds. @throws TypeError for links of a class of a program's own. */
export function linkOf(target: LinkTarget): Link {
  switch (target.kind) {
    case "hard":
      return new HardLink();
    case "soft":
      return new SoftLink(target.path);
    case "external":
      return new ExternalLink(target.file, target.path);
    default:
      throw plainError("TypeError", "Unknown link type");
  }
}
