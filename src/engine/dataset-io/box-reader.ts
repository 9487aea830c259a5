/**
 * Reading a box of numbers in as few steps as there can be: in one chunk or a few, or in contiguous data.
 *
 * Most programs read nothing else, and in a young process each function on the way costs more than the copy. Whatever takes
 * more than copies of runs is left to the way that all transfers go (`ChunkedAccess`, `ContiguousAccess`), which gives
 * the same: both ask the store of the chunks, for the same chunks in the same order.
 */
import type { Datatype } from "../../format/datatype.ts";
import { isHostOrder, type NumericArray, numericArrayClass, numericLayoutOf } from "../conversion/numeric-layout.ts";
import { Slice } from "../selection/index-arguments.ts";
import { copyRuns } from "./copy-runs.ts";

/** Of larger ones the copy itself is what takes time. */
const LARGEST_BOX_BYTES = 1 << 20;

/** From twice as many missing chunks on, the other way may skip what is not there. */
const MOST_PIECES = 128;

/** Row-major elements; `stride` counts elements. */
export interface NumericBox {
  readonly data: NumericArray;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** What elements are kept in: pieces of equal size, named by their number along each dimension. */
export interface BoxPieces {
  /** Extent of the dataset. */
  readonly dims: readonly number[];
  /** Whether there is something to read of every piece, of those that are not in the file as well. */
  readonly hasAll: boolean;
  /** Whether what is read of a piece is a copy of what stays in memory, even of a whole one. */
  readonly keeps: boolean;
  /** Fills `destination` with a whole piece. False where there is none. */
  readWhole(scaled: readonly number[], destination: Uint8Array): boolean;
  /** The piece, to read so many bytes of it before the next call. Undefined where there is none. */
  forRead(scaled: readonly number[], byteCount: number): Uint8Array | undefined;
  /** Fills `destination` with the bytes from `offset` on, where that is possible without the rest of the piece. */
  readRun?(offset: number, destination: Uint8Array): void;
  /**
   * So many bytes from `offset` on, between `gapBytes` of which and the next nobody looks, until {@link settle}; undefined where
   * they are not to be read in one go.
   */
  span?(offset: number, byteLength: number, gapBytes: number): Uint8Array | undefined;
  /** Ends the reading of a box. */
  settle(): void;
}

/** Undefined for elements that are not in the file as typed arrays have them. */
export function boxReaderOf(pieces: BoxPieces, pieceDims: readonly number[], type: Datatype): BoxReader | undefined {
  if (type.class !== "fixed-point" && type.class !== "floating-point") return undefined;
  const layout = numericLayoutOf(type);
  if (layout === undefined || layout.kind === "float16" || !isHostOrder(layout)) return undefined;
  return new BoxReader(pieces, pieceDims, numericArrayClass(layout.kind));
}

export class BoxReader {
  private readonly pieces: BoxPieces;
  private readonly pieceDims: readonly number[];
  private readonly arrayClass: ReturnType<typeof numericArrayClass>;
  /** The box that {@link locate} found last, in elements. */
  private readonly starts: number[];
  private readonly sizes: number[];
  private count = 0;
  /** Which dimensions were indexed by a number, and how many were not. */
  private readonly isIndexed: boolean[];
  private shapeLength = 0;
  /** The piece whose turn it is, and the last one along each dimension. */
  private readonly scaled: number[];
  private readonly ends: number[];
  /** Groups of runs in a piece, and the dimensions that they follow one another along: how many there are, and how far apart. */
  private groups = 1;
  private outer = 0;
  private readonly outerCounts: number[] = [];
  private readonly outerSteps: number[] = [];
  private readonly outerTargetSteps: number[] = [];

  constructor(pieces: BoxPieces, pieceDims: readonly number[], arrayClass: ReturnType<typeof numericArrayClass>) {
    this.pieces = pieces;
    this.pieceDims = pieceDims;
    this.arrayClass = arrayClass;
    this.starts = pieceDims.map(() => 0);
    this.sizes = this.starts.slice();
    this.isIndexed = pieceDims.map(() => false);
    this.scaled = this.starts.slice();
    this.ends = this.starts.slice();
  }

  /**
   * @param args - Of indexing: a number or slice for each of the first dimensions; of the others everything is read.
   * @returns An array, or the element itself where all are numbers. Undefined where it is not that easy, or nothing is there,
   *   or the arguments make no sense: nothing has changed then.
   */
  read(args: readonly unknown[] | undefined): NumericBox | number | bigint | undefined {
    if (!this.locate(args)) return undefined;
    const { pieces, shapeLength, count, arrayClass } = this;
    const data = new arrayClass(count);
    try {
      if (!this.fill(data)) return undefined;
    } finally {
      pieces.settle();
    }
    if (shapeLength === 0) return data[0];
    const shape = new Array<number>(shapeLength);
    const stride = new Array<number>(shapeLength);
    let step = 1;
    for (let d = this.sizes.length - 1, i = shapeLength - 1; i >= 0; d--) {
      if (this.isIndexed[d] === true) continue;
      const size = this.sizes[d] as number;
      shape[i] = size;
      stride[i--] = step;
      step *= size;
    }
    return { data, shape, stride };
  }

