/**
 * Version 1 B-tree node of a chunked dataset (Node Type 1).
 *
 * Specification: III.A.1, "Version 1 B-trees". Reference implementation: H5Bcache.c, H5Dbtree.c.
 *
 * | field                    | bytes                        |
 * | ------------------------ | ---------------------------- |
 * | Signature                | 4, "TREE"                    |
 * | Node Type                | 1, here 1                    |
 * | Node Level               | 1                            |
 * | Entries Used             | 2                            |
 * | Address of Left Sibling  | Size of Offsets              |
 * | Address of Right Sibling | Size of Offsets              |
 * | Key, Child, Key, ... Key | see below, Size of Offsets, ... |
 *
 * | key                                  | bytes                            |
 * | ------------------------------------ | -------------------------------- |
 * | Size of Chunk in bytes               | 4                                |
 * | Filter Mask                          | 4                                |
 * | Chunk Offset, one a dimension        | 8 each, in elements              |
 * | Chunk Offset within the element      | 8, in bytes; 0 but in the last key |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Keys lie in flat arrays, for a dataset has as many as it has chunks. There is one key more than there are children. */
export interface BTreeV1ChunkNode {
  /** 0 for a leaf, whose children are chunks; otherwise children are nodes of this tree. */
  readonly nodeLevel: number;
  /** The node before it at the same level; undefined for the first. */
  readonly leftSibling: Address;
  /** The node behind it at the same level; undefined for the last. */
  readonly rightSibling: Address;
  /** The layout message's Dimensionality: the dataset's rank and one more. */
  readonly dimensionality: number;
  /** Stored bytes of each key's chunk. */
  readonly chunkByteLengths: readonly number[];
  /** Bit i set: filter i of the pipeline was skipped for the chunk. */
  readonly filterMasks: readonly number[];
  /**
   * Where each key's chunk starts in the dataset: `dimensionality` numbers a key, in elements, the last one in bytes.
   * Keys ascend, slowest dimension first; `children[i]` has everything from key i up to, but without, key i + 1.
   */
  readonly offsets: readonly number[];
  /** Addresses of chunks at level 0, else of nodes, one for each key but the last. */
  readonly children: readonly Address[];
}

const SIGNATURE = "TREE";
const NODE_TYPE = 1;
/** C: `H5O_LAYOUT_NDIMS`, 32 dimensions and the element. */
const MAX_DIMENSIONALITY = 33;
const TWO_32 = 0x1_0000_0000;
const HIGH_LIMIT = 0x20_0000;

function keyBytes(dimensionality: number): number {
  return 8 + 8 * dimensionality;
}

/** Bytes on disk: a node is allocated for 2K children however few it holds, K being "Indexed Storage Internal Node K". */
export function sizeOfBTreeV1ChunkNode(k: number, dimensionality: number, widths: FileWidths): number {
  const { sizeOfOffsets } = widths;
  return 8 + 2 * sizeOfOffsets + 2 * k * sizeOfOffsets + (2 * k + 1) * keyBytes(dimensionality);
}

/** What comes before the keys. */
export interface BTreeV1ChunkNodeHead {
  /** 0 for a leaf, whose children are chunks. */
  readonly nodeLevel: number;
  /** Number of children. */
  readonly entriesUsed: number;
}

/** Bytes of the head and of the siblings behind it. */
export function bTreeV1FirstKeyAt({ sizeOfOffsets }: FileWidths): number {
  return 8 + 2 * sizeOfOffsets;
}

/** Bytes of a key and the child behind it. */
export function bTreeV1KeyStride(dimensionality: number, { sizeOfOffsets }: FileWidths): number {
  return keyBytes(dimensionality) + sizeOfOffsets;
}

/** Leaves the cursor at the siblings; they, and all keys and children, are there. */
export function decodeBTreeV1ChunkNodeHead(cursor: Cursor, k: number, dimensionality: number): BTreeV1ChunkNodeHead {
  cursor.signature(SIGNATURE);
  const nodeType = cursor.u8("Node Type");
  if (nodeType !== NODE_TYPE) {
    throw cursor.error(`expected ${NODE_TYPE} (chunk node), found ${nodeType}`, "Node Type");
  }
  const nodeLevel = cursor.u8("Node Level");
  const entriesUsed = cursor.u16("Entries Used");
  if (entriesUsed > 2 * k) {
    throw cursor.error(`${entriesUsed} entries in a node with room for ${2 * k}`, "Entries Used");
  }
  if (dimensionality < 1 || dimensionality > MAX_DIMENSIONALITY) {
    throw cursor.error(`${dimensionality} dimensions`, "Chunk Offset");
  }
  const { sizeOfOffsets } = cursor.widths;
  cursor.need((entriesUsed + 1) * keyBytes(dimensionality) + (entriesUsed + 2) * sizeOfOffsets, "Key");
  return { nodeLevel, entriesUsed };
}

/** @param dimensionality - The layout message's, which counts the element as a dimension: rank + 1. */
export function decodeBTreeV1ChunkNode(cursor: Cursor, k: number, dimensionality: number): BTreeV1ChunkNode {
  const { nodeLevel, entriesUsed } = decodeBTreeV1ChunkNodeHead(cursor, k, dimensionality);
  const leftSibling = cursor.addressValue("Address of Left Sibling");
  const rightSibling = cursor.addressValue("Address of Right Sibling");
  const entries = decodeEntries(cursor, entriesUsed, dimensionality);
  return { nodeLevel, leftSibling, rightSibling, dimensionality, ...entries };
}

