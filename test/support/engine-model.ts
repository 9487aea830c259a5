/** What the engine finds in a file, in the schema of the fixtures. */
import { UNLIMITED } from "../../src/base/address.ts";
import { product } from "../../src/base/bits.ts";
import { HDF5Error } from "../../src/base/errors.ts";
import { encodeUtf8 } from "../../src/base/text.ts";
import type { Attribute } from "../../src/engine/attribute-values.ts";
import type { ElementContext } from "../../src/engine/conversion/element-context.ts";
import { decodeElements, type ReferenceValue } from "../../src/engine/conversion/element-decoder.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { DatatypeObject } from "../../src/engine/datatype-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import { GroupObject } from "../../src/engine/group-object.ts";
import type { H5File } from "../../src/engine/h5-file.ts";
import { blocks } from "../../src/engine/selection/blocks.ts";
import type { Selection } from "../../src/engine/selection/selection.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import type { Datatype, ReferenceType } from "../../src/format/datatype.ts";
import type { Link } from "../../src/format/link.ts";
import { resolveReference } from "../../src/tools/references.ts";
import type {
  Model,
  ModelAttribute,
  ModelData,
  ModelLink,
  ModelObject,
  ModelType,
  ModelValue,
} from "./fixture-model.ts";

const PADDINGS = { "null-terminate": "null-terminated", "null-pad": "null-padded", "space-pad": "space-padded" };
/** Of datasets without a fill value message. */
const ALLOCATION_TIMES = { compact: "early", contiguous: "late", chunked: "incremental", virtual: "incremental" };
const FILL_TIMES = { alloc: "allocation", never: "never", "if-set": "if-set" };
const FILL_VALUES = { undefined: "undefined", default: "default", user: "user-defined" };
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** As in scripts/fixtures/describe.py: data beyond these is left out of models in which errors may stand. */
const MOST_BYTES = 1 << 24;
const MOST_BYTES_AS_VALUES = 1 << 20;
const MOST_VALUES = 20_000;

export function modelOfFile(file: H5File): Model {
  return new Walk(file, false).model();
}

/** `{ error }` stands for every part that cannot be read, which is the schema of no type. */
export function modelWithErrors(file: H5File): ModelValue {
  return new Walk(file, true).model() as unknown as ModelValue;
}

class Walk {
  private readonly objects: Record<string, ModelObject> = {};
  private readonly file: H5File;
  private readonly context: ElementContext;
  private readonly paths = new Map<number, string>();
  private readonly errorsStand: boolean;

  constructor(file: H5File, errorsStand: boolean) {
    this.file = file;
    this.errorsStand = errorsStand;
    this.context = {
      widths: file.storage.widths,
      readHeapObject: (address, index) => (address === 0 ? new Uint8Array(0) : file.globalHeap.read(address, index)),
      writeHeapObject: () => {
        throw new Error("nothing is written here");
      },
    };
  }

  model(): Model {
    const { file } = this;
    const { superblock } = file;
    this.nameObjects("/", file.root());
    this.visit("/", file.root());
    return {
      superblock: superblock.version,
      userBlock: superblock.baseAddress,
      sizeOfOffsets: superblock.sizeOfOffsets,
      sizeOfLengths: superblock.sizeOfLengths,
      objects: this.objects,
    };
  }

  /** What `read` gives, or the error in its place; errors of other kinds are never to be seen. */
  private attempt<T>(read: () => T): T {
    if (!this.errorsStand) return read();
    try {
      return read();
    } catch (error) {
      if (!(error instanceof HDF5Error)) throw error;
      return { error: error.message } as T;
    }
  }

  /** An object has the path under which it is met first. */
  private nameObjects(path: string, object: EngineObject): void {
    if (this.paths.has(object.address)) return;
    this.paths.set(object.address, path);
    if (!(object instanceof GroupObject)) return;
    this.attempt(() => {
      for (const { name, target } of object.links()) {
        if (target.kind !== "hard") continue;
        this.attempt(() => this.nameObjects(joined(path, name), this.file.object(target.objectHeaderAddress)));
      }
    });
  }

  private visit(path: string, object: EngineObject): string {
    const own = this.paths.get(object.address);
    if (own !== undefined && own !== path) return own;
    const entry: ModelObject = { kind: object.kind, linkCount: object.linkCount, attributes: {} };
    this.objects[path] = entry;
    if (object instanceof GroupObject) entry.links = this.attempt(() => this.linksOf(path, object));
    else if (object instanceof DatasetObject) this.describeDataset(entry, object);
    else if (object instanceof DatatypeObject)
      entry.type = this.attempt(() => this.typeOf(object.datatype, object.address));
    const comment = this.attempt(() => object.comment());
    if (comment !== undefined) entry.comment = comment;
    entry.attributes = this.attempt(() =>
      Object.fromEntries(
        object.attributes().map((attribute) => [attribute.name, this.attempt(() => this.attributeOf(attribute))]),
      ),
    );
    return path;
  }

