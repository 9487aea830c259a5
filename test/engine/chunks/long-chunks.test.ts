/** Chunks that no array holds, at sizes that one does: what is larger than `maxBufferBytes` goes the same way. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { product } from "../../../src/base/bits.ts";
import { BTreeV1Index } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import { ChunkStore, type ChunkStoreOptions } from "../../../src/engine/chunks/chunk-store.ts";
import { ChunkedAccess } from "../../../src/engine/dataset-io/chunked-access.ts";
import { PackedMemory } from "../../../src/engine/dataset-io/memory-side.ts";
import { installPlatformCodecs } from "../../../src/engine/platform-codecs.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
import type { PipelineFilter } from "../../../src/filters/filter.ts";
import { FakeDataset } from "../dataset-io/fake-dataset.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

installPlatformCodecs();

const ELEMENT = 4;

function filter(id: number, clientData: readonly number[] = [], optional = false): PipelineFilter {
  return { id, name: "", optional, clientData };
}

const SHUFFLE = filter(2, [ELEMENT]);
const DEFLATE = filter(1, [4]);
const FLETCHER = filter(3);

interface Case {
  readonly filters: readonly PipelineFilter[];
  readonly dims: readonly number[];
  readonly chunkDims: readonly number[];
  readonly fillElement?: Uint8Array | undefined;
  readonly dontFilterPartialChunks?: boolean;
  readonly cacheBytes?: number;
}

/** Elements in chunks; `isLong` puts no chunk into one array, but pieces of eight bytes. */
class Chunks {
  readonly target = new CountingTarget();
  readonly storage = newStorage(this.target);
  readonly given: Case;
  private readonly index: BTreeV1Index;
  store: ChunkStore;

  constructor(given: Case, isLong: boolean) {
    this.given = given;
    const { chunkDims } = given;
    const { storage } = this;
    this.index = new BTreeV1Index({ storage, rootAddress: UNDEFINED_ADDRESS, chunkDims, elementSize: ELEMENT, k: 2 });
    this.store = this.open(given.dims, isLong);
  }

  private open(dims: readonly number[], isLong: boolean): ChunkStore {
    const { filters, chunkDims, fillElement, dontFilterPartialChunks = false, cacheBytes = 0 } = this.given;
    const options: ChunkStoreOptions = {
      storage: this.storage,
      index: this.index,
      chunkDims,
      dims,
      filters,
      fillElement,
      dontFilterPartialChunks,
      newElement: fillElement,
      elementSize: ELEMENT,
      // A chunk that is read as missing is in the cache, and not allocated by then: long ones are.
      cache: { nbytes: isLong ? cacheBytes : 0, nslots: 7, w0: 0.75 },
      fillsOnRead: true,
    };
    const store = new ChunkStore(isLong ? { ...options, maxBufferBytes: 8 } : options);
    expect(store.long !== undefined).toBe(isLong);
    return store;
  }

  reopen(isLong: boolean): void {
    const { dims } = this.store;
    this.store.close();
    this.store = this.open(dims, isLong);
  }

  private get access(): ChunkedAccess {
    const { store, storage } = this;
    const { fillElement, chunkDims } = this.given;
    const fill = { element: fillElement, onRead: true, onAllocate: true, newElement: fillElement };
    const { layout } = new FakeDataset({ dims: store.dims, elementSize: ELEMENT, layout: "chunked", chunkDims });
    const owner = { storage, dims: store.dims, elementSize: ELEMENT, fill, layout, replaceLayout: () => {} };
    return new ChunkedAccess({ ...owner, chunkStore: () => store }, chunkDims);
  }

  read(start = this.store.dims.map(() => 0), count = this.store.dims): Uint8Array {
    const bytes = new Uint8Array(ELEMENT * product(count));
    this.access.read(selectBox(this.store.dims, start, count), new PackedMemory(bytes, ELEMENT));
    return bytes;
  }

  write(start: readonly number[], count: readonly number[], bytes: Uint8Array): void {
    this.access.write(selectBox(this.store.dims, start, count), new PackedMemory(bytes, ELEMENT));
  }
}

const pipelines = [
  [DEFLATE],
  [SHUFFLE],
  [FLETCHER],
  [SHUFFLE, DEFLATE],
  [SHUFFLE, DEFLATE, FLETCHER],
  [FLETCHER, SHUFFLE, DEFLATE],
  [filter(2, [3]), DEFLATE, SHUFFLE],
  [DEFLATE, DEFLATE],
  [SHUFFLE, filter(999, [], true), DEFLATE],
];

const anyCase: fc.Arbitrary<Case> = fc.record({
  filters: fc.constantFrom(...pipelines),
  dims: fc.tuple(fc.nat(9), fc.nat(9)),
  chunkDims: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 3, max: 7 })),
  fillElement: fc.constantFrom(undefined, Uint8Array.of(1, 2, 3, 4)),
  dontFilterPartialChunks: fc.boolean(),
  cacheBytes: fc.constantFrom(0, 1 << 20),
});

const step = fc.oneof(
  fc.record({ box: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9)), seed: fc.nat(255), isRead: fc.boolean() }),
  fc.record({ resize: fc.tuple(fc.nat(9), fc.nat(9)) }),
  fc.record({ allocate: fc.constant(true) }),
  fc.record({ reopen: fc.boolean() }),
);

describe("chunks that no array holds", () => {
  test("hold what others do, through writes, reads, other extents, and whoever opens them", () => {
    fc.assert(
      fc.property(anyCase, fc.array(step, { maxLength: 15 }), (given, steps) => {
        const long = new Chunks(given, true);
        const plain = new Chunks({ ...given, filters: [] }, false);
        for (const next of steps) {
          const { dims } = plain.store;
          if ("resize" in next) for (const each of [long, plain]) each.store.setExtent(next.resize);
          else if ("allocate" in next) for (const each of [long, plain]) each.store.allocateAll(true);
          else if ("reopen" in next) long.reopen(next.reopen);
          else if (dims.every((size) => size > 0)) {
            const start = dims.map((size, d) => (next.box[d] as number) % size);
            const count = dims.map((size, d) => 1 + ((next.box[d + 2] as number) % (size - (start[d] as number))));
            const bytes = new Uint8Array(ELEMENT * product(count)).map((_, i) => (i * 7 + next.seed) & 0xff);
            if (!next.isRead) for (const each of [long, plain]) each.write(start, count, bytes);
            expect(long.read(start, count)).toEqual(plain.read(start, count));
          }
        }
        expect(long.read()).toEqual(plain.read());
        const stored = (chunks: Chunks) => chunks.store.chunkInfo().map(({ offset }) => offset.join());
        expect(stored(long)).toEqual(stored(plain));
        for (const isLong of [false, true]) {
          long.reopen(isLong);
          expect(long.read()).toEqual(plain.read());
        }
      }),
      { numRuns: 200 },
    );
  });
});
