/**
 * A name that is new in an old-style group's B-tree: leaves and nodes that split.
 *
 * Specification: III.A.1, III.B. Reference implementation: H5B.c, `H5B_insert`; H5Gnode.c, `H5G__node_insert`.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import type { BTreeV1GroupNode } from "../format/b-tree-v1-group-node.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import { EMPTY_ROOT, type SymbolTableNodes } from "./symbol-table-nodes.ts";

/** A new node to the right, and the greatest key of what stayed on the left. */
interface Split {
  readonly address: Address;
  readonly middleKey: number;
}

/** What is to go in, and what is known of its place. */
export interface NewEntry {
  readonly name: string;
  readonly entry: SymbolTableEntry;
  /** Whether the name is known to be behind all others. */
  readonly isLast: boolean;
  /**
   * For those who have looked for it and found nothing: which child of each node from the root down it would be in, and before
   * which entry of the leaf.
   */
  readonly way: readonly number[] | undefined;
}

export function insertEntry(tree: SymbolTableNodes, added: NewEntry): void {
  const { entry } = added;
  if (tree.node(tree.rootAddress, Number.POSITIVE_INFINITY).children.length === 0) {
    const leaf = tree.newLeaf([entry]);
    tree.storeNode(tree.rootAddress, { ...EMPTY_ROOT, keys: [0, entry.linkNameOffset], children: [leaf] });
    return;
  }
  const split = insertBelow(tree, tree.rootAddress, Number.POSITIVE_INFINITY, added, 0);
  if (split !== undefined) raiseRoot(tree, split);
}

/** Of a list of keys of nodes that wait to be written. */
export function setLast(keys: number[], key: number): void {
  keys[keys.length - 1] = key;
}

function insertBelow(
  tree: SymbolTableNodes,
  address: Address,
  above: number,
  added: NewEntry,
  step: number,
): Split | undefined {
  const { name, entry, isLast, way } = added;
  const node = tree.node(address, above);
  const at = isLast ? node.children.length - 1 : (way?.[step] ?? tree.childFor(node, name));
  const child = node.children[at] as Address;
  const split =
    node.nodeLevel === 0
      ? insertIntoLeaf(tree, child, added, way?.[step + 1])
      : insertBelow(tree, child, node.nodeLevel, added, step + 1);
  const beyondLast = isLast || (at === node.children.length - 1 && tree.isBeyond(node, at, name));
  if (split === undefined && !beyondLast) return undefined;
  if (split === undefined) {
    setLastKey(tree, address, node, entry.linkNameOffset);
    return undefined;
  }
  if (isLast && node.children.length < 2 * tree.ranks.internalK && tree.storage.isDirty(address)) {
    appendChild(tree, address, node, split, entry.linkNameOffset);
    return undefined;
  }
  const keys = node.keys.slice();
  if (beyondLast) keys[at + 1] = entry.linkNameOffset;
  const children = node.children.slice();
  keys.splice(at + 1, 0, split.middleKey);
  children.splice(at + 1, 0, split.address);
  return storeOrSplit(tree, address, { ...node, keys, children }, split.address);
}

/** The children are those that the node had: nobody waits for them. */
function setLastKey(tree: SymbolTableNodes, address: Address, node: BTreeV1GroupNode, key: number): void {
  // What waits to be written was made here, and nobody else looks at it.
  if (tree.storage.isDirty(address)) setLast(node.keys as number[], key);
  else tree.storage.store(address, tree.treeCodec, withLastKey(node, key));
}

/** To a node that waits to be written, and has room. @param key - The last of all. */
function appendChild(
  tree: SymbolTableNodes,
  address: Address,
  node: BTreeV1GroupNode,
  split: Split,
  key: number,
): void {
  const keys = node.keys as number[];
  setLast(keys, split.middleKey);
  keys.push(key);
  (node.children as Address[]).push(split.address);
  tree.storage.writeBefore(split.address, address);
}

function insertIntoLeaf(
  tree: SymbolTableNodes,
  address: Address,
  { name, entry, isLast }: NewEntry,
  knownPlace: number | undefined,
): Split | undefined {
  const old = tree.storage.load(address, tree.leafCodec);
  const at = isLast ? old.length : (knownPlace ?? tree.lowerBound(old, name));
  // Lists that are made in one piece have no room that nobody needs.
  const entries = at === old.length ? [...old, entry] : [...old.slice(0, at), entry, ...old.slice(at)];
  const capacity = 2 * tree.ranks.leafK;
  if (entries.length <= capacity) {
    tree.storage.store(address, tree.leafCodec, entries);
    return undefined;
  }
  const half = tree.ranks.leafK;
  const left = entries.slice(0, half);
  tree.storage.store(address, tree.leafCodec, left);
  return {
    address: tree.newLeaf(entries.slice(half)),
    middleKey: (left[half - 1] as SymbolTableEntry).linkNameOffset,
  };
}

/** @param newChild - The one of its children that the node in the file does not point at. */
function storeOrSplit(
  tree: SymbolTableNodes,
  address: Address,
  node: BTreeV1GroupNode,
  newChild: Address,
): Split | undefined {
  if (node.children.length <= 2 * tree.ranks.internalK) {
    tree.storage.store(address, tree.treeCodec, node);
    tree.storage.writeBefore(newChild, address);
    return undefined;
  }
  const { internalK } = tree.ranks;
  // With two children a node, halves of one would give the tree a level more with each name that comes last.
  const half = internalK === 1 && node.children[2] === newChild ? 2 : internalK;
  const rightAddress = tree.storage.allocate("b-tree", tree.treeCodec.byteLength);
  const right = {
    ...node,
    leftSibling: address,
    keys: node.keys.slice(half),
    children: node.children.slice(half),
  };
  tree.storeNode(address, {
    ...node,
    rightSibling: rightAddress,
    keys: node.keys.slice(0, half + 1),
    children: node.children.slice(0, half),
  });
  tree.storeNode(rightAddress, right);
  if (node.rightSibling !== UNDEFINED_ADDRESS) {
    const next = tree.storage.load(node.rightSibling, tree.treeCodec);
    tree.storeNode(node.rightSibling, { ...next, leftSibling: rightAddress });
  }
  return { address: rightAddress, middleKey: node.keys[half] as number };
}

/** After the root has split: what is at its address moves to a new node, and the root becomes the parent of both. */
function raiseRoot(tree: SymbolTableNodes, split: Split): void {
  const left = tree.storage.load(tree.rootAddress, tree.treeCodec);
  const right = tree.storage.load(split.address, tree.treeCodec);
  const leftAddress = tree.storage.allocate("b-tree", tree.treeCodec.byteLength);
  tree.storeNode(leftAddress, left);
  tree.storeNode(split.address, { ...right, leftSibling: leftAddress });
  tree.storeNode(tree.rootAddress, {
    nodeLevel: left.nodeLevel + 1,
    leftSibling: UNDEFINED_ADDRESS,
    rightSibling: UNDEFINED_ADDRESS,
    keys: [left.keys[0] as number, split.middleKey, right.keys[right.keys.length - 1] as number],
    children: [leftAddress, split.address],
  });
}

function withLastKey({ nodeLevel, leftSibling, rightSibling, keys, children }: BTreeV1GroupNode, key: number) {
  const changed = keys.slice();
  changed[changed.length - 1] = key;
  return { nodeLevel, leftSibling, rightSibling, keys: changed, children };
}
