/**
 * What an open file's superblock says of its driver, kept true as the file grows.
 *
 * Reference implementation: H5Fsuper.c; H5FDmulti.c, `H5FD_multi_sb_encode`.
 */
import { type Address, isDefined } from "../base/address.ts";
import { Writer } from "../base/writer.ts";
import {
  type DriverInfo,
  encodeDriverInfoBlock,
  encodeDriverInfoMessage,
  type MultiDriverInfo,
} from "../format/driver-info.ts";
import { FREE_SPACE_KINDS } from "../format/file-space-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { Superblock } from "../format/superblock.ts";
import { FamilySource } from "../io/family-source.ts";
import { MultiTarget } from "../io/multi-source.ts";
import type { ByteSource } from "../io/source.ts";
import type { FileStorage } from "./file-storage.ts";
import { encodeBody } from "./header-values.ts";
import type { ObjectHeader } from "./object-header.ts";
import { type AllocatedMember, MemberAllocator } from "./space/member-allocator.ts";
import type { MemoryType, SpaceAllocator } from "./space/space-allocator.ts";

/** The driver information of a new file in this target; undefined for a file in one piece. */
export function newDriverInfo(target: ByteSource, multi: MultiDriverInfo | undefined): DriverInfo | undefined {
  if (target instanceof FamilySource) return { kind: "family", memberByteLength: target.memberByteLength };
  return target instanceof MultiTarget ? multi : undefined;
}

/** The index of the member that a kind of memory goes to. */
function memberIndex({ memberMapping }: MultiDriverInfo, kind: number): number {
  const targets = memberMapping.map((mapped, i) => (mapped === 0 ? i + 1 : mapped));
  return [...new Set(targets)].indexOf(targets[kind - 1] as number);
}

/** An allocator for each member of a multi file. `allocatorOf` makes one that starts with an end of allocation. */
export function memberAllocator(
  target: MultiTarget,
  info: MultiDriverInfo,
  baseAddress: number,
  allocatorOf: (end: Address) => SpaceAllocator,
): SpaceAllocator {
  const members: AllocatedMember[] = info.members.map(({ startAddress, endAddress }) => {
    const place = target.placeOf(startAddress) ?? 0;
    const start = place === 0 ? 0 : place - baseAddress;
    return { start, allocator: allocatorOf(start + Number(endAddress)) };
  });
  const entries = FREE_SPACE_KINDS.map((type, i) => [type, members[memberIndex(info, i + 1)] as AllocatedMember]);
  const mapped = Object.fromEntries(entries) as Record<MemoryType, AllocatedMember>;
  // The C library takes global heaps for raw data, whatever the mapping says of them.
  const memberOf = { ...mapped, "global-heap": mapped.draw };
  return new MemberAllocator(
    [...members].sort((a, b) => a.start - b.start),
    memberOf,
  );
}

/** The information with the members' ends as they are now. */
function currentInfo(
  info: MultiDriverInfo,
  target: MultiTarget,
  { allocator }: FileStorage,
  base: number,
): MultiDriverInfo {
  const ranges = allocator.ranges();
  const members = info.members.map((member) => {
    const place = target.placeOf(member.startAddress) ?? 0;
    const start = place === 0 ? 0 : place - base;
    const end = ranges.find((range) => range.start === start)?.end ?? start;
    return { ...member, endAddress: BigInt(end - start) };
  });
  return { ...info, members };
}

/** The record in an open file: a block behind the superblock, or a message of its extension. */
export class DriverRecord {
  private readonly info: DriverInfo;
  private readonly target: ByteSource;

  constructor(info: DriverInfo, target: ByteSource) {
    this.info = info;
    this.target = target;
  }

  /** Before a flush, once all space is given out: the extension's message follows. */
  prepare(storage: FileStorage, superblock: Superblock, headerAt: (address: Address) => ObjectHeader): void {
    if (superblock.version < 2 || this.info.kind !== "multi") return;
    const { superblockExtensionAddress } = superblock as Superblock & { readonly superblockExtensionAddress: Address };
    if (!isDefined(superblockExtensionAddress)) return;
    const header = headerAt(superblockExtensionAddress);
    const message = header.first(MESSAGE.DRIVER_INFO);
    const data = this.message(storage, superblock);
    if (message !== undefined && !data.every((byte, i) => byte === message.data[i])) header.replace(message, data);
  }

  /** The body of the message. */
  message(storage: FileStorage, superblock: Pick<Superblock, "baseAddress">): Uint8Array {
    return encodeBody(storage, this.current(storage, superblock), encodeDriverInfoMessage);
  }

  /** Writes the block of superblocks 0 and 1. */
  writeBlock(storage: FileStorage, superblock: Superblock, write: (address: Address, bytes: Uint8Array) => void): void {
    if (superblock.version > 1) return;
    const { driverInformationBlockAddress: address } = superblock as { driverInformationBlockAddress: Address };
    if (!isDefined(address)) return;
    const writer = new Writer(storage.widths);
    encodeDriverInfoBlock(writer, this.current(storage, superblock));
    write(address, writer.copy());
  }

  private current(storage: FileStorage, { baseAddress }: Pick<Superblock, "baseAddress">): DriverInfo {
    const { info, target } = this;
    return info.kind === "multi" && target instanceof MultiTarget
      ? currentInfo(info, target, storage, baseAddress)
      : info;
  }
}
