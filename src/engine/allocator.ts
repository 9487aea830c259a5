/**
 * Space of a file: what is allocated, what has been freed.
 *
 * The C library keeps free-space managers and small-block aggregators (H5MF.c, H5FS.c); here one sorted list of free
 * sections serves both kinds. Space freed since the last flush still belongs to the file as it stands on disk, so raw
 * data, which is written at once, does not take it; metadata, which waits for the flush, may.
 */
import type { Address } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";

export type AllocationKind = "raw" | "metadata";

/** Every structure starts at a multiple of this, as the C library's version 1 structures must. */
export const ALIGNMENT = 8;

/** Free sections in ascending order of address, joined where they touch. */
class FreeList {
  private readonly starts: number[] = [];
  private readonly sizes: number[] = [];
  private totalBytes = 0;
  /** No section is larger; it spares the search where there are only splinters, as between filtered chunks. */
  private sizeBound = 0;

  get byteLength(): number {
    return this.totalBytes;
  }

  /** Index of the first section that starts at or after `address`. */
  private indexOf(address: Address): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] as number) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(address: Address, byteLength: number): void {
    this.totalBytes += byteLength;
    const at = this.indexOf(address);
    const joinsBefore = at > 0 && (this.starts[at - 1] as number) + (this.sizes[at - 1] as number) === address;
    const joinsAfter = at < this.starts.length && address + byteLength === this.starts[at];
    if (joinsBefore && joinsAfter) {
      this.sizes[at - 1] = (this.sizes[at - 1] as number) + byteLength + (this.sizes[at] as number);
      this.starts.splice(at, 1);
      this.sizes.splice(at, 1);
    } else if (joinsBefore) {
      this.sizes[at - 1] = (this.sizes[at - 1] as number) + byteLength;
    } else if (joinsAfter) {
      this.starts[at] = address;
      this.sizes[at] = (this.sizes[at] as number) + byteLength;
    } else {
      this.starts.splice(at, 0, address);
      this.sizes.splice(at, 0, byteLength);
    }
    this.sizeBound = Math.max(this.sizeBound, this.sizes[joinsBefore ? at - 1 : at] as number);
  }

  /** The smallest section with room at a multiple of {@link ALIGNMENT}; what is left of it stays free. */
  take(byteLength: number): Address | undefined {
    if (byteLength > this.sizeBound) return undefined;
    let best = -1;
    let largest = 0;
    for (let i = 0; i < this.sizes.length; i++) {
      const size = this.sizes[i] as number;
      largest = Math.max(largest, size);
      const start = this.starts[i] as number;
      if (size - (alignUp(start, ALIGNMENT) - start) < byteLength) continue;
      if (best >= 0 && size >= (this.sizes[best] as number)) continue;
      best = i;
      if (size === byteLength) break;
    }
    if (best < 0) {
      this.sizeBound = largest;
      return undefined;
    }
    const start = this.starts[best] as number;
    const address = alignUp(start, ALIGNMENT);
    this.cut(best, address + byteLength - start);
    if (address > start) this.add(start, address - start);
    return address;
  }

  /** Takes exactly the bytes that follow `address`, if they are free. */
  takeAt(address: Address, byteLength: number): boolean {
    const at = this.indexOf(address);
    if (this.starts[at] !== address || (this.sizes[at] as number) < byteLength) return false;
    this.cut(at, byteLength);
    return true;
  }

  private cut(index: number, byteLength: number): void {
    this.totalBytes -= byteLength;
    const left = (this.sizes[index] as number) - byteLength;
    if (left === 0) {
      this.starts.splice(index, 1);
      this.sizes.splice(index, 1);
    } else {
      this.starts[index] = (this.starts[index] as number) + byteLength;
      this.sizes[index] = left;
    }
  }

  /** Removes the section that ends at `end` and returns its start, or `end` when none does. */
  takeEnding(end: Address): Address {
    const last = this.starts.length - 1;
    if (last < 0 || (this.starts[last] as number) + (this.sizes[last] as number) !== end) return end;
    const start = this.starts[last] as number;
    this.totalBytes -= this.sizes[last] as number;
    this.starts.pop();
    this.sizes.pop();
    return start;
  }

  drainInto(other: FreeList): void {
    for (let i = 0; i < this.starts.length; i++) other.add(this.starts[i] as number, this.sizes[i] as number);
    this.starts.length = 0;
    this.sizes.length = 0;
    this.totalBytes = 0;
    this.sizeBound = 0;
  }

  sections(): { address: Address; byteLength: number }[] {
    return this.starts.map((address, i) => ({ address, byteLength: this.sizes[i] as number }));
  }
}

export class Allocator {
  /** End of allocation, relative to the base address. C: `H5FD_get_eoa`. */
  protected end: Address;
  private flushedEnd: Address;
  private readonly free = new FreeList();
  /** Freed since the last flush, and part of the file as that flush left it. */
  private readonly pending = new FreeList();

  constructor(endOfAllocation: Address) {
    this.end = endOfAllocation;
    this.flushedEnd = endOfAllocation;
  }

  get endOfAllocation(): Address {
    return this.end;
  }

  /** Bytes that can be allocated again without growing the file. C: `H5Fget_freespace`. */
  get freeBytes(): number {
    return this.free.byteLength + this.pending.byteLength;
  }

  /** Space for `byteLength` bytes at a multiple of {@link ALIGNMENT}. */
  allocate(kind: AllocationKind, byteLength: number): Address {
    const size = Math.max(byteLength, 1);
    const reused = (kind === "metadata" ? this.pending.take(size) : undefined) ?? this.free.take(size);
    if (reused !== undefined) return reused;
    const address = alignUp(this.end, ALIGNMENT);
    if (address > this.end) this.free.add(this.end, address - this.end);
    this.end = address + size;
    return address;
  }

  /** Grows a block in place when the space behind it is free or is the end of the file. */
  extend(address: Address, oldByteLength: number, newByteLength: number): boolean {
    const oldEnd = address + oldByteLength;
    const extra = newByteLength - oldByteLength;
    if (extra <= 0) return true;
    if (oldEnd === this.end) {
      this.end += extra;
      return true;
    }
    return this.free.takeAt(oldEnd, extra);
  }

  release(address: Address, byteLength: number): void {
    if (byteLength <= 0) return;
    if (address >= this.flushedEnd) this.free.add(address, byteLength);
    else this.pending.add(address, byteLength);
    this.shrink();
  }

  /** Free space at the very end is given back to the file system. */
  private shrink(): void {
    let end = this.end;
    for (;;) {
      const next = this.pending.takeEnding(this.free.takeEnding(end));
      if (next === end) break;
      end = next;
    }
    this.end = end;
  }

  /** After a flush, everything freed before it may be used by anyone. */
  flushed(): void {
    this.pending.drainInto(this.free);
    this.flushedEnd = this.end;
  }

  freeSections(): { address: Address; byteLength: number }[] {
    return [...this.free.sections(), ...this.pending.sections()].sort((a, b) => a.address - b.address);
  }
}
