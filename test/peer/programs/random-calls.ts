/** One call at random that goes on from what a program has made. */
import type { Random } from "../trees/random.ts";
import type { Call, SelectionSpec, TypeSpec, View } from "./calls.ts";
import type { ModelDataset, ProgramModel } from "./model.ts";
import {
  anonymous,
  askGroup,
  attributesAsMapping,
  burst,
  changeGroup,
  linkOut,
  otherFile,
  relations,
  reopen,
  scale,
} from "./random-container-calls.ts";
import { createDataset, createLike, createVirtual, requireDataset } from "./random-creation.ts";
import { askLowLevel, combined, createWith, storedChunk } from "./random-low-level-calls.ts";
import {
  commit,
  copy,
  createGroup,
  get,
  link,
  look,
  lookAtAttribute,
  move,
  removal,
  set,
  setAttribute,
} from "./random-object-calls.ts";
import { randomMask, randomSelection, simpleSelection } from "./random-selections.ts";
import { fittingValue, isHalf, isPossible, plainNumberType, randomShape, randomValue } from "./random-values.ts";

type Maker = (random: Random, model: ProgramModel) => Call | undefined;

/** Of each kind with how often it comes up. */
const MAKERS: readonly (readonly [number, Maker])[] = [
  [14, createDataset],
  [2, createLike],
  [2, createVirtual],
  [2, requireDataset],
  [4, createGroup],
  [3, set],
  [4, link],
  [1, commit],
  [3, removal],
  [3, move],
  [4, copy],
  [5, get],
  [6, look],
  [9, setAttribute],
  [7, lookAtAttribute],
  [26, read],
  [18, write],
  [5, direct],
  [6, resize],
  [4, walk],
  [6, dimension],
  [3, region],
  [3, reopen],
  [2, askGroup],
  [1, relations],
  [2, changeGroup],
  [2, attributesAsMapping],
  [1, anonymous],
  [2, burst],
  [2, otherFile],
  [1, linkOut],
  [1, scale],
  [5, createWith],
  [5, askLowLevel],
  [4, combined],
  [3, storedChunk],
];

const TOTAL = MAKERS.reduce((sum, [weight]) => sum + weight, 0);

export function randomCall(random: Random, model: ProgramModel): Call {
  if (model.isReadOnly && random.chance(0.25)) return reopen(random, model);
  if (model.datasets.length === 0 && random.chance(0.7)) return createDataset(random, model);
  for (;;) {
    const call = pickMaker(random)(random, model);
    if (call !== undefined) return call;
  }
}

function pickMaker(random: Random): Maker {
  let left = random.between(0, TOTAL - 1);
  for (const [weight, make] of MAKERS) {
    left -= weight;
    if (left < 0) return make;
  }
  return read;
}

function viewOf(random: Random, { type }: ModelDataset): View | undefined {
  // Of negative half floats the C library makes integers without sense.
  if (type.kind === "number" && !isHalf(type) && random.chance(0.15)) return { astype: plainNumberType(random) };
  if ((type.kind === "enum" || type.kind === "bool") && random.chance(0.1)) return { astype: plainNumberType(random) };
  if (type.kind === "string" && random.chance(0.4)) {
    const errors = random.chance(0.3) ? { errors: random.pick(["strict", "ignore", "replace"] as const) } : {};
    return { asstr: random.pick([null, "ascii", "utf-8", "latin-1"]), ...errors };
  }
  if (type.kind === "compound" && random.chance(0.2)) {
    const names = type.fields.map(([name]) => name).filter(() => random.chance(0.5));
    return { fields: names.length === 1 && random.chance(0.5) ? (names[0] as string) : names };
  }
  return random.chance(0.01) ? random.pick<View>([{ asstr: null }, { fields: "x" }]) : undefined;
}

function read(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset === undefined) return undefined;
  const view = viewOf(random, dataset);
  const type = view === undefined ? dataset.type : ({ kind: "bool" } as const);
  const selection = randomSelection(random, dataset.shape, type, dataset.path);
  if ("args" in selection && random.chance(0.05))
    model.regions.push({ path: dataset.path, selection: { args: ["..."] } });
  return { call: "read", path: dataset.path, selection, ...(view === undefined ? {} : { view }) };
}

/** Which of the selected dimensions an array for a selection has, most often all. */
function hasBlocks(args: readonly unknown[]): boolean {
  return args.some((arg) => typeof arg === "object" && arg !== null && "blocks" in arg);
}

function valueShape(random: Random, shape: readonly number[], { args }: { args: readonly unknown[] }): number[] {
  const found = selectedShape(shape, args);
  // h5py repeats nothing over blocks.
  if (hasBlocks(args)) return found;
  if (random.chance(0.15)) return found.map((size) => (random.chance(0.5) ? 1 : size));
  if (random.chance(0.1)) return found.slice(random.between(0, found.length));
  if (random.chance(0.05)) return [1, ...found];
  return random.chance(0.04) ? randomShape(random, 2) : found;
}

