/** Selections by the coordinates that they choose in each dimension. */
import { type AllSelection, joinedBlocks, type RegularSelection, type Selection } from "./selection.ts";

export type Grid = AllSelection | RegularSelection;

/** Selections that are a product of coordinates chosen in each dimension. */
export function isGrid(selection: Selection): selection is Grid {
  return selection.kind === "all" || (selection.kind === "regular" && selection.offset === undefined);
}

/** The chosen coordinates of one dimension: blocks at regular distances. */
export class Axis {
  readonly start: number;
  private readonly stride: number;
  private readonly block: number;
  readonly selected: number;

  constructor(start: number, stride: number, count: number, block: number) {
    this.start = start;
    this.block = block;
    this.stride = count === 1 ? block : stride;
    this.selected = count * block;
  }

  /** Whether the chosen coordinates follow one another, and there are some. */
  get isRun(): boolean {
    return this.selected === this.block && this.selected > 0;
  }

  /** How many chosen coordinates lie below one. */
  rankOf(coordinate: number): number {
    const from = coordinate - this.start;
    if (from <= 0) return 0;
    const blocks = Math.floor(from / this.stride);
    return Math.min(this.selected, blocks * this.block + Math.min(from - blocks * this.stride, this.block));
  }

  coordinateOf(rank: number): number {
    const blocks = Math.floor(rank / this.block);
    return this.start + blocks * this.stride + rank - blocks * this.block;
  }

  /** Chosen coordinates in a row from that of a rank on. */
  runFrom(rank: number): number {
    return this.block - (rank % this.block);
  }
}

export interface GridAxes {
  readonly axes: readonly Axis[];
  /** Dimensions in which more than one coordinate is chosen: the others do not tell elements apart. */
  readonly realDims: readonly number[];
  readonly isBox: boolean;
}

/** A request is compared with thousands of mappings, and a mapping with many requests. */
const knownGrids = new WeakMap<Grid, GridAxes>();

export function gridOf(selection: Grid): GridAxes {
  let grid = knownGrids.get(selection);
  if (grid === undefined) {
    const axes = axesOf(selection);
    const realDims = axes.flatMap((axis, d) => (axis.selected === 1 ? [] : [d]));
    grid = { axes, realDims, isBox: axes.every(({ isRun }) => isRun) };
    knownGrids.set(selection, grid);
  }
  return grid;
}

function axesOf(selection: Grid): Axis[] {
  const { start, stride, count, block } = joinedBlocks(selection);
  return start.map((first, d) => new Axis(first, stride[d] as number, count[d] as number, block[d] as number));
}

export function sameShape(a: GridAxes, b: GridAxes): boolean {
  if (a.realDims.length !== b.realDims.length) return false;
  for (let i = 0; i < a.realDims.length; i++) {
    const axis = a.axes[a.realDims[i] as number] as Axis;
    if (axis.selected !== b.axes[b.realDims[i] as number]?.selected) return false;
  }
  return true;
}
