/** Which chunk index a dataset has. C: H5Dlayout.c, `H5D__layout_set_latest_indexing`; H5Dchunk.c, `H5D__chunk_set_info`. */
import { UNDEFINED_ADDRESS, UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { FormatError } from "../../base/errors.ts";
import { chunkElementFormat, chunkSizeFieldBytes } from "../../format/chunk-index-elements.ts";
import type { ChunkedLayout } from "../../format/data-layout.ts";
import type { Dataspace } from "../../format/dataspace.ts";
import type { FilterPipeline } from "../../format/filter-pipeline.ts";
import { BTreeV1Index } from "./b-tree-v1-index.ts";
import { BTreeV2Index } from "./b-tree-v2-index.ts";
import type { ChunkIndex, ChunkStorage } from "./chunk-index.ts";
import { ChunkNumbering } from "./chunk-numbers.ts";
import { extensibleArrayIndex } from "./extensible-array-index.ts";
import { fixedArrayIndex } from "./fixed-array-index.ts";
import { ImplicitIndex } from "./implicit-index.ts";
import { SingleChunkIndex } from "./single-chunk-index.ts";

const STRUCTURE = "Data layout message";

/**
 * The chunk index that a data layout message describes. Nothing is loaded yet.
 *
 * @param chunkK - "Indexed Storage Internal Node K", for version 1 B-trees.
 * @throws FormatError when the dataset cannot have this index.
 */
export function openChunkIndex(
  layout: ChunkedLayout,
  dataspace: Dataspace,
  pipeline: FilterPipeline | undefined,
  storage: ChunkStorage,
  chunkK: number,
): ChunkIndex {
  const { chunkDims, elementSize, indexing, address: rootAddress, version } = layout;
  const { dims } = dataspace;
  const chunkByteLength = product(chunkDims) * elementSize;
  const filtered = pipeline !== undefined && pipeline.filters.length > 0;
  const chunkSizeBytes = filtered ? chunkSizeFieldBytes(chunkByteLength, version, storage.widths) : undefined;
  const format = chunkElementFormat(chunkSizeBytes, storage.widths);
  const rank = chunkDims.length;
  switch (indexing.type) {
    case "b-tree-v1":
      return new BTreeV1Index({ storage, rootAddress, chunkDims, elementSize, k: chunkK });
    case "single-chunk": {
      // The C library frees the chunk of a dataset that it cuts to nothing, and leaves its address here: others may lie there.
      const chunkAddress = dims.includes(0) ? UNDEFINED_ADDRESS : rootAddress;
      return new SingleChunkIndex({ indexing, rootAddress: chunkAddress, rank, chunkByteLength });
    }
    case "implicit": {
      const numbering = chunkNumbering(layout, dataspace, 0);
      return new ImplicitIndex({ storage, indexing, rootAddress, numbering, dims, chunkDims, chunkByteLength });
    }
    case "fixed-array": {
      const numbering = chunkNumbering(layout, dataspace, 0);
      return fixedArrayIndex({ storage, indexing, rootAddress, numbering, chunkByteLength, format });
    }
    case "extensible-array": {
      const numbering = chunkNumbering(layout, dataspace, 1);
      return extensibleArrayIndex({ storage, indexing, rootAddress, numbering, chunkByteLength, format });
    }
    case "b-tree-v2":
      return new BTreeV2Index({ storage, indexing, rootAddress, rank, chunkByteLength, chunkSizeBytes });
    default:
      return indexing satisfies never;
  }
}

function chunkNumbering(layout: ChunkedLayout, { dims, maxDims }: Dataspace, unlimited: number): ChunkNumbering {
  const found = maxDims.filter((size) => size === UNLIMITED).length;
  if (found !== unlimited || maxDims.length !== layout.chunkDims.length) {
    throw new FormatError(
      `${STRUCTURE}, field "Chunk Indexing Type": ${layout.indexing.type} for a dataset with ${found} unlimited dimensions`,
      { structure: STRUCTURE },
    );
  }
  if (dims.some((size, d) => size > (maxDims[d] as number))) {
    throw new FormatError(`Dataspace message, field "Dimension Size": (${dims}) above the maximum (${maxDims})`, {
      structure: "Dataspace message",
    });
  }
  return new ChunkNumbering(maxDims, layout.chunkDims);
}

/** Whether a layout message says of the index what is true now. */
export function describesIndex(layout: ChunkedLayout, index: ChunkIndex): boolean {
  if (layout.address !== index.rootAddress) return false;
  const old = layout.indexing;
  const { indexing } = index;
  if (old.type !== "single-chunk" || indexing.type !== "single-chunk") return true;
  return (
    old.filtered?.byteLength === indexing.filtered?.byteLength &&
    old.filtered?.filterMask === indexing.filtered?.filterMask
  );
}
