/** Operations carried out by h5wasm, version 2.0 of the C library or 1.14, as far as its interface goes. */
import { File, type Metadata, ready } from "h5wasm/node";
import { IS_VERSION_1_14, SCALE_OFFSET } from "../h5wasm-facts.ts";
import type { Model } from "./model.ts";
import {
  countOf,
  type DatasetSpec,
  type Dims,
  type Element,
  type FileOperation,
  type FileSpec,
  isPlain,
  sizeOfType,
  type TypeSpec,
} from "./operations.ts";
import { bytesOfHex } from "./types.ts";

const Module = await ready;

/** How h5wasm makes a file. */
export function fileSpecForH5wasm({ low, linkOrder }: FileSpec): FileSpec {
  return { low: IS_VERSION_1_14 ? "earliest" : low, userBlock: 0, linkOrder, attrOrder: linkOrder };
}

/** The operation, or the most similar one that h5wasm knows; undefined where it knows none. */
export function operationForH5wasm(operation: FileOperation, model: Model): FileOperation | undefined {
  switch (operation.op) {
    case "group": {
      const { path, linkOrder = false } = operation;
      return { op: "group", path, linkOrder, attrOrder: linkOrder };
    }
    case "dataset": {
      const spec = datasetSpecFor(operation.spec);
      return spec && { ...operation, spec };
    }
    case "hard":
    case "soft":
    case "external":
    case "attrDelete":
      return operation;
    case "resize":
      return canReadChunks(model, operation.path) ? operation : undefined;
    case "attr": {
      const { committed: _, ...attribute } = operation;
      return attribute.dims !== null && canCreate(attribute.type) ? attribute : undefined;
    }
    case "write": {
      const object = model.object(operation.path);
      const isKnown = object?.kind === "dataset" && canWrite(object.spec.type) && canReadChunks(model, operation.path);
      return isKnown ? operation : undefined;
    }
    default:
      return undefined;
  }
}

/** Those of a dataset, or of those that a virtual one shows. */
function canReadChunks(model: Model, path: string): boolean {
  const object = model.object(path);
  if (!IS_VERSION_1_14 || object?.kind !== "dataset") return true;
  const { filters = [], parts = [] } = object.spec;
  return filters.every(({ id }) => id !== SCALE_OFFSET) && parts.every((part) => canReadChunks(model, part.path));
}

function datasetSpecFor({ type, dims, maxDims, layout, chunk, filters = [] }: DatasetSpec): DatasetSpec | undefined {
  if (dims === null || !canCreate(type)) return undefined;
  if (layout !== "chunked" || chunk === undefined || maxDims === undefined) return { type, dims, layout: "contiguous" };
  // One filter that must be applied, which version 2.0 does not do to data in the heap.
  const known = isPlain(type) ? filters.filter(({ id }) => id === 1 || id === 2 || id === 3).slice(0, 1) : [];
  return { type, dims, maxDims, layout, chunk, ...(known.length > 0 && { filters: known }) };
}

/** Types that h5wasm makes: the one of version 1.14 is asked for numbers alone. */
function canCreate(type: TypeSpec): boolean {
  switch (type.t) {
    case "i":
      // The older one gives integers of 8 bytes a precision of 32 bits.
      return !type.be && !(IS_VERSION_1_14 && type.s > 4);
    case "f":
      return !type.be && type.s > 2;
    case "s":
      return !IS_VERSION_1_14 && ((type.c === 0 && type.p === 0) || (type.c === 1 && type.p === 2));
    case "vs":
      return !IS_VERSION_1_14;
    case "c":
      return !IS_VERSION_1_14 && isPlain(type) && type.m.every(([, , member]) => canCreate(member));
    default:
      return false;
  }
}

/** Types whose elements in its memory are made here. */
function canWrite(type: TypeSpec): boolean {
  if (type.t === "vl") return canWrite(type.b);
  return type.t === "vs" || (isPlain(type) && !JSON.stringify(type).includes('"be":true'));
}

/** What h5wasm wants to know of a type; `size` is that in its memory, where pointers have 4 bytes. */
function metadataOf(type: TypeSpec): Omit<Metadata, "shape" | "maxshape" | "chunks"> {
  const { H5T_class_t: classes } = Module;
  const common = { signed: false, littleEndian: true, vlen: false, total_size: 1, size: sizeOfType(type) };
  switch (type.t) {
    case "i":
      return { ...common, type: classes.H5T_INTEGER.value, signed: !type.u };
    case "f":
      return { ...common, type: classes.H5T_FLOAT.value };
    case "s":
      return { ...common, type: classes.H5T_STRING.value, cset: type.c };
    case "vs":
      return { ...common, type: classes.H5T_STRING.value, cset: type.c, vlen: true, size: 4 };
    case "c": {
      const members = type.m.map(([name, offset, member]) => ({ name, offset, ...metadataOf(member) }) as never);
      return {
        ...common,
        type: classes.H5T_COMPOUND.value,
        compound_type: { members, nmembers: members.length },
      };
    }
    default:
      throw new Error(`h5wasm makes no type ${type.t}`);
  }
}

