/**
 * The nodes of one chunk B-tree, version 1, in the file: loading with the checks that keep a damaged tree from being
 * followed, storing, allocating.
 *
 * Specification: III.A.1, "Version 1 B-trees". Reference implementation: H5B.c, H5Dbtree.c.
 */
import type { Address } from "../../base/address.ts";
import { type FormatError, formatError } from "../../base/errors.ts";
import {
  type BTreeV1ChunkNode,
  encodeBTreeV1ChunkNode,
  sizeOfBTreeV1ChunkNode,
} from "../../format/b-tree-v1-chunk-node.ts";
import type { StructureCodec } from "../structure-cache.ts";
import { ChangedChunkNode, type ChunkNode, EncodedChunkNode } from "./b-tree-v1-node.ts";
import type { ChunkStorage } from "./chunk-index.ts";

const STRUCTURE = "Version 1 B-tree node";

export class BTreeV1Nodes {
  /** The rank and one more. */
  readonly dimensionality: number;
  /** A node is full with 2K children. */
  readonly maxChildren: number;
  /** What a chunk further means in every dimension; in the last one, of the element, its size in bytes. */
  readonly steps: readonly number[];
  private readonly storage: ChunkStorage;
  private readonly codec: StructureCodec<ChunkNode>;

  constructor(storage: ChunkStorage, chunkDims: readonly number[], elementSize: number, k: number) {
    const dimensionality = chunkDims.length + 1;
    this.storage = storage;
    this.dimensionality = dimensionality;
    this.maxChildren = 2 * k;
    this.steps = [...chunkDims, elementSize];
    this.codec = {
      structure: STRUCTURE,
      byteLength: sizeOfBTreeV1ChunkNode(k, dimensionality, storage.widths),
      decode: (cursor) => new EncodedChunkNode(cursor, k, this.steps),
      encode: (writer, { whole }) => encodeBTreeV1ChunkNode(writer, whole, k),
    };
  }

  private error(problem: string, address: Address, field?: string): FormatError {
    return formatError(problem, { structure: STRUCTURE, address, field });
  }

  /**
   * A node of the tree; the root without `parent`. Levels go down by one from parent to child, so no path can lead in
   * circles.
   */
  load(address: Address, parent?: BTreeV1ChunkNode): BTreeV1ChunkNode {
    const node = this.loadSibling(address);
    const { nodeLevel } = node;
    if (node.dimensionality !== this.dimensionality) {
      throw this.error("belongs to a dataset of another rank as well", address);
    }
    this.checkLevel(nodeLevel, node.children.length, address, parent?.nodeLevel);
    return node;
  }

  /** As {@link load}, for a search. @param parentLevel - Undefined for the root. */
  loadForSearch(address: Address, parentLevel: number | undefined): ChunkNode {
    const node = this.storage.load(address, this.codec);
    this.checkLevel(node.nodeLevel, node.count, address, parentLevel);
    return node;
  }

  private checkLevel(nodeLevel: number, childCount: number, address: Address, parentLevel: number | undefined): void {
    if (parentLevel !== undefined && nodeLevel !== parentLevel - 1) {
      throw this.error(`${nodeLevel} below a node of level ${parentLevel}`, address, "Node Level");
    }
    if (nodeLevel > 0 && childCount === 0) {
      throw this.error(`no children in a node of level ${nodeLevel}`, address, "Entries Used");
    }
  }

  /** A node of the same level, where all that matters is its place in the chain. */
  loadSibling(address: Address): BTreeV1ChunkNode {
    return this.storage.load(address, this.codec).whole;
  }

  store(address: Address, node: BTreeV1ChunkNode): void {
    this.storage.store(address, this.codec, new ChangedChunkNode(node, this.steps));
  }

  /** Bytes of a node. */
  get byteLength(): number {
    return this.codec.byteLength;
  }

  allocate(): Address {
    return this.storage.allocate("b-tree", this.codec.byteLength);
  }

  discard(address: Address): void {
    this.storage.forget(address);
    this.storage.release("b-tree", address, this.codec.byteLength);
  }

  /** `child` reaches the file before `parent`. */
  order(child: Address, parent: Address): void {
    this.storage.writeBefore(child, parent);
  }

  /** Announces that these nodes will be loaded. */
  expect(addresses: readonly Address[]): void {
    this.storage.expectRaw(addresses.map((address) => ({ address, byteLength: this.codec.byteLength })));
  }

  /**
   * The addresses of all nodes, in the order of the tree; `visit` sees each leaf on the way.
   *
   * A damaged tree in which one node has several parents would be walked many times over: it is refused.
   */
  walk(root: Address, visit?: (leaf: BTreeV1ChunkNode) => void): ReadonlySet<Address> {
    const seen = new Set<Address>();
    const descend = (address: Address, parent: BTreeV1ChunkNode | undefined): void => {
      if (seen.has(address)) throw this.error("is reached twice", address);
      seen.add(address);
      const node = this.load(address, parent);
      if (node.nodeLevel === 0) visit?.(node);
      else for (const child of node.children) descend(child, node);
    };
    descend(root, undefined);
    return seen;
  }
}
