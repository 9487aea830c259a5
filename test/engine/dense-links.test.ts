import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDefined } from "../../src/base/address.ts";
import { BTreeV2 } from "../../src/engine/b-tree-v2.ts";
import { createGroup } from "../../src/engine/create-object.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { LINK_NAME_RECORDS, LINK_ORDER_RECORDS } from "../../src/format/b-tree-v2-records.ts";
import { decodeFractalHeapId } from "../../src/format/fractal-heap-id.ts";
import type { LinkTarget } from "../../src/format/link.ts";
import { decodeLinkInfo, type LinkInfo } from "../../src/format/link-info.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { disagreements, recount } from "./fractal-heap/recount.ts";

const soft = (path: string): LinkTarget => ({ kind: "soft", path });

function infoOf(group: GroupObject): LinkInfo {
  const message = group.header.first(MESSAGE.LINK_INFO);
  if (message === undefined) throw new Error("no link info message");
  return decodeLinkInfo(group.file.storage.cursor(message.data, "Link info message", group.address));
}

function isDense(group: GroupObject): boolean {
  return isDefined(infoOf(group).fractalHeapAddress);
}

/** Checks what the file says of a group's dense storage against itself. Everything must have been flushed. */
function checkDense(group: GroupObject): void {
  const { storage } = group.file;
  const info = infoOf(group);
  const { fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress } = info;
  const objects: { start: number; byteLength: number }[] = [];
  const { header } = recount(storage, fractalHeapAddress);
  let huge = 0;
  const hashes: number[] = [];
  new BTreeV2(storage, nameIndexAddress, LINK_NAME_RECORDS).forEach(({ hash, heapId }) => {
    hashes.push(hash);
    const id = decodeFractalHeapId(storage.cursor(heapId, "Fractal heap ID", fractalHeapAddress), header);
    if (id.kind === "managed") objects.push({ start: id.heapOffset, byteLength: id.byteLength });
    else huge++;
  });
  expect(hashes).toEqual([...hashes].sort((a, b) => a - b));
  expect(header.hugeObjectCount).toBe(huge);
  expect(disagreements(recount(storage, fractalHeapAddress), objects, 21)).toEqual([]);
  if (creationOrderIndexAddress === undefined) return;
  const orders: number[] = [];
  new BTreeV2(storage, creationOrderIndexAddress, LINK_ORDER_RECORDS).forEach(({ creationOrder }) => {
    orders.push(creationOrder);
  });
  expect(orders).toEqual([...orders].sort((a, b) => a - b));
  expect(orders.length).toBe(hashes.length);
}

function newFile(target: MemoryTarget, trackLinkOrder: boolean): H5File {
  return H5File.create(target, { lowBound: "v108", trackLinkOrder });
}

/** Names of which some are long, and few are many times asked for. */
const anyName = fc.oneof(
  { arbitrary: fc.nat(60).map((n) => `n${n}`), weight: 8 },
  { arbitrary: fc.nat(9).map((n) => `${n}é`), weight: 1 },
  { arbitrary: fc.nat(5).map((n) => `${n}`.repeat(3000)), weight: 1 },
  { arbitrary: fc.nat(2).map((n) => `${n}`.repeat(70000)), weight: 1 },
);

const anyStep = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      name: anyName,
      length: fc.integer({ min: 1, max: 300 }),
    }),
    weight: 8,
  },
  { arbitrary: fc.record({ kind: fc.constant("remove" as const), name: anyName }), weight: 5 },
  { arbitrary: fc.record({ kind: fc.constant("rename" as const), name: anyName, to: anyName }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("reopen" as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("removeMost" as const) }), weight: 1 },
);

