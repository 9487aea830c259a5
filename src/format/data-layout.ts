/**
 * Data layout message (0x0008), versions 1 to 5.
 *
 * Specification: IV.A.2.i, "The Data Layout Message".
 */
import type { Address } from "../base/address.ts";

export type LayoutVersion = 1 | 2 | 3 | 4 | 5;

export interface CompactLayout {
  readonly kind: "compact";
  readonly version: LayoutVersion;
  readonly data: Uint8Array;
}

export interface ContiguousLayout {
  readonly kind: "contiguous";
  readonly version: LayoutVersion;
  readonly address: Address;
  /** Bytes. Versions 1 and 2 store 32-bit dims instead, from which it is computed; the dataspace decides there. */
  readonly byteLength: number;
}

export type ChunkIndexing =
  | { readonly type: "b-tree-v1" }
  | {
      readonly type: "single-chunk";
      /** Present when layout flag bit 1 is set: the stored bytes and filter mask of a filtered chunk. */
      readonly filtered?: { readonly byteLength: number; readonly filterMask: number };
    }
  | { readonly type: "implicit" }
  | { readonly type: "fixed-array"; readonly pageBits: number }
  | {
      readonly type: "extensible-array";
      readonly maxBits: number;
      readonly indexElements: number;
      readonly minPointers: number;
      readonly minElements: number;
      readonly pageBits: number;
    }
  | {
      readonly type: "b-tree-v2";
      readonly nodeSize: number;
      readonly splitPercent: number;
      readonly mergePercent: number;
    };

export interface ChunkedLayout {
  readonly kind: "chunked";
  readonly version: LayoutVersion;
  /** Elements a dimension, without the extra last one of the message (see `elementSize`). */
  readonly chunkDims: readonly number[];
  /** The last dimension of the message: bytes of one element. */
  readonly elementSize: number;
  /** Layout flag bit 0 (version 4 on): partial edge chunks are stored unfiltered. */
  readonly dontFilterPartialChunks: boolean;
  readonly indexing: ChunkIndexing;
  /** Address of the index (or of the single chunk); undefined when nothing is allocated. */
  readonly address: Address;
}

export interface VirtualLayout {
  readonly kind: "virtual";
  readonly version: LayoutVersion;
  /** Global heap ID of the mapping block. */
  readonly heapAddress: Address;
  readonly heapIndex: number;
}

export type DataLayout = CompactLayout | ContiguousLayout | ChunkedLayout | VirtualLayout;
