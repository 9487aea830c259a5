/** Dataset creation property list. C: `H5P_DATASET_CREATE`. */
import { UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { externalByteLength } from "../engine/dataset-io/external-access.ts";
import { MAX_RANK } from "../format/dataspace.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import {
  expectInstance,
  type Name,
  type Size,
  toInt,
  toName,
  toSize,
  toSizeOrUnlimited,
  toSizes,
  toUnsigned,
} from "./arguments.ts";
import { type FillSetting, fillSettingFrom, readFillSetting } from "./fill-value.ts";
import type { NumericArray } from "./memory-type.ts";
import { DATASET_CREATE } from "./prop-classes.ts";
import { type PipelineCreation, PropPipelineID } from "./prop-dcpl-filters.ts";
import { OBJECT_CREATION_DEFAULTS } from "./prop-ocpl.ts";
import { badValue } from "./property-list.ts";
import { SpaceID } from "./space-id.ts";
import type { TypeID } from "./type-id.ts";
import { checkMapping } from "./virtual-mapping.ts";

/** Where raw data is. C: `H5D_layout_t`. */
export const COMPACT = 0;
export const CONTIGUOUS = 1;
export const CHUNKED = 2;
export const VIRTUAL = 3;

/** When space is allocated. C: `H5D_alloc_time_t`. */
export const ALLOC_TIME_DEFAULT = 0;
export const ALLOC_TIME_EARLY = 1;
export const ALLOC_TIME_LATE = 2;
export const ALLOC_TIME_INCR = 3;

/** When fill values are written. C: `H5D_fill_time_t`. */
export const FILL_TIME_ALLOC = 0;
export const FILL_TIME_NEVER = 1;
export const FILL_TIME_IFSET = 2;

/** Whether there is a fill value. C: `H5D_fill_value_t`. */
export const FILL_VALUE_UNDEFINED = 0;
export const FILL_VALUE_DEFAULT = 1;
export const FILL_VALUE_USER_DEFINED = 2;

/** Chunks that reach over the edge are stored without filters. C: `H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS`. */
export const CHUNK_DONT_FILTER_PARTIAL_CHUNKS = 2;

export interface ExternalFileEntry {
  readonly name: string;
  readonly offset: number;
  /** Bytes; `UNLIMITED` for the last one. */
  readonly byteLength: number;
}

export interface VirtualMapping {
  readonly virtualSpace: SpaceID;
  readonly fileName: string;
  readonly datasetName: string;
  readonly sourceSpace: SpaceID;
}

export interface DatasetCreation extends PipelineCreation {
  readonly layout: number;
  readonly chunkDims: readonly number[];
  readonly chunkOptions: number;
  /** Undefined while the layout decides. */
  readonly allocTime: number | undefined;
  /** What is set, or what the layout says, as it was set last. */
  readonly layoutAllocTime: number;
  readonly fillTime: number;
  /** "default" for zeros, "undefined" for none at all. */
  readonly fillValue: FillSetting | "default" | "undefined";
  readonly external: readonly ExternalFileEntry[];
  readonly mappings: readonly VirtualMapping[];
  readonly noAttributesHint: boolean;
}

export const DATASET_CREATION_DEFAULTS: DatasetCreation = {
  ...OBJECT_CREATION_DEFAULTS,
  filters: [],
  layout: CONTIGUOUS,
  chunkDims: [],
  chunkOptions: 0,
  allocTime: undefined,
  layoutAllocTime: ALLOC_TIME_LATE,
  fillTime: FILL_TIME_IFSET,
  fillValue: "default",
  external: [],
  mappings: [],
  noAttributesHint: false,
};

/** By layout. */
export const LAYOUT_ALLOC_TIMES: readonly number[] = [
  ALLOC_TIME_EARLY,
  ALLOC_TIME_LATE,
  ALLOC_TIME_INCR,
  ALLOC_TIME_INCR,
];

/** How a dataset is made. C: `H5P_DATASET_CREATE`. h5py: `PropDCID`. */
export class PropDCID extends PropPipelineID<DatasetCreation> {
  protected override readonly propClass = DATASET_CREATE;