function selectedShape(shape: readonly number[], args: readonly unknown[]): number[] {
  const expanded = expandArgs(args, shape.length);
  return shape.flatMap((length, d) => sizeOf(expanded[d], length) ?? []);
}

function exactShape(shape: readonly number[], selection: SelectionSpec): number[] {
  if ("args" in selection) return selectedShape(shape, selection.args);
  return "mask" in selection ? [selection.mask.filter(Boolean).length] : exactShape(shape, selection.of);
}

function expandArgs(args: readonly unknown[], rank: number): unknown[] {
  const indexes = args.filter((arg) => typeof arg !== "object" || arg === null || !("field" in arg));
  const at = indexes.indexOf("...");
  const before = at < 0 ? indexes : indexes.slice(0, at);
  const after = at < 0 ? [] : indexes.slice(at + 1);
  const missing = Math.max(0, rank - before.length - after.length);
  return [...before, ...new Array<undefined>(missing).fill(undefined), ...after];
}

/** Elements that an index takes of a dimension; null for a number. */
function sizeOf(arg: unknown, length: number): number | null {
  if (typeof arg === "number") return null;
  if (typeof arg !== "object" || arg === null) return length;
  if ("list" in arg) return (arg.list as number[]).length;
  if ("mask" in arg) return (arg.mask as boolean[]).filter(Boolean).length;
  if ("blocks" in arg) {
    const [start, stride, count, block] = arg.blocks as number[] as [number, number, number | null, number];
    return (count ?? Math.max(0, Math.floor((length - start - block) / Math.max(1, stride)) + 1)) * block;
  }
  const [start, stop, step] = (arg as { slice: (number | null)[] }).slice;
  const clamped = (value: number) => Math.min(length, Math.max(0, value < 0 ? value + length : value));
  const [from, to] = [clamped(start ?? 0), clamped(stop ?? length)];
  return Math.max(0, Math.ceil((to - from) / Math.max(1, step ?? 1)));
}

function write(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset === undefined) return undefined;
  const { path, type, shape, isNested } = dataset;
  if (isNested) return undefined;
  const selection = randomSelection(random, shape, type, path);
  if (shape === null && !isPossible(type, model.targets)) return undefined;
  if (shape === null) return { call: "write", path, selection, value: randomValue(random, type, [], model.targets) };
  // Elements for other datasets the C library neither converts nor repeats.
  const { isVirtual } = dataset;
  const exact = exactShape(shape, selection);
  const any = isVirtual ? exact : targetShape(random, shape, selection);
  // Of nothing, to be written to something, h5py takes what it finds in memory.
  const target = any.includes(0) ? exact : any;
  const fields = "args" in selection ? selection.args.flatMap((arg) => fieldOf(arg)) : [];
  const valueType = typeForFields(type, fields);
  // Of a member that is an array of records or bytes h5py takes the array's dimensions for the dataset's.
  const isMemberArray = valueType.kind === "array" && fields.length > 0;
  if (isMemberArray && (valueType.base.kind === "opaque" || valueType.base.kind === "compound")) return undefined;
  const from =
    valueType.kind === "number" && fields.length === 0 && !isVirtual && random.chance(0.4)
      ? plainNumberType(random)
      : valueType;
  if (!isPossible(from, model.targets)) return undefined;
  const value = fittingValue(type, randomValue(random, from, target, model.targets));
  const isListed = from === valueType && isListable(from) && target.length < 2;
  return { call: "write", path, selection, value: isListed && random.chance(0.3) ? { ...value, form: "list" } : value };
}

/** What lists hold the same of in both languages. */
function isListable(type: TypeSpec): boolean {
  switch (type.kind) {
    case "number":
    case "bool":
    case "enum":
      return true;
    case "string":
      return type.encoding === "utf-8";
    default:
      return false;
  }
}

function fieldOf(arg: unknown): string[] {
  return typeof arg === "object" && arg !== null && "field" in arg ? [arg.field as string] : [];
}

function typeForFields(type: ModelDataset["type"], names: readonly string[]): ModelDataset["type"] {
  if (type.kind !== "compound" || names.length === 0) return type;
  const fields = type.fields.filter(([name]) => names.includes(name));
  const [only] = fields;
  if (fields.length === 0) return type;
  return fields.length === 1 && only !== undefined ? only[1] : { kind: "compound", fields };
}

function targetShape(random: Random, shape: readonly number[], selection: SelectionSpec): number[] {
  if ("args" in selection && hasBlocks(selection.args)) return valueShape(random, shape, selection);
  if (random.chance(0.15)) return [];
  if ("args" in selection) return valueShape(random, shape, selection);
  if ("mask" in selection) return [selection.mask.filter(Boolean).length];
  return targetShape(random, shape, selection.of);
}

