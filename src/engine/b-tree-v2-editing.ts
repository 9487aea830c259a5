/**
 * Inserting into and removing from a version 2 B-tree.
 *
 * Specification: III.A.2. Reference implementation: H5B2.c, H5B2int.c, H5B2leaf.c. On the way down, a full child is relieved
 * before it is entered (records move to its neighbours, or it is split), and so is, for a removal, one that has few (records
 * come from its neighbours, or it is merged with them); so nothing has to be repaired on the way back. The same insertions
 * and removals give the same nodes as in the C library.
 */
import type { Address } from "../base/address.ts";
import type { BTreeV2Child } from "../format/b-tree-v2.ts";
import {
  countOf,
  hasNeighbour,
  type Internal,
  isInternal,
  merge,
  mergedFits,
  redistribute,
  split,
} from "./b-tree-v2-balance.ts";
import { type Edit, edit, type PreparedEdit, prepareEdit, rehearse } from "./b-tree-v2-edit.ts";
import type { BTreeV2Nodes } from "./b-tree-v2-nodes.ts";
import { type RecordOrder, searchRecords } from "./b-tree-v2-search.ts";

/** How often an insertion or removal tries to move records before it splits or merges. */
const REDISTRIBUTIONS = 2;

/** Adds a record that is not in the tree. */
export function insertRecord<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): void {
  edit(nodes, (edit) => insertFromRoot(edit, record, order));
}

function insertFromRoot<T>(edit: Edit<T>, record: T, order: RecordOrder<T>): void {
  const { root } = edit;
  if (root === undefined) {
    edit.setRoot(edit.store(edit.allocate(), 0, { records: [record], children: undefined }), 0);
    return;
  }
  const { depth } = edit.header;
  if (root.recordCount < edit.splitAt(depth)) {
    edit.setRoot(insertBelow(edit, root, depth, record, order), depth);
    return;
  }
  const grown = split(edit, { records: [], children: [root] }, depth + 1, 0);
  const newRoot = edit.store(edit.allocate(), depth + 1, grown);
  edit.setRoot(insertBelow(edit, newRoot, depth + 1, record, order), depth + 1);
}

/** Puts a record in the place of one that compares equal, or adds it. */
export function putRecord<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): void {
  const replacement = prepareReplacement(nodes, record, order);
  if (replacement !== undefined) {
    replacement.commit();
    return;
  }
  edit(nodes, (edit) => {
    const { root } = edit;
    const { depth } = edit.header;
    const inserted = root === undefined ? undefined : insertWhereRoom(edit, root, depth, record, order);
    if (inserted === undefined) insertFromRoot(edit, record, order);
    else edit.setRoot(inserted, depth);
  });
}

/**
 * Inserts without relieving more nodes than it must: if the leaf is full, only from the lowest node above it that has room
 * for what this may bring. `undefined` when there is none. C: `H5B2__update_internal`.
 */
function insertWhereRoom<T>(
  edit: Edit<T>,
  pointer: BTreeV2Child,
  depth: number,
  record: T,
  order: RecordOrder<T>,
): BTreeV2Child | undefined {
  const node = edit.load(pointer, depth);
  const isFull = node.records.length >= edit.splitAt(depth);
  if (!isInternal(node)) return isFull ? undefined : insertBelow(edit, pointer, depth, record, order);
  const { at } = searchRecords(node.records, order);
  const child = insertWhereRoom(edit, node.children[at] as BTreeV2Child, depth - 1, record, order);
  if (child === undefined) {
    // A neighbour as full as that may leave no choice but a split, which needs room here.
    const close = edit.splitAt(depth - 1) - 1;
    if (isFull && hasNeighbour(node, at, (count) => count >= close)) return undefined;
    return insertInInternal(edit, pointer.address, node, depth, record, order);
  }
  edit.order(child.address, pointer.address);
  return edit.store(pointer.address, depth, { records: node.records, children: node.children.with(at, child) });
}

