import fc from "fast-check";
import { unzlibSync, zlibSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { platformZlib } from "../../src/io/platform-zlib.ts";

const zlib = platformZlib();
if (zlib === undefined) throw new Error("Node has zlib");

describe("the runtime's zlib", () => {
  test("and another one read what either writes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 9000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.nat(9000),
        (bytes, level, guess) => {
          const compressed = zlib.deflate(bytes, level);
          expect(unzlibSync(compressed)).toEqual(bytes);
          expect(zlib.inflate(compressed, bytes.length)).toEqual(bytes);
          expect(zlib.inflate(zlibSync(bytes), guess, 9000)).toEqual(bytes);
        },
      ),
    );
  });

  test("gives plain bytes in a buffer of their own", () => {
    for (const byteLength of [0, 1, 500, 100_000]) {
      const compressed = zlib.deflate(new Uint8Array(byteLength), 6);
      for (const bytes of [compressed, zlib.inflate(compressed, byteLength)]) {
        expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
        expect(bytes.byteOffset).toBe(0);
        expect(bytes.buffer.byteLength - bytes.length).toBeLessThanOrEqual(64);
      }
    }
  });

  test("puts the result where it may, or elsewhere", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 11);
    const compressed = zlib.deflate(bytes, 6);
    // The first ones go to a function that takes no memory.
    for (let i = 0; i < 20; i++)
      expect(zlib.inflate(compressed, 1000, 1000, () => new Uint8Array(1000))).toEqual(bytes);
    const output = new Uint8Array(1000);
    expect(zlib.inflate(compressed, 1000, 1000, () => output)).toBe(output);
    expect(output).toEqual(bytes);
    expect(zlib.inflate(compressed, 10, 1000, () => new Uint8Array(10))).toEqual(bytes);
    expect(() => zlib.inflate(compressed, 10, 10, () => new Uint8Array(10))).toThrow(Error);
  });

  test("stops at the most that is allowed", () => {
    const compressed = zlib.deflate(new Uint8Array(100_000), 6);
    expect(() => zlib.inflate(compressed, 99_999)).toThrow(Error);
    expect(() => zlib.inflate(compressed, 10, 99_999)).toThrow(Error);
    expect(zlib.inflate(compressed, 10, 100_000).length).toBe(100_000);
  });

  test("refuses damaged and truncated bytes", () => {
    const compressed = zlib.deflate(
      Uint8Array.from({ length: 1000 }, (_, i) => i),
      6,
    );
    expect(() => zlib.inflate(compressed.subarray(0, -5), 1000)).toThrow(Error);
    expect(() => zlib.inflate(Uint8Array.of(1, 2, 3), 1000)).toThrow(Error);
    expect(() => zlib.inflate(new Uint8Array(0), 1000)).toThrow(Error);
  });

  test("whose part of a stream does not end with a flush is refused", () => {
    const { deflateSync, inflateSync } = process.getBuiltinModule("node:zlib");
    const module = { deflateSync, inflateSync, deflateRawSync: () => Uint8Array.of(3, 0) };
    vi.stubGlobal("process", { getBuiltinModule: () => module });
    const found = platformZlib();
    vi.unstubAllGlobals();
    expect(() => found?.deflatePart?.(new Uint8Array(10), 6, new Uint8Array(0))).toThrow(
      expect.objectContaining({ name: "HDF5Error", code: "filter" }),
    );
  });

  test("is missing in a runtime without Node's modules", () => {
    for (const process of [undefined, {}, { getBuiltinModule: () => undefined }, { getBuiltinModule: () => ({}) }]) {
      vi.stubGlobal("process", process);
      const found = platformZlib();
      vi.unstubAllGlobals();
      expect(found).toBeUndefined();
    }
  });
});
