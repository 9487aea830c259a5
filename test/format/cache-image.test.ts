import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileWidths } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { HDF5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import { type CacheImage, decodeCacheImage, encodeCacheImage, sizeOfCacheImage } from "../../src/format/cache-image.ts";

const EIGHT = { sizeOfOffsets: 8, sizeOfLengths: 8 };

function encode(image: CacheImage, widths: FileWidths = EIGHT): Uint8Array {
  const writer = new Writer(widths);
  encodeCacheImage(writer, image);
  return writer.toBytes().slice();
}

function decode(bytes: Uint8Array, widths: FileWidths = EIGHT): CacheImage {
  return decodeCacheImage(new Cursor(bytes, { structure: "Metadata cache image", widths }));
}

const anyWidths: fc.Arbitrary<FileWidths> = fc.record({
  sizeOfOffsets: fc.constantFrom(2, 4, 8),
  sizeOfLengths: fc.constantFrom(2, 4, 8),
});

const anyImage: fc.Arbitrary<CacheImage> = fc.record({
  flags: fc.constantFrom(0, 1),
  entries: fc.array(
    fc.record({
      type: fc.nat(30),
      flags: fc.nat(15),
      ring: fc.nat(5),
      age: fc.nat(10),
      dependencyChildCount: fc.nat(0xffff),
      dirtyDependencyChildCount: fc.nat(0xffff),
      lruRank: fc.integer({ min: -1, max: 1000 }),
      address: fc.nat(0xfffe),
      dependencyParentAddresses: fc.array(fc.nat(0xfffe), { maxLength: 3 }),
      image: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    { maxLength: 4 },
  ),
});

describe("metadata cache image", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyImage, anyWidths, (image, widths) => {
        const bytes = encode(image, widths);
        expect(bytes.length).toBe(sizeOfCacheImage(image, widths));
        expect(decode(bytes, widths)).toEqual(image);
      }),
    );
  });

  test.each(["cache-image", "paged-image"])("the image of %s.h5 encodes to the bytes it came from", (name) => {
    const bytes = readFileSync(new URL(`../fixtures/file-space/${name}.h5`, import.meta.url));
    const start = bytes.indexOf("MDCI");
    const stored = new Uint8Array(bytes.subarray(start, start + Number(bytes.readBigUInt64LE(start + 6))));
    const image = decode(stored);
    expect(image.entries.length).toBeGreaterThan(10);
    expect(encode(image)).toEqual(stored);
  });

  test("damaged and truncated images give errors of this library", () => {
    fc.assert(
      fc.property(anyImage, fc.nat(), fc.integer({ min: 1, max: 255 }), (image, at, change) => {
        const bytes = encode(image);
        const cut = bytes.slice(0, at % bytes.length);
        expect(() => decode(cut)).toThrow(HDF5Error);
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ change;
        expect(() => decode(bytes)).toThrow(HDF5Error);
      }),
    );
  });
});
