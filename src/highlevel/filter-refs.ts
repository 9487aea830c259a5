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
  readonly compressionOpts: readonly number[];

  constructor(filterId: number, filterOptions: readonly number[] = []) {
    this.compression = filterId;
    this.compressionOpts = filterOptions;
  }

  get filterId(): number {
    return this.compression;
  }

  get filterOptions(): readonly number[] {
    return this.compressionOpts;
  }

  equals(other: unknown): boolean {
    if (!(other instanceof FilterRefBase) || other.filterId !== this.filterId) return false;
    const { filterOptions } = other;
    return (
      filterOptions.length === this.filterOptions.length && filterOptions.every((v, i) => v === this.filterOptions[i])
    );
  }
}

/** Deflate. */
export class Gzip extends FilterRefBase {
  /** @param level - 0 to 9. */
  constructor(level = 4) {
    super(h5z.FILTER_DEFLATE, [level]);
  }
}
