/**
 * How the changes of an open file reach it: flushing of everything or of one object, writing while others read (SWMR), and
 * the last flush of all.
 *
 * Objects write first what they hold back, then goes what the file says of its driver and its free space, and the superblock
 * with the blocks of the cache. In which order those are written: engine/write-out.ts.
 *
 * Reference implementation: H5Fint.c, `H5F__flush_phase1`, `H5F__flush_phase2`, `H5F__dest`; H5F.c, `H5F__start_swmr_write`.
 */
import type { Address } from "../base/address.ts";
import type { Superblock } from "../format/superblock.ts";
import { DatasetObject } from "./dataset-object.ts";
import type { DriverRecord } from "./driver-record.ts";
import type { EngineObject } from "./engine-object.ts";
import { superblockExtensionAddress } from "./free-space-managers.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { HardLinks } from "./hard-links.ts";
import { isDatasetHeader, isGroupHeader } from "./header-kinds.ts";
import type { KeptSuperblock } from "./kept-superblock.ts";
import { type NewObjects, shortenByMoving } from "./movable-blocks.ts";
import { MovableData } from "./movable-data.ts";
import type { ObjectHeader } from "./object-header.ts";
import type { ObjectTable } from "./object-table.ts";
import { PersistedFreeSpace } from "./space/persisted-free-space.ts";
import { dropFileSpaceInfo } from "./superblock-extension.ts";

/** How much of a file may be freed, and not used again, before it is flushed for that. */
const RECLAIMED_SHARE = 0.01;
const LEAST_RECLAIMED_BYTES = 512;

export class FileFlushing {
  private readonly file: H5File;
  private readonly objects: ObjectTable;
  private readonly kept: KeptSuperblock;
  /** What the superblock says of the driver, in a file whose driver has to know where members end. */
  private readonly driverRecord: DriverRecord | undefined;
  private freeSpaceRecord: PersistedFreeSpace | undefined;
  /** Whether raw data that nobody has seen may move as the file is closed. */
  dataMoves = true;
  /** The allocator's count of changes when the file on disk was last as it is here. */
  private changesWhenClean = 0;
  /** The same when it was opened. */
  private changesWhenOpened = 0;

  constructor(file: H5File, objects: ObjectTable, kept: KeptSuperblock, driverRecord: DriverRecord | undefined) {
    this.file = file;
    this.objects = objects;
    this.kept = kept;
    this.driverRecord = driverRecord;
  }

  /** Takes over the free space that the file keeps account of, if it does. */
  keepFreeSpace(isNew: boolean): void {
    const extension = superblockExtensionAddress(this.file);
    if (this.file.writable && extension !== undefined) {
      this.freeSpaceRecord = PersistedFreeSpace.open(this.file, extension, isNew);
    }
    this.changesWhenClean = this.file.storage.allocator.changes;
    this.changesWhenOpened = this.changesWhenClean;
  }

  /** Ends the account of what is free. */
  dropFreeSpaceRecord(): void {
    this.freeSpaceRecord?.drop();
    this.freeSpaceRecord = undefined;
    dropFileSpaceInfo(this.file);
  }

  private get isChanged(): boolean {
    const { storage } = this.file;
    return storage.hasDirty || storage.allocator.changes !== this.changesWhenClean;
  }

  /** Whether so much of the file has been freed since the last flush that it is worth one. */
  private get hasMuchFreed(): boolean {
    const { pendingBytes, endOfAllocation } = this.file.storage.allocator;
    return pendingBytes > Math.max(LEAST_RECLAIMED_BYTES, RECLAIMED_SHARE * endOfAllocation);
  }

  /** Writes everything that was changed. */
  flush(): void {
    this.objects.flush();
    this.flushFile();
    this.file.storage.shown();
  }

  /**
   * Has space that was freed since the last flush used again, if there is much: raw data may have it only when no structure in
   * the file points to it any more. In the C library it may at once; as there, changed chunks wait on.
   */
  reclaimSpace(): void {
    if (!this.hasMuchFreed) return;
    this.objects.flushStructures();
    this.flushFile();
  }

  private flushFile(): void {
    this.all(() => {
      this.file.globalHeap.releaseVacant();
      this.file.storage.settle();
      if (this.isChanged) this.freeSpaceRecord?.drop();
      this.writeOut();
    });
    this.file.storage.shrink();
  }

  /** A flush that fails, be it before the first byte is written, leaves nothing given back that the file on disk needs. */
  private all(flush: () => void): void {
    try {
      flush();
    } catch (cause) {
      this.file.storage.allocator.flushFailed();
      throw cause;
    }
  }

  /** Writes one object and what it waits for, if the rest can stay back. */
  flushAlone(object: EngineObject): void {
    object.flush();
    this.all(() => this.writeOut(object.header.blockAddresses));
    this.file.storage.shown();
    this.file.storage.shrink();
  }

  /** @param superblock - With the flags by which readers know of the writer. */
  startSwmrWriting(superblock: Superblock): void {
    this.flush();
    for (const object of this.objects.openObjects()) object.readersCome();
    this.file.storage.serveReaders();
    this.kept.current = superblock;
    this.writeOut();
  }

  /** The last flush: the file on disk is one that nobody has open. */
  finish(): void {
    const { objects, kept } = this;
    const { storage } = this.file;
    objects.closeAll();
    const closed = { ...kept.current, fileConsistencyFlags: 0 };
    // Readers are told last.
    if (!storage.servesReaders) kept.current = closed;
    objects.flush();
    this.all(() => {
      this.file.globalHeap.releaseVacant();
      storage.settle();
      const record = this.freeSpaceRecord;
      // What was flushed before may end earlier still.
      const mayShorten = storage.allocator.changes !== this.changesWhenOpened;
      if (this.isChanged || mayShorten || record?.stored === false) {
        record?.drop();
        shortenByMoving({
          storage,
          known: () => objects.headersInMemory(),
          shared: this.file.sharedMessages,
          newObjects: (headers) => this.newObjects(headers),
        });
        record?.store();
      }
      this.writeOut();
    });
    if (!storage.servesReaders) return;
    kept.current = closed;
    this.writeOut();
    storage.cutEnds();
  }

  /** Links to those of the headers that may move, which shared messages must not be found by, and raw data of any. */
  private newObjects(headers: ReadonlySet<ObjectHeader>): NewObjects {
    const { file } = this;
    const known = [...headers];
    // Not the root group's, nor that of the superblock: those of a new file are flushed as it is made.
    const moving = known.filter(({ mayMove }) => mayMove);
    const groups = known.filter(isGroupHeader).map((header) => new GroupObject(file, header));
    const datasets = this.dataMoves ? known.filter(isDatasetHeader) : [];
    return {
      links: new HardLinks(file.sharedMessages.isUsed ? [] : moving, groups),
      data: new MovableData(datasets.map((header) => new DatasetObject(file, header))),
    };
  }

  /** @param of - Structures that are to be written, with all that they wait for. Default: every one. */
  private writeOut(of?: readonly Address[]): void {
    const { driverRecord, kept } = this;
    const { storage } = this.file;
    if (driverRecord !== undefined) {
      storage.settle();
      storage.allocator.trim();
      driverRecord.prepare(storage, kept.current, (address) => this.objects.header(address));
    }
    storage.flush((write) => {
      driverRecord?.writeBlock(storage, kept.current, write);
      kept.write(storage, write);
    }, of);
    if (of !== undefined) return;
    kept.flushed = kept.current;
    this.objects.flushed();
    this.changesWhenClean = storage.allocator.changes;
  }
}
