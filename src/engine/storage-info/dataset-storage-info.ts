/**
 * Bytes of what a dataset keeps outside its object header, beside raw data.
 *
 * Reference implementation: `H5O__dset_bh_info`. C: `H5Oget_native_info`, `meta_size.obj`.
 */
import { isDefined } from "../../base/address.ts";
import type { ChunkedLayout } from "../../format/data-layout.ts";
import {
  decodeExtensibleArrayHeader,
  sizeOfExtensibleArrayHeader,
  superBlockTotal,
} from "../../format/extensible-array.ts";
import { sizeOfExtensibleArrayIndexBlock } from "../../format/extensible-array-blocks.ts";
import { decodeExternalFiles } from "../../format/external-files.ts";
import { decodeFixedArrayHeader, sizeOfFixedArrayDataBlock, sizeOfFixedArrayHeader } from "../../format/fixed-array.ts";
import { MESSAGE } from "../../format/message-types.ts";
import type { DatasetObject } from "../dataset-object.ts";
import type { FileStorage } from "../file-storage.ts";
import { bTreeV2ByteLength, chunkBTreeByteLength } from "./b-tree-sizes.ts";
import { localHeapByteLength } from "./heap-sizes.ts";
import type { IndexHeapInfo } from "./index-heap-info.ts";
import { settle } from "./settle.ts";

/** The chunk index; the heaps of virtual mappings and of the names of external files. Changes are flushed first. */
export function datasetStorageInfo(dataset: DatasetObject): IndexHeapInfo {
  settle(dataset.file);
  const { file, layout, header, address } = dataset;
  const { storage } = file;
  let indexByteLength = 0;
  let heapByteLength = 0;
  if (layout.kind === "chunked") indexByteLength = chunkIndexByteLength(storage, layout, file.groupRanks.chunkK);
  else if (layout.kind === "virtual" && isDefined(layout.heapAddress)) {
    heapByteLength = file.globalHeap.read(layout.heapAddress, layout.heapIndex).length;
  }
  const message = header.first(MESSAGE.EXTERNAL_FILES);
  if (message !== undefined) {
    const cursor = storage.cursor(message.data, "External data files message", address);
    const { localHeapAddress } = decodeExternalFiles(cursor);
    if (isDefined(localHeapAddress)) heapByteLength += localHeapByteLength(storage, localHeapAddress);
  }
  return { indexByteLength, heapByteLength };
}

/** @param chunkK - "Indexed Storage Internal Node K", for version 1 B-trees. */
function chunkIndexByteLength(storage: FileStorage, layout: ChunkedLayout, chunkK: number): number {
  const { indexing, address } = layout;
  if (!isDefined(address)) return 0;
  switch (indexing.type) {
    case "b-tree-v1":
      return chunkBTreeByteLength(storage, chunkK, layout.chunkDims.length, address);
    case "single-chunk":
    case "implicit":
      return 0;
    case "fixed-array":
      return fixedArrayByteLength(storage, address);
    case "extensible-array":
      return extensibleArrayByteLength(storage, address);
    case "b-tree-v2":
      return bTreeV2ByteLength(storage, address);
    default:
      return indexing satisfies never;
  }
}

function fixedArrayByteLength(storage: FileStorage, address: number): number {
  const structure = "Fixed array header";
  const headerBytes = sizeOfFixedArrayHeader(storage.widths);
  const bytes = storage.readMetadata(address, headerBytes, structure);
  const header = decodeFixedArrayHeader(storage.cursor(bytes, structure, address));
  if (!isDefined(header.dataBlockAddress)) return headerBytes;
  return headerBytes + sizeOfFixedArrayDataBlock(header, storage.widths);
}

/**
 * The C library takes the index block to have no room for the addresses of super blocks that have blocks of their own: it
 * works out the block's size before it knows how many super blocks there are, so that the pointers to all of them are missed.
 */
function extensibleArrayByteLength(storage: FileStorage, address: number): number {
  const structure = "Extensible array header";
  const { widths } = storage;
  const headerBytes = sizeOfExtensibleArrayHeader(widths);
  const bytes = storage.readMetadata(address, headerBytes, structure);
  const header = decodeExtensibleArrayHeader(storage.cursor(bytes, structure, address));
  const indexBlockBytes = isDefined(header.indexBlockAddress)
    ? sizeOfExtensibleArrayIndexBlock(header, widths) - superBlockTotal(header) * widths.sizeOfOffsets
    : 0;
  return headerBytes + indexBlockBytes + header.superBlocksByteLength + header.dataBlocksByteLength;
}
