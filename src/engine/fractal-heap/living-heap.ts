/**
 * A fractal heap that is being changed: its free space in memory, and what waits for the next flush.
 *
 * Reference implementation: H5HF.c, H5HFman.c, H5HFtiny.c, H5HFspace.c. An operation reads all that it needs before it
 * changes anything.
 */
import { isDefined } from "../../base/address.ts";
import { encodePipeline } from "../../filters/pipeline.ts";
import type { FractalHeapHeader } from "../../format/fractal-heap.ts";
import { encodeFractalHeapId, type FractalHeapId, type ManagedId, maxTinyBytes } from "../../format/fractal-heap-id.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import type { MovableBlock } from "../movable-blocks.ts";
import type { HeapBlocks } from "./blocks.ts";
import { deleteBlocks } from "./deletion.ts";
import type { FreeRange } from "./free-ranges.ts";
import { HeapFreeSpace } from "./free-space.ts";
import type { HeapGeometry } from "./geometry.ts";
import { HugeObjects } from "./huge-objects.ts";
import { locateDirectBlock } from "./locate.ts";
import { movableTableBlocks } from "./movable-table-blocks.ts";
import { countTiny, withObject, withoutObject } from "./object-counts.ts";
import { placeBlocks } from "./placement.ts";
import {
  appendBlock,
  changePointer,
  emptyHeader,
  makeMissingBlock,
  type NewBlock,
  type RemovedBlock,
  removeBlock,
} from "./table-edit.ts";

type Sums = Pick<FractalHeapHeader, "freeSpace" | "allocatedManagedSpace">;
const NOTHING_AMISS: Sums = { freeSpace: 0, allocatedManagedSpace: 0 };

export class LivingHeap {
  private readonly blocks: HeapBlocks;
  private readonly geometry: HeapGeometry;
  private readonly space: HeapFreeSpace;
  private readonly huge: HugeObjects;
  /** Heap offsets of changed blocks in a heap with filters: how long they become is known when they are filtered. */
  private readonly unfiltered = new Set<number>();
  private isSpaceChanged = false;
  /** The header that this heap stored last, or was made from. */
  private known: FractalHeapHeader;
  private amiss: Sums;

  constructor(blocks: HeapBlocks, geometry: HeapGeometry) {
    this.blocks = blocks;
    this.geometry = geometry;
    this.space = HeapFreeSpace.load(blocks, geometry);
    this.huge = new HugeObjects(blocks);
    this.known = blocks.header;
    this.amiss = this.findAmiss();
  }

  /** Whether nobody else has changed the heap since. */
  get isCurrent(): boolean {
    return this.blocks.header === this.known;
  }

  /** Stores the header, and asks to be settled before the next flush. */
  private change(header: FractalHeapHeader): void {
    const { freeSpace, allocatedManagedSpace } = this.amiss;
    const isAmiss = freeSpace !== 0 || allocatedManagedSpace !== 0;
    this.known = isAmiss
      ? {
          ...header,
          freeSpace: header.freeSpace + freeSpace,
          allocatedManagedSpace: header.allocatedManagedSpace + allocatedManagedSpace,
        }
      : header;
    this.amiss = NOTHING_AMISS;
    this.blocks.storeHeader(this.known);
    this.blocks.storage.settleLater(this.blocks.address, this);
  }

  /**
   * What the header's sums lack to agree with the blocks. The library forgets a block, and what is in it, that becomes the
   * root again.
   */
  private findAmiss(): Sums {
    const { header } = this.blocks;
    if (!isDefined(header.rootAddress) || !isDefined(header.freeSpaceManagerAddress)) return NOTHING_AMISS;
    const { missing } = this.space;
    const allocated =
      header.currentRootRows === 0
        ? header.table.startingBlockSize
        : header.allocationIteratorOffset - missing.byteLength;
    return {
      freeSpace: this.space.freeBytes(header) - header.freeSpace,
      allocatedManagedSpace: allocated - header.allocatedManagedSpace,
    };
  }

