/**
 * A version 2 B-tree: records in order, found by a comparison, changed by insertion and removal.
 *
 * Specification: III.A.2. Reference implementation: H5B2.c.
 */
import type { Address } from "../base/address.ts";
import type { BTreeV2Child, BTreeV2Header } from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import type { PreparedEdit } from "./b-tree-v2-edit.ts";
import {
  insertRecord,
  prepareMove,
  prepareRemoval,
  prepareReplacement,
  putRecord,
  rehearseInsertion,
  rehearseRemovals,
} from "./b-tree-v2-editing.ts";
import type { BTreeV2Node } from "./b-tree-v2-node.ts";
import {
  BTreeV2Nodes,
  type BTreeV2Parameters,
  type BTreeV2Storage,
  createBTreeV2Header,
  rootOf,
} from "./b-tree-v2-nodes.ts";
import type { EncodedOrder, RecordOrder } from "./b-tree-v2-search.ts";
import type { FreedBlocks } from "./freed-blocks.ts";

export type { BTreeV2Parameters, BTreeV2Storage } from "./b-tree-v2-nodes.ts";
export type { RecordOrder } from "./b-tree-v2-search.ts";

/** A record within its node. */
export interface BTreeV2Place<T> {
  readonly node: BTreeV2Node<T>;
  at: number;
}

export class BTreeV2<T> {
  readonly address: Address;
  private readonly nodes: BTreeV2Nodes<T>;

  /** @throws FormatError when the tree holds records of another type than `records` decodes. */
  constructor(storage: BTreeV2Storage, address: Address, records: RecordCodec<T>) {
    this.address = address;
    this.nodes = new BTreeV2Nodes(storage, address, records);
  }

  /** A new tree without records. C: `H5B2_create`. */
  static create<T>(storage: BTreeV2Storage, records: RecordCodec<T>, parameters: BTreeV2Parameters): BTreeV2<T> {
    return new BTreeV2(storage, createBTreeV2Header(storage, records, parameters), records);
  }

  get header(): BTreeV2Header {
    return this.nodes.header;
  }

  get count(): number {
    return this.header.totalRecordCount;
  }

  /** Every record in the order of the tree, which must not be changed meanwhile. */
  forEach(visit: (record: T) => void): void {
    this.nodes.forEach(visit);
  }

  /**
   * Every record as it is encoded, in the order that costs least: that of the nodes in the file.
   *
   * @param visit - Gets bytes that hold a record from `start` on, and must not keep them.
   */
  forEachEncoded(visit: (bytes: Uint8Array, start: number) => void): void {
    this.nodes.forEachNode((node) => {
      node.forEachEncoded(visit);
    });
  }

  /** A record for which `order` gives 0. Records that compare equal stand together. */
  find(order: RecordOrder<T>): T | undefined {
    const place = this.locate(order);
    return place === undefined ? undefined : place.node.recordAt(place.at);
  }

  /** Where {@link find} finds it; good until the tree is changed. @param encoded - `order` of encoded records. */
  locate(order: RecordOrder<T>, encoded?: EncodedOrder): BTreeV2Place<T> | undefined {
    const { nodes } = this;
    const { header } = nodes;
    let pointer = rootOf(header);
    for (let { depth } = header; pointer !== undefined; depth--) {
      const node = nodes.load(pointer, depth, header);
      const { at, found } = node.search(order, encoded);
      if (found) return { node, at };
      pointer = node.childAt(at);
    }
    return undefined;
  }

  /** Loads what finding each of these will need, a level of the tree at a time. */
  expect(orders: readonly RecordOrder<T>[]): void {
    const { root } = this.nodes;
    if (root === undefined) return;
    let level = new Map<Address, { readonly pointer: BTreeV2Child; readonly orders: RecordOrder<T>[] }>();
    level.set(root.address, { pointer: root, orders: [...orders] });
    for (let depth = this.header.depth; depth > 0; depth--) {
      const below: typeof level = new Map();
      for (const { pointer, orders: wanted } of level.values()) {
        const node = this.nodes.load(pointer, depth);
        for (const order of wanted) {
          const { at, found } = node.search(order);
          const child = node.childAt(at);
          if (found || child === undefined) continue;
          const group = below.get(child.address);
          if (group === undefined) below.set(child.address, { pointer: child, orders: [order] });
          else group.orders.push(order);
        }
      }
      this.nodes.expect([...below.values()].map(({ pointer }) => pointer));
      level = below;
    }
  }

  /**
   * Adds a record. There must be none yet that compares equal.
   *
   * @param order - The place of `record`: where other records stand to it.
   * C: `H5B2_insert`.
   */
  insert(record: T, order: RecordOrder<T>): void {
    insertRecord(this.nodes, record, order);
  }

  /** Puts `record` in the place of the one that `order` finds, or adds it. C: `H5B2_update`. */
  put(record: T, order: RecordOrder<T>): void {
    putRecord(this.nodes, record, order);
  }

  /** Removes and returns the record that `order` finds. C: `H5B2_remove`. */
  remove(order: RecordOrder<T>): T | undefined {
    const record = this.find(order);
    if (record !== undefined) prepareRemoval(this.nodes, order).commit();
    return record;
  }

  /** The same in two steps, of which only this one reads; undefined where there is no such record. */
  prepareRemoval(order: RecordOrder<T>): PreparedEdit | undefined {
    return this.find(order) === undefined ? undefined : prepareRemoval(this.nodes, order);
  }

  /** The same for a record that is there. */
  prepareKnownRemoval(order: RecordOrder<T>): PreparedEdit {
    return prepareRemoval(this.nodes, order);
  }

  /** Takes out the record that `order` finds, which is there, and adds another, with a place of its own. */
  prepareMove(order: RecordOrder<T>, record: T, newOrder: RecordOrder<T>): PreparedEdit {
    return prepareMove(this.nodes, order, record, newOrder);
  }

  /** Puts a record in the place of the one that `order` finds, if there is one. */
  prepareReplacement(record: T, order: RecordOrder<T>): PreparedEdit | undefined {
    return prepareReplacement(this.nodes, record, order);
  }

  /** Loads what inserting a record will need, so that the insertion is not interrupted by a source that answers late. */
  rehearseInsert(record: T, order: RecordOrder<T>): void {
    rehearseInsertion(this.nodes, record, order);
  }

  /** Loads the nodes on the way to a record, and their neighbours. */
  expectAround(order: RecordOrder<T>): void {
    let pointer = this.nodes.root;
    for (let depth = this.header.depth; pointer !== undefined; depth--) {
      const node: BTreeV2Node<T> = this.nodes.load(pointer, depth);
      const { at } = node.search(order);
      for (const beside of depth === 0 ? [] : [at - 1, at + 1]) {
        const neighbour = beside >= 0 && beside <= node.recordCount ? node.childAt(beside) : undefined;
        if (neighbour !== undefined) this.nodes.load(neighbour, depth - 1);
      }
      pointer = depth === 0 ? undefined : node.childAt(at);
    }
  }

  /** Loads what removing these records will need, one after the other. */
  rehearseRemovals(orders: readonly RecordOrder<T>[]): void {
    rehearseRemovals(
      this.nodes,
      orders.filter((order) => this.find(order) !== undefined),
    );
  }

  /** All nodes and the header go. C: `H5B2_delete`. */
  deleteAll(freed: FreedBlocks): void {
    this.nodes.deleteAll(freed);
  }
}
