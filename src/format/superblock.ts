/**
 * Superblock: where a file says what it is.
 *
 * Specification: II.A, "Disk Format: Level 0A - Format Signature and Superblock". Reference implementation: H5Fsuper.c,
 * H5Fsuper_cache.c.
 *
 * | versions 0 and 1                                 | bytes           |
 * | ------------------------------------------------ | --------------- |
 * | Format Signature                                 | 8               |
 * | Version Number of the Superblock                 | 1               |
 * | Version Number of the File's Free Space Storage  | 1, 0            |
 * | Version Number of the Root Group Symbol Table Entry | 1, 0         |
 * | Reserved                                         | 1               |
 * | Version Number of Shared Header Message Format   | 1, 0            |
 * | Size of Offsets                                  | 1               |
 * | Size of Lengths                                  | 1               |
 * | Reserved                                         | 1               |
 * | Group Leaf Node K                                | 2               |
 * | Group Internal Node K                            | 2               |
 * | File Consistency Flags                           | 4               |
 * | Indexed Storage Internal Node K (version 1)      | 2               |
 * | Reserved (version 1)                             | 2               |
 * | Base Address                                     | Size of Offsets |
 * | Address of File Free space Info                  | Size of Offsets |
 * | End of File Address                              | Size of Offsets |
 * | Driver Information Block Address                 | Size of Offsets |
 * | Root Group Symbol Table Entry                    | see III.C       |
 *
 * | versions 2 and 3                 | bytes           |
 * | -------------------------------- | --------------- |
 * | Format Signature                 | 8               |
 * | Version Number of the Superblock | 1               |
 * | Size of Offsets                  | 1               |
 * | Size of Lengths                  | 1               |
 * | File Consistency Flags           | 1               |
 * | Base Address                     | Size of Offsets |
 * | Superblock Extension Address     | Size of Offsets |
 * | End of File Address              | Size of Offsets |
 * | Root Group Object Header Address | Size of Offsets |
 * | Superblock Checksum              | 4               |
 */
