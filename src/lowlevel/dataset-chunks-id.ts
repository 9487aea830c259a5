/** The part of a dataset's handle that is about its chunks. C: `H5Dget_chunk_info`, `H5Dread_chunk`, … */
import { HDF5Error } from "../base/errors.ts";
import type { ChunkCacheStatistics } from "../engine/chunks/chunk-cache-settings.ts";
import type { ChunkInfo } from "../engine/chunks/chunk-list.ts";
import type { ChunkStore } from "../engine/chunks/chunk-store.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { ChunkIndexing } from "../format/chunk-layout.ts";
import { argumentError, guarded, libraryError, plainError, record } from "./api-error.ts";
import { type Size, toSize, toSizes, toUnsigned } from "./arguments.ts";
import { cacheStatistics } from "./dataset-reading.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { LocationID } from "./location-id.ts";
import { bytesOf } from "./memory-type.ts";
import { closedRecord } from "./object-id.ts";

/** What finds the chunks of a dataset. C: `H5D_chunk_index_t`. */
export const CHUNK_IDX_BTREE = 0;
export const CHUNK_IDX_SINGLE = 1;
export const CHUNK_IDX_NONE = 2;
export const CHUNK_IDX_FARRAY = 3;
export const CHUNK_IDX_EARRAY = 4;
export const CHUNK_IDX_BT2 = 5;

const CHUNK_INDEX_TYPES: Readonly<Record<ChunkIndexing["type"], number>> = {
  "b-tree-v1": CHUNK_IDX_BTREE,
  "single-chunk": CHUNK_IDX_SINGLE,
  implicit: CHUNK_IDX_NONE,
  "fixed-array": CHUNK_IDX_FARRAY,
  "extensible-array": CHUNK_IDX_EARRAY,
  "b-tree-v2": CHUNK_IDX_BT2,
};

/** One stored chunk. h5py: `StoreInfo`. */
export interface StoreInfo {
  /** The chunk's first element; null when it is not stored. */
  readonly chunkOffset: readonly number[] | null;
  /** Bit i set: filter i of the pipeline was left out. */
  readonly filterMask: number;
  /** Absolute position in the file; null when it is not stored. */
  readonly byteOffset: number | null;
  /** Bytes in the file, behind the filters. */
  readonly size: number;
}

const NOT_STORED: StoreInfo = { chunkOffset: null, filterMask: 0, byteOffset: null, size: 0 };

/**
 * The part of {@link DatasetID} that is about chunks. All but `rank` and `chunkCacheStatistics` throw ValueError "Not a
 * chunked dataset (…)" for a dataset of another layout.
 */
