import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { BTreeV1Index } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import { ChunkCache } from "../../../src/engine/chunks/chunk-cache.ts";
import { chunkCounts, forEachChunkOf } from "../../../src/engine/chunks/chunk-geometry.ts";
import { ChunkHash } from "../../../src/engine/chunks/chunk-slot.ts";
import { ChunkStore } from "../../../src/engine/chunks/chunk-store.ts";
import { registerFilter, unregisterFilter } from "../../../src/filters/registry.ts";
import { CountingTarget, newStorage } from "./helpers.ts";
import { FACTS, filledChunks, MEASURED, type Player, play, type Scenario, type Traffic } from "./replay.ts";

const COUNTING_FILTER = 60001;

function int32(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

class Recorder {
  private decoded: number[] = [];
  private encoded: number[] = [];

  decode(bytes: Uint8Array): void {
    this.decoded.push(int32(bytes)[0] as number);
  }

  encode(bytes: Uint8Array): void {
    this.encoded.push(int32(bytes)[0] as number);
  }

  take(): Traffic {
    const { decoded, encoded } = this;
    this.decoded = [];
    this.encoded = [];
    return { decoded, encoded };
  }
}

/** The cache by itself, over a map of chunks. */
function cachePlayer(scenario: Scenario): Player {
  const recorder = new Recorder();
  const byteLength = 4 * scenario.chunks.reduce((a, b) => a * b, 1);
  const stored = new Map(filledChunks(scenario).map(({ scaled, bytes }) => [scaled.join(), bytes]));
  const decode = (scaled: readonly number[]): Uint8Array | undefined => {
    const bytes = stored.get(scaled.join());
    if (bytes !== undefined) recorder.decode(bytes);
    return bytes?.slice();
  };
  const cache = new ChunkCache(scenario.cache, byteLength, chunkCounts(scenario.shape, scenario.chunks), {
    decode,
    decodeInto(scaled, destination) {
      const bytes = decode(scaled);
      if (bytes !== undefined) destination.set(bytes);
      return bytes !== undefined;
    },
    encode(scaled, bytes) {
      recorder.encode(bytes);
      stored.set(scaled.join(), bytes.slice());
    },
    hasStorage: () => stored.size > 0,
    missing: () => new Uint8Array(byteLength),
    blank: () => new Uint8Array(byteLength),
    buffer: () => new Uint8Array(byteLength),
    recycle: (bytes) => bytes.fill(0xee),
  });
  return {
    read: (scaled, byteCount) => void cache.read(scaled, byteCount),
    write: (scaled, byteCount, whole, change) => change(int32(cache.write(scaled, byteCount, whole))),
    settle: () => cache.settle(),
    resize: () => expect.unreachable("the cache by itself has no dimensions"),
    flush: () => cache.flush(),
    close: () => cache.clear(),
    takeTraffic: () => recorder.take(),
  };
}

let recorder = new Recorder();

beforeEach(() => {
  recorder = new Recorder();
  registerFilter({
    id: COUNTING_FILTER,
    name: "counting",
    decode(bytes) {
      recorder.decode(bytes);
      return bytes;
    },
    encode(bytes) {
      recorder.encode(bytes);
      return bytes;
    },
  });
});

afterEach(() => unregisterFilter(COUNTING_FILTER));

/** The chunk store over a B-tree in a file; whole chunks are read by `readWhole` if `direct`. */
function storePlayer(scenario: Scenario, readsWhole: boolean): { player: Player; target: CountingTarget } {
  const target = new CountingTarget();
  const storage = newStorage(target);
  const index = new BTreeV1Index({
    storage,
    rootAddress: UNDEFINED_ADDRESS,
    chunkDims: scenario.chunks,
    elementSize: 4,
    k: 2,
  });
  const filters =
    scenario.filtered === false ? [] : [{ id: COUNTING_FILTER, name: "", optional: false, clientData: [] }];
  const store = new ChunkStore({
    storage,
    index,
    dims: scenario.shape,
    chunkDims: scenario.chunks,
    elementSize: 4,
    filters,
    dontFilterPartialChunks: false,
    fillElement: undefined,
    fillsOnRead: true,
    newElement: undefined,
    cache: scenario.cache,
  });
  for (const { scaled, bytes } of filledChunks(scenario)) store.writeStored(scaled, bytes, 0);
  const player: Player = {
    read(scaled, byteCount) {
      const address = store.isDirect ? store.directAddress(scaled) : undefined;
      if (address !== undefined) storage.readRaw(address, new Uint8Array(byteCount));
      else if (readsWhole && byteCount === store.chunkByteLength) store.readWhole(scaled, new Uint8Array(byteCount));
      else store.forRead(scaled, byteCount);
    },
    write: (scaled, byteCount, whole, change) => change(int32(store.forWrite(scaled, byteCount, whole))),
    settle: () => store.settle(),
    resize: (shape) => store.setExtent(shape),
    flush: () => store.flush(),
    close: () => store.close(),
    takeTraffic: () => recorder.take(),
  };
  return { player, target };
}

const FILTERED = [...FACTS.scenarios, ...MEASURED.scenarios].filter(({ filtered }) => filtered !== false);
const UNFILTERED = FACTS.scenarios.filter(({ filtered }) => filtered === false);

describe("the chunk cache does what libhdf5 does", () => {
  test.each(FILTERED.filter(({ resizes }) => resizes !== true))("by itself: $name", (scenario) => {
    const { perOp, atClose } = play(scenario, cachePlayer(scenario));
    expect(perOp).toEqual(scenario.per_op);
    expect(atClose).toEqual(scenario.at_close);
  });

  test.each(FILTERED)("in a file: $name", (scenario) => {
    for (const readsWhole of [false, true]) {
      const { perOp, atClose } = play(scenario, storePlayer(scenario, readsWhole).player);
      expect(perOp).toEqual(scenario.per_op);
      expect(atClose).toEqual(scenario.at_close);
    }
  });

  test.each(UNFILTERED)("in bytes read: $name", (scenario) => {
    const { player, target } = storePlayer(scenario, false);
    const bytesRead: number[] = [];
    const counting: Player = {
      ...player,
      takeTraffic() {
        bytesRead.push(target.bytesRead);
        target.bytesRead = 0;
        return player.takeTraffic();
      },
    };
    target.bytesRead = 0;
    play(scenario, counting);
    // The recorded numbers count metadata, too: 2216 bytes with the first access, around 120 with the others.
    const metadata = (i: number) => (scenario.per_op[i]?.bytes_read as number) - (bytesRead[i] as number);
    expect(bytesRead.length).toBe(4);
    expect([metadata(0), metadata(1), metadata(2)]).toEqual([2216, 120, 120]);
  });

  test("has all the scenarios", () => {
    expect(FACTS.scenarios.length).toBeGreaterThan(60);
    expect(FILTERED.filter(({ resizes }) => resizes === true).length).toBe(3);
    expect(UNFILTERED.length).toBe(2);
  });
});

describe("slots of the chunk cache", () => {
  test.each(MEASURED.slots)(
    "are those of libhdf5: dims $dims, chunks $chunks, $nslots slots, resized: $resized",
    (fact) => {
      const { dims, chunks, nslots, resized, pairs } = fact;
      const counts = chunkCounts(dims, chunks);
      const counted = resized ? dims.map((size, d) => Math.floor(size / (chunks[d] as number))) : counts;
      const hash = new ChunkHash(counted, nslots);
      const slots: number[] = [];
      forEachChunkOf(counts, (scaled) => {
        slots.push(hash.slot(scaled));
      });
      const same: [number, number][] = [];
      for (let i = 0; i < slots.length; i++) {
        for (let j = i + 1; j < slots.length; j++) if (slots[i] === slots[j]) same.push([i, j]);
      }
      expect(same).toEqual(pairs);
    },
  );

  test.each(MEASURED.slots.filter(({ resized }) => resized))(
    "are those of libhdf5 when a dataset is resized: $dims, chunks $chunks",
    ({ dims, chunks, nslots, pairs }) => {
      const scenario = {
        name: "",
        shape: [4, 4],
        chunks,
        cache: { nbytes: 1 << 20, nslots, w0: 0.75 },
        ops: [],
        per_op: [],
        at_close: { decoded: [], encoded: [] },
      };
      const { player } = storePlayer(scenario, false);
      player.resize(dims);
      const all: number[][] = [];
      forEachChunkOf(chunkCounts(dims, chunks), (scaled) => {
        all.push([...scaled]);
      });
      for (const scaled of all) player.write(scaled, 4, false, (elements) => elements.fill(1));
      player.flush();
      const evicting: [number, number][] = [];
      for (let i = 0; i < all.length; i++) {
        for (let j = i + 1; j < all.length; j++) {
          player.read(all[i] as number[], 4);
          player.read(all[j] as number[], 4);
          player.takeTraffic();
          player.read(all[i] as number[], 4);
          if (player.takeTraffic().decoded.length > 0) evicting.push([i, j]);
        }
      }
      expect(evicting).toEqual(pairs);
    },
  );

  test("of huge grids are computed in 64 bits that overflow", () => {
    const hash = new ChunkHash([2 ** 40, 2 ** 30, 2 ** 20], 521);
    const exact = (a: number, b: number, c: number) =>
      Number(((((BigInt.asUintN(64, BigInt(a) << 30n) ^ BigInt(b)) << 20n) % 2n ** 64n) ^ BigInt(c)) % 521n);
    expect(hash.slot([3, 5, 7])).toBe(exact(3, 5, 7));
    expect(hash.slot([2 ** 39 + 1, 2 ** 29 + 3, 12345])).toBe(exact(2 ** 39 + 1, 2 ** 29 + 3, 12345));
  });
});
