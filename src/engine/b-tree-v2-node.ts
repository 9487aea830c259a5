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
import type { EncodedOrder, RecordOrder, RecordPlace } from "./b-tree-v2-search.ts";

/** What is in a leaf, or in an internal node, whose records are records like those of leaves. */
export interface BTreeV2Content<T> {
  readonly records: readonly T[];
  /** One more than there are records; `undefined` in a leaf. */
  readonly children: readonly BTreeV2Child[] | undefined;
}

/** A node, for those who look at a part of it. */
export interface BTreeV2Node<T> extends BTreeV2Content<T> {
  readonly recordCount: number;
  readonly isLeaf: boolean;
  /** @param at - Below `recordCount`. */
  recordAt(at: number): T;
  /** Where record `at` stands. @param encoded - `order` of encoded records. */
  compareAt(at: number, order: RecordOrder<T>, encoded?: EncodedOrder): number;
  /** Searches the records. C: `H5B2__locate_record`. */
  search(order: RecordOrder<T>, encoded?: EncodedOrder): RecordPlace;
  /** Undefined in a leaf. */
  childAt(at: number): BTreeV2Child | undefined;
  /** Calls `visit` with bytes that hold each record from `start` on. */
  forEachEncoded(visit: (bytes: Uint8Array, start: number) => void): void;
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
  readonly isLeaf: boolean;
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
    this.recordCount = recordCount;
    this.isLeaf = depth === 0;
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

  compareAt(at: number, order: RecordOrder<T>, encoded?: EncodedOrder): number {
    if (encoded === undefined) return order(this.recordAt(at));
    const side = encoded(this.cursor.bytes, NODE_PREFIX_BYTES + at * this.kind.header.recordSize);
    return Number.isNaN(side) ? order(this.recordAt(at)) : side;
  }

  search(order: RecordOrder<T>, encoded?: EncodedOrder): RecordPlace {
    const { bytes } = this.cursor;
    const { recordSize } = this.kind.header;
    let low = 0;
    let high = this.recordCount;
    // Without functions that could be spared: a process that reads little runs every call in the interpreter.
    while (low < high) {
      const middle = (low + high) >>> 1;
      let side = encoded === undefined ? Number.NaN : encoded(bytes, NODE_PREFIX_BYTES + middle * recordSize);
      if (Number.isNaN(side)) side = order(this.recordAt(middle));
      if (side === 0) return { at: middle, found: true };
      if (side < 0) low = middle + 1;
      else high = middle;
    }
    return { at: low, found: false };
  }

  forEachEncoded(visit: (bytes: Uint8Array, start: number) => void): void {
    const { recordSize } = this.kind.header;
    for (let i = 0; i < this.recordCount; i++) visit(this.cursor.bytes, NODE_PREFIX_BYTES + i * recordSize);
  }

  childAt(at: number): BTreeV2Child | undefined {
    if (this.isLeaf || at > this.recordCount) return undefined;
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
    if (this.isLeaf) return undefined;
    this.decodedChildren ??= Array.from({ length: this.recordCount + 1 }, (_, at) => this.decodeChild(at));
    return this.decodedChildren;
  }
}
