/**
 * Inserting into a chunk B-tree, version 1.
 *
 * The root keeps its address for life, because the layout message points at it: when it is divided, its content moves. All
 * keys stay exact: a parent's key is the first key of its child, and the last key of a node the first of its right
 * sibling. Reference implementation: H5B.c, `H5B_insert`.
 */
import { type Address, isDefined } from "../../base/address.ts";
import type { BTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import {
  boundOf,
  type ChunkKey,
  childFor,
  compareKey,
  divide,
  emptyNode,
  keyAt,
  leftCountOfSplit,
  withChild,
  withEntry,
  withKey,
} from "./b-tree-v1-entries.ts";
import type { BTreeV1Nodes } from "./b-tree-v1-nodes.ts";

/** A right half, with its first key. */
interface Split {
  readonly key: ChunkKey;
  readonly address: Address;
}

/** Adds a chunk, or replaces what the tree says of it. */
export function insertChunk(nodes: BTreeV1Nodes, root: Address, key: ChunkKey, chunk: Address): void {
  const split = insertBelow(nodes, root, undefined, key, chunk, undefined);
  if (split !== undefined) growRoot(nodes, root, split);
}

/**
 * Inserts into the subtree at `address`.
 *
 * @param upper - First key of what follows the subtree, if anything does.
 * @returns the right half, where the node had to be divided.
 */
function insertBelow(
  nodes: BTreeV1Nodes,
  address: Address,
  parent: BTreeV1ChunkNode | undefined,
  key: ChunkKey,
  chunk: Address,
  upper: ChunkKey | undefined,
): Split | undefined {
  const node = nodes.load(address, parent);
  const found = childFor(node, key.offsets);
  if (node.nodeLevel === 0) {
    if (found >= 0 && compareKey(node, found, key.offsets) === 0) {
      nodes.store(address, withChild(withKey(node, found, key), found, chunk));
      return undefined;
    }
    return addEntry(nodes, address, raiseBound(nodes, node, key.offsets, upper), found + 1, key, chunk);
  }
  const i = Math.max(found, 0);
  const child = node.children[i] as Address;
  const isLast = i + 1 === node.children.length;
  const split = insertBelow(nodes, child, node, key, chunk, isLast ? upper : keyAt(node, i + 1));
  const first = keyAt(nodes.load(child, node), 0);
  const started = compareKey(node, i, first.offsets) === 0 ? node : withKey(node, i, first);
  const changed = isLast ? raiseBound(nodes, started, key.offsets, upper) : started;
  if (split !== undefined) {
    nodes.order(split.address, address);
    return addEntry(nodes, address, changed, i + 1, split.key, split.address);
  }
  if (changed !== node) nodes.store(address, changed);
  return undefined;
}

/** The last key must be above all chunks. At the end of the tree it is one chunk further in every dimension. */
function raiseBound(
  nodes: BTreeV1Nodes,
  node: BTreeV1ChunkNode,
  offsets: readonly number[],
  upper: ChunkKey | undefined,
): BTreeV1ChunkNode {
  const last = node.children.length;
  if (last > 0 && compareKey(node, last, offsets) > 0) return node;
  const beyond = offsets.map((offset, d) => offset + (nodes.steps[d] as number));
  return withKey(node, last, upper ?? { chunkByteLength: 0, filterMask: 0, offsets: beyond });
}

/** Puts an entry into a node, which is divided first if it is full. */
function addEntry(
  nodes: BTreeV1Nodes,
  address: Address,
  node: BTreeV1ChunkNode,
  at: number,
  key: ChunkKey,
  child: Address,
): Split | undefined {
  if (node.children.length < nodes.maxChildren) {
    nodes.store(address, withEntry(node, at, key, child));
    return undefined;
  }
  const [left, right] = dividedWith(nodes, node, at, key, child);
  const rightAddress = nodes.allocate();
  nodes.store(rightAddress, { ...right, leftSibling: address });
  nodes.store(address, { ...left, rightSibling: rightAddress });
  if (isDefined(node.rightSibling)) {
    nodes.store(node.rightSibling, { ...nodes.loadSibling(node.rightSibling), leftSibling: rightAddress });
    nodes.order(rightAddress, node.rightSibling);
  }
  nodes.order(rightAddress, address);
  return { key: keyAt(right, 0), address: rightAddress };
}

/** The two halves of a full node, one of them with another entry. */
function dividedWith(
  { maxChildren }: BTreeV1Nodes,
  node: BTreeV1ChunkNode,
  at: number,
  key: ChunkKey,
  child: Address,
): [BTreeV1ChunkNode, BTreeV1ChunkNode] {
  // Of nodes that are divided into ones a tree has as many levels as entries, and ends in the C library with 256. So entries in
  // order leave full nodes behind.
  if (maxChildren === 2) return divide(withEntry(node, at, key, child), at === 2 ? 2 : 1);
  const [left, right] = divide(node, leftCountOfSplit(node));
  // An entry for the gap belongs to the side of the one before it.
  if (at <= left.children.length) return [withEntry(left, at, key, child), right];
  return [left, withEntry(right, at - left.children.length, key, child)];
}

/** The root was divided: its left half moves to a new node, and the root becomes the parent of both. */
function growRoot(nodes: BTreeV1Nodes, root: Address, split: Split): void {
  const left = nodes.load(root);
  const right = nodes.load(split.address);
  const leftAddress = nodes.allocate();
  nodes.store(leftAddress, left);
  nodes.store(split.address, { ...right, leftSibling: leftAddress });
  const bare = withKey(emptyNode(left.dimensionality), 0, boundOf(right));
  const both = withEntry(withEntry(bare, 0, keyAt(left, 0), leftAddress), 1, split.key, split.address);
  nodes.store(root, { ...both, nodeLevel: left.nodeLevel + 1 });
  nodes.order(leftAddress, root);
  nodes.order(split.address, root);
}
