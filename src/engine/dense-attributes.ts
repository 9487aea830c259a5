/**
 * Attributes of an object in dense storage: attribute messages in a fractal heap, found through B-trees version 2.
 *
 * Specification: IV.A.2.v, "The Attribute Info Message". Reference implementation: H5Adense.c.
 */
import { isDefined } from "../base/address.ts";
import { decodeAttributeName } from "../format/attribute.ts";
import type { AttributeInfo } from "../format/attribute-info.ts";
import {
  ATTRIBUTE_HASH_OFFSET,
  ATTRIBUTE_NAME_RECORDS,
  ATTRIBUTE_ORDER_RECORDS,
  type AttributeNameRecord,
  type AttributeOrderRecord,
} from "../format/b-tree-v2-records.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { type DenseAddresses, type DenseKind, type DenseRecords, DenseStorage, nameHash } from "./dense-storage.ts";
import type { FileStorage } from "./file-storage.ts";
import { MESSAGE_HEAP } from "./fractal-heap.ts";
import { type FreedBlocks, freeAll } from "./freed-blocks.ts";
import type { SharedMessages } from "./shared-messages.ts";

const ATTRIBUTE = "Attribute message";

const KIND: DenseKind<AttributeNameRecord, AttributeOrderRecord> = {
  heap: MESSAGE_HEAP,
  nameRecords: ATTRIBUTE_NAME_RECORDS,
  orderRecords: ATTRIBUTE_ORDER_RECORDS,
  hashOffset: ATTRIBUTE_HASH_OFFSET,
};

/** What records say of the order of attributes when it is not tracked. C: `H5O_MAX_CRT_ORDER_IDX`. */
const NO_ORDER = 0xffff;

/** The bytes of one attribute message, and its place in the order of creation. */
export interface StoredAttribute {
  readonly data: Uint8Array;
  readonly creationOrder: number;
  /** The heap ID in the file's heap of shared messages, for a message that lies there. */
  readonly sharedHeapId: Uint8Array | undefined;
}

/** An attribute for dense storage. `data` is not looked at for a shared one. */
export interface NewDenseAttribute {
  readonly name: string;
  readonly data: Uint8Array;
  /** Undefined when the order of creation is not tracked. */
  readonly creationOrder: number | undefined;
  readonly sharedHeapId?: Uint8Array | undefined;
}

interface AttributeFile {
  readonly storage: FileStorage;
  readonly sharedMessages: SharedMessages;
}

type Records = DenseRecords<AttributeNameRecord, AttributeOrderRecord>;

function recordsOf({ name, creationOrder = NO_ORDER, sharedHeapId }: NewDenseAttribute, heapId: Uint8Array): Records {
  const messageFlags = sharedHeapId === undefined ? 0 : MESSAGE_FLAG.SHARED;
  const byOrder = { heapId, messageFlags, creationOrder };
  return { byName: { ...byOrder, hash: nameHash(name) }, byOrder };
}

function isShared({ messageFlags }: AttributeNameRecord): boolean {
  return (messageFlags & MESSAGE_FLAG.SHARED) !== 0;
}

function ownHeapId(record: AttributeNameRecord): Uint8Array | undefined {
  return isShared(record) ? undefined : record.heapId;
}

/** What was read of an attribute, until structures change. */
interface Read {
  readonly record: AttributeNameRecord;
  readonly stored: StoredAttribute;
  readonly changes: number;
}

export class DenseAttributes {
  private readonly storage: FileStorage;
  private readonly sharedMessages: SharedMessages;
  private readonly dense: DenseStorage<AttributeNameRecord, AttributeOrderRecord>;
  /** Who changes an attribute has looked at it before. */
  private read: Read | undefined;

  constructor(file: AttributeFile, addresses: DenseAddresses) {
    this.storage = file.storage;
    this.sharedMessages = file.sharedMessages;
    this.dense = new DenseStorage(file.storage, KIND, addresses, (record) => this.nameOf(record));
  }

  static isDense(info: AttributeInfo | undefined): info is AttributeInfo {
    return info !== undefined && isDefined(info.fractalHeapAddress);
  }