  /** One of `h5d.COMPACT`, `CONTIGUOUS`, `CHUNKED`, `VIRTUAL`. @throws ValueError for another. C: `H5Pset_layout`. */
  setLayout(layout: Size): void {
    const code = toInt(layout);
    if (code < COMPACT || code > VIRTUAL) throw badValue("H5Pset_layout", "raw data layout method is not valid");
    this.changeLayout({ layout: code, chunkDims: [], chunkOptions: 0, mappings: [] });
  }

  /** `h5d.CONTIGUOUS` by default. C: `H5Pget_layout`. */
  getLayout(): number {
    return this.values().layout;
  }

  /**
   * Chunked layout with chunks of these dims, in elements. Chunks of 4 GiB and more need HDF5 2.0 to be read, and a
   * high bound that allows it. Chunk options are none then, whatever they were before.
   *
   * @throws ValueError for no dims, more than 32, or one that is 0. C: `H5Pset_chunk`.
   */
  setChunk(chunkDims: readonly Size[]): void {
    const dims = toSizes(chunkDims, "chunksize");
    const where = "H5Pset_chunk";
    if (dims.length === 0) throw argumentError(where, "ARGS", "BADRANGE", "chunk dimensionality must be positive");
    if (dims.length > MAX_RANK) throw argumentError(where, "ARGS", "BADRANGE", "chunk dimensionality is too large");
    if (dims.includes(0)) throw argumentError(where, "ARGS", "BADRANGE", "all chunk dimensions must be positive");
    if (!Number.isSafeInteger(product(dims))) {
      throw argumentError(where, "ARGS", "BADRANGE", "number of elements in chunk overflowed");
    }
    this.changeLayout({ layout: CHUNKED, chunkDims: dims, chunkOptions: 0, mappings: [] });
  }

  /** Until an allocation time is set, it is the layout's, which stands with the fill value. */
  private changeLayout(change: Pick<DatasetCreation, "layout" | "chunkDims" | "chunkOptions" | "mappings">): void {
    const layoutAllocTime = LAYOUT_ALLOC_TIMES[change.layout] as number;
    if (this.values().allocTime === undefined) this.change({ ...change, layoutAllocTime }, ["layout", "fill_value"]);
    else this.change(change, ["layout"]);
  }

  /** Chunk dims in elements. @throws ValueError unless the layout is chunked. C: `H5Pget_chunk`. */
  getChunk(): number[] {
    const { layout, chunkDims } = this.values();
    if (layout !== CHUNKED) throw badValue("H5Pget_chunk", "not a chunked storage layout");
    return [...chunkDims];
  }

  /**
   * Chunks that reach over the edge of the dataset are stored without filters with `h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS`.
   * The file then needs HDF5 1.10 to be read.
   *
   * @throws ValueError unless the layout is chunked. C: `H5Pset_chunk_opts`.
   */
  setChunkOpts(options: Size): void {
    const chunkOptions = toUnsigned(options);
    if ((chunkOptions & ~CHUNK_DONT_FILTER_PARTIAL_CHUNKS) !== 0) {
      throw argumentError("H5Pset_chunk_opts", "ARGS", "BADRANGE", "unknown chunk options");
    }
    if (this.values().layout !== CHUNKED) throw badValue("H5Pset_chunk_opts", "not a chunked storage layout");
    this.change({ chunkOptions });
  }

  /**
   * 0, or `h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS`.
   *
   * @throws ValueError unless the layout is chunked. C: `H5Pget_chunk_opts`.
   */
  getChunkOpts(): number {
    const { layout, chunkOptions } = this.values();
    if (layout !== CHUNKED) throw badValue("H5Pget_chunk_opts", "not a chunked storage layout");
    return chunkOptions;
  }

