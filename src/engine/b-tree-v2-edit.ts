/**
 * One change of a version 2 B-tree: what it changes is collected and stored at its end, so that nothing was changed when
 * something cannot be read.
 *
 * Reference implementation of the limits: H5B2hdr.c, `H5B2__hdr_init`.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { UnsupportedError } from "../base/errors.ts";
import type { BTreeV2Child, BTreeV2Header } from "../format/b-tree-v2.ts";
import type { BTreeV2Content } from "./b-tree-v2-node.ts";
import type { BTreeV2Nodes } from "./b-tree-v2-nodes.ts";

/** Fewer records in a node could be neither split nor merged. */
const LEAST_CAPACITY = 3;

export class Edit<T> {
  header: BTreeV2Header;
  private readonly nodes: BTreeV2Nodes<T>;
  private readonly changed = new Map<Address, { readonly depth: number; readonly node: BTreeV2Content<T> }>();
  private readonly orders: { child: Address; parent: Address }[] = [];
  private readonly allocated: Address[] = [];
  private readonly freed: Address[] = [];

  constructor(nodes: BTreeV2Nodes<T>) {
    this.nodes = nodes;
    this.header = nodes.header;
  }

  get root(): BTreeV2Child | undefined {
    const { rootAddress, rootRecordCount, totalRecordCount } = this.header;
    if (rootAddress === UNDEFINED_ADDRESS) return undefined;
    return { address: rootAddress, recordCount: rootRecordCount, totalRecordCount };
  }

  load(pointer: BTreeV2Child, depth: number): BTreeV2Content<T> {
    return this.changed.get(pointer.address)?.node ?? this.nodes.load(pointer, depth);
  }

  store(address: Address, depth: number, node: BTreeV2Content<T>): BTreeV2Child {
    this.changed.set(address, { depth, node });
    const { records, children } = node;
    let totalRecordCount = records.length;
    if (children !== undefined) for (const child of children) totalRecordCount += child.totalRecordCount;
    return { address, recordCount: records.length, totalRecordCount };
  }

  /** `child` reaches the file before `parent`. */
  order(child: Address, parent: Address): void {
    this.orders.push({ child, parent });
  }

  allocate(): Address {
    const address = this.nodes.allocate();
    this.allocated.push(address);
    return address;
  }

  free(address: Address): void {
    this.changed.delete(address);
    this.freed.push(address);
  }

  private capacity(depth: number): number {
    const { capacity } = this.nodes.level(depth);
    if (capacity >= LEAST_CAPACITY) return capacity;
    throw new UnsupportedError(`changing a version 2 B-tree with ${capacity} records in a node`);
  }

  /** A node with so many records is not entered to insert another. */
  splitAt(depth: number): number {
    const capacity = this.capacity(depth);
    return Math.min(capacity, Math.max(LEAST_CAPACITY, Math.floor((capacity * this.header.splitPercent) / 100)));
  }

  /** A node with so many records is not entered to remove one. Two such and the record between them fit a node. */
  mergeAt(depth: number): number {
    const wanted = Math.floor((this.capacity(depth) * this.header.mergePercent) / 100);
    return Math.max(1, Math.min(wanted, Math.floor((this.splitAt(depth) - 1) / 2)));
  }

  setRoot(root: BTreeV2Child | undefined, depth: number): void {
    const { recordType, nodeSize, recordSize, splitPercent, mergePercent } = this.header;
    // Field by field: every change makes one, and a copy by `...` takes twenty times as long (Node 20).
    this.header = {
      recordType,
      nodeSize,
      recordSize,
      depth,
      splitPercent,
      mergePercent,
      rootAddress: root?.address ?? UNDEFINED_ADDRESS,
      rootRecordCount: root?.recordCount ?? 0,
      totalRecordCount: root?.totalRecordCount ?? 0,
    };
    if (root !== undefined) this.order(root.address, this.nodes.address);
  }

  commit(): void {
    const places = this.newPlaces();
    if (places.size > 0) this.move(places);
    const { nodes, header } = this;
    for (const [address, { depth, node }] of this.changed) nodes.store(address, depth, node, header);
    nodes.storeHeader(header);
    for (const { child, parent } of this.orders) nodes.storage.writeBefore(child, parent);
    for (const address of this.freed) nodes.discard(address, header.nodeSize);
  }

  /**
   * Others may be on their way through the nodes that the file has: those that change go elsewhere, and so do all above them,
   * up to the root. The tree as it was stays whole until the header points at the new root. C: `H5B2__shadow_leaf`,
   * `H5B2__shadow_internal`.
   */
  private newPlaces(): Map<Address, Address> {
    const places = new Map<Address, Address>();
    for (const address of this.changed.keys()) {
      if (this.nodes.storage.isSeen(address)) places.set(address, this.nodes.allocate());
    }
    return places;
  }

  private move(places: ReadonlyMap<Address, Address>): void {
    const placeOf = (address: Address): Address => places.get(address) ?? address;
    const changed = [...this.changed];
    this.changed.clear();
    for (const [address, { depth, node }] of changed) {
      const { records } = node;
      const children = node.children?.map((child) => ({ ...child, address: placeOf(child.address) }));
      this.changed.set(placeOf(address), { depth, node: { records, children } });
    }
    this.header = { ...this.header, rootAddress: placeOf(this.header.rootAddress) };
    for (const order of this.orders) {
      order.child = placeOf(order.child);
      order.parent = placeOf(order.parent);
    }
    this.freed.push(...places.keys());
  }

  /** Gives back what was allocated. */
  abandon(): void {
    for (const address of this.allocated) this.nodes.discard(address, this.header.nodeSize);
  }
}

/** What is left to be done of a change: nothing more is read for it. */
export interface PreparedEdit {
  commit(): void;
  abandon(): void;
}

/** Makes a change but for storing it; when it throws, nothing is left of it. */
export function prepareEdit<T>(nodes: BTreeV2Nodes<T>, change: (edit: Edit<T>) => void): PreparedEdit {
  const transaction = new Edit(nodes);
  try {
    change(transaction);
  } catch (cause) {
    transaction.abandon();
    throw cause;
  }
  return transaction;
}

/** Makes a change; when it throws, nothing is stored. */
export function edit<T>(nodes: BTreeV2Nodes<T>, change: (edit: Edit<T>) => void): void {
  prepareEdit(nodes, change).commit();
}

/** Makes a change and stores nothing of it: what the change reads is in memory afterwards. */
export function rehearse<T>(nodes: BTreeV2Nodes<T>, change: (edit: Edit<T>) => void): void {
  const transaction = new Edit(nodes);
  try {
    change(transaction);
  } finally {
    transaction.abandon();
  }
}
