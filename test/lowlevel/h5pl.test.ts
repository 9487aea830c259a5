import { afterEach, expect, test } from "vitest";
import type { Filter } from "../../src/filters/filter.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5pl from "../../src/lowlevel/h5pl.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import * as h5z from "../../src/lowlevel/h5z.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

const CODE = 300;

/** Adds a number to every byte. */
function adding(amount: number): Filter {
  const shifted = (bytes: Uint8Array, by: number) => bytes.map((byte) => byte + by);
  return {
    id: CODE,
    name: `add ${amount}`,
    encode: (bytes) => shifted(bytes, amount),
    decode: (b) => shifted(b, -amount),
  };
}

afterEach(() => {
  while (h5pl.size() > 0) h5pl.remove(0);
  h5pl.append(h5pl.DEFAULT_PATH);
  h5pl.setLoadingState(h5pl.ALL_PLUGIN);
  if (h5z.filterAvail(CODE)) h5z.unregisterFilter(CODE);
  for (const path of ["a", "b", h5pl.DEFAULT_PATH]) h5pl.withdraw(CODE, path);
});

test("places are kept in a table", () => {
  expect([h5pl.size(), h5pl.get(0)]).toEqual([1, h5pl.DEFAULT_PATH]);
  h5pl.append("a");
  h5pl.prepend(new TextEncoder().encode("b"));
  h5pl.insert("c", 1);
  const all = () => Array.from({ length: h5pl.size() }, (_, i) => h5pl.get(i));
  expect(all()).toEqual(["b", "c", h5pl.DEFAULT_PATH, "a"]);
  h5pl.replace("d", 0);
  h5pl.remove(1);
  expect(all()).toEqual(["d", h5pl.DEFAULT_PATH, "a"]);
  const outside =
    "Index path out of bounds for table - can't be more than 2 (index path out of bounds for table - can't be more than 2)";
  for (const call of [() => h5pl.get(9), () => h5pl.remove(9), () => h5pl.replace("x", 9), () => h5pl.insert("x", 3)]) {
    expectError(call, "ValueError", outside);
  }
  const empty = /^Plugin_path parameter cannot have length zero/;
  expectError(() => h5pl.append(""), "ValueError", empty);
  expectError(() => h5pl.prepend(""), "ValueError", empty);
  while (h5pl.size() > 0) h5pl.remove(0);
  expectError(() => h5pl.get(0), "ValueError", "Path table is empty (path table is empty)");
  h5pl.insert("only", 0);
  expect(all()).toEqual(["only"]);
});

test("a filter at a place of the table is found when a dataset needs it", () => {
  expect(h5z.filterAvail(CODE)).toBe(false);
  h5pl.provide(adding(2), "b");
  expect(h5z.filterAvail(CODE)).toBe(false);
  h5pl.append("a");
  h5pl.append("b");
  h5pl.provide(adding(1), "a");
  // The first place that has it counts.
  const fid = sampleFile();
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([4]);
  dcpl.setFilter(CODE, h5z.FLAG_MANDATORY);
  using dataset = h5d.create(fid, "shifted", h5t.STD_U8LE, h5s.createSimple([4]), dcpl);
  dataset.write(null, null, Uint8Array.of(1, 2, 3, 4));
  dataset.flush();
  expect(dataset.readDirectChunk([0])[1]).toEqual(Uint8Array.of(2, 3, 4, 5));
  expect(h5z.nameOf(CODE)).toBe("add 1");
  expect(h5z.getFilterInfo(CODE)).toBe(h5z.FILTER_CONFIG_ENCODE_ENABLED | h5z.FILTER_CONFIG_DECODE_ENABLED);
});

test("the loading state switches plug-ins off, and what is registered goes before", () => {
  h5pl.provide(adding(3));
  h5pl.setLoadingState(h5pl.ALL_PLUGIN & ~h5pl.FILTER_PLUGIN);
  expect([h5pl.getLoadingState() & h5pl.FILTER_PLUGIN, h5z.filterAvail(CODE)]).toEqual([0, false]);
  const words = "Filter info not retrieved (required filter 300 is not registered)";
  expectError(() => h5z.getFilterInfo(CODE), "RuntimeError", words);
  h5z.registerFilter(adding(9));
  h5pl.setLoadingState(h5pl.ALL_PLUGIN);
  expect(h5z.nameOf(CODE)).toBe("add 9");
  h5z.unregisterFilter(CODE);
  expect(h5z.nameOf(CODE)).toBe("add 3");
  expect([h5pl.withdraw(CODE), h5pl.withdraw(CODE)]).toEqual([true, false]);
});
