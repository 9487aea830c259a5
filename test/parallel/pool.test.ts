import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type Dataset,
  type DatasetOptions,
  File,
  h5z,
  isHdf5Error,
  openAsync,
  slice,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { iterChunksParallel, readParallel, WorkerPool, writeParallel, writeStream } from "../../src/parallel/index.ts";
import { builtWorker } from "./built-worker.ts";

const ROWS = 100;
const COLUMNS = 70;
const values = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.floor(Math.sin(i) * 1000));
const shaped = { data: values, shape: [ROWS, COLUMNS] };

const KINDS: Readonly<Record<string, DatasetOptions>> = {
  "gzip and shuffle": { compression: "gzip", shuffle: true },
  "all checked": { compression: "lzf", fletcher32: true },
  "other byte order": { dtype: ">f4", compression: "gzip" },
  integers: { dtype: "<i4", scaleoffset: 0 },
  "no filters": {},
};

let script: URL;
let pool: WorkerPool;
beforeAll(async () => {
  script = await builtWorker();
  pool = new WorkerPool({ size: 2, script });
});
afterAll(() => pool.close());

const newFile = (): File => new File(new Uint8Array(0), "w");

function filled(options: DatasetOptions): Dataset {
  return newFile().createDataset("a", {
    dtype: "<f8",
    ...options,
    data: shaped,
    chunks: [16, 32],
    maxshape: [null, null],
  });
}

describe.each(Object.entries(KINDS))("chunks with %s", (_kind, options) => {
  it("are read by workers as without them", async () => {
    const dataset = filled(options);
    const again = new File(dataset.file.toBytes()).getDataset("a");
    for (const selection of [undefined, "10:90:3, 5:60", "3, :", [[1, 50, 99], slice(0, 10)]] as const) {
      expect(await readParallel(again, selection as never, { pool })).toEqual(dataset.read(selection as never));
    }
    const late = await openAsync(new LateSource(dataset.file.toBytes()), { pageSize: 512, headSize: 0 });
    expect(await readParallel(await late.get("a"), undefined, { pool })).toEqual(dataset.read());
  });

  it.each([1 << 20, 4096, 0])(
    "are written by workers to the same bytes as without them, cache %d",
    async (rdccNbytes) => {
      const bytesOf = async (write: (dataset: Dataset, selection: string | null, value: unknown) => unknown) => {
        const f = new File(new Uint8Array(0), "w", { rdccNbytes });
        const dataset = f.createDataset("a", {
          dtype: "<f8",
          trackTimes: false,
          ...options,
          shape: [ROWS, COLUMNS],
          chunks: [16, 32],
        });
        await write(dataset, null, shaped);
        await write(dataset, "5:37, 20:33", 7);
        return f.toBytes();
      };
      const serial = await bytesOf((dataset, selection, value) => {
        dataset.write(selection as never, value);
        dataset.id.flushChunks();
      });
      const parallel = await bytesOf((dataset, selection, value) =>
        writeParallel(dataset, selection as never, value, { pool }),
      );
      expect(parallel).toEqual(serial);
    },
  );
});

