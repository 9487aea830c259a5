/** A target whose bytes come late: what was never asked for is a page fault, and there the next time. */
import { type FaultingSource, PageFault } from "../../src/io/page-fault.ts";
import type { ByteRange, ByteTarget } from "../../src/io/source.ts";

const PAGE = 64;

export class LateTarget implements ByteTarget, FaultingSource {
  private readonly inner: ByteTarget;
  private readonly there = new Set<number>();
  /** Whether it still is late. */
  isLate = false;

  constructor(inner: ByteTarget) {
    this.inner = inner;
  }

  get name(): string {
    return this.inner.name;
  }

  byteLength(): number {
    return this.inner.byteLength();
  }

  expect(ranges: readonly ByteRange[]): void {
    const missing = ranges.filter((range) => this.isLate && this.pagesOf(range).some((page) => !this.there.has(page)));
    if (missing.length > 0) throw new PageFault(this, missing);
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.expect([{ offset, byteLength: destination.length }]);
    this.inner.readInto(offset, destination);
  }

  fetch(ranges: readonly ByteRange[]): Promise<boolean> {
    for (const range of ranges) for (const page of this.pagesOf(range)) this.there.add(page);
    return Promise.resolve(true);
  }

  private pagesOf({ offset, byteLength }: ByteRange): number[] {
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((offset + Math.max(byteLength, 1) - 1) / PAGE);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  write(offset: number, bytes: Uint8Array): void {
    // Zeros up to there need not be fetched either.
    const start = Math.min(offset, this.inner.byteLength());
    void this.fetch([{ offset: start, byteLength: offset + bytes.length - start }]);
    this.inner.write(offset, bytes);
  }

  truncate(byteLength: number): void {
    this.inner.truncate(byteLength);
  }

  sync(): void {
    this.inner.sync();
  }

  close(): void {
    this.inner.close();
  }
}
