/**
 * Pairs of numbers in ascending order of the first, then of the second.
 *
 * Kept in blocks of bounded length, so that among a hundred thousand pairs an insertion moves a few hundred numbers and a
 * search takes two bisections.
 */

/** A block that grows beyond this is cut in two. */
const BLOCK_LIMIT = 512;

interface Block {
  readonly firsts: number[];
  readonly seconds: number[];
}

/** Index of the first pair of a block that is not below (first, second). */
function lowerBound({ firsts, seconds }: Block, first: number, second: number): number {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const here = firsts[middle] as number;
    if (here < first || (here === first && (seconds[middle] as number) < second)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class SortedPairs {
  /** None is empty. */
  private readonly blocks: Block[] = [];

  /** Index of the first block whose last pair is not below (first, second). */
  private blockFor(first: number, second: number): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { firsts, seconds } = this.blocks[middle] as Block;
      const last = firsts.length - 1;
      const here = firsts[last] as number;
      if (here < first || (here === first && (seconds[last] as number) < second)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(first: number, second: number): void {
    const at = Math.min(this.blockFor(first, second), this.blocks.length - 1);
    const block = this.blocks[at];
    if (block === undefined) {
      this.blocks.push({ firsts: [first], seconds: [second] });
      return;
    }
    const index = lowerBound(block, first, second);
    block.firsts.splice(index, 0, first);
    block.seconds.splice(index, 0, second);
    if (block.firsts.length <= BLOCK_LIMIT) return;
    const half = BLOCK_LIMIT / 2;
    this.blocks.splice(at + 1, 0, { firsts: block.firsts.splice(half), seconds: block.seconds.splice(half) });
  }

  /** Takes out a pair that is there. */
  remove(first: number, second: number): void {
    const at = this.blockFor(first, second);
    const block = this.blocks[at];
    const index = block === undefined ? -1 : lowerBound(block, first, second);
    if (block === undefined || block.firsts[index] !== first || block.seconds[index] !== second) {
      throw new RangeError(`no pair of ${first} and ${second}`);
    }
    block.firsts.splice(index, 1);
    block.seconds.splice(index, 1);
    if (block.firsts.length === 0) this.blocks.splice(at, 1);
  }

  /**
   * The first pair from the one on whose first number is at least `first` that suits.
   *
   * @param most - So many pairs are looked at.
   */
  find(
    first: number,
    most: number,
    suits: (first: number, second: number) => boolean,
  ): readonly [number, number] | undefined {
    let at = this.blockFor(first, Number.NEGATIVE_INFINITY);
    let block = this.blocks[at];
    let index = block === undefined ? 0 : lowerBound(block, first, Number.NEGATIVE_INFINITY);
    let left = most;
    while (block !== undefined && left > 0) {
      const { firsts, seconds } = block;
      for (; index < firsts.length && left > 0; index++, left--) {
        const pair = [firsts[index] as number, seconds[index] as number] as const;
        if (suits(pair[0], pair[1])) return pair;
      }
      block = this.blocks[++at];
      index = 0;
    }
    return undefined;
  }

  /** The first pair whose first number is at least `first`. */
  atLeast(first: number): readonly [number, number] | undefined {
    const block = this.blocks[this.blockFor(first, Number.NEGATIVE_INFINITY)];
    if (block === undefined) return undefined;
    const index = lowerBound(block, first, Number.NEGATIVE_INFINITY);
    return [block.firsts[index] as number, block.seconds[index] as number];
  }

  clear(): void {
    this.blocks.length = 0;
  }
}
