/**
 * An old-style group's links: B-tree version 1, symbol table nodes and a local heap.
 *
 * Specification: III.A.1, III.B, III.C, III.D. Reference implementation: H5Gnode.c, H5Gstab.c, H5B.c. The root of
 * the tree keeps its address for life.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { isAscii } from "../base/text.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import type { SymbolTableMessage } from "../format/symbol-table-message.ts";
import { forEachLinkNameOffset } from "../format/symbol-table-node.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import { insertEntry, setLast } from "./symbol-table-insertion.ts";
import { EMPTY_ROOT, type GroupTreeRanks, nodeCodecsOf, SymbolTableNodes } from "./symbol-table-nodes.ts";
import { removeEntry } from "./symbol-table-removal.ts";

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

/** What a name was found to stand for; it holds as long as there was no flush since, and no change. */
interface Found {
  readonly name: string;
  readonly entry: SymbolTableEntry | undefined;
  /** Which child of each node from the root down it is in, and which entry of the leaf it is. */
  readonly way: readonly number[];
  readonly round: number;
  readonly changes: number;
}

/** An empty table. Who has many groups made needs no more of each. */
export function createSymbolTable(storage: FileStorage, ranks: GroupTreeRanks): SymbolTableMessage {
  const heap = LivingLocalHeap.create(storage);
  const { tree } = nodeCodecsOf(storage, ranks);
  const bTreeAddress = storage.allocate("b-tree", tree.byteLength);
  storage.store(bTreeAddress, tree, EMPTY_ROOT);
  return { bTreeAddress, localHeapAddress: heap.address };
}

/** A table reaches the file before the header that points at it. */
export function orderTable(
  storage: FileStorage,
  { bTreeAddress, localHeapAddress }: SymbolTableMessage,
  headerAddress: Address,
): void {
  storage.writeBefore(bTreeAddress, headerAddress);
  storage.writeBefore(localHeapAddress, headerAddress);
}

export class SymbolTable {
  readonly bTreeAddress: Address;
  readonly heap: LivingLocalHeap;
  private readonly nodes: SymbolTableNodes;
  /** When {@link writeBefore} was said last, and of which segment of the heap. */
  private orderedIn = -1;
  private orderedSegment: Address = UNDEFINED_ADDRESS;
  private edge: RightEdge | undefined;
  /** Who changes a link has looked for it before. */
  private found: Found | undefined;

  constructor(storage: FileStorage, ranks: GroupTreeRanks, bTreeAddress: Address, heap: LivingLocalHeap) {
    this.bTreeAddress = bTreeAddress;
    this.heap = heap;
    this.nodes = new SymbolTableNodes(storage, ranks, bTreeAddress, heap);
  }

  static create(storage: FileStorage, ranks: GroupTreeRanks): SymbolTable {
    const { bTreeAddress, localHeapAddress } = createSymbolTable(storage, ranks);
    return new SymbolTable(storage, ranks, bTreeAddress, LivingLocalHeap.open(storage, localHeapAddress));
  }

  /** The table reaches the file before the header that points at it. */
  writeBefore(headerAddress: Address): void {
    const { storage } = this.nodes;
    const { bTreeAddress, heap } = this;
    const { segmentAddress } = heap;
    if (this.orderedIn === storage.round && this.orderedSegment === segmentAddress) return;
    this.orderedIn = storage.round;
    this.orderedSegment = segmentAddress;
    orderTable(storage, { bTreeAddress, localHeapAddress: heap.address }, headerAddress);
    storage.writeBefore(segmentAddress, headerAddress);
  }

  find(name: string): SymbolTableEntry | undefined {
    if (this.edgeBefore(name) !== undefined) return undefined;
    const found = this.foundBefore(name);
    if (found !== undefined) return found.entry;
    const { round, isChanging } = this.nodes.storage;
    const way: number[] = [];
    const entry = this.search(name, way);
    if (!isChanging) this.found = { name, entry, way, round, changes: this.heap.changes };
    return entry;
  }

  /** What was found of a name, if it still holds. */
  private foundBefore(name: string): Found | undefined {
    const { found } = this;
    if (found?.name !== name || found.changes !== this.heap.changes) return undefined;
    return found.round === this.nodes.storage.round ? found : undefined;
  }

