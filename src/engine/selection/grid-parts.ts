/**
 * A selection cut up by a regular grid of boxes: which chunks it touches, and what it holds of each.
 *
 * Boxes come in row-major order of their scaled coordinates (coordinate divided by box dims), which is the order in which
 * libhdf5 visits chunks (H5Dchunk.c keeps them sorted by chunk index).
 */

import { PointRuns } from "./point-runs.ts";
import { DimPart, RegularRuns } from "./regular-runs.ts";
import { NoRuns, OneRun, pitchesOf, type RunGroups } from "./run-groups.ts";
import { movedBack, sequencePitches, setDimPart } from "./runs.ts";
import {
  type HyperslabParameters,
  type IrregularSelection,
  type PointSelection,
  placedBlocks,
  requireWithinExtent,
  type Selection,
} from "./selection.ts";
import type { SpanList } from "./span-list.ts";
import { countInBox, SpanRuns } from "./span-runs.ts";
import { clipToExtent } from "./unlimited.ts";

/** Walks the boxes that hold selected elements; each `next` changes the fields. */
export abstract class GridParts {
  /** Scaled coordinates of the box, which `next` changes: to be copied by who keeps them. */
  scaled: readonly number[] = [];
  /** Selected elements in the box. */
  elementCount = 0;

  /** Goes to the next box; false when there is none. */
  abstract next(): boolean;
  /**
   * A fresh walk of the runs in this box: offsets row-major in the box, positions in the whole selection. To be finished
   * before `next` and before another walk.
   *
   * @param ascending - Offsets of hyperslabs ascend, as reading from a file wants; otherwise groups are as large as can be.
   */
  abstract runs(ascending?: boolean): RunGroups;
}

/**
 * The parts of the selection in the boxes of a grid over the extent.
 *
 * @throws HDF5Error "argument" when the selection reaches out of the extent.
 */
export function partsInGrid(selection: Selection, boxDims: readonly number[]): GridParts {
  requireWithinExtent(selection);
  const limited = clipToExtent(selection);
  switch (limited.kind) {
    case "none":
      return new NoParts();
    case "all":
    case "regular": {
      const blocks = placedBlocks(limited);
      return oneRunPart(blocks, boxDims) ?? new RegularGridParts(blocks, boxDims);
    }
    case "irregular":
      return new SpanGridParts(limited, boxDims);
    case "points":
      return new PointGridParts(limited, boxDims);
  }
}

class NoParts extends GridParts {
  override next(): boolean {
    return false;
  }
  override runs(): RunGroups {
    return new NoRuns();
  }
}

/** Elements that follow each other in one box of the grid: the row that a loop over rows writes. */
class OneRunPart extends GridParts {
  private readonly run: OneRun;
  private isDue = true;

  constructor(scaled: readonly number[], offset: number, length: number) {
    super();
    this.scaled = scaled;
    this.elementCount = length;
    this.run = new OneRun(offset, length);
  }

  override next(): boolean {
    const { isDue } = this;
    this.isDue = false;
    return isDue;
  }

  override runs(): RunGroups {
    this.run.restart();
    return this.run;
  }
}

/** Undefined for a selection of more boxes or runs than one. */
function oneRunPart({ start, count, block }: HyperslabParameters, boxDims: readonly number[]): OneRunPart | undefined {
  const rank = boxDims.length;
  const scaled = new Array<number>(rank).fill(0);
  let first = 0;
  let length = 1;
  let pitch = 1;
  // Whether all dimensions so far are taken whole, so that what comes next in an outer one follows at once.
  let isWhole = true;
  for (let d = rank - 1; d >= 0; d--) {
    const box = boxDims[d] as number;
    const size = block[d] as number;
    if (count[d] !== 1 || (size !== 1 && !isWhole)) return undefined;
    const low = start[d] as number;
    const along = Math.floor(low / box);
    const within = low - along * box;
    if (within + size > box) return undefined;
    if (size !== box) isWhole = false;
    scaled[d] = along;
    first += within * pitch;
    length *= size;
    pitch *= box;
  }
  return new OneRunPart(scaled, first, length);
}

