/**
 * From elements in a file to what a caller gets: typed arrays for numbers, values for everything else.
 *
 * Numbers arrive in the typed array that holds all values of the datatype, converted on their way by the low level and
 * copied once. 64-bit integers are bigints unless numbers are asked for.
 */
import { product } from "../base/bits.ts";
import { allocateBytes, allocated, listOf, numberListOf } from "../base/memory.ts";
import { resultMemory } from "../engine/chunks/chunk-coder.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { bytesForPrecision, typedArrayTypeOf } from "../engine/conversion/native-type.ts";
import { allocateNumeric, numericLayoutOf } from "../engine/conversion/numeric-layout.ts";
import type { Datatype } from "../format/datatype.ts";
import { isBooleanEnum, usesHeap } from "../format/datatype-questions.ts";
import { arrayOf, bitfield, PREDEFINED } from "../format/predefined-datatypes.ts";
import { orRefused, plainError, record } from "../lowlevel/api-error.ts";
import { float16ArrayClass, type NumericArray } from "../lowlevel/memory-type.ts";
import { withNumbers, withTextBytes } from "./changed-values.ts";
import { type ArrayData, type NDArray, ndarray } from "./ndarray.ts";

/** In what form elements come. */
export interface ReadOptions {
  /** What 64-bit integers become; `"number"` refuses those beyond 2^53 - 1. Default `"bigint"`. */
  readonly int64?: "bigint" | "number";
  /**
   * How an array comes: `"array"` as `{ data, shape, stride }` (default), `"nested"` as arrays in arrays, as deep as it has
   * dimensions, or `"dataview"` as a DataView of the packed elements, as the file has them. A single element is bare in the
   * first two.
   */
  readonly as?: "array" | "nested" | "dataview";
  /**
   * Half floats come in a Float16Array where the runtime has that and in a Float32Array where it has not; `"float32"` is the
   * latter everywhere. Both hold the same numbers.
   */
  readonly float16?: "float16" | "float32";
  /** What strings become: text (default), or the bytes of each as a Uint8Array, without padding. */
  readonly strings?: "text" | "bytes";
  /**
   * What numpy's times become that h5py stored as opaque elements (see `opaqueDtype`): a Date for a `datetime64`, rounded
   * down to milliseconds and invalid for NaT; a bigint, the count of units as it is stored; or the bytes. With `"date"` a
   * `timedelta64` is a bigint. Default `"bytes"`.
   */
  readonly numpyTimes?: "bytes" | "bigint" | "date";
}

/** What each of these may be. */
export const READ_OPTIONS: { readonly [K in keyof ReadOptions]-?: readonly ReadOptions[K][] } = {
  int64: ["bigint", "number"],
  as: ["array", "nested", "dataview"],
  float16: ["float16", "float32"],
  strings: ["text", "bytes"],
  numpyTimes: ["bytes", "bigint", "date"],
};

/** @throws ValueError for a word that is none of the choices, which would be passed over. */
function requireChoices(options: ReadOptions): void {
  for (const name in options) {
    const value: unknown = options[name as keyof ReadOptions];
    const choices: readonly unknown[] | undefined = READ_OPTIONS[name as keyof ReadOptions];
    if (choices === undefined || value === undefined || choices.some((choice) => choice === value)) continue;
    const quoted = choices.map((choice) => `'${choice}'`);
    const all = `${quoted.slice(0, -1).join(", ")} or ${quoted[quoted.length - 1]}`;
    throw plainError("ValueError", `${name} must be one of the following choices: ${all}, but it is ${String(value)}.`);
  }
}

/** Reads packed elements into a buffer whose elements are of `memoryType`: a dataset's or an attribute's read. */
export type ReadInto = (buffer: ArrayBufferView, memoryType: Datatype) => void;

export interface ReadRequest {
  readonly datatype: Datatype;
  /** Of the result, without an array datatype's own dimensions; empty for a single element. */
  readonly shape: readonly number[];
  readonly context: ElementContext;
  readonly read: ReadInto;
  readonly options?: ReadOptions | undefined;
}

/**
 * The elements as an array; a single element as its bare value.
 *
 * @throws what `read` throws, FormatError for elements that contradict their datatype, OverflowError for integers that
 *   are no exact numbers or times that are no Date, ValueError for an option that is none of its choices.
 */
