/**
 * What an open file is put together from: of one that exists, as it is found; of a new one, as it is asked for.
 *
 * Reference implementation: H5Fint.c, `H5F_open`; H5Fsuper.c, `H5F__super_read`, `H5F__super_init`.
 */
import type { Address } from "../base/address.ts";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../base/limits.ts";
import { type DriverInfo, sizeOfDriverInfoBlock } from "../format/driver-info.ts";
import type { FileSpaceInfoV1 } from "../format/file-space-info.ts";
import { type Superblock, sizeOfSuperblock } from "../format/superblock.ts";
import { MultiSource, MultiTarget } from "../io/multi-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { DriverRecord, memberAllocator, newDriverInfo } from "./driver-record.ts";
import type { OpenBytes } from "./file-drivers.ts";
import { boundsOf, type CreateFileOptions, type OpenFileOptions, raisedBounds } from "./file-options.ts";
import { FileStorage } from "./file-storage.ts";
import { isInPlaceTarget } from "./in-place-writing.ts";
import { driverInfoOf, wholeFile, wholeMultiFile } from "./member-files.ts";
import { ReadAttempts } from "./read-attempts.ts";
import {
  DEFAULT_FILE_SPACE,
  newAllocator,
  newFileSpace,
  pageBuffer,
  requireAlignedUserBlock,
} from "./space/file-space.ts";
import { FixedSpace } from "./space/fixed-space.ts";
import type { SpaceAllocator } from "./space/space-allocator.ts";
import {
  checkConsistencyFlags,
  farAddressesOf,
  isSwmrWritten,
  newSuperblock,
  readSuperblock,
  requireSuperblock,
  requireWholeFile,
  type SuperblockOptions,
} from "./superblock-access.ts";
import { type Extension, fileSpaceOf, readableExtension, withCacheImage } from "./superblock-extension.ts";

/** Bound of decoded metadata and of the blocks below it, in bytes. */
const DEFAULT_METADATA_CACHE_BYTES = 8 << 20;
const DEFAULT_BLOCK_CACHE_BYTES = 4 << 20;

/** Where nothing else is said. C: `H5F_SWMR_METADATA_READ_ATTEMPTS`. */
const SWMR_READ_ATTEMPTS = 100;

export interface FileParts {
  /** All pieces of the file together; a target in a file that is open for writing. */
  readonly source: ByteSource;
  /** Bytes of the source, if it was asked for them. */
  readonly sourceEnd?: number | undefined;
  readonly superblock: Superblock;
  /** Of a new file also its ranks: its superblock extension is still to be written. */
  readonly options: OpenFileOptions & Pick<SuperblockOptions, "ranks">;
  readonly fileSpace: FileSpaceInfoV1;
  readonly allocator: SpaceAllocator;
  readonly attempts: ReadAttempts;
  /** What the superblock says of the driver, in a file whose driver has to know where members end. */
  readonly driverRecord: DriverRecord | undefined;
}

/** An allocator in each member of a file of several members, else one for the whole. */
function allocatorFor(
  source: ByteSource,
  driverInfo: DriverInfo | undefined,
  baseAddress: Address,
  end: Address,
  allocatorOf: (end: Address) => SpaceAllocator,
): SpaceAllocator {
  return driverInfo?.kind === "multi" && source instanceof MultiTarget
    ? memberAllocator(source, driverInfo, baseAddress, allocatorOf)
    : allocatorOf(end);
}

/** The driver information of a file in several pieces that have to be kept account of. */
function driverInfoIn(
  whole: MultiTarget,
  superblock: Superblock,
  extension: Extension | undefined,
  limits: Limits,
): DriverInfo {
  const driverInfo = driverInfoOf(whole, superblock, extension, limits);
  if (driverInfo?.kind === "multi") return driverInfo;
  throw new FormatError("the superblock does not tell of the file's members", { structure: "Driver information" });
}

/**
 * Finds the parts of an existing file.
 *
 * @param open - Opens its other members; undefined where they are out of reach.
 * @throws HDF5Error "format" ("file signature not found", "truncated file: ...") for what is no intact HDF5 file.
 */
