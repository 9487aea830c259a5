import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { BTreeV2Nodes } from "../../src/engine/b-tree-v2-nodes.ts";
import { ExtensibleArrayBlocks } from "../../src/engine/chunks/extensible-array-blocks.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import type { BTreeV2Child } from "../../src/format/b-tree-v2.ts";
import { chunkRecords } from "../../src/format/b-tree-v2-records.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { inFolder, runPython } from "./peers.ts";

const INT8 = fixedPoint(1, true);
const SIZE = 100;

/** Chunk numbers in the order in which both parties write them. */
const ORDERS: Readonly<Record<string, (i: number) => number>> = {
  ascending: (i) => i,
  descending: (i) => SIZE * SIZE - 1 - i,
  scattered: (i) => (i * 7919) % (SIZE * SIZE),
};

function ourDataset(
  path: string,
  maxDims: readonly number[],
  numbers: readonly number[],
  rest: readonly number[],
): void {
  const file = H5File.create(openPath(path, "w"), { lowBound: "v110" });
  const dims = maxDims.length === 2 ? [SIZE, SIZE] : [SIZE * SIZE];
  const dataset = createDataset(file, {
    datatype: INT8,
    dataspace: { kind: "simple", dims, maxDims, maxDimsStored: true, version: 2 },
    layout: { kind: "chunked", chunkDims: dims.map(() => 1) },
  });
  file.root().insertLink("x", { kind: "hard", objectHeaderAddress: dataset.address });
  dataset.chunkCacheSettings = { nbytes: 0, nslots: 0, w0: 0 };
  for (const number of numbers) {
    const at = dims.length === 2 ? [Math.floor(number / SIZE), number % SIZE] : [number];
    const box = selectBox(
      dims,
      at,
      at.map(() => 1),
    );
    dataset.writeBytes(Uint8Array.of(1), box);
  }
  if (rest.length > 0) dataset.setExtent(rest);
  file.close();
}

const THEIRS = `
import json
path, rank, numbers, rest = args[0], int(args[1]), json.loads(args[2]), json.loads(args[3])
size = ${SIZE}
with h5py.File(path, "w", libver=("v110", "v110"), rdcc_nslots=0, rdcc_nbytes=0) as file:
    shape = (size, size) if rank == 2 else (size * size,)
    dataset = file.create_dataset("x", shape=shape, maxshape=(None,) * rank, chunks=(1,) * rank, dtype="i1")
    for number in numbers:
        if rank == 2:
            dataset[number // size, number % size] = 1
        else:
            dataset[number] = 1
    if rest:
        dataset.resize(rest)
`;

function indexAddress(file: H5File): number {
  const { layout } = resolveObject(file.root(), "x") as DatasetObject;
  if (layout.kind !== "chunked") throw new Error(layout.kind);
  return layout.address;
}

/** For every node the number of its records, nested as the tree is. */
function treeShape(path: string): unknown {
  const file = H5File.open(openPath(path, "r"));
  const nodes = new BTreeV2Nodes(file.storage, indexAddress(file), chunkRecords(file.storage.widths, 2));
  const shapeOf = (pointer: BTreeV2Child, depth: number): unknown => {
    const { records, children } = nodes.load(pointer, depth);
    return children === undefined
      ? records.length
      : [pointer.totalRecordCount, ...children.map((child) => shapeOf(child, depth - 1))];
  };
  const shape = nodes.root === undefined ? undefined : shapeOf(nodes.root, nodes.header.depth);
  file.close();
  return shape;
}

function arrayHeader(path: string): object {
  const file = H5File.open(openPath(path, "r"));
  const { indexBlockAddress, ...rest } = new ExtensibleArrayBlocks(file.storage, indexAddress(file)).header;
  file.close();
  expect(indexBlockAddress).toBeGreaterThan(0);
  return rest;
}

describe("a chunk index written like one of the C library", () => {
  const numbersOf = (order: string, count: number) =>
    Array.from({ length: count }, (_, i) => (ORDERS[order] as (i: number) => number)(i));

  test.each([
    { order: "ascending", count: 9000 },
    { order: "descending", count: 9000 },
    { order: "scattered", count: 9000 },
    { order: "scattered", count: 100 },
  ])("version 2 B-tree, $order, $count chunks: has the same nodes", ({ order, count }) => {
    inFolder((folder) => {
      const paths = [join(folder, "ours.h5"), join(folder, "theirs.h5")] as const;
      const numbers = numbersOf(order, count);
      ourDataset(paths[0], [UNLIMITED, UNLIMITED], numbers, []);
      runPython(THEIRS, paths[1], "2", JSON.stringify(numbers), "[]");
      expect(treeShape(paths[0])).toEqual(treeShape(paths[1]));
    });
  });

  test.each([
    [9, 100],
    [100, 9],
    [30, 30],
    [1, 1],
  ])("version 2 B-tree, cut to (%d, %d): has the same nodes", (...rest) => {
    inFolder((folder) => {
      const paths = [join(folder, "ours.h5"), join(folder, "theirs.h5")] as const;
      const numbers = numbersOf("scattered", 9000);
      ourDataset(paths[0], [UNLIMITED, UNLIMITED], numbers, rest);
      runPython(THEIRS, paths[1], "2", JSON.stringify(numbers), JSON.stringify(rest));
      expect(treeShape(paths[0])).toEqual(treeShape(paths[1]));
    });
  });

  test.each([
    { order: "ascending", count: 9000 },
    { order: "scattered", count: 500 },
    { order: "descending", count: 1 },
  ])("extensible array, $order, $count chunks: has the same header", ({ order, count }) => {
    inFolder((folder) => {
      const paths = [join(folder, "ours.h5"), join(folder, "theirs.h5")] as const;
      const numbers = numbersOf(order, count);
      ourDataset(paths[0], [UNLIMITED], numbers, []);
      runPython(THEIRS, paths[1], "1", JSON.stringify(numbers), "[]");
      expect(arrayHeader(paths[0])).toEqual(arrayHeader(paths[1]));
    });
  });
});
