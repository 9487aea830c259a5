/**
 * Which chunk index a new dataset gets.
 *
 * Reference implementation: H5Dlayout.c, `H5D__layout_set_latest_indexing`; H5Dpkg.h for the parameters.
 */
import { UNLIMITED } from "../../base/address.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import { DEFAULT_EXTENSIBLE_ARRAY } from "../../format/extensible-array.ts";
import type { AllocationTime } from "../../format/fill-value.ts";
import { DEFAULT_FIXED_ARRAY_PAGE_BITS } from "../../format/fixed-array.ts";

const B_TREE = { type: "b-tree-v2", nodeSize: 2048, splitPercent: 100, mergePercent: 40 } as const;

export interface NewChunks {
  readonly dims: readonly number[];
  readonly maxDims: readonly number[];
  readonly chunkDims: readonly number[];
  readonly filtered: boolean;
  readonly allocationTime: AllocationTime;
}

/** The index that the C library chooses in layouts from version 4 on; earlier ones have version 1 B-trees only. */
export function chooseChunkIndexing(chunks: NewChunks): ChunkIndexing {
  const { dims, maxDims, chunkDims, filtered, allocationTime } = chunks;
  const unlimited = maxDims.filter((size) => size === UNLIMITED).length;
  if (unlimited > 1) return B_TREE;
  if (unlimited === 1) return { type: "extensible-array", ...DEFAULT_EXTENSIBLE_ARRAY };
  if (dims.every((size, d) => size === maxDims[d] && size === chunkDims[d])) {
    // The fields of a filtered chunk are there from the start, so that the message never grows.
    return filtered ? { type: "single-chunk", filtered: { byteLength: 0, filterMask: 0 } } : { type: "single-chunk" };
  }
  if (!filtered && allocationTime === "early") return { type: "implicit" };
  return { type: "fixed-array", pageBits: DEFAULT_FIXED_ARRAY_PAGE_BITS };
}
