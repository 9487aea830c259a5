/** Random datatypes and elements of them. */
import { type Element, isPlain, sizeOfType, type TypeSpec } from "./operations.ts";
import type { Random } from "./random.ts";
import { regionText } from "./regions.ts";

/** @param inHeap - A number beside or in variable-length data. */
function number(random: Random, inHeap = false): TypeSpec {
  // h5py gives sequences of big-endian numbers with their bytes the wrong way round; h5wasm has no half floats there.
  const be = !inHeap && random.chance(0.25);
  if (random.chance(0.4)) return { t: "f", s: random.pick(inHeap ? [4, 8] : [2, 4, 8]), be };
  return { t: "i", s: random.pick([1, 2, 4, 8]), u: random.chance(0.4), be };
}

/** A datatype whose elements are their bytes alone. */
export function plainType(random: Random, depth = 0): TypeSpec {
  const roll = random.fraction();
  if (roll < 0.55) return number(random);
  if (roll < 0.67) return { t: "s", s: random.between(1, 12), p: random.pick([0, 1, 2]), c: random.pick([0, 1]) };
  if (roll < 0.72) return { t: "o", s: random.between(1, 9), g: random.pick(["", "a tag"]) };
  if (roll < 0.77) return { t: "b", s: random.pick([1, 2, 4]), be: random.chance(0.3) };
  if (roll < 0.83) return enumeration(random);
  if (depth > 1) return number(random);
  if (roll < 0.92) return compound(random, (d) => plainType(random, d), depth);
  return {
    t: "a",
    d: random.chance(0.5) ? [random.between(1, 4)] : [2, random.between(1, 3)],
    b: plainType(random, depth + 1),
  };
}

function enumeration(random: Random): TypeSpec {
  const base: TypeSpec = { t: "i", s: random.pick([1, 2, 4]), u: false, be: random.chance(0.2) };
  const count = random.between(1, 4);
  return { t: "e", b: base, m: Array.from({ length: count }, (_, i) => [`name ${i}`, i * 3 - 2] as const) };
}

/** h5py writes behind its memory where compounds with variable-length members have gaps. */
function compound(random: Random, member: (depth: number) => TypeSpec, depth: number, withGaps = true): TypeSpec {
  const hasGap = () => withGaps && random.chance(0.2);
  let size = 0;
  const members = Array.from({ length: random.between(1, 4) }, (_, i) => {
    const type = member(depth + 1);
    const offset = size + (hasGap() ? random.between(1, 3) : 0);
    size = offset + sizeOfType(type);
    return [random.pick(["x", "y", "long name of a member", "é"]) + i, offset, type] as const;
  });
  return { t: "c", s: size + (hasGap() ? random.between(1, 4) : 0), m: members };
}

/** Any datatype; those with data in the heap, and references, now and then. */
export function anyType(random: Random): TypeSpec {
  const roll = random.fraction();
  if (roll < 0.72) return plainType(random);
  if (roll < 0.84) return { t: "vs", c: random.pick([0, 1]) };
  if (roll < 0.9) return { t: "vl", b: number(random, true) };
  if (roll < 0.93)
    return compound(random, () => (random.chance(0.5) ? { t: "vs", c: 1 } : number(random, true)), 1, false);
  if (roll < 0.96) return { t: "r" };
  if (roll < 0.985) return { t: "rr" };
  // h5py writes behind its memory where compounds have members with region references.
  return compound(random, () => random.pick([{ t: "r" }, number(random, true)]), 1, false);
}

const TEXTS = ["", "a", "text", "words of more than a few bytes", "ünïcödé", "日本"];

/** What references may name. */
export interface Targets {
  readonly paths: readonly string[];
  /** Datasets with elements. */
  readonly datasets: readonly { readonly path: string; readonly dims: readonly number[] }[];
}

export function anyElement(random: Random, type: TypeSpec, targets: Targets): Element {
  switch (type.t) {
    case "vs":
      return `v${Buffer.from(type.c === 1 ? random.pick(TEXTS) : random.pick(TEXTS.slice(0, 4))).toString("hex")}`;
    case "vl": {
      const base = type.b;
      return `v${Array.from({ length: random.between(0, 5) }, () => anyElement(random, base, targets)).join("")}`;
    }
    case "r":
      return random.chance(0.2) ? ">" : `>${random.pick(targets.paths)}`;
    case "rr":
      return random.chance(0.2) || targets.datasets.length === 0 ? "#" : `#${anyRegion(random, targets.datasets)}`;
    case "c": {
      const parts = type.m.map(([, , member]) => anyElement(random, member, targets));
      return isPlain(type) ? plainBytes(random, type) : `{${parts.join(";")}`;
    }
    default:
      return plainBytes(random, type);
  }
}

function anyRegion(random: Random, datasets: Targets["datasets"]): string {
  const { path, dims } = random.pick(datasets);
  if (random.chance(0.3)) {
    const points = Array.from({ length: random.between(1, 5) }, () => dims.map((size) => random.between(0, size - 1)));
    return regionText({ path, points });
  }
  const stride = dims.map(() => random.between(1, 3));
  const start = dims.map((size) => random.between(0, size - 1));
  const count = dims.map((size, d) => {
    const most = Math.floor((size - 1 - (start[d] as number)) / (stride[d] as number)) + 1;
    return random.between(1, most);
  });
  return regionText({ path, start, count, stride });
}

/** Floating-point numbers are finite, text is text, members of enumerations are named, gaps are zeros. */
function plainBytes(random: Random, type: TypeSpec): string {
  switch (type.t) {
    case "f": {
      // The exponent's bits are the upper ones, never all of them one.
      const bytes = Buffer.from(random.hex(type.s), "hex");
      const top = type.be ? 0 : type.s - 1;
      bytes[top] = (bytes[top] as number) & 0xbf;
      return bytes.toString("hex");
    }
    case "s": {
      const pad = type.p === 2 ? 0x20 : 0;
      const length = random.between(0, type.p === 0 ? type.s - 1 : type.s);
      const bytes = Buffer.alloc(type.s, pad);
      for (let i = 0; i < length; i++) bytes[i] = random.between(0x61, 0x7a);
      return bytes.toString("hex");
    }
    case "e": {
      const [, value] = random.pick(type.m);
      const bytes = Buffer.alloc(sizeOfType(type.b));
      if (type.b.t === "i" && type.b.be) bytes.writeIntBE(value, 0, bytes.length);
      else bytes.writeIntLE(value, 0, bytes.length);
      return bytes.toString("hex");
    }
    case "c": {
      const bytes = Buffer.alloc(type.s);
      for (const [, offset, member] of type.m) bytes.set(Buffer.from(plainBytes(random, member), "hex"), offset);
      return bytes.toString("hex");
    }
    case "a": {
      const { b, d } = type;
      return Array.from({ length: d.reduce((n, dim) => n * dim, 1) }, () => plainBytes(random, b)).join("");
    }
    default:
      return random.hex(sizeOfType(type));
  }
}
