import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { decodeLzf, encodeLzf, lzfFilter } from "../../src/filters/lzf.ts";

const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([piece, times]) => Array.from({ length: times }, () => [...piece]).flat())),
  );

interface Piece {
  /** Literal bytes, or what is copied. */
  readonly literal?: readonly number[];
  readonly length: number;
  readonly distance: number;
}

const anyPiece: fc.Arbitrary<Piece> = fc.oneof(
  fc.array(fc.nat(255), { minLength: 1, maxLength: 32 }).map((literal) => ({ literal, length: 0, distance: 0 })),
  fc.record({
    length: fc.oneof(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 13, max: 264 })),
    distance: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 600 })),
  }),
);

/** A stream of these pieces, and what it stands for, byte by byte; distances are cut to what there is. */
function streamOf(pieces: readonly Piece[]): { stream: number[]; data: number[] } {
  const stream: number[] = [];
  const data: number[] = [];
  for (const { literal, length, distance } of pieces) {
    if (literal !== undefined || data.length === 0) {
      const bytes = literal ?? [42];
      stream.push(bytes.length - 1, ...bytes);
      data.push(...bytes);
      continue;
    }
    const back = Math.min(distance, data.length);
    const code = length - 2;
    if (code < 7) stream.push((code << 5) | ((back - 1) >>> 8), (back - 1) & 0xff);
    else stream.push(0xe0 | ((back - 1) >>> 8), code - 7, (back - 1) & 0xff);
    for (let i = 0; i < length; i++) data.push(data[data.length - back] as number);
  }
  return { stream, data };
}

