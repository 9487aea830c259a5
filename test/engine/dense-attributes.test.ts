import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDefined } from "../../src/base/address.ts";
import { BTreeV2 } from "../../src/engine/b-tree-v2.ts";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import { DenseAttributes } from "../../src/engine/dense-attributes.ts";
import type { DenseAddresses } from "../../src/engine/dense-storage.ts";
import { FractalHeap, MESSAGE_HEAP } from "../../src/engine/fractal-heap.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { encodeBody } from "../../src/engine/header-values.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { decodeAttribute } from "../../src/format/attribute.ts";
import { decodeAttributeInfo, encodeAttributeInfo } from "../../src/format/attribute-info.ts";
import { ATTRIBUTE_NAME_RECORDS, ATTRIBUTE_ORDER_RECORDS } from "../../src/format/b-tree-v2-records.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import type { FilterPipeline } from "../../src/format/filter-pipeline.ts";
import { decodeFractalHeapId } from "../../src/format/fractal-heap-id.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { disagreements, recount } from "./fractal-heap/recount.ts";

const DEFLATE: FilterPipeline = {
  version: 1,
  filters: [{ id: 1, name: "deflate", optional: true, flags: 1, clientData: [6] }],
};
const BYTE = fixedPoint(1, false);

function space(count: number): Dataspace {
  return { kind: "simple", version: 1, dims: [count], maxDims: [count], maxDimsStored: false };
}

function add(group: GroupObject, name: string, bytes: Uint8Array): void {
  group.createAttribute({ name, datatype: BYTE, dataspace: space(bytes.length), bytes });
}

function infoOf(group: GroupObject) {
  const message = group.header.first(MESSAGE.ATTRIBUTE_INFO);
  if (message === undefined) return undefined;
  return decodeAttributeInfo(group.file.storage.cursor(message.data, "Attribute info message", group.address));
}

function isDense(group: GroupObject): boolean {
  const info = infoOf(group);
  return info !== undefined && isDefined(info.fractalHeapAddress);
}

/** Checks what the file says of dense attributes against itself. Everything must have been flushed. */
function checkDense(group: GroupObject): void {
  const { storage } = group.file;
  const info = infoOf(group);
  if (info === undefined) throw new Error("no attribute info message");
  const { header } = recount(storage, info.fractalHeapAddress);
  const objects: { start: number; byteLength: number }[] = [];
  let huge = 0;
  let last = -1;
  let count = 0;
  new BTreeV2(storage, info.nameIndexAddress, ATTRIBUTE_NAME_RECORDS).forEach(({ hash, heapId }) => {
    expect(hash).toBeGreaterThanOrEqual(last);
    last = hash;
    count++;
    const id = decodeFractalHeapId(storage.cursor(heapId, "Fractal heap ID", group.address), header);
    if (id.kind === "managed") objects.push({ start: id.heapOffset, byteLength: id.byteLength });
    else huge++;
  });
  expect(header.hugeObjectCount).toBe(huge);
  expect(disagreements(recount(storage, info.fractalHeapAddress), objects, 22)).toEqual([]);
  if (info.creationOrderIndexAddress === undefined) return;
  const orders: number[] = [];
  new BTreeV2(storage, info.creationOrderIndexAddress, ATTRIBUTE_ORDER_RECORDS).forEach(({ creationOrder }) => {
    orders.push(creationOrder);
  });
  expect(orders).toEqual([...orders].sort((a, b) => a - b));
  expect(orders.length).toBe(count);
}

const anyName = fc.oneof(
  { arbitrary: fc.nat(40).map((n) => `n${n}`), weight: 8 },
  { arbitrary: fc.nat(5).map((n) => `${n}é`), weight: 1 },
  { arbitrary: fc.nat(3).map((n) => `${n}`.repeat(5000)), weight: 1 },
);
const anyLength = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 200 }), weight: 12 },
  { arbitrary: fc.integer({ min: 3000, max: 6000 }), weight: 2 },
  { arbitrary: fc.constant(80000), weight: 1 },
);
const anyStep = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("create" as const), name: anyName, length: anyLength }), weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant("delete" as const), name: anyName }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant("rename" as const), name: anyName, to: anyName }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("write" as const), name: anyName, seed: fc.nat(255) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("reopen" as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("deleteMost" as const) }), weight: 1 },
);

