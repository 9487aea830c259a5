/** Finding, checking, making and writing the superblock of a file. Specification: II.A to II.C. Reference: H5Fsuper.c. */
import { DEFAULT_WIDTHS, type FarAddresses, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { formatError, HDF5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { Writer } from "../base/writer.ts";
import { decodeBTreeK, encodeBTreeK } from "../format/b-tree-k.ts";
import { encodeFileSpaceInfo, type FileSpaceInfoV1 } from "../format/file-space-info.ts";
import { chosenVersion, requireVersion, type VersionBounds } from "../format/library-version.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import type { SharedMessageIndex } from "../format/shared-message-table.ts";
import {
  decodeSharedMessageTableMessage,
  encodeSharedMessageTableMessage,
  type SharedMessageTableMessage,
} from "../format/shared-message-table-message.ts";
import {
  DEFAULT_B_TREE_K,
  decodeDriverInformationBlockAddress,
  decodeSuperblock,
  encodeSuperblock,
  FILE_CONSISTENCY_FLAG,
  hasSuperblockSignature,
  isUserBlockSize,
  nextSuperblockOffset,
  relocateSuperblock,
  requireHandledWidths,
  SUPERBLOCK_PREFIX_BYTES,
  SUPERBLOCK_VERSION_AT,
  type Superblock,
  sizeOfSuperblock,
  superblockByteLength,
} from "../format/superblock.ts";
import { MultiSource } from "../io/multi-source.ts";
import type { ByteSource } from "../io/source.ts";
import type { FileStorage } from "./file-storage.ts";
import type { NewMessage } from "./header-message.ts";
import { encodeBody } from "./header-values.ts";
import { type CreationContext, newHeaderPrefix } from "./object-creation.ts";
import { ObjectHeader } from "./object-header.ts";
import { ReadAttempts } from "./read-attempts.ts";
import { DEFAULT_FILE_SPACE, isDefaultFileSpace } from "./space/file-space.ts";

/** The K values of B-trees version 1 and of symbol table nodes: half of a node's room. */
export interface TreeRanks {
  readonly leafK: number;
  readonly internalK: number;
  readonly chunkK: number;
}

export interface SuperblockOptions {
  /** Bytes before the superblock for the user: 0 or a power of two from 512 on. C: `H5Pset_userblock`. */
  readonly userBlockBytes?: number;
  /** 2, 4 or 8. C: `H5Pset_sizes`. */
  readonly sizeOfOffsets?: number;
  readonly sizeOfLengths?: number;
  readonly ranks?: Partial<TreeRanks>;
  /** Which messages are kept once for all objects that have them. Default: none are. */
  readonly sharedMessages?: SharedMessageSettings | undefined;
}

/** C: `H5Pset_shared_mesg_nindexes`, `H5Pset_shared_mesg_index`, `H5Pset_shared_mesg_phase_change`. */
export interface SharedMessageSettings {
  /** One to eight; no type of messages in two of them. */
  readonly indexes: readonly Pick<SharedMessageIndex, "messageTypeFlags" | "minimumMessageSize">[];
  /** Messages up to which an index is a list. Default 50. */
  readonly listCutoff?: number;
  /** Messages below which a B-tree becomes a list. Default 40. */
  readonly bTreeCutoff?: number;
}

/** More than any version of the superblock has. */
const MAX_SUPERBLOCK_BYTES = 256;

/** Where a superblock is, and what the source has from there on: enough for any of them. */
export interface SuperblockStart {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The source's, when it was asked for it. */
  readonly end: number;
}

function startAt(source: ByteSource, offset: number, end: number): SuperblockStart {
  const bytes = new Uint8Array(Math.max(0, Math.min(MAX_SUPERBLOCK_BYTES, end - offset)));
  source.readInto(offset, bytes);
  return { offset, bytes, end };
}

function findStart(source: ByteSource): SuperblockStart | undefined {
  const end = source.byteLength();
  for (let offset = 0; offset + 8 <= end; offset = nextSuperblockOffset(offset)) {
    const start = startAt(source, offset, end);
    if (hasSuperblockSignature(start.bytes)) return start;
  }
  return undefined;
}

/** Where the format signature is: at 0, 512, 1024, 2048 and so on; undefined when nowhere. */
export function findSuperblock(source: ByteSource): number | undefined {
  return findStart(source)?.offset;
}

/** Finds the superblock. @throws HDF5Error "format" in the C library's words. */
export function requireSuperblock(source: ByteSource): SuperblockStart {
  const start = findStart(source);
  if (start === undefined) throw new HDF5Error("format", "file signature not found", { path: source.name });
  return start;
}

/** The superblock's bytes. @throws HDF5Error "format" in the C library's words. */
function superblockBytes(source: ByteSource, start: SuperblockStart, limits: Limits): Cursor {
  if (start.bytes.length < SUPERBLOCK_PREFIX_BYTES) {
    throw new HDF5Error("format", "bad byte number in an address", { path: source.name, structure: "Superblock" });
  }
  const bytes = start.bytes.subarray(0, superblockByteLength(start.bytes));
  const widths = { ...DEFAULT_WIDTHS, farAddresses: farAddressesOf(source) };
  return new Cursor(bytes, { structure: "Superblock", address: 0, limits, widths });
}

/**
 * Reads the superblock, with as many attempts as its checksum may need while it is being written.
 *
 * @param start - Where it was found just now.
 * @throws HDF5Error "format" in the C library's words.
 */
export function readSuperblock(
  source: ByteSource,
  limits: Limits,
  attempts: ReadAttempts = new ReadAttempts(1),
  start: SuperblockStart = requireSuperblock(source),
): Superblock {
  const { offset } = start;
  let found: SuperblockStart | undefined = start;
  const read = () => {
    const now: SuperblockStart = found ?? startAt(source, offset, source.byteLength());
    found = undefined;
    return readSuperblockAt(source, now, limits);
  };
  const renew = () => source.renew?.([{ offset, byteLength: MAX_SUPERBLOCK_BYTES }]);
  return attempts.metadata("Superblock", offset, read, renew);
}

function readSuperblockAt(source: ByteSource, start: SuperblockStart, limits: Limits): Superblock {
  const superblock = relocateSuperblock(decodeSuperblock(superblockBytes(source, start, limits)), start.offset);
  const { baseAddress, endOfFileAddress } = superblock;
  if (endOfFileAddress < baseAddress) {
    throw formatError(`${endOfFileAddress}, before the base address, ${baseAddress}`, {
      structure: "Superblock",
      address: 0,
      field: "End of File Address",
    });
  }
  return superblock;
}

/** A superblock as it is now, which is where it was, and as long: with one read. */
export function rereadSuperblock(
  source: ByteSource,
  known: Superblock,
  limits: Limits,
  attempts: ReadAttempts,
): Superblock {
  const offset = known.baseAddress;
  const byteLength = sizeOfSuperblock(known.version, known);
  const read = () => {
    const bytes = new Uint8Array(byteLength);
    source.readInto(offset, bytes);
    return decodeSuperblock(new Cursor(bytes, { structure: "Superblock", address: 0, limits, widths: DEFAULT_WIDTHS }));
  };
  return attempts.metadata("Superblock", offset, read, () => source.renew?.([{ offset, byteLength }]));
}

/** Where the driver information block of a superblock of version 0 or 1 is in the source; undefined when there is none. */
export function driverInformationBlockOffset(
  source: ByteSource,
  start: SuperblockStart,
  limits: Limits,
): number | undefined {
  if ((start.bytes[SUPERBLOCK_VERSION_AT] ?? 0) > 1) return undefined;
  const address = decodeDriverInformationBlockAddress(superblockBytes(source, start, limits));
  return isDefined(address) ? start.offset + address : undefined;
}

/** Ranges of addresses that a file in several pieces has elsewhere than stored. */
export function farAddressesOf(source: ByteSource): readonly FarAddresses[] | undefined {
  return source instanceof MultiSource ? source.farAddresses : undefined;
}

/** Compares the superblock's end of file with the source's. @throws HDF5Error "format" in the C library's words. */
export function requireWholeFile(source: ByteSource, superblock: Superblock, end: number): void {
  if (end >= superblock.endOfFileAddress) return;
  throw new HDF5Error(
    "format",
    `truncated file: eof = ${end}, sblock->base_addr = ${superblock.baseAddress}, stored_eof = ${superblock.endOfFileAddress}`,
    { path: source.name, structure: "Superblock" },
  );
}

const WRITER_FLAGS = FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING | FILE_CONSISTENCY_FLAG.SWMR_WRITING;

/** Whether the superblock says that a writer has the file open so that others may read it. */
export function isSwmrWritten(superblock: Superblock): boolean {
  return superblock.version === 3 && (superblock.fileConsistencyFlags & WRITER_FLAGS) === WRITER_FLAGS;
}

/** A version 3 superblock says when a writer has the file open, or died with it open. */
export function checkConsistencyFlags(superblock: Superblock, access: "read" | "write" | "swmr-read"): void {
  if (superblock.version !== 3) return;
  const flags = superblock.fileConsistencyFlags & WRITER_FLAGS;
  if (flags !== 0) checkWriter(flags, access);
}

function checkWriter(flags: number, access: "read" | "write" | "swmr-read"): void {
  if (access === "swmr-read") {
    if (flags === WRITER_FLAGS) return;
    throw new HDF5Error("state", "file is not already open for SWMR writing");
  }
  throw new HDF5Error(
    "state",
    access === "write"
      ? "file is already open for write/SWMR write (may use <h5clear file> to clear file consistency flags)"
      : "file is already open for write (may use <h5clear file> to clear file consistency flags)",
  );
}

/** The superblock of a new file, without its root. */
export function newSuperblock(
  options: SuperblockOptions,
  bounds: VersionBounds,
  fileSpace: FileSpaceInfoV1 = DEFAULT_FILE_SPACE,
): Superblock {
  const baseAddress = options.userBlockBytes ?? 0;
  if (!isUserBlockSize(baseAddress)) {
    throw new HDF5Error(
      "argument",
      baseAddress > 0 && baseAddress < 512
        ? "userblock size is non-zero and less than 512"
        : "userblock size is non-zero and not a power of two",
    );
  }
  const widths = {
    sizeOfOffsets: options.sizeOfOffsets ?? DEFAULT_WIDTHS.sizeOfOffsets,
    sizeOfLengths: options.sizeOfLengths ?? DEFAULT_WIDTHS.sizeOfLengths,
  };
  requireHandledWidths(widths);
  const version = superblockVersion(options, bounds, !isDefaultFileSpace(fileSpace));
  const common = {
    ...widths,
    fileConsistencyFlags: 0,
    baseAddress,
    endOfFileAddress: baseAddress + sizeOfSuperblock(version, widths),
  };
  if (version >= 2) {
    return {
      ...common,
      version: version as 2 | 3,
      fileConsistencyFlags: version === 3 ? FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING : 0,
      superblockExtensionAddress: UNDEFINED_ADDRESS,
      rootGroupObjectHeaderAddress: UNDEFINED_ADDRESS,
    };
  }
  const old = {
    ...common,
    groupLeafNodeK: options.ranks?.leafK ?? DEFAULT_B_TREE_K.groupLeafNodeK,
    groupInternalNodeK: options.ranks?.internalK ?? DEFAULT_B_TREE_K.groupInternalNodeK,
    freeSpaceInfoAddress: UNDEFINED_ADDRESS,
    driverInformationBlockAddress: UNDEFINED_ADDRESS,
    rootGroupSymbolTableEntry: { cacheType: 0, linkNameOffset: 0, objectHeaderAddress: UNDEFINED_ADDRESS } as const,
  };
  if (version === 0) return { ...old, version };
  return {
    ...old,
    version: 1,
    indexedStorageInternalNodeK: options.ranks?.chunkK ?? DEFAULT_B_TREE_K.indexedStorageInternalNodeK,
  };
}

/**
 * Version 1 brought the K value of chunk B-trees, version 2 the extension. C: `H5F__super_init`.
 *
 * @param extended - Whether there are settings that only a superblock extension has room for.
 */
function superblockVersion(
  options: SuperblockOptions,
  bounds: VersionBounds,
  extended: boolean,
): Superblock["version"] {
  // Before anything is allocated; version 2 superblocks exist before there were settings of file space.
  if (extended) requireVersion("fileSpaceInfo", 1, bounds);
  if (extended || options.sharedMessages !== undefined)
    return chosenVersion("superblock", 2, bounds) as Superblock["version"];
  const chunkK = options.ranks?.chunkK ?? DEFAULT_B_TREE_K.indexedStorageInternalNodeK;
  const needed = chunkK === DEFAULT_B_TREE_K.indexedStorageInternalNodeK ? 0 : 1;
  return chosenVersion("superblock", needed, bounds) as Superblock["version"];
}

/** What a superblock and its extension say beside where the root is. */
export interface SuperblockSettings {
  readonly ranks: TreeRanks;
  readonly sharedMessageTable: SharedMessageTableMessage | undefined;
}

/** K values from the superblock, from its extension, or the defaults. */
export function readSettings(storage: FileStorage, superblock: Superblock): SuperblockSettings {
  const defaults = {
    leafK: DEFAULT_B_TREE_K.groupLeafNodeK,
    internalK: DEFAULT_B_TREE_K.groupInternalNodeK,
    chunkK: DEFAULT_B_TREE_K.indexedStorageInternalNodeK,
  };
  if (superblock.version === 0 || superblock.version === 1) {
    const ranks = { ...defaults, leafK: superblock.groupLeafNodeK, internalK: superblock.groupInternalNodeK };
    const chunkK = superblock.version === 0 ? defaults.chunkK : superblock.indexedStorageInternalNodeK;
    return { ranks: { ...ranks, chunkK }, sharedMessageTable: undefined };
  }
  const address = superblock.superblockExtensionAddress;
  if (!isDefined(address)) return { ranks: defaults, sharedMessageTable: undefined };
  return settingsOfExtension(storage, ObjectHeader.read(storage, address), defaults);
}

function settingsOfExtension(storage: FileStorage, header: ObjectHeader, defaults: TreeRanks): SuperblockSettings {
  const table = header.first(MESSAGE.SHARED_MESSAGE_TABLE);
  const sharedMessageTable =
    table &&
    decodeSharedMessageTableMessage(storage.cursor(table.data, "Shared message table message", header.address));
  const message = header.first(MESSAGE.B_TREE_K);
  if (message === undefined) return { ranks: defaults, sharedMessageTable };
  const values = decodeBTreeK(storage.cursor(message.data, "B-tree K values message", header.address));
  const ranks = {
    leafK: values.groupLeafNodeK,
    internalK: values.groupInternalNodeK,
    chunkK: values.indexedStorageInternalNodeK,
  };
  return { ranks, sharedMessageTable };
}

/** Stores what a version 2 or 3 superblock has no field for; gives the extension, undefined when none is needed. */
export function writeExtension(
  file: CreationContext,
  superblock: Superblock,
  options: SuperblockOptions,
  fileSpace: FileSpaceInfoV1,
  driverInfo?: Uint8Array,
): ObjectHeader | undefined {
  if (superblock.version < 2) return undefined;
  const messages: NewMessage[] = [];
  // Made before there is a table: the extension's header is of the version of the bounds alone.
  const prefix = newHeaderPrefix({ lowBound: file.lowBound, highBound: file.highBound }, {});
  const flags = MESSAGE_FLAG.CONSTANT | MESSAGE_FLAG.DONT_SHARE;
  if (options.sharedMessages !== undefined) {
    const table = file.sharedMessages.create(newIndexes(options.sharedMessages));
    const data = encodeBody(file.storage, table, encodeSharedMessageTableMessage);
    messages.push({ type: MESSAGE.SHARED_MESSAGE_TABLE, flags, data });
  }
  if (driverInfo !== undefined) {
    messages.push({ type: MESSAGE.DRIVER_INFO, flags: MESSAGE_FLAG.DONT_SHARE, data: driverInfo });
  }
  const ranks = treeRanksMessage(file.storage, options);
  if (ranks !== undefined) messages.push({ type: MESSAGE.B_TREE_K, flags, data: ranks });
  if (!isDefaultFileSpace(fileSpace)) {
    const flags = MESSAGE_FLAG.DONT_SHARE | MESSAGE_FLAG.MARK_IF_UNKNOWN;
    messages.push({
      type: MESSAGE.FILE_SPACE_INFO,
      flags,
      data: encodeBody(file.storage, fileSpace, encodeFileSpaceInfo),
    });
  }
  if (messages.length === 0) return undefined;
  return ObjectHeader.create(file.storage, prefix, messages, 0);
}

/** @throws HDF5Error "argument" in the C library's words. C: `H5SM_init`. */
function newIndexes({ indexes, listCutoff = 50, bTreeCutoff = 40 }: SharedMessageSettings): SharedMessageIndex[] {
  let used = 0;
  return indexes.map(({ messageTypeFlags, minimumMessageSize }) => {
    if ((messageTypeFlags & used) !== 0) {
      throw new HDF5Error("argument", "the same shared message type flag is assigned to more than one index");
    }
    used |= messageTypeFlags;
    return {
      indexType: listCutoff > 0 ? "list" : "b-tree-v2",
      messageTypeFlags,
      minimumMessageSize,
      listCutoff,
      bTreeCutoff,
      messageCount: 0,
      indexAddress: UNDEFINED_ADDRESS,
      heapAddress: UNDEFINED_ADDRESS,
    };
  });
}

/** K values that are not the usual ones. */
function treeRanksMessage(storage: FileStorage, options: SuperblockOptions): Uint8Array | undefined {
  if (options.ranks === undefined) return undefined;
  const values = {
    groupLeafNodeK: options.ranks.leafK ?? DEFAULT_B_TREE_K.groupLeafNodeK,
    groupInternalNodeK: options.ranks.internalK ?? DEFAULT_B_TREE_K.groupInternalNodeK,
    indexedStorageInternalNodeK: options.ranks.chunkK ?? DEFAULT_B_TREE_K.indexedStorageInternalNodeK,
  };
  const isDefault = Object.entries(DEFAULT_B_TREE_K).every(([name, k]) => values[name as keyof typeof values] === k);
  return isDefault ? undefined : encodeBody(storage, values, encodeBTreeK);
}

export function encodeCurrentSuperblock(
  superblock: Superblock,
  { widths, allocator }: Pick<FileStorage, "widths" | "allocator">,
  endOfAllocation = allocator.endOfAllocation,
): Uint8Array {
  const writer = new Writer(widths);
  encodeSuperblock(writer, { ...superblock, endOfFileAddress: superblock.baseAddress + endOfAllocation });
  return writer.copy();
}
