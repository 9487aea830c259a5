/** What may stand between the brackets, at random: mostly fitting. */
import type { Random } from "../trees/random.ts";
import type { IndexSpec, SelectionSpec, TypeSpec } from "./calls.ts";

const CODES = ["i1", "i2", "i4", "i8", "u1", "u4", "u8"];

function maybe<T>(random: Random, value: T): T | null {
  return random.chance(0.7) ? value : null;
}

function bound(random: Random, length: number): number {
  return random.between(-length - 1, length + 1);
}

function randomSlice(random: Random, length: number): IndexSpec {
  if (random.chance(0.03)) return { slice: [null, null, random.pick([0, -1, -2])] };
  const step = random.chance(0.3) ? random.between(1, length + 1) : null;
  return { slice: [maybe(random, bound(random, length)), maybe(random, bound(random, length)), step] };
}

function randomList(random: Random, length: number): IndexSpec {
  const list: number[] = [];
  for (let i = 0; i < length; i++) if (random.chance(0.5)) list.push(random.chance(0.15) ? i - length : i);
  if (random.chance(0.05)) list.push(random.pick([length, length + 1, 0, -length - 1]));
  if (random.chance(0.05)) list.reverse();
  // Of unsigned numbers h5py does not see that they descend.
  const ascends = list.every((item, i) => item >= 0 && (i === 0 || item > (list[i - 1] as number)));
  const isSmall = list.every((item) => item >= -128 && item < 128);
  const fits = CODES.filter((code) => (code.startsWith("i") || ascends) && (isSmall || !code.endsWith("1")));
  return random.chance(0.3) ? { list, code: random.pick(fits) } : { list };
}

function randomBlocks(random: Random, length: number): IndexSpec {
  const block = random.between(1, 3);
  const stride = block + random.between(random.chance(0.05) ? -1 : 0, 2);
  const start = random.between(0, 2);
  const most = Math.floor((length - start - block) / Math.max(1, stride)) + 1;
  const count = random.chance(0.3) ? null : random.between(random.chance(0.05) ? 0 : 1, Math.max(1, most));
  return { blocks: [start, stride, count, block] };
}

function randomIndex(random: Random, length: number, fancy: number): IndexSpec {
  if (random.chance(fancy)) {
    if (random.chance(0.4) && length > 0) {
      const size = random.chance(0.06) ? length + 1 : length;
      return { mask: Array.from({ length: size }, () => random.chance(0.5)) };
    }
    return randomList(random, length);
  }
  const kind = random.fraction();
  if (kind < 0.35)
    return random.chance(0.06) ? bound(random, length + 1) : random.between(-length, Math.max(0, length - 1));
  if (kind < 0.9) return randomSlice(random, length);
  return randomBlocks(random, length);
}

/** Of numbers and slices alone, which arrays may be repeated over. */
export function simpleSelection(random: Random, shape: readonly number[]): SelectionSpec {
  return { args: randomArgs(random, shape, 0) };
}

function randomArgs(random: Random, shape: readonly number[], fancy: number): IndexSpec[] {
  let lists = 0;
  const args: IndexSpec[] = shape.map((length) => {
    const index = randomIndex(random, length, lists > 0 ? fancy / 8 : fancy);
    if (typeof index === "object" && index !== null && ("list" in index || "mask" in index)) lists++;
    return index;
  });
  if (random.chance(0.3)) args.length = random.between(0, args.length);
  if (random.chance(0.15)) {
    const at = random.between(0, args.length);
    args.splice(at, random.between(0, args.length - at), "...");
  }
  if (random.chance(0.02)) args.push("...");
  if (random.chance(0.02)) args.push(0);
  return args;
}

function fieldsOf(random: Random, type: TypeSpec): IndexSpec[] {
  if (type.kind !== "compound" || random.chance(0.6)) return random.chance(0.01) ? [{ field: "nope" }] : [];
  const names = type.fields.map(([name]) => name).filter(() => random.chance(0.4));
  if (random.chance(0.04)) names.push("nope");
  return names.map((field) => ({ field }));
}

/** @param regions - Whether region references may be used. */
export function randomSelection(
  random: Random,
  shape: readonly number[] | null,
  type: TypeSpec,
  path: string | undefined,
): SelectionSpec {
  if (shape === null || shape.length === 0) {
    const args: IndexSpec[] = random.chance(0.9) ? random.pick([[], ["..."]]) : [random.pick([0, { slice: [null] }])];
    return { args: [...fieldsOf(random, type), ...args] };
  }
  if (random.chance(0.12)) return { args: random.pick([[], ["..."], fieldsOf(random, type)]) };
  if (random.chance(0.1)) return randomMask(random, shape);
  if (path !== undefined && random.chance(0.06)) {
    return {
      region: path,
      of: random.chance(0.3) ? randomMask(random, shape) : { args: randomArgs(random, shape, 0.2) },
    };
  }
  const args = [...fieldsOf(random, type), ...randomArgs(random, shape, 0.18)];
  const [only] = args;
  return args.length === 1 && random.chance(0.5) && only !== undefined ? { args, bare: true } : { args };
}

export function randomMask(random: Random, shape: readonly number[]): SelectionSpec {
  const density = random.pick([0, 0.2, 0.5, 1]);
  const masked = random.chance(0.05) ? [...shape].reverse() : shape;
  const length = masked.reduce((a, b) => a * b, 1);
  return { mask: Array.from({ length }, () => random.chance(density)), shape: masked };
}
