/**
 * Version 2 B-tree: header, leaf and internal nodes, with records as bytes (`b-tree-v2-records.ts` knows what they mean).
 *
 * Specification: III.A.2, "Version 2 B-trees". Reference implementation: H5B2cache.c, H5B2hdr.c, H5B2pkg.h.
 *
 * | header field              | bytes           | leaf / internal node field | bytes                                 |
 * | ------------------------- | --------------- | -------------------------- | ------------------------------------- |
 * | Signature                 | 4, "BTHD"       | Signature                  | 4, "BTLF" / "BTIN"                    |
 * | Version                   | 1, here 0       | Version                    | 1, here 0                             |
 * | Type                      | 1               | Type                       | 1                                     |
 * | Node Size                 | 4               | Records                    | Record Size each                      |
 * | Record Size               | 2               | Child Node Pointer         | internal: Size of Offsets             |
 * | Depth                     | 2               | Number of Records          | internal: {@link BTreeV2Shape.countBytes} |
 * | Split Percent             | 1               | Total Number of Records    | internal: {@link NodeLevel.totalBytes} |
 * | Merge Percent             | 1               | Checksum                   | 4, right after the last field         |
 * | Root Node Address         | Size of Offsets |                            |                                       |
 * | Number of Records in Root | 2               |                            |                                       |
 * | Total Number of Records   | Size of Lengths |                            |                                       |
 * | Checksum                  | 4               |                            |                                       |
 */
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../base/address.ts";
import { bytesForLimit } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** What holds for all nodes of a tree, and its root. Specification: III.A.2, "Version 2 B-trees". */
export interface BTreeV2Header {
  /** What the records are: 1 to 11. */
  readonly recordType: number;
  /** Bytes of every node, leaf or internal. */
  readonly nodeSize: number;
  /** Bytes of a record. */
  readonly recordSize: number;
  /** 0 when the root is a leaf. */
  readonly depth: number;
  /** How full a node is when it is split. */
  readonly splitPercent: number;
  /** How full a node is when it is merged with others. */
  readonly mergePercent: number;
  /** Undefined for an empty tree. */
  readonly rootAddress: Address;
  /** Records in the root node. */
  readonly rootRecordCount: number;
  /** Records of the whole tree. */
  readonly totalRecordCount: number;
}

/** A child of an internal node. */
export interface BTreeV2Child {
  /** Where the node is. */
  readonly address: Address;
  /** Records in the child node itself. */
  readonly recordCount: number;
  /** Records in the child and all below it. */
  readonly totalRecordCount: number;
}

/** A node at level 0. Specification: III.A.2, "Version 2 B-tree Leaf Node". */
export interface BTreeV2Leaf {
  /** In the tree's order; `recordSize` bytes each. */
  readonly records: readonly Uint8Array[];
}

/** A node above. Specification: III.A.2, "Version 2 B-tree Internal Node". */
export interface BTreeV2Internal {
  /** As they are encoded, one between two children. */
  readonly records: readonly Uint8Array[];
  /** One more than there are records. */
  readonly children: readonly BTreeV2Child[];
}

/** What follows from a tree's header for the nodes of one level. */
export interface NodeLevel {
  /** Records that fit a node of this depth. */
  readonly capacity: number;
  /** Records that fit a node of this depth and all below it. */
  readonly cumulativeCapacity: number;
  /** Bytes of "Total Number of Records" in a node of this depth; 0 where the field is absent. */
  readonly totalBytes: number;
  /** Bytes of a pointer to a child of such a node; 0 for leaves. */
  readonly childBytes: number;
}

/** What follows from a tree's node size, record size and depth. */
export interface BTreeV2Shape {
  /** Bytes of "Number of Records of Child Node": one width for the whole tree, by the capacity of a leaf. */
  readonly countBytes: number;
  /** By depth; 0 are the leaves. */
  readonly levels: readonly NodeLevel[];
}

const VERSION = 0;
const HEADER_SIGNATURE = "BTHD";
const LEAF_SIGNATURE = "BTLF";
const INTERNAL_SIGNATURE = "BTIN";

/** Signature, version, type and checksum of a node. */
const NODE_OVERHEAD = 10;
/** Types 0 and from 12 on are the C library's own tests. */
const FIRST_RECORD_TYPE = 1;
const LAST_RECORD_TYPE = 11;

export function sizeOfBTreeV2Header(widths: FileWidths): number {
  return 22 + widths.sizeOfOffsets + widths.sizeOfLengths;
}

