/** What the compiler knows of elements: from a dtype that is written out in the code, or from the data. */
import type { ComplexValue, ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { Datatype } from "../format/datatype.ts";
import type { DtypeLike } from "./dtype.ts";
import type { ArrayData, NDArray } from "./ndarray.ts";

/** Never there: it carries a type. */
declare const ELEMENTS: unique symbol;

/** A datatype whose elements are known to be read as an array of type `A`. */
export type TypedDtype<A> = Datatype & { readonly [ELEMENTS]?: A };

/** `Float16Array` where the compiler's library has it; at run time it is there or not. See `ReadOptions.float16`. */
type HalfArray = typeof globalThis extends { readonly Float16Array: { readonly prototype: infer A } }
  ? A | Float32Array
  : Float32Array;

/** Arrays by numpy's codes and names. */
interface ElementArrays {
  b1: boolean[];
  bool: boolean[];
  i1: Int8Array;
  i2: Int16Array;
  i4: Int32Array;
  i8: BigInt64Array;
  u1: Uint8Array;
  u2: Uint16Array;
  u4: Uint32Array;
  u8: BigUint64Array;
  f2: HalfArray;
  f4: Float32Array;
  f8: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: HalfArray;
  float32: Float32Array;
  float64: Float64Array;
  str: string[];
}

type CodeOf<D extends string> = D extends `${"<" | ">" | "=" | "|"}${infer Code}` ? Code : D;

type ArrayOfCode<C extends string> = C extends keyof ElementArrays
  ? ElementArrays[C]
  : C extends `S${number}`
    ? string[]
    : C extends `V${number}`
      ? Uint8Array[]
      : ArrayData;

/** The array that elements of a dtype are read into; any array where the compiler does not know the dtype. */
export type ArrayOf<D> = D extends string
  ? string extends D
    ? ArrayData
    : ArrayOfCode<CodeOf<D>>
  : D extends { readonly [ELEMENTS]?: infer A }
    ? A extends ArrayData
      ? A
      : ArrayData
    : ArrayData;

/** Whether a dataset holds a single element (its shape is `[]`) or an array. */
export type Rank = "scalar" | "array";

type WithInt64<A, O> = O extends { readonly int64: "number" }
  ? A extends BigInt64Array | BigUint64Array
    ? Float64Array
    : A
  : A;

/** Members of compounds, arrays and so on: as deep as there are dimensions. */
export type Nested<T> = T | Nested<T>[];

type ElementOf<A> = A extends { readonly [n: number]: infer E } ? E : unknown;

type Delivered<A extends ArrayData, S, O> = O extends { readonly as: "dataview" }
  ? DataView
  : S extends "scalar"
    ? ElementOf<A>
    : O extends { readonly as: "nested" }
      ? Nested<ElementOf<A>>[]
      : NDArray<A>;

/** What reading a whole dataset of dtype `D` gives with options `O`. */
export type ReadResult<D, S, O> = O extends { readonly dtype: infer T }
  ? Delivered<WithInt64<ArrayOf<T>, O>, S, O>
  : Delivered<WithInt64<ArrayOf<D>, O>, S, O>;

type DtypeOfData<V> = V extends Int8Array
  ? "|i1"
  : V extends Uint8Array | Uint8ClampedArray
    ? "|u1"
    : V extends Int16Array
      ? "<i2"
      : V extends Uint16Array
        ? "<u2"
        : V extends Int32Array
          ? "<i4"
          : V extends Uint32Array
            ? "<u4"
            : V extends BigInt64Array
              ? "<i8"
              : V extends BigUint64Array
                ? "<u8"
                : V extends Float32Array
                  ? "<f4"
                  : V extends Float64Array
                    ? "<f8"
                    : DtypeOfPlainData<V>;

type DtypeOfPlainData<V> = [V] extends [number]
  ? "<f8"
  : [V] extends [bigint]
    ? "<i8"
    : [V] extends [boolean]
      ? "|b1"
      : [V] extends [string]
        ? "str"
        : V extends readonly (infer E)[]
          ? DtypeOfData<E>
          : V extends { readonly data: infer E; readonly shape: readonly number[] }
            ? DtypeOfData<E>
            : string;

/** The dtype that options of a new dataset lead to. */
export type DtypeOfOptions<O> = O extends { readonly dtype: infer D extends DtypeLike }
  ? D
  : O extends { readonly data: infer V }
    ? DtypeOfData<V>
    : O extends { readonly shape: unknown }
      ? "<f4"
      : string;

/** Whether such a dataset is a scalar. */
export type RankOfOptions<O> = O extends { readonly shape: readonly [] }
  ? "scalar"
  : O extends { readonly shape: unknown }
    ? "array"
    : O extends { readonly data: number | bigint | boolean | string }
      ? "scalar"
      : "array";

/** Elements of the classes that no code stands for. */
export type { ComplexValue, ReferenceValue };
