/**
 * A larger block that small ones are cut from, so that metadata and small raw data are not scattered among each other.
 *
 * Reference implementation: H5MFaggr.c, whose blocks all have one size.
 */
import type { Address } from "../../base/address.ts";
import type { Section } from "./free-sections.ts";

export const DEFAULT_BLOCK_BYTES = 2048;

/** Of the first block in a session, unless its size was asked for. */
export const FIRST_BLOCK_BYTES = 512;

/** What is left of the block that small ones are cut from. */
export class Aggregator {
  private readonly mostBlockBytes: number;
  private readonly leastBlockBytes: number;
  /** Bytes that were cut off since the file was opened. */
  private given = 0;
  address: Address = 0;
  byteLength = 0;
  /** Bytes that it ever had, counted from the last new block. */
  total = 0;

  /** @param leastBlockBytes - Of the first block. Default: as all others. */
  constructor(blockBytes: number, leastBlockBytes = blockBytes) {
    this.mostBlockBytes = blockBytes;
    this.leastBlockBytes = leastBlockBytes;
  }

  /** Of the next block. They grow with what is used of them, since what is left of the last one is lost when the file is closed. */
  get blockBytes(): number {
    return Math.min(this.mostBlockBytes, Math.max(this.leastBlockBytes, this.given));
  }

  get end(): Address {
    return this.address + this.byteLength;
  }

  /** Whether there is one, be it used up. */
  get exists(): boolean {
    return this.address > 0;
  }

  begin(address: Address, byteLength: number): void {
    this.address = address;
    this.byteLength = byteLength;
    this.total = byteLength;
  }

  clear(): Section {
    const left = { address: this.address, byteLength: this.byteLength };
    this.begin(0, 0);
    return left;
  }

  cut(byteLength: number): Address {
    const { address } = this;
    this.given += byteLength;
    this.address += byteLength;
    this.byteLength -= byteLength;
    return address;
  }

  touches({ address, byteLength }: Section): boolean {
    return this.byteLength > 0 && (address + byteLength === this.address || this.end === address);
  }

  absorb({ address, byteLength }: Section): void {
    if (address < this.address) {
      this.address = address;
      this.total -= Math.min(this.total, byteLength);
    }
    this.byteLength += byteLength;
  }
}
