import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StructureCache, type StructureCodec } from "../../src/engine/structure-cache.ts";

const codecs: readonly StructureCodec<number>[] = [16, 40, 100].map((byteLength) => ({
  structure: `Structure of ${byteLength} bytes`,
  byteLength,
  decode: (cursor) => cursor.u8(),
  encode: (writer, value) => {
    writer.u8(value);
    writer.zeros(byteLength - 1);
  },
}));
const codecAt = (at: number) => codecs[at] as StructureCodec<number>;

const ADDRESSES = [0, 200, 400, 600, 800, 1000];
const step = fc.record({
  what: fc.constantFrom("keep", "keep", "keep", "change", "forget", "forgetClean", "written", "find"),
  address: fc.constantFrom(...ADDRESSES),
  codec: fc.nat({ max: codecs.length - 1 }),
});

interface Held {
  codec: StructureCodec<number>;
  value: number;
  isDirty: boolean;
}

/** What is held now, asked of the cache without counting as a use of it. */
function heldBytes(cache: StructureCache) {
  let clean = 0;
  let dirty = 0;
  for (const address of ADDRESSES) {
    const codec = codecs.find(({ structure }) => structure === cache.structureAt(address));
    if (codec === undefined) continue;
    if (cache.dirty.has(address)) dirty += codec.byteLength;
    else clean += codec.byteLength;
  }
  return { clean, dirty };
}

