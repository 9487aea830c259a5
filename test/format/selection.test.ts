import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { FormatError, HDF5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type CoordinateSize,
  decodeSelection,
  encodeSelection,
  type StoredSelection,
  sizeOfSelection,
} from "../../src/format/selection.ts";

function encode(selection: StoredSelection): Uint8Array {
  const writer = new Writer();
  encodeSelection(writer, selection);
  return writer.toBytes().slice();
}

function decode(bytes: Uint8Array): StoredSelection {
  return decodeSelection(new Cursor(bytes, { structure: "Selection", address: 0 }));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** From H5Sencode of HDF5 1.10.8, the dataspace in front cut off. */
const SAMPLES: [string, string, StoredSelection][] = [
  ["nothing", "00000000010000000000000000000000", { kind: "none" }],
  ["everything", "03000000010000000000000000000000", { kind: "all" }],
  [
    "three points",
    "010000000100000000000000200000000200000003000000040000000500000000000000010000000400000005000000",
    { kind: "points", version: 1, coordinateSize: 4, rank: 2, coordinates: Float64Array.of(4, 5, 0, 1, 4, 5) },
  ],
  [
    "two blocks, one of them a single element",
    "02000000010000000000000028000000020000000200000001000000020000000100000002000000010000000400000003000000" +
      "05000000",
    { kind: "blocks", version: 1, coordinateSize: 4, rank: 2, bounds: Float64Array.of(1, 2, 1, 2, 1, 4, 3, 5) },
  ],
  [
    "an unlimited hyperslab",
    "020000000200000001440000000200000001000000000000000200000000000000ffffffffffffffff010000000000000002000000000000000100000000000000" +
      "01000000000000000200000000000000",
    {
      kind: "regular",
      version: 2,
      coordinateSize: 8,
      start: [1, 2],
      stride: [2, 1],
      count: [UNLIMITED, 1],
      block: [1, 2],
    },
  ],
];

const anySize = fc.constantFrom<CoordinateSize>(2, 4, 8);
const numbersOf = (size: CoordinateSize) =>
  fc.integer({ min: 0, max: size === 2 ? 0xfffe : size === 4 ? 0xffff_fffe : Number.MAX_SAFE_INTEGER });
const anyPoints = fc
  .tuple(fc.constantFrom<1 | 2>(1, 2), anySize, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }))
  .chain(([version, size, rank, count]) => {
    const coordinateSize = version === 1 ? 4 : size;
    return fc.array(numbersOf(coordinateSize), { minLength: rank * count, maxLength: rank * count }).map(
      (numbers): StoredSelection => ({
        kind: "points",
        version,
        coordinateSize,
        rank,
        coordinates: Float64Array.from(numbers),
      }),
    );
  });
const anyBlocks = fc
  .tuple(fc.constantFrom<1 | 3>(1, 3), anySize, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }))
  .chain(([version, size, rank, count]) => {
    const coordinateSize = version === 1 ? 4 : size;
    const length = rank * count;
    return fc
      .array(fc.tuple(numbersOf(coordinateSize), numbersOf(coordinateSize)), { minLength: length, maxLength: length })
      .map((pairs): StoredSelection => {
        const bounds = new Float64Array(2 * length);
        pairs.forEach(([a, b], i) => {
          const at = 2 * rank * Math.floor(i / rank) + (i % rank);
          bounds[at] = Math.min(a, b);
          bounds[at + rank] = Math.max(a, b);
        });
        return { kind: "blocks", version, coordinateSize, rank, bounds };
      });
  });
const anyRegular = fc
  .tuple(fc.constantFrom<2 | 3>(2, 3), anySize, fc.integer({ min: 1, max: 4 }))
  .chain(([version, size, rank]) => {
    const coordinateSize = version === 2 ? 8 : size;
    const list = fc.array(numbersOf(coordinateSize), { minLength: rank, maxLength: rank });
    const extents = fc.array(fc.oneof(numbersOf(coordinateSize), fc.constant(UNLIMITED)), {
      minLength: rank,
      maxLength: rank,
    });
    return fc.tuple(list, list, extents, extents).map(
      ([start, stride, count, block]): StoredSelection => ({
        kind: "regular",
        version,
        coordinateSize,
        start,
        stride,
        count,
        block,
      }),
    );
  });
const anySelection = fc.oneof(
  fc.constantFrom<StoredSelection>({ kind: "none" }, { kind: "all" }),
  anyPoints,
  anyBlocks,
  anyRegular,
);

describe("stored selections", () => {
  test.each(SAMPLES)("of the C library are read and written back: %s", (_, hex, value) => {
    expect(decode(fromHex(hex))).toEqual(value);
    expect(encode(value)).toEqual(fromHex(hex));
  });

  test("decode what they encode, in every version and size, and have the size they say", () => {
    fc.assert(
      fc.property(anySelection, (value) => {
        const bytes = encode(value);
        expect(decode(bytes)).toEqual(value);
        expect(sizeOfSelection(value)).toBe(bytes.length);
      }),
    );
  });

  test("that are cut short or damaged give an error of this library", () => {
    fc.assert(
      fc.property(anySelection, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), (value, cut, at, byte) => {
        const bytes = encode(value);
        expect(() => decode(bytes.subarray(0, cut % bytes.length))).toThrow(FormatError);
        const damaged = bytes.slice();
        damaged[at % bytes.length] = byte;
        try {
          decode(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(HDF5Error);
        }
      }),
    );
  });

  test("with a huge count are refused before anything grows", () => {
    const bytes = encode({ kind: "points", version: 1, coordinateSize: 4, rank: 1, coordinates: Float64Array.of(1) });
    bytes.set([0xff, 0xff, 0x0f, 0], 20);
    expect(() => decode(bytes)).toThrow(
      'Selection at address 0, field "Coordinate": 1048575 items of at least 4 bytes, 4 bytes left',
    );
  });
});
