/**
 * What all ways of giving out space have in common: the end of the file, and that nothing is overwritten too early.
 *
 * Space freed since the last flush still belongs to the file as it stands on disk. Raw data, which is written at once, does
 * not get it before the next flush; metadata, which waits for that flush, may. For the same reason the end of the file
 * does not move below where the last flush left it, until the next one writes down the new end.
 */
import type { Address } from "../../base/address.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import type { FreeList } from "./free-list.ts";
import type { ListedSection, MemoryType, SpaceAllocator } from "./space-allocator.ts";

/** Bytes that alignment, pages and blocks set aside may add to what is asked for. */
const MOST_BESIDE = 2 ** 40;

export interface AllocatorSettings {
  /** End of allocation, relative to the base address. */
  readonly end: Address;
  /** Absolute position of address 0, which alignment is counted from the other way round. Default 0. */
  readonly baseAddress?: number;
  /** Bytes of the smallest section that is remembered. Default 1. C: `H5Pset_file_space_strategy`. */
  readonly threshold?: number;
}

export abstract class BaseAllocator implements SpaceAllocator {
  protected end: Address;
  protected flushedEnd: Address;
  protected readonly baseAddress: number;
  protected readonly threshold: number;
  protected abstract readonly lists: readonly FreeList[];
  private changeCount = 0;

  constructor({ end, baseAddress = 0, threshold = 1 }: AllocatorSettings) {
    this.end = end;
    this.flushedEnd = end;
    this.baseAddress = baseAddress;
    this.threshold = threshold;
  }

  get endOfAllocation(): Address {
    return this.end;
  }

  ranges(): readonly { readonly start: Address; readonly end: Address }[] {
    return [{ start: 0, end: this.end }];
  }

  get freeBytes(): number {
    return this.lists.reduce((sum, list) => sum + list.byteLength, 0);
  }

  get pendingBytes(): number {
    let sum = 0;
    const { lists } = this;
    for (let i = 0; i < lists.length; i++) sum += (lists[i] as FreeList).pending.byteLength;
    return sum;
  }

  get changes(): number {
    return this.changeCount;
  }

  growTo(end: Address): void {
    if (end <= this.end) return;
    this.changeCount++;
    this.end = end;
  }

  allocate(type: MemoryType, byteLength: number): Address {
    // The end that a damaged file tells may leave no addresses behind it.
    if (!(this.end + byteLength + MOST_BESIDE <= Number.MAX_SAFE_INTEGER)) {
      throw new LimitError(`${byteLength} bytes of kind ${type}: the file ends at ${this.end}`, { structure: type });
    }
    this.changeCount++;
    return this.find(type, Math.max(byteLength, 1));
  }

  abstract readonly unitByteLength: number;

  allocateBefore(type: MemoryType, byteLength: number, limit: Address): Address | undefined {
    const found = this.findBefore(type, byteLength, limit);
    if (found !== undefined) this.changeCount++;
    return found;
  }

  release(type: MemoryType, address: Address, byteLength: number): void {
    if (byteLength <= 0) return;
    this.requireUsed(address, byteLength);
    this.changeCount++;
    this.put(type, address, byteLength);
  }

  /** What is freed is used: bytes that are freed twice would be given out twice. */
  requireUsed(address: Address, byteLength: number): void {
    // A damaged size would make space of what is behind the end, or of what others have.
    if (address < 0 || !(address + byteLength <= this.end)) {
      const problem = `${byteLength} bytes to be freed, the file ends at ${this.end}`;
      throw new FormatError(`Block at address ${address}: ${problem}`, { address });
    }
    if (!this.overlapsFree(address, byteLength)) return;
    throw new FormatError(`${byteLength} bytes at address ${address} are free already, or a part of them is`, {
      address,
    });
  }

  protected overlapsFree(address: Address, byteLength: number): boolean {
    return this.lists.some((list) => list.overlaps(address, byteLength));
  }

  extend(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    if (newByteLength <= oldByteLength) return true;
    if (!this.grow(type, address, oldByteLength, newByteLength)) return false;
    this.changeCount++;
    return true;
  }

  protected abstract findBefore(type: MemoryType, byteLength: number, limit: Address): Address | undefined;
  protected abstract find(type: MemoryType, byteLength: number): Address;
  protected abstract put(type: MemoryType, address: Address, byteLength: number): void;
  protected abstract grow(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean;
  abstract trim(): void;
  /** Sections that were pending become free. */
  protected abstract settlePending(): void;

  flushed(): void {
    this.flushedEnd = this.end;
    this.settlePending();
  }

  flushFailed(): void {
    if (this.end >= this.flushedEnd) return;
    const { end } = this;
    this.end = this.flushedEnd;
    this.keepCutOff(end, this.flushedEnd - end);
  }

  /** What a trim had cut off is pending again. */
  protected abstract keepCutOff(address: Address, byteLength: number): void;

  freeSections(): readonly ListedSection[] {
    return this.lists.flatMap((list) => list.list()).sort((a, b) => a.address - b.address);
  }

  takeFreeSections(sections: readonly ListedSection[]): void {
    for (const { list: kind, address, byteLength } of sections) {
      this.lists.find((list) => list.kind === kind)?.takeAt(address, byteLength, true);
    }
  }

  addFreeSections(sections: readonly ListedSection[]): void {
    for (const { list: kind, address, byteLength } of sections) {
      this.requireUsed(address, byteLength);
      this.lists.find((list) => list.kind === kind)?.free.add(address, byteLength);
    }
  }
}
