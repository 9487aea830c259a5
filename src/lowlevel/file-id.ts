/** Files. C: `H5F`. */

import { HDF5Error } from "../base/errors.ts";
import { fileSpaceSettings } from "../engine/free-space-managers.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { cacheImageOf } from "../engine/superblock-extension.ts";
import { LIBRARY_VERSIONS } from "../format/library-version.ts";
import type { SharedMessageIndex } from "../format/shared-message-table.ts";
import { argumentError, guarded, libraryError, record } from "./api-error.ts";
import { expectInstance, type Size, toInt, toSize } from "./arguments.ts";
import { cacheBound, checkCacheConfig } from "./cache-config-checks.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { fileBytes, fileSizeOf, isWritten } from "./file-image.ts";
import {
  cacheSizes,
  type FileInfo,
  fileInfoOf,
  hitRate,
  type PageBufferStats,
  pageBufferStats,
  type RetryInfo,
  resetPageBufferStats,
  retryInfoOf,
} from "./file-tuning.ts";
import { GroupID } from "./group-id.ts";
import { CacheConfig } from "./h5ac.ts";
import { MEM_DEFAULT, MEM_DRAW, MEM_GHEAP, MEM_OHDR } from "./h5fd.ts";
import { checkLibverBounds, versionBounds } from "./libver-bounds.ts";
import type { Place } from "./location-id.ts";
import { closedRecord, ID_TYPE } from "./object-id.ts";
import { creationOfObject, linkOrderOf } from "./object-plist.ts";
import type { OpenFile } from "./open-file.ts";
import { PropFAID } from "./prop-fapl.ts";
import { FILE_CREATION_DEFAULTS, type FileCreation, PropFCID } from "./prop-fcpl.ts";
import { closeUnused } from "./shared-file.ts";
import { STRATEGIES } from "./shared-files.ts";

/** A stretch of free space in a file. C: `H5F_sect_info_t`. */
export interface FreeSectionInfo {
  /** Where it begins, in bytes from the base address. */
  readonly addr: number;
  /** Bytes. */
  readonly size: number;
}

/** Objects that nobody may hold when writing for readers begins. */
const STAY_CLOSED: readonly number[] = [ID_TYPE.ATTR, ID_TYPE.DATATYPE];

function sharedMessagesOf(indexes: readonly SharedMessageIndex[]): Partial<FileCreation> {
  const [first] = indexes;
  if (first === undefined) return {};
  return {
    sharedIndexes: indexes.map(({ messageTypeFlags, minimumMessageSize }) => ({
      typeFlags: messageTypeFlags,
      minimumSize: minimumMessageSize,
    })),
    sharedListMax: first.listCutoff,
    sharedTreeMin: first.bTreeCutoff,
  };
}

/** An open file, which is its root group too. h5py: `FileID`. */
export class FileID extends GroupID {
  private readonly opening: OpenFile;

  constructor(opening: OpenFile) {
    const root: Place<GroupObject> = { file: opening, object: opening.engine.root(), path: "/" };
    super(root, ID_TYPE.FILE);
    this.opening = opening;
    opening.adoptFileId(this);
  }

