/** Datatypes and values at random. */
import type { Random } from "../trees/random.ts";
import type { ElementSpec, SelectionSpec, TypeSpec, ValueSpec } from "./calls.ts";

const INTEGERS = ["|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", ">i2", ">u2", ">i4", ">u4", ">i8", ">u8"];
const FLOATS = ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"];
const TEXTS = ["", "a", "hello", "ä", "日本", "x y", "long text of more than sixteen bytes", "😀"];
const ASCII = ["", "a", "hello", "x y", "long text of more than sixteen bytes"];

/** What references may lead to. */
export interface Targets {
  /** Told when one was made. */
  readonly refer: () => void;
  readonly objects: readonly string[];
  readonly regions: readonly { readonly path: string; readonly selection: SelectionSpec }[];
}

export function numberType(random: Random): TypeSpec {
  return { kind: "number", code: random.pick(random.chance(0.6) ? INTEGERS : FLOATS) };
}

/** A type that typed arrays have, for conversions. */
export function plainNumberType(random: Random): TypeSpec {
  const code = random.pick(["|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8"]);
  return { kind: "number", code };
}

function enumType(random: Random): TypeSpec {
  const base = random.pick(["|i1", "|u1", "<i2", ">i2", "<i4", ">u4", "<i8"]);
  const members: Record<string, number> = {};
  const least = base.includes("u") ? 0 : -2;
  ["RED", "GREEN", "blue"].slice(0, random.between(1, 3)).forEach((name, i) => {
    members[name] = least + i * 2;
  });
  return { kind: "enum", base, members };
}

function stringType(random: Random, fixed: boolean): TypeSpec {
  const encoding = random.pick(["ascii", "utf-8"] as const);
  return { kind: "string", encoding, length: fixed ? random.pick([1, 3, 8, 20]) : null };
}

/** @param depth - How many levels of types within types there may be. */
export function randomType(random: Random, depth = 2): TypeSpec {
  const kind = random.between(0, depth > 0 ? 15 : 9);
  if (kind <= 3) return numberType(random);
  switch (kind) {
    case 4:
      return { kind: "bool" };
    case 5:
      return { kind: "complex", part: random.pick(["<f4", "<f8", ">f4", ">f8"] as const) };
    case 6:
      return enumType(random);
    case 7:
      return stringType(random, true);
    case 8:
      return stringType(random, false);
    case 9:
      return { kind: "opaque", size: random.between(1, 9) };
    case 10:
    case 11:
    case 12:
      return compoundType(random, depth);
    case 13:
      // Those of the other byte order h5py does not turn round.
      return { kind: "vlen", base: random.chance(0.7) ? plainNumberType(random) : sequenceBase(random) };
    case 14:
      return { kind: "reference", region: random.chance(0.4) };
    default:
      return arrayType(random, depth);
  }
}

/** Elements of sequences that are no plain numbers; h5py knows none that have pointers again. */
function sequenceBase(random: Random): TypeSpec {
  const names = ["p", "q", "r"].slice(0, random.between(1, 3));
  return random.pick<TypeSpec>([
    { kind: "compound", fields: names.map((name) => [name, plainNumberType(random)] as const) },
    { kind: "bool" },
    { kind: "enum", base: "<i2", members: { RED: 0, GREEN: 1, blue: -3 } },
    { kind: "complex", part: random.pick(["<f4", "<f8"] as const) },
  ]);
}

function arrayType(random: Random, depth: number): TypeSpec {
  let base = randomType(random, depth - 1);
  // Of arrays of records with text the C library writes those of the first element alone.
  while (base.kind === "array" || base.kind === "vlen" || isRecordWithText(base)) base = numberType(random);
  return { kind: "array", base, dims: random.pick([[1], [2], [3], [2, 2], [1, 3]]) };
}

function isRecordWithText(type: TypeSpec): boolean {
  if (type.kind !== "compound") return false;
  return type.fields.some(([, each]) => isRecordWithText(each) || (each.kind === "string" && each.length === null));
}

function compoundType(random: Random, depth: number): TypeSpec {
  // h5py takes a record of one member for one of all of them when a name is in both.
  const names = ["x", "y", "name", "ä"].slice(0, random.between(1, 4)).map((name) => name + "'".repeat(depth));
  return { kind: "compound", fields: names.map((name) => [name, randomType(random, depth - 1)] as const) };
}

