/** What is read of a dataset, whatever handle it is open by. */
import { isHdf5Error } from "../base/errors.ts";
import type { ChunkCacheStatistics } from "../engine/chunks/chunk-cache-settings.ts";
import { currentCoder } from "../engine/chunks/chunk-coder.ts";
import { hasCustomConversions } from "../engine/conversion/custom-conversions.ts";
import type { NumericBox } from "../engine/dataset-io/box-reader.ts";
import { readConverted } from "../engine/dataset-io/transfer.ts";
import { readTransfer } from "../engine/dataset-io/typed-transfer.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { DatatypeObject } from "../engine/datatype-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import { bounds, type Selection, selectAll, selectNone, withExtent } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { guarded, record, wrapError } from "./api-error.ts";
import { selectionIn } from "./dataset-selection.ts";
import { elementContextOf } from "./element-context.ts";
import { type MemoryBuffer, memoryBuffer } from "./memory-type.ts";
import type { OpenObject } from "./open-object.ts";

export const CANNOT_READ = record("H5Dread", "DATASET", "READERROR", "can't read data");

/** Something in a file that has a datatype, its own or a committed one. */
interface TypeHolder {
  readonly datatype: Datatype;
  readonly committedTypeAddress: number | undefined;
}

/** The committed datatype of a dataset or attribute; undefined for one that has its own. */
export function committedTypeOf(file: H5File, { committedTypeAddress }: TypeHolder): DatatypeObject | undefined {
  const object = committedTypeAddress === undefined ? undefined : file.object(committedTypeAddress);
  return object instanceof DatatypeObject ? object : undefined;
}

/** Elements a dimension; null of a null dataspace. */
export function shapeOf({ kind, dims }: Dataspace): number[] | null {
  return kind === "null" ? null : dims.slice();
}

/**
 * Reads packed elements.
 *
 * @param selection - Over the current extent.
 * @throws OSError "Can't read data (…)".
 */
export function readPacked(handle: OpenObject<DatasetObject>, selection: Selection, buffer: MemoryBuffer): void {
  const dataset = handle.shared();
  try {
    readSelected(dataset, buffer, selection);
  } catch (error) {
    throw wrapError(CANNOT_READ, error);
  }
}

/**
 * Reads what index arguments select, or everything, in a few steps.
 *
 * @returns Undefined where that takes more, or goes wrong: {@link readPacked} is for that, and tells what is wrong.
 */
export function readBox(handle: OpenObject<DatasetObject>, args: unknown): NumericBox | number | bigint | undefined {
  if (args !== undefined && !Array.isArray(args)) return undefined;
  if (currentCoder() !== undefined || hasCustomConversions()) return undefined;
  try {
    return handle.shared().boxes?.read(args);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

/** Reads selected elements to those selected in an array. @throws as {@link readPacked}. */
export function readBetween(
  handle: OpenObject<DatasetObject>,
  fileSelection: Selection,
  array: ArrayBufferView,
  memorySelection: Selection,
): void {
  guarded(CANNOT_READ, () => {
    const dataset = handle.shared();
    const hasMemory = !memorySelection.dims.includes(0);
    const file = selectionIn(dataset, fileSelection);
    readSelected(dataset, memoryBuffer(array, dataset.datatype), file, hasMemory ? memorySelection : selectNone([0]));
  });
}

function readSelected(dataset: DatasetObject, { bytes, datatype }: MemoryBuffer, file: Selection, memory?: Selection) {
  const transfer = readTransfer(dataset.datatype, datatype, elementContextOf(dataset.file));
  readConverted(dataset, transfer, file, bytes, memory);
}

/** What the chunk cache has done since the dataset was opened, and holds now; null where there are no chunks. */
export function cacheStatistics(handle: OpenObject<DatasetObject>): ChunkCacheStatistics | null {
  const dataset = handle.shared();
  return dataset.layout.kind === "chunked" ? dataset.chunkStore().statistics() : null;
}

/** Has a dataset read again from the file. */
export function refreshDataset(handle: OpenObject<DatasetObject>): void {
  guarded(record("H5Drefresh", "DATASET", "CANTLOAD", "unable to refresh dataset"), () =>
    handle.location().object.refresh(),
  );
}

/** What is selected, and of what extent. */
export interface SelectedSpace {
  readonly extent: Dataspace;
  readonly selection: Selection;
}

export interface VirtualSource {
  readonly fileName: string;
  readonly datasetName: string;
  readonly virtual: SelectedSpace;
  readonly source: SelectedSpace;
}

/** The mappings of a virtual dataset. */
export function virtualSourcesOf(dataset: DatasetObject): VirtualSource[] {
  const { virtual, dataspace } = dataset;
  return (virtual?.mappings ?? []).map(({ sourceFile, sourceDataset, sourceSelection, virtualSelection }) => ({
    virtual: { extent: dataspace, selection: withExtent(virtualSelection, dataspace.dims) },
    fileName: sourceFile,
    datasetName: sourceDataset,
    source: sourceSpace(sourceSelection, virtualSelection),
  }));
}

/** A mapping does not tell the extent of its source: one that holds what is selected stands for it. */
function sourceSpace(selection: Selection, virtualSelection: Selection): SelectedSpace {
  const box = bounds(selection.dims.length === 0 ? virtualSelection : selection);
  const dims = (box?.high ?? []).map((high) => (Number.isFinite(high) ? high + 1 : 0));
  const extent: Dataspace = { kind: "simple", dims, maxDims: dims, maxDimsStored: true, version: 1 };
  const isSameRank = selection.dims.length === dims.length;
  return { extent, selection: isSameRank ? withExtent(selection, dims) : selectAll(dims) };
}
