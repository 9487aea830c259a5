/**
 * How samples are arranged for the extended Rice algorithm (CCSDS 121.0-B), and the codes that both directions share.
 *
 * Every block of samples is coded in one of these ways, told by an identifier of 3 bits for samples up to 8 bits, of 4 up to
 * 16 and of 5 beyond:
 *
 * | identifier      | way                                                                                            |
 * | --------------- | ---------------------------------------------------------------------------------------------- |
 * | zeros, then 0   | blocks of zeros: their number in unary                                                         |
 * | zeros, then 1   | second extension: pairs (a, b) as (a + b)(a + b + 1) / 2 + b in unary                          |
 * | 1 to ones - 1   | split at k = identifier - 1: the samples above bit k in unary, then the k lowest bits of each  |
 * | ones            | samples as they are                                                                            |
 *
 * Where differences are coded, the first sample of a line follows the identifier of its first block as it is.
 */
export interface RiceLayout {
  /** Bits of a sample, 1 to 24. */
  readonly bits: number;
  /** The greatest sample. */
  readonly greatest: number;
  /** Bits of a block's identifier. */
  readonly identifierBits: number;
  /** Samples of a block, even. */
  readonly blockSize: number;
  /** Blocks of a line, after which differences start anew. */
  readonly blocks: number;
  /** Whether differences to the sample before are coded instead of samples. */
  readonly differences: boolean;
}

/** Runs of zero blocks end with a segment of so many blocks. */
export const SEGMENT_BLOCKS = 64;
/** Unary number of a run of zero blocks that reaches the end of the segment or line. */
export const REST_OF_SEGMENT = 4;

export function riceLayout(bits: number, blockSize: number, blocks: number, differences: boolean): RiceLayout {
  const identifierBits = bits > 16 ? 5 : bits > 8 ? 4 : 3;
  return { bits, greatest: 2 ** bits - 1, identifierBits, blockSize, blocks, differences };
}
