import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { Writer } from "../../src/base/writer.ts";

const widths = [1, 2, 3, 4, 5, 6, 7, 8];

/** What a field of so many bytes can hold at most, as far as numbers are exact. */
const greatest = (byteLength: number) => Math.min(256 ** byteLength - 1, Number.MAX_SAFE_INTEGER);

function littleEndian(bytes: Uint8Array): bigint {
  return [...bytes].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

describe("writer", () => {
  test.each(widths)("puts whole numbers into %i bytes, the least significant first", (byteLength) => {
    for (const value of [0, 1, 0x7f, greatest(byteLength) - 1, greatest(byteLength)]) {
      const bytes = new Writer().u8(9).uint(value, byteLength).u8(7).copy();
      expect([...bytes.subarray(0, 1), ...bytes.subarray(1 + byteLength)]).toEqual([9, 7]);
      expect(littleEndian(bytes.subarray(1, 1 + byteLength))).toBe(BigInt(value));
    }
  });

  test.each(widths)("refuses what %i bytes cannot hold", (byteLength) => {
    for (const value of [-1, 0.5, Number.NaN, greatest(byteLength) + 1]) {
      const writer = new Writer();
      expect(() => writer.uint(value, byteLength)).toThrow(
        `value ${value} does not fit in ${byteLength} unsigned bytes`,
      );
      expect(writer.position).toBe(0);
    }
  });

  test.each(widths)("overwrites a field of %i bytes and nothing beside it", (byteLength) => {
    const buffer = new Uint8Array(40).fill(0xee);
    const writer = new Writer();
    writer.begin(buffer, 3);
    writer.u8(1).zeros(byteLength).u8(2);
    const value = greatest(byteLength) - 2;
    writer.patch(1, value, byteLength);
    expect(littleEndian(buffer.subarray(4, 4 + byteLength))).toBe(BigInt(value));
    expect([buffer[2], buffer[3], buffer[4 + byteLength], buffer[5 + byteLength]]).toEqual([0xee, 1, 2, 0xee]);
  });

  test("goes on elsewhere behind the end of a buffer that it was given", () => {
    const buffer = new Uint8Array(10);
    const writer = new Writer();
    writer.begin(buffer, 6);
    for (let i = 1; i <= 9; i++) writer.u32(i);
    expect(writer.position).toBe(36);
    expect([...buffer]).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    const cursor = new Cursor(writer.toBytes(), { structure: "Numbers", limits: DEFAULT_LIMITS });
    for (let i = 1; i <= 9; i++) expect(cursor.u32("Number")).toBe(i);
  });
});
