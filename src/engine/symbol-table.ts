/**
 * An old-style group's links: B-tree version 1, symbol table nodes and a local heap.
 *
 * Specification: III.A.1, III.B, III.C, III.D. Reference implementation: H5Gnode.c, H5Gstab.c, H5B.c. A name n belongs to
 * child i of a node when key[i] < n <= key[i + 1]; keys are the names' offsets in the local heap. The root of the tree keeps
 * its address for life.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { FormatError, LimitError } from "../base/errors.ts";
import { isAscii } from "../base/text.ts";
import {
  type BTreeV1GroupNode,
  decodeBTreeV1GroupNode,
  encodeBTreeV1GroupNode,
  sizeOfBTreeV1GroupNode,
} from "../format/b-tree-v1-group-node.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import {
  decodeSymbolTableNode,
  encodeSymbolTableNode,
  forEachLinkNameOffset,
  sizeOfSymbolTableNode,
} from "../format/symbol-table-node.ts";
import type { FileStorage } from "./file-storage.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** Group leaf node K and group internal node K of the superblock. */
export interface GroupTreeRanks {
  readonly leafK: number;
  readonly internalK: number;
}

/** A new node to the right, and the greatest key of what stayed on the left. */
interface Split {
  readonly address: Address;
  readonly middleKey: number;
}

type Entries = readonly SymbolTableEntry[];

/**
 * The right edge of a tree that gets names in order: each goes behind the last one without a search. All of it waits to be
 * written, hence was made here and is changed in place.
 */
interface RightEdge {
  /** It holds as long as there was no flush since, and no other change. */
  readonly round: number;
  changes: number;
  /** The last name of all, in ASCII. */
  name: string;
  /** From the root down; their last keys are that name's. */
  readonly keys: readonly number[][];
  readonly entries: SymbolTableEntry[];
}

export class SymbolTable {
  readonly bTreeAddress: Address;
  readonly heap: LivingLocalHeap;
  private readonly storage: FileStorage;
  private readonly ranks: GroupTreeRanks;
  private readonly treeCodec: StructureCodec<BTreeV1GroupNode>;
  private readonly leafCodec: StructureCodec<Entries>;
  /** When {@link writeBefore} was said last, and of which segment of the heap. */
  private orderedIn = -1;
  private orderedSegment: Address = UNDEFINED_ADDRESS;
  private edge: RightEdge | undefined;

  constructor(storage: FileStorage, ranks: GroupTreeRanks, bTreeAddress: Address, heap: LivingLocalHeap) {
    this.storage = storage;
    this.ranks = ranks;
    this.bTreeAddress = bTreeAddress;
    this.heap = heap;
    this.treeCodec = {
      structure: "Version 1 B-tree node",
      byteLength: sizeOfBTreeV1GroupNode(ranks.internalK, storage.widths),
      decode: (cursor) => decodeBTreeV1GroupNode(cursor, ranks.internalK),
      encode: (writer, node) => encodeBTreeV1GroupNode(writer, node, ranks.internalK),
    };
    this.leafCodec = {
      structure: "Symbol table node",
      byteLength: sizeOfSymbolTableNode(ranks.leafK, storage.widths),
      decode: (cursor) => decodeSymbolTableNode(cursor, ranks.leafK).entries,
      encode: (writer, entries) => encodeSymbolTableNode(writer, { entries }, ranks.leafK),
    };
  }

  static create(storage: FileStorage, ranks: GroupTreeRanks): SymbolTable {
    const heap = LivingLocalHeap.create(storage);
    const address = storage.allocate("b-tree", sizeOfBTreeV1GroupNode(ranks.internalK, storage.widths));
    const table = new SymbolTable(storage, ranks, address, heap);
    table.storeNode(address, emptyRoot());
    return table;
  }

  /** The table reaches the file before the header that points at it. */
  writeBefore(headerAddress: Address): void {
    const { storage, heap } = this;
    const { segmentAddress } = heap;
    if (this.orderedIn === storage.round && this.orderedSegment === segmentAddress) return;
    this.orderedIn = storage.round;
    this.orderedSegment = segmentAddress;
    for (const address of [this.bTreeAddress, heap.address, segmentAddress])
      storage.writeBefore(address, headerAddress);
  }

