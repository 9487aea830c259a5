/**
 * Room in the global heap that an earlier session has left. Nothing in a file lists its collections: tried are those that the
 * objects lead to which were in use lately.
 *
 * The C library comes to know such by opening a dataset whose fill value or mappings lie in the heap (H5F.c,
 * `H5F__cwfs_find_free_heap`).
 */
import { isHdf5Error } from "../base/errors.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { MESSAGE } from "../format/message-types.ts";
import { AttributeTable } from "./attributes.ts";
import type { H5File } from "./h5-file.ts";
import { datatypeOf, fillValueOf, layoutOf } from "./header-values.ts";
import { forEachHeapId } from "./heap-ids.ts";
import type { ObjectHeader } from "./object-header.ts";

/** Before something is stored: loads collections until one with room is known. Called before anything is changed. */
export function findHeapRoom(file: H5File): void {
  // A source that answers late would be asked for what may be of no use.
  if (file.storage.answersLate) return;
  for (const header of file.knownHeaders()) {
    if (file.globalHeap.knowsRoom) return;
    if (header.isAsPlanned) continue;
    try {
      expectCollections(file, header);
    } catch (error) {
      // What is damaged has no room to give.
      if (!isHdf5Error(error)) throw error;
    }
  }
}

/** Loads the collections that messages of a header lead to. */
function expectCollections(file: H5File, header: ObjectHeader): void {
  const { globalHeap } = file;
  const expect = (address: number): void => globalHeap.expect(address);
  const layout = layoutOf(file, header);
  if (layout?.kind === "virtual") expect(layout.heapAddress);
  const type = layout && datatypeOf(file, header);
  const fill = type && usesHeap(type) ? fillValueOf(file, header)?.value : undefined;
  if (type !== undefined && fill !== undefined) forEachHeapId(file, type, fill, expect);
  if (header.look(MESSAGE.ATTRIBUTE) === undefined) return;
  for (const { datatype, bytes } of new AttributeTable(file, header).list())
    forEachHeapId(file, datatype, bytes, expect);
}
