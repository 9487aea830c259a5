/**
 * In which order a dataset that becomes smaller drops chunks and refills those at its new edges. C: `H5D__chunk_prune_by_extent`.
 *
 * One dimension after the other, of those that shrink: all chunks from the one on that the new edge goes through, in
 * row-major order, but for those that an earlier dimension had.
 */

interface AffectedChunk {
  readonly scaled: readonly number[];
  /** Wholly outside of the new extent: to be dropped. */
  readonly outside: boolean;
  /** The dimension whose turn it is. */
  readonly dimension: number;
}

export class CutOrder {
  /** The first chunk that each dimension cuts off or into; Infinity where it does not shrink. */
  private readonly first: readonly number[];
  private readonly chunks: AffectedChunk[] = [];

  constructor(oldDims: readonly number[], newDims: readonly number[], chunkDims: readonly number[]) {
    this.first = newDims.map((size, d) =>
      size < (oldDims[d] as number) ? Math.floor(size / (chunkDims[d] as number)) : Number.POSITIVE_INFINITY,
    );
  }

  add(scaled: readonly number[], outside: boolean): void {
    const dimension = scaled.findIndex((coordinate, d) => coordinate >= (this.first[d] as number));
    this.chunks.push({ scaled: scaled.slice(), outside, dimension });
  }

  inOrder(): readonly AffectedChunk[] {
    return this.chunks.sort((a, b) => a.dimension - b.dimension || compareRowMajor(a.scaled, b.scaled));
  }
}

function compareRowMajor(a: readonly number[], b: readonly number[]): number {
  for (let d = 0; d < a.length; d++) {
    const difference = (a[d] as number) - (b[d] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
