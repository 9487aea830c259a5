/**
 * The shared message table of a file: messages that many object headers have in common, kept once in fractal heaps.
 *
 * The first object with a message keeps it in its header, marked as shareable, and only its place is recorded; with the
 * second one the message goes into the heap and its users are counted. Attributes, and datatypes and dataspaces within
 * attributes, go into the heap at once. Specification: III.I, "Shared Object Header Message Table". Reference
 * implementation: H5SM.c.
 */
import { type Address, isDefined } from "../base/address.ts";
import { FormatError, formatError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { decodeMessage, encodeMessage } from "../format/message.ts";
import { isShareableType, MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { decodeSharedMessage, encodeSharedMessage } from "../format/shared-message.ts";
import type { SharedMessageRecord } from "../format/shared-message-record.ts";
import {
  decodeSharedMessageTable,
  encodeSharedMessageTable,
  type SharedMessageIndex as IndexFields,
  sizeOfSharedMessageTable,
} from "../format/shared-message-table.ts";
import type { SharedMessageTableMessage } from "../format/shared-message-table-message.ts";
import type { DenseHolder } from "./dense-holders.ts";
import type { FileStorage } from "./file-storage.ts";
import type { HeaderMessage, NewMessage } from "./header-message.ts";
import type { ObjectHeader } from "./object-header.ts";
import { type MessageKey, messageKey, SharedMessageIndex } from "./shared-message-index.ts";
import { SharedReleases } from "./shared-releases.ts";
import type { StructureCodec } from "./structure-cache.ts";

const STRUCTURE = "Shared message table";

type Headers = (address: Address) => ObjectHeader;

/** Flags and bytes of a message. */
export type StoredMessage = Pick<HeaderMessage, "flags" | "data">;

/** A message in the heap. */
export interface InHeap {
  readonly heapId: Uint8Array;
  /** Whether it was not there before. */
  readonly isNew: boolean;
}

export class SharedMessages {
  private readonly storage: FileStorage;
  private readonly headers: Headers;
  private table: SharedMessageTableMessage | undefined;
  /** A header that the file does not know yet. */
  private making: ObjectHeader | undefined;

  /**
   * @param table - Of the superblock extension; undefined for files that share no messages.
   * @param headers - Object headers by address.
   */
  constructor(storage: FileStorage, table: SharedMessageTableMessage | undefined, headers: Headers) {
    this.storage = storage;
    this.table = table;
    this.headers = headers;
  }

  /** Makes the table of a new file. C: `H5SM_init`. */
  create(indexes: readonly IndexFields[]): SharedMessageTableMessage {
    const { storage } = this;
    const byteLength = sizeOfSharedMessageTable(indexes.length, storage.widths);
    this.table = { tableAddress: storage.allocate("object-header", byteLength), indexCount: indexes.length };
    storage.store(this.table.tableAddress, this.tableCodec(this.table), indexes);
    return this.table;
  }

  /** Whether the file has a table. */
  get isUsed(): boolean {
    return this.table !== undefined;
  }

  /** The indexes of the table; none in a file that shares no messages. */
  get indexes(): readonly IndexFields[] {
    return this.table === undefined ? [] : this.storage.load(this.table.tableAddress, this.tableCodec(this.table));
  }

  private tableCodec({ indexCount }: SharedMessageTableMessage): StructureCodec<readonly IndexFields[]> {
    return {
      structure: STRUCTURE,
      byteLength: sizeOfSharedMessageTable(indexCount, this.storage.widths),
      decode: (cursor) => decodeSharedMessageTable(cursor, indexCount),
      encode: encodeSharedMessageTable,
    };
  }

  /** What the table leads to, where the table waits to be written, and how it is to lead elsewhere. */
  holders(): ReadonlyMap<Address, DenseHolder> {
    const holders = new Map<Address, DenseHolder>();
    const { table, storage } = this;
    if (table === undefined || !storage.isDirty(table.tableAddress)) return holders;
    const holder: DenseHolder = (from, to) => {
      const moved = (address: Address): Address => (address === from ? to : address);
      const now = this.indexes.map((fields) => ({
        ...fields,
        indexAddress: moved(fields.indexAddress),
        heapAddress: moved(fields.heapAddress),
      }));
      storage.store(table.tableAddress, this.tableCodec(table), now);
      storage.writeBefore(to, table.tableAddress);
    };
    for (const { indexAddress, heapAddress } of this.indexes) {
      for (const address of [indexAddress, heapAddress]) if (isDefined(address)) holders.set(address, holder);
    }
    return holders;
  }

  /** Whether object headers must count their messages: attributes are told apart by that. */
  get sharesAttributes(): boolean {
    return this.positionOf(MESSAGE.ATTRIBUTE) >= 0;
  }

  private positionOf(type: number): number {
    if (this.table === undefined) return -1;
    const bit = 1 << (type === MESSAGE.FILL_VALUE_OLD ? MESSAGE.FILL_VALUE : type);
    return this.indexes.findIndex(({ messageTypeFlags }) => (messageTypeFlags & bit) !== 0);
  }

  private indexOf(type: number): SharedMessageIndex | undefined {
    const { table, storage } = this;
    const position = this.positionOf(type);
    if (table === undefined || position < 0) return undefined;
    return new SharedMessageIndex({
      storage,
      position,
      tableAddress: table.tableAddress,
      fields: () => this.indexes[position] as IndexFields,
      update: (fields) => {
        const changed = this.indexes.map((other, i) => (i === position ? fields : other));
        storage.store(table.tableAddress, this.tableCodec(table), changed);
      },
      bytesInHeader: ({ messageType, creationIndex, objectHeaderAddress }) => {
        const { making } = this;
        const header = making?.address === objectHeaderAddress ? making : this.headers(objectHeaderAddress);
        const message = header.all(messageType)[creationIndex];
        if (message === undefined) {
          throw this.error(`the object header at address ${objectHeaderAddress} has no message of type ${messageType}`);
        }
        return this.bytesOf(messageType, message);
      },
    });
  }

  private error(problem: string): FormatError {
    return formatError(problem, { structure: STRUCTURE });
  }

  /** The bytes of a message of the given type in the heap: a view that must not be modified. */
  read(type: number, heapId: Uint8Array): Uint8Array {
    if (this.table === undefined) {
      throw new FormatError("a shared message in a file without a shared message table", { structure: STRUCTURE });
    }
    const index = this.indexOf(type);
    if (index === undefined) throw this.error(`no index for messages of type ${type}`);
    return index.heap.read(heapId);
  }

  /** The bytes of a message wherever it is, without the padding of version 1 headers. */
  bytesOf(type: number, { flags, data }: StoredMessage): Uint8Array {
    const cursor = this.storage.cursor(data, STRUCTURE, 0);
    if ((flags & MESSAGE_FLAG.SHARED) !== 0) {
      const location = decodeSharedMessage(cursor);
      if (location.kind !== "heap") throw this.error("a message that is shared from another object");
      return this.read(type, location.heapId).slice();
    }
    const writer = new Writer(this.storage.widths);
    encodeMessage(writer, decodeMessage(type, 0, cursor));
    return writer.copy();
  }

  /** Whether messages of this type and size are shared at all. */
  private shareableIndex(type: number, byteLength: number): SharedMessageIndex | undefined {
    if (!isShareableType(type)) return undefined;
    const index = this.indexOf(type);
    return index !== undefined && byteLength >= index.fields.minimumMessageSize ? index : undefined;
  }

  /**
   * Puts a message into the heap, or counts one user more of the one that is there.
   *
   * @returns undefined for a message that is not to be shared: of another type, or too small.
   */
  share(type: number, bytes: Uint8Array): InHeap | undefined {
    const index = this.shareableIndex(type, bytes.length);
    if (index === undefined) return undefined;
    const key = messageKey(type, bytes);
    const heapId = this.shareKnown(index, key);
    if (heapId !== undefined) return { heapId, isNew: false };
    return { heapId: this.insertNew(index, key), isNew: true };
  }

  private insertNew(index: SharedMessageIndex, key: MessageKey): Uint8Array {
    const heapId = index.insertIntoHeap(key.bytes);
    index.insert(key, { location: "heap", hash: key.hash, referenceCount: 1, heapId });
    return heapId;
  }

  /** One user more of a message that some other object has. */
  private shareKnown(index: SharedMessageIndex, key: MessageKey): Uint8Array | undefined {
    const found = index.find(key);
    if (found === undefined) return undefined;
    const heapId = found.location === "heap" ? found.heapId : index.insertIntoHeap(key.bytes);
    const referenceCount = found.location === "heap" ? found.referenceCount + 1 : 2;
    index.replace(key, found, { location: "heap", hash: key.hash, referenceCount, heapId });
    return heapId;
  }

  /** What stands in a header for a message in the heap. */
  heapForm(heapId: Uint8Array): Uint8Array {
    const writer = new Writer(this.storage.widths);
    encodeSharedMessage(writer, { kind: "heap", version: 3, heapId });
    return writer.copy();
  }

  /** A message as an object's header is to hold it: in the heap when another has it too, else marked as shareable. */
  private stored(message: NewMessage): NewMessage {
    const { type, flags = 0, data, isShareable = true } = message;
    const index = isShareable ? this.shareableIndex(type, data.length) : undefined;
    if (index === undefined || (flags & (MESSAGE_FLAG.DONT_SHARE | MESSAGE_FLAG.SHARED)) !== 0) return message;
    const heapId = this.shareKnown(index, messageKey(type, data));
    if (heapId === undefined) return { ...message, flags: flags | MESSAGE_FLAG.SHAREABLE };
    return { type, flags: flags | MESSAGE_FLAG.SHARED, data: this.heapForm(heapId) };
  }

  /** Remembers a shareable message by the header that has it. */
  private record({ type, flags = 0, data }: NewMessage, objectHeaderAddress: Address): void {
    if ((flags & MESSAGE_FLAG.SHAREABLE) === 0) return;
    const { hash, ...key } = messageKey(type, data);
    const place = { location: "object-header", messageType: type, creationIndex: 0, objectHeaderAddress } as const;
    this.indexOf(type)?.insert({ ...key, hash }, { ...place, hash });
  }

  /** A new object header with messages that others may have, too. */
  newHeader(messages: readonly NewMessage[], create: (stored: readonly NewMessage[]) => ObjectHeader): ObjectHeader {
    if (this.table === undefined) return create(messages);
    const counted: NewMessage[] = [];
    let header: ObjectHeader | undefined;
    try {
      const stored = messages.map((message) => {
        const form = this.stored(message);
        if (form !== message && ((form.flags ?? 0) & MESSAGE_FLAG.SHARED) !== 0) counted.push(form);
        return form;
      });
      header = create(stored);
      this.making = header;
      for (const form of stored) {
        this.record(form, header.address);
        if (((form.flags ?? 0) & MESSAGE_FLAG.SHAREABLE) !== 0) counted.push(form);
      }
      return header;
    } catch (error) {
      this.release(counted, header?.address);
      header?.delete();
      throw error;
    } finally {
      this.making = undefined;
    }
  }

  /** Gives an object's message other bytes; of those it had before it is a user less. C: `H5O__msg_write_real`. */
  replace(header: ObjectHeader, message: HeaderMessage, data: Uint8Array, decoded?: unknown): void {
    const { type, flags } = message;
    const sharing = MESSAGE_FLAG.SHARED | MESSAGE_FLAG.SHAREABLE;
    if ((flags & sharing) === 0) {
      header.replace(message, data, decoded);
      return;
    }
    let stored: NewMessage = message;
    this.releasing(
      (releases) => releases.release(type, message, header.address),
      () => {
        stored = this.stored({ type, flags: flags & ~sharing, data });
        this.record(stored, header.address);
      },
    );
    const inHeap = ((stored.flags ?? 0) & MESSAGE_FLAG.SHARED) !== 0;
    header.replace(message, stored.data, inHeap ? undefined : decoded);
    message.flags = stored.flags ?? 0;
  }

  /** Users less of messages that a header has, or was to have. */
  private release(messages: readonly NewMessage[], holder: Address | undefined): void {
    this.releasing((releases) => {
      for (const { type, flags = 0, data } of messages) releases.release(type, { flags, data }, holder);
    });
  }

  /** What `collect` tells has users less when `change` is done; nothing has happened when one of them fails. */
  private releasing(collect: (releases: SharedReleases) => void, change: () => void = () => undefined): void {
    const releases = new SharedReleases(this);
    collect(releases);
    this.storage.holding(() => {
      releases.prepare();
      change();
      releases.commit();
    });
  }

  /**
   * What the index knows a message by; undefined for one that is neither shared nor shareable.
   *
   * @param holder - Address of the header that has it.
   */
  keyOf(type: number, stored: StoredMessage, holder: Address | undefined): MessageKey | undefined {
    const { flags, data } = stored;
    if ((flags & (MESSAGE_FLAG.SHARED | MESSAGE_FLAG.SHAREABLE)) === 0 || this.table === undefined) return undefined;
    if ((flags & MESSAGE_FLAG.SHARED) !== 0) {
      const location = decodeSharedMessage(this.storage.cursor(data, STRUCTURE, 0));
      if (location.kind !== "heap") return undefined;
    }
    return messageKey(type, this.bytesOf(type, stored), holder);
  }

  /** The same for the message with that heap ID. */
  keyOfHeapId(type: number, heapId: Uint8Array): MessageKey {
    return messageKey(type, this.read(type, heapId).slice());
  }

  /** @throws FormatError "message not in index". */
  required(key: MessageKey): { readonly index: SharedMessageIndex; readonly record: SharedMessageRecord } {
    const index = this.indexOf(key.type);
    const record = index?.find(key);
    if (index === undefined || record === undefined) throw this.error("message not in index");
    return { index, record };
  }

  /** One user more of the message with that ID. */
  addReference(type: number, heapId: Uint8Array): void {
    const key = this.keyOfHeapId(type, heapId);
    const { index, record } = this.required(key);
    if (record.location !== "heap") throw this.error("a message of the heap that is recorded elsewhere");
    index.replace(key, record, { ...record, referenceCount: record.referenceCount + 1 });
  }
}
