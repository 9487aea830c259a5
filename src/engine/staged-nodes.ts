/**
 * Changes of a tree's nodes that happen together: when one of the nodes cannot be read, nothing has changed.
 */
import type { Address } from "../base/address.ts";

export class StagedNodes<T> {
  private readonly changed = new Map<Address, T>();
  private readonly discarded: Address[] = [];

  /** A node as it is to be, if it is to change. */
  get(address: Address): T | undefined {
    return this.changed.get(address);
  }

  store(address: Address, node: T): void {
    this.changed.set(address, node);
  }

  discard(address: Address): void {
    this.changed.delete(address);
    this.discarded.push(address);
  }

  commit(tree: { store(address: Address, node: T): void; discard(address: Address): void }): void {
    for (const [address, node] of this.changed) tree.store(address, node);
    for (const address of this.discarded) tree.discard(address);
  }
}
