/** Datasets, optimized: appending, and chunks as they are stored. C: `H5DO`. */
import { HDF5Error } from "../base/errors.ts";
import { guarded, record } from "./api-error.ts";
import { expectInstance, type Size, toSize, toUnsigned } from "./arguments.ts";
import { DatasetID } from "./dataset-id.ts";
import { ALL, createSimple } from "./h5s.ts";
import type { TypeID } from "./type-id.ts";

/**
 * Makes a dataset longer in one dimension and writes the new part.
 *
 * @param axis - The dimension that grows.
 * @param extension - Elements to grow by.
 * @param array - Elements of the new part in row-major order.
 * @param memType - Their type. Default: that of the array.
 * @throws RuntimeError when there is no such dimension or the dataset cannot grow so. C: `H5DOappend`.
 */
export function append(
  dset: DatasetID,
  axis: Size,
  extension: Size,
  array: ArrayBufferView,
  memType: TypeID | null = null,
): void {
  expectInstance(dset, DatasetID, "dset");
  const [dimension, growth] = [toUnsigned(axis), toSize(extension)];
  const dims = guarded(record("H5DOappend", "DATASET", "CANTINIT", "unable to append"), () => {
    const shape = dset.shape ?? [];
    if (dimension >= shape.length) throw new HDF5Error("argument", "invalid axis");
    return shape;
  });
  if (growth === 0) return;
  const start = dims.map((dim, d) => (d === dimension ? dim : 0));
  const count = dims.map((dim, d) => (d === dimension ? growth : dim));
  dset.setExtent(dims.map((dim, d) => (d === dimension ? dim + growth : dim)));
  const space = dset.getSpace();
  space.selectHyperslab(start, count);
  dset.write(count.includes(0) ? ALL : createSimple(count), space, array, memType);
}

/** Writes a chunk as it is to be stored; `filters` has a bit set for each filter left out. C: `H5DOwrite_chunk`, now `H5Dwrite_chunk`. */
export function writeChunk(dset: DatasetID, filters: Size, offset: readonly Size[], data: ArrayBufferView): void {
  expectInstance(dset, DatasetID, "dset");
  dset.writeDirectChunk(offset, data, filters);
}

/** `[filters, bytes]` of a chunk as it is stored. C: `H5DOread_chunk`, now `H5Dread_chunk`. */
export function readChunk(dset: DatasetID, offset: readonly Size[]): [number, Uint8Array] {
  expectInstance(dset, DatasetID, "dset");
  return dset.readDirectChunk(offset);
}
