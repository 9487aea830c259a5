/** Decoder of the extended Rice algorithm, see {@link RiceLayout}. */
import type { BitReader } from "./bit-reader.ts";
import { REST_OF_SEGMENT, type RiceLayout, SEGMENT_BLOCKS } from "./rice-layout.ts";

/** A pair of the second extension codes the sum of two samples; this is the largest a block can be worth coding so. */
const MAX_PAIR_CODE = 90;

export class RiceDecoder {
  private readonly layout: RiceLayout;
  /** One line: at first mapped differences, or the samples themselves. */
  private readonly values: Uint32Array;
  /** The last sample, where differences are coded, and whether the blocks decoded last are without any. */
  private sample = 0;
  private isZero = false;
  /** Pair codes by number: the sum of the two, and the code of (sum, 0). */
  private readonly pairSums = new Uint8Array(MAX_PAIR_CODE + 1);
  private readonly pairStarts = new Uint8Array(MAX_PAIR_CODE + 1);

  constructor(layout: RiceLayout) {
    this.layout = layout;
    this.values = new Uint32Array(layout.blockSize * layout.blocks);
    for (let sum = 0, code = 0; code <= MAX_PAIR_CODE; sum++) {
      const start = code;
      for (; code <= MAX_PAIR_CODE && code <= start + sum; code++) {
        this.pairSums[code] = sum;
        this.pairStarts[code] = start;
      }
    }
  }

  /**
   * The samples of the next line, valid until the next call; `undefined` when the stream is damaged.
   *
   * @param needed - Samples that matter: blocks behind them may be missing from the stream.
   */
  decodeLine(reader: BitReader, needed: number): Uint32Array | undefined {
    const { blockSize, blocks, differences } = this.layout;
    for (let block = 0; block < blocks && block * blockSize < needed; ) {
      this.isZero = false;
      const decoded = this.decodeBlocks(reader, block);
      if (decoded === 0 || reader.overrun) return undefined;
      const start = block * blockSize;
      block += decoded;
      if (differences) this.sumUp(start, block * blockSize);
    }
    return this.values;
  }

  /** Returns how many blocks were decoded, 0 for damage. */
  private decodeBlocks(reader: BitReader, block: number): number {
    const { identifierBits, blockSize, bits, differences } = this.layout;
    const { values } = this;
    const start = block * blockSize;
    const end = start + blockSize;
    const identifier = reader.take(identifierBits);
    const reference = differences && block === 0 ? 1 : 0;
    if (identifier === (1 << identifierBits) - 1) {
      reader.takeAll(values, start, end, bits);
      return 1;
    }
    const second = identifier === 0 && reader.take(1) === 1;
    if (reference === 1) values[start] = reader.take(bits);
    if (second) return this.decodePairs(reader, start, reference) ? 1 : 0;
    if (identifier === 0) return this.decodeZeros(reader, block);
    reader.takeUnaries(values, start + reference, end);
    if (identifier > 1) reader.appendBits(values, start + reference, end, identifier - 1);
    return 1;
  }

  private decodeZeros(reader: BitReader, block: number): number {
    const { blockSize, blocks, differences } = this.layout;
    const number = reader.takeUnary();
    const rest = Math.min(SEGMENT_BLOCKS - (block % SEGMENT_BLOCKS), blocks - block);
    const run = number === REST_OF_SEGMENT ? rest : number > REST_OF_SEGMENT ? number : number + 1;
    if (run > blocks - block) return 0;
    if (!differences) this.values.fill(0, block * blockSize, (block + run) * blockSize);
    this.isZero = true;
    return run;
  }

  /** The first sample of a line stands outside its pair, which codes zero in its place. */
  private decodePairs(reader: BitReader, start: number, reference: number): boolean {
    const { values, pairSums, pairStarts } = this;
    const first = values[start] as number;
    const half = this.layout.blockSize >>> 1;
    reader.takeUnaries(values, start, start + half);
    // From the end, so that each pair takes the place of codes that are used up.
    for (let i = half - 1; i >= 0; i--) {
      const code = values[start + i] as number;
      if (code > MAX_PAIR_CODE) return false;
      const second = code - (pairStarts[code] as number);
      values[start + 2 * i + 1] = second;
      values[start + 2 * i] = (pairSums[code] as number) - second;
    }
    if (reference === 1) values[start] = first;
    return true;
  }

  /** Undoes the differences of some blocks. */
  private sumUp(start: number, end: number): void {
    const { values } = this;
    const greatest = this.layout.greatest | 0;
    let sample = this.sample | 0;
    let i = start;
    if (start === 0) {
      sample = (values[0] as number) & greatest;
      values[0] = sample;
      sample = !this.isZero ? sampleBehind(sample, (values[1] as number) | 0, greatest) : sample;
      values[1] = sample;
      i = 2;
    }
    if (this.isZero) {
      values.fill(sample, i, end);
    } else {
      for (; i < end; i += 2) {
        sample = sampleBehind(sample, (values[i] as number) | 0, greatest);
        values[i] = sample;
        sample = sampleBehind(sample, (values[i + 1] as number) | 0, greatest);
        values[i + 1] = sample;
      }
    }
    this.sample = sample;
  }
}

/**
 * Small differences alternate between above and below; beyond what fits on one side of the sample before, they count on from
 * there on the other. Nothing an encoder writes leaves the range; damaged bits may.
 */
function sampleBehind(sample: number, mapped: number, greatest: number): number {
  const above = (greatest - sample) | 0;
  const room = Math.min(sample, above);
  // An odd number turns all bits of its half: -1 - half.
  if (mapped <= room << 1) return (sample + ((mapped >>> 1) ^ -(mapped & 1))) & greatest;
  return (sample === room ? mapped : greatest - mapped) & greatest;
}
