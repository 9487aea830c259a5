import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ByteTarget } from "../../src/io/source.ts";
import { memoryStorage } from "./memory-storage.ts";

const SIZE = 1 << 20;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => i ^ (i >>> 8) ^ (i >>> 16));

/** Bytes that are read and never shown in place. */
function countedStorage() {
  const reads: number[] = [];
  const target: ByteTarget = {
    name: "",
    byteLength: () => SIZE,
    readInto(offset, destination) {
      reads.push(destination.length);
      destination.set(BYTES.subarray(offset, offset + destination.length));
    },
    write: () => undefined,
    truncate: () => undefined,
    sync: () => undefined,
    close: () => undefined,
  };
  return { storage: memoryStorage({ target, endOfAllocation: SIZE }), reads };
}

/** @returns The sizes of the reads, after each structure was found to have its own bytes. */
function readsOf(addresses: readonly number[], byteLength: number): number[] {
  const { storage, reads } = countedStorage();
  const seen: number[] = [];
  storage.readEach(addresses, byteLength, "Thing", (bytes, at) => {
    const address = addresses[at] as number;
    expect(Buffer.compare(bytes, BYTES.subarray(address, address + byteLength))).toBe(0);
    seen.push(at);
  });
  expect(seen).toEqual(addresses.map((_, at) => at));
  return reads;
}

describe("structures read one after the other", () => {
  test("each gets its own bytes, whatever the order of the addresses", () => {
    const address = fc.nat({ max: SIZE - 1024 });
    fc.assert(
      fc.property(fc.array(address, { maxLength: 40 }), fc.integer({ min: 1, max: 1024 }), (addresses, byteLength) => {
        readsOf(addresses, byteLength);
      }),
      {
        numRuns: 200,
      },
    );
  });

  test("near ones come with one read, far ones without the bytes between them", () => {
    const near = readsOf([1000, 1400, 1900, 17_000], 100);
    expect(near).toEqual([17_100 - 1000]);
    expect(readsOf([1000, 41_000, 41_200], 100)).toEqual([100, 300]);
    // A chain of near ones is cut before it is too long for one buffer.
    const chain = readsOf([...Array.from({ length: 13 }, (_, i) => i * 10_000), 2 ** 17 - 50], 100);
    expect(chain).toEqual([120_100, 100]);
    expect(readsOf([1000, 200], 100)).toEqual([100, 100]);
  });

  test("a visit may read others of its kind", () => {
    const { storage } = countedStorage();
    const inner: number[] = [];
    const outer: number[] = [];
    // The buffer that the first left behind is in use in the second.
    for (let round = 0; round < 2; round++) {
      storage.readEach([0, 100, 200], 10, "Thing", (bytes) => {
        storage.readEach([5000, 6000], 10, "Thing", (each) => inner.push(each[0] as number));
        outer.push(bytes[0] as number);
      });
    }
    expect(outer).toEqual([0, 100, 200, 0, 100, 200].map((at) => BYTES[at]));
    expect(inner).toHaveLength(12);
  });
});
