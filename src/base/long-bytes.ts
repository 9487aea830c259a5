/**
 * Bytes of which there may be more than one array holds: those of some runtimes end at 4 GiB. They are read, and written, a
 * part at a time.
 */
import { allocateBytes } from "./memory.ts";

export interface LongBytes {
  readonly byteLength: number;
  /** Fills `destination` with the bytes from `offset` on, all of which exist. */
  read(offset: number, destination: Uint8Array): void;
}

/** Bytes in memory, in pages that come with the first write to them. Until then they hold what all of the bytes begin with. */
export class PagedBytes implements LongBytes {
  private readonly pageBytes: number;
  private readonly pages: (Uint8Array | undefined)[] = [];
  private readonly fill: ((page: Uint8Array) => void) | undefined;
  private blank: Uint8Array | undefined;
  private length: number;

  /** @param fill - Gives a page what it begins with; zeros by default. */
  constructor(pageBytes: number, byteLength = 0, fill?: (page: Uint8Array) => void) {
    this.pageBytes = pageBytes;
    this.length = byteLength;
    this.fill = fill;
  }

  get byteLength(): number {
    return this.length;
  }

  read(offset: number, destination: Uint8Array): void {
    this.forEachPart(offset, destination.length, (page, start, end, done) => {
      const bytes = this.pages[page] ?? this.blankPage();
      destination.set(bytes.subarray(start, end), done);
    });
  }

  /** There are more bytes than before where these go beyond the end. */
  write(offset: number, bytes: Uint8Array): void {
    this.forEachPart(offset, bytes.length, (page, start, end, done) => {
      this.pageForWrite(page).set(bytes.subarray(done, done + end - start), start);
    });
    this.length = Math.max(this.length, offset + bytes.length);
  }

  append(bytes: Uint8Array): void {
    this.write(this.length, bytes);
  }

  private blankPage(): Uint8Array {
    this.blank ??= this.newPage();
    return this.blank;
  }

  private newPage(): Uint8Array {
    const page = allocateBytes(this.pageBytes);
    this.fill?.(page);
    return page;
  }

  private pageForWrite(page: number): Uint8Array {
    this.pages[page] ??= this.newPage();
    return this.pages[page] as Uint8Array;
  }

  private forEachPart(
    offset: number,
    byteLength: number,
    visit: (page: number, start: number, end: number, done: number) => void,
  ): void {
    const { pageBytes } = this;
    for (let done = 0; done < byteLength; ) {
      const page = Math.floor((offset + done) / pageBytes);
      const start = offset + done - page * pageBytes;
      const end = Math.min(pageBytes, start + byteLength - done);
      visit(page, start, end, done);
      done += end - start;
    }
  }
}

/** Bytes read at a time where all of them are gone through. */
const PART_BYTES = 1 << 20;

/** Shows all bytes in order. @param visit - Must not keep the part. */
export function forEachPart(
  bytes: LongBytes,
  visit: (part: Uint8Array, offset: number) => void,
  partBytes = PART_BYTES,
): void {
  const { byteLength } = bytes;
  const buffer = new Uint8Array(Math.min(partBytes, byteLength));
  for (let offset = 0; offset < byteLength; offset += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, byteLength - offset));
    bytes.read(offset, part);
    visit(part, offset);
  }
}
