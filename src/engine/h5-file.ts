/**
 * An open HDF5 file: superblock, storage, objects by address, flushing and closing.
 *
 * Reference implementation: H5F.c, H5Fsuper.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { ClosedError, FormatError, HDF5Error, isHdf5Error, UnsupportedError } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { sizeOfDriverInfoBlock } from "../format/driver-info.ts";
import type { FileSpaceInfoV1 } from "../format/file-space-info.ts";
import type { LibraryVersion, VersionBounds } from "../format/library-version.ts";
import { MESSAGE } from "../format/message-types.ts";
import {
  FILE_CONSISTENCY_FLAG,
  rootObjectHeaderAddress,
  type Superblock,
  sizeOfSuperblock,
} from "../format/superblock.ts";
import { MultiSource, MultiTarget } from "../io/multi-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { type ChunkCacheSettings, DEFAULT_CHUNK_CACHE } from "./chunks/chunk-cache.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import { DriverRecord, memberAllocator, newDriverInfo } from "./driver-record.ts";
import type { EngineObject } from "./engine-object.ts";
import { confinedOpener } from "./external-policy.ts";
import { boundsOf, type CreateFileOptions, type OpenFileOptions, raisedBounds } from "./file-options.ts";
import { FileStorage } from "./file-storage.ts";
import { freeBytesStored, listedSections, superblockExtensionAddress } from "./free-space-managers.ts";
import { GlobalHeap } from "./global-heap.ts";
import { GroupObject } from "./group-object.ts";
import { HeaderCache } from "./header-cache.ts";
import { type InPlaceTarget, isInPlaceTarget } from "./in-place-writing.ts";
import { driverInfoOf, wholeFile, wholeMultiFile } from "./member-files.ts";
import { unmountAll } from "./mounts.ts";
import { createGroupHeader } from "./object-creation.ts";
import { ObjectHeader } from "./object-header.ts";
import { OtherFiles } from "./other-files.ts";
import { installPlatformCodecs } from "./platform-codecs.ts";
import { ReadAttempts } from "./read-attempts.ts";
import type { ExternalResolver } from "./resolve.ts";
import { SharedMessages } from "./shared-messages.ts";
import { newAllocator, newFileSpace, pageBuffer, requireAlignedUserBlock } from "./space/file-space.ts";
import { PersistedFreeSpace } from "./space/persisted-free-space.ts";
import type { ListedSection, SpaceAllocator } from "./space/space-allocator.ts";
import {
  checkConsistencyFlags,
  encodeCurrentSuperblock,
  farAddressesOf,
  isSwmrWritten,
  newSuperblock,
  readSettings,
  readSuperblock,
  requireWholeFile,
  rereadSuperblock,
  type SuperblockOptions,
  type TreeRanks,
  writeExtension,
} from "./superblock-access.ts";
import {
  dropFileSpaceInfo,
  fileSpaceOf,
  prepareForWriting,
  readableExtension,
  withCacheImage,
} from "./superblock-extension.ts";
import { withSwmrFlags } from "./swmr-writing.ts";
import type { WriteBytes } from "./write-out.ts";

/** Bound of decoded metadata and of the blocks below it, in bytes. */
const DEFAULT_METADATA_CACHE_BYTES = 8 << 20;
const DEFAULT_BLOCK_CACHE_BYTES = 4 << 20;

/** Where nothing else is said. C: `H5F_SWMR_METADATA_READ_ATTEMPTS`. */
const SWMR_READ_ATTEMPTS = 100;

/** How much of a file may be freed, and not used again, before it is flushed for that. */
const RECLAIMED_SHARE = 0.01;
const LEAST_RECLAIMED_BYTES = 512;

interface Holder {
  readonly object: EngineObject;
  count: number;
}

