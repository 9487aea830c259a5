/** Boolean algebra of span lists: union, intersection, differences, in one walk of both. */
import { SpanList, SpanListBuilder } from "./span-list.ts";

/** Which elements stay: those of the first list alone, of the second alone, of both. */
export interface SpanOperation {
  readonly onlyFirst: boolean;
  readonly onlySecond: boolean;
  readonly both: boolean;
}

type Memory = Map<SpanList, Map<SpanList, SpanList | undefined>>;

/** What `operation` leaves of two lists of the same depth; undefined when nothing. */
export function combineSpans(first: SpanList, second: SpanList, operation: SpanOperation): SpanList | undefined {
  return combine(first, second, operation, new Map());
}

function combine(a: SpanList, b: SpanList, operation: SpanOperation, memory: Memory): SpanList | undefined {
  if (a === b) return operation.both ? a : undefined;
  const known = memory.get(a);
  if (known?.has(b)) return known.get(b);
  const result = sweep(a, b, operation, memory);
  // Shared lists meet again and again; without this the work would grow with the elements, not with the spans.
  if (known !== undefined) known.set(b, result);
  else memory.set(a, new Map([[b, result]]));
  return result;
}

function sweep(a: SpanList, b: SpanList, operation: SpanOperation, memory: Memory): SpanList | undefined {
  const builder = new SpanListBuilder();
  const { onlyFirst, onlySecond, both } = operation;
  const leaf = a.downs.length === 0;
  let i = 0;
  let j = 0;
  let position = 0;
  while (i < a.starts.length || j < b.starts.length) {
    const aStart = i < a.starts.length ? Math.max(a.starts[i] as number, position) : Number.POSITIVE_INFINITY;
    const bStart = j < b.starts.length ? Math.max(b.starts[j] as number, position) : Number.POSITIVE_INFINITY;
    const aEnd = i < a.ends.length ? (a.ends[i] as number) : Number.POSITIVE_INFINITY;
    const bEnd = j < b.ends.length ? (b.ends[j] as number) : Number.POSITIVE_INFINITY;
    const start = Math.min(aStart, bStart);
    if (aStart === bStart) {
      position = Math.min(aEnd, bEnd);
      if (leaf) {
        if (both) builder.add(start, position, undefined);
      } else {
        const down = combine(a.downs[i] as SpanList, b.downs[j] as SpanList, operation, memory);
        if (down !== undefined) builder.add(start, position, down);
      }
    } else if (aStart < bStart) {
      position = Math.min(aEnd, bStart);
      if (onlyFirst) builder.add(start, position, a.downs[i]);
    } else {
      position = Math.min(bEnd, aStart);
      if (onlySecond) builder.add(start, position, b.downs[j]);
    }
    if (aEnd <= position) i++;
    if (bEnd <= position) j++;
  }
  return builder.finish();
}

/** A list of one box. */
function spansOfBox(low: readonly number[], high: readonly number[]): SpanList {
  let list: SpanList | undefined;
  for (let d = low.length - 1; d >= 0; d--) {
    list = new SpanList([low[d] as number], [(high[d] as number) + 1], list === undefined ? [] : [list]);
  }
  return list as SpanList;
}

/**
 * The union of boxes, in any order and overlapping or not.
 *
 * @param boxes - Least and greatest coordinate a dimension of each box, both included.
 */
export function spansOfBoxes(
  boxes: readonly { readonly low: readonly number[]; readonly high: readonly number[] }[],
): SpanList | undefined {
  let lists = boxes.map(({ low, high }) => spansOfBox(low, high));
  const union = { onlyFirst: true, onlySecond: true, both: true };
  // Pairs, then pairs of pairs: every element is copied log n times rather than n times.
  while (lists.length > 1) {
    const joined: SpanList[] = [];
    for (let i = 0; i < lists.length; i += 2) {
      const second = lists[i + 1];
      const first = lists[i] as SpanList;
      joined.push(second === undefined ? first : (combineSpans(first, second, union) as SpanList));
    }
    lists = joined;
  }
  return lists[0];
}
