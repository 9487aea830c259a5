import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { product } from "../../../src/base/bits.ts";
import { BTreeV1Index } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import { DEFAULT_CHUNK_CACHE } from "../../../src/engine/chunks/chunk-cache-settings.ts";
import { chunkCounts, forEachChunkOf, forEachNewChunk } from "../../../src/engine/chunks/chunk-geometry.ts";
import { ChunkStore, type ChunkStoreOptions } from "../../../src/engine/chunks/chunk-store.ts";
import type { FileStorage } from "../../../src/engine/file-storage.ts";
import { freeAll } from "../../../src/engine/freed-blocks.ts";
import { decodePipeline } from "../../../src/filters/pipeline.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

const SHUFFLE = { id: 2, name: "shuffle", optional: true, clientData: [4] };
const DEFLATE = { id: 1, name: "deflate", optional: true, clientData: [4] };
const FLETCHER32 = { id: 3, name: "fletcher32", optional: false, clientData: [] };

interface Opened {
  readonly target: CountingTarget;
  readonly storage: FileStorage;
  readonly store: ChunkStore;
}

type Settings = Partial<Omit<ChunkStoreOptions, "storage" | "index">> & Pick<ChunkStoreOptions, "dims" | "chunkDims">;

function open(settings: Settings, target = new CountingTarget(), rootAddress: Address = UNDEFINED_ADDRESS): Opened {
  const storage = newStorage(target);
  const { elementSize = 4, chunkDims } = settings;
  const index = new BTreeV1Index({ storage, rootAddress, chunkDims, elementSize, k: 2 });
  const store = new ChunkStore({
    storage,
    index,
    elementSize,
    filters: [],
    dontFilterPartialChunks: false,
    fillElement: undefined,
    cache: DEFAULT_CHUNK_CACHE,
    fillsOnRead: true,
    newElement: settings.fillElement,
    ...settings,
  });
  return { target, storage, store };
}

/** Closes the store and opens its file again. */
function reopen({ target, storage, store }: Opened, settings: Settings): Opened {
  store.close();
  storage.flush(() => {});
  return open(settings, target, store.index.rootAddress);
}

