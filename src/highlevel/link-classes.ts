/** Links as values: what `set` makes links from and `get` with `getlink` gives. h5py: the classes of these names. */

import { Printable } from "../base/printable.ts";
import type { LinkTarget } from "../format/link.ts";
import { plainError } from "../lowlevel/api-error.ts";

/** A link to an object of the same file: what every object has at least one of. */
export class HardLink extends Printable {
  override toString(): string {
    return "<HardLink>";
  }
}

/** A link to whatever has a path, which need not exist. */
export class SoftLink extends Printable {
  readonly path: string;

  constructor(path: string) {
    super();
    this.path = String(path);
  }

  override toString(): string {
    return `<SoftLink to "${this.path}">`;
  }
}

/** A link to a path in another file. */
export class ExternalLink extends Printable {
  readonly filename: string;
  readonly path: string;

  constructor(filename: string, path: string) {
    super();
    this.filename = String(filename);
    this.path = String(path);
  }

  override toString(): string {
    return `<ExternalLink to "${this.path}" in file "${this.filename}">`;
  }
}

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
