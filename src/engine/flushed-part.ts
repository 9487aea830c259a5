/** The file as the last flush left it, beside what is new since then. */
import type { Address } from "../base/address.ts";
import type { SpaceAllocator } from "./space/space-allocator.ts";
import { type Addresses, orderForWriting } from "./write-order.ts";

export class FlushedPart {
  private readonly allocator: SpaceAllocator;
  /** Where the file had bytes; one range for each member. */
  private flushedRanges: ReturnType<SpaceAllocator["ranges"]>;
  /** What was put since into space that was free in there. */
  private readonly filled = new Set<Address>();

  constructor(allocator: SpaceAllocator) {
    this.allocator = allocator;
    this.flushedRanges = allocator.ranges();
  }

  get ranges(): ReturnType<SpaceAllocator["ranges"]> {
    return this.flushedRanges;
  }

  /** Where it ends, in the member of that address. */
  endAt(address: Address): Address {
    const { flushedRanges } = this;
    if (flushedRanges.length === 1) return flushedRanges[0]?.end ?? 0;
    return flushedRanges.findLast(({ start }) => address >= start)?.end ?? 0;
  }

  isBehind(address: Address): boolean {
    return address >= this.endAt(address);
  }

  /** A block begins at an address from now on. */
  allocated(address: Address): void {
    if (!this.isBehind(address)) this.filled.add(address);
  }

  /** A flush ended: nothing is new. */
  flushed(): void {
    this.flushedRanges = this.allocator.ranges();
    this.filled.clear();
  }

  /**
   * Groups of addresses in the order in which they have to be written.
   *
   * Nothing in the file as the last flush left it leads to what is new since: that needs no order among itself, only to be
   * written before the rest.
   */
  newFirst(wanted: Addresses, waiting: Parameters<typeof orderForWriting>[1]): Address[][] {
    const behind: Address[] = [];
    const within: Address[] = [];
    const rest = new Set<Address>();
    wanted.forEach((_, address) => {
      if (this.isBehind(address)) behind.push(address);
      else if (this.filled.has(address)) within.push(address);
      else rest.add(address);
    });
    return [behind, within, ...orderForWriting(rest, waiting)];
  }
}
