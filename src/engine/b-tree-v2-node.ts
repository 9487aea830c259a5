/**
 * A node of a version 2 B-tree, as bytes of which records and children are decoded one by one when they are asked for:
 * a search looks at a few of the hundred or more that a node has.
 *
 * Specification: III.A.2, "Version 2 B-tree Internal Node", "Leaf Node".
 */
import type { Cursor } from "../base/cursor.ts";
import {
  type BTreeV2Child,
  type BTreeV2Header,
  type BTreeV2Shape,
  checkBTreeV2Node,
  decodeBTreeV2Child,
  NODE_PREFIX_BYTES,
} from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import { type EncodedOrder, type RecordOrder, type RecordPlace, searchBy } from "./b-tree-v2-search.ts";

/** A leaf, or an internal node, whose records are records like those of leaves. */
export interface BTreeV2Node<T> {
  readonly records: readonly T[];
  /** One more than there are records; `undefined` in a leaf. */
  readonly children: readonly BTreeV2Child[] | undefined;
}

/** What the nodes of one depth have in common. */
export interface BTreeV2NodeKind<T> {
  readonly header: BTreeV2Header;
  readonly shape: BTreeV2Shape;
  /** 0 for leaves. */
  readonly depth: number;
  readonly records: RecordCodec<T>;
}

export class EncodedNode<T> implements BTreeV2Node<T> {
  readonly recordCount: number;
  readonly depth: number;
  private readonly cursor: Cursor;
  private readonly kind: BTreeV2NodeKind<T>;
  private asked = 0;
  private decodedRecords: readonly T[] | undefined;
  private decodedChildren: readonly BTreeV2Child[] | undefined;

  /** @throws FormatError when the node is damaged. */
  constructor(cursor: Cursor, kind: BTreeV2NodeKind<T>, recordCount: number) {
    const { header, shape, depth } = kind;
    checkBTreeV2Node(cursor, header, shape, depth, recordCount);
    this.cursor = cursor;
    this.kind = kind;
    this.depth = depth;
    this.recordCount = recordCount;
  }

  recordAt(at: number): T {
    const known = this.decodedRecords?.[at];
    if (known !== undefined) return known;
    // Who comes back so often will want most of them.
    if (++this.asked > 2 * this.recordCount) return this.records[at] as T;
    return this.decodeRecord(at);
  }

  private decodeRecord(at: number): T {
    const { header, records } = this.kind;
    this.cursor.position = NODE_PREFIX_BYTES + at * header.recordSize;
    return records.decode(this.cursor);
  }

  /** Where record `at` stands. */
  compareAt(at: number, order: RecordOrder<T>, encoded: EncodedOrder): number {
    const side = encoded(this.cursor.bytes, NODE_PREFIX_BYTES + at * this.kind.header.recordSize);
    return Number.isNaN(side) ? order(this.recordAt(at)) : side;
  }

  search(order: RecordOrder<T>, encoded: EncodedOrder): RecordPlace {
    let low = 0;
    let high = this.recordCount;
    // Without `searchBy` and its function: a process that reads little runs every call of them in the interpreter.
    while (low < high) {
      const middle = (low + high) >>> 1;
      const side = this.compareAt(middle, order, encoded);
      if (side === 0) return { at: middle, found: true };
      if (side < 0) low = middle + 1;
      else high = middle;
    }
    return { at: low, found: false };
  }

  /** Calls `visit` with bytes that hold each record from `start` on. */
  forEachEncoded(visit: (bytes: Uint8Array, start: number) => void): void {
    const { recordSize } = this.kind.header;
    for (let i = 0; i < this.recordCount; i++) visit(this.cursor.bytes, NODE_PREFIX_BYTES + i * recordSize);
  }

  childAt(at: number): BTreeV2Child | undefined {
    const { depth } = this;
    if (depth === 0 || at > this.recordCount) return undefined;
    if (this.decodedRecords !== undefined) return this.children?.[at];
    return this.decodeChild(at);
  }

  private decodeChild(at: number): BTreeV2Child {
    const { header, shape, depth } = this.kind;
    return decodeBTreeV2Child(this.cursor, header, shape, depth, this.recordCount, at);
  }

  /** All of them, kept from then on: for those who change the tree. */
  get records(): readonly T[] {
    this.decodedRecords ??= Array.from({ length: this.recordCount }, (_, at) => this.decodeRecord(at));
    return this.decodedRecords;
  }

  get children(): readonly BTreeV2Child[] | undefined {
    if (this.depth === 0) return undefined;
    this.decodedChildren ??= Array.from({ length: this.recordCount + 1 }, (_, at) => this.decodeChild(at));
    return this.decodedChildren;
  }
}

export function recordCountOf<T>(node: BTreeV2Node<T>): number {
  return node instanceof EncodedNode ? node.recordCount : node.records.length;
}

/** @param at - Below {@link recordCountOf}. */
export function recordOf<T>(node: BTreeV2Node<T>, at: number): T {
  return node instanceof EncodedNode ? (node as EncodedNode<T>).recordAt(at) : (node.records[at] as T);
}

/** Undefined for a leaf. */
export function childOf<T>(node: BTreeV2Node<T>, at: number): BTreeV2Child | undefined {
  return node instanceof EncodedNode ? node.childAt(at) : node.children?.[at];
}

/** Where record `at` of a node stands, decoded only where it needs to be. */
export function compareRecord<T>(
  node: BTreeV2Node<T>,
  at: number,
  order: RecordOrder<T>,
  encoded?: EncodedOrder,
): number {
  return encoded !== undefined && node instanceof EncodedNode
    ? node.compareAt(at, order, encoded)
    : order(recordOf(node, at));
}

/** Searches the records of a node. C: `H5B2__locate_record`. */
export function searchNode<T>(node: BTreeV2Node<T>, order: RecordOrder<T>, encoded?: EncodedOrder): RecordPlace {
  return encoded !== undefined && node instanceof EncodedNode
    ? node.search(order, encoded)
    : searchBy(recordCountOf(node), (at) => order(recordOf(node, at)));
}
