/**
 * Blocks that get their place in the file when they are about to be written: until then they have addresses that no block of
 * a file has.
 *
 * What comes and goes between two flushes so never takes space, and what stays finds the space that was freed meanwhile.
 * Reference implementation: H5MF.c (`H5MF_alloc_tmp`).
 */
import type { Address } from "../base/address.ts";
import type { MemoryType } from "./space/space-allocator.ts";

/** Behind every address that can be allocated. */
const FIRST_ADDRESS = 2 ** 52;

interface UnplacedBlock {
  readonly type: MemoryType;
  readonly byteLength: number;
}

/** What of a file's storage is needed here. */
export interface PlacingStorage {
  allocate(type: MemoryType, byteLength: number): Address;
  release(type: MemoryType, address: Address, byteLength: number): void;
}

export class UnplacedBlocks {
  private readonly blocks = new Map<Address, UnplacedBlock>();
  private next = FIRST_ADDRESS;

  add(type: MemoryType, byteLength: number): Address {
    const address = this.next;
    this.next += byteLength;
    this.blocks.set(address, { type, byteLength });
    return address;
  }

  get size(): number {
    return this.blocks.size;
  }

  has(address: Address): boolean {
    return this.blocks.has(address);
  }

  /** @returns Whether there was one at that address. */
  delete(address: Address): boolean {
    return this.blocks.delete(address);
  }

  /** Allocates space for blocks, all or none. @returns Where each of them goes; they are unplaced no more. */
  place(addresses: readonly Address[], storage: PlacingStorage): Map<Address, Address> {
    const places = new Map<Address, Address>();
    try {
      for (const address of addresses) {
        const block = this.blocks.get(address);
        if (block !== undefined) places.set(address, storage.allocate(block.type, block.byteLength));
      }
    } catch (cause) {
      for (const [address, place] of places) {
        const { type, byteLength } = this.blocks.get(address) as UnplacedBlock;
        storage.release(type, place, byteLength);
      }
      throw cause;
    }
    for (const address of places.keys()) this.blocks.delete(address);
    return places;
  }
}
