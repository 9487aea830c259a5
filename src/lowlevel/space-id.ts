import { isHdf5Error } from "../base/errors.ts";
import { blockCount, blocks } from "../engine/selection/blocks.ts";
import { combine, type SelectionOperation, selectHyperslab } from "../engine/selection/hyperslab-algebra.ts";
import { meetsBox, movedBy, projectIntersection } from "../engine/selection/projection.ts";
import {
  appendPoints,
  isWithinExtent,
  prependPoints,
  type Selection,
  selectAll,
  selectionError,
  selectNone,
  selectPoints,
  withOffset,
} from "../engine/selection/selection.ts";
import { selectionShapeSame } from "../engine/selection/shape-same.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { expectInstance, type Size, toInt, toSizeOrUnlimited, toSizesOfRank } from "./arguments.ts";
import { sameExtent } from "./space-extent.ts";
import { SpaceExtentID } from "./space-extent-id.ts";
import {
  isRegularHyperslab,
  regularHyperslab,
  requireHyperslab,
  selectedPoints,
  selectionBounds,
  selectType,
} from "./space-questions.ts";

/** What becomes of what was selected before. C: `H5S_seloper_t`. */
export const SELECT_SET = 0;
export const SELECT_OR = 1;
export const SELECT_AND = 2;
export const SELECT_XOR = 3;
export const SELECT_NOTB = 4;
export const SELECT_NOTA = 5;
export const SELECT_APPEND = 6;
export const SELECT_PREPEND = 7;

export { SEL_ALL, SEL_HYPERSLABS, SEL_NONE, SEL_POINTS } from "./space-questions.ts";

const OPERATIONS: readonly SelectionOperation[] = ["set", "or", "and", "xor", "notb", "nota"];

/**
 * A dataspace: an extent, and what is selected of it. h5py: `SpaceID`.
 *
 * @throws ValueError `"closed"` "Not a dataspace (not a dataspace)" from every member once it is closed.
 */
export class SpaceID extends SpaceExtentID {
  /** A dataspace with the same extent and selection. C: `H5Scopy`. */
  copy(): SpaceID {
    return new SpaceID(this.extent, this.currentSelection);
  }

  /** Moves the selection, which may go negative; `null` takes the offset back. C: `H5Soffset_simple`. */
  offsetSimple(offset: readonly number[] | null = null): void {
    const { dims } = this.extent;
    const name = "offset must be a tuple or None of size";
    if (offset !== null && offset.length !== dims.length) throw plainError("ValueError", `${name} ${dims.length}.`);
    if (dims.length === 0)
      throw argumentError("H5Soffset_simple", "ATOM", "UNSUPPORTED", "can't set offset on scalar or null dataspace");
    this.currentSelection = withOffset(this.currentSelection, offset ?? dims.map(() => 0));
  }

  /** Takes over another dataspace's extent. C: `H5Sextent_copy`. */
  extentCopy(source: SpaceID): void {
    expectInstance(source, SpaceID, "source");
    this.requireValid();
    this.replaceExtent(source.extent);
  }

  /** Whether both extents are of one class and have the same dims, now and at most. C: `H5Sextent_equal`. */
  extentEqual(other: SpaceID): boolean {
    expectInstance(other, SpaceID, "space2");
    return sameExtent(this.extent, other.extent);
  }

  /** One of `h5s.SEL_…`. C: `H5Sget_select_type`. */
  getSelectType(): number {
    return selectType(this.selection);
  }

  /** Selected elements; `UNLIMITED` of an unlimited hyperslab. C: `H5Sget_select_npoints`. */
  getSelectNpoints(): number {
    return selectedPoints(this.extent, this.selection);
  }

  /** `[lowest, highest]` selected coordinates, both included; null when nothing is selected. C: `H5Sget_select_bounds`. */
  getSelectBounds(): [number[], number[]] | null {
    return selectionBounds(this.extent, this.selection);
  }

