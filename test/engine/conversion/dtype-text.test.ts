import { describe, expect, test } from "vitest";
import { parseDtype } from "../../../src/engine/conversion/dtype-parse.ts";
import { dtypeText } from "../../../src/engine/conversion/dtype-text.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import { datatypesEqual } from "../../../src/format/datatype-questions.ts";
import {
  arrayOf,
  booleanEnum,
  complex,
  compound,
  enumeration,
  fixedPoint,
  fixedString,
  float,
  floatLayout,
  opaque,
  PREDEFINED,
  packedCompound,
  reference,
  variableSequence,
  variableString,
} from "../../../src/format/predefined-datatypes.ts";

describe("the numpy text of a datatype", () => {
  test("is that of numpy for every class", () => {
    const texts: [Datatype, string][] = [
      [fixedPoint(4, true), "<i4"],
      [fixedPoint(4, true, "big-endian"), ">i4"],
      [fixedPoint(1, true, "big-endian"), "|i1"],
      [fixedPoint(1, false), "|u1"],
      [fixedPoint(8, false), "<u8"],
      [float(2), "<f2"],
      [float(8, "big-endian"), ">f8"],
      [floatLayout(8, 7), "<f4"],
      [PREDEFINED.NATIVE_LDOUBLE, "<f16"],
      [PREDEFINED.STD_B16BE, ">u2"],
      [booleanEnum(), "|b1"],
      [enumeration(fixedPoint(2, true), [{ name: "A", value: Uint8Array.of(0, 0) }]), "<i2"],
      [fixedString(10), "|S10"],
      [variableString(), "|O"],
      [variableSequence(float(4)), "|O"],
      [reference("object"), "|O"],
      [opaque(7), "|V7"],
      [complex(float(4)), "<c8"],
      [arrayOf(fixedPoint(4, true), [2]), "('<i4', (2,))"],
      [arrayOf(fixedPoint(1, true), [2, 3]), "('i1', (2, 3))"],
    ];
    for (const [type, text] of texts) expect(dtypeText(type)).toBe(text);
  });

  test("is numpy's list for packed compounds and its dictionary for others", () => {
    const int = fixedPoint(4, true);
    expect(
      dtypeText(
        packedCompound([
          { name: "a", type: int },
          { name: "b", type: float(8, "big-endian") },
          { name: "c", type: arrayOf(int, [2, 3]) },
          { name: "d", type: fixedString(5) },
          { name: "e", type: booleanEnum() },
          { name: "it's", type: variableString() },
          { name: "n", type: packedCompound([{ name: "x", type: fixedPoint(1, false) }]) },
        ]),
      ),
    ).toBe(
      "[('a', '<i4'), ('b', '>f8'), ('c', '<i4', (2, 3)), ('d', 'S5'), ('e', '?'), (\"it's\", 'O'), ('n', [('x', 'u1')])]",
    );
    const padded = compound(
      [
        { name: "a", byteOffset: 0, type: fixedPoint(1, true) },
        { name: "b", byteOffset: 8, type: float(8) },
      ],
      24,
    );
    expect(dtypeText(padded)).toBe(
      "{'names': ['a', 'b'], 'formats': ['i1', '<f8'], 'offsets': [0, 8], 'itemsize': 24}",
    );
  });

  test("is that of a complex number for a compound of r and i", () => {
    expect(dtypeText(parseDtype(">c16"))).toBe(">c16");
    const named = packedCompound([
      { name: "real", type: float(4) },
      { name: "imag", type: float(4) },
    ]);
    expect(dtypeText(named)).toBe("[('real', '<f4'), ('imag', '<f4')]");
  });
});

describe("a datatype from numpy's text", () => {
  test("is what h5py stores for it", () => {
    const types: [string, Datatype][] = [
      ["<i4", fixedPoint(4, true)],
      ["=i4", fixedPoint(4, true)],
      ["i4", fixedPoint(4, true)],
      [">u2", fixedPoint(2, false, "big-endian")],
      ["|u1", fixedPoint(1, false)],
      ["uint16", fixedPoint(2, false)],
      ["int64", fixedPoint(8, true)],
      ["int", fixedPoint(8, true)],
      ["q", fixedPoint(8, true)],
      [">q", fixedPoint(8, true, "big-endian")],
      ["float16", float(2)],
      ["f4", float(4)],
      ["double", float(8)],
      [">f8", float(8, "big-endian")],
      ["bool", booleanEnum()],
      ["?", booleanEnum()],
      ["|b1", booleanEnum()],
      ["S5", fixedString(5, "null-pad")],
      ["|V7", opaque(7)],
      ["str", variableString()],
    ];
    for (const [text, type] of types) expect(datatypesEqual(parseDtype(text), type), text).toBe(true);
  });

  test("may say how often an element holds it, or be a list", () => {
    const texts: [string, string][] = [
      ["(3,)<i4", "('<i4', (3,))"],
      ["(2,3)f8", "('<f8', (2, 3))"],
      [">(3,)i4", "('>i4', (3,))"],
      ["3S5", "('S5', (3,))"],
      ["( 3 , ) >i2", "('>i2', (3,))"],
      ["1i4", "<i4"],
      ["()i4", "<i4"],
      ["i4, (2,)f8", "[('f0', '<i4'), ('f1', '<f8', (2,))]"],
      ["[('a', '(3,)<i4')]", "[('a', '<i4', (3,))]"],
    ];
    for (const [text, printed] of texts) expect(dtypeText(parseDtype(text)), text).toBe(printed);
    for (const text of ["(3)i4", "(0,)i4", "(3,)", "(3,)x", "(-1,)i4", "(3,,4)i4"]) {
      expect(() => parseDtype(text), text).toThrow("not understood");
    }
    expect(() => parseDtype("<(3,)>i4")).toThrow("inconsistent byte-order specification < and >");
  });

  test("comes back as the same text", () => {
    for (const text of [
      "<i4",
      ">f8",
      "|b1",
      "|S10",
      "<c8",
      "('<i4', (2, 3))",
      "[('a', '<i4'), ('b', '>f8', (2,)), ('c', [('x', 'i1'), (\"y'\", 'S3')])]",
    ]) {
      expect(dtypeText(parseDtype(text))).toBe(text);
    }
  });

  test("is refused in numpy's words", () => {
    for (const text of ["c7", "i3", "f12", "", ">", "u", "int7", "string", "i4 x", "__proto__", "toString"]) {
      expect(() => parseDtype(text)).toThrow(`data type '${text}' not understood`);
    }
    expect(() => parseDtype("O")).toThrow("Object dtype dtype('O') has no native HDF5 equivalent");
    expect(() => parseDtype("M8[ms]")).toThrow("No conversion path for dtype: dtype('<M8[ms]')");
    expect(() => parseDtype("<U5")).toThrow("No conversion path for dtype: dtype('<U5')");
  });

  test("is refused when a compound is malformed, at any depth", () => {
    for (const text of ["[", "[]", "[('a')]", "[('a', 'i4'", "[('a', 'i4', (0,))]", "('i4', ())", "[('a', 'i4')] x"]) {
      expect(() => parseDtype(text), text).toThrow("not understood");
    }
    expect(() => parseDtype("[('a', 'i4'), ('a', 'i4')]")).toThrow("field 'a' occurs more than once");
    expect(() => parseDtype("(".repeat(100_000))).toThrow("not understood");
  });
});
