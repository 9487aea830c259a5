/**
 * Selections as objects: what index arguments stand for, kept to be used more than once. h5py: `h5py._hl.selections`.
 *
 * ```ts
 * const corner = select([100, 100], [slice(0, 10), slice(0, 10)]);
 * corner.arrayShape; // [10, 10]
 * a.read(corner);
 * b.write(corner, 0);
 * ```
 */
import { product } from "../base/bits.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { expandShape } from "../engine/selection/broadcast.ts";
import { type IndexArguments, mask, points } from "../engine/selection/index-arguments.ts";
import { keptSelection } from "../engine/selection/kept-selection.ts";
import { type NumpySelection, numpySelection, requireNoIndexes } from "../engine/selection/numpy-selection.ts";
import { coordinatesOf, pitchesOf } from "../engine/selection/run-groups.ts";
import { RunWalk } from "../engine/selection/run-walk.ts";
import { intersectBox, runsOf } from "../engine/selection/runs.ts";
import {
  type AllSelection,
  type Bounds,
  bounds,
  type Selection as EngineSelection,
  joinedBlocks,
  type RegularSelection,
  selectedCount,
  selectPoints,
  selectRegular,
} from "../engine/selection/selection.ts";
import { clipToExtent } from "../engine/selection/unlimited.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { expectInstance, toSizes } from "../lowlevel/arguments.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { type SelectedSpace, shapeOf } from "../lowlevel/dataset-reading.ts";
import * as h5s from "../lowlevel/h5s.ts";
import type { OpenObject } from "../lowlevel/open-object.ts";
import { isRegion } from "../lowlevel/reference.ts";
import { refersTo, regionOf } from "../lowlevel/reference-reading.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { isReferenceValue } from "./infer-type.ts";

type Shape = readonly number[];

/** A selection of elements with the shapes that it has in the file and in memory. */
export class Selection {
  /** Of what is selected from. */
  readonly shape: Shape;
  /** What reading and writing go by. */
  readonly target: NumpySelection;
  #id: SpaceID | undefined;

  /** @param target - Its selection is of elements of `shape`. */
  constructor(shape: Shape, target: NumpySelection) {
    this.shape = shape;
    this.target = target;
  }

  /** The low-level form of it. */
  get id(): SpaceID {
    this.#id ??= new SpaceID(h5s.createSimple(this.shape).extent, this.target.selection);
    return this.#id;
  }

  /** Number of selected elements. */
  get nselect(): number {
    return this.id.getSelectNpoints();
  }

  /** Shape of what is selected, with dimensions that were indexed by a number as 1. */
  get mshape(): Shape {
    return this.target.selectedShape;
  }

  /** Shape of the array that reading gives: {@link mshape} without dimensions that were indexed by a number. */
  get arrayShape(): Shape {
    return this.target.shape;
  }

  /**
   * The shape of a source that is written to the selection, with a 1 where it is repeated.
   *
   * @throws TypeError "Can't broadcast (2,) -> (3,)".
   */
  expandShape(sourceShape: Shape): number[] {
    return expandShape(this.target, sourceShape);
  }

  /**
   * Dataspaces that cover the selection, each with as many elements as an array of `sourceShape` has, which is repeated.
   *
   * @throws TypeError as {@link expandShape}.
   */
  *broadcast(sourceShape: Shape): Generator<SpaceID> {
    const { extent } = this.id;
    for (const part of this.parts(sourceShape)) yield new SpaceID(extent, part);
  }

  /** The same without identifiers. */
  *parts(sourceShape: Shape): Generator<EngineSelection> {
    if (this.shape.length === 0 && product(sourceShape) !== 1) {
      throw plainError("TypeError", `Can't broadcast ${sourceShape.join(", ")} to scalar`);
    }
    const tile = this.expandShape(sourceShape);
    const times = this.mshape.map((size, d) => (tile[d] === size ? 1 : size));
    if (product(times) === 0) return;
    if (product(times) === 1) yield this.target.selection;
    else if (this.target.kind === "simple") yield* this.tiles(times);
    else yield* this.singleElements();
  }

