import { describe, expect, test } from "vitest";
import { BitReader } from "../../src/filters/bit-reader.ts";

/** Bytes without a pattern. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
}

describe("a stream of bits", () => {
  test("gives many values as it gives them one by one, from any bit on", () => {
    for (let bits = 1; bits <= 32; bits++) {
      for (const start of [1, 2, 5, 8]) {
        const count = bits % 7 === 0 ? 70_000 : 37;
        const bytes = noise(Math.ceil((start + count * bits) / 8));
        const [many, single] = [new BitReader(bytes), new BitReader(bytes)];
        expect(many.take(start)).toBe(single.take(start));
        const values = new Uint32Array(count);
        many.takeAll(values, 0, count, bits);
        for (let i = 0; i < count; i++)
          if (single.take(bits) !== values[i]) throw new Error(`${bits} bits, value ${i}`);
        expect(many.overrun).toBe(false);
        many.takeAll(values, 0, 1, 8);
        expect(many.overrun).toBe(true);
      }
    }
  });

  test("appends values behind those there are", () => {
    for (let bits = 1; bits <= 30; bits++) {
      const [appended, single] = [new BitReader(noise(100)), new BitReader(noise(100))];
      appended.take(3);
      single.take(3);
      const values = Uint32Array.of(1, 0, 3);
      appended.appendBits(values, 0, 3, bits);
      const expected = [1, 0, 3].map((high) => ((high << bits) | single.take(bits)) >>> 0);
      expect([...values]).toEqual(expected);
    }
  });

  test("counts zeros over words and to the end", () => {
    for (const zeros of [0, 1, 7, 8, 24, 30, 31, 32, 33, 63, 64, 65, 200]) {
      for (const before of [1, 6, 8]) {
        const bytes = new Uint8Array(40);
        const position = before + zeros;
        bytes[position >>> 3] = 0x80 >>> (position & 7);
        bytes[(position + 1) >>> 3] = (bytes[(position + 1) >>> 3] as number) | (0x80 >>> ((position + 1) & 7));
        const reader = new BitReader(bytes.subarray(0, ((position + 1) >>> 3) + 1));
        reader.take(before);
        const values = new Uint32Array(2);
        reader.takeUnaries(values, 0, 2);
        expect([...values]).toEqual([zeros, 0]);
        expect(reader.overrun).toBe(false);
        reader.takeUnaries(values, 0, 1);
        expect(reader.overrun).toBe(true);
      }
    }
  });

  test("keeps streams apart that are read at the same time", () => {
    const first = new BitReader(Uint8Array.of(0xab));
    const second = new BitReader(Uint8Array.of(0xcd));
    expect([first.take(8), second.take(8)]).toEqual([0xab, 0xcd]);
    first.close();
    expect(new BitReader(Uint8Array.of(0xef)).take(8)).toBe(0xef);
  });
});
