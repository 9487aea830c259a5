import type { Address } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { allocateBytes } from "../base/memory.ts";
import { type DataLayout, encodeDataLayout } from "../format/data-layout.ts";
import type { Datatype } from "../format/datatype.ts";
import { encodeDatatype } from "../format/datatype-message.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { ChunkCacheSettings } from "./chunks/chunk-cache-settings.ts";
import type { ChunkStore } from "./chunks/chunk-store.ts";
import { committedTypeBody } from "./committed-type-message.ts";
import { DatasetChunks } from "./dataset-chunks.ts";
import { isSameExtent, requireExtent, storeExtent } from "./dataset-extent.ts";
import type { BoxReader } from "./dataset-io/box-reader.ts";
import { allocateContiguous, contiguousBoxes } from "./dataset-io/contiguous-access.ts";
import { ExternalAccess, type ExternalPart } from "./dataset-io/external-access.ts";
import { type MemorySide, PackedMemory } from "./dataset-io/memory-side.ts";
import { rawDataAccess } from "./dataset-io/raw-data-access.ts";
import type { RawDataAccess, RawDataOwner } from "./dataset-io/raw-data-owner.ts";
import { addRawData, allocateEarly, allocateLate, hasStorage, offsetOf, storageSizeOf } from "./dataset-storage.ts";
import type { Deletion } from "./deletion.ts";
import { DescribedDataset } from "./described-dataset.ts";
import { allocateForHeap } from "./element-heap-objects.ts";
import { externalPartsOf } from "./external-file-list.ts";
import { encodeBody, messageOf } from "./header-values.ts";
import { writeOwning } from "./heap-replacement.ts";
import { requireInPlace, writeInPlace } from "./in-place-writing.ts";
import type { ObjectHeader } from "./object-header.ts";
import { type Selection, selectAll, selectedCount } from "./selection/selection.ts";

/** Elements without anything elsewhere, in the shortest message that there is. */
const OWNS_NOTHING: Datatype = { class: "opaque", version: 1, size: 1, tag: "" };

export class DatasetObject extends DescribedDataset implements RawDataOwner {
  /** Whether something says what elements are that were never written. */
  private knownFilled: boolean | undefined;
  /** Made on first use: most datasets of thousands are not chunked. */
  private ownChunks: DatasetChunks | undefined;
  /** Of contiguous data. */
  private ownBoxes: BoxReader | undefined;

  get kind(): "dataset" {
    return "dataset";
  }

  private get chunks(): DatasetChunks {
    this.ownChunks ??= new DatasetChunks(this);
    return this.ownChunks;
  }

  /** Settings of this dataset's chunk cache; other ones empty it. C: `H5Pset_chunk_cache`. */
  get chunkCacheSettings(): ChunkCacheSettings {
    return this.chunks.cacheSettings;
  }

  set chunkCacheSettings(settings: ChunkCacheSettings) {
    this.chunks.cacheSettings = settings;
  }

  /** The chunks of a chunked dataset, made on first use. */
  chunkStore(): ChunkStore {
    return this.chunks.store();
  }

  /** Reads boxes in a few steps; undefined where that takes more. */
  get boxes(): BoxReader | undefined {
    const { ownChunks, ownBoxes } = this;
    if (ownChunks !== undefined) return ownChunks.boxes();
    if (ownBoxes !== undefined) return ownBoxes;
    const { layout, storage } = this;
    if (layout.kind === "chunked") return this.chunks.boxes();
    // One stretch of bytes: those that are missing are known with the first.
    if (layout.kind !== "contiguous" || storage.isChanging) return undefined;
    if (this.header.look(MESSAGE.EXTERNAL_FILES) !== undefined || this.dataspace.kind === "null") return undefined;
    this.ownBoxes = contiguousBoxes(this, layout, this.datatype);
    return this.ownBoxes;
  }

  /** The committed datatype that a new dataset was made for, which comes into being after it. */
  nameType(address: Address): void {
    const { header, storage, file } = this;
    const message = this.required(header.first(MESSAGE.DATATYPE), "datatype");
    header.replace(message, committedTypeBody(storage, address), undefined, message.flags);
    file.addReference(address);
  }

