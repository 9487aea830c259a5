/** What h5wasm, a build of the C library's version 2.0, finds in a file, against a model of that file. */

import { isDeepStrictEqual } from "node:util";
import { type Dataset, File, type Group, type Metadata, ready } from "h5wasm/node";
import type {
  Model,
  ModelAttribute,
  ModelMember,
  ModelObject,
  ModelType,
  ModelValue,
} from "../support/fixture-model.ts";

const Module = await ready;

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
  const facts = new Facts(file);
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

  constructor(file: File) {
    this.file = file;
  }

  compareObject(path: string, object: ModelObject): void {
    const { file_id } = this.file;
    for (const [name, attribute] of Object.entries(object.attributes)) {
      this.compareData(`${path}@${name}`, attribute, {
        metadata: Module.get_attribute_metadata(file_id, path, name),
        read: (pointer) => Module.get_attribute_data(file_id, path, name, pointer),
        value: () => (this.file.get(path) as Group | Dataset).attrs[name]?.value,
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
    this.compareData(path, dataset as ModelAttribute, {
      metadata,
      read: (pointer) => Module.get_dataset_data(file_id, path, null, null, null, pointer),
      value: () => (this.file.get(path) as Dataset).value,
    });
  }

  private compareData(at: string, { type, shape, bytes, values }: ModelAttribute, theirs: Theirs): void {
    const { metadata } = theirs;
    this.same(`${at} shape`, metadata.shape, shape);
    this.same(`${at} class`, metadata.type, CLASSES[type.class]);
    if (shape === null) return;
    if (bytes !== undefined)
      this.same(at, bytesOf(theirs), Buffer.from(littleEndian(Buffer.from(bytes, "base64"), type)).toString("base64"));
    else if (isText(type) || isNumbers(type)) this.same(at, flat(theirs.value()), flat(values));
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
  readonly value: () => unknown;
}

/** In base64. */
function bytesOf({ metadata, read }: TheirBytes): string {
  const byteLength = metadata.size * metadata.total_size;
  const pointer = Module._malloc(Math.max(byteLength, 1));
  Module.HEAPU8.fill(0, pointer, pointer + byteLength);
  try {
    if (read(BigInt(pointer)) < 0) return "not read";
    return Buffer.from(Module.HEAPU8.slice(pointer, pointer + byteLength)).toString("base64");
  } finally {
    Module._free(pointer);
  }
}

/** h5wasm asks the library for little-endian elements where all of an element is big-endian. */
function littleEndian(bytes: Uint8Array, type: ModelType): Uint8Array {
  const orders = new Set(leaves(type).map(({ order }) => order));
  return orders.size === 1 && orders.has("BE") ? swapped(bytes, type) : bytes;
}

/** The types in a type that have a byte order. */
function leaves(type: ModelType): ModelType[] {
  if (type.class === "compound") return (type.members as ModelMember[]).flatMap((member) => leaves(member.type));
  if (type.class === "array") return leaves(type.base as ModelType);
  return type.order === undefined ? [] : [type];
}

function swapped(bytes: Uint8Array, type: ModelType): Uint8Array {
  if (type.class === "array") return swapped(bytes, type.base as ModelType);
  const result = type.class === "compound" ? new Uint8Array(bytes.length) : bytes.slice();
  if (type.class === "string") return withoutRest(result);
  if (type.class !== "compound" && type.order === undefined) return result;
  const size = type.size as number;
  for (let at = 0; at < bytes.length; at += size) {
    if (type.class !== "compound") result.subarray(at, at + size).reverse();
    else
      for (const { offset = 0, type: part } of type.members as ModelMember[]) {
        const start = at + offset;
        result.set(swapped(bytes.subarray(start, start + sizeOf(part)), part), start);
      }
  }
  return result;
}

/** A text that is converted loses what is behind its terminator. */
function withoutRest(text: Uint8Array): Uint8Array {
  const end = text.indexOf(0);
  return end < 0 ? text : text.fill(0, end);
}

function sizeOf(type: ModelType): number {
  if (type.class === "enum") return sizeOf(type.base as ModelType);
  if (type.class !== "array") return type.size as number;
  return (type.dims as number[]).reduce((product, n) => product * n, sizeOf(type.base as ModelType));
}

function isText(type: ModelType): boolean {
  return type.class === "string";
}

function isNumbers(type: ModelType): boolean {
  const base = type.base as ModelType | undefined;
  return type.class === "vlen" && (base?.class === "integer" || base?.class === "float") && base.order === "LE";
}

/** Leaves in order; numbers as the models have them. */
function flat(value: unknown): ModelValue[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>).flatMap(flat);
  if (typeof value === "bigint") return [Number.isSafeInteger(Number(value)) ? Number(value) : String(value)];
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return [Object.is(value, -0) ? "-0" : String(value)];
  return [value as ModelValue];
}
