import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, type FileWidths, UNDEFINED_ADDRESS, UNLIMITED } from "../../../src/base/address.ts";
import { product } from "../../../src/base/bits.ts";
import { isHdf5Error } from "../../../src/base/errors.ts";
import type { ChunkIndex, ChunkRecord, ChunkStorage } from "../../../src/engine/chunks/chunk-index.ts";
import { openChunkIndex } from "../../../src/engine/chunks/open-chunk-index.ts";
import { freeAll } from "../../../src/engine/freed-blocks.ts";
import type { ChunkedLayout, ChunkIndexing } from "../../../src/format/data-layout.ts";
import type { Dataspace } from "../../../src/format/dataspace.ts";
import type { FilterPipeline } from "../../../src/format/filter-pipeline.ts";
import { reopened, type WatchedStorage, watchedStorage } from "./index-storage.ts";

const WIDTHS: FileWidths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
const PIPELINE: FilterPipeline = {
  version: 2,
  filters: [{ id: 1, name: "", optional: true, flags: 1, clientData: [1] }],
};

interface Setting {
  readonly indexing: ChunkIndexing;
  readonly dims: readonly number[];
  readonly maxDims: readonly number[];
  readonly chunkDims: readonly number[];
  readonly filtered: boolean;
  readonly version: 4 | 5;
  readonly widths: FileWidths;
}

function open(setting: Setting, storage: ChunkStorage, address: Address = UNDEFINED_ADDRESS): ChunkIndex {
  const { indexing, dims, maxDims, chunkDims, filtered, version } = setting;
  const layout: ChunkedLayout = {
    kind: "chunked",
    version,
    chunkDims,
    elementSize: 4,
    dontFilterPartialChunks: false,
    indexing,
    address,
  };
  const space: Dataspace = { kind: "simple", dims, maxDims, maxDimsStored: true, version: 2 };
  return openChunkIndex(layout, space, filtered ? PIPELINE : undefined, storage, 32);
}

function ignore(): void {}

function chunkBytes({ chunkDims }: Setting): number {
  return product(chunkDims) * 4;
}

/** The arrays' own parameters are small, so that few chunks make pages, data blocks and super blocks. */
const anyIndexing = fc.oneof(
  fc.record({ type: fc.constant("fixed-array" as const), pageBits: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    type: fc.constant("extensible-array" as const),
    maxBits: fc.integer({ min: 12, max: 32 }),
    indexElements: fc.integer({ min: 1, max: 5 }),
    minPointers: fc.constantFrom(2, 4),
    minElements: fc.constantFrom(2, 4),
    // A page has at least as many elements as the data blocks that the index block points at.
    pageBits: fc.integer({ min: 4, max: 5 }),
  }),
  fc.record({
    type: fc.constant("b-tree-v2" as const),
    nodeSize: fc.constantFrom(256, 300),
    splitPercent: fc.constant(100),
    mergePercent: fc.constant(40),
  }),
);

const anySetting: fc.Arbitrary<Setting> = fc
  .record({
    indexing: anyIndexing,
    dims: fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1, maxLength: 3 }),
    unlimited: fc.nat(),
    filtered: fc.boolean(),
    version: fc.constantFrom(4 as const, 5 as const),
    widths: fc.record({ sizeOfOffsets: fc.constantFrom(4, 8), sizeOfLengths: fc.constantFrom(4, 8) }),
  })
  .map(({ unlimited, dims, ...rest }) => {
    const free = unlimited % dims.length;
    const isFree = (d: number) =>
      rest.indexing.type === "b-tree-v2" || (rest.indexing.type === "extensible-array" && d === free);
    const maxDims = dims.map((size, d) => (isFree(d) ? UNLIMITED : size + (d % 2)));
    return { ...rest, dims, maxDims, chunkDims: dims.map((_, d) => 1 + (d % 2)) };
  });

type Step = { readonly remove: boolean; readonly at: readonly number[]; readonly size: number };