  private linksOf(path: string, group: GroupObject): Record<string, ModelLink> {
    return Object.fromEntries(
      group.links().map((link) => [
        link.name,
        {
          ...this.targetOf(link, joined(path, link.name)),
          ...(link.creationOrder === undefined ? {} : { creationOrder: link.creationOrder }),
        },
      ]),
    );
  }

  private targetOf({ target }: Link, path: string): ModelLink {
    switch (target.kind) {
      case "hard": {
        const { objectHeaderAddress } = target;
        return { kind: "hard", object: this.attempt(() => this.visit(path, this.file.object(objectHeaderAddress))) };
      }
      case "soft":
      case "external":
        return { ...target };
      case "user":
        return { kind: "user" };
    }
  }

  private describeDataset(entry: ModelObject, dataset: DatasetObject): void {
    const { layout, pipeline, fillValue, dataspace, datatype } = dataset;
    entry.type = this.attempt(() => this.typeOf(datatype, dataset.committedTypeAddress));
    entry.shape = shapeOf(dataspace);
    entry.maxshape = dataspace.kind === "null" ? null : dataspace.maxDims.map((n) => (n === UNLIMITED ? null : n));
    entry.layout = layout.kind;
    if (layout.kind === "chunked") entry.chunks = [...layout.chunkDims];
    if (pipeline !== undefined && pipeline.filters.length > 0)
      entry.filters = pipeline.filters.map(({ id, flags, clientData }) => ({ id, flags, values: [...clientData] }));
    entry.storageSize = this.attempt(() => dataset.storageSize());
    entry.allocationTime = fillValue?.allocationTime ?? ALLOCATION_TIMES[layout.kind];
    entry.fillTime = FILL_TIMES[fillValue?.fillTime ?? "if-set"];
    entry.fillValue = FILL_VALUES[fillValue?.status ?? "undefined"];
    if (dataspace.kind !== "null")
      Object.assign(
        entry,
        this.dataOf(datatype, dataspace, () => dataset.readBytes()),
      );
  }

  private attributeOf({ datatype, committedTypeAddress, dataspace, bytes }: Attribute): ModelAttribute {
    return {
      type: this.attempt(() => this.typeOf(datatype, committedTypeAddress)),
      shape: shapeOf(dataspace),
      ...(dataspace.kind === "null" ? {} : this.dataOf(datatype, dataspace, () => bytes)),
    };
  }

  private dataOf(type: Datatype, space: Dataspace, read: () => Uint8Array): ModelData {
    const count = product(space.dims);
    const fixed = hasFixedBytes(type);
    const byteLength = fixed ? count * type.size : 0;
    if (this.isLeftOut(byteLength, MOST_BYTES) || (!fixed && this.isLeftOut(count, MOST_VALUES))) return {};
    return {
      ...(fixed ? { bytes: this.attempt(() => base64(read())) } : {}),
      ...(this.isLeftOut(count, MOST_VALUES) || this.isLeftOut(byteLength, MOST_BYTES_AS_VALUES)
        ? {}
        : { values: this.attempt(() => this.valuesOf(type, space, count, read())) }),
    };
  }

  private isLeftOut(amount: number, most: number): boolean {
    return this.errorsStand && amount > most;
  }

  private valuesOf(type: Datatype, space: Dataspace, count: number, bytes: Uint8Array): ModelValue {
    const values = decodeElements(type, bytes, count, this.context).map((value) => this.valueOf(value, type));
    return space.kind === "scalar" ? (values[0] as ModelValue) : values;
  }

  private valueOf(value: unknown, type: Datatype): ModelValue {
    switch (type.class) {
      case "compound": {
        const record = value as Record<string, unknown>;
        return Object.fromEntries(
          type.members.map((member) => [member.name, this.valueOf(record[member.name], member.type)]),
        );
      }
      case "array":
        return this.nested(value, type.dims, type.base);
      case "variable-length":
        if (type.kind === "string") return textOf(value as string);
        return Array.from(value as ArrayLike<unknown>, (element) => this.valueOf(element, type.base));
      case "string":
        return textOf(value as string);
      case "opaque":
        return { bytes: base64(value as Uint8Array) };
      case "reference":
        return this.referenceOf(value as ReferenceValue, type);
      default:
        return numberOf(value as number | bigint | boolean);
    }
  }

