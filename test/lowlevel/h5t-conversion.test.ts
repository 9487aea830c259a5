/** Conversion of elements, conversions of a program's own, native datatypes, committed ones. */
import { afterEach, describe, expect, test } from "vitest";
import { stringDtype } from "../../src/highlevel/special-dtypes.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

afterEach(() => h5t.unregister(h5t.PERS_DONTCARE));

function scratchFile() {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setFaplCore(4096, false);
  return h5f.create("in memory", { fapl });
}

const twice = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()} (${text})`;

describe("conversion", () => {
  test("is in place, and keeps members that the source lacks", () => {
    const numbers = new Int32Array([1, -2, 3, 0]);
    h5t.convert(h5t.NATIVE_INT32, h5t.NATIVE_INT16, 3, numbers);
    expect([...new Int16Array(numbers.buffer, 0, 3)]).toEqual([1, -2, 3]);
    const [small, large] = [h5t.create(h5t.COMPOUND, 1), h5t.create(h5t.COMPOUND, 2)];
    small.insert("a", 0, h5t.NATIVE_INT8);
    large.insert("a", 0, h5t.NATIVE_INT8);
    large.insert("b", 1, h5t.NATIVE_INT8);
    const bytes = Uint8Array.of(1, 2, 0, 0);
    h5t.convert(small, large, 2, bytes, Uint8Array.of(9, 8, 7, 6));
    expect([...bytes]).toEqual([1, 8, 2, 6]);
    expect([h5t.find(small, large), h5t.find(small, small), h5t.find(h5t.NATIVE_INT8, h5t.C_S1)]).toEqual([
      [h5t.BKG_YES],
      [h5t.BKG_NO],
      null,
    ]);
    expectError(
      () => h5t.convert(h5t.NATIVE_INT8, h5t.C_S1, 1, bytes),
      "TypeError",
      "Unable to convert between src and dst data types (no appropriate function for conversion path)",
    );
  });

  test("is the compiler's between this machine's numbers", () => {
    expect(h5t.compilerConv(h5t.NATIVE_INT32, h5t.NATIVE_DOUBLE)).toBe(true);
    expect(h5t.compilerConv(h5t.STD_I32BE, h5t.NATIVE_DOUBLE)).toBe(false);
    expectError(() => h5t.compilerConv(h5t.NATIVE_INT8, h5t.C_S1), "TypeError", twice("conversion function not found"));
  });

  test("may be a program's own, for two datatypes or for two classes, also of datasets", () => {
    const text = h5t.C_S1.copy();
    text.setSize(4);
    const toText: h5t.ConversionFunction = (source, destination, count, src, dst) => {
      for (let i = 0; i < count; i++) {
        const digits = `${source[i * src.getSize()]}`;
        for (let k = 0; k < dst.getSize(); k++) destination[i * dst.getSize() + k] = digits.charCodeAt(k) || 0;
      }
    };
    h5t.register(h5t.PERS_HARD, "digits", h5t.NATIVE_UINT8, text, toText);
    const bytes = Uint8Array.of(7, 42, 0, 0, 0, 0, 0, 0);
    h5t.convert(h5t.NATIVE_UINT8, text, 2, bytes);
    expect(String.fromCharCode(...bytes)).toBe("7\0\0\x0042\0\0");
    expect(h5t.find(h5t.NATIVE_UINT16, text)).toBe(null);
    h5t.register(h5t.PERS_SOFT, "any digits", h5t.NATIVE_UINT8, text, toText);
    expect(h5t.find(h5t.NATIVE_UINT16, text)).toEqual([h5t.BKG_NO]);

    const file = scratchFile();
    const set = h5d.create(file, "n", h5t.STD_U16LE, h5s.createSimple([2]));
    set.write(null, null, Uint16Array.of(5, 99));
    const out = new Uint8Array(8);
    set.read(null, null, out, text);
    expect(String.fromCharCode(...out)).toBe("5\0\0\x0099\0\0");
    h5t.unregister(h5t.PERS_SOFT, "any digits");
    expect([h5t.find(h5t.NATIVE_UINT16, text), h5t.find(h5t.NATIVE_UINT8, text)]).toEqual([null, [h5t.BKG_NO]]);
    h5t.unregister(h5t.PERS_HARD, "", h5t.NATIVE_UINT8, text, () => undefined);
    expect(h5t.find(h5t.NATIVE_UINT8, text)).toEqual([h5t.BKG_NO]);
    h5t.unregister(h5t.PERS_HARD, "", h5t.NATIVE_UINT8, text, toText);
    expect(h5t.find(h5t.NATIVE_UINT8, text)).toBe(null);
    file.close();
  });

  test("is not registered without a name, a way to persist, a function", () => {
    const [a, b] = [h5t.NATIVE_INT8, h5t.C_S1];
    const cases: [() => unknown, string][] = [
      [() => h5t.register(7, "x", a, b, () => undefined), "invalid function persistence"],
      [() => h5t.register(h5t.PERS_HARD, "", a, b, () => undefined), "conversion must have a name for debugging"],
      [() => h5t.register(h5t.PERS_HARD, "x", a, b, null as never), "no conversion function specified"],
    ];
    for (const [operation, text] of cases) expectError(operation, "ValueError", twice(text));
  });
});

describe("datatypes", () => {
  test("have native ones", () => {
    expect(h5t.STD_I32BE.getNativeType().equal(h5t.NATIVE_INT32)).toBe(true);
    expect(h5t.IEEE_F64BE.getNativeType(h5t.DIR_DESCEND).equal(h5t.NATIVE_DOUBLE)).toBe(true);
    const record = h5t.create(h5t.COMPOUND, 5);
    record.insert("a", 0, h5t.STD_I8BE);
    record.insert("b", 1, h5t.STD_I32BE);
    const native = record.getNativeType() as h5t.TypeCompoundID;
    expect([native.getSize(), native.getMemberOffset(1)]).toEqual([8, 4]);
    expectError(() => record.getNativeType(5), "ValueError", twice("not valid direction value"));
  });

  test("of complex numbers are made over floats", () => {
    const complex = h5t.complexCreate(h5t.IEEE_F32LE);
    expect(complex).toBeInstanceOf(h5t.TypeComplexID);
    expect([complex.getClass(), complex.getSize(), complex.equal(h5t.COMPLEX_IEEE_F32LE)]).toEqual([
      h5t.COMPLEX,
      8,
      true,
    ]);
    expect([complex.detectClass(h5t.COMPLEX), h5t.IEEE_F32LE.detectClass(h5t.COMPLEX)]).toEqual([true, false]);
    expectError(
      () => h5t.complexCreate(h5t.NATIVE_INT8),
      "ValueError",
      "Base datatype is not a h5t_float datatype (base datatype is not a H5T_FLOAT datatype)",
    );
  });

  test("are made from what numpy writes and from what the high level has", () => {
    expect(h5t.pyCreate("<i4").equal(h5t.STD_I32LE)).toBe(true);
    const text = h5t.pyCreate(stringDtype() as never) as h5t.TypeStringID;
    expect([text.isVariableStr(), text.getCset()]).toEqual([true, h5t.CSET_UTF8]);
    expect(h5t.typewrap(h5t.STD_I8LE.datatype())).toBeInstanceOf(h5t.TypeIntegerID);
    expect(h5t.NATIVE_INT_FAST16.getSize()).toBe(8);
    expect(h5t.NATIVE_UINT_LEAST16.equal(h5t.NATIVE_UINT16)).toBe(true);
  });

  test("that are committed are flushed and read again", () => {
    const file = scratchFile();
    const type = h5t.STD_I32BE.copy();
    expectError(() => type.flush(), "ValueError", twice("not a committed datatype"));
    expectError(() => type.refresh(), "ValueError", twice("not a committed datatype"));
    type.commit(file, "t");
    type.flush();
    type.refresh();
    expect([type.committed(), type.getSize(), h5t.open(file, "t").equal(type)]).toEqual([true, 4, true]);
    const anonymous = h5t.STD_I8LE.copy();
    anonymous.commit(file, null);
    expect(anonymous.committed()).toBe(true);
    file.close();
  });
});
