/**
 * Reading a fractal heap: the objects of dense groups, dense attributes and shared messages.
 *
 * Specification: III.G. Reference implementation: H5HF.c. Heap offsets count the prefixes of blocks.
 */
import { type Address, isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { FormatError } from "../base/errors.ts";
import { decodePipeline } from "../filters/pipeline.ts";
import {
  type FilteredHugeObjectRecord,
  type HugeObjectRecord,
  indirectFilteredHugeObjectRecords,
  indirectHugeObjectRecords,
} from "../format/b-tree-v2-records.ts";
import {
  decodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfUnfilteredFractalHeapHeader,
} from "../format/fractal-heap.ts";
import {
  type DirectBlockPointer,
  decodeDirectBlock,
  decodeIndirectBlock,
  type FractalHeapIndirectBlock,
  sizeOfIndirectBlock,
} from "../format/fractal-heap-blocks.ts";
import { indirectBlockRows, locateBlock, maxDirectRows, rowBlockSize } from "../format/fractal-heap-doubling-table.ts";
import { decodeFractalHeapId, type FractalHeapId } from "../format/fractal-heap-id.ts";
import { BTreeV2 } from "./b-tree-v2.ts";
import type { FileStorage, StructureCodec } from "./file-storage.ts";

const HEADER = "Fractal heap header";
const DIRECT = "Fractal heap direct block";
const INDIRECT = "Fractal heap indirect block";

/** Blocks and headers are only read: no codec here encodes. */
function readOnly<T>(structure: string, byteLength: number, decode: (cursor: Cursor) => T): StructureCodec<T> {
  return {
    structure,
    byteLength,
    decode,
    encode: () => {
      throw new FormatError(`${structure}: is only read`, { structure });
    },
  };
}

export class FractalHeap {
  readonly address: Address;
  readonly header: FractalHeapHeader;
  private readonly storage: FileStorage;

  constructor(storage: FileStorage, address: Address) {
    this.storage = storage;
    this.address = address;
    this.header = FractalHeap.readHeader(storage, address);
  }

  private static readHeader(storage: FileStorage, address: Address): FractalHeapHeader {
    const known = storage.cached<FractalHeapHeader>(address, HEADER);
    if (known !== undefined) return known;
    const least = sizeOfUnfilteredFractalHeapHeader(storage.widths);
    const start = storage.readMetadata(address, least, HEADER);
    const byteLength = fractalHeapHeaderByteLength(storage.cursor(start, HEADER, address));
    return storage.load(address, readOnly(HEADER, byteLength, decodeFractalHeapHeader));
  }

  private error(problem: string): FormatError {
    return new FormatError(`${HEADER} at address ${this.address}: ${problem}`, {
      structure: HEADER,
      address: this.address,
    });
  }

  /**
   * The object of a heap ID: a view that must not be modified.
   *
   * @param id - Bytes of the ID; what follows the heap's own ID length is ignored.
   */
  read(id: Uint8Array): Uint8Array {
    const { widths, limits } = this.storage;
    const cursor = new Cursor(id, { structure: "Fractal heap ID", address: this.address, widths, limits });
    return this.object(decodeFractalHeapId(cursor, this.header));
  }

  private object(id: FractalHeapId): Uint8Array {
    switch (id.kind) {
      case "tiny":
        return id.data;
      case "managed":
        return this.managed(id.heapOffset, id.byteLength);
      case "huge-direct":
        return this.huge(id);
      case "huge-indirect":
        return this.hugeByKey(id.key);
      default:
        return id satisfies never;
    }
  }

  private managed(heapOffset: number, byteLength: number): Uint8Array {
    const { header } = this;
    if (!isDefined(header.rootAddress)) throw this.error("a managed object in a heap without blocks");
    if (byteLength > header.maxManagedObjectSize) {
      throw this.error(`a managed object of ${byteLength} bytes, the most is ${header.maxManagedObjectSize}`);
    }
    const { bytes, blockOffset } = this.blockOf(heapOffset);
    const start = heapOffset - blockOffset;
    if (start + byteLength > bytes.length)
      throw this.error(`an object of ${byteLength} bytes at ${start} in a block of ${bytes.length}`);
    return bytes.subarray(start, start + byteLength);
  }

  /** The direct block that covers a heap offset: down from the root through the doubling table. */
  private blockOf(heapOffset: number): { bytes: Uint8Array; blockOffset: number } {
    const { header } = this;
    const { table } = header;
    if (header.currentRootRows === 0) {
      const { filters } = header;
      const pointer: DirectBlockPointer =
        filters === undefined
          ? { address: header.rootAddress }
          : {
              address: header.rootAddress,
              filtered: { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask },
            };
      return { bytes: this.directBlock(pointer, table.startingBlockSize, heapOffset), blockOffset: 0 };
    }
    const directRows = maxDirectRows(table);
    let address = header.rootAddress;
    let rows = header.currentRootRows;
    let base = 0;
    // Each step goes to a smaller block of fewer rows, so this ends.
    for (;;) {
      const block = this.indirectBlock(address, rows);
      const place = locateBlock(table, heapOffset - base);
      if (place.row >= rows) throw this.error(`heap offset ${heapOffset} is behind the ${rows} rows of its block`);
      const blockOffset = base + place.blockOffset;
      if (place.row < directRows) {
        const pointer = block.directChildren[place.row * table.width + place.column];
        if (pointer === undefined || !isDefined(pointer.address))
          throw this.error(`no block at heap offset ${heapOffset}`);
        return { bytes: this.directBlock(pointer, rowBlockSize(table, place.row), heapOffset), blockOffset };
      }
      const child = block.indirectChildren[(place.row - directRows) * table.width + place.column];
      if (child === undefined || !isDefined(child)) throw this.error(`no block at heap offset ${heapOffset}`);
      const childRows = indirectBlockRows(table, place.blockSize);
      address = child;
      rows = childRows;
      base = blockOffset;
    }
  }

  private indirectBlock(address: Address, rows: number): FractalHeapIndirectBlock {
    const byteLength = sizeOfIndirectBlock(this.header, rows, this.storage.widths);
    return this.storage.load(
      address,
      readOnly(INDIRECT, byteLength, (cursor) => decodeIndirectBlock(cursor, this.header, rows)),
    );
  }

  private directBlock(pointer: DirectBlockPointer, blockSize: number, heapOffset: number): Uint8Array {
    const { filters } = this.header;
    const stored = pointer.filtered?.byteLength ?? blockSize;
    const codec = readOnly(DIRECT, stored, (cursor) => {
      if (filters === undefined) return decodeDirectBlock(cursor, this.header);
      const { limits } = this.storage;
      const bytes = decodePipeline(
        filters.pipeline.filters,
        cursor.bytes,
        pointer.filtered?.filterMask ?? 0,
        blockSize,
        limits,
      );
      return decodeDirectBlock(this.storage.cursor(bytes, DIRECT, pointer.address), this.header);
    });
    const block = this.storage.load(pointer.address, codec);
    if (block.heapHeaderAddress !== this.address) {
      throw new FormatError(
        `${DIRECT} at address ${pointer.address}: is of the heap at ${block.heapHeaderAddress}, not ${this.address}`,
        {
          structure: DIRECT,
          address: pointer.address,
        },
      );
    }
    if (heapOffset < block.blockOffset)
      throw this.error(`heap offset ${heapOffset} is before its block, which starts at ${block.blockOffset}`);
    return block.bytes;
  }

  private huge(object: {
    address: Address;
    byteLength: number;
    filtered?: { filterMask: number; memoryByteLength: number };
  }): Uint8Array {
    const { filters } = this.header;
    const bytes = this.storage.readMetadata(object.address, object.byteLength, "Fractal heap huge object");
    if (filters === undefined || object.filtered === undefined) return bytes;
    const { filterMask, memoryByteLength } = object.filtered;
    return decodePipeline(filters.pipeline.filters, bytes, filterMask, memoryByteLength, this.storage.limits);
  }

  private hugeByKey(key: number): Uint8Array {
    const { widths } = this.storage;
    const { hugeBTreeAddress, filters } = this.header;
    if (!isDefined(hugeBTreeAddress)) throw this.error(`no B-tree for huge object ${key}`);
    const order = (record: { readonly id: number }): number => record.id - key;
    if (filters === undefined) {
      const record: HugeObjectRecord | undefined = new BTreeV2(
        this.storage,
        hugeBTreeAddress,
        indirectHugeObjectRecords(widths),
      ).find(order);
      if (record !== undefined) return this.huge(record);
    } else {
      const record: FilteredHugeObjectRecord | undefined = new BTreeV2(
        this.storage,
        hugeBTreeAddress,
        indirectFilteredHugeObjectRecords(widths),
      ).find(order);
      if (record !== undefined) return this.huge({ ...record, filtered: record });
    }
    throw this.error(`no huge object ${key}`);
  }
}
