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
import { FamilySource, FamilyTarget, familyPatternOf } from "../io/family-source.ts";
import { type MultiMember, MultiSource } from "../io/multi-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import type { FileOpener } from "./file-opener.ts";
import type { Extension } from "./superblock-extension.ts";

export interface MemberOptions {
  readonly opener?: FileOpener | undefined;
  readonly writable: boolean;
  readonly limits: Limits;
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
  if (source instanceof FamilySource || source instanceof MultiSource) return source;
  const info = driverInfoOf(source, superblock, extension, options.limits);
  if (info?.kind === "multi") return wholeMulti(source, info, options);
  // A family of one member is a file like any other.
  if (info?.kind !== "family" || source.byteLength() >= superblock.endOfFileAddress) return source;
  return wholeFamily(source, info.memberByteLength, options);
}

/** What a superblock says about drivers; undefined where nothing can be read of it, which others will complain about. */
function driverInfoOf(
  source: ByteSource,
  superblock: Superblock,
  extension: Extension | undefined,
  limits: Limits,
): DriverInfo | undefined {
  try {
    if (superblock.version === 0 || superblock.version === 1) {
      return readBlock(source, superblock.baseAddress, superblock.driverInformationBlockAddress, limits);
    }
    const message = extension?.header.first(MESSAGE.DRIVER_INFO);
    if (extension === undefined || message === undefined) return undefined;
    const { storage, header } = extension;
    return decodeDriverInfoMessage(storage.cursor(message.data, "Driver info message", header.address));
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

function readBlock(source: ByteSource, base: number, address: number, limits: Limits): DriverInfo | undefined {
  if (!isDefined(address)) return undefined;
  const context = { structure: "Driver information block", address, limits };
  const prefix = new Uint8Array(DRIVER_INFO_BLOCK_PREFIX_BYTES);
  source.readInto(base + address, prefix);
  const byteLength = driverInfoBlockByteLength(new Cursor(prefix, context));
  if (base + address + byteLength > source.byteLength()) return undefined;
  const bytes = new Uint8Array(byteLength);
  source.readInto(base + address, bytes);
  return decodeDriverInfoBlock(new Cursor(bytes, context));
}

function wholeFamily(first: ByteSource, memberByteLength: number, options: MemberOptions): ByteSource {
  const { opener, writable } = options;
  const pattern = familyPatternOf(first.name);
  if (pattern === undefined || opener?.openBytes === undefined) return first;
  const open = (name: string, mode: "read" | "write") => (name === first.name ? first : opener.openBytes?.(name, mode));
  if (!writable) return new FamilySource(pattern, (name) => open(name, "read"), memberByteLength);
  // Whether a member exists shows when it is opened for reading: opening for writing would make it.
  const existing = (name: string): ByteTarget | undefined => {
    const found = open(name, "read");
    if (found === undefined || found === first) return found as ByteTarget | undefined;
    found.close();
    return open(name, "write") as ByteTarget | undefined;
  };
  const make = (name: string): ByteTarget => {
    const made = open(name, "write");
    if (made === undefined) throw new HDF5Error("source", "unable to create member file", { path: name });
    return made as ByteTarget;
  };
  return new FamilyTarget(pattern, existing, make, memberByteLength);
}

function multiError(path: string): HDF5Error {
  return new HDF5Error("unsupported", "multi driver should be used", { path });
}

function wholeMulti(source: ByteSource, info: MultiDriverInfo, options: MemberOptions): ByteSource {
  const { opener, writable } = options;
  if (writable)
    throw new HDF5Error("unsupported", "writing to files of the multi and split drivers", { path: source.name });
  const own = info.members.find(({ startAddress }) => startAddress === 0n);
  const base = own === undefined ? undefined : baseNameOf(source.name, own.name);
  if (base === undefined) throw multiError(source.name);
  const members: MultiMember[] = [];
  for (const { startAddress, endAddress, name } of info.members) {
    const memberName = name.replaceAll("%s", base);
    const bytes = startAddress === 0n ? source : opener?.openBytes?.(memberName, "read");
    if (bytes !== undefined) members.push({ startAddress, source: bytes });
    else if (endAddress > 0n) throw multiError(source.name);
  }
  return new MultiSource(base, members);
}

/** What `%s` stands for in a member's name. */
function baseNameOf(memberName: string, pattern: string): string | undefined {
  const at = pattern.indexOf("%s");
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 2)];
  if (at < 0 || !memberName.endsWith(after) || !memberName.startsWith(before)) return undefined;
  const base = memberName.slice(before.length, memberName.length - after.length);
  return base === "" ? undefined : base;
}
