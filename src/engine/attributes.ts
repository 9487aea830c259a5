/**
 * The attributes of one object: messages of its header or, when there are many or large ones, in dense storage.
 *
 * Specification: IV.A.2.m. Reference implementation: H5Aint.c, H5Oattribute.c.
 */
import { formatError, HDF5Error, isHdf5Error, NotFoundError } from "../base/errors.ts";
import { type AttributeMessage, decodeAttribute, encodeAttribute, sizeOfAttribute } from "../format/attribute.ts";
import { type AttributeInfo, decodeAttributeInfo, encodeAttributeInfo } from "../format/attribute-info.ts";
import { decodeDataspace } from "../format/dataspace.ts";
import { decodeDatatype } from "../format/datatype-message.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { type AttributePhaseChange, DEFAULT_ATTRIBUTE_PHASE_CHANGE } from "../format/object-header-v2.ts";
import { decodeSharedMessage } from "../format/shared-message.ts";
import { messageOfNew, renamed, withSharedParts } from "./attribute-messages.ts";
import { changeForm, release, type StoredAttributeMessage, storedForm } from "./attribute-sharing.ts";
import {
  type Attribute,
  type AttributeSpec,
  checkAttributeName,
  elementCount,
  knownAttribute,
  newAttributeInfo,
  withValue,
} from "./attribute-values.ts";
import type { Deletion } from "./deletion.ts";
import { DenseAttributes, type NewDenseAttribute, type StoredAttribute } from "./dense-attributes.ts";
import { DenseStorage } from "./dense-storage.ts";
import { FreedBlocks } from "./freed-blocks.ts";
import type { H5File } from "./h5-file.ts";
import type { HeaderMessage, NewMessage } from "./header-message.ts";
import { attributeBytes, encodeBody, resolveShared } from "./header-values.ts";
import { compareNames } from "./names.ts";
import type { ObjectHeader } from "./object-header.ts";

/** What the attribute info message says, and the dense attributes it leads to. */
interface AttributeState {
  readonly info: AttributeInfo;
  readonly dense: DenseAttributes | undefined;
}

/** Attributes get numbers below it. C: `H5O_MAX_CRT_ORDER_IDX`. */
const MAX_CREATION_ORDER = 0xffff;

const ATTRIBUTE = "Attribute message";

export class AttributeTable {
  private readonly file: H5File;
  private readonly header: ObjectHeader;
  /** The dense attribute that was parsed last. */
  private parsed: { readonly stored: StoredAttribute; readonly attribute: Attribute } | undefined;

  constructor(file: H5File, header: ObjectHeader) {
    this.file = file;
    this.header = header;
  }

  get count(): number {
    return this.dense?.count ?? this.messages().length;
  }

  get isDense(): boolean {
    return this.dense !== undefined;
  }

  /** Whether anything of attributes has to go with the object. */
  get hasStorage(): boolean {
    return this.header.look(MESSAGE.ATTRIBUTE) !== undefined || this.dense !== undefined;
  }

  list(): readonly Attribute[] {
    const stored = this.dense?.all().map(({ data, creationOrder }) => this.parse(data, creationOrder));
    const attributes = stored ?? this.messages().map((message) => this.decode(message));
    if (this.tracksOrder()) return attributes.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    return stored === undefined ? attributes : attributes.sort((a, b) => compareNames(a.name, b.name));
  }

  find(name: string): Attribute | undefined {
    const { dense } = this;
    if (dense === undefined) {
      const message = this.messageOf(name);
      return message === undefined ? undefined : this.decode(message);
    }
    const stored = dense.find(name);
    return stored === undefined ? undefined : this.denseAttribute(stored);
  }

  private denseAttribute(stored: StoredAttribute): Attribute {
    if (this.parsed?.stored !== stored) {
      this.parsed = { stored, attribute: this.parse(stored.data, stored.creationOrder) };
    }
    return this.parsed.attribute;
  }

  private has(name: string): boolean {
    return this.dense?.has(name) ?? this.messageOf(name) !== undefined;
  }

  private messages(): HeaderMessage[] {
    return this.header.all(MESSAGE.ATTRIBUTE);
  }

  private tracksOrder(): boolean {
    return this.header.fields.attributeCreationOrderTracked;
  }

  private get info(): AttributeInfo | undefined {
    return this.state?.info;
  }

  /** The attributes of an object that has too many of them, or too large ones, for its header. */
  private get dense(): DenseAttributes | undefined {
    return this.state?.dense;
  }

  /** Kept with the attribute info message, so that all who open the object share it. */
  private get state(): AttributeState | undefined {
    const message = this.header.first(MESSAGE.ATTRIBUTE_INFO);
    if (message === undefined) return undefined;
    if (message.decoded === undefined) {
      const { storage } = this.file;
      const info = decodeAttributeInfo(storage.cursor(message.data, "Attribute info message", this.header.address));
      const dense = DenseAttributes.isDense(info) ? new DenseAttributes(this.file, info) : undefined;
      message.decoded = { info, dense } satisfies AttributeState;
    }
    return message.decoded as AttributeState;
  }

