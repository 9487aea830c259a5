/** Calls that make datasets, at random. */
import type { Random } from "../trees/random.ts";
import type { Call, CreationSpec, MappingSpec, StorageSpec, TypeSpec, ValueSpec } from "./calls.ts";
import type { ProgramModel } from "./model.ts";
import { randomSelection, simpleSelection } from "./random-selections.ts";
import {
  fittingValue,
  isPossible,
  listType,
  numberType,
  plainNumberType,
  randomShape,
  randomType,
  randomValue,
} from "./random-values.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Storage that goes with the shape, most often. */
export function randomStorage(
  random: Random,
  model: ProgramModel,
  shape: readonly number[],
  type: TypeSpec,
): Mutable<StorageSpec> {
  const storage: Mutable<StorageSpec> = {};
  if (random.chance(0.1)) storage.trackOrder = true;
  if (random.chance(0.05)) storage.trackTimes = false;
  if (shape.length === 0 && random.chance(0.97)) return storage;
  if (random.chance(0.4)) {
    const limit = (size: number) => (random.chance(0.5) ? null : size + random.between(0, 4));
    const limits = shape.map(limit);
    const [only] = limits;
    storage.maxshape = typeof only === "number" && limits.length === 1 && random.chance(0.2) ? only : limits;
  }
  if (random.chance(0.45)) {
    const length = (size: number) => random.between(1, Math.max(1, Math.min(size, 4)));
    const lengths = shape.map(length);
    const [only] = lengths;
    const plain = lengths.length === 1 && only !== undefined && random.chance(0.2) ? only : lengths;
    storage.chunks = random.chance(0.25) ? true : plain;
  }
  if (random.chance(0.5)) return storage;
  Object.assign(storage, randomCompression(random));
  if (random.chance(0.3)) storage.shuffle = random.chance(0.9);
  if (random.chance(0.25)) storage.fletcher32 = true;
  // What loses digits does so when the dataset is closed.
  if (random.chance(0.15) && !model.keepsOpen && (type.kind === "number" || random.chance(0.1))) {
    // Of fewer bits than needed, and of digits, more is lost each time the chunk leaves a cache.
    const isFloat = type.kind === "number" && type.code.includes("f");
    storage.scaleoffset = isFloat ? true : random.pick([true, 0]);
    if (random.chance(0.9)) delete storage.fletcher32;
    // The C library loses some of what both have coded.
    if (storage.compression === "szip") storage.compression = "gzip";
    delete storage.compressionOpts;
  }
  return storage;
}

function randomCompression(random: Random): StorageSpec {
  switch (random.between(0, 7)) {
    case 0:
      return { compression: "gzip" };
    case 1:
      return { compression: "gzip", compressionOpts: random.between(0, random.chance(0.1) ? 11 : 9) };
    case 2:
      return { compression: random.between(0, 10) };
    case 3:
      return { compression: "lzf" };
    case 4:
      return {
        compression: "szip",
        ...(random.chance(0.5) ? { compressionOpts: [random.pick(["nn", "ec"]), random.pick([2, 4, 8, 16])] } : {}),
      };
    case 5:
      return random.chance(0.1) ? { compressionOpts: 3 } : {};
    default:
      return {};
  }
}

function possibleType(random: Random, model: ProgramModel): TypeSpec {
  for (;;) {
    const known = model.types.length > 0 && random.chance(0.15) ? random.pick(model.types).type : undefined;
    const type = known ?? (random.chance(0.4) ? numberType(random) : randomType(random));
    if (isPossible(type, model.targets)) return type;
  }
}

export function createDataset(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  const kind = random.fraction();
  if (kind < 0.08) return createEmpty(random, model, path);
  const type = kind < 0.2 ? listType(random) : possibleType(random, model);
  const shape = randomShape(random);
  const options: Mutable<CreationSpec> = randomStorage(random, model, shape, type);
  if (kind < 0.2) {
    const listed = shape.map((size) => Math.max(1, size));
    options.data = { ...randomValue(random, type, listed, model.targets), form: "list" };
    model.datasets.push({ path, type, shape: listed, ...growthOf(options) });
    return { call: "createDataset", path, options };
  }
  const named = random.chance(0.6) ? model.types.find((each) => each.type === type) : undefined;
  if (named === undefined) options.dtype = type;
  else options.named = named.path;
  // Of data for an array datatype h5py takes all dimensions for the dataset's.
  if (shape.length > 0 && isPlainNumber(type) && !storesChunks(options) && random.chance(0.06)) {
    options.external = externalParts(random, model);
  }
  const hasData = type.kind !== "array" && (random.chance(0.6) || (shape.length === 0 && isDelicate(type)));
  if (!hasData && isDelicate(type) && shape.length > 0) options.chunks ??= true;
  if (!hasData || random.chance(0.15))
    options.shape = shape.length === 1 && random.chance(0.3) ? (shape[0] as number) : shape;
  const from = type.kind === "number" && random.chance(0.2) ? plainNumberType(random) : type;
  if (hasData) options.data = fittingValue(type, randomValue(random, from, shape, model.targets));
  // Elements that nobody filled or wrote are of what was there before.
  const isFilled = hasData || storesChunks(options);
  if (hasPlainFill(type) ? !isFilled || random.chance(0.3) : false) options.fillvalue = fillValue(random, model, type);
  model.datasets.push({ path, type, shape, ...growthOf(options) });
  return { call: "createDataset", path, options };
}

function isPlainNumber(type: TypeSpec): boolean {
  return type.kind === "number" || type.kind === "enum";
}

