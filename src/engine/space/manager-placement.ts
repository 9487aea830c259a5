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

/** Pages that are left free behind lists. */
const GAP_PAGES: readonly number[] = [0, 1, 2];

/** What is left free at the end of the file: before the managers, and behind each list that takes whole pages. */
interface Gaps {
  readonly bytes: number;
  readonly pages: number;
}

/** Sizes as they are stored. */
export interface ManagerSizes {
  readonly header: number;
  /** Bytes of a list of sections and some more, which may be fewer than none. */
  list(sections: readonly ListedSection[], spare: Spare): number;
}

/** How often a list is given what it needs, before all of them begin anew. */
const SINGLE_ROUNDS = 12;
/** How often the lists at the end of the file are given what they lack. */
const END_ROUNDS = 8;
/** Sections that all attempts together look at, about: where there is room, and at the end of the file. */
const MOST_LOOKED_AT = 300_000;
const MOST_LOOKED_AT_LAST = 3_000_000;
/** The first one gets the best place. */
const ORDERS: readonly (readonly FreeListKind[])[] = [
  ["metadata", "raw", "large"],
  ["large", "raw", "metadata"],
  ["raw", "metadata", "large"],
];
/** Room that never is too little for long: one block splits one section. */
const ENOUGH: Spare = { ofNewSize: 2, ofKnownSize: 0 };
export const NOTHING: Spare = { ofNewSize: 0, ofKnownSize: 0 };
/** What a list at the end of the file may come to have: bytes before the managers, rests of pages. Likely ones first. */
const AT_END: readonly Spare[] = [0, 2, 1, 3].flatMap((ofNewSize) =>
  [0, 1, 2].map((ofKnownSize) => ({ ofNewSize, ofKnownSize })),
);

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
    this.joinPending();
    const isExact = this.settle(true, SINGLE_ROUNDS) || this.placeByGuess() || this.placeAtEnd();
    // Room that a list does not need is allowed, though version 1.10.8 cannot change such a file.
    if (!isExact) this.settle(false, Number.POSITIVE_INFINITY);
    this.storage.allocator.trim();
    return [...this.placed.values()];
  }

  /** Nothing is written at once any more: what was freed since the last flush is as free as what it touches. */
  private joinPending(): void {
    const { allocator } = this.storage;
    allocator.trim();
    const all = allocator.freeSections();
    allocator.takeFreeSections(all);
    allocator.addFreeSections(all);
    allocator.trim();
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
    this.joinPending();
  }

  /** Tries sizes of all lists that may come out as just what they need. */
  private placeByGuess(): boolean {
    this.releaseAll();
    const all = this.storage.allocator.freeSections();
    const hasOthers = all.some(({ list }) => list !== "metadata");
    let left = MOST_LOOKED_AT / (1 + all.length);
    for (const own of CHANGES) {
      for (const other of hasOthers ? CHANGES : [NOTHING]) {
        for (const order of hasOthers ? ORDERS : ORDERS.slice(0, 1)) {
          if (left-- < 0) return false;
          if (this.fits(order, (list) => (list === "metadata" ? own : other))) return true;
        }
      }
    }
    return false;
  }

  private fits(order: readonly FreeListKind[], spareOf: (list: FreeListKind) => Spare): boolean {
    this.releaseAll();
    for (const list of order) {
      const sections = this.sectionsOf(list);
      const byteLength = sections.length === 0 ? 0 : this.sizes.list(sections, spareOf(list));
      if (byteLength > 0) this.allocateList(list, this.newHeader(), byteLength);
    }
    return FREE_LIST_KINDS.every((list) => this.neededBy(list) === (this.placed.get(list)?.listByteLength ?? 0));
  }

  /** Bytes of a list; none without sections. @param alone - Further sections, which the allocator does not know now. */
  private neededBy(list: FreeListKind, alone: readonly ListedSection[] = [], spare = NOTHING): number {
    const sections = [...this.sectionsOf(list), ...alone.filter((section) => section.list === list)];
    return sections.length === 0 ? 0 : this.sizes.list(sections, spare);
  }

  /**
   * Puts all managers behind everything else, where only the rests of their pages are new sections. When such a rest has the
   * size of another one only as long as it is not listed, bytes before the managers or pages behind their lists are left free,
   * too.
   */
  private placeAtEnd(): boolean {
    this.releaseAll();
    const { allocator } = this.storage;
    const alone = allocator.freeSections();
    allocator.takeFreeSections(alone);
    let left = MOST_LOOKED_AT_LAST / (1 + alone.length) / END_ROUNDS;
    let done = false;
    const gapPages = allocator.unitByteLength > 1 ? GAP_PAGES : [0];
    for (let bytes = 0; bytes <= alone.length + 1 && left > 0 && !done; bytes++) {
      done = gapPages.some((pages) =>
        AT_END.some((spare) => left-- > 0 && this.fitsAtEnd(alone, { bytes, pages }, spare)),
      );
    }
    if (!done) this.releaseAll();
    allocator.addFreeSections(alone);
    return done;
  }

  /** @param spare - What the list of metadata is given more than it needs, to begin with. */
  private fitsAtEnd(alone: readonly ListedSection[], gaps: Gaps, spare: Spare): boolean {
    this.releaseAll();
    let needed = FREE_LIST_KINDS.map((list) => this.neededBy(list, alone, list === "metadata" ? spare : NOTHING));
    for (let round = 0; round < END_ROUNDS; round++) {
      this.releaseAll();
      this.placeLists(needed, gaps);
      const found = FREE_LIST_KINDS.map((list) => this.neededBy(list, alone));
      if (found.every((byteLength, i) => byteLength === needed[i])) return true;
      needed = found;
    }
    return false;
  }

  /** Lists that take whole pages come first, so that there is something behind the pages that are left free. */
  private placeLists(needed: readonly number[], { bytes, pages }: Gaps): void {
    const { storage } = this;
    const { unitByteLength } = storage.allocator;
    const lists = FREE_LIST_KINDS.map((list, i) => ({ list, byteLength: needed[i] as number }));
    const isLarge = (byteLength: number): boolean => unitByteLength > 1 && byteLength >= unitByteLength;
    const freed: { address: Address; byteLength: number }[] = [];
    const leave = (byteLength: number): void => {
      if (byteLength > 0) freed.push({ address: storage.allocate("local-heap", byteLength), byteLength });
    };
    const blocks = new Map<FreeListKind, Address>();
    for (const { list, byteLength } of lists) {
      if (!isLarge(byteLength)) continue;
      blocks.set(list, storage.allocate("local-heap", byteLength));
      leave(pages * unitByteLength);
    }
    leave(bytes);
    for (const { list, byteLength } of lists) {
      if (byteLength === 0) continue;
      const headerAddress = this.newHeader();
      const listAddress = blocks.get(list) ?? storage.allocate("local-heap", byteLength);
      this.placed.set(list, { list, headerAddress, listAddress, listByteLength: byteLength });
    }
    for (const { address, byteLength } of freed) storage.release("local-heap", address, byteLength);
    storage.allocator.trim();
  }
}
