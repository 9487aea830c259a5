/**
 * The header and the nodes of one version 2 B-tree in the file, with decoded records.
 *
 * Specification: III.A.2. Reference implementation: H5B2hdr.c, H5B2cache.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { FormatError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import {
  type BTreeV2Child,
  type BTreeV2Header,
  type BTreeV2Shape,
  bTreeV2Shape,
  decodeBTreeV2Header,
  decodeBTreeV2Internal,
  decodeBTreeV2Leaf,
  encodeBTreeV2Header,
  encodeBTreeV2Internal,
  encodeBTreeV2Leaf,
  type NodeLevel,
  sizeOfBTreeV2Header,
} from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import type { FileStorage, StructureCodec } from "./file-storage.ts";

const HEADER = "Version 2 B-tree header";
const NODE = "Version 2 B-tree node";

/** What a tree asks of a file. */
export type BTreeV2Storage = Pick<
  FileStorage,
  "widths" | "limits" | "load" | "cached" | "store" | "forget" | "writeBefore" | "expectRaw" | "allocate" | "release"
>;

/** A leaf, or an internal node, whose records are records like those of leaves. */
export interface BTreeV2Node<T> {
  readonly records: readonly T[];
  /** One more than there are records; `undefined` in a leaf. */
  readonly children: readonly BTreeV2Child[] | undefined;
}

export type BTreeV2Parameters = Pick<BTreeV2Header, "nodeSize" | "splitPercent" | "mergePercent">;

function headerCodec(storage: BTreeV2Storage): StructureCodec<BTreeV2Header> {
  const byteLength = sizeOfBTreeV2Header(storage.widths);
  return { structure: HEADER, byteLength, decode: decodeBTreeV2Header, encode: encodeBTreeV2Header };
}

/** The header of a new tree without records. */
export function createBTreeV2Header(
  storage: BTreeV2Storage,
  records: Pick<RecordCodec<unknown>, "recordType" | "byteLength">,
  parameters: BTreeV2Parameters,
): Address {
  const codec = headerCodec(storage);
  const address = storage.allocate("metadata", codec.byteLength);
  const { nodeSize, splitPercent, mergePercent } = parameters;
  storage.store(address, codec, {
    recordType: records.recordType,
    recordSize: records.byteLength,
    nodeSize,
    splitPercent,
    mergePercent,
    depth: 0,
    rootAddress: UNDEFINED_ADDRESS,
    rootRecordCount: 0,
    totalRecordCount: 0,
  });
  return address;
}

export class BTreeV2Nodes<T> {
  readonly address: Address;
  readonly storage: BTreeV2Storage;
  private readonly records: RecordCodec<T>;
  private readonly codec: StructureCodec<BTreeV2Header>;
  private currentShape: BTreeV2Shape;

  /** @throws FormatError when the tree holds records of another type than `records` decodes. */
  constructor(storage: BTreeV2Storage, address: Address, records: RecordCodec<T>) {
    this.storage = storage;
    this.address = address;
    this.records = records;
    this.codec = headerCodec(storage);
    const { recordType, recordSize, depth } = this.header;
    if (recordType !== records.recordType || recordSize !== records.byteLength) {
      throw this.error(
        `records of type ${recordType} and ${recordSize} bytes, expected type ${records.recordType} and ${records.byteLength} bytes`,
      );
    }
    if (depth > storage.limits.maxDepth) throw this.error(`depth ${depth} is above limit maxDepth`);
    this.currentShape = bTreeV2Shape(this.header, storage.widths);
  }

  private error(problem: string): FormatError {
    return new FormatError(`${HEADER} at address ${this.address}: ${problem}`, {
      structure: HEADER,
      address: this.address,
    });
  }

  /** Of the moment: whoever else edits the tree changes it. */
  get header(): BTreeV2Header {
    return this.storage.load(this.address, this.codec);
  }

  storeHeader(header: BTreeV2Header): void {
    this.storage.store(this.address, this.codec, header);
  }

  get root(): BTreeV2Child | undefined {
    const { rootAddress, rootRecordCount, totalRecordCount } = this.header;
    return isDefined(rootAddress)
      ? { address: rootAddress, recordCount: rootRecordCount, totalRecordCount }
      : undefined;
  }

  private shape(depth: number): BTreeV2Shape {
    if (depth >= this.currentShape.levels.length) {
      this.currentShape = bTreeV2Shape(this.header, this.storage.widths, depth);
    }
    return this.currentShape;
  }

  level(depth: number): NodeLevel {
    return this.shape(depth).levels[depth] as NodeLevel;
  }