  /** The committed datatype never came into being: the dataset can be deleted now, which is all that is left to do with it. */
  giveUpType(): void {
    const { header, storage } = this;
    const message = this.required(header.first(MESSAGE.DATATYPE), "datatype");
    header.replace(message, encodeBody(storage, OWNS_NOTHING, encodeDatatype));
  }

  /** The layout message is another one now. */
  replaceLayout(layout: DataLayout): void {
    const { header } = this;
    this.ownBoxes = undefined;
    if (layout.kind === "contiguous" && header.canPlace(layout)) {
      header.placeData(layout.address);
      return;
    }
    const message = this.required(header.first(MESSAGE.DATA_LAYOUT), "data layout");
    const { data, decoded } = messageOf(this.storage, layout, encodeDataLayout);
    header.replace(message, data, decoded);
  }

  /** The other files that hold the raw data, in order; empty when it is in this file. C: `H5Pget_external`. */
  externalParts(): readonly ExternalPart[] {
    return externalPartsOf(this.storage, this.header);
  }

  /** Sources of a virtual dataset are read again, too. */
  override refresh(): void {
    this.shown?.refreshSources();
    super.refresh();
  }

  protected override startAnew(header: ObjectHeader): void {
    super.startAnew(header);
    this.knownFilled = undefined;
    this.ownBoxes = undefined;
    this.ownChunks?.forget();
  }

  rawData(): RawDataAccess {
    if (this.ownChunks?.isOpen === true) return this.ownChunks.access();
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
    if (this.knownFilled === undefined) {
      const { fillValue } = this;
      this.knownFilled = fillValue?.status !== "undefined" || fillValue.fillTime === "never";
    }
    if (this.knownFilled || selectedCount(selection) === 0) return;
    if (!this.isAllocated) throw new HDF5Error("state", "read failed: dataset doesn't exist, no data can be read");
  }

