/**
 * Chunk index: version 1 B-tree (Node Type 1), the index of data layouts up to version 3.
 *
 * Specification: III.A.1, "Version 1 B-trees". Reference implementation: H5Dbtree.c.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import type { BTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import { childFor, emptyNode } from "./b-tree-v1-entries.ts";
import { insertChunk } from "./b-tree-v1-insert.ts";
import type { ChunkNode } from "./b-tree-v1-node.ts";
import { BTreeV1Nodes } from "./b-tree-v1-nodes.ts";
import { removeChunk } from "./b-tree-v1-remove.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "./chunk-index.ts";

/** "Indexed Storage Internal Node K" where neither superblock nor extension says otherwise. */
export const DEFAULT_CHUNK_K = 32;

/** The key holds 32 bits. */
const MAX_STORED_BYTES = 2 ** 32 - 1;

export interface BTreeV1IndexOptions {
  readonly storage: ChunkStorage;
  /** Of the layout message; undefined when no chunk was ever written. */
  readonly rootAddress: Address;
  /** Elements along each dimension of a chunk. */
  readonly chunkDims: readonly number[];
  readonly elementSize: number;
  /** A node has up to 2K children. */
  readonly k: number;
}

function recordOf(node: BTreeV1ChunkNode, i: number): ChunkRecord {
  return {
    address: node.children[i] as Address,
    byteLength: node.chunkByteLengths[i] as number,
    filterMask: node.filterMasks[i] as number,
  };
}

export class BTreeV1Index implements ChunkIndex {
  readonly indexing = { type: "b-tree-v1" } as const;
  private root: Address;
  private readonly nodes: BTreeV1Nodes;
  private readonly chunkDims: readonly number[];
  /** The leaf of the last lookup, where the next one most often ends. */
  private lastLeaf: ChunkNode | undefined;
  /** Where in it: the next one most often asks for the chunk behind. */
  private lastAt = -1;

  constructor(options: BTreeV1IndexOptions) {
    const { storage, rootAddress, chunkDims, elementSize, k } = options;
    this.root = rootAddress;
    this.chunkDims = chunkDims;
    this.nodes = new BTreeV1Nodes(storage, chunkDims, elementSize, k);
  }

  get rootAddress(): Address {
    return this.root;
  }

  private offsetsOf(scaled: readonly number[]): number[] {
    const offsets = scaled.map((coordinate, d) => coordinate * (this.chunkDims[d] as number));
    offsets.push(0);
    return offsets;
  }

  lookup(scaled: readonly number[]): ChunkRecord | undefined {
    if (!isDefined(this.root)) return undefined;
    const { lastLeaf } = this;
    const next = this.lastAt + 1;
    if (lastLeaf !== undefined && next < lastLeaf.count && lastLeaf.compare(next, scaled) === 0) {
      this.lastAt = next;
      return lastLeaf.recordAt(next);
    }
    const leaf = this.leafFor(scaled);
    const i = leaf === undefined ? -1 : leaf.childFor(scaled);
    if (leaf === undefined || i < 0 || leaf.compare(i, scaled) !== 0) return undefined;
    this.lastAt = i;
    return leaf.recordAt(i);
  }

  private leafFor(scaled: readonly number[]): ChunkNode | undefined {
    const last = this.lastLeaf;
    if (last !== undefined) {
      const end = last.count - 1;
      if (end >= 0 && last.compare(0, scaled) <= 0 && last.compare(end, scaled) >= 0) return last;
    }
    let node = this.nodes.loadForSearch(this.root, undefined);
    while (node.nodeLevel > 0) {
      const i = node.childFor(scaled);
      if (i < 0) return undefined;
      node = this.nodes.loadForSearch(node.childAt(i), node.nodeLevel);
    }
    this.lastLeaf = node;
    this.lastAt = -1;
    return node;
  }

  /** Level by level: what is needed of one is announced at once. */
  prefetch(chunks: readonly (readonly number[])[]): void {
    if (!isDefined(this.root) || chunks.length < 2) return;
    let level = new Map([[this.nodes.load(this.root), chunks.map((scaled) => this.offsetsOf(scaled))]]);
    while (level.size > 0) {
      const groups = new Map<Address, { readonly parent: BTreeV1ChunkNode; readonly wanted: number[][] }>();
      for (const [parent, wanted] of level) if (parent.nodeLevel > 0) groupByChild(parent, wanted, groups);
      this.nodes.expect([...groups.keys()]);
      level = new Map([...groups].map(([address, { parent, wanted }]) => [this.nodes.load(address, parent), wanted]));
    }
  }

  prepare(): void {
    if (isDefined(this.root)) return;
    this.root = this.nodes.allocate();
    this.nodes.store(this.root, emptyNode(this.nodes.dimensionality));
  }

  insert(scaled: readonly number[], record: ChunkRecord): void {
    const { address, byteLength: chunkByteLength, filterMask } = record;
    if (chunkByteLength > MAX_STORED_BYTES) {
      throw new LimitError(`chunk stored as ${chunkByteLength} bytes: a version 1 B-tree holds sizes below 4 GiB`);
    }
    this.lastLeaf = undefined;
    this.prepare();
    insertChunk(this.nodes, this.root, { chunkByteLength, filterMask, offsets: this.offsetsOf(scaled) }, address);
  }

  remove(scaled: readonly number[]): void {
    if (!isDefined(this.root)) return;
    this.lastLeaf = undefined;
    removeChunk(this.nodes, this.root, this.offsetsOf(scaled));
  }

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    this.forEachLeaf((leaf) => {
      for (let i = 0; i < leaf.children.length; i++) visit(this.scaledOf(leaf, i), recordOf(leaf, i));
    });
  }

  private forEachLeaf(visit: (leaf: BTreeV1ChunkNode) => void): void {
    if (isDefined(this.root)) this.nodes.walk(this.root, visit);
  }

  private scaledOf(leaf: BTreeV1ChunkNode, i: number): number[] {
    return this.chunkDims.map((size, d) => (leaf.offsets[i * leaf.dimensionality + d] as number) / size);
  }

  count(): number {
    let count = 0;
    this.forEachLeaf(({ children }) => {
      count += children.length;
    });
    return count;
  }

  storageSize(): number {
    let sum = 0;
    this.forEachLeaf(({ children, chunkByteLengths }) => {
      // One key more than children: the last is where the node ends.
      for (let i = 0; i < children.length; i++) sum += chunkByteLengths[i] as number;
    });
    return sum;
  }

  deleteAll(freed: FreedBlocks): void {
    if (!isDefined(this.root)) return;
    for (const address of this.nodes.walk(this.root)) freed.add("b-tree", address, this.nodes.byteLength);
  }
}

/** Adds to `groups`, under the address of each child of `parent`, the wanted chunks that are below it. */
function groupByChild(
  parent: BTreeV1ChunkNode,
  wanted: readonly number[][],
  groups: Map<Address, { readonly parent: BTreeV1ChunkNode; readonly wanted: number[][] }>,
): void {
  for (const offsets of wanted) {
    const i = childFor(parent, offsets);
    if (i < 0) continue;
    const address = parent.children[i] as Address;
    const group = groups.get(address);
    if (group === undefined) groups.set(address, { parent, wanted: [offsets] });
    else group.wanted.push(offsets);
  }
}
