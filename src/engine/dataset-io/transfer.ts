/**
 * Reading and writing selected elements of a dataset.
 *
 * Reference implementation: H5Dio.c, `H5D__read` and `H5D__write`.
 */

import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import { runsOf } from "../selection/runs.ts";
import { requireWithinExtent, type Selection, selectedCount } from "../selection/selection.ts";
import { type ConversionFor, type ElementConversion, ReadConverter, WriteConverter } from "./converting-memory.ts";
import { MappedMemory } from "./mapped-memory.ts";
import { type MemorySide, PackedMemory } from "./memory-side.ts";
import type { RawDataAccess } from "./raw-data-owner.ts";

/**
 * Reads selected elements into `memory` as the file has them.
 *
 * @param fileSelection - Over the dataset's current extent.
 * @param memory - Filled in place; what is not selected there keeps its bytes.
 * @param memorySelection - Over an extent that `memory` holds; default: elements packed from the first byte on.
 * @throws HDF5Error "argument" when the selections differ in their number of elements, reach out of their extents, or
 *   `memory` is too short.
 *
 * C: `H5Dread` with the dataset's own datatype.
 */
export function readSelection(
  access: RawDataAccess,
  elementSize: number,
  fileSelection: Selection,
  memory: Uint8Array,
  memorySelection?: Selection,
): void {
  const side = memorySide(elementSize, fileSelection, memory, memorySelection);
  access.read(fileSelection, side);
  side.finish();
}

/** Writes selected elements from `memory`, which holds them as the file will. C: `H5Dwrite` with the dataset's own datatype. */
export function writeSelection(
  access: RawDataAccess,
  elementSize: number,
  fileSelection: Selection,
  memory: Uint8Array,
  memorySelection?: Selection,
): void {
  access.write(fileSelection, memorySide(elementSize, fileSelection, memory, memorySelection));
}

/** The memory end of a transfer, with everything checked that can be before it starts. */
export function memorySide(
  elementSize: number,
  fileSelection: Selection,
  memory: Uint8Array,
  memorySelection: Selection | undefined,
): MemorySide {
  requireWithinExtent(fileSelection);
  const count = selectedCount(fileSelection);
  if (memorySelection === undefined) {
    requireRoom(memory, count * elementSize, count);
    return new PackedMemory(memory, elementSize);
  }
  if (selectedCount(memorySelection) !== count) {
    throw new HDF5Error("argument", "src and dest dataspaces have different number of elements selected");
  }
  requireWithinExtent(memorySelection);
  requireRoom(memory, product(memorySelection.dims) * elementSize, count);
  if (memorySelection.kind === "all" || count === 0) return new PackedMemory(memory, elementSize);
  const runs = runsOf(memorySelection);
  if (runs.next() && runs.length === count) {
    return new PackedMemory(memory.subarray(runs.offset * elementSize), elementSize);
  }
  return new MappedMemory(new PackedMemory(memory, elementSize), memorySelection);
}

function requireRoom(memory: Uint8Array, needed: number, count: number): void {
  if (memory.length >= needed || count === 0) return;
  throw new HDF5Error("argument", `memory of ${memory.length} bytes, its dataspace needs ${needed}`);
}

/** Bytes of one element at both ends, and what lies between them. */
export interface ConvertedTransfer {
  readonly fileElementSize: number;
  readonly memoryElementSize: number;
  /** From the file's datatype to the memory's for reading, the other way for writing. */
  readonly conversion: ElementConversion;
  /** The same for other datatypes of the file's side: of what virtual datasets show. */
  readonly conversionFor?: ConversionFor | undefined;
  /** Bytes of the buffers that elements are converted in; 1 MiB by default. C: `H5Pset_buffer`. */
  readonly bufferBytes?: number | undefined;
}

/**
 * Reads selected elements into `memory`, converting them from the file's datatype. Without anything to convert they go
 * straight there; otherwise by pieces of `bufferBytes`.
 *
 * Parameters and errors as for {@link readSelection}, and those of the conversion.
 *
 * C: `H5Dread`. h5py: `DatasetID.read`.
 */
export function readConverted(
  access: RawDataAccess,
  transfer: ConvertedTransfer,
  fileSelection: Selection,
  memory: Uint8Array,
  memorySelection?: Selection,
): void {
  const { fileElementSize, memoryElementSize, conversion, conversionFor, bufferBytes } = transfer;
  const plain = memorySide(memoryElementSize, fileSelection, memory, memorySelection);
  const side = conversion.noop
    ? plain
    : new ReadConverter(plain, conversion, fileElementSize, bufferBytes, conversionFor);
  access.read(fileSelection, side);
  side.finish();
}

/** Writes selected elements from `memory`, converting them to the file's datatype. C: `H5Dwrite`. h5py: `DatasetID.write`. */
export function writeConverted(
  access: RawDataAccess,
  transfer: ConvertedTransfer,
  fileSelection: Selection,
  memory: Uint8Array,
  memorySelection?: Selection,
): void {
  const { fileElementSize, memoryElementSize, conversion, conversionFor, bufferBytes } = transfer;
  const plain = memorySide(memoryElementSize, fileSelection, memory, memorySelection);
  const side = conversion.noop
    ? plain
    : new WriteConverter(plain, conversion, fileElementSize, bufferBytes, conversionFor);
  access.write(fileSelection, side);
}
