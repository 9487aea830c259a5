/**
 * Removing from a chunk B-tree, version 1.
 *
 * As in the C library nodes are not merged: one that has become empty is taken out, and a root with a single child takes
 * over that child's content. Reference implementation: H5B.c, `H5B_remove`.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { BTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import { StagedNodes } from "../staged-nodes.ts";
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
  const change = new RemovalOfChunk(nodes);
  change.remove(root, offsets);
  change.commit();
}

class RemovalOfChunk {
  private readonly nodes: BTreeV1Nodes;
  private readonly staged = new StagedNodes<BTreeV1ChunkNode>();

  constructor(nodes: BTreeV1Nodes) {
    this.nodes = nodes;
  }

  remove(root: Address, offsets: readonly number[]): void {
    const removal = this.removeBelow(root, undefined, offsets);
    if (removal === "emptied") this.staged.store(root, emptyNode(this.nodes.dimensionality));
    else if (removal === "removed") this.lowerRoot(root);
  }

  commit(): void {
    this.staged.commit(this.nodes);
  }

  private load(address: Address, parent?: BTreeV1ChunkNode): BTreeV1ChunkNode {
    return this.staged.get(address) ?? this.nodes.load(address, parent);
  }

  private loadSibling(address: Address): BTreeV1ChunkNode {
    return this.staged.get(address) ?? this.nodes.loadSibling(address);
  }

  private removeBelow(address: Address, parent: BTreeV1ChunkNode | undefined, offsets: readonly number[]): Removal {
    const { staged } = this;
    const node = this.load(address, parent);
    const i = childFor(node, offsets);
    if (i < 0) return "absent";
    if (node.nodeLevel === 0) {
      return compareKey(node, i, offsets) === 0 ? this.dropEntry(address, node, i) : "absent";
    }
    const child = node.children[i] as Address;
    const removal = this.removeBelow(child, node, offsets);
    if (removal === "absent") return removal;
    if (removal === "emptied") {
      staged.discard(child);
      return this.dropEntry(address, node, i);
    }
    const first = keyAt(this.load(child, node), 0);
    if (compareKey(node, i, first.offsets) !== 0) this.storeFrom(address, withKey(node, i, first), i);
    return "removed";
  }

  /** A node that becomes empty leaves the chain of its level; its parent discards it. */
  private dropEntry(address: Address, node: BTreeV1ChunkNode, i: number): Removal {
    if (node.children.length === 1) {
      this.unlink(node);
      return "emptied";
    }
    this.storeFrom(address, withoutEntry(node, i), i);
    return "removed";
  }

  /** Stores a node whose entry `i` has changed: where that is the first one, its left sibling now ends there. */
  private storeFrom(address: Address, node: BTreeV1ChunkNode, i: number): void {
    this.staged.store(address, node);
    if (i === 0 && isDefined(node.leftSibling)) this.endAt(node.leftSibling, keyAt(node, 0), address);
  }

  private endAt(address: Address, bound: ChunkKey, rightSibling: Address): void {
    const node = this.loadSibling(address);
    this.staged.store(address, { ...withKey(node, node.children.length, bound), rightSibling });
  }

  /** The left sibling of an empty node ends where that ended. */
  private unlink(node: BTreeV1ChunkNode): void {
    const { leftSibling, rightSibling } = node;
    if (isDefined(leftSibling)) this.endAt(leftSibling, boundOf(node), rightSibling);
    if (isDefined(rightSibling)) {
      this.staged.store(rightSibling, { ...this.loadSibling(rightSibling), leftSibling });
    }
  }

  /** As long as the root has a single child, it takes over the child's content. */
  private lowerRoot(root: Address): void {
    let node = this.load(root);
    while (node.nodeLevel > 0 && node.children.length === 1) {
      const child = node.children[0] as Address;
      node = { ...this.load(child, node), leftSibling: UNDEFINED_ADDRESS, rightSibling: UNDEFINED_ADDRESS };
      this.staged.store(root, node);
      this.staged.discard(child);
    }
  }
}
