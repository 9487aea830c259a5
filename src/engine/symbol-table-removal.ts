/**
 * A name that goes from an old-style group's B-tree, with the leaves and nodes that it leaves empty.
 *
 * Specification: III.A.1, III.B. Reference implementation: H5B.c, `H5B_remove`; H5Gnode.c, `H5G__node_remove`.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import type { BTreeV1GroupNode } from "../format/b-tree-v1-group-node.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import { StagedNodes } from "./staged-nodes.ts";
import { EMPTY_ROOT, type Entries, type SymbolTableNodes } from "./symbol-table-nodes.ts";

interface Removal {
  readonly entry: SymbolTableEntry;
  /** Whether nothing is left in the subtree. */
  readonly emptied: boolean;
  /** Set when the greatest key of the subtree has changed. */
  readonly rightKey?: number;
}

/**
 * @param way - Where the name is, for those who have looked for it: which child of each node from the root down, and which
 *   entry of the leaf.
 * @throws FormatError where the name is not there.
 */
export function removeEntry(tree: SymbolTableNodes, name: string, way?: readonly number[]): SymbolTableEntry {
  const change = new RemovalOfName(tree, name, way);
  const entry = change.remove();
  change.commit();
  return entry;
}

class RemovalOfName {
  private readonly tree: SymbolTableNodes;
  private readonly name: string;
  private readonly way: readonly number[] | undefined;
  /** Most names leave all nodes as they are. */
  private changedNodes: StagedNodes<BTreeV1GroupNode> | undefined;
  private leaf: { readonly address: Address; readonly entries: Entries } | undefined;
  private emptyLeaf: Address | undefined;

  constructor(tree: SymbolTableNodes, name: string, way: readonly number[] | undefined) {
    this.tree = tree;
    this.name = name;
    this.way = way;
  }

  private get staged(): StagedNodes<BTreeV1GroupNode> {
    this.changedNodes ??= new StagedNodes();
    return this.changedNodes;
  }

  remove(): SymbolTableEntry {
    const { tree } = this;
    const removed = this.removeBelow(tree.rootAddress, Number.POSITIVE_INFINITY, 0);
    if (removed.emptied) this.staged.store(tree.rootAddress, EMPTY_ROOT);
    return removed.entry;
  }

  commit(): void {
    const { tree, leaf, emptyLeaf } = this;
    if (leaf !== undefined) tree.storage.store(leaf.address, tree.leafCodec, leaf.entries);
    this.changedNodes?.commit({
      store: (address, node) => tree.storeNodeWithoutNew(address, node),
      discard: (address) => tree.free(address, tree.treeCodec.byteLength),
    });
    if (emptyLeaf !== undefined) tree.free(emptyLeaf, tree.leafCodec.byteLength);
  }

  /** A node that is reached as a neighbour of another. */
  private load(address: Address): BTreeV1GroupNode {
    return this.changedNodes?.get(address) ?? this.tree.storage.load(address, this.tree.treeCodec);
  }

  private removeBelow(address: Address, above: number, step: number): Removal {
    const { tree, name } = this;
    const node = tree.node(address, above);
    const at = this.way?.[step] ?? tree.childFor(node, name);
    const child = node.children[at];
    if (child === undefined) throw tree.error(`no entry "${name}"`, address);
    const isLeaf = node.nodeLevel === 0;
    const below = isLeaf ? this.removeFromLeaf(child, step + 1) : this.removeBelow(child, node.nodeLevel, step + 1);
    return !below.emptied && below.rightKey === undefined ? below : this.changeNode(address, node, at, below);
  }

  /** A node whose child has become empty, or has another greatest key. */
  private changeNode(address: Address, node: BTreeV1GroupNode, at: number, below: Removal): Removal {
    const child = node.children[at] as Address;
    const keys = [...node.keys];
    const children = [...node.children];
    if (below.emptied) {
      children.splice(at, 1);
      keys.splice(at + 1, 1);
      this.unlinkNode(child, node.nodeLevel);
      if (children.length === 0) return { entry: below.entry, emptied: true };
    } else {
      keys[at + 1] = below.rightKey as number;
    }
    this.staged.store(address, { ...node, keys, children });
    const neighbour = children[below.emptied ? at : at + 1];
    const bound = keys[below.emptied ? at : at + 1] as number;
    if (neighbour === undefined)
      return { entry: below.entry, emptied: false, rightKey: keys[keys.length - 1] as number };
    if (node.nodeLevel > 0) this.setLeftKey(neighbour, bound);
    return { entry: below.entry, emptied: false };
  }

  private removeFromLeaf(address: Address, step: number): Removal {
    const { tree, name } = this;
    const entries = [...tree.storage.load(address, tree.leafCodec)];
    const at = this.way?.[step] ?? tree.lowerBound(entries, name);
    const entry = entries[at];
    if (entry === undefined || tree.heap.compare(name, entry.linkNameOffset) !== 0)
      throw tree.error(`no entry "${name}"`, address);
    entries.splice(at, 1);
    const last = entries[entries.length - 1];
    if (last === undefined) return { entry, emptied: true };
    this.leaf = { address, entries };
    return at === entries.length ? { entry, emptied: false, rightKey: last.linkNameOffset } : { entry, emptied: false };
  }

  /** Frees an empty leaf or node; a node's siblings are joined. */
  private unlinkNode(address: Address, parentLevel: number): void {
    if (parentLevel === 0) {
      this.emptyLeaf = address;
      return;
    }
    const { leftSibling, rightSibling } = this.load(address);
    if (leftSibling !== UNDEFINED_ADDRESS) {
      this.staged.store(leftSibling, { ...this.load(leftSibling), rightSibling });
    }
    if (rightSibling !== UNDEFINED_ADDRESS) {
      this.staged.store(rightSibling, { ...this.load(rightSibling), leftSibling });
    }
    this.staged.discard(address);
  }

  /** The least key of a node is the greatest of its left neighbour: it follows when that changes. */
  private setLeftKey(address: Address, key: number): void {
    const node = this.load(address);
    this.staged.store(address, { ...node, keys: [key, ...node.keys.slice(1)] });
    const first = node.children[0];
    if (node.nodeLevel > 0 && first !== undefined) this.setLeftKey(first, key);
  }
}
