/**
 * Keys and children of a version 1 B-tree chunk node: finding, adding, taking away, dividing. Nodes are values, so every
 * change gives a new one.
 *
 * Specification: III.A.1, "Version 1 B-trees". Reference implementation: H5B.c, H5Dbtree.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { BTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import { currentChunkTransfer } from "./chunk-transfer.ts";

/** One key, by itself. */
export interface ChunkKey {
  readonly chunkByteLength: number;
  readonly filterMask: number;
  /** In elements, and the last one, within the element, in bytes. */
  readonly offsets: readonly number[];
}

export function emptyNode(dimensionality: number): BTreeV1ChunkNode {
  return {
    nodeLevel: 0,
    leftSibling: UNDEFINED_ADDRESS,
    rightSibling: UNDEFINED_ADDRESS,
    dimensionality,
    chunkByteLengths: [0],
    filterMasks: [0],
    offsets: new Array<number>(dimensionality).fill(0),
    children: [],
  };
}

export function keyAt(node: BTreeV1ChunkNode, i: number): ChunkKey {
  const { dimensionality } = node;
  return {
    chunkByteLength: node.chunkByteLengths[i] as number,
    filterMask: node.filterMasks[i] as number,
    offsets: node.offsets.slice(i * dimensionality, (i + 1) * dimensionality),
  };
}

/** The last key: everything in the node is below it. */
export function boundOf(node: BTreeV1ChunkNode): ChunkKey {
  return keyAt(node, node.children.length);
}

/** Order of key `i` and some offsets, slowest dimension first: negative, zero or positive. */
export function compareKey(node: BTreeV1ChunkNode, i: number, offsets: readonly number[]): number {
  const { dimensionality } = node;
  const start = i * dimensionality;
  for (let d = 0; d < dimensionality; d++) {
    const difference = (node.offsets[start + d] as number) - (offsets[d] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The last child whose key is not above `offsets`; -1 when all are. */
export function childFor(node: BTreeV1ChunkNode, offsets: readonly number[]): number {
  let low = 0;
  let high = node.children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKey(node, middle, offsets) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function withKey(node: BTreeV1ChunkNode, i: number, key: ChunkKey): BTreeV1ChunkNode {
  const chunkByteLengths = node.chunkByteLengths.slice();
  const filterMasks = node.filterMasks.slice();
  const offsets = node.offsets.slice();
  chunkByteLengths[i] = key.chunkByteLength;
  filterMasks[i] = key.filterMask;
  for (let d = 0; d < node.dimensionality; d++) offsets[i * node.dimensionality + d] = key.offsets[d] as number;
  return { ...node, chunkByteLengths, filterMasks, offsets };
}

/** Key and child become number `at`; those from there on move up. The last key stays the last. */
export function withEntry(node: BTreeV1ChunkNode, at: number, key: ChunkKey, child: Address): BTreeV1ChunkNode {
  const { dimensionality } = node;
  return {
    ...node,
    chunkByteLengths: node.chunkByteLengths.toSpliced(at, 0, key.chunkByteLength),
    filterMasks: node.filterMasks.toSpliced(at, 0, key.filterMask),
    offsets: node.offsets.toSpliced(at * dimensionality, 0, ...key.offsets),
    children: node.children.toSpliced(at, 0, child),
  };
}

/** Without key and child number `at`. The last key stays the last. */
export function withoutEntry(node: BTreeV1ChunkNode, at: number): BTreeV1ChunkNode {
  const { dimensionality } = node;
  return {
    ...node,
    chunkByteLengths: node.chunkByteLengths.toSpliced(at, 1),
    filterMasks: node.filterMasks.toSpliced(at, 1),
    offsets: node.offsets.toSpliced(at * dimensionality, dimensionality),
    children: node.children.toSpliced(at, 1),
  };
}

export function withChild(node: BTreeV1ChunkNode, at: number, child: Address): BTreeV1ChunkNode {
  return { ...node, children: node.children.with(at, child) };
}

/** Entries `from` up to `to` and the key behind them; siblings as they were. */
function part(node: BTreeV1ChunkNode, from: number, to: number): BTreeV1ChunkNode {
  return {
    ...node,
    chunkByteLengths: node.chunkByteLengths.slice(from, to + 1),
    filterMasks: node.filterMasks.slice(from, to + 1),
    offsets: node.offsets.slice(from * node.dimensionality, (to + 1) * node.dimensionality),
    children: node.children.slice(from, to),
  };
}

/** Both have the siblings of the node that was divided; the caller links them. */
export function divide(node: BTreeV1ChunkNode, leftCount: number): [BTreeV1ChunkNode, BTreeV1ChunkNode] {
  return [part(node, 0, leftCount), part(node, leftCount, node.children.length)];
}

/** How many of a full node's children stay on the left. C: `H5B__split`, `H5Pset_btree_ratios`. */
export function leftCountOfSplit(node: BTreeV1ChunkNode): number {
  const count = node.children.length;
  const [leftmost, middle, rightmost] = currentChunkTransfer().splitRatios;
  let ratio = middle;
  if (node.rightSibling === UNDEFINED_ADDRESS) ratio = rightmost;
  else if (node.leftSibling === UNDEFINED_ADDRESS) ratio = leftmost;
  return Math.max(1, Math.min(count - 1, Math.floor(count * ratio)));
}
