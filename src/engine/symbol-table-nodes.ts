/**
 * The nodes of an old-style group's B-tree, and the leaves that hold its entries.
 *
 * Specification: III.A.1, III.B. A name n belongs to child i of a node when key[i] < n <= key[i + 1]; keys are the names'
 * offsets in the local heap.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { type FormatError, formatError } from "../base/errors.ts";
import {
  type BTreeV1GroupNode,
  decodeBTreeV1GroupNode,
  encodeBTreeV1GroupNode,
  sizeOfBTreeV1GroupNode,
} from "../format/b-tree-v1-group-node.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import { decodeSymbolTableNode, encodeSymbolTableNode, sizeOfSymbolTableNode } from "../format/symbol-table-node.ts";
import type { FileStorage } from "./file-storage.ts";
import type { LivingLocalHeap } from "./local-heap.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** Group leaf node K and group internal node K of the superblock. */
export interface GroupTreeRanks {
  readonly leafK: number;
  readonly internalK: number;
}

export const GROUP_NODE = "Version 1 B-tree node";

export type Entries = readonly SymbolTableEntry[];

interface NodeCodecs {
  readonly ranks: GroupTreeRanks;
  readonly tree: StructureCodec<BTreeV1GroupNode>;
  readonly leaf: StructureCodec<Entries>;
}

/** All groups of a file have nodes of the same form. */
const known = new WeakMap<FileStorage, NodeCodecs>();

export function nodeCodecsOf(storage: FileStorage, ranks: GroupTreeRanks): NodeCodecs {
  let codecs = known.get(storage);
  if (codecs?.ranks !== ranks) {
    codecs = newNodeCodecs(storage, ranks);
    known.set(storage, codecs);
  }
  return codecs;
}

function newNodeCodecs({ widths }: FileStorage, ranks: GroupTreeRanks): NodeCodecs {
  return {
    ranks,
    tree: {
      structure: GROUP_NODE,
      byteLength: sizeOfBTreeV1GroupNode(ranks.internalK, widths),
      decode: (cursor) => decodeBTreeV1GroupNode(cursor, ranks.internalK),
      encode: (writer, node) => encodeBTreeV1GroupNode(writer, node, ranks.internalK),
    },
    leaf: {
      structure: "Symbol table node",
      byteLength: sizeOfSymbolTableNode(ranks.leafK, widths),
      decode: (cursor) => decodeSymbolTableNode(cursor, ranks.leafK).entries,
      encode: (writer, entries) => encodeSymbolTableNode(writer, { entries }, ranks.leafK),
    },
  };
}

export class SymbolTableNodes {
  /** Of the root, for life. */
  readonly rootAddress: Address;
  readonly heap: LivingLocalHeap;
  readonly storage: FileStorage;
  readonly ranks: GroupTreeRanks;
  readonly treeCodec: StructureCodec<BTreeV1GroupNode>;
  readonly leafCodec: StructureCodec<Entries>;

  constructor(storage: FileStorage, ranks: GroupTreeRanks, rootAddress: Address, heap: LivingLocalHeap) {
    this.storage = storage;
    this.ranks = ranks;
    this.rootAddress = rootAddress;
    this.heap = heap;
    const { tree, leaf } = nodeCodecsOf(storage, ranks);
    this.treeCodec = tree;
    this.leafCodec = leaf;
  }

  free(address: Address, byteLength: number): void {
    this.storage.forget(address);
    this.storage.release("b-tree", address, byteLength);
  }

  /** A node below one of level `above`: levels must fall, so that no path is endless. */
  node(address: Address, above: number): BTreeV1GroupNode {
    const node = this.storage.load(address, this.treeCodec);
    if (node.nodeLevel >= above || (above !== Number.POSITIVE_INFINITY && node.nodeLevel !== above - 1)) {
      throw this.error(`node of level ${node.nodeLevel} below one of level ${above}`, address);
    }
    return node;
  }

  error(problem: string, address: Address): FormatError {
    return formatError(problem, { structure: GROUP_NODE, address });
  }

  /** Index of the child whose range holds `name`; the last child for names beyond the last key. */
  childFor(node: BTreeV1GroupNode, name: string): number {
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
  isBeyond({ keys }: BTreeV1GroupNode, child: number, name: string): boolean {
    return child >= 0 && this.heap.compare(name, keys[child + 1] as number) > 0;
  }

  /** Index of the first entry whose name is not below `name`. */
  lowerBound(entries: Entries, name: string): number {
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

  newLeaf(entries: Entries): Address {
    const address = this.storage.allocate("b-tree", this.leafCodec.byteLength);
    this.storage.store(address, this.leafCodec, entries);
    return address;
  }

  storeNode(address: Address, node: BTreeV1GroupNode): void {
    this.storage.store(address, this.treeCodec, node);
    for (const child of node.children) this.storage.writeBefore(child, address);
  }

  /** The same for a node that has no children but those it had: they come first already if it waits to be written. */
  storeNodeWithoutNew(address: Address, node: BTreeV1GroupNode): void {
    const { storage } = this;
    if (storage.isDirty(address)) storage.store(address, this.treeCodec, node);
    else this.storeNode(address, node);
  }
}

/** Of a group without links. What is below it comes with another root, so that all may have this one. */
export const EMPTY_ROOT: BTreeV1GroupNode = {
  nodeLevel: 0,
  leftSibling: UNDEFINED_ADDRESS,
  rightSibling: UNDEFINED_ADDRESS,
  keys: [0],
  children: [],
};
