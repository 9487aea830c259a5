import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type AsyncDataset,
  type AsyncFile,
  File,
  type Group,
  isHdf5Error,
  MemorySource,
  type NDArray,
  openAsync,
  slice,
  VirtualSource,
} from "../../src/index.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { fixtureBytes, fixtures } from "../support/fixture-model.ts";
import { newFile } from "./helpers.ts";

/** Chunks of 64 KiB and more, so that streams are worth it; strings, attributes and groups beside them. */
function sampleBytes(): Uint8Array {
  const f = newFile({ libver: "latest" });
  const numbers = Int32Array.from({ length: 300 * 400 }, (_, i) => (i * 2654435761) >> 20);
  f.createDataset("gzip", { data: { data: numbers, shape: [300, 400] }, chunks: [100, 200], compression: "gzip" });
  f.createDataset("both", {
    data: { data: numbers, shape: [300, 400] },
    chunks: [70, 300],
    compression: "gzip",
    shuffle: true,
    fletcher32: true,
  });
  f.createDataset("plain", { data: numbers.slice(0, 9000), chunks: [1000] });
  for (let i = 0; i < 12; i++) {
    f.set(`groups/g${i}/texts`, [`text ${i}`, "ä"]);
    f.getGroup(`groups/g${i}`).attrs.set("number", i);
  }
  return f.toBytes();
}

const sample = sampleBytes();

/** Something to be asked of a file, both ways. */
interface Question {
  readonly name: string;
  ask(f: File): unknown;
  askLate(f: AsyncFile): Promise<unknown>;
}

const range = fc.tuple(fc.nat(299), fc.nat(299)).map(([a, b]) => slice(Math.min(a, b), Math.max(a, b) + 1));

const anyQuestion: fc.Arbitrary<Question> = fc.oneof(
  fc.tuple(fc.constantFrom("gzip", "both", "plain"), range).map(
    ([path, rows]): Question => ({
      name: `${path} ${String(rows)}`,
      ask: (f) => f.get(path).read<NDArray>(rows).data,
      askLate: async (f) => (await (await f.get(path)).read<NDArray>(rows)).data,
    }),
  ),
  fc.nat(11).map(
    (i): Question => ({
      name: `texts ${i}`,
      ask: (f) => f.get(`groups/g${i}/texts`).read<NDArray>().data,
      askLate: async (f) => (await (await f.get(`groups/g${i}/texts`)).read<NDArray>()).data,
    }),
  ),
  fc.nat(11).map(
    (i): Question => ({
      name: `attribute ${i}`,
      ask: (f) => f.get<Group>(`groups/g${i}`).attrs.get("number"),
      askLate: async (f) => (await (await f.getGroup(`groups/g${i}`)).attrs).get("number"),
    }),
  ),
  fc.constant<Question>({ name: "keys", ask: (f) => f.keys(), askLate: (f) => f.keys() }),
  fc.constant<Question>({
    name: "members",
    ask: (f) => [...f.getGroup("groups").items()].map(([name]) => name),
    askLate: async (f) => (await (await f.getGroup("groups")).items()).map(([name]) => name),
  }),
);