import type { Address, FileWidths } from "../base/address.ts";
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import { isPowerOfTwo } from "../base/bits.ts";
import { lookup3 } from "../base/checksum.ts";
import { Cursor } from "../base/cursor.ts";
import { unsupportedError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { decodeK } from "./b-tree-k.ts";
import {
  decodeSymbolTableEntry,
  encodeSymbolTableEntry,
  type SymbolTableEntry,
  sizeOfSymbolTableEntry,
} from "./symbol-table-entry.ts";

interface SuperblockFields extends FileWidths {
  /** Bits of {@link FILE_CONSISTENCY_FLAG}; they mean something in version 3 only. */
  readonly fileConsistencyFlags: number;
  /** Where address 0 of the file lies: an absolute offset. */
  readonly baseAddress: number;
  /** The byte after the last one in use: an absolute offset. */
  readonly endOfFileAddress: number;
}

interface OldSuperblockFields extends SuperblockFields {
  /** Half the entries of a symbol table node. */
  readonly groupLeafNodeK: number;
  /** Half rank of group B-trees. */
  readonly groupInternalNodeK: number;
  /** Always undefined in files that exist. */
  readonly freeSpaceInfoAddress: Address;
  /** Where it is told how the file is spread over several; undefined for one file. */
  readonly driverInformationBlockAddress: Address;
  /** Its cached addresses can be out of date: only the object header counts. */
  readonly rootGroupSymbolTableEntry: SymbolTableEntry;
}

/** Specification: II.A, "Version 0 Superblock". */
export interface SuperblockV0 extends OldSuperblockFields {
  readonly version: 0;
}

/** Specification: II.A, "Version 1 Superblock". */
export interface SuperblockV1 extends OldSuperblockFields {
  readonly version: 1;
  /** Half rank of chunk B-trees. */
  readonly indexedStorageInternalNodeK: number;
}

/** Versions 2 and 3. Specification: II.A, "Version 2 Superblock". */
export interface SuperblockV2 extends SuperblockFields {
  /** The two have the same bytes; version 3 gives a meaning to the flags. */
  readonly version: 2 | 3;
  /** An object header with further messages about the file; undefined for none. */
  readonly superblockExtensionAddress: Address;
  /** The root group. */
  readonly rootGroupObjectHeaderAddress: Address;
}

/** Where a file says what it is. Specification: II.A, "Format Signature and Superblock". */
export type Superblock = SuperblockV0 | SuperblockV1 | SuperblockV2;

/** Bits that say who has the file open. */
export const FILE_CONSISTENCY_FLAG = {
  /** A writer has the file open, or died with it open. */
  OPEN_FOR_WRITING: 0x01,
  /** The file is open for single-writer, multiple-reader access. */
  SWMR_WRITING: 0x04,
} as const;

/** What holds where no superblock field and no B-tree K values message says otherwise. */
export const DEFAULT_B_TREE_K = { groupLeafNodeK: 4, groupInternalNodeK: 16, indexedStorageInternalNodeK: 32 } as const;

const STRUCTURE = "Superblock";
/** As text, a byte a character. */
const SIGNATURE = "\x89HDF\r\n\x1a\n";
/** In versions 2 and 3, behind signature, version and the two sizes. */
const CONSISTENCY_FLAGS_AT = 11;
const KNOWN_FLAGS = 0x07;
const FIRST_USER_BLOCK = 512;

/** Bytes of {@link superblockByteLength}'s argument; every superblock is longer. */
export const SUPERBLOCK_PREFIX_BYTES = 16;

/** Whether `bytes` start with the format signature. */
export function hasSuperblockSignature(bytes: Uint8Array): boolean {
  if (bytes.length < SIGNATURE.length) return false;
  for (let i = 0; i < SIGNATURE.length; i++) if (bytes[i] !== SIGNATURE.charCodeAt(i)) return false;
  return true;
}

/** Byte of a superblock that holds its version. */
export const SUPERBLOCK_VERSION_AT = 8;

/** The next place to look for the signature: 0, 512, 1024, 2048 and so on, for as long as the file has bytes there. */
export function nextSuperblockOffset(offset: number): number {
  return offset === 0 ? FIRST_USER_BLOCK : offset * 2;
}

/** Whether a user block may have that many bytes: none, or a power of two from 512 on. */
export function isUserBlockSize(byteLength: number): boolean {
  return byteLength === 0 || (byteLength >= FIRST_USER_BLOCK && isPowerOfTwo(byteLength));
}

/** Bytes of a superblock. */
export function sizeOfSuperblock(version: Superblock["version"], widths: FileWidths): number {
  switch (version) {
    case 0:
      return 24 + 4 * widths.sizeOfOffsets + sizeOfSymbolTableEntry(widths);
    case 1:
      return 28 + 4 * widths.sizeOfOffsets + sizeOfSymbolTableEntry(widths);
    case 2:
    case 3:
      return 16 + 4 * widths.sizeOfOffsets;
    default:
      return version satisfies never;
  }
}

/** Bytes to read for a whole superblock, from its first {@link SUPERBLOCK_PREFIX_BYTES}. */
export function superblockByteLength(prefix: Uint8Array): number {
  const cursor = new Cursor(prefix, { structure: STRUCTURE, address: 0 });
  const version = decodeVersion(cursor);
  if (version < 2) cursor.skip(4, "Version Number of Shared Header Message Format");
  return sizeOfSuperblock(version, decodeWidths(cursor));
}

function decodeVersion(cursor: Cursor): Superblock["version"] {
  cursor.signature(SIGNATURE);
  return cursor.version([0, 1, 2, 3], "Version Number of the Superblock") as Superblock["version"];
}

function decodeWidth(cursor: Cursor, field: string): number {
  const width = cursor.u8(field);
  if (width === 16 || width === 32) {
    throw unsupportedError(`${width} bytes`, cursor.place(field));
  }
  if (!isHandledWidth(width)) throw cursor.error(`expected 2, 4 or 8, found ${width}`, field);
  return width;
}

function isHandledWidth(width: number): boolean {
  return width === 2 || width === 4 || width === 8;
}

/** @throws UnsupportedError for widths of a new file that nobody could read again. */
export function requireHandledWidths({ sizeOfOffsets, sizeOfLengths }: FileWidths): void {
  const structure = "Superblock";
  if (!isHandledWidth(sizeOfOffsets)) {
    throw unsupportedError(`${sizeOfOffsets} bytes`, { structure, field: "Size of Offsets" });
  }
  if (!isHandledWidth(sizeOfLengths)) {
    throw unsupportedError(`${sizeOfLengths} bytes`, { structure, field: "Size of Lengths" });
  }
}

function decodeWidths(cursor: Cursor): FileWidths {
  const sizeOfOffsets = decodeWidth(cursor, "Size of Offsets");
  const sizeOfLengths = decodeWidth(cursor, "Size of Lengths");
  return { sizeOfOffsets, sizeOfLengths };
}

/** A cursor on the same bytes that knows the widths just read. */
function withWidths(cursor: Cursor, widths: FileWidths): Cursor {
  const { structure, address, limits } = cursor;
  const { farAddresses } = cursor.widths;
  const result = new Cursor(cursor.bytes, { structure, address, limits, widths: { ...widths, farAddresses } });
  result.position = cursor.position;
  return result;
}

/** Decodes a superblock of any version. The widths of addresses and lengths come from the bytes, not from the cursor. */
export function decodeSuperblock(cursor: Cursor): Superblock {
  const version = decodeVersion(cursor);
  return version < 2 ? decodeOld(cursor, version as 0 | 1) : decodeNew(cursor, version as 2 | 3);
}

/**
 * The Driver Information Block Address of versions 0 and 1; undefined address for others. Nothing behind it is decoded:
 * addresses there may be of a member file that only the block tells of.
 */
export function decodeDriverInformationBlockAddress(start: Cursor): Address {
  const version = decodeVersion(start);
  if (version > 1) return UNDEFINED_ADDRESS;
  start.skip(4, "Version Number of Shared Header Message Format");
  const widths = decodeWidths(start);
  const cursor = withWidths(start, widths);
  cursor.skip((version === 0 ? 9 : 13) + 3 * widths.sizeOfOffsets, "End of File Address");
  return cursor.addressValue("Driver Information Block Address");
}

function decodeOld(start: Cursor, version: 0 | 1): SuperblockV0 | SuperblockV1 {
  start.version([0], "Version Number of the File's Free Space Storage");
  start.version([0], "Version Number of the Root Group Symbol Table Entry");
  start.skip(1, "Reserved");
  start.version([0], "Version Number of Shared Header Message Format");
  const widths = decodeWidths(start);
  const cursor = withWidths(start, widths);
  cursor.skip(1, "Reserved");
  const groupLeafNodeK = decodeK(cursor, "Group Leaf Node K");
  const groupInternalNodeK = decodeK(cursor, "Group Internal Node K");
  const fileConsistencyFlags = cursor.flags(
    KNOWN_FLAGS,
    "File Consistency Flags",
    cursor.u32("File Consistency Flags"),
  );
  const indexedStorageInternalNodeK = version === 1 ? decodeK(cursor, "Indexed Storage Internal Node K") : 0;
  if (version === 1) cursor.skip(2, "Reserved");
  const fields = {
    ...widths,
    groupLeafNodeK,
    groupInternalNodeK,
    fileConsistencyFlags,
    baseAddress: cursor.definedAddress("Base Address"),
    freeSpaceInfoAddress: cursor.addressValue("Address of File Free space Info"),
    endOfFileAddress: cursor.definedAddress("End of File Address"),
    driverInformationBlockAddress: cursor.addressValue("Driver Information Block Address"),
    rootGroupSymbolTableEntry: decodeSymbolTableEntry(cursor),
  };
  start.position = cursor.position;
  return version === 0 ? { version, ...fields } : { version, ...fields, indexedStorageInternalNodeK };
}

function decodeNew(start: Cursor, version: 2 | 3): SuperblockV2 {
  const widths = decodeWidths(start);
  const cursor = withWidths(start, widths);
  const fileConsistencyFlags = cursor.flags(KNOWN_FLAGS, "File Consistency Flags");
  const baseAddress = cursor.definedAddress("Base Address");
  const superblockExtensionAddress = cursor.addressValue("Superblock Extension Address");
  const endOfFileAddress = cursor.definedAddress("End of File Address");
  const rootGroupObjectHeaderAddress = cursor.addressValue("Root Group Object Header Address");
  cursor.checksum();
  start.position = cursor.position;
  return {
    version,
    ...widths,
    fileConsistencyFlags,
    baseAddress,
    superblockExtensionAddress,
    endOfFileAddress,
    rootGroupObjectHeaderAddress,
  };
}

/** Makes an encoded superblock of version 2 or 3 that of a file which nobody has open. */
export function clearConsistencyFlags(bytes: Uint8Array): void {
  bytes[CONSISTENCY_FLAGS_AT] = 0;
  const end = bytes.length - 4;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, lookup3(bytes, 0, end), true);
}

