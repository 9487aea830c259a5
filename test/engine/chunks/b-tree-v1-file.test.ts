/** A dataset of the C library (test/fixtures/chunk-index/make-b-tree-v1.py), read and edited. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BTreeV1Index, DEFAULT_CHUNK_K } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import { BTreeV1Nodes } from "../../../src/engine/chunks/b-tree-v1-nodes.ts";
import { DEFAULT_CHUNK_CACHE } from "../../../src/engine/chunks/chunk-cache-settings.ts";
import { ChunkStore } from "../../../src/engine/chunks/chunk-store.ts";
import type { FileStorage } from "../../../src/engine/file-storage.ts";
import type { BTreeV1ChunkNode } from "../../../src/format/b-tree-v1-chunk-node.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

interface Recorded {
  readonly root: number;
  readonly storageSize: number;
  /** Offset, address, bytes, filter mask. */
  readonly chunks: readonly (readonly [number[], number, number, number])[];
  readonly values: readonly number[];
}

const url = (name: string) => new URL(`../../fixtures/chunk-index/${name}`, import.meta.url);
const recorded = JSON.parse(readFileSync(url("b-tree-v1.json"), "utf8")) as Recorded;
const GRID = [31, 10] as const;

function open(): { storage: FileStorage; store: ChunkStore } {
  const storage = newStorage(new CountingTarget(new Uint8Array(readFileSync(url("b-tree-v1.h5")))));
  const chunkDims = [1, 3];
  const index = new BTreeV1Index({
    storage,
    rootAddress: recorded.root,
    chunkDims,
    elementSize: 1,
    k: DEFAULT_CHUNK_K,
  });
  const store = new ChunkStore({
    storage,
    index,
    dims: [31, 30],
    chunkDims,
    elementSize: 1,
    filters: [{ id: 3, name: "fletcher32", optional: false, clientData: [] }],
    dontFilterPartialChunks: false,
    fillElement: Uint8Array.of(7),
    fillsOnRead: true,
    newElement: Uint8Array.of(7),
    cache: DEFAULT_CHUNK_CACHE,
  });
  return { storage, store };
}

function values(store: ChunkStore): number[] {
  const all: number[] = [];
  for (let row = 0; row < GRID[0]; row++) {
    for (let column = 0; column < GRID[1]; column++) all.push(...(store.forRead([row, column], 3) ?? [7, 7, 7]));
  }
  return all;
}

/** All keys of the leaves with the bound of each. */
function leaves(storage: FileStorage): BTreeV1ChunkNode[] {
  const all: BTreeV1ChunkNode[] = [];
  new BTreeV1Nodes(storage, [1, 3], 1, DEFAULT_CHUNK_K).walk(recorded.root, (leaf) => {
    all.push(leaf);
  });
  return all;
}

describe("a chunk B-tree of the C library", () => {
  test("lists the chunks that h5py lists, and holds the values that h5py reads", () => {
    const { store } = open();
    const chunks = store.chunkInfo().map(({ offset, address, byteLength, filterMask }) => {
      return [offset, address, byteLength, filterMask];
    });
    expect(chunks).toEqual(recorded.chunks);
    expect(store.storageSize()).toBe(recorded.storageSize);
    expect(values(store)).toEqual(recorded.values);
  });

  test("stays in order when chunks that the C library removed are inserted again", () => {
    const { storage, store } = open();
    const expected = [...recorded.values];
    for (let row = 30; row >= 0; row--) {
      for (const column of [9, 8]) {
        store.forWrite([row, column], 3, true).fill(row);
        store.settle();
        expected.fill(row, row * 30 + column * 3, row * 30 + column * 3 + 3);
      }
    }
    store.close();
    storage.flush(() => {});
    expect(values(store)).toEqual(expected);
    const keys: number[] = [];
    for (const leaf of leaves(storage)) {
      for (let i = 0; i <= leaf.children.length; i++) {
        const [row, column, element] = leaf.offsets.slice(3 * i, 3 * i + 3) as [number, number, number];
        const key = 2 * (30 * row + column) + element;
        // The last key of a leaf is the first one of the next.
        if (i > 0 || keys.at(-1) !== key) keys.push(key);
      }
    }
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
