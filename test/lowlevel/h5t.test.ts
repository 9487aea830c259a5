import { describe, expect, test } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

const twice = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()} (${text})`;

describe("atomic datatypes", () => {
  test("change size, precision and offset as the C library does", () => {
    const type = h5t.NATIVE_INT32.copy();
    const state = () => [type.getSize(), type.getPrecision(), type.getOffset()];
    expect([type.getClass(), type.getOrder(), type.getSign(), type.getPad()]).toEqual([h5t.INTEGER, 0, 1, [0, 0]]);
    type.setPrecision(12);
    type.setOffset(4);
    expect(state()).toEqual([4, 12, 4]);
    type.setOffset(30);
    expect(state()).toEqual([6, 12, 30]);
    type.setPrecision(100);
    expect(state()).toEqual([13, 100, 0]);
    type.setSize(2);
    expect(state()).toEqual([2, 16, 0]);
    type.setPad(1, 2);
    type.setSign(h5t.SGN_NONE);
    type.setOrder(h5t.ORDER_BE);
    expect([type.getPad(), type.getSign(), type.getOrder()]).toEqual([[1, 2], 0, 1]);
  });

  test("describe the fields of floats", () => {
    expect(h5t.IEEE_F32LE.getFields()).toEqual([31, 23, 8, 0, 23]);
    expect(h5t.NATIVE_LDOUBLE.getFields()).toEqual([79, 64, 15, 0, 64]);
    expect(h5t.IEEE_F16LE.getFields()).toEqual([15, 10, 5, 0, 10]);
    expect([h5t.IEEE_F128LE.getEbias(), h5t.IEEE_F128LE.getSize()]).toEqual([16383, 16]);
    const type = h5t.IEEE_F32LE.copy();
    type.setEbias(5);
    type.setNorm(h5t.NORM_MSBSET);
    type.setInpad(h5t.PAD_ONE);
    expect([type.getEbias(), type.getNorm(), type.getInpad()]).toEqual([5, 1, 1]);
  });

  test("refuse in h5py's words", () => {
    const integer = h5t.NATIVE_INT32.copy();
    const float = h5t.IEEE_F32LE.copy();
    const cases: [() => unknown, string, string][] = [
      [() => integer.setSize(0), "ValueError", twice("size must be positive")],
      [() => integer.setSize(-1), "OverflowError", "can't convert negative value to size_t"],
      [() => integer.setSize(h5t.VARIABLE), "ValueError", twice("only strings may be variable length")],
      [() => integer.setOrder(99), "ValueError", twice("illegal byte order")],
      [() => integer.setOrder(4), "NotImplementedError", "Can't set order (illegal byte order for type)"],
      [() => integer.setPrecision(0), "ValueError", twice("precision must be positive")],
      [() => integer.setPad(9, 0), "ValueError", twice("invalid pad type")],
      [() => integer.setSign(9), "ValueError", twice("illegal sign type")],
      [() => integer.getSuper(), "TypeError", "Not a datatype (not a derived data type)"],
      [() => float.setFields(40, 23, 8, 0, 23), "ValueError", twice("sign location is not valid")],
      [() => float.setFields(31, 23, 8, 5, 23), "ValueError", twice("exponent and mantissa fields overlap")],
      [() => float.setFields(31, 24, 8, 0, 23), "ValueError", twice("sign bit appears within exponent field")],
      [() => float.setNorm(9), "ValueError", twice("illegal normalization")],
      [() => float.setInpad(9), "ValueError", twice("illegal internal pad type")],
      [
        () => float.setSize(2),
        "TypeError",
        "Unable to set size for datatype (adjust sign, mantissa, and exponent fields first)",
      ],
      [
        () => float.setPrecision(10),
        "RuntimeError",
        "Unable to set precision (adjust sign, mantissa, and exponent fields first)",
      ],
      [() => h5t.NATIVE_INT32.setSize(8), "TypeError", twice("datatype is read-only")],
      [() => h5t.NATIVE_INT32.setPrecision(1), "RuntimeError", twice("datatype is read-only")],
      [() => h5t.NATIVE_INT32.setOffset(1), "TypeError", twice("data type is read-only")],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
    expect(integer.equal(h5t.NATIVE_INT32)).toBe(true);
    expect(float.equal(h5t.IEEE_F32LE)).toBe(true);
  });
});

describe("strings and opaque data", () => {
  test("have a character set, padding, a length or none", () => {
    const type = h5t.C_S1.copy();
    expect([type.getCset(), type.getStrpad(), type.getSize(), type.isVariableStr()]).toEqual([0, 0, 1, false]);
    type.setCset(h5t.CSET_UTF8);
    type.setStrpad(h5t.STR_NULLPAD);
    type.setSize(10);
    expect([type.getCset(), type.getStrpad(), type.getSize()]).toEqual([1, 1, 10]);
    type.setSize(h5t.VARIABLE);
    expect([type.getCset(), type.getStrpad(), type.isVariableStr(), type.getClass()]).toEqual([1, 1, true, h5t.STRING]);
    expectError(() => type.setCset(9), "ValueError", twice("illegal character set type"));
    expectError(() => type.setStrpad(9), "ValueError", twice("illegal string pad type"));
    const opaque = h5t.create(h5t.OPAQUE, 5);
    opaque.setTag("hello");
    expect([opaque.getTag(), opaque.getSize()]).toEqual(["hello", 5]);
    expectError(() => opaque.setTag("x".repeat(300)), "ValueError", twice("tag too long"));
  });
});

describe("compound datatypes", () => {
  const make = () => {
    const type = h5t.create(h5t.COMPOUND, 16);
    type.insert("a", 0, h5t.STD_I32LE);
    type.insert("b", 8, h5t.IEEE_F64LE);
    return type;
  };

  test("list their members", () => {
    const type = make();
    expect([type.getNmembers(), type.getMemberName(0), type.getMemberIndex("b"), type.getMemberOffset(1)]).toEqual([
      2,
      "a",
      1,
      8,
    ]);
    expect(type.getMemberClass(1)).toBe(h5t.FLOAT);
    expect(type.getMemberType(1).equal(h5t.IEEE_F64LE)).toBe(true);
    expect([1, 0, 6, 3].map((code) => type.detectClass(code))).toEqual([true, true, true, false]);
    type.pack();
    expect([type.getSize(), type.getMemberOffset(1)]).toEqual([12, 4]);
  });

  test("refuse in h5py's words", () => {
    const type = make();
    const cases: [() => unknown, string, string][] = [
      [() => type.insert("b", 4, h5t.STD_I32LE), "ValueError", "Unable to insert member (member name is not unique)"],
      [
        () => type.insert("x", 2, h5t.STD_I32LE),
        "ValueError",
        "Unable to insert member (member overlaps with another member)",
      ],
      [
        () => type.insert("x", 100, h5t.STD_I32LE),
        "ValueError",
        "Unable to insert member (member extends past end of compound type)",
      ],
      [() => type.insert("", 4, h5t.STD_I8LE), "ValueError", twice("no member name")],
      [() => type.insert("z", 0, type), "ValueError", twice("can't insert compound datatype within itself")],
      [() => type.getMemberType(9), "ValueError", twice("invalid member number")],
      [() => type.getMemberName(5), "ValueError", "Unable to get member name (invalid member number)"],
      [() => type.getMemberOffset(-1), "ValueError", "Member index must be non-negative."],
      [() => type.getMemberIndex("zz"), "RuntimeError", "Unspecified error in H5Tget_member_index (return value <0)"],
      [
        () => type.setSize(10),
        "TypeError",
        "Unable to set size for datatype (size shrinking will cut off last member)",
      ],
      [() => type.detectClass(99), "ValueError", twice("not a datatype class")],
      [() => h5t.create(h5t.INTEGER, 4), "ValueError", "Class must be COMPOUND or OPAQUE."],
      [() => h5t.create(h5t.COMPOUND, 0), "ValueError", twice("size must be positive")],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
    expect(type.getNmembers()).toBe(2);
  });
});

describe("enumerations", () => {
  test("go from names to values and back", () => {
    const type = h5t.enumCreate(h5t.STD_I16BE);
    type.enumInsert("A", 1);
    type.enumInsert("B", -2);
    expect([type.enumNameof(-2), type.enumValueof("B"), type.getMemberValue(0), type.getMemberName(1)]).toEqual([
      "B",
      -2,
      1,
      "B",
    ]);
    expect(type.datatype().members[1]?.value).toEqual(Uint8Array.of(0xff, 0xfe));
    const wide = h5t.enumCreate(h5t.STD_U64LE);
    wide.enumInsert("max", 0xffff_ffff_ffff_ffffn);
    expect(wide.enumValueof("max")).toBe(0xffff_ffff_ffff_ffffn);
  });

  test("refuse in h5py's words", () => {
    const type = h5t.enumCreate(h5t.STD_I16LE);
    type.enumInsert("A", 1);
    const cases: [() => unknown, string, string][] = [
      [() => type.enumInsert("A", 3), "TypeError", "Unable to insert new enumeration member (name redefinition)"],
      [() => type.enumInsert("C", 1), "TypeError", "Unable to insert new enumeration member (value redefinition)"],
      [() => type.enumInsert("", 7), "ValueError", twice("no name specified")],
      [() => type.enumInsert("D", 70000), "OverflowError", "value 70000 does not fit an integer of 2 bytes"],
      [() => type.enumNameof(9), "TypeError", "Nameof query failed (value is currently not defined)"],
      [() => type.enumValueof("Z"), "TypeError", "Valueof query failed (string doesn't exist in the enumeration type)"],
      [() => type.getMemberValue(-1), "ValueError", "Index must be non-negative."],
      [() => type.setSize(4), "TypeError", twice("operation not allowed after members are defined")],
      [() => h5t.enumCreate(h5t.IEEE_F32LE), "ValueError", twice("not an integer data type")],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
  });
});

describe("derived datatypes", () => {
  test("of arrays and sequences know their base", () => {
    const array = h5t.arrayCreate(h5t.STD_I16LE, [2, 3]);
    expect([array.getArrayNdims(), array.getArrayDims(), array.getSize()]).toEqual([2, [2, 3], 12]);
    expect(array.getSuper().equal(h5t.STD_I16LE)).toBe(true);
    expect(h5t.vlenCreate(h5t.IEEE_F32BE).getSuper().equal(h5t.IEEE_F32BE)).toBe(true);
    expectError(() => h5t.arrayCreate(h5t.STD_I8LE, []), "ValueError", twice("invalid dimensionality"));
    expectError(() => h5t.arrayCreate(h5t.STD_I8LE, [0]), "ValueError", twice("zero-sized dimension specified"));
  });
});

describe("datatypes of datasets and attributes", () => {
  const file = () => {
    const f = h5f.create(new MemoryTarget());
    const colours = h5t.enumCreate(h5t.STD_U8LE);
    colours.enumInsert("RED", 1);
    const d = h5d.create(f, "d", h5t.STD_I32LE, h5s.create(h5s.SCALAR));
    const e = h5d.create(f, "e", colours, h5s.create(h5s.SCALAR));
    const a = h5a.create(d, "a", h5t.C_S1, h5s.create(h5s.SCALAR));
    return { f, d, e, a };
  };

  test("cannot be changed, their copies can", () => {
    const { d, a } = file();
    for (const type of [d.getType(), a.getType()]) {
      expectError(() => type.setSize(8), "TypeError", twice("datatype is read-only"));
      const copy = type.copy();
      copy.setSize(8);
      expect([type.locked, copy.getSize(), d.getType().getSize(), a.getType().getSize()]).toEqual([false, 8, 4, 1]);
    }
  });

  test("are committed as others are, and get names of an enumeration, as in the C library", () => {
    const { f, e } = file();
    const type = e.getType() as h5t.TypeEnumID;
    type.enumInsert("GREEN", 2);
    type.commit(f, "colours");
    expectError(() => type.enumInsert("BLUE", 3), "TypeError", twice("datatype is read-only"));
    const stored = h5t.open(f, "colours") as h5t.TypeEnumID;
    expect([stored.getNmembers(), (e.getType() as h5t.TypeEnumID).getNmembers()]).toEqual([2, 1]);
  });

  test("are packed where there is nothing to do", () => {
    const { f } = file();
    const wide = h5t.create(h5t.COMPOUND, 16) as h5t.TypeCompoundID;
    wide.insert("x", 4, h5t.STD_I8LE);
    const packed = wide.copy();
    packed.pack();
    const typeOf = (name: string, type: h5t.TypeID) =>
      h5d.create(f, name, type, h5s.create(h5s.SCALAR)).getType() as h5t.TypeCompoundID;
    typeOf("packed", packed).pack();
    const refused = "Unable to pack compound datatype (datatype is read-only)";
    expectError(() => typeOf("wide", wide).pack(), "TypeError", refused);
  });
});

describe("equality and bytes of datatypes", () => {
  test("are by meaning", () => {
    expect(h5t.STD_I32LE.equals(h5t.NATIVE_INT32)).toBe(true);
    expect(h5t.STD_I32LE.equal(h5t.STD_I32BE)).toBe(false);
    expect(h5t.STD_I32LE.hash()).toBe(h5t.NATIVE_INT32.hash());
    const type = h5t.STD_I32LE.copy();
    expectError(() => type.hash(), "TypeError", "Only locked or committed types can be hashed");
    type.lock();
    expect(type.hash()).toBe(h5t.STD_I32LE.hash());
    expectError(() => type.setSign(0), "TypeError", twice("datatype is read-only"));
  });

  test("are those of the C library, for a compound", () => {
    const type = h5t.create(h5t.COMPOUND, 12);
    type.insert("a", 0, h5t.STD_I32LE);
    type.insert("b", 4, h5t.IEEE_F64LE);
    const hex = [...type.encode()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(hex).toBe(
      "0300160200000c0000006100000000000000000000000000000000000000000000000000000000000000000000000000000010080000040000000000200062000000000000" +
        "00040000000000000000000000000000000000000000000000000000000000000011203f000800000000004000340b0034ff030000",
    );
    expect(h5t.decode(type.encode()).equal(type)).toBe(true);
    expectError(() => h5t.decode(new Uint8Array(0)), "RuntimeError", "Can't decode object (not an encoded datatype)");
    expectError(() => h5t.decode(type.encode().subarray(0, 10)), "RuntimeError", /^Can't decode object \(/);
  });

  test("are not had of a closed handle", () => {
    const type = h5t.STD_I8LE.copy();
    type.close();
    expectError(() => type.getSize(), "ValueError", "Not a datatype (not a datatype)");
    expectError(() => type.copy(), "ValueError", "Not a datatype or dataset (not a datatype or dataset)");
  });
});
