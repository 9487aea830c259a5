/** Chunks of a dataset, and the blocks of their index. Reference implementation: H5Dchunk.c, H5FA.c, H5EA.c. */
import { type Address, isDefined } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import type { ChunkedLayout } from "../../format/data-layout.ts";
import {
  decodeExtensibleArrayHeader,
  type ExtensibleArrayHeader,
  indexedSuperBlocks,
  sizeOfExtensibleArrayHeader,
  superBlockShape,
} from "../../format/extensible-array.ts";
import {
  decodeExtensibleArrayIndexBlock,
  decodeExtensibleArraySuperBlock,
  sizeOfExtensibleArrayDataBlock,
  sizeOfExtensibleArrayIndexBlock,
  sizeOfExtensibleArraySuperBlock,
} from "../../format/extensible-array-blocks.ts";
import { decodeFixedArrayHeader, sizeOfFixedArrayDataBlock, sizeOfFixedArrayHeader } from "../../format/fixed-array.ts";
import { openChunkIndex } from "../chunks/open-chunk-index.ts";
import type { DatasetObject } from "../dataset-object.ts";
import type { FileStorage } from "../file-storage.ts";
import { claimChunkTree, claimTreeV2, decodeAt } from "./map-trees.ts";
import type { SpaceClaims } from "./space-claims.ts";

const FIXED = "Fixed array header";
const EXTENSIBLE = "Extensible array header";
const INDEX_BLOCK = "Extensible array index block";
const SUPER_BLOCK = "Extensible array super block";

export function claimChunks(claims: SpaceClaims, dataset: DatasetObject, layout: ChunkedLayout): void {
  if (!isDefined(layout.address)) return;
  const { file, dataspace, pipeline } = dataset;
  const { storage } = file;
  const chunkK = file.groupRanks.chunkK;
  claimIndex(claims, storage, layout, chunkK);
  const { chunkDims, elementSize } = layout;
  const wholeBytes = product(chunkDims) * elementSize;
  if (layout.indexing.type === "implicit") {
    // One block, with the chunks that the dataset may still grow to.
    const count = product(dataspace.maxDims.map((size, d) => Math.ceil(size / (chunkDims[d] as number))));
    claims.add("chunk", layout.address, count * wholeBytes, `${count} chunks one behind the other`);
    return;
  }
  const index = openChunkIndex(layout, dataspace, pipeline, storage, chunkK);
  index.forEach((scaled, { address, byteLength }) => {
    const offset = scaled.map((at, d) => at * (chunkDims[d] as number)).join(", ");
    const filtered = byteLength === wholeBytes ? "" : `, ${wholeBytes} bytes before its filters`;
    claims.add("chunk", address, byteLength, `Chunk at (${offset})${filtered}`);
  });
}

function claimIndex(claims: SpaceClaims, storage: FileStorage, layout: ChunkedLayout, chunkK: number): void {
  const { indexing, address, chunkDims } = layout;
  switch (indexing.type) {
    case "b-tree-v1":
      claimChunkTree(claims, storage, chunkK, chunkDims.length, address);
      return;
    case "fixed-array":
      claimFixedArray(claims, storage, address);
      return;
    case "extensible-array":
      claimExtensibleArray(claims, storage, address);
      return;
    case "b-tree-v2":
      claimTreeV2(claims, storage, address, "index of chunks");
      return;
    case "single-chunk":
    case "implicit":
      return;
    default:
      indexing satisfies never;
  }
}

function claimFixedArray(claims: SpaceClaims, storage: FileStorage, address: Address): void {
  const headerBytes = sizeOfFixedArrayHeader(storage.widths);
  const header = decodeAt(storage, address, headerBytes, FIXED, decodeFixedArrayHeader);
  claims.add("fixed-array", address, headerBytes, "Fixed array header");
  const blockBytes = sizeOfFixedArrayDataBlock(header, storage.widths);
  claims.add("fixed-array", header.dataBlockAddress, blockBytes, "Fixed array data block");
}

function claimExtensibleArray(claims: SpaceClaims, storage: FileStorage, address: Address): void {
  const { widths } = storage;
  const headerBytes = sizeOfExtensibleArrayHeader(widths);
  const header = decodeAt(storage, address, headerBytes, EXTENSIBLE, decodeExtensibleArrayHeader);
  claims.add("extensible-array", address, headerBytes, "Extensible array header");
  const { indexBlockAddress } = header;
  if (!isDefined(indexBlockAddress)) return;
  const indexBytes = sizeOfExtensibleArrayIndexBlock(header, widths);
  claims.add("extensible-array", indexBlockAddress, indexBytes, "Extensible array index block");
  const block = decodeAt(storage, indexBlockAddress, indexBytes, INDEX_BLOCK, (cursor) =>
    decodeExtensibleArrayIndexBlock(cursor, header),
  );
  const indexed = indexedSuperBlocks(header);
  for (let superBlock = 0; superBlock < indexed; superBlock++) {
    const { firstDataBlock, dataBlockCount } = superBlockShape(header, superBlock);
    const addresses = block.dataBlockAddresses.slice(firstDataBlock, firstDataBlock + dataBlockCount);
    claimDataBlocks(claims, storage, header, superBlock, addresses);
  }
  block.superBlockAddresses.forEach((superAddress, i) => {
    if (isDefined(superAddress)) claimSuperBlock(claims, storage, header, indexed + i, superAddress);
  });
}

function claimSuperBlock(
  claims: SpaceClaims,
  storage: FileStorage,
  header: ExtensibleArrayHeader,
  superBlock: number,
  address: Address,
): void {
  const byteLength = sizeOfExtensibleArraySuperBlock(header, superBlock, storage.widths);
  claims.add("extensible-array", address, byteLength, `Extensible array super block ${superBlock}`);
  const block = decodeAt(storage, address, byteLength, SUPER_BLOCK, (cursor) =>
    decodeExtensibleArraySuperBlock(cursor, header, superBlock),
  );
  claimDataBlocks(claims, storage, header, superBlock, block.dataBlockAddresses);
}

function claimDataBlocks(
  claims: SpaceClaims,
  storage: FileStorage,
  header: ExtensibleArrayHeader,
  superBlock: number,
  addresses: readonly Address[],
): void {
  const byteLength = sizeOfExtensibleArrayDataBlock(header, superBlock, storage.widths);
  addresses.forEach((address, i) => {
    const what = `Extensible array data block ${i} of super block ${superBlock}`;
    claims.add("extensible-array", address, byteLength, what);
  });
}
