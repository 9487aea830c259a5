/** Runs of an irregular hyperslab: a walk of its spans, cut to a box. */
import { pitchesOf, RunGroups } from "./run-groups.ts";
import type { SpanList } from "./span-list.ts";

export class SpanRuns extends RunGroups {
  private readonly low: readonly number[];
  private readonly high: readonly number[];
  private readonly pitches: readonly number[];
  /** Whether the box reaches over the extent in all dimensions after this one. */
  private readonly innerWhole: readonly boolean[];
  private readonly lists: SpanList[];
  /** Current span and coordinate, a number a dimension. */
  private readonly index: number[];
  private readonly coordinate: number[];
  private readonly baseOffset: number[];
  private readonly basePosition: number[];
  private depth = 0;
  private readonly anyOrder: boolean;
  /** Equal rows whose spans are being visited one after the other, each in all rows at once. */
  private row: SpanList | undefined;
  private rowSpan = 0;
  private rowOffset = 0;
  private rowPosition = 0;

  /**
   * @param low - First coordinate of the box, in the coordinates of the spans; may be negative.
   * @param boxDims - Elements of the box a dimension.
   * @param extent - Dims of the extent, and `origin` its first coordinate as the spans see it.
   * @param anyOrder - Runs need not ascend: equal rows of many spans are visited column by column, a group each.
   */
  constructor(
    spans: SpanList,
    low: readonly number[],
    boxDims: readonly number[],
    extent: readonly number[],
    origin: readonly number[],
    anyOrder: boolean,
  ) {
    super();
    const rank = low.length;
    this.anyOrder = anyOrder;
    this.low = low;
    this.high = low.map((value, d) => value + (boxDims[d] as number));
    this.pitches = pitchesOf(boxDims);
    const innerWhole = new Array<boolean>(rank).fill(true);
    for (let d = rank - 2; d >= 0; d--) {
      innerWhole[d] =
        (innerWhole[d + 1] as boolean) && low[d + 1] === origin[d + 1] && boxDims[d + 1] === extent[d + 1];
    }
    this.innerWhole = innerWhole;
    this.lists = [spans];
    this.index = new Array<number>(rank).fill(0);
    this.coordinate = new Array<number>(rank).fill(Number.NEGATIVE_INFINITY);
    this.baseOffset = new Array<number>(rank).fill(0);
    this.basePosition = new Array<number>(rank).fill(0);
    this.index[0] = spans.firstEndingAfter(low[0] as number);
  }

  override next(): boolean {
    if (this.row !== undefined && this.column(this.row)) return true;
    for (;;) {
      const d = this.depth;
      const list = this.lists[d] as SpanList;
      const i = this.index[d] as number;
      const boxLow = this.low[d] as number;
      const boxHigh = this.high[d] as number;
      if (i >= list.starts.length || (list.starts[i] as number) >= boxHigh) {
        if (d === 0) return false;
        this.depth = d - 1;
        this.coordinate[d - 1] = (this.coordinate[d - 1] as number) + 1;
        continue;
      }
      const spanStart = list.starts[i] as number;
      const end = Math.min(list.ends[i] as number, boxHigh);
      const from = Math.max(spanStart, boxLow, this.coordinate[d] as number);
      if (from >= end) {
        this.index[d] = i + 1;
        this.coordinate[d] = Number.NEGATIVE_INFINITY;
        continue;
      }
      const down = list.downs[i];
      const each = down === undefined ? 1 : down.elementCount;
      const pitch = this.pitches[d] as number;
      const offset = (this.baseOffset[d] as number) + (from - boxLow) * pitch;
      const position =
        (this.basePosition[d] as number) + (list.elementsBefore()[i] as number) + (from - spanStart) * each;
      if (down === undefined || (each === pitch && this.innerWhole[d])) {
        this.index[d] = i + 1;
        return this.single(offset, position, (end - from) * pitch);
      }
      if (down.downs.length === 0 && this.rows(down, d + 1, offset, position, end - from, pitch)) {
        this.index[d] = i + 1;
        return true;
      }
      this.coordinate[d] = from;
      this.descend(down, d + 1, offset, position);
    }
  }

  private descend(down: SpanList, dim: number, offset: number, position: number): void {
    this.lists[dim] = down;
    this.index[dim] = down.firstEndingAfter(this.low[dim] as number);
    this.coordinate[dim] = Number.NEGATIVE_INFINITY;
    this.baseOffset[dim] = offset;
    this.basePosition[dim] = position;
    this.depth = dim;
  }

  /** Equal rows as groups: only rows with one span each in the box keep the order of runs. */
  private rows(row: SpanList, dim: number, offset: number, position: number, count: number, pitch: number): boolean {
    const boxHigh = this.high[dim] as number;
    const i = row.firstEndingAfter(this.low[dim] as number);
    if (i >= row.starts.length || (row.starts[i] as number) >= boxHigh) return false;
    const several = i + 1 < row.starts.length && (row.starts[i + 1] as number) < boxHigh;
    if (several && !(this.anyOrder && count > 1)) return false;
    this.rowSpan = i;
    this.rowOffset = offset;
    this.rowPosition = position;
    this.repeat = count;
    this.offsetStride = pitch;
    this.positionStride = row.elementCount;
    this.row = row;
    return this.column(row);
  }

  /** The next span of equal rows, in all of them. */
  private column(row: SpanList): boolean {
    const i = this.rowSpan++;
    const dim = this.low.length - 1;
    const boxLow = this.low[dim] as number;
    const boxHigh = this.high[dim] as number;
    if (i >= row.starts.length || (row.starts[i] as number) >= boxHigh) {
      this.row = undefined;
      return false;
    }
    const start = row.starts[i] as number;
    const from = Math.max(start, boxLow);
    this.offset = this.rowOffset + from - boxLow;
    this.position = this.rowPosition + (row.elementsBefore()[i] as number) + from - start;
    this.length = Math.min(row.ends[i] as number, boxHigh) - from;
    return true;
  }
}

/** How many elements of the spans lie in the box `[low, high)`. */
export function countInBox(spans: SpanList, low: readonly number[], high: readonly number[], dim = 0): number {
  let count = 0;
  let previous: SpanList | undefined;
  let under = 0;
  for (let i = spans.firstEndingAfter(low[dim] as number); i < spans.starts.length; i++) {
    const start = Math.max(spans.starts[i] as number, low[dim] as number);
    const end = Math.min(spans.ends[i] as number, high[dim] as number);
    if (start >= end) break;
    const down = spans.downs[i];
    if (down === undefined) {
      count += end - start;
    } else {
      if (down !== previous) under = countInBox(down, low, high, dim + 1);
      previous = down;
      count += (end - start) * under;
    }
  }
  return count;
}
