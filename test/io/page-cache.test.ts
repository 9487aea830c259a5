import { expect, test } from "vitest";
import { PageCache } from "../../src/io/page-cache.ts";

const page = (value: number): Uint8Array => new Uint8Array(10).fill(value);

test("a page that several operations have pinned stays until the last of them lets go", () => {
  const cache = new PageCache(0);
  cache.pin(1);
  cache.pin(1);
  cache.put(1, page(1));
  expect([cache.byteLength, cache.pinnedByteLength]).toEqual([10, 10]);
  cache.unpin(1);
  expect([cache.has(1), cache.pinnedByteLength]).toEqual([true, 10]);
  cache.unpin(1);
  expect([cache.has(1), cache.byteLength, cache.pinnedByteLength]).toEqual([false, 0, 0]);
});

test("pages that are pinned leave their room to others, and are counted once", () => {
  const cache = new PageCache(20);
  cache.put(1, page(1));
  cache.put(2, page(2));
  cache.pin(1);
  expect([cache.byteLength, cache.pinnedByteLength]).toEqual([20, 10]);
  cache.put(3, page(3));
  expect([1, 2, 3].map((number) => cache.has(number))).toEqual([true, true, true]);
  expect([cache.byteLength, cache.pinnedByteLength]).toEqual([30, 10]);
  // The least recently used goes when there is one too many.
  cache.unpin(1);
  expect([1, 2, 3].map((number) => cache.get(number)?.[0])).toEqual([1, undefined, 3]);
  expect([cache.byteLength, cache.pinnedByteLength]).toEqual([20, 0]);
  cache.pin(3);
  cache.clear();
  expect([cache.byteLength, cache.pinnedByteLength, cache.has(1), cache.has(3)]).toEqual([0, 0, false, false]);
});
