/**
 * A new revision of a file while it is written: each page that changes gets its place behind everything that the onion file
 * had, so that no byte of an older revision is ever touched.
 *
 * Reference implementation: H5FDonion.c, `H5FD__onion_write`. Nothing of the pages stays in memory but where they are.
 */
import { endOfPages, type OnionRevision, OnionSource, pagesBehind, type ReplacedPages } from "./onion-source.ts";
import { checkPosition } from "./range-check.ts";
import type { ByteSource, ByteTarget } from "./source.ts";

/** What a new revision has become. */
export interface WrittenRevision {
  /** Bytes of the file. */
  readonly logicalEnd: number;
  /** Ascending by logical address, those of older revisions included. */
  readonly pages: readonly ReplacedPages[];
  /** The end of the onion file, behind its pages. */
  readonly onionEnd: number;
}

/** How a new revision ends. */
export interface RevisionEnding {
  /** Makes it known in the onion file. */
  commit(revision: WrittenRevision): void;
  /** Leaves the onion file as it was found. */
  abandon(): void;
}

const ZEROS_AT_ONCE = 1 << 16;

/** A file as its next revision has it. {@link close} makes the revision, {@link abandon} gives it up. */
export class OnionTarget extends OnionSource implements ByteTarget {
  protected override readonly onion: ByteTarget;
  protected override readonly pages: ReplacedPages[];
  private readonly pageSize: number;
  private readonly ending: RevisionEnding;
  /** Pages from here on are this revision's own. */
  private readonly firstOwn: number;
  private onionEnd: number;

  /**
   * Both sources become this one's, which closes them.
   *
   * @param revision - The one that the new one begins as.
   * @param onionEnd - Where the first page may go.
   */
  constructor(
    original: ByteSource,
    onion: ByteTarget,
    revision: OnionRevision,
    onionEnd: number,
    ending: RevisionEnding,
  ) {
    super(original, onion, revision);
    this.onion = onion;
    this.pages = [...revision.pages];
    this.pageSize = revision.pageSize;
    this.firstOwn = onionEnd;
    this.onionEnd = onionEnd;
    this.ending = ending;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.byteLength();
    checkPosition(this.name, offset, bytes.length);
    if (bytes.length === 0) return;
    this.clear(offset);
    this.store(offset, bytes);
    this.logicalEnd = Math.max(this.logicalEnd, offset + bytes.length);
  }

  truncate(byteLength: number): void {
    this.byteLength();
    checkPosition(this.name, byteLength, 0);
    this.clear(byteLength);
    this.logicalEnd = byteLength;
  }

  sync(): void {
    this.byteLength();
    this.onion.sync();
  }

  override close(): void {
    this.end(() => {
      this.dropPagesBehindEnd();
      if (this.pages.length === 1 && this.pages[0]?.byteLength === this.pageSize) this.addSecondPage();
      const { logicalEnd, pages, onionEnd } = this;
      this.ending.commit({ logicalEnd, pages, onionEnd });
    });
  }

  /** Closes without a new revision. */
  abandon(): void {
    this.end(() => this.ending.abandon());
  }

  private end(how: () => void): void {
    if (this.isClosed) return;
    try {
      how();
    } finally {
      super.close();
    }
  }

  /** The end of what may be other than zeros. */
  private endOfBytes(): number {
    const last = this.pages.at(-1);
    return Math.max(this.originalEnd, last === undefined ? 0 : endOfPages(last));
  }

  /** What was cut off reads as zeros when the file grows again to `end`. */
  private clear(end: number): void {
    const stop = Math.min(end, this.endOfBytes());
    for (let at = this.logicalEnd; at < stop; at = this.logicalEnd) {
      const zeros = new Uint8Array(Math.min(stop - at, ZEROS_AT_ONCE));
      this.store(at, zeros);
      this.logicalEnd = at + zeros.length;
    }
  }

  /** Pages that are this revision's own are overwritten, others get a place. */
  private store(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    for (let at = offset; at < end; ) {
      let index = pagesBehind(this.pages, at);
      const there = this.pages[index];
      if (there !== undefined && there.logicalAddress <= at && this.isOwn(there)) {
        const stop = Math.min(end, endOfPages(there));
        this.onion.write(there.physicalAddress + at - there.logicalAddress, bytes.subarray(at - offset, stop - offset));
        at = stop;
        continue;
      }
      let own = there;
      while (own !== undefined && own.logicalAddress < end && !this.isOwn(own)) own = this.pages[++index];
      const stop = Math.min(end, own?.logicalAddress ?? end);
      this.storeNew(at, bytes.subarray(at - offset, stop - offset));
      at = stop;
    }
  }