const anySteps = fc.array(
  fc.record({
    remove: fc.boolean(),
    at: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 3, maxLength: 3 }),
    size: fc.integer({ min: 1, max: 200 }),
  }),
  { maxLength: 300 },
);

function scaledAt({ dims, chunkDims }: Setting, at: readonly number[]): number[] {
  return dims.map((size, d) => Math.floor((at[d] as number) * Math.ceil(size / (chunkDims[d] as number))));
}

function contentOf(index: ChunkIndex): Map<string, ChunkRecord> {
  const content = new Map<string, ChunkRecord>();
  index.forEach((scaled, { address, byteLength, filterMask }) => {
    expect(content.has(scaled.join())).toBe(false);
    content.set(scaled.join(), { address, byteLength, filterMask });
  });
  return content;
}

function take(index: ChunkIndex, expected: Map<string, ChunkRecord>, setting: Setting, steps: readonly Step[]): void {
  for (const [i, { remove, at, size }] of steps.entries()) {
    const scaled = scaledAt(setting, at);
    if (remove) {
      index.remove(scaled);
      expected.delete(scaled.join());
      continue;
    }
    const record = setting.filtered
      ? { address: 1000 + 8 * i, byteLength: size, filterMask: size % 2 }
      : { address: 1000 + 8 * i, byteLength: chunkBytes(setting), filterMask: 0 };
    index.insert(scaled, record);
    expected.set(scaled.join(), record);
  }
}

