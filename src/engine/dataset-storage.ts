/**
 * The space of a dataset's raw data: how much there is of it and where, its allocation and its end.
 *
 * Reference implementation: H5Dint.c, `H5D__alloc_storage`, `H5D__get_storage_size`, `H5D__get_offset`; H5Doh.c,
 * `H5O__dset_delete`.
 */
import { isDefined } from "../base/address.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { elementCount } from "./attribute-values.ts";
import { allocateContiguous } from "./dataset-io/contiguous-access.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { Deletion } from "./deletion.ts";
import { addElements, ownedBy } from "./element-heap-objects.ts";
import { externalFileList } from "./external-file-list.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";

/** Whether there is storage for at least some of the elements; that in other files and datasets counts. */
export function hasStorage(dataset: DatasetObject): boolean {
  const { layout } = dataset;
  if (layout.kind === "contiguous") return isDefined(layout.address) || dataset.externalParts().length > 0;
  return layout.kind !== "chunked" || dataset.chunkStore().exists;
}

/** Bytes that the data takes in the file: as allocated when contiguous, as stored (behind the filters) when chunked. */
export function storageSizeOf(dataset: DatasetObject): number {
  const { layout } = dataset;
  switch (layout.kind) {
    case "compact":
      return layout.data.length;
    case "contiguous":
      if (layout.version >= 3) return hasStorage(dataset) ? layout.byteLength : 0;
      // Versions 1 and 2 have no size; the C library counts what is in the file itself.
      return isDefined(layout.address) ? elementCount(dataset.dataspace) * dataset.elementSize : 0;
    case "chunked":
      return dataset.chunkStore().storageSize();
    case "virtual":
      return 0;
    default:
      return layout satisfies never;
  }
}

/** Absolute position of contiguous data in the file, user block included; undefined when there is none. */
export function offsetOf({ layout, file }: DatasetObject): number | undefined {
  if (layout.kind !== "contiguous" || !isDefined(layout.address)) return undefined;
  return layout.address + file.superblock.baseAddress;
}

/** Allocates and fills what early allocation asks for. */
export function allocateEarly(dataset: DatasetObject): void {
  const { layout } = dataset;
  if (elementCount(dataset.dataspace) === 0) return;
  if (layout.kind === "contiguous") {
    if (dataset.externalParts().length === 0) allocateContiguous(dataset, false);
  } else if (layout.kind === "chunked") {
    dataset.file.holdsBack(dataset);
    dataset.chunkStore().allocateAll(dataset.fill.onRead);
  }
}

/** The first write to a chunked dataset brings all chunks into being, where that is asked for. */
export function allocateLate(dataset: DatasetObject): void {
  if (dataset.layout.kind !== "chunked") return;
  if (!dataset.isAllocated) dataset.chunkStore().allocateAll(dataset.fill.onRead);
}

/** All that the elements and the fill value take goes. @param isOpen - Whether the dataset's chunks are open. */
export function addRawData(dataset: DatasetObject, deletion: Deletion, isOpen: boolean): void {
  const { file, storage, layout, datatype } = dataset;
  addElements(dataset, deletion);
  if (layout.kind === "contiguous" && isDefined(layout.address)) {
    deletion.add("draw", layout.address, dataset.storageSize());
  }
  if (layout.kind === "chunked" && (isDefined(layout.address) || isOpen)) {
    dataset.chunkStore().deleteAll(deletion, (bytes) => deletion.addHeapObjects(ownedBy(dataset, bytes)));
  }
  if (layout.kind === "virtual") deletion.addHeapObject(layout.heapAddress, layout.heapIndex);
  externalFileList(storage, dataset.header)?.heap.delete(deletion);
  const fillElement = usesHeap(datatype) ? dataset.fill.element : undefined;
  if (fillElement !== undefined) deletion.addHeapObjects(OwnedHeapObjects.of(file, datatype, fillElement));
}