  /** A source of one element, for each in turn. */
  private *singleElements(): Generator<EngineSelection> {
    const { shape, target } = this;
    const pitches = pitchesOf(shape);
    const runs = new RunWalk(runsOf(target.selection));
    while (runs.next()) {
      for (let i = 0; i < runs.length; i++) yield selectPoints(shape, coordinatesOf(runs.offset + i, pitches));
    }
  }

  /** What is selected, cut to a single position in each dimension of which `times` has more than 1. */
  private *tiles(times: Shape): Generator<EngineSelection> {
    const { shape, target } = this;
    const { offset } = target.selection;
    const { start, stride, count, block } = joinedBlocks(target.selection as AllSelection | RegularSelection);
    const kept = (values: Shape) => values.map((value, d) => (times[d] === 1 ? value : 1));
    const place = new Array<number>(times.length).fill(0);
    for (let left = product(times); left > 0; left--) {
      const corner = start.map((first, d) => {
        return times[d] === 1 ? first : positionOf(place[d] as number, first, stride[d] as number, block[d] as number);
      });
      yield selectRegular(shape, corner, kept(count), kept(stride), kept(block), offset);
      nextPlace(place, times);
    }
  }
}

/** Coordinate of the n-th element of a dimension of blocks. */
function positionOf(n: number, start: number, stride: number, block: number): number {
  return start + Math.floor(n / block) * stride + (n % block);
}

/** The next position in row-major order. */
function nextPlace(place: number[], counts: Shape): void {
  for (let d = place.length - 1; d >= 0; d--) {
    place[d] = (place[d] as number) + 1;
    if ((place[d] as number) < (counts[d] as number)) return;
    place[d] = 0;
  }
}

/** A selection by numbers and slices. */
export class SimpleSelection extends Selection {
  /**
   * What numbers and slices select of a shape.
   *
   * @param args - Everything when left out.
   */
  constructor(shape: Shape, args?: IndexArguments) {
    super(shape, keptTarget(shape, args, numpySelection(shape, args)));
  }
}

/** A selection with one list of indexes, or of booleans, for a dimension. */
export class FancySelection extends Selection {}

/** A selection of single elements, in an order of their own. */
export class PointSelection extends Selection {
  constructor(shape: Shape, coordinates: readonly Shape[] = []) {
    super(shape, numpySelection(shape, points(coordinates)));
  }

  /** The elements whose entry is true, or not zero; `shape` is that of the mask. */
  static fromMask(values: ArrayLike<number | boolean>, shape: Shape = [values.length]): PointSelection {
    return new PointSelection(shape, pointsOf(shape, numpySelection(shape, mask(values, shape)).selection));
  }

  /** The coordinates of the elements in order. */
  get points(): number[][] {
    return pointsOf(this.shape, this.target.selection);
  }

  /** The same with more elements behind. */
  append(coordinates: readonly Shape[]): PointSelection {
    return new PointSelection(this.shape, [...this.points, ...coordinates]);
  }

  /** The same with more elements in front. */
  prepend(coordinates: readonly Shape[]): PointSelection {
    return new PointSelection(this.shape, [...coordinates, ...this.points]);
  }

  /** Other elements of the same shape. */
  set(coordinates: readonly Shape[]): PointSelection {
    return new PointSelection(this.shape, coordinates);
  }
}

/** Coordinates of selected points in order; no points are a selection of nothing. */
function pointsOf(shape: Shape, selection: EngineSelection): number[][] {
  if (selectedCount(selection) === 0) return [];
  return new SpaceID(h5s.createSimple(shape).extent, selection).getSelectElemPointlist();
}

/** What selects elements of a dataset: index arguments, a {@link Selection}, or a region reference to that dataset. */
export type SelectionArguments = IndexArguments | Selection | ReferenceValue;

/**
 * The selection that arguments stand for.
 *
 * @param dataset - For a region reference: the dataset that it is to be of.
 * @throws IndexError, ValueError, TypeError in h5py's words.
 */
