/** Reading into and writing from arrays that the caller has. h5py: `read_direct`, `write_direct`. */
import { product } from "../base/bits.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { readBetween, shapeOf } from "../lowlevel/dataset-reading.ts";
import type { NumericArray } from "../lowlevel/memory-type.ts";
import type { OpenObject } from "../lowlevel/open-object.ts";
import type { OptionNames } from "./known-options.ts";
import { fillsShape, isTypedArray } from "./ndarray.ts";
import { Selection, type SelectionArguments, targetOf } from "./selections.ts";

/** An array in memory: a typed array of one dimension, or one with its shape told, row-major. */
export type DirectArray = NumericArray | { readonly data: NumericArray; readonly shape: readonly number[] };

/** What goes where. */
export interface DirectSelections {
  /** What is taken of the source. Default: everything. */
  readonly source?: SelectionArguments;
  /** Where it goes in the destination. Default: everywhere. */
  readonly destination?: SelectionArguments;
}

export const DIRECT_SELECTIONS: OptionNames<DirectSelections> = { source: true, destination: true };

interface Memory {
  readonly data: NumericArray;
  readonly shape: readonly number[];
}

function memoryOf(array: DirectArray): Memory {
  const memory = isTypedArray(array) ? { data: array, shape: [array.length] } : array;
  if (typeof memory !== "object" || memory === null || !isTypedArray(memory.data)) {
    throw plainError("TypeError", "Array must be C-contiguous and writable");
  }
  if (!fillsShape(memory.data, memory.shape)) {
    throw plainError("ValueError", `${memory.data.length} elements are not ${product(memory.shape)}`);
  }
  return memory;
}

function wholeShape(handle: OpenObject<DatasetObject>, problem: string): readonly number[] {
  const shape = shapeOf(handle.location().object.dataspace);
  if (shape === null) throw plainError("TypeError", `Empty datasets ${problem}`);
  return shape;
}

/** Reads, converting to the array's elements, without an array in between. @throws as `Dataset.readDirect`. */
export function readDirect(
  handle: OpenObject<DatasetObject>,
  array: DirectArray,
  { source, destination }: DirectSelections,
): void {
  const shape = wholeShape(handle, "have no numpy representation");
  const memory = memoryOf(array);
  const from = targetOf(shape, source, handle);
  const to = new Selection(memory.shape, targetOf(memory.shape, destination));
  for (const part of to.parts(from.shape)) readBetween(handle, from.selection, memory.data, part);
}

/** Writes, converting from the array's elements, without an array in between. @throws as `Dataset.writeDirect`. */
export function writeDirect(id: DatasetID, array: DirectArray, { source, destination }: DirectSelections): void {
  const shape = wholeShape(id, "cannot be written to");
  const memory = memoryOf(array);
  const from = new Selection(memory.shape, targetOf(memory.shape, source));
  const to = new Selection(shape, targetOf(shape, destination, id));
  for (const space of to.broadcast(from.arrayShape)) id.write(from.id, space, memory.data);
}
