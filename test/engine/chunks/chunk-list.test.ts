import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChunkRecord } from "../../../src/engine/chunks/chunk-index.ts";
import { ChunkList } from "../../../src/engine/chunks/chunk-list.ts";
import { type Dataset, File } from "../../../src/index.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import { h5d, h5p } from "../../../src/lowlevel/index.ts";

/** The order of an index: as many chunks in a row, which can change. */
class Row {
  count = 0;
  passes = 0;
  address = 1000;

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    this.passes++;
    for (let i = 0; i < this.count; i++) visit([i], { address: this.address + i, byteLength: 8, filterMask: 0 });
  }
}

const listOf = (row: Row) => new ChunkList(row as never, [2]);

describe("chunks by position", () => {
  test("are found in long indexes, with few passes for those who ask for all", () => {
    const row = new Row();
    row.count = 40_000;
    const list = listOf(row);
    const state = { changes: 0, dims: [80_000] };
    for (let i = 0; i < row.count; i++) {
      const info = list.at(i, state);
      if (info?.address !== 1000 + i || info.offset[0] !== 2 * i) expect.fail(`${i}: ${JSON.stringify(info)}`);
    }
    expect(row.passes).toBeLessThan(5);
    expect(list.at(40_000, state)).toBeUndefined();
    expect(list.at(3, state)?.address).toBe(1003);
  });

  test("are looked for anew when the index or the dimensions have changed, or may have", () => {
    const row = new Row();
    row.count = 3;
    const list = listOf(row);
    const dims = [6];
    const asked = (state: { changes: number; dims: number[] } | undefined) => list.at(1, state)?.address;
    expect(asked({ changes: 0, dims })).toBe(1001);
    row.address = 2000;
    expect(asked({ changes: 1, dims })).toBe(2001);
    row.address = 3000;
    expect(asked({ changes: 1, dims: [8] })).toBe(3001);
    row.address = 4000;
    expect(asked(undefined)).toBe(4001);
    row.address = 5000;
    expect(asked(undefined)).toBe(5001);
  });
});

function allocatedEarly() {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
  return dcpl;
}

const INDEXES = [
  [h5d.CHUNK_IDX_BTREE, "version 1 B-tree", {}, { maxshape: [null, null] }],
  [h5d.CHUNK_IDX_NONE, "implicit", { libver: "latest" }, { maxshape: [40, 40], dcpl: allocatedEarly() }],
  [h5d.CHUNK_IDX_FARRAY, "fixed array", { libver: "latest" }, { maxshape: [40, 40], compression: "gzip" }],
  [h5d.CHUNK_IDX_EARRAY, "extensible array", { libver: "latest" }, { maxshape: [null, 40], compression: "gzip" }],
  [h5d.CHUNK_IDX_BT2, "version 2 B-tree", { libver: "latest" }, { maxshape: [null, null] }],
] as const;

/** What the positions must be: the same chunks as in one pass through the index. */
function expectPositions({ id }: Dataset): void {
  const all = [...id.storedChunks()];
  expect(id.getNumChunks()).toBe(all.length);
  expect(all.map((_, i) => id.getChunkInfo(i))).toEqual(all);
  expect(id.getChunkInfo(all.length).byteOffset).toBeNull();
}

describe("positions of a dataset that changes", () => {
  test.each(INDEXES)("are those of a pass through the index: %i, %s", (type, _, options, storage) => {
    const step = fc.record({
      row: fc.integer({ min: 0, max: 39 }),
      column: fc.integer({ min: 0, max: 39 }),
      rows: fc.option(fc.integer({ min: 0, max: 40 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const file = new File(new MemoryTarget(), "w", options);
        const dataset = file.createDataset("d", { shape: [20, 20], dtype: "<i4", chunks: [3, 4], ...storage });
        expect(dataset.id.getChunkIndexType()).toBe(type);
        for (const { row, column, rows } of steps) {
          const [height = 0, width = 0] = dataset.shape ?? [];
          if (row < height && column < width) dataset.write([row, column], row * column + 1);
          expectPositions(dataset);
          if (rows !== null) dataset.resize([rows, 20]);
          expectPositions(dataset);
        }
        file.close();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test("given out are the caller's own", () => {
    const file = new File(new MemoryTarget(), "w");
    const { id } = file.createDataset("d", { data: new Int32Array(8), chunks: [2] });
    (id.getChunkInfo(1).chunkOffset as number[])[0] = 77;
    expect(id.getChunkInfo(1).chunkOffset).toEqual([2]);
    file.close();
  });
});