export function select(shape: Shape, args: SelectionArguments, dataset?: { readonly id: DatasetID }): Selection {
  toSizes(shape, "shape");
  if (args instanceof Selection || isReferenceValue(args)) {
    return new Selection(shape, targetOf(shape, args, dataset?.id));
  }
  const target = numpySelection(shape, args);
  if (target.kind === "simple") return new SimpleSelection(shape, args);
  if (target.kind === "fancy") return new FancySelection(shape, keptTarget(shape, args, target));
  return new PointSelection(shape, pointsOf(shape, target.selection));
}

function keptTarget(shape: Shape, args: IndexArguments, target: NumpySelection): NumpySelection {
  const selection = keptSelection(shape, args, target.selection);
  return selection === target.selection ? target : { ...target, selection };
}

/** As {@link select}, in the form that reading and writing go by. */
export function targetOf(shape: Shape | null, args: SelectionArguments, dataset?: OpenObject): NumpySelection {
  if (args instanceof Selection) {
    if (shape === null || !sameShape(args.shape, shape)) throw plainError("TypeError", "Mismatched selection shape");
    return args.target;
  }
  if (!isReferenceValue(args)) return numpySelection(shape, args);
  if (dataset === undefined) {
    throw plainError("TypeError", "Cannot apply a region reference without a dataset");
  }
  const region = regionOf(args, dataset);
  const whole = region && shapeOf(region.extent);
  if (whole === null || shape === null || !sameShape(whole, shape)) {
    throw plainError("TypeError", "Reference shape does not match dataset shape");
  }
  const { selection } = region as SelectedSpace;
  const selected = shapeOfSelected(whole, selection) ?? [];
  // Whatever has as many elements is written to them, one after the other.
  return { selection, shape: selected, selectedShape: [product(selected)], scalarAxes: [false], kind: "points" };
}

/** As {@link targetOf}, for reading. @throws ValueError for a region of another dataset, which writing takes, in h5py too. */
export function readTargetOf(shape: Shape | null, args: SelectionArguments, dataset: OpenObject): NumpySelection {
  if (isReferenceValue(args) && isRegion(args) && !refersTo(args, dataset)) {
    throw plainError("ValueError", "Region reference must point to this dataset");
  }
  return targetOf(shape, args, dataset);
}

/** Checks a selection of a dataset without dimensions, for writing. @throws ValueError "1 indexing arguments for 0 dimensions". */
export function requireWhole(args: SelectionArguments): void {
  if (!(args instanceof Selection) && !isReferenceValue(args)) requireNoIndexes(args);
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, d) => size === b[d]);
}

/**
 * The shape of what a dataspace selects: of its rank where the selection is a box with equal steps, otherwise
 * `[number of elements]`; null for a null dataspace and for nothing of a scalar.
 *
 * @throws TypeError for what is no dataspace.
 *
 * h5py: `guess_shape`, which rounds and so finds a box in some selections that are none.
 */
export function guessShape(space: SpaceID): number[] | null {
  const { shape, selection } = expectInstance(space, SpaceID, "space");
  return shapeOfSelected(shape, selection);
}

/** The same without an identifier. @param shape - Of the dataspace; null of a null one. */
export function shapeOfSelected(shape: number[] | null, given: EngineSelection): number[] | null {
  if (shape === null) return null;
  const selection = clipToExtent(given);
  const { kind } = selection;
  if (shape.length === 0) return kind === "none" ? null : [];
  if (kind === "none") return shape.map(() => 0);
  if (kind === "all") return shape;
  const count = selectedCount(selection);
  const box = bounds(selection);
  if (kind === "points" || box === undefined) return [count];
  const lengths = shape.map((_, d) => count / countWithoutRest(selection, box, d));
  return product(lengths) === count ? lengths : [count];
}

/** Elements that are left of a selection when of dimension `d` only the first selected position is kept. */
function countWithoutRest(selection: EngineSelection, { low, high }: Bounds, d: number): number {
  const size = low.map((start, i) => (i === d ? 1 : (high[i] as number) - start + 1));
  return intersectBox(selection, low, size)?.elementCount ?? 0;
}
