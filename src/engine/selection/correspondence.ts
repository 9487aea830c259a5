/**
 * Elements that correspond through a mapping: the first of one selection to the first of another, and so on. What is
 * selected of the one is looked up in the other.
 *
 * Reference implementation: H5Sselect.c, `H5S_select_project_intersection`.
 */
import { type Axis, type GridAxes, gridOf, isGrid, sameShape } from "./grid-axes.ts";
import { hyperslabOfSpans, selectAxes } from "./hyperslab-spans.ts";
import { coordinatesOf, pitchesOf } from "./run-groups.ts";
import { RunWalk } from "./run-walk.ts";
import { runsOf } from "./runs.ts";
import { type Bounds, bounds, regularOf, type Selection, selectAll, selectedCount, selectPoints } from "./selection.ts";
import { type AxisSpans, type SpanList, SpanListBuilder } from "./span-list.ts";

/** What of a request a mapping serves. */
export interface Correspondence {
  /** The elements in the other extent. */
  readonly selection: Selection;
  /** For each of them, in order, its place among the requested ones: a selection over an extent of as many elements. */
  readonly positions: Selection;
  readonly elementCount: number;
}

/**
 * The elements of `request` that a mapping has elsewhere; undefined when there are none.
 *
 * @param request - Over the extent of `here`.
 * @param here - Selected by the mapping in this extent.
 * @param there - Selected by the mapping in the other extent, element for element; what one selects beyond the other's
 *   count corresponds to nothing.
 */
export function correspondingTo(request: Selection, here: Selection, there: Selection): Correspondence | undefined {
  if (isGrid(request) && isGrid(here) && isGrid(there)) {
    const [asked, own, other] = [gridOf(request), gridOf(here), gridOf(there)];
    if (asked.isBox && own.isBox && other.isBox && sameShape(own, other)) {
      return boxCorrespondence(asked, own, other, there.dims);
    }
  }
  if (!overlap(bounds(request), bounds(here))) return undefined;
  if (isGrid(request) && isGrid(here) && isGrid(there)) {
    const found = gridCorrespondence(gridOf(request), gridOf(here), gridOf(there), there.dims);
    if (found !== "shapes differ") return found;
  }
  return runCorrespondence(request, here, there);
}

/** Whether two boxes have an element in common. */
export function overlap(a: Bounds | undefined, b: Bounds | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  for (let d = 0; d < a.low.length; d++) {
    if ((a.low[d] as number) > (b.high[d] as number) || (b.low[d] as number) > (a.high[d] as number)) return false;
  }
  return true;
}

/** A box of a box that a box shows. */
function boxCorrespondence(
  asked: GridAxes,
  here: GridAxes,
  there: GridAxes,
  thereDims: readonly number[],
): Correspondence | undefined {
  const rank = asked.axes.length;
  const start = there.axes.map((axis) => axis.start);
  const size = new Array<number>(start.length).fill(1);
  const counts = new Array<number>(rank);
  const positions = new Array<number>(rank);
  const lengths = new Array<number>(rank);
  let elementCount = 1;
  let pair = 0;
  for (let d = 0; d < rank; d++) {
    const want = asked.axes[d] as Axis;
    const own = here.axes[d] as Axis;
    const first = Math.max(want.start, own.start);
    const length = Math.min(want.start + want.selected, own.start + own.selected) - first;
    if (length <= 0) return undefined;
    counts[d] = want.selected;
    positions[d] = first - want.start;
    lengths[d] = length;
    elementCount *= length;
    if (here.realDims[pair] !== d) continue;
    const target = there.realDims[pair++] as number;
    start[target] = (there.axes[target] as Axis).start + first - own.start;
    size[target] = length;
  }
  return { selection: boxOf(thereDims, start, size), positions: boxOf(counts, positions, lengths), elementCount };
}

/** These are known to be sizes. */
function boxOf(dims: readonly number[], start: readonly number[], size: readonly number[]): Selection {
  let isAll = true;
  for (let d = 0; d < dims.length && isAll; d++) isAll = size[d] === dims[d];
  if (isAll) return selectAll(dims);
  const ones = new Array<number>(dims.length).fill(1);
  return regularOf(dims, { start, stride: ones, count: ones, block: size });
}

class SpanCollector implements AxisSpans {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  add(start: number, length: number): void {
    this.starts.push(start);
    this.ends.push(start + length);
  }
}

