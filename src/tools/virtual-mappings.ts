/**
 * The mappings of a virtual dataset, out of the global heap.
 *
 * Specification: IV.A.2.i, "Virtual Dataset Storage Mapping Block". Reference implementation: H5Olayout.c.
 */
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { Selection } from "../engine/selection/selection.ts";
import type { VirtualLayout } from "../format/data-layout.ts";
import { decodeRegion } from "./region-selection.ts";

export interface VirtualMapping {
  /** "." for the virtual dataset's own file. */
  readonly sourceFile: string;
  readonly sourceDataset: string;
  readonly sourceSelection: Selection;
  readonly virtualSelection: Selection;
}

const STRUCTURE = "Virtual dataset mapping block";
const LEAST_ENTRY_BYTES = 34;

export function virtualMappingsOf(dataset: DatasetObject, layout: VirtualLayout): readonly VirtualMapping[] {
  const { heapAddress, heapIndex } = layout;
  if (heapAddress === UNDEFINED_ADDRESS || heapIndex === 0) return [];
  const { dims } = dataset.dataspace;
  const bytes = dataset.file.globalHeap.read(heapAddress, heapIndex);
  const cursor = dataset.file.storage.cursor(bytes, STRUCTURE, heapAddress);
  cursor.version([0]);
  const count = cursor.count(cursor.lengthValue("Num Entries"), LEAST_ENTRY_BYTES, "Num Entries");
  return Array.from({ length: count }, () => ({
    sourceFile: cursor.nulTerminated("Source Filename"),
    sourceDataset: cursor.nulTerminated("Source Dataset"),
    sourceSelection: decodeRegion(cursor, undefined),
    virtualSelection: decodeRegion(cursor, dims),
  }));
}