export class H5File {
  readonly name: string;
  readonly writable: boolean;
  /** Through which elements are written where they lie, in a file that is otherwise only read. */
  readonly inPlace: InPlaceTarget | undefined;
  readonly storage: FileStorage;
  readonly globalHeap: GlobalHeap;
  readonly sharedMessages: SharedMessages;
  readonly chunkCache: ChunkCacheSettings;
  private readonly evictsOnClose: boolean;
  /** Whether headers of new datasets leave no room for attributes. C: `H5Fset_dset_no_attrs_hint`. */
  datasetsWithoutAttributes = false;
  /** Group leaf node K, group internal node K and indexed storage internal node K. */
  readonly groupRanks: TreeRanks;
  private bounds: VersionBounds;
  externalResolver: ExternalResolver | undefined;
  readonly otherFiles: OtherFiles;
  /** What the superblock says of the driver, in a file whose driver has to know where members end. */
  private driverRecord: DriverRecord | undefined;
  private readonly source: ByteSource;
  private currentSuperblock: Superblock;
  private readonly headers = new HeaderCache();
  private readonly held = new Map<Address, Holder>();
  /** Made, but not yet linked from a group: gone when nobody holds them any more. */
  private readonly unlinked = new Set<Address>();
  private readonly doomed = new Set<Address>();
  /** Objects that hold back changes although nobody acquired them. */
  private readonly unflushed = new Map<Address, EngineObject>();
  private isClosed = false;
  private freeSpaceRecord: PersistedFreeSpace | undefined;
  /** The superblock in the file, while others read it. */
  private shown: { readonly superblock: Superblock; readonly end: Address } | undefined;
  /** As it is in the file; undefined while a new file has none. */
  private flushedSuperblock: Superblock | undefined;
  /** The allocator's count of changes when the file on disk was last as it is here. */
  private changesWhenClean = 0;

  /** @param options - Of a new file also its ranks: its superblock extension is still to be written. */
  private constructor(
    source: ByteSource,
    superblock: Superblock,
    options: OpenFileOptions & Pick<SuperblockOptions, "ranks">,
    fileSpace: FileSpaceInfoV1,
    allocator: SpaceAllocator,
    attempts = new ReadAttempts(options.metadataReadAttempts ?? 1),
  ) {
    const buffer = pageBuffer(fileSpace, options.space ?? {});
    installPlatformCodecs();
    this.source = source;
    this.name = source.name;
    this.writable = options.writable ?? false;
    this.inPlace = !this.writable && isInPlaceTarget(source) ? source : undefined;
    this.currentSuperblock = superblock;
    this.bounds = boundsOf(options);
    this.chunkCache = options.chunkCache ?? DEFAULT_CHUNK_CACHE;
    this.evictsOnClose = options.evictOnClose ?? false;
    this.externalResolver = options.externalResolver;
    this.otherFiles = new OtherFiles(this, options);
    this.storage = new FileStorage({
      source,
      target: this.writable ? (source as ByteTarget) : undefined,
      baseAddress: superblock.baseAddress,
      widths: {
        sizeOfOffsets: superblock.sizeOfOffsets,
        sizeOfLengths: superblock.sizeOfLengths,
        farAddresses: farAddressesOf(source),
      },
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      allocator,
      addressesOfMembers: source instanceof MultiSource,
      metadataCacheBytes: options.metadataCacheBytes ?? DEFAULT_METADATA_CACHE_BYTES,
      blockCacheBytes: buffer?.maxByteLength ?? options.blockCacheBytes ?? DEFAULT_BLOCK_CACHE_BYTES,
      blockByteLength: buffer?.blockByteLength,
      isChanging: options.swmrRead ?? false,
      attempts,
    });
    this.globalHeap = new GlobalHeap(this.storage);
    const settings = readSettings(this.storage, superblock);
    this.groupRanks = { ...settings.ranks, ...options.ranks };
    this.sharedMessages = new SharedMessages(this.storage, settings.sharedMessageTable, (address) =>
      this.header(address),
    );
  }

