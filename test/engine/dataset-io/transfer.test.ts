import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { product } from "../../../src/base/bits.ts";
import { rawDataAccess } from "../../../src/engine/dataset-io/raw-data-access.ts";
import { readSelection, writeSelection } from "../../../src/engine/dataset-io/transfer.ts";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { selectHyperslab } from "../../../src/engine/selection/hyperslab-algebra.ts";
import {
  type Selection,
  selectAll,
  selectBox,
  selectedCount,
  selectPoints,
  selectRegular,
} from "../../../src/engine/selection/selection.ts";
import { anySelection, linearOf } from "../selection/bitmap.ts";
import { FakeDataset, type FakeDatasetOptions } from "./fake-dataset.ts";

const anyLayout = fc.constantFrom<FakeDatasetOptions["layout"]>("compact", "contiguous", "chunked", "direct");
const anyElementSize = fc.constantFrom(1, 2, 3, 4, 8, 13);

function placesOf(selection: Selection): number[] {
  const rank = selection.dims.length;
  const flat = elements(selection);
  return Array.from({ length: selectedCount(selection) }, (_, i) =>
    linearOf(flat.subarray(i * rank, (i + 1) * rank), selection.dims),
  );
}

function noise(byteLength: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => Math.imul(i + seed, 2654435761) >>> 13);
}

/** A memory selection of as many elements as there are, in an extent of its own. */
function scattered(count: number, way: number): Selection | undefined {
  if (way === 0 || count === 0) return undefined;
  if (way === 1) return selectRegular([3 * count + 2], [1], [count], [3]);
  if (way === 2)
    return selectPoints(
      [count + 5],
      Array.from({ length: count }, (_, i) => count - i),
    );
  if (way === 3) return selectBox([count, 4], [0, 1], [count, 1]);
  if (way === 5 && count % 2 === 0) return selectRegular([2 * count, 3], [1, 0], [count / 2, 1], [3, 1], [2, 1]);
  if (way === 6 && count % 4 === 0) return selectRegular([count, 5], [0, 1], [count / 4, 1], [3, 1], [2, 2]);
  if (way === 7 && count > 2) return irregularOf(count);
  return selectBox([count + 3], [2], [count]);
}

/** All but two in the first row, the last two further down. */
function irregularOf(count: number): Selection {
  const dims = [4, count];
  const row = selectBox(dims, [0, 1], [1, count - 2]);
  const more = selectHyperslab(row, "or", [1, 0], [1, 1]);
  return selectHyperslab(more, "or", [3, 2], [1, 1]);
}

function copyElements(
  target: Uint8Array,
  to: readonly number[],
  source: Uint8Array,
  from: readonly number[],
  size: number,
) {
  to.forEach((place, i) => {
    const start = (from[i] as number) * size;
    target.set(source.subarray(start, start + size), place * size);
  });
}

const anyCase = fc.record({
  selection: anySelection,
  layout: anyLayout,
  elementSize: anyElementSize,
  chunk: fc.integer({ min: 1, max: 4 }),
  way: fc.integer({ min: 0, max: 7 }),
});

