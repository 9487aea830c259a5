import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { compareNames } from "../../src/engine/names.ts";
import { SymbolTable } from "../../src/engine/symbol-table.ts";
import { decodeBTreeV1GroupNode, sizeOfBTreeV1GroupNode } from "../../src/format/b-tree-v1-group-node.ts";
import { memoryStorage } from "./memory-storage.ts";

const RANKS = { leafK: 2, internalK: 2 };

function namesOf(table: SymbolTable): string[] {
  const names: string[] = [];
  table.forEach((name) => {
    names.push(name);
  });
  return names;
}

const rareName = fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !/[/\0\uD800-\uDFFF]/.test(name));

/** Mostly names that come again, so that removals find something. */
const anyName = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }).map((i) => `name ${i}`) },
  { weight: 1, arbitrary: rareName },
);

describe("symbol table of an old-style group", () => {
  test("holds the same names as a set after any insertions and removals, in byte order", () => {
    const steps = fc.array(fc.record({ name: anyName, add: fc.boolean(), look: fc.option(anyName) }), {
      maxLength: 300,
      size: "max",
    });
    fc.assert(
      fc.property(steps, fc.constantFrom(2, 4, 8), fc.constantFrom(2, 4, 8), (list, sizeOfOffsets, sizeOfLengths) => {
        const storage = memoryStorage({ widths: { sizeOfOffsets, sizeOfLengths } });
        const table = SymbolTable.create(storage, RANKS);
        const model = new Map<string, number>();
        let next = 8;
        for (const { name, add, look } of list) {
          // What was found last, or what is to go, as those do who delete a link.
          if (look !== null) {
            expect(table.find(look)?.objectHeaderAddress).toBe(model.get(look));
            if (look.length % 2 === 0) expect(table.find(name)?.objectHeaderAddress).toBe(model.get(name));
          }
          if (add && !model.has(name)) {
            next += 8;
            const objectHeaderAddress = next;
            table.insert(name, (linkNameOffset) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress }));
            model.set(name, objectHeaderAddress);
          } else if (!add && model.has(name)) {
            expect(table.remove(name).objectHeaderAddress).toBe(model.get(name));
            model.delete(name);
          }
        }
        expect(namesOf(table)).toEqual([...model.keys()].sort(compareNames));
        for (const [name, address] of model) expect(table.find(name)?.objectHeaderAddress).toBe(address);
        expect(table.find("\u{10ffff} is not there")).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test("keeps nodes of the root's address, siblings and keys that bound the names below them", () => {
    const storage = memoryStorage();
    const table = SymbolTable.create(storage, RANKS);
    const names = Array.from({ length: 200 }, (_, i) => `n${(i * 7919) % 200}`);
    for (const name of names) {
      table.insert(name, (linkNameOffset) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress: 8 }));
    }
    // Of some nodes nothing is left.
    for (const name of names.filter((name, i) => i % 3 === 0 || (name >= "n4" && name < "n6"))) table.remove(name);
    storage.flush(() => undefined);

    const byteLength = sizeOfBTreeV1GroupNode(RANKS.internalK, storage.widths);
    const read = (address: number) =>
      decodeBTreeV1GroupNode(
        storage.cursor(storage.readMetadata(address, byteLength), "node", address),
        RANKS.internalK,
      );
    const levels = new Map<number, number[]>();
    const walk = (address: number): void => {
      const node = read(address);
      levels.set(node.nodeLevel, [...(levels.get(node.nodeLevel) ?? []), address]);
      for (let i = 0; i + 1 < node.keys.length; i++) {
        const [low, high] = [table.heap.name(node.keys[i] as number), table.heap.name(node.keys[i + 1] as number)];
        expect(compareNames(low, high)).toBeLessThan(0);
      }
      if (node.nodeLevel === 0) return;
      node.children.forEach((child, i) => {
        const below = read(child);
        expect(below.keys[0]).toBe(node.keys[i]);
        expect(below.keys.at(-1)).toBe(node.keys[i + 1]);
        walk(child);
      });
    };
    walk(table.bTreeAddress);
    expect(levels.size).toBeGreaterThan(2);
    for (const addresses of levels.values()) {
      addresses.forEach((address, i) => {
        expect(read(address).leftSibling).toBe(addresses[i - 1] ?? UNDEFINED_ADDRESS);
        expect(read(address).rightSibling).toBe(addresses[i + 1] ?? UNDEFINED_ADDRESS);
      });
    }
  });

  test("refuses a tree that leads in a circle", () => {
    const storage = memoryStorage();
    const table = SymbolTable.create(storage, RANKS);
    for (let i = 0; i < 50; i++) {
      table.insert(`n${i}`, (linkNameOffset) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress: 8 }));
    }
    storage.flush(() => undefined);
    storage.dropClean();
    // The root's first child becomes the root itself: key 0 is 8 bytes after the 24 of the node's header.
    const pointer = new Uint8Array(8);
    new DataView(pointer.buffer).setUint32(0, table.bTreeAddress, true);
    storage.writeRaw(table.bTreeAddress + 32, pointer);
    expect(() => namesOf(table)).toThrow(
      /Version 1 B-tree node at address \d+: node of level \d below one of level \d/,
    );
  });
});