/** The keys and children of a node as they are encoded, for those who look at a few of them. */
export interface BTreeV1ChunkKeys {
  /** Over the node. */
  readonly cursor: Cursor;
  /** Over the same bytes. */
  readonly view: DataView;
  /** Byte of the first key. */
  readonly first: number;
  /** Bytes from one key to the next. */
  readonly stride: number;
  /** Elements along each dimension of a chunk, and bytes of an element: offsets in each dimension are multiples of that. */
  readonly steps: readonly number[];
}

/**
 * Order of key `at` and the chunk with some scaled coordinates, slowest dimension first: negative, zero or positive.
 *
 * @throws FormatError for a key that is looked at and not on the grid.
 */
export function compareBTreeV1ChunkKey(keys: BTreeV1ChunkKeys, at: number, scaled: readonly number[]): number {
  const { view, steps } = keys;
  let position = keys.first + at * keys.stride + 8;
  for (let d = 0; d < steps.length; d++, position += 8) {
    const step = steps[d] as number;
    const high = view.getUint32(position + 4, true);
    const low = view.getUint32(position, true);
    // To a young process, a product is an object.
    const offset = high === 0 ? low : high * TWO_32 + low;
    const difference = d < scaled.length ? offset - (scaled[d] as number) * step : offset;
    if (difference === 0) continue;
    if (high >= HIGH_LIMIT) throw keys.cursor.error("is above 2^53 - 1", "Chunk Offset");
    if (offset % step === 0) return difference;
    throw keys.cursor.error(`${offset} is not a multiple of ${step}, dimension ${d}`, "Chunk Offset");
  }
  return 0;
}

/** The last of `count` children whose key is not above a chunk's; -1 when all are. @throws as {@link compareBTreeV1ChunkKey}. */
export function findBTreeV1Child(keys: BTreeV1ChunkKeys, count: number, scaled: readonly number[]): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBTreeV1ChunkKey(keys, middle, scaled) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Child `at`, which is behind key `at`. */
export function decodeBTreeV1Child(keys: BTreeV1ChunkKeys, at: number): Address {
  const { cursor, first, stride } = keys;
  cursor.position = first + (at + 1) * stride - cursor.widths.sizeOfOffsets;
  return cursor.definedAddress("Child Pointer");
}

/** A leaf's child, and what the key before it says of it. */
export interface BTreeV1StoredChunk {
  /** Where the chunk is. */
  readonly address: Address;
  /** Bytes of the chunk in the file, behind the filters. */
  readonly byteLength: number;
  /** Bit i is set when filter i of the pipeline was left out. */
  readonly filterMask: number;
}

/** Child `at` of a leaf. @throws FormatError for an undefined address. */
export function decodeBTreeV1StoredChunk(keys: BTreeV1ChunkKeys, at: number): BTreeV1StoredChunk {
  const { view, first, stride } = keys;
  const position = first + at * stride;
  const byteLength = view.getUint32(position, true);
  const filterMask = view.getUint32(position + 4, true);
  return { address: decodeBTreeV1Child(keys, at), byteLength, filterMask };
}

/**
 * Keys and children, read straight from the bytes once their number is known to fit: with four dimensions 50 ns a chunk,
 * against 90 field by field through the cursor (Node 20). Here a dataset of a million chunks spends its opening.
 */
function decodeEntries(
  cursor: Cursor,
  entriesUsed: number,
  dimensionality: number,
): Pick<BTreeV1ChunkNode, "chunkByteLengths" | "filterMasks" | "offsets" | "children"> {
  const { sizeOfOffsets } = cursor.widths;
  const { bytes } = cursor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunkByteLengths: number[] = [];
  const filterMasks: number[] = [];
  const offsets: number[] = [];
  const children: Address[] = [];
  let at = cursor.position;
  for (let i = 0; i <= entriesUsed; i++) {
    chunkByteLengths.push(view.getUint32(at, true));
    filterMasks.push(view.getUint32(at + 4, true));
    at += 8;
    for (let d = 0; d < dimensionality; d++) {
      const high = view.getUint32(at + 4, true);
      if (high >= HIGH_LIMIT) throw cursor.error("is above 2^53 - 1", "Chunk Offset");
      offsets.push(high * TWO_32 + view.getUint32(at, true));
      at += 8;
    }
    if (i === entriesUsed) break;
    cursor.position = at;
    const child = cursor.definedAddress("Child Pointer");
    children.push(child);
    at += sizeOfOffsets;
  }
  cursor.position = at;
  return { chunkByteLengths, filterMasks, offsets, children };
}

/** Unused entries, which the specification leaves undefined, are zero. */
export function encodeBTreeV1ChunkNode(writer: Writer, node: BTreeV1ChunkNode, k: number): void {
  const { dimensionality, children, chunkByteLengths, filterMasks, offsets } = node;
  const keys = children.length + 1;
  if (children.length > 2 * k) {
    throw new RangeError(`${children.length} children in a node with room for ${2 * k}`);
  }
  if (chunkByteLengths.length !== keys || filterMasks.length !== keys || offsets.length !== keys * dimensionality) {
    throw new RangeError(`a node with ${children.length} children needs ${keys} keys of ${dimensionality} dimensions`);
  }
  const end = writer.position + sizeOfBTreeV1ChunkNode(k, dimensionality, writer.widths);
  writer.signature(SIGNATURE).u8(NODE_TYPE).u8(node.nodeLevel).u16(children.length);
  writer.addressValue(node.leftSibling).addressValue(node.rightSibling);
  for (let i = 0; i < keys; i++) {
    writer.u32(chunkByteLengths[i] as number).u32(filterMasks[i] as number);
    for (let d = 0; d < dimensionality; d++) writer.u64(offsets[i * dimensionality + d] as number);
    if (i < children.length) writer.addressValue(children[i] as number);
  }
  writer.zeros(end - writer.position);
}
