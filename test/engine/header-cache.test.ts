import { describe, expect, test } from "vitest";
import { HeaderCache } from "../../src/engine/header-cache.ts";
import { ObjectHeader } from "../../src/engine/object-header.ts";
import type { ObjectHeader as Prefix } from "../../src/format/object-header.ts";
import { memoryStorage } from "./memory-storage.ts";

const PREFIX: Prefix = {
  version: 1,
  attributeCreationOrderTracked: false,
  totalMessages: 0,
  objectReferenceCount: 1,
  messages: [],
  gap: 0,
};

/** `count` headers, all of which wait to be written. */
function headers(count: number) {
  const storage = memoryStorage();
  const list = Array.from({ length: count }, () => ObjectHeader.create(storage, PREFIX, [], 8));
  const cache = new HeaderCache();
  const put = (from: number, to: number): void => {
    for (const header of list.slice(from, to)) cache.set(header.address, header);
  };
  const known = () => list.filter((header) => cache.get(header.address) === header).length;
  return { storage, list, cache, put, known };
}

describe("object headers in memory", () => {
  test("are the last ones that were used", () => {
    const { storage, list, cache, put } = headers(2000);
    storage.flush(() => undefined);
    put(0, 100);
    const [first] = list as [ObjectHeader];
    for (let i = 100; i < 2000; i++) {
      put(i, i + 1);
      expect(cache.get(first.address)).toBe(first);
    }
    expect(list.slice(-256).every((header) => cache.get(header.address) === header)).toBe(true);
    expect(cache.get((list[1] as ObjectHeader).address)).toBeUndefined();
  });

  test("stay while they wait to be written", () => {
    const { storage, put, cache, known, list } = headers(3000);
    put(0, 2000);
    expect(known()).toBe(2000);
    storage.flush(() => undefined);
    cache.flushed();
    put(2000, 3000);
    const kept = list.filter((header) => cache.get(header.address) === header).length;
    expect(kept).toBeLessThan(2600);
  });

  test("go when they are deleted", () => {
    const { list, cache, put, known } = headers(600);
    put(0, 600);
    const [first] = list as [ObjectHeader];
    cache.delete(first.address);
    expect(cache.get(first.address)).toBeUndefined();
    cache.clear();
    expect(known()).toBe(0);
  });
});