  /**
   * New dense storage that holds the given attributes.
   *
   * @param isOrderIndexed - Whether their order of creation is to be indexed.
   * @throws What an allocation throws; nothing is left of the storage then.
   */
  static create(
    file: AttributeFile,
    attributes: readonly NewDenseAttribute[],
    isOrderIndexed: boolean,
  ): { readonly addresses: DenseAddresses; readonly attributes: DenseAttributes } {
    const addresses = DenseStorage.create(file.storage, KIND, isOrderIndexed);
    const dense = new DenseAttributes(file, addresses);
    try {
      for (const attribute of attributes) dense.insert(attribute);
    } catch (cause) {
      freeAll(file.storage, (freed) => dense.deleteAll(freed));
      throw cause;
    }
    return { addresses, attributes: dense };
  }

  get count(): number {
    return this.dense.count;
  }

  get addresses(): DenseStorage<AttributeNameRecord, AttributeOrderRecord>["addresses"] {
    return this.dense.addresses;
  }

  /** A view that must not be modified, and that is good until the attribute is changed. */
  private bytesOf(record: AttributeNameRecord): Uint8Array {
    // The ID of a shared one is of the heap of the shared message table.
    if (isShared(record)) return this.sharedMessages.read(MESSAGE.ATTRIBUTE, record.heapId);
    return this.dense.heap.read(record.heapId);
  }

  private nameOf(record: AttributeNameRecord): string {
    return decodeAttributeName(this.storage.cursor(this.bytesOf(record), ATTRIBUTE, this.dense.heap.address));
  }

  private stored(record: AttributeNameRecord): StoredAttribute {
    const bytes = this.bytesOf(record);
    return {
      // Whoever gets it may keep it longer than the heap stays as it is.
      data: this.storage.writable ? new Uint8Array(bytes) : bytes,
      creationOrder: record.creationOrder,
      sharedHeapId: isShared(record) ? record.heapId : undefined,
    };
  }

  /** In the order of the index, which is that of hashes. */
  all(): StoredAttribute[] {
    const stored: StoredAttribute[] = [];
    this.dense.byName.forEach((record) => {
      stored.push(this.stored(record));
    });
    return stored;
  }

  has(name: string): boolean {
    return this.dense.find(name) !== undefined;
  }

  /** The same object as long as nothing has changed. */
  find(name: string): StoredAttribute | undefined {
    const record = this.dense.find(name);
    if (record === undefined) return undefined;
    const { read, storage } = this;
    if (read?.record === record && read.changes === storage.changes) return read.stored;
    const stored = this.stored(record);
    this.read = { record, stored, changes: storage.changes };
    return stored;
  }

  /** Adds an attribute whose name is not taken. C: `H5A__dense_insert`. */
  insert(attribute: NewDenseAttribute): void {
    const { name, data, sharedHeapId } = attribute;
    if (sharedHeapId !== undefined) this.dense.index(name, recordsOf(attribute, sharedHeapId));
    else this.dense.insert(name, data, (heapId) => recordsOf(attribute, heapId));
  }

  /** Puts another message in the place of an attribute's, under the same name. C: `H5A__dense_write`. */
  overwrite(attribute: NewDenseAttribute): void {
    const { name, data, sharedHeapId } = attribute;
    const record = this.dense.find(name);
    if (record === undefined) return;
    const own = ownHeapId(record);
    const { heap } = this.dense;
    if (own !== undefined && sharedHeapId === undefined && heap.read(own).length === data.length) {
      if (heap.overwrite(own, data)) return;
    }
    this.rename(name, attribute);
  }

  /** Takes an attribute out that is there. C: `H5A__dense_remove`. */
  remove(name: string): void {
    const record = this.dense.find(name);
    if (record === undefined) return;
    this.dense.remove(name, record.creationOrder, ownHeapId(record));
  }

  /** Another message, under a name that is not taken, in the place of one in the order of creation. C: `H5A__dense_rename`. */
  rename(from: string, attribute: NewDenseAttribute): void {
    const old = this.dense.find(from);
    if (old === undefined) return;
    const { name, sharedHeapId } = attribute;
    this.storage.holding(() => {
      const heapId = sharedHeapId ?? this.dense.put(attribute.data);
      try {
        this.dense.rename(from, name, recordsOf(attribute, heapId), ownHeapId(old));
      } catch (cause) {
        if (sharedHeapId === undefined) this.dense.heap.remove(heapId);
        throw cause;
      }
    });
  }

  /** C: `H5A__dense_delete`. */
  deleteAll(freed: FreedBlocks): void {
    this.dense.deleteAll(freed);
  }
}
