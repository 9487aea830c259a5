/** The grid of chunks over a dataset: whole numbers only, no bytes. */
import { product } from "../../base/bits.ts";

/** Chunks along each dimension, the last one possibly reaching over the edge. */
export function chunkCounts(dims: readonly number[], chunkDims: readonly number[]): number[] {
  return dims.map((size, d) => Math.ceil(size / (chunkDims[d] as number)));
}

/** Whether any part of the chunk lies within `dims`. */
export function isInside(scaled: readonly number[], chunkDims: readonly number[], dims: readonly number[]): boolean {
  for (let d = 0; d < dims.length; d++) {
    if ((scaled[d] as number) * (chunkDims[d] as number) >= (dims[d] as number)) return false;
  }
  return true;
}

/** Whether a chunk that begins within `dims` reaches over their edge. */
export function isPartialEdge(
  scaled: readonly number[],
  chunkDims: readonly number[],
  dims: readonly number[],
): boolean {
  for (let d = 0; d < dims.length; d++) {
    if (((scaled[d] as number) + 1) * (chunkDims[d] as number) > (dims[d] as number)) return true;
  }
  return false;
}

/** First element of the chunk, for messages and for chunk information. */
export function chunkOffset(scaled: readonly number[], chunkDims: readonly number[]): number[] {
  return scaled.map((coordinate, d) => coordinate * (chunkDims[d] as number));
}

/** Calls `visit` with the coordinates of every chunk of a grid, in row-major order. The array is reused. */
export function forEachChunkOf(counts: readonly number[], visit: (scaled: readonly number[]) => void): void {
  const scaled = counts.map(() => 0);
  for (let left = product(counts); left > 0; left--) {
    visit(scaled);
    for (let d = counts.length - 1; d >= 0; d--) {
      const next = (scaled[d] as number) + 1;
      scaled[d] = next < (counts[d] as number) ? next : 0;
      if (next < (counts[d] as number)) break;
    }
  }
}

/**
 * Calls `visit` with the coordinates of every chunk of a grid that a smaller grid does not have, in the order of the C
 * library: first those new along the slowest dimension. C: `H5D__chunk_allocate`.
 */
export function forEachNewChunk(
  oldCounts: readonly number[],
  counts: readonly number[],
  visit: (scaled: readonly number[]) => void,
): void {
  const most = counts.slice();
  for (let d = 0; d < counts.length; d++) {
    const first = oldCounts[d] as number;
    const box = most.slice();
    box[d] = Math.max(0, (most[d] as number) - first);
    forEachChunkOf(box, (within) => {
      const scaled = within.slice();
      scaled[d] = (within[d] as number) + first;
      visit(scaled);
    });
    most[d] = Math.min(most[d] as number, first);
  }
}

/** Cells of a chunk that lie within `dims`. */
export function cellsInside(scaled: readonly number[], chunkDims: readonly number[], dims: readonly number[]): number {
  let cells = 1;
  for (let d = 0; d < dims.length; d++) cells *= insideAlong(d, scaled, chunkDims, dims);
  return cells;
}

/** Cells of a chunk up to the last one that lies within `dims`, in row-major order; all of a chunk that lies outside. */
export function cellsToLastInside(
  scaled: readonly number[],
  chunkDims: readonly number[],
  dims: readonly number[],
): number {
  if (!isInside(scaled, chunkDims, dims)) return product(chunkDims);
  let last = 0;
  for (let d = 0; d < dims.length; d++) {
    last = last * (chunkDims[d] as number) + insideAlong(d, scaled, chunkDims, dims) - 1;
  }
  return last + 1;
}

function insideAlong(
  d: number,
  scaled: readonly number[],
  chunkDims: readonly number[],
  dims: readonly number[],
): number {
  const size = chunkDims[d] as number;
  return Math.max(0, Math.min(size, (dims[d] as number) - (scaled[d] as number) * size));
}

/**
 * Calls `visit` with the runs of cells of a chunk that lie outside `dims`, as cell numbers within the chunk from `start`
 * up to `end`. Runs are as long as they can be.
 */
export function forEachRunOutside(
  scaled: readonly number[],
  chunkDims: readonly number[],
  dims: readonly number[],
  visit: (start: number, end: number) => void,
): void {
  const inside = dims.map((_, d) => insideAlong(d, scaled, chunkDims, dims));
  let last = dims.length - 1;
  while (last >= 0 && inside[last] === chunkDims[last]) last--;
  const walk = (d: number, start: number, cells: number): void => {
    const stride = cells / (chunkDims[d] as number);
    const end = start + cells;
    const outside = start + (inside[d] as number) * stride;
    if (d < last) for (let at = start; at < outside; at += stride) walk(d + 1, at, stride);
    if (outside < end) visit(outside, end);
  };
  if (last >= 0) walk(0, 0, product(chunkDims));
}
