/**
 * Free sections of a file: joined where they touch, found by where they begin, where they end, and by size.
 *
 * Reference implementation: H5FSsection.c, which also takes the smallest section that is large enough, and of several the
 * one with the lowest address.
 */
import type { Address } from "../../base/address.ts";
import { SortedPairs } from "./sorted-pairs.ts";

export interface Section {
  readonly address: Address;
  /** Bytes. */
  readonly byteLength: number;
}

/** Sections that are just large enough but lie badly, before one is taken that fits however it lies. */
const ALIGNED_TRIES = 64;

/** Sections of which one is sought that suits. */
const WHOLE_TRIES = 64;

/** Whether a section of these bounds may be: pages are not joined across their borders. */
export type JoinRule = (start: Address, end: Address) => boolean;

export class FreeSections {
  private readonly sizes = new Map<Address, number>();
  /** Ends and starts: as sections do not overlap, those are in the same order. */
  private readonly byEnd = new SortedPairs();
  private readonly bySize = new SortedPairs();
  private totalBytes = 0;
  private readonly mayJoin: JoinRule;

  constructor(mayJoin: JoinRule = () => true) {
    this.mayJoin = mayJoin;
  }

  get byteLength(): number {
    return this.totalBytes;
  }

  get count(): number {
    return this.sizes.size;
  }

  private put(address: Address, byteLength: number): void {
    this.sizes.set(address, byteLength);
    this.byEnd.add(address + byteLength, address);
    this.bySize.add(byteLength, address);
    this.totalBytes += byteLength;
  }

  /** Takes out the section that begins at `address`. */
  remove({ address, byteLength }: Section): void {
    this.sizes.delete(address);
    this.byEnd.remove(address + byteLength, address);
    this.bySize.remove(byteLength, address);
    this.totalBytes -= byteLength;
  }

  /** The section that begins at `address`. */
  at(address: Address): Section | undefined {
    const byteLength = this.sizes.get(address);
    return byteLength === undefined ? undefined : { address, byteLength };
  }

  /** The section that ends at `end`. */
  ending(end: Address): Section | undefined {
    const found = this.byEnd.atLeast(end);
    return found?.[0] === end ? { address: found[1], byteLength: end - found[1] } : undefined;
  }

  /** Whether any of these bytes is free. */
  overlaps(address: Address, byteLength: number): boolean {
    const found = this.byEnd.atLeast(address + 1);
    return found !== undefined && found[1] < address + byteLength;
  }

  /** Adds bytes and gives the section that they are now part of. */
  add(address: Address, byteLength: number): Section {
    let joined: Section = { address, byteLength };
    const before = this.ending(address);
    if (before !== undefined && this.mayJoin(before.address, address + byteLength)) {
      this.remove(before);
      joined = { address: before.address, byteLength: before.byteLength + byteLength };
    }
    const after = this.at(address + byteLength);
    if (after !== undefined && this.mayJoin(joined.address, after.address + after.byteLength)) {
      this.remove(after);
      joined = { address: joined.address, byteLength: joined.byteLength + after.byteLength };
    }
    this.put(joined.address, joined.byteLength);
    return joined;
  }

  /** Adds bytes some of which may be there already. */
  cover(address: Address, byteLength: number): void {
    let start = address;
    let end = address + byteLength;
    for (let next = this.byEnd.atLeast(start); next !== undefined && next[1] <= end; next = this.byEnd.atLeast(start)) {
      const [nextEnd, nextStart] = next;
      this.remove({ address: nextStart, byteLength: nextEnd - nextStart });
      start = Math.min(start, nextStart);
      end = Math.max(end, nextEnd);
    }
    this.put(start, end - start);
  }

  /**
   * The smallest section with room for `byteLength` bytes at a multiple of `alignment`, counted from `origin`; what is left
   * of it stays free.
   */
  take(byteLength: number, alignment = 1, origin = 0): Address | undefined {
    if (this.totalBytes < byteLength) return undefined;
    const found = alignment > 1 ? this.findAligned(byteLength, alignment, origin) : this.find(byteLength);
    if (found === undefined) return undefined;
    const address = alignment > 1 ? aligned(found.address, alignment, origin) : found.address;
    this.remove(found);
    this.putRests(found, address, byteLength);
    return address;
  }

  /** Takes out a section of at least `byteLength` bytes, the smallest that suits. */
  takeWhole(byteLength: number, suits: (section: Section) => boolean): Section | undefined {
    const pair = this.bySize.find(byteLength, WHOLE_TRIES, (size, address) => suits({ address, byteLength: size }));
    if (pair === undefined) return undefined;
    const section = sectionOf(pair);
    this.remove(section);
    return section;
  }

  /** So many bytes at a multiple of `alignment`, all before `limit`, of the smallest section that has them. */
  takeBefore(byteLength: number, limit: Address, alignment = 1): Address | undefined {
    const startIn = (section: Section): Address => aligned(section.address, alignment, 0);
    const section = this.takeWhole(byteLength, (section) => {
      return startIn(section) + byteLength <= Math.min(limit, section.address + section.byteLength);
    });
    if (section === undefined) return undefined;
    const address = startIn(section);
    this.putRests(section, address, byteLength);
    return address;
  }

  /** What is left of a section that was taken out, when bytes in it are used. */
  private putRests(section: Section, address: Address, byteLength: number): void {
    const end = section.address + section.byteLength;
    if (address > section.address) this.put(section.address, address - section.address);
    if (address + byteLength < end) this.put(address + byteLength, end - address - byteLength);
  }

  private find(byteLength: number): Section | undefined {
    const pair = this.bySize.atLeast(byteLength);
    return pair && sectionOf(pair);
  }

  private findAligned(byteLength: number, alignment: number, origin: number): Section | undefined {
    const fits = (size: number, address: Address): boolean => {
      return aligned(address, alignment, origin) + byteLength <= address + size;
    };
    const pair = this.bySize.find(byteLength, ALIGNED_TRIES, fits);
    return pair === undefined ? this.find(byteLength + alignment - 1) : sectionOf(pair);
  }

  /** Takes exactly the bytes that follow `address`, if a free section begins there. */
  takeAt(address: Address, byteLength: number): boolean {
    const section = this.at(address);
    if (section === undefined || section.byteLength < byteLength) return false;
    this.remove(section);
    if (section.byteLength > byteLength) this.put(address + byteLength, section.byteLength - byteLength);
    return true;
  }

  /** Takes everything. */
  drain(): Section[] {
    const all = this.list();
    this.sizes.clear();
    this.byEnd.clear();
    this.bySize.clear();
    this.totalBytes = 0;
    return all;
  }

  /** In ascending order of address. */
  list(): Section[] {
    return [...this.sizes]
      .map(([address, byteLength]) => ({ address, byteLength }))
      .sort((a, b) => a.address - b.address);
  }
}

function sectionOf([byteLength, address]: readonly [number, number]): Section {
  return { address, byteLength };
}

function aligned(address: Address, alignment: number, origin: number): Address {
  const past = (address + origin) % alignment;
  return past === 0 ? address : address + alignment - past;
}