describe("transfers", () => {
  test("write and read what the same copies of single elements do, in every layout", () => {
    fc.assert(
      fc.property(anyCase, ({ selection, layout, elementSize, chunk, way }) => {
        const { dims } = selection;
        const chunkDims = dims.map((_, d) => 1 + ((chunk + d) % 4));
        const dataset = new FakeDataset({ dims, elementSize, layout, chunkDims });
        const access = rawDataAccess(dataset);
        const model = noise(product(dims) * elementSize, 1);
        writeSelection(access, elementSize, selectAll(dims), model);

        const count = selectedCount(selection);
        const inMemory = scattered(count, way);
        const memoryPlaces = inMemory === undefined ? placesOf(selectAll([count])) : placesOf(inMemory);
        const memory = noise(product(inMemory?.dims ?? [count]) * elementSize, 7);
        copyElements(model, placesOf(selection), memory, memoryPlaces, elementSize);
        writeSelection(access, elementSize, selection, memory, inMemory);

        const whole = new Uint8Array(model.length);
        readSelection(access, elementSize, selectAll(dims), whole);
        expect(Buffer.compare(whole, model)).toBe(0);

        const expected = noise(memory.length, 9);
        const read = expected.slice();
        copyElements(expected, memoryPlaces, model, placesOf(selection), elementSize);
        readSelection(access, elementSize, selection, read, inMemory);
        expect(Buffer.compare(read, expected)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("give fill values where nothing was written, and around what was", () => {
    fc.assert(
      fc.property(anyCase, ({ selection, layout, elementSize, chunk }) => {
        const { dims } = selection;
        const element = noise(elementSize, 3);
        const fill = { element, onRead: true, onAllocate: true, newElement: element };
        const chunkDims = dims.map(() => chunk);
        const dataset = new FakeDataset({ dims, elementSize, layout, chunkDims, fill });
        const access = rawDataAccess(dataset);
        const model = new Uint8Array(product(dims) * elementSize);
        for (let i = 0; i < model.length; i++) model[i] = element[i % elementSize] as number;
        const whole = new Uint8Array(model.length);
        readSelection(access, elementSize, selectAll(dims), whole);
        expect(Buffer.compare(whole, model)).toBe(0);

        const count = selectedCount(selection);
        const memory = noise(count * elementSize, 5);
        writeSelection(access, elementSize, selection, memory);
        copyElements(model, placesOf(selection), memory, placesOf(selectAll([count])), elementSize);
        readSelection(access, elementSize, selectAll(dims), whole);
        expect(Buffer.compare(whole, model)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["chunked", "direct"] as const)("give fill values around few chunks of many, %s", (layout) => {
    const dims = [40, 60];
    const anyStored = fc.uniqueArray(fc.integer({ min: 0, max: 2399 }), { maxLength: 60 });
    const anyRows = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.boolean());
    fc.assert(
      fc.property(anyStored, anyRows, fc.boolean(), (stored, [row, rows, isScattered], onRead) => {
        const element = Uint8Array.of(7, 9);
        const fill = { element, onRead, onAllocate: true, newElement: element };
        const dataset = new FakeDataset({ dims, elementSize: 2, layout, chunkDims: [1, 1], fill });
        const access = rawDataAccess(dataset);
        const before = onRead ? [7, 9] : [1, 2];
        const model = Uint8Array.from({ length: 4800 }, (_, i) => before[i % 2] as number);
        for (const at of stored) {
          const place = [Math.floor(at / 60), at % 60];
          writeSelection(access, 2, selectBox(dims, place, [1, 1]), Uint8Array.of(at, at >> 8));
          model.set([at & 0xff, at >> 8], 2 * at);
        }
        const selection = selectBox(dims, [row, 0], [rows, 60]);
        const target = isScattered ? selectRegular([3 * rows * 60], [1], [rows * 60], [3]) : undefined;
        const memory = Uint8Array.from({ length: (isScattered ? 3 : 1) * rows * 120 }, (_, i) => 1 + (i % 2));
        const expected = memory.slice();
        copyElements(expected, placesOf(target ?? selectAll([rows * 60])), model, placesOf(selection), 2);
        readSelection(access, 2, selection, memory, target);
        expect(Buffer.compare(memory, expected)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("look for no chunk of a dataset without any", () => {
    const dataset = new FakeDataset({ dims: [1000], elementSize: 1, layout: "chunked", chunkDims: [1] });
    const memory = new Uint8Array(1000).fill(9);
    readSelection(rawDataAccess(dataset), 1, selectAll([1000]), memory);
    expect([dataset.chunks.log, memory.every((byte) => byte === 0)]).toEqual([[], true]);
  });

  test("leave memory as it is where there is nothing and no fill value to read", () => {
    const fill = { element: undefined, onRead: false, onAllocate: false, newElement: undefined };
    for (const layout of ["compact", "contiguous", "chunked", "direct"] as const) {
      const access = rawDataAccess(new FakeDataset({ dims: [5], elementSize: 1, layout, fill }));
      const memory = Uint8Array.of(1, 2, 3, 4, 5);
      readSelection(access, 1, selectAll([5]), memory);
      expect([...memory]).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test("are refused before anything happens when the two sides do not fit", () => {
    const dataset = new FakeDataset({ dims: [10], elementSize: 4, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    expect(() => writeSelection(access, 4, selectAll([10]), new Uint8Array(20), selectAll([5]))).toThrow(
      "src and dest dataspaces have different number of elements selected",
    );
    expect(() => writeSelection(access, 4, selectPoints([10], [10]), new Uint8Array(4))).toThrow(
      "selection + offset not within extent",
    );
    expect(() => writeSelection(access, 4, selectAll([10]), new Uint8Array(39))).toThrow("memory of 39 bytes");
    expect(dataset.storage.writes).toEqual([]);
  });
});

describe("a contiguous dataset", () => {
  test("is read whole by one read straight into the destination", () => {
    const dataset = new FakeDataset({ dims: [1000, 1000], elementSize: 4, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    writeSelection(access, 4, selectAll([1000, 1000]), noise(4_000_000, 1));
    expect(dataset.storage.writes.length).toBe(1);
    const memory = new Uint8Array(4_000_000);
    readSelection(access, 4, selectAll([1000, 1000]), memory);
    expect(dataset.storage.reads.map((read) => read.byteLength)).toEqual([4_000_000]);
    expect(dataset.storage.reads[0]?.destination.buffer).toBe(memory.buffer);
  });

  test("serves a strided selection from few reads, all announced before the first", () => {
    const dataset = new FakeDataset({ dims: [500, 1000], elementSize: 8, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    writeSelection(access, 8, selectAll([500, 1000]), noise(4_000_000, 1));
    const selection = selectRegular([500, 1000], [0, 0], [500, 500], [1, 2]);
    readSelection(access, 8, selection, new Uint8Array(2_000_000));
    expect(dataset.storage.reads.length).toBeLessThan(25);
    const announced = dataset.storage.expected[0]?.map(({ address, byteLength }) => `${address} ${byteLength}`);
    expect(announced).toEqual(dataset.storage.reads.map(({ address, byteLength }) => `${address} ${byteLength}`));
  });

  test("does not read what lies between far-apart elements", () => {
    const dataset = new FakeDataset({ dims: [100, 100_000], elementSize: 1, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    writeSelection(access, 1, selectAll([100, 100_000]), noise(10_000_000, 1));
    readSelection(access, 1, selectBox([100, 100_000], [0, 5], [100, 1]), new Uint8Array(100));
    expect(dataset.storage.reads.map((read) => read.byteLength)).toEqual(new Array(100).fill(1));
  });

  test("writes scattered elements with few writes, and what lies between keeps its bytes", () => {
    const dataset = new FakeDataset({ dims: [100_000], elementSize: 2, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    const model = noise(200_000, 1);
    writeSelection(access, 2, selectAll([100_000]), model);
    writeSelection(access, 2, selectRegular([100_000], [1], [25_000], [4]), new Uint8Array(50_000));
    expect(dataset.storage.writes.length).toBe(2);
    for (let i = 1; i < 100_000; i += 4) model.fill(0, i * 2, i * 2 + 2);
    expect(Buffer.compare(dataset.storage.bytes.subarray(64), model)).toBe(0);
  });

  test("takes space with the first write, clears what others left there, and reaches to its end", () => {
    const dataset = new FakeDataset({ dims: [100], elementSize: 1, layout: "contiguous" });
    dataset.storage.bytes = new Uint8Array(100).fill(0xaa);
    const access = rawDataAccess(dataset);
    writeSelection(access, 1, selectBox([100], [3], [2]), Uint8Array.of(1, 2));
    expect(dataset.layout).toMatchObject({ address: 64, byteLength: 100 });
    const memory = new Uint8Array(100).fill(9);
    readSelection(access, 1, selectAll([100]), memory);
    const expected = new Uint8Array(100);
    expected.set([1, 2], 3);
    expect(memory).toEqual(expected);
  });

  test("of layout version 1 has the size that its dataspace says", () => {
    const dataset = new FakeDataset({ dims: [4], elementSize: 1, layout: "contiguous" });
    dataset.storage.bytes = Uint8Array.of(0, 0, 1, 2, 3, 4);
    dataset.layout = { kind: "contiguous", version: 1, address: 2, byteLength: 0 };
    const memory = new Uint8Array(4);
    readSelection(rawDataAccess(dataset), 1, selectAll([4]), memory);
    expect([...memory]).toEqual([1, 2, 3, 4]);
  });

  test("with fewer bytes than its elements need is a format error", () => {
    const dataset = new FakeDataset({ dims: [4], elementSize: 2, layout: "contiguous" });
    dataset.layout = { kind: "contiguous", version: 3, address: 0, byteLength: 7 };
    expect(() => readSelection(rawDataAccess(dataset), 2, selectAll([4]), new Uint8Array(8))).toThrow(
      'Data layout message, field "Size": 7 bytes, a dataset of (4) needs 8',
    );
  });
});

describe("a chunked dataset", () => {
  const whole = new FakeDataset({ dims: [24, 24], elementSize: 4, layout: "chunked", chunkDims: [8, 8] });
  writeSelection(rawDataAccess(whole), 4, selectAll([24, 24]), noise(24 * 24 * 4, 1));

  test("is visited chunk by chunk in row-major order, with the bytes needed of each", () => {
    whole.chunks.log.length = 0;
    const memory = new Uint8Array(22 * 22 * 4);
    readSelection(rawDataAccess(whole), 4, selectBox([24, 24], [1, 1], [22, 22]), memory);
    expect(whole.chunks.log).toEqual([
      "expect 9",
      "read 0,0 196",
      "read 0,1 224",
      "read 0,2 196",
      "read 1,0 224",
      "read 1,1 256",
      "read 1,2 224",
      "read 2,0 196",
      "read 2,1 224",
      "read 2,2 196",
    ]);
  });

  test("reads a chunk that lies in one piece in memory straight into it", () => {
    const dataset = new FakeDataset({ dims: [6, 4], elementSize: 1, layout: "chunked", chunkDims: [2, 4] });
    const access = rawDataAccess(dataset);
    writeSelection(access, 1, selectBox([6, 4], [0, 0], [4, 4]), noise(16, 1));
    dataset.chunks.log.length = 0;
    readSelection(access, 1, selectAll([6, 4]), new Uint8Array(24));
    expect(dataset.chunks.log).toEqual(["expect 3", "whole 0,0", "whole 1,0", "whole 2,0"]);
  });

  test("does not ask for the old content of a chunk that is wholly overwritten, unless by points", () => {
    const dataset = new FakeDataset({ dims: [5], elementSize: 1, layout: "chunked", chunkDims: [2] });
    const access = rawDataAccess(dataset);
    writeSelection(access, 1, selectAll([5]), noise(5, 1));
    expect(dataset.chunks.log).toEqual(["expect 1", "write 0 2 whole", "write 1 2 whole", "write 2 1"]);
    dataset.chunks.log.length = 0;
    writeSelection(access, 1, selectPoints([5], [0, 0]), noise(2, 1));
    expect(dataset.chunks.log).toEqual(["expect 1", "write 0 2"]);
  });

  test("ends the operation when a chunk cannot be read", () => {
    const dataset = new FakeDataset({ dims: [4], elementSize: 1, layout: "chunked", chunkDims: [2] });
    dataset.chunks.chunks.set("0", new Uint8Array(2));
    dataset.chunks.forRead = () => {
      throw new Error("broken chunk");
    };
    const access = rawDataAccess(dataset);
    expect(() => readSelection(access, 1, selectBox([4], [1], [2]), new Uint8Array(2))).toThrow("broken chunk");
    expect(dataset.chunks.settled).toBe(1);
  });

  test("of another element size than the datatype's is a format error", () => {
    const dataset = new FakeDataset({ dims: [4], elementSize: 1, layout: "chunked", chunkDims: [2] });
    dataset.layout = { ...dataset.layout, chunkDims: [3] } as typeof dataset.layout;
    expect(() => rawDataAccess(dataset)).toThrow("chunks of 2 bytes for 3 elements of 1");
  });
});
