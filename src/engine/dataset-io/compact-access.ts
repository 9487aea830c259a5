/**
 * Raw data within the layout message.
 *
 * Reference implementation: H5Dcompact.c.
 */
import { product } from "../../base/bits.ts";
import type { CompactLayout } from "../../format/data-layout.ts";
import { fillWith } from "../chunks/fill-pattern.ts";
import type { Selection } from "../selection/selection.ts";
import { requireRoom } from "./contiguous-access.ts";
import { readFill } from "./fill.ts";
import { readLinear, writeLinear } from "./linear-access.ts";
import { MemoryRegion } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";
import type { RawDataAccess, RawDataOwner } from "./raw-data-owner.ts";

export class CompactAccess implements RawDataAccess {
  private readonly owner: RawDataOwner;

  constructor(owner: RawDataOwner) {
    this.owner = owner;
  }

  read(selection: Selection, memory: MemorySide): void {
    const { dims, elementSize, fill } = this.owner;
    const { data } = this.owner.layout as CompactLayout;
    // A message without data is a dataset that was never written.
    if (data.length === 0) {
      readFill(selection, memory, fill);
      return;
    }
    requireRoom(data.length, dims, elementSize);
    readLinear(new MemoryRegion(data), selection, memory);
  }

  /** Layouts are values: the data (64 KiB at most) is copied, and the new message stands for the old one. */
  write(selection: Selection, memory: MemorySide): void {
    const { dims, elementSize, fill } = this.owner;
    const layout = this.owner.layout as CompactLayout;
    let data = new Uint8Array(layout.data);
    if (data.length === 0) {
      data = new Uint8Array(product(dims) * elementSize);
      if (fill.onAllocate) fillWith(data, fill.element);
    }
    requireRoom(data.length, dims, elementSize);
    writeLinear(new MemoryRegion(data), selection, memory);
    this.owner.replaceLayout({ ...layout, data });
  }
}
