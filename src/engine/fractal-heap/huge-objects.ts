/**
 * Huge objects of a fractal heap: each lies alone in the file, and a version 2 B-tree keeps track of them.
 *
 * Specification: III.G, "Fractal Heap ID for Huge Objects". Reference implementation: H5HFhuge.c, H5HFbtree2.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { bytesForLimit } from "../../base/bits.ts";
import { LimitError } from "../../base/errors.ts";
import { decodePipeline, encodePipeline } from "../../filters/pipeline.ts";
import {
  type FilteredHugeObjectRecord,
  filteredHugeObjectRecords,
  type HugeObjectRecord,
  hugeObjectRecords,
  type IndirectFilteredHugeObjectRecord,
  indirectFilteredHugeObjectRecords,
  indirectHugeObjectRecords,
  type RecordCodec,
} from "../../format/b-tree-v2-records.ts";
import type { FractalHeapHeader } from "../../format/fractal-heap.ts";
import { type FractalHeapId, hugeIdsDirect, hugeKeyBytes } from "../../format/fractal-heap-id.ts";
import { BTreeV2, type RecordOrder } from "../b-tree-v2.ts";
import { type FreedBlocks, freeAll } from "../freed-blocks.ts";
import type { StructureCodec } from "../structure-cache.ts";
import type { HeapBlocks } from "./blocks.ts";

const STRUCTURE = "Fractal heap huge object";
const TREE_PARAMETERS = { nodeSize: 512, splitPercent: 100, mergePercent: 40 } as const;

/** The fields of all four types of records; those that a heap's type has not are 0, or as without filters. */
type HugeRecord = IndirectFilteredHugeObjectRecord;
export type HugeId = Extract<FractalHeapId, { kind: "huge-direct" | "huge-indirect" }>;

export interface InsertedHuge {
  readonly id: HugeId;
  readonly header: FractalHeapHeader;
}

export class HugeObjects {
  private readonly blocks: HeapBlocks;

  constructor(blocks: HeapBlocks) {
    this.blocks = blocks;
  }

  private get areDirect(): boolean {
    return hugeIdsDirect(this.blocks.header, this.blocks.storage.widths);
  }

  private records(): RecordCodec<HugeRecord> {
    const { storage, header } = this.blocks;
    const { widths } = storage;
    const isFiltered = header.filters !== undefined;
    const direct = isFiltered ? filteredHugeObjectRecords(widths) : hugeObjectRecords(widths);
    const indirect = isFiltered ? indirectFilteredHugeObjectRecords(widths) : indirectHugeObjectRecords(widths);
    const codec = (this.areDirect ? direct : indirect) as RecordCodec<HugeObjectRecord & Partial<HugeRecord>>;
    return {
      recordType: codec.recordType,
      byteLength: codec.byteLength,
      decode: (cursor) => {
        const record = codec.decode(cursor);
        const { address, byteLength, filterMask = 0, memoryByteLength = byteLength, id = 0 } = record;
        return { address, byteLength, filterMask, memoryByteLength, id };
      },
      encode: (writer, record) => {
        codec.encode(writer, record);
      },
    };
  }

  private tree(): BTreeV2<HugeRecord> | undefined {
    const { storage, header } = this.blocks;
    if (!isDefined(header.hugeBTreeAddress)) return undefined;
    return new BTreeV2(storage, header.hugeBTreeAddress, this.records());
  }

  private orderOf(object: {
    readonly address: Address;
    readonly byteLength: number;
    readonly id: number;
  }): RecordOrder<HugeRecord> {
    if (!this.areDirect) return (record) => record.id - object.id;
    return (record) => record.address - object.address || record.byteLength - object.byteLength;
  }

  private orderOfId(id: HugeId): RecordOrder<HugeRecord> {
    return this.orderOf(id.kind === "huge-direct" ? { ...id, id: 0 } : { address: 0, byteLength: 0, id: id.key });
  }

  private find(id: HugeId): HugeRecord {
    const record = this.tree()?.find(this.orderOfId(id));
    if (record !== undefined) return record;
    const which = id.kind === "huge-direct" ? `at address ${id.address}` : `${id.key}`;
    throw this.blocks.error(`no huge object ${which}`);
  }

  private codec(byteLength: number): StructureCodec<Uint8Array> {
    return {
      structure: STRUCTURE,
      byteLength,
      decode: (cursor) => cursor.bytes,
      encode: (writer, bytes) => {
        writer.bytes(bytes);
      },
    };
  }

  /** The bytes of an object: a view that must not be modified. */
  read(id: HugeId): Uint8Array {
    if (id.kind === "huge-indirect") return this.readRecord(this.find(id));
    const memoryByteLength = id.filtered?.memoryByteLength ?? id.byteLength;
    return this.readRecord({ ...id, filterMask: id.filtered?.filterMask ?? 0, memoryByteLength });
  }

