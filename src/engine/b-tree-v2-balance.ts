/**
 * Moving records between neighbouring nodes of a version 2 B-tree, splitting and merging nodes.
 *
 * Reference implementation: H5B2int.c.
 */
import type { BTreeV2Child } from "../format/b-tree-v2.ts";
import type { Edit } from "./b-tree-v2-edit.ts";
import type { BTreeV2Content } from "./b-tree-v2-node.ts";

/** An internal node that is being changed; `depth` is its own. */
export type Internal<T> = BTreeV2Content<T> & { readonly children: readonly BTreeV2Child[] };

/**
 * Divides the records of neighbouring children of `parent` anew: `oldCount` children from number `first` on become one for
 * each of `newCounts`, which are their numbers of records. Records of the parent stand between them.
 */
function spread<T>(
  edit: Edit<T>,
  parent: Internal<T>,
  depth: number,
  first: number,
  oldCount: number,
  newCounts: readonly number[],
): Internal<T> {
  const pointers = parent.children.slice(first, first + oldCount);
  const records: T[] = [];
  const children: BTreeV2Child[] = [];
  pointers.forEach((pointer, i) => {
    const node = edit.load(pointer, depth - 1);
    for (const record of node.records) records.push(record);
    if (node.children !== undefined) for (const child of node.children) children.push(child);
    if (i < oldCount - 1) records.push(parent.records[first + i] as T);
  });
  const isLeaf = depth === 1;
  const separators: T[] = [];
  let taken = 0;
  let takenChildren = 0;
  const replaced = newCounts.map((count, i) => {
    if (i > 0) separators.push(records[taken++] as T);
    const own = records.slice(taken, taken + count);
    const ownChildren = isLeaf ? undefined : children.slice(takenChildren, takenChildren + count + 1);
    taken += count;
    takenChildren += count + 1;
    return edit.store(pointers[i]?.address ?? edit.allocate(), depth - 1, { records: own, children: ownChildren });
  });
  for (const { address } of pointers.slice(newCounts.length)) edit.free(address);
  return {
    records: parent.records.toSpliced(first, oldCount - 1, ...separators),
    children: parent.children.toSpliced(first, oldCount, ...replaced),
  };
}

export function countOf<T>(parent: Internal<T>, child: number): number {
  return (parent.children[child] as BTreeV2Child).recordCount;
}

/** Child `at` and its neighbours get about equally many records. C: `H5B2__redistribute2`, `H5B2__redistribute3`. */
export function redistribute<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
  const last = parent.children.length - 1;
  if (at > 0 && at < last) {
    const sum = countOf(parent, at - 1) + countOf(parent, at) + countOf(parent, at + 1);
    const middle = Math.floor(sum / 3);
    const left = Math.floor((sum - middle) / 2);
    return spread(edit, parent, depth, at - 1, 3, [left, middle, sum - middle - left]);
  }
  const first = at === 0 ? 0 : at - 1;
  const left = countOf(parent, first);
  const right = countOf(parent, first + 1);
  const half = Math.floor((left + right) / 2);
  const newLeft = left < right ? left + right - half : half;
  return spread(edit, parent, depth, first, 2, [newLeft, left + right - newLeft]);
}

/** C: `H5B2__split1`. */
export function split<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
  const count = countOf(parent, at);
  const left = Math.floor(count / 2);
  return spread(edit, parent, depth, at, 1, [left, count - left - 1]);
}

/** Of two or three children that have few records comes one less. C: `H5B2__merge2`, `H5B2__merge3`. */
export function merge<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
  const last = parent.children.length - 1;
  if (at > 0 && at < last) {
    const sum = countOf(parent, at - 1) + countOf(parent, at) + countOf(parent, at + 1) + 1;
    const left = Math.floor(sum / 2);
    return spread(edit, parent, depth, at - 1, 3, [left, sum - left]);
  }
  const first = at === 0 ? 0 : at - 1;
  return spread(edit, parent, depth, first, 2, [countOf(parent, first) + countOf(parent, first + 1) + 1]);
}

/** Whether a neighbour of child `at` has a number of records for which `accepts` is true. */
export function hasNeighbour<T>(parent: Internal<T>, at: number, accepts: (count: number) => boolean): boolean {
  const last = parent.children.length - 1;
  return (at > 0 && accepts(countOf(parent, at - 1))) || (at < last && accepts(countOf(parent, at + 1)));
}

/** Whether {@link merge} leaves nodes that are not too full, and the parent more than one child. */
export function mergedFits<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): boolean {
  const { length } = parent.children;
  if (parent.records.length < 2) return false;
  let sum = countOf(parent, at) + 1;
  if (at > 0) sum += countOf(parent, at - 1);
  if (at < length - 1) sum += countOf(parent, at + 1);
  return at > 0 && at < length - 1 ? sum <= 2 * edit.splitAt(depth - 1) : sum <= edit.splitAt(depth - 1);
}

export function isInternal<T>(node: BTreeV2Content<T>): node is Internal<T> {
  return node.children !== undefined;
}
