import { describe, expect, test } from "vitest";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import type { LayoutRequest } from "../../src/engine/dataset-creation.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectAll } from "../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { lostSpans, spaceProblems } from "../support/space-check.ts";

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

const linkTo = (address: number) => ({ kind: "hard", objectHeaderAddress: address }) as const;

function addGroup(file: H5File, parent: GroupObject, name: string): GroupObject {
  const group = createGroup(file);
  parent.insertLink(name, linkTo(group.address));
  return group;
}

/** More objects than headers are kept of. */
const MANY = 600;

describe.each(["earliest", "v110"] as const)("links that go with a group, bound %s", (lowBound) => {
  test("are counted, be they several of one object", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    const [kept, group] = [addGroup(file, root, "kept"), addGroup(file, root, "group")];
    for (const name of ["a", "b", "c"]) group.insertLink(name, linkTo(kept.address));
    expect(file.object(kept.address).linkCount).toBe(4);
    root.removeLink("group");
    expect(file.object(kept.address).linkCount).toBe(1);
    file.close();
  });

  test("lead back to the group that it is taken out of, past many others", () => {
    const target = new MemoryTarget();
    const made = H5File.create(target, { lowBound });
    const outer = addGroup(made, made.root(), "outer");
    const inner = addGroup(made, outer, "inner");
    for (let i = 0; i < MANY; i++) addGroup(made, inner, `a${i}`);
    inner.insertLink("back", linkTo(outer.address));
    made.close();
    const changed = new MemoryTarget(target.toBytes());
    const file = H5File.open(changed, { writable: true });
    const lost = lostSpans(file);
    (file.object(outer.address) as GroupObject).removeLink("inner");
    file.flush();
    expect(spaceProblems(file, lost)).toEqual([]);
    file.close();
    const again = H5File.open(new MemoryTarget(changed.toBytes()));
    const left = again.object(outer.address) as GroupObject;
    expect([left.links(), left.linkCount]).toEqual([[], 1]);
    again.close();
  });

  test("of which too few were counted, and one of which leads back, free each object once", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    const before = usedBytes(file);
    const group = addGroup(file, root, "group");
    const both = addGroup(file, group, "a");
    group.insertLink("b", linkTo(both.address));
    both.insertLink("back", linkTo(group.address));
    for (const { header } of [group, both]) header.setLinkCount(1);
    root.removeLink("group");
    expect(usedBytes(file)).toBe(before);
    file.close();
  });

  test("are counted in the header that is in use, although it was read anew meanwhile", () => {
    const target = new MemoryTarget();
    const made = H5File.create(target, { lowBound });
    const twice = addGroup(made, made.root(), "a");
    made.root().insertLink("b", linkTo(twice.address));
    const others = Array.from({ length: MANY }, (_, i) => addGroup(made, made.root(), `c${i}`).address);
    made.close();
    const file = H5File.open(new MemoryTarget(target.toBytes()), { writable: true });
    file.delete((deletion) => {
      deletion.dropReference(twice.address);
      for (const address of [...others, twice.address]) file.header(address);
    });
    expect(file.header(twice.address).linkCount).toBe(1);
    file.close();
  });
});
