/**
 * Elements written where they lie, in a file whose metadata stays as it is.
 *
 * Several processes can write to one file so: each writes bytes that are its own, at addresses that are in the file
 * already. Everything that would change metadata is refused: space for what was never allocated, filters, whose chunks
 * change their size, elements that own heap objects, elements within an object header.
 *
 * What libhdf5 does for datasets of parallel files with early allocation (H5D_ALLOC_TIME_EARLY) and independent transfers.
 */
import { type Address, isDefined } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { formatError, HDF5Error } from "../base/errors.ts";
import type { DataLayout } from "../format/data-layout.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import type { ByteSource } from "../io/source.ts";
import type { FillRule } from "./dataset-io/fill.ts";
import type { RawStorage } from "./dataset-io/linear-bytes.ts";
import type { MemorySide } from "./dataset-io/memory-side.ts";
import { rawDataAccess } from "./dataset-io/raw-data-access.ts";
import type { ChunkTransferStore, RawDataOwner } from "./dataset-io/raw-data-owner.ts";
import type { DatasetObject } from "./dataset-object.ts";
import { partsInGrid } from "./selection/grid-parts.ts";
import { requireWithinExtent, type Selection, selectedCount } from "./selection/selection.ts";

/** A file that is read as any other, and whose bytes can be written without its size or anything else of it changing. */
export interface InPlaceTarget extends ByteSource {
  /** Writes `bytes` at `offset`. @throws SourceError when they reach over the end of the file. */
  writeInPlace(offset: number, bytes: Uint8Array): void;
  /**
   * May refuse to have these elements written.
   *
   * @param objectHeaderAddress - Of the dataset.
   */
  admit?(objectHeaderAddress: Address, selection: Selection): void;
}

export function isInPlaceTarget(source: ByteSource): source is InPlaceTarget {
  return "writeInPlace" in source && typeof source.writeInPlace === "function";
}

/** Why elements of a dataset can never be written in place; undefined when they can, where they are allocated. */
export function inPlaceProblem(dataset: DatasetObject): string | undefined {
  const { layout, pipeline } = dataset;
  if (dataset.dataspace.kind === "null") return undefined;
  if (layout.kind === "virtual") return "its elements are those of other datasets";
  if (layout.kind === "compact") return "its elements are in the object header";
  if (dataset.externalParts().length > 0) return "its elements are in other files";
  if (pipeline !== undefined && pipeline.filters.length > 0) return "filters change the sizes of its chunks";
  if (hasVariableLength(dataset.datatype)) return "its elements own objects of the global heap";
  if (layout.kind === "contiguous" && !isDefined(layout.address) && product(dataset.dims) > 0) {
    return "it has no space as yet: it is to be made with early allocation";
  }
  return undefined;
}

function refusal(dataset: DatasetObject, problem: string): HDF5Error {
  const { address, file } = dataset;
  return new HDF5Error("read-only", `dataset at address ${address} cannot be written in place: ${problem}`, {
    address,
    path: file.name,
  });
}

/** @throws HDF5Error "read-only" with the reason when no element of the dataset can be written in place. */
export function requireInPlace(dataset: DatasetObject): void {
  const problem = inPlaceProblem(dataset);
  if (problem !== undefined) throw refusal(dataset, problem);
}

/**
 * Before anything is written: everything selected is in the file already.
 *
 * @throws HDF5Error "read-only" for a chunk that does not exist; FormatError for space that the file does not reach to.
 */
export function requireAllocated(dataset: DatasetObject, selection: Selection): void {
  if (selectedCount(selection) === 0) return;
  const { layout, storage } = dataset;
  if (layout.kind === "contiguous") {
    const needed = product(dataset.dims) * dataset.elementSize;
    if (storage.available(layout.address, needed) < needed) {
      const structure = "Data layout message";
      throw formatError(`the file ends within its ${needed} bytes`, { structure, address: layout.address });
    }
  }
  if (layout.kind !== "chunked") return;
  const store = dataset.chunkStore();
  const parts = partsInGrid(selection, layout.chunkDims);
  while (parts.next()) {
    if (store.directAddress(parts.scaled) !== undefined) continue;
    const first = parts.scaled.map((scaled, d) => scaled * (layout.chunkDims[d] as number));
    throw refusal(dataset, `the chunk at (${first.join(", ")}) does not exist: it is to be made with early allocation`);
  }
}

/** Writes selected elements, when it is certain that nothing but their bytes changes. */
export function writeInPlace(
  dataset: DatasetObject,
  target: InPlaceTarget,
  selection: Selection,
  memory: MemorySide,
): void {
  requireInPlace(dataset);
  requireWithinExtent(selection);
  if (dataset.dataspace.kind === "null" || selectedCount(selection) === 0) return;
  target.admit?.(dataset.address, selection);
  requireAllocated(dataset, selection);
  rawDataAccess(new InPlaceOwner(dataset, target)).write(selection, memory);
}

/** The dataset as transfers see it, with a storage that writes to known places alone. */
class InPlaceOwner implements RawDataOwner {
  readonly storage: RawStorage;
  private readonly dataset: DatasetObject;

  constructor(dataset: DatasetObject, target: InPlaceTarget) {
    this.dataset = dataset;
    this.storage = new InPlaceStorage(dataset, target);
  }

  get dims(): readonly number[] {
    return this.dataset.dims;
  }

  get elementSize(): number {
    return this.dataset.elementSize;
  }

  get fill(): FillRule {
    return this.dataset.fill;
  }

  get layout(): DataLayout {
    return this.dataset.layout;
  }

  replaceLayout(): never {
    throw refusal(this.dataset, "its layout would change");
  }

  chunkStore(): ChunkTransferStore {
    return this.dataset.chunkStore();
  }
}

class InPlaceStorage implements RawStorage {
  readonly answersLate = false;
  readonly hasOtherWriters = true;
  private readonly dataset: DatasetObject;
  private readonly target: InPlaceTarget;
  private readonly baseAddress: number;

  constructor(dataset: DatasetObject, target: InPlaceTarget) {
    this.dataset = dataset;
    this.target = target;
    this.baseAddress = dataset.file.superblock.baseAddress;
  }

  readRaw(address: Address, destination: Uint8Array): void {
    this.dataset.storage.readRaw(address, destination);
  }

  writeRaw(address: Address, bytes: Uint8Array): void {
    this.target.writeInPlace(this.baseAddress + address, bytes);
  }

  expectRaw(): void {}

  allocate(): never {
    throw refusal(this.dataset, "space would be allocated");
  }

  /** What was never allocated. */
  release(): void {}

  available(address: Address, wanted: number): number {
    return this.dataset.storage.available(address, wanted);
  }
}
