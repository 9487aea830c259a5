/** Datasets. C: `H5D`. */
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import {
  type ChunkCacheSettings,
  type ChunkCacheStatistics,
  DEFAULT_CHUNK_CACHE,
} from "../engine/chunks/chunk-cache.ts";
import type { ChunkInfo, ChunkStore } from "../engine/chunks/chunk-store.ts";
import { findCustomConversion } from "../engine/conversion/custom-conversions.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { DatatypeObject } from "../engine/datatype-object.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { variableLengthBytes } from "../engine/variable-length-size.ts";
import type { ChunkIndexing } from "../format/chunk-layout.ts";
import type { Datatype } from "../format/datatype.ts";
import { argumentError, guarded, libraryError, plainError, record, wrapError } from "./api-error.ts";
import { type Size, toSize, toSizes, toUnsigned } from "./arguments.ts";
import { creationListOf } from "./dataset-plist.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { LocationID, type Place } from "./location-id.ts";
import { bytesOf } from "./memory-type.ts";
import { closedRecord, ID_TYPE } from "./object-id.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID, VDS_FIRST_MISSING } from "./prop-dapl.ts";
import type { PropDCID } from "./prop-dcpl.ts";
import type { PropDXID } from "./prop-dxpl.ts";
import { SpaceID } from "./space-id.ts";
import {
  fileSelection,
  memoryBuffer,
  readInto,
  readPacked,
  type SpaceArgument,
  writeFrom,
  writePacked,
} from "./transfer.ts";
import { transferSettings } from "./transfer-settings.ts";
import type { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** C: `H5D_space_status_t`. */
export const SPACE_STATUS_NOT_ALLOCATED = 0;
export const SPACE_STATUS_PART_ALLOCATED = 1;
export const SPACE_STATUS_ALLOCATED = 2;

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

const CANNOT_READ = record("H5Dread", "DATASET", "READERROR", "can't read data");
const CANNOT_SET_EXTENT = record("H5Dset_extent", "DATASET", "CANTSET", "unable to set dataset extent");
const CANNOT_WRITE = record("H5Dwrite", "DATASET", "WRITEERROR", "can't write data");

export class DatasetID extends LocationID<DatasetObject> {
  private readonly access: PropDAID | undefined;

  /** @param dapl - Settings to access it with; a chunk cache counts for a dataset that nobody has open. */
  constructor(place: Place<DatasetObject>, dapl: PropDAID | null = null) {
    const { object } = place;
    const isFirst =
      !object.file.isOpenAt(object.address) && (dapl === null || !place.file.shared.hasLightAt(object.address));
    super(ID_TYPE.DATASET, place);
    this.access = dapl?.copy();
    // A virtual one keeps its sources open.
    if (dapl === null && !object.isVirtual) return;
    const shared = this.shared();
    if (isFirst) shared.chunkCacheSettings = cacheSettings(dapl, object.file.chunkCache);
    if (dapl !== null) applyAccess(dapl, shared);
  }

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

  /** Elements a dimension; null of a null dataspace. */
  get shape(): number[] | null {
    const { kind, dims } = this.dataset.dataspace;
    return kind === "null" ? null : dims.slice();
  }

  /** The datatype as numpy writes it, for example `<i4`. */
  get dtype(): string {
    return this.getType().dtype;
  }

  /**
   * Reads selected elements into `array`, in the order of the selection in memory.
   *
   * @param mspace - What is selected in memory; `h5s.ALL` or null for the same as in the file.
   * @param fspace - What is selected in the file; `h5s.ALL` or null for everything.
   * @param array - Filled in place. Bytes for a dataset that is not of numbers get the file's own elements.
   * @param mtype - The datatype of `array`'s elements; default: that of the typed array.
   * @param dxpl - How elements are transferred; see `h5p.PropDXID`.
   * @throws OSError "Can't read data (…)". C: `H5Dread`.
   */
  read(
    mspace: SpaceArgument,
    fspace: SpaceArgument,
    array: ArrayBufferView,
    mtype: TypeID | null = null,
    dxpl: PropDXID | null = null,
  ): void {
    const settings = transferSettings(dxpl);
    guarded(CANNOT_READ, () => {
      const dataset = this.shared();
      readInto(dataset, mspace, fspace, memoryBuffer(array, dataset.datatype, mtype), settings);
    });
  }

  /** Writes selected elements from `array`; parameters as for {@link read}. C: `H5Dwrite`. */
  write(
    mspace: SpaceArgument,
    fspace: SpaceArgument,
    array: ArrayBufferView,
    mtype: TypeID | null = null,
    dxpl: PropDXID | null = null,
  ): void {
    const settings = transferSettings(dxpl);
    guarded(CANNOT_WRITE, () => {
      const dataset = this.shared();
      dataset.requireWritable();
      writeFrom(dataset, mspace, fspace, memoryBuffer(array, dataset.datatype, mtype), settings);
    });
  }

  /** @throws OSError "Can't write data (no write intent on file)" for a file open for reading. */
  requireWriteIntent(): void {
    const { dataset } = this;
    if (!dataset.file.writable) guarded(CANNOT_WRITE, () => dataset.requireWritable());
  }

  /** As {@link read}, without identifiers: packed elements of `datatype`, `selection` over the current extent. */
  readPacked(selection: Selection, bytes: Uint8Array, datatype: Datatype): void {
    const dataset = this.shared();
    try {
      readPacked(dataset, selection, { bytes, datatype });
    } catch (error) {
      throw wrapError(CANNOT_READ, error);
    }
  }

  /** As {@link write}, without identifiers: packed elements of `datatype`, `selection` over the current extent. */
  writePacked(selection: Selection, bytes: Uint8Array, datatype: Datatype): void {
    const dataset = this.shared();
    try {
      dataset.requireWritable();
      const isAsStored = datatype === dataset.datatype && findCustomConversion(datatype, datatype) === undefined;
      if (selection.kind === "all" && isAsStored && dataset.writeWhole(bytes)) return;
      writePacked(dataset, selection, { bytes, datatype });
    } catch (error) {
      throw wrapError(CANNOT_WRITE, error);
    }
  }

  private checkRank(shape: readonly Size[]): number[] {
    const dims = toSizes(shape, "shape");
    if (dims.length !== this.rank) {
      throw plainError("TypeError", `New shape length (${dims.length}) must match dataset rank (${this.rank})`);
    }
    return dims;
  }

  /** Grows or shrinks a chunked dataset. C: `H5Dset_extent`. */
  setExtent(shape: readonly Size[]): void {
    const dims = this.checkRank(shape);
    const { dataset } = this;
    try {
      dataset.setExtent(dims);
    } catch (error) {
      throw wrapError(CANNOT_SET_EXTENT, error);
    }
  }

  /** Grows a chunked dataset to at least `shape`. C: `H5Dextend`. */
  extend(shape: readonly Size[]): void {
    const dims = this.checkRank(shape);
    guarded(record("H5Dextend", "DATASET", "CANTSET", "unable to extend dataset"), () => {
      const { dataset } = this;
      dataset.setExtent(dims.map((dim, i) => Math.max(dim, dataset.dims[i] as number)));
    });
  }

  /** The dataset's extent, everything selected. C: `H5Dget_space`. */
  getSpace(): SpaceID {
    return new SpaceID(this.dataset.dataspace);
  }

  /** One of `h5d.SPACE_STATUS_…`, by the rule of HDF5 1.10: chunks are all there when they take as many bytes as the elements. C: `H5Dget_space_status`. */
  getSpaceStatus(): number {
    return guarded(record("H5Dget_space_status", "DATASET", "CANTGET", "unable to get space status"), () => {
      const { dataset } = this;
      if (dataset.layout.kind === "chunked") return chunkedStatus(dataset);
      return dataset.isAllocated ? SPACE_STATUS_ALLOCATED : SPACE_STATUS_NOT_ALLOCATED;
    });
  }

  /** The datatype in the file. C: `H5Dget_type`. */
  getType(): TypeID {
    const { file, object } = this.location();
    return typeOf(file, object);
  }

  /** How the dataset was created. C: `H5Dget_create_plist`. */
  getCreatePlist(): PropDCID {
    return guarded(record("H5Dget_create_plist", "DATASET", "CANTGET", "can't get creation property list"), () =>
      creationListOf(this.dataset),
    );
  }

  /** How the dataset is accessed; the chunk cache is the one that it has, a default one where there are no chunks. C: `H5Dget_access_plist`. */
  getAccessPlist(): PropDAID {
    const dataset = this.shared();
    const { nslots, nbytes, w0 } = dataset.layout.kind === "chunked" ? dataset.chunkCacheSettings : DEFAULT_CHUNK_CACHE;
    const dapl = this.access?.copy() ?? new PropDAID(DATASET_ACCESS_DEFAULTS);
    // One without room has no slots, and one without slots no room.
    const isOff = nslots === 0 || nbytes === 0;
    dapl.setChunkCache(isOff ? 0 : nslots, isOff ? 0 : nbytes, w0);
    return dapl;
  }

  /** Absolute position of contiguous data in the file; null where there is none. C: `H5Dget_offset`. */
  getOffset(): number | null {
    return this.dataset.offset() ?? null;
  }

  /** Bytes of the data in the file. C: `H5Dget_storage_size`. */
  getStorageSize(): number {
    return guarded(record("H5Dget_storage_size", "DATASET", "CANTGET", "can't get storage size"), () =>
      this.dataset.storageSize(),
    );
  }

  /**
   * Writes what was changed of the dataset, with all else of its file unless others read that meanwhile (SWMR): they see what
   * was written before, and nothing of what comes after it. C: `H5Dflush`.
   */
  flush(): void {
    const { dataset } = this;
    guarded(record("H5Dflush", "DATASET", "CANTFLUSH", "unable to flush dataset"), () =>
      dataset.file.flushObject(dataset),
    );
  }

  /** Writes what the chunk cache holds of this dataset, but no metadata. */
  flushChunks(): void {
    const { dataset } = this;
    if (dataset.layout.kind !== "chunked") return;
    guarded(record("H5Dflush", "DATASET", "CANTFLUSH", "unable to flush dataset"), () => dataset.chunkStore().flush());
  }

  /** Has the dataset read again from the file, which another process may have changed. C: `H5Drefresh`. */
  refresh(): void {
    guarded(record("H5Drefresh", "DATASET", "CANTLOAD", "unable to refresh dataset"), () => this.dataset.refresh());
  }

  /**
   * Has chunks found by a version 1 B-tree, as HDF5 1.8 wants it; the chunks stay where they are. Of a contiguous or compact
   * dataset the layout is described as 1.8 does it. Nothing happens to a virtual one. C: `H5Dformat_convert`.
   */
  formatConvert(): void {
    guarded(record("H5Dformat_convert", "DATASET", "CANTSET", "unable to convert chunk indexing type"), () =>
      this.dataset.convertLayout(),
    );
  }

  /**
   * What the chunk cache has done since the dataset was opened, by all its handles, and holds now; null where there are no
   * chunks. The C library counts too, but tells nobody.
   */
  chunkCacheStatistics(): ChunkCacheStatistics | null {
    const dataset = this.shared();
    return dataset.layout.kind === "chunked" ? dataset.chunkStore().statistics() : null;
  }

  private chunks(where: string): ChunkStore {
    const dataset = this.shared();
    if (dataset.layout.kind !== "chunked") throw argumentError(where, "DATASET", "BADVALUE", "not a chunked dataset");
    return dataset.chunkStore();
  }

  private storeInfo(info: ChunkInfo | undefined): StoreInfo {
    if (info === undefined) return NOT_STORED;
    const byteOffset = info.address + this.dataset.file.superblock.baseAddress;
    return { chunkOffset: info.offset, filterMask: info.filterMask, byteOffset, size: info.byteLength };
  }

  /** Stored chunks. C: `H5Dget_num_chunks`. */
  getNumChunks(): number {
    const chunks = this.chunks("H5Dget_num_chunks");
    return guarded(cannotGetChunk("H5Dget_num_chunks", "can't get number of chunks"), () => chunks.chunkInfo().length);
  }

  /** The stored chunk at a position in the order of the index. C: `H5Dget_chunk_info`. */
  getChunkInfo(index: Size): StoreInfo {
    const position = toSize(index);
    const chunks = this.chunks("H5Dget_chunk_info");
    return guarded(cannotGetChunk("H5Dget_chunk_info", "can't get chunk info"), () =>
      this.storeInfo(chunks.chunkInfo()[position]),
    );
  }

  /** The stored chunk that holds an element. C: `H5Dget_chunk_info_by_coord`. */
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

  /**
   * Bytes of memory that the variable-length data of selected elements takes: in sequences the elements of `type`'s base, in
   * strings their bytes and a NUL. C: `H5Dvlen_get_buf_size`.
   */
  vlenGetBufSize(type: TypeID, space: SpaceArgument = null): number {
    return guarded(record("H5Dvlen_get_buf_size", "DATASET", "CANTGETSIZE", "unable to get vlen buffer size"), () => {
      const { dataset } = this;
      const bytes = dataset.readBytes(fileSelection(dataset, space));
      return variableLengthBytes(dataset.file, dataset.datatype, type.datatype(), bytes);
    });
  }

  private scaled(coordinates: readonly number[]): number[] {
    const { layout } = this.dataset;
    if (layout.kind !== "chunked") return [...coordinates];
    return coordinates.map((value, i) => Math.floor(value / (layout.chunkDims[i] as number)));
  }

  /** The chunk that starts at `offsets`. */
  private chunkAt(where: string, offsets: readonly Size[]): number[] {
    const coordinates = toSizes(offsets, "offsets");
    const { dataset } = this;
    if (coordinates.length !== dataset.dims.length) {
      throw plainError(
        "TypeError",
        `offset length (${coordinates.length}) must match dataset rank (${dataset.dims.length})`,
      );
    }
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

  /** A chunk as it is in the file: `[filterMask, bytes]`. C: `H5Dread_chunk`. */
  readDirectChunk(offsets: readonly Size[]): [number, Uint8Array] {
    const where = "H5Dread_chunk";
    const chunks = this.chunks(where);
    // h5py asks for the size first, and for a buffer of that size.
    const byteLength = this.getChunkStorageSize(offsets);
    const stored =
      byteLength === 0
        ? undefined
        : guarded(record(where, "DATASET", "READERROR", "can't read unprocessed chunk data"), () =>
            chunks.readStored(this.chunkAt(where, offsets)),
          );
    if (stored === undefined) throw argumentError(where, "ARGS", "BADVALUE", "buf cannot be NULL");
    return [stored.filterMask, stored.bytes];
  }

  /** Writes a chunk as it is to be in the file. `filterMask` has a bit set for each filter left out. C: `H5Dwrite_chunk`. */
  writeDirectChunk(offsets: readonly Size[], data: ArrayBufferView, filterMask: Size = 0): void {
    const where = "H5Dwrite_chunk";
    const chunks = this.chunks(where);
    const scaled = this.chunkAt(where, offsets);
    const mask = toUnsigned(filterMask);
    guarded(record(where, "DATASET", "WRITEERROR", "can't write unprocessed chunk data"), () => {
      const { dataset } = this;
      dataset.file.requireWritable();
      dataset.file.holdsBack(dataset);
      chunks.writeStored(scaled, bytesOf(data), mask);
    });
  }
}

function cannotGetChunk(where: string, text: string): ErrorRecord {
  return record(where, "DATASET", "CANTGET", text);
}

/** HDF5 1.10 compares bytes: where chunks reach over the edge, or are filtered, "part" may stand for all of them. */
function chunkedStatus(dataset: DatasetObject): number {
  const stored = dataset.storageSize();
  if (stored === 0) return SPACE_STATUS_NOT_ALLOCATED;
  return stored === product(dataset.dims) * dataset.elementSize ? SPACE_STATUS_ALLOCATED : SPACE_STATUS_PART_ALLOCATED;
}

/** The chunk cache that an access property list asks for; what it leaves open is the file's. */
function cacheSettings(dapl: PropDAID | null, ofFile: ChunkCacheSettings): ChunkCacheSettings {
  if (dapl === null) return ofFile;
  const { chunkCacheSlots, chunkCacheBytes, chunkCacheW0 } = dapl.values();
  return {
    nslots: chunkCacheSlots ?? ofFile.nslots,
    nbytes: chunkCacheBytes ?? ofFile.nbytes,
    w0: chunkCacheW0 ?? ofFile.w0,
  };
}

/** What an access property list sets of the dataset itself. */
function applyAccess(dapl: PropDAID, dataset: DatasetObject): void {
  const { virtualView, virtualPrintfGap, efilePrefix, virtualPrefix } = dapl.values();
  dataset.virtualView = {
    view: virtualView === VDS_FIRST_MISSING ? "first-missing" : "last-available",
    printfGap: virtualPrintfGap,
  };
  dataset.externalFolders = {
    ...(efilePrefix === "" ? {} : { rawData: efilePrefix }),
    ...(virtualPrefix === "" ? {} : { virtualSources: virtualPrefix }),
  };
}

/** The datatype of a dataset or attribute: the committed one in its place, or a copy. */
export function typeOf(
  file: Place["file"],
  holder: { readonly datatype: DatasetObject["datatype"]; readonly committedTypeAddress: number | undefined },
): TypeID {
  if (holder.committedTypeAddress === undefined) return typeIdOf(holder.datatype);
  const object = file.engine.object(holder.committedTypeAddress);
  if (!(object instanceof DatatypeObject)) return typeIdOf(holder.datatype);
  return typeIdOf(object.datatype, { file, object, path: null });
}
