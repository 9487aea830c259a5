import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dataset, File, slice, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { iterChunksParallel, readParallel, WorkerPool, writeParallel, writeStream } from "../../src/parallel/index.ts";
import { builtWorker } from "./built-worker.ts";

/** Never answers, and does not end by itself. */
const SILENT =
  "import { parentPort } from 'node:worker_threads'; parentPort.on = () => {}; setInterval(() => {}, 1000);";
/** `crowd` tells how many calls its worker has begun, some time later. */
const SERVING = `
  let begun = 0;
  const crowd = async () => { begun++; await new Promise((resolve) => setTimeout(resolve, 300)); return begun; };
  globalThis.before = (serve) => serve({ double: (n) => 2 * n, crowd });`;

const folder = mkdtempSync(join(tmpdir(), "h5ts-pool-life-"));
let serving: URL;
let silent: URL;
beforeAll(async () => {
  serving = await builtWorker(SERVING, "globalThis.before(serve);");
  silent = await builtWorker(SILENT);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Chunks of a task each. */
const CHUNK = 1 << 19;

function large(chunks: number): Dataset {
  const data = new Uint8Array(chunks * CHUNK).map((_, i) => i % 100);
  return new File(new Uint8Array(0), "w").createDataset("a", { data, chunks: [CHUNK], compression: "gzip" });
}

/** Runs statements in a process of their own, which knows `WorkerPool`, `script` and `silent`. */
async function inProcess(statements: string): Promise<{ status: number | null; stdout: string }> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { WorkerPool } from "./src/parallel/pool.ts";
        const [script, silent] = ${JSON.stringify([serving, silent])}.map((text) => new URL(text));
        ${statements}`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const program = join(folder, "program.mjs");
  writeFileSync(program, outputFiles[0]?.contents ?? "");
  return spawnSync(process.execPath, [program], { encoding: "utf8", timeout: 20_000 });
}

describe("the process of a pool", () => {
  it("waits for what is asked, and not for workers of which nothing is", async () => {
    const ended = await inProcess(`
      const pool = new WorkerPool({ size: 2, script });
      pool.start();
      pool.call("double", 2).then((four) => console.log(four));`);
    expect(ended).toMatchObject({ status: 0, stdout: "4\n" });
    expect(await inProcess("new WorkerPool({ size: 2, script }).start();")).toMatchObject({ status: 0, stdout: "" });
  });

  it("does not wait for workers of a pool that was closed", async () => {
    const ended = await inProcess(`
      const pool = new WorkerPool({ size: 1, script: silent });
      pool.call("double", 2).catch(({ code }) => console.log(code));
      setTimeout(() => pool.close(), 100);`);
    expect(ended).toMatchObject({ status: 0, stdout: "closed\n" });
  });
});

describe("a pool", () => {
  it("fails everything that waits when it is closed, and starts nothing then", async () => {
    const pool = new WorkerPool({ size: 1, script: silent });
    const calls = Promise.allSettled(Array.from({ length: 10 }, () => pool.call("double", 1)));
    expect(pool.statistics()).toMatchObject({ workers: 1, waiting: 10 });
    pool.close();
    for (const call of await calls) expect(call).toMatchObject({ status: "rejected", reason: { code: "closed" } });
    pool.start();
    expect(pool.statistics()).toMatchObject({ workers: 0, waiting: 0 });
    await expect(pool.call("double", 1)).rejects.toMatchObject({ code: "closed" });
  });

  it("counts each worker that dies once, and gives a task up that two have died of", async () => {
    await using pool = new WorkerPool({ size: 1, script: await builtWorker("throw new Error('stillborn');") });
    await expect(pool.call("double", 1)).rejects.toMatchObject({ code: "state" });
    // Each tells of its error, and then of its end.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pool.statistics()).toMatchObject({ workers: 0, deaths: 2, waiting: 0 });
  });

  it("starts a worker when all others are busy, and has a core left for the thread that takes part", async () => {
    await using pool = new WorkerPool({ size: 3, script: serving });
    for (let i = 0; i < 3; i++) await pool.call("double", i);
    expect(pool.statistics().workers).toBe(1);
    const again = new File(large(6).file.toBytes()).getDataset("a");
    await readParallel(again, undefined, { pool });
    expect(pool.statistics().workers).toBe(2);
    await Promise.all(Array.from({ length: 9 }, (_, i) => pool.call("double", i)));
    expect(pool.statistics().workers).toBe(3);
    await using apart = new WorkerPool({ size: 3, script: serving, takesPart: false });
    await readParallel(again, undefined, { pool: apart });
    expect(apart.statistics().workers).toBe(3);
  });

  it("gives tasks to the idlest worker", async () => {
    await using pool = new WorkerPool({ size: 2, script: serving });
    const calls = Array.from({ length: 4 }, () => pool.call("crowd", null));
    expect(await Promise.all(calls)).toEqual([2, 2, 2, 2]);
  });

  it("begins no further chunk when it is told to stop", async () => {
    await using pool = new WorkerPool({ size: 1, script: serving });
    const dataset = new File(large(24).file.toBytes()).getDataset("a");
    const controller = new AbortController();
    let chunks = 0;
    const onProgress = () => {
      if (++chunks === 2) controller.abort(new Error("enough"));
    };
    const read = readParallel(dataset, undefined, { pool, signal: controller.signal, onProgress });
    await expect(read).rejects.toThrow("enough");
    while (pool.statistics().waiting > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 10));
    // Those that were under way: four for each worker, and two.
    expect(chunks).toBeLessThanOrEqual(2 + 6);
  });
});

it("chunks that were stored without their filters are read as without workers", async () => {
  const dataset = new File(new Uint8Array(0), "w").createDataset("a", {
    shape: [40],
    dtype: "<i4",
    chunks: [10],
    compression: "gzip",
    shuffle: true,
  });
  dataset.write(null as never, 7);
  for (const [start, mask] of [
    [0, 3],
    [10, 2],
  ] as const) {
    const plain = new Uint8Array(Int32Array.from({ length: 10 }, (_, i) => start + i).buffer);
    // Shuffled bytes, where that filter was not left out.
    const shuffled = plain.map((_, i) => plain[4 * (i % 10) + Math.floor(i / 10)] ?? 0);
    dataset.id.writeDirectChunk([start], (mask & 1) === 1 ? plain : shuffled, mask);
  }
  await using pool = new WorkerPool({ size: 1, script: serving, takesPart: false });
  const again = new File(dataset.file.toBytes()).getDataset("a");
  let decoded = 0;
  const onProgress = () => void decoded++;
  const read = await readParallel(again, undefined, { pool, onProgress });
  expect(decoded).toBe(4);
  expect(read).toEqual(dataset.read());
  expect([...(read.data as Int32Array).subarray(0, 21)]).toEqual([...Array(20).keys(), 7]);
});

it("chunks of very different stored lengths are read as without workers", async () => {
  // The first take little memory on their way, which is used again.
  let seed = 1;
  const data = new Uint8Array(24 * CHUNK).map((_, i) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return i < 12 * CHUNK ? 0 : seed >>> 24;
  });
  const dataset = new File(new Uint8Array(0), "w").createDataset("a", { data, chunks: [CHUNK], compression: "gzip" });
  await using pool = new WorkerPool({ size: 1, script: serving });
  const again = new File(dataset.file.toBytes()).getDataset("a");
  let decoded = 0;
  const read = await readParallel(again, undefined, { pool, onProgress: () => void decoded++ });
  expect(decoded).toBe(24);
  expect(Buffer.compare(read.data as Uint8Array, data)).toBe(0);
});

it("a virtual dataset is written to all of its sources", async () => {
  const file = new File(new Uint8Array(0), "w");
  const layout = new VirtualLayout({ shape: [2, 20], dtype: "<i4" });
  for (const i of [0, 1]) {
    file.createDataset(`part ${i}`, { shape: [20], dtype: "<i4", chunks: [10], compression: "gzip" });
    layout.set(i, new VirtualSource(".", { name: `part ${i}`, shape: [20], dtype: "<i4" }));
  }
  const dataset = file.createVirtualDataset("all", layout);
  const data = Int32Array.from({ length: 40 }, (_, i) => i);
  await using pool = new WorkerPool({ size: 1, script: serving });
  await writeParallel(dataset, null as never, { data, shape: [2, 20] }, { pool });
  const again = new File(file.toBytes());
  expect(again.getDataset("all").read().data).toEqual(data);
});

describe("a stream of chunks", () => {
  it("that is left early waits for what was begun, and nobody is told of what failed there", async () => {
    const dataset = large(8);
    const { byteOffset } = dataset.id.getChunkInfo(2);
    const bytes = dataset.file.toBytes();
    bytes.fill(0x55, byteOffset ?? 0, (byteOffset ?? 0) + 100);
    await using pool = new WorkerPool({ size: 2, script: serving });
    const damaged = new File(bytes).getDataset("a");
    for await (const { value } of iterChunksParallel(damaged, undefined, { pool, maxChunks: 6 })) {
      expect(value.shape).toEqual([CHUNK]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      break;
    }
    for await (const _ of iterChunksParallel(damaged, undefined, { pool, maxChunks: 6 })) break;
    expect(pool.statistics().waiting).toBe(0);
  });

  it("is asked for no more pieces than there is room for", async () => {
    const pool = new WorkerPool({ size: 1, script: silent, takesPart: false });
    const dataset = new File(new Uint8Array(0), "w").createDataset("a", {
      shape: [80],
      dtype: "<i4",
      chunks: [10],
      compression: "gzip",
    });
    let asked = 0;
    function* pieces() {
      for (; asked < 8; asked++) yield [slice(10 * asked, 10 * asked + 10), asked] as const;
    }
    const work = writeStream(dataset, pieces() as never, { pool, maxChunks: 3 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([asked, pool.statistics().waiting]).toEqual([2, 3]);
    // Nothing is lost of what workers did not do.
    pool.close();
    await work;
    expect([...dataset.read<{ data: Int32Array }>("::10").data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("is written no further when it is told to stop, and all before is stored", async () => {
    await using pool = new WorkerPool({ size: 1, script: serving });
    const dataset = new File(new Uint8Array(0), "w").createDataset("a", {
      shape: [50],
      dtype: "<i4",
      chunks: [10],
      compression: "gzip",
    });
    const controller = new AbortController();
    let asked = 0;
    function* pieces() {
      for (; asked < 5; asked++) {
        if (asked === 2) controller.abort(new Error("enough"));
        yield [slice(10 * asked, 10 * asked + 10), 1 + asked] as const;
      }
    }
    const options = { pool, signal: controller.signal };
    await expect(writeStream(dataset, pieces() as never, options)).rejects.toThrow("enough");
    expect(asked).toBe(2);
    expect([...dataset.read<{ data: Int32Array }>("::10").data]).toEqual([1, 2, 0, 0, 0]);
  });
});
