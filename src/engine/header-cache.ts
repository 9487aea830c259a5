/**
 * Object headers kept decoded beside those of open objects.
 *
 * Whoever waits to be written is found with what waits of it (`FileStorage.cached`), so all may go from here but those of whose
 * blocks only later ones wait. There are two generations: the newer one becomes the older one once it has grown large, and what nobody asked for since is
 * dropped with it. A map from which single entries are deleted makes itself anew again and again, and what V8 has moved
 * among its old objects of those maps keeps all their headers in memory: opening 100,000 objects took twice the time.
 */
import type { Address } from "../base/address.ts";
import type { ObjectHeader } from "./object-header.ts";

/** Entries of a generation. */
const GENERATION = 256;

export class HeaderCache {
  private newer = new Map<Address, ObjectHeader>();
  private older = new Map<Address, ObjectHeader>();

  get(address: Address): ObjectHeader | undefined {
    const header = this.newer.get(address);
    if (header !== undefined) return header;
    const old = this.older.get(address);
    if (old !== undefined) this.set(address, old);
    return old;
  }

  set(address: Address, header: ObjectHeader): void {
    if (this.newer.size >= GENERATION) this.turn();
    this.newer.set(address, header);
  }

  private turn(): void {
    const { older } = this;
    this.older = this.newer;
    this.newer = new Map();
    for (const [address, header] of older) {
      if (header.waitsWithoutFirst && !this.older.has(address)) this.older.set(address, header);
    }
  }

  /** The newest first. */
  all(): ObjectHeader[] {
    return [...[...this.newer.values()].reverse(), ...[...this.older.values()].reverse()];
  }

  delete(address: Address): void {
    this.newer.delete(address);
    this.older.delete(address);
  }

  clear(): void {
    this.newer.clear();
    this.older.clear();
  }
}