export abstract class DatasetChunksID extends LocationID<DatasetObject> {
  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "invalid dataset identifier")];
  }

  protected get dataset(): DatasetObject {
    return this.location().object;
  }

  /** Dimensions. */
  get rank(): number {
    return this.dataset.dims.length;
  }
  /**
   * What the chunk cache has done since the dataset was opened, by all its handles, and holds now; null where there are no
   * chunks. The C library counts too, but tells nobody.
   */
  chunkCacheStatistics(): ChunkCacheStatistics | null {
    return cacheStatistics(this);
  }

  private chunks(where: string): ChunkStore {
    const dataset = this.shared();
    if (dataset.layout.kind !== "chunked") throw argumentError(where, "DATASET", "BADVALUE", "not a chunked dataset");
    return dataset.chunkStore();
  }

  private storeInfo(info: ChunkInfo | undefined): StoreInfo {
    if (info === undefined) return NOT_STORED;
    this.dataset.file.tellDataPlaces();
    const byteOffset = info.address + this.dataset.file.superblock.baseAddress;
    return { chunkOffset: info.offset.slice(), filterMask: info.filterMask, byteOffset, size: info.byteLength };
  }

  /** Number of stored chunks. C: `H5Dget_num_chunks`. */
  getNumChunks(): number {
    const chunks = this.chunks("H5Dget_num_chunks");
    return guarded(cannotGetChunk("H5Dget_num_chunks", "can't get number of chunks"), () => chunks.chunkCount());
  }

  /**
   * The stored chunk at a position in the order of the index; of one behind the last, `chunkOffset` and `byteOffset`
   * are null. C: `H5Dget_chunk_info`.
   */
  getChunkInfo(index: Size): StoreInfo {
    const position = toSize(index);
    const chunks = this.chunks("H5Dget_chunk_info");
    return guarded(cannotGetChunk("H5Dget_chunk_info", "can't get chunk info"), () =>
      this.storeInfo(chunks.chunkInfoOf(position)),
    );
  }

  /**
   * The chunk that holds an element; of one that is not stored, `chunkOffset` and `byteOffset` are null.
   *
   * @param chunkOffset - An index a dimension. @throws ValueError for another number. C: `H5Dget_chunk_info_by_coord`.
   */
  getChunkInfoByCoord(chunkOffset: readonly Size[]): StoreInfo {
    const coordinates = toSizes(chunkOffset, "chunk_offset");
    if (coordinates.length !== this.rank) throw plainError("ValueError", "Tuple length incompatible with array");
    const chunks = this.chunks("H5Dget_chunk_info_by_coord");
    return guarded(cannotGetChunk("H5Dget_chunk_info_by_coord", "can't get chunk info"), () =>
      this.storeInfo(chunks.chunkInfoAt(this.scaled(coordinates))),
    );
  }

  /** Calls `func` for every stored chunk until it returns something, which is the result; else null. C: `H5Dchunk_iter`. */
  chunkIter<T>(func: (info: StoreInfo) => T): NonNullable<T> | null {
    for (const info of this.storedChunks()) {
      const result = func(info);
      if (result !== undefined && result !== null) return result;
    }
    return null;
  }

  /** The stored chunks, in the order of the index, as they were when the first was asked for. C: `H5Dchunk_iter`. */
  *storedChunks(): Generator<StoreInfo> {
    const chunks = this.chunks("H5Dchunk_iter");
    const all = guarded(cannotGetChunk("H5Dchunk_iter", "can't iterate over chunks"), () => chunks.chunkInfo());
    for (const info of all) yield this.storeInfo(info);
  }

  /** What finds the chunks, one of `h5d.CHUNK_IDX_…`. @throws ValueError for a dataset without. C: `H5Dget_chunk_index_type`. */
  getChunkIndexType(): number {
    const { layout } = this.dataset;
    if (layout.kind === "chunked") return CHUNK_INDEX_TYPES[layout.indexing.type];
    throw argumentError("H5Dget_chunk_index_type", "ARGS", "BADVALUE", "dataset is not chunked");
  }

  /**
   * Bytes in the file, behind the filters, of the chunk that holds an element; 0 when there are no chunks at all.
   *
   * @throws RuntimeError for one of those that are not stored. C: `H5Dget_chunk_storage_size`.
   */
  getChunkStorageSize(offset: readonly Size[]): number {
    const coordinates = toSizes(offset, "offset");
    if (coordinates.length !== this.rank) throw plainError("ValueError", "Tuple length incompatible with array");
    const where = "H5Dget_chunk_storage_size";
    const chunks = this.chunks(where);
    return guarded(cannotGetChunk(where, "can't get storage size of chunk"), () => {
      if (!chunks.exists) return 0;
      const info = chunks.chunkInfoAt(this.scaled(coordinates));
      if (info === undefined) throw new HDF5Error("state", "chunk storage is not allocated");
      return info.byteLength;
    });
  }
  private scaled(coordinates: readonly number[]): number[] {
    const { layout } = this.dataset;
    if (layout.kind !== "chunked") return [...coordinates];
    return coordinates.map((value, i) => Math.floor(value / (layout.chunkDims[i] as number)));
  }

  /** As many as the dataset has dimensions. */
  private rankedOffsets(offsets: readonly Size[]): number[] {
    const coordinates = toSizes(offsets, "offsets");
    const { dims } = this.dataset;
    if (coordinates.length === dims.length) return coordinates;
    throw plainError("TypeError", `offset length (${coordinates.length}) must match dataset rank (${dims.length})`);
  }

  /** The chunk that starts at `offsets`. */
  private chunkAt(where: string, offsets: readonly Size[]): number[] {
    const coordinates = this.rankedOffsets(offsets);
    const { dataset } = this;
    const refuse = (text: string) =>
      libraryError(
        [
          record(where, "DATASET", "CANTGET", "failure to copy offset array"),
          record("H5D__get_offset_copy", "DATASET", "BADVALUE", text),
        ],
        {},
      );
    if (coordinates.some((value, i) => value >= (dataset.dims[i] as number))) {
      throw refuse("offset exceeds dimensions of dataset");
    }
    const { layout } = dataset;
    if (layout.kind === "chunked" && coordinates.some((value, i) => value % (layout.chunkDims[i] as number) !== 0)) {
      throw refuse("offset doesn't fall on chunks's boundary");
    }
    return this.scaled(coordinates);
  }

  /**
   * A chunk as it is in the file: `[filterMask, bytes]`. In the mask, bit i is set when filter i was left out.
   *
   * @param offsets - The chunk's first element.
   * @throws ValueError for a chunk that is not stored. C: `H5Dread_chunk`.
   */
  readDirectChunk(offsets: readonly Size[]): [number, Uint8Array] {
    const where = "H5Dread_chunk";
    const coordinates = this.rankedOffsets(offsets);
    const chunks = this.chunks(where);
    // h5py asks for the size first, and for a buffer of that size.
    const byteLength = this.getChunkStorageSize(coordinates);
    const stored =
      byteLength === 0
        ? undefined
        : guarded(record(where, "DATASET", "READERROR", "can't read unprocessed chunk data"), () =>
            chunks.readStored(this.chunkAt(where, coordinates)),
          );
    if (stored === undefined) throw argumentError(where, "ARGS", "BADVALUE", "buf cannot be NULL");
    return [stored.filterMask, stored.bytes];
  }

  /**
   * Writes a chunk as it is to be in the file, behind the filters.
   *
   * @param offsets - The chunk's first element.
   * @param filterMask - A bit set for each filter left out. Default 0: none.
   * @throws RuntimeError for offsets that are no chunk's or outside of the dataset, and `"read-only"`. C:
   *   `H5Dwrite_chunk`.
   */
  writeDirectChunk(offsets: readonly Size[], data: ArrayBufferView, filterMask: Size = 0): void {
    const where = "H5Dwrite_chunk";
    // h5py looks at the number of offsets first, the C library at the layout, and then at the offsets.
    const coordinates = this.rankedOffsets(offsets);
    const chunks = this.chunks(where);
    const scaled = this.chunkAt(where, coordinates);
    const mask = toUnsigned(filterMask);
    guarded(record(where, "DATASET", "WRITEERROR", "can't write unprocessed chunk data"), () => {
      const { dataset } = this;
      dataset.file.requireWritable();
      dataset.settleElements();
      dataset.file.holdsBack(dataset);
      chunks.writeStored(scaled, bytesOf(data), mask);
    });
  }
}

function cannotGetChunk(where: string, text: string): ErrorRecord {
  return record(where, "DATASET", "CANTGET", text);
}