function direct(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset?.shape == null || dataset.type.kind !== "number" || dataset.isVirtual) return undefined;
  if (dataset.shape.length === 0 || isHalf(dataset.type)) return undefined;
  const { path, shape } = dataset;
  const inFile = random.chance(0.6)
    ? simpleSelection(random, shape)
    : random.chance(0.3)
      ? randomMask(random, shape)
      : undefined;
  const call = random.pick(["readDirect", "writeDirect"] as const);
  const taken = inFile === undefined ? [...shape] : targetShape(random, shape, inFile);
  // What h5py reads it does not repeat.
  const isOther = call === "writeDirect" && random.chance(0.1);
  const given = isOther ? randomShape(random, 3).map((size) => Math.max(1, size)) : taken;
  const array = randomValue(random, plainNumberType(random), given, model.targets);
  const inMemory = random.chance(0.3) && array.shape !== null ? simpleSelection(random, array.shape) : undefined;
  const [source, destination] = call === "readDirect" ? [inFile, inMemory] : [inMemory, inFile];
  return {
    call,
    path,
    array,
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  };
}

function resize(random: Random, model: ProgramModel): Call | undefined {
  const growing = model.datasets.filter(({ maxshape, chunks }) => maxshape !== null && chunks);
  const dataset = random.chance(0.92) && growing.length > 0 ? random.pick(growing) : model.dataset(random);
  if (dataset?.shape == null) return undefined;
  const { path, shape, maxshape } = dataset;
  // The C library forgets to take the only chunk out of the header of a dataset that cannot grow beyond it.
  const least = maxshape?.includes(null) ? 0 : 1;
  const sizes = shape.map((size, d) => {
    const most = maxshape?.[d] ?? size + 5;
    // Of sources of virtual datasets there is never less than is mapped.
    if (dataset.isSource) return random.between(size, Math.max(size, most));
    return random.chance(0.04) ? most + 1 : random.between(Math.min(least, most), most);
  });
  if (shape.length > 0 && random.chance(0.4)) {
    const axis = random.between(0, shape.length - 1);
    dataset.shape = shape.map((size, d) => (d === axis ? (sizes[d] as number) : size));
    return { call: "resize", path, size: sizes[axis] as number, axis: random.chance(0.05) ? axis + 1 : axis };
  }
  dataset.shape = sizes;
  return { call: "resize", path, size: random.chance(0.04) ? [...sizes, 1] : sizes };
}

function walk(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset === undefined) return undefined;
  const call = random.pick(["iterate", "len", "iterChunks", "scales"] as const);
  if (call === "scales" && dataset.shape === null) return undefined;
  if (call !== "iterChunks" || dataset.shape === null || random.chance(0.5)) return { call, path: dataset.path };
  const args = dataset.shape.map((length) => {
    const start = random.between(0, length);
    return { slice: [start, random.between(start, length), random.chance(0.2) ? 1 : null] };
  });
  return { call, path: dataset.path, selection: { args } };
}

function dimension(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  const scale = model.dataset(random);
  // The C library ties datasets of two files, whose references lead to something else then.
  if (dataset?.shape == null || scale === undefined || dataset.isElsewhere || scale.isElsewhere) return undefined;
  const { path, shape } = dataset;
  const axis = random.between(0, Math.max(0, (shape ?? []).length - (random.chance(0.05) ? 0 : 1)));
  switch (random.between(0, 4)) {
    case 0:
      return { call: "label", path, axis, text: random.pick(["x", "time", "", "ä"]) };
    case 1:
      return { call: "makeScale", path, name: random.pick(["", "x", "ä"]) };
    case 2:
    case 3:
      if (model.hasAliases) return undefined;
      model.isReferred = true;
      return attach(model, { call: "attach", path, axis, scale: scale.path }, dataset, scale);
    default:
      return { call: "detach", path, axis, scale: scale.path };
  }
}

/** One and the same scale is attached once: the C library lists it twice. */
function attach(
  model: ProgramModel,
  call: Extract<Call, { scale: string }>,
  ...[dataset, scale]: readonly [ModelDataset, ModelDataset]
): Call | undefined {
  const key = JSON.stringify([dataset.origin ?? dataset.path, call.axis, scale.origin ?? scale.path]);
  if (model.attached.has(key)) return undefined;
  model.attached.add(key);
  return call;
}

function region(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset?.shape == null || dataset.shape.length === 0) return undefined;
  const selection = randomSelection(random, dataset.shape, { kind: "bool" }, undefined);
  if (random.chance(0.7)) model.regions.push({ path: dataset.path, selection });
  return { call: "region", path: dataset.path, selection };
}
