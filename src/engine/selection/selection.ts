/**
 * Selections: which elements of an extent an operation touches, and in which order.
 *
 * Values are immutable. Hyperslabs are visited in row-major order, points in the order they were given. Reference
 * implementation of the semantics: H5Sselect.c, H5Shyper.c, H5Spoint.c.
 */
import { UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { Bounds, HyperslabParameters } from "./hyperslab-parameters.ts";
import type { SpanList } from "./span-list.ts";

export type { Bounds, HyperslabParameters };

interface OverExtent {
  /** The extent, in elements; empty for a scalar. */
  readonly dims: readonly number[];
  /** Added to every selected coordinate of points and hyperslabs (C: `H5Soffset_simple`); undefined for none. */
  readonly offset: readonly number[] | undefined;
}

export interface NoneSelection extends OverExtent {
  readonly kind: "none";
}

export interface AllSelection extends OverExtent {
  readonly kind: "all";
}

export interface PointSelection extends OverExtent {
  readonly kind: "points";
  /** The coordinates of the first point, then of the second, and so on. */
  readonly coordinates: Float64Array;
}

export interface RegularSelection extends OverExtent {
  readonly kind: "regular";
  /** As the caller gave them; blocks are counted by these. */
  readonly given: HyperslabParameters;
  /** The same elements with adjoining blocks joined, and stride 1 where there is one block. */
  readonly joined: HyperslabParameters;
  /** The dimension with an unlimited count or block, or -1. */
  readonly unlimitedDim: number;
}

export interface IrregularSelection extends OverExtent {
  readonly kind: "irregular";
  readonly spans: SpanList;
}

export type HyperslabSelection = RegularSelection | IrregularSelection;
export type Selection = NoneSelection | AllSelection | PointSelection | HyperslabSelection;

/** A wrong argument, in the C library's words. */
export function selectionError(message: string): HDF5Error {
  return new HDF5Error("argument", message);
}

/** Nothing. C: `H5Sselect_none`. */
export function selectNone(dims: readonly number[], offset?: readonly number[]): NoneSelection {
  return { kind: "none", dims, offset };
}

/** Every element of the extent, of which a scalar has one. C: `H5Sselect_all`. */
export function selectAll(dims: readonly number[], offset?: readonly number[]): AllSelection {
  return { kind: "all", dims, offset };
}

/**
 * Points in the order given; the same point may come twice, and points may lie outside the extent until they are used.
 *
 * @param coordinates - Rank numbers a point, one point after the other; copied.
 * @throws HDF5Error "argument" for no points, for half a point, for a scalar extent.
 *
 * C: `H5Sselect_elements` with `H5S_SELECT_SET`.
 */
export function selectPoints(
  dims: readonly number[],
  coordinates: ArrayLike<number>,
  offset?: readonly number[],
): PointSelection {
  if (dims.length === 0) throw selectionError("point doesn't support H5S_SCALAR space");
  if (coordinates.length === 0) throw selectionError("elements not specified");
  if (coordinates.length % dims.length !== 0) {
    throw selectionError(`Coordinate array must have shape (<npoints>, ${dims.length})`);
  }
  const copy = Float64Array.from(coordinates);
  for (let i = 0; i < copy.length; i++) {
    const value = copy[i] as number;
    if (!Number.isSafeInteger(value) || value < 0) throw selectionError(`not a coordinate: ${value}`);
  }
  return { kind: "points", dims, coordinates: copy, offset };
}

/** Adds points behind those selected; anything but a point selection is replaced. C: `H5S_SELECT_APPEND`. */
export function appendPoints(selection: Selection, coordinates: ArrayLike<number>): PointSelection {
  const added = selectPoints(selection.dims, coordinates, selection.offset);
  return selection.kind === "points" ? joinPoints(selection, added) : added;
}

/** Adds points before those selected; anything but a point selection is replaced. C: `H5S_SELECT_PREPEND`. */
export function prependPoints(selection: Selection, coordinates: ArrayLike<number>): PointSelection {
  const added = selectPoints(selection.dims, coordinates, selection.offset);
  return selection.kind === "points" ? joinPoints(added, selection) : added;
}

function joinPoints(first: PointSelection, second: PointSelection): PointSelection {
  const coordinates = new Float64Array(first.coordinates.length + second.coordinates.length);
  coordinates.set(first.coordinates);
  coordinates.set(second.coordinates, first.coordinates.length);
  return { kind: "points", dims: first.dims, offset: first.offset, coordinates };
}

/**
 * A regular hyperslab, which may reach over the extent until it is used.
 *
 * @param stride - Distance of block starts; default 1 in every dimension.
 * @param block - Elements of a block; default 1 in every dimension.
 * @returns Nothing selected when a count or block is zero.
 * @throws HDF5Error "argument": "invalid stride==0 value", "hyperslab blocks overlap", more than one unlimited dimension.
 *
 * C: `H5Sselect_hyperslab` with `H5S_SELECT_SET`.
 */
export function selectRegular(
  dims: readonly number[],
  start: readonly number[],
  count: readonly number[],
  stride?: readonly number[],
  block?: readonly number[],
  offset?: readonly number[],
): RegularSelection | NoneSelection {
  const rank = dims.length;
  if (rank === 0) throw selectionError("hyperslab doesn't support H5S_SCALAR space");
  requireParameter("start", start, rank, false);
  requireParameter("count", count, rank, true);
  if (stride !== undefined) requireParameter("stride", stride, rank, false);
  if (block !== undefined) requireParameter("block", block, rank, true);
  const ones = new Array<number>(rank).fill(1);
  const given = { start: [...start], stride: [...(stride ?? ones)], count: [...count], block: [...(block ?? ones)] };
  if (given.stride.includes(0)) throw selectionError("invalid stride==0 value");
  return regularOf(dims, given, offset);
}

/** As {@link selectRegular}, of one number a dimension of which each is known to be a size. They are kept, not copied. */
export function regularOf(
  dims: readonly number[],
  given: HyperslabParameters,
  offset?: readonly number[],
): RegularSelection | NoneSelection {
  const { count, block } = given;
  let empty = false;
  let unlimitedDim = -1;
  for (let d = 0; d < dims.length; d++) {
    const blocks = count[d] as number;
    const size = block[d] as number;
    if (blocks > 1 && (given.stride[d] as number) < size) throw selectionError("hyperslab blocks overlap");
    if (blocks === 0 || size === 0) empty = true;
    if (blocks === UNLIMITED || size === UNLIMITED) {
      if (unlimitedDim >= 0) throw selectionError("cannot have more than one unlimited dimension in selection");
      unlimitedDim = d;
    }
  }
  if (empty) return selectNone(dims, offset);
  return { kind: "regular", dims, offset, given, joined: joinBlocks(given), unlimitedDim };
}

/** By rank. */
const ones: (readonly number[])[] = [];

/**
 * As {@link regularOf}, of blocks of one element, one behind the other.
 *
 * @param start - Kept, like `count`.
 * @param count - At least 1 in each dimension, and limited.
 */
export function singlesOf(
  dims: readonly number[],
  start: readonly number[],
  count: readonly number[],
): RegularSelection {
  const rank = dims.length;
  ones[rank] ??= new Array<number>(rank).fill(1);
  const one = ones[rank];
  const given = { start, stride: one, count, block: one };
  const joined = { start, stride: one, count: one, block: count };
  return { kind: "regular", dims, offset: undefined, given, joined, unlimitedDim: -1 };
}

function requireParameter(name: string, values: readonly number[], rank: number, unlimited: boolean): void {
  if (values.length !== rank) throw selectionError(`${name} must be a tuple of size ${rank}.`);
  for (const value of values) {
    if (unlimited && value === UNLIMITED) continue;
    if (!Number.isSafeInteger(value) || value < 0) throw selectionError(`${name} is not a list of sizes: ${value}`);
  }
}

function joinBlocks(given: HyperslabParameters): HyperslabParameters {
  const rank = given.start.length;
  const stride = new Array<number>(rank);
  const count = new Array<number>(rank);
  const block = new Array<number>(rank);
  for (let d = 0; d < rank; d++) {
    const step = given.stride[d] as number;
    const blocks = given.count[d] as number;
    const size = given.block[d] as number;
    const isJoined = step === size;
    block[d] = isJoined ? size * blocks : size;
    count[d] = isJoined ? 1 : blocks;
    stride[d] = count[d] === 1 ? 1 : step;
  }
  return { start: given.start, stride, count, block };
}

/** The blocks of a regular hyperslab, joined where they adjoin; everything is one block. */
export function joinedBlocks(selection: AllSelection | RegularSelection): HyperslabParameters {
  if (selection.kind === "regular") return selection.joined;
  const ones = selection.dims.map(() => 1);
  return { start: selection.dims.map(() => 0), stride: ones, count: ones, block: selection.dims };
}

/** The same where the selection's offset puts them. */
export function placedBlocks(selection: AllSelection | RegularSelection): HyperslabParameters {
  const blocks = joinedBlocks(selection);
  const { kind, offset } = selection;
  if (offset === undefined || kind === "all") return blocks;
  return { ...blocks, start: blocks.start.map((first, d) => first + (offset[d] as number)) };
}

/** A box of `counts` elements from `start` on. */
export function selectBox(
  dims: readonly number[],
  start: readonly number[],
  counts: readonly number[],
): RegularSelection | NoneSelection {
  const ones = new Array<number>(dims.length).fill(1);
  return selectRegular(dims, start, ones, ones, counts);
}

/** The same selection moved by `offset` when used; all zeros for none. C: `H5Soffset_simple`. */
export function withOffset<S extends Selection>(selection: S, offset: readonly number[]): S {
  const rank = selection.dims.length;
  if (rank === 0) throw selectionError("can't set offset on scalar or null dataspace");
  if (offset.length !== rank) throw selectionError(`offset must be a tuple of size ${rank}.`);
  const moved = offset.some((value) => value !== 0);
  return { ...selection, offset: moved ? [...offset] : undefined };
}

/** The same selection over another extent of the same rank (C: what `H5Sset_extent_simple` keeps). */
export function withExtent<S extends Selection>(selection: S, dims: readonly number[]): S {
  if (dims.length !== selection.dims.length) throw selectionError("extents differ in rank");
  return { ...selection, dims };
}

/** How many elements are selected: `UNLIMITED` for an unlimited hyperslab. C: `H5Sget_select_npoints`. */
export function selectedCount(selection: Selection): number {
  switch (selection.kind) {
    case "none":
      return 0;
    case "all":
      return product(selection.dims);
    case "points":
      return selection.coordinates.length / selection.dims.length;
    case "regular":
      return product(selection.joined.count) * product(selection.joined.block);
    case "irregular":
      return selection.spans.elementCount;
  }
}

/**
 * The smallest box around the selection, its offset included; undefined when nothing is selected.
 *
 * @throws HDF5Error "argument" when the offset moves it below zero.
 *
 * C: `H5Sget_select_bounds`.
 */
export function bounds(selection: Selection): Bounds | undefined {
  const box = unmovedBounds(selection);
  const offset = selection.offset;
  if (box === undefined || offset === undefined || selection.kind === "all") return box;
  const low = box.low.map((value, d) => value + (offset[d] as number));
  if (low.some((value) => value < 0)) throw selectionError("offset moves selection out of bounds");
  return { low, high: box.high.map((value, d) => value + (offset[d] as number)) };
}

function unmovedBounds(selection: Selection): Bounds | undefined {
  switch (selection.kind) {
    case "none":
      return undefined;
    case "all":
      if (selection.dims.includes(0)) return undefined;
      return { low: selection.dims.map(() => 0), high: selection.dims.map((dim) => dim - 1) };
    case "points":
      return pointBounds(selection);
    case "regular": {
      const { start, stride, count, block } = selection.joined;
      const high = start.map((first, d) => {
        const blocks = count[d] as number;
        return first + (blocks === 1 ? 0 : (blocks - 1) * (stride[d] as number)) + (block[d] as number) - 1;
      });
      return { low: start, high };
    }
    case "irregular":
      return selection.spans.bounds(selection.dims.length);
  }
}

function pointBounds(selection: PointSelection): Bounds {
  const rank = selection.dims.length;
  const low = new Array<number>(rank).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(rank).fill(0);
  const coordinates = selection.coordinates;
  for (let i = 0; i < coordinates.length; i += rank) {
    for (let d = 0; d < rank; d++) {
      const value = coordinates[i + d] as number;
      if (value < (low[d] as number)) low[d] = value;
      if (value > (high[d] as number)) high[d] = value;
    }
  }
  return { low, high };
}

/** Whether every selected element, offset included, lies in the extent. C: `H5Sselect_valid`. */
export function isWithinExtent(selection: Selection): boolean {
  if (selection.kind === "none" || selection.kind === "all") return true;
  if (selection.kind === "regular") return isRegularWithinExtent(selection);
  const box = unmovedBounds(selection);
  if (box === undefined) return true;
  for (let d = 0; d < selection.dims.length; d++) {
    const moved = selection.offset?.[d] ?? 0;
    if ((box.low[d] as number) + moved < 0) return false;
    if (!((box.high[d] as number) + moved < (selection.dims[d] as number))) return false;
  }
  return true;
}

/** Without the boxes: every transfer asks. */
function isRegularWithinExtent({ joined, dims, offset }: RegularSelection): boolean {
  const { start, stride, count, block } = joined;
  for (let d = 0; d < dims.length; d++) {
    const first = (start[d] as number) + (offset?.[d] ?? 0);
    const blocks = count[d] as number;
    const span = (blocks === 1 ? 0 : (blocks - 1) * (stride[d] as number)) + (block[d] as number);
    if (first < 0 || !(first + span <= (dims[d] as number))) return false;
  }
  return true;
}

/** @throws HDF5Error "argument" with the C library's words when a selected element lies outside the extent. */
export function requireWithinExtent(selection: Selection): void {
  if (!isWithinExtent(selection)) throw selectionError("selection + offset not within extent");
}

/** Whether the selected elements are what one `H5Sselect_hyperslab` call can select. C: `H5Sis_regular_hyperslab`. */
export function isRegular(selection: Selection): boolean {
  if (selection.kind === "regular") return true;
  if (selection.kind === "irregular") return false;
  throw selectionError("not a hyperslab selection");
}

/** Start, stride, count and block as they were given. C: `H5Sget_regular_hyperslab`. */
export function regularParameters(selection: Selection): HyperslabParameters {
  if (selection.kind === "regular") return selection.given;
  throw selectionError(
    selection.kind === "irregular" ? "hyperslab selection is not regular" : "not a hyperslab selection",
  );
}
