import { describe, expect, test } from "vitest";
import { createGroup } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { StructureCodec } from "../../src/engine/structure-cache.ts";
import { FaultyTarget, MemorySource, MemoryTarget, RecordingTarget } from "../../src/io/index.ts";
import { memoryStorage } from "./memory-storage.ts";

type Four = [number, number, number, number];

function addGroups(file: H5File, prefix: string, count: number): void {
  for (let i = 0; i < count; i++) {
    file.root().insertLink(`${prefix}${i}`, { kind: "hard", objectHeaderAddress: createGroup(file).address });
  }
}

function namesIn(bytes: Uint8Array): string[] {
  const file = H5File.open(new MemorySource(bytes));
  return file
    .root()
    .links()
    .map(({ name }) => name);
}

describe("flushing a file", () => {
  test("a new file is a valid one from the start", () => {
    const target = new MemoryTarget();
    H5File.create(target);
    expect(namesIn(target.toBytes())).toEqual([]);
  });

  test.each([1, 2, 3, 5, 8])("a flush whose write number %i fails leaves the file as the last one left it", (n) => {
    const memory = new MemoryTarget();
    const file = H5File.create(memory);
    addGroups(file, "a", 40);
    file.close();
    const before = memory.toBytes().slice();

    const writes = new RecordingTarget(new MemoryTarget(before.slice()));
    const rehearsal = H5File.open(writes, { writable: true });
    addGroups(rehearsal, "b", 40);
    rehearsal.close();
    const total = writes.calls.filter(({ kind }) => kind === "write").length;
    const inner = new MemoryTarget(before.slice());
    const faulty = new FaultyTarget(inner, { failedWrite: Math.min(n, total) });
    const edited = H5File.open(faulty, { writable: true });
    addGroups(edited, "b", 40);
    expect(() => edited.flush()).toThrow();
    expect(Buffer.from(inner.toBytes()).equals(Buffer.from(before))).toBe(true);
    // What was changed is still there, and reaches the file once it can be written.
    edited.flush();
    expect(namesIn(inner.toBytes())).toHaveLength(80);
  });

  test("a child reaches the file before what points at it", () => {
    const target = new RecordingTarget(new MemoryTarget());
    const file = H5File.create(target, { lowBound: "v108" });
    file.flush();
    target.calls.length = 0;
    addGroups(file, "g", 1);
    file.flush();
    const offsets = target.calls.flatMap((entry) => (entry.kind === "write" ? [entry.offset] : []));
    const child = file.root().link("g0")?.target;
    expect(child?.kind).toBe("hard");
    const childAt = offsets.indexOf(child?.kind === "hard" ? child.objectHeaderAddress : -1);
    expect(childAt).toBeGreaterThanOrEqual(0);
    expect(childAt).toBeLessThan(offsets.indexOf(file.root().address));
    expect(offsets.at(-1)).toBe(0);
  });

  test("what is new goes before what was there, in freed space as well, however far it is from there to it", () => {
    const target = new RecordingTarget(new MemoryTarget());
    const storage = memoryStorage({ target });
    const codec: StructureCodec<number> = {
      structure: "Thing",
      byteLength: 64,
      decode: (cursor) => cursor.u8(),
      encode: (writer, value) => {
        writer.u8(value);
        writer.zeros(63);
      },
    };
    const [root, between, freed, last] = [0, 1, 2, 3].map(() => storage.allocate("object-header", 64)) as Four;
    for (const address of [root, between, freed, last]) storage.store(address, codec, 1);
    storage.flush(() => undefined);
    storage.forget(freed);
    storage.release("object-header", freed, 64);
    storage.flush(() => undefined);

    const grandchild = storage.allocate("object-header", 64);
    const child = storage.allocate("object-header", 4096);
    expect(grandchild).toBe(freed);
    expect(child).toBeGreaterThan(last);
    storage.store(grandchild, codec, 2);
    storage.store(child, { ...codec, byteLength: 4096, encode: (writer) => writer.zeros(4096) }, 2);
    storage.store(root, codec, 2);
    storage.writeBefore(grandchild, child);
    storage.writeBefore(child, root);
    target.calls.length = 0;
    storage.flush(() => undefined);
    const offsets = target.calls.flatMap((entry) => (entry.kind === "write" ? [entry.offset] : []));
    expect(offsets.at(-1)).toBe(root);
    expect(offsets).toContain(grandchild);

    // It is not new any more.
    storage.store(grandchild, codec, 3);
    storage.store(between, codec, 3);
    storage.writeBefore(between, grandchild);
    target.calls.length = 0;
    storage.flush(() => undefined);
    const again = target.calls.flatMap((entry) => (entry.kind === "write" ? [entry.offset] : []));
    expect(again).toEqual([between, grandchild]);
  });

  test("what lies behind the old end of the file goes first, in the order of the file", () => {
    const target = new RecordingTarget(new MemoryTarget());
    const file = H5File.create(target);
    addGroups(file, "a", 20);
    file.flush();
    const end = target.byteLength();
    target.calls.length = 0;
    addGroups(file, "b", 100);
    file.flush();
    const offsets = target.calls.flatMap((entry) => (entry.kind === "write" ? [entry.offset] : []));
    const behind = offsets.filter((offset) => offset >= end);
    expect(behind.length).toBeGreaterThan(0);
    expect(offsets.slice(0, behind.length)).toEqual(behind);
    expect(behind).toEqual(behind.toSorted((a, b) => a - b));
    expect(offsets.length).toBeGreaterThan(behind.length + 1);
    expect(offsets.at(-1)).toBe(0);
    file.close();
  });
});