  find(name: string): SymbolTableEntry | undefined {
    if (this.edgeBefore(name) !== undefined) return undefined;
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    const root = this.node(address, level);
    // No name is above the last key; names that come in order all are.
    if (this.isBeyond(root, root.children.length - 1, name)) return undefined;
    for (;;) {
      const node = this.node(address, level);
      const child = node.children[this.childFor(node, name)];
      if (child === undefined) return undefined;
      if (node.nodeLevel === 0) {
        const entries = this.storage.load(child, this.leafCodec);
        const at = this.lowerBound(entries, name);
        const entry = entries[at];
        return entry !== undefined && this.heap.compare(name, entry.linkNameOffset) === 0 ? entry : undefined;
      }
      address = child;
      level = node.nodeLevel;
    }
  }

  /** Every entry in the order of names. */
  forEach(visit: (name: string, entry: SymbolTableEntry) => void): void {
    this.walk(this.bTreeAddress, Number.POSITIVE_INFINITY, new Set(), (leaves) => {
      for (const leaf of leaves) {
        for (const entry of this.storage.load(leaf, this.leafCodec)) visit(this.heap.name(entry.linkNameOffset), entry);
      }
    });
  }

  /** Names in the order of the table, of which nothing else is decoded. */
  names(): string[] {
    const names: string[] = [];
    this.walk(this.bTreeAddress, Number.POSITIVE_INFINITY, new Set(), (leaves) => this.addNames(leaves, names));
    return names;
  }

  private addNames(leaves: readonly Address[], names: string[]): void {
    const { storage, heap, ranks, leafCodec } = this;
    const { structure, byteLength } = leafCodec;
    if (leaves.some((leaf) => storage.cached(leaf, structure) !== undefined)) {
      for (const leaf of leaves) {
        for (const { linkNameOffset } of storage.load(leaf, leafCodec)) names.push(heap.name(linkNameOffset));
      }
      return;
    }
    const visit = (offset: number): void => {
      names.push(heap.name(offset));
    };
    storage.readEach(leaves, byteLength, structure, (bytes, at) => {
      forEachLinkNameOffset(storage.cursor(bytes, structure, leaves[at] as Address), ranks.leafK, visit);
    });
  }

  private walk(
    address: Address,
    above: number,
    visited: Set<Address>,
    visit: (leaves: readonly Address[]) => void,
  ): void {
    const node = this.node(address, above);
    for (const child of node.children) {
      if (visited.has(child)) throw this.error(`address ${child} is reached twice`, address);
      visited.add(child);
    }
    if (node.nodeLevel === 0) visit(node.children);
    else for (const child of node.children) this.walk(child, node.nodeLevel, visited, visit);
  }

  insert(name: string, entryOf: (linkNameOffset: number) => SymbolTableEntry): void {
    const edge = this.edgeBefore(name);
    const nameOffset = this.heap.insert(name);
    const entry = entryOf(nameOffset);
    if (edge !== undefined && edge.entries.length < 2 * this.ranks.leafK) {
      edge.entries.push(entry);
      for (let i = 0; i < edge.keys.length; i++) setLast(edge.keys[i] as number[], nameOffset);
      edge.name = name;
      edge.changes = this.heap.changes;
      return;
    }
    const root = this.node(this.bTreeAddress, Number.POSITIVE_INFINITY);
    const isLast = edge !== undefined || this.isBeyond(root, root.children.length - 1, name);
    if (root.children.length === 0) {
      const leaf = this.newLeaf([entry]);
      this.storeNode(this.bTreeAddress, { ...emptyRoot(), keys: [0, nameOffset], children: [leaf] });
      return;
    }
    const split = this.insertBelow(this.bTreeAddress, Number.POSITIVE_INFINITY, name, entry, isLast);
    if (split !== undefined) this.raiseRoot(split);
    this.edge = isLast && isAscii(name) ? this.edgeOf(name) : undefined;
  }

  /** The right edge, if it still holds and `name` belongs behind it. */
  private edgeBefore(name: string): RightEdge | undefined {
    const { edge } = this;
    // Where one of two names is in ASCII, units sort as bytes do.
    if (edge === undefined || edge.changes !== this.heap.changes || edge.round !== this.storage.round) return undefined;
    return name > edge.name ? edge : undefined;
  }

