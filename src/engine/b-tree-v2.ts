/**
 * Reading a version 2 B-tree: records in order, records that a search finds.
 *
 * Specification: III.A.2. Reference implementation: H5B2.c. Records of internal nodes are records like those of leaves.
 */
import { type Address, isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { FormatError } from "../base/errors.ts";
import {
  type BTreeV2Header,
  type BTreeV2Internal,
  type BTreeV2Leaf,
  type BTreeV2Shape,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  decodeBTreeV2Leaf,
  encodeBTreeV2Header,
  encodeBTreeV2Internal,
  encodeBTreeV2Leaf,
  sizeOfBTreeV2Header,
} from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import type { FileStorage, StructureCodec } from "./file-storage.ts";

const HEADER = "Version 2 B-tree header";
const NODE = "Version 2 B-tree node";

/** Says where a record stands to what is searched: negative before it, 0 when it is it, positive behind it. */
export type RecordOrder<T> = (record: T) => number;

interface NodePointer {
  readonly address: Address;
  readonly recordCount: number;
}

export class BTreeV2<T> {
  readonly address: Address;
  readonly header: BTreeV2Header;
  private readonly storage: FileStorage;
  private readonly records: RecordCodec<T>;
  private readonly shape: BTreeV2Shape;

  /** @throws FormatError when the tree holds records of another type than `records` decodes. */
  constructor(storage: FileStorage, address: Address, records: RecordCodec<T>) {
    this.storage = storage;
    this.address = address;
    this.records = records;
    this.header = storage.load(address, {
      structure: HEADER,
      byteLength: sizeOfBTreeV2Header(storage.widths),
      decode: decodeBTreeV2Header,
      encode: encodeBTreeV2Header,
    });
    const { recordType, recordSize, depth } = this.header;
    if (recordType !== records.recordType || recordSize !== records.byteLength) {
      throw this.error(
        `records of type ${recordType} and ${recordSize} bytes, expected type ${records.recordType} and ${records.byteLength} bytes`,
      );
    }
    if (depth > storage.limits.maxDepth) throw this.error(`depth ${depth} is above limit maxDepth`);
    this.shape = bTreeV2Shape(this.header, storage.widths);
  }

  private error(problem: string): FormatError {
    return new FormatError(`${HEADER} at address ${this.address}: ${problem}`, {
      structure: HEADER,
      address: this.address,
    });
  }

  get count(): number {
    return this.header.totalRecordCount;
  }

  private get root(): NodePointer | undefined {
    const { rootAddress, rootRecordCount } = this.header;
    return isDefined(rootAddress) ? { address: rootAddress, recordCount: rootRecordCount } : undefined;
  }

  private decodeRecord(bytes: Uint8Array): T {
    const { widths, limits } = this.storage;
    return this.records.decode(
      new Cursor(bytes, { structure: "Version 2 B-tree record", address: this.address, widths, limits }),
    );
  }

  private leaf(pointer: NodePointer): BTreeV2Leaf {
    const codec: StructureCodec<BTreeV2Leaf> = {
      structure: NODE,
      byteLength: this.header.nodeSize,
      decode: (cursor) => decodeBTreeV2Leaf(cursor, this.header, pointer.recordCount),
      encode: (writer, leaf) => encodeBTreeV2Leaf(writer, this.header, leaf),
    };
    return this.storage.load(pointer.address, codec);
  }

  private internal(pointer: NodePointer, depth: number): BTreeV2Internal {
    const codec: StructureCodec<BTreeV2Internal> = {
      structure: NODE,
      byteLength: this.header.nodeSize,
      decode: (cursor) => decodeBTreeV2Internal(cursor, this.header, this.shape, depth, pointer.recordCount),
      encode: (writer, node) => encodeBTreeV2Internal(writer, this.header, this.shape, depth, node),
    };
    return this.storage.load(pointer.address, codec);
  }

  /** Every record in the order of the tree. */
  forEach(visit: (record: T) => void): void {
    const { root } = this;
    if (root !== undefined) this.walk(root, this.header.depth, visit);
  }

  private walk(pointer: NodePointer, depth: number, visit: (record: T) => void): void {
    if (depth === 0) {
      for (const bytes of this.leaf(pointer).records) visit(this.decodeRecord(bytes));
      return;
    }
    const { records, children } = this.internal(pointer, depth);
    this.expectNodes(children);
    children.forEach((child, i) => {
      this.walk(child, depth - 1, visit);
      const bytes = records[i];
      if (bytes !== undefined) visit(this.decodeRecord(bytes));
    });
  }

  /** All children of a node are wanted next: a source that answers late fetches them at once. */
  private expectNodes(children: readonly NodePointer[]): void {
    const byteLength = this.header.nodeSize;
    const missing = children.filter(({ address }) => this.storage.cached(address, NODE) === undefined);
    this.storage.expectRaw(missing.map(({ address }) => ({ address, byteLength })));
  }

  /** The first record for which `order` gives 0. Records that compare equal stand together. */
  find(order: RecordOrder<T>): T | undefined {
    let pointer = this.root;
    for (let depth = this.header.depth; pointer !== undefined; depth--) {
      const node: { readonly records: readonly Uint8Array[]; readonly children?: readonly NodePointer[] } =
        depth === 0 ? this.leaf(pointer) : this.internal(pointer, depth);
      let low = 0;
      let high = node.records.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const record = this.decodeRecord(node.records[middle] as Uint8Array);
        const side = order(record);
        if (side === 0) return record;
        if (side < 0) low = middle + 1;
        else high = middle;
      }
      pointer = depth === 0 ? undefined : node.children?.[low];
    }
    return undefined;
  }
}