export function decodeBTreeV2Header(cursor: Cursor): BTreeV2Header {
  const start = cursor.position;
  cursor.signature(HEADER_SIGNATURE);
  cursor.version([VERSION]);
  const recordType = cursor.within(FIRST_RECORD_TYPE, LAST_RECORD_TYPE, "Type");
  const nodeSize = cursor.u32("Node Size");
  const recordSize = cursor.u16("Record Size");
  const depth = cursor.u16("Depth");
  const splitPercent = cursor.u8("Split Percent");
  const mergePercent = cursor.u8("Merge Percent");
  const rootAddress = cursor.addressValue("Root Node Address");
  const rootRecordCount = cursor.u16("Number of Records in Root Node");
  const totalRecordCount = cursor.finiteLength("Total Number of Records in B-tree");
  cursor.checksum(start);

  if (nodeSize > cursor.limits.maxMetadataBytes) throw cursor.error(`${nodeSize} bytes`, "Node Size");
  if (recordSize === 0 || nodeSize < NODE_OVERHEAD + recordSize) {
    throw cursor.error(`records of ${recordSize} bytes in nodes of ${nodeSize}`, "Record Size");
  }
  if (depth > cursor.limits.maxDepth) throw cursor.error(`${depth} levels`, "Depth");
  if (rootAddress === UNDEFINED_ADDRESS && totalRecordCount > 0) {
    throw cursor.error(`no root for ${totalRecordCount} records`, "Root Node Address");
  }
  return {
    recordType,
    nodeSize,
    recordSize,
    depth,
    splitPercent,
    mergePercent,
    rootAddress,
    rootRecordCount,
    totalRecordCount,
  };
}

export function encodeBTreeV2Header(writer: Writer, header: BTreeV2Header): void {
  const start = writer.position;
  writer.signature(HEADER_SIGNATURE).u8(VERSION).u8(header.recordType);
  writer.u32(header.nodeSize).u16(header.recordSize).u16(header.depth);
  writer.u8(header.splitPercent).u8(header.mergePercent);
  writer.addressValue(header.rootAddress).u16(header.rootRecordCount).lengthValue(header.totalRecordCount);
  writer.checksum(start);
}

/** Capacities and field widths for nodes of depth 0 to `depth`, by default the tree's own. */
export function bTreeV2Shape(
  header: Pick<BTreeV2Header, "nodeSize" | "recordSize" | "depth">,
  widths: FileWidths,
  depth = header.depth,
): BTreeV2Shape {
  const { nodeSize, recordSize } = header;
  const leafCapacity = Math.floor((nodeSize - NODE_OVERHEAD) / recordSize);
  const countBytes = bytesForLimit(leafCapacity);
  const leaves = { capacity: leafCapacity, cumulativeCapacity: leafCapacity, totalBytes: 0, childBytes: 0 };
  const levels: NodeLevel[] = [leaves];
  for (let level = 1; level <= depth; level++) {
    const below = (levels[level - 1] as NodeLevel).cumulativeCapacity;
    const totalBytes = level === 1 ? 0 : Math.min(8, bytesForLimit(below));
    const childBytes = widths.sizeOfOffsets + countBytes + totalBytes;
    const capacity = Math.max(0, Math.floor((nodeSize - NODE_OVERHEAD - childBytes) / (recordSize + childBytes)));
    levels.push({ capacity, cumulativeCapacity: (capacity + 1) * below + capacity, totalBytes, childBytes });
  }
  return { countBytes, levels };
}

/** Bytes before the first record of a node. */
export const NODE_PREFIX_BYTES = 6;

/**
 * Checks a node's signature, type, size and checksum, after which each record and child can be decoded by itself.
 *
 * @param depth - Depth of this node, 0 for leaves.
 * @param recordCount - As the header or the parent node says: a node does not know its own count.
 */
export function checkBTreeV2Node(
  cursor: Cursor,
  header: BTreeV2Header,
  shape: BTreeV2Shape,
  depth: number,
  recordCount: number,
): void {
  const start = cursor.position;
  decodePrefix(cursor, depth === 0 ? LEAF_SIGNATURE : INTERNAL_SIGNATURE, header);
  cursor.count(recordCount, header.recordSize, "Records");
  cursor.skip(recordCount * header.recordSize, "Record");
  if (depth > 0) cursor.skip((recordCount + 1) * levelOf(shape, depth).childBytes, "Child Node Pointer");
  cursor.checksum(start);
}

