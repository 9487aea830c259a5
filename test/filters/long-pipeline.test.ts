/** Filters of chunks that no array holds, against those of others: the same bytes, from part to part. */
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fletcher32 } from "../../src/base/checksum.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { type LongBytes, PagedBytes } from "../../src/base/long-bytes.ts";
import { installPlatformCodecs } from "../../src/engine/platform-codecs.ts";
import { setDeflateBackend } from "../../src/filters/deflate.ts";
import type { PipelineFilter } from "../../src/filters/filter.ts";
import { fletcher32OfLong } from "../../src/filters/long-fletcher32.ts";
import { decodeLong, encodeLong } from "../../src/filters/long-pipeline.ts";
import { decodePipeline, encodePipeline } from "../../src/filters/pipeline.ts";

installPlatformCodecs();

function filter(id: number, clientData: readonly number[] = [], optional = false): PipelineFilter {
  return { id, name: "", optional, clientData };
}

const newBytes = () => new PagedBytes(1000);

function longOf(bytes: Uint8Array): LongBytes {
  const long = new PagedBytes(777);
  long.append(bytes);
  return long;
}

function arrayOf(bytes: LongBytes, start = 0, end = bytes.byteLength): Uint8Array {
  const array = new Uint8Array(end - start);
  bytes.read(start, array);
  return array;
}

function decode(
  filters: readonly PipelineFilter[],
  stored: Uint8Array,
  byteLength: number,
  verifies = true,
): LongBytes {
  return decodeLong(filters, longOf(stored), 0, byteLength, { limits: DEFAULT_LIMITS, newBytes, verifies });
}

/** Elements of four bytes whose values need 20 bits. */
function numbers(count: number): Uint8Array {
  return new Uint8Array(Int32Array.from({ length: count }, (_, i) => ((i * 2654435761) >>> 13) & 0xfffff).buffer);
}

/** Of little-endian numbers of four bytes, their bits from the fourth one on. */
const nbit = (count: number, precision: number) => filter(5, [8, 0, count, 1, 4, 0, precision, 3]);
const scaleOffset = (count: number) => filter(6, [2, 0, count, 0, 4, 1, 0, 0, ...new Array<number>(12).fill(0)]);
const DEFLATE = filter(1, [6]);
const SHUFFLE = filter(2, [4]);
const FLETCHER = filter(3);

const pipelines: Readonly<Record<string, (count: number) => readonly PipelineFilter[]>> = {
  deflate: () => [DEFLATE],
  shuffle: () => [SHUFFLE],
  "shuffle of threes": () => [filter(2, [3])],
  fletcher32: () => [FLETCHER],
  "n-bit": (count) => [nbit(count, 13)],
  "n-bit of all bits": (count) => [filter(5, [8, 1, count, 1, 4, 0, 32, 0])],
  "scale-offset": (count) => [scaleOffset(count)],
  "all of them": (count) => [nbit(count, 23), DEFLATE, FLETCHER, SHUFFLE],
};

describe.each(Object.keys(pipelines))("%s of chunks that no array holds", (name) => {
  const filtersOf = pipelines[name] as (count: number) => readonly PipelineFilter[];

  test("decodes what is encoded of an array, from any byte to any other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(7999), fc.nat(7999), (count, from, to) => {
        const filters = filtersOf(count);
        const bytes = numbers(count);
        const stored = encodePipeline(filters, bytes);
        const expected = decodePipeline(filters, stored.bytes, 0, bytes.length, DEFAULT_LIMITS);
        const long = decode(filters, stored.bytes, bytes.length);
        expect(arrayOf(long)).toEqual(expected);
        const [start, end] = [from % (bytes.length + 1), to % (bytes.length + 1)].sort((a, b) => a - b);
        expect(arrayOf(long, start, end)).toEqual(expected.subarray(start, end));
      }),
      { numRuns: 50 },
    );
  });

  test("goes on over many pieces, both ways", () => {
    const count = 700_003;
    const filters = filtersOf(count);
    const bytes = numbers(count);
    const { bytes: stored } = encodePipeline(filters, bytes);
    const expected = decodePipeline(filters, stored, 0, bytes.length, DEFAULT_LIMITS);
    expect(Buffer.compare(arrayOf(decode(filters, stored, bytes.length)), expected)).toBe(0);
    if (name === "scale-offset") return;
    const encoded = encodeLong(filters, longOf(bytes), newBytes);
    expect(encoded.filterMask).toBe(0);
    const array = arrayOf(encoded.bytes);
    if (!filters.includes(DEFLATE)) expect(Buffer.compare(array, stored)).toBe(0);
    expect(Buffer.compare(decodePipeline(filters, array, 0, bytes.length, DEFAULT_LIMITS), expected)).toBe(0);
  });
});