function int32(bytes: Uint8Array | undefined): number[] {
  return bytes === undefined ? [] : [...new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
}

/** Sets one element through the store, wherever it is. */
function put(store: ChunkStore, position: readonly number[], chunkDims: readonly number[], value: number): void {
  const { scaled, element } = locate(position, chunkDims);
  if (store.isDirect) throw new Error("not for direct chunks");
  const bytes = store.forWrite(scaled, 4, false);
  new Int32Array(bytes.buffer, bytes.byteOffset)[element] = value;
  store.settle();
}

function get(store: ChunkStore, position: readonly number[], chunkDims: readonly number[]): number | undefined {
  const { scaled, element } = locate(position, chunkDims);
  const bytes = store.forRead(scaled, 4);
  return bytes === undefined ? undefined : new Int32Array(bytes.buffer, bytes.byteOffset)[element];
}

function locate(position: readonly number[], chunkDims: readonly number[]): { scaled: number[]; element: number } {
  const scaled = position.map((coordinate, d) => Math.floor(coordinate / (chunkDims[d] as number)));
  const element = position.reduce((sum, coordinate, d) => {
    const size = chunkDims[d] as number;
    return sum * size + (coordinate % size);
  }, 0);
  return { scaled, element };
}

describe("a chunk store", () => {
  test("keeps what was written, through filters and a reopening", () => {
    const settings: Settings = { dims: [10, 10], chunkDims: [4, 4], filters: [SHUFFLE, DEFLATE, FLETCHER32] };
    const first = open(settings);
    for (let i = 0; i < 10; i++) for (let j = 0; j < 10; j++) put(first.store, [i, j], [4, 4], 10 * i + j);
    const second = reopen(first, settings);
    for (let i = 0; i < 10; i++)
      for (let j = 0; j < 10; j++) expect(get(second.store, [i, j], [4, 4])).toBe(10 * i + j);
    expect(second.store.chunkInfo().map(({ offset }) => offset)).toHaveLength(9);
  });

  test("keeps decoded chunks apart from the memory in which the next one is decoded", () => {
    const settings: Settings = { dims: [12], chunkDims: [4], filters: [FLETCHER32] };
    const first = open(settings);
    for (let i = 0; i < 12; i++) put(first.store, [i], [4], i);
    const { store } = reopen(first, settings);
    for (const scaled of [0, 1, 2, 0]) {
      expect(int32(store.forRead([scaled], 16))).toEqual([0, 1, 2, 3].map((i) => 4 * scaled + i));
    }
  });

  test("says that a chunk is not allocated, and keeps no entry for it", () => {
    const { store } = open({ dims: [8], chunkDims: [4] });
    expect(store.forRead([1], 16)).toBeUndefined();
    expect(store.statistics()).toEqual({ hits: 0, misses: 0, evictions: 0, collisions: 0, entries: 0, byteLength: 0 });
    expect(store.readWhole([1], new Uint8Array(16))).toBe(false);
  });

  test("starts a new chunk from the fill value, edges included", () => {
    const fillElement = Uint8Array.of(7, 0, 1, 0);
    const { store } = open({ dims: [6], chunkDims: [4], fillElement });
    put(store, [4], [4], 9);
    expect(int32(store.forRead([1], 16))).toEqual([9, 65543, 65543, 65543]);
  });

  test("writes a chunk of the same size in place, and moves one of another size", () => {
    const deflated = open({ dims: [2000], chunkDims: [1000], filters: [DEFLATE] });
    put(deflated.store, [0], [1000], 1);
    const before = deflated.store.chunkInfo();
    put(deflated.store, [0], [1000], 2);
    expect(deflated.store.chunkInfo()).toEqual(before);
    put(deflated.store, [1500], [1000], 1);
    deflated.store.flush();
    for (let i = 0; i < 1000; i += 3) put(deflated.store, [i], [1000], i * 7919);
    const [moved] = deflated.store.chunkInfo();
    expect(moved?.byteLength).toBeGreaterThan(before[0]?.byteLength as number);
    expect(moved?.address).not.toBe(before[0]?.address);
    // Its old place is free again.
    expect(deflated.storage.allocator.freeBytes).toBeGreaterThanOrEqual(before[0]?.byteLength as number);
    expect(get(deflated.store, [999], [1000])).toBe(999 * 7919);
  });

  test("reads whole chunks straight into their destination, without losing them for the cache", () => {
    const settings: Settings = { dims: [12], chunkDims: [4], cache: { nbytes: 32, nslots: 521, w0: 0.75 } };
    const first = open(settings);
    for (let i = 0; i < 12; i++) put(first.store, [i], [4], i);
    const { store, target } = reopen(first, settings);
    const out = new Uint8Array(48);
    target.bytesRead = 0;
    for (let chunk = 0; chunk < 3; chunk++) store.readWhole([chunk], out.subarray(16 * chunk, 16 * chunk + 16));
    store.settle();
    expect(int32(out)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    out.fill(0xff);
    const bytesRead = target.bytesRead;
    expect(int32(store.forRead([2], 16))).toEqual([8, 9, 10, 11]);
    expect(target.bytesRead).toBe(bytesRead);
    put(store, [9], [4], 99);
    expect(out.every((byte) => byte === 0xff)).toBe(true);
    expect(int32(store.forRead([2], 16))).toEqual([8, 99, 10, 11]);
  });

  test("does not write into a destination that was read into, even before the end of the operation", () => {
    const { store } = open({ dims: [4], chunkDims: [4] });
    put(store, [0], [4], 5);
    store.close();
    const out = new Uint8Array(16);
    store.readWhole([0], out);
    store.forWrite([0], 4, false).fill(1);
    store.settle();
    expect(int32(out)).toEqual([5, 0, 0, 0]);
  });

  test("reads and writes unfiltered chunks that are larger than the cache in place", () => {
    const { store, storage, target } = open({
      dims: [8],
      chunkDims: [4],
      fillElement: Uint8Array.of(3, 0, 0, 0),
      cache: { nbytes: 15, nslots: 521, w0: 0.75 },
    });
    expect(store.isDirect).toBe(true);
    expect(store.directAddress([1])).toBeUndefined();
    const address = store.directAddressForWrite([1], false);
    storage.writeRaw(address + 4, Uint8Array.of(8, 0, 0, 0));
    expect(int32(target.peek(store.directAddress([1]) as Address, 16))).toEqual([3, 8, 3, 3]);
    expect(store.directAddressForWrite([1], false)).toBe(address);
    store.setExtent([6]);
    storage.writeRaw(address, Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0));
    store.setExtent([5]);
    const cut = new Uint8Array(16);
    storage.readRaw(address, cut);
    expect(int32(cut)).toEqual([1, 3, 3, 3]);
  });

  test("announces the stored ranges of chunks that are not in the cache, at once", () => {
    const settings: Settings = { dims: [40], chunkDims: [4] };
    const first = open(settings);
    for (let i = 0; i < 40; i += 8) put(first.store, [i], [4], i);
    const { store, target } = reopen(first, settings);
    store.forRead([2], 4);
    target.expected.length = 0;
    store.expect([[0], [1], [2], [4]].map((scaled) => ({ scaled })));
    const info = [store.chunkInfoAt([0]), store.chunkInfoAt([4])];
    expect(target.expected.at(-1)).toEqual(info.map((chunk) => ({ offset: chunk?.address as number, byteLength: 16 })));
    const before = target.expected.length;
    store.expect([{ scaled: [2] }]);
    expect(target.expected.length).toBe(before);
  });

  test("gives and takes chunks in their stored form", () => {
    const filters = [SHUFFLE, FLETCHER32];
    const { store, storage } = open({ dims: [8], chunkDims: [4], filters });
    put(store, [0], [4], 77);
    const stored = store.readStored([0]);
    expect(stored?.filterMask).toBe(0);
    expect(int32(decodePipeline(filters, stored?.bytes as Uint8Array, 0, 16, storage.limits))).toEqual([77, 0, 0, 0]);
    put(store, [0], [4], 78);
    store.writeStored([0], new Uint8Array(16).fill(2), 0b11);
    expect(store.readStored([0])).toEqual({ bytes: new Uint8Array(16).fill(2), filterMask: 3 });
    expect(int32(store.forRead([0], 16))).toEqual(new Array(4).fill(0x02020202));
    expect(store.readStored([1])).toBeUndefined();
    expect(() => open({ dims: [8], chunkDims: [4] }).store.writeStored([0], new Uint8Array(15), 0)).toThrow(
      "Chunk at offset (0): 15 bytes given, a chunk has 16",
    );
  });

  test("tells the filters of a stored chunk that are left out, also where it is as long as the one before", () => {
    const settings = { dims: [4], chunkDims: [4], filters: [SHUFFLE, DEFLATE] };
    const opened = open(settings);
    opened.store.writeStored([0], new Uint8Array(16).fill(1), 0b11);
    opened.store.writeStored([0], new Uint8Array(16).fill(2), 0b10);
    expect(opened.store.readStored([0])).toEqual({ bytes: new Uint8Array(16).fill(2), filterMask: 2 });
    opened.store.writeStored([0], new Uint8Array(16).fill(3), 0b11);
    const { store } = reopen(opened, settings);
    expect(store.readStored([0])?.filterMask).toBe(3);
  });

  test("reads a chunk anew that was written in the same operation, also among many that were read ahead", () => {
    const settings = { dims: [60], chunkDims: [2], filters: [SHUFFLE], cache: { nslots: 1, nbytes: 8, w0: 0.75 } };
    // Nothing is read ahead of a source that may answer late.
    const target = Object.assign(new CountingTarget(), { expect: undefined as never });
    const made = open(settings, target);
    for (let chunk = 0; chunk < 30; chunk++) put(made.store, [2 * chunk], [2], chunk);
    const { store } = reopen(made, settings);
    for (let chunk = 0; chunk < 30; chunk++) {
      const bytes = store.forWrite([chunk], 4, false);
      new Int32Array(bytes.buffer, bytes.byteOffset)[1] = 100 + chunk;
    }
    for (let chunk = 0; chunk < 30; chunk++) expect(int32(store.forRead([chunk], 8))).toEqual([chunk, 100 + chunk]);
  });

  test("allocates all chunks early, filtered ones as well", () => {
    const fillElement = Uint8Array.of(9, 0, 0, 0);
    for (const filters of [[], [DEFLATE]]) {
      const { store } = open({ dims: [5, 5], chunkDims: [2, 2], filters, fillElement });
      put(store, [2, 2], [2, 2], 1);
      store.allocateAll(true);
      expect(store.index.count()).toBe(8);
      expect(store.chunkInfo()).toHaveLength(9);
      expect(int32(store.forRead([2, 1], 16))).toEqual([9, 9, 9, 9]);
      expect(get(store, [2, 2], [2, 2])).toBe(1);
    }
    const unwritten = open({ dims: [5, 5], chunkDims: [2, 2], fillElement });
    unwritten.store.allocateAll(false);
    expect(unwritten.store.storageSize()).toBe(9 * 16);
    expect(unwritten.store.forRead([2, 2], 16)).toEqual(new Uint8Array(16));
  });

  test("allocates what an extent has more than one that was allocated, however large that is", () => {
    const { store } = open({ dims: [4, 2 ** 37], chunkDims: [4, 4] });
    store.setExtent([5, 2 ** 37 + 5]);
    store.setExtent([4, 2 ** 37 + 5]);
    store.allocateAll(true, [4, 2 ** 37]);
    expect(store.chunkInfo().map(({ offset }) => offset)).toEqual([
      [0, 2 ** 37],
      [0, 2 ** 37 + 4],
    ]);
  });

  test("refuses to allocate more chunks at once than a limit allows, before any is", () => {
    const { store } = open({ dims: [4, 2 ** 37], chunkDims: [4, 4] });
    const words = "34359738368 chunks to allocate at once, limit maxCount is 16777216";
    expect(() => store.requireAllocatable([4, 2 ** 37], [5, 2 ** 37])).toThrow(words);
    expect(() => store.allocateAll(true)).toThrow(words);
    expect(store.exists).toBe(false);
    store.requireAllocatable([4, 2 ** 37], [4, 2 ** 37 + 4]);
  });

  test("finds the new chunks of a grid: those that the old one lacks, each once", () => {
    const counts = fc.array(fc.nat(4), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(counts, counts, (before, after) => {
        const listed: string[] = [];
        forEachNewChunk(before, after, (scaled) => listed.push(scaled.join()));
        const expected: string[] = [];
        forEachChunkOf(after, (scaled) => {
          if (scaled.some((at, d) => at >= (before[d] as number))) expected.push(scaled.join());
        });
        expect([...listed].sort()).toEqual(expected.sort());
      }),
    );
  });

  test("releases everything when the dataset is deleted", () => {
    const { store, storage } = open({ dims: [50], chunkDims: [2], filters: [FLETCHER32] });
    for (let i = 0; i < 50; i++) put(store, [i], [2], i);
    store.flush();
    expect(storage.allocator.endOfAllocation).toBeGreaterThan(64);
    put(store, [3], [2], 4);
    freeAll(storage, (freed) => store.deleteAll(freed, () => undefined));
    storage.allocator.trim();
    expect(storage.allocator.endOfAllocation).toBe(64);
  });

  test("names the chunk at fault", () => {
    const settings: Settings = { dims: [8, 8], chunkDims: [4, 4], filters: [FLETCHER32] };
    const first = open(settings);
    put(first.store, [5, 2], [4, 4], 1);
    const { store, target } = reopen(first, settings);
    const address = store.chunkInfoAt([1, 0])?.address as Address;
    target.write(address, Uint8Array.of(1));
    expect(() => store.forRead([1, 0], 4)).toThrow(
      expect.objectContaining({
        code: "filter",
        filterId: 3,
        message: "data error detected by Fletcher32 checksum",
        structure: "Chunk at offset (4, 0)",
        address,
      }),
    );
  });

  test("refuses a chunk that lies outside the file, or has a size that no chunk has", () => {
    const { store, target } = open({ dims: [8], chunkDims: [4] });
    store.index.insert([0], { address: 10_000, byteLength: 16, filterMask: 0 });
    store.index.insert([1], { address: 8, byteLength: 12, filterMask: 0 });
    expect(() => store.forRead([0], 4)).toThrow("Chunk at offset (0): 16 bytes at address 10000");
    expect(() => store.forRead([1], 4)).toThrow("stored as 12 bytes, a chunk without filters has 16");
    const filtered = open({ dims: [8], chunkDims: [4], filters: [DEFLATE] }, target).store;
    filtered.index.insert([0], { address: 8, byteLength: 2 ** 32 - 1, filterMask: 0 });
    expect(() => filtered.forRead([0], 4)).toThrow("4294967295 bytes at address 8");
  });
});

describe("a change of the dimensions", () => {
  const anyDims = fc.tuple(fc.nat(9), fc.nat(9));

  test("keeps what stays, and brings fill values where cells were cut off", () => {
    const step = fc.record({ dims: anyDims, writes: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 12 }) });
    const variants = fc.record({
      filters: fc.constantFrom([], [SHUFFLE, DEFLATE]),
      dontFilterPartialChunks: fc.boolean(),
      nbytes: fc.constantFrom(0, 60, 1 << 20),
      nslots: fc.constantFrom(1, 3, 521),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        variants,
        (steps, { filters, dontFilterPartialChunks, nbytes, nslots }) => {
          const chunkDims = [2, 3];
          const base = {
            chunkDims,
            filters,
            dontFilterPartialChunks,
            fillElement: Uint8Array.of(1, 0, 0, 0),
            cache: { nbytes, nslots, w0: 0.75 },
          };
          let opened = open({ ...base, dims: [5, 5] });
          if (opened.store.isDirect) return;
          let dims: readonly number[] = [5, 5];
          const model = new Map<string, number>();
          let next = 100;
          for (const { dims: newDims, writes } of steps) {
            opened.store.setExtent(newDims);
            dims = newDims;
            for (const key of model.keys()) {
              const position = key.split(",").map(Number);
              if (position.some((coordinate, d) => coordinate >= (dims[d] as number))) model.delete(key);
            }
            for (const position of writes) {
              if (position.some((coordinate, d) => coordinate >= (dims[d] as number))) continue;
              put(opened.store, position, chunkDims, next);
              model.set(position.join(), next++);
            }
          }
          const check = (store: ChunkStore): void => {
            forEachChunkOf(dims, (position) => {
              expect(get(store, position, chunkDims) ?? 1).toBe(model.get(position.join()) ?? 1);
            });
          };
          if (product(dims) > 0) check(opened.store);
          opened = reopen(opened, { ...base, dims });
          if (product(dims) > 0) check(opened.store);
          const counts = chunkCounts(dims, chunkDims);
          for (const { offset } of opened.store.chunkInfo()) {
            offset.forEach((from, d) => {
              expect(from / (chunkDims[d] as number)).toBeLessThan(counts[d] as number);
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ["few chunks at many places", 7],
    ["many chunks", 1],
  ])("finds those of %s that are cut", (_, every) => {
    const chunkDims = [2, 3];
    const settings = { chunkDims, filters: [SHUFFLE, DEFLATE], cache: { nbytes: 240, nslots: 521, w0: 0.75 } };
    let opened = open({ ...settings, dims: [20, 30] });
    const model = new Map<string, number>();
    const write = (dims: readonly number[], from: number): void => {
      forEachChunkOf(dims, ([row = 0, column = 0]) => {
        const number = row * 30 + column;
        if (number % every !== 0) return;
        put(opened.store, [row, column], chunkDims, from + number);
        model.set(`${row},${column}`, from + number);
      });
    };
    write([20, 30], 1000);
    let before: readonly number[] = [20, 30];
    for (const dims of [
      [19, 30],
      [5, 17],
      [20, 30],
      [19, 7],
      [20, 30],
      [1, 1],
      [20, 30],
    ]) {
      opened.store.setExtent(dims);
      for (const key of model.keys()) {
        const [row = 0, column = 0] = key.split(",").map(Number);
        if (row >= (dims[0] as number) || column >= (dims[1] as number)) model.delete(key);
      }
      const expected = new Set(
        [...model.keys()].map((key) => locate(key.split(",").map(Number), chunkDims).scaled.join()),
      );
      const found = opened.store
        .chunkInfo()
        .map(({ offset }) => offset.map((from, d) => from / (chunkDims[d] as number)));
      // Those of which all is cut off go.
      for (const scaled of found) {
        expect(scaled.every((at, d) => at * (chunkDims[d] as number) < (dims[d] as number))).toBe(true);
      }
      for (const key of expected) expect(found.map((scaled) => scaled.join())).toContain(key);
      forEachChunkOf(dims, (position) => {
        expect(get(opened.store, position, chunkDims) ?? 0).toBe(model.get(position.join()) ?? 0);
      });
      if ((dims[0] as number) > (before[0] as number)) {
        opened = reopen(opened, { ...settings, dims });
        if (dims[1] === 30) write(dims, 2000);
      }
      before = dims;
    }
  });

  test("stores partial edge chunks without filters, if the layout says so, and filters them when they become whole", () => {
    const { store } = open({ dims: [6], chunkDims: [4], filters: [FLETCHER32], dontFilterPartialChunks: true });
    for (let i = 0; i < 6; i++) put(store, [i], [4], i);
    const sizes = () => store.chunkInfo().map(({ byteLength }) => byteLength === 16);
    expect(sizes()).toEqual([false, true]);
    store.setExtent([9]);
    expect(sizes()).toEqual([false, false]);
    expect(int32(store.forRead([1], 16))).toEqual([4, 5, 0, 0]);
    store.setExtent([5]);
    expect(sizes()).toEqual([false, true]);
    expect(int32(store.forRead([1], 16))).toEqual([4, 0, 0, 0]);
  });

  test("releases the chunks outside", () => {
    const { store, storage } = open({ dims: [64], chunkDims: [4] });
    for (let i = 0; i < 64; i += 4) put(store, [i], [4], i);
    store.flush();
    store.setExtent([4]);
    expect(store.chunkInfo()).toHaveLength(1);
    // One chunk and the root are left.
    expect(storage.allocator.endOfAllocation - 64 - storage.allocator.freeBytes).toBeLessThan(16 + 200);
  });
});
