import { describe, expect, test } from "vitest";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import type { LayoutRequest } from "../../src/engine/dataset-creation.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectAll } from "../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

const DIMS = [40];

function addDataset(file: H5File, group: GroupObject, name: string, layout: LayoutRequest): void {
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false },
    layout,
  });
  group.insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
  if (layout.kind === "chunked" || layout.kind === "compact") dataset.writeBytes(new Uint8Array(160).fill(1));
}

const layouts: [string, LayoutRequest][] = [
  ["compact", { kind: "compact" }],
  ["contiguous", { kind: "contiguous" }],
  ["chunked", { kind: "chunked", chunkDims: [3] }],
  ["external", { kind: "contiguous", external: [{ name: "raw", fileOffset: 0, byteLength: 160 }] }],
  [
    "virtual",
    {
      kind: "virtual",
      mappings: [
        {
          sourceFile: "other.h5",
          sourceDataset: "d",
          sourceSelection: selectAll(DIMS),
          virtualSelection: selectAll(DIMS),
        },
      ],
    },
  ],
];

/** Bytes of the file that something uses. */
function usedBytes(file: H5File): number {
  file.flush();
  return file.fileSize() - file.freeSpace();
}

describe.each(["earliest", "v110"] as const)("an object that is deleted, bound %s", (lowBound) => {
  test.each(layouts)("gives back all its space: %s dataset", (_, layout) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    // The root's own heap or header has grown once.
    addDataset(file, root, "first", { kind: "compact" });
    root.removeLink("first");
    const before = usedBytes(file);
    addDataset(file, root, "again", layout);
    expect(usedBytes(file)).toBeGreaterThan(before);
    root.removeLink("again");
    expect(usedBytes(file)).toBe(before);
    file.close();
  });

  test("gives back all its space: group with links", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    const before = usedBytes(file);
    const group = createGroup(file);
    root.insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    for (let i = 0; i < 30; i++) addDataset(file, group, `dataset ${i}`, { kind: "chunked", chunkDims: [10] });
    group.insertLink("soft", { kind: "soft", path: "/somewhere" });
    expect(usedBytes(file)).toBeGreaterThan(before);
    root.removeLink("group");
    expect(usedBytes(file)).toBe(before);
    file.close();
  });
});

test("a committed datatype that is open goes with its last user when the file is closed", () => {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound: "v110", fileSpace: { persist: true } });
  const root = file.root();
  addDataset(file, root, "first", { kind: "compact" });
  file.close();
  const bytes = target.toBytes();

  const changed = new MemoryTarget(bytes.slice());
  const again = H5File.open(changed, { writable: true });
  const type = again.acquire(createDatatype(again, PREDEFINED.STD_I32LE));
  again.root().insertLink("type", { kind: "hard", objectHeaderAddress: type.address });
  const dataset = createDataset(again, {
    datatype: PREDEFINED.STD_I32LE,
    committedTypeAddress: type.address,
    layout: { kind: "compact" },
    dataspace: { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false },
  });
  again.acquire(dataset);
  again.root().insertLink("user", { kind: "hard", objectHeaderAddress: dataset.address });
  again.root().removeLink("type");
  again.root().removeLink("user");
  again.close();
  expect(changed.toBytes().length).toBe(bytes.length);
});
