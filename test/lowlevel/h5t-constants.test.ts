/** The predefined datatypes that differ from one another in byte order and size alone. */
import { describe, expect, test } from "vitest";
import * as h5t from "../../src/lowlevel/h5t.ts";

const { ORDER_BE: BE, ORDER_LE: LE } = h5t;

describe("predefined datatypes", () => {
  test("have the size and the byte order of their names", () => {
    const cases: [h5t.TypeIntegerID | h5t.TypeFloatID | h5t.TypeBitfieldID, number, number][] = [
      [h5t.STD_I64BE, 8, BE],
      [h5t.STD_U8BE, 1, BE],
      [h5t.STD_U32BE, 4, BE],
      [h5t.NATIVE_INT64, 8, LE],
      [h5t.NATIVE_UINT32, 4, LE],
      [h5t.NATIVE_UINT64, 8, LE],
      [h5t.IEEE_F16BE, 2, BE],
      [h5t.IEEE_F128BE, 16, BE],
      [h5t.LDOUBLE_LE, 16, LE],
      [h5t.LDOUBLE_BE, 16, BE],
      [h5t.STD_B8BE, 1, BE],
      [h5t.STD_B32LE, 4, LE],
      [h5t.STD_B32BE, 4, BE],
      [h5t.STD_B64LE, 8, LE],
      [h5t.STD_B64BE, 8, BE],
      [h5t.NATIVE_B8, 1, LE],
      [h5t.NATIVE_B16, 2, LE],
      [h5t.NATIVE_B32, 4, LE],
      [h5t.NATIVE_B64, 8, LE],
    ];
    for (const [type, size, order] of cases) expect([type.getSize(), type.getOrder()]).toEqual([size, order]);
    expect(h5t.NATIVE_B64).toBeInstanceOf(h5t.TypeBitfieldID);
    const bits: h5t.TypeBitfieldID = h5t.STD_B32BE;
    expect(bits.getOrder()).toBe(BE);
  });

  test("of complex numbers are twice as large as their parts", () => {
    const cases: [h5t.TypeComplexID, number][] = [
      [h5t.COMPLEX_IEEE_F16LE, 4],
      [h5t.COMPLEX_IEEE_F16BE, 4],
      [h5t.COMPLEX_IEEE_F32BE, 8],
      [h5t.COMPLEX_IEEE_F64LE, 16],
      [h5t.COMPLEX_IEEE_F64BE, 16],
    ];
    for (const [type, size] of cases) expect([type.getClass(), type.getSize()]).toEqual([h5t.COMPLEX, size]);
  });

  test("of times, and what numpy calls a datatype", () => {
    expect([h5t.UNIX_D64LE, h5t.UNIX_D32BE, h5t.UNIX_D64BE].map((type) => type.getSize())).toEqual([8, 4, 8]);
    expect([h5t.UNIX_D64BE.getClass(), h5t.STD_I64BE.dtype]).toEqual([h5t.TIME, ">i8"]);
  });
});