/**
 * Calls with the address of the elements in the memory of h5wasm.
 *
 * @param baseBytes - Of one element of a sequence; elements of variable length are text otherwise.
 */
function withElements(elements: readonly Element[], use: (pointer: bigint) => number, baseBytes?: number): number {
  const allocated: number[] = [];
  const put = (bytes: Uint8Array): number => {
    const pointer = Module._malloc(Math.max(bytes.length, 1));
    allocated.push(pointer);
    Module.HEAPU8.set(bytes, pointer);
    return pointer;
  };
  const inMemory = (element: Element): Uint8Array => {
    if (!element.startsWith("v")) return bytesOfHex(element);
    const bytes = bytesOfHex(element.slice(1));
    const words = baseBytes === undefined ? [put(Uint8Array.of(...bytes, 0))] : [bytes.length / baseBytes, put(bytes)];
    return new Uint8Array(Uint32Array.from(words).buffer);
  };
  try {
    return use(BigInt(put(Buffer.concat(elements.map(inMemory)))));
  } finally {
    for (const pointer of allocated) Module._free(pointer);
  }
}

function bigDims(dims: readonly number[]): bigint[] {
  return dims.map((size) => (size < 0 ? 2n ** 64n - 1n : BigInt(size)));
}

function shapeOf(dims: Dims) {
  if (dims === null) throw new Error("h5wasm makes no null dataspaces");
  return { shape: bigDims(dims), maxshape: null };
}

/** Carries out operations in a file, which `create` makes first. */
export function editWithH5wasm(
  path: string,
  { low, linkOrder }: FileSpec,
  operations: readonly FileOperation[],
  create: boolean,
): void {
  const file = new File(path, create ? "w" : "a", { track_order: linkOrder, libver: [low, "latest"] });
  try {
    for (const operation of operations) {
      const status = apply(file.file_id, operation);
      if (status < 0) throw new Error(`h5wasm ${JSON.stringify(operation).slice(0, 300)}: ${status}`);
    }
  } finally {
    file.close();
  }
}

function apply(file: bigint, operation: FileOperation): number {
  const { path } = operation;
  switch (operation.op) {
    case "group":
      return Module.create_group(file, path, operation.linkOrder);
    case "dataset":
      return createDataset(file, path, operation.spec);
    case "hard":
      return Module.create_hard_link(file, operation.target, path);
    case "soft":
      return Module.create_soft_link(file, operation.to, path);
    case "external":
      return Module.create_external_link(file, operation.file, operation.to, path);
    case "resize":
      return Module.resize_dataset(file, path, bigDims(operation.dims));
    case "attrDelete":
      return Module.delete_attribute(file, path, operation.name);
    case "attr": {
      const { name, type, dims, data } = operation;
      return withElements(data, (pointer) =>
        Module.create_attribute(file, path, name, pointer, { ...metadataOf(type), ...shapeOf(dims) }),
      );
    }
    case "write":
      return write(file, operation);
    default:
      throw new Error(`h5wasm knows no ${operation.op}`);
  }
}

function createDataset(file: bigint, path: string, { type, dims, maxDims, chunk, filters = [] }: DatasetSpec): number {
  const [filter] = filters;
  const metadata = {
    ...metadataOf(type),
    ...shapeOf(dims),
    ...(maxDims && { maxshape: bigDims(maxDims) }),
    ...(chunk && { chunks: bigDims(chunk) }),
    ...(filter && { compression: filter.id, compression_opts: [...filter.values] }),
  };
  const zeros = new Array<Element>(countOf(dims)).fill(type.t === "vs" ? "v" : "00".repeat(sizeOfType(type)));
  return withElements(zeros, (pointer) => Module.create_dataset(file, path, pointer, metadata as never));
}

function write(file: bigint, { path, start, count, stride, data }: Extract<FileOperation, { op: "write" }>): number {
  const selection = start.length === 0 ? [null, null, null] : [count, start, stride].map(bigDims);
  const [counts, offsets, strides] = selection as [bigint[], bigint[], bigint[]];
  const { vlen_type } = Module.get_dataset_metadata(file, path);
  return withElements(
    data,
    (pointer) => Module.set_dataset_data(file, path, counts, offsets, strides, pointer),
    vlen_type?.size,
  );
}
