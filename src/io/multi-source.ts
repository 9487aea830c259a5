/**
 * A file whose kinds of bytes are in files of their own: the multi and split drivers'.
 *
 * Reference implementation: H5FDmulti.c. The members share one space of addresses, in which each has a range from its
 * start to the next one's. The C library deals out the ranges evenly, so that starts are far beyond what numbers hold
 * exactly: the source gives each such range another place, and says so in `farAddresses`.
 */
import type { FarAddresses } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import { MemberRanges, readMember } from "./member-bytes.ts";
import { checkRange, closedSource } from "./range-check.ts";
import type { ByteRange, ByteSource, ByteTarget } from "./source.ts";

/** One of the files, and which addresses it has. */
export interface MultiMember<T extends ByteSource = ByteSource> {
  /** First address of the member's range. */
  readonly startAddress: bigint;
  /** Its bytes: byte 0 is the first address of the range. */
  readonly source: T;
}

/** Distance of the places given to far ranges. */
const FAR_STEP = 2 ** 48;
const SAFE_START = BigInt(FAR_STEP);

/** Raw data's start in a split file: half of the addresses that the C library has. */
export const SPLIT_RAW_DATA_START = 0x7fff_ffff_ffff_ffffn;

interface PlacedMember<T extends ByteSource> {
  readonly start: number;
  readonly startAddress: bigint;
  readonly source: T;
}

/** A multi or split file for reading. C: H5FD_MULTI. */
export class MultiSource<T extends ByteSource = ByteSource> implements ByteSource {
  readonly name: string;
  /** Ranges of addresses that stand elsewhere; undefined when all are as stored. */
  readonly farAddresses: readonly FarAddresses[] | undefined;
  /** Ascending by start. */
  protected readonly members: readonly PlacedMember<T>[];
  private isClosed = false;

  /**
   * A file whose kinds of bytes are in files of their own.
   *
   * @throws HDF5Error "argument" when two members start at the same address, or none at 0.
   */
  constructor(name: string, members: readonly MultiMember<T>[]) {
    this.name = name;
    const sorted = [...members].sort((a, b) => (a.startAddress < b.startAddress ? -1 : 1));
    if (
      sorted[0]?.startAddress !== 0n ||
      sorted.some((member, i) => member.startAddress === sorted[i + 1]?.startAddress)
    ) {
      throw new HDF5Error("argument", "addresses of member files", { path: name });
    }
    const far: FarAddresses[] = [];
    this.members = sorted.map(({ startAddress, source }) => {
      if (startAddress < SAFE_START) return { start: Number(startAddress), startAddress, source };
      const address = (far.length + 1) * FAR_STEP;
      far.push({ stored: startAddress, address });
      return { start: address, startAddress, source };
    });
    this.farAddresses = far.length === 0 ? undefined : far;
  }

  /** Whether the members that are there start at some of these addresses. */
  startsAtSome(startAddresses: readonly bigint[]): boolean {
    return this.members.every(({ startAddress }) => startAddresses.includes(startAddress));
  }

  /** The member file of a name. */
  memberNamed(name: string): T | undefined {
    return this.members.find(({ source }) => source.name === name)?.source;
  }

  /** Where a member's bytes start in the source. */
  placeOf(startAddress: bigint): number | undefined {
    return this.members.find((member) => member.startAddress === startAddress)?.start;
  }

  /** The byte behind the last of any member. */
  byteLength(): number {
    if (this.isClosed) throw closedSource(this.name);
    return this.members.reduce((end, { start, source }) => {
      const own = source.byteLength();
      return own === 0 ? end : Math.max(end, start + own);
    }, 0);
  }

  readInto(offset: number, destination: Uint8Array): void {
    checkRange(this.name, offset, destination.length, this.byteLength());
    this.each(offset, destination.length, ({ start, source }, at, from, to) => {
      readMember(source, at - start, destination.subarray(from, to));
    });
  }

  expect(ranges: readonly ByteRange[]): void {
    const byMember = new MemberRanges();
    for (const { offset, byteLength } of ranges) {
      this.each(offset, byteLength, ({ start, source }, at, from, to) => byMember.add(source, at - start, to - from));
    }
    byMember.announce();
  }

  close(): void {
    this.isClosed = true;
    for (const { source } of this.members) source.close();
  }

  protected each(
    offset: number,
    byteLength: number,
    visit: (member: PlacedMember<T>, at: number, from: number, to: number) => void,
  ): void {
    const end = offset + byteLength;
    this.members.forEach((member, i) => {
      const next = this.members[i + 1]?.start ?? Number.POSITIVE_INFINITY;
      const first = Math.max(offset, member.start);
      const last = Math.min(end, next);
      if (first < last) visit(member, first, first - offset, last - offset);
    });
  }
}

/** The same for reading and writing. */
export class MultiTarget extends MultiSource<ByteTarget> implements ByteTarget {
  write(offset: number, bytes: Uint8Array): void {
    this.byteLength();
    this.each(offset, bytes.length, ({ start, source }, at, from, to) => {
      source.write(at - start, bytes.subarray(from, to));
    });
  }

  /** The end of each member in the source, in the order of their starts. */
  memberEnds(): number[] {
    return this.members.map(({ start, source }) => start + source.byteLength());
  }

  /** Sets the size of each member. */
  truncateMembers(ends: readonly number[]): void {
    this.members.forEach(({ start, source }, i) => void source.truncate(Math.max(0, (ends[i] ?? start) - start)));
  }

  /** Cuts the members that lie behind an end to nothing, and the one that it lies in. Only 0 makes sense of a whole file. */
  truncate(byteLength: number): void {
    this.truncateMembers(this.memberEnds().map((end) => Math.min(end, byteLength)));
  }

  sync(): void {
    for (const { source } of this.members) source.sync();
  }
}
