/** Nodes of B-trees as they are in the file. Reference implementation: H5B.c, H5B2.c. */
import { type Address, isDefined } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import { decodeBTreeV1ChunkNode, sizeOfBTreeV1ChunkNode } from "../../format/b-tree-v1-chunk-node.ts";
import { decodeBTreeV1GroupNode, sizeOfBTreeV1GroupNode } from "../../format/b-tree-v1-group-node.ts";
import {
  type BTreeV2Header,
  type BTreeV2Shape,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  decodeBTreeV2Leaf,
  sizeOfBTreeV2Header,
} from "../../format/b-tree-v2.ts";
import { sizeOfSymbolTableNode } from "../../format/symbol-table-node.ts";
import type { FileStorage } from "../file-storage.ts";
import type { GroupTreeRanks } from "../symbol-table-nodes.ts";
import type { SpaceClaims } from "./space-claims.ts";

const V1_NODE = "Version 1 B-tree node";
const V2_HEADER = "Version 2 B-tree header";
const V2_NODE = "Version 2 B-tree node";

/** Decodes the bytes at an address as they are in the file, whatever is kept of them in memory. */
export function decodeAt<T>(
  storage: FileStorage,
  address: Address,
  byteLength: number,
  structure: string,
  decode: (cursor: Cursor) => T,
): T {
  return decode(storage.cursor(storage.readMetadata(address, byteLength, structure), structure, address));
}

/** Tree and symbol table nodes of an old-style group. */
export function claimGroupTree(claims: SpaceClaims, storage: FileStorage, ranks: GroupTreeRanks, root: Address): void {
  const nodeBytes = sizeOfBTreeV1GroupNode(ranks.internalK, storage.widths);
  const leafBytes = sizeOfSymbolTableNode(ranks.leafK, storage.widths);
  const pending = [root];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    const { nodeLevel, children } = decodeAt(storage, address, nodeBytes, V1_NODE, (cursor) =>
      decodeBTreeV1GroupNode(cursor, ranks.internalK),
    );
    if (!claims.add("group-b-tree", address, nodeBytes, `Node of level ${nodeLevel} of the B-tree of links`)) continue;
    for (const child of children) {
      if (nodeLevel > 0) pending.push(child);
      else claims.add("symbol-table-node", child, leafBytes, "Symbol table node");
    }
  }
}

/** Nodes of a version 1 tree of chunks. @param rank - Of the dataset. */
export function claimChunkTree(
  claims: SpaceClaims,
  storage: FileStorage,
  k: number,
  rank: number,
  root: Address,
): void {
  const nodeBytes = sizeOfBTreeV1ChunkNode(k, rank + 1, storage.widths);
  const pending = [root];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    const { nodeLevel, children } = decodeAt(storage, address, nodeBytes, V1_NODE, (cursor) =>
      decodeBTreeV1ChunkNode(cursor, k, rank + 1),
    );
    if (!claims.add("chunk-b-tree", address, nodeBytes, `Node of level ${nodeLevel} of the B-tree of chunks`)) continue;
    if (nodeLevel > 0) pending.push(...children);
  }
}

/**
 * Header and nodes of a version 2 tree.
 *
 * @param what - What the tree is for, such as "index of link names".
 * @param visit - Gets every record, as stored.
 */
export function claimTreeV2(
  claims: SpaceClaims,
  storage: FileStorage,
  address: Address,
  what: string,
  visit?: (record: Uint8Array) => void,
): void {
  const headerBytes = sizeOfBTreeV2Header(storage.widths);
  const header = decodeAt(storage, address, headerBytes, V2_HEADER, decodeBTreeV2Header);
  claims.add("b-tree-v2", address, headerBytes, `Header of the B-tree, ${what}`);
  const { rootAddress, rootRecordCount, depth } = header;
  if (!isDefined(rootAddress)) return;
  const walk = new TreeV2Walk(claims, storage, header, what, visit);
  walk.node(rootAddress, rootRecordCount, depth);
}

class TreeV2Walk {
  private readonly shape: BTreeV2Shape;
  private readonly claims: SpaceClaims;
  private readonly storage: FileStorage;
  private readonly header: BTreeV2Header;
  private readonly what: string;
  private readonly visit: ((record: Uint8Array) => void) | undefined;

  constructor(
    claims: SpaceClaims,
    storage: FileStorage,
    header: BTreeV2Header,
    what: string,
    visit: ((record: Uint8Array) => void) | undefined,
  ) {
    this.claims = claims;
    this.storage = storage;
    this.header = header;
    this.what = what;
    this.visit = visit;
    this.shape = bTreeV2Shape(header, storage.widths);
  }

  /** Levels fall, so that no path is endless. */
  node(address: Address, recordCount: number, level: number): void {
    const { claims, storage, header, shape, visit } = this;
    const what =
      level === 0 ? `Leaf of the B-tree, ${this.what}` : `Node of level ${level} of the B-tree, ${this.what}`;
    if (!claims.add("b-tree-v2", address, header.nodeSize, what)) return;
    if (level === 0) {
      if (visit === undefined) return;
      const leaf = decodeAt(storage, address, header.nodeSize, V2_NODE, (cursor) =>
        decodeBTreeV2Leaf(cursor, header, recordCount),
      );
      for (const record of leaf.records) visit(record);
      return;
    }
    const { records, children } = decodeAt(storage, address, header.nodeSize, V2_NODE, (cursor) =>
      decodeBTreeV2Internal(cursor, header, shape, level, recordCount),
    );
    if (visit !== undefined) for (const record of records) visit(record);
    for (const child of children) this.node(child.address, child.recordCount, level - 1);
  }
}
