import { describe, expect, it } from "vitest";
import { File } from "../../../src/index.ts";

const SIZE = 300;
const POINTS = [
  [0, 0],
  [17, 250],
  [130, 3],
  [299, 299],
] as const;

describe("a dataset of which few chunks exist", () => {
  it.each([0, 4096, 1 << 20])(
    "reads as fill values but for those, whatever the cache holds: %d bytes",
    (rdccNbytes) => {
      const f = new File(new Uint8Array(0), "w", { rdccNbytes });
      const dataset = f.createDataset("a", { dtype: "<i4", shape: [SIZE, SIZE], chunks: [4, 4], fillvalue: -7 });
      const expected = new Int32Array(SIZE * SIZE).fill(-7);
      const check = (from: File): void => {
        const found = from.getDataset("a").read<{ data: Int32Array }>().data;
        expect(found.findIndex((value, i) => value !== expected[i])).toBe(-1);
      };
      for (const [row, column] of POINTS) {
        dataset.write([row, column], 1000 * row + column);
        expected[row * SIZE + column] = 1000 * row + column;
        // The last one is only in the cache, if there is one.
        check(f);
      }
      check(new File(f.toBytes(), "r", { rdccNbytes }));
    },
  );

  it("keeps chunks that were read into the very memory that is filled after all", () => {
    const f = new File(new Uint8Array(0), "w");
    const dataset = f.createDataset("a", { dtype: "<i4", shape: [2000], chunks: [2], fillvalue: -5 });
    const expected = new Int32Array(2000).fill(-5);
    for (const i of [0, 1, 2, 3, 1500]) {
      dataset.write([i], 10 + i);
      expected[i] = 10 + i;
    }
    const again = new File(f.toBytes()).getDataset("a");
    for (let i = 0; i < 2; i++) expect(again.read<{ data: Int32Array }>().data).toEqual(expected);
  });

  it("has no look at the cache taken for each chunk that does not exist", () => {
    const f = new File(new Uint8Array(0), "w");
    const dataset = f.createDataset("a", { dtype: "<i4", shape: [SIZE, SIZE], chunks: [4, 4] });
    for (const point of POINTS) dataset.write([...point], 1);
    const again = new File(f.toBytes()).getDataset("a");
    again.read();
    expect(again.id.chunkCacheStatistics()?.misses).toBeLessThan(300);
  });
});
