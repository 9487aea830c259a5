import { describe, expect, test } from "vitest";
import { nativeTypeOf, typedArrayTypeOf } from "../../../src/engine/conversion/native-type.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import { datatypesEqual } from "../../../src/format/datatype-questions.ts";
import {
  arrayOf,
  bitfield,
  compound,
  enumeration,
  fixedPoint,
  fixedString,
  float,
  floatLayout,
  PREDEFINED,
  reference,
  variableSequence,
} from "../../../src/format/predefined-datatypes.ts";

const BE = "big-endian";

describe("the native type", () => {
  test("is what H5Tget_native_type of 2.0.0 gives", () => {
    const pairs: [Datatype, Datatype][] = [
      [{ ...fixedPoint(4, true, BE), bitOffset: 3, bitPrecision: 17 }, fixedPoint(4, true)],
      [{ ...fixedPoint(8, false), bitPrecision: 40 }, fixedPoint(8, false)],
      [{ ...fixedPoint(4, true), bitPrecision: 9 }, fixedPoint(2, true)],
      [float(2, BE), float(2)],
      [floatLayout(8, 7), float(4)],
      [float(16), PREDEFINED.NATIVE_LDOUBLE],
      [PREDEFINED.VAX_F64, float(8)],
      [floatLayout(4, 3), float(2)],
      [bitfield(2, BE), bitfield(2)],
      [{ ...bitfield(2), bitOffset: 4, bitPrecision: 5 }, bitfield(1)],
      [arrayOf(fixedPoint(2, true, BE), [2, 3]), arrayOf(fixedPoint(2, true), [2, 3])],
      [variableSequence(fixedPoint(2, true, BE)), variableSequence(fixedPoint(2, true))],
      [reference("object"), reference("object")],
    ];
    for (const [type, native] of pairs) expect(datatypesEqual(nativeTypeOf(type), native)).toBe(true);
  });

  test("of an enumeration has the values in its byte order", () => {
    const type = enumeration(fixedPoint(2, true, BE), [{ name: "A", value: Uint8Array.of(0xff, 5) }]);
    const native = enumeration(fixedPoint(2, true), [{ name: "A", value: Uint8Array.of(5, 0xff) }]);
    expect(datatypesEqual(nativeTypeOf(type), native)).toBe(true);
  });

  test("of a compound is aligned like a C struct, in the order of members", () => {
    const layout = (type: Datatype): unknown => {
      const native = nativeTypeOf(type);
      return (
        native.class === "compound" && [
          ...native.members.map(({ name, byteOffset }) => [name, byteOffset]),
          native.size,
        ]
      );
    };
    const mixed = compound(
      [
        { name: "a", byteOffset: 0, type: fixedPoint(2, true, BE) },
        { name: "b", byteOffset: 4, type: float(8, BE) },
        { name: "c", byteOffset: 15, type: fixedPoint(4, true) },
      ],
      20,
    );
    expect(layout(mixed)).toEqual([["a", 0], ["b", 8], ["c", 16], 24]);
    const backwards = compound(
      [
        { name: "b", byteOffset: 10, type: fixedString(5) },
        { name: "a", byteOffset: 3, type: fixedPoint(1, true) },
      ],
      30,
    );
    expect(layout(backwards)).toEqual([["b", 0], ["a", 5], 6]);
    const arrays = compound(
      [
        { name: "x", byteOffset: 1, type: fixedPoint(1, true) },
        { name: "y", byteOffset: 2, type: arrayOf(float(4, BE), [3]) },
        { name: "z", byteOffset: 20, type: variableSequence(fixedPoint(2, true, BE)) },
      ],
      40,
    );
    expect(layout(arrays)).toEqual([["x", 0], ["y", 4], ["z", 16], 32]);
  });
});

describe("the type of a typed array", () => {
  test("holds every value of a numeric datatype", () => {
    expect(typedArrayTypeOf(float(2, BE))).toEqual(float(4));
    expect(typedArrayTypeOf(PREDEFINED.NATIVE_LDOUBLE)).toEqual(float(8));
    expect(typedArrayTypeOf(PREDEFINED.VAX_F32)).toEqual(float(8));
    expect(typedArrayTypeOf(bitfield(4, BE))).toEqual(fixedPoint(4, false));
    expect(typedArrayTypeOf({ ...fixedPoint(3, true), bitPrecision: 24 })).toEqual(fixedPoint(4, true));
    expect(typedArrayTypeOf(fixedString(4))).toBeUndefined();
  });
});
