/**
 * Nodes of a version 1 chunk B-tree in memory: as the bytes they are in the file, for searches, which look at six of their
 * keys, not at all of them, or as they were changed.
 *
 * Specification: III.A.1, "Version 1 B-trees", node type 1.
 */
import type { Address } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import {
  type BTreeV1ChunkKeys,
  type BTreeV1ChunkNode,
  bTreeV1FirstKeyAt,
  bTreeV1KeyStride,
  compareBTreeV1ChunkKey,
  decodeBTreeV1Child,
  decodeBTreeV1ChunkNode,
  decodeBTreeV1ChunkNodeHead,
  decodeBTreeV1StoredChunk,
  findBTreeV1Child,
} from "../../format/b-tree-v1-chunk-node.ts";
import type { ChunkRecord } from "./chunk-index.ts";

/**
 * Decodes a whole node. The C library, too, refuses chunks that do not lie on the grid.
 *
 * @param steps - Elements along each dimension of a chunk, and bytes of an element.
 */
function decodeOnGrid(cursor: Cursor, k: number, steps: readonly number[]): BTreeV1ChunkNode {
  const node = decodeBTreeV1ChunkNode(cursor, k, steps.length);
  const { dimensionality, offsets } = node;
  const element = dimensionality - 1;
  for (let i = 0; i < node.children.length; i++) {
    const start = i * dimensionality;
    for (let d = 0; d < element; d++) {
      const offset = offsets[start + d] as number;
      if (offset % (steps[d] as number) !== 0) {
        throw cursor.error(`${offset} is not a multiple of ${steps[d]}, dimension ${d}`, "Chunk Offset");
      }
    }
    const within = offsets[start + element] as number;
    if (within !== 0) throw cursor.error(`expected 0 within the element, found ${within}`, "Chunk Offset");
  }
  return node;
}

/** What is asked of a node. Chunks are named by scaled coordinates. */
export abstract class ChunkNode {
  abstract readonly nodeLevel: number;
  /** Children. */
  abstract readonly count: number;
  /** All of it decoded. */
  abstract readonly whole: BTreeV1ChunkNode;
  /** Order of key `at` and a chunk: negative, zero or positive. */
  abstract compare(at: number, scaled: readonly number[]): number;
  abstract childAt(at: number): Address;
  /** Of a leaf, whose children are chunks. */
  abstract recordAt(at: number): ChunkRecord;

  /** The last child whose key is not above a chunk's; -1 when all are. */
  childFor(scaled: readonly number[]): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(middle, scaled) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** A node that was changed, or is new. */
export class ChangedChunkNode extends ChunkNode {
  readonly whole: BTreeV1ChunkNode;
  private readonly steps: readonly number[];

  constructor(node: BTreeV1ChunkNode, steps: readonly number[]) {
    super();
    this.whole = node;
    this.steps = steps;
  }

  get nodeLevel(): number {
    return this.whole.nodeLevel;
  }

  get count(): number {
    return this.whole.children.length;
  }

  compare(at: number, scaled: readonly number[]): number {
    const { offsets, dimensionality } = this.whole;
    const start = at * dimensionality;
    for (let d = 0; d < scaled.length; d++) {
      const difference = (offsets[start + d] as number) - (scaled[d] as number) * (this.steps[d] as number);
      if (difference !== 0) return difference;
    }
    return offsets[start + scaled.length] as number;
  }

  childAt(at: number): Address {
    return this.whole.children[at] as Address;
  }

  recordAt(at: number): ChunkRecord {
    const { chunkByteLengths, filterMasks } = this.whole;
    const byteLength = chunkByteLengths[at] as number;
    return { address: this.childAt(at), byteLength, filterMask: filterMasks[at] as number };
  }
}

export class EncodedChunkNode extends ChunkNode implements BTreeV1ChunkKeys {
  readonly nodeLevel: number;
  readonly count: number;
  readonly cursor: Cursor;
  readonly view: DataView;
  readonly first: number;
  readonly stride: number;
  readonly steps: readonly number[];
  private readonly k: number;
  private decoded: BTreeV1ChunkNode | undefined;

  /** @param steps - What offsets in each dimension are multiples of; those of other keys than were looked at are not checked. */
  constructor(cursor: Cursor, k: number, steps: readonly number[]) {
    super();
    const { nodeLevel, entriesUsed } = decodeBTreeV1ChunkNodeHead(cursor, k, steps.length);
    const { bytes, widths } = cursor;
    this.nodeLevel = nodeLevel;
    this.count = entriesUsed;
    this.cursor = cursor;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.first = bTreeV1FirstKeyAt(widths);
    this.stride = bTreeV1KeyStride(steps.length, widths);
    this.k = k;
    this.steps = steps;
  }

  compare(at: number, scaled: readonly number[]): number {
    return compareBTreeV1ChunkKey(this, at, scaled);
  }

  override childFor(scaled: readonly number[]): number {
    return findBTreeV1Child(this, this.count, scaled);
  }

  childAt(at: number): Address {
    return decodeBTreeV1Child(this, at);
  }

  recordAt(at: number): ChunkRecord {
    return decodeBTreeV1StoredChunk(this, at);
  }

  get whole(): BTreeV1ChunkNode {
    if (this.decoded === undefined) {
      this.cursor.position = 0;
      this.decoded = decodeOnGrid(this.cursor, this.k, this.steps);
    }
    return this.decoded;
  }
}
