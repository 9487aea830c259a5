/** Decoder of the extended Rice algorithm, see {@link RiceLayout}. */
import type { BitReader } from "./bit-reader.ts";
import { REST_OF_SEGMENT, type RiceLayout, SEGMENT_BLOCKS } from "./rice-layout.ts";

/** A pair of the second extension codes the sum of two samples; this is the largest a block can be worth coding so. */
const MAX_PAIR_CODE = 90;

export class RiceDecoder {
  private readonly layout: RiceLayout;
  /** One line: at first mapped differences, or the samples themselves. */
  private readonly values: Uint32Array;
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
      const decoded = this.decodeBlocks(reader, block);
      if (decoded === 0 || reader.overrun) return undefined;
      block += decoded;
    }
    if (differences) this.sumUp();
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
      reader.appendBits(values.fill(0, start, end), start, end, bits);
      return 1;
    }
    const second = identifier === 0 && reader.take(1) === 1;
    if (reference === 1) values[start] = reader.take(bits);
    if (second) return this.decodePairs(reader, start, reference) ? 1 : 0;
    if (identifier === 0) return this.decodeZeros(reader, block, reference);
    reader.takeUnaries(values, start + reference, end);
    if (identifier > 1) reader.appendBits(values, start + reference, end, identifier - 1);
    return 1;
  }

  private decodeZeros(reader: BitReader, block: number, reference: number): number {
    const { blockSize, blocks } = this.layout;
    const number = reader.takeUnary();
    const rest = Math.min(SEGMENT_BLOCKS - (block % SEGMENT_BLOCKS), blocks - block);
    const run = number === REST_OF_SEGMENT ? rest : number > REST_OF_SEGMENT ? number : number + 1;
    if (run > blocks - block) return 0;
    this.values.fill(0, block * blockSize + reference, (block + run) * blockSize);
    return run;
  }

  /** The first sample of a line stands outside its pair, which codes zero in its place. */
  private decodePairs(reader: BitReader, start: number, reference: number): boolean {
    const { values } = this;
    const end = start + this.layout.blockSize;
    for (let i = start; i < end; i += 2) {
      const code = reader.takeUnary();
      if (code > MAX_PAIR_CODE) return false;
      const second = code - (this.pairStarts[code] as number);
      if (reference === 0 || i > start) values[i] = (this.pairSums[code] as number) - second;
      values[i + 1] = second;
    }
    return true;
  }

  /**
   * Undoes the differences. Small ones alternate between above and below; beyond what fits on one side of the sample
   * before, they count on from there on the other.
   */
  private sumUp(): void {
    const { values } = this;
    const { greatest } = this.layout;
    let sample = (values[0] as number) & greatest;
    for (let i = 1; i < values.length; i++) {
      const mapped = (values[i] as number) | 0;
      const above = greatest - sample;
      const room = Math.min(sample, above);
      // An odd number turns all bits of its half: -1 - half.
      if (mapped <= 2 * room) sample += (mapped >>> 1) ^ -(mapped & 1);
      else sample = sample === room ? mapped : greatest - mapped;
      // Nothing an encoder writes leaves the range; damaged bits may.
      sample &= greatest;
      values[i] = sample;
    }
  }
}