  /**
   * When space is allocated, one of `h5d.ALLOC_TIME_…`; `ALLOC_TIME_DEFAULT` leaves it to the layout.
   *
   * @throws ValueError for another. C: `H5Pset_alloc_time`.
   */
  setAllocTime(allocTime: Size): void {
    const code = toInt(allocTime);
    if (code < ALLOC_TIME_DEFAULT || code > ALLOC_TIME_INCR) {
      throw badValue("H5Pset_alloc_time", "invalid allocation time setting");
    }
    const explicit = code === ALLOC_TIME_DEFAULT ? undefined : code;
    const layoutAllocTime = explicit ?? (LAYOUT_ALLOC_TIMES[this.values().layout] as number);
    this.change({ allocTime: explicit, layoutAllocTime }, ["alloc_time_state", "fill_value"]);
  }

  /** What is set, or else what the layout has by default. C: `H5Pget_alloc_time`. */
  getAllocTime(): number {
    const { allocTime, layoutAllocTime } = this.values();
    return allocTime ?? layoutAllocTime;
  }

  /**
   * When the fill value is written, one of `h5d.FILL_TIME_…`.
   *
   * @throws ValueError for another. C: `H5Pset_fill_time`.
   */
  setFillTime(fillTime: Size): void {
    const code = toInt(fillTime);
    if (code < FILL_TIME_ALLOC || code > FILL_TIME_IFSET) {
      throw badValue("H5Pset_fill_time", "invalid fill time setting");
    }
    this.change({ fillTime: code });
  }

  /** `h5d.FILL_TIME_IFSET` by default. C: `H5Pget_fill_time`. */
  getFillTime(): number {
    return this.values().fillTime;
  }

  /**
   * The value of elements never written: a typed array of one element, or the bytes of one element of `type`; `null` for
   * none at all.
   *
   * C: `H5Pset_fill_value`.
   */
  setFillValue(value: NumericArray | null, type?: TypeID): void {
    this.change({ fillValue: value === null ? "undefined" : fillSettingFrom(value, type) });
  }

  /**
   * Puts the fill value, converted, into an array of one element, or into the bytes of one of `type`; zeros where none
   * is set.
   *
   * @throws ValueError where it is undefined. C: `H5Pget_fill_value`.
   */
  getFillValue(out: NumericArray, type?: TypeID): void {
    const { fillValue } = this.values();
    if (fillValue === "undefined") {
      throw argumentError("H5Pget_fill_value", "PLIST", "BADVALUE", "fill value is undefined");
    }
    guarded(record("H5Pget_fill_value", "PLIST", "CANTGET", "can't get fill value"), () =>
      readFillSetting(fillValue, out, type),
    );
  }

  /** One of `h5d.FILL_VALUE_…`. C: `H5Pfill_value_defined`. */
  fillValueDefined(): number {
    const { fillValue } = this.values();
    if (fillValue === "undefined") return FILL_VALUE_UNDEFINED;
    return fillValue === "default" ? FILL_VALUE_DEFAULT : FILL_VALUE_USER_DEFINED;
  }

  /** Adds a file outside that holds raw data, from `offset`, `byteLength` bytes or `h5f.UNLIMITED`. C: `H5Pset_external`. */
  setExternal(name: Name, offset: Size, byteLength: Size): void {
    const where = "H5Pset_external";
    const fileName = toName(name);
    if (fileName === "") throw badValue(where, "no name given");
    const start = Number(offset);
    if (start < 0) throw badValue(where, "negative external file offset");
    const { external } = this.values();
    if (external[external.length - 1]?.byteLength === UNLIMITED)
      throw badValue(where, "previous file size is unlimited");
    const entry = { name: fileName, offset: toSize(offset), byteLength: toSizeOrUnlimited(byteLength) };
    if (entry.byteLength !== UNLIMITED && !Number.isSafeInteger(entry.byteLength + externalByteLength(external))) {
      throw argumentError(where, "EFL", "OVERFLOW", "total external data size overflowed");
    }
    this.change({ external: [...external, entry] });
  }

  /** Number of files outside that hold raw data; 0 by default. C: `H5Pget_external_count`. */
  getExternalCount(): number {
    return this.values().external.length;
  }

