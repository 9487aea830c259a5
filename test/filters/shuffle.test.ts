import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { shuffle, shuffleFilter, unshuffle } from "../../src/filters/shuffle.ts";

describe("shuffle", () => {
  test("gathers the first bytes of all elements, then the second ones", () => {
    expect(shuffle(Uint8Array.of(1, 2, 3, 11, 12, 13, 21, 22, 23), 3)).toEqual(
      Uint8Array.of(1, 11, 21, 2, 12, 22, 3, 13, 23),
    );
  });

  test("leaves the bytes that do not fill an element at the end", () => {
    expect(shuffle(Uint8Array.of(1, 2, 11, 12, 99), 2)).toEqual(Uint8Array.of(1, 11, 2, 12, 99));
    expect(unshuffle(Uint8Array.of(1, 11, 2, 12, 99), 2)).toEqual(Uint8Array.of(1, 2, 11, 12, 99));
  });

  test("puts each byte where it belongs, for any number of elements at any place", () => {
    for (const elementSize of [2, 3, 4, 8, 12]) {
      for (let count = 2; count < 20; count++) {
        for (let start = 0; start < 5; start++) {
          const bytes = Uint8Array.from({ length: start + count * elementSize + 1 }, (_, i) => i * 73).subarray(start);
          const expected = bytes.map((last, at) => {
            const from = (at % count) * elementSize + Math.floor(at / count);
            return at < count * elementSize ? (bytes[from] as number) : last;
          });
          expect(shuffle(bytes, elementSize)).toEqual(expected);
        }
      }
    }
  });

  test("is undone by unshuffle for every element size, at any alignment", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(7),
        (bytes, elementSize, start) => {
          const view = bytes.subarray(Math.min(start, bytes.length));
          const before = view.slice();
          const shuffled = shuffle(view, elementSize);
          expect(unshuffle(shuffled, elementSize)).toEqual(before);
          expect(view).toEqual(before);
          const unaligned = new Uint8Array(shuffled.length + 1).subarray(1);
          unaligned.set(shuffled);
          expect(unshuffle(unaligned, elementSize)).toEqual(before);
        },
      ),
    );
  });

  test("places every byte by the rule, in the special loops as well", () => {
    const sizes = [2, 3, 4, 5, 8, 12, 16].flatMap((elementSize) => [11, 12].map((count) => ({ elementSize, count })));
    for (const { elementSize, count } of sizes) {
      const bytes = Uint8Array.from({ length: count * elementSize + 1 }, (_, i) => i);
      const shuffled = shuffle(bytes, elementSize);
      for (let i = 0; i < count; i++) {
        for (let plane = 0; plane < elementSize; plane++) {
          expect(shuffled[plane * count + i]).toBe(bytes[i * elementSize + plane]);
        }
      }
    }
  });

  test("does nothing to single bytes or to a single element", () => {
    const bytes = Uint8Array.of(5, 6, 7);
    expect(shuffle(bytes, 1)).toBe(bytes);
    expect(shuffle(bytes, 3)).toBe(bytes);
    expect(shuffle(bytes, 2)).toBe(bytes);
    expect(unshuffle(bytes, 100)).toBe(bytes);
  });

  test("refuses parameters other than one element size", () => {
    for (const clientData of [[], [0], [4, 4]]) {
      const context = { clientData, outputByteLength: 8, limits: DEFAULT_LIMITS };
      expect(() => shuffleFilter.decode(new Uint8Array(8), context)).toThrow("invalid shuffle parameters");
      expect(() => shuffleFilter.encode?.(new Uint8Array(8), { clientData })).toThrow("invalid shuffle parameters");
    }
  });
});
