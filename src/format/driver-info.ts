/**
 * Driver information: how the file is spread over several, from the block that superblocks 0 and 1 point to or from the
 * driver info message (0x0014) of the superblock extension.
 *
 * Specification: II.B, "File Driver Info", and IV.A.2.u, "The Driver Info Message". Reference implementation: H5Fsuper.c,
 * H5Odrvinfo.c, H5FDfamily.c, H5FDmulti.c.
 *
 * | field                      | block | message |
 * | -------------------------- | ----- | ------- |
 * | Version                    | 1, 0  | 1, 0    |
 * | Reserved                   | 3     |         |
 * | Driver Information Size    | 4     |         |
 * | Driver Identification      | 8     | 8       |
 * | Driver Information Size    |       | 2       |
 * | Driver Information         | Driver Information Size, both |
 *
 * | information of "NCSAfami" | bytes |
 * | ------------------------- | ----- |
 * | Size of Member File       | 8     |
 *
 * | information of "NCSAmult"           | bytes                                       |
 * | ----------------------------------- | ------------------------------------------- |
 * | Member Mapping                      | 6, one a kind of memory                     |
 * | Reserved                            | 2                                           |
 * | Address and End of Address          | 8 and 8, for each member file               |
 * | Name                                | NUL-terminated, padded to 8, for each member file |
 */
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import { Writer } from "../base/writer.ts";

/** A file in members of equal size. Specification: II.B, "Family driver". */
export interface FamilyDriverInfo {
  readonly kind: "family";
  /** Bytes of each member but the last. */
  readonly memberByteLength: number;
}

/** One of the files of a multi driver. */
export interface MultiMember {
  /**
   * Where the member's bytes start in the address space of the whole. A `bigint`, because the library deals that space
   * out among the members: the second of two starts at 2^63 - 1.
   */
  readonly startAddress: bigint;
  /** Bytes in use of the member file. */
  readonly endAddress: bigint;
  /** The member's file name, with `%s` for the name of the whole. */
  readonly name: string;
}

/** A file for each kind of memory. Specification: II.B, "Multi driver". */
export interface MultiDriverInfo {
  readonly kind: "multi";
  /**
   * For each kind of memory (superblock, B-tree, raw data, global heap, local heap, object header; numbered from 1) the
   * kind whose member it goes to; 0 stands for its own.
   */
  readonly memberMapping: readonly number[];
  /** In the order in which the mapping first names them. */
  readonly members: readonly MultiMember[];
}

/** A driver that is not known here: its information is kept as it is. */
export interface OtherDriverInfo {
  readonly kind: "other";
  /** Up to 8 characters. */
  readonly identification: string;
  /** What the driver keeps. */
  readonly data: Uint8Array;
}

/** How a file is spread over several. Specification: II.B, "File Driver Info". */
export type DriverInfo = FamilyDriverInfo | MultiDriverInfo | OtherDriverInfo;

const VERSION = 0;
const FAMILY = "NCSAfami";
const MULTI = "NCSAmult";
const IDENTIFICATION_BYTES = 8;
const MEMORY_KINDS = 6;

/** Bytes of a driver information block before the information; enough to learn its size from. */
export const DRIVER_INFO_BLOCK_PREFIX_BYTES = 16;

/** Bytes of a whole driver information block, from its first {@link DRIVER_INFO_BLOCK_PREFIX_BYTES}. */
export function driverInfoBlockByteLength(cursor: Cursor): number {
  cursor.version([VERSION]);
  cursor.skip(3, "Reserved");
  const informationBytes = cursor.u32("Driver Information Size");
  if (informationBytes > cursor.limits.maxMetadataBytes) {
    throw cursor.error(`${informationBytes} bytes`, "Driver Information Size");
  }
  return DRIVER_INFO_BLOCK_PREFIX_BYTES + informationBytes;
}

/** Decodes the block of superblocks 0 and 1. */
export function decodeDriverInfoBlock(cursor: Cursor): DriverInfo {
  const informationBytes = driverInfoBlockByteLength(cursor) - DRIVER_INFO_BLOCK_PREFIX_BYTES;
  const identification = cursor.text(IDENTIFICATION_BYTES, "Driver Identification");
  return decodeInformation(cursor.sub(informationBytes, cursor.structure, "Driver Information"), identification);
}

