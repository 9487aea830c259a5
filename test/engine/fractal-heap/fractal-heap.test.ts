import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../../src/base/cursor.ts";
import { DEFAULT_LIMITS } from "../../../src/base/limits.ts";
import { FractalHeap, type FractalHeapParameters } from "../../../src/engine/fractal-heap.ts";
import { freeAll } from "../../../src/engine/freed-blocks.ts";
import { installPlatformCodecs } from "../../../src/engine/platform-codecs.ts";
import type { FilterPipeline } from "../../../src/format/filter-pipeline.ts";
import { decodeFractalHeapId } from "../../../src/format/fractal-heap-id.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import { memoryStorage } from "../memory-storage.ts";
import { disagreements, recount } from "./recount.ts";

installPlatformCodecs();

/** Small blocks, so that a few objects fill several levels of indirect blocks. */
const SMALL: FractalHeapParameters = {
  idLength: 7,
  table: { width: 2, startingBlockSize: 64, maxDirectBlockSize: 256, maxHeapBits: 32 },
  startingRootRows: 1,
  directBlocksChecksummed: true,
  maxManagedObjectSize: 200,
};

const DEFLATE: FilterPipeline = {
  version: 1,
  filters: [{ id: 1, name: "deflate", optional: true, flags: 1, clientData: [6] }],
};

type Step =
  | { readonly kind: "insert"; readonly byteLength: number; readonly seed: number }
  | { readonly kind: "remove"; readonly which: number }
  | { readonly kind: "overwrite"; readonly which: number; readonly seed: number }
  | { readonly kind: "flush" }
  | { readonly kind: "removeAll" };

function stepsOf(longest: number): fc.Arbitrary<Step[]> {
  const insert = fc.record({
    kind: fc.constant("insert" as const),
    byteLength: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: longest })),
    seed: fc.nat(255),
  });
  const remove = fc.record({ kind: fc.constant("remove" as const), which: fc.nat() });
  const overwrite = fc.record({ kind: fc.constant("overwrite" as const), which: fc.nat(), seed: fc.nat(255) });
  const flush = fc.constant<Step>({ kind: "flush" });
  const removeAll = fc.constant<Step>({ kind: "removeAll" });
  return fc.array(
    fc.oneof(
      { arbitrary: insert, weight: 9 },
      { arbitrary: remove, weight: 6 },
      { arbitrary: overwrite, weight: 1 },
      { arbitrary: flush, weight: 1 },
      { arbitrary: removeAll, weight: 1 },
    ),
    { maxLength: 120 },
  );
}

function bytesOf(byteLength: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => (seed + i * 7) & 0xff);
}

/** A heap in memory beside what it should hold. */
class Pair {
  readonly target = new MemoryTarget();
  readonly storage = memoryStorage({ target: this.target });
  readonly objects = new Map<string, { id: Uint8Array; data: Uint8Array }>();
  heap: FractalHeap;

  constructor(parameters: FractalHeapParameters, pipeline?: FilterPipeline) {
    this.heap = FractalHeap.create(this.storage, parameters, pipeline);
  }

  private kindOf(id: Uint8Array): ReturnType<typeof decodeFractalHeapId> {
    const cursor = new Cursor(id, {
      structure: "Fractal heap ID",
      widths: this.storage.widths,
      limits: DEFAULT_LIMITS,
    });
    return decodeFractalHeapId(cursor, this.heap.header);
  }

  insert(data: Uint8Array): Uint8Array {
    const id = this.heap.insert(data);
    let key = id.join();
    // The IDs of tiny objects are their bytes, so that equal ones have the same.
    while (this.objects.has(key)) key += "+";
    this.objects.set(key, { id, data });
    return id;
  }

  pick(which: number): string | undefined {
    const keys = [...this.objects.keys()];
    return keys[which % Math.max(1, keys.length)];
  }

  remove(key: string): void {
    const object = this.objects.get(key);
    if (object === undefined) return;
    this.heap.remove(object.id);
    this.objects.delete(key);
  }

  overwrite(key: string, seed: number): void {
    const object = this.objects.get(key);
    if (object === undefined) return;
    const { kind } = this.kindOf(object.id);
    const isFiltered = this.heap.header.filters !== undefined;
    if (kind === "tiny" || (kind !== "managed" && isFiltered)) return;
    const data = bytesOf(object.data.length, seed);
    this.heap.overwrite(object.id, data);
    this.objects.set(key, { id: object.id, data });
  }

