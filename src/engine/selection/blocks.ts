/** Selections spelled out: as blocks, and as the coordinates of single elements. */

import { product } from "../../base/bits.ts";
import { type Bounds, type HyperslabParameters, type Selection, selectedCount, selectionError } from "./selection.ts";
import type { SpanList } from "./span-list.ts";
import { clipToExtent } from "./unlimited.ts";

/**
 * How many blocks the hyperslab has: those given for a regular one, those of its spans otherwise.
 *
 * @throws HDF5Error "argument": "not a hyperslab selection", or one that is unlimited.
 *
 * C: `H5Sget_select_hyper_nblocks`.
 */
export function blockCount(selection: Selection): number {
  if (selection.kind === "regular") {
    if (selection.unlimitedDim >= 0) throw selectionError("cannot get number of blocks for unlimited selection");
    return product(selection.given.count);
  }
  if (selection.kind === "irregular") return countBlocks(selection.spans);
  throw selectionError("not a hyperslab selection");
}

function countBlocks(list: SpanList): number {
  if (list.downs.length === 0) return list.starts.length;
  let count = 0;
  let previous: SpanList | undefined;
  let under = 0;
  for (const down of list.downs) {
    if (down !== previous) under = countBlocks(down);
    previous = down;
    count += under;
  }
  return count;
}

/**
 * The blocks of a hyperslab in the C library's order, the last dimension fastest, the offset left out.
 *
 * @param first - Blocks to leave out at the front; default 0.
 * @param limit - Blocks at most; default all.
 *
 * C: `H5Sget_select_hyper_blocklist`.
 */
export function blocks(selection: Selection, first = 0, limit = Number.POSITIVE_INFINITY): Bounds[] {
  const total = blockCount(selection);
  const end = Math.min(total, first + limit);
  const found: Bounds[] = [];
  if (selection.kind === "regular") {
    for (let i = first; i < end; i++) found.push(regularBlock(selection.given, i));
  } else if (selection.kind === "irregular") {
    collectBlocks(selection.spans, [], [], { found, skip: first, end: end - first });
  }
  return found;
}

function regularBlock(parameters: HyperslabParameters, index: number): Bounds {
  const { start, stride, count, block } = parameters;
  const low = [...start];
  let rest = index;
  for (let d = low.length - 1; d >= 0; d--) {
    const blocksAlong = count[d] as number;
    low[d] = (start[d] as number) + (rest % blocksAlong) * (stride[d] as number);
    rest = Math.floor(rest / blocksAlong);
  }
  return { low, high: low.map((value, d) => value + (block[d] as number) - 1) };
}

interface BlockCollection {
  readonly found: Bounds[];
  skip: number;
  readonly end: number;
}

function collectBlocks(list: SpanList, low: number[], high: number[], into: BlockCollection): void {
  for (let i = 0; i < list.starts.length && into.found.length < into.end; i++) {
    low.push(list.starts[i] as number);
    high.push((list.ends[i] as number) - 1);
    const down = list.downs[i];
    if (down !== undefined) collectBlocks(down, low, high, into);
    else if (into.skip > 0) into.skip--;
    else into.found.push({ low: [...low], high: [...high] });
    low.pop();
    high.pop();
  }
}

/**
 * The coordinates of every selected element, in selection order, the offset added: rank numbers an element.
 *
 * For selections small enough to be listed; transfers use runs.
 */
export function elements(selection: Selection): Float64Array {
  const rank = selection.dims.length;
  const limited = clipToExtent(selection);
  const coordinates = new Float64Array(rank * selectedCount(limited));
  const moved = limited.offset;
  switch (limited.kind) {
    case "none":
      break;
    case "points":
      coordinates.set(limited.coordinates);
      break;
    case "irregular":
      listSpans(limited.spans, new Array<number>(rank).fill(0), 0, coordinates, 0);
      break;
    case "all":
      listGrid(limited.dims, coordinates, (_, index) => index);
      return coordinates;
    case "regular": {
      const { start, stride, count, block } = limited.joined;
      const lengths = count.map((blocksAlong, d) => blocksAlong * (block[d] as number));
      listGrid(lengths, coordinates, (d, index) => {
        const size = block[d] as number;
        return (start[d] as number) + Math.floor(index / size) * (stride[d] as number) + (index % size);
      });
    }
  }
  if (moved !== undefined) {
    for (let i = 0; i < coordinates.length; i++)
      coordinates[i] = (coordinates[i] as number) + (moved[i % rank] as number);
  }
  return coordinates;
}

function listGrid(
  lengths: readonly number[],
  out: Float64Array,
  coordinate: (dim: number, index: number) => number,
): void {
  const rank = lengths.length;
  const index = new Array<number>(rank).fill(0);
  for (let at = 0; at < out.length; at += rank) {
    for (let d = 0; d < rank; d++) out[at + d] = coordinate(d, index[d] as number);
    for (let d = rank - 1; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (lengths[d] as number)) break;
      index[d] = 0;
    }
  }
}

function listSpans(list: SpanList, coordinate: number[], dim: number, out: Float64Array, at: number): number {
  let position = at;
  for (let i = 0; i < list.starts.length; i++) {
    const down = list.downs[i];
    for (let value = list.starts[i] as number; value < (list.ends[i] as number); value++) {
      coordinate[dim] = value;
      if (down === undefined) {
        out.set(coordinate, position);
        position += coordinate.length;
      } else {
        position = listSpans(down, coordinate, dim + 1, out, position);
      }
    }
  }
  return position;
}
