/**
 * Where the managers of a file's free space lie: in space that they are about themselves.
 *
 * Each block that is allocated changes the sections that are left, and with them the size of the lists. What is sought is a
 * placement in which every list has just the space that it needs. Reference implementation: H5MF.c, `H5MF__settle_raw_data_fsm`,
 * which repeats until nothing is missing, and leaves lists larger than they need to be.
 */
import type { Address } from "../../base/address.ts";
import {
  FREE_LIST_KINDS,
  type FreeListKind,
  type ListedSection,
  type MemoryType,
  type SpaceAllocator,
} from "./space-allocator.ts";

/** The blocks of a manager that is to be written. */
export interface ManagerBlocks {
  readonly list: FreeListKind;
  readonly headerAddress: Address;
  readonly listAddress: Address;
  readonly listByteLength: number;
}

/** Sections more than there are that a list is given room for. */
export interface Spare {
  /** Of a size of their own. */
  readonly ofNewSize: number;
  /** Of a size that another one has. */
  readonly ofKnownSize: number;
}

/** Sizes as they are stored. */
export interface ManagerSizes {
  readonly header: number;
  /** Bytes of a list of sections and some more, which may be fewer than none. */
  list(sections: readonly ListedSection[], spare: Spare): number;
}

/** How often a list is given what it needs, before all of them begin anew. */
const SINGLE_ROUNDS = 12;
/** Sections that all attempts together look at, about. */
const MOST_LOOKED_AT = 300_000;
/** The first one gets the best place. */
const ORDERS: readonly (readonly FreeListKind[])[] = [
  ["metadata", "raw", "large"],
  ["large", "raw", "metadata"],
  ["raw", "metadata", "large"],
];
/** Room that never is too little for long: one block splits one section. */
const ENOUGH: Spare = { ofNewSize: 2, ofKnownSize: 0 };
export const NOTHING: Spare = { ofNewSize: 0, ofKnownSize: 0 };

/** What the blocks of lists make of others: sections come and go, or get the size of another. Likely ones first. */
const CHANGES: readonly Spare[] = [0, 1, -1]
  .flatMap((ofNewSize) => [0, 1, -1].map((ofKnownSize) => ({ ofNewSize, ofKnownSize })))
  .sort((a, b) => distance(a) - distance(b));

function distance({ ofNewSize, ofKnownSize }: Spare): number {
  return Math.abs(ofNewSize) + Math.abs(ofKnownSize);
}

/** What of a file's storage is needed here. */
export interface PlacementStorage {
  readonly allocator: SpaceAllocator;
  allocate(type: MemoryType, byteLength: number): Address;
  release(type: MemoryType, address: Address, byteLength: number): void;
}

export class ManagerPlacement {
  private readonly storage: PlacementStorage;
  private readonly sizes: ManagerSizes;
  private readonly placed = new Map<FreeListKind, ManagerBlocks>();

  constructor(storage: PlacementStorage, sizes: ManagerSizes) {
    this.storage = storage;
    this.sizes = sizes;
  }

  /** Allocates a manager for every list that has sections, once they are in place. */
  place(): readonly ManagerBlocks[] {
    this.storage.allocator.trim();
    if (!this.settle(true, SINGLE_ROUNDS) && !this.placeAnew()) this.settle(false, Number.POSITIVE_INFINITY);
    this.storage.allocator.trim();
    return [...this.placed.values()];
  }

  private sectionsOf(list: FreeListKind): readonly ListedSection[] {
    return this.storage.allocator.freeSections().filter((section) => section.list === list);
  }

  /** Gives each list what it lacks, or needs not, until none does. */
  private settle(exactly: boolean, rounds: number): boolean {
    for (let round = 0; round < rounds; round++) {
      let missing = false;
      for (const list of FREE_LIST_KINDS) if (this.provide(list, exactly)) missing = true;
      if (!missing) return true;
    }
    return false;
  }

  /** @returns Whether the list lacked anything. */
  private provide(list: FreeListKind, exactly: boolean): boolean {
    const sections = this.sectionsOf(list);
    const known = this.placed.get(list);
    if (sections.length === 0) {
      if (known === undefined || !exactly) return false;
      this.releaseManager(known);
      return true;
    }
    const needed = this.sizes.list(sections, NOTHING);
    if (known !== undefined && (exactly ? needed === known.listByteLength : needed <= known.listByteLength))
      return false;
    if (known !== undefined) this.storage.release("local-heap", known.listAddress, known.listByteLength);
    const headerAddress = known?.headerAddress ?? this.newHeader();
    const byteLength = exactly ? needed : this.sizes.list(sections, list === "raw" ? NOTHING : ENOUGH);
    this.allocateList(list, headerAddress, byteLength);
    return true;
  }

  private newHeader(): Address {
    return this.storage.allocate("object-header", this.sizes.header);
  }

  private allocateList(list: FreeListKind, headerAddress: Address, listByteLength: number): void {
    const listAddress = this.storage.allocate("local-heap", listByteLength);
    this.storage.allocator.trim();
    this.placed.set(list, { list, headerAddress, listAddress, listByteLength });
  }

  private releaseManager({ list, headerAddress, listAddress, listByteLength }: ManagerBlocks): void {
    this.storage.release("local-heap", listAddress, listByteLength);
    this.storage.release("object-header", headerAddress, this.sizes.header);
    this.placed.delete(list);
    this.storage.allocator.trim();
  }

  private releaseAll(): void {
    for (const manager of [...this.placed.values()]) this.releaseManager(manager);
  }

  /** Tries sizes of all lists that may come out as just what they need, also where one of the sections is left alone. */
  private placeAnew(): boolean {
    this.releaseAll();
    const metadata = this.sectionsOf("metadata").toSorted((a, b) => b.byteLength - a.byteLength);
    const others = this.storage.allocator.freeSections().length - metadata.length;
    let left = MOST_LOOKED_AT / (1 + metadata.length + others);
    search: for (const leftAlone of [0, ...metadata.map(({ byteLength }) => byteLength)]) {
      for (const own of CHANGES) {
        for (const other of others > 0 ? CHANGES : [NOTHING]) {
          for (const order of others > 0 ? ORDERS : ORDERS.slice(0, 1)) {
            if (left-- < 0) break search;
            if (this.fits(order, (list) => (list === "metadata" ? own : other), leftAlone)) return true;
          }
        }
      }
    }
    this.releaseAll();
    return false;
  }

  private fits(
    order: readonly FreeListKind[],
    spareOf: (list: FreeListKind) => Spare,
    leftAloneBytes: number,
  ): boolean {
    const { storage } = this;
    this.releaseAll();
    const leftAlone = leftAloneBytes > 0 ? storage.allocate("local-heap", leftAloneBytes) : undefined;
    for (const list of order) {
      const sections = this.sectionsOf(list);
      const byteLength = sections.length === 0 ? 0 : this.sizes.list(sections, spareOf(list));
      if (byteLength > 0) this.allocateList(list, this.newHeader(), byteLength);
    }
    if (leftAlone !== undefined) {
      storage.release("local-heap", leftAlone, leftAloneBytes);
      storage.allocator.trim();
    }
    return FREE_LIST_KINDS.every((list) => {
      const sections = this.sectionsOf(list);
      const needed = sections.length === 0 ? undefined : this.sizes.list(sections, NOTHING);
      return needed === this.placed.get(list)?.listByteLength;
    });
  }
}