/** Child `at` of a node of `depth` that was checked. The cursor covers the node. */
export function decodeBTreeV2Child(
  cursor: Cursor,
  header: BTreeV2Header,
  shape: BTreeV2Shape,
  depth: number,
  recordCount: number,
  at: number,
): BTreeV2Child {
  // Nodes that were checked have such levels.
  const { totalBytes, childBytes } = shape.levels[depth] as NodeLevel;
  const { capacity } = shape.levels[depth - 1] as NodeLevel;
  cursor.position = NODE_PREFIX_BYTES + recordCount * header.recordSize + at * childBytes;
  const address = cursor.addressValue("Child Node Pointer");
  const childCount = cursor.uint(shape.countBytes, "Number of Records of Child Node");
  if (childCount > capacity) {
    throw cursor.error(`${childCount} records in a node with room for ${capacity}`, "Number of Records of Child Node");
  }
  const total = totalBytes === 0 ? childCount : cursor.uint(totalBytes, "Total Number of Records");
  if (total < childCount) throw cursor.error(`${total} in all, ${childCount} in the node`, "Total Number of Records");
  return { address, recordCount: childCount, totalRecordCount: total };
}

/** @param recordCount - As the header or the parent node says: a node does not know its own count. */
export function decodeBTreeV2Leaf(cursor: Cursor, header: BTreeV2Header, recordCount: number): BTreeV2Leaf {
  const start = cursor.position;
  decodePrefix(cursor, LEAF_SIGNATURE, header);
  const records = decodeRecords(cursor, header, recordCount);
  cursor.checksum(start);
  return { records };
}

/** @param depth - Depth of this node, 1 for those just above the leaves. */
export function decodeBTreeV2Internal(
  cursor: Cursor,
  header: BTreeV2Header,
  shape: BTreeV2Shape,
  depth: number,
  recordCount: number,
): BTreeV2Internal {
  checkBTreeV2Node(cursor, header, shape, depth, recordCount);
  cursor.position = NODE_PREFIX_BYTES;
  const records = decodeRecords(cursor, header, recordCount);
  const children: BTreeV2Child[] = [];
  for (let i = 0; i <= recordCount; i++) {
    children.push(decodeBTreeV2Child(cursor, header, shape, depth, recordCount, i));
  }
  return { records, children };
}

function levelOf(shape: BTreeV2Shape, depth: number): NodeLevel {
  const level = shape.levels[depth];
  if (level === undefined) throw new RangeError(`depth ${depth} of a tree of depth ${shape.levels.length - 1}`);
  return level;
}

function decodePrefix(cursor: Cursor, signature: string, header: BTreeV2Header): void {
  cursor.signature(signature);
  cursor.version([VERSION]);
  const recordType = cursor.u8("Type");
  if (recordType !== header.recordType) {
    throw cursor.error(`expected ${header.recordType} (as the header), found ${recordType}`, "Type");
  }
}

function decodeRecords(cursor: Cursor, header: BTreeV2Header, count: number): Uint8Array[] {
  cursor.count(count, header.recordSize, "Records");
  const records: Uint8Array[] = [];
  for (let i = 0; i < count; i++) records.push(cursor.take(header.recordSize, "Record"));
  return records;
}

/** The rest of the node after the checksum is zeros. */
export function encodeBTreeV2Leaf(writer: Writer, header: BTreeV2Header, leaf: BTreeV2Leaf): void {
  const start = writer.position;
  writer.signature(LEAF_SIGNATURE).u8(VERSION).u8(header.recordType);
  for (const record of leaf.records) writer.bytes(record);
  writer.checksum(start);
  fillNode(writer, header, start);
}

export function encodeBTreeV2Internal(
  writer: Writer,
  header: BTreeV2Header,
  shape: BTreeV2Shape,
  depth: number,
  node: BTreeV2Internal,
): void {
  const start = writer.position;
  const { totalBytes } = levelOf(shape, depth);
  if (node.children.length !== node.records.length + 1) {
    throw new RangeError(`${node.children.length} children for ${node.records.length} records`);
  }
  writer.signature(INTERNAL_SIGNATURE).u8(VERSION).u8(header.recordType);
  for (const record of node.records) writer.bytes(record);
  for (const child of node.children) {
    writer.addressValue(child.address).uint(child.recordCount, shape.countBytes);
    if (totalBytes > 0) writer.uint(child.totalRecordCount, totalBytes);
  }
  writer.checksum(start);
  fillNode(writer, header, start);
}

function fillNode(writer: Writer, header: BTreeV2Header, start: number): void {
  const used = writer.position - start;
  if (used > header.nodeSize) throw new RangeError(`${used} bytes in a B-tree node of ${header.nodeSize}`);
  writer.zeros(header.nodeSize - used);
}
