import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import pako from "pako";
import { beforeEach, describe, expect, test } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { deflateFilter, setDeflateBackend } from "../../src/filters/deflate.ts";
import { adler32 } from "../../src/filters/inflate.ts";

function decode(bytes: Uint8Array, outputByteLength?: number, maxInflateRatio = 1100): Uint8Array {
  const limits = { ...DEFAULT_LIMITS, maxInflateRatio };
  return deflateFilter.decode(bytes, { clientData: [6], outputByteLength, limits });
}

function encode(bytes: Uint8Array, level: number): Uint8Array {
  return deflateFilter.encode?.(bytes, { clientData: [level] }) as Uint8Array;
}

/** Bytes with some repetition, so that every kind of block and match occurs. */
const anyBytes = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 40 })), { maxLength: 30 })
  .map((runs) => Uint8Array.from(runs.flatMap(([run, times]) => Array.from({ length: times }, () => [...run]).flat())));

beforeEach(() => setDeflateBackend());

describe("deflate", () => {
  test("reads what zlib and pako write, with and without a known size, at every level", () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(9), (bytes, level) => {
        for (const stored of [deflateSync(bytes, { level }), pako.deflate(bytes, { level: level as 6 })]) {
          expect(decode(stored, bytes.length)).toEqual(bytes);
          expect(decode(stored)).toEqual(bytes);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("writes what zlib and pako read, at every level", () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(9), (bytes, level) => {
        const stored = encode(bytes, level);
        expect(new Uint8Array(inflateSync(stored))).toEqual(bytes);
        expect(pako.inflate(stored)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps its size with large chunks that are decoded step by step", () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >>> 7);
    expect(decode(deflateSync(bytes))).toEqual(bytes);
  });

  test("ignores bytes behind the stream, as zlib does", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i % 7);
    const stored = deflateSync(bytes);
    const longer = new Uint8Array(stored.length + 9).fill(0xaa);
    longer.set(stored);
    expect(decode(longer, 100)).toEqual(bytes);
    expect(decode(longer)).toEqual(bytes);
  });

  test("never gives other bytes than zlib for a damaged stream, but an error", () => {
    const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 31);
    const whole = deflateSync(bytes);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, known) => {
        const damaged = new Uint8Array(whole);
        damaged[at] = (damaged[at] as number) ^ flip;
        try {
          expect(decode(damaged, known ? bytes.length : undefined)).toEqual(bytes);
        } catch (error) {
          if (!isHdf5Error(error, "filter")) throw error;
          expect(error.message).toBe("inflate() failed");
        }
      }),
      { numRuns: 500 },
    );
  });

  test("refuses a stream that is cut off anywhere", () => {
    const stored = deflateSync(Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 31));
    for (let end = 0; end < stored.length; end++) {
      expect(() => decode(stored.subarray(0, end), 400)).toThrow("inflate() failed");
      expect(() => decode(stored.subarray(0, end))).toThrow("inflate() failed");
    }
  });

  test("refuses more output than expected", () => {
    expect(() => decode(deflateSync(new Uint8Array(101)), 100)).toThrow("inflate() failed");
    expect(() => decode(deflateSync(new Uint8Array(100_000)), 100)).toThrow("inflate() failed");
  });

  test("refuses a stream that goes on behind the bytes that its checksum is of", () => {
    const bytes = Uint8Array.from({ length: 101 }, (_, i) => i % 7);
    const stored = deflateSync(bytes);
    stored.writeUInt32BE(adler32(bytes.subarray(0, 100)), stored.length - 4);
    expect(() => inflateSync(stored)).toThrow();
    expect(() => decode(stored, 100)).toThrow("inflate() failed");
    expect(() => decode(stored)).toThrow("inflate() failed");
  });

  test("refuses the headers that zlib refuses, be the size known or not", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i % 7);
    const refuses = (read: () => unknown): boolean => {
      try {
        read();
        return false;
      } catch {
        return true;
      }
    };
    for (const first of [0x78, 0x08, 0x77, 0x88]) {
      for (let second = 0; second < 256; second++) {
        const stored = new Uint8Array(deflateSync(bytes));
        stored.set([first, second]);
        const isRefused = refuses(() => inflateSync(stored));
        expect([first, second, refuses(() => decode(stored, 100))]).toEqual([first, second, isRefused]);
        expect([first, second, refuses(() => decode(stored))]).toEqual([first, second, isRefused]);
      }
    }
  });

  test("refuses more output than the limit allows, before it is all there", () => {
    const bomb = deflateSync(new Uint8Array(40_000_000));
    let cause: unknown;
    try {
      decode(bomb, undefined, 100);
    } catch (error) {
      cause = (error as Error).cause;
    }
    expect((cause as Error).message).toBe(`more than ${100 * bomb.length} bytes`);
    expect(() => decode(bomb, undefined, 100)).toThrow("inflate() failed");
    expect(() => decode(bomb, 40_000_000, 100)).toThrow("limit maxInflateRatio is 100");
    expect(() => decode(new Uint8Array(20), 2 ** 31)).toThrow("limit maxInflateRatio is 1100");
  });

  test("refuses a level that zlib does not have", () => {
    expect(() => encode(new Uint8Array(4), 10)).toThrow("invalid deflate aggression level");
    for (const clientData of [[], [6, 0]]) {
      expect(() => deflateFilter.encode?.(new Uint8Array(4), { clientData })).toThrow(
        "invalid deflate aggression level",
      );
    }
  });

  test("can be handed to the platform's zlib, which is told the sizes", () => {
    const asked: unknown[] = [];
    setDeflateBackend(() => ({
      inflate(bytes, outputByteLength, maximumByteLength) {
        asked.push([outputByteLength, maximumByteLength]);
        return inflateSync(bytes, { maxOutputLength: maximumByteLength });
      },
      deflate: (bytes, level) => deflateSync(bytes, { level }),
    }));
    const bytes = new Uint8Array(50).fill(3);
    const stored = encode(bytes, 9);
    expect(stored).toEqual(deflateSync(bytes, { level: 9 }));
    expect(decode(stored, 50)).toEqual(Buffer.from(bytes));
    expect(() => decode(stored, 49)).toThrow("inflate() failed");
    expect(asked).toEqual([
      [50, 50],
      [49, 49],
    ]);
  });
});

describe("Adler-32", () => {
  test("of a known text is the known value, and long runs of ones do not overflow", () => {
    expect(adler32(new TextEncoder().encode("Wikipedia"))).toBe(0x11e60398);
    const ones = new Uint8Array(1_000_000).fill(0xff);
    expect(adler32(ones)).toBe(deflateSync(ones).readUInt32BE(deflateSync(ones).length - 4));
  });
});
