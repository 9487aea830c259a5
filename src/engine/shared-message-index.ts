/**
 * One index of the shared message table: its records, in a list as long as there are few, then in a B-tree, and the heap of
 * the messages that are shared.
 *
 * Specification: III.I. Reference implementation: H5SM.c, H5SMbtree2.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { lookup3 } from "../base/checksum.ts";
import { FormatError } from "../base/errors.ts";
import {
  decodeSharedMessageList,
  encodeSharedMessageList,
  sizeOfSharedMessageList,
} from "../format/shared-message-list.ts";
import { type SharedMessageRecord, sharedMessageRecords } from "../format/shared-message-record.ts";
import type { SharedMessageIndex as IndexFields } from "../format/shared-message-table.ts";
import { BTreeV2, type RecordOrder } from "./b-tree-v2.ts";
import type { FileStorage } from "./file-storage.ts";
import { FractalHeap, MESSAGE_HEAP } from "./fractal-heap.ts";
import { freeAll } from "./freed-blocks.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** C: `H5SM_B2_NODE_SIZE`, `H5SM_B2_SPLIT_PERCENT`, `H5SM_B2_MERGE_PERCENT`. */
const TREE = { nodeSize: 512, splitPercent: 100, mergePercent: 40 };

export const SHARED_MESSAGE_LIST = "Shared message record list";

/** A message that is looked for. */
export interface MessageKey {
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly hash: number;
  /** The object header that has it: a record of that place is the message's, whatever else is there by now. */
  readonly holder: Address | undefined;
}

/** @param bytes - The message without padding. */
export function messageKey(type: number, bytes: Uint8Array, holder?: Address): MessageKey {
  return { type, bytes, hash: lookup3(bytes, 0, bytes.length, type), holder };
}

/** By length, then by the first bytes that differ. C: `H5SM__compare_cb`. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}

/** Where an index has its row in the table, and how it reads messages that are still in object headers. */
export interface IndexHost {
  readonly storage: FileStorage;
  /** Number of the row. */
  readonly position: number;
  readonly tableAddress: Address;
  fields(): IndexFields;
  update(fields: IndexFields): void;
  /** The bytes of a message, without padding, that an object header has. */
  bytesInHeader(record: Extract<SharedMessageRecord, { location: "object-header" }>): Uint8Array;
}

export class SharedMessageIndex {
  private readonly host: IndexHost;

  constructor(host: IndexHost) {
    this.host = host;
  }

  get fields(): IndexFields {
    return this.host.fields();
  }

  /** Its number in the table. */
  get position(): number {
    return this.host.position;
  }

  /** @throws FormatError when the index has none. */
  get heap(): FractalHeap {
    const { heapAddress } = this.fields;
    if (isDefined(heapAddress)) return new FractalHeap(this.host.storage, heapAddress);
    throw new FormatError("Shared message table: an index without a heap", { structure: "Shared message table" });
  }

  /** Puts a message into the heap. */
  insertIntoHeap(bytes: Uint8Array): Uint8Array {
    this.requireHeap();
    this.heap.requireIdLength(MESSAGE_HEAP.idLength);
    return this.heap.insert(bytes);
  }

  /** The C library opens the heap of an index that has records, even if all of them are in object headers. */
  private requireHeap(): void {
    if (isDefined(this.fields.heapAddress)) return;
    const heap = FractalHeap.create(this.host.storage, MESSAGE_HEAP);
    this.host.storage.writeBefore(heap.address, this.host.tableAddress);
    this.host.update({ ...this.fields, heapAddress: heap.address });
  }

  private get isEmpty(): boolean {
    return !isDefined(this.fields.indexAddress);
  }

  private listCodec({ listCutoff, messageCount }: IndexFields): StructureCodec<readonly SharedMessageRecord[]> {
    return {
      structure: SHARED_MESSAGE_LIST,
      byteLength: sizeOfSharedMessageList(listCutoff, this.host.storage.widths),
      decode: (cursor) => decodeSharedMessageList(cursor, messageCount),
      encode: (writer, records) => encodeSharedMessageList(writer, records, listCutoff),
    };
  }

  private get list(): readonly SharedMessageRecord[] {
    const { fields } = this;
    return this.host.storage.load(fields.indexAddress, this.listCodec(fields));
  }

  private get tree(): BTreeV2<SharedMessageRecord> {
    const { storage } = this.host;
    return new BTreeV2(storage, this.fields.indexAddress, sharedMessageRecords(storage.widths));
  }

  private storeList(records: readonly SharedMessageRecord[], indexAddress: Address): void {
    const fields: IndexFields = {
      ...this.fields,
      indexType: "list",
      indexAddress,
      messageCount: records.length,
    };
    const { storage, tableAddress } = this.host;
    storage.store(indexAddress, this.listCodec(fields), records);
    storage.writeBefore(indexAddress, tableAddress);
    this.host.update(fields);
  }

  private bytesOf(record: SharedMessageRecord): Uint8Array {
    return record.location === "heap" ? this.heap.read(record.heapId) : this.host.bytesInHeader(record);
  }

