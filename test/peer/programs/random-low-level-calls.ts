/** Calls of the low-level API, at random. */
import type { Random } from "../trees/random.ts";
import type { Call, PropertySpec, SelectionStep } from "./calls.ts";
import type { ModelDataset, ProgramModel } from "./model.ts";
import { isHalf, numberType, randomShape } from "./random-values.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const OPERATIONS = ["SET", "OR", "OR", "AND", "XOR", "NOTB", "NOTA"] as const;

function phases(random: Random): readonly [number, number] {
  return random.pick([
    [0, 0],
    [1, 0],
    [3, 2],
    [20, 10],
  ] as const);
}

function layoutOf(random: Random, shape: readonly number[]): Partial<PropertySpec> {
  if (shape.length === 0 || random.chance(0.4)) {
    const layout = random.pick(["COMPACT", "CONTIGUOUS", undefined] as const);
    return layout === undefined ? {} : { layout };
  }
  const chunks = shape.map((size) => random.between(1, Math.max(1, Math.min(size + 1, 5))));
  if (random.chance(0.4)) return { chunks };
  const maxshape = shape.map((size, d) =>
    random.chance(0.5) ? null : Math.max(size + random.between(0, 3), chunks[d] as number),
  );
  return { chunks, maxshape };
}

function filtersOf(random: Random): PropertySpec["filters"] {
  if (random.chance(0.5)) return [];
  return (["nbit", "shuffle", "deflate", "fletcher32"] as const).filter(() => random.chance(0.35));
}

/** A dataset of numbers, or a group, with properties that only the low level has. */
export function createWith(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  const attrPhaseChange = random.chance(0.3) ? { attrPhaseChange: phases(random) } : {};
  if (random.chance(0.2)) {
    model.groups.push(path);
    return { call: "createGroupWith", path, order: random.pick([0, 1, 3]), ...attrPhaseChange };
  }
  const type = plainType(random);
  const shape = randomShape(random, 3).map((size) => Math.max(1, size));
  const layout = layoutOf(random, shape);
  const properties: Mutable<PropertySpec> = {
    code: type.code,
    shape,
    ...layout,
    filters: layout.chunks === undefined ? [] : filtersOf(random),
    ...attrPhaseChange,
  };
  // Of chunks that are allocated with the first write, which is of all elements, the C library does not fill what is beyond them.
  const allocTimes =
    layout.maxshape === undefined ? (["EARLY", "LATE", "INCR"] as const) : (["EARLY", "INCR"] as const);
  if (random.chance(0.5)) properties.allocTime = random.pick(allocTimes);
  if (random.chance(0.5)) properties.fillvalue = random.between(0, 100);
  if (random.chance(0.6)) properties.data = random.between(0, 20);
  // What nobody filled or wrote is of what was there before.
  const isWritten = properties.data !== undefined && layout.chunks === undefined;
  const times = isWritten ? (["ALLOC", "NEVER", "IFSET"] as const) : (["ALLOC"] as const);
  if (random.chance(0.4)) properties.fillTime = random.pick(times);
  const { chunks } = layout;
  model.datasets.push({
    path,
    type,
    shape,
    maxshape: layout.maxshape ?? null,
    chunks: chunks !== undefined,
    hasNbit: properties.filters.includes("nbit"),
    ...(chunks === undefined || keepsSize(properties.filters)
      ? {}
      : { stored: { chunks, filters: properties.filters.length } }),
  });
  return { call: "createWith", path, properties };
}

/** Of chunks that stay as long when they are written again the C library keeps the old filter mask. */
function keepsSize(filters: PropertySpec["filters"]): boolean {
  return filters.length > 0 && !filters.includes("deflate");
}

function plainType(random: Random): { kind: "number"; code: string } {
  for (;;) {
    const type = numberType(random);
    if (type.kind === "number" && !isHalf(type)) return type;
  }
}

