import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { szipFilter } from "../../src/filters/szip.ts";

const ENTROPY_CODING = 4;
const NEAREST_NEIGHBOUR = 32;

function decode(bytes: Uint8Array, clientData: readonly number[], outputByteLength?: number): Uint8Array {
  return szipFilter.decode(bytes, { clientData, outputByteLength, limits: DEFAULT_LIMITS });
}

/** Samples of a few characters: walks, noise of some bits, runs of zeros, spikes. */
const anySamples = fc
  .tuple(
    fc.constantFrom("walk", "noise", "zeros", "spikes"),
    fc.integer({ min: 1, max: 700 }),
    fc.nat(24),
    fc.infiniteStream(fc.nat(2 ** 24)),
  )
  .map(([kind, count, spread, noise]) => {
    const samples: number[] = [];
    let last = 0;
    for (let i = 0; i < count; i++) {
      const random = noise.next().value as number;
      const step = random % 2 ** spread;
      if (kind === "walk") last = Math.abs(last + step - 2 ** spread / 2);
      samples.push(
        kind === "walk"
          ? Math.floor(last)
          : kind === "noise"
            ? step
            : kind === "spikes" && random % 97 === 0
              ? random
              : 0,
      );
    }
    return samples;
  });

describe("szip", () => {
  test("decodes what it encodes, for any number of bits, block, scanline and order", () => {
    let coded = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 5, 8, 9, 12, 16, 17, 20, 24, 32, 64),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(8, 16),
        fc.constantFrom(ENTROPY_CODING, NEAREST_NEIGHBOUR),
        anySamples,
        (bits, halfBlock, scanline, order, mode, samples) => {
          const size = bits > 32 ? 8 : bits > 16 ? 4 : bits > 8 ? 2 : 1;
          const bytes = new Uint8Array(samples.length * size);
          samples.forEach((sample, i) => {
            const value = bits < 32 ? sample % 2 ** bits : sample;
            for (let b = 0; b < Math.min(4, size); b++) {
              bytes[i * size + (order === 16 ? size - 1 - b : b)] = value >>> (8 * b);
            }
          });
          const clientData = [128 | mode | order, 2 * halfBlock, bits, scanline];
          const encoded = szipFilter.encode?.(bytes, { clientData });
          if (encoded === undefined) return;
          coded++;
          expect(encoded.length).toBeLessThanOrEqual(bytes.length + 4);
          expect(decode(encoded, clientData, bytes.length)).toEqual(bytes);
          expect(decode(encoded, clientData)).toEqual(bytes);
          // The same bytes in memory that holds anything, at any place in it.
          const room = (byteLength: number) => new Uint8Array(byteLength + 3).fill(0xa5).subarray(3);
          expect(szipFilter.encode?.(bytes, { clientData, room })).toEqual(encoded);
        },
      ),
      { numRuns: 800 },
    );
    expect(coded).toBeGreaterThan(200);
  });

  test("decodes into the memory that is offered, and gives no memory of its own twice", () => {
    for (const [bits, count] of [
      [8, 200],
      [16, 200],
      [32, 200],
      [64, 200],
      [32, 1],
    ] as const) {
      const bytes = Uint8Array.from({ length: (count * bits) / 8 }, (_, i) => (i % 8 === 0 ? i % 5 : 0));
      const clientData = [NEAREST_NEIGHBOUR, 8, bits, 32];
      const encoded = szipFilter.encode?.(bytes, { clientData }) ?? new Uint8Array(0);
      if (encoded.length === 0) continue;
      const memory = new Uint8Array(bytes.length + 8).fill(0xa5);
      const room = (byteLength: number): Uint8Array => memory.subarray(8, 8 + byteLength);
      const context = { clientData, outputByteLength: bytes.length, limits: DEFAULT_LIMITS };
      expect(szipFilter.decode(encoded, { ...context, room })).toEqual(bytes);
      expect(memory.subarray(0, 8).every((byte) => byte === 0xa5)).toBe(true);
      const first = szipFilter.decode(encoded, context);
      expect(() => szipFilter.decode(encoded.subarray(0, 5), context)).toThrow("decompression failed");
      const second = szipFilter.decode(encoded, context);
      second.fill(0xee);
      szipFilter.decode(encoded, context).fill(0xdd);
      expect(first).toEqual(bytes);
    }
  });

  test("does not encode samples with bits outside the precision, which would be lost", () => {
    const clientData = [ENTROPY_CODING, 8, 12, 64];
    const samples = new Uint16Array(64);
    expect(szipFilter.encode?.(new Uint8Array(samples.buffer), { clientData })).toBeDefined();
    samples[63] = 4096;
    expect(szipFilter.encode?.(new Uint8Array(samples.buffer), { clientData })).toBeUndefined();
  });

  test("does not encode a part of a sample, which would be lost", () => {
    expect(szipFilter.encode?.(new Uint8Array(65), { clientData: [ENTROPY_CODING, 8, 12, 64] })).toBeUndefined();
    expect(szipFilter.encode?.(new Uint8Array(66), { clientData: [ENTROPY_CODING, 8, 32, 64] })).toBeUndefined();
  });

  test("does not encode what would grow", () => {
    const noise = Uint8Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    expect(szipFilter.encode?.(noise, { clientData: [ENTROPY_CODING, 8, 8, 64] })).toBeUndefined();
  });

  test("refuses parameters that cannot be", () => {
    for (const clientData of [
      [4, 8, 8],
      [4, 0, 8, 64],
      [4, 7, 8, 64],
      [4, 34, 8, 64],
      [4, 8, 0, 64],
      [4, 8, 25, 64],
      [4, 8, 80, 64],
      [4, 8, 8, 0],
      [4, 2, 8, 2 ** 32 - 1],
    ]) {
      expect(() => decode(new Uint8Array(100), clientData, 8)).toThrow(
        /^(invalid number of filter parameters|szip parameters out of range: .*)$/,
      );
    }
  });

  test("refuses streams that end early or have another size", () => {
    const clientData = [NEAREST_NEIGHBOUR, 8, 8, 32];
    const bytes = Uint8Array.from({ length: 96 }, (_, i) => 50 + (i % 7) * (i % 3));
    const encoded = szipFilter.encode?.(bytes, { clientData }) as Uint8Array;
    expect(decode(encoded, clientData, 96)).toEqual(bytes);
    for (const length of [0, 3, 4, 5, 20, encoded.length - 1]) {
      expect(() => decode(encoded.slice(0, length), clientData, 96)).toThrow("szip_filter: decompression failed");
    }
    expect(() => decode(encoded, clientData, 95)).toThrow("96 bytes of a chunk of 95");
    encoded.fill(255, 0, 4);
    expect(() => decode(encoded, clientData)).toThrow("4294967295 bytes from");
  });

  test("refuses runs of zero blocks past the end of a scanline, and pairs that no encoder writes", () => {
    // Identifier 000, second bit 0, then the unary number of blocks, here 6 in a scanline of 4.
    expect(() => decode(Uint8Array.of(32, 0, 0, 0, 0b00000000, 0b00100000), [ENTROPY_CODING, 8, 8, 32], 32)).toThrow(
      "szip_filter: decompression failed",
    );
    // A pair of number 100 in a stream that would go on well: blocks of samples as they are.
    const stored = new Uint8Array(60).fill(255);
    stored.set([32, 0, 0, 0, 0b00010000, ...new Uint8Array(12)]);
    expect(() => decode(stored, [ENTROPY_CODING, 8, 8, 32], 32)).toThrow("szip_filter: decompression failed");
  });

  test("gives no sample more bits than it has, however damaged the differences are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 200 }), (noise) => {
        const stored = Uint8Array.of(64, 0, 0, 0, ...noise);
        let bytes: Uint8Array;
        try {
          bytes = decode(stored, [NEAREST_NEIGHBOUR, 8, 12, 32], 64);
        } catch {
          return;
        }
        expect(Math.max(...new Uint16Array(bytes.buffer, bytes.byteOffset, 32))).toBeLessThan(4096);
      }),
      { numRuns: 500 },
    );
  });

  test("reads scanlines whose last blocks are missing when nothing of them is needed", () => {
    // Eight samples as they are in a scanline of four blocks.
    const stored = Uint8Array.of(
      8,
      0,
      0,
      0,
      0b11100000,
      0b00100000,
      0b01000000,
      0b01100000,
      0b10000000,
      0b10100000,
      0b11000000,
      0b11100001,
      0,
    );
    expect(decode(stored, [ENTROPY_CODING, 8, 8, 32], 8)).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });
});
