/** Walking over a dataset chunk by chunk. h5py: `ChunkIterator`. */
import { type IndexArguments, Slice, slice } from "../engine/selection/index-arguments.ts";
import { parseIndexText } from "../engine/selection/index-text.ts";
import { plainError } from "../lowlevel/api-error.ts";

/** What of a dataset is looked at. */
interface Chunked {
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
}

interface Range {
  readonly start: number;
  readonly stop: number;
}

/**
 * The parts of a selection that lie in one chunk each, as slices to read or write with, in row-major order.
 *
 * ```ts
 * for (const part of new ChunkIterator(dset)) total += sum(dset.read(part).data);
 * ```
 */
export class ChunkIterator implements IterableIterator<Slice[]> {
  readonly #layout: readonly number[];
  readonly #ranges: readonly Range[];
  /** Number of the chunk of each dimension that comes next; undefined behind the last. */
  #next: number[] | undefined;

  /**
   * Walks over the chunks of a dataset.
   *
   * @param selection - A slice for each dimension with both bounds, whose step counts for nothing. Default: everything.
   * @throws TypeError "Chunked dataset required", or for a dataset without elements; ValueError "Invalid selection - …"
   *   for another rank or what reaches out of the dataset.
   */
  constructor({ shape, chunks }: Chunked, selection?: IndexArguments) {
    if (shape === null) throw plainError("TypeError", "object of type 'NoneType' has no len()");
    if (chunks === null) throw plainError("TypeError", "Chunked dataset required");
    this.#layout = chunks;
    this.#ranges = rangesOf(shape, selection);
    const isEmpty = shape.length === 0 || this.#ranges.some(({ start, stop }) => stop <= start);
    this.#next = isEmpty ? undefined : this.#ranges.map((_, d) => this.#firstChunk(d));
  }

  #firstChunk(d: number): number {
    return Math.floor((this.#ranges[d] as Range).start / (this.#layout[d] as number));
  }

  /** The slices of the next part, one a dimension, with both bounds and a step of 1. */
  next(): IteratorResult<Slice[], undefined> {
    const index = this.#next;
    if (index === undefined) return { done: true, value: undefined };
    const value = this.#ranges.map(({ start, stop }, d) => {
      const size = this.#layout[d] as number;
      const first = (index[d] as number) * size;
      return slice(Math.max(first, start), Math.min(first + size, stop), 1);
    });
    this.#next = this.#following(index);
    return { done: false, value };
  }

  #following(index: readonly number[]): number[] | undefined {
    const following = [...index];
    for (let d = following.length - 1; d >= 0; d--) {
      following[d] = (following[d] as number) + 1;
      if ((following[d] as number) * (this.#layout[d] as number) < (this.#ranges[d] as Range).stop) return following;
      following[d] = this.#firstChunk(d);
    }
    return undefined;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function rangesOf(shape: readonly number[], selection: IndexArguments): Range[] {
  if (selection === undefined || selection === null) return shape.map((stop) => ({ start: 0, stop }));
  const given = typeof selection === "string" ? parseIndexText(selection) : selection;
  const slices: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (slices.length !== shape.length) {
    throw plainError("ValueError", "Invalid selection - selection region must have same rank as dataset");
  }
  return slices.map((part, d) => {
    const length = shape[d] as number;
    if (!(part instanceof Slice)) throw plainError("TypeError", "a slice is needed for each dimension");
    const [start, stop] = [Number(part.start ?? 0), Number(part.stop ?? length)];
    if (!(start >= 0 && stop <= length && stop > start)) {
      throw plainError("ValueError", "Invalid selection - selection region must be within dataset space");
    }
    return { start, stop };
  });
}
