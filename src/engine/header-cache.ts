/**
 * Object headers kept decoded beside those of open objects.
 *
 * There are two generations: the newer one becomes the older one once it has grown large, and what nobody asked for since is
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
  /** How many the newer generation may have. */
  private limit = GENERATION;

  get(address: Address): ObjectHeader | undefined {
    const header = this.newer.get(address);
    if (header !== undefined) return header;
    const old = this.older.get(address);
    if (old !== undefined) this.set(address, old);
    return old;
  }

  set(address: Address, header: ObjectHeader): void {
    if (this.newer.size >= this.limit) this.turn();
    this.newer.set(address, header);
  }

  /** Headers with changes stay until a flush: while there are many, the next turn comes after twice as many. */
  private turn(): void {
    const kept = new Map<Address, ObjectHeader>();
    for (const [address, header] of this.older) {
      if (header.dirty && !this.newer.has(address)) kept.set(address, header);
    }
    this.older = this.newer;
    this.newer = kept;
    this.limit = Math.max(GENERATION, 2 * kept.size);
  }

  /** Nothing waits to be written any more. */
  flushed(): void {
    this.limit = GENERATION;
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
