/** Functions that are called for what is in a group, in h5py's way: the first that gives anything ends the walk. */
import type { Member } from "./group.ts";
import type { Link } from "./link-classes.ts";

/** Called for each object; anything but undefined and null ends the walk. */
export type Visitor<T> = (name: string) => T | null | undefined;
export type LinkVisitor<T> = (name: string, link: Link) => T | null | undefined;
export type ItemVisitor<T> = (name: string, object: Member) => T | null | undefined;

/** What the first call gives that gives anything; null when none does. */
export function firstResult<V, T>(values: Iterable<V>, func: (value: V) => T | null | undefined): T | null {
  for (const value of values) {
    const result = func(value);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}