  /** Whether both select the same shape, wherever it lies. C: `H5Sselect_shape_same`. */
  selectShapeSame(other: SpaceID): boolean {
    expectInstance(other, SpaceID, "space2");
    return selectionShapeSame(this.wanted, other.wanted);
  }

  /** The selection, nothing for a dataspace without elements. */
  private get wanted(): Selection {
    return this.hasElements ? this.selection : selectNone(this.extent.dims);
  }

  /** Selects everything. C: `H5Sselect_all`. */
  selectAll(): void {
    this.currentSelection = selectAll(this.extent.dims, this.currentSelection.offset);
  }

  /** Selects nothing. C: `H5Sselect_none`. */
  selectNone(): void {
    this.currentSelection = selectNone(this.extent.dims, this.currentSelection.offset);
  }

  /** Takes over another dataspace's selection. C: `H5Sselect_copy`. */
  selectCopy(source: SpaceID): void {
    expectInstance(source, SpaceID, "src_id");
    const { dims } = this.extent;
    if (source.extent.dims.length !== dims.length) {
      throw argumentError("H5Sselect_copy", "DATASPACE", "CANTCOPY", "can't copy selection");
    }
    this.currentSelection = { ...source.selection, dims };
  }

  /**
   * Takes `offset` from every selected coordinate; everything stays what it is.
   *
   * @throws ValueError when a coordinate would become negative, RuntimeError when nothing is selected. C: `H5Sselect_adjust`.
   */
  selectAdjust(offset: readonly number[]): void {
    const where = "H5Sselect_adjust";
    const rank = this.extent.dims.length;
    if (offset.length !== rank) throw plainError("ValueError", `offset must be a tuple of size ${rank}.`);
    if (this.selection.kind === "none") {
      throw argumentError(where, "DATASPACE", "CANTGET", "can't get selection bounds");
    }
    const refuse = (text: string) => argumentError(where, "ARGS", "BADVALUE", text);
    this.currentSelection = refusing(refuse, () => movedBy(this.currentSelection, offset));
  }

  /**
   * Whether anything selected, moved by the offset of the selection, lies in the box from `start` to `end`, both included.
   *
   * C: `H5Sselect_intersect_block`.
   */
  selectIntersectBlock(start: readonly Size[], end: readonly Size[]): boolean {
    const rank = this.extent.dims.length;
    const low = toSizesOfRank(start, rank, "start");
    const high = toSizesOfRank(end, rank, "end");
    low.forEach((first, d) => {
      if (first <= (high[d] as number)) return;
      const text = `block start[${d}] (${first}) > end[${d}] (${high[d]})`;
      throw argumentError("H5Sselect_intersect_block", "DATASPACE", "BADRANGE", text);
    });
    return meetsBox(this.wanted, low, high);
  }

  /**
   * A new dataspace of the extent of `destination` that selects of it what corresponds to those elements of this selection
   * that `intersect` selects too: first to first, second to second.
   *
   * @throws ValueError when this and `destination` select different numbers of elements, or when this and `intersect` have
   *   different ranks. C: `H5Sselect_project_intersection`.
   */
  selectProjectIntersection(destination: SpaceID, intersect: SpaceID): SpaceID {
    expectInstance(destination, SpaceID, "dst_space");
    expectInstance(intersect, SpaceID, "src_intersect_space");
    const where = "H5Sselect_project_intersection";
    if (intersect.extent.dims.length !== this.extent.dims.length) {
      const text = "rank of source intersect space does not match that of source space";
      throw argumentError(where, "DATASPACE", "BADVALUE", text);
    }
    const refuse = (text: string) => argumentError(where, "DATASPACE", "BADVALUE", text);
    const selection = refusing(refuse, () => projectIntersection(this.wanted, destination.wanted, intersect.wanted));
    return new SpaceID(destination.extent, selection);
  }

  /** Whether everything selected lies within the extent. C: `H5Sselect_valid`. */
  selectValid(): boolean {
    return isWithinExtent(this.selection);
  }

  /** Number of selected points. @throws ValueError for a selection of another kind. C: `H5Sget_select_elem_npoints`. */
  getSelectElemNpoints(): number {
    return this.points("H5Sget_select_elem_npoints").length / this.extent.dims.length;
  }