class RegularGridParts extends GridParts {
  private readonly blocks: HyperslabParameters;
  private readonly boxDims: readonly number[];
  private readonly parts: DimPart[];
  /** One object for all boxes. */
  private readonly walk: RegularRuns;
  private readonly current: number[];
  /** Scaled coordinate of the first and of the last box a dimension. */
  private readonly first: readonly number[];
  private readonly last: readonly number[];
  private started = false;

  constructor(blocks: HyperslabParameters, boxDims: readonly number[]) {
    super();
    const { start, stride, count, block } = blocks;
    this.blocks = blocks;
    this.boxDims = boxDims;
    this.parts = boxDims.map(() => new DimPart());
    this.walk = new RegularRuns(this.parts, pitchesOf(boxDims), sequencePitches(blocks));
    this.first = boxDims.map((box, d) => Math.floor((start[d] as number) / box));
    this.last = boxDims.map((box, d) => {
      const lastBlock = (start[d] as number) + ((count[d] as number) - 1) * (stride[d] as number);
      return Math.floor((lastBlock + (block[d] as number) - 1) / box);
    });
    this.current = [...this.first];
    this.scaled = this.current;
  }

  override next(): boolean {
    const rank = this.boxDims.length;
    if (!this.started) {
      this.started = true;
      for (let d = 0; d < rank; d++) if (!this.advance(d, this.first[d] as number)) return false;
    } else {
      let d = rank - 1;
      while (d >= 0 && !this.advance(d, (this.current[d] as number) + 1)) {
        this.advance(d, this.first[d] as number);
        d--;
      }
      if (d < 0) return false;
    }
    let count = 1;
    for (let d = 0; d < rank; d++) count *= (this.parts[d] as DimPart).selected;
    this.elementCount = count;
    return true;
  }

  /** Puts dimension `d` on the first box from `scaled` on that holds something; false when none does. */
  private advance(d: number, scaled: number): boolean {
    const box = this.boxDims[d] as number;
    const part = this.parts[d] as DimPart;
    const last = this.last[d] as number;
    let at = scaled;
    while (at <= last) {
      setDimPart(part, this.blocks, d, at * box, (at + 1) * box);
      if (part.selected > 0) {
        this.current[d] = at;
        return true;
      }
      at = Math.max(at + 1, Math.floor(this.nextSelected(d, at * box) / box));
    }
    return false;
  }

  /** The first selected coordinate from `low` on; only asked where a later block exists. */
  private nextSelected(d: number, low: number): number {
    const first = this.blocks.start[d] as number;
    const stride = this.blocks.stride[d] as number;
    return first + Math.ceil((low - first) / stride) * stride;
  }

  override runs(): RunGroups {
    this.walk.restart();
    return this.walk;
  }
}

class SpanGridParts extends GridParts {
  private readonly selection: IrregularSelection;
  private readonly boxDims: readonly number[];
  private readonly origin: readonly number[];
  private readonly boxes: Iterator<readonly number[]>;
  private low: readonly number[] = [];

  constructor(selection: IrregularSelection, boxDims: readonly number[]) {
    super();
    this.selection = selection;
    this.boxDims = boxDims;
    this.origin = movedBack(
      selection,
      boxDims.map(() => 0),
    );
    this.boxes = this.touched([selection.spans], []);
  }

  override next(): boolean {
    const box = this.boxes.next();
    if (box.done === true) return false;
    this.scaled = box.value;
    this.low = movedBack(
      this.selection,
      box.value.map((scaled, d) => scaled * (this.boxDims[d] as number)),
    );
    const high = this.low.map((value, d) => value + (this.boxDims[d] as number));
    this.elementCount = countInBox(this.selection.spans, this.low, high);
    return true;
  }