function expectContent(index: ChunkIndex, expected: Map<string, ChunkRecord>): void {
  const sorted = (content: Map<string, ChunkRecord>) => [...content].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(contentOf(index))).toEqual(sorted(expected));
  expect(index.count()).toBe(expected.size);
  expect(index.storageSize()).toBe([...expected.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
  for (const [key, record] of expected) expect(index.lookup(key.split(",").map(Number))).toEqual(record);
}

describe("chunk indexes of layout version 4 and 5", () => {
  test("hold what was inserted and not removed, in memory, in the file and after more changes", () => {
    fc.assert(
      fc.property(anySetting, anySteps, anySteps, (setting, first, second) => {
        const place = watchedStorage(setting.widths);
        const index = open(setting, place.storage);
        const expected = new Map<string, ChunkRecord>();
        take(index, expected, setting, first);
        expectContent(index, expected);
        const again = reopened(place, setting.widths);
        const reread = open(setting, again.storage, index.rootAddress);
        expectContent(reread, expected);
        take(reread, expected, setting, second);
        const last = reopened(again, setting.widths);
        expectContent(open(setting, last.storage, reread.rootAddress), expected);
      }),
      { numRuns: 60 },
    );
  });

  test("release exactly the blocks that they allocated", () => {
    fc.assert(
      fc.property(anySetting, anySteps, (setting, steps) => {
        const { storage, blocks } = watchedStorage(setting.widths);
        const index = open(setting, storage);
        take(index, new Map(), setting, steps);
        freeAll(storage, (freed) => index.deleteAll(freed));
        expect([...blocks]).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("answer a chunk that was never written, before and after others were", () => {
    fc.assert(
      fc.property(anySetting, (setting) => {
        const index = open(setting, watchedStorage(setting.widths).storage);
        const origin = setting.dims.map(() => 0);
        const last = scaledAt(
          setting,
          origin.map(() => 0.999),
        );
        expect(index.lookup(origin)).toBeUndefined();
        index.prefetch([origin, last]);
        index.insert(origin, { address: 4096, byteLength: chunkBytes(setting), filterMask: 0 });
        index.prefetch([origin, last]);
        expect(index.lookup(last)).toBeUndefined();
        index.remove(last);
        expect(index.count()).toBe(1);
      }),
    );
  });

  test.each(["fixed-array", "extensible-array", "b-tree-v2"] as const)(
    "%s: refuses a chunk of more bytes than its record holds",
    (type) => {
      const setting = { ...largeSetting(type), filtered: true };
      const index = open(setting, watchedStorage().storage);
      const record = { address: 64, byteLength: 2 ** 16, filterMask: 0 };
      expect(() => index.insert([0], record)).toThrow("its index holds sizes of 16 bits");
      expect(() => open({ ...setting, version: 5 }, watchedStorage().storage).insert([0], record)).not.toThrow();
    },
  );
});

const PARAMETERS = {
  "fixed-array": { type: "fixed-array", pageBits: 10 },
  "extensible-array": {
    type: "extensible-array",
    maxBits: 32,
    indexElements: 4,
    minElements: 16,
    minPointers: 4,
    pageBits: 10,
  },
  "b-tree-v2": { type: "b-tree-v2", nodeSize: 2048, splitPercent: 100, mergePercent: 40 },
} as const;

/** A line of many chunks. */
function largeSetting(type: keyof typeof PARAMETERS): Setting {
  const dims = [300_000];
  return {
    indexing: PARAMETERS[type],
    dims,
    maxDims: type === "fixed-array" ? dims : [UNLIMITED],
    chunkDims: [1],
    filtered: false,
    version: 4,
    widths: WIDTHS,
  };
}

function largeIndex(type: keyof typeof PARAMETERS): { place: WatchedStorage; setting: Setting; address: Address } {
  const setting = largeSetting(type);
  const place = watchedStorage();
  const index = open(setting, place.storage);
  for (let i = 0; i < 300_000; i++) {
    index.insert([i], { address: 8 * i, byteLength: 4, filterMask: 0 });
    if (i % 10_000 === 0) place.storage.flush(() => undefined);
  }
  return { place: reopened(place), setting, address: index.rootAddress };
}

describe("a chunk index of 300000 chunks", () => {
  test.each(["fixed-array", "extensible-array", "b-tree-v2"] as const)(
    "%s: a lookup reads a few blocks, prefetching announces them together",
    (type) => {
      const { place, setting, address } = largeIndex(type);
      const { target, storage } = place;
      target.bytesRead = 0;
      const index = open(setting, storage, address);
      expect(target.bytesRead).toBe(0);
      expect(index.lookup([250_000])).toEqual({ address: 2_000_000, byteLength: 4, filterMask: 0 });
      expect(target.bytesRead).toBeLessThan(130_000);
      target.expected.length = 0;
      const wanted = [[100], [9000], [70_000], [200_000], [299_999]];
      index.prefetch(wanted);
      expect(target.expected.length).toBeGreaterThan(0);
      expect(target.expected.length).toBeLessThanOrEqual(3);
      const announced = target.expected.flat();
      target.expected.length = 0;
      for (const scaled of wanted) expect(index.lookup(scaled)?.address).toBe(8 * (scaled[0] as number));
      index.prefetch(wanted);
      expect(target.expected).toEqual([]);
      expect(announced.length).toBeGreaterThanOrEqual(4);
    },
  );

  test.each(["fixed-array", "extensible-array", "b-tree-v2"] as const)("%s: all are visited in order", (type) => {
    const { place, setting, address } = largeIndex(type);
    let next = 0;
    open(setting, place.storage, address).forEach(([i], record) => {
      if (i !== next || record.address !== 8 * next) throw new Error(`${i} in place of ${next}`);
      next++;
    });
    expect(next).toBe(300_000);
  });
});

describe("a damaged chunk index", () => {
  test("gives an error of this library and nothing else, whichever byte changes", () => {
    const places = new Map<string, { place: WatchedStorage; address: Address }>();
    fc.assert(
      fc.property(anySetting, fc.nat(), fc.integer({ min: 1, max: 255 }), (setting, position, change) => {
        const key = JSON.stringify(setting);
        let made = places.get(key);
        if (made === undefined) {
          const place = watchedStorage(setting.widths);
          const index = open(setting, place.storage);
          for (let i = 0; i < 60; i++) {
            const at = [(i * 0.37) % 1, (i * 0.61) % 1, (i * 0.83) % 1];
            index.insert(scaledAt(setting, at), { address: 64, byteLength: chunkBytes(setting), filterMask: 0 });
          }
          made = { place, address: index.rootAddress };
          places.set(key, made);
        }
        const { target, storage } = reopened(made.place, setting.widths);
        const at = 64 + (position % (target.byteLength() - 64));
        target.write(at, Uint8Array.of((target.peek(at, 1)[0] as number) ^ change));
        try {
          const index = open(setting, storage, made.address);
          index.forEach(ignore);
          index.lookup(setting.dims.map(() => 0));
          freeAll(storage, (freed) => index.deleteAll(freed));
        } catch (problem) {
          expect(isHdf5Error(problem)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("of another kind than the dataset allows is refused", () => {
    const { storage } = watchedStorage();
    const setting = largeSetting("extensible-array");
    expect(() => open({ ...setting, maxDims: [300_000] }, storage)).toThrow("0 unlimited dimensions");
    expect(() => open({ ...largeSetting("fixed-array"), maxDims: [10] }, storage)).toThrow("above the maximum");
  });
});

describe("a single chunk", () => {
  const setting: Setting = {
    indexing: { type: "single-chunk", filtered: { byteLength: 0, filterMask: 0 } },
    dims: [4, 5],
    maxDims: [4, 5],
    chunkDims: [4, 5],
    filtered: true,
    version: 4,
    widths: WIDTHS,
  };

  test("is found through the layout message, which follows it", () => {
    const index = open(setting, watchedStorage().storage);
    expect(index.lookup([0, 0])).toBeUndefined();
    index.insert([0, 0], { address: 512, byteLength: 31, filterMask: 2 });
    expect(index.lookup([0, 0])).toEqual({ address: 512, byteLength: 31, filterMask: 2 });
    expect(index.rootAddress).toBe(512);
    expect(index.indexing).toEqual({ type: "single-chunk", filtered: { byteLength: 31, filterMask: 2 } });
    expect([...contentOf(index).keys()]).toEqual(["0,0"]);
    index.remove([0, 0]);
    expect(index.rootAddress).toBe(UNDEFINED_ADDRESS);
    expect(index.count()).toBe(0);
  });

  test("has no second beside it", () => {
    const index = open(setting, watchedStorage().storage);
    expect(() => index.insert([0, 1], { address: 64, byteLength: 80, filterMask: 0 })).toThrow("second chunk");
  });
});

describe("the implicit index", () => {
  const setting: Setting = {
    indexing: { type: "implicit" },
    dims: [4, 5],
    maxDims: [7, 9],
    chunkDims: [2, 2],
    filtered: false,
    version: 4,
    widths: WIDTHS,
  };

  test("reserves all chunks of the maximum dimensions and numbers them by these", () => {
    const { storage, blocks } = watchedStorage();
    const index = open(setting, storage);
    index.reserve?.();
    index.reserve?.();
    expect([...blocks.values()]).toEqual([4 * 5 * 16]);
    expect(index.count()).toBe(2 * 3);
    expect(index.storageSize()).toBe(2 * 3 * 16);
    expect(index.lookup([1, 2])?.address).toBe(index.rootAddress + (5 + 2) * 16);
    expect(index.lookup([2, 0])).toBeUndefined();
    index.resized?.([7, 9]);
    expect(index.lookup([2, 0])?.address).toBe(index.rootAddress + 10 * 16);
    expect([...contentOf(index).keys()].slice(4, 7)).toEqual(["0,4", "1,0", "1,1"]);
    freeAll(storage, (freed) => index.deleteAll(freed));
    expect(blocks.size).toBe(0);
  });

  test("does not visit chunks that are not in the file", () => {
    const { storage } = watchedStorage();
    const large = { ...setting, dims: [2 ** 40, 2], maxDims: [2 ** 40, 2] };
    expect(() => open(large, storage, 64).forEach(ignore)).toThrow("is not in the file");
  });
});
