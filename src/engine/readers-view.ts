/**
 * What others may know of a file that is written while they read it (SWMR).
 *
 * Blocks that were in the file at the last flush may be looked at: their space is not used again, and what must not change under
 * a reader's eyes moves elsewhere. Blocks that were given out since are nobody's but the writer's.
 */
import type { Address } from "../base/address.ts";
import type { Addresses } from "./write-order.ts";

/** Written before all others: nothing in the file points at them yet. */
const UNWRITTEN = 0;
const DEFAULT_RANK = 2;
/**
 * Where nothing says which of two structures points at the other, those that are pointed at go first. The rest are nodes and
 * blocks of indexes, whose order among each other is always told.
 */
const RANKS: ReadonlyMap<string, number> = new Map([
  ["Global heap collection", 1],
  ["Fractal heap direct block", 1],
  ["Fractal heap header", 3],
  ["Version 2 B-tree header", 4],
  ["Extensible array header", 4],
  ["Fixed array header", 4],
  ["Object header", 5],
]);

export class ReadersView {
  /** Given out since the last flush. */
  private readonly unseen = new Set<Address>();
  /** Of these and of those before a flush that failed: structures that never were written. */
  private readonly unwritten = new Set<Address>();

  allocated(address: Address): void {
    this.unseen.add(address);
    this.unwritten.add(address);
  }

  /** The block is given back. */
  released(address: Address): void {
    this.unseen.delete(address);
    this.unwritten.delete(address);
  }

  /** Whether others may be reading the block at an address, so that it must not become another's. */
  isSeen(address: Address): boolean {
    return !this.unseen.has(address);
  }

  /** Dirty structures are written in the order of these, as far as they do not wait for one another. */
  rankOf(address: Address, structure: string | undefined): number {
    if (this.unwritten.has(address)) return UNWRITTEN;
    return RANKS.get(structure ?? "") ?? DEFAULT_RANK;
  }

  /** @param dirty - Structures that still wait: nothing that was written points at them. */
  flushed(dirty: Addresses): void {
    for (const set of [this.unseen, this.unwritten]) {
      for (const address of set) if (!dirty.has(address)) set.delete(address);
    }
  }

  /** A flush ended in its midst: any block may be pointed at by now. */
  flushFailed(): void {
    this.unseen.clear();
  }
}
