/** From packed elements to what a caller gets, as the whole facade gives it. */
import { product } from "../base/bits.ts";
import { type ElementContext, NO_HEAP } from "../engine/conversion/element-context.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { numericArrayReader } from "../engine/conversion/numeric-arrays.ts";
import { type NumericArray, numericLayoutOf, toNumericArray } from "../engine/conversion/numeric-layout.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { isBooleanEnum } from "../format/datatype-questions.ts";

/** Elements in row-major order with a shape. */
export interface NDArray<D extends NumericArray | unknown[] = NumericArray | unknown[]> {
  /** All elements, flat: a typed array for numbers, a plain array for everything else. */
  readonly data: D;
  /** Elements a dimension. */
  readonly shape: readonly number[];
  /** By how many elements (not bytes) the next index of each dimension is further on in `data`. */
  readonly stride: readonly number[];
}

/** Elements of a numeric datatype; booleans are values. */
function numbersOf(bytes: Uint8Array, type: Datatype, count: number): NumericArray | undefined {
  if (isBooleanEnum(type)) return undefined;
  const layout = numericLayoutOf(type);
  if (layout !== undefined && layout.kind !== "float16") return toNumericArray(layout, bytes);
  return numericArrayReader(type)?.(bytes, 0, count);
}

/** The elements as an array; a single element as its bare value. @param bytes - Exactly the elements; the result may be a view. */
export function valuesOf(
  bytes: Uint8Array,
  datatype: Datatype,
  shape: readonly number[],
  context: ElementContext,
): NDArray | unknown {
  let base = datatype;
  const dims = [...shape];
  while (base.class === "array") {
    dims.push(...base.dims);
    base = base.base;
  }
  const count = product(dims);
  const data = numbersOf(bytes, base, count) ?? decodeElements(base, bytes, count, context);
  if (dims.length === 0) return data[0];
  const stride = dims.map((_, d) => product(dims.slice(d + 1)));
  return { data, shape: dims, stride };
}

/** Elements a dimension; null of a null dataspace. */
export const shapeOf = ({ kind, dims }: Dataspace): number[] | null => (kind === "null" ? null : [...dims]);

/** The heap of a file, for elements that are decoded. */
export function contextOf({ storage: { widths }, globalHeap }: H5File): ElementContext {
  return {
    widths,
    readHeapObject: (address, index) => globalHeap.read(address, index),
    writeHeapObject: NO_HEAP.writeHeapObject,
  };
}
