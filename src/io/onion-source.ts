/**
 * A file as one of its revisions has it: pages of the original, replaced by pages that an onion file keeps. For reading.
 *
 * Reference implementation: H5FDonion.c, `H5FD__onion_read`.
 */
import { MemberRanges, readMember } from "./member-bytes.ts";
import { checkRange, closedSource } from "./range-check.ts";
import type { ByteRange, ByteSource } from "./source.ts";

/** A page that stands in the onion file. */
export interface ReplacedPage {
  /** Where the page belongs in the file, in bytes: a multiple of the page size. */
  readonly logicalAddress: number;
  /** Where the page is in the onion file, in bytes. */
  readonly physicalAddress: number;
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
  readonly pages: readonly ReplacedPage[];
}

/** A file as one of its revisions has it, for reading. */
export class OnionSource implements ByteSource {
  readonly name: string;
  private readonly original: ByteSource;
  private readonly onion: ByteSource;
  private readonly revision: OnionRevision;
  private isClosed = false;

  /** Both sources become this one's, which closes them. */
  constructor(original: ByteSource, onion: ByteSource, revision: OnionRevision) {
    this.name = original.name;
    this.original = original;
    this.onion = onion;
    this.revision = revision;
  }

  byteLength(): number {
    if (this.isClosed) throw closedSource(this.name);
    return this.revision.logicalEnd;
  }

  readInto(offset: number, destination: Uint8Array): void {
    checkRange(this.name, offset, destination.length, this.byteLength());
    this.each(offset, destination.length, (source, at, from, to) => {
      const part = destination.subarray(from, to);
      if (source === this.onion) {
        readMember(source, at, part);
        return;
      }
      const there = Math.max(0, Math.min(part.length, this.revision.originalEnd - at));
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
    this.original.close();
    this.onion.close();
  }

  /** Index of the first replaced page at or behind an address. */
  private firstPage(address: number): number {
    const { pages } = this.revision;
    let low = 0;
    let high = pages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pages[middle] as ReplacedPage).logicalAddress < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Visits what of a range lies in either file, pages that follow one another in it together. */
  private each(
    offset: number,
    byteLength: number,
    visit: (source: ByteSource, at: number, from: number, to: number) => void,
  ): void {
    const { pageSize, pages } = this.revision;
    const end = offset + byteLength;
    let index = this.firstPage(offset - (offset % pageSize));
    for (let at = offset; at < end; ) {
      const page = pages[index];
      if (page === undefined || page.logicalAddress > at) {
        const next = Math.min(end, page?.logicalAddress ?? end);
        visit(this.original, at, at - offset, next - offset);
        at = next;
        continue;
      }
      let last = page;
      for (let next = pages[++index]; last.logicalAddress + pageSize < end; next = pages[++index]) {
        if (next === undefined || !follows(last, next, pageSize)) break;
        last = next;
      }
      const stop = Math.min(end, last.logicalAddress + pageSize);
      visit(this.onion, page.physicalAddress + at - page.logicalAddress, at - offset, stop - offset);
      at = stop;
    }
  }
}

function follows(page: ReplacedPage, next: ReplacedPage, pageSize: number): boolean {
  return (
    next.logicalAddress === page.logicalAddress + pageSize && next.physicalAddress === page.physicalAddress + pageSize
  );
}
