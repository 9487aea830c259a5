/** Opening and creating the files that the process shares. Reference implementation: H5F.c, `H5F_open`. */
import { HDF5Error } from "../base/errors.ts";
import { multiDriverInfo } from "../engine/file-drivers.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import type { CreateFileOptions, OpenFileOptions } from "../engine/file-options.ts";
import { H5File } from "../engine/h5-file.ts";
import { LEAST_SWMR_SUPERBLOCK } from "../engine/swmr-writing.ts";
import { laterVersion, type VersionBounds } from "../format/library-version.ts";
import { requireHandledWidths } from "../format/superblock.ts";
import type { ByteTarget } from "../io/source.ts";
import { cacheBound } from "./cache-config-checks.ts";
import { followExternal, isFollowingLink } from "./external-links.ts";
import { FILE_ACCESS_DEFAULTS, type FileAccess } from "./file-access.ts";
import { fileSystemOpener, resolvingOpener } from "./file-finder.ts";
import { versionBounds } from "./libver-bounds.ts";
import { currentLinkedFileAccess } from "./link-access-list.ts";
import { linkRequest, objectRequest } from "./object-plist.ts";
import { closeUnopened, createEmpty, type FileName, type OpenedSource, openExisting } from "./open-source.ts";
import { FILE_CREATION_DEFAULTS, type FileCreation, type PropFCID } from "./prop-fcpl.ts";
import {
  ACC_RDONLY,
  ACC_RDWR,
  ACC_SWMR_READ,
  ACC_SWMR_WRITE,
  findSharedFile,
  isOpen,
  SharedFile,
  sharedFileOf,
} from "./shared-file.ts";

export { ACC_RDONLY, ACC_RDWR, ACC_SWMR_READ, ACC_SWMR_WRITE } from "./shared-file.ts";

/** Flags of `h5f.create`: in place of a file of that name, or only if there is none. C: `H5F_ACC_…`. */
export const ACC_TRUNC = 0x02;
export const ACC_EXCL = 0x04;

/** By their numbers, `h5f.FSPACE_STRATEGY_…`. */
export const STRATEGIES = ["free-space-managers", "page", "aggregators", "none"] as const;

function accessOptions(values: FileAccess): OpenFileOptions {
  const { chunkCacheSlots, chunkCacheBytes, chunkCacheW0, externalAccess } = values;
  return {
    space: {
      alignment: values.alignment,
      alignmentThreshold: values.alignmentThreshold,
      metaBlockBytes: values.metaBlockSize,
      smallDataBlockBytes: values.smallDataBlockSize,
      pageBufferBytes: values.pageBufferSize,
    },
    ...(values.relaxedIntegrityChecks === 0 ? {} : { limits: { maxNumberPadding: Number.POSITIVE_INFINITY } }),
    ...(values.mdcConfig === FILE_ACCESS_DEFAULTS.mdcConfig
      ? {}
      : { metadataCacheBytes: cacheBound(values.mdcConfig, values.mdcConfig.initialSize) }),
    chunkCache: { nslots: chunkCacheSlots, nbytes: chunkCacheBytes, w0: chunkCacheW0 },
    ...versionBounds(values),
    evictOnClose: values.evictOnClose,
    ...(values.metadataReadAttempts === 0 ? {} : { metadataReadAttempts: values.metadataReadAttempts }),
    opener: openerOf(values),
    externalAccess,
  };
}

function sharedMessageSettings(creation: Readonly<FileCreation>): CreateFileOptions["sharedMessages"] {
  const { sharedIndexes, sharedListMax: listCutoff, sharedTreeMin: bTreeCutoff } = creation;
  if (sharedIndexes.length === 0) return undefined;
  const indexes = sharedIndexes.map(({ typeFlags, minimumSize }) => ({
    messageTypeFlags: typeFlags,
    minimumMessageSize: minimumSize,
  }));
  return { indexes, listCutoff, bTreeCutoff };
}

