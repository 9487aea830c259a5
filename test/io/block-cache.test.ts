import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { BlockCache } from "../../src/io/block-cache.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { RecordingSource } from "../../src/io/recording-source.ts";
import { thrownBy } from "./thrown.ts";

const counting = (byteLength: number) => Uint8Array.from({ length: byteLength }, (_, i) => i * 7 + (i >> 8));

/** A source without views, that logs its reads, under a cache of `blocks` blocks of 16 bytes. */
function cached(bytes: Uint8Array, blocks: number) {
  const target = new MemoryTarget(bytes);
  const source = new RecordingSource(target);
  return { target, source, cache: new BlockCache(source, { blockByteLength: 16, maxByteLength: 16 * blocks }) };
}

describe("block cache", () => {
  test("reads a block for the first of several structures in it", () => {
    const { source, cache } = cached(counting(100), 4);
    expect([...cache.read(3, 2)]).toEqual([21, 28]);
    expect([...cache.read(14, 2)]).toEqual([98, 105]);
    expect(source.calls).toEqual([{ kind: "read", offset: 0, byteLength: 16 }]);
    expect(cache.statistics()).toMatchObject({ hits: 1, misses: 1, sourceReads: 1, byteLength: 16 });
  });

  test("reads neighbouring blocks at once, and the last one as far as the file goes", () => {
    const { source, cache } = cached(counting(100), 100);
    expect(cache.read(10, 40)).toEqual(counting(100).subarray(10, 50));
    cache.read(90, 10);
    expect(source.calls).toEqual([
      { kind: "read", offset: 0, byteLength: 64 },
      { kind: "read", offset: 80, byteLength: 20 },
    ]);
  });

  test("reads large structures that are far from each other alone, and blocks once they go on", () => {
    const bytes = counting(200_000);
    const source = new RecordingSource(new MemoryTarget(bytes));
    const cache = new BlockCache(source, { blockByteLength: 8192, maxByteLength: 1 << 20 });
    const reads = (...offsets: number[]): [number, number][] => {
      source.calls.length = 0;
      for (const offset of offsets) {
        expect(Buffer.compare(cache.read(offset, 2600), bytes.subarray(offset, offset + 2600))).toBe(0);
      }
      return source.calls.map(({ offset, byteLength }) => [offset, byteLength]);
    };
    expect(reads(150_000, 70_000, 7000)).toEqual([
      [150_000, 2600],
      [70_000, 2600],
      [7000, 2600],
    ]);
    expect(cache.statistics().byteLength).toBe(0);
    expect(reads(9600)).toEqual([[8192, 8192]]);
    expect(reads(12_200, 10_000)).toEqual([]);
    cache.read(100_000, 100);
    expect(reads(101_000)).toEqual([]);
  });

  test("serves blocks together that it has, up to the end of the file", () => {
    const { source, cache } = cached(counting(100), 100);
    for (let i = 0; i < 3; i++) expect(cache.read(70, 30)).toEqual(counting(100).subarray(70, 100));
    expect(source.count("read")).toBe(1);
    expect(cache.statistics()).toMatchObject({ hits: 2, misses: 1 });
  });

  test("reads what lies alone in whole blocks where those are pages of the file", () => {
    const source = new RecordingSource(new MemoryTarget(counting(40_000)));
    const cache = new BlockCache(source, { blockByteLength: 4096, maxByteLength: 1 << 16, wholeBlocks: true });
    cache.read(20_000, 1024);
    cache.read(19_000, 100);
    expect(source.calls).toEqual([{ kind: "read", offset: 16_384, byteLength: 8192 }]);
  });

  test("holds the last block once, as it is after the file has grown", () => {
    const { target, cache } = cached(counting(20), 4);
    cache.read(16, 4);
    target.write(20, Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    expect([...cache.read(18, 6)]).toEqual([126, 133, 1, 2, 3, 4]);
    expect(cache.statistics().byteLength).toBe(11);
  });

  test("reads only what is missing around a block that it has", () => {
    const { source, cache } = cached(counting(100), 100);
    cache.read(32, 4);
    expect(cache.read(0, 80)).toEqual(counting(100).subarray(0, 80));
    expect(source.calls.slice(1)).toEqual([
      { kind: "read", offset: 0, byteLength: 32 },
      { kind: "read", offset: 48, byteLength: 32 },
    ]);
  });

  test("reads more and more at a time of a file that is read forwards, and one block elsewhere", () => {
    const { source, cache } = cached(counting(4000), 64);
    for (let offset = 0; offset < 1600; offset += 20) {
      expect(cache.read(offset, 4)).toEqual(counting(4000).subarray(offset, offset + 4));
    }
    expect(source.calls.map(({ byteLength }) => byteLength / 16)).toEqual([1, 2, 4, 8, 16, 16, 16, 16, 16, 16]);
    source.calls.length = 0;
    cache.read(3200, 4);
    cache.read(2400, 4);
    cache.read(2416, 4);
    expect(source.calls.map(({ offset, byteLength }) => [offset / 16, byteLength / 16])).toEqual([
      [200, 1],
      [150, 1],
      [151, 2],
    ]);
  });

  test("asks for the size of the file once, and again when a read reaches beyond it", () => {
    const { target, source, cache } = cached(counting(64), 64);
    const asked = vi.spyOn(source, "byteLength");
    for (const offset of [0, 16, 32, 48]) cache.read(offset, 4);
    expect(asked).toHaveBeenCalledTimes(1);
    target.write(64, counting(16));
    expect(cache.read(64, 16)).toEqual(counting(16));
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("evicts the block used least recently", () => {
    const { source, cache } = cached(counting(100), 2);
    for (const offset of [0, 16, 0, 32, 0, 16]) cache.read(offset, 4);
    expect(source.calls.map(({ offset }) => offset)).toEqual([0, 16, 32, 16]);
    expect(cache.statistics()).toMatchObject({ evictions: 2, byteLength: 32 });
  });

  test("is not emptied by a read that would fill it", () => {
    const { source, cache } = cached(counting(400), 8);
    cache.read(0, 4);
    // As many blocks as there is room for.
    expect(cache.read(16, 120)).toEqual(counting(400).subarray(16, 136));
    cache.read(4, 4);
    expect(source.count("read")).toBe(2);
  });

  test("of size 0 reads what is asked for, each time", () => {
    const { source, cache } = cached(counting(100), 0);
    expect([...cache.read(3, 2)]).toEqual([21, 28]);
    expect([...cache.read(3, 2)]).toEqual([21, 28]);
    expect(source.calls).toEqual([
      { kind: "read", offset: 3, byteLength: 2 },
      { kind: "read", offset: 3, byteLength: 2 },
    ]);
  });

  test("without room for one block keeps none", () => {
    const source = new RecordingSource(new MemoryTarget(counting(100)));
    const cache = new BlockCache(source, { blockByteLength: 16, maxByteLength: 15 });
    for (let i = 0; i < 2; i++) expect([...cache.read(3, 2)]).toEqual([21, 28]);
    expect(source.count("read")).toBe(2);
    expect(cache.statistics().byteLength).toBe(0);
  });

  test.each([
    ["to the end", Number.POSITIVE_INFINITY],
    ["block by block", 1],
  ])("forgets what has changed, %s", (_, byteLength) => {
    const { target, cache } = cached(counting(100), 4);
    cache.read(0, 4);
    cache.read(40, 4);
    target.write(3, Uint8Array.of(99));
    target.write(40, Uint8Array.of(98));
    cache.invalidate(40, byteLength);
    // The block that was used last is no other.
    expect([cache.read(40, 1)[0], cache.read(3, 1)[0]]).toEqual([98, 21]);
    cache.invalidate(3, byteLength);
    expect(cache.read(3, 1)[0]).toBe(99);
  });

  test("that was emptied reads all anew, of a file that has become shorter, too", () => {
    const { target, cache } = cached(counting(100), 4);
    cache.read(90, 10);
    cache.read(0, 4);
    target.write(0, Uint8Array.of(77));
    target.truncate(30);
    cache.clear();
    expect(cache.statistics().byteLength).toBe(0);
    expect([cache.read(0, 1)[0], cache.read(20, 5)[0]]).toEqual([77, 140]);
    expect(
      isHdf5Error(
        thrownBy(() => cache.read(25, 6)),
        "source",
      ),
    ).toBe(true);
  });

  test("reads a structure alone from a kibibyte on, unless one of its blocks is there", () => {
    const source = new RecordingSource(new MemoryTarget(counting(40_000)));
    const cache = new BlockCache(source, { blockByteLength: 2048, maxByteLength: 1 << 16 });
    cache.read(20_000, 1024);
    cache.read(10_300, 1023);
    expect(source.calls.map(({ byteLength }) => byteLength)).toEqual([1024, 2048]);
    cache.read(32_768, 10);
    source.calls.length = 0;
    expect(cache.read(32_000, 1500)).toEqual(counting(40_000).subarray(32_000, 33_500));
    expect(source.calls).toEqual([{ kind: "read", offset: 30_720, byteLength: 2048 }]);
  });

  test("hands out views of bytes in memory", () => {
    const bytes = counting(100);
    expect(new BlockCache(new MemorySource(bytes)).read(5, 10).buffer).toBe(bytes.buffer);
  });

  test("leaves alone what it handed out when the file is written", () => {
    const { target, cache } = cached(counting(100), 4);
    const before = cache.read(3, 2);
    const written = Uint8Array.of(1, 2, 3);
    target.write(3, written);
    cache.update(3, written);
    expect([...before]).toEqual([21, 28]);
    expect([...cache.read(3, 3)]).toEqual([1, 2, 3]);
  });

  test("sees what lies beyond the file's former end", () => {
    const { target, cache } = cached(counting(20), 4);
    cache.read(16, 4);
    target.write(24, Uint8Array.of(5));
    cache.update(24, Uint8Array.of(5));
    expect([...cache.read(18, 7)]).toEqual([126, 133, 0, 0, 0, 0, 5]);
  });

  test.each([
    [18, 3],
    [-1, 1],
    [Number.NaN, 1],
    [2 ** 53, 1],
    [21, 0],
  ])("refuses offset %d, %d bytes of a file of 20", (offset, byteLength) => {
    for (const blocks of [0, 4]) {
      const { cache } = cached(counting(20), blocks);
      cache.read(0, 20);
      expect(
        isHdf5Error(
          thrownBy(() => cache.read(offset, byteLength)),
          "source",
        ),
      ).toBe(true);
    }
  });

  // Few blocks, so that what is read, written and cut off is often the same.
  const from = fc.nat(199);
  const anyStep = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("read" as const), from, length: fc.nat(120) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("write" as const),
        from,
        bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      }),
    },
    fc.record({
      kind: fc.constant("foreign" as const),
      from,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    }),
    fc.record({ kind: fc.constant("truncate" as const), size: fc.integer({ min: 20, max: 300 }) }),
    fc.record({ kind: fc.constant("clear" as const) }),
  );

  test("gives the file's bytes after any reads and writes, and keeps within its size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.array(anyStep, { maxLength: 60 }), (blocks, steps) => {
        const { target, cache } = cached(counting(150), blocks);
        const handedOut: [Uint8Array, Uint8Array][] = [];
        for (const step of steps) {
          if (step.kind === "write") {
            target.write(step.from, step.bytes);
            cache.update(step.from, step.bytes);
          } else if (step.kind === "foreign") {
            target.write(step.from, step.bytes);
            cache.invalidate(step.from, step.bytes.length);
          } else if (step.kind === "truncate") {
            target.truncate(step.size);
            cache.truncate(step.size);
          } else if (step.kind === "clear") {
            cache.clear();
          } else {
            const offset = step.from % target.byteLength();
            const length = Math.min(step.length, target.byteLength() - offset);
            const bytes = cache.read(offset, length);
            expect(bytes).toEqual(target.toBytes().subarray(offset, offset + length));
            handedOut.push([bytes, bytes.slice()]);
          }
          expect(cache.statistics().byteLength).toBeLessThanOrEqual(16 * blocks);
        }
        for (const [bytes, asTheyWere] of handedOut) expect(bytes).toEqual(asTheyWere);
      }),
    );
  });
});
