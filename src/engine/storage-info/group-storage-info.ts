/**
 * Bytes of what a group keeps outside its object header.
 *
 * Reference implementation: `H5O__group_bh_info`, `H5G__stab_bh_size`. C: `H5Oget_native_info`, `meta_size.obj`.
 */
import { isDefined } from "../../base/address.ts";
import { decodeLinkInfo } from "../../format/link-info.ts";
import { MESSAGE } from "../../format/message-types.ts";
import type { GroupObject } from "../group-object.ts";
import { bTreeV2ByteLength, groupBTreeByteLength } from "./b-tree-sizes.ts";
import { fractalHeapByteLength, localHeapByteLength } from "./heap-sizes.ts";
import type { IndexHeapInfo } from "./index-heap-info.ts";
import { NO_INDEX_OR_HEAP } from "./index-heap-info.ts";
import { settle } from "./settle.ts";

/** B-trees and heap of the links. Changes are flushed first. */
export function groupStorageInfo(group: GroupObject): IndexHeapInfo {
  settle(group.file);
  const { file, header, address } = group;
  const { storage } = file;
  const message = header.first(MESSAGE.LINK_INFO);
  if (message === undefined) {
    const table = group.symbolTableMessage;
    if (table === undefined) return NO_INDEX_OR_HEAP;
    return {
      indexByteLength: groupBTreeByteLength(storage, file.groupRanks, table.bTreeAddress),
      heapByteLength: localHeapByteLength(storage, table.localHeapAddress),
    };
  }
  const info = decodeLinkInfo(storage.cursor(message.data, "Link info message", address));
  const { creationOrderIndexAddress, nameIndexAddress, fractalHeapAddress } = info;
  let indexByteLength = 0;
  if (creationOrderIndexAddress !== undefined && isDefined(creationOrderIndexAddress)) {
    indexByteLength += bTreeV2ByteLength(storage, creationOrderIndexAddress);
  }
  if (!isDefined(fractalHeapAddress)) return { indexByteLength, heapByteLength: 0 };
  indexByteLength += bTreeV2ByteLength(storage, nameIndexAddress);
  return { indexByteLength, heapByteLength: fractalHeapByteLength(storage, fractalHeapAddress) };
}
