/** What a dataset is, without its elements. */
import { UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { ChunkCacheStatistics } from "../engine/chunks/chunk-cache-settings.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import { decodeElement } from "../engine/conversion/element-decoder.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { filterName } from "../filters/registry.ts";
import type { Datatype } from "../format/datatype.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { cacheStatistics, type SelectedSpace, shapeOf, virtualSourcesOf } from "../lowlevel/dataset-reading.ts";
import { elementContextOf } from "../lowlevel/element-context.ts";
import * as h5z from "../lowlevel/h5z.ts";
import type { OpenObject } from "../lowlevel/open-object.ts";
import { isScale } from "../lowlevel/scale-reading.ts";
import type { SpaceID } from "../lowlevel/space-id.ts";
import { HLObject } from "./hl-object.ts";

/** One mapping of a virtual dataset. h5py: `VDSmap`. */
export interface VirtualMap {
  /** What is selected of the virtual dataset. */
  readonly vspace: SpaceID;
  /** `.` for the file with the virtual dataset. */
  readonly fileName: string;
  /** Path of the source dataset in its file. */
  readonly dsetName: string;
  /** What is selected of the source. */
  readonly srcSpace: SpaceID;
}

const COMPRESSIONS: ReadonlyMap<number, string> = new Map([
  [h5z.FILTER_DEFLATE, "gzip"],
  [h5z.FILTER_SZIP, "szip"],
  [h5z.FILTER_LZF, "lzf"],
]);

/** How szip codes, nearest neighbour or entropy coding, and how many pixels it takes at a time (even, 2 to 32). */
export type SzipOptions = readonly ["nn" | "ec", number];

function szipOptions([mask = 0, pixels = 0]: readonly number[]): SzipOptions {
  if ((mask & h5z.SZIP_EC_OPTION_MASK) !== 0) return ["ec", pixels];
  if ((mask & h5z.SZIP_NN_OPTION_MASK) !== 0) return ["nn", pixels];
  throw plainError("TypeError", "Unknown SZIP configuration");
}

/** The part of {@link Dataset} that looks at the object header alone. */
export abstract class DatasetProperties extends HLObject<DatasetID, OpenObject<DatasetObject>> {
  protected get object(): DatasetObject {
    this.requireOpen();
    return this.handle.location().object;
  }

  /** The datatype in the file, as a value. */
  get datatype(): Datatype {
    return this.object.datatype;
  }

  /** The datatype in numpy's words: `"<i4"`, `"|b1"`, `"|O"` for strings of any length, `"[('x', '<f8')]"`. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }

  /**
   * Elements a dimension: `[]` of a scalar, null of a dataset without elements. Setting it resizes; see
   * `Dataset.resize`.
   */
  get shape(): number[] | null {
    return shapeOf(this.object.dataspace);
  }

  set shape(size: readonly number[]) {
    this.resize(size);
  }

  /** See `Dataset.resize`. */
  abstract resize(size: number | readonly number[], axis?: number): void;

  /** Number of dimensions; 0 of a scalar and of a dataset without elements. */
  get ndim(): number {
    return this.object.dims.length;
  }

  /**
   * What the chunk cache has done since the dataset was opened: hits, misses, evictions, and collisions of chunks that have
   * the same slot; and what it holds. Null where there are no chunks.
   */
  get chunkCacheStatistics(): ChunkCacheStatistics | null {
    this.requireOpen();
    return cacheStatistics(this.handle);
  }

  /** Elements in all; null of a dataset without any. */
  get size(): number | null {
    const { shape } = this;
    return shape === null ? null : product(shape);
  }

  /**
   * Bytes of all elements, as the file has them before any filter; 0 of a dataset without elements. Text of any length
   * counts with its references.
   */
  get nbytes(): number {
    return (this.size ?? 0) * this.datatype.size;
  }

  /** How far the dataset may grow, null where there is no limit; above 2^53 - 1 the nearest number. Null as a whole without elements. */
  get maxshape(): (number | null)[] | null {
    const { kind, maxDims } = this.object.dataspace;
    return kind === "null" ? null : maxDims.map((dim) => (dim === UNLIMITED ? null : dim));
  }

  /** Elements a dimension of a chunk; null unless storage is chunked. */
  get chunks(): number[] | null {
    const { layout } = this.object;
    return layout.kind === "chunked" ? [...layout.chunkDims] : null;
  }

  /** Other files that hold the data, `[name, offset, size]` each, in bytes; null when it is in this file. */
  get external(): [string, number, number][] | null {
    const parts = this.object.externalParts();
    return parts.length === 0 ? null : parts.map((part) => [part.name, part.fileOffset, part.byteLength]);
  }

  /** Whether the elements are those of other datasets. */
  get isVirtual(): boolean {
    return this.object.layout.kind === "virtual";
  }

  /** Which elements come from where. @throws RuntimeError "Not a virtual dataset". */
  virtualSources(): VirtualMap[] {
    if (!this.isVirtual) throw plainError("RuntimeError", "Not a virtual dataset");
    const { file, object } = this.handle.location();
    const spaceOf = ({ extent, selection }: SelectedSpace) => file.spaceOf(extent, selection) as SpaceID;
    return virtualSourcesOf(object).map(({ virtual, fileName, datasetName, source }) => ({
      vspace: spaceOf(virtual),
      fileName,
      dsetName: datasetName,
      srcSpace: spaceOf(source),
    }));
  }

  private filter(id: number): FilterDescription | undefined {
    return this.object.pipeline?.filters.find((filter) => filter.id === id);
  }

  /** Numbers of the filters, in the order in which they are applied to what is written. */
  get filterIds(): number[] {
    return this.object.pipeline?.filters.map(({ id }) => id) ?? [];
  }

  /** Their names as the file has them, else as the library knows them; `""` for one that nobody named. */
  get filterNames(): string[] {
    return this.object.pipeline?.filters.map(({ id, name }) => name || filterName(id)) ?? [];
  }

  /** `"gzip"`, `"szip"` or `"lzf"`; null without any of these. */
  get compression(): string | null {
    const id = this.filterIds.find((filter) => COMPRESSIONS.has(filter));
    return id === undefined ? null : (COMPRESSIONS.get(id) ?? null);
  }

  /** The level of gzip, `["nn" | "ec", pixels]` of szip; null where there is neither. */
  get compressionOpts(): number | SzipOptions | null {
    const filter = this.object.pipeline?.filters.find(({ id }) => COMPRESSIONS.has(id));
    if (filter === undefined || filter.id === h5z.FILTER_LZF) return null;
    const { id, clientData } = filter;
    return id === h5z.FILTER_SZIP ? szipOptions(clientData) : (clientData[0] ?? null);
  }

  /** Whether the shuffle filter is in the pipeline. */
  get shuffle(): boolean {
    return this.filter(h5z.FILTER_SHUFFLE) !== undefined;
  }

  /** Whether chunks have Fletcher's checksum. */
  get fletcher32(): boolean {
    return this.filter(h5z.FILTER_FLETCHER32) !== undefined;
  }

  /**
   * The filter's factor: bits kept of integers, 0 where the library chooses, decimal digits kept of floats; null
   * without the filter.
   */
  get scaleoffset(): number | null {
    return this.filter(h5z.FILTER_SCALEOFFSET)?.clientData[1] ?? null;
  }

  /** What elements are that were never written: one element as `read` gives it; zeros where nothing else is set. */
  get fillvalue(): unknown {
    const { fillValue, datatype, file } = this.object;
    const bytes = fillValue?.status === "user" ? fillValue.value : undefined;
    return decodeElement(datatype, bytes ?? new Uint8Array(datatype.size), elementContextOf(file));
  }

  /** Whether the dataset is a dimension scale. C: `H5DSis_scale`. */
  get isScale(): boolean {
    this.requireOpen();
    return isScale(this.handle);
  }
}