  /**
   * Adds an object.
   *
   * @returns Its ID, of the heap's ID length.
   * @throws RangeError for an object without bytes.
   * C: `H5HF_insert`.
   */
  insert(data: Uint8Array): Uint8Array {
    if (data.length === 0) throw new RangeError("data: an object of a fractal heap has at least one byte");
    const { header } = this.blocks;
    let id: FractalHeapId;
    if (data.length > header.maxManagedObjectSize) {
      const inserted = this.huge.insert(data);
      this.change(inserted.header);
      id = inserted.id;
    } else if (data.length <= maxTinyBytes(header)) {
      id = { kind: "tiny", data };
      this.change(countTiny(header, data.length, 1));
    } else {
      id = this.insertManaged(data);
    }
    return encodeFractalHeapId(id, header, this.blocks.storage.widths);
  }

  private insertManaged(data: Uint8Array): ManagedId {
    const { space, geometry } = this;
    const range = space.ranges.find(data.length);
    const row = space.missing.find(data.length);
    if (range !== undefined && (row === undefined || isBefore(range, geometry.rowPayload(row.row), row.offset))) {
      return this.insertInRange(range, data);
    }
    if (row === undefined) {
      return this.insertInNew(appendBlock(this.blocks, geometry, geometry.blockSizeFor(data.length)), data);
    }
    const offset = row.fromEnd ? row.offset + (row.count - 1) * geometry.blockSize(row.row) : row.offset;
    return this.insertInNew(makeMissingBlock(this.blocks, geometry, offset), data);
  }

  private insertInRange(range: FreeRange, data: Uint8Array): ManagedId {
    const heapOffset = range.start;
    const { header } = this.blocks;
    this.write(heapOffset, data);
    this.space.ranges.useFront(range, data.length);
    this.isSpaceChanged = true;
    this.change(withObject(header, data.length));
    return { kind: "managed", heapOffset, byteLength: data.length };
  }

  private insertInNew(made: NewBlock, data: Uint8Array): ManagedId {
    const { blocks, space, geometry } = this;
    const { offset, blockSize, pointer, skipped, header } = made;
    const block = blocks.storeNewDirect(pointer, blockSize, offset);
    block.bytes.set(data, geometry.overhead);
    if (header.filters !== undefined) this.unfiltered.add(offset);
    for (const { start, end } of skipped) space.missing.add(start, end);
    space.missing.remove(offset, offset + blockSize);
    const heapOffset = offset + geometry.overhead;
    const left = blockSize - geometry.overhead - data.length;
    if (left > 0) space.ranges.add(heapOffset + data.length, left);
    this.isSpaceChanged = true;
    this.change(withObject(header, data.length));
    return { kind: "managed", heapOffset, byteLength: data.length };
  }

  /** Puts bytes into a block that exists. */
  private write(heapOffset: number, data: Uint8Array): void {
    const { blocks } = this;
    const { pointer, blockSize, blockOffset } = locateDirectBlock(blocks, heapOffset);
    const block = blocks.direct(pointer, blockSize, heapOffset);
    blocks.directForWriting(pointer, blockSize, block).bytes.set(data, heapOffset - blockOffset);
    if (blocks.header.filters === undefined) return;
    this.unfiltered.add(blockOffset);
    blocks.storage.settleLater(blocks.address, this);
  }

  /** Gives an object other bytes, as many as it has. @returns False for those that lie in their ID, or behind filters alone. */
  overwrite(id: FractalHeapId, data: Uint8Array): boolean {
    if (id.kind === "tiny") return false;
    if (id.kind !== "managed") return this.huge.overwrite(id, data);
    this.write(id.heapOffset, data);
    return true;
  }

  /**
   * Removes an object; blocks without objects are freed. The ID must be one of this heap's objects.
   *
   * C: `H5HF_remove`.
   */
  remove(id: FractalHeapId): void {
    switch (id.kind) {
      case "tiny":
        this.change(countTiny(this.blocks.header, id.data.length, -1));
        break;
      case "managed":
        this.removeManaged(id);
        break;
      default:
        this.change(this.huge.remove(id));
    }
  }