describe("chunks that no array holds", () => {
  test("have the checksum of an array, odd lengths and zeros included", () => {
    for (const byteLength of [0, 1, 2, 1 << 20, (1 << 20) + 1, (3 << 20) + 77]) {
      for (const byte of [0, 1, 255]) {
        const bytes = new Uint8Array(byteLength).map((_, i) => byte * (i % 11 === 3 ? 1 : byte >>> 7));
        expect(fletcher32OfLong(longOf(bytes))).toBe(fletcher32(bytes));
      }
    }
  });

  test("that are damaged are refused", () => {
    const bytes = numbers(50_000);
    const deflated = encodePipeline([DEFLATE], bytes).bytes;
    for (let at = 0; at < deflated.length; at += 997) {
      const damaged = deflated.slice();
      damaged[at] = (damaged[at] as number) ^ 0x10;
      expect(() => decode([DEFLATE], damaged, bytes.length)).toThrow("inflate() failed");
    }
    for (const end of [0, 1, 2, 6, 5000, deflated.length - 5, deflated.length - 1]) {
      expect(() => decode([DEFLATE], deflated.subarray(0, end), bytes.length)).toThrow("inflate() failed");
    }
    expect(() => decode([DEFLATE], deflated, bytes.length - 1)).toThrow("inflate() failed");
    expect(() => decode([DEFLATE], deflated, bytes.length + 1)).toThrow("gave 200000 bytes of a chunk of 200001");
    const behind = new Uint8Array([...deflated, 1, 2, 3]);
    expect(arrayOf(decode([DEFLATE], behind, bytes.length))).toEqual(bytes);
    const summed = encodePipeline([FLETCHER], bytes).bytes.slice();
    summed[100] = (summed[100] as number) ^ 1;
    expect(() => decode([FLETCHER], summed, bytes.length)).toThrow("data error detected by Fletcher32 checksum");
    expect(decode([FLETCHER], summed, bytes.length, false).byteLength).toBe(bytes.length);
    expect(() => decode([FLETCHER], summed.subarray(0, 3), bytes.length)).toThrow("Fletcher32");
    const [count, packed] = [50_000, encodePipeline([scaleOffset(50_000)], bytes).bytes];
    expect(() => decode([scaleOffset(count)], packed.subarray(0, -2), bytes.length)).toThrow("buffer too short");
    expect(() => decode([scaleOffset(count)], packed.subarray(0, 20), bytes.length)).toThrow("the header alone has 21");
    expect(() => decode([nbit(count, 13)], bytes.subarray(0, 81_000), bytes.length)).toThrow("can't decompress buffer");
    expect(() => encodeLong([nbit(count - 1, 13)], longOf(bytes), newBytes)).toThrow("are not 49999 elements of 4");
  });

  test("go through no filter that has not been fitted to them; one that may be missing is left out", () => {
    const bytes = numbers(100);
    for (const id of [4, 32000]) {
      const error = captured(() => decode([filter(id, [4, 8, 8, 8])], bytes, 400));
      expect(isHdf5Error(error, "limit")).toBe(true);
      expect(() => encodeLong([filter(id)], longOf(bytes), newBytes)).toThrow("takes no chunks of 4 GiB and more");
    }
    expect(() => encodeLong([scaleOffset(100)], longOf(bytes), newBytes)).toThrow("takes no chunks of 4 GiB and more");
    expect(() => decode([filter(999)], bytes, 400)).toThrow("required filter 'filter 999' is not registered");
    const encoded = encodeLong([filter(32000, [], true), SHUFFLE, filter(999, [], true)], longOf(bytes), newBytes);
    expect(encoded.filterMask).toBe(0b101);
    expect(arrayOf(encoded.bytes)).toEqual(encodePipeline([SHUFFLE], bytes).bytes);
  });

  test("are one stream for who knows of no parts, although they are deflated in several", () => {
    const bytes = numbers(2_200_000);
    const stored = arrayOf(encodeLong([DEFLATE], longOf(bytes), () => new PagedBytes(1 << 20)).bytes);
    expect(Buffer.compare(inflateSync(stored), bytes)).toBe(0);
  });

  test("are not deflated without the runtime's zlib, and inflated all the same", () => {
    const bytes = numbers(100);
    const { bytes: stored } = encodePipeline([DEFLATE], bytes);
    setDeflateBackend();
    try {
      expect(
        isHdf5Error(
          captured(() => encodeLong([DEFLATE], longOf(bytes), newBytes)),
          "limit",
        ),
      ).toBe(true);
      expect(arrayOf(decode([DEFLATE], stored, bytes.length))).toEqual(bytes);
    } finally {
      setDeflateBackend();
    }
  });
});

function captured(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
