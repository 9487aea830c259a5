import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { Cursor } from "../../../src/base/cursor.ts";
import { isHdf5Error } from "../../../src/base/errors.ts";
import { compareKey, keyAt, withKey } from "../../../src/engine/chunks/b-tree-v1-entries.ts";
import { BTreeV1Index } from "../../../src/engine/chunks/b-tree-v1-index.ts";
import { BTreeV1Nodes } from "../../../src/engine/chunks/b-tree-v1-nodes.ts";
import type { ChunkRecord, ChunkStorage } from "../../../src/engine/chunks/chunk-index.ts";
import type { FileStorage } from "../../../src/engine/file-storage.ts";
import { freeAll } from "../../../src/engine/freed-blocks.ts";
import type { MemoryType } from "../../../src/engine/space/space-allocator.ts";
import {
  type BTreeV1ChunkNode,
  decodeBTreeV1ChunkNode,
  sizeOfBTreeV1ChunkNode,
} from "../../../src/format/b-tree-v1-chunk-node.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

const WIDTHS: FileWidths = { sizeOfOffsets: 8, sizeOfLengths: 8 };

interface Tree {
  readonly target: CountingTarget;
  readonly storage: FileStorage;
  /** The same, as the index sees it: `blocks` follows. */
  readonly watched: ChunkStorage;
  readonly index: BTreeV1Index;
  /** Blocks allocated and not released. */
  readonly blocks: Map<Address, number>;
  readonly chunkDims: readonly number[];
  readonly k: number;
}

function newTree(chunkDims: readonly number[], k: number, widths = WIDTHS): Tree {
  const target = new CountingTarget();
  const storage = newStorage(target, widths);
  const blocks = new Map<Address, number>();
  const watched = new Proxy(storage, {
    get(of, name) {
      if (name === "allocate") {
        return (type: MemoryType, byteLength: number) => {
          const address = of.allocate(type, byteLength);
          blocks.set(address, byteLength);
          return address;
        };
      }
      if (name === "release") {
        return (type: MemoryType, address: Address, byteLength: number) => {
          expect(blocks.get(address)).toBe(byteLength);
          blocks.delete(address);
          of.release(type, address, byteLength);
        };
      }
      const value = of[name as keyof FileStorage];
      return typeof value === "function" ? value.bind(of) : value;
    },
  }) as ChunkStorage;
  const index = new BTreeV1Index({
    storage: watched,
    rootAddress: UNDEFINED_ADDRESS,
    chunkDims,
    elementSize: 4,
    k,
  });
  return { target, storage, watched, index, blocks, chunkDims, k };
}

/** Another index over the same file. */
function reopened(tree: Tree, storage = newStorage(tree.target, tree.storage.widths)): BTreeV1Index {
  const { chunkDims, k } = tree;
  return new BTreeV1Index({ storage, rootAddress: tree.index.rootAddress, chunkDims, elementSize: 4, k });
}

/** Checks every node as it is in the file; gives the addresses of all. */
function checkedNodes(tree: Tree): Set<Address> {
  const { storage, index, target, k, chunkDims } = tree;
  storage.flush(() => {});
  const { widths } = storage;
  const dimensionality = chunkDims.length + 1;
  const byteLength = sizeOfBTreeV1ChunkNode(k, dimensionality, widths);
  const load = (address: Address): BTreeV1ChunkNode => {
    const cursor = new Cursor(target.peek(address, byteLength), { structure: "node", address, widths });
    return decodeBTreeV1ChunkNode(cursor, k, dimensionality);
  };
  const seen = new Set<Address>();
  let level: Address[] = [index.rootAddress];
  for (;;) {
    const nodes = level.map(load);
    nodes.forEach((node, i) => {
      seen.add(level[i] as Address);
      expect(node.children.length).toBeLessThanOrEqual(2 * k);
      if (level[i] !== index.rootAddress) expect(node.children.length).toBeGreaterThan(0);
      expect(node.leftSibling).toBe(level[i - 1] ?? UNDEFINED_ADDRESS);
      expect(node.rightSibling).toBe(level[i + 1] ?? UNDEFINED_ADDRESS);
      for (let key = 0; key < node.children.length; key++) {
        expect(compareKey(node, key + 1, keyAt(node, key).offsets)).toBeGreaterThan(0);
      }
      const right = nodes[i + 1];
      if (right !== undefined) expect(keyAt(node, node.children.length).offsets).toEqual(keyAt(right, 0).offsets);
    });
    const depth = nodes[0]?.nodeLevel as number;
    if (depth === 0) return seen;
    level = nodes.flatMap(({ children }) => [...children]);
    for (const node of nodes) {
      node.children.forEach((child, i) => {
        expect(load(child).nodeLevel).toBe(depth - 1);
        expect(keyAt(load(child), 0).offsets).toEqual(keyAt(node, i).offsets);
      });
      const last = load(node.children.at(-1) as Address);
      expect(keyAt(node, node.children.length).offsets).toEqual(keyAt(last, last.children.length).offsets);
    }
  }
}