  /** Records are in the order of hashes; of equal ones, in that of lengths, then of bytes. */
  private order(key: MessageKey): RecordOrder<SharedMessageRecord> {
    return (record) => {
      if (record.hash !== key.hash) return record.hash - key.hash;
      if (record.location === "object-header" && record.objectHeaderAddress === key.holder) {
        return record.messageType - key.type;
      }
      return compareBytes(this.bytesOf(record), key.bytes);
    };
  }

  find(key: MessageKey): SharedMessageRecord | undefined {
    if (this.isEmpty) return undefined;
    const order = this.order(key);
    if (this.fields.indexType === "b-tree-v2") return this.tree.find(order);
    return this.list.find((record) => order(record) === 0);
  }

  /** Puts a record in the place of the one of the same message. */
  replace(key: MessageKey, old: SharedMessageRecord, record: SharedMessageRecord): void {
    if (this.fields.indexType === "b-tree-v2") this.tree.put(record, this.order(key));
    else
      this.storeList(
        this.list.map((other) => (other === old ? record : other)),
        this.fields.indexAddress,
      );
  }

  /** Adds a record; a list that is full becomes a B-tree. */
  insert(key: MessageKey, record: SharedMessageRecord): void {
    this.requireHeap();
    const { fields, host } = this;
    const { storage } = host;
    if (this.isEmpty && fields.listCutoff > 0) {
      const { byteLength } = this.listCodec(fields);
      this.storeList([record], storage.allocate("b-tree", byteLength));
      return;
    }
    if (fields.indexType === "list" && !this.isEmpty && fields.messageCount < fields.listCutoff) {
      this.storeList([...this.list, record], fields.indexAddress);
      return;
    }
    if (this.isEmpty || fields.indexType === "list") this.becomeTree();
    this.tree.insert(record, this.order(key));
    host.update({ ...this.fields, messageCount: this.fields.messageCount + 1 });
  }

  private becomeTree(): void {
    const { host, fields } = this;
    const { storage } = host;
    const records = this.isEmpty ? [] : this.list;
    const tree = BTreeV2.create(storage, sharedMessageRecords(storage.widths), TREE);
    storage.writeBefore(tree.address, host.tableAddress);
    for (const record of records) {
      const { hash } = record;
      tree.insert(record, (other) => other.hash - hash || compareBytes(this.bytesOf(other), this.bytesOf(record)));
    }
    if (!this.isEmpty) this.discardList();
    host.update({ ...fields, indexType: "b-tree-v2", indexAddress: tree.address });
  }

  private discardList(): void {
    const { fields, host } = this;
    host.storage.forget(fields.indexAddress);
    host.storage.release("b-tree", fields.indexAddress, this.listCodec(fields).byteLength);
  }

  /** Loads what {@link removeMessage} will need of these, one after the other, and of what comes in between. */
  expectRemovals(keys: readonly MessageKey[]): void {
    const { indexType, messageCount, bTreeCutoff, heapAddress } = this.fields;
    if (isDefined(heapAddress)) this.heap.expectRemovals();
    if (indexType === "list") return;
    const { tree } = this;
    const orders = keys.map((key) => this.order(key));
    for (const order of orders) tree.expectAround(order);
    tree.rehearseRemovals(orders);
    // A B-tree of few becomes a list.
    if (messageCount - keys.length < bTreeCutoff) tree.forEach(() => {});
  }

  /** Takes out a message, and its bytes if they are in the heap. */
  removeMessage(key: MessageKey, record: SharedMessageRecord): void {
    const isAlone = this.fields.messageCount === 1;
    this.remove(key, record);
    if (record.location === "heap" && !isAlone) this.heap.remove(record.heapId);
  }

  /** Takes a record out. The last one takes index and heap with it; a B-tree of few becomes a list. */
  private remove(key: MessageKey, record: SharedMessageRecord): void {
    const { indexType, messageCount, bTreeCutoff, listCutoff } = this.fields;
    if (messageCount === 1) {
      this.deleteAll();
      return;
    }
    if (indexType === "list") {
      this.storeList(
        this.list.filter((other) => other !== record),
        this.fields.indexAddress,
      );
      return;
    }
    const { tree } = this;
    tree.remove(this.order(key));
    this.host.update({ ...this.fields, messageCount: messageCount - 1 });
    if (messageCount - 1 >= bTreeCutoff || messageCount - 1 > listCutoff) return;
    const records: SharedMessageRecord[] = [];
    tree.forEach((kept) => {
      records.push(kept);
    });
    freeAll(this.host.storage, (freed) => tree.deleteAll(freed));
    this.storeList(records, this.host.storage.allocate("b-tree", this.listCodec(this.fields).byteLength));
  }

  private deleteAll(): void {
    const { fields } = this;
    freeAll(this.host.storage, (freed) => {
      if (fields.indexType === "list") freed.add("b-tree", fields.indexAddress, this.listCodec(fields).byteLength);
      else this.tree.deleteAll(freed);
      if (isDefined(fields.heapAddress)) this.heap.deleteAll(freed);
    });
    this.host.update({
      ...fields,
      indexType: fields.listCutoff > 0 ? "list" : "b-tree-v2",
      messageCount: 0,
      indexAddress: UNDEFINED_ADDRESS,
      heapAddress: UNDEFINED_ADDRESS,
    });
  }
}
