import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

const BYTE = fixedPoint(1, false);
const SCALAR = { kind: "scalar", version: 1, dims: [], maxDims: [], maxDimsStored: false } as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_000_000_000_000);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Each was tried with the C library, where the time moves as well. */
const changes: [string, (dataset: DatasetObject) => void][] = [
  ["data is written", (dataset) => dataset.writeBytes(new Uint8Array(4))],
  ["its extent changes", (dataset) => dataset.setExtent([6])],
  [
    "an attribute is made",
    (dataset) => dataset.createAttribute({ name: "b", datatype: BYTE, dataspace: SCALAR, bytes: Uint8Array.of(1) }),
  ],
  ["an attribute is written", (dataset) => dataset.writeAttribute("a", Uint8Array.of(2))],
  ["an attribute is renamed", (dataset) => dataset.renameAttribute("a", "c")],
  ["an attribute is deleted", (dataset) => dataset.deleteAttribute("a")],
  ["a comment is set", (dataset) => dataset.setComment("new")],
  ["the comment is changed", (dataset) => dataset.setComment("a comment that is longer than the one before")],
  ["the comment is removed", (dataset) => dataset.setComment("")],
];

describe.each(["earliest", "v110"] as const)("the modification time of a dataset, bound %s", (lowBound) => {
  function datasetWith(trackTimes: boolean): DatasetObject {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const dataset = createDataset(file, {
      datatype: BYTE,
      dataspace: { kind: "simple", version: 1, dims: [4], maxDims: [8], maxDimsStored: true },
      layout: { kind: "chunked", chunkDims: [2] },
      trackTimes,
    });
    file.root().insertLink("d", { kind: "hard", objectHeaderAddress: dataset.address });
    dataset.createAttribute({ name: "a", datatype: BYTE, dataspace: SCALAR, bytes: Uint8Array.of(1) });
    dataset.setComment("old");
    return dataset;
  }

  test.each(changes)("moves when %s", (_, change) => {
    const dataset = datasetWith(true);
    expect(dataset.modificationTime()).toBe(1_000_000_000);
    vi.advanceTimersByTime(5000);
    change(dataset);
    expect(dataset.modificationTime()).toBe(1_000_000_005);
    dataset.file.close();
  });

  test.each([
    ["before 1970", -5000, 2 ** 32 - 5],
    ["after 32 bits", 1000 * (2 ** 32 + 7), 7],
  ])("comes round where the clock is %s", (_, now, seconds) => {
    vi.setSystemTime(now);
    const dataset = datasetWith(true);
    dataset.file.flush();
    expect(dataset.modificationTime()).toBe(seconds);
    dataset.file.close();
  });

  test("stands still when a link is made, and is not there unless asked for", () => {
    const dataset = datasetWith(true);
    vi.advanceTimersByTime(5000);
    dataset.file.root().insertLink("e", { kind: "hard", objectHeaderAddress: dataset.address });
    expect(dataset.modificationTime()).toBe(1_000_000_000);
    const without = datasetWith(false);
    without.writeBytes(new Uint8Array(4));
    expect(without.modificationTime()).toBeUndefined();
  });
});
