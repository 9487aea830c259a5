/**
 * Space of a file with paged aggregation: pages are given out whole, metadata and raw data never share one.
 *
 * Reference implementation: H5MF.c, `H5MF__alloc_pagefs`. What is freed is not given out again before the file is packed
 * anew: which page it is in, and of which kind, is nobody's knowledge here.
 */
import type { Address } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { ALIGNMENT, type AllocationKind, Allocator } from "./allocator.ts";

/** What is left of a page that small blocks are taken from. */
interface OpenPage {
  next: Address;
  end: Address;
}

export class PagedAllocator extends Allocator {
  private readonly pageByteLength: number;
  private readonly pages: Record<AllocationKind, OpenPage> = {
    raw: { next: 0, end: 0 },
    metadata: { next: 0, end: 0 },
  };

  constructor(endOfAllocation: Address, pageByteLength: number) {
    super(endOfAllocation);
    this.pageByteLength = pageByteLength;
  }

  /** A block of a page or more starts with a page, and nothing else is in its last one. */
  override allocate(kind: AllocationKind, byteLength: number): Address {
    const size = Math.max(byteLength, 1);
    if (size >= this.pageByteLength) return this.newPages(size);
    const page = this.pages[kind];
    const inside = alignUp(page.next, ALIGNMENT);
    if (page.end > 0 && inside + size <= page.end) {
      page.next = inside + size;
      return inside;
    }
    const start = this.newPages(size);
    this.pages[kind] = { next: start + size, end: this.end };
    return start;
  }

  private newPages(byteLength: number): Address {
    const start = alignUp(this.end, this.pageByteLength);
    this.end = start + alignUp(byteLength, this.pageByteLength);
    return start;
  }

  /** The last block of an open page can grow in it. */
  override extend(address: Address, oldByteLength: number, newByteLength: number): boolean {
    if (newByteLength <= oldByteLength) return true;
    const oldEnd = address + oldByteLength;
    const page = [this.pages.raw, this.pages.metadata].find(({ next, end }) => next === oldEnd && end > 0);
    if (page === undefined || address + newByteLength > page.end) return false;
    page.next = address + newByteLength;
    return true;
  }

  override release(): void {
    // See above: the space stays unused.
  }
}
