import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../../src/base/errors.ts";
import type { ElementContext } from "../../../src/engine/conversion/element-context.ts";
import { decodeElement, decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { encodeElement, encodeElements } from "../../../src/engine/conversion/element-encoder.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import {
  arrayOf,
  bitfield,
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

function heap(sizeOfOffsets = 8): ElementContext & { readonly objects: Uint8Array[] } {
  const objects: Uint8Array[] = [];
  return {
    objects,
    widths: { sizeOfOffsets, sizeOfLengths: 8 },
    readHeapObject: (_address, index) => objects[index - 1] ?? new Uint8Array(0),
    writeHeapObject: (bytes) => ({ address: 512, index: objects.push(bytes.slice()) }),
  };
}

function roundTrip(type: Datatype, values: unknown[], context?: ElementContext): unknown[] {
  return decodeElements(type, encodeElements(type, values, context), values.length, context);
}

const text = new TextEncoder();

describe("elements as values", () => {
  test("are numbers, and bigint above 32 bits", () => {
    expect(roundTrip(fixedPoint(4, true, "big-endian"), [-1, 2 ** 31 - 1])).toEqual([-1, 2 ** 31 - 1]);
    expect(roundTrip(fixedPoint(8, false), [2n ** 64n - 1n, 5])).toEqual([2n ** 64n - 1n, 5n]);
    expect(roundTrip({ ...fixedPoint(8, true), bitPrecision: 33 }, [-(2n ** 32n)])).toEqual([-(2n ** 32n)]);
    expect(roundTrip({ ...fixedPoint(3, true), bitOffset: 2, bitPrecision: 20 }, [-5])).toEqual([-5]);
    expect(roundTrip(bitfield(2, "big-endian"), [0xfff0])).toEqual([0xfff0]);
    expect(roundTrip(PREDEFINED.UNIX_D32BE, [-1, 1700000000])).toEqual([-1, 1700000000]);
    expect(decodeElement(fixedPoint(2, true), Uint8Array.of(0xfe, 0xff))).toBe(-2);
  });

  test("are floats of every layout", () => {
    for (const type of [
      float(2),
      float(4),
      float(8, "big-endian"),
      float(16),
      PREDEFINED.VAX_F32,
      PREDEFINED.VAX_F64,
      PREDEFINED.NATIVE_LDOUBLE,
      floatLayout(8, 7),
      floatLayout(5, 2),
    ]) {
      expect(roundTrip(type, [0, 1, -1.5, 0.25, 256])).toEqual([0, 1, -1.5, 0.25, 256]);
    }
    expect(roundTrip(float(2), [Number.POSITIVE_INFINITY, Number.NaN])).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
    expect(roundTrip(float(16), [Math.PI, 5e-324, 1.7976931348623157e308])).toEqual([
      Math.PI,
      5e-324,
      1.7976931348623157e308,
    ]);
  });

  test("of any double survive wider layouts exactly", () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.constantFrom(float(8, "big-endian"), float(16), PREDEFINED.NATIVE_LDOUBLE),
        (value, type) => {
          expect(roundTrip(type, [value])).toEqual([value]);
        },
      ),
    );
  });

  test("are strings without their padding", () => {
    const element = text.encode("ab \0c  \0");
    expect(decodeElement(fixedString(8, "null-terminate"), element)).toBe("ab ");
    expect(decodeElement(fixedString(8, "null-pad"), element)).toBe("ab \0c  ");
    expect(decodeElement(fixedString(8, "space-pad"), element)).toBe("ab \0c");
    // Never written: the fill value of every datatype is zeros.
    expect(decodeElement(fixedString(8, "space-pad"), new Uint8Array(8))).toBe("");
    expect(decodeElement(fixedString(4, "space-pad"), text.encode("a   "))).toBe("a");
    expect(roundTrip(fixedString(6, "null-pad", "utf-8"), ["grün", "", "zu lang"])).toEqual(["grün", "", "zu lan"]);
    expect(roundTrip(fixedString(4, "null-terminate"), ["abcdef"])).toEqual(["abc"]);
    expect(roundTrip(fixedString(1), ["x"])).toEqual(["x"]);
  });

  test("of text that is too long end at a character", () => {
    expect(roundTrip(fixedString(4, "null-pad", "utf-8"), ["aaaü", "üüü", "a€€"])).toEqual(["aaa", "üü", "a€"]);
  });

  test("are the same strings decoded one by one and many at once", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("null-terminate" as const, "null-pad" as const, "space-pad" as const),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.string(), { minLength: 1, maxLength: 20 }),
        (padding, size, values) => {
          const type = fixedString(size, padding, "utf-8");
          const bytes = encodeElements(type, values);
          const single = values.map((_, i) =>
            decodeElement(packedCompound([{ name: "s", type }]), bytes.subarray(i * size)),
          );
          expect(decodeElements(type, bytes, values.length).map((s) => ({ s }))).toEqual(single);
        },
      ),
    );
  });

  test("of bytes that are not UTF-8 come back unchanged", () => {
    const type = fixedString(4, "null-pad");
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x62);
    expect(encodeElement(type, decodeElement(type, bytes))).toEqual(bytes);
  });

  test("are records, also with members that are called as properties of objects are", () => {
    const int = fixedPoint(4, true);
    const type = packedCompound([
      { name: "__proto__", type: int },
      { name: "constructor", type: int },
      { name: "toString", type: fixedString(3, "null-pad") },
    ]);
    const bytes = encodeElement(type, [1, 2, "abc"]);
    const record = decodeElement(type, bytes) as Record<string, unknown>;
    expect(Object.entries(record)).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", "abc"],
    ]);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
    expect(encodeElement(type, record)).toEqual(bytes);
  });

  test("leave gaps of compounds zero and take members in any order", () => {
    const type = compound(
      [
        { name: "b", byteOffset: 8, type: fixedPoint(2, false) },
        { name: "a", byteOffset: 1, type: fixedPoint(1, false) },
      ],
      12,
    );
    expect(encodeElement(type, { a: 255, b: 258 })).toEqual(Uint8Array.of(0, 255, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0));
  });

  test("are booleans, members by name, and integers of enumerations", () => {
    expect(roundTrip(booleanEnum(), [true, false, "TRUE", 0])).toEqual([true, false, true, false]);
    const type = enumeration(fixedPoint(2, true, "big-endian"), [{ name: "RED", value: Uint8Array.of(0, 7) }]);
    expect(roundTrip(type, ["RED", 9])).toEqual([7, 9]);
    expect(() => encodeElement(type, "BLUE")).toThrow('enumeration has no member "BLUE"');
  });

  test("are nested arrays", () => {
    const type = arrayOf(fixedPoint(2, true), [2, 3]);
    const value = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(roundTrip(type, [value, Int16Array.of(1, 2, 3, 4, 5, 6)])).toEqual([value, value]);
    expect(() => encodeElement(type, [[1, 2, 3]])).toThrow("an array of dimensions (2, 3)");
    expect(() => encodeElement(type, [1, 2, 3])).toThrow("an array of dimensions (2, 3)");
  });

  test("are complex numbers, bytes and references", () => {
    expect(roundTrip(complex(float(8)), [{ re: 1, im: -2 }, 5, [3, 4]])).toEqual([
      { re: 1, im: -2 },
      { re: 5, im: 0 },
      { re: 3, im: 4 },
    ]);
    expect(roundTrip(opaque(3), [Uint8Array.of(1, 2)])).toEqual([Uint8Array.of(1, 2, 0)]);
    const value = { kind: "object", bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    expect(roundTrip(reference("object"), [value])).toEqual([value]);
  });
});

