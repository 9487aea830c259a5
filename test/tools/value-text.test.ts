import { describe, expect, test } from "vitest";
import type { Datatype } from "../../src/format/datatype.ts";
import {
  arrayOf,
  bitfield,
  enumeration,
  fixedPoint,
  fixedString,
  float,
  opaque,
  PREDEFINED,
  packedCompound,
  variableSequence,
} from "../../src/format/predefined-datatypes.ts";
import { DUMP_VALUE_FORMAT, type ValueFormat } from "../../src/tools/value-format.ts";
import { elementPrinter, type ValueContext } from "../../src/tools/value-text.ts";

const context = (): ValueContext => ({
  level: 1,
  defaultLevel: 0,
  // A sequence's descriptor is its count; the elements are 0, 1, 2, ... as bytes.
  sequence: (view, offset) => {
    const count = view.getUint32(offset, true);
    return count === 0
      ? undefined
      : { count, view: new DataView(Uint8Array.from({ length: count }, (_, i) => i).buffer) };
  },
  reference: () => "REFERENCE",
});

function printed(type: Datatype, bytes: readonly number[], format: Partial<ValueFormat> = {}): string {
  const print = elementPrinter(type, { ...DUMP_VALUE_FORMAT, ...format }, context());
  return print(new DataView(Uint8Array.from(bytes).buffer), 0);
}

const text = (characters: string): number[] => [...characters].map((character) => character.charCodeAt(0));

describe("values as text", () => {
  test("integers of both byte orders", () => {
    expect(printed(fixedPoint(2, true, "big-endian"), [0xff, 0xfe])).toBe("-2");
    expect(printed(fixedPoint(8, false), [255, 255, 255, 255, 255, 255, 255, 255])).toBe("18446744073709551615");
  });

  test("integers that use only some of their bits", () => {
    expect(printed({ ...fixedPoint(4, true), bitOffset: 4, bitPrecision: 12 }, [0xf0, 0xff, 0, 0])).toBe("-1");
  });

  test("selected bits instead of integers", () => {
    expect(printed(fixedPoint(4, true), [0xb6, 0, 0, 0], { packedBits: { offset: 2, length: 3 } })).toBe("5");
    expect(printed(fixedPoint(1, false), [0xff], { packedBits: { offset: 9, length: 3 } })).toBe("0");
  });

  test("floating-point numbers from half to x87 extended precision", () => {
    expect(printed(float(2), [0x00, 0x3e])).toBe("1.5");
    expect(printed(float(4, "big-endian"), [0x3d, 0xcc, 0xcc, 0xcd])).toBe("0.1");
    expect(printed(float(8), [0, 0, 0, 0, 0, 0, 0xf8, 0xff])).toBe("-nan");
    const half = [0, 0, 0, 0, 0, 0, 0, 0x80, 0xfe, 0x3f, 0, 0, 0, 0, 0, 0];
    expect(printed(PREDEFINED.NATIVE_LDOUBLE, half)).toBe("0.5");
  });

  test("bfloat16, which reaches as far as single precision", () => {
    expect(printed(PREDEFINED.FLOAT_BFLOAT16LE, [0x80, 0x7f])).toBe("inf");
    expect(printed(PREDEFINED.FLOAT_BFLOAT16LE, [0x80, 0x60])).toBe("7.3787e+19");
    expect(printed(PREDEFINED.FLOAT_BFLOAT16BE, [0x9e, 0x4a])).toBe("-1.06938e-20");
  });

  test("quadruple precision, of which 64 bits of mantissa count", () => {
    expect(printed(float(16), [...new Array<number>(13).fill(0), 0x80, 0xff, 0x3f])).toBe("1.5");
  });

  test("strings end at the first zero only when they are terminated by it", () => {
    expect(printed(fixedString(6), text("ab\0cd\0"))).toBe('"ab"');
    expect(printed(fixedString(4, "null-pad"), text("ab\0\0"))).toBe('"ab\\000\\000"');
    expect(printed(fixedString(2), [0, 0])).toBe('""');
  });

  test("quotes and line ends are escaped when asked for", () => {
    expect(printed(fixedString(5), text('a"\\\n\t'))).toBe('"a"\\\n           \t"');
    expect(printed(fixedString(5), text('a"\\\n\t'), { escapes: true })).toBe('"a\\"\\\\\\n\\t"');
  });

  test("bytes above 127 in strings print sign-extended, as C chars do", () => {
    expect(printed(fixedString(2, "null-pad"), [0xc3, 0xa9])).toBe('"\\37777777703\\37777777651"');
  });

  test("long runs of a character are counted where that is wanted", () => {
    expect(printed(fixedString(12, "space-pad"), text("ab          "), { repeatThreshold: 8 })).toBe(
      `"ab" ' ' repeats 9 times`,
    );
  });

  test("enumerations by name, and by bytes where there is none", () => {
    const type = enumeration(fixedPoint(2, true, "big-endian"), [{ name: "A?", value: Uint8Array.of(0, 1) }]);
    expect(printed(type, [0, 1])).toBe("A\\?");
    expect(printed(type, [1, 2])).toBe("02:01");
  });

  test("opaque data and bit fields in hexadecimal", () => {
    expect(printed(opaque(3, "tag"), [1, 2, 255])).toBe("01:02:ff");
    expect(printed(bitfield(1), [7])).toBe("0x07");
    expect(printed(bitfield(2, "big-endian"), [0x12, 0x34])).toBe("34:12");
  });

  test("compounds and arrays with a line a member and a row", () => {
    const type = packedCompound([
      { name: "a", type: fixedPoint(1, true) },
      { name: "b", type: arrayOf(fixedPoint(1, true), [2, 2]) },
    ]);
    expect(printed(type, [5, 1, 2, 3, 4])).toBe("{\n      5,\n      [ 1, 2,\n         3, 4 ]\n   }");
  });

  test("sequences of any length, and null ones", () => {
    const type = variableSequence(fixedPoint(1, false));
    expect(printed(type, [3, 0, 0, 0, ...new Array<number>(12).fill(0)])).toBe("(0, 1, 2)");
    expect(printed(type, new Array<number>(16).fill(0))).toBe("()");
  });

  test("references that are all zero are null", () => {
    expect(printed(PREDEFINED.STD_REF_OBJ, new Array<number>(8).fill(0))).toBe("NULL");
    expect(printed(PREDEFINED.STD_REF_OBJ, [1, ...new Array<number>(7).fill(0)])).toBe("REFERENCE");
  });
});
