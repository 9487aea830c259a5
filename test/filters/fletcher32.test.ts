import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fletcher32 } from "../../src/base/checksum.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { fletcher32Filter } from "../../src/filters/fletcher32.ts";

const context = { clientData: [], outputByteLength: undefined, limits: DEFAULT_LIMITS };

/** The definition, word by word. */
function slowFletcher32(bytes: Uint8Array): number {
  let sum1 = 0;
  let sum2 = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum1 = (sum1 + (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0)) % 65535;
    sum2 = (sum2 + sum1) % 65535;
  }
  return sum2 * 65536 + sum1;
}

function encode(bytes: Uint8Array): Uint8Array {
  return fletcher32Filter.encode?.(bytes, { clientData: [] }) as Uint8Array;
}

describe("fletcher32", () => {
  test("is the sum of sums modulo 65535, odd lengths included", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        const computed = fletcher32(bytes);
        expect((computed >>> 16) % 65535).toBe(Math.floor(slowFletcher32(bytes) / 65536));
        expect((computed & 0xffff) % 65535).toBe(slowFletcher32(bytes) % 65536);
      }),
    );
  });

  test("does not overflow on long runs of ones", () => {
    const bytes = new Uint8Array(1_000_001).fill(0xff);
    expect((fletcher32(bytes) >>> 16) % 65535).toBe(Math.floor(slowFletcher32(bytes) / 65536));
  });

  test("is the same at any place, and 65535 where sums are a multiple of it but for zeros alone", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), fc.integer({ min: 1, max: 5 }), (bytes, start) => {
        const moved = new Uint8Array(start + bytes.length + 3).fill(0xee);
        moved.set(bytes, start);
        expect(fletcher32(moved.subarray(start), bytes.length)).toBe(fletcher32(bytes));
      }),
    );
    for (const length of [2, 4, 480, 482, 484, 1000]) {
      expect(fletcher32(new Uint8Array(length).fill(0xff))).toBe(0xffff_ffff);
      expect(fletcher32(new Uint8Array(length))).toBe(0);
    }
  });

  test("stands little-endian behind the data", () => {
    // Words 0x0102 and 0x0300: sums 0x0402 and 0x0504.
    expect(encode(Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3, 0x02, 0x04, 0x04, 0x05));
  });

  test("comes off again, also with the bytes of each half swapped as old libraries wrote it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const stored = encode(bytes);
        expect(fletcher32Filter.decode(stored, context)).toEqual(bytes);
        const [a, b, c, d] = stored.slice(-4) as unknown as [number, number, number, number];
        stored.set([b, a, d, c], bytes.length);
        expect(fletcher32Filter.decode(stored, context)).toEqual(bytes);
      }),
    );
  });

  test("detects any change of one byte", () => {
    const stored = encode(Uint8Array.from({ length: 99 }, (_, i) => i * 3));
    for (let i = 0; i < stored.length; i++) {
      const damaged = stored.slice();
      damaged[i] = (damaged[i] as number) ^ 0x10;
      expect(() => fletcher32Filter.decode(damaged, context)).toThrow("data error detected by Fletcher32 checksum");
    }
  });

  test("refuses fewer bytes than a checksum has", () => {
    expect(() => fletcher32Filter.decode(new Uint8Array(3), context)).toThrow(
      "data error detected by Fletcher32 checksum",
    );
  });
});
