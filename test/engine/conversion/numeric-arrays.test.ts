import fc from "fast-check";
import { expect, test } from "vitest";
import { numericArrayReader } from "../../../src/engine/conversion/numeric-arrays.ts";
import { convertToNumericArray } from "../../../src/engine/conversion/numeric-conversion.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import { bitfield, fixedPoint, float, PREDEFINED } from "../../../src/format/predefined-datatypes.ts";

const order = fc.constantFrom("little-endian" as const, "big-endian" as const);
const integers = fc
  .record({ size: fc.integer({ min: 1, max: 12 }), signed: fc.boolean(), byteOrder: order })
  .chain(({ size, signed, byteOrder }) =>
    fc
      .integer({ min: 1, max: size * 8 })
      .chain((bitPrecision) =>
        fc
          .integer({ min: 0, max: size * 8 - bitPrecision })
          .map((bitOffset): Datatype => ({ ...fixedPoint(size, signed, byteOrder), bitPrecision, bitOffset })),
      ),
  );
const floats = fc.constantFrom<Datatype>(
  ...([2, 4, 8] as const).flatMap((size) => [float(size), { ...float(size), byteOrder: "big-endian" as const }]),
  PREDEFINED.NATIVE_LDOUBLE,
);
const bits = fc.constantFrom<Datatype>(bitfield(1), bitfield(2), bitfield(8), { ...bitfield(4), bitPrecision: 20 });

test("a few elements are read as datasets are converted", () => {
  const types = fc.oneof({ weight: 4, arbitrary: integers }, floats, bits);
  fc.assert(
    fc.property(types, fc.uint8Array({ minLength: 0, maxLength: 400 }), fc.nat({ max: 7 }), (type, bytes, offset) => {
      const count = Math.max(0, Math.floor((bytes.length - offset) / type.size));
      const read = numericArrayReader(type)?.(bytes, Math.min(offset, bytes.length), count);
      expect(read).toEqual(convertToNumericArray(type, bytes.subarray(offset), count));
    }),
    { numRuns: 1000 },
  );
});

test("what are no numbers has no reader", () => {
  expect(numericArrayReader({ class: "opaque", size: 4, tag: "", version: 1 } as Datatype)).toBeUndefined();
});
