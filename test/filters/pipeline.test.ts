import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import type { PipelineFilter } from "../../src/filters/filter.ts";
import { decodePipeline, encodePipeline, sizesBetween } from "../../src/filters/pipeline.ts";
import {
  filterAvailable,
  filterCanEncode,
  filterName,
  findFilter,
  isPredefinedFilter,
  registerFilter,
  setFilterFinder,
  unregisterFilter,
} from "../../src/filters/registry.ts";
import { STORED_CHUNKS } from "./helpers.ts";

const SHUFFLE: PipelineFilter = { id: 2, name: "shuffle", optional: true, clientData: [4] };
const DEFLATE: PipelineFilter = { id: 1, name: "deflate", optional: true, clientData: [6] };
const FLETCHER32: PipelineFilter = { id: 3, name: "fletcher32", optional: false, clientData: [] };
const OWN_ID = 60000;

function own(optional: boolean): PipelineFilter {
  return { id: OWN_ID, name: "", optional, clientData: [7] };
}

afterEach(() => unregisterFilter(OWN_ID));

describe("the filter pipeline", () => {
  test.each(STORED_CHUNKS)("reads what the C library stored: $name", ({ filters, filterMask, stored, data }) => {
    expect(decodePipeline(filters, stored, filterMask, data.length, DEFAULT_LIMITS)).toEqual(data);
  });

  test.each(STORED_CHUNKS.filter(({ filters }) => filters.every(({ id }) => id !== 1)))(
    "stores the same bytes as the C library: $name",
    ({ filters, stored, data }) => {
      expect(encodePipeline(filters, data)).toEqual({ bytes: stored, filterMask: 0 });
    },
  );

  test("keeps noise deflated although it grows, as the C library does", () => {
    const chunk = STORED_CHUNKS.find(({ name }) => name === "deflate of noise");
    expect(chunk?.stored.length).toBeGreaterThan(chunk?.data.length as number);
    const encoded = encodePipeline(chunk?.filters ?? [], chunk?.data as Uint8Array);
    expect(encoded.filterMask).toBe(0);
    expect(encoded.bytes.length).toBeGreaterThan(chunk?.data.length as number);
  });

  test("decodes what it encodes, in any order of filters", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.shuffledSubarray([SHUFFLE, DEFLATE, FLETCHER32]),
        (bytes, filters) => {
          const { bytes: stored, filterMask } = encodePipeline(filters, bytes);
          expect(decodePipeline(filters, stored, filterMask, bytes.length, DEFAULT_LIMITS)).toEqual(bytes);
        },
      ),
    );
  });

  test("decodes into the memory that it is offered, or elsewhere", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 300 }),
        fc.shuffledSubarray([SHUFFLE, DEFLATE, FLETCHER32]),
        fc.constantFrom(0, 1, 8),
        (bytes, filters, start) => {
          const { bytes: stored } = encodePipeline(filters, bytes);
          const room = new Uint8Array(bytes.length + 8).subarray(start, start + bytes.length);
          const decoded = decodePipeline(filters, stored, 0, bytes.length, DEFAULT_LIMITS, { destination: () => room });
          expect(decoded).toEqual(bytes);
          if (filters[0]?.id === SHUFFLE.id && start !== 1) expect(decoded).toBe(room);
        },
      ),
    );
  });

  test("encodes to the same bytes in the memory that it is offered, and elsewhere where that is taken", () => {
    const LZF: PipelineFilter = { id: 32000, name: "lzf", optional: true, clientData: [4, 0x105, 0] };
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3 }), { maxLength: 300 }).map((values) => Uint8Array.from(values)),
        fc.shuffledSubarray([SHUFFLE, DEFLATE, FLETCHER32, LZF]),
        fc.constantFrom(0, 1, 8),
        (bytes, filters, start) => {
          const expected = encodePipeline(filters, bytes);
          const memory = new Uint8Array(start + 2000).fill(0xa5);
          let offers = 0;
          const encoded = encodePipeline(filters, bytes, (byteLength) => {
            offers++;
            return memory.subarray(start, start + byteLength);
          });
          expect(encoded).toEqual(expected);
          expect(decodePipeline(filters, encoded.bytes, encoded.filterMask, bytes.length, DEFAULT_LIMITS)).toEqual(
            bytes,
          );
          expect(offers).toBeLessThanOrEqual(1);
          expect(encodePipeline(filters, bytes, () => undefined)).toEqual(expected);
        },
      ),
    );
  });

  test("gives encoded bytes that the next chunk leaves alone, and filters may encode others meanwhile", () => {
    const chunkOf = (value: number) => new Uint8Array(64).map((_, i) => value + i);
    registerFilter({ id: OWN_ID, name: "own", decode: (bytes) => bytes, encode: () => undefined });
    const first = encodePipeline([SHUFFLE, own(true)], chunkOf(1)).bytes;
    const before = first.slice();
    encodePipeline([SHUFFLE, own(true)], chunkOf(100));
    expect(first).toEqual(before);
    unregisterFilter(OWN_ID);
    const encode = (bytes: Uint8Array) => {
      encodePipeline([SHUFFLE, DEFLATE], chunkOf(50));
      return bytes;
    };
    registerFilter({ id: OWN_ID, name: "own", decode: (bytes) => bytes, encode });
    expect(encodePipeline([SHUFFLE, own(false)], chunkOf(1)).bytes).toEqual(before);
  });

  test("leaves out the filters whose bit of the mask is set", () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
    const { bytes: stored } = encodePipeline([FLETCHER32], bytes);
    expect(decodePipeline([SHUFFLE, DEFLATE, FLETCHER32], stored, 0b011, 16, DEFAULT_LIMITS)).toEqual(bytes);
    expect(decodePipeline([SHUFFLE, DEFLATE], bytes, 0b11, 16, DEFAULT_LIMITS)).toBe(bytes);
  });

  test("knows the sizes between filters, as far as they do not vary", () => {
    expect(sizesBetween([SHUFFLE, FLETCHER32, DEFLATE, FLETCHER32], 0, 16)).toEqual([16, 16, 20, undefined, undefined]);
    expect(sizesBetween([FLETCHER32, SHUFFLE, DEFLATE], 0b101, 16)).toEqual([16, 16, 16, 16]);
  });

  test("tells all filters that are left out, of as many as a mask has bits", () => {
    const encode = () => undefined;
    registerFilter({ id: OWN_ID, name: "own", decode: (bytes) => bytes, encode });
    const { filterMask } = encodePipeline(new Array<PipelineFilter>(32).fill(own(true)), new Uint8Array(4));
    expect(filterMask).toBe(2 ** 32 - 1);
  });

  test("says in a filter's own words what is wrong", () => {
    const decode = (stored: Uint8Array) => decodePipeline([FLETCHER32], stored, 0, 4, DEFAULT_LIMITS);
    expect(() => decode(new Uint8Array(8).fill(1))).toThrow("data error detected by Fletcher32 checksum");
    const broken = { ...SHUFFLE, optional: false, clientData: [] };
    expect(() => encodePipeline([broken], new Uint8Array(8))).toThrow("invalid shuffle parameters");
  });

  test("names a filter that is missing", () => {
    const blosc = { id: 32001, name: "", optional: false, clientData: [] };
    const decode = (filter: PipelineFilter) => decodePipeline([filter], new Uint8Array(4), 0, 4, DEFAULT_LIMITS);
    expect(() => decode(blosc)).toThrow("required filter 'blosc' is not registered");
    expect(() => decode({ ...blosc, name: "my own" })).toThrow("required filter 'my own' is not registered");
    expect(() => decode({ ...blosc, id: 61234, optional: true })).toThrow(
      "required filter 'filter 61234' is not registered",
    );
    expect(() => encodePipeline([blosc], new Uint8Array(4))).toThrow("required filter 'blosc' is not registered");
  });

  test("writes without an optional filter that is missing, fails or declines", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(encodePipeline([own(true)], bytes)).toEqual({ bytes, filterMask: 1 });
    const decode = (stored: Uint8Array) => stored;
    registerFilter({ id: OWN_ID, name: "own", decode });
    expect(encodePipeline([SHUFFLE, own(true)], bytes).filterMask).toBe(2);
    registerFilter({ id: OWN_ID, name: "own", decode, encode: () => undefined });
    expect(encodePipeline([own(true)], bytes)).toEqual({ bytes, filterMask: 1 });
    expect(() => encodePipeline([own(false)], bytes)).toThrow("filter returned failure");
    registerFilter({
      id: OWN_ID,
      name: "own",
      decode,
      encode: () => {
        throw new RangeError("broken");
      },
    });
    expect(encodePipeline([own(true)], bytes)).toEqual({ bytes, filterMask: 1 });
    expect(() => encodePipeline([own(false)], bytes)).toThrow("filter 'own' failed during write");
  });

  test("gives a filter of the user its client data, and wraps what it throws", () => {
    const seen: unknown[] = [];
    registerFilter({
      id: OWN_ID,
      name: "own",
      decode(bytes, { clientData, outputByteLength }) {
        seen.push(clientData, outputByteLength);
        if (bytes.length === 0) throw new Error("nothing there");
        return bytes.map((byte) => byte ^ 1);
      },
    });
    expect(decodePipeline([FLETCHER32, own(false)], Uint8Array.of(0, 1, 1, 0, 1, 0), 0, 2, DEFAULT_LIMITS)).toEqual(
      Uint8Array.of(1, 0),
    );
    expect(seen).toEqual([[7], 6]);
    expect(() => decodePipeline([own(false)], new Uint8Array(0), 0, 4, DEFAULT_LIMITS)).toThrow(
      "filter 'own' failed during read",
    );
  });

  test("refuses any other number of bytes than a chunk has", () => {
    const { bytes: stored } = encodePipeline([SHUFFLE, FLETCHER32], new Uint8Array(16));
    for (const expected of [12, 20]) {
      for (const options of [{}, { destination: () => new Uint8Array(expected) }]) {
        expect(() => decodePipeline([SHUFFLE, FLETCHER32], stored, 0, expected, DEFAULT_LIMITS, options)).toThrow(
          `filter pipeline gave 16 bytes of a chunk of ${expected}`,
        );
      }
    }
  });

  test("gives fewer bytes where they are said to be enough", () => {
    const { bytes: stored } = encodePipeline([SHUFFLE, FLETCHER32], new Uint8Array(16));
    const decoded = (least: number, expected: number) =>
      decodePipeline([SHUFFLE, FLETCHER32], stored, 0, expected, DEFAULT_LIMITS, { leastByteLength: () => least });
    expect(decoded(16, 20)).toEqual(new Uint8Array(16));
    expect(() => decoded(17, 20)).toThrow("filter pipeline gave 16 bytes of a chunk of 20");
    expect(() => decoded(0, 12)).toThrow("filter pipeline gave 16 bytes of a chunk of 12");
  });
});