function creationOptions(creation: Readonly<FileCreation>): CreateFileOptions {
  const { userblockSize, sizeOfOffsets, sizeOfLengths, groupLeafK, groupInternalK, chunkK } = creation;
  return {
    userBlockBytes: userblockSize,
    sizeOfOffsets,
    sizeOfLengths,
    ranks: { leafK: groupLeafK, internalK: groupInternalK, chunkK },
    ...objectRequest(creation),
    ...linkRequest(creation),
    sharedMessages: sharedMessageSettings(creation),
    fileSpace: {
      strategy: STRATEGIES[creation.fileSpaceStrategy] ?? "free-space-managers",
      persist: creation.persistFreeSpace,
      threshold: creation.freeSpaceThreshold,
      pageSize: creation.fileSpacePageSize,
    },
  };
}

/**
 * The other files that one names. Those of virtual datasets stay open as long as it does; those of links as long as an
 * object of theirs. They may reach as far as the file that names them.
 */
function openerOf({ externalAccess, fileResolver }: FileAccess): FileOpener {
  const open = (found: FileName, from: H5File): H5File => {
    const { elinkFapl, elinkAccFlags } = (isFollowingLink() && currentLinkedFileAccess()) || {};
    const access = { ...(elinkFapl?.values() ?? FILE_ACCESS_DEFAULTS), externalAccess, fileResolver };
    const shared = openSharedOr(() => undefined, { name: found, flags: elinkAccFlags ?? intentOf(from), access });
    const parent = sharedFileOf(from);
    parent.reach(shared);
    if (isFollowingLink()) parent.keepLinked(shared, parent.access.elinkFileCacheSize);
    else shared.keepers.add(parent);
    return shared.engine;
  };
  return fileResolver === null ? fileSystemOpener(open) : resolvingOpener(fileResolver, open);
}

function register(engine: H5File, opened: OpenedSource, name: string, flags: number, access: FileAccess): SharedFile {
  const { source, identity } = opened;
  const shared = new SharedFile(engine, { source, identity, name, flags, access });
  shared.afterClose = opened.save;
  engine.externalResolver = followExternal;
  return shared;
}

/** How a file opens the others that it leads to: as it is open itself. */
function intentOf({ writable, storage }: H5File): number {
  if (writable) return ACC_RDWR;
  return storage.isChanging ? ACC_RDONLY | ACC_SWMR_READ : ACC_RDONLY;
}

/** The drivers whose bytes another process may be writing meanwhile. C: `H5FD_FEAT_SUPPORTS_SWMR_IO`. */
function requireSwmrDriver({ driver: { kind } }: FileAccess): void {
  if (kind === "sec2") return;
  throw new HDF5Error("unsupported", "must use a SWMR-compatible VFD when SWMR is specified");
}

/** Whether there is nothing in a file to be written, not even a superblock. C: `H5F_open` makes it a new one. */
function isBlank({ source }: OpenedSource, flags: number, { driver: { kind } }: FileAccess): boolean {
  const isOneFile = kind === "sec2" || kind === "stdio" || kind === "core";
  return isOneFile && (flags & (ACC_RDWR | ACC_SWMR_WRITE)) === ACC_RDWR && source.byteLength() === 0;
}

/** The file of that name, shared with whoever has it open. One to be written that has no bytes becomes a new one. */
export function openShared(name: FileName, flags: number, access: FileAccess): SharedFile {
  return openSharedOr(
    (opened) => {
      const target = opened.source as ByteTarget;
      const options = { ...accessOptions(access), ...creationOptions(FILE_CREATION_DEFAULTS) };
      return isBlank(opened, flags, access) ? H5File.create(target, options) : undefined;
    },
    { name, flags, access },
  );
}

interface Opening {
  readonly name: FileName;
  readonly flags: number;
  readonly access: FileAccess;
}

