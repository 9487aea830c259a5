import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BTreeV1ChunkNode,
  decodeBTreeV1ChunkNode,
  encodeBTreeV1ChunkNode,
  sizeOfBTreeV1ChunkNode,
} from "../../src/format/b-tree-v1-chunk-node.ts";
import type { SuperblockV1 } from "../../src/format/superblock.ts";
import { walkFile } from "./old-file.ts";
import {
  anyAddress,
  anyDefinedAddress,
  anyWidths,
  cursorOn,
  encoded,
  expectDamageErrors,
  expectTruncationErrors,
  findAll,
  OLD_FILES,
} from "./structure-bytes.ts";

const anyU32 = fc.integer({ min: 0, max: 0xffff_ffff });
const exactly = <T>(arbitrary: fc.Arbitrary<T>, length: number) =>
  fc.array(arbitrary, { minLength: length, maxLength: length });

const anyNode = fc
  .tuple(anyWidths, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 2, max: 33 }))
  .chain(([widths, count, dimensionality]) =>
    fc.record({
      widths: fc.constant(widths),
      k: fc.integer({ min: 3, max: 9 }),
      node: fc.record({
        nodeLevel: fc.integer({ min: 0, max: 255 }),
        leftSibling: anyAddress(widths),
        rightSibling: anyAddress(widths),
        dimensionality: fc.constant(dimensionality),
        chunkByteLengths: exactly(anyU32, count + 1),
        filterMasks: exactly(anyU32, count + 1),
        offsets: exactly(fc.maxSafeNat(), (count + 1) * dimensionality),
        children: exactly(anyDefinedAddress(widths), count),
      }),
    }),
  );

/** The nodes of the file's only chunked dataset, which has 10 by 7 floats in chunks of 2 by 3. */
function chunkNodes(name: (typeof OLD_FILES)[number]) {
  const { bytes, superblock } = walkFile(name);
  const k = superblock.value.version === 1 ? (superblock.value as SuperblockV1).indexedStorageInternalNodeK : 32;
  const byteLength = sizeOfBTreeV1ChunkNode(k, 3, superblock.value);
  const nodes = findAll(bytes, "TREE\x01").map((at) => {
    const own = bytes.subarray(at, at + byteLength);
    return { bytes: own, value: decodeBTreeV1ChunkNode(cursorOn(own, superblock.value), k, 3) };
  });
  return { nodes, k, widths: superblock.value };
}

/** Bytes up to the last key in use. */
function usedBytes(node: BTreeV1ChunkNode, sizeOfOffsets: number): number {
  return 8 + 2 * sizeOfOffsets + node.children.length * sizeOfOffsets + (node.children.length + 1) * 32;
}

describe("version 1 B-tree chunk node", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyNode, ({ widths, k, node }) => {
        const bytes = encoded(widths, (writer) => encodeBTreeV1ChunkNode(writer, node, k));
        expect(bytes.length).toBe(sizeOfBTreeV1ChunkNode(k, node.dimensionality, widths));
        expect(decodeBTreeV1ChunkNode(cursorOn(bytes, widths), k, node.dimensionality)).toEqual(node);
      }),
    );
  });

  test.each(OLD_FILES)("of %s, by the C library, comes back as the same bytes", (name) => {
    const { nodes, k, widths } = chunkNodes(name);
    for (const { bytes, value } of nodes) {
      const again = encoded(widths, (writer) => encodeBTreeV1ChunkNode(writer, value, k));
      const used = usedBytes(value, widths.sizeOfOffsets);
      expect(again.subarray(0, used)).toEqual(bytes.subarray(0, used));
      expect(again.length).toBe(bytes.length);
    }
  });

  test("lists the chunks that the C library wrote, in leaves under a root when K is small", () => {
    const { nodes } = chunkNodes("v1-k.h5");
    const leaves = nodes.filter(({ value }) => value.nodeLevel === 0);
    expect(nodes.length).toBeGreaterThan(leaves.length);
    const starts = leaves.flatMap(({ value }) =>
      value.children.map((_, i) => value.offsets.slice(3 * i, 3 * i + 3).join()),
    );
    const expected = [0, 2, 4, 6, 8].flatMap((row) => [0, 3, 6].map((column) => `${row},${column},0`));
    expect(starts.sort()).toEqual(expected.sort());
    for (const { value } of leaves) {
      expect(value.chunkByteLengths.slice(0, value.children.length)).toEqual(value.children.map(() => 24));
      expect(value.filterMasks).toEqual(value.filterMasks.map(() => 0));
    }
  });

  test("names what is wrong", () => {
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    const node: BTreeV1ChunkNode = {
      nodeLevel: 0,
      leftSibling: -1,
      rightSibling: -1,
      dimensionality: 2,
      chunkByteLengths: [8, 0],
      filterMasks: [0, 0],
      offsets: [0, 0, 4, 0],
      children: [4096],
    };
    const bytes = encoded(widths, (writer) => encodeBTreeV1ChunkNode(writer, node, 1));
    const decode = (damaged: Uint8Array) => decodeBTreeV1ChunkNode(cursorOn(damaged, widths, "Node"), 1, 2);
    const damage = (at: number, ...values: number[]) => {
      const damaged = bytes.slice();
      damaged.set(values, at);
      return damaged;
    };
    expect(() => decode(damage(4, 0))).toThrow('Node, field "Node Type": expected 1 (chunk node), found 0');
    expect(() => decode(damage(6, 3))).toThrow('Node, field "Entries Used": 3 entries in a node with room for 2');
    expect(() => decode(damage(32 + 6, 0x20))).toThrow('Node, field "Chunk Offset": is above 2^53 - 1');
    expect(() => decode(damage(48, ...new Array(8).fill(0xff)))).toThrow('Node, field "Child Pointer": is undefined');
    expect(() => decode(bytes.subarray(0, 40))).toThrow('Node, field "Key": needs 72 bytes, 32 left');
    const wrong = { ...node, offsets: [0, 0, 4] };
    expect(() => encoded(widths, (writer) => encodeBTreeV1ChunkNode(writer, wrong, 1))).toThrow(RangeError);
  });

  test("truncated or damaged gives an error of ours", () => {
    const { nodes, k, widths } = chunkNodes("v0-offsets4-lengths8.h5");
    const { bytes, value } = nodes[0] as (typeof nodes)[number];
    const decode = (damaged: Uint8Array) => decodeBTreeV1ChunkNode(cursorOn(damaged, widths), k, 3);
    expectTruncationErrors(bytes.subarray(0, usedBytes(value, 4)), decode);
    expectDamageErrors(bytes.subarray(0, usedBytes(value, 4)), decode);
  });
});