  /** Whether there is storage for at least some of the elements; that in other files and datasets counts. */
  get isAllocated(): boolean {
    return hasStorage(this);
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

  /** Before elements are changed: those that a failed write left between old and new become what they were. */
  settleElements(): void {
    this.storage.unsettled(this.address)?.settle();
  }

  /** Moves elements from memory into the file; they must be in the file's datatype. */
  write(selection: Selection, memory: MemorySide): void {
    const { file } = this;
    const { inPlace } = file;
    if (inPlace !== undefined) {
      this.requireWritable();
      writeInPlace(this, inPlace, selection, memory);
      return;
    }
    file.requireWritable();
    this.settleElements();
    file.reclaimSpace();
    file.holdsBack(this);
    if (this.fillValue?.allocationTime === "late" && selectedCount(selection) > 0) allocateLate(this);
    allocateForHeap(this);
    if (this.ownsHeapObjects) writeOwning(this, selection, memory);
    else this.rawData().write(selection, memory);
    this.touch();
  }

  /**
   * Writes all elements of a contiguous dataset, packed and in the file's datatype, by the shortest way.
   *
   * @returns False where that is not all there is to do: see {@link write}.
   */
  writeWhole(bytes: Uint8Array): boolean {
    const { file, header, storage } = this;
    if (file.inPlace !== undefined) return false;
    file.requireWritable();
    if (this.writeFirst(bytes)) return true;
    const { layout } = this;
    if (layout.kind !== "contiguous" || layout.version < 3 || layout.byteLength !== bytes.length) return false;
    if (this.ownsHeapObjects || header.look(MESSAGE.EXTERNAL_FILES) !== undefined) return false;
    if (bytes.length === 0 || product(this.dims) * this.elementSize !== bytes.length) return false;
    storage.writeRaw(allocateContiguous(this, true).address, bytes);
    this.touch();
    return true;
  }

  /**
   * The same for a dataset that is known to be writable, whose data has no place yet: nothing else is looked at.
   *
   * @returns False where the data has a place, or gets it otherwise.
   */
  writeFirst(bytes: Uint8Array): boolean {
    const { header, storage } = this;
    this.file.reclaimSpace();
    if (bytes.length === 0 || header.unplacedBytes !== bytes.length) return false;
    const address = storage.allocate("draw", bytes.length);
    header.placeData(address);
    storage.writeRaw(address, bytes);
    return true;
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
    return storageSizeOf(this);
  }

  /** Absolute position of contiguous data in the file, user block included; undefined when there is none. C: `H5Dget_offset`. */
  offset(): number | undefined {
    return offsetOf(this);
  }

  /** Allocates and fills what early allocation asks for. */
  allocateNow(): void {
    allocateEarly(this);
  }

  /**
   * Changes the extent of a chunked dataset, or of one whose elements are elsewhere. Chunks that fall outside are dropped;
   * what comes back is fill value. C: `H5Dset_extent`.
   *
   * @throws HDF5Error "state" for other layouts, "argument" beyond the maximum.
   */
  setExtent(dims: readonly number[]): void {
    this.file.requireWritable();
    this.settleElements();
    const { dataspace, layout } = this;
    requireExtent(this, dataspace, layout, dims);
    // Of an extent that stays nothing is written, not even the time. A shared dataspace could come to lie elsewhere.
    if (isSameExtent(dims, dataspace.dims)) return;
    const isChunked = layout.kind === "chunked";
    const isEarly = isChunked && this.fillValue?.allocationTime === "early";
    if (isChunked) {
      if (isEarly) this.chunkStore().requireAllocatable(dataspace.dims, dims);
      this.file.holdsBack(this);
      this.chunkStore().setExtent(dims);
      if (isEarly && product(dims) > 0) this.allocateGrown(dataspace.dims);
    }
    const message = this.required(this.header.first(MESSAGE.DATASPACE), "dataspace");
    const { kind, version, maxDims, maxDimsStored, exactMaxDims } = dataspace;
    // Spreading an object is a call of the runtime, which took a fifth of the time of a row.
    const extent = { kind, dims: dims.slice(), maxDims, maxDimsStored, version };
    storeExtent(this, message, exactMaxDims === undefined ? extent : { ...extent, exactMaxDims });
    this.forgetVirtual();
    this.touch();
  }

  /** The chunks of the extent that it has beyond another, which it gets back where there is no room for them. */
  private allocateGrown(oldDims: readonly number[]): void {
    const chunks = this.chunkStore();
    try {
      chunks.allocateAll(this.fill.onRead, oldDims);
    } catch (error) {
      chunks.setExtent(oldDims);
      throw error;
    }
  }

  /** Changed chunks go to the file, and the layout message learns where their index is. */
  override flush(): void {
    this.ownChunks?.flush();
  }

  override flushStructures(): void {
    this.ownChunks?.flushStructures();
  }

  /**
   * Has chunks found by a version 1 B-tree, and what has no chunks described by version 3 of the message, as every version of
   * the C library reads them. C: `H5Dformat_convert`.
   */
  convertLayout(): void {
    this.file.requireWritable();
    this.settleElements();
    const { layout } = this;
    if ((layout.kind === "contiguous" || layout.kind === "compact") && layout.version > 3) {
      this.replaceLayout({ ...layout, version: 3 });
    }
    if (layout.kind === "chunked" && layout.indexing.type !== "b-tree-v1") this.chunks.convertIndex(layout);
  }

  override get holdsNothing(): boolean {
    return this.ownChunks?.isOpen !== true && this.shown === undefined;
  }

  override closed(): void {
    this.ownChunks?.close();
    this.shown?.close();
  }

  override get canFlushAlone(): boolean {
    return !this.attributesChanged && !this.ownsHeapObjects && this.file.sharedMessages.indexes.length === 0;
  }

  /** The index is opened anew, with an eye on the order in which it is written. */
  override readersCome(): void {
    this.ownChunks?.closeForAWhile();
  }

  override deleteStorage(deletion: Deletion): void {
    this.settleElements();
    const { committedTypeAddress, ownChunks } = this;
    const isOpen = ownChunks?.isOpen === true;
    if (isOpen) deletion.afterwards(() => ownChunks.forget());
    addRawData(this, deletion, isOpen);
    super.deleteStorage(deletion);
    if (committedTypeAddress !== undefined) deletion.dropReference(committedTypeAddress);
  }
}