  /**
   * Opens an existing file.
   *
   * @throws HDF5Error "format" ("file signature not found", "truncated file: ...") for what is no intact HDF5 file.
   */
  static open(given: ByteSource, options: OpenFileOptions = {}): H5File {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const writable = options.writable ?? false;
    const memberOptions = { opener: confinedOpener(options.opener, options.externalAccess), writable, limits };
    const source = wholeMultiFile(given, memberOptions);
    const swmrRead = options.swmrRead ?? false;
    const attempts = ReadAttempts.of(source, options.metadataReadAttempts ?? (swmrRead ? SWMR_READ_ATTEMPTS : 1));
    const superblock = readSuperblock(source, limits, attempts);
    const first = readableExtension(source, superblock, limits);
    const whole = wholeFile(source, superblock, first, memberOptions);
    const extension = whole === source ? first : readableExtension(whole, superblock, limits);
    // A file that is being written may be shorter than it says, or longer.
    if (!(swmrRead && isSwmrWritten(superblock))) requireWholeFile(whole, superblock);
    checkConsistencyFlags(superblock, writable ? "write" : swmrRead ? "swmr-read" : "read");
    const bounds = raisedBounds(superblock, options);
    const current = withCacheImage(whole, superblock, extension, writable);
    if (current !== given && isInPlaceTarget(given)) {
      throw new UnsupportedError("writing in place in a file of several pieces, or with a cache image");
    }
    const { baseAddress, endOfFileAddress } = superblock;
    const end = endOfFileAddress - baseAddress;
    const fileSpace = fileSpaceOf(extension);
    const allocatorOf = (start: Address) => newAllocator(fileSpace, options.space ?? {}, start, baseAddress);
    const driverInfo = whole instanceof MultiTarget ? driverInfoOf(whole, superblock, extension, limits) : undefined;
    if (whole instanceof MultiTarget && driverInfo?.kind !== "multi") {
      throw new FormatError("the superblock does not tell of the file's members", { structure: "Driver information" });
    }
    const allocator =
      driverInfo?.kind === "multi"
        ? memberAllocator(whole as MultiTarget, driverInfo, baseAddress, allocatorOf)
        : allocatorOf(end);
    const file = new H5File(current, superblock, { ...options, ...bounds }, fileSpace, allocator, attempts);
    if (driverInfo !== undefined) file.driverRecord = new DriverRecord(driverInfo, whole);
    if (writable && extension !== undefined) prepareForWriting(file, extension.header.address);
    file.keepFreeSpace(false);
    file.flushedSuperblock = superblock;
    if (writable && superblock.version === 3) {
      file.currentSuperblock = { ...superblock, fileConsistencyFlags: FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING };
      file.storage.writeRaw(0, encodeCurrentSuperblock(file.currentSuperblock, file.storage));
    }
    return file;
  }

  /** Makes an empty file in `target`, which must be empty, and writes it: it is a valid file from the start. */
  static create(target: ByteTarget, options: CreateFileOptions = {}): H5File {
    const fileSpace = newFileSpace(options.fileSpace ?? {});
    let superblock: Superblock = newSuperblock(options, boundsOf(options), fileSpace);
    requireAlignedUserBlock(superblock.baseAddress, fileSpace, options.space ?? {});
    const allocatorOf = (start: Address) => newAllocator(fileSpace, options.space ?? {}, start, superblock.baseAddress);
    const driverInfo = newDriverInfo(target, options.multi);
    const allocator =
      driverInfo?.kind === "multi" && target instanceof MultiTarget
        ? memberAllocator(target, driverInfo, superblock.baseAddress, allocatorOf)
        : allocatorOf(0);
    const hasBlock = driverInfo !== undefined && superblock.version < 2;
    const superblockBytes = sizeOfSuperblock(superblock.version, superblock);
    allocator.allocate("super", superblockBytes + (hasBlock ? sizeOfDriverInfoBlock(driverInfo) : 0));
    if (hasBlock) superblock = { ...superblock, driverInformationBlockAddress: superblockBytes } as Superblock;
    const file = new H5File(target, superblock, { ...options, writable: true }, fileSpace, allocator);
    const record = driverInfo && new DriverRecord(driverInfo, target);
    file.driverRecord = record;
    const extension = writeExtension(file, superblock, options, fileSpace, record?.message(file.storage, superblock));
    if (extension !== undefined) file.keepHeader(extension);
    const root = createGroupHeader(file, options);
    file.setRoot(new GroupObject(file, root), extension?.address ?? UNDEFINED_ADDRESS);
    file.keepFreeSpace(true);
    file.flush();
    return file;
  }