  private changeInfo(change: Partial<AttributeInfo>): void {
    const message = this.header.first(MESSAGE.ATTRIBUTE_INFO);
    const { state } = this;
    const info = { ...(state?.info ?? newAttributeInfo(this.header.fields, 0)), ...change };
    const data = encodeBody(this.file.storage, info, encodeAttributeInfo);
    if (message === undefined) {
      this.header.add({ type: MESSAGE.ATTRIBUTE_INFO, flags: MESSAGE_FLAG.DONT_SHARE, data });
      return;
    }
    this.header.replace(message, data);
    if (info.fractalHeapAddress === state?.info.fractalHeapAddress) {
      message.decoded = { info, dense: state.dense } satisfies AttributeState;
    }
  }

  /** When attributes go dense, and back. */
  private get phaseChange(): AttributePhaseChange {
    const { fields } = this.header;
    return (fields.version === 2 ? fields.attributePhaseChange : undefined) ?? DEFAULT_ATTRIBUTE_PHASE_CHANGE;
  }

  private messageOf(name: string): HeaderMessage | undefined {
    return this.header.firstOf(MESSAGE.ATTRIBUTE, (message) => this.decode(message).name === name);
  }

  private raw(message: HeaderMessage): AttributeMessage {
    return this.messageFields(attributeBytes(this.file, this.header, message));
  }

  private decode(message: HeaderMessage): Attribute {
    message.decoded ??= this.parse(attributeBytes(this.file, this.header, message), message.creationOrder);
    return message.decoded as Attribute;
  }

  private parse(data: Uint8Array, creationOrder: number): Attribute {
    const raw = decodeAttribute(this.file.storage.cursor(data, "Attribute message", this.header.address));
    const datatype = resolveShared(this.file, raw.datatype, MESSAGE.DATATYPE, "Datatype message", decodeDatatype);
    const dataspace = resolveShared(this.file, raw.dataspace, MESSAGE.DATASPACE, "Dataspace message", decodeDataspace);
    const byteLength = elementCount(dataspace) * datatype.size;
    if (byteLength > raw.data.length) {
      throw formatError(`"${raw.name}" needs ${byteLength} bytes, ${raw.data.length} left`, {
        structure: "Attribute message",
        address: this.header.address,
        field: "Data",
      });
    }
    const committed = raw.datatype.shared && raw.datatype.location.kind === "committed";
    return {
      name: raw.name,
      characterSet: raw.characterSet,
      datatype,
      committedTypeAddress:
        committed && raw.datatype.shared && raw.datatype.location.kind === "committed"
          ? raw.datatype.location.objectHeaderAddress
          : undefined,
      dataspace,
      bytes: raw.data.subarray(0, byteLength),
      creationOrder: this.tracksOrder() ? creationOrder : undefined,
    };
  }

  create(spec: AttributeSpec): void {
    checkAttributeName(spec.name);
    if (this.has(spec.name)) throw new HDF5Error("exists", "attribute already exists", { path: spec.name });
    const message = messageOfNew(this.file, spec);
    const data = this.encodeChecked(message);
    const creationOrder = this.nextCreationOrder();
    if (spec.committedTypeAddress !== undefined) this.file.addReference(spec.committedTypeAddress);
    const form = this.newForm(message, data, creationOrder);
    if (this.header.version === 1) this.header.add(form);
    else this.insert(spec.name, { ...form, creationOrder });
  }

  /** @throws as {@link checkSize} does. */
  private encodeChecked(message: AttributeMessage): Uint8Array {
    let data: Uint8Array;
    try {
      data = encodeBody(this.file.storage, message, encodeAttribute);
    } catch (cause) {
      this.checkSize(message);
      throw cause;
    }
    if (this.header.version === 1) this.header.checkSize(data.length);
    return data;
  }

  /** A new attribute as the object is to have it. What is stored as it is given need not be decoded to be known. */
  private newForm(message: AttributeMessage, data: Uint8Array, creationOrder: number | undefined): NewMessage {
    const { file } = this;
    if (file.sharedMessages.isUsed) {
      return storedForm(file, encodeBody(file.storage, withSharedParts(file, message), encodeAttribute));
    }
    return { type: MESSAGE.ATTRIBUTE, data, decoded: knownAttribute(message, data, creationOrder) };
  }

  /** For what cannot be encoded: dense storage takes any size, but each field before the value has 16 bits for its length. */
  private checkSize(message: AttributeMessage): void {
    const isBound = this.header.version === 1;
    const sized = isBound ? message : { ...message, data: new Uint8Array(0) };
    this.header.checkSize(sizeOfAttribute(sized, this.file.storage.widths));
  }