  private isOwn({ physicalAddress }: ReplacedPages): boolean {
    return physicalAddress >= this.firstOwn;
  }

  /** Bytes whose pages are all still those of older revisions. */
  private storeNew(offset: number, bytes: Uint8Array): void {
    const { pageSize } = this;
    const end = offset + bytes.length;
    const first = offset - (offset % pageSize);
    const stop = Math.ceil(end / pageSize) * pageSize;
    const place = this.onionEnd - first;
    const wholeFrom = first === offset ? first : first + pageSize;
    const wholeTo = Math.max(wholeFrom, stop === end ? stop : stop - pageSize);
    // Everything is read before anything is written.
    const head = wholeFrom > first ? this.changedPage(first, offset, bytes) : undefined;
    const tail = stop > wholeTo ? this.changedPage(wholeTo, offset, bytes) : undefined;
    if (head !== undefined) this.onion.write(place + first, head);
    if (wholeTo > wholeFrom) this.onion.write(place + wholeFrom, bytes.subarray(wholeFrom - offset, wholeTo - offset));
    if (tail !== undefined) this.onion.write(place + wholeTo, tail);
    this.replace({ logicalAddress: first, physicalAddress: this.onionEnd, byteLength: stop - first });
    this.onionEnd += stop - first;
  }

  /** A page as it is, with what of `bytes`, which belong at `offset`, is in it. */
  private changedPage(address: number, offset: number, bytes: Uint8Array): Uint8Array {
    const page = new Uint8Array(this.pageSize);
    const there = Math.min(page.length, this.logicalEnd - address);
    if (there > 0) this.readInto(address, page.subarray(0, there));
    const from = Math.max(address, offset);
    page.set(bytes.subarray(from - offset, address + page.length - offset), from - address);
    return page;
  }

  /** Puts pages in the place of those that were there. */
  private replace(given: ReplacedPages): void {
    const { pages } = this;
    let from = pagesBehind(pages, given.logicalAddress);
    let to = from;
    const end = endOfPages(given);
    const left: ReplacedPages[] = [];
    const right: ReplacedPages[] = [];
    for (let there = pages[to]; there !== undefined && there.logicalAddress < end; there = pages[++to]) {
      if (there.logicalAddress < given.logicalAddress) {
        left.push({ ...there, byteLength: given.logicalAddress - there.logicalAddress });
      }
      if (endOfPages(there) > end) right.push(partBehind(there, end));
    }
    let added = given;
    const before = left.length === 0 ? pages[from - 1] : undefined;
    if (before !== undefined && follows(before, given)) {
      from--;
      added = { ...before, byteLength: before.byteLength + given.byteLength };
    }
    pages.splice(from, to - from, ...left, added, ...right);
  }

  /** Pages that no byte of the file or of the original is in are not needed. */
  private dropPagesBehindEnd(): void {
    const { pages, pageSize } = this;
    const end = Math.ceil(Math.max(this.logicalEnd, this.originalEnd) / pageSize) * pageSize;
    let count = pages.length;
    while (count > 0 && (pages[count - 1] as ReplacedPages).logicalAddress >= end) count--;
    pages.length = count;
    const last = pages.at(-1);
    if (last !== undefined && endOfPages(last) > end) {
      pages[pages.length - 1] = { ...last, byteLength: end - last.logicalAddress };
    }
    // What follows takes the room of pages at the end that nothing needs: a full disk may have left no other.
    this.onionEnd = pages.reduce((most, run) => Math.max(most, run.physicalAddress + run.byteLength), this.firstOwn);
  }

  /** HDF5 1.14 and 2.0 do not find the page of a revision that has only one, and read the original's. */
  private addSecondPage(): void {
    const [only] = this.pages;
    if (only === undefined) return;
    const address = only.logicalAddress === 0 ? this.pageSize : only.logicalAddress - this.pageSize;
    this.storeNew(address, this.changedPage(address, address, new Uint8Array(0)));
  }
}

function partBehind(pages: ReplacedPages, address: number): ReplacedPages {
  const cut = address - pages.logicalAddress;
  return {
    logicalAddress: address,
    physicalAddress: pages.physicalAddress + cut,
    byteLength: pages.byteLength - cut,
  };
}

function follows(before: ReplacedPages, next: ReplacedPages): boolean {
  return (
    endOfPages(before) === next.logicalAddress && before.physicalAddress + before.byteLength === next.physicalAddress
  );
}
