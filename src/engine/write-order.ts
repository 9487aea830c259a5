/** The order in which dirty structures reach the file: a child before the parent that points at it. */
import type { Address } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";

/** Addresses of structures: a set of them, or what they are the keys of. */
export interface Addresses {
  readonly size: number;
  has(address: Address): boolean;
  keys(): IterableIterator<Address>;
  /** For loops over thousands that run once: an iterator would make an object for each. */
  forEach(visit: (value: unknown, address: Address) => void): void;
}

/** For a child, the parents that wait for it: mostly one, which needs no set. */
export type WaitingParents = Map<Address, Address | Set<Address>>;

const NO_PARENTS: readonly Address[] = [];

function parentsOf(parents: Address | ReadonlySet<Address> | undefined): Iterable<Address> {
  if (parents === undefined) return NO_PARENTS;
  return typeof parents === "number" ? [parents] : parents;
}

/** How many children each dirty parent waits for. */
function childrenToWaitFor(
  dirty: Addresses,
  before: ReadonlyMap<Address, Address | ReadonlySet<Address>>,
): Map<Address, number> {
  const counts = new Map<Address, number>();
  for (const [child, parents] of before) {
    if (!dirty.has(child)) continue;
    for (const parent of parentsOf(parents)) {
      if (dirty.has(parent) && parent !== child) counts.set(parent, (counts.get(parent) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * Dirty addresses in groups: all of a group may be written in any order, the groups one after the other.
 *
 * A parent's group comes after those of its children. Circles, which hard links can make, are broken where they are met:
 * no order could satisfy them.
 */
export function orderForWriting(
  dirty: Addresses,
  before: ReadonlyMap<Address, Address | ReadonlySet<Address>>,
): Address[][] {
  const waitingFor = childrenToWaitFor(dirty, before);
  const groups: Address[][] = [];
  let left = dirty.size;
  let circles: CircleBreaker | undefined;
  let group = [...dirty.keys()].filter((address) => !waitingFor.has(address));
  while (left > 0) {
    if (group.length === 0) {
      circles ??= new CircleBreaker(dirty, groups);
      group = [circles.next()];
    }
    groups.push(group);
    circles?.written(group);
    left -= group.length;
    const next: Address[] = [];
    for (const child of group) {
      for (const parent of parentsOf(before.get(child))) {
        const count = waitingFor.get(parent);
        if (count === undefined || parent === child) continue;
        waitingFor.set(parent, count - 1);
        if (count === 1 && circles?.has(parent) !== true) next.push(parent);
      }
    }
    group = next;
  }
  return groups;
}

/**
 * The same, with a say in what the order leaves open: of those that wait for nobody, the ones of the lowest rank come first.
 *
 * @param rankOf - From 0 on.
 */
export function orderByRank(
  dirty: Addresses,
  before: ReadonlyMap<Address, Address | ReadonlySet<Address>>,
  rankOf: (address: Address) => number,
): Address[][] {
  const ready: Address[][] = [];
  const groups: Address[][] = [];
  const add = (address: Address): void => {
    const rank = rankOf(address);
    const known = ready[rank];
    if (known === undefined) ready[rank] = [address];
    else known.push(address);
  };
  const waiting = childrenToWaitFor(dirty, before);
  const left = new Set(dirty.keys());
  for (const address of dirty.keys()) if (!waiting.has(address)) add(address);
  while (left.size > 0) {
    const lowest = ready.findIndex((addresses) => addresses !== undefined && addresses.length > 0);
    // A circle is broken where it is met.
    const taken = lowest < 0 ? [left.values().next().value as Address] : (ready[lowest] as Address[]);
    if (lowest >= 0) ready[lowest] = [];
    const group = taken.filter((address) => left.delete(address));
    if (group.length > 0) groups.push(group);
    for (const child of group) {
      for (const parent of parentsOf(before.get(child))) {
        const count = waiting.get(parent);
        if (count === undefined || parent === child) continue;
        waiting.set(parent, count - 1);
        if (count === 1 && left.has(parent)) add(parent);
      }
    }
  }
  return groups;
}

/** Of the dirty structures those at `wanted`, and those that must reach the file before them. */
export function dependenciesOf(
  wanted: readonly Address[],
  dirty: Addresses,
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

/** Remembers what was written, which only circles make necessary. */
class CircleBreaker {
  private readonly addresses: Iterator<Address>;
  private readonly done: Set<Address>;

  constructor(dirty: Addresses, groups: readonly Address[][]) {
    this.addresses = dirty.keys();
    this.done = new Set(groups.flat());
  }

  has(address: Address): boolean {
    return this.done.has(address);
  }

  written(group: readonly Address[]): void {
    for (const address of group) this.done.add(address);
  }

  /** The first that was not written. */
  next(): Address {
    for (;;) {
      const { value, done } = this.addresses.next();
      if (done) throw new HDF5Error("state", "every structure was written");
      if (!this.done.has(value)) return value;
    }
  }
}