  /** Takes over the free space that the file keeps account of, if it does. */
  private keepFreeSpace(isNew: boolean): void {
    const extension = superblockExtensionAddress(this);
    if (this.writable && extension !== undefined) {
      this.freeSpaceRecord = PersistedFreeSpace.open(this, extension, isNew);
    }
    this.changesWhenClean = this.storage.allocator.changes;
  }

  private setRoot(root: GroupObject, extension: Address): void {
    const superblock = this.currentSuperblock;
    if (superblock.version >= 2) {
      this.currentSuperblock = {
        ...superblock,
        superblockExtensionAddress: extension,
        rootGroupObjectHeaderAddress: root.address,
      } as Superblock;
      return;
    }
    const table = root.symbolTableMessage;
    const entry =
      table === undefined
        ? { cacheType: 0, linkNameOffset: 0, objectHeaderAddress: root.address }
        : {
            cacheType: 1,
            linkNameOffset: 0,
            objectHeaderAddress: root.address,
            bTreeAddress: table.bTreeAddress,
            nameHeapAddress: table.localHeapAddress,
          };
    this.currentSuperblock = { ...superblock, rootGroupSymbolTableEntry: entry } as Superblock;
  }

  get superblock(): Superblock {
    return this.currentSuperblock;
  }

  /** The version whose best forms new structures get. */
  get lowBound(): LibraryVersion {
    return this.bounds.lowBound;
  }

  /** The version that must be able to read new structures. */
  get highBound(): LibraryVersion {
    return this.bounds.highBound;
  }