export function encodeDriverInfoBlock(writer: Writer, info: DriverInfo): void {
  const information = encodeInformation(info);
  writer.u8(VERSION).zeros(3).u32(information.length);
  encodeIdentification(writer, info);
  writer.bytes(information);
}

/** Decodes the body of a driver info message. */
export function decodeDriverInfoMessage(cursor: Cursor): DriverInfo {
  cursor.version([VERSION]);
  const identification = cursor.text(IDENTIFICATION_BYTES, "Driver Identification");
  const informationBytes = cursor.u16("Driver Information Size");
  return decodeInformation(cursor.sub(informationBytes, cursor.structure, "Driver Information"), identification);
}

export function encodeDriverInfoMessage(writer: Writer, info: DriverInfo): void {
  const information = encodeInformation(info);
  writer.u8(VERSION);
  encodeIdentification(writer, info);
  writer.u16(information.length).bytes(information);
}

export function sizeOfDriverInfoBlock(info: DriverInfo): number {
  return DRIVER_INFO_BLOCK_PREFIX_BYTES + encodeInformation(info).length;
}

export function sizeOfDriverInfoMessage(info: DriverInfo): number {
  return 3 + IDENTIFICATION_BYTES + encodeInformation(info).length;
}

function encodeIdentification(writer: Writer, info: DriverInfo): void {
  const identification = info.kind === "family" ? FAMILY : info.kind === "multi" ? MULTI : info.identification;
  const bytes = encodeUtf8(identification);
  if (bytes.length > IDENTIFICATION_BYTES)
    throw new RangeError(`driver identification "${identification}" is too long`);
  writer.bytes(bytes).zeros(IDENTIFICATION_BYTES - bytes.length);
}

function decodeInformation(cursor: Cursor, identification: string): DriverInfo {
  switch (identification) {
    case FAMILY:
      return { kind: "family", memberByteLength: cursor.u64("Size of Member File") };
    case MULTI:
      return decodeMulti(cursor);
    default:
      return { kind: "other", identification, data: cursor.take(cursor.remaining, "Driver Information") };
  }
}

/** How many member files a mapping names. */
function countMembers(memberMapping: readonly number[]): number {
  return new Set(memberMapping.map((kind, i) => (kind === 0 ? i + 1 : kind))).size;
}

function decodeMulti(cursor: Cursor): MultiDriverInfo {
  const memberMapping: number[] = [];
  for (let i = 0; i < MEMORY_KINDS; i++) {
    memberMapping.push(cursor.within(0, MEMORY_KINDS, "Member Mapping"));
  }
  cursor.skip(2, "Reserved");
  const count = countMembers(memberMapping);
  const addresses: { startAddress: bigint; endAddress: bigint }[] = [];
  for (let i = 0; i < count; i++) {
    const startAddress = cursor.u64big("Address of Member File");
    addresses.push({ startAddress, endAddress: cursor.u64big("End of Address for Member File") });
  }
  const members = addresses.map((member) => {
    const from = cursor.position;
    const name = cursor.nulTerminated("Name of Member File");
    cursor.align(8, from, "Name of Member File");
    return { ...member, name };
  });
  return { kind: "multi", memberMapping, members };
}

function encodeInformation(info: DriverInfo): Uint8Array {
  const writer = new Writer();
  switch (info.kind) {
    case "family":
      writer.u64(info.memberByteLength);
      break;
    case "multi":
      encodeMulti(writer, info);
      break;
    case "other":
      return info.data;
    default:
      info satisfies never;
  }
  return writer.toBytes();
}

function encodeMulti(writer: Writer, info: MultiDriverInfo): void {
  if (info.memberMapping.length !== MEMORY_KINDS || countMembers(info.memberMapping) !== info.members.length) {
    throw new RangeError(`${info.members.length} member files do not match the mapping ${info.memberMapping}`);
  }
  for (const kind of info.memberMapping) writer.u8(kind);
  writer.zeros(2);
  for (const { startAddress, endAddress } of info.members) {
    writer.u64big(startAddress).u64big(endAddress);
  }
  for (const { name } of info.members) {
    const bytes = encodeUtf8(name);
    writer.bytes(bytes).zeros(alignUp(bytes.length + 1, 8) - bytes.length);
  }
}
