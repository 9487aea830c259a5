/**
 * Which other files hold the raw data of a dataset, as its header tells.
 *
 * Specification: IV.A.2.h, "The External Data Files Message". Reference implementation: H5Oefl.c.
 */
import { decodeExternalFiles, type ExternalFileSlot } from "../format/external-files.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { ExternalPart } from "./dataset-io/external-access.ts";
import type { FileStorage } from "./file-storage.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import type { ObjectHeader } from "./object-header.ts";

export interface ExternalFileList {
  /** The files' names. */
  readonly heap: LivingLocalHeap;
  readonly slots: readonly ExternalFileSlot[];
}

/** Undefined when the raw data is in the file itself. */
export function externalFileList(storage: FileStorage, header: ObjectHeader): ExternalFileList | undefined {
  const message = header.first(MESSAGE.EXTERNAL_FILES);
  if (message === undefined) return undefined;
  const cursor = storage.cursor(message.data, "External data files message", header.address);
  const { localHeapAddress, slots } = decodeExternalFiles(cursor);
  return { heap: LivingLocalHeap.open(storage, localHeapAddress), slots };
}

/** The other files in order; none when the raw data is in the file itself. */
export function externalPartsOf(storage: FileStorage, header: ObjectHeader): readonly ExternalPart[] {
  const list = externalFileList(storage, header);
  if (list === undefined) return [];
  const { heap, slots } = list;
  return slots.map(({ nameHeapOffset, fileOffset, byteLength }) => ({
    name: heap.name(nameHeapOffset),
    fileOffset,
    byteLength,
  }));
}