/** @param start - What opens the file in another way, if anything does. */
function openSharedOr(
  start: (opened: OpenedSource) => H5File | undefined,
  { name, flags, access }: Opening,
): SharedFile {
  const writable = (flags & ACC_RDWR) !== 0;
  const swmrRead = (flags & ACC_SWMR_READ) !== 0;
  if (swmrRead && typeof name === "string") requireSwmrDriver(access);
  const opened = openExisting(name, writable, access.driver, openerOf(access));
  const known = findSharedFile(opened.identity);
  if (known !== undefined) {
    if (opened.source !== known.source) closeUnopened(opened.source);
    checkSharing(known, flags);
    return known;
  }
  try {
    const engine = start(opened) ?? H5File.open(opened.source, { ...accessOptions(access), writable, swmrRead });
    // Whatever may have to be fetched first is, before anyone gets to know of the file.
    engine.root();
    if ((flags & ACC_SWMR_WRITE) !== 0) startSwmrWriting(engine);
    return register(engine, opened, nameOf(name), flags, access);
  } catch (error) {
    // A source that the caller made stays open: the operation may be started over with it.
    if (typeof name === "string") closeUnopened(opened.source);
    throw error;
  }
}

/** Whoever opens a file that is open already gets it as it is. @throws HDF5Error "state" in the C library's words. */
function checkSharing({ engine, flags: known }: SharedFile, flags: number): void {
  if ((flags & ACC_RDWR) !== 0 && !engine.writable) {
    throw new HDF5Error("state", "file is already open for read-only");
  }
  if ((flags & ACC_SWMR_WRITE) !== 0 && !engine.isSwmrWriting) {
    throw new HDF5Error("state", "SWMR write access flag not the same for file that is already open");
  }
  if ((flags & ACC_SWMR_READ) !== 0 && !engine.writable && (known & ACC_SWMR_READ) === 0) {
    throw new HDF5Error("state", "SWMR read access flag not the same for file that is already open");
  }
}

/** Files that are written for readers from the start are of 1.10. */
function swmrBounds({ lowBound = "earliest" }: OpenFileOptions): Pick<VersionBounds, "lowBound"> {
  return { lowBound: laterVersion(lowBound, "v110") };
}

function startSwmrWriting(engine: H5File): void {
  try {
    if (engine.superblock.version < LEAST_SWMR_SUPERBLOCK) {
      throw new HDF5Error("state", "superblock version for SWMR is less than 3");
    }
    engine.startSwmrWriting();
  } catch (error) {
    engine.close();
    throw error;
  }
}

/**
 * A new file, in place of one of that name unless `exclusive`.
 *
 * @param flags - `ACC_SWMR_WRITE` has it written so that others can read, from the start; formats are those of 1.10 then.
 */
export function createShared(
  name: FileName,
  { exclusive, flags }: { readonly exclusive: boolean; readonly flags: number },
  fcpl: PropFCID,
  access: FileAccess,
): SharedFile {
  const creation = fcpl.values();
  requireHandledWidths(creation);
  const beforeTruncate = (identity: string): void => {
    if (isOpen(identity)) {
      throw new HDF5Error("state", "unable to truncate a file which is already open");
    }
  };
  const opened = createEmpty(name, access.driver, { exclusive, beforeTruncate, opener: openerOf(access) });
  try {
    const target = opened.source as ByteTarget;
    const { driver } = access;
    const multi = driver.kind === "multi" ? multiDriverInfo(driver.layout) : undefined;
    const options = accessOptions(access);
    const isSwmr = (flags & ACC_SWMR_WRITE) !== 0;
    const engine = H5File.create(target, {
      ...options,
      ...(isSwmr ? swmrBounds(options) : {}),
      ...creationOptions(creation),
      multi,
    });
    if (isSwmr) engine.startSwmrWriting();
    return register(engine, opened, nameOf(name), ACC_RDWR, access);
  } catch (error) {
    if (typeof name === "string") closeUnopened(opened.source);
    throw error;
  }
}

function nameOf(name: FileName): string {
  return typeof name === "string" ? name : name.name;
}
