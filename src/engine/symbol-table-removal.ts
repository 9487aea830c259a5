/**
 * A name that goes from an old-style group's B-tree, with the leaves and nodes that it leaves empty.
 *
 * Specification: III.A.1, III.B. Reference implementation: H5B.c, `H5B_remove`; H5Gnode.c, `H5G__node_remove`.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import { emptyRoot, type SymbolTableNodes } from "./symbol-table-nodes.ts";

interface Removal {
  readonly entry: SymbolTableEntry;
  /** Whether nothing is left in the subtree. */
  readonly emptied: boolean;
  /** Set when the greatest key of the subtree has changed. */
  readonly rightKey?: number;
}

/** @throws FormatError where the name is not there. */
export function removeEntry(tree: SymbolTableNodes, name: string): SymbolTableEntry {
  const removed = removeBelow(tree, tree.rootAddress, Number.POSITIVE_INFINITY, name);
  if (removed.emptied) tree.storeNode(tree.rootAddress, emptyRoot());
  return removed.entry;
}

function removeBelow(tree: SymbolTableNodes, address: Address, above: number, name: string): Removal {
  const node = tree.node(address, above);
  const at = tree.childFor(node, name);
  const child = node.children[at];
  if (child === undefined) throw tree.error(`no entry "${name}"`, address);
  const below =
    node.nodeLevel === 0 ? removeFromLeaf(tree, child, name) : removeBelow(tree, child, node.nodeLevel, name);
  if (!below.emptied && below.rightKey === undefined) return below;

  const keys = [...node.keys];
  const children = [...node.children];
  if (below.emptied) {
    children.splice(at, 1);
    keys.splice(at + 1, 1);
    unlinkNode(tree, child, node.nodeLevel);
    if (children.length === 0) return { entry: below.entry, emptied: true };
  } else {
    keys[at + 1] = below.rightKey as number;
  }
  tree.storeNode(address, { ...node, keys, children });
  const neighbour = children[below.emptied ? at : at + 1];
  const bound = keys[below.emptied ? at : at + 1] as number;
  if (neighbour === undefined) return { entry: below.entry, emptied: false, rightKey: keys[keys.length - 1] as number };
  if (node.nodeLevel > 0) setLeftKey(tree, neighbour, bound);
  return { entry: below.entry, emptied: false };
}

function removeFromLeaf(tree: SymbolTableNodes, address: Address, name: string): Removal {
  const entries = [...tree.storage.load(address, tree.leafCodec)];
  const at = tree.lowerBound(entries, name);
  const entry = entries[at];
  if (entry === undefined || tree.heap.compare(name, entry.linkNameOffset) !== 0)
    throw tree.error(`no entry "${name}"`, address);
  entries.splice(at, 1);
  const last = entries[entries.length - 1];
  if (last === undefined) return { entry, emptied: true };
  tree.storage.store(address, tree.leafCodec, entries);
  return at === entries.length ? { entry, emptied: false, rightKey: last.linkNameOffset } : { entry, emptied: false };
}

/** Frees an empty leaf or node; a node's siblings are joined. */
function unlinkNode(tree: SymbolTableNodes, address: Address, parentLevel: number): void {
  if (parentLevel === 0) {
    tree.free(address, tree.leafCodec.byteLength);
    return;
  }
  const node = tree.storage.load(address, tree.treeCodec);
  if (node.leftSibling !== UNDEFINED_ADDRESS) {
    const left = tree.storage.load(node.leftSibling, tree.treeCodec);
    tree.storeNode(node.leftSibling, { ...left, rightSibling: node.rightSibling });
  }
  if (node.rightSibling !== UNDEFINED_ADDRESS) {
    const right = tree.storage.load(node.rightSibling, tree.treeCodec);
    tree.storeNode(node.rightSibling, { ...right, leftSibling: node.leftSibling });
  }
  tree.free(address, tree.treeCodec.byteLength);
}

/** The least key of a node is the greatest of its left neighbour: it follows when that changes. */
function setLeftKey(tree: SymbolTableNodes, address: Address, key: number): void {
  const node = tree.storage.load(address, tree.treeCodec);
  tree.storeNode(address, { ...node, keys: [key, ...node.keys.slice(1)] });
  const first = node.children[0];
  if (node.nodeLevel > 0 && first !== undefined) setLeftKey(tree, first, key);
}