export function askLowLevel(random: Random, model: ProgramModel): Call | undefined {
  switch (random.between(0, 4)) {
    case 0:
    case 1: {
      const dataset = model.dataset(random);
      return dataset === undefined ? undefined : { call: "storage", path: dataset.path };
    }
    case 2:
      return { call: "objectInfo", path: model.anyPath(random) };
    case 3: {
      const path = model.anyPath(random);
      const [, parent = "/", name = path] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
      return { call: "linkInfo", path: parent === "" ? "/" : parent, name };
    }
    default: {
      const known = random.pick([undefined, ...model.attributes]);
      return { call: "attrInfo", path: known?.path ?? model.anyPath(random), name: known?.name ?? "one" };
    }
  }
}

function blockStep(random: Random, shape: readonly number[], op: (typeof OPERATIONS)[number]): SelectionStep {
  const start: number[] = [];
  const stride: number[] = [];
  const count: number[] = [];
  const block: number[] = [];
  for (const length of shape) {
    const from = random.between(0, Math.max(0, length - 1));
    const size = random.between(1, 3);
    const step = size + random.between(0, 2);
    const most = Math.floor((length - from - size) / step) + 1;
    start.push(from);
    stride.push(step);
    block.push(size);
    count.push(random.chance(0.03) ? 2 : random.between(Math.min(1, Math.max(0, most)), Math.max(0, most)));
  }
  return { op, start, stride, count, block };
}

/** @param distinct - Whether no element may be twice: the C library counts them to know whether it fills the rest. */
function stepsOf(random: Random, shape: readonly number[], distinct: boolean): SelectionStep[] {
  if (!distinct && random.chance(0.3)) {
    const ops = random.chance(0.3) ? (["SET", "APPEND", "PREPEND"] as const) : (["SET"] as const);
    return ops.map((op) => {
      const points = Array.from({ length: random.between(1, 5) }, () =>
        // The C library takes the element behind the last one for one of the extent.
        shape.map((length) => (random.chance(0.02) ? length + 1 : random.between(0, length - 1))),
      );
      return { op, points };
    });
  }
  return Array.from({ length: random.between(1, 4) }, (_, i) =>
    blockStep(random, shape, i === 0 ? "SET" : random.pick(OPERATIONS)),
  );
}

/** Whether elements may be read and written without a conversion, one by one. */
function isPlain({ shape, type, isVirtual }: ModelDataset): boolean {
  return (
    shape !== null && shape.length > 0 && !shape.includes(0) && type.kind === "number" && !isHalf(type) && !isVirtual
  );
}

export function combined(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset?.shape == null || dataset.type.kind !== "number" || !isPlain(dataset)) return undefined;
  const { path, shape, type } = dataset;
  const writes = !model.isReadOnly && random.chance(0.4);
  return { call: "combined", path, code: type.code, steps: stepsOf(random, shape, writes), writes };
}

export function storedChunk(random: Random, model: ProgramModel): Call | undefined {
  const known = model.datasets.filter(({ stored, shape }) => stored !== undefined && shape !== null);
  if (known.length === 0) return undefined;
  const { path, shape, stored, type } = random.pick(known);
  if (shape === null || stored === undefined || type.kind !== "number") return undefined;
  const { chunks, filters } = stored;
  const offset = shape.map((length, d) => {
    const size = chunks[d] as number;
    // The C library takes the extent itself for an offset within.
    const along = Math.ceil(length / size);
    const at = size * (random.chance(0.03) ? along + 1 : random.between(0, Math.max(0, along - 1)));
    return random.chance(0.03) && at + 1 !== length ? at + 1 : at;
  });
  if (random.chance(0.4)) return filters > 0 ? undefined : { call: "readChunk", path, offset };
  const byteLength = chunks.reduce((a, b) => a * b, Number(type.code.slice(2)));
  // Small numbers, of either byte order.
  const bytes = Array.from({ length: byteLength }, () => random.between(0, 63).toString(16).padStart(2, "0")).join("");
  return { call: "writeChunk", path, offset, bytes, filterMask: (1 << filters) - 1 };
}