describe("the filter registry", () => {
  test("has the filters that are built in, and takes more", () => {
    expect([1, 2, 3].every(filterAvailable)).toBe(true);
    expect(filterAvailable(OWN_ID)).toBe(false);
    registerFilter({ id: OWN_ID, name: "own", decode: (bytes) => bytes });
    expect([filterAvailable(OWN_ID), filterCanEncode(OWN_ID), filterCanEncode(1)]).toEqual([true, false, true]);
    expect([filterName(OWN_ID), filterName(32015), filterName(32026)]).toEqual(["own", "zstd", "blosc2"]);
    expect(unregisterFilter(OWN_ID)).toBe(true);
    expect(filterAvailable(OWN_ID)).toBe(false);
  });

  test("asks once for a filter that is found elsewhere, and has it from then on", () => {
    const asked: number[] = [];
    setFilterFinder((id) => {
      asked.push(id);
      return id === OWN_ID ? { id, name: "found", decode: (bytes) => bytes } : undefined;
    });
    try {
      expect([findFilter(OWN_ID)?.name, filterName(OWN_ID), filterAvailable(OWN_ID)]).toEqual(["found", "found", true]);
      expect(findFilter(OWN_ID + 1)).toBeUndefined();
      expect(asked).toEqual([OWN_ID, OWN_ID + 1]);
    } finally {
      setFilterFinder(undefined);
    }
    expect(unregisterFilter(OWN_ID)).toBe(true);
  });

  test("tells a filter that is built in from another of its number", () => {
    const shuffle = findFilter(SHUFFLE.id);
    expect(isPredefinedFilter(SHUFFLE.id)).toBe(true);
    expect(isPredefinedFilter(OWN_ID)).toBe(false);
    registerFilter({ id: SHUFFLE.id, name: "shuffle", decode: (bytes) => bytes });
    try {
      expect(isPredefinedFilter(SHUFFLE.id)).toBe(false);
    } finally {
      if (shuffle !== undefined) registerFilter(shuffle);
    }
    expect(isPredefinedFilter(SHUFFLE.id)).toBe(true);
  });

  test("refuses numbers that the message cannot hold", () => {
    for (const id of [0, -1, 65536, 1.5]) {
      expect(() => registerFilter({ id, name: "bad", decode: (bytes) => bytes })).toThrow(RangeError);
    }
  });
});
