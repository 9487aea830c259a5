/** What people write between the brackets of `dataset[...]`, as values. */
import { optionsProblem } from "../../base/known-options.ts";
import { indexError } from "./index-errors.ts";

/** Python's `slice`: undefined or null for what is left out. */
export class Slice {
  /** The first index; negative from the end. Default: the first there is. */
  readonly start: number | bigint | null | undefined;
  /** The index behind the last; negative from the end. Default: the last is taken too. */
  readonly stop: number | bigint | null | undefined;
  /** Distance of two indexes, from 1 on. Default 1. */
  readonly step: number | bigint | null | undefined;

  constructor(start: Bound, stop: Bound, step: Bound) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

type Bound = number | bigint | null | undefined;

/**
 * `slice(stop)`, `slice(start, stop)` or `slice(start, stop, step)`, as in Python; bounds may be negative (from the end) or
 * left out with null.
 */
export function slice(...bounds: [Bound] | [Bound, Bound] | [Bound, Bound, Bound]): Slice {
  if (bounds.length === 1) return new Slice(undefined, bounds[0], undefined);
  return new Slice(bounds[0], bounds[1], bounds[2]);
}

const BLOCK_OPTIONS = { start: true, stride: true, count: true, block: true };

/** Blocks at equal distances in one dimension. h5py: `MultiBlockSlice`. */
export class MultiBlockSlice {
  /** Index of the first element of the first block. Default 0. */
  readonly start: number;
  /** Elements from the start of one block to that of the next. Default 1. */
  readonly stride: number;
  /** Number of blocks, `Infinity` in a virtual mapping that grows; undefined for as many as fit. */
  readonly count: number | undefined;
  /** Elements of a block. Default 1. */
  readonly block: number;

  /**
   * Blocks at equal distances in one dimension.
   *
   * @throws HDF5Error "argument" (ValueError) for a negative start, for zeros, and for blocks that overlap; (TypeError) for
   *   what is no integer.
   */
  constructor(options: { start?: number; stride?: number; count?: number; block?: number } = {}) {
    const problem = optionsProblem(options, BLOCK_OPTIONS, "MultiBlockSlice");
    if (problem !== undefined) throw indexError("TypeError", problem);
    const { start = 0, stride = 1, block = 1 } = options;
    const count = options.count ?? undefined;
    const isCount = count === undefined || count === Number.POSITIVE_INFINITY || Number.isInteger(count);
    if (!(isCount && [start, stride, block].every(Number.isInteger))) {
      throw indexError("TypeError", "Start, stride, count and block must be integers");
    }
    if (!(start >= 0)) throw indexError("ValueError", "Start can't be negative");
    if (stride < 1 || block < 1 || (count !== undefined && count < 1)) {
      throw indexError("ValueError", "Stride, count and block can't be 0 or negative");
    }
    if (block > stride) throw indexError("ValueError", "Blocks will overlap if block > stride");
    this.start = start;
    this.stride = stride;
    this.count = count;
    this.block = block;
  }

  /**
   * Start, stride, count and block over a dimension of so many elements: without a count as many blocks as fit.
   *
   * @throws HDF5Error (ValueError) when blocks reach beyond it, or none fits.
   */
  indices(length: number): [start: number, stride: number, count: number, block: number] {
    const { start, stride, block } = this;
    const count = this.count ?? Math.floor((length - start - block) / stride) + 1;
    if (count < 1) {
      throw indexError("ValueError", `No full blocks can be selected using ${this} on dimension of length ${length}`);
    }
    const end = start + (count - 1) * stride + block - 1;
    if (end >= length) {
      const range = `range (${start} - ${end}) extends beyond maximum index (${length - 1})`;
      throw indexError("ValueError", `${this} ${range}`);
    }
    return [start, stride, count, block];
  }

  /** `MultiBlockSlice(start=0, stride=1, count=None, block=1)`, as h5py prints it. */
  toString(): string {
    const { start, stride, count = "None", block } = this;
    return `MultiBlockSlice(start=${start}, stride=${stride}, count=${count}, block=${block})`;
  }
}

/** A boolean for each element of the whole dataset, row-major. */
export class Mask {
  /** An entry an element, row-major: selected where it is true, or not zero. */
  readonly values: ArrayLike<number | boolean>;
  /** Elements a dimension, which is to be the dataset's. */
  readonly shape: readonly number[];

  constructor(values: ArrayLike<number | boolean>, shape: readonly number[]) {
    this.values = values;
    this.shape = shape;
  }
}

/**
 * Selects the elements whose entry is true (or not zero); the result is one-dimensional, in row-major order.
 *
 * @param values - An entry an element of the whole dataset, row-major.
 * @param shape - The dataset's; default: one dimension. Reading and writing throw TypeError for another one.
 * @throws HDF5Error "argument" (TypeError) for what is no list.
 */
export function mask(values: ArrayLike<number | boolean>, shape?: readonly number[]): Mask {
  const isList = typeof values === "object" && typeof values?.length === "number";
  if (!isList || (shape !== undefined && !Array.isArray(shape))) {
    throw indexError("TypeError", "A mask is a list of booleans, its shape a list of sizes");
  }
  return new Mask(values, shape ?? [values.length]);
}

/** Single elements in the order given. */
export class Points {
  /** An index a dimension for each element. */
  readonly coordinates: readonly (readonly number[])[];

  constructor(coordinates: readonly (readonly number[])[]) {
    this.coordinates = coordinates;
  }
}

/**
 * Selects single elements in the order given, which may repeat; the result is one-dimensional.
 *
 * @param coordinates - An index a dimension for each element. Reading and writing throw ValueError for another number
 *   of dimensions, IndexError for indexes outside the dataset.
 * @throws HDF5Error "argument" (TypeError) for what is no such list.
 */
export function points(coordinates: readonly (readonly number[])[]): Points {
  const lists: readonly unknown[] | undefined = Array.isArray(coordinates) ? coordinates : undefined;
  if (!lists?.every((point) => Array.isArray(point))) {
    throw indexError("TypeError", "Points are a list of coordinates, each a list of an index a dimension");
  }
  return new Points(coordinates);
}

export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * What stands for one dimension: a number (negative: from the end), a slice, null or undefined for all of it, `"..."` for
 * all dimensions not named, a list of ascending indexes, a list of booleans, or text such as `"0:10"` for one or more.
 */
export type IndexArgument =
  | number
  | bigint
  | boolean
  | null
  | undefined
  | string
  | Slice
  | MultiBlockSlice
  | IntegerArray
  | readonly (number | bigint)[]
  | readonly boolean[];

/** One argument, or a list of one a dimension; fewer than there are dimensions leave the last ones whole. */
export type IndexArguments = IndexArgument | Mask | Points | readonly IndexArgument[];
