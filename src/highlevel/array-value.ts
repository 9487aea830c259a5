/**
 * Values as callers write them, as flat elements with a shape: scalars, nested arrays, typed arrays, `{ data, shape }`.
 *
 * What counts as one element depends on the datatype: for most of them an array is nesting, for variable-length data its
 * innermost arrays are elements, and for a compound an array of its members' values in order is one.
 */

import { product } from "../base/bits.ts";
import { complexPartOf } from "../engine/conversion/complex-conversion.ts";
import { printedShape } from "../engine/selection/index-errors.ts";
import type { CompoundMember, CompoundType, Datatype } from "../format/datatype.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { NumericArray } from "../lowlevel/memory-type.ts";
import type { ColumnData } from "./column-data.ts";
import { fillsShape, isShape, isShapedData, isTypedArray } from "./ndarray.ts";

export interface ArrayValue {
  readonly shape: readonly number[];
  /** Row-major; a typed array where the caller gave one, or rows of one class. Not a copy of a single one. */
  readonly items: ArrayLike<unknown>;
  /** In place of the items: packed elements of the datatype, as a DataView or ArrayBuffer had them. */
  readonly packed?: Uint8Array;
  /** In place of the items, and of the shape: columns of a compound. */
  readonly columns?: ColumnData;
}

type LeafTest = (value: unknown) => boolean;

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isTypedArray(value);
}

const isNoList: LeafTest = (value) => !isList(value);

/** How arrays nest in one element. */
interface Nesting {
  /** Levels of arrays: 1 for a sequence of numbers, 2 for one of sequences, or of rows of numbers. */
  readonly levels: number;
  /** What is a value in the innermost of them. */
  readonly isValue: LeafTest;
}

function nestingOf(type: Datatype, levels = 0): Nesting {
  if (type.class === "array") return nestingOf(type.base, levels + type.dims.length);
  if (type.class === "variable-length" && type.kind !== "string") return nestingOf(type.base, levels + 1);
  return { levels, isValue: leafTest(type) };
}

function nestsWithin(value: unknown, levels: number, isValue: LeafTest): boolean {
  if (!isList(value) || isValue(value)) return true;
  // Those of the innermost array are alike, or refused when they are encoded.
  if (levels === 1) return isValue(value[0]);
  for (let i = 0; i < value.length; i++) if (!nestsWithin(value[i], levels - 1, isValue)) return false;
  return true;
}

/** Whether an array is the values of a record's members in order, rather than an array of records. */
function isPositionalRecord({ members }: CompoundType, value: ArrayLike<unknown>): boolean {
  if (!Array.isArray(value) || value.length !== members.length || members.length === 0) return false;
  return value.every((item, i) => canBe((members[i] as CompoundMember).type, item));
}

/** Whether a value has the form of an element of `type`, as far as arrays and records go. */
function canBe(type: Datatype, value: unknown): boolean {
  if (type.class === "array") return isList(value);
  if (type.class === "complex" || (type.class === "compound" && complexPartOf(type) !== undefined)) {
    return !isList(value) || (value.length === 2 && !isList(value[0]));
  }
  if (type.class === "compound") return isRecord(value) || (isList(value) && isPositionalRecord(type, value));
  return leafTest(type)(value) && (type.class === "reference" || !isRecord(value));
}

function isRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Map || Object.getPrototypeOf(value) === Object.prototype;
}

/** What is one element of `type` among nested arrays; without a datatype, whatever is no array. */
function leafTest(type: Datatype | undefined): LeafTest {
  if (type === undefined) return isNoList;
  if (
    type.class === "string" ||
    type.class === "opaque" ||
    (type.class === "variable-length" && type.kind === "string")
  ) {
    return (value) => !isList(value) || value instanceof Uint8Array;
  }
  // Of a complex number's two parts nobody could tell whether they are two complex numbers.
  if (type.class === "compound" && complexPartOf(type) === undefined)
    return (value) => !isList(value) || isPositionalRecord(type, value);
  if (type.class !== "variable-length") return isNoList;
  const { levels, isValue } = nestingOf(type);
  return (value) => nestsWithin(value, levels, isValue);
}

/** The bytes of what stands for packed elements and not for numbers. */
function packedBytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/**
 * Packed elements of `type`; bytes where no datatype is known.
 *
 * @throws TypeError for elements that are kept elsewhere in the file; ValueError for a part of an element.
 */
