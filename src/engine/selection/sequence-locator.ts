/** From the number of an element in a selection's order to its place in the extent, for memory that is not packed. */
import { pitchesOf } from "./run-groups.ts";
import { movedBack, sequencePitches } from "./runs.ts";
import {
  type HyperslabParameters,
  type IrregularSelection,
  joinedBlocks,
  type PointSelection,
  placedBlocks,
  requireWithinExtent,
  type Selection,
  selectAll,
} from "./selection.ts";
import type { SpanList } from "./span-list.ts";
import { clipToExtent } from "./unlimited.ts";

export abstract class SequenceLocator {
  /** Row-major number of the element in the extent. */
  offset = 0;
  /** Elements that follow it both in the extent and in the selection, itself included. */
  available = 0;

  /** Sets the two fields for the element of this number, which must be one of the selection's. */
  abstract locate(position: number): void;
}

/** @throws HDF5Error "argument" when the selection reaches out of its extent. */
export function locatorOf(selection: Selection): SequenceLocator {
  requireWithinExtent(selection);
  const limited = clipToExtent(selection);
  switch (limited.kind) {
    case "none":
    case "all":
      // Of nothing, no element is asked for.
      return new RegularLocator(joinedBlocks(selectAll(limited.dims)), limited.dims);
    case "regular":
      return new RegularLocator(placedBlocks(limited), limited.dims);
    case "irregular":
      return new SpanLocator(limited);
    case "points":
      return new PointLocator(limited);
  }
}

class RegularLocator extends SequenceLocator {
  private readonly blocks: HyperslabParameters;
  private readonly pitches: readonly number[];
  private readonly sequencePitches: readonly number[];
  private readonly origin: number;
  /** The dimension in which runs lie; all after it are wholly selected. */
  private readonly runDim: number;

  constructor(blocks: HyperslabParameters, dims: readonly number[]) {
    super();
    this.blocks = blocks;
    this.pitches = pitchesOf(dims);
    this.sequencePitches = sequencePitches(blocks);
    this.origin = this.pitches.reduce((sum, pitch, d) => sum + (blocks.start[d] as number) * pitch, 0);
    let runDim = dims.length - 1;
    while (runDim > 0 && blocks.block[runDim] === dims[runDim]) runDim--;
    this.runDim = runDim;
    // That of a scalar, which has no dimension to look along.
    this.available = 1;
  }

  override locate(position: number): void {
    const { block, stride } = this.blocks;
    let offset = this.origin;
    let rest = position;
    for (let d = 0; d <= this.runDim; d++) {
      const sequencePitch = this.sequencePitches[d] as number;
      const pitch = this.pitches[d] as number;
      const size = block[d] as number;
      const index = Math.floor(rest / sequencePitch);
      rest -= index * sequencePitch;
      const inBlock = index % size;
      offset += (((index - inBlock) / size) * (stride[d] as number) + inBlock) * pitch;
      if (d === this.runDim) this.available = (size - inBlock) * pitch - rest;
    }
    this.offset = offset + rest;
  }
}

class SpanLocator extends SequenceLocator {
  private readonly spans: SpanList;
  private readonly pitches: readonly number[];
  private readonly origin: number;

  constructor(selection: IrregularSelection) {
    super();
    this.spans = selection.spans;
    this.pitches = pitchesOf(selection.dims);
    const zero = selection.dims.map(() => 0);
    const back = movedBack(selection, zero);
    this.origin = -back.reduce((sum, value, d) => sum + value * (this.pitches[d] as number), 0);
  }

  override locate(position: number): void {
    let list: SpanList | undefined = this.spans;
    let rest = position;
    let offset = this.origin;
    for (let d = 0; list !== undefined; d++) {
      const before = list.elementsBefore();
      const span = lastAtMost(before, rest);
      const start: number = list.starts[span] as number;
      const down: SpanList | undefined = list.downs[span];
      const each = down === undefined ? 1 : down.elementCount;
      rest -= before[span] as number;
      const along: number = Math.floor(rest / each);
      rest -= along * each;
      offset += (start + along) * (this.pitches[d] as number);
      if (down === undefined) this.available = (list.ends[span] as number) - start - along;
      list = down;
    }
    this.offset = offset;
  }
}

/** Index of the last entry but one that is not above `value`. */
function lastAtMost(before: Float64Array, value: number): number {
  let low = 0;
  let high = before.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((before[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

class PointLocator extends SequenceLocator {
  private readonly selection: PointSelection;
  private readonly pitches: readonly number[];

  constructor(selection: PointSelection) {
    super();
    this.selection = selection;
    this.pitches = pitchesOf(selection.dims);
    this.available = 1;
  }

  override locate(position: number): void {
    const { coordinates, offset, dims } = this.selection;
    let at = 0;
    for (let d = 0; d < dims.length; d++) {
      const value =
        (coordinates[position * dims.length + d] as number) + (offset === undefined ? 0 : (offset[d] as number));
      at += value * (this.pitches[d] as number);
    }
    this.offset = at;
  }
}
