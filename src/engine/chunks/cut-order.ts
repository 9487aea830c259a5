/**
 * In which order a dataset that becomes smaller drops chunks and refills those at its new edges. C: `H5D__chunk_prune_by_extent`.
 *
 * One dimension after the other, of those that shrink: all chunks from the one on that the new edge goes through, in
 * row-major order, but for those that an earlier dimension had.
 */
import { product } from "../../base/bits.ts";
import { chunkCounts, forEachChunkOf } from "./chunk-geometry.ts";

interface AffectedChunk {
  readonly scaled: readonly number[];
  readonly dimension: number;
}

export class CutOrder {
  /** Chunks of the old extent. */
  private readonly counts: readonly number[];
  /** The first chunk that each dimension cuts off or into; Infinity where it does not shrink. */
  private readonly first: readonly number[];

  constructor(oldDims: readonly number[], newDims: readonly number[], chunkDims: readonly number[]) {
    this.counts = chunkCounts(oldDims, chunkDims);
    this.first = newDims.map((size, d) =>
      size < (oldDims[d] as number) ? Math.floor(size / (chunkDims[d] as number)) : Number.POSITIVE_INFINITY,
    );
  }

  /** How many places for chunks of the old extent there are. */
  count(): number {
    return product(this.counts) - product(this.counts.map((count, d) => Math.min(count, this.first[d] as number)));
  }

  /** All of those, in order. The array is reused. */
  forEach(visit: (scaled: readonly number[]) => void): void {
    const { counts, first } = this;
    const most = counts.slice();
    const scaled = counts.slice();
    for (let d = 0; d < counts.length; d++) {
      const from = first[d] as number;
      if (from === Number.POSITIVE_INFINITY) continue;
      const box = most.slice();
      box[d] = Math.max(0, (most[d] as number) - from);
      forEachChunkOf(box, (within) => {
        for (let e = 0; e < within.length; e++) scaled[e] = within[e] as number;
        scaled[d] = (within[d] as number) + from;
        visit(scaled);
      });
      most[d] = Math.min(most[d] as number, from);
    }
  }

  /** Those of some chunks that are affected, in order. */
  of(chunks: Iterable<readonly number[]>): (readonly number[])[] {
    const affected: AffectedChunk[] = [];
    for (const scaled of chunks) {
      const dimension = scaled.findIndex((coordinate, d) => coordinate >= (this.first[d] as number));
      if (dimension >= 0) affected.push({ scaled, dimension });
    }
    affected.sort((a, b) => a.dimension - b.dimension || compareRowMajor(a.scaled, b.scaled));
    return affected.map(({ scaled }) => scaled);
  }
}

function compareRowMajor(a: readonly number[], b: readonly number[]): number {
  for (let d = 0; d < a.length; d++) {
    const difference = (a[d] as number) - (b[d] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
