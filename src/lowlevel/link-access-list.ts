/** What a link access property list means to a function that follows links. */
import { Running } from "../base/running.ts";
import { withLinkAccess } from "../engine/link-access.ts";
import type { LinkAccess, PropLAID } from "./prop-links.ts";

/** How files of external links are opened. */
export type LinkedFileAccess = Pick<LinkAccess, "elinkAccFlags" | "elinkFapl">;

/** Of functions that take options. */
export interface LinkFollowing {
  /** How links on the way are followed. Default null: as the file says. */
  readonly lapl?: PropLAID | null;
}

const running = new Running<LinkedFileAccess | undefined>(undefined);

/** Of the operation that is running; undefined for the parent file's flags and a list of defaults. */
export function currentLinkedFileAccess(): LinkedFileAccess | undefined {
  return running.value;
}

/** Runs an operation whose links are followed as the list says. */
export function withLinkAccessList<T, P extends LinkAccess>(lapl: PropLAID<P> | null, operation: () => T): T {
  if (lapl === null) return operation();
  const { nlinks, elinkPrefix, elinkFapl, elinkAccFlags } = lapl.values();
  const settings = { maxLinkHops: nlinks, folder: elinkPrefix || undefined };
  return running.during({ elinkFapl, elinkAccFlags }, () => withLinkAccess(settings, operation));
}