  private removeManaged({ heapOffset, byteLength }: ManagedId): void {
    const { blocks, geometry, space } = this;
    const place = locateDirectBlock(blocks, heapOffset);
    const { blockOffset, blockSize } = place;
    const at = heapOffset - blockOffset;
    if (at < geometry.overhead || at + byteLength > blockSize) {
      throw blocks.error(`an object of ${byteLength} bytes at ${at} in a block of ${blockSize}`);
    }
    const { header } = blocks;
    const free = space.ranges.joined(heapOffset, byteLength);
    if (free.byteLength < blockSize - geometry.overhead) {
      space.ranges.add(heapOffset, byteLength);
      this.change(withoutObject(header, byteLength));
    } else {
      const removed = header.currentRootRows === 0 ? this.removeRoot() : removeBlock(blocks, geometry, blockOffset);
      this.forgetRanges(free, heapOffset, byteLength);
      this.unfiltered.delete(blockOffset);
      space.missing.add(removed.start, removed.end);
      space.missing.remove(removed.header.allocationIteratorOffset, Number.POSITIVE_INFINITY);
      if (!isDefined(removed.header.rootAddress)) this.amiss = NOTHING_AMISS;
      this.change(withoutObject(removed.header, byteLength));
    }
    this.isSpaceChanged = true;
  }

  private removeRoot(): RemovedBlock {
    const { header } = this.blocks;
    const { startingBlockSize } = header.table;
    this.blocks.discard(header.rootAddress, header.filters?.filteredRootByteLength ?? startingBlockSize);
    return { header: emptyHeader(header), start: 0, end: startingBlockSize };
  }

  /** Free ranges beside an object of a block that goes. */
  private forgetRanges(free: FreeRange, start: number, byteLength: number): void {
    const { ranges } = this.space;
    if (free.start < start) ranges.delete(free.start);
    if (free.start + free.byteLength > start + byteLength) ranges.delete(start + byteLength);
  }

  /** Writes nothing itself: brings everything into the form in which it is stored. */
  settle(): void {
    const { blocks } = this;
    for (const offset of this.unfiltered) this.filterBlock(offset);
    this.unfiltered.clear();
    placeBlocks(blocks, this.geometry);
    const header = this.huge.dropEmptyTree();
    if (header !== blocks.header) blocks.storeHeader(header);
    if (this.isSpaceChanged) {
      const freeSpaceManagerAddress = this.space.settle();
      blocks.storeHeader({ ...blocks.header, freeSpaceManagerAddress });
      this.isSpaceChanged = false;
    }
    this.known = blocks.header;
  }

  movableBlocks(): MovableBlock[] {
    const { blocks, geometry, space } = this;
    const found = [...movableTableBlocks(blocks, geometry), ...space.movableBlocks()];
    return found.map((block) => ({
      ...block,
      repoint: (to) => {
        block.repoint(to);
        this.known = blocks.header;
      },
    }));
  }

  /** Runs the filters over a block, which then may need another place. */
  private filterBlock(offset: number): void {
    const { blocks, geometry } = this;
    const { header, storage } = blocks;
    const { filters } = header;
    if (filters === undefined) return;
    const { pointer, blockSize } = locateDirectBlock(blocks, offset);
    const block = blocks.direct(pointer, blockSize, offset);
    const encoded = encodePipeline(filters.pipeline.filters, blocks.encodeDirect(block));
    const byteLength = encoded.bytes.length;
    const oldByteLength = pointer.filtered?.byteLength ?? blockSize;
    let { address } = pointer;
    if (byteLength !== oldByteLength || storage.isUnplaced(address)) {
      address = storage.allocate("local-heap", byteLength);
      blocks.discard(pointer.address, oldByteLength);
    }
    const filtered = { byteLength, filterMask: encoded.filterMask };
    blocks.storeFiltered({ address, filtered }, blockSize, block, encoded.bytes);
    if (header.currentRootRows > 0) {
      changePointer(blocks, geometry, offset, { address, filtered });
      return;
    }
    blocks.storeHeader({
      ...header,
      rootAddress: address,
      filters: { ...filters, filteredRootByteLength: byteLength, rootFilterMask: encoded.filterMask },
    });
    storage.writeBefore(address, blocks.address);
  }

  /** The heap goes with everything that belongs to it. C: `H5HF_delete`. */
  deleteAll(freed: FreedBlocks): void {
    const { blocks } = this;
    const { storage, address } = blocks;
    deleteBlocks(blocks, this.geometry, freed);
    this.huge.deleteAll(freed);
    this.space.deleteManager(freed);
    if (storage.unsettled(address) !== undefined) freed.afterwards(() => storage.settled(address));
  }
}

/** Whether a range comes before a missing block as the place of an object: by size, then by heap offset. */
function isBefore(range: FreeRange, payload: number, offset: number): boolean {
  return range.byteLength < payload || (range.byteLength === payload && range.start < offset);
}
