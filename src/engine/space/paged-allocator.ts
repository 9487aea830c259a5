/**
 * Space of a file with paged aggregation: small blocks lie within one page, larger ones begin with a page, and metadata and
 * raw data never share one. The file ends with a page.
 *
 * Reference implementation: H5MF.c (`H5MF__alloc_pagefs`), H5MFsection.c.
 */
import type { Address } from "../../base/address.ts";
import { alignUp } from "../../base/bits.ts";
import { type AllocatorSettings, BaseAllocator } from "./base-allocator.ts";
import { FreeList } from "./free-list.ts";
import type { Section } from "./free-sections.ts";
import { isRawSpace, isWrittenAtOnce, type MemoryType } from "./space-allocator.ts";

export interface PagedSettings extends AllocatorSettings {
  readonly pageByteLength: number;
}

export class PagedAllocator extends BaseAllocator {
  protected override readonly lists: readonly FreeList[];
  private readonly page: number;
  private readonly metadata: FreeList;
  private readonly raw: FreeList;
  private readonly large = new FreeList("large");

  constructor(settings: PagedSettings) {
    super(settings);
    const page = settings.pageByteLength;
    this.page = page;
    const inOnePage = (start: Address, end: Address): boolean =>
      Math.floor(start / page) === Math.floor((end - 1) / page);
    this.metadata = new FreeList("metadata", inOnePage);
    this.raw = new FreeList("raw", inOnePage);
    this.lists = [this.metadata, this.raw, this.large];
  }

  private smallList(type: MemoryType): FreeList {
    return isRawSpace(type) ? this.raw : this.metadata;
  }

  /** Where small raw data has hardly more than what was freed of it, the next of it would begin a page. */
  override get pendingBytes(): number {
    const { free, pending } = this.raw;
    return super.pendingBytes + (pending.byteLength > free.byteLength ? this.page : 0);
  }

  protected override find(type: MemoryType, byteLength: number): Address {
    const waits = !isWrittenAtOnce(type);
    if (byteLength >= this.page) return this.findLarge(byteLength, waits);
    const list = this.smallList(type);
    const reused = list.take(byteLength, waits);
    if (reused !== undefined) return reused;
    const start = this.findLarge(this.page, waits);
    // A page that the file on disk still uses was only given to what waits for the flush.
    const rest = list === this.raw && waits && start < this.flushedEnd ? list.pending : list.free;
    rest.add(start + byteLength, this.page - byteLength);
    return start;
  }

  get unitByteLength(): number {
    return this.page;
  }

  protected override findBefore(type: MemoryType, byteLength: number, limit: Address): Address | undefined {
    if (isRawSpace(type)) return undefined;
    const { page, large, metadata } = this;
    const found = byteLength < page ? metadata.free.takeBefore(byteLength, limit) : undefined;
    if (found !== undefined) return found;
    const needed = Math.max(page, byteLength);
    const start = large.free.takeBefore(needed, limit, page) ?? large.pending.takeBefore(needed, limit, page);
    if (start !== undefined && byteLength < page) metadata.free.add(start + byteLength, page - byteLength);
    return start;
  }

  private findLarge(byteLength: number, waits: boolean): Address {
    const reused = this.large.take(byteLength, waits, this.page);
    if (reused !== undefined) return reused;
    const start = alignUp(this.end, this.page);
    // Only a file that somebody else cut can end within a page.
    if (start > this.end) this.large.free.add(this.end, start - this.end);
    this.end = start + alignUp(byteLength, this.page);
    if (this.end > start + byteLength) this.large.free.add(start + byteLength, this.end - start - byteLength);
    return start;
  }

  protected override put(type: MemoryType, address: Address, byteLength: number): void {
    if (byteLength >= this.page) this.putLarge({ address, byteLength });
    else this.putSmall(this.smallList(type), { address, byteLength });
  }

  private putSmall(list: FreeList, section: Section): void {
    const { address, byteLength } = section;
    // Metadata is never overwritten before the flush, and only whole pages leave its list.
    const sections = list === this.raw && address < this.flushedEnd ? list.pending : list.free;
    const joins = sections.ending(address) !== undefined || sections.at(address + byteLength) !== undefined;
    if (byteLength < this.threshold && !joins) return;
    const joined = sections.add(address, byteLength);
    if (joined.byteLength < this.page) return;
    sections.remove(joined);
    this.putLarge(joined);
  }

  private putLarge({ address, byteLength }: Section): void {
    if (address < this.flushedEnd) {
      this.large.pending.add(address, byteLength);
      return;
    }
    this.freeLarge({ address, byteLength });
  }

  private freeLarge({ address, byteLength }: Section): void {
    const joined = this.large.free.add(address, byteLength);
    if (joined.address + joined.byteLength === this.end) this.cutPages(joined, this.flushedEnd);
  }

  /** Whole pages at the end are given back, down to `floor`. */
  private cutPages(last: Section, floor: Address): void {
    const end = Math.max(alignUp(last.address, this.page), floor);
    if (end >= this.end) return;
    this.large.free.remove(last);
    if (end > last.address) this.large.free.add(last.address, end - last.address);
    this.end = end;
  }

  /** A small block grows within its page, a large one also at the end of the file. */
  protected override grow(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    const end = address + oldByteLength;
    const extra = newByteLength - oldByteLength;
    const waits = !isWrittenAtOnce(type);
    if (oldByteLength < this.page) {
      const lastPage = Math.floor((address + newByteLength - 1) / this.page);
      return Math.floor(address / this.page) === lastPage && this.smallList(type).takeAt(end, extra, waits);
    }
    if (end !== this.end) return this.large.takeAt(end, extra, waits);
    this.end = alignUp(end + extra, this.page);
    if (this.end > end + extra) this.large.free.add(end + extra, this.end - end - extra);
    return true;
  }

  override trim(): void {
    let start = this.end;
    for (let last = this.large.takeEnding(start); last !== undefined; last = this.large.takeEnding(start)) {
      start = last.address;
    }
    const end = alignUp(start, this.page);
    if (end > start && start < this.end) this.large.pending.add(start, Math.min(end, this.end) - start);
    this.end = Math.min(end, this.end);
  }

  protected override settlePending(): void {
    for (const section of this.large.pending.drain()) this.freeLarge(section);
    for (const { address, byteLength } of this.raw.pending.drain()) {
      const joined = this.raw.free.add(address, byteLength);
      if (joined.byteLength < this.page) continue;
      this.raw.free.remove(joined);
      this.freeLarge(joined);
    }
  }

  protected override keepCutOff(address: Address, byteLength: number): void {
    this.large.pending.add(address, byteLength);
  }
}
