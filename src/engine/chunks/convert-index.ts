/** A dataset's chunks found by a version 1 B-tree from now on. Reference implementation: H5Dint.c, `H5D__format_convert`. */
import { UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { ChunkedLayout } from "../../format/data-layout.ts";
import { FreedBlocks } from "../freed-blocks.ts";
import { BTreeV1Index } from "./b-tree-v1-index.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "./chunk-index.ts";

export interface ConvertedDataset {
  readonly storage: ChunkStorage;
  readonly layout: ChunkedLayout;
  readonly dims: readonly number[];
  readonly filterCount: number;
  /** "Indexed Storage Internal Node K". */
  readonly chunkK: number;
}

/** Whether a chunk reaches over the edge of the dataset. */
function isPartial(scaled: readonly number[], { layout, dims }: ConvertedDataset): boolean {
  return scaled.some((value, d) => (value + 1) * (layout.chunkDims[d] as number) > (dims[d] as number));
}

/**
 * Enters the chunks of an index, which stay where they are, into a new tree, and releases the index. Nothing of it may be held
 * back, in a cache or elsewhere.
 *
 * @returns The layout message that leads to the tree.
 */
export function convertToBTree(index: ChunkIndex, dataset: ConvertedDataset): ChunkedLayout {
  const { storage, layout, filterCount, chunkK } = dataset;
  const { chunkDims, elementSize } = layout;
  const tree = new BTreeV1Index({ storage, rootAddress: UNDEFINED_ADDRESS, chunkDims, elementSize, k: chunkK });
  const chunks: [number[], ChunkRecord][] = [];
  index.forEach((scaled, record) => {
    chunks.push([[...scaled], record]);
  });
  const freed = new FreedBlocks(storage);
  // The chunks are all there is of an implicit index.
  if (layout.indexing.type !== "implicit") index.deleteAll(freed);
  freed.check();
  // A tree says of each chunk which filters were left out, not the layout of all at the edge.
  const none = 2 ** filterCount - 1;
  for (const [scaled, { address, byteLength, filterMask }] of chunks) {
    const isLeftOut = layout.dontFilterPartialChunks && isPartial(scaled, dataset);
    tree.insert(scaled, { address, byteLength, filterMask: isLeftOut ? none : filterMask });
  }
  freed.commit();
  return {
    kind: "chunked",
    version: 3,
    chunkDims,
    elementSize,
    dontFilterPartialChunks: false,
    indexing: tree.indexing,
    address: tree.rootAddress,
  };
}