function record(n: number): ChunkRecord {
  return { address: 8 * n + 5_000_000_000, byteLength: 100 + n, filterMask: n % 4 };
}

/** What the index holds, in its order. */
function contents(index: BTreeV1Index): [string, ChunkRecord][] {
  const all: [string, ChunkRecord][] = [];
  index.forEach((scaled, chunk) => {
    all.push([scaled.join(), chunk]);
  });
  return all;
}

const anyStep = fc.record({
  scaled: fc.array(fc.nat(6), { minLength: 2, maxLength: 2 }),
  removes: fc.integer({ min: 0, max: 9 }).map((n) => n < 4),
});

describe("the version 1 B-tree of chunks", () => {
  test("holds what a map holds, through insertions, replacements and removals, and stays in order", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 150, size: "max" }), fc.integer({ min: 1, max: 3 }), (steps, k) => {
        const tree = newTree([3, 5], k);
        const model = new Map<string, { scaled: number[]; chunk: ChunkRecord }>();
        steps.forEach(({ scaled, removes }, n) => {
          if (removes) {
            tree.index.remove(scaled);
            model.delete(scaled.join());
          } else {
            tree.index.insert(scaled, record(n));
            model.set(scaled.join(), { scaled, chunk: record(n) });
          }
          expect(tree.index.lookup(scaled)).toEqual(model.get(scaled.join())?.chunk);
        });
        const sorted = [...model.values()].sort(
          (a, b) =>
            (a.scaled[0] as number) - (b.scaled[0] as number) || (a.scaled[1] as number) - (b.scaled[1] as number),
        );
        const expected = sorted.map(({ scaled, chunk }) => [scaled.join(), chunk]);
        expect(contents(tree.index)).toEqual(expected);
        expect(tree.index.count()).toBe(model.size);
        if (tree.index.rootAddress === UNDEFINED_ADDRESS) return;
        const nodes = checkedNodes(tree);
        expect(nodes).toEqual(new Set(tree.blocks.keys()));
        expect(contents(reopened(tree))).toEqual(expected);
        for (let a = 0; a <= 6; a++) {
          for (let b = 0; b <= 6; b++) expect(tree.index.lookup([a, b])).toEqual(model.get(`${a},${b}`)?.chunk);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("keeps its last key above all chunks, also above one at the place of that key", () => {
    const tree = newTree([3, 5], 2);
    for (const column of [0, 1]) tree.index.insert([0, column], record(column));
    const nodes = new BTreeV1Nodes(tree.storage, tree.chunkDims, 4, tree.k);
    const root = nodes.load(tree.index.rootAddress);
    nodes.store(tree.index.rootAddress, withKey(root, 2, { chunkByteLength: 0, filterMask: 0, offsets: [0, 10, 0] }));
    tree.index.insert([0, 2], record(2));
    checkedNodes(tree);
    expect(contents(reopened(tree))).toEqual([0, 1, 2].map((column) => [`0,${column}`, record(column)]));
  });

  test("can be emptied in any order, and stays a tree on the way", () => {
    const everyChunk = Array.from({ length: 42 }, (_, i) => [i % 6, Math.floor(i / 6)]);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(everyChunk, { minLength: 42 }),
        fc.shuffledSubarray(everyChunk, { minLength: 42 }),
        fc.integer({ min: 1, max: 3 }),
        (insertions, removals, k) => {
          const tree = newTree([3, 5], k);
          insertions.forEach((scaled, n) => {
            tree.index.insert(scaled, record(n));
          });
          removals.forEach((scaled, n) => {
            tree.index.remove(scaled);
            expect(tree.index.lookup(scaled)).toBeUndefined();
            if (n % 5 === 0) checkedNodes(tree);
          });
          expect(tree.blocks.size).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("works in every width of addresses", () => {
    for (const sizeOfOffsets of [4, 8]) {
      const tree = newTree([4], 2, { sizeOfOffsets, sizeOfLengths: sizeOfOffsets });
      for (let i = 0; i < 50; i++)
        tree.index.insert([(i * 7) % 50], { address: 1000 + i, byteLength: 16, filterMask: 0 });
      checkedNodes(tree);
      expect(reopened(tree).lookup([7])).toEqual({ address: 1001, byteLength: 16, filterMask: 0 });
    }
  });

  test("keeps its root where it is, and fills nodes as the C library does", () => {
    const tree = newTree([2], 32);
    tree.index.insert([0], record(0));
    const root = tree.index.rootAddress;
    for (let i = 1; i < 100; i++) tree.index.insert([i], record(i));
    expect(tree.index.rootAddress).toBe(root);
    tree.storage.flush(() => {});
    const node = (address: Address) =>
      decodeBTreeV1ChunkNode(
        new Cursor(tree.target.peek(address, sizeOfBTreeV1ChunkNode(32, 2, WIDTHS)), {
          structure: "node",
          widths: WIDTHS,
        }),
        32,
        2,
      );
    // As in a file of h5py: 57 and 43 chunks, and (198, 2) behind the last key, which is 198.
    expect(node(root).children.map((child) => node(child).children.length)).toEqual([57, 43]);
    expect(keyAt(node(root), 2).offsets).toEqual([198, 4]);
  });

  test("splits as the C library does when chunks come backwards", () => {
    const tree = newTree([2], 32);
    for (let i = 199; i >= 0; i--) tree.index.insert([i], record(i));
    const leaves = [...checkedNodes(tree)].slice(1);
    const counts = leaves.map((address) => new DataView(tree.target.peek(address, 8).buffer).getUint16(6, true));
    expect(counts).toEqual([19, 58, 58, 58, 7]);
  });

  test("becomes a single leaf again when chunks are removed, and keeps an empty root", () => {
    const tree = newTree([2], 1);
    for (let i = 0; i < 40; i++) tree.index.insert([i], record(i));
    expect(tree.blocks.size).toBeGreaterThan(20);
    for (let i = 39; i >= 1; i--) tree.index.remove([i]);
    expect(checkedNodes(tree).size).toBe(1);
    tree.index.remove([0]);
    expect([...tree.blocks.keys()]).toEqual([tree.index.rootAddress]);
    expect(contents(tree.index)).toEqual([]);
    tree.index.insert([3], record(3));
    expect(contents(tree.index)).toEqual([["3", record(3)]]);
    freeAll(tree.watched, (freed) => tree.index.deleteAll(freed));
    expect(tree.blocks.size).toBe(0);
  });

  test("announces the nodes that many lookups need, one batch a level", () => {
    const tree = newTree([2], 2);
    for (let i = 0; i < 60; i++) tree.index.insert([i], record(i));
    const all = checkedNodes(tree);
    const index = reopened(tree);
    tree.target.expected.length = 0;
    index.prefetch(Array.from({ length: 60 }, (_, i) => [i]));
    expect(tree.target.expected.flat().length).toBe(all.size - 1);
    expect(tree.target.expected.length).toBeLessThanOrEqual(4);
    tree.target.bytesRead = 0;
    expect(index.lookup([59])).toEqual(record(59));
    expect(tree.target.bytesRead).toBe(0);
  });

  test("refuses a chunk of 4 GiB", () => {
    const tree = newTree([2], 2);
    expect(() => tree.index.insert([0], { address: 0, byteLength: 2 ** 32, filterMask: 0 })).toThrow("below 4 GiB");
  });
});

describe("a damaged version 1 B-tree of chunks", () => {
  function damagedTree(): Tree {
    const tree = newTree([2, 3], 2);
    for (let i = 0; i < 30; i++) tree.index.insert([i % 5, Math.floor(i / 5)], record(i));
    checkedNodes(tree);
    return tree;
  }

  test("gives errors of this library and nothing else, whatever byte is changed", () => {
    const tree = damagedTree();
    const whole = tree.target.toBytes().slice();
    fc.assert(
      fc.property(fc.integer({ min: 64, max: whole.length - 1 }), fc.nat(255), (at, value) => {
        const target = new CountingTarget(whole);
        target.write(at, Uint8Array.of(value));
        const index = reopened(tree, newStorage(target));
        for (const use of [() => index.forEach(() => {}), () => index.lookup([3, 3]), () => index.remove([2, 2])]) {
          try {
            use();
          } catch (error) {
            if (!isHdf5Error(error)) throw error;
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("is refused when a node is its own child, or a chunk is off the grid", () => {
    const tree = damagedTree();
    const root = tree.index.rootAddress;
    const target = new CountingTarget(tree.target.toBytes());
    const firstChild = root + 24 + 8 + 3 * 8;
    const address = new Uint8Array(8);
    new DataView(address.buffer).setBigUint64(0, BigInt(root), true);
    target.write(firstChild, address);
    const looping = reopened(tree, newStorage(target));
    expect(() => looping.forEach(() => {})).toThrow(`Version 1 B-tree node at address ${root}: is reached twice`);
    expect(() => looping.lookup([0, 0])).toThrow(
      `Version 1 B-tree node at address ${root}, field "Node Level": 3 below a node of level 3`,
    );

    target.write(root, tree.target.peek(root, 200));
    target.write(root + 32, Uint8Array.of(1));
    expect(() => reopened(tree, newStorage(target)).lookup([0, 0])).toThrow("1 is not a multiple of 2, dimension 0");
  });

  test("is refused when one node has two parents", () => {
    const tree = damagedTree();
    const root = tree.index.rootAddress;
    const target = new CountingTarget(tree.target.toBytes());
    const firstChild = root + 24 + 8 + 3 * 8;
    target.write(firstChild + 8 + 8 + 24, target.peek(firstChild, 8));
    expect(() => reopened(tree, newStorage(target)).forEach(() => {})).toThrow("is reached twice");
  });
});
