/** Reading from one of the files that a file is spread over, which may be shorter than its share. */
import type { ByteRange, ByteSource } from "./source.ts";

/** Fills `destination` from `offset` on; what the member does not reach to is zeros, as the C library reads it. */
export function readMember(member: ByteSource | undefined, offset: number, destination: Uint8Array): void {
  const there = member === undefined ? 0 : Math.max(0, Math.min(destination.length, member.byteLength() - offset));
  if (there > 0) member?.readInto(offset, destination.subarray(0, there));
  destination.fill(0, there);
}

/** Ranges that will be read, by the member they are in. */
export class MemberRanges {
  private readonly ranges = new Map<ByteSource, ByteRange[]>();

  add(member: ByteSource | undefined, offset: number, byteLength: number): void {
    if (member?.expect === undefined) return;
    const there = Math.min(byteLength, member.byteLength() - offset);
    if (there <= 0) return;
    const known = this.ranges.get(member);
    if (known === undefined) this.ranges.set(member, [{ offset, byteLength: there }]);
    else known.push({ offset, byteLength: there });
  }

  announce(): void {
    for (const [member, ranges] of this.ranges) member.expect?.(ranges);
  }
}
