import fc from "fast-check";
import { expect, test } from "vitest";
import { type Address, UNDEFINED_ADDRESS, UNLIMITED } from "../../../src/base/address.ts";
import { Writer } from "../../../src/base/writer.ts";
import type { ChunkRecord, ChunkStorage } from "../../../src/engine/chunks/chunk-index.ts";
import { openChunkIndex } from "../../../src/engine/chunks/open-chunk-index.ts";
import { chunkRecords, encodedChunkOrder } from "../../../src/format/b-tree-v2-records.ts";
import type { ChunkedLayout, ChunkIndexing } from "../../../src/format/data-layout.ts";
import type { FilterPipeline } from "../../../src/format/filter-pipeline.ts";
import { reopened, watchedStorage } from "./index-storage.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };
const PIPELINE: FilterPipeline = {
  version: 2,
  filters: [{ id: 1, name: "", optional: true, flags: 1, clientData: [1] }],
};

const INDEXINGS: readonly ChunkIndexing[] = [
  { type: "b-tree-v1" },
  { type: "fixed-array", pageBits: 3 },
  { type: "extensible-array", maxBits: 16, indexElements: 3, minPointers: 2, minElements: 2, pageBits: 4 },
  { type: "b-tree-v2", nodeSize: 256, splitPercent: 100, mergePercent: 40 },
];

/** Chunks of one element, 9 in a row. */
const COLUMNS = 9;

/**
 * Lookups of `length` chunks in row-major order from `from` on, and then a change: of the chunk behind the last one looked for, or
 * of any. Before it, what was read may leave the memory.
 */
const anyStep = fc.record({
  from: fc.nat(),
  length: fc.integer({ min: 0, max: 40 }),
  change: fc.constantFrom("insert", "remove", "nothing"),
  isNext: fc.boolean(),
  isForgotten: fc.boolean(),
  at: fc.nat(),
});

test("lookups in order find what is there, whatever changes between them", () => {
  const anyIndexing = fc.constantFrom(...INDEXINGS);
  const anyFile = fc.record({ filtered: fc.boolean(), isReopened: fc.boolean() });
  const anyPresence = fc.array(fc.boolean(), { minLength: 20, maxLength: 100 });
  fc.assert(
    fc.property(
      anyIndexing,
      anyFile,
      anyPresence,
      fc.array(anyStep, { maxLength: 30 }),
      (indexing, file, present, steps) => {
        const { filtered, isReopened } = file;
        const place = watchedStorage(WIDTHS);
        const rows = Math.ceil(present.length / COLUMNS);
        const layout: Omit<ChunkedLayout, "address"> = {
          kind: "chunked",
          version: indexing.type === "b-tree-v1" ? 3 : 4,
          chunkDims: [1, 1],
          elementSize: 4,
          dontFilterPartialChunks: false,
          indexing,
        };
        const isFree = indexing.type === "extensible-array" || indexing.type === "b-tree-v2";
        const maxDims = [isFree ? UNLIMITED : rows, indexing.type === "b-tree-v2" ? UNLIMITED : COLUMNS];
        const space = { kind: "simple", dims: [rows, COLUMNS], maxDims, maxDimsStored: true, version: 2 } as const;
        const open = (address: Address, storage: ChunkStorage) =>
          openChunkIndex({ ...layout, address }, space, filtered ? PIPELINE : undefined, storage, 2);
        let index = open(UNDEFINED_ADDRESS, place.storage);
        const expected = new Map<number, ChunkRecord>();
        let address = 1000;
        const scaledOf = (number: number) => [Math.floor(number / COLUMNS), number % COLUMNS];
        const insert = (number: number): void => {
          address += 8;
          const record = {
            address,
            byteLength: filtered ? 1 + (number % 9) : 4,
            filterMask: filtered ? number % 2 : 0,
          };
          index.insert(scaledOf(number), record);
          expected.set(number, record);
        };
        present.forEach((isPresent, number) => {
          if (isPresent) insert(number);
        });
        const { storage } = isReopened ? reopened(place, WIDTHS) : place;
        if (isReopened) index = open(index.rootAddress, storage);
        const total = rows * COLUMNS;
        for (const { from, length, change, isNext, isForgotten, at } of steps) {
          for (let i = 0; i < length; i++) {
            const number = (from + i) % total;
            expect(index.lookup(scaledOf(number))).toEqual(expected.get(number));
          }
          if (isForgotten) {
            storage.flush(() => undefined);
            storage.dropClean();
          }
          const changed = (isNext ? from + length : at) % total;
          if (change === "insert") insert(changed);
          if (change === "remove") {
            index.remove(scaledOf(changed));
            expected.delete(changed);
          }
          expect(index.lookup(scaledOf(changed))).toEqual(expected.get(changed));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("a version 2 B-tree finds chunks of any number, also beyond 32 bits, without decoding all that it meets", () => {
  const place = watchedStorage(WIDTHS);
  const layout: Omit<ChunkedLayout, "address"> = {
    kind: "chunked",
    version: 4,
    chunkDims: [1, 1],
    elementSize: 4,
    dontFilterPartialChunks: false,
    indexing: { type: "b-tree-v2", nodeSize: 256, splitPercent: 100, mergePercent: 40 },
  };
  const maxDims = [UNLIMITED, UNLIMITED];
  const dims = [2 ** 45, 2 ** 45];
  const space = { kind: "simple", dims, maxDims, maxDimsStored: true, version: 2 } as const;
  const open = (address: Address, storage: ChunkStorage) =>
    openChunkIndex({ ...layout, address }, space, undefined, storage, 2);
  const numbers = [0, 1, 255, 256, 65537, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40, 2 ** 44 + 5];
  const all = numbers.flatMap((row) => numbers.map((column) => [row, column]));
  const made = open(UNDEFINED_ADDRESS, place.storage);
  const recordOf = (at: number) => ({ address: 1000 + 4 * at, byteLength: 4, filterMask: 0 });
  all.forEach((scaled, at) => {
    if (at % 3 > 0) made.insert(scaled, recordOf(at));
  });
  const index = open(made.rootAddress, reopened(place, WIDTHS).storage);
  const order = all.map((_, at) => (at * 37) % all.length);
  for (const at of [...order, ...all.keys()]) {
    expect(index.lookup(all[at] as number[])).toEqual(at % 3 > 0 ? recordOf(at) : undefined);
  }
});

test("encoded chunk records stand where decoded ones do", () => {
  const offset = fc.oneof(
    fc.nat({ max: 300 }),
    fc.maxSafeNat(),
    fc.nat({ max: 2 ** 31 - 1 }).map((n) => 2 * n + 1),
  );
  const offsets = fc.tuple(offset, fc.nat({ max: 2 }), offset);
  fc.assert(
    fc.property(offsets, offsets, fc.nat({ max: 5 }), (stored, wanted, start) => {
      const records = chunkRecords(WIDTHS, 3);
      const writer = new Writer(WIDTHS);
      writer.zeros(start);
      records.encode(writer, { address: 77, scaledOffsets: stored });
      const side = encodedChunkOrder(wanted, records.byteLength)(writer.toBytes(), start);
      const differing = stored.findIndex((value, d) => value !== wanted[d]);
      const expected = differing < 0 ? 0 : (stored[differing] as number) - (wanted[differing] as number);
      const isTold = stored.slice(0, differing < 0 ? 3 : differing + 1).every((value) => value < 2 ** 32);
      expect(side).toBe(isTold ? expected : Number.NaN);
    }),
  );
});