  private nodeCodec(depth: number, recordCount: number): StructureCodec<BTreeV2Node<T>> {
    const { header } = this;
    return {
      structure: NODE,
      byteLength: header.nodeSize,
      decode: (cursor) => {
        if (depth === 0) {
          const { records } = decodeBTreeV2Leaf(cursor, header, recordCount);
          return { records: this.decodeRecords(records), children: undefined };
        }
        const { records, children } = decodeBTreeV2Internal(cursor, header, this.shape(depth), depth, recordCount);
        return { records: this.decodeRecords(records), children };
      },
      encode: (writer, { records, children }) => {
        const encoded = this.encodeRecords(records);
        if (children === undefined) encodeBTreeV2Leaf(writer, header, { records: encoded });
        else encodeBTreeV2Internal(writer, header, this.shape(depth), depth, { records: encoded, children });
      },
    };
  }

  /** With one cursor for the node: its records lie one behind the other. */
  private decodeRecords(encoded: readonly Uint8Array[]): T[] {
    const first = encoded[0];
    if (first === undefined) return [];
    const { widths, limits } = this.storage;
    const bytes = new Uint8Array(first.buffer, first.byteOffset, encoded.length * first.length);
    const cursor = new Cursor(bytes, { structure: "Version 2 B-tree record", address: this.address, widths, limits });
    const records: T[] = [];
    for (let i = 0; i < encoded.length; i++) {
      cursor.position = i * first.length;
      records.push(this.records.decode(cursor));
    }
    return records;
  }

  private encodeRecords(records: readonly T[]): Uint8Array[] {
    const { byteLength } = this.records;
    const writer = new Writer(this.storage.widths, records.length * byteLength);
    for (let i = 0; i < records.length; i++) {
      this.records.encode(writer, records[i] as T);
      writer.zeros((i + 1) * byteLength - writer.position);
    }
    const bytes = writer.toBytes();
    return records.map((_, i) => bytes.subarray(i * byteLength, (i + 1) * byteLength));
  }

  /** @param depth - Of the node; 0 for leaves. It goes down by one from parent to child, so no path leads in circles. */
  load(pointer: BTreeV2Child, depth: number): BTreeV2Node<T> {
    const { address, recordCount } = pointer;
    const known = this.storage.cached<BTreeV2Node<T>>(address, NODE);
    const node = known ?? this.storage.load(address, this.nodeCodec(depth, recordCount));
    if (node.records.length !== recordCount || (node.children === undefined) !== (depth === 0)) {
      throw new FormatError(`${NODE} at address ${address}: is reached in two ways that contradict each other`, {
        structure: NODE,
        address,
      });
    }
    return node;
  }

  store(address: Address, depth: number, node: BTreeV2Node<T>): void {
    this.storage.store(address, this.nodeCodec(depth, node.records.length), node);
  }

  allocate(): Address {
    return this.storage.allocate("metadata", this.header.nodeSize);
  }

  discard(address: Address): void {
    this.storage.forget(address);
    this.storage.release(address, this.header.nodeSize);
  }

  /** Announces nodes that are not in memory. */
  expect(pointers: readonly BTreeV2Child[]): void {
    const byteLength = this.header.nodeSize;
    const missing = pointers.filter(({ address }) => this.storage.cached(address, NODE) === undefined);
    if (missing.length > 0) this.storage.expectRaw(missing.map(({ address }) => ({ address, byteLength })));
  }

  /**
   * Visits all nodes, an internal one before its children, and with `between` each record of an internal node, behind the
   * child that comes before it: the records of leaves and these are seen in the order of the tree.
   *
   * A damaged tree in which a node has several parents would be walked many times over: it is refused.
   */
  walk(visit: (node: BTreeV2Node<T>, address: Address) => void, between: (record: T) => void): void {
    const { root } = this;
    if (root === undefined) return;
    const seen = new Set<Address>();
    const descend = (pointer: BTreeV2Child, depth: number): void => {
      if (seen.has(pointer.address)) {
        throw new FormatError(`${NODE} at address ${pointer.address}: is reached twice`, {
          structure: NODE,
          address: pointer.address,
        });
      }
      seen.add(pointer.address);
      const node = this.load(pointer, depth);
      visit(node, pointer.address);
      if (node.children === undefined) return;
      const { records, children } = node;
      children.forEach((child, i) => {
        descend(child, depth - 1);
        if (i < records.length) between(records[i] as T);
      });
    };
    this.expectInternal(root);
    descend(root, this.header.depth);
  }

  /** Loads all internal nodes, a level at a time, so that a source that answers late is asked once a level. */
  private expectInternal(root: BTreeV2Child): void {
    let pointers: readonly BTreeV2Child[] = [root];
    for (let depth = this.header.depth; depth > 0; depth--) {
      this.expect(pointers);
      pointers = pointers.flatMap((pointer) => this.load(pointer, depth).children ?? []);
      if (pointers.length > this.storage.limits.maxCount) throw this.error("more nodes than limit maxCount");
    }
    this.expect(pointers);
  }

  /** All nodes and the header are released. */
  deleteAll(): void {
    const addresses: Address[] = [];
    this.walk(
      (_, address) => addresses.push(address),
      () => undefined,
    );
    for (const address of addresses) this.discard(address);
    this.storage.forget(this.address);
    this.storage.release(this.address, this.codec.byteLength);
  }
}