  run(step: Step): void {
    const key = step.kind === "remove" || step.kind === "overwrite" ? this.pick(step.which) : undefined;
    if (step.kind === "insert") this.insert(bytesOf(step.byteLength, step.seed));
    else if (step.kind === "remove" && key !== undefined) this.remove(key);
    else if (step.kind === "overwrite" && key !== undefined) this.overwrite(key, step.seed);
    else if (step.kind === "flush") this.check();
    else if (step.kind === "removeAll") for (const each of [...this.objects.keys()]) this.remove(each);
  }

  /** Flushes, then judges the file by its bytes alone; every second time with a heap that has forgotten all. */
  check(): void {
    this.storage.flush(() => undefined);
    const address = this.heap.address;
    const again = new FractalHeap(reopened(this), address);
    for (const { id, data } of this.objects.values()) expect(again.read(id)).toEqual(data);
    const count = recount(reopened(this), address);
    const managed: { start: number; byteLength: number }[] = [];
    let hugeBytes = 0;
    let hugeCount = 0;
    let tinyBytes = 0;
    let tinyCount = 0;
    for (const { id, data } of this.objects.values()) {
      const decoded = this.kindOf(id);
      if (decoded.kind === "managed") managed.push({ start: decoded.heapOffset, byteLength: decoded.byteLength });
      else if (decoded.kind === "tiny") {
        tinyBytes += data.length;
        tinyCount++;
      } else {
        hugeBytes += data.length;
        hugeCount++;
      }
    }
    const { table, directBlocksChecksummed } = count.header;
    const overhead = 13 + Math.ceil(table.maxHeapBits / 8) + (directBlocksChecksummed ? 4 : 0);
    expect(disagreements(count, managed, overhead)).toEqual([]);
    expect([count.header.hugeObjectSize, count.header.hugeObjectCount]).toEqual([hugeBytes, hugeCount]);
    expect([count.header.tinyObjectSize, count.header.tinyObjectCount]).toEqual([tinyBytes, tinyCount]);
    this.heap = new FractalHeap(this.storage, address);
  }
}

/** The file of a pair, read anew. */
function reopened(pair: Pair): ReturnType<typeof memoryStorage> {
  return memoryStorage({ target: pair.target, endOfAllocation: pair.storage.allocator.endOfAllocation });
}

function checkRandomly(parameters: FractalHeapParameters, longest: number, pipeline?: FilterPipeline): void {
  fc.assert(
    fc.property(stepsOf(longest), (steps) => {
      const pair = new Pair(parameters, pipeline);
      const before = pair.storage.allocator.endOfAllocation;
      for (const step of steps) pair.run(step);
      pair.check();
      freeAll(pair.storage, (freed) => pair.heap.deleteAll(freed));
      pair.storage.flush(() => undefined);
      // All of it was given back: nothing but the free space before it is left.
      expect(pair.storage.allocator.endOfAllocation).toBeLessThanOrEqual(before);
    }),
    { numRuns: 60 },
  );
}

describe("a fractal heap that is changed", () => {
  test("keeps its objects and its sums through any insertions and removals", () => {
    checkRandomly(SMALL, 200);
  });

  test("places blocks that are new below an indirect block which did not change", () => {
    const pair = new Pair(SMALL);
    const insert = (byteLength: number): void => pair.run({ kind: "insert", byteLength, seed: 0 });
    for (const byteLength of [108, 128, 128]) insert(byteLength);
    pair.check();
    insert(128);
    pair.check();
  });

  test("keeps huge ones beside them", () => {
    checkRandomly(SMALL, 900);
  });

  test("keeps tiny ones, and huge ones that IDs point at", () => {
    checkRandomly({ ...SMALL, idLength: 20 }, 900);
  });

  test("keeps them behind filters", () => {
    checkRandomly(SMALL, 900, DEFLATE);
    checkRandomly({ ...SMALL, idLength: 40 }, 900, DEFLATE);
  });

  test("keeps them with a root that is as large as it can be", () => {
    const table = { ...SMALL.table, maxHeapBits: 12 };
    checkRandomly({ ...SMALL, table, startingRootRows: 0, directBlocksChecksummed: false }, 100);
  });
});
