/** Arrays as this library gives and takes them: flat elements with a shape. */
import { product } from "../base/bits.ts";
import { datatypeOfArray, type NumericArray } from "../lowlevel/memory-type.ts";

/** Elements in row-major order: a typed array for numbers, a plain array for everything else. */
export type ArrayData = NumericArray | unknown[];

/** An array of any rank, row-major. */
export interface NDArray<D extends ArrayData = ArrayData> {
  /** All elements, flat: a typed array for numbers, a plain array for everything else. */
  readonly data: D;
  /** Elements a dimension. */
  readonly shape: readonly number[];
  /** By how many elements (not bytes) the next index of each dimension is further on in `data`. */
  readonly stride: readonly number[];
}

/** Elements with a shape, whose stride follows: row-major. */
export function ndarray<D extends ArrayData>(data: D, shape: readonly number[]): NDArray<D> {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    stride[d] = step;
    step *= shape[d] as number;
  }
  return { data, shape, stride };
}

export function isTypedArray(value: unknown): value is NumericArray {
  return datatypeOfArray(value) !== undefined;
}

/** What callers may give for an array with its shape told. */
export interface ShapedData {
  /** All elements, flat, row-major. */
  readonly data: ArrayLike<unknown>;
  /** Elements a dimension; their product is the length of `data`. */
  readonly shape: readonly number[];
  /** Taken to be row-major, which is checked. */
  readonly stride?: readonly number[];
}

/** Tells `{ data, shape }` from a record of a compound datatype. */
export function isShapedData(value: unknown): value is ShapedData {
  if (typeof value !== "object" || value === null || !("data" in value) || !("shape" in value)) return false;
  const { data, shape } = value;
  const isList = Array.isArray(data) || isTypedArray(data);
  return isList && isShape(shape);
}

export function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
}

/** Whether `data` holds exactly the elements of `shape`. */
export function fillsShape(data: ArrayLike<unknown>, shape: readonly number[]): boolean {
  return data.length === product(shape);
}
