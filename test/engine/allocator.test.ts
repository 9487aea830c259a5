import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALIGNMENT, Allocator } from "../../src/engine/allocator.ts";

describe("space of a file", () => {
  test("what is allocated never overlaps, and what is neither allocated nor free does not exist", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constantFrom("raw" as const, "metadata" as const),
        bytes: fc.integer({ min: 1, max: 300 }),
      }),
      fc.record({ kind: fc.constant("release" as const), at: fc.nat() }),
      fc.record({ kind: fc.constant("extend" as const), at: fc.nat(), bytes: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ kind: fc.constant("flushed" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const start = 96;
        const allocator = new Allocator(start);
        const live: { address: number; bytes: number }[] = [];
        for (const next of steps) {
          if (next.kind === "flushed") {
            allocator.flushed();
          } else if (next.kind === "raw" || next.kind === "metadata") {
            const address = allocator.allocate(next.kind, next.bytes);
            expect(address % ALIGNMENT).toBe(0);
            live.push({ address, bytes: next.bytes });
          } else if (live.length > 0 && "at" in next) {
            const at = next.at % live.length;
            const block = live[at] as { address: number; bytes: number };
            if (next.kind === "release") {
              live.splice(at, 1);
              allocator.release(block.address, block.bytes);
            } else if (allocator.extend(block.address, block.bytes, block.bytes + next.bytes)) {
              block.bytes += next.bytes;
            }
          }
          const all = [
            ...live.map(({ address, bytes }) => [address, address + bytes] as const),
            ...allocator.freeSections().map(({ address, byteLength }) => [address, address + byteLength] as const),
          ].sort((a, b) => a[0] - b[0]);
          let end = start;
          for (const [from, to] of all) {
            expect(from).toBe(end);
            end = to;
          }
          expect(end).toBe(allocator.endOfAllocation);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("raw data does not take space that the file on disk still uses", () => {
    const allocator = new Allocator(96);
    const first = allocator.allocate("metadata", 64);
    allocator.allocate("metadata", 64);
    allocator.flushed();
    allocator.release(first, 64);
    expect(allocator.allocate("raw", 64)).not.toBe(first);
    expect(allocator.allocate("metadata", 64)).toBe(first);
  });
});
