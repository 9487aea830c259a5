/**
 * Which blocks nobody can have seen in the file: those that were put there since it was opened, or since somebody asked for
 * a flush, and may have looked at it then.
 */
import type { Address } from "../base/address.ts";

export class UnseenBlocks {
  private seenEnd: Address;
  /** What was put since into space that was free before that end. */
  private readonly filled = new Set<Address>();

  /** @param end - Of what is in the file. */
  constructor(end: Address) {
    this.seenEnd = end;
  }

  /** A block begins at an address from now on. */
  allocated(address: Address): void {
    if (address < this.seenEnd) this.filled.add(address);
  }

  has(address: Address): boolean {
    return address >= this.seenEnd || this.filled.has(address);
  }

  /** Somebody may look at all there is. */
  seen(end: Address): void {
    this.seenEnd = end;
    this.filled.clear();
  }
}
