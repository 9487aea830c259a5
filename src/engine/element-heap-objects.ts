/**
 * The heap objects of a dataset's elements, which come and go with them: those of variable-length data.
 *
 * What the fill value owns is its own, although elements that were never written show it.
 */
import { isDamage } from "../base/errors.ts";
import type { HeapElements } from "./chunks/chunk-format.ts";
import { allocateContiguous } from "./dataset-io/contiguous-access.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { Deletion } from "./deletion.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";
import { type Selection, selectedCount } from "./selection/selection.ts";
import { slabsOf } from "./selection/slabs.ts";

/** The heap objects of packed elements; those of the fill value, which stands for what is not there, are its own. */
export function ownedBy({ file, datatype, fill }: DatasetObject, bytes: Uint8Array): OwnedHeapObjects {
  const owned = OwnedHeapObjects.of(file, datatype, bytes);
  return fill.element === undefined ? owned : owned.without(OwnedHeapObjects.of(file, datatype, fill.element));
}

/** What the elements of selected ones own now; undefined where there are none, or none that own anything. */
export function ownedBySelected(dataset: DatasetObject, selection: Selection): OwnedHeapObjects | undefined {
  if (!dataset.ownsHeapObjects || !dataset.isAllocated || selectedCount(selection) === 0) return undefined;
  return ownedBy(dataset, dataset.readBytes(selection));
}

/** What a chunk store does about the elements of new and deleted chunks; undefined where they own nothing. */
export function heapElementsOf(dataset: DatasetObject): HeapElements | undefined {
  if (!dataset.ownsHeapObjects) return undefined;
  const { own } = dataset.fill;
  return {
    own: (bytes) => own?.(bytes),
    release: (elements, change) => {
      dataset.file.delete((deletion) => elements((bytes) => deletion.addHeapObjects(ownedBy(dataset, bytes))), change);
    },
  };
}

/** Before elements that own heap objects are written, what they replace must be there. */
export function allocateForHeap(dataset: DatasetObject): void {
  if (!dataset.ownsHeapObjects) return;
  const { layout, fill } = dataset;
  if (layout.kind === "contiguous" && fill.own !== undefined && !dataset.isAllocated) {
    allocateContiguous(dataset, false);
  }
}

/** The heap objects of all elements go; those of chunks go with the chunks. Damaged elements keep theirs. */
export function addElements(dataset: DatasetObject, deletion: Deletion): void {
  if (!dataset.ownsHeapObjects || dataset.layout.kind === "chunked") return;
  if (!dataset.isAllocated || dataset.externalParts().length > 0) return;
  try {
    for (const slab of slabsOf(dataset.dims, dataset.elementSize)) {
      deletion.addHeapObjects(ownedBy(dataset, dataset.readBytes(slab)));
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
}
