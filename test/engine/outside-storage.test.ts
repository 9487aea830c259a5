import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { LayoutRequest } from "../../src/engine/dataset-creation.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { selectAll, selectPoints, selectRegular } from "../../src/engine/selection/selection.ts";
import type { LibraryVersion } from "../../src/format/library-version.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { folderOpener } from "../support/folder-opener.ts";
import { withExternalLayoutOfVersion1 } from "../support/old-layout.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outside-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function add(
  file: H5File,
  name: string,
  dims: number[],
  layout: LayoutRequest,
  maxDims: number[] = dims,
): DatasetObject {
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: { kind: "simple", version: 1, dims, maxDims, maxDimsStored: true },
    layout,
    fillValue: new Uint8Array(Int32Array.of(-1).buffer),
  });
  file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
  return dataset;
}

function bytesOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function read(file: H5File, path: string): { dims: readonly number[]; values: number[] } {
  const object = resolveObject(file.root(), path);
  if (!(object instanceof DatasetObject)) throw new Error(`${path} is no dataset`);
  return { dims: object.dims, values: [...new Int32Array(object.readBytes().slice().buffer)] };
}

const BOUNDS: readonly LibraryVersion[] = ["earliest", "v108", "v110", "v200"];

describe.each(BOUNDS)("new datasets with elements elsewhere, bound %s", (lowBound) => {
  test("virtual ones show their sources", () => {
    const target = new MemoryTarget(undefined, "main.h5");
    const file = H5File.create(target, { lowBound });
    add(file, "source", [6], { kind: "contiguous" }).writeBytes(bytesOf([1, 2, 3, 4, 5, 6]));
    const mapping = (row: number, from: number) => ({
      sourceFile: ".",
      sourceDataset: "source",
      sourceSelection: selectRegular([6], [from], [3], [2]),
      virtualSelection: selectRegular([3, 3], [row, 0], [1, 3]),
    });
    add(file, "virtual", [3, 3], { kind: "virtual", mappings: [mapping(0, 0), mapping(2, 1)] });
    add(
      file,
      "growing",
      [0],
      {
        kind: "virtual",
        mappings: [
          {
            sourceFile: ".",
            sourceDataset: "source",
            sourceSelection: selectRegular([6], [0], [UNLIMITED]),
            virtualSelection: selectRegular([0], [2], [UNLIMITED]),
          },
        ],
      },
      [UNLIMITED],
    );
    add(file, "empty", [2], { kind: "virtual", mappings: [] });
    file.close();
    const again = H5File.open(new MemorySource(target.toBytes()));
    expect(read(again, "virtual").values).toEqual([1, 3, 5, -1, -1, -1, 2, 4, 6]);
    expect(read(again, "growing")).toEqual({ dims: [8], values: [-1, -1, 1, 2, 3, 4, 5, 6] });
    expect(read(again, "empty").values).toEqual([-1, -1]);
    again.close();
  });

  test("external ones are written to other files", () => {
    const target = new MemoryTarget(undefined, "main.h5");
    const file = H5File.create(target, { lowBound, opener: folderOpener(folder) });
    const external = [
      { name: "a.raw", fileOffset: 4, byteLength: 8 },
      { name: "b.raw", fileOffset: 0, byteLength: UNLIMITED },
    ];
    add(file, "data", [5], { kind: "contiguous", external }, [UNLIMITED]).writeBytes(bytesOf([1, 2, 3, 4, 5]));
    file.close();
    expect(readFileSync(join(folder, "a.raw")).length).toBe(12);
    expect(readFileSync(join(folder, "b.raw")).readInt32LE(8)).toBe(5);
    const again = H5File.open(new MemorySource(target.toBytes()), { opener: folderOpener(folder) });
    expect(read(again, "data").values).toEqual([1, 2, 3, 4, 5]);
    again.close();
  });
});

describe("datasets that cannot be", () => {
  function refused(dims: number[], layout: LayoutRequest, maxDims?: number[]): () => void {
    return () => void add(H5File.create(new MemoryTarget()), "x", dims, layout, maxDims);
  }

  test("are refused in the C library's words", () => {
    const part = { name: "a", fileOffset: 0, byteLength: 8 };
    expect(refused([3], { kind: "contiguous", external: [part] })).toThrow(
      "dataspace size exceeds external storage size",
    );
    expect(refused([2], { kind: "contiguous", external: [part] }, [UNLIMITED])).toThrow(
      "unlimited dataspace but finite storage",
    );
    expect(refused([1, 2], { kind: "contiguous", external: [part] }, [1, UNLIMITED])).toThrow(
      "only the first dimension can be extendible",
    );
    const mapping = { sourceFile: "f", sourceDataset: "d", sourceSelection: selectAll([3]) };
    const points = selectPoints([3], [0, 1, 2]);
    expect(refused([3], { kind: "virtual", mappings: [{ ...mapping, virtualSelection: points }] })).toThrow(
      "point selections not currently supported with virtual datasets",
    );
    const two = selectRegular([3], [0], [2]);
    expect(refused([3], { kind: "virtual", mappings: [{ ...mapping, virtualSelection: two }] })).toThrow(
      "virtual and source space selections have different numbers of elements",
    );
  });
});

test("data in other files counts as none in the file where the layout is of version 1", () => {
  const target = new MemoryTarget(undefined, join(folder, "main.h5"));
  const file = H5File.create(target, { lowBound: "earliest", opener: folderOpener(folder) });
  const external = [{ name: "raw", fileOffset: 0, byteLength: 24 }];
  add(file, "outside", [6], { kind: "contiguous", external }).writeBytes(bytesOf([1, 2, 3, 4, 5, 6]));
  file.close();
  const bytes = withExternalLayoutOfVersion1(target.toBytes());
  const old = H5File.open(new MemorySource(bytes), { opener: folderOpener(folder) });
  const dataset = resolveObject(old.root(), "outside") as DatasetObject;
  expect(dataset.layout.version).toBe(1);
  expect(read(old, "outside")).toEqual({ dims: [6], values: [1, 2, 3, 4, 5, 6] });
  expect(dataset.storageSize()).toBe(0);
});