describe("variable-length elements", () => {
  test("are strings and sequences in heap objects, for every size of offsets", () => {
    for (const sizeOfOffsets of [2, 4, 8]) {
      const context = heap(sizeOfOffsets);
      const { widths } = context;
      expect(roundTrip(variableString("utf-8", "null-terminate", widths), ["abc", "", "grün"], context)).toEqual([
        "abc",
        "",
        "grün",
      ]);
      expect(roundTrip(variableSequence(fixedPoint(8, true), widths), [[1n, -2n], []], context)).toEqual([
        BigInt64Array.of(1n, -2n),
        new BigInt64Array(0),
      ]);
      const nested = variableSequence(variableSequence(float(4, "big-endian"), widths), widths);
      expect(roundTrip(nested, [[[1, 2], [], [3]]], context)).toEqual([
        [Float32Array.of(1, 2), new Float32Array(0), Float32Array.of(3)],
      ]);
      const mixed = packedCompound([
        { name: "names", type: variableSequence(variableString("utf-8", "null-terminate", widths), widths) },
        { name: "flags", type: variableSequence(booleanEnum(), widths) },
      ]);
      const value = { names: ["a", "bb"], flags: [true, false] };
      expect(roundTrip(mixed, [value], context)).toEqual([value]);
    }
  });

  test("are stored as count, address and index, as the C library has them", () => {
    const context = heap();
    const element = (count: number, index: number): Uint8Array =>
      Uint8Array.of(count, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, index, 0, 0, 0);
    expect(encodeElement(variableString(), "abc", context)).toEqual(element(3, 1));
    expect(encodeElement(variableString(), "", context)).toEqual(element(0, 2));
    expect(encodeElement(variableString(), null, context)).toEqual(new Uint8Array(16));
    expect(encodeElement(variableSequence(float(4)), [], context)).toEqual(new Uint8Array(16));
    expect(context.objects).toEqual([text.encode("abc"), new Uint8Array(0)]);
  });

  test("end at a NUL that some writers count", () => {
    const context = heap();
    context.objects.push(text.encode("abc\0"));
    const element = Uint8Array.of(4, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
    expect(decodeElement(variableString(), element, context)).toBe("abc");
  });

  test("are null with address 0 or undefined, whatever their count", () => {
    const context = heap();
    const element = new Uint8Array(16);
    element[0] = 5;
    expect(decodeElement(variableString(), element, context)).toBe("");
    element.fill(0xff, 4, 12);
    expect(decodeElement(variableSequence(fixedPoint(1, true)), element, context)).toEqual(new Int8Array(0));
  });

  test("longer than their heap object are refused", () => {
    const context = heap();
    context.objects.push(new Uint8Array(7));
    const element = Uint8Array.of(2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
    expect(() => decodeElement(variableSequence(float(4)), element, context)).toThrow(
      "2 elements of 4 bytes in heap object 1 at address 512, which has 7 bytes",
    );
  });

  test("without a file are refused", () => {
    expect(() => encodeElement(variableString(), "abc")).toThrow("without a file");
  });

  test("that are short share room, and hold nothing of those before", () => {
    const context = heap();
    const texts = [["aaaa", "bbbb"], ["c"], ["", "d"]];
    encodeElements(variableSequence(fixedString(4, "null-pad")), texts, context);
    expect(context.objects.map((bytes) => Buffer.from(bytes).toString("latin1"))).toEqual([
      "aaaabbbb",
      "c\0\0\0",
      "\0\0\0\0d\0\0\0",
    ]);
  });
});

describe("values that do not fit", () => {
  const refused = (type: Datatype, value: unknown): void => {
    expect(() => encodeElement(type, value, heap())).toThrow(
      expect.toSatisfy((error) => isHdf5Error(error, "conversion")),
    );
  };

  test("are refused with an error of their own", () => {
    refused(fixedPoint(1, false), 256);
    refused(fixedPoint(1, false), -1);
    refused(fixedPoint(8, true), 2n ** 63n);
    refused(fixedPoint(4, true), Number.NaN);
    refused(fixedPoint(4, true), "1");
    refused(float(8), null);
    refused(fixedString(4), 5);
    refused(variableString(), "a\0b");
    refused(variableSequence(float(4)), 1);
    refused(packedCompound([{ name: "a", type: float(4) }]), { b: 1 });
    refused(packedCompound([{ name: "a", type: float(4) }]), [1, 2]);
    refused(opaque(2), Uint8Array.of(1, 2, 3));
    refused(reference("object"), { kind: "object", bytes: new Uint8Array(3) });
    refused(complex(float(4)), { re: 1 });
  });

  test("too few bytes are refused", () => {
    expect(() => decodeElements(float(8), new Uint8Array(15), 2)).toThrow(
      expect.toSatisfy((error) => isHdf5Error(error, "format")),
    );
  });

  test("of records, but inherited by every object, are none", () => {
    const type = packedCompound([
      { name: "x", type: PREDEFINED.STD_U8LE },
      { name: "constructor", type: PREDEFINED.STD_U8LE },
    ]);
    expect(() => encodeElement(type, { x: 1 })).toThrow('no value for member "constructor" of a compound');
    expect(encodeElement(type, { x: 1, constructor: 2 })).toEqual(Uint8Array.of(1, 2));
  });
});