  /** False for arguments that need to be understood, and for a box of too many bytes or pieces. */
  private locate(args: readonly unknown[] | undefined): boolean {
    const { starts, sizes, scaled, ends, pieceDims, pieces } = this;
    const given = args === undefined ? 0 : args.length;
    if (given > sizes.length) return false;
    const { dims } = pieces;
    let count = 1;
    let shapeLength = 0;
    let pieceCount = 1;
    for (let d = 0; d < sizes.length; d++) {
      const dim = dims[d] as number;
      let start: unknown = d < given ? args?.[d] : 0;
      let size = d < given ? 1 : dim;
      const isSlice = start instanceof Slice;
      if (start instanceof Slice) {
        const { stop, step } = start;
        start = start.start ?? 0;
        if (typeof start !== "number" || !Number.isInteger(stop) || (step ?? 1) !== 1) return false;
        size = Math.min(stop as number, dim) - start;
      }
      if (typeof start !== "number" || !Number.isInteger(start) || !Number.isInteger(size)) return false;
      if (start < 0 || size < 1 || start + size > dim) return false;
      const isIndexed = !isSlice && d < given;
      this.isIndexed[d] = isIndexed;
      if (!isIndexed) shapeLength++;
      const edge = pieceDims[d] as number;
      const first = Math.floor(start / edge);
      const last = Math.floor((start + size - 1) / edge);
      starts[d] = start;
      sizes[d] = size;
      scaled[d] = first;
      ends[d] = last;
      pieceCount *= last - first + 1;
      count *= size;
    }
    this.count = count;
    this.shapeLength = shapeLength;
    if (count * this.arrayClass.BYTES_PER_ELEMENT > LARGEST_BOX_BYTES) return false;
    return pieceCount === 1 || (pieceCount <= MOST_PIECES && pieces.hasAll);
  }

  private fill(data: NumericArray): boolean {
    const { scaled, ends, starts, pieceDims } = this;
    for (;;) {
      if (!this.copyPiece(data)) return false;
      let d = scaled.length - 1;
      for (; d >= 0 && scaled[d] === ends[d]; d--)
        scaled[d] = Math.floor((starts[d] as number) / (pieceDims[d] as number));
      if (d < 0) return true;
      scaled[d] = (scaled[d] as number) + 1;
    }
  }

  /** Copies what the box has of a piece: `repeat` runs at equal distances, and maybe more such groups. False where there is none. */
  private copyPiece(data: NumericArray): boolean {
    const { scaled, starts, sizes, pieceDims } = this;
    let offset = 0;
    let pitch = 0;
    let pieceStep = 1;
    let target = 0;
    let targetPitch = 0;
    let targetStep = 1;
    let length = 1;
    let repeat = 1;
    let isWhole = true;
    let isRun = true;
    this.groups = 1;
    this.outer = 0;
    for (let d = scaled.length - 1; d >= 0; d--) {
      const edge = pieceDims[d] as number;
      const origin = edge * (scaled[d] as number);
      const start = starts[d] as number;
      const size = sizes[d] as number;
      const from = Math.max(start, origin);
      const count = Math.min(start + size, origin + edge) - from;
      if (isRun) {
        length *= count;
      } else if (count > 1) {
        if (repeat > 1) {
          this.addGroups(count, pieceStep, targetStep);
        } else {
          repeat = count;
          pitch = pieceStep;
          targetPitch = targetStep;
        }
      }
      if (count !== edge) isWhole = false;
      if (count !== edge || count !== size) isRun = false;
      offset += (from - origin) * pieceStep;
      target += (from - start) * targetStep;
      pieceStep *= edge;
      targetStep *= size;
    }
    const { pieces, arrayClass } = this;
    const unit = arrayClass.BYTES_PER_ELEMENT;
    const run = length * unit;
    if (repeat === 1 && !pieces.keeps && (isWhole || pieces.readRun !== undefined)) {
      const to = new Uint8Array(data.buffer, target * unit, run);
      if (isWhole) return pieces.readWhole(scaled, to);
      pieces.readRun?.(offset * unit, to);
      return true;
    }
    const { groups } = this;
    const byteLength = run + (repeat - 1) * pitch * unit;
    const span = groups === 1 ? pieces.span?.(offset * unit, byteLength, pitch * unit - run) : undefined;
    if (span !== undefined) offset = 0;
    const piece = span ?? pieces.forRead(scaled, run * repeat * groups);
    if (piece === undefined) return false;
    const first = piece.byteOffset + offset * unit;
    if (repeat === 1 && first % unit === 0) {
      // Both are of one class. Few elements lie in no memory of their own as long as nobody asks for it.
      (data as Uint8Array).set(new arrayClass(piece.buffer as ArrayBuffer, first, length) as Uint8Array, target);
      return true;
    }
    const bytes = new Uint8Array(data.buffer);
    for (let group = 0; group < groups; group++) {
      const from = (offset + this.distance(group, this.outerSteps)) * unit;
      const to = (target + this.distance(group, this.outerTargetSteps)) * unit;
      copyRuns(bytes, to, targetPitch * unit, piece, from, pitch * unit, run, repeat);
    }
    return true;
  }

  private addGroups(count: number, step: number, targetStep: number): void {
    const i = this.outer++;
    this.groups *= count;
    this.outerCounts[i] = count;
    this.outerSteps[i] = step;
    this.outerTargetSteps[i] = targetStep;
  }

  /** Elements from the first group to another one. */
  private distance(group: number, steps: readonly number[]): number {
    let sum = 0;
    let rest = group;
    for (let i = 0; i < this.outer; i++) {
      const count = this.outerCounts[i] as number;
      const at = rest % count;
      sum += at * (steps[i] as number);
      rest = (rest - at) / count;
    }
    return sum;
  }
}