export function partsOfFile(
  given: ByteSource,
  options: OpenFileOptions,
  open: OpenBytes | undefined,
): FileParts & { readonly extension: Extension | undefined } {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const writable = options.writable ?? false;
  const memberOptions = { open, writable, limits };
  const start = requireSuperblock(given);
  const source = wholeMultiFile(given, start, memberOptions);
  const swmrRead = options.swmrRead ?? false;
  const attempts = ReadAttempts.of(source, options.metadataReadAttempts ?? (swmrRead ? SWMR_READ_ATTEMPTS : 1));
  const superblock = readSuperblock(source, limits, attempts, source === given ? start : undefined);
  const first = readableExtension(source, superblock, limits);
  const whole = wholeFile(source, superblock, first, memberOptions);
  const extension = whole === source ? first : readableExtension(whole, superblock, limits);
  // A file that is being written may be shorter than it says, or longer.
  const isWritten = swmrRead && isSwmrWritten(superblock);
  if (!isWritten) requireWholeFile(whole, superblock, whole === given ? start.end : whole.byteLength());
  checkConsistencyFlags(superblock, writable ? "write" : swmrRead ? "swmr-read" : "read");
  const bounds = raisedBounds(superblock, options);
  const current = extension === undefined ? whole : withCacheImage(whole, superblock, extension, writable);
  if (current !== given && isInPlaceTarget(given)) {
    throw new UnsupportedError("writing in place in a file of several pieces, or with a cache image");
  }
  const { baseAddress, endOfFileAddress } = superblock;
  const fileSpace = extension === undefined ? DEFAULT_FILE_SPACE : fileSpaceOf(extension);
  const driverInfo = whole instanceof MultiTarget ? driverInfoIn(whole, superblock, extension, limits) : undefined;
  const end = endOfFileAddress - baseAddress;
  const allocator = writable
    ? allocatorFor(whole, driverInfo, baseAddress, end, (start) =>
        newAllocator(fileSpace, options.space ?? {}, start, baseAddress),
      )
    : new FixedSpace(end);
  const driverRecord = driverInfo && new DriverRecord(driverInfo, whole);
  const raised = { ...options, ...bounds };
  const sourceEnd = current === given && !swmrRead ? start.end : undefined;
  const parts = { source: current, sourceEnd, superblock, options: raised, fileSpace, allocator, attempts };
  return { ...parts, driverRecord, extension };
}

/** The parts of a new file in an empty target; the space of its superblock is allocated, nothing is written. */
export function partsOfNewFile(target: ByteTarget, options: CreateFileOptions): FileParts {
  const fileSpace = newFileSpace(options.fileSpace ?? {});
  const superblock: Superblock = newSuperblock(options, boundsOf(options), fileSpace);
  requireAlignedUserBlock(superblock.baseAddress, fileSpace, options.space ?? {});
  const driverInfo = newDriverInfo(target, options.multi);
  const allocator = allocatorFor(target, driverInfo, superblock.baseAddress, 0, (end) =>
    newAllocator(fileSpace, options.space ?? {}, end, superblock.baseAddress),
  );
  const hasBlock = driverInfo !== undefined && superblock.version < 2;
  const superblockBytes = sizeOfSuperblock(superblock.version, superblock);
  allocator.allocate("super", superblockBytes + (hasBlock ? sizeOfDriverInfoBlock(driverInfo) : 0));
  return {
    source: target,
    superblock: hasBlock
      ? ({ ...superblock, driverInformationBlockAddress: superblockBytes } as Superblock)
      : superblock,
    options: { ...options, writable: true },
    fileSpace,
    allocator,
    attempts: new ReadAttempts(options.metadataReadAttempts ?? 1),
    driverRecord: driverInfo && new DriverRecord(driverInfo, target),
  };
}

/** The storage over the parts of a file. */
export function storageOf(parts: FileParts): FileStorage {
  const { source, sourceEnd, superblock, options, fileSpace, allocator, attempts } = parts;
  const buffer = pageBuffer(fileSpace, options.space ?? {});
  const { baseAddress, sizeOfOffsets, sizeOfLengths } = superblock;
  const writable = options.writable ?? false;
  return new FileStorage({
    source,
    sourceEnd,
    target: writable ? (source as ByteTarget) : undefined,
    baseAddress,
    widths: { sizeOfOffsets, sizeOfLengths, farAddresses: farAddressesOf(source) },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    allocator,
    addressesOfMembers: source instanceof MultiSource,
    metadataCacheBytes: options.metadataCacheBytes ?? DEFAULT_METADATA_CACHE_BYTES,
    blockCacheBytes: buffer?.maxByteLength ?? options.blockCacheBytes ?? DEFAULT_BLOCK_CACHE_BYTES,
    blockByteLength: buffer?.blockByteLength,
    isChanging: options.swmrRead ?? false,
    attempts,
  });
}
