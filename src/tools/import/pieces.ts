/** Parts of an extent, one after the other in the order of its elements. */
import { product } from "../../base/bits.ts";

export interface Piece {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

const PIECE_BYTES = 8 << 20;

/** Pieces of some mebibytes; those of chunked storage are of whole chunks. A scalar is one piece. */
export function* piecesOf(
  dims: readonly number[],
  chunkDims: readonly number[] | undefined,
  elementBytes: number,
): Generator<Piece> {
  if (product(dims) === 0) return;
  const cut = chunkDims === undefined ? cutDimension(dims, elementBytes) : 0;
  const size = dims[cut];
  if (size === undefined) {
    yield { start: [], count: [] };
    return;
  }
  const step = stepOf(PIECE_BYTES / (product(dims.slice(cut + 1)) * elementBytes), chunkDims?.[cut] ?? 1);
  for (const outer of indices(dims.slice(0, cut))) {
    for (let from = 0; from < size; from += step) {
      yield {
        start: [...outer, from, ...dims.slice(cut + 1).fill(0)],
        count: [...outer.map(() => 1), Math.min(step, size - from), ...dims.slice(cut + 1)],
      };
    }
  }
}

/** The first dimension of which one index is little enough. */
function cutDimension(dims: readonly number[], elementBytes: number): number {
  const found = dims.findIndex((_, d) => product(dims.slice(d + 1)) * elementBytes <= PIECE_BYTES);
  return Math.max(0, found);
}

/** The largest multiple that is not above a limit, at least one. */
function stepOf(limit: number, multiple: number): number {
  return Math.max(1, Math.floor(limit / multiple)) * multiple;
}

function* indices(dims: readonly number[]): Generator<number[]> {
  const [size, ...rest] = dims;
  if (size === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < size; i++) for (const inner of indices(rest)) yield [i, ...inner];
}
