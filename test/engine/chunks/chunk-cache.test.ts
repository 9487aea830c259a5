import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkCache } from "../../../src/engine/chunks/chunk-cache.ts";
import type { ChunkCacheSettings } from "../../../src/engine/chunks/chunk-cache-settings.ts";

const CHUNK_BYTES = 8;

/** A cache over a map, with a record of what was decoded and encoded. */
function newCache(settings: ChunkCacheSettings, chunkCounts: readonly number[] = [100]) {
  const stored = new Map<string, Uint8Array>();
  const log: string[] = [];
  const missing = new Uint8Array(CHUNK_BYTES).fill(0xf1);
  const cache = new ChunkCache(settings, CHUNK_BYTES, chunkCounts, {
    decode(scaled) {
      log.push(`decode ${scaled.join()}`);
      return stored.get(scaled.join())?.slice();
    },
    decodeInto(scaled, destination) {
      log.push(`decode ${scaled.join()}`);
      const bytes = stored.get(scaled.join());
      if (bytes !== undefined) destination.set(bytes);
      return bytes !== undefined;
    },
    encode(scaled, bytes) {
      log.push(`encode ${scaled.join()}`);
      stored.set(scaled.join(), bytes.slice());
    },
    hasStorage: () => stored.size > 0,
    missing: () => missing,
    blank: () => new Uint8Array(CHUNK_BYTES).fill(0xf1),
    buffer: () => new Uint8Array(CHUNK_BYTES).fill(0xaa),
    recycle: (bytes) => bytes.fill(0xdd),
  });
  return { cache, stored, log };
}

