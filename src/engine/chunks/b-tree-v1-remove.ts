/**
 * Removing from a chunk B-tree, version 1.
 *
 * As in the C library nodes are not merged: one that has become empty is taken out, and a root with a single child takes
 * over that child's content. Reference implementation: H5B.c, `H5B_remove`.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { BTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import {
  boundOf,
  type ChunkKey,
  childFor,
  compareKey,
  emptyNode,
  keyAt,
  withKey,
  withoutEntry,
} from "./b-tree-v1-entries.ts";
import type { BTreeV1Nodes } from "./b-tree-v1-nodes.ts";

/** What became of a node from which a chunk was removed. */
type Removal = "absent" | "removed" | "emptied";

/** Takes a chunk out of the tree; nothing happens if it is not there. An empty tree keeps its root. */
export function removeChunk(nodes: BTreeV1Nodes, root: Address, offsets: readonly number[]): void {
  const removal = removeBelow(nodes, root, undefined, offsets);
  if (removal === "emptied") nodes.store(root, emptyNode(nodes.dimensionality));
  else if (removal === "removed") lowerRoot(nodes, root);
}

function removeBelow(
  nodes: BTreeV1Nodes,
  address: Address,
  parent: BTreeV1ChunkNode | undefined,
  offsets: readonly number[],
): Removal {
  const node = nodes.load(address, parent);
  const i = childFor(node, offsets);
  if (i < 0) return "absent";
  if (node.nodeLevel === 0) {
    return compareKey(node, i, offsets) === 0 ? dropEntry(nodes, address, node, i) : "absent";
  }
  const child = node.children[i] as Address;
  const removal = removeBelow(nodes, child, node, offsets);
  if (removal === "absent") return removal;
  if (removal === "emptied") {
    nodes.discard(child);
    return dropEntry(nodes, address, node, i);
  }
  const first = keyAt(nodes.load(child, node), 0);
  if (compareKey(node, i, first.offsets) !== 0) {
    nodes.order(child, address);
    storeFrom(nodes, address, withKey(node, i, first), i);
  }
  return "removed";
}

/** A node that becomes empty leaves the chain of its level; its parent discards it. */
function dropEntry(nodes: BTreeV1Nodes, address: Address, node: BTreeV1ChunkNode, i: number): Removal {
  if (node.children.length === 1) {
    unlink(nodes, node);
    return "emptied";
  }
  storeFrom(nodes, address, withoutEntry(node, i), i);
  return "removed";
}

/** Stores a node whose entry `i` has changed: where that is the first one, its left sibling now ends there. */
function storeFrom(nodes: BTreeV1Nodes, address: Address, node: BTreeV1ChunkNode, i: number): void {
  nodes.store(address, node);
  if (i === 0 && isDefined(node.leftSibling)) endAt(nodes, node.leftSibling, keyAt(node, 0), address);
}

function endAt(nodes: BTreeV1Nodes, address: Address, bound: ChunkKey, rightSibling: Address): void {
  const node = nodes.loadSibling(address);
  nodes.store(address, { ...withKey(node, node.children.length, bound), rightSibling });
}

/** The left sibling of an empty node ends where that ended. */
function unlink(nodes: BTreeV1Nodes, node: BTreeV1ChunkNode): void {
  const { leftSibling, rightSibling } = node;
  if (isDefined(leftSibling)) endAt(nodes, leftSibling, boundOf(node), rightSibling);
  if (isDefined(rightSibling)) nodes.store(rightSibling, { ...nodes.loadSibling(rightSibling), leftSibling });
}

/** As long as the root has a single child, it takes over the child's content. */
function lowerRoot(nodes: BTreeV1Nodes, root: Address): void {
  let node = nodes.load(root);
  while (node.nodeLevel > 0 && node.children.length === 1) {
    const child = node.children[0] as Address;
    node = { ...nodes.load(child, node), leftSibling: UNDEFINED_ADDRESS, rightSibling: UNDEFINED_ADDRESS };
    nodes.store(root, node);
    nodes.discard(child);
  }
}
