/** The order in which dirty structures reach the file: a child before the parent that points at it. */
import type { Address } from "../base/address.ts";

/** For a child, the parents that wait for it: mostly one, which needs no set. */
export type WaitingParents = Map<Address, Address | Set<Address>>;

const NO_PARENTS: readonly Address[] = [];

function parentsOf(parents: Address | ReadonlySet<Address> | undefined): Iterable<Address> {
  if (parents === undefined) return NO_PARENTS;
  return typeof parents === "number" ? [parents] : parents;
}

/**
 * Dirty addresses in groups: all of a group may be written in any order, the groups one after the other.
 *
 * A parent's group comes after those of its children. Circles, which hard links can make, are broken where they are met:
 * no order could satisfy them.
 */
export function orderForWriting(
  dirty: ReadonlySet<Address>,
  before: ReadonlyMap<Address, Address | ReadonlySet<Address>>,
): Address[][] {
  const waitingFor = new Map<Address, number>();
  for (const [child, parents] of before) {
    if (!dirty.has(child)) continue;
    for (const parent of parentsOf(parents)) {
      if (dirty.has(parent) && parent !== child) waitingFor.set(parent, (waitingFor.get(parent) ?? 0) + 1);
    }
  }
  const groups: Address[][] = [];
  const left = new Set(dirty);
  let ready = [...dirty].filter((address) => !waitingFor.has(address));
  while (left.size > 0) {
    if (ready.length === 0) ready = [left.values().next().value as Address];
    const group = ready.filter((address) => left.delete(address));
    if (group.length > 0) groups.push(group);
    ready = [];
    for (const child of group) {
      for (const parent of parentsOf(before.get(child))) {
        const count = waitingFor.get(parent);
        if (count === undefined || parent === child) continue;
        waitingFor.set(parent, count - 1);
        if (count === 1 && left.has(parent)) ready.push(parent);
      }
    }
  }
  return groups;
}

/** Of the dirty structures those at `wanted`, and those that must reach the file before them. */
export function dependenciesOf(
  wanted: readonly Address[],
  dirty: ReadonlySet<Address>,
  before: ReadonlyMap<Address, Address | ReadonlySet<Address>>,
): Set<Address> {
  const children = new Map<Address, Address[]>();
  for (const [child, parents] of before) {
    for (const parent of parentsOf(parents)) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [child]);
      else known.push(child);
    }
  }
  const seen = new Set(wanted);
  for (const parent of seen) for (const child of children.get(parent) ?? NO_PARENTS) seen.add(child);
  return new Set([...seen].filter((address) => dirty.has(address)));
}