  /** After `name` has become the last name of all. */
  private edgeOf(name: string): RightEdge {
    const keys: number[][] = [];
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    while (level > 0) {
      const node = this.node(address, level);
      keys.push(node.keys as number[]);
      address = node.children[node.children.length - 1] as Address;
      level = node.nodeLevel;
    }
    const entries = this.storage.load(address, this.leafCodec) as SymbolTableEntry[];
    return { round: this.storage.round, changes: this.heap.changes, name, keys, entries };
  }

  /** Takes out an entry and gives back the space of its name. */
  remove(name: string): SymbolTableEntry {
    const removed = this.removeBelow(this.bTreeAddress, Number.POSITIVE_INFINITY, name);
    if (removed.emptied) this.storeNode(this.bTreeAddress, emptyRoot());
    this.heap.remove(removed.entry.linkNameOffset);
    return removed.entry;
  }

  /** Replaces the entry of an existing name, which keeps its place in the heap. */
  replace(name: string, change: (entry: SymbolTableEntry) => SymbolTableEntry): void {
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    for (;;) {
      const node = this.node(address, level);
      const child = node.children[this.childFor(node, name)];
      if (child === undefined) throw this.error(`no entry "${name}"`, address);
      if (node.nodeLevel === 0) {
        const entries = this.storage.load(child, this.leafCodec);
        const at = this.lowerBound(entries, name);
        this.storage.store(
          child,
          this.leafCodec,
          entries.map((entry, i) => (i === at ? change(entry) : entry)),
        );
        this.heap.meaningChanged();
        return;
      }
      address = child;
      level = node.nodeLevel;
    }
  }

  /** Frees nodes and heap. */
  delete(): void {
    const freeNode = (address: Address, above: number): void => {
      const node = this.node(address, above);
      for (const child of node.children) {
        if (node.nodeLevel > 0) freeNode(child, node.nodeLevel);
        else this.free(child, this.leafCodec.byteLength);
      }
      this.free(address, this.treeCodec.byteLength);
    };
    freeNode(this.bTreeAddress, Number.POSITIVE_INFINITY);
    this.heap.delete();
  }

  private free(address: Address, byteLength: number): void {
    this.storage.forget(address);
    this.storage.release("b-tree", address, byteLength);
  }

  /** A node below one of level `above`: levels must fall, so that no path is endless. */
  private node(address: Address, above: number): BTreeV1GroupNode {
    const node = this.storage.load(address, this.treeCodec);
    if (node.nodeLevel >= above || (above !== Number.POSITIVE_INFINITY && node.nodeLevel !== above - 1)) {
      throw this.error(`node of level ${node.nodeLevel} below one of level ${above}`, address);
    }
    if (node.nodeLevel > this.storage.limits.maxDepth) {
      throw new LimitError(
        `Version 1 B-tree node at address ${address}: level ${node.nodeLevel} is above limit maxDepth`,
      );
    }
    return node;
  }

  private error(problem: string, address: Address): FormatError {
    const structure = "Version 1 B-tree node";
    return new FormatError(`${structure} at address ${address}: ${problem}`, { structure, address });
  }

