/** What describes hyperslabs and boxes in numbers. */

/** Blocks of a regular hyperslab, one number a dimension each. */
export interface HyperslabParameters {
  readonly start: readonly number[];
  readonly stride: readonly number[];
  /** `UNLIMITED` in at most one dimension. */
  readonly count: readonly number[];
  /** `UNLIMITED` in at most one dimension, with a count of 1. */
  readonly block: readonly number[];
}

/** Least and greatest selected coordinate a dimension, both included. */
export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}
