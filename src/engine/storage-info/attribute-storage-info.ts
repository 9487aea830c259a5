/**
 * Bytes of attributes that an object keeps outside its header.
 *
 * Reference implementation: `H5O__attr_bh_info`. C: `H5Oget_native_info`, `meta_size.attr`.
 */
import { isDefined } from "../../base/address.ts";
import { decodeAttributeInfo } from "../../format/attribute-info.ts";
import { MESSAGE } from "../../format/message-types.ts";
import type { EngineObject } from "../engine-object.ts";
import { bTreeV2ByteLength } from "./b-tree-sizes.ts";
import { fractalHeapByteLength } from "./heap-sizes.ts";
import { type IndexHeapInfo, NO_INDEX_OR_HEAP } from "./index-heap-info.ts";
import { settle } from "./settle.ts";

/** B-trees and heap of attributes in dense storage. Changes are flushed first. */
export function attributeStorageInfo(object: EngineObject): IndexHeapInfo {
  settle(object.file);
  const { storage } = object.file;
  const message = object.header.first(MESSAGE.ATTRIBUTE_INFO);
  if (message === undefined) return NO_INDEX_OR_HEAP;
  const info = decodeAttributeInfo(storage.cursor(message.data, "Attribute info message", object.address));
  const { fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress } = info;
  if (!isDefined(fractalHeapAddress)) return NO_INDEX_OR_HEAP;
  let indexByteLength = bTreeV2ByteLength(storage, nameIndexAddress);
  if (creationOrderIndexAddress !== undefined && isDefined(creationOrderIndexAddress)) {
    indexByteLength += bTreeV2ByteLength(storage, creationOrderIndexAddress);
  }
  return { indexByteLength, heapByteLength: fractalHeapByteLength(storage, fractalHeapAddress) };
}