/** Inserts into the subtree at `pointer`, which has room, and returns what its parent is to say of it. */
function insertBelow<T>(
  edit: Edit<T>,
  pointer: BTreeV2Child,
  depth: number,
  record: T,
  order: RecordOrder<T>,
): BTreeV2Child {
  const node = edit.load(pointer, depth);
  if (isInternal(node)) return insertInInternal(edit, pointer.address, node, depth, record, order);
  const { at } = searchRecords(node.records, order);
  return edit.store(pointer.address, 0, { records: node.records.toSpliced(at, 0, record), children: undefined });
}

function insertInInternal<T>(
  edit: Edit<T>,
  address: Address,
  given: Internal<T>,
  depth: number,
  record: T,
  order: RecordOrder<T>,
): BTreeV2Child {
  let node = given;
  let { at } = searchRecords(node.records, order);
  const full = edit.splitAt(depth - 1);
  for (let retries = REDISTRIBUTIONS; countOf(node, at) >= full; retries--) {
    const canMove = retries > 0 && hasNeighbour(node, at, (count) => count < full);
    node = canMove ? redistribute(edit, node, depth, at) : split(edit, node, depth, at);
    at = searchRecords(node.records, order).at;
  }
  const child = insertBelow(edit, node.children[at] as BTreeV2Child, depth - 1, record, order);
  edit.order(child.address, address);
  return edit.store(address, depth, { records: node.records, children: node.children.with(at, child) });
}

/** Puts a record in the place of the one that `order` finds; undefined where there is none. */
export function prepareReplacement<T>(
  nodes: BTreeV2Nodes<T>,
  record: T,
  order: RecordOrder<T>,
): PreparedEdit | undefined {
  const { header } = nodes;
  let pointer = nodes.root;
  for (let { depth } = header; pointer !== undefined; depth--) {
    const { records, children } = nodes.load(pointer, depth);
    const { at, found } = searchRecords(records, order);
    if (found) {
      const { address } = pointer;
      const level = depth;
      if (nodes.storage.isSeen(address)) return prepareInCopies(nodes, record, order);
      const commit = (): void => nodes.store(address, level, { records: records.with(at, record), children }, header);
      return { commit, abandon: () => undefined };
    }
    pointer = children?.[at];
  }
  return undefined;
}

/** The same where the node cannot be changed in its place: its parents learn of the new one. */
function prepareInCopies<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): PreparedEdit {
  return prepareEdit(nodes, (edit) => {
    const { depth } = edit.header;
    edit.setRoot(replaceBelow(edit, edit.root as BTreeV2Child, depth, record, order), depth);
  });
}

function replaceBelow<T>(
  edit: Edit<T>,
  pointer: BTreeV2Child,
  depth: number,
  record: T,
  order: RecordOrder<T>,
): BTreeV2Child {
  const { records, children } = edit.load(pointer, depth);
  const { at, found } = searchRecords(records, order);
  if (found) return edit.store(pointer.address, depth, { records: records.with(at, record), children });
  const child = replaceBelow(edit, children?.[at] as BTreeV2Child, depth - 1, record, order);
  edit.order(child.address, pointer.address);
  return edit.store(pointer.address, depth, { records, children: children?.with(at, child) });
}

/** Removes the record that `order` finds, which must be in the tree. */
export function prepareRemoval<T>(nodes: BTreeV2Nodes<T>, order: RecordOrder<T>): PreparedEdit {
  return prepareEdit(nodes, (edit) => {
    removeFromRoot(edit, order);
  });
}

/** Removes what `order` finds and adds another record, with a place of its own. */
export function prepareMove<T>(
  nodes: BTreeV2Nodes<T>,
  order: RecordOrder<T>,
  record: T,
  newOrder: RecordOrder<T>,
): PreparedEdit {
  return prepareEdit(nodes, (edit) => {
    removeFromRoot(edit, order);
    insertFromRoot(edit, record, newOrder);
  });
}

