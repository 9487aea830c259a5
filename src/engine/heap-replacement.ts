/**
 * Elements of variable length that are written over: their new values get the room of the old ones, which go only when everything
 * is written. So a heap does not grow by being written over, and a write that fails leaves what was there.
 *
 * Reference implementation: H5Tvlen.c, `H5T__vlen_disk_write`, which frees the old value of each element before it stores the new
 * one.
 */
import { isHdf5Error } from "../base/errors.ts";
import { currentCoder } from "./chunks/chunk-coder.ts";
import { type MemorySide, PackedMemory } from "./dataset-io/memory-side.ts";
import type { DatasetObject } from "./dataset-object.ts";
import { ownedBy, ownedBySelected } from "./element-heap-objects.ts";
import { findHeapRoom } from "./heap-room.ts";
import type { OwnedHeapObjects } from "./owned-heap-objects.ts";
import { type Selection, selectedCount } from "./selection/selection.ts";

/** Writes selected elements that own heap objects, and frees what they owned before. */
export function writeOwning(dataset: DatasetObject, selection: Selection, memory: MemorySide): void {
  const { file } = dataset;
  const bytes = dataset.isAllocated && selectedCount(selection) > 0 ? dataset.readBytes(selection) : undefined;
  const old = bytes && ownedBy(dataset, bytes);
  old?.prepare();
  findHeapRoom(file);
  if (bytes === undefined || old === undefined || old.isEmpty) {
    dataset.rawData().write(selection, memory);
  } else if (staysApart(dataset, memory)) {
    dataset.rawData().write(selection, memory);
    old.release(ownedBySelected(dataset, selection));
  } else {
    replace(dataset, selection, memory, bytes, old);
  }
}

/**
 * Whether old and new values have to be there at once: the elements keep some of what they own, others may read them, or they
 * are not written yet when the write returns.
 */
function staysApart({ storage }: DatasetObject, memory: MemorySide): boolean {
  if (memory.keepsTarget || memory.packed !== undefined) return true;
  return storage.servesReaders || storage.answersLate || currentCoder() !== undefined;
}

function replace(
  dataset: DatasetObject,
  selection: Selection,
  memory: MemorySide,
  oldBytes: Uint8Array,
  old: OwnedHeapObjects,
): void {
  const { elementSize, file } = dataset;
  const bytes = new Uint8Array(oldBytes.length);
  // What is refused is refused here, before an element in the file is another one.
  const arrived = file.globalHeap.replacing(old.collections, () => {
    memory.take(bytes, 0, bytes.length, bytes.length / elementSize, 1, 0, 0);
  });
  try {
    dataset.rawData().write(selection, new PackedMemory(bytes, elementSize));
  } catch (cause) {
    putBack(dataset, selection, oldBytes, () => file.globalHeap.discardAll(arrived));
    throw cause;
  }
  old.release();
}

/**
 * After a write that failed, when each element may be old or new: all become old, at once if that goes, or before they, or the
 * file, are written again.
 */
function putBack(
  { address, elementSize, file, storage }: DatasetObject,
  selection: Selection,
  oldBytes: Uint8Array,
  then: () => void,
): void {
  const restore = (): DatasetObject => {
    // Whoever has the dataset open by now.
    const dataset = file.object(address) as DatasetObject;
    file.holdsBack(dataset);
    dataset.rawData().write(selection, new PackedMemory(oldBytes, elementSize));
    then();
    storage.settled(address);
    return dataset;
  };
  try {
    restore();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    // A flush has written the chunks of open datasets already.
    storage.settleLater(address, { settle: () => restore().flush() });
  }
}
