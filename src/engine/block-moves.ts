/**
 * Blocks of metadata that get another place before they are written.
 *
 * Only such as wait to be written: of any other one nothing would ever reach its new place.
 */
import type { Address } from "../base/address.ts";
import type { FileStorage, Unsettled } from "./file-storage.ts";
import type { FlushedPart } from "./flushed-part.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import type { SpaceAllocator } from "./space/space-allocator.ts";
import type { StructureCache, WaitingStructure } from "./structure-cache.ts";
import type { UnplacedBlocks } from "./unplaced-blocks.ts";

/** What of a file's storage is needed here. */
export interface MovedParts {
  readonly storage: FileStorage;
  readonly allocator: SpaceAllocator;
  readonly structures: StructureCache;
  readonly unplaced: UnplacedBlocks;
  readonly flushedPart: FlushedPart;
  readonly unsettledThings: ReadonlyMap<Address, Unsettled>;
}

export class BlockMoves {
  private readonly parts: MovedParts;

  constructor(parts: MovedParts) {
    this.parts = parts;
  }

  /** Blocks that may lie elsewhere, as those know who settle them. */
  ofUnsettled(): MovableBlock[] {
    return [...this.parts.unsettledThings.values()].flatMap((thing) => thing.movableBlocks?.() ?? []);
  }

  waitingStructures(): Iterable<WaitingStructure> {
    return this.parts.structures.waitingStructures();
  }

  /** Bytes on disk of a structure that waits to be written. */
  waitingByteLength(address: Address): number | undefined {
    return this.parts.structures.waitingByteLength(address);
  }

  /**
   * Puts a block into free space before `limit`. @returns Where it is now; undefined where there is no such space, or the block
   * does not wait.
   */
  moveBefore(limit: Address, { type, address, byteLength }: MovableBlock): Address | undefined {
    const { storage, allocator, structures, flushedPart } = this.parts;
    if (!storage.isDirty(address)) return undefined;
    const to = allocator.allocateBefore(type, byteLength, limit);
    if (to === undefined) return undefined;
    flushedPart.allocated(to);
    structures.move(address, to);
    storage.release(type, address, byteLength);
    return to;
  }

  /**
   * Takes a block from its place: until it is {@link lay laid} somewhere, it has an address of no file. @returns That; undefined
   * where it does not wait.
   */
  lift({ type, address, byteLength }: MovableBlock): Address | undefined {
    const { storage, structures, unplaced } = this.parts;
    if (!storage.isDirty(address)) return undefined;
    const lifted = unplaced.add(type, byteLength);
    structures.move(address, lifted);
    storage.release(type, address, byteLength);
    return lifted;
  }

  /** Gives a lifted block a place in free space, or else behind everything. @returns Where it is now. */
  lay(lifted: Address, { type, byteLength }: MovableBlock): Address {
    const { allocator, structures, unplaced, flushedPart } = this.parts;
    const to =
      allocator.allocateBefore(type, byteLength, allocator.endOfAllocation) ?? allocator.allocate(type, byteLength);
    flushedPart.allocated(to);
    unplaced.delete(lifted);
    structures.move(lifted, to);
    return to;
  }
}