function packedValue(bytes: Uint8Array, type: Datatype | undefined, shape?: readonly number[]): ArrayValue {
  if (type === undefined) return { shape: shape ?? [bytes.length], items: bytes };
  if (usesHeap(type)) throw plainError("TypeError", "elements of variable length have no bytes of their own");
  if (bytes.length % type.size !== 0) {
    throw plainError("ValueError", "buffer size must be a multiple of element size");
  }
  const count = bytes.length / type.size;
  if (shape !== undefined && product(shape) !== count) {
    throw plainError("ValueError", `cannot reshape array of size ${count} into shape ${printedShape(shape)}`);
  }
  return { shape: shape ?? [count], items: [], packed: bytes };
}

/** As {@link packedValue} for a DataView or ArrayBuffer, alone or with its shape told; undefined for another value. */
export function packedValueOf(value: unknown, type?: Datatype): ArrayValue | undefined {
  const alone = packedBytesOf(value);
  if (alone !== undefined) return packedValue(alone, type);
  if (typeof value !== "object" || value === null || !("data" in value) || !("shape" in value)) return undefined;
  const bytes = packedBytesOf(value.data);
  return bytes !== undefined && isShape(value.shape) ? packedValue(bytes, type, value.shape) : undefined;
}

/**
 * Flat elements and shape of a value.
 *
 * @param type - The datatype the elements are for, if that is known.
 * @throws ValueError in numpy's words when rows differ in length, or `shape` does not fit `data`.
 */
export function arrayValueOf(value: unknown, type?: Datatype): ArrayValue {
  if (isShapedData(value)) {
    if (!fillsShape(value.data, value.shape)) {
      const text = `cannot reshape array of size ${value.data.length} into shape ${printedShape(value.shape)}`;
      throw plainError("ValueError", text);
    }
    return { shape: value.shape, items: value.data };
  }
  const isLeaf = leafTest(type);
  if (isLeaf(value)) return { shape: [], items: [value] };
  if (isTypedArray(value)) return { shape: [value.length], items: value };
  return nestedValue(value as ArrayLike<unknown>, isLeaf);
}

/** Level by level: all nodes of one must be arrays of one length, or all of them elements. */
function nestedValue(value: ArrayLike<unknown>, isLeaf: LeafTest): ArrayValue {
  const shape: number[] = [];
  let nodes: ArrayLike<unknown> = [value];
  for (;;) {
    const leaves = countLeaves(nodes, isLeaf);
    if (leaves === nodes.length) return { shape, items: nodes };
    if (leaves > 0) throw raggedError(shape);
    const lists = nodes as ArrayLike<ArrayLike<unknown>>;
    const length = (lists[0] as ArrayLike<unknown>).length;
    for (let i = 1; i < lists.length; i++) if (lists[i]?.length !== length) throw raggedError(shape);
    const joined = joinTyped(lists, length);
    shape.push(length);
    if (joined !== undefined) return { shape, items: joined };
    nodes = flattened(lists, length);
  }
}

function countLeaves(nodes: ArrayLike<unknown>, isLeaf: LeafTest): number {
  let count = 0;
  for (let i = 0; i < nodes.length; i++) if (isLeaf(nodes[i])) count++;
  return count;
}

function flattened(lists: ArrayLike<ArrayLike<unknown>>, length: number): ArrayLike<unknown> {
  if (lists.length === 1) return lists[0] as ArrayLike<unknown>;
  const items: unknown[] = [];
  for (let i = 0; i < lists.length; i++) {
    const list = lists[i] as ArrayLike<unknown>;
    for (let j = 0; j < length; j++) items.push(list[j]);
  }
  return items;
}

/** Rows that are typed arrays of one class, as one typed array. */
function joinTyped(lists: ArrayLike<ArrayLike<unknown>>, length: number): NumericArray | undefined {
  const first: unknown = lists[0];
  if (!isTypedArray(first)) return undefined;
  for (let i = 1; i < lists.length; i++) {
    if ((lists[i] as object).constructor !== first.constructor) return undefined;
  }
  const joined = new (first.constructor as new (length: number) => NumericArray)(lists.length * length);
  // `set` takes arrays of its own kind, number or bigint, which all of them are.
  for (let i = 0; i < lists.length; i++) joined.set(lists[i] as ArrayLike<never>, i * length);
  return joined;
}

function raggedError(shape: readonly number[]) {
  const text =
    `setting an array element with a sequence. The requested array has an inhomogeneous shape after ${shape.length} ` +
    `dimensions. The detected shape was ${printedShape(shape)} + inhomogeneous part.`;
  return plainError("ValueError", text);
}
