/**
 * A file as one of its revisions has it: pages of the original, replaced by pages that an onion file keeps.
 *
 * Reference implementation: H5FDonion.c, `H5FD__onion_read`.
 */
import { MemberRanges, readMember } from "./member-bytes.ts";
import { checkRange, closedSource } from "./range-check.ts";
import type { ByteRange, ByteSource } from "./source.ts";

/** Pages that stand in the onion file, one behind the other in both files. */
export interface ReplacedPages {
  /** Where the first belongs in the file, in bytes: a multiple of the page size. */
  readonly logicalAddress: number;
  /** Where the first is in the onion file, in bytes. */
  readonly physicalAddress: number;
  /** Bytes of all of them: a multiple of the page size. */
  readonly byteLength: number;
}

/** What one revision of an onion file consists of. */
export interface OnionRevision {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Bytes of the file. */
  readonly logicalEnd: number;
  /** Bytes of the original that count. */
  readonly originalEnd: number;
  /** Ascending by logical address. */
  readonly pages: readonly ReplacedPages[];
}

/** The address behind the last of some pages. */
export function endOfPages({ logicalAddress, byteLength }: ReplacedPages): number {
  return logicalAddress + byteLength;
}

/** Index of the first pages that end behind an address. */
export function pagesBehind(pages: readonly ReplacedPages[], address: number): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOfPages(pages[middle] as ReplacedPages) <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A file as one of its revisions has it, for reading. */
export class OnionSource implements ByteSource {
  readonly name: string;
  protected readonly original: ByteSource;
  protected readonly onion: ByteSource;
  protected readonly originalEnd: number;
  protected readonly pages: readonly ReplacedPages[];
  protected logicalEnd: number;
  protected isClosed = false;

  /** Both sources become this one's, which closes them. */
  constructor(original: ByteSource, onion: ByteSource, revision: OnionRevision) {
    this.name = original.name;
    this.original = original;
    this.onion = onion;
    this.originalEnd = revision.originalEnd;
    this.logicalEnd = revision.logicalEnd;
    this.pages = revision.pages;
  }

  byteLength(): number {
    if (this.isClosed) throw closedSource(this.name);
    return this.logicalEnd;
  }

  readInto(offset: number, destination: Uint8Array): void {
    checkRange(this.name, offset, destination.length, this.byteLength());
    this.each(offset, destination.length, (source, at, from, to) => {
      const part = destination.subarray(from, to);
      if (source === this.onion) {
        readMember(source, at, part);
        return;
      }
      const there = Math.max(0, Math.min(part.length, this.originalEnd - at));
      if (there > 0) readMember(source, at, part.subarray(0, there));
      part.fill(0, there);
    });
  }

  expect(ranges: readonly ByteRange[]): void {
    const bySource = new MemberRanges();
    for (const { offset, byteLength } of ranges) {
      this.each(offset, byteLength, (source, at, from, to) => bySource.add(source, at, to - from));
    }
    bySource.announce();
  }

  close(): void {
    this.isClosed = true;
    try {
      this.original.close();
    } finally {
      this.onion.close();
    }
  }

  /** Visits what of a range lies in either file. */
  private each(
    offset: number,
    byteLength: number,
    visit: (source: ByteSource, at: number, from: number, to: number) => void,
  ): void {
    const { pages } = this;
    const end = offset + byteLength;
    let index = pagesBehind(pages, offset);
    for (let at = offset; at < end; ) {
      const next = pages[index];
      if (next === undefined || next.logicalAddress > at) {
        const stop = Math.min(end, next?.logicalAddress ?? end);
        visit(this.original, at, at - offset, stop - offset);
        at = stop;
        continue;
      }
      const stop = Math.min(end, endOfPages(next));
      visit(this.onion, next.physicalAddress + at - next.logicalAddress, at - offset, stop - offset);
      at = stop;
      index++;
    }
  }
}
