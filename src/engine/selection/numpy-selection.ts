/**
 * From what people write to a selection and the shape of its result, with h5py's rules and words.
 *
 * Reference: h5py, `_hl/selections.py` and `_selector.pyx`.
 */
import { UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { selectAxes } from "./hyperslab-spans.ts";
import {
  type IndexArgument,
  type IndexArguments,
  type IntegerArray,
  Mask,
  MultiBlockSlice,
  Points,
  Slice,
} from "./index-arguments.ts";
import { indexError, printed } from "./index-errors.ts";
import { parseIndexText } from "./index-text.ts";
import { keptSelection } from "./kept-selection.ts";
import { regularOf, type Selection, selectAll, selectNone, selectPoints, singlesOf } from "./selection.ts";
import { type AxisSpans, spansOfBlocks } from "./span-list.ts";

export interface NumpySelection {
  readonly selection: Selection;
  /** Shape of the result: dimensions indexed by a number are left out. h5py: `array_shape`. */
  readonly shape: readonly number[];
  /** The same with those dimensions as 1. h5py: `mshape`. */
  readonly selectedShape: readonly number[];
  /** Which dimensions were indexed by a number. */
  readonly scalarAxes: readonly boolean[];
  /** Slices and numbers alone (these can be broadcast to), with a list of indexes, or single elements. */
  readonly kind: "simple" | "fancy" | "points";
}

/** One dimension's share. */
interface Axis {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  readonly block: number;
  readonly scalar: boolean;
  /** Instead of the numbers above. */
  readonly list?: readonly number[];
}

/**
 * The selection that the arguments stand for.
 *
 * @param dims - The dataset's shape; null for an empty (null) dataspace.
 * @param args - See {@link IndexArguments}; undefined, null or an empty list selects all.
 * @throws HDF5Error named as h5py's class: IndexError out of range, ValueError for too many arguments, a step below 1, ...,
 *   TypeError for what is no index.
 */
export function numpySelection(dims: readonly number[] | null, args?: IndexArguments): NumpySelection {
  if (args instanceof Mask && dims !== null && dims.length > 0) return maskSelection(dims, args);
  if (args instanceof Points && dims !== null && dims.length > 0) return pointsSelection(dims, args);
  if (dims !== null && dims.length > 0 && isPlain(args, dims.length)) {
    return plainSelection(dims, args) ?? axesSelection(dims, args);
  }
  const list = args instanceof Mask || args instanceof Points ? [args] : argumentList(args);
  if (dims === null || dims.length === 0) return withoutDimensions(dims, list);
  return axesSelection(dims, expandEllipsis(list as IndexArgument[], dims.length));
}

/** Checks what is to be written of a dataset without dimensions, which may be nothing but all. */
export function requireNoIndexes(args: IndexArguments): void {
  if (!(args instanceof Mask || args instanceof Points)) expandEllipsis(argumentList(args), 0);
}

/** What most loops over rows write: a number or slice for each of the first dimensions. */
function isPlain(args: unknown, rank: number): args is readonly (number | Slice)[] {
  if (!Array.isArray(args) || args.length === 0 || args.length > rank) return false;
  for (const arg of args) if (typeof arg !== "number" && !(arg instanceof Slice)) return false;
  return true;
}

/**
 * As {@link axesSelection}, without an object for each dimension: loops over rows make thousands of these.
 *
 * @returns Undefined for a step other than 1, and for nothing.
 */
function plainSelection(dims: readonly number[], args: readonly (number | Slice)[]): NumpySelection | undefined {
  const rank = dims.length;
  const start = new Array<number>(rank);
  const count = new Array<number>(rank);
  const scalarAxes = new Array<boolean>(rank);
  let scalars = 0;
  let isAll = true;
  for (let d = 0; d < rank; d++) {
    const arg = args[d];
    const length = dims[d] as number;
    let first = 0;
    let size = length;
    let isScalar = false;
    if (typeof arg === "number") {
      first = arg < 0 ? arg + length : arg;
      if (!(first >= 0 && first < length && Number.isInteger(arg))) return undefined;
      size = 1;
      isScalar = true;
      scalars++;
    } else if (arg !== undefined) {
      if (arg.step !== undefined && arg.step !== null && arg.step !== 1) return undefined;
      first = clamp(arg.start ?? 0, length);
      size = clamp(arg.stop ?? length, length) - first;
    }
    if (size <= 0) return undefined;
    start[d] = first;
    count[d] = size;
    scalarAxes[d] = isScalar;
    if (first !== 0 || size !== length) isAll = false;
  }
  const shape = scalars === 0 ? count : withoutScalars(count, scalarAxes, rank - scalars);
  const selection = isAll ? selectAll(dims) : singlesOf(dims, start, count);
  return { selection, shape, selectedShape: count, scalarAxes, kind: "simple" };
}

function argumentList(args: Exclude<IndexArguments, Mask | Points>): readonly IndexArgument[] {
  if (args === undefined || args === null) return [];
  if (typeof args === "string") return parseIndexText(args);
  if (!Array.isArray(args)) return [args as IndexArgument];
  // A list of nothing but booleans is one mask along the first dimension, as in Python.
  if (args.length > 0 && args.every((value) => typeof value === "boolean")) return [args as readonly boolean[]];
  return args.flatMap((value: IndexArgument): readonly IndexArgument[] => {
    return typeof value === "string" ? parseIndexText(value) : [value];
  });
}

function withoutDimensions(dims: readonly number[] | null, args: readonly unknown[]): NumpySelection {
  const all = args.length === 0 || (args.length === 1 && args[0] === "...");
  if (dims === null) {
    if (!all) throw indexError("ValueError", "Empty datasets cannot be sliced");
    return { selection: selectNone([]), shape: [], selectedShape: [], scalarAxes: [], kind: "simple" };
  }
  if (!all) throw indexError("ValueError", "Illegal slicing argument for scalar dataspace");
  return { selection: selectAll([]), shape: [], selectedShape: [], scalarAxes: [], kind: "simple" };
}

/**
 * The selection of a mapping of a virtual dataset: as {@link numpySelection}, but that one slice may end at infinity, or one
 * `MultiBlockSlice` have an infinite count, and so grow with the dataset.
 *
 * @throws HDF5Error named TypeError when a list of indexes stands beside it; "argument" for more than one of them.
 */
export function growingSelection(dims: readonly number[], args?: IndexArguments): Selection {
  const kept = () => keptSelection(dims, args, numpySelection(dims, args).selection);
  if (args instanceof Mask || args instanceof Points || dims.length === 0) return kept();
  const list = expandEllipsis(argumentList(args), dims.length);
  if (!list.some(isEndless)) return kept();
  const axes = list.map((arg, d) => (isEndless(arg) ? endlessAxis(arg) : axisOf(arg, dims[d] as number)));
  if (axes.some((axis) => axis.list !== undefined)) {
    throw indexError("TypeError", "Indexing vectors or arrays are not allowed beside an unlimited slice");
  }
  return simpleSelection(dims, axes);
}

type Endless = Slice | MultiBlockSlice;

function isEndless(arg: IndexArgument): arg is Endless {
  if (arg instanceof Slice) return arg.stop === UNLIMITED;
  return arg instanceof MultiBlockSlice && arg.count === UNLIMITED;
}

function endlessAxis(arg: Endless): Axis {
  if (arg instanceof MultiBlockSlice) return { ...arg, count: UNLIMITED, scalar: false };
  const start = sliceBound(arg.start ?? 0);
  const stride = sliceBound(arg.step ?? 1);
  if (start < 0) throw indexError("ValueError", "an unlimited slice starts at 0 or above");
  if (stride < 1) throw indexError("ValueError", `Step must be >= 1 (got ${stride})`);
  return { start, stride, count: UNLIMITED, block: 1, scalar: false };
}

/** One argument a dimension: the ellipsis, or what is missing at the end, stands for whole dimensions. */
function expandEllipsis(args: readonly IndexArgument[], rank: number): IndexArgument[] {
  const at = args.indexOf("...");
  if (at >= 0 && args.indexOf("...", at + 1) >= 0) {
    throw indexError("ValueError", "Only one ellipsis may be used.");
  }
  const before = at < 0 ? args : args.slice(0, at);
  const after = at < 0 ? [] : args.slice(at + 1);
  const missing = rank - before.length - after.length;
  if (missing < 0) {
    throw indexError("ValueError", `${before.length + after.length} indexing arguments for ${rank} dimensions`);
  }
  return [...before, ...new Array<undefined>(missing).fill(undefined), ...after];
}

/** Dimensions without an argument are taken whole. */
function axesSelection(dims: readonly number[], args: readonly IndexArgument[]): NumpySelection {
  const rank = dims.length;
  // Lists that grow from nothing have room for many; loops over rows make thousands of these.
  const axes = new Array<Axis>(rank);
  const selectedShape = new Array<number>(rank);
  const scalarAxes = new Array<boolean>(rank);
  let scalars = 0;
  let lists = 0;
  for (let d = 0; d < rank; d++) {
    const axis = axisOf(args[d], dims[d] as number, lists > 0);
    if (axis.list !== undefined) lists++;
    const length = axis.list?.length ?? axis.count * axis.block;
    axes[d] = axis;
    selectedShape[d] = length;
    scalarAxes[d] = axis.scalar;
    if (axis.scalar) scalars++;
  }
  const shape = scalars === 0 ? selectedShape : withoutScalars(selectedShape, scalarAxes, rank - scalars);
  if (lists > 0) {
    if (product(selectedShape) > 0) requireListsWithin(dims, axes);
    else return { selection: selectNone(dims), shape, selectedShape, scalarAxes, kind: kindOf(args, lists) };
  }
  const selection = lists > 0 ? selectAxes(dims, axes.map(spansOfAxis)) : simpleSelection(dims, axes);
  return { selection, shape, selectedShape, scalarAxes, kind: kindOf(args, lists) };
}

/** A mask of the only dimension is one of the whole dataset. */
function kindOf(args: readonly IndexArgument[], lists: number): NumpySelection["kind"] {
  if (lists === 0) return "simple";
  const [only] = args;
  return args.length === 1 && Array.isArray(only) && typeof only[0] === "boolean" ? "points" : "fancy";
}

/** The index behind the last h5py lets through, and the library refuses it where anything is selected. */
function requireListsWithin(dims: readonly number[], axes: readonly Axis[]): void {
  if (axes.some(({ list }, d) => list !== undefined && list.length > 0 && list.at(-1) === dims[d])) {
    const library = "selection + offset not within extent";
    throw indexError("ValueError", `Could not get a validated dataspace from file_space_id (${library})`);
  }
}

function withoutScalars(selectedShape: readonly number[], scalarAxes: readonly boolean[], rank: number): number[] {
  const shape = new Array<number>(rank);
  for (let d = 0, left = 0; d < selectedShape.length; d++) {
    if (!scalarAxes[d]) shape[left++] = selectedShape[d] as number;
  }
  return shape;
}

function simpleSelection(dims: readonly number[], axes: readonly Axis[]): Selection {
  const rank = dims.length;
  const start = new Array<number>(rank);
  const stride = new Array<number>(rank);
  const count = new Array<number>(rank);
  const block = new Array<number>(rank);
  let isAll = true;
  for (let d = 0; d < rank; d++) {
    const axis = axes[d] as Axis;
    start[d] = axis.start;
    stride[d] = axis.stride;
    count[d] = axis.count;
    block[d] = axis.block;
    if (axis.start !== 0 || axis.stride !== 1 || axis.block !== 1 || axis.count !== dims[d]) isAll = false;
  }
  return isAll ? selectAll(dims) : regularOf(dims, { start, stride, count, block });
}

function spansOfAxis(axis: Axis): AxisSpans {
  if (axis.list !== undefined) return { starts: axis.list, ends: axis.list.map((value) => value + 1) };
  return spansOfBlocks(axis.start, axis.stride, axis.count, axis.block);
}

/** @param hasList - Whether a dimension before this one has a list of indexes, beside which there may be no other. */
function axisOf(arg: IndexArgument, length: number, hasList = false): Axis {
  if (arg === undefined || arg === null) return { start: 0, stride: 1, count: length, block: 1, scalar: false };
  if (typeof arg === "boolean") return scalarAxis(arg ? 1 : 0, length);
  if (typeof arg === "bigint" || (typeof arg === "number" && Number.isInteger(arg))) return scalarAxis(arg, length);
  if (arg instanceof Slice) return sliceAxis(arg, length);
  if (arg instanceof MultiBlockSlice) return blocksAxis(arg, length);
  if (Array.isArray(arg) || ArrayBuffer.isView(arg)) {
    return listAxis(arg as readonly unknown[] | IntegerArray, length, hasList);
  }
  throw indexError("TypeError", `Simple selection can't process ${printed(arg)}`);
}

function scalarAxis(index: number | bigint, length: number): Axis {
  if (length === 0) throw indexError("IndexError", `Index (${index}) out of range for empty dimension`);
  const start = index < 0 ? fromEnd(index, length) : index;
  if (start < 0 || start >= length) {
    throw indexError("IndexError", `Index (${start}) out of range for (0-${length - 1})`);
  }
  return { start: Number(start), stride: 1, count: 1, block: 1, scalar: true };
}

function fromEnd(index: number | bigint, length: number): number | bigint {
  return typeof index === "bigint" ? index + BigInt(length) : index + length;
}

/** Python's `slice.indices`, for steps forward. */
function sliceAxis(bounds: Slice, length: number): Axis {
  const step = bounds.step === undefined || bounds.step === null ? 1 : sliceBound(bounds.step);
  if (step === 0) throw indexError("ValueError", "slice step cannot be zero");
  if (step < 1) throw indexError("ValueError", `Step must be >= 1 (got ${step})`);
  const start = clamp(bounds.start ?? 0, length);
  const stop = clamp(bounds.stop ?? length, length);
  const count = stop <= start ? 0 : Math.floor((stop - start - 1) / step) + 1;
  return { start, stride: count > 1 ? step : 1, count, block: 1, scalar: false };
}

function sliceBound(value: number | bigint): number {
  // true is 1 to Python, text is nothing.
  const bound = typeof value === "string" || typeof value === "object" ? Number.NaN : Number(value);
  if (Number.isInteger(bound)) return bound;
  throw indexError("TypeError", "slice indices must be integers or None or have an __index__ method");
}

function clamp(value: number | bigint, length: number): number {
  const bound = sliceBound(value);
  return Math.min(length, Math.max(0, bound < 0 ? bound + length : bound));
}

function blocksAxis(blocks: MultiBlockSlice, length: number): Axis {
  const [start, stride, count, block] = blocks.indices(length);
  return { start, stride, count, block, scalar: false };
}

function listAxis(values: readonly unknown[] | IntegerArray, length: number, hasList: boolean): Axis {
  const isMask = values.length > 0 && typeof values[0] === "boolean";
  const list = isMask ? trueIndexes(values, length, hasList) : indexes(values, length, hasList);
  return { start: 0, stride: 1, count: 0, block: 1, scalar: false, list };
}

function requireFirstList(hasList: boolean): void {
  if (!hasList) return;
  throw indexError("TypeError", "Only one indexing vector or array is currently allowed for fancy indexing");
}

function trueIndexes(values: ArrayLike<unknown>, length: number, hasList: boolean): number[] {
  if (values.length !== length) throw indexError("TypeError", "boolean index did not match indexed array");
  requireFirstList(hasList);
  const list: number[] = [];
  for (let i = 0; i < length; i++) if (values[i] === true) list.push(i);
  return list;
}

function indexes(values: ArrayLike<unknown>, length: number, hasList: boolean): number[] {
  const list: number[] = [];
  let outside = false;
  let isAscending = true;
  for (let i = 0; i < values.length; i++) {
    const index = listedIndex(values[i]);
    const wrapped = index < 0 ? index + length : index;
    if (wrapped < 0 || wrapped > length) outside = true;
    if (i > 0 && wrapped <= (list[i - 1] as number)) isAscending = false;
    list.push(wrapped);
  }
  requireFirstList(hasList);
  if (outside) {
    const range = length === 0 ? "empty dimension" : `(0-${length - 1})`;
    throw indexError("IndexError", `Fancy indexing out of range for ${range}`);
  }
  if (!isAscending) throw indexError("TypeError", "Indexing elements must be in increasing order");
  return list;
}

function listedIndex(value: unknown): number {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) return Number(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw indexError("TypeError", "Only 1D arrays allowed for fancy indexing");
  }
  throw indexError("TypeError", "Indexing arrays must have integer dtypes");
}