describe("attributes of an object with a version 2 header", () => {
  test("move to dense storage with the ninth, and back with the fifth that is left", () => {
    const root = H5File.create(new MemoryTarget(), { lowBound: "v108" }).root();
    for (let i = 0; i < 8; i++) add(root, `${i}`, Uint8Array.of(i));
    expect(isDense(root)).toBe(false);
    add(root, "8", Uint8Array.of(8));
    expect(isDense(root)).toBe(true);
    expect(root.header.all(MESSAGE.ATTRIBUTE)).toEqual([]);
    for (let i = 8; i > 5; i--) root.deleteAttribute(`${i}`);
    expect(isDense(root)).toBe(true);
    root.deleteAttribute("5");
    expect(isDense(root)).toBe(false);
    expect(root.attributes().map(({ bytes }) => bytes[0])).toEqual(expect.arrayContaining([0, 1, 2, 3, 4]));
    for (let i = 4; i >= 0; i--) root.deleteAttribute(`${i}`);
    expect(infoOf(root)).toBeUndefined();
  });

  test("are what was written last, however often they are written and read between two flushes", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound: "v108" });
    const root = file.root();
    for (let i = 0; i < 12; i++) add(root, `${i}`, Uint8Array.of(i));
    const value = (name: string): number | undefined => root.attribute(name)?.bytes[0];
    for (let round = 0; round < 3; round++) {
      for (let i = 20; i < 24; i++) {
        root.writeAttribute("3", Uint8Array.of(i));
        expect(value("3")).toBe(i);
        root.renameAttribute("3", "x");
        expect([value("3"), value("x"), value("4")]).toEqual([undefined, i, 4]);
        root.writeAttribute("x", Uint8Array.of(i + 1));
        expect(value("x")).toBe(i + 1);
        root.renameAttribute("x", "3");
        expect(value("3")).toBe(i + 1);
      }
      root.deleteAttribute("3");
      expect(value("3")).toBe(undefined);
      add(root, "3", Uint8Array.of(3));
      expect(value("3")).toBe(3);
      file.flush();
    }
  });

  test("follow the limits that the object was made with", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound: "v108" });
    const group = createGroup(file, { attributePhaseChange: { maximumCompact: 2, minimumDense: 1 } });
    file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    for (let i = 0; i < 3; i++) add(group, `${i}`, Uint8Array.of(i));
    expect(isDense(group)).toBe(true);
    group.deleteAttribute("0");
    group.deleteAttribute("1");
    expect(isDense(group)).toBe(true);
    group.deleteAttribute("2");
    expect(isDense(group)).toBe(false);
    file.close();
  });

  test("stay in a version 1 header, whatever their number", () => {
    const root = H5File.create(new MemoryTarget()).root();
    for (let i = 0; i < 50; i++) add(root, `${i}`, Uint8Array.of(i));
    expect(root.header.all(MESSAGE.ATTRIBUTE).length).toBe(50);
  });

  test("let go of their committed datatype, dense or not", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound: "v108" });
    const root = file.root();
    const type = createDatatype(file, BYTE);
    root.insertLink("type", { kind: "hard", objectHeaderAddress: type.address });
    const group = createGroup(file, {});
    root.insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    const shared = { datatype: BYTE, committedTypeAddress: type.address, dataspace: space(1), bytes: Uint8Array.of(7) };
    for (let i = 0; i < 12; i++) group.createAttribute({ name: `${i}`, ...shared });
    expect(type.linkCount).toBe(13);
    for (let i = 0; i < 4; i++) group.deleteAttribute(`${i}`);
    group.renameAttribute("4", "four");
    expect(type.linkCount).toBe(9);
    for (let i = 5; i < 9; i++) group.deleteAttribute(`${i}`);
    expect(isDense(group)).toBe(false);
    expect(type.linkCount).toBe(5);
    root.removeLink("group");
    expect(type.linkCount).toBe(1);
    file.close();
  });

  test("leave no trace of their dense storage", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound: "v108" });
    file.flush();
    const used = (): number => file.storage.allocator.endOfAllocation - file.freeSpace();
    const before = used();
    const group = createGroup(file, { trackAttributeOrder: true });
    file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    for (let i = 0; i < 300; i++) add(group, `${i}`, new Uint8Array(i % 7 === 0 ? 5000 : 10));
    file.flush();
    file.root().removeLink("group");
    file.flush();
    expect(used()).toBe(before);
    file.close();
  });

  test.each([false, true])("are what a map holds after any changes (order tracked: %s)", (trackAttributeOrder) => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), (steps) => {
        let target = new MemoryTarget();
        let file = H5File.create(target, { lowBound: "v108", trackAttributeOrder });
        const model = new Map<string, Uint8Array>();
        for (const step of steps) {
          const root = file.root();
          if (step.kind === "create") {
            const bytes = new Uint8Array(step.length).fill(step.length & 0xff);
            if (model.has(step.name)) {
              expect(() => add(root, step.name, bytes)).toThrow("attribute already exists");
              continue;
            }
            add(root, step.name, bytes);
            model.set(step.name, bytes);
          } else if (step.kind === "delete") {
            if (model.delete(step.name)) root.deleteAttribute(step.name);
            else expect(() => root.deleteAttribute(step.name)).toThrow("can't locate attribute");
          } else if (step.kind === "rename") {
            const bytes = model.get(step.name);
            if (bytes === undefined || model.has(step.to)) continue;
            // The name grows, so that a message may become too large for its header.
            if (!isDense(root) && bytes.length + step.to.length > 60000) continue;
            root.renameAttribute(step.name, step.to);
            const entries = [...model].map(([name, value]) => [name === step.name ? step.to : name, value] as const);
            model.clear();
            for (const [name, value] of entries) model.set(name, value);
          } else if (step.kind === "write") {
            const old = model.get(step.name);
            if (old === undefined) continue;
            const bytes = new Uint8Array(old.length).fill(step.seed);
            root.writeAttribute(step.name, bytes);
            model.set(step.name, bytes);
          } else if (step.kind === "deleteMost") {
            for (const name of [...model.keys()].slice(3)) {
              root.deleteAttribute(name);
              model.delete(name);
            }
          } else {
            file.close();
            target = new MemoryTarget(target.toBytes());
            file = H5File.open(target, { writable: true, lowBound: "v108" });
          }
        }
        file.close();
        const again = H5File.open(new MemoryTarget(target.toBytes()));
        const found = again.root().attributes();
        if (trackAttributeOrder) expect(found.map(({ name }) => name)).toEqual([...model.keys()]);
        expect(new Map(found.map(({ name, bytes }) => [name, new Uint8Array(bytes)]))).toEqual(model);
        for (const [name, bytes] of model) expect(again.root().attribute(name)?.bytes.length).toBe(bytes.length);
        if (isDense(again.root())) checkDense(again.root());
        else expect(model.size).toBeLessThanOrEqual(8);
        again.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** Has dense attributes lie in a heap with filters, which no library makes. @returns Where that is. */
function filterAttributes(made: GroupObject): number {
  const { file } = made;
  const message = made.header.first(MESSAGE.ATTRIBUTE_INFO);
  const info = infoOf(made);
  if (message === undefined || info === undefined) throw new Error("no dense attributes");
  const { storage } = file;
  const heap = FractalHeap.create(storage, MESSAGE_HEAP, DEFLATE);
  const names = BTreeV2.create(storage, ATTRIBUTE_NAME_RECORDS, { nodeSize: 512, splitPercent: 100, mergePercent: 40 });
  const addresses = {
    fractalHeapAddress: heap.address,
    nameIndexAddress: names.address,
    creationOrderIndexAddress: undefined,
  };
  const filtered = new DenseAttributes(file, addresses);
  for (const { data, creationOrder } of new DenseAttributes(file, info as DenseAddresses).all()) {
    const { name } = decodeAttribute(storage.cursor(data, "Attribute message", 0));
    filtered.insert({ name, data, creationOrder, sharedHeapId: undefined });
  }
  made.header.replace(message, encodeBody(storage, { ...info, ...addresses }, encodeAttributeInfo));
  return heap.address;
}

test("attributes in a heap with filters, which no library makes, are written anew where they cannot be in place", () => {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound: "v108" });
  const made = createGroup(file, {});
  file.root().insertLink("group", { kind: "hard", objectHeaderAddress: made.address });
  const values = new Map<string, Uint8Array>();
  for (let i = 0; i < 12; i++) values.set(`a${i}`, new Uint8Array(i === 3 ? 6000 : 40).fill(i));
  for (const [name, bytes] of values) add(made, name, bytes);
  const heapAddress = filterAttributes(made);
  file.flush();

  const group = H5File.open(target, { writable: true }).root();
  const again = resolveObject(group, "group") as GroupObject;
  for (const [name, bytes] of values) {
    const other = bytes.map((_, i) => (i * 31 + bytes.length) & 0xff);
    again.writeAttribute(name, other);
    values.set(name, other);
  }
  again.file.flush();
  const read = resolveObject(H5File.open(target, {}).root(), "group") as GroupObject;
  for (const [name, bytes] of values) expect(read.attribute(name)?.bytes).toEqual(bytes);
  expect(infoOf(read)?.fractalHeapAddress).toBe(heapAddress);
  checkDense(read);
});

