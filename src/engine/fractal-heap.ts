/**
 * A fractal heap: the objects of dense groups, dense attributes and shared messages.
 *
 * Specification: III.G. Reference implementation: H5HF.c. Heap offsets count the prefixes of blocks. Reading is here; what
 * changes a heap is in `fractal-heap/living-heap.ts`.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { formatError, unsupportedError } from "../base/errors.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import type { FractalHeapHeader } from "../format/fractal-heap.ts";
import type { DoublingTable } from "../format/fractal-heap-doubling-table.ts";
import { decodeFractalHeapId, decodeManagedId, type FractalHeapId } from "../format/fractal-heap-id.ts";
import type { FileStorage } from "./file-storage.ts";
import { HeapBlocks } from "./fractal-heap/blocks.ts";
import { HeapGeometry } from "./fractal-heap/geometry.ts";
import { HugeObjects } from "./fractal-heap/huge-objects.ts";
import { LivingHeap } from "./fractal-heap/living-heap.ts";
import { locateDirectBlock } from "./fractal-heap/locate.ts";
import { FreedBlocks } from "./freed-blocks.ts";

/** What a new heap is made with. C: `H5HF_create_t`. */
export interface FractalHeapParameters {
  readonly idLength: number;
  readonly table: DoublingTable;
  /** 0 makes the root indirect block as large as it can become. */
  readonly startingRootRows: number;
  readonly directBlocksChecksummed: boolean;
  /** Larger objects are huge. */
  readonly maxManagedObjectSize: number;
}

const COMMON = { startingRootRows: 1, directBlocksChecksummed: true, maxManagedObjectSize: 4096 } as const;

/** Heaps of links. C: `H5G__dense_create`. */
export const LINK_HEAP: FractalHeapParameters = {
  ...COMMON,
  idLength: 7,
  table: { width: 4, startingBlockSize: 512, maxDirectBlockSize: 65536, maxHeapBits: 32 },
};

/** Heaps of attributes and of shared messages. C: `H5A__dense_create`, `H5SM__create_index`. */
export const MESSAGE_HEAP: FractalHeapParameters = {
  ...COMMON,
  idLength: 8,
  table: { width: 4, startingBlockSize: 1024, maxDirectBlockSize: 65536, maxHeapBits: 40 },
};

/** What is refused now would fail when the header is written, and everything else with it that waits for the same flush. */
function requireLengths({ widths }: FileStorage, { table }: FractalHeapParameters): void {
  const { sizeOfLengths } = widths;
  if (table.maxDirectBlockSize < 256 ** sizeOfLengths) return;
  const place = { structure: "Fractal heap header", field: "Maximum Direct Block Size" };
  throw unsupportedError(`${table.maxDirectBlockSize} bytes in a file whose lengths have ${sizeOfLengths}`, place);
}

export class FractalHeap {
  readonly address: Address;
  private readonly storage: FileStorage;
  private readonly blocks: HeapBlocks;
  private readonly huge: HugeObjects;
  private kept: LivingHeap | undefined;

  constructor(storage: FileStorage, address: Address) {
    this.storage = storage;
    this.address = address;
    this.blocks = new HeapBlocks(storage, address);
    this.huge = new HugeObjects(this.blocks);
  }

  /**
   * A new heap without objects.
   *
   * @param pipeline - Filters of its blocks and huge objects.
   * @throws UnsupportedError where lengths of the file are too narrow for the sizes in its header.
   * C: `H5HF_create`, which cuts them off, and does not find the heap's objects again.
   */
  static create(storage: FileStorage, parameters: FractalHeapParameters, pipeline?: FilterPipeline): FractalHeap {
    requireLengths(storage, parameters);
    const blocks = HeapBlocks.create(storage, {
      ...parameters,
      hugeIdsWrapped: false,
      nextHugeId: 0,
      hugeBTreeAddress: UNDEFINED_ADDRESS,
      freeSpace: 0,
      freeSpaceManagerAddress: UNDEFINED_ADDRESS,
      managedSpace: 0,
      allocatedManagedSpace: 0,
      allocationIteratorOffset: 0,
      managedObjectCount: 0,
      hugeObjectSize: 0,
      hugeObjectCount: 0,
      tinyObjectSize: 0,
      tinyObjectCount: 0,
      rootAddress: UNDEFINED_ADDRESS,
      currentRootRows: 0,
      filters:
        pipeline === undefined || pipeline.filters.length === 0
          ? undefined
          : { filteredRootByteLength: 0, rootFilterMask: 0, pipeline },
    });
    return new FractalHeap(storage, blocks.address);
  }

