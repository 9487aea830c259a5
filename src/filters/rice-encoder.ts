/** Encoder of the extended Rice algorithm, see {@link RiceLayout}. Its choices are those of libaec. */
import type { BitWriter } from "./bit-writer.ts";
import { REST_OF_SEGMENT, type RiceLayout, SEGMENT_BLOCKS } from "./rice-layout.ts";

/** No block takes more bytes: 32 samples of 24 bits, identifiers, and the number of a run of zero blocks before it. */
export const RICE_BLOCK_ROOM = 256;

export class RiceEncoder {
  private readonly layout: RiceLayout;
  private readonly maxByteLength: number;
  private readonly mapped: Uint32Array;
  /** The split of the block before, where the search for the next one starts. */
  private split = 0;

  /** @param maxByteLength - Encoding is given up when the writer has more bytes than this. */
  constructor(layout: RiceLayout, maxByteLength: number) {
    this.layout = layout;
    this.maxByteLength = maxByteLength;
    this.mapped = new Uint32Array(layout.blockSize * layout.blocks);
  }

  /** Encodes one line of samples, all blocks of it. Returns false when there is no room. */
  encodeLine(writer: BitWriter, samples: Uint32Array): boolean {
    const { layout, mapped } = this;
    if (layout.differences) mapDifferences(samples, mapped, layout.greatest);
    else mapped.set(samples);
    /** Blocks of zeros that are not written yet. */
    let zeros = 0;
    for (let block = 0; block < layout.blocks; block++) {
      if (this.isZero(block)) {
        zeros++;
        const last = block + 1 === layout.blocks || (block + 1) % SEGMENT_BLOCKS === 0;
        if (!last) continue;
        this.putZeros(writer, zeros, true, block + 1 - zeros, samples);
        zeros = 0;
      } else {
        if (zeros > 0) this.putZeros(writer, zeros, false, block - zeros, samples);
        zeros = 0;
        this.putBlock(writer, block, samples);
      }
      if (writer.byteLength > this.maxByteLength) return false;
    }
    return true;
  }

  private isZero(block: number): boolean {
    const { mapped } = this;
    const end = (block + 1) * this.layout.blockSize;
    for (let i = block * this.layout.blockSize; i < end; i++) if (mapped[i] !== 0) return false;
    return true;
  }

  private putZeros(
    writer: BitWriter,
    run: number,
    toSegmentEnd: boolean,
    firstBlock: number,
    samples: Uint32Array,
  ): void {
    const { identifierBits, differences, bits } = this.layout;
    writer.put(0, identifierBits + 1);
    if (differences && firstBlock === 0) writer.put(samples[0] as number, bits);
    if (run > REST_OF_SEGMENT) writer.putUnary(toSegmentEnd ? REST_OF_SEGMENT : run);
    else writer.putUnary(run - 1);
  }

  private putBlock(writer: BitWriter, block: number, samples: Uint32Array): void {
    const { layout, mapped } = this;
    const { identifierBits, bits, blockSize } = layout;
    const start = block * blockSize;
    const end = start + blockSize;
    const reference = layout.differences && block === 0 ? 1 : 0;
    const plainBits = (blockSize - reference) * bits;
    const splitBits = this.chooseSplit(start, blockSize - reference);
    const pairBits = this.pairBits(start, end, plainBits);
    if (Math.min(splitBits, pairBits) >= plainBits) {
      writer.put((1 << identifierBits) - 1, identifierBits);
      if (reference === 1) mapped[start] = samples[0] as number;
      writer.putAll(mapped, start, end, bits);
      return;
    }
    const usesSplit = splitBits < plainBits && splitBits < pairBits;
    if (usesSplit) writer.put(this.split + 1, identifierBits);
    else writer.put(1, identifierBits + 1);
    if (reference === 1) writer.put(samples[0] as number, bits);
    if (usesSplit) {
      writer.putUnaries(mapped, start + reference, end, this.split);
      if (this.split > 0) writer.putAll(mapped, start + reference, end, this.split);
      return;
    }
    for (let i = start; i < end; i += 2) {
      const second = mapped[i + 1] as number;
      const sum = (mapped[i] as number) + second;
      writer.putUnary((sum * (sum + 1)) / 2 + second);
    }
  }

  /** Bits of the second extension, its extra identifier bit included; Infinity beyond `limit`. */
  private pairBits(start: number, end: number, limit: number): number {
    const { mapped } = this;
    let total = 1;
    for (let i = start; i < end; i += 2) {
      const second = (mapped[i + 1] as number) | 0;
      const sum = ((mapped[i] as number) + second) | 0;
      // No block of samples as they are has so many bits as this pair alone.
      if (sum > 64) return Number.POSITIVE_INFINITY;
      total += ((sum * (sum + 1)) >>> 1) + second + 1;
      if (total > limit) return Number.POSITIVE_INFINITY;
    }
    return total;
  }

  /** Bits above the split in unary, without their ones: below 2^31 for samples of 24 bits. */
  private unaryBits(start: number, split: number): number {
    const { mapped } = this;
    const end = start + this.layout.blockSize;
    let total = 0;
    for (let i = start; i < end; i += 2) {
      total = (total + ((mapped[i] as number) >>> split) + ((mapped[i + 1] as number) >>> split)) | 0;
    }
    return total;
  }

  /**
   * Looks for the best split, up from the one before, then down. The length has one minimum over the splits, and a larger one
   * cannot pay when the unary part is shorter than the bits it would add. Returns the length in bits.
   */
  private chooseSplit(start: number, count: number): number {
    const greatest = (1 << this.layout.identifierBits) - 3;
    const first = this.split;
    let unary = this.unaryBits(start, first);
    let best = unary + count * (first + 1);
    let improved = false;
    for (let split = first + 1; unary >= count && split <= greatest; split++) {
      unary = this.unaryBits(start, split);
      const length = unary + count * (split + 1);
      if (length >= best) break;
      best = length;
      this.split = split;
      improved = true;
    }
    for (let split = first - 1; !improved && split >= 0; split--) {
      unary = this.unaryBits(start, split);
      const length = unary + count * (split + 1);
      if (length >= best) break;
      best = length;
      this.split = split;
      if (unary >= count) break;
    }
    return best;
  }
}

/**
 * Differences to the sample before as numbers from zero up: those that fit on both sides alternate between above (even) and
 * below (odd), and those that fit on one side only follow. The first sample of a line has none.
 */
function mapDifferences(samples: Uint32Array, mapped: Uint32Array, greatest: number): void {
  const top = greatest | 0;
  let before = (samples[0] as number) | 0;
  mapped[0] = 0;
  for (let i = 1; i < samples.length; i++) {
    const sample = (samples[i] as number) | 0;
    const above = (top - before) | 0;
    const distance = (sample - before) | 0;
    // All ones below: signs come at random, and a branch for each is mispredicted.
    const sign = distance >> 31;
    const magnitude = (distance ^ sign) - sign;
    if (magnitude <= Math.min(before, above)) mapped[i] = (magnitude << 1) + sign;
    else if (sign === 0) mapped[i] = distance <= before ? distance << 1 : sample;
    else mapped[i] = magnitude <= above ? (magnitude << 1) - 1 : top - sample;
    before = sample;
  }
}