  /** Index of the child whose range holds `name`; the last child for names beyond the last key. */
  private childFor(node: BTreeV1GroupNode, name: string): number {
    let low = 0;
    let high = node.children.length - 1;
    if (this.isBeyond(node, high - 1, name)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.heap.compare(name, node.keys[middle + 1] as number) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether `name` is above the names of all children up to the given one. */
  private isBeyond({ keys }: BTreeV1GroupNode, child: number, name: string): boolean {
    return child >= 0 && this.heap.compare(name, keys[child + 1] as number) > 0;
  }

  /** Index of the first entry whose name is not below `name`. */
  private lowerBound(entries: Entries, name: string): number {
    let low = 0;
    let high = entries.length;
    const last = entries[high - 1];
    if (last !== undefined && this.heap.compare(name, last.linkNameOffset) > 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle] as SymbolTableEntry;
      if (this.heap.compare(name, entry.linkNameOffset) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private newLeaf(entries: Entries): Address {
    const address = this.storage.allocate("b-tree", this.leafCodec.byteLength);
    this.storage.store(address, this.leafCodec, entries);
    return address;
  }

  private storeNode(address: Address, node: BTreeV1GroupNode): void {
    this.storage.store(address, this.treeCodec, node);
    for (const child of node.children) this.storage.writeBefore(child, address);
  }

  /** @param isLast - Whether the name is known to be behind all others. */
  private insertBelow(
    address: Address,
    above: number,
    name: string,
    entry: SymbolTableEntry,
    isLast: boolean,
  ): Split | undefined {
    const node = this.node(address, above);
    const at = isLast ? node.children.length - 1 : this.childFor(node, name);
    const child = node.children[at] as Address;
    const split =
      node.nodeLevel === 0
        ? this.insertIntoLeaf(child, name, entry, isLast)
        : this.insertBelow(child, node.nodeLevel, name, entry, isLast);
    const beyondLast = isLast || (at === node.children.length - 1 && this.isBeyond(node, at, name));
    if (split === undefined && !beyondLast) return undefined;
    if (split === undefined) {
      this.setLastKey(address, node, entry.linkNameOffset);
      return undefined;
    }
    if (isLast && node.children.length < 2 * this.ranks.internalK && this.storage.isDirty(address)) {
      this.appendChild(address, node, split, entry.linkNameOffset);
      return undefined;
    }
    const keys = node.keys.slice();
    if (beyondLast) keys[at + 1] = entry.linkNameOffset;
    const children = node.children.slice();
    keys.splice(at + 1, 0, split.middleKey);
    children.splice(at + 1, 0, split.address);
    return this.storeOrSplit(address, { ...node, keys, children }, split.address);
  }

  /** The children are those that the node had: nobody waits for them. */
  private setLastKey(address: Address, node: BTreeV1GroupNode, key: number): void {
    // What waits to be written was made here, and nobody else looks at it.
    if (this.storage.isDirty(address)) setLast(node.keys as number[], key);
    else this.storage.store(address, this.treeCodec, withLastKey(node, key));
  }

  /** To a node that waits to be written, and has room. @param key - The last of all. */
  private appendChild(address: Address, node: BTreeV1GroupNode, split: Split, key: number): void {
    const keys = node.keys as number[];
    setLast(keys, split.middleKey);
    keys.push(key);
    (node.children as Address[]).push(split.address);
    this.storage.writeBefore(split.address, address);
  }

  private insertIntoLeaf(address: Address, name: string, entry: SymbolTableEntry, isLast: boolean): Split | undefined {
    const old = this.storage.load(address, this.leafCodec);
    const at = isLast ? old.length : this.lowerBound(old, name);
    // Lists that are made in one piece have no room that nobody needs.
    const entries = at === old.length ? [...old, entry] : [...old.slice(0, at), entry, ...old.slice(at)];
    const capacity = 2 * this.ranks.leafK;
    if (entries.length <= capacity) {
      this.storage.store(address, this.leafCodec, entries);
      return undefined;
    }
    const half = this.ranks.leafK;
    const left = entries.slice(0, half);
    this.storage.store(address, this.leafCodec, left);
    return {
      address: this.newLeaf(entries.slice(half)),
      middleKey: (left[half - 1] as SymbolTableEntry).linkNameOffset,
    };
  }

  /** @param newChild - The one of its children that the node in the file does not point at. */
  private storeOrSplit(address: Address, node: BTreeV1GroupNode, newChild: Address): Split | undefined {
    if (node.children.length <= 2 * this.ranks.internalK) {
      this.storage.store(address, this.treeCodec, node);
      this.storage.writeBefore(newChild, address);
      return undefined;
    }
    const half = this.ranks.internalK;
    const rightAddress = this.storage.allocate("b-tree", this.treeCodec.byteLength);
    const right = {
      ...node,
      leftSibling: address,
      keys: node.keys.slice(half),
      children: node.children.slice(half),
    };
    this.storeNode(address, {
      ...node,
      rightSibling: rightAddress,
      keys: node.keys.slice(0, half + 1),
      children: node.children.slice(0, half),
    });
    this.storeNode(rightAddress, right);
    if (node.rightSibling !== UNDEFINED_ADDRESS) {
      const next = this.storage.load(node.rightSibling, this.treeCodec);
      this.storeNode(node.rightSibling, { ...next, leftSibling: rightAddress });
    }
    return { address: rightAddress, middleKey: node.keys[half] as number };
  }

  /** After the root has split: what is at its address moves to a new node, and the root becomes the parent of both. */
  private raiseRoot(split: Split): void {
    const left = this.storage.load(this.bTreeAddress, this.treeCodec);
    const right = this.storage.load(split.address, this.treeCodec);
    const leftAddress = this.storage.allocate("b-tree", this.treeCodec.byteLength);
    this.storeNode(leftAddress, left);
    this.storeNode(split.address, { ...right, leftSibling: leftAddress });
    this.storeNode(this.bTreeAddress, {
      nodeLevel: left.nodeLevel + 1,
      leftSibling: UNDEFINED_ADDRESS,
      rightSibling: UNDEFINED_ADDRESS,
      keys: [left.keys[0] as number, split.middleKey, right.keys[right.keys.length - 1] as number],
      children: [leftAddress, split.address],
    });
  }

  /** `rightKey` is set when the greatest key of the subtree has changed. */
  private removeBelow(
    address: Address,
    above: number,
    name: string,
  ): { entry: SymbolTableEntry; emptied: boolean; rightKey?: number } {
    const node = this.node(address, above);
    const at = this.childFor(node, name);
    const child = node.children[at];
    if (child === undefined) throw this.error(`no entry "${name}"`, address);
    const below =
      node.nodeLevel === 0 ? this.removeFromLeaf(child, name) : this.removeBelow(child, node.nodeLevel, name);
    if (!below.emptied && below.rightKey === undefined) return below;

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
    this.storeNode(address, { ...node, keys, children });
    const neighbour = children[below.emptied ? at : at + 1];
    const bound = keys[below.emptied ? at : at + 1] as number;
    if (neighbour === undefined)
      return { entry: below.entry, emptied: false, rightKey: keys[keys.length - 1] as number };
    if (node.nodeLevel > 0) this.setLeftKey(neighbour, bound);
    return { entry: below.entry, emptied: false };
  }

  private removeFromLeaf(
    address: Address,
    name: string,
  ): { entry: SymbolTableEntry; emptied: boolean; rightKey?: number } {
    const entries = [...this.storage.load(address, this.leafCodec)];
    const at = this.lowerBound(entries, name);
    const entry = entries[at];
    if (entry === undefined || this.heap.compare(name, entry.linkNameOffset) !== 0)
      throw this.error(`no entry "${name}"`, address);
    entries.splice(at, 1);
    const last = entries[entries.length - 1];
    if (last === undefined) return { entry, emptied: true };
    this.storage.store(address, this.leafCodec, entries);
    return at === entries.length ? { entry, emptied: false, rightKey: last.linkNameOffset } : { entry, emptied: false };
  }

  /** Frees an empty leaf or node; a node's siblings are joined. */
  private unlinkNode(address: Address, parentLevel: number): void {
    if (parentLevel === 0) {
      this.free(address, this.leafCodec.byteLength);
      return;
    }
    const node = this.storage.load(address, this.treeCodec);
    if (node.leftSibling !== UNDEFINED_ADDRESS) {
      const left = this.storage.load(node.leftSibling, this.treeCodec);
      this.storeNode(node.leftSibling, { ...left, rightSibling: node.rightSibling });
    }
    if (node.rightSibling !== UNDEFINED_ADDRESS) {
      const right = this.storage.load(node.rightSibling, this.treeCodec);
      this.storeNode(node.rightSibling, { ...right, leftSibling: node.leftSibling });
    }
    this.free(address, this.treeCodec.byteLength);
  }

  /** The least key of a node is the greatest of its left neighbour: it follows when that changes. */
  private setLeftKey(address: Address, key: number): void {
    const node = this.storage.load(address, this.treeCodec);
    this.storeNode(address, { ...node, keys: [key, ...node.keys.slice(1)] });
    const first = node.children[0];
    if (node.nodeLevel > 0 && first !== undefined) this.setLeftKey(first, key);
  }
}

function setLast(keys: number[], key: number): void {
  keys[keys.length - 1] = key;
}

function withLastKey({ nodeLevel, leftSibling, rightSibling, keys, children }: BTreeV1GroupNode, key: number) {
  const changed = keys.slice();
  changed[changed.length - 1] = key;
  return { nodeLevel, leftSibling, rightSibling, keys: changed, children };
}

function emptyRoot(): BTreeV1GroupNode {
  return { nodeLevel: 0, leftSibling: UNDEFINED_ADDRESS, rightSibling: UNDEFINED_ADDRESS, keys: [0], children: [] };
}
