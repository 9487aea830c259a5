import { describe, expect, test } from "vitest";
import {
  AsyncAttributes,
  AsyncDataset,
  AsyncFile,
  AsyncGroup,
  AsyncNamedType,
  type Dataset,
  Datatype,
  File,
  Group,
  HardLink,
  h5t,
  isHdf5Error,
  type Member,
  type NDArray,
  openAsync,
  slice,
} from "../../src/index.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { isPageFault } from "../../src/io/page-fault.ts";
import { fixtureBytes, fixtures } from "../support/fixture-model.ts";
import { newFile, reopened } from "./helpers.ts";

/** So small that nearly every structure is missing when it is first read. */
const SMALL_PAGES = { pageSize: 512, headSize: 0 };

/** A sample of everything, in the earliest format. */
function sampleBytes(): Uint8Array {
  const f = newFile();
  f.createDataset("chunked", {
    data: { data: Int32Array.from({ length: 4000 }, (_, i) => i), shape: [50, 80] },
    chunks: [7, 11],
    compression: "gzip",
  });
  f.set("a/b/texts", ["one", "two", "three"]);
  f.set("type", h5t.STD_I16LE);
  f.attrs.set("unit", "m");
  f.get("chunked").attrs.set("list", [1, 2]);
  return f.toBytes();
}

type Outcome = { readonly value: unknown } | { readonly error: string };

function outcomeOf(use: () => unknown): Outcome {
  try {
    return { value: use() };
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    return { error: `${error.name}: ${error.message}` };
  }
}

async function asyncOutcomeOf(use: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await use() };
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    return { error: `${error.name}: ${error.message}` };
  }
}

function pathsOf(f: File): string[] {
  const paths = ["/"];
  f.visit((path) => {
    paths.push(path);
    return undefined;
  });
  return paths;
}

function factsOf(object: Member): unknown {
  if (object instanceof Group) return object.keys();
  if (object instanceof Datatype) return object.dtype;
  const { shape, dtype, chunks, maxshape, compression, fillvalue } = object;
  return { shape, dtype, chunks, maxshape, compression, fillvalue };
}

async function asyncFactsOf(object: AsyncGroup | AsyncDataset | AsyncNamedType): Promise<unknown> {
  if (object instanceof AsyncGroup) return object.keys();
  if (object instanceof AsyncNamedType) return object.dtype;
  const [shape, dtype, chunks] = [await object.shape, await object.dtype, await object.chunks];
  const [maxshape, compression, fillvalue] = [await object.maxshape, await object.compression, await object.fillvalue];
  return { shape, dtype, chunks, maxshape, compression, fillvalue };
}

describe("a file whose bytes arrive late and in small pages", () => {
  test.each(fixtures().map(({ name }) => name))("%s tells the same as one whose bytes are there", async (name) => {
    const bytes = fixtureBytes(name);
    const f = new File(bytes);
    const late = await openAsync(new LateSource(bytes, { seed: bytes.length }), { ...SMALL_PAGES, cacheSize: 4096 });
    const paths: string[] = ["/"];
    await late.visit((path) => {
      paths.push(path);
      return undefined;
    });
    expect(paths).toEqual(pathsOf(f));
    for (const path of paths) {
      const object = f.get<Member>(path);
      const lateObject = await late.get<AsyncGroup | AsyncDataset | AsyncNamedType>(path);
      expect(await asyncFactsOf(lateObject)).toEqual(factsOf(object));
      const attrs = await lateObject.attrs;
      expect(await asyncOutcomeOf(() => attrs.items())).toEqual(outcomeOf(() => [...object.attrs.items()]));
      if (lateObject instanceof AsyncDataset) {
        const dset = object as Dataset;
        expect(await asyncOutcomeOf(() => lateObject.read())).toEqual(outcomeOf(() => dset.read()));
        expect(await asyncOutcomeOf(() => lateObject.readColumn())).toEqual(outcomeOf(() => dset.readColumn()));
        expect([await lateObject.filterNames, await lateObject.isVirtual]).toEqual([dset.filterNames, dset.isVirtual]);
      }
    }
    await late.close();
    f.close();
  });

  test("is opened and listed in three rounds at most when it is small", async () => {
    const late = await openAsync(new LateSource(sampleBytes()));
    expect(await late.keys()).toEqual(["a", "chunked", "type"]);
    expect(late.statistics.rounds).toBeLessThanOrEqual(3);
    await late.close();
  });

  test("fetches all chunks of a selection together", async () => {
    const bytes = sampleBytes();
    const late = await openAsync(new LateSource(bytes), SMALL_PAGES);
    const dset = await late.get("chunked");
    await dset.read([0, 0]);
    const before = late.statistics.rounds;
    const { data } = await dset.read();
    expect(data).toEqual(Int32Array.from({ length: 4000 }, (_, i) => i));
    // One round for what is left of the index, one for all the chunks.
    expect(late.statistics.rounds - before).toBeLessThanOrEqual(2);
    await late.close();
  });

  test("fetches no more than a slice needs", async () => {
    const f = newFile();
    f.set("large", new Float64Array(1 << 18));
    const bytes = f.toBytes();
    const late = await openAsync(new LateSource(bytes), { pageSize: 4096, headSize: 4096 });
    await (await late.get("large")).read(slice(1000, 1100));
    expect(late.statistics.bytes).toBeLessThan(40_000);
    expect(late.statistics.requests).toBeGreaterThan(0);
    await late.close();
  });
});

