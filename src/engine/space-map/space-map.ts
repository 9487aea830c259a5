/**
 * Who owns which bytes of a file: a walk over everything that can be reached, and what is left over.
 *
 * Nothing is taken from memory but the free space of a file that is open for writing: structures are decoded from the
 * bytes that are in the file, after a flush.
 */
import { rootObjectHeaderAddress } from "../../format/superblock.ts";
import type { H5File } from "../h5-file.ts";
import { lostStructureAt } from "./lost-structures.ts";
import { claimFileParts } from "./map-file-parts.ts";
import { ObjectWalk } from "./map-objects.ts";
import { type SpaceClaim, SpaceClaims } from "./space-claims.ts";
import type { SpaceKind } from "./space-kinds.ts";

/** Bytes that belong together. */
export interface SpaceRegion {
  /** Position in the file, user block included. */
  readonly offset: number;
  readonly byteLength: number;
  readonly kind: SpaceKind;
  /** Path of the object that the bytes serve; empty for those of the file as a whole, or of nobody. */
  readonly owner: string;
  /** Which structure it is. Of bytes that are owned more than once, all of them. */
  readonly what: string;
  /** Whoever claims the bytes: one, nobody for those that are unaccounted for, several when there is something wrong. */
  readonly claims: readonly SpaceClaim[];
}

export interface SpaceMap {
  /** Bytes of the file. */
  readonly byteLength: number;
  /** Position of address 0: bytes of the user block. */
  readonly baseAddress: number;
  /** From the first byte of the file to the last, without gaps. */
  readonly regions: readonly SpaceRegion[];
  /** What could not be read, or reaches out of the file. */
  readonly problems: readonly string[];
}

/** Walks over a file. Changes are flushed first. Raw data is read only where elements point into the global heap. */
export function spaceMap(file: H5File): SpaceMap {
  if (file.writable) file.flush();
  const claims = new SpaceClaims();
  claimFileParts(claims, file);
  const walk = new ObjectWalk(claims, file);
  walk.from(rootObjectHeaderAddress(file.superblock), "/");
  // New objects without a link, and deleted ones that somebody still has open.
  for (const { address } of file.openObjects()) walk.from(address, `object at ${address}, without a link`);
  return new Regions(file, claims).map();
}

/** Cuts the file where claims begin and end. */
class Regions {
  private readonly file: H5File;
  private readonly base: number;
  private readonly claims: readonly SpaceClaim[];
  private readonly problems: string[];
  private readonly regions: SpaceRegion[] = [];

  constructor(file: H5File, { claims, problems }: SpaceClaims) {
    this.file = file;
    this.base = file.superblock.baseAddress;
    this.claims = claims.toSorted((a, b) => a.address - b.address || a.byteLength - b.byteLength);
    this.problems = [...problems];
  }

  map(): SpaceMap {
    const { base, file } = this;
    const byteLength = file.fileSize();
    const end = file.storage.allocator.endOfAllocation;
    for (const { address, byteLength: length, owner, what } of this.claims) {
      if (address >= 0 && address + length <= end) continue;
      this.problems.push(`${owner}: ${what} at address ${address}: ${length} bytes, the file ends at ${end}`);
    }
    if (base > 0) this.push(0, base, "user-block", "User block");
    this.sweep(end);
    const used = base + end;
    if (byteLength > used) {
      this.push(used, byteLength - used, "after-end", "Behind the end of file address");
    }
    return { byteLength, baseAddress: base, regions: this.regions, problems: this.problems };
  }

  private push(offset: number, byteLength: number, kind: SpaceKind, what: string): void {
    this.regions.push({ offset, byteLength, kind, owner: "", what, claims: [] });
  }

  /** Addresses from 0 to `end`; `active` holds the claims that cover the place reached. */
  private sweep(end: number): void {
    let at = 0;
    let next = 0;
    let active: SpaceClaim[] = [];
    while (at < end) {
      for (; next < this.claims.length && (this.claims[next] as SpaceClaim).address <= at; next++) {
        active.push(this.claims[next] as SpaceClaim);
      }
      active = active.filter(({ address, byteLength }) => address + byteLength > at);
      let until = Math.min(end, this.claims[next]?.address ?? end);
      for (const { address, byteLength } of active) until = Math.min(until, address + byteLength);
      this.region(at, until, active);
      at = until;
    }
  }

  private region(from: number, to: number, claims: readonly SpaceClaim[]): void {
    const [first] = claims;
    const offset = this.base + from;
    const byteLength = to - from;
    if (first === undefined) {
      const lost = lostStructureAt(this.file.storage, from, byteLength);
      const what = lost === undefined ? "Unaccounted" : `Unaccounted, begins like a ${lost}`;
      this.push(offset, byteLength, "unaccounted", what);
    } else if (claims.length === 1) {
      const { kind, owner, what } = first;
      this.regions.push({ offset, byteLength, kind, owner, what, claims: [first] });
    } else {
      const what = claims.map((claim) => `${claim.what} of ${claim.owner || "the file"}`).join("; ");
      this.regions.push({ offset, byteLength, kind: "doubly-owned", owner: "", what, claims: [...claims] });
    }
  }
}
