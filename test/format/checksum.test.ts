import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookup3 } from "../../src/base/checksum.ts";

/** The checksum with a `DataView`, a word at a time; in BigInt modulo 2^32. */
function plainLookup3(bytes: Uint8Array, initial: number): number {
  const rotated = (value: bigint, bits: bigint) => ((value << bits) | (value >> (32n - bits))) & 0xffff_ffffn;
  const low = (value: bigint) => BigInt.asUintN(32, value);
  let a = low(0xdead_beefn + BigInt(bytes.length) + BigInt(initial));
  let b = a;
  let c = a;
  const padded = new Uint8Array(Math.max(12, Math.ceil(bytes.length / 12) * 12));
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const add = (at: number) => {
    a = low(a + BigInt(view.getUint32(at, true)));
    b = low(b + BigInt(view.getUint32(at + 4, true)));
    c = low(c + BigInt(view.getUint32(at + 8, true)));
  };
  let at = 0;
  for (; at + 12 < bytes.length; at += 12) {
    add(at);
    for (const [first, second] of [
      [4n, 6n],
      [8n, 16n],
      [19n, 4n],
    ] as const) {
      // mix() takes a, b and c in turns.
      a = low(a - c) ^ rotated(c, first);
      c = low(c + b);
      b = low(b - a) ^ rotated(a, second);
      a = low(a + c);
      [a, b, c] = [c, a, b];
    }
  }
  if (bytes.length === 0) return Number(c);
  add(at);
  const steps = [14n, 11n, 25n, 16n, 4n, 14n, 24n];
  for (const bits of steps) {
    c = low((c ^ b) - rotated(b, bits));
    [a, b, c] = [b, c, a];
  }
  return Number(b);
}

describe("lookup3", () => {
  test("gives the values of its author's self test", () => {
    const text = new TextEncoder().encode("Four score and seven years ago");
    expect(lookup3(new Uint8Array(0))).toBe(0xdeadbeef);
    expect(lookup3(text)).toBe(0x17770551);
    expect(lookup3(text, 0, text.length, 1)).toBe(0xcd628161);
  });

  test("is the same for short and long structures, wherever they lie in memory", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 700, size: "max" }),
        fc.nat(9),
        fc.nat(9),
        fc.nat(100),
        (bytes, at, skipped, initial) => {
          const memory = new Uint8Array(bytes.length + 30).fill(0xa5);
          memory.set(bytes, at + skipped);
          const part = memory.subarray(at, at + skipped + bytes.length + 5);
          const expected = plainLookup3(bytes, initial);
          expect(lookup3(part, skipped, skipped + bytes.length, initial)).toBe(expected);
          const buffer = Buffer.from(memory.buffer, at, part.length);
          expect(lookup3(buffer, skipped, skipped + bytes.length, initial)).toBe(expected);
        },
      ),
    );
  });
});
