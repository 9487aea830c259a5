/**
 * A node of a version 1 chunk B-tree as the bytes it is in the file, for searches: they look at six of its keys, not at all
 * of them.
 *
 * Specification: III.A.1, "Version 1 B-trees", node type 1.
 */
import type { Address } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import {
  type BTreeV1ChunkEntry,
  type BTreeV1ChunkNode,
  compareBTreeV1ChunkKey,
  decodeBTreeV1ChunkEntry,
  decodeBTreeV1ChunkNode,
  decodeBTreeV1ChunkNodeHead,
  isBTreeV1ChunkKeyOf,
} from "../../format/b-tree-v1-chunk-node.ts";
import { childFor, compareKey } from "./b-tree-v1-entries.ts";

/** Searches after which a node is decoded as a whole: those near the root serve every lookup. */
const PATIENCE = 16;

/**
 * Decodes a whole node. The C library, too, refuses chunks that do not lie on the grid.
 *
 * @param steps - Elements along each dimension of a chunk, and bytes of an element.
 */
export function decodeOnGrid(cursor: Cursor, k: number, steps: readonly number[]): BTreeV1ChunkNode {
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

/** What a search needs of a node. */
export interface SearchNode {
  readonly nodeLevel: number;
  /** Children. */
  readonly count: number;
  /** Whether there is a child `at`, the chunk with these scaled coordinates. */
  isAt(at: number, scaled: readonly number[]): boolean;
  /** Order of key `at` and some offsets: negative, zero or positive. */
  compare(at: number, offsets: readonly number[]): number;
  /** The last child whose key is not above `offsets`; -1 when all are. */
  childFor(offsets: readonly number[]): number;
  entry(at: number): BTreeV1ChunkEntry;
}

/** A node that was decoded, because the tree is being changed. */
export class DecodedChunkNode implements SearchNode {
  private readonly node: BTreeV1ChunkNode;
  private readonly steps: readonly number[];

  constructor(node: BTreeV1ChunkNode, steps: readonly number[]) {
    this.node = node;
    this.steps = steps;
  }

  get nodeLevel(): number {
    return this.node.nodeLevel;
  }

  get count(): number {
    return this.node.children.length;
  }

  isAt(at: number, scaled: readonly number[]): boolean {
    const { children, offsets, dimensionality } = this.node;
    if (at >= children.length) return false;
    const start = at * dimensionality;
    for (let d = 0; d < scaled.length; d++) {
      if (offsets[start + d] !== (scaled[d] as number) * (this.steps[d] as number)) return false;
    }
    return offsets[start + scaled.length] === 0;
  }

  compare(at: number, offsets: readonly number[]): number {
    return compareKey(this.node, at, offsets);
  }

  childFor(offsets: readonly number[]): number {
    return childFor(this.node, offsets);
  }

  entry(at: number): BTreeV1ChunkEntry {
    const { chunkByteLengths, filterMasks, children } = this.node;
    return {
      chunkByteLength: chunkByteLengths[at] as number,
      filterMask: filterMasks[at] as number,
      child: children[at] as Address,
    };
  }
}

export class EncodedChunkNode implements SearchNode {
  readonly nodeLevel: number;
  readonly count: number;
  private readonly cursor: Cursor;
  private readonly first: number;
  private readonly k: number;
  private readonly steps: readonly number[];
  private searches = 0;
  private decoded: BTreeV1ChunkNode | undefined;

  /** @param steps - What offsets in each dimension are multiples of; those of other keys than were looked at are not checked. */
  constructor(cursor: Cursor, k: number, steps: readonly number[]) {
    const { nodeLevel, entriesUsed } = decodeBTreeV1ChunkNodeHead(cursor, k, steps.length);
    this.nodeLevel = nodeLevel;
    this.count = entriesUsed;
    this.cursor = cursor;
    this.first = cursor.position;
    this.k = k;
    this.steps = steps;
  }

  isAt(at: number, scaled: readonly number[]): boolean {
    return at < this.count && isBTreeV1ChunkKeyOf(this.cursor, this.first, at, scaled, this.steps);
  }

  compare(at: number, offsets: readonly number[]): number {
    if (this.decoded !== undefined) return compareKey(this.decoded, at, offsets);
    return compareBTreeV1ChunkKey(this.cursor, this.first, at, offsets, this.steps);
  }

  childFor(offsets: readonly number[]): number {
    if (++this.searches > PATIENCE) return childFor(this.whole(), offsets);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(middle, offsets) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  entry(at: number): BTreeV1ChunkEntry {
    return decodeBTreeV1ChunkEntry(this.cursor, this.first, this.steps.length, at);
  }

  private whole(): BTreeV1ChunkNode {
    if (this.decoded === undefined) {
      this.cursor.position = 0;
      this.decoded = decodeOnGrid(this.cursor, this.k, this.steps);
    }
    return this.decoded;
  }
}