  /**
   * `[name, offset, byteLength]` of one of them, counted from 0.
   *
   * @throws ValueError behind the last. C: `H5Pget_external`.
   */
  getExternal(index: Size = 0): [string, number, number] {
    const entry = this.values().external[toInt(index)];
    if (entry === undefined) {
      throw argumentError("H5Pget_external", "ARGS", "BADRANGE", "external file index is out of range");
    }
    return [entry.name, entry.offset, entry.byteLength];
  }

  /**
   * Adds a mapping and makes the layout virtual: the elements selected of the virtual dataset are those selected of a source.
   *
   * @param virtualSpace - Any selection but points; an unlimited hyperslab grows with its source.
   * @param fileName - `.` for the file that the virtual dataset is in. With `%b` here or in the dataset's name, the blocks of
   *   an unlimited hyperslab come from sources numbered from 0; `%%` is a percent sign.
   * @param sourceSpace - Selects as many elements; unlimited if the other one is, unless sources are numbered.
   * @throws ValueError "Invalid mapping selections (…)" or "Invalid mapping entry (…)". C: `H5Pset_virtual`.
   */
  setVirtual(virtualSpace: SpaceID, fileName: Name, datasetName: Name, sourceSpace: SpaceID): void {
    expectInstance(virtualSpace, SpaceID, "vspace");
    expectInstance(sourceSpace, SpaceID, "src_space");
    const [file, dataset] = [toName(fileName), toName(datasetName)];
    checkMapping(virtualSpace, file, dataset, sourceSpace);
    const mapping = {
      virtualSpace: virtualSpace.copy(),
      fileName: file,
      datasetName: dataset,
      sourceSpace: sourceSpace.copy(),
    };
    this.change({ layout: VIRTUAL, chunkDims: [], chunkOptions: 0, mappings: [...this.values().mappings, mapping] });
  }

  /**
   * Whether the object header is made as small as it can be, because attributes are not expected; they need another
   * block then. C: `H5Pset_dset_no_attrs_hint`.
   */
  setDsetNoAttrsHint(minimize: boolean): void {
    this.change({ noAttributesHint: Boolean(minimize) });
  }

  /** False by default. C: `H5Pget_dset_no_attrs_hint`. */
  getDsetNoAttrsHint(): boolean {
    return this.values().noAttributesHint;
  }

  private mapping(where: string, index: Size): VirtualMapping {
    const { layout, mappings } = this.values();
    if (layout !== VIRTUAL) throw badValue(where, "not a virtual storage layout");
    const mapping = mappings[toInt(index)];
    if (mapping === undefined) throw argumentError(where, "ARGS", "BADRANGE", "invalid index (out of range)");
    return mapping;
  }

  /** Number of mappings of a virtual layout. @throws ValueError for another layout. C: `H5Pget_virtual_count`. */
  getVirtualCount(): number {
    const { layout, mappings } = this.values();
    if (layout !== VIRTUAL) throw badValue("H5Pget_virtual_count", "not a virtual storage layout");
    return mappings.length;
  }

  /**
   * Path of the source dataset of a mapping, counted from 0.
   *
   * @throws ValueError for another layout, or behind the last. C: `H5Pget_virtual_dsetname`.
   */
  getVirtualDsetname(index: Size = 0): string {
    return this.mapping("H5Pget_virtual_dsetname", index).datasetName;
  }

  /**
   * Name of the source file of a mapping; `.` for the same file.
   *
   * @throws as {@link getVirtualDsetname}. C: `H5Pget_virtual_filename`.
   */
  getVirtualFilename(index: Size = 0): string {
    return this.mapping("H5Pget_virtual_filename", index).fileName;
  }

  /**
   * What a mapping selects of the virtual dataset.
   *
   * @throws as {@link getVirtualDsetname}. C: `H5Pget_virtual_vspace`.
   */
  getVirtualVspace(index: Size = 0): SpaceID {
    return this.mapping("H5Pget_virtual_vspace", index).virtualSpace.copy();
  }

  /** What a mapping selects of its source. @throws as {@link getVirtualDsetname}. C: `H5Pget_virtual_srcspace`. */
  getVirtualSrcspace(index: Size = 0): SpaceID {
    return this.mapping("H5Pget_virtual_srcspace", index).sourceSpace.copy();
  }
}
