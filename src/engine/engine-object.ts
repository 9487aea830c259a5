/**
 * An object of an open file: what groups, datasets and committed datatypes have in common.
 *
 * Engine objects are handles without a count of their own; the file keeps those that somebody holds open (`acquire`), so
 * that all who open the same address share one.
 */
import type { Address } from "../base/address.ts";
import { decodeComment, encodeComment } from "../format/comment.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { MESSAGE } from "../format/message-types.ts";
import {
  decodeModificationTime,
  decodeModificationTimeOld,
  encodeModificationTime,
} from "../format/modification-time.ts";
import type { Attribute, AttributeSpec } from "./attribute-values.ts";
import { AttributeTable } from "./attributes.ts";
import { currentSeconds } from "./current-time.ts";
import type { Deletion } from "./deletion.ts";
import type { H5File } from "./h5-file.ts";
import { encodeBody } from "./header-values.ts";
import { findHeapRoom } from "./heap-room.ts";
import type { ObjectHeader } from "./object-header.ts";
import { OwnedHeapObjects } from "./owned-heap-objects.ts";

export type ObjectKind = "group" | "dataset" | "datatype";

export abstract class EngineObject {
  abstract readonly kind: ObjectKind;
  readonly file: H5File;
  /** Address of the object header: the object's identity in its file. Who may keep it asks for {@link toldAddress}. */
  readonly address: Address;
  private currentHeader: ObjectHeader;
  private table: AttributeTable | undefined;
  /** How many hold the object open: the file's table counts them. */
  holders = 0;
  /** Since the object was made here, or flushed alone; they may lie in a heap of their own. */
  protected attributesChanged = false;

  constructor(file: H5File, header: ObjectHeader) {
    this.file = file;
    this.address = header.address;
    this.currentHeader = header;
  }

  get header(): ObjectHeader {
    return this.currentHeader;
  }

  /** The same for users, and for references: it stays the object's. */
  get toldAddress(): Address {
    return this.header.tellAddress();
  }

  /** Has the object read again when it is next used; of a file that is open for writing, which nobody else changes, flushed. */
  refresh(): void {
    const header = this.file.reread(this.address);
    if (header !== undefined) this.startAnew(header);
  }

  /** Forgets everything that was read of the object. */
  protected startAnew(header: ObjectHeader): void {
    this.currentHeader = header;
    this.table = undefined;
  }

  /** Made on first use: most objects are opened for something else. */
  private get attributeTable(): AttributeTable {
    this.table ??= new AttributeTable(this.file, this.header);
    return this.table;
  }

  /** Hard links that lead here. C: `H5O_info_t.rc`. */
  get linkCount(): number {
    return this.header.linkCount;
  }

  /** C: `H5Oget_comment`. */
  comment(): string | undefined {
    const message = this.header.first(MESSAGE.COMMENT);
    if (message === undefined) return undefined;
    return decodeComment(this.file.storage.cursor(message.data, "Object comment message", this.address));
  }

  /** Sets the comment, or removes it. C: `H5Oset_comment`. */
  setComment(text: string | undefined): void {
    const message = this.header.first(MESSAGE.COMMENT);
    if (text === undefined || text === "") {
      if (message === undefined) return;
      this.header.remove(message);
    } else {
      const data = encodeBody(this.file.storage, text, encodeComment);
      if (message === undefined) this.header.add({ type: MESSAGE.COMMENT, data });
      else this.header.replace(message, data);
    }
    this.touch();
  }

  /** Seconds since 1970 of the last change, where the file tells. C: `H5O_info_t.mtime`. */
  modificationTime(): number | undefined {
    const { fields } = this.header;
    if (fields.version === 2) return fields.times?.changeTime;
    const { storage } = this.file;
    const message = this.header.first(MESSAGE.MODIFICATION_TIME);
    if (message !== undefined) {
      return decodeModificationTime(storage.cursor(message.data, "Object modification time message", this.address));
    }
    const old = this.header.first(MESSAGE.MODIFICATION_TIME_OLD);
    if (old === undefined) return undefined;
    return decodeModificationTimeOld(storage.cursor(old.data, "Object modification time (old) message", this.address));
  }

  /** Records that the object was changed now, in files that keep its times. */
  protected touch(): void {
    const { fields } = this.header;
    if (fields.version === 2) {
      if (fields.times === undefined) return;
      const seconds = currentSeconds();
      const { times } = fields;
      // Thousands of changes happen in a second. A header that does not wait is set all the same: what it leads to may then move.
      const isSame = times.changeTime === seconds && times.modificationTime === seconds;
      if (isSame && this.file.storage.isDirty(this.address)) return;
      this.header.setTimes({ ...times, modificationTime: seconds, changeTime: seconds });
      return;
    }
    const message = this.header.first(MESSAGE.MODIFICATION_TIME);
    if (message === undefined) return;
    const seconds = currentSeconds();
    this.header.replace(message, encodeBody(this.file.storage, seconds, encodeModificationTime));
  }