/** Files of the dataset alone, one behind the other, of which the last may hold more than the rest. */
function externalParts(random: Random, model: ProgramModel): NonNullable<StorageSpec["external"]> {
  const name = `raw${model.nextNumber()}`;
  const first: [string, number, number] = [`${name}.bin`, random.pick([0, 3]), random.pick([8, 24, 5000])];
  const rest: [string, number, number] = [`${name}b.bin`, 0, 1 << 20];
  return random.chance(0.5) ? [first, rest] : [rest];
}

/** h5py knows no fill values with pointers, nor of arrays. */
function hasPlainFill(type: TypeSpec): boolean {
  switch (type.kind) {
    case "vlen":
    case "reference":
    case "array":
      return false;
    case "string":
      return type.length !== null;
    case "compound":
      return type.fields.every(([, each]) => hasPlainFill(each));
    default:
      return true;
  }
}

/** Elements of which a part may be written, or that have no fill value, where the rest would be anything. */
function isDelicate(type: TypeSpec): boolean {
  return type.kind === "compound" || !hasPlainFill(type);
}

function fillValue(random: Random, model: ProgramModel, type: TypeSpec): ValueSpec {
  return { ...randomValue(random, type, [], model.targets), form: "list" };
}

function createEmpty(random: Random, model: ProgramModel, path: string): Call {
  const type = possibleType(random, model);
  model.datasets.push({ path, type, shape: null, maxshape: null, chunks: false });
  const options = random.chance(0.5)
    ? { data: { type, shape: null, items: [], form: "array" as const } }
    : { dtype: type };
  return { call: "createDataset", path, options };
}

function growthOf(options: CreationSpec) {
  const { maxshape, external } = options;
  const limits = typeof maxshape === "number" ? [maxshape] : (maxshape ?? null);
  return { maxshape: limits, chunks: storesChunks(options) && external === undefined };
}

function storesChunks({ maxshape, chunks, compression, shuffle, fletcher32, scaleoffset }: StorageSpec): boolean {
  return [maxshape, chunks, compression, shuffle, fletcher32, scaleoffset].some((each) => each !== undefined);
}

export function createLike(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  // For their fill values h5py would damage its memory.
  if (dataset === undefined || dataset.hasNbit || !hasPlainFill(dataset.type)) return undefined;
  if (dataset.type.kind === "compound" && !dataset.chunks) return undefined;
  const path = model.newPath(random);
  const options = random.chance(0.3) ? randomStorage(random, model, dataset.shape ?? [], dataset.type) : {};
  model.datasets.push({ ...dataset, path });
  return { call: "createLike", path, other: dataset.path, options };
}

export function requireDataset(random: Random, model: ProgramModel): Call {
  const known = random.chance(0.7) ? model.dataset(random) : undefined;
  const shape = random.chance(0.8) ? (known?.shape ?? randomShape(random, 2)) : randomShape(random, 2);
  const dtype = known === undefined || random.chance(0.3) ? plainNumberType(random) : known.type;
  const path = known?.path ?? model.newPath(random);
  return { call: "requireDataset", path, shape, dtype, exact: random.chance(0.3) };
}

/** A virtual dataset of rows of others of the file, of its shape. Of rows mapped twice the C library forgets to fill others. */
export function createVirtual(random: Random, model: ProgramModel): Call | undefined {
  const sources = model.datasets.filter(
    ({ shape, type, isElsewhere }) =>
      !isElsewhere && shape !== null && shape.length > 0 && type.kind === "number" && !type.code.endsWith("f2"),
  );
  if (sources.length === 0) return undefined;
  const { shape, type } = random.pick(sources);
  if (shape === null) return undefined;
  const fitting = sources.filter((each) => String(each.shape) === String(shape));
  const mappings: MappingSpec[] = [];
  for (let row = 0; row < (shape[0] as number); row++) {
    if (random.chance(0.3)) continue;
    const part = random.chance(0.5) ? simpleSelection(random, shape.slice(1)) : { args: [] };
    const target = { args: [row, ...("args" in part ? part.args : [])] };
    const selection = random.chance(0.5)
      ? target
      : { args: [random.between(0, (shape[0] as number) - 1), ...target.args.slice(1)] };
    mappings.push({ target, source: random.pick(fitting).path, selection });
  }
  if (mappings.length === 0 || random.chance(0.3)) {
    const selection = random.chance(0.5)
      ? simpleSelection(random, shape)
      : randomSelection(random, shape, { kind: "bool" }, undefined);
    mappings.splice(0, mappings.length, { target: selection, source: random.pick(fitting).path, selection });
  }
  // A source of which there is less than is mapped is read otherwise.
  for (const each of fitting) each.isSource = true;
  const isNested = fitting.some((each) => each.isVirtual);
  const others = model.elsewhere.filter((each) => String(each.dataset?.shape) === String(shape));
  if (others.length > 0) {
    for (const [i, mapping] of mappings.entries()) {
      const { name, dataset } = random.pick(others);
      if (dataset?.type.kind !== "number" || random.chance(0.5)) continue;
      mappings[i] = { ...mapping, source: name, elsewhere: { file: "other.h5", shape, dtype: dataset.type } };
    }
  }
  const path = model.newPath(random);
  const dtype = random.chance(0.7) ? type : plainNumberType(random);
  model.datasets.push({ path, type: dtype, shape, maxshape: null, chunks: false, isVirtual: true, isNested });
  const fillvalue = random.chance(0.5) ? { fillvalue: fillValue(random, model, dtype) } : {};
  return { call: "createVirtual", path, shape, dtype, mappings, ...fillvalue };
}
