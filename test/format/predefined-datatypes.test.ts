import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import type { Datatype, FixedPointType } from "../../src/format/datatype.ts";
import { decodeDatatype } from "../../src/format/datatype-message.ts";
import {
  containsClass,
  datatypesEqual,
  elementsInterchangeable,
  isBooleanEnum,
  isVariableString,
  usesHeap,
} from "../../src/format/datatype-questions.ts";
import { withVersion, withWidths } from "../../src/format/datatype-version.ts";
import type { LibraryVersion } from "../../src/format/library-version.ts";
import {
  arrayOf,
  bitfield,
  booleanEnum,
  compound,
  enumeration,
  fixedPoint,
  fixedString,
  float,
  opaque,
  PREDEFINED,
  packedCompound,
  reference,
  variableSequence,
  variableString,
} from "../../src/format/predefined-datatypes.ts";
import { anyDatatype } from "./any-datatype.ts";

const samples: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(new URL("../fixtures/datatype/datatypes.json", import.meta.url), "utf8"),
);

function sample(file: string, name: string): Datatype {
  const bytes = Uint8Array.from(samples[file]?.[name]?.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return decodeDatatype(new Cursor(bytes, { structure: name }));
}

describe("predefined datatypes", () => {
  test("have the fields that the C library writes", () => {
    let compared = 0;
    for (const [file, messages] of Object.entries(samples)) {
      for (const name of Object.keys(messages)) {
        const type = (PREDEFINED as Record<string, Datatype>)[name];
        if (type === undefined) continue;
        expect(type, `${file} ${name}`).toEqual(sample(file, name));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(120);
  });

  test("made from parts equal the C library's", () => {
    expect(variableString("ascii")).toEqual(sample("earliest", "vlen string"));
    expect(variableString()).toEqual(sample("earliest", "vlen string utf8"));
    expect(variableString("ascii", "space-pad")).toEqual(sample("earliest", "vlen string space"));
    expect(fixedString(10, "null-pad", "utf-8")).toEqual(sample("earliest", "string 10 nullpad utf8"));
    expect(booleanEnum()).toEqual(sample("earliest", "bool"));
    expect(arrayOf(fixedPoint(2, true, "big-endian"), [2, 3])).toEqual(sample("earliest", "array 2x3 int"));
    expect(variableSequence(arrayOf(fixedPoint(2, true, "big-endian"), [2, 3]))).toEqual(
      sample("earliest", "vlen of array"),
    );
    expect(opaque(5, "tag")).toEqual(sample("earliest", "opaque tag"));
  });
});

describe("the version for a library bound", () => {
  test("is what the C library chooses, from whatever version it comes", () => {
    for (const name of Object.keys(samples.earliest!)) {
      for (const [from, to] of [
        ["earliest", "latest"],
        ["latest", "earliest"],
      ] as const) {
        // libhdf5 1.10 writes version 3 under its newest bound.
        const bound = to === "latest" ? "v110" : "earliest";
        expect(withVersion(sample(from, name), bound), `${name} to ${to}`).toEqual(sample(to, name));
      }
    }
    for (const name of Object.keys(samples.v112!)) {
      expect(withVersion(sample("v200", name), "v112"), `${name} to v112`).toEqual(sample("v112", name));
      expect(withVersion(sample("v112", name), "v200"), `${name} to v200`).toEqual(sample("v200", name));
    }
  });

  test("can be chosen for every datatype and changes nothing that it means", () => {
    fc.assert(
      fc.property(anyDatatype, fc.constantFrom<LibraryVersion>("earliest", "v108", "v112", "v200"), (type, libver) => {
        expect(datatypesEqual(withVersion(type, libver), type)).toBe(true);
      }),
    );
  });

  test("leaves sizes that follow the file's widths to withWidths", () => {
    const type = compound(
      [
        { name: "text", byteOffset: 20, type: variableString() },
        { name: "ref", byteOffset: 0, type: reference("object") },
        { name: "number", byteOffset: 40, type: float(8) },
      ],
      50,
    );
    const narrow = withWidths(type, { sizeOfOffsets: 4, sizeOfLengths: 4 });
    expect(narrow.size).toBe(42);
    expect(narrow.class === "compound" && narrow.members.map(({ byteOffset }) => byteOffset)).toEqual([16, 0, 32]);
    expect(withWidths(narrow, { sizeOfOffsets: 8, sizeOfLengths: 8 })).toEqual(type);
    expect(withWidths(arrayOf(reference("region"), [3]), { sizeOfOffsets: 2, sizeOfLengths: 2 }).size).toBe(18);
  });
});

describe("equality of datatypes", () => {
  test("holds between a datatype and itself in another version, and not with another size", () => {
    fc.assert(
      fc.property(anyDatatype, (type) => {
        expect(datatypesEqual(type, structuredClone(type))).toBe(true);
        expect(datatypesEqual(type, { ...type, version: 3 } as Datatype)).toBe(true);
        expect(datatypesEqual(type, { ...type, size: type.size + 1 } as Datatype)).toBe(false);
      }),
    );
  });

  test("sees every field that has a meaning", () => {
    const int = fixedPoint(4, true);
    const differing: [Datatype, Datatype][] = [
      [int, { ...int, signed: false }],
      [int, { ...int, byteOrder: "big-endian" }],
      [int, { ...int, bitPrecision: 31 }],
      [int, { ...int, highPad: "one" }],
      [int, bitfield(4)],
      [float(4), { ...float(4), exponentBias: 1 }],
      [float(4), { ...float(4), mantissaNormalization: "none" }],
      [fixedString(4), fixedString(4, "space-pad")],
      [fixedString(4), fixedString(4, "null-terminate", "utf-8")],
      [opaque(2, "a"), opaque(2, "b")],
      [variableSequence(int), variableSequence(float(4))],
      [arrayOf(int, [2, 3]), arrayOf(int, [3, 2])],
      [reference("standard-object"), reference("standard-region")],
      [booleanEnum(), enumeration(fixedPoint(1, true), [{ name: "FALSE", value: Uint8Array.of(0) }])],
      [packedCompound([{ name: "a", type: int }]), packedCompound([{ name: "b", type: int }])],
      [packedCompound([{ name: "a", type: int }]), packedCompound([{ name: "a", type: float(4) }])],
    ];
    for (const [a, b] of differing) {
      expect(datatypesEqual(a, b), `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(false);
      expect(datatypesEqual(a, a)).toBe(true);
    }
  });

  test("does not depend on padding and character set of variable-length strings, as in the C library", () => {
    const [ascii, utf8] = [variableString("ascii"), variableString("utf-8")];
    const compoundOf = (type: Datatype) => packedCompound([{ name: "s", type: arrayOf(type, [2]) }]);
    expect(datatypesEqual(ascii, utf8)).toBe(true);
    expect(datatypesEqual(compoundOf(ascii), compoundOf({ ...utf8, padding: "space-pad" }))).toBe(true);
    expect(elementsInterchangeable(compoundOf(ascii), compoundOf(utf8))).toBe(false);
    expect(elementsInterchangeable(compoundOf(ascii), compoundOf({ ...ascii, padding: "space-pad" }))).toBe(true);
  });

  test("does not depend on the order of members", () => {
    const a = { name: "a", byteOffset: 0, type: float(4) };
    const b = { name: "b", byteOffset: 4, type: float(8) };
    expect(datatypesEqual(compound([a, b]), compound([b, a]))).toBe(true);
  });
});

describe("questions about datatypes", () => {
  const nested = arrayOf(
    packedCompound([
      { name: "v", type: variableSequence(float(4)) },
      { name: "s", type: variableString() },
    ]),
    [2],
  );

  test("find a class at any depth, a variable-length string being a string", () => {
    for (const name of ["array", "compound", "variable-length", "floating-point", "string"] as const) {
      expect(containsClass(nested, name), name).toBe(true);
    }
    expect(containsClass(nested, "fixed-point")).toBe(false);
    expect(containsClass(variableString(), "variable-length")).toBe(false);
    expect(containsClass(booleanEnum(), "fixed-point")).toBe(true);
  });

  test("tell strings, booleans and heap users", () => {
    expect(isVariableString(variableString())).toBe(true);
    expect(isVariableString(variableSequence(float(4)))).toBe(false);
    expect(usesHeap(nested)).toBe(true);
    expect(usesHeap(reference("region"))).toBe(true);
    expect(usesHeap(reference("object"))).toBe(false);
    expect(isBooleanEnum(booleanEnum())).toBe(true);
    const wide = (base: FixedPointType, trueBytes: readonly number[]): Datatype =>
      enumeration(base, [
        { name: "FALSE", value: Uint8Array.of(0, 0) },
        { name: "TRUE", value: Uint8Array.from(trueBytes) },
      ]);
    expect(isBooleanEnum(wide(fixedPoint(2, true, "big-endian"), [0, 1]))).toBe(true);
    expect(isBooleanEnum(wide(fixedPoint(2, true), [0, 1]))).toBe(false);
  });
});
