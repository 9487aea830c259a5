/** From values to elements that can be handed to the low level: bytes, their datatype in memory and their shape. */
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { encodeElements } from "../engine/conversion/element-encoder.ts";
import { printedShape } from "../engine/selection/index-errors.ts";
import type { ArrayType, Datatype, FixedPointType } from "../format/datatype.ts";
import { arrayOf, PREDEFINED } from "../format/predefined-datatypes.ts";
import { orRefused, plainError, record } from "../lowlevel/api-error.ts";
import { bytesOf, datatypeOfArray } from "../lowlevel/memory-type.ts";
import { type ArrayValue, arrayValueOf, packedValueOf } from "./array-value.ts";
import { ColumnData, type ColumnEncoding, encodeColumns, inferColumns } from "./column-data.ts";
import { inferDatatype } from "./infer-type.ts";
import { isTypedArray } from "./ndarray.ts";

/** Packed elements, ready to be written. */
export interface EncodedValue {
  readonly bytes: Uint8Array;
  /** Datatype of the elements in `bytes`, which converts to that of the file. */
  readonly memoryType: Datatype;
  readonly shape: readonly number[];
}

/** A value with the datatype it will be stored in. */
export interface TypedValue extends ArrayValue {
  readonly datatype: Datatype;
}

/** The value, with `datatype` or else the one that follows from it. */
export function typedValueOf(value: unknown, datatype?: Datatype): TypedValue {
  if (value instanceof ColumnData) {
    return { shape: [], items: [], columns: value, datatype: datatype ?? inferColumns(value, COLUMN_ENCODING) };
  }
  if (datatype !== undefined) return { ...elementsFor(datatype, value), datatype };
  const array = packedValueOf(value) ?? arrayValueOf(value);
  return { ...array, datatype: inferDatatype(array.items) };
}

/** Shape and elements of a value for a datatype; an array datatype's own dimensions are still in the shape's end. */
function elementsFor(datatype: Datatype, value: unknown): ArrayValue {
  return packedValueOf(value, datatype) ?? arrayValueOf(value, innermostBase(datatype));
}

function innermostBase(type: Datatype): Datatype {
  return type.class === "array" ? innermostBase(type.base) : type;
}

/**
 * The value as elements for a dataset or attribute of `type`.
 *
 * Typed arrays go into numbers as they are, for the library to convert; everything else is encoded, where what does not
 * fit is refused.
 *
 * @throws TypeError, ValueError or OverflowError in numpy's words.
 */
export function encodeValue(type: Datatype, value: unknown, context: ElementContext): EncodedValue {
  if (value instanceof ColumnData) return encodeColumns(type, value, context, COLUMN_ENCODING);
  return encodeArray(type, elementsFor(type, value), context);
}

const COLUMN_ENCODING: ColumnEncoding = { typedValueOf, encodeValue };

/** A row of numbers that is to be written as it is: a typed array of the one dimension that `shape` has. Else undefined. */
export function plainNumbers(
  type: Datatype,
  value: unknown,
  shape: readonly number[],
): Omit<EncodedValue, "shape"> | undefined {
  if (shape.length !== 1 || !isTypedArray(value) || value.length === 0 || value.length !== shape[0]) return undefined;
  return numbersFor(type, value);
}

/** The same for elements that are flat already. */
export function encodeArray(type: Datatype, array: ArrayValue, context: ElementContext): EncodedValue {
  if (array.columns !== undefined) return encodeColumns(type, array.columns, context, COLUMN_ENCODING);
  if (array.packed !== undefined) return { bytes: array.packed, memoryType: type, shape: array.shape };
  if (type.class === "array") return encodeArrayElements(type, array, context);
  const { shape, items } = array;
  const numbers = numbersFor(type, items);
  if (numbers !== undefined) return { ...numbers, shape };
  const bytes = orRefused(CANNOT_ENCODE, () => encodeElements(type, items, context));
  return { bytes, memoryType: type, shape };
}

const CANNOT_ENCODE = record("H5Tconvert", "DATATYPE", "CANTCONVERT", "can't convert value to datatype");

function encodeArrayElements(type: ArrayType, array: ArrayValue, context: ElementContext): EncodedValue {
  const inner = encodeArray(type.base, array, context);
  const outer = inner.shape.length - type.dims.length;
  const last = inner.shape.slice(Math.max(0, outer));
  if (outer < 0 || last.some((size, d) => size !== type.dims[d])) {
    const found = `got ${printedShape(last)}, but should be ${printedShape(type.dims)}`;
    throw plainError("TypeError", `When writing to array types, last N dimensions have to match (${found})`);
  }
  return { bytes: inner.bytes, memoryType: arrayOf(inner.memoryType, type.dims), shape: inner.shape.slice(0, outer) };
}

function isNumberType(type: Datatype): boolean {
  return type.class === "fixed-point" || type.class === "floating-point";
}

/** Elements that need no encoding one by one: typed arrays, and numbers that a double carries into `type` unharmed. */
function numbersFor(type: Datatype, items: ArrayLike<unknown>): Omit<EncodedValue, "shape"> | undefined {
  if (isTypedArray(items)) {
    const own = datatypeOfArray(items);
    return own !== undefined && isNumberType(type) ? { bytes: bytesOf(items), memoryType: own } : undefined;
  }
  if (!isNumberType(type) || !fitsThroughDoubles(type, items)) return undefined;
  const doubles = Float64Array.from(items as ArrayLike<number>);
  return { bytes: bytesOf(doubles), memoryType: PREDEFINED.NATIVE_DOUBLE };
}

/** Whether all items are numbers that `type` holds but for a fraction; other values are for the encoder to refuse. */
function fitsThroughDoubles(type: Datatype, items: ArrayLike<unknown>): boolean {
  const bounds = type.class === "fixed-point" ? boundsOf(type) : undefined;
  if (type.class === "fixed-point" && bounds === undefined) return false;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== "number") return false;
    if (bounds !== undefined && !(item > bounds.below && item < bounds.above)) return false;
  }
  return true;
}

/** Open bounds of what is cut off to an integer of up to 32 bits; others are not exact in a double. */
function boundsOf(type: FixedPointType): { readonly below: number; readonly above: number } | undefined {
  const { bitPrecision, signed } = type;
  if (bitPrecision > 32) return undefined;
  const values = 2 ** bitPrecision;
  return signed ? { below: -values / 2 - 1, above: values / 2 } : { below: -1, above: values };
}