export function readValue(request: ReadRequest): NDArray | unknown {
  const { datatype, options } = request;
  if (options !== undefined) requireChoices(options);
  if (options?.as === "dataview") return readPackedView(request);
  const { dims, base } = itemOf(datatype);
  const shape = [...request.shape, ...dims];
  const data = finished(readElements(request), base, options);
  if (shape.length === 0) return data[0];
  return options?.as === "nested" ? nested(data, shape, 0, 0) : ndarray(data, shape);
}

/** @param type - Of each value, which is of no array datatype. */
function finished(raw: ArrayData, type: Datatype, options: ReadOptions | undefined): ArrayData {
  const exact = options?.int64 === "number" ? withNumbers(raw, type) : raw;
  return options?.strings === "bytes" ? withTextBytes(exact, type) : exact;
}

/** Elements from `start` on, of dimensions `d` and behind. */
export function nested(data: ArrayData, shape: readonly number[], d: number, start: number): unknown[] {
  const length = shape[d] as number;
  if (d === shape.length - 1) return itemsOf(data, start, length);
  const step = product(shape.slice(d + 1));
  return Array.from({ length }, (_, i) => nested(data, shape, d + 1, start + i * step));
}

function itemsOf(data: ArrayData, start: number, length: number): unknown[] {
  if (Array.isArray(data)) return data.slice(start, start + length);
  const items: unknown[] = typeof data[0] === "bigint" ? listOf(length) : numberListOf(length);
  for (let i = 0; i < length; i++) items[i] = data[start + i];
  return items;
}

/** @throws TypeError for elements that are kept elsewhere in the file. */
function readPackedView({ datatype, shape, read }: ReadRequest): DataView {
  if (usesHeap(datatype)) throw plainError("TypeError", "elements of variable length have no bytes of their own");
  const bytes = allocateBytes(product(shape) * datatype.size);
  if (bytes.length > 0) read(bytes, datatype);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What an element is made of: an array datatype's dimensions, with those of arrays in it behind, and their base. */
function itemOf(type: Datatype): { readonly dims: readonly number[]; readonly base: Datatype } {
  if (type.class !== "array") return { dims: [], base: type };
  const { dims, base } = itemOf(type.base);
  return { dims: [...type.dims, ...dims], base };
}

/** `type` with another base in its arrays. */
function withBase(type: Datatype, base: Datatype): Datatype {
  return type.class === "array" ? arrayOf(withBase(type.base, base), type.dims) : base;
}

/** `shape` elements of the datatype, those of arrays one behind the other. */
function readElements({ datatype, shape, context, read, options }: ReadRequest): ArrayData {
  const count = product(shape);
  const { dims, base } = itemOf(datatype);
  const total = count * product(dims);
  const typed = numericTarget(base, total, options);
  if (typed !== undefined) {
    if (total > 0) read(typed.array, withBase(datatype, typed.memoryType));
    return typed.array;
  }
  const bytes = allocateBytes(count * datatype.size);
  if (total > 0) read(bytes, datatype);
  const numpyTimes = options?.numpyTimes;
  const decoding = numpyTimes === undefined ? context : { ...context, numpyTimes };
  return orRefused(CANNOT_DECODE, () => decodeElements(base, bytes, total, decoding));
}

const CANNOT_DECODE = record("H5Dread", "DATASET", "READERROR", "can't read data");

interface NumericTarget {
  readonly array: NumericArray;
  readonly memoryType: Datatype;
}

/** The typed array for `count` elements of a numeric datatype. Booleans are values, not numbers. */
function numericTarget(type: Datatype, count: number, options: ReadOptions | undefined): NumericTarget | undefined {
  if (isBooleanEnum(type)) return undefined;
  const float16Array = options?.float16 === "float32" ? undefined : float16ArrayClass();
  if (float16Array !== undefined && numericLayoutOf(type)?.kind === "float16") {
    const array = resultMemory(`Float16Array ${count}`, () => allocated(2 * count, () => new float16Array(count)));
    return { array: array as unknown as NumericArray, memoryType: PREDEFINED.IEEE_F16LE };
  }
  const elementType = typedArrayTypeOf(type);
  const layout = elementType === undefined ? undefined : numericLayoutOf(elementType);
  if (elementType === undefined || layout === undefined) return undefined;
  const memoryType = type.class === "bitfield" ? bitfield(bytesForPrecision(type.bitPrecision)) : elementType;
  const { kind } = layout;
  return { array: resultMemory(`${kind} ${count}`, () => allocateNumeric(kind, count)), memoryType };
}