function removeFromRoot<T>(edit: Edit<T>, order: RecordOrder<T>): T {
  let root = edit.root as BTreeV2Child;
  let { depth } = edit.header;
  for (let node = edit.load(root, depth); isInternal(node) && canCollapse(edit, node, depth); depth--) {
    const merged = merge(edit, node, depth, 0);
    edit.free(root.address);
    root = merged.children[0] as BTreeV2Child;
    node = edit.load(root, depth - 1);
  }
  const { pointer, removed } = removeBelow(edit, root, depth, order);
  if (pointer.totalRecordCount > 0) edit.setRoot(pointer, depth);
  else {
    edit.free(pointer.address);
    edit.setRoot(undefined, 0);
  }
  return removed;
}

/** Loads every node that {@link insertRecord} would. */
export function rehearseInsertion<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): void {
  rehearse(nodes, (edit) => insertFromRoot(edit, record, order));
}

/** Loads every node that removing these would, one after the other. */
export function rehearseRemovals<T>(nodes: BTreeV2Nodes<T>, orders: readonly RecordOrder<T>[]): void {
  rehearse(nodes, (edit) => {
    for (const order of orders) removeFromRoot(edit, order);
  });
}

/** Whether the root and its two children fit one node that is not full. */
function canCollapse<T>(edit: Edit<T>, root: Internal<T>, depth: number): boolean {
  if (root.records.length !== 1) return false;
  return countOf(root, 0) + countOf(root, 1) <= 2 * edit.mergeAt(depth - 1) + 1;
}

interface Removal<T> {
  /** What the parent is to say of the subtree. */
  readonly pointer: BTreeV2Child;
  readonly removed: T;
}

/** Removes from the subtree at `pointer`: what `order` finds or, without it, the first record. */
function removeBelow<T>(
  edit: Edit<T>,
  pointer: BTreeV2Child,
  depth: number,
  order: RecordOrder<T> | undefined,
): Removal<T> {
  const node = edit.load(pointer, depth);
  const { address } = pointer;
  if (isInternal(node)) return removeFromInternal(edit, address, node, depth, order);
  const at = order === undefined ? 0 : searchRecords(node.records, order).at;
  const stored = edit.store(address, 0, { records: node.records.toSpliced(at, 1), children: undefined });
  return { pointer: stored, removed: node.records[at] as T };
}

/** Which child a removal goes into, and whether the record before that child is the one to remove. */
function descent<T>(node: Internal<T>, order: RecordOrder<T> | undefined): { at: number; found: boolean } {
  if (order === undefined) return { at: 0, found: false };
  const { at, found } = searchRecords(node.records, order);
  return { at: found ? at + 1 : at, found };
}

/** A record of an internal node changes places with the one that follows it, which is in a leaf. */
function removeFromInternal<T>(
  edit: Edit<T>,
  address: Address,
  given: Internal<T>,
  depth: number,
  order: RecordOrder<T> | undefined,
): Removal<T> {
  let node = given;
  let { at, found } = descent(node, order);
  const few = edit.mergeAt(depth - 1);
  for (let retries = REDISTRIBUTIONS; countOf(node, at) <= few; retries--) {
    const canMove = hasNeighbour(node, at, (count) => count > few);
    if (retries > 0 && canMove) node = redistribute(edit, node, depth, at);
    else if (mergedFits(edit, node, depth, at)) node = merge(edit, node, depth, at);
    else break;
    ({ at, found } = descent(node, order));
  }
  const below = removeBelow(edit, node.children[at] as BTreeV2Child, depth - 1, found ? undefined : order);
  edit.order(below.pointer.address, address);
  const records = found ? node.records.with(at - 1, below.removed) : node.records;
  const removed = found ? (node.records[at - 1] as T) : below.removed;
  const stored = edit.store(address, depth, { records, children: node.children.with(at, below.pointer) });
  return { pointer: stored, removed };
}
