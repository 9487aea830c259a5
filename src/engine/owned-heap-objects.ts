/**
 * What variable-length elements own in the global heap, and lose when they are overwritten or deleted.
 *
 * Reference implementation: `H5T__vlen_disk_write`, which frees what an element held before; the C library does not free it
 * with the dataset or attribute.
 */
import type { Address } from "../base/address.ts";
import { isDamage } from "../base/errors.ts";
import type { Datatype } from "../format/datatype.ts";
import type { H5File } from "./h5-file.ts";
import { forEachHeapId, type HeapIdVisitor } from "./heap-ids.ts";

export class OwnedHeapObjects {
  private readonly file: H5File;
  private readonly byCollection = new Map<Address, Set<number>>();

  private constructor(file: H5File) {
    this.file = file;
  }

  /** Of packed elements in the datatype of the file. */
  static of(file: H5File, type: Datatype, bytes: Uint8Array): OwnedHeapObjects {
    const owned = new OwnedHeapObjects(file);
    owned.collect((visit) => forEachHeapId(file, type, bytes, visit));
    return owned;
  }

  /** Of damaged elements nothing is known, and nothing will be freed. */
  private collect(walk: (visit: HeapIdVisitor) => void): void {
    try {
      walk((address, index, isOwned) => {
        if (!isOwned) return;
        const indexes = this.byCollection.get(address);
        if (indexes === undefined) this.byCollection.set(address, new Set([index]));
        else indexes.add(index);
      });
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.byCollection.clear();
    }
  }

  get isEmpty(): boolean {
    return this.byCollection.size === 0;
  }

  /** Indexes of the objects by the addresses of their collections. */
  get collections(): ReadonlyMap<Address, ReadonlySet<number>> {
    return this.byCollection;
  }

  has(address: Address, index: number): boolean {
    return this.byCollection.get(address)?.has(index) ?? false;
  }

  /** Leaves out those of others. */
  without(other: OwnedHeapObjects): this {
    for (const [address, indexes] of other.byCollection) {
      for (const index of indexes) this.byCollection.get(address)?.delete(index);
    }
    return this;
  }

  /** Has their collections in memory, so that nothing has to be read when they are freed. */
  prepare(): void {
    for (const address of this.byCollection.keys()) this.file.globalHeap.expect(address);
  }

  /** Frees all of them but those that are among `kept`. */
  release(kept?: OwnedHeapObjects): void {
    for (const [address, indexes] of this.byCollection) {
      const stay = kept?.byCollection.get(address);
      for (const index of indexes) if (stay?.has(index) !== true) this.file.globalHeap.discard(address, index);
    }
  }

  /** Tells which objects there are in each collection. */
  forEachCollection(visit: (address: Address, indexes: ReadonlySet<number>) => void): void {
    for (const [address, indexes] of this.byCollection) if (indexes.size > 0) visit(address, indexes);
  }
}
