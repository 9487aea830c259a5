import fc from "fast-check";
import { expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { product } from "../../../src/base/bits.ts";
import { BTreeV1Index } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import type { HeapElements } from "../../../src/engine/chunks/chunk-format.ts";
import { ChunkStore } from "../../../src/engine/chunks/chunk-store.ts";
import { FreedBlocks } from "../../../src/engine/freed-blocks.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

const FILL = 7;

/** A heap whose objects are numbers from 100 on, which elements hold: those that are the fill value get one of their own. */
class Heap implements HeapElements {
  readonly live = new Set<number>();
  private last = 99;

  make(): number {
    this.live.add(++this.last);
    return this.last;
  }

  own(bytes: Uint8Array): void {
    const elements = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    elements.forEach((value, i) => {
      if (value === FILL) elements[i] = this.make();
    });
  }

  release(elements: (show: (bytes: Uint8Array) => void) => void, change: () => void): void {
    const gone: number[] = [];
    elements((bytes) => gone.push(...new Int32Array(bytes.slice().buffer)));
    change();
    for (const value of gone) this.live.delete(value);
  }
}

const anyDims = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
const step = fc.oneof(
  fc.record({ write: fc.tuple(fc.nat(8), fc.nat(8)) }),
  fc.record({ resize: anyDims }),
  fc.record({ allocate: fc.constant(true) }),
);

test("elements that own heap objects are written, cut and deleted in pieces, and keep what they own alone", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.boolean(), (steps, isFilled) => {
      const storage = newStorage(new CountingTarget());
      const chunkDims = [2, 3];
      const fillElement = isFilled ? Uint8Array.of(FILL, 0, 0, 0) : undefined;
      const heap = new Heap();
      const index = new BTreeV1Index({ storage, rootAddress: UNDEFINED_ADDRESS, chunkDims, elementSize: 4, k: 2 });
      const store = new ChunkStore({
        storage,
        index,
        chunkDims,
        heap,
        fillElement,
        elementSize: 4,
        filters: [],
        dontFilterPartialChunks: false,
        dims: [4, 6],
        cache: { nbytes: 1 << 20, nslots: 521, w0: 0.75 },
        fillsOnRead: true,
        newElement: fillElement,
        maxBufferBytes: 4 * product(chunkDims) - 1,
      });
      expect(store.isDirect).toBe(true);
      const elementsOf = (address: number): Int32Array => {
        const bytes = new Uint8Array(4 * product(chunkDims));
        storage.readRaw(address, bytes);
        return new Int32Array(bytes.buffer);
      };
      const stored = () => store.chunkInfo().flatMap(({ address }) => [...elementsOf(address)]);
      for (const next of steps) {
        if ("resize" in next) store.setExtent(next.resize);
        else if ("allocate" in next) store.allocateAll(true);
        else if (next.write.every((coordinate, d) => coordinate < (store.dims[d] as number))) {
          const [row, column] = next.write;
          const address = store.directAddressForWrite([Math.floor(row / 2), Math.floor(column / 3)], false);
          const at = (row % 2) * 3 + (column % 3);
          heap.live.delete(elementsOf(address)[at] as number);
          storage.writeRaw(address + 4 * at, new Uint8Array(Int32Array.of(heap.make()).buffer));
        }
        const blank = isFilled ? [] : [0];
        const owned = stored().filter((value) => !blank.includes(value));
        expect(new Set(owned).size).toBe(owned.length);
        expect(owned.sort()).toEqual([...heap.live].sort());
      }
      const freed = new FreedBlocks(storage);
      const owned: number[] = [];
      store.deleteAll(freed, (bytes) => owned.push(...new Int32Array(bytes.slice().buffer)));
      freed.commit();
      for (const value of owned) heap.live.delete(value);
      expect(heap.live.size).toBe(0);
    }),
  );
});

test("new chunks are filled whole where others left bytes, and as far as needed elsewhere", () => {
  const target = new CountingTarget();
  const storage = newStorage(target);
  const chunkDims = [50_000];
  const index = new BTreeV1Index({ storage, rootAddress: UNDEFINED_ADDRESS, chunkDims, elementSize: 4, k: 2 });
  const open = (fillElement: Uint8Array | undefined) =>
    new ChunkStore({
      storage,
      index,
      chunkDims,
      fillElement,
      newElement: fillElement,
      elementSize: 4,
      filters: [],
      dontFilterPartialChunks: false,
      dims: [100_000],
      cache: { nbytes: 0, nslots: 0, w0: 0 },
      fillsOnRead: true,
      maxBufferBytes: 1000,
    });
  const bytes = new Uint8Array(200_000);
  const isAll = (element: Uint8Array) => bytes.every((byte, i) => byte === element[i % 4]);
  const fill = Uint8Array.of(1, 2, 3, 4);
  const filled = open(fill).directAddressForWrite([0], false);
  storage.readRaw(filled, bytes);
  expect(isAll(fill)).toBe(true);
  // One chunk where the freed one was, one at the end of the file.
  index.remove([0]);
  storage.release("draw", filled, 200_000);
  storage.flush(() => {});
  open(undefined).allocateAll(true);
  for (const scaled of [[0], [1]]) {
    const address = index.lookup(scaled)?.address ?? Number.NaN;
    expect(storage.available(address, 200_000)).toBe(200_000);
    storage.readRaw(address, bytes);
    expect(isAll(new Uint8Array(4))).toBe(true);
  }
});
