/**
 * Attributes of an object in dense storage: attribute messages in a fractal heap, found through B-trees version 2.
 *
 * Specification: IV.A.2.v, "The Attribute Info Message". Reference implementation: H5Adense.c.
 */
import { isDefined } from "../base/address.ts";
import type { AttributeInfo } from "../format/attribute-info.ts";
import { ATTRIBUTE_NAME_RECORDS, type AttributeNameRecord } from "../format/b-tree-v2-records.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { BTreeV2 } from "./b-tree-v2.ts";
import type { FileStorage } from "./file-storage.ts";
import { FractalHeap } from "./fractal-heap.ts";
import type { SharedMessages } from "./shared-messages.ts";

/** The bytes of one attribute message, and its place in the order of creation. */
export interface StoredAttribute {
  readonly data: Uint8Array;
  readonly creationOrder: number;
}

export class DenseAttributes {
  private readonly sharedMessages: SharedMessages;
  private readonly heap: FractalHeap;
  private readonly byName: BTreeV2<AttributeNameRecord>;

  constructor(file: { readonly storage: FileStorage; readonly sharedMessages: SharedMessages }, info: AttributeInfo) {
    const { storage } = file;
    this.sharedMessages = file.sharedMessages;
    this.heap = new FractalHeap(storage, info.fractalHeapAddress);
    this.byName = new BTreeV2(storage, info.nameIndexAddress, ATTRIBUTE_NAME_RECORDS);
  }

  static isDense(info: AttributeInfo | undefined): info is AttributeInfo {
    return info !== undefined && isDefined(info.fractalHeapAddress);
  }

  get count(): number {
    return this.byName.count;
  }

  /** As they are stored, shared ones in the form that stands for them. */
  stored(): { readonly flags: number; readonly data: Uint8Array }[] {
    const stored: { flags: number; data: Uint8Array }[] = [];
    this.byName.forEach(({ heapId, messageFlags }) => {
      const shared = (messageFlags & MESSAGE_FLAG.SHARED) !== 0;
      const data = shared ? this.sharedMessages.heapForm(heapId) : this.heap.read(heapId).slice();
      stored.push({ flags: messageFlags, data });
    });
    return stored;
  }

  /** In the order of the index, which is that of hashes. */
  all(): StoredAttribute[] {
    const stored: StoredAttribute[] = [];
    this.byName.forEach(({ heapId, messageFlags, creationOrder }) => {
      const shared = (messageFlags & MESSAGE_FLAG.SHARED) !== 0;
      // The ID of a shared one is of the heap of the shared message table.
      const data = shared ? this.sharedMessages.read(MESSAGE.ATTRIBUTE, heapId) : this.heap.read(heapId);
      stored.push({ data, creationOrder });
    });
    return stored;
  }
}
