/**
 * The chunks of a dataset: their store, which is opened on first use, and its cache, from one opening to the next.
 *
 * Reference implementation: H5Dchunk.c, `H5D__chunk_init`, `H5D__chunk_flush`, `H5D__chunk_dest`.
 */
import { isDefined } from "../base/address.ts";
import { FormatError, HDF5Error } from "../base/errors.ts";
import type { ChunkedLayout } from "../format/data-layout.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { ChunkCacheSettings } from "./chunks/chunk-cache-settings.ts";
import { currentCoder } from "./chunks/chunk-coder.ts";
import type { ChunkIndex } from "./chunks/chunk-index.ts";
import { ChunkStore } from "./chunks/chunk-store.ts";
import { convertToBTree } from "./chunks/convert-index.ts";
import { IndexStorage } from "./chunks/index-storage.ts";
import { describesIndex, openChunkIndex } from "./chunks/open-chunk-index.ts";
import { type BoxReader, boxReaderOf } from "./dataset-io/box-reader.ts";
import { rawDataAccess } from "./dataset-io/raw-data-access.ts";
import type { RawDataAccess } from "./dataset-io/raw-data-owner.ts";
import type { DatasetObject } from "./dataset-object.ts";
import { heapElementsOf } from "./element-heap-objects.ts";

export class DatasetChunks {
  private readonly dataset: DatasetObject;
  private settings: ChunkCacheSettings | undefined;
  private opened: ChunkStore | undefined;
  /** The way to the chunks of `opened`. */
  private way: RawDataAccess | undefined;
  /** Null where it cannot be had. */
  private boxReader: BoxReader | null | undefined;

  constructor(dataset: DatasetObject) {
    this.dataset = dataset;
  }

  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  /** Of the cache; other ones empty it. */
  get cacheSettings(): ChunkCacheSettings {
    return this.opened?.cacheSettings ?? this.settings ?? this.dataset.file.chunkCache;
  }

  set cacheSettings(settings: ChunkCacheSettings) {
    const { nbytes, nslots, w0 } = this.cacheSettings;
    const same = settings.nbytes === nbytes && settings.nslots === nslots && settings.w0 === w0;
    if (!same && this.isOpen) this.close();
    this.settings = settings;
  }

  /** @throws HDF5Error "state" for a dataset of another layout, "format" when chunks and elements do not go together. */
  store(): ChunkStore {
    this.opened ??= this.open();
    return this.opened;
  }

  /** The way to elements in chunks, the same as long as the chunks are open. */
  access(): RawDataAccess {
    this.way ??= rawDataAccess(this.dataset);
    return this.way;
  }

  /** The short way to boxes; undefined where all reads go by {@link access}. */
  boxes(): BoxReader | undefined {
    if (this.boxReader === undefined) this.boxReader = this.newBoxReader() ?? null;
    if (this.boxReader === null) return undefined;
    // Who decodes elsewhere is told of chunks by the general way.
    return this.dataset.storage.answersLate && currentCoder() !== undefined ? undefined : this.boxReader;
  }

  private newBoxReader(): BoxReader | undefined {
    const { layout, header, storage, datatype } = this.dataset;
    const isElsewhere = header.look(MESSAGE.EXTERNAL_FILES) !== undefined;
    if (layout.kind !== "chunked" || isElsewhere || storage.isChanging) return undefined;
    const store = this.store();
    return store.isDirect || store.long !== undefined ? undefined : boxReaderOf(store, layout.chunkDims, datatype);
  }

  private drop(): void {
    this.opened = undefined;
    this.way = undefined;
    this.boxReader = undefined;
  }

  private open(): ChunkStore {
    const { layout } = this.dataset;
    if (layout.kind !== "chunked") throw new HDF5Error("state", "not a chunked dataset");
    const { dataspace } = this.dataset;
    this.checkLayout(layout, dataspace);
    const { pipeline } = this.dataset;
    const index = this.indexOf(layout, dataspace, pipeline);
    const { storage, file, fill } = this.dataset;
    return new ChunkStore({
      storage,
      index,
      dims: dataspace.dims,
      // What others write to the file must be seen: nothing is kept.
      cache: file.inPlace === undefined ? this.cacheSettings : { nslots: 0, nbytes: 0, w0: 0 },
      chunkDims: layout.chunkDims,
      elementSize: layout.elementSize,
      filters: pipeline?.filters ?? [],
      dontFilterPartialChunks: layout.dontFilterPartialChunks,
      fillElement: fill.element,
      fillsOnRead: fill.onRead,
      newElement: fill.newElement,
      heap: heapElementsOf(this.dataset),
    });
  }

  private checkLayout(layout: ChunkedLayout, { dims }: Dataspace): void {
    const { elementSize, address } = this.dataset;
    if (layout.chunkDims.length !== dims.length || layout.elementSize !== elementSize) {
      throw new FormatError(
        `Data layout message at address ${address}, field "Dimension Size": chunks (${layout.chunkDims.join(", ")}) of ${layout.elementSize} bytes ` +
          `for a dataset of rank ${dims.length} with elements of ${elementSize} bytes`,
        { structure: "Data layout message", address },
      );
    }
  }

  private indexOf(layout: ChunkedLayout, dataspace: Dataspace, pipeline: FilterPipeline | undefined): ChunkIndex {
    const { dataset } = this;
    const { storage, file } = dataset;
    const own = storage.servesReaders ? new IndexStorage(storage, () => dataset.header.blockAddresses) : storage;
    return openChunkIndex(layout, dataspace, pipeline, own, file.groupRanks.chunkK);
  }

  /** Changed chunks go to the file, and the layout message learns where their index is. */
  flush(): void {
    if (!this.dataset.file.writable) return;
    this.opened?.flush();
    this.describeIndex();
  }

  /**
   * The layout message learns where the index is; changed chunks stay in the cache. Not those whose elements own heap
   * objects: what such an element owned before is gone, and the chunk in the file still points to it.
   */
  flushStructures(): void {
    if (this.opened?.hasHeap === true) this.flush();
    else if (this.dataset.file.writable) this.describeIndex();
  }

  private describeIndex(): void {
    const { dataset, opened } = this;
    if (opened === undefined) return;
    const { layout } = dataset;
    const { index } = opened;
    if (layout.kind !== "chunked" || describesIndex(layout, index)) return;
    dataset.replaceLayout({ ...layout, address: index.rootAddress, indexing: index.indexing });
    dataset.storage.writeBefore(index.rootAddress, dataset.address);
  }

  close(): void {
    this.flush();
    this.opened?.close();
    this.drop();
  }

  /** Closes; the cache has the same settings when it is opened again. */
  closeForAWhile(): void {
    this.settings = this.cacheSettings;
    this.close();
  }

  /** What was read of the index and the chunks counts no more. */
  forget(): void {
    this.settings = this.cacheSettings;
    this.drop();
  }

  /** Has chunks found by a version 1 B-tree. @param layout - Of the dataset, with an index of another type. */
  convertIndex(layout: ChunkedLayout): void {
    const { dataset } = this;
    const { storage, file, dims, address } = dataset;
    const chunks = this.store();
    this.flush();
    file.holdsBack(dataset);
    const filterCount = dataset.pipeline?.filters.length ?? 0;
    const converted = convertToBTree(chunks.index, {
      storage,
      layout,
      dims,
      filterCount,
      chunkK: file.groupRanks.chunkK,
    });
    this.settings = chunks.cacheSettings;
    chunks.close();
    this.drop();
    dataset.replaceLayout(converted);
    if (isDefined(converted.address)) storage.writeBefore(converted.address, address);
  }
}