  /** C: `H5O__attr_create`. Every version 2 header with attributes has an attribute info message. */
  private insert(name: string, message: NewMessage): void {
    const { creationOrder } = message;
    const { dense } = this;
    const change = creationOrder === undefined ? {} : { maximumCreationIndex: creationOrder + 1 };
    if (dense !== undefined) {
      dense.insert(this.denseForm(name, message));
      if (creationOrder !== undefined) this.changeInfo(change);
    } else if (this.count !== this.phaseChange.maximumCompact && this.header.holds(message.data.length)) {
      this.header.add(message);
      if (creationOrder !== undefined || this.info === undefined) this.changeInfo(change);
    } else {
      this.becomeDense([this.denseForm(name, message)], change);
    }
  }

  /** Attributes leave the header for dense storage, with new ones; they stay there while there are not too few of them. */
  becomeDense(more: readonly NewDenseAttribute[] = [], change: Partial<AttributeInfo> = {}): void {
    const messages = this.messages();
    const kept = messages.map((other) => this.denseForm(this.decode(other).name, this.ordered(other)));
    const made = DenseAttributes.create(this.file, [...kept, ...more], this.isOrderIndexed);
    for (const address of made.attributes.addresses) this.file.storage.writeBefore(address, this.header.address);
    for (const other of messages) this.header.remove(other);
    this.changeInfo({ ...made.addresses, ...change });
  }

  private get isOrderIndexed(): boolean {
    return newAttributeInfo(this.header.fields, 0).creationOrderIndexAddress !== undefined;
  }

  /** A message with its place in the order of creation only where that is tracked. */
  private ordered({ type, flags, data, creationOrder }: HeaderMessage): NewMessage {
    return { type, flags, data, creationOrder: this.tracksOrder() ? creationOrder : undefined };
  }

  /** A message of the header as dense storage takes it. */
  private denseForm(name: string, message: Pick<NewMessage, "flags" | "data" | "creationOrder">): NewDenseAttribute {
    const { flags = 0, data, creationOrder } = message;
    if ((flags & MESSAGE_FLAG.SHARED) === 0) return { name, data, creationOrder };
    const location = decodeSharedMessage(this.file.storage.cursor(data, ATTRIBUTE, this.header.address));
    if (location.kind === "heap") return { name, data, creationOrder, sharedHeapId: location.heapId };
    throw formatError("shared from another object", { structure: ATTRIBUTE, address: this.header.address });
  }

  /** A dense attribute as a message of the header would be. */
  private messageForm({ data, creationOrder, sharedHeapId }: StoredAttribute): NewMessage & StoredAttributeMessage {
    const order = this.tracksOrder() ? creationOrder : undefined;
    return sharedHeapId === undefined
      ? { type: MESSAGE.ATTRIBUTE, flags: 0, data, creationOrder: order }
      : {
          type: MESSAGE.ATTRIBUTE,
          flags: MESSAGE_FLAG.SHARED,
          data: this.file.sharedMessages.heapForm(sharedHeapId),
          creationOrder: order,
        };
  }

  /** The place of the next attribute in the order of creation, where that is tracked; it only moves on. */
  get nextOrder(): number | undefined {
    return this.tracksOrder() ? (this.info?.maximumCreationIndex ?? 0) : undefined;
  }

  set nextOrder(next: number) {
    const { nextOrder } = this;
    if (nextOrder !== undefined && nextOrder < next) this.changeInfo({ maximumCreationIndex: next });
  }

  /** The same, for an attribute that is made. @throws HDF5Error "state" behind the last one. */
  private nextCreationOrder(): number | undefined {
    const next = this.nextOrder;
    if (next === undefined) return undefined;
    if (next >= MAX_CREATION_ORDER) throw new HDF5Error("state", "attribute creation index can't be incremented");
    return next;
  }

  write(name: string, bytes: Uint8Array): void {
    const { dense } = this;
    if (dense !== undefined) {
      const stored = this.requiredStored(name);
      const attribute = this.denseAttribute(stored);
      this.checkLength(name, bytes, attribute);
      if (stored.sharedHeapId === undefined) {
        dense.overwrite({ ...stored, name, data: withValue(stored.data, attribute, bytes).data });
        return;
      }
      this.changeDense(stored, { ...this.messageFields(stored.data), data: bytes }, (form) => dense.overwrite(form));
      return;
    }
    const message = this.required(name);
    const attribute = this.decode(message);
    this.checkLength(name, bytes, attribute);
    if ((message.flags & MESSAGE_FLAG.SHARED) !== 0) {
      this.change(message, { ...this.raw(message), data: bytes });
      return;
    }
    const { data, decoded } = withValue(message.data, attribute, bytes);
    this.header.replace(message, data, decoded);
  }

