/**
 * Writes what one open file holds into another, through the engine: every group, link, dataset, committed datatype and
 * attribute, with elements that lead elsewhere (heap objects, references) leading there in the new file.
 */
import type { Address } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import { type Attribute, elementCount } from "../../src/engine/attribute-values.ts";
import type { ElementContext } from "../../src/engine/conversion/element-context.ts";
import { decodeElements, type ReferenceValue } from "../../src/engine/conversion/element-decoder.ts";
import { encodeElements } from "../../src/engine/conversion/element-encoder.ts";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import type { LayoutRequest } from "../../src/engine/dataset-creation.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { DatatypeObject } from "../../src/engine/datatype-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import { GroupObject } from "../../src/engine/group-object.ts";
import type { H5File } from "../../src/engine/h5-file.ts";
import type { DataLayout } from "../../src/format/data-layout.ts";
import type { Datatype } from "../../src/format/datatype.ts";
import type { Link } from "../../src/format/link.ts";

export function copyFile(from: H5File, to: H5File): void {
  const copy = new Copy(from, to);
  copy.createLinks(from.root(), to.root());
  copy.fill();
}

class Copy {
  private readonly from: H5File;
  private readonly to: H5File;
  private readonly fromContext: ElementContext;
  private readonly toContext: ElementContext;
  /** Objects of the new file by address in the old one. */
  private readonly created = new Map<Address, { old: EngineObject; new: EngineObject }>();

  constructor(from: H5File, to: H5File) {
    this.from = from;
    this.to = to;
    this.fromContext = contextOf(from);
    this.toContext = contextOf(to);
  }

  createLinks(old: GroupObject, group: GroupObject): void {
    this.created.set(old.address, { old, new: group });
    const links = [...old.links()].sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    for (const { name, target } of links) this.createLink(group, name, target);
  }

  private createLink(group: GroupObject, name: string, target: Link["target"]): void {
    if (target.kind !== "hard") {
      group.insertLink(name, target);
      return;
    }
    const old = this.from.object(target.objectHeaderAddress);
    const object = this.objectFor(old);
    group.insertLink(name, { kind: "hard", objectHeaderAddress: object.address });
  }

  /** The new file's counterpart of an object, made when it is met first. */
  private objectFor(old: EngineObject): EngineObject {
    const known = this.created.get(old.address);
    if (known !== undefined) return known.new;
    if (old instanceof GroupObject) {
      const group = createGroup(this.to, { trackLinkOrder: old.tracksCreationOrder });
      this.to.acquire(group);
      this.createLinks(old, group);
      return group;
    }
    const object = this.to.acquire(this.createLeaf(old));
    this.created.set(old.address, { old, new: object });
    return object;
  }

  private createLeaf(old: EngineObject): EngineObject {
    if (old instanceof DatatypeObject) return createDatatype(this.to, old.datatype);
    if (!(old instanceof DatasetObject)) throw new Error(`an object of kind ${old.kind}`);
    const { datatype, dataspace, layout, pipeline, fillValue, committedTypeAddress } = old;
    return createDataset(this.to, {
      datatype,
      committedTypeAddress: this.committedType(committedTypeAddress),
      dataspace,
      layout: layoutRequest(layout),
      filters: pipeline?.filters ?? [],
      ...(fillValue === undefined
        ? {}
        : {
            allocationTime: fillValue.allocationTime,
            fillTime: fillValue.fillTime,
            ...(fillValue.status === "default"
              ? {}
              : { fillValue: fillValue.status === "user" ? (fillValue.value ?? null) : null }),
          }),
    });
  }

  private committedType(address: Address | undefined): Address | undefined {
    return address === undefined ? undefined : this.objectFor(this.from.object(address)).address;
  }

