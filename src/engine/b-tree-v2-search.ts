/** Searching the records of one node of a version 2 B-tree. C: `H5B2__locate_record`. */

/** Says where a record stands to what is searched: negative before it, 0 when it is it, positive behind it. */
export type RecordOrder<T> = (record: T) => number;

/**
 * The same of the bytes of a record, from `start` on; NaN where it takes decoding to tell. Most records that a search meets
 * need not be decoded then.
 */
export type EncodedOrder = (bytes: Uint8Array, start: number) => number;

export interface RecordPlace {
  /** The record itself, or the first one behind it: also the number of the child that would hold it. */
  readonly at: number;
  readonly found: boolean;
}

export function searchRecords<T>(records: readonly T[], order: RecordOrder<T>): RecordPlace {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const side = order(records[middle] as T);
    if (side === 0) return { at: middle, found: true };
    if (side < 0) low = middle + 1;
    else high = middle;
  }
  return { at: low, found: false };
}
