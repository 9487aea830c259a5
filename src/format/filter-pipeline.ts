/**
 * Filter pipeline message (0x000B).
 *
 * Specification: IV.A.2.l, "The Data Storage - Filter Pipeline Message".
 */
export interface FilterDescription {
  /** Filter identification value; 1 deflate, 2 shuffle, 3 fletcher32, ... */
  readonly id: number;
  /** Registered name as stored; empty where none is. */
  readonly name: string;
  /** Flags bit 0: a failing filter is left out of the pipeline for that chunk. */
  readonly optional: boolean;
  /** All flags as stored, bit 0 included. */
  readonly flags: number;
  readonly clientData: readonly number[];
}

export interface FilterPipeline {
  readonly version: 1 | 2;
  /** In the order of writing; reading goes from last to first. */
  readonly filters: readonly FilterDescription[];
}