  private search(name: string, way: number[]): SymbolTableEntry | undefined {
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    const root = this.nodes.node(address, level);
    // No name is above the last key; names that come in order all are.
    if (this.nodes.isBeyond(root, root.children.length - 1, name)) return undefined;
    for (;;) {
      const node = this.nodes.node(address, level);
      const childAt = this.nodes.childFor(node, name);
      const child = node.children[childAt];
      if (child === undefined) return undefined;
      way.push(childAt);
      if (node.nodeLevel === 0) {
        const entries = this.nodes.storage.load(child, this.nodes.leafCodec);
        const at = this.nodes.lowerBound(entries, name);
        way.push(at);
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
        for (const entry of this.nodes.storage.load(leaf, this.nodes.leafCodec))
          visit(this.heap.name(entry.linkNameOffset), entry);
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
    const { storage, heap, ranks, leafCodec } = this.nodes;
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
    const node = this.nodes.node(address, above);
    for (const child of node.children) {
      if (visited.has(child)) throw this.nodes.error(`address ${child} is reached twice`, address);
      visited.add(child);
    }
    if (node.nodeLevel === 0) visit(node.children);
    else for (const child of node.children) this.walk(child, node.nodeLevel, visited, visit);
  }

  /** Levels of nodes above the leaves' own: two have thousands of entries. */
  get height(): number {
    return this.nodes.node(this.bTreeAddress, Number.POSITIVE_INFINITY).nodeLevel;
  }

  insert(name: string, entryOf: (linkNameOffset: number) => SymbolTableEntry): void {
    const edge = this.edgeBefore(name);
    const way = this.foundBefore(name)?.way;
    const nameOffset = this.heap.insert(name);
    const entry = entryOf(nameOffset);
    if (edge !== undefined && edge.entries.length < 2 * this.nodes.ranks.leafK) {
      edge.entries.push(entry);
      for (let i = 0; i < edge.keys.length; i++) setLast(edge.keys[i] as number[], nameOffset);
      edge.name = name;
      edge.changes = this.heap.changes;
      return;
    }
    const root = this.nodes.node(this.bTreeAddress, Number.POSITIVE_INFINITY);
    const isLast = edge !== undefined || this.nodes.isBeyond(root, root.children.length - 1, name);
    insertEntry(this.nodes, { name, entry, isLast, way });
    this.edge = isLast && isAscii(name) ? this.edgeOf(name) : undefined;
  }

  /** The right edge, if it still holds and `name` belongs behind it. */
  private edgeBefore(name: string): RightEdge | undefined {
    const { edge } = this;
    // Where one of two names is in ASCII, units sort as bytes do.
    if (edge === undefined || edge.changes !== this.heap.changes || edge.round !== this.nodes.storage.round)
      return undefined;
    return name > edge.name ? edge : undefined;
  }

  /** After `name` has become the last name of all. */
  private edgeOf(name: string): RightEdge {
    const keys: number[][] = [];
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    while (level > 0) {
      const node = this.nodes.node(address, level);
      keys.push(node.keys as number[]);
      address = node.children[node.children.length - 1] as Address;
      level = node.nodeLevel;
    }
    const entries = this.nodes.storage.load(address, this.nodes.leafCodec) as SymbolTableEntry[];
    return { round: this.nodes.storage.round, changes: this.heap.changes, name, keys, entries };
  }

  /** Takes out an entry and gives back the space of its name. */
  remove(name: string): SymbolTableEntry {
    const entry = removeEntry(this.nodes, name, this.foundBefore(name)?.way);
    this.heap.remove(entry.linkNameOffset);
    return entry;
  }

  /** Replaces the entry of an existing name, which keeps its place in the heap. */
  replace(name: string, change: (entry: SymbolTableEntry) => SymbolTableEntry): void {
    let address = this.bTreeAddress;
    let level = Number.POSITIVE_INFINITY;
    for (;;) {
      const node = this.nodes.node(address, level);
      const child = node.children[this.nodes.childFor(node, name)];
      if (child === undefined) throw this.nodes.error(`no entry "${name}"`, address);
      if (node.nodeLevel === 0) {
        const entries = this.nodes.storage.load(child, this.nodes.leafCodec);
        const at = this.nodes.lowerBound(entries, name);
        this.nodes.storage.store(
          child,
          this.nodes.leafCodec,
          entries.map((entry, i) => (i === at ? change(entry) : entry)),
        );
        this.heap.meaningChanged();
        return;
      }
      address = child;
      level = node.nodeLevel;
    }
  }

  /** Nodes and heap go. */
  delete(freed: FreedBlocks): void {
    const { nodes } = this;
    const addNode = (address: Address, above: number): void => {
      const node = nodes.node(address, above);
      for (const child of node.children) {
        if (node.nodeLevel > 0) addNode(child, node.nodeLevel);
        else freed.add("b-tree", child, nodes.leafCodec.byteLength);
      }
      freed.add("b-tree", address, nodes.treeCodec.byteLength);
    };
    addNode(this.bTreeAddress, Number.POSITIVE_INFINITY);
    this.heap.delete(freed);
  }
}