  /** The times of another object, which this one is a copy of. */
  takeTimesOf(other: EngineObject): void {
    const seconds = other.modificationTime();
    if (seconds === undefined) return;
    const { fields } = this.header;
    if (fields.version === 2) {
      const { fields: from } = other.header;
      const times = from.version === 2 ? from.times : undefined;
      const same = { accessTime: seconds, modificationTime: seconds, changeTime: seconds, birthTime: seconds };
      this.header.setTimes(times ?? same);
      return;
    }
    const message = this.header.first(MESSAGE.MODIFICATION_TIME);
    if (message !== undefined)
      this.header.replace(message, encodeBody(this.file.storage, seconds, encodeModificationTime));
  }

  /** In the order of storage, or of creation where the object tracks it. */
  attributes(): readonly Attribute[] {
    return this.attributeTable.list();
  }

  attribute(name: string): Attribute | undefined {
    return this.attributeTable.find(name);
  }

  get attributeCount(): number {
    return this.attributeTable.count;
  }

  /** @throws HDF5Error "exists" when there is one of that name, "state" when it is too large for a message. */
  createAttribute(spec: AttributeSpec): void {
    if (usesHeap(spec.datatype)) findHeapRoom(this.file);
    this.attributeTable.create(spec);
    this.attributesChanged = true;
    this.touch();
  }

  /** Whether attributes are in dense storage. */
  get hasDenseAttributes(): boolean {
    return this.attributeTable.isDense;
  }

  /** Attributes go into dense storage, however few there are. The header must be one of version 2. */
  makeAttributesDense(): void {
    this.attributeTable.becomeDense();
  }

  /** The place that the next attribute gets in the order of creation; undefined where that is not tracked. */
  get nextAttributeOrder(): number | undefined {
    return this.attributeTable.nextOrder;
  }

  /** Leaves places out, as an object does that lost attributes: the next one gets that one at least, where order is tracked. */
  continueAttributesAt(creationOrder: number | undefined): void {
    if (creationOrder !== undefined) this.attributeTable.nextOrder = creationOrder;
  }

  /** New bytes for an attribute's value, of the same length. */
  writeAttribute(name: string, bytes: Uint8Array): void {
    const { file, attributeTable: table } = this;
    const attribute = this.attribute(name);
    file.delete(
      (deletion) => {
        if (attribute === undefined || !usesHeap(attribute.datatype)) return;
        const kept = heapObjectsOf(file, { ...attribute, bytes });
        deletion.addHeapObjects(heapObjectsOf(file, attribute).without(kept));
      },
      () => table.write(name, bytes),
    );
    this.attributesChanged = true;
    this.touch();
  }

  /** The same for an attribute that was just made of zeros: nothing goes with them. */
  fillAttribute(name: string, bytes: Uint8Array): void {
    this.attributeTable.write(name, bytes);
    this.attributesChanged = true;
    this.touch();
  }

  /** @throws NotFoundError when there is none of that name. */
  deleteAttribute(name: string): void {
    const { file, attributeTable: table } = this;
    const attribute = this.attribute(name);
    file.delete(
      (deletion) => {
        if (attribute === undefined || !usesHeap(attribute.datatype)) return;
        deletion.addHeapObjects(heapObjectsOf(file, attribute));
      },
      () => table.delete(name),
    );
    this.attributesChanged = true;
    this.touch();
  }

  renameAttribute(from: string, to: string): void {
    this.attributeTable.rename(from, to);
    this.attributesChanged = true;
    this.touch();
  }

  /** Writes what the object holds back; the file's own flush does the rest. */
  flush(): void {
    // Groups and committed datatypes hold nothing back.
  }

  /** The same, but for changed chunks, which wait on. */
  flushStructures(): void {
    // Only datasets have chunks.
  }

  /** From now on others read the file while it is written. */
  readersCome(): void {
    // Only datasets have to do anything for it.
  }

  /** Whether all that was changed of the object lies in its header and what the header waits for. */
  get canFlushAlone(): boolean {
    return false;
  }

  /** Everything of it has reached the file. */
  flushed(): void {
    this.attributesChanged = false;
  }

  /** Whether {@link flush} and {@link closed} have nothing to do. */
  get holdsNothing(): boolean {
    return true;
  }

  /** The last holder let go. */
  closed(): void {
    this.flush();
  }

  /** Everything the object owns in the file goes, and what it shares has a user less. */
  deleteStorage(deletion: Deletion): void {
    const { file, header, attributeTable: table } = this;
    if (table.hasStorage) {
      for (const attribute of table.list()) deletion.addHeapObjects(heapObjectsOf(file, attribute));
      table.addAll(deletion);
    }
    deletion.addHeader(header);
  }
}

function heapObjectsOf(file: H5File, { datatype, bytes }: Attribute): OwnedHeapObjects {
  return OwnedHeapObjects.of(file, datatype, bytes);
}