function gridCorrespondence(
  { axes: asked }: GridAxes,
  here: GridAxes,
  there: GridAxes,
  dims: readonly number[],
): Correspondence | undefined | "shapes differ" {
  if (!sameShape(here, there)) return "shapes differ";
  const { axes: hereAxes, realDims: hereDims } = here;
  const { axes: thereAxes, realDims: thereDims } = there;
  const targets = thereAxes.map(() => new SpanCollector());
  thereAxes.forEach((axis, d) => {
    if (axis.selected === 1) targets[d]?.add(axis.coordinateOf(0), 1);
  });
  const positions = asked.map((axis, d) => {
    const pair = hereDims.indexOf(d);
    const target = pair < 0 ? undefined : (thereDims[pair] as number);
    const other = target === undefined ? undefined : (thereAxes[target] as Axis);
    return alongAxis(axis, hereAxes[d] as Axis, other, target === undefined ? undefined : targets[target]);
  });
  if (positions.some(({ starts }) => starts.length === 0)) return undefined;
  const counts = asked.map(({ selected }) => selected);
  return found(productOf(dims, targets), productOf(counts, positions));
}

/** The product of spans of each dimension; a scalar has one element and no dimension. */
function productOf(dims: readonly number[], axes: readonly AxisSpans[]): Selection {
  return dims.length === 0 ? selectAll(dims) : selectAxes(dims, axes);
}

/** Pairs the chosen coordinates of one dimension; gives their places among those asked for. */
function alongAxis(asked: Axis, here: Axis, there: Axis | undefined, target: SpanCollector | undefined): SpanCollector {
  const positions = new SpanCollector();
  const first = here.rankOf(asked.coordinateOf(0));
  const end = here.rankOf(asked.coordinateOf(asked.selected - 1) + 1);
  for (let rank = first; rank < end; ) {
    const coordinate = here.coordinateOf(rank);
    const position = asked.rankOf(coordinate);
    const next = position < asked.selected ? asked.coordinateOf(position) : Number.POSITIVE_INFINITY;
    if (next > coordinate) {
      rank = Math.max(rank + 1, here.rankOf(next));
      continue;
    }
    const length = Math.min(
      end - rank,
      here.runFrom(rank),
      asked.runFrom(position),
      there?.runFrom(rank) ?? Number.POSITIVE_INFINITY,
    );
    positions.add(position, length);
    if (there !== undefined) target?.add(there.coordinateOf(rank), length);
    rank += length;
  }
  return positions;
}

function found(selection: Selection, positions: Selection): Correspondence | undefined {
  const elementCount = selectedCount(positions);
  return elementCount === 0 ? undefined : { selection, positions, elementCount };
}

/** Any selections: what is asked for is looked up in the runs of the mapping. Only hyperslabs keep the order of an extent. */
function runCorrespondence(request: Selection, here: Selection, there: Selection): Correspondence | undefined {
  const mapped = here.kind === "points" ? pointTable(here) : runTable(here);
  const targets = runTable(there);
  const positions = new SpanCollector();
  const offsets: number[] = [];
  const lengths: number[] = [];
  const asked = new RunWalk(runsOf(request));
  while (asked.next()) {
    const end = asked.offset + asked.length;
    for (let at = asked.offset; at < end; ) {
      const run = lastAtMost(mapped.offsets, at);
      const inRun = at - (mapped.offsets[run] ?? Number.NEGATIVE_INFINITY);
      const left = (mapped.lengths[run] ?? 0) - inRun;
      if (left <= 0) {
        at = mapped.offsets[run + 1] ?? end;
        continue;
      }
      const position = (mapped.positions[run] as number) + inRun;
      const target = lastAtMost(targets.positions, position);
      const inTarget = position - (targets.positions[target] ?? Number.NEGATIVE_INFINITY);
      const length = Math.min(end - at, left, (targets.lengths[target] ?? 0) - inTarget);
      // The one has elements beyond the other's.
      if (length <= 0) {
        at += left;
        continue;
      }
      positions.add(asked.position + at - asked.offset, length);
      offsets.push((targets.offsets[target] as number) + inTarget);
      lengths.push(length);
      at += length;
    }
  }
  if (offsets.length === 0) return undefined;
  const isOrdered = [request, here, there].every(({ kind }) => kind !== "points");
  const selection = (isOrdered ? selectionOfRuns : pointsOfRuns)(there.dims, offsets, lengths);
  return found(selection, selectAxes([selectedCount(request)], [positions]));
}

/** Single elements, in this order. */
function pointsOfRuns(dims: readonly number[], offsets: readonly number[], lengths: readonly number[]): Selection {
  if (dims.length === 0) return selectAll(dims);
  const pitches = pitchesOf(dims);
  const coordinates: number[] = [];
  offsets.forEach((offset, run) => {
    for (let i = 0; i < (lengths[run] as number); i++) coordinates.push(...coordinatesOf(offset + i, pitches));
  });
  return selectPoints(dims, coordinates);
}

