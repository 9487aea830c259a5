import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { decodeLzf, encodeLzf, lzfFilter } from "../../src/filters/lzf.ts";

const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([piece, times]) => Array.from({ length: times }, () => [...piece]).flat())),
  );

describe("LZF", () => {
  test("decodes literals, matches, long matches and matches that reach into themselves", () => {
    expect(decodeLzf(Uint8Array.of(2, 1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(decodeLzf(Uint8Array.of(2, 1, 2, 3, 0x20, 2))).toEqual(Uint8Array.of(1, 2, 3, 1, 2, 3));
    expect(decodeLzf(Uint8Array.of(0, 9, 0xe0, 255, 0))).toEqual(new Uint8Array(265).fill(9));
    expect(decodeLzf(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  test("decodes what it encodes", () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const encoded = encodeLzf(bytes);
        if (encoded === undefined) return;
        expect(encoded.length).toBeLessThan(bytes.length);
        expect(decodeLzf(encoded)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("finds matches as far back as the format can tell, and no further", () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 9000 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    });
    for (const distance of [8191, 8192, 8193]) {
      const bytes = new Uint8Array(distance + 600);
      bytes.set(noise.subarray(0, distance));
      bytes.set(noise.subarray(0, 600), distance);
      const encoded = encodeLzf(bytes);
      if (distance > 8192) expect(encoded).toBeUndefined();
      else expect(decodeLzf(encoded as Uint8Array)).toEqual(bytes);
    }
  });

  test("is of no use for noise and for next to nothing", () => {
    expect(encodeLzf(Uint8Array.of(1, 2, 3, 4, 5, 6))).toBeUndefined();
    expect(encodeLzf(new Uint8Array(0))).toBeUndefined();
  });

  test("refuses streams that end early, point before their start or have another size", () => {
    for (const bytes of [[2, 1, 2], [0x20], [0xe0, 1], [0xe0], [0, 1, 0x20, 1]]) {
      expect(() => decodeLzf(Uint8Array.from(bytes))).toThrow("Invalid data for LZF decompression");
    }
    const context = { clientData: [4, 0x105, 4], outputByteLength: 4, limits: DEFAULT_LIMITS };
    expect(() => lzfFilter.decode(Uint8Array.of(2, 1, 2, 3), context)).toThrow("Invalid data for LZF decompression");
  });
});
