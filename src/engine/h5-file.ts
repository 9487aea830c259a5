/**
 * An open HDF5 file: superblock, storage, objects by address, flushing and closing.
 *
 * Reference implementation: H5F.c, H5Fsuper.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { ClosedError, formatError, HDF5Error } from "../base/errors.ts";
import type { LibraryVersion, VersionBounds } from "../format/library-version.ts";
import { FILE_CONSISTENCY_FLAG, rootObjectHeaderAddress, type Superblock } from "../format/superblock.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { type ChunkCacheSettings, DEFAULT_CHUNK_CACHE } from "./chunks/chunk-cache-settings.ts";
import type { Deletion } from "./deletion.ts";
import type { EngineObject } from "./engine-object.ts";
import { confinedOpener } from "./external-policy.ts";
import { openingMembers } from "./file-drivers.ts";
import { FileFlushing } from "./file-flushing.ts";
import { boundsOf, type CreateFileOptions, type OpenFileOptions } from "./file-options.ts";
import { type FileParts, partsOfFile, partsOfNewFile, storageOf } from "./file-parts.ts";
import type { FileStorage } from "./file-storage.ts";
import { freeBytes, listedSections, superblockExtensionAddress } from "./free-space-managers.ts";
import { GlobalHeap } from "./global-heap.ts";
import { GroupObject } from "./group-object.ts";
import type { HeapJournal } from "./heap-journal.ts";
import { type InPlaceTarget, isInPlaceTarget } from "./in-place-writing.ts";
import { KeptSuperblock } from "./kept-superblock.ts";
import { unmountAll } from "./mounts.ts";
import { createGroupHeader } from "./object-creation.ts";
import type { ObjectHeader } from "./object-header.ts";
import { ObjectTable } from "./object-table.ts";
import { OtherFiles } from "./other-files.ts";
import { installPlatformCodecs } from "./platform-codecs.ts";
import type { ExternalResolver } from "./resolve.ts";
import { SharedMessages } from "./shared-messages.ts";
import type { ListedSection } from "./space/space-allocator.ts";
import {
  encodeCurrentSuperblock,
  isSwmrWritten,
  readSettings,
  readSuperblock,
  rereadSuperblock,
  type TreeRanks,
  writeExtension,
} from "./superblock-access.ts";
import { prepareForWriting } from "./superblock-extension.ts";
import { withSwmrFlags } from "./swmr-writing.ts";

export class H5File {
  readonly name: string;
  readonly writable: boolean;
  /** Through which elements are written where they lie, in a file that is otherwise only read. */
  readonly inPlace: InPlaceTarget | undefined;
  readonly storage: FileStorage;
  readonly globalHeap: GlobalHeap;
  readonly sharedMessages: SharedMessages;
  readonly chunkCache: ChunkCacheSettings;
  /** Whether headers of new datasets leave no room for attributes. C: `H5Fset_dset_no_attrs_hint`. */
  datasetsWithoutAttributes = false;
  /** Group leaf node K, group internal node K and indexed storage internal node K. */
  readonly groupRanks: TreeRanks;
  private bounds: VersionBounds;
  externalResolver: ExternalResolver | undefined;
  private knownOthers: OtherFiles | undefined;
  private readonly openOptions: OpenFileOptions;
  private readonly source: ByteSource;
  private readonly kept: KeptSuperblock;
  private readonly objects: ObjectTable;
  private readonly flushing: FileFlushing;
  private isClosed = false;

  private constructor(parts: FileParts) {
    const { source, superblock, options } = parts;
    installPlatformCodecs();
    this.source = source;
    this.name = source.name;
    this.writable = options.writable ?? false;
    this.inPlace = !this.writable && isInPlaceTarget(source) ? source : undefined;
    this.bounds = boundsOf(options);
    this.chunkCache = options.chunkCache ?? DEFAULT_CHUNK_CACHE;
    this.externalResolver = options.externalResolver;
    this.openOptions = options;
    this.storage = storageOf(parts);
    this.kept = new KeptSuperblock(superblock);
    this.objects = new ObjectTable(this, options.evictOnClose ?? false);
    this.flushing = new FileFlushing(this, this.objects, this.kept, parts.driverRecord);
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
    const open = confinedOpener(options.opener, options.externalAccess);
    if (open === undefined) return H5File.openParts(partsOfFile(given, options, undefined));
    return openingMembers(open, (opening) => H5File.openParts(partsOfFile(given, options, opening)));
  }

  private static openParts(parts: ReturnType<typeof partsOfFile>): H5File {
    const { superblock, extension } = parts;
    const file = H5File.ofParts(parts);
    if (file.writable && extension !== undefined) prepareForWriting(file, extension.header.address);
    file.flushing.keepFreeSpace(false);
    file.kept.flushed = superblock;
    if (file.writable && superblock.version === 3) {
      file.kept.current = { ...superblock, fileConsistencyFlags: FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING };
      file.storage.writeRaw(0, encodeCurrentSuperblock(file.superblock, file.storage));
    }
    return file;
  }

  /** A file that is put together from parts that were found, as they are. */
  static ofParts(parts: FileParts): H5File {
    return new H5File(parts);
  }

  /** Makes an empty file in `target`, which must be empty, and writes it: it is a valid file from the start. */
  static create(target: ByteTarget, options: CreateFileOptions = {}): H5File {
    const parts = partsOfNewFile(target, options);
    const { superblock, fileSpace, driverRecord } = parts;
    const file = new H5File(parts);
    const driverInfo = driverRecord?.message(file.storage, superblock);
    const extension = writeExtension(file, superblock, options, fileSpace, driverInfo);
    if (extension !== undefined) file.keepHeader(extension);
    const root = createGroupHeader(file, options);
    file.kept.setRoot(new GroupObject(file, root), extension?.address ?? UNDEFINED_ADDRESS);
    file.flushing.keepFreeSpace(true);
    file.flush();
    return file;
  }

  /** Files that names in this one lead to. */
  get otherFiles(): OtherFiles {
    this.knownOthers ??= new OtherFiles(this, this.openOptions);
    return this.knownOthers;
  }

  get superblock(): Superblock {
    return this.kept.current;
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
    const object = this.object(rootObjectHeaderAddress(this.superblock));
    if (!(object instanceof GroupObject)) {
      throw formatError(`the root is a ${object.kind}`, { structure: "Object header", address: object.address });
    }
    return object;
  }

  /** The decoded object header at an address; all who ask share it. */
  header(address: Address): ObjectHeader {
    return this.objects.header(address);
  }

  /** Headers in memory that were in use lately, the newest first. */
  knownHeaders(): readonly ObjectHeader[] {
    return this.objects.knownHeaders();
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
    this.objects.forgetHeaders();
    if (!this.storage.isChanging) {
      const { endOfFileAddress, baseAddress } = readSuperblock(this.source, this.storage.limits);
      this.storage.reachesTo(endOfFileAddress - baseAddress);
    }
    return this.objects.readHeader(address);
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
    if (this.superblock.version !== 3) return false;
    return isSwmrWritten(rereadSuperblock(this.source, this.superblock, limits, attempts));
  }

  /** The object at an address keeps it: somebody knows it, or a reference holds it. */
  tellAddress(address: Address): void {
    this.objects.tellAddress(address);
  }

  /** Raw data stays where it is from now on: somebody knows a place of it. */
  tellDataPlaces(): void {
    this.flushing.dataMoves = false;
  }

  /** Makes a new header known by its address. */
  keepHeader(header: ObjectHeader): void {
    this.objects.keepHeader(header);
  }

  /** The object at an address: the one somebody holds, or a new one. */
  object(address: Address): EngineObject {
    return this.objects.object(address);
  }

  /**
   * Keeps an object in the table of open objects until as many `release`s as `acquire`s were made.
   *
   * @returns The object in the table, which another of the same address may have come to before.
   */
  acquire<T extends EngineObject>(object: T): T {
    return this.objects.acquire(object);
  }

  /** Whether this very object is in the table of open objects. */
  isHeld(object: EngineObject): boolean {
    return this.objects.isHeld(object);
  }

  /** Whether somebody has the object at an address open. */
  isOpenAt(address: Address): boolean {
    return this.objects.isOpenAt(address);
  }

  /** Lets go of an object; with the last holder its caches are flushed and dropped. */
  release(object: EngineObject): void {
    this.objects.release(object);
  }

  /** Metadata leaves memory with an object that was closed, where that is wanted. */
  evictClosed(object: EngineObject): void {
    this.objects.evictClosed(object);
  }

  /** Objects that somebody holds open. */
  openObjects(): readonly EngineObject[] {
    return this.objects.openObjects();
  }

  /** An object keeps changes of its own until the next flush. */
  holdsBack(object: EngineObject): void {
    this.objects.holdsBack(object);
  }

  /** A new object, which nothing links to so far. */
  addUnlinked(object: EngineObject): void {
    this.objects.addUnlinked(object);
  }

  /** Takes back new objects, as far as nothing links to them. @param journal - Of what was stored for their elements. */
  abandon(addresses: readonly Address[], journal?: HeapJournal): void {
    this.objects.abandon(addresses, journal);
  }

  /** One link more, or one more user of a committed datatype: the first keeps a new object alive. */
  addReference(address: Address, header: ObjectHeader = this.header(address)): void {
    this.objects.addReference(header);
  }

  /**
   * A deletion: all of it happens or, when something cannot be read, nothing.
   *
   * @param collect - Tells what goes, and only reads.
   * @param change - What happens with it: all or nothing, too.
   */
  delete(collect: (deletion: Deletion) => void, change?: () => void): void {
    this.objects.delete(collect, change);
  }

  /** The root group has changed its form: the superblock's copy of its addresses follows. */
  groupChanged(group: GroupObject): void {
    if (group.address === rootObjectHeaderAddress(this.superblock))
      this.kept.setRoot(group, superblockExtensionAddress(this) ?? UNDEFINED_ADDRESS);
  }

  /** Writes everything that was changed. C: `H5Fflush`. Nothing happens in a file open for reading. */
  flush(): void {
    this.requireOpen();
    if (!this.writable) return;
    this.flushing.flush();
  }

  /**
   * Writes all structures before more is written, if much of the file has been freed since the last flush: raw data may use
   * that only then. Without it a file whose datasets are replaced one by one would grow to twice its size.
   */
  reclaimSpace(): void {
    this.flushing.reclaimSpace();
  }

  /**
   * The superblock of a file that others read.
   *
   * @throws HDF5Error "read-only", "state" for a file that cannot be written so, in the C library's words.
   */
  requireSwmrStart(): Superblock {
    this.requireWritable();
    return withSwmrFlags(this.superblock);
  }

  /**
   * Begins to write so that others can read meanwhile. C: `H5Fstart_swmr_write`, but for handles of attributes and committed
   * datatypes, which only the caller knows.
   *
   * @throws as {@link requireSwmrStart}.
   */
  startSwmrWriting(): void {
    this.flushing.startSwmrWriting(this.requireSwmrStart());
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
      this.flushing.flushAlone(object);
      return;
    }
    this.flush();
    object.flushed();
  }

  /** Flushes and closes. When the flush fails, the file is closed all the same and the error is thrown. */
  close(): void {
    if (this.isClosed) return;
    try {
      if (this.writable) this.flushing.finish();
    } catch (cause) {
      this.kept.leaveAsFlushed(this.storage);
      throw cause;
    } finally {
      this.isClosed = true;
      unmountAll(this);
      this.objects.clear();
      this.knownOthers?.close();
      this.storage.close();
    }
  }

  /** Bytes of the file, user block included. C: `H5Fget_filesize`. */
  fileSize(): number {
    this.requireOpen();
    const end = this.superblock.baseAddress + this.storage.allocator.endOfAllocation;
    return Math.max(end, this.source.byteLength());
  }

  /** Bytes from the start of the file to the end of what is allocated. C: `H5Fget_eoa`. */
  endOfAllocation(): number {
    this.requireOpen();
    return this.superblock.baseAddress + this.storage.allocator.endOfAllocation;
  }

  /** Moves the end of what is allocated, from the end of the file if that is farther on. C: `H5Fincrement_filesize`. */
  incrementSize(byteLength: number): void {
    this.requireWritable();
    const { allocator } = this.storage;
    allocator.growTo(Math.max(allocator.endOfAllocation, this.fileSize() - this.superblock.baseAddress) + byteLength);
  }

  /**
   * Makes the file one that HDF5 1.8 opens, as far as its superblock goes: of version 2, and without a word of how space is
   * given out, which also ends the account of what is free. C: `H5Fformat_convert`.
   */
  convertFormat(): void {
    this.requireWritable();
    const { superblock } = this;
    if (superblock.version < 2) return;
    this.flushing.dropFreeSpaceRecord();
    if (superblock.version === 3) this.kept.current = { ...superblock, version: 2, fileConsistencyFlags: 0 };
    this.flush();
  }

  /** Free sections by address: of a file open for writing those of now, of others those that it keeps account of. */
  freeSections(): readonly ListedSection[] {
    this.requireOpen();
    return this.writable ? this.storage.allocator.freeSections() : listedSections(this);
  }

  /** Bytes that are free and can be used again, be it by who opens the file for writing. C: `H5Fget_freespace`. */
  freeSpace(): number {
    return freeBytes(this);
  }
}
