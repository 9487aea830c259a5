import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetOptions, LayoutRequest } from "../../src/engine/dataset-creation.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { copyObject, copyTree } from "../../src/engine/object-copy.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

const newFile = () => H5File.create(new MemoryTarget(), { lowBound: "v110" });

const DEFLATE = { id: 1, name: "deflate", optional: true, flags: 1, clientData: [4] };

function datasetIn(file: H5File, options: Pick<DatasetOptions, "layout"> & Partial<DatasetOptions>): DatasetObject {
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: { kind: "simple", version: 1, dims: [10], maxDims: [10], maxDimsStored: false },
    ...options,
  });
  file.root().insertLink("d", { kind: "hard", objectHeaderAddress: dataset.address });
  return dataset;
}

function linked(group: GroupObject): DatasetObject {
  const target = group.link("d")?.target;
  if (target?.kind !== "hard") throw new Error("no dataset");
  return group.file.object(target.objectHeaderAddress) as DatasetObject;
}

/** The same dataset, stored otherwise. */
function storedAs(dataset: DatasetObject, layout: LayoutRequest): DatasetObject {
  const file = newFile();
  copyTree(dataset.file.root(), file.root(), { storageOf: () => ({ layout, filters: [] }) });
  return linked(file.root());
}

describe("a copy of a dataset", () => {
  test("leaves partial chunks without filters where the source does", () => {
    for (const dontFilterPartialChunks of [true, false]) {
      const layout = { kind: "chunked", chunkDims: [4], dontFilterPartialChunks } as const;
      const source = datasetIn(newFile(), { layout, filters: [DEFLATE] });
      expect(copyObject(source, newFile()).layout).toMatchObject({ kind: "chunked", dontFilterPartialChunks });
    }
  });

  test("that is compact has its space at once, whenever the source gets it", () => {
    const source = datasetIn(newFile(), { layout: { kind: "chunked", chunkDims: [4] }, allocationTime: "late" });
    source.writeBytes(new Uint8Array(40).fill(3));
    const copy = storedAs(source, { kind: "compact" });
    expect([copy.layout.kind, copy.fillValue?.allocationTime]).toEqual(["compact", "early"]);
    expect(copy.readBytes()).toEqual(new Uint8Array(40).fill(3));
  });

  test("keeps the time at which its space is allocated, if that was chosen", () => {
    const chunked = { kind: "chunked", chunkDims: [4] } as const;
    for (const [allocationTime, expected] of [
      ["late", "late"],
      ["early", "early"],
      // What follows from the layout follows from the new one.
      ["incremental", "late"],
    ] as const) {
      const source = datasetIn(newFile(), { layout: chunked, allocationTime });
      expect(storedAs(source, { kind: "contiguous" }).fillValue?.allocationTime).toBe(expected);
    }
  });

  test("of a virtual one gets its space as its own layout has it", () => {
    const layout = { kind: "virtual", mappings: [] } as const;
    const source = datasetIn(newFile(), { layout, allocationTime: "incremental" });
    expect(storedAs(source, { kind: "contiguous" }).fillValue?.allocationTime).toBe("late");
  });

  test("that cannot grow is as large as the source is", () => {
    const dataspace = { kind: "simple", version: 1, dims: [10], maxDims: [20], maxDimsStored: true } as const;
    const source = datasetIn(newFile(), { layout: { kind: "chunked", chunkDims: [4] }, dataspace });
    expect(storedAs(source, { kind: "contiguous" }).storedDataspace.maxDims).toEqual([10]);
    expect(storedAs(source, { kind: "chunked", chunkDims: [5] }).storedDataspace.maxDims).toEqual([20]);
  });
});
