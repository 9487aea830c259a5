/** Blocks of elements are what their elements are one by one, by another way: bytes put together without any of the loops. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../../src/base/text.ts";
import type { ElementContext } from "../../../src/engine/conversion/element-context.ts";
import { decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { encodeElements } from "../../../src/engine/conversion/element-encoder.ts";
import { floatCodec } from "../../../src/engine/conversion/float-codec.ts";
import { integerCodec } from "../../../src/engine/conversion/integer-codec.ts";
import type { Datatype, FixedPointType } from "../../../src/format/datatype.ts";
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

/** The value of one element, from the codecs of any layout. */
function elementOf(type: Datatype, bytes: Uint8Array, offset: number): unknown {
  const element = bytes.slice(offset, offset + type.size);
  switch (type.class) {
    case "fixed-point":
    case "bitfield": {
      const value = integerCodec(type).read(element, 0);
      return type.bitPrecision <= 32 ? Number(value) : value;
    }
    case "floating-point":
      return floatCodec(type).read(element, 0);
    case "string":
      return textOf(type.padding, element);
    case "opaque":
      return element;
    case "reference":
      return { kind: type.kind, bytes: element };
    case "enum": {
      const value = elementOf(type.base, element, 0);
      return type.members[0]?.name === "FALSE" ? Number(value) !== 0 : value;
    }
    case "complex":
      return { re: elementOf(type.base, element, 0), im: elementOf(type.base, element, type.base.size) };
    case "compound":
      return recordOf(type.members.map(({ name, byteOffset, type: of }) => [name, elementOf(of, element, byteOffset)]));
    case "array":
      return itemsOf(type.base, type.dims, element, 0);
    default:
      throw new Error(`no ${type.class} here`);
  }
}

function recordOf(entries: (readonly [string, unknown])[]): object {
  const properties = entries.map(([name, value]) => {
    return [name, { value, enumerable: true, configurable: true, writable: true }] as const;
  });
  const record = {};
  for (const [name, property] of properties) Object.defineProperty(record, name, property);
  return record;
}

function itemsOf(base: Datatype, dims: readonly number[], bytes: Uint8Array, offset: number): unknown {
  const [length, ...inner] = dims;
  if (length === undefined) return elementOf(base, bytes, offset);
  const size = inner.reduce((product, dim) => product * dim, base.size);
  return Array.from({ length }, (_, i) => itemsOf(base, inner, bytes, offset + i * size));
}

function textOf(padding: "null-terminate" | "null-pad" | "space-pad", element: Uint8Array): string {
  const [...bytes] = element;
  if (padding === "null-terminate") return decodeUtf8(Uint8Array.from(bytes.slice(0, [...bytes, 0].indexOf(0))));
  while (bytes.at(-1) === 0) bytes.pop();
  while (padding === "space-pad" && bytes.at(-1) === 0x20) bytes.pop();
  return decodeUtf8(Uint8Array.from(bytes));
}

function booleansOf(base: FixedPointType): Datatype {
  const yes = new Uint8Array(base.size);
  yes[base.byteOrder === "little-endian" ? 0 : base.size - 1] = 1;
  return enumeration(base, [
    { name: "FALSE", value: new Uint8Array(base.size) },
    { name: "TRUE", value: yes },
  ]);
}

const order = fc.constantFrom("little-endian" as const, "big-endian" as const);
const number: fc.Arbitrary<Datatype> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 8), fc.boolean(), order).map((of) => fixedPoint(...of)),
  fc.tuple(fc.constantFrom(2, 4, 8), order).map(([size, byteOrder]) => float(size, byteOrder)),
  fc.constantFrom<Datatype>(
    float(16),
    floatLayout(5, 2),
    PREDEFINED.VAX_F32,
    bitfield(2, "big-endian"),
    { ...fixedPoint(3, true), bitOffset: 2, bitPrecision: 20 },
    { ...fixedPoint(8, false), bitOffset: 1, bitPrecision: 33 },
  ),
);
const real = fc.tuple(fc.constantFrom(2, 4, 8), order).map(([size, byteOrder]) => float(size, byteOrder));
const text = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.constantFrom("null-terminate" as const, "null-pad", "space-pad"))
  .map(([size, padding]) => fixedString(size, padding));
