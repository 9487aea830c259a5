/**
 * Which slot of the chunk cache a chunk belongs to. C: H5Dchunk.c, `H5D__chunk_hash_val`.
 *
 * The coordinates of the chunk are packed into one number, each dimension in as many bits as its number of chunks needs;
 * the slot is that number modulo the number of slots.
 */

import { powerOfTwo, unboxed } from "../../base/bits.ts";

/** ceil(log2(count)): bits that hold the chunk numbers 0 to count - 1; none for one chunk or none. */
function bitsForChunks(count: number): number {
  let bits = 0;
  for (let power = 1; power < count; power *= 2) bits++;
  return bits;
}

/** Computes slots for one number of chunks per dimension. */
export class ChunkHash {
  private readonly nslots: number;
  private readonly chunkCounts: readonly number[];
  /** Bits of each dimension; that of the first is never used. */
  private readonly bits: readonly number[];
  private readonly limits: readonly number[];
  /** All packed bits fit a number exactly, as long as every coordinate is below its limit. */
  private readonly exact: boolean;

  constructor(chunkCounts: readonly number[], nslots: number) {
    this.nslots = nslots;
    this.chunkCounts = chunkCounts;
    this.bits = chunkCounts.map(bitsForChunks);
    this.limits = this.bits.map(powerOfTwo);
    this.exact = this.bits.reduce((sum, bits) => sum + bits, 0) <= 53;
  }

  /** Whether it was made for this number of chunks. */
  isOf(chunkCounts: readonly number[]): boolean {
    for (let d = 0; d < chunkCounts.length; d++) if (chunkCounts[d] !== this.chunkCounts[d]) return false;
    return true;
  }

  /** Whether another number of chunks leads to the same slots. */
  sameAs(other: ChunkHash): boolean {
    return this.bits.every((bits, d) => d === 0 || bits === other.bits[d]);
  }

  slot(scaled: readonly number[]): number {
    if (!this.exact) return this.slotOfManyBits(scaled);
    let value = scaled[0] as number;
    for (let d = 1; d < scaled.length; d++) {
      const coordinate = scaled[d] as number;
      value *= this.limits[d] as number;
      if (value < 2 ** 31 && coordinate < 2 ** 31) value ^= coordinate;
      else if (coordinate < (this.limits[d] as number)) value += coordinate;
      else return this.slotOfManyBits(scaled);
    }
    return value <= Number.MAX_SAFE_INTEGER ? unboxed(value % this.nslots) : this.slotOfManyBits(scaled);
  }

  /** As the C library computes it, in 64 bits that overflow. A coordinate too large for its bits runs into its neighbour. */
  private slotOfManyBits(scaled: readonly number[]): number {
    let value = BigInt(scaled[0] as number);
    for (let d = 1; d < scaled.length; d++) {
      value = BigInt.asUintN(64, value << BigInt(this.bits[d] as number)) ^ BigInt(scaled[d] as number);
    }
    return Number(value % BigInt(this.nslots));
  }
}
