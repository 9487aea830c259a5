/**
 * A file in members of equal size: the family driver's.
 *
 * Reference implementation: H5FDfamily.c. Members are named by a pattern with the member's number in it, `%d` or `%05d`
 * for example. The last one may be shorter, and what is missing at the end of any reads as zeros.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import { MemberRanges, readMember } from "./member-bytes.ts";
import { checkPosition, checkRange, closedSource } from "./range-check.ts";
import type { ByteRange, ByteSource, ByteTarget } from "./source.ts";

/** The bytes of a member; undefined when there is no such member. */
export type OpenMember<T extends ByteSource = ByteSource> = (name: string) => T | undefined;

const NUMBER = /%(0?)(\d{0,3})[diu]/;

/** Whether a name stands for a family: it has a place for a number. */
export function isFamilyName(pattern: string): boolean {
  return NUMBER.test(pattern.replaceAll("%%", ""));
}

/** The name of a member. */
export function familyMemberName(pattern: string, index: number): string {
  return pattern.replace(/%%|%(0?)(\d{0,3})[diu]/g, (place, zero: string | undefined, width: string | undefined) =>
    place === "%%" ? "%" : String(index).padStart(Number(width ?? 0), zero ? "0" : " "),
  );
}

/** The pattern that the name of a family's first member comes from; undefined when it has no number zero in it. */
export function familyPatternOf(firstMember: string): string | undefined {
  const slash = firstMember.lastIndexOf("/") + 1;
  const zeros = [...firstMember.slice(slash).matchAll(/(?<!\d)0+(?!\d)/g)].at(-1);
  if (zeros === undefined) return undefined;
  const width = zeros[0].length;
  const at = slash + zeros.index;
  const escaped = (text: string) => text.replaceAll("%", "%%");
  const number = width === 1 ? "%d" : `%0${width}d`;
  return escaped(firstMember.slice(0, at)) + number + escaped(firstMember.slice(at + width));
}

/** A family open for reading. */
export class FamilySource<T extends ByteSource = ByteSource> implements ByteSource {
  readonly name: string;
  private memberSize: number;
  /** Whether the size of members was asked for, and not guessed from the first. */
  private readonly isSizeGiven: boolean;
  protected readonly members: T[];
  private isClosed = false;

  /**
   * A file in members of equal size, for reading.
   *
   * @param pattern - The members' names, with `%d` or `%05d` for their numbers.
   * @param memberByteLength - Default: as long as the first member.
   * @throws SourceError when there is no first member.
   * @throws HDF5Error "argument" for a name without a place for a number.
   */
  constructor(pattern: string, open: OpenMember<T>, memberByteLength?: number) {
    if (!isFamilyName(pattern)) throw new HDF5Error("argument", "file names not unique", { path: pattern });
    this.name = pattern;
    this.members = [];
    for (let next = open(familyMemberName(pattern, 0)); next !== undefined; ) {
      this.members.push(next);
      next = open(familyMemberName(pattern, this.members.length));
    }
    const first = this.members[0];
    if (first === undefined)
      throw new SourceError(`unable to open member file: name = '${pattern}'`, { path: pattern });
    this.isSizeGiven = memberByteLength !== undefined;
    const guessed = this.members.length === 1 ? Number.MAX_SAFE_INTEGER : first.byteLength();
    this.memberSize = memberByteLength ?? guessed;
  }

  /** Bytes of every member but the last. */
  get memberByteLength(): number {
    return this.memberSize;
  }

  /**
   * Takes the size of members from the file itself.
   *
   * @throws HDF5Error "argument" in the C library's words when another one was asked for.
   */
  adoptMemberByteLength(memberByteLength: number): void {
    if (memberByteLength === this.memberSize || memberByteLength < 1) return;
    if (this.isSizeGiven) {
      throw new HDF5Error(
        "argument",
        `Family member size should be ${memberByteLength}.  But the size from file access property is ${this.memberSize}`,
        { path: this.name },
      );
    }
    this.memberSize = memberByteLength;
  }

  byteLength(): number {
    this.checkOpen();
    for (let i = this.members.length - 1; i >= 0; i--) {
      const own = (this.members[i] as T).byteLength();
      if (own > 0) return i * this.memberByteLength + own;
    }
    return 0;
  }

  readInto(offset: number, destination: Uint8Array): void {
    checkRange(this.name, offset, destination.length, this.byteLength());
    this.each(offset, destination.length, (index, start, from, to) => {
      readMember(this.members[index], start, destination.subarray(from, to));
    });
  }

  expect(ranges: readonly ByteRange[]): void {
    const byMember = new MemberRanges();
    for (const { offset, byteLength } of ranges) {
      this.each(offset, byteLength, (index, start, from, to) => byMember.add(this.members[index], start, to - from));
    }
    byMember.announce();
  }

  close(): void {
    this.isClosed = true;
    for (const member of this.members) member.close();
  }

  protected checkOpen(): void {
    if (this.isClosed) throw closedSource(this.name);
  }

  /** Visits what of a range lies in each member: `from` and `to` count from the start of the range. */
  protected each(
    offset: number,
    byteLength: number,
    visit: (index: number, memberOffset: number, from: number, to: number) => void,
  ): void {
    const size = this.memberByteLength;
    for (let done = 0; done < byteLength; ) {
      const index = Math.floor((offset + done) / size);
      const start = offset + done - index * size;
      const count = Math.min(byteLength - done, size - start);
      visit(index, start, done, done + count);
      done += count;
    }
  }
}

/** A family open for reading and writing, which gets members as it grows. */
export class FamilyTarget extends FamilySource<ByteTarget> implements ByteTarget {
  private readonly make: (name: string) => ByteTarget;

  /** @param make - Makes a member that is not there yet. */
  constructor(
    pattern: string,
    open: OpenMember<ByteTarget>,
    make: (name: string) => ByteTarget,
    memberByteLength?: number,
  ) {
    super(
      pattern,
      (name) => open(name) ?? (name === familyMemberName(pattern, 0) ? make(name) : undefined),
      memberByteLength,
    );
    this.make = make;
  }

  private member(index: number): ByteTarget {
    while (this.members.length <= index) this.members.push(this.make(familyMemberName(this.name, this.members.length)));
    return this.members[index] as ByteTarget;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.checkOpen();
    checkPosition(this.name, offset, bytes.length);
    this.each(offset, bytes.length, (index, start, from, to) => {
      this.member(index).write(start, bytes.subarray(from, to));
    });
  }

  /** Members before the end are whole; those behind it stay, empty, as the C library leaves them. */
  truncate(byteLength: number): void {
    this.checkOpen();
    checkPosition(this.name, byteLength, 0);
    const size = this.memberByteLength;
    if (byteLength > 0) this.member(Math.ceil(byteLength / size) - 1);
    this.members.forEach((member, i) => {
      member.truncate(Math.max(0, Math.min(size, byteLength - i * size)));
    });
  }

  sync(): void {
    for (const member of this.members) member.sync();
  }
}