  /** Data and attributes, once every object has its address. */
  fill(): void {
    for (const { old, new: object } of this.created.values()) {
      // What was never written stays so.
      if (old instanceof DatasetObject && object instanceof DatasetObject && old.storageSize() > 0) {
        object.writeBytes(this.relocated(old.datatype, old.readBytes(), elementCount(old.dataspace)));
      }
      object.setComment(old.comment());
      for (const attribute of old.attributes()) this.copyAttribute(object, attribute);
      object.flush();
    }
    for (const { new: object } of this.created.values()) if (object !== this.to.root()) this.to.release(object);
  }

  private copyAttribute(object: EngineObject, attribute: Attribute): void {
    const { name, characterSet, datatype, dataspace, bytes, committedTypeAddress } = attribute;
    object.createAttribute({
      name,
      characterSet,
      datatype,
      dataspace,
      committedTypeAddress: this.committedType(committedTypeAddress),
      bytes: this.relocated(datatype, bytes, elementCount(dataspace)),
    });
  }

  private relocated(type: Datatype, bytes: Uint8Array, count: number): Uint8Array {
    if (!leadsElsewhere(type)) return bytes;
    const values = decodeElements(type, bytes, count, this.fromContext);
    return encodeElements(
      type,
      values.map((value) => this.relocatedValue(type, value)),
      this.toContext,
    );
  }

  private relocatedValue(type: Datatype, value: unknown): unknown {
    switch (type.class) {
      case "reference":
        return this.relocatedReference(value as ReferenceValue);
      case "compound": {
        const record = value as Record<string, unknown>;
        return Object.fromEntries(
          type.members.map(({ name, type: member }) => [name, this.relocatedValue(member, record[name])]),
        );
      }
      default:
        return value;
    }
  }

  private relocatedReference({ kind, bytes }: ReferenceValue): ReferenceValue {
    if (bytes.every((byte) => byte === 0)) return { kind, bytes };
    if (kind === "object") return { kind, bytes: this.relocatedAddress(bytes, 0).slice(0, bytes.length) };
    const cursor = this.from.storage.cursor(bytes, "Reference", 0);
    const region = this.from.globalHeap.read(cursor.addressValue("Collection Address"), cursor.u32("Object Index"));
    const id = this.to.globalHeap.insert(this.relocatedAddress(region, 0));
    const writer = new Writer(this.to.storage.widths);
    writer.addressValue(id.address).u32(id.index);
    return { kind, bytes: writer.toBytes() };
  }

  /** A copy of `bytes` whose address of an object, at `offset`, is that of its counterpart. Both files have one size of offsets. */
  private relocatedAddress(bytes: Uint8Array, offset: number): Uint8Array {
    const { sizeOfOffsets } = this.from.storage.widths;
    const cursor = this.from.storage.cursor(bytes.subarray(offset), "Reference", 0);
    const counterpart = this.created.get(cursor.addressValue("Object Address"));
    if (counterpart === undefined) throw new Error("a reference to an object that no link leads to");
    const writer = new Writer(this.to.storage.widths);
    writer.addressValue(counterpart.new.address);
    const copy = bytes.slice();
    copy.set(writer.toBytes().subarray(0, sizeOfOffsets), offset);
    return copy;
  }
}

function contextOf(file: H5File): ElementContext {
  return {
    widths: file.storage.widths,
    readHeapObject: (address, index) => file.globalHeap.read(address, index),
    writeHeapObject: (bytes) => file.globalHeap.insert(bytes),
  };
}

function layoutRequest(layout: DataLayout): LayoutRequest {
  switch (layout.kind) {
    case "chunked":
      return { kind: "chunked", chunkDims: layout.chunkDims };
    case "compact":
    case "contiguous":
      return { kind: layout.kind };
    case "virtual":
      throw new Error("a virtual dataset");
  }
}

function leadsElsewhere(type: Datatype): boolean {
  switch (type.class) {
    case "variable-length":
    case "reference":
      return true;
    case "compound":
      return type.members.some((member) => leadsElsewhere(member.type));
    case "array":
      return leadsElsewhere(type.base);
    default:
      return false;
  }
}
