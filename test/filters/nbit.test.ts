import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { nbitFilter } from "../../src/filters/nbit.ts";

function roundTrip(bytes: Uint8Array, clientData: readonly number[]): Uint8Array {
  const encoded = nbitFilter.encode?.(bytes, { clientData }) as Uint8Array;
  return nbitFilter.decode(encoded, { clientData, outputByteLength: bytes.length, limits: DEFAULT_LIMITS });
}

/** The significant bits of a number in its bytes. */
function maskOf(size: number, bigEndian: boolean, precision: number, offset: number): Uint8Array {
  const mask = new Uint8Array(size);
  for (let bit = offset; bit < offset + precision; bit++) {
    const byte = bit >>> 3;
    const at = bigEndian ? size - 1 - byte : byte;
    mask[at] = (mask[at] as number) | (1 << (bit & 7));
  }
  return mask;
}

const anyNumber = fc
  .record({ size: fc.constantFrom(1, 2, 3, 4, 8, 16), bigEndian: fc.boolean(), low: fc.nat(1000), high: fc.nat(1000) })
  .map(({ size, bigEndian, low, high }) => {
    const precision = 1 + (high % (size * 8));
    return { size, bigEndian, precision, offset: low % (size * 8 - precision + 1) };
  });

describe("n-bit", () => {
  test("packs the significant bits from the most significant one on, without gaps", () => {
    const clientData = [8, 0, 3, 1, 2, 0, 12, 2];
    const bytes = new Uint8Array(Uint16Array.of(0xabc << 2, 0x123 << 2, 0xfff << 2).buffer);
    expect(nbitFilter.encode?.(bytes, { clientData })).toEqual(Uint8Array.of(0xab, 0xc1, 0x23, 0xff, 0xf0));
  });

  test("stores a byte more than is full even if it is empty, as the C library does", () => {
    const clientData = [8, 0, 2, 1, 2, 1, 12, 0];
    expect(nbitFilter.encode?.(Uint8Array.of(0x0a, 0xbc, 0x0d, 0xef), { clientData })).toEqual(
      Uint8Array.of(0xab, 0xcd, 0xef, 0),
    );
  });

  test("gives back the significant bits of numbers of any size, order, precision and offset", () => {
    fc.assert(
      fc.property(anyNumber, fc.nat(40), fc.infiniteStream(fc.nat(255)), (kind, count, noise) => {
        const { size, bigEndian, precision, offset } = kind;
        const bytes = Uint8Array.from({ length: size * count }, () => noise.next().value as number);
        const mask = maskOf(size, bigEndian, precision, offset);
        const clientData = [8, 0, count, 1, size, bigEndian ? 1 : 0, precision, offset];
        expect(roundTrip(bytes, clientData)).toEqual(bytes.map((byte, i) => byte & (mask[i % size] as number)));
      }),
    );
  });

  test("walks arrays and compounds, keeps other types whole and leaves gaps zero", () => {
    // An array of two compounds of 6 bytes: 4 bits at 2 of byte 1, then two bytes of text at 3.
    const clientData = [17, 0, 2, 2, 12, 3, 6, 2, 1, 1, 1, 0, 4, 2, 3, 4, 2];
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => 255 - i);
    const expected = bytes.map((byte, i) => (i % 6 === 1 ? byte & 0x3c : i % 6 === 3 || i % 6 === 4 ? byte : 0));
    expect(roundTrip(bytes, clientData)).toEqual(expected);
  });

  test("leaves out what of an array does not fill an element", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    expect(roundTrip(bytes, [10, 0, 2, 2, 5, 1, 2, 0, 16, 0])).toEqual(Uint8Array.of(1, 2, 3, 4, 0, 6, 7, 8, 9, 0));
  });

  test("leaves data alone that has nothing to leave out", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(nbitFilter.encode?.(bytes, { clientData: [3, 1, 3] })).toBe(bytes);
    expect(roundTrip(bytes, [8, 1, 3, 1, 1, 0, 8, 0])).toBe(bytes);
  });

  test("refuses parameters that contradict themselves", () => {
    const refused = (clientData: number[], byteLength: number, why: string) => {
      const context = { clientData, outputByteLength: byteLength, limits: DEFAULT_LIMITS };
      expect(() => nbitFilter.decode(new Uint8Array(40), context)).toThrow(why);
    };
    refused([7, 0, 4, 1, 2, 0, 12, 2], 8, "invalid nbit aggression level");
    refused([], 8, "invalid nbit aggression level");
    refused([8, 0, 4, 1, 2, 0, 12, 5], 8, "invalid datatype precision/offset");
    refused([8, 0, 4, 1, 2, 0, 0, 0], 8, "invalid datatype precision/offset");
    refused([8, 0, 4000000000, 1, 2, 0, 12, 2], 8, "4000000000 elements of 2 bytes");
    refused([6, 0, 4, 1, 2, 0], 8, "parameter list is shorter than the datatype it describes");
    refused([8, 0, 4, 9, 2, 0, 12, 2], 8, "invalid nbit datatype class 9");
    refused([9, 0, 2, 3, 4, 1, 2, 4, 4], 8, "compound member offset overflowed compound size");
    refused([12, 0, 2, 3, 4, 2, 0, 4, 3, 0, 4, 3], 8, "compound member size overflowed compound size");
    const nested = [0, 0, 1, ...Array.from({ length: 100 }, () => [2, 8]).flat(), 1, 8, 0, 9, 0];
    nested[0] = nested.length;
    refused(nested, 8, "datatype is nested too deeply");
  });

  test("refuses an element of more parts than the data has bits, before it has looked at all of them", () => {
    let looks = 0;
    const clientData = new Proxy([10, 0, 1, 2, 1_000_000, 1, 1, 0, 8, 0], {
      get: (values, key) => {
        looks++;
        return Reflect.get(values, key) as unknown;
      },
    });
    const context = { clientData, outputByteLength: 1_000_000, limits: DEFAULT_LIMITS };
    expect(() => nbitFilter.decode(new Uint8Array(40), context)).toThrow("can't decompress buffer");
    expect(looks).toBeLessThan(3000);
  });

  test("refuses data that ends early", () => {
    const context = { clientData: [8, 0, 4, 1, 2, 0, 12, 2], outputByteLength: 8, limits: DEFAULT_LIMITS };
    expect(nbitFilter.decode(new Uint8Array(6), context)).toEqual(new Uint8Array(8));
    expect(() => nbitFilter.decode(new Uint8Array(5), context)).toThrow("can't decompress buffer");
  });
});