  private checkLength(name: string, bytes: Uint8Array, { bytes: old }: Attribute): void {
    if (bytes.length === old.length) return;
    throw new RangeError(`bytes: ${bytes.length} for attribute "${name}" of ${old.length} bytes`);
  }

  rename(from: string, to: string): void {
    checkAttributeName(to);
    if (this.has(to)) throw new HDF5Error("exists", "attribute already exists", { path: to });
    const { dense } = this;
    if (dense !== undefined) {
      const stored = this.requiredStored(from);
      const changed = renamed(this.file, this.messageFields(stored.data), to);
      this.changeDense(stored, changed, (form) => dense.rename(from, form));
      return;
    }
    const message = this.required(from);
    this.change(message, renamed(this.file, this.raw(message), to));
    // As the C library has it: an attribute that had its own bytes keeps them.
    if ((message.flags & MESSAGE_FLAG.SHARED) === 0) message.flags |= MESSAGE_FLAG.DONT_SHARE;
  }

  private messageFields(data: Uint8Array): AttributeMessage {
    return decodeAttribute(this.file.storage.cursor(data, ATTRIBUTE, this.header.address));
  }

  /** Gives dense storage what it is to have after a change of an attribute's name or value. */
  private changeDense(
    stored: StoredAttribute,
    changed: AttributeMessage,
    put: (attribute: NewDenseAttribute) => void,
  ): void {
    const { file } = this;
    const { creationOrder } = stored;
    changeForm(file, this.messageForm(stored), this.encodeChecked(changed), (form) =>
      put(this.denseForm(changed.name, { ...form, creationOrder })),
    );
  }

  private change(message: HeaderMessage, changed: AttributeMessage): void {
    const { file, header } = this;
    header.checkSize(sizeOfAttribute(changed, file.storage.widths));
    const before = { flags: message.flags, data: message.data };
    changeForm(file, before, encodeBody(file.storage, changed, encodeAttribute), ({ flags, data }) => {
      header.replace(message, data);
      message.flags = flags;
    });
  }

  delete(name: string): void {
    const { dense, file, header } = this;
    const gone = dense === undefined ? this.required(name) : this.messageForm(this.requiredStored(name));
    file.delete(
      (deletion) => release(file, deletion, gone),
      () => {
        if (dense !== undefined) this.deleteDense(dense, name);
        else header.remove(this.required(name));
        const info = header.first(MESSAGE.ATTRIBUTE_INFO);
        if (info !== undefined && this.count === 0) header.remove(info);
      },
    );
  }

  /** The object goes: what its attributes share has a user less, and so does dense storage. */
  addAll(deletion: Deletion): void {
    const { dense } = this;
    const stored = dense?.all().map((attribute) => this.messageForm(attribute)) ?? this.messages();
    for (const message of stored) release(this.file, deletion, message);
    dense?.deleteAll(deletion);
  }

  /** Few attributes go back to the header, if it holds them. C: `H5O__attr_remove_update`. */
  private deleteDense(dense: DenseAttributes, name: string): void {
    const left = dense.count - 1;
    const kept = left < this.phaseChange.minimumDense || left === 0 ? dense.all() : undefined;
    const compact = kept
      ?.filter((stored) => this.messageFields(stored.data).name !== name)
      .map((stored) => this.messageForm(stored));
    if (compact?.every(({ data }) => this.header.holds(data.length)) && this.becomeCompact(dense, compact)) return;
    dense.remove(name);
  }

  /** @returns False when the file has no room left for it. */
  private becomeCompact(dense: DenseAttributes, messages: readonly NewMessage[]): boolean {
    const freed = new FreedBlocks(this.file.storage);
    dense.deleteAll(freed);
    freed.check();
    if (!this.addMessages(messages)) return false;
    freed.commit();
    this.changeInfo(DenseStorage.none(this.isOrderIndexed));
    return true;
  }

  /** All or, when the file has no room left, none. */
  private addMessages(messages: readonly NewMessage[]): boolean {
    const added: HeaderMessage[] = [];
    try {
      for (const message of messages) added.push(this.header.add(message));
    } catch (cause) {
      for (const message of added) this.header.remove(message);
      if (isHdf5Error(cause, "state")) return false;
      throw cause;
    }
    return true;
  }

  private requiredStored(name: string): StoredAttribute {
    const stored = this.dense?.find(name);
    if (stored === undefined) throw new NotFoundError(`can't locate attribute: '${name}'`, { path: name });
    return stored;
  }

  private required(name: string): HeaderMessage {
    const message = this.messageOf(name);
    if (message === undefined) throw new NotFoundError(`can't locate attribute: '${name}'`, { path: name });
    return message;
  }
}