/** A runtime without a zlib of its own, such as a browser. */
function withoutZlib(): void {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("operations at the same time", () => {
  test.each([
    ["with zlib", () => undefined],
    ["with streams", withoutZlib],
  ])("give what they give one after the other, %s", async (_, prepare) => {
    prepare();
    const f = new File(new MemorySource(sample));
    await fc.assert(
      fc.asyncProperty(fc.array(anyQuestion, { minLength: 2, maxLength: 25 }), fc.nat(), async (questions, seed) => {
        // No page but those of running operations stays.
        const late = await openAsync(new LateSource(sample, { seed }), { pageSize: 512, headSize: 0, cacheSize: 0 });
        const answers = await Promise.all(questions.map((question) => question.askLate(late)));
        for (const [i, question] of questions.entries()) {
          expect([question.name, answers[i]]).toEqual([question.name, question.ask(f)]);
        }
        await late.close();
      }),
      { numRuns: 15 },
    );
  });

  test("come to an end when the file is closed under them", async () => {
    withoutZlib();
    const late = await openAsync(new LateSource(sample), { pageSize: 512, headSize: 0, cacheSize: 0 });
    const dset = await late.get("gzip");
    const reads = Array.from({ length: 10 }, (_, i) => dset.read([i]));
    await Promise.resolve();
    await late.close();
    for (const { status, ...rest } of await Promise.allSettled(reads)) {
      if (status === "rejected") expect(isHdf5Error((rest as { reason: unknown }).reason)).toBe(true);
    }
  });
});

describe("chunks inflated by streams", () => {
  const used = vi.fn();

  /** The platform's class, which tells of its use. */
  function countStreams(): void {
    used.mockClear();
    const Original = DecompressionStream;
    vi.stubGlobal(
      "DecompressionStream",
      class extends Original {
        constructor(format: CompressionFormat) {
          super(format);
          used(format);
        }
      },
    );
  }

  async function openedLate(bytes: Uint8Array): Promise<AsyncFile> {
    withoutZlib();
    countStreams();
    return openAsync(new LateSource(bytes), { pageSize: 4096, headSize: 0, cacheSize: 0 });
  }

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("are those of 64 KiB and more, each once, whatever else the pipeline has", async () => {
    const f = await openedLate(sample);
    const expected = new File(new MemorySource(sample)).get("gzip").read<NDArray>().data;
    expect((await (await f.get("gzip")).read<NDArray>()).data).toEqual(expected);
    expect(used).toHaveBeenCalledTimes(6);
    used.mockClear();
    expect((await (await f.get("plain")).read<NDArray>()).data.length).toBe(9000);
    // Its last filter is the checksum.
    expect((await (await f.get("both")).read<NDArray>()).data).toEqual(expected);
    expect(used).not.toHaveBeenCalled();
    await f.close();
  });

  test("cost no more requests than those that the core inflates", async () => {
    const bytes = newFile();
    bytes.createDataset("x", { data: new Float64Array(1 << 17).map(Math.sin), chunks: [1 << 14], compression: "gzip" });
    const image = bytes.toBytes();
    const traffic: unknown[] = [];
    for (const prepare of [() => undefined, withoutZlib]) {
      prepare();
      const f = await openAsync(new LateSource(image), { pageSize: 4096, headSize: 0, cacheSize: 0 });
      const dset = await f.get("x");
      const before = f.statistics;
      await dset.read();
      traffic.push([f.statistics.requests - before.requests, f.statistics.bytes - before.bytes]);
      await f.close();
    }
    expect(traffic[1]).toEqual(traffic[0]);
  });

  test("that are damaged are refused in the core's words", async () => {
    const f = newFile();
    f.createDataset("x", { data: new Float64Array(1 << 14).map(Math.sin), chunks: [1 << 13], compression: "gzip" });
    const { byteOffset } = f.get("x").id.getChunkInfo(1);
    if (byteOffset === null) throw new Error("no chunk");
    const bytes = f.toBytes();
    bytes.fill(0xff, byteOffset + 20, byteOffset + 60);
    const late = await openedLate(bytes);
    const dset = await late.get("x");
    await expect(dset.read()).rejects.toThrow("Can't read data (inflate() failed)");
    expect((await dset.read<NDArray>("0:8192")).data.length).toBe(8192);
    await late.close();
  });

  test("are inflated once though the operation starts over for what they lead to; the core reads what streams refuse", async () => {
    // Strings: their heap is asked for after the chunks.
    const rows = 1 << 12;
    const texts = Array.from({ length: 6 * rows }, (_, i) => `text ${i % 1000}`);
    const f = newFile();
    const { id } = f.createDataset("texts", {
      data: { data: texts, shape: [rows, 6] },
      chunks: [rows, 1],
      compression: "gzip",
    });
    // Streams refuse what has bytes behind it, and the core reads it.
    for (const i of [1, 3, 5]) {
      const [, data] = id.readDirectChunk([0, i]);
      id.writeDirectChunk([0, i], Uint8Array.of(...data, 1, 2, 3));
    }
    const late = await openedLate(f.toBytes());
    const dset = await late.getDataset("texts", { rdccNbytes: 16 * rows });
    expect((await dset.read<NDArray<string[]>>()).data).toEqual(texts);
    expect(used).toHaveBeenCalledTimes(6);
    await late.close();
  });

  test("are read out of a virtual dataset's sources, each once", async () => {
    const sources = new Map(
      ["one.h5", "two.h5"].map((name, i) => {
        const f = newFile();
        f.createDataset("x", { data: new Float64Array(1 << 14).fill(i), chunks: [1 << 13], compression: "gzip" });
        return [name, f.toBytes()];
      }),
    );
    const f = newFile({ libver: "latest" });
    f.buildVirtualDataset("all", { shape: [2, 1 << 14], dtype: "<f8" }, (layout) => {
      let row = 0;
      for (const name of sources.keys()) layout.set(row++, new VirtualSource(name, { name: "x", shape: [1 << 14] }));
    });
    withoutZlib();
    countStreams();
    const late = await openAsync(new LateSource(f.toBytes()), {
      pageSize: 4096,
      headSize: 0,
      resolver: (name) => sources.get(name),
    });
    const dset: AsyncDataset = await late.get("all");
    const { data } = await dset.read<NDArray>();
    expect([data[0], data[1 << 14]]).toEqual([0, 1]);
    expect(used).toHaveBeenCalledTimes(4);
    await late.close();
  });

  test.each(fixtures().map(({ name }) => name))("%s is read as ever", async (name) => {
    const bytes = fixtureBytes(name);
    const f = new File(bytes);
    const late = await openedLate(bytes);
    const paths: string[] = [];
    f.visitItems((path, object) => {
      if ("read" in object) paths.push(path);
    });
    for (const path of paths) {
      const outcome = (() => {
        try {
          return { value: f.get(path).read<unknown>() };
        } catch (error) {
          return { error: String(error) };
        }
      })();
      const answer = (await late.get(path)).read<unknown>().then(
        (value) => ({ value }),
        (error) => ({ error: String(error) }),
      );
      expect(await answer).toEqual(outcome);
    }
    await late.close();
    f.close();
  });
});