  private points(where: string): Float64Array {
    const { selection } = this;
    if (selection.kind !== "points") throw argumentError(where, "ARGS", "BADTYPE", "not an element selection");
    return selection.coordinates;
  }

  /**
   * The selected points, each an index a dimension.
   *
   * @throws as {@link getSelectElemNpoints}. C: `H5Sget_select_elem_pointlist`.
   */
  getSelectElemPointlist(): number[][] {
    const coordinates = this.points("H5Sget_select_elem_pointlist");
    const rank = this.extent.dims.length;
    const list: number[][] = [];
    for (let i = 0; i < coordinates.length; i += rank) list.push([...coordinates.subarray(i, i + rank)]);
    return list;
  }

  /**
   * Selects points, or adds them at either end with `SELECT_APPEND`, `SELECT_PREPEND`.
   *
   * @param coordinates - An index a dimension for each point. They may lie outside of the extent; see {@link
   *   selectValid}.
   * @throws ValueError for no points, or another number of dimensions. C: `H5Sselect_elements`.
   */
  selectElements(coordinates: readonly (readonly Size[])[], operation: number = SELECT_SET): void {
    const { kind, dims } = this.extent;
    const rank = dims.length;
    const shapeError = () => plainError("ValueError", `Coordinate array must have shape (<npoints>, ${rank})`);
    if (coordinates.length === 0 || coordinates.some((point) => point.length !== rank)) throw shapeError();
    const where = "H5Sselect_elements";
    if (rank === 0) {
      const text = `point doesn't support H5S_${kind === "null" ? "NULL" : "SCALAR"} space`;
      throw argumentError(where, "ARGS", "BADTYPE", text);
    }
    const flat = coordinates.flatMap((point) => toSizesOfRank(point, rank, "coords"));
    const before = this.currentSelection;
    this.currentSelection = guarded(record(where, "DATASPACE", "CANTINIT", "can't select elements"), () => {
      switch (operation) {
        case SELECT_SET:
          return selectPoints(dims, flat, before.offset);
        case SELECT_APPEND:
          return appendPoints(before, flat);
        case SELECT_PREPEND:
          return prependPoints(before, flat);
        default:
          throw argumentError(where, "ARGS", "UNSUPPORTED", "unsupported operation attempted");
      }
    });
  }

  private requireHyperslab(where: string): Selection {
    return requireHyperslab(where, this.selection);
  }

  /**
   * Number of blocks of a hyperslab.
   *
   * @throws ValueError for a selection of another kind. C: `H5Sget_select_hyper_nblocks`.
   */
  getSelectHyperNblocks(): number {
    const selection = this.requireHyperslab("H5Sget_select_hyper_nblocks");
    const outer = record("H5Sget_select_hyper_nblocks", "DATASPACE", "CANTGET", "can't get number of blocks");
    return guarded(outer, () => blockCount(selection));
  }

  /**
   * The blocks, each `[lowest, highest]` coordinates, both included.
   *
   * @throws as {@link getSelectHyperNblocks}. C: `H5Sget_select_hyper_blocklist`.
   */
  getSelectHyperBlocklist(): [number[], number[]][] {
    const selection = this.requireHyperslab("H5Sget_select_hyper_blocklist");
    const outer = record("H5Sget_select_hyper_blocklist", "DATASPACE", "CANTGET", "can't get blocks");
    return guarded(outer, () => blocks(selection).map(({ low, high }) => [[...low], [...high]]));
  }

