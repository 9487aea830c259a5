import { constants, deflateSync, inflateSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { inflateZlib } from "../../src/filters/inflate.ts";

const WAYS: readonly ZlibOptions[] = [
  ...[0, 1, 6, 9].map((level) => ({ level })),
  { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE },
];

const anyText = fc.string({ maxLength: 2000, unit: fc.constantFrom("a", "b", "c", "value", "\0", "ü") });
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  anyText.map((text) => new TextEncoder().encode(text)),
  fc
    .tuple(anyText, fc.integer({ min: 1, max: 100 }))
    .map(([text, times]) => new TextEncoder().encode(text.repeat(times))),
);
const anyWay = fc.constantFrom(...WAYS);

function compressed(bytes: Uint8Array, way: ZlibOptions): Uint8Array {
  return new Uint8Array(deflateSync(bytes, way));
}

describe("the bundled inflate", () => {
  test("decodes what zlib encodes, whether the size is known or not, and ignores what follows", () => {
    fc.assert(
      fc.property(anyBytes, anyWay, fc.nat(20), (bytes, way, more) => {
        const stream = compressed(bytes, way);
        const longer = new Uint8Array(stream.length + more).fill(7);
        longer.set(stream);
        expect(inflateZlib(longer, bytes.length, bytes.length)).toEqual(bytes);
        expect(inflateZlib(longer, undefined, bytes.length + 10)).toEqual(bytes);
      }),
    );
  });

  test("decodes large streams with codes of all lengths, and long distances", () => {
    const bytes = new Uint8Array(400_000);
    for (let i = 0; i < bytes.length; i++)
      bytes[i] = i < 40_000 ? Math.clz32(i * 2654435761) * 9 + (i % 7) : (bytes[i - 32_768] as number);
    for (const way of WAYS) {
      const inflated = inflateZlib(compressed(bytes, way), bytes.length, bytes.length);
      expect(Buffer.compare(inflated, bytes)).toBe(0);
    }
  });

  test("uses the memory that it is offered", () => {
    const bytes = Uint8Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3);
    const memory = new Uint8Array(9).fill(255);
    expect(inflateZlib(compressed(bytes, {}), 9, 9, () => memory).buffer).toBe(memory.buffer);
    expect(memory).toEqual(bytes);
  });

  test("accepts a damaged stream only where zlib does, and then as zlib does", () => {
    fc.assert(
      fc.property(anyBytes, anyWay, fc.nat(), fc.nat(7), (bytes, way, at, bit) => {
        const stream = compressed(bytes, way);
        stream[at % stream.length] = (stream[at % stream.length] as number) ^ (1 << bit);
        let theirs: Uint8Array | undefined;
        try {
          theirs = new Uint8Array(inflateSync(stream, { maxOutputLength: Math.max(bytes.length, 1) }));
        } catch {
          expect(() => inflateZlib(stream, bytes.length, bytes.length)).toThrow(HDF5Error);
          return;
        }
        expect(inflateZlib(stream, bytes.length, bytes.length)).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });

  test("says what is wrong", () => {
    const bytes = new TextEncoder().encode("some text, some text, some other text".repeat(20));
    const stream = compressed(bytes, {});
    const inflating =
      (damaged: Uint8Array, most = bytes.length) =>
      () =>
        inflateZlib(damaged, most, most);
    for (let length = 6; length < stream.length; length++) {
      expect(inflating(stream.subarray(0, length))).toThrow(HDF5Error);
    }
    expect(inflating(stream.subarray(0, -1))).toThrow("unexpected end of file");
    expect(inflating(stream.subarray(0, 5))).toThrow("incorrect header check");
    expect(inflating(Uint8Array.of(0x78, 0x9d, ...stream.subarray(2)))).toThrow("incorrect header check");
    expect(inflating(Uint8Array.of(...stream.subarray(0, -1), (stream.at(-1) as number) ^ 1))).toThrow(
      "incorrect data check",
    );
    expect(inflating(stream, bytes.length - 1)).toThrow(`more than ${bytes.length - 1} bytes`);
    expect(inflating(Uint8Array.of(0x78, 0x9c, 7, 0, 0, 0, 0))).toThrow("invalid block type");
    expect(inflating(Uint8Array.of(0x78, 0x9c, 1, 1, 0, 0, 0, 9))).toThrow("invalid stored block lengths");
    // A block of fixed codes that begins with a copy: length 3, distance 1.
    expect(inflating(Uint8Array.of(0x78, 0x9c, 0x03, 0x02, 0, 0, 0, 0, 0))).toThrow("invalid distance too far back");
  });
});
