import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_FILE_SPACE, newAllocator, type SpaceAccess } from "../../../src/engine/space/file-space.ts";
import { isRawSpace, type MemoryType, type SpaceAllocator } from "../../../src/engine/space/space-allocator.ts";
import type { FileSpaceStrategy } from "../../../src/format/file-space-info.ts";

const PAGE = 512;
const START = 1024;
const TYPES: readonly MemoryType[] = ["super", "b-tree", "draw", "global-heap", "local-heap", "object-header"];

function allocatorOf(strategy: FileSpaceStrategy, access: SpaceAccess = {}, end = START, base = 0): SpaceAllocator {
  return newAllocator({ ...DEFAULT_FILE_SPACE, strategy, pageSize: PAGE }, access, end, base);
}

interface Block {
  readonly type: MemoryType;
  readonly address: number;
  bytes: number;
}

type Step =
  | { readonly kind: "allocate"; readonly type: MemoryType; readonly bytes: number }
  | { readonly kind: "release"; readonly at: number }
  | { readonly kind: "extend"; readonly at: number; readonly bytes: number }
  | { readonly kind: "move"; readonly at: number }
  | { readonly kind: "flush" }
  | { readonly kind: "failed flush" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("allocate" as const),
      type: fc.constantFrom(...TYPES),
      bytes: fc.integer({ min: 1, max: 700 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), at: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("extend" as const),
      at: fc.nat(),
      bytes: fc.integer({ min: 1, max: 90 }),
    }),
  },
  fc.record({ kind: fc.constant("move" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("flush" as const) }),
  fc.record({ kind: fc.constant("failed flush" as const) }),
);

/** The bytes of the file that somebody has. */
class Owners {
  private readonly ranges: { readonly from: number; readonly to: number }[] = [{ from: 0, to: START }];
  private readonly end: number;

  constructor(end: number) {
    this.end = end;
  }

  mark(address: number, bytes: number): void {
    this.ranges.push({ from: address, to: address + bytes });
  }

  /** How many bytes nobody has. @throws when two have one, or someone has one behind the end. */
  lost(): number {
    let end = 0;
    let lost = 0;
    for (const { from, to } of this.ranges.sort((a, b) => a.from - b.from)) {
      if (from < end) throw new Error(`byte ${from} is of two owners`);
      lost += from - end;
      end = to;
    }
    if (end > this.end) throw new Error(`something ends at ${end}, behind the end of the file`);
    return lost + this.end - end;
  }
}

/** Runs the steps and looks at the whole file after each of them. */
function run(
  allocator: SpaceAllocator,
  steps: readonly Step[],
  look: (live: readonly Block[], owners: Owners) => void,
): void {
  const live: Block[] = [];
  /** What the last flush left in the file. */
  let flushed: Block[] = [];
  let flushedEnd = allocator.endOfAllocation;
  for (const step of steps) {
    switch (step.kind) {
      case "allocate": {
        const address = allocator.allocate(step.type, step.bytes);
        if (step.type === "draw") {
          const overwritten = flushed.find(
            (old) => address < old.address + old.bytes && old.address < address + step.bytes,
          );
          expect(overwritten).toBeUndefined();
        }
        live.push({ type: step.type, address, bytes: step.bytes });
        break;
      }
      case "release":
      case "extend": {
        const block = live[step.at % live.length];
        if (block === undefined) break;
        if (step.kind === "release") {
          live.splice(live.indexOf(block), 1);
          allocator.release(block.type, block.address, block.bytes);
        } else if (allocator.extend(block.type, block.address, block.bytes, block.bytes + step.bytes)) {
          block.bytes += step.bytes;
        }
        break;
      }
      case "move": {
        const block = live[step.at % live.length];
        if (block === undefined || isRawSpace(block.type)) break;
        const { type, address, bytes } = block;
        const to = allocator.allocateBefore(type, bytes, address);
        if (to === undefined) break;
        expect(to + bytes).toBeLessThanOrEqual(address);
        live[step.at % live.length] = { type, address: to, bytes };
        allocator.release(type, address, bytes);
        break;
      }
      case "flush":
      case "failed flush":
        allocator.trim();
        if (step.kind === "flush") {
          allocator.flushed();
          flushed = live.map((block) => ({ ...block }));
          flushedEnd = allocator.endOfAllocation;
        } else {
          allocator.flushFailed();
        }
        break;
      default:
        step satisfies never;
    }
    expect(allocator.endOfAllocation).toBeGreaterThanOrEqual(flushedEnd);
    const owners = new Owners(allocator.endOfAllocation);
    for (const { address, bytes } of live) owners.mark(address, bytes);
    for (const { address, byteLength } of allocator.freeSections()) owners.mark(address, byteLength);
    expect(owners.lost()).toBeGreaterThanOrEqual(0);
    look(live, owners);
  }
}

