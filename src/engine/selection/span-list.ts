/**
 * Hyperslabs that no single start, stride, count and block describe.
 *
 * A list of spans along one dimension, each with the list of spans selected in the next dimension under it, and so on to
 * the last. Spans ascend, do not overlap, and two that adjoin differ in what lies under them, so that equal sets of
 * elements have equal trees, and the order of a walk is the C library's order of blocks. Lists under several spans are
 * shared.
 */
import { LimitError } from "../../base/errors.ts";
import type { Bounds, HyperslabParameters } from "./hyperslab-parameters.ts";

/** Spans of one dimension that one selection may be spread out into. */
const MAX_SPANS = 1 << 24;

function tooManySpans(): LimitError {
  return new LimitError(`a selection of more than ${MAX_SPANS} separate spans`);
}

const NO_LISTS: readonly SpanList[] = [];

export class SpanList {
  /** First coordinate of each span. */
  readonly starts: readonly number[];
  /** The coordinate after the last of each span. */
  readonly ends: readonly number[];
  /** What lies under each span; empty in the last dimension. */
  readonly downs: readonly SpanList[];
  /** Selected elements under all spans together. */
  readonly elementCount: number;
  private readonly hash: number;
  private before: Float64Array | undefined;

  /** The lists are kept, and must obey the rules above: `SpanListBuilder` sees to that. */
  constructor(starts: readonly number[], ends: readonly number[], downs: readonly SpanList[]) {
    this.starts = starts;
    this.ends = ends;
    this.downs = downs;
    let count = 0;
    let hash = starts.length;
    for (let i = 0; i < starts.length; i++) {
      const down = downs[i];
      const length = (ends[i] as number) - (starts[i] as number);
      count += down === undefined ? length : length * down.elementCount;
      hash = (Math.imul(hash, 31) + (starts[i] as number)) | 0;
      hash = (Math.imul(hash, 31) + (ends[i] as number)) | 0;
      if (down !== undefined) hash = (Math.imul(hash, 31) + down.hash) | 0;
    }
    this.elementCount = count;
    this.hash = hash;
  }

  /** Elements under the spans before each, then of all: one number more than there are spans. */
  elementsBefore(): Float64Array {
    if (this.before !== undefined) return this.before;
    const before = new Float64Array(this.starts.length + 1);
    for (let i = 0; i < this.starts.length; i++) {
      const length = (this.ends[i] as number) - (this.starts[i] as number);
      before[i + 1] = (before[i] as number) + length * (this.downs[i]?.elementCount ?? 1);
    }
    this.before = before;
    return before;
  }

  /** Index of the first span that ends after `coordinate`; the number of spans if none does. */
  firstEndingAfter(coordinate: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ends[middle] as number) > coordinate) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  equals(other: SpanList): boolean {
    if (this === other) return true;
    if (this.hash !== other.hash || this.starts.length !== other.starts.length) return false;
    if (this.elementCount !== other.elementCount) return false;
    let mine: SpanList | undefined;
    let its: SpanList | undefined;
    for (let i = 0; i < this.starts.length; i++) {
      if (this.starts[i] !== other.starts[i] || this.ends[i] !== other.ends[i]) return false;
      const down = this.downs[i];
      const otherDown = other.downs[i];
      // Neighbouring spans often share their lists; a pair once compared is not compared again.
      if (down === mine && otherDown === its) continue;
      if (down !== undefined && otherDown !== undefined && !down.equals(otherDown)) return false;
      mine = down;
      its = otherDown;
    }
    return true;
  }

  bounds(rank: number): Bounds {
    const low = new Array<number>(rank).fill(Number.POSITIVE_INFINITY);
    const high = new Array<number>(rank).fill(0);
    this.widen(0, low, high);
    return { low, high };
  }

  private widen(dim: number, low: number[], high: number[]): void {
    const last = this.ends.length - 1;
    low[dim] = Math.min(low[dim] as number, this.starts[0] as number);
    high[dim] = Math.max(high[dim] as number, (this.ends[last] as number) - 1);
    let previous: SpanList | undefined;
    for (const down of this.downs) {
      if (down !== previous) down.widen(dim + 1, low, high);
      previous = down;
    }
  }
}

/** Collects ascending spans, joining those that adjoin and have the same under them. */
export class SpanListBuilder {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly downs: SpanList[] = [];

  add(start: number, end: number, down: SpanList | undefined): void {
    const last = this.ends.length - 1;
    if (last >= 0 && this.ends[last] === start && (down === undefined || (this.downs[last] as SpanList).equals(down))) {
      this.ends[last] = end;
      return;
    }
    if (last >= MAX_SPANS) throw tooManySpans();
    this.starts.push(start);
    this.ends.push(end);
    if (down !== undefined) this.downs.push(down);
  }

  /** Undefined when no span was added. */
  finish(): SpanList | undefined {
    if (this.starts.length === 0) return undefined;
    return new SpanList(this.starts, this.ends, this.downs.length === 0 ? NO_LISTS : this.downs);
  }
}

/** Spans of one dimension: ascending, apart or adjoining, the end of each the coordinate after its last. */
export interface AxisSpans {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Blocks at equal distances along one dimension; one span where they adjoin. */
export function spansOfBlocks(start: number, stride: number, count: number, block: number): AxisSpans {
  if (count > 0 && stride === block) return { starts: [start], ends: [start + count * block] };
  if (count > MAX_SPANS) throw tooManySpans();
  const starts = Array.from({ length: count }, (_, i) => start + i * stride);
  return { starts, ends: starts.map((value) => value + block) };
}

/** The spans of each dimension of a regular hyperslab of limited count and block. */
export function axesOfRegular({ start, stride, count, block }: HyperslabParameters): AxisSpans[] {
  return start.map((first, d) => {
    return spansOfBlocks(first, stride[d] as number, count[d] as number, block[d] as number);
  });
}

/** The spans of a regular hyperslab of limited count and block. */
export function spansOfRegular(parameters: HyperslabParameters): SpanList {
  return spansOfAxes(axesOfRegular(parameters)) as SpanList;
}

/** The elements whose every coordinate is in its dimension's spans; undefined when a dimension has none. */
export function spansOfAxes(axes: readonly AxisSpans[]): SpanList | undefined {
  let list: SpanList | undefined;
  for (let d = axes.length - 1; d >= 0; d--) {
    const { starts, ends } = axes[d] as AxisSpans;
    const builder = new SpanListBuilder();
    for (let i = 0; i < starts.length; i++) builder.add(starts[i] as number, ends[i] as number, list);
    list = builder.finish();
    if (list === undefined) return undefined;
  }
  return list;
}

/** Start, stride, count and block of the same elements, if such exist. C: `H5S__hyper_rebuild`. */
export function regularOfSpans(spans: SpanList): HyperslabParameters | undefined {
  const start: number[] = [];
  const stride: number[] = [];
  const count: number[] = [];
  const block: number[] = [];
  for (let list: SpanList | undefined = spans; list !== undefined; list = list.downs[0]) {
    const { starts, ends, downs }: SpanList = list;
    const first = starts[0] as number;
    const length = (ends[0] as number) - first;
    const step = starts.length === 1 ? 1 : (starts[1] as number) - first;
    for (let i = 1; i < starts.length; i++) {
      if ((ends[i] as number) - (starts[i] as number) !== length) return undefined;
      if ((starts[i] as number) !== first + i * step) return undefined;
      const down = downs[i];
      if (down !== undefined && !down.equals(downs[0] as SpanList)) return undefined;
    }
    start.push(first);
    stride.push(step);
    count.push(starts.length);
    block.push(length);
  }
  return { start, stride, count, block };
}