  /** Bounds of what is written from now on. C: `H5Fset_libver_bounds`. */
  setBounds({ lowBound, highBound }: VersionBounds): void {
    this.requireOpen();
    this.bounds = { lowBound, highBound };
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** @throws ClosedError after `close`. */
  requireOpen(): void {
    if (this.isClosed) throw new ClosedError("not a file ID", { path: this.name });
  }

  /** @throws HDF5Error "read-only" ("no write intent on file"). */
  requireWritable(): void {
    this.requireOpen();
    if (this.writable) return;
    const problem = "the file is open for writing elements in place, nothing else in it can be changed";
    throw new HDF5Error("read-only", this.inPlace === undefined ? "no write intent on file" : problem, {
      path: this.name,
    });
  }

  root(): GroupObject {
    const object = this.object(rootObjectHeaderAddress(this.currentSuperblock));
    if (!(object instanceof GroupObject)) {
      throw new FormatError(`Object header at address ${object.address}: the root is a ${object.kind}`, {
        structure: "Object header",
      });
    }
    return object;
  }

  /** The decoded object header at an address; all who ask share it. */
  header(address: Address): ObjectHeader {
    this.requireOpen();
    const known = this.headers.get(address) ?? this.held.get(address)?.object.header;
    if (known !== undefined) return known;
    const header = this.readHeader(address);
    this.keepHeader(header);
    return header;
  }

  private readHeader(address: Address): ObjectHeader {
    const { storage } = this;
    return storage.attempt("Object header", address, () => ObjectHeader.read(storage, address));
  }

  /**
   * The header at an address as it is in the file now, whoever changed it, and however far the file reaches now. Nothing of a
   * file that is open for writing is read again: its changes are flushed.
   */
  reread(address: Address): ObjectHeader | undefined {
    this.requireOpen();
    if (this.writable) {
      this.flush();
      return undefined;
    }
    this.storage.dropClean();
    this.headers.clear();
    if (!this.storage.isChanging) {
      const { endOfFileAddress, baseAddress } = readSuperblock(this.source, this.storage.limits);
      this.storage.reachesTo(endOfFileAddress - baseAddress);
    }
    const header = this.readHeader(address);
    this.keepHeader(header);
    return header;
  }

  /**
   * Whether the file says, now, that a writer has it open for others to read. One that died left it saying so.
   *
   * @throws HDF5Error "format" when the superblock does not become whole.
   */
  get isBeingWritten(): boolean {
    this.requireOpen();
    const { limits, attempts } = this.storage;
    // Earlier ones have no flags.
    if (this.currentSuperblock.version !== 3) return false;
    return isSwmrWritten(rereadSuperblock(this.source, this.currentSuperblock, limits, attempts));
  }

  /** Makes a new header known by its address. */
  keepHeader(header: ObjectHeader): void {
    this.headers.set(header.address, header);
  }

  /** The object at an address: the one somebody holds, or a new one. */
  object(address: Address): EngineObject {
    const held = this.held.get(address)?.object ?? this.unflushed.get(address);
    return held ?? this.objectOf(this.header(address));
  }

  private objectOf(header: ObjectHeader): EngineObject {
    const hasType = header.look(MESSAGE.DATATYPE) !== undefined;
    if (hasType && header.look(MESSAGE.DATASPACE) !== undefined) return new DatasetObject(this, header);
    if (header.look(MESSAGE.SYMBOL_TABLE) !== undefined || header.look(MESSAGE.LINK_INFO) !== undefined) {
      return new GroupObject(this, header);
    }
    if (hasType) return new DatatypeObject(this, header);
    throw new FormatError(`Object header at address ${header.address}: unable to determine object type`, {
      structure: "Object header",
      address: header.address,
    });
  }

  /**
   * Keeps an object in the table of open objects until as many `release`s as `acquire`s were made.
   *
   * @returns The object in the table, which another of the same address may have come to before.
   */
  acquire<T extends EngineObject>(object: T): T {
    const holder = this.held.get(object.address);
    if (holder === undefined) {
      this.held.set(object.address, { object, count: 1 });
      return object;
    }
    holder.count++;
    return holder.object as T;
  }

  /** Whether this very object is in the table of open objects. */
  isHeld(object: EngineObject): boolean {
    return this.held.get(object.address)?.object === object;
  }

  /** Whether somebody has the object at an address open. */
  isOpenAt(address: Address): boolean {
    return this.held.has(address);
  }

  /** Lets go of an object; with the last holder its caches are flushed and dropped. */
  release(object: EngineObject): void {
    const holder = this.held.get(object.address);
    if (holder === undefined || --holder.count > 0) return;
    this.held.delete(object.address);
    this.unflushed.delete(object.address);
    if (this.doomed.delete(object.address) || this.unlinked.delete(object.address)) this.destroy(holder.object);
    else this.letGo(holder.object);
    this.evictClosed(object);
  }

  /** Metadata leaves memory with an object that was closed, where that is wanted. */
  evictClosed({ address }: EngineObject): void {
    if (!this.evictsOnClose) return;
    if (this.headers.get(address)?.dirty === false) this.headers.delete(address);
    this.storage.dropClean();
  }

  /** What an object could not write when its last holder let go waits for the next flush: nothing of it is lost. */
  private letGo(object: EngineObject): void {
    try {
      object.closed();
    } catch (cause) {
      this.unflushed.set(object.address, object);
      throw cause;
    }
  }

  /** Objects that somebody holds open. */
  openObjects(): readonly EngineObject[] {
    return [...this.held.values()].map(({ object }) => object);
  }

  /** An object keeps changes of its own until the next flush. */
  holdsBack(object: EngineObject): void {
    if (!this.held.has(object.address)) this.unflushed.set(object.address, object);
  }

  /** A new object, which nothing links to so far. */
  addUnlinked(object: EngineObject): void {
    this.unlinked.add(object.address);
  }

  /** Takes back new objects, as far as nothing links to them. */
  abandon(addresses: readonly Address[]): void {
    for (const address of addresses) if (this.unlinked.delete(address)) this.destroy(this.object(address));
  }

  /** One link more, or one more user of a committed datatype: the first keeps a new object alive. */
  addReference(address: Address): void {
    const header = this.header(address);
    header.setLinkCount(this.unlinked.delete(address) ? 1 : header.linkCount + 1);
  }

  /** One hard link less; the object goes with the last, unless somebody has it open. */
  dropReference(address: Address): void {
    const object = this.object(address);
    const count = object.linkCount - 1;
    object.header.setLinkCount(Math.max(count, 0));
    if (count > 0) return;
    if (this.held.has(address)) this.doomed.add(address);
    else this.destroy(object);
  }

  private destroy(object: EngineObject): void {
    object.deleteStorage();
    this.headers.delete(object.address);
    this.unflushed.delete(object.address);
  }

  /** The root group has changed its form: the superblock's copy of its addresses follows. */
  groupChanged(group: GroupObject): void {
    if (group.address === rootObjectHeaderAddress(this.currentSuperblock))
      this.setRoot(group, superblockExtensionAddress(this) ?? UNDEFINED_ADDRESS);
  }

  /** Writes everything that was changed. C: `H5Fflush`. Nothing happens in a file open for reading. */
  flush(): void {
    this.requireOpen();
    if (!this.writable) return;
    this.flushObjects();
    this.storage.settle();
    if (this.isChanged) this.freeSpaceRecord?.drop();
    this.writeOut();
  }

  /**
   * Flushes before more is written, if much of the file has been freed since the last flush: raw data may use it only then.
   * Without that a file whose datasets are replaced one by one would grow to twice its size.
   */
  reclaimSpace(): void {
    const { pendingBytes, endOfAllocation } = this.storage.allocator;
    if (pendingBytes > Math.max(LEAST_RECLAIMED_BYTES, RECLAIMED_SHARE * endOfAllocation)) this.flush();
  }

  private flushObjects(): void {
    for (const object of this.openObjects()) object.flush();
    for (const object of this.unflushed.values()) object.flush();
  }

  private get isChanged(): boolean {
    return this.storage.hasDirty || this.storage.allocator.changes !== this.changesWhenClean;
  }

  /**
   * The superblock of a file that others read.
   *
   * @throws HDF5Error "read-only", "state" for a file that cannot be written so, in the C library's words.
   */
  requireSwmrStart(): Superblock {
    this.requireWritable();
    return withSwmrFlags(this.currentSuperblock);
  }

  /**
   * Begins to write so that others can read meanwhile. C: `H5Fstart_swmr_write`, but for handles of attributes and committed
   * datatypes, which only the caller knows.
   *
   * @throws as {@link requireSwmrStart}.
   */
  startSwmrWriting(): void {
    const superblock = this.requireSwmrStart();
    this.flush();
    for (const object of this.openObjects()) object.readersCome();
    this.storage.serveReaders();
    this.currentSuperblock = superblock;
    this.writeOut();
  }

  /** Whether others may be reading while this file is written. */
  get isSwmrWriting(): boolean {
    return this.storage.servesReaders;
  }

  /**
   * Writes what was changed of one object. While others read, the rest of the file stays back if it can: what they have seen
   * of other objects stays as it is. Otherwise a flush is of everything. C: `H5Dflush`, `H5Oflush`.
   */
  flushObject(object: EngineObject): void {
    this.requireOpen();
    if (this.isSwmrWriting && object.canFlushAlone) {
      object.flush();
      this.writeOut(object.header.blockAddresses);
      return;
    }
    this.flush();
    object.flushed();
  }

  /** @param of - Structures that are to be written, with all that they wait for. Default: every one. */
  private writeOut(of?: readonly Address[]): void {
    const { storage, driverRecord } = this;
    if (driverRecord !== undefined) {
      storage.settle();
      storage.allocator.trim();
      driverRecord.prepare(storage, this.currentSuperblock, (address) => this.header(address));
    }
    storage.flush((write) => {
      driverRecord?.writeBlock(storage, this.currentSuperblock, write);
      this.writeSuperblock(write);
    }, of);
    if (of !== undefined) return;
    this.flushedSuperblock = this.currentSuperblock;
    this.unflushed.clear();
    this.headers.flushed();
    this.changesWhenClean = this.storage.allocator.changes;
  }

  private writeSuperblock(write: WriteBytes): void {
    const { currentSuperblock: superblock, storage, shown } = this;
    const end = storage.allocator.endOfAllocation;
    if (shown?.superblock === superblock && shown.end === end) return;
    write(0, encodeCurrentSuperblock(superblock, storage));
    if (this.isSwmrWriting) this.shown = { superblock, end };
  }

  /** Flushes and closes. When the flush fails, the file is closed all the same and the error is thrown. */
  close(): void {
    if (this.isClosed) return;
    try {
      if (this.writable) this.finish();
    } catch (cause) {
      this.leaveAsFlushed();
      throw cause;
    } finally {
      this.isClosed = true;
      unmountAll(this);
      this.held.clear();
      this.headers.clear();
      this.otherFiles.close();
      this.storage.close();
    }
  }

  /**
   * The last flush failed: its file stays, without what was written behind its end, and open for others. What readers may
   * have seen of that flush stays, too.
   */
  private leaveAsFlushed(): void {
    const { shown } = this;
    const superblock = shown?.superblock ?? this.flushedSuperblock;
    if (superblock === undefined) return;
    try {
      const closed = { ...superblock, fileConsistencyFlags: 0 };
      const hasFlags = superblock.version === 3;
      const bytesFor = (end: Address) => encodeCurrentSuperblock(closed, this.storage, shown?.end ?? end);
      this.storage.dropUnflushed(hasFlags ? bytesFor : undefined);
    } catch (error) {
      // What made closing fail is what the caller gets to know of.
      if (!isHdf5Error(error)) throw error;
    }
  }

  private finish(): void {
    for (const { object } of this.held.values()) {
      if (!this.doomed.has(object.address) && !this.unlinked.has(object.address)) object.closed();
    }
    for (const address of [...this.doomed, ...this.unlinked]) this.destroy(this.object(address));
    this.doomed.clear();
    this.unlinked.clear();
    const closed = { ...this.currentSuperblock, fileConsistencyFlags: 0 };
    // Readers are told last.
    if (!this.isSwmrWriting) this.currentSuperblock = closed;
    this.flushObjects();
    this.storage.settle();
    const record = this.freeSpaceRecord;
    if (record !== undefined && (this.isChanged || !record.stored)) record.store();
    this.writeOut();
    if (!this.isSwmrWriting) return;
    this.currentSuperblock = closed;
    this.writeOut();
    this.storage.cutEnds();
  }

  /** Bytes of the file, user block included. C: `H5Fget_filesize`. */
  fileSize(): number {
    this.requireOpen();
    const end = this.currentSuperblock.baseAddress + this.storage.allocator.endOfAllocation;
    return Math.max(end, this.source.byteLength());
  }

  /** Bytes from the start of the file to the end of what is allocated. C: `H5Fget_eoa`. */
  endOfAllocation(): number {
    this.requireOpen();
    return this.currentSuperblock.baseAddress + this.storage.allocator.endOfAllocation;
  }

  /** Moves the end of what is allocated, from the end of the file if that is farther on. C: `H5Fincrement_filesize`. */
  incrementSize(byteLength: number): void {
    this.requireWritable();
    const { allocator } = this.storage;
    allocator.growTo(
      Math.max(allocator.endOfAllocation, this.fileSize() - this.currentSuperblock.baseAddress) + byteLength,
    );
  }

  /**
   * Makes the file one that HDF5 1.8 opens, as far as its superblock goes: of version 2, and without a word of how space is
   * given out, which also ends the account of what is free. C: `H5Fformat_convert`.
   */
  convertFormat(): void {
    this.requireWritable();
    const { currentSuperblock } = this;
    if (currentSuperblock.version < 2) return;
    this.freeSpaceRecord?.drop();
    this.freeSpaceRecord = undefined;
    dropFileSpaceInfo(this);
    if (currentSuperblock.version === 3) {
      this.currentSuperblock = { ...currentSuperblock, version: 2, fileConsistencyFlags: 0 };
    }
    this.flush();
  }

  /** Free sections by address: of a file open for writing those of now, of others those that it keeps account of. */
  freeSections(): readonly ListedSection[] {
    this.requireOpen();
    return this.writable ? this.storage.allocator.freeSections() : listedSections(this);
  }

  /** Bytes that are free and can be used again, be it by who opens the file for writing. C: `H5Fget_freespace`. */
  freeSpace(): number {
    this.requireOpen();
    return this.writable ? this.storage.allocator.freeBytes : freeBytesStored(this);
  }
}
