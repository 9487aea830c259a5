/**
 * The attributes of one object, kept as messages of its header.
 *
 * Specification: IV.A.2.m. Reference implementation: H5Aint.c, H5Oattribute.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { FormatError, HDF5Error, NotFoundError, UnsupportedError } from "../base/errors.ts";
import { isAscii } from "../base/text.ts";
import { type AttributeMessage, decodeAttribute, encodeAttribute, sizeOfAttribute } from "../format/attribute.ts";
import { type AttributeInfo, decodeAttributeInfo, encodeAttributeInfo } from "../format/attribute-info.ts";
import { type Dataspace, dataspaceWithin, decodeDataspace, encodeDataspace } from "../format/dataspace.ts";
import type { CharacterSet, Datatype } from "../format/datatype.ts";
import { decodeDatatype, encodeDatatype } from "../format/datatype-message.ts";
import { withinBounds } from "../format/datatype-version.ts";
import { chosenVersion } from "../format/library-version.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";
import type { MaybeShared } from "../format/shared-message.ts";
import { changedForm, release, sharedPart, storedForm } from "./attribute-sharing.ts";
import { DenseAttributes } from "./dense-attributes.ts";
import type { H5File } from "./h5-file.ts";
import { attributeBytes, encodeBody, resolveShared } from "./header-values.ts";
import { compareNames } from "./names.ts";
import type { HeaderMessage, ObjectHeader } from "./object-header.ts";

export interface Attribute {
  readonly name: string;
  readonly characterSet: CharacterSet;
  readonly datatype: Datatype;
  /** Where the datatype is committed, if it is. */
  readonly committedTypeAddress: Address | undefined;
  readonly dataspace: Dataspace;
  /** The value in the file's datatype, `elements * datatype.size` bytes; a view that must not be modified. */
  readonly bytes: Uint8Array;
  /** Position in the order of creation, where the object tracks it. */
  readonly creationOrder: number | undefined;
}

export interface AttributeSpec {
  readonly name: string;
  readonly characterSet?: CharacterSet;
  readonly datatype: Datatype;
  readonly committedTypeAddress?: Address | undefined;
  readonly dataspace: Dataspace;
  readonly bytes: Uint8Array;
}

/** Elements of a dataspace: 0 for null, 1 for scalar. */
export function elementCount(space: Dataspace): number {
  return space.kind === "null" ? 0 : product(space.dims);
}

/** The attribute info message of an object without dense storage. */
export function newAttributeInfo(fields: HeaderFields, nextIndex: number): AttributeInfo {
  const indexed = fields.version === 2 && fields.attributeCreationOrderIndexed;
  return {
    maximumCreationIndex: fields.attributeCreationOrderTracked ? nextIndex : undefined,
    fractalHeapAddress: UNDEFINED_ADDRESS,
    nameIndexAddress: UNDEFINED_ADDRESS,
    creationOrderIndexAddress: indexed ? UNDEFINED_ADDRESS : undefined,
  };
}

export class AttributeTable {
  private readonly file: H5File;
  private readonly header: ObjectHeader;

  constructor(file: H5File, header: ObjectHeader) {
    this.file = file;
    this.header = header;
  }

  get count(): number {
    return this.dense?.count ?? this.header.all(MESSAGE.ATTRIBUTE).length;
  }

  list(): readonly Attribute[] {
    const stored = this.dense?.all().map(({ data, creationOrder }) => this.parse(data, creationOrder));
    const attributes = stored ?? this.header.all(MESSAGE.ATTRIBUTE).map((message) => this.decode(message));
    if (this.tracksOrder()) return attributes.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    return stored === undefined ? attributes : attributes.sort((a, b) => compareNames(a.name, b.name));
  }

  find(name: string): Attribute | undefined {
    if (this.dense !== undefined) return this.list().find((attribute) => attribute.name === name);
    const message = this.messageOf(name);
    return message === undefined ? undefined : this.decode(message);
  }

  private tracksOrder(): boolean {
    return this.header.fields.attributeCreationOrderTracked;
  }

  private get info(): AttributeInfo | undefined {
    const message = this.header.first(MESSAGE.ATTRIBUTE_INFO);
    if (message === undefined) return undefined;
    message.decoded ??= decodeAttributeInfo(
      this.file.storage.cursor(message.data, "Attribute info message", this.header.address),
    );
    return message.decoded as AttributeInfo;
  }

  /** The attributes of an object that has too many of them, or too large ones, for its header. */
  private get dense(): DenseAttributes | undefined {
    const { info } = this;
    return DenseAttributes.isDense(info) ? new DenseAttributes(this.file, info) : undefined;
  }

  /** Dense storage is read, but not changed so far. */
  private requireCompact(): void {
    if (!DenseAttributes.isDense(this.info)) return;
    throw new UnsupportedError("changing attributes in dense storage", {
      structure: "Attribute info message",
      address: this.header.address,
    });
  }

  private messageOf(name: string): HeaderMessage | undefined {
    this.requireCompact();
    return this.header.all(MESSAGE.ATTRIBUTE).find((message) => this.decode(message).name === name);
  }

