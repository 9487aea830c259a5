/**
 * Files that are spread over several: put together from a member, where whoever opens it can open the others.
 *
 * Reference implementation: H5FD.c, `H5FD_sb_load`; H5FDfamily.c, H5FDmulti.c. The superblock says which driver wrote a
 * file: in its driver information block, or in the driver info message of its extension.
 */
import { isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import {
  DRIVER_INFO_BLOCK_PREFIX_BYTES,
  type DriverInfo,
  decodeDriverInfoBlock,
  decodeDriverInfoMessage,
  driverInfoBlockByteLength,
  type MultiDriverInfo,
} from "../format/driver-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { Superblock } from "../format/superblock.ts";
import { FamilySource, familyPatternOf } from "../io/family-source.ts";
import { type MultiMember, MultiSource, MultiTarget } from "../io/multi-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { multiMemberName, type OpenBytes, openFamily, openMember } from "./file-drivers.ts";
import { driverInformationBlockOffset, type SuperblockStart } from "./superblock-access.ts";
import type { Extension } from "./superblock-extension.ts";

export interface MemberOptions {
  /** Undefined where other files are out of reach. */
  readonly open: OpenBytes | undefined;
  readonly writable: boolean;
  readonly limits: Limits;
}

/**
 * The whole of a multi file whose superblock, of version 0 or 1, the source has at `start`; any other source as it is. This
 * comes before the superblock is decoded, whose addresses may lie in other members.
 */
export function wholeMultiFile(source: ByteSource, start: SuperblockStart, options: MemberOptions): ByteSource {
  const { limits } = options;
  const offset = ifReadable(() => driverInformationBlockOffset(source, start, limits));
  const info = offset === undefined ? undefined : ifReadable(() => readBlock(source, offset, limits));
  return info?.kind === "multi" ? wholeMulti(source, info, options) : source;
}

/**
 * The whole file that a source is, or is the first member of.
 *
 * @throws HDF5Error "unsupported" in the C library's words for a member of a multi file whose others cannot be opened.
 */
export function wholeFile(
  source: ByteSource,
  superblock: Superblock,
  extension: Extension | undefined,
  options: MemberOptions,
): ByteSource {
  const info = driverInfoOf(source, superblock, extension, options.limits);
  if (info?.kind === "multi") return wholeMulti(source, info, options);
  if (source instanceof FamilySource) return withMemberByteLength(source, info);
  // A family of one member is a file like any other.
  if (info?.kind !== "family" || source.byteLength() >= superblock.endOfFileAddress) return source;
  return wholeFamily(source, info.memberByteLength, options);
}

/** What a superblock says about drivers; undefined where nothing can be read of it, which others will complain about. */
export function driverInfoOf(
  source: ByteSource,
  superblock: Superblock,
  extension: Extension | undefined,
  limits: Limits,
): DriverInfo | undefined {
  if (superblock.version === 0 || superblock.version === 1) {
    const { baseAddress, driverInformationBlockAddress: address } = superblock;
    return isDefined(address) ? ifReadable(() => readBlock(source, baseAddress + address, limits)) : undefined;
  }
  return extension && ifReadable(() => driverInfoOfExtension(extension));
}

function driverInfoOfExtension({ storage, header }: Extension): DriverInfo | undefined {
  const message = header.first(MESSAGE.DRIVER_INFO);
  if (message === undefined) return undefined;
  return decodeDriverInfoMessage(storage.cursor(message.data, "Driver info message", header.address));
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

function readBlock(source: ByteSource, offset: number, limits: Limits): DriverInfo | undefined {
  const context = { structure: "Driver information block", address: offset, limits };
  const prefix = new Uint8Array(DRIVER_INFO_BLOCK_PREFIX_BYTES);
  source.readInto(offset, prefix);
  const byteLength = driverInfoBlockByteLength(new Cursor(prefix, context));
  if (offset + byteLength > source.byteLength()) return undefined;
  const bytes = new Uint8Array(byteLength);
  source.readInto(offset, bytes);
  return decodeDriverInfoBlock(new Cursor(bytes, context));
}

function wholeFamily(first: ByteSource, memberByteLength: number, options: MemberOptions): ByteSource {
  const { open, writable } = options;
  const pattern = familyPatternOf(first.name);
  if (pattern === undefined || open === undefined) return first;
  return openFamily(pattern, memberByteLength, writable, (name, mode) =>
    name === first.name ? first : open(name, mode),
  );
}

/** A family that was opened by its pattern has members as long as the file says, not as long as the first one is. */
function withMemberByteLength(source: FamilySource, info: DriverInfo | undefined): ByteSource {
  if (info?.kind === "family") source.adoptMemberByteLength(info.memberByteLength);
  return source;
}

function multiError(path: string): HDF5Error {
  return new HDF5Error("unsupported", "multi driver should be used", { path });
}

function wholeMulti(source: ByteSource, info: MultiDriverInfo, options: MemberOptions): ByteSource {
  const { writable, open } = options;
  const own = info.members.find(({ startAddress }) => startAddress === 0n);
  const isMulti = source instanceof MultiSource;
  if (isMulti && source.startsAtSome(info.members.map(({ startAddress }) => startAddress))) return source;
  const base = isMulti ? source.name : own === undefined ? undefined : baseNameOf(source.name, own.name);
  if (base === undefined) throw multiError(source.name);
  const members: MultiMember[] = [];
  for (const { startAddress, endAddress, name } of info.members) {
    const memberName = multiMemberName(name, base);
    const known = isMulti ? source.memberNamed(memberName) : startAddress === 0n ? source : undefined;
    const bytes = known ?? (open && openMember(memberName, writable, open));
    if (bytes !== undefined) members.push({ startAddress, source: bytes });
    else if (endAddress > 0n || writable) throw multiError(source.name);
  }
  return writable ? new MultiTarget(base, members as MultiMember<ByteTarget>[]) : new MultiSource(base, members);
}

/** What `%s` stands for in a member's name. */
function baseNameOf(memberName: string, pattern: string): string | undefined {
  const at = pattern.indexOf("%s");
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 2)];
  if (at < 0 || !memberName.endsWith(after) || !memberName.startsWith(before)) return undefined;
  const base = memberName.slice(before.length, memberName.length - after.length);
  return base === "" ? undefined : base;
}
