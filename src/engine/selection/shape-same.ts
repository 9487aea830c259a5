/** Whether two selections have the same shape, wherever in their extents they lie. */
import { blocks, elements } from "./blocks.ts";
import { bounds, type HyperslabParameters, joinedBlocks, type Selection, selectedCount } from "./selection.ts";
import type { SpanList } from "./span-list.ts";

/**
 * Whether both select the same pattern of elements in the same order. The one of higher rank may have further dimensions in
 * front, of which it selects one coordinate each. A hyperslab and points are the same if its blocks are single elements.
 *
 * C: `H5Sselect_shape_same`.
 */
export function selectionShapeSame(first: Selection, second: Selection): boolean {
  if (selectedCount(first) !== selectedCount(second)) return false;
  if (first.kind === "none" || second.kind === "none") return first.kind === second.kind;
  const [high, low] = first.dims.length >= second.dims.length ? [first, second] : [second, first];
  const spare = high.dims.length - low.dims.length;
  const box = bounds({ ...high, offset: undefined });
  for (let d = 0; d < spare; d++) if (box === undefined || box.low[d] !== box.high[d]) return false;
  if (high.kind === "points" || low.kind === "points") return sameSequence(high, low, spare);
  if (high.kind === "irregular" || low.kind === "irregular") {
    return high.kind === "irregular" && low.kind === "irregular" && sameSpans(high.spans, low.spans, spare);
  }
  return sameBlocks(joinedBlocks(high), joinedBlocks(low), spare);
}

function sameBlocks(high: HyperslabParameters, low: HyperslabParameters, spare: number): boolean {
  return low.start.every((_, d) => {
    return (
      high.stride[d + spare] === low.stride[d] &&
      high.count[d + spare] === low.count[d] &&
      high.block[d + spare] === low.block[d]
    );
  });
}

function sameSpans(high: SpanList, low: SpanList, spare: number): boolean {
  let list = high;
  for (let d = 0; d < spare; d++) list = list.downs[0] as SpanList;
  const rank = depthOf(low);
  const a = list.bounds(rank).low;
  const b = low.bounds(rank).low;
  return equalMoved(
    list,
    low,
    a.map((value, d) => value - (b[d] as number)),
    0,
  );
}

function depthOf(list: SpanList): number {
  let depth = 1;
  for (let down = list.downs[0]; down !== undefined; down = down.downs[0]) depth++;
  return depth;
}

function equalMoved(a: SpanList, b: SpanList, distance: readonly number[], dim: number): boolean {
  if (a.starts.length !== b.starts.length || a.elementCount !== b.elementCount) return false;
  const moved = distance[dim] as number;
  let mine: SpanList | undefined;
  let its: SpanList | undefined;
  for (let i = 0; i < a.starts.length; i++) {
    if (a.starts[i] !== (b.starts[i] as number) + moved || a.ends[i] !== (b.ends[i] as number) + moved) return false;
    const down = a.downs[i];
    const other = b.downs[i];
    if (down === mine && other === its) continue;
    if (down !== undefined && other !== undefined && !equalMoved(down, other, distance, dim + 1)) return false;
    mine = down;
    its = other;
  }
  return true;
}

/** Element by element, each seen from the first. */
function sameSequence(high: Selection, low: Selection, spare: number): boolean {
  if (!singleElements(high) || !singleElements(low)) return false;
  const a = elements({ ...high, offset: undefined });
  const b = elements({ ...low, offset: undefined });
  const rank = low.dims.length;
  const step = rank + spare;
  for (let i = 0, k = 0; k < b.length; i += step, k += rank) {
    for (let d = 0; d < rank; d++) {
      const along = (a[i + spare + d] as number) - (a[spare + d] as number);
      if (along !== (b[k + d] as number) - (b[d] as number)) return false;
    }
  }
  return true;
}

function singleElements(selection: Selection): boolean {
  switch (selection.kind) {
    case "regular":
      return selection.joined.block.every((size) => size === 1);
    case "irregular":
      return blocks(selection).length === selection.spans.elementCount;
    case "all":
      return selection.dims.every((size) => size === 1);
    default:
      return true;
  }
}