function integerOf(random: Random, code: string): number | string {
  const bits = BigInt(8 * Number(code.slice(2)));
  const signed = code[1] === "i";
  const [least, most] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  if (random.chance(0.1)) return jsonInteger(random.pick([least, most, least + 1n, most - 1n]));
  return signed ? random.between(-100, 100) : random.between(0, 200);
}

function jsonInteger(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function floatOf(random: Random): number | string {
  if (random.chance(0.1)) return random.pick(["nan", "inf", "-inf", "-0"]);
  return random.chance(0.5) ? random.between(-50, 50) : random.between(-4000, 4000) / 32;
}

export function randomElement(random: Random, type: TypeSpec, targets: Targets): ElementSpec {
  switch (type.kind) {
    case "number":
      return type.code.includes("f") ? floatOf(random) : integerOf(random, type.code);
    case "bool":
      return random.chance(0.5);
    case "complex":
      return [floatOf(random), floatOf(random)];
    case "enum":
      return random.pick(Object.values(type.members));
    case "string": {
      const texts = type.encoding === "ascii" ? ASCII : TEXTS;
      // More than a heap collection holds.
      if (type.length === null && random.chance(0.01)) return "text ".repeat(random.pick([100, 900]));
      return random.pick(texts.filter((text) => type.length === null || Buffer.byteLength(text) <= type.length));
    }
    case "opaque":
      return random.hex(type.size);
    case "compound":
      return type.fields.map(([, each]) => randomElement(random, each, targets));
    case "vlen": {
      // Sequences of records or complex numbers without elements h5py does not read.
      const least = type.base.kind === "compound" || type.base.kind === "complex" ? 1 : 0;
      const length = random.chance(0.01) ? 700 : random.between(least, 4);
      return Array.from({ length }, () => randomElement(random, type.base, targets));
    }
    case "array": {
      const length = type.dims.reduce((a, b) => a * b, 1);
      return Array.from({ length }, () => randomElement(random, type.base, targets));
    }
    case "reference": {
      targets.refer();
      if (type.region && targets.regions.length > 0) {
        const { path, selection } = random.pick(targets.regions);
        return { object: path, selection };
      }
      return { object: random.pick(targets.objects) };
    }
  }
}

/** Whether region references have something to lead to. */
export function isPossible(type: TypeSpec, targets: Targets): boolean {
  switch (type.kind) {
    case "reference":
      return type.region ? targets.regions.length > 0 : targets.objects.length > 0;
    case "compound":
      return type.fields.every(([, each]) => isPossible(each, targets));
    case "array":
    case "vlen":
      return isPossible(type.base, targets);
    default:
      return true;
  }
}

export function randomShape(random: Random, most = 4): number[] {
  // Of many chunks.
  if (random.chance(0.03))
    return most > 1 && random.chance(0.5) ? [random.between(8, 20), 15] : [random.between(40, 250)];
  const rank = random.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4].filter((each) => each <= most));
  return Array.from({ length: rank }, () => (random.chance(0.06) ? 0 : random.between(1, rank > 2 ? 4 : 7)));
}

export function randomValue(random: Random, type: TypeSpec, shape: readonly number[], targets: Targets): ValueSpec {
  const length = shape.reduce((a, b) => a * b, 1);
  const items = Array.from({ length }, () => randomElement(random, type, targets));
  return { type, shape, items, form: "array" };
}

/** Types of which values in lists, without any datatype, are the same on both sides. */
export function listType(random: Random): TypeSpec {
  return random.pick<TypeSpec>([
    { kind: "number", code: "<i8" },
    { kind: "number", code: "<f8" },
    { kind: "bool" },
    { kind: "string", length: null, encoding: "utf-8" },
  ]);
}

export function isHalf(type: TypeSpec): boolean {
  return type.kind === "number" && type.code.endsWith("f2");
}

/** The value for elements of a type: of numbers half way between two half floats HDF5 1.10 takes the greater one, 2.0 the even one. */
export function fittingValue(type: TypeSpec, value: ValueSpec): ValueSpec {
  if (!isHalf(type) || value.type.kind !== "number" || isHalf(value.type)) return value;
  const exact = (item: ElementSpec) => (typeof item === "number" ? Math.trunc((item % 128) * 8) / 8 : 0);
  return { ...value, items: value.items.map((item) => (/nan|inf/.test(String(item)) ? item : exact(item))) };
}
