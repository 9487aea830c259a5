/** Who has what of a row of things. */
import type { Rank } from "./launchers.ts";

/** Part of a row of things: from `start` to before `stop`. */
export interface Share {
  /** The first. */
  readonly start: number;
  /** Behind the last; `start` where there is none. */
  readonly stop: number;
}

/**
 * The share of one rank in `count` things (chunks, rows): consecutive ones, and no rank has more than one more than another.
 *
 * @throws RangeError when `count` is no whole number.
 */
export function shareOf(count: number, { rank, size }: Rank): Share {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count: ${count}`);
  const least = Math.floor(count / size);
  const larger = count % size;
  const start = rank * least + Math.min(rank, larger);
  return { start, stop: start + least + (rank < larger ? 1 : 0) };
}