  /** Of the moment: whoever edits the heap changes it. */
  get header(): FractalHeapHeader {
    return this.blocks.header;
  }

  /** Records have room for IDs of one length. @throws FormatError for a heap of others. */
  requireIdLength(expected: number): void {
    const { idLength } = this.header;
    if (idLength === expected) return;
    const { address } = this;
    const problem = `IDs of ${idLength} bytes, expected ${expected}`;
    throw formatError(problem, { structure: "Fractal heap header", address, field: "Heap ID Length" });
  }

  private decodeId(id: Uint8Array): FractalHeapId {
    const managed = decodeManagedId(id, this.header);
    if (managed !== undefined) return managed;
    const { widths, limits } = this.storage;
    const cursor = new Cursor(id, { structure: "Fractal heap ID", address: this.address, widths, limits });
    return decodeFractalHeapId(cursor, this.header);
  }

  /**
   * The object of a heap ID: a view that must not be modified, and that is good until the object is changed.
   *
   * @param id - Bytes of the ID; what follows the heap's own ID length is ignored.
   */
  read(id: Uint8Array): Uint8Array {
    const decoded = this.decodeId(id);
    switch (decoded.kind) {
      case "tiny":
        return decoded.data;
      case "managed":
        return this.managed(decoded.heapOffset, decoded.byteLength);
      default:
        return this.huge.read(decoded);
    }
  }

  private managed(heapOffset: number, byteLength: number): Uint8Array {
    const { blocks, header } = this;
    if (byteLength > header.maxManagedObjectSize) {
      throw blocks.error(`a managed object of ${byteLength} bytes, the most is ${header.maxManagedObjectSize}`);
    }
    const { bytes, blockOffset } = this.blockOf(heapOffset);
    const start = heapOffset - blockOffset;
    if (start + byteLength > bytes.length)
      throw blocks.error(`an object of ${byteLength} bytes at ${start} in a block of ${bytes.length}`);
    return bytes.subarray(start, start + byteLength);
  }

  /** The direct block that covers a heap offset: `bytes` with its prefix, from heap offset `blockOffset` on. */
  blockOf(heapOffset: number): { readonly bytes: Uint8Array; readonly blockOffset: number } {
    const { pointer, blockSize, blockOffset } = locateDirectBlock(this.blocks, heapOffset);
    return { bytes: this.blocks.direct(pointer, blockSize, heapOffset).bytes, blockOffset };
  }

  /** What all who change the heap share until the next flush. */
  private get living(): LivingHeap {
    const shared = this.storage.unsettled(this.address);
    if (shared instanceof LivingHeap) return shared;
    if (this.kept?.isCurrent !== true) {
      this.kept = new LivingHeap(this.blocks, new HeapGeometry(this.header, this.storage.widths));
    }
    return this.kept;
  }

  /**
   * Adds an object of at least one byte.
   *
   * @returns Its ID: as many bytes as the heap's IDs have.
   * C: `H5HF_insert`.
   */
  insert(data: Uint8Array): Uint8Array {
    return this.living.insert(data);
  }

  /**
   * Gives an object other bytes, as many as it has.
   *
   * @returns False where its place has no room for them, or is its ID: then another object has to take its place.
   * C: `H5HF_write`, which fails for these.
   */
  overwrite(id: Uint8Array, data: Uint8Array): boolean {
    const decoded = this.decodeId(id);
    const { length } = this.read(id);
    if (data.length !== length) throw new RangeError(`data: ${data.length} bytes for an object of ${length}`);
    return this.living.overwrite(decoded, data);
  }

  /** Whether {@link overwrite} of an object leaves everything where it is, and as long as it is. */
  keepsPlace(id: Uint8Array): boolean {
    return this.header.filters === undefined && this.decodeId(id).kind === "managed";
  }

  /** Removes an object; the heap gives back the blocks that held no other. C: `H5HF_remove`. */
  remove(id: Uint8Array): void {
    this.living.remove(this.decodeId(id));
  }

  /** Loads all but the objects: what removing any of them will need. */
  expectRemovals(): void {
    this.living.deleteAll(new FreedBlocks(this.storage));
  }

  /** The heap goes with all its blocks, huge objects and free-space manager. C: `H5HF_delete`. */
  deleteAll(freed: FreedBlocks): void {
    this.living.deleteAll(freed);
  }
}
