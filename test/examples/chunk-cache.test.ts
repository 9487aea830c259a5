import { expect, test } from "vitest";
import { chart } from "../../examples/chunk-cache/chart.ts";
import { type ChunkShape, cachesFor, makeFile, transpose } from "../../examples/chunk-cache/transpose.ts";

test("with a cache that holds what a column crosses, every chunk is decompressed once", () => {
  const size = 128;
  const chunkShape: ChunkShape = [16, 64];
  const bytes = makeFile(size, chunkShape);
  const [down, chunks] = [size / chunkShape[0], (size * size) / (chunkShape[0] * chunkShape[1])];
  const [small, fewSlots, right] = cachesFor(size, chunkShape).map((cache) => {
    const out = new Float32Array(size * size);
    const run = transpose(bytes, cache, out);
    expect(out[3 * size + 2]).toBe(Math.fround(Math.sin((2 * size + 3) / 100)));
    return run;
  });
  expect([small?.decoded, right?.decoded]).toEqual([size * down, chunks]);
  expect(fewSlots?.decoded).toBeGreaterThan(chunks);
  expect([small?.collisions, right?.collisions]).toEqual([0, 0]);
  expect(fewSlots?.collisions).toBeGreaterThan(0);
});

test("the figure has a bar a run, the longest one as wide as it can be", () => {
  const run = { rdccNbytes: 1, rdccNslots: 1, collisions: 0, decoded: 7 };
  const svg = chart("a < b", [
    { ...run, label: "slow", seconds: 4 },
    { ...run, label: "fast", seconds: 1 },
  ]);
  expect([...svg.matchAll(/<rect .*?width="([\d.]+)"/g)].map(([, width]) => Number(width))).toEqual([400, 100]);
  expect(svg).toContain("a &lt; b");
});