describe("the asynchronous classes", () => {
  async function sample(): Promise<AsyncFile> {
    return openAsync(new LateSource(sampleBytes()), SMALL_PAGES);
  }

  test("stand for the synchronous ones", async () => {
    const f = await sample();
    expect(f).toBeInstanceOf(AsyncFile);
    const group = await f.getGroup("a/b");
    const dset = await group.get("texts");
    expect([group, dset, await f.get("type")].map((object) => object.constructor)).toEqual([
      AsyncGroup,
      AsyncDataset,
      AsyncNamedType,
    ]);
    expect(await dset.file).toBe(f);
    expect(await dset.parent).toBeInstanceOf(AsyncGroup);
    expect(await f.attrs).toBeInstanceOf(AsyncAttributes);
    expect(await (await f.attrs).get("unit")).toBe("m");
    expect(dset.name).toBe("/a/b/texts");
    expect(String(dset)).toBe('<Asynchronous HDF5 object "/a/b/texts">');
    expect(await f.has("a/b")).toBe(true);
    expect(await f.length).toBe(3);
    expect(await f.get("a", { getlink: true })).toBeInstanceOf(HardLink);
    expect(await f.get("nope", { default: null })).toBe(null);
    await f.close();
    expect(dset.isOpen).toBe(false);
    expect(String(dset)).toBe("<Asynchronous HDF5 object (closed)>");
  });

  test("are gone through with for await", async () => {
    const f = await sample();
    const names: string[] = [];
    for await (const name of f) names.push(name);
    expect(names).toEqual(["a", "chunked", "type"]);
    const attributes: string[] = [];
    const dset = await f.get("chunked");
    for await (const name of await dset.attrs) attributes.push(name);
    expect(attributes).toEqual(["list"]);
    let rows = 0;
    for await (const row of dset) {
      expect((row as NDArray).data[0]).toBe(80 * rows);
      if (++rows === 3) break;
    }
    expect((await f.values()).map((member) => member?.constructor)).toEqual([AsyncGroup, AsyncDataset, AsyncNamedType]);
    expect((await f.items()).map(([name]) => name)).toEqual(names);
    const visited: string[] = [];
    const found = await f.visitItems<NDArray>(async (name, object) => {
      visited.push(name);
      return object instanceof AsyncDataset && name.includes("texts") ? object.read() : undefined;
    });
    expect(visited).toEqual(["a", "a/b", "a/b/texts"]);
    expect(found?.data).toEqual(["one", "two", "three"]);
    await f.close();
  });

  test("run an operation on the synchronous file until nothing is missing", async () => {
    const f = await sample();
    let attempts = 0;
    const total = await f.run((file) => {
      attempts++;
      return [...file.get("chunked").read("0, :").data].reduce<number>((sum, value) => sum + Number(value), 0);
    });
    expect(total).toBe((79 * 80) / 2);
    expect(attempts).toBeGreaterThan(1);
    await f.close();
  });

  test("run operations at the same time", async () => {
    const f = await sample();
    const dset = await f.get("chunked");
    const rows = await Promise.all(Array.from({ length: 10 }, (_, i) => dset.read([5 * i])));
    expect(rows.map(({ data }) => data[0])).toEqual(Array.from({ length: 10 }, (_, i) => 400 * i));
    await f.close();
  });

  test("refuse what is closed, missing or not for writing", async () => {
    const f = await sample();
    await expect(f.get("nope")).rejects.toThrow("Unable to open object (object 'nope' doesn't exist)");
    await expect(f.run((file) => file.set("x", 1))).rejects.toThrow("no write intent on file");
    await f.close();
    await f.close();
    await expect(f.keys()).rejects.toThrow("Not a file id (Not a file id)");
  });
});

