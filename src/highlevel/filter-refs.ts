/** Filters as objects. h5py: `FilterRefBase`. */
import * as h5z from "../lowlevel/h5z.ts";

/**
 * A filter with its values, to be given as `compression`; `{ ...filter }` gives the two options that it stands for.
 *
 * Extend it for a filter of your own, which `h5z.registerFilter` knows.
 */
export class FilterRefBase {
  /** The filter's number. */
  readonly compression: number;
  /** The values that the pipeline has for the filter; what they mean is the filter's own. Default: none. */
  readonly compressionOpts: readonly number[];

  constructor(filterId: number, filterOptions: readonly number[] = []) {
    this.compression = filterId;
    this.compressionOpts = filterOptions;
  }

  /** The filter's number, as `compression`. */
  get filterId(): number {
    return this.compression;
  }

  /** The filter's values, as `compressionOpts`. */
  get filterOptions(): readonly number[] {
    return this.compressionOpts;
  }

  /** Whether both are the same filter with the same values. */
  equals(other: unknown): boolean {
    if (!(other instanceof FilterRefBase) || other.filterId !== this.filterId) return false;
    const { filterOptions } = other;
    return (
      filterOptions.length === this.filterOptions.length && filterOptions.every((v, i) => v === this.filterOptions[i])
    );
  }
}

/** Deflate, filter 1. */
export class Gzip extends FilterRefBase {
  /**
   * Deflate, to be given as `compression`.
   *
   * @param level - 0 (none) to 9 (smallest); 4 unless given. It is checked when a dataset is made: ValueError.
   */
  constructor(level = 4) {
    super(h5z.FILTER_DEFLATE, [level]);
  }
}