test.each([1, 40, 400])("a heap with filters is read as before when blocks have moved (%d bytes)", (byteLength) => {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound: "v110" });
  const made = createGroup(file, {});
  file.root().insertLink("group", { kind: "hard", objectHeaderAddress: made.address });
  const hole = createDataset(file, { datatype: BYTE, dataspace: space(20_000), layout: { kind: "contiguous" } });
  file.root().insertLink("hole", { kind: "hard", objectHeaderAddress: hole.address });
  hole.writeBytes(new Uint8Array(20_000));
  const values = new Map<string, Uint8Array>();
  const contentOf = (i: number) =>
    Uint8Array.from({ length: byteLength }, (_, k) => Math.imul(i + k, 0x9e3779b1) >>> 13);
  const change = (name: string, i: number): void => {
    values.set(name, contentOf(i));
    add(made, name, contentOf(i));
  };
  for (let i = 0; i < 9; i++) change(`a${i}`, i);
  filterAttributes(made);
  file.flush();
  file.root().removeLink("hole");
  file.flush();
  // Some blocks wait, others do not.
  change("last", 100);
  made.setComment("waits, too");
  file.close();

  const read = resolveObject(H5File.open(new MemoryTarget(target.toBytes()), {}).root(), "group") as GroupObject;
  for (const [name, bytes] of values) expect(read.attribute(name)?.bytes).toEqual(bytes);
  checkDense(read);
});
