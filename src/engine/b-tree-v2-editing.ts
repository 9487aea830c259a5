/**
 * Inserting into and removing from a version 2 B-tree.
 *
 * Specification: III.A.2. Reference implementation: H5B2.c, H5B2int.c, H5B2leaf.c. On the way down, a full child is relieved
 * before it is entered (records move to its neighbours, or it is split), and so is, for a removal, one that has few (records
 * come from its neighbours, or it is merged with them); so nothing has to be repaired on the way back. The same insertions
 * and removals give the same nodes as in the C library.
 *
 * An edit collects what it changes and stores it at its end: when something cannot be read, nothing was changed.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { UnsupportedError } from "../base/errors.ts";
import type { BTreeV2Child, BTreeV2Header } from "../format/b-tree-v2.ts";
import type { BTreeV2Node, BTreeV2Nodes } from "./b-tree-v2-nodes.ts";
import { type RecordOrder, searchRecords } from "./b-tree-v2-search.ts";

/** How often an insertion or removal tries to move records before it splits or merges. */
const REDISTRIBUTIONS = 2;
/** Fewer records in a node could be neither split nor merged. */
const LEAST_CAPACITY = 3;

/** One change of a tree. */
class Edit<T> {
  header: BTreeV2Header;
  private readonly nodes: BTreeV2Nodes<T>;
  private readonly changed = new Map<Address, { readonly depth: number; readonly node: BTreeV2Node<T> }>();
  private readonly orders: { readonly child: Address; readonly parent: Address }[] = [];
  private readonly allocated: Address[] = [];
  private readonly freed: Address[] = [];

  constructor(nodes: BTreeV2Nodes<T>) {
    this.nodes = nodes;
    this.header = nodes.header;
  }

  get root(): BTreeV2Child | undefined {
    const { rootAddress, rootRecordCount, totalRecordCount } = this.header;
    if (rootAddress === UNDEFINED_ADDRESS) return undefined;
    return { address: rootAddress, recordCount: rootRecordCount, totalRecordCount };
  }

  load(pointer: BTreeV2Child, depth: number): BTreeV2Node<T> {
    return this.changed.get(pointer.address)?.node ?? this.nodes.load(pointer, depth);
  }

  store(address: Address, depth: number, node: BTreeV2Node<T>): BTreeV2Child {
    this.changed.set(address, { depth, node });
    const { records, children } = node;
    let totalRecordCount = records.length;
    if (children !== undefined) for (const child of children) totalRecordCount += child.totalRecordCount;
    return { address, recordCount: records.length, totalRecordCount };
  }

  /** `child` reaches the file before `parent`. */
  order(child: Address, parent: Address): void {
    this.orders.push({ child, parent });
  }

  allocate(): Address {
    const address = this.nodes.allocate();
    this.allocated.push(address);
    return address;
  }

  free(address: Address): void {
    this.changed.delete(address);
    this.freed.push(address);
  }

  private capacity(depth: number): number {
    const { capacity } = this.nodes.level(depth);
    if (capacity >= LEAST_CAPACITY) return capacity;
    throw new UnsupportedError(`changing a version 2 B-tree with ${capacity} records in a node`);
  }

  /** A node with so many records is not entered to insert another. */
  splitAt(depth: number): number {
    const capacity = this.capacity(depth);
    return Math.min(capacity, Math.max(LEAST_CAPACITY, Math.floor((capacity * this.header.splitPercent) / 100)));
  }

  /** A node with so many records is not entered to remove one. Two such and the record between them fit a node. */
  mergeAt(depth: number): number {
    const wanted = Math.floor((this.capacity(depth) * this.header.mergePercent) / 100);
    return Math.max(1, Math.min(wanted, Math.floor((this.splitAt(depth) - 1) / 2)));
  }

  setRoot(root: BTreeV2Child | undefined, depth: number): void {
    this.header = {
      ...this.header,
      depth,
      rootAddress: root?.address ?? UNDEFINED_ADDRESS,
      rootRecordCount: root?.recordCount ?? 0,
      totalRecordCount: root?.totalRecordCount ?? 0,
    };
    if (root !== undefined) this.order(root.address, this.nodes.address);
  }

  commit(): void {
    for (const [address, { depth, node }] of this.changed) this.nodes.store(address, depth, node);
    this.nodes.storeHeader(this.header);
    for (const { child, parent } of this.orders) this.nodes.storage.writeBefore(child, parent);
    for (const address of this.freed) this.nodes.discard(address);
  }

  /** Gives back what was allocated. */
  abandon(): void {
    for (const address of this.allocated) this.nodes.discard(address);
  }
}

function edit<T, R>(nodes: BTreeV2Nodes<T>, change: (edit: Edit<T>) => R): R {
  const transaction = new Edit(nodes);
  let result: R;
  try {
    result = change(transaction);
  } catch (cause) {
    transaction.abandon();
    throw cause;
  }
  transaction.commit();
  return result;
}

/** An internal node that is being changed; `depth` is its own. */
type Internal<T> = BTreeV2Node<T> & { readonly children: readonly BTreeV2Child[] };

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

function countOf<T>(parent: Internal<T>, child: number): number {
  return (parent.children[child] as BTreeV2Child).recordCount;
}

/** Child `at` and its neighbours get about equally many records. C: `H5B2__redistribute2`, `H5B2__redistribute3`. */
function redistribute<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
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
function split<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
  const count = countOf(parent, at);
  const left = Math.floor(count / 2);
  return spread(edit, parent, depth, at, 1, [left, count - left - 1]);
}

/** Of two or three children that have few records comes one less. C: `H5B2__merge2`, `H5B2__merge3`. */
function merge<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): Internal<T> {
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
function hasNeighbour<T>(parent: Internal<T>, at: number, accepts: (count: number) => boolean): boolean {
  const last = parent.children.length - 1;
  return (at > 0 && accepts(countOf(parent, at - 1))) || (at < last && accepts(countOf(parent, at + 1)));
}

function mergedFits<T>(edit: Edit<T>, parent: Internal<T>, depth: number, at: number): boolean {
  const { length } = parent.children;
  if (parent.records.length < 2) return false;
  let sum = countOf(parent, at) + 1;
  if (at > 0) sum += countOf(parent, at - 1);
  if (at < length - 1) sum += countOf(parent, at + 1);
  return at > 0 && at < length - 1 ? sum <= 2 * edit.splitAt(depth - 1) : sum <= edit.splitAt(depth - 1);
}

function isInternal<T>(node: BTreeV2Node<T>): node is Internal<T> {
  return node.children !== undefined;
}

/** Adds a record that is not in the tree. */
export function insertRecord<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): void {
  edit(nodes, (edit) => {
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
  });
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

/** Puts a record in the place of the one that `order` finds, if there is one. */
export function replaceRecord<T>(nodes: BTreeV2Nodes<T>, record: T, order: RecordOrder<T>): boolean {
  let pointer = nodes.root;
  for (let { depth } = nodes.header; pointer !== undefined; depth--) {
    const { records, children } = nodes.load(pointer, depth);
    const { at, found } = searchRecords(records, order);
    if (found) {
      nodes.store(pointer.address, depth, { records: records.with(at, record), children });
      return true;
    }
    pointer = children?.[at];
  }
  return false;
}

/** Removes and returns the record that `order` finds, which must be in the tree. */
export function removeRecord<T>(nodes: BTreeV2Nodes<T>, order: RecordOrder<T>): T {
  return edit(nodes, (edit) => {
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
