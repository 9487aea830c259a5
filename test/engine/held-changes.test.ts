/** Objects that come, go and are let go of between two flushes: what was changed of them stays, and nothing else goes with them. */
import { expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { createDataset, createGroup } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { HeapJournal } from "../../src/engine/heap-journal.ts";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { bytesOf, spaceProblems } from "../support/space-check.ts";

function link(file: H5File, name: string, { address }: EngineObject): void {
  file.root().insertLink(name, { kind: "hard", objectHeaderAddress: address });
}

function objectAt(file: H5File, name: string): EngineObject {
  const target = file.root().link(name)?.target;
  if (target?.kind !== "hard") throw new Error(`no object ${name}`);
  return file.object(target.objectHeaderAddress);
}

test("an object that was let go of takes none along that has its place since", () => {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound: "v110" });
  const gone = file.acquire(createGroup(file));
  file.release(gone);
  const next = createGroup(file);
  expect(next.address).toBe(gone.address);
  link(file, "next", next);
  file.flush();
  expect(objectAt(file, "next").linkCount).toBe(1);
  expect(spaceProblems(file)).toEqual([]);
  file.close();
  expect(objectAt(H5File.open(new MemoryTarget(target.toBytes())), "next").kind).toBe("group");
});

test("what was changed in a later block of a header stays when the object is evicted with its last holder", () => {
  const target = new MemoryTarget();
  const made = H5File.create(target, { lowBound: "v110" });
  const group = createGroup(made);
  link(made, "group", group);
  const dataspace = { kind: "simple", version: 2, dims: [4], maxDims: [4], maxDimsStored: false } as const;
  const names = Array.from({ length: 7 }, (_, i) => `attribute ${i}`);
  const attribute = { datatype: PREDEFINED.STD_I32LE, dataspace, bytes: new Uint8Array(16) };
  names.forEach((name, i) => {
    group.createAttribute({ ...attribute, name });
    // What has its space behind the first block keeps it from growing; the second one can.
    if (i === 0) createGroup(made);
  });
  expect(group.header.blocks[1]?.messages.length).toBeGreaterThan(2);
  made.close();
  const changed = new MemoryTarget(target.toBytes());
  const file = H5File.open(changed, { writable: true, evictOnClose: true });
  const last = names.slice(-2);
  for (const name of last) {
    const held = file.acquire(objectAt(file, "group"));
    held.writeAttribute(name, new Uint8Array(16).fill(1));
    file.release(held);
  }
  file.close();
  const found = objectAt(H5File.open(new MemoryTarget(changed.toBytes())), "group").attributes();
  expect(found.map(({ name, bytes }) => [name, bytes[0]])).toEqual(
    names.map((name) => [name, Number(last.includes(name))]),
  );
});

test("what nobody holds keeps its chunks back until the file is flushed, also when another object is flushed alone", () => {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound: "v110" });
  const [first, second] = ["first", "second"].map((name) => {
    const dataset = createDataset(file, {
      datatype: PREDEFINED.STD_I32LE,
      dataspace: { kind: "simple", version: 2, dims: [8], maxDims: [UNLIMITED], maxDimsStored: true },
      layout: { kind: "chunked", chunkDims: [8] },
    });
    link(file, name, dataset);
    return dataset;
  }) as [DatasetObject, DatasetObject];
  file.flush();
  file.startSwmrWriting();
  second.writeBytes(new Uint8Array(32).fill(2));
  first.writeBytes(new Uint8Array(32).fill(1));
  file.flushObject(first);
  file.close();
  const again = H5File.open(new MemoryTarget(target.toBytes()));
  for (const [name, value] of [
    ["first", 1],
    ["second", 2],
  ] as const) {
    expect((objectAt(again, name) as DatasetObject).readBytes()).toEqual(new Uint8Array(32).fill(value));
  }
});

test("heap objects that were stored for what was given up go, be they several in a collection or told by another journal", () => {
  const file = H5File.create(new MemoryTarget());
  const [outer, inner] = [new HeapJournal(), new HeapJournal()];
  const store = (count: number) => {
    for (let i = 0; i < count; i++) file.globalHeap.insert(new Uint8Array(20).fill(i));
  };
  file.globalHeap.recording(outer, () => {
    store(1);
    file.globalHeap.recording(inner, () => store(2));
    store(3);
  });
  // Between those that were recorded.
  store(1);
  file.globalHeap.recording(outer, () => store(2));
  file.abandon([], outer);
  file.flush();
  const { regions } = spaceMap(file);
  expect(regions.length).toBeGreaterThan(0);
  const heap = file.globalHeap;
  const { address, index } = heap.insert(new Uint8Array(20));
  expect([heap.read(address, 7).length, index]).toEqual([20, 10]);
  for (const gone of [1, 2, 3, 4, 5, 6, 8, 9]) expect(() => heap.read(address, gone)).toThrow("no object with index");
  heap.remove(address, 7);
  heap.remove(address, index);
  file.flush();
  expect(bytesOf(spaceMap(file), "global-heap")).toBe(0);
  file.close();
});

test("heap collections that a deletion empties do not all stay in memory until the next flush", () => {
  const target = new MemoryTarget();
  const made = File.inMemory();
  made.createDataset("texts", {
    data: Array.from({ length: 600 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(1000)),
  });
  target.write(0, made.toBytes());
  made.close();
  const file = H5File.open(target, { writable: true });
  file.root().removeLink("texts");
  // Their structures are few, although there were a hundred and fifty collections; only the last ones get other objects.
  expect(file.storage.structureCacheStatistics().byteLength).toBeLessThan(40 * 4096);
  file.flush();
  expect(bytesOf(spaceMap(file), "global-heap")).toBe(0);
  file.close();
});
