import { describe, expect, test } from "vitest";
import { dtypeToText, LANG_C, LANG_DDL, textToDtype } from "../../src/lowlevel/h5lt.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

const FAILED_READING = "Unspecified error in H5LTtext_to_dtype (return value <0)";

describe("text of datatypes", () => {
  test("is that of h5dump, a compound in a compound one step further in", () => {
    const inner = h5t.create(h5t.COMPOUND, 4);
    inner.insert("q", 0, h5t.STD_I32BE);
    const colours = h5t.enumCreate(h5t.STD_I16LE);
    colours.enumInsert("red", -5);
    colours.enumInsert("as long as can be", 300);
    const outer = h5t.create(h5t.COMPOUND, 24);
    outer.insert("in", 0, inner);
    outer.insert("e", 4, h5t.arrayCreate(colours, [2, 3]));
    outer.insert("r", 16, h5t.STD_REF_OBJ);
    const text = dtypeToText(outer);
    expect(text).toBe(
      [
        "H5T_COMPOUND {",
        "      H5T_COMPOUND {",
        '            H5T_STD_I32BE "q" : 0;',
        '         } "in" : 0;',
        "      H5T_ARRAY {",
        "         [2][3] H5T_ENUM {",
        "            H5T_STD_I16LE;",
        '            "red"              -5;',
        '            "as long as can be"   300;',
        "         }",
        '      } "e" : 4;',
        '       H5T_REFERENCE { H5T_STD_REF_OBJECT } "r" : 16;',
        "   }",
      ].join("\n"),
    );
    expect(textToDtype(text).equal(outer)).toBe(true);
  });

  test("names what has no text", () => {
    const odd = h5t.NATIVE_INT32.copy();
    odd.setPrecision(12);
    expect([odd, h5t.STD_B8LE, h5t.VAX_F32, h5t.UNIX_D32LE].map((type) => dtypeToText(type))).toEqual([
      "undefined integer",
      "undefined integer",
      "undefined float",
      "H5T_TIME: not yet implemented",
    ]);
    expectError(
      () => dtypeToText(h5t.enumCreate(h5t.STD_I8LE)),
      "RuntimeError",
      "Unspecified error in H5LTdtype_to_text (return value <0)",
    );
    expectError(
      () => dtypeToText(h5t.STD_I8LE, LANG_C),
      "RuntimeError",
      "Unspecified error in H5LTdtype_to_text (return value <0)",
    );
  });

  test("may be laid out in any way, and name native datatypes", () => {
    expect(textToDtype(" H5T_NATIVE_INT\n", LANG_DDL).equal(h5t.NATIVE_INT)).toBe(true);
    expect(textToDtype("H5T_IEEE_F16LE").equal(h5t.IEEE_F16LE)).toBe(true);
    expect(textToDtype('H5T_COMPOUND{H5T_STD_I8LE"a";H5T_STD_I32LE"b";}').encode()).toEqual(
      textToDtype('H5T_COMPOUND { H5T_STD_I8LE "a" : 0; H5T_STD_I32LE "b" : 1; }').encode(),
    );
    expect(textToDtype("H5T_COMPOUND { }").getSize()).toBe(1);
    expect(textToDtype("H5T_REFERENCE { H5T_STD_REF_DSETREG }").equal(h5t.STD_REF_DSETREG)).toBe(true);
    const fortran = textToDtype(
      "H5T_STRING { STRSIZE 5; STRPAD H5T_STR_SPACEPAD; CSET H5T_CSET_UTF8; CTYPE H5T_FORTRAN_S1; }",
    ) as h5t.TypeStringID;
    expect([fortran.getSize(), fortran.getStrpad(), fortran.getCset()]).toEqual([5, 2, 1]);
  });

  test("that means nothing is refused", () => {
    const wrong = [
      "",
      "H5T_STD_I32LE junk",
      "h5t_std_i32le",
      "H5T_STD_B8LE",
      "H5T_NOTHING",
      "STD_I32LE",
      "H5T_VLEN { H5T_STD_I8LE; }",
      "H5T_ARRAY { H5T_STD_I8LE }",
      "H5T_ARRAY { [0] H5T_STD_I8LE }",
      "H5T_ARRAY { [99999999999] H5T_ARRAY { [99999999999] H5T_STD_I8LE } }",
      'H5T_OPAQUE { OPQ_TAG "a"; OPQ_SIZE 3; }',
      'H5T_OPAQUE { OPQ_SIZE 0; OPQ_TAG "a"; }',
      "H5T_STRING { STRSIZE 5; }",
      "H5T_STRING { STRSIZE 0; STRPAD H5T_STR_NULLTERM; CSET H5T_CSET_ASCII; CTYPE H5T_C_S1; }",
      "H5T_STRING { STRSIZE 1; STRPAD H5T_STR_ERROR; CSET H5T_CSET_ASCII; CTYPE H5T_C_S1; }",
      'H5T_COMPOUND { H5T_STD_I8LE "a" : 0 }',
      "H5T_COMPOUND { H5T_STD_I8LE a : 0; }",
      'H5T_COMPOUND { H5T_STD_I8LE "" : 0; }',
      'H5T_COMPOUND { H5T_STD_I8LE "a"; H5T_STD_I8LE "a"; }',
      'H5T_COMPOUND { H5T_STD_I32LE "a"; H5T_STD_I8LE "b" : 2; }',
      'H5T_ENUM { H5T_IEEE_F32LE; "a" 1; }',
      'H5T_ENUM { H5T_STD_I8LE; "a" 1; "b" 1; }',
      'H5T_ENUM { H5T_STD_I8LE; "a" %1; }',
      "H5T_REFERENCE { H5T_STD_I8LE }",
      "H5T_VLEN { ".repeat(100),
    ];
    for (const text of wrong) expectError(() => textToDtype(text), "RuntimeError", FAILED_READING);
    expectError(
      () => textToDtype('H5T_ENUM { H5T_STD_I8LE; "a" 300; }'),
      "OverflowError",
      "value 300 does not fit an integer of 1 bytes",
    );
    expectError(() => textToDtype("H5T_STD_I8LE", LANG_C), "RuntimeError", FAILED_READING);
  });
});
