/**
 * Bytes that B-trees take in a file.
 *
 * Reference implementation: `H5B_get_info`, `H5B2_size`. Nodes are read as they are in the file; what hangs below the
 * leaves of a chunk index or of a version 2 tree is not looked at.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { formatError } from "../../base/errors.ts";
import { decodeBTreeV1ChunkNode, sizeOfBTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import { decodeBTreeV1GroupNode, sizeOfBTreeV1GroupNode } from "../../format/b-tree-v1-group-node.ts";
import {
  type BTreeV2Child,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  sizeOfBTreeV2Header,
} from "../../format/b-tree-v2.ts";
import { sizeOfSymbolTableNode } from "../../format/symbol-table-node.ts";
import type { FileStorage } from "../file-storage.ts";
import type { GroupTreeRanks } from "../symbol-table-nodes.ts";

const V1_NODE = "Version 1 B-tree node";
const V2_HEADER = "Version 2 B-tree header";
const V2_NODE = "Version 2 B-tree node";

interface TreeNode {
  readonly nodeLevel: number;
  readonly children: readonly Address[];
}

interface NodeCounts {
  readonly nodes: number;
  /** Children of the leaves; 0 when leaves are not read. */
  readonly leafChildren: number;
}

/** Refuses an address that was seen before: a damaged tree would be walked many times over. */
class SeenAddresses {
  private readonly seen = new Set<Address>();
  private readonly structure: string;

  constructor(structure: string) {
    this.structure = structure;
  }

  add(address: Address): void {
    const { structure } = this;
    if (this.seen.has(address)) {
      throw formatError("is reached twice", { structure, address });
    }
    this.seen.add(address);
  }
}

/** Level by level from the root; every node of a level must say that it is of that level. */
function countNodes(root: Address, read: (address: Address) => TreeNode, readLeaves: boolean): NodeCounts {
  const seen = new SeenAddresses(V1_NODE);
  seen.add(root);
  const top = read(root);
  let nodes = 1;
  let leafChildren = 0;
  let current: readonly TreeNode[] = [top];
  for (let level = top.nodeLevel; level >= 0; level--) {
    const below: TreeNode[] = [];
    for (const { children } of current) {
      if (level === 0) {
        leafChildren += children.length;
        continue;
      }
      nodes += children.length;
      for (const child of children) {
        seen.add(child);
        if (level > 1 || readLeaves) below.push(readAtLevel(child, level - 1, read));
      }
    }
    current = below;
  }
  return { nodes, leafChildren };
}

function readAtLevel(address: Address, level: number, read: (address: Address) => TreeNode): TreeNode {
  const node = read(address);
  if (node.nodeLevel === level) return node;
  throw formatError(`node of level ${node.nodeLevel}, expected ${level}`, { structure: V1_NODE, address });
}

/** Nodes of the tree of an old-style group and the symbol table nodes below it. */
export function groupBTreeByteLength(storage: FileStorage, ranks: GroupTreeRanks, root: Address): number {
  const { widths } = storage;
  const nodeBytes = sizeOfBTreeV1GroupNode(ranks.internalK, widths);
  const read = (address: Address): TreeNode =>
    decodeBTreeV1GroupNode(
      storage.cursor(storage.readMetadata(address, nodeBytes, V1_NODE), V1_NODE, address),
      ranks.internalK,
    );
  const { nodes, leafChildren } = countNodes(root, read, true);
  return nodes * nodeBytes + leafChildren * sizeOfSymbolTableNode(ranks.leafK, widths);
}

/** Nodes of a chunk index that is a version 1 B-tree. @param rank - Of the dataset. */
export function chunkBTreeByteLength(storage: FileStorage, k: number, rank: number, root: Address): number {
  const nodeBytes = sizeOfBTreeV1ChunkNode(k, rank + 1, storage.widths);
  const read = (address: Address): TreeNode =>
    decodeBTreeV1ChunkNode(
      storage.cursor(storage.readMetadata(address, nodeBytes, V1_NODE), V1_NODE, address),
      k,
      rank + 1,
    );
  return countNodes(root, read, false).nodes * nodeBytes;
}

/** Header and nodes of a version 2 B-tree of whatever records. */
export function bTreeV2ByteLength(storage: FileStorage, address: Address): number {
  const headerBytes = sizeOfBTreeV2Header(storage.widths);
  const header = decodeBTreeV2Header(
    storage.cursor(storage.readMetadata(address, headerBytes, V2_HEADER), V2_HEADER, address),
  );
  const { rootAddress, rootRecordCount, totalRecordCount, depth, nodeSize } = header;
  if (!isDefined(rootAddress) || rootRecordCount === 0) return headerBytes;
  const shape = bTreeV2Shape(header, storage.widths);
  const seen = new SeenAddresses(V2_NODE);
  let nodes = 1;
  let current: readonly BTreeV2Child[] = [{ address: rootAddress, recordCount: rootRecordCount, totalRecordCount }];
  for (let level = depth; level > 0; level--) {
    const below: BTreeV2Child[] = [];
    for (const pointer of current) {
      seen.add(pointer.address);
      const bytes = storage.readMetadata(pointer.address, nodeSize, V2_NODE);
      const cursor = storage.cursor(bytes, V2_NODE, pointer.address);
      const { children } = decodeBTreeV2Internal(cursor, header, shape, level, pointer.recordCount);
      nodes += children.length;
      if (level > 1) below.push(...children);
    }
    current = below;
  }
  return headerBytes + nodes * nodeSize;
}
