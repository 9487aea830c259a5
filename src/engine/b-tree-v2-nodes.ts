/**
 * The header and the nodes of one version 2 B-tree in the file, with decoded records.
 *
 * Specification: III.A.2. Reference implementation: H5B2hdr.c, H5B2cache.c.
 */
import { type Address, type FileWidths, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { type FormatError, formatError } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import {
  type BTreeV2Child,
  type BTreeV2Header,
  type BTreeV2Shape,
  bTreeV2Shape,
  decodeBTreeV2Header,
  encodeBTreeV2Header,
  encodeBTreeV2Internal,
  encodeBTreeV2Leaf,
  type NodeLevel,
  sizeOfBTreeV2Header,
} from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import { ChangedNode, encodeRecords } from "./b-tree-v2-changed-node.ts";
import { type BTreeV2Content, type BTreeV2Node, type BTreeV2NodeKind, EncodedNode } from "./b-tree-v2-node.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import type { StructureCodec } from "./structure-cache.ts";

export const B_TREE_V2_HEADER = "Version 2 B-tree header";
const NODE = "Version 2 B-tree node";

/** What a tree asks of a file. */
export type BTreeV2Storage = Pick<
  FileStorage,
  | "widths"
  | "limits"
  | "answersLate"
  | "cursor"
  | "readEach"
  | "isChanging"
  | "load"
  | "cached"
  | "store"
  | "forget"
  | "writeBefore"
  | "expectRaw"
  | "allocate"
  | "release"
  | "isSeen"
>;

export type BTreeV2Parameters = Pick<BTreeV2Header, "nodeSize" | "splitPercent" | "mergePercent">;

function headerCodec(storage: BTreeV2Storage): StructureCodec<BTreeV2Header> {
  const byteLength = sizeOfBTreeV2Header(storage.widths);
  return { structure: B_TREE_V2_HEADER, byteLength, decode: decodeBTreeV2Header, encode: encodeBTreeV2Header };
}

/** The header of a new tree without records. */
export function createBTreeV2Header(
  storage: BTreeV2Storage,
  records: Pick<RecordCodec<unknown>, "recordType" | "byteLength">,
  parameters: BTreeV2Parameters,
): Address {
  const codec = headerCodec(storage);
  const address = storage.allocate("b-tree", codec.byteLength);
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

/** A tree whose header waits to be written, as somebody sees it who moves that, or the root. */
export class MovableTree {
  private readonly storage: FileStorage;
  private readonly codec: StructureCodec<BTreeV2Header>;
  private address: Address;

  constructor(storage: FileStorage, address: Address) {
    this.storage = storage;
    this.codec = headerCodec(storage);
    this.address = address;
  }

  private get header(): BTreeV2Header {
    return this.storage.load(this.address, this.codec);
  }

  /** The header, and the root if it waits, too. */
  blocks(): MovableBlock[] {
    const { address, codec, storage, header } = this;
    const { rootAddress, nodeSize } = header;
    const blocks: MovableBlock[] = [
      { type: "b-tree", address, byteLength: codec.byteLength, ofMessage: true, repoint: (to) => this.moved(to) },
    ];
    if (isDefined(rootAddress) && storage.isDirty(rootAddress)) {
      blocks.push({
        type: "b-tree",
        address: rootAddress,
        byteLength: nodeSize,
        repoint: (to) => this.rootMoved(to),
      });
    }
    return blocks;
  }

  private moved(to: Address): void {
    this.address = to;
    const { rootAddress } = this.header;
    if (isDefined(rootAddress)) this.storage.writeBefore(rootAddress, to);
  }

  private rootMoved(to: Address): void {
    const { address, codec, storage, header } = this;
    storage.store(address, codec, { ...header, rootAddress: to });
    storage.writeBefore(to, address);
  }
}

/** Undefined where there are no records. */
export function rootOf(header: BTreeV2Header): BTreeV2Child | undefined {
  const { rootAddress: address, rootRecordCount: recordCount, totalRecordCount } = header;
  return isDefined(address) ? { address, recordCount, totalRecordCount } : undefined;
}

/** Of a node with so many records. */
class NodeCodec<T> implements StructureCodec<BTreeV2Node<T>> {
  readonly structure = NODE;
  readonly byteLength: number;
  private readonly kind: BTreeV2NodeKind<T>;
  private readonly recordCount: number;
  private readonly widths: FileWidths;

  constructor(kind: BTreeV2NodeKind<T>, recordCount: number, widths: FileWidths) {
    this.byteLength = kind.header.nodeSize;
    this.kind = kind;
    this.recordCount = recordCount;
    this.widths = widths;
  }

  decode(cursor: Cursor): BTreeV2Node<T> {
    return new EncodedNode(cursor, this.kind, this.recordCount);
  }

  encode(writer: Writer, { records, children }: BTreeV2Node<T>): void {
    const { header, shape, depth, records: codec } = this.kind;
    const encoded = encodeRecords(records, codec, this.widths);
    if (children === undefined) encodeBTreeV2Leaf(writer, header, { records: encoded });
    else encodeBTreeV2Internal(writer, header, shape, depth, { records: encoded, children });
  }
}

export class BTreeV2Nodes<T> {
  readonly address: Address;
  readonly storage: BTreeV2Storage;
  private readonly records: RecordCodec<T>;
  private readonly codec: StructureCodec<BTreeV2Header>;
  private currentShape: BTreeV2Shape;
  /** By depth, as they were asked for last. */
  private readonly kinds: BTreeV2NodeKind<T>[] = [];
  /** By depth, as nodes were stored last. */
  private readonly storeCodecs: { readonly kind: BTreeV2NodeKind<T>; readonly codec: NodeCodec<T> }[] = [];

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
    return formatError(problem, { structure: B_TREE_V2_HEADER, address: this.address });
  }

  /** Of the moment: whoever else edits the tree changes it. */
  get header(): BTreeV2Header {
    return this.storage.load(this.address, this.codec);
  }

  storeHeader(header: BTreeV2Header): void {
    this.storage.store(this.address, this.codec, header);
  }

  get root(): BTreeV2Child | undefined {
    return rootOf(this.header);
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

  private kind(header: BTreeV2Header, depth: number): BTreeV2NodeKind<T> {
    const known = this.kinds[depth];
    // The rest of what a header says may change, and nodes do not depend on it.
    if (known?.header.nodeSize === header.nodeSize) return known;
    const kind = { header, shape: this.shape(depth), depth, records: this.records };
    this.kinds[depth] = kind;
    return kind;
  }

  private nodeCodec(header: BTreeV2Header, depth: number, recordCount: number): StructureCodec<BTreeV2Node<T>> {
    return new NodeCodec(this.kind(header, depth), recordCount, this.storage.widths);
  }

  /**
   * @param depth - Of the node; 0 for leaves. It goes down by one from parent to child, so no path leads in circles.
   * @param header - Of the moment, for those who have it.
   */
  load(pointer: BTreeV2Child, depth: number, header?: BTreeV2Header): BTreeV2Node<T> {
    const { address, recordCount } = pointer;
    const known = this.storage.cached<BTreeV2Node<T>>(address, NODE);
    const node = known ?? this.storage.load(address, this.nodeCodec(header ?? this.header, depth, recordCount));
    if (node.recordCount !== recordCount || node.isLeaf !== (depth === 0)) {
      throw formatError("is reached in two ways that contradict each other", { structure: NODE, address });
    }
    return node;
  }

  /** @param header - As it is when that happens: nothing is read for it. */
  store(address: Address, depth: number, content: BTreeV2Content<T>, header: BTreeV2Header): void {
    const { records, storage } = this;
    const node = new ChangedNode(content, records, storage.widths);
    const kind = this.kind(header, depth);
    let known = this.storeCodecs[depth];
    // What waits to be written need not be decoded with it.
    if (known?.kind !== kind) {
      known = { kind, codec: new NodeCodec(kind, node.recordCount, storage.widths) };
      this.storeCodecs[depth] = known;
    }
    storage.store(address, known.codec, node);
  }

  allocate(): Address {
    return this.storage.allocate("b-tree", this.header.nodeSize);
  }

  discard(address: Address, nodeSize: number): void {
    this.storage.forget(address);
    this.storage.release("b-tree", address, nodeSize);
  }

  /** Announces nodes that are not in memory. */
  expect(pointers: readonly BTreeV2Child[]): void {
    if (!this.storage.answersLate) return;
    const byteLength = this.header.nodeSize;
    const missing = pointers.filter(({ address }) => this.storage.cached(address, NODE) === undefined);
    if (missing.length > 0) this.storage.expectRaw(missing.map(({ address }) => ({ address, byteLength })));
  }

  /** Visits all records in the order of the tree. */
  forEach(visit: (record: T) => void): void {
    const seen = this.seen();
    const descend = (pointer: BTreeV2Child, depth: number): void => {
      seen(pointer.address);
      const node = this.load(pointer, depth);
      const count = node.recordCount;
      for (let i = 0; i < count; i++) {
        const child = node.childAt(i);
        if (child !== undefined) descend(child, depth - 1);
        visit(node.recordAt(i));
      }
      const last = node.childAt(count);
      if (last !== undefined) descend(last, depth - 1);
    };
    const { root } = this;
    if (root === undefined) return;
    this.expectInternal(root);
    descend(root, this.header.depth);
  }

  /**
   * Visits all nodes, a level after the other and within one by address, so that the file is read forwards. The order of
   * records is lost with that.
   *
   * @param visit - Must not keep the node, nor any bytes of it.
   */
  forEachNode(visit: (node: BTreeV2Node<T>, address: Address) => void): void {
    const { root } = this;
    const seen = this.seen();
    let level = root === undefined ? [] : [root];
    for (let { depth } = this.header; level.length > 0; depth--) {
      if (level.length > this.storage.limits.maxCount) throw this.error("more nodes than limit maxCount");
      level.sort((a, b) => a.address - b.address);
      for (const { address } of level) seen(address);
      this.expect(level);
      const below: BTreeV2Child[] = [];
      this.visitLevel(level, depth, (node, { address, recordCount }) => {
        visit(node, address);
        for (let i = 0; depth > 0 && i <= recordCount; i++) below.push(node.childAt(i) as BTreeV2Child);
      });
      level = below;
    }
  }

  /** Those that are not in memory are not kept there either. */
  private visitLevel(
    level: readonly BTreeV2Child[],
    depth: number,
    visit: (node: BTreeV2Node<T>, pointer: BTreeV2Child) => void,
  ): void {
    const { storage, header } = this;
    const missing: BTreeV2Child[] = [];
    for (const pointer of level) {
      const isMissing = storage.cached(pointer.address, NODE) === undefined;
      // What others write is read with as many attempts as it may need, node by node.
      if (isMissing && !storage.isChanging) missing.push(pointer);
      else visit(this.load(pointer, depth), pointer);
    }
    const kind = this.kind(header, depth);
    const addresses = missing.map(({ address }) => address);
    storage.readEach(addresses, header.nodeSize, NODE, (bytes, at) => {
      const pointer = missing[at] as BTreeV2Child;
      visit(new EncodedNode(storage.cursor(bytes, NODE, pointer.address), kind, pointer.recordCount), pointer);
    });
  }

  /** A damaged tree in which a node has several parents would be walked many times over: it is refused. */
  private seen(): (address: Address) => void {
    const addresses = new Set<Address>();
    return (address) => {
      if (addresses.has(address)) {
        throw formatError("is reached twice", { structure: NODE, address });
      }
      addresses.add(address);
    };
  }

  /** Loads all internal nodes, a level at a time, so that a source that answers late is asked once a level. */
  private expectInternal(root: BTreeV2Child): void {
    if (!this.storage.answersLate) return;
    let pointers: readonly BTreeV2Child[] = [root];
    for (let depth = this.header.depth; depth > 0; depth--) {
      this.expect(pointers);
      pointers = pointers.flatMap((pointer) => this.load(pointer, depth).children ?? []);
      if (pointers.length > this.storage.limits.maxCount) throw this.error("more nodes than limit maxCount");
    }
    this.expect(pointers);
  }

  /** All nodes and the header go. */
  deleteAll(freed: FreedBlocks): void {
    const { nodeSize } = this.header;
    this.forEachNode((_, address) => freed.add("b-tree", address, nodeSize));
    freed.add("b-tree", this.address, this.codec.byteLength);
  }
}