  private readRecord({ address, byteLength, filterMask, memoryByteLength }: FilteredHugeObjectRecord): Uint8Array {
    const { storage, header } = this.blocks;
    const bytes =
      storage.cached<Uint8Array>(address, STRUCTURE) ?? storage.readMetadata(address, byteLength, STRUCTURE);
    if (header.filters === undefined) return bytes;
    const { filters } = header.filters.pipeline;
    return decodePipeline(filters, bytes, filterMask, memoryByteLength, storage.limits);
  }

  /** The header that comes of it is given back, for the caller to store. */
  insert(data: Uint8Array): InsertedHuge {
    const { storage, header } = this.blocks;
    const filtered =
      header.filters === undefined
        ? { bytes: new Uint8Array(data), filterMask: 0 }
        : encodePipeline(header.filters.pipeline.filters, data);
    const id = this.areDirect ? 0 : this.newKey(header);
    const byteLength = filtered.bytes.length;
    const address = storage.allocate("draw", byteLength);
    const record = { address, byteLength, filterMask: filtered.filterMask, memoryByteLength: data.length, id };
    let hugeBTreeAddress: Address;
    try {
      const tree = this.tree() ?? BTreeV2.create(storage, this.records(), TREE_PARAMETERS);
      tree.insert(record, this.orderOf(record));
      hugeBTreeAddress = tree.address;
    } catch (cause) {
      storage.release("draw", address, byteLength);
      throw cause;
    }
    storage.store(address, this.codec(byteLength), filtered.bytes);
    storage.writeBefore(address, hugeBTreeAddress);
    storage.writeBefore(hugeBTreeAddress, this.blocks.address);
    return {
      id: this.idOf(record),
      header: {
        ...header,
        hugeBTreeAddress,
        nextHugeId: Math.max(header.nextHugeId, id),
        hugeIdsWrapped: header.hugeIdsWrapped || id === maxKey(header),
        hugeObjectSize: header.hugeObjectSize + data.length,
        hugeObjectCount: header.hugeObjectCount + 1,
      },
    };
  }

  private idOf(record: HugeRecord): HugeId {
    if (!this.areDirect) return { kind: "huge-indirect", key: record.id };
    const { address, byteLength, filterMask, memoryByteLength } = record;
    const direct = { kind: "huge-direct", address, byteLength } as const;
    return this.blocks.header.filters === undefined
      ? direct
      : { ...direct, filtered: { filterMask, memoryByteLength } };
  }

  /** A key that no object has: the next one or, when they are used up, the least. */
  private newKey(header: FractalHeapHeader): number {
    if (!header.hugeIdsWrapped) return header.nextHugeId + 1;
    let key = 1;
    this.tree()?.forEach(({ id }) => {
      if (id === key) key++;
    });
    if (key > maxKey(header)) throw new LimitError(`fractal heap with ${key - 1} huge objects`);
    return key;
  }

  /** Other bytes for an object, as many as it has. @returns False behind filters, which may make more of them. */
  overwrite(id: HugeId, data: Uint8Array): boolean {
    if (this.blocks.header.filters !== undefined) return false;
    const { address, byteLength } = this.find(id);
    this.blocks.storage.store(address, this.codec(byteLength), new Uint8Array(data));
    return true;
  }

  /** Frees an object. The header that comes of it is given back. */
  remove(id: HugeId): FractalHeapHeader {
    const { storage, header } = this.blocks;
    const { address, byteLength, memoryByteLength } = this.find(id);
    this.tree()?.remove(this.orderOfId(id));
    storage.forget(address);
    storage.release("draw", address, byteLength);
    return {
      ...header,
      hugeObjectSize: header.hugeObjectSize - memoryByteLength,
      hugeObjectCount: header.hugeObjectCount - 1,
    };
  }

  /** A B-tree without records goes when the heap is written; numbers begin anew. C: `H5HF__huge_term`. */
  dropEmptyTree(): FractalHeapHeader {
    const { header } = this.blocks;
    if (header.hugeObjectCount > 0 || !isDefined(header.hugeBTreeAddress)) return header;
    freeAll(this.blocks.storage, (freed) => this.tree()?.deleteAll(freed));
    return { ...header, hugeBTreeAddress: UNDEFINED_ADDRESS, nextHugeId: 0, hugeIdsWrapped: false };
  }

  /** All objects and the B-tree go. */
  deleteAll(freed: FreedBlocks): void {
    const tree = this.tree();
    if (tree === undefined) return;
    tree.forEach(({ address, byteLength }) => {
      freed.add("draw", address, byteLength);
    });
    tree.deleteAll(freed);
  }
}

function maxKey(header: FractalHeapHeader): number {
  const bytes = hugeKeyBytes(header);
  return bytes < bytesForLimit(Number.MAX_SAFE_INTEGER) ? 256 ** bytes - 1 : Number.MAX_SAFE_INTEGER;
}
