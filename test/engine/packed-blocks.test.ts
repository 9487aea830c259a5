/** Of all ways to lay the last blocks anew, the one is taken after which the file ends first. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Address } from "../../src/base/address.ts";
import type { FileStorage } from "../../src/engine/file-storage.ts";
import type { MovableBlock } from "../../src/engine/movable-blocks.ts";
import { packLast } from "../../src/engine/packed-blocks.ts";
import { Allocator } from "../../src/engine/space/allocator.ts";

const TYPE = "object-header";
const START = 100;

interface Piece {
  readonly kind: "movable" | "fixed" | "free";
  readonly byteLength: number;
}

interface Block extends Piece {
  address: Address;
}

const anyPieces = fc.array(
  fc.record({
    kind: fc.constantFrom("movable" as const, "movable" as const, "fixed" as const, "free" as const),
    byteLength: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 14 },
);

/** A file of pieces, one behind the other, of which each movable block knows where it is. */
class Layout {
  readonly allocator = new Allocator({ end: START, aggregates: false });
  readonly blocks: Block[];
  private readonly lifted = new Map<Address, Block>();

  constructor(pieces: readonly Piece[]) {
    this.blocks = pieces.map((piece) => ({ ...piece, address: this.allocator.allocate(TYPE, piece.byteLength) }));
    for (const { kind, address, byteLength } of this.blocks)
      if (kind === "free") this.allocator.release(TYPE, address, byteLength);
    this.allocator.flushed();
    this.allocator.trim();
  }

  movable(): MovableBlock[] {
    return this.blocks
      .filter(({ kind }) => kind === "movable")
      .map((block) => ({
        type: TYPE,
        address: block.address,
        byteLength: block.byteLength,
        repoint(to) {
          block.address = to;
        },
      }));
  }

  /** What the file's own storage does. */
  private readonly moves = {
    lift: ({ address, byteLength }: MovableBlock): Address => {
      const block = this.blocks.find((each) => each.address === address && each.kind === "movable") as Block;
      this.allocator.release(TYPE, address, byteLength);
      const place = -1 - this.lifted.size;
      this.lifted.set(place, block);
      return place;
    },
    lay: (lifted: Address, { byteLength }: { readonly byteLength: number }): Address => {
      expect(this.lifted.delete(lifted)).toBe(true);
      return this.place(byteLength);
    },
  };

  private place(byteLength: number): Address {
    const { allocator } = this;
    return (
      allocator.allocateBefore(TYPE, byteLength, allocator.endOfAllocation) ?? allocator.allocate(TYPE, byteLength)
    );
  }

  pack(): void {
    const { allocator, moves } = this;
    packLast({ allocator, moves, widths: { sizeOfOffsets: 8 } } as unknown as FileStorage, this.movable());
    expect(this.lifted.size).toBe(0);
  }

  /** Lays the last `count` blocks anew, the largest first. @returns Where the file ends then. */
  endAfter(count: number): Address {
    const { allocator } = this;
    const last = this.last().slice(0, count);
    for (const { address, byteLength } of last) allocator.release(TYPE, address, byteLength);
    allocator.trim();
    for (const block of last.sort((a, b) => b.byteLength - a.byteLength)) block.address = this.place(block.byteLength);
    allocator.trim();
    return allocator.endOfAllocation;
  }

  /** Movable blocks behind which there is nothing but others and free space, from the last one on. */
  last(): Block[] {
    const used = this.blocks.filter(({ kind }) => kind !== "free").reverse();
    const fixed = used.findIndex(({ kind }) => kind === "fixed");
    return fixed < 0 ? used : used.slice(0, fixed);
  }
}

describe("the last blocks of a file", () => {
  test("are laid so that it ends as early as laying any number of them anew lets it", () => {
    fc.assert(
      fc.property(anyPieces, (pieces) => {
        const count = new Layout(pieces).last().length;
        const ends = Array.from({ length: count + 1 }, (_, k) => new Layout(pieces).endAfter(k));
        const layout = new Layout(pieces);
        const before = layout.blocks.map(({ address }) => address);
        layout.pack();
        const end = Math.min(...ends);
        expect(layout.allocator.endOfAllocation).toBe(end);
        if (end === ends[0]) expect(layout.blocks.map(({ address }) => address)).toEqual(before);
      }),
      { numRuns: 2000 },
    );
  });
});
