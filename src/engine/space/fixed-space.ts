/** The space of a file that is only read: where it ends, and nothing to give out. */
import type { Address } from "../../base/address.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { ListedSection, SpaceAllocator } from "./space-allocator.ts";

export class FixedSpace implements SpaceAllocator {
  readonly endOfAllocation: Address;
  readonly freeBytes = 0;
  readonly pendingBytes = 0;
  readonly changes = 0;
  readonly unitByteLength = 1;

  /** @param end - Relative to the base address. */
  constructor(end: Address) {
    this.endOfAllocation = end;
  }

  ranges(): readonly { readonly start: Address; readonly end: Address }[] {
    return [{ start: 0, end: this.endOfAllocation }];
  }

  freeSections(): readonly ListedSection[] {
    return [];
  }

  growTo(): never {
    return this.refuse();
  }

  allocate(): never {
    return this.refuse();
  }

  allocateBefore(): never {
    return this.refuse();
  }

  extend(): never {
    return this.refuse();
  }

  requireUsed(): never {
    return this.refuse();
  }

  release(): never {
    return this.refuse();
  }

  addFreeSections(): never {
    return this.refuse();
  }

  takeFreeSections(): never {
    return this.refuse();
  }

  /** Nothing was set aside. */
  trim(): void {}

  /** Nothing was freed. */
  flushed(): void {}

  flushFailed(): void {}

  private refuse(): never {
    throw new HDF5Error("read-only", "no write intent on file");
  }
}