/** Encodes with the superblock's own widths, whatever those of `writer` are. */
export function encodeSuperblock(writer: Writer, superblock: Superblock): void {
  const { sizeOfOffsets, sizeOfLengths, version } = superblock;
  const { farAddresses } = writer.widths;
  const own = new Writer({ sizeOfOffsets, sizeOfLengths, farAddresses }, sizeOfSuperblock(version, superblock));
  own.signature(SIGNATURE).u8(superblock.version);
  switch (superblock.version) {
    case 0:
    case 1:
      encodeOld(own, superblock);
      break;
    case 2:
    case 3:
      own.u8(superblock.sizeOfOffsets).u8(superblock.sizeOfLengths).u8(superblock.fileConsistencyFlags);
      own.addressValue(superblock.baseAddress).addressValue(superblock.superblockExtensionAddress);
      own.addressValue(superblock.endOfFileAddress).addressValue(superblock.rootGroupObjectHeaderAddress);
      own.checksum();
      break;
    default:
      superblock satisfies never;
  }
  writer.bytes(own.toBytes());
}

function encodeOld(writer: Writer, superblock: SuperblockV0 | SuperblockV1): void {
  writer.zeros(4).u8(superblock.sizeOfOffsets).u8(superblock.sizeOfLengths).zeros(1);
  writer.u16(superblock.groupLeafNodeK).u16(superblock.groupInternalNodeK).u32(superblock.fileConsistencyFlags);
  if (superblock.version === 1) writer.u16(superblock.indexedStorageInternalNodeK).zeros(2);
  writer.addressValue(superblock.baseAddress).addressValue(superblock.freeSpaceInfoAddress);
  writer.addressValue(superblock.endOfFileAddress).addressValue(superblock.driverInformationBlockAddress);
  encodeSymbolTableEntry(writer, superblock.rootGroupSymbolTableEntry);
}

/**
 * The superblock as it holds for a file in which it was found at the absolute offset `foundAt`: bytes put before the
 * file, or taken away, shift the base address and the end of file alike.
 *
 * C: the same correction in `H5F__super_read`.
 */
export function relocateSuperblock<T extends Superblock>(superblock: T, foundAt: number): T {
  const shift = foundAt - superblock.baseAddress;
  if (shift === 0) return superblock;
  return { ...superblock, baseAddress: foundAt, endOfFileAddress: superblock.endOfFileAddress + shift };
}

/** Address of the root group's object header. */
export function rootObjectHeaderAddress(superblock: Superblock): Address {
  return superblock.version === 0 || superblock.version === 1
    ? superblock.rootGroupSymbolTableEntry.objectHeaderAddress
    : superblock.rootGroupObjectHeaderAddress;
}

/** Where the superblock extension is; the undefined address of a superblock that has none, or no field for it. */
export function extensionAddressOf(superblock: Superblock): Address {
  if (superblock.version === 0 || superblock.version === 1) return UNDEFINED_ADDRESS;
  return superblock.superblockExtensionAddress;
}
