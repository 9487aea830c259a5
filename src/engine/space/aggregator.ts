/**
 * A larger block that small ones are cut from, so that metadata and small raw data are not scattered among each other.
 *
 * Reference implementation: H5MFaggr.c, whose blocks all have one size.
 */
import type { Address } from "../../base/address.ts";
import { alignUp } from "../../base/bits.ts";
import type { Section } from "./free-sections.ts";

export const DEFAULT_BLOCK_BYTES = 2048;

/** Of the first block in a session, unless its size was asked for. */
export const FIRST_BLOCK_BYTES = 512;

/**
 * Blocks grow to this part of what was cut off them. Ten thousand datasets of 80 bytes then lie in a hundred places of the file
 * and not in four hundred, as do the headers between them.
 */
const GROWTH_SHARE = 1 / 32;
export const LARGEST_GROWN_BYTES = 1 << 16;

/** What is left of the block that small ones are cut from. */
export class Aggregator {
  private readonly plainBlockBytes: number;
  private readonly leastBlockBytes: number;
  private readonly mostBlockBytes: number;
  /** Bytes that were cut off since the file was opened. */
  private given = 0;
  address: Address = 0;
  byteLength = 0;
  /** Bytes that it ever had, counted from the last new block. */
  total = 0;

  /**
   * @param leastBlockBytes - Of the first block. Default: as all others.
   * @param mostBlockBytes - Of a block among thousands. Default: as all others.
   */
  constructor(blockBytes: number, leastBlockBytes = blockBytes, mostBlockBytes = blockBytes) {
    this.plainBlockBytes = blockBytes;
    this.leastBlockBytes = leastBlockBytes;
    this.mostBlockBytes = mostBlockBytes;
  }

  /** Of the next block. They grow with what is used of them, since what is left of the last one is lost when the file is closed. */
  get blockBytes(): number {
    const { given, leastBlockBytes, plainBlockBytes, mostBlockBytes } = this;
    if (given <= plainBlockBytes) return Math.min(plainBlockBytes, Math.max(leastBlockBytes, given));
    return Math.min(mostBlockBytes, Math.max(plainBlockBytes, alignUp(given * GROWTH_SHARE, plainBlockBytes)));
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
