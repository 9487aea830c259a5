import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openAsync } from "../../src/index.ts";
import { FileServer } from "../io/http-server.ts";
import { newFile } from "./helpers.ts";

const CHUNK = 128;
const ROWS = 48 * CHUNK;
const COLUMNS = 16 * CHUNK;

/** 20 groups of small datasets, then one of 48 MiB whose chunks are all the same and take 57 KiB each. */
function measuredFile(libver: "earliest" | "latest"): { readonly bytes: Uint8Array; readonly chunkByteLength: number } {
  const f = newFile({ libver });
  for (let g = 0; g < 20; g++) {
    const group = f.createGroup(`run${g}`);
    group.attrs.set("name", `run ${g}`);
    for (let d = 0; d < 5; d++) group.set(`d${d}`, Int32Array.of(g, d));
  }
  let random = 1;
  const values = Float32Array.from({ length: CHUNK * CHUNK }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return random / 2 ** 32;
  });
  const stored = new Uint8Array(deflateSync(new Uint8Array(values.buffer), { level: 1 }));
  const image = f.createDataset("run5/image", {
    shape: [ROWS, COLUMNS],
    maxshape: [null, COLUMNS],
    dtype: "<f4",
    chunks: [CHUNK, CHUNK],
    compression: "gzip",
  });
  for (let row = 0; row < ROWS; row += CHUNK) {
    for (let column = 0; column < COLUMNS; column += CHUNK) image.id.writeDirectChunk([row, column], stored);
  }
  const bytes = f.toBytes();
  f.close();
  return { bytes, chunkByteLength: stored.length };
}

describe.each(["earliest", "latest"] as const)("a file over HTTP, format %s", (libver) => {
  it("takes few rounds and little more than what a slice needs", async () => {
    const { bytes, chunkByteLength } = measuredFile(libver);
    await using server = await FileServer.start({ bytes, etag: '"1"' }, { latency: 5 });
    const f = await openAsync(server.url);
    await f.keys();
    expect(f.statistics.rounds).toBe(1);
    const names: string[] = [];
    await f.visitItems((name) => void names.push(name));
    expect(names.length).toBe(121);
    const image = await f.get("run5/image");
    const { shape } = await image.read("1024:1536, 512:1024");
    expect(shape).toEqual([512, 512]);
    expect(f.statistics.rounds).toBeLessThan(6);
    expect(server.sentByteLength).toBe(f.statistics.bytes);
    expect(f.statistics.bytes).toBeLessThan(2 * 16 * chunkByteLength + 256 * 1024);
    await f.close();
  });

  it("is read by many operations at a time, each page once", async () => {
    const { bytes, chunkByteLength } = measuredFile(libver);
    await using server = await FileServer.start({ bytes }, { latency: 2 });
    const f = await openAsync(server.url, { joinedGap: 0, pageSize: 4096 });
    const image = await f.get("run5/image");
    const rows = await Promise.all(Array.from({ length: 8 }, (_, i) => image.read<{ data: Float32Array }>([i, null])));
    for (const { data } of rows) expect(data.length).toBe(COLUMNS);
    // The rows share their 16 chunks.
    expect(f.statistics.bytes).toBeLessThan(16 * (chunkByteLength + 8192) + 512 * 1024);
    await f.close();
  });

  it("tells of its progress, and stops when it is told to", async () => {
    const { bytes } = measuredFile(libver);
    await using server = await FileServer.start({ bytes }, { latency: 5 });
    const controller = new AbortController();
    const seen: number[] = [];
    const f = await openAsync(server.url, {
      signal: controller.signal,
      maxRequestSize: 1 << 16,
      onProgress: ({ byteLength }) => {
        seen.push(byteLength);
        if (byteLength > 2_000_000) controller.abort(new Error("enough"));
      },
    });
    const image = await f.get("run5/image");
    await expect(image.read()).rejects.toThrow("enough");
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.every((count, i) => i === 0 || count > (seen[i - 1] ?? 0))).toBe(true);
    expect(server.sentByteLength).toBeLessThan(bytes.length / 2);
    await f.close();
  });
});
