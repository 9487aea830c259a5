/**
 * Space of a file in several members, each of which holds some kinds of memory and has an end of its own.
 *
 * Reference implementation: H5FDmulti.c, `H5FD_multi_alloc`; H5FDint.c.
 */
import type { Address } from "../../base/address.ts";
import type { ListedSection, MemoryType, SpaceAllocator } from "./space-allocator.ts";

export interface AllocatedMember {
  /** The member's first address, relative to the base address. */
  readonly start: Address;
  readonly allocator: SpaceAllocator;
}

export class MemberAllocator implements SpaceAllocator {
  private readonly members: readonly AllocatedMember[];
  private readonly memberOf: Readonly<Record<MemoryType, AllocatedMember>>;

  /** @param memberOf - For each kind of memory its member, one of `members`. */
  constructor(members: readonly AllocatedMember[], memberOf: Readonly<Record<MemoryType, AllocatedMember>>) {
    this.members = members;
    this.memberOf = memberOf;
  }

  /** That of the member with the superblock. */
  get endOfAllocation(): Address {
    return this.memberOf.super.allocator.endOfAllocation;
  }

  get freeBytes(): number {
    return this.members.reduce((sum, { allocator }) => sum + allocator.freeBytes, 0);
  }

  get pendingBytes(): number {
    return this.members.reduce((sum, { allocator }) => sum + allocator.pendingBytes, 0);
  }

  get changes(): number {
    return this.members.reduce((sum, { allocator }) => sum + allocator.changes, 0);
  }

  ranges(): readonly { readonly start: Address; readonly end: Address }[] {
    return this.members.map(({ start, allocator }) => ({ start, end: allocator.endOfAllocation }));
  }

  growTo(end: Address): void {
    this.memberOf.super.allocator.growTo(end);
  }

  allocate(type: MemoryType, byteLength: number): Address {
    return this.memberOf[type].allocator.allocate(type, byteLength);
  }

  readonly unitByteLength = 1;

  /** Each member has an end of its own: nothing moves. */
  allocateBefore(): undefined {
    return undefined;
  }

  extend(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean {
    return this.memberOf[type].allocator.extend(type, address, oldByteLength, newByteLength);
  }

  requireUsed(address: Address, byteLength: number): void {
    this.memberAt(address)?.requireUsed(address, byteLength);
  }

  release(type: MemoryType, address: Address, byteLength: number): void {
    this.memberOf[type].allocator.release(type, address, byteLength);
  }

  trim(): void {
    for (const { allocator } of this.members) allocator.trim();
  }

  flushed(): void {
    for (const { allocator } of this.members) allocator.flushed();
  }

  flushFailed(): void {
    for (const { allocator } of this.members) allocator.flushFailed();
  }

  freeSections(): readonly ListedSection[] {
    return this.members.flatMap(({ allocator }) => allocator.freeSections());
  }

  private memberAt(address: Address): SpaceAllocator | undefined {
    return this.members.findLast(({ start }) => address >= start)?.allocator;
  }

  takeFreeSections(sections: readonly ListedSection[]): void {
    for (const section of sections) this.memberAt(section.address)?.takeFreeSections([section]);
  }

  addFreeSections(sections: readonly ListedSection[]): void {
    for (const section of sections) this.memberAt(section.address)?.addFreeSections([section]);
  }
}
