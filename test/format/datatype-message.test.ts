import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import type { CompoundType, Datatype } from "../../src/format/datatype.ts";
import { decodeDatatype, encodeDatatype, sizeOfDatatype } from "../../src/format/datatype-message.ts";
import {
  arrayOf,
  float,
  opaque,
  PREDEFINED,
  reference,
  variableString,
} from "../../src/format/predefined-datatypes.ts";
import { anyDatatype } from "./any-datatype.ts";

const WIDTHS = [
  { sizeOfOffsets: 2, sizeOfLengths: 4 },
  { sizeOfOffsets: 4, sizeOfLengths: 8 },
  { sizeOfOffsets: 8, sizeOfLengths: 2 },
];

/** Messages of committed datatypes as the C library wrote them: file, name, hexadecimal bytes. */
const samples: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(new URL("../fixtures/datatype/datatypes.json", import.meta.url), "utf8"),
);

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function decode(bytes: Uint8Array, widths = WIDTHS[2]): Datatype {
  return decodeDatatype(new Cursor(bytes, { structure: "Datatype message", address: 96, widths: widths! }));
}

function encode(type: Datatype, widths = WIDTHS[2]): Uint8Array {
  const writer = new Writer(widths!);
  encodeDatatype(writer, type);
  return writer.toBytes();
}

describe("datatype message", () => {
  test("decodes what it encodes, for every class, version and width", () => {
    fc.assert(
      fc.property(anyDatatype, fc.constantFrom(...WIDTHS), (type, widths) => {
        const bytes = encode(type, widths);
        expect(decode(bytes, widths)).toEqual(type);
        expect(sizeOfDatatype(type, widths)).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  for (const [file, messages] of Object.entries(samples)) {
    test(`encodes the C library's messages of the ${file} format to the same bytes`, () => {
      for (const [name, hex] of Object.entries(messages)) {
        const cursor = new Cursor(fromHex(hex), { structure: name });
        const written = toHex(encode(decodeDatatype(cursor)));
        expect(written, name).toBe(hex.slice(0, written.length));
        expect(hex.slice(written.length), name).toMatch(/^(00){0,7}$/);
      }
    });
  }

  test("turns a version 1 member with dimensions into an array and back", () => {
    const int = toHex(encode(PREDEFINED.STD_I32LE));
    const hex =
      `1601000018000000${"6100000000000000"}00000000` + // one member, 24 bytes, "a" at 0
      `02000000${"00000000"}${"00000000"}${"02000000"}${"03000000"}${"00000000"}${"00000000"}${int}`;
    const type = decode(fromHex(hex)) as CompoundType;
    expect(type.members[0]?.type).toEqual({
      class: "array",
      version: 1,
      size: 24,
      dims: [2, 3],
      base: PREDEFINED.STD_I32LE,
    });
    expect(toHex(encode(type))).toBe(hex);
  });

  test("takes a revised reference of version 1, as a test file of the C library has it", () => {
    const hex = "1712000012000000";
    const type = decode(fromHex(hex));
    expect(type).toEqual({ ...reference("standard-object"), version: 1 });
    expect(toHex(encode(type))).toBe(hex);
  });

  test("answers every truncation with an error of its own", () => {
    for (const messages of Object.values(samples)) {
      for (const [name, hex] of Object.entries(messages)) {
        const bytes = fromHex(hex);
        const needed = encode(decode(bytes)).length;
        for (let length = 0; length < needed; length++) {
          expect(() => decode(bytes.subarray(0, length)), `${name} cut to ${length}`).toThrow(
            expect.toSatisfy((error) => isHdf5Error(error, "format")),
          );
        }
      }
    }
  });

  test("answers any bytes with a datatype or an error of its own", () => {
    const messages = Object.values(samples).flatMap((file) => Object.values(file).map(fromHex));
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, at, value) => {
        const damaged = bytes.slice();
        damaged[at % bytes.length] = value;
        try {
          decode(damaged);
        } catch (error) {
          expect(isHdf5Error(error)).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test("names the structure, the address and the field", () => {
    expect(() => decode(Uint8Array.of(0x1c, 0, 0, 0, 1, 0, 0, 0))).toThrow(
      'Datatype message at address 96, field "Class and Version, class": expected 0 to 11, found 12',
    );
    expect(() => decode(Uint8Array.of(0x60, 0, 0, 0, 1, 0, 0, 0))).toThrow(
      'field "Class and Version, version": expected 1 to 5, found 6',
    );
  });

  test("refuses what cannot be: overlap, members past the end, two of one name, no members", () => {
    const member = (name: string, byteOffset: number, type: Datatype = PREDEFINED.STD_I32LE) => ({
      name,
      byteOffset,
      type,
    });
    const damaged = (size: number, ...members: ReturnType<typeof member>[]): (() => Datatype) => {
      const bytes = encode({ class: "compound", version: 3, size, members });
      return () => decode(bytes);
    };
    expect(damaged(8, member("a", 0), member("b", 4))).not.toThrow();
    expect(damaged(8, member("b", 4), member("a", 0))).not.toThrow();
    expect(damaged(8, member("a", 0), member("b", 2))).toThrow('member "b" overlaps another');
    expect(damaged(7, member("a", 0), member("b", 4))).toThrow('member "b" ends at 8 of 7 bytes');
    expect(damaged(8, member("a", 0), member("a", 4))).toThrow('two members named "a"');
    expect(damaged(8)).toThrow("without members");
  });

  test("refuses arrays, enumerations and complex numbers whose size is not that of their parts", () => {
    const wrong = (type: Datatype): (() => Datatype) => {
      const bytes = encode({ ...type, size: type.size + 1 } as Datatype);
      return () => decode(bytes);
    };
    expect(wrong(arrayOf(float(4), [3]))).toThrow("3 elements of 4 bytes in an array of 13 bytes");
    expect(wrong(PREDEFINED.COMPLEX_IEEE_F32LE)).toThrow("9 bytes, base type has 4");
  });

  test("stops at the limit of nesting", () => {
    let type: Datatype = float(4);
    for (let i = 0; i < 70; i++) type = arrayOf(type, [1]);
    const bytes = encode(type);
    expect(() => decode(bytes)).toThrow(expect.toSatisfy((error) => isHdf5Error(error, "limit")));
  });

  test("refuses to encode what the version cannot hold", () => {
    expect(() => encode({ ...PREDEFINED.VAX_F32, version: 2 })).toThrow("possible from version 3");
    expect(() => encode({ ...PREDEFINED.COMPLEX_IEEE_F32LE, version: 4 })).toThrow("possible from version 5");
    expect(() => encode({ ...PREDEFINED.STD_I8LE, lowPad: "background" })).toThrow("no encoding");
    expect(() => encode(opaque(1, "x".repeat(249)))).toThrow("at most 248");
    expect(() => encode({ ...variableString(), base: float(4) })).not.toThrow();
  });
});