describe("a dataset of many chunks", () => {
  it("is read as without workers where few of them exist, filled and in memory that has other elements", async () => {
    const options = { dtype: "<i4", shape: [300, 300], chunks: [4, 4], compression: "gzip", fillvalue: -7 };
    const dataset = newFile().createDataset("a", options);
    for (const [row, column] of [
      [0, 0],
      [17, 250],
      [130, 3],
      [299, 299],
    ] as const) {
      dataset.write([row, column], 100 * row + column);
    }
    for (const rdccNbytes of [0, 1 << 20]) {
      const again = new File(dataset.file.toBytes(), "r", { rdccNbytes }).getDataset("a");
      for (const selection of [undefined, "::7, 1:", "130:280, :"] as const) {
        expect(await readParallel(again, selection as never, { pool })).toEqual(dataset.read(selection as never));
      }
    }
    // Chunks that the cache has, changed or not, are not those in the file.
    dataset.write([17, 250], 1);
    dataset.read("0:20, 0:20");
    expect(await readParallel(dataset, undefined, { pool })).toEqual(dataset.read());
  });

  it("is read through several virtual sources and conversions as without workers", async () => {
    const file = newFile();
    const layout = new VirtualLayout({ shape: [6, 100], dtype: "<f4" });
    for (let i = 0; i < 6; i++) {
      const data = Int32Array.from({ length: 100 }, (_, k) => 1000 * i + k);
      const dtype = i % 2 === 0 ? "<i4" : ">i2";
      file.createDataset(`part ${i}`, { data, dtype, chunks: [7], compression: "gzip", shuffle: true });
      layout.set(i, new VirtualSource(".", { name: `part ${i}`, shape: [100], dtype }));
    }
    file.createVirtualDataset("all", layout);
    // A cache would hide that chunks are decoded twice.
    const dataset = new File(file.toBytes(), "r", { rdccNbytes: 0 }).getDataset("all");
    let decoded = 0;
    const onProgress = ({ chunks }: { chunks: number }) => {
      decoded = chunks;
    };
    // The compiler takes what a dataset of unknown type gives for an array.
    const { data, shape } = await readParallel(dataset, undefined, { pool, onProgress });
    expect(decoded).toBe(6 * 15);
    expect({ data, shape }).toMatchObject({ data: dataset.read().data, shape: [6, 100] });
  });

  const CHUNK = 1 << 18;
  const large = (chunks: number, file = newFile()): Dataset =>
    file.createDataset("a", { shape: [chunks * CHUNK], dtype: "|u1", chunks: [CHUNK], compression: "gzip" });
  const numbers = (chunks: number) => new Uint8Array(chunks * CHUNK).map((_, i) => (i >> 12) + (i & 3));

  it("is written piece by piece, no more of it in memory than workers need", async () => {
    const [serial, parallel] = [large(128), large(128)];
    const data = numbers(128);
    let most = 0;
    let mostLater = 0;
    // One worker gives them back in the order in which it gets them.
    await using single = new WorkerPool({ size: 1, script, takesPart: false });
    const onProgress = ({ chunks }: { chunks: number }) => {
      const { waiting } = single.statistics();
      most = Math.max(most, waiting);
      if (chunks > 70 && chunks < 110) mostLater = Math.max(mostLater, waiting);
    };
    await writeParallel(parallel, null as never, data, { pool: single, onProgress });
    // Many for each worker, as the chunks are small, from the first to the last.
    expect(most).toBeGreaterThan(16);
    expect(mostLater).toBeGreaterThan(16);
    // Sixteen mebibytes, and what the cache held.
    expect(most).toBeLessThanOrEqual(64 + 4 + 1);
    serial.write(null as never, data);
    serial.id.flushChunks();
    expect(Buffer.compare(parallel.file.toBytes(), serial.file.toBytes())).toBe(0);
  });

  it("is written no further when it is told to stop, and stays in order", async () => {
    const dataset = large(128);
    const controller = new AbortController();
    const data = numbers(128);
    const work = writeParallel(dataset, null as never, data, {
      pool,
      signal: controller.signal,
      onProgress: ({ chunks }) => {
        if (chunks === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(work).rejects.toThrow("enough");
    const again = new File(dataset.file.toBytes()).getDataset("a");
    const stored = again.id.getNumChunks();
    expect(stored).toBeGreaterThanOrEqual(2);
    expect(stored).toBeLessThan(128);
    const { data: read } = again.read<{ data: Uint8Array }>();
    expect(Buffer.compare(read.subarray(0, stored * CHUNK), data.subarray(0, stored * CHUNK))).toBe(0);
    expect(read.subarray(stored * CHUNK).every((byte) => byte === 0)).toBe(true);
  });

  it("keeps the pool's own thread at work, where that is wanted", async () => {
    const dataset = large(12);
    dataset.write(null as never, numbers(12));
    const bytes = dataset.file.toBytes();
    const silent = await builtWorker(
      "import { parentPort } from 'node:worker_threads'; parentPort.on = () => {}; setInterval(() => {}, 1000);",
    );
    for (const takesPart of [true, false]) {
      await using hanging = new WorkerPool({ size: 1, script: silent, takesPart });
      const work = readParallel(new File(bytes).getDataset("a"), undefined, { pool: hanging });
      work.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      // A worker has four tasks of two chunks each, and the rest is another's.
      expect(hanging.statistics().done).toBe(takesPart ? 2 : 0);
      hanging.close();
      await expect(work).rejects.toMatchObject({ code: "closed" });
    }
  });
});

describe("a stream of chunks", () => {
  it("comes in order, no more ahead than allowed", async () => {
    const dataset = filled({ compression: "gzip" });
    const again = new File(dataset.file.toBytes()).getDataset("a");
    let read = 0;
    let used = 0;
    const counted = {
      iterChunks: (selection?: never) => again.iterChunks(selection) as Iterable<never>,
      read: (selection?: never) => {
        read++;
        return again.read(selection);
      },
    };
    for await (const { selection, value } of iterChunksParallel(counted, undefined, { pool, maxChunks: 3 })) {
      expect(value).toEqual(dataset.read(selection));
      used++;
      // Each is begun, misses its chunk, and is begun again.
      expect(read).toBeLessThanOrEqual(2 * (used + 3));
    }
    expect(used).toBe(21);
  });

  it("is written piece by piece, the source waiting for room", async () => {
    const dataset = newFile().createDataset("a", {
      shape: [160, 10],
      dtype: "<i4",
      chunks: [10, 10],
      compression: "gzip",
    });
    let most = 0;
    async function* pieces() {
      for (let row = 0; row < 160; row += 10) {
        most = Math.max(most, pool.statistics().waiting);
        yield [slice(row, row + 10), row] as const;
      }
    }
    await writeStream(dataset, pieces() as never, { pool, maxChunks: 3 });
    expect(most).toBeLessThanOrEqual(4);
    const { data } = dataset.read<{ data: Int32Array }>();
    expect(data.every((value, i) => value === 10 * Math.floor(i / 100))).toBe(true);
  });

  it("that fails leaves what came before", async () => {
    const dataset = newFile().createDataset("a", { shape: [40], dtype: "<i4", chunks: [10], compression: "gzip" });
    function* pieces() {
      yield [slice(0, 10), 1] as const;
      yield [slice(10, 20), 2] as const;
      throw new Error("no more");
    }
    await expect(writeStream(dataset, pieces() as never, { pool })).rejects.toThrow("no more");
    expect([...dataset.read<{ data: Int32Array }>("::10").data]).toEqual([1, 2, 0, 0]);
  });
});

describe("a pool of workers", () => {
  it("tells of progress, and stops when it is told to", async () => {
    const bytes = filled({ compression: "gzip" }).file.toBytes();
    const seen: number[] = [];
    await readParallel(new File(bytes).getDataset("a"), undefined, {
      pool,
      onProgress: ({ chunks }) => seen.push(chunks),
    });
    expect(seen).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    const controller = new AbortController();
    const work = readParallel(new File(bytes).getDataset("a"), undefined, {
      pool,
      signal: controller.signal,
      onProgress: ({ chunks }) => {
        if (chunks === 2) controller.abort(new Error("enough"));
      },
    });
    await expect(work).rejects.toThrow("enough");
    const dataset = newFile().createDataset("a", { shape: [10], dtype: "<i4", chunks: [10], compression: "gzip" });
    const aborted = { pool, signal: AbortSignal.abort(new Error("before")) };
    await expect(writeParallel(dataset, null as never, 5, aborted)).rejects.toThrow("before");
    expect(dataset.read<{ data: Int32Array }>().data[0]).toBe(0);
  });

  it("gives errors of filters as they are without workers", async () => {
    const dataset = filled({ compression: "gzip", fletcher32: true });
    const { byteOffset, size } = dataset.id.getChunkInfo(3);
    const bytes = dataset.file.toBytes();
    bytes[(byteOffset ?? 0) + size - 1] = 0x55;
    const damaged = new File(bytes).getDataset("a");
    const error = await readParallel(damaged, undefined, { pool }).catch((each: unknown) => each);
    expect(isHdf5Error(error, "filter")).toBe(true);
    expect(String(error)).toMatch(/checksum/i);
    expect(await readParallel(damaged, "0:10, 0:10" as never, { pool })).toEqual(dataset.read("0:10, 0:10"));
  });

  it("goes on when a worker dies, and says when they die of a task", async () => {
    const bytes = filled({ compression: "gzip" }).file.toBytes();
    const mark = join(mkdtempSync(join(tmpdir(), "h5ts-pool-")), "died");
    const dying = await builtWorker(`
      import { closeSync, openSync } from "node:fs";
      import { parentPort } from "node:worker_threads";
      parentPort.once("message", () => {
        // The first of all messages is somebody's last.
        try { closeSync(openSync(${JSON.stringify(mark)}, "wx")); } catch { return; }
        process.exit(3);
      });
    `);
    await using mortal = new WorkerPool({ size: 2, script: dying });
    const result = await readParallel(new File(bytes).getDataset("a"), undefined, { pool: mortal });
    expect(result).toEqual(new File(bytes).getDataset("a").read());
    expect(mortal.statistics()).toMatchObject({ deaths: 1, waiting: 0 });

    await using dead = new WorkerPool({ size: 2, script: await builtWorker("throw new Error('stillborn');") });
    const error = await readParallel(new File(bytes).getDataset("a"), undefined, { pool: dead }).catch(
      (e: unknown) => e,
    );
    expect(isHdf5Error(error, "state")).toBe(true);
    expect(String(error)).toMatch(/stillborn/);
    // Nothing is lost of what was to be written.
    const dataset = newFile().createDataset("a", { shape: [10], dtype: "<i4", chunks: [10], compression: "gzip" });
    await writeParallel(dataset, null as never, 5, { pool: dead });
    expect(new File(dataset.file.toBytes()).getDataset("a").read<{ data: Int32Array }>().data[9]).toBe(5);
  });

  it("leaves filters of the program's own to the program, unless its workers have them", async () => {
    const plain = { id: 300, name: "plus one", decode: (bytes: Uint8Array) => bytes.map((byte) => byte - 1) };
    h5z.registerFilter({ ...plain, encode: (bytes: Uint8Array) => bytes.map((byte) => byte + 1) });
    try {
      const dataset = newFile().createDataset("a", { shape: [20], dtype: "<i4", chunks: [10], compression: 300 });
      await writeParallel(dataset, null as never, 9, { pool });
      expect((await readParallel(dataset, undefined, { pool })) as unknown).toEqual(dataset.read());
      expect(new Uint8Array(dataset.id.readDirectChunk([0])[1])[0]).toBe(10);
    } finally {
      h5z.unregisterFilter(300);
    }
  });

  it("calls what its script serves", async () => {
    const before =
      "globalThis.before = (serve) => serve({ double: (n) => 2 * n, fail: () => { throw new RangeError('no'); } });";
    await using calling = new WorkerPool({ size: 1, script: await builtWorker(before, "globalThis.before(serve);") });
    expect(await Promise.all([1, 2, 3].map((n) => calling.call<number>("double", n)))).toEqual([2, 4, 6]);
    await expect(calling.call("fail", null)).rejects.toMatchObject({ name: "RangeError", message: "no" });
    await expect(calling.call("unknown", null)).rejects.toMatchObject({ code: "not-found" });
  });

  it("has a worker started before there is work, if that is wanted, and reads without workers where there are none", async () => {
    await using early = new WorkerPool({ size: 2, script });
    expect(early.statistics().workers).toBe(0);
    early.start();
    early.start();
    expect(early.statistics()).toMatchObject({ workers: 1, waiting: 0 });
    const dataset = newFile().createDataset("a", { data: values });
    vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
    await using none = new WorkerPool({ size: 2, script });
    const read = readParallel(dataset, undefined, { pool: none });
    vi.unstubAllGlobals();
    expect(await read).toEqual(dataset.read());
    expect(none.statistics().workers).toBe(0);
  });

  it("is closed for good", async () => {
    const closing = new WorkerPool({ size: 1, script });
    const bytes = filled({ compression: "gzip" }).file.toBytes();
    const work = readParallel(new File(bytes).getDataset("a"), undefined, { pool: closing });
    closing.close();
    closing.close();
    await expect(work).rejects.toMatchObject({ code: "closed" });
    expect(closing.statistics().workers).toBe(0);
    expect(() => new WorkerPool({ size: 0 })).toThrow(RangeError);
  });
});