function maskSelection(dims: readonly number[], { values, shape }: Mask): NumpySelection {
  const fits = shape.length === dims.length && shape.every((size, d) => size === dims[d]);
  if (!fits || values.length !== product(dims)) {
    throw indexError("TypeError", "Boolean indexing array has incompatible shape");
  }
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]) count++;
  const coordinates = new Float64Array(count * dims.length);
  const coordinate = new Array<number>(dims.length).fill(0);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]) for (let d = 0; d < dims.length; d++) coordinates[at++] = coordinate[d] as number;
    for (let d = dims.length - 1; d >= 0; d--) {
      coordinate[d] = (coordinate[d] as number) + 1;
      if ((coordinate[d] as number) < (dims[d] as number)) break;
      coordinate[d] = 0;
    }
  }
  return pointResult(dims, coordinates);
}

function pointsSelection(dims: readonly number[], { coordinates }: Points): NumpySelection {
  for (const point of coordinates) {
    if (point.length !== dims.length) {
      throw indexError("ValueError", `Coordinate array must have shape (<npoints>, ${dims.length})`);
    }
    point.forEach((value, d) => {
      const length = dims[d] as number;
      if (!Number.isInteger(value) || value < 0 || value >= length) {
        throw indexError("IndexError", `Index (${value}) out of range for (0-${length - 1})`);
      }
    });
  }
  return pointResult(dims, Float64Array.from(coordinates.flat()));
}

function pointResult(dims: readonly number[], coordinates: Float64Array): NumpySelection {
  const count = coordinates.length / dims.length;
  const selection = count === 0 ? selectNone(dims) : selectPoints(dims, coordinates);
  return { selection, shape: [count], selectedShape: [count], scalarAxes: [false], kind: "points" };
}
