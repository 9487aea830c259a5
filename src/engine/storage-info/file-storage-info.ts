/**
 * Bytes of what belongs to a file as a whole.
 *
 * Reference implementation: `H5F__get_info`, `H5SM_ih_size`, `H5MF_get_freespace`. C: `H5Fget_info2`.
 */
import { isDefined } from "../../base/address.ts";
import { MESSAGE } from "../../format/message-types.ts";
import { sizeOfSharedMessageList } from "../../format/shared-message-list.ts";
import { decodeSharedMessageTable, sizeOfSharedMessageTable } from "../../format/shared-message-table.ts";
import { decodeSharedMessageTableMessage } from "../../format/shared-message-table-message.ts";
import { sizeOfSuperblock } from "../../format/superblock.ts";
import { freeSpaceManagers, superblockExtensionAddress } from "../free-space-managers.ts";
import type { H5File } from "../h5-file.ts";
import { bTreeV2ByteLength } from "./b-tree-sizes.ts";
import { fractalHeapByteLength } from "./heap-sizes.ts";
import { type IndexHeapInfo, NO_INDEX_OR_HEAP } from "./index-heap-info.ts";
import { settle } from "./settle.ts";

/** C: `H5F_info2_t`. Everything in bytes. */
export interface FileStorageInfo {
  readonly superblock: {
    readonly version: 0 | 1 | 2 | 3;
    readonly byteLength: number;
    /** The object header of the superblock extension; 0 without one. */
    readonly extensionByteLength: number;
  };
  readonly freeSpace: {
    /** Headers and section lists of the free-space managers in the file. */
    readonly managersByteLength: number;
    /** Free bytes that these know of. */
    readonly totalBytes: number;
  };
  readonly sharedMessages: IndexHeapInfo & { readonly tableByteLength: number };
}

/** Changes are flushed first. */
export function fileStorageInfo(file: H5File): FileStorageInfo {
  settle(file);
  const { superblock } = file;
  const extension = superblockExtensionAddress(file);
  let extensionByteLength = 0;
  if (extension !== undefined) {
    for (const { byteLength } of file.header(extension).extents) extensionByteLength += byteLength;
  }
  let managersByteLength = 0;
  let totalBytes = 0;
  for (const { byteLength, header } of freeSpaceManagers(file)) {
    managersByteLength += byteLength;
    totalBytes += header.totalSpace;
  }
  return {
    superblock: {
      version: superblock.version,
      byteLength: sizeOfSuperblock(superblock.version, superblock),
      extensionByteLength,
    },
    freeSpace: { managersByteLength, totalBytes },
    sharedMessages: sharedMessageInfo(file),
  };
}

function sharedMessageInfo(file: H5File): FileStorageInfo["sharedMessages"] {
  const { storage } = file;
  const extension = superblockExtensionAddress(file);
  const message = extension === undefined ? undefined : file.header(extension).first(MESSAGE.SHARED_MESSAGE_TABLE);
  if (extension === undefined || message === undefined) return { ...NO_INDEX_OR_HEAP, tableByteLength: 0 };
  const { tableAddress, indexCount } = decodeSharedMessageTableMessage(
    storage.cursor(message.data, "Shared message table message", extension),
  );
  const structure = "Shared message table";
  const tableByteLength = sizeOfSharedMessageTable(indexCount, storage.widths);
  const bytes = storage.readMetadata(tableAddress, tableByteLength, structure);
  let indexByteLength = 0;
  let heapByteLength = 0;
  for (const index of decodeSharedMessageTable(storage.cursor(bytes, structure, tableAddress), indexCount)) {
    // A list counts before it exists.
    if (index.indexType === "list") indexByteLength += sizeOfSharedMessageList(index.listCutoff, storage.widths);
    else if (isDefined(index.indexAddress)) indexByteLength += bTreeV2ByteLength(storage, index.indexAddress);
    if (isDefined(index.heapAddress)) heapByteLength += fractalHeapByteLength(storage, index.heapAddress);
  }
  return { tableByteLength, indexByteLength, heapByteLength };
}
