import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dataset, File, h5p, h5z, openAsync, slice } from "../../src/index.ts";
import { FaultyTarget } from "../../src/io/faulty-target.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { readParallel, WorkerPool, writeParallel, writeStream } from "../../src/parallel/index.ts";
import { builtWorker } from "./built-worker.ts";

let script: URL;
let pools: WorkerPool[];
beforeAll(async () => {
  script = await builtWorker();
  pools = [true, false].map((takesPart) => new WorkerPool({ size: 2, script, takesPart, filters: [300] }));
});
afterAll(() => {
  for (const pool of pools) pool.close();
});

const newFile = (): File => new File(new Uint8Array(0), "w");

/** What programs learn of an error, but for the second in which it happened. */
function told(error: unknown): unknown {
  const { name, message, code, cause } = error as Error & { code: unknown };
  const { structure, address, filterId, name: inner } = (cause ?? {}) as Record<string, unknown>;
  return {
    name,
    message: message.replace(/time = [^,]*, /, ""),
    code,
    cause: { name: inner, structure, address, filterId },
  };
}

async function errorOf(operation: () => unknown): Promise<unknown> {
  try {
    await operation();
  } catch (error) {
    return told(error);
  }
  throw new Error("nothing was thrown");
}

describe("a chunk that cannot be decoded", () => {
  /** Chunks 3 and 17 of 40 are damaged, in one task or two. */
  function damaged(chunk: number): Uint8Array {
    const file = newFile();
    const data = Float64Array.from({ length: 40 * chunk }, (_, i) => i % 1000);
    const { id } = file.createDataset("a", { data, chunks: [chunk], compression: "gzip", fletcher32: true });
    const ends = [3, 17].map((index) => {
      const { byteOffset, size } = id.getChunkInfo(index);
      return (byteOffset ?? 0) + size - 1;
    });
    const bytes = file.toBytes();
    for (const end of ends) bytes[end] = 0x55;
    return bytes;
  }

  it.each([100, 16384])("is told of as without workers, chunks of %d elements", async (chunk) => {
    const bytes = damaged(chunk);
    const dataset = new File(bytes).getDataset("a");
    const late = await (await openAsync(new LateSource(bytes))).get("a");
    for (const selection of [undefined, "::3", `${4 * chunk}:`, [[1, 3 * chunk, 18 * chunk]]] as never[]) {
      const expected = await errorOf(() => dataset.read(selection));
      expect(expected).toMatchObject({ name: "OSError", code: "filter", cause: { filterId: 3 } });
      for (const pool of pools) {
        expect(await errorOf(() => readParallel(dataset, selection, { pool }))).toEqual(expected);
        expect(await errorOf(() => readParallel(late, selection, { pool }))).toEqual(expected);
      }
    }
    const whole = `${4 * chunk}:${17 * chunk}` as never;
    for (const pool of pools) expect(await readParallel(dataset, whole, { pool })).toEqual(dataset.read(whole));
  });
});

it("nothing further is begun after a chunk that cannot be decoded", async () => {
  const chunk = 1 << 19;
  const data = new Uint8Array(24 * chunk).map((_, i) => i % 100);
  const { id, file } = newFile().createDataset("a", { data, chunks: [chunk], compression: "gzip" });
  const { byteOffset, size } = id.getChunkInfo(1);
  const bytes = file.toBytes().fill(0x55, byteOffset ?? 0, (byteOffset ?? 0) + size);
  // One worker takes them one after the other.
  await using pool = new WorkerPool({ size: 1, script, takesPart: false });
  let chunks = 0;
  const onProgress = () => void chunks++;
  const read = readParallel(new File(bytes).getDataset("a"), undefined, { pool, onProgress });
  await expect(read).rejects.toMatchObject({ code: "filter" });
  // The first, and those that were under way: four for each worker, and two.
  expect(chunks).toBeLessThanOrEqual(1 + 6);
});

describe("a chunk that cannot be encoded", () => {
  // Workers are said to have the filter and do not: what they refuse is this thread's.
  beforeAll(() => {
    const encode = (bytes: Uint8Array) => {
      if (bytes[0] === 2) throw new Error("no twos");
      return bytes.map((byte) => byte + 1);
    };
    h5z.registerFilter({ id: 300, name: "no twos", decode: (bytes) => bytes.map((byte) => byte - 1), encode });
  });
  afterAll(() => h5z.unregisterFilter(300));

  function made(): Dataset {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setFilter(300, h5z.FLAG_MANDATORY);
    const file = new File(new Uint8Array(0), "w", { rdccNbytes: 0 });
    return file.createDataset("a", { shape: [60], dtype: "<i4", chunks: [10], dcpl });
  }
  const firsts = (dataset: Dataset): number[] => [...dataset.read<{ data: Int32Array }>("::10").data];
  const data = Int32Array.from({ length: 60 }, (_, i) => 1 + Math.floor(i / 10));

  it("is told of as without workers, and all others are stored", async () => {
    const expected = await errorOf(() => made().write(slice(10, 20) as never, 2));
    expect(expected).toMatchObject({ name: "OSError", message: expect.stringContaining("no twos") });
    for (const pool of pools) {
      const dataset = made();
      const { done } = pool.statistics();
      expect(await errorOf(() => writeParallel(dataset, null as never, data, { pool }))).toEqual(expected);
      expect(pool.statistics().done - done).toBe(6);
      expect(firsts(dataset)).toEqual([1, 0, 3, 4, 5, 6]);
    }
  });

  it("in a stream takes nothing with it that was taken after it", async () => {
    for (const pool of pools) {
      const dataset = made();
      async function* pieces() {
        for (let given = 0; given < 5; given++) {
          if (given === 3) await new Promise((resolve) => setTimeout(resolve, 100));
          yield [slice(10 * given, 10 * given + 10), given + 1] as const;
        }
      }
      const work = () => writeStream(dataset, pieces() as never, { pool, maxChunks: 10 });
      expect(await errorOf(work)).toMatchObject({ name: "OSError", code: "filter" });
      expect(firsts(dataset)).toEqual([1, 0, 3, 4, 5, 0]);
      const other = made();
      const piece = [[slice(10, 60), data.subarray(10)]];
      await expect(writeStream(other, piece as never, { pool })).rejects.toThrow("no twos");
      expect(firsts(other)).toEqual([0, 0, 3, 4, 5, 6]);
    }
  });
});

it("what the device refuses is told of as without workers", async () => {
  const made = (capacity: number): { dataset: Dataset; byteLength: number } => {
    const target = new FaultyTarget(new MemoryTarget(), { capacity });
    const file = new File(target, "w", { rdccNbytes: 0 });
    const dataset = file.createDataset("a", { shape: [4000], dtype: "<u4", chunks: [1000], compression: "gzip" });
    file.flush();
    return { dataset, byteLength: target.byteLength() };
  };
  const { byteLength } = made(1 << 20);
  const data = Uint32Array.from({ length: 4000 }, (_, i) => Math.imul(i, 0x9e3779b1));
  const expected = await errorOf(() => made(byteLength).dataset.write(null as never, data));
  expect(expected).toMatchObject({ name: "OSError", message: expect.stringContaining("an't write data") });
  for (const pool of pools) {
    const { dataset } = made(byteLength);
    expect(await errorOf(() => writeParallel(dataset, null as never, data, { pool }))).toEqual(expected);
  }
});
