import fc from "fast-check";
import { expect, test } from "vitest";
import { type Address, UNDEFINED_ADDRESS, UNLIMITED } from "../../../src/base/address.ts";
import type { ChunkRecord, ChunkStorage } from "../../../src/engine/chunks/chunk-index.ts";
import { openChunkIndex } from "../../../src/engine/chunks/open-chunk-index.ts";
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

/** Lookups of `length` chunks in row-major order from `from` on, and then a change. */
const anyStep = fc.record({
  from: fc.nat(),
  length: fc.integer({ min: 0, max: 40 }),
  change: fc.constantFrom("insert", "remove", "nothing"),
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
        if (isReopened) index = open(index.rootAddress, reopened(place, WIDTHS).storage);
        const total = rows * COLUMNS;
        for (const { from, length, change, at } of steps) {
          for (let i = 0; i < length; i++) {
            const number = (from + i) % total;
            expect(index.lookup(scaledOf(number))).toEqual(expected.get(number));
          }
          if (change === "insert") insert(at % total);
          if (change === "remove") {
            index.remove(scaledOf(at % total));
            expected.delete(at % total);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});
