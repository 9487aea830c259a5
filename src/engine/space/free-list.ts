/** The free sections of one kind, those apart that the file on disk still uses. */
import type { Address } from "../../base/address.ts";
import { FreeSections, type JoinRule, type Section } from "./free-sections.ts";
import type { FreeListKind, ListedSection } from "./space-allocator.ts";

export class FreeList {
  readonly kind: FreeListKind;
  readonly free: FreeSections;
  /** Freed since the last flush, and part of the file as that flush left it. */
  readonly pending: FreeSections;

  constructor(kind: FreeListKind, mayJoin?: JoinRule) {
    this.kind = kind;
    this.free = new FreeSections(mayJoin);
    this.pending = new FreeSections(mayJoin);
  }

  get byteLength(): number {
    return this.free.byteLength + this.pending.byteLength;
  }

  /** @param waits - Whether what is written there waits for the flush, so that pending space will do. */
  take(byteLength: number, waits: boolean, alignment = 1, origin = 0): Address | undefined {
    const taken = waits ? this.pending.take(byteLength, alignment, origin) : undefined;
    return taken ?? this.free.take(byteLength, alignment, origin);
  }

  takeAt(address: Address, byteLength: number, waits: boolean): boolean {
    return this.free.takeAt(address, byteLength) || (waits && this.pending.takeAt(address, byteLength));
  }

  /** Takes out the section that ends at `end`. */
  takeEnding(end: Address): Section | undefined {
    for (const sections of [this.free, this.pending]) {
      const section = sections.ending(end);
      if (section === undefined) continue;
      sections.remove(section);
      return section;
    }
    return undefined;
  }

  /** Whether any of these bytes is free, or pending. */
  overlaps(address: Address, byteLength: number): boolean {
    return this.free.overlaps(address, byteLength) || this.pending.overlaps(address, byteLength);
  }

  list(): ListedSection[] {
    return [...this.free.list(), ...this.pending.list()].map((section) => ({ ...section, list: this.kind }));
  }
}