  protected override closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "Not a file id")];
  }

  protected override beforeClose(): void {
    if (this.opening.mustStayOpen) {
      throw libraryError([
        record("H5Fclose", "FILE", "CANTCLOSEFILE", "closing file ID failed"),
        record("H5F_try_close", "FILE", "CANTCLOSEFILE", "can't close file, there are objects still open"),
      ]);
    }
  }

  protected override afterClose(): void {
    super.afterClose();
    guarded(record("H5Fclose", "FILE", "CANTCLOSEFILE", "closing file ID failed"), () => this.opening.fileIdClosed());
    closeUnused();
  }

  /** Closes the file with all objects that were opened from it. The first error of one is thrown once all are closed. */
  closeWithObjects(): void {
    if (!this.valid) return;
    const opened = this.openFile.identifiersToClose();
    const failures: { readonly error: unknown }[] = [];
    for (const id of opened) {
      if (id instanceof FileID) continue;
      try {
        while (id.valid) id.release();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // The file is closed all the same, and what the object could not write fails again with it.
        failures.push({ error });
      }
    }
    for (const id of opened) if (id instanceof FileID) while (id.valid) id.release();
    for (const { error } of failures) throw error;
  }

  /** The file that the identifier opened. */
  get openFile(): OpenFile {
    this.requireValid();
    return this.opening;
  }

  /** The name the file was opened by; empty for bytes. C: `H5Fget_name`. */
  get name(): string {
    return this.openFile.name;
  }

  /** Another identifier of the file, with objects of its own. C: `H5Freopen`. */
  reopen(): FileID {
    return new FileID(this.openFile.again());
  }

  /** Bytes of the file, user block included. C: `H5Fget_filesize`. */
  getFilesize(): number {
    return fileSizeOf(this.openFile);
  }

  /** Bytes within the file that are free. C: `H5Fget_freespace`. */
  getFreespace(): number {
    return this.openFile.engine.freeSpace();
  }

  /**
   * Free sections of the file by address, of one kind of memory or, with `h5fd.MEM_DEFAULT`, of all.
   *
   * As in the C library, kinds that share a list with others find all of its sections: raw data and global heaps one list,
   * metadata another; in a file that is paged, sections of a page or more are of a third list that all kinds share.
   *
   * @throws ValueError for a number that is no kind of memory. C: `H5Fget_free_sections`.
   */
  getFreeSections(type: Size = MEM_DEFAULT): FreeSectionInfo[] {
    const kind = toInt(type);
    const where = "H5Fget_free_sections";
    if (kind < MEM_DEFAULT || kind > MEM_OHDR) throw argumentError(where, "ARGS", "BADVALUE", "invalid type");
    const raw = kind === MEM_DRAW || kind === MEM_GHEAP;
    return guarded(record(where, "FILE", "CANTGET", "unable to retrieve free-space sections"), () =>
      this.openFile.engine
        .freeSections()
        .filter(({ list }) => kind === MEM_DEFAULT || list === "large" || (list === "raw") === raw)
        .map(({ address, byteLength }) => ({ addr: address, size: byteLength })),
    );
  }

  /** `h5f.ACC_RDONLY` or `ACC_RDWR`, with `ACC_SWMR_READ` or `ACC_SWMR_WRITE` where others write or read. C: `H5Fget_intent`. */
  getIntent(): number {
    return this.openFile.intent;
  }

  /**
   * Begins to write so that others can read meanwhile. From now on a flush shows readers what was changed, in an order in
   * which they meet no half of it, and space that they may be looking at is not used again. It ends with closing the file.
   *
   * Everything is flushed first; chunk caches of open datasets are emptied. As in the C library, objects and attributes that are
   * made from now on are not promised to readers.
   *
   * @throws RuntimeError "Unable to start swmr writing (…)": not open for writing, a superblock older than version 3 (see the
   *   low bound `h5f.LIBVER_V110`), begun already, or handles of attributes or committed datatypes open.
   * C: `H5Fstart_swmr_write`.
   */
  startSwmrWrite(): void {
    guarded(record("H5Fstart_swmr_write", "FILE", "SYSTEM", "unable to start SWMR writing"), () => {
      const { shared, engine } = this.openFile;
      engine.requireSwmrStart();
      for (const { idType } of shared.identifiers()) {
        if (!STAY_CLOSED.includes(idType)) continue;
        throw new HDF5Error("state", "named datatypes and/or attributes opened in the file");
      }
      engine.startSwmrWriting();
    });
  }

  /** How the file was created. C: `H5Fget_create_plist`. */
  override getCreatePlist(): PropFCID {
    return guarded(record("H5Fget_create_plist", "FILE", "CANTGET", "can't get file creation property list"), () => {
      const { engine } = this.openFile;
      const { group } = this;
      const { version, baseAddress, sizeOfOffsets, sizeOfLengths } = engine.superblock;
      const fileSpace = fileSpaceSettings(engine);
      return new PropFCID({
        ...FILE_CREATION_DEFAULTS,
        ...creationOfObject(group),
        linkCreationOrder: linkOrderOf(group),
        superblockVersion: version,
        userblockSize: baseAddress,
        sizeOfOffsets,
        sizeOfLengths,
        groupLeafK: engine.groupRanks.leafK,
        groupInternalK: engine.groupRanks.internalK,
        chunkK: engine.groupRanks.chunkK,
        fileSpaceStrategy: STRATEGIES.indexOf(fileSpace.strategy),
        persistFreeSpace: fileSpace.persist,
        freeSpaceThreshold: fileSpace.threshold,
        fileSpacePageSize: fileSpace.pageSize,
        ...sharedMessagesOf(engine.sharedMessages.indexes),
      });
    });
  }

  /** How the file is accessed. C: `H5Fget_access_plist`. */
  getAccessPlist(): PropFAID {
    const { shared, engine, closeDegree } = this.openFile;
    const fapl = new PropFAID(shared.access);
    fapl.setFcloseDegree(closeDegree);
    const [bufferBytes, metaPercent, rawPercent] = fapl.getPageBufferSize();
    const { pageSize } = fileSpaceSettings(engine);
    // As the C library does, whole pages.
    if (bufferBytes > 0) fapl.setPageBufferSize(bufferBytes - (bufferBytes % pageSize), metaPercent, rawPercent);
    // A superblock of 1.8 or 1.10 raises the low bound.
    fapl.setLibverBounds(LIBRARY_VERSIONS.indexOf(engine.lowBound), fapl.values().libverHigh);
    fapl.setMetadataReadAttempts(engine.storage.attempts.most);
    return fapl;
  }

  /**
   * The oldest and the newest format, `h5f.LIBVER_…`, of what is written from now on, by whichever opening of the file;
   * what was changed before is flushed. C: `H5Fset_libver_bounds`.
   *
   * @throws ValueError as {@link PropFAID.setLibverBounds}.
   */
  setLibverBounds(low: Size, high: Size | "latest"): void {
    const { shared, engine } = this.openFile;
    const bounds = checkLibverBounds("H5Fset_libver_bounds", low, high);
    const outer = record("H5Fset_libver_bounds", "FILE", "CANTSET", "cannot set low/high bounds");
    guarded(outer, () => {
      engine.flush();
      engine.setBounds(versionBounds(bounds));
    });
    shared.access = { ...shared.access, ...bounds };
  }

  /** Bytes to the end of what is allocated in the file. C: `H5Fget_eoa`. */
  getEoa(): number {
    return guarded(record("H5Fget_eoa", "FILE", "CANTGET", "get_eoa request failed"), () =>
      this.openFile.engine.endOfAllocation(),
    );
  }

  /**
   * Moves the end of what is allocated on by so many bytes, which belong to nothing.
   *
   * @throws OverflowError for a negative number. C: `H5Fincrement_filesize`.
   */
  incrementFilesize(increment: Size): void {
    const byteLength = toSize(increment);
    guarded(record("H5Fincrement_filesize", "FILE", "CANTSET", "unable to increment file size"), () =>
      this.openFile.engine.incrementSize(byteLength),
    );
  }

  /** What the superblock, free space and shared messages take in the file. Changes are flushed first. C: `H5Fget_info2`. */
  getInfo(): FileInfo {
    return guarded(record("H5Fget_info2", "FILE", "CANTGET", "unable to retrieve file info"), () =>
      fileInfoOf(this.openFile),
    );
  }

  /** Whether headers of new datasets leave no room for attributes. C: `H5Fget_dset_no_attrs_hint`. */
  getDsetNoAttrsHint(): boolean {
    return this.openFile.engine.datasetsWithoutAttributes;
  }

  /**
   * Has the headers of new datasets made as small as they can be, without room for attributes; these need another block then.
   * C: `H5Fset_dset_no_attrs_hint`.
   */
  setDsetNoAttrsHint(minimize: boolean): void {
    this.openFile.engine.datasetsWithoutAttributes = Boolean(minimize);
  }

  /** Closes files that were kept open, or opened to follow links, and of which nothing is open. C: `H5Fclear_elink_file_cache`. */
  clearElinkFileCache(): void {
    this.requireValid();
    this.openFile.shared.releaseLinked();
    closeUnused();
  }

  /**
   * Makes the file one that HDF5 1.8 opens, as far as its superblock goes; it keeps no account of its free space any
   * more.
   *
   * @throws ValueError `"read-only"` when the file is not open for writing. C: `H5Fformat_convert`.
   */
  formatConvert(): void {
    guarded(record("H5Fformat_convert", "FILE", "CANTCONVERT", "unable to convert file format"), () =>
      this.openFile.engine.convertFormat(),
    );
  }

  /** The share of structures that were in memory when asked for, since the last reset; 0 when none was. C: `H5Fget_mdc_hit_rate`. */
  getMdcHitRate(): number {
    return hitRate(this.openFile);
  }

  /** Has {@link getMdcHitRate} begin anew. C: `H5Freset_mdc_hit_rate_stats`. */
  resetMdcHitRateStats(): void {
    this.openFile.engine.storage.resetStructureCounts();
  }

  /** `[largest size, least clean size, current size, entries]` of decoded structures, sizes in bytes on disk. C: `H5Fget_mdc_size`. */
  getMdcSize(): [number, number, number, number] {
    return cacheSizes(this.openFile);
  }

  /**
   * Settings of the metadata cache: those of the access list the file was first opened with, or that were set since. The size is
   * the bound of decoded structures now. C: `H5Fget_mdc_config`.
   */
  getMdcConfig(): CacheConfig {
    const { shared, engine } = this.openFile;
    const { maxByteLength } = engine.storage.structureCacheStatistics();
    return new CacheConfig({ ...shared.access.mdcConfig, setInitialSize: false, initialSize: maxByteLength });
  }

  /**
   * Settings of the metadata cache. The initial size, within the least and the largest, becomes the bound of what is kept decoded;
   * without evictions there is none. The bound does not adapt by itself: the rest is kept and told.
   *
   * @throws RuntimeError "Unable to set metadata cache configuration (…)" for what the C library refuses. C: `H5Fset_mdc_config`.
   */
  setMdcConfig(config: Readonly<CacheConfig>): void {
    expectInstance(config, CacheConfig, "config");
    const outer = record("H5Fset_mdc_config", "FILE", "CANTSET", "unable to set metadata cache configuration");
    guarded(outer, () => {
      const { shared, engine } = this.openFile;
      checkCacheConfig(config);
      shared.access = { ...shared.access, mdcConfig: new CacheConfig(config) };
      engine.storage.metadataCacheBytes = cacheBound(config, engine.storage.structureCacheStatistics().maxByteLength);
    });
  }

  /** Where the file keeps an image of the metadata cache, and its bytes; `[null, 0]` without one. C: `H5Fget_mdc_image_info`. */
  getMdcImageInfo(): [addr: number | null, size: number] {
    return guarded(record("H5Fget_mdc_image_info", "FILE", "CANTGET", "can't retrieve cache image info"), () => {
      const image = cacheImageOf(this.openFile.engine);
      return image === undefined ? [null, 0] : [image.address, image.byteLength];
    });
  }

  /** Whether the file says, now, that a writer has it open so that others may read it. The C library has nothing of the kind. */
  isBeingWritten(): boolean {
    return isWritten(this.openFile);
  }

  /**
   * How often metadata was read again because its checksum did not fit, which happens while another process writes.
   *
   * C: `H5Fget_metadata_read_retry_info`.
   */
  getMetadataReadRetryInfo(): RetryInfo {
    this.requireValid();
    return retryInfoOf(this.openFile);
  }

  /**
   * What went through the page buffer.
   *
   * @throws ValueError "Page buffering not enabled on file (…)". C: `H5Fget_page_buffering_stats`.
   */
  getPageBufferingStats(): PageBufferStats {
    return pageBufferStats("H5Fget_page_buffering_stats", this.openFile);
  }

  /** Has {@link getPageBufferingStats} begin anew. @throws as it does. C: `H5Freset_page_buffering_stats`. */
  resetPageBufferingStats(): void {
    resetPageBufferStats("H5Freset_page_buffering_stats", this.openFile);
  }

  /** The bytes of the whole file, everything written. C: `H5Fget_file_image`. */
  getFileImage(): Uint8Array<ArrayBuffer> {
    return fileBytes(this.openFile);
  }
}
