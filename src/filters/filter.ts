/**
 * What a filter is to the pipeline: an encoder and a decoder of whole chunks.
 *
 * The C library describes the same in `H5Z_class2_t`; its one function for both directions is two functions here.
 */
import type { Limits } from "../base/limits.ts";

/** One entry of a filter pipeline message, as far as filters need it. */
export interface PipelineFilter {
  /** Filter identification value; 1 deflate, 2 shuffle, 3 fletcher32, ... */
  readonly id: number;
  /** Registered name as stored; empty where none is. */
  readonly name: string;
  /** A filter that fails while writing may be left out for that chunk. */
  readonly optional: boolean;
  readonly clientData: readonly number[];
}

/**
 * Offers memory for a result of `byteLength` bytes, with any content; `undefined` when it has none of that length. A filter
 * may put its result there and return it, or allocate.
 */
export type Room = (byteLength: number) => Uint8Array | undefined;

export interface DecodeContext {
  readonly clientData: readonly number[];
  /** Whether the filter may be missing from other chunks. */
  readonly optional?: boolean;
  /** Bytes the filter must give back, where the pipeline knows them; `undefined` behind a filter of varying size. */
  readonly outputByteLength: number | undefined;
  readonly limits: Limits;
  readonly room?: Room | undefined;
  /** Whether a checksum is compared; default: it is. C: `H5Z_DISABLE_EDC`. */
  readonly verifies?: boolean;
}

export interface EncodeContext {
  readonly clientData: readonly number[];
  /** Whether chunks are stored without the filter when it fails. */
  readonly optional?: boolean;
  readonly room?: Room | undefined;
}

/** How the numbers of a chunk are packed. */
export interface PackedLayout {
  readonly count: number;
  readonly elementSize: number;
  readonly bitsPerElement: number;
}

/** A new dataset, as far as filters are fitted to it. */
export interface FilteredDataset {
  readonly datatype: { readonly class: string; readonly size: number };
  /** Elements of a chunk in each dimension. */
  readonly chunkDims: readonly number[];
  readonly optional: boolean;
}

/** A codec. It never modifies its input; what it returns may be the input itself or a view of it. */
export interface Filter {
  readonly id: number;
  /** Short name for messages, as in "required filter 'NAME' is not registered". */
  readonly name: string;
  /** @throws FilterError when the bytes are not what `encode` writes. */
  decode(bytes: Uint8Array, context: DecodeContext): Uint8Array;
  /**
   * Encodes a chunk; `undefined` when the filter is of no use for these bytes (an optional one is then left out).
   * A filter without `encode` can only read.
   */
  encode?(bytes: Uint8Array, context: EncodeContext): Uint8Array | undefined;
  /**
   * Whether the filter suits a new dataset; one that does not and is mandatory keeps the dataset from being made.
   * C: `can_apply` of `H5Z_class2_t`.
   */
  canApply?(clientData: readonly number[], dataset: FilteredDataset): boolean;
  /** The client data to store with a new dataset, from what the user gave. C: `set_local` of `H5Z_class2_t`. */
  setLocal?(clientData: readonly number[], dataset: FilteredDataset): readonly number[];
  /** Bytes that `encode` gives for `byteLength` bytes, for filters where that is fixed. */
  encodedByteLength?(byteLength: number, clientData: readonly number[]): number;
}
