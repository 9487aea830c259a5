/** What h5wasm, a build of the C library's version 2.0 or 1.14, finds in a file, against a model of that file. */

import { isDeepStrictEqual } from "node:util";
import { File, type Group, type Metadata, ready } from "h5wasm/node";
import type {
  Model,
  ModelAttribute,
  ModelMember,
  ModelObject,
  ModelType,
  ModelValue,
} from "../support/fixture-model.ts";
import { hasKnownLeaves, leavesInMemory, leavesOfModel } from "./h5wasm-elements.ts";

const Module = await ready;

/** Whether h5wasm is the older one, see `version-1.14/h5wasm.ts`. */
export const IS_VERSION_1_14 = process.env.H5TS_H5WASM === "1.14";

/** The filter whose chunks version 1.14.6 cannot all read, not even its own: those with codes of all bits of an integer. */
export const SCALE_OFFSET = 6;

const CLASSES: Readonly<Record<string, number>> = {
  integer: 0,
  float: 1,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enum: 8,
  vlen: 9,
  array: 10,
};

/** `H5T_COMPLEX`. */
export const COMPLEX_CLASS = 11;

export interface WasmFacts {
  /** Parts that h5wasm gave. */
  readonly compared: number;
  readonly differences: readonly string[];
}

/** Shapes, classes, chunks, filters, links, attributes, and the bytes of all data of fixed size; else the values. */
export function compareWithH5wasm(path: string, model: Model): WasmFacts {
  const file = new File(path, "r");
  const facts = new Facts(file, model);
  try {
    for (const [name, object] of Object.entries(model.objects)) facts.compareObject(name, object);
  } finally {
    file.close();
  }
  return facts;
}

/** Class and raw elements, little-endian, of the datasets of the root group. */
export function rawDataInH5wasm(path: string): Record<string, { readonly class: number; readonly bytes: string }> {
  const file = new File(path, "r");
  try {
    const entries = file.keys().map((name) => {
      const metadata = Module.get_dataset_metadata(file.file_id, name);
      const read = (pointer: bigint) => Module.get_dataset_data(file.file_id, name, null, null, null, pointer);
      return [name, { class: metadata.type, bytes: bytesOf({ metadata, read }) }];
    });
    return Object.fromEntries(entries);
  } finally {
    file.close();
  }
}

class Facts implements WasmFacts {
  compared = 0;
  readonly differences: string[] = [];
  private readonly file: File;
  private readonly model: Model;

  constructor(file: File, model: Model) {
    this.file = file;
    this.model = model;
  }

  compareObject(path: string, object: ModelObject): void {
    const { file_id } = this.file;
    for (const [name, attribute] of Object.entries(object.attributes)) {
      this.compareData(`${path}@${name}`, attribute, {
        metadata: Module.get_attribute_metadata(file_id, path, name),
        read: (pointer) => Module.get_attribute_data(file_id, path, name, pointer),
        reclaim: (pointer) => Module.reclaim_vlen_memory(file_id, path, name, pointer),
      });
    }
    this.same(
      `${path} attributes`,
      Module.get_attribute_names(file_id, path).sort(),
      Object.keys(object.attributes).sort(),
    );
    if (object.kind === "group") this.compareGroup(path, object);
    if (object.kind === "dataset") this.compareDataset(path, object);
  }

  private compareGroup(path: string, { links = {} }: ModelObject): void {
    const group = path === "/" ? this.file : this.file.get(path);
    this.same(`${path} links`, (group as Group).keys().sort(), Object.keys(links).sort());
    for (const [name, link] of Object.entries(links)) {
      const at = `${path === "/" ? "" : path}/${name}`;
      if (link.kind === "soft") this.same(at, Module.get_symbolic_link(this.file.file_id, at), link.path);
      if (link.kind === "external") {
        const { filename, obj_path } = Module.get_external_link(this.file.file_id, at);
        this.same(at, [filename, obj_path], [link.file, link.path]);
      }
    }
  }

  private compareDataset(path: string, dataset: ModelObject): void {
    const { file_id } = this.file;
    const metadata = Module.get_dataset_metadata(file_id, path);
    this.same(`${path} maxshape`, metadata.maxshape?.map((n) => (n === 2 ** 64 ? null : n)) ?? null, dataset.maxshape);
    this.same(`${path} chunks`, metadata.chunks ?? undefined, dataset.chunks);
    const filters = Module.get_dataset_filters(file_id, path).map(({ id, cd_values }) => ({
      id,
      values: [...cd_values],
    }));
    this.same(
      `${path} filters`,
      filters,
      (dataset.filters ?? []).map(({ id, values }) => ({ id, values })),
    );
    if (IS_VERSION_1_14 && this.mayBeUnreadable(dataset)) return;
    this.compareData(path, dataset as ModelAttribute, {
      metadata,
      read: (pointer) => Module.get_dataset_data(file_id, path, null, null, null, pointer),
      reclaim: (pointer) => Module.reclaim_vlen_memory(file_id, path, "", pointer),
    });
  }

