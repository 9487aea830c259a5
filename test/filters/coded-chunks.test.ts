import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { LZF_ID } from "../../src/filters/lzf.ts";
import { decodePipeline, encodePipeline } from "../../src/filters/pipeline.ts";
import { findFilter } from "../../src/filters/registry.ts";
import { CODED_CHUNKS, type CodedChunk } from "./coded-chunks.ts";

/** Not the same bytes: LZF leaves the choice of matches free, and for signed bytes the library stores an unused minimum. */
const deterministic = CODED_CHUNKS.filter(
  ({ filter, name }) =>
    filter.id !== LZF_ID && !name.startsWith("scale-offset of 1 bytes, -128 to 127, order 0, undefined"),
);

function decode(chunk: CodedChunk, stored: Uint8Array): Uint8Array {
  return decodePipeline([chunk.filter], stored, chunk.filterMask, chunk.data.length, DEFAULT_LIMITS);
}

describe("chunks of the C library", () => {
  test.each(CODED_CHUNKS)("are read as the library reads them: $name", (chunk) => {
    expect(decode(chunk, chunk.stored)).toEqual(chunk.data);
  });

  test.each(deterministic)("are stored byte for byte the same: $name", ({ filter, written, stored, filterMask }) => {
    const before = written.slice();
    expect(encodePipeline([filter], written)).toEqual({ bytes: stored, filterMask });
    expect(written).toEqual(before);
  });

  test("give the data or a filter error when bytes are changed or missing", () => {
    const chunks = CODED_CHUNKS.filter(({ filterMask, data }) => filterMask === 0 && data.length < 1000);
    fc.assert(
      fc.property(
        fc.constantFrom(...chunks),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
        fc.nat(20),
        (chunk, changes, cut) => {
          const damaged = chunk.stored.slice(0, Math.max(0, chunk.stored.length - cut));
          for (const [at, byte] of changes) if (damaged.length > 0) damaged[at % damaged.length] = byte;
          try {
            expect(decode(chunk, damaged).length).toBe(chunk.data.length);
          } catch (error) {
            if (!isHdf5Error(error, "filter")) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("give a filter error or some data when client data is changed, with and without a known size", () => {
    const extreme = fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 31, 32, 33, 64, 255, 65535, 2 ** 31, 2 ** 32 - 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...CODED_CHUNKS),
        fc.array(fc.tuple(fc.nat(30), extreme), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        ({ filter, stored, written, data }, changes, sizeKnown) => {
          const clientData = [...filter.clientData];
          for (const [at, value] of changes) clientData[at % clientData.length] = value;
          const codec = findFilter(filter.id);
          const outputByteLength = sizeKnown ? data.length : undefined;
          const attempts = [
            () => codec?.decode(stored, { clientData, outputByteLength, limits: DEFAULT_LIMITS }),
            () => codec?.encode?.(written, { clientData }),
          ];
          for (const attempt of attempts) {
            try {
              attempt();
            } catch (error) {
              if (!isHdf5Error(error, "filter")) throw error;
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