describe("LZF", () => {
  test("decodes any pieces into the memory that is offered, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(anyPiece, { minLength: 1, maxLength: 12 }), fc.nat(5), (pieces, start) => {
        const { stream, data } = streamOf(pieces);
        const memory = new Uint8Array(start + data.length + 9).fill(0xa5);
        const room = (byteLength: number): Uint8Array => memory.subarray(start, start + byteLength);
        const context = { clientData: [], outputByteLength: data.length, limits: DEFAULT_LIMITS, room };
        const input = new Uint8Array(start + stream.length).subarray(start);
        input.set(stream);
        expect([...lzfFilter.decode(input, context)]).toEqual(data);
        expect([...memory.subarray(start, start + data.length)]).toEqual(data);
        expect(memory.subarray(start + data.length).every((byte) => byte === 0xa5)).toBe(true);
        for (const outputByteLength of [data.length - 1, data.length + 1]) {
          expect(() => lzfFilter.decode(input, { ...context, outputByteLength })).toThrow("Invalid data");
        }
        for (let end = Math.max(0, stream.length - 40); end < stream.length; end++) {
          expect(() => lzfFilter.decode(input.subarray(0, end), context)).toThrow("Invalid data");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("decodes long literals and matches that end with the data or a little earlier, and refuses longer ones", () => {
    const literal = Array.from({ length: 32 }, (_, i) => 3 * i);
    for (let tail = 0; tail < 12; tail++) {
      for (const length of [9, 100, 255, 256, 257, 259, 260, 261, 262, 263, 264]) {
        const behind = Array.from({ length: tail }, (_, i) => 7 * i + 1);
        const { stream, data } = streamOf([
          { literal, length: 0, distance: 0 },
          { length, distance: 5 },
          ...(tail === 0 ? [] : [{ literal: behind, length: 0, distance: 0 }]),
        ]);
        const decode = (bytes: readonly number[], outputByteLength: number): Uint8Array =>
          lzfFilter.decode(Uint8Array.from(bytes), { clientData: [], outputByteLength, limits: DEFAULT_LIMITS });
        expect([...decode(stream, data.length)]).toEqual(data);
        for (let less = 1; less < 12; less++) {
          expect(() => decode(stream, data.length - less)).toThrow("Invalid data");
          expect(() => decode(stream.slice(0, 33 - less), 1000)).toThrow("Invalid data");
        }
      }
    }
  });

  test("refuses matches that begin before the data, in the middle and at the end of it", () => {
    for (const behind of [0, 400]) {
      const stream = [0, 9, 0x20, 1, ...Array.from({ length: behind }, () => [0, 1]).flat()];
      const context = { clientData: [], outputByteLength: 4 + behind, limits: DEFAULT_LIMITS };
      expect(() => lzfFilter.decode(Uint8Array.from(stream), context)).toThrow("Invalid data");
    }
  });

  test("decodes literals, matches, long matches and matches that reach into themselves", () => {
    expect(decodeLzf(Uint8Array.of(2, 1, 2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(decodeLzf(Uint8Array.of(2, 1, 2, 3, 0x20, 2))).toEqual(Uint8Array.of(1, 2, 3, 1, 2, 3));
    expect(decodeLzf(Uint8Array.of(0, 9, 0xe0, 255, 0))).toEqual(new Uint8Array(265).fill(9));
    expect(decodeLzf(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  test("decodes what it encodes", () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const encoded = encodeLzf(bytes);
        if (encoded === undefined) return;
        expect(encoded.length).toBeLessThan(bytes.length);
        expect(decodeLzf(encoded)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("encodes views of larger memory, longer than places are counted, to the same bytes whatever came before", () => {
    let state = 7;
    const next = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    };
    // Pieces that come again at any distance, within reach or not, also on either side of each 65,536 bytes.
    const data: number[] = [];
    while (data.length < 300_000) {
      const length = 1 + (next() % 50);
      const back = 1 + ((next() * 256 + next()) % 9000);
      for (let i = 0; i < length; i++) data.push(next() < 128 ? (data[data.length - back] ?? 0) : next() & 3);
    }
    const bytes = Uint8Array.from(data);
    const first = encodeLzf(bytes) as Uint8Array;
    const kept = first.slice();
    for (const [start, length] of [
      [1, 300_000],
      [3, 65_536],
      [2, 65_539],
      [5, 131_071],
    ] as const) {
      const memory = new Uint8Array(start + length + 5).fill(0xa5);
      memory.set(bytes.subarray(0, length), start);
      const encoded = encodeLzf(memory.subarray(start, start + length)) as Uint8Array;
      expect(Buffer.compare(decodeLzf(encoded), bytes.subarray(0, length))).toBe(0);
      if (length === bytes.length) expect(Buffer.compare(encoded, kept)).toBe(0);
    }
    expect(Buffer.compare(first, kept)).toBe(0);
  });

  test("finds matches as far back as the format can tell, and no further", () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 9000 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    });
    for (const distance of [8191, 8192, 8193]) {
      const bytes = new Uint8Array(distance + 600);
      bytes.set(noise.subarray(0, distance));
      bytes.set(noise.subarray(0, 600), distance);
      const encoded = encodeLzf(bytes);
      if (distance > 8192) expect(encoded).toBeUndefined();
      else expect(decodeLzf(encoded as Uint8Array)).toEqual(bytes);
    }
  });

  test("is of no use for noise and for next to nothing", () => {
    expect(encodeLzf(Uint8Array.of(1, 2, 3, 4, 5, 6))).toBeUndefined();
    expect(encodeLzf(new Uint8Array(0))).toBeUndefined();
  });

  test("refuses streams that end early, point before their start or have another size", () => {
    for (const bytes of [[2, 1, 2], [0x20], [0xe0, 1], [0xe0], [0, 1, 0x20, 1]]) {
      expect(() => decodeLzf(Uint8Array.from(bytes))).toThrow("Invalid data for LZF decompression");
    }
    const context = { clientData: [4, 0x105, 4], outputByteLength: 4, limits: DEFAULT_LIMITS };
    expect(() => lzfFilter.decode(Uint8Array.of(2, 1, 2, 3), context)).toThrow("Invalid data for LZF decompression");
  });
});
