/**
 * Chunk index: version 2 B-tree, for datasets with more than one unlimited dimension.
 *
 * Specification: VII.E, "The Version 2 B-trees Index"; III.A.2, record types 10 and 11. Reference implementation: H5Dbtree2.c.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import {
  chunkRecords,
  encodedChunkOrder,
  type FilteredChunkRecord,
  filteredChunkRecords,
  type RecordCodec,
} from "../../format/b-tree-v2-records.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import { BTreeV2, type BTreeV2Place, type RecordOrder } from "../b-tree-v2.ts";
import type { EncodedOrder } from "../b-tree-v2-search.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "./chunk-index.ts";

type BTreeV2Indexing = Extract<ChunkIndexing, { readonly type: "b-tree-v2" }>;

export interface BTreeV2IndexOptions {
  readonly storage: ChunkStorage;
  readonly indexing: BTreeV2Indexing;
  /** Of the layout message; undefined when no chunk was ever written. */
  readonly rootAddress: Address;
  readonly rank: number;
  /** Of a whole decoded chunk. */
  readonly chunkByteLength: number;
  /** Bytes of "Chunk Size" in the records of filtered chunks; undefined when there is no pipeline. */
  readonly chunkSizeBytes: number | undefined;
}

/** Records of both types look alike in memory; those of unfiltered chunks have the size that all chunks have. */
function recordCodec(options: BTreeV2IndexOptions): RecordCodec<FilteredChunkRecord> {
  const { storage, rank, chunkByteLength, chunkSizeBytes } = options;
  if (chunkSizeBytes !== undefined) return filteredChunkRecords(storage.widths, rank, chunkSizeBytes);
  const plain = chunkRecords(storage.widths, rank);
  return {
    recordType: plain.recordType,
    byteLength: plain.byteLength,
    decode: (cursor) => {
      const { address, scaledOffsets } = plain.decode(cursor);
      return { address, byteLength: chunkByteLength, filterMask: 0, scaledOffsets };
    },
    encode: (writer, record) => plain.encode(writer, record),
  };
}

type Order = RecordOrder<FilteredChunkRecord>;

/** Lexicographic, slowest dimension first. */
function orderOf(scaled: readonly number[]): Order {
  return ({ scaledOffsets }) => {
    for (let d = 0; d < scaled.length; d++) {
      const difference = (scaledOffsets[d] as number) - (scaled[d] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

export class BTreeV2Index implements ChunkIndex {
  readonly indexing: BTreeV2Indexing;
  private readonly storage: ChunkStorage;
  private readonly records: RecordCodec<FilteredChunkRecord>;
  private readonly chunkByteLength: number;
  private readonly chunkSizeBytes: number | undefined;
  private root: Address;
  private opened: BTreeV2<FilteredChunkRecord> | undefined;
  /** Of the record found last: the next chunk is most often the one behind it. */
  private last: BTreeV2Place<FilteredChunkRecord> | undefined;

  constructor(options: BTreeV2IndexOptions) {
    this.storage = options.storage;
    this.indexing = options.indexing;
    this.root = options.rootAddress;
    this.chunkByteLength = options.chunkByteLength;
    this.chunkSizeBytes = options.chunkSizeBytes;
    this.records = recordCodec(options);
  }

  get rootAddress(): Address {
    return this.root;
  }

  private get tree(): BTreeV2<FilteredChunkRecord> | undefined {
    if (this.opened === undefined && isDefined(this.root)) {
      this.opened = new BTreeV2(this.storage, this.root, this.records);
    }
    return this.opened;
  }

  lookup(scaled: readonly number[]): ChunkRecord | undefined {
    const order = orderOf(scaled);
    const encoded = encodedChunkOrder(scaled, this.records.byteLength);
    const record = this.nextRecord(order, encoded) ?? this.find(order, encoded);
    if (record === undefined || !isDefined(record.address)) return undefined;
    const { address, byteLength, filterMask } = record;
    return { address, byteLength, filterMask };
  }

  private nextRecord(order: Order, encoded: EncodedOrder): FilteredChunkRecord | undefined {
    const { last } = this;
    if (last === undefined || last.at + 1 >= last.node.recordCount) return undefined;
    if (last.node.compareAt(last.at + 1, order, encoded) !== 0) return undefined;
    return last.node.recordAt(++last.at);
  }

  private find(order: Order, encoded: EncodedOrder): FilteredChunkRecord | undefined {
    const place = this.tree?.locate(order, encoded);
    if (place === undefined) return undefined;
    this.last = place;
    return place.node.recordAt(place.at);
  }

  prefetch(chunks: readonly (readonly number[])[]): void {
    this.tree?.expect(chunks.map(orderOf));
  }

  prepare(): BTreeV2<FilteredChunkRecord> {
    const tree = this.tree ?? BTreeV2.create(this.storage, this.records, this.indexing);
    this.opened = tree;
    this.root = tree.address;
    return tree;
  }

  insert(scaled: readonly number[], record: ChunkRecord): void {
    this.checkRecord(record);
    this.last = undefined;
    const tree = this.prepare();
    const { address, byteLength, filterMask } = record;
    const entry = { address, byteLength, filterMask, scaledOffsets: scaled.slice() };
    tree.put(entry, orderOf(scaled));
  }

  private checkRecord({ byteLength, filterMask }: ChunkRecord): void {
    const { chunkSizeBytes } = this;
    if (chunkSizeBytes === undefined) {
      if (byteLength === this.chunkByteLength && filterMask === 0) return;
      throw new LimitError(`chunk stored as ${byteLength} bytes in an index of unfiltered chunks`);
    }
    if (byteLength < 256 ** chunkSizeBytes) return;
    throw new LimitError(`chunk stored as ${byteLength} bytes: its index holds sizes of ${8 * chunkSizeBytes} bits`);
  }

  remove(scaled: readonly number[]): void {
    this.last = undefined;
    this.tree?.remove(orderOf(scaled));
  }

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    this.tree?.forEach((record) => {
      if (isDefined(record.address)) visit(record.scaledOffsets, record);
    });
  }

  count(): number {
    return this.tree?.count ?? 0;
  }

  storageSize(): number {
    let sum = 0;
    this.forEach((_, { byteLength }) => {
      sum += byteLength;
    });
    return sum;
  }

  deleteAll(freed: FreedBlocks): void {
    this.tree?.deleteAll(freed);
  }
}
