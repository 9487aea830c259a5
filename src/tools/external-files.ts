/** The external data files of a dataset. Specification: IV.A.2.h. */
import type { DatasetObject } from "../engine/dataset-object.ts";
import { LivingLocalHeap } from "../engine/local-heap.ts";
import { decodeExternalFiles } from "../format/external-files.ts";
import { MESSAGE } from "../format/message-types.ts";

export interface ExternalFile {
  readonly name: string;
  /** Where the data starts in that file. */
  readonly offset: number;
  readonly byteLength: number;
}

export function externalFilesOf(dataset: DatasetObject): readonly ExternalFile[] {
  const message = dataset.header.first(MESSAGE.EXTERNAL_FILES);
  if (message === undefined) return [];
  const { storage } = dataset.file;
  const files = decodeExternalFiles(storage.cursor(message.data, "External data files message", dataset.address));
  const heap = LivingLocalHeap.open(storage, files.localHeapAddress);
  return files.slots.map((slot) => ({
    name: heap.name(slot.nameHeapOffset),
    offset: slot.fileOffset,
    byteLength: slot.byteLength,
  }));
}

/**
 * Bytes that hold the dataset's values, in this file or in others; those in others count where the layout tells how many.
 * C: `H5Dget_storage_size`.
 */
export function storedBytes(dataset: DatasetObject): number {
  const { layout } = dataset;
  if (layout.kind === "contiguous" && layout.version >= 3 && isExternal(dataset)) return layout.byteLength;
  return dataset.storageSize();
}

/** Whether the dataset's values are anywhere. */
export function hasData(dataset: DatasetObject): boolean {
  return isExternal(dataset) || dataset.storageSize() > 0;
}

function isExternal(dataset: DatasetObject): boolean {
  return dataset.header.first(MESSAGE.EXTERNAL_FILES) !== undefined;
}