describe("links of a new-style group", () => {
  test("move to dense storage with the ninth, and back with the sixth from the end", () => {
    const target = new MemoryTarget();
    const file = newFile(target, false);
    const root = file.root();
    for (let i = 0; i < 8; i++) root.insertLink(`${i}`, soft("x"));
    expect(isDense(root)).toBe(false);
    root.insertLink("8", soft("x"));
    expect(isDense(root)).toBe(true);
    expect(root.header.all(MESSAGE.LINK)).toEqual([]);
    for (let i = 8; i > 5; i--) root.removeLink(`${i}`);
    expect(isDense(root)).toBe(true);
    root.removeLink("5");
    expect(isDense(root)).toBe(false);
    expect(root.links().map(({ name }) => name)).toEqual(["0", "1", "2", "3", "4"]);
    file.close();
  });

  test("leave no trace of their dense storage", () => {
    const file = newFile(new MemoryTarget(), true);
    const root = file.root();
    const name = (i: number): string => `${1000 + i}`;
    for (let i = 0; i < 9; i++) root.insertLink(name(i), soft("x"));
    for (let i = 0; i < 9; i++) root.removeLink(name(i));
    file.flush();
    const end = file.storage.allocator.endOfAllocation;
    const free = file.freeSpace();
    for (let i = 0; i < 900; i++) root.insertLink(name(i), soft("x"));
    file.flush();
    for (let i = 0; i < 900; i++) root.removeLink(name(i));
    file.flush();
    expect(infoOf(root).maximumCreationIndex).toBe(0);
    expect(file.storage.allocator.endOfAllocation - file.freeSpace()).toBe(end - free);
    file.close();
  });

  test("go with their group", () => {
    const file = newFile(new MemoryTarget(), false);
    const root = file.root();
    file.flush();
    const before = file.storage.allocator.endOfAllocation - file.freeSpace();
    const group = createGroup(file, { trackLinkOrder: true });
    root.insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    const child = createGroup(file, {});
    for (let i = 0; i < 50; i++) group.insertLink(`${i}`, { kind: "hard", objectHeaderAddress: child.address });
    expect(child.linkCount).toBe(50);
    root.removeLink("group");
    file.flush();
    expect(file.storage.allocator.endOfAllocation - file.freeSpace()).toBe(before);
    file.close();
  });

  test.each([false, true])("are what a map holds after any changes (order tracked: %s)", (tracked) => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 150 }), (steps) => {
        let target = new MemoryTarget();
        let file = newFile(target, tracked);
        const model = new Map<string, string>();
        for (const step of steps) {
          const root = file.root();
          if (step.kind === "insert") {
            if (model.has(step.name)) {
              expect(() => root.insertLink(step.name, soft("x"))).toThrow("name already exists");
              continue;
            }
            const path = "p".repeat(step.length);
            root.insertLink(step.name, soft(path));
            model.set(step.name, path);
          } else if (step.kind === "remove") {
            if (model.delete(step.name)) root.removeLink(step.name);
            else expect(() => root.removeLink(step.name)).toThrow("name doesn't exist");
          } else if (step.kind === "rename") {
            const path = model.get(step.name);
            if (path === undefined || model.has(step.to)) continue;
            root.moveLink(step.name, root, step.to);
            model.delete(step.name);
            model.set(step.to, path);
          } else if (step.kind === "removeMost") {
            for (const name of [...model.keys()].slice(3)) {
              root.removeLink(name);
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
        const links = again.root().links();
        if (tracked) {
          const byOrder = [...links].sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
          expect(byOrder.map(({ name }) => name)).toEqual([...model.keys()]);
        }
        const found = links.map(({ name, target: to }) => [name, to.kind === "soft" ? to.path : to.kind]);
        expect(new Map(found as [string, string][])).toEqual(model);
        expect(again.root().linkTotal).toBe(model.size);
        for (const name of model.keys()) expect(again.root().link(name)?.name).toBe(name);
        if (isDense(again.root())) checkDense(again.root());
        else expect(model.size).toBeLessThanOrEqual(8);
        again.close();
      }),
      { numRuns: 25 },
    );
  });
});
