/** Datasets. C: `H5D`. */
import { product } from "../base/bits.ts";
import { DEFAULT_CHUNK_CACHE } from "../engine/chunks/chunk-cache-settings.ts";
import { isCopied } from "../engine/conversion/convert.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { variableLengthBytes } from "../engine/variable-length-size.ts";
import type { Datatype } from "../format/datatype.ts";
import { guarded, plainError, record, wrapError } from "./api-error.ts";
import { type Size, toSizes } from "./arguments.ts";
import { beginAccess } from "./dataset-access.ts";
import { DatasetChunksID } from "./dataset-chunks-id.ts";
import { creationListOf } from "./dataset-plist.ts";
import { CANNOT_READ, committedTypeOf, readPacked, refreshDataset, shapeOf } from "./dataset-reading.ts";
import type { Place } from "./location-id.ts";
import { memoryBuffer } from "./memory-type.ts";
import { ID_TYPE } from "./object-id.ts";
import type { ObjectKind } from "./open-object.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID } from "./prop-dapl.ts";
import type { PropDCID } from "./prop-dcpl.ts";
import type { PropDXID } from "./prop-dxpl.ts";
import { SpaceID } from "./space-id.ts";
import { fileSelection, readInto, type SpaceArgument, writeFrom, writePacked } from "./transfer.ts";
import { transferSettings } from "./transfer-settings.ts";
import type { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** How much of a dataset has its space in the file. C: `H5D_space_status_t`. */
export const SPACE_STATUS_NOT_ALLOCATED = 0;
export const SPACE_STATUS_PART_ALLOCATED = 1;
export const SPACE_STATUS_ALLOCATED = 2;

const CANNOT_SET_EXTENT = record("H5Dset_extent", "DATASET", "CANTSET", "unable to set dataset extent");
const CANNOT_WRITE = record("H5Dwrite", "DATASET", "WRITEERROR", "can't write data");

/** An open dataset. h5py: `DatasetID`. */
export class DatasetID extends DatasetChunksID {
  private readonly access: PropDAID | undefined;

  /** @param dapl - Settings to access it with; a chunk cache counts for a dataset that nobody has open. */
  constructor(place: Place<DatasetObject>, dapl: PropDAID | null = null) {
    const { object } = place;
    // A virtual one keeps its sources open.
    const isPlain = dapl === null && !object.isVirtual;
    const isFirst =
      !isPlain &&
      !object.file.isOpenAt(object.address) &&
      (dapl === null || !place.file.shared.hasLightAt(object.address));
    super(ID_TYPE.DATASET, place);
    this.access = dapl?.copy();
    if (!isPlain) beginAccess(this, isFirst, dapl?.values());
  }

  override get objectKind(): ObjectKind {
    return "dataset";
  }

  /** Elements a dimension; null of a null dataspace. */
  get shape(): number[] | null {
    return shapeOf(this.dataset.dataspace);
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
   * @param array - Filled in place, not kept. Bytes for a dataset that is not of numbers get the file's own elements.
   * @param mtype - The datatype of `array`'s elements; default: that of the typed array.
   * @param dxpl - How elements are transferred; see `h5p.PropDXID`.
   * @throws OSError "Can't read data (…)", also when `array` is too short; TypeError for what is no typed array. C:
   *   `H5Dread`.
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
      readInto(dataset, mspace, fspace, memoryBuffer(array, dataset.datatype, mtype?.datatype()), settings);
    });
  }

  /**
   * Writes selected elements from `array`; parameters as for {@link read}.
   *
   * @throws OSError "Can't write data (…)", `"read-only"` when the file is open for reading only. C: `H5Dwrite`.
   */
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
      writeFrom(dataset, mspace, fspace, memoryBuffer(array, dataset.datatype, mtype?.datatype()), settings);
    });
  }

  /** An error of a write that goes on after its call, as {@link write} would throw it. @internal */
  writeError(error: unknown): unknown {
    return wrapError(CANNOT_WRITE, error);
  }

  /** @throws OSError "Can't write data (no write intent on file)" for a file open for reading. */
  requireWriteIntent(): void {
    const { dataset } = this;
    if (!dataset.file.writable) guarded(CANNOT_WRITE, () => dataset.requireWritable());
  }

  /** As {@link read}, without identifiers: packed elements of `datatype`, `selection` over the current extent. */
  readPacked(selection: Selection, bytes: Uint8Array, datatype: Datatype): void {
    readPacked(this, selection, { bytes, datatype });
  }

  /** As {@link write}, without identifiers: packed elements of `datatype`, `selection` over the current extent. */
  writePacked(selection: Selection, bytes: Uint8Array, datatype: Datatype): void {
    const dataset = this.shared();
    try {
      dataset.requireWritable();
      if (selection.kind === "all" && isCopied(datatype, dataset.datatype) && dataset.writeWhole(bytes)) return;
      writePacked(dataset, selection, { bytes, datatype });
    } catch (error) {
      throw wrapError(CANNOT_WRITE, error);
    }
  }

  /**
   * Writes all elements of a dataset that was just made of `datatype`, and of so many bytes.
   *
   * @returns False where {@link writePacked} has to do it.
   */
  writeFirst(bytes: Uint8Array, datatype: Datatype): boolean {
    try {
      return isCopied(datatype, datatype) && this.dataset.writeFirst(bytes);
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

  /**
   * Grows or shrinks a chunked dataset to `shape`, in elements.
   *
   * @throws TypeError for another number of dimensions; RuntimeError "Unable to set dataset extent (…)" for a dataset
   *   of another layout, or beyond its greatest dims. C: `H5Dset_extent`.
   */
  setExtent(shape: readonly Size[]): void {
    const dims = this.checkRank(shape);
    const { dataset } = this;
    try {
      dataset.setExtent(dims);
    } catch (error) {
      throw wrapError(CANNOT_SET_EXTENT, error);
    }
  }

  /**
   * Grows a chunked dataset to at least `shape`, in elements; what is larger stays.
   *
   * @throws RuntimeError "Unable to extend dataset (…)". C: `H5Dextend`.
   */
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

  /** The datatype in the file, which cannot be changed; a `copy` of it can. C: `H5Dget_type`. */
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

  /**
   * Where contiguous data begins, in bytes from the start of the file; null for another layout, or as long as there is
   * no space for it. C: `H5Dget_offset`.
   */
  getOffset(): number | null {
    this.dataset.file.tellDataPlaces();
    return this.dataset.offset() ?? null;
  }

  /**
   * Bytes of the data in the file, behind the filters; 0 as long as there is no space for it. C: `H5Dget_storage_size`.
   */
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

  /** Writes what the chunk cache holds of this dataset, but no metadata. Not in the C library. */
  flushChunks(): void {
    const { dataset } = this;
    if (dataset.layout.kind !== "chunked") return;
    guarded(record("H5Dflush", "DATASET", "CANTFLUSH", "unable to flush dataset"), () => dataset.chunkStore().flush());
  }

  /** Has the dataset read again from the file, which another process may have changed. C: `H5Drefresh`. */
  refresh(): void {
    refreshDataset(this);
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
}

/** HDF5 1.10 compares bytes: where chunks reach over the edge, or are filtered, "part" may stand for all of them. */
function chunkedStatus(dataset: DatasetObject): number {
  const stored = dataset.storageSize();
  if (stored === 0) return SPACE_STATUS_NOT_ALLOCATED;
  return stored === product(dataset.dims) * dataset.elementSize ? SPACE_STATUS_ALLOCATED : SPACE_STATUS_PART_ALLOCATED;
}

/** The datatype of a dataset or attribute: the committed one in its place, or a copy; neither can be changed. */
export function typeOf(
  file: Place["file"],
  holder: { readonly datatype: DatasetObject["datatype"]; readonly committedTypeAddress: number | undefined },
): TypeID {
  const object = committedTypeOf(file.engine, holder);
  if (object === undefined) return typeIdOf(holder.datatype).sealed();
  return typeIdOf(object.datatype, { file, object, path: null });
}