  /** Scaled coordinates under the given ones that any of `lists`, spans of one dimension, reaches into. */
  private *touched(lists: readonly SpanList[], above: readonly number[]): Generator<readonly number[]> {
    const d = above.length;
    const box = this.boxDims[d] as number;
    const moved = -(this.origin[d] as number);
    let scaled = 0;
    for (;;) {
      let nearest = Number.POSITIVE_INFINITY;
      const under = new Set<SpanList>();
      let hit = false;
      for (const list of lists) {
        const low = scaled * box - moved;
        for (let i = list.firstEndingAfter(low); i < list.starts.length; i++) {
          const start = Math.max(list.starts[i] as number, low);
          if (start >= low + box) {
            nearest = Math.min(nearest, start);
            break;
          }
          hit = true;
          const down = list.downs[i];
          if (down !== undefined) under.add(down);
          if ((list.ends[i] as number) > low + box) {
            nearest = Math.min(nearest, low + box);
            break;
          }
        }
      }
      if (hit && d + 1 === this.boxDims.length) yield [...above, scaled];
      else if (hit) yield* this.touched([...under], [...above, scaled]);
      if (nearest === Number.POSITIVE_INFINITY) return;
      scaled = Math.floor((nearest + moved) / box);
    }
  }

  override runs(ascending = false): RunGroups {
    const { spans, dims } = this.selection;
    return new SpanRuns(spans, this.low, this.boxDims, dims, this.origin, !ascending);
  }
}

interface PointBox {
  readonly scaled: readonly number[];
  count: number;
  from: number;
}

class PointGridParts extends GridParts {
  private readonly selection: PointSelection;
  private readonly boxDims: readonly number[];
  /** Numbers of the points, box after box, in each box as they were given. */
  private readonly order: Uint32Array;
  private readonly boxes: readonly PointBox[];
  private at = -1;

  constructor(selection: PointSelection, boxDims: readonly number[]) {
    super();
    this.selection = selection;
    this.boxDims = boxDims;
    const rank = boxDims.length;
    const points = selection.coordinates.length / rank;
    const boxOf = new Uint32Array(points);
    const found = this.assign(boxOf);
    this.boxes = [...found].sort((a, b) => compareRowMajor(a.scaled, b.scaled));
    let from = 0;
    for (const box of this.boxes) {
      box.from = from;
      from += box.count;
    }
    this.order = new Uint32Array(points);
    const filled = found.map((box) => box.from);
    for (let point = 0; point < points; point++) {
      const box = boxOf[point] as number;
      const place = filled[box] as number;
      this.order[place] = point;
      filled[box] = place + 1;
    }
  }

  /** Finds the box of each point; boxes in order of their first point. */
  private assign(boxOf: Uint32Array): PointBox[] {
    const { coordinates, dims, offset } = this.selection;
    const rank = dims.length;
    const grid = this.boxDims.map((box, d) => Math.ceil((dims[d] as number) / box));
    const pitches = pitchesOf(grid);
    // Grids beyond exact numbers exist (huge sparse extents); their boxes are told apart by text.
    const exact = (pitches[0] ?? 1) * (grid[0] ?? 1) <= Number.MAX_SAFE_INTEGER;
    const known = new Map<number | string, number>();
    const boxes: PointBox[] = [];
    const scaled = new Array<number>(rank).fill(0);
    for (let point = 0; point < boxOf.length; point++) {
      let key = 0;
      for (let d = 0; d < rank; d++) {
        const value = (coordinates[point * rank + d] as number) + (offset === undefined ? 0 : (offset[d] as number));
        const along = Math.floor(value / (this.boxDims[d] as number));
        scaled[d] = along;
        key += along * (pitches[d] as number);
      }
      const name = exact ? key : scaled.join();
      let box = known.get(name);
      if (box === undefined) {
        box = boxes.length;
        known.set(name, box);
        boxes.push({ scaled: [...scaled], count: 0, from: 0 });
      }
      boxOf[point] = box;
      (boxes[box] as PointBox).count++;
    }
    return boxes;
  }

  override next(): boolean {
    const box = this.boxes[++this.at];
    if (box === undefined) return false;
    this.scaled = box.scaled;
    this.elementCount = box.count;
    return true;
  }

  override runs(): RunGroups {
    const box = this.boxes[this.at] as PointBox;
    const low = box.scaled.map((scaled, d) => scaled * (this.boxDims[d] as number));
    const own = movedBack(this.selection, low);
    return new PointRuns(this.selection.coordinates, own, this.boxDims, this.order, box.from, box.from + box.count);
  }
}

function compareRowMajor(a: readonly number[], b: readonly number[]): number {
  for (let d = 0; d < a.length; d++) {
    const difference = (a[d] as number) - (b[d] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