  /**
   * Selects `count` blocks of `block` elements (1), `stride` (1) apart, from `start` on, in each dimension, and
   * combines them with what was selected.
   *
   * @param operation - One of `h5s.SELECT_…`; default `SELECT_SET`: what was selected goes.
   * @throws ValueError for another number of dimensions, or a stride of 0; NotImplementedError for another `operation`.
   *   C: `H5Sselect_hyperslab`.
   */
  selectHyperslab(
    start: readonly Size[],
    count: readonly (Size | null)[],
    stride: readonly Size[] | null = null,
    block: readonly (Size | null)[] | null = null,
    operation: number = SELECT_SET,
  ): void {
    const where = "H5Sselect_hyperslab";
    const { kind, dims } = this.extent;
    const rank = dims.length;
    const first = toSizesOfRank(start, rank, "start");
    const counts = sizesOrUnlimited(count, rank, "count");
    const strides = stride === null ? undefined : toSizesOfRank(stride, rank, "stride");
    const sizes = block === null ? undefined : sizesOrUnlimited(block, rank, "block");
    if (rank === 0) {
      const text = `hyperslab doesn't support H5S_${kind === "null" ? "NULL" : "SCALAR"} space`;
      throw argumentError(where, "ARGS", "BADTYPE", text);
    }
    if (strides?.includes(0)) throw argumentError(where, "ARGS", "BADVALUE", "invalid stride==0 value");
    if (operation < SELECT_SET || operation > SELECT_PREPEND) {
      throw argumentError(where, "ARGS", "UNSUPPORTED", "invalid selection operation");
    }
    this.currentSelection = guarded(record(where, "DATASPACE", "CANTINIT", "unable to set hyperslab selection"), () =>
      selectHyperslab(this.currentSelection, operationOf(operation), first, counts, strides, sizes),
    );
  }

  /** A new dataspace, otherwise like {@link selectHyperslab}. C: `H5Scombine_hyperslab`. */
  combineHyperslab(
    start: readonly Size[],
    count: readonly (Size | null)[],
    stride: readonly Size[] | null = null,
    block: readonly (Size | null)[] | null = null,
    operation: number = SELECT_OR,
  ): SpaceID {
    const combined = this.copy();
    combined.selectHyperslab(start, count, stride, block, operation);
    return combined;
  }

  /**
   * A new dataspace that selects what `operation` makes of both selections.
   *
   * @throws RuntimeError for another rank. C: `H5Scombine_select`.
   */
  combineSelect(other: SpaceID, operation: number = SELECT_OR): SpaceID {
    return new SpaceID(this.extent, this.combined("H5Scombine_select", other, operation));
  }

  /** Selects what `operation` makes of both selections. C: `H5Smodify_select`. */
  modifySelect(other: SpaceID, operation: number = SELECT_OR): void {
    this.currentSelection = this.combined("H5Smodify_select", other, operation);
  }

  private combined(where: string, other: SpaceID, operation: number): Selection {
    expectInstance(other, SpaceID, "space2");
    return guarded(record(where, "DATASPACE", "CANTINIT", "unable to set hyperslab selection"), () =>
      combine(this.selection, operationOf(operation), other.selection),
    );
  }

  /**
   * Whether one start, stride, count and block describe the hyperslab.
   *
   * @throws ValueError for a selection of another kind. C: `H5Sis_regular_hyperslab`.
   */
  isRegularHyperslab(): boolean {
    return isRegularHyperslab(this.selection);
  }

  /**
   * `[start, stride, count, block]`, each a number a dimension.
   *
   * @throws ValueError for a selection of another kind, or blocks that are not so regular. C:
   *   `H5Sget_regular_hyperslab`.
   */
  getRegularHyperslab(): [number[], number[], number[], number[]] {
    return regularHyperslab(this.selection);
  }
}

/** Runs `operation`; a wrong argument that the engine finds comes out as one record. */
function refusing<T>(refuse: (text: string) => Error, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw isHdf5Error(error, "argument") ? refuse(error.message) : error;
  }
}

function operationOf(code: number): SelectionOperation {
  const operation = OPERATIONS[toInt(code)];
  if (operation === undefined) throw selectionError("invalid selection operation");
  return operation;
}

function sizesOrUnlimited(values: readonly (Size | null)[], rank: number, name: string): number[] {
  if (!Array.isArray(values) || values.length !== rank) {
    throw plainError("ValueError", `${name} must be a tuple of size ${rank}.`);
  }
  return values.map((value) => toSizeOrUnlimited(value));
}