const leaf: fc.Arbitrary<Datatype> = fc.oneof(
  number,
  real,
  text,
  real.map((base) => complex(base)),
  fc.constantFrom<Datatype>(
    booleanEnum(),
    booleansOf(fixedPoint(4, true, "big-endian")),
    booleansOf(fixedPoint(8, true)),
    booleansOf({ ...fixedPoint(1, false), bitPrecision: 5 }),
    enumeration(fixedPoint(2, true, "big-endian"), [{ name: "A", value: Uint8Array.of(0, 1) }]),
    opaque(5, "tag"),
    reference("object"),
  ),
);
const names = fc.oneof(
  fc.constant(["r", "i"]),
  fc.uniqueArray(fc.constantFrom("r", "i", "a", "2", "1", "__proto__", "constructor", "x y"), {
    minLength: 1,
    maxLength: 7,
  }),
);

/** Members in any order, with gaps of any size before and behind each. */
function records(member: fc.Arbitrary<Datatype>): fc.Arbitrary<Datatype> {
  const gap = fc.integer({ min: 0, max: 3 });
  return names.chain((all) =>
    fc.tuple(...all.map(() => fc.tuple(member, gap)), gap).map((parts) => {
      let end = 0;
      const members = all.map((name, i) => {
        const [type, space] = parts[i] as [Datatype, number];
        const byteOffset = end + space;
        end = byteOffset + type.size;
        return { name, byteOffset, type };
      });
      return compound(members, end + (parts.at(-1) as number));
    }),
  );
}

const { datatype } = fc.letrec<{ datatype: Datatype }>((tie) => ({
  datatype: fc.oneof(
    { maxDepth: 2, depthSize: "large" },
    leaf,
    records(real),
    records(tie("datatype")),
    fc
      .tuple(tie("datatype"), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }))
      .map(([base, dims]) => arrayOf(base, dims)),
  ),
}));

/** Bytes as they may be, those of text, and few different ones. */
const filling = fc.oneof(
  fc.constant((random: number) => random),
  fc.constant((random: number) => random & 0x7f),
  fc.constantFrom(0, 0x20, 0x41, 0xc3).chain((byte) => fc.constant((random: number) => (random & 1 ? byte : 0))),
);

describe("blocks of elements", () => {
  test("are what their elements are, for any datatype, count and place", () => {
    fc.assert(
      fc.property(
        fc.oneof(leaf, datatype, records(datatype)),
        fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 120, max: 300 })),
        fc.integer({ min: 0, max: 7 }),
        filling,
        fc.integer(),
        (type, count, place, byteOf, seed) => {
          const memory = new Uint8Array(place + count * type.size);
          let state = seed | 1;
          for (let i = 0; i < memory.length; i++) {
            state = Math.imul(state, 1664525) + 1013904223;
            memory[i] = byteOf(state >>> 24);
          }
          const bytes = memory.subarray(place);
          const expected = Array.from({ length: count }, (_, i) => elementOf(type, bytes, i * type.size));
          expect(decodeElements(type, bytes, count).map(described)).toEqual(expected.map(described));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("are strings that are the same as the one before, and such that only begin alike", () => {
    const values = ["abc", "abc", "abd", "ab", "ab", "", "", "grün", "grün", "abc"];
    const type = packedCompound([
      { name: "s", type: fixedString(6, "null-pad", "utf-8") },
      { name: "n", type: float(4) },
    ]);
    const elements = values.map((s, n) => ({ s, n }));
    expect(decodeElements(type, encodeElements(type, elements), values.length)).toEqual(elements);
  });

  test("keep what lies in heaps apart, of records in sequences of records", () => {
    const objects: Uint8Array[] = [];
    const context: ElementContext = {
      widths: { sizeOfOffsets: 8, sizeOfLengths: 8 },
      readHeapObject: (_address, index) => objects[index - 1] ?? new Uint8Array(0),
      writeHeapObject: (bytes) => ({ address: 512, index: objects.push(bytes.slice()) }),
    };
    const pair = packedCompound([
      { name: "r", type: float(8) },
      { name: "i", type: float(4, "big-endian") },
    ]);
    const inner = packedCompound([
      { name: "name", type: variableString() },
      { name: "z", type: pair },
    ]);
    const type = packedCompound([
      { name: "list", type: variableSequence(inner) },
      { name: "name", type: variableString() },
    ]);
    const values = Array.from({ length: 300 }, (_, n) => ({
      list: Array.from({ length: n % 150 }, (_, k) => ({ name: `${n} ${k}`, z: { r: n, i: k } })),
      name: `text ${n}`,
    }));
    expect(decodeElements(type, encodeElements(type, values, context), values.length, context)).toStrictEqual(values);
  });
});

/** With properties as a list: of any name, in their order. */
function described(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(described);
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return [isPlain, Object.entries(value).map(([name, item]) => [name, described(item)])];
}
