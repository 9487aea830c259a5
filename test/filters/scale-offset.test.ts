import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { scaleOffsetFilter } from "../../src/filters/scale-offset.ts";

interface Kind {
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bigEndian: boolean;
  readonly fill: bigint | undefined;
}

function parameters(kind: Kind, count: number, scaleType: number, factor: number, dataClass: 0 | 1): number[] {
  const { size, signed, bigEndian, fill } = kind;
  const bits = BigInt.asUintN(8 * size, fill ?? 0n);
  const words = [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
  const head = [
    scaleType,
    factor,
    count,
    dataClass,
    size,
    signed ? 1 : 0,
    bigEndian ? 1 : 0,
    fill === undefined ? 0 : 1,
  ];
  return [...head, ...words, ...new Array<number>(10).fill(0)];
}

function bytesOf(values: readonly bigint[], { size, bigEndian }: Kind): Uint8Array {
  const bytes = new Uint8Array(values.length * size);
  values.forEach((value, i) => {
    for (let b = 0; b < size; b++) {
      const byte = Number((BigInt.asUintN(64, value) >> BigInt(8 * b)) & 255n);
      bytes[i * size + (bigEndian ? size - 1 - b : b)] = byte;
    }
  });
  return bytes;
}

function encode(bytes: Uint8Array, clientData: readonly number[]): Uint8Array {
  return scaleOffsetFilter.encode?.(bytes, { clientData }) as Uint8Array;
}

function decode(bytes: Uint8Array, clientData: readonly number[], outputByteLength: number): Uint8Array {
  return scaleOffsetFilter.decode(bytes, { clientData, outputByteLength, limits: DEFAULT_LIMITS });
}

const anyKind: fc.Arbitrary<Kind> = fc.record({
  size: fc.constantFrom(1, 2, 4, 8),
  signed: fc.boolean(),
  bigEndian: fc.boolean(),
  fill: fc.option(fc.bigInt({ min: -300n, max: 300n }), { nil: undefined }),
});

const UINT8: Kind = { size: 1, signed: false, bigEndian: false, fill: undefined };

describe("scale-offset", () => {
  test("gives back integers of any width and range, the fill value among them", () => {
    fc.assert(
      fc.property(
        anyKind,
        fc.nat(64),
        fc.bigInt(),
        fc.array(fc.bigInt(), { minLength: 1, maxLength: 60 }),
        (kind, spread, start, raw) => {
          const span = 1n << BigInt(Math.min(spread, kind.size * 8));
          const values = raw.map((value, i) =>
            kind.fill !== undefined && i % 5 === 3 ? kind.fill : start + (BigInt.asUintN(64, value) % span),
          );
          const bytes = bytesOf(values, kind);
          const clientData = parameters(kind, values.length, 2, 0, 0);
          const encoded = encode(bytes, clientData);
          expect(encoded.length).toBeLessThanOrEqual(bytes.length + 22);
          expect(decode(encoded, clientData, bytes.length)).toEqual(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("takes as many bits as the range and the fill value need", () => {
    const values = [100n, 101n, 103n, 107n];
    const clientData = parameters({ ...UINT8, fill: 0n }, 4, 2, 0, 0);
    const encoded = encode(bytesOf(values, UINT8), clientData);
    expect([...encoded.subarray(0, 13)]).toEqual([4, 0, 0, 0, 8, 100, 0, 0, 0, 0, 0, 0, 0]);
    expect([...encoded.subarray(21)]).toEqual([0x01, 0x37, 0]);
    expect(encode(bytesOf(values, UINT8), parameters(UINT8, 4, 2, 0, 0))[0]).toBe(3);
    const same = encode(bytesOf([9n, 9n], UINT8), parameters(UINT8, 2, 2, 0, 0));
    expect([same[0], same.length]).toEqual([0, 22]);
  });

  test("keeps floating-point numbers to the digits asked for", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4, 8),
        fc.boolean(),
        fc.integer({ min: -1, max: 4 }),
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (size, bigEndian, digits, raw) => {
          const view = new DataView(new ArrayBuffer(raw.length * size));
          raw.forEach((value, i) => {
            if (size === 4) view.setFloat32(4 * i, value, !bigEndian);
            else view.setFloat64(8 * i, value, !bigEndian);
          });
          const kind: Kind = { size: size as 4 | 8, signed: false, bigEndian, fill: undefined };
          const clientData = parameters(kind, raw.length, 0, digits >>> 0, 1);
          const bytes = new Uint8Array(view.buffer);
          const out = decode(encode(bytes, clientData), clientData, bytes.length);
          const back = new DataView(out.buffer, out.byteOffset, out.length);
          raw.forEach((value, i) => {
            const decoded = size === 4 ? back.getFloat32(4 * i, !bigEndian) : back.getFloat64(8 * i, !bigEndian);
            // Half a unit of the last digit, and what single precision loses on the way.
            const loss = size === 4 ? 2000 * 2 ** -22 : 1e-9;
            expect(Math.abs(decoded - value)).toBeLessThanOrEqual(0.5 * 10 ** -digits + loss);
          });
        },
      ),
    );
  });

  test("stores floating-point numbers as they are when their range is too wide or not finite", () => {
    const clientData = parameters({ size: 8, signed: false, bigEndian: false, fill: undefined }, 3, 0, 2, 1);
    for (const values of [
      [1e300, 0.1, -3],
      [Number.NaN, 1, 2],
      [Infinity, 1, 2],
      [1, -Infinity, 2],
    ]) {
      const bytes = new Uint8Array(Float64Array.from(values).buffer);
      const encoded = encode(bytes, clientData);
      expect([encoded[0], encoded.length]).toEqual([64, 21 + 24]);
      expect(decode(encoded, clientData, 24)).toEqual(bytes);
    }
  });

  test("does nothing when an integer's code may have all its bits", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(encode(bytes, parameters(UINT8, 3, 2, 8, 0))).toBe(bytes);
    expect(decode(bytes, parameters(UINT8, 3, 2, 8, 0), 3)).toBe(bytes);
  });

  test("stores the bytes of the C library where numbers just have room for codes, or just have not", () => {
    const storedOf = (values: Float32Array | Float64Array | Uint8Array, digits: number, fill: number): number[] => {
      const size = values.BYTES_PER_ELEMENT as 1 | 4 | 8;
      const isFloat = size > 1;
      const words = new Uint32Array(2);
      if (size === 4) new Float32Array(words.buffer)[0] = fill;
      else if (size === 8) new Float64Array(words.buffer)[0] = fill;
      const clientData = parameters(
        { size, signed: false, bigEndian: false, fill: 0n },
        values.length,
        isFloat ? 0 : 2,
        digits,
        isFloat ? 1 : 0,
      );
      clientData.splice(8, 2, ...words);
      const bytes = new Uint8Array(values.buffer);
      const stored = encode(bytes, clientData);
      if (digits === 0) expect(decode(stored, clientData, bytes.length)).toEqual(bytes);
      expect(stored.subarray(13, 21)).toEqual(new Uint8Array(8));
      return [stored[0] as number, ...stored.subarray(5, 13), ...stored.subarray(21)];
    };
    const raw = (values: Float32Array | Float64Array): number[] => [...new Uint8Array(values.buffer)];
    // The greatest number is not the fill value.
    const few = [4, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x7f, 0];
    expect(storedOf(Float32Array.of(0, 1, 7, 9), 0, 9)).toEqual(few);
    expect(storedOf(Float64Array.of(0, 1, 7, 9), 0, 9)).toEqual(few);
    // Codes of all bits, of all bits but one, and none for the width of the range.
    const full = Float32Array.of(1, 2 ** 31);
    expect(storedOf(full, 0, 0)).toEqual([32, 0, 0, 128, 63, 0, 0, 0, 0, ...raw(full)]);
    expect(storedOf(Float32Array.of(-5, 2147483392, 7), 0, 1)).toEqual(
      [31, 0, 0, 160, 192, 0, 0, 0, 0].concat([0, 0, 0, 1, 255, 255, 252, 0, 0, 0, 0, 96]),
    );
    const wide = Float32Array.of(-(2 ** 31), 2 ** 31);
    expect(storedOf(wide, 0, 0)).toEqual([32, 0, 0, 0, 0, 0, 0, 0, 0, ...raw(wide)]);
    const fullDoubles = Float64Array.of(4096, 2 ** 63 + 4096);
    expect(storedOf(fullDoubles, 0, 0)).toEqual([64, 0, 0, 0, 0, 0, 0, 176, 64, ...raw(fullDoubles)]);
    const wideDoubles = Float64Array.of(-(2 ** 40), 2 ** 63);
    expect(storedOf(wideDoubles, 0, 0)).toEqual([64, 0, 0, 0, 0, 0, 0, 0, 0, ...raw(wideDoubles)]);
    expect(storedOf(Uint8Array.of(1, 255, 3), 0, 0)).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 255, 3]);
    expect(storedOf(Uint8Array.of(2, 255, 3), 0, 0)).toEqual([8, 2, 0, 0, 0, 0, 0, 0, 0, 2, 255, 3]);
    // As far from the fill value as a single has a hundredth: neither the least nor the fill value, and half a step below.
    const near = [7, 246, 40, 160, 64, 0, 0, 0, 0];
    expect(storedOf(Float32Array.of(0.01, 5.005, 6), 2, 0)).toEqual([...near, 24, 3, 32]);
    expect(storedOf(Float32Array.of(-0.01, 5.005, 6, 0), 2, 0)).toEqual([...near, 20, 3, 39, 240]);
  });

  test("stores the bytes of the C library for 64-bit integers that just have room for codes, or just have not", () => {
    const storedOf = (least: bigint): number[] => {
      const kind: Kind = { size: 8, signed: false, bigEndian: false, fill: 0n };
      const bytes = bytesOf([least, 2n ** 64n - 1n, 3n], kind);
      const stored = encode(bytes, parameters(kind, 3, 2, 0, 0));
      expect(stored.subarray(21)).toEqual(bytes);
      return [...stored.subarray(0, 7)];
    };
    expect(storedOf(1n)).toEqual([64, 0, 0, 0, 8, 0, 0]);
    expect(storedOf(2n)).toEqual([64, 0, 0, 0, 8, 2, 0]);
  });

  test("reads a minimum of fewer bytes", () => {
    const stored = new Uint8Array(23);
    stored.set([2, 0, 0, 0, 1, 200, 99, 99]);
    stored[21] = 0b00011011;
    expect(decode(stored, parameters(UINT8, 4, 2, 0, 0), 4)).toEqual(Uint8Array.of(200, 201, 202, 203));
    const two = decode(stored, parameters({ ...UINT8, size: 2 }, 4, 2, 0, 0), 8);
    expect(two).toEqual(Uint8Array.of(200, 0, 201, 0, 202, 0, 203, 0));
  });

  test("reads equal numbers, whatever stands behind the header", () => {
    const stored = new Uint8Array(24).fill(255);
    stored.set([0, 0, 0, 0, 8, 9, 0, 0, 0, 0, 0, 0, 0]);
    for (const size of [1, 2, 4, 8] as const) {
      const kind = { ...UINT8, size };
      expect(decode(stored, parameters(kind, 3, 2, 0, 0), 3 * size)).toEqual(bytesOf([9n, 9n, 9n], kind));
    }
  });

  test("refuses parameters and data that cannot be", () => {
    const refused = (clientData: number[], why: string, stored = new Uint8Array(40)) => {
      expect(() => decode(stored, clientData, 4)).toThrow(why);
    };
    refused([2, 0], "invalid scaleoffset number of parameters");
    refused(parameters(UINT8, 4, 0, 0, 0), "invalid scale type");
    refused(parameters({ ...UINT8, size: 4 }, 1, 2, 0, 1), "invalid scale type");
    refused(parameters({ ...UINT8, size: 4 }, 1, 1, 0, 1), "E-scaling method not supported");
    refused(parameters(UINT8, 4, 2, 9, 0), "minimum number of bits exceeds maximum");
    refused(parameters({ ...UINT8, size: 3 as 4 }, 4, 2, 0, 0), "cannot use C integer datatype for cast");
    refused(parameters(UINT8, 4_000_000_000, 2, 0, 0), "4000000000 elements of 1 bytes in 40");
    refused(parameters(UINT8, 4, 2, 0, 0), "minimum number of bits exceeds maximum", new Uint8Array(40).fill(9));
    refused(parameters(UINT8, 4, 2, 0, 0), "20 bytes, the header alone has 21", new Uint8Array(20));
    const short = new Uint8Array(21);
    short[0] = 2;
    refused(parameters(UINT8, 4, 2, 0, 0), "buffer too short", short);
    expect(() => encode(new Uint8Array(3), parameters(UINT8, 4, 2, 0, 0))).toThrow("3 bytes are not 4 elements of 1");
  });
});