describe("the chunk cache", () => {
  test("counts hits, misses, evictions and collisions", () => {
    const { cache, stored } = newCache({ nbytes: 16, nslots: 5, w0: 0 });
    for (let i = 0; i < 10; i++) stored.set(`${i}`, new Uint8Array(CHUNK_BYTES).fill(i));
    cache.read([0], 1);
    cache.read([0], 1);
    cache.read([5], 1);
    cache.read([1], 1);
    cache.read([2], 1);
    // It does not exist, and is kept all the same.
    cache.read([50], 1);
    expect(cache.statistics()).toEqual({ hits: 1, misses: 5, evictions: 3, collisions: 1, entries: 2, byteLength: 16 });
  });

  test("encodes a chunk that it cannot hold at the end of the operation, or before the next chunk", () => {
    const { cache, log } = newCache({ nbytes: 7, nslots: 521, w0: 0.75 });
    cache.write([1], 8, true).fill(1);
    expect(log).toEqual([]);
    cache.settle();
    cache.write([2], 4, false).fill(2);
    cache.write([1], 4, false).fill(3);
    expect(log).toEqual(["encode 1", "decode 2", "encode 2", "decode 1"]);
    expect(cache.read([1], 8)).toEqual(new Uint8Array(8).fill(3));
    expect(cache.statistics().entries).toBe(0);
  });

  test("forgets a changed chunk without encoding it", () => {
    const { cache, log } = newCache({ nbytes: 100, nslots: 521, w0: 0 });
    cache.write([1], 8, true).fill(1);
    cache.discard([1]);
    cache.flush();
    expect(log).toEqual([]);
    expect(cache.statistics()).toMatchObject({ evictions: 0, entries: 0 });
  });

  test("keeps chunks that are not there from the first write on, though nothing has reached the file", () => {
    const { cache } = newCache({ nbytes: 100, nslots: 521, w0: 0 });
    expect(cache.read([5], 1)).toBeUndefined();
    cache.write([0], 8, true).fill(1);
    expect(cache.read([5], 1)).toEqual(new Uint8Array(CHUNK_BYTES).fill(0xf1));
    expect(cache.statistics().entries).toBe(2);
  });

  test("stays as it was when a chunk cannot be decoded", () => {
    const { cache, stored, log } = newCache({ nbytes: 16, nslots: 521, w0: 0 });
    stored.set("0", new Uint8Array(CHUNK_BYTES));
    cache.write([0], 1, false)[0] = 9;
    cache.write([1], 8, true).fill(4);
    const before = cache.chunks();
    stored.set("2", { slice: () => fail() } as unknown as Uint8Array);
    expect(() => cache.read([2], 1)).toThrow("damaged");
    expect(() => cache.write([2], 1, false)).toThrow("damaged");
    expect(cache.chunks()).toEqual(before);
    cache.flush();
    expect(log.filter((line) => line.startsWith("encode"))).toEqual(["encode 0", "encode 1"]);
  });

  test("keeps changed chunks when encoding fails, and encodes them later", () => {
    const { cache, stored, log } = newCache({ nbytes: 8, nslots: 521, w0: 0 });
    stored.set("1", new Uint8Array(CHUNK_BYTES).fill(5));
    cache.write([0], 8, true).fill(7);
    const set = stored.set;
    stored.set = () => fail();
    expect(() => cache.read([1], 1)).toThrow("damaged");
    expect(() => cache.flush()).toThrow("damaged");
    stored.set = set;
    cache.flush();
    expect(stored.get("0")).toEqual(new Uint8Array(CHUNK_BYTES).fill(7));
    expect(log.at(-1)).toBe("encode 0");
  });

  test("moves its entries when the number of chunks changes, and evicts those whose slot is taken", () => {
    const { cache, stored } = newCache({ nbytes: 1000, nslots: 8, w0: 0 }, [4, 2]);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) stored.set(`${i},${j}`, new Uint8Array(CHUNK_BYTES).fill(10 * i + j));
    }
    for (let i = 0; i < 4; i++) for (let j = 0; j < 2; j++) cache.write([i, j], 1, false)[0] = 99;
    expect(cache.statistics().entries).toBe(8);
    // Slots become 4 i + j: of (0, j) and (2, j) one each can stay, and of (1, j) and (3, j).
    cache.rehash([4, 4]);
    expect(cache.chunks()).toHaveLength(4);
    expect(cache.statistics().collisions).toBe(4);
    for (let i = 0; i < 4; i++) expect(cache.read([i, 0], 1)?.slice(0, 2)).toEqual(Uint8Array.of(99, 10 * i));
  });

  test("stays as it was when the number of chunks changes and a chunk that must go cannot be encoded", () => {
    const { cache, stored } = newCache({ nbytes: 1000, nslots: 8, w0: 0 }, [4, 2]);
    for (let i = 0; i < 4; i++) for (let j = 0; j < 2; j++) cache.write([i, j], 8, true).fill(10 * i + j);
    const before = cache.chunks();
    const set = stored.set;
    stored.set = () => fail();
    expect(() => cache.rehash([4, 4])).toThrow("damaged");
    stored.set = set;
    expect(cache.chunks()).toEqual(before);
    expect(before.filter((scaled) => cache.has(scaled))).toEqual(before);
    cache.rehash([4, 4]);
    cache.flush();
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 2; j++) expect(stored.get(`${i},${j}`)).toEqual(new Uint8Array(CHUNK_BYTES).fill(10 * i + j));
    }
  });

  test("gives the same bytes as a plain map, whatever its settings", () => {
    const operation = fc.record({
      chunk: fc.nat(7),
      kind: fc.constantFrom("read", "readWhole", "write", "writeWhole", "flush", "discard", "settle"),
      value: fc.nat(200),
    });
    const settings = fc.record({
      nbytes: fc.constantFrom(0, 8, 24, 40, 1000),
      nslots: fc.constantFrom(0, 1, 3, 521, 2 ** 40 + 1),
      w0: fc.constantFrom(0, 0.3, 0.75, 1),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100, size: "max" }), settings, (operations, setting) => {
        const { cache, stored } = newCache(setting);
        const model = new Map<number, Uint8Array>();
        for (const { chunk, kind, value } of operations) {
          const known = model.get(chunk);
          // Of a chunk that is not there, nothing or fill values.
          const missing = new Uint8Array(CHUNK_BYTES).fill(0xf1);
          if (kind === "read") expect(cache.read([chunk], 3) ?? missing).toEqual(known ?? missing);
          else if (kind === "readWhole") {
            const out = new Uint8Array(CHUNK_BYTES);
            const found = cache.readWhole([chunk], out);
            if (known !== undefined) expect(found).toBe(true);
            if (found) expect(out).toEqual(known ?? missing);
            cache.settle();
            out.fill(0xcc);
          } else if (kind === "write") {
            cache.write([chunk], 1, false)[2] = value;
            const bytes = known ?? missing;
            bytes[2] = value;
            model.set(chunk, bytes);
          } else if (kind === "writeWhole") {
            cache.write([chunk], CHUNK_BYTES, true).fill(value);
            model.set(chunk, new Uint8Array(CHUNK_BYTES).fill(value));
          } else if (kind === "flush") cache.flush();
          else if (kind === "settle") cache.settle();
          else {
            cache.discard([chunk]);
            stored.delete(`${chunk}`);
            model.delete(chunk);
          }
        }
        cache.clear();
        expect(stored).toEqual(new Map([...model].map(([chunk, bytes]) => [`${chunk}`, bytes])));
        expect(cache.statistics()).toMatchObject({ entries: 0, byteLength: 0 });
      }),
      { numRuns: 200 },
    );
  });
});

function fail(): never {
  throw new Error("damaged");
}
