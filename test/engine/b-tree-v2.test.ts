import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Address } from "../../src/base/address.ts";
import { BTreeV2 } from "../../src/engine/b-tree-v2.ts";
import { BTreeV2Nodes } from "../../src/engine/b-tree-v2-nodes.ts";
import type { FileStorage } from "../../src/engine/file-storage.ts";
import { freeAll } from "../../src/engine/freed-blocks.ts";
import type { BTreeV2Child } from "../../src/format/b-tree-v2.ts";
import { LINK_ORDER_RECORDS, type LinkOrderRecord } from "../../src/format/b-tree-v2-records.ts";
import { reopened, watchedStorage } from "./chunks/index-storage.ts";

/** 7 records in a leaf and 4 in an internal node. */
const PARAMETERS = { nodeSize: 120, splitPercent: 100, mergePercent: 40 };

function record(key: number, mark = 0): LinkOrderRecord {
  return { creationOrder: key, heapId: Uint8Array.of(mark, 0, 0, 0, 0, 0, 0) };
}

function orderOf(key: number) {
  return ({ creationOrder }: LinkOrderRecord) => creationOrder - key;
}

function keysOf(tree: BTreeV2<LinkOrderRecord>): number[] {
  const keys: number[] = [];
  tree.forEach(({ creationOrder }) => {
    keys.push(creationOrder);
  });
  return keys;
}

/** Counts, order and fill of all nodes; every block that is allocated is one of them or the header. */
function expectSound(storage: FileStorage, address: Address, blocks: ReadonlyMap<Address, number>): void {
  const nodes = new BTreeV2Nodes(storage, address, LINK_ORDER_RECORDS);
  const { depth } = nodes.header;
  const seen = new Set<Address>([address]);
  let last = -1;
  const descend = (pointer: BTreeV2Child, level: number, isRoot: boolean): number => {
    seen.add(pointer.address);
    const { records, children } = nodes.load(pointer, level);
    expect(records.length).toBeLessThanOrEqual(nodes.level(level).capacity);
    expect(records.length).toBeGreaterThanOrEqual(isRoot ? 1 : Math.floor(nodes.level(level).capacity * 0.4));
    let total = records.length;
    for (let i = 0; i <= records.length; i++) {
      if (children !== undefined) total += descend(children[i] as BTreeV2Child, level - 1, false);
      if (i === records.length) break;
      const { creationOrder } = records[i] as LinkOrderRecord;
      expect(creationOrder).toBeGreaterThan(last);
      last = creationOrder;
    }
    expect(pointer.totalRecordCount).toBe(total);
    return total;
  };
  if (nodes.root !== undefined) descend(nodes.root, depth, true);
  expect(new Set(blocks.keys())).toEqual(seen);
}

const anyChanges = fc.array(
  fc.record({ kind: fc.constantFrom("insert", "put", "remove"), key: fc.integer({ min: 0, max: 150 }) }),
  { maxLength: 600 },
);

describe("version 2 B-tree", () => {
  test("holds what was inserted and not removed, in sound nodes", () => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const { storage, blocks } = watchedStorage();
        const tree = BTreeV2.create(storage, LINK_ORDER_RECORDS, PARAMETERS);
        const expected = new Map<number, number>();
        for (const [i, { kind, key }] of changes.entries()) {
          const mark = i % 256;
          if (kind === "remove") {
            expect(tree.remove(orderOf(key))?.heapId[0]).toBe(expected.get(key));
            expected.delete(key);
          } else if (kind === "put") {
            tree.put(record(key, mark), orderOf(key));
            expected.set(key, mark);
          } else if (!expected.has(key)) {
            tree.insert(record(key, mark), orderOf(key));
            expected.set(key, mark);
          }
        }
        expect(tree.count).toBe(expected.size);
        expect(keysOf(tree)).toEqual([...expected.keys()].sort((a, b) => a - b));
        for (let key = 0; key <= 150; key++) expect(tree.find(orderOf(key))?.heapId[0]).toBe(expected.get(key));
        expectSound(storage, tree.address, blocks);
      }),
    );
  });

  test("grows to several levels, is read again from the file and shrinks to nothing", () => {
    const place = watchedStorage();
    const tree = BTreeV2.create(place.storage, LINK_ORDER_RECORDS, PARAMETERS);
    for (let i = 0; i < 3000; i++) tree.insert(record((i * 1009) % 3000), orderOf((i * 1009) % 3000));
    expect(tree.header.depth).toBeGreaterThanOrEqual(4);
    const { storage } = reopened(place);
    const reread = new BTreeV2(storage, tree.address, LINK_ORDER_RECORDS);
    expect(keysOf(reread)).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    for (let i = 0; i < 3000; i++) tree.remove(orderOf((i * 7) % 3000));
    expect(tree.count).toBe(0);
    expect(tree.header.depth).toBe(0);
    expectSound(place.storage, tree.address, place.blocks);
    freeAll(place.storage, (freed) => tree.deleteAll(freed));
    expect(place.blocks.size).toBe(0);
  });

  test("is as it was when an edit meets a node that cannot be read", () => {
    const place = watchedStorage();
    const tree = BTreeV2.create(place.storage, LINK_ORDER_RECORDS, PARAMETERS);
    for (let i = 0; i < 200; i++) tree.insert(record(2 * i), orderOf(2 * i));
    const nodes = new BTreeV2Nodes(place.storage, tree.address, LINK_ORDER_RECORDS);
    let pointer = nodes.root as BTreeV2Child;
    for (let depth = nodes.header.depth; depth > 0; depth--) {
      pointer = nodes.load(pointer, depth).children?.[0] as BTreeV2Child;
    }
    const { storage, target } = reopened(place);
    target.write(pointer.address, Uint8Array.of(0));
    const damaged = new BTreeV2(storage, tree.address, LINK_ORDER_RECORDS);
    const before = storage.allocator.endOfAllocation;
    expect(() => damaged.insert(record(1), orderOf(1))).toThrow('expected "BTLF"');
    expect(() => damaged.remove(orderOf(0))).toThrow('expected "BTLF"');
    expect(damaged.count).toBe(200);
    expect(storage.allocator.endOfAllocation).toBe(before);
    damaged.insert(record(399), orderOf(399));
    expect(damaged.find(orderOf(399))).toEqual(record(399));
  });

  test("in which two pointers lead to one node is refused", () => {
    const place = watchedStorage();
    const tree = BTreeV2.create(place.storage, LINK_ORDER_RECORDS, PARAMETERS);
    for (let i = 0; i < 8; i++) tree.insert(record(i), orderOf(i));
    const nodes = new BTreeV2Nodes(place.storage, tree.address, LINK_ORDER_RECORDS);
    const root = nodes.root as BTreeV2Child;
    const { records, children } = nodes.load(root, 1);
    const first = children?.[0] as BTreeV2Child;
    nodes.store(root.address, 1, { records, children: [first, first] }, nodes.header);
    expect(() => keysOf(tree)).toThrow("is reached twice");
  });
});