  private raw(message: HeaderMessage): AttributeMessage {
    const data = attributeBytes(this.file, this.header, message);
    return decodeAttribute(this.file.storage.cursor(data, "Attribute message", this.header.address));
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
      throw new FormatError(
        `Attribute message at address ${this.header.address}, field "Data": "${raw.name}" needs ${byteLength} bytes, ${raw.data.length} left`,
        { structure: "Attribute message", address: this.header.address, field: "Data" },
      );
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
    if (this.messageOf(spec.name) !== undefined)
      throw new HDF5Error("exists", "attribute already exists", { path: spec.name });
    const message = this.encode(spec);
    this.header.checkSize(sizeOfAttribute(message, this.file.storage.widths));
    const creationOrder = this.nextCreationOrder();
    if (spec.committedTypeAddress !== undefined) this.file.addReference(spec.committedTypeAddress);
    const data = encodeBody(this.file.storage, this.withSharedParts(message), encodeAttribute);
    this.header.add({ ...storedForm(this.file, data), creationOrder });
  }

  /** Datatype and dataspace in the heap, where the file shares such. */
  private withSharedParts(message: AttributeMessage): AttributeMessage {
    const { file } = this;
    const datatype = message.datatype.shared
      ? message.datatype
      : sharedPart(file, MESSAGE.DATATYPE, message.datatype.value, encodeDatatype);
    const dataspace = message.dataspace.shared
      ? message.dataspace
      : sharedPart(file, MESSAGE.DATASPACE, message.dataspace.value, encodeDataspace);
    const shared = datatype.shared || dataspace.shared;
    const version = shared && message.version === 1 ? 2 : message.version;
    return { ...message, version, datatype, dataspace };
  }

  private encode(spec: AttributeSpec): AttributeMessage {
    const characterSet = spec.characterSet ?? (isAscii(spec.name) ? "ascii" : "utf-8");
    const shared = spec.committedTypeAddress !== undefined;
    const datatype: MaybeShared<Datatype> =
      spec.committedTypeAddress === undefined
        ? { shared: false, value: withinBounds(spec.datatype, this.file) }
        : { shared: true, location: { kind: "committed", version: 2, objectHeaderAddress: spec.committedTypeAddress } };
    const version = this.version(characterSet, shared);
    return {
      version,
      name: spec.name,
      characterSet,
      datatype,
      dataspace: { shared: false, value: dataspaceWithin(spec.dataspace, this.file) },
      data: spec.bytes,
    };
  }

  /**
   * Takes the next number of the attribute info message, which every version 2 header with attributes has: the C library
   * finds none without it.
   */
  private nextCreationOrder(): number | undefined {
    if (this.header.version === 1) return undefined;
    const tracked = this.tracksOrder();
    const message = this.header.first(MESSAGE.ATTRIBUTE_INFO);
    if (message === undefined) {
      const data = encodeBody(this.file.storage, newAttributeInfo(this.header.fields, 1), encodeAttributeInfo);
      this.header.add({ type: MESSAGE.ATTRIBUTE_INFO, flags: MESSAGE_FLAG.DONT_SHARE, data });
      return tracked ? 0 : undefined;
    }
    if (!tracked) return undefined;
    const info = decodeAttributeInfo(
      this.file.storage.cursor(message.data, "Attribute info message", this.header.address),
    );
    const next = info.maximumCreationIndex ?? 0;
    if (next > 0xffff) throw new HDF5Error("state", "attribute creation index can't be incremented");
    this.header.replace(
      message,
      encodeBody(this.file.storage, { ...info, maximumCreationIndex: next + 1 }, encodeAttributeInfo),
    );
    return next;
  }

  write(name: string, bytes: Uint8Array): void {
    const message = this.required(name);
    const old = this.decode(message);
    if (bytes.length !== old.bytes.length) {
      throw new RangeError(`bytes: ${bytes.length} for attribute "${name}" of ${old.bytes.length} bytes`);
    }
    this.change(message, { ...this.raw(message), data: bytes });
  }

  rename(from: string, to: string): void {
    if (this.messageOf(to) !== undefined) throw new HDF5Error("exists", "attribute already exists", { path: to });
    const message = this.required(from);
    const old = this.raw(message);
    const characterSet = isAscii(to) ? "ascii" : "utf-8";
    const shared = old.datatype.shared || old.dataspace.shared;
    const version = this.version(characterSet, shared);
    this.change(message, { ...old, name: to, characterSet, version });
    // As the C library has it: an attribute that had its own bytes keeps them.
    if ((message.flags & MESSAGE_FLAG.SHARED) === 0) message.flags |= MESSAGE_FLAG.DONT_SHARE;
  }

  /** 3 for a name that is not ASCII, 2 for parts that are shared, 1 for others; or what the low bound is worth. */
  private version(characterSet: CharacterSet, sharedParts: boolean): AttributeMessage["version"] {
    const needed = characterSet === "utf-8" ? 3 : sharedParts ? 2 : 1;
    return chosenVersion("attribute", needed, this.file) as AttributeMessage["version"];
  }

  private change(message: HeaderMessage, changed: AttributeMessage): void {
    const { file, header } = this;
    header.checkSize(sizeOfAttribute(changed, file.storage.widths));
    const { flags, data } = changedForm(file, message, encodeBody(file.storage, changed, encodeAttribute));
    header.replace(message, data);
    message.flags = flags;
  }

  delete(name: string): void {
    const message = this.required(name);
    this.header.remove(message);
    release(this.file, message);
  }

  /** The object goes: what its attributes share has a user less. */
  releaseAll(): void {
    const { dense } = this;
    if (dense === undefined) for (const message of this.header.all(MESSAGE.ATTRIBUTE)) release(this.file, message);
    else for (const { flags, data } of dense.stored()) release(this.file, { flags, data });
  }

  private required(name: string): HeaderMessage {
    const message = this.messageOf(name);
    if (message === undefined) throw new NotFoundError(`can't locate attribute: '${name}'`, { path: name });
    return message;
  }
}