describe("the cache of decoded structures", () => {
  test("counts the bytes it holds, keeps what is changed, and is never above its bound", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 60, 150, 1000), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const cache = new StructureCache(limit);
        const model = new Map<number, Held>();
        steps.forEach(({ what, address, codec: at }, value) => {
          const codec = codecAt(at);
          const old = model.get(address);
          if (what === "keep") {
            cache.keep(address, codec, value);
            model.set(address, { codec, value, isDirty: old?.isDirty === true });
          } else if (what === "change") {
            cache.change(address, codec, value);
            model.set(address, { codec, value, isDirty: true });
          } else if (what === "forget") {
            cache.forget(address);
            model.delete(address);
          } else if (what === "forgetClean") {
            cache.forgetClean();
            for (const [each, { isDirty }] of model) if (!isDirty) model.delete(each);
          } else if (what === "written") {
            cache.written(cache.dirty);
            cache.shrink();
            for (const held of model.values()) held.isDirty = false;
          } else {
            const found = cache.find<number>(address, codec.structure);
            const isThere = old?.codec === codec;
            // Clean ones may be gone; another value is never there.
            if (found !== undefined || old?.isDirty === true) expect(found).toBe(isThere ? old.value : undefined);
          }
          for (const [each, { codec, isDirty }] of model) {
            if (isDirty) expect(cache.structureAt(each)).toBe(codec.structure);
          }
          const { clean, dirty } = heldBytes(cache);
          expect(cache.statistics().byteLength).toBe(clean + dirty);
          expect(clean).toBeLessThanOrEqual(limit);
          expect([...cache.dirty.keys()].sort()).toEqual(
            [...model]
              .filter(([, { isDirty }]) => isDirty)
              .map(([each]) => each)
              .sort(),
          );
        });
      }),
    );
  });

  test.each(["peek", "find"] as const)("gives what was used since the last round a second chance (%s)", (use) => {
    const cache = new StructureCache(400);
    const codec = codecAt(2);
    const held = () => ADDRESSES.filter((address) => cache.structureAt(address) !== undefined);
    // The fifth is too much: the hand goes once around, for all were used, and takes the oldest down to three quarters.
    for (const address of [0, 200, 400, 600, 800]) cache.keep(address, codec, 1);
    expect(held()).toEqual([400, 600, 800]);
    cache[use](400, codec.structure);
    cache.keep(0, codec, 1);
    cache.keep(1000, codec, 1);
    expect(held()).toEqual([0, 400, 1000]);
  });

  test("knows each of the parents that a child is written before", () => {
    const cache = new StructureCache(1000);
    for (const parent of [1, 2, 3, 2]) cache.writeBefore(0, parent);
    expect(cache.waiting.get(0)).toEqual(new Set([1, 2, 3]));
  });

  test("knows no order of what is written or forgotten: others may come to its place", () => {
    const cache = new StructureCache(1000);
    const waiting = () => ADDRESSES.filter((address) => cache.waiting.get(address) !== undefined);
    for (const address of ADDRESSES.slice(0, 4)) {
      cache.change(address, codecAt(0), 1);
      cache.writeBefore(address, 1000);
    }
    cache.forget(0);
    cache.written(new Set([200]));
    expect([waiting(), [...cache.dirty.keys()]]).toEqual([
      [400, 600],
      [400, 600],
    ]);
    cache.written(cache.dirty);
    expect([waiting(), [...cache.dirty.keys()]]).toEqual([[], []]);
  });

  test("has what moved wait at its new place alone", () => {
    const cache = new StructureCache(1000);
    cache.change(0, codecAt(1), 7);
    cache.writeBefore(0, 1000);
    cache.move(0, 400);
    expect(cache.structureAt(0)).toBeUndefined();
    expect(cache.peek(400, codecAt(1).structure)).toBe(7);
    expect([[...cache.dirty.keys()], cache.waiting.get(0)]).toEqual([[400], undefined]);
  });

  test("keeps what somebody needs above its bound, until that is over", () => {
    const cache = new StructureCache(150);
    const held = () => ADDRESSES.filter((address) => cache.structureAt(address) !== undefined).length;
    cache.holding(() => {
      for (const address of ADDRESSES) cache.keep(address, codecAt(2), 1);
      cache.shrink();
      expect(held()).toBe(ADDRESSES.length);
    });
    expect(held()).toBe(1);
  });

  const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 } as const;

  /** Copies: the pieces share memory. */
  function encoded(cache: StructureCache, addresses: readonly number[]) {
    const pieces: { address: number; bytes: Uint8Array }[] = [];
    cache.encode(addresses, widths, (address, bytes) => {
      pieces.push({ address, bytes: bytes.slice() });
    });
    return pieces;
  }

  test("encodes neighbours into one piece, each to just its bytes", () => {
    const cache = new StructureCache(1000);
    cache.change(16, codecAt(1), 2);
    cache.change(0, codecAt(0), 1);
    cache.change(200, codecAt(0), 3);
    const pieces = encoded(cache, [200, 16, 0]);
    expect(pieces.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0, 56],
      [200, 16],
    ]);
    expect([pieces[0]?.bytes[0], pieces[0]?.bytes[16], pieces[1]?.bytes[0]]).toEqual([1, 2, 3]);
    cache.change(0, { ...codecAt(1), byteLength: 16 }, 1);
    expect(() => encoded(cache, [0])).toThrow(/encoded to 40 bytes, 16 are allocated/);
    expect(() => encoded(cache, [400])).toThrow(/nothing to be written at address 400/);
  });

  test("encodes structures of any length, in pieces of up to 64 KiB unless one alone is longer", () => {
    const layout = fc.array(
      fc.record({ byteLength: fc.constantFrom(1, 40, 30_000, 65_536, 70_000), gap: fc.nat({ max: 1 }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(layout, fc.nat(), (structures, seed) => {
        const cache = new StructureCache(0);
        let end = 0;
        const all = structures.map(({ byteLength, gap }, i) => {
          const address = end + gap;
          end = address + byteLength;
          const encode: StructureCodec<number>["encode"] = (writer, value) =>
            writer.bytes(new Uint8Array(byteLength).fill(value));
          cache.change(address, { structure: "Structure", byteLength, decode: () => 0, encode }, i + 1);
          return { address, byteLength };
        });
        const expected = new Uint8Array(end);
        for (const [i, { address, byteLength }] of all.entries()) expected.fill(i + 1, address, address + byteLength);
        const found = new Uint8Array(end);
        const shuffled = all.map(({ address }) => address).sort((a, b) => ((a * seed) % 7) - ((b * seed) % 7));
        const pieces = encoded(cache, shuffled);
        for (const { address, bytes } of pieces) {
          found.set(bytes, address);
          expect(bytes.length <= 65_536 || all.some(({ byteLength }) => byteLength === bytes.length)).toBe(true);
        }
        expect(Buffer.compare(found, expected)).toBe(0);
        // Each byte once.
        const sum = (list: readonly number[]) => list.reduce((total, length) => total + length, 0);
        expect(sum(pieces.map(({ bytes }) => bytes.length))).toBe(sum(all.map(({ byteLength }) => byteLength)));
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });
});
