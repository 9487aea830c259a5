/**
 * What variable-length elements own in the global heap, and lose when they are overwritten or deleted.
 *
 * Reference implementation: `H5T__vlen_disk_write`, which frees what an element held before; the C library does not free it
 * with the dataset or attribute.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { Datatype } from "../format/datatype.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { H5File } from "./h5-file.ts";
import { forEachHeapId, forEachHeapIdOf, type HeapIdVisitor } from "./heap-ids.ts";
import type { Selection } from "./selection/selection.ts";

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

  /** Of all elements of a dataset, and of its fill value. */
  static ofDataset(dataset: DatasetObject): OwnedHeapObjects {
    const owned = new OwnedHeapObjects(dataset.file);
    const { datatype, fillValue } = dataset;
    owned.collect((visit) => {
      forEachHeapIdOf(dataset, visit);
      if (fillValue?.value !== undefined) forEachHeapId(dataset.file, datatype, fillValue.value, visit);
    });
    return owned;
  }

  /** Of selected elements of a dataset. What its fill value owns counts too, so that it is never taken for theirs. */
  static ofSelection(dataset: DatasetObject, selection: Selection): OwnedHeapObjects {
    const owned = new OwnedHeapObjects(dataset.file);
    const { datatype, fillValue } = dataset;
    owned.collect((visit) => {
      forEachHeapId(dataset.file, datatype, dataset.readBytes(selection), visit);
      if (fillValue?.value !== undefined) forEachHeapId(dataset.file, datatype, fillValue.value, visit);
    });
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
      if (!isHdf5Error(error)) throw error;
      this.byCollection.clear();
    }
  }

  get isEmpty(): boolean {
    return this.byCollection.size === 0;
  }

  /** Frees all of them but those that are among `kept`. */
  release(kept?: OwnedHeapObjects): void {
    for (const [address, indexes] of this.byCollection) {
      const stay = kept?.byCollection.get(address);
      for (const index of indexes) if (stay?.has(index) !== true) this.file.globalHeap.discard(address, index);
    }
  }
}
