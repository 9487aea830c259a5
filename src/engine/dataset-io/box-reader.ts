/**
 * Reading a box of numbers that lies in one chunk, in as few steps as there can be.
 *
 * Loops over chunks and small slices do nothing else, and in a young process each function on the way costs more than the
 * copy. Whatever takes more than a copy out of a chunk is left to the way that all transfers go (`ChunkedAccess`), which
 * gives the same: both ask the store of the chunks.
 */
import type { Datatype } from "../../format/datatype.ts";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import { isHostOrder, type NumericArray, numericArrayClass, numericLayoutOf } from "../conversion/numeric-layout.ts";
import { Slice } from "../selection/index-arguments.ts";
import { copyRuns } from "./copy-runs.ts";

/** Of larger ones the copy itself is what takes time. */
const LARGEST_BOX_BYTES = 1 << 20;

/** Row-major elements; `stride` counts elements. */
export interface NumericBox {
  readonly data: NumericArray;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Undefined for datasets whose elements are not in the file as typed arrays have them, or whose chunks are read by pieces. */
export function boxReaderOf(store: ChunkStore, chunkDims: readonly number[], type: Datatype): BoxReader | undefined {
  if (store.isDirect || (type.class !== "fixed-point" && type.class !== "floating-point")) return undefined;
  const layout = numericLayoutOf(type);
  if (layout === undefined || layout.kind === "float16" || !isHostOrder(layout)) return undefined;
  return new BoxReader(store, chunkDims, numericArrayClass(layout.kind));
}

export class BoxReader {
  private readonly store: ChunkStore;
  private readonly chunkDims: readonly number[];
  private readonly arrayClass: ReturnType<typeof numericArrayClass>;
  /** Of the box that {@link locate} found last: its chunk, and elements a dimension, 0 of one that was indexed by a number. */
  private readonly scaled: number[];
  private readonly sizes: number[];
  private rank = 0;
  private count = 0;
  /** Whether it is the chunk. */
  private isWhole = false;
  /** What it is of the chunk, in elements: `repeat` runs of `length`, each `pitch` behind the one before. */
  private offset = 0;
  private length = 0;
  private repeat = 0;
  private pitch = 0;

  constructor(store: ChunkStore, chunkDims: readonly number[], arrayClass: ReturnType<typeof numericArrayClass>) {
    this.store = store;
    this.chunkDims = chunkDims;
    this.arrayClass = arrayClass;
    this.scaled = chunkDims.map(() => 0);
    this.sizes = this.scaled.slice();
  }

  /**
   * @param args - Of indexing: a number or slice a dimension.
   * @returns An array, or the element itself where all are numbers. Undefined where it is not that easy, or nothing is there,
   *   or the arguments make no sense: nothing has changed then.
   */
  read(args: readonly unknown[]): NumericBox | number | bigint | undefined {
    const { sizes } = this;
    if (args.length !== sizes.length || !this.locate(args)) return undefined;
    const data = this.copied();
    if (data === undefined || this.rank === 0) return data?.[0];
    const shape = new Array<number>(this.rank);
    const stride = new Array<number>(this.rank);
    let step = 1;
    for (let d = sizes.length - 1, at = this.rank - 1; d >= 0; d--) {
      const size = sizes[d] as number;
      if (size === 0) continue;
      shape[at] = size;
      stride[at--] = step;
      step *= size;
    }
    return { data, shape, stride };
  }

  /** False for a box that no single group of equal runs of one chunk makes up, and for arguments that need to be understood. */
  private locate(args: readonly unknown[]): boolean {
    const { chunkDims, scaled, sizes } = this;
    const { dims } = this.store;
    this.rank = 0;
    this.count = 1;
    this.isWhole = true;
    this.offset = 0;
    this.length = 1;
    this.repeat = 1;
    let pitch = 1;
    for (let d = sizes.length - 1; d >= 0; d--) {
      const dim = dims[d] as number;
      const chunkDim = chunkDims[d] as number;
      let start: unknown = args[d];
      let size = 1;
      sizes[d] = 0;
      if (start instanceof Slice) {
        const { stop, step } = start;
        start = start.start ?? 0;
        if (typeof start !== "number" || typeof stop !== "number" || (step ?? 1) !== 1) return false;
        size = Math.min(stop, dim) - start;
        sizes[d] = size;
        this.rank++;
      }
      if (typeof start !== "number" || !Number.isInteger(start) || !Number.isInteger(size)) return false;
      const along = Math.floor(start / chunkDim);
      const within = start - along * chunkDim;
      if (start < 0 || size < 1 || start + size > dim || within + size > chunkDim) return false;
      if (this.isWhole) {
        this.length *= size;
      } else if (size > 1) {
        if (this.repeat > 1) return false;
        this.repeat = size;
        this.pitch = pitch;
      }
      if (size !== chunkDim) this.isWhole = false;
      scaled[d] = along;
      this.count *= size;
      this.offset += within * pitch;
      pitch *= chunkDim;
    }
    return true;
  }

  private copied(): NumericArray | undefined {
    const { store, scaled, arrayClass, count } = this;
    const size = arrayClass.BYTES_PER_ELEMENT;
    if (count * size > LARGEST_BOX_BYTES) return undefined;
    const data = new arrayClass(count);
    const bytes = new Uint8Array(data.buffer);
    try {
      if (this.isWhole) return store.readWhole(scaled, bytes) ? data : undefined;
      const chunk = store.forRead(scaled, bytes.length);
      if (chunk === undefined) return undefined;
      const run = this.length * size;
      copyRuns(bytes, 0, run, chunk, this.offset * size, this.pitch * size, run, this.repeat);
      return data;
    } finally {
      store.settle();
    }
  }
}