  private nested(value: unknown, dims: readonly number[], base: Datatype): ModelValue {
    if (dims.length === 0) return this.valueOf(value, base);
    return Array.from(value as ArrayLike<unknown>, (part) => this.nested(part, dims.slice(1), base));
  }

  private referenceOf({ bytes }: ReferenceValue, type: ReferenceType): ModelValue {
    const reference = resolveReference(this.file, type, bytes);
    if (reference?.target === undefined) return null;
    const object = this.paths.get(reference.target.address) ?? `object at ${reference.target.address}`;
    return reference.region === undefined ? { object } : { object, ...regionOf(reference.region) };
  }

  private typeOf(type: Datatype, committedAddress?: number): ModelType {
    const entry = this.classOf(type);
    if (committedAddress === undefined) return entry;
    return { ...entry, committed: this.paths.get(committedAddress) ?? `object at ${committedAddress}` };
  }

  private classOf(type: Datatype): ModelType {
    switch (type.class) {
      case "fixed-point":
        return { class: "integer", signed: type.signed, ...bitsOf(type) };
      case "bitfield":
        return { class: "bitfield", ...bitsOf(type) };
      case "floating-point":
        return {
          class: "float",
          ...bitsOf(type),
          sign: type.signLocation,
          exponent: [type.exponentLocation, type.exponentSize, type.exponentBias],
          mantissa: [type.mantissaLocation, type.mantissaSize],
        };
      case "string": {
        const { size, characterSet, padding } = type;
        return { class: "string", size, characterSet, padding: PADDINGS[padding] };
      }
      case "opaque":
        return { class: "opaque", size: type.size, tag: type.tag };
      case "compound": {
        const fixed = hasFixedBytes(type);
        const members = type.members.map(({ name, byteOffset, type }) => ({
          name,
          type: this.typeOf(type),
          ...(fixed ? { offset: byteOffset } : {}),
        }));
        return { class: "compound", members, ...(fixed ? { size: type.size } : {}) };
      }
      case "enum": {
        const members = type.members.map(({ name, value }) => [
          name,
          this.valueOf(decodeElements(type.base, value, 1)[0], type.base),
        ]);
        return { class: "enum", base: this.typeOf(type.base), members: Object.fromEntries(members) };
      }
      case "array":
        return { class: "array", dims: [...type.dims], base: this.typeOf(type.base) };
      case "variable-length":
        if (type.kind === "sequence") return { class: "vlen", base: this.typeOf(type.base) };
        return { class: "string", size: "variable", characterSet: type.characterSet, padding: PADDINGS[type.padding] };
      case "reference":
        return { class: "reference", kind: type.kind };
      default:
        return { class: type.class };
    }
  }
}

function joined(path: string, name: string): string {
  return path === "/" ? `/${name}` : `${path}/${name}`;
}

function shapeOf(space: Dataspace): number[] | null {
  return space.kind === "null" ? null : [...space.dims];
}

function bitsOf(type: { size: number; byteOrder: string; bitPrecision: number; bitOffset: number }) {
  const order = { "little-endian": "LE", "big-endian": "BE" }[type.byteOrder] ?? type.byteOrder;
  return { size: type.size, order, precision: type.bitPrecision, offset: type.bitOffset };
}

function hasFixedBytes(type: Datatype): boolean {
  switch (type.class) {
    case "variable-length":
    case "reference":
      return false;
    case "compound":
      return type.members.every((member) => hasFixedBytes(member.type));
    case "array":
      return hasFixedBytes(type.base);
    default:
      return true;
  }
}

/** Text that is not UTF-8 as its bytes. */
export function textOf(text: string): ModelValue {
  return ESCAPED_BYTE.test(text) ? { bytes: base64(encodeUtf8(text)) } : text;
}

/** A number as JSON has it; beyond that as text. */
export function numberOf(value: number | bigint | boolean): ModelValue {
  if (typeof value === "bigint") {
    const asNumber = Number(value);
    return Number.isSafeInteger(asNumber) ? asNumber : String(value);
  }
  if (typeof value === "boolean") return Number(value);
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? "-0" : value;
}

function regionOf(region: Selection): Record<string, ModelValue> {
  if (region.kind === "all" || region.kind === "none") return { selection: region.kind };
  if (region.kind !== "points") return { blocks: blocks(region).map(({ low, high }) => [[...low], [...high]]) };
  const rank = region.dims.length;
  const points = Array.from({ length: region.coordinates.length / rank }, (_, i) =>
    Array.from(region.coordinates.subarray(i * rank, (i + 1) * rank)),
  );
  return { points };
}