const anySteps = fc.array(anyStep, { maxLength: 120, size: "max" });

describe("space of a file", () => {
  test.each(["free-space-managers", "page"] as const)(
    "%s: every byte is a block's or free, and no byte both",
    (strategy) => {
      fc.assert(
        fc.property(anySteps, (steps) => {
          run(allocatorOf(strategy), steps, (_, owners) => expect(owners.lost()).toBe(0));
        }),
        { numRuns: 120 },
      );
    },
  );

  test.each(["aggregators", "none"] as const)(
    "%s: blocks do not overlap; what is freed may be forgotten",
    (strategy) => {
      fc.assert(
        fc.property(anySteps, (steps) => {
          run(allocatorOf(strategy), steps, () => undefined);
        }),
        { numRuns: 60 },
      );
    },
  );

  test("page: small blocks lie within a page, pages are of raw data or of metadata, and the file ends with one", () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const allocator = allocatorOf("page");
        run(allocator, steps, (live) => {
          expect(allocator.endOfAllocation % PAGE).toBe(0);
          const raw = new Map<number, boolean>();
          for (const { type, address, bytes } of live) {
            const first = Math.floor(address / PAGE);
            const last = Math.floor((address + bytes - 1) / PAGE);
            if (bytes < PAGE) expect(last).toBe(first);
            for (let page = first; page <= last; page++) {
              expect(raw.get(page) ?? isRawSpace(type)).toBe(isRawSpace(type));
              raw.set(page, isRawSpace(type));
            }
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  test("page: a block at the end of its page does not grow into the next one, be that free", () => {
    const allocator = allocatorOf("page");
    const half = PAGE / 2;
    const [, second, third] = [1, 2, 3].map(() => allocator.allocate("local-heap", half)) as [number, number, number];
    allocator.allocate("local-heap", half);
    expect([second % PAGE, third]).toEqual([half, second + half]);
    allocator.release("local-heap", third, half);
    expect(allocator.extend("local-heap", second, half, half + 8)).toBe(false);
  });

  test("aligned: blocks from the threshold on begin at multiples of the alignment, and nothing is lost", () => {
    fc.assert(
      fc.property(
        anySteps,
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(2, 8, 96, 512),
        (steps, threshold, alignment) => {
          const base = 512;
          const allocator = allocatorOf(
            "free-space-managers",
            { alignment, alignmentThreshold: threshold },
            START,
            base,
          );
          const seen = new Set<number>();
          run(allocator, steps, (live, owners) => {
            expect(owners.lost()).toBe(0);
            for (const { address, bytes } of live) {
              // A block that grew was aligned by the size it had.
              if (seen.has(address) || bytes < threshold) continue;
              expect((address + base) % alignment).toBe(0);
            }
            seen.clear();
            for (const { address } of live) seen.add(address);
          });
        },
      ),
      { numRuns: 80 },
    );
  });

  test("the smallest section that is large enough is taken, and of several the first", () => {
    const allocator = allocatorOf("none" as const);
    const managed = allocatorOf("free-space-managers");
    for (const each of [allocator, managed]) {
      const blocks = [300, 40, 200, 40, 250, 40, 200, 40].map((bytes) => ({
        bytes,
        address: each.allocate("draw", bytes),
      }));
      each.trim();
      each.flushed();
      for (const { bytes, address } of blocks) if (bytes > 40) each.release("draw", address, bytes);
      each.trim();
      each.flushed();
      const taken = each.allocate("draw", 180);
      if (each === managed) expect(taken).toBe(blocks[2]?.address);
      else expect(taken).toBeGreaterThan(blocks[7]?.address as number);
    }
  });

  test("raw data does not take space that the file on disk still uses", () => {
    const allocator = allocatorOf("free-space-managers");
    const first = allocator.allocate("draw", 64);
    allocator.allocate("draw", 64);
    allocator.trim();
    allocator.flushed();
    allocator.release("draw", first, 64);
    expect(allocator.allocate("draw", 64)).not.toBe(first);
    expect(allocator.allocate("global-heap", 64)).toBe(first);
  });

  test.each(["free-space-managers", "page"] as const)(
    "%s: nor does it grow into such space, as metadata does",
    (strategy) => {
      for (const type of ["draw", "object-header"] as const) {
        const allocator = allocatorOf(strategy);
        const [first, second] = [allocator.allocate(type, 64), allocator.allocate(type, 64)];
        expect(second).toBe(first + 64);
        allocator.allocate(type, 64);
        allocator.flushed();
        allocator.release(type, second, 64);
        expect(allocator.extend(type, first, 64, 96)).toBe(type !== "draw");
        allocator.flushed();
        expect(allocator.extend(type, first, type === "draw" ? 64 : 96, 128)).toBe(true);
      }
    },
  );

  test("what nobody has cannot be freed: what is free, what is set aside for the next blocks, what is behind the end", () => {
    for (const type of ["draw", "object-header"] as const) {
      const allocator = allocatorOf("free-space-managers");
      const [address, next] = [allocator.allocate(type, 40), allocator.allocate(type, 40)];
      allocator.release(type, address, 40);
      const end = allocator.endOfAllocation;
      expect(end).toBeGreaterThan(next + 40);
      for (const [at, byteLength] of [
        [address, 40],
        [address + 39, 2],
        [next + 39, 2],
        [next + 40, 8],
        [end - 1, 1],
        [end - 1, 2],
        [end, 1],
        [-1, 1],
      ] as const) {
        expect(() => allocator.release(type, at, byteLength)).toThrow(/free already|the file ends at/);
      }
      allocator.release(type, next, 40);
    }
  });

  test("nor space at the end of that file, which only the next flush gives up", () => {
    const allocator = allocatorOf("free-space-managers");
    const last = allocator.allocate("b-tree", 4000);
    allocator.trim();
    allocator.flushed();
    allocator.release("b-tree", last, 4000);
    expect(allocator.endOfAllocation).toBe(START + 4000);
    expect(allocator.allocate("draw", 64)).toBeGreaterThanOrEqual(START + 4000);
    allocator.trim();
    allocator.flushed();
    expect(allocator.endOfAllocation).toBeLessThan(START + 4000 + 2048);
  });

  test("before the file grows, raw data gets what metadata left before the last flush, and metadata what raw data left", () => {
    const allocator = allocatorOf("free-space-managers", { metaBlockBytes: 64, smallDataBlockBytes: 64 });
    const flush = () => {
      allocator.trim();
      allocator.flushed();
    };
    const metadata = allocator.allocate("b-tree", 600);
    const small = allocator.allocate("draw", 1000);
    const large = allocator.allocate("draw", 5000);
    allocator.allocate("object-header", 100);
    flush();
    allocator.release("b-tree", metadata, 600);
    expect(allocator.allocate("draw", 500)).toBeGreaterThan(large);
    flush();
    expect(allocator.allocate("draw", 500)).toBe(metadata);
    allocator.release("draw", small, 1000);
    expect(allocator.allocate("b-tree", 900)).toBe(small);
    expect(allocator.allocate("draw", 100)).toBe(metadata + 500);
    expect(allocator.allocate("object-header", 100)).toBe(small + 900);
    allocator.release("draw", large, 5000);
    expect(allocator.allocate("b-tree", 900)).toBeGreaterThan(large + 5000);
  });

  test("the blocks that small ones are cut from grow with use, but for the metadata of a new file, and those whose size was asked for", () => {
    const growth = (type: MemoryType, end: number, access: SpaceAccess = {}): number[] => {
      const allocator = allocatorOf("free-space-managers", access, end);
      const ends = [end];
      for (let i = 0; i < 40; i++) {
        allocator.allocate(type, 100);
        const { endOfAllocation } = allocator;
        if (ends.at(-1) !== endOfAllocation) ends.push(endOfAllocation);
      }
      return ends.slice(1).map((each, i) => each - (ends[i] as number));
    };
    expect(growth("object-header", 5000)).toEqual([512, 512, 1000, 2000]);
    expect(growth("draw", 96)).toEqual([512, 512, 1000, 2000]);
    // Blocks of the C library's first session begin at 0.
    expect(growth("object-header", 96)).toEqual([2048 - 96, 2048]);
    expect(growth("object-header", 5000, { metaBlockBytes: 1024 })).toEqual([1024, 1024, 1024, 1024]);
  });

  test("the first block for metadata of a new file ends where it would if nothing had been flushed", () => {
    const allocator = allocatorOf("free-space-managers", {}, 0);
    allocator.allocate("super", 96);
    allocator.allocate("object-header", 104);
    allocator.trim();
    allocator.flushed();
    expect(allocator.allocate("object-header", 272)).toBe(200);
    expect(allocator.endOfAllocation).toBe(2048);
  });

  test("what a small file has set aside goes when the other kind needs the end, but for raw data that does not leave it small", () => {
    const small = allocatorOf("free-space-managers", {}, 96);
    expect(small.allocate("object-header", 272)).toBe(96);
    expect(small.allocate("draw", 80)).toBe(96 + 272);
    expect(small.allocate("object-header", 272)).toBe(96 + 272 + 80);
    expect(small.allocate("global-heap", 4096)).toBe(96 + 272 + 80 + 272);
    const large = allocatorOf("free-space-managers", {}, 96);
    large.allocate("object-header", 272);
    expect(large.allocate("draw", 1 << 16)).toBe(2048);
    expect(large.allocate("object-header", 272)).toBe(96 + 272);
  });

  test("free sections of both kinds at the end go together", () => {
    const allocator = allocatorOf("free-space-managers", {}, 96);
    const header = allocator.allocate("object-header", 600);
    const raw = allocator.allocate("draw", 3000);
    allocator.release("object-header", header, 600);
    allocator.release("draw", raw, 3000);
    expect(allocator.endOfAllocation).toBe(96);
    expect(allocator.freeBytes).toBe(0);
  });

  test.each(["aggregators", "none"] as const)("%s: what is not given out again goes when it lies last", (strategy) => {
    const allocator = allocatorOf(strategy, {}, 5000);
    const [first, second, third] = [0, 1, 2].map(() => allocator.allocate("draw", 3000)) as [number, number, number];
    allocator.release("draw", first, 3000);
    allocator.release("draw", second, 3000);
    expect(allocator.freeBytes).toBe(0);
    expect(allocator.allocate("draw", 3000)).toBe(third + 3000);
    expect(() => allocator.release("draw", second, 3000)).toThrow("free already");
    allocator.release("draw", third + 3000, 3000);
    allocator.release("draw", third, 3000);
    expect(allocator.endOfAllocation).toBe(5000);
  });

  test.each(["aggregators", "none"] as const)("%s: so does what the last flush left, with the next one", (strategy) => {
    const allocator = allocatorOf(strategy, {}, 5000);
    const blocks = [0, 1, 2].map(() => allocator.allocate("object-header", 3000)) as [number, number, number];
    allocator.flushed();
    for (const block of blocks) allocator.release("object-header", block, 3000);
    expect(allocator.endOfAllocation).toBe(5000 + 9000);
    allocator.trim();
    expect(allocator.endOfAllocation).toBe(5000);
  });

  /** How many times the blocks of a kind do not follow the one before. */
  const gaps = (addresses: readonly number[], bytes: number): number => {
    return addresses.filter((address, i) => i > 0 && address !== (addresses[i - 1] as number) + bytes).length;
  };

  test("small raw data between thousands of headers lies in few places, behind what one read brings", () => {
    const placesOf = (access: SpaceAccess) => {
      const allocator = allocatorOf("free-space-managers", access);
      allocator.growTo(1 << 16);
      const raw = Array.from({ length: 5000 }, () => {
        allocator.allocate("object-header", 272);
        return allocator.allocate("draw", 80);
      });
      return { gaps: gaps(raw, 80), end: allocator.endOfAllocation };
    };
    const grown = placesOf({});
    const plain = placesOf({ smallDataBlockBytes: 2048 + 1 });
    expect(plain.gaps).toBeGreaterThan(190);
    expect(grown.gaps).toBeLessThan(100);
    expect(grown.end).toBeLessThan(1.01 * plain.end);
  });

  test("raw data that gets space of metadata gets a block of it, unless it waits for the flush", () => {
    const allocator = allocatorOf("free-space-managers");
    const lent = allocator.allocate("b-tree", 40_000);
    allocator.allocate("object-header", 272);
    allocator.release("b-tree", lent, 40_000);
    const raw: number[] = [];
    // Of three, so that what was set aside for raw data is used up.
    for (let i = 0; i < 30; i++) {
      raw.push(allocator.allocate("draw", 80));
      allocator.allocate("object-header", 272);
    }
    expect(raw.at(-1)).toBeLessThan(lent + 40_000);
    expect(gaps(raw, 80)).toBeLessThan(8);
  });

  test("page: small raw data fills a page that was free in the file before another one", () => {
    const allocator = allocatorOf("page");
    const freed = allocator.allocate("b-tree", 3 * PAGE);
    allocator.allocate("object-header", PAGE);
    allocator.trim();
    allocator.flushed();
    allocator.release("b-tree", freed, 3 * PAGE);
    allocator.trim();
    allocator.flushed();
    const pages = Array.from({ length: 5 }, () => Math.floor(allocator.allocate("draw", 50) / PAGE));
    expect(new Set(pages)).toEqual(new Set([freed / PAGE]));
  });

  test("raw data takes space of metadata that no flush has written", () => {
    const allocator = allocatorOf("free-space-managers", { metaBlockBytes: 64, smallDataBlockBytes: 64 });
    const metadata = allocator.allocate("b-tree", 600);
    allocator.allocate("draw", 100);
    allocator.release("b-tree", metadata, 600);
    expect(allocator.allocate("draw", 500)).toBe(metadata);
  });

  test("of metadata that was freed, raw data waits for what is still free", () => {
    const allocator = allocatorOf("free-space-managers", { metaBlockBytes: 64, smallDataBlockBytes: 64 });
    const metadata = allocator.allocate("b-tree", 600);
    allocator.allocate("draw", 100);
    allocator.trim();
    allocator.flushed();
    allocator.release("b-tree", metadata, 600);
    expect(allocator.pendingBytes).toBe(600);
    allocator.allocate("b-tree", 400);
    expect(allocator.pendingBytes).toBe(200);
    allocator.flushed();
    expect(allocator.pendingBytes).toBe(0);
  });

  test("a block that moves takes the smallest section of either list that lies before the limit, and leaves the rest", () => {
    const allocator = allocatorOf("free-space-managers", { metaBlockBytes: 64, smallDataBlockBytes: 64 });
    const sizes = [100, 90, 80] as const;
    const [raw, wide, narrow] = sizes.map((size, i) => {
      const address = allocator.allocate(i === 0 ? "draw" : "b-tree", size);
      allocator.allocate("draw", 70);
      return address;
    }) as [number, number, number];
    allocator.allocate("b-tree", 70);
    allocator.trim();
    allocator.flushed();
    allocator.release("draw", raw, 100);
    allocator.release("b-tree", wide, 90);
    allocator.release("b-tree", narrow, 80);
    const end = allocator.endOfAllocation;
    expect(allocator.allocateBefore("b-tree", 75, narrow)).toBe(wide);
    expect(allocator.allocateBefore("b-tree", 75, end)).toBe(narrow);
    expect(allocator.allocateBefore("b-tree", 75, end)).toBe(raw);
    expect(allocator.allocateBefore("b-tree", 75, end)).toBeUndefined();
    expect(allocator.freeBytes).toBe(100 + 90 + 80 - 3 * 75);
    expect(allocator.endOfAllocation).toBe(end);
  });

  test("where blocks are aligned, or freed space is forgotten, none moves", () => {
    for (const allocator of [
      allocatorOf("free-space-managers", { alignment: 64, metaBlockBytes: 64 }),
      allocatorOf("aggregators", { metaBlockBytes: 64 }),
    ]) {
      const first = allocator.allocate("b-tree", 128);
      allocator.allocate("b-tree", 128);
      allocator.release("b-tree", first, 128);
      expect(allocator.allocateBefore("b-tree", 64, allocator.endOfAllocation)).toBeUndefined();
    }
  });

  test("what is forgotten when it is freed waits for no flush: metadata beside what is set aside is set aside again", () => {
    const allocator = allocatorOf("aggregators");
    const first = allocator.allocate("b-tree", 100);
    const raw = allocator.allocate("draw", 100);
    allocator.release("draw", raw, 100);
    allocator.trim();
    allocator.flushed();
    const second = allocator.allocate("b-tree", 50);
    expect(second).toBe(first + 100);
    allocator.release("b-tree", second, 50);
    allocator.release("b-tree", first, 100);
    expect(allocator.allocate("object-header", 120)).toBe(first);
    const next = allocator.allocate("draw", 100);
    allocator.trim();
    allocator.flushed();
    allocator.release("draw", next, 100);
    expect(allocator.pendingBytes).toBe(0);
  });

  test("blocks of the size that was asked for hold small ones together", () => {
    const allocator = allocatorOf("free-space-managers", { metaBlockBytes: 65536, smallDataBlockBytes: 4096 });
    const metadata: number[] = [];
    for (let i = 0; i < 100; i++) {
      metadata.push(allocator.allocate("object-header", 300));
      allocator.allocate("draw", 300);
    }
    expect(metadata).toEqual(Array.from({ length: 100 }, (_, i) => START + 300 * i));
  });

  test("a hundred thousand splinters are as quick as one", () => {
    const allocator = allocatorOf("free-space-managers");
    const count = 100_000;
    const addresses = Array.from({ length: 2 * count }, (_, i) => allocator.allocate("draw", 10 + (i % 50)));
    allocator.trim();
    allocator.flushed();
    addresses.forEach((address, i) => {
      if (i % 2 === 0) allocator.release("draw", address, 10 + (i % 50));
    });
    allocator.trim();
    allocator.flushed();
    expect(allocator.freeSections().length).toBeGreaterThan(count - 2);
    const began = performance.now();
    for (let i = 0; i < count; i++) allocator.allocate("draw", 10 + (i % 50));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
