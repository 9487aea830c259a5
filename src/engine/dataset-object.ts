/**
 * A dataset: what its header says, and the way to its raw data.
 *
 * Reference implementation: H5Dint.c, H5Dio.c, H5Dlayout.c.
 */
import { type Address, isDefined, UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { FormatError, HDF5Error, isHdf5Error } from "../base/errors.ts";
import { allocateBytes } from "../base/memory.ts";
import {
  type ChunkedLayout,
  type DataLayout,
  encodeDataLayout,
  isVirtualLayout,
  type VirtualLayout,
} from "../format/data-layout.ts";
import { type Dataspace, encodeDataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import { decodeExternalFiles } from "../format/external-files.ts";
import type { FillValue } from "../format/fill-value.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import { MESSAGE } from "../format/message-types.ts";
import { elementCount } from "./attributes.ts";
import type { ChunkCacheSettings } from "./chunks/chunk-cache.ts";
import type { ChunkIndex } from "./chunks/chunk-index.ts";
import type { HeapElements } from "./chunks/chunk-io.ts";
import { ChunkStore } from "./chunks/chunk-store.ts";
import { convertToBTree } from "./chunks/convert-index.ts";
import { IndexStorage } from "./chunks/index-storage.ts";
import { describesIndex, openChunkIndex } from "./chunks/open-chunk-index.ts";
import { allocateContiguous } from "./dataset-io/contiguous-access.ts";
import { ExternalAccess, type ExternalPart } from "./dataset-io/external-access.ts";
import { type FillRule, fillRule } from "./dataset-io/fill.ts";
import { type MemorySide, PackedMemory } from "./dataset-io/memory-side.ts";
import { rawDataAccess } from "./dataset-io/raw-data-access.ts";
import type { RawDataAccess, RawDataOwner } from "./dataset-io/raw-data-owner.ts";
import { EngineObject } from "./engine-object.ts";
import type { ExternalFolders } from "./file-opener.ts";
import type { FileStorage } from "./file-storage.ts";
import {
  committedTypeAddressOf,
  dataspaceOf,
  datatypeOf,
  fillValueOf,
  layoutOf,
  messageOf,
  pipelineOf,
} from "./header-values.ts";
import { ownCopies } from "./heap-copies.ts";
import { requireInPlace, writeInPlace } from "./in-place-writing.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import type { ObjectHeader } from "./object-header.ts";
import { checkRoom } from "./outside-storage.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";
import { type Selection, selectAll, selectBox, selectedCount } from "./selection/selection.ts";
import type { VirtualView } from "./virtual/extent.ts";
import { VirtualDataset } from "./virtual/virtual-dataset.ts";

const SLAB_BYTES = 1 << 20;

/** Everything, in parts of about a mebibyte. */
function* slabsOf(dims: readonly number[], elementSize: number): Generator<Selection> {
  const [rows = 1, ...rest] = dims;
  const step = Math.max(1, Math.floor(SLAB_BYTES / Math.max(1, product(rest) * elementSize)));
  if (dims.length === 0 || step >= rows) {
    yield selectAll(dims);
    return;
  }
  for (let row = 0; row < rows; row += step) {
    yield selectBox(dims, [row, ...rest.map(() => 0)], [Math.min(step, rows - row), ...rest]);
  }
}

const NO_FOLDERS = {};

export class DatasetObject extends EngineObject implements RawDataOwner {
  readonly kind = "dataset";
  /** Asked at each access; no dataset becomes virtual or ceases to be, nor do its elements change their datatype. */
  private knownVirtual: boolean | undefined;
  private knownOwner: boolean | undefined;
  private cacheSettings: ChunkCacheSettings | undefined;
  private chunks: ChunkStore | undefined;
  private shown: VirtualDataset | undefined;
  private wantedView: VirtualView | undefined;
  /** Where this dataset's other files are looked for, in place of the file's setting. */
  externalFolders: Pick<ExternalFolders, "rawData" | "virtualSources"> = NO_FOLDERS;

  get storage(): FileStorage {
    return this.file.storage;
  }

  private required<T>(value: T | undefined, message: string): T {
    if (value !== undefined) return value;
    throw new FormatError(`Object header at address ${this.address}: no ${message} message`, {
      structure: "Object header",
      address: this.address,
    });
  }

  /** In the file; memory may have another. */
  get datatype(): Datatype {
    return this.required(datatypeOf(this.file, this.header), "datatype");
  }

  /** Where the datatype is committed, if it is. */
  get committedTypeAddress(): Address | undefined {
    return committedTypeAddressOf(this.file, this.header);
  }

  /** As the header has it, whatever the sources of a virtual dataset say. */
  get storedDataspace(): Dataspace {
    return this.required(dataspaceOf(this.file, this.header), "dataspace");
  }

  /** Of a virtual dataset, with the extent that its sources give it now. */
  get dataspace(): Dataspace {
    const stored = this.storedDataspace;
    const dims = this.virtual?.dims ?? stored.dims;
    return dims === stored.dims ? stored : { ...stored, dims };
  }

  /** Whether the layout message says so; it may be damaged otherwise. */
  get isVirtual(): boolean {
    if (this.knownVirtual === undefined) {
      const message = this.header.look(MESSAGE.DATA_LAYOUT);
      this.knownVirtual = message !== undefined && isVirtualLayout(message.byteAt(0), message.byteAt(1));
    }
    return this.knownVirtual;
  }

  /** What there is to know of a virtual dataset; undefined for others. */
  get virtual(): VirtualDataset | undefined {
    if (!this.isVirtual || this.shown !== undefined) return this.shown;
    const { layout } = this;
    if (layout.kind !== "virtual") return undefined;
    this.shown = this.openVirtual(layout);
    if (this.wantedView !== undefined) this.shown.view = this.wantedView;
    return this.shown;
  }

  /** What a virtual dataset shows of sources that are missing or of different size. C: `H5Pset_virtual_view`. */
  set virtualView(view: VirtualView) {
    this.wantedView = view;
    if (this.shown !== undefined) this.shown.view = view;
  }

  private openVirtual(layout: VirtualLayout): VirtualDataset {
    const { file, address, datatype, fill } = this;
    const storedDims = this.required(dataspaceOf(file, this.header), "dataspace").dims;
    const sourceFolder = this.externalFolders.virtualSources;
    return new VirtualDataset({ file, address, datatype, fill, storedDims, sourceFolder }, layout);
  }

  get layout(): DataLayout {
    return this.required(layoutOf(this.file, this.header), "data layout");
  }

  get pipeline(): FilterPipeline | undefined {
    return pipelineOf(this.file, this.header);
  }

  get fillValue(): FillValue | undefined {
    return fillValueOf(this.file, this.header);
  }

  /** Current extent, in elements; empty for scalar and null. */
  get dims(): readonly number[] {
    return this.dataspace.dims;
  }

  get elementSize(): number {
    return this.datatype.size;
  }

  get fill(): FillRule {
    const rule = fillRule(this.fillValue);
    const { file, datatype } = this;
    if (rule.element === undefined || !hasVariableLength(datatype)) return rule;
    const shared = OwnedHeapObjects.of(file, datatype, rule.element);
    return { ...rule, own: (bytes) => ownCopies(file, datatype, bytes, shared) };
  }

  /** Whether elements own heap objects, which come and go with them. */
  private get ownsHeapObjects(): boolean {
    this.knownOwner ??= !this.isVirtual && this.storedDataspace.kind !== "null" && hasVariableLength(this.datatype);
    return this.knownOwner;
  }

  /** The heap objects of packed elements; those of the fill value, which stands for what is not there, are its own. */
  private ownedBy(bytes: Uint8Array): OwnedHeapObjects {
    const { file, datatype, fill } = this;
    const owned = OwnedHeapObjects.of(file, datatype, bytes);
    return fill.element === undefined ? owned : owned.without(OwnedHeapObjects.of(file, datatype, fill.element));
  }

  /** Settings of this dataset's chunk cache; other ones empty it. C: `H5Pset_chunk_cache`. */
  get chunkCacheSettings(): ChunkCacheSettings {
    return this.chunks?.cacheSettings ?? this.cacheSettings ?? this.file.chunkCache;
  }

  set chunkCacheSettings(settings: ChunkCacheSettings) {
    const { nbytes, nslots, w0 } = this.chunkCacheSettings;
    const same = settings.nbytes === nbytes && settings.nslots === nslots && settings.w0 === w0;
    if (!same && this.chunks !== undefined) this.closeChunks();
    this.cacheSettings = settings;
  }

  /** The chunks of a chunked dataset, made on first use. */
  chunkStore(): ChunkStore {
    if (this.chunks === undefined) {
      const { layout } = this;
      if (layout.kind !== "chunked") throw new HDF5Error("state", "not a chunked dataset");
      this.checkChunkLayout(layout);
      this.chunks = new ChunkStore({
        storage: this.storage,
        index: this.chunkIndex(layout),
        dims: this.dims,
        // What others write to the file must be seen: nothing is kept.
        cache: this.file.inPlace === undefined ? this.chunkCacheSettings : { nslots: 0, nbytes: 0, w0: 0 },
        chunkDims: layout.chunkDims,
        elementSize: layout.elementSize,
        filters: this.pipeline?.filters ?? [],
        dontFilterPartialChunks: layout.dontFilterPartialChunks,
        fillElement: this.fill.element,
        fillsOnRead: this.fill.onRead,
        newElement: this.fill.newElement,
        heap: this.heapElements(),
      });
    }
    return this.chunks;
  }

  private heapElements(): HeapElements | undefined {
    if (!this.ownsHeapObjects) return undefined;
    const { own } = this.fill;
    return { own: (bytes) => own?.(bytes), release: (bytes) => this.ownedBy(bytes).release() };
  }

  private checkChunkLayout(layout: ChunkedLayout): void {
    const { dims, elementSize } = this;
    if (layout.chunkDims.length !== dims.length || layout.elementSize !== elementSize) {
      throw new FormatError(
        `Data layout message at address ${this.address}, field "Dimension Size": chunks (${layout.chunkDims.join(", ")}) of ${layout.elementSize} bytes ` +
          `for a dataset of rank ${dims.length} with elements of ${elementSize} bytes`,
        { structure: "Data layout message", address: this.address },
      );
    }
  }

  private chunkIndex(layout: ChunkedLayout): ChunkIndex {
    const { storage } = this;
    const own = storage.servesReaders ? new IndexStorage(storage, () => this.header.blockAddresses) : storage;
    return openChunkIndex(layout, this.dataspace, this.pipeline, own, this.file.groupRanks.chunkK);
  }

  /** The layout message is another one now. */
  replaceLayout(layout: DataLayout): void {
    if (layout.kind === "contiguous" && this.header.placeData(layout)) return;
    const message = this.required(this.header.first(MESSAGE.DATA_LAYOUT), "data layout");
    const { data, decoded } = messageOf(this.storage, layout, encodeDataLayout);
    this.header.replace(message, data, decoded);
  }

  /** The other files that hold the raw data, in order; empty when it is in this file. C: `H5Pget_external`. */
  externalParts(): readonly ExternalPart[] {
    const list = this.externalFileList();
    if (list === undefined) return [];
    const { heap, slots } = list;
    return slots.map(({ nameHeapOffset, fileOffset, byteLength }) => ({
      name: heap.name(nameHeapOffset),
      fileOffset,
      byteLength,
    }));
  }

  private externalFileList() {
    const message = this.header.first(MESSAGE.EXTERNAL_FILES);
    if (message === undefined) return undefined;
    const cursor = this.storage.cursor(message.data, "External data files message", this.address);
    const { localHeapAddress, slots } = decodeExternalFiles(cursor);
    return { heap: LivingLocalHeap.open(this.storage, localHeapAddress), slots };
  }

  /** Sources of a virtual dataset are read again, too. */
  override refresh(): void {
    this.shown?.refreshSources();
    super.refresh();
  }

  protected override startAnew(header: ObjectHeader): void {
    super.startAnew(header);
    this.cacheSettings = this.chunkCacheSettings;
    this.chunks = undefined;
    this.forgetVirtual();
  }

  private rawData(): RawDataAccess {
    if (this.virtual !== undefined) return this.virtual;
    const external = this.externalParts();
    if (external.length === 0) return rawDataAccess(this);
    return new ExternalAccess(this, external, (name, mode) =>
      this.file.otherFiles.rawDataFile(name, mode, this.externalFolders.rawData),
    );
  }

  /** Announces that these will be read. @throws PageFault while something of them is missing. */
  expect(selection: Selection): void {
    this.file.requireOpen();
    this.rawData().expect?.(selection);
  }

  /** Moves the selected elements into memory, as they are in the file. */
  read(selection: Selection, memory: MemorySide): void {
    this.file.requireOpen();
    this.requireData(selection);
    this.rawData().read(selection, memory);
  }

  /** @throws HDF5Error "state" where nothing was ever written, and nothing says what elements are then. */
  private requireData(selection: Selection): void {
    const { fillValue } = this;
    if (fillValue?.status !== "undefined" || fillValue.fillTime === "never" || selectedCount(selection) === 0) return;
    if (!this.isAllocated) throw new HDF5Error("state", "read failed: dataset doesn't exist, no data can be read");
  }

  /** Whether there is storage for at least some of the elements; that in other files and datasets counts. */
  get isAllocated(): boolean {
    const { layout } = this;
    if (layout.kind === "contiguous") return isDefined(layout.address) || this.externalParts().length > 0;
    return layout.kind !== "chunked" || this.chunkStore().exists;
  }

  /**
   * Before elements are written.
   *
   * @throws HDF5Error "read-only" in a file that is only read, or whose elements can be written in place where these cannot.
   */
  requireWritable(): void {
    this.file.requireOpen();
    if (this.file.inPlace === undefined) this.file.requireWritable();
    else requireInPlace(this);
  }

  /** Moves elements from memory into the file; they must be in the file's datatype. */
  write(selection: Selection, memory: MemorySide): void {
    const { inPlace } = this.file;
    if (inPlace !== undefined) {
      this.requireWritable();
      writeInPlace(this, inPlace, selection, memory);
      return;
    }
    this.file.requireWritable();
    this.file.reclaimSpace();
    this.file.holdsBack(this);
    if (this.fillValue?.allocationTime === "late" && selectedCount(selection) > 0) this.allocateLate();
    this.allocateForHeap();
    const replaced = this.ownedBySelected(selection);
    this.rawData().write(selection, memory);
    if (replaced?.isEmpty === false) replaced.release(this.ownedBySelected(selection));
    this.touch();
  }

  /**
   * Writes all elements of a contiguous dataset, packed and in the file's datatype, by the shortest way.
   *
   * @returns False where that is not all there is to do: see {@link write}.
   */
  writeWhole(bytes: Uint8Array): boolean {
    if (this.file.inPlace !== undefined) return false;
    this.file.requireWritable();
    const { layout, header } = this;
    if (layout.kind !== "contiguous" || layout.version < 3 || layout.byteLength !== bytes.length) return false;
    if (this.ownsHeapObjects || header.look(MESSAGE.EXTERNAL_FILES) !== undefined) return false;
    if (bytes.length === 0 || product(this.dims) * this.elementSize !== bytes.length) return false;
    this.file.reclaimSpace();
    this.storage.writeRaw(allocateContiguous(this, true).address, bytes);
    this.touch();
    return true;
  }

  /** Before elements that own heap objects are written, what they replace must be there. */
  private allocateForHeap(): void {
    if (!this.ownsHeapObjects) return;
    const { layout, fill } = this;
    if (layout.kind === "contiguous" && fill.own !== undefined && !this.isAllocated) allocateContiguous(this, false);
  }

  private ownedBySelected(selection: Selection): OwnedHeapObjects | undefined {
    if (!this.ownsHeapObjects || !this.isAllocated || selectedCount(selection) === 0) return undefined;
    return this.ownedBy(this.readBytes(selection));
  }

  /** Selected elements, all by default, packed and in the file's datatype. */
  readBytes(selection: Selection = selectAll(this.dims)): Uint8Array {
    const out = allocateBytes(this.dataspace.kind === "null" ? 0 : selectedCount(selection) * this.elementSize);
    if (out.length > 0) this.read(selection, new PackedMemory(out, this.elementSize));
    return out;
  }

  /** Writes packed elements in the file's datatype. */
  writeBytes(bytes: Uint8Array, selection: Selection = selectAll(this.dims)): void {
    this.write(selection, new PackedMemory(bytes, this.elementSize));
  }

  /**
   * Bytes that the data takes in the file: as allocated when contiguous, as stored (behind the filters) when chunked.
   * C: `H5Dget_storage_size`.
   */
  storageSize(): number {
    const { layout } = this;
    switch (layout.kind) {
      case "compact":
        return layout.data.length;
      case "contiguous":
        if (!isDefined(layout.address) && this.externalParts().length === 0) return 0;
        return layout.version >= 3 ? layout.byteLength : elementCount(this.dataspace) * this.elementSize;
      case "chunked":
        return this.chunkStore().storageSize();
      case "virtual":
        return 0;
      default:
        return layout satisfies never;
    }
  }

  /** Absolute position of contiguous data in the file, user block included; undefined when there is none. C: `H5Dget_offset`. */
  offset(): number | undefined {
    const { layout } = this;
    if (layout.kind !== "contiguous" || !isDefined(layout.address)) return undefined;
    return layout.address + this.file.superblock.baseAddress;
  }

  /** Allocates and fills what early allocation asks for. */
  allocateNow(): void {
    const { layout } = this;
    if (elementCount(this.dataspace) === 0) return;
    if (layout.kind === "contiguous") {
      if (this.externalParts().length === 0) allocateContiguous(this, false);
    } else if (layout.kind === "chunked") {
      this.chunkStore().allocateAll(this.fill.onRead);
      this.file.holdsBack(this);
    }
  }

  /** The first write to a chunked dataset brings all chunks into being, where that is asked for. */
  private allocateLate(): void {
    if (this.layout.kind !== "chunked") return;
    if (!this.isAllocated) this.chunkStore().allocateAll(this.fill.onRead);
  }

  /**
   * Changes the extent of a chunked dataset, or of one whose elements are elsewhere. Chunks that fall outside are dropped;
   * what comes back is fill value. C: `H5Dset_extent`.
   *
   * @throws HDF5Error "state" for other layouts, "argument" beyond the maximum.
   */
  setExtent(dims: readonly number[]): void {
    this.file.requireWritable();
    const { dataspace, layout } = this;
    if (layout.kind === "compact" || (layout.kind === "contiguous" && this.externalParts().length === 0)) {
      throw new HDF5Error("state", `dataset has ${layout.kind} storage`);
    }
    if (dims.length !== dataspace.dims.length)
      throw new HDF5Error("argument", "dimensionality of the new extent doesn't match the dataset's");
    for (let d = 0; d < dims.length; d++) {
      const size = dims[d] as number;
      const max = dataspace.maxDims[d] as number;
      if (max !== UNLIMITED && size > max) {
        throw new HDF5Error("argument", `dimension cannot exceed the existing maximal size (new: ${size} max: ${max})`);
      }
    }
    if (this.virtual !== undefined) checkRoom(this.virtual.mappings, dims);
    if (layout.kind === "chunked") {
      this.file.holdsBack(this);
      this.chunkStore().setExtent(dims);
    }
    const message = this.required(this.header.first(MESSAGE.DATASPACE), "dataspace");
    const { data, decoded } = messageOf(this.storage, { ...dataspace, dims: dims.slice() }, encodeDataspace);
    this.file.sharedMessages.replace(this.header, message, data, decoded);
    if (layout.kind === "chunked" && this.fillValue?.allocationTime === "early") this.allocateNow();
    this.forgetVirtual();
    this.touch();
  }

  /** Mappings are over another extent now. */
  private forgetVirtual(): void {
    this.shown?.close();
    this.shown = undefined;
  }

  /** Changed chunks go to the file, and the layout message learns where their index is. */
  override flush(): void {
    if (this.chunks === undefined || !this.file.writable) return;
    this.chunks.flush();
    const { layout } = this;
    const { index } = this.chunks;
    if (layout.kind !== "chunked" || describesIndex(layout, index)) return;
    this.replaceLayout({ ...layout, address: index.rootAddress, indexing: index.indexing });
    this.storage.writeBefore(index.rootAddress, this.address);
  }

  /**
   * Has chunks found by a version 1 B-tree, and what has no chunks described by version 3 of the message, as every version of
   * the C library reads them. C: `H5Dformat_convert`.
   */
  convertLayout(): void {
    this.file.requireWritable();
    const { layout, storage, dims } = this;
    if ((layout.kind === "contiguous" || layout.kind === "compact") && layout.version > 3) {
      this.replaceLayout({ ...layout, version: 3 });
    }
    if (layout.kind !== "chunked" || layout.indexing.type === "b-tree-v1") return;
    const chunks = this.chunkStore();
    this.flush();
    this.file.holdsBack(this);
    const filterCount = this.pipeline?.filters.length ?? 0;
    const dataset = { storage, layout, dims, filterCount, chunkK: this.file.groupRanks.chunkK };
    const converted = convertToBTree(chunks.index, dataset);
    this.cacheSettings = chunks.cacheSettings;
    chunks.close();
    this.chunks = undefined;
    this.replaceLayout(converted);
    if (isDefined(converted.address)) storage.writeBefore(converted.address, this.address);
  }

  override get holdsNothing(): boolean {
    return this.chunks === undefined && this.shown === undefined;
  }

  override closed(): void {
    this.closeChunks();
    this.shown?.close();
  }

  override get canFlushAlone(): boolean {
    return !this.attributesChanged && !this.ownsHeapObjects && this.file.sharedMessages.indexes.length === 0;
  }

  /** The index is opened anew, with an eye on the order in which it is written. */
  override readersCome(): void {
    this.cacheSettings = this.chunkCacheSettings;
    this.closeChunks();
  }

  private closeChunks(): void {
    this.flush();
    this.chunks?.close();
    this.chunks = undefined;
  }

  /** Gives back the heap objects of all elements; those of chunks go with the chunks. Damaged elements keep theirs. */
  private releaseElements(): void {
    const { layout } = this;
    if (!this.ownsHeapObjects || layout.kind === "chunked" || !this.isAllocated || this.externalParts().length > 0)
      return;
    try {
      for (const slab of slabsOf(this.dims, this.elementSize)) this.ownedBy(this.readBytes(slab)).release();
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
    }
  }

  override deleteStorage(): void {
    const { layout, committedTypeAddress } = this;
    const fillObjects = OwnedHeapObjects.of(this.file, this.datatype, this.fill.element ?? new Uint8Array(0));
    this.releaseElements();
    if (layout.kind === "contiguous" && isDefined(layout.address))
      this.storage.release("draw", layout.address, this.storageSize());
    if (layout.kind === "chunked" && (isDefined(layout.address) || this.chunks !== undefined))
      this.chunkStore().deleteAll();
    if (layout.kind === "virtual") this.file.globalHeap.remove(layout.heapAddress, layout.heapIndex);
    this.externalFileList()?.heap.delete();
    fillObjects.release();
    this.chunks = undefined;
    super.deleteStorage();
    if (committedTypeAddress !== undefined) this.file.dropReference(committedTypeAddress);
  }
}