/** The selection of ascending stretches of an extent, given by row-major numbers of elements. */
export function selectionOfRuns(
  dims: readonly number[],
  offsets: readonly number[],
  lengths: readonly number[],
): Selection {
  if (dims.length === 0) return selectAll(dims);
  const rows = new RowSpans(dims);
  offsets.forEach((offset, i) => {
    rows.add(offset, offset + (lengths[i] as number));
  });
  return hyperslabOfSpans(dims, rows.finish());
}

/** Builds spans of all dimensions from stretches in ascending order. */
class RowSpans {
  private readonly pitches: readonly number[];
  private readonly builders: SpanListBuilder[];
  /** Of each dimension but the last, the coordinate whose spans are being built; -1 for none. */
  private readonly open: number[];

  constructor(dims: readonly number[]) {
    this.pitches = pitchesOf(dims);
    this.builders = dims.map(() => new SpanListBuilder());
    this.open = dims.map(() => -1);
  }

  add(start: number, end: number): void {
    this.addFrom(0, start, end);
  }

  /** Elements of the part of the extent that the open coordinates of earlier dimensions choose. */
  private addFrom(d: number, start: number, end: number): void {
    const pitch = this.pitches[d] as number;
    if (d === this.pitches.length - 1) {
      (this.builders[d] as SpanListBuilder).add(start, end, undefined);
      return;
    }
    let from = start;
    while (from < end) {
      const coordinate = Math.floor(from / pitch);
      const whole = Math.floor(end / pitch);
      if (from === coordinate * pitch && whole > coordinate) {
        this.close(d);
        (this.builders[d] as SpanListBuilder).add(coordinate, whole, this.wholeBelow(d + 1));
        from = whole * pitch;
        continue;
      }
      if (this.open[d] !== coordinate) {
        this.close(d);
        this.open[d] = coordinate;
      }
      const to = Math.min(end, (coordinate + 1) * pitch);
      this.addFrom(d + 1, from - coordinate * pitch, to - coordinate * pitch);
      from = to;
    }
  }

  /** What was begun under the open coordinate of a dimension goes into its list. */
  private close(d: number): void {
    const coordinate = this.open[d] as number;
    if (coordinate < 0) return;
    this.close(d + 1);
    const down = (this.builders[d + 1] as SpanListBuilder).finish();
    this.builders[d + 1] = new SpanListBuilder();
    this.open[d] = -1;
    (this.builders[d] as SpanListBuilder).add(coordinate, coordinate + 1, down);
  }

  /** Everything from a dimension on. */
  private wholeBelow(d: number): SpanList | undefined {
    let list: SpanList | undefined;
    for (let dim = this.pitches.length - 1; dim >= d; dim--) {
      const size = (this.pitches[dim - 1] as number) / (this.pitches[dim] as number);
      const builder = new SpanListBuilder();
      builder.add(0, size, list);
      list = builder.finish();
    }
    return list;
  }

  finish(): SpanList | undefined {
    this.close(0);
    return this.builders[0]?.finish();
  }
}

interface RunTable {
  readonly offsets: readonly number[];
  readonly positions: readonly number[];
  readonly lengths: readonly number[];
}

function runTable(selection: Selection): RunTable {
  const offsets: number[] = [];
  const positions: number[] = [];
  const lengths: number[] = [];
  const walk = new RunWalk(runsOf(selection));
  while (walk.next()) {
    offsets.push(walk.offset);
    positions.push(walk.position);
    lengths.push(walk.length);
  }
  return { offsets, positions, lengths };
}

/** Runs of one element each, in the order of the extent; of equal ones the later counts, which is the last. */
function pointTable(points: Selection): RunTable {
  const { offsets, positions, lengths } = runTable(points);
  const single = offsets.flatMap((offset, run) =>
    Array.from({ length: lengths[run] as number }, (_, i) => [offset + i, (positions[run] as number) + i] as const),
  );
  single.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    offsets: single.map(([offset]) => offset),
    positions: single.map(([, position]) => position),
    lengths: single.map(() => 1),
  };
}

/** Index of the last of ascending values that is not above `value`; -1 for none. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = -1;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((values[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether no element is selected by two of the selections, as far as the boxes around them tell. */
export function boxesAreApart(selections: readonly Selection[]): boolean {
  const boxes = selections.flatMap((selection) => bounds(selection) ?? []);
  boxes.sort((a, b) => (a.low[0] ?? 0) - (b.low[0] ?? 0));
  return boxes.every((box, i) => {
    for (let j = i + 1; j < boxes.length; j++) {
      const other = boxes[j] as Bounds;
      if ((other.low[0] ?? 0) > (box.high[0] ?? 0)) return true;
      if (overlap(box, other)) return false;
    }
    return true;
  });
}