describe("openAsync", () => {
  test("takes a Blob and bytes", async () => {
    const bytes = sampleBytes();
    for (const source of [new Blob([new Uint8Array(bytes)]), bytes]) {
      await using f = await openAsync(source);
      expect(await f.keys()).toEqual(["a", "chunked", "type"]);
    }
    await expect(openAsync(5 as never)).rejects.toThrow("expected an address, a source of bytes or a Blob, not number");
  });

  test("says what is no HDF5 file, and closes the source", async () => {
    const source = new LateSource(new Uint8Array(5000), { name: "zeros" });
    await expect(openAsync(source, SMALL_PAGES)).rejects.toThrow("Unable to open file (file signature not found)");
    expect(source.closed).toBe(true);
  });

  test("passes on that bytes could not be had", async () => {
    const source = new LateSource(sampleBytes(), { failedRead: 3 });
    const reading = openAsync(source, SMALL_PAGES).then((f) => f.run((file) => file.get("chunked").read()));
    await expect(reading).rejects.toThrow(/connection lost/);
  });

  test("ends when it is cancelled", async () => {
    const controller = new AbortController();
    const opening = openAsync(new LateSource(sampleBytes()), { ...SMALL_PAGES, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });

  test("ends with the signal's own reason when an address is being opened", async () => {
    const reason = new Error("enough");
    const options = { signal: AbortSignal.abort(reason), fetch: () => Promise.reject(new Error("asked")) };
    await expect(openAsync("https://example.org/a.h5", options)).rejects.toBe(reason);
  });

  test("lets page faults through every layer", async () => {
    const f = await openAsync(new LateSource(sampleBytes()), SMALL_PAGES);
    const seen = await f.run((file) => {
      try {
        return file.get("chunked").read(0);
      } catch (error) {
        expect(isPageFault(error)).toBe(true);
        throw error;
      }
    });
    expect(seen.shape).toEqual([80]);
    await f.close();
  });

  test("reads what was written a moment ago", async () => {
    const bytes = reopened(new File(sampleBytes(), "r+")).toBytes();
    const f = await openAsync(new LateSource(bytes), SMALL_PAGES);
    expect((await (await f.get("a/b/texts")).read()).data).toEqual(["one", "two", "three"]);
    await f.close();
  });

  test("fetches a file in pages in these pages", async () => {
    const made = newFile({ fsStrategy: "page", fsPageSize: 4096 });
    for (let i = 0; i < 50; i++) made.set(`group${i}/a`, i);
    const source = new LateSource(made.toBytes());
    const f = await openAsync(source, { pageSize: 512, headSize: 512 });
    await f.visit(() => undefined);
    const later = source.reads.slice(2);
    expect(later.length).toBeGreaterThan(2);
    for (const { offset, byteLength } of later) expect((offset + byteLength) % 4096).toBe(0);
    await f.close();
  });

  test("gives its bytes as a Blob and as a stream, marked as closed", async () => {
    for (const libver of ["earliest", "latest"] as const) {
      const made = newFile({ libver });
      made.set(
        "a",
        Float64Array.from({ length: 1000 }, (_, i) => i),
      );
      const bytes = made.toBytes();
      expect(new Uint8Array(await made.toBlob().arrayBuffer())).toEqual(bytes);
      // One that is still marked as open for writing would be refused.
      new File(bytes).close();
      for (const pieceSize of [7, 1000, undefined]) {
        const streamed = await new Response(made.stream(pieceSize)).arrayBuffer();
        expect(new Uint8Array(streamed)).toEqual(bytes);
      }
      made.close();
      expect(() => made.stream()).toThrow();
    }
  });
});