  /** Whether version 1.14 may fail at its chunks, or at those of a dataset that a virtual one shows. */
  private mayBeUnreadable(dataset: ModelObject): boolean {
    const shown = dataset.layout === "virtual" ? Object.values(this.model.objects) : [dataset];
    return shown.some(({ filters = [] }) => filters.some(({ id }) => id === SCALE_OFFSET));
  }

  private compareData(at: string, { type, shape, bytes, values }: ModelAttribute, theirs: Theirs): void {
    const { metadata } = theirs;
    this.same(`${at} shape`, metadata.shape, shape);
    this.same(`${at} class`, metadata.type, CLASSES[type.class]);
    if (shape === null) return;
    if (bytes !== undefined) {
      const ours = littleEndian(Buffer.from(bytes, "base64"), type);
      if (ours !== undefined) this.same(at, bytesOf(theirs), Buffer.from(ours).toString("base64"));
    } else if (hasKnownLeaves(type)) {
      const ours = (shape.length === 0 ? [values] : (values as ModelValue[])).flatMap((value) =>
        leavesOfModel(type, value as ModelValue),
      );
      this.same(at, valuesOf(theirs, type), ours);
    }
  }

  private same(at: string, theirs: unknown, ours: unknown): void {
    this.compared++;
    if (!isDeepStrictEqual(theirs, ours))
      this.differences.push(
        `${at}: h5wasm ${JSON.stringify(theirs)?.slice(0, 300)}, we ${JSON.stringify(ours)?.slice(0, 300)}`,
      );
  }
}

interface TheirBytes {
  readonly metadata: Metadata;
  readonly read: (pointer: bigint) => number;
}

interface Theirs extends TheirBytes {
  /** Frees what the library has put elsewhere for elements of variable length. */
  readonly reclaim: (pointer: bigint) => number;
}

/** Calls with the address of the elements in the memory of h5wasm; undefined where they are not read. */
function withElements<T>(
  { metadata, read }: TheirBytes,
  use: (address: number, byteLength: number) => T,
): T | undefined {
  const byteLength = metadata.size * metadata.total_size;
  const pointer = Module._malloc(Math.max(byteLength, 1));
  Module.HEAPU8.fill(0, pointer, pointer + byteLength);
  try {
    return read(BigInt(pointer)) < 0 ? undefined : use(pointer, byteLength);
  } finally {
    Module._free(pointer);
  }
}

/** In base64. */
function bytesOf(theirs: TheirBytes): string {
  const bytes = withElements(theirs, (address, length) => Module.HEAPU8.slice(address, address + length));
  return bytes === undefined ? "not read" : Buffer.from(bytes).toString("base64");
}

function valuesOf(theirs: Theirs, type: ModelType): ModelValue[] | string {
  const values = withElements(theirs, (address) => {
    const leaves = leavesInMemory(type, theirs.metadata, address);
    theirs.reclaim(BigInt(address));
    return leaves;
  });
  return values ?? "not read";
}

/**
 * h5wasm asks the library for little-endian elements where all of an element is big-endian. Enumerations refuse that, and
 * the members of a compound behind one are left as they are: undefined for what h5wasm then makes of such an element.
 */
function littleEndian(bytes: Uint8Array, type: ModelType): Uint8Array | undefined {
  const parts = leaves(type);
  if (parts.length === 0 || parts.some(({ order }) => order !== "BE")) return bytes;
  return hasEnumeration(type) ? undefined : swapped(bytes, type);
}

function hasEnumeration(type: ModelType): boolean {
  if (type.class === "compound") return (type.members as ModelMember[]).some((member) => hasEnumeration(member.type));
  return type.class === "enum" || (type.class === "array" && hasEnumeration(type.base as ModelType));
}

/** The types in a type that have a byte order. */
function leaves(type: ModelType): ModelType[] {
  if (type.class === "compound") return (type.members as ModelMember[]).flatMap((member) => leaves(member.type));
  if (type.class === "array" || type.class === "enum") return leaves(type.base as ModelType);
  return type.order === undefined ? [] : [type];
}

function swapped(bytes: Uint8Array, type: ModelType): Uint8Array {
  if (type.class === "array") return swapped(bytes, type.base as ModelType);
  const result = type.class === "compound" ? new Uint8Array(bytes.length) : bytes.slice();
  if (type.class !== "compound" && type.class !== "string" && type.order === undefined) return result;
  const size = type.size as number;
  for (let at = 0; at < bytes.length; at += size) {
    if (type.class === "string") withoutRest(result.subarray(at, at + size));
    else if (type.class !== "compound") result.subarray(at, at + size).reverse();
    else
      for (const { offset = 0, type: part } of type.members as ModelMember[]) {
        const start = at + offset;
        result.set(swapped(bytes.subarray(start, start + sizeOf(part)), part), start);
      }
  }
  return result;
}

/** A text that is converted loses what is behind its terminator. */
function withoutRest(text: Uint8Array): void {
  const end = text.indexOf(0);
  if (end >= 0) text.fill(0, end);
}

function sizeOf(type: ModelType): number {
  if (type.class === "enum") return sizeOf(type.base as ModelType);
  if (type.class !== "array") return type.size as number;
  return (type.dims as number[]).reduce((product, n) => product * n, sizeOf(type.base as ModelType));
}
