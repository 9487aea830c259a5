/** Boxes of a dataset, with steps: what index arguments select, and moving the elements of such boxes. */
import { HDF5Error } from "../base/errors.ts";
import type { Slice } from "../engine/selection/index-arguments.ts";

/** One index, a range of them, or all (null). */
export type BoxIndex = number | Slice | null;

/** Elements at equal distances in each dimension. */
export interface Box {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly count: readonly number[];
  /** Elements a dimension of the result: those of single indices are left out. */
  readonly shape: readonly number[];
}

/**
 * The box of index arguments; dimensions without one are taken whole.
 *
 * @throws HDF5Error "argument" for indices outside of the extent, a step below 1, more arguments than dimensions.
 */
export function boxOf(dims: readonly number[], args: readonly BoxIndex[]): Box {
  if (!Array.isArray(args))
    throw new HDF5Error("argument", `a list of indices and slices expected, not ${String(args)}`);
  if (args.length > dims.length) {
    throw new HDF5Error("argument", `${args.length} indexing arguments for ${dims.length} dimensions`);
  }
  const start: number[] = [];
  const step: number[] = [];
  const count: number[] = [];
  const shape: number[] = [];
  for (let d = 0; d < dims.length; d++) {
    const length = dims[d] as number;
    const arg = args[d] ?? null;
    if (typeof arg === "number") {
      start.push(indexIn(arg, length));
      step.push(1);
      count.push(1);
      continue;
    }
    if (arg !== null && (typeof arg !== "object" || !("step" in arg))) {
      throw new HDF5Error("argument", `${String(arg)} is no index, slice or null`);
    }
    const by = Number(arg?.step ?? 1);
    if (!Number.isSafeInteger(by) || by < 1) throw new HDF5Error("argument", `Step must be >= 1 (got ${by})`);
    const first = boundIn(arg?.start ?? 0, length);
    const taken = Math.max(0, Math.ceil((boundIn(arg?.stop ?? length, length) - first) / by));
    start.push(first);
    step.push(by);
    count.push(taken);
    shape.push(taken);
  }
  return { start, step, count, shape };
}

function indexIn(given: number, length: number): number {
  const index = given < 0 ? given + length : given;
  if (Number.isSafeInteger(index) && index >= 0 && index < length) return index;
  throw new HDF5Error("argument", `Index (${given}) out of range for (0-${length - 1})`);
}

/** As Python does, a bound outside of the extent is its end. */
function boundIn(given: number | bigint, length: number): number {
  const bound = Number(given);
  if (!Number.isInteger(bound)) throw new HDF5Error("argument", `${given} is no bound of a slice`);
  return Math.min(length, Math.max(0, bound < 0 ? bound + length : bound));
}

/** Elements from one index of each dimension to the next. */
export function pitches(dims: readonly number[], elementSize: number): number[] {
  const pitch = new Array<number>(dims.length);
  let bytes = elementSize;
  for (let d = dims.length - 1; d >= 0; d--) {
    pitch[d] = bytes;
    bytes *= dims[d] as number;
  }
  return pitch;
}

/** Where the elements of a box lie, in bytes: the first, and the distances in each dimension. */
export interface Placed {
  readonly start: number;
  readonly pitch: readonly number[];
}

/** Receives `count` elements, each `fromPitch` and `toPitch` behind the one before. */
type Row = (from: number, to: number, count: number, fromPitch: number, toPitch: number) => void;

interface Dim {
  count: number;
  readonly fromPitch: number;
  readonly toPitch: number;
}

const goesOn = ({ count, ...lower }: Dim, fromPitch: number, toPitch: number): boolean =>
  count * lower.fromPitch === fromPitch && count * lower.toPitch === toPitch;

/** The dimensions, innermost first; those whose elements go on where the ones of the next lower end, in both places, are one with it. */
function joinedDims(count: readonly number[], from: Placed, to: Placed): Dim[] {
  const dims: Dim[] = [];
  for (let d = count.length - 1; d >= 0; d--) {
    const own = count[d] as number;
    if (own === 1) continue;
    const fromPitch = from.pitch[d] as number;
    const toPitch = to.pitch[d] as number;
    const lower = dims[dims.length - 1];
    if (lower !== undefined && goesOn(lower, fromPitch, toPitch)) lower.count *= own;
    else dims.push({ count: own, fromPitch, toPitch });
  }
  return dims;
}

/** Goes through the rows of elements that lie at `from` in one place and at `to` in another; rows are as long as can be. */
export function eachRow(count: readonly number[], from: Placed, to: Placed, row: Row): void {
  if (count.includes(0)) return;
  const dims = joinedDims(count, from, to);
  const visit = (d: number, a: number, b: number): void => {
    const { count, fromPitch, toPitch } = dims[d] as Dim;
    if (d === 0) row(a, b, count, fromPitch, toPitch);
    else for (let i = 0; i < count; i++) visit(d - 1, a + i * fromPitch, b + i * toPitch);
  };
  if (dims.length === 0) row(from.start, to.start, 1, 0, 0);
  else visit(dims.length - 1, from.start, to.start);
}

/** Copies elements from one array of bytes to another. */
export function copyBox(
  source: Uint8Array,
  from: Placed,
  target: Uint8Array,
  to: Placed,
  count: readonly number[],
  elementSize: number,
): void {
  eachRow(count, from, to, (a, b, length, fromPitch, toPitch) => {
    if (length === 1 || (fromPitch === elementSize && toPitch === elementSize)) {
      target.set(source.subarray(a, a + length * elementSize), b);
      return;
    }
    for (let i = 0; i < length; i++) {
      const at = a + i * fromPitch;
      for (let byte = 0; byte < elementSize; byte++) {
        target[b + i * toPitch + byte] = source[at + byte] as number;
      }
    }
  });
}
